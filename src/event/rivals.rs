//! [`rivals`]: what the other events of an article say of an event. One that is told again, or beside a surer one of the same two, is less
//! likely to be an event of its own; in an article that tells much of two actors, one more is likelier.

use rustc_hash::FxHashMap;

use super::ontology::Act;

/// What is read off the other events, in this order.
pub(super) const RIVALS: [&str; 13] = [
    "alone",
    "twin=here",
    "twin=elsewhere",
    "twin=surer",
    "kin=here",
    "other=here",
    "kin=elsewhere",
    "surer=here",
    "surer=anywhere",
    "dyad",
    "sentence",
    "list",
    "article",
];

/// Events of a dyad, and of a sentence, that are looked at from each event.
const LOOKED_AT: usize = 200;

/// An event among the others of its article.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// As in the event.
    pub dyad: String,
    pub act: Act,
    pub sentence: u32,
    /// How sure it is if nothing is known of the others.
    pub sure: f64,
}

/// How much of each of [`RIVALS`] there is, for each of `all`.
pub(super) fn rivals(all: &[Standing]) -> Vec<[f64; RIVALS.len()]> {
    let mut of_dyad: FxHashMap<&str, Vec<&Standing>> = FxHashMap::default();
    let mut of_sentence: FxHashMap<u32, Vec<&Standing>> = FxHashMap::default();
    for one in all {
        of_dyad.entry(&one.dyad).or_default().push(one);
        of_sentence.entry(one.sentence).or_default().push(one);
    }
    let article: f64 = all.iter().map(|one| one.sure).sum();
    let each = |one: &Standing| {
        let same = of_dyad.get(one.dyad.as_str()).map_or(&[][..], Vec::as_slice);
        let here = of_sentence.get(&one.sentence).map_or(&[][..], Vec::as_slice);
        read(one, same, here, article)
    };
    all.iter().map(each).collect()
}

/// `same`: the events of its dyad, `here`: those of its sentence, itself among them.
fn read(one: &Standing, same: &[&Standing], here: &[&Standing], article: f64) -> [f64; RIVALS.len()] {
    let quad = super::codes::quad(one.act);
    let same = || same.iter().copied().take(LOOKED_AT).filter(|other| !std::ptr::eq(*other, one));
    let others_here = || here.iter().copied().take(LOOKED_AT).filter(|other| other.dyad != one.dyad);
    let twin = |other: &&Standing| other.act == one.act;
    let kin = |other: &&Standing| other.act != one.act && super::codes::quad(other.act) == quad;
    let foreign = |other: &&Standing| super::codes::quad(other.act) != quad;
    let near = |other: &&Standing| other.sentence == one.sentence;
    let surer = |other: &&Standing| other.sure > one.sure;
    let most = |some: &mut dyn Iterator<Item = &Standing>| some.fold(0.0, |most: f64, other| most.max(other.sure));
    let sum = |some: &mut dyn Iterator<Item = &Standing>| some.map(|other| other.sure).sum::<f64>().ln_1p();
    let p = one.sure.clamp(0.003, 0.997);
    [
        (p / (1.0 - p)).ln(),
        most(&mut same().filter(twin).filter(near)),
        most(&mut same().filter(twin).filter(|other| !near(other))),
        f64::from(u8::from(same().filter(twin).any(|other| surer(&other)))),
        most(&mut same().filter(kin).filter(near)),
        most(&mut same().filter(foreign).filter(near)),
        most(&mut same().filter(kin).filter(|other| !near(other))),
        sum(&mut same().filter(near).filter(surer)),
        sum(&mut same().filter(surer)),
        sum(&mut same()),
        sum(&mut others_here()),
        sum(&mut others_here().filter(twin)),
        article.ln_1p(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(dyad: &str, act: Act, sentence: u32, sure: f64) -> Standing {
        Standing { dyad: dyad.to_owned(), act, sentence, sure }
    }

    fn of(all: &[Standing], at: usize, name: &str) -> f64 {
        rivals(all)[at][RIVALS.iter().position(|known| *known == name).unwrap()]
    }

    #[test]
    fn a_second_telling_knows_its_twin_and_the_surer_of_them_is_not_outdone() {
        let all = [standing("FRA-MLI", Act::Accuse, 0, 0.9), standing("FRA-MLI", Act::Accuse, 4, 0.5)];
        assert!((of(&all, 1, "twin=elsewhere") - 0.9).abs() < 1e-9);
        assert_eq!((of(&all, 0, "twin=surer"), of(&all, 1, "twin=surer")), (0.0, 1.0));
        assert_eq!(of(&all, 1, "twin=here"), 0.0);
    }

    #[test]
    fn events_of_others_count_by_their_sentence_alone() {
        let all = [
            standing("FRA-MLI", Act::Accuse, 0, 0.9),
            standing("ITA-MLI", Act::Accuse, 0, 0.5),
            standing("ITA-TUN", Act::Aid, 1, 0.5),
        ];
        assert!((of(&all, 0, "sentence") - 0.5_f64.ln_1p()).abs() < 1e-9);
        assert!((of(&all, 0, "list") - 0.5_f64.ln_1p()).abs() < 1e-9);
        assert_eq!((of(&all, 2, "sentence"), of(&all, 2, "dyad")), (0.0, 0.0));
    }
}
