#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A transfer of a hundred thousand records goes out in pieces: who asks over UDP meanwhile waits
for none of them, a secondary that does not read is cut off, and a world that changes ends it."""
import base64
import hashlib
import hmac
import multiprocessing
import pathlib
import signal
import socket
import struct
import sys
import tempfile
import threading
import time

from _lib import (PATIENCE_S, Answer, Checks, Server, connect, framed, is_closed, name_bytes, query,
                  read_exactly, scenario, wait_for)
from _metrics import Metrics, url_of

check = Checks()
RECORDS, FEWER = 100000, 20000
LONG_S, TRIES = 0.4, 4
AXFR = 252
SECRET = b"a secret of thirty-two bytes ..."
KEYS = f"mirror hmac-sha256 {base64.b64encode(SECRET).decode()} cn/shanghai/telecom\n"
FORK = multiprocessing.get_context("fork")


def zone(records):
    return ("$TTL 3600\n@ SOA ns1 hostmaster 7 7200 600 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n"
            + "".join(f"record-{n} TXT \"{n} {'x' * 60}\"\n" for n in range(records)))


DOC = scenario(sites=[{"domain": "shop.example", "filing": "f1", "hosts": ["@", "www"],
                       "zone": "shop.zone"}])


def tsig(message, when=None):
    """The message with a TSIG record."""
    when = int(time.time()) if when is None else when
    times = struct.pack("!HIH", when >> 32, when & 0xFFFFFFFF, 300)
    algorithm = name_bytes("hmac-sha256")
    variables = (name_bytes("mirror") + struct.pack("!HI", 255, 0) + algorithm + times
                 + struct.pack("!HH", 0, 0))
    mac = hmac.new(SECRET, message + variables, hashlib.sha256).digest()
    data = (algorithm + times + struct.pack("!H", len(mac)) + mac + message[:2]
            + struct.pack("!HH", 0, 0))
    return (message[:10] + struct.pack("!H", 1) + message[12:] + name_bytes("mirror")
            + struct.pack("!HHIH", 250, 255, 0, len(data)) + data)


def asked(ident=0x4321):
    return tsig(struct.pack("!HHHHHH", ident, 0, 1, 0, 0, 0) + name_bytes("shop.example")
                + struct.pack("!HH", AXFR, 1))


def counts(data):
    """Answer records and rcode of a message."""
    return struct.unpack_from("!H", data, 6)[0], data[3] & 15


def keep_asking(address, over, longest):
    """Asks over UDP, one query after the other; how many, and the longest wait."""
    waits = [0]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(30)
        s.connect(address)
        while not over.is_set():
            begun = time.monotonic()
            s.send(query("www.shop.example"))
            s.recv(4096)
            waits.append(time.monotonic() - begun)
            time.sleep(0.0005)
    longest.send((len(waits) - 1, max(waits)))


class Asker:
    """Somebody who asks over UDP, in a process of its own: what this one does costs it nothing."""

    def __init__(self, address):
        self.over = FORK.Event()
        self.here, there = FORK.Pipe()
        self.process = FORK.Process(target=keep_asking, args=(address, self.over, there))
        self.process.start()

    def stop(self):
        self.over.set()
        out = self.here.recv()
        self.process.join()
        return out


def transfer(s, ident=0x4321):
    """A whole transfer: records and messages."""
    s.sendall(framed(asked(ident)))
    records, messages = 0, 0
    while True:
        data = read_exactly(s, struct.unpack("!H", read_exactly(s, 2))[0])
        count, rcode = counts(data)
        if rcode != 0 or data[:2] != struct.pack("!H", ident):
            raise SystemExit(f"rcode {rcode}")
        records, messages = records + count, messages + 1
        if messages > 1 and b"\x0ahostmaster" in data:  # the second SOA
            return records, messages


def waits(server):
    """The longest wait for an answer over UDP during a transfer."""
    asker = Asker(server.address)
    time.sleep(0.2)
    begun = time.monotonic()
    with connect(server.address) as s:
        records, messages = transfer(s)
        s.sendall(framed(query("www.shop.example", ident=7)))  # the connection goes on
        answer = Answer(read_exactly(s, struct.unpack("!H", read_exactly(s, 2))[0]))
        check.equal("a query behind it", answer.ident, 7)
    took = time.monotonic() - begun
    queries, during = asker.stop()
    print(f"{records} records in {messages} messages, {took:.2f} s; longest wait for an answer "
          f"over UDP {during * 1000:.1f} ms ({queries} asked)")
    check.true("messages of less than 17 kB", messages > 400)
    return during


def check_latency(server, url):
    """A machine with much to do may stop anybody for a while, but not every time; a transfer in one
    go takes seconds in this build."""
    asker = Asker(server.address)
    time.sleep(1)
    print(f"without a transfer: {asker.stop()[1] * 1000:.1f} ms")
    tries = 1
    while waits(server) > LONG_S and tries < TRIES:
        tries += 1
    check.true(f"a wait of less than {LONG_S} s in {TRIES} tries", tries < TRIES)
    check.equal("done", Metrics(url).value("transfers_total", result="done"), tries)


def check_pipelined(server):
    """Two transfers and a query on one connection come one after the other; a client that has said
    all it has to say gets everything."""
    with connect(server.address) as s:
        s.sendall(framed(asked(1)) + framed(query("www.shop.example", ident=2)) + framed(asked(3)))
        s.shutdown(socket.SHUT_WR)
        order, total = [], 0
        try:
            while True:
                data = read_exactly(s, struct.unpack("!H", read_exactly(s, 2))[0])
                total += counts(data)[0]
                if data[:2] not in order[-1:]:
                    order.append(data[:2])
        except EOFError:
            pass
        check.equal("order", order, [b"\0\1", b"\0\2", b"\0\3"])
        check.true(f"all records: {total}", total >= 2 * FEWER)


def check_many(server):
    """Several transfers at once all come to their end, and UDP is answered meanwhile."""
    asker = Asker(server.address)
    got = []

    def one():
        with connect(server.address) as s:
            got.append(transfer(s)[0])

    threads = [threading.Thread(target=one) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    _, during = asker.stop()
    print(f"four at once: {during * 1000:.1f} ms")
    check.equal("four at once", len(got), 4)
    check.equal("the same", len(set(got)), 1)
    check.true("answered meanwhile", during < 5)


def check_slow(server, url):
    """Who does not read is cut off after --tcp-idle, who reads by drops after --tcp-life."""

    def broken():
        return Metrics(url).value("transfers_total", result="broken")

    over = threading.Event()
    with socket.socket() as s, socket.socket() as drop:
        for c in (s, drop):
            c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            c.connect(server.address)
            c.sendall(framed(asked()))

        def sip():
            while not over.is_set() and drop.recv(2048):
                time.sleep(0.05)

        drop.settimeout(30)
        sipping = threading.Thread(target=sip)
        sipping.start()
        check.true("who does not read is cut off", wait_for(lambda: broken() >= 1))
        check.true("whose life is over", wait_for(lambda: broken() == 2))
        over.set()
        sipping.join()
        check.true("closed", is_closed(s, PATIENCE_S))
        check.true("closed too", is_closed(drop, PATIENCE_S))
        check.true("nobody is left", wait_for(
            lambda: Metrics(url).value("connections", transport="tcp") == 0))


def check_changes():
    """While the world changes nobody gets half of the one and half of the other."""
    events = [{"at": "+1s", "do": "pop_down", "pop": "sha"}]
    with tempfile.TemporaryDirectory() as folder:
        keys = pathlib.Path(folder, "keys")
        keys.write_text(KEYS)
        keys.chmod(0o600)
        with Server("--metrics", "127.0.0.1:0", "--transfer-keys", str(keys), "--speed", "0.5",
                    doc=dict(DOC, events=events), files={"shop.zone": zone(RECORDS)}) as server:
            url = url_of(server)
            with socket.socket() as s:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                s.connect(server.address)
                s.sendall(framed(asked()))
                check.true("the PoP goes down", wait_for(lambda: "pop_down" in server.log()))
                check.true("it ends", is_closed(s, PATIENCE_S))
            check.true("and is counted", wait_for(
                lambda: Metrics(url).value("transfers_total", result="broken") == 1))
            with socket.socket() as s:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                s.connect(server.address)
                s.sendall(framed(asked()))
                time.sleep(0.2)
                server.process.send_signal(signal.SIGHUP)
                check.true("reloaded", wait_for(lambda: "reloaded" in server.log()))
                check.true("it ends too", is_closed(s, PATIENCE_S))
            with connect(server.address) as s:
                check.true("another one is whole", transfer(s)[0] > RECORDS)


with tempfile.TemporaryDirectory() as top:
    path = pathlib.Path(top, "keys")
    path.write_text(KEYS)
    path.chmod(0o600)
    options = ("--at", "+1m", "--metrics", "127.0.0.1:0", "--transfer-keys", str(path))
    with Server(*options, doc=DOC, files={"shop.zone": zone(RECORDS)}) as cnedge:
        check_latency(cnedge, url_of(cnedge))
    if "--latency" not in sys.argv:
        with Server(*options, "--tcp-idle", "2", "--tcp-life", "5", doc=DOC,
                    files={"shop.zone": zone(RECORDS)}) as cnedge:
            check_slow(cnedge, url_of(cnedge))
        with Server(*options, doc=DOC, files={"shop.zone": zone(FEWER)}) as cnedge:
            check_pipelined(cnedge)
            check_many(cnedge)
        check_changes()
check.finish()
