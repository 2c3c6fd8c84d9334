"""Makes config/models/words.zst: a vector for each of the commoner English words, from a sentence encoder that reads the word alone.

    python words.py --lemmas LEMMAS.txt --encoder FOLDER --out config/models/words.zst

LEMMAS holds one lemma a line, the commonest first. FOLDER is a MiniLM-L6 sentence encoder in the format of `transformers`. The
mean of its last layer over the word's pieces is centred, turned to its 64 principal axes, set to length 1, and kept in eight bits.
Nothing in it is random; one thread, 32-bit floats.
"""
import argparse
import subprocess

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

WIDTH, UNIT = 64, 256

parser = argparse.ArgumentParser()
parser.add_argument("--lemmas", required=True)
parser.add_argument("--encoder", required=True)
parser.add_argument("--out", required=True)
args = parser.parse_args()
torch.set_num_threads(1)

words = [line.strip() for line in open(args.lemmas, encoding="utf-8") if line.strip()]
tokenizer = AutoTokenizer.from_pretrained(args.encoder)
encoder = AutoModel.from_pretrained(args.encoder).float().eval()
rows = []
with torch.inference_mode():
    for start in range(0, len(words), 256):
        batch = tokenizer(words[start : start + 256], padding=True, return_tensors="pt")
        state = encoder(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1)
        rows.append(torch.nn.functional.normalize((state * mask).sum(1) / mask.sum(1), dim=1).numpy())
vectors = np.concatenate(rows).astype(np.float64)
vectors -= vectors.mean(0)
_, axes = np.linalg.eigh(vectors.T @ vectors)
vectors = vectors @ axes[:, ::-1][:, :WIDTH]
vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
kept = np.clip(np.round(vectors * UNIT), -127, 127).astype(np.int8)

plain = b"entente words 1\n" + "\n".join(words).encode() + b"\n\n" + kept.tobytes()
with open(args.out, "wb") as out:
    subprocess.run(["zstd", "-q", "-19", "-c"], input=plain, stdout=out, check=True)
print(len(words), "words,", len(plain), "bytes")
