//! [`Model`]: the encoder's weights, as `config/models/judge.zst` holds them. Unpacked, its layout is that which
//! `config/models/training/judge/export.py` writes; numbers are little-endian.

use std::io::Read;

use super::arithmetic::LANES;
use super::linear::Linear;
use super::pieces::Pieces;

/// Acts, ties (none, forward, backward, both) and statuses, in the order in which the last layer gives them.
pub const OUTPUTS: [usize; 3] = [16, 4, 6];
const MAGIC: &[u8] = b"entente judge 2\n";
/// No part of a model is as large; a damaged file asks for no more.
const LARGEST: usize = 64 << 20;
const UNREADABLE: Damaged = Damaged("it is not packed, or broken");

/// Why the model could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the judge's model is damaged: {0}; make it again with config/models/training/judge/export.py")]
pub struct Damaged(pub &'static str);

/// Learned gain and shift of a normalization.
pub struct Norm {
    pub gain: Vec<f32>,
    pub shift: Vec<f32>,
}

/// One layer of the encoder.
pub struct Layer {
    /// Queries, keys and values side by side; the queries are scaled already.
    pub attend: Linear,
    pub merge: Linear,
    pub merged: Norm,
    pub up: Linear,
    pub down: Linear,
    pub done: Norm,
}

/// The layers that look at a pair.
pub struct Head {
    pub query: Linear,
    /// Keys and values side by side.
    pub look: Linear,
    pub hidden: Linear,
    pub out: Linear,
    pub heads: usize,
}

/// What is asked, for there are two ways through the layers: one has learned from marked pairs between which something is done, the other
/// from all pairs of actors in the sentences of articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    Pairs,
    Articles,
}

/// What is read of a sentence after the first layers, `depth` of them, which are those of [`Asking::Pairs`].
pub struct Branch {
    pub depth: usize,
    pub layers: Vec<Layer>,
    pub head: Head,
    /// What act and tie scores are multiplied by, so that probabilities mean what they say.
    pub sharpness: [f32; 2],
}

pub struct Model {
    pub width: usize,
    pub heads: usize,
    /// The longest sequence, with its start and end.
    pub longest: usize,
    pub pieces: Pieces,
    words: Box<[u8]>,
    word_scales: Vec<f32>,
    pub positions: Vec<f32>,
    pub embedded: Norm,
    layers: Vec<Layer>,
    /// Ways through the layers, by [`Asking`].
    ways: [Branch; 2],
}

impl Model {
    /// Reads a model file, packed with zstd: piece by piece, so that it is never in memory as a whole beside what is made of it.
    pub fn unpack(file: &[u8]) -> Result<Self, Damaged> {
        Self::read(zstd::Decoder::with_buffer(file).map_err(|_| UNREADABLE)?)
    }

    fn read(bytes: impl Read) -> Result<Self, Damaged> {
        let mut reader = Reader(bytes);
        if reader.take(MAGIC.len())? != MAGIC {
            return Err(Damaged("it does not begin as one"));
        }
        let [width, layers, heads, inner, longest, words, pair_heads, hidden] = reader.numbers()?;
        let sane = [width, layers, heads, inner, longest, words, pair_heads, hidden].iter().all(|n| (1..100_000).contains(n));
        if !sane || width % (heads * LANES) != 0 || width % (pair_heads * LANES) != 0 || longest < 8 {
            return Err(Damaged("its sizes make no sense"));
        }
        let sharpness = reader.floats(2)?;
        let [length] = reader.numbers()?;
        let lines = String::from_utf8(reader.take(length)?).map_err(|_| Damaged("its pieces are no text"))?;
        let pieces = Pieces::new(&lines).ok_or(Damaged("pieces are missing"))?;
        if pieces.len() != words {
            return Err(Damaged("it has more words than pieces"));
        }
        let word_scales = reader.floats(words)?;
        let table = reader.take(words * width)?.into();
        let positions = reader.floats(longest * width)?;
        let embedded = reader.norm(width)?;
        let sizes = Sizes { width, inner, hidden, heads: pair_heads };
        let layers = (0..layers).map(|_| reader.layer(sizes)).collect::<Result<Vec<_>, _>>()?;
        let head = reader.head(sizes)?;
        let pairs = Branch { depth: layers.len(), layers: Vec::new(), head, sharpness: [sharpness[0], sharpness[1]] };
        let articles = reader.branch(sizes, layers.len())?;
        reader.end()?;
        let ways = [pairs, articles];
        Ok(Self { width, heads, longest, pieces, words: table, word_scales, positions, embedded, layers, ways })
    }

    /// The same with another branch for articles, as `train.py` writes one.
    pub fn with_branch(mut self, bytes: &[u8]) -> Result<Self, Damaged> {
        let head = &self.ways[0].head;
        let inner = self.layers.first().map_or(0, |layer| layer.up.outputs);
        let sizes = Sizes { width: self.width, inner, hidden: head.hidden.outputs, heads: head.heads };
        let mut reader = Reader(bytes);
        self.ways[1] = reader.branch(sizes, self.layers.len())?;
        reader.end().map(|()| self)
    }

    pub fn way(&self, asking: Asking) -> &Branch {
        &self.ways[asking as usize]
    }

    #[cfg(test)]
    pub fn way_mut(&mut self, asking: Asking) -> &mut Branch {
        &mut self.ways[asking as usize]
    }

    /// The layers that a sentence passes, in order.
    #[inline(always)]
    pub fn layers(&self, asking: Asking) -> impl Iterator<Item = &Layer> {
        let way = self.way(asking);
        self.layers.iter().take(way.depth).chain(&way.layers)
    }

    /// Adds the vector of a word piece to `row`.
    #[inline(always)]
    pub fn embed(&self, piece: u32, row: &mut [f32]) {
        let from = piece as usize * self.width;
        let vector = self.words.get(from..from + self.width).unwrap_or(&[]);
        let scale = self.word_scales.get(piece as usize).copied().unwrap_or(0.0);
        for (x, weight) in row.iter_mut().zip(vector) {
            *x += f32::from(*weight as i8) * scale;
        }
    }
}

#[derive(Clone, Copy)]
struct Sizes {
    width: usize,
    inner: usize,
    hidden: usize,
    heads: usize,
}

struct Reader<R>(R);

impl<R: Read> Reader<R> {
    fn layer(&mut self, Sizes { width, inner, .. }: Sizes) -> Result<Layer, Damaged> {
        Ok(Layer {
            attend: self.linear(width, 3 * width)?,
            merge: self.linear(width, width)?,
            merged: self.norm(width)?,
            up: self.linear(width, inner)?,
            down: self.linear(inner, width)?,
            done: self.norm(width)?,
        })
    }

    fn head(&mut self, Sizes { width, hidden, heads, .. }: Sizes) -> Result<Head, Damaged> {
        Ok(Head {
            query: self.linear(2 * width, width)?,
            look: self.linear(width, 2 * width)?,
            hidden: self.linear(3 * width, hidden)?,
            out: self.linear(hidden, OUTPUTS.iter().sum())?,
            heads,
        })
    }

    fn branch(&mut self, sizes: Sizes, trunk: usize) -> Result<Branch, Damaged> {
        let [depth, own] = self.numbers()?;
        if depth > trunk || own > trunk {
            return Err(Damaged("its branch is deeper than its trunk"));
        }
        let sharpness = self.floats(2)?;
        let layers = (0..own).map(|_| self.layer(sizes)).collect::<Result<_, _>>()?;
        Ok(Branch { depth, layers, head: self.head(sizes)?, sharpness: [sharpness[0], sharpness[1]] })
    }

    fn take(&mut self, count: usize) -> Result<Vec<u8>, Damaged> {
        let mut taken = Vec::with_capacity(count.min(LARGEST));
        self.0.by_ref().take(count as u64).read_to_end(&mut taken).map_err(|_| UNREADABLE)?;
        if taken.len() == count { Ok(taken) } else { Err(Damaged("it ends too early")) }
    }

    fn end(mut self) -> Result<(), Damaged> {
        match self.0.read(&mut [0]) {
            Ok(0) => Ok(()),
            Ok(_) => Err(Damaged("something follows its end")),
            Err(_) => Err(UNREADABLE),
        }
    }

    fn numbers<const N: usize>(&mut self) -> Result<[usize; N], Damaged> {
        let mut numbers = [0; N];
        for (number, bytes) in numbers.iter_mut().zip(self.take(4 * N)?.as_chunks().0) {
            *number = u32::from_le_bytes(*bytes) as usize;
        }
        Ok(numbers)
    }

    fn floats(&mut self, count: usize) -> Result<Vec<f32>, Damaged> {
        let floats: Vec<f32> = self.take(4 * count)?.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        if floats.iter().all(|x| x.is_finite()) { Ok(floats) } else { Err(Damaged("a number is not finite")) }
    }

    fn norm(&mut self, width: usize) -> Result<Norm, Damaged> {
        Ok(Norm { gain: self.floats(width)?, shift: self.floats(width)? })
    }

    fn linear(&mut self, inputs: usize, outputs: usize) -> Result<Linear, Damaged> {
        let (scales, bias) = (self.floats(outputs)?, self.floats(outputs)?);
        let weights = self.take(inputs * outputs)?;
        Linear::new(inputs, scales, bias, &weights).ok_or(Damaged("a matrix is out of bounds"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_model_is_an_error_that_says_so() {
        assert!(Model::unpack(b"entente judge 2\n").is_err());
        assert!(Model::read(&b""[..]).is_err());
        assert!(Model::read(&b"entente judge 2\n"[..]).is_err());
        let mut bytes = MAGIC.to_vec();
        bytes.extend([0xff; 64]);
        let error = Model::read(bytes.as_slice()).map(|_| ()).expect_err("sizes beyond all bounds");
        assert!(error.to_string().contains("make no sense"), "{error}");
    }
}
