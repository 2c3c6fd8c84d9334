//! Characters and paragraphs: what text looks like in an [`Article`](super::Article), whatever it looked like before.
//!
//! Guarantees: NFC; no control, zero-width, direction or byte-order characters; every run of spaces is one space; paragraphs are
//! separated by `\n\n` and hold no line break. Normalizing twice changes nothing.

use unicode_normalization::UnicodeNormalization;

use super::mojibake;

/// Text of many paragraphs.
pub(super) fn normalize(text: &str) -> String {
    layout(&characters(text))
}

/// Text of one line: a title, a name.
pub(super) fn line(text: &str) -> String {
    let text = characters(text);
    let mut line = String::with_capacity(text.len());
    for word in text.split([' ', '\n']).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Mends, drops and unifies characters. Lines end in `\n`.
fn characters(text: &str) -> String {
    let text = compose(filter(text, Pass::BeforeRepair));
    match text.chars().any(|c| mojibake::followers(c).is_some()) {
        true => compose(filter(&mojibake::repair(&text), Pass::Last)),
        false => text,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pass {
    /// Keeps what is invisible or a space by itself but part of a damaged character where it may be that.
    BeforeRepair,
    Last,
}

fn filter(text: &str, pass: Pass) -> String {
    let mut out = String::with_capacity(text.len());
    let mut after_return = false;
    // How many characters may still belong to a damaged one.
    let mut open = 0_usize;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let returned = std::mem::replace(&mut after_return, c == '\r');
        if pass == Pass::BeforeRepair && open > 0 && matches!(c, '\u{80}'..='\u{a0}' | '\u{ad}') {
            out.push(c);
            open -= 1;
            continue;
        }
        let class = class(c);
        if !matches!(class, Class::Keep | Class::Drop) {
            open = 0;
        }
        match class {
            Class::Keep => {
                open = match mojibake::followers(c) {
                    Some(length) => length,
                    None if open > 0 && mojibake::follows(c) => open - 1,
                    None => 0,
                };
                out.push(c);
            }
            // What the repair left alone must not become mendable by what goes from its middle.
            Class::Drop if pass == Pass::Last && chars.peek().is_some_and(|next| mojibake::follows(*next)) => space(&mut out),
            Class::Drop => {}
            Class::Space => space(&mut out),
            Class::Line if returned && c == '\n' => {}
            Class::Line => out.push('\n'),
            Class::Paragraph => out.push_str("\n\n"),
        }
    }
    out
}

fn space(out: &mut String) {
    if !out.ends_with([' ', '\n']) {
        out.push(' ');
    }
}

/// NFC, at no cost for text that cannot be anything else.
fn compose(text: String) -> String {
    let stable = |c: char| c < '\u{300}' || ('\u{2010}'..='\u{2046}').contains(&c);
    if text.chars().all(stable) { text } else { text.nfc().collect() }
}

enum Class {
    Keep,
    Space,
    Line,
    Paragraph,
    Drop,
}

fn class(c: char) -> Class {
    match c {
        '\n' | '\r' | '\u{b}' | '\u{85}' | '\u{2028}' => Class::Line,
        '\u{c}' | '\u{2029}' => Class::Paragraph,
        '\t' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Class::Space,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => Class::Drop,
        '!'..='~' => Class::Keep,
        // Soft hyphen, zero-width, direction marks and embeddings, variation selectors, tags, interlinear notes, noncharacters.
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' => {
            Class::Drop
        }
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{ffa0}' => Class::Drop,
        '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{fffc}' | '\u{fffe}' | '\u{ffff}' => Class::Drop,
        '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..='\u{e0fff}' => Class::Drop,
        _ => Class::Keep,
    }
}

/// Lines to paragraphs. A blank line ends a paragraph; a single line end does too, unless the text is wrapped at a width or the next line
/// visibly goes on with the sentence.
fn layout(text: &str) -> String {
    let wrapped = is_wrapped(text);
    let mut out = String::with_capacity(text.len());
    let mut blank = true;
    for line in text.split('\n').map(str::trim) {
        if line.is_empty() {
            blank = true;
            continue;
        }
        if !out.is_empty() {
            let goes_on = wrapped || (line.starts_with(char::is_lowercase) && !ends_sentence(&out) && !out.ends_with([':', ';']));
            match goes_on && !blank {
                false => out.push_str("\n\n"),
                // "Indo-" / "Pakistani": the hyphen is part of the word or was put there at the line's end; leave it either way.
                true if out.ends_with('-') && !out.ends_with(" -") && line.starts_with(char::is_alphabetic) => {}
                true => out.push(' '),
            }
        }
        out.push_str(line);
        blank = false;
    }
    out
}

/// Whether single line ends are there for the width of a page: lines before one are of like length and mostly stop mid-sentence.
fn is_wrapped(text: &str) -> bool {
    const WIDEST: usize = 100;
    const NARROWEST: usize = 40;
    let (mut inner, mut full, mut mid_sentence) = (0_usize, 0_usize, 0_usize);
    let mut lines = text.split('\n').map(str::trim).peekable();
    while let Some(line) = lines.next() {
        if line.is_empty() || lines.peek().is_none_or(|next| next.is_empty()) {
            continue;
        }
        let width = line.chars().take(WIDEST + 1).count();
        if width > WIDEST {
            return false;
        }
        inner += 1;
        full += usize::from(width >= NARROWEST);
        mid_sentence += usize::from(!ends_sentence(line));
    }
    inner >= 2 && full * 10 >= inner * 8 && mid_sentence * 10 >= inner * 6
}

/// Whether a line closes with sentence punctuation, quotes and brackets behind it allowed.
pub(super) fn ends_sentence(line: &str) -> bool {
    line.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']', ' ']).ends_with(['.', '!', '?', '…', '。'])
}

/// Words as white space separates them.
pub(super) fn words(text: &str) -> usize {
    text.split_ascii_whitespace().count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::is_nfc;

    use super::{line, normalize};

    #[test]
    fn line_ends_of_every_system_part_lines() {
        for text in ["A\r\nB", "A\rB", "A\nB", "A\u{2028}B", "A\u{85}B", "A\u{2029}B", "A\r\n\r\nB", "A \n \t\n\n B"] {
            assert_eq!(normalize(text), "A\n\nB", "{text:?}");
        }
    }

    #[test]
    fn invisible_characters_go_and_odd_spaces_become_plain() {
        assert_eq!(
            normalize("\u{feff}Pa\u{ad}ki\u{200b}stan\u{a0}\u{2009} and\0 \u{202e}Iran\u{202c}\u{1b}[0m"),
            "Pakistan and Iran[0m"
        );
    }

    #[test]
    fn letters_are_composed_and_damage_is_mended() {
        assert_eq!(normalize("Bogota\u{301}, Pakistanâ€™s"), "Bogotá, Pakistan’s");
    }

    #[test]
    fn wrapped_lines_are_joined_and_short_ones_are_not() {
        let wrapped = "The foreign ministers of Norway and Sweden met in Oslo on Monday to talk\nabout fishing rights in the northern \
                       waters. It has been a long-\nstanding dispute between the two neighbours that has lasted for\ntwenty years.\n\n\
                       They will meet again in May.";
        assert_eq!(
            normalize(wrapped),
            "The foreign ministers of Norway and Sweden met in Oslo on Monday to talk about fishing rights in the northern waters. It \
             has been a long-standing dispute between the two neighbours that has lasted for twenty years.\n\nThey will meet again in \
             May."
        );
        assert_eq!(normalize("The ministers met\nin Oslo."), "The ministers met in Oslo.");
        assert_eq!(normalize("Agenda:\nTrade\nFish"), "Agenda:\n\nTrade\n\nFish");
    }

    #[test]
    fn a_title_is_one_line() {
        assert_eq!(line("  Norway,\n\tSweden  sign\u{a0}pact "), "Norway, Sweden sign pact");
    }

    proptest! {
        #[test]
        fn normalizing_is_idempotent_and_keeps_its_promises(text in "(\\PC|[\n\r\t â€™Ã©\u{300}-\u{330}\u{ad}\u{2028}\u{0}-\u{1f}]|[a-z]{20}[-.]?\n?){0,80}") {
            let once = normalize(&text);
            prop_assert_eq!(normalize(&once), once.as_str());
            prop_assert!(is_nfc(&once));
            prop_assert!(!once.contains("  ") && !once.contains("\n\n\n") && once.trim() == once);
            prop_assert!(once.split("\n\n").all(|paragraph| !paragraph.contains('\n')));
            prop_assert!(!once.chars().any(|c| c.is_control() && c != '\n'));
        }
    }
}
