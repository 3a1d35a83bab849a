#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Sites that are rows of a portfolio behave as if they stood in the scenario.

Environment: CNEDGE, CNEDGE_SOURCE. Random scenarios are written three times: with their sites in
"sites", in a CSV file and in a JSON Lines file. With "individual": true the traces are the same to
the byte, reports too but for the places of sites."""
import csv
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

CNEDGE = os.environ["CNEDGE"]
WORLDS = 12
HOURS = 96

VALUES = {
    "vetting": ["APPROVED", "APPROVED", "APPROVED", "REJECTED", "NOT_SUBMITTED", "UNDER_REVIEW"],
    "coverage": ["global", "global", "domestic", "overseas"],
    "revocation_policy": ["reroute_overseas", "to_origin", "region_overseas", "delete_name",
                          "suspend", "unmap_shared", "deny_at_edge"],
    "needs_commercial": [True, False, False],
    "suspended": [True, False, False, False],
    "blacklisted": [True, False, False, False, False],
    "resolution": ["open", "open", "closed"],
    "demand_mbps": [0, 5, 40],
    "edge_name": ["edge-a.example", "edge-b.example"],
    "site_name": ["Red Lamp", "Blue, \"quoted\" Lamp"],
    "setup": ["full", "partial"],
    "mainland_resource_until": [None, "2026-03-04T00:00:00Z"],
    "psb": ["FILED", "NOT_DUE", "PENALISED"],
}
STATES = ["ACTIVE", "ACTIVE", "ACTIVE", "ACTIVE", "REVOKED", "BUREAU_REVIEW", "DRAFT"]
NUMBERED = {"ACTIVE", "REVOKED"}
HOSTS = [["@", "www"], ["www"], ["www", "api.v1"], ["@", "www", "static"]]
EVENTS = dict.fromkeys(["revoke_site", "filing_refile", "filing_submit", "provider_pass", "sms_ok",
                        "bureau_pass", "audit_hit", "audit_fix", "deregister_site",
                        "vetting_reject", "vetting_rereview", "vetting_approve",
                        "blacklist_domain", "unlist_domain", "close_resolution",
                        "partner_suspend"], "site")
EVENTS |= dict.fromkeys(["deactivate", "deprovision", "provision"], "host")
EVENTS |= dict.fromkeys(["revoke_subject", "deregister_subject", "partner_suspend"], "holder")
EVENTS |= dict.fromkeys(["pop_down", "pop_up"], "pop")
POPS = ["hkg", "sha", "pkx", "can", "icn"]
CLIENTS = {"shanghai-1": "cn/shanghai/telecom",
           "canton-1": "cn/guangdong/mobile", "hk-1": "hk", "de-1": "de"}


def run(*args, cwd):
    return subprocess.run([CNEDGE, *args], cwd=cwd, capture_output=True, timeout=120, check=False)


def random_site(rng, i):
    """(keys of the site, keys of its filing or None)"""
    site = {"domain": f"s{i}.example", "hosts": rng.choice(HOSTS)}
    for key, values in VALUES.items():
        if rng.random() < 0.4:
            site[key] = rng.choice(values)
    if site.get("revocation_policy") == "to_origin" or rng.random() < 0.2:
        site["origin"] = {"v4": ["192.0.2.1", "192.0.2.2"], "v6": ["2001:db8::1"]}
    if site.get("setup") == "partial":
        site["hosts"] = ["www"]
    if rng.random() < 0.3:
        site["registration"] = {"expires": "2026-03-03T12:00:00Z", "real_name": "match"}
    if rng.random() < 0.2:
        site["dedicated_addresses"] = [f"198.51.100.{i}"]
    if rng.random() < 0.1:
        return site, None
    filing = {"holder": rng.choice(["h0", "h1", "h2"]), "state": rng.choice(STATES)}
    if filing["state"] in NUMBERED:
        filing["number"] = f"沪ICP备{10000000 + i}号-1" if i % 2 else f"N-{i}"
    if rng.random() < 0.2:
        filing["order"] = f"o{i % 2}"
    if rng.random() < 0.2:
        filing["accesses"] = ["default", "cloud-b"]
    if site.get("psb") == "FILED" and rng.random() < 0.5:
        site["psb_number"] = "渝公网安备50019002503055号"
    return site, filing


def random_events(rng, sites):
    """Many will be refused: that is in the trace too."""
    events = []
    for _ in range(60):
        kind = rng.choice(list(EVENTS))
        site, _ = rng.choice(sites)
        names = {"site": site["domain"], "holder": rng.choice(["h0", "h1", "h2"]),
                 "host": f"{site['hosts'][-1]}.{site['domain']}", "pop": rng.choice(POPS)}
        key = EVENTS[kind]
        events.append({"at": f"+{rng.randrange(HOURS * 60)}m", "do": kind, key: names[key]})
    return events


def scenario(rng, sites):
    expect = [{"at": "+1h", "name": f"www.{s['domain']}", "from": list(CLIENTS)[i % 4],
               "rcode": "REFUSED"} for i, (s, _) in enumerate(sites)]
    return {"cnedge": 1, "name": "portfolio", "seed": rng.randrange(1000),
            "start": "2026-03-02T00:00:00Z", "end": f"+{HOURS}h",
            "holders": [{"id": f"h{i}"} for i in range(3)], "clients": CLIENTS,
            "events": random_events(rng, sites), "expect": expect}


def in_scenario(doc, sites):
    """The sites where they always were."""
    filings = [{"id": f"f{i}"} | f for i, (_, f) in enumerate(sites) if f is not None]
    listed = [s | ({"filing": f"f{i}"} if f is not None else {}) for i, (s, f) in enumerate(sites)]
    return doc | {"filings": filings, "sites": listed}


def flat(site, filing):
    names = {"holder": "holder", "state": "filing_state", "number": "filing_number",
             "order": "filing_order", "accesses": "filing_accesses"}
    return site | {names[k]: v for k, v in (filing or {}).items()}


def cell(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(value) if isinstance(value, list) else str(value)


def write_csv(path, rows):
    flat_rows = []
    for row in rows:
        out = {}
        for key, value in row.items():
            members = value.items() if isinstance(value, dict) else [(None, value)]
            for member, v in members:
                out[key if member is None else f"{key}.{member}"] = cell(v)
        flat_rows.append(out)
    columns = sorted({c for row in flat_rows for c in row})
    with open(path, "w", newline="", encoding="utf-8") as f:
        writer = csv.DictWriter(f, columns, restval="")
        writer.writeheader()
        writer.writerows(flat_rows)


def write_lines(path, rows):
    with open(path, "w", encoding="utf-8") as f:
        for i, row in enumerate(rows):
            f.write(json.dumps(row, ensure_ascii=i % 2 == 0) + "\n")


def traces(folder, docs):
    """The bytes of each trace."""
    for name, doc in docs.items():
        (folder / f"{name}.json").write_text(json.dumps(doc), encoding="utf-8")
        r = run("replay", "--trace", f"{name}.jsonl-trace", f"{name}.json", cwd=folder)
        if r.returncode not in (0, 1):
            sys.exit(f"{name}: exit {r.returncode}\n{r.stderr.decode()}")
        yield name, (folder / f"{name}.jsonl-trace").read_bytes()


def main():
    problems, lines = 0, 0
    for seed in range(WORLDS):
        rng = random.Random(seed)
        sites = [random_site(rng, i) for i in range(24)]
        doc = scenario(rng, sites)
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            rows = [flat(s, f) for s, f in sites]
            write_csv(folder / "rows.csv", rows)
            write_lines(folder / "rows.jsonl", rows)
            docs = {"sites": in_scenario(doc, sites)}
            for ending in ("csv", "jsonl"):
                portfolio = {"file": f"rows.{ending}", "individual": True}
                docs[ending] = doc | {"portfolios": [portfolio]}
            got = dict(traces(folder, docs))
            lines += got["sites"].count(b"\n")
            for ending in ("csv", "jsonl"):
                if got[ending].replace(f"{ending}.json".encode(), b"sites.json") != got["sites"]:
                    print(f"seed {seed}: the trace of rows.{ending} differs")
                    problems += 1
    print(f"{WORLDS} worlds, {lines} lines of traces, {problems} problems")
    sys.exit(1 if problems or lines < 1000 else 0)


main()
