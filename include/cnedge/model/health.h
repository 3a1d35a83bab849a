/* SPDX-License-Identifier: MIT
 * health.h: the machine that turns results of probes into the health of a PoP (FACTS B8). Room
 * model (pure).
 *
 * A damper takes one result after the other and says good or bad. A PoP has two of them: one for
 * whether it answers at all, one for whether it does so well. From them follows what it is taken
 * for: DOWN, DEGRADED or UP, and UNKNOWN before the first result. One damper, after gdnsd's
 * (FACTS B8, OS1), stands for all that are published: with forgive_after 1 it asks for failures
 * that follow one another, with all three numbers 1 it follows each result. */
#ifndef CNEDGE_MODEL_HEALTH_H
#define CNEDGE_MODEL_HEALTH_H

#include "cnedge/model/choices.h"

enum pop_health { HEALTH_UP, HEALTH_DEGRADED, HEALTH_DOWN, HEALTH_UNKNOWN, HEALTH_COUNT };

/* "UP", ... */
CN_CONST const char *health_name(enum pop_health h);

/* What a probe finds. */
enum health_probe {
    HEALTH_PROBE_OK,
    HEALTH_PROBE_POOR, /* an answer, but slow or with loss */
    HEALTH_PROBE_FAIL,
    HEALTH_PROBE_COUNT
};

/* "ok", "poor", "fail" */
CN_CONST const char *health_probe_name(enum health_probe p);

/* The settings in force: as given, else as the profile says. */
struct health_conf {
    uint32_t interval_s;    /* between two probes; 0: there are none but in events */
    uint32_t down_after;    /* failures until the PoP is down */
    uint32_t forgive_after; /* successes in a row that make earlier failures forgotten */
    uint32_t up_after;      /* successes in a row until it is up again */
    uint32_t fail_pct;      /* a round of probes fails when at least this share of nodes' fail */
    uint32_t pool_pct;   /* a node's probe fails when fewer of the addresses work; 0: none does */
    uint8_t cold_start;  /* enum health_cold_start */
    uint8_t probes_from; /* enum health_probes_from */
    bool damped;         /* false: events act at once, and nothing else here counts */
    uint8_t unused;      /* 0: no gaps, so that equal settings have equal bytes */
};

/* What is in force with these settings. */
CN_NONNULL struct health_conf health_conf_of(const struct choices *c);

/* A value of a profile: for the documents. NULL when there is no such profile or row. */
struct health_value {
    enum health_profile profile;
    const char *setting, *value, *grade, *source;
};

/* Every value of every profile; `*count` is their number. */
CN_NONNULL const struct health_value *health_values(size_t *count);

enum health_verdict { HEALTH_NO_RESULT, HEALTH_GOOD, HEALTH_BAD, HEALTH_VERDICT_COUNT };

struct health_damper {
    uint8_t verdict; /* enum health_verdict */
    uint8_t unused;
    uint16_t bad;  /* GOOD: failures that are not forgiven; less than down_after */
    uint16_t good; /* the run of successes that counts: GOOD: only while `bad` is not 0 */
};

/* One result. The table is in health.c. */
CN_NONNULL CN_PURE struct health_damper health_damp(const struct health_conf *c,
                                                    struct health_damper d, bool good);

struct health {
    struct health_damper answers, well;
};

/* One probe. */
CN_NONNULL CN_PURE struct health health_step(const struct health_conf *c, struct health h,
                                             enum health_probe p);

/* What the PoP is taken for. */
CN_CONST enum pop_health health_state(struct health h);

/* Whether further probes with this result change nothing. */
CN_NONNULL CN_PURE bool health_settled(const struct health_conf *c, struct health h,
                                       enum health_probe p);

/* --- probes on the clock: at every whole multiple of the interval after the start ------------- */

/* How many probes there are from `from` on, before `until`. */
CN_NONNULL CN_PURE uint64_t health_probes(const struct health_conf *c, simtime from, simtime until);

/* The state after that many probes with one result. Costs no more than the thresholds. */
CN_NONNULL CN_PURE struct health health_run(const struct health_conf *c, struct health h,
                                            enum health_probe p, uint64_t probes);

/* When the probe comes that changes what the PoP is taken for, if all from `from` on have this
 * result; SIMTIME_NEVER: none does. */
CN_NONNULL CN_PURE simtime health_turns(const struct health_conf *c, struct health h,
                                        enum health_probe p, simtime from);

#endif
