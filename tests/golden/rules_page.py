#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""docs/cnedge-rules.7 says of settings, profiles and dated rules what `cnedge rules --json` says.

The page is a frame written by hand and four lists between marks. The test reads the lists back and
compares item by item, in both directions; `--update` writes them anew. Environment: CNEDGE,
CNEDGE_SOURCE."""
import json
import os
import pathlib
import re
import subprocess
import sys
import textwrap

PAGE = pathlib.Path(os.environ["CNEDGE_SOURCE"]) / "docs" / "cnedge-rules.7"
CNEDGE = os.environ["CNEDGE"]
PROFILES = ["seed", "cloudflare", "aliyun", "huawei"]


def rules(*args):
    out = subprocess.run([CNEDGE, "rules", "--json", *args], check=True, capture_output=True)
    return json.loads(out.stdout)


# --- what the lists must say: [(head, [paragraph, ...]), ...] ------------------------------------

def sentence(text):
    return text[0].upper() + text[1:] + "."


def value(text):
    return text if text != "" else "(none)"


def declared(data):
    return [(str(d["number"]), [sentence(d["text"]), ", ".join(d["settings"]) or "(none)"])
            for d in data["declared"]]


def settings(data):
    items = []
    for s in data["settings"]:
        lines = [sentence(s["text"])]
        if s["declared"]:
            lines.append("Declared choice " + ", ".join(map(str, s["declared"])) + ".")
        kind = s["type"] + (f" {s['min']}..{s['max']}" if "min" in s else "")
        if "words" in s:
            lines.append("Words: " + ", ".join(s["words"]) + ".")
        lines += [f"Type {kind}, default {value(s['default'])}.",
                  f"Grade {s['grade']}: {s['source']}."]
        items.append((s["name"], lines))
    return items


def profiles():
    items = []
    for name in PROFILES:
        lines = [f"{s['name']} = {value(s['value'])}; grade {s['grade']}: {s['source']}."
                 for s in rules("--profile", name)["settings"] if s["value"] != s["default"]
                 and s["name"] != "profile"]
        items.append((name, lines))
    return items


def dated(data):
    items = []
    for r in data["rules"]:
        lines = [sentence(r["text"]), f"Type {r['type']}."]
        for v in r["versions"]:
            days = f"{v['valid_from'] or 'ever'} to {v['valid_to'] or 'ever'}"
            lines.append(f"{days}: {v['value']}; grade {v['grade']}: {v['source']}.")
        items.append((r["name"], lines))
    return items


def wanted():
    data = rules()
    return {"declared": declared(data), "settings": settings(data), "profiles": profiles(),
            "rules": dated(data)}


# --- the page ------------------------------------------------------------------------------------

def mdoc(text):
    """Lines of input for a paragraph: no line begins with a control character."""
    lines = textwrap.wrap(text.replace("\\", r"\e"), 96, break_long_words=False,
                          break_on_hyphens=False)
    return [r"\&" + line if line[0] in ".'" else line for line in lines]


def write_list(items):
    lines = [".Bl -tag -width Ds"]
    for head, paragraphs in items:
        lines.append(f".It Ic {head}")
        for i, paragraph in enumerate(paragraphs):
            lines += ([".br"] if i > 0 else []) + mdoc(paragraph)
    return lines + [".El"]


def read_lists(text):
    lists = {}
    for name, body in re.findall(r'^\.\\" list: (\w+)\n(.*?)^\.\\" end: \1\n', text, re.M | re.S):
        items = []
        for line in body.splitlines():
            if line.startswith(".It Ic "):
                items.append((line[7:], [""]))
            elif line == ".br":
                items[-1][1].append("")
            elif not line.startswith("."):
                plain = line.removeprefix(r"\&").replace(r"\e", "\\")
                items[-1][1][-1] = (items[-1][1][-1] + " " + plain).strip()
        lists[name] = [(head, [p for p in paragraphs if p]) for head, paragraphs in items]
    return lists


def update(text, lists):
    for name, items in lists.items():
        body = "".join(line + "\n" for line in write_list(items))
        text, n = re.subn(rf'(^\.\\" list: {name}\n).*?(^\.\\" end: {name}\n)',
                          lambda m, body=body: m[1] + body + m[2], text, flags=re.M | re.S)
        assert n == 1, name
    return text


def compare(name, have, want):
    problems = []
    documented, real = dict(have), dict(want)
    for head in documented.keys() | real.keys():
        if documented.get(head) != real.get(head):
            problems.append(f"{PAGE.name}: {name}: {head}: the program says {real.get(head)}, "
                            f"the page {documented.get(head)}")
    if not problems and [h for h, _ in have] != [h for h, _ in want]:
        problems.append(f"{PAGE.name}: {name}: the order differs")
    return problems


def main():
    want = wanted()
    text = PAGE.read_text(encoding="utf-8")
    if sys.argv[1:] == ["--update"]:
        PAGE.write_text(update(text, want), encoding="utf-8")
        return
    have = read_lists(text)
    problems = [f"no list '{name}'" for name in want.keys() - have.keys()]
    for name in want.keys() & have.keys():
        problems += compare(name, have[name], want[name])
    for problem in problems:
        print(problem)
    if problems:
        print("tests/golden/rules_page.py --update writes the lists anew")
    count = sum(len(items) for items in have.values())
    print(f"{count} items, {len(problems)} problems")
    sys.exit(1 if problems or count < 60 else 0)


main()
