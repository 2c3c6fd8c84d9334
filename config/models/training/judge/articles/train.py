"""Trains the judge's branch for articles: some layers of its own and a head over the frozen trunk of `judge.zst`.

The trunk's states are computed once, for several copies of each sentence in which the states are exchanged for others. Some branches
learn without one part of the articles each (`reader1.bin` and on): what they say of that part is what they would say of articles nobody has seen,
and the weights of `entente train fusion` are fitted on it. `reader0.bin` learns from all. With `--start` a branch goes on from another, with more articles or
others; the one that is in `judge.zst` went on so, and left a part out by which it was chosen.
"""

import argparse
import json
import math
import pathlib
import random
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics import average_precision_score, f1_score

import bystanders
from rows import annotated
from trunk import Head, Layer, Trunk

sys.path.append(str(pathlib.Path(__file__).parent.parent))
from data import Names

LONGEST, PER_PAIR, MOST = 96, 3, 24
N_ACTS, N_TIES, N_STATUSES = 16, 4, 6


class Branch(torch.nn.Module):
    def __init__(self, trunk, depth, own):
        super().__init__()
        self.layers = torch.nn.ModuleList(Layer(trunk.width, trunk.inner, trunk.heads) for _ in range(own))
        for ours, theirs in zip(self.layers, trunk.layers[depth:]):
            ours.load_state_dict(theirs.state_dict())
        self.head = Head(trunk.width, trunk.hidden, trunk.pair_heads)
        self.head.load_state_dict(trunk.head.state_dict())

    def forward(self, x, mask, marks, owner, s, t):
        """What `trunk.Head` computes, with the keys of a sentence shared by all its pairs. `marks`: the share of each piece in each span of
        each sentence; `owner`, `s`, `t`: of each pair its sentence and its spans, pairs of one sentence together."""
        for layer in self.layers:
            x = layer(x, mask)
        head, (count, length, width) = self.head, x.shape
        means = torch.bmm(marks.to(x.dtype), x)
        both = torch.cat([means[owner, s], means[owner, t]], 1)
        pairs = torch.bincount(owner, minlength=count)
        slot = torch.arange(len(owner)) - (torch.cumsum(pairs, 0) - pairs)[owner]
        query = head.query(both)
        asked = query.new_zeros(count, int(pairs.max()), width).index_put((owner, slot), query)
        asked = asked.view(count, -1, head.heads, width // head.heads).transpose(1, 2)
        key, value = head.look(x).view(count, length, 2, head.heads, width // head.heads).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(asked, key, value, attn_mask=mask[:, None, None, :], scale=1.0)
        seen = seen.transpose(1, 2).reshape(count, -1, width)[owner, slot]
        y = head.drop(torch.cat([both, seen.to(both.dtype)], 1))
        return head.out(head.drop(F.gelu(head.hidden(y)))).float()

    @torch.no_grad()
    def rounded(self):
        """Weights in eight bits, one scale a row."""
        for weight in self.parameters():
            if weight.dim() == 2:
                scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-12) / 127
                weight.copy_((weight / scale).round().clamp(-127, 127) * scale)
        return self

    def packed(self, depth, sharpness=(1.0, 1.0)):
        """As `src/event/judge/model.rs` reads it."""
        import struct

        out = bytearray(struct.pack("<2I2f", depth, len(self.layers), *sharpness))

        def linear(one):
            nonlocal out
            weight = one.weight.detach().numpy()
            scale = np.abs(weight).max(1) / 127
            scale[scale == 0] = 1
            out += scale.astype("<f4").tobytes() + one.bias.detach().numpy().astype("<f4").tobytes()
            out += np.clip(np.rint(weight / scale[:, None]), -127, 127).astype(np.int8).tobytes()

        def norm(one):
            nonlocal out
            out += one.weight.detach().numpy().astype("<f4").tobytes() + one.bias.detach().numpy().astype("<f4").tobytes()

        for layer in self.layers:
            linear(layer.attend), linear(layer.merge), norm(layer.merged)
            linear(layer.up), linear(layer.down), norm(layer.done)
        linear(self.head.query), linear(self.head.look), linear(self.head.hidden), linear(self.head.out)
        return bytes(out)


def cut(tokenizer, numbers, text, spans):
    """Pieces, and for each span its first and last piece, the last exclusive; (0, 1) for one that is not there."""
    encoded = tokenizer.encode(text)
    ids, offsets = [numbers[k] for k in encoded.ids], encoded.offsets
    if len(ids) > LONGEST:
        ids, offsets = ids[: LONGEST - 1] + ids[-1:], offsets[: LONGEST - 1] + [(0, 0)]
    ends = []
    for span in spans:
        inside = [k for k, (a, b) in enumerate(offsets) if b > a and a < span[1] and b > span[0]] if span else []
        ends.append((inside[0], inside[-1] + 1) if inside else (0, 1))
    return ids, ends


def labels(pairs):
    n = len(pairs)
    y = dict(acts=np.ones((n, PER_PAIR, N_ACTS), bool), act_w=np.zeros((n, PER_PAIR), np.float32), tie=np.zeros(n, np.int64),
             tie_w=np.zeros(n, np.float32), status=np.ones((n, N_STATUSES), bool), status_w=np.zeros(n, np.float32),
             soft=np.zeros((n, 26), np.float32), soft_w=np.zeros(n, np.float32))
    for i, p in enumerate(pairs):
        hard = p.get("hard", 1.0)
        sets = p.get("acts", [])[:PER_PAIR]
        for k, one in enumerate(sets):
            y["acts"][i, k] = False
            y["acts"][i, k, one] = True
            y["act_w"][i, k] = hard * p["act_weight"] / len(sets)
        y["tie"][i], y["tie_w"][i] = p.get("tie", 0), hard * p.get("tie_weight", 0.0)
        if p.get("statuses"):
            y["status"][i] = False
            y["status"][i, p["statuses"]] = True
            y["status_w"][i] = hard * p["status_weight"]
        if p.get("soft") is not None:
            y["soft"][i], y["soft_w"][i] = p["soft"], p["soft_weight"]
    return y


def loss_of(logits, y):
    """Negative log probabilities: of the acts that the labels allow, of the tie, of the statuses; and the distance from a teacher."""
    acts, ties, statuses = (F.log_softmax(x, 1) for x in logits.split([N_ACTS, N_TIES, N_STATUSES], 1))
    loss = -(torch.logsumexp(acts.unsqueeze(1).masked_fill(~y["acts"], -1e4), 2) * y["act_w"]).sum()
    loss = loss - (ties.gather(1, y["tie"][:, None]).squeeze(1) * y["tie_w"]).sum()
    loss = loss - (torch.logsumexp(statuses.masked_fill(~y["status"], -1e4), 1) * y["status_w"]).sum()
    for_acts, for_ties, for_statuses = y["soft"].split([N_ACTS, N_TIES, N_STATUSES], 1)
    some = 1 - for_ties[:, 0]
    loss = loss - ((for_acts * acts).sum(1) * y["soft_w"] * (0.1 + 0.9 * some)).sum()
    loss = loss - ((for_ties * ties).sum(1) * y["soft_w"]).sum()
    return loss - 0.3 * ((for_statuses * statuses).sum(1) * y["soft_w"] * some).sum()


class Cache:
    """States of the trunk for every copy of every row."""

    def __init__(self, trunk, tokenizer, numbers, names, rows, copies, depth, seed):
        rng = random.Random(seed)
        items = []
        for row in rows:
            for copy in range(copies):
                text, spans = row["text"], row["spans"]
                if copy:
                    text, moved = names.swap(rng, text, [s for s in spans if s])
                    moved = iter(moved)
                    spans = [next(moved) if s else None for s in spans]
                items.append(cut(tokenizer, numbers, text, spans))
        self.copies, self.pairs = copies, [row["pairs"] for row in rows]
        self.ends = [ends for _, ends in items]
        self.states = [None] * len(items)
        order = sorted(range(len(items)), key=lambda k: len(items[k][0]))
        began = time.time()
        for start in range(0, len(order), 64):
            some = order[start : start + 64]
            ids, mask = padded([torch.tensor(items[k][0]) for k in some])
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                states = trunk.states(ids, mask, depth).bfloat16()
            for k, row in zip(some, states):
                self.states[k] = row[: len(items[k][0])].clone()
        print(f"{len(items)} sentences read in {time.time() - began:.0f} s", flush=True)

    def __len__(self):
        return len(self.pairs)

    def batch(self, chosen, rng=None, drop=0.0):
        """`chosen`: rows; a random copy of each, and at most MOST of its pairs, where `rng` is given."""
        states, ends, owner, pairs = [], [], [], []
        for k, row in enumerate(chosen):
            at = row * self.copies + (rng.randrange(self.copies) if rng else 0)
            some = self.pairs[row]
            if rng and len(some) > MOST:
                some = rng.sample(some, MOST)
            states.append(self.states[at])
            ends.append(self.ends[at])
            owner += [k] * len(some)
            pairs += some
        x, mask = padded(states)
        if drop:
            mask = mask & (torch.rand(mask.shape) >= drop)
            mask[:, 0] = True
        marks = torch.zeros(len(chosen), max(map(len, ends)), x.shape[1])
        for k, spans in enumerate(ends):
            for j, (first, last) in enumerate(spans):
                marks[k, j, first:last] = 1 / (last - first)
        sides = [torch.tensor([p[side] for p in pairs]) for side in "st"]
        return (x, mask, marks, torch.tensor(owner), *sides), pairs

    def lengths(self):
        return [len(self.states[k * self.copies]) for k in range(len(self))]


def padded(rows):
    n = max(map(len, rows))
    out = torch.zeros(len(rows), n, *rows[0].shape[1:], dtype=rows[0].dtype)
    mask = torch.zeros(len(rows), n, dtype=torch.bool)
    for k, row in enumerate(rows):
        out[k, : len(row)] = row
        mask[k, : len(row)] = True
    return out, mask


def fit(branch, parts, epochs, seed, args):
    """`parts`: (cache, rows, how many an epoch)."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    own, head = list(branch.layers.parameters()), list(branch.head.parameters())
    optimizer = torch.optim.AdamW([dict(params=own, lr=args.lr), dict(params=head, lr=args.head_lr)], weight_decay=0.02)
    per = [min(len(rows), count) for _, rows, count in parts]
    steps = math.ceil(sum(per) / args.batch) * epochs + epochs
    step = 0
    for epoch in range(epochs):
        began, total, count = time.time(), 0.0, 0
        batches = []
        for (cache, rows, _), many in zip(parts, per):
            lengths = cache.lengths()
            some = rng.sample(rows, many)
            for i in range(0, len(some), args.batch * 8):
                chunk = sorted(some[i : i + args.batch * 8], key=lambda k: lengths[k])
                batches += [(cache, chunk[j : j + args.batch]) for j in range(0, len(chunk), args.batch)]
        rng.shuffle(batches)
        branch.train()
        for cache, chosen in batches:
            done = step / steps
            rate = min(done / 0.08 + 0.01, 1.0, (1 - done) / 0.92)
            for group, base in zip(optimizer.param_groups, (args.lr, args.head_lr)):
                group["lr"] = base * rate
            asked, pairs = cache.batch(chosen, rng, args.drop)
            with torch.autocast("cpu", torch.bfloat16):
                logits = branch(*asked)
            y = {k: torch.from_numpy(v) for k, v in labels(pairs).items()}
            loss = loss_of(logits.float(), y) / len(chosen)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(own + head, 1.0)
            optimizer.step()
            total, count, step = total + loss.item(), count + 1, step + 1
        print(f"epoch {epoch + 1} loss {total / count:.3f} {time.time() - began:.0f} s", flush=True)
    return branch


@torch.no_grad()
def predict(branch, cache, rows):
    branch.eval()
    out = {}
    lengths = cache.lengths()
    order = sorted(rows, key=lambda k: lengths[k])
    for start in range(0, len(order), 48):
        some = order[start : start + 48]
        asked, _ = cache.batch(some)
        with torch.autocast("cpu", torch.bfloat16):
            logits = branch(*asked)
        for k, row in enumerate(some):
            out[row] = logits[asked[3] == k].float().numpy()
    return out


def softmax(x):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def scores(rows, answers, hidden):
    """Of the unordered pairs of which the annotation says something: whether anything is done, which act, which way."""
    truth, sure, act, way = [], [], [], []
    for at, logits in answers.items():
        pairs = rows[at]["pairs"]
        index = {(p["s"], p["t"]): k for k, p in enumerate(pairs)}
        for (s, t), k in index.items():
            p = pairs[k]
            if s > t or p["tie_weight"] < 0.5 or p["hidden"] != hidden:
                continue
            one, two = logits[k][None], logits[index[t, s]][None]
            ties = (softmax(one[:, 16:20])[0] + softmax(two[:, 16:20])[0][[0, 2, 1, 3]]) / 2
            truth.append(p["tie"] != 0)
            sure.append(1 - ties[0])
            if p["tie"]:
                way.append(1 + int(ties[1:].argmax()) == p["tie"])
                best = softmax((two if ties[2] > ties[1] else one)[:, :16])[0].argmax()
                act.append(any(best in one for q in (p, pairs[index[t, s]]) for one in q.get("acts", [])))
    truth, sure = np.array(truth), np.array(sure)
    best = max((f1_score(truth, sure > c), c) for c in np.arange(0.1, 0.95, 0.05))
    return (f"{len(truth)} pairs, AP {average_precision_score(truth, sure):.3f}, F1 {best[0]:.3f} at {best[1]:.2f}, act {np.mean(act):.3f}, "
            f"way {np.mean(way):.3f}")


def report(what, rows, answers):
    for kind, hidden in (("named", False), ("implied", True)):
        print(what, kind, scores(rows, answers, hidden), flush=True)


def taught(path, labels_path, kinds):
    """Rows that a teacher has answered about, with its answers as probabilities."""
    rows, answers = json.load(open(path, encoding="utf-8")), np.load(labels_path)
    out = {}
    for kind in kinds:
        x = answers[kind].astype(np.float32)
        x = np.concatenate([softmax(x[:, :16]), softmax(x[:, 16:20]), softmax(x[:, 20:])], 1)
        at = 0
        for row in rows[kind]:
            row["soft"] = x[at : at + len(row["pairs"])]
            at += len(row["pairs"])
        out[kind] = rows[kind]
    return out


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--judge", required=True, help="judge.zst, unpacked")
    p.add_argument("--model", required=True)
    p.add_argument("--states", required=True)
    p.add_argument("--exports", nargs="+", required=True, help="`entente train reader-pairs` of the annotated articles")
    p.add_argument("--annotations", nargs="+", required=True)
    p.add_argument("--always", nargs="*", default=[], help="annotated articles from which every branch learns")
    p.add_argument("--parts", type=int, default=4, help="into which the other articles are divided")
    p.add_argument("--teacher", nargs=2, help="rows and answers of the teachers")
    p.add_argument("--raw", type=int, default=0, help="raw sentences that the teachers answered about, in all and an epoch")
    p.add_argument("--raw-epoch", type=int, default=1200)
    p.add_argument("--bystanders", type=int, default=200, help="texts of each kind in which no state does anything")
    p.add_argument("--start", help="a branch (`reader*.pt`) to go on from, instead of the trunk's own layers and head")
    p.add_argument("--depth", type=int, default=4)
    p.add_argument("--own", type=int, default=2)
    p.add_argument("--copies", type=int, default=2)
    p.add_argument("--lr", type=float, default=1.5e-4)
    p.add_argument("--head-lr", type=float, default=5e-4)
    p.add_argument("--epochs", type=int, default=6)
    p.add_argument("--batch", type=int, default=24)
    p.add_argument("--drop", type=float, default=0.05)
    p.add_argument("--soft", type=float, default=0.7)
    p.add_argument("--hard", type=float, default=0.6)
    p.add_argument("--folds", type=int, nargs="*", default=[1, 2, 3, 4, 0])
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--out", required=True, help="folder")
    args = p.parse_args()
    torch.set_num_threads(args.threads)
    trunk = Trunk(args.judge)
    tokenizer, numbers = trunk.tokenizer(args.model)
    names = Names(args.states)
    rows = annotated(args.exports, args.annotations, args.always, args.parts)
    rows += bystanders.rows(names, args.bystanders, args.seed)
    raw = []
    if args.teacher:
        known = taught(*args.teacher, ["gold", "raw"])
        soft = {(r["text"], r["codes"][p["s"]], r["codes"][p["t"]]): s for r in known["gold"] for p, s in zip(r["pairs"], r["soft"])}
        met = 0
        for row in rows:
            for pair in row["pairs"]:
                found = soft.get((row["text"], row["codes"][pair["s"]], row["codes"][pair["t"]]))
                if found is not None:
                    pair.update(soft=found, soft_weight=args.soft, hard=args.hard)
                    met += 1
        print(f"{met} of {sum(len(r['pairs']) for r in rows)} pairs have a teacher's answer")
        raw = random.Random(args.seed).sample(known["raw"], min(args.raw, len(known["raw"])))
        for row in raw:
            for pair, answer in zip(row["pairs"], row["soft"]):
                pair.update(soft=answer, soft_weight=0.6, hard=0.0)
    gold = Cache(trunk, tokenizer, numbers, names, rows, args.copies, args.depth, args.seed)
    others = Cache(trunk, tokenizer, numbers, names, raw, 1, args.depth, args.seed) if raw else None
    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    # Which branch has not learned from an article.
    kept = sorted({(row["article"], row["fold"]) for row in rows if row["fold"]})
    (out / "folds.tsv").write_text("".join(f"{article}\t{fold}\n" for article, fold in kept))
    answers = {}
    for fold in args.folds:
        torch.manual_seed(args.seed)
        branch = Branch(trunk, args.depth, args.own)
        if args.start:
            branch.load_state_dict(torch.load(args.start))
        parts = [(gold, [k for k, row in enumerate(rows) if row["fold"] != fold], 10**9)]
        if others:
            parts.append((others, list(range(len(raw))), args.raw_epoch))
        print("fold", fold, flush=True)
        fit(branch, parts, args.epochs, args.seed * 10 + fold, args).rounded()
        (out / f"reader{fold}.bin").write_bytes(branch.packed(args.depth))
        torch.save(branch.state_dict(), out / f"reader{fold}.pt")
        if fold:
            own = predict(branch, gold, [k for k, row in enumerate(rows) if row["fold"] == fold])
            answers.update(own)
            report(f"fold {fold},", rows, own)
    if answers:
        report("all folds,", rows, answers)


if __name__ == "__main__":
    main()
