#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Response rate limiting over real sockets, and giving up privileges."""
import os
import pathlib
import pwd
import socket
import struct
import time

from _lib import Answer, Checks, Server, ask, connect, framed, query, read_answer

check = Checks()


def burst(address, message, count=200):
    """Sends one query many times at once; the answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect(address)
        got = []
        for sent in range(1, count + 1):
            s.send(message)
            if sent % 50 == 0 or sent == count:
                got += drain(s, 0.5 if sent == count else 0.005)
        return got


def drain(s, patience_s):
    """What has come, until nothing comes any more; else nothing would fit into the buffer."""
    got = []
    s.settimeout(patience_s)
    try:
        while True:
            got.append(Answer(s.recv(65535)))
    except socket.timeout:
        return got


def with_cookie(name, cookie):
    out = struct.pack("!HHHHHH", 9, 0x0100, 1, 0, 0, 1) + query(name)[12:]
    option = struct.pack("!HH", 10, len(cookie)) + cookie
    return out + b"\0" + struct.pack("!HHIH", 41, 1232, 0, len(option)) + option


def check_limit():
    with Server("--at", "+1m", "--rrl", "20", "--rrl-slip", "3") as server:
        got = burst(server.address, query("www.shop.example"))
        whole = [a for a in got if a.answers and not a.tc]
        short = [a for a in got if a.tc and not a.answers]
        check.true(f"whole answers: {len(whole)}", 20 <= len(whole) <= 30)
        check.true(f"short answers, a third of the rest: {len(short)}", 50 <= len(short) <= 60)
        check.equal("nothing else", len(whole) + len(short), len(got))
        other = burst(server.address, query("none.shop.example"), 10)
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
            got = burst(server.address, message, 50)
            check.equal(f"{what}: all are answered", len(got), 50)
            check.equal(f"{what}: rcode, TC", {(a.rcode, a.tc) for a in got}, {(rcode, False)})


def check_cookie():
    """A client without a cookie gets one even with a short answer; with it, it is exempt."""
    client = b"\1\2\3\4\5\6\7\x08"
    with Server("--at", "+1m", "--rrl", "5", "--rrl-slip", "1") as server:
        got = burst(server.address, with_cookie("www.shop.example", client), 50)
        short = [a for a in got if a.tc]
        check.equal("all are answered", len(got), 50)
        check.true("most of them short", len(short) >= 40)
        at = short[-1].data.find(struct.pack("!HH", 10, 24) + client)
        cookie = short[-1].data[at + 4:at + 28]
        check.true("with a cookie", at > 0 and len(cookie) == 24)
        got = burst(server.address, with_cookie("www.shop.example", cookie), 50)
        check.equal("a valid cookie is exempt", [a.tc for a in got], [False] * 50)
        wrong = cookie[:-1] + bytes([cookie[-1] ^ 1])
        got = burst(server.address, with_cookie("www.shop.example", wrong), 50)
        check.true("a wrong one is not", sum(a.tc for a in got) >= 40)


def check_default():
    """No limit on loopback; a limit where others can ask."""
    for options, least, most in (((), 190, 200), (("--public",), 150, 399),
                                 (("--public", "--rrl", "0"), 380, 400)):
        with Server("--at", "+1m", *options) as server:
            count = 400 if options else 200
            got = burst(server.address, query("www.shop.example"), count)
            whole = sum(not a.tc for a in got)
            check.true(f"{options}: {whole} whole answers", least <= whole <= most)


def check_port_0():
    """A query that comes from port 0 is not answered: nobody sent it."""
    if os.geteuid() != 0:
        return  # only root can forge one
    with Server("--at", "+1m") as server, \
            socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP) as raw:
        raw.settimeout(1)
        for source in (0, 40053):
            message = query("www.shop.example", ident=0x7070 + (source != 0))
            raw.sendto(struct.pack("!HHHH", source, server.address[1], 8 + len(message), 0) +
                       message, ("127.0.0.1", 0))
        seen = set()
        try:
            while True:
                packet = raw.recv(65535)
                udp = packet[(packet[0] & 15) * 4:]
                if struct.unpack("!H", udp[:2])[0] == server.address[1]:
                    seen.add((struct.unpack("!H", udp[2:4])[0], udp[8:10]))
        except socket.timeout:
            pass
        check.equal("answers, by port and ID", seen, {(40053, b"\x70\x71")})


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
