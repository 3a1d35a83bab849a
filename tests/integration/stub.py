#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Who stands in front of a resolver listener: glibc with the options of resolv.conf that people
use, search domains, IPv4 and IPv6; unbound with a forward-zone for one name, in mixed case; dig
with every size of EDNS. Each sees RA, TTLs that count down, negative answers, SERVFAIL with its
reason for names of nobody, aliases that lead out of the scenario."""
import re
import time

from _house import enter, move_in, reach_ipv6, resolv_conf
from _lib import Checks, Server, ask, need, query, run, scenario
from _resolvers import Unbound

WWW = "www.shop.example"
LISTEN = ("127.0.0.2:53=cn/shanghai/telecom,resolver=honest", "127.0.0.1:0=cn/shanghai/telecom")
FORWARD_ZONE = """
server:
    ede: yes
    use-caps-for-id: yes
    tcp-upstream: {tcp}
forward-zone:
    name: "shop.example"
    forward-addr: {host}@{port}
forward-zone:
    name: "elsewhere.test"
    forward-addr: {host}@{port}
"""
check = Checks()


def world(**changes):
    return scenario(events=[], **changes)


def getent(*args):
    return run(need("getent"), *args)


def dig(address, name, *options):
    return run(need("dig"), f"@{address[0]}", "-p", str(address[1]), "+tries=1", "+time=5", name,
               *options)


def check_glibc(server):
    """Every option gives the same; names are found with and without the search domain."""
    v4 = ask(server.listening[1], query(WWW)).addresses
    v6 = ask(server.listening[1], query(WWW, "AAAA")).addresses
    for options in ("", "options edns0 trust-ad", "options use-vc", "options single-request",
                    "options single-request-reopen edns0", "options ndots:3 timeout:5",
                    "options no-aaaa"):
        resolv_conf(f"nameserver 127.0.0.2\nsearch corp.test shop.example\n{options}\n")
        got = set(re.findall(r"^(\S+)\s+STREAM", getent("ahosts", WWW), re.M))
        check.equal(f"{options}: addresses", got, set(v4) | (set() if "no-aaaa" in options
                                                              else set(v6)))
        check.match(f"{options}: upper case", getent("ahostsv4", "WWW.Shop.Example"),
                    rf"^{re.escape(v4[0])} ")
        check.match(f"{options}: an alias", getent("ahostsv4", "cdn.shop.example"),
                    rf"^{re.escape(v4[0])}\s+STREAM {re.escape(WWW)}$")
        check.equal(f"{options}: no such name", getent("ahosts", "no.shop.example"), "")
        check.equal(f"{options}: a name of nobody", getent("ahosts", "www.elsewhere.test"), "")
        check.equal(f"{options}: an alias that leads out", getent("ahosts", "out.shop.example"), "")
        check.match(f"{options}: a search domain", getent("ahostsv4", "www"),
                    rf"^{re.escape(v4[0])}\s+STREAM {re.escape(WWW)}$")


def at(address, name, *options):
    return dig(address, name, "+noall", "+comments", "+answer", *options)


def ttl(text):
    found = re.search(r"^\S+\s+(\d+)\s+IN\s+A\s", text, re.M)
    return int(found[1]) if found else None


def check_unbound(tcp):
    """A forward-zone for one name, with mixed case; other names are not sent."""
    with Server(doc=world(choices={"observe_delay": "0s", "ttl_negative_s": 30}),
                listen=LISTEN) as server:
        config = FORWARD_ZONE.format(tcp="yes" if tcp else "no", host="127.0.0.2", port=53)
        with Unbound(config) as front:
            what = f"unbound, {'TCP' if tcp else 'UDP'}"
            first = at(front.address, WWW)
            check.match(f"{what}: an answer", first, "status: NOERROR", "flags: qr rd ra;")
            time.sleep(2.1)
            later = at(front.address, WWW)
            check.true(f"{what}: counts down from {ttl(first)} to {ttl(later)}",
                       2 <= ttl(first) - ttl(later) <= 8)
            check.true(f"{what}: no longer than we keep it: {ttl(later)}",
                       ttl(later) <= ttl(at(("127.0.0.2", 53), WWW)) + 1)
            check.match(f"{what}: negative", at(front.address, "no.shop.example"),
                        "status: NXDOMAIN")
            check.match(f"{what}: no such type", at(front.address, WWW, "MX"), "status: NOERROR",
                        "ANSWER: 0")
            check.match(f"{what}: HTTPS", at(front.address, WWW, "HTTPS"), "status: NOERROR",
                        "ANSWER: 0")
            check.match(f"{what}: mixed case", at(front.address, "wWw.sHoP.eXaMpLe"),
                        "status: NOERROR", r"(?i)^www\.shop\.example\.\s")
            check.match(f"{what}: a name of nobody", at(front.address, "www.elsewhere.test"),
                        "status: SERVFAIL")
            big = dig(front.address, "big.shop.example", "TXT", "+tcp", "+short")
            check.equal(f"{what}: long answers", len(big.splitlines()), 8)


def check_edns(resolver):
    """Sizes: what does not fit is cut off and comes over TCP; without OPT there is none."""
    for size, fits in ((512, False), (1232, False), (4096, False)):
        out = dig(resolver, "big.shop.example", "TXT", f"+bufsize={size}", "+ignore")
        check.match(f"EDNS {size}", out, "flags: qr tc rd ra;", "udp: 1232")
    out = dig(resolver, "big.shop.example", "TXT", "+noedns", "+ignore")
    check.match("no EDNS", out, "flags: qr tc rd ra;", r"ADDITIONAL: 0")
    check.match("of another version", dig(resolver, WWW, "+edns=1", "+noednsnegotiation"),
                "status: BADVERS")
    for options in (["+dnssec"], ["+cookie"], ["+nsid"], ["+keepalive", "+tcp"], ["+padding=64"],
                    ["+ednsopt=65001:00"], ["+ednsflags=0x1"]):
        check.match(f"dig {' '.join(options)}", dig(resolver, WWW, *options), "status: NOERROR",
                    r"IN\s+A\s+198\.18")
    for rtype in ("DS", "DNSKEY", "SOA", "NS", "RRSIG", "ANY", "TYPE65300"):
        check.match(f"{rtype}, as validators ask", dig(resolver, "shop.example", rtype),
                    "status: NOERROR", "flags: qr rd ra")
    for name in (".", "test.", "www.elsewhere.test", "1.2.0.192.in-addr.arpa", "localhost"):
        check.match(f"nobody to ask about {name}", dig(resolver, name), "status: SERVFAIL",
                    r"EDE: 22 \(No Reachable Authority\)")


def check_outside():
    """In partial set-up the alias leads into the CDN's zone, which is here too; the alias of a name
    that is on no CDN leads out of the scenario, and takes its asker nowhere."""
    doc = world()
    doc["sites"][0].update(setup="partial", hosts=["www"], zone=[
        "out CNAME edge.elsewhere.test.", "in CNAME www"])
    with Server("--at", "+1m", doc=doc, listen=LISTEN) as server:
        resolver = server.listening[0]
        check.match("partial set-up", dig(resolver, WWW), r"ANSWER: 2", "status: NOERROR")
        check.match("an alias of it", dig(resolver, "in.shop.example"), "ANSWER: 3")
        check.match("out", dig(resolver, "out.shop.example"), "status: SERVFAIL", "ANSWER: 0",
                    "EDE: 22")
        check.match("the alias itself", dig(resolver, "out.shop.example", "CNAME"), "ANSWER: 1",
                    "status: NOERROR")


enter("getent", "dig", "unbound")
move_in("192.0.2.99")  # getaddrinfo asks for families that this machine has
reach_ipv6()
with Server("--at", "+1m", doc=world(), listen=LISTEN) as standing:
    check_glibc(standing)
    check_edns(standing.listening[0])
check_unbound(False)
check_unbound(True)
check_outside()
check.finish()
