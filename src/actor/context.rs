//! What stands around a name and takes its actor away: datelines, firms, sport, cuisine, languages, namesakes.
//!
//! [`strike`] marks such items as taken before phrases are built. Words and examples are in `cues.tsv` and `exclusions.tsv`; here is how
//! they bear on a name.

use super::lexicon::{Cue, Kind};
use super::namesakes::{is_bearers, is_namesake, is_other_bearer};
use super::view::{Item, View};
use super::words::List;
use crate::syntax::{Token, Upos};

/// Sport words in a sentence that make its states teams.
const SPORT_CUES: usize = 2;

/// Strikes out the items of a sentence whose context says that no actor is meant.
pub(super) fn strike(view: &View, items: &mut [Item]) {
    if is_sport(view, items) || is_history(view) || has(items, Cue::Fiction) || has(items, Cue::Everyday) {
        items.iter_mut().for_each(|item| item.taken = true);
        return;
    }
    let market = items.iter().filter(|item| item.kind == Kind::Cue(Cue::Market)).count();
    // "Tariffs on Australian wine": what is taxed, banned or shipped is its country's trade.
    let trade = has(items, Cue::Trade);
    for at in 0..items.len() {
        let item = items[at];
        let next = items.get(at + 1).copied();
        let struck = match item.kind {
            Kind::Exclusion => true,
            Kind::Cue(_) => false,
            Kind::Combining => !view.after(item.span).starts_with(['-', '‑', '–']),
            Kind::State | Kind::Adjective | Kind::People | Kind::Capital | Kind::Province => {
                is_market(item.kind, market)
                    || is_currency(view, &item)
                    || is_dateline(view, &item)
                    || is_prefixed(view, &item)
                    || is_suffixed(view, &item, next)
                    || !trade && describes_culture(view, &item, next)
                    || is_firm(view, items, at)
                    || is_namesake(view, items, at)
                    || is_bearers(view, items, at)
                    || is_elliptic(view, &item)
                    || (item.kind == Kind::Adjective && is_language(view, &item))
            }
            Kind::Seat | Kind::Organ | Kind::Organisation | Kind::Group | Kind::Union => {
                is_prefixed(view, &item) || is_suffixed(view, &item, next)
            }
            Kind::Person => is_other_bearer(view, items, at),
            Kind::Role(_) | Kind::Anaphor(_) => false,
        };
        items[at].taken |= struck;
    }
}

fn has(items: &[Item], cue: Cue) -> bool {
    items.iter().any(|item| item.kind == Kind::Cue(cue))
}

/// "Frankfurt was supported by gains in Paris": beside a word of the markets a city is its exchange, beside two a state is its economy.
fn is_market(kind: Kind, cues: usize) -> bool {
    cues >= 2 || cues == 1 && matches!(kind, Kind::Capital | Kind::Province)
}

/// "US$9 million", "NZ$40,000": a sum is no state.
fn is_currency(view: &View, item: &Item) -> bool {
    view.after(item.span).starts_with('$')
}

/// "Brazil beat Argentina 2-1", "France reached the semi-final at the World Cup".
fn is_sport(view: &View, items: &[Item]) -> bool {
    let cues = items.iter().filter(|item| item.kind == Kind::Cue(Cue::Sport)).count();
    let voted = view.tokens().any(|token| view.is(token, &["vote", "voted", "votes", "ballot"]));
    cues >= SPORT_CUES || has(items, Cue::Game) || !voted && (has_score(view) && (cues > 0 || has_result(view)))
}

/// A result such as 2-1 or 21–14: two numbers of at most three digits around a dash, not part of a longer number or a date.
fn has_score(view: &View) -> bool {
    let text = view.sentence.span.of(view.text);
    let mut before = None;
    let mut words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '(' | ')' | ';' | ':'));
    words.any(|word| {
        let month = before.replace(word).is_some_and(|word: &str| opens_month(view, word));
        let Some((left, right)) = word.split_once(['-', '–']) else { return false };
        let number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        !month && number(left) && number(right)
    })
}

/// The first year that is not history. Who attacked whom before it is no news.
const PRESENT: i32 = 1946;

/// "In 1812 France invaded Russia": the year of the sentence, not that of a treaty it speaks of, lies before the present order.
fn is_history(view: &View) -> bool {
    let long_ago = |token: u32| {
        let word = view.word(token);
        word.len() == 4 && word.parse::<i32>().is_ok_and(|year| (1000..PRESENT).contains(&year))
    };
    let start = view.tokens().start;
    view.tokens().filter(|token| *token > start && long_ago(*token)).any(|year| {
        let within = year - 1;
        let opens = within == start && view.is(within, &["in", "by", "since", "until"]);
        let above = |token: u32| view.token(token).map(|token| token.head);
        let root_verb = |token: u32| view.upos(token) == Some(Upos::Verb) && above(token) == Some(Token::ROOT);
        let tells = above(year).is_some_and(|head| root_verb(head) || above(head).is_some_and(root_verb));
        // "in September 1939": the month stands between.
        let dated = view.is(within, &["in"]) || opens_month(view, view.word(within));
        opens || tells && dated
    })
}

/// "two more than Germany's and Spain's.": a thing of theirs that is not even named.
fn is_elliptic(view: &View, item: &Item) -> bool {
    let after = item.last + 2;
    view.is_possessive(item.last + 1)
        && view.upos(after).is_none_or(|upos| upos == Upos::Punct)
        && !view.is(after, &["\"", "“", "-", "'", "‘"])
}

fn opens_month(view: &View, word: &str) -> bool {
    view.words.of(List::MonthStem).any(|month| word.starts_with(month))
}

fn has_result(view: &View) -> bool {
    view.tokens().any(|token| view.is_in(token, List::Result))
}

/// "MOSCOW (Reuters) -", "ISLAMABAD: ": at the head of a paragraph, in capitals, before a dash, colon or bracket.
fn is_dateline(view: &View, item: &Item) -> bool {
    let word = item.span.of(view.text);
    // Only what stands near is looked at: a paragraph may be as long as the article, and every name in it comes here.
    const NEAR: usize = 64;
    let before = view.before(item.span);
    let before = (before.len().saturating_sub(NEAR)..=before.len()).find_map(|from| before.get(from..)).unwrap_or("");
    let opens = before.lines().next_back().is_none_or(|line| line.len() < 40 && !line.chars().any(char::is_lowercase));
    let opens = opens || before.ends_with('\n');
    let shouted = word.len() > 3 && !word.chars().any(char::is_lowercase);
    let after = view.after(item.span);
    let after = (0..=NEAR.min(after.len())).rev().find_map(|to| after.get(..to)).unwrap_or("");
    let line = after.lines().next().unwrap_or("");
    let closes = line.starts_with(" (")
        || line.starts_with(':')
        || line.starts_with(" —")
        || line.starts_with(" –")
        || line.starts_with(" -");
    let listed = line.starts_with([',', '/'])
        && [" (", ": ", " - ", " — ", " – "].iter().any(|mark| line.get(..48).unwrap_or(line).contains(mark));
    opens && shouted && (closes || listed) && !view.is_headline()
}

/// "pro-Russian", "anti-Isis", "non-EU", "ex-Soviet", "Trans-Siberian".
fn is_prefixed(view: &View, item: &Item) -> bool {
    let before = view.before(item.span);
    view.words.of(List::Prefix).any(|prefix| before.ends_with(prefix))
}

/// "Iran-backed", "China-based": who is backed is not who backs.
fn is_suffixed(view: &View, item: &Item, next: Option<Item>) -> bool {
    let backed = next.is_some_and(|next| next.kind == Kind::Cue(Cue::Backed) && next.span.start == item.span.end + 1);
    backed && view.after(item.span).starts_with(['-', '‑'])
}

/// "a Danish restaurant", "Brazil's striker".
fn describes_culture(view: &View, item: &Item, next: Option<Item>) -> bool {
    let Some(next) = next.filter(|next| next.kind == Kind::Cue(Cue::Culture) || next.kind == Kind::Cue(Cue::Sport)) else {
        return false;
    };
    let between = item.last + 1..next.first;
    between.len() <= 2 && between.into_iter().all(|token| view.is_possessive(token) || view.upos(token) == Some(Upos::Adj))
}

/// "Kenya Breweries Ltd", "Cyprus Popular Bank": capitalised words after the name end in one that ends firms.
fn is_firm(view: &View, items: &[Item], at: usize) -> bool {
    let run = (items[at].last + 1..).take_while(|token| view.is_name_word(*token)).take(5);
    let end = run.last();
    end.is_some_and(|end| items[at..].iter().any(|item| item.kind == Kind::Cue(Cue::Company) && item.last <= end))
}

/// "speaks French", "in Russian.": the language.
fn is_language(view: &View, item: &Item) -> bool {
    let after = view.upos(item.last + 1);
    let noun_follows =
        matches!(after, Some(Upos::Noun | Upos::Propn | Upos::Adj | Upos::Num | Upos::Verb)) || view.is(item.last + 1, &["-"]);
    // "given in English, Spanish and Chinese".
    let listed = |token: u32| view.is(token, &[",", "and", "or"]);
    let mut first = item.first;
    while first > view.tokens().start + 1 && listed(first - 1) && view.is_name_word_or_adjective(first - 2) {
        first -= 2;
    }
    first > 0 && view.is_in(first - 1, List::BeforeLanguage) && !noun_follows
}
