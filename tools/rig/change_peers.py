# SPDX-License-Identifier: MIT
"""How soon an operator's change shows in the answers of other servers, and what it costs those who
ask meanwhile: the part of tools/bench change that is about peers.

The files are edited beforehand. The instant is when the operator's command is started; what is
seen of it is seen as of cnedge, by the same generator with the same load and the same polls. One
server runs at a time, and it is changed again and again, each time to another answer. The load goes
on until the change is seen and the command has returned, and a second longer: from the instant to
there are *lost*, *p99.9* and *slowest*. A change that nobody sees in a minute is reported as such.
A window in which the generator itself was kept from its core, and then sent so much at once that a
socket's buffer is too small for it, is repeated up to twice, and if short; what remains is noted.

Unlike cnedge a peer is not pinned and has no real-time priority: most load the new data in another
thread or process, which has to have a core while the old data are answered from, and with
SCHED_FIFO would keep the answering thread or the generator from theirs. Peer and command run on
both cores instead, their sessions at a nice value of -15, before whatever else the machine does."""
import contextlib
import itertools
import json
import os
import select
import statistics
import subprocess
import sys
import time

import common
import peers

RATE = 20000
LEAD_S, AFTER_S = 1.2, 1.0  # of load before the instant, and behind the change
WARM_S, STARTING_S = 0.2, 0.3  # of the generator
PATIENCE_S = 60
SETTLE_S = 1  # after the files are written
LOOK_S = 0.02  # how often the change is looked for, to know when to end
LAG_US, REPEATS, SHORT_S = 10000, 2, 10  # how late the generator may be; what is repeated
NICE = -15
CONTROL = "control"


@contextlib.contextmanager
def preferred():
    """This process, and what it starts meanwhile, before others."""
    usual, of_session = os.getpriority(os.PRIO_PROCESS, 0), common.session_nice()
    if common.Priority.check():
        os.setpriority(os.PRIO_PROCESS, 0, NICE)
        common.set_session_nice(os.getpid(), NICE)
    try:
        yield
    finally:
        if common.Priority.check():
            os.setpriority(os.PRIO_PROCESS, 0, usual)
            common.set_session_nice(os.getpid(), of_session)


class Load:
    """The generator, while it runs; `end` has its report. It is ended in any case."""

    def __init__(self, server, instant, names, subnet):
        options = ["--rate", RATE, "--sleep", "--batch", "1", "--watch-every", "2",
                   "--warm", WARM_S, "--seconds", LEAD_S + PATIENCE_S * 2 + AFTER_S,
                   "--at", instant, "--after-ms", PATIENCE_S * 2000, "--watch-subnet", subnet]
        for name in names:
            options += ["--watch", name]
        self.argv = common.load_argv(server, options)

    def __enter__(self):
        first = common.set_real_time if common.Priority.check() else None
        self.process = subprocess.Popen(self.argv, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, preexec_fn=first)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def end(self):
        self.process.terminate()
        out, err = self.process.communicate(timeout=PATIENCE_S)
        if self.process.returncode != 0:
            raise RuntimeError(err.decode())
        return json.loads(out)


def run_command(command, server, until):
    """(when it was started, how many ms it took, whether it went well); None ms: it was ended."""
    with open(server.folder / "command.log", "ab") as log:
        started = time.time_ns()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   cwd=server.home)
    try:
        ended = os.pidfd_open(process.pid)
        with os.fdopen(ended):
            in_time = select.select([ended], [], [], max(0, until - time.monotonic()))[0]
        taken = (time.time_ns() - started) / 1e6
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    return started, taken if in_time else None, process.returncode == 0


def answers(server, names, subnet):
    return [peers.ask(server.port, name, subnet) for name in names]


def wait_changed(server, names, subnet, before, until):
    """Until each has another answer than before."""
    while time.monotonic() < until:
        now = answers(server, names, subnet)
        if all(a and a != b for a, b in zip(now, before)):
            return
        time.sleep(LOOK_S)


def run_window(server, way, rnd, subnet):
    """One change, or the control, under load; what was seen, in the form of cnedge's windows."""
    watch = way.watch if way else server.spread()
    names = [common.domain(i) for i in watch]
    before = answers(server, names, subnet)
    begin = time.time_ns() + int((STARTING_S + WARM_S + LEAD_S) * 1e9)
    with common.awake(PATIENCE_S * 3), Load(server, begin, names, subnet) as load:
        time.sleep(max(0, (begin - time.time_ns()) / 1e9))
        started, taken, good = begin, None, True
        if way:
            until = time.monotonic() + PATIENCE_S
            started, taken, good = run_command(way.command, server, until)
            wait_changed(server, names, subnet, before, until)
        time.sleep(AFTER_S)
        result = load.end()
    changed = [w["changed_at_ns"] for w in result["watch"] if w["changed"]]
    result.update(server=server.name, sites=server.sites, round=rnd, names=len(names),
                  kind=way.what if way else CONTROL, by=way.by if way else "-",
                  command_ms=taken, command_good=good, changed=len(changed),
                  back=sum(w["back"] for w in result["watch"]),
                  first_us=(min(changed) - started) / 1000 if changed else None,
                  all_us=(max(changed) - started) / 1000 if len(changed) == len(names) else None)
    return result


def run_steady(server, way, rnd, numbers, subnet):
    """A window in which the generator was on time, or of some the one in which it was so most."""
    best = None
    for _ in range(1 + REPEATS):
        if way:
            server.prepare(way, addresses(next(numbers)))
        os.sync()
        time.sleep(SETTLE_S)
        result = run_window(server, way, rnd, subnet)
        if best is None or result["lag_max_us"] < best["lag_max_us"]:
            best = result
        if best["lag_max_us"] <= LAG_US or result["seconds"] > SHORT_S:
            break
    return best


def addresses(number):
    """Those of change `number`, which no change before it had."""
    return f"203.0.113.{number % 250 + 1}", f"2001:db8:e::{number:x}"


def run_peer(cls, folder, sites, rounds, subnet):
    server, results, numbers = cls(folder, sites), [], itertools.count(1)
    server.start()
    try:
        if common.Priority.check():
            common.set_session_nice(server.process.pid, NICE)
        print(f"{cls.name}: {sites:,} sites loaded in {server.loaded_s:.1f} s", file=sys.stderr)
        for rnd in range(rounds):
            for way in [None, *server.ways()]:
                results.append(run_steady(server, way, rnd, numbers, subnet))
    finally:
        server.stop()
    return results


def run_size(sites, args, subnet, out):
    """Each peer that takes part, one after the other; all their windows."""
    results = []
    for cls in peers.choose(args.peers, sites):
        with common.folder() as folder, preferred():
            try:
                mine = run_peer(cls, folder, sites, args.rounds, subnet)
            except (RuntimeError, OSError) as e:
                print(f"{cls.name} with {sites:,} sites is left out: {e}")
                continue
        for r in mine:
            out.write(json.dumps(r) + "\n")
        out.flush()
        results += mine
    return results


# --- the report ----------------------------------------------------------------------------------

def note(runs):
    """What is not as it should be."""
    control = runs[0]["kind"] == CONTROL
    counts = {"changed": sum(r["changed"] for r in runs) if control else 0,
              "not seen": 0 if control else sum(r["names"] - r["changed"] for r in runs),
              "back": sum(r["back"] for r in runs),
              "commands failed": sum(not r.get("command_good", True) for r in runs)}
    notes = [f"{count} {what}" for what, count in counts.items() if count]
    lag_ms = max(r["lag_max_us"] for r in runs) / 1000
    if lag_ms > LAG_US / 1000:
        notes.append(f"generator {lag_ms:.0f} ms late")
    return ", ".join(notes)


def row(name, kind, by, runs):
    lost = [100 * r["after"]["lost"] / max(1, r["after"]["sent"]) for r in runs]
    share = statistics.median(lost)
    return [kind, name, by, common.spread([r["first_us"] for r in runs], "{:.1f}", 1000),
            common.spread([r["all_us"] for r in runs], "{:.1f}", 1000),
            common.spread([r.get("command_ms") for r in runs], "{:.1f}"),
            common.spread([r["after"]["p999_us"] for r in runs], "{:.1f}", 1000),
            common.spread([r["after"]["max_us"] for r in runs], "{:.1f}", 1000),
            str(sum(r["after"]["lost"] for r in runs)) +
            (f" ({share:.1f} %)" if share >= 0.05 else ""),
            note(runs)]


def report(results, own):
    """A table of all servers. `own`: windows of cnedge at the same rate, by kind."""
    groups = {("cnedge", kind, "an event"): runs for kind, runs in own.items() if runs}
    for r in results:
        groups.setdefault((r["server"], r["kind"], r["by"]), []).append(r)
    lines = [row(name, kind, by if kind != CONTROL else "-", groups[name, kind, by])
             for what in (peers.ONE, peers.ALL, CONTROL)
             for name, kind, by in groups if kind == what]
    common.table([f"at {RATE} q/s", "server", "by", "first new answer ms", "all watched ms",
                  "command ms", "p99.9 ms", "slowest ms", "lost", "note"], lines)
