#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A hostile crowd: broken and whole messages over UDP, half-open TCP and TLS connections, streams
that are no DNS, slow readers, all while the state changes. The server goes on answering, its memory
does not grow, it stops cleanly and no sanitizer has said a word.

Usage: soak.py [--seconds N] [--packets N]      environment: CNEDGE, CNEDGE_SOURCE

Runs until both the seconds and the packets are over. The draws are from a fixed seed. RESTS times
the crowd hangs up and is silent for a moment, and the memory (RSS) is read: what leaks is then
still there, and what belongs to the connections of that moment is not. The rests of the first
quarter do not count: in it the rate limit's table is touched, the allocator's caches fill and so
does the sanitizer's quarantine, all of fixed size. From SLOPE_FROM_S on the upper end of the 95 %
confidence interval of their slope is judged by SLOPE_MAX."""
import argparse
import math
import os
import pathlib
import random
import socket
import statistics
import struct
import time

from _lib import Answer, Checks, Server, framed, query, scenario

BATCH = 200           # datagrams between two queries whose answer is waited for
HELD = 150            # connections that are held open
STATE_EVERY_S = 20    # of simulated time
SPEED = 40

RESTS = 60            # in a run
COUNTED = 45          # the last ones
REST_S = 3            # longer than --tcp-idle: nobody is left; in a short run a hundredth of it
STUDENT_95 = 2.017    # two-sided, COUNTED - 2 degrees of freedom
SLOPE_FROM_S = 600    # in less the interval is too wide to say anything
SLOPE_MAX = 64        # kB/min, for the interval's upper end: a byte for 20 packets
GROWTH_MAX_KB = 4096  # or 5 %, for runs of any length

check = Checks()
draw = random.Random(4)


def changes(seconds):
    """A scenario in which something happens twice a second of the wall clock."""
    events, hosts = [], ["@", "www", {"name": "big", "txt": [str(n) * 250 for n in range(8)]}]
    count = min(int(seconds * SPEED / STATE_EVERY_S) + 10, 20000)
    for n in range(count):
        pop = ("sha", "pkx", "can", "hkg")[n // 2 % 4]
        events.append({"at": f"+{(n + 1) * STATE_EVERY_S}s", "pop": pop,
                       "do": "pop_up" if n % 2 else "pop_down"})
    doc = scenario(events=events, end=f"+{(count + 2) * STATE_EVERY_S}s")
    doc["filings"] += [{"id": f"g{n}", "holder": "shop-ltd", "number": f"ICP 2026000001-{n + 2}"}
                       for n in range(20)]
    doc["sites"] += [{"domain": f"s{n}.example", "filing": f"g{n}", "hosts": hosts}
                     for n in range(20)]
    return doc


def corpus():
    """Messages of the fuzz corpora, whole ones of our own, and damaged copies of all."""
    root = pathlib.Path(os.environ["CNEDGE_SOURCE"], "tests/fuzz/corpus")
    seeds = [p.read_bytes() for p in sorted((root / "message").iterdir())]
    seeds += [p.read_bytes()[1:] for p in sorted((root / "responder").iterdir())]
    seeds += [query(f"{host}.s{n}.example", qtype, edns=1232) for n in range(20)
              for host in ("www", "none", "_why.www", "a.b.c") for qtype in ("A", "TXT", "ANY")]
    out = list(seeds)
    for _ in range(4000):
        data = bytearray(draw.choice(seeds))
        for _ in range(draw.randrange(1, 6)):
            what = draw.randrange(4)
            at = draw.randrange(len(data) + 1)
            if what == 0:
                data[at:at] = draw.randbytes(draw.randrange(1, 9))
            elif what == 1:
                del data[at:at + draw.randrange(1, 9)]
            elif at < len(data):
                data[at] = draw.randrange(256) if what == 2 else data[at] ^ 1 << draw.randrange(8)
        out.append(bytes(data))
    out += [draw.randbytes(draw.randrange(1400)) for _ in range(500)]
    return out


class Crowd:
    """Who talks to the server, and what came of it."""

    def __init__(self, server):
        self.udp_at, self.tls_at = server.listening
        self.messages = corpus()
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.udp.connect(self.udp_at)
        self.held = []
        self.packets = self.answers = self.connections = self.asked = 0
        self.slowest = 0.0

    def datagrams(self):
        """A batch of anything; then a query, whose answer says that the batch has been read."""
        for message in draw.choices(self.messages, k=BATCH):
            self.udp.send(message)
        self.packets += BATCH + 1
        self.asked += 1
        ident = self.asked & 0xFFFF
        question = query(f"q{self.asked}.shop.example", ident=ident)
        begun = time.monotonic()
        self.udp.send(question)
        self.udp.settimeout(20)
        while True:
            data = self.udp.recv(65535)
            self.answers += 1
            if data[:2] == question[:2] and question[12:] in data:
                break
        self.slowest = max(self.slowest, time.monotonic() - begun)
        return Answer(data).rcode == 3

    def connect(self, address):
        """A connection from one of many addresses of loopback."""
        s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        s.settimeout(2)
        s.bind((f"127.1.{draw.randrange(8)}.{draw.randrange(1, 250)}", 0))
        s.connect(address)
        s.setblocking(False)
        self.connections += 1
        return s

    def streams(self):
        """Some connections more, each with its own manners; the oldest go, some with a reset."""
        for _ in range(8):
            s = self.connect(draw.choice((self.udp_at, self.udp_at, self.tls_at)))
            data = draw.choice((
                b"", b"\0", b"\x16\x03\x01\x02\x00\x01", draw.randbytes(draw.randrange(3000)),
                framed(draw.choice(self.messages)), framed(query("big.shop.example", "TXT")) * 500,
                b"".join(map(framed, draw.choices(self.messages, k=20)))))
            try:
                s.send(data)
                if draw.randrange(4) == 0:
                    s.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            self.held.append(s)
        while len(self.held) > HELD:
            s = self.held.pop(draw.randrange(len(self.held)))
            if draw.randrange(2):
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            s.close()

    def hang_up(self):
        for s in self.held:
            s.close()
        self.held.clear()


def memory_kb(pid):
    pages = int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def slope_kb_per_min(points):
    """Least squares through (seconds, kB): the slope and half of its confidence interval."""
    mean_t = statistics.fmean(t for t, _ in points)
    mean_m = statistics.fmean(m for _, m in points)
    over = sum((t - mean_t) ** 2 for t, _ in points)
    slope = sum((t - mean_t) * (m - mean_m) for t, m in points) / over
    rest = sum((m - mean_m - slope * (t - mean_t)) ** 2 for t, m in points)
    return 60 * slope, 60 * STUDENT_95 * math.sqrt(rest / (len(points) - 2) / over)


def judge_memory(samples):
    points = samples[-COUNTED:]
    slope, half = slope_kb_per_min(points)
    growth = points[-1][1] - points[0][1]
    print(f"memory at first {samples[0][1]} kB, after a quarter {points[0][1]} kB, at last "
          f"{points[-1][1]} kB; slope since then {slope:.1f} kB/min, 95 %: "
          f"{slope - half:.1f}..{slope + half:.1f}")
    check.true(f"memory grew by {growth} kB since the first quarter",
               growth < max(GROWTH_MAX_KB, points[0][1] // 20))
    if points[-1][0] >= SLOPE_FROM_S:
        check.true(f"slope: expected an upper end below {SLOPE_MAX} kB/min, got "
                   f"{slope + half:.1f}", slope + half < SLOPE_MAX)


def rest(crowd, seconds, pid):
    """Everybody hangs up; the memory once all of that is over."""
    crowd.hang_up()
    time.sleep(min(REST_S, seconds / 100))
    return memory_kb(pid)


def soak(server, seconds, packets):
    """Both the time and the packets are cut into RESTS parts; a part is over when both are."""
    crowd, samples, wrong = Crowd(server), [], 0
    begun = time.monotonic()
    for part in range(1, RESTS + 1):
        while (time.monotonic() - begun < part * seconds / RESTS or
               crowd.packets < part * packets / RESTS):
            wrong += not crowd.datagrams()
            if draw.randrange(8) == 0:
                crowd.streams()
        memory = rest(crowd, seconds, server.process.pid)
        samples.append((time.monotonic() - begun, memory))
        if seconds >= SLOPE_FROM_S:
            print(f"{samples[-1][0]:.0f} s: {crowd.packets} packets, {memory} kB", flush=True)
    print(f"{crowd.packets} packets and {crowd.connections} connections in "
          f"{time.monotonic() - begun:.0f} s, {crowd.answers} answers over UDP, slowest "
          f"{crowd.slowest * 1000:.0f} ms")
    check.equal("queries among it that got a wrong answer", wrong, 0)
    check.true(f"answered in time, slowest {crowd.slowest:.2f} s", crowd.slowest < 5)
    judge_memory(samples)


parser = argparse.ArgumentParser()
parser.add_argument("--seconds", type=int, default=20)
parser.add_argument("--packets", type=int, default=0)
args = parser.parse_args()
# The sanitizer keeps what it frees for a while, and every stack that allocates for ever.
os.environ["ASAN_OPTIONS"] = (os.environ.get("ASAN_OPTIONS", "") +
                              ":quarantine_size_mb=4:malloc_context_size=1")
expected_s = max(args.seconds, args.packets // 10000)
with Server("--speed", str(SPEED), "--tcp-idle", "2", "--tcp-life", "10", "--tcp-clients", "128",
            doc=changes(expected_s), listen=("127.0.0.1:0", "tls://127.0.0.1:0")) as under_test:
    soak(under_test, args.seconds, args.packets)
    check.equal("clean stop", under_test.stop(), 0)
    spoken = [w for w in ("Sanitizer", "runtime error", "assertion failed")
              if w in under_test.last_log]
    check.equal("what sanitizers say: " + under_test.last_log[-2000:] * bool(spoken), spoken, [])
    check.true("the state has changed", "event=pop_down" in under_test.last_log)
check.finish()
