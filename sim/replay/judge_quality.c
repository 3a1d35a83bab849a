/* SPDX-License-Identifier: MIT */
#include "judge_quality.h"

#include <inttypes.h>
#include <stdio.h>

#include "cnedge/traffic/quality.h"

enum { US_PER_MS = 1000 };

static bool within(uint32_t v, uint32_t min, uint32_t max)
{
    return v >= min && v <= max;
}

bool judge_quality_holds(const struct world *w, const struct expectation *e, const struct answer *a,
                         uint16_t line)
{
    struct quality q;
    if (a->kind != ANSWER_POP) return false;
    quality_of(w, line, a->host, a->cell.pop, &q);
    uint32_t asserts = e->asserts;
    if ((asserts & ASSERT_RTT) != 0 &&
        !within(q.rtt_us / US_PER_MS, e->rtt_min_ms, e->rtt_max_ms)) {
        return false;
    }
    if ((asserts & ASSERT_LOSS) != 0 && !within(q.loss_permille, e->loss_min, e->loss_max)) {
        return false;
    }
    return (asserts & ASSERT_CARRIED) == 0 || q.product == e->carried_by;
}

static const char *carrier_of(const struct world *w, uint16_t product)
{
    return product == CN_NONE16 ? "no product" : w->spec->products[product].id;
}

/* Appends what snprintf says it wrote; never beyond the end. */
static size_t advance(size_t used, int n, size_t cap)
{
    used += n > 0 ? (size_t)n : 0;
    return used < cap ? used : cap - 1;
}

static size_t put_range(char *out, size_t cap, uint32_t min, uint32_t max, const char *unit)
{
    int n = max == INT32_MAX ? snprintf(out, cap, "%" PRIu32 " or more%s", min, unit)
                             : snprintf(out, cap, "%" PRIu32 "..%" PRIu32 "%s", min, max, unit);
    return advance(0, n, cap);
}

size_t judge_quality_expected(const struct world *w, const struct expectation *e, char *out,
                              size_t cap)
{
    size_t used = advance(0, snprintf(out, cap, "a path"), cap);
    const char *sep = " of ";
    if ((e->asserts & ASSERT_RTT) != 0) {
        used = advance(used, snprintf(out + used, cap - used, "%s", sep), cap);
        used += put_range(out + used, cap - used, e->rtt_min_ms, e->rtt_max_ms, " ms");
        sep = ", ";
    }
    if ((e->asserts & ASSERT_LOSS) != 0) {
        used = advance(used, snprintf(out + used, cap - used, "%s", sep), cap);
        used += put_range(out + used, cap - used, e->loss_min, e->loss_max, " per mille loss");
    }
    if ((e->asserts & ASSERT_CARRIED) == 0) return used;
    int n = snprintf(out + used, cap - used, " carried by %s", carrier_of(w, e->carried_by));
    return advance(used, n, cap);
}

size_t judge_quality_got(const struct world *w, const struct answer *a, uint16_t line, char *out,
                         size_t cap)
{
    struct quality q;
    if (a->kind != ANSWER_POP) return advance(0, snprintf(out, cap, ", no path"), cap);
    quality_of(w, line, a->host, a->cell.pop, &q);
    int n =
        snprintf(out, cap, ", path of %" PRIu32 " ms, %" PRIu32 " per mille loss, carried by %s",
                 q.rtt_us / US_PER_MS, q.loss_permille, carrier_of(w, q.product));
    return advance(0, n, cap);
}

/* --- states ----------------------------------------------------------------------------------- */

bool judge_quality_state(const struct world *w, const struct expectation *e)
{
    if ((e->asserts & ASSERT_PACKAGE) != 0) {
        return w->packages[e->package].state == (uint8_t)e->package_state;
    }
    return (e->asserts & ASSERT_PRODUCT) == 0 ||
           w->products[e->product].state == (uint8_t)e->product_state;
}

size_t judge_quality_state_expected(const struct expectation *e, char *out, size_t cap)
{
    int n = (e->asserts & ASSERT_PACKAGE) != 0
                ? snprintf(out, cap, "package %s", package_state_name(e->package_state))
                : snprintf(out, cap, "product %s", product_state_name(e->product_state));
    return advance(0, n, cap);
}

size_t judge_quality_state_got(const struct world *w, const struct expectation *e, char *out,
                               size_t cap)
{
    if ((e->asserts & ASSERT_PACKAGE) != 0) {
        const struct package *p = &w->packages[e->package];
        int n = snprintf(out, cap, "package %s, %" PRIu32 " Mbit/s",
                         package_state_name((enum package_state)p->state), p->mbit);
        return advance(0, n, cap);
    }
    const struct product *p = &w->products[e->product];
    int n = snprintf(out, cap, "product %s", product_state_name((enum product_state)p->state));
    return advance(0, n, cap);
}
