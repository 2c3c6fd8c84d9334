"""Texts of our own making in which persons, firms, courts and parties do something across a border and no state does anything to another: as
annotated articles without an event, for `entente train fusion`."""

import argparse
import json
import pathlib
import random
import sys

sys.path.append(str(pathlib.Path(__file__).parent.parent))
import negatives
from data import Names

TEMPLATES = """
The {a} software house took its {b} rival to court over a patent.
A {a} shipping line bought a stake in a {b} port operator for {n} million dollars.
The {a} brewer closed its plant in {B} and dismissed {n}00 workers.
{a} investors withdrew from a {b} start-up after a poor quarter.
A {a} bank agreed to lend money to a {b} carmaker.
The {a} novelist thanked her {b} translator at the ceremony in {city}.
A {a} pianist met her {b} teacher again after {n} years.
The {a} actor praised his {b} co-star and refused to talk about money.
Two {a} chefs opened a restaurant in {B} with a {b} partner.
The {a} opposition accused its own government of copying {B}.
In {A} the ruling party criticised plans to build houses as in {B}.
A minister in {A} resigned after a holiday in {B}.
{a} teachers demanded the same pay as their colleagues in {B}.
{a} truckers protested against cheap {good} from {B}.
The parliament of {A} debated a school reform that is modelled on that of {B}.
A {a} court fined a trader who had sold {b} {good} under a false label.
{a} customs officers found cigarettes from {B} in a lorry-load of {good}.
Police in {A} are looking for a man who stole a {b} painting.
A judge in {A} sentenced a smuggler of {b} watches to {n} years.
A {a} hiker was rescued from a ravine in {B}.
A {a} engineer who had moved to {B} as a child won a medal for a bridge.
Her parents fled {A} and settled in {B}, where she learned to sing.
The {a} historian spent {n} years in the archives of {B}.
The {a} empire conquered what is now {B} and ruled it for {n} centuries.
Merchants from {A} brought {good} to {B} in the Middle Ages.
{a} researchers tested a vaccine with volunteers in {B}.
A satellite built by students in {A} was tracked by amateurs in {B}.
A {a} bakery supplies hotels in {B} with bread made of {good}.
The {a} captain attacked early, and {B} never recovered in the {game}.
{A} bombarded the {b} goal for an hour in the {game} but scored only once.
The {a} coach accused the referee of helping {B} in the {game}.
The {a} federation signed a {b} trainer for {n} years.
Courses in {a} cooking and {b} dancing start in autumn.
The city museum borrowed {n} {a} masks from a collector in {B}.
The {a} language is taught in {n} schools in {B}.
""".strip().splitlines()


def made(names, count, seed):
    """`count` texts of each kind: those of `negatives.py`, and these."""
    common = negatives.TEMPLATES
    out = negatives.sentences(names, count, seed)
    negatives.TEMPLATES = TEMPLATES
    out += negatives.sentences(names, count, seed + 1)
    negatives.TEMPLATES = common
    random.Random(seed).shuffle(out)
    return out


def rows(names, count, seed):
    """The same as rows in which nothing is done."""
    for text in made(names, count, seed):
        spans = sorted({span for pair in text["pairs"] for span in (pair["source"], pair["target"])})
        asked = [(i, j) for i in range(len(spans)) for j in range(len(spans)) if i != j]
        yield dict(text=text["text"], spans=spans, codes=["" for _ in spans], article="", fold=None,
                   pairs=[dict(s=i, t=j, tie=0, tie_weight=0.5, hidden=False) for i, j in asked])


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--states", required=True)
    p.add_argument("--count", type=int, default=150, help="texts of each kind: these, and those of `negatives.py`")
    p.add_argument("--seed", type=int, default=21)
    args = p.parse_args()
    for number, row in enumerate(made(Names(args.states), args.count, args.seed)):
        print(json.dumps(dict(id=f"bystanders-{number}", published_at="2024-05-06", text=row["text"], events=[]), ensure_ascii=False))


if __name__ == "__main__":
    main()
