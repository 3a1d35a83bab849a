# SPDX-License-Identifier: MIT
"""What the integration tests share: a server that is started and stopped by its process id, raw DNS
messages, and a list of named checks. Only loopback; every port is the kernel's choice."""
import contextlib
import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

CNEDGE = os.environ["CNEDGE"]
peer_ports = itertools.count(20000)  # below /proc/sys/net/ipv4/ip_local_port_range
PATIENCE_S = 20  # for anything that should happen at once; sanitizers and valgrind are slow

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "HINFO": 13, "TXT": 16, "AAAA": 28, "OPT": 41,
         "MX": 15, "ANY": 255}

TELECOM = "202.96.209.0/24"   # cn/shanghai/telecom in the built-in world
TELECOM6 = "240e:e1::/32"     # in the mainland
OUTSIDE = "8.8.8.0/24"        # us


def scenario(**changes):
    """A scenario with one site that loses its filing after 20 minutes."""
    doc = {
        "cnedge": 1, "name": "integration", "seed": 7,
        "start": "2026-03-02T09:00:00+08:00", "end": "+2h",
        "nameservers": ["ns1.dns.test", "ns2.dns.test"],
        "choices": {"observe_delay": "0s"},
        "holders": [{"id": "shop-ltd"}],
        "filings": [{"id": "f1", "holder": "shop-ltd", "number": "ICP 2026000001-1"}],
        "sites": [{
            "domain": "shop.example", "filing": "f1",
            "hosts": ["@", "www", "a.b.deep",
                      {"name": "cdn", "cname": "www.shop.example"},
                      {"name": "out", "cname": "edge.elsewhere.test"},
                      {"name": "txt", "txt": ["v=spf1 -all", "hello world"]},
                      {"name": "big", "txt": [str(n) * 250 for n in range(8)]}],
        }],
        "events": [{"at": "+20m", "do": "revoke_site", "site": "shop.example", "id": "revoked"}],
    }
    doc.update(changes)
    return doc


def peer_address():
    """Where to put a program that cannot tell which port it got: on a loopback address that only
    this process uses, and a port that the kernel chooses for nobody, so that nobody else takes it
    in between: one that listens everywhere would."""
    pid = os.getpid()
    return f"127.{64 + (pid >> 16 & 63)}.{pid >> 8 & 255}.{pid & 255}", next(peer_ports)


class Server:
    """`cnedge serve` on a scenario. Addresses are in `listening`, in the order of --listen."""

    def __init__(self, *options, doc=None, listen=("127.0.0.1:0",), files=None, raw=None):
        self.dir = tempfile.mkdtemp(prefix="cnedge-")
        for name, text in (files or {}).items():  # beside the scenario
            pathlib.Path(self.dir, name).write_text(text)
        for name, data in (raw or {}).items():
            pathlib.Path(self.dir, name).write_bytes(data)
        path = pathlib.Path(self.dir, "scenario.json")
        path.write_text(json.dumps(doc or scenario()))
        args = [CNEDGE, "serve", str(path), *options]
        for address in listen:
            args += ["--listen", address]
        self.err = open(pathlib.Path(self.dir, "err"), "w+b")
        self.process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=self.err)
        self.started = time.monotonic()
        self.listening, self.lines = [], []
        for _ in listen:
            line = self.process.stdout.readline().decode().strip()
            m = re.fullmatch(
                r"listening on \[?([0-9a-f.:]+?)\]?:(\d+) (?:udp\+tcp|tls) line=(\S+)", line)
            if not m:
                self.stop()
                raise SystemExit(f"no server: {line!r} {self.last_log}")
            self.listening.append((m[1], int(m[2])))
            self.lines.append(m[3])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def address(self):
        return self.listening[0]

    def log(self):
        return pathlib.Path(self.err.name).read_text()

    def stop(self, how=signal.SIGTERM):
        """Ends the process if it still runs; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            code = self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        if not self.err.closed:
            self.last_log = self.log()
            self.err.close()
            self.process.stdout.close()
            shutil.rmtree(self.dir)
        return code


# --- messages -----------------------------------------------------------------------------------

def name_bytes(name):
    out = b""
    for label in name.rstrip(".").split("."):
        if label:
            out += bytes([len(label)]) + label.encode()
    return out + b"\0"


def ecs_option(subnet):
    address, bits = subnet.split("/")
    family = 2 if ":" in address else 1
    packed = socket.inet_pton(socket.AF_INET6 if family == 2 else socket.AF_INET, address)
    data = struct.pack("!HBB", family, int(bits), 0) + packed[:(int(bits) + 7) // 8]
    return struct.pack("!HH", 8, len(data)) + data


def query(name, qtype="A", ecs=None, edns=None, ident=0x1234):
    """A query in wire form; `edns` is the UDP size offered, 1232 when ECS needs OPT."""
    size = edns or (1232 if ecs else None)
    out = struct.pack("!HHHHHH", ident, 0x0100, 1, 0, 0, 1 if size else 0)
    out += name_bytes(name) + struct.pack("!HH", TYPES[qtype], 1)
    if size:
        options = ecs_option(ecs) if ecs else b""
        out += b"\0" + struct.pack("!HHIH", 41, size, 0, len(options)) + options
    return out


class Answer:
    """The header of an answer, its A and AAAA addresses, and the ECS scope."""

    def __init__(self, data):
        self.data = data
        (self.ident, flags, self.questions, self.answers, self.authorities,
         additionals) = struct.unpack_from("!HHHHHH", data)
        self.rcode, self.aa, self.tc = flags & 15, bool(flags & 0x400), bool(flags & 0x200)
        self.qr, self.ra = bool(flags & 0x8000), bool(flags & 0x80)
        self.addresses, self.ttl, self.scope = [], None, None
        at = 12
        for _ in range(self.questions):
            at = self.skip_name(at) + 4
        for _ in range(self.answers + self.authorities + additionals):
            at = self.record(at)
        if at != len(data):
            raise ValueError(f"{len(data) - at} bytes behind the last record")

    def skip_name(self, at):
        while True:
            n = self.data[at]
            if n >= 0xC0:
                return at + 2
            at += n + 1
            if n == 0:
                return at

    def record(self, at):
        at = self.skip_name(at)
        rtype, _, ttl, length = struct.unpack_from("!HHIH", self.data, at)
        at += 10
        data = self.data[at:at + length]
        if rtype in (1, 28):
            family = socket.AF_INET if rtype == 1 else socket.AF_INET6
            self.addresses.append(socket.inet_ntop(family, data))
            self.ttl = ttl
        if rtype == 41 and length >= 8 and data[:2] == b"\0\x08":
            self.scope = data[7]
        return at + length


def ask(address, message, timeout=PATIENCE_S):
    """One query over UDP; the answer."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        s.settimeout(timeout)
        s.connect(address)
        s.send(message)
        return Answer(s.recv(65535))


def no_answer(address, message):
    """Whether nothing comes back: a query that is sent behind it is answered alone."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        s.settimeout(PATIENCE_S)
        s.connect(address)
        s.send(message)
        s.send(query("www.shop.example", ident=0x7777))
        return Answer(s.recv(65535)).ident == 0x7777


# --- TCP ----------------------------------------------------------------------------------------

def framed(message):
    return struct.pack("!H", len(message)) + message


def connect(address):
    s = socket.create_connection(address, timeout=PATIENCE_S)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def read_exactly(s, n):
    out = b""
    while len(out) < n:
        part = s.recv(n - len(out))
        if not part:
            raise EOFError
        out += part
    return out


def read_answer(s):
    return Answer(read_exactly(s, struct.unpack("!H", read_exactly(s, 2))[0]))


def is_closed(s, within_s):
    """Whether the other side ends the connection in time."""
    s.settimeout(within_s)
    try:
        while s.recv(65536):
            pass
        return True
    except ConnectionError:
        return True
    except socket.timeout:
        return False


# --- tools and checks ---------------------------------------------------------------------------

def run(*args):
    """Runs a client; its output, stderr included."""
    done = subprocess.run(args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=60, check=False)
    return done.stdout.decode(errors="replace")


def need(tool):
    """The tool's path. Without it the test cannot say anything, so it fails."""
    path = shutil.which(tool, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        raise SystemExit(f"{tool} is not installed (see tools/packages.txt)")
    return path


def wait_for(condition, within_s=PATIENCE_S):
    """Waits until the condition holds; whether it did in time."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.01)
    return bool(condition())


class Checks:
    """Collects results; `finish` prints what failed and exits."""

    def __init__(self):
        self.passed, self.failed = 0, 0
        self.lock = threading.Lock()

    def equal(self, what, got, want):
        self.true(f"{what}: expected {want!r}, got {got!r}", got == want)

    def match(self, what, text, *patterns):
        for p in patterns:
            self.true(f"{what}: expected /{p}/ in:\n{text}", re.search(p, text, re.M))

    def true(self, what, condition):
        with self.lock:
            if condition:
                self.passed += 1
            else:
                self.failed += 1
                print(f"FAILED {what}")

    @contextlib.contextmanager
    def within(self, what, seconds):
        begun = time.monotonic()
        yield
        took = time.monotonic() - begun
        self.true(f"{what}: expected at most {seconds} s, took {took:.2f} s", took <= seconds)

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed or not self.passed else 0)
