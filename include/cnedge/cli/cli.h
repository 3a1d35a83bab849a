/* SPDX-License-Identifier: MIT
 * cli.h: the commands of `cnedge` and what they share. Room cli. */
#ifndef CNEDGE_CLI_CLI_H
#define CNEDGE_CLI_CLI_H

#include "cnedge/scenario/heap.h"
#include "cnedge/scenario/scenario.h"

/* Exit codes (DESIGN section 5). */
enum cli_exit {
    CLI_OK = 0,
    CLI_FAILED = 1, /* an expectation or an invariant failed */
    CLI_USAGE = 2,
    CLI_INVALID = 3, /* the scenario or a data file is invalid */
    CLI_SYSTEM = 4,  /* input/output or the system */
};

/* The commands; argv[0] is the command's name. Each returns an exit code. */
int cli_check(int argc, char **argv);
int cli_replay(int argc, char **argv);
int cli_serve(int argc, char **argv);
int cli_verify(int argc, char **argv);
int cli_export(int argc, char **argv);
int cli_explain(int argc, char **argv);
int cli_cost(int argc, char **argv);
int cli_drain(int argc, char **argv);
int cli_list(int argc, char **argv);
int cli_rules(int argc, char **argv);
int cli_schema(int argc, char **argv);

/* Prints what the holder of each filing has to show and to file, and until when. An exit code. */
int cli_duties(const struct scenario *s);

/* A loaded scenario and the memory it lives in. */
struct cli_scenario {
    struct heap heap;
    struct arena arena;
    const struct scenario *scenario;
};

/* Loads a scenario and prints what is wrong with it to stderr, warnings too when `warn`. On success
 * CLI_OK and `*out` holds it until cli_unload; else the exit code, and nothing is held. */
int cli_load(struct cli_scenario *out, const char *file, bool warn);
void cli_unload(struct cli_scenario *s);

/* The next option of a command, as getopt_long gives it; the rest is in argv from optind. -1 after
 * the last one. '?' for what is no option, when it has said so like cli_usage. The values in
 * `longs` count from CLI_OPTION_FIRST: smaller ones are short options, which there are none of. */
struct option;
enum { CLI_OPTION_FIRST = 256 };
int cli_option(int argc, char **argv, const struct option *longs);

/* Reads a time of the scenario's run that was given to an option such as "--at". CLI_OK, or
 * CLI_USAGE after saying what was expected. */
int cli_time(const char *command, const char *option, const struct scenario *s, const char *text,
             simtime *out);

/* Reads a domain name. CLI_OK, or CLI_USAGE after saying what was expected. */
int cli_name(const char *command, const char *text, uint8_t out[DNAME_MAX]);

/* The number of a type of records, "aaaa" as well as "AAAA"; 0 when it is none that we know. */
uint16_t cli_type(const char *text);

/* "s" after every number but one. */
const char *cli_plural(uint32_t n);

/* Prints "cnedge COMMAND: text" and where to find help to stderr; returns CLI_USAGE. */
CN_PRINTF(2, 3) int cli_usage(const char *command, const char *fmt, ...);

/* Prints which words were expected, what was got (NULL: nothing) and the nearest word; returns
 * CLI_USAGE. */
int cli_unknown(const char *command, const char *const *names, size_t count, const char *got);

/* Flushes stdout; CLI_SYSTEM with a message when a write to it failed, else `code`. */
int cli_finish(int code);

/* The scenario files that a FILE|DIR argument stands for: itself, or a directory's *.json in order
 * of their names. */
struct cli_file {
    struct cli_file *next;
    char name[];
};

struct cli_files {
    struct cli_file *first, *last; /* NULL when there is none */
    size_t count;
};

/* Appends to `files`. CLI_OK, or CLI_SYSTEM with a message. */
int cli_files_add(struct cli_files *files, const char *path);
void cli_files_free(struct cli_files *files);

/* Prints what happens in a scenario's run, an event a line, in order. An exit code. */
CN_NONNULL int cli_list_events(const char *file);
/* The sites of a scenario, with hosts and zones; what the command exits with. */
CN_NONNULL int cli_list_sites(const char *file);
/* The same for those that others stand for: the rest of each cohort. */
CN_NONNULL int cli_list_members(const char *file);

/* Prints what the operator of the answer's site can know of why a client of `line` got it. */
CN_NONNULL void explain_operator_print(const struct world *w, const struct answer *a, uint16_t line,
                                       enum family family);

#endif
