#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""tools/traceability.py tells what is covered from what is not, on a small tree with faults.

Usage: traceability.py      environment: CNEDGE_SOURCE"""
import importlib.util
import os
import pathlib
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["CNEDGE_SOURCE"])
ROW = "C2." + "row"  # in parts, so that this file covers nothing


def load_tool():
    spec = importlib.util.spec_from_file_location("tool", SOURCE / "tools" / "traceability.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def put(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def tree(root):
    put(root, "tests/model/test_a.c",
        f'/* {ROW}2: a comment is no test */\n'
        f'    {{"{ROW}1.one", 1}}, {{"{ROW}1.two", 2}},\n'
        f'    {{"B1" ".x"}}, {{"{"B1"}.DRAFT", FILING_DRAFT, ".P ... D"}},\n'
        f'    snprintf(name, sizeof(name), "{ROW}%d", 3);\n'
        f'    {{"not {ROW}3"}}, {{"{"C4"}.7.grace"}}\n')
    put(root, "tests/replay/test_verify.c", '{"verify.finds.nearest", 1}\n')
    put(root, "scenarios/drill-05-outage.json", "{}")
    put(root, "scenarios/policy-5.json", "{}")
    put(root, "include/cnedge/model/invariant.h",
        'X(NEAREST, "nearest", "..") X(OTHER, "other", "..")')
    put(root, "docs/traceability.md", "old")


def main():
    tool = load_tool()
    problems = []

    def expect(name, got, want):
        if got != want:
            problems.append(f"{name}: expected {want!r}, got {got!r}")

    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        tree(root)
        covered, pairs = tool.collect(root)
        expect("covered", sorted(covered), ["B1", "C2." + "row1", "C4." + "7", "D1.5"])
        expect("pairs", pairs["B1"], 6)
        tool.C2, tool.B, tool.C4, tool.D1 = {1: "a", 2: "b"}, {"B1": "c"}, {7: "d"}, {5: "e"}
        tool.KNOWN_MISSING = {"D1.5", "D1.77"}
        found = tool.problems_of(root)
        for part in ("docs/traceability.md: expected", f"{ROW}2: expected a test",
                     "D1.5: is covered", "D1.77: KNOWN_MISSING names"):
            expect(part, sum(p.startswith(part) for p in found), 1)
        expect("problems", len(found), 4)
        text, _ = tool.document(root)
        expect("a row that is missing", f"| {ROW}2 | b | **missing** |" in text, True)
        expect("an invariant that is missing", "* `other`: **missing**" in text, True)
        expect("an invariant that is planted", "* `nearest`\n" in text, True)
        put(root, "docs/traceability.md", text)
        tool.KNOWN_MISSING = {f"{ROW}2"}
        expect("all well", tool.problems_of(root), [])
    real, _ = load_tool().collect(SOURCE)
    expect("the tree itself has rows, machines and drills",
           {"B1", f"{ROW}1", "D1.1"} <= set(real), True)
    print(*problems, f"{len(problems)} problems", sep="\n")
    sys.exit(1 if problems else 0)


main()
