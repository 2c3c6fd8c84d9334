//! What `entente parse` promises of the CoNLL-U it writes: whatever the text, a validator of Universal Dependencies finds nothing to
//! object to, and the text can be put together again. The check below reads the format by its own rules, not with the project's reader.

use std::collections::HashMap;

use entente::syntax::{Upos, conllu};
use proptest::prelude::*;

use crate::syntax::analyzed;

fn written(text: &str) -> String {
    let mut file = String::new();
    conllu::write(text, &analyzed(text), &mut file);
    file
}

/// The text with every run of white space as one space, as the format's `# text` has it.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text that a file's tokens and `SpaceAfter` give, or what is wrong with the file.
fn text_of(file: &str) -> Result<String, String> {
    let mut whole = String::new();
    let blocks: Vec<&str> = file.split_terminator("\n\n").collect();
    if !file.is_empty() && !file.ends_with("\n\n") {
        return Err("the last sentence is not closed by an empty line".to_owned());
    }
    for (number, block) in blocks.iter().enumerate() {
        let text = sentence(block).map_err(|error| format!("sentence {}: {error}", number + 1))?;
        whole.push_str(&text);
    }
    Ok(whole.trim_end().to_owned())
}

/// The text of a sentence, with a space at its end unless the last token says that none follows.
fn sentence(block: &str) -> Result<String, String> {
    let comment = |name: &str| block.lines().find_map(|line| line.strip_prefix(&format!("# {name} = ")));
    comment("sent_id").ok_or("no sent_id")?;
    let mut text = String::new();
    let (mut heads, mut fused_until) = (Vec::new(), 0);
    for line in block.lines().filter(|line| !line.starts_with("# ")) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [id, form, lemma, upos, xpos, feats, head, deprel, deps, misc] = fields[..] else {
            return Err(format!("{} fields in {line:?}", fields.len()));
        };
        if fields.iter().any(|field| field.is_empty() || field.trim() != *field) {
            return Err(format!("a field is empty or has space around it in {line:?}"));
        }
        let space = match misc {
            "_" => " ",
            "SpaceAfter=No" => "",
            other => return Err(format!("MISC {other}")),
        };
        if let Some((first, last)) = id.split_once('-') {
            let range = (first.parse::<usize>(), last.parse::<usize>());
            let (Ok(first), Ok(last)) = range else { return Err(format!("range {id}")) };
            if first != heads.len() + 1 || last <= first || first <= fused_until {
                return Err(format!("range {id} before word {}", heads.len() + 1));
            }
            if [lemma, upos, xpos, feats, head, deprel, deps].iter().any(|field| *field != "_") {
                return Err(format!("the range {id} is more than a form"));
            }
            text.push_str(form);
            text.push_str(space);
            fused_until = last;
            continue;
        }
        if id.parse() != Ok(heads.len() + 1) {
            return Err(format!("word {} has the number {id}", heads.len() + 1));
        }
        if heads.len() >= fused_until {
            text.push_str(form);
            text.push_str(space);
        } else if misc != "_" {
            return Err(format!("word {id} of a range says what follows it"));
        }
        Upos::parse(upos).ok_or_else(|| format!("UPOS {upos}"))?;
        let names: Vec<&str> = feats.split('|').map(|feat| feat.split('=').next().unwrap_or("")).collect();
        if feats != "_" && !names.is_sorted_by(|a, b| a < b) {
            return Err(format!("features {feats} are not sorted, or not one of a name"));
        }
        let head: usize = head.parse().map_err(|_| format!("head {head}"))?;
        if (head == 0) != (deprel == "root") {
            return Err(format!("word {id} hangs on {head} as {deprel}"));
        }
        heads.push(head);
    }
    if fused_until > heads.len() {
        return Err("a range ends after the sentence".to_owned());
    }
    one_tree(&heads)?;
    if comment("text") != Some(text.trim_end()) {
        return Err(format!("the text {:?} is told by tokens as {text:?}", comment("text")));
    }
    Ok(text)
}

fn one_tree(heads: &[usize]) -> Result<(), String> {
    let roots = heads.iter().filter(|head| **head == 0).count();
    if roots != 1 {
        return Err(format!("{roots} roots"));
    }
    // From which words a path was followed that ended in the root.
    let mut seen = HashMap::new();
    for start in 1..=heads.len() {
        let mut at = start;
        while at != 0 {
            match seen.insert(at, start) {
                None => {}
                Some(earlier) if earlier == start => return Err(format!("word {at} hangs in a circle")),
                Some(_) => break,
            }
            at = *heads.get(at - 1).ok_or_else(|| format!("head {at} is outside the sentence"))?;
        }
    }
    Ok(())
}

#[test]
fn awkward_text_is_written_as_valid_conllu() {
    let long = "talks ".repeat(700);
    let texts = [
        "",
        " \n\u{a0}\n",
        ".",
        "_",
        "# text = not a comment",
        "1\tTalks\ttalk\tNOUN",
        "Talks   with  two\u{a0}spaces\u{2009}and a thin one.",
        "Talks collapsed.Russia blamed Ukraine.\n\nLeaders meet in Geneva\r\n\r\n“Is it true?”she asked.",
        "!'',\n?*",
        "He can't've said it; they'll've gone — she'd n't 's 've.",
        "cannot gonna don’t Russia’s the Joneses' 's",
        "US$1.2bn,€56-billion(about 12%)…and/or 3,000.50km²",
        "👩‍👩‍👧‍👦🇫🇷 met\u{200b} \u{202e}שלום\u{202c} וزير الخارجية",
        "e\u{301}te\u{301} \u{301} \u{feff}BOM \u{0}\u{1c}\u{7f} control",
        "((((((((((([[[[{{{{",
        "İSTANBUL ẞ ŉ ǰ ﬁn",
        &long,
    ];
    for text in texts {
        assert_eq!(text_of(&written(text)).as_deref(), Ok(plain(text).as_str()), "{text:?} as\n{}", written(text));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text_is_written_as_valid_conllu(
        pieces in prop::collection::vec(prop_oneof![
            "\\PC{0,12}",
            "[A-Za-z0-9'’.,?!_#-]{1,20}",
            Just(" ".to_owned()),
            Just("\n".to_owned()),
            Just(" \u{a0}\t".to_owned()),
            Just("n't".to_owned()),
            Just("'s ".to_owned()),
            Just("Gen. Smith left. ".to_owned()),
        ], 0..16),
    ) {
        let text = pieces.concat();
        let told = text_of(&written(&text));
        prop_assert_eq!(told, Ok(plain(&text)));
    }
}

#[test]
fn what_is_not_valid_conllu_is_told_from_what_is() {
    let file = written("They don't meet.");
    assert_eq!(text_of(&file).as_deref(), Ok("They don't meet."));
    let damages = [
        ("\t0\troot\t", "\t1\troot\t"),
        ("\t0\troot\t", "\t0\tdep\t"),
        ("1\tThey", "2\tThey"),
        ("2-3\tdon't", "2-9\tdon't"),
        ("2-3\tdon't", "2-3\tdo"),
        ("\tSpaceAfter=No\n", "\t_\n"),
        ("# text = They", "# text = Them"),
        ("PRON", "PRONOUN"),
        ("They\tthey", "They\t"),
    ];
    for (sound, damaged) in damages {
        assert!(file.contains(sound), "{sound:?} is not in\n{file}");
        assert!(text_of(&file.replacen(sound, damaged, 1)).is_err(), "{damaged:?} went unseen");
    }
}
