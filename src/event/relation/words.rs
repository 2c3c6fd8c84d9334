//! [`Words`]: what a model knows of a word beforehand: where its meaning lies among others (a vector), and which acts the lexicon
//! says it can name. So a verb that the training data never shows still speaks through those that are like it.
//!
//! The vectors are `config/models/words.zst`; `words.md` beside it says what they are made from.

use rustc_hash::FxHashMap;

use super::hash;
use crate::event::frame::Kind;
use crate::event::ontology::Act;
use crate::event::predicates::Lexicon;
use crate::lexicon::LexiconError;
use crate::syntax::Upos;

/// Numbers in a vector.
pub const WIDTH: usize = 64;
/// A vector's numbers are parts of this; a vector's length is at most 1.
pub const UNIT: i32 = 256;

const FILE: &str = "words.zst";
const MAGIC: &[u8] = b"entente words 1\n";
/// No table is as large; a damaged file asks for no more.
const LARGEST: usize = 64 << 20;

/// What the lexicon says of a word of one class, as sets of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Says {
    /// By [`Act`].
    pub acts: u16,
    /// By [`crate::event::predicates::Operator`].
    pub operators: u8,
}

#[derive(Clone, Debug, Default)]
struct Known {
    /// Index of its vector; none beyond the last.
    vector: u32,
    /// By [`Kind`].
    says: [Says; 3],
}

/// The words known beforehand. Made once, shared read-only.
#[derive(Clone, Debug, Default)]
pub struct Words {
    known: FxHashMap<u64, Known>,
    vectors: Vec<i8>,
}

impl Words {
    /// The vectors in the binary, with what `lexicon` says.
    pub fn embedded(lexicon: &Lexicon) -> Result<Self, LexiconError> {
        let mut words = Self::vectors_alone()?;
        words.learn(lexicon);
        Ok(words)
    }

    /// The vectors in the binary.
    pub fn vectors_alone() -> Result<Self, LexiconError> {
        let error = |message| LexiconError { file: FILE, line: 0, message };
        Self::read(include_bytes!("../../../config/models/words.zst")).map_err(error)
    }

    /// The file: after the first line the words, one a line and an empty one after the last, then their vectors in the same order.
    fn read(file: &[u8]) -> Result<Self, String> {
        let plain = zstd::bulk::decompress(file, LARGEST).map_err(|error| error.to_string())?;
        let rest = plain.strip_prefix(MAGIC).ok_or("it is of another kind or version")?;
        let end = rest.windows(2).position(|two| two == b"\n\n").ok_or("it is cut short")?;
        let (list, vectors) = rest.split_at(end + 2);
        let mut known = FxHashMap::default();
        for (index, word) in list.split(|byte| *byte == b'\n').filter(|word| !word.is_empty()).enumerate() {
            known.insert(hash::word(word), Known { vector: index as u32, says: Default::default() });
        }
        if vectors.len() != known.len() * WIDTH {
            return Err("words and vectors are not as many".into());
        }
        Ok(Self { known, vectors: vectors.iter().map(|byte| byte.cast_signed()).collect() })
    }

    fn learn(&mut self, lexicon: &Lexicon) {
        for (lemma, symbol) in lexicon.lemmas() {
            let mut says = [Says::default(); 3];
            for frame in lexicon.readings(symbol).iter().map(|reading| lexicon.frame(*reading)) {
                if !frame.mute {
                    says[frame.kind as usize].acts |= 1 << frame.act as u16;
                }
            }
            for (kind, operator, _) in lexicon.operators(symbol) {
                says[*kind as usize].operators |= 1 << *operator as u8;
            }
            if says != [Says::default(); 3] {
                let missing = Known { vector: u32::MAX, says };
                self.known.entry(hash::word(lemma.as_bytes())).or_insert(missing).says = says;
            }
        }
    }

    /// The vector of a lemma in lower case.
    pub fn vector(&self, lemma: u64) -> Option<&[i8]> {
        let at = self.known.get(&lemma)?.vector as usize * WIDTH;
        self.vectors.get(at..at + WIDTH)
    }

    /// The hashes of all words that have a vector, with it; in no order.
    pub fn vectors(&self) -> impl Iterator<Item = (u64, &[i8])> {
        self.known.keys().filter_map(|word| Some((*word, self.vector(*word)?)))
    }

    /// What the lexicon says of a lemma of this word class.
    pub fn says(&self, lemma: u64, upos: Upos) -> Says {
        let kind = match upos {
            Upos::Verb | Upos::Aux => Kind::Verb,
            Upos::Noun | Upos::Propn => Kind::Noun,
            Upos::Adj => Kind::Adjective,
            _ => return Says::default(),
        };
        self.known.get(&lemma).map_or(Says::default(), |known| known.says[kind as usize])
    }
}

impl Says {
    /// The acts, CONCEDE and RETREAT as one, and how many there are.
    pub fn joined(self) -> (impl Iterator<Item = Act>, u32) {
        let concede = 1u16 << Act::Concede as u16;
        let acts = if self.acts & concede != 0 { self.acts & !concede | 1 << Act::Retreat as u16 } else { self.acts };
        (Act::ALL.iter().copied().filter(move |act| acts & 1 << *act as u16 != 0), acts.count_ones())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        Words::embedded(&Lexicon::embedded().unwrap()).unwrap()
    }

    #[test]
    fn words_of_like_meaning_lie_near_each_other() {
        let words = words();
        let near = |a: &str, b: &str| -> i32 {
            let [a, b] = [a, b].map(|word| words.vector(hash::word(word.as_bytes())).expect("a common word"));
            a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
        };
        for (word, like, unlike) in
            [("donate", "contribute", "seize"), ("withdraw", "withdrawal", "praise"), ("lawsuit", "sue", "visit")]
        {
            assert!(near(word, like) > near(word, unlike), "{word}");
        }
        assert!(words.vector(hash::word(b"qzxv")).is_none());
    }

    #[test]
    fn the_lexicon_says_which_acts_a_word_names() {
        let says = words().says(hash::word(b"donate"), Upos::Verb);
        assert_eq!(says.joined().0.collect::<Vec<_>>(), [Act::Aid]);
        assert_eq!(words().says(hash::word(b"donate"), Upos::Adp), Says::default());
    }

    #[test]
    fn a_damaged_table_is_refused() {
        for plain in ["", "entente words 2\na\n\n", "entente words 1\na\nb", "entente words 1\na\nb\n\nxyz"] {
            assert!(Words::read(&zstd::encode_all(plain.as_bytes(), 1).unwrap()).is_err(), "{plain:?}");
        }
        assert!(Words::read(b"no archive").is_err());
    }
}
