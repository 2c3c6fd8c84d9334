//! Character references: `&rsquo;`, `&#8217;`, `&#x2019;` to the characters they stand for.

use std::borrow::Cow;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

static NAMED: LazyLock<FxHashMap<&'static str, char>> = LazyLock::new(|| {
    let lines = include_str!("entities.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(' ')).filter_map(|(name, code)| Some((name, character(code, 16)?))).collect()
});

/// No reference is longer: the longest name is `thetasym`, the longest number `#1114111`; leading zeros beyond that are nobody's.
const LONGEST: usize = 12;

/// Replaces every reference that closes with a semicolon. One that was escaped again (`&amp;rsquo;`) is read through.
pub(in crate::article) fn unescape(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'&', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    let (plain, mut rest) = text.split_at_checked(first).unwrap_or((text, ""));
    out.push_str(plain);
    while let Some(mut behind) = rest.strip_prefix('&') {
        while let Some(again) = behind.strip_prefix("amp;").or_else(|| behind.strip_prefix("#38;")) {
            behind = again;
        }
        match reference(behind) {
            Some((c, after)) => {
                out.push(c);
                rest = after;
            }
            None => {
                out.push('&');
                rest = behind;
            }
        }
        let next = memchr::memchr(b'&', rest.as_bytes()).unwrap_or(rest.len());
        let (plain, tail) = rest.split_at_checked(next).unwrap_or((rest, ""));
        out.push_str(plain);
        rest = tail;
    }
    Cow::Owned(out)
}

/// The character named up to the next semicolon, and what stands behind it.
fn reference(text: &str) -> Option<(char, &str)> {
    let end = text.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = text.get(..end)?;
    let c = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(hex) => character(hex, 16)?,
            None => character(number, 10)?,
        },
        None => *NAMED.get(name)?,
    };
    Some((c, text.get(end + 1..)?))
}

fn character(number: &str, radix: u32) -> Option<char> {
    let code = u32::from_str_radix(number, radix).ok()?;
    match code {
        // As browsers do: these numbers mean Windows-1252, whatever the standard says of them.
        0x80..=0x9f => {
            let byte = [u8::try_from(code).ok()?];
            encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte).0.chars().next()
        }
        _ => char::from_u32(code),
    }
}

#[cfg(test)]
mod tests {
    use super::{NAMED, unescape};

    #[test]
    fn names_and_numbers_are_read() {
        assert_eq!(unescape("Pakistan&rsquo;s &#8220;ties&#x201D; &lt;5&nbsp;m&#150;"), "Pakistan’s “ties” <5\u{a0}m–");
    }

    #[test]
    fn what_was_escaped_again_is_read_through() {
        assert_eq!(unescape("Smith &amp;amp; Sons&amp;#8217; &#38;quot;"), "Smith & Sons’ \"");
    }

    #[test]
    fn what_is_no_reference_stays() {
        for text in ["AT&T", "a & b", "&", "&;", "&#;", "&#x110000;", "&nosuchname;", "R&D; more", "&#99999999999;"] {
            assert_eq!(unescape(text), text);
        }
    }

    #[test]
    fn the_table_is_whole() {
        assert_eq!(NAMED.len(), 253);
    }
}
