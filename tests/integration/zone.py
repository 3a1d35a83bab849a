#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The same zone files in cnedge, NSD and Knot: every name of the zones, names beside and below
them, and names that random zones could have, asked for every type, are answered alike: result code,
AA, the answer section record by record with TTLs, the SOA of negative answers, the NS and glue of
referrals. Three servers that were written apart from each other rarely share a fault.

What they may do differently, and is not compared: the order of records, NS and addresses that come
along with positive answers, glue of nameservers that are not below the delegation. Knot follows no
alias from one of its zones to another, NSD does. Neither gives DS in a referral by a zone that is
not signed; RFC 4035 section 3.1.4 wants it from who understands DNSSEC, and cnedge gives it."""
import itertools
import json
import pathlib
import random
import socket
import struct
import subprocess
import tempfile

from _lib import CNEDGE, Checks, Server, need, peer_address, scenario, wait_for

NSD, KNOT = need("nsd"), need("knotd")
check = Checks()

SHOP = r"""
$TTL 3600
@       IN SOA ns1 Hostmaster ( 2026030201 7200 600 1209600 300 )
        NS   ns1
        NS   NS2.Elsewhere.Example.
        MX   10 mail
        MX   20 MAIL.other.example.
        TXT  "v=spf1 -all" "second string"
        CAA  0 issue "ca.example"
ns1     A    192.0.2.53
        AAAA 2001:db8::53
mail    300 A 192.0.2.25
*       TXT  "wild"
*       A    192.0.2.99
*.sub   CNAME www.other.example.
in.sub  TXT  "in the way"
host1   A    192.0.2.1
_ssh._tcp.host1 SRV 0 0 22 host1
_ssh._tcp.host2 SRV 0 0 22 host2
blog    CNAME Www2
Www2    A    192.0.2.80
Www2    A    192.0.2.81
c1      CNAME c2
c2      CNAME c3
c3      CNAME c4.other.example.
gone    CNAME nothing.mail
nodata  CNAME mail
outside CNAME www.not.ours.test.
toref   CNAME x.child
toother CNAME x.child.other.example.
loop1   CNAME loop2
loop2   CNAME loop1
old     DNAME new
old     TXT  "beside a DNAME"
x.new   A    192.0.2.90
y.new   CNAME mail
away    DNAME other.example.
nowhere DNAME not.ours.test.
chain   DNAME old
ring    DNAME ring.ring2
a.very.deep.name TXT "deep"
child   NS   ns.child
child   NS   ns1
child   NS   ns.brother
child   DS   12345 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
ns.child A   192.0.2.54
        AAAA 2001:db8::54
brother NS   ns.brother
ns.brother A 192.0.2.55
plain   NS   ns.elsewhere.example.
svc     HTTPS 1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.7 ipv6hint=2001:db8::7
svc     SVCB 0 mail
odd     TYPE65280 \# 4 deadbeef
esc\.aped A  192.0.2.3
sp\032ace TXT "space"
UPPER.Case MX 5 MiXeD
ptr     PTR  Mail
inner   600 NS ns1
inner   300 DS 7 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
toinner CNAME a.inner
naptr   NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:info@shop.example!" .
loc     LOC  31 13 49 N 121 28 25 E 4m
tlsa    TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
"""

OTHER = r"""
$TTL 600
@       SOA  ns hostmaster 7 3600 600 604800 60
        NS   ns
ns      A    192.0.2.153
www     A    192.0.2.180
mail    A    192.0.2.125
c4      CNAME mail.shop.example.
back    CNAME blog.shop.example.
child   NS   ns.child
ns.child A   192.0.2.154
old     TXT  "met by a DNAME"
*.wild  MX   1 mail
"""

INNER = r"""
$TTL 60
@       SOA  ns1.shop.example. hostmaster 7 3600 600 604800 3600
        NS   ns1.shop.example.
a       A    192.0.2.190
*       MX   1 Mail.Shop.Example.
up      DNAME new.shop.example.
self    CNAME inner.shop.example.
"""

LONG = ".".join(c * 63 for c in "abc") + " A 192.0.2.4\n"  # a name of 206 bytes

LONGEST = (b"l" * 63, b"m" * 63, b"n" * 63, b"o" * 30)  # what a DNAME makes of it is too long

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28,
         "SRV": 33, "DNAME": 39, "DS": 43, "HTTPS": 65, "CAA": 257, "TYPE65280": 65280}
FEW = ["A", "TXT", "CNAME", "NS", "DNAME", "DS", "MX", "SOA"]
RANDOM_ZONES = 16


# --- names and messages -------------------------------------------------------------------------

def labels_of(text):
    """A name as master files have it, as a tuple of labels in bytes."""
    out, label, at = [], b"", 0
    while at < len(text):
        if text[at] == "\\" and text[at + 1].isdigit():
            label, at = label + bytes([int(text[at + 1:at + 4])]), at + 4
        elif text[at] == "\\":
            label, at = label + text[at + 1].encode(), at + 2
        elif text[at] == ".":
            out, label, at = out + [label], b"", at + 1
        else:
            label, at = label + text[at].encode(), at + 1
    return tuple(out + ([label] if label else []))


def wire(labels):
    return b"".join(bytes([len(x)]) + x for x in labels) + b"\0"


def fits(labels):
    return len(wire(labels)) <= 255 and all(0 < len(x) < 64 for x in labels)


def read_name(data, at):
    """The name at `at`, decompressed and in lower case, and where it ends."""
    labels, end = [], None
    while True:
        n = data[at]
        if n >= 0xC0:
            end = end or at + 2
            at = (n & 0x3F) << 8 | data[at + 1]
            continue
        at += 1
        if n == 0:
            return tuple(labels), end or at
        labels.append(data[at:at + n].lower())
        at += n


def read_data(data, at, end, rtype):
    """A record's data without compression; names in lower case."""
    if rtype in (2, 5, 12, 39):
        return wire(read_name(data, at)[0])
    if rtype == 15:
        return data[at:at + 2] + wire(read_name(data, at + 2)[0])
    if rtype == 33:
        return data[at:at + 6] + wire(read_name(data, at + 6)[0])
    if rtype == 6:
        first, at = read_name(data, at)
        second, at = read_name(data, at)
        return wire(first) + wire(second) + data[at:end]
    return data[at:end]


class Reply:
    """What is compared of an answer."""

    def __init__(self, data, apexes):
        _, flags, questions, *counts = struct.unpack_from("!HHHHHH", data)
        self.rcode, self.aa, self.tc = flags & 15, bool(flags & 0x400), bool(flags & 0x200)
        at = 12
        for _ in range(questions):
            at = read_name(data, at)[1] + 4
        sections = []
        for count in counts:
            records = set()
            for _ in range(count):
                owner, at = read_name(data, at)
                rtype, _, ttl, length = struct.unpack_from("!HHIH", data, at)
                at += 10
                if rtype != 41:
                    records.add((owner, rtype, ttl, read_data(data, at, at + length, rtype)))
                at += length
            sections.append(records)
        self.answer, authority, additional = sections
        self.authority = {r for r in authority if not (r[1] == 2 and r[0] in apexes)}
        cuts = {r[0] for r in self.authority if r[1] == 2}
        self.glue = {r for r in additional if any(r[0][-len(c):] == c for c in cuts)}

    def compared(self):
        rest = {r for r in self.authority if r[1] != 43}
        return (self.rcode, self.aa, self.tc, sorted(self.answer), sorted(rest), sorted(self.glue))


def question(labels, rtype, do):
    opt = b"\0" + struct.pack("!HHIH", 41, 4096, 0x8000 if do else 0, 0)
    return (struct.pack("!HHHHHH", 0x1234, 0, 1, 0, 0, 1) + wire(labels) +
            struct.pack("!HH", rtype, 1) + opt)


# --- servers ------------------------------------------------------------------------------------

class Peer:
    """Another nameserver on the same files, stopped by its process id."""

    def __init__(self, name, zones):
        self.dir = tempfile.TemporaryDirectory(prefix=f"cnedge-{name}-")
        self.name, self.address = name, peer_address()
        folder = pathlib.Path(self.dir.name)
        for zone, text in zones.items():
            (folder / f"{zone}.zone").write_text(f"$ORIGIN {zone}.\n" + text)
        config = folder / "conf"
        config.write_text(getattr(self, name)(folder, zones))
        args = [NSD, "-d", "-c", str(config)] if name == "nsd" else [KNOT, "-c", str(config)]
        self.process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)

    def nsd(self, folder, zones):
        out = (f"server:\n ip-address: {self.address[0]}@{self.address[1]}\n username: \"\"\n"
               f" zonesdir: \"{folder}\"\n database: \"\"\n pidfile: \"{folder}/pid\"\n"
               f" xfrdfile: \"{folder}/xfrd\"\n zonelistfile: \"{folder}/list\"\n"
               f" rrl-ratelimit: 0\n xfrdir: \"{folder}\"\n server-count: 1\n"
               f" logfile: \"{folder}/log\"\n"
               "remote-control:\n control-enable: no\n")
        return out + "".join(f"zone:\n name: \"{z}\"\n zonefile: \"{z}.zone\"\n" for z in zones)

    def knot(self, folder, zones):
        out = (f"server:\n  listen: {self.address[0]}@{self.address[1]}\n  rundir: {folder}\n"
               "  udp-workers: 1\n  tcp-workers: 1\n"
               f"log:\n  - target: {folder}/log\n    any: warning\n"
               f"database:\n  storage: {folder}\n"
               f"template:\n  - id: default\n    storage: {folder}\n    semantic-checks: off\n"
               "    zonefile-sync: -1\n    journal-content: none\nzone:\n")
        return out + "".join(f"  - domain: {z}\n    file: {z}.zone\n" for z in zones)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.dir.cleanup()

    def log(self):
        log = pathlib.Path(self.dir.name, "log")
        return log.read_text() if log.exists() else ""


class Asker:
    def __init__(self, address, apexes):
        self.s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.s.connect(address)
        self.s.settimeout(5)
        self.apexes = apexes

    def ask(self, labels, rtype, do=False):
        self.s.send(question(labels, rtype, do))
        return Reply(self.s.recv(65535), self.apexes)

    def is_up(self, zones):
        try:
            return all(self.ask(labels_of(z), 6).rcode == 0 for z in zones)
        except OSError:
            return False


# --- what is asked ------------------------------------------------------------------------------

def owners(text):
    """The names of a zone's records, relative, in order."""
    for line in text.splitlines():
        if line and line[0] not in " \t$;" and line[0] != "@":
            yield labels_of(line.split()[0])


def names(zone, text):
    """All names of a zone, their ancestors, names beside and below them."""
    apex = labels_of(zone)
    out = {apex}
    for owner in owners(text):
        for i in range(len(owner)):
            out.add(owner[i:] + apex)
    for name in list(out):
        for extra in ((b"zz",), (b"*",), (b"x",), (b"X", b"y"), (b"_tcp",), LONGEST):
            out.add(extra + name)
    return sorted(n for n in out if fits(n))


def random_zone(draw):
    """Records over few labels, so that they meet; most sets of them are no zone."""
    kinds = ["A 192.0.2.1", "TXT x", "CNAME b", "CNAME w.a", "CNAME a.w", "NS ns.not.test.",
             "DNAME w", "DNAME b.a", "MX 1 a"]
    lines = ["@ 60 SOA ns.not.test. h 1 2 3 4 30", "@ 60 NS ns.not.test."]
    for _ in range(draw.randint(3, 9)):
        owner = ".".join(draw.choice("abw*") for _ in range(draw.randint(1, 3)))
        lines.append(f"{owner} 60 {draw.choice(kinds)}")
    return "\n".join(lines) + "\n"


def is_zone(text):
    with tempfile.TemporaryDirectory(prefix="cnedge-") as folder:
        path = pathlib.Path(folder, "scenario.json")
        path.write_text(json.dumps(document({"r.example": text})))
        pathlib.Path(folder, "r.example.zone").write_text(text)
        done = subprocess.run([CNEDGE, "check", str(path)], capture_output=True, check=False)
        return done.returncode == 0


def document(zones):
    sites = [{"domain": z, "hosts": ["routed"], "zone": f"{z}.zone"} for z in zones]
    return scenario(holders=[], filings=[], events=[], sites=sites)


def shown(reply):
    return f"rcode {reply.rcode} aa {reply.aa} tc {reply.tc}\n  answer {sorted(reply.answer)}\n" \
           f"  authority {sorted(reply.authority)}\n  glue {sorted(reply.glue)}"


def zone_of(labels):
    """The apex of the zone that a name lies in; None outside."""
    labels = tuple(x.lower() for x in labels)
    return next((labels[i:] for i in range(len(labels)) if labels[i:] in apexes), None)


def leads_out(reply, labels):
    """Whether an alias has led from one zone to another. DS of a zone is its parent's to say, so
    that an alias to its apex may do so too."""
    home = zone_of(labels)
    others = {zone_of(r[0]) for r in reply.answer | reply.authority} - {home}
    alias = any(r[1] in (5, 39) for r in reply.answer)
    return bool(others) or (alias and any(r[1] == 43 for r in reply.answer))


def compare(askers, what, labels, rtype, do):
    """Compares one question; whether cnedge gave DS in a referral."""
    got = {name: a.ask(labels, rtype, do) for name, a in askers.items()}
    ours = got.pop("cnedge")
    if leads_out(ours, labels):
        del got["knot"]
    for name, reply in got.items():
        check.true(f"{b'.'.join(labels)} {what}{' +do' if do else ''}: expected what {name} says\n"
                   f"{shown(reply)}\n got\n{shown(ours)}", ours.compared() == reply.compared())
    return not ours.aa and any(r[1] == 43 for r in ours.authority)


zones = {"shop.example": SHOP + LONG, "other.example": OTHER, "inner.shop.example": INNER}
draw, made = random.Random(4), 0
while made < RANDOM_ZONES:
    text = random_zone(draw)
    if is_zone(text):
        zones[f"r{made}.example"] = text
        made += 1

apexes = {labels_of(z) for z in zones}
with Server(doc=document(zones), files={f"{z}.zone": t for z, t in zones.items()}) as server, \
        Peer("nsd", zones) as nsd, Peer("knot", zones) as knot:
    askers = {"cnedge": Asker(server.address, apexes), "nsd": Asker(nsd.address, apexes),
              "knot": Asker(knot.address, apexes)}
    for peer in (nsd, knot):
        if not wait_for(lambda p=peer: askers[p.name].is_up(zones)):
            raise SystemExit(f"{peer.name} does not come up: {peer.log()}")
    signed = 0
    for zone in ("shop.example", "other.example", "inner.shop.example"):
        for labels in names(zone, zones[zone]):
            if b"routed" in labels:
                continue
            for what, rtype in TYPES.items():
                signed += compare(askers, what, labels, rtype, do=what in ("A", "DS"))
    check.true(f"RFC4035.3.1.4: expected DS in referrals, got it in {signed}", signed > 0)
    pool = [b"a", b"b", b"w", b"*", b"zz"]
    for i in range(RANDOM_ZONES):
        apex = labels_of(f"r{i}.example")
        for depth in range(4):
            for labels in itertools.product(pool, repeat=depth):
                for what in FEW:
                    compare(askers, what, labels + apex, TYPES[what], do=False)


# --- routed wildcards: what one line sees, exported, is answered alike by the others --------------

WILD = [{"domain": "wild.example",
         "hosts": ["@", "www", "*", "a.b.deep", {"name": "*.later", "active": False},
                   {"name": "*.alias", "cname": "www.wild.example"}]},
        {"domain": "wildzone.example", "hosts": ["*", "in.between", "*.own"],
         "zone": ["mail A 192.0.2.25", "x.ent TXT between", "* MX 10 mail", "*.mail TXT deeper",
                  "* HTTPS 1 . ipv4hint=auto", "old DNAME wild.example.", "child NS ns.child",
                  "ns.child A 192.0.2.61", "toany CNAME any.wild.example."]},
        {"domain": "sub.wildzone.example", "hosts": ["www"]}]


def as_seen_from(line, doc):
    """The zones of a scenario as its export for BIND has them for a line."""
    with tempfile.TemporaryDirectory(prefix="cnedge-") as folder:
        path = pathlib.Path(folder, "scenario.json")
        path.write_text(json.dumps(doc))
        subprocess.run([CNEDGE, "export", "bind", str(path), "--out", f"{folder}/out"],
                       stdout=subprocess.DEVNULL, check=True)
        rows = pathlib.Path(folder, "out", "lines.tsv").read_text().splitlines()
        group = next(r.split("\t")[1] for r in rows if r.startswith(f"{line}\t"))
        return {s["domain"]: pathlib.Path(folder, "out", "zones", group, s["domain"] + ".zone")
                .read_text() for s in doc["sites"]}


wild = scenario(holders=[], filings=[], events=[], sites=WILD)
zones = as_seen_from("de", wild)
apexes = {labels_of(z) for z in zones}
with Server(doc=wild, listen=("127.0.0.1:0=de",)) as server, Peer("nsd", zones) as nsd, \
        Peer("knot", zones) as knot:
    askers = {"cnedge": Asker(server.address, apexes), "nsd": Asker(nsd.address, apexes),
              "knot": Asker(knot.address, apexes)}
    for peer in (nsd, knot):
        if not wait_for(lambda p=peer: askers[p.name].is_up(zones)):
            raise SystemExit(f"{peer.name} does not come up: {peer.log()}")
    for zone, text in zones.items():
        for labels in names(zone, text.replace(f".{zone}. ", " ")):
            for what, rtype in TYPES.items():
                compare(askers, what, labels, rtype, do=what == "DS")
check.finish()
