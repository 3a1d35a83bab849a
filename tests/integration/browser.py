#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A browser lives in Shanghai: resolv.conf names a resolver listener, and Chromium shows the page
of the PoP that cnedge names for this line, before a revocation and after. Chromium has a resolver
of its own, which asks for A, AAAA and HTTPS at the same time: where there is an HTTPS record, it
goes to https by itself.

Chromium starts anew for each page, so nothing is shown from its own caches."""
import pathlib
import re
import ssl
import subprocess
import tempfile
import time

from _house import enter, move_in, reach_ipv6, serve_pages, text_of
from _lib import Checks, Server, ask, need, query, run, scenario, wait_for
from _metrics import Metrics, url_of

WWW, ALIAS, SECURE = "www.shop.example", "cdn.shop.example", "secure.shop.example"
LISTEN = ("127.0.0.2:53=cn/shanghai/telecom,resolver=honest", "127.0.0.1:0=cn/shanghai/telecom")
check = Checks()


def page(url):
    """What the browser shows at last, as text."""
    with tempfile.TemporaryDirectory(prefix="cnedge-chromium-") as profile:
        done = subprocess.run(
            [need("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
             "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run",
             "--disable-component-update", "--disable-sync", "--ignore-certificate-errors",
             f"--user-data-dir={profile}", "--timeout=20000", url],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
            check=False)
    return re.sub(r"<[^>]*>", "", done.stdout.decode()).strip()


def world():
    """www is a name with addresses alone; secure has an HTTPS record with hints beside them."""
    doc = scenario(choices={"observe_delay": "0s", "ttl_mainland_s": 2, "ttl_failover_s": 2},
                   events=[{"at": "+10m", "do": "revoke_site", "site": "shop.example"}])
    doc["sites"][0]["hosts"] = ["@", "www", "secure"]
    doc["sites"][0]["zone"] = ["cdn CNAME www",
                               "secure HTTPS 1 . alpn=h2 ipv4hint=auto ipv6hint=auto"]
    return doc


def addresses(authority, name):
    """Where the line is sent: the addresses of both families."""
    return [ask(authority, query(name, t)).addresses for t in ("A", "AAAA")]


def check_pages(authority, when, family):
    """Every name leads to a PoP that cnedge names at this time, by the scheme that its records ask
    for; the browser takes IPv6 where it has it. Returns these addresses."""
    pops = addresses(authority, WWW)
    for address in pops[0] + pops[1]:
        move_in(address)
    for name, scheme in ((WWW, "http"), (ALIAS, "http"), (SECURE, "https")):
        check.equal(f"{when}: {name} has the same PoP", addresses(authority, name), pops)
        shown = page(f"http://{name}/")
        check.true(f"{when}: expected {name} at one of {pops[family]}, got {shown!r}",
                   shown in [text_of(a, name, scheme) for a in pops[family]])
    return pops[family]


def check_questions(url, families):
    """The browser has asked for what browsers ask for, and was told."""
    m = Metrics(url)
    for rtype in ["A", "HTTPS"] + ["AAAA"] * (families == 2):
        asked = m.total("queries_total", type=rtype, rcode="NOERROR", transport="udp")
        check.true(f"expected queries for {rtype}", asked >= 3)


def check_standing(at):
    """A house without IPv6, at one instant."""
    with Server("--at", at, "--metrics", "127.0.0.1:0", doc=world(), listen=LISTEN) as server:
        url = url_of(server)
        pops = check_pages(server.listening[1], f"{at}, IPv4", 0)
        check.match("nobody knows other names", page("http://www.elsewhere.test/"), r"\A\Z|ERR_")
        check_questions(url, 1)
        return pops


def check_revocation(room_s):
    """A house with IPv6: one server, before the revocation and after. The pages before it are to be
    seen within `room_s` seconds."""
    with Server("--from", f"+{600 - room_s}s", "--metrics", "127.0.0.1:0", doc=world(),
                listen=LISTEN) as server:
        url = url_of(server)
        authority = server.listening[1]
        old = check_pages(authority, "before, IPv6", 1)
        check.true("the revocation", wait_for(lambda: addresses(authority, WWW)[1] != old, 60))
        time.sleep(3)  # the resolver's copies are over
        new = check_pages(authority, "after, IPv6", 1)
        check.true(f"the line has moved from {old} to {new}", not set(old) & set(new))
        check_questions(url, 2)


def certificate(folder):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    cert, key = pathlib.Path(folder, "cert.pem"), pathlib.Path(folder, "key.pem")
    run(need("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
        "-nodes", "-days", "2", "-subj", f"/CN={SECURE}", "-addext",
        f"subjectAltName=DNS:{SECURE}", "-keyout", str(key), "-out", str(cert))
    context.load_cert_chain(cert, key)
    context.set_alpn_protocols(["http/1.1"])
    return context


enter("chromium", "openssl")
serve_pages(80)
with tempfile.TemporaryDirectory(prefix="cnedge-") as keys:
    serve_pages(443, certificate(keys))
begun = time.monotonic()
check.true("another PoP afterwards", check_standing("+1m") != check_standing("+11m"))
reach_ipv6()
check_revocation(4 + int(time.monotonic() - begun) // 2)
check.finish()
