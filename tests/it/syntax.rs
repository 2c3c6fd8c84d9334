//! What `syntax` promises of any text: no panic, sound spans, one tree a sentence, the same every time, in linear time.

use std::time::{Duration, Instant};

use entente::span::Span;
use entente::syntax::{Analyzer, Document, Scratch, Token, conllu};
use proptest::prelude::*;

fn analyzer() -> &'static Analyzer {
    static ANALYZER: std::sync::OnceLock<Analyzer> = std::sync::OnceLock::new();
    ANALYZER.get_or_init(|| Analyzer::embedded().expect("the model loads"))
}

pub fn analyzed(text: &str) -> Document {
    let mut document = Document::default();
    analyzer().analyze(text, None, &mut Scratch::default(), &mut document);
    document
}

/// Spans on character boundaries and in order, all that is not white space in a token, one root and no circle in each sentence.
fn sound(text: &str, document: &Document) -> Result<(), String> {
    let mut end = 0;
    for token in &document.tokens {
        let (from, to) = (token.span.start as usize, token.span.end as usize);
        let between = text.get(end..from).ok_or_else(|| format!("a token starts inside another or a character at {from}"))?;
        if !between.trim().is_empty() {
            return Err(format!("{between:?} is in no token"));
        }
        if text.get(from..to).is_none_or(str::is_empty) {
            return Err(format!("the token at {from} is empty or ends inside a character"));
        }
        end = to;
    }
    if text.get(end..).is_none_or(|rest| !rest.trim().is_empty()) {
        return Err("the text goes on after the last token".to_owned());
    }
    for sentence in &document.sentences {
        let within = |head: u32| sentence.tokens.contains(&head);
        let roots = sentence.tokens.clone().filter(|at| document.tokens[*at as usize].head == Token::ROOT).count();
        if roots != 1 {
            return Err(format!("{roots} roots"));
        }
        for start in sentence.tokens.clone() {
            let (mut at, mut steps) = (start, 0);
            while at != Token::ROOT {
                if !within(at) || steps > sentence.tokens.len() {
                    return Err(format!("the path from token {start} to the root leaves the sentence or goes in a circle"));
                }
                at = document.tokens[at as usize].head;
                steps += 1;
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_gives_a_sound_document_and_the_same_one_twice(
        pieces in prop::collection::vec(prop_oneof![
            "\\PC{0,12}",
            Just("\u{202e}שלום العالم\u{202c}".to_owned()),
            Just("👩‍👩‍👧‍👦 🇫🇷".to_owned()),
            Just("U.S. Gen. Smith's don't “No. 10” US$1.2bn €56-billion".to_owned()),
            Just("(((((())))))".to_owned()),
            Just("\n\n".to_owned()),
            Just(" \u{a0}\u{2028}\t".to_owned()),
            "[A-Za-z'’.,?!-]{1,30}",
        ], 0..24),
    ) {
        let text = pieces.concat();
        let document = analyzed(&text);
        if let Err(error) = sound(&text, &document) {
            return Err(TestCaseError::fail(format!("{error} in {text:?}")));
        }
        let again = analyzed(&text);
        prop_assert_eq!(document.tokens, again.tokens);
        prop_assert_eq!(document.sentences, again.sentences);
        prop_assert_eq!(document.lemmas, again.lemmas);
    }
}

/// The fastest of three.
fn cost(text: &str) -> Duration {
    let (mut scratch, mut document) = (Scratch::default(), Document::default());
    let run = |_| {
        let start = Instant::now();
        analyzer().analyze(text, None, &mut scratch, &mut document);
        start.elapsed()
    };
    (0..3).map(run).min().unwrap_or_default()
}

#[test]
fn eight_times_the_text_costs_about_eight_times_as_much() {
    let shapes = [
        ("no full stop", "the minister of the interior met the envoy and ".to_owned()),
        ("brackets", "(".to_owned()),
        ("brackets apart", "( [ ".to_owned()),
        ("no space", "word,".to_owned()),
        ("emoji", "👩‍👩‍👧‍👦🇫🇷".to_owned()),
        ("right to left", "وزير الخارجية يزور موسكو ".to_owned()),
        ("prose", "Russia's foreign minister, who had met Gen. Smith, left on Feb. 3. ".to_owned()),
    ];
    for (name, shape) in shapes {
        let small = shape.repeat(16_000 / shape.len());
        let large = small.repeat(8);
        // Eight is linear; the rest is room for a busy machine and for caches.
        let (few, many) = (cost(&small), cost(&large));
        assert!(many < few * 32 + Duration::from_millis(20), "{name}: {few:?} became {many:?}");
        sound(&large, &analyzed(&large)).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn megabytes_of_brackets_are_few_tokens() {
    let text = "([{".repeat(1 << 20);
    let document = analyzed(&text);
    assert!(document.tokens.len() < text.len() / 100, "{} tokens", document.tokens.len());
    assert_eq!(sound(&text, &document), Ok(()));
}

#[test]
fn a_given_sentence_of_five_thousand_tokens_is_one_tree() {
    let text = "talks ".repeat(5_000);
    let tokens: Vec<Span> = (0..5_000).map(|at| Span::new(at * 6, at * 6 + 5)).collect();
    let mut document = Document::default();
    analyzer().analyze_tokens(&text, &tokens, &mut Scratch::default(), &mut document);
    assert_eq!(document.sentences.len(), 1);
    assert_eq!(sound(&text, &document), Ok(()));
}

#[test]
fn a_model_file_that_is_damaged_anywhere_is_refused_or_read_without_panic() {
    let model = include_bytes!("../../config/models/syntax.zst");
    for cut in [0, 10, model.len() / 2, model.len() - 1] {
        assert!(entente::syntax::Parts::unpack(&model[..cut]).is_err());
    }
}

#[test]
fn a_plain_sentence_of_news_is_read_as_a_reader_would() {
    let text = "Russian Foreign Minister Sergei Lavrov was received by Pakistan's president in Islamabad on Friday.";
    let document = analyzed(text);
    let find = |word: &str| {
        let at = document.tokens.iter().position(|token| token.span.of(text) == word).expect("the word is a token");
        (document.tokens[at], document.lemma(at as u32))
    };
    let (received, lemma) = find("received");
    assert_eq!((received.head, lemma), (Token::ROOT, "receive"));
    assert!(received.feats.has(entente::syntax::Feats::PASSIVE), "{:?}", received.feats);
    let under = |word: &str| find(word).0.deprel.as_str();
    assert_eq!((under("president"), under("Pakistan")), ("obl:agent", "nmod:poss"));
    assert_eq!(find("president").0.upos, entente::syntax::Upos::Noun);
}

/// Sentences are separated by `|`, tokens by spaces.
fn cut(text: &str) -> String {
    let document = analyzed(text);
    let words =
        |tokens: std::ops::Range<u32>| tokens.map(|at| document.tokens[at as usize].span.of(text)).collect::<Vec<_>>().join(" ");
    document.sentences.iter().map(|sentence| words(sentence.tokens.clone())).collect::<Vec<_>>().join(" | ")
}

#[test]
fn news_is_cut_into_sentences_and_tokens_as_universal_dependencies_does() {
    let cases = [
        (
            "Gen. Milley met the U.S. envoy on Feb. 3 at No. 10 Downing St. in London. Talks ended at 5 p.m. Officials left.",
            "Gen. Milley met the U.S. envoy on Feb. 3 at No. 10 Downing St. in London . | Talks ended at 5 p.m. | Officials left .",
        ),
        (
            "Russia's army didn't withdraw, it's said; they'll stay and can't leave.",
            "Russia 's army did n't withdraw , it 's said ; they 'll stay and ca n't leave .",
        ),
        (
            "He said: “We will go.” Then he left. “Is it true?” she asked.",
            "He said : “ We will go . ” | Then he left . | “ Is it true ? ” she asked .",
        ),
        (
            "The deal is worth US$1.2bn, €56-billion and $3,000.50 (about 12%).",
            "The deal is worth US$ 1.2 bn , € 56 - billion and $ 3,000.50 ( about 12 % ) .",
        ),
        (
            "J. K. Rowling flew to Washington D.C. on Monday... and stayed.",
            "J. K. Rowling flew to Washington D.C. on Monday ... and stayed .",
        ),
        (
            "North Korea-backed hackers re-entered the high-level, pre-war meeting.",
            "North Korea - backed hackers re-entered the high - level , pre-war meeting .",
        ),
        ("Mr. Xi will visit the U.S. The president said so.", "Mr. Xi will visit the U.S. | The president said so ."),
        ("Talks collapsed.Russia blamed Ukraine.", "Talks collapsed . | Russia blamed Ukraine ."),
        ("Leaders meet in Geneva\nThe first item is trade", "Leaders meet in Geneva | The first item is trade"),
    ];
    for (text, expected) in cases {
        assert_eq!(cut(text), expected);
    }
}

#[test]
fn what_is_written_as_conllu_reads_back_the_same() {
    let text = "Russia's envoy can't say (or won't) what US$1.2bn bought. “No comment,” he said.";
    let document = analyzed(text);
    let mut file = String::new();
    conllu::write(text, &document, &mut file);
    let sentences = conllu::read(&file).expect("sound CoNLL-U");
    assert_eq!(sentences.len(), document.sentences.len());
    for (read, written) in sentences.iter().zip(&document.sentences) {
        assert_eq!(read.text, written.span.of(text));
        let tokens = &document.tokens[written.tokens.start as usize..written.tokens.end as usize];
        for (read, written_token) in read.tokens.iter().zip(tokens) {
            let head = match written_token.head {
                Token::ROOT => tokens.len() as u32,
                head => head - written.tokens.start,
            };
            assert_eq!(
                (read.upos, read.xpos, read.deprel, read.head),
                (written_token.upos, written_token.xpos, written_token.deprel, head)
            );
        }
    }
}

#[test]
fn gold_tokens_comments_and_ranges_stay_as_they_are_in_conllu() {
    let block = "# sent_id = a\n1-2\tdon't\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No\n1\tdo\t_\tX\tFW\t_\t0\troot\t_\t_\n\
                 2\tn't\t_\tX\tFW\t_\t1\tdep\t_\t_\n3\tgo\t_\tX\tFW\t_\t1\tdep\t_\tMark=Yes\n";
    let gold = conllu::read(block).expect("sound CoNLL-U").remove(0);
    let spans: Vec<Span> = gold.tokens.iter().map(|token| token.span).collect();
    let mut document = Document::default();
    analyzer().analyze_tokens(&gold.text, &spans, &mut Scratch::default(), &mut document);
    let mut filled = String::new();
    conllu::fill(block, &document, &mut filled);
    let column = |file: &str, at: usize| -> Vec<String> {
        file.lines().filter(|line| !line.is_empty()).filter_map(|line| line.split('\t').nth(at).map(str::to_owned)).collect()
    };
    for kept in [0, 1, 9] {
        assert_eq!(column(&filled, kept), column(block, kept));
    }
    assert!(filled.starts_with("# sent_id = a\n1-2\tdon't\t_"));
    assert_eq!(column(&filled, 7), ["_", "aux", "advmod", "root"]);
}
