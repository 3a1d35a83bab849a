#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""More threads that answer (--workers): the answers are those of one thread, whoever gives them,
while the scenario changes and is loaded anew. Under ThreadSanitizer this is the test of threads."""
import json
import pathlib
import signal
import socket
import threading
import time

from _lib import (OUTSIDE, PATIENCE_S, TELECOM, Answer, Checks, Server, ask, query, scenario,
                  wait_for)
from _metrics import Metrics, url_of

check = Checks()
WORKERS = ("--workers", "4")
CLIENTS = 24  # ports, among which the kernel chooses threads


def questions():
    """Some that a thread of its own answers, and some that it hands on."""
    for name in ("www.shop.example", "WWW.shop.example", "shop.example", "cdn.shop.example",
                 "no.shop.example", "is.not.there.shop.example", "_why.www.shop.example",
                 "txt.shop.example", "who.example"):
        for qtype in ("A", "AAAA", "TXT", "SOA", "MX"):
            for extra in ({}, {"edns": 1232}, {"edns": 512}, {"ecs": TELECOM}, {"ecs": OUTSIDE}):
                yield query(name, qtype, **extra)
    yield query("www.shop.example")[:-1]
    yield query("www.shop.example") + b"x"


def check_same_answers():
    with Server("--at", "+1m", "--no-cookies") as one, \
            Server("--at", "+1m", "--no-cookies", "--metrics", "127.0.0.1:0", *WORKERS) as many:
        asked, sent, received = 0, 0, 0
        for n, message in enumerate(questions()):
            want = ask(one.address, message)
            for _ in range(3):  # from a new port each
                got = ask(many.address, message)
                asked += 1
                sent += len(message)
                received += len(got.data)
                check.equal(f"question {n}", got.data, want.data)
        m = Metrics(url_of(many))
        check.equal("all are counted once", m.total("queries_total"), asked)
        check.equal("their bytes", m.value("query_bytes_total", transport="udp"), sent)
        check.equal("bytes of answers", m.value("answer_bytes_total", transport="udp"), received)
        check.equal("none was dropped", m.total("drops_total"), 0)


def check_addresses():
    """A wildcard answers from the address that was asked, also beside listeners that are none."""
    listen = ("0.0.0.0:0", "127.0.0.2:0=cn/shanghai/telecom", "127.0.0.3:0=de")
    with Server("--at", "+1m", "--public", *WORKERS, listen=listen) as server:
        port = server.listening[0][1]
        inside = ask(server.listening[1], query("www.shop.example")).addresses
        for n in range(CLIENTS):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                s.settimeout(PATIENCE_S)
                for qtype in ("A", "SOA"):
                    s.sendto(query("www.shop.example", qtype), (f"127.0.0.{n + 5}", port))
                    data, source = s.recvfrom(4096)
                    check.equal(f"{qtype}: source", source, (f"127.0.0.{n + 5}", port))
            check.equal("line of a listener",
                        ask(server.listening[1], query("www.shop.example")).addresses, inside)
            check.true("which is another one",
                       ask(server.listening[2], query("www.shop.example")).addresses != inside)


def check_other_listeners():
    """Threads of their own are for listeners that are an authority over UDP; what the others show,
    the one with the scenario shows alone."""
    doc = scenario(events=[{"at": "+30s", "do": "poison", "host": "www.shop.example",
                            "share_permille": 1000}])
    line = "127.0.0.1:0=cn/shanghai/telecom"
    listen = (line, f"{line},path", f"{line},resolver=honest", "tls://127.0.0.1:0")
    with Server("--at", "+1m", *WORKERS, doc=doc, listen=listen) as server:
        plain, path, resolver, tls = server.listening
        for n in range(CLIENTS):
            got = ask(path, query("www.shop.example")).addresses
            check.true(f"forged {n}", got[0].startswith("198.51.100."))
            check.true(f"a resolver {n}", ask(resolver, query("www.shop.example")).ra)
            check.true(f"no resolver {n}", not ask(plain, query("www.shop.example")).ra)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                s.settimeout(PATIENCE_S)
                s.connect(tls)
                s.send(query("www.shop.example"))
                try:
                    check.equal(f"UDP beside TLS {n}", s.recv(4096), None)
                except ConnectionRefusedError:
                    pass


class Load:
    """Clients that ask without a pause, each waiting for its answers."""

    WINDOW = 8

    def __init__(self, address, messages):
        self.address, self.messages, self.going = address, messages, True
        self.sent, self.got, self.seen = 0, 0, set()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.ask) for _ in range(CLIENTS)]
        for t in self.threads:
            t.start()

    def ask(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.connect(self.address)
            s.settimeout(PATIENCE_S)
            while self.going:
                answers = []
                for ident in range(self.WINDOW):
                    s.send(self.messages[ident % len(self.messages)])
                try:
                    for _ in range(self.WINDOW):
                        answers.append(Answer(s.recv(4096)))
                except socket.timeout:
                    pass
                with self.lock:
                    self.sent += self.WINDOW
                    self.got += len(answers)
                    self.seen |= {tuple(a.addresses) for a in answers}

    def stop(self):
        self.going = False
        for t in self.threads:
            t.join()


def changing(**changes):
    """A filing, the partner and PoPs that come and go, every simulated ten seconds."""
    events, n = [], 0
    kinds = (("partner_suspend", {"everyone": True}), ("partner_resume", {"everyone": True}),
             ("pop_down", {"pop": "sha"}), ("pop_up", {"pop": "sha"}),
             ("pop_down", {"pop": "hkg"}), ("pop_up", {"pop": "hkg"}))
    for at in range(60, 7000, 10):
        kind, what = kinds[n % len(kinds)]
        events.append({"at": f"+{at}s", "do": kind, "id": f"e{n}", **what})
        n += 1
    return scenario(events=events, **changes)


def check_events():
    """Answers follow the events in every thread, and each is of before or of after one."""
    with Server("--from", "+1m", "--speed", "300", "--metrics", "127.0.0.1:0", *WORKERS,
                doc=changing()) as server:
        url = url_of(server)
        load = Load(server.address, [query("www.shop.example", ecs=TELECOM),
                                     query("is.not.there.shop.example", ecs=TELECOM),
                                     query("www.shop.example", "MX", edns=1232)])
        check.true("events happen", wait_for(
            lambda: Metrics(url).total("events_total") > 60, within_s=60))
        load.stop()
        print(f"{load.sent} queries, {load.got} answers, {len(load.seen)} different ones")
        check.equal("answers", load.got, load.sent)
        check.true("some have no addresses", () in load.seen)
        check.true("several of them", 4 <= len(load.seen) <= 6)
    for n in range(3):  # and where time stands still behind one, all of them answer the same
        with Server("--at", f"+{60 + 10 * n}s", "--no-cookies", *WORKERS, doc=changing()) as server:
            for name, qtype in (("www", "A"), ("www", "MX"), ("is.not.there", "A")):
                message = query(f"{name}.shop.example", qtype, ecs=TELECOM)
                got = {ask(server.address, message).data for _ in range(CLIENTS)}
                check.equal(f"one answer for {name} {qtype}", len(got), 1)


def check_reload():
    """No query is lost while worlds are swapped, and old ones are not looked at any more."""
    docs = [scenario(events=[]), scenario(events=[], seed=8)]
    docs[1]["sites"].append({"domain": "more.example", "filing": "f2", "hosts": ["www"]})
    docs[1]["filings"].append({"id": "f2", "holder": "shop-ltd", "number": "ICP 2026000001-2"})
    with Server("--at", "+1m", "--metrics", "127.0.0.1:0", *WORKERS, doc=docs[0]) as server:
        url = url_of(server)
        load = Load(server.address, [query("www.shop.example"), query("www.shop.example", "SOA"),
                                     query("shop.example", "AAAA", ecs=TELECOM)])
        for n in range(6):
            pathlib.Path(server.dir, "new.json").write_text(json.dumps(docs[(n + 1) % 2]))
            pathlib.Path(server.dir, "new.json").rename(pathlib.Path(server.dir, "scenario.json"))
            server.process.send_signal(signal.SIGHUP)
            check.true("reloads", wait_for(
                lambda n=n: Metrics(url).value("reloads_total", result="done") > n))
            for _ in range(CLIENTS):
                check.equal(f"after reload {n}",
                            ask(server.address, query("www.more.example")).rcode,
                            0 if n % 2 == 0 else 5)
            time.sleep(0.05)  # what was replaced is freed meanwhile
        load.stop()
        print(f"{load.sent} queries, {load.got} answers")
        check.equal("answers", load.got, load.sent)
        check.equal("nothing dropped", Metrics(url).total("drops_total"), 0)
        check.equal("stops", server.stop(), 0)


def answers(address):
    """Whether a query is answered soon: the kernel drops it where its queue is full."""
    try:
        return ask(address, query("www.shop.example"), timeout=1) is not None
    except socket.timeout:
        return False


def check_flood():
    """What one thread hands on to the other has a limit; what is lost there is counted."""
    with Server("--at", "+1m", "--metrics", "127.0.0.1:0", "--workers", "2") as server:
        url, sent = url_of(server), 0
        sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(CLIENTS)]
        for s in sockets:
            s.connect(server.address)
            s.setblocking(False)
        for _ in range(200):
            for s in sockets:
                try:
                    sent += s.send(query("no.shop.example", "ANY")) > 0
                except BlockingIOError:
                    pass
        for s in sockets:
            s.close()
        check.true("it still answers", wait_for(lambda: answers(server.address)))
        m = Metrics(url)
        check.true("answered or counted as lost, or lost in the kernel",
                   0 < m.total("queries_total") <= sent + CLIENTS)


check_same_answers()
check_addresses()
check_other_listeners()
check_events()
check_reload()
check_flood()
check.finish()
