"""The teacher: a pretrained encoder (all-mpnet-base-v2) fine-tuned as tagger and biaffine parser, which labels raw news.

    python teacher.py train --encoder DIR --out teacher.pt ewt-train.conllu gum-train.conllu --dev pud-dev.conllu ewt-dev.conllu
    python teacher.py label --encoder DIR --model teacher.pt raw.conllu silver.pt
"""

import argparse
import random
import time

import torch
from torch import nn
from torch.nn import functional as F
from transformers import AutoModel, AutoTokenizer

import scheme
from tree import decode

torch.set_num_threads(1)
SHAPES = 8


def shape(word):
    if word.islower():
        return 1
    if word.isupper():
        return 2 if len(word) > 1 else 3
    if word[:1].isupper():
        return 4 if word[1:].islower() else 5
    if any(c.isdigit() for c in word):
        return 6
    return 7 if any(c.isalpha() for c in word) else 0


class Teacher(nn.Module):
    def __init__(self, encoder, tags, relations=len(scheme.DEPREL), arc=384, label=128):
        super().__init__()
        self.encoder = AutoModel.from_pretrained(encoder)
        size = self.encoder.config.hidden_size
        for parameter in self.encoder.embeddings.word_embeddings.parameters():
            parameter.requires_grad = False
        self.mix = nn.Parameter(torch.zeros(4))
        self.shape = nn.Embedding(SHAPES, 32)
        self.first = nn.Embedding(2, 32)
        self.dropout = nn.Dropout(0.2)
        width = size + 64
        self.tag = nn.Sequential(nn.Linear(width, 256), nn.GELU(), nn.Dropout(0.2), nn.Linear(256, tags))
        mlp = lambda out: nn.Sequential(nn.Linear(width, out), nn.GELU(), nn.Dropout(0.25))
        self.arc_head, self.arc_child, self.rel_head, self.rel_child = mlp(arc), mlp(arc), mlp(label), mlp(label)
        self.root = nn.Parameter(torch.randn(width) * 0.02)
        self.arc = nn.Parameter(torch.zeros(arc + 1, arc))
        self.rel = nn.Parameter(torch.zeros(relations, label + 1, label + 1))
        nn.init.xavier_uniform_(self.arc)

    def words(self, pieces, mask, firsts, shapes):
        states = self.encoder(input_ids=pieces, attention_mask=mask, output_hidden_states=True).hidden_states[-4:]
        mixed = sum(w * s for w, s in zip(torch.softmax(self.mix, 0), states))
        words = torch.gather(mixed, 1, firsts.unsqueeze(-1).expand(-1, -1, mixed.shape[-1]))
        opens = torch.zeros_like(shapes)
        opens[:, 0] = 1
        words = torch.cat([words, self.shape(shapes).to(words.dtype), self.first(opens).to(words.dtype)], -1)
        return self.dropout(words)

    def forward(self, pieces, mask, firsts, shapes):
        """Scores of tags [b, n, tags], of arcs [b, child, head] with the root first, and what labels need."""
        words = self.words(pieces, mask, firsts, shapes)
        tags = self.tag(words)
        heads = torch.cat([self.root.to(words.dtype).expand(len(words), 1, -1), words], 1)
        child = self.arc_child(words)
        child = torch.cat([child, torch.ones_like(child[..., :1])], -1)
        arcs = child @ self.arc.to(child.dtype) @ self.arc_head(heads).transpose(1, 2)
        return tags, arcs, self.rel_head(heads), self.rel_child(words)

    def relations(self, rel_head, rel_child, heads):
        """Scores of the relations [b, n, relations] of each word to the head named."""
        head = torch.gather(rel_head, 1, heads.unsqueeze(-1).expand(-1, -1, rel_head.shape[-1]))
        one = lambda x: torch.cat([x, torch.ones_like(x[..., :1])], -1)
        left = torch.einsum("bni,rij->bnrj", one(rel_child), self.rel.to(head.dtype))
        return torch.einsum("bnrj,bnj->bnr", left, one(head))


class Batches:
    """Sentences of like length together, padded."""

    def __init__(self, tokenizer, sentences, pieces_a_batch):
        self.tokenizer, self.sentences = tokenizer, sentences
        self.encoded = []
        for sentence in sentences:
            pieces, firsts = [tokenizer.cls_token_id], []
            for word in sentence.words:
                ids = tokenizer.encode(word, add_special_tokens=False)[:12] or [tokenizer.unk_token_id]
                firsts.append(len(pieces))
                pieces += ids
            pieces.append(tokenizer.sep_token_id)
            self.encoded.append((pieces, firsts))
        order = sorted((at for at in range(len(sentences)) if len(self.encoded[at][0]) <= 510), key=lambda at: len(self.encoded[at][0]))
        self.batches, batch = [], []
        for at in order:
            if batch and (len(batch) + 1) * len(self.encoded[at][0]) > pieces_a_batch:
                self.batches.append(batch)
                batch = []
            batch.append(at)
        if batch:
            self.batches.append(batch)

    def make(self, batch):
        longest = max(len(self.encoded[at][0]) for at in batch)
        words = max(len(self.sentences[at].words) for at in batch)
        pieces = torch.full((len(batch), longest), self.tokenizer.pad_token_id)
        mask = torch.zeros(len(batch), longest, dtype=torch.long)
        firsts = torch.zeros(len(batch), words, dtype=torch.long)
        shapes = torch.zeros(len(batch), words, dtype=torch.long)
        valid = torch.zeros(len(batch), words, dtype=torch.bool)
        for row, at in enumerate(batch):
            ids, starts = self.encoded[at]
            pieces[row, : len(ids)] = torch.tensor(ids)
            mask[row, : len(ids)] = 1
            firsts[row, : len(starts)] = torch.tensor(starts)
            shapes[row, : len(starts)] = torch.tensor([shape(word) for word in self.sentences[at].words])
            valid[row, : len(starts)] = True
        return (pieces, mask, firsts, shapes), valid

    def gold(self, batch, valid, field):
        out = torch.full(valid.shape, -100)
        for row, at in enumerate(batch):
            values = field(self.sentences[at])
            out[row, : len(values)] = torch.tensor(values)
        return out


def masked(arcs, valid):
    heads = torch.cat([torch.ones_like(valid[:, :1]), valid], 1)
    arcs = arcs.float().masked_fill(~heads[:, None, :], -1e4)
    n = valid.shape[1]
    loops = torch.cat([torch.zeros(n, 1, dtype=torch.bool), torch.eye(n, dtype=torch.bool)], 1)
    return arcs.masked_fill(loops, -1e4)


def evaluate(model, batches, tags):
    model.eval()
    upos = uas = las = count = 0
    universal = torch.tensor(scheme.UNIVERSAL)
    pair_upos = torch.tensor([u for u, _ in tags])
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for batch in batches.batches:
            inputs, valid = batches.make(batch)
            tag, arcs, rel_head, rel_child = model(*inputs)
            arcs = masked(arcs, valid)
            heads = torch.zeros(valid.shape, dtype=torch.long)
            for row, at in enumerate(batch):
                n = len(batches.sentences[at].words)
                heads[row, :n] = torch.tensor(decode(arcs[row, :n, : n + 1].numpy()))
            relation = universal[model.relations(rel_head, rel_child, heads).argmax(-1)]
            gold_head = batches.gold(batch, valid, lambda s: [h + 1 for h in s.head])
            gold_rel = batches.gold(batch, valid, lambda s: [scheme.UNIVERSAL[r] for r in s.rel])
            gold_upos = batches.gold(batch, valid, lambda s: s.upos)
            right = (heads == gold_head) & valid
            uas += right.sum().item()
            las += (right & (relation == gold_rel)).sum().item()
            upos += ((pair_upos[tag.argmax(-1)] == gold_upos) & valid).sum().item()
            count += valid.sum().item()
    return tuple(round(100 * x / count, 2) for x in (upos, uas, las))


def train(args):
    torch.manual_seed(args.seed)
    random.seed(args.seed)
    sentences = [s for path in args.files for s in scheme.read(path)]
    tags = scheme.tag_pairs(sentences)
    number = {pair: at for at, pair in enumerate(tags)}
    tokenizer = AutoTokenizer.from_pretrained(args.encoder)
    batches = Batches(tokenizer, sentences, args.batch)
    dev = [(path, Batches(tokenizer, scheme.read(path), 4000)) for path in args.dev]
    model = Teacher(args.encoder, len(tags))
    encoder = [p for n, p in model.named_parameters() if n.startswith("encoder") and p.requires_grad]
    heads = [p for n, p in model.named_parameters() if not n.startswith("encoder")]
    optimizer = torch.optim.AdamW(
        [{"params": encoder, "lr": args.rate}, {"params": heads, "lr": 1.5e-3}], betas=(0.9, 0.98), weight_decay=0.01, fused=True
    )
    total = args.epochs * len(batches.batches)
    warm = total // 12
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min((s + 1) / warm, max(0.0, (total - s) / (total - warm))))
    step, start = 0, time.time()
    for epoch in range(args.epochs):
        model.train()
        order = batches.batches[:]
        random.shuffle(order)
        running = 0.0
        for batch in order:
            inputs, valid = batches.make(batch)
            gold_tag = batches.gold(batch, valid, lambda s: [number.get(p, -100) for p in zip(s.upos, s.xpos)])
            gold_head = batches.gold(batch, valid, lambda s: [h + 1 for h in s.head])
            gold_rel = batches.gold(batch, valid, lambda s: s.rel)
            with torch.autocast("cpu", torch.bfloat16):
                tag, arcs, rel_head, rel_child = model(*inputs)
                rel = model.relations(rel_head, rel_child, gold_head.clamp(min=0))
            flat = lambda x, y: F.cross_entropy(x.float().flatten(0, 1), y.flatten(), ignore_index=-100)
            loss = flat(tag, gold_tag) * 0.5 + flat(masked(arcs, valid), gold_head) + flat(rel, gold_rel)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            schedule.step()
            step += 1
            running += loss.item()
            if step % 50 == 0:
                print(f"step {step}/{total} loss {running / 50:.3f} {time.time() - start:.0f}s", flush=True)
                running = 0.0
        torch.save({"model": {k: v.bfloat16() for k, v in model.state_dict().items()}, "tags": tags}, args.out)
        for path, batches_of in dev if args.every or epoch + 1 == args.epochs else dev[:1]:
            print(f"epoch {epoch + 1} {path.split('/')[-1]} UPOS/UAS/LAS {evaluate(model, batches_of, tags)} {time.time() - start:.0f}s", flush=True)


def label(args):
    """Writes for each sentence: words, pair of tags, heads, relations, and the best few heads with their chances."""
    saved = torch.load(args.model)
    model = Teacher(args.encoder, len(saved["tags"]))
    model.load_state_dict({k: v.float() for k, v in saved["model"].items()})
    model.eval()
    tokenizer = AutoTokenizer.from_pretrained(args.encoder)
    out = []
    for path in args.files[:-1]:
        batches = Batches(tokenizer, scheme.read(path), 4000)
        start = time.time()
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            for number, batch in enumerate(batches.batches):
                inputs, valid = batches.make(batch)
                tag, arcs, rel_head, rel_child = model(*inputs)
                arcs = torch.log_softmax(masked(arcs, valid), -1)
                heads = torch.zeros(valid.shape, dtype=torch.long)
                for row, at in enumerate(batch):
                    n = len(batches.sentences[at].words)
                    heads[row, :n] = torch.tensor(decode(arcs[row, :n, : n + 1].numpy()))
                relation = torch.log_softmax(model.relations(rel_head, rel_child, heads).float(), -1)
                top, where = arcs.exp().topk(min(4, arcs.shape[-1]), -1)
                tag_chance, tag_best = torch.softmax(tag.float(), -1).max(-1)
                rel_chance, rel_best = relation.exp().max(-1)
                for row, at in enumerate(batch):
                    n = len(batches.sentences[at].words)
                    out.append({
                        "words": batches.sentences[at].words, "tag": tag_best[row, :n].short(), "tag_p": tag_chance[row, :n].half(),
                        "head": heads[row, :n].short(), "top": where[row, :n].short(), "top_p": top[row, :n].half(),
                        "rel": relation[row, :n].argmax(-1).to(torch.uint8), "rel_p": rel_chance[row, :n].half(),
                    })
                if number % 50 == 0:
                    print(f"{path} batch {number}/{len(batches.batches)} {time.time() - start:.0f}s", flush=True)
    torch.save({"sentences": out, "tags": saved["tags"]}, args.files[-1])
    print(f"{len(out)} sentences, {sum(len(s['words']) for s in out)} words")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["train", "label"])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--dev", nargs="*", default=[])
    parser.add_argument("--encoder", required=True)
    parser.add_argument("--model")
    parser.add_argument("--out", default="teacher.pt")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=6e-5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", action="store_true")
    args = parser.parse_args()
    {"train": train, "label": label}[args.what](args)
