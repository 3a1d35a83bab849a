# SPDX-License-Identifier: MIT
"""unbound and dnsmasq as forwarders on loopback: they ask one resolver for everything."""
import pathlib
import socket
import subprocess
import tempfile

from _lib import PATIENCE_S, ask, need, query, wait_for

UNBOUND = need("unbound")
DNSMASQ = need("dnsmasq")

CONFIG = """
server:
    interface: 127.0.0.1@{port}
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
forward-zone:
    name: "."
    forward-addr: {address}@{upstream}
"""


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Front:
    """A forwarder in the foreground; stopped by its process id."""

    def __init__(self, upstream):
        self.dir = tempfile.TemporaryDirectory(prefix="cnedge-forward-")
        self.address = ("127.0.0.1", free_port())
        self.process = subprocess.Popen(self.command(upstream), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def command(self, upstream):
        raise NotImplementedError

    def __enter__(self):
        if not wait_for(self.is_up) or self.process.poll() is not None:
            self.process.terminate()
            raise SystemExit("no forwarder:\n" + self.process.communicate()[0].decode())
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


class Forwarder(Front):
    """unbound."""

    def command(self, upstream):
        config = pathlib.Path(self.dir.name, "unbound.conf")
        config.write_text(CONFIG.format(port=self.address[1], dir=self.dir.name,
                                        address=upstream[0], upstream=upstream[1]))
        return [UNBOUND, "-d", "-c", str(config)]


class Dnsmasq(Front):
    """dnsmasq, which asks for no other user and reads nothing of this machine's."""

    def command(self, upstream):
        config = pathlib.Path(self.dir.name, "dnsmasq.conf")
        config.write_text("")
        return [DNSMASQ, "--keep-in-foreground", f"--conf-file={config}", "--no-resolv",
                "--no-hosts", "--bind-interfaces", "--listen-address=127.0.0.1", "--user=root",
                f"--port={self.address[1]}", f"--server={upstream[0]}#{upstream[1]}",
                f"--pid-file={pathlib.Path(self.dir.name, 'pid')}", "--log-facility=-"]
