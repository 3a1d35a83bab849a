# SPDX-License-Identifier: MIT
"""Readers of what `cnedge replay` writes: TAP 13, JUnit XML, JSON lines. Each raises Malformed."""
import json
import re
import xml.etree.ElementTree as ET

SKIP, MAY_FAIL = "SKIP", "TO" "DO"


class Malformed(Exception):
    """A report that breaks its format's rules."""


def need(condition, what):
    if not condition:
        raise Malformed(what)


# --- TAP 13 -------------------------------------------------------------------------------------

POINT = re.compile(r"(not )?ok (\d+) - ((?:[^#\\]|\\[#\\])+?)(?: # (SKIP|" + MAY_FAIL + r") (.+))?")
SUMMARY = re.compile(r"(\d+) passed, (\d+) failed(?:, (\d+) skipped)?")
SCALAR = re.compile(r'"((?:[^"\\]|\\["\\]|\\x[0-9a-f]{2}|\\U[0-9a-f]{8})*)"')
KEY = re.compile(r"  (\w+):(?: (.+))?")
ESCAPE = re.compile(r'\\(?:(["\\])|x(..)|U(.{8}))')


def plain(text):
    """Without the backslashes that TAP puts before '#' and itself."""
    return re.sub(r"\\([#\\])", r"\1", text)


def scalar(text):
    """The value of a YAML double-quoted scalar."""
    found = SCALAR.fullmatch(text)
    need(found, f"not a quoted scalar: {text}")
    return ESCAPE.sub(lambda m: m[1] or chr(int(m[2] or m[3], 16)), found[1])


def read_block(lines):
    """A YAML block between "  ---" and "  ...": texts, and lists of texts."""
    block, key = {}, None
    for line in iter(lambda: next(lines, None), "  ..."):
        need(line is not None, "a block without an end")
        found = KEY.fullmatch(line)
        if found:
            key = found[1]
            need(key not in block, f"{key} twice")
            block[key] = scalar(found[2]) if found[2] else []
        else:
            need(key and isinstance(block[key], list) and line.startswith("    - "), line)
            block[key].append(scalar(line[6:]))
    need(all(block.values()), f"an empty list in {block}")
    return block


def tap(text):
    """The test points of a TAP document, as dictionaries."""
    need(text.endswith("\n"), "the last line has no end")
    for i, c in enumerate(text):
        odd = c != "\n" and (ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 or ord(c) & 0xFFFE == 0xFFFE)
        need(not odd, f"character {ord(c):#x} at {i}")
    lines = iter(text[:-1].split("\n"))
    need(next(lines) == "TAP version 13", "the first line")
    points = []
    for line in lines:
        if line.startswith("# "):
            continue
        if line == "  ---":
            need(points and points[-1]["block"] is None, "a block without a point")
            points[-1]["block"] = read_block(lines)
            continue
        if re.fullmatch(r"1\.\.\d+", line):
            need(line == f"1..{len(points)}", f"plan {line} for {len(points)} points")
            break
        found = POINT.fullmatch(line)
        need(found, f"neither point nor comment: {line!r}")
        need(int(found[2]) == len(points) + 1, f"number {found[2]}")
        points.append({"ok": not found[1], "title": plain(found[3]), "mark": found[4],
                       "note": found[5] and plain(found[5]), "block": None})
    check_summary(next(lines, None), points)
    need(next(lines, None) is None, "something after the summary")
    return points


def verdict(point):
    if point["mark"] == SKIP:
        return "skip"
    if point["mark"] == MAY_FAIL:
        return "expected_fail"
    return "pass" if point["ok"] else "fail"


def check_summary(line, points):
    found = SUMMARY.fullmatch(line or "")
    need(found, f"not a summary: {line!r}")
    verdicts = [verdict(p) for p in points]
    passed = verdicts.count("pass") + verdicts.count("expected_fail")
    want = (passed, verdicts.count("fail"), verdicts.count("skip"))
    need(tuple(int(n or 0) for n in found.groups()) == want, f"{line!r} for {want}")
    need(found[3] != "0", "0 skipped need not be said")


# --- JUnit XML ----------------------------------------------------------------------------------

# What GitHub's, GitLab's and Jenkins' readers have in common.
ELEMENTS = {
    "testsuites": (set(), {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time"}, {"testcase"}),
    "testcase": ({"classname", "name", "time"}, {"failure", "error", "skipped"}),
    "failure": ({"message", "type"}, set()),
    "error": ({"message"}, set()),
    "skipped": ({"message"}, set()),
}
XML_CHAR = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")


def check_element(element):
    attributes, children = ELEMENTS.get(element.tag, (None, None))
    need(attributes is not None, f"element {element.tag}")
    need(set(element.attrib) == attributes, f"{element.tag} has {sorted(element.attrib)}")
    need(all(a == "" or a.strip() for a in element.attrib.values()), "an attribute of spaces")
    for child in element:
        need(child.tag in children, f"{child.tag} in {element.tag}")
        check_element(child)


def junit(data):
    """The test suites of a JUnit document: lists of (case element, child tag or None)."""
    text = data.decode("utf-8")
    need(XML_CHAR.fullmatch(text), "a character that XML forbids")
    root = ET.fromstring(data)
    need(root.tag == "testsuites", root.tag)
    check_element(root)
    suites = []
    for suite in root:
        cases = [(case, case[0].tag if len(case) else None) for case in suite]
        need(all(len(case) <= 1 for case in suite), "a case with two results")
        for attribute, tag in (("failures", "failure"), ("errors", "error"),
                               ("skipped", "skipped")):
            count = sum(tag == t for _, t in cases)
            need(suite.get(attribute) == str(count), f"{attribute} is not {count}")
        need(suite.get("tests") == str(len(cases)), f"tests is not {len(cases)}")
        suites.append(cases)
    return suites


# --- JSON lines ---------------------------------------------------------------------------------

def json_lines(data):
    def unique(pairs):
        need(len({k for k, _ in pairs}) == len(pairs), f"a key twice in {pairs}")
        return dict(pairs)
    text = data.decode("utf-8")
    need(text == "" or text.endswith("\n"), "the last line has no end")
    return [json.loads(line, object_pairs_hook=unique) for line in text.split("\n")[:-1]]
