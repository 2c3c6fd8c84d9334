"""Writes a trained student in the integers that `src/syntax/network.rs` reads: python export.py student.pt ENCODER_DIR network.bin tags.txt

Words that training has not seen, but that the encoder knows whole, get a row too: the encoder's embedding, mapped linearly (ridge regression
over the words that both know) to where the student would have put the word."""

import struct
import sys

import numpy
import torch
from safetensors.numpy import load_file

import features
import scheme

ACTIVATION, WEIGHT, EMBEDDING = 8, 10, 6
RIDGE = 30.0

saved = torch.load(sys.argv[1], map_location="cpu")
sizes = saved["sizes"]
# Tables are saved as the integers that they are trained to be.
weights = {k: v.float().numpy() / (1 << EMBEDDING if v.dtype == torch.int8 else 1) for k, v in saved["model"].items()}


def extended(hashes, table):
    """The vocabulary and its table with the encoder's words, sorted by hash; row 0 of the table is for all others."""
    embeddings = next(v for k, v in load_file(sys.argv[2] + "/model.safetensors").items() if k.endswith("word_embeddings.weight"))
    pieces = [line.rstrip("\n") for line in open(sys.argv[2] + "/vocab.txt", encoding="utf-8")]
    row = {h: at + 1 for at, h in enumerate(hashes)}
    both, new = {}, {}
    for at, piece in enumerate(pieces):
        if piece.isalpha() and len(piece) > 2:
            h = features.fnv(features.normal(piece).encode())
            (both if h in row else new)[h] = at
    x, y = embeddings[list(both.values())].astype(numpy.float64), table[[row[h] for h in both]].astype(numpy.float64)
    centre, mean = x.mean(0), y.mean(0)
    x -= centre
    to_student = numpy.linalg.solve(x.T @ x + RIDGE * numpy.eye(x.shape[1]), x.T @ (y - mean))
    rows = dict(zip(hashes, table[1:]))
    rows.update(zip(new, ((embeddings[list(new.values())] - centre) @ to_student + mean).astype(numpy.float32)))
    order = sorted(rows)
    print(f"{len(hashes)} words of the student, {len(new)} more of the encoder")
    return order, numpy.stack([table[0], *(rows[h] for h in order)])


def fixed(values, bits, kind):
    limits = numpy.iinfo(kind)
    scaled = numpy.rint(values.astype(numpy.float64) * (1 << bits))
    clipped = ((scaled < limits.min) | (scaled > limits.max)).sum()
    if clipped:
        print(f"{clipped} of {scaled.size} values clipped to {kind.__name__}")
    return numpy.clip(scaled, limits.min, limits.max).astype(kind)


def matrix(names):
    rows = numpy.concatenate([weights[f"{n}.weight"] for n in names])
    bias = numpy.concatenate([weights.get(f"{n}.bias", numpy.zeros(len(weights[f"{n}.weight"]), numpy.float32)) for n in names])
    return fixed(rows, WEIGHT, numpy.int16).tobytes() + fixed(bias, ACTIVATION + WEIGHT, numpy.int32).tobytes()


seen = [int(h) & 0xFFFFFFFF for h in saved["hashes"]]
hashes, weights["tables.0.weight"] = extended(seen, weights["tables.0.weight"])
layers = len(sizes["dilations"])
with open(sys.argv[3], "wb") as out:
    embed, width = sizes["embed"], sizes["width"]
    side = (weights[f"layers.{layers - 1}.weight"].shape[1] - width) // 2
    kinds = len(weights["barrier.weight"])
    out.write(struct.pack("<10I", len(hashes) + 1, embed, width, side, layers, sizes["arc"], sizes["rel"], sizes["tags"], sizes["relations"], kinds))
    out.write(struct.pack(f"<{layers}I", *sizes["dilations"]))
    out.write(numpy.array(hashes, numpy.uint32).tobytes())
    for at in range(1 + sum(1 for n in features.TABLES.values() if n)):
        out.write(fixed(weights[f"tables.{at}.weight"], EMBEDDING, numpy.int8).tobytes())
    for at in range(layers):
        out.write(matrix([f"layers.{at}"]))
    out.write(matrix(["tag", "child", "head", "root", "child_distance", "head_distance", "barrier", "cost", "rel_child", "rel_head"]))
    out.write(fixed(weights["rel_root"], ACTIVATION + WEIGHT, numpy.int32).tobytes())
    out.write(matrix(["rel"]))
with open(sys.argv[4], "w") as out:
    out.write("".join(f"{scheme.UPOS[u]} {scheme.XPOS[x]}\n" for u, x in saved["tags"]))
