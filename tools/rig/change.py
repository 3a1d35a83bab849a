# SPDX-License-Identifier: MIT
"""tools/bench change: from an event to the first changed answer, seen from outside, and what the
change costs those who ask meanwhile.

The scenario runs at the speed of the wall clock, and its events have their instants. When
simulated time began is found from outside: each answer of /time says that an instant lies between
two of ours, and the answers' intervals have one part in common, some microseconds long. The load
generator asks for the names that are to change in between its other queries, and stamps what comes
back with the kernel's receive time. A control is a window of the same length in which nothing
happens. The server has one core and the generator the other. Other servers are changed by their
operators' commands, see change_peers.py."""
import contextlib
import http.client
import json
import statistics
import sys
import time

import change_peers
import common
import peers

STEP_S = 6  # from one window to the next
LEAD_S, AFTER_S = 1.2, 1.0  # of load before the instant, and behind it
FIRST_S = 6  # the first window, after the server is ready
SUBJECT_SITES = 10000
SUBNET = "202.96.209.0/24"  # a client of Shanghai Telecom
NEAREST = "sha"  # the PoP that answers it
RATES = {20000: ["--batch", "1", "--watch-every", "2"],
         200000: ["--batch", "32", "--watch-every", "8"]}
KINDS = ("control", "site", "subject", "partner", "pop")
SETTLE = "500ms"
INDIVIDUAL = ("control", "site", "subject", "suspend")
LATE_US = 1000  # slower than 99.9 % of the control's answers by this


class Plan:
    """Which event happens when: `windows` of (seconds, round, rate, kind, names to watch)."""

    def __init__(self, sites, rounds, rates, kinds, individual):
        self.sites, self.windows, self.events, self.subject_of = sites, [], [], {}
        self.individual = individual
        runs = rounds * len(rates) * (2 if individual else 1)
        self.subject_sites = min(SUBJECT_SITES, sites // (runs + 2))
        self.free = 0  # sites from here on belong to no event yet
        at = FIRST_S
        for rnd in range(rounds):
            for rate in rates:
                for kind in kinds:
                    names = getattr(self, kind)(at)
                    self.windows.append((at, rnd, rate, kind, names))
                    at += STEP_S

    def event(self, at, do, **about):
        self.events.append({"at": f"+{round(at * 1000)}ms", "do": do, **about})

    def others(self):
        """Sites that no event is about alone."""
        last = self.sites - 1
        return [common.domain(i) for i in (last, last - 1, last - 2)]

    def control(self, at):
        del at
        return self.others()

    def site(self, at):
        name = common.domain(self.sites - 10 - len(self.windows))
        self.event(at, "revoke_site", site=name)
        return [name]

    def subject(self, at):
        holder, names = self.big()
        self.event(at, "revoke_subject", holder=holder)
        return names

    def big(self):
        """A holder of many sites, and those of them to watch."""
        holder, first = f"big{len(self.windows)}", self.free
        self.free += self.subject_sites
        for i in range(first, self.free):
            self.subject_of[i] = holder
        return holder, [common.domain(i) for i in (first, (first + self.free) // 2, self.free - 1)]

    def suspend(self, at):
        holder, names = self.big()
        self.event(at, "partner_suspend", holder=holder)
        return names

    def partner(self, at):
        self.event(at, "partner_suspend", everyone=True)
        self.event(at + 1.8, "partner_resume", everyone=True)
        return self.others()

    def pop(self, at):
        self.event(at, "pop_down", pop=NEAREST)
        self.event(at + 1.8, "pop_up", pop=NEAREST)
        return self.others()

    def write(self, path, program):
        doc = common.world(self.sites, events=self.events)
        doc["holders"] += [{"id": h} for h in dict.fromkeys(self.subject_of.values())]
        common.write_world(path, program, self.sites, doc, self.subject_of)
        if self.individual:
            doc["portfolios"][0]["individual"] = True
            doc["choices"] = {"ttl_settle": SETTLE}  # timers of all sites, in the same window
            path.write_text(json.dumps(doc, ensure_ascii=False), encoding="utf-8")
        return path


class Changing(common.Cnedge):
    """The program on a scenario of events."""
    run_from = "start"
    plan = None

    def scenario(self):
        return self.plan.write(self.folder / "change.json", self.program)

    def begun_ns(self):
        """When simulated time began, by the wall clock; and how far that may be off."""
        earliest, latest = 0, 1 << 63
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.ports["metrics"],
                                                           timeout=5)) as http_server:
            for _ in range(200):
                before = time.time_ns()
                http_server.request("GET", "/time")
                text = http_server.getresponse().read().decode()
                after = time.time_ns()
                seconds, ns = text.split(".")
                passed = (int(seconds) - START_S) * 10**9 + int(ns)
                earliest, latest = max(earliest, before - passed), min(latest, after - passed)
        return (earliest + latest) // 2, (latest - earliest) // 2


START_S = 1767225600  # 2026-01-01T00:00:00Z, as common.world() has it


def kinds_of(args):
    return INDIVIDUAL if args.individual else KINDS


def run_window(server, begun, window):
    at, rnd, rate, kind, names = window
    instant = begun + int(at * 10**9)
    wait = (instant - time.time_ns()) / 1e9 - LEAD_S - 0.3
    if wait < 0:
        print(f"{kind} at +{at} s: too late for it", file=sys.stderr)
        return None
    time.sleep(wait)
    options = ["--rate", rate, "--sleep", "--warm", "0.2", "--seconds", LEAD_S + AFTER_S + 0.3,
               "--at", instant, "--after-ms", int(AFTER_S * 1000), "--watch-subnet", SUBNET,
               *RATES[rate]]
    for name in names:
        options += ["--watch", name]
    with common.awake(5):
        result = common.load(server, options)
    changed = [w["changed_at_ns"] for w in result["watch"] if w["changed"]]
    result.update(kind=kind, rate=rate, round=rnd, sites=server.sites, names=len(names),
                  changed=len(changed), back=sum(w["back"] for w in result["watch"]),
                  first_us=(min(changed) - instant) / 1000 if changed else None,
                  all_us=(max(changed) - instant) / 1000 if changed else None,
                  old_us=(max(w["old_sent_ns"] for w in result["watch"]) - instant) / 1000)
    return result


def run_size(sites, args, out):
    rates = [int(r) for r in args.rates]
    plan = Plan(sites, args.rounds, rates, kinds_of(args), args.individual)
    with common.folder() as folder:
        server = type("Planned", (Changing,), {"plan": plan, "program": args.program})(
            folder, sites)
        server.start()
        try:
            server.pin()
            if common.Priority.check():
                server.real_time()
            begun, off = server.begun_ns()
            results = [run_window(server, begun, w) for w in plan.windows]
        finally:
            server.stop()
    results = [r for r in results if r]
    for r in results:
        out.write(json.dumps(r) + "\n")
    print(f"\n{sites:,} sites, {args.rounds} rounds; subjects of {plan.subject_sites:,} sites; "
          f"when simulated time began is known within {off / 1000:.0f} us\n")
    report(results, rates, kinds_of(args))
    return results


def beside_peers(results, sites, args, out):
    """The peers' changes, and those of our own that mean the same."""
    theirs = change_peers.run_size(sites, args, SUBNET, out)
    if theirs:
        own = [r for r in results if r["rate"] == change_peers.RATE]
        change_peers.report(theirs, {
            what: [r for r in own if r["kind"] == kind]
            for kind, what in (("site", peers.ONE), ("partner", peers.ALL),
                               ("control", change_peers.CONTROL))})


def late(result, limit_us):
    return sum(us > limit_us for us in result["after"]["slowest_us"])


def report(results, rates, kinds):
    lines = []
    for rate in rates:
        mine = [r for r in results if r["rate"] == rate]
        usual = statistics.median(r["after"]["p999_us"] for r in mine if r["kind"] == "control")
        for kind in kinds:
            runs = [r for r in mine if r["kind"] == kind]
            missing = sum(r["names"] - r["changed"] for r in runs) if kind != "control" else 0
            note = f"{missing} never changed" if missing else ""
            note += f" {sum(r['back'] for r in runs)} back" if any(r["back"] for r in runs) else ""
            wrong = sum(r["changed"] for r in runs) if kind == "control" else 0
            note += f" {wrong} changed" if wrong else ""
            lines.append([
                f"{rate // 1000}k", kind, common.spread([r["first_us"] for r in runs]),
                common.spread([r["all_us"] for r in runs]),
                common.spread([r["after"]["p50_us"] for r in runs], "{:.1f}"),
                common.spread([r["after"]["p999_us"] for r in runs]),
                common.spread([r["after"]["max_us"] for r in runs]),
                common.spread([late(r, usual + LATE_US) for r in runs]),
                sum(r["lost"] for r in runs), note.strip()])
    common.table(["q/s", "event", "first new answer us", "all watched us", "p50 us", "p99.9 us",
                  "slowest us", "late", "lost", "note"], lines)


def main(argv):
    parser = common.options(__doc__)
    common.add_rounds(parser)
    parser.add_argument("--sites", type=common.numbers, default="1000,100000,1000000",
                        help="how many sites there are, one size after the other")
    parser.add_argument("--individual", action="store_true",
                        help="each site has a state of its own: no cohort stands for any")
    rates = [str(r) for r in RATES]
    parser.add_argument("--rates", type=common.some_of(rates), default=",".join(rates),
                        help="queries a second meanwhile")
    peers.add_option(parser)
    common.add_program(parser)
    common.add_json(parser)
    args = parser.parse_args(argv)
    common.build()
    print(common.machine())
    with open(args.json, "a") as out:
        for sites in args.sites:
            results = run_size(sites, args, out)
            beside_peers(results, sites, args, out)
