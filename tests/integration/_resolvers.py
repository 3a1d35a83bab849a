# SPDX-License-Identifier: MIT
"""Resolvers of others on loopback, for tests that need real ones: unbound that iterates or
forwards, BIND and dnsmasq that forward. Each runs in the foreground and is stopped by its process
id."""
import os
import pathlib
import socket
import subprocess
import tempfile

from _lib import PATIENCE_S, ask, need, peer_address, query, wait_for

COMMON = """
server:
    interface: {host}@{port}
    do-daemonize: no
    username: ""
    chroot: ""
    directory: "{dir}"
    pidfile: "{dir}/pid"
    use-syslog: no
    num-threads: 1
    module-config: "iterator"
    do-not-query-localhost: no
    local-zone: "example." nodefault
    local-zone: "test." nodefault
    access-control: 127.0.0.0/8 allow
remote-control:
    control-enable: no
"""

ITERATE = """
server:
    root-hints: ""
    tcp-upstream: {tcp}
    qname-minimisation: yes
    harden-below-nxdomain: yes
    use-caps-for-id: yes
"""

STUB = """
stub-zone:
    name: "{zone}"
    stub-addr: {host}@{port}
"""

FORWARD = """
forward-zone:
    name: "."
    forward-addr: {host}@{port}
"""

FORWARD_TLS = """
server:
    tls-cert-bundle: "{cert}"
forward-zone:
    name: "."
    forward-tls-upstream: yes
    forward-addr: {host}@{port}#{name}
"""

NAMED = """
options {{
    directory "{dir}";
    pid-file "{dir}/named.pid";
    session-keyfile "{dir}/session.key";
    managed-keys-directory "{dir}";
    listen-on port {port} {{ {host}; }};
    listen-on-v6 {{ none; }};
    recursion yes;
    allow-recursion {{ 127.0.0.0/8; }};
    forward only;
    forwarders {{ {upstream} port {upstream_port}; }};
    dnssec-validation no;
    empty-zones-enable no;
    query-source address {host};
}};
controls {{ }};
"""


class Peer:
    """A program in the foreground that answers DNS at `address` once it is up."""

    def __init__(self, address=None):
        self.dir = tempfile.TemporaryDirectory(prefix="cnedge-peer-")
        self.address = address or peer_address()
        self.process = subprocess.Popen(self.command(pathlib.Path(self.dir.name)),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)

    def command(self, folder):
        raise NotImplementedError

    def __enter__(self):
        if not wait_for(self.is_up) or self.process.poll() is not None:
            self.process.terminate()
            raise SystemExit("it did not start:\n" + self.process.communicate()[0].decode())
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
        self.dir.cleanup()

    def is_up(self):
        if self.process.poll() is not None:
            return True  # and __enter__ says so
        try:
            return ask(self.address, query("localhost"), timeout=0.5).qr
        except OSError:
            return False


class Unbound(Peer):
    def __init__(self, config):
        self.config = config
        super().__init__()

    def command(self, folder):
        file = folder / "unbound.conf"
        host, port = self.address
        file.write_text(COMMON.format(host=host, port=port, dir=folder) + self.config)
        return [need("unbound"), "-d", "-c", str(file)]


class Resolver(Unbound):
    """unbound that asks us for some zones."""

    def __init__(self, server, tcp, zones=("shop.example",)):
        stubs = "".join(STUB.format(zone=z, host=server[0], port=server[1]) for z in zones)
        super().__init__(ITERATE.format(tcp="yes" if tcp else "no") + stubs)


class Forwarder(Unbound):
    """unbound that asks one resolver for everything."""

    def __init__(self, upstream):
        super().__init__(FORWARD.format(host=upstream[0], port=upstream[1]))


class TlsForwarder(Unbound):
    """The same over TLS; it checks the name in the certificate."""

    def __init__(self, upstream, name, cert):
        super().__init__(FORWARD_TLS.format(host=upstream[0], port=upstream[1], name=name,
                                            cert=cert))


class Dnsmasq(Peer):
    """dnsmasq, which asks for no other user and reads nothing of this machine's. With a name it
    sends on what is below it alone."""

    def __init__(self, upstream, name=None):
        self.server = f"{'/' + name + '/' if name else ''}{upstream[0]}#{upstream[1]}"
        super().__init__()

    def command(self, folder):
        config = folder / "dnsmasq.conf"
        config.write_text("")
        host, port = self.address
        return [need("dnsmasq"), "--keep-in-foreground", f"--conf-file={config}", "--no-resolv",
                "--no-hosts", "--bind-interfaces", f"--listen-address={host}", "--user=root",
                f"--port={port}", f"--server={self.server}",
                f"--pid-file={folder / 'pid'}", "--log-facility=-"]


def low_address():
    """named listens on the addresses of interfaces only, so this is a port of 127.0.0.1 that the
    kernel gives to nobody by itself, beginning at one for this process."""
    for port in range(10000 + os.getpid() % 10000, 32000):
        try:
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                with socket.socket(socket.AF_INET, kind) as s:
                    s.bind(("127.0.0.1", port))
            return ("127.0.0.1", port)
        except OSError:
            continue
    raise SystemExit("no port is free")


class Bind(Peer):
    """BIND's named, which asks one resolver for everything."""

    def __init__(self, upstream):
        self.upstream = upstream
        super().__init__(low_address())

    def command(self, folder):
        config = folder / "named.conf"
        config.write_text(NAMED.format(dir=folder, host=self.address[0], port=self.address[1],
                                       upstream=self.upstream[0],
                                       upstream_port=self.upstream[1]))
        return [need("named"), "-g", "-n", "1", "-c", str(config)]
