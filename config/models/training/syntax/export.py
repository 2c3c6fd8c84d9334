"""Writes a trained student in the integers that `src/syntax/network.rs` reads: python export.py student.pt network.bin tags.txt"""

import struct
import sys

import numpy
import torch

import features
import scheme

ACTIVATION, WEIGHT, EMBEDDING = 8, 10, 6

saved = torch.load(sys.argv[1])
weights, sizes = {k: v.float().numpy() for k, v in saved["model"].items()}, saved["sizes"]


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


with open(sys.argv[2], "wb") as out:
    out.write(struct.pack("<8I", sizes["words"], sizes["embed"], sizes["width"], len(sizes["dilations"]), sizes["arc"], sizes["rel"], sizes["tags"], sizes["relations"]))
    out.write(struct.pack(f"<{len(sizes['dilations'])}I", *sizes["dilations"]))
    out.write(numpy.array(saved["hashes"], numpy.uint32).tobytes())
    for at in range(1 + sum(1 for n in features.TABLES.values() if n)):
        out.write(fixed(weights[f"tables.{at}.weight"], EMBEDDING, numpy.int8).tobytes())
    for at in range(len(sizes["dilations"])):
        out.write(matrix([f"layers.{at}"]))
    out.write(matrix(["tag", "child", "head", "root", "child_distance", "head_distance", "rel_child", "rel_head"]))
    out.write(fixed(weights["rel_root"], ACTIVATION + WEIGHT, numpy.int32).tobytes())
    out.write(matrix(["rel"]))
with open(sys.argv[3], "w") as out:
    out.write("".join(f"{scheme.UPOS[u]} {scheme.XPOS[x]}\n" for u, x in saved["tags"]))
