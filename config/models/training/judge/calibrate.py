"""Scores of cross-validation with their intervals, and the sharpness that makes probabilities mean what they say.

The sharpness is fitted on the held-out answers; its own effect on calibration is measured with each fold left out in turn.
"""

import argparse

import numpy as np
import torch
from sklearn.metrics import f1_score

from data import ACTS, GROUP, ROOTS, allowed, relations


def probabilities(logits, sharpness=1.0):
    acts = torch.softmax(torch.tensor(logits[:, : len(ACTS)] * sharpness), 1).numpy()
    return np.stack([acts[:, [ACTS.index(a) for a in allowed(r)]].sum(1) for r in ROOTS], 1)


def loss(logits, gold, sharpness):
    p = probabilities(logits, sharpness)
    return -np.log(np.maximum(p[np.arange(len(gold)), gold], 1e-9)).mean()


def best(logits, gold):
    return min(np.arange(0.3, 2.01, 0.02), key=lambda s: loss(logits, gold, s))


def error(p, gold, bins=10):
    """Expected calibration error of the likeliest class, in bins of equal size."""
    sure, right = p.max(1), p.argmax(1) == gold
    order = np.argsort(sure)
    return sum(len(part) * abs(sure[part].mean() - right[part].mean()) for part in np.array_split(order, bins)) / len(gold)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("answers", nargs="+", help="what `train.py folds` wrote, of the same seed")
    p.add_argument("--data", required=True)
    args = p.parse_args()
    parts = [np.load(a) for a in args.answers]
    logits, fold, seen = np.zeros_like(parts[0]["logits"]), parts[0]["fold"], []
    for part in parts:
        logits[part["seen"]] = part["logits"][part["seen"]]
        seen += part["seen"].tolist()
    seen = np.array(sorted(set(seen)))
    examples = relations(args.data)
    gold = np.array([ROOTS.index(examples[i]["root"]) for i in seen])
    penta = np.array([examples[i]["penta"] for i in seen])
    logits, fold = logits[seen], fold[seen]
    plain = probabilities(logits)
    groups = np.stack([plain[:, [i for i, r in enumerate(ROOTS) if GROUP[r] == g]].sum(1) for g in (1, 2, 3, 4)], 1).argmax(1) + 1
    rng = np.random.default_rng(1)
    rows = [rng.integers(0, len(gold), len(gold)) for _ in range(1000)]
    for name, truth, said in (("15 classes", gold, plain.argmax(1)), ("4 groups", penta, groups)):
        # In a draw where a rare class is missing, it is left out of the mean.
        draws = sorted(f1_score(truth[r], said[r], average="macro", labels=np.unique(truth[r]), zero_division=0) for r in rows)
        print(f"{name}: macro-F1 {f1_score(truth, said, average='macro'):.3f}, 95% {draws[25]:.3f} to {draws[974]:.3f}, right {np.mean(truth == said):.3f}")
    each = f1_score(gold, plain.argmax(1), average=None)
    print(", ".join(f"{r} {f:.2f}" for r, f in zip(ROOTS, each)))
    held = plain.copy()
    for k in np.unique(fold):
        held[fold == k] = probabilities(logits[fold == k], best(logits[fold != k], gold[fold != k]) if len(np.unique(fold)) > 1 else 1.0)
    print(f"calibration error {error(plain, gold):.3f}, with the sharpness of the other folds {error(held, gold):.3f}")
    print(f"sharpness {best(logits, gold):.2f}, {len(gold)} sentences")


if __name__ == "__main__":
    main()
