#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What `cnedge replay` says of the scenarios in tests/replay/cases, and that its reports agree.

Usage: replay_output.py [--update]      environment: CNEDGE, CNEDGE_SOURCE

A case FILE.json has FILE.txt: standard error, standard output and the exit code, byte for byte;
--update rewrites it, review the difference. Of every case, under names that are hard to write, TAP,
JUnit XML, JSON lines and the trace are read by readers that follow the formats' rules, and must
tell the same. Perl's TAP::Parser reads the TAP too, where it is installed."""
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import _reports

SOURCE = pathlib.Path(os.environ["CNEDGE_SOURCE"])
CNEDGE = os.environ["CNEDGE"]
CASES = SOURCE / "tests" / "replay" / "cases"

# Names that a shell, TAP, XML, YAML or UTF-8 trips over.
NAMES = [b"plain.json", b"a b.json", b"x # SKIP.json", b"x \\# SKIP.json", b"q'uote\"s.json",
         b"a&b<c>d]]>.json", b"li\nne.json", b"tab\there.json",
         b"bad\xff\xc0\x80utf\xed\xa0\x808.json", b"end \xef\xbf\xbe.json",
         b"$(touch x); `true`.json", "中文.json".encode(), b"%s%n.json"]

PERL = r"""
my $p = TAP::Parser->new({tap => join('', <STDIN>)});
while (my $r = $p->next) {}
print join(' ', scalar($p->passed), scalar($p->failed), scalar($p->todo), scalar($p->skipped),
           scalar($p->parse_errors)), "\n";
"""


def run(directory, name, *options):
    return subprocess.run([CNEDGE, b"replay", *options, name], cwd=directory, capture_output=True,
                          timeout=60, check=False)


# --- the exact text -----------------------------------------------------------------------------

def compare(case, update):
    done = run(SOURCE, case.relative_to(SOURCE))
    got = done.stderr.decode() + done.stdout.decode() + f"exit {done.returncode}\n"
    golden = case.with_suffix(".txt")
    if update:
        golden.write_text(got, encoding="utf-8", newline="")
    want = golden.read_text(encoding="utf-8") if golden.exists() else ""
    if got == want:
        return 0
    sys.stdout.writelines(difflib.unified_diff(want.splitlines(True), got.splitlines(True),
                                               str(golden), "got"))
    return 1


# --- the reports agree --------------------------------------------------------------------------

def visible(text):
    """As in titles, where what cannot be shown is a space."""
    return "".join(" " if ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 or ord(c) & 0xFFFE == 0xFFFE else c
                   for c in text)


def same_point(point, record):
    """A TAP point and a JSON record tell the same."""
    need = _reports.need
    file = visible(record["file"])
    need(point["title"] == f"{file}: {visible(record['title'])}", f"{point['title']!r}")
    need(_reports.verdict(point) == record["verdict"], record["verdict"])
    need(point["note"] == (visible(record["note"]) if point["mark"] else None), "the note")
    block = point["block"]
    need((block is None) == ("got" not in record), "a block only where something failed")
    if block is None:
        return
    for key in ("expected", "got", "line"):
        need(block.get(key) == record.get(key), f"{key}: {block.get(key)!r}")
    for key in ("see_it", "last_events"):
        need(block.get(key, []) == record.get(key, []), key)
    need(block["at"].split(" ")[0] == record["failed_at"], "at")
    reasons = [f"{r['rule']} - {r['text']}" for r in record["reasons"]]
    need(block.get("reasons", []) == reasons, "reasons")
    if "line_number" in record:
        where = f"{record['file']}:{record['line_number']}:{record['column']}"
        need(block["where"] == where, block["where"])


def same_case(case, tag, record):
    """A JUnit test case and a JSON record tell the same."""
    need = _reports.need
    need(case.get("name") == visible(record["title"]), case.get("name"))
    need(case.get("classname") == visible(record["file"]), case.get("classname"))
    tags = {"pass": None, "fail": "failure", "skip": "skipped", "expected_fail": "skipped"}
    need(tag == tags[record["verdict"]], f"{tag} for {record['verdict']}")
    if tag == "skipped":
        need(case[0].get("message") == visible(record["note"]), "the note")
    if tag == "failure":
        need(visible(record["got"]) in case[0].get("message"), "got")
        need(case[0].get("type") == record["record"], "type")
        need(all(visible(c) in case[0].text for c in record.get("see_it", [])), "see it")


def check_trace(trace, total):
    _reports.need(trace[0]["record"] == "run" and trace[-1]["record"] == "end", "ends of the trace")
    events = sum(r["record"] == "event" for r in trace)
    _reports.need(events == total["events"] == trace[-1]["events"], "events")
    for key in ("passed", "failed", "skipped"):
        _reports.need(trace[-1][key] == total[key], key)


def check_totals(points, total):
    verdicts = [_reports.verdict(p) for p in points]
    _reports.need(total["record"] == "scenario", "the last record")
    _reports.need(total["failed"] == verdicts.count("fail"), "failed")
    _reports.need(total["skipped"] == verdicts.count("skip"), "skipped")
    _reports.need(total["passed"] + total["failed"] + total["skipped"] == len(points), "passed")


def check_void(points, suites, records):
    """A scenario that could not run is one failure everywhere."""
    _reports.need([p["ok"] for p in points] == [False], "one failing point")
    _reports.need([r["record"] for r in records] == ["void"], "one record")
    _reports.need([[tag for _, tag in cases] for cases in suites] == [["error"]], "one error")
    case = suites[0][0][0]
    _reports.need(case[0].get("message") == records[0]["why"], "why")
    _reports.need(case.get("classname") == visible(records[0]["file"]), "file")


def check_perl(text, points):
    """Perl's parser counts the same. It does not know of a run without Perl."""
    done = subprocess.run(["perl", "-MTAP::Parser", "-e", PERL], input=text, capture_output=True,
                          check=False)
    if done.returncode != 0:
        return
    verdicts = [_reports.verdict(p) for p in points]
    want = [len(points) - verdicts.count("fail"), verdicts.count("fail"),
            verdicts.count("expected_fail"), verdicts.count("skip"), 0]
    _reports.need([int(n) for n in done.stdout.split()] == want, f"TAP::Parser: {done.stdout}")


def check_shell(points, directory, name):
    """The shell takes the commands apart as they were put together."""
    for point in points:
        for command in (point["block"] or {}).get("see_it", []):
            if "\ufffd" in command:
                continue
            words = subprocess.run(["sh", "-c", f"printf '%s\\0' {command}"], cwd=directory,
                                   capture_output=True, check=True).stdout.split(b"\0")
            if words[0] == b"cnedge":
                _reports.need(words[2] == name, f"{words}")


def check_reports(directory, name):
    out = {key: pathlib.Path(directory) / f"out.{key}" for key in ("junit", "json", "trace")}
    options = [o for key, path in out.items() for o in (f"--{key}", path)]
    done = run(directory, name, *options)
    text = done.stdout.decode("utf-8")
    points = _reports.tap(text)
    suites = _reports.junit(out["junit"].read_bytes())
    records = _reports.json_lines(out["json"].read_bytes())
    trace = _reports.json_lines(out["trace"].read_bytes())
    check_perl(done.stdout, points)
    if done.returncode == 3:
        check_void(points, suites, records)
        _reports.need(not trace, "no trace")
        return
    failed = any(_reports.verdict(p) == "fail" for p in points)
    _reports.need(done.returncode == (1 if failed else 0), f"exit {done.returncode}")
    total = records.pop()
    _reports.need(len(points) == len(records) == len(suites[0]) and len(suites) == 1, "counts")
    for point, record, (case, tag) in zip(points, records, suites[0]):
        same_point(point, record)
        same_case(case, tag, record)
    check_totals(points, total)
    check_trace(trace, total)
    check_shell(points, directory, name)


def main():
    update = sys.argv[1:] == ["--update"]
    if sys.argv[1:] and not update:
        sys.exit(__doc__)
    cases = sorted(CASES.glob("*.json"))
    bad = sum(compare(case, update) for case in cases)
    for stale in sorted(set(CASES.glob("*.txt")) - {c.with_suffix(".txt") for c in cases}):
        print(f"{stale}: there is no such case")
        bad += 1
    checked = 0
    with tempfile.TemporaryDirectory() as directory:
        for case in cases:
            for name in NAMES:
                path = os.path.join(os.fsencode(directory), name)
                shutil.copyfile(case, path)
                try:
                    check_reports(directory, name)
                except (_reports.Malformed, UnicodeError, ValueError, KeyError) as e:
                    print(f"{case.name} as {name!r}: {type(e).__name__}: {e}")
                    bad += 1
                os.unlink(path)
                checked += 1
    print(f"{len(cases)} cases under {len(NAMES)} names, {checked} runs, {bad} problems")
    sys.exit(1 if bad or not checked else 0)


main()
