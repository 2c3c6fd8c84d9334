"""The label sets of `src/syntax/scheme.rs`, and treebanks read as the Rust side reads them."""

import re
from collections import Counter
from pathlib import Path

_SCHEME = Path(__file__).resolve().parents[4] / "src/syntax/scheme.rs"


def _labels(name):
    body = re.search(r"\n    " + name + r" \{\n(.*?)\n    \}", _SCHEME.read_text(), re.S).group(1)
    return re.findall(r'\w+ = "(.*?)",', body)


UPOS, XPOS, DEPREL = _labels("Upos"), _labels("Xpos"), _labels("Deprel")
_UPOS, _XPOS, _DEPREL = ({label: at for at, label in enumerate(labels)} for labels in (UPOS, XPOS, DEPREL))
RARE_TAGS = 5


class Sentence:
    """Words, and for each its universal tag, Penn tag, head (-1 for the root) and relation, all as numbers."""

    __slots__ = ("words", "upos", "xpos", "head", "rel")

    def __init__(self):
        self.words, self.upos, self.xpos, self.head, self.rel = [], [], [], [], []


def read(path):
    sentences, sentence = [], Sentence()
    for line in open(path, encoding="utf-8"):
        line = line.rstrip("\n")
        if not line.strip():
            if sentence.words:
                sentences.append(sentence)
            sentence = Sentence()
        elif not line.startswith("#"):
            fields = line.split("\t")
            if not fields[0].isdigit():
                continue
            relation = fields[7]
            if relation not in _DEPREL:
                relation = relation.split(":")[0]
            sentence.words.append(fields[1])
            sentence.upos.append(_UPOS.get(fields[3], _UPOS["X"]))
            sentence.xpos.append(_XPOS.get(fields[4], _XPOS["FW"]))
            sentence.head.append(int(fields[6]) - 1 if fields[6].isdigit() else -1)
            sentence.rel.append(_DEPREL.get(relation, _DEPREL["dep"]))
    if sentence.words:
        sentences.append(sentence)
    return sentences


def universal(relation):
    """The number of a relation without its subtype."""
    return _DEPREL[DEPREL[relation].split(":")[0]]


UNIVERSAL = [universal(at) for at in range(len(DEPREL))]


def tag_pairs(sentences):
    """The pairs of universal and Penn tag seen often enough, sorted, as the model file lists them."""
    counts = Counter((u, x) for s in sentences for u, x in zip(s.upos, s.xpos))
    return sorted(pair for pair, count in counts.items() if count >= RARE_TAGS)
