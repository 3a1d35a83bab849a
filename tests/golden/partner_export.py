#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`cnedge export partner` tells the partner what it needs and nothing that says whose it is.

Usage: partner_export.py [--update]      environment: CNEDGE, CNEDGE_SOURCE

1. A unique text is planted into every string of a scenario that holds every key of the format, as
   the schema describes it, one after the other; references to it follow. None may appear in the
   export at any instant, but those that EXPORTED lists. A key that is added to the format is
   planted too, or the test fails: when the sample lacks it, or when no text fits its pattern and
   FIXED does not say why that is no text.
2. The export of a scenario, byte for byte, in partner_export.json."""
import copy
import difflib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["CNEDGE_SOURCE"])
CNEDGE = os.environ["CNEDGE"]
SAMPLE = SOURCE / "tests" / "scenario" / "valid" / "everything.json"
SHOWN = "tests/golden/explain.json"
GOLDEN = SOURCE / "tests" / "golden" / "partner_export.json"

# What the partner gets although somebody chose it: it is licensing, routing, or its own.
EXPORTED = {
    "site.domain": "what is filed, vetted and served",
    "host.name": "the names that are served", "site.hosts": "the same, in short",
    "filing.number": "checked with the ministry, shown in the footer",
    "portfolio.hosts": "names that are served", "generate.hosts": "names that are served",
    "generate.domain": "what is filed, vetted and served",
    "portfolio.filing_number": "as filing.number", "generate.filing_number": "as filing.number",
    "partner.id": "which partner, when there are several",
    "pop.id": "the partner's own PoP", "pop.province": "where it is",
    "pop.v4": "what answers name", "pop.v6": "what answers name",
}

# Types whose strings are no texts: times, words of a list that the pattern cannot tell, names of
# places on the map, suffixes, fields of somebody's file. They hold no identity.
FIXED = {"instant", "end", "range", "time", "date", "province", "line_ref", "line_name",
         "line_pattern", "stand",
         "from", "country", "tld", "path", "prefix", "asked", "duration",
         "currency", "field",
         # Numbers of a fixed grammar, which the loader checks to the last digit.
         "licence_number"}

# References to what is declared elsewhere, and never planted in themselves. Those of events and
# expectations are not listed: no part of these is exported.
REFERENCES = {"site.partner", "portfolio.partner", "generate.partner", "pop.partner",
              "package.account", "product.account", "product.sites",
              "product.hosts", "product.package", "product.pop", "product.premium"}

TOKENS = ["Zq {} Ltd.", "zq{}", "zq{}.example", "zq{}x.zq.example", "198.18.{}.{}",
          "2001:db8:{}::{}", "ICP Zq{}", "zq{}-%d.example"]

# Keys whose text stands inside another.
AROUND = {"site.zone": "_planted TXT \"{}\""}


def resolve(schema, node):
    """(the name of the definition, the node behind $ref)."""
    name = None
    while "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[1]
        node = schema["$defs"][name]
    return name, node


def kinds(schema, node):
    """The alternatives of a node, flattened."""
    name, node = resolve(schema, node)
    if "anyOf" not in node:
        return [(name, node)]
    return [k for n in node["anyOf"] for k in kinds(schema, n)]


def is_text(node):
    return node.get("type") == "string" and "enum" not in node and "const" not in node


def walk(schema, node, value, path, owner):
    """Yields (definition, key such as "site.domain", path, value) for each string of a document."""
    for name, n in kinds(schema, node):
        if isinstance(value, str) and is_text(n):
            yield name, owner, path, value
            return
        if isinstance(value, list) and n.get("type") == "array":
            for i, v in enumerate(value):
                yield from walk(schema, n["items"], v, path + [i], owner)
        if isinstance(value, dict) and n.get("type") == "object":
            for k, v in value.items():
                sub = n.get("properties", {}).get(k, n.get("additionalProperties"))
                if isinstance(sub, dict):
                    key = f"{name}.{k}" if "properties" in n else f"{name}.*"
                    if "propertyNames" in n:
                        yield None, f"{name} names", path + [k, None], k
                    yield from walk(schema, sub, v, path + [k], key)


def objects(schema, node, value):
    """Yields (definition, object) for each object of a document that has a definition."""
    for name, n in kinds(schema, node):
        if isinstance(value, list) and n.get("type") == "array":
            for v in value:
                yield from objects(schema, n["items"], v)
        if isinstance(value, dict) and n.get("type") == "object":
            yield name, value
            for k, v in value.items():
                sub = n.get("properties", {}).get(k)
                if sub:
                    yield from objects(schema, sub, v)


def text_keys(schema):
    """Every key of the format that takes a text: "site.domain" -> the definitions."""
    keys = {}
    for name, node in schema["$defs"].items():
        for k, sub in node.get("properties", {}).items():
            for d, n in kinds(schema, sub):
                items = [n]
                if n.get("type") == "array":
                    items = [i for _, i in kinds(schema, n["items"])]
                    d = next((x for x, _ in kinds(schema, n["items"]) if x), d)
                if any(is_text(i) for i in items):
                    keys.setdefault(f"{name}.{k}", set()).add(d)
    return keys


def rename(value, old, new):
    """The document with a string replaced wherever it stands, alone or in front of a time."""
    if isinstance(value, dict):
        return {rename(k, old, new) if k == old else k: rename(v, old, new)
                for k, v in value.items()}
    if isinstance(value, list):
        return [rename(v, old, new) for v in value]
    if isinstance(value, str):
        if value == old:
            return new
        if re.fullmatch(re.escape(old) + r"[+-][0-9].*", value):
            return new + value[len(old):]
        if "." in old and value.lower().rstrip(".").endswith("." + old.lower().rstrip(".")):
            return value.rstrip(".")[:-len(old.rstrip("."))] + new
        if "." in old and value.lower().rstrip(".") == old.lower().rstrip("."):
            return new
    return value


class Planter:
    def __init__(self, directory, document, schema):
        self.file = pathlib.Path(directory, "planted.json")
        self.document, self.schema, self.count = document, schema, 0
        self.planted = {}  # token -> key
        self.keys = set()

    def good(self, document):
        self.file.write_text(json.dumps(document), encoding="utf-8")
        done = subprocess.run([CNEDGE, "check", str(self.file)], capture_output=True, timeout=60,
                              check=False)
        return done.returncode == 0

    def plant(self, key, old):
        """Whether one of the tokens could take the place of a text."""
        for form in TOKENS:
            self.count += 1
            token = form.format(*[self.count % 250 + 1] * form.count("{}")) \
                if form[0].isdigit() else form.format(self.count)
            changed = rename(copy.deepcopy(self.document), old, token)
            if changed != self.document and self.good(changed):
                self.document = changed
                self.planted[token] = key
                self.keys.add(key)
                return True
        return False

    def add(self, key):
        """Whether a key that the sample lacks could be added with a token."""
        owner, k = key.split(".", 1)
        root = {"$ref": "#/$defs/scenario"}
        for form, listed in [(f, as_list) for f in TOKENS for as_list in (False, True)]:
            changed = copy.deepcopy(self.document)
            of_type = [o for name, o in objects(self.schema, root, changed) if name == owner]
            self.count += 1
            if not of_type or k in of_type[0]:
                continue
            number = self.count % 250 + 1 if form[0].isdigit() else self.count
            token = form.format(*[number] * form.count("{}"))
            text = AROUND.get(key, "{}").format(token)
            of_type[0][k] = [text] if listed else text
            if self.good(changed):
                self.document = changed
                self.planted[token] = key
                self.keys.add(key)
                return True
        return False

    def cover(self):
        """Keys whose text is a token, or has one: references to what was planted."""
        for _, key, _, value in walk(self.schema, {"$ref": "#/$defs/scenario"}, self.document, [],
                                     "scenario"):
            if any(t in value for t in self.planted):
                self.keys.add(key)

    def run(self):
        """Plants everywhere; returns keys that took no token."""
        failed, done = {}, set()
        progress = True
        while progress:
            progress = False
            for name, key, path, value in walk(self.schema, {"$ref": "#/$defs/scenario"},
                                               self.document, [], "scenario"):
                if value in self.planted or (key, value) in done or name in FIXED:
                    continue
                done.add((key, value))
                if self.plant(key, value):
                    failed.pop(key, None)
                    progress = True
                    break
                if key not in self.keys:
                    failed[key] = value
        return failed


def export(*arguments):
    return subprocess.run([CNEDGE, "export", "partner", *arguments], cwd=SOURCE, timeout=60,
                          capture_output=True, text=True, check=True).stdout


def sample(schema):
    """everything.json with a world of its own beside it, in the same document."""
    document = json.loads(SAMPLE.read_text(encoding="utf-8"))
    for key, sub in schema["$defs"]["scenario"]["properties"].items():
        _, node = resolve(schema, sub)
        if node.get("type") == "object" and "required" not in node:
            document.setdefault(key, {})
    document.setdefault("partners", [{"id": "jd"}, {"id": "other-partner"}])
    account = document["accounts"][0]["id"]
    document.setdefault("packages", [{"id": "lane", "account": account, "mbps": 10}])
    document.setdefault("products", [{"id": "bought", "account": account, "kind": "cen", "mbps": 5,
                                      "package": "lane", "provider": "alibaba_cloud"}])
    document["sites"][0].setdefault("dedicated_addresses", ["198.18.250.7"])
    document["world"] = {
        "extends": "builtin",
        "pops": [{"id": "own", "city": "Nowhere", "country": "cn", "province": "shanghai",
                  "class": "mainland", "lat": 31.2, "lon": 121.5, "carriers": ["telecom"],
                  "v4": "198.18.250.1", "v6": "2001:db8:fa::1",
                  "v4_spares": "198.18.250.2", "v6_spares": "2001:db8:fa::2"}]}
    own = {"holder": document["holders"][0]["id"], "account": account, "hosts": ["@", "rowhost"],
           "filing_order": "rows-together", "filing_accesses": ["default", "rows-cloud"],
           "edge_name": "rows.edge.example", "site_name": "Rows",
           "dedicated_addresses": ["198.18.250.9"]}
    app = {"filing": next(f["id"] for f in document["filings"] if f.get("kind") == "app"),
           "account": account, "hosts": ["@"]}
    document["portfolios"] = [
        {"file": "rows.csv", "filing_number": "Rows 1"} | own,
        {"file": "apps.csv"} | app,
        {"generate": {"sites": 2, "domain": "made%d.example", "filing_number": "Made %d"} | own},
        {"generate": {"sites": 2, "domain": "apps%d.example"} | app}]
    properties = schema["$defs"]["pop"]["properties"]
    pop = document["world"]["pops"][0]
    document["world"]["pops"][0] = {k: v for k, v in pop.items() if k in properties}
    return document


def check_identity(schema, directory):
    problems = []
    for name in ("rows", "apps"):
        rows = f"domain\n{name}-a.example\n{name}-b.example\n"
        pathlib.Path(directory, f"{name}.csv").write_text(rows, encoding="utf-8")
    planter = Planter(directory, sample(schema), schema)
    if not planter.good(planter.document):
        return ["the sample is no valid scenario"]
    failed = planter.run()
    planter.cover()
    have = planter.keys
    for key, definitions in text_keys(schema).items():
        needed = definitions - FIXED
        inside = key.split(".")[0] not in ("event", "expectation", "world_file", "window",
                                            "path_view", "client_share")
        if not inside or not needed or key in have or key in REFERENCES:
            continue
        if key in failed:
            problems.append(f"{key}: no text could be planted in place of {failed[key]!r}")
        elif not planter.add(key):
            problems.append(f"{key}: the sample has no such text, and none could be added")
    if not planter.good(planter.document):
        return problems + ["the planted scenario is no valid scenario"]
    for at in ("start", "+1h", "+3d", "end"):
        told = export(str(planter.file), "--at", at).lower()
        for token, key in planter.planted.items():
            if key not in EXPORTED and token.lower() in told:
                problems.append(f"{key}: {token!r} is exported at {at}")
    told = export(str(planter.file)).lower()
    for key in ("site.domain", "filing.number", "pop.id"):
        if not any(t.lower() in told for t, k in planter.planted.items() if k == key):
            problems.append(f"{key}: is not exported, although it must be")
    print(f"{len(planter.planted)} texts planted in {len(have)} keys")
    return problems


def fields_of(value, owner):
    """The keys of an export, as --fields names them."""
    names = {"sites": "site", "hosts": "host", "pops": "pop", "apps": "app"}
    found = set()
    if isinstance(value, dict):
        for k, v in value.items():
            found.add(f"{owner}.{k}")
            for item in v if isinstance(v, list) and k in names else []:
                found |= fields_of(item, names[k])
    return found


def main():
    update = sys.argv[1:] == ["--update"]
    if sys.argv[1:] and not update:
        sys.exit(__doc__)
    schema = json.loads(subprocess.run([CNEDGE, "schema"], capture_output=True, timeout=60,
                                       check=True).stdout)
    with tempfile.TemporaryDirectory() as directory:
        problems = check_identity(schema, directory)
    got = export(SHOWN, "--at", "end")
    listed = {line.split("\t")[0] for line in export("--fields").splitlines()}
    shown = fields_of(json.loads(got), "export")
    if not shown <= listed:
        problems.append(f"exported but not listed: {sorted(shown - listed)}")
    if listed - shown - {"site.partner", "pop.partner"}:
        problems.append(f"listed but not exported: {sorted(listed - shown)}")
    manual = (SOURCE / "docs" / "cnedge.1").read_text(encoding="utf-8")
    problems += [f"{f} is not in docs/cnedge.1" for f in listed if f".It Cm {f}\n" not in manual]
    if update:
        GOLDEN.write_text(got, encoding="utf-8")
    want = GOLDEN.read_text(encoding="utf-8") if GOLDEN.exists() else ""
    if got != want:
        sys.stdout.writelines(difflib.unified_diff(want.splitlines(True), got.splitlines(True),
                                                   str(GOLDEN), "got"))
        problems.append("the export is not as in partner_export.json")
    print(*problems, f"{len(problems)} problems", sep="\n")
    sys.exit(1 if problems else 0)


main()
