#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Which test or scenario covers which part of the reference; writes docs/traceability.md.

Usage: traceability.py [--check] [SOURCE_DIR]

A test says what it covers by its name: a string that starts with "C2.row17", "B1.submit.CODE",
"C4.7", "A2.", "A3.", "G." and stands in a test's source, or a scenario file called
drill-NN-slug.json (D1.NN). What must be covered is the data below, written by hand from the
reference. Without --check the document is written anew. --check writes nothing and fails when the
document is not what would be written, when something has no test and is not in KNOWN_MISSING, and
when something is in KNOWN_MISSING although it has one: that list can only shrink."""
import collections
import pathlib
import re
import sys

C2 = {
    1: "mainland client, entitled, a mainland PoP is healthy",
    2: "client outside, entitled: never a mainland PoP",
    3: "the nearest mainland PoP is down: the next one, not overseas",
    4: "a carrier's or a province's outage: another carrier or province",
    5: "all mainland PoPs down or the partner's outage: near, then global",
    6: "mainland IPv6 dead, IPv4 alive",
    7: "mainland IPv4 dead, IPv6 alive",
    8: "never licensed: near PoPs",
    9: "approved but not synced, or provisioning",
    10: "the site's filing is revoked",
    11: "the subject is revoked: every site of it",
    12: "the partner suspends the account",
    13: "the status is unknown: last decision for the grace, then near",
    14: "vetting pending or rejected",
    15: "vetting rejected on re-review of a live domain",
    16: "the subscription has ended",
    17: "audit notice: unchanged until the deadline",
    18: "access cancelled, or a shell",
    19: "domain blacklisted, path not crossing the border",
    20: "domain blacklisted, path crossing the border: forged",
    21: "client outside, by a mainland transit or resolver: may be forged",
    22: "one address of the set is blacklisted: dropped",
    23: "an attempt to switch IPv6 off is refused",
    24: "a zone that is unknown: REFUSED",
    25: "a name that is not in the zone: NXDOMAIN",
    26: "another type at an existing name: NODATA",
    27: "in-China DNS mode, the partner's DNS is down: nobody gets an answer",
    28: "global DNS mode, the border is congested: the query may time out",
    29: "a client of the unknown line: treated as outside",
    30: "a client in Taiwan or Hong Kong: near, not mainland",
    31: "near PoPs saturated after a mass failover: spread by capacity",
    32: "re-approved after a revocation: only after sync, vetting and provisioning",
}
B = {
    "B1": "ICP filing", "B2": "commercial licence", "B3": "content vetting", "B4": "PSB filing",
    "B5": "subscription and provisioning", "B6": "blacklists", "B7": "bandwidth package",
    "B8": "PoP health",
}
C4 = {
    1: "nearest metric", 2: "tie-break", 3: "addresses per answer and rotation",
    4: "mainland to mainland before mainland to near", 5: "per-family failover", 6: "TTLs",
    7: "grace of an unknown status", 8: "partner outage: detection and authority",
    9: "saturation and spill", 10: "how fast a revocation reaches DNS",
    11: "cool-down and hysteresis on return", 12: "gradual or all-at-once return",
    13: "vetting durations, re-vetting", 14: "audit deadline and shell clean-up",
    15: "whether clients outside may ever get mainland PoPs",
    16: "commercial licence lost while the filing lives", 17: "effect of PSB filing",
    18: "times of listing and unlisting", 19: "forged answers: pool and TTL",
    20: "where unknown clients and anycast resolvers are", 21: "ECS prefix and scope",
    22: "EDE codes on answers", 23: "SOA serial", 24: "timing of the proxy cascade",
    25: "CEN's effect on near capacity and latency",
    26: "whether admin force beats the legal state",
}
D1 = {
    1: "revoke one site", 2: "revoke a subject with 40 sites", 3: "partner suspends one account",
    4: "partner-wide suspension", 5: "outage of the whole partner network",
    6: "one mainland PoP down", 7: "province outage", 8: "carrier outage",
    9: "carrier resolver outage", 10: "Hong Kong saturated after mass failover",
    11: "Hong Kong PoP dies during failover", 12: "stale resolvers", 13: "TTL lowered beforehand",
    14: "IPv6 outage in the mainland, IPv6 forced", 15: "an operator tries to switch IPv6 off",
    16: "IPv6 up, IPv4 dead", 17: "vetting rejected on renewal",
    18: "vetting pending on a new host", 19: "content change triggers an audit",
    20: "failover loop: long overseas operation kills the filing",
    21: "domain registration lapses", 22: "holder's certificate lapses",
    23: "commercial licence misses its annual report", 24: "shared address blacklisted",
    25: "domain blacklisted gradually", 26: "SNI block", 27: "province-level firewall",
    28: "border resets port 443 for 74 minutes", 29: "nation-wide bogus DNS for 24 minutes",
    30: "wrong mapping of Taiwan", 31: "resolver in the wrong place",
    32: "return after re-approval", 33: "proxy holder violates", 34: "access provider change",
    35: "cross-border package expires at peak", 36: "downgrade in the wrong portal",
    37: "delegation hijacked at the registry", 38: "in-China nameserver outage",
    39: "status feed unknown or flapping", 40: "shared edge host name unmapped",
    41: "operator override against the law", 42: "clock jump, replay twice",
}
OTHER = {"A2": "who may apply", "A3": "number formats", "G": "dated rules"}

# What has no test yet. Shrinks only.
KNOWN_MISSING = set("""
""".split())

QUOTED = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
ID = re.compile(r"(C2\.row\d+|C4\.\d+|B[1-8]\.|A[23]\.|G\.)")
STATE_ROW = re.compile(r"B[1-8]\.[A-Z_]+$")
PICTURE = re.compile(r"[A-Za-z.+ -]{2,}$")


def literals(line):
    """The string literals of a line of C or Python; comments hold none that start with an id."""
    return QUOTED.findall(line.replace("'", '"') if "'" in line and '"' not in line else line)


def collect(source):
    """({id: sorted list of "file: name"}, {machine: number of (state, event) pairs})"""
    covered = collections.defaultdict(set)
    pairs = collections.Counter()
    files = [p for ext in ("c", "h", "py") for p in (source / "tests").rglob(f"*.{ext}")]
    for path in sorted(files):
        place = path.relative_to(source).as_posix()
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            strings = literals(line)
            for i, text in enumerate(strings):
                m = ID.match(text)
                if not m or "%" in text:
                    continue
                key = m[1].rstrip(".")
                covered[key].add(f"{place}: {text}")
                if key in B:
                    later = strings[i + 1:]
                    picture = STATE_ROW.match(text) and later and PICTURE.match(later[0])
                    pairs[key] += len(later[0].replace(" ", "")) if picture else 1
    for path in sorted((source / "scenarios").glob("drill-*.json")):
        m = re.match(r"drill-(\d\d)-", path.name)
        if m:
            covered[f"D1.{int(m[1])}"].add(path.relative_to(source).as_posix())
    return {k: sorted(v) for k, v in covered.items()}, pairs


def required():
    """Every id that must be covered, in order."""
    return ([f"C2.row{n}" for n in C2] + list(B) + [f"D1.{n}" for n in D1]
            + [f"C4.{n}" for n in C4])


def shorten(places):
    """By file, the first names and how many more."""
    by_file = collections.defaultdict(list)
    for p in places:
        file, _, name = p.partition(": ")
        by_file[file].append(name)
    parts = []
    for file, names in by_file.items():
        names = [n for n in names if n]
        shown = ", ".join(f"`{n}`" for n in names[:3])
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        parts.append(f"`{file}`" + (f": {shown}{more}" if shown else ""))
    return "; ".join(parts)


def row(key, title, covered, extra=""):
    where = shorten(covered[key]) if key in covered else "**missing**"
    return f"| {key} | {title} | {extra}{where} |"


def table(head, rows):
    return [f"| | {head} | covered by |", "|---|---|---|", *rows, ""]


def invariants(source):
    header = (source / "include/cnedge/model/invariant.h").read_text(encoding="utf-8")
    return re.findall(r'X\(\w+,\s*"(\w+)"', header)


def document(source):
    covered, pairs = collect(source)
    missing = [k for k in required() if k not in covered]
    out = ["# What covers what", "",
           "Written by `tools/traceability.py`; do not edit. Rows, machines, drills and choices",
           "are those of the reference that the project started from, and are retold in",
           "[decisions.md](decisions.md). A test says by its name what it covers.", "",
           f"{len(required()) - len(missing)} of {len(required())} covered"
           + (f"; missing: {', '.join(missing)}" if missing else "") + ".", ""]
    out += ["## Decision table", ""]
    out += table("row", [row(f"C2.row{n}", t, covered) for n, t in C2.items()])
    out += ["## Machines", "", "Number of (state, event) pairs and further cases by name.", ""]
    out += table("machine", [row(k, t, covered, f"{pairs[k]} cases: " if k in covered else "")
                             for k, t in B.items()])
    out += ["## Drills", ""]
    out += table("drill", [row(f"D1.{n}", t, covered) for n, t in D1.items()])
    out += ["## Declared choices", ""]
    out += table("choice", [row(f"C4.{n}", t, covered) for n, t in C4.items()])
    out += ["## Eligibility, numbers, dated rules", ""]
    out += table("", [row(k, t, covered) for k, t in OTHER.items()])
    out += ["## Invariants", "",
            "Each is planted a violation of that the verifier must find, by the shortest way",
            "(`tests/replay/test_verify.c`).", ""]
    planted = (source / "tests/replay/test_verify.c").read_text(encoding="utf-8")
    out += [f"* `{i}`" + ("" if f'"verify.finds.{i}"' in planted else ": **missing**")
            for i in invariants(source)]
    return "\n".join(out) + "\n", covered


def problems_of(source):
    text, covered = document(source)
    path = source / "docs" / "traceability.md"
    problems = []
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        problems.append("docs/traceability.md: expected what tools/traceability.py writes; run it")
    for key in required():
        if key not in covered and key not in KNOWN_MISSING:
            problems.append(f"{key}: expected a test or scenario that covers it, got none")
        if key in covered and key in KNOWN_MISSING:
            problems.append(f"{key}: is covered: take it off KNOWN_MISSING")
    problems += [f"{k}: KNOWN_MISSING names what nobody asks for"
                 for k in sorted(KNOWN_MISSING - set(required()))]
    return problems


def main():
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    if len(arguments) > 1 or any(a.startswith("-") for a in arguments):
        sys.exit(__doc__)
    here = pathlib.Path(__file__).parents[1]
    source = pathlib.Path(arguments[0] if arguments else here).resolve()
    if "--check" not in sys.argv[1:]:
        text, _ = document(source)
        (source / "docs" / "traceability.md").write_text(text, encoding="utf-8")
        return
    problems = problems_of(source)
    count = f"{len(required())} parts of the reference, {len(problems)} problems"
    print(*problems, count, sep="\n")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
