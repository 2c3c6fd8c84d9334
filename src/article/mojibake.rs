//! Repairs UTF-8 that someone read as Windows-1252 and wrote out again: `â€™` back to `’`, `Ã©` to `é`.
//!
//! Only what is certain: a run of characters whose Windows-1252 bytes form one valid UTF-8 character that news in Latin script
//! uses (punctuation, currency, accented letters). Such runs do not occur in right text. Damage done twice is undone twice.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;

const SOFT_HYPHEN: char = '\u{ad}';

pub(super) fn repair(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    // Each round at least halves what it mends, so rounds are few however often the damage was done.
    while let Some(mended) = round(&text) {
        text = Cow::Owned(mended);
    }
    text
}

/// One round; `None` where there is nothing to mend.
fn round(text: &str) -> Option<String> {
    // The lead byte of a UTF-8 sequence reads as one of U+00C2 … U+00F4, all of which are written with C3 in front.
    let first =
        memchr::memchr_iter(0xc3, text.as_bytes()).find(|at| text.get(*at..).is_some_and(|rest| sequence(rest).is_some()))?;
    let mut out = String::with_capacity(text.len());
    let mut rest = text.get(first..)?;
    out.push_str(text.get(..first)?);
    while !rest.is_empty() {
        if let Some((c, length)) = sequence(rest) {
            out.push(c);
            rest = rest.get(length..)?;
            continue;
        }
        let step = rest.chars().next().map_or(1, char::len_utf8);
        let next = rest.get(step..).and_then(|tail| memchr::memchr(0xc3, tail.as_bytes())).map_or(rest.len(), |at| step + at);
        out.push_str(rest.get(..next)?);
        rest = rest.get(next..)?;
    }
    Some(out)
}

/// How many characters have to follow `c` if it is the first of such a run.
pub(super) fn followers(c: char) -> Option<usize> {
    match c {
        'Â'..='ß' => Some(1),
        'à'..='ï' => Some(2),
        'ð'..='ô' => Some(3),
        _ => None,
    }
}

/// Whether `c` may stand in such a run behind the first.
pub(super) fn follows(c: char) -> bool {
    windows_1252(c).is_some_and(|byte| (0x80..0xc0).contains(&byte))
}

/// The character that the start of `text` stands for, and the bytes of `text` it takes up.
fn sequence(text: &str) -> Option<(char, usize)> {
    let mut chars = text.chars();
    let lead = chars.next()?;
    let length = 1 + followers(lead)?;
    let mut bytes = [lead as u8, 0, 0, 0];
    let mut taken = lead.len_utf8();
    for byte in bytes.iter_mut().take(length).skip(1) {
        let c = chars.next()?;
        *byte = windows_1252(c).filter(|byte| (0x80..0xc0).contains(byte))?;
        taken += c.len_utf8();
    }
    let c = std::str::from_utf8(bytes.get(..length)?).ok()?.chars().next()?;
    plausible(c).then_some((c, taken))
}

fn windows_1252(c: char) -> Option<u8> {
    match c {
        '\0'..='\u{7f}' => None,
        // C1 controls too: what Windows-1252 leaves undefined, and what text read as ISO 8859-1 has there.
        '\u{80}'..='\u{ff}' => u8::try_from(u32::from(c)).ok(),
        _ => {
            let mut utf8 = [0; 4];
            let (bytes, _, failed) = WINDOWS_1252.encode(c.encode_utf8(&mut utf8));
            bytes.first().copied().filter(|_| !failed && bytes.len() == 1)
        }
    }
}

fn plausible(c: char) -> bool {
    matches!(c, '\u{a0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{2010}'..='\u{2044}' | '\u{20a0}'..='\u{20cf}' | '\u{2122}'
        | '\u{1f300}'..='\u{1faff}')
        && c != SOFT_HYPHEN
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::repair;

    /// UTF-8 read as Windows-1252.
    fn damage(text: &str) -> String {
        encoding_rs::WINDOWS_1252.decode_without_bom_handling(text.as_bytes()).0.into_owned()
    }

    #[test]
    fn punctuation_letters_and_currency_come_back() {
        let text = "“Pakistan’s” café – £5m, €3m … São Tomé, Việt Nam 🚢";
        assert_eq!(repair(&damage(text)), text);
    }

    #[test]
    fn damage_done_more_than_once_is_undone() {
        let text = "Zürich’s";
        assert_eq!(repair(&damage(&damage(&damage(text)))), text);
    }

    #[test]
    fn text_read_as_iso_8859_1_comes_back_too() {
        let damaged: String = "Pakistan’s".bytes().map(char::from).collect();
        assert_eq!(repair(&damaged), "Pakistan’s");
    }

    #[test]
    fn right_text_stays() {
        for text in ["SÃO PAULO", "L’Âge d’or", "Île-de-France, Übersee, naïve, Ðinh", "Â", "â", "Москва", "日本"]
        {
            assert_eq!(repair(text), text);
        }
    }

    #[test]
    fn one_damaged_place_is_mended_among_right_ones() {
        assert_eq!(repair("Erdoğan’s visit â€” “short”"), "Erdoğan’s visit — “short”");
    }

    proptest! {
        #[test]
        fn repairing_twice_is_repairing_once(text in "[ÂÃâ€™œ©Å“ð\u{9d}a \u{a0}-\u{ff}]{0,60}") {
            let once = repair(&text).into_owned();
            prop_assert_eq!(repair(&once), once.as_str());
        }
    }
}
