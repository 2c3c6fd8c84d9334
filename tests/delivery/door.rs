//! [`Door`]: the side door of a service, as its supervisor and its scraper see it.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::port::free_port;

#[derive(Clone, Copy)]
pub struct Door(u16);

impl Door {
    /// On a free port.
    pub fn new() -> Self {
        Self(free_port())
    }

    /// What a service must be told to open it.
    pub fn setting(&self) -> (&'static str, String) {
        ("OPS__LISTEN", self.address())
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.0)
    }

    /// Status and body; `None` where nobody answers.
    pub fn get(&self, path: &str) -> Option<(u16, String)> {
        let patience = Duration::from_secs(1);
        let mut stream = TcpStream::connect_timeout(&([127, 0, 0, 1], self.0).into(), patience).ok()?;
        stream.set_read_timeout(Some(patience)).ok()?;
        stream.write_all(format!("GET {path} HTTP/1.0\r\nHost: worker\r\nConnection: close\r\n\r\n").as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
    }

    pub fn status(&self, path: &str) -> Option<u16> {
        self.get(path).map(|(status, _)| status)
    }

    /// Every series with its value; of a histogram only what is summed.
    pub fn metrics(&self) -> BTreeMap<String, f64> {
        let (status, text) = self.get("/metrics").expect("metrics are served");
        assert_eq!(status, 200);
        let series = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(' '));
        series.filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?))).collect()
    }

    /// Sum of all series of a name.
    pub fn sum(&self, name: &str) -> f64 {
        let of = |series: &str| series.split('{').next() == Some(name);
        self.metrics().into_iter().filter(|(series, _)| of(series)).map(|(_, value)| value).sum()
    }
}
