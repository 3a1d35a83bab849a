#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Fails on what neither the compiler nor clang-tidy sees.

Usage: tidy.py SOURCE_DIR

In C:           banned calls, undocumented functions in public headers, functions over 70 lines.
In code:        lines over 100 columns (140 in tables between clang-format off and on), files over
                600 lines.
In every text:  words that mark unfinished work, spaces at the end of a line, tabs in C, no newline
                at the end, absolute paths of somebody's machine.
Reads the files git knows or would add; without git, all but build/."""
import pathlib
import re
import statistics
import subprocess
import sys

FUNCTION_MAX = 70
FILE_MAX = 600
COLUMNS_MAX = 100
TABLE_COLUMNS_MAX = 140  # a row of a table that was aligned by hand is one line

C_FILES = (".c", ".h")
CODE_FILES = C_FILES + (".S", ".py", ".sh", ".cmake")
# Data: only the paths and words are looked for.
RECORDED = ("tests/replay/cases/",)  # TAP calls what is expected to fail by such a word
GENERATED = ("sim/data/", "tests/fuzz/corpus/", "tests/scenario/invalid/syntax/",
             "tests/scenario/valid/crlf.json", "tests/scenario/valid/files/sites.csv",
             "tests/scenario/invalid/meaning/files/lines.jsonl")

BANNED = {
    "strcpy": "snprintf", "strcat": "snprintf", "sprintf": "snprintf", "vsprintf": "vsnprintf",
    "gets": "fgets", "atoi": "strtol", "atol": "strtol", "atoll": "strtoll", "atof": "strtod",
    "strtok": "strcspn", "rand": "rng", "srand": "rng", "random": "rng", "srandom": "rng",
    "assert": "CN_ASSERT", "alloca": "a buffer with a limit",
}
BANNED_CALL = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(")
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" "DO", "FIX" "ME", "X" "XX")) + r")\b")
MACHINE_PATH = re.compile(r"(?<![\w.\-])/(?:home|work|root|Users|farm)/\w")
ENUM_NAME = re.compile(r"const char \*\w+_(name|text|id)\(enum \w+ \w+\)")

COMMENT_OR_STRING = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def list_files(root):
    git = subprocess.run(["git", "-C", root, "ls-files", "-z", "-co", "--exclude-standard"],
                         capture_output=True, check=False)
    if git.returncode == 0 and git.stdout:
        names = git.stdout.decode().split("\0")
    else:
        names = (p.relative_to(root).as_posix() for p in root.rglob("*"))
        names = (n for n in names if not re.match(r"(build|\.git)(/|$)|.*__pycache__", n))
    return sorted(n for n in names if n and (root / n).is_file() and not (root / n).is_symlink())


def blank(match):
    """A comment or string as spaces, so that lines and columns stay."""
    return re.sub(r"[^\n]", " ", match[0])


def strip_c(text):
    """C without the contents of comments and strings; lines stay where they are."""
    return COMMENT_OR_STRING.sub(blank, text)


def functions(text):
    """Yields (line, name, length of the body in lines) for each function with its braces in
    column 0."""
    start, head = None, ""
    for n, line in enumerate(strip_c(text).splitlines(), 1):
        if line.startswith("{"):
            m = re.search(r"(\w+)\s*\((?:[^()]|\([^()]*\))*\)\s*$", head)
            start = (n, m[1] if m else "?")
            head = ""
        elif line.startswith("}"):
            if start:
                yield (*start, n - start[0] - 1)
            start, head = None, ""
        elif start is None:
            head = "" if line.rstrip().endswith((";", "}")) else head + " " + line.strip()


def undocumented(text):
    """Yields (line, name) for each function of a header without a comment above. Functions that
    follow each other without an empty line share the comment above the first; an inline function
    shows what it does, and the type of one that names an enumerator says it all."""
    depth, begin, statement = 0, 0, ""
    documented, continued = False, False
    for n, (shown, line) in enumerate(zip(text.splitlines(), strip_c(text).splitlines()), 1):
        if continued or line.lstrip().startswith("#"):
            continued, documented = line.rstrip().endswith("\\"), False
            continue
        if not statement and not line.strip():
            documented = bool(shown.strip())  # a comment; an empty line parts it from what follows
            continue
        begin = begin if statement else n
        statement += " " + line.strip()
        depth += line.count("{") - line.count("}")
        if depth == 0 and line.rstrip().endswith((";", "}")):
            head = statement.split("{")[0].strip()
            m = re.search(r"\b([a-z]\w*)\s*\(", head)  # macros before it are in capitals
            plain = head.startswith(("typedef ", "static ")) or ENUM_NAME.search(head)
            if m and not documented and not plain:
                yield begin, m[1]
            statement = ""


def check_c(name, text, lengths):
    for n, line in enumerate(strip_c(text).splitlines(), 1):
        m = BANNED_CALL.search(line)
        if m:
            yield n, f"{m[1]}() is banned, use {BANNED[m[1]]}"
    for n, function, length in functions(text):
        if name.startswith("sim/"):
            lengths.append(length)
        if length > FUNCTION_MAX:
            yield n, f"{function}() has {length} lines, {FUNCTION_MAX} allowed"
    if name.startswith("include/"):
        for n, function in undocumented(text):
            yield n, f"{function}() has no comment above"


def check_lines(name, text, is_code):
    columns = COLUMNS_MAX
    for n, line in enumerate(text.split("\n"), 1):
        m = UNFINISHED.search(line)
        if m and not name.startswith(RECORDED):
            yield n, f"{m[1]}: finish it or open an issue"
        m = MACHINE_PATH.search(line)
        if m:
            yield n, f"path of one machine: {line[m.start():][:40]}"
        if name.startswith(GENERATED):
            continue
        if line != line.rstrip():
            yield n, "space at the end of the line"
        if name.endswith(C_FILES) and "\t" in line:
            yield n, "tab"
        if "clang-format off" in line:
            columns = TABLE_COLUMNS_MAX
        if "clang-format on" in line:
            columns = COLUMNS_MAX
        if is_code and len(line) > columns:
            yield n, f"{len(line)} columns, {columns} allowed"


def check_file(root, name, lengths):
    """Yields (line, complaint)."""
    data = (root / name).read_bytes()
    if b"\0" in data:
        return
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        if not name.startswith(GENERATED):
            yield 1, "neither UTF-8 nor binary"
        return
    is_code = name.endswith(CODE_FILES + ("CMakeLists.txt",)) or text.startswith("#!")
    yield from check_lines(name, text, is_code)
    if name.startswith(GENERATED):
        return
    if text and not text.endswith("\n"):
        yield text.count("\n") + 1, "no newline at the end of the file"
    if is_code and text.count("\n") > FILE_MAX:
        yield 1, f"{text.count(chr(10))} lines, {FILE_MAX} allowed"
    if name.endswith(C_FILES):
        yield from check_c(name, text, lengths)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    root = pathlib.Path(sys.argv[1]).resolve()
    files, lengths, problems = list_files(root), [], 0
    for name in files:
        for n, complaint in check_file(root, name, lengths):
            print(f"{name}:{n}: {complaint}")
            problems += 1
    if lengths:
        p90 = sorted(lengths)[len(lengths) * 9 // 10]
        print(f"{len(lengths)} functions in sim/: median {statistics.median(lengths):g} lines, "
              f"p90 {p90}, longest {max(lengths)}")
    print(f"{len(files)} files, {problems} problems")
    sys.exit(1 if problems or not files else 0)


if __name__ == "__main__":
    main()
