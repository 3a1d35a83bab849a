#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The log of a run, in both formats, and its keys in the manual."""
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile

from _lib import CNEDGE, PATIENCE_S, Checks, Server, ask, query, scenario, wait_for

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
    reloaded = [[of_run(o) for o in part if o.get("msg", "").startswith("reloaded ")]
                for part in (texts, objects)]
    check.equal("a reload tells how much there is",
                [[(o.get("sites"), o.get("hosts")) for o in part] for part in reloaded],
                [[("1", "7")]] * 2)
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


def check_hostile():
    """Whatever stands in names, paths and broken scenarios: a line is one object, a refusal names
    the place, and the old scenario goes on."""
    name = b's "\n\x01\xff\\\xe2\x80\xa8.json'
    doc = scenario()
    parts = [b'{"cnedge": 1, "\xff\xfe": 1}', b"", b'{"cnedge": 1,', b"\0", b"[1]"]
    parts += [json.dumps(dict(doc, **more)).encode() for more in (
        {"x\0y\x7f\"": 1}, {"start": "\"\x1f\u2028" * 500}, {"name": "\r\n" * 4000},
        {"sites": [{"domain": 'sh\x07op."exa\\mple', "filing": "f1", "hosts": ["@"]}]},
        {"events": [{"at": "+1s\n", "do": "\x1b[31m"}]})]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder.encode(), name)
        pathlib.Path(os.fsdecode(path)).write_text(json.dumps(doc))
        with open(f"{folder}/err", "w+b") as err:
            process = subprocess.Popen(
                [CNEDGE, "serve", path, "--listen", "127.0.0.1:0", "--log-format", "json",
                 "--dnstap", b"unix:" + path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=err)
            try:
                line = process.stdout.readline().decode()
                address = ("127.0.0.1", int(re.match(r"listening on 127\.0\.0\.1:(\d+) ", line)[1]))
                for n, part in enumerate(parts):
                    pathlib.Path(os.fsdecode(path)).write_bytes(part)
                    before = pathlib.Path(f"{folder}/err").read_bytes().count(b"cannot reload")
                    process.send_signal(signal.SIGHUP)
                    check.true(f"{part[:40]} is refused", wait_for(
                        lambda: pathlib.Path(f"{folder}/err").read_bytes().count(
                            b"cannot reload") > before))
                    check.equal(f"the old one answers, {n}",
                                ask(address, query("www.shop.example")).answers, 1)
            finally:
                process.terminate()
            check.equal("stops", process.wait(PATIENCE_S), 0)
            process.stdout.close()
        lines = pathlib.Path(f"{folder}/err").read_bytes().decode("utf-8").split("\n")
    check.equal("the last line ends", lines.pop(), "")
    objects = [json.loads(line) for line in lines]
    check.true("one object for each line", all(isinstance(o, dict) for o in objects))
    said = [o["msg"] for o in objects if o.get("msg", "").startswith("cannot reload")]
    check.true("each part was refused", len(said) >= len(parts))
    for text in said:
        check.match("the place", text, r"\.json:\d+:\d+: ")


check_formats()
check_refused()
check_hostile()
check.finish()
