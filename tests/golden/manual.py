#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The manual pages and docs/decisions.md say what the program says, and nothing else.

Compared in both directions: keys of scenario files with ranges, defaults and whether they are
required (cnedge schema); events with what they need, settings, refusals, reasons, invariants
(cnedge list); states and other words; commands and options (cnedge help); rows and sources."""
import json
import os
import pathlib
import re
import subprocess
import sys

SOURCE = pathlib.Path(os.environ["CNEDGE_SOURCE"])
CNEDGE = os.environ["CNEDGE"]
SCENARIO_PAGE = "docs/cnedge-scenario.5"
COMMAND_PAGE = "docs/cnedge.1"
DECISIONS = "docs/decisions.md"
METRICS_TEXT = "sim/server/metrics_text.c"
# Objects of the schema without a list of their own in the manual.
UNLISTED = {"world_file": "world has the same keys", "clients": "its keys are names",
            "capacities": "its keys are PoPs",
            "carriers_by_value": "its keys are values"}
# Objects with keys that their list leaves out: they are the same as in these.
SAME = {"portfolio": ["site"], "generate": ["portfolio", "site"]}
STATES = {"filing": "filing_state", "vetting": "vetting_state", "commercial": "commercial_state",
          "psb": "psb_state",
          "subscription": "subscription_state", "standing": "partner_state",
          "access": "access_state", "subject": "subject_state",
          "provisioning": "provisioning_state", "package_state": "package_state",
          "product_state": "product_state"}
# Enumerations that have a section of their own; their items need not repeat the words.
LISTED_WORDS = set(STATES.values()) | {"event_kind", "refusal", "policy_rule", "path_rule"}

problems = []


def complain(where, text):
    problems.append(f"{where}: {text}")


def cnedge(*args):
    return subprocess.run([CNEDGE, *args], check=True, capture_output=True, text=True).stdout


def compare(where, documented, real):
    """Two sets or sequences of names."""
    for name in real:
        if name not in documented:
            complain(where, f"'{name}' is not documented")
    for name in documented:
        if name not in real:
            complain(where, f"'{name}' is documented and does not exist")


# --- the manual of the format ------------------------------------------------------------------

def plain(mdoc):
    """Text of a macro line without its macros and escapes."""
    text = mdoc.replace(r"\(dq", '"').replace(r"\(aq", "'").replace(r"\&", "")
    text = re.sub(r"^\.(\w\w) ", "", text)
    text = re.sub(r"\b(Ic|Cm|Ar|Li|Ns|Sx|Pq|Em|Xr|Pa|Oo|Oc)\b ?", "", text)
    return re.sub(r"^\.(Pp|El)$", "", text)


class Item:
    """One .It of a list: its head, and the lines below it."""

    def __init__(self, head):
        self.head, self.body = head, []

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(plain(line) for line in self.body)).strip()

    @property
    def words(self):
        """What stands in .Cm macros."""
        found = []
        for line in self.body:
            for macro in re.findall(r"(?:^\.|\s)Cm (.*)", line):
                found += [w for w in macro.split() if re.fullmatch(r"\w[\w-]*", w)]
        return found


def check_twice(page, mark, items):
    """The last of the items is none of those before it: a merge may have left two of them."""
    name = items[-1].head.split()[1]
    if name in (item.head.split()[1] for item in items[:-1]):
        complain(page, f"'{name}' stands twice in the list '{mark}'")


def read_lists(page):
    """{"keys: site": [Item, ...], ...}: the marked lists of the page."""
    lists, mark, mark_of, current = {}, None, None, None
    for line in (SOURCE / page).read_text(encoding="utf-8").splitlines():
        m = re.match(r'\.\\" ((?:keys|words): \w+|states)$', line)
        if m:
            mark = m[1]
        elif line.startswith(".Bl ") and mark:
            if mark in lists:
                complain(page, f"there are two lists '{mark}'")
            current, mark_of, mark = lists.setdefault(mark, []), mark, None
        elif line == ".El":
            current = None
        elif current is not None and line.startswith(".It "):
            current.append(Item(line[4:]))
            check_twice(page, mark_of, current)
        elif current:
            current[-1].body.append(line)
    return lists


# --- the schema --------------------------------------------------------------------------------

class Schema:
    """What `cnedge schema` says of each object."""

    def __init__(self):
        self.defs = json.loads(cnedge("schema"))["$defs"]

    def objects(self):
        return [n for n, d in self.defs.items() if d.get("type") == "object"]

    def leaves(self, node, name=None):
        """(name, definition) of a type and of all it may be or hold, objects not entered."""
        if "$ref" in node:
            name = node["$ref"].rsplit("/", 1)[1]
            node = self.defs[name]
        yield name, node
        for part in node.get("anyOf", []):
            yield from self.leaves(part)
        if node.get("type") == "array":
            yield from self.leaves(node["items"])

    def ranges(self, node):
        """Every pair of limits of numbers and of items."""
        for _, d in self.leaves(node):
            for low, high in (("minimum", "maximum"), ("minItems", "maxItems")):
                if high in d:
                    yield d.get(low, 0), d[high]
            if "maxProperties" in d:
                yield 0, d["maxProperties"]

    def words(self, node):
        """(name, words) of each enumeration."""
        return list({n: (n, d["enum"]) for n, d in self.leaves(node) if "enum" in d}.values())


def default_text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(value)
    return '""' if value == "" else str(value)


def check_key(where, item, node, required, schema):
    m = re.fullmatch(r'(\w+) Pq (.*)', plain(item.head).replace("Ic ", "")) or \
        re.fullmatch(r'Ic (\w+) Pq (.*)', item.head)
    kind = m[2].replace(r"\(dq", '"')
    if kind.endswith(", required") != required:
        complain(where, "required in one place only")
    default = re.search(r", default (.*)$", kind)
    want = default_text(node["default"]) if "default" in node else None
    if (default[1] if default else None) != want:
        complain(where, f"default {want}, documented {default[1] if default else None}")
    check_ranges(where, re.sub(r", default .*", "", kind), item.text, list(schema.ranges(node)))
    check_words(where, item, schema.words(node))


def check_ranges(where, kind, text, ranges):
    said = {(int(a), int(b)) for a, b in re.findall(r"(?<![\w.])(-?\d+)\.\.(\d+)", kind)}
    real = {(a, b) for a, b in ranges}
    # Lists of "one or more" have their limit under Types; letters of texts are not in `ranges`.
    for pair in said - real:
        if "letters" not in kind and "bytes" not in kind:
            complain(where, f"{pair[0]}..{pair[1]} is documented and is not so")
    for low, high in real - said:
        shown = high == 64 or re.search(rf"at most {high}\b", f"{kind} {text}", re.I) or \
            low == high and str(low) in kind
        if not shown:
            complain(where, f"{low}..{high} is not documented")


def check_words(where, item, enumerations):
    if len(enumerations) != 1 or enumerations[0][0] in LISTED_WORDS:
        return
    real = enumerations[0][1]
    if len(real) > 1 and item.words:
        compare(where, item.words, real)
    if item.words:
        documented_words.add(tuple(real))


documented_words = set()


def own_properties(schema, name, properties, items):
    """Without those that the list leaves out and that are the same elsewhere."""
    def bare(node):
        return {k: v for k, v in node.items() if k != "description"}
    listed = {item.head.split()[1] for item in items}
    elsewhere = [schema.defs[other]["properties"] for other in SAME.get(name, [])]
    return {key: node for key, node in properties.items() if key in listed or
            not any(key in o and bare(o[key]) == bare(node) for o in elsewhere)}


def check_keys(lists, schema):
    compare(SCENARIO_PAGE, {m[6:] for m in lists if m.startswith("keys: ")} | set(UNLISTED) |
            {"choices"}, set(schema.objects()))
    for name, definition in schema.defs.items():
        items = lists.get("words: choices" if name == "choices" else f"keys: {name}")
        if definition.get("type") != "object" or items is None:
            continue
        where = f"{SCENARIO_PAGE}: {name}"
        by_name = {item.head.split()[1]: item for item in items}
        properties = own_properties(schema, name, definition["properties"], items)
        compare(where, list(by_name), list(properties))
        if [n for n in by_name if n in properties] != [n for n in properties if n in by_name]:
            complain(where, "the keys stand in another order than in the schema")
        for key, node in properties.items():
            if key in by_name:
                check_key(f"{where}: {key}", by_name[key], node,
                          key in definition.get("required", []), schema)
    for name, definition in schema.defs.items():
        words = definition.get("enum", [])
        if len(words) > 1 and name not in LISTED_WORDS and tuple(words) not in documented_words:
            complain(SCENARIO_PAGE, f"the words of {name} are documented nowhere: {words}")


def check_states(lists, schema):
    items = {item.head.split()[1]: item for item in lists.get("states", [])}
    compare(SCENARIO_PAGE + ": States", list(items), list(STATES))
    for name, item in items.items():
        compare(f"{SCENARIO_PAGE}: States: {name}", item.words, schema.defs[STATES[name]]["enum"])


# --- what `cnedge list` prints -----------------------------------------------------------------

def sentence(text):
    return text[0].upper() + text[1:] + "."


def squeeze(text):
    return re.sub(r"\s+", " ", text)


def check_events(lists):
    real, timers = {}, {}
    for line in cnedge("list", "events").splitlines():
        name, rest = line.split(None, 1)
        text = rest.split("; needs ")[0].split("; may have ")[0]
        if "(a timer's; not for scenarios)" in text:
            timers[name] = text.split(" (a timer's")[0]
            continue
        real[name] = (text, set(re.findall(r"; needs ([\w|]+)", line)),
                      set(re.findall(r"; may have (\w+)", line)))
    items = {item.head.split()[1]: item for item in lists["words: events"]}
    compare(SCENARIO_PAGE + ": KINDS OF EVENTS", list(items), list(real))
    for name in items.keys() & real.keys():
        where = f"{SCENARIO_PAGE}: event {name}"
        head = items[name].head
        optional = set(re.findall(r"Oo Ar (\w+) Oc", head))
        needs = set(re.findall(r"(?<!Oo )Ar (\w+)", head))
        text, want, may = real[name]
        want = {{"site|host": "name", "site|app": "filed"}.get(w, "scope" if "|" in w else w)
                for w in want}
        if needs != want or optional != may:
            complain(where, f"needs {sorted(want)}, may have {sorted(may)}")
        compare_text(where, items[name].text, sentence(text))
    items = {item.head.split()[1]: item.text for item in lists["words: timers"]}
    compare_texts("timers", items, timers)


def compare_text(where, documented, real):
    if squeeze(documented) != squeeze(real):
        complain(where, f"the program says: {real}")


def compare_texts(what, items, real):
    compare(f"{SCENARIO_PAGE}: {what}", list(items), list(real))
    for name in items.keys() & real.keys():
        compare_text(f"{SCENARIO_PAGE}: {name}", items[name], sentence(real[name]))


def check_words_lists(lists):
    for what in ("refusals", "reasons", "invariants", "path"):
        real = dict(line.split(None, 1) for line in cnedge("list", what).splitlines())
        if what == "invariants":  # notes in the source that name the design
            real = {n: re.sub(r" \(DESIGN [\d.]+\)", "", t) for n, t in real.items()}
        if what == "refusals":  # the source and the advice stand in the program only
            real = {n: t.split(" [FACTS ")[0] for n, t in real.items()}
        items = {i.head.split()[1]: re.sub(r"<\w+>", "%u" if what == "path" else "%s", i.text)
                 for i in lists[f"words: {what}"]}
        compare_texts(what, items, real)


# --- commands ----------------------------------------------------------------------------------

def check_commands():
    page = (SOURCE / COMMAND_PAGE).read_text(encoding="utf-8")
    overview = cnedge("help")
    commands = re.findall(r"^  cnedge ([a-z]+)", overview, re.M)
    sections = dict(re.findall(r"^\.Ss ([a-z]+)\n(.*?)(?=^\.S[sh] )", page, re.M | re.S))
    compare(COMMAND_PAGE, list(sections), [c for c in commands if c != "help"])
    for name, text in sections.items():
        if name not in commands:
            continue
        real = set(re.findall(r"--([a-z][a-z0-9-]*)", cnedge("help", name)))
        documented = set(re.findall(r"^\.It Fl -([a-z][a-z0-9-]*)", text, re.M))
        compare(f"{COMMAND_PAGE}: {name}", documented, real)
        check_synopsis(page, name, real)
    listed = re.search(r"list ([a-z|]+)", overview)[1].split("|")
    documented = re.findall(r"^\.It Cm (\w+)", sections.get("list", ""), re.M)
    compare(f"{COMMAND_PAGE}: list", documented, listed)


def check_synopsis(page, name, options):
    """SYNOPSIS has the options of the help, all of them."""
    synopsis = page.split(".Sh SYNOPSIS\n")[1].split("\n.Sh ")[0]
    forms = [form for form in synopsis.split(".Nm\n") if form.startswith(f".Cm {name}")]
    told = set(re.findall(r"(?<=Fl -)[a-z][a-z0-9-]*", "".join(forms)))
    compare(f"{COMMAND_PAGE}: SYNOPSIS of {name}", told, options)


def check_row_words():
    """The words of cnedge_decisions_total: each row of the table has one."""
    page = (SOURCE / COMMAND_PAGE).read_text(encoding="utf-8")
    source = (SOURCE / METRICS_TEXT).read_text(encoding="utf-8")
    words = re.findall(r'"(\w+)"', re.search(r"row_reasons\[\] = \{(.*?)\};", source, re.S)[1])
    documented = re.findall(r"^\.It (\d+) Li (\w+)$", page, re.M)
    compare(f"{COMMAND_PAGE}: cnedge_decisions_total", documented,
            [(str(row), word) for row, word in enumerate(words)])


# --- decisions.md ------------------------------------------------------------------------------

def table_below(text, heading):
    """First cells of the rows of the first table below a heading, as {cell: row}."""
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [[c.strip() for c in line.strip("|").split("|")]
            for line in section.splitlines() if line.startswith("|")]
    names = [row[0].replace("`", "").replace(" (default)", "") for row in rows[2:]]
    for name in sorted({n for n in names if names.count(n) > 1}):
        complain(DECISIONS, f"'{name}' stands twice below '{heading}'")
    return dict(zip(names, rows[2:]))


def check_decisions(schema):
    text = (SOURCE / DECISIONS).read_text(encoding="utf-8")
    settings = table_below(text, "Settings")
    real = schema.defs["choices"]["properties"]
    compare(DECISIONS + ": Settings", list(settings), list(real))
    for name in settings.keys() & real.keys():
        documented = settings[name][1].replace("`", "")
        default = default_text(real[name]["default"]) if "default" in real[name] else "none"
        if documented != default:
            complain(f"{DECISIONS}: {name}", f"default {default}")
    compare(DECISIONS + ": Revocation policies", list(table_below(text, "Revocation policies")),
            real["revocation_policy"]["enum"])
    compare(DECISIONS + ": Coverage", list(table_below(text, "Coverage")), real["coverage"]["enum"])
    sources = table_below(text, "Sources")
    before = text.split("\n## Sources\n")[0] + cnedge("list", "choices")
    cited = set(re.findall(r"\b(?:X|AK|AL|AW|CF|HW)\d+\b", before))
    compare(DECISIONS + ": Sources", list(sources), sorted(cited))
    rows = {int(n) for n in re.findall(r"C2\.(\d+)", text)}
    missing = re.search(r"### Rows that .*? does not have\n\n(.*?)\n\n", text, re.S)[1]
    missing = {int(n) for n in re.findall(r"\b(\d+)\b", re.sub(r"\(.*?\)", "", missing))}
    if rows & missing or rows | missing != set(range(1, 33)):
        complain(DECISIONS, f"rows {sorted(set(range(1, 33)) ^ (rows | missing))} are missing, "
                 f"{sorted(rows & missing)} are both there and not")


def main():
    lists, schema = read_lists(SCENARIO_PAGE), Schema()
    check_keys(lists, schema)
    check_states(lists, schema)
    check_events(lists)
    check_words_lists(lists)
    check_commands()
    check_row_words()
    check_decisions(schema)
    for problem in problems:
        print(problem)
    count = sum(map(len, lists.values()))
    print(f"{count} documented keys and words, {len(problems)} problems")
    sys.exit(1 if problems or count < 200 else 0)


main()
