#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The cost of `cnedge replay` grows with what happens, not with its square.

Usage: linear.py      environment: CNEDGE, CNEDGE_SOURCE

Counts instructions, which no busy machine disturbs, with valgrind, for portfolios of 200, 400 and
800 sites as tools/bench replay makes them, in a small world with four outages, and for three shapes
of expectations. The second doubling may cost at most 2.2 times as much as the first; a square would
make it 4. Says so and passes where valgrind is missing or the program is instrumented by a
sanitizer."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["CNEDGE_SOURCE"])
CNEDGE = os.environ["CNEDGE"]
sys.path.insert(0, str(SOURCE / "tools" / "rig"))
import replay  # pylint: disable=wrong-import-position

SITES, MOST = (200, 400, 800), 2.2

# A small world, so that the sites weigh more than the world does.
WORLD = {
    "pops": [
        {"id": "sha", "country": "cn", "province": "shanghai", "lat": 31.2, "lon": 121.5,
         "carriers": ["telecom"], "v4": "198.18.0.1", "v6": "2001:db8::1"},
        {"id": "pkx", "country": "cn", "province": "beijing", "lat": 39.9, "lon": 116.4,
         "carriers": ["telecom"], "v4": "198.18.0.2", "v6": "2001:db8::2"},
        {"id": "can", "country": "cn", "province": "guangdong", "lat": 23.1, "lon": 113.3,
         "carriers": ["telecom"], "v4": "198.18.0.3", "v6": "2001:db8::3"},
        {"id": "hkg", "country": "hk", "lat": 22.3, "lon": 113.9, "v4": "198.18.0.4",
         "v6": "2001:db8::4"},
        {"id": "icn", "country": "kr", "lat": 37.5, "lon": 126.5, "v4": "198.18.0.6",
         "v6": "2001:db8::6"},
        {"id": "fra", "country": "de", "lat": 50.0, "lon": 8.6, "v4": "198.18.0.5",
         "v6": "2001:db8::5"}],
    "lines": [
        {"name": "cn/shanghai/telecom", "lat": 31.2, "lon": 121.5},
        {"name": "cn/beijing/telecom", "lat": 39.9, "lon": 116.4},
        {"name": "de", "lat": 50.1, "lon": 8.7}],
    "prefixes": [{"prefix": "192.0.2.0/24", "line": "de"}]}


def each_site(scenario, sites):
    """As it is: two expectations for every tenth site."""


def all_sites(scenario, sites):
    """A few expectations about all sites."""
    scenario["expect"] = [
        {"eventually": {}, "from": "cn/shanghai/telecom", "name": "*", "class": "near"},
        {"never": {}, "from": "de", "name": "*", "class": "mainland"},
        {"always": {}, "from": "cn/shanghai/telecom", "name": "*", "changes": {"max": 9}}]


def at_each_second(scenario, sites):
    """An instant of its own for each expectation, and windows that are all open at once."""
    scenario["expect"] = []
    for i in range(sites):
        name = f"www.s{i}.example"
        scenario["expect"] += [
            {"at": f"+{i + 1}s", "from": "cn/shanghai/telecom", "name": name, "row": 10},
            {"always": {}, "from": "de", "name": name, "class": "global"}]


def instructions(path, directory):
    counts = directory / "callgrind.out"
    done = subprocess.run(
        ["valgrind", "--tool=callgrind",
         f"--callgrind-out-file={counts}", CNEDGE, "replay", path],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=200, check=False)
    found = re.search(rb"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found:
        sys.exit(f"exit {done.returncode}: {done.stdout[-500:]}{done.stderr[-1000:]}")
    return int(found[1])


def main():
    if not shutil.which("valgrind") or b"__asan_init" in pathlib.Path(CNEDGE).read_bytes():
        print("skipped: there is no valgrind, or the program is instrumented")
        return
    bad = 0
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        for shape in (each_site, all_sites, at_each_second):
            costs = []
            for sites in SITES:
                scenario = replay.scenario(sites, outage_every=sites // 4)
                scenario["world"] = WORLD
                shape(scenario, sites)
                path = directory / "scenario.json"
                path.write_text(json.dumps(scenario, ensure_ascii=False), encoding="utf-8")
                costs.append(instructions(path, directory))
            growth = (costs[2] - costs[1]) / (costs[1] - costs[0])
            print(f"{shape.__name__}: {costs} instructions, growth {growth:.2f}")
            bad += growth > MOST
    sys.exit(1 if bad else 0)


main()
