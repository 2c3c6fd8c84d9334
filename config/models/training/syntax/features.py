"""What a word looks like to the student: rows of the embedding tables. `src/syntax/word.rs` computes the same numbers."""

TABLES = {"word": None, "prefix": 4096, "suffix2": 2048, "suffix3": 8192, "suffix4": 16384, "shape": 1024}


def fnv(data):
    """FNV-1a, 32 bits."""
    h = 0x811C9DC5
    for byte in data:
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


def row(text, rows):
    h = fnv(text.encode())
    return (h ^ (h >> 15)) & (rows - 1)


QUOTES = {"’": "'", "‘": "'", "“": '"', "”": '"', "`": "'"}


def normal(word):
    """Lower case, straight quotes, every digit a 0."""
    return "".join(QUOTES.get(c, "0" if "0" <= c <= "9" else c) for c in word.lower())


def shape(word, first):
    """Classes of characters, runs joined, and whether the word opens its sentence."""
    out, last = ["^" if first else "."], ""
    for c in word:
        kind = (
            "A" if c.isupper() else "a" if c.islower() else "0" if "0" <= c <= "9" else c if ord(c) < 128 or c in "“”‘’–—…" else "x"
        )
        if kind != last:
            out.append(kind)
            last = kind
        if len(out) > 8:
            break
    if len(word) == 1:
        out.append("1")
    return "".join(out)


def rows(word, first):
    """(hash of the normal form, prefix, suffix2, suffix3, suffix4, shape)."""
    n = normal(word)
    return (
        fnv(n.encode()),
        row(n[:3], TABLES["prefix"]),
        row(n[-2:], TABLES["suffix2"]),
        row(n[-3:], TABLES["suffix3"]),
        row(n[-4:], TABLES["suffix4"]),
        row(shape(word, first), TABLES["shape"]),
    )
