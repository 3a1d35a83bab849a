# SPDX-License-Identifier: MIT
"""A house of its own for a test: namespaces in which resolv.conf names a resolver listener and any
address may be put on the loopback interface, so nothing of this machine changes. A web server on
all of its addresses tells by which it was reached."""
import http.server
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

from _lib import need

INSIDE = "CNEDGE_TEST_INSIDE"
CONF = []                 # the file that stands for /etc/resolv.conf
RESOLVER = "127.0.0.2"  # the listener that resolv.conf names


def enter(*tools):
    """Starts this test again inside; returns there, once the house stands."""
    if INSIDE not in os.environ:
        for tool in ("ip", "mount", *tools):
            need(tool)
        unshare = need("unshare")
        os.execve(unshare, [unshare, "--map-root-user", "--mount", "--net", sys.executable, "-B",
                            sys.argv[0]], {**os.environ, INSIDE: "1"})
    ip("link", "set", "lo", "up")
    resolv_conf(f"nameserver {RESOLVER}\n")


def ip(*args):
    subprocess.run(["ip", *args], check=True)


def resolv_conf(text):
    """Lets these namespaces alone read this text in /etc/resolv.conf."""
    if not CONF:
        CONF.append(tempfile.NamedTemporaryFile("w", prefix="cnedge-resolv-"))
        subprocess.run(["mount", "--bind", CONF[0].name, "/etc/resolv.conf"], check=True)
    CONF[0].truncate(0)
    CONF[0].seek(0)
    CONF[0].write(text)
    CONF[0].flush()


def move_in(address):
    if ":" in address:
        ip("-6", "address", "replace", f"{address}/128", "dev", "lo", "nodad")
    else:
        ip("address", "replace", f"{address}/32", "dev", "lo")


def reach_ipv6():
    """Whoever asks the kernel for a way to some IPv6 address finds one, as programs do that want to
    know whether there is IPv6 at all. It ends here."""
    move_in("2001:db8:ffff::1")
    ip("-6", "route", "add", "default", "dev", "lo")


def text_of(address, name, scheme="http"):
    """What the page says that was reached by this address."""
    return f"{address} for {name} by {scheme}"


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        address = self.connection.getsockname()[0].removeprefix("::ffff:")
        scheme = "https" if isinstance(self.connection, ssl.SSLSocket) else "http"
        body = text_of(address, self.headers["Host"], scheme).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class Web(http.server.ThreadingHTTPServer):
    """On every address, both families, until the test ends."""
    address_family = socket.AF_INET6

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()


def serve_pages(port, tls=None):
    web = Web(("::", port), Page)
    if tls is not None:
        web.socket = tls.wrap_socket(web.socket, server_side=True)
    threading.Thread(target=web.serve_forever, daemon=True).start()
