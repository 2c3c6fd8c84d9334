"""The network of `judge.zst`, unpacked, as it ships, weights rounded to eight bits and all: its layers are the trunk under the branch for articles."""

import pathlib
import struct

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

MAGIC = 16


class Layer(nn.Module):
    """One layer as the file holds it: queries, keys and values side by side, the queries scaled already."""

    def __init__(self, width, inner, heads):
        super().__init__()
        self.heads = heads
        self.attend, self.merge, self.merged = nn.Linear(width, 3 * width), nn.Linear(width, width), nn.LayerNorm(width, eps=1e-12)
        self.up, self.down, self.done = nn.Linear(width, inner), nn.Linear(inner, width), nn.LayerNorm(width, eps=1e-12)

    def forward(self, x, mask):
        b, n, w = x.shape
        q, k, v = self.attend(x).view(b, n, 3, self.heads, w // self.heads).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None, :], scale=1.0)
        x = self.merged(x + self.merge(seen.transpose(1, 2).reshape(b, n, w)))
        return self.done(x + self.down(F.gelu(self.up(x))))


class Head(nn.Module):
    """Both phrases' means ask for what in the sentence joins them: 16 acts, 4 ties (none, forward, backward, both), 6 statuses."""

    def __init__(self, width, hidden, heads, outputs=26, dropout=0.2):
        super().__init__()
        self.heads = heads
        self.query, self.look = nn.Linear(2 * width, width), nn.Linear(width, 2 * width)
        self.hidden, self.out, self.drop = nn.Linear(3 * width, hidden), nn.Linear(hidden, outputs), nn.Dropout(dropout)

    def forward(self, x, mask, owner, ends):
        """`owner`: the text of each pair; `ends`: first and last piece of both phrases, the last exclusive."""
        n, w = x.shape[1:]
        each = w // self.heads
        at = torch.arange(n)
        inside = [((at >= ends[:, 2 * k, None]) & (at < ends[:, 2 * k + 1, None])).to(x.dtype) for k in (0, 1)]
        key, value = self.look(x)[owner].view(-1, n, 2, self.heads, each).permute(2, 0, 3, 1, 4)
        states = x[owner]
        both = torch.cat([torch.bmm((k / k.sum(1, keepdim=True)).unsqueeze(1), states).squeeze(1) for k in inside], 1)
        query = self.query(both).view(-1, self.heads, 1, each)
        context = F.scaled_dot_product_attention(query, key, value, attn_mask=mask[owner][:, None, None, :], scale=1.0).reshape(-1, w)
        y = self.drop(torch.cat([both, context.to(both.dtype)], 1))
        return self.out(self.drop(F.gelu(self.hidden(y)))).float()


class Trunk:
    """What the file holds. `end` is where its first head ends, and a branch begins if there is one."""

    def __init__(self, path):
        self.bytes = pathlib.Path(path).read_bytes()
        self.width, layers, self.heads, self.inner, self.longest, words, self.pair_heads, self.hidden = struct.unpack_from("<8I", self.bytes, MAGIC)
        self.at = MAGIC + 32 + 8
        (length,) = struct.unpack_from("<I", self.bytes, self.at)
        self.at += 4
        self.pieces = self.take(length).decode().split("\n")
        scales = self.floats(words)
        self.words = torch.tensor(self.eights(words, self.width) * scales[:, None])
        self.positions = torch.tensor(self.floats(self.longest * self.width).reshape(-1, self.width))
        self.embedded = nn.LayerNorm(self.width, eps=1e-12)
        self.norm(self.embedded)
        self.layers = [self.layer() for _ in range(layers)]
        self.head = Head(self.width, self.hidden, self.pair_heads)
        for linear in (self.head.query, self.head.look, self.head.hidden, self.head.out):
            self.linear(linear)
        self.end = self.at

    def take(self, count):
        self.at += count
        return self.bytes[self.at - count : self.at]

    def floats(self, count):
        return np.frombuffer(self.take(4 * count), "<f4").astype(np.float32)

    def eights(self, rows, columns):
        return np.frombuffer(self.take(rows * columns), np.int8).reshape(rows, columns).astype(np.float32)

    @torch.no_grad()
    def linear(self, linear):
        scales, bias = self.floats(linear.out_features), self.floats(linear.out_features)
        linear.weight.copy_(torch.tensor(self.eights(linear.out_features, linear.in_features) * scales[:, None]))
        linear.bias.copy_(torch.tensor(bias))

    @torch.no_grad()
    def norm(self, norm):
        norm.weight.copy_(torch.tensor(self.floats(self.width)))
        norm.bias.copy_(torch.tensor(self.floats(self.width)))

    def layer(self):
        layer = Layer(self.width, self.inner, self.heads)
        self.linear(layer.attend), self.linear(layer.merge), self.norm(layer.merged)
        self.linear(layer.up), self.linear(layer.down), self.norm(layer.done)
        return layer

    def tokenizer(self, model):
        """That of the network it began as, and what number the file gives to each of its pieces."""
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(f"{model}/tokenizer.json")
        tokenizer.no_padding()
        tokenizer.no_truncation()
        known = {piece: number for number, piece in enumerate(self.pieces)}
        numbers = [known.get(tokenizer.id_to_token(k), known["[UNK]"]) for k in range(tokenizer.get_vocab_size())]
        return tokenizer, numbers

    @torch.no_grad()
    def states(self, ids, mask, depth):
        """`ids` in the file's numbering."""
        x = self.embedded(self.words[ids] + self.positions[: ids.shape[1]])
        for layer in self.layers[:depth]:
            x = layer(x, mask)
        return x
