#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""No forged address is anybody's: in whatever the shipped scenarios make up, every address of the
path lies in space that is reserved for documentation, and looks like a forged one.

Environment: CNEDGE, CNEDGE_SOURCE."""
import json
import os
import pathlib
import re
import subprocess
import sys

SOURCE = pathlib.Path(os.environ["CNEDGE_SOURCE"])
CNEDGE = os.environ["CNEDGE"]
FORGING = {"poison", "dns_bogus", "ns_hijack", "blacklist_domain"}
ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b[0-9a-f]{1,4}:[0-9a-f:]+[0-9a-f]\b")
FORGED = re.compile(r"198\.51\.100\.\d+|2001:db8:dead::[0-9a-f]+")


def path_part(path, at, client, host, rtype):
    """What explain prints of the path alone."""
    done = subprocess.run([CNEDGE, "explain", str(path), "--path", "--at", at, "--from", client,
                           host, rtype], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.split("the path to the client:\n", 1)[1]


def main():
    looked, forged, problems = 0, 0, []
    for path in sorted((SOURCE / "scenarios").glob("*.json")):
        doc = json.loads(path.read_text(encoding="utf-8"))
        moments = [e["id"] for e in doc.get("events", [])
                   if e["do"] in FORGING and "id" in e and "refused" not in e]
        site = next((s for s in doc.get("sites", [])), None)
        if not moments or site is None:
            continue
        names = [h if isinstance(h, str) else h["name"] for h in site["hosts"]]
        host = site["domain"] if names[0] == "@" else f"{names[0]}.{site['domain']}"
        for at in [moments[0], "end"]:
            for client in doc.get("clients", {}):
                for rtype in ("A", "AAAA"):
                    text = path_part(path, at, client, host, rtype)
                    looked += 1
                    for address in ADDRESS.findall(text):
                        forged += 1
                        if not FORGED.fullmatch(address):
                            problems.append(f"{path.name} at {at} from {client}: {address}")
    if forged == 0:
        problems.append("expected some forged addresses, got none")
    for problem in problems:
        print(problem)
    print(f"{looked} views, {forged} forged addresses, {len(problems)} problems")
    sys.exit(1 if problems else 0)


main()
