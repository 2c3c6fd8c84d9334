//! [`Proxy`]: a TCP relay before a broker that can turn into a black hole: connections stay open and are even accepted, and nothing gets
//! through. What was under way arrives late, when the hole is gone, as delayed packets do. Or everything takes longer, each way.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

pub struct Proxy {
    port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    hole: AtomicBool,
    /// Milliseconds that what was read waits before it is passed on.
    delay: AtomicU64,
    gone: AtomicBool,
}

impl State {
    /// Waits while nothing gets through; `false` where the proxy is gone.
    fn pass(&self) -> bool {
        while self.hole.load(Ordering::Relaxed) && !self.gone.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(10));
        }
        !self.gone.load(Ordering::Relaxed)
    }
}

impl Proxy {
    /// A relay to this port of this machine.
    pub fn before(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port can be bound");
        let port = listener.local_addr().expect("a bound port has an address").port();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if shared.gone.load(Ordering::Relaxed) {
                    return;
                }
                let state = Arc::clone(&shared);
                thread::spawn(move || relay(client, target, &state));
            }
        });
        Self { port, state }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn slow_down(&self, delay: Duration) {
        self.state.delay.store(delay.as_millis() as u64, Ordering::Relaxed);
    }

    pub fn black_hole(&self, on: bool) {
        self.state.hole.store(on, Ordering::Relaxed);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.gone.store(true, Ordering::Relaxed);
        // Wakes the listener, which then ends.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn relay(client: TcpStream, target: u16, state: &Arc<State>) {
    if !state.pass() {
        return;
    }
    // A broker that is down refuses; the client sees its connection closed.
    let Ok(broker) = TcpStream::connect(("127.0.0.1", target)) else { return };
    let _ = client.set_nodelay(true);
    let _ = broker.set_nodelay(true);
    let (Ok(client_too), Ok(broker_too)) = (client.try_clone(), broker.try_clone()) else { return };
    let shared = Arc::clone(state);
    let back = thread::spawn(move || copy(broker_too, client_too, &shared));
    copy(client, broker, state);
    let _ = back.join();
}

fn copy(mut from: TcpStream, mut to: TcpStream, state: &State) {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = from.read(&mut buffer).unwrap_or(0);
        thread::sleep(Duration::from_millis(state.delay.load(Ordering::Relaxed)));
        // A connection that ends inside the hole ends unheard, too.
        if !state.pass() || read == 0 || to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
