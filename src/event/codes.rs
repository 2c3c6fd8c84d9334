//! From what was read (act, mode, contexts, status) to what is published: PLOVER class, CAMEO code, quad class, score.
//!
//! The act is read once; everything here follows from it by rule and by the tables `config/lexicon/cameo.tsv` (ours) and
//! `cameo2plover.txt` (PLOVER's own, CC BY-SA 4.0), which the first is checked against when it is loaded.

use super::lexicon::{self, LexiconError};
use super::ontology::{Act, Context, Mode, Quad, Status};

/// The modes that PLOVER gives an act.
pub fn modes(act: Act) -> &'static [Mode] {
    use Mode::*;
    match act {
        Act::Consult => &[Visit, ThirdParty, Multilateral, Phone],
        Act::Request | Act::Reject => &[Assist, Change, Yield, Meet],
        Act::Threaten => &[Restrict, Ban, Arrest, Relations, Expel, Territory, Violence],
        Act::Accuse => &[Disapprove, Investigate, Allege],
        Act::Retreat => &[Withdraw, Release, Return, Disarm, Ceasefire, Access, Resign],
        Act::Sanction => &[Convict, Expel, Withdraw, Discontinue],
        Act::Mobilize => &[Troops, Weapons, Police, Militia],
        Act::Coerce => &[Seize, Restrict, Ban, Censor, Curfew, MartialLaw, Arrest, Deport, Withhold, Misinformation, Cyber],
        Act::Protest => &[Demo, Riot, Strike, Hunger, Boycott, Obstruct],
        Act::Assault => &[
            Abduct,
            Beat,
            Torture,
            Execute,
            Assassinate,
            Explosives,
            Firearms,
            HeavyWeapons,
            Aerial,
            Drone,
            SuicideAttack,
            Destroy,
            Unconventional,
            CrowdControl,
        ],
        // What is promised keeps the mode of the thing promised: a visit agreed to, an offer to mediate.
        Act::Agree => &[Visit, ThirdParty, Multilateral, Phone],
        Act::Support | Act::Concede | Act::Cooperate | Act::Aid => &[],
    }
}

/// Who holds the future that a status speaks of: the rule for THREATEN asks whether the actor itself announces its act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// The actor commits itself: it will, plans, vows, threatens.
    Own,
    /// Somebody else expects, fears or reports it, or nobody in particular.
    Other,
}

/// The PLOVER class of an act with its status.
///
/// PLOVER has no class for what is still to come: cooperation ahead is AGREE, giving way ahead is CONCEDE (giving way in words), and
/// material conflict that its own actor announces is THREATEN. What is negated or denied keeps the class of what is negated.
pub fn plover(act: Act, status: Status, voice: Voice) -> Act {
    match (act, status) {
        (Act::Consult | Act::Support | Act::Cooperate | Act::Aid, Status::Anticipated) => Act::Agree,
        (Act::Retreat, Status::Anticipated) => Act::Concede,
        (
            Act::Protest | Act::Sanction | Act::Mobilize | Act::Coerce | Act::Assault,
            Status::Anticipated | Status::Conditional,
        ) if voice == Voice::Own => Act::Threaten,
        _ => act,
    }
}

pub fn quad(class: Act) -> Quad {
    match class {
        Act::Agree | Act::Consult | Act::Support | Act::Concede => Quad::VerbalCooperation,
        Act::Cooperate | Act::Aid | Act::Retreat => Quad::MaterialCooperation,
        Act::Request | Act::Accuse | Act::Reject | Act::Threaten => Quad::VerbalConflict,
        Act::Protest | Act::Sanction | Act::Mobilize | Act::Coerce | Act::Assault => Quad::MaterialConflict,
    }
}

/// PLOVER's conflict–cooperation score of an act done in a mode, -10 to +10.
pub fn score(act: Act, mode: Option<Mode>) -> f64 {
    match (act, mode) {
        (Act::Aid, _) => 10.0,
        (Act::Cooperate, _) => 9.5,
        (Act::Retreat, _) => 6.5,
        (Act::Support, _) => 5.0,
        (Act::Concede, _) => 4.5,
        (Act::Consult, Some(Mode::Visit | Mode::Multilateral)) => 4.0,
        (Act::Consult, Some(Mode::ThirdParty)) => 1.0,
        (Act::Consult, Some(Mode::Phone)) => 1.5,
        (Act::Agree | Act::Consult, _) => 2.5,
        (Act::Request, Some(Mode::Assist)) => 0.5,
        (Act::Request, Some(Mode::Change | Mode::Yield)) => -1.0,
        (Act::Request, _) => 0.0,
        (Act::Reject, Some(Mode::Assist)) => -1.5,
        (Act::Reject, _) => -2.0,
        (Act::Accuse, Some(Mode::Disapprove)) => -2.0,
        (Act::Accuse, Some(Mode::Investigate | Mode::Allege)) => -3.5,
        (Act::Accuse, _) => -3.0,
        (Act::Threaten, Some(Mode::Restrict)) => -3.0,
        (Act::Threaten, Some(Mode::Territory)) => -4.0,
        (Act::Threaten, _) => -3.5,
        (Act::Protest, Some(Mode::Riot)) => -7.0,
        (Act::Protest, _) => -5.0,
        (Act::Mobilize, Some(Mode::Troops | Mode::Weapons)) => -6.5,
        (Act::Mobilize, _) => -5.5,
        (Act::Sanction, Some(Mode::Expel)) => -5.5,
        (Act::Sanction, _) => -6.0,
        (Act::Coerce, _) => -7.0,
        (Act::Assault, Some(Mode::Unconventional)) => -10.0,
        (Act::Assault, Some(Mode::Assassinate | Mode::Aerial | Mode::Drone | Mode::SuicideAttack)) => -9.5,
        (Act::Assault, _) => -9.0,
    }
}

/// The CAMEO codes, most specific fit first.
pub struct Codes {
    rows: Vec<CodeRow>,
}

struct CodeRow {
    class: Act,
    act: Option<Act>,
    mode: Option<Mode>,
    context: Option<Context>,
    code: Box<str>,
}

impl CodeRow {
    /// How much of what was read the row names, or `None` where it names something else.
    fn fit(&self, class: Act, act: Act, mode: Option<Mode>, contexts: &[Context]) -> Option<u8> {
        let fits = self.class == class
            && self.act.unwrap_or(act) == act
            && (self.mode.is_none() || self.mode == mode)
            && self.context.is_none_or(|context| contexts.contains(&context));
        fits.then(|| 4 * u8::from(self.act.is_some()) + 2 * u8::from(self.mode.is_some()) + u8::from(self.context.is_some()))
    }
}

const FILE: &str = "cameo.tsv";

impl Codes {
    pub fn embedded() -> Result<Self, LexiconError> {
        let ours = include_str!("../../config/lexicon/cameo.tsv");
        let published = published(include_str!("../../config/lexicon/cameo2plover.txt"));
        let mut rows = Vec::new();
        for row in lexicon::rows(FILE, ours, 5)? {
            let class = row.parse(0, "a PLOVER class", Act::parse)?;
            let act = row.optional(1, "an act", Act::parse)?;
            let mode = row.optional(2, "a mode", Mode::parse)?;
            let context = row.optional(3, "a context", Context::parse)?;
            let code = row.parse(4, "a CAMEO code of cameo2plover.txt", |code| {
                published.iter().any(|(known, _)| *known == code).then_some(code)
            })?;
            if let Some(mode) = mode.filter(|mode| !modes(act.unwrap_or(class)).contains(mode)) {
                return Err(row.error(format!("{mode} is no mode of {}", act.unwrap_or(class))));
            }
            // PLOVER's table puts two of our SANCTION codes under COERCE and one COERCE code under ASSAULT; the ontology decides.
            let agrees = published.iter().any(|(known, its)| *known == code && quad(*its) == quad(class));
            if !agrees {
                return Err(row.error(format!("{code} is a code of another quad class than {class}")));
            }
            rows.push(CodeRow { class, act, mode, context, code: code.into() });
        }
        match Act::ALL.iter().find(|class| !rows.iter().any(|row| row.fit(**class, **class, None, &[]).is_some())) {
            Some(class) => Err(LexiconError { file: FILE, line: 0, message: format!("{class} has no code without a mode") }),
            None => Ok(Self { rows }),
        }
    }

    /// The most specific code for `act`, published as `class`.
    pub fn cameo(&self, class: Act, act: Act, mode: Option<Mode>, contexts: &[Context]) -> &str {
        let mut best: Option<(u8, &CodeRow)> = None;
        for row in &self.rows {
            if let Some(fit) = row.fit(class, act, mode, contexts)
                && best.is_none_or(|(weight, _)| fit > weight)
            {
                best = Some((fit, row));
            }
        }
        // Loading makes sure that every class has a row that asks for nothing; a derived class falls back on it.
        best.map_or("", |(_, row)| &row.code)
    }
}

/// Codes and classes of PLOVER's own table: `CODE: CLASS, mode, context # meaning`.
fn published(text: &str) -> Vec<(&str, Act)> {
    text.lines()
        .filter_map(|line| {
            let (code, rest) = line.split_once(':')?;
            Some((code.trim(), Act::parse(rest.split([',', '#']).next()?.trim())?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes() -> Codes {
        Codes::embedded().expect("the embedded table loads")
    }

    #[test]
    fn a_planned_visit_is_an_agreement_to_meet() {
        let class = plover(Act::Consult, Status::Anticipated, Voice::Other);
        assert_eq!(class, Act::Agree);
        assert_eq!(codes().cameo(class, Act::Consult, Some(Mode::Visit), &[]), "036");
        assert_eq!(quad(class), Quad::VerbalCooperation);
        assert_eq!(score(Act::Consult, Some(Mode::Visit)), 4.0);
    }

    #[test]
    fn conflict_ahead_is_a_threat_only_in_its_own_actors_mouth() {
        assert_eq!(plover(Act::Assault, Status::Anticipated, Voice::Own), Act::Threaten);
        assert_eq!(plover(Act::Assault, Status::Conditional, Voice::Own), Act::Threaten);
        assert_eq!(plover(Act::Assault, Status::Anticipated, Voice::Other), Act::Assault);
        assert_eq!(plover(Act::Assault, Status::Occurred, Voice::Own), Act::Assault);
        assert_eq!(plover(Act::Accuse, Status::Anticipated, Voice::Own), Act::Accuse);
    }

    #[test]
    fn a_mode_outweighs_a_context_and_an_act_both() {
        let codes = codes();
        assert_eq!(codes.cameo(Act::Retreat, Act::Retreat, Some(Mode::Release), &[Context::Military]), "0841");
        assert_eq!(codes.cameo(Act::Threaten, Act::Assault, Some(Mode::Aerial), &[Context::Military]), "1384");
        assert_eq!(codes.cameo(Act::Agree, Act::Cooperate, None, &[Context::Military]), "0312");
        assert_eq!(codes.cameo(Act::Sanction, Act::Sanction, None, &[Context::Diplomatic]), "160");
    }

    #[test]
    fn every_class_has_a_code_and_every_mode_of_every_act_too() {
        let codes = codes();
        for act in Act::ALL {
            for status in Status::ALL {
                for voice in [Voice::Own, Voice::Other] {
                    let class = plover(*act, *status, voice);
                    for mode in modes(*act).iter().map(|mode| Some(*mode)).chain([None]) {
                        for context in Context::ALL {
                            let code = codes.cameo(class, *act, mode, &[*context]);
                            assert!((3..=4).contains(&code.len()), "{class} from {act} {mode:?}: {code:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn scores_stay_on_the_scale_and_on_their_side() {
        for act in Act::ALL {
            for mode in modes(*act).iter().map(|mode| Some(*mode)).chain([None]) {
                let score = score(*act, mode);
                assert!((-10.0..=10.0).contains(&score));
                let cooperative = matches!(quad(*act), Quad::VerbalCooperation | Quad::MaterialCooperation);
                assert!(cooperative == (score > 0.5) || *act == Act::Request, "{act} {mode:?} {score}");
            }
        }
    }
}
