"""Shows on ClickHouse's own engine (the Python package chdb) that schema.sql loads, that a replay leaves one row an event, that columns hold what
the events say, and that a retraction takes an event out of what holds.

    python3 deploy/sinks/clickhouse/try.py EVENTS.jsonl
"""

import json
import re
import sys
import tempfile
from pathlib import Path

from chdb import session

lines = [line for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines() if line]
schema = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")

with tempfile.TemporaryDirectory() as folder:
    server = session.Session(folder)
    server.query("CREATE DATABASE events ENGINE = Atomic")
    server.query("USE events")
    for _ in range(2):
        for statement in filter(str.strip, re.sub(r"--.*", "", schema).split(";")):
            server.query(statement)

    def load(records, offset):
        rows = "\n".join(json.dumps({"line": line, "log_offset": offset + at}) for at, line in enumerate(records))
        server.query("INSERT INTO event_lines FORMAT JSONEachRow " + rows)

    def number(query):
        return int(str(server.query(query, "TabSeparated")).strip())

    load(lines, 0)
    load(lines, 10_000)
    assert number("SELECT count() FROM event FINAL") == len(lines) > 0, "one row an event"
    wrong = "dyad = '' OR source = '' OR target = '' OR act = '' OR cameo = '' OR status = '' OR article_id = '' OR date_start > date_end OR retracted"
    assert number(f"SELECT count() FROM event FINAL WHERE {wrong}") == 0, "columns that their events do not explain"
    events = [json.loads(line) for line in lines]
    holds = [event for event in events if event["status"] not in ("negated", "denied")]
    assert number("SELECT count() FROM current_event") == len(holds)
    # As the service writes it: what is taken back, and by which version of its article.
    gone = {"schema": "entente.retraction/1", "id": holds[0]["id"], "dyad": holds[0]["dyad"], "retracted": True,
            "article": {"id": holds[0]["article"]["id"], "version": 2, "withdrawn": False}, "coder": "0.1.0"}
    load([json.dumps(gone)], 20_000)
    assert number("SELECT count() FROM event FINAL") == len(lines)
    assert number("SELECT count() FROM current_event") == len(holds) - 1, "a retraction takes its event out of what holds"
    version = str(server.query("SELECT version()", "TabSeparated")).strip()
    print(f"ClickHouse {version}: {len(lines)} events, each twice, {len(lines)} rows; {len(holds)} hold, {len(holds) - 1} after a retraction")
