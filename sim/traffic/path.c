/* SPDX-License-Identifier: MIT
 * path.c: the first stage, what the client's resolver hands it, and both together. */
#include <string.h>

#include "cnedge/base/rng.h"
#include "cnedge/traffic/population.h"
#include "path_internal.h"

/* FACTS H (M4): three, with different fingerprints and overlapping sets of names. */
static const struct path_injector injectors[PATH_INJECTORS] = {
    {"first", LISTED_PERMILLE, true},
    {"second", 600, false},
    {"third", 300, false},
};

const struct path_injector *path_injector(unsigned i)
{
    CN_ASSERT(i < PATH_INJECTORS);
    return &injectors[i];
}

/* --- small questions -------------------------------------------------------------------------- */

void path_because(struct looker *x, enum path_rule rule, unsigned arg)
{
    CN_ASSERT(x->v->reason_count < PATH_REASONS_MAX);
    x->v->reasons[x->v->reason_count++] =
        (struct path_reason){.rule = (uint8_t)rule, .arg = (uint16_t)arg};
}

const struct line *path_line(const struct world *w, uint16_t line)
{
    return &w->topology->lines[line == w->topology->unknown_line ? w->spec->unknown_line : line];
}

bool path_names(const struct world *w, const struct listed *l, const uint8_t *name)
{
    if (l->host != CN_NONE32) {
        const uint8_t *host = w->spec->hosts[l->host].name;
        bool below = dname_is_wildcard(host) && !dname_equal(name, dname_parent(host));
        return below ? dname_within(name, dname_parent(host)) : dname_equal(name, host);
    }
    return l->site != CN_NONE32 && dname_within(name, w->spec->sites[l->site].apex);
}

unsigned path_permille(const struct world *w, const struct path_question *q, const uint8_t *name,
                       const char *purpose, uint64_t n)
{
    uint64_t h = rng_hash(w->spec->seed ^ q->client.hash, name, dname_len(name));
    return (unsigned)(rng_draw(h, "path", purpose, n) % LISTED_PERMILLE);
}

bool path_still_listed(const struct looker *x, const struct listed *l)
{
    if (l->kind != LISTED_NAME || l->state != LIST_CLEARING) return true;
    return path_permille(x->w, x->q, x->q->name, "clearing", 0) < LISTED_PERMILLE / 2;
}

uint64_t path_client_hash(const uint8_t *address, bool v6)
{
    return rng_hash(v6, address, v6 ? 6 : 3); /* /48, /24 */
}

struct path_client path_client_of_line(const struct topology *t, uint16_t line, uint32_t n)
{
    const char *name = t->lines[line].name;
    uint64_t hash = rng_hash(n, name, strlen(name));
    struct path_client c = {line, line, hash, {.bits = 32}};
    if (n > 0) { /* others of the line are in other networks */
        memcpy(c.asker.address, (uint8_t[3]){(uint8_t)hash, (uint8_t)(hash >> 8), (uint8_t)n}, 3);
    }
    return c;
}

bool path_is_clear(const struct path_view *v)
{
    return v->dns == PATH_DNS_GENUINE &&
           (v->connect == PATH_CONNECT_OK || v->connect == PATH_CONNECT_NOWHERE);
}

/* --- forged addresses ------------------------------------------------------------------------- */

enum { GROUP = 8, SINK = 253, BOGUS = 254 };

static const uint8_t forged_v4[3] = {198, 51, 100};
static const uint8_t forged_v6[6] = {0x20, 0x01, 0x0d, 0xb8, 0xde, 0xad};

/* Address `n` of the pool, 1 and up. */
static void pool_address(const struct world *w, bool v6, uint32_t n, uint8_t out[16])
{
    memset(out, 0, 16);
    if (!v6) {
        memcpy(out, forged_v4, sizeof(forged_v4));
        out[3] = (uint8_t)n;
    } else if (w->choices->forged_pool == FORGED_REALISTIC) {
        uint64_t h = rng_draw(w->spec->seed, "pool", "v6", n);
        out[0] = 0x20;
        out[1] = 0x01;
        memcpy(out + 4, (uint8_t[4]){(uint8_t)h, (uint8_t)(h >> 8), (uint8_t)(h >> 16), 1}, 4);
        out[15] = (uint8_t)n;
    } else {
        memcpy(out, forged_v6, sizeof(forged_v6));
        out[15] = (uint8_t)n;
    }
}

bool path_is_forged(const uint8_t *address, bool v6)
{
    static const uint8_t realistic[4] = {0x20, 0x01, 0, 0};
    if (!v6) return memcmp(address, forged_v4, sizeof(forged_v4)) == 0;
    return memcmp(address, forged_v6, sizeof(forged_v6)) == 0 ||
           memcmp(address, realistic, sizeof(realistic)) == 0;
}

/* Each name gets addresses of one group of the pool (FACTS H, M4). */
static uint32_t forged_index(const struct looker *x, unsigned injector)
{
    uint32_t size = x->w->choices->forged_pool_size;
    uint32_t groups = (size + GROUP - 1) / GROUP;
    uint64_t name = rng_hash(x->w->spec->seed, x->name, dname_len(x->name));
    uint32_t first = (uint32_t)(name % groups) * GROUP;
    uint32_t in_group = size - first < GROUP ? size - first : GROUP;
    uint64_t draw = rng_draw(name ^ x->q->client.hash, "forged", injectors[injector].id, 0);
    return 1 + first + (uint32_t)(draw % in_group);
}

static void forge(struct looker *x, uint32_t index, bool aa)
{
    struct path_view *v = x->v;
    if (x->q->type != RR_A && x->q->type != RR_AAAA) return;
    pool_address(x->w, x->q->type == RR_AAAA, index, v->forged[v->forged_count]);
    v->forged_aa[v->forged_count++] = aa;
    v->forged_ttl_s = x->w->choices->forged_ttl_s;
}

/* The devices that know the name answer, each on its own. */
static void inject(struct looker *x)
{
    uint64_t name = rng_hash(x->w->spec->seed, x->name, dname_len(x->name));
    for (unsigned i = 0; i < PATH_INJECTORS; i++) {
        uint64_t draw = rng_draw(name, "injector", injectors[i].id, 0);
        if (draw % LISTED_PERMILLE >= injectors[i].names_permille) continue;
        forge(x, forged_index(x, i), injectors[i].aa);
    }
    path_because(x, PATH_RULE_INJECTED, x->v->forged_count);
    x->v->dns = PATH_DNS_FORGED_FIRST;
}

/* --- the resolver and whom it asks ------------------------------------------------------------ */

static bool resolver_down(const struct looker *x)
{
    const struct line *r = x->resolver;
    if (r->zone != ZONE_MAINLAND) return false;
    unsigned down = x->w->resolvers_down | x->w->region_resolvers_down[r->region];
    return (down & 1U << r->carrier) != 0;
}

static const char *last_label(const uint8_t *name, size_t *len)
{
    const uint8_t *label = name;
    while (*label != 0 && *dname_parent(label) != 0) {
        label = dname_parent(label);
    }
    *len = *label;
    return (const char *)label + 1;
}

static bool under_tlds(const struct listed *l, const uint8_t *name)
{
    size_t len;
    const char *label = last_label(name, &len);
    for (unsigned i = 0; i < l->tld_count; i++) {
        if (strlen(l->tlds[i]) == len && memcmp(l->tlds[i], label, len) == 0) return true;
    }
    return false;
}

/* Who asks from the resolver's line. */
static struct population_mix mix_of(const struct looker *x)
{
    const struct world_spec *spec = x->w->spec;
    if (spec->mixes != NULL) return spec->mixes[x->q->client.resolver];
    return population_default(x->resolver->zone == ZONE_MAINLAND);
}

/* How much of a bogus answer, per mille, carriers have not flushed yet: they do it evenly over the
 * tail (FACTS D0 M9: from twenty minutes to twelve hours after; evenly is SIM). */
static uint32_t unflushed(const struct listed *l)
{
    int64_t left = l->ended.ns + l->life.ns - l->as_of.ns;
    return (uint32_t)(left / (l->life.ns / LISTED_PERMILLE));
}

/* The share, ppm, of the answers on the resolver's line that are the wrong ones, as of the last
 * step. Right answers that are forged over leave the caches at once: their TTLs are minutes, those
 * of delegations hours. */
static uint32_t wrong_share(const struct looker *x, const struct listed *l)
{
    const simdur at_once = simdur_s(POPULATION_FLOOR_MAX_S);
    struct population_mix mix = mix_of(x);
    bool tail = l->state == MEASURE_TAIL;
    uint32_t life_s = (uint32_t)(l->life.ns / SIMDUR_SECOND);
    struct population_poison p = {.ttl_s = l->kind == LISTED_HIJACK ? life_s : 0,
                                  .wrong_ttl_s = life_s,
                                  .from = l->started,
                                  .until = tail ? l->ended : SIMTIME_NEVER};
    bool waits = tail || l->life.ns > 0;
    simtime at = waits ? l->as_of : simtime_add(l->started, at_once);
    uint32_t share = population_mix_poisoned(&mix, &p, at);
    if (l->kind != LISTED_BOGUS || !tail) return share;
    return (uint32_t)((uint64_t)share * unflushed(l) / LISTED_PERMILLE);
}

/* Whether the client's resolver is among those that give the wrong answer. */
static bool goes_astray(const struct looker *x, const struct listed *l)
{
    uint64_t name = rng_hash(x->w->spec->seed ^ x->q->client.hash, x->name, dname_len(x->name));
    return rng_draw(name, "path", list_kind_name((enum listed_kind)l->kind), 0) % POPULATION_PPM <
           wrong_share(x, l);
}

/* Whole top-level domains: what asks for them leaves the mainland, whoever serves the name. */
static bool bogus(struct looker *x, const struct listed *l)
{
    if (l->state == MEASURE_OFF || x->resolver->zone != ZONE_MAINLAND) return false;
    if (!under_tlds(l, x->name)) return false;
    bool cached = l->state == MEASURE_TAIL;
    if (!goes_astray(x, l)) return false;
    path_because(x, cached ? PATH_RULE_BOGUS_CACHED : PATH_RULE_BOGUS, 0);
    forge(x, BOGUS, false);
    return true;
}

/* A client goes astray once its resolver's copy of our delegation is gone, and comes back when the
 * wrong one is. */
static bool hijacked(struct looker *x, const struct listed *l)
{
    if (l->state == MEASURE_OFF || !path_names(x->w, l, x->name)) return false;
    bool tail = l->state == MEASURE_TAIL;
    if (!goes_astray(x, l)) {
        if (!tail) path_because(x, PATH_RULE_HIJACK_UNSEEN, 0);
        return false;
    }
    path_because(x, tail ? PATH_RULE_HIJACK_CACHED : PATH_RULE_HIJACKED, 0);
    forge(x, SINK, true);
    return true;
}

static bool led_astray(struct looker *x)
{
    for (uint16_t i = 0; i < x->w->listed_count; i++) {
        const struct listed *l = &x->w->listed[i];
        if (l->kind == LISTED_BOGUS && bogus(x, l)) return true;
        if (l->kind == LISTED_HIJACK && hijacked(x, l)) return true;
    }
    return false;
}

/* --- the border ------------------------------------------------------------------------------- */

/* Whether the resolver and the nameservers of the name are on different sides: those of the CDN's
 * zone, or of a customer's. */
static bool crosses(const struct looker *x)
{
    const struct world *w = x->w;
    bool cdn = w->cdn_zone != NULL && dname_within(x->name, w->cdn_zone);
    if (cdn) return world_dns_crosses(w, x->q->client.resolver);
    return world_chain_crosses(w, answer_zone(w, x->name), x->q->client.resolver);
}

/* Whether an entry's forging is meant for this resolver at all. */
static bool in_scope(const struct looker *x, const struct listed *l)
{
    if (l->carrier != CN_NONE16 && x->resolver->carrier != l->carrier) return false;
    return l->region == CN_NONE16 || x->resolver->region == l->region;
}

static bool on_blacklist(const struct looker *x)
{
    uint32_t site = answer_zone(x->w, x->name);
    return site != CN_NONE32 && x->w->sites[site].blacklisted;
}

/* Whether an entry forges answers for the question; notes why or why not. */
static bool poisons(struct looker *x, const struct listed *l, bool crossing)
{
    if (l->kind != LISTED_NAME || l->share == 0 || !path_names(x->w, l, x->name)) return false;
    if (!crossing) {
        path_because(x, PATH_RULE_STAYS, 0);
        return false;
    }
    bool hit = in_scope(x, l) && path_still_listed(x, l) &&
               path_permille(x->w, x->q, x->name, "poison", 0) < l->share;
    path_because(x, hit ? PATH_RULE_POISONED : PATH_RULE_SPARED, l->share);
    return hit;
}

static bool poisoned(struct looker *x)
{
    bool crossing = crosses(x);
    if (x->q->type != RR_A && x->q->type != RR_AAAA) return false; /* what is forged: addresses */
    if (on_blacklist(x)) {
        path_because(x, crossing ? PATH_RULE_BLACKLISTED : PATH_RULE_STAYS, 0);
        return crossing;
    }
    bool hit = false;
    for (uint16_t i = 0; i < x->w->listed_count && !hit; i++) {
        if (x->v->reason_count + 4 > PATH_REASONS_MAX) break; /* entries about one name are few */
        hit = poisons(x, &x->w->listed[i], crossing);
    }
    return hit;
}

/* Our nameservers say nothing, or that they cannot. */
static bool dead(const struct looker *x)
{
    return x->q->answer->kind == ANSWER_SILENT || x->q->answer->kind == ANSWER_SERVFAIL;
}

/* A query that a resolver sends across a congested border, and what it does not get back
 * (C2 row 28). */
static bool lost_on_the_way(struct looker *x)
{
    if (!x->w->border_congested || !x->crossed) return false;
    unsigned share = x->w->choices->border_peak_loss_permille;
    bool lost = path_permille(x->w, x->q, x->name, "congested", 0) < share;
    path_because(x, lost ? PATH_RULE_CONGESTED : PATH_RULE_CONGESTED_PASSED, share);
    return lost;
}

/* Nothing forged: ours, or what there is instead of it. */
static void look_ours(struct looker *x)
{
    if (dead(x)) {
        path_because(x, PATH_RULE_AUTHORITY_OUT, 0);
        bool silent = x->q->answer->kind == ANSWER_SILENT;
        x->v->dns = silent ? PATH_DNS_TIMEOUT : PATH_DNS_SERVFAIL;
    } else if (lost_on_the_way(x)) {
        x->v->dns = PATH_DNS_TIMEOUT;
    }
}

/* Asks for one name of the chain; false when the answer is not ours. */
static bool ask_name(struct looker *x)
{
    x->crossed = x->crossed || crosses(x);
    if (led_astray(x)) {
        x->v->dns = PATH_DNS_FORGED_ONLY;
    } else if (poisoned(x)) {
        path_because(x, PATH_RULE_CROSSES, 0);
        inject(x);
        if (dead(x)) x->v->dns = PATH_DNS_FORGED_ONLY;
    } else {
        return true;
    }
    return false;
}

/* Asks for the name, and for those that CNAMEs lead to, as answer_follow does; each may be on a
 * list of its own. False when one answer is not ours. */
static bool ask_chain(struct looker *x)
{
    enum { REASONS_LEFT = 8 };
    uint8_t names[2][DNAME_MAX];
    bool ours = ask_name(x);
    for (unsigned n = 0; ours && n < ANSWER_ALIAS_MAX; n++) {
        struct answer a;
        uint8_t *next = names[n % 2];
        if (x->q->answer->chain_s == UINT32_MAX) break; /* no CNAME leads anywhere */
        if (x->v->reason_count + REASONS_LEFT > PATH_REASONS_MAX) break;
        answer_find(x->w, x->name, x->q->type, x->q->client.resolver, &a);
        if (!answer_next(&a, x->name, next) || !answer_ours(x->w, next)) break;
        x->name = next;
        ours = ask_name(x);
        if (!ours) path_because(x, PATH_RULE_CHAIN, n + 2);
    }
    x->name = x->q->name;
    return ours;
}

static void look_dns(struct looker *x)
{
    x->v->dns = PATH_DNS_GENUINE;
    if (resolver_down(x)) {
        path_because(x, PATH_RULE_RESOLVER_DOWN, 0);
        x->v->dns = PATH_DNS_TIMEOUT;
    } else if (ask_chain(x)) {
        look_ours(x);
    }
}

void path_ask(struct world *w, struct path_question *q, struct answer *answer,
              struct path_view *out)
{
    answer_follow(w, q->name, q->type, q->seen, answer);
    answer_spread(w, q->seen, &q->client.asker, answer);
    q->answer = answer;
    path_look(w, q, out);
}

void path_look(struct world *w, const struct path_question *q, struct path_view *out)
{
    struct looker x = {.w = w,
                       .q = q,
                       .v = out,
                       .name = q->name,
                       .line = path_line(w, q->client.line),
                       .resolver = path_line(w, q->client.resolver)};
    *out = (struct path_view){.connect = PATH_CONNECT_NOWHERE};
    look_dns(&x);
    switch (out->dns) {
    case PATH_DNS_GENUINE:
        path_connect_look(&x);
        break;
    case PATH_DNS_FORGED_FIRST:
    case PATH_DNS_FORGED_ONLY:
        if (out->forged_count == 0) break;
        path_because(&x, PATH_RULE_FORGED_ADDRESS, 0);
        out->connect = PATH_CONNECT_WRONG_SERVER;
        break;
    case PATH_DNS_TIMEOUT:
    case PATH_DNS_SERVFAIL:
    case PATH_DNS_COUNT:
        break;
    }
}
