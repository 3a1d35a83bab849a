#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Partial set-up for real clients: dig reads every type at every name of the chain, and unbound,
which asks for the second name itself in the CDN's zone, ends at the same addresses."""
import re

from _lib import TELECOM, Checks, Server, ask, need, query, run, scenario, wait_for
from _resolvers import Resolver

DIG = need("dig")
ZONE = "cdn.cloudflarecn.net"
WWW = "www.shop.example"
SHANGHAI = "127.0.0.1:0=cn/shanghai/telecom"
SECOND = f"{WWW}.{ZONE}"
check = Checks()

CNAME = rf"^{re.escape(WWW)}\.\s+300\s+IN\s+CNAME\s+{re.escape(SECOND)}\.$"
SOA = rf"^{re.escape(ZONE)}\.\s+60\s+IN\s+SOA\s"
A = rf"^{re.escape(SECOND)}\.\s+60\s+IN\s+A\s+198\."
AAAA = rf"^{re.escape(SECOND)}\.\s+60\s+IN\s+AAAA\s+2001:db8:"

# Name, type, status, what must be there, what must not.
QUESTIONS = [
    (WWW, "A", "NOERROR", [CNAME, A], [r"\sSOA\s"]),
    (WWW, "AAAA", "NOERROR", [CNAME, AAAA], [r"\sSOA\s"]),
    (WWW, "CNAME", "NOERROR", [CNAME], [r"IN\s+A\s", r"\sSOA\s"]),
    (WWW, "ANY", "NOERROR", [CNAME], ["HINFO", r"\sSOA\s"]),
    (WWW, "MX", "NOERROR", [CNAME, SOA], []),
    (WWW, "TXT", "NOERROR", [CNAME, SOA], []),
    (WWW, "HTTPS", "NOERROR", [CNAME, SOA], []),
    (WWW, "SOA", "NOERROR", [CNAME, SOA], []),
    (WWW, "NS", "NOERROR", [CNAME, SOA], []),
    (SECOND, "A", "NOERROR", [A], ["CNAME"]),
    (SECOND, "AAAA", "NOERROR", [AAAA], ["CNAME"]),
    (SECOND, "CNAME", "NOERROR", [SOA], [r"IN\s+CNAME"]),
    (SECOND, "MX", "NOERROR", [SOA], []),
    (SECOND, "HTTPS", "NOERROR", [SOA], []),
    (SECOND, "ANY", "NOERROR", ["HINFO"], []),
    (ZONE, "SOA", "NOERROR", [SOA], []),
    (ZONE, "NS", "NOERROR", [rf"^{re.escape(ZONE)}\.\s+300\s+IN\s+NS\s+ns1\.dns\.test\.$"], []),
    (ZONE, "A", "NOERROR", [SOA], []),
    (f"shop.example.{ZONE}", "A", "NOERROR", [SOA], []),
    (f"no.shop.example.{ZONE}", "A", "NXDOMAIN", [SOA], []),
    ("no.shop.example", "A", "NXDOMAIN", [r"^shop\.example\.\s+60\s+IN\s+SOA"], []),
    ("cloudflarecn.net", "A", "REFUSED", [], [r"\sSOA\s"]),
]


def partial(**changes):
    doc = scenario(**changes)
    doc["sites"] = [{"domain": "shop.example", "filing": "f1", "setup": "partial",
                     "hosts": ["www", {"name": "old", "cname": WWW}]}]
    return doc


def check_dig(address):
    for name, rtype, status, wanted, unwanted in QUESTIONS:
        for tcp in ([], ["+tcp"]):
            out = run(DIG, f"@{address[0]}", "-p", str(address[1]), "+norecurse", *tcp, name, rtype)
            what = f"dig {' '.join(tcp)} {name} {rtype}"
            check.match(what, out, rf"status: {status},", *wanted)
            records = "\n".join(line for line in out.splitlines() if not line.startswith(";"))
            for pattern in unwanted:
                check.true(f"{what}: {pattern} in\n{out}", not re.search(pattern, records, re.M))


def check_scope(address):
    """The scope belongs to the addresses; a CNAME alone is for everybody."""
    for name, rtype, scope in ((WWW, "A", r"[1-9]\d*"), (SECOND, "A", r"[1-9]\d*"),
                               (WWW, "CNAME", "0"), (WWW, "MX", "0")):
        out = run(DIG, f"@{address[0]}", "-p", str(address[1]), f"+subnet={TELECOM}", "+norecurse",
                  name, rtype)
        check.match(f"scope of {name} {rtype}", out, rf"CLIENT-SUBNET: {TELECOM}/{scope}$")


def check_resolver(tcp):
    zones = ("shop.example", ZONE)
    with Server("--at", "+1m", doc=partial(), listen=(SHANGHAI,)) as server:
        with Resolver(server.address, tcp, zones) as resolver:
            for name, answers in ((WWW, 2), ("old.shop.example", 3)):
                for rtype in ("A", "AAAA"):
                    through = ask(resolver.address, query(name, rtype))
                    check.equal(f"{name} {rtype} through unbound",
                                (through.rcode, through.answers, sorted(through.addresses)),
                                (0, answers,
                                 sorted(ask(server.address, query(SECOND, rtype)).addresses)))
            nodata = ask(resolver.address, query(WWW, "MX"))
            check.equal("NODATA behind the CNAME", (nodata.rcode, nodata.answers), (0, 1))


def check_deleted():
    """delete_name: unbound keeps the CNAME, and finds that it leads nowhere."""
    doc = partial(choices={"observe_delay": "0s", "ttl_mainland_s": 1, "ttl_negative_s": 1},
                  events=[{"at": "+2s", "do": "revoke_site", "site": "shop.example"}])
    doc["sites"][0]["revocation_policy"] = "delete_name"
    with Server(doc=doc, listen=(SHANGHAI,)) as server:
        with Resolver(server.address, False, ("shop.example", ZONE)) as resolver:
            check.true("NXDOMAIN in the end",
                       wait_for(lambda: ask(resolver.address, query(WWW)).rcode == 3))
            alias = ask(resolver.address, query(WWW, "CNAME"))
            check.equal("the CNAME is still there", (alias.rcode, alias.answers), (0, 1))


with Server("--at", "+1m", doc=partial(), listen=(SHANGHAI,)) as line:
    check_dig(line.address)
with Server("--at", "+1m", doc=partial()) as authority:
    check_scope(authority.address)
for use_tcp in (False, True):
    check_resolver(use_tcp)
check_deleted()
check.finish()
