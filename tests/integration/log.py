#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The log of a run, in both formats, and its keys in the manual."""
import json
import os
import pathlib
import re
import signal
import subprocess

from _lib import CNEDGE, Checks, Server, scenario, wait_for

check = Checks()

DOC = scenario(events=[
    {"at": "+1s", "do": "revoke_site", "site": "shop.example", "id": "revoked"},
    {"at": "+2s", "do": "revoke_site", "site": "shop.example", "refused": "ICP_BAD_STATE"},
    {"at": "+3s", "do": "pop_down", "pop": "hkg"},
    {"at": "+4s", "do": "carrier_down", "province": "shanghai", "carrier": "telecom"}])


def log_of(form):
    """The lines of a run of all events and two reloads, one of them refused."""
    options = ("--log-format", form) if form else ()
    with Server("--speed", "10", *options, doc=DOC) as server:
        check.true("events", wait_for(lambda: "carrier_down" in server.log()))
        server.process.send_signal(signal.SIGHUP)
        check.true("reload", wait_for(lambda: "reloaded" in server.log()))
        pathlib.Path(server.dir, "scenario.json").write_text('{"cnedge": 1, "a": "\\u0007"}')
        server.process.send_signal(signal.SIGHUP)
        check.true("refused", wait_for(lambda: "cannot reload" in server.log()))
        server.stop()
        return server.last_log.splitlines()


def of_text(line):
    """The fields of a line of text."""
    out, at = {}, 0
    for m in re.finditer(r'(\w+)=("(?:[^"\\]|\\.)*"|\S+)(?: |$)', line):
        check.equal("nothing between fields", m.start(), at)
        at, value = m.end(), m[2]
        if value.startswith('"'):
            value = re.sub(r'\\(["\\])', r"\1", value[1:-1])
        out[m[1]] = value
    check.equal(f"nothing behind the fields of {line}", at, len(line))
    return out


def of_run(fields):
    """What is the same in each run."""
    return {k: re.sub(r"/\S*/", "", v) for k, v in fields.items() if k != "time"}


def check_formats():
    texts = [of_text(line) for line in log_of(None)]
    objects = [json.loads(line) for line in log_of("json")]
    events = [[of_run(o) for o in part if "event" in o] for part in (texts, objects)]
    check.equal("events", events[1], events[0])
    check.equal("an event", events[1][0], {
        "at": "+1s", "event": "revoke_site", "id": "revoked", "site": "shop.example",
        "result": "applied"})
    check.equal("a refused one", events[1][1], {
        "at": "+2s", "event": "revoke_site", "site": "shop.example", "result": "refused",
        "code": "ICP_BAD_STATE"})
    messages = [[of_run(o)["msg"] for o in part if "msg" in o] for part in (texts, objects)]
    check.equal("messages", messages[1], messages[0])
    check.true("each line has a time",
               all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z", o["time"])
                   for o in texts + objects))
    manual = pathlib.Path(os.environ["CNEDGE_SOURCE"], "docs", "cnedge.1").read_text()
    section = manual[manual.index("\n.Sh LOG\n"):manual.index("\n.Sh METRICS\n")]
    told = {k for line in re.findall(r"^\.It Li (.*)$", section, re.M) for k in line.split(" , ")}
    check.equal("keys that the manual does not tell",
                {k for o in texts + objects for k in o} - told, set())


def check_refused():
    path = pathlib.Path(os.environ["CNEDGE_SOURCE"], "tests/scenario/valid/own-world.json")
    done = subprocess.run([CNEDGE, "serve", "--log-format", "xml", str(path)],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    check.equal("exit code", done.returncode, 2)
    check.match("said", done.stderr.decode(), "--log-format expects text or json, got \"xml\"")


check_formats()
check_refused()
check.finish()
