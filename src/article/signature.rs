//! [`Signature`]: what makes near-copies of an article findable, 128 bytes whatever its length.
//!
//! MinHash over shingles of three words (Broder, "On the resemblance and containment of documents", 1997): the share of equal places in two
//! signatures estimates the share of shingles that the two texts have in common. Four places in a row make a band; texts that share a
//! band are worth comparing (locality-sensitive hashing). Letter case, punctuation and the headline, which every paper writes anew,
//! make no difference. The cost is bounded: words beyond [`MOST_WORDS`] are not looked at.

use std::fmt;
use std::str::FromStr;

/// Places in a signature. The estimate of a similarity `s` has a standard error of `sqrt(s (1 - s) / 64)`: 0.06 at most.
const PLACES: usize = 64;
/// Places that make a band. With 16 bands of 4, texts of similarity 0.7 share one with a probability of 0.988, of 0.3 with 0.12.
const BAND: usize = 4;
pub const BANDS: usize = PLACES / BAND;
const SHINGLE: usize = 3;
/// Below, a text is a formula that many articles share, and says little about where it comes from.
const LEAST_SHINGLES: usize = 16;
const MOST_WORDS: usize = 4096;

/// The low 16 bits of each minimum: two that differ look alike once in 65,536.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u16; PLACES]);

/// One seed for each place, from Weyl's sequence.
const SEEDS: [u32; PLACES] = {
    let mut seeds = [0u32; PLACES];
    let mut at = 0;
    let mut state = 0x243F_6A88u32;
    while at < PLACES {
        state = state.wrapping_add(0x9E37_79B9);
        seeds[at] = mix(state);
        at += 1;
    }
    seeds
};

/// A permutation of the 32-bit numbers that leaves no pattern (Wellons' `lowbias32`).
const fn mix(mut x: u32) -> u32 {
    x = (x ^ (x >> 16)).wrapping_mul(0x7FEB_352D);
    x = (x ^ (x >> 15)).wrapping_mul(0x846C_A68B);
    x ^ (x >> 16)
}

impl Signature {
    /// `None` where the text is too short to tell its copies from others.
    pub fn of(text: &str) -> Option<Self> {
        let words: Vec<u32> =
            text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(MOST_WORDS).map(word_hash).collect();
        if words.len() < LEAST_SHINGLES + SHINGLE - 1 {
            return None;
        }
        let mut least = [u32::MAX; PLACES];
        for shingle in words.windows(SHINGLE) {
            let hash = shingle.iter().fold(0u32, |hash, word| mix(hash.rotate_left(5) ^ word));
            for (least, seed) in least.iter_mut().zip(&SEEDS) {
                *least = (*least).min(mix(hash ^ seed));
            }
        }
        // Of a minimum the high bits are zeros.
        Some(Self(least.map(|least| least as u16)))
    }

    /// Estimated share of shingles in common, 0 to 1.
    pub fn similarity(&self, other: &Self) -> f64 {
        let same = self.0.iter().zip(&other.0).filter(|(a, b)| a == b).count();
        same as f64 / PLACES as f64
    }

    /// Keys under which near-copies meet.
    pub fn bands(&self) -> [u64; BANDS] {
        let mut bands = [0u64; BANDS];
        for (number, (band, places)) in bands.iter_mut().zip(self.0.chunks_exact(BAND)).enumerate() {
            // The number of the band is part of its key: equal places elsewhere mean nothing.
            let packed = places.iter().fold(0u64, |packed, place| packed << 16 | u64::from(*place));
            *band = (packed ^ number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
        bands
    }
}

/// FNV-1a over the small letters.
fn word_hash(word: &str) -> u32 {
    let letters = word.chars().flat_map(char::to_lowercase);
    letters.fold(0x811C_9DC5, |hash, letter| (hash ^ u32::from(letter)).wrapping_mul(0x0100_0193))
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|place| write!(f, "{place:04x}"))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Signature {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "a signature is 256 hexadecimal digits";
        let mut places = [0u16; PLACES];
        if text.len() != PLACES * 4 {
            return Err(WRONG);
        }
        for (place, digits) in places.iter_mut().zip(text.as_bytes().chunks_exact(4)) {
            let digits = std::str::from_utf8(digits).map_err(|_| WRONG)?;
            *place = u16::from_str_radix(digits, 16).map_err(|_| WRONG)?;
        }
        Ok(Self(places))
    }
}

impl serde::Serialize for Signature {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Signature {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Words by number, so that texts with a known overlap can be made.
    fn text(words: impl Iterator<Item = usize>) -> String {
        words.map(|number| format!("w{number}")).collect::<Vec<_>>().join(" ")
    }

    fn shingles(text: &str) -> BTreeSet<Vec<&str>> {
        let words: Vec<&str> = text.split(' ').collect();
        words.windows(SHINGLE).map(<[&str]>::to_vec).collect()
    }

    #[test]
    fn the_estimate_is_near_the_true_resemblance() {
        let mut worst: f64 = 0.0;
        for (case, cut) in [0, 20, 50, 100, 150, 250].into_iter().enumerate() {
            let base = case * 10_000;
            let a = text(base..base + 400);
            let b = text((base..base + 400 - cut).chain(base + 5000..base + 5000 + cut));
            let (x, y) = (shingles(&a), shingles(&b));
            let truth = x.intersection(&y).count() as f64 / x.union(&y).count() as f64;
            let estimate = Signature::of(&a).unwrap().similarity(&Signature::of(&b).unwrap());
            worst = worst.max((truth - estimate).abs());
        }
        assert!(worst < 0.15, "off by {worst}");
    }

    #[test]
    fn case_and_punctuation_make_no_difference() {
        let a = "The foreign ministers of both countries met on Monday; talks covered trade, energy and the border, a statement said late at night.";
        let b = "THE FOREIGN MINISTERS of both countries met on Monday, talks covered trade, energy, and the border – a statement said late at night";
        assert_eq!(Signature::of(a), Signature::of(b));
        assert!(Signature::of(a).is_some());
    }

    #[test]
    fn near_copies_share_a_band_and_strangers_do_not() {
        let original = Signature::of(&text(0..300)).unwrap();
        let copy = Signature::of(&text((0..290).chain(900..910))).unwrap();
        let stranger = Signature::of(&text(2000..2300)).unwrap();
        let shared = |other: &Signature| original.bands().iter().filter(|band| other.bands().contains(band)).count();
        assert!(shared(&copy) > 4);
        assert_eq!(shared(&stranger), 0);
    }

    #[test]
    fn short_texts_have_none_and_long_ones_cost_no_more_than_the_limit() {
        assert_eq!(Signature::of("France condemned Kenya on Monday."), None);
        let long = text(0..MOST_WORDS);
        assert_eq!(Signature::of(&long), Signature::of(&format!("{long} and more that is not looked at")));
    }

    #[test]
    fn a_signature_is_read_as_it_was_written() {
        let signature = Signature::of(&text(0..100)).unwrap();
        assert_eq!(signature.to_string().parse(), Ok(signature));
        assert!("12".parse::<Signature>().is_err());
    }
}
