#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Response rate limiting over real sockets, and giving up privileges."""
import ctypes
import os
import pathlib
import pwd
import socket
import struct
import time

from _lib import (PATIENCE_S, Answer, Checks, Server, ask, connect, framed, query, read_answer,
                  wait_for)

check = Checks()


def burst(address, message, count=200):
    """Sends one query many times at once; the answers, and how many seconds it took. Behind each
    50 comes a query over TCP, which is exempt: the server, a single thread, looks at it in a later
    turn of its loop, so that what it answered over UDP before is here when its answer is."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s, connect(address) as t:
        s.connect(address)
        s.setblocking(False)
        got, begun = [], time.monotonic()
        for sent in range(1, count + 1):
            s.send(message)
            if sent % 50 == 0 or sent == count:
                wait_for(lambda: unread(address) == 0)
                t.sendall(framed(query("www.shop.example")))
                read_answer(t)
                got += drain(s)
        return got, time.monotonic() - begun


def unread(address):
    """Bytes that wait for the server in its UDP socket."""
    here = "%08X:%04X" % (*struct.unpack("=I", socket.inet_aton(address[0])), address[1])
    rows = [r.split() for r in pathlib.Path("/proc/net/udp").read_text().splitlines()[1:]]
    return sum(int(r[4].split(":")[1], 16) for r in rows if r[1] == here)


def drain(s):
    """What has come."""
    got = []
    try:
        while True:
            got.append(Answer(s.recv(65535)))
    except BlockingIOError:
        return got


def with_cookie(name, cookie):
    out = struct.pack("!HHHHHH", 9, 0x0100, 1, 0, 0, 1) + query(name)[12:]
    option = struct.pack("!HH", 10, len(cookie)) + cookie
    return out + b"\0" + struct.pack("!HHIH", 41, 1232, 0, len(option)) + option


def may_pass(rate, seconds):
    """Answers that a full bucket lets pass in that time."""
    return int(rate * (1 + seconds)) + 1


def check_limit():
    with Server("--at", "+1m", "--rrl", "20", "--rrl-slip", "3") as server:
        got, took = burst(server.address, query("www.shop.example"))
        whole = [a for a in got if a.answers and not a.tc]
        short = [a for a in got if a.tc and not a.answers]
        check.true(f"whole answers: {len(whole)} in {took} s",
                   20 <= len(whole) <= may_pass(20, took) < 200)
        check.equal("short answers, a third of the rest", len(short), (200 - len(whole)) // 3)
        check.equal("nothing else", len(whole) + len(short), len(got))
        other, _ = burst(server.address, query("none.shop.example"), 10)
        check.equal("another kind has its own", [a.rcode for a in other], [3] * 10)
        with connect(server.address) as s:
            s.sendall(framed(query("www.shop.example")) * 100)
            check.equal("TCP is exempt", [read_answer(s).answers for _ in range(100)], [1] * 100)
        time.sleep(1.1)
        check.equal("time brings it back", ask(server.address, query("www.shop.example")).tc, False)


def check_errors():
    """An error over the limit stays one: it never comes as a short answer that looks good."""
    two = query("www.shop.example", edns=1232)
    two = two[:10] + b"\0\2" + two[12:] + b"\0" + struct.pack("!HHIH", 41, 1232, 0, 0)
    version = bytearray(query("www.shop.example", edns=1232))
    version[-5] = 1
    with Server("--at", "+1m", "--rrl", "5", "--rrl-slip", "1") as server:
        for what, message, rcode in (("two OPT", two, 1), ("another zone", query("no.test"), 5),
                                     ("version 1", bytes(version), 0)):
            got, _ = burst(server.address, message, 50)
            check.equal(f"{what}: all are answered", len(got), 50)
            check.equal(f"{what}: rcode, TC", {(a.rcode, a.tc) for a in got}, {(rcode, False)})


def check_cookie():
    """A client without a cookie gets one even with a short answer; with it, it is exempt."""
    client = b"\1\2\3\4\5\6\7\x08"
    with Server("--at", "+1m", "--rrl", "5", "--rrl-slip", "1") as server:
        got, took = burst(server.address, with_cookie("www.shop.example", client), 200)
        short = [a for a in got if a.tc]
        check.equal("all are answered", len(got), 200)
        check.true("the others short", len(short) >= 200 - may_pass(5, took) > 0)
        at = short[-1].data.find(struct.pack("!HH", 10, 24) + client)
        cookie = short[-1].data[at + 4:at + 28]
        check.true("with a cookie", at > 0 and len(cookie) == 24)
        got, _ = burst(server.address, with_cookie("www.shop.example", cookie), 50)
        check.equal("a valid cookie is exempt", [a.tc for a in got], [False] * 50)
        wrong = cookie[:-1] + bytes([cookie[-1] ^ 1])
        got, took = burst(server.address, with_cookie("www.shop.example", wrong), 200)
        check.true("a wrong one is not", sum(a.tc for a in got) >= 200 - may_pass(5, took) > 0)


def check_default():
    """No limit on loopback; a limit where others can ask."""
    for options, count in (((), 400), (("--public", "--rrl", "0"), 400), (("--public",), 4000)):
        with Server("--at", "+1m", *options) as server:
            got, took = burst(server.address, query("www.shop.example"), count)
            whole = sum(not a.tc for a in got)
            if count == 400:
                check.equal(f"{options}: whole answers", whole, 400)
            else:
                check.true(f"{options}: {whole} whole answers in {took} s",
                           200 <= whole <= may_pass(200, took) < 4000)


BPF_LINES = 5


def only_from(port):
    """A classic BPF program for SO_ATTACH_FILTER: IPv4, its header, then this source port."""
    load_header_length, load_half, equal, give_back = 0xB1, 0x48, 0x15, 0x06
    program = ((load_header_length, 0, 0, 0), (load_half, 0, 0, 0), (equal, 0, 1, port),
               (give_back, 0, 0, 0xFFFF), (give_back, 0, 0, 0))
    return b"".join(struct.pack("HBBI", *line) for line in program)


def check_port_0():
    """A query that comes from port 0 is not answered: nobody sent it. The one behind it is."""
    if os.geteuid() != 0:
        return  # only root can forge one
    with Server("--at", "+1m") as server, \
            socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP) as raw:
        program = ctypes.create_string_buffer(only_from(server.address[1]))
        raw.setsockopt(socket.SOL_SOCKET, 26, struct.pack(  # SO_ATTACH_FILTER
            "HP", BPF_LINES, ctypes.addressof(program)))
        for source in (0, 40053):
            message = query("www.shop.example", ident=0x7070 + (source != 0))
            raw.sendto(struct.pack("!HHHH", source, server.address[1], 8 + len(message), 0) +
                       message, ("127.0.0.1", 0))
        seen, until = [], time.monotonic() + PATIENCE_S
        while (40053, 0x7071) not in seen and time.monotonic() < until:
            raw.settimeout(PATIENCE_S)
            packet = raw.recv(65535)
            udp = packet[(packet[0] & 15) * 4:]
            source, to = struct.unpack("!HH", udp[:4])
            if source == server.address[1]:  # others came before there was a filter
                seen.append((to, *struct.unpack("!H", udp[8:10])))
        check.equal("answers, by port and ID", seen, [(40053, 0x7071)])


def check_user():
    if os.geteuid() != 0:
        return  # there is nothing to give up
    nobody = pwd.getpwnam("nobody")
    with Server("--at", "+1m", "--user", "nobody") as server:
        status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
        ids = {line.split(":")[0]: line.split()[1:] for line in status.splitlines()}
        check.equal("user", ids["Uid"], [str(nobody.pw_uid)] * 4)
        check.equal("group", ids["Gid"], [str(nobody.pw_gid)] * 4)
        check.equal("no root group", "0" in ids["Groups"], False)
        check.equal("no capabilities", int(ids["CapEff"][0], 16), 0)
        check.equal("none to come", ids["NoNewPrivs"], ["1"])
        check.equal("it answers", ask(server.address, query("www.shop.example")).rcode, 0)


check_limit()
check_errors()
check_cookie()
check_default()
check_port_0()
check_user()
check.finish()
