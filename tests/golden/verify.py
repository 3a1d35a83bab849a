#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`cnedge verify` proves the invariants of shipped scenarios, and says how much it looked at.

Usage: verify.py      environment: CNEDGE, CNEDGE_SOURCE, CNEDGE_OPTIMIZED

Some shipped scenarios at depth 1 and a small world at depth 2; in the optimized build, where that
takes a minute, every shipped scenario at depth 1 and one at depth 2. All at depth 2 take many
minutes: `tools/verify-table 2` runs them."""
import json
import os
import pathlib
import subprocess
import sys

SOURCE = pathlib.Path(os.environ["CNEDGE_SOURCE"])

# scenario, depth, orbits that its sites fall into at most
ROWS = [
    ("scenarios/drill-02-revoke-subject.json", 1, 2),
    ("scenarios/revocation.json", 1, 9),
    ("scenarios/policy-unmap-shared.json", 1, 9),
    ("tests/scenario/valid/own-world.json", 2, 9),
]

# Where sites share nothing, each may be an orbit of its own.
if os.environ.get("CNEDGE_OPTIMIZED") == "ON":
    ROWS += [("scenarios/drill-06-pop-down.json", 2, 1000)]
    ROWS += [(f"scenarios/{f.name}", 1, 1000) for f in sorted((SOURCE / "scenarios").glob("*.json"))
             if f"scenarios/{f.name}" not in [row[0] for row in ROWS]]


def verify(*arguments):
    return subprocess.run([os.environ["CNEDGE"], "verify", *arguments], cwd=SOURCE, timeout=250,
                          capture_output=True, text=True, check=False)


def check(file, depth, orbits):
    """What is wrong with one row."""
    done = verify("--json", "--depth", str(depth), file)
    if done.returncode != 0 or done.stderr:
        return [f"exit {done.returncode}: {done.stderr}{done.stdout}"]
    line = json.loads(done.stdout)
    problems = []
    if not line["holds"] or line["depth"] != depth or line["file"] != file:
        problems.append("the record does not say what was asked")
    if not line["states"] < line["states_unmerged"]:
        problems.append("nothing was merged")
    if line["orbits"] > min(line["sites"], orbits) or line["faults_at_start"] > line["faults"]:
        problems.append("more representatives than represented")
    if sum(row["accepted"] for row in line["accepted"]) < 20:
        problems.append("hardly a fault was injected")
    return problems


def main():
    if sys.argv[1:]:
        sys.exit(__doc__)
    problems = [f"{file} at depth {depth}: {p}" for file, depth, orbits in ROWS
                for p in check(file, depth, orbits)]
    if "the invariants hold under any single fault\n" not in verify(ROWS[0][0]).stdout:
        problems.append("the text does not say that the invariants hold")
    print(*problems, f"{len(ROWS)} scenarios, {len(problems)} problems", sep="\n")
    sys.exit(1 if problems else 0)


main()
