# SPDX-License-Identifier: MIT
"""A strict reader of Prometheus' text format 0.0.4, stricter than Prometheus itself: what
`promtool check metrics` complains about is an error here too."""
import re
import urllib.error
import urllib.request

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?[0-9]+(?:\.[0-9]+)?)")
ESCAPES = {r"\\": "\\", r"\"": '"', r"\n": "\n"}


class Malformed(Exception):
    pass


def labels_of(text):
    found = re.findall(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\.)*)"', text or "")
    out = {k: re.sub(r"\\.", lambda m: ESCAPES[m[0]], v) for k, v in found}
    if len(out) != len(found):
        raise Malformed(f"a label twice: {text}")
    return out


def family_of(name, kinds):
    """The family that a sample belongs to: histograms have three suffixes."""
    for suffix in ("_bucket", "_sum", "_count"):
        base = name.removesuffix(suffix)
        if base != name and kinds.get(base) == "histogram":
            return base
    return name


def check_names(kinds):
    for name, kind in kinds.items():
        if (kind == "counter") != name.endswith("_total"):
            raise Malformed(f"{name} is a {kind}: counters, and only they, end in _total")
        if not name.startswith("cnedge_"):
            raise Malformed(f"{name} has another prefix")
        if name.count("millisecond") or name.endswith(("_ms", "_us")):
            raise Malformed(f"{name} has no base unit")


def check_histogram(name, samples):
    buckets = [(labels["le"], value) for sample, labels, value in samples
               if sample == f"{name}_bucket"]
    bounds = [float(le) for le, _ in buckets]
    counts = [value for _, value in buckets]
    count = [v for sample, _, v in samples if sample == f"{name}_count"]
    if bounds != sorted(set(bounds)) or bounds[-1] != float("inf"):
        raise Malformed(f"{name}: bounds {bounds}")
    if counts != sorted(counts) or count != counts[-1:]:
        raise Malformed(f"{name}: counts {counts}, {count}")
    if not [1 for sample, _, _ in samples if sample == f"{name}_sum"]:
        raise Malformed(f"{name} has no sum")


def parse(text):
    """{(name, frozenset of labels): value}. Raises Malformed."""
    kinds, helps, out, by_family, current = {}, {}, {}, {}, None
    if not text.endswith("\n"):
        raise Malformed("the last line does not end")
    for line in text[:-1].split("\n"):
        if m := re.fullmatch(rf"# HELP ({NAME}) ((?:[^\\\n]|\\[\\n])+)", line):
            if m[1] in helps:
                raise Malformed(f"{m[1]}: HELP twice, or its samples lie apart")
            helps[m[1]], current = m[2], m[1]
        elif m := re.fullmatch(rf"# TYPE ({NAME}) (counter|gauge|histogram)", line):
            if m[1] != current or m[1] in kinds:
                raise Malformed(f"TYPE of {m[1]} does not follow its HELP")
            kinds[m[1]] = m[2]
        elif m := SAMPLE.fullmatch(line.replace('le="+Inf"', 'le="inf"')):
            if family_of(m[1], kinds) != current or current not in kinds:
                raise Malformed(f"{line}: not below its TYPE")
            labels = labels_of(m[2])
            key = (m[1], frozenset(labels.items()))
            if key in out:
                raise Malformed(f"{line}: twice")
            out[key] = float(m[3])
            by_family.setdefault(current, []).append((m[1], labels, out[key]))
        else:
            raise Malformed(f"no line of the format: {line!r}")
    check_names(kinds)
    for name, kind in kinds.items():
        if kind == "histogram":
            check_histogram(name, by_family[name])
        if kind != "gauge" and any(v < 0 for _, _, v in by_family.get(name, [])):
            raise Malformed(f"{name} is negative")
    return out


def get(url, method="GET"):
    """Status, headers, text."""
    request = urllib.request.Request(url, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as e:
        with e:
            return e.code, e.headers, e.read().decode()


class Metrics:
    """One scrape."""

    def __init__(self, url):
        self.status, self.headers, self.text = get(url)
        self.values = parse(self.text)

    def value(self, name, **labels):
        return self.values.get((f"cnedge_{name}", frozenset(labels.items())), 0)

    def total(self, name, **labels):
        """The sum over all series that have these labels."""
        want = set(labels.items())
        return sum(v for (n, have), v in self.values.items()
                   if n == f"cnedge_{name}" and want <= have)


def url_of(server):
    """Where a server that was started with --metrics tells them."""
    line = server.process.stdout.readline().decode().strip()
    m = re.fullmatch(r"metrics on (http://\S+/metrics)", line)
    if not m:
        raise SystemExit(f"no metrics: {line!r}")
    return m[1]
