# SPDX-License-Identifier: MIT
"""What the measurements share: building, the world that is served, servers that run and are stopped
by process id, the load generator, medians."""
import argparse
import contextlib
import functools
import json
import os
import pathlib
import random
import re
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from ipaddress import IPv4Address, IPv6Address

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "release"
PROGRAM = BUILD / "cnedge"
RIG = BUILD / "tools" / "rig"
SERVER_CORE, LOAD_CORE = 0, 1
PATIENCE_S = 600
SUBNETS = 4000


def build():
    """Builds the release preset, with the instruments."""
    for step in (["cmake", "--preset", "release", "-DCNEDGE_RIG=ON"],
                 ["cmake", "--build", "--preset", "release"]):
        subprocess.run(step, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def numbers(text):
    """The value of an option: numbers from 1 on, with commas between them."""
    values = text.split(",")
    if not all(v.isdecimal() and int(v) > 0 for v in values):
        raise argparse.ArgumentTypeError(f"expected numbers such as 1000,100000, got {text!r}")
    return [int(v) for v in values]


def some_of(names):
    """The type of an option that takes some of these names, with commas between them."""
    def read(text):
        for name in text.split(","):
            if name not in names:
                raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(names)}")
        return text.split(",")
    return read


def options(doc):
    """A parser for what the docstring of a module is about: "tools/bench NAME: what it does.",
    a paragraph, and more."""
    name, _, about = doc.partition(": ")
    about = " ".join(about.split("\n\n")[0].split())
    return argparse.ArgumentParser(prog=name, description=about[0].upper() + about[1:],
                                   formatter_class=argparse.ArgumentDefaultsHelpFormatter)


def add_rounds(parser):
    """The option for how many rounds there are."""
    parser.add_argument("--rounds", type=int, default=3,
                        help="how often each is measured, in turns")


def add_program(parser):
    """The option that names another program to measure."""
    parser.add_argument("--program", default=PROGRAM, type=lambda p: pathlib.Path(p).resolve(),
                        help="measure this cnedge instead of a release build")


def add_json(parser):
    """The option for a file that keeps each run."""
    parser.add_argument("--json", default="/dev/null", help="file to add each run to, a line each")


# --- what is served and asked --------------------------------------------------------------------

def domain(i):
    return f"d{i:06d}.example"


def world(sites, **changes):
    """A scenario but for its sites, which `write_world` adds: each with apex and www, 100 sites a
    holder."""
    doc = {"cnedge": 1, "name": f"{sites} sites", "start": "2026-01-01T00:00:00Z", "end": "+1d",
           "nameservers": ["ns1.dns.test", "ns2.dns.test"],
           "holders": [{"id": f"h{i}"} for i in range(max(1, sites // 100))]}
    doc.update(changes)
    return doc


def number(i):
    """Of a filing."""
    return f"京ICP备{i:08d}号-1"


@functools.lru_cache
def knows_portfolios(program):
    """Whether the program reads sites from CSV files."""
    schema = subprocess.run([program, "schema"], capture_output=True, check=True).stdout
    return b'"portfolios"' in schema


def write_world(path, program, sites, doc, holder_of=None):
    """Writes the scenario, its sites in a CSV file beside it if the program reads such.
    `holder_of`: the holders of some sites, by number."""
    holders = len(doc["holders"]) - len(set((holder_of or {}).values()))
    owners = ((holder_of or {}).get(i, f"h{i % holders}") for i in range(sites))
    if knows_portfolios(program):
        doc["portfolios"] = [{"file": path.with_suffix(".csv").name, "hosts": ["@", "www"]}]
        with open(path.with_suffix(".csv"), "w", encoding="utf-8") as f:
            f.write("domain,holder,filing_number\n")
            f.writelines(f"{domain(i)},{h},{number(i)}\n" for i, h in enumerate(owners))
    else:
        doc["filings"] = [{"id": f"f{i}", "holder": h, "number": number(i)}
                          for i, h in enumerate(owners)]
        doc["sites"] = [{"domain": domain(i), "filing": f"f{i}", "hosts": ["@", "www"]}
                        for i in range(sites)]
    path.write_text(json.dumps(doc, ensure_ascii=False), encoding="utf-8")
    return path


class Geo:
    """The program's own table of addresses, sim/data/geo.cne: ranges and their countries."""

    def __init__(self):
        data = (ROOT / "sim" / "data" / "geo.cne").read_bytes()
        n4, n6, records = struct.unpack_from("<3I", data, 8)
        at = 32
        starts4 = struct.unpack_from(f"<{n4}I", data, at)
        at += 4 * n4
        starts6 = struct.unpack_from(f"<{n6}Q", data, at)
        at += 8 * n6
        countries = [data[at + 12 * i:at + 12 * i + 2].decode() for i in range(records)]
        at += 12 * records
        values4 = struct.unpack_from(f"<{n4}H", data, at)
        values6 = struct.unpack_from(f"<{n6}H", data, at + 2 * n4)
        self.v4 = self.ranges(starts4, [countries[v] for v in values4], 1 << 32)
        self.v6 = self.ranges(starts6, [countries[v] for v in values6], 1 << 64)

    @staticmethod
    def ranges(starts, countries, end):
        return list(zip(starts, starts[1:] + (end,), countries))


def write_subnets(path, geo):
    """Client subnets, drawn with a fixed seed: half of them in China; 80 % IPv4 /24, the others
    IPv6 /56."""
    rng = random.Random(1)
    places = {}
    for family, ranges in ((4, geo.v4), (6, geo.v6)):
        for first, end, country in ranges:
            if country.isalpha() and country != "ZZ":
                places.setdefault((family, country == "CN"), []).append((first, end))
    lines = []
    for i in range(SUBNETS):
        family = 4 if i % 10 < 8 else 6
        first, end = rng.choice(places[family, i % 2 == 0])
        at = rng.randrange(first, end) & ~255
        lines.append(f"{IPv4Address(at)}/24" if family == 4 else f"{IPv6Address(at << 64)}/56")
    path.write_text("\n".join(lines) + "\n")
    return path


# --- servers -------------------------------------------------------------------------------------

class Server:
    """A server on loopback. Subclasses say how it is started and where it listens. `stop` ends it
    and what it has started."""
    name = "?"
    geography = True  # whether it looks at the client

    def __init__(self, folder, sites):
        self.folder, self.sites = pathlib.Path(folder), sites
        self.process, self.ports, self.loaded_s = None, {}, None

    def argv(self):
        raise NotImplementedError

    def ready(self):
        """Waits until it answers; sets `ports`: transport to number."""
        raise NotImplementedError

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        command = self.argv()
        begun = time.monotonic()
        with open(self.folder / f"{self.name}.log", "wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                            stdout=subprocess.PIPE, stderr=log,
                                            cwd=self.folder, start_new_session=True)
        try:
            self.ready()
        except BaseException:
            self.stop()
            raise
        self.loaded_s = time.monotonic() - begun

    def log(self):
        return (self.folder / f"{self.name}.log").read_text(errors="replace")[-1500:]

    def lines(self, pattern, count):
        """The first `count` lines of standard output, each matching `pattern`."""
        for _ in range(count):
            line = self.process.stdout.readline().decode()
            found = re.search(pattern, line)
            if not found:
                raise RuntimeError(f"{self.name} did not start: {line!r} {self.log()}")
            yield found

    def pids(self):
        """Its processes: those of the session that was made for it."""
        found = []
        for entry in os.scandir("/proc"):
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                fields = pathlib.Path(entry.path, "stat").read_text().rpartition(")")[2].split()
                if int(fields[3]) == self.process.pid and fields[0] != "Z":
                    found.append(int(entry.name))
        return sorted(found)

    def threads(self):
        return [int(t) for p in self.pids() for t in os.listdir(f"/proc/{p}/task")]

    def pin(self):
        for thread in self.threads():
            os.sched_setaffinity(thread, {SERVER_CORE})

    def real_time(self, on=True):
        for thread in self.threads():
            policy = os.SCHED_FIFO if on else os.SCHED_OTHER
            os.sched_setscheduler(thread, policy, os.sched_param(1 if on else 0))

    def memory(self):
        """Bytes: its share of what is in memory (PSS)."""
        total = 0
        for pid in self.pids():
            text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1]) * 1024
        return total

    def stop(self):
        if self.process is None:
            return
        for how in (signal.SIGTERM, signal.SIGKILL):
            for pid in self.pids():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, how)
            until = time.monotonic() + 20
            while self.pids() and time.monotonic() < until:
                self.process.poll()
                time.sleep(0.02)
        self.process.wait()
        self.process.stdout.close()
        self.process = None


class Floor(Server):
    """What the kernel lets one core do: receives and sends in batches, looks nothing up."""
    name, geography = "floor", False
    table = False

    def argv(self):
        return [RIG / "rig_floor", "--seconds", "7200",
                *(["--sites", str(self.sites)] if self.table else [])]

    def ready(self):
        self.ports["udp"] = int(next(self.lines(r":(\d+)$", 1))[1])


class FloorTable(Floor):
    """The same with a flat table of the names, a cache line each; no EDNS, no geography."""
    name, table = "floor-table", True


class Cnedge(Server):
    """The program itself; simulated time stands still, or runs from `run_from`."""
    name = "cnedge"
    program = PROGRAM
    run_from = None
    options = ()

    def scenario(self):
        path = self.folder / f"world-{self.sites}.json"
        if path.exists():
            return path
        return write_world(path, self.program, self.sites, world(self.sites))

    def argv(self):
        when = ["--from", self.run_from, "--speed", "1"] if self.run_from else ["--at", "start"]
        return [self.program, "serve", self.scenario(), *when, "--listen", "127.0.0.1:0",
                "--listen", "tls://127.0.0.1:0", "--metrics", "127.0.0.1:0", *self.options]

    def ready(self):
        for transports, line in zip(("udp tcp", "tls", "metrics"), self.lines(r":(\d+)[ /]", 3)):
            for transport in transports.split():
                self.ports[transport] = int(line[1])


# --- the load generator --------------------------------------------------------------------------

class Priority:
    """Whether this process may hand out real-time priority: asked once, told once."""
    allowed = None

    @classmethod
    def check(cls):
        if cls.allowed is None:
            try:
                os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
                os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
                cls.allowed = True
            except PermissionError:
                cls.allowed = False
                print("SCHED_FIFO is not permitted: whatever else runs here disturbs the figures",
                      file=sys.stderr)
        return cls.allowed


def set_session_nice(pid, nice):
    """Sets the nice value of a process's session. Where the kernel schedules by session (autogroup)
    only that counts against other sessions: SCHED_IDLE and a process's own nice value do not."""
    for wait_s in (0, 0.15):  # the kernel may want 0.1 s from one change to the next
        time.sleep(wait_s)
        with contextlib.suppress(OSError):
            pathlib.Path(f"/proc/{pid}/autogroup").write_text(str(nice))
            return


def session_nice():
    """That of this process."""
    with contextlib.suppress(OSError):
        return int(pathlib.Path("/proc/self/autogroup").read_text().split()[-1])
    return 0


@contextlib.contextmanager
def awake(seconds):
    """Both cores kept from halting, by what yields to everything else."""
    spinners = [subprocess.Popen([RIG / "rig_awake", str(core), str(seconds)],
                                 start_new_session=True) for core in (SERVER_CORE, LOAD_CORE)]
    try:
        for spinner in spinners:
            set_session_nice(spinner.pid, 19)
        yield
    finally:
        for spinner in spinners:
            spinner.kill()
            spinner.wait()


def load_argv(server, options):
    """The command of a load against the server."""
    mode = options[options.index("--mode") + 1] if "--mode" in options else "udp"
    return [RIG / "rig_load", "--port", str(server.ports[mode]), "--sites", str(server.sites),
            "--seed", str(random.getrandbits(40)), "--core", str(LOAD_CORE),
            "--pids", ",".join(map(str, server.pids())), *map(str, options)]


def set_real_time():
    """For the child that becomes the generator."""
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))


def load(server, options, real_time=True):
    """Runs the load generator on its core; what it reports."""
    done = subprocess.run(load_argv(server, options), capture_output=True, check=False,
                          timeout=PATIENCE_S,
                          preexec_fn=set_real_time if real_time and Priority.check() else None)
    if done.returncode != 0:
        raise RuntimeError(f"{server.name}: {done.stderr.decode()}")
    return json.loads(done.stdout)


# --- figures -------------------------------------------------------------------------------------

def spread(values, form="{:.0f}", unit=1):
    """Median (least..largest)."""
    values = [v / unit for v in values if v is not None]
    if not values:
        return "-"
    low, high = form.format(min(values)), form.format(max(values))
    middle = form.format(statistics.median(values))
    return middle if low == high else f"{middle} ({low}..{high})"


def table(head, rows):
    """Prints a table as Markdown, columns aligned."""
    rows = [head] + [[str(c) for c in row] for row in rows]
    width = [max(len(row[i]) for row in rows) for i in range(len(head))]
    rows.insert(1, ["-" * w for w in width])
    for row in rows:
        print("| " + " | ".join(c.ljust(w) for c, w in zip(row, width)) + " |")
    print(flush=True)


def machine():
    """A line about the machine, for whoever reads the figures later."""
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    kernel = os.uname().release
    busy = os.getloadavg()[0]
    return (f"{model[1] if model else '?'}, {os.cpu_count()} cores, Linux {kernel}, "
            f"load {busy:.1f} before")


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory(prefix="cnedge-bench-") as path:
        yield pathlib.Path(path)
