#!/usr/bin/env python3
"""Checks digests without a line of carat: digests.py FILE, where each line of FILE is {"content": …, "digest": "sha256:…"}.

A digest is SHA-256 over canonical JSON (RFC 8785). Of a dataset ("kind": "dataset", whose content is the list of its rows) it
is SHA-256 over the 32 bytes of each row's digest, one after another. FILE may be - for the standard input.
"""
import hashlib
import json
import sys


def canonical(value):
    """Canonical JSON: no blanks, keys in the order of their UTF-16 code units, numbers as JavaScript writes them."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number(float(value))
    return json.dumps(value, ensure_ascii=False)


def number(value):
    """ECMAScript's Number::toString. Python finds the same shortest digits, and sets them out in another way."""
    if value == 0:
        return "0"
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))  # digits before the decimal point
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        text = digits.ljust(point, "0")
    elif 0 < point <= 21:
        text = digits[:point] + "." + digits[point:]
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        text = digits[0] + ("." + digits[1:] if digits[1:] else "") + f"e{point - 1:+d}"
    return ("-" if value < 0 else "") + text


def sha256(value):
    return hashlib.sha256(canonical(value).encode()).digest()


def digest(line):
    if line.get("kind") == "dataset":
        return "sha256:" + hashlib.sha256(b"".join(map(sha256, line["content"]))).hexdigest()
    return "sha256:" + sha256(line["content"]).hex()


if __name__ == "__main__":
    lines = [json.loads(line) for line in open(0 if sys.argv[1] == "-" else sys.argv[1], encoding="utf-8")]
    wrong = [f"line {at}: {digest(line)}, not {line['digest']}" for at, line in enumerate(lines, 1) if digest(line) != line["digest"]]
    print("\n".join(wrong) or f"{len(lines)} digests are right")
    sys.exit(1 if wrong or not lines else 0)
