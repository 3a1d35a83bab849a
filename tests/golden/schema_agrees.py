#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Shows that the JSON Schema and the loader say the same of the shape of a scenario.

Environment: CNEDGE, CNEDGE_SOURCE. Needs python3-jsonschema.

* `cnedge schema` is a valid schema (draft 2020-12) and equals docs/scenario.schema.json;
* it accepts tests/scenario/valid, scenarios and tests/scenario/invalid/meaning;
* it rejects tests/scenario/invalid/shape (the loader's messages are pinned by
  scenario_messages.py);
* of documents made by changing the valid ones at random, it accepts all that the loader accepts,
  and the loader rejects all that it rejects. What it accepts and the loader rejects must be a
  matter of meaning: the loader then has no complaint about shape."""
import copy
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import jsonschema

ROOT = pathlib.Path(os.environ["CNEDGE_SOURCE"])
CNEDGE = os.environ["CNEDGE"]
MUTANTS = 1000
BATCH = 50  # files for one run of cnedge check

# How the loader words what is wrong with a value or an object alone. Texts that a pattern cannot
# describe exactly (dates, addresses) are "expected a(n) ..., got" and are left out here.
SHAPE = re.compile(r"""expected\ (
      one\ of\ | the\ key\ "(?!account|origin) | no\ "(?!.*label) | exactly\ one\ of
    | at\ least\ (one\ of|\d+\ item) | at\ most\ \d+\ (items|bytes,) | -?\d+\.\.\d+
    | true | a\ list | a\ scenario | null )""", re.X)

WORDS = ["", "x", "start", "end", "+5m", "cn", "www.shop.example", "shop.example", "REVOKED",
         "near", "2026-03-02T01:10:00Z", "acme", "f1", "192.0.2.1", "2001:db8::1", "a b", "@", "*"]


def check(files):
    """The loader's answers: {file: (accepted, messages)}. A message starts with its file's name."""
    files = [str(f) for f in files]
    answers = {f: (False, []) for f in files}
    for start in range(0, len(files), BATCH):
        batch = files[start:start + BATCH]
        r = subprocess.run([CNEDGE, "check", *batch], capture_output=True, timeout=120, check=False)
        if r.returncode not in (0, 3, 4):
            sys.exit(f"{batch}: exit {r.returncode}\n{r.stderr.decode()}")
        for line in r.stdout.decode().splitlines():
            answers[line.split(": good: ")[0]] = (True, [])
        for line in r.stderr.decode().splitlines():
            file = line.split(":")[0]
            if file in answers:
                answers[file][1].append(line)
    return answers


def containers(value):
    """Every object and list in a document."""
    if isinstance(value, (dict, list)):
        yield value
        for part in value.values() if isinstance(value, dict) else value:
            yield from containers(part)


def random_value(rng, parts):
    return rng.choice([
        lambda: rng.choice(WORDS), lambda: rng.choice([-1, 0, 1, 2, 33, 2**53, 1.5, 2.0]),
        lambda: rng.choice([True, False, None, [], {}]), lambda: copy.deepcopy(rng.choice(parts)),
    ])()


def mutate(rng, document, keys):
    """Changes one thing: drops, adds, replaces or copies a value, or renames a key."""
    parts = list(containers(document))
    place = rng.choice(parts)
    names = list(place) if isinstance(place, dict) else list(range(len(place)))
    what = rng.randrange(4)
    if what == 0 and names:
        del place[rng.choice(names)]
    elif what == 1 and names:
        place[rng.choice(names)] = random_value(rng, parts)
    elif what == 2 and isinstance(place, dict):
        place[rng.choice(keys)] = random_value(rng, parts)
    elif isinstance(place, list):
        place.append(random_value(rng, parts))
    elif names:
        place[rng.choice(keys)] = place.pop(rng.choice(names))


def property_names(schema):
    return sorted({k for d in schema["$defs"].values() for k in d.get("properties", {})})


def mutants(schema, documents, folder):
    rng = random.Random(1)
    keys = property_names(schema)
    for i in range(MUTANTS):
        document = copy.deepcopy(rng.choice(documents))
        for _ in range(rng.randint(1, 3)):
            mutate(rng, document, keys)
        file = pathlib.Path(folder) / f"{i}.json"
        file.write_text(json.dumps(document, indent=1), encoding="utf-8")
        yield str(file), document


def compare_mutants(validator, schema, documents):
    problems, accepted, by_meaning = [], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        made = dict(mutants(schema, documents, folder))
        for file, (good, messages) in check(made).items():
            right_shape = validator.is_valid(made[file])
            shape_errors = [m for m in messages if "warning:" not in m and SHAPE.search(m)]
            accepted += good
            by_meaning += right_shape and not good
            if good and not right_shape:
                best = jsonschema.exceptions.best_match(validator.iter_errors(made[file]))
                problems.append(f"only the loader accepts {made[file]}: {best.message}")
            if right_shape and shape_errors:
                problems.append(f"the schema accepts what has a wrong shape: {shape_errors[0]}\n"
                                f"{json.dumps(made[file])}")
    print(f"{MUTANTS} changed documents: {accepted} accepted, {by_meaning} rejected for meaning")
    return problems


def load(file):
    return json.loads(file.read_text(encoding="utf-8"))


def compare_samples(validator):
    samples = ROOT / "tests" / "scenario"
    problems = []
    good = sorted((samples / "valid").glob("*.json")) + sorted((ROOT / "scenarios").glob("*.json"))
    for file in good + sorted((samples / "invalid" / "meaning").glob("*.json")):
        error = jsonschema.exceptions.best_match(validator.iter_errors(load(file)))
        if error:
            problems.append(f"{file}: the schema rejects it: {error.json_path}: {error.message}")
    for file in sorted((samples / "invalid" / "shape").glob("*.json")):
        if validator.is_valid(load(file)):
            problems.append(f"{file}: the schema accepts it")
    for file, (accepted, messages) in check(good).items():
        if not accepted:
            problems.append(f"{file}: the loader rejects it: {messages[:1]}")
    return problems, [load(f) for f in good]


def main():
    printed = subprocess.run([CNEDGE, "schema"], capture_output=True, check=True).stdout.decode()
    committed = ROOT / "docs" / "scenario.schema.json"
    problems = []
    if sys.argv[1:] == ["--update"]:
        committed.parent.mkdir(exist_ok=True)
        committed.write_text(printed, encoding="utf-8")
    elif not committed.exists() or committed.read_text(encoding="utf-8") != printed:
        problems.append(f"{committed}: is not what cnedge schema prints; run with --update")
    schema = json.loads(printed)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    found, documents = compare_samples(validator)
    problems += found + compare_mutants(validator, schema, documents)
    for p in problems[:20]:
        print(p)
    print(f"{len(documents)} valid samples, {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
