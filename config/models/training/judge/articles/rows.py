"""What annotated articles say of the pairs of actors in their sentences (`entente train reader-pairs`).

An annotated event has a `quote`: the words of one sentence that tell it; there may be others in `also`, of sentences that tell it again.
Every other pair in such a sentence is one between which nothing is told. In a sentence without a quote of theirs, two actors of whom the
article tells an event elsewhere may be told of again, which is nothing new: that counts half.

Each party of a sentence is asked about with whom the sentence leaves out, too, whoever that is ("Islamabad refused"): who is meant is not told
by the sentence.

A row: a text, `spans` in it (characters; `None` for whom it leaves out), and ordered `pairs` of spans: `s`, `t`; `tie` (0 nothing,
1 forward, 2 backward, 3 both) with `tie_weight`; `acts`, sets of acts that are right, with `act_weight`; `statuses` with `status_weight`.
"""

import collections
import hashlib
import json
import re

ACTS = ["AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST", "ACCUSE", "REJECT", "THREATEN",
        "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"]
STATUS = ["occurred", "ongoing", "anticipated", "conditional", "negated", "denied"]
NOTHING, FORWARD, BACKWARD, BOTH = range(4)
# The code of whom a sentence leaves out.
LEFT_OUT = "?"


def fold_of(article, parts):
    """The part, of so many, with which an article is left out; 1 for the first."""
    return 1 + int(hashlib.sha1(article.encode()).hexdigest(), 16) % parts


def plain(text):
    return re.sub(r"\s+", " ", text).strip()


def exported(path):
    for line in open(path, encoding="utf-8"):
        row = json.loads(line)
        spans = [tuple(p["span"]) for p in row["parties"]]
        codes = [p["code"] for p in row["parties"]]
        asked = [(i, j) for i in range(len(codes)) for j in range(len(codes)) if i != j]
        if row["open"]:
            spans.append(None)
            codes.append(LEFT_OUT)
            asked += [pair for i in range(len(codes) - 1) for pair in ((i, len(codes) - 1), (len(codes) - 1, i))]
        yield dict(article=row["article"], sentence=row["sentence"], text=row["text"], spans=spans, codes=codes, asked=asked)


def label(events, elsewhere, source):
    """What the annotation says of an ordered pair: `events` of the two in this sentence, `elsewhere`: whether the article has others."""
    must = [e for e in events if e.get("must", True)]
    told = must or events
    if not told:
        return dict(tie=NOTHING, tie_weight=0.5 if elsewhere else 1.0)
    forward = any(e.get("source") in (None, source) for e in told)
    backward = any(e.get("source") != source for e in told)
    own = [e for e in told if e.get("source") in (None, source)] or told
    weight = (1.0 if must else 0.4) * (1.0 if forward else 0.5)
    return dict(tie=BOTH if forward and backward else FORWARD if forward else BACKWARD, tie_weight=1.0 if must else 0.0,
                acts=[[ACTS.index(a) for a in e["roots"]] for e in own], act_weight=weight,
                statuses=sorted({STATUS.index(s) for e in own for s in e["status"][:2]}), status_weight=0.3 * weight)


def annotated(exports, annotations, always, parts):
    """Rows with a label for each ordered pair. The quotes of `annotations` (articles, one a line) are found in the sentences.
    Articles of `always`, annotated as well, are left out with no part: their fold is None."""
    gold, shared = ({a["id"]: a["events"] for path in paths for a in map(json.loads, open(path, encoding="utf-8"))} for paths in (annotations, always))
    gold |= shared
    rows = [row for path in exports for row in exported(path) if row["article"] in gold]
    of_article = collections.defaultdict(list)
    for number, row in enumerate(rows):
        of_article[row["article"]].append((number, plain(row["text"])))
    here, dyads, lost = collections.defaultdict(list), collections.defaultdict(list), 0
    for article, events in gold.items():
        for event in events:
            quotes = [plain(words) for words in (event["quote"], *event.get("also", []))]
            found = [number for number, text in of_article[article] if any(quote in text for quote in quotes)]
            lost += not found
            dyads[article].append(set(event["dyad"].split("-")))
            for number in found:
                here[number].append(event)
    out = []
    for number, row in enumerate(rows):
        events = [seen_from(row["codes"], event) for event in here[number]]
        elsewhere = [seen_from(row["codes"], dict(dyad="-".join(dyad)))["dyad"] for dyad in dyads[row["article"]]]
        pairs = []
        for i, j in row.pop("asked"):
            dyad = {row["codes"][i], row["codes"][j]}
            of_two = [event for event in events if event["dyad"] == dyad]
            said = label(of_two, dyad in elsewhere, row["codes"][i])
            hidden = LEFT_OUT in dyad
            if hidden and not of_two:
                said["tie_weight"] *= 0.5
            pairs.append(dict(said, s=i, t=j, hidden=hidden))
        article = row["article"]
        out.append(dict(row, pairs=pairs, fold=None if article in shared else fold_of(article, parts)))
    print(f"{lost} of {sum(map(len, gold.values()))} annotated events stand in no sentence with a party")
    return out


def seen_from(codes, event):
    """The event as a sentence that names `codes` tells it: with whom it does not name as the party that it leaves out."""
    seen = lambda code: code if code in codes or code is None else LEFT_OUT
    return dict(event, dyad={seen(code) for code in event["dyad"].split("-")}, source=seen(event.get("source")))
