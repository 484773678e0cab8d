#!/usr/bin/env python3
"""Checks an audit log without a line of carat: audit.py FILE [ANCHOR].

Each line of FILE is one entry, as `carat audit export` writes them. An entry's hash is SHA-256 over the canonical JSON of the
entry without its hash, which names the hash of the entry before (zeros for the first). The anchor, which was kept elsewhere
(carat-audit:1:SEQ:sha256:HEX), shows what the log cannot: that its end is missing, or that all of it was written anew.
FILE may be - for the standard input.
"""
import json
import re
import sys

from digests import sha256


def check(entries, anchor=None):
    """Everything that is wrong with a log."""
    wrong, seq, prev = [], 0, "sha256:" + "0" * 64
    for entry in entries:
        content = {key: value for key, value in entry.items() if key != "hash"}
        found = "sha256:" + sha256(content).hex()
        if entry["seq"] != seq + 1:
            wrong.append(f"entry {entry['seq']} stands behind entry {seq}")
        elif entry["prev"] != prev:
            wrong.append(f"entry {entry['seq']} was written behind another entry")
        if entry["hash"] != found:
            wrong.append(f"entry {entry['seq']} was edited")
        if anchor and entry["seq"] == anchor[0] and entry["hash"] != anchor[1]:
            wrong.append(f"entry {entry['seq']} is not the one of the anchor")
        seq, prev = entry["seq"], entry["hash"]
    if anchor and seq < anchor[0]:
        wrong.append(f"the log ends with entry {seq}, before the anchor's {anchor[0]}")
    return wrong


def read(lines):
    """The entries, and which lines are none."""
    entries, wrong = [], []
    for at, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            sha256(entry)
        except (ValueError, OverflowError, RecursionError):
            entry = None
        kinds = {"seq": int, "prev": str, "hash": str}
        if isinstance(entry, dict) and all(type(entry.get(key)) is kind for key, kind in kinds.items()):
            entries.append(entry)
        else:
            wrong.append(f"line {at} is no entry")
    return entries, wrong


def read_anchor(text):
    found = re.fullmatch(r"carat-audit:1:([1-9][0-9]*):(sha256:[0-9a-f]{64})", text.strip())
    if not found:
        sys.exit(f"{text} is no anchor")
    return int(found[1]), found[2]


if __name__ == "__main__":
    with open(0 if sys.argv[1] == "-" else sys.argv[1], encoding="utf-8", errors="replace") as file:
        log, wrong = read(file)
    wrong += check(log, read_anchor(sys.argv[2]) if len(sys.argv) > 2 else None)
    print("\n".join(wrong) or f"{len(log)} entries are as they were written")
    sys.exit(1 if wrong else 0)
