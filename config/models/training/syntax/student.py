"""The student: a small convolutional tagger and first-order parser, trained on gold trees and on the teachers'.

    python student.py data.npz student.pt --silver silver.pt --made made.pt --seed 4 --budget 275

A pass is the gold trees, the teachers' trees of the raw news and of the gold sentences, and as many made sentences as `--pass-words` has
room for. The rate falls over the passes or over the budget, whichever ends first. What is saved is the mean of the last weights, the
tables as the eight-bit integers that they are trained to be; `student.pt.state` goes on training with `--from`.
"""

import argparse
import math
import time

import numpy
import torch
from torch import nn
from torch.nn import functional as F

import corpus
from corpus import DEVICE, Corpus, masked, soft

# Signed distances to the head in buckets: 1 to 8 exactly, then wider.
EDGES = [1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 17, 23, 32]
BUCKETS = 2 * len(EDGES)
# Rows of the tables of prefixes, suffixes and shapes.
TABLES = [4096, 2048, 8192, 16384, 1024]
# Limits of barriers between a child and its head, and of what one costs: the integers of the Rust side hold what is below them.
HIGHEST, DEAREST = 127.0, 15.9
# Tables are in eight bits with six after the point.
GRID, EDGE = 64.0, 1.984


def bucket_table(reach):
    """The bucket of each distance from -reach to reach."""
    side = lambda d: sum(d >= edge for edge in EDGES) - 1
    return [side(-d) if d < 0 else (len(EDGES) + side(d) if d > 0 else 0) for d in range(-reach, reach + 1)]


class Student(nn.Module):
    def __init__(self, words, tags, relations, embed=96, width=128, side=64, arc=64, rel=64, dilations=(1, 2, 4, 8), dropout=0.1, barriers=4):
        super().__init__()
        self.sizes = dict(words=words, tags=tags, embed=embed, width=width, side=side, arc=arc, rel=rel, dilations=tuple(dilations), relations=relations, barriers=barriers)
        # Row 0 of the words is for words that are not in the vocabulary.
        self.tables = nn.ModuleList(nn.Embedding(n, embed) for n in [words, *TABLES])
        for table in self.tables:
            nn.init.normal_(table.weight, std=0.15)
        self.dilations = dilations
        # The first layer sees its neighbours whole, the others their first `side` activations.
        self.sides = [embed if at == 0 else side for at in range(len(dilations))]
        self.layers = nn.ModuleList(nn.Linear((embed if at == 0 else width) + 2 * side, width) for at, side in enumerate(self.sides))
        for layer in self.layers:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            layer.weight.data *= 0.7
        self.tag = nn.Linear(width, tags)
        # Children ask, heads answer; what a distance is worth depends on both.
        self.child = nn.Linear(width, arc)
        self.head = nn.Linear(width, arc)
        self.root = nn.Linear(width, 1)
        self.child_distance = nn.Linear(width, BUCKETS)
        self.head_distance = nn.Linear(width, BUCKETS)
        # What a word is as a barrier, in a few kinds, and what it costs a child to look over it to the left and to the right.
        self.kinds = barriers
        self.barrier = nn.Linear(width, barriers)
        self.cost = nn.Linear(width, 2 * barriers)
        nn.init.zeros_(self.cost.weight)
        nn.init.zeros_(self.cost.bias)
        self.rel_child = nn.Linear(width, rel)
        self.rel_head = nn.Linear(width, rel, bias=False)
        self.rel_root = nn.Parameter(torch.zeros(rel))
        self.rel = nn.Linear(rel, relations)
        self.drop = dropout
        self.register_buffer("buckets", torch.tensor(bucket_table(512)), persistent=False)

    def rows(self, rows):
        """Sums of rows, rounded as the integers will be; the gradient passes by."""
        out = 0
        for at, table in enumerate(self.tables):
            row = F.embedding(rows[at], table.weight)
            out = out + row + (torch.round(row.detach().clamp(-EDGE, EDGE) * GRID) / GRID - row.detach())
        return out

    def encode(self, rows, mask):
        mask = mask.unsqueeze(-1)
        x = F.dropout(self.rows(rows), self.drop, self.training) * mask
        for at, (layer, step, side) in enumerate(zip(self.layers, self.dilations, self.sides)):
            near = x[..., :side]
            left, right = F.pad(near, (0, 0, step, 0))[:, : x.shape[1]], F.pad(near, (0, 0, 0, step))[:, step:]
            y = F.dropout(F.relu(layer(torch.cat([left, x, right], -1))), self.drop, self.training)
            x = (y if at == 0 else x + y) * mask
        return x

    def forward(self, rows, mask):
        """Hidden states, scores of tags, and of arcs [b, child, 1 + head] with the root first."""
        x = self.encode(rows, mask)
        n = x.shape[1]
        arcs = self.child(x) @ self.head(x).transpose(1, 2) / 8
        place = torch.arange(n, device=x.device)
        bucket = self.buckets[(place[None, :] - place[:, None]).clamp(-512, 512) + 512]  # [child, head]
        of_child = torch.gather(self.child_distance(x), 2, bucket.expand(len(x), -1, -1))
        of_head = torch.gather(self.head_distance(x).transpose(1, 2), 1, bucket.expand(len(x), -1, -1))
        arcs = arcs + of_child + of_head + self.barriers(x, mask, place)
        return x, self.tag(x), torch.cat([self.root(x), arcs], -1)

    def barriers(self, x, mask, place):
        """What the words between child and head cost: sums of barriers, weighed by the child."""
        with torch.autocast(DEVICE, enabled=False):
            x = x.float()
            upto = torch.cumsum(F.relu(self.barrier(x)) * mask.unsqueeze(-1), 1)
            before = F.pad(upto, (0, 0, 1, 0))[:, :-1]
            cost = self.cost(x).clamp(-DEAREST, DEAREST)
            after = (place[None, :] > place[:, None])[None, :, :, None]
            right = before[:, None, :, :] - upto[:, :, None, :]
            left = before[:, :, None, :] - upto[:, None, :, :]
            between = torch.where(after, right, left).clamp(0, HIGHEST)
            to_right = torch.einsum("bijk,bik->bij", between, cost[..., self.kinds :])
            to_left = torch.einsum("bijk,bik->bij", between, cost[..., : self.kinds])
            return torch.where(after[..., 0], to_right, to_left)

    def relations(self, x, heads):
        """Scores of relations of each word to the head named (0 the root)."""
        answers = torch.cat([self.rel_root.to(x.dtype).expand(len(x), 1, -1), self.rel_head(x)], 1)
        head = torch.gather(answers, 1, heads.unsqueeze(-1).expand(-1, -1, answers.shape[-1]))
        return self.rel(F.relu(self.rel_child(x) + head))


def rows(types, row_of_type, type, hide=None):
    """Rows of the tables for words [b, n]; words are hidden with the chance that `hide` has for their type."""
    word = row_of_type[type]
    if hide is not None:
        word = word.masked_fill(torch.rand(type.shape, device=DEVICE) < hide[type], 0)
    shape = torch.cat([types.shapes[type[:, :1], 0], types.shapes[type, 1][:, 1:]], 1)
    return [word, *types.parts[type].unbind(-1), shape]


def evaluate(model, types, row_of_type, data, universal, pair_upos, words=8000):
    """UPOS, UAS, LAS with each word's best head (no tree is made of them)."""
    model.eval()
    upos = uas = las = count = 0
    with torch.no_grad():
        for batch in data.batches(words, False):
            mask, _, type, tag, head, rel = data.get(batch, "type", "tag", "head", "rel")
            x, tags, arcs = model(rows(types, row_of_type, type.long()), mask)
            heads = masked(arcs, mask).argmax(-1)
            relation = universal[model.relations(x, heads).argmax(-1)]
            right = (heads == head[..., 0]) & mask
            uas += right.sum()
            las += (right & (relation == rel[..., 0])).sum()
            upos += ((pair_upos[tags.argmax(-1)] == tag[..., 0]) & mask).sum()
            count += mask.sum()
    return tuple(round(100 * float(x) / float(count), 2) for x in (upos, uas, las))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("out")
    parser.add_argument("--silver")
    parser.add_argument("--made", nargs="*", default=[])
    parser.add_argument("--gold", type=int, default=1, help="times that gold trees are in a pass")
    parser.add_argument("--pass-words", type=float, default=2.5e6, help="made words in a pass")
    parser.add_argument("--passes", type=int, default=60)
    parser.add_argument("--budget", type=float, default=1e9, help="seconds in which training ends, the start with them")
    parser.add_argument("--batch", type=int, default=12000)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--embed", type=int, default=96)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--arc", type=int, default=64)
    parser.add_argument("--rel", type=int, default=64)
    parser.add_argument("--dilations", type=int, nargs="*", default=[1, 2, 4, 8])
    parser.add_argument("--dropout", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", dest="start", help="a student.pt.state to go on from")
    args = parser.parse_args()
    start = time.time()
    torch.manual_seed(args.seed)
    generator = numpy.random.default_rng(args.seed)
    types, corpora, numbers = corpus.load(args.data)
    pair_upos = torch.tensor(numbers["pairs"].astype(numpy.int64), device=DEVICE)[:, 0]
    universal = torch.tensor(numbers["universal"].astype(numpy.int64), device=DEVICE)
    gold = corpora["gold"]
    fixed = [gold] * args.gold
    if args.silver:
        saved = torch.load(args.silver, map_location=DEVICE)
        # The teachers' doubts about the treebanks, too.
        fixed += [Corpus.load(saved["raw"]), Corpus.load(saved["gold"])]
    made = [Corpus.load(torch.load(p, map_location=DEVICE)["made"]) for p in args.made]
    made = Corpus.join(made) if made else None
    # Words with a row: those met three times, in texts or in made sentences.
    everything = torch.cat([c.type for c in [gold, *fixed[args.gold :], *([made] if made else [])]]).long()
    met = torch.bincount(everything, minlength=len(types.hash)).float()
    if not args.made:
        texts = torch.cat([gold.type, corpora["raw"].type]).long()
        met = torch.bincount(texts, minlength=len(types.hash)).float()
    hashes, form = torch.unique(types.hash, return_inverse=True)
    counts = torch.zeros(len(hashes), device=DEVICE).index_add_(0, form, met)
    keep = counts >= 3
    row = torch.cumsum(keep.long(), 0) * keep
    row_of_type, hashes = row[form], hashes[keep]
    # The rarer a word, the more often it is hidden, so that its parts learn to stand for it.
    hide = (2.0 / (counts + 1e-6)).clamp(0.03, 0.4)[form]
    sizes = dict(words=len(hashes) + 1, tags=len(pair_upos), relations=len(universal), embed=args.embed, width=args.width, side=args.side,
                 arc=args.arc, rel=args.rel, dilations=tuple(args.dilations))
    model = Student(**sizes, dropout=args.dropout).to(DEVICE)
    shadow = Student(**sizes, dropout=0).to(DEVICE)
    if args.start:
        model.load_state_dict(torch.load(args.start, map_location=DEVICE))
    shadow.load_state_dict(model.state_dict())
    tables = list(model.tables.parameters())
    dense = [p for n, p in model.named_parameters() if not n.startswith("tables")]
    optimizer = torch.optim.AdamW([{"params": dense, "weight_decay": 0.01}, {"params": tables, "weight_decay": 0.0}], lr=args.rate, betas=(0.9, 0.98), eps=1e-8, fused=True)
    shadows, lives = list(shadow.parameters()), list(model.parameters())

    def a_pass():
        parts = list(fixed)
        if made:
            many = max(1, int(len(made.length) * min(1.0, args.pass_words / len(made.type))))
            parts.append(made.take(torch.randperm(len(made.length))[:many]))
        data = Corpus.join(parts)
        return data, data.batches(args.batch, True, generator)

    data, batches = a_pass()
    total, step, begun, done = args.passes * len(batches), 0, time.time(), False
    budget = max(1.0, args.budget - (begun - start))
    print(f"{len(hashes)} words, {len(made.type) if made else 0} made, {len(data.type)} a pass, {total} steps, {begun - start:.0f}s to start", flush=True)
    for turn in range(args.passes):
        if turn:
            data, batches = a_pass()
        model.train()
        running = torch.zeros((), device=DEVICE)
        here = 0
        for batch in batches:
            progress = max(step / total, (time.time() - begun) / budget)
            if progress >= 1:
                done = True
                break
            rate = args.rate * min((step + 1) / 300, 0.5 * (1 + math.cos(math.pi * progress)) + 0.002)
            for group in optimizer.param_groups:
                group["lr"] = rate
            mask, _, type, tag, tag_p, head, head_p, rel, rel_p = data.get(batch, "type", "tag", "tag_p", "head", "head_p", "rel", "rel_p")
            given = rows(types, row_of_type, type.long(), hide)
            with torch.autocast(DEVICE, torch.bfloat16):
                x, tags, arcs = model(given, mask)
                rels = model.relations(x, head[..., 0].long())
            loss = soft(masked(arcs, mask), head, head_p, mask) + soft(rels, rel, rel_p, mask) + soft(tags, tag, tag_p, mask)
            loss.backward()
            nn.utils.clip_grad_norm_(dense, 2.0)
            optimizer.step()
            optimizer.zero_grad()
            step += 1
            here += 1
            with torch.no_grad():
                torch._foreach_lerp_(shadows, lives, 1 - min(0.999, step / (step + 50)))
                running += loss.detach()
                if step % 50 == 0:
                    torch._foreach_clamp_min_(tables, -EDGE)
                    torch._foreach_clamp_max_(tables, EDGE)
        scores = [f"{name} {evaluate(shadow, types, row_of_type, corpora[name], universal, pair_upos)}" for name in ("pud", "ewt")] if done or turn % 3 == 2 or turn + 1 == args.passes else []
        print(f"pass {turn + 1} step {step} loss {float(running) / max(1, here):.3f}", *scores, f"{time.time() - begun:.0f}s", flush=True)
        if scores:
            # Tables as the integers that they become.
            grid = lambda v: torch.round(v.clamp(-EDGE, EDGE) * GRID).to(torch.int8)
            weights = {k: (grid(v) if k.startswith("tables") else v.half()).cpu() for k, v in shadow.state_dict().items()}
            torch.save({"model": weights, "sizes": shadow.sizes, "tags": numbers["pairs"].tolist(), "hashes": hashes.cpu().int()}, args.out)
            torch.save(shadow.state_dict(), args.out + ".state")
        if done:
            break


if __name__ == "__main__":
    main()
