//! [`event_id`]: a name for an event that stays the same however often, when and from where its article is read.
//!
//! It is made of the article's identity and of what was coded, so a replay overwrites, and two coders that read the same get the
//! same. Spans are left out: a correction that adds a line above does not rename what stands below.

use super::record::Event;

/// Lower-case digits without those that are easily mistaken (Crockford's base 32).
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// 26 characters that carry 128 bits of a hash. `twin` tells apart events of one article that are coded alike: 0, 1, ….
pub(super) fn event_id(event: &Event, twin: u32) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut field = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    field(&event.article.id);
    field(&event.source.country);
    field(&event.target.country);
    field(event.event.act.as_str());
    field(event.event.mode.map_or("", |mode| mode.as_str()));
    match &event.date {
        Some(date) => {
            field(&date.start.to_string());
            field(&date.end.to_string());
        }
        None => field(""),
    }
    field(&event.event.trigger.text);
    for evidence in &event.evidence {
        field(&evidence.text);
    }
    if twin > 0 {
        field(&twin.to_string());
    }
    let digest = hasher.finalize();
    let mut bits = [0u8; 16];
    bits.copy_from_slice(&digest.as_bytes()[..16]);
    let mut number = u128::from_be_bytes(bits);
    let mut id = [0u8; 26];
    for digit in id.iter_mut().rev() {
        *digit = DIGITS[(number & 31) as usize];
        number >>= 5;
    }
    id.iter().map(|digit| char::from(*digit)).collect()
}
