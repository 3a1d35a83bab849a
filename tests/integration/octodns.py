#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`cnedge export octodns`: a reader of its own, which knows octoDNS from its documents alone, takes
the files, finds in them what octoDNS's validation would complain about, and sends a client of every
line through the rules of every host: rules by subnet come before rules by country, the last one
takes the rest. Every client ends at the addresses that cnedge gives it. octoDNS has one TTL for a
record, so that is the least of all lines."""
import collections
import ipaddress
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import yaml

from _export import A, AAAA, Cnedge, ask_all, client, hosts_of, lines
from _lib import CNEDGE, Checks, need, run

SOURCE = pathlib.Path(os.environ["CNEDGE_SOURCE"])
TYPES = {"A": A, "AAAA": AAAA}
CONTINENTS = {"CN": "AS", "HK": "AS", "JP": "AS", "DE": "EU", "GB": "EU", "RU": "EU", "US": "NA",
              "MX": "NA", "BR": "SA", "NG": "AF", "EG": "AF", "AU": "OC"}
check = Checks()


def load(path):
    return yaml.load(pathlib.Path(path).read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


class Subnets:
    """The subnets of one rule."""
    made = {}  # lists that a file refers to more than once are one object

    def __init__(self, texts):
        self.networks = [ipaddress.ip_network(t) for t in texts]
        self.by_size = collections.defaultdict(set)
        for n in self.networks:
            self.by_size[n.version, n.max_prefixlen - n.prefixlen].add(
                int(n.network_address) >> (n.max_prefixlen - n.prefixlen))

    @classmethod
    def of(cls, texts):
        if id(texts) not in cls.made:
            cls.made[id(texts)] = (cls(texts), texts)
        return cls.made[id(texts)][0]

    def __contains__(self, address):
        return any(version == address.version and int(address) >> free in some
                   for (version, free), some in self.by_size.items())


def answer(record, address, country):
    """The values that a client gets."""
    dynamic = record.get("dynamic")
    if not dynamic:
        return record["values"]
    rules = dynamic["rules"]
    hit = [r for r in rules if "subnets" in r and address in Subnets.of(r["subnets"])]
    hit += [r for r in rules if country in [g.split("-")[1] for g in r.get("geos", [])]]
    return [v["value"] for v in dynamic["pools"][(hit or rules[-1:])[0]["pool"]]["values"]]


# --- what octoDNS's validation looks at ---------------------------------------------------------

def rank(rule):
    """Subnets alone, subnets and geos, geos alone, the rest."""
    return {(1, 0): 0, (1, 1): 1, (0, 1): 2, (0, 0): 3}["subnets" in rule, "geos" in rule]


def check_pools(what, dynamic):
    pools, rules = dynamic["pools"], dynamic["rules"]
    for name, pool in pools.items():
        check.true(f"{what}: pool {name} has values", pool["values"])
        seen = [name]
        while (pool := pools.get(pool.get("fallback"))) is not None and len(seen) < 9:
            seen.append(pool)
        check.true(f"{what}: fallbacks of {name} have an end", len(seen) < 9)
    used = [r["pool"] for r in rules]
    known = set(used) | {p["fallback"] for p in pools.values() if "fallback" in p}
    check.equal(f"{what}: pools that nothing leads to, or that are not there",
                known ^ set(pools), set())
    check.equal(f"{what}: pools that two rules lead to", len(set(used[:-1])), len(used) - 1)


def check_rules(what, dynamic):
    rules = dynamic["rules"]
    ranks = [rank(r) for r in rules]
    check.equal(f"{what}: the order of rules", ranks, sorted(ranks))
    check.equal(f"{what}: one rule for the rest", ranks.count(3), 1)
    geos = [g for r in rules for g in r.get("geos", [])]
    check.equal(f"{what}: countries twice", len(geos), len(set(geos)))
    found = {g.split("-")[1]: g.split("-")[0] for g in geos}
    check.equal(f"{what}: continents", {c: CONTINENTS[c] for c in CONTINENTS if c in found},
                {c: found[c] for c in CONTINENTS if c in found})
    check.true(f"{what}: countries that are there, of {len(found)}", len(found) > 200)
    spans = sorted((n.version, int(n.network_address), int(n.broadcast_address))
                   for r in rules for n in Subnets.of(r.get("subnets", [])).networks)
    overlaps = [a for a, b in zip(spans, spans[1:]) if a[0] == b[0] and b[1] <= a[2]]
    check.equal(f"{what}: overlapping subnets of {len(spans)}", overlaps[:2], [])


def classes_of_pops():
    """The class of the PoP of each pool, by its name."""
    done = subprocess.run([CNEDGE, "list", "pops"], capture_output=True, text=True, check=True)
    rows = [row.split() for row in done.stdout.splitlines()]
    return {r[0]: next(w for w in r if w in ("mainland", "near", "global")) for r in rows}


CLASSES = classes_of_pops()


def check_fallbacks(what, dynamic):
    """From the mainland near it, from outside never into it."""
    for name, pool in dynamic["pools"].items():
        own = CLASSES[name.split("-")[0]]
        to = CLASSES.get(pool.get("fallback"))
        want = {"mainland": ("near",), "near": ("global", None), "global": ("global", None)}[own]
        check.true(f"{what}: {name}, {own}, falls back to {to}", to in want)


# --- against cnedge -----------------------------------------------------------------------------

def packed(texts):
    return frozenset(ipaddress.ip_address(t).packed for t in texts)


def check_host(what, record, rtype, clients, answers):
    """One host, one type: clients of all lines."""
    bad, ttls, lacking = [], set(), 0
    for (line, prefix), (_, records, _) in zip(clients, answers):
        ours = frozenset(d for t, _, d in records if t == rtype)
        ttls |= {ttl for t, ttl, _ in records if t == rtype}
        address = ipaddress.ip_network(prefix)[0]
        theirs = packed(answer(record, address, line.split("/")[0].upper()))
        lacking += not ours
        if ours and ours != theirs:
            bad.append((line, prefix, ours, theirs))
    check.equal(f"{what}: differing answers of {len(clients)}: {bad[:2]}", len(bad), 0)
    check.equal(f"{what}: TTL", record["ttl"], min(ttls))
    return lacking


def show(rtype, value):
    """A value as dig prints it."""
    if rtype == "TXT":
        return '"' + value.replace("\\;", ";") + '"'
    if rtype == "CAA":
        return f'{value["flags"]} {value["tag"]} "{value["value"]}"'
    if rtype == "HTTPS":
        params = " ".join(f'{k}="{",".join(v)}"' if k == "alpn" else f'{k}={",".join(v)}'
                          for k, v in value.get("svcparams", {}).items())
        return f'{value["svcpriority"]} {value["targetname"]} {params}'.strip()
    return " ".join(str(v) for v in value.values()) if isinstance(value, dict) else value


def check_fixed(what, address, zones, decided):
    """Every other record is there, and nothing else: asked as a client that nothing is known of."""
    for apex, names in zones.items():
        for name, records in names.items():
            full = f"{name}.{apex}" if name else apex
            for r in records:
                if (full, r["type"]) in decided or name in ("lab", "ns.lab"):  # delegated
                    continue
                out = run(need("dig"), f"@{address[0]}", "-p", str(address[1]), "+norecurse",
                          "+noall", "+answer", "+nocomments", "+nosplit", "+subnet=192.0.2.0/24",
                          full.replace("*", "any"), r["type"])
                rows = [row.split(None, 4) for row in out.splitlines()]
                got = sorted(row[4] for row in rows if row[3] == r["type"])
                values = r["values"] if "values" in r else [r["value"]]
                check.equal(f"{what}: {full} {r['type']}", got,
                            sorted(show(r["type"], v) for v in values))
                ttls = {int(row[1]) for row in rows if row[3] == r["type"]}
                if r["type"] != "HTTPS":
                    check.equal(f"{what}: TTL of {full} {r['type']}", ttls, {r["ttl"]})


def check_world(name, at):
    path = SOURCE / "scenarios" / f"{name}.json"
    out = tempfile.mkdtemp(prefix="cnedge-octodns-")
    done = subprocess.run([CNEDGE, "export", "octodns", str(path), "--at", at, "--out", out],
                          capture_output=True, text=True, check=False)
    what = f"{name} {at}"
    check.equal(f"{what}: exit code, {done.stderr}", done.returncode, 0)
    config = load(f"{out}/config.yaml")
    check.equal(f"{what}: the folder", config["providers"]["config"]["directory"], f"{out}/zones")
    zones = {z[:-1]: load(f"{out}/zones/{z}yaml") for z in config["zones"]}
    clients = [(n, client(p)) for n, _, v4, v6 in lines(out) for p in (v4, v6) if p]
    decided, lacking = set(), 0
    with Cnedge(path, at) as ours:
        for host in routed(path, zones):
            for rtype, code in TYPES.items():
                record = find(zones, host, rtype)
                decided.add((host, rtype))
                label = f"{what}: {host} {rtype}"
                for part in (check_pools, check_rules, check_fallbacks):
                    part(label, record["dynamic"])
                answers = ask_all(ours.address, [(host, code, p) for _, p in clients])
                lacking += check_host(label, record, code, clients, answers)
        check_fixed(what, ours.address, zones, decided)
    shutil.rmtree(out)
    return done.stderr, lacking, zones


def find(zones, host, rtype):
    apex = max((z for z in zones if host == z or host.endswith(f".{z}")), key=len)
    records = zones[apex].get(host[:-len(apex)].rstrip("."), [])
    return next((r for r in records if r["type"] == rtype), None)


def routed(path, zones):
    """Where addresses are decided: hosts, and in partial set-up their names in the CDN's zone, if
    they are still there."""
    out = []
    for host in hosts_of(path):
        alias = find(zones, host, "CNAME")
        host = alias["value"][:-1] if alias else host
        out += [host] if find(zones, host, "A") else []
    return out


check_world("zone-content", "+30m")
warnings, _, content = check_world("zone-content", "+90m")
check.match("what octoDNS cannot decide", warnings, "www.shop.example HTTPS: the same for all")
check.equal("every name of the zone", sorted(content["shop.example"]),
            ["", "*.dev", "_dmarc", "blog", "lab", "mail", "ns.lab", "ns1", "shop-cn", "status",
             "www"])
_, _, partial = check_world("partial-revoked", "+35m")
check.equal("decided in the CDN's zone", sorted(partial["cdn.cloudflarecn.net"]),
            ["", "img.static.shop.example", "www.shop.example"])
warnings, without, _ = check_world("drill-14-v6-outage-nodata", "+30m")
check.true("some lines have no IPv6 there", without > 0)
check.match("and that is said", warnings, "AAAA: lines that have none get what others have")

# --- records of every shape, and those that octoDNS has no form for -----------------------------

SMALL = {
    "cnedge": 1, "name": "shapes", "seed": 7, "start": "2026-03-02T09:00:00+08:00", "end": "+2h",
    "nameservers": ["ns1.dns.test"], "holders": [{"id": "h"}],
    "filings": [{"id": "f", "holder": "h", "number": "ICP 2026000001-1"}],
    "sites": [{"domain": "shop.example", "filing": "f", "hosts": ["www"], "zone": [
        "srv SRV 1 2 5060 mail", "mail A 192.0.2.1", "caa CAA 128 issue \"ca.test; x=y\"",
        "ds NS ns.ds", "ns.ds A 192.0.2.2",
        "ds DS 1 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "_443._tcp TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "key SSHFP 4 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "nap NAPTR 10 20 \"s\" \"SIP+D2U\" \"\" _sip._udp", "two TXT \"one; \" \"two\"",
        "svc HTTPS 2 other port=8443 alpn=h2,h3 no-default-alpn", "quote TXT \"a\\\"b\"",
        "odd TYPE65300 \\# 1 00", "host HINFO a b"]}],
}
with tempfile.TemporaryDirectory(prefix="cnedge-octodns-") as folder:
    file = pathlib.Path(folder, "s.json")
    file.write_text(json.dumps(SMALL))
    done = subprocess.run([CNEDGE, "export", "octodns", str(file), "--out", folder],
                          capture_output=True, text=True, check=False)
    check.equal("shapes: exit code", done.returncode, 0)
    zone = load(f"{folder}/zones/shop.example.yaml")
    HEX = "0123456789abcdef" * 4
    for name, rtype, want in (
            ("srv", "SRV", {"priority": 1, "weight": 2, "port": 5060,
                            "target": "mail.shop.example."}),
            ("caa", "CAA", {"flags": 128, "tag": "issue", "value": "ca.test; x=y"}),
            ("ds", "DS", {"key_tag": 1, "algorithm": 13, "digest_type": 2, "digest": HEX}),
            ("_443._tcp", "TLSA", {"certificate_usage": 3, "selector": 1, "matching_type": 1,
                                   "certificate_association_data": HEX}),
            ("key", "SSHFP", {"algorithm": 4, "fingerprint_type": 2, "fingerprint": HEX}),
            ("nap", "NAPTR", {"order": 10, "preference": 20, "flags": "s", "service": "SIP+D2U",
                              "regexp": "", "replacement": "_sip._udp.shop.example."}),
            ("two", "TXT", "one\\; two"),
            ("svc", "HTTPS", {"svcpriority": 2, "targetname": "other.shop.example.",
                              "svcparams": {"alpn": ["h2", "h3"], "no-default-alpn": None,
                                            "port": "8443"}})):
        check.equal(f"{name} {rtype}", [r["values"] for r in zone.get(name, [])
                                        if r["type"] == rtype], [[want]])
    for name in ("quote", "odd", "host"):
        check.true(f"{name} is left out", name not in zone)
        check.match(f"{name} is left out", done.stderr, rf"{name}\.shop\.example \S+: left out")
    check.match("--listen", run(CNEDGE, "export", "octodns", str(file), "--out", folder,
                                "--listen", "127.0.0.1:53"), "--listen is for servers")

check.finish()
