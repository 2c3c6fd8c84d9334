//! What a reading comes to beside what its words say: a refusal, where who acts will not do something friendly; what the judge holds.

use super::Candidate;
use crate::event::cascade;
use crate::event::codes::{self, Voice};
use crate::event::ontology::{Act, Quad, Status};
use crate::event::opinion::Judged;
use crate::event::status::Reading;

/// Probability from which the judge's word on a status counts.
const BELIEVED: f32 = 0.6;

/// Of what the judge alone found it knows better than the words around a trigger that is but near it whether it happened; what they negate or
/// deny stays so.
pub(super) fn believe(reading: &mut Reading, candidate: &Candidate, judged: Option<&Judged>) {
    let Some((status, sure)) = judged.filter(|_| candidate.frame == cascade::FRAME).map(Judged::status) else { return };
    if sure >= BELIEVED && !matches!(reading.status, Status::Negated | Status::Denied) {
        reading.status = status;
    }
}

/// "Will not sign", "does not intend to meet": who says so of something friendly refuses it, and has done so. Where the word is one of
/// `assent`, to be without it is to refuse it, and who is told so in the present refuses it still: "does not recognise".
pub(super) fn refused(candidate: &Candidate, assent: bool, reading: &mut Reading) -> Option<Candidate> {
    let friendly = matches!(codes::quad(candidate.act), Quad::VerbalCooperation | Quad::MaterialCooperation);
    if reading.status != Status::Negated || !(assent || reading.voice == Voice::Own) || !friendly {
        return None;
    }
    let stands = assent && reading.present && reading.voice != Voice::Own;
    reading.status = if stands { Status::Ongoing } else { Status::Occurred };
    Some(Candidate { act: Act::Reject, mode: None, reciprocal: false, ..candidate.clone() })
}
