//! [`Headers`]: the headers of a record, in order, repeated names included. All of them lie in two buffers: an event has ten, and an allocation
//! for each name and each value would cost more than the text in them.

/// Names with values, which may be missing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers {
    names: String,
    values: Vec<u8>,
    /// For each header, where its name and its value end; `None` for a header without a value, which takes no room.
    ends: Vec<(usize, Option<usize>)>,
}

impl Headers {
    /// Room for so many headers of some twenty bytes each.
    pub fn with_capacity(count: usize) -> Self {
        Self { names: String::with_capacity(count * 20), values: Vec::with_capacity(count * 24), ends: Vec::with_capacity(count) }
    }

    pub fn push(&mut self, name: &str, value: Option<&[u8]>) {
        self.names.push_str(name);
        self.values.extend_from_slice(value.unwrap_or_default());
        self.ends.push((self.names.len(), value.map(|_| self.values.len())));
    }

    /// Pushes what `value` displays as.
    pub fn push_display(&mut self, name: &str, value: impl std::fmt::Display) {
        use std::io::Write;
        self.names.push_str(name);
        // Writing to a Vec cannot fail.
        let _ = write!(self.values, "{value}");
        self.ends.push((self.names.len(), Some(self.values.len())));
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Bytes of all names and values.
    pub fn size(&self) -> usize {
        self.names.len() + self.values.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&[u8]>)> {
        let (mut name, mut value) = (0, 0);
        self.ends.iter().map(move |(name_end, value_end)| {
            // The ends are where something was pushed.
            let header = (
                self.names.get(name..*name_end).unwrap_or_default(),
                value_end.map(|end| self.values.get(value..end).unwrap_or_default()),
            );
            name = *name_end;
            value = value_end.unwrap_or(value);
            header
        })
    }

    /// The last header of that name (ASCII case ignored), as Kafka clients read repeated headers.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).last().and_then(|(_, value)| value)
    }

    /// Keeps those of which `keep` says so.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        *self = self.iter().filter(|(name, _)| keep(name)).collect();
    }
}

impl<'a> FromIterator<(&'a str, Option<&'a [u8]>)> for Headers {
    fn from_iter<I: IntoIterator<Item = (&'a str, Option<&'a [u8]>)>>(headers: I) -> Self {
        let mut all = Self::default();
        headers.into_iter().for_each(|(name, value)| all.push(name, value));
        all
    }
}

impl std::fmt::Debug for Headers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        f.debug_list().entries(self.iter().map(|(name, value)| (name, value.map(text)))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_come_back_as_they_were_pushed() {
        let all = [("a", Some(&b"1"[..])), ("", None), ("b", Some(b"")), ("A", Some(b"22")), ("c", None)];
        let mut headers: Headers = all.into_iter().collect();
        assert!(headers.iter().eq(all));
        assert_eq!((headers.len(), headers.size()), (5, 7));
        assert_eq!((headers.get("a"), headers.get("b"), headers.get("c")), (Some(&b"22"[..]), Some(&b""[..]), None));
        headers.push_display("d", 41);
        headers.retain(|name| !name.eq_ignore_ascii_case("a"));
        assert!(headers.iter().eq([("", None), ("b", Some(&b""[..])), ("c", None), ("d", Some(b"41"))]));
    }
}
