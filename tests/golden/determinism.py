#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The same scenario and seed give the same trace and reports; another seed, other drawn times.

Usage: determinism.py      environment: CNEDGE, CNEDGE_SOURCE

A scenario in which durations are drawn is replayed alone, twice by one process, among others, in
another order, and with another seed."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

CNEDGE = os.environ["CNEDGE"]


def scenario(name, seed):
    """Drawn are when the partner observes a loss and when answers settle, for each site its own."""
    sites = [f"s{i}.example" for i in range(12)]
    return {
        "cnedge": 1, "name": name, "seed": seed, "start": "2026-01-01T00:00:00Z", "end": "+2d",
        "choices": {"observe_delay": "1m..6h", "ttl_settle": "1h..12h"},
        "holders": [{"id": "h"}],
        "filings": [{"id": f"f{i}", "holder": "h", "number": f"N-{i}"} for i in range(len(sites))],
        "sites": [{"domain": d, "filing": f"f{i}", "hosts": ["www"]} for i, d in enumerate(sites)],
        "clients": {"home": "cn/shanghai/telecom"},
        "events": [{"at": "+1h", "do": "revoke_site", "site": d} for d in sites[:-1]],
        "expect": [{"at": "end", "name": f"www.{d}", "from": "home", "class": "near"}
                   for d in sites[:-1]]}


def replay(directory, *names):
    """The traces of the files, in order, and all reports, as bytes."""
    out = {key: directory / f"out.{key}" for key in ("trace", "json", "junit")}
    options = [o for key, path in out.items() for o in (f"--{key}", str(path))]
    done = subprocess.run([CNEDGE, "replay", *options, *names], cwd=directory, timeout=60,
                          capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{names}: exit {done.returncode}\n{done.stdout.decode()}{done.stderr.decode()}")
    traces, lines = [], out["trace"].read_bytes().splitlines(True)
    for line in lines:
        if json.loads(line)["record"] == "run":
            traces.append(b"")
        traces[-1] += line
    return traces, (done.stdout, out["json"].read_bytes(), out["junit"].read_bytes())


def timers(trace):
    """When each site's timers fire."""
    records = map(json.loads, trace.splitlines())
    return [(r["event"], r["site"], r["at"]) for r in records
            if r["record"] == "event" and r["timer"]]


def same(what, a, b, bad):
    if a != b:
        print(f"{what} differ")
        bad.append(what)


def main():
    bad = []
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        for file, seed in (("a.json", 7), ("b.json", 8), ("again.json", 7)):
            text = json.dumps(scenario("drawn", seed))
            (directory / file).write_text(text, encoding="utf-8")
        (one,), reports = replay(directory, "a.json")
        (two,), reports_two = replay(directory, "a.json")
        same("traces of two processes", one, two, bad)
        same("reports of two processes", reports, reports_two, bad)
        many, _ = replay(directory, "a.json", "a.json", "b.json", "again.json", "a.json")
        for i in (0, 1, 3, 4):
            same(f"the trace alone and as number {i + 1} of five", one, many[i], bad)
        other, _ = replay(directory, "b.json", "a.json")
        same("traces in another order", many[2] + many[0], other[0] + other[1], bad)
        drawn, drawn_other = timers(one), timers(many[2])
        if len(drawn) != 22 or sorted(t[:2] for t in drawn) != sorted(t[:2] for t in drawn_other):
            print(f"expected two timers for each of 11 sites, got {drawn} and {drawn_other}")
            bad.append("timers")
        if set(drawn) & set(drawn_other) or len({t[2] for t in drawn}) != 22:
            print("expected other times for each site and each seed")
            bad.append("draws")
    print(f"{len(drawn)} drawn times, {len(bad)} problems")
    sys.exit(1 if bad else 0)


main()
