"""Teachers label text with the mean of their chances; and more text, made of it by putting other words in the places of some.

    python label.py data.npz ENCODER_DIR silver.pt made.pt --teachers teacher?.pt --budget 75
"""

import argparse
import time

import numpy
import torch

import corpus
from corpus import DEVICE, TOP, Corpus, masked
from teacher import Teacher, inputs


@torch.no_grad()
def label(models, types, data, words, deadline=1e18):
    """Fills the labels of `data`; returns the sentences that there was time for."""
    data.empty_labels()
    done = []
    generator = numpy.random.default_rng(1)
    for batch in data.batches(words, True, generator):
        if time.time() > deadline:
            break
        done.append(batch)
        mask, where, type = data.get(batch, "type")
        given = inputs(types, type.long(), mask)
        outputs = [model(*given) for model in models]
        tags = sum(torch.softmax(o[0].float(), -1) for o in outputs) / len(models)
        arcs = sum(torch.softmax(masked(o[1], mask), -1) for o in outputs) / len(models)
        heads = arcs.argmax(-1)
        rels = sum(torch.softmax(m.relations(o[2], o[3], heads).float(), -1) for m, o in zip(models, outputs)) / len(models)
        flat = where[mask]
        for name, chances in (("tag", tags), ("head", arcs), ("rel", rels)):
            many = min(TOP, chances.shape[-1])
            chance, best = chances[mask].topk(many, -1)
            getattr(data, name)[flat, :many] = torch.where(chance > 0, best, 0).short()
            getattr(data, name + "_p")[flat, :many] = (chance / chance.sum(-1, keepdim=True)).half()
    return torch.cat(done) if done else torch.zeros(0, dtype=torch.long)


class Maker:
    """Makes sentences of others: some words of open classes give way to words like them, or to words of their tag."""

    def __init__(self, types, data, opened):
        self.types, self.opened = types, opened
        tag, type = data.tag[:, 0].long(), data.type.long()
        order = torch.argsort(tag)
        self.by_tag = type[order]
        counts = torch.bincount(tag, minlength=len(opened))
        self.first, self.many = torch.cumsum(counts, 0) - counts, counts
        pairs = torch.unique(torch.stack([tag, type], 1), dim=0)
        counts = torch.bincount(pairs[:, 0], minlength=len(opened))
        self.kinds, self.kind_first, self.kind_many = pairs[:, 1], torch.cumsum(counts, 0) - counts, counts

    def make(self, data, generator):
        """A copy with other words."""
        out = Corpus(data.type.clone(), data.length)
        total = len(out.type)
        rand = lambda: torch.rand(total, device=DEVICE, generator=generator)
        rate = torch.repeat_interleave(torch.rand(len(data.length), device=DEVICE, generator=generator) * 0.5, data.length_d)
        tag, type = data.tag[:, 0].long(), data.type.long()
        opens = torch.zeros(total, dtype=torch.bool, device=DEVICE)
        opens[data.start_d] = True
        change = (rand() < rate) & self.opened[tag] & ~opens
        like = self.types.near[type, (rand() * self.types.near.shape[1]).long()]
        same = self.by_tag[(self.first[tag] + (rand() * self.many[tag]).long()).clamp(max=len(self.by_tag) - 1)]
        kind = self.kinds[(self.kind_first[tag] + (rand() * self.kind_many[tag]).long()).clamp(max=len(self.kinds) - 1)]
        other = torch.where(rand() < 0.5, same, kind)
        choice = torch.where((like >= 0) & (rand() < 0.6), like, other)
        out.type = torch.where(change, choice, type).int()
        return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("encoder")
    parser.add_argument("out")
    parser.add_argument("made")
    parser.add_argument("--teachers", nargs="+", required=True)
    parser.add_argument("--words", type=int, default=12000)
    parser.add_argument("--budget", type=float, default=60)
    parser.add_argument("--most", type=float, default=16e6, help="words to make at most")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    start = time.time()
    types, corpora, numbers = corpus.load(args.data)
    pairs = torch.tensor(numbers["pairs"].astype(numpy.int64), device=DEVICE)
    universal = torch.tensor(numbers["universal"].astype(numpy.int64), device=DEVICE)
    models = []
    for path in args.teachers:
        saved = torch.load(path)
        model = Teacher(args.encoder, saved["tags"], saved["relations"])
        model.load_state_dict({k: v.float() for k, v in saved["model"].items()})
        models.append((model.to(DEVICE).bfloat16() if DEVICE == "cuda" else model).eval())
    print(f"{len(models)} teachers ready {time.time() - start:.0f}s", flush=True)
    for name in ("pud", "ewt"):
        dev = corpora[name]
        upos, rel, head = dev.tag[:, 0].clone(), dev.rel[:, 0].clone(), dev.head[:, 0].clone()
        label(models, types, dev, args.words)
        right = dev.head[:, 0] == head
        scores = ((pairs[dev.tag[:, 0].long(), 0] == upos).float(), right.float(), (right & (universal[dev.rel[:, 0].long()] == rel)).float())
        print(f"teachers {name}", *(f"{100 * float(s.mean()):.2f}" for s in scores), flush=True)
    gold, raw = corpora["gold"], corpora["raw"]
    label(models, types, raw, args.words)
    label(models, types, gold, args.words)
    print(f"{len(raw.type)} words of news labelled {time.time() - start:.0f}s", flush=True)
    torch.save({"raw": raw.save(), "gold": gold.save()}, args.out)
    opened = torch.tensor(numbers["open"], device=DEVICE)
    base = Corpus.join([raw, gold])
    maker = Maker(types, base, opened)
    generator = torch.Generator(DEVICE).manual_seed(args.seed)
    parts, words, turn = [], 0, 0
    deadline = start + args.budget
    while words < args.most and time.time() < deadline:
        # Web and other genres are few: twice as often.
        made = maker.make(raw if turn % 3 != 1 else Corpus.join([gold, gold, gold]), generator)
        kept = label(models, types, made, args.words, deadline)
        if not len(kept):
            break
        made = made.take(kept)
        parts.append(made)
        words += len(made.type)
        turn += 1
    if parts:
        torch.save({"made": Corpus.join(parts).save()}, args.made)
    print(f"{words} words made {time.time() - start:.0f}s", flush=True)


if __name__ == "__main__":
    main()
