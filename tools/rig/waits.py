# SPDX-License-Identifier: MIT
"""tools/bench waits: how long queries wait while the thread that answers them does something else:
a scrape of /metrics, /time, /healthz, a reload.

Every site has a state of its own (`individual`), which is the worst case. The load generator asks
20,000 times a second; *slowest* is the slowest answer of a window, *request* the longest that the
client of HTTP waited. The control is a window in which nothing happens."""
import http.client
import json
import os
import signal
import subprocess
import time

import common

LOAD = ["--rate", 20000, "--batch", 1, "--sleep", "--warm", "0.2"]
REQUESTS, PAUSE_S = 50, 0.02
RELOAD_S = 4  # of load after the new world answers, in which the old one is freed


class Individual(common.Cnedge):
    """Sites that no cohort stands for. The thread that answers comes first, those that it starts do
    not."""

    def real_time(self, on=True):
        os.sched_setscheduler(self.process.pid, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK,
                              os.sched_param(1))

    def scenario(self):
        path = super().scenario()
        doc = json.loads(path.read_text())
        for portfolio in doc["portfolios"]:
            portfolio["individual"] = True
        path.write_text(json.dumps(doc))
        return path


def request(server, path):
    """Milliseconds for each of some requests."""
    taken = []
    for _ in range(REQUESTS):
        begun = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", server.ports["metrics"], timeout=60)
        connection.request("GET", path)
        connection.getresponse().read()
        connection.close()
        taken.append((time.monotonic() - begun) * 1000)
        time.sleep(PAUSE_S)
    return taken


def reload(server, _):
    """Milliseconds until the new world answers."""
    log = server.folder / f"{server.name}.log"
    before, begun = log.read_text().count("reloaded"), time.monotonic()
    server.process.send_signal(signal.SIGHUP)
    while log.read_text().count("reloaded") == before:
        time.sleep(0.05)
    taken = (time.monotonic() - begun) * 1000
    time.sleep(RELOAD_S)
    return [taken]


KINDS = {"control": (lambda server, _: time.sleep(2) or [], 2.5), "/metrics": (request, 2.5),
         "/time": (request, 2.5), "/healthz": (request, 2.5), "reload": (reload, 30)}


def window(server, kind):
    """What the load saw, and how long what was done took."""
    what, seconds = KINDS[kind]
    argv = common.load_argv(server, [*LOAD, "--seconds", seconds])
    first = common.set_real_time if common.Priority.check() else None
    with common.awake(seconds + 5), subprocess.Popen(argv, stdout=subprocess.PIPE,
                                                     preexec_fn=first) as generator:
        time.sleep(0.4)
        taken = what(server, kind)
        if kind == "reload":
            generator.send_signal(signal.SIGTERM)
        out = generator.stdout.read()
    return json.loads(out), taken


def main(argv):
    parser = common.options(__doc__)
    common.add_rounds(parser)
    parser.add_argument("--sites", type=common.numbers, default="1000,1000000",
                        help="how many sites there are, one size after the other")
    common.add_program(parser)
    args = parser.parse_args(argv)
    common.build()
    print(common.machine())
    for sites in args.sites:
        with common.folder() as folder:
            server = type("Measured", (Individual,), {"program": args.program})(folder, sites)
            server.start()
            try:
                if common.Priority.check():
                    server.real_time()
                runs = [(k, *window(server, k)) for _ in range(args.rounds) for k in KINDS]
            finally:
                server.stop()
        print(f"\n{sites:,} sites, {args.rounds} rounds\n")
        common.table(
            ["meanwhile", "p50 us", "p99.9 us", "slowest us", "lost", "request ms"],
            [[kind, common.spread([r["p50_us"] for k, r, _ in runs if k == kind], "{:.1f}"),
              common.spread([r["p999_us"] for k, r, _ in runs if k == kind]),
              common.spread([r["max_us"] for k, r, _ in runs if k == kind]),
              sum(r["lost"] for k, r, _ in runs if k == kind),
              common.spread([max(t) for k, _, t in runs if k == kind and t], "{:.1f}")]
             for kind in KINDS])
