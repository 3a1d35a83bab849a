#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What an answer costs, in instructions, is no more than what tests/golden/cost.tsv says, and 5 %.

Usage: cost.py [--update]    environment: CNEDGE_COST, CNEDGE_COST_COMPILER, CNEDGE_SOURCE

Counts with callgrind, so that no busy machine disturbs it, what tests/cost/cost.c does for each
kind of query. The table has a column per compiler, for its optimized build; other builds and other
compilers are not judged, and --update adds a column. What got cheaper by more than 5 % is told: the
bound should follow. Passes where valgrind is missing."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["CNEDGE_SOURCE"])
PROGRAM, COMPILER = os.environ["CNEDGE_COST"], os.environ["CNEDGE_COST_COMPILER"]
TABLE = SOURCE / "tests" / "golden" / "cost.tsv"
MOST, LEAST = 1.05, 0.95
HEAD = "# Instructions per answer. Written by tests/golden/cost.py --update\n"


def read_table():
    """{compiler: {kind: instructions}}."""
    rows = [line.split("\t") for line in TABLE.read_text().splitlines() if line[:1] != "#"]
    return {compiler: {row[0]: int(row[at]) for row in rows[1:] if row[at] != "-"}
            for at, compiler in enumerate(rows[0]) if at > 0}


def write_table(table):
    kinds = list(dict.fromkeys(kind for bounds in table.values() for kind in bounds))
    lines = ["\t".join(["kind", *table])]
    lines += ["\t".join([kind, *(str(bounds.get(kind, "-")) for bounds in table.values())])
              for kind in kinds]
    TABLE.write_text(HEAD + "\n".join(lines) + "\n")


def kinds_of(subnets):
    """{kind: number of queries}, as the program tells it."""
    out = subprocess.run([PROGRAM, subnets], stdout=subprocess.PIPE, check=True, timeout=100)
    return {kind: int(n) for kind, n, _ in map(str.split, out.stdout.decode().splitlines())}


def measure():
    """{kind: instructions per answer}: callgrind dumps its counts after each kind."""
    subnets = SOURCE / "tests" / "cost" / "subnets.txt"
    queries = kinds_of(subnets)
    with tempfile.TemporaryDirectory() as directory:
        base = pathlib.Path(directory, "out")
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={base}",
             "--toggle-collect=cost_*", *(f"--dump-after=cost_{kind}" for kind in queries),
             PROGRAM, subnets],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=400, check=False)
        if done.returncode != 0:
            sys.exit(f"exit {done.returncode}: {done.stderr[-1000:].decode()}")
        found = {}
        for path in base.parent.iterdir():
            text = path.read_text()
            kind = re.search(r"^desc: Trigger: --dump-after=cost_(\w+)", text, re.M)
            if kind:
                found[kind[1]] = int(re.search(r"^totals: (\d+)", text, re.M)[1])
    return {kind: round(found[kind] / n) for kind, n in queries.items()}


def judge(costs, bounds):
    bad = 0
    for kind, cost in costs.items():
        bound = bounds.get(kind)
        verdict = "ok"
        if bound is None:
            verdict, bad = "FAILED: it has no bound", bad + 1
        elif cost > bound * MOST:
            verdict, bad = f"FAILED: more than 5 % above {bound}", bad + 1
        elif cost < bound * LEAST:
            verdict = f"cheaper than {bound} by more than 5 %: let the bound follow"
        print(f"{kind:9} {cost:6} instructions per answer, {verdict}")
    if bad:
        print(f"Where they went: valgrind --tool=callgrind --toggle-collect='cost_*' {PROGRAM} "
              f"{SOURCE}/tests/cost/subnets.txt, then callgrind_annotate.\n"
              "If it is worth it, write the bounds anew and say in the commit what it buys:\n"
              "    cmake --build --preset release-test --target update_cost")
    return bad


def main():
    if not shutil.which("valgrind") or not COMPILER:
        print("skipped: there is no valgrind, or the build is not an optimized one")
        return
    table = read_table()
    if COMPILER not in table and sys.argv[1:] != ["--update"]:
        print(f"skipped: {TABLE.name} has no column for {COMPILER}; --update adds one")
        return
    costs = measure()
    if sys.argv[1:] == ["--update"]:
        table[COMPILER] = costs
        write_table(table)
        return
    sys.exit(1 if judge(costs, table[COMPILER]) else 0)


main()
