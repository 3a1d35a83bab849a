#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""docs/conformance.md and the tests name the same sections of RFCs."""
import os
import pathlib
import re
import sys

SOURCE = pathlib.Path(os.environ["CNEDGE_SOURCE"])
SECTION = r"RFC\d+\.[0-9A-Z]+(?:\.\d+)*"

listed = set(re.findall(rf"^\| ({SECTION}) \|", (SOURCE / "docs/conformance.md").read_text(), re.M))
tested = set()
for path in sorted((SOURCE / "tests").rglob("*.[cp]*")):
    if path.suffix in (".c", ".py"):
        tested |= set(re.findall(rf'"({SECTION}) ', path.read_text()))
problems = [f"{s}: is listed and has no test" for s in sorted(listed - tested)]
problems += [f"{s}: has a test and is not listed" for s in sorted(tested - listed)]
print("\n".join(problems + [f"{len(listed)} sections, {len(problems)} problems"]))
sys.exit(1 if problems or not listed else 0)
