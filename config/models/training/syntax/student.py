"""The student: a small convolutional tagger and first-order parser, trained on gold trees and on the teacher's.

    python student.py ewt-train.conllu gum-train.conllu --silver silver.pt --dev pud-dev.conllu ewt-dev.conllu --out student.pt
"""

import argparse
import math
import random
import time
from collections import Counter

import torch
from torch import nn
from torch.nn import functional as F

import features
import scheme
from tree import decode

torch.set_num_threads(1)

# Signed distances to the head in buckets: 1 to 8 exactly, then wider.
EDGES = [1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 17, 23, 32]
BUCKETS = 2 * len(EDGES)
# Limits of barriers between a child and its head, and of what one costs: the integers of the Rust side hold what is below them.
HIGHEST, DEAREST = 127.0, 15.9


def bucket_table(reach):
    """The bucket of each distance from -reach to reach."""
    side = lambda d: sum(d >= edge for edge in EDGES) - 1
    return [side(-d) if d < 0 else (len(EDGES) + side(d) if d > 0 else 0) for d in range(-reach, reach + 1)]


class Student(nn.Module):
    def __init__(self, words, tags, embed=96, width=128, arc=64, rel=64, dilations=(1, 2, 4), relations=len(scheme.DEPREL), dropout=0.15, barriers=4, whole=False):
        super().__init__()
        self.sizes = dict(words=words, tags=tags, embed=embed, width=width, arc=arc, rel=rel, dilations=dilations, relations=relations)
        sizes = [words, *[n for n in features.TABLES.values() if n]]
        # Row 0 of the words is for words that are not in the vocabulary.
        self.tables = nn.ModuleList(nn.Embedding(n, embed) for n in sizes)
        for table in self.tables:
            nn.init.normal_(table.weight, std=0.15)
        self.dilations = dilations
        # The first layer sees its neighbours whole, the others the first half of theirs.
        self.sides = [embed if at == 0 else width if whole else width // 2 for at in range(len(dilations))]
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

    def encode(self, rows, mask):
        x = sum(table(rows[..., at]) for at, table in enumerate(self.tables))
        mask = mask.unsqueeze(-1)
        x = F.dropout(x, self.drop, self.training) * mask
        for at, (layer, step, side) in enumerate(zip(self.layers, self.dilations, self.sides)):
            near = x[..., :side]
            left, right = F.pad(near, (0, 0, step, 0))[:, : x.shape[1]], F.pad(near, (0, 0, 0, step))[:, step:]
            y = F.relu(layer(torch.cat([left, x, right], -1)))
            y = F.dropout(y, self.drop, self.training)
            x = (y if at == 0 else x + y) * mask
        return x

    def forward(self, rows, mask):
        """Hidden states, scores of tags, and of arcs [b, child, 1 + head] with the root first."""
        x = self.encode(rows, mask)
        n = x.shape[1]
        arcs = self.child(x) @ self.head(x).transpose(1, 2) / 8
        place = torch.arange(n)
        bucket = self.buckets[(place[None, :] - place[:, None]).clamp(-512, 512) + 512]  # [child, head]
        of_child = torch.gather(self.child_distance(x), 2, bucket.expand(len(x), -1, -1))
        of_head = torch.gather(self.head_distance(x).transpose(1, 2), 1, bucket.expand(len(x), -1, -1))
        arcs = arcs + of_child + of_head + self.barriers(x, mask, place)
        return x, self.tag(x), torch.cat([self.root(x), arcs], -1)

    def barriers(self, x, mask, place):
        """What the words between child and head cost: sums of barriers, weighed by the child."""
        with torch.autocast("cpu", enabled=False):
            x = x.float()
            upto = torch.cumsum(F.relu(self.barrier(x)) * mask.unsqueeze(-1), 1)
            before = F.pad(upto, (0, 0, 1, 0))[:, :-1]
            cost = self.cost(x).clamp(-DEAREST, DEAREST)
            right = (before[:, None, :, :] - upto[:, :, None, :]).clamp(0, HIGHEST)
            left = (before[:, :, None, :] - upto[:, None, :, :]).clamp(0, HIGHEST)
            between = torch.where((place[None, :] > place[:, None])[None, :, :, None], right, left)
            to_right = torch.einsum("bijk,bik->bij", between, cost[..., self.kinds :])
            to_left = torch.einsum("bijk,bik->bij", between, cost[..., : self.kinds])
            return torch.where((place[None, :] > place[:, None])[None], to_right, to_left)

    def relations(self, x, heads):
        """Scores of relations of each word to the head named (0 the root)."""
        answers = torch.cat([self.rel_root.to(x.dtype).expand(len(x), 1, -1), self.rel_head(x)], 1)
        head = torch.gather(answers, 1, heads.unsqueeze(-1).expand(-1, -1, answers.shape[-1]))
        return self.rel(F.relu(self.rel_child(x) + head))


class Data:
    """Sentences as tensors: rows, tags, heads with chances, relations, and a weight for each sentence."""

    def __init__(self):
        self.rows, self.tag, self.heads, self.chances, self.rel, self.weight, self.head = [], [], [], [], [], [], []
        self.cache = {}

    def of(self, words, vocabulary):
        out = []
        for at, word in enumerate(words):
            key = (word, at == 0)
            rows = self.cache.get(key)
            if rows is None:
                found = features.rows(word, at == 0)
                rows = self.cache[key] = (vocabulary.get(found[0], 0), *found[1:])
            out.append(rows)
        return torch.tensor(out, dtype=torch.int32)

    def gold(self, sentences, number, vocabulary, weight):
        for s in sentences:
            if len(s.words) > 160:
                continue
            self.rows.append(self.of(s.words, vocabulary))
            self.tag.append(torch.tensor([number.get(pair, -100) for pair in zip(s.upos, s.xpos)]))
            head = torch.tensor([h + 1 for h in s.head])
            self.head.append(head)
            self.heads.append(torch.stack([head, *[torch.zeros_like(head)] * 3], -1).short())
            chance = torch.zeros(len(head), 4)
            chance[:, 0] = 1
            self.chances.append(chance.half())
            self.rel.append(torch.tensor(s.rel))
            self.weight.append(weight)

    def silver(self, saved, vocabulary, weight):
        for s in saved["sentences"]:
            n = len(s["words"])
            if n > 100 or n < 3 or s["top"].shape[1] < 4:
                continue
            self.rows.append(self.of(s["words"], vocabulary))
            self.tag.append(torch.where(s["tag_p"] > 0.5, s["tag"].long(), -100))
            self.head.append(s["head"].long())
            inside = s["top"] <= n
            chances = (s["top_p"].float() * inside).clamp(min=0)
            self.heads.append(torch.where(inside, s["top"], 0))
            self.chances.append((chances / chances.sum(-1, keepdim=True)).half())
            self.rel.append(s["rel"].long())
            self.weight.append(weight)

    def batches(self, words_a_batch, shuffle=True):
        order = list(range(len(self.rows)))
        if shuffle:
            random.shuffle(order)
        order.sort(key=lambda at: len(self.rows[at]) // 2 if shuffle else len(self.rows[at]))
        out, batch = [], []
        for at in order:
            if batch and (len(batch) + 1) * (len(self.rows[at]) + 1) > words_a_batch:
                out.append(batch)
                batch = []
            batch.append(at)
        out.append(batch)
        if shuffle:
            random.shuffle(out)
        return out

    def make(self, batch):
        pad = lambda items, value=0: nn.utils.rnn.pad_sequence([items[at] for at in batch], True, value)
        rows = pad(self.rows).long()
        lengths = torch.tensor([len(self.rows[at]) for at in batch])
        mask = torch.arange(rows.shape[1])[None] < lengths[:, None]
        weight = torch.tensor([self.weight[at] for at in batch])
        return rows, mask, pad(self.tag, -100), pad(self.heads).long(), pad(self.chances).float(), pad(self.head, -1), pad(self.rel, -100), weight


def masked(arcs, mask):
    heads = torch.cat([torch.ones_like(mask[:, :1]), mask], 1)
    n = mask.shape[1]
    loops = torch.cat([torch.zeros(n, 1, dtype=torch.bool), torch.eye(n, dtype=torch.bool)], 1)
    return arcs.float().masked_fill(~heads[:, None, :] | loops, -1e4)


def evaluate(model, data, tags):
    model.eval()
    universal = torch.tensor(scheme.UNIVERSAL)
    pair_upos = torch.tensor([u for u, _ in tags])
    upos = uas = las = count = 0
    with torch.no_grad():
        for batch in data.batches(4000, False):
            rows, mask, tag, _, _, head, rel, _ = data.make(batch)
            x, tag_scores, arcs = model(rows, mask)
            arcs = masked(arcs, mask)
            heads = torch.zeros(mask.shape, dtype=torch.long)
            for row, at in enumerate(batch):
                n = len(data.rows[at])
                heads[row, :n] = torch.tensor(decode(arcs[row, :n, : n + 1].numpy()))
            relation = universal[model.relations(x, heads).argmax(-1)]
            right = (heads == head) & mask
            uas += right.sum().item()
            las += (right & (relation == universal[rel.clamp(min=0)])).sum().item()
            upos += ((pair_upos[tag_scores.argmax(-1)] == tag) & mask).sum().item()
            count += mask.sum().item()
    return tuple(round(100 * x / count, 2) for x in (upos, uas, las))


def dev_data(path, vocabulary):
    data = Data()
    sentences = scheme.read(path)
    data.gold(sentences, {}, vocabulary, 1.0)
    # For scoring the tag is the universal tag alone.
    kept = [s for s in sentences if len(s.words) <= 160]
    data.tag = [torch.tensor(s.upos) for s in kept]
    return data


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+")
    parser.add_argument("--silver", nargs="*", default=[])
    parser.add_argument("--dev", nargs="*", default=[])
    parser.add_argument("--out", default="student.pt")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--gold-passes", type=int, default=2)
    parser.add_argument("--batch", type=int, default=6000)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--embed", type=int, default=96)
    parser.add_argument("--dilations", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--dropout", type=float, default=0.15)
    parser.add_argument("--word-dropout", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", dest="start")
    parser.add_argument("--stop-after", type=int, help="passes after which to stop, the rate falling as if for --epochs")
    parser.add_argument("--barriers", type=int, default=4)
    parser.add_argument("--whole", action="store_true", help="every layer sees its neighbours whole")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    random.seed(args.seed)

    gold = [s for path in args.files for s in scheme.read(path)]
    silver = None
    for path in args.silver:
        part = torch.load(path)
        silver = part if silver is None else {"sentences": silver["sentences"] + part["sentences"], "tags": part["tags"]}
    tags = silver["tags"] if silver else scheme.tag_pairs(gold)
    number = {pair: at for at, pair in enumerate(tags)}
    counts = Counter(features.normal(w) for s in gold for w in s.words)
    if silver:
        counts.update(features.normal(w) for s in silver["sentences"] for w in s["words"])
    # Hashes that collide share a row; in 32 bits that is a word or two.
    hashes = sorted({features.fnv(w.encode()) for w, n in counts.items() if n >= (3 if silver else 2)})
    vocabulary = {h: at + 1 for at, h in enumerate(hashes)}
    data = Data()
    for _ in range(args.gold_passes):
        data.gold(gold, number, vocabulary, 1.0)
    if silver:
        data.silver(silver, vocabulary, 1.0)
        del silver
    dev = [(path, dev_data(path, vocabulary)) for path in args.dev]
    model = Student(len(vocabulary) + 1, len(tags), args.embed, args.width, dilations=tuple(args.dilations), dropout=args.dropout, barriers=args.barriers, whole=args.whole)
    if args.start:
        # A student may start from one with fewer layers; the new ones begin small.
        for name, parameter in model.named_parameters():
            if name.startswith("layers."):
                parameter.data *= 0.1
        before = torch.load(args.start)["model"]
        for name, parameter in model.named_parameters():
            if name.startswith("layers.") and name in before and before[name].shape != parameter.shape:
                # From a student that saw its neighbours whole.
                wide, side = before[name].shape[1] // 3, (parameter.shape[1] - before[name].shape[1] // 3) // 2
                before[name] = torch.cat([before[name][:, :side], before[name][:, wide : 2 * wide], before[name][:, 2 * wide : 2 * wide + side]], 1)
        model.load_state_dict(before, strict=False)
    print(f"{len(vocabulary)} words, {len(data.rows)} sentences, {sum(map(len, data.rows))} words a pass", flush=True)
    dense = [p for n, p in model.named_parameters() if not n.startswith("tables")]
    optimizer = torch.optim.AdamW(
        [{"params": dense, "weight_decay": 0.01}, {"params": model.tables.parameters(), "weight_decay": 0.0}],
        lr=args.rate, betas=(0.9, 0.98), eps=1e-8, fused=True,
    )
    a_pass = len(data.batches(args.batch))
    total, warm, step = args.epochs * a_pass, 200, 0
    rate = lambda s: min((s + 1) / warm, 0.5 * (1 + math.cos(math.pi * min(1.0, s / total))) + 0.002)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    start = time.time()
    for epoch in range(args.stop_after or args.epochs):
        model.train()
        running, seen = 0.0, 0
        for batch in data.batches(args.batch):
            rows, mask, tag, top, chances, head, rel, _ = data.make(batch)
            hidden = torch.rand(rows.shape[:2]) < args.word_dropout
            rows[..., 0] = rows[..., 0].masked_fill(hidden, 0)
            with torch.autocast("cpu", torch.bfloat16):
                x, tag_scores, arcs = model(rows, mask)
                relations = model.relations(x, head.clamp(min=0))
            count = mask.sum()
            logp = torch.log_softmax(masked(arcs, mask), -1)
            arc_loss = -(torch.gather(logp, 2, top) * chances).sum(-1).masked_fill(~mask, 0).sum() / count
            flat = lambda y, t: F.cross_entropy(y.float().flatten(0, 1), t.flatten(), ignore_index=-100)
            loss = arc_loss + flat(relations, rel) + flat(tag_scores, tag)
            loss.backward()
            nn.utils.clip_grad_norm_(dense, 2.0)
            optimizer.step()
            optimizer.zero_grad()
            schedule.step()
            step += 1
            running, seen = running + loss.item(), seen + 1
            if step % 200 == 0:
                print(f"step {step}/{total} loss {running / seen:.3f} {time.time() - start:.0f}s cpu {time.process_time():.0f}s", flush=True)
                running, seen = 0.0, 0
        torch.save({"model": model.state_dict(), "sizes": model.sizes, "tags": tags, "hashes": hashes}, args.out)
        print(f"epoch {epoch + 1}", *(f"{path.split('/')[-1]} {evaluate(model, d, tags)}" for path, d in dev), f"{time.time() - start:.0f}s", flush=True)


if __name__ == "__main__":
    main()
