#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""RFC 7766: pipelining, any split of the bytes, idle and slow clients, limits, TC and then TCP."""
import concurrent.futures
import socket
import time

from _lib import (TELECOM, Checks, Server, ask, connect, framed, is_closed, no_answer, query,
                  read_answer)

PATIENCE_S = 10       # of the server, for a client that does not go on
PER_ADDRESS = 64      # connections
check = Checks()


def check_pipelining(address):
    names = ["www", "cdn", "txt", "no", "big"]
    with connect(address) as s:
        s.sendall(b"".join(framed(query(f"{names[n % 5]}.shop.example", "TXT" if n % 2 else "A",
                                        ident=n)) for n in range(500)))
        got = [read_answer(s).ident for _ in range(500)]
    check.equal("RFC7766.6.2.1.1 500 queries at once, answers in order", got, list(range(500)))


def check_splits(address):
    message = framed(query("www.shop.example", ecs=TELECOM))
    with connect(address) as s:
        for byte in message:
            s.sendall(bytes([byte]))
            time.sleep(0.001)
        check.equal("RFC1035.4.2.2 byte by byte", read_answer(s).rcode, 0)
        for at in range(1, len(message)):
            s.sendall(message[:at])
            time.sleep(0.001)
            s.sendall(message[at:])
            check.equal(f"cut at {at}", read_answer(s).ident, 0x1234)
        s.sendall(message + message[:7])
        check.equal("one and a piece", read_answer(s).ident, 0x1234)
        s.sendall(message[7:])
        check.equal("the rest", read_answer(s).ident, 0x1234)


def check_half_closed(address):
    with connect(address) as s:
        s.sendall(framed(query("www.shop.example")) * 300)
        s.shutdown(socket.SHUT_WR)
        got = [read_answer(s).rcode for _ in range(300)]
        check.equal("RFC7766.6.2.4 answers after the client has said all", got, [0] * 300)
        check.true("then the server closes", is_closed(s, 5))


def check_garbage(address):
    for what, data in (("length 0", b"\0\0"), ("length 11", b"\0\x0b" + b"x" * 11),
                       ("an answer", framed(b"\x12\x34\x81\x00" + query("www.shop.example")[4:])),
                       ("HTTP", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" + b"x" * 65536)):
        with connect(address) as s:
            try:
                s.sendall(data)
            except ConnectionError:
                pass
            # what looks like the start of a long message may be waited for
            check.true(f"{what}: closed", is_closed(s, PATIENCE_S + 5))
    with connect(address) as s:
        s.sendall(framed(query("www.shop.example")[:-2]))
        check.equal("a broken query: FORMERR", read_answer(s).rcode, 1)
        s.sendall(framed(query("www.shop.example")))
        check.equal("and the connection goes on", read_answer(s).rcode, 0)


def check_truncation(address):
    over = ask(address, query("big.shop.example", "TXT", edns=4096))
    check.true("TC over UDP, without records", over.tc and over.answers == 0)
    with connect(address) as s:
        s.sendall(framed(query("big.shop.example", "TXT")))
        whole = read_answer(s)
    check.equal("whole over TCP", (whole.tc, whole.answers), (False, 8))
    check.true("over 1232 bytes", len(whole.data) > 1232)


def check_idle(address):
    """Silent ones are closed after the server's patience, busy ones are not."""
    with connect(address) as silent, connect(address) as partial, connect(address) as busy:
        begun = time.monotonic()
        partial.sendall(b"\0")
        while time.monotonic() - begun < PATIENCE_S + 2:
            busy.sendall(framed(query("www.shop.example")))
            check.equal("busy", read_answer(busy).rcode, 0)
            try:
                partial.sendall(b"\x20")  # a query that never ends does not count as life
            except ConnectionError:
                pass
            time.sleep(0.5)
        check.true("silent connection closed", is_closed(silent, 5))
        check.true("dribbling connection closed", is_closed(partial, 5))
        busy.sendall(framed(query("www.shop.example")))
        check.equal("still busy", read_answer(busy).rcode, 0)


def check_slow_reader(address):
    """Who asks for megabytes and takes none is cut off; the others do not notice."""
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.settimeout(1)
        s.connect(address)
        data = framed(query("big.shop.example", "TXT")) * 500000  # 17 MB for 1 GB of answers
        sent = 0
        try:
            while sent < len(data):
                sent += s.send(data[sent:])
        except OSError:
            pass  # the server reads no further
        check.true("the server stops reading", sent < len(data))
        with check.within("others are served meanwhile", 2):
            check.equal("UDP", ask(address, query("www.shop.example")).rcode, 0)
            with connect(address) as other:
                other.sendall(framed(query("www.shop.example")))
                check.equal("TCP", read_answer(other).rcode, 0)
        time.sleep(PATIENCE_S + 2)
        check.true("slow reader cut off", is_closed(s, 5))


def check_limit(address):
    """One address has so many connections; when one ends, the next is let in."""
    held = [connect(address) for _ in range(PER_ADDRESS)]
    for s in held:
        s.sendall(framed(query("www.shop.example")))
    check.equal("all are answered", [read_answer(s).rcode for s in held], [0] * PER_ADDRESS)
    with connect(address) as more:
        check.true("one more is closed", is_closed(more, 5))
    held.pop().close()
    time.sleep(0.2)
    with connect(address) as again:
        again.sendall(framed(query("www.shop.example")))
        check.equal("a place is free again", read_answer(again).rcode, 0)
    for s in held:
        s.close()


def check_options():
    """The limits are what the user says."""
    with Server("--at", "+1m", "--tcp-idle", "1", "--tcp-life", "3", "--tcp-clients", "3",
                "--tcp-per-address", "2") as server, connect(server.address) as busy:
        begun = time.monotonic()
        with connect(server.address) as silent:
            with connect(server.address) as third:
                check.true("the third of an address is closed", is_closed(third, 0.5))
            try:
                while time.monotonic() - begun < 10:
                    busy.sendall(framed(query("www.shop.example")))
                    read_answer(busy)
                    time.sleep(0.1)
            except (EOFError, ConnectionError):
                pass
            check.true("idle after a second", is_closed(silent, 0.1))
        check.true("the life of a busy one", 2.5 < time.monotonic() - begun < 5)
        check.equal("clean stop", server.stop(), 0)


with Server("--at", "+1m", listen=("127.0.0.1:0",)) as server:
    for part in (check_pipelining, check_splits, check_half_closed, check_truncation, check_limit):
        part(server.address)
    with concurrent.futures.ThreadPoolExecutor() as pool:  # these wait for the server's patience
        parts = (check_garbage, check_idle, check_slow_reader)
        for done in [pool.submit(part, server.address) for part in parts]:
            done.result()
    check.true("UDP is alive", no_answer(server.address, b""))
    check.equal("clean stop", server.stop(), 0)
    check.equal("nothing on stderr", server.last_log, "")
check_options()
check.finish()
