//! Hashes of words and of features: FNV-1a, so that a model file means the same on every machine.

/// Of a word's bytes.
pub fn word(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Of a word in lower case, without a copy of it.
pub fn lower(text: &str) -> u64 {
    let mut held = [0; 4];
    text.chars().flat_map(char::to_lowercase).fold(word(&[]), |hash, c| {
        c.encode_utf8(&mut held).bytes().fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    })
}

/// Of a feature: the number of its template and the parts it joins.
pub fn feature(template: u8, parts: &[u64]) -> u32 {
    let join = |hash: u64, part: u64| (hash.rotate_left(23) ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut hash = parts.iter().fold(u64::from(template) + 1, |hash, part| join(hash, *part));
    hash = join(hash, parts.len() as u64);
    (hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_makes_no_difference_and_order_does() {
        assert_eq!(lower("Émigré"), word("émigré".as_bytes()));
        assert_eq!(lower("VETO"), word(b"veto"));
        assert_ne!(feature(1, &[2, 3]), feature(1, &[3, 2]));
        assert_ne!(feature(1, &[2]), feature(2, &[2]));
        assert_ne!(feature(1, &[0]), feature(1, &[0, 0]));
    }
}
