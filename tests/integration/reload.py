#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""SIGHUP: the scenario's file is loaded anew while queries are answered."""
import json
import os
import pathlib
import signal
import socket
import threading
import time

from _lib import (OUTSIDE, PATIENCE_S, TELECOM, Answer, Checks, Server, ask, connect, framed,
                  query, read_answer, scenario, wait_for)
from _metrics import Metrics, url_of

check = Checks()

START_S = 1772413200  # 2026-03-02T09:00:00+08:00


def write(server, doc):
    """Puts a file in the place of the scenario, as a whole."""
    new = pathlib.Path(server.dir, "new.json")
    new.write_text(doc if isinstance(doc, str) else json.dumps(doc))
    new.rename(pathlib.Path(server.dir, "scenario.json"))


def reload(server, url, result="done"):
    """Sends the signal and waits until it is through."""
    before = Metrics(url).value("reloads_total", result=result)
    server.process.send_signal(signal.SIGHUP)
    check.true(f"reload: {result}", wait_for(
        lambda: Metrics(url).value("reloads_total", result=result) > before))


def with_site(domain, hosts=1, **changes):
    doc = scenario(**changes)
    doc["filings"].append({"id": "f2", "holder": "shop-ltd", "number": "ICP 2026000001-2"})
    doc["sites"].append({"domain": domain, "filing": "f2",
                         "hosts": ["@", *(f"h{n}" for n in range(hosts))]})
    return doc


class Load:
    """Clients that ask without a pause, each waiting for its answers; nothing is asked twice."""

    CLIENTS, WINDOW = 4, 16

    def __init__(self, address):
        self.address, self.going = address, True
        self.sent, self.got, self.longest_s, self.rcodes = 0, 0, 0.0, set()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.ask) for _ in range(self.CLIENTS)]
        self.threads.append(threading.Thread(target=self.ask_tcp))
        for t in self.threads:
            t.start()

    def count(self, sent, answers, took_s):
        with self.lock:
            self.sent += sent
            self.got += len(answers)
            self.rcodes |= {a.rcode for a in answers}
            self.longest_s = max(self.longest_s, took_s)

    def ask(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.connect(self.address)
            s.settimeout(PATIENCE_S)
            while self.going:
                begun, answers = time.monotonic(), []
                for ident in range(self.WINDOW):
                    s.send(query("www.shop.example", ecs=TELECOM, ident=ident))
                try:
                    for _ in range(self.WINDOW):
                        answers.append(Answer(s.recv(4096)))
                except socket.timeout:
                    pass
                self.count(self.WINDOW, answers, time.monotonic() - begun)

    def ask_tcp(self):
        """One connection, which lasts."""
        with connect(self.address) as s:
            while self.going:
                begun = time.monotonic()
                s.sendall(framed(query("www.shop.example")))
                self.count(1, [read_answer(s)], time.monotonic() - begun)

    def stop(self):
        self.going = False
        for t in self.threads:
            t.join()


def check_nothing_lost():
    """Reloads of a large scenario under load: each query gets its answer, and soon."""
    docs = [with_site("more.example", hosts=3000), with_site("other.example", hosts=3000)]
    with Server("--at", "+1m", "--metrics", "127.0.0.1:0", doc=docs[0]) as server:
        url = url_of(server)
        load = Load(server.address)
        for n in range(8):
            write(server, docs[(n + 1) % 2])
            reload(server, url)
            there = ask(server.address, query("h7.more.example")).rcode
            check.equal(f"after reload {n}", there, 5 if n % 2 == 0 else 0)
        load.stop()
        print(f"{load.sent} queries, {load.got} answers, the slowest after {load.longest_s:.3f} s")
        check.equal("answers", load.got, load.sent)
        check.equal("results", load.rcodes, {0})
        check.true("enough of a load", load.sent > 1000)
        m = Metrics(url)
        check.true("counters go on", m.total("queries_total") >= load.sent)
        check.equal("nothing dropped", m.total("drops_total"), 0)


def check_bad_file():
    """A file that is refused changes nothing and is told where it is wrong."""
    with Server("--at", "+1m", "--metrics", "127.0.0.1:0") as server:
        url = url_of(server)
        want = ask(server.address, query("www.shop.example", ecs=TELECOM)).addresses
        for text, said in ((json.dumps(scenario(), indent=1).replace('"seed"', '"sead"'),
                            r'scenario\.json:4:2: /sead: .*did you mean'),
                           ("{", r"scenario\.json:1:2: "),
                           (json.dumps(scenario(start="2026-03-02T09:30:00+08:00")),
                            "begins after the simulated time")):
            write(server, text)
            reload(server, url, "refused")
            check.match("log", server.log(), said)
            check.equal("metric", Metrics(url).value("last_reload_refused"), 1)
            check.equal("as before", ask(server.address, query("www.shop.example",
                                                               ecs=TELECOM)).addresses, want)
        pathlib.Path(server.dir, "scenario.json").unlink()
        reload(server, url, "refused")
        check.match("log", server.log(), "No such file")
        write(server, with_site("more.example"))
        reload(server, url)
        check.equal("metric", Metrics(url).value("last_reload_refused"), 0)
        check.equal("new", ask(server.address, query("h0.more.example")).rcode, 0)
        check.equal("stops", server.stop(), 0)


def check_clock():
    """Simulated time goes on, by the calendar."""
    with Server("--speed", "60", "--metrics", "127.0.0.1:0",
                doc=scenario(events=[])) as server:
        url = url_of(server)
        inside = ask(server.address, query("www.shop.example", ecs=TELECOM)).addresses
        before, begun = Metrics(url).value("simulated_time_seconds"), time.monotonic()
        write(server, scenario(start="2026-03-02T08:00:00+08:00", end="+3h", events=[
            {"at": "+59m", "do": "revoke_site", "site": "shop.example", "id": "past"},
            {"at": "+150m", "do": "pop_down", "pop": "hkg", "id": "later"}]))
        reload(server, url)
        m, took = Metrics(url), time.monotonic() - begun
        check.true("simulated time goes on",
                   -0.001 <= m.value("simulated_time_seconds") - before <= 60 * took + 1)
        check.equal("the end is another", m.value("scenario_end_seconds"), START_S + 7200)
        check.equal("what is past has happened", m.value("events_pending"), 1)
        now = ask(server.address, query("www.shop.example", ecs=TELECOM)).addresses
        check.true("and shows", now and now != inside)
    with Server("--speed", "60", "--metrics", "127.0.0.1:0",
                doc=scenario(events=[])) as server:
        url = url_of(server)
        write(server, scenario(events=[
            {"at": "+4m", "do": "revoke_site", "site": "shop.example", "id": "soon"}]))
        reload(server, url)
        check.true("a new event comes in its time",
                   wait_for(lambda: "event=revoke_site" in server.log()))
        check.true("not before", Metrics(url).value("simulated_time_seconds") >= START_S + 240)


def check_once():
    """What happens while a scenario is loaded is logged and counted by the world that answers, and
    not again by the new one."""
    each_s, count = 10, 2000
    doc = with_site("more.example", hosts=1)
    doc["end"] = f"+{each_s * (count + 1)}s"
    doc["portfolios"] = [{"individual": True, "generate": {
        "sites": 20000, "domain": "g%d.example", "holder": "shop-ltd", "filing_number": "N-%d",
        "hosts": ["www"]}}]
    doc["events"] = [{"at": f"+{each_s * (n + 1)}s", "do": ("pop_down", "pop_up")[n % 2],
                      "pop": "hkg", "id": f"e{n}"} for n in range(count)]
    with Server("--speed", "1000", "--metrics", "127.0.0.1:0", doc=doc) as server:
        url = url_of(server)
        before = Metrics(url).total("events_total")
        reload(server, url)
        m = Metrics(url)
        happened = count - m.value("events_pending")
        passed, again = happened - before, m.total("events_total") - happened
        print(f"{passed:.0f} events in a reload, {again:.0f} of them twice or not at all")
        check.true("some happened meanwhile", passed > 10)
        check.true(f"once each: {again} of {passed}", abs(again) <= max(2, passed / 4))


def check_after_long_event():
    """The last event took its whole share of a turn, and nothing is left of it: a reload does not
    wait for another one."""
    doc = with_site("more.example", hosts=9000)
    doc["events"] = [{"at": "+1m", "do": "revoke_site", "site": "more.example", "id": "last"}]
    with Server("--speed", "60", "--metrics", "127.0.0.1:0", doc=doc) as server:
        url = url_of(server)
        check.true("the last one happens", wait_for(
            lambda: Metrics(url).value("events_total", result="applied") > 0))
        reload(server, url)


def check_newest():
    """Signals that come while a load is under way are not lost: the newest file wins."""
    with Server("--at", "+1m", "--metrics", "127.0.0.1:0") as server:
        url = url_of(server)
        for n in range(20):
            write(server, with_site(f"s{n}.example", hosts=500))
            server.process.send_signal(signal.SIGHUP)
        check.true("the last one", wait_for(
            lambda: ask(server.address, query("h0.s19.example")).rcode == 0))
        check.true("reloads", Metrics(url).value("reloads_total", result="done") >= 1)
        server.process.send_signal(signal.SIGHUP)  # is under way when it ends
        check.equal("stops", server.stop(), 0)


def check_listener():
    """A line that a listener stands for stays the same line, or the reload is refused."""
    listen = ("127.0.0.1:0", "127.0.0.2:0=cn/shanghai/telecom")
    with Server("--at", "+1m", "--metrics", "127.0.0.1:0", listen=listen) as server:
        url = url_of(server)
        inside = ask(server.listening[1], query("www.shop.example")).addresses
        reload(server, url)
        check.equal("the same line", ask(server.listening[1], query("www.shop.example")).addresses,
                    inside)
        check.true("which is not outside", ask(server.address, query(
            "www.shop.example", ecs=OUTSIDE)).addresses != inside)
        check.equal("no line is forgotten",
                    Metrics(url).value("line_queries_total", line="cn/shanghai/telecom"), 2)
        write(server, own_world())
        reload(server, url)
        got = ask(server.listening[1], query("www.shop.example")).addresses
        check.equal("the line of that name in another world", got, ["198.18.0.1"])
        check.equal("counts of other lines are forgotten",
                    Metrics(url).value("line_queries_total", line="cn/shanghai/telecom"), 1)
    with Server("--at", "+1m", "--metrics", "127.0.0.1:0", listen=("127.0.0.2:0=de",)) as server:
        url = url_of(server)
        write(server, own_world())
        reload(server, url, "refused")
        check.match("log", server.log(), "a listener needs the line de, which is gone")


def check_cache():
    """A resolver in front keeps what it knows, unless simulated time counts from elsewhere."""
    listen = ("127.0.0.1:0", "127.0.0.2:0=cn/shanghai/telecom,resolver=honest")
    lost = [{"at": "+30s", "do": "revoke_site", "site": "shop.example", "id": "revoked"}]
    with Server("--at", "+1m", "--metrics", "127.0.0.1:0", listen=listen) as server:
        url = url_of(server)
        first = ask(server.listening[1], query("www.shop.example")).addresses
        write(server, scenario(events=lost))
        reload(server, url)
        new = ask(server.address, query("www.shop.example", ecs=TELECOM)).addresses
        check.true("the authority has another answer", new and new != first)
        check.equal("the resolver has the old one",
                    ask(server.listening[1], query("www.shop.example")).addresses, first)
        write(server, scenario(events=lost, start="2026-03-02T08:30:00+08:00"))
        reload(server, url)
        check.equal("now the new one",
                    ask(server.listening[1], query("www.shop.example")).addresses, new)


def own_world():
    """Two PoPs and one line besides the unknown one."""
    source = pathlib.Path(os.environ["CNEDGE_SOURCE"])
    return (source / "tests" / "scenario" / "valid" / "own-world.json").read_text()


check_nothing_lost()
check_bad_file()
check_clock()
check_once()
check_after_long_event()
check_newest()
check_listener()
check_cache()
check.finish()
