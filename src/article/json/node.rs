//! [`Node`]: a JSON value that borrows from the payload, read under a limit on depth and on the number of values.
//!
//! News payloads are shallow and small. The limits make the cost of a hostile one known beforehand: memory stays proportional to
//! the payload, and the stack never grows with it.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::article::reject;
use crate::record::{Reason, Rejection};

/// Deepest nesting of arrays and objects; the shapes known here need 6.
const MAX_DEPTH: u32 = 64;
/// Most values in one payload, whatever they are.
const MAX_VALUES: u32 = 250_000;

#[derive(Clone, Debug, PartialEq)]
pub enum Node<'a> {
    Null,
    Bool(bool),
    Integer(i64),
    Real(f64),
    Text(Cow<'a, str>),
    Array(Vec<Node<'a>>),
    /// In the order of the payload.
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

impl<'a> Node<'a> {
    /// Reads a whole payload: one value and nothing behind it.
    pub fn parse(payload: &'a str) -> Result<Self, Rejection> {
        let guard = Guard { values: Cell::new(0), too_deep: Cell::new(false) };
        let mut reader = serde_json::Deserializer::from_str(payload);
        Seed { guard: &guard, depth: 0 }.deserialize(&mut reader).and_then(|node| reader.end().map(|()| node)).map_err(|error| {
            match guard.too_deep.get() {
                true => reject(Reason::JsonTooDeep, format!("nested deeper than {MAX_DEPTH} levels: {error}")),
                false => reject(Reason::MalformedJson, format!("expected one JSON value: {error}")),
            }
        })
    }

    /// The last member of that name, as most readers of repeated names have it; `None` where it is null or this is no object.
    pub fn get(&self, name: &str) -> Option<&Node<'a>> {
        let Node::Object(members) = self else { return None };
        members.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value).filter(|value| **value != Node::Null)
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn items(&self) -> Option<&[Node<'a>]> {
        match self {
            Node::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The items of an array, or the value itself: JSON-LD and feeds write one thing either way.
    pub fn each(&self) -> impl Iterator<Item = &Node<'a>> {
        match self {
            Node::Array(items) => items.as_slice(),
            other => std::slice::from_ref(other),
        }
        .iter()
    }

    pub fn is_object(&self) -> bool {
        matches!(self, Node::Object(_))
    }

    /// What kind of value this is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Node::Null => "null",
            Node::Bool(_) => "a boolean",
            Node::Integer(_) | Node::Real(_) => "a number",
            Node::Text(_) => "a string",
            Node::Array(_) => "an array",
            Node::Object(_) => "an object",
        }
    }
}

struct Guard {
    values: Cell<u32>,
    too_deep: Cell<bool>,
}

#[derive(Clone, Copy)]
struct Seed<'g> {
    guard: &'g Guard,
    depth: u32,
}

impl Seed<'_> {
    fn inside<E: Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            self.guard.too_deep.set(true);
            return Err(E::custom("too deep"));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node<'de>, D::Error> {
        let values = self.guard.values.get() + 1;
        self.guard.values.set(values);
        if values > MAX_VALUES {
            return Err(D::Error::custom(format!("more than {MAX_VALUES} values")));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node<'de>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node<'de>, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node<'de>, E> {
        Ok(Node::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node<'de>, E> {
        Ok(i64::try_from(value).map_or(Node::Real(value as f64), Node::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node<'de>, E> {
        Ok(Node::Real(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node<'de>, A::Error> {
        let seed = self.inside()?;
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(seed)? {
            items.push(item);
        }
        Ok(Node::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node<'de>, A::Error> {
        let seed = self.inside()?;
        let mut members = Vec::new();
        while let Some(Key(key)) = access.next_key()? {
            members.push((key, access.next_value_seed(seed)?));
        }
        Ok(Node::Object(members))
    }
}

/// `Cow<str>` alone would always be owned: serde borrows only where it is told to.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::{MAX_DEPTH, MAX_VALUES, Node};
    use crate::record::Reason;

    fn reason(payload: &str) -> Option<Reason> {
        Node::parse(payload).err().map(|rejection| rejection.reason)
    }

    #[test]
    fn plain_strings_are_borrowed_and_escaped_ones_are_not() {
        let node = Node::parse(r#"{"a": "plain", "b": "line\nbreak"}"#).unwrap();
        assert!(matches!(node.get("a"), Some(Node::Text(std::borrow::Cow::Borrowed("plain")))));
        assert_eq!(node.get("b").and_then(Node::as_str), Some("line\nbreak"));
    }

    #[test]
    fn the_last_of_repeated_members_holds_and_null_is_absent() {
        let node = Node::parse(r#"{"a": 1, "a": 2, "b": null}"#).unwrap();
        assert_eq!(node.get("a"), Some(&Node::Integer(2)));
        assert!(!node.has("b"));
    }

    #[test]
    fn depth_is_limited_and_said_to_be_the_reason() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(reason(&nested(MAX_DEPTH as usize)), None);
        assert_eq!(reason(&nested(MAX_DEPTH as usize + 1)), Some(Reason::JsonTooDeep));
        assert_eq!(reason(&"[".repeat(10_000)), Some(Reason::JsonTooDeep));
        assert_eq!(reason(&r#"{"a":"#.repeat(10_000)), Some(Reason::JsonTooDeep));
    }

    #[test]
    fn the_number_of_values_is_limited() {
        let flat = format!("[{}0]", "0,".repeat(MAX_VALUES as usize));
        let rejection = Node::parse(&flat).unwrap_err();
        assert_eq!(rejection.reason, Reason::MalformedJson);
        assert!(rejection.message.contains("more than 250000 values"), "{}", rejection.message);
    }

    #[test]
    fn what_is_not_one_value_is_malformed() {
        for payload in ["{", r#"{"a": "b"#, "{} {}", r#"{"a": 1}]"#, "nul", r#"{"a": "\ud800"}"#] {
            assert_eq!(reason(payload), Some(Reason::MalformedJson), "{payload}");
        }
    }
}
