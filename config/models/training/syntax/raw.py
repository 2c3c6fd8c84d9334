"""Raw news as plain text, a paragraph a line, for `entente parse`: python raw.py FILE.jsonl ... > raw.txt

Stories that repeat each other but for names are thinned: a sentence's worth of words is kept once for each of its skeletons."""

import json
import re
import sys

seen, rows = set(), 0
for path in sys.argv[1:]:
    for line in open(path, encoding="utf-8"):
        row = json.loads(line)
        for paragraph in [row.get("title") or "", *(row.get("text") or "").split("\n")]:
            paragraph = " ".join(paragraph.split())
            skeleton = re.sub(r"\b[A-Z]\w*|\d+", "#", paragraph)[:200]
            if len(paragraph) > 20 and skeleton not in seen:
                seen.add(skeleton)
                print(paragraph)
