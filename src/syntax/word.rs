//! What a word looks like to the network: hashes of its normal form, its ends and its shape. The training program computes the
//! same numbers (`config/models/training/syntax/features.py`).

/// Rows of the tables of prefixes, of suffixes of two to four characters, and of shapes.
pub const TABLES: [usize; 5] = [4096, 2048, 8192, 16384, 1024];

/// Where a word's rows are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    /// Hash of the normal form: lower case, straight quotes, every digit a 0.
    pub word: u32,
    /// Rows of the [`TABLES`].
    pub rows: [u16; 5],
}

impl Looks {
    /// Of the word `form`, `first` in its sentence or not. `normal` is room to work in.
    pub fn of(form: &str, first: bool, normal: &mut String) -> Self {
        normal.clear();
        if form.is_ascii() {
            normal.extend(form.bytes().map(|b| char::from(plain(b.to_ascii_lowercase()))));
        } else {
            normal.extend(form.chars().flat_map(char::to_lowercase).map(|c| match c {
                '’' | '‘' => '\'',
                '“' | '”' => '"',
                c => u8::try_from(c).ok().filter(u8::is_ascii).map_or(c, |b| char::from(plain(b))),
            }));
        }
        let last = |count: usize| normal.char_indices().rev().nth(count - 1).map_or(0, |(at, _)| at);
        let prefix = normal.char_indices().nth(3).map_or(normal.len(), |(at, _)| at);
        let bytes = normal.as_bytes();
        let parts = [&bytes[..prefix], &bytes[last(2)..], &bytes[last(3)..], &bytes[last(4)..]];
        let mut rows = [0; 5];
        for ((row, part), size) in rows.iter_mut().zip(parts).zip(TABLES) {
            *row = row_of(part.iter().fold(FNV, fnv), size);
        }
        rows[4] = row_of(shape(form, first), TABLES[4]);
        Self { word: bytes.iter().fold(FNV, fnv), rows }
    }
}

fn plain(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => b'0',
        b'`' => b'\'',
        other => other,
    }
}

/// FNV-1a (Fowler, Noll & Vo), 32 bits.
const FNV: u32 = 0x811c_9dc5;

fn fnv(hash: u32, byte: &u8) -> u32 {
    (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
}

fn row_of(hash: u32, rows: usize) -> u16 {
    ((hash ^ (hash >> 15)) as usize & (rows - 1)) as u16
}

/// Hash of the classes of characters, runs joined, and of whether the word opens its sentence: "McDonald" `AaAa`, "F-16" `A-0`.
fn shape(form: &str, first: bool) -> u32 {
    /// A longer pattern says no more.
    const LONGEST: usize = 9;
    let mut hash = fnv(FNV, if first { &b'^' } else { &b'.' });
    let mut length = 1;
    let mut last = '\0';
    let mut add = |c: char| {
        let mut utf8 = [0; 4];
        hash = c.encode_utf8(&mut utf8).as_bytes().iter().fold(hash, fnv);
    };
    for c in form.chars() {
        let class = match c {
            '0'..='9' => '0',
            c if c.is_uppercase() => 'A',
            c if c.is_lowercase() => 'a',
            c if c.is_ascii() => c,
            '“' | '”' | '‘' | '’' | '–' | '—' | '…' => c,
            _ => 'x',
        };
        if class != last {
            add(class);
            length += 1;
            last = class;
        }
        if length >= LONGEST {
            break;
        }
    }
    let mut chars = form.chars();
    if chars.next().is_some() && chars.next().is_none() {
        add('1');
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Printed by `features.py` for the same words; a model would be blind if the two sides disagreed.
    #[test]
    fn looks_are_those_that_the_training_program_computes() {
        let of = |form: &str, first| {
            let looks = Looks::of(form, first, &mut String::new());
            (looks.word, looks.rows)
        };
        assert_eq!(of("Russia’s", true), (1140365446, [2355, 1939, 6853, 6151, 872]));
        assert_eq!(of("F-16", false), (3627184092, [3748, 407, 2033, 8120, 914]));
        assert_eq!(of("“", false), (655135397, [3260, 1212, 7356, 7356, 515]));
        assert_eq!(of("Élysée", true), (3643859298, [3179, 1798, 7139, 1090, 149]));
        assert_eq!(of("a", false), (3826002220, [308, 308, 308, 8500, 238]));
        assert_eq!(of("1,200bn", false), (2664413831, [2849, 1926, 7137, 6718, 834]));
        assert_eq!(of("McDonald", true), (1766237321, [558, 990, 2406, 14783, 918]));
    }
}
