//! Bytes to text: which character encoding a payload is in, and whether it really is.
//!
//! In order: a byte order mark, UTF-8, the charset the record's header or the document itself declares, and last a guess from the
//! bytes. UTF-8 comes first because nothing else of any length is valid UTF-8, while headers are often a server's default. A guess must be plausible, for nearly any bytes are valid in some old encoding: what does not read as text is rejected
//! rather than coded as noise.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::reject;
use crate::record::{Reason, Rejection};

/// A document declares its charset this early or not at all (the HTML standard's prescan).
const PRESCAN: usize = 1024;
/// Bytes the detector looks at; more does not change its mind.
const SNIFFED: usize = 64 << 10;
/// With fewer bytes beyond ASCII a guess at anything but Western text is worth nothing.
const ENOUGH: usize = 24;

/// Decodes `payload`. `charset` is what the record's `content-type` declares.
pub(super) fn decode<'a>(payload: &'a [u8], charset: Option<&str>) -> Result<Cow<'a, str>, Rejection> {
    if let Some((encoding, mark)) = Encoding::for_bom(payload) {
        let bytes = payload.get(mark..).unwrap_or_default();
        // Two stray bytes look like a mark: UTF-16 that holds any line end, space or digit holds a zero byte.
        if encoding != UTF_8 && memchr::memchr(0, bytes).is_none() {
            return Err(reject(Reason::InvalidEncoding, format!("opens like {}, but is none", encoding.name())));
        }
        return strictly(encoding, bytes);
    }
    let header = charset.and_then(|label| Encoding::for_label(label.as_bytes()));
    // ASCII in UTF-16 is valid UTF-8 with zero bytes in between; every other text that is valid UTF-8 by chance is.
    if let Some(wide) = header.filter(|encoding| *encoding == UTF_16LE || *encoding == UTF_16BE) {
        return strictly(wide, payload);
    }
    let utf8_error = match std::str::from_utf8(payload) {
        Ok(text) => return Ok(Cow::Borrowed(text)),
        Err(error) => error,
    };
    let said = [header, declared(payload)].into_iter().flatten().find_map(|encoding| strictly(encoding, payload).ok());
    said.or_else(|| guessed(payload)).ok_or_else(|| {
        let at = utf8_error.valid_up_to();
        reject(Reason::InvalidEncoding, format!("not UTF-8 at byte {at}, no charset declared that fits, and none to be told"))
    })
}

fn strictly<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Result<Cow<'a, str>, Rejection> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .ok_or_else(|| reject(Reason::InvalidEncoding, format!("not valid {}", encoding.name())))
}

/// `charset=…` of an HTML `meta`, `encoding=…` of an XML declaration.
fn declared(payload: &[u8]) -> Option<&'static Encoding> {
    let head: String = payload.iter().take(PRESCAN).map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    let xml = head.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).and_then(|(xml, _)| after(xml, "encoding"));
    let label = xml.or_else(|| head.split("<meta").skip(1).find_map(|meta| after(meta.split('>').next()?, "charset")))?;
    // A document cannot have declared itself in an encoding in which the declaration would be unreadable.
    Encoding::for_label(label.as_bytes()).filter(|encoding| *encoding != UTF_16LE && *encoding != UTF_16BE)
}

/// The value behind `name=`, quoted or not.
fn after<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(name)?;
    let value = rest.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    value.split(['"', '\'', ' ', ';', '/']).next().filter(|label| !label.is_empty())
}

fn guessed(payload: &[u8]) -> Option<Cow<'_, str>> {
    let head = payload.get(..SNIFFED).unwrap_or(payload);
    if head.iter().any(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31)) || holds_utf8(head) {
        return None;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(head, head.len() == payload.len());
    let encoding = match detector.guess(None, Utf8Detection::Deny) {
        other if head.iter().filter(|byte| !byte.is_ascii()).count() >= ENOUGH => other,
        _ => WINDOWS_1252,
    };
    let text = strictly(encoding, payload).ok()?;
    (encoding != WINDOWS_1252 || plausible_latin(&text)).then_some(text)
}

/// Whether some sequence of two bytes or more is UTF-8: then this is UTF-8 with damage, not another encoding.
fn holds_utf8(bytes: &[u8]) -> bool {
    bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii())
}

/// Western text has its accented letters inside words and no C1 controls.
fn plausible_latin(text: &str) -> bool {
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let lonely = !before.is_ascii_alphabetic() && !letters.peek().is_some_and(char::is_ascii_alphabetic);
        if ('\u{80}'..'\u{a0}').contains(&c) || (c > '\u{bf}' && c.is_alphabetic() && lonely) {
            return false;
        }
        before = c;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::decode;
    use crate::record::Reason;

    fn read(bytes: &[u8], charset: Option<&str>) -> Result<String, Reason> {
        decode(bytes, charset).map(Into::into).map_err(|rejection| rejection.reason)
    }

    #[test]
    fn marks_are_taken_off_and_believed() {
        assert_eq!(read(b"\xef\xbb\xbfOslo", None), Ok("Oslo".into()));
        assert_eq!(read(b"\xff\xfeO\0s\0l\0o\0", None), Ok("Oslo".into()));
        assert_eq!(read(b"\xfe\xff\0O\0s\0l\0o", None), Ok("Oslo".into()));
    }

    #[test]
    fn a_declared_charset_is_used() {
        assert_eq!(read(b"Ch\xe2teau", Some("iso-8859-1")), Ok("Château".into()));
        assert_eq!(read(b"<meta charset=\"windows-1251\"><p>\xcc\xee\xf1\xea\xe2\xe0</p>", None), {
            Ok("<meta charset=\"windows-1251\"><p>Москва</p>".into())
        });
        let xml = b"<?xml version='1.0' encoding='iso-8859-2'?><html>\xb3\xf3d\xbc</html>";
        assert_eq!(read(xml, None), Ok("<?xml version='1.0' encoding='iso-8859-2'?><html>łódź</html>".into()));
    }

    #[test]
    fn utf8_that_is_declared_otherwise_stays_utf8() {
        assert_eq!(read("Zürich".as_bytes(), Some("iso-8859-1")), Ok("Zürich".into()));
        assert_eq!(read("<meta charset=\"latin1\">Zürich".as_bytes(), None), Ok("<meta charset=\"latin1\">Zürich".into()));
    }

    #[test]
    fn a_wrong_header_is_overruled_by_the_bytes() {
        assert_eq!(read(b"The minister\x92s caf\xe9 was open.", Some("utf-8")), Ok("The minister’s café was open.".into()));
    }

    #[test]
    fn undeclared_western_text_is_told_from_its_bytes() {
        let text = b"The talks in Bogot\xe1 ended \x96 \x93without result\x94, an official said.";
        assert_eq!(read(text, None), Ok("The talks in Bogotá ended – “without result”, an official said.".into()));
    }

    #[test]
    fn noise_and_damaged_utf8_are_rejected() {
        let mut damaged = "Señor Muñoz met ".as_bytes().to_vec();
        damaged.push(0xff);
        let cases: [&[u8]; 6] =
            [b"\xff\xfe\xfa", b"\x80\x81\x82", b"\xc3\x28", b"Russia \xff\xfe Pakistan", b"\x00\x01\xff\x7f\x80", &damaged];
        for bytes in cases {
            assert_eq!(read(bytes, None), Err(Reason::InvalidEncoding), "{bytes:x?}");
        }
    }
}
