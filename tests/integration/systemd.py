#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What a service manager hears of the server, and sockets that it hands over."""
import contextlib
import fcntl
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time

from _lib import (CNEDGE, PATIENCE_S, Checks, Server, ask, connect, framed, query, read_answer,
                  scenario)
from _metrics import Metrics

check = Checks()


class Manager:
    """The other end of NOTIFY_SOCKET."""

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address.replace("@", "\0", 1))
        self.socket.settimeout(PATIENCE_S)

    def hears(self):
        """The next message, as a dictionary."""
        text = self.socket.recv(4096).decode()
        return dict(line.split("=", 1) for line in text.split("\n"))


@contextlib.contextmanager
def environment(**variables):
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in variables:
            del os.environ[name]


def check_notify(address):
    """READY when queries are answered, RELOADING and READY for each reload, STOPPING at the end."""
    manager = Manager(address)
    with environment(NOTIFY_SOCKET=address), Server("--at", "+1m") as server:
        first = manager.hears()
        check.equal(f"{address}: ready", first["READY"], "1")
        check.match("status", first["STATUS"], r"^Serving /\S+/scenario\.json$")
        check.equal("answers", ask(server.address, query("www.shop.example")).rcode, 0)
        for text in (None, "{"):
            if text:
                pathlib.Path(server.dir, "scenario.json").write_text(text)
            before = time.monotonic()
            server.process.send_signal(signal.SIGHUP)
            loading = manager.hears()
            check.equal("reloading", loading["RELOADING"], "1")
            since = int(loading["MONOTONIC_USEC"]) / 1e6
            check.true("when", before <= since <= time.monotonic())
            check.equal("ready again", manager.hears()["READY"], "1")
        server.stop()
        check.equal("stopping", manager.hears(), {"STOPPING": "1"})
    manager.socket.close()


def check_watchdog(address):
    manager = Manager(address)
    with environment(NOTIFY_SOCKET=address, WATCHDOG_USEC="200000"), Server("--at", "+1m"):
        manager.hears()
        check.equal("alive", manager.hears(), {"WATCHDOG": "1"})  # due since before READY, maybe
        begun = time.monotonic()
        for _ in range(5):
            check.equal("alive", manager.hears(), {"WATCHDOG": "1"})
        check.true("every 100 ms", time.monotonic() - begun > 0.35)
    manager.socket.close()
    manager = Manager(address + "x")
    with environment(NOTIFY_SOCKET=address + "x", WATCHDOG_USEC="200000", WATCHDOG_PID="1"), \
            Server("--at", "+1m"):
        manager.hears()
        manager.socket.settimeout(0.5)
        try:
            check.true(f"another process' watchdog: {manager.hears()}", False)
        except socket.timeout:
            check.true("another process' watchdog", True)
    manager.socket.close()


def check_no_manager():
    """Whoever does not listen changes nothing."""
    for address in ("/nowhere/at/all", "relative", "", "@" + "x" * 200):
        with environment(NOTIFY_SOCKET=address), Server("--at", "+1m") as server:
            check.equal(f"{address!r}", ask(server.address, query("www.shop.example")).rcode, 0)


@contextlib.contextmanager
def activated(sockets, *options, pid=None):
    """A server that finds these sockets open, from descriptor 3 on."""
    high = [fcntl.fcntl(s.fileno(), fcntl.F_DUPFD, 50) for s in sockets]

    def hand_over():
        for n, fd in enumerate(high):
            os.dup2(fd, 3 + n)
        os.environ["LISTEN_PID"] = str(pid or os.getpid())
        os.environ["LISTEN_FDS"] = str(len(sockets))

    with tempfile.TemporaryDirectory(prefix="cnedge-") as name:
        path = pathlib.Path(name, "scenario.json")
        with open(path, "w", encoding="ascii") as f:
            f.write(json.dumps(scenario()))
        process = subprocess.Popen(
            [CNEDGE, "serve", str(path), "--at", "+1m", *options], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=hand_over,
            pass_fds=range(3, 3 + len(sockets)))
        for fd in high:
            os.close(fd)
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE_S)


def bound(address, kind, family=socket.AF_INET):
    s = socket.socket(family, kind)
    s.bind(address)
    if kind == socket.SOCK_STREAM:
        s.listen(16)
    return s


def pair(host, family=socket.AF_INET):
    """A datagram and a stream socket on one port."""
    while True:
        udp = bound((host, 0), socket.SOCK_DGRAM, family)
        try:
            return udp, bound(udp.getsockname()[:2], socket.SOCK_STREAM, family)
        except OSError:
            udp.close()


def check_activation():
    """Queries that came before the server did are answered, over both transports and families."""
    udp, tcp = pair("127.0.0.1")
    udp6, tcp6 = pair("::1", socket.AF_INET6)
    http = bound(("127.0.0.1", 0), socket.SOCK_STREAM)
    port, port6, watch = (s.getsockname()[1] for s in (udp, udp6, http))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as early:
        early.settimeout(PATIENCE_S)
        early.connect(("127.0.0.1", port))
        early.send(query("www.shop.example"))
        waiting = connect(("127.0.0.1", port))
        waiting.sendall(framed(query("www.shop.example")))
        with activated((http, tcp6, udp, tcp, udp6), "--listen", f"127.0.0.1:{port}", "--listen",
                       f"[::1]:{port6}", "--metrics", f"127.0.0.1:{watch}"):
            check.true("UDP", early.recv(4096))
            check.equal("TCP", read_answer(waiting).rcode, 0)
            check.equal("IPv6", ask(("::1", port6), query("www.shop.example")).rcode, 0)
            with connect(("::1", port6)) as s:
                s.sendall(framed(query("www.shop.example")))
                check.equal("TCP over IPv6", read_answer(s).rcode, 0)
            m = Metrics(f"http://127.0.0.1:{watch}/metrics")
            check.equal("metrics", m.total("queries_total"), 4)
        waiting.close()
    for s in (udp, tcp, udp6, tcp6, http):
        s.close()


def check_activation_workers():
    """Sockets of another user, as those of a service manager are, have none of ours beside them."""
    if os.getuid() != 0:
        print("skipped: not root, so sockets cannot be another user's")
        return
    udp, tcp = pair("127.0.0.1")
    os.fchown(udp.fileno(), 65534, 65534)
    port = udp.getsockname()[1]
    with activated((udp, tcp), "--listen", f"127.0.0.1:{port}", "--workers", "3"):
        for _ in range(16):
            for qtype in ("A", "SOA"):
                got = ask(("127.0.0.1", port), query("www.shop.example", qtype))
                check.equal(f"{qtype} from workers", got.rcode, 0)
    for s in (udp, tcp):
        s.close()


def check_activation_refused():
    """A socket that fits no listener is an error; one that is another process' is none of ours."""
    udp = bound(("127.0.0.1", 0), socket.SOCK_DGRAM)
    port = udp.getsockname()[1]
    unix = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    for s, said in ((udp, f"got none for 127.0.0.1:{port} (udp)"),
                    (unix, "got none for no address of the Internet (udp)")):
        with activated((s,), "--listen", "127.0.0.1:0") as process:
            out, err = process.communicate(timeout=PATIENCE_S)
            check.equal("exit code", process.returncode, 4)
            check.true(err.decode(), said in err.decode())
            check.equal("stdout", out, b"")
    with activated((udp,), "--listen", "127.0.0.1:0", pid=1) as process:
        line = process.stdout.readline().decode()
        check.match("not ours", line, r"^listening on 127\.0\.0\.1:\d+ udp\+tcp")
        check.true("another port", f":{port} " not in line)
    udp.close()
    unix.close()


with tempfile.TemporaryDirectory(prefix="cnedge-") as folder:
    check_notify(f"{folder}/notify")
    check_notify(f"@cnedge-test-{os.getpid()}")
    check_watchdog(f"{folder}/watchdog")
check_no_manager()
check_activation()
check_activation_workers()
check_activation_refused()
check.finish()
