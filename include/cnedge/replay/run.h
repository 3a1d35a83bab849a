/* SPDX-License-Identifier: MIT
 * run.h: one scenario from start to end: events, invariants, expectations. Room replay.
 *
 * The run jumps from instant to instant at which anything can change: events, timers, and the ends
 * of expectations' windows. At each: first the events in their order, then the checks; so "always"
 * and "never" are exact, not sampled. */
#ifndef CNEDGE_REPLAY_RUN_H
#define CNEDGE_REPLAY_RUN_H

#include "cnedge/model/invariant.h"
#include "cnedge/replay/judge.h"

/* What a void run's CN_E_LIMIT means. */
#define RUN_LIMIT_TEXT "expected to fit in memory and in 1024 classes of hosts, got more"
_Static_assert(WORLD_CLASSES_MAX == 1024, "RUN_LIMIT_TEXT says so");

enum { RUN_TOUCHED_MAX = 3, RUN_VIOLATIONS_MAX = 20 };

enum finding_kind { FINDING_EVENT, FINDING_EXPECTATION, FINDING_INVARIANTS };

/* "event", "expectation", "invariants". */
CN_CONST const char *run_kind_name(enum finding_kind k);

enum verdict {
    VERDICT_PASS,
    VERDICT_FAIL,
    VERDICT_SKIP,          /* "skip" in the scenario */
    VERDICT_EXPECTED_FAIL, /* "expect_fail" in the scenario, and it failed */
};

/* "pass", "fail", "skip", "expected_fail". */
CN_CONST const char *verdict_name(enum verdict v);

struct touched { /* an event that touched what failed */
    struct event event;
    const char *id; /* "" when it has none */
    enum refusal refusal;
};

struct failure { /* the first instant at which it failed */
    simtime at;
    char expected[JUDGE_TEXT_MAX];
    char got[JUDGE_TEXT_MAX];
    const uint8_t *name;      /* wire; NULL when no name is asked */
    uint16_t type, line;      /* of the query; CN_NONE16 when there is none */
    struct decision decision; /* reason_count 0: none */
    uint8_t touched_count;
    struct touched touched[RUN_TOUCHED_MAX]; /* newest first */
};

struct finding { /* one test point */
    enum finding_kind kind;
    enum verdict verdict;
    const struct expectation *expectation; /* FINDING_EXPECTATION */
    const struct scenario_event *event;    /* FINDING_EVENT */
    const char *title;
    const char *note;              /* of skip and expect_fail, or NULL */
    const struct failure *failure; /* NULL unless VERDICT_FAIL or VERDICT_EXPECTED_FAIL */
};

/* Where the scenario's file says it; NULL for the invariants. */
CN_NONNULL CN_PURE const struct place *run_place(const struct finding *f);

struct run_result {
    const struct scenario *scenario;
    const struct finding *findings;
    uint32_t finding_count;
    uint32_t passed, failed, skipped; /* an expected failure counts as passed */
    uint64_t events;                  /* applied or refused, timers' included */
    uint64_t checks;                  /* items of expectations judged */
    uint64_t invariant_checks;
};

struct run_options {
    uint32_t without; /* number of an event to leave out; CN_NONE32: none */
    uint32_t shifted; /* number of an event to let happen at `shifted_at`; CN_NONE32: none */
    simtime shifted_at;
    bool expectations_only; /* leave the invariants out, and their finding */
    bool until_failed;      /* end once it is sure that an expectation fails */
    /* Called after each event, before the checks of its instant; and once before the first event
     * with `step` NULL. The callee may look at the world and changes nothing. */
    void (*on_step)(void *owner, struct engine *e, const struct engine_step *step);
    void *owner;
};

/* Replays `s`; memory from `a`. CN_OK also when checks fail: see the result. CN_E_LIMIT when memory
 * or WORLD_CLASSES_MAX does not suffice; then the run is void. */
CN_NONNULL CN_MUSTUSE enum cn_status run_scenario(struct arena *a, const struct scenario *s,
                                                  const struct run_options *o,
                                                  struct run_result *out);

/* "revoke_site shop.example (revoked): refused with ICP_BAD_STATE": one line about an event. */
CN_NONNULL void run_event_text(const struct scenario *s, const struct touched *t,
                               char out[JUDGE_TEXT_MAX]);

#endif
