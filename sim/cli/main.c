/* SPDX-License-Identifier: MIT
 * main.c: `cnedge COMMAND ...`. */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cnedge/cli/cli.h"

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *usage; /* after "cnedge" */
    const char *text;
    const char *help;
} commands[] = {
    {"check", cli_check, "check [--mutate] [--duties] FILE|DIR...",
     "find every problem in scenario files",
     "  --mutate   leave each event out in turn and name those that no expectation notices\n"
     "  --duties   list per site what has to be shown and filed, and until when\n"},
    {"replay", cli_replay, "replay [OPTION]... FILE|DIR...",
     "run scenarios on a virtual clock and judge their expectations",
     "  --junit FILE     write JUnit XML\n"
     "  --json FILE      write results as JSON lines\n"
     "  --trace FILE     write every event and change of answers as JSON lines\n"
     "  --without EVENT  leave out the event with this id (or number, from 0)\n"
     "  --shift EVENT=+DURATION  let that event happen later (or earlier: EVENT=-DURATION)\n"},
    {"verify", cli_verify, "verify [OPTION]... FILE|DIR...",
     "prove the invariants for every state that faults can lead to",
     "  --depth N   inject up to N faults, 1 (default) or 2, at every position and in every order\n"
     "  --drawn     take durations as the seed draws them, not the least of each range\n"
     "  --out FILE  where to write the counterexample, a scenario (default: standard output)\n"
     "  --json      print the counts as a JSON line\n"},
    {"serve", cli_serve, "serve FILE [OPTION]...", "answer DNS queries as the scenario says",
     "  --listen [tls://]ADDR:PORT[=LINE[,path][,resolver=PROFILE]]\n"
     "                             where to listen (default 127.0.0.1:5300); may be repeated;\n"
     "                             with LINE every client of this address is on that line,\n"
     "                             behind the border with path, and behind that resolver\n"
     "  --at TIME                  stand still at this time of the scenario\n"
     "  --speed N                  run N times as fast as the wall clock (default 1)\n"
     "  --from TIME                start running at this time (default: the scenario's start)\n"
     "  --cookie-secrets FILE      secrets of DNS Cookies: one or two lines of 32 hex digits\n"
     "                             (default: drawn at the start)\n"
     "  --transfer-keys FILE       who may mirror zones: lines of NAME hmac-sha256 SECRET LINE\n"
     "  --no-cookies               do not speak DNS Cookies\n"
     "  --nsid TEXT                what to answer when the name server identifier is asked for\n"
     "  --chaos                    answer version.bind and id.server (the text of --nsid) in class "
     "CH\n"
     "  --public                   let --listen be an address that others can reach\n"
     "  --user NAME                become this user when all sockets are bound\n"
     "  --log-format text|json     how to write log lines (default text)\n"
     "  --metrics ADDR:PORT        answer GET /metrics (Prometheus), /healthz and /time there\n"
     "  --dnstap unix:PATH|file:PATH\n"
     "                             tell a reader of dnstap what is asked and answered\n"
     "  --tls-cert FILE            certificate chain for tls:// listeners, PEM\n"
     "                             (default: one that is made for this run)\n"
     "  --tls-key FILE             and its private key\n"
     "  --workers N                threads that answer over UDP (default 1)\n"
     "  --rrl N                    UDP answers per second for one network and kind of answer\n"
     "                             (default 200 with --public, else no limit; 0: no limit)\n"
     "  --rrl-slip N               every Nth answer over that is sent short, with TC (default 2)\n"
     "  --tcp-clients N            TCP connections in all (default 512)\n"
     "  --tcp-per-address N        and from one IPv4 address or one IPv6 /64 (default 64)\n"
     "  --tcp-idle SECONDS         that a connection may take for each step (default 10)\n"
     "  --tcp-life SECONDS         that a connection may last in all (default 600)\n"
     "SIGHUP loads the scenario again; SIGINT and SIGTERM end the server.\n"},
    {"explain", cli_explain,
     "explain FILE [--at TIME] [--operator|--path] --from LINE|ADDRESS NAME [TYPE]",
     "say why a client gets the answer it gets",
     "  --at TIME            for example +20m, 2026-03-02T09:20:00+08:00 or revoked+30s\n"
     "  --from LINE|ADDRESS  for example cn/beijing/unicom, de, 202.96.209.0/24, or a client's "
     "name\n"
     "  --operator           only what the site's operator can know: no causes\n"
     "  --path               also what reaches the client of that answer\n"
     "  --port N             with --path: the port that it connects to (default: 443)\n"
     "  --first TIME         with --path: when it first tried (default: just now)\n"},
    {"drain", cli_drain, "drain FILE [--at TIME] [--json] NAME [TYPE]",
     "say who still gets an old answer, and for how long",
     "  --at TIME  for example revoked+30s (default: the end)\n"
     "  --json     write a JSON line for each client\n"},
    {"export", cli_export, "export partner|bind|gdnsd|knot|octodns|pdns FILE [OPTION]...",
     "write the state of one instant for the mainland partner, or for another server",
     "  --at TIME           for example +20m or revoked+30s (default: the scenario's start)\n"
     "  --fields            partner: list every field that is exported, and why, without FILE\n"
     "  --out DIR           others: the folder for configuration and zones\n"
     "  --listen ADDR:PORT  a server: where it is to listen (default 127.0.0.1:5300)\n"},
    {"cost", cli_cost, "cost FILE [--from TIME] [--to TIME] [--json]",
     "say what packages and products cost in a part of the run",
     "  --from TIME  for example +20m or revoked+30s (default: the scenario's start)\n"
     "  --to TIME    likewise (default: the scenario's end)\n"
     "  --json       write JSON lines, money in minor units\n"},
    {"list", cli_list,
     "list lines|pops|sites|members|events|choices|reasons|refusals|invariants|path [FILE]",
     "list the words that scenarios use",
     "  with FILE, lines and PoPs are those of that scenario's world\n"},
    {"rules", cli_rules, "rules [--json] [--profile NAME]",
     "list every setting and dated rule with default, grade and source",
     "  --json          write JSON\n"
     "  --profile NAME  the defaults after one documentation: none, seed, cloudflare, aliyun or\n"
     "                  huawei\n"},
    {"schema", cli_schema, "schema", "print the JSON Schema of scenario files", ""},
};

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < CN_ARRAY_LEN(commands); i++) {
        if (strcmp(commands[i].name, name) == 0) return &commands[i];
    }
    return NULL;
}

static int print_overview(FILE *out)
{
    fputs("cnedge answers DNS queries the way the authority of a site with a mainland-China\n"
          "presence would, on a clock that you control.\n\n",
          out);
    for (size_t i = 0; i < CN_ARRAY_LEN(commands); i++) {
        fprintf(out, "  cnedge %s\n      %s\n", commands[i].usage, commands[i].text);
    }
    fputs("  cnedge help COMMAND | --version\n\n"
          "Times are +20m (since the start), an ISO 8601 instant, or an event's id (revoked+30s).\n"
          "Exit codes: 0 good, 1 a check failed, 2 usage, 3 invalid scenario, 4 system.\n"
          "Manual: cnedge(1), cnedge-scenario(5).\n",
          out);
    return out == stdout ? cli_finish(CLI_OK) : CLI_USAGE;
}

static int unknown(const char *name)
{
    const char *names[CN_ARRAY_LEN(commands)];
    for (size_t i = 0; i < CN_ARRAY_LEN(commands); i++) {
        names[i] = commands[i].name;
    }
    const char *near = diag_nearest(name, names, CN_ARRAY_LEN(names));
    fprintf(stderr, "cnedge: expected a command, got \"%s\"", name);
    if (near != NULL) fprintf(stderr, "; did you mean \"%s\"?", near);
    fprintf(stderr, "\ntry: cnedge help\n");
    return CLI_USAGE;
}

static int help(const char *name)
{
    if (name == NULL) return print_overview(stdout);
    const struct command *c = find(name);
    if (c == NULL) return unknown(name);
    printf("usage: cnedge %s\n%s\n%s%s", c->usage, c->text, c->help[0] != '\0' ? "\n" : "",
           c->help);
    return cli_finish(CLI_OK);
}

/* A standard stream that is closed would be the next file that is opened. In its place, one that
 * cannot be written to, so that writing fails as it should. */
static bool fill_closed_streams(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", O_RDONLY) != fd) return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    if (!fill_closed_streams()) return CLI_SYSTEM;
    if (argc < 2) return print_overview(stderr);
    const char *name = argv[1];
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        return help(argc > 2 ? argv[2] : NULL);
    }
    if (strcmp(name, "--version") == 0) {
        printf("cnedge %s\n", CNEDGE_VERSION);
        return cli_finish(CLI_OK);
    }
    const struct command *c = find(name);
    if (c == NULL) return unknown(name);
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) return help(name);
    }
    return c->run(argc - 1, argv + 1);
}
