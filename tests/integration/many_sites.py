#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What reaches tens of thousands of sites with a state of their own happens piece by piece, and
queries are answered in between."""
import signal

from _lib import PATIENCE_S, TELECOM, Checks, Server, ask, query, scenario, wait_for
from _metrics import Metrics, url_of

check = Checks()
SITES = 40000
LOG_ALIKE_MAX = 16
between = []  # whether an answer came in between; on a busy machine we may look too late


def many(**changes):
    """A holder with very many sites beside the usual one."""
    doc = scenario(portfolios=[{"individual": True, "generate": {
        "sites": SITES, "domain": "g%d.example", "holder": "many", "filing_number": "N-%d",
        "hosts": ["www"]}}], **changes)
    doc["holders"].append({"id": "many"})
    return doc


def seen(server, site):
    answer = ask(server.address, query(f"www.g{site}.example", ecs=TELECOM))
    return answer.addresses, answer.ttl


def watch(server):
    """What the first and the last site said, in pairs, until the last has changed."""
    before = seen(server, 0), seen(server, SITES - 1)
    pairs = [before]

    def changed():
        pairs.append((seen(server, 0), seen(server, SITES - 1)))
        return pairs[-1][1] != before[1]
    check.true("the last one changes", wait_for(changed))
    pairs.append((seen(server, 0), seen(server, SITES - 1)))
    return pairs


def check_between(what, pairs):
    """Whether the first one had changed while the last had not; nothing ever went back."""
    (first, last), (first_new, last_new) = pairs[0], pairs[-1]
    kinds = [((a != first), (b != last)) for a, b in pairs]
    between.append((True, False) in kinds)
    check.equal(f"{what}: the end", kinds[-1], (True, True))
    check.true(f"{what}: nothing else is said", all(
        a in (first, first_new) and b in (last, last_new) for a, b in pairs))
    check.true(f"{what}: nothing goes back", kinds == sorted(kinds))


LATER = many(choices={"observe_delay": "2s"},
             events=[{"at": "+2s", "do": "revoke_subject", "holder": "many"}])


def check_timers():
    """Timers of all sites that are due at once, observe_delay after the loss."""
    with Server("--from", "+3s", "--metrics", "127.0.0.1:0", doc=LATER) as server:
        check_between("timers", watch(server))
        url = url_of(server)
        check.true("each is counted", wait_for(
            lambda: Metrics(url).value("events_total", result="applied") == SITES + 1))
        lines = [line for line in server.log().splitlines() if " event=status_observed " in line]
        check.equal("and told in few lines", len(lines), LOG_ALIKE_MAX + 1)
        check.match("the rest in one", lines[-1], f" more={SITES - LOG_ALIKE_MAX}$")


def check_events():
    """One event that is about all sites: told and counted once, when it has happened."""
    for do, about in (("partner_suspend", {"holder": "many"}),
                      ("revoke_subject", {"holder": "many"}), ("violate", {"holder": "many"}),
                      ("partner_suspend", {"account": "apart"})):
        doc = many(choices={"observe_delay": "0s"}, events=[{"at": "+2s", "do": do, **about}])
        doc["accounts"] = [{"id": "apart"}]
        doc["portfolios"][0]["generate"]["account"] = "apart"
        what = f"{do} {about}"
        with Server("--from", "+1s", "--metrics", "127.0.0.1:0", doc=doc) as server:
            check_between(what, watch(server))
            url = url_of(server)
            check.true(f"{what}: is counted", wait_for(
                lambda: Metrics(url).value("events_total", result="applied") == 1))
            check.equal(f"{what}: is told", server.log().count(f" event={do} "), 1)


def check_stop():
    """A server that is stopped in the middle of an event goes, and has told of none."""
    doc = many(choices={"observe_delay": "0s"},
               events=[{"at": "+2s", "do": "revoke_subject", "holder": "many"}])
    with Server("--from", "+1s", doc=doc) as server:
        before = seen(server, 0)
        check.true("it begins", wait_for(lambda: seen(server, 0) != before))
        check.equal("it goes", server.stop(signal.SIGTERM), 0)


def check_stop_timers():
    """A server that is stopped in the middle tells what it has counted, and goes."""
    with Server("--from", "+3s", doc=LATER) as server:
        before = seen(server, 0)
        check.true("it begins", wait_for(lambda: seen(server, 0) != before))
        check.equal("it goes", server.stop(signal.SIGTERM), 0)
        lines = [line for line in server.last_log.splitlines() if " event=status_observed " in line]
        check.equal("what has happened is told", len(lines), LOG_ALIKE_MAX + 1)


def check_reload():
    """More happens than a machine can do: a new world waits until the old one has done it all, and
    does none of it again."""
    count = 10
    doc = many(choices={"observe_delay": "0s"}, events=[
        {"at": f"+{n + 1}s", "do": ("partner_suspend", "partner_resume")[n % 2], "holder": "many"}
        for n in range(count)])
    with Server("--speed", "1000", "--metrics", "127.0.0.1:0", doc=doc) as server:
        url = url_of(server)
        server.process.send_signal(signal.SIGHUP)
        pending = []

        def reloaded():
            m = Metrics(url)
            pending.append(m.value("events_pending"))
            return m.value("reloads_total", result="done") == 1
        check.true("reloaded", wait_for(reloaded, 4 * PATIENCE_S))
        check.true("there was much to do", any(n > count / 2 for n in pending))
        check.equal("all is done", Metrics(url).value("events_pending"), 0)
        check.equal("and counted once", Metrics(url).total("events_total"), count)
        said = server.log()
        check.equal("and told once", said.count(" result=applied"), count)
        check.true("before the new world", said.rindex(" event=") < said.index('msg="reloaded'))


check_timers()
check_events()
check_stop()
check_stop_timers()
check_reload()
check.true(f"answers in between: {between}", any(between))
check.finish()
