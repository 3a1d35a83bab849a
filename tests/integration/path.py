#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A listener ",path" answers what a client gets: forged answers first and ours second, silence,
and nothing that comes from anybody's real addresses."""
import re
import socket

from _lib import TELECOM, Checks, Server, need, query, run, scenario

DIG = need("dig")
check = Checks()

DOC = scenario(events=[
    {"at": "+1m", "do": "poison", "host": "www.shop.example", "share_permille": 1000, "id": "all"},
    {"at": "+2m", "do": "poison", "host": "a.b.deep.shop.example", "share_permille": 500,
     "id": "half"},
    {"at": "+3m", "do": "resolver_down", "carrier": "unicom", "id": "down"},
    {"at": "+4m", "do": "ns_hijack", "site": "shop.example", "id": "hijacked"},
], choices={"ns_ttl_s": 60})
LISTEN = ("127.0.0.1:0=cn/shanghai/telecom,path", "127.0.0.1:0=cn/shanghai/telecom",
          "127.0.0.1:0=cn/shanghai/unicom,path", "127.0.0.1:0=de,path")
FORGED = r"^(198\.51\.100\.\d+|2001:db8:dead::[0-9a-f]+)$"
OURS = r"^(198\.1[89]\.\d+\.\d+|2001:db8:(86|1):[0-9a-f:]+)$"


def dig(address, name, rtype, *options):
    host, port = address
    return run(DIG, f"@{host}", "-p", str(port), "+short", "+tries=1", "+time=1", "+norecurse",
               *options, name, rtype).strip()


def addresses(data):
    """The addresses of the A or AAAA records of one answer, whose only name is compressed."""
    found = []
    for m in re.finditer(rb"\xc0\x0c\x00(\x01|\x1c)\x00\x01.{4}\x00(\x04|\x10)", data, re.S):
        size = m[2][0]
        family = socket.AF_INET if size == 4 else socket.AF_INET6
        found.append(socket.inet_ntop(family, data[m.end():m.end() + size]))
    return found


def all_answers(address, name, rtype="A", ecs=None):
    """Every datagram that one query brings, in order."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(1)
        s.sendto(query(name, rtype, ecs=ecs), address)
        got = []
        try:
            while True:
                got.append(s.recv(4096))
        except socket.timeout:
            return got


def main():
    with Server("--at", "down", doc=DOC, listen=LISTEN) as server:
        path, plain, unicom, berlin = server.listening
        check.equal("announced", server.lines[0], "cn/shanghai/telecom,path")
        check.equal("announced without", server.lines[1], "cn/shanghai/telecom")
        for rtype in ("A", "AAAA"):
            check.match(f"dig sees a forged {rtype}", dig(path, "www.shop.example", rtype), FORGED)
            check.match(f"dig sees it over TCP {rtype}",
                        dig(path, "www.shop.example", rtype, "+tcp"), FORGED)
            check.match(f"the authority is clean {rtype}", dig(plain, "www.shop.example", rtype),
                        OURS)
            for _ in range(2): # the second answer is from the table
                check.match(f"over TCP too {rtype}", dig(plain, "www.shop.example", rtype, "+tcp"),
                            OURS)
            check.match(f"whatever the authority has said {rtype}",
                        dig(path, "www.shop.example", rtype, "+tcp"), FORGED)
            check.match(f"abroad is clean {rtype}", dig(berlin, "www.shop.example", rtype), OURS)
            got = [addresses(d) for d in all_answers(path, "www.shop.example", rtype)]
            check.equal(f"ours comes last {rtype}", [bool(re.match(OURS, a)) for a in got[-1]],
                        [True])
            check.equal(f"forged ones come first {rtype}",
                        [bool(re.match(FORGED, a[0])) for a in got[:-1]], [True] * (len(got) - 1))
            check.equal(f"at least one is forged {rtype}", len(got) >= 2, True)
        check.equal("one answer where nothing is forged", len(all_answers(path, "shop.example")), 1)
        check.equal("a text is not forged", len(all_answers(path, "txt.shop.example", "TXT")), 1)
        check.equal("silence", all_answers(unicom, "www.shop.example"), [])
        hits = sum(len(all_answers_once(path, f"202.96.{n}.0/24")) for n in range(0, 60))
        check.equal("about half of the clients", 15 <= hits <= 45, True)
        check.equal("one client is itself", all_answers_once(path, TELECOM),
                    all_answers_once(path, TELECOM))
    with Server("--at", "hijacked+60s", doc=DOC, listen=LISTEN) as server:
        got = all_answers(server.listening[3], "www.shop.example")
        check.equal("one answer from the sinkhole", len(got), 1)
        check.match("a forged one", addresses(got[0])[0], FORGED)
    check.finish()


def all_answers_once(address, ecs):
    """The forged address that a client gets first for a name of which half are forged, or none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(5)
        s.sendto(query("a.b.deep.shop.example", ecs=ecs), address)
        return [a for a in addresses(s.recv(4096)) if re.match(FORGED, a)]


main()
