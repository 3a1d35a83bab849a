#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Fails when a room's objects do what the room may not do. Reads symbols, so no macro hides a call.

Usage: check_pure.py ROOM=ARCHIVE...     in the order of the rooms

Every room:   calls only itself and the rooms before it; exported names start with the file's name,
              or with a first part of it: world_class.c may export for world.h.
Pure rooms:   refer to nothing outside but the list PURE.
PLACES:       heap, sockets, clocks and chance only in the places that are named.
All but two:  no variable that can be written (server has its signal flag, cli its options)."""
import re
import subprocess
import sys

PURE_ROOMS = {"base", "model", "traffic"}
WRITABLE_ROOMS = {"server", "cli"}

# What a pure room may refer to: functions whose result depends on their arguments alone.
PURE = r"""
    mem(cpy|move|set|cmp|chr) | bcmp
    str(len|nlen|cmp|ncmp|chr|rchr|spn|cspn|pbrk|str)
    v?snprintf | sqrt
    __(memcpy|memmove|memset|snprintf|vsnprintf)_chk
"""
# How one file of base ends the program when an assertion fails.
ASSERTION_FILE = ("base", "diag")
ASSERTION = r"abort | v?fprintf | fputs | fputc | fwrite | stderr | __v?fprintf_chk"
# Files that export other prefixes too: one module for several small machines or kinds.
PREFIXES = {
    "model/answer":     "rr_type",
    "model/choices":    "revocation_policy coverage setup",
    "model/onboarding": "vetting subscription provisioning",
    "model/reason":     "policy",
    "model/topology":   "carrier family pop client nearest line",
    "model/world":      "pop",
    "traffic/path_words": "path",
    "replay/cost_report": "report",
    "replay/drain_report": "report",
    "replay/json_report":  "report",
    "replay/junit_report": "report",
    "replay/tap_report":   "report",
    "replay/trace_report": "report",
    "replay/run":          "verdict",
    "cli/check":   "cli",
    "cli/common":  "cli",
    "cli/cost":    "cli",
    "cli/drain":   "cli",
    "cli/duties":  "cli",
    "cli/explain": "cli",
    "cli/export":  "cli",
    "cli/export_octodns_rules": "octodns",
    "cli/export_octodns_subnets": "octodns",
    "cli/files":   "cli",
    "cli/list":    "cli",
    "cli/list_sites": "cli",
    "cli/list_events": "cli",
    "cli/replay":  "cli",
    "cli/rules":   "cli",
    "cli/schema":  "cli",
    "cli/serve":   "cli",
    "cli/verify":  "cli",
}
# What compilers, sanitizers and coverage put in, for gcc and clang.
COMPILER = r"""
    _GLOBAL_OFFSET_TABLE_ | __stack_chk_fail(_local)? | __stack_chk_guard | __tls_get_addr
    __u?(div|mod|divmod|mul|ashl|ashr|lshr|cmp)o?[dt]i[34]? | __popcount[dt]i2
    __(asan|ubsan|sanitizer|sancov|gcov|llvm)_\w+ | __gcov\d*\..* | ___asan_\w+
    __(start|stop)_(__sancov\w*|asan_globals)
    (asan|sancov)\.module_\w+
"""
# symbols                                                  rooms or room/file where they may stand
PLACES = [
    ("heap",    r"malloc|calloc|realloc|reallocarray|free|aligned_alloc|posix_memalign|strn?dup"
                r"|v?asprintf|open_memstream",             "zonefile scenario replay server cli"),
    ("sockets", r"socket|socketpair|bind|listen|accept4?|connect|(send|recv)(to|msg|mmsg)?"
                r"|[gs]etsockopt|getaddrinfo|poll|select|epoll_\w+|evutil_\w+|event_\w+",
                                                           "server"),
    ("clock",   r"time|clock|clock_gettime|clock_getres|gettimeofday|timespec_get|ftime|times"
                r"|nanosleep|clock_nanosleep|usleep|sleep|event_base_gettimeofday_cached",
                                                           "server/clock"),
    ("chance",  r"s?rand(om)?|rand_r|[dejlmn]rand48|getrandom|getentropy|arc4random\w*"
                r"|evutil_secure_rng_\w+",                 "server/identity"),
]

ARTEFACT = re.compile(r"__(asan|ubsan|sanitizer|sancov|gcov|llvm|odr_asan)|___asan|\.|_?_?unnamed"
                      r"|\w+\.[cS]\.[0-9a-f]{8}$")  # the last: gcc's name of a file, for LTO
WRITABLE = re.compile(r"\.(data|bss|tdata|tbss)(?!\.rel\.ro)(\.|$)|\*COM\*")


def full(pattern):
    """Compiles alternatives, one or more on a line, to match a whole name."""
    lines = [line.strip() for line in pattern.strip().splitlines()]
    return re.compile("|".join(re.sub(r"\s*\|\s*", "|", line) for line in lines))


PURE, ASSERTION, COMPILER = full(PURE), full(ASSERTION), full(COMPILER)
PLACES = [(what, full(names), where) for what, names, where in PLACES]


def read_archive(path):
    """Yields (file, kind, section, name) for each symbol; kind is undefined, global or local."""
    out = subprocess.run(["objdump", "-t", "-w", path], capture_output=True, text=True, check=False)
    if out.returncode != 0:
        sys.exit(f"{out.stderr.strip()}\n{path}: cannot be read; is it built?")
    member = None
    for line in out.stdout.splitlines():
        m = re.match(r"(\S+):\s+file format", line)
        if m:
            member = m[1].split(".")[0]
            continue
        # value, seven flag letters, section, a tab, size, name (after a visibility, if any)
        m = re.match(r"[0-9a-f]+ (.{7}) (\S+)\t[0-9a-f]+ (?:\.\w+ )?(\S+)$", line)
        if not m or m[1][5] in "dD" and m[1][6] in "fF ":  # file and section symbols
            continue
        flags, section, name = m.groups()
        kind = "global" if flags[0] in "gu!" or flags[1] == "w" else "local"
        yield member, "undefined" if section == "*UND*" else kind, section, name


def stands_in(room, file, where):
    """Whether `where` names this room, this file of it, or a *suffix of the file."""
    for place in where.split():
        place_room, _, place_file = place.partition("/")
        if place_room == room and (not place_file or place_file == file or (
                place_file.startswith("*") and file.endswith(place_file[1:]))):
            return True
    return False


def check_definition(room, file, kind, section, name):
    if ARTEFACT.match(name):
        return None
    if room not in WRITABLE_ROOMS and WRITABLE.match(section):
        return f"'{name}' can be written"
    if kind == "global" and (room, file, name) != (*ASSERTION_FILE, "cn_assert_failed"):
        parts = file.split("_")
        prefixes = ["_".join(parts[:n + 1]) for n in range(len(parts))]
        prefixes += PREFIXES.get(f"{room}/{file}", "").split()
        if not any(name == p or name.startswith(p + "_") for p in prefixes):
            return f"exported '{name}' lacks the prefix '{file}_'"
    return None


def check_reference(room, file, name):
    for what, names, where in PLACES:
        if names.fullmatch(name) and not stands_in(room, file, where):
            return f"'{name}' ({what}) is not allowed here"
    if room in PURE_ROOMS and not (PURE.fullmatch(name) or COMPILER.fullmatch(name)):
        if (room, file) != ASSERTION_FILE or not ASSERTION.fullmatch(name):
            return f"impure reference to '{name}'"
    return None


def check(archives):
    """Checks [(room, path)] in the order of the rooms. Returns (symbols read, complaints)."""
    symbols = {room: list(read_archive(path)) for room, path in archives}
    home = {name: room for room, rows in symbols.items()
            for _, kind, _, name in rows if kind == "global"}
    problems, above = [], set()
    for room, rows in symbols.items():
        above.add(room)
        for file, kind, section, name in rows:
            complaint = None
            if kind != "undefined":
                complaint = check_definition(room, file, kind, section, name)
            elif name not in home:
                complaint = check_reference(room, file, name)
            elif home[name] not in above:
                complaint = f"refers to '{name}' of the later room '{home[name]}'"
            if complaint:
                problems.append(f"sim/{room}/{file}: {complaint}")
    return sum(map(len, symbols.values())), problems


def main():
    archives = [tuple(arg.split("=", 1)) for arg in sys.argv[1:]]
    if not archives or any(len(a) != 2 for a in archives):
        sys.exit(__doc__)
    count, problems = check(archives)
    for p in problems:
        print(p)
    print(f"{count} symbols in {len(archives)} rooms, {len(problems)} problems")
    sys.exit(1 if problems or count == 0 else 0)


if __name__ == "__main__":
    main()
