"""The examples the judge learns from, and the folds that keep its scores honest.

An example is a text with two spans (characters), an act or a group of acts or neither, and whether anything happens between
the two. Sentences that are nearly the same stand in one fold, also across files: `quad_train.tsv` repeats half of
`relation_train.jsonl`, so a sentence of it is left out of training wherever its twin is tested.
"""

import collections
import json
import pathlib
import random
import re

ACTS = ["AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST", "ACCUSE", "REJECT", "THREATEN",
        "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"]
ROOTS = ["AGREE", "CONSULT", "SUPPORT", "COOPERATE", "AID", "REQUEST", "ACCUSE", "REJECT", "THREATEN",
         "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT", "YIELD"]
# YIELD is the joint class of CONCEDE and RETREAT in the relation data; it counts as material cooperation there.
GROUP = dict(AGREE=1, CONSULT=1, SUPPORT=1, CONCEDE=1, COOPERATE=2, AID=2, RETREAT=2, YIELD=2, REQUEST=3, ACCUSE=3, REJECT=3,
             THREATEN=3, PROTEST=4, SANCTION=4, MOBILIZE=4, COERCE=4, ASSAULT=4)


def allowed(root):
    """The acts that a label of the relation data allows."""
    return ["CONCEDE", "RETREAT"] if root == "YIELD" else [root]


def shingles(text):
    words = re.findall(r"\w+", text.lower())
    return set(zip(*[words[i:] for i in range(4)]))


class Twins:
    """Finds texts that share at least half of their runs of four words with a known one."""

    def __init__(self, texts):
        self.known = [shingles(t) for t in texts]
        self.index = collections.defaultdict(set)
        for i, grams in enumerate(self.known):
            for gram in grams:
                self.index[gram].add(i)

    def of(self, text):
        grams = shingles(text)
        shared = collections.Counter(i for gram in grams for i in self.index.get(gram, ()))
        return [i for i, n in shared.items() if n >= 0.5 * max(1, min(len(grams), len(self.known[i])))]


def relations(folder):
    rows = [json.loads(line) for line in open(pathlib.Path(folder) / "relation_train.jsonl", encoding="utf-8")]
    return [dict(text=r["text"], source=tuple(r["source"]), target=tuple(r["target"]), root=r["root"], penta=r["penta"]) for r in rows]


def folds(examples, count=5, seed=7):
    """A fold for each example: stratified by class, twins together."""
    twins = Twins([e["text"] for e in examples])
    parent = list(range(len(examples)))

    def find(i):
        while parent[i] != i:
            i = parent[i]
        return i

    for i, e in enumerate(examples):
        for j in twins.of(e["text"]):
            a, b = find(i), find(j)
            parent[max(a, b)] = min(a, b)
    groups = collections.defaultdict(list)
    for i in range(len(examples)):
        groups[find(i)].append(i)
    order = list(groups.values())
    random.Random(seed).shuffle(order)
    order.sort(key=lambda g: (-len(g), examples[g[0]]["root"]))
    fold = [0] * len(examples)
    load = collections.defaultdict(lambda: [0] * count)
    total = [0] * count
    for group in order:
        root = examples[group[0]]["root"]
        best = min(range(count), key=lambda k: (load[root][k], total[k]))
        for i in group:
            fold[i] = best
            load[root][best] += 1
            total[best] += 1
    return fold, twins


def quads(folder, twins):
    """Sentences of `actor_spans_train.conll` with their group; `twin` holds the relation examples they repeat."""
    norm = lambda s: re.sub(r"[^a-z0-9]", "", s.lower())
    groups = {}
    for line in open(pathlib.Path(folder) / "quad_train.tsv", encoding="utf-8"):
        text, group = line.rstrip("\n").rsplit("\t", 1)
        groups[norm(text)] = int(group)
    out, tokens = [], []

    def flush():
        if not tokens:
            return
        text, spans = "", {"S": [], "T": []}
        for word, tag in tokens:
            if text and not re.match(r"^([.,;:!?%)\]”’]|'s|’s|n't)", word):
                text += " "
            if tag[-1] in spans and tag != "O":
                kind = tag[-1]
                if tag[0] == "B":
                    spans[kind].append([len(text), 0])
                if spans[kind]:
                    spans[kind][-1][1] = len(text) + len(word)
            text += word
        group = groups.get(norm(text), 0)
        if len(spans["S"]) == 1 and spans["T"] and group:
            out.append(dict(text=text, source=tuple(spans["S"][0]), target=tuple(spans["T"][0]), group=group, twin=twins.of(text)))

    for line in open(pathlib.Path(folder) / "actor_spans_train.conll", encoding="utf-8"):
        line = line.rstrip("\n")
        if line:
            tokens.append(line.rsplit(" ", 1))
        else:
            flush()
            tokens = []
    flush()
    return out


class Names:
    """The names of states in a text, and other names in their place: what is learned shall be acts, not who quarrels with whom."""

    def __init__(self, table):
        self.forms = {}
        self.usual = collections.defaultdict(dict)
        for line in open(table, encoding="utf-8"):
            if line.startswith("#") or not line.strip():
                continue
            code, *cells = line.rstrip("\n").split("\t")
            for kind, cell in zip(["name", "adjective", "people", "capital"], cells):
                forms = [f for f in cell.split("|") if f]
                if forms:
                    self.usual[code][kind] = forms[0]
                for form in forms:
                    self.forms.setdefault(form, (code, kind))
        for form in ("US", "U.S.", "American"):
            self.forms.setdefault(form, ("USA", "adjective" if form == "American" else "name"))
        longest = sorted(self.forms, key=len, reverse=True)
        self.pattern = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, longest)) + r")(?!\w)")
        self.codes = [c for c, kinds in self.usual.items() if len(kinds) == 4]

    def find(self, text):
        return [(m.start(), m.end(), *self.forms[m.group(1)]) for m in self.pattern.finditer(text)]

    def swap(self, rng, text, spans):
        """The text with its states exchanged for others, each for the same one throughout, and the spans moved along."""
        found = self.find(text)
        if not found:
            return text, spans
        codes = sorted({f[2] for f in found})
        fresh = dict(zip(codes, rng.sample(self.codes, len(codes))))
        out, at, moves = "", 0, []
        for start, end, code, kind in found:
            new = self.usual[fresh[code]].get(kind) or self.usual[fresh[code]]["name"]
            out += text[at:start]
            moves.append((start, end, len(out), len(out) + len(new)))
            out += new
            at = end
        out += text[at:]

        def move(p, right):
            shift = 0
            for start, end, a, b in moves:
                if p >= end:
                    shift = b - end
                elif p > start or (right and p == end):
                    return b if right else a
            return p + shift

        return out, [(move(s, False), move(e, True)) for s, e in spans]


RECIPROCAL = re.compile(r"\b(met|meets?|meeting|talks|discuss\w*|negotiat\w*|consult\w*|joint\w*|each other|bilateral|spoke|agreements? with|trade with"
                        r"|deal with|signed)\b", re.I)


def judged(examples, names):
    """The relation examples as sentences with pairs: the marked one, and those with third states, between which likely nothing is."""
    out = []
    for e in examples:
        spans = [e["source"], e["target"]]
        both = GROUP[e["root"]] in (1, 2) and e["root"] in ("CONSULT", "COOPERATE", "AGREE", "SUPPORT") and RECIPROCAL.search(e["text"])
        pairs = [dict(source=e["source"], target=e["target"], root=e["root"], tie="both" if both and e["root"] != "SUPPORT" else "forward")]
        taken = {c for s, t in spans for a, b, c, _ in names.find(e["text"]) if a < t and b > s}
        for a, b, code, kind in names.find(e["text"]):
            if code in taken or kind == "capital" or any(a < t and b > s for s, t in spans):
                continue
            taken.add(code)
            pairs += [dict(source=span, target=(a, b), tie="none", tie_weight=0.3) for span in spans]
        out.append(dict(text=e["text"], pairs=pairs[:5]))
    return out


def grouped(rows):
    return [dict(text=r["text"], pairs=[dict(source=r["source"], target=r["target"], group=r["group"])]) for r in rows if not r["twin"]]


STATUS = ["occurred", "ongoing", "anticipated", "conditional", "negated", "denied"]


def silver(path, limit, seed):
    """What the project's own frames found in raw text (`entente extract`), where they were sure: acts are noisy, status is read off."""
    by_text = {}
    for line in open(path, encoding="utf-8"):
        e = json.loads(line)
        if e["confidence"] < 0.75:
            continue
        evidence = e["evidence"][0]
        raw, start = evidence["text"].encode(), evidence["span"][0]
        spans = []
        for party in ("source", "target"):
            a, b = (x - start for x in e[party]["span"])
            if a < 0 or raw[a:b] != e[party]["text"].encode():
                break
            spans.append((len(raw[:a].decode()), len(raw[:b].decode())))
        if len(spans) != 2 or len(raw) > 400:
            continue
        pair = dict(source=spans[0], target=spans[1], root=e["event"]["plover"], weight=0.3,
                    tie="both" if e["reciprocal"] else "forward", tie_weight=0.3, status=STATUS.index(e["status"]))
        by_text.setdefault(evidence["text"], []).append(pair)
    rows = [dict(text=t, pairs=p[:4]) for t, p in by_text.items()]
    rng = random.Random(seed)
    rng.shuffle(rows)
    kept, count = [], collections.Counter()
    for r in rows:
        key = (r["pairs"][0]["root"], r["pairs"][0]["status"] in (0, 1))
        if count[key] < limit // 14:
            count[key] += 1
            kept.append(r)
    return kept


def stories(folder, names, limit, seed):
    """Headlines of the machine-written stories with the class that the story was written for; spans are the first two states, else all."""
    rows = [json.loads(line) for line in open(pathlib.Path(folder) / "synthetic_stories.jsonl", encoding="utf-8")]
    rng = random.Random(seed)
    rng.shuffle(rows)
    out, count = [], collections.Counter()
    for r in rows:
        if count[r["label"]] >= limit // 16:
            continue
        count[r["label"]] += 1
        text = r["title"]
        lead = re.split(r"(?<=[.!?])\s", r["text"].strip().split("\n")[0])[0]
        if len(text) + len(lead) < 300:
            text = f"{text}. {lead}"
        found, seen = [], set()
        for a, b, code, _ in names.find(text):
            if code not in seen:
                seen.add(code)
                found.append((a, b))
        whole = (0, len(text))
        source = found[0] if found else whole
        target = found[1] if len(found) > 1 else whole
        out.append(dict(text=text, pairs=[dict(source=source, target=target, root=r["label"], weight=0.5)]))
    return out
