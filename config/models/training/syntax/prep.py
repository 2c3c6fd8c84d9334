"""Treebanks and raw news as one file of numbers: all that teachers, labels and students read.

    python prep.py ENCODER_DIR data.npz --gold ewt-train.conllu gum-train.conllu --raw raw.conllu --pud pud-dev.conllu --ewt ewt-dev.conllu

A word is the number of its type; for each type there are its rows in the student's tables, its pieces of the encoder's vocabulary, and
words like it by the encoder's own embeddings, which `label.py` puts in its place. The two development sets are there to be scored only:
no like words are looked for in them, and no row of a table is theirs.
"""

import argparse

import numpy
from safetensors.numpy import load_file
from transformers import AutoTokenizer

import features
import scheme

# Of a word's pieces the first few, and how many like words it has.
PIECES, NEAR = 6, 8
LONGEST_GOLD, LONGEST_DEV, RAW_LENGTHS = 100, 160, range(3, 81)
OPEN = {"NOUN", "PROPN", "ADJ", "VERB", "ADV", "NUM"}


class Words:
    """Types of words, numbered as they are met."""

    def __init__(self):
        self.numbers = {}

    def number(self, word):
        return self.numbers.setdefault(word, len(self.numbers))


def texts(words, corpora, pairs):
    """The arrays of each corpus. Of gold sentences tags are pairs and relations whole, of development sets both universal."""
    number, out = {pair: at for at, pair in enumerate(pairs)}, {}
    for name, sentences in corpora.items():
        out[name + "_type"] = numpy.array([words.number(w) for s in sentences for w in s.words], numpy.uint32)
        out[name + "_length"] = numpy.array([len(s.words) for s in sentences], numpy.uint16)
        if name == "raw":
            continue
        if name == "gold":
            tag = [number.get(pair, -1) for s in sentences for pair in zip(s.upos, s.xpos)]
            rel = [r for s in sentences for r in s.rel]
        else:
            tag = [u for s in sentences for u in s.upos]
            rel = [scheme.UNIVERSAL[r] for s in sentences for r in s.rel]
        out[name + "_tag"], out[name + "_rel"] = numpy.array(tag, numpy.int16), numpy.array(rel, numpy.int16)
        out[name + "_head"] = numpy.array([h + 1 for s in sentences for h in s.head], numpy.int16)
    return out


def cased(word):
    """How to write a like word as `word` is written, or None for an odd pattern of capitals."""
    if word == word.lower():
        return str
    if word == word.upper() and len(word) > 1:
        return str.upper
    return str.capitalize if word == word.lower().capitalize() else None


def near(words, seen, encoder, tokenizer):
    """For each type in `seen` the numbers of words like it, where the encoder knows the word whole."""
    weights = load_file(encoder + "/model.safetensors")
    embeddings = next(v for k, v in weights.items() if k.endswith("word_embeddings.weight")).astype(numpy.float32)
    whole = {tokenizer.convert_ids_to_tokens(at): at for at in range(len(embeddings))}
    plain = [w for w in whole if w and w.isascii() and w.isalpha() and w.islower() and len(w) > 2]
    matrix = embeddings[[whole[w] for w in plain]]
    matrix -= matrix.mean(0)
    matrix /= numpy.linalg.norm(matrix, axis=1, keepdims=True) + 1e-6
    like = numpy.zeros((len(plain), NEAR), numpy.int32)
    for at in range(0, len(plain), 2000):
        scores = matrix[at : at + 2000] @ matrix.T
        numpy.put_along_axis(scores, numpy.arange(at, at + len(scores))[:, None], -9, 1)
        like[at : at + len(scores)] = numpy.argpartition(-scores, NEAR, 1)[:, :NEAR]
    place = {word: at for at, word in enumerate(plain)}
    found = {}
    for at, word in enumerate(list(words.numbers)):
        write = cased(word)
        if at in seen and word.isascii() and word.lower() in place and write:
            found[at] = [words.number(write(plain[other])) for other in like[place[word.lower()]]]
    out = numpy.full((len(words.numbers), NEAR), -1, numpy.int32)
    for at, numbers in found.items():
        out[at] = numbers
    return out


def look(word):
    """The pattern of capitals and digits, which the encoder, in lower case, does not see."""
    if word.islower():
        return 1
    if word.isupper():
        return 2 if len(word) > 1 else 3
    if word[:1].isupper():
        return 4 if word[1:].islower() else 5
    if any(c.isdigit() for c in word):
        return 6
    return 7 if any(c.isalpha() for c in word) else 0


def types(words, tokenizer):
    """What each type is to the student and to the teacher."""
    rows = [features.rows(w, False) for w in words]
    opens = [features.row(features.shape(w, True), features.TABLES["shape"]) for w in words]
    pieces, count = numpy.full((len(words), PIECES), 1, numpy.uint16), numpy.zeros(len(words), numpy.uint8)
    for at, ids in enumerate(tokenizer(words, add_special_tokens=False)["input_ids"]):
        ids = ids[:PIECES] or [tokenizer.unk_token_id]
        pieces[at, : len(ids)], count[at] = ids, len(ids)
    return {
        "hash": numpy.array([r[0] for r in rows], numpy.uint32),
        "parts": numpy.array([r[1:5] for r in rows], numpy.uint16),
        "shapes": numpy.array([(first, r[5]) for first, r in zip(opens, rows)], numpy.uint16),
        "look": numpy.array([look(w) for w in words], numpy.uint8),
        "pieces": pieces,
        "count": count,
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("encoder")
    parser.add_argument("out")
    parser.add_argument("--gold", nargs="+", required=True)
    parser.add_argument("--raw", required=True)
    parser.add_argument("--pud", required=True)
    parser.add_argument("--ewt", required=True)
    parser.add_argument("--limit", type=int, help="sentences of each corpus at most, to try all steps in small")
    args = parser.parse_args()
    corpora = {
        "gold": [s for path in args.gold for s in scheme.read(path) if len(s.words) <= LONGEST_GOLD],
        "raw": [s for s in scheme.read(args.raw) if len(s.words) in RAW_LENGTHS],
        "pud": scheme.read(args.pud),
        "ewt": [s for s in scheme.read(args.ewt) if len(s.words) <= LONGEST_DEV],
    }
    corpora = {name: sentences[: args.limit] for name, sentences in corpora.items()}
    pairs = scheme.tag_pairs(corpora["gold"])
    tokenizer = AutoTokenizer.from_pretrained(args.encoder)
    words = Words()
    out = texts(words, corpora, pairs)
    in_texts = len(words.numbers)
    seen = {int(at) for name in ("gold", "raw") for at in numpy.unique(out[name + "_type"])}
    out["near"] = near(words, seen, args.encoder, tokenizer)
    out |= types(list(words.numbers), tokenizer)
    out["pairs"], out["universal"] = numpy.array(pairs, numpy.int16), numpy.array(scheme.UNIVERSAL, numpy.int16)
    out["open"] = numpy.array([scheme.UPOS[u] in OPEN for u, _ in pairs])
    numpy.savez(args.out, **out)
    print({name: len(sentences) for name, sentences in corpora.items()}, in_texts, "types in texts,", len(words.numbers), "with like words")


if __name__ == "__main__":
    main()
