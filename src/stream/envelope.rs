//! [`Envelope`]: the headers of a record to be sent, as the Kafka client takes them. They are made where the record is made, on the coder's
//! thread, so that the one thread that sends has nothing to copy.

use rdkafka::message::{Header, Headers as _, OwnedHeaders};

use crate::record::Headers;

/// Names with values, which may be missing, in order.
#[derive(Clone, Debug, Default)]
pub struct Envelope {
    /// `None` where there are none.
    headers: Option<OwnedHeaders>,
    size: usize,
}

impl Envelope {
    pub fn with_capacity(count: usize) -> Self {
        Self { headers: Some(OwnedHeaders::new_with_capacity(count)), size: 0 }
    }

    pub fn push(&mut self, key: &str, value: Option<&[u8]>) {
        self.size += key.len() + value.map_or(0, <[u8]>::len);
        self.headers = Some(self.headers.take().unwrap_or_default().insert(Header { key, value }));
    }

    /// Pushes what `value` displays as.
    pub fn push_display(&mut self, key: &str, value: impl std::fmt::Display) {
        use std::io::Write;
        let mut text = [0; 64];
        let mut left = &mut text[..];
        let long = write!(left, "{value}").is_err();
        let free = left.len();
        if long {
            self.push(key, Some(value.to_string().as_bytes()));
        } else {
            let length = text.len() - free;
            self.push(key, Some(&text[..length]));
        }
    }

    /// Bytes of all names and values.
    pub fn size(&self) -> usize {
        self.size
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&[u8]>)> {
        self.headers.iter().flat_map(|headers| headers.iter()).map(|header| (header.key, header.value))
    }

    /// What a producer takes.
    pub fn into_headers(self) -> Option<OwnedHeaders> {
        self.headers
    }
}

/// Those of a record that was read.
impl From<&Headers> for Envelope {
    fn from(headers: &Headers) -> Self {
        let mut all = Self::with_capacity(headers.len() + 8);
        headers.iter().for_each(|(name, value)| all.push(name, value));
        all
    }
}

/// As they are read again.
impl From<&Envelope> for Headers {
    fn from(envelope: &Envelope) -> Self {
        envelope.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_they_were_pushed() {
        let mut read = Headers::default();
        let all = [("a", Some(&b"1"[..])), ("b", None), ("c", Some(b"")), ("a", Some(b"22"))];
        all.into_iter().for_each(|(name, value)| read.push(name, value));
        let mut envelope = Envelope::from(&read);
        let long = "long ".repeat(20);
        envelope.push_display("d", 41);
        envelope.push_display("e", &long);
        read.push("d", Some(b"41"));
        read.push("e", Some(long.as_bytes()));
        assert_eq!((Headers::from(&envelope), envelope.size()), (read.clone(), read.size()));
        assert!(Envelope::default().into_headers().is_none());
    }
}
