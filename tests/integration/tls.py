#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""DNS over TLS (RFC 7858): kdig and unbound, our certificate and a given one, pipelining in
any pieces, limits while TLS is not agreed on yet, padding (RFC 7830)."""
import pathlib
import re
import ssl
import struct
import subprocess
import tempfile
import time

from _lib import (TELECOM, Checks, Server, ask, connect, ecs_option, framed, is_closed, need, query,
                  read_answer, run)
from _resolvers import TlsForwarder

check = Checks()
KDIG = need("kdig")
DOT, PLAIN = "tls://127.0.0.1:0", "127.0.0.1:0"


def kdig(address, *options):
    return run(KDIG, "@" + address[0], "-p", str(address[1]), "+timeout=5", "+retry=0", *options)


def make_certificate(where):
    cert, key = pathlib.Path(where, "cert.pem"), pathlib.Path(where, "key.pem")
    subprocess.run([need("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=dns.test",
                    "-addext", "subjectAltName=DNS:dns.test", "-keyout", str(key), "-out",
                    str(cert)], check=True, capture_output=True)
    return cert, key


def open_tls(address, **options):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    for name, value in options.items():
        setattr(context, name, value)
    context.set_alpn_protocols(["dot"])
    return context.wrap_socket(connect(address))


def check_kdig():
    with Server("--at", "+1m", listen=(DOT, "tls://127.0.0.1:0=cn/shanghai/telecom")) as server:
        pin = re.search(r"pin (\S+)\"", server.log())[1]
        out = kdig(server.address, f"+tls-pin={pin}", "+tls", "www.shop.example", "A")
        check.match("kdig with our pin", out, r"status: NOERROR", r"TLS.*1\.3")
        wrong = "A" * 43 + "="
        out = kdig(server.address, f"+tls-pin={wrong}", "+tls", "www.shop.example", "A")
        check.true("kdig with another pin", "NOERROR" not in out)
        inside = kdig(server.listening[1], "+tls", "+short", "www.shop.example", "A").split()
        ecs = kdig(server.address, "+tls", "+short", "+subnet=" + TELECOM,
                   "www.shop.example").split()
        check.equal("the listener's line counts", sorted(inside), sorted(ecs))
        with open_tls(server.address) as s:
            check.equal("RFC7858.3.1 protocol", s.selected_alpn_protocol(), "dot")
        check.equal("clean stop", server.stop(), 0)


def check_certificate():
    """The given certificate is the one that is shown."""
    with tempfile.TemporaryDirectory() as where:
        cert, key = make_certificate(where)
        with Server("--at", "+1m", "--tls-cert", str(cert), "--tls-key", str(key),
                    listen=(DOT,)) as server:
            out = kdig(server.address, f"+tls-ca={cert}", "+tls-hostname=dns.test",
                       "www.shop.example")
            check.match("RFC7858.4.2 kdig, strict", out, r"status: NOERROR")
            out = kdig(server.address, f"+tls-ca={cert}", "+tls-hostname=other.test",
                       "www.shop.example")
            check.true("kdig, another name", "NOERROR" not in out)
            check_unbound(server.address, cert)
        for files in ((cert, cert), (key, key), (cert, pathlib.Path(where, "none"))):
            try:
                with Server("--at", "+1m", "--tls-cert", str(files[0]), "--tls-key",
                            str(files[1]), listen=(DOT,)):
                    check.true(f"{files}: refused", False)
            except SystemExit as e:
                check.match("refused", str(e), r"cannot use \S+\.?\w*: error:")


def check_unbound(address, cert):
    """unbound forwards to us over TLS and checks the name."""
    with TlsForwarder(address, "dns.test", cert) as resolver:
        answer = ask(resolver.address, query("www.shop.example"))
        check.true("unbound over TLS", answer.addresses)


def check_stream():
    with Server("--at", "+1m", "--tcp-idle", "2", listen=(DOT, PLAIN)) as server:
        message = framed(query("www.shop.example", ecs=TELECOM))
        with open_tls(server.address) as s:
            s.sendall(b"".join(framed(query("www.shop.example", ident=n)) for n in range(300)))
            check.equal("RFC7858.3.3 300 at once", [read_answer(s).ident for _ in range(300)],
                        list(range(300)))
            for at in range(1, len(message)):
                s.sendall(message[:at])
                s.sendall(message[at:])
                check.equal(f"cut at {at}", read_answer(s).ident, 0x1234)
            s.sendall(framed(query("big.shop.example", "TXT")) * 100)
            check.equal("200 kB", [read_answer(s).answers for _ in range(100)], [8] * 100)
            check.true("RFC7858.3.4 idle, then closed", is_closed(s, 5))
        check_handshake(server.address)
        plain = ask(server.listening[1], query("www.shop.example")).addresses
        check.true("UDP meanwhile", plain)


def check_handshake(address):
    """Who does not speak TLS, or half of it, or an old one, holds no connection for long."""
    for what, data in (("nothing", b""), ("DNS", framed(query("www.shop.example"))),
                       ("half a hello", b"\x16\x03\x01\x02\x00\x01\x00"), ("noise", b"x" * 5000)):
        with connect(address) as s:
            begun = time.monotonic()
            s.sendall(data)
            check.true(f"{what}: closed", is_closed(s, 5))
            check.true(f"{what}: in time", time.monotonic() - begun < 4)
    try:
        open_tls(address, maximum_version=ssl.TLSVersion.TLSv1_1,
                 minimum_version=ssl.TLSVersion.TLSv1).close()
        check.true("TLS 1.1", False)
    except (ssl.SSLError, OSError):
        check.true("TLS 1.1 is refused", True)


def padded(name, ecs=None):
    """A query with an empty padding option."""
    options = struct.pack("!HH", 12, 0) + (ecs_option(ecs) if ecs else b"")
    out = struct.pack("!HHHHHH", 5, 0x0100, 1, 0, 0, 1) + query(name)[12:]
    return out + b"\0" + struct.pack("!HHIH", 41, 1232, 0, len(options)) + options


def check_padding():
    """RFC 7830: over TLS, for who pads; RFC 8467: to blocks of 468."""
    with Server("--at", "+1m", listen=(DOT, PLAIN)) as server:
        with open_tls(server.address) as s:
            for message, want in ((padded("www.shop.example"), 468),
                                  (padded("www.shop.example", TELECOM), 468),
                                  (padded("none.shop.example"), 468)):
                s.sendall(framed(message))
                check.equal("RFC7830.4 padded", len(read_answer(s).data), want)
            s.sendall(framed(query("www.shop.example", edns=1232)))
            check.true("RFC7830.4 not for who does not pad", len(read_answer(s).data) < 100)
        check.true("RFC7830.6 not over UDP", len(ask(server.listening[1],
                                           padded("www.shop.example")).data) < 100)


check_kdig()
check_certificate()
check_stream()
check_padding()
check.finish()
