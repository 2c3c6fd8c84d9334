"""Writes trained weights as `config/models/judge.zst` holds them before it is packed: in eight bits, with only the word pieces that news in English needs."""

import argparse
import json
import pathlib
import re
import struct
import unicodedata

import numpy as np
import torch
from tokenizers import Tokenizer

from encoder import HEADS, Judge

LONGEST = 96


def kept_pieces(vocabulary, tokenizer, texts):
    """Specials, the frequent Latin pieces (the vocabulary is sorted by frequency), and all that occur in the training texts."""
    used = set()
    for text in texts:
        used.update(tokenizer.encode(text).ids)
    out = []
    for i, piece in enumerate(vocabulary):
        letters = [c for c in piece.removeprefix("##") if c.isalpha()]
        latin = all("LATIN" in unicodedata.name(c, "") for c in letters)
        special = piece in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
        bracketed = piece.startswith("[unused")
        if special or i in used or (latin and not bracketed and (i < 18000 or len(piece.removeprefix("##")) == 1)):
            out.append(i)
    return out


def main():
    p = argparse.ArgumentParser()
    p.add_argument("weights")
    p.add_argument("out")
    p.add_argument("--model", required=True)
    p.add_argument("--layers", type=lambda s: [int(x) for x in s.split(",")])
    p.add_argument("--texts", nargs="*", default=[], help="files whose pieces are kept")
    p.add_argument("--sharpness", type=float, nargs=2, default=[1.0, 1.0], help="of acts and ties, as calibrate.py found it")
    p.add_argument("--golden", nargs=2, help="questions, and where to write what the unquantized network answers")
    args = p.parse_args()
    model = Judge(args.model, args.layers)
    model.load_state_dict(torch.load(args.weights))
    model.eval()
    tokenizer = Tokenizer.from_file(f"{args.model}/tokenizer.json")
    tokenizer.no_padding()
    tokenizer.no_truncation()
    vocabulary = [t for t, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])]
    lines = [line for path in args.texts for line in open(path, encoding="utf-8")]
    kept = kept_pieces(vocabulary, tokenizer, lines)
    encoder, config = model.encoder, model.encoder.config
    width, heads = config.hidden_size, config.num_attention_heads
    out = bytearray(b"entente judge 1\n")
    out += struct.pack("<8I", width, config.num_hidden_layers, heads, config.intermediate_size, LONGEST, len(kept), HEADS, model.hidden.out_features)
    out += struct.pack("<2f", *args.sharpness)
    lines = "\n".join(vocabulary[i] for i in kept).encode()
    out += struct.pack("<I", len(lines)) + lines

    def numbers(x):
        nonlocal out
        out += np.ascontiguousarray(x, dtype="<f4").tobytes()

    def eight(weights):
        scale = np.abs(weights).max(1) / 127
        scale[scale == 0] = 1
        return scale, np.clip(np.rint(weights / scale[:, None]), -127, 127).astype(np.int8)

    def linear(weight, bias):
        nonlocal out
        scale, bits = eight(weight)
        numbers(scale)
        numbers(bias)
        out += bits.tobytes()

    def array(parameter):
        return parameter.detach().float().numpy()

    def norm(layer):
        numbers(array(layer.weight))
        numbers(array(layer.bias))

    e = encoder.embeddings
    scale, bits = eight(array(e.word_embeddings.weight)[kept])
    numbers(scale)
    out += bits.tobytes()
    numbers(array(e.position_embeddings.weight)[:LONGEST] + array(e.token_type_embeddings.weight)[0])
    norm(e.LayerNorm)
    for layer in encoder.encoder.layer:
        a = layer.attention
        parts = [a.self.query, a.self.key, a.self.value]
        shrink = [1 / np.sqrt(width // heads), 1, 1]
        linear(np.concatenate([array(p.weight) * s for p, s in zip(parts, shrink)]), np.concatenate([array(p.bias) * s for p, s in zip(parts, shrink)]))
        linear(array(a.output.dense.weight), array(a.output.dense.bias))
        norm(a.output.LayerNorm)
        linear(array(layer.intermediate.dense.weight), array(layer.intermediate.dense.bias))
        linear(array(layer.output.dense.weight), array(layer.output.dense.bias))
        norm(layer.output.LayerNorm)
    shrink = 1 / np.sqrt(width // HEADS)
    linear(array(model.query.weight) * shrink, array(model.query.bias) * shrink)
    linear(np.concatenate([array(model.key.weight), array(model.value.weight)]), np.concatenate([array(model.key.bias), array(model.value.bias)]))
    linear(array(model.hidden.weight), array(model.hidden.bias))
    linear(array(model.out.weight), array(model.out.bias))
    pathlib.Path(args.out).write_bytes(out)
    print(f"{len(out)} bytes, {len(kept)} pieces")
    if args.golden:
        golden(model, tokenizer, *args.golden)


@torch.no_grad()
def golden(model, tokenizer, questions, path):
    """For the test that the program agrees: pieces, and the probabilities of acts and ties without any rounding."""
    from train import tensors

    with open(path, "w", encoding="utf-8") as out:
        for line in open(questions, encoding="utf-8"):
            q = json.loads(line)
            logits = model(tensors(tokenizer, [(q["text"], [(q["source"], q["target"])])]))[0]
            q["pieces"] = tokenizer.encode(q["text"]).tokens
            q["acts"] = [round(x, 4) for x in torch.softmax(logits[:16], 0).tolist()]
            q["ties"] = [round(x, 4) for x in torch.softmax(logits[16:20], 0).tolist()]
            out.write(json.dumps(q, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
