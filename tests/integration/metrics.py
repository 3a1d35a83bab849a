#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the server counts, and how it tells Prometheus."""
import base64
import os
import pathlib
import re
import resource
import shutil
import socket
import struct
import subprocess
import tempfile
import time

from _lib import (CNEDGE, OUTSIDE, PATIENCE_S, TELECOM, Checks, Server, ask, connect, framed,
                  is_closed, need, query, read_answer, run, scenario, wait_for)
from _metrics import Malformed, Metrics, get, parse, url_of

check = Checks()


def check_parser():
    """The reader that the other checks rely on refuses what it should."""
    good = "# HELP cnedge_a_total A.\n# TYPE cnedge_a_total counter\ncnedge_a_total{x=\"y\"} 1\n"
    check.equal("one sample", list(parse(good).values()), [1.0])
    for what, text in (
            ("no end", good[:-1]),
            ("no TYPE", "# HELP cnedge_a_total A.\ncnedge_a_total 1\n"),
            ("no HELP", "# TYPE cnedge_a_total counter\ncnedge_a_total 1\n"),
            ("twice", good + 'cnedge_a_total{x="y"} 2\n'),
            ("quote", good + 'cnedge_a_total{x="z"y"} 2\n'),
            ("no counter's name", good.replace("_total", "")),
            ("gauge named as a counter", good.replace("counter", "gauge")),
            ("family in two parts", good + good.replace("a_total", "b_total") + good),
            ("blank line", good + "\n"),
            ("value", good.replace(" 1\n", " 1e\n"))):
        try:
            parse(text)
            check.true(f"refused: {what}", False)
        except Malformed:
            check.true(what, True)


def check_counts():
    """Queries by transport, type, result, client and decision."""
    with Server("--at", "+1m", "--metrics", "127.0.0.1:0") as server:
        url = url_of(server)
        before = Metrics(url)
        check.equal("no query yet", before.total("queries_total"), 0)
        for _ in range(3):
            ask(server.address, query("www.shop.example", ecs=TELECOM))
        ask(server.address, query("www.shop.example", "AAAA", ecs=OUTSIDE))
        ask(server.address, query("nope.shop.example", "TXT"))
        ask(server.address, query("elsewhere.test"))
        ask(server.address, query("big.shop.example", "TXT"))
        with connect(server.address) as s:
            s.sendall(framed(query("www.shop.example", "MX")))
            read_answer(s)
            during = Metrics(url)
            check.equal("open", during.value("connections", transport="tcp"), 1)
        m = Metrics(url)
        for want, labels in (
                (3, {"transport": "udp", "type": "A", "rcode": "NOERROR"}),
                (1, {"transport": "udp", "type": "AAAA", "rcode": "NOERROR"}),
                (1, {"transport": "udp", "type": "TXT", "rcode": "NXDOMAIN"}),
                (1, {"transport": "udp", "type": "A", "rcode": "REFUSED"}),
                (1, {"transport": "tcp", "type": "MX", "rcode": "NOERROR"})):
            check.equal(f"queries {labels}", m.value("queries_total", **labels), want)
        check.equal("all", m.total("queries_total"), 8)
        check.equal("mainland clients",
                    m.value("routed_queries_total", client="mainland", pop="mainland"), 3)
        check.equal("clients outside", m.value("routed_queries_total", client="global",
                                               pop="global"), 1)
        check.equal("a line", m.value("line_queries_total", line="cn/shanghai/telecom"), 3)
        check.equal("every query has a line", m.total("line_queries_total"), 8)
        check.equal("row of the mainland", m.value("decisions_total", row="1",
                                                         reason="nearest_in_mainland"), 3)
        check.equal("row of REFUSED", m.value("decisions_total", row="24",
                                                         reason="no_such_site"), 1)
        check.equal("row of NXDOMAIN", m.value("decisions_total", row="25",
                                                         reason="no_such_name"), 1)
        check.equal("every query has a row", m.total("decisions_total"), 8)
        check.equal("durations", m.value("answer_duration_seconds_count"), 8)
        check.true("time passes", 0 < m.value("answer_duration_seconds_sum") < 8 * PATIENCE_S)
        check.equal("truncated", m.value("truncated_answers_total"), 1)
        size = len(query("www.shop.example", "MX"))
        check.equal("bytes", m.value("query_bytes_total", transport="tcp"), size)
        check.equal("connections", m.value("connections_total", transport="tcp"), 1)
        check.true("closed again", wait_for(lambda: Metrics(url).total("connections") == 0))


def check_overseas_is_not_called_unlicensed():
    """Row 8 has several causes; a site with a filing in force and the coverage "overseas" ends
    there, and the label has to be true of it as well as of one without a filing."""
    doc = scenario()
    doc["sites"][0]["coverage"] = "overseas"
    doc["sites"].append({"domain": "never.example", "hosts": ["www"]})
    with Server("--at", "+1m", "--metrics", "127.0.0.1:0", doc=doc) as server:
        url = url_of(server)
        why = ask(server.address, query("_why.www.shop.example", "TXT", ecs=TELECOM,
                                        edns=4096)).data
        check.true("licensed", b"the filing is ACTIVE" in why and b"overseas" in why)
        for name in ("www.shop.example", "www.never.example"):
            ask(server.address, query(name, ecs=TELECOM))
        m = Metrics(url)
        check.equal("both", m.value("decisions_total", row="8", reason="not_for_mainland"), 2)


def check_signed():
    """Signed queries and transfers by what became of them; they are queries like others."""
    secret = base64.b64encode(b"a secret of thirty-two bytes ...").decode()
    other = base64.b64encode(b"another secret, thirty-two bytes").decode()
    with tempfile.NamedTemporaryFile("w", suffix=".keys") as keys:
        keys.write(f"mirror hmac-sha256 {secret} cn/shanghai/telecom\n")
        keys.flush()
        with Server("--at", "+1m", "--metrics", "127.0.0.1:0", "--transfer-keys",
                    keys.name) as server:
            url = url_of(server)
            for name, qtype, key, value in (
                    ("www.shop.example", "A", "mirror", secret),
                    ("shop.example", "AXFR", "mirror", secret),
                    ("shop.example", "IXFR=1", "mirror", secret),
                    ("other.example", "AXFR", "mirror", secret),
                    ("shop.example", "SOA", "mirror", other),
                    ("shop.example", "SOA", "nobody", secret)):
                run(need("dig"), "@127.0.0.1", "-p", str(server.address[1]), name, qtype, "-y",
                    f"hmac-sha256:{key}:{value}", "+tries=1", "+time=5")
            m = Metrics(url)
            for want, labels in ((4, "good"), (1, "badsig"), (1, "badkey")):
                check.equal(f"signature {labels}", m.value("signed_queries_total",
                                                           signature=labels), want)
            for want, labels in ((2, "done"), (1, "refused"), (0, "broken")):
                check.equal(f"transfer {labels}", m.value("transfers_total", result=labels), want)
            for want, labels in (
                    (1, {"transport": "udp", "type": "A", "rcode": "NOERROR"}),
                    (1, {"transport": "tcp", "type": "AXFR", "rcode": "NOERROR"}),
                    (1, {"transport": "tcp", "type": "IXFR", "rcode": "NOERROR"}),
                    (1, {"transport": "tcp", "type": "AXFR", "rcode": "NOTAUTH"}),
                    (2, {"transport": "udp", "type": "SOA", "rcode": "NOTAUTH"})):
                check.equal(f"queries {labels}", m.value("queries_total", **labels), want)
            check.equal("all", m.total("queries_total"), 6)
            check.true("from the key's line",
                       m.value("line_queries_total", line="cn/shanghai/telecom") >= 5)
            check.equal("durations", m.value("answer_duration_seconds_count"), 6)


def check_promtool():
    """Prometheus' own checker has nothing to say, where it is installed; _metrics.parse is as
    strict and always there."""
    tool = shutil.which("promtool")
    if tool is None:
        return
    with Server("--at", "+1m", "--metrics", "127.0.0.1:0", "--dnstap", "file:/dev/null") as server:
        for name in ("www", "none", "big"):
            ask(server.address, query(f"{name}.shop.example", "TXT"))
        done = subprocess.run([tool, "check", "metrics"], input=Metrics(url_of(server)).text,
                              capture_output=True, text=True, timeout=60, check=False)
        check.equal("promtool", (done.returncode, done.stdout + done.stderr), (0, ""))


def check_drops():
    """What gets no answer is counted by its cause."""
    with Server("--at", "+1m", "--metrics", "127.0.0.1:0", "--rrl", "2", "--rrl-slip", "2",
                "--tcp-per-address", "1", "--tcp-idle", "1") as server:
        url = url_of(server)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.connect(server.address)
            s.send(b"short")
            s.send(b"\0\1\x80" + bytes(9))  # an answer
            s.send(bytes(5000))
            for _ in range(20):
                s.send(query("www.shop.example"))
        check.true("counted", wait_for(lambda: Metrics(url).total("line_queries_total") == 20))
        m = Metrics(url)
        check.equal("answered or dropped", m.total("queries_total") +
                    m.value("drops_total", cause="rate_limit"), 20)
        check.equal("answered", m.total("queries_total"),
                    m.value("answer_duration_seconds_count"))
        check.equal("no query", m.value("drops_total", cause="no_query"), 2)
        check.equal("too long", m.value("drops_total", cause="too_long"), 1)
        limited = m.value("drops_total", cause="rate_limit") + m.value("slipped_answers_total")
        check.true(f"rate limit: {limited}", limited >= 16)
        check.true("some slip", m.value("slipped_answers_total") >= 8)
        with connect(server.address) as first, connect(server.address) as second:
            check.true("one connection per client", is_closed(second, PATIENCE_S))
            check.true("idle ends", is_closed(first, PATIENCE_S))
        with connect(server.address) as s:
            s.sendall(struct.pack("!H", 3) + b"abc")
            check.true("no DNS", is_closed(s, PATIENCE_S))
        m = Metrics(url)
        for cause in ("tcp_places", "tcp_patience", "tcp_stream"):
            check.equal(cause, m.value("drops_total", cause=cause), 1)


def check_scenario():
    """The run as gauges; events as counters."""
    doc = scenario(name='a "name"\\ of\ttwo', events=[
        {"at": "+30s", "do": "revoke_site", "site": "shop.example", "id": "revoked"},
        {"at": "+40s", "do": "revoke_site", "site": "shop.example", "id": "again",
         "refused": "ICP_BAD_STATE"},
        {"at": "+110m", "do": "pop_down", "pop": "hkg", "id": "later"}])
    with Server("--speed", "60", "--metrics", "127.0.0.1:0", doc=doc) as server:
        url = url_of(server)
        first = Metrics(url)
        check.true("info", any(n == "cnedge_scenario_info" and dict(k)["name"] == doc["name"]
                               for n, k in first.values))
        check.equal("filed", first.value("sites", filing="ACTIVE"), 1)
        check.equal("entitled", first.value("hosts", entitled="yes"), 5)
        check.equal("to come", first.value("events_pending"), 3)
        check.true("happened", wait_for(lambda: Metrics(url).value("events_pending") == 1))
        m = Metrics(url)
        check.equal("applied", m.value("events_total", result="applied"), 1)
        check.equal("refused", m.value("events_total", result="refused"), 1)
        check.equal("code", m.value("event_refusals_total", code="ICP_BAD_STATE"), 1)
        check.equal("not filed", m.value("sites", filing="ACTIVE"), 0)
        check.equal("not entitled", m.value("hosts", entitled="no"), 5)
        check.equal("speed", m.value("simulation_speed_ratio"), 60)
        start = time.mktime((2026, 3, 2, 1, 0, 0, 0, 0, 0)) - time.timezone
        now = m.value("simulated_time_seconds") - start
        check.true(f"simulated time {now}", 40 <= now < 60 * PATIENCE_S)
        check.equal("end", m.value("scenario_end_seconds") - start, 7200)
        check.true("started", abs(m.value("start_time_seconds") - time.time()) < 2 * PATIENCE_S)
        check.true("PoPs", m.total("pops", usable="yes") > 10)


def check_cohorts():
    """Sites that share one state are counted one by one, and so are their hosts."""
    doc = scenario(events=[{"at": "+30s", "do": "revoke_subject", "holder": "many"}], portfolios=[
        {"generate": {"sites": 500, "domain": "g%d.example", "holder": "many",
                      "filing_number": "N-%d", "hosts": ["@", "www"]}}])
    doc["holders"].append({"id": "many"})
    for at, active, revoked, entitled, others in (("+1s", 501, 0, 1005, 0),
                                                  ("+1m", 1, 500, 5, 1000)):
        with Server("--at", at, "--metrics", "127.0.0.1:0", doc=doc) as server:
            m = Metrics(url_of(server))
            check.equal(f"filed at {at}", m.value("sites", filing="ACTIVE"), active)
            check.equal(f"revoked at {at}", m.value("sites", filing="REVOKED"), revoked)
            check.equal(f"entitled at {at}", m.value("hosts", entitled="yes"), entitled)
            check.equal(f"not entitled at {at}", m.value("hosts", entitled="no"), others)


def check_http():
    """The rest of HTTP: what is not there, what is not allowed, a client that dawdles."""
    with Server("--at", "+1m", "--metrics", "127.0.0.1:0") as server:
        url = url_of(server)
        base = url.removesuffix("/metrics")
        check.equal("health", get(base + "/healthz")[::2], (200, "ok\n"))
        minute = Metrics(url).value("simulated_time_seconds")
        check.equal("time", get(base + "/time")[::2], (200, f"{minute:.9f}\n"))
        check.equal("type", get(url)[1]["Content-Type"],
                    "text/plain; version=0.0.4; charset=utf-8")
        check.equal("HEAD", get(url, "HEAD")[::2], (200, ""))
        check.equal("elsewhere", get(base + "/etc/passwd")[0], 404)
        check.equal("POST", get(url, "POST")[0] in (405, 501), True)
        host, port = base.removeprefix("http://").split(":")
        with connect((host, int(port))) as s:
            s.sendall(b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 20000)
            check.true("long headers are cut off", is_closed(s, PATIENCE_S))
        with connect((host, int(port))) as s:
            s.sendall(b"\0\1\2\3\r\n\r\n")
            check.true("no HTTP is cut off", is_closed(s, PATIENCE_S))
        with connect((host, int(port))) as s:
            s.sendall(b"GET /met")
            check.true("who dawdles is cut off", is_closed(s, PATIENCE_S))
        check.equal("DNS goes on", ask(server.address, query("www.shop.example")).rcode, 0)


def check_crowd():
    """Clients of HTTP that take all they can get keep nobody from asking over TCP."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, before[1]))
    with Server("--at", "+1m", "--metrics", "127.0.0.1:0") as server:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        url = url_of(server)
        host, port = url.removeprefix("http://").removesuffix("/metrics").split(":")
        crowd = [connect((host, int(port))) for _ in range(100)]
        for n in range(8):
            with check.within(f"TCP {n}", PATIENCE_S / 4), connect(server.address) as s:
                s.sendall(framed(query("www.shop.example")))
                check.equal(f"TCP {n}", read_answer(s).rcode, 0)
        used = [os.readlink(p) for p in pathlib.Path(f"/proc/{server.process.pid}/fd").iterdir()
                if p.is_symlink()]
        check.true(f"{len(used)} descriptors", 32 < len(used) <= 52)
        for s in crowd:
            s.close()
        check.equal("HTTP goes on", Metrics(url).total("queries_total", transport="tcp"), 8)


def check_refused():
    with Server("--at", "+1m", "--metrics", "127.0.0.1:0") as server:
        taken = url_of(server).removeprefix("http://").removesuffix("/metrics")
        path = f"{server.dir}/scenario.json"
        for text, code, said in (("192.0.2.1:9153", 2, "add --public if they shall"),
                                 ("127.0.0.1", 2, "--metrics: expected"),
                                 ("tls://127.0.0.1:0", 2, "expected ADDR:PORT alone"),
                                 ("127.0.0.1:0=de", 2, "expected ADDR:PORT alone"),
                                 (taken, 4, f"cannot listen on {taken} (metrics)")):
            done = subprocess.run([CNEDGE, "serve", path, "--listen", "127.0.0.1:0", "--metrics",
                                   text], stdin=subprocess.DEVNULL, capture_output=True,
                                  timeout=60, check=False)
            check.equal(f"exit code for {text}", done.returncode, code)
            check.true(f"{text}: {done.stderr.decode()}", said in done.stderr.decode())


def check_manual():
    """Each family is told in the manual, and nothing else is."""
    manual = pathlib.Path(os.environ["CNEDGE_SOURCE"], "docs", "cnedge.1").read_text()
    told = {name for line in re.findall(r"^\.It Li (cnedge_.*)$", manual, re.M)
            for name in line.split(" , ")}
    with Server("--at", "+1m", "--metrics", "127.0.0.1:0", "--dnstap",
                "file:/dev/null") as server:
        text = Metrics(url_of(server)).text
    check.equal("families", told, set(re.findall(r"^# TYPE (\S+)", text, re.M)))


check_parser()
check_counts()
check_overseas_is_not_called_unlicensed()
check_signed()
check_promtool()
check_drops()
check_scenario()
check_cohorts()
check_http()
check_crowd()
check_refused()
check_manual()
check.finish()
