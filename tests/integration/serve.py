#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Listeners, the two clocks, stopping, and what is refused."""
import json
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time

from _lib import (CNEDGE, OUTSIDE, TELECOM, Answer, Checks, Server, ask, connect, framed, query,
                  read_answer, scenario, wait_for)

check = Checks()


def address_of(server, **how):
    return ask(server.address, query("www.shop.example", **how)).addresses


def check_listeners():
    """Fixed lines, both families, one port for both transports."""
    listen = ("127.0.0.1:0", "127.0.0.2:0=cn/shanghai/telecom", "127.0.0.3:0=de",
              "[::1]:0=cn/shanghai/telecom")
    with Server("--at", "+1m", listen=listen) as server:
        check.equal("lines", server.lines, ["from-client", "cn/shanghai/telecom", "de",
                                            "cn/shanghai/telecom"])
        check.true("ports of the kernel's choice", all(p > 0 for _, p in server.listening))
        want = [ask(server.address, query("www.shop.example", ecs=e)) for e in (TELECOM, OUTSIDE)]
        for at, inside in zip(server.listening[1:], (True, False, True)):
            got = ask(at, query("www.shop.example"))
            check.equal(f"line of {at[0]}", got.addresses == want[0].addresses, inside)
            got = ask(at, query("www.shop.example", ecs=OUTSIDE))
            check.equal(f"line of {at[0]} before ECS", got.addresses == want[0].addresses, inside)
            check.equal(f"scope at {at[0]}", got.scope, 0)
            with connect(at) as s:
                s.sendall(framed(query("www.shop.example")))
                check.equal(f"TCP at {at[0]}", read_answer(s).addresses == want[0].addresses,
                            inside)


def check_wildcard():
    """A wildcard answers from the address that was asked."""
    with Server("--at", "+1m", "--public", listen=("0.0.0.0:0", "[::]:0")) as server:
        for host in ("127.0.0.1", "127.0.0.9", "127.1.2.3"):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                s.settimeout(20)
                s.sendto(query("www.shop.example"), (host, server.address[1]))
                data, source = s.recvfrom(4096)
                check.equal("source of the answer", source[0], host)
                check.equal("rcode", Answer(data).rcode, 0)
        check.equal("IPv6", ask(("::1", server.listening[1][1]), query("www.shop.example")).rcode,
                    0)


def check_explain_agrees():
    """explain says of a prefix on several lines what the server answers to that Client Subnet, with
    the part that decides as its scope."""
    with Server("--at", "+1m") as server:
        file = f"{server.dir}/scenario.json"
        for subnet in ("202.96.0.0/16", "202.96.0.0/14", "91.0.0.0/8", "2400::/12",
                       "202.96.209.0/24"):
            got = ask(server.address, query("www.shop.example", ecs=subnet))
            done = subprocess.run([CNEDGE, "explain", file, "--at", "+1m", "--from", subnet,
                                   "www.shop.example"], capture_output=True, text=True,
                                  timeout=60, check=True)
            told = re.search(r"^answer: PoP \S+ \([^)]*\) (.*), TTL", done.stdout, re.M)[1]
            check.equal(f"addresses of {subnet}", sorted(told.split()), sorted(got.addresses))
            part = re.search(r"^client: \S+/(\d+) is on line ", done.stdout, re.M)[1]
            several = " is on several lines (" in done.stdout
            longer = got.scope > int(subnet.split("/")[1])
            check.equal(f"several lines in {subnet}", several, longer)
            if several:
                check.equal(f"what decides of {subnet}", int(part), got.scope)


def check_at():
    """--at stands still, before and after the event."""
    before, after = [], []
    with Server("--at", "revoked-1s") as server:
        before = address_of(server, ecs=TELECOM)
        outside = address_of(server, ecs=OUTSIDE)
        time.sleep(0.3)
        check.equal("it stands still", address_of(server, ecs=TELECOM), before)
    with Server("--at", "revoked") as server:
        after = address_of(server, ecs=TELECOM)
        check.equal("others see no change", address_of(server, ecs=OUTSIDE), outside)
        check.match("log", server.log(), r"^time=\S+Z msg=\"\d+ events before the start\"$")
    check.true("the revocation shows at its instant", before and after and before != after)


def check_speed():
    """Events fire when the clock says so: the answer changes neither early nor late."""
    doc = scenario(events=[
        {"at": "+60s", "do": "revoke_site", "site": "shop.example", "id": "revoked"}])
    with Server("--speed", "30", doc=doc) as server:  # the event comes after 2 s
        begun = time.monotonic()
        inside = address_of(server, ecs=TELECOM)
        check.true("before", time.monotonic() - begun < 1.5)
        changed = None
        while changed is None and time.monotonic() - begun < 10:
            asked = time.monotonic()
            if address_of(server, ecs=TELECOM) != inside:
                changed = asked - begun
        check.true(f"the answer changed after 2 s, at {changed}",
                   changed is not None and 1.7 < changed < 2.6)
        check.match("log", server.log(), r"^time=\S+Z at=\+1m event=revoke_site id=revoked "
                                         r"site=shop\.example result=applied$")


def check_speed_alone():
    """Without a query the timer alone makes the event happen, on time."""
    doc = scenario(events=[
        {"at": "+90m", "do": "revoke_site", "site": "shop.example", "id": "revoked"}])
    with Server("--speed", "1000", "--from", "+89m", doc=doc) as server:  # 60 ms away
        check.true("fired", wait_for(lambda: "event=revoke_site" in server.log(), 5))
    with Server("--speed", "0.5", "--from", "revoked-1s", doc=doc) as server:
        inside = address_of(server, ecs=TELECOM)
        check.true("half speed: changed",
                   wait_for(lambda: address_of(server, ecs=TELECOM) != inside, 10))
        took = time.monotonic() - server.started
        check.true(f"half speed: one second takes two, took {took:.2f}", took > 1.9)


def check_stop():
    for how in (signal.SIGTERM, signal.SIGINT):
        with Server() as server, connect(server.address) as s:
            s.sendall(framed(query("www.shop.example")))
            read_answer(s)
            with check.within(f"stop by {how.name}", 5):
                check.equal(f"exit code after {how.name}", server.stop(how), 0)


def check_refused():
    """Exit codes, and what is said."""
    with tempfile.TemporaryDirectory() as dir_name:
        good = pathlib.Path(dir_name, "good.json")
        good.write_text(json.dumps(scenario()))
        bad = pathlib.Path(dir_name, "bad.json")
        bad.write_text('{"cnedge": 1}')
        with Server() as taken:
            port = taken.address[1]
            for args, code, said in (
                    (["--listen", f"127.0.0.1:{port}"], 4,
                     rf"cannot listen on 127\.0\.0\.1:{port} \(udp\): Address already in use"),
                    (["--listen", "192.0.2.1:5300"], 2, r"expected a loopback address"),
                    (["--listen", "[::]:5300"], 2, r"add --public if they shall"),
                    (["--user", "no-such-user", "--listen", "127.0.0.1:0"], 4,
                     r"cannot become no-such-user: no such user"),
                    (["--public", "--listen", "192.0.2.1:5300"], 4,
                     r"cannot listen on 192\.0\.2\.1:5300"),
                    (["--listen", "127.0.0.1"], 2, r"expected ADDR:PORT"),
                    (["--listen", "127.0.0.1:0=cn/shanghai/telecon"], 2,
                     r'did you mean "cn/shanghai/telecom"\?'),
                    (["--at", "+3h"], 2, r"--at: expected a time within the run"),
                    (["--at", "never"], 2, r"--at: expected the id of an event"),
                    (["--speed", "0"], 2, r"--speed expects a number"),
                    (["--speed", "fast"], 2, r"--speed expects a number"),
                    (["--at", "+1m", "--speed", "2"], 2, r"expected --at, or --speed"),
                    (["--colour"], 2, r"--colour"),
                    ([str(bad)], 2, r"expected one FILE")):
                refuse([str(good), *args], code, said)
            refuse([str(bad)], 3, r"bad\.json:1:1: ")
            refuse([str(pathlib.Path(dir_name, "missing.json"))], 4, r"No such file")
            refuse([], 2, r"expected one FILE")
            check.equal("the server in the way is untouched",
                        ask(taken.address, query("www.shop.example")).rcode, 0)


def refuse(args, code, said):
    done = subprocess.run([CNEDGE, "serve", *args], stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=60, check=False)
    check.equal(f"exit code of {args}", done.returncode, code)
    check.match(f"{args}", done.stderr.decode(), said)
    check.equal(f"stdout of {args}", done.stdout, b"")


check_listeners()
check_wildcard()
check_explain_agrees()
check_at()
check_speed()
check_speed_alone()
check_stop()
check_refused()
check.finish()
