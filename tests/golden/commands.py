#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Exit codes and messages of the commands: options, files and directories, broken outputs.

Usage: commands.py [--update]      environment: CNEDGE, CNEDGE_SOURCE

Each row of ROWS is a command line, run in a directory of its own with the files that prepare()
makes. commands.txt has for each what it prints and its exit code; --update rewrites it, review the
difference. The exit codes are in the rows as well, so that no update can hide a wrong one."""
import difflib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["CNEDGE_SOURCE"])
CNEDGE = os.environ["CNEDGE"]
GOLDEN = SOURCE / "tests" / "golden" / "commands.txt"
CASES = SOURCE / "tests" / "replay" / "cases"

GOOD, FAILED, USAGE, INVALID, SYSTEM = range(5)

# Exit code and command line, for a shell; "cnedge" is the program under test.
ROWS = [
    (USAGE, "cnedge"),
    (GOOD, "cnedge --version"),
    (GOOD, "cnedge help"),
    (GOOD, "cnedge --help"),
    (GOOD, "cnedge -h"),
    (USAGE, "cnedge repaly good.json"),
    (USAGE, "cnedge xyzzy"),
    (USAGE, "cnedge --verbose"),
    (USAGE, "cnedge help xyzzy"),
    (GOOD, "cnedge help replay"),
    (GOOD, "cnedge replay --help"),
    (GOOD, "cnedge check good.json -h"),
    (GOOD, "cnedge help check"),
    (GOOD, "cnedge help explain"),
    (GOOD, "cnedge help list"),

    (GOOD, "cnedge check good.json"),
    (GOOD, "cnedge check good.json bad.json"),
    (INVALID, "cnedge check good.json invalid.json bad.json"),
    (SYSTEM, "cnedge check missing.json"),
    (SYSTEM, "cnedge check invalid.json missing.json"),
    (INVALID, "cnedge check empty-file.json"),
    (INVALID, "cnedge check binary.json"),
    (GOOD, "cnedge check --mutate good.json"),
    (FAILED, "cnedge check --mutate bad.json"),
    (FAILED, "cnedge check --mutate unnoticed.json"),
    (USAGE, "cnedge check"),
    (USAGE, "cnedge check --mutated good.json"),
    (USAGE, "cnedge check --mutate=3 good.json"),
    (USAGE, "cnedge check -m good.json"),
    (USAGE, "cnedge check --mutate -xm good.json"),
    (GOOD, "cnedge check -- good.json"),
    (SYSTEM, "cnedge check -- --mutate"),

    (GOOD, "cnedge cost bought.json"),
    (GOOD, "cnedge cost --json --to over bought.json"),
    (GOOD, "cnedge cost --from over-10m --to over+1h bought.json"),
    (GOOD, "cnedge cost --from +2h --to +2h bought.json"),
    (GOOD, "cnedge cost currencies.json"),
    (GOOD, "cnedge cost --json --from +1h currencies.json"),
    (GOOD, "cnedge cost good.json"),
    (USAGE, "cnedge cost"),
    (USAGE, "cnedge cost good.json --to never"),
    (USAGE, "cnedge cost good.json --from +400d"),
    (USAGE, "cnedge cost bought.json --from over --to over-1s"),
    (INVALID, "cnedge cost invalid.json"),

    (GOOD, "cnedge replay good.json"),
    (FAILED, "cnedge replay bad.json"),
    (INVALID, "cnedge replay invalid.json"),
    (INVALID, "cnedge replay good.json invalid.json bad.json"),
    (SYSTEM, "cnedge replay missing.json"),
    (USAGE, "cnedge replay"),
    (USAGE, "cnedge replay --jnuit x good.json"),
    (USAGE, "cnedge replay good.json --junit"),
    (USAGE, "cnedge replay -q good.json"),
    (FAILED, "cnedge replay --without revoked good.json"),
    (FAILED, "cnedge replay --without 0 good.json"),
    (FAILED, "cnedge replay --without=0 good.json"),
    (USAGE, "cnedge replay --without 1 good.json"),
    (USAGE, "cnedge replay --without ' 0' good.json"),
    (USAGE, "cnedge replay --without -1 good.json"),
    (USAGE, "cnedge replay --without 4294967296 good.json"),
    (USAGE, "cnedge replay --without '' good.json"),
    (USAGE, "cnedge replay --without revokd good.json"),
    (USAGE, "cnedge replay --without revoked good.json bad.json"),
    (INVALID, "cnedge replay --without revoked invalid.json"),
    (GOOD, "cnedge replay --shift revoked=+1m good.json"),
    (GOOD, "cnedge replay --shift 0=-1m good.json"),
    (USAGE, "cnedge replay --shift revoked good.json"),
    (USAGE, "cnedge replay --shift revoked=1m good.json"),
    (USAGE, "cnedge replay --shift revoked=-400d good.json"),
    (USAGE, "cnedge replay --shift revokd=+1m good.json"),
    (USAGE, "cnedge replay --shift revoked=+1m good.json bad.json"),

    (FAILED, "cnedge replay folder"),
    (FAILED, "cnedge replay folder/"),
    (SYSTEM, "cnedge replay empty-folder"),
    (SYSTEM, "cnedge replay good.json empty-folder"),
    (SYSTEM, "cnedge replay missing/"),
    (GOOD, "cnedge check folder"),

    (SYSTEM, "cnedge replay --junit missing/x.xml good.json"),
    (SYSTEM, "cnedge replay --json folder good.json"),
    (SYSTEM, "cnedge replay --trace missing/x good.json"),
    (SYSTEM, "cnedge replay --junit /dev/full good.json"),
    (SYSTEM, "cnedge replay --json /dev/full good.json"),
    (SYSTEM, "cnedge replay --trace /dev/full good.json"),
    (SYSTEM, "cnedge replay --junit /dev/full bad.json"),
    (SYSTEM, "cnedge replay --junit x.xml --json missing/x good.json; e=$?; cat x.xml; exit $e"),
    (SYSTEM, "cnedge replay good.json >/dev/full"),
    (SYSTEM, "cnedge replay bad.json >/dev/full"),
    (SYSTEM, "cnedge replay good.json >&-"),
    (SYSTEM, "cnedge replay --junit x.xml good.json >&-; e=$?; head -1 x.xml; exit $e"),
    (GOOD, "cnedge replay --junit x.xml good.json <&-"),
    (INVALID, "cnedge replay invalid.json 2>&-"),
    (SYSTEM, "cnedge check good.json >/dev/full"),
    (SYSTEM, "cnedge explain good.json --from de www.shop.example >/dev/full"),
    (SYSTEM, "cnedge list refusals >/dev/full"),
    (SYSTEM, "cnedge help >/dev/full"),
    (SYSTEM, "cnedge --version >&-"),

    (USAGE, "cnedge explain"),
    (USAGE, "cnedge explain good.json"),
    (USAGE, "cnedge explain good.json www.shop.example"),
    (USAGE, "cnedge explain good.json --from de www.shop.example A B"),
    (USAGE, "cnedge explain good.json --from nowhere www.shop.example"),
    (USAGE, "cnedge explain good.json --from de www.shop.example QQ"),
    (USAGE, "cnedge explain good.json --from de www..example"),
    (USAGE, "cnedge explain good.json --from de --at never www.shop.example"),
    (USAGE, "cnedge explain good.json --from de --at end+1s www.shop.example"),
    (USAGE, "cnedge explain good.json --from de --at start-1s www.shop.example"),
    (USAGE, "cnedge explain good.json --form de www.shop.example"),
    (INVALID, "cnedge explain invalid.json --from de www.shop.example"),
    (SYSTEM, "cnedge explain missing.json --from de www.shop.example"),

    (GOOD, "cnedge drain $CNEDGE_SOURCE/scenarios/drill-12-stale-resolvers.json --at revoked "
           "www.shop.example"),
    (GOOD, "cnedge drain $CNEDGE_SOURCE/scenarios/health-flapping-pop.json --at +12m30s "
           "www.shop.example"),
    (GOOD, "cnedge drain --json $CNEDGE_SOURCE/scenarios/drill-01-revoke-site.json "
           "www.shop.example"),
    (GOOD, "cnedge drain $CNEDGE_SOURCE/scenarios/drill-13-ttl-lowered-before.json "
           "www.shop.example AAAA"),
    (GOOD, "cnedge explain $CNEDGE_SOURCE/scenarios/health-flapping-pop.json --path --at +5m30s "
           "--from telecom www.shop.example"),
    (GOOD, "cnedge explain $CNEDGE_SOURCE/scenarios/health-flapping-pop.json --at +13m "
           "--from telecom www.shop.example"),
    (GOOD, "cnedge explain $CNEDGE_SOURCE/scenarios/health-flapping-pop.json --at +17m "
           "--from telecom www.shop.example"),
    (GOOD, "cnedge explain $CNEDGE_SOURCE/scenarios/health-flapping-pop.json --at +35m "
           "--from telecom www.shop.example"),
    (GOOD, "cnedge explain $CNEDGE_SOURCE/scenarios/health-flapping-pop.json --at end "
           "--from telecom www.shop.example"),
    (USAGE, "cnedge drain good.json www.shop.example"),
    (USAGE, "cnedge drain good.json"),
    (USAGE, "cnedge drain good.json www.shop.example MX"),
    (USAGE, "cnedge drain good.json www..example"),
    (USAGE, "cnedge drain good.json d8.exämple"),
    (GOOD, "cnedge drain --json $CNEDGE_SOURCE/scenarios/drill-01-revoke-site.json "
           "www.shop.example aaaa | head -1"),
    (USAGE, "cnedge drain good.json --at never www.shop.example"),
    (INVALID, "cnedge drain invalid.json www.shop.example"),
    (SYSTEM, "cnedge drain missing.json www.shop.example"),

    (USAGE, "cnedge list"),
    (USAGE, "cnedge list everything"),
    (USAGE, "cnedge list refusals good.json"),
    (USAGE, "cnedge list lines good.json bad.json"),
    (SYSTEM, "cnedge list lines missing.json"),
    (SYSTEM, "cnedge list events missing.json"),
    (USAGE, "cnedge list sites"),
    (SYSTEM, "cnedge list sites missing.json"),
    (GOOD, "cd $CNEDGE_SOURCE/scenarios; cnedge list sites zone-content.json"),
    (GOOD, "cd $CNEDGE_SOURCE/scenarios; "
           "cnedge explain zone-content.json --from hk any.dev.shop.example | head -3"),
    (GOOD, "cd $CNEDGE_SOURCE/scenarios; "
           "cnedge explain zone-content.json --from hk blog.shop.example | head -3"),
    (GOOD, "cd $CNEDGE_SOURCE/scenarios; "
           "cnedge explain zone-content.json --from hk mail.shop.example MX | head -3"),
    (GOOD, "cd $CNEDGE_SOURCE/scenarios; cnedge check zone-content.json"),
    (GOOD, "cnedge explain $CNEDGE_SOURCE/scenarios/wildcard-hosts.json --from hk a.shop.example"
           " MX | head -4"),
    (GOOD, "cnedge list sites $CNEDGE_SOURCE/scenarios/wildcard-hosts.json"),
    (GOOD, "cnedge list sites $CNEDGE_SOURCE/scenarios/partial-revoked.json"),
    (GOOD, "cnedge list events $CNEDGE_SOURCE/scenarios/drill-01-revoke-site.json"),
    (GOOD, "cnedge list events $CNEDGE_SOURCE/scenarios/health-flapping-pop.json"),
    (GOOD, "cnedge list events $CNEDGE_SOURCE/tests/golden/timer-set-again.json"),
    (GOOD, "sed 's/revoke_site/unlist_domain/' good.json > wrong.json; "
           "cnedge list events wrong.json"),
    (GOOD, "cnedge list invariants"),
    (GOOD, "cnedge list pops | wc -l | tr -d ' '"),

    (USAGE, "cnedge schema good.json"),
    (USAGE, "cnedge serve"),
    (USAGE, "cnedge serve good.json bad.json"),
    (USAGE, "cnedge serve --listn 127.0.0.1:0 good.json"),
    (USAGE, "cnedge serve --at end+1s good.json"),
    (INVALID, "cnedge serve invalid.json"),
    (SYSTEM, "cnedge serve missing.json"),
    (USAGE, "cnedge serve good.json --nsid ''"),
    (USAGE, "cnedge serve good.json --nsid " + "x" * 65),
    (USAGE, "cnedge serve good.json --cookie-secrets good.json"),
    (USAGE, "cnedge serve good.json --cookie-secrets good.json --no-cookies"),
    (SYSTEM, "cnedge serve good.json --cookie-secrets missing.txt"),
    (USAGE, "cnedge serve good.json --tls-cert good.json"),
    (USAGE, "cnedge serve good.json --rrl-slip 11"),
    (USAGE, "cnedge serve good.json --listen tls://0.0.0.0:853"),
    (USAGE, "cnedge serve good.json --tcp-clients 0"),
    (USAGE, "cnedge serve good.json --tcp-per-address -1"),
    (USAGE, "cnedge serve good.json --tcp-idle 6554"),
    (USAGE, "cnedge serve good.json --tcp-life 10m"),
]


def prepare(directory):
    scenario = {
        "cnedge": 1, "name": "small", "start": "2026-03-02T09:00:00+08:00", "end": "+1h",
        "filings": [{"id": "f", "holder": "h", "number": "N"}], "holders": [{"id": "h"}],
        "sites": [{"domain": "shop.example", "filing": "f", "hosts": ["www"]}],
        "events": [{"id": "revoked", "at": "+10m", "do": "revoke_site", "site": "shop.example"}],
        "expect": [{"at": "end", "name": "www.shop.example", "from": "cn/shanghai/telecom",
                    "class": "near"}]}
    files = {"good": scenario, "bad": dict(scenario, expect=[
        {"at": "end", "site": "shop.example", "filing": "ACTIVE"}])}
    files["unnoticed"] = dict(scenario, expect=[
        {"at": "end", "name": "www.shop.example", "from": "de", "class": "global"}])
    files["invalid"] = {k: v for k, v in scenario.items() if k != "end"}
    files["currencies"] = dict(
        scenario, end="+30d", accounts=[{"id": "a"}, {"id": "b"}, {"id": "c"}],
        sites=[dict(scenario["sites"][0], account="a")],
        packages=[
            {"id": "p", "account": "a", "mbps": 10, "state": "IDLE",
             "price": {"currency": "USD", "month": 1000, "mbps_month": 100}},
            {"id": "q", "account": "a", "mbps": 10, "price": {"currency": "EUR", "month": 3000}},
            {"id": "free", "account": "b", "mbps": 10, "price": {"currency": "EUR"}}],
        products=[{"id": "tunnel", "account": "b", "kind": "carrier_tunnel", "pop": "fra",
                   "provider": "webercloud"}])
    for name, content in files.items():
        (directory / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    bought = SOURCE / "scenarios" / "drill-35-package-expires-at-peak.json"
    (directory / "bought.json").write_bytes(bought.read_bytes())
    (directory / "empty-file.json").write_text("")
    (directory / "binary.json").write_bytes(bytes(range(256)))
    (directory / "empty-folder" / "sub.json").mkdir(parents=True)
    (directory / "empty-folder" / "sub.json").rmdir()
    (directory / "empty-folder" / "x.txt").write_text("")
    (directory / "empty-folder" / ".hidden.json").write_text("")
    folder = directory / "folder"
    folder.mkdir()
    for name in ("b", "B", "a", "10", "9"):
        text = json.dumps(files["bad" if name == "a" else "good"])
        (folder / f"{name}.json").write_text(text, encoding="utf-8")


def run(command, directory):
    env = dict(os.environ, PATH=f"{directory / 'bin'}:{os.environ['PATH']}")
    script = f"set -- ; {command}"
    done = subprocess.run(["sh", "-c", script], cwd=directory / "work", env=env, timeout=60,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    err, out = done.stderr.decode(), done.stdout.decode()
    return done.returncode, f"$ {command}\n{err}{out}exit {done.returncode}\n\n"


def main():
    update = sys.argv[1:] == ["--update"]
    if sys.argv[1:] and not update:
        sys.exit(__doc__)
    text, bad = "", 0
    for want, command in ROWS:
        with tempfile.TemporaryDirectory() as name:
            directory = pathlib.Path(name)
            (directory / "bin").mkdir()
            (directory / "bin" / "cnedge").symlink_to(pathlib.Path(CNEDGE).resolve())
            (directory / "work").mkdir()
            prepare(directory / "work")
            code, said = run(command, directory)
        if code != want:
            print(f"{command}: expected exit {want}, got {code}")
            bad += 1
        text += said
    if update:
        GOLDEN.write_text(text, encoding="utf-8")
    want = GOLDEN.read_text(encoding="utf-8") if GOLDEN.exists() else ""
    if text != want:
        sys.stdout.writelines(difflib.unified_diff(want.splitlines(True), text.splitlines(True),
                                                   str(GOLDEN), "got"))
        bad += 1
    print(f"{len(ROWS)} command lines, {bad} problems")
    sys.exit(1 if bad else 0)


main()
