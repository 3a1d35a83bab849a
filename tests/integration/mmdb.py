#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""MaxMind DB files as the source of lines: what `explain` says of addresses, what dig gets by
Client Subnet from a server, how files, the built-in table and prefixes win over each other, what is
refused, and damaged files."""
import array
import ipaddress
import json
import os
import pathlib
import random
import re
import resource
import signal
import subprocess
import tempfile

from _lib import CNEDGE, Checks, Server, need, run, scenario, wait_for
from _mmdb import Typed, Writer, database, encode

DIG = need("dig")
MMDBLOOKUP = need("mmdblookup")
NAME = "www.shop.example"
SOURCE = pathlib.Path(os.environ["CNEDGE_SOURCE"])
SANITIZED = b"__asan_init" in pathlib.Path(CNEDGE).read_bytes()
check = Checks()


def place(country, province=None, **more):
    record = {"country": {"iso_code": country, "names": {"en": "somewhere"}}, **more}
    if province is not None:
        record["subdivisions"] = [{"geoname_id": 1, "iso_code": province}]
    return record


CITY = {"file": "city.mmdb", "country": "country.iso_code", "province": "subdivisions.0.iso_code"}
ASN = {"file": "asn.mmdb", "carrier": "autonomous_system_number",
       "carriers": {"64500": "unicom", "64501": "mobile"}}
OURS = {"file": "ours.mmdb", "line": "line"}

PLACES = {
    "198.51.100.0/24": place("CN", "GD"),
    "198.51.100.128/25": place("CN", "SH"),
    "198.51.101.0/24": place("CN"),
    "198.51.102.0/23": place("DE", "BE"),
    "203.0.113.0/24": place("XZ"),       # a country that has no line
    "8.8.8.0/24": {"continent": "none"},  # says nothing
    "2001:db8:100::/40": place("cn", "cn-bj"),
    "2001:db8:200::/64": place("JP"),
}
NETWORKS = {"198.51.100.0/23": {"autonomous_system_number": 64500},
            "198.51.102.0/24": {"autonomous_system_number": 64500},
            "202.96.209.0/25": {"autonomous_system_number": 64501},
            "202.96.209.128/25": {"autonomous_system_number": 4134},
            "2001:db8:100::/48": {"autonomous_system_number": 64501}}

# address -> line with nothing beneath, line over the built-in world
LINES = {
    "198.51.100.1": ("cn/guangdong/unicom",) * 2,
    "198.51.100.200": ("cn/shanghai/unicom",) * 2,
    "198.51.101.1": ("cn/unknown/unicom",) * 2,
    "198.51.102.1": ("de", "de"),
    "198.51.104.1": ("unknown", "us"),
    "203.0.113.9": ("unknown", "unknown"),
    "202.96.209.1": ("unknown", "cn/shanghai/mobile"),
    "202.96.209.129": ("unknown", "cn/shanghai/telecom"),
    "8.8.8.8": ("unknown", "us"),
    "2001:db8:100::1": ("cn/beijing/mobile",) * 2,
    "2001:db8:100:ffff::1": ("cn/beijing/mobile",) * 2,
    "2001:db8:101::1": ("cn/beijing/other",) * 2,
    "2001:db8:200::1": ("jp", "jp"),
    "::198.51.100.1": ("unknown", "unknown"),
    "2002:c633:6401::1": ("unknown", "unknown"),
}

POPS = [{"id": "sha", "country": "cn", "province": "shanghai", "lat": 31, "lon": 121,
         "carriers": ["telecom"], "v4": "192.0.2.1", "v6": "2001:db8::1"},
        {"id": "fra", "country": "de", "lat": 50, "lon": 8, "v4": "192.0.2.2",
         "v6": "2001:db8::2"}]
OWN_LINES = [{"name": n, "lat": 30, "lon": 100} for n in
             sorted({line for line, _ in LINES.values()} - {"unknown"}) + ["cn/shanghai/telecom"]]


def city_writer(**options):
    w = Writer(**options)
    for network in sorted(PLACES, key=lambda n: int(n.split("/")[1])):
        w.add(network, PLACES[network])
    for network in ("2002::/16", "2001::/32", "::ffff:0:0/96"):
        w.alias(network)
    return w


class Folder:
    """A scenario with files beside it."""

    def __init__(self, files, world):
        self.dir = tempfile.TemporaryDirectory(prefix="cnedge-")
        self.path = pathlib.Path(self.dir.name)
        for name, data in files.items():
            (self.path / name).write_bytes(data)
        doc = scenario(world=world)
        (self.path / "s.json").write_text(json.dumps(doc))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.dir.cleanup()

    def cnedge(self, *args):
        r = subprocess.run([CNEDGE, *args], cwd=self.path, capture_output=True, timeout=300,
                           check=False)
        return r.returncode, r.stdout.decode(), r.stderr.decode()

    def found(self, address):
        """The line of an address, and who says so."""
        code, out, err = self.cnedge("explain", "s.json", "--from", address, NAME)
        found = re.search("^client: .* is on line (.*), by (.*)$", out, re.M)
        return found.groups() if found else (f"exit {code}: {err}", "")

    def line(self, address):
        return self.found(address)[0]


FILES = {"asn.mmdb": database(NETWORKS, record_size=24),
         "ours.mmdb": database({"198.51.104.0/24": {"line": "de"}, "10.0.0.0/8": {"line": ""}},
                               ip_version=4)}


def extended(**more):
    return {"extends": "builtin", **more}


def own(**more):
    return {"pops": POPS, "lines": OWN_LINES, **more}


# --- lines ----------------------------------------------------------------------------------------

for size in (24, 28, 32):
    city = city_writer(record_size=size).file()
    for which, world in enumerate((own, extended)):
        with Folder({**FILES, "city.mmdb": city}, world(mmdb=[CITY, ASN])) as f:
            for address, lines in LINES.items():
                check.equal(f"{size} bits, {address}", f.line(address), lines[which])
            check.true("mapped addresses have no line",
                       'did you mean "198.51.100.1"?' in f.line("::ffff:198.51.100.1"))
            seen = run(MMDBLOOKUP, "--file", str(f.path / "city.mmdb"), "--ip", "198.51.100.1",
                       "country", "iso_code")
            check.true("the file is one for libmaxminddb", '"CN"' in seen)

city = city_writer().file()
with Folder({**FILES, "city.mmdb": city}, extended(
        mmdb=[CITY, ASN, OURS],
        prefixes=[{"prefix": "198.51.100.0/25", "line": "fr"},
                  {"prefix": "198.51.100.64/26", "line": "it"}])) as f:
    for address, line in {"198.51.100.1": "fr", "198.51.100.65": "it", "198.51.104.7": "de",
                          "198.51.100.129": "cn/shanghai/unicom", "10.1.1.1": "unknown"}.items():
        check.equal(f"prefixes win, a later file wins: {address}", f.line(address), line)
    for address, source in {
            "198.51.100.1": "the key world.prefixes",
            "198.51.100.129": "the file asn.mmdb (key world.mmdb), together with an earlier file",
            "202.96.209.1": "the file asn.mmdb (key world.mmdb), together with the built-in table",
            "203.0.113.9": "the file city.mmdb (key world.mmdb)",
            "198.51.102.1": "the file city.mmdb (key world.mmdb)",  # its carrier does not matter
            "198.51.104.7": "the file ours.mmdb (key world.mmdb)",
            "8.8.8.8": "the built-in table", "10.1.1.1": "the built-in table",
            "2001:db8:200::1": "the file city.mmdb (key world.mmdb)",
            "2400:da00::1": "the built-in table"}.items():
        check.equal(f"who says so: {address}", f.found(address)[1], source)
with Folder({**FILES, "city.mmdb": city}, {"file": "world.json"}) as f:
    (f.path / "world.json").write_text(json.dumps(own(mmdb=[CITY, ASN])))
    check.equal("a world file has the key too", f.found("198.51.100.1"),
                ("cn/guangdong/unicom",
                 "the file asn.mmdb (key world.mmdb), together with an earlier file"))
    check.equal("an address that is nowhere", f.found("10.1.1.1"), ("unknown", "no table"))

TYPED = {"1": "cable", "70000": "cernet", "4294967296": "cloud", "-2": "drpeng", "x y": "mobile"}
values = [Typed("u16", 1), 70000, Typed("u64", 1 << 32), Typed("raw", b"\x04\x01\xff\xff\xff\xfe"),
          "x y", "nobody"]
with Folder({"x.mmdb": database({f"198.51.{i}.0/24": place("CN", owner=v)
                                 for i, v in enumerate(values)})},
            extended(mmdb=[{"file": "x.mmdb", "country": "country.iso_code", "carrier": "owner",
                            "carriers": TYPED}])) as f:
    for i, carrier in enumerate([*TYPED.values(), "other"]):
        check.equal(f"carrier by value {i}", f.line(f"198.51.{i}.1").split("/")[2], carrier)

# --- dig ------------------------------------------------------------------------------------------

with Folder({**FILES, "city.mmdb": city}, own(mmdb=[CITY, ASN, OURS])) as f, \
        Server(doc=json.loads((f.path / "s.json").read_text()),
               raw={**FILES, "city.mmdb": city}) as server:
    for subnet, address in {"198.51.100.0/24": "192.0.2.1", "198.51.104.0/24": "192.0.2.2",
                            "2001:db8:100::/48": "192.0.2.1",
                            "2001:db8:200::/64": "192.0.2.2"}.items():
        out = run(DIG, f"@{server.address[0]}", "-p", str(server.address[1]), "+short",
                  f"+subnet={subnet}", NAME, "A")
        check.equal(f"dig +subnet={subnet}", out.strip(), address)

    # A new file in the old one's place: after SIGHUP its lines are answered.
    def pop_of(subnet):
        out = run(DIG, f"@{server.address[0]}", "-p", str(server.address[1]), "+short",
                  f"+subnet={subnet}", NAME, "A")
        return out.strip()
    new = pathlib.Path(server.dir, "new.mmdb")
    new.write_bytes(database({"198.51.104.0/24": {"line": "cn/shanghai/telecom"}}))
    new.rename(pathlib.Path(server.dir, "ours.mmdb"))
    check.equal("before SIGHUP", pop_of("198.51.104.0/24"), "192.0.2.2")
    server.process.send_signal(signal.SIGHUP)
    check.true("after SIGHUP", wait_for(lambda: pop_of("198.51.104.0/24") == "192.0.2.1"))
    (pathlib.Path(server.dir, "new.mmdb")).write_bytes(b"damaged")
    new.rename(pathlib.Path(server.dir, "ours.mmdb"))
    server.process.send_signal(signal.SIGHUP)
    check.true("a damaged file is told", wait_for(lambda: "expected a MaxMind DB" in server.log()))
    check.equal("and changes nothing", pop_of("198.51.104.0/24"), "192.0.2.1")

# --- provinces ------------------------------------------------------------------------------------

rows = [line.split("\t") for line in
        (SOURCE / "sim/data/provinces.tsv").read_text().splitlines() if line[0] != "#"]
check.equal("provinces", len(rows), 31)
with Folder({"x.mmdb": database({f"198.51.{i}.0/24": place("CN", row[0])
                                 for i, row in enumerate(rows)})},
            extended(mmdb=[{**CITY, "file": "x.mmdb"}])) as f:
    for i, row in enumerate(rows):
        name = row[4].lower().replace(" ", "-")
        check.equal(row[0], f.line(f"198.51.{i}.1").split("/")[1], name)

# --- what is refused ------------------------------------------------------------------------------

COUNTRY = {"file": "x.mmdb", "country": "country.iso_code"}
PROVINCE = {**COUNTRY, "province": "subdivisions.0.iso_code"}
LINE = {"file": "x.mmdb", "line": "line"}
CARRIER = {"file": "x.mmdb", "carrier": "carrier"}
AT = "198.51.100.0/24"
DEEP = "2001:db8::8000:0:0:0/65"
REFUSED = [
    (COUNTRY, {AT: place("CHN")}, f'x.mmdb: {AT}: expected a country\'s two letters at '
                                  'country.iso_code, got "CHN"'),
    (COUNTRY, {AT: place("C1")}, 'got "C1"'),
    (COUNTRY, {AT: place(7)}, f"x.mmdb: {AT}: expected a text at country.iso_code, got a value of"),
    (COUNTRY, {AT: place({})}, "expected a text at country.iso_code, got a map"),
    (COUNTRY, {AT: place(Typed("raw", b"\x42\xff\xfe"))}, "expected a text in UTF-8"),
    (COUNTRY, {AT: place("x" * 300)}, "expected a short text at country.iso_code, got over 255"),
    (COUNTRY, {AT: "CN"}, f"x.mmdb: {AT}: expected a record that can be read, got one that is no"),
    (COUNTRY, {AT: {"Country": "CN"}}, '/world/mmdb/0/country: expected a field that some record '
                                       'has, got "country.iso_code"'),
    (COUNTRY, {AT: {"country": "CN"}}, "expected a field that some record has"),
    (COUNTRY, {AT: {"country": [{"iso_code": "CN"}]}}, "expected a field that some record has"),
    (PROVINCE, {AT: place("CN", "TW")}, "expected a province's code (ISO 3166-2:CN) or name at "
                                        'subdivisions.0.iso_code, got "TW"'),
    (PROVINCE, {AT: place("CN", "Fuijan")}, 'got "Fuijan"; did you mean "fujian"?'),
    (PROVINCE, {AT: place("CN", "Taiwan Sheng")}, 'got "Taiwan Sheng"; names are as in lines (see: '
                                                  'cnedge list lines)'),
    (LINE, {AT: {"line": "CN"}}, 'got "CN"; for codes of countries, the key is "country"'),
    (COUNTRY, {AT: {"country_code": "CN", "city": {"names": {"de": "x", "en": "y"}, "id": 7},
                    "list": [{"a": 1}, {"b": 2}], "none": {}}},
     'got "country.iso_code"; the first record has country_code, city.names.de, city.id, list.0.a, '
     'none'),
    (COUNTRY, {AT: {f"field_number_{i}": i for i in range(50)}},
     "; the first record has field_number_0, field_number_1, field_number_2, field_number_3, "
     "field_number_4, field_number_5, field_number_6, field_number_7, "
     "field_number_8, ...\n"),
    (PROVINCE, {AT: place("US", "CA")}, "/world/mmdb/0/province: expected a field that some record "
                                        "of the mainland has"),
    (LINE, {AT: {"line": "cn/shanghai/telecon"}}, "expected a line of this world at line, got "
     '"cn/shanghai/telecon"; did you mean "cn/shanghai/telecom"?'),
    (CARRIER, {AT: {"carrier": "ct"}},
     'expected a carrier such as "telecom" (or the key "carriers") at carrier, got "ct"'),
    (CARRIER, {AT: {"carrier": Typed("bool", True)}}, "expected a text or an integer at carrier"),
    (COUNTRY, {}, "expected a field that some record has"),
    ({"file": "x.mmdb", "country": "a.b.c.d.e.f.g.h.i"}, {AT: place("CN")},
     "expected at most 8 parts"),
    ({"file": "y.mmdb", "country": "country"}, {},
     "/world/mmdb/0/file: expected a readable file, got No such"),
]
for key, networks, want in REFUSED:
    with Folder({"x.mmdb": database(networks)}, extended(mmdb=[key])) as f:
        code, out, err = f.cnedge("check", "s.json")
        check.true(f"{want!r} in {err!r}", want in err and code in (3, 4) and not out)

many = {f"198.51.{i}.0/24": place(f"bad{i}") for i in range(100)}
with Folder({"x.mmdb": database(many)}, extended(mmdb=[COUNTRY])) as f:
    code, _, err = f.cnedge("check", "s.json")
    check.equal("twenty are told", (code, err.count("expected a country's")), (3, 20))
    check.true("and that reading stopped",
               err.endswith("\nand 1 more at least: reading stopped there\n"))
with Folder({"x.mmdb": database({n: place("bad") for n in many})}, extended(mmdb=[COUNTRY])) as f:
    _, _, err = f.cnedge("check", "s.json")
    check.equal("a record is told once", err.count("expected a country's"), 1)
with Folder({"x.mmdb": b"no such format" * 20}, extended(mmdb=[COUNTRY])) as f:
    check.true("no MaxMind DB", "x.mmdb: expected a MaxMind DB" in f.cnedge("check", "s.json")[2])
with Folder({}, extended(mmdb=[COUNTRY])) as f, tempfile.NamedTemporaryFile() as outside:
    outside.write(city)
    outside.flush()
    os.symlink(outside.name, f.path / "x.mmdb")
    check.true("a link that leaves the folder",
               "got a link that leaves it" in f.cnedge("check", "s.json")[2])

# Names as other vendors write them.
with Folder({"x.mmdb": database({"198.51.100.0/24": place("CN", "Inner Mongolia"),
                                 "198.51.101.0/24": place("CN", "Fujian")})},
            extended(mmdb=[PROVINCE])) as f:
    for address, line in {"198.51.100.1": "cn/inner-mongolia/other",
                          "198.51.101.1": "cn/fujian/other"}.items():
        check.equal(f"names in another spelling: {address}", f.line(address), line)

# Carriers of values that no record has are told, and are no error.
for carriers, want in (({"64500": "unicom", "64501": "mobile"}, ""), (
        {"64500": "unicom", "4837": "telecom", "9808": "mobile"},
        'warning: /world/mmdb/0/carriers: expected values that records of the mainland have at '
        'autonomous_system_number; 2 of 3 are in none, "4837" first')):
    with Folder(FILES, extended(mmdb=[{**ASN, "carriers": carriers}])) as f:
        code, _, err = f.cnedge("check", "s.json")
        check.equal("carriers are good", (code, "carriers" in err), (0, want != ""))
        check.true(f"told: {err!r}", want in err)

# IPv6 below /64: the widest network decides, and a warning says so.
with Folder({"x.mmdb": database({"2001:db8::/66": place("FR"), DEEP: place("DE"),
                                 "2001:db8:1::/80": place("JP"), "2001:db8:2::/64": place("KR")})},
            extended(mmdb=[COUNTRY])) as f:
    code, _, err = f.cnedge("check", "s.json")
    check.true(f"a warning: {err!r}", code == 0 and "x.mmdb: warning: 2001:db8::/64: expected "
               "networks of at most 64 bits in IPv6; in 2 /64, this one first" in err)
    for address, line in {"2001:db8::1": "de", "2001:db8:2::1": "kr"}.items():
        check.equal(f"below /64: {address}", f.line(address), line)

# --- many networks --------------------------------------------------------------------------------

def complete(depth, records):
    """All networks of a length, the i-th with record (i * i) % len(records): every one differs."""
    data, offsets = b"", []
    for record in records:
        offsets.append(len(data))
        data += encode(record)
    inner = (1 << depth) - 1
    tree = array.array("I", range(1, inner))
    tree.extend(inner + 16 + offsets[i * i % len(records)] for i in range(inner + 1))
    tree.byteswap()
    w = Writer(4, 32)
    return tree.tobytes() + bytes(16) + data + w.metadata(node_count=inner)


DEPTH, LINE_OF = 20, ["de", "us", "jp", "cn/hebei/mobile", "fr", "kr", "sg"]
records = [{"line": line, "city": {"geoname_id": n, "names": {"en": f"City {n}"}}}
           for n in range(5003) for line in [LINE_OF[n % len(LINE_OF)]]]
with Folder({"x.mmdb": complete(DEPTH, records)}, extended(mmdb=[LINE])) as f:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    with check.within("a million networks", 60):
        check.equal("a million networks", f.cnedge("check", "s.json")[0], 0)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    check.true(f"memory: {peak >> 10} MiB", SANITIZED or peak <= max(before, 200 << 10))
    for i in (0, 1, 2, 524287, 777777, (1 << DEPTH) - 1):
        address = str(ipaddress.ip_address((i << 12) + 77))
        check.equal(f"network {i}", f.line(address), LINE_OF[i * i % 5003 % len(LINE_OF)])

# --- damaged files: an error or the same lines, never a crash -------------------------------------

random.seed(1)
whole = database({AT: place("CN", "GD"), "2001:db8::/32": place("DE")}, ip_version=6,
                 record_size=28)
start = whole.index(b"country") - 8 if b"country" in whole else 0
flips = sorted(random.sample(range(start), 60)) + list(range(start, len(whole), 3))
with Folder({"x.mmdb": whole}, extended(mmdb=[PROVINCE])) as f:
    good = f.line("198.51.100.1")
    check.equal("undamaged", good, "cn/guangdong/other")
    for at in flips:
        damaged = bytearray(whole)
        damaged[at] ^= 1 << random.randrange(8)
        (f.path / "x.mmdb").write_bytes(damaged)
        code, _, err = f.cnedge("check", "s.json")
        check.true(f"byte {at}: exit {code} {err!r}",
                   code == 0 or (code in (3, 4) and "expected" in err))
    for length in range(0, len(whole), 97):
        (f.path / "x.mmdb").write_bytes(whole[:length])
        check.true(f"{length} bytes", f.cnedge("check", "s.json")[0] in (3, 4))
check.finish()
