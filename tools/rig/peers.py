# SPDX-License-Identifier: MIT
"""Other servers with the same names, from Debian's packages, as far as they are installed.

Each has one thread for UDP, minimal answers, no rate limit. NSD and BIND do not look at Client
Subnet. The others tell two kinds of clients apart, in China and not, by the addresses that the
program has: less than the 150 lines that it tells apart itself. All share one zone text; what they
know of a site is its two host names and two pairs of addresses."""
import functools
import os
import pathlib
import shutil
import socket
import struct
import time

import common

CHINA, ELSEWHERE = ("192.0.2.10", "2001:db8:c::10"), ("198.51.100.10", "2001:db8:f::10")
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
START_S = 120
LINKS_MAX = 50000  # file systems allow 65,000 to a file


def zone(addresses):
    v4, v6 = addresses
    return ("$TTL 60\n@ SOA ns1.cdn.test. hostmaster.cdn.test. 1 3600 600 86400 60\n"
            "@ NS ns1.cdn.test.\n@ NS ns2.cdn.test.\n"
            f"@ A {v4}\n@ AAAA {v6}\nwww A {v4}\nwww AAAA {v6}\n")


def free_port():
    """A port that is free for both transports; somebody else may take it before its server does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        udp.bind(("127.0.0.1", 0))
        tcp.bind(udp.getsockname())
        return udp.getsockname()[1]


def answers(port, name):
    """Whether the server answers the name with records."""
    labels = b"".join(bytes([len(x)]) + x.encode() for x in name.split("."))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(0.05)
        s.connect(("127.0.0.1", port))
        try:
            s.send(bytes([7, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]) + labels + b"\0\0\1\0\1")
            answer = s.recv(4096)
        except OSError:
            return False
    return answer[3] & 15 == 0 and answer[7] > 0


class Peer(common.Server):
    """A server that somebody else wrote. `configure` writes its files and returns its command."""
    program = None
    sizes = 100000  # at most

    @classmethod
    def installed(cls):
        return shutil.which(cls.program, path=PATH) is not None

    def configure(self):
        raise NotImplementedError

    def put(self, name, text):
        path = self.home / name
        path.write_text(text)
        return path

    def argv(self):
        self.home = pathlib.Path(self.folder, self.name)
        self.home.mkdir(exist_ok=True)
        self.port = free_port()
        command = self.configure()
        return [shutil.which(self.program, path=PATH), *command]

    def ready(self):
        last = "www." + common.domain(self.sites - 1)
        until = time.monotonic() + START_S
        while not answers(self.port, last):
            if not self.pids() or time.monotonic() > until:
                raise RuntimeError(f"it does not answer: {self.log()}")
            self.process.poll()
            time.sleep(0.01)
        self.ports.update(udp=self.port, tcp=self.port)

    def domains(self):
        return map(common.domain, range(self.sites))


class Nsd(Peer):
    name, program, geography = "nsd", "nsd", False

    def configure(self):
        self.put("zone", zone(ELSEWHERE))
        zones = "".join(f"zone:\n  name: {d}\n  include-pattern: p\n" for d in self.domains())
        return ["-d", "-c", self.put("nsd.conf", f"""server:
  server-count: 1
  ip-address: 127.0.0.1@{self.port}
  username: ""
  database: ""
  zonesdir: "{self.home}"
  pidfile: "{self.home}/pid"
  xfrdfile: "{self.home}/xfrd.state"
  zonelistfile: "{self.home}/zone.list"
  xfrdir: "{self.home}"
  minimal-responses: yes
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
remote-control:
  control-enable: no
pattern:
  name: p
  zonefile: "zone"
""" + zones)]


class Knot(Peer):
    """mod-geoip by country; all sites are names of one zone, which is its fastest form."""
    name, program = "knot-geoip", "knotd"

    @classmethod
    def installed(cls):
        return super().installed() and any(
            pathlib.Path("/usr/lib").glob("*/knot/modules-*/geoip.so"))

    def configure(self):
        write_mmdb(self.home / "country.mmdb")
        self.put("example.zone", zone(ELSEWHERE))
        with open(self.home / "geo.conf", "w") as f:
            for d in self.domains():
                for name in (d, f"www.{d}"):
                    f.write(f"{name}:\n")
                    for key, (v4, v6) in (("CN", CHINA), ("*", ELSEWHERE)):
                        f.write(f'  - geo: "{key}"\n    A: {v4}\n    AAAA: {v6}\n')
        return ["-c", self.put("knot.conf", f"""server:
    rundir: "{self.home}"
    listen: 127.0.0.1@{self.port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    edns-client-subnet: on
log:
  - target: stderr
    any: warning
database:
    storage: "{self.home}"
mod-geoip:
  - id: g
    config-file: "{self.home}/geo.conf"
    ttl: 60
    mode: geodb
    geodb-file: "{self.home}/country.mmdb"
    geodb-key: country/iso_code
template:
  - id: default
    storage: "{self.home}"
    file: "%s.zone"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
zone:
  - domain: example
    module: mod-geoip/g
""")]


class Gdnsd(Peer):
    """plugin_geoip; all sites share one resource, since one each takes it minutes to load."""
    name, program = "gdnsd", "gdnsd"

    def configure(self):
        for folder in ("zones", "geoip"):
            (self.home / folder).mkdir(exist_ok=True)
        nets = "".join(f"{net} => [ cn, out ]\n" for net in prefixes())
        self.put("geoip/cn.nets", nets)
        one = self.put("zone", "@ 60 SOA ns1.cdn.test. hostmaster.cdn.test. 1 3600 600 86400 60\n"
                       "@ 60 NS ns1.cdn.test.\n@ 60 NS ns2.cdn.test.\n"
                       "@ 60 DYNA geoip!pop\nwww 60 DYNA geoip!pop\n")
        for i, d in enumerate(self.domains()):
            if i % LINKS_MAX == 0:
                one = self.put(f"zone{i}", one.read_text())
            os.link(one, self.home / "zones" / d)
        centre = ("{ addrs_v4 => { a => %s }, addrs_v6 => { a => %s } }")
        self.put("config", f"""options => {{
  listen => [ 127.0.0.1:{self.port} ]
  udp_threads => 1
  tcp_threads => 1
  run_dir => {self.home}
  state_dir => {self.home}
}}
plugins => {{ geoip => {{
  maps => {{ cn => {{ datacenters => [ out, cn ], nets => cn.nets }} }}
  resources => {{ pop => {{ map => cn, service_types => up,
    dcmap => {{ cn => {centre % CHINA}, out => {centre % ELSEWHERE} }} }} }}
}} }}
""")
        return ["-c", self.home, "start"]


class Pdns(Peer):
    """The geoip backend with its default caches."""
    name, program, sizes = "pdns-geoip", "pdns_server", 1000

    @classmethod
    def modules(cls):
        return next(pathlib.Path("/usr/lib").glob("*/pdns/libgeoipbackend.so"), None)

    @classmethod
    def installed(cls):
        return super().installed() and cls.modules() is not None

    def configure(self):
        write_mmdb(self.home / "country.mmdb")
        with open(self.home / "geo.yaml", "w") as f:
            f.write("domains:\n")
            for d in self.domains():
                services = f"['%cc.pop.{d}', 'default.pop.{d}']"
                f.write(f"- domain: {d}\n  ttl: 60\n  records:\n    {d}:\n"
                        "    - soa: ns1.cdn.test. hostmaster.cdn.test. 1 3600 600 86400 60\n"
                        "    - ns: ns1.cdn.test\n    - ns: ns2.cdn.test\n")
                for place, (v4, v6) in (("cn", CHINA), ("default", ELSEWHERE)):
                    f.write(f"    {place}.pop.{d}:\n    - a: {v4}\n    - aaaa: {v6}\n")
                f.write(f"  services:\n    {d}: {services}\n    www.{d}: {services}\n")
        self.put("pdns.conf", f"""launch=geoip
module-dir={self.modules().parent}
geoip-zones-file={self.home}/geo.yaml
geoip-database-files=mmdb:{self.home}/country.mmdb
edns-subnet-processing=yes
local-address=127.0.0.1
local-port={self.port}
receiver-threads=1
distributor-threads=1
socket-dir={self.home}
daemon=no
guardian=no
disable-syslog=yes
write-pid=no
loglevel=3
security-poll-suffix=
""")
        return [f"--config-dir={self.home}"]


class Named(Peer):
    """BIND with two views, by source address: it does not look at Client Subnet."""
    name, program, geography, sizes = "named", "named", False, 100000

    def configure(self):
        text = [f"""acl cn {{ 127.1.0.0/16; {" ".join(f"{p};" for p in prefixes())} }};
options {{
  directory "{self.home}";
  listen-on port {self.port} {{ 127.0.0.1; }};
  listen-on-v6 {{ none; }};
  pid-file "{self.home}/pid";
  session-keyfile "{self.home}/session.key";
  managed-keys-directory "{self.home}";
  recursion no;
  minimal-responses yes;
  notify no;
  dnssec-validation no;
}};
controls {{ }};
"""]
        for view, clients, addresses in (("cn", "cn", CHINA), ("out", "any", ELSEWHERE)):
            path = self.put(f"{view}.zone", zone(addresses))
            text.append(f"view {view} {{\n  match-clients {{ {clients}; }};\n")
            text += [f'  zone "{d}" {{ type primary; file "{path}"; }};\n'
                     for d in self.domains()]
            text.append("};\n")
        return ["-g", "-n", "1", "-U", "1", "-c", self.put("named.conf", "".join(text))]


PEERS = {c.name: c for c in (Nsd, Knot, Gdnsd, Pdns, Named)}


def choose(text, sites):
    """The classes that `text` names: all that are installed and can hold so many sites, none, or
    names with commas."""
    if text == "none":
        return []
    if text != "all":
        return [PEERS[name] for name in text.split(",")]
    return [c for c in PEERS.values() if c.installed() and sites <= c.sizes]


# --- where China is ------------------------------------------------------------------------------

def split(first, end):
    """The range as (network, bits behind the prefix)."""
    while first < end:
        size = first & -first if first else 1 << end.bit_length()
        while size > end - first:
            size >>= 1
        yield first, size.bit_length() - 1
        first += size


@functools.lru_cache
def chinese():
    """(family, network as a number, prefix length) of all Chinese addresses."""
    geo = common.Geo()
    found = [(4, net, 32 - bits) for first, end, country in geo.v4 if country == "CN"
             for net, bits in split(first, end)]
    return found + [(6, net << 64, 64 - bits) for first, end, country in geo.v6
                    if country == "CN" for net, bits in split(first, end)]


def prefixes():
    """The same as text."""
    for family, net, length in chinese():
        address = common.IPv4Address(net) if family == 4 else common.IPv6Address(net)
        yield f"{address}/{length}"


class Mmdb:
    """Writes a MaxMind DB: some addresses are in China, all others in another country."""

    def __init__(self):
        self.nodes = [[None, None]]

    def insert(self, net, length):
        """`net` has 128 bits. In a node, None: elsewhere; -1: in China; else the next node."""
        at = 0
        for i in range(length):
            node, side = self.nodes[at], net >> 127 - i & 1
            if i == length - 1:
                node[side] = -1
                return
            if node[side] is None:
                node[side] = len(self.nodes)
                self.nodes.append([None, None])
            at = node[side]

    @classmethod
    def encode(cls, value):
        if isinstance(value, str):
            long = [len(value)] if len(value) < 29 else [29, len(value) - 29]
            return bytes([2 << 5 | long[0], *long[1:]]) + value.encode()
        if isinstance(value, dict):
            return bytes([7 << 5 | len(value)]) + b"".join(
                cls.encode(k) + cls.encode(v) for k, v in value.items())
        if isinstance(value, list):
            return bytes([len(value), 11 - 7]) + b"".join(map(cls.encode, value))
        kind, number = value
        data = number.to_bytes((number.bit_length() + 7) // 8, "big")
        head = [kind << 5 | len(data)] if kind < 8 else [len(data), kind - 7]
        return bytes(head) + data

    def write(self, path):
        count = len(self.nodes)
        known, rest = (self.encode({"continent": {"code": c}, "country": {"iso_code": i}})
                       for c, i in (("AS", "CN"), ("NA", "US")))
        value = {-1: count + 16, None: count + 16 + len(known)}
        out = bytearray()
        for node in self.nodes:
            left, right = (value.get(x, x) for x in node)
            out += struct.pack(">I", left)[1:] + bytes([left >> 24 << 4 | right >> 24])
            out += struct.pack(">I", right)[1:]
        about = {"node_count": (6, count), "record_size": (5, 28), "ip_version": (5, 6),
                 "database_type": "GeoLite2-Country", "languages": ["en"],
                 "binary_format_major_version": (5, 2), "binary_format_minor_version": (5, 0),
                 "build_epoch": (9, 1750000000), "description": {"en": "China"}}
        path.write_bytes(out + bytes(16) + known + rest + b"\xab\xcd\xefMaxMind.com" +
                         self.encode(about))


def write_mmdb(path):
    tree = Mmdb()
    for family, net, length in sorted(chinese(), key=lambda p: p[2]):
        tree.insert(net, length + (96 if family == 4 else 0))
    tree.write(path)
