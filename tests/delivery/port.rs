//! Ports for brokers, services and whoever watches them.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

/// A port that nobody has. It is bound later and by another process, so it is none of those that a system gives to whoever connects meanwhile.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let begin = 12_000 + (std::process::id() % 200) as u16 * 100;
    let next = || begin + NEXT.fetch_add(1, Ordering::Relaxed);
    std::iter::repeat_with(next).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("a port can be bound")
}
