# SPDX-License-Identifier: MIT
"""unbound on loopback, which asks us for some zones: for the tests that need a real resolver."""
import pathlib
import subprocess
import tempfile

from _lib import PATIENCE_S, ask, need, peer_address, query, wait_for

UNBOUND = need("unbound")

CONFIG = """
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
    root-hints: ""
    tcp-upstream: {tcp}
    qname-minimisation: yes
    harden-below-nxdomain: yes
    use-caps-for-id: yes
remote-control:
    control-enable: no
"""

STUB = """
stub-zone:
    name: "{zone}"
    stub-addr: {server}@{port}
"""


class Resolver:
    """unbound in the foreground; stopped by its process id."""

    def __init__(self, server, tcp, zones=("shop.example",)):
        self.dir = tempfile.TemporaryDirectory(prefix="cnedge-unbound-")
        self.address = peer_address()
        config = pathlib.Path(self.dir.name, "unbound.conf")
        stubs = "".join(STUB.format(zone=z, server=server[0], port=server[1]) for z in zones)
        config.write_text(CONFIG.format(host=self.address[0], port=self.address[1],
                                        dir=self.dir.name, tcp="yes" if tcp else "no") + stubs)
        self.process = subprocess.Popen([UNBOUND, "-d", "-c", str(config)],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)

    def __enter__(self):
        if not wait_for(self.is_up):
            self.process.terminate()
            raise SystemExit("unbound did not start:\n" + self.process.communicate()[0].decode())
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
            return True  # and the next question says so
        try:
            return ask(self.address, query("localhost"), timeout=0.5).qr
        except OSError:
            return False
