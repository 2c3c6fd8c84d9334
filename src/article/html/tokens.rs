//! [`Tokens`]: HTML as a stream of text, tags and raw content, borrowed from the page.
//!
//! A small part of the standard's tokenizer, all that finding an article's text needs: names, attributes, comments, elements whose
//! content is no markup. Every byte is passed once, whatever the page does.

use std::borrow::Cow;

use memchr::{memchr, memmem};

use super::element::Element;
use super::entity::unescape;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Character references not yet replaced.
    Text(&'a str),
    Open(Tag<'a>),
    Close(Element<'a>),
    /// An element without markup inside, whole: `script`, `style`, `title`, `textarea`.
    Raw(Tag<'a>, &'a str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    pub element: Element<'a>,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// Names as written and values with character references replaced; a name without a value has an empty one.
    pub fn attributes(&self) -> Attributes<'a> {
        Attributes { rest: self.attributes }
    }
}

pub(super) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    pub fn new(page: &'a str) -> Self {
        Self { rest: page }
    }

    /// Takes what is left up to `at` away, and gives it.
    fn take(&mut self, at: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(at).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// Passes what closes with `end`; what never does is passed whole.
    fn pass(&mut self, end: &str) {
        let length = memmem::find(self.rest.as_bytes(), end.as_bytes()).map_or(self.rest.len(), |at| at + end.len());
        self.take(length);
    }

    fn tag(&mut self) -> Tag<'a> {
        self.take(1);
        let name = self.rest.bytes().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'));
        let name = self.take(name.unwrap_or(self.rest.len()));
        let attributes = self.take(end_of_attributes(self.rest.as_bytes()));
        self.take(1);
        Tag { element: Element::named(name), attributes }
    }

    /// Content up to the closing tag of `name`, which is passed too.
    fn raw(&mut self, name: &str) -> &'a str {
        let bytes = self.rest.as_bytes();
        let closes = |at: &usize| {
            let behind = bytes.get(at + 2..).unwrap_or_default();
            behind.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
                && !behind.get(name.len()).is_some_and(u8::is_ascii_alphanumeric)
        };
        let end = memmem::find_iter(bytes, "</").find(closes).unwrap_or(bytes.len());
        let content = self.take(end);
        self.pass(">");
        content
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let bytes = self.rest.as_bytes();
            if *bytes.first()? != b'<' {
                let end = memchr(b'<', bytes).unwrap_or(bytes.len());
                return Some(Token::Text(self.take(end)));
            }
            match bytes.get(1) {
                Some(byte) if byte.is_ascii_alphabetic() => {
                    let tag = self.tag();
                    return Some(match tag.element.raw() {
                        Some(name) => Token::Raw(tag, self.raw(name)),
                        None => Token::Open(tag),
                    });
                }
                Some(b'/') if bytes.get(2).is_some_and(u8::is_ascii_alphabetic) => {
                    self.take(2);
                    let name = self.rest.bytes().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'));
                    let name = self.take(name.unwrap_or(self.rest.len()));
                    self.pass(">");
                    return Some(Token::Close(Element::named(name)));
                }
                Some(b'!') if bytes.starts_with(b"<!--") => self.pass("-->"),
                Some(b'!' | b'?' | b'/') => self.pass(">"),
                // A bare "<" is text, and so is all up to the next one.
                _ => {
                    let end = bytes.get(1..).and_then(|behind| memchr(b'<', behind)).map_or(bytes.len(), |at| at + 1);
                    return Some(Token::Text(self.take(end)));
                }
            }
        }
    }
}

/// Where a tag ends: at the first `>` that stands in no quoted value.
fn end_of_attributes(bytes: &[u8]) -> usize {
    let mut at = 0;
    let mut value_next = false;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'>' => return at,
            b'"' | b'\'' if value_next => {
                let Some(length) = bytes.get(at + 1..).and_then(|behind| memchr(*byte, behind)) else { return bytes.len() };
                at += length + 1;
                value_next = false;
            }
            b'=' => value_next = true,
            byte if byte.is_ascii_whitespace() => {}
            _ => value_next = false,
        }
        at += 1;
    }
    bytes.len()
}

pub(super) struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, Cow<'a, str>);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/')).unwrap_or(rest.len());
        // A stray "=" is a name of its own.
        let (name, behind) = rest.split_at_checked(end.max(rest.chars().next()?.len_utf8()))?;
        let Some(value) = behind.trim_start().strip_prefix('=').map(str::trim_start) else {
            self.rest = behind;
            return Some((name, Cow::Borrowed("")));
        };
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, rest) = match quote {
            Some(quote) => value.get(1..).and_then(|inside| inside.split_once(quote)).unwrap_or((value, "")),
            None => value.split_at_checked(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len()))?,
        };
        self.rest = rest;
        Some((name, unescape(value)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Token, Tokens};

    fn shown(page: &str) -> String {
        Tokens::new(page)
            .map(|token| match token {
                Token::Text(text) => format!("[{text}]"),
                Token::Open(tag) => {
                    let attributes: String = tag.attributes().map(|(name, value)| format!(" {name}={value}")).collect();
                    format!("<{}{attributes}>", tag.element.name())
                }
                Token::Close(element) => format!("</{}>", element.name()),
                Token::Raw(tag, content) => format!("<{}|{content}>", tag.element.name()),
            })
            .collect()
    }

    #[test]
    fn tags_text_and_raw_content_are_told_apart() {
        assert_eq!(
            shown("<!DOCTYPE html><P class='a b' id=x hidden>5 < 6<br/><!-- <p> --><script>if (a</b) x</SCRIPT >end"),
            "<p class=a b id=x hidden=>[5 ][< 6]<br><script|if (a</b) x>[end]"
        );
    }

    #[test]
    fn quoted_values_may_hold_anything() {
        assert_eq!(shown(r#"<a title="1 > 0 &amp; '" href='x"y'>z"#), "<a title=1 > 0 & ' href=x\"y>[z]");
    }

    #[test]
    fn what_never_ends_ends_with_the_page() {
        for page in ["<!-- x", "<a href=\"x", "<a href", "<script>x", "</p", "<? x", "<a =", "<a ==>", "<"] {
            shown(page);
        }
        assert_eq!(shown("a<!-- b"), "[a]");
    }

    proptest! {
        #[test]
        fn never_panics(page in "([<>/!='\" a-z-]|script|--|\\PC){0,200}") {
            shown(&page);
        }
    }
}
