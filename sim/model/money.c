/* SPDX-License-Identifier: MIT */
#include "cnedge/model/money.h"

#define NS_PER_MS INT64_C(1000000)
#define MONTH_MS  (UINT64_C(86400000) * MONEY_MONTH_DAYS)

/* Milliseconds since the start: differences of these add up to the whole. */
static uint64_t ms_of(simtime t)
{
    return (uint64_t)(t.ns / NS_PER_MS);
}

void money_count(struct meter *m, simtime now)
{
    CN_ASSERT(!simtime_before(now, m->since));
    uint64_t ms = ms_of(now) - ms_of(m->since);
    m->since = now;
    if (!m->running) return;
    m->ms += ms;
    m->mbit_ms += ms * m->mbit;
    if (!m->idle) return;
    m->idle_ms += ms;
    m->idle_mbit_ms += ms * m->mbit;
}

void money_meter(struct meter *m, simtime now, bool running, bool idle, uint32_t mbit)
{
    money_count(m, now);
    m->running = running;
    m->idle = idle;
    m->mbit = mbit;
}

/* `amount` times `each` over a month, in parts that do not overflow; `*rest` is what is left of
 * months times minor units, below one month's worth. */
static uint64_t whole(uint64_t amount, uint32_t each, uint64_t *rest)
{
    uint64_t fraction = amount % MONTH_MS * each;
    *rest = fraction % MONTH_MS;
    return amount / MONTH_MS * each + fraction / MONTH_MS;
}

int64_t money_cost(const struct price *p, uint64_t ms, uint64_t mbit_ms)
{
    uint64_t rest[2];
    uint64_t sum = whole(ms, p->month_minor, &rest[0]);
    sum += whole(mbit_ms, p->mbit_month_minor, &rest[1]);
    return (int64_t)(sum + (rest[0] + rest[1] + MONTH_MS / 2) / MONTH_MS);
}

int64_t money_for(const struct price *p, uint32_t mbit, simdur lasts)
{
    uint64_t ms = (uint64_t)(lasts.ns / NS_PER_MS);
    return money_cost(p, ms, ms * mbit);
}
