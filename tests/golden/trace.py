#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The same scenario and seed give the same trace, byte for byte, in every build.

Usage: trace.py [--update] [NAME...]

Replays every shipped scenario with --trace and compares its SHA-256 sum with trace.sha256, which
makes every run of every build a repetition. --update writes that file anew, from two runs that must
agree: do so when a change of the model was meant, and say in the commit which answers moved.
Environment: CNEDGE, CNEDGE_SOURCE, as for scenarios.py."""
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get("CNEDGE_SOURCE") or pathlib.Path(__file__).parents[2])
CNEDGE = os.environ.get("CNEDGE") or str(SOURCE / "build/dev/cnedge")
SUMS = SOURCE / "tests/golden/trace.sha256"


def trace(name, directory):
    """The SHA-256 sum of a scenario's trace; None, reported, when there is none."""
    out = pathlib.Path(directory) / "trace.jsonl"
    command = [CNEDGE, "replay", "--trace", str(out), f"scenarios/{name}.json"]
    done = subprocess.run(command, cwd=SOURCE, text=True, capture_output=True, timeout=120,
                          check=False)
    data = out.read_bytes() if out.exists() else b""
    if done.returncode == 0 and data.count(b"\n") > 2:
        return hashlib.sha256(data).hexdigest()
    print(f"not ok - {name}: exit {done.returncode}, trace of {len(data)} bytes\n{done.stderr}")
    return None


def read_sums():
    if not SUMS.exists():
        return {}
    lines = SUMS.read_text(encoding="utf-8").split("\n")
    return {name: digest for digest, name in (line.split("  ") for line in lines if line)}


def judge(name, first, second, committed):
    if first is None or second is None:
        return False
    if first != second:
        print(f"not ok - {name}: two runs differ: {first} and {second}")
    elif first != committed:
        print(f"not ok - {name}: expected {committed or 'a sum in trace.sha256'}, got {first}")
    else:
        print(f"ok - {name}")
        return True
    return False


def main():
    arguments = sys.argv[1:]
    update = "--update" in arguments
    every = sorted(p.stem for p in (SOURCE / "scenarios").glob("*.json"))
    names = [a for a in arguments if a != "--update"] or every
    committed = read_sums()
    bad = [n for n in sorted(committed.keys() - set(every)) if not update]
    for name in bad:
        print(f"not ok - {name}: trace.sha256 has a sum, but there is no such scenario")
    with tempfile.TemporaryDirectory() as directory:
        for name in names:
            first = trace(name, directory)
            second = trace(name, directory) if update else first
            if update and first is not None:
                committed[name] = first
            if not judge(name, first, second, committed.get(name)):
                bad.append(name)
    if update:
        lines = (f"{committed[n]}  {n}\n" for n in every if n in committed)
        SUMS.write_text("".join(lines), encoding="utf-8")
    print(f"{len(names)} scenarios, {len(bad)} complaints")
    for name in bad:
        print(f"repeat: cd {SOURCE} && CNEDGE={CNEDGE} tests/golden/trace.py {name}")
    sys.exit(1 if bad or not names else 0)


if __name__ == "__main__":
    main()
