/* SPDX-License-Identifier: MIT
 * A cohort answers as its members would: random worlds of made-up portfolios, once with a state for
 * each site and once with one for all that are alike, are driven through the same events; after
 * each step every name has the same answer on every line, and the invariants hold in both.
 *
 * Durations are fixed: drawn ones are one draw for a cohort. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../scenario/loaded.h"
#include "cnedge/base/rng.h"
#include "cnedge/model/answer.h"
#include "cnedge/model/invariant.h"
#include "cnedge/replay/engine.h"
#include "tally.h"
#include "test.h"

enum {
    KINDS = 6,
    SITES = 7,
    EVENTS = 40,
    TEXT = 128 * 1024,
    WORLDS = 6,
    LINE_STEP = 61,
    SWEEP_STEP = 16
};

struct text {
    char *at;
    size_t len;
    uint64_t seed, n;
};

static unsigned draw(struct text *t, unsigned below)
{
    return (unsigned)(rng_draw(t->seed, "cohort", "test", t->n++) % below);
}

CN_PRINTF(2, 3)
static void put(struct text *t, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    t->len += (size_t)vsnprintf(t->at + t->len, TEXT - t->len, fmt, ap);
    va_end(ap);
    assert_true(t->len < TEXT);
}

static void put_one(struct text *t, const char *key, const char *const *words, unsigned count)
{
    put(t, ", \"%s\": %s", key, words[draw(t, count)]);
}

/* Every duration that is drawn becomes the longest that it could be. */
static void put_choices(struct text *t)
{
    size_t count;
    const struct choice_info *table = choices_table(&count);
    const char *before = "";
    put(t, "\"choices\": {");
    for (size_t i = 0; i < count; i++) {
        const char *dots = strstr(table[i].fallback, "..");
        if (dots == NULL || table[i].type != CHOICE_RANGE) continue;
        put(t, "%s\"%s\": \"%s\"", before, table[i].name, dots + 2);
        before = ", ";
    }
    put(t, "%s\"spill\": \"%s\"}, ", before, draw(t, 3) == 0 ? "by_capacity" : "off");
}

static void put_kind(struct text *t, unsigned kind, bool individual)
{
    static const char *const vetting[] = {"\"APPROVED\"", "\"APPROVED\"", "\"REJECTED\"",
                                          "\"UNDER_REVIEW\""};
    static const char *const coverage[] = {"\"global\"", "\"domestic\"", "\"overseas\""};
    static const char *const policy[] = {"\"reroute_overseas\"", "\"suspend\"", "\"delete_name\"",
                                         "\"unmap_shared\"", "\"deny_at_edge\""};
    static const char *const bools[] = {"true", "false", "false", "false"};
    static const char *const hosts[] = {
        "[\"@\", \"www\"]", "[\"www\", \"a.b\"]",
        "[\"*\", {\"name\": \"x\", \"cname\": \"www.k0-1.example\"}]"};
    static const char *const demand[] = {"0", "7"};
    static const char *const edge[] = {"\"e1.example\"", "\"e2.example\""};
    put(t, "%s{\"individual\": %s, \"generate\": {\"sites\": %d, \"domain\": \"k%u-%%d.example\"",
        kind > 0 ? ", " : "", individual ? "true" : "false", SITES, kind);
    put(t, ", \"holder\": \"h%u\", \"filing_number\": \"N-%%d\"", draw(t, 2));
    put(t, ", \"account\": \"a%u\"", draw(t, 2));
    put_one(t, "hosts", hosts, CN_ARRAY_LEN(hosts));
    put_one(t, "vetting", vetting, CN_ARRAY_LEN(vetting));
    put_one(t, "coverage", coverage, CN_ARRAY_LEN(coverage));
    put_one(t, "revocation_policy", policy, CN_ARRAY_LEN(policy));
    put_one(t, "needs_commercial", bools, CN_ARRAY_LEN(bools));
    put_one(t, "suspended", bools, CN_ARRAY_LEN(bools));
    put_one(t, "blacklisted", bools, CN_ARRAY_LEN(bools));
    put_one(t, "demand_mbps", demand, CN_ARRAY_LEN(demand));
    if (draw(t, 2) == 0) put_one(t, "edge_name", edge, CN_ARRAY_LEN(edge));
    put(t, "}}");
}

/* What befalls holders, accounts, the partner, PoPs; and now and then one site, which then is none
 * of a cohort. */
static void put_event(struct text *t, unsigned i)
{
    static const char *const everybody[] = {"\"revoke_subject\", \"holder\": \"h0\"",
                                            "\"deregister_subject\", \"holder\": \"h1\"",
                                            "\"partner_suspend\", \"holder\": \"h0\"",
                                            "\"partner_resume\", \"holder\": \"h0\"",
                                            "\"partner_suspend\", \"account\": \"a1\"",
                                            "\"partner_resume\", \"account\": \"a1\"",
                                            "\"partner_suspend\", \"everyone\": true",
                                            "\"partner_resume\", \"everyone\": true",
                                            "\"subscription_end\", \"account\": \"a0\"",
                                            "\"commercial_apply\", \"holder\": \"h1\"",
                                            "\"commercial_issue\", \"holder\": \"h1\"",
                                            "\"commercial_revoke\", \"holder\": \"h1\"",
                                            "\"pop_down\", \"pop\": \"sha\"",
                                            "\"pop_up\", \"pop\": \"sha\"",
                                            "\"pop_down\", \"pop\": \"hkg\"",
                                            "\"pop_up\", \"pop\": \"hkg\""};
    static const char *const one[] = {"revoke_site", "vetting_reject", "blacklist_domain",
                                      "partner_suspend", "close_resolution"};
    put(t, "%s{\"at\": \"+%um\", ", i > 0 ? ", " : "", 1 + draw(t, 60 * 24 * 30));
    if (draw(t, 4) > 0) {
        put(t, "\"do\": %s}", everybody[draw(t, CN_ARRAY_LEN(everybody))]);
    } else {
        put(t, "\"do\": \"%s\", \"site\": \"k%u-%u.example\"}", one[draw(t, CN_ARRAY_LEN(one))],
            draw(t, KINDS), draw(t, 2));
    }
}

static void make(char *out, uint64_t seed, bool individual)
{
    struct text t = {.at = out, .seed = seed};
    put(&t, "{\"cnedge\": 1, \"name\": \"cohort\", \"start\": \"2026-03-02T00:00:00Z\", "
            "\"end\": \"+90d\", \"holders\": [{\"id\": \"h0\"}, {\"id\": \"h1\", \"commercial\": "
            "\"ISSUED\"}], \"accounts\": [{\"id\": \"a0\"}, {\"id\": \"a1\"}], "
            "\"capacity_mbps\": {\"sha\": 9}, ");
    put_choices(&t);
    put(&t, "\"portfolios\": [");
    for (unsigned k = 0; k < KINDS; k++) {
        put_kind(&t, k, individual);
    }
    put(&t, "], \"events\": [");
    for (unsigned i = 0; i < EVENTS; i++) {
        put_event(&t, i);
    }
    put(&t, "], \"expect\": [{\"at\": \"+1m\", \"name\": \"*.example\", \"from\": \"de\", "
            "\"class\": \"near\"}]}");
}

struct side {
    struct loaded l;
    struct engine e;
};

static void open_side(struct side *s, char *text, uint64_t seed, bool individual)
{
    make(text, seed, individual);
    loaded_text(&s->l, text);
    loaded_complain(&s->l);
    assert_non_null(s->l.s);
    assert_true(engine_init(&s->e, &s->l.arena, s->l.s));
}

/* One name on one line, for each type that can differ. */
static void compare_name(struct side *x, struct side *y, const char *name, uint16_t line)
{
    static const uint16_t types[] = {RR_A, RR_AAAA, RR_NS, RR_TXT, RR_CNAME};
    uint8_t wire[DNAME_MAX];
    assert_true(dname_from_text(name, wire) > 0);
    for (size_t i = 0; i < CN_ARRAY_LEN(types); i++) {
        struct answer a;
        struct answer b;
        answer_find(x->e.world, wire, types[i], line, &a);
        answer_find(y->e.world, wire, types[i], line, &b);
        bool same = a.kind == b.kind && a.ttl_s == b.ttl_s && a.by_line == b.by_line &&
                    a.may_time_out == b.may_time_out && a.cell.pop == b.cell.pop &&
                    a.cell.kind == b.cell.kind && a.cell.row == b.cell.row &&
                    memcmp(a.cell.addresses, b.cell.addresses, sizeof(a.cell.addresses)) == 0 &&
                    (a.zone == NULL) == (b.zone == NULL) &&
                    (a.zone == NULL || dname_equal(a.zone, b.zone));
        if (!same) {
            print_error("%s type %u line %s: kind %d %d, ttl %u %u, row %u %u, pop %u %u\n", name,
                        types[i], x->e.world->topology->lines[line].name, (int)a.kind, (int)b.kind,
                        a.ttl_s, b.ttl_s, a.cell.row, b.cell.row, a.cell.pop, b.cell.pop);
        }
        assert_true(same);
    }
}

static void compare_all(struct side *x, struct side *y, uint16_t from)
{
    static const char *const hosts[] = {"", "www.", "a.b.", "b.", "x.", "nothing.", "_why.www."};
    uint16_t lines = x->e.world->topology->line_count;
    for (uint16_t line = from % LINE_STEP; line < lines; line += LINE_STEP) {
        for (unsigned i = 0; i < KINDS * SITES * CN_ARRAY_LEN(hosts); i++) {
            char name[64];
            snprintf(name, sizeof(name), "%sk%u-%u.example", hosts[i % CN_ARRAY_LEN(hosts)],
                     i / (unsigned)CN_ARRAY_LEN(hosts) / SITES,
                     i / (unsigned)CN_ARRAY_LEN(hosts) % SITES);
            compare_name(x, y, name, line);
        }
    }
}

static void compare_load(struct side *x, struct side *y)
{
    for (uint16_t pop = 0; world_has_load(x->e.world) && pop < x->e.world->topology->pop_count;
         pop++) {
        assert_int_equal(world_load(x->e.world)[pop], world_load(y->e.world)[pop]);
    }
}

/* A cohort counts as its members would. */
static void compare_tallies(const struct side *x, const struct side *y)
{
    struct world_tally one = world_tally(x->e.world);
    struct world_tally other = world_tally(y->e.world);
    tally_check(x->e.world);
    tally_check(y->e.world);
    assert_memory_equal(&one, &other, sizeof(one));
}

/* The invariants hold, by the check of what changed and by the long way. */
static void check_invariants(struct side *s)
{
    static struct violation_list found;
    memset(&found, 0, sizeof(found));
    invariant_check_all(s->e.world, &found);
    assert_int_equal(found.count, 0);
    invariant_sweep(s->e.world, &found);
    assert_int_equal(found.count, 0);
}

static void same_answers(void **state)
{
    static char text[TEXT];
    struct side x;
    struct side y;
    uint64_t seed = (uint64_t)(uintptr_t)*state;
    open_side(&x, text, seed, true);
    open_side(&y, text, seed, false);
    assert_int_equal(x.l.s->world.member_count, 0);
    assert_true(y.l.s->world.member_count > KINDS);
    struct spec_count all = spec_count(&x.l.s->world);
    struct spec_count some = spec_count(&y.l.s->world);
    assert_int_equal(all.sites, KINDS * SITES);
    assert_int_equal(some.sites, all.sites);
    assert_int_equal(some.hosts, all.hosts);
    uint16_t step = 0;
    for (simtime at = SIMTIME_START; at.ns != SIMTIME_NEVER.ns; step++) {
        engine_advance(&x.e, at);
        engine_advance(&y.e, at);
        compare_all(&x, &y, step);
        compare_load(&x, &y);
        compare_tallies(&x, &y);
        if (step % SWEEP_STEP == 0) check_invariants(&x);
        if (step % SWEEP_STEP == 0) check_invariants(&y);
        simtime next = engine_next_at(&x.e);
        simtime other = engine_next_at(&y.e);
        at = simtime_before(other, next) ? other : next;
    }
    assert_true(step > EVENTS / 2);
    loaded_free(&x.l);
    loaded_free(&y.l);
}

int main(void)
{
    struct CMUnitTest tests[WORLDS];
    static char names[WORLDS][32];
    for (uintptr_t i = 0; i < WORLDS; i++) {
        snprintf(names[i], sizeof(names[i]), "seed %u", (unsigned)i);
        tests[i] = (struct CMUnitTest){names[i], same_answers, NULL, NULL, (void *)i};
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
