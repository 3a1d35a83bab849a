# SPDX-License-Identifier: MIT
"""An export, the server that it is for, and who asks them."""
import json
import os
import pathlib
import select
import socket
import struct
import subprocess
import tempfile

from _lib import CNEDGE, need, wait_for, name_bytes, ecs_option

START_S = 300  # for BIND to load a hundred views beside others
A, NS, CNAME, SOA, MX, TXT, AAAA, SRV, DNAME, HTTPS = 1, 2, 5, 6, 15, 16, 28, 33, 39, 65
COMMANDS = {
    "knot": lambda d: [need("knotd"), "-c", f"{d}/knot.conf"],
    "gdnsd": lambda d: [need("gdnsd"), "-c", d, "start"],
    "pdns": lambda d: [need("pdns_server"), f"--config-dir={d}"],
    "bind": lambda d: [need("named"), "-g", "-n", "1", "-c", f"{d}/named.conf"],
}


def export(path, form, out, at="+0s", address=("127.0.0.1", 5300)):
    """Runs `cnedge export`; its exit code, output and messages."""
    done = subprocess.run([CNEDGE, "export", form, str(path), "--at", at, "--out", str(out),
                           "--listen", "{}:{}".format(*address)], capture_output=True, text=True,
                          check=False)
    return done.returncode, done.stdout, done.stderr


def lines(out):
    """The rows of lines.tsv: line, group, prefix of each family or None."""
    rows = [r.split("\t") for r in pathlib.Path(out, "lines.tsv").read_text().splitlines()[1:]]
    return [(n, g, None if v4 == "-" else v4, None if v6 == "-" else v6) for n, g, v4, v6 in rows]


def client(prefix):
    """An ECS prefix inside of `prefix`, as long as resolvers send them."""
    address, bits = prefix.split("/")
    longest = 56 if ":" in address else 24
    return f"{address}/{max(int(bits), longest)}"


def message(ident, name, qtype, ecs=None):
    out = struct.pack("!HHHHHH", ident, 0, 1, 0, 0, 1 if ecs else 0)
    out += name_bytes(name) + struct.pack("!HH", qtype, 1)
    if ecs:
        option = ecs_option(ecs)
        out += b"\0" + struct.pack("!HHIH", 41, 4096, 0, len(option)) + option
    return out


def skip(data, at):
    while data[at]:
        if data[at] >= 0xC0:
            return at + 2
        at += data[at] + 1
    return at + 1


def name_at(data, at):
    """A name, compressed or not, as text in lower case."""
    out = []
    while data[at]:
        if data[at] >= 0xC0:
            at = (data[at] & 0x3F) << 8 | data[at + 1]
        else:
            out.append(data[at + 1:at + 1 + data[at]].decode().lower())
            at += 1 + data[at]
    return ".".join(out)


def read(data):
    """What an answer says: rcode, the set of (type, TTL, data) in its answer section, and where its
    aliases lead when nothing stands there, else None."""
    _, flags, questions, answers, _, _ = struct.unpack_from("!HHHHHH", data)
    at, out, leads, has = 12, set(), None, set()
    for _ in range(questions):
        at = skip(data, at) + 4
    for _ in range(answers):
        owner, at = name_at(data, at), skip(data, at)
        rtype, _, ttl, length = struct.unpack_from("!HHIH", data, at)
        at += 10
        rdata = data[at:at + length]
        if rtype in (NS, CNAME, DNAME):
            rdata = name_at(data, at)
        if rtype == CNAME:
            leads = rdata
        if rtype != SOA:  # serials differ from server to server
            out.add((rtype, ttl, rdata))
        has.add((owner, rtype))
        at += length
    if leads is not None and any(o == leads for o, _ in has):
        leads = None
    return flags & 15, frozenset(out), leads


def follow(address, questions, source=None):
    """What a resolver ends with: servers that do not go from zone to zone themselves are asked for
    what their aliases lead to."""
    out = ask_all(address, questions, source)
    for _ in range(8):
        open_ = [i for i, a in enumerate(out) if a and a[2] and questions[i][1] != CNAME]
        more = ask_all(address, [(out[i][2], *questions[i][1:]) for i in open_], source)
        for i, a in zip(open_, more):
            ours = a is not None and a[0] in (0, 3)  # else: a zone of somebody else
            out[i] = (a[0], out[i][1] | a[1], a[2]) if ours else (*out[i][:2], None)
        if not open_:
            break
    return [a and a[:2] for a in out]


def ask_all(address, questions, source=None):
    """Answers to (name, type, ecs) in their order, a window of them under way; None for those that
    have none after several tries."""
    out = [None] * len(questions)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        if source:
            s.bind((source, 0))
        s.connect(address)
        for begin in range(0, len(questions), 64):
            open_ = set(range(begin, min(begin + 64, len(questions))))
            for _ in range(10):
                for i in open_:
                    s.send(message(i & 0xFFFF, *questions[i]))
                while open_ and select.select([s], [], [], 2)[0]:
                    data = s.recv(65535)
                    ident = struct.unpack_from("!H", data)[0]
                    for i in [i for i in open_ if i & 0xFFFF == ident]:
                        out[i] = read(data)
                        open_.remove(i)
                if not open_:
                    break
    return out


class Peer:
    """Another server on an export."""

    def __init__(self, form, out, address, name):
        self.log = open(pathlib.Path(out, "log"), "w+b")
        env = dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")
        self.process = subprocess.Popen(COMMANDS[form](str(out)), stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log, cwd=out, env=env)
        self.address = address
        if not wait_for(lambda: self.process.poll() is not None or self.answers(name), START_S):
            raise SystemExit(f"{form} does not answer: {self.text()}")
        if self.process.poll() is not None:
            raise SystemExit(f"{form} ended: {self.text()}")

    def text(self):
        return pathlib.Path(self.log.name).read_text(errors="replace")

    def answers(self, name):
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                s.settimeout(2)
                s.connect(self.address)
                s.send(message(1, name, SOA))
                return s.recv(4096)[3] & 15 == 0
        except OSError:
            return False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is not None:
            raise SystemExit(f"{self.process.args} ended: {self.text()}")
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


class Cnedge:
    """`cnedge serve` on a scenario file at one instant, which stays."""

    def __init__(self, path, at):
        self.err = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [CNEDGE, "serve", str(path), "--at", at, "--listen", "127.0.0.1:0"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.err)
        line = self.process.stdout.readline().decode()
        self.address = ("127.0.0.1", int(line.split()[2].rsplit(":", 1)[1]))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        code = self.process.wait()
        self.err.seek(0)
        said = self.err.read().decode()
        self.process.stdout.close()
        self.err.close()
        if code != 0:
            raise SystemExit(f"cnedge ended with {code}: {said}")


def hosts_of(path):
    """The names of the hosts in a scenario file."""
    out = []
    for site in json.loads(pathlib.Path(path).read_text()).get("sites", []):
        for h in site.get("hosts", []):
            h = h["name"] if isinstance(h, dict) else h
            out.append(site["domain"] if h == "@" else f"{h}.{site['domain']}")
    return out
