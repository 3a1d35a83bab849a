#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Compares what `cnedge check` says of each sample in tests/scenario with the text beside it.

Usage: scenario_messages.py [--update]      environment: CNEDGE, CNEDGE_SOURCE

A sample FILE.json has FILE.txt: standard error, standard output and the exit code. Samples in a
folder "files" belong to others. --update rewrites the texts; review the difference."""
import difflib
import os
import pathlib
import subprocess
import sys

INVALID = 3


def samples(root):
    return sorted(p for p in root.rglob("*.json") if p.parent.name != "files")


def run(root, sample):
    """What check prints, with names relative to tests/scenario, and its exit code."""
    result = subprocess.run([os.environ["CNEDGE"], "check", sample.relative_to(root)], cwd=root,
                            capture_output=True, timeout=60, check=False)
    text = result.stderr.decode() + result.stdout.decode()
    return f"{text}exit {result.returncode}\n", result.returncode


def plausible(root, sample, text, code):
    """Complaints about an answer that no golden text can make right."""
    valid = sample.relative_to(root).parts[0] == "valid"
    if valid and code != 0:
        yield "a valid sample is rejected"
    if not valid and code not in (INVALID, 4):
        yield f"exit {code} for an invalid sample"
    lines = len(sample.read_bytes().split(b"\n"))
    for message in text.splitlines()[:-1]:
        parts = message.split(":")
        if message.startswith("and ") or parts[1] == " good":
            continue
        if parts[0] == str(sample.relative_to(root)) and parts[1].isdigit():
            if not 1 <= int(parts[1]) <= lines:
                yield f"the line is outside of the file: {message}"


def main():
    root = pathlib.Path(os.environ["CNEDGE_SOURCE"]) / "tests" / "scenario"
    update = sys.argv[1:] == ["--update"]
    if sys.argv[1:] and not update:
        sys.exit(__doc__)
    failed, seen = 0, set()
    for sample in samples(root):
        golden = sample.with_suffix(".txt")
        seen.add(golden)
        text, code = run(root, sample)
        for complaint in plausible(root, sample, text, code):
            print(f"{sample.relative_to(root)}: {complaint}")
            failed += 1
        want = golden.read_text(encoding="utf-8") if golden.exists() else ""
        if text != want and update:
            golden.write_text(text, encoding="utf-8")
        elif text != want:
            failed += 1
            sys.stdout.writelines(difflib.unified_diff(
                want.splitlines(True), text.splitlines(True), str(golden), "got"))
    for stray in set(root.rglob("*.txt")) - seen:
        print(f"{stray}: belongs to no sample")
        failed += 1
    print(f"{len(seen)} samples, {failed} problems")
    sys.exit(1 if failed or not seen else 0)


if __name__ == "__main__":
    main()
