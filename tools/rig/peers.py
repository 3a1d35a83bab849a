# SPDX-License-Identifier: MIT
"""Other servers with the same names, from Debian's packages, as far as they are installed.

Each has one thread for UDP, minimal answers, no rate limit. NSD and BIND do not look at Client
Subnet. The others tell two kinds of clients apart, in China and not, by the addresses that the
program has: less than the 150 lines that it tells apart itself. All share one zone text; what they
know of a site is its two host names and two pairs of addresses. One site, `alone`, has a zone file
of its own where there are such, so that it can be changed without the others."""
import base64
import ipaddress
import os
import pathlib
import shutil
import socket
import struct
import sys
import time
import typing

import common
from china import prefixes, write_mmdb

CHINA, ELSEWHERE = ("192.0.2.10", "2001:db8:c::10"), ("198.51.100.10", "2001:db8:f::10")
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
START_S = 300
LINKS_MAX = 50000  # file systems allow 65,000 to a file
ONE, ALL = "one name", "all names"


def zone(addresses, serial=1):
    v4, v6 = addresses
    return (f"$TTL 60\n@ SOA ns1.cdn.test. hostmaster.cdn.test. {serial} 3600 600 86400 60\n"
            "@ NS ns1.cdn.test.\n@ NS ns2.cdn.test.\n"
            f"@ A {v4}\n@ AAAA {v6}\nwww A {v4}\nwww AAAA {v6}\n")


def free_port():
    """A port that is free for both transports; somebody else may take it before its server does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        udp.bind(("127.0.0.1", 0))
        tcp.bind(udp.getsockname())
        return udp.getsockname()[1]


def client_subnet(text):
    """The additional record that names the network a query is from."""
    net = ipaddress.ip_network(text)
    address = net.network_address.packed[:(net.prefixlen + 7) // 8]
    option = struct.pack(">HBB", 1 if net.version == 4 else 2, net.prefixlen, 0) + address
    return struct.pack(">BHHIHHH", 0, 41, 1232, 0, 4 + len(option), 8, len(option)) + option


def ask(port, name, subnet=None):
    """The answer to a query for A, without its ID; empty when none comes soon."""
    labels = b"".join(bytes([len(x)]) + x.encode() for x in name.split("."))
    more = client_subnet(subnet) if subnet else b""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(0.05)
        s.connect(("127.0.0.1", port))
        try:
            head = struct.pack(">6H", 0x707, 0, 1, 0, 0, bool(more))
            s.send(head + labels + b"\0\0\1\0\1" + more)
            return s.recv(4096)[2:]
        except OSError:
            return b""


def answers(port, name):
    """Whether the server answers the name with records."""
    answer = ask(port, name)
    return len(answer) > 5 and answer[1] & 15 == 0 and answer[5] > 0


class Way(typing.NamedTuple):
    """How an operator changes what is answered."""
    what: str  # ONE or ALL
    by: str  # the command, for people
    command: list
    write: typing.Callable  # writes what the operator has edited before
    watch: list  # numbers of the sites whose answer is to change


class Peer(common.Server):
    """A server that somebody else wrote. `configure` writes its files and returns its command."""
    program = None
    sizes = 100000  # at most

    def __init__(self, folder, sites):
        super().__init__(folder, sites)
        self.alone, self.home, self.port = sites // 3, None, None
        self.given, self.serial = {ONE: None, ALL: None}, 1

    @classmethod
    def installed(cls):
        return shutil.which(cls.program, path=PATH) is not None

    def configure(self):
        raise NotImplementedError

    def ways(self):
        """Each `Way` to change it."""
        raise NotImplementedError

    def write_one(self):
        """Writes what says how `alone` is answered; `write_all`: that, and how the others are."""
        raise NotImplementedError

    def write_all(self):
        self.write_one()

    def way_one(self, by, *command):
        return Way(ONE, by, self.tool(command), self.write_one, [self.alone])

    def way_all(self, by, *command):
        return Way(ALL, by, self.tool(command), self.write_all, self.spread())

    def spread(self):
        """The first site, one in the middle, the last."""
        return [0, self.sites // 2, self.sites - 1]

    @staticmethod
    def tool(command):
        return [shutil.which(command[0], path=PATH), *map(str, command[1:])]

    def prepare(self, way, addresses):
        """Edits the files; the command of the way makes the server see it."""
        self.serial += 1
        self.given[ONE] = addresses
        if way.what == ALL:
            self.given[ALL] = addresses
        way.write()

    def addresses(self, i, usual):
        """What site `i` is answered with: what an operator gave it, or the usual."""
        return self.given[ONE if i == self.alone else ALL] or usual

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


class ZoneFiles(Peer):
    """A server of zone files: one for all sites but `alone`, which has its own."""

    def write_one(self):
        self.put("one.zone", zone(self.given[ONE] or ELSEWHERE, self.serial))

    def write_all(self):
        self.write_one()
        self.put("all.zone", zone(self.given[ALL] or ELSEWHERE, self.serial))

    def zone_files(self):
        """(domain, its file)"""
        for i, d in enumerate(self.domains()):
            yield d, self.home / ("one.zone" if i == self.alone else "all.zone")


class Nsd(ZoneFiles):
    name, program, geography = "nsd", "nsd", False

    def configure(self):
        self.write_all()
        zones = "".join(f"zone:\n  name: {d}\n  zonefile: \"{path}\"\n"
                        for d, path in self.zone_files())
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
  control-enable: yes
  control-interface: {self.home}/control
""" + zones)]

    def ways(self):
        control = ("nsd-control", "-c", self.home / "nsd.conf", "reload")
        yield self.way_one("nsd-control reload ZONE", *control, common.domain(self.alone))
        yield self.way_all("nsd-control reload", *control)


KNOT = """server:
    rundir: "{home}"
    listen: 127.0.0.1@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    edns-client-subnet: on
control:
    listen: "{home}/knot.sock"
log:
  - target: stderr
    any: warning
database:
    storage: "{home}"
{modules}template:
  - id: default
    storage: "{home}"
    file: "{file}"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
zone:
"""


class Knot(ZoneFiles):
    """Without its geoip module: a zone a site."""
    name, program, geography = "knot", "knotd", False

    def configure(self):
        self.write_all()
        text = KNOT.format(home=self.home, port=self.port, modules="", file="all.zone")
        zones = "".join(f"  - domain: {d}\n    file: \"{path}\"\n"
                        for d, path in self.zone_files())
        return ["-c", self.put("knot.conf", text + zones)]

    def knotc(self, *command):
        return ("knotc", "-t", "300", "-s", self.home / "knot.sock", *command)

    def write_script(self):
        site = common.domain(self.alone + 1)
        self.put("script", f"zone-begin {site}\nzone-unset {site} @ A\n"
                 f"zone-set {site} @ 60 A {self.given[ONE][0]}\nzone-commit {site}\n")

    def ways(self):
        yield self.way_one("knotc zone-reload ZONE",
                           *self.knotc("zone-reload", common.domain(self.alone)))
        yield Way(ONE, "knotc zone-begin, -unset, -set, -commit",
                  ["sh", "-c", 'exec "$@" < script', "sh", *self.tool(self.knotc())],
                  self.write_script, [self.alone + 1])
        yield self.way_all("knotc zone-reload", *self.knotc("zone-reload"))


class KnotGeo(Knot):
    """mod-geoip by country; all sites are names of one zone, which is its fastest form."""
    name, geography = "knot-geoip", True

    @classmethod
    def installed(cls):
        return super().installed() and any(
            pathlib.Path("/usr/lib").glob("*/knot/modules-*/geoip.so"))

    def write_one(self):
        with open(self.home / "geo.conf", "w") as f:
            for i, d in enumerate(self.domains()):
                for name in (d, f"www.{d}"):
                    f.write(f"{name}:\n")
                    for key, usual in (("CN", CHINA), ("*", ELSEWHERE)):
                        v4, v6 = self.addresses(i, usual)
                        f.write(f'  - geo: "{key}"\n    A: {v4}\n    AAAA: {v6}\n')

    def write_all(self):
        self.write_one()

    def configure(self):
        write_mmdb(self.home / "country.mmdb")
        self.put("example.zone", zone(ELSEWHERE))
        self.write_all()
        module = f"""mod-geoip:
  - id: g
    config-file: "{self.home}/geo.conf"
    ttl: 60
    mode: geodb
    geodb-file: "{self.home}/country.mmdb"
    geodb-key: country/iso_code
"""
        text = KNOT.format(home=self.home, port=self.port, modules=module, file="%s.zone")
        return ["-c", self.put("knot.conf",
                               text + "  - domain: example\n    module: mod-geoip/g\n")]

    def ways(self):
        yield self.way_one("knotc reload", *self.knotc("reload"))
        yield self.way_all("knotc reload", *self.knotc("reload"))


class Gdnsd(Peer):
    """plugin_geoip; all sites but one share a resource, since one each takes it minutes to load."""
    name, program = "gdnsd", "gdnsd"

    def __init__(self, folder, sites):
        super().__init__(folder, sites)
        self.down = set()  # resources whose Chinese data centre an operator has taken down

    def zone(self, data):
        return (f"@ 60 SOA ns1.cdn.test. hostmaster.cdn.test. {self.serial} 3600 600 86400 60\n"
                f"@ 60 NS ns1.cdn.test.\n@ 60 NS ns2.cdn.test.\n@ 60 {data}\nwww 60 {data}\n")

    def write_one(self):
        """A new file: the others are links to the old one."""
        new = self.put("new", self.zone(f"A {self.given[ONE][0]}"))
        new.rename(self.home / "zones" / common.domain(self.alone))

    def write_zones(self):
        one = self.put("zone", self.zone("DYNA geoip!pop"))
        for i, d in enumerate(self.domains()):
            if i % LINKS_MAX == 0:
                one = self.put(f"zone{i}", one.read_text())
            os.link(one, self.home / "zones" / d)
        own = self.put("own", self.zone("DYNA geoip!own"))
        own.rename(self.home / "zones" / common.domain(self.alone + 1))

    def configure(self):
        for folder in ("zones", "geoip"):
            (self.home / folder).mkdir(exist_ok=True)
        nets = "".join(f"{net} => [ cn, out ]\n" for net in prefixes())
        self.put("geoip/cn.nets", nets)
        self.write_zones()
        centre = "{ addrs_v4 => { a => %s }, addrs_v6 => { a => %s } }"
        resource = ("{ map => cn, service_types => up, "
                    f"dcmap => {{ cn => {centre % CHINA}, out => {centre % ELSEWHERE} }} }}")
        self.put("config", f"""options => {{
  listen => [ 127.0.0.1:{self.port} ]
  udp_threads => 1
  tcp_threads => 1
  run_dir => {self.home}
  state_dir => {self.home}
}}
plugins => {{ geoip => {{
  maps => {{ cn => {{ datacenters => [ out, cn ], nets => cn.nets }} }}
  resources => {{
    pop => {resource}
    own => {resource}
  }}
}} }}
""")
        return ["-c", self.home, "start"]

    def taking_down(self, what, resource, watch):
        """A way: the file of states says that the resource has no Chinese data centre, or, the
        next time, no longer says so."""
        def write():
            self.down ^= {resource}
            self.put("state", "".join(f"geoip/{r}/cn => DOWN\n" for r in sorted(self.down)))
        return Way(what, "admin_state: its data centre is down",
                   self.tool(("mv", self.home / "state", self.home / "admin_state")), write, watch)

    def ways(self):
        yield self.way_one("gdnsdctl reload-zones",
                           "gdnsdctl", "-t", "300", "-c", self.home, "reload-zones")
        yield self.taking_down(ONE, "own", [self.alone + 1])
        yield self.taking_down(ALL, "pop", self.spread())


class Pdns(Peer):
    """The geoip backend with its default caches."""
    name, program, sizes = "pdns-geoip", "pdns_server", 1000

    @classmethod
    def modules(cls):
        return next(pathlib.Path("/usr/lib").glob("*/pdns/libgeoipbackend.so"), None)

    @classmethod
    def installed(cls):
        return super().installed() and cls.modules() is not None

    def write_one(self):
        with open(self.home / "geo.yaml", "w") as f:
            f.write("domains:\n")
            for i, d in enumerate(self.domains()):
                services = f"['%cc.pop.{d}', 'default.pop.{d}']"
                f.write(f"- domain: {d}\n  ttl: 60\n  records:\n    {d}:\n"
                        "    - soa: ns1.cdn.test. hostmaster.cdn.test. 1 3600 600 86400 60\n"
                        "    - ns: ns1.cdn.test\n    - ns: ns2.cdn.test\n")
                for place, usual in (("cn", CHINA), ("default", ELSEWHERE)):
                    v4, v6 = self.addresses(i, usual)
                    f.write(f"    {place}.pop.{d}:\n    - a: {v4}\n    - aaaa: {v6}\n")
                f.write(f"  services:\n    {d}: {services}\n    www.{d}: {services}\n")

    def configure(self):
        write_mmdb(self.home / "country.mmdb")
        self.write_all()
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

    def ways(self):
        control = ("pdns_control", f"--socket-dir={self.home}", "rediscover")
        yield self.way_one("pdns_control rediscover", *control)
        yield self.way_all("pdns_control rediscover", *control)


class Named(ZoneFiles):
    """BIND with two views, by source address: it does not look at Client Subnet. What changes is
    what is answered out of China."""
    name, program, geography, sizes = "named", "named", False, 100000

    def control(self):
        """How rndc reaches it: lines of named.conf."""
        port = free_port()
        key = ('key k { algorithm hmac-sha256; secret "'
               f'{base64.b64encode(os.urandom(32)).decode()}"; }};\n')
        self.put("rndc.conf", key + "options { default-server 127.0.0.1; default-key k; "
                 f"default-port {port}; }};\n")
        return (f"{key}controls {{ inet 127.0.0.1 port {port} "
                "allow { 127.0.0.1; } keys { k; }; };\n")

    def configure(self):
        self.write_all()
        china = self.put("cn.zone", zone(CHINA))
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
logging {{ channel c {{ stderr; severity warning; }}; category default {{ c; }}; }};
{self.control()}"""]
        for view, clients, files in (("cn", "cn", ((d, china) for d in self.domains())),
                                     ("out", "any", self.zone_files())):
            text.append(f"view {view} {{\n  match-clients {{ {clients}; }};\n")
            text += [f'  zone "{d}" {{ type primary; file "{path}"; }};\n' for d, path in files]
            text.append("};\n")
        return ["-g", "-n", "1", "-U", "1", "-c", self.put("named.conf", "".join(text))]

    def ways(self):
        rndc = ("rndc", "-c", self.home / "rndc.conf", "reload")
        yield self.way_one("rndc reload ZONE", *rndc, common.domain(self.alone), "IN", "out")
        yield self.way_all("rndc reload", *rndc)


PEERS = {c.name: c for c in (Nsd, Knot, KnotGeo, Gdnsd, Pdns, Named)}


def why_not(cls, sites):
    """Why this peer cannot take part; empty: it can."""
    if not cls.installed():
        return "not installed"
    return f"at most {cls.sizes:,} sites" if sites > cls.sizes else ""


def choose(text, sites):
    """The classes that `text` names: none, all, or names with commas. Prints which of them are left
    out: what is not installed, or cannot hold so many sites."""
    names = {"none": [], "all": list(PEERS)}.get(text, text.split(","))
    unknown = [name for name in names if name not in PEERS]
    if unknown:
        sys.exit(f"--peers: {', '.join(unknown)}: none of {', '.join(PEERS)}")
    reasons = {name: why_not(PEERS[name], sites) for name in names}
    for name, reason in reasons.items():
        if reason:
            print(f"{name} is left out: {reason}")
    return [PEERS[name] for name in names if not reasons[name]]


def add_option(parser):
    """The option that `choose` reads."""
    parser.add_argument("--peers", default="all",
                        help=f"other servers beside it: all, none, or names: {', '.join(PEERS)}")
