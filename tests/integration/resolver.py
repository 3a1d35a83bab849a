#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Listeners that are caching resolvers of a line: TTLs count down, changes are seen when they are
over, each habit has its way, unbound and dnsmasq stand in front, and a machine lives there."""
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time

from _lib import Checks, Server, ask, connect, framed, need, query, read_answer, run, scenario, \
    wait_for
from _resolvers import Bind, Dnsmasq, Forwarder

DIG = need("dig")
SHANGHAI = "127.0.0.1:0=cn/shanghai/telecom"
WWW = "www.shop.example"
check = Checks()


def at(address, name, rtype="A", *options):
    return run(DIG, f"@{address[0]}", "-p", str(address[1]), "+tries=1", "+time=5", *options, name,
               rtype)


def ttls(text):
    """TTLs of the records, in order."""
    return [int(m[1]) for m in re.finditer(r"^\S+\s+(\d+)\s+IN\s", text, re.M)]


def listeners(*modes):
    return tuple(f"{SHANGHAI}{m}" for m in modes)


def check_header():
    """Standing still: nothing counts down, and what a resolver says of itself."""
    with Server("--at", "+1m", listen=listeners(",resolver=honest", "")) as server:
        resolver, plain = server.listening
        check.equal("announced", server.lines[0], "cn/shanghai/telecom,resolver=honest")
        first = at(resolver, "cdn.shop.example")
        check.match("RA, no AA", first, r"status: NOERROR", r"flags: qr rd ra;")
        check.match("the chain", first, r"^cdn\S+\s+300\s+IN\s+CNAME", r"^www\S+\s+60\s+IN\s+A\s")
        check.match("no subnet unless asked for", first, r"\A(?!.*CLIENT-SUBNET)")
        time.sleep(1.2)
        check.equal("time stands still", ttls(at(resolver, "cdn.shop.example")), ttls(first))
        check.equal("the same addresses", sorted(ask(resolver, query(WWW)).addresses),
                    sorted(ask(plain, query(WWW)).addresses))
        for _ in range(2): # the second answer is from the table
            check.match("the authority over TCP", at(plain, WWW, "A", "+tcp"), r"flags: qr aa rd;")
        check.match("the resolver over TCP", at(resolver, WWW, "A", "+tcp"), r"flags: qr rd ra;")
        check.match("CD is repeated, AD is not", at(resolver, WWW, "A", "+cdflag", "+adflag"),
                    r"flags: qr rd ra cd;")
        check.match("spelling", at(resolver, "WwW.Shop.Example"), r"^WwW\.Shop\.Example\.\s")
        check.match("subnet when asked for", at(resolver, WWW, "A", "+subnet=8.8.8.0/24"),
                    r"CLIENT-SUBNET: 8\.8\.8\.0/24/0", r"A\s+198\.18\.")
        check.match("negative", at(resolver, "no.shop.example"), r"status: NXDOMAIN",
                    r"flags: qr rd ra;", r"IN\s+SOA\s")
        check.match("nothing of the type", at(resolver, WWW, "MX"), r"status: NOERROR",
                    r"ANSWER: 0", r"IN\s+SOA\s")
        for name in ("www.elsewhere.test", "out.shop.example", "."):
            check.match(f"nobody to ask about {name}", at(resolver, name), r"status: SERVFAIL",
                        r"ANSWER: 0", r"EDE: 22 \(No Reachable Authority\)", r"flags: qr rd ra;")
        check.match("not cached, no recursion", at(resolver, "a.b.deep.shop.example", "A",
                                                   "+norecurse"),
                    r"status: REFUSED", r"flags: qr ra;", r"EDE: 20 \(Not Authoritative\)")
        check.match("cached, no recursion", at(resolver, WWW, "A", "+norecurse"),
                    r"status: NOERROR", r"flags: qr ra;", r"A\s+198\.18\.")
        check.match("another class", at(resolver, WWW, "A", "-c", "HS"), r"status: REFUSED",
                    r"flags: qr rd ra;")
        big = at(resolver, "big.shop.example", "TXT")
        check.equal("over TCP when it does not fit", len(ttls(big)), 8)
        check.true(f"dig came back over TCP:\n{big}", "(TCP)" in big)
        check_stream(resolver)


def check_stream(resolver):
    with connect(resolver) as s:
        s.sendall(framed(query(WWW)) + framed(query("no.shop.example")))
        check.equal("pipelined", [read_answer(s).rcode, read_answer(s).rcode], [0, 3])


def check_counting():
    """TTLs count down by the scenario's clock, in every record, to the end."""
    with Server("--speed", "10", listen=listeners(",resolver=honest")) as server:
        resolver = server.address
        seen = [(time.monotonic(), ttls(at(resolver, "cdn.shop.example")))]
        check.equal("whole TTLs first", seen[0][1], [300, 60])
        time.sleep(2)
        later = ttls(at(resolver, "cdn.shop.example"))
        passed = 10 * (time.monotonic() - seen[0][0])
        for old, new in zip(seen[0][1], later):
            check.true(f"{old} counts down after {passed:.0f} s: {new}",
                       old - passed - 15 <= new <= old - 19)
        check.equal("the same age for both", later[0] - later[1], 240)
        negative = ttls(at(resolver, "no.shop.example"))
        time.sleep(0.5)
        check.true("negative answers count down",
                   0 < ttls(at(resolver, "no.shop.example"))[0] < negative[0] - 3)
        check.true("and it asks anew", wait_for(
            lambda: ttls(at(resolver, "cdn.shop.example"))[1] > 50))
        chain = ttls(at(resolver, "cdn.shop.example"))
        check.true(f"the alias is still the old one: {chain}", chain[0] - chain[1] < 200)


def addresses(address):
    return sorted(ask(address, query(WWW)).addresses)


def check_habits():
    """One revocation, five habits."""
    doc = scenario(events=[{"at": "+10m", "do": "revoke_site", "site": "shop.example", "id": "r"}])
    modes = (",resolver=honest", ",resolver=floor:200", ",resolver=extend:5",
             ",resolver=stale_first", ",resolver=stale_forever", "")
    with Server("--from", "+9m50s", "--speed", "20", doc=doc, listen=listeners(*modes)) as server:
        honest, floor, extend, first, forever, plain = server.listening
        old = addresses(plain)
        begun = time.monotonic()
        for a in server.listening[:5]:
            check.equal("before", addresses(a), old)
        check.true("the authority changes", wait_for(lambda: addresses(plain) != old))
        new = addresses(plain)
        check.equal("all caches still have it", [addresses(a) for a in server.listening[:5]],
                    [old] * 5)
        check.true("honest changes", wait_for(lambda: addresses(honest) == new))
        took = 20 * (time.monotonic() - begun)
        check.true(f"honest: after its 60 s ({took:.0f})", 55 < took < 110)
        stale = at(first, WWW)
        check.match("stale_first still answers", stale, r"EDE: 3 \(Stale Answer\)",
                    rf"\s30\s+IN\s+A\s+{re.escape(old[0])}$")
        check.equal("stale_first has asked by then", addresses(first), new)
        check.equal("floor and extend have it still", [addresses(floor), addresses(extend)],
                    [old, old])
        check.true("floor changes", wait_for(lambda: addresses(floor) == new))
        took = 20 * (time.monotonic() - begun)
        check.true(f"floor: after its 200 s ({took:.0f})", 195 < took < 250)
        check.equal("extend has it still", addresses(extend), old)
        check.true("extend changes", wait_for(lambda: addresses(extend) == new))
        took = 20 * (time.monotonic() - begun)
        check.true(f"extend: after 5 times 60 s ({took:.0f})", 295 < took < 350)
        check.equal("stale_forever never does", addresses(forever), old)
        check.match("and says so", at(forever, WWW), r"EDE: 3 \(Stale Answer\)")


def check_path():
    """Forged answers reach the resolver, which keeps them when the forging is over."""
    doc = scenario(choices={"path_min_listed": "1s", "path_clearing": "1s"}, events=[
        {"at": "+10m", "do": "poison", "host": WWW, "share_permille": 1000, "id": "forged"},
        {"at": "+11m", "do": "poison_end", "host": WWW},
        {"at": "+30m", "do": "resolver_down", "carrier": "telecom", "id": "down"}])
    modes = (",path,resolver=extend:1000", ",path", ",resolver=honest")
    with Server("--from", "+10m", "--speed", "20", doc=doc, listen=listeners(*modes)) as server:
        poisoned, path, clean = server.listening
        got = addresses(poisoned)
        check.match("a forged answer", got[0], r"^198\.51\.100\.")
        check.true("the forging ends", wait_for(lambda: addresses(path) == addresses(clean)))
        check.equal("the cache stays poisoned", addresses(poisoned), got)
    with Server("--at", "down", doc=doc, listen=listeners(*modes)) as server:
        out = at(server.listening[0], WWW, "A", "+time=1")
        check.match("the line's resolvers are down", out, r"timed out|no servers could be reached")
        check.equal("a resolver that no path leads to", ask(server.listening[2], query(WWW)).rcode,
                    0)


def check_forwarders():
    """A change comes through a forwarder too, once its own copy is over."""
    for kind in (Forwarder, Dnsmasq, Bind):
        what = kind.__name__
        doc = scenario(choices={"observe_delay": "0s", "ttl_mainland_s": 2, "ttl_failover_s": 2,
                                "ttl_negative_s": 2},
                       events=[{"at": "+6s", "do": "revoke_site", "site": "shop.example"}])
        with Server(doc=doc, listen=listeners(",resolver=honest", "")) as server, \
                kind(server.address) as front:
            old = addresses(front.address)
            check.equal(f"{what}: before", old, addresses(server.listening[1]))
            alias = ask(front.address, query("cdn.shop.example"))
            check.equal(f"{what}: a chain", (alias.rcode, alias.answers), (0, 2))
            check.equal(f"{what}: no such name", ask(front.address, query("no.shop.example")).rcode,
                        3)
            check.equal(f"{what}: no such type", ask(front.address, query(WWW, "MX")).rcode, 0)
            check.equal(f"{what}: nobody to ask", ask(front.address, query("x.test")).rcode, 2)
            check.equal(f"{what}: AAAA", len(ask(front.address, query(WWW, "AAAA")).addresses),
                        len(old))
            text = ask(front.address, query("big.shop.example", "TXT", edns=1232))
            check.true(f"{what}: long answers", text.rcode == 0 and text.tc)
            check.true(f"{what}: after", wait_for(lambda: addresses(front.address) != old))
            check.equal(f"{what}: as the authority", addresses(front.address),
                        addresses(server.listening[1]))


def check_dnsmasq():
    """server=/NAME/ADDRESS: what is below the name goes to us, and nothing else."""
    with Server("--at", "+1m", listen=listeners(",resolver=honest", "")) as server, \
            Dnsmasq(server.address, "shop.example") as front:
        check.equal("dnsmasq: its name", addresses(front.address), addresses(server.listening[1]))
        check.match("dnsmasq: an alias", at(front.address, "cdn.shop.example"), "ANSWER: 2")
        check.match("dnsmasq: no such name", at(front.address, "no.shop.example"),
                    "status: NXDOMAIN")
        check.match("dnsmasq: not ours", at(front.address, "www.elsewhere.test"),
                    "status: REFUSED")


check_header()
check_counting()
check_habits()
check_path()
check_forwarders()
check_dnsmasq()
check.finish()
