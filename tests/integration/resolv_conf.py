#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A machine lives in Shanghai: resolv.conf names a resolver listener, and curl goes where that
leads, before a revocation and after. In namespaces of its own, so nothing of this machine changes;
the PoPs' addresses are on its loopback, and one web server tells by which it was reached."""
import http.server
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

from _lib import Checks, Server, ask, need, query, run, scenario, wait_for

WWW = "www.shop.example"
INSIDE = "CNEDGE_TEST_INSIDE"


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"{self.connection.getsockname()[0]} for {self.headers['Host']}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


def curl(url):
    return run(need("curl"), "-sS", "--max-time", "10", "--noproxy", "*", url)


def settle():
    """resolv.conf of these namespaces alone."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with tempfile.NamedTemporaryFile("w", delete=False) as f:
        f.write("nameserver 127.0.0.2\n")
    subprocess.run(["mount", "--bind", f.name, "/etc/resolv.conf"], check=True)
    return pathlib.Path(f.name)


def move_in(address):
    subprocess.run(["ip", "address", "replace", f"{address}/32", "dev", "lo"], check=True)


def inside():
    check = Checks()
    conf = settle()
    web = http.server.ThreadingHTTPServer(("0.0.0.0", 80), Page)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    doc = scenario(choices={"observe_delay": "0s", "ttl_mainland_s": 2, "ttl_failover_s": 2},
                   events=[{"at": "+10m", "do": "revoke_site", "site": "shop.example"}])
    listen = ("127.0.0.2:53=cn/shanghai/telecom,resolver=honest",
              "127.0.0.1:0=cn/shanghai/telecom")
    with Server("--from", "+9m56s", doc=doc, listen=listen) as server:
        old = ask(server.listening[1], query(WWW)).addresses
        for address in old:
            move_in(address)
        check.true("curl reaches the PoP in the mainland",
                   curl(f"http://{WWW}/") in [f"{a} for {WWW}" for a in old])
        check.true("by an alias too", curl("http://cdn.shop.example/") in
                   [f"{a} for cdn.shop.example" for a in old])
        check.match("nobody knows other names", curl("http://www.elsewhere.test/"),
                    "Could not resolve host")
        check.match("nor deleted ones", curl("http://no.shop.example/"), "Could not resolve host")
        check.true("the revocation", wait_for(
            lambda: ask(server.listening[1], query(WWW)).addresses != old))
        new = ask(server.listening[1], query(WWW)).addresses
        for address in new:
            move_in(address)
        wanted = [f"{a} for {WWW}" for a in new]
        check.true("and curl goes abroad", wait_for(lambda: curl(f"http://{WWW}/") in wanted))
    conf.unlink()
    check.finish()


if INSIDE in os.environ:
    inside()
else:
    for tool in ("ip", "mount", "curl"):
        need(tool)
    UNSHARE = need("unshare")
    os.execve(UNSHARE, [UNSHARE, "--map-root-user", "--mount", "--net", sys.executable, "-B",
                        __file__], {**os.environ, INSIDE: "1"})
