#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The Debian package installs, starts and is purged without a trace: in a folder of its own, which
dpkg takes for the root of a system."""
import os
import pathlib
import re
import socket
import subprocess
import tempfile

from _lib import CNEDGE, PATIENCE_S, Checks, ask, need, query

check = Checks()

BUILD = pathlib.Path(CNEDGE).parent
AS_ROOT = [] if os.geteuid() == 0 else [need("fakeroot")]
ADMIN = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
FOLDERS = {".", "./etc", "./etc/default", "./usr", "./usr/bin", "./usr/lib", "./usr/lib/systemd",
           "./usr/lib/systemd/system", "./usr/share", "./usr/share/cnedge",
           "./usr/share/cnedge/scenarios", "./usr/share/doc", "./usr/share/doc/cnedge",
           "./usr/share/man", "./usr/share/man/man1", "./usr/share/man/man5",
           "./usr/share/man/man7"}


def do(*args, env=None, code=0):
    """Runs a tool; what it says."""
    done = subprocess.run(args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=300, check=False,
                          env={**os.environ, "PATH": ADMIN, "LC_ALL": "C", **(env or {})})
    text = done.stdout.decode(errors="replace")
    check.true(f"{' '.join(args)}: exit code {done.returncode}\n{text}", done.returncode == code)
    return text


def make(folder):
    do(need("cpack"), "--config", str(BUILD / "CPackConfig.cmake"), "-B", str(folder))
    packages = list(folder.glob("*.deb"))
    check.equal("packages", len(packages), 1)
    return packages[0]


def check_contents(package):
    """Files where they belong, owned by root; everything that it links is asked for."""
    modes = {}
    for line in do("dpkg-deb", "--contents", str(package)).splitlines():
        mode, owner, _, _, _, name = line.split(None, 5)
        check.equal(f"owner of {name}", owner, "root/root")
        modes[name.rstrip("/")] = mode
    check.equal("folders", {n for n, m in modes.items() if m[0] == "d"} - {"."}, FOLDERS - {"."})
    for name, mode in modes.items():
        want = "-rwxr-xr-x" if name == "./usr/bin/cnedge" else "-rw-r--r--"
        check.true(f"mode {mode} of {name}", mode in ("drwxr-xr-x", want))
    for name in ("./usr/share/man/man1/cnedge.1", "./usr/share/man/man5/cnedge-scenario.5",
                 "./usr/share/man/man7/cnedge-rules.7",
                 "./usr/lib/systemd/system/cnedge.socket", "./usr/share/doc/cnedge/copyright"):
        check.true(name, name in modes)
    check.true("scenarios", sum(n.endswith(".json") for n in modes) > 50)
    depends = do("dpkg-deb", "--field", str(package), "Depends")
    for library in ("libc6", "libevent", "libldns", "libjansson", "libssl", "libmaxminddb",
                    "libfstrm", "libprotobuf-c", "init-system-helpers"):
        check.true(f"{library} in {depends}", library in depends)


class System:
    """A folder that dpkg takes for a whole system, with /lib merged into /usr/lib."""

    def __init__(self, folder):
        self.root = folder
        for name in ("usr/lib", "usr/share", "etc/systemd/system", "var/lib/systemd",
                     "var/lib/dpkg/info", "var/lib/dpkg/updates"):
            (folder / name).mkdir(parents=True)
        (folder / "lib").symlink_to("usr/lib")
        (folder / "var/lib/dpkg/status").touch()
        self.dpkg = [*AS_ROOT, "dpkg", f"--root={folder}", "--force-depends",
                     "--force-script-chrootless"]

    def files(self):
        """All that is there, dpkg's own notes aside."""
        return {str(p.relative_to(self.root)) for p in self.root.rglob("*")
                if "var/lib/dpkg" not in str(p) and "var/log" not in str(p)
                and p != self.root / "var/lib"}

    def status(self):
        text = (self.root / "var/lib/dpkg/status").read_text()
        m = re.search(r"^Package: cnedge\nStatus: (.*)$", text, re.M)
        return m[1] if m else None


def check_unit(system):
    """systemd understands the units, and finds little to complain of."""
    units = system.root / "usr/lib/systemd/system"
    own = system.root / "units"
    own.mkdir()
    for unit in ("cnedge.service", "cnedge.socket"):
        text = (units / unit).read_text().replace("=/usr/bin/", f"={system.root}/usr/bin/")
        (own / unit).write_text(text.replace("=/etc/", f"={system.root}/etc/"))
    said = do(need("systemd-analyze"), "verify", "--man=no", str(own / "cnedge.service"),
              str(own / "cnedge.socket"))
    check.true(f"verify: {said}", "cnedge" not in said)
    said = do(need("systemd-analyze"), "security", "--offline=true", "--threshold=20",
              "--no-pager", str(own / "cnedge.service"))
    check.match("security", said, r"Overall exposure level for cnedge\.service: [01]\.\d")
    for unit in own.iterdir():
        unit.unlink()
    own.rmdir()


def variables(path):
    """What systemd reads from an EnvironmentFile."""
    return dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', path.read_text(), re.M))


def check_start(system):
    """The unit's command line starts a server that answers, tells that it is ready, and stops."""
    unit = (system.root / "usr/lib/systemd/system/cnedge.service").read_text()
    command = re.search(r"^ExecStart=(.*)$", unit, re.M)[1]
    env = variables(system.root / "etc/default/cnedge")
    check.true("a scenario of the package", (system.root / env["CNEDGE_SCENARIO"][1:]).is_file())
    env["CNEDGE_SCENARIO"] = f"{system.root}{env['CNEDGE_SCENARIO']}"
    check.match("loopback", env["CNEDGE_OPTIONS"], "^--listen 127.0.0.1:5300 ")
    env["CNEDGE_OPTIONS"] = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:0", env["CNEDGE_OPTIONS"])
    words = re.sub(r"\$(\w+)", lambda m: env[m[1]], command).split()
    words[0] = f"{system.root}{words[0]}"
    notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notify.bind(f"{system.root}/notify")
    notify.settimeout(PATIENCE_S)
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL,
                          env={**os.environ, "NOTIFY_SOCKET": f"{system.root}/notify"}) as process:
        try:
            check.match("ready", notify.recv(4096).decode(), r"^READY=1$")
            line = process.stdout.readline().decode()
            port = int(re.match(r"listening on 127\.0\.0\.1:(\d+) ", line)[1])
            check.equal("answers", ask(("127.0.0.1", port), query("elsewhere.test")).rcode, 5)
        finally:
            process.terminate()
        check.equal("stops", process.wait(PATIENCE_S), 0)
    notify.close()
    (system.root / "notify").unlink()


def check_life(package, folder):
    """Install, install again, remove, purge."""
    system = System(folder)
    before = system.files()
    wanted = "etc/systemd/system/multi-user.target.wants/cnedge.service"
    do(*system.dpkg, "--install", str(package))
    check.equal("installed", system.status(), "install ok installed")
    check.true("enabled", (system.root / wanted).is_symlink())
    check.equal("version", do(f"{folder}/usr/bin/cnedge", "--version").split()[0], "cnedge")
    check_unit(system)
    check_start(system)
    default = system.root / "etc/default/cnedge"
    default.write_text(default.read_text() + "# mine\n")
    do(*system.dpkg, "--force-confold", "--install", str(package))
    check.match("a changed setting stays", default.read_text(), "^# mine$")
    do(*system.dpkg, "--remove", "cnedge")
    check.equal("removed", system.status(), "deinstall ok config-files")
    check.true("the program is gone", not (system.root / "usr/bin/cnedge").exists())
    check.true("the settings stay", default.is_file())
    do(*system.dpkg, "--purge", "cnedge")
    check.equal("purged", system.status(), None)
    check.equal("what is left", system.files() - before, set())


with tempfile.TemporaryDirectory(prefix="cnedge-package-") as name:
    top = pathlib.Path(name)
    os.chmod(top, 0o755)
    (top / "made").mkdir()
    (top / "system").mkdir()
    deb = make(top / "made")
    check_contents(deb)
    check_life(deb, top / "system")
check.finish()
