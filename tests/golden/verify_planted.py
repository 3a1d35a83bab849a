#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`cnedge verify` finds a fault in the program that shows behind any kind of injected fault.

Usage: verify_planted.py [ROW...]      environment: CNEDGE_PLANTED, CNEDGE_SOURCE

tests/planted/planted.c is cnedge with such a fault, behind the row of VERIFY_FAULTS that it is
told. For each row: verifying fails with exit code 1, the counterexample that it writes fails in
the same program at the same invariant, and holds in cnedge as it is."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["CNEDGE_SOURCE"])
WORLD = "tests/planted/world.json"
DEPTH = "2"


def run(row, *arguments):
    """The program with the fault behind a row; None: without."""
    environment = dict(os.environ)
    environment.pop("CNEDGE_PLANT", None)
    if row is not None:
        environment["CNEDGE_PLANT"] = str(row)
    return subprocess.run([os.environ["CNEDGE_PLANTED"], *arguments], cwd=SOURCE, timeout=300,
                          env=environment, capture_output=True, text=True, check=False)


def check(row, kind, directory):
    """What is wrong with one row."""
    out = str(pathlib.Path(directory) / f"{row}.json")
    done = run(row, "verify", "--json", "--depth", DEPTH, "--out", out, WORLD)
    if done.returncode != 1:
        return [f"verify: expected exit 1, got {done.returncode}: {done.stderr}"]
    violation = json.loads(done.stdout)["violation"]
    events = json.loads(pathlib.Path(out).read_text(encoding="utf-8"))["events"]
    problems = []
    if violation["injected"] not in (1, 2):
        problems.append(f"{violation['injected']} events were injected")
    if events[-1]["do"] != kind or events[-1].get("note") != "injected by cnedge verify":
        problems.append(f"the last event is {events[-1]}")
    again = run(row, "replay", out)
    if again.returncode != 1 or violation["invariant"] not in again.stdout + again.stderr:
        problems.append(f"replay: expected exit 1 and {violation['invariant']}, got "
                        f"{again.returncode}: {again.stdout}{again.stderr}")
    good = run(None, "replay", out)
    if good.returncode != 0:
        problems.append(f"without the fault: exit {good.returncode}: {good.stdout}{good.stderr}")
    return problems


def main():
    if "--help" in sys.argv[1:]:
        sys.exit(__doc__)
    done = run(None, "verify", "--json", WORLD)
    kinds = [row["do"] for row in json.loads(done.stdout)["accepted"]]
    rows = [int(row) for row in sys.argv[1:]] or range(len(kinds))
    problems = [] if done.returncode == 0 else ["it does not hold without the fault"]
    with tempfile.TemporaryDirectory() as directory:
        for row in rows:
            problems += [f"{row} {kinds[row]}: {p}" for p in check(row, kinds[row], directory)]
    print(*problems, f"{len(rows)} kinds of faults, {len(problems)} problems", sep="\n")
    sys.exit(1 if problems else 0)


main()
