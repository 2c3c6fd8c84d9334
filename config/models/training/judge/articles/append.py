"""Sets a branch for articles behind the network in an unpacked `judge.zst`, in place of the one that is there."""

import argparse
import pathlib

from trunk import MAGIC, Trunk


def main():
    p = argparse.ArgumentParser()
    p.add_argument("file")
    p.add_argument("--branch", required=True)
    args = p.parse_args()
    trunk = Trunk(args.file)
    plain = pathlib.Path(args.file).read_bytes()
    out = b"entente judge 2\n" + plain[MAGIC : trunk.end] + pathlib.Path(args.branch).read_bytes()
    pathlib.Path(args.file).write_bytes(out)
    print(f"{len(out)} bytes")


if __name__ == "__main__":
    main()
