#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs the commands in the documents and compares what they print.

Usage: check_readme.py [--update] [FILE...]   from anywhere; default: the files in DOCUMENTS

With --update, output blocks that differ are written anew: whole, or around "..." the line that is
most like the old one. Read the difference before you keep it.

Every ```sh block runs, in the order of the file, with bash -e -u -o pipefail from the top of the
source tree, where build/release/cnedge must exist. A comment right above a block changes that:

    <!-- run: skip REASON -->   the block is not run
    <!-- run: exit N -->        the block must end with this exit code (default 0)
    <!-- same: PATH -->         above a block of any language: it must equal the file PATH

A ```text block that follows a sh block, with nothing between but one line of prose that ends in a
colon, is what it prints (standard output and standard error together): the whole of it, or, when
the block has lines that are "...", in this order with anything where these stand.

A block that starts a program in the background stops it before it ends. What is left over is
killed and counts as a failure."""
import difflib
import os
import pathlib
import re
import signal
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENTS = ["README.md", "docs/scenarios.md", "docs/ci.md"]
SCRATCH = ROOT / "build" / "readme"
TIMEOUT_S = 900
FENCE = re.compile(r"^```(\w*)\s*$")
DIRECTIVE = re.compile(r"^<!-- (run|same): (.*?) -->$")


class Block:
    """A fenced block, with the directives above it."""

    def __init__(self, language, line, directives):
        self.language, self.line = language, line
        self.directives = directives
        self.lines = []
        self.gap = []  # what stands between this block and the one before

    @property
    def text(self):
        return "\n".join(self.lines) + "\n"


def read_blocks(text):
    """All fenced blocks of a document."""
    blocks, block, directives, gap = [], None, {}, []
    for n, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if block is not None and line == "```":
            blocks.append(block)
            block, directives, gap = None, {}, []
        elif block is not None:
            block.lines.append(line)
        elif fence:
            block = Block(fence[1], n, directives)
            block.gap = gap
        else:
            directive = DIRECTIVE.match(line)
            if directive:
                directives[directive[1]] = directive[2]
            elif line:
                directives = {}
                gap.append(line)
    if block is not None:
        sys.exit(f"line {block.line}: the block has no end")
    return blocks


def is_output_of(block):
    """Whether a text block belongs to the sh block before it."""
    return block.language == "text" and (
        not block.gap or (len(block.gap) == 1 and block.gap[0].endswith(":")))


def matches(expected, got):
    """None, or what is missing. A line "..." stands for any lines."""
    parts = [[]]
    for line in expected:
        if line == "...":
            parts.append([])
        else:
            parts[-1].append(line)
    if len(parts) == 1:
        return None if expected == got else "the output is another"
    at = 0
    for i, part in enumerate(parts):
        first = range(at, len(got) - len(part) + 1)
        if i == 0:
            first = [0]
        elif i == len(parts) - 1:
            first = [len(got) - len(part)]
        found = next((k for k in first if k >= at and got[k:k + len(part)] == part), None)
        if found is None:
            return f"not found in the output: {part[0] if part else ''}"
        at = found + len(part)
    return None


def leftovers(group):
    """Kills what still runs in the block's process group; whether there was anything."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def run(text):
    """Runs a block. Returns (exit code, output lines, whether something was left running)."""
    environment = dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC")
    with open(SCRATCH / "output", "w+", encoding="utf-8", errors="replace") as out:
        child = subprocess.Popen(["bash", "-euo", "pipefail", "-c", text], cwd=ROOT, stdout=out,
                                 stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                 env=environment, start_new_session=True)
        try:
            code = child.wait(timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired:
            code = "none: it took too long"
        left = leftovers(child.pid)
        out.seek(0)
        return code, [line.rstrip() for line in out.read().splitlines()], left


def same(name, block):
    """Whether a block equals the file that it names."""
    path = block.directives["same"]
    if (ROOT / path).read_text(encoding="utf-8") == block.text:
        return True
    print(f"{name}:{block.line}: differs from {path}")
    return False


def complain(name, block, what, got=()):
    print(f"{name}:{block.line}: {what}")
    for line in block.lines:
        print(f"    | {line}")
    if got:
        print("  it printed:")
        for line in got[-60:]:
            print(f"    > {line}")


def rewrite(name, output, got):
    """Puts what was printed into the document."""
    new = got
    if "..." in output.lines:
        new = [line if line == "..." or line in got
               else (difflib.get_close_matches(line, got, 1, 0.3) or [line])[0]
               for line in output.lines]
    path = ROOT / name
    old_text = "```text\n" + output.text + "```\n"
    path.write_text(path.read_text(encoding="utf-8").replace(
        old_text, "\n".join(["```text", *new, "```", ""]), 1), encoding="utf-8")
    print(f"{name}:{output.line}: written anew")


def check_block(name, block, output, update):
    """Runs one block. Returns whether it is good."""
    directive = block.directives.get("run", "")
    exit_code = int(directive.split()[1]) if directive.startswith("exit ") else 0
    code, got, left = run(block.text)
    if code != exit_code:
        complain(name, block, f"expected exit code {exit_code}, got {code}", got)
        return False
    if left:
        complain(name, block, "expected nothing left running, got a process", got)
        return False
    if output is not None:
        missing = matches([line.rstrip() for line in output.lines], got)
        if missing and update:
            rewrite(name, output, got)
        elif missing:
            complain(name, output, missing, got)
            return False
    return True


def check_document(name, update):
    """Returns (good, bad, skipped) blocks of a document."""
    blocks = read_blocks((ROOT / name).read_text(encoding="utf-8"))
    results, skipped = [], 0
    for i, block in enumerate(blocks):
        if "same" in block.directives:
            results.append(same(name, block))
        elif block.language == "sh" and block.directives.get("run", "").startswith("skip"):
            skipped += 1
        elif block.language == "sh":
            after = blocks[i + 1] if i + 1 < len(blocks) else None
            output = after if after is not None and is_output_of(after) else None
            results.append(check_block(name, block, output, update))
    return results.count(True), results.count(False), skipped


def main():
    update = "--update" in sys.argv[1:]
    names = [n for n in sys.argv[1:] if n != "--update"]
    names = names or [n for n in DOCUMENTS if (ROOT / n).exists()]
    if not (ROOT / "build/release/cnedge").exists():
        sys.exit("build/release/cnedge: not there; run tools/quickstart --once first")
    SCRATCH.mkdir(parents=True, exist_ok=True)
    total = [0, 0, 0]
    for name in names:
        result = check_document(name, update)
        print(f"{name}: {result[0]} blocks as described, {result[1]} not, {result[2]} not run")
        total = [a + b for a, b in zip(total, result)]
    print(f"{total[0]} passed, {total[1]} failed, {total[2]} skipped")
    sys.exit(1 if total[1] or not total[0] else 0)


if __name__ == "__main__":
    main()
