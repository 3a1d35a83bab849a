/* SPDX-License-Identifier: MIT
 * scenario.h: a scenario file, read whole or not at all. Room scenario.
 *
 * The loader is strict: every problem is reported with file:line:column and JSON pointer, up to
 * DIAG_MAX of them, and a scenario with an error is never returned. What it returns is plain data:
 * names are resolved to indices and times to instants since the start. */
#ifndef CNEDGE_SCENARIO_SCENARIO_H
#define CNEDGE_SCENARIO_SCENARIO_H

#include <stdio.h>

#include "cnedge/base/diag.h"
#include "cnedge/model/answer.h"
#include "cnedge/model/event.h"
#include "cnedge/model/spec.h"
#include "cnedge/traffic/population.h"

enum {
    SCENARIO_BYTES_MAX = 256 * 1024 * 1024,
    SCENARIO_EVENTS_MAX = 1000000,
    SCENARIO_EXPECTATIONS_MAX = 1000000,
    SCENARIO_CLIENTS_MAX = 1024,
    SCENARIO_PORTFOLIOS_MAX = 256,
    SCENARIO_PORTFOLIO_SITES_MAX = 10000000,           /* rows of all portfolios */
    SCENARIO_PORTFOLIO_BYTES_MAX = 1024 * 1024 * 1024, /* of one file */
    SCENARIO_ZONE_LINES_MAX = 100000,                  /* inline records of one site */
    SCENARIO_ASSERT_LIST_MAX = 64, /* PoPs, addresses or rules in one assertion */
    SCENARIO_WHY_MAX = 512,        /* bytes of a message, NUL included */
};

struct place {           /* where something was written */
    int line, column;    /* 1-based */
    const char *pointer; /* JSON pointer */
};

struct scenario_event { /* in time order; equal times in file order */
    struct event event;
    const char *id;       /* "" when unnamed; unique otherwise */
    uint32_t number;      /* position in the file's list, from 0 */
    enum refusal refused; /* must be refused with this code; REFUSAL_NONE: must be applied */
    struct place place;
};

struct scenario_client { /* a named client */
    const char *name;
    uint16_t line;        /* by which the authority answers it */
    uint16_t stands;      /* where it is: another one when its resolver stands elsewhere */
    uint16_t resolver;    /* whose resolver asks for it */
    uint8_t address[16];  /* zero when it was given as a line */
    uint8_t address_bits; /* 0: given as a line; else the prefix length */
    bool v6;
    uint8_t part_bits; /* of its first part that is on one line, when the prefix is on several; else
                        * 0, as it is in scenario files */
};

/* The client as spill tells clients apart; a prefix stands for its first address, a line for the
 * address 0.0.0.0 on it. A prefix on several lines is asked for as a Client Subnet. */
CN_NONNULL CN_PURE struct spill_client scenario_asker(const struct scenario_client *c);

enum expect_when { EXPECT_AT, EXPECT_EVENTUALLY, EXPECT_ALWAYS, EXPECT_NEVER };

CN_CONST const char *expect_when_name(enum expect_when w);

enum expect_subject { EXPECT_ANSWER, EXPECT_STATE, EXPECT_EVENT, EXPECT_LOAD };

/* Which assertions of a struct expectation are set. All set ones must hold together. */
enum expect_assert {
    ASSERT_POP = 1 << 0,
    ASSERT_CLASS = 1 << 1,
    ASSERT_NEAREST = 1 << 2,
    ASSERT_ADDRESS = 1 << 3,
    ASSERT_RCODE = 1 << 4,
    ASSERT_TTL = 1 << 5,
    ASSERT_REASON = 1 << 6,
    ASSERT_ROW = 1 << 7,
    ASSERT_CHANGES = 1 << 8,
    ASSERT_FILING = 1 << 9,
    ASSERT_VETTING = 1 << 10,
    ASSERT_COMMERCIAL = 1 << 11,
    ASSERT_SUBSCRIPTION = 1 << 12,
    ASSERT_PROVISIONING = 1 << 13,
    ASSERT_APPLIED = 1 << 14, /* the event was applied */
    ASSERT_REFUSED = 1 << 15, /* the event was refused with `refused` */
    ASSERT_STANDING = 1 << 16,
    ASSERT_ACCESSES = 1 << 17,
    ASSERT_ACCESS = 1 << 18,
    ASSERT_SUBJECT = 1 << 19,
    ASSERT_RTT = 1 << 20, /* of the path to the PoP that is answered */
    ASSERT_LOSS = 1 << 21,
    ASSERT_CARRIED = 1 << 22,
    ASSERT_PACKAGE = 1 << 23,
    ASSERT_PRODUCT = 1 << 24,
    ASSERT_VIOLATION_SITES = 1 << 25,
    ASSERT_VIOLATION_ADDRESSES = 1 << 26,
    ASSERT_PSB = 1 << 27,
    ASSERT_MAY_TIME_OUT = 1 << 28,
    ASSERT_PATH = 1 << 30, /* what reaches the client: `path` */
    ASSERT_SHARE = 1 << 25,
    ASSERT_LOAD = 1 << 26,
    ASSERT_SATURATED = 1 << 27,
    ASSERT_STALE = 1 << 28,
    ASSERT_MOVED = 1 << 29,
};

/* The result codes that an expectation can name; NODATA is NOERROR with no answer record. */
enum expect_rcode {
    RCODE_NOERROR,
    RCODE_NODATA,
    RCODE_NXDOMAIN,
    RCODE_REFUSED,
    RCODE_SERVFAIL,
    RCODE_TIMEOUT,  /* nothing comes back */
    RCODE_YXDOMAIN, /* a DNAME leads to a name that is too long */
    RCODE_COUNT
};

CN_CONST const char *expect_rcode_name(enum expect_rcode r);

struct expect_path {       /* of the path view; all set ones must hold together */
    uint32_t dns, connect; /* bits of enum path_dns, enum path_connect; 0: any */
    uint16_t port;         /* that the client connects to */
    bool share;            /* asserts about the share of a line's clients, permille: */
    uint16_t min, max;     /* 0..1000 */
    bool tries_again;      /* at `first` it tried the host `tried`; CN_NONE32: the same one */
    simtime first;
    uint32_t tried;
    const uint8_t *rules; /* enum path_rule: each must be among the reasons */
    uint16_t rule_count;
    uint32_t client; /* index of the one client that "from" names; CN_NONE32: any of the line */
};

struct expect_prefix {
    uint8_t address[16];
    uint8_t bits;
    bool v6;
};

struct expectation { /* in file order */
    const char *id;  /* as given, or "" */
    uint32_t number; /* position in the file's list, from 0 */
    struct place place;
    enum expect_when when;
    /* EXPECT_AT: from == until. ALWAYS and NEVER hold over [from, until), so that "until" may name
     * the event that ends them; a window up to the run's end includes it. EVENTUALLY has until
     * `until`, that instant included. Checks come after the events of their instant. */
    simtime from, until;
    enum expect_subject subject;
    uint32_t asserts;        /* bits of enum expect_assert, at least one */
    const char *skip;        /* reason, or NULL */
    const char *expect_fail; /* reason, or NULL */

    /* EXPECT_ANSWER */
    const char *name_text, *from_text; /* as the author wrote them, lists joined by ", " */
    const uint32_t *hosts; /* declared hosts that "name" selects; none when `name` is used */
    uint32_t host_count;
    const uint8_t *name;   /* wire name that is no declared host; NULL when `hosts` is used */
    const uint16_t *lines; /* that "from" selects, each once, ascending */
    uint16_t line_count;
    uint16_t type;                        /* RR type asked for */
    uint16_t share_pop;                   /* ASSERT_SHARE */
    const struct scenario_client *client; /* the one that "from" names alone; or NULL */
    const uint16_t *pops;
    uint16_t pop_count;
    uint8_t classes; /* bits of enum pop_class */
    bool nearest;
    bool saturated;                        /* EXPECT_LOAD */
    const struct expect_prefix *addresses; /* every address answered must lie in one of these */
    uint16_t address_count;
    enum expect_rcode rcode;
    uint32_t ttl_min_s, ttl_max_s;
    const uint8_t *rules; /* enum policy_rule: each must be among the reasons */
    uint16_t rule_count;
    uint8_t row;
    uint32_t rtt_min_ms, rtt_max_ms; /* whole milliseconds, cut */
    uint32_t loss_min, loss_max;     /* per mille */
    uint16_t carried_by;             /* product; CN_NONE16: none */
    bool may_time_out;
    struct expect_path path;
    uint32_t changes_min, changes_max; /* of the answer, within the window, per host and line */

    uint32_t share_min, share_max; /* of a line's clients at share_pop, per mille */
    uint32_t stale_min, stale_max; /* per mille that still get an old answer */
    uint32_t moved_percent;        /* ASSERT_MOVED: so many get the answer of now, */
    simdur moved_within;           /* at most this long after the change; 0: not said */
    simdur moved_not_within;       /* only later than this; 0: not said */

    /* EXPECT_LOAD: of `pops` together */
    const char *load_text; /* "load_of" as the author wrote it */
    uint32_t load_min_mbps, load_max_mbps;

    /* EXPECT_STATE */
    uint32_t site, account, host, partner, provider, holder; /* CN_NONE32 when not named */
    enum filing_state filing;
    enum vetting_state vetting;
    enum commercial_state commercial;
    enum psb_state psb;
    enum partner_state standing;
    enum access_state access;
    enum subject_state subject_state;
    uint32_t violation_sites, violation_addresses;
    uint8_t accesses;
    uint32_t package, product; /* CN_NONE32 when not named */
    enum package_state package_state;
    enum product_state product_state;
    enum subscription_state subscription;
    enum provisioning_state provisioning;

    /* EXPECT_EVENT */
    uint32_t event; /* index in scenario.events */
    enum refusal refused;
};

struct scenario {
    const char *file;
    const char *name, *description, *source; /* "" when absent */
    uint64_t seed;
    walltime start;
    int32_t zone_s; /* of the start as it was written, seconds east of UTC: for people */
    simtime end;
    struct world_spec world;
    const struct scenario_client *clients;
    const struct scenario_event *events;
    const struct expectation *expectations;
    const struct population_mix *mixes; /* [line] who asks from there */
    uint32_t client_count, event_count, expectation_count;
};

/* Reads `file`. On success the scenario and all it points to are in `a`. On failure returns NULL
 * with at least one error in `diags`: syntax, rule, limit or input/output; `*status` says which
 * kind came first. Warnings (for a scenario that proves nothing) are added to `diags` either way.
 */
CN_NONNULL CN_MUSTUSE const struct scenario *
scenario_load(struct arena *a, const char *file, struct diag_list *diags, enum cn_status *status);

struct scenario_text {
    const char *file; /* what it is called; relative world files are looked up beside it */
    const char *text;
    size_t len; /* bytes */
};

/* The same from memory. */
CN_NONNULL CN_MUSTUSE const struct scenario *scenario_parse(struct arena *a,
                                                            const struct scenario_text *text,
                                                            struct diag_list *diags,
                                                            enum cn_status *status);

/* What the portfolios of a scenario may have at most: for tests of what happens there. */
struct scenario_limits {
    uint32_t portfolio_sites;
    int64_t portfolio_bytes;
};

/* The same with other limits than SCENARIO_PORTFOLIO_SITES_MAX and SCENARIO_PORTFOLIO_BYTES_MAX. */
CN_NONNULL CN_MUSTUSE const struct scenario *
scenario_parse_within(struct arena *a, const struct scenario_text *text,
                      const struct scenario_limits *limits, struct diag_list *diags,
                      enum cn_status *status);

/* Reads a time as scenarios write it, for command lines too: an instant, "+20m", "start", "end", or
 * an event's id with an offset ("revoked+30s"). False when it is none, or not within the run; then
 * `why` says what was expected and what was got. */
CN_NONNULL CN_MUSTUSE bool scenario_time(const struct scenario *s, const char *text, simtime *out,
                                         char why[SCENARIO_WHY_MAX]);

/* Reads where a client stands: a client's name, a line's name, an address or a prefix. A prefix
 * whose clients are on several lines stands for its first part, as a Client Subnet does for the
 * server (part_bits). On success `*out` is filled (name = text). False when it is none of them, or
 * a prefix that the server would not believe; then `why` says what was expected and what was got.
 */
CN_NONNULL CN_MUSTUSE bool scenario_client_find(const struct scenario *s, const char *text,
                                                struct scenario_client *out,
                                                char why[SCENARIO_WHY_MAX]);

/* Writes the lines on which clients of a prefix are, in order of their addresses: "de, fr"; after
 * some of them "and others". */
CN_NONNULL void scenario_lines_text(const struct scenario *s, const struct scenario_client *c,
                                    char out[SCENARIO_WHY_MAX]);

/* Reads a domain name that somebody asks for. False when it is none; then `why` says so. */
CN_NONNULL CN_MUSTUSE bool scenario_name(const char *text, uint8_t out[DNAME_MAX],
                                         char why[SCENARIO_WHY_MAX]);

/* Prints the JSON Schema (draft 2020-12) of scenario files; it says of the shape of a file what the
 * loader says. False when writing failed or memory is exhausted. */
CN_NONNULL CN_MUSTUSE bool scenario_schema(FILE *out);

/* Prints every key that the loader knows, one a line: "site.domain", a tab, "required" or the
 * default, a tab, what the key says. False when writing failed. */
CN_NONNULL CN_MUSTUSE bool scenario_keys(FILE *out);

#endif
