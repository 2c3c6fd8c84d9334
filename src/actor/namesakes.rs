//! People, and what is named like a state or a city without being one: "Michael Jordan", "Kazuo Ueda", "Malaysia's Michelle Yeoh".

use super::lexicon::Kind;
use super::view::{Item, View};
use super::words::List;
use crate::syntax::Deprel;

/// "Malaysia's Michelle Yeoh thanked America": whose she is does not make her its voice, unless she is known or holds an office.
pub(super) fn is_bearers(view: &View, items: &[Item], at: usize) -> bool {
    let item = items[at];
    let from = item.last + 2;
    let free = |token: u32| {
        view.is_name_word(token)
            && is_given_name(view, token)
            && !items.iter().any(|item| (item.first..=item.last).contains(&token))
    };
    if item.kind != Kind::State || !view.is_possessive(item.last + 1) || view.is_headline() {
        return false;
    }
    let run = (from..from + 4).take_while(|token| free(*token)).count() as u32;
    let acts = |token: u32| view.deprel(token) == Some(Deprel::Nsubj);
    (2..=3).contains(&run)
        && !view.is_name_word(from + run)
        && !(from..from + run).any(|token| view.is_in(token, List::OrganWord))
        && (from..from + run).any(acts)
}

/// "Michael Jordan", "Chad Smith": beside a word of a name that nothing else explains.
pub(super) fn is_namesake(view: &View, items: &[Item], at: usize) -> bool {
    let item = items[at];
    if !matches!(item.kind, Kind::State | Kind::Capital | Kind::Province) || view.is_headline() || item.first != item.last {
        return false;
    }
    let code_name = item.span.of(view.text).chars().all(char::is_uppercase);
    let free = |token: u32| view.is_name_word(token) && !items.iter().any(|item| (item.first..=item.last).contains(&token));
    if code_name {
        return false;
    }
    let given = |token: u32| is_given_name(view, token) && !view.is_in(token, List::NoFirstName);
    let first_name = item.first > 0 && free(item.first - 1) && given(item.first - 1) && view.joined(item.first - 1, item.first);
    let known = view.is_in(item.first, List::Namesake);
    // Many cities are surnames: "Kazuo Ueda", "Pedro Santos".
    first_name && (known || item.kind == Kind::Province) || known && free(item.last + 1) && view.joined(item.first, item.last + 1)
}

/// A capitalised word of letters, no title and no abbreviation.
fn is_given_name(view: &View, token: u32) -> bool {
    let word = view.word(token);
    word.len() > 2 && word.chars().skip(1).all(|c| c.is_lowercase() || c == '-')
}

/// "Melania Trump": a surname known alone, after a first name that is not the known person's.
pub(super) fn is_other_bearer(view: &View, items: &[Item], at: usize) -> bool {
    let item = items[at];
    if item.first != item.last || item.first == 0 || view.is_headline() {
        return false;
    }
    let before = item.first - 1;
    let given = view.is_name_word(before) && is_given_name(view, before) && view.joined(before, item.first);
    given && !view.is_in(before, List::Title) && !items.iter().any(|item| (item.first..=item.last).contains(&before))
}
