# SPDX-License-Identifier: MIT
"""tools/bench replay: how long scenarios take to load and how fast they replay, for growing
numbers of sites.

Writes scenarios of 100, 10,000 and 100,000 sites into a temporary folder (one host a site, 100
sites a holder, one revocation a site, a PoP failing and returning every 1,000 revocations, an
expectation for every tenth site), and runs `cnedge check` and `cnedge replay` on them. Prints the
median CPU time of the rounds (the commands are single-threaded; CPU time is what a busy machine
disturbs least); the spread is min..max. Events are all that happen, timers included; the replay
rate leaves out the time that loading takes. Memory is the replay's peak."""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

import common

POPS = ["sha", "pkx", "can", "hkg", "icn"]


def scenario(sites, outage_every=1000):
    """A portfolio in which every filing is revoked, one a second."""
    holders = max(1, sites // 100)
    events = []
    for i in range(sites):
        events.append({"at": f"+{i + 1}s", "do": "revoke_site", "site": f"s{i}.example"})
        if i % outage_every == outage_every // 2:
            pop = POPS[i // outage_every % len(POPS)]
            events.append({"at": f"+{i + 1}s", "do": "pop_down", "pop": pop})
            events.append({"at": f"+{i + 101}s", "do": "pop_up", "pop": pop})
    expect = []
    for i in range(0, sites, 10):
        name = f"www.s{i}.example"
        expect.append({"always": {"until": f"+{i + 1}s"}, "from": "cn/*/telecom", "name": name,
                       "class": "mainland"})
        expect.append({"always": {"from": f"+{i + 1}s"}, "from": "cn/shanghai/telecom",
                       "name": name, "class": "near"})
    return {
        "cnedge": 1, "name": f"{sites} sites", "start": "2026-01-01T00:00:00Z",
        "end": f"+{sites + 200}s",
        "holders": [{"id": f"h{i}"} for i in range(holders)],
        "filings": [{"id": f"f{i}", "holder": f"h{i % holders}", "number": f"京ICP备{i:08d}号-1"}
                    for i in range(sites)],
        "sites": [{"domain": f"s{i}.example", "filing": f"f{i}", "hosts": ["www"]}
                  for i in range(sites)],
        "events": events, "expect": expect}


def run(*command):
    """CPU seconds, peak memory in MiB, and standard output of a command that must succeed."""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(command, stdout=out, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = usage.ru_utime + usage.ru_stime
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode()
    if child.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit {child.returncode}\n{text[-2000:]}")
    return seconds, usage.ru_maxrss / 1024, text


def measure(path, rounds):
    load, whole, memory, events = [], [], 0, 0
    for _ in range(rounds):
        load.append(run(common.PROGRAM, "check", path)[0])
        seconds, mib, text = run(common.PROGRAM, "replay", path)
        whole.append(seconds)
        memory = max(memory, mib)
        events = int(re.search(r"^# (\d+) events", text, re.M).group(1))
    return load, whole, memory, events


def report(sites, size, result):
    load, whole, memory, events = result
    load_s = statistics.median(load)
    replay_s = max(statistics.median(whole) - load_s, 1e-9)
    print(f"{sites:>8} {size / 1e6:>9.2f} {load_s * 1e3:>10.1f} "
          f"{min(load) * 1e3:>8.1f}..{max(load) * 1e3:<8.1f} {events:>8} "
          f"{replay_s * 1e3:>11.1f} {events / replay_s:>12,.0f} "
          f"{(load_s + replay_s) / sites * 1e6:>11.2f} {memory:>8.0f}")
    return replay_s / sites


def main(argv):
    parser = argparse.ArgumentParser(prog="tools/bench replay",
                                     description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sites", default="100,10000,100000")
    args = parser.parse_args(argv)
    common.build()
    print(f"{'sites':>8} {'file MB':>9} {'load ms':>10} {'(spread)':>18} {'events':>8} "
          f"{'replay ms':>11} {'events/s':>12} {'us/site':>11} {'MiB':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for sites in map(int, args.sites.split(",")):
            path = pathlib.Path(folder) / f"{sites}.json"
            path.write_text(json.dumps(scenario(sites), ensure_ascii=False))
            report(sites, path.stat().st_size, measure(path, args.rounds))

