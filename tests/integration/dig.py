#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""dig, kdig, drill and delv understand every answer: each type, both families, ECS."""
import re

from _lib import OUTSIDE, TELECOM, TELECOM6, Checks, Server, ask, need, no_answer, query, run

DIG, KDIG, DRILL, DELV = need("dig"), need("kdig"), need("drill"), need("delv")
check = Checks()

# What each client says about the same questions: name, type, what must be in the answer.
QUESTIONS = [
    ("www.shop.example", "A", r"^www\.shop\.example\.\s+\d+\s+IN\s+A\s+198\.(18|19)\.[\d.]+$"),
    ("www.shop.example", "AAAA", r"^www\.shop\.example\.\s+\d+\s+IN\s+AAAA\s+2001:db8:[0-9a-f:]+$"),
    ("cdn.shop.example", "A", r"^cdn\.shop\.example\.\s+300\s+IN\s+CNAME\s+www\.shop\.example\.$"),
    ("cdn.shop.example", "CNAME", r"IN\s+CNAME\s+www\.shop\.example\.$"),
    ("out.shop.example", "A", r"IN\s+CNAME\s+edge\.elsewhere\.test\.$"),
    ("shop.example", "NS", r"^shop\.example\.\s+300\s+IN\s+NS\s+ns2\.dns\.test\.$"),
    ("shop.example", "SOA", r"IN\s+SOA\s+ns1\.dns\.test\. hostmaster\.shop\.example\. 1772413200 "),
    ("txt.shop.example", "TXT", r'IN\s+TXT\s+"hello world"$'),
    ("big.shop.example", "TXT", r'IN\s+TXT\s+"7{250}"$'),
    ("_why.www.shop.example", "TXT", r'IN\s+TXT\s+"answer: PoP \w+, row \d+, TTL \d+ s"$'),
    ("www.shop.example", "MX", r"^shop\.example\.\s+60\s+IN\s+SOA"),
    ("no.shop.example", "A", r"^shop\.example\.\s+60\s+IN\s+SOA"),
    ("www.elsewhere.test", "A", r"REFUSED"),
    ("www.shop.example", "ANY", r'IN\s+HINFO\s+"RFC8482" ""$'),
]

COMPLAINTS = re.compile(r"malformed|warning: (?!recursion requested|truncated reply)|bad packet"
                        r"|got bad|mismatch|error:", re.I)


def clients(address, name, rtype):
    """Each client's output on one question, by client and transport."""
    host, port = address
    ip = ["-6"] if ":" in host else ["-4"]
    for tcp in ([], ["+tcp"]):
        yield "dig", run(DIG, *ip, f"@{host}", "-p", str(port), "+norecurse", *tcp, name, rtype)
        yield "kdig", run(KDIG, f"@{host}", "-p", str(port), "+norecurse", *tcp, name, rtype)
    for tcp in ([], ["-t"]):
        # drill does not ask again over TCP by itself when an answer comes without EDNS
        if tcp or not name.startswith(("big", "_why")):
            yield "drill", run(DRILL, *ip, *tcp, "-p", str(port), f"@{host}", name, rtype)


def check_clients(address):
    for name, rtype, pattern in QUESTIONS:
        for client, out in clients(address, name, rtype):
            what = f"{client} {name} {rtype} at {address[0]}"
            check.match(what, out, pattern)
            check.true(f"{what}: complaint in\n{out}", not COMPLAINTS.search(out))


def check_delv(address):
    """delv says of what an answer is and whether it was validated; ours is not signed."""
    for name, rtype, pattern in (
            ("www.shop.example", "A", r"^www\.shop\.example\.\s+\d+\s+IN\s+A\s+198\."),
            ("cdn.shop.example", "AAAA", r"CNAME\s+www\.shop\.example\.\n.*\sAAAA\s+2001:db8:"),
            ("www.shop.example", "MX", r"resolution failed: ncache nxrrset"),
            ("nope.shop.example", "A", r"resolution failed: ncache nxdomain")):
        out = run(DELV, "-4", "-i", f"@{address[0]}", "-p", str(address[1]), name, rtype)
        check.match(f"delv {name} {rtype}", out, pattern)


def dig_ecs(address, subnet, *more):
    return run(DIG, f"@{address[0]}", "-p", str(address[1]), f"+subnet={subnet}", "+norecurse",
               *more)


def check_ecs(address):
    # scope: the leaf of the address table; both clients print what they read
    for subnet, scope in ((TELECOM, r"\d+"), (OUTSIDE, r"\d+"), (TELECOM6, r"\d+")):
        for rtype in ("A", "AAAA"):
            out = dig_ecs(address, subnet, "www.shop.example", rtype)
            check.match(f"dig {subnet} {rtype}", out,
                        rf"CLIENT-SUBNET: {subnet}/{scope}$", r"status: NOERROR")
            out = run(KDIG, f"@{address[0]}", "-p", str(address[1]), f"+subnet={subnet}",
                      "www.shop.example", rtype)
            check.match(f"kdig {subnet} {rtype}", out, rf"CLIENT-SUBNET: {subnet}/{scope}$")
    check.match("dig +subnet=0", dig_ecs(address, "0", "www.shop.example"),
                r"CLIENT-SUBNET: 0/0/0$|CLIENT-SUBNET: 0\.0\.0\.0/0/0$", r"status: NOERROR")
    check.match("no ECS unless asked", run(DIG, f"@{address[0]}", "-p", str(address[1]),
                                           "www.shop.example"), r"EDNS: version: 0")
    plain = run(DIG, f"@{address[0]}", "-p", str(address[1]), "+noedns", "www.shop.example")
    check.true("no OPT unless asked", "OPT PSEUDOSECTION" not in plain)
    nothing = dig_ecs(address, TELECOM, "shop.example", "NS")
    check.match("scope 0 where the client does not matter", nothing,
                rf"CLIENT-SUBNET: {TELECOM}/0$")


def check_places(address):
    inside = ask(address, query("www.shop.example", ecs=TELECOM))
    outside = ask(address, query("www.shop.example", ecs=OUTSIDE))
    check.true("two lines, two PoPs", inside.addresses != outside.addresses)
    check.equal("TTL inside", inside.ttl, 60)
    check.equal("TTL outside", outside.ttl, 300)
    check.true("a leaf", 0 < inside.scope <= 32 and 0 < outside.scope <= 32)
    six = ask(address, query("www.shop.example", ecs=TELECOM6))
    check.true("ECS by IPv6", 0 < six.scope <= 64)
    check.equal("TTL inside by IPv6", six.ttl, 60)


def check_odd(address):
    for flags, rcode in (("+opcode=2", "NOTIMP"), ("+edns=1", "BADVERS"), ("+class=CH", "REFUSED"),
                         ("+ednsopt=100:abcd", "NOERROR"), ("+cookie", "NOERROR"),
                         ("+nsid", "NOERROR"), ("+dnssec", "NOERROR"), ("+zflag", "NOERROR")):
        args = ["-c", "CH"] if flags == "+class=CH" else ([flags, "+noednsneg"])
        out = run(DIG, f"@{address[0]}", "-p", str(address[1]), "+norecurse", *args,
                  "www.shop.example")
        check.match(f"dig {flags}", out, rf"status: {rcode}\b")
    out = run(DIG, f"@{address[0]}", "-p", str(address[1]), "shop.example", "AXFR")
    check.match("AXFR", out, r"Transfer failed")
    check.true("an answer is not answered",
               no_answer(address, b"\x12\x34\x81\x00" + query("www.shop.example")[4:]))
    check.true("eleven bytes are not answered", no_answer(address, b"\x12\x34" * 5 + b"\0"))
    check.true("an empty datagram is not answered", no_answer(address, b""))
    check.true("5000 bytes are not answered", no_answer(address, b"\x12\x34\x01\x00" * 1250))


def check_identity(address):
    at = [f"@{address[0]}", "-p", str(address[1]), "www.shop.example"]
    out = run(DIG, *at, "+cookie=2464c4abcf10c957")
    check.match("dig +cookie", out, r"COOKIE: 2464c4abcf10c95701000000[0-9a-f]{24} \(good\)$")
    known = re.search(r"COOKIE: ([0-9a-f]{48})", out)
    if known:
        out = run(DIG, *at, f"+cookie={known[1]}")
        check.match("dig with the server's cookie", out, rf"COOKIE: {known[1]} \(good\)$")
    check.match("kdig +cookie", run(KDIG, *at, "+cookie"), r"COOKIE: [0-9a-f]{48}$|COOKIE: ")
    check.match("dig +header-only +cookie", run(DIG, *at, "+header-only", "+cookie"),
                r"QUERY: 0, ANSWER: 0", r"status: NOERROR", r"\(good\)$")
    check.match("dig +nsid", run(DIG, *at, "+nsid"), r'NSID: 70 6f 70 31 \("pop1"\)$')
    check.match("dig +keepalive", run(DIG, *at, "+tcp", "+keepalive"),
                r"TCP KEEPALIVE: 10\.0 secs$")
    check.true("no keepalive over UDP", "TCP KEEPALIVE" not in run(DIG, *at, "+keepalive"))


def check_options():
    with Server("--at", "+1m", "--no-cookies") as silent:
        out = run(DIG, f"@{silent.address[0]}", "-p", str(silent.address[1]), "+cookie", "+nsid",
                  "www.shop.example")
        check.match("dig +cookie +nsid", out, r"status: NOERROR")
        check.true("neither cookie nor NSID", "COOKIE" not in out and "NSID" not in out)


check_options()
def check_chaos():
    """Refused unless asked for; then the version and the server's name."""
    ask_version = ("+short", "CH", "TXT", "version.bind")
    with Server("--at", "+1m", "--nsid", "pop1", "--chaos") as server:
        at = ("@" + server.address[0], "-p", str(server.address[1]), "+tries=1")
        check.match("version", run(need("dig"), *at, *ask_version), r'^"cnedge \d')
        check.equal("name", run(need("dig"), *at, "+short", "CH", "TXT", "id.server").strip(),
                    '"pop1"')
        check.match("TSIG", run(need("dig"), *at, "-y", "hmac-sha256:key:c2VjcmV0", "A",
                                "www.shop.example"), r"status: NOTAUTH", r"BADKEY")


with Server("--at", "+1m", "--nsid", "pop1", listen=("127.0.0.1:0", "[::1]:0")) as server:
    for at in server.listening:
        check_clients(at)
    check_delv(server.address)
    check_ecs(server.address)
    check_places(server.address)
    check_odd(server.address)
    check_identity(server.address)
    check.equal("clean stop", server.stop(), 0)
check_chaos()
check.finish()
