//! The model file: tags, lemmas and the network, packed.

use super::analyzer::ModelError;
use super::lemma::Lemmas;
use super::network::Network;
use super::scheme::{Deprel, Upos, Xpos};

/// The pairs of tags a model tells apart.
pub type Tags = Vec<(Upos, Xpos)>;

/// What training makes and the model file holds.
pub struct Parts {
    pub tags: Tags,
    pub lemmas: Lemmas,
    pub network: Network,
}

/// First bytes of the model file, before packing.
const MAGIC: &[u8] = b"entente syntax 3\n";
/// No model is as large; a damaged file asks for no more.
const LARGEST: usize = 256 << 20;

/// Packs a model file: `tags` a pair a line, `network` as the training program exports it.
///
/// # Errors
/// Where the parts do not fit each other.
pub fn pack(tags: &str, lemmas: &Lemmas, network: &[u8]) -> Result<Vec<u8>, ModelError> {
    let mut plain = MAGIC.to_vec();
    for bytes in [tags.as_bytes(), lemmas.write().as_bytes(), network] {
        plain.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        plain.extend_from_slice(bytes);
    }
    let packed = zstd::encode_all(plain.as_slice(), 19)?;
    Parts::unpack(&packed).map(|_| packed)
}

impl Parts {
    /// Reads a model file.
    ///
    /// # Errors
    /// Where it is not one, or its parts do not fit each other.
    pub fn unpack(file: &[u8]) -> Result<Self, ModelError> {
        let plain = zstd::bulk::decompress(file, LARGEST)?;
        let mut rest = plain.strip_prefix(MAGIC).ok_or(ModelError::Damaged("it is of another kind or version"))?;
        let mut section = || {
            let short = ModelError::Damaged("it is cut short");
            let (length, after) = rest.split_first_chunk::<4>().ok_or(ModelError::Damaged("it is cut short"))?;
            let (bytes, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or(short)?;
            rest = after;
            Ok::<&[u8], ModelError>(bytes)
        };
        let text = |bytes| std::str::from_utf8(bytes).map_err(|_| ModelError::Damaged("a table is not UTF-8"));
        let tags = text(section()?)?
            .lines()
            .map(|line| line.split_once(' ').and_then(|(upos, xpos)| Some((Upos::parse(upos)?, Xpos::parse(xpos)?))));
        let tags: Tags = tags.collect::<Option<_>>().ok_or(ModelError::Damaged("it has an unknown tag"))?;
        let lemmas = Lemmas::read(text(section()?)?).ok_or(ModelError::Damaged("a lemma's line is damaged"))?;
        let lemmas = lemmas.with_irregular().map_err(|_| ModelError::Damaged("a line of lemmas.tsv is damaged"))?;
        let network = Network::read(section()?)?;
        if network.tags() != tags.len() || network.relations() != Deprel::ALL.len() {
            return Err(ModelError::Damaged("the network's labels are not those of this version"));
        }
        Ok(Self { tags, lemmas, network })
    }
}
