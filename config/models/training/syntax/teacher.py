"""A teacher: a pretrained encoder fine-tuned as tagger and biaffine parser.

    python teacher.py data.npz ENCODER_DIR teacher1.pt --seed 1 --rate 8e-5 --budget 165

Only the gold trees of EWT and GUM (train) are trained on; PUD and EWT dev are scored after every third pass and choose nothing. The rate
falls over the passes or over the budget, whichever ends first.
"""

import argparse
import time

import numpy
import torch
from torch import nn
from torch.nn import functional as F
from transformers import AutoModel

import corpus
from corpus import DEVICE, masked, soft


class Teacher(nn.Module):
    def __init__(self, encoder, tags, relations, arc=512, label=128):
        super().__init__()
        self.encoder = AutoModel.from_pretrained(encoder).float()
        size = self.encoder.config.hidden_size
        self.mix = nn.Parameter(torch.zeros(4))
        self.look = nn.Embedding(8, 32)
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

    def attend(self, layer, x, bias):
        attn = layer.attention.attn
        b, n, _ = x.shape
        split = lambda y: y.view(b, n, attn.num_attention_heads, -1).transpose(1, 2)
        drop = attn.dropout.p if self.training else 0.0
        y = F.scaled_dot_product_attention(split(attn.q(x)), split(attn.k(x)), split(attn.v(x)), attn_mask=bias, dropout_p=drop)
        y = attn.o(y.transpose(1, 2).reshape(b, n, -1))
        return layer.attention.LayerNorm(layer.attention.dropout(y) + x)

    def states(self, pieces, mask):
        x = self.encoder.embeddings(input_ids=pieces)
        dtype = torch.get_autocast_dtype(DEVICE) if torch.is_autocast_enabled(DEVICE) else x.dtype
        x = x.to(dtype)
        with torch.no_grad():
            bias = self.encoder.encoder.compute_position_bias(x[:1])
            bias = (bias.float() + torch.where(mask, 0.0, -1e4)[:, None, None, :]).to(dtype).contiguous()
        out = []
        for layer in self.encoder.encoder.layer:
            x = self.attend(layer, x, bias)
            x = layer.output(layer.intermediate(x), x)
            out.append(x)
        return out[-4:]

    def forward(self, pieces, mask, firsts, looks):
        """Scores of tags [b, n, tags], of arcs [b, child, head] with the root first, and what labels need."""
        states = self.states(pieces, mask)
        mixed = sum(w * s for w, s in zip(torch.softmax(self.mix.float(), 0).to(states[0].dtype), states))
        words = torch.gather(mixed, 1, firsts.unsqueeze(-1).expand(-1, -1, mixed.shape[-1]))
        opens = torch.zeros_like(looks)
        opens[:, 0] = 1
        words = self.dropout(torch.cat([words, self.look(looks).to(words.dtype), self.first(opens).to(words.dtype)], -1))
        heads = torch.cat([self.root.to(words.dtype).expand(len(words), 1, -1), words], 1)
        child = self.arc_child(words)
        child = torch.cat([child, torch.ones_like(child[..., :1])], -1)
        arcs = child @ self.arc.to(child.dtype) @ self.arc_head(heads).transpose(1, 2)
        return self.tag(words), arcs, self.rel_head(heads), self.rel_child(words)

    def relations(self, rel_head, rel_child, heads):
        """Scores of the relations [b, n, relations] of each word to the head named."""
        head = torch.gather(rel_head, 1, heads.unsqueeze(-1).expand(-1, -1, rel_head.shape[-1]))
        one = lambda x: torch.cat([x, torch.ones_like(x[..., :1])], -1)
        left = torch.einsum("bni,rij->bnrj", one(rel_child), self.rel.to(head.dtype))
        return torch.einsum("bnrj,bnj->bnr", left, one(head))


def inputs(types, type, mask, unknown=None):
    """Pieces of the encoder [b, p], their mask, the place of each word's first, and looks of words."""
    count = types.count[type] * mask
    ends = 1 + torch.cumsum(count, 1)
    starts = ends - count
    total = ends[:, -1:]
    longest = (int(total.max()) + 1 + 7) // 8 * 8
    pieces = torch.full((len(type), longest + 1), 1, device=DEVICE)
    ids = types.pieces[type]
    for at in range(ids.shape[-1]):
        pieces.scatter_(1, torch.where(at < count, starts + at, longest), ids[..., at])
    pieces[:, 0] = 0
    pieces = pieces[:, :longest].scatter(1, total, 2)
    return pieces, torch.arange(longest, device=DEVICE)[None] <= total, starts.clamp(max=longest - 1), types.look[type]


def evaluate(model, types, data, pairs, universal, words=6000):
    """UPOS, UAS, LAS with each word's best head (no tree is made of them)."""
    model.eval()
    upos = uas = las = count = 0
    with torch.no_grad(), torch.autocast(DEVICE, torch.bfloat16):
        for batch in data.batches(words, False):
            mask, _, type, tag, head, rel = data.get(batch, "type", "tag", "head", "rel")
            tags, arcs, rel_head, rel_child = model(*inputs(types, type.long(), mask))
            heads = masked(arcs, mask).argmax(-1)
            relation = universal[model.relations(rel_head, rel_child, heads).argmax(-1)]
            right = (heads == head[..., 0]) & mask
            uas += right.sum()
            las += (right & (relation == rel[..., 0])).sum()
            upos += ((pairs[tags.argmax(-1), 0] == tag[..., 0]) & mask).sum()
            count += mask.sum()
    model.train()
    return tuple(round(100 * float(x) / float(count), 2) for x in (upos, uas, las))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("encoder")
    parser.add_argument("out")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--batch", type=int, default=2200)
    parser.add_argument("--rate", type=float, default=8e-5)
    parser.add_argument("--decay", type=float, default=0.9)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--budget", type=float, default=1e9, help="seconds in which training ends")
    args = parser.parse_args()
    start = time.time()
    torch.manual_seed(args.seed)
    generator = numpy.random.default_rng(args.seed)
    types, corpora, numbers = corpus.load(args.data)
    pairs = torch.tensor(numbers["pairs"].astype(numpy.int64), device=DEVICE)
    universal = torch.tensor(numbers["universal"].astype(numpy.int64), device=DEVICE)
    gold = corpora["gold"]
    model = Teacher(args.encoder, len(pairs), len(universal)).to(DEVICE)
    model.train()
    layers = len(model.encoder.encoder.layer)
    groups = {}
    for name, parameter in model.named_parameters():
        if "pooler" in name or "relative_attention_bias" in name:
            continue
        if name.startswith("encoder.encoder.layer."):
            rate = args.rate * args.decay ** (layers - 1 - int(name.split(".")[3]))
        elif name.startswith("encoder"):
            rate = args.rate * args.decay**layers
        else:
            rate = 1e-3
        groups.setdefault(rate, []).append(parameter)
    trained = [p for g in groups.values() for p in g]
    optimizer = torch.optim.AdamW([{"params": g, "lr": r} for r, g in groups.items()], betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    bases = [g["lr"] for g in optimizer.param_groups]
    total = args.epochs * len(gold.batches(args.batch, True, generator))
    step, begun, done = 0, time.time(), False
    print(f"{total} steps, {begun - start:.0f}s to start", flush=True)
    for epoch in range(args.epochs):
        running = torch.zeros((), device=DEVICE)
        for batch in gold.batches(args.batch, True, generator):
            progress = max(step / total, (time.time() - begun) / args.budget)
            if progress >= 1:
                done = True
                break
            scale = min((progress + 1e-3) / 0.08, (1 - progress) / 0.92)
            for group, base in zip(optimizer.param_groups, bases):
                group["lr"] = base * scale
            mask, _, type, tag, tag_p, head, head_p, rel, rel_p = gold.get(batch, "type", "tag", "tag_p", "head", "head_p", "rel", "rel_p")
            with torch.autocast(DEVICE, torch.bfloat16):
                tags, arcs, rel_head, rel_child = model(*inputs(types, type.long(), mask))
                rels = model.relations(rel_head, rel_child, head[..., 0].long())
            loss = soft(tags, tag, tag_p, mask) * 0.5 + soft(masked(arcs, mask), head, head_p, mask) + soft(rels, rel, rel_p, mask)
            loss.backward()
            nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            optimizer.zero_grad()
            running += loss.detach()
            step += 1
        scores = [f"{name} {evaluate(model, types, corpora[name], pairs, universal)}" for name in ("pud", "ewt")] if done or epoch % 3 == 2 or epoch + 1 == args.epochs else []
        print(f"epoch {epoch + 1} step {step} loss {float(running) / max(1, total // args.epochs):.3f}", *scores, f"{time.time() - begun:.0f}s", flush=True)
        if done:
            break
    torch.save({"model": {k: v.bfloat16() for k, v in model.state_dict().items()}, "tags": len(pairs), "relations": len(universal)}, args.out)


if __name__ == "__main__":
    main()
