# SPDX-License-Identifier: MIT
"""The instruments of tools/bench: every query is answered or lost, what was asked for is sent, and
a change is seen when it happens."""
import json
import os
import pathlib
import subprocess
import time

import _lib
from _lib import Checks, Server

RIG = pathlib.Path(os.environ["CNEDGE_RIG"])
SITES = 20
check = Checks()


def world(**changes):
    return _lib.scenario(**{
        "filings": [{"id": f"f{i}", "holder": "shop-ltd", "number": f"ICP 202600{i:04d}-1"}
                    for i in range(SITES)],
        "sites": [{"domain": f"d{i:06d}.example", "filing": f"f{i}", "hosts": ["@", "www"]}
                  for i in range(SITES)],
        "events": [{"at": "+20m", "do": "revoke_site", "site": "d000003.example"}], **changes})


def load(port, *options, seconds="1"):
    done = subprocess.run([RIG / "rig_load", "--port", str(port), "--sites", str(SITES),
                           "--seconds", seconds, "--warm", "0.1", "--timeout-ms", "5000",
                           *map(str, options)],
                          stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60)
    if done.returncode != 0:
        raise SystemExit(f"rig_load {options}: {done.stderr.decode()}")
    return json.loads(done.stdout)


def adds_up(what, r, rate=None):
    check.true(f"{what}: something was sent", r["sent"] > 100)
    check.equal(f"{what}: sent = answered + lost", r["sent"], r["answered"] + r["lost"])
    check.equal(f"{what}: codes", r["answered"], r["noerror"] + r["nxdomain"] + r["failed"])
    check.equal(f"{what}: failed", r["failed"], 0)
    check.true(f"{what}: latencies are in order",
               0 < r["p50_us"] <= r["p99_us"] <= r["p999_us"] * 1.001 <= r["max_us"] * 1.05)
    if rate:
        check.true(f"{what}: about {rate} a second, got {r['sent']} in {r['seconds']} s",
                   0.7 * rate < r["sent"] / r["seconds"] < 1.3 * rate)


def kinds(server, subnets):
    udp, tls = server.listening[0][1], server.listening[1][1]
    plain = load(udp, "--pids", server.process.pid)
    adds_up("plain", plain)
    check.equal("plain: no error", plain["noerror"], plain["answered"])
    check.true("plain: the server's time is seen", plain["user_ns"] + plain["system_ns"] > 0)
    half = load(udp, "--absent", 50)
    adds_up("absent", half)
    share = half["nxdomain"] / max(1, half["answered"])
    check.true(f"absent: half of them do not exist, got {share:.2f}", 0.45 < share < 0.55)
    adds_up("zipf", load(udp, "--zipf", 1, "--edns"))
    ecs = load(udp, "--subnets", subnets)
    adds_up("ecs", ecs)
    check.true("ecs: the option comes back", ecs["bytes"] > plain["bytes"] + 15)
    adds_up("tcp", load(udp, "--mode", "tcp"))
    adds_up("tls", load(tls, "--mode", "tls"))
    adds_up("rate", load(udp, "--rate", 2000, "--sleep", "--batch", 1), 2000)


def seen_change():
    """A name that changes after a second is seen to change, the others are not."""
    doc = world(events=[{"at": "+3s", "do": "revoke_site", "site": "d000003.example"}])
    with Server("--from", "start", doc=doc) as server:
        begun = time.time_ns()
        r = load(server.address[1], "--rate", 2000, "--sleep", "--batch", 1, "--at",
                 begun + 2_000_000_000, "--after-ms", 2000, "--watch", "d000003.example", "--watch",
                 "d000004.example", "--watch-subnet", _lib.TELECOM, "--watch-every", 2,
                 seconds="5")
    adds_up("change", r, 2000)
    revoked, other = r["watch"]
    check.true("change: the revoked site's answer", revoked["changed"])
    check.true("change: not another's", not other["changed"] and other["answers"] > 100)
    check.equal("change: it stays so", revoked["back"], 0)
    after_s = (revoked["changed_at_ns"] - begun) / 1e9
    check.true(f"change: after about 3 s, got {after_s:.3f}", 2.0 < after_s < 4.0)
    check.true("change: old answers came before",
               revoked["old_sent_ns"] < revoked["changed_at_ns"])
    check.true("change: the window is a part",
               0 < r["after"]["sent"] < r["sent"] and
               r["after"]["sent"] == r["after"]["answered"] + r["after"]["lost"])


def floor():
    process = subprocess.Popen([RIG / "rig_floor", "--sites", str(SITES), "--seconds", "30"],
                               stdout=subprocess.PIPE)
    try:
        port = int(process.stdout.readline().decode().rpartition(":")[2])
        adds_up("floor", load(port))
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def silence():
    """Nobody answers: every query is lost."""
    address = _lib.peer_address()
    r = load(address[1], "--server", address[0], "--window", 200, "--timeout-ms", 100)
    check.true("silence: something was sent", r["sent"] > 0)
    check.equal("silence: all is lost", (r["answered"], r["lost"]), (0, r["sent"]))


def bad_usage():
    for options in ((), ("--port", "53", "--server", "192.0.2.1"), ("--port", "x"),
                    ("--port", "53", "--mode", "carrier-pigeon"),
                    ("--port", "53", "--sites", "0"), ("--port", "53", "--watch", "a..b")):
        done = subprocess.run([RIG / "rig_load", *options], capture_output=True, check=False)
        check.true(f"{options}: refused", done.returncode in (1, 2) and done.stderr)


def main():
    with Server("--at", "start", doc=world(),
                listen=("127.0.0.1:0", "tls://127.0.0.1:0")) as server:
        subnets = pathlib.Path(server.dir, "subnets")
        subnets.write_text(f"{_lib.TELECOM}\n{_lib.OUTSIDE}\n{_lib.TELECOM6}\n")
        kinds(server, subnets)
    seen_change()
    floor()
    silence()
    bad_usage()
    check.finish()


main()
