"""Deals the sentences of 3 to 80 tokens of a CoNLL-U file out to others: python deal.py FROM.conllu TO.conllu ..."""

import sys

blocks = [block for block in open(sys.argv[1], encoding="utf-8").read().split("\n\n") if block.strip()]
words = lambda block: sum(line.split("\t")[0].isdigit() for line in block.split("\n"))
kept = [block for block in blocks if 3 <= words(block) <= 80]
for at, path in enumerate(sys.argv[2:]):
    with open(path, "w", encoding="utf-8") as out:
        out.write("\n\n".join(kept[at :: len(sys.argv) - 2]) + "\n\n")
