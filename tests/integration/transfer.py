#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Zone transfers with TSIG: dig, kdig, Knot and NSD as secondaries mirror a zone as the key's line
sees it; everybody else is refused. Signatures are checked by those clients, and made here to be
wrong in every way that RFC 8945 names."""
import base64
import hashlib
import hmac
import json
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

from _lib import (CNEDGE, Checks, Server, ask, connect, framed, name_bytes, need, query,
                  read_exactly, run, scenario, wait_for)

DIG, KDIG, KNOT, NSD = need("dig"), need("kdig"), need("knotd"), need("nsd")
check = Checks()

SECRET = base64.b64encode(b"a secret of thirty-two bytes ...").decode()
OTHER = base64.b64encode(b"another of at least sixteen").decode()
KEYS = (f"# who may mirror, and as whom\n\nmirror hmac-sha256 {SECRET} cn/shanghai/telecom\n"
        f"abroad. hmac-sha256 {OTHER} us\n")
MANY = 3000
ZONE = ("$TTL 3600\n@ SOA ns1 hostmaster 7 7200 600 1209600 300\n@ NS ns1\n@ MX 10 mail\n"
        "ns1 A 192.0.2.53\nmail A 192.0.2.25\n*.dev A 192.0.2.80\nblog CNAME www\n"
        "lab NS ns.lab\nns.lab A 192.0.2.54\nold DNAME elsewhere.test.\n"
        "www HTTPS 1 . alpn=h2 ipv4hint=auto ipv6hint=auto\n"
        + "".join(f"record-number-{n} TXT \"{n} {'x' * 60}\"\n" for n in range(MANY)))
DOC = scenario(sites=[
    {"domain": "shop.example", "filing": "f1", "hosts": ["@", "www", "a.b.deep"],
     "zone": "shop.zone"},
    {"domain": "plain.example", "filing": "f2", "hosts": [
        "www", {"name": "cdn", "cname": "www.plain.example"}, {"name": "t", "txt": ["hello"]}]},
    {"domain": "lapsed.example", "filing": "f3", "hosts": ["www"]}],
    events=[{"at": "+1m", "do": "domain_expire", "site": "lapsed.example"}],
    filings=[{"id": "f1", "holder": "shop-ltd", "number": "ICP 2026000001-1"},
             {"id": "f2", "holder": "shop-ltd", "number": "ICP 2026000001-2"},
             {"id": "f3", "holder": "shop-ltd", "number": "ICP 2026000001-3"}])

folder = pathlib.Path(tempfile.mkdtemp(prefix="cnedge-transfer-"))
keys = folder / "keys"
keys.write_text(KEYS)
keys.chmod(0o600)


def dig(server, zone, *args, key="mirror", secret=SECRET):
    signed = ["-y", f"hmac-sha256:{key}:{secret}"] if key else []
    return run(DIG, "@127.0.0.1", "-p", str(server.address[1]), zone, *args, *signed)


def records(text):
    """The records that dig shows, without its remarks."""
    return [re.sub(r"\s+", " ", r) for r in text.splitlines() if r and r[0] not in ";"
            and "TSIG" not in r]


# --- signatures by hand -------------------------------------------------------------------------

def tsig(message, when=None, secret=SECRET, key="mirror", mac_len=32, algorithm="hmac-sha256"):
    """The message with a TSIG record."""
    when = int(time.time()) if when is None else when
    times = struct.pack("!HIH", when >> 32, when & 0xFFFFFFFF, 300)
    variables = (name_bytes(key) + struct.pack("!HI", 255, 0) + name_bytes(algorithm) + times
                 + struct.pack("!HH", 0, 0))
    mac = hmac.new(base64.b64decode(secret), message + variables, hashlib.sha256).digest()
    mac = (mac + bytes(32))[:mac_len]
    data = (name_bytes(algorithm) + times + struct.pack("!H", mac_len) + mac + message[:2]
            + struct.pack("!HH", 0, 0))
    count = struct.unpack_from("!H", message, 10)[0] + 1
    return (message[:10] + struct.pack("!H", count) + message[12:] + name_bytes(key)
            + struct.pack("!HHIH", 250, 255, 0, len(data)) + data)


def question(name, qtype, ident=0x4321):
    return struct.pack("!HHHHHH", ident, 0, 1, 0, 0, 0) + name_bytes(name) + struct.pack(
        "!HH", qtype, 1)


def with_opt(message):
    """The message with an OPT record behind its question."""
    return message[:10] + b"\0\1" + message[12:] + b"\0" + struct.pack("!HHIH", 41, 1232, 0, 0)


def over_tcp(server, message):
    with connect(server.address) as s:
        s.sendall(framed(message))
        return read_exactly(s, struct.unpack("!H", read_exactly(s, 2))[0])


def told(what, data, rcode, code, words):
    """Whether an answer carries this rcode and this Extended DNS Error."""
    option = struct.pack("!HHH", 15, 2 + len(words), code) + words.encode()
    check.true(f"RFC8914.2 {what}: expected rcode {rcode}, {code} {words!r}: {data!r}",
               data[3] & 15 == rcode and option in data)


def outcome(server, message):
    """Rcode and TSIG error of the answer over TCP, and whether that is signed."""
    data = over_tcp(server, message)
    rcode = data[3] & 15
    at = data.rfind(b"\x0bhmac-sha256\0")
    if at < 0:
        return rcode, None, False
    mac_len = struct.unpack_from("!H", data, at + 13 + 8)[0]
    return rcode, struct.unpack_from("!H", data, at + 13 + 10 + mac_len + 2)[0], mac_len > 0


AXFR = 252


def refusals(server):
    asked = question("shop.example", AXFR)
    now = int(time.time())
    rows = [
        ("unsigned", asked, (5, None, False)),
        ("RFC8945.5.2.1 another key", tsig(asked, key="nobody"), (9, 17, False)),
        ("RFC8945.5.2.1 another algorithm", tsig(asked, algorithm="hmac-sha512"), (9, None, False)),
        ("RFC8945.5.2.2 a wrong signature", tsig(asked, secret=OTHER), (9, 16, False)),
        ("RFC8945.5.2.3 too old", tsig(asked, when=now - 400), (9, 18, True)),
        ("RFC8945.5.2.3 from the future", tsig(asked, when=now + 400), (9, 18, True)),
        ("RFC8945.5.2.3 in time", tsig(question("www.shop.example", 1), when=now - 200),
         (0, 0, True)),
        ("RFC8945.5.2.4 truncated", tsig(asked, mac_len=16), (9, 22, True)),
        ("RFC8945.5.2.2.1 too short", tsig(asked, mac_len=15), (1, None, False)),
        ("RFC8945.5.2.2.1 too long", tsig(asked, mac_len=33), (1, None, False)),
        ("RFC5936.2.2.1 no zone of ours", tsig(question("other.example", AXFR)), (9, 0, True)),
        ("RFC5936.2.2.1 no apex", tsig(question("www.shop.example", AXFR)), (9, 0, True)),
        ("a type that is refused", tsig(question("other.example", 1)), (5, 0, True)),
    ]
    for what, message, want in rows:
        check.equal(what, outcome(server, message), want)
    udp = ask(server.address, tsig(asked))
    check.equal("RFC5936.4.2 AXFR over UDP", udp.rcode, 1)
    check.equal("unsigned over UDP", ask(server.address, question("shop.example", AXFR)).rcode, 1)


def reasons(server):
    """Why, for who asks with OPT; the answers to a key of ours are signed all the same."""
    asked = with_opt(question("shop.example", AXFR))
    now = int(time.time())
    for what, message, rcode, code, words in [
        ("unsigned", asked, 5, 18, "a transfer has to be signed with a key (TSIG)"),
        ("another key", tsig(asked, key="nobody"), 9, 18,
         "no key here has this name and algorithm (BADKEY)"),
        ("a wrong signature", tsig(asked, secret=OTHER), 9, 18,
         "the signature is not that of the key (BADSIG)"),
        ("too old", tsig(asked, when=now - 400), 9, 18,
         "the clocks of both sides are too far apart (BADTIME)"),
        ("truncated", tsig(asked, mac_len=16), 9, 18, "the signature is not whole (BADTRUNC)"),
        ("too short", tsig(asked, mac_len=15), 1, 0,
         "the signature has not 16 to 32 bytes, as HMAC-SHA256 has"),
        ("no zone of ours", tsig(with_opt(question("other.example", AXFR))), 9, 20,
         "no zone of ours begins at this name"),
        ("another class", tsig(with_opt(question("shop.example", AXFR)[:-2] + b"\0\3")), 5, 21,
         "class IN is answered here, and no other"),
        ("a lapsed domain", tsig(with_opt(question("lapsed.example", AXFR))), 5, 20,
         "the domain has lapsed"),
    ]:
        told(what, over_tcp(server, message), rcode, code, words)
    told("over UDP", ask(server.address, tsig(asked)).data, 1, 21,
         "AXFR goes over TCP (RFC 5936 section 4.2)")


def reasons_of_state():
    """The nameservers are out; then the file is loaded anew without the line of the key."""
    lab = {"extends": "builtin", "lines": [{"name": "de/lab", "lat": 50.1, "lon": 8.7}]}
    doc = scenario(events=[{"at": "+5m", "do": "partner_dns_down"}], world=lab,
                   choices={"dns_mode": "in_china"})
    asked = tsig(with_opt(question("shop.example", AXFR)))
    keys.write_text(f"mirror hmac-sha256 {SECRET} de/lab\n")
    with Server("--at", "+10m", "--transfer-keys", str(keys), doc=doc) as server:
        told("the nameservers are out", over_tcp(server, asked), 2, 14,
             "the nameservers of the zone do not work now")
        doc["world"] = "builtin"
        pathlib.Path(server.dir, "scenario.json").write_text(json.dumps(doc))
        server.process.send_signal(signal.SIGHUP)
        check.true("loaded anew", wait_for(lambda: over_tcp(server, asked)[3] & 15 == 5))
        told("no such line", over_tcp(server, asked), 5, 18,
             "the line of this key is not in the scenario")


# --- clients ------------------------------------------------------------------------------------

def by_dig(server, there):
    text = dig(server, "shop.example", "AXFR")
    rows = records(text)
    check.match("RFC5936.2.2 more than one message", text,
                r"XFR size: \d+ records \(messages [1-9]\d+,")
    check.equal("all records", len(rows), MANY + 18)
    check.equal("RFC5936.2.2 SOA first and last", rows[0], rows[-1])
    for name, qtype in (("www", "A"), ("www", "AAAA"), ("www", "HTTPS"), ("a.b.deep", "A"),
                        ("", "A"), ("", "MX"), ("blog", "CNAME"), ("old", "DNAME")):
        name = f"{name}.shop.example".lstrip(".")
        want = records(run(DIG, f"@{there[0]}", "-p", str(there[1]), name, qtype, "+noall",
                           "+answer"))
        check.true(f"{name} {qtype} as the line sees it: expected {want}",
                   want and set(want) <= set(rows))
    for row in ("lab.shop.example. 3600 IN NS ns.lab.shop.example.",
                "ns.lab.shop.example. 3600 IN A 192.0.2.54",
                "*.dev.shop.example. 3600 IN A 192.0.2.80"):
        check.true(f"expected {row}", row in rows)
    abroad = records(dig(server, "shop.example", "AXFR", key="abroad", secret=OTHER))
    www = [r for r in rows if r.startswith("www.shop.example. ") and " IN A " in r]
    check.true(f"expected another address abroad than {www}", www and www[0] not in abroad)
    plain = records(dig(server, "plain.example", "AXFR"))
    check.true(f"a site without a zone: {plain}", len(plain) == 10 and any(
        r.endswith("IN CNAME www.plain.example.") for r in plain))
    kdig = run(KDIG, "@127.0.0.1", "-p", str(server.address[1]), "shop.example", "AXFR", "-y",
               f"hmac-sha256:mirror:{SECRET}")
    check.match("RFC8945.5.3.1 kdig checks every message", kdig[-400:],
                rf"\(\d+ messages, {MANY + 18} records\)")
    check.match("dig refused", dig(server, "shop.example", "AXFR", key=None), "Transfer failed")
    serial = rows[0].split()[6]
    for have, want in ((int(serial), 1), (int(serial) + 1, 1), (int(serial) - 1, MANY + 18)):
        got = len(records(dig(server, "shop.example", f"IXFR={have}")))
        check.equal(f"RFC1995.2 IXFR from {have} of {serial}", got, want)
    one = dig(server, "shop.example", "IXFR=1", "+notcp")
    check.equal("RFC1995.2 IXFR over UDP: the SOA alone", len(records(one)), 1)
    signed = dig(server, "www.shop.example", "A", "+noedns", "+ignore")
    check.true("RFC8945.5.3 dig checks the answer to a signed query, which is the line's",
               any(r in records(signed) for r in www))


def mirrored(port, want):
    got = run(DIG, "@127.0.0.1", "-p", str(port), "www.shop.example", "A", "+noall", "+answer",
              "+tries=1", "+time=1")
    return set(records(got)) == want


def by_secondary(server, what, config, argv):
    """A secondary on the server; whether it comes to have the zone."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    home = folder / what
    home.mkdir()
    (home / "conf").write_text(config(home, port, server.address[1]))
    want = set(records(dig(server, "www.shop.example", "A", "+noall", "+answer")))
    with open(home / "log", "w+b") as log:
        p = subprocess.Popen(argv(home), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=home)
    try:
        ok = wait_for(lambda: p.poll() is not None or mirrored(port, want), 60) and p.poll() is None
        check.true(f"{what} mirrors: {(home / 'log').read_text(errors='replace')[-800:]}",
                   ok and want)
        last = run(DIG, "@127.0.0.1", "-p", str(port), f"record-number-{MANY - 1}.shop.example",
                   "TXT", "+short")
        check.match(f"{what} has the whole zone", last, f"{MANY - 1} xxx")
    finally:
        p.terminate()
        p.wait(20)


def knot_conf(home, port, primary):
    return (f"server:\n  rundir: {home}\n  listen: 127.0.0.1@{port}\n"
            f"log:\n  - target: stderr\n    any: info\ndatabase:\n  storage: {home}\n"
            f"key:\n  - id: mirror\n    algorithm: hmac-sha256\n    secret: {SECRET}\n"
            f"remote:\n  - id: cnedge\n    address: 127.0.0.1@{primary}\n    key: mirror\n"
            f"zone:\n  - domain: shop.example\n    storage: {home}\n    master: cnedge\n")


def nsd_conf(home, port, primary):
    return (f"server:\n  ip-address: 127.0.0.1@{port}\n  username: \"\"\n  database: \"\"\n"
            f"  zonesdir: {home}\n  pidfile: {home}/pid\n  xfrdfile: {home}/xfrd\n"
            f"  zonelistfile: {home}/zl\n  xfrdir: {home}\n  logfile: {home}/nsd.log\n"
            f"remote-control:\n  control-enable: no\n"
            f"key:\n  name: mirror\n  algorithm: hmac-sha256\n  secret: \"{SECRET}\"\n"
            f"zone:\n  name: shop.example\n  zonefile: shop.zone\n"
            f"  request-xfr: AXFR 127.0.0.1@{primary} mirror\n")


with Server("--at", "+10m", "--transfer-keys", str(keys), doc=DOC, files={"shop.zone": ZONE},
            listen=("127.0.0.1:0", "127.0.0.1:0=cn/shanghai/telecom")) as cnedge:
    refusals(cnedge)
    reasons(cnedge)
    by_dig(cnedge, cnedge.listening[1])
    by_secondary(cnedge, "knot", knot_conf, lambda d: [KNOT, "-c", f"{d}/conf"])
    by_secondary(cnedge, "nsd", nsd_conf, lambda d: [NSD, "-d", "-c", f"{d}/conf"])

with Server("--at", "+10m", doc=DOC, files={"shop.zone": ZONE}) as cnedge:
    check.equal("no keys: nobody is known", outcome(cnedge, tsig(question("shop.example", AXFR))),
                (9, 17, False))
reasons_of_state()

# --- the file of keys ---------------------------------------------------------------------------

(folder / "shop.zone").write_text(ZONE)
path = folder / "s.json"
path.write_text(json.dumps(DOC))
GOOD_LINE = f"mirror hmac-sha256 {SECRET} us\n"
for what, text, mode, want in [
        ("others may read it", GOOD_LINE, 0o644, "that others cannot read"),
        ("no key", "# none\n", 0o600, "expected at least one key"),
        ("a field is missing", f"mirror hmac-sha256 {SECRET}\n", 0o600, "keys:1: expected NAME"),
        ("a field too many", GOOD_LINE.strip() + " more\n", 0o600, "keys:1: expected NAME"),
        ("another algorithm", f"mirror hmac-md5 {SECRET} us\n", 0o600, "algorithm hmac-sha256"),
        ("no base64", "mirror hmac-sha256 ???? us\n", 0o600, "in base64"),
        ("bits left over", "mirror hmac-sha256 YWFhYWFhYWFhYWFhYWFhYR== us\n", 0o600, "in base64"),
        ("too short", "mirror hmac-sha256 c2hvcnQ= us\n", 0o600, "16 to 64 bytes"),
        ("no name", f"a..b hmac-sha256 {SECRET} us\n", 0o600, "expected a domain name"),
        ("twice", GOOD_LINE * 2, 0o600, "keys:2: expected another name"),
        ("too many", "".join(f"k{n} hmac-sha256 {SECRET} us\n" for n in range(17)), 0o600,
         "at most 16 keys"),
        ("no such line", f"mirror hmac-sha256 {SECRET} cn/shanghai/telekom\n", 0o600,
         'did you mean "cn/shanghai/telecom"'),
]:
    keys.write_text(text)
    keys.chmod(mode)
    got = run(CNEDGE, "serve", str(path), "--listen", "127.0.0.1:0", "--transfer-keys", str(keys))
    check.match(f"keys: {what}", got, re.escape(want))
check.match("keys: no file", run(CNEDGE, "serve", str(path), "--transfer-keys", f"{keys}.not"),
            "No such file")

shutil.rmtree(folder)
check.finish()
