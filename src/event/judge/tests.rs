//! What the judge promises: it agrees with the network it was made from, and answers the same whatever the batch and the text.

use serde::Deserialize;

use super::*;

/// What the network says without any rounding, as `export.py` wrote it down. Spans are in characters.
#[derive(Deserialize)]
struct Golden {
    text: String,
    source: [usize; 2],
    target: [usize; 2],
    pieces: Vec<String>,
    acts: Vec<f32>,
    ties: Vec<f32>,
}

fn golden() -> Vec<Golden> {
    let text = include_str!("../../../tests/fixtures/judge/answers.jsonl");
    text.lines().map(|line| serde_json::from_str(line).expect("the fixture is JSON")).collect()
}

fn span(text: &str, [start, end]: [usize; 2]) -> Span {
    let byte = |at: usize| text.char_indices().nth(at).map_or(text.len(), |(byte, _)| byte);
    Span::new(byte(start), byte(end))
}

fn asked(one: &Golden) -> Asked<'_> {
    Asked { text: &one.text, source: span(&one.text, one.source), target: span(&one.text, one.target) }
}

fn bits(verdict: &Verdict) -> Vec<u32> {
    verdict.acts.iter().chain(&verdict.ties).chain(&verdict.statuses).map(|p| p.to_bits()).collect()
}

fn encoder() -> Encoder {
    Encoder::embedded().expect("the model is whole")
}

#[test]
fn texts_are_cut_as_the_network_was_trained_on() {
    let model = encoder().model;
    for one in golden() {
        let mut out = Vec::new();
        model.pieces.cut(&one.text, 0, CUT, &mut Word::default(), &mut out);
        // Pieces of other scripts were left out of the model.
        let id = |piece: &String| model.pieces.id(piece).unwrap_or(model.pieces.unknown);
        let want: Vec<u32> = one.pieces[1..one.pieces.len() - 1].iter().map(id).collect();
        assert_eq!(out.iter().map(|piece| piece.id).collect::<Vec<_>>(), want, "{}", one.text);
    }
}

#[test]
fn eight_bits_say_what_the_network_says() {
    let golden = golden();
    let questions: Vec<Asked<'_>> = golden.iter().map(asked).collect();
    let mut verdicts = Vec::new();
    let mut encoder = encoder();
    encoder.model.way_mut(Asking::Pairs).sharpness = [1.0, 1.0];
    encoder.judge(Asking::Pairs, &questions, &mut verdicts);
    assert_eq!(verdicts.len(), golden.len());
    for (one, verdict) in golden.iter().zip(&verdicts) {
        let far = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        let (acts, ties) = (far(&one.acts, &verdict.acts), far(&one.ties, &verdict.ties));
        assert!(acts < 0.06 && ties < 0.06, "{}: {acts} {ties}", one.text);
    }
}

#[test]
fn a_text_has_the_same_probabilities_whatever_the_batch() {
    [Asking::Pairs, Asking::Articles].into_iter().for_each(whatever_the_batch);
}

fn whatever_the_batch(asking: Asking) {
    let encoder = encoder();
    let golden = golden();
    let mut questions: Vec<Asked<'_>> = golden.iter().map(asked).collect();
    let back: Vec<Asked<'_>> = questions.iter().map(|one| Asked { source: one.target, target: one.source, ..*one }).collect();
    let alone: Vec<Vec<u32>> = questions
        .iter()
        .map(|one| {
            let mut out = Vec::new();
            encoder.judge(asking, &[*one], &mut out);
            bits(&out[0])
        })
        .collect();
    // Between others, behind others, and read together with the same sentence's other question.
    for turn in 0..3 {
        questions.rotate_left(turn);
        let mixed: Vec<Asked<'_>> = questions.iter().zip(&back).flat_map(|(one, other)| [*one, *one, *other]).collect();
        let mut out = Vec::new();
        encoder.judge(asking, &mixed, &mut out);
        for (one, verdict) in mixed.iter().zip(&out).step_by(3) {
            let index = golden.iter().position(|golden| golden.text == one.text).expect("it is one of them");
            assert_eq!(bits(verdict), alone[index], "{}", one.text);
        }
    }
}

#[test]
fn hostile_text_is_judged_within_bounds() {
    let encoder = encoder();
    let long = format!("{} Peru attacked Bolivia. {}", "word ".repeat(3000), "ünïcödé, ".repeat(3000));
    let solid = "Peru".repeat(20_000);
    let scripts = "क्षि中文ﷺ\u{202e}é\u{301}\u{0}😀".repeat(500);
    for text in ["", " ", "Peru", &long, &solid, &scripts] {
        for (source, target) in
            [((0, 0), (0, 0)), ((0, 4), (2, 9)), ((15_001, 15_005), (15_015, 15_022)), ((0, 1), (70_000, 90_000))]
        {
            let asked = Asked { text, source: Span::new(source.0, source.1), target: Span::new(target.0, target.1) };
            for asking in [Asking::Pairs, Asking::Articles] {
                let mut out = Vec::new();
                encoder.judge(asking, &[asked], &mut out);
                let sum: f32 = out[0].acts.iter().sum();
                assert!((sum - 1.0).abs() < 1e-3, "{sum}");
                assert_eq!(out[0].cut, text.len() > 100);
            }
        }
    }
}

#[test]
fn a_phrase_far_into_a_long_sentence_is_still_read() {
    let encoder = encoder();
    let text = format!("{} and Peru bombed Bolivia overnight", "he said that she heard that".repeat(20));
    let at = |word: &str| {
        let start = text.find(word).expect("it is there");
        Span::new(start, start + word.len())
    };
    let mut out = Vec::new();
    encoder.judge(Asking::Pairs, &[Asked { text: &text, source: at("Peru"), target: at("Bolivia") }], &mut out);
    assert!(out[0].cut);
    assert_eq!(out[0].act().0, Act::Assault);
}

#[test]
fn pairs_of_a_long_sentence_are_read_together_where_they_stand_together() {
    let encoder = encoder();
    let text = format!("{} and Peru bombed Bolivia overnight", "he said that she heard that".repeat(20));
    let at = |word: &str| text.find(word).map(|start| Span::new(start, start + word.len())).expect("it is there");
    let forth = Asked { text: &text, source: at("Peru"), target: at("Bolivia") };
    let back = Asked { source: forth.target, target: forth.source, ..forth };
    let answer = |asked: &[Asked<'_>]| {
        let mut out = Vec::new();
        encoder.judge(Asking::Articles, asked, &mut out);
        out.iter().map(bits).collect::<Vec<_>>()
    };
    assert_eq!(answer(&[forth, back]), [answer(&[forth]), answer(&[back])].concat());
}
