/* SPDX-License-Identifier: MIT
 * money.h: prices, and meters that run while something is paid for. Room model (pure).
 *
 * Money is a whole number of minor units (cents) of one currency; nothing is ever converted. A
 * price has a part for the thing itself and a part for each Mbit/s, both per month; a month is 30
 * days here (ours: the sources say "per month" and no more). A meter adds up time in whole
 * milliseconds, so that a sum does not depend on how often it was looked at. */
#ifndef CNEDGE_MODEL_MONEY_H
#define CNEDGE_MODEL_MONEY_H

#include "cnedge/base/simtime.h"

enum {
    MONEY_CURRENCY_MAX = 4, /* three capital letters and NUL */
    MONEY_MONTH_DAYS = 30,
    MONEY_MINOR_MAX = 100000000, /* of one part of a price */
};

struct price {
    char currency[MONEY_CURRENCY_MAX]; /* "USD"; "": no price is known */
    uint32_t month_minor;              /* for the thing itself, per month */
    uint32_t mbit_month_minor;         /* for each Mbit/s, per month */
};

struct meter {
    simtime since;                  /* what lies before is in the sums */
    uint64_t ms;                    /* how long it ran */
    uint64_t mbit_ms;               /* the same times the size */
    uint64_t idle_ms, idle_mbit_ms; /* the part of both that was idle */
    uint32_t mbit;                  /* size since then */
    bool running, idle;
};

/* Counts up to `now` as the meter stands. */
CN_NONNULL void money_count(struct meter *m, simtime now);

/* Counts up to `now`, and goes on like this: running or not, idle or not, of this size. */
CN_NONNULL void money_meter(struct meter *m, simtime now, bool running, bool idle, uint32_t mbit);

/* Minor units for so many milliseconds, and milliseconds times Mbit/s; rounded to the nearest. */
CN_NONNULL CN_PURE int64_t money_cost(const struct price *p, uint64_t ms, uint64_t mbit_ms);

/* Minor units for `lasts` at a size. */
CN_NONNULL CN_PURE int64_t money_for(const struct price *p, uint32_t mbit, simdur lasts);

#endif
