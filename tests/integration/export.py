#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`cnedge export` for Knot, gdnsd, PowerDNS and BIND: Debian's servers start on what was written,
as it is, and answer every host on every line as cnedge does at that instant: result code,
addresses, TTLs, other records beside them. The first three are asked with EDNS Client Subnet. BIND
chooses its views by the source address alone, so it is asked from a small world of loopback
addresses.

What a server cannot have is named by a warning, and is not compared: gdnsd knows no DNAME, and
decides nothing but addresses, so that hints in HTTPS records are the same for all."""
import ipaddress
import json
import os
import pathlib
import shutil
import tempfile

from _lib import Checks, peer_address, run
from _export import (A, AAAA, CNAME, HTTPS, MX, TXT, Cnedge, Peer, client, export, follow, hosts_of,
                     lines)

SOURCE = pathlib.Path(os.environ["CNEDGE_SOURCE"])
check = Checks()

# Scenario, instant, names beside the hosts, and those of them that are below a DNAME.
WORLDS = [
    ("zone-content", "+90m", ["mail.shop.example", "blog.shop.example", "any.dev.shop.example",
                              "nothing.shop.example", "x.www.shop.example", "dev.shop.example",
                              "_sip._udp.old.example"],
     ["www.shop-cn.shop.example", "mail.shop-cn.shop.example"]),
    ("partial-revoked", "+35m", [], []),
    ("wildcard-hosts", "+30m", ["anna.shop.example", "a.b.c.shop.example", "x.www.shop.example",
                                "x.mail.shop.example", "_dmarc.shop.example", "mail.shop.example",
                                "_udp.shop.example", "x._udp.shop.example",
                                "_sip._udp.shop.example", "*.shop.example"],
     []),
    ("drill-14-v6-outage-nodata", "+30m", ["nothing.shop.example"], []),
]


def compare(what, questions, ours, theirs):
    """Every question has an answer, and both have the same."""
    bad = [(q, a, b) for q, a, b in zip(questions, ours, theirs) if a is None or a != b]
    for q, a, b in bad[:3]:
        print(f"  {what} {q}: cnedge {a}, export {b}")
    check.equal(f"{what}: differing answers of {len(questions)}", len(bad), 0)


def without_aliases(answers):
    return [a and (a[0], frozenset(r for r in a[1] if r[0] != CNAME)) for a in answers]


def same_by_ecs(form, name, at, names):
    path = SOURCE / "scenarios" / f"{name}.json"
    out, address = tempfile.mkdtemp(prefix="cnedge-export-"), peer_address()
    code, text, err = export(path, form, out, at, address)
    check.equal(f"{form} {name}: exit code, {err}", code, 0)
    check.true(f"{form} {name}: says how to start it, got {text!r}", out in text)
    rows = lines(out)
    everyone = run(os.environ["CNEDGE"], "list", "lines").count("\n")
    check.true(f"{form} {name}: expected nearly all of {everyone} lines, got {len(rows)}",
               everyone * 8 // 10 < len(rows) <= everyone)
    types = [A, AAAA, TXT, MX, CNAME] + ([HTTPS] if form != "gdnsd" else [])
    prefixes = [client(p) for _, _, v4, v6 in rows for p in (v4, v6) if p]
    few = prefixes[:1] + prefixes[-1:]
    questions = [(n, t, p) for p in prefixes for n in hosts_of(path) for t in (A, AAAA)]
    questions += [(n, t, p) for p in few for n in hosts_of(path) + names for t in types]
    apex = json.loads(path.read_text())["sites"][0]["domain"]
    with Cnedge(path, at) as ours, Peer(form, out, address, apex) as theirs:
        mine, his = follow(ours.address, questions), follow(theirs.address, questions)
    if form == "knot":  # aliases of routed names are these names' records
        mine, his = without_aliases(mine), without_aliases(his)
    compare(f"{form} {name}", questions, mine, his)
    shutil.rmtree(out)
    return err


for world, instant, beside, below in WORLDS:
    for server in ("knot", "gdnsd", "pdns"):
        dname = below if server == "knot" else []
        messages = same_by_ecs(server, world, instant, beside + dname)
        if server == "gdnsd" and world == "zone-content":
            check.match("gdnsd: what it cannot have", messages,
                        "shop-cn.shop.example DNAME: left out",
                        "www.shop.example HTTPS: the same for all")


# --- BIND: a small world on loopback ------------------------------------------------------------

LINES = {"cn/shanghai/telecom": "127.0.1.0/24", "cn/beijing/unicom": "127.0.2.0/24",
         "hk": "127.0.3.0/24", "de": "127.0.4.0/25", "us": "127.0.4.128/25"}
SMALL = {
    "cnedge": 1, "name": "loopback", "seed": 7, "start": "2026-03-02T09:00:00+08:00",
    "end": "+2h", "choices": {"observe_delay": "0s"},
    "world": {"extends": "builtin",
              "prefixes": [{"prefix": p, "line": n} for n, p in LINES.items()]},
    "holders": [{"id": "shop-ltd"}],
    "filings": [{"id": "f1", "holder": "shop-ltd", "number": "ICP 2026000001-1"},
                {"id": "f2", "holder": "shop-ltd", "number": "ICP 2026000001-2"}],
    "sites": [{"domain": "shop.example", "filing": "f1", "hosts": ["@", "www"]},
              {"domain": "kept.example", "filing": "f2", "hosts": ["www"],
               "zone": ["@ MX 10 mail", "mail A 192.0.2.25", "*.dev A 192.0.2.80",
                        "www HTTPS 1 . alpn=h2 ipv4hint=auto ipv6hint=auto"]}],
    "events": [{"at": "+20m", "do": "revoke_site", "site": "shop.example"}],
}


def same_by_source():
    out = pathlib.Path(tempfile.mkdtemp(prefix="cnedge-export-"))
    # BIND listens on addresses of interfaces alone; the kernel chooses such a port for nobody.
    address = ("127.0.0.1", 10000 + os.getpid() % 10000)
    path = out / "small.json"
    path.write_text(json.dumps(SMALL))
    code, _, err = export(path, "bind", out / "bind", "+30m", address)
    check.equal(f"bind: exit code, {err}", code, 0)
    names = hosts_of(path) + ["mail.kept.example", "a.dev.kept.example", "none.kept.example"]
    questions = [(n, t, None) for n in names for t in (A, AAAA, MX, HTTPS)]
    with Cnedge(path, "+30m") as ours, \
            Peer("bind", out / "bind", address, "shop.example") as theirs:
        for name, prefix in LINES.items():
            source = str(ipaddress.ip_network(prefix)[1])
            mine = follow(ours.address, questions, source)
            compare(f"bind {name}", questions, mine, follow(theirs.address, questions, source))
            check.true(f"bind {name}: expected an address, got {mine[0]}", mine[0] and mine[0][1])
    shutil.rmtree(out)


same_by_source()

# --- what is refused ----------------------------------------------------------------------------

with tempfile.TemporaryDirectory(prefix="cnedge-export-") as folder:
    file = pathlib.Path(folder, "s.json")
    file.write_text(json.dumps(SMALL))
    check.match("an unknown server", run(os.environ["CNEDGE"], "export", "knott", str(file)),
                'got "knott"; did you mean "knot"')
    check.match("no folder", run(os.environ["CNEDGE"], "export", "knot", str(file)),
                "expected --out DIR")
    knot = [os.environ["CNEDGE"], "export", "knot", str(file), "--out"]
    check.match("a folder that cannot be", run(*knot, f"{file}/x"), "Not a directory")
    check.match("a line at --listen", run(*knot, folder, "--listen", "127.0.0.1:53=hk"),
                "ADDRESS:PORT alone")
    check.match("partner has no folder", run(os.environ["CNEDGE"], "export", "partner", str(file),
                                             "--out", folder), "not for partner")
    one, two = pathlib.Path(folder, "one"), pathlib.Path(folder, "two")
    for out in (one, two):
        export(file, "pdns", out, "+30m")
    check.equal("twice the same bytes", (one / "lines.mmdb").read_bytes(),
                (two / "lines.mmdb").read_bytes())

check.finish()
