#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Fails when a file includes what its room may not use.

Usage: check_layers.py SOURCE_DIR

ROOMS is the architecture: each room may include its own headers and those of the rooms it names.
HEADERS says which files may include a header from outside. A header that no line of it names is an
error, so that a new dependency is a decision and not an accident."""
import fnmatch
import pathlib
import re
import sys

# room        may include, besides itself
ROOMS = {
    "base":     "",
    "model":    "base",
    "traffic":  "base model",
    "dns":      "base model traffic",
    "zonefile": "base model",
    "scenario": "base model traffic zonefile",
    "replay":   "base model traffic dns scenario",
    "server":   "base model traffic dns scenario replay",
    "cli":      "base model traffic dns zonefile scenario replay server",
}
DATA_DIRS = {"data"}  # in sim/, no rooms: what sim/model/builtin.S embeds

# The first line whose patterns match a header decides. The files are rooms or path patterns.
# "" means nowhere: CN_ASSERT instead of assert, ISO C instead of a compiler's or libc's extras.
HEADERS = [
    # headers                                       files
    ("assert.h tgmath.h complex.h alloca.h",        ""),
    ("setjmp.h locale.h wchar.h wctype.h uchar.h",  ""),
    ("math.h fenv.h",                               "dns scenario replay server cli"),
    ("time.h sys/time.h threads.h pthread.h",       "server"),
    ("signal.h",                                    "server cli"),
    ("sys/socket.h sys/un.h netinet/* arpa/* net/* netdb.h ifaddrs.h poll.h sys/epoll.h",
                                                    "server"),
    ("openssl/* event2/bufferevent_ssl.h",          "sim/server/tls.c sim/server/tsig.c"),
    ("event2/*",                                    "server"),
    ("fstrm.h dnstap.pb-c.h",                       "sim/server/dnstap*"),
    ("ldns/*",                                      "sim/zonefile/rdata.c"),
    ("jansson.h",                                   "scenario sim/replay/*report*.c"),
    ("sys/mman.h",                                  "sim/scenario/heap.c sim/zonefile/source.c"),
    ("maxminddb.h",                                 "sim/scenario/mmdb*"),
    # ISO C17
    ("ctype.h errno.h float.h inttypes.h iso646.h limits.h stdalign.h stdarg.h stdatomic.h "
     "stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h string.h",
                                                    "*"),
    # the rest of POSIX: files, processes, options
    ("dirent.h fcntl.h getopt.h grp.h pwd.h strings.h sysexits.h unistd.h sys/*",
                                                    "server cli sim/zonefile/source.c"),
]

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')


def room_of(path):
    """The room of a path such as sim/model/x.c or include/cnedge/model/x.h, or None."""
    parts = pathlib.PurePosixPath(path).parts
    start = 1 if parts[0] == "sim" else 2
    return parts[start] if len(parts) == start + 2 else None


def allowed(path, room, files):
    """Whether `files`, rooms or path patterns in one string, names this file."""
    return any(f in (room, "*") or ("/" in f and fnmatch.fnmatchcase(path, f))
               for f in files.split())


def check_include(root, path, room, quote, header):
    """The complaint about one include, or None."""
    if header.startswith("cnedge/"):
        parts = header.split("/")
        if len(parts) != 3 or parts[1] not in ROOMS:
            return f"{header} is in no room"
        if not (root / "include" / header).is_file():
            return f"{header} does not exist"
        if parts[1] != room and parts[1] not in ROOMS[room].split():
            return f"room '{room}' may not include {header}"
        return None
    if quote == '"':
        if "/" in header or not (root / path).with_name(header).is_file():
            return f'"{header}" is neither "cnedge/ROOM/FILE.h" nor beside this file'
        return None
    for patterns, files in HEADERS:
        if any(fnmatch.fnmatchcase(header, p) for p in patterns.split()):
            return None if allowed(path, room, files) else f"<{header}> is not allowed here"
    return f"<{header}> is unknown to tools/check_layers.py"


def check_folders(root):
    """Complaints about folders and files that lie outside the rooms."""
    problems = []
    for top in ("sim", "include/cnedge"):
        for entry in sorted((root / top).glob("*")):
            path = entry.relative_to(root).as_posix()
            if not entry.is_dir():
                problems.append(f"{path}:1: lies in no room")
            elif entry.name not in ROOMS and not (top == "sim" and entry.name in DATA_DIRS):
                problems.append(f"{path}:1: is no room of tools/check_layers.py")
    return problems


def check_table():
    """Complaints about the table itself: a room names only rooms above it, so there is no cycle."""
    problems, seen = [], []
    for room, uses in ROOMS.items():
        problems += [f"tools/check_layers.py:1: '{room}' uses '{u}', which is not above it"
                     for u in uses.split() if u not in seen]
        seen.append(room)
    for _, files in HEADERS:
        problems += [f"tools/check_layers.py:1: '{f}' is no room"
                     for f in files.split() if f not in ROOMS and f != "*" and "/" not in f]
    return problems


def check(root):
    problems = check_table() + check_folders(root)
    count = 0
    sources = [p for ext in ("c", "h", "S") for p in (root / "sim").rglob(f"*.{ext}")]
    sources += (root / "include").rglob("*.h")
    for file in sorted(sources):
        path = file.relative_to(root).as_posix()
        room = room_of(path)
        if room is None and len(file.relative_to(root).parts) > 3:
            problems.append(f"{path}:1: rooms have no folders inside")
        if room not in ROOMS:
            continue
        count += 1
        for n, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            m = INCLUDE.match(line)
            complaint = m and check_include(root, path, room, m[1], m[2])
            if complaint:
                problems.append(f"{path}:{n}: {complaint}")
            elif not m and re.match(r"\s*#\s*include\b", line):
                problems.append(f"{path}:{n}: an include this check cannot read")
    return count, problems


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    count, problems = check(pathlib.Path(sys.argv[1]).resolve())
    for p in problems:
        print(p)
    print(f"{count} files in {len(ROOMS)} rooms, {len(problems)} problems")
    sys.exit(1 if problems or count == 0 else 0)


if __name__ == "__main__":
    main()
