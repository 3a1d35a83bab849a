#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A real resolver asks us: unbound with a stub zone on loopback, by UDP and by TCP, follows
aliases, caches, sees NXDOMAIN, and notices a revocation when the TTL is over."""
from _lib import Checks, Server, ask, query, scenario, wait_for
from _resolvers import Resolver

check = Checks()


def check_resolving(resolver, server):
    direct = ask(server.address, query("www.shop.example"))
    for qtype in ("A", "AAAA"):
        through = ask(resolver.address, query("www.shop.example", qtype))
        check.equal(f"{qtype}: rcode", through.rcode, 0)
        check.equal(f"{qtype}: the same addresses", sorted(through.addresses),
                    sorted(ask(server.address, query("www.shop.example", qtype)).addresses))
    check.true("there are addresses", direct.addresses)
    alias = ask(resolver.address, query("cdn.shop.example"))
    check.equal("alias: CNAME and address", (alias.rcode, alias.answers), (0, 2))
    check.equal("NXDOMAIN", ask(resolver.address, query("no.shop.example")).rcode, 3)
    nodata = ask(resolver.address, query("www.shop.example", "MX"))
    check.equal("NODATA", (nodata.rcode, nodata.answers), (0, 0))
    deep = ask(resolver.address, query("a.b.deep.shop.example"))
    check.equal("below empty non-terminals", (deep.rcode, deep.answers), (0, 1))
    check.equal("TXT over 512", ask(resolver.address, query("txt.shop.example", "TXT")).answers, 2)
    big = ask(resolver.address, query("big.shop.example", "TXT", edns=4096))
    check.true("TC upstream, then TCP", big.rcode == 0 and (big.answers == 8 or big.tc))


def check_revocation():
    """The resolver keeps what it has until the TTL is over, and then sees the change."""
    doc = scenario(choices={"observe_delay": "0s", "ttl_mainland_s": 2, "ttl_failover_s": 2},
                   events=[{"at": "+4s", "do": "revoke_site", "site": "shop.example"}])
    with Server(doc=doc, listen=("127.0.0.1:0=cn/shanghai/telecom",)) as server, \
            Resolver(server.address, tcp=False) as resolver:
        inside = ask(resolver.address, query("www.shop.example")).addresses
        check.true("before", inside)
        check.true("after",
                   wait_for(lambda: ask(resolver.address,
                                        query("www.shop.example")).addresses != inside))
        check.equal("what the authority says by now",
                    ask(resolver.address, query("www.shop.example")).addresses,
                    ask(server.address, query("www.shop.example")).addresses)


for use_tcp in (False, True):
    with Server("--at", "+1m") as authority, Resolver(authority.address, use_tcp) as unbound:
        check_resolving(unbound, authority)
check_revocation()
check.finish()
