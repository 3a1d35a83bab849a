#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""dnstap: every query and answer reaches the reader with equal bytes; a reader that is slow, late,
dead or dumb takes nothing from those who ask."""
import os
import pathlib
import re
import signal
import socket
import ssl
import struct
import subprocess
import tempfile
import time

from _dnstap import (ACCEPT, AUTH_QUERY, AUTH_RESPONSE, CLIENT_QUERY, CLIENT_RESPONSE,
                     CONTENT_TYPE, DOT, READY, TCP, UDP, control, frames, messages)
from _lib import (CNEDGE, PATIENCE_S, Checks, Server, ask, connect, framed, need, query,
                  read_exactly, run, wait_for)
from _metrics import Metrics, url_of

check = Checks()
TOP = pathlib.Path(tempfile.mkdtemp(prefix="cnedge-dnstap-"))
FLOOD = 14000  # two frames each: more than the queue and the socket hold


def packed(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.inet_pton(family, address)


def exchange_udp(address, data):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        s.settimeout(PATIENCE_S)
        s.connect(address)
        s.send(data)
        return s.getsockname()[1], s.recv(65535)


def exchange_stream(s, data):
    s.sendall(framed(data))
    return s.getsockname()[1], read_exactly(s, struct.unpack("!H", read_exactly(s, 2))[0])


def expect(what, got, want):
    """Whether a message has these values."""
    for key, value in want.items():
        check.equal(f"{what}: {key}", got.get(key), value)


# --- every message ------------------------------------------------------------------------------

def check_file():
    """UDP, TCP, TLS, both families, wildcards, resolvers: bytes, ends and times are right."""
    path = TOP / "all.fstrm"
    listen = ("127.0.0.1:0", "[::1]:0", "tls://127.0.0.1:0", "0.0.0.0:0",
              "127.0.0.1:0=cn/shanghai/telecom,resolver=honest")
    begun = time.time()
    want = []  # transport, resolver?, our address, its port, our port, query, answer
    with Server("--at", "+1m", "--public", "--nsid", "tapped", "--dnstap", f"file:{path}",
                listen=listen) as server:
        v4, v6, tls, wild, resolver = server.listening
        for at, address, kind in ((v4, v4, AUTH_QUERY), (v6, v6, AUTH_QUERY),
                                  (("127.0.0.3", wild[1]), wild, AUTH_QUERY),
                                  (resolver, resolver, CLIENT_QUERY)):
            for data in (query("www.shop.example", edns=1232), query("none.shop.example", "TXT")):
                want.append((UDP, kind, at[0], address[1], data, *exchange_udp(at, data)))
        with connect(("127.0.0.2", wild[1])) as s:
            for data in (query("big.shop.example", "TXT"), query("shop.example", "SOA")):
                want.append((TCP, AUTH_QUERY, "127.0.0.2", wild[1], data,
                             *exchange_stream(s, data)))
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(connect(tls)) as s:
            data = query("www.shop.example", "AAAA")
            want.append((DOT, AUTH_QUERY, tls[0], tls[1], data, *exchange_stream(s, data)))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:  # neither is a query
            s.sendto(b"short", v4)
            s.sendto(want[0][6], v4)
        said = run(need("dig"), f"@{v4[0]}", "-p", str(v4[1]), "+tries=1", "www.shop.example",
                   "+norecurse", "+qid=4711")
        check.match("dig", said, "status: NOERROR")
        check.equal("stops", server.stop(), 0)
    ended = time.time()
    stream = path.read_bytes()
    check.true("the stream has its end", frames(stream)[1])
    got = messages(stream)
    check.equal("messages", len(got), 2 * len(want) + 2)
    for n, (protocol, kind, address, port, asked, from_port, answer) in enumerate(want):
        ends = {"family": 2 if ":" in address else 1, "protocol": protocol, "from_port": from_port,
                "from": packed("::1" if ":" in address else "127.0.0.1"),
                "to": packed(address), "to_port": port,
                "identity": b"tapped", "version": run(CNEDGE, "--version").strip().encode()}
        q, a = got[2 * n], got[2 * n + 1]
        expect(f"query {n}", q, {"type": kind, "query": asked, "answer": None, **ends})
        expect(f"answer {n}", a, {"type": kind + 1, "answer": answer, "query": None,
                                  "asked_s": q["asked_s"], "asked_ns": q["asked_ns"], **ends})
        times = [m["asked_s"] + m["asked_ns"] / 1e9 for m in (q, a)]
        times.append(a["answered_s"] + a["answered_ns"] / 1e9)
        check.true(f"times of {n}: {begun} {times} {ended}",
                   begun - 0.1 <= times[0] <= times[2] <= ended + 0.1)
    check.equal("kinds", (CLIENT_RESPONSE, AUTH_RESPONSE), (CLIENT_QUERY + 1, AUTH_QUERY + 1))
    check.equal("of dig", struct.unpack("!H", got[-2]["query"][:2])[0], 4711)
    lines = run(need("dnstap-ldns"), "-r", str(path)).splitlines()
    check.equal("dnstap-ldns reads as many", len(lines), len(got))
    check.equal("mode", path.stat().st_mode & 0o777, 0o640)
    for letters, count in (("AQ", 10), ("AR", 10), ("CQ", 2), ("CR", 2)):
        check.equal(letters, sum(f" {letters} " in line for line in lines), count)


# --- readers ------------------------------------------------------------------------------------

class Capture:
    """fstrm_capture at a socket, into a file."""

    def __init__(self, name):
        self.path = TOP / f"{name}.fstrm"
        self.process = subprocess.Popen(
            [need("fstrm_capture"), "-t", CONTENT_TYPE.decode(), "-u", str(TOP / "socket"), "-w",
             str(self.path)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        if not wait_for(lambda: (TOP / "socket").exists()):
            raise SystemExit("fstrm_capture does not listen")

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(PATIENCE_S)
        (TOP / "socket").unlink(missing_ok=True)


class Reader:
    """A reader of our own that does only what it is told."""

    def __init__(self):
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(TOP / "socket"))
        self.listener.settimeout(PATIENCE_S)
        self.listener.listen(1)

    def accept(self):
        s = self.listener.accept()[0]
        s.settimeout(PATIENCE_S)
        return s

    def greet(self, s):
        check.equal("READY", read_exactly(s, len(control(READY))), control(READY))
        s.sendall(control(ACCEPT))

    def close(self):
        self.listener.close()
        (TOP / "socket").unlink()


def tapped(*options):
    return Server("--at", "+1m", "--metrics", "127.0.0.1:0", "--dnstap", f"unix:{TOP / 'socket'}",
                  *options)


def is_open(url, value):
    return wait_for(lambda: Metrics(url).value("dnstap_open") == value)


def told(url):
    """Frames whose fate is known."""
    return sum(v for (n, _), v in Metrics(url).values.items()
               if n.startswith(("cnedge_dnstap_frames", "cnedge_dnstap_dropped")))


def asked_of(data):
    return [m["query"] for m in messages(data) if "query" in m]


def check_capture():
    """A reader from the beginning, one that comes late, and one that dies."""
    capture = Capture("early")
    some = [query("www.shop.example", ident=n) for n in range(200)]
    with tapped() as server:
        url = url_of(server)
        check.true("connected", is_open(url, 1))
        for data in some[:50]:
            ask(server.address, data)
        capture.stop(signal.SIGKILL)
        for data in some[50:100]:
            ask(server.address, data)
        check.true("its death is noticed", is_open(url, 0))
        check.true("and logged", wait_for(lambda: "dnstap: cannot write to" in server.log()))
        check.true("the fate of all is known", wait_for(lambda: told(url) == 200))
        dropped = Metrics(url).value("dnstap_dropped_frames_total", cause="no_reader")
        for data in some[100:150]:
            ask(server.address, data)
        check.equal("counted", Metrics(url).value("dnstap_dropped_frames_total",
                                                  cause="no_reader") - dropped, 100)
        late = Capture("late")
        check.true("connected again", is_open(url, 1))
        for data in some[150:]:
            ask(server.address, data)
        check.true("all is written", wait_for(lambda: told(url) == 400))
        check.equal("stops", server.stop(), 0)
        check.match("told again", server.last_log, r'writing to unix:.*, \d+ frames')
    late.stop()
    check.equal("the late one has the rest", asked_of(late.path.read_bytes()), some[150:])
    check.true("with an end", frames(late.path.read_bytes())[1])
    lines = run(need("dnstap-ldns"), "-r", str(late.path)).splitlines()
    check.equal("dnstap-ldns", len(lines), 100)


def check_early():
    """Whoever is there first misses nothing, not even the first query."""
    capture = Capture("first")
    some = [query("www.shop.example", ident=n) for n in range(300)]
    with tapped() as server:
        for data in some:
            ask(server.address, data)
        check.equal("stops", server.stop(), 0)
    capture.stop()
    check.equal("all of them", asked_of(capture.path.read_bytes()), some)


def flood(address):
    """Asks FLOOD times with a few under way; the longest time to an answer."""
    longest = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(PATIENCE_S)
        s.connect(address)
        for n in range(FLOOD):
            begun = time.monotonic()
            s.send(query("www.shop.example", ident=n & 0xFFFF))
            if s.recv(4096)[:2] != struct.pack("!H", n & 0xFFFF):
                raise SystemExit("another answer")
            longest = max(longest, time.monotonic() - begun)
    return longest


def check_slow():
    """A reader that greets and then sleeps: all are answered in time, frames are dropped whole, and
    neither the rest of the stream nor the end of the server suffers."""
    reader = Reader()
    with tapped() as server:
        url = url_of(server)
        s = reader.accept()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.greet(s)
        check.true("connected", is_open(url, 1))
        longest = flood(server.address)
        check.true(f"longest answer {longest:.3f} s", longest < PATIENCE_S / 2)
        m = Metrics(url)
        check.equal("all answered", m.value("answer_duration_seconds_count"), FLOOD)
        full = m.value("dnstap_dropped_frames_total", cause="queue_full")
        check.true(f"frames dropped: {full}", full > 0)
        check.true("logged", wait_for(lambda: "frames dropped, the reader is slow" in server.log()))
        read, late = b"", {}
        try:  # what is left in the queue is written after a second in which nothing comes
            while len(frames(read)[0]) + full < 2 * FLOOD and (part := s.recv(1 << 20)):
                read += part
        except socket.timeout:
            pass
        for m in messages(read):
            late.setdefault(m["type"], []).append(m)
        count = sum(len(v) for v in late.values())
        check.equal("what was not dropped arrives", count + full, 2 * FLOOD)
        order = [m["query"][:2] for m in late[AUTH_QUERY]]
        check.equal("in order", order, sorted(order))
        flood_again = 9000
        for n in range(flood_again):  # and now it does not even go away
            ask(server.address, query("www.shop.example", ident=n))
        with check.within("a stop that waits for nobody", PATIENCE_S):
            check.equal("stops", server.stop(), 0)
        s.close()
    reader.close()


def check_dumb():
    """A reader that never greets, and one that wants something else."""
    reader = Reader()
    with tapped() as server:
        url = url_of(server)
        s = reader.accept()
        for n in range(100):
            ask(server.address, query("www.shop.example", ident=n))
        check.equal("not open", Metrics(url).value("dnstap_open"), 0)
        again = reader.accept()  # it is given up after some seconds
        read_exactly(again, len(control(READY)))
        again.sendall(control(ACCEPT).replace(b"protobuf:", b"protobuf;"))
        third = reader.accept()
        check.equal("still not", Metrics(url).value("dnstap_open"), 0)
        with check.within("stops", PATIENCE_S):
            check.equal("stops", server.stop(), 0)
        for c in (s, again, third):
            c.close()
    reader.close()


def check_refused():
    """What cannot be opened is said at the start; a full file system later."""
    with Server() as server:
        path = f"{server.dir}/scenario.json"
        for text, code, said in (("tcp:127.0.0.1", 2, "--dnstap expects unix:/PATH or file:/PATH"),
                                 ("unix:relative", 2, "--dnstap expects"),
                                 ("unix:/" + "x" * 107, 2, "--dnstap expects"),
                                 ("file:/nowhere/at/all", 4, "No such file")):
            done = subprocess.run([CNEDGE, "serve", path, "--listen", "127.0.0.1:0", "--dnstap",
                                   text], stdin=subprocess.DEVNULL, capture_output=True,
                                  timeout=60, check=False)
            check.equal(f"exit code for {text}", done.returncode, code)
            check.true(f"{text}: {done.stderr.decode()}", said in done.stderr.decode())
    if os.path.exists("/dev/full"):
        with Server("--metrics", "127.0.0.1:0", "--dnstap", "file:/dev/full") as server:
            url = url_of(server)
            ask(server.address, query("www.shop.example"))
            check.true("it is closed", is_open(url, 0))
            ask(server.address, query("www.shop.example"))
            m = Metrics(url)
            check.equal("dropped", m.value("dnstap_dropped_frames_total", cause="no_reader"), 4)
            check.true("logged", wait_for(lambda: "No space left" in server.log()))
            check.true("once", len(re.findall("dnstap", server.log())) <= 2)


try:
    check_file()
    check_capture()
    check_early()
    check_slow()
    check_dumb()
    check_refused()
finally:
    run("rm", "-r", str(TOP))
check.finish()
