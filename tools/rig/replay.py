# SPDX-License-Identifier: MIT
"""tools/bench replay: how long scenarios take to load and how fast they replay, by size.

Three shapes of scenario are written into a temporary folder, and `cnedge explain` (which loads, and
asks once) and `cnedge replay` run on them:

  sites   one host a site, 100 sites a holder, one revocation a site, a PoP failing and returning
          every 1,000 revocations, an expectation for every tenth site
  year    10,000 sites of two hosts, and an event about a licence every minute of a year
  many    a million sites of two hosts in a CSV file, 1,000 events (revocations of sites, of a
          subject with 10,000 of them, suspensions of everyone, PoPs) and 1,000 expectations

Prints the median CPU time of the rounds (the commands are single-threaded; CPU time is what a busy
machine disturbs least) with least..largest. Events are all that happen, timers included; the rate
leaves out the time that loading takes. Memory is the replay's peak."""
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile

import common

SHAPES = ("sites", "year", "many")
POPS = ["sha", "pkx", "can", "hkg", "icn"]
LEAST_S = 0.05 # less than that is lost in what loading varies by


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


# Pairs of events that undo each other, about a site.
CYCLES = [("partner_suspend", "partner_resume"), ("status_unknown", "status_known"),
          ("audit_hit", "audit_fix"), ("filing_change", "filing_change_done")]


def year(folder, sites, minutes):
    """Every minute an event; each site has its turn every ten thousandth time."""
    events = []
    for minute in range(minutes):
        turn, back = divmod(minute, 2)
        if turn % 100 == 99:
            about = {"do": "pop_up" if back else "pop_down", "pop": POPS[turn // 100 % len(POPS)]}
        elif turn % 100 == 98 and turn < sites:
            lost = sites - 1 - turn // 100 * 2 - back  # not one of those that have turns
            about = {"do": "revoke_site", "site": common.domain(lost)}
        else:
            about = {"do": CYCLES[turn // sites % len(CYCLES)][back],
                     "site": common.domain(turn % (sites - sites // 50))}
        events.append({"at": f"+{minute + 1}m", **about})
    expect = [{"always": {}, "from": "us", "name": f"www.{common.domain(i)}", "class": "global"}
              for i in range(0, sites, 100)]
    doc = common.world(sites, events=events, expect=expect, end=f"+{minutes + 10}m")
    return common.write_world(folder / "year.json", common.PROGRAM, sites, doc)


def many(folder, sites, count):
    """A large portfolio; what happens to one site leaves the others alone."""
    subject = {i: "subject" for i in range(min(10000, sites // 10))}
    events = [{"at": "+1m", "do": "revoke_subject", "holder": "subject"}]
    expect = [{"always": {"from": "+1m"}, "from": "cn/shanghai/telecom",
               "name": f"www.{common.domain(len(subject) // 2)}", "class": "near"}]
    for n in itertools.count(1):
        if len(events) >= count:
            break
        at, name = n + 1, common.domain(sites - n)
        if n % 100 == 50:
            events.append({"at": f"+{at}m", "do": "partner_suspend", "everyone": True})
            events.append({"at": f"+{at * 60 + 30}s", "do": "partner_resume", "everyone": True})
        elif n % 100 == 51:
            pop = POPS[n // 100 % len(POPS)]
            events.append({"at": f"+{at}m", "do": "pop_down", "pop": pop})
            events.append({"at": f"+{at * 60 + 30}s", "do": "pop_up", "pop": pop})
        else:
            events.append({"at": f"+{at}m", "do": "revoke_site", "site": name})
            expect.append({"always": {"from": f"+{at}m"}, "from": "cn/shanghai/telecom",
                           "name": f"www.{name}", "class": "near"})
    doc = common.world(sites, events=events, expect=expect, end=f"+{count + 10}m")
    doc["holders"].append({"id": "subject"})
    return common.write_world(folder / "many.json", common.PROGRAM, sites, doc, subject)


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


def measure(path, name, rounds):
    load, whole, memory, events = [], [], 0, 0
    for _ in range(rounds):
        load.append(run(common.PROGRAM, "explain", path, "--from", "us", name)[0])
        seconds, mib, text = run(common.PROGRAM, "replay", path)
        whole.append(seconds)
        memory = max(memory, mib)
        events = int(re.search(r"^# (\d+) events", text, re.M).group(1))
    return load, whole, memory, events


def size_of(path):
    """Bytes of a scenario and of the file beside it."""
    return sum(p.stat().st_size for p in path.parent.glob(f"{path.stem}.*"))


def row(shape, sites, path, result):
    load, whole, memory, events = result
    load_s = statistics.median(load)
    rest = [max(w - load_s, 0) for w in whole]
    rest_s = statistics.median(rest)
    rate = f"{events / rest_s:,.0f}" if rest_s > LEAST_S else "-"
    return [shape, f"{sites:,}", f"{size_of(path) / 1e6:.1f}", common.spread(load, "{:.2f}"),
            f"{events:,}", common.spread(rest, "{:.2f}"),
            rate, common.spread(whole, "{:.2f}"), f"{memory:.0f}"]


def main(argv):
    parser = common.options(__doc__)
    common.add_rounds(parser)
    parser.add_argument("--shapes", type=common.some_of(SHAPES), default=",".join(SHAPES),
                        help="of scenario: sites that fail one by one; a year of events, one a "
                        "minute; many sites from a file")
    parser.add_argument("--sites", type=common.numbers, default="100,10000,100000",
                        help="how many there are in the shape `sites`, one size after the other")
    parser.add_argument("--minutes", type=int, default=525600, help="of the shape `year`")
    parser.add_argument("--many", type=int, default=1000000, help="sites of the shape `many`")
    args = parser.parse_args(argv)
    common.build()
    print(common.machine())
    rows = []
    with common.folder() as folder:
        if "sites" in args.shapes:
            for sites in args.sites:
                path = folder / f"{sites}.json"
                path.write_text(json.dumps(scenario(sites), ensure_ascii=False), encoding="utf-8")
                rows.append(row("sites", sites, path,
                                measure(path, "www.s0.example", args.rounds)))
        if "year" in args.shapes:
            path = year(folder, 10000, args.minutes)
            rows.append(row("year", 10000, path,
                            measure(path, "www.d000001.example", args.rounds)))
        if "many" in args.shapes:
            path = many(folder, args.many, 1000)
            rows.append(row("many", args.many, path,
                            measure(path, "www.d000001.example", args.rounds)))
    common.table(["shape", "sites", "MB", "load s", "events", "replay s", "events/s", "together s",
                  "MiB"], rows)
