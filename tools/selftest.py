#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Plants faults and demands that the checkers name each of them, and nothing in sound code.

Usage: selftest.py layers|pure|tidy     (CC and AR from the environment)

Every row of a table is one fault: where it is planted, and what the complaint must contain."""
import os
import pathlib
import subprocess
import sys
import tempfile

import check_layers
import check_pure
import tidy

SOUND_TREE = {
    "include/cnedge/base/a.h": "#include <stdint.h>\n",
    "include/cnedge/model/m.h": '#include "cnedge/base/a.h"\n',
    "include/cnedge/server/clock.h": "#include <sys/time.h>\n",
    "sim/base/a.c": '#include "cnedge/base/a.h"\n#include <string.h>\n',
    "sim/model/m.c": '#include "cnedge/model/m.h"\n#include "m_part.h"\n',
    "sim/model/m_part.h": "",
    "sim/zonefile/rdata.c": "#include <ldns/ldns.h>\n",
    "sim/scenario/doc.c": "#include <jansson.h>\n#include <math.h>\n",
    "sim/replay/json_report.c": "#include <jansson.h>\n",
    "sim/server/clock.c": "#include <time.h>\n#include <event2/event.h>\n",
    "sim/cli/main.c": '#include <unistd.h>\n#include "cnedge/server/clock.h"\n',
    "sim/data/geo.bin": "",
}
LAYERS = [
    # file                          text                                   complaint contains
    ("sim/base/x.c",                '#include "cnedge/model/m.h"',         "may not include"),
    ("include/cnedge/base/x.h",     '#include "cnedge/model/m.h"',         "may not include"),
    ("sim/model/x.c",               '#  include "cnedge/server/clock.h"',  "may not include"),
    ("sim/scenario/x.c",            '#include "cnedge/dns/wire.h"',        "does not exist"),
    ("sim/model/x.c",               '#include <cnedge/none/m.h>',          "is in no room"),
    ("sim/model/x.c",               "#include <jansson.h>",                "<jansson.h> is not"),
    ("sim/replay/engine.c",         "#include <jansson.h>",                "<jansson.h> is not"),
    ("sim/dns/wire.c",              "#include <ldns/ldns.h>",              "<ldns/ldns.h> is not"),
    ("sim/zonefile/lexer.c",        "#include <ldns/ldns.h>",              "<ldns/ldns.h> is not"),
    ("sim/server/x.c",              "#include <ldns/ldns.h>",              "<ldns/ldns.h> is not"),
    ("sim/replay/x.c",              "#include <event2/event.h>",           "event.h> is not"),
    ("sim/dns/x.c",                 "#include <arpa/inet.h>",              "<arpa/inet.h> is not"),
    ("sim/cli/x.c",                 "#include <sys/socket.h>",             "<sys/socket.h> is not"),
    ("sim/cli/x.c",                 "#include <time.h>",                   "<time.h> is not"),
    ("sim/traffic/x.c",             "#include <sys/time.h>",               "<sys/time.h> is not"),
    ("sim/traffic/x.c",             "#include <math.h>",                   "<math.h> is not"),
    ("sim/server/x.c",              "#include <assert.h>",                 "<assert.h> is not"),
    ("sim/scenario/x.c",            "#include <unistd.h>",                 "<unistd.h> is not"),
    ("sim/cli/x.c",                 "#include <zlib.h>",                   "is unknown"),
    ("sim/cli/x.c",                 '#include "../model/m_part.h"',        "nor beside this file"),
    ("sim/cli/x.c",                 "#include HEADER",                     "cannot read"),
    ("sim/stray.c",                 "",                                    "lies in no room"),
    ("include/cnedge/stray.h",      "",                                    "lies in no room"),
    ("sim/util/x.c",                "",                                    "sim/util:1: is no"),
    ("include/cnedge/data/x.h",     "",                                    "edge/data:1: is no"),
    ("sim/base/deep/x.c",           "",                                    "no folders inside"),
]

SOUND_OBJECTS = {
    "base/diag": "#include <stdio.h>\n#include <stdlib.h>\nvoid cn_assert_failed(void);\n"
                 'void cn_assert_failed(void) { fprintf(stderr, "%d", 1); abort(); }',
    "model/m": "#include <string.h>\nstatic const char *const names[] = {\"a\", \"b\"};\n"
               "int m(int i, const char *s) { return strcmp(names[i & 1], s); }\n"
               "double m_root(double x) { return __builtin_sqrt(x); }",
    "model/m_part": "int m_sum(int a) { return a + 1; }",
    "zonefile/rdata": "#include <stdlib.h>\nvoid *rdata_get(void) { return malloc(3); }",
    "server/clock": "#include <time.h>\nstatic volatile int stop;\n"
                    "long clock_now(void) { stop = 1; return (long)time(0); }",
}
PURE = [
    # object        text                                                    complaint contains
    ("model/x",     "int rand(void); int x(void) { return rand(); }",       "'rand' (chance)"),
    ("cli/x",       "int rand(void); int x(void) { return rand(); }",       "'rand' (chance)"),
    ("traffic/x",   "void *malloc(unsigned long); void *x(void) { return malloc(1); }",
                                                                            "'malloc' (heap)"),
    ("dns/wire",    "void free(void *); void wire(void *p) { free(p); }",   "'free' (heap)"),
    ("dns/x",       "int socket(int, int, int); int x(void) { return socket(1, 2, 3); }",
                                                                            "(sockets)"),
    ("server/udp",  "long time(long *); long udp(void) { return time(0); }",
                                                                            "'time' (clock)"),
    ("model/x",     "double sin(double); double x(double a) { return sin(a); }",
                                                                            "reference to 'sin'"),
    ("base/x",      "void qsort(void *, long, long, int (*)(const void *, const void *));\n"
                    "void x(void *p) { qsort(p, 1, 1, 0); }",               "to 'qsort'"),
    ("base/x",      "void abort(void); void x(void) { abort(); }",          "to 'abort'"),
    ("model/x",     "int x(int a) { static int n; n += a; return n; }",     "can be written"),
    ("replay/x",    "int x_count = 3;",                                     "can be written"),
    ("model/x",     "static const char *word[] = {\"a\", \"b\"};\n"
                    "const char *x(int i) { word[i & 1] = 0; return word[0]; }",
                                                                            "can be written"),
    ("model/x",     "int y_get(void) { return 1; }",                        "lacks the prefix"),
    ("model/part",  "int m_diff(int a) { return a - 1; }",                  "lacks the prefix"),
    ("server/x",    "int xx(void) { return 1; }",                           "lacks the prefix"),
    ("model/x",     "const int y_table[2] = {1, 2};",                       "lacks the prefix"),
    ("base/x",      "int m(int, const char *); int x(void) { return m(1, 0); }",
                                                                            "later room 'model'"),
]

SOUND_TEXT = '''/* Sound: words such as strcpy( in a comment. */
#include "a.h"

/* One comment for two. */
CN_NONNULL CN_PRINTF(2, 3) enum cn_status
    a_first(int (*cb)(void *), const char *fmt, ...);
int a_second(void);

typedef void (*a_fn)(int);
struct a {
    int (*call)(int);
};
static inline int a_inline(void)
{
    return sizeof("atoi(") + obj.random(3) + obj->gets(1) + my_rand();
}

CN_CONST const char *a_kind_name(enum a_kind kind);
'''
LONG = "int f(int a,\n      int b)\n{\n" + "    a++;\n" * 71 + "}\n"
TIDY = [
    # file                      text                                  complaint contains
    ("sim/base/a.c",            "x = strcpy(a, b);\n",                "1: strcpy() is banned"),
    ("sim/base/a.c",            "\nif (atoi (a)) return;\n",          "2: atoi() is banned"),
    ("tests/base/test_a.c",     "assert(a);\n",                       "assert() is banned"),
    ("sim/base/a.c",            LONG,                                 "3: f() has 71 lines"),
    ("include/cnedge/base/a.h", "int a_get(void);\n",                 "1: a_get() has no comment"),
    ("include/cnedge/base/a.h", "/* A. */\n\nint a_get(void);\n",     "3: a_get() has no comment"),
    ("include/cnedge/base/a.h", "CN_PURE int\n    a_get(int (*f)(int));\n",
                                                                      "1: a_get() has no comment"),
    ("include/cnedge/base/a.h", "const char *a_name(int a);\n",       "1: a_name() has no comment"),
    ("sim/base/a.c",            "int x;\n" * 601,                     "601 lines"),
    ("tools/x",                 "#!/bin/sh\n" + "#" * 101 + "\n",     "2: 101 columns"),
    ("tests/x.c",               "/* clang-format off */\n//" + "x" * 139 + "\n", "2: 141 columns"),
    ("README.md",               "a \n",                               "1: space at the end"),
    ("sim/base/a.c",            "\tint x;\n",                         "1: tab"),
    ("README.md",               "a",                                  "no newline"),
    ("docs/a.md",               "see /ho" "me/me/x\n",                "path of one machine"),
    ("scenarios/a.json",        '"/ro' 'ot/x"\n',                     "path of one machine"),
    ("sim/base/a.c",            "/* TO" "DO: later */\n",             "finish it"),
    ("sim/base/a.c",            "\xff",                               "neither UTF-8"),
]


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("latin-1"))


def run_layers(root, faults):
    write(root, {**SOUND_TREE, **faults})
    return check_layers.check(root)[1]


def run_pure(root, faults):
    rooms = {}
    for name, text in {**SOUND_OBJECTS, **faults}.items():
        room, file = name.split("/")
        write(root, {f"{name}.c": text + "\n"})
        subprocess.run([os.environ.get("CC", "cc"), "-O1", "-w", "-fPIE", "-fno-math-errno", "-c",
                        "-o", root / f"{name}.c.o", root / f"{name}.c"], check=True)
        rooms.setdefault(room, []).append(root / f"{name}.c.o")
    archives = []
    for room in check_layers.ROOMS:
        if room in rooms:
            archives.append((room, str(root / f"{room}.a")))
            subprocess.run([os.environ.get("AR", "ar"), "rcs", archives[-1][1], *rooms[room]],
                           check=True)
    return check_pure.check(archives)[1]


def run_tidy(root, faults):
    write(root, faults or {"include/cnedge/base/a.h": SOUND_TEXT, "sim/base/a.c": SOUND_TEXT})
    return [f"{name}:{n}: {complaint}" for name in tidy.list_files(root)
            for n, complaint in tidy.check_file(root, name, [])]


def main():
    tests = {"layers": (run_layers, LAYERS), "pure": (run_pure, PURE), "tidy": (run_tidy, TIDY)}
    if len(sys.argv) != 2 or sys.argv[1] not in tests:
        sys.exit(__doc__)
    run, table = tests[sys.argv[1]]
    failed = 0
    for where, text, want in [("", "", None), *table]:
        with tempfile.TemporaryDirectory() as tmp:
            problems = run(pathlib.Path(tmp), {where: text + "\n" * (run is run_layers)}
                           if where else {})
        # Sound code raises nothing; one fault raises one complaint, at its place.
        good = not problems if want is None else (
            len(problems) == 1 and want in problems[0]
            and problems[0].split(":")[0].removeprefix("sim/") in where)
        if not good:
            failed += 1
            print(f"{where}: {text[:60]!r}: expected {want!r}, got {problems}")
    print(f"{len(table) + 1 - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
