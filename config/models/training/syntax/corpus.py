"""Treebanks and raw news as flat tensors: types of words, offsets of sentences, labels with their chances."""

import numpy
import torch

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
if DEVICE == "cuda":
    torch.backends.cuda.matmul.allow_tf32 = True
else:
    torch.set_num_threads(1)
TOP = 4


class Types:
    """What each type of word is to teacher and student."""

    def __init__(self, data):
        self.hash = torch.tensor(data["hash"].astype(numpy.int64), device=DEVICE)
        self.parts = torch.tensor(data["parts"].astype(numpy.int64), device=DEVICE)  # prefix, three suffixes
        self.shapes = torch.tensor(data["shapes"].astype(numpy.int64), device=DEVICE)  # first in its sentence, or not
        self.pieces = torch.tensor(data["pieces"].astype(numpy.int64), device=DEVICE)
        self.count = torch.tensor(data["count"].astype(numpy.int64), device=DEVICE)
        self.look = torch.tensor(data["look"].astype(numpy.int64), device=DEVICE)
        self.near = torch.tensor(data["near"].astype(numpy.int64), device=DEVICE)  # like words, -1 where there are none


class Corpus:
    """Sentences end to end; `tag`, `head` (0 the root), `rel` have TOP guesses a word with their chances."""

    FIELDS = ("type", "tag", "tag_p", "head", "head_p", "rel", "rel_p")

    def __init__(self, types, lengths):
        self.type = torch.as_tensor(types, device=DEVICE).int()
        self.length = torch.as_tensor(lengths).long().cpu()
        self.start = torch.cumsum(self.length, 0) - self.length
        self.on_device()

    def on_device(self):
        self.length_d, self.start_d = self.length.to(DEVICE), self.start.to(DEVICE)

    def hard(self, tag, head, rel):
        def top(values):
            values = torch.tensor(values.astype(numpy.int64), device=DEVICE)
            out = torch.zeros(len(values), TOP, dtype=torch.int16, device=DEVICE)
            out[:, 0] = values.clamp(min=0).short()
            chance = torch.zeros(len(values), TOP, dtype=torch.float16, device=DEVICE)
            chance[:, 0] = (values >= 0).half()
            return out, chance

        self.tag, self.tag_p = top(tag)
        self.head, self.head_p = top(head)
        self.rel, self.rel_p = top(rel)
        return self

    def empty_labels(self):
        for name in ("tag", "head", "rel"):
            setattr(self, name, torch.zeros(len(self.type), TOP, dtype=torch.int16, device=DEVICE))
            setattr(self, name + "_p", torch.zeros(len(self.type), TOP, dtype=torch.float16, device=DEVICE))
        return self

    @staticmethod
    def join(parts):
        out = Corpus(torch.cat([p.type for p in parts]), torch.cat([p.length for p in parts]))
        for name in Corpus.FIELDS[1:]:
            if hasattr(parts[0], name):
                setattr(out, name, torch.cat([getattr(p, name) for p in parts]))
        return out

    def take(self, sentences):
        """A corpus of these sentences, in this order."""
        sentences = sentences.to(DEVICE)
        length = self.length_d[sentences]
        ends = torch.cumsum(length, 0)
        total = int(ends[-1])
        where = torch.arange(total, device=DEVICE) - torch.repeat_interleave(ends - length, length) + torch.repeat_interleave(self.start_d[sentences], length)
        out = Corpus(self.type[where], length.cpu())
        for name in Corpus.FIELDS[1:]:
            if hasattr(self, name):
                setattr(out, name, getattr(self, name)[where])
        return out

    def batches(self, words, shuffle=True, generator=None):
        """Lists of sentences of like length, `words` places each with the padding."""
        length = self.length.numpy()
        noise = generator.random(len(length)) * 3 if shuffle else 0
        order = numpy.argsort(length + noise, kind="stable")
        longest = numpy.maximum.accumulate(length[order])
        out, at = [], 0
        while at < len(order):
            many = max(1, words // longest[at])
            many = max(1, words // longest[min(at + many, len(order)) - 1])
            out.append(torch.from_numpy(order[at : at + many]))
            at += many
        if shuffle:
            generator.shuffle(out)
        return out

    def get(self, batch, *fields):
        """(mask [b, n], each field padded)"""
        n = int(self.length[batch].max())
        batch = batch.to(DEVICE, non_blocking=True)
        place = torch.arange(n, device=DEVICE)[None]
        mask = place < self.length_d[batch][:, None]
        where = torch.where(mask, self.start_d[batch][:, None] + place, 0)
        # Padding points nowhere: at the root, and with no chance.
        clear = lambda x: x * (mask if x.dim() == 2 else mask[..., None])
        return mask, where, *(clear(getattr(self, name)[where]) for name in fields)

    def save(self):
        return {"length": self.length, **{name: getattr(self, name) for name in Corpus.FIELDS if hasattr(self, name)}}

    @staticmethod
    def load(saved):
        out = Corpus(saved["type"], saved["length"])
        for name in Corpus.FIELDS[1:]:
            if name in saved:
                setattr(out, name, saved[name].to(DEVICE))
        return out


def load(path):
    """(types, {name: corpus}, numbers that belong to them)"""
    data = numpy.load(path)
    corpora = {}
    for name in ("gold", "pud", "ewt", "raw"):
        corpus = Corpus(data[name + "_type"].astype(numpy.int64), data[name + "_length"].astype(numpy.int64))
        if name != "raw":
            corpus.hard(data[name + "_tag"], data[name + "_head"], data[name + "_rel"])
        corpora[name] = corpus
    return Types(data), corpora, {"pairs": data["pairs"], "universal": data["universal"], "open": data["open"]}


def masked(arcs, mask):
    """Scores of arcs [b, child, 1 + head] without those to nowhere and to oneself."""
    heads = torch.cat([torch.ones_like(mask[:, :1]), mask], 1)
    n = mask.shape[1]
    loops = torch.eye(n + 1, dtype=torch.bool, device=mask.device)[1:]
    return arcs.float().masked_fill(~heads[:, None, :] | loops, -1e4)


def soft(scores, guesses, chances, mask):
    """Mean cross entropy with guesses and their chances."""
    logp = torch.log_softmax(scores.float(), -1)
    loss = -(torch.gather(logp, -1, guesses.long()) * chances.float()).sum(-1)
    return (loss * mask).sum() / mask.sum()
