#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every shipped scenario holds, and would not without what it is about.

Environment: CNEDGE, the program; CNEDGE_SOURCE, the source directory (default: this file's).
Arguments: the names of scenarios, without directory and suffix; none: all."""
import json
import os
import pathlib
import re
import subprocess
import sys

SOURCE = pathlib.Path(os.environ.get("CNEDGE_SOURCE") or pathlib.Path(__file__).parents[2])
CNEDGE = os.environ.get("CNEDGE") or str(SOURCE / "build/dev/cnedge")
SCENARIOS = SOURCE / "scenarios"

ROW = re.compile(r"^\| \[([\w-]+)\]\(\1\.json\) \| (.+) \| (.+) \| ((?:`[\w-]+`(?:, )?)+) \|$")
NOT_OK = re.compile(r"^not ok \d+ - [^ ]+\.json: (.*)$", re.M)
# Reserved for documentation and benchmarks (RFC 2544, 3849, 5737), and the domains of RFC 2606.
ADDRESS = re.compile(r'"(?:\d+\.){3}\d+(?:/\d+)?"|"[0-9a-f]*:[0-9a-f:]*(?:/\d+)?"')
RESERVED = re.compile(r"(198\.1[89]|192\.0\.2|198\.51\.100|203\.0\.113)\.|2001:db8:")
DOMAIN = re.compile(r"\.(example|test)$")

# What `check` must warn of, and of nothing else.
WARNED = {"drill-30-taiwan-mapped-to-the-mainland": "near lines should never be mapped"}

failures = []


def complain(name, what, output="", repeat=()):
    failures.append(f"{name}: {what}")
    print(f"not ok - {failures[-1]}")
    for line in output.splitlines()[-40:]:
        print(f"    {line}")
    if repeat:
        print(f"    repeat: cd {SOURCE} && {' '.join(repeat)}")


def run(*arguments):
    return subprocess.run([CNEDGE, *arguments], cwd=SOURCE, text=True, capture_output=True,
                          timeout=120, check=False)


def demand(name, code, *arguments):
    """Runs a command that must end with `code`; returns its standard output."""
    done = run(*arguments)
    if done.returncode != code:
        complain(name, f"{arguments[0]}: expected exit {code}, got {done.returncode}",
                 done.stdout + done.stderr, (CNEDGE, *arguments))
    return done.stdout


def read_table():
    """README.md: scenario -> its triggers."""
    table = {}
    for line in (SCENARIOS / "README.md").read_text(encoding="utf-8").splitlines():
        m = ROW.match(line)
        if m and m[1] in table:
            complain("README.md", f"a second row: {line}")
        elif m:
            table[m[1]] = re.findall(r"`([\w-]+)`", m[4])
        elif line.startswith("| [") or ".json)" in line:
            complain("README.md", f"not a row of the table: {line}")
    return table


def check_text(name, scenario, text):
    """What holds for every file that is shipped, whatever it shows."""
    for key in ("description", "source"):
        if len(scenario.get(key, "")) < 40:
            complain(name, f"expected a {key} that says something")
    ids = [e.get("id") for e in scenario["expect"]]
    if None in ids or len(set(ids)) != len(ids):
        complain(name, "expected every expectation to have an id of its own")
    for site in scenario["sites"]:
        if not DOMAIN.search(site["domain"]):
            complain(name, f"expected a reserved domain, got {site['domain']}")
    for address in ADDRESS.findall(text):
        if not RESERVED.match(address.strip('"')):
            complain(name, f"expected a reserved address, got {address}")
    types = {e.get("type", "A") for e in scenario["expect"] if "name" in e}
    if not {"A", "AAAA"} <= types:
        complain(name, f"expected expectations of both families, got {sorted(types)}")


def check_trigger(name, path, trigger, ids):
    """Without the trigger, or with it a minute later, an expectation fails, by name: not just the
    run."""
    for option in (("--without", trigger), ("--shift", f"{trigger}=+1m")):
        command = ("replay", *option, path)
        titles = NOT_OK.findall(demand(name, 1, *command))
        if not any(title.split(": ")[0] in ids for title in titles):
            complain(name, f"{' '.join(option)}: expected a named expectation to fail, got "
                     f"{titles or 'none'}", repeat=(CNEDGE, *command))


def check_scenario(name, triggers):
    path = f"scenarios/{name}.json"
    text = (SOURCE / path).read_text(encoding="utf-8")
    scenario = json.loads(text)
    check_text(name, scenario, text)
    checked = run("check", "--mutate", path)
    warnings = checked.stderr.splitlines()
    if checked.returncode != 0 or not all(WARNED.get(name, "\0") in w for w in warnings) or \
            (name in WARNED and not warnings):
        complain(name, "check: expected exit 0 and no warning", checked.stdout + checked.stderr,
                 (CNEDGE, "check", "--mutate", path))
    last = demand(name, 0, "replay", path).splitlines()[-1:]
    if not last or not re.fullmatch(r"[1-9]\d* passed, 0 failed", last[0]):
        complain(name, f"replay: expected \"N passed, 0 failed\" as the last line, got {last}")
    ids = {e["id"] for e in scenario["expect"]}
    for trigger in triggers:
        check_trigger(name, path, trigger, ids)


def main():
    table = read_table()
    files = {p.stem for p in SCENARIOS.glob("*.json")}
    for name in sorted(files ^ table.keys()):
        complain(name, "expected a file and a row in scenarios/README.md, one is missing")
    names = sys.argv[1:] or sorted(files & table.keys())
    for name in names:
        before = len(failures)
        check_scenario(name, table[name])
        if len(failures) == before:
            print(f"ok - {name}: holds, and fails without or with a later {', '.join(table[name])}")
    if not names:
        complain("scenarios", "expected at least one scenario, got none")
    print(f"{len(names)} scenarios, {len(failures)} complaints")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
