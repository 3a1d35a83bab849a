/* SPDX-License-Identifier: MIT */
#include "cnedge/traffic/population.h"

static const char *const names[POPULATION_COUNT] = {"honest", "floor", "extend", "stale_first",
                                                    "stale_forever"};

const char *population_profile_name(enum population_profile p)
{
    CN_ASSERT(p < POPULATION_COUNT);
    return names[p];
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* Seconds; a double holds any simtime to better than a microsecond. */
static double seconds(simtime t)
{
    return (double)t.ns / (double)SIMDUR_SECOND;
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

static double most(double a, double b)
{
    return a > b ? a : b;
}

/* e^-x for x >= 0: x = n ln 2 + r with |r| <= ln 2 / 2, a Taylor polynomial in r, n halvings. */
static double exp_minus(double x)
{
    static const double ln2 = 0.69314718055994530942;
    enum { HALVINGS_MAX = 60, TERMS = 14 };
    if (x > HALVINGS_MAX * ln2) return 0;
    int n = (int)(x / ln2 + 0.5);
    double r = x - n * ln2;
    double term = 1;
    double sum = 1;
    for (int i = 1; i <= TERMS; i++) {
        term *= -r / i;
        sum += term;
    }
    for (; n > 0; n--) {
        sum /= 2;
    }
    return sum;
}

/* --- one population --------------------------------------------------------------------------- */

/* What became of the entries that one segment left in the caches. */
struct cohort {
    double share;     /* of the caches; POPULATION_STALE_FIRST: expired entries included */
    double end;       /* of the segment */
    double life;      /* of its entries */
    double from, to;  /* when they were fetched: uniform in between */
    bool short_lived; /* the segment was over before any of its own entries expired */
};

struct caches {
    const struct population *p;
    double rate; /* per second; busy: 0 and `busy` */
    bool busy;
    uint32_t count;
    struct cohort cohorts[POPULATION_SEGMENTS_MAX];
};

uint32_t population_life_s(const struct population *p, uint32_t ttl_s)
{
    uint64_t life_s = ttl_s;
    if (p->profile == POPULATION_FLOOR && ttl_s < p->floor_s) life_s = p->floor_s;
    if (p->profile == POPULATION_EXTEND) life_s *= p->extend;
    return life_s < POPULATION_LIFE_MAX_S ? (uint32_t)life_s : POPULATION_LIFE_MAX_S;
}

/* How probable an entry is at all in a cache that fetches within `width` seconds. */
static double held(const struct caches *c, double width)
{
    return c->busy ? 1 : c->rate * width / (1 + c->rate * width);
}

/* The entries of a cohort that have not expired. */
static double valid_share(const struct caches *c, const struct cohort *k, double t)
{
    double width = k->to - k->from;
    if (width <= 0) return t < k->from + k->life ? k->share * held(c, k->life) : 0;
    double left = most(0, least(width, k->to - most(k->from, t - k->life)));
    return k->share * held(c, width) * left / width;
}

/* The chance that a cache has not fetched since the end of a segment that came to rest. */
static double quiet_at_rest(const struct caches *c, const struct cohort *k, double x)
{
    if (c->busy) return x < k->life ? 1 - x / k->life : 0;
    if (x <= k->life) return 1 - c->rate * x / (1 + c->rate * k->life);
    return exp_minus(c->rate * (x - k->life)) / (1 + c->rate * k->life);
}

/* The same for entries that were all valid at the end of their segment. */
static double quiet_when_short(const struct caches *c, const struct cohort *k, double t)
{
    double width = k->to - k->from;
    double y = t - k->life; /* what was fetched before has expired */
    if (y <= k->from) return 1;
    if (width <= 0) return c->busy ? 0 : exp_minus(c->rate * (y - k->from));
    double valid = most(0, k->to - y) / width;
    if (c->busy) return valid;
    double last = least(k->to, y);
    double waiting = exp_minus(c->rate * (y - last)) - exp_minus(c->rate * (y - k->from));
    return valid + waiting / (c->rate * width);
}

/* The share of answers at `t`, after the segment, that are of the cohort. */
static double cohort_at(const struct caches *c, const struct cohort *k, double t)
{
    if (c->p->profile != POPULATION_STALE_FIRST) return valid_share(c, k, t);
    if (k->short_lived) return k->share * quiet_when_short(c, k, t);
    return k->share * quiet_at_rest(c, k, t - k->end);
}

static double all_at(const struct caches *c, double t)
{
    double sum = 0;
    for (uint32_t i = 0; i < c->count; i++) {
        sum += cohort_at(c, &c->cohorts[i], t);
    }
    return least(1, sum);
}

/* How long after `t` the entries that are held then go on expiring. */
static double expiring_for(const struct caches *c, double t)
{
    double last = 0;
    for (uint32_t i = 0; i < c->count; i++) {
        const struct cohort *k = &c->cohorts[i];
        last = most(last, k->to + k->life - t);
    }
    return last;
}

/* Adds the segment that lasted for [start, end). Before its own entries expire it fills only what
 * the entries before it leave: up to the last of those, and what nobody had asked for. */
static void add_cohort(struct caches *c, double start, double end, double life, bool first)
{
    struct cohort k = {.end = end, .life = life, .from = end - life, .to = end};
    if (!first && end - start <= life) {
        double idle = c->busy ? 0 : 1 / c->rate;
        k.short_lived = true;
        k.from = start;
        k.to = least(end, start + expiring_for(c, start) + idle);
    }
    k.share = first ? 1 : 1 - all_at(c, end);
    c->cohorts[c->count++] = k;
}

static double share_of(const struct population *p, const struct population_history *h, simtime t)
{
    struct caches c = {.p = p, .rate = p->rate_per_hour / 3600.0, .busy = p->rate_per_hour == 0};
    double now = seconds(t);
    double counted = 0;
    uint32_t last = 0;
    if (p->profile == POPULATION_STALE_FOREVER) return h->segments[0].counts ? 1 : 0;
    while (last + 1 < h->count && !simtime_before(t, h->segments[last + 1].from)) {
        double life = population_life_s(p, h->segments[last].ttl_s);
        double start = seconds(h->segments[last].from);
        add_cohort(&c, start, seconds(h->segments[last + 1].from), life, last == 0);
        last++;
    }
    for (uint32_t i = 0; i < c.count; i++) {
        if (h->segments[i].counts) counted += cohort_at(&c, &c.cohorts[i], now);
    }
    if (h->segments[last].counts) counted += 1 - all_at(&c, now);
    return least(1, counted);
}

static uint32_t ppm_of(double share)
{
    return (uint32_t)(share * POPULATION_PPM + 0.5);
}

uint32_t population_share(const struct population *p, const struct population_history *h, simtime t)
{
    CN_ASSERT(h->count >= 1);
    CN_ASSERT(h->count <= POPULATION_SEGMENTS_MAX);
    return ppm_of(share_of(p, h, t));
}

/* --- mixtures --------------------------------------------------------------------------------- */

uint32_t population_mix_share(const struct population_mix *m, const struct population_history *h,
                              simtime t)
{
    uint64_t sum = 0;
    uint64_t weight = 0;
    for (uint32_t i = 0; i < m->count; i++) {
        sum += (uint64_t)m->list[i].weight * population_share(&m->list[i], h, t);
        weight += m->list[i].weight;
    }
    CN_ASSERT(weight > 0);
    return (uint32_t)((sum + weight / 2) / weight);
}

simtime population_mix_falls(const struct population_mix *m, const struct population_history *h,
                             uint32_t ppm, simdur horizon)
{
    const int64_t ms = SIMDUR_SECOND / 1000;
    simtime from = h->segments[h->count - 1].from;
    int64_t low = 0;
    int64_t high = horizon.ns / ms;
    CN_ASSERT(!h->segments[h->count - 1].counts);
    if (population_mix_share(m, h, simtime_add(from, (simdur){high * ms})) > ppm) {
        return SIMTIME_NEVER;
    }
    while (low < high) { /* since the last change the share only falls */
        int64_t mid = low + (high - low) / 2;
        if (population_mix_share(m, h, simtime_add(from, (simdur){mid * ms})) <= ppm) {
            high = mid;
        } else {
            low = mid + 1;
        }
    }
    return (simtime){low * ms};
}

uint32_t population_mix_poisoned(const struct population_mix *m, const struct population_poison *p,
                                 simtime t)
{
    const struct population_segment segments[] = {
        {SIMTIME_START, p->ttl_s, false},
        {p->from, p->wrong_ttl_s, true},
        {p->until, p->ttl_s, false},
    };
    struct population_history h = {segments, CN_ARRAY_LEN(segments)};
    return population_mix_share(m, &h, t);
}

/* --- declared shares -------------------------------------------------------------------------- */

/* Of 10000 users. */
static const struct population inside[] = {
    {.profile = POPULATION_STALE_FIRST, .weight = 6000},          /* F M12 */
    {.profile = POPULATION_EXTEND, .weight = 874, .extend = 10},  /* M M10; the factor is SIM */
    {.profile = POPULATION_FLOOR, .weight = 1000, .floor_s = 60}, /* exists: M M11; share SIM */
    {.profile = POPULATION_STALE_FOREVER, .weight = 100},         /* SIM */
    {.profile = POPULATION_HONEST, .weight = 2026},
};
static const struct population outside[] = {
    {.profile = POPULATION_EXTEND, .weight = 874, .extend = 10},
    {.profile = POPULATION_FLOOR, .weight = 1000, .floor_s = 60},
    {.profile = POPULATION_STALE_FOREVER, .weight = 100},
    {.profile = POPULATION_HONEST, .weight = 8026},
};

struct population_mix population_default(bool mainland)
{
    if (mainland) return (struct population_mix){inside, CN_ARRAY_LEN(inside)};
    return (struct population_mix){outside, CN_ARRAY_LEN(outside)};
}
