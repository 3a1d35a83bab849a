#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Prints what the tests covered and fails below the gates.

Usage: coverage.py SOURCE_DIR BUILD_DIR     after the tests of a --coverage build

Branches of a CN_ASSERT do not count: a test cannot take the one that aborts. A line or branch that
cannot be reached is marked in the source, LCOV_EXCL_LINE or LCOV_EXCL_BR_LINE, with the reason."""
import collections
import pathlib
import subprocess
import sys

GATES = [
    # files, first match     lines %  branches %
    ("sim/base/",            98, 90),
    ("sim/model/",           98, 90),
    ("sim/traffic/",         98, 90),
    ("sim/dns/wire",         98, 90),
    ("sim/dns/",             98, 95),
    ("sim/zonefile/",        90, 75),
    ("sim/scenario/",        90, 75),
    ("sim/replay/",          85, 70),
    ("sim/server/",          85, 60),
    ("sim/cli/",             85, 60),
    ("include/cnedge/",      90, 75),
]
LCOV = ["lcov", "--quiet", "--rc", "lcov_branch_coverage=1",
        "--rc", "lcov_excl_br_line=LCOV_EXCL_BR_LINE|CN_ASSERT"]

Count = collections.namedtuple("Count", "lines lines_hit branches branches_hit")


def run_lcov(*args):
    """Runs lcov. What its Perl says about itself is shown only if it fails."""
    done = subprocess.run([*LCOV, *args], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)


def capture(source, build):
    """Runs lcov; returns the text of its trace file."""
    common = ["--directory", build, "--base-directory", source,
              "--include", f"{source}/sim/*", "--include", f"{source}/include/*"]
    zero, run, both = (build / f"coverage-{n}.info" for n in ("zero", "run", "all"))
    # The first capture lists what no test touched, which the second does not know.
    run_lcov("--capture", "--initial", *common, "-o", zero)
    run_lcov("--capture", *common, "-o", run)
    run_lcov("-a", zero, "-a", run, "-o", both)
    return both.read_text(encoding="utf-8")


def read_info(text, source):
    """The counts of each file in lcov's trace format."""
    files, name, lines, branches = {}, None, [], []
    for record in text.splitlines():
        key, _, value = record.partition(":")
        if key == "SF":
            name, lines, branches = pathlib.Path(value).relative_to(source).as_posix(), [], []
        elif key == "DA":
            lines.append(value.split(",")[1] != "0")
        elif key == "BRDA":
            branches.append(value.split(",")[3] not in ("-", "0"))
        elif key == "end_of_record":
            files[name] = Count(len(lines), sum(lines), len(branches), sum(branches))
    return files


def percent(hit, total):
    return 100.0 if total == 0 else 100.0 * hit / total


def row(name, c, note):
    print(f"{name:34} {percent(c.lines_hit, c.lines):6.1f} % {c.lines_hit:6}/{c.lines:<6}"
          f"{percent(c.branches_hit, c.branches):6.1f} % {c.branches_hit:6}/{c.branches:<6}{note}")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    source, build = (pathlib.Path(p).resolve() for p in sys.argv[1:])
    files = read_info(capture(source, build), source)
    groups = collections.defaultdict(list)
    failed = 0
    print(f"{'':34} {'lines':^22}{'branches':^22}")
    for name, count in sorted(files.items()):
        gate = next((g for g in GATES if name.startswith(g[0])), None)
        if gate is None:
            print(f"{name}: no gate in tools/coverage.py")
            failed += 1
        groups[gate].append(count)
        row(name, count, "")
    print()
    for gate in GATES:
        if gate not in groups:
            continue
        total = Count(*map(sum, zip(*groups[gate])))
        good = (percent(total.lines_hit, total.lines) >= gate[1]
                and percent(total.branches_hit, total.branches) >= gate[2])
        failed += not good
        row(gate[0] + "*", total, f"gate {gate[1]}/{gate[2]}{'' if good else '  BELOW'}")
    sys.exit(1 if failed or not files else 0)


if __name__ == "__main__":
    main()
