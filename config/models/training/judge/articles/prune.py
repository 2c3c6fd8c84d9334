"""Drops from an unpacked `judge.zst` the word pieces that are rare and that the training texts use less than twice, to make room for layers of a branch."""

import argparse
import collections
import pathlib
import struct

from trunk import MAGIC, Trunk

SPECIAL = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}


def main():
    p = argparse.ArgumentParser()
    p.add_argument("file")
    p.add_argument("--model", required=True)
    p.add_argument("--texts", nargs="+", required=True, help="files whose pieces are kept")
    p.add_argument("--frequent", type=int, default=14000, help="pieces that are kept in any case; the vocabulary is sorted by frequency")
    p.add_argument("--uses", type=int, default=2)
    args = p.parse_args()
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(f"{args.model}/tokenizer.json")
    tokenizer.no_padding()
    tokenizer.no_truncation()
    uses = collections.Counter()
    for path in args.texts:
        for line in tokenizer.encode_batch(pathlib.Path(path).read_text(encoding="utf-8", errors="ignore").splitlines()):
            uses.update(line.tokens)
    rank = tokenizer.get_vocab()
    trunk = Trunk(args.file)

    def kept(piece):
        return piece in SPECIAL or len(piece.removeprefix("##")) == 1 or rank[piece] < args.frequent or uses[piece] >= args.uses

    keep = [k for k, piece in enumerate(trunk.pieces) if kept(piece)]
    was, count, width = trunk.bytes, len(trunk.pieces), trunk.width
    (length,) = struct.unpack_from("<I", was, MAGIC + 40)
    scales = MAGIC + 44 + length
    rows = scales + 4 * count
    lines = "\n".join(trunk.pieces[k] for k in keep).encode()
    head = bytearray(was[: MAGIC + 40])
    struct.pack_into("<I", head, MAGIC + 20, len(keep))
    out = bytes(head) + struct.pack("<I", len(lines)) + lines
    out += b"".join(was[scales + 4 * k : scales + 4 * k + 4] for k in keep)
    out += b"".join(was[rows + width * k : rows + width * (k + 1)] for k in keep)
    out += was[rows + width * count :]
    pathlib.Path(args.file).write_bytes(out)
    print(f"{len(keep)} of {count} pieces, {len(out)} bytes")


if __name__ == "__main__":
    main()
