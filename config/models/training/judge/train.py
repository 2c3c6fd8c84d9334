"""Trains the judge: `general` on what is not relation data, once; `folds` and `final` on the relation data, from there."""

import argparse
import math
import random
import time

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics import f1_score
from tokenizers import Tokenizer

import negatives
from data import ACTS, GROUP, ROOTS, Names, allowed, folds, grouped, judged, quads, relations, silver, stories
from encoder import Judge

LONGEST = 96
TIES = ["none", "forward", "backward", "both"]
MIRROR = dict(none="none", forward="backward", backward="forward", both="both")


def tensors(tokenizer, items):
    """Items: (text, [(source, target)]). One row a text; spans as weights over its tokens, one row a pair."""
    encoded = [tokenizer.encode(text) for text, _ in items]
    n = min(LONGEST, max(len(e.ids) for e in encoded))
    ids = torch.zeros(len(items), n, dtype=torch.long)
    mask = torch.zeros(len(items), n, dtype=torch.long)
    owner, source, target = [], [], []
    for i, (e, (_, pairs)) in enumerate(zip(encoded, items)):
        got = min(n, len(e.ids))
        ids[i, :got] = torch.tensor(e.ids[:got])
        mask[i, :got] = 1
        offsets = e.offsets[:got] + [(0, 0)] * (n - got)
        for pair in pairs:
            owner.append(i)
            for span, rows in zip(pair, (source, target)):
                inside = [float(b > a and a < span[1] and b > span[0]) for a, b in offsets]
                if not any(inside):
                    inside[0] = 1.0
                total = sum(inside)
                rows.append([x / total for x in inside])
    return dict(ids=ids, mask=mask, owner=torch.tensor(owner), source=torch.tensor(source), target=torch.tensor(target))


def loss_of(logits, pairs, count):
    """Negative log probabilities: of the acts that the label allows, of the tie, of the status."""
    n = len(pairs)
    may, tie = torch.zeros(n, len(ACTS)), torch.zeros(n, len(TIES))
    act_w, tie_w, status_w = torch.zeros(n), torch.zeros(n), torch.zeros(n)
    status = torch.zeros(n, dtype=torch.long)
    soft, soft_w = torch.zeros(n, len(ACTS)), torch.zeros(n)
    for i, p in enumerate(pairs):
        if p.get("root"):
            may[i, [ACTS.index(a) for a in allowed(p["root"])]] = 1
            act_w[i] = p.get("weight", 1.0)
        elif p.get("group"):
            may[i, [k for k, a in enumerate(ACTS) if GROUP[a] == p["group"] or (a == "CONCEDE" and p["group"] == 2)]] = 1
            act_w[i] = 0.5
        else:
            may[i] = 1
        if p.get("soft") is not None:
            soft[i] = torch.tensor(p["soft"])
            soft_w[i] = 1.0
        if p.get("tie"):
            tie[i, TIES.index(p["tie"])] = 1
            tie_w[i] = p.get("tie_weight", 0.5)
        if p.get("status") is not None:
            status[i] = p["status"]
            status_w[i] = 0.2
    acts = F.log_softmax(logits[:, : len(ACTS)], 1)
    ties = F.log_softmax(logits[:, len(ACTS) : len(ACTS) + 4], 1)
    loss = (-torch.logsumexp(acts.masked_fill(may == 0, -1e4), 1) * act_w).sum()
    loss = loss - ((soft * acts).sum(1) * soft_w).sum()
    loss = loss - ((tie * ties).sum(1) * tie_w).sum()
    loss = loss + (F.cross_entropy(logits[:, len(ACTS) + 4 :], status, reduction="none") * status_w).sum()
    return loss / count


def fit(args, model, epochs, draw, names, tokenizer, seed):
    """`draw(epoch)` gives the sentences of an epoch."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    body = [p for n, p in model.named_parameters() if n.startswith("encoder.") and p.requires_grad]
    head = [p for n, p in model.named_parameters() if not n.startswith("encoder.")]
    optimizer = torch.optim.AdamW([dict(params=body, lr=args.lr), dict(params=head, lr=args.head_lr)], weight_decay=0.01, fused=True)
    steps = math.ceil(len(draw(0)) / args.batch) * epochs
    warm = max(1, steps // 10)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min((s + 1) / warm, max(0.0, (steps - s) / (steps - warm))))
    masked = tokenizer.token_to_id("[MASK]")
    model.train()
    for epoch in range(epochs):
        began, cpu = time.time(), time.process_time()
        rows = list(draw(epoch))
        rng.shuffle(rows)
        batches = []
        for i in range(0, len(rows), args.batch * 8):
            chunk = sorted(rows[i : i + args.batch * 8], key=lambda r: len(r["text"]))
            batches += [chunk[j : j + args.batch] for j in range(0, len(chunk), args.batch)]
        rng.shuffle(batches)
        total = 0.0
        for batch in batches:
            items, pairs = [], []
            for row in batch:
                text, spans = row["text"], [s for p in row["pairs"] for s in (p["source"], p["target"])]
                if rng.random() < args.swap:
                    text, spans = names.swap(rng, text, spans)
                asked = []
                for p, s, t in zip(row["pairs"], spans[::2], spans[1::2]):
                    asked.append((s, t))
                    pairs.append(p)
                    if p.get("tie") and p.get("soft") is None:
                        # The other way round: the same tie seen from the other side, and no act.
                        asked.append((t, s))
                        pairs.append(dict(tie=MIRROR[p["tie"]], tie_weight=p.get("tie_weight", 0.5)))
                items.append((text, asked))
            inputs = tensors(tokenizer, items)
            if args.word_drop:
                named = torch.zeros_like(inputs["ids"], dtype=torch.float)
                named.index_add_(0, inputs["owner"], inputs["source"] + inputs["target"])
                drop = (torch.rand(inputs["ids"].shape) < args.word_drop) & (named == 0) & (inputs["mask"] == 1)
                drop[:, 0] = False
                inputs["ids"][drop] = masked
            with torch.autocast("cpu", torch.bfloat16):
                logits = model(inputs)
            loss = loss_of(logits.float(), pairs, len(batch))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(body + head, 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1} loss {total / len(batches):.3f} {time.time() - began:.0f}s cpu {time.process_time() - cpu:.0f}s", flush=True)
    return model


@torch.no_grad()
def predict(model, items, tokenizer, batch=32):
    """Logits for the one pair of each item."""
    model.eval()
    order = sorted(range(len(items)), key=lambda i: len(items[i][0]))
    out = [None] * len(items)
    for i in range(0, len(order), batch):
        chosen = order[i : i + batch]
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(tensors(tokenizer, [(items[j][0], [items[j][1:]]) for j in chosen])).float()
        for j, row in zip(chosen, logits):
            out[j] = row.numpy()
    return np.stack(out)


def roots(logits):
    """Probabilities over ROOTS from logits over ACTS."""
    acts = torch.softmax(torch.tensor(logits[:, : len(ACTS)]), 1).numpy()
    return np.stack([acts[:, [ACTS.index(a) for a in allowed(r)]].sum(1) for r in ROOTS], 1)


def score(examples, probabilities):
    gold = [e["root"] for e in examples]
    said = [ROOTS[i] for i in probabilities.argmax(1)]
    groups = np.stack([probabilities[:, [i for i, r in enumerate(ROOTS) if GROUP[r] == g]].sum(1) for g in (1, 2, 3, 4)], 1)
    return (f1_score(gold, said, average="macro"), f1_score([e["penta"] for e in examples], groups.argmax(1) + 1, average="macro"),
            sum(a == b for a, b in zip(gold, said)) / len(gold))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("what", choices=["general", "folds", "final"])
    p.add_argument("--data", required=True)
    p.add_argument("--states", required=True)
    p.add_argument("--silver", help="events of `entente extract --format jsonl` on the raw texts")
    p.add_argument("--model", required=True)
    p.add_argument("--start", help="weights of `general`")
    p.add_argument("--layers", type=lambda s: [int(x) for x in s.split(",")])
    p.add_argument("--lr", type=float, default=1e-4)
    p.add_argument("--head-lr", type=float, default=5e-4)
    p.add_argument("--epochs", type=int, default=6)
    p.add_argument("--batch", type=int, default=16)
    p.add_argument("--swap", type=float, default=0.5)
    p.add_argument("--word-drop", type=float, default=0.1)
    p.add_argument("--replay", type=int, default=120, help="sentences of each further kind an epoch")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--only", type=int, nargs="*")
    p.add_argument("--out", required=True)
    args = p.parse_args()
    torch.set_num_threads(1)
    tokenizer = Tokenizer.from_file(f"{args.model}/tokenizer.json")
    tokenizer.no_padding()
    tokenizer.no_truncation()
    names = Names(args.states)
    examples = relations(args.data)
    fold, twins = folds(examples)
    empty = negatives.sentences(names, 900, 11)
    read = silver(args.silver, 2400, 12) if args.silver else []

    def fresh():
        torch.manual_seed(args.seed)
        model = Judge(args.model, args.layers)
        if args.start:
            model.load_state_dict(torch.load(args.start))
        return model

    if args.what == "general":
        rows = empty + read + stories(args.data, names, 2000, 13) + grouped(quads(args.data, twins))
        print(len(empty), "without events,", len(read), "read by the frames,", len(rows), "in all", flush=True)
        model = fit(args, fresh(), args.epochs, lambda epoch: rows, names, tokenizer, args.seed)
        torch.save(model.state_dict(), args.out)
        return

    def drawing(part):
        rows = judged(part, names)

        def draw(epoch):
            rng = random.Random(f"{args.seed} {epoch}")
            return rows + rng.sample(empty, args.replay) + (rng.sample(read, args.replay) if read else [])

        return draw

    if args.what == "final":
        model = fit(args, fresh(), args.epochs, drawing(examples), names, tokenizer, args.seed)
        torch.save(model.state_dict(), args.out)
        return
    seen, logits = [], np.zeros((len(examples), len(ACTS) + 4 + 6), dtype=np.float32)
    for k in args.only if args.only else range(5):
        part = [e for e, f in zip(examples, fold) if f != k]
        test = [i for i, f in enumerate(fold) if f == k]
        model = fit(args, fresh(), args.epochs, drawing(part), names, tokenizer, args.seed * 100 + k)
        logits[test] = predict(model, [(examples[i]["text"], examples[i]["source"], examples[i]["target"]) for i in test], tokenizer)
        seen += test
        print(f"fold {k}", "macro-F1 {:.3f} groups {:.3f} accuracy {:.3f}".format(*score([examples[i] for i in seen], roots(logits[seen]))), flush=True)
        np.savez(args.out, logits=logits, fold=np.array(fold), seen=np.array(seen))


if __name__ == "__main__":
    main()
