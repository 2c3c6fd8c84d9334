//! `entente train fusion`: fits the weights by which the frames' word and the judge's are put together to annotated articles.
//!
//! The judge has learned from most of these articles. So each is read with a branch that has not learned from it: `train.py` writes four of them,
//! and in `folds.tsv` which article was kept from which. Where several events answer one annotation, only the surest is right, as it is
//! when scores are counted; which is the surest changes with the weights, so they are fitted a few times over.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::cases::{FOLDS, calibration_error, rounded};
use super::newton::fit;
use crate::cli::eval::{GoldArticle, read_all};
use crate::event::fusion::{Property, WEIGHTS, name, probability, second, standing};
use crate::event::{Explained, Standing};
use crate::pipeline::{Coded, Pipeline};

const ROUNDS: usize = 3;
/// The same for the second look, which begins where the first ended.
const MORE: usize = 2;
/// How strongly a weight is drawn to 0.
const PRIOR: f64 = 3.0;
/// How often an article counts in which nothing is to be told: more than where the rules alone are weighed, for the judge is readier to see
/// something in everyday news, and most of the world's news is.
const QUIET: usize = 12;
/// Floors that are tried, in hundredths.
const FLOORS: std::ops::RangeInclusive<u32> = 20..=50;

#[derive(clap::Args)]
pub struct Args {
    /// Files with one annotated article a line; tests/gold/README.md describes them.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The folder with the branches of the judge that have not learned from a part of the articles.
    #[arg(long)]
    readers: PathBuf,
    /// Where the weights go.
    #[arg(long, default_value = "config/models/fusion.tsv")]
    out: PathBuf,
    /// Writes every case as a line of JSON, to look at.
    #[arg(long)]
    cases: Option<PathBuf>,
}

/// An event that might be told.
struct Case {
    /// Of each of its tellings.
    tellings: Vec<Vec<Property>>,
    /// Among the other events of its article.
    standing: Standing,
    /// The annotations that it would answer.
    answers: Vec<usize>,
    /// What would be told and what the judge held of it, for whoever looks at the cases.
    told: serde_json::Value,
}

/// An article's cases, and which of its annotations must be found.
struct Article {
    cases: Vec<Case>,
    must: Vec<bool>,
    /// Who acts, and the statuses accepted.
    gold: serde_json::Value,
    /// How often it counts.
    times: usize,
    fold: usize,
    file: usize,
}

/// What a case comes to: right, wrong, or absorbed by an optional annotation.
type Outcome = Option<bool>;

pub fn run(args: &Args) -> anyhow::Result<()> {
    let articles = articles(args)?;
    if let Some(path) = &args.cases {
        fs::write(path, listed(&articles)).with_context(|| format!("cannot write {}", path.display()))?;
    }
    // The second look reads what the first would say of articles that it was not fitted to.
    let first: Vec<Looked<'_>> = articles.iter().map(Article::alone).collect();
    let sure = held_out(&articles, &first, ROUNDS);
    let again: Vec<Looked<'_>> = articles.iter().zip(&sure).map(|(article, sure)| article.among(sure)).collect();
    let told = held_out(&articles, &again, MORE);
    let f1 = |floor: u32, file: Option<usize>| {
        let some = articles.iter().zip(&told).filter(|(article, _)| file.is_none_or(|file| file == article.file));
        some.fold(Counts::default(), |counts, (article, told)| counts.and(article, told, f64::from(floor) / 100.0)).f1()
    };
    let floor = FLOORS.max_by(|one, other| f1(*one, None).total_cmp(&f1(*other, None))).unwrap_or_default();
    let weights = [(&first, ROUNDS), (&again, MORE)].map(|(looked, rounds)| weigh(articles.iter().zip(looked), rounds));
    let mut text = String::from(HEAD);
    let _ = writeln!(text, "floor\t{:.2}", f64::from(floor) / 100.0);
    for (at, (first, second)) in weights[0].iter().zip(&weights[1]).enumerate() {
        let [first, second] = [first, second].map(|weight| rounded(*weight));
        let _ = writeln!(text, "{}\t{first:.3}\t{second:.3}", name(at));
    }
    fs::write(&args.out, text).with_context(|| format!("cannot write {}", args.out.display()))?;
    let cases: usize = articles.iter().map(|article| article.cases.len()).sum();
    println!("{}: from {cases} cases in {} articles; articles held out, floor {floor}:", args.out.display(), articles.len());
    let limit = f64::from(floor) / 100.0;
    let sure = |file: Option<usize>| -> Vec<(f64, bool)> {
        let some = articles.iter().zip(&told).filter(|(article, _)| file.is_none_or(|file| file == article.file));
        some.flat_map(|(article, told)| article.sure(told, limit)).collect()
    };
    for (at, file) in args.files.iter().enumerate() {
        println!(
            "{}: F1 {:.3}, calibration error {:.3}",
            file.display(),
            f1(floor, Some(at)),
            calibration_error(&sure(Some(at)))
        );
    }
    println!("all together: F1 {:.3}, calibration error {:.3}", f1(floor, None), calibration_error(&sure(None)));
    Ok(())
}

const HEAD: &str = "\
# How sure an event is where the judge reads along: weights of a logistic model over what made it and what the judge holds of it, for what
# the frames found and for what the judge proposed. A probability is 1 / (1 + exp(-sum)). The first weights look at an event alone; the second
# at what the first say of it and of the article's other events as well: that is its confidence, and less than `floor` is not told. Fitted by
# `entente train fusion`, as step 8 of config/models/training/judge/README.md has it; do it again when the coder has changed.
#
# property\tfirst look\tsecond look
";

fn articles(args: &Args) -> anyhow::Result<Vec<Article>> {
    let kept = fs::read_to_string(args.readers.join("folds.tsv")).context("the folder of branches has no folds.tsv")?;
    let kept: BTreeMap<&str, &str> = kept.lines().filter_map(|line| line.split_once('\t')).collect();
    let mut articles = Vec::new();
    let mut pipelines: BTreeMap<&str, Pipeline> = BTreeMap::new();
    for (file, path) in args.files.iter().enumerate() {
        for (at, article) in read_all::<GoldArticle>(path)?.iter().enumerate() {
            // What no branch has learned from, any may read.
            let branch = kept.get(article.id.as_str()).copied().unwrap_or("0");
            if !pipelines.contains_key(branch) {
                pipelines.insert(branch, pipeline(&args.readers, branch)?);
            }
            if let Some(pipeline) = pipelines.get(branch) {
                articles.push(read(pipeline, article, at % FOLDS, file)?);
            }
        }
    }
    Ok(articles)
}

fn pipeline(folder: &Path, branch: &str) -> anyhow::Result<Pipeline> {
    let path = folder.join(format!("reader{branch}.bin"));
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Pipeline::embedded()?.with_judge(true)?.with_branch(&bytes)?.with_floor(0.0))
}

fn read(pipeline: &Pipeline, article: &GoldArticle, fold: usize, file: usize) -> anyhow::Result<Article> {
    let record = article.record();
    let mut cases = Vec::new();
    if let (Coded::Events(events), Some(explanation)) = (pipeline.code(&record)?, pipeline.explain(&record)?) {
        // With a floor of 0 none is dropped, and so an event's place is where it stands.
        for (place, event) in events.iter().enumerate() {
            let into = |told: &&Explained| told.place == place;
            let Some(telling) = explanation.told.iter().find(into) else { continue };
            let answers =
                article.events.iter().enumerate().filter(|(_, gold)| gold.same_class(event)).map(|(at, _)| at).collect();
            let told = serde_json::json!({
                "source": event.source.country, "target": event.target.country, "reciprocal": event.reciprocal,
                "act": event.event.act, "status": event.status, "trigger": event.event.trigger.text,
                "sentence": event.evidence.first().map(|evidence| &evidence.text), "frame": telling.candidate.frame, "cue": telling.cue.is_some(),
                "ties": telling.judged.as_ref().map(|judged| judged.ties), "acts": telling.judged.as_ref().map(|judged| judged.acts),
                "statuses": telling.judged.as_ref().map(|judged| judged.statuses),
            });
            let tellings = explanation.told.iter().filter(into).map(|told| told.properties.clone()).collect();
            cases.push(Case { tellings, standing: standing(event, 0.0), answers, told });
        }
    }
    let gold = article
        .events
        .iter()
        .map(|gold| serde_json::json!({"source": gold.source, "status": gold.status, "words": gold.note}))
        .collect();
    let must = article.events.iter().map(|gold| gold.must).collect();
    Ok(Article { cases, must, gold, times: article.times(QUIET), fold, file })
}

impl Article {
    /// What each case comes to where those of at least `floor` are told, the surest first.
    fn outcomes(&self, told: &[(f64, usize)], floor: f64) -> Vec<Outcome> {
        let mut order: Vec<usize> = (0..self.cases.len()).filter(|at| told[*at].0 >= floor).collect();
        order.sort_by(|a, b| told[*b].0.total_cmp(&told[*a].0));
        let mut free = vec![true; self.must.len()];
        let mut outcomes = vec![Some(false); self.cases.len()];
        for at in order {
            let open = |must: bool| self.cases[at].answers.iter().copied().find(|gold| free[*gold] && self.must[*gold] == must);
            if let Some(gold) = open(true).or_else(|| open(false)) {
                free[gold] = false;
                outcomes[at] = self.must[gold].then_some(true);
            }
        }
        outcomes
    }

    /// Each case looked at alone.
    fn alone(&self) -> Looked<'_> {
        self.cases.iter().map(|case| Cow::Borrowed(case.tellings.as_slice())).collect()
    }

    /// Each case looked at beside the others, where the first look is so sure of them.
    fn among(&self, sure: &[(f64, usize)]) -> Looked<'_> {
        let standing: Vec<Standing> =
            self.cases.iter().zip(sure).map(|(case, (sure, _))| Standing { sure: *sure, ..case.standing.clone() }).collect();
        let shown: Vec<&[Property]> = self.cases.iter().zip(sure).map(|(case, (_, at))| case.tellings[*at].as_slice()).collect();
        second(&shown, &standing).into_iter().map(|properties| Cow::Owned(vec![properties])).collect()
    }

    fn sure(&self, told: &[(f64, usize)], floor: f64) -> Vec<(f64, bool)> {
        let outcomes = self.outcomes(told, floor);
        told.iter().zip(outcomes).filter(|(told, _)| told.0 >= floor).filter_map(|(told, right)| Some((told.0, right?))).collect()
    }
}

/// What is seen of each case of an article: the properties of its tellings.
type Looked<'a> = Vec<Cow<'a, [Vec<Property>]>>;

/// What weights that were fitted to the other parts of the articles say of each case, and of which of its tellings.
fn held_out(articles: &[Article], looked: &[Looked<'_>], rounds: usize) -> Vec<Vec<(f64, usize)>> {
    let mut told = vec![Vec::new(); articles.len()];
    for fold in 0..FOLDS {
        let weights = weigh(articles.iter().zip(looked).filter(|(article, _)| article.fold != fold), rounds);
        for ((_, looked), told) in articles.iter().zip(looked).zip(&mut told).filter(|((article, _), _)| article.fold == fold) {
            *told = looked.iter().map(|tellings| surest(tellings, |telling| probability(&weights, telling))).collect();
        }
    }
    told
}

/// Weights fitted to the cases of some articles.
fn weigh<'a>(articles: impl Iterator<Item = (&'a Article, &'a Looked<'a>)>, rounds: usize) -> Vec<f64> {
    let articles: Vec<(&Article, &Looked<'_>)> = articles.collect();
    let mut weights = vec![0.0; WEIGHTS];
    for round in 0..rounds {
        let cases: Vec<(&[Property], bool)> = articles
            .iter()
            .flat_map(|(article, looked)| {
                let told = |telling: &[Property]| if round == 0 { guess(telling) } else { probability(&weights, telling) };
                let told: Vec<(f64, usize)> = looked.iter().map(|tellings| surest(tellings, told)).collect();
                let outcomes = article.outcomes(&told, 0.0);
                let cases = looked.iter().zip(told).zip(outcomes);
                let cases = cases.filter_map(|((tellings, (_, at)), right)| Some((tellings[at].as_slice(), right?)));
                cases.flat_map(move |case| std::iter::repeat_n(case, article.times)).collect::<Vec<_>>()
            })
            .collect();
        weights = fit(&cases, WEIGHTS, PRIOR, weights);
    }
    weights
}

/// How sure the surest of a case's tellings is, and which that is.
fn surest(tellings: &[Vec<Property>], sure: impl Fn(&[Property]) -> f64) -> (f64, usize) {
    let all = tellings.iter().enumerate().map(|(at, telling)| (sure(telling), at));
    all.reduce(|best, next| if next.0 > best.0 { next } else { best }).unwrap_or_default()
}

/// How sure a telling is before anything was fitted.
fn guess(telling: &[Property]) -> f64 {
    let of = |wanted: &str| telling.iter().find(|(at, _)| name(*at).ends_with(wanted)).map_or(0.0, |(_, much)| *much);
    of(":sure") + 0.2 * f64::from(u8::from(telling.iter().any(|(at, _)| name(*at) == "frames:bias")))
}

#[derive(Clone, Copy, Default)]
struct Counts {
    expected: usize,
    told: usize,
    right: usize,
}

impl Counts {
    fn and(mut self, article: &Article, told: &[(f64, usize)], floor: f64) -> Self {
        let outcomes = article.outcomes(told, floor);
        self.expected += article.must.iter().filter(|must| **must).count();
        self.told += outcomes.iter().zip(told).filter(|(outcome, told)| told.0 >= floor && outcome.is_some()).count();
        self.right += outcomes.iter().filter(|outcome| **outcome == Some(true)).count();
        self
    }

    fn f1(self) -> f64 {
        2.0 * self.right as f64 / (self.expected + self.told).max(1) as f64
    }
}

fn listed(articles: &[Article]) -> String {
    let mut text = String::new();
    for article in articles {
        let cases: Vec<_> = article
            .cases
            .iter()
            .map(|case| {
                let properties: BTreeMap<String, f64> =
                    case.tellings.first().into_iter().flatten().map(|(at, much)| (name(*at), *much)).collect();
                serde_json::json!({"properties": properties, "answers": case.answers, "told": case.told})
            })
            .collect();
        let line = serde_json::json!({"file": article.file, "fold": article.fold, "must": article.must, "gold": article.gold, "cases": cases});
        let _ = writeln!(text, "{line}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Act;

    const SURE: [(f64, usize); 3] = [(0.4, 0), (0.6, 0), (0.5, 0)];

    fn article(answers: &[&[usize]], must: &[bool]) -> Article {
        let cases = answers
            .iter()
            .map(|answers| Case {
                tellings: vec![Vec::new()],
                standing: Standing { dyad: String::new(), act: Act::Consult, sentence: 0, sure: 0.0 },
                answers: answers.to_vec(),
                told: serde_json::Value::Null,
            })
            .collect();
        Article { cases, must: must.to_vec(), gold: serde_json::Value::Null, times: 1, fold: 0, file: 0 }
    }

    #[test]
    fn of_two_that_answer_one_annotation_the_surer_is_right() {
        let article = article(&[&[0], &[0], &[1]], &[true, false]);
        assert_eq!(article.outcomes(&SURE, 0.0), [Some(false), Some(true), None]);
        let counts = Counts::default().and(&article, &SURE, 0.45);
        assert_eq!((counts.expected, counts.told, counts.right), (1, 1, 1));
    }
}
