/* SPDX-License-Identifier: MIT
 * The invariants, four ways: nothing is found whatever happens; checking what changed finds what
 * the full sweep finds; each planted fault is found by its own invariant; and on a small world
 * every answer is the nearest by brute force, written a third time here. */
#include "cnedge/model/invariant.h"

#include "story.h"
#include "world_random.h"

enum { FOUND_MAX = 512 };

static struct violation items[FOUND_MAX];

static struct violation_list nothing_yet(void)
{
    return (struct violation_list){.cap = FOUND_MAX, .items = items};
}

static void must_be_clean(const struct world *w, const struct violation_list *l, const char *when)
{
    if (l->count == 0) return;
    const struct violation *v = &l->items[0];
    fail_msg("%s: %u violations, the first: %s, class %u, line %s, got %s, want %s", when, l->count,
             invariant_id(v->invariant), v->class_,
             v->line == CN_NONE16 ? "-" : w->topology->lines[v->line].name,
             v->got_pop == CN_NONE16 ? "-" : w->topology->pops[v->got_pop].id,
             v->want_pop == CN_NONE16 ? "-" : w->topology->pops[v->want_pop].id);
}

/* --- whatever happens ----------------------------------------------------------------------- */

static void run_world(uint64_t seed)
{
    static struct fixture f;
    struct dice d = {.endless = true, .loaded = true, .seed = seed};
    struct violation_list changed = nothing_yet();
    random_world(&d, &f);
    invariant_check_all(f.w, &changed);
    must_be_clean(f.w, &changed, "at the start");
    for (int i = 0; i < 100; i++) {
        struct event e = {0};
        bool fired = chance(&d, 5) && world_fire(f.w, &e);
        if (!fired) {
            e = random_event(&d, &f);
            enum refusal ignored = world_apply(f.w, &e);
            (void)ignored;
        }
        invariant_check_changed(f.w, &changed);
        must_be_clean(f.w, &changed, event_info(e.kind)->name);
        if (i % 10 != 9) continue;
        struct violation_list sweep = nothing_yet();
        invariant_sweep(f.w, &sweep);
        must_be_clean(f.w, &sweep, "sweep");
    }
    fixture_free(&f);
}

static void nothing_is_found_whatever_happens(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 250; seed++) {
        run_world(seed);
    }
}

/* Faults at random cells: what the check of changes finds is what the sweep finds. */
static void changes_find_what_the_sweep_finds(void **state)
{
    (void)state;
    unsigned found = 0;
    for (uint64_t seed = 1000; seed < 1200; seed++) {
        static struct fixture f;
        struct dice d = {.endless = true, .seed = seed};
        struct violation_list changed = nothing_yet();
        struct violation_list sweep = nothing_yet();
        random_world(&d, &f);
        struct event e = on_pop(EV_POP_DRAIN, 0, (uint16_t)roll(&d, POPS));
        assert_int_equal(world_apply(f.w, &e), REFUSAL_NONE);
        if (!f.w->changed.network) { /* no probe has been made yet: it was out of use before */
            fixture_free(&f);
            continue;
        }
        uint32_t host = roll(&d, f.spec.host_count);
        struct class_ *c = &f.w->classes[f.w->hosts[host].class_];
        uint16_t line = (uint16_t)roll(&d, LINES);
        world_cells(f.w, f.w->hosts[host].class_, FAMILY_V4);
        c->cells[FAMILY_V4][line].pop = (uint16_t)roll(&d, POPS);
        c->cells[FAMILY_V4][line].kind = DECISION_POP;
        invariant_check_changed(f.w, &changed);
        invariant_sweep(f.w, &sweep);
        bool any_active = false;
        for (uint32_t h = 0; h < f.spec.host_count; h++) {
            bool same = f.w->hosts[h].class_ == f.w->hosts[host].class_;
            any_active = any_active || (same && f.w->hosts[h].active);
        }
        if (any_active) assert_int_equal(changed.count > 0, sweep.count > 0);
        found += changed.count > 0 ? 1 : 0;
        fixture_free(&f);
    }
    assert_true(found > 100); /* the rest put the right PoP in by chance, or changed nothing */
}

/* --- planted faults ------------------------------------------------------------------------- */

static struct story s;

static struct cell *cell_of(uint16_t line)
{
    uint16_t class_ = s.f.w->hosts[s.www].class_;
    world_cells(s.f.w, class_, FAMILY_V4);
    return &s.f.w->classes[class_].cells[FAMILY_V4][line];
}

static void mainland_for_a_revoked_site(void)
{
    cell_of(LINE_SH_TELECOM)->pop = POP_SHA;
}
static void mainland_for_germany(void)
{
    cell_of(LINE_DE)->pop = POP_BJS;
}
static void a_pop_of_another_partner(void)
{
    cell_of(LINE_SH_UNICOM)->pop = POP_BJS;
}
static void no_ipv6_address(void)
{
    struct pop *p = (struct pop *)(uintptr_t)&s.f.w->topology->pops[POP_SHA];
    p->v6_count = 0;
}
static void a_pop_that_is_down(void)
{
    cell_of(LINE_SH_TELECOM)->pop = POP_CAN;
}
static void a_pop_farther_away(void)
{
    cell_of(LINE_SH_TELECOM)->pop = POP_CAN;
}
static void a_farther_pop_outside(void)
{
    cell_of(LINE_DE)->pop = POP_LAX;
}
static void a_status_that_is_stale(void)
{
    s.f.w->families[FAMILY_V4].pops[POP_SHA].usable = true;
    cell_of(LINE_SH_TELECOM)->pop = POP_SHA;
}
static void a_ttl_of_59(void)
{
    cell_of(LINE_SH_TELECOM)->ttl_s = 59;
}
static void a_negative_ttl_of_300(void)
{
    cell_of(LINE_SH_TELECOM)->ttl_s = 300;
}
static void a_declared_ttl_that_is_not_the_reasons(void)
{
    cell_of(LINE_SH_TELECOM)->ttl_s = 300;
}
static void a_kind_that_is_not_the_reasons(void)
{
    cell_of(LINE_DE)->kind = DECISION_ORIGIN;
}
static struct cell *cell_of_v6(uint16_t line)
{
    uint16_t class_ = s.f.w->hosts[s.www].class_;
    world_cells(s.f.w, class_, FAMILY_V6);
    return &s.f.w->classes[class_].cells[FAMILY_V6][line];
}
static void an_address_that_is_blocked(void)
{
    cell_of(LINE_SH_TELECOM)->addresses[FAMILY_V4] = 3;
}
static void an_address_that_was_rotated_out(void)
{
    cell_of(LINE_SH_TELECOM)->addresses[FAMILY_V6] = 3;
    cell_of_v6(LINE_SH_TELECOM)->addresses[FAMILY_V6] = 3;
}
static void no_aaaa(void)
{
    *cell_of_v6(LINE_SH_TELECOM) = (struct cell){.kind = DECISION_NODATA, .ttl_s = 60};
}
static void a_table_of_ipv6_that_outlives_the_outage(void)
{
    cell_of(LINE_SH_TELECOM);
    struct class_ *c = &s.f.w->classes[s.f.w->hosts[s.www].class_];
    c->parted = true;
    memcpy(c->cells[FAMILY_V6], c->cells[FAMILY_V4], LINES * sizeof(struct cell));
    c->cells[FAMILY_V6][LINE_SH_TELECOM].pop = POP_CAN;
}
static void a_class_of_another_coverage(void)
{
    s.f.w->sites[s.shop].coverage = COVERAGE_DOMESTIC;
}
static void a_class_from_before_the_loss(void)
{
    s.f.w->sites[s.shop].status = STATUS_NO;
}
static void a_key_that_was_written_to(void)
{
    s.f.w->classes[s.f.w->hosts[s.www].class_].key.policy = POLICY_SUSPEND;
}
static void a_suspension_that_was_missed(void)
{
    s.f.w->holders[0].suspended = true;
}
static void an_unmapping_that_was_missed(void)
{
    s.f.w->edge_lost[0] = 1;
}

/* Other settings than those of the scenario. */
static void a_dns_mode_that_was_not_asked_for(void)
{
    static struct choices other;
    other = *s.f.w->choices;
    other.dns_mode = other.dns_mode == DNS_GLOBAL ? DNS_IN_CHINA : DNS_GLOBAL;
    s.f.w->choices = &other;
}
static void a_client_taken_for_a_foreigner(void)
{
    struct line *lines = (struct line *)(uintptr_t)s.f.w->topology->lines;
    lines[LINE_SH_TELECOM].zone = ZONE_GLOBAL;
}

struct fault {
    const char *name;
    const char *words; /* the last one changes the host or the network: it is looked at again */
    void (*plant)(void);
    const char *id; /* of the invariant that must find it */
};

// clang-format off
static struct fault faults[] = {
    {"mainland_entitled", "revoke", mainland_for_a_revoked_site, "mainland_entitled"},
    {"mainland_entitled.suspend_but_listed", "policy=suspend blacklist revoke",
     mainland_for_a_revoked_site, "mainland_entitled"},
    {"mainland_entitled.grace_over", "unknown +60m", mainland_for_a_revoked_site,
     "mainland_entitled"},
    {"mainland_entitled.unmapped", "edge policy=unmap_shared revoke", mainland_for_a_revoked_site,
     "mainland_entitled"},
    {"mainland_inside",              "lax-", mainland_for_germany, "mainland_inside"},
    {"own_partner",                  "second lax-", a_pop_of_another_partner, "own_partner"},
    {"aaaa_forced",                  "can-", no_ipv6_address, "aaaa_forced"},
    {"aaaa_forced.nodata",           "v6", no_aaaa, "aaaa_forced"},
    {"families_agree",               "lax-", a_table_of_ipv6_that_outlives_the_outage,
     "families_agree"},
    {"addresses",                    "block", an_address_that_is_blocked, "addresses"},
    {"addresses.rotated",            "rotate6 block", an_address_that_was_rotated_out,
     "addresses"},
    {"pop_usable",                   "can-", a_pop_that_is_down, "pop_usable"},
    {"pop_usable.drained",           "can!", a_pop_that_is_down, "pop_usable"},
    {"pop_usable.partner",           "partner", a_pop_that_is_down, "pop_usable"},
    {"pop_usable.province",          "province:guangdong", a_pop_that_is_down, "pop_usable"},
    {"pop_usable.stale_status",      "sha-", a_status_that_is_stale, "pop_usable"},
    {"nearest",                      "lax-", a_pop_farther_away, "nearest"},
    {"nearest.outside",              "sin-", a_farther_pop_outside, "nearest"},
    {"ttl_declared",                 "lax-", a_ttl_of_59, "ttl_declared"},
    {"ttl_declared.negative",        "closed lax-", a_negative_ttl_of_300, "ttl_declared"},
    {"has_reason",                   "lax-", a_declared_ttl_that_is_not_the_reasons, "has_reason"},
    {"has_reason.kind",              "lax-", a_kind_that_is_not_the_reasons, "has_reason"},
    {"class_current.coverage",       "audit", a_class_of_another_coverage, "class_current"},
    {"class_current.status",         "audit", a_class_from_before_the_loss, "class_current"},
    {"class_current.key",            "audit", a_key_that_was_written_to, "class_current"},
    {"class_current.holder",         "audit", a_suspension_that_was_missed, "class_current"},
    {"class_current.edge",           "edge audit", an_unmapping_that_was_missed, "class_current"},
    {"dns_outage.answered",          "dns_mode=in_china dns_down", a_dns_mode_that_was_not_asked_for,
     "dns_outage"},
    {"dns_outage.silent",            "dns_down", a_dns_mode_that_was_not_asked_for, "dns_outage"},
    {"dns_outage.changed_host",      "dns_down audit", a_dns_mode_that_was_not_asked_for,
     "dns_outage"},
    {"dns_crossing.global",          "congested", a_dns_mode_that_was_not_asked_for,
     "dns_crossing"},
    {"dns_crossing.in_china",        "dns_mode=in_china congested",
     a_dns_mode_that_was_not_asked_for, "dns_crossing"},
    {"dns_crossing.zone",            "congested", a_client_taken_for_a_foreigner, "dns_crossing"},
};
// clang-format on

static unsigned count_of(const struct violation_list *l, const char *id)
{
    unsigned n = 0;
    for (uint32_t i = 0; i < l->count && i < l->cap; i++) {
        if (strcmp(invariant_id(l->items[i].invariant), id) == 0) n++;
    }
    return n;
}

static void check_fault(void **state)
{
    const struct fault *f = *state;
    struct violation_list before = nothing_yet();
    story_begin(&s, f->words);
    invariant_sweep(s.f.w, &before);
    must_be_clean(s.f.w, &before, "before the fault");
    for (uint32_t i = 0; i < s.f.w->class_count; i++) {
        s.f.w->classes[i].checked = 0; /* as if the fault had come with the event */
    }
    f->plant();
    struct violation_list changed = nothing_yet();
    invariant_check_changed(s.f.w, &changed);
    assert_true(count_of(&changed, f->id) > 0);
    struct violation_list sweep = nothing_yet();
    invariant_sweep(s.f.w, &sweep);
    assert_true(count_of(&sweep, f->id) > 0);
    fixture_free(&s.f);
}

static void every_invariant_has_a_fault(void **state)
{
    (void)state;
    for (unsigned i = 0; i < INVARIANT_COUNT; i++) {
        bool seen = i == INVARIANT_SPILL_CAPACITY; /* its faults are in test_spill.c */
        for (size_t k = 0; k < CN_ARRAY_LEN(faults); k++) {
            seen = seen || strcmp(faults[k].id, invariant_id((enum invariant)i)) == 0;
        }
        assert_true(seen);
        assert_true(strlen(invariant_text((enum invariant)i)) > 0);
    }
}

/* More violations than there is room for are counted, and the rest is left alone. */
static void a_short_list_keeps_counting(void **state)
{
    (void)state;
    story_begin(&s, "lax-");
    struct violation two[3] = {[2] = {.class_ = 4711}};
    struct violation_list l = {.cap = 2, .items = two};
    for (uint16_t line = 0; line < LINES; line++) {
        cell_of(line)->ttl_s = 59;
    }
    invariant_sweep(s.f.w, &l);
    assert_true(l.count >= LINES);
    assert_int_equal(two[2].class_, 4711);
    fixture_free(&s.f);
}

/* --- brute force ---------------------------------------------------------------------------- */

/* A site in a state, and which classes of PoPs answer a client, best first: M mainland, E mainland
 * in East China on Telecom, R Japan, Singapore, Hong Kong, n near, o any outside. "-": no PoP at
 * all. */
struct brute {
    const char *words, *mainland, *outside;
};

static const struct brute brutes[] = {
    {"", "Mno", "o"},
    {"audit", "Mno", "o"},
    {"unknown", "Mno", "o"},
    {"unknown +2h", "no", "o"},
    {"filing=NONE vetting=NOT_SUBMITTED provisioning=NOT_READY", "no", "o"},
    {"filing=APPROVED_UNSYNCED provisioning=PENDING", "no", "o"},
    {"commercial=NONE", "no", "o"},
    {"commercial=ISSUED", "Mno", "o"},
    {"revoke", "no", "o"},
    {"revoke_subject +2d", "no", "o"},
    {"suspend:site", "no", "o"},
    {"suspend:holder", "no", "o"},
    {"suspend:account", "no", "o"},
    {"suspend:everyone", "no", "o"},
    {"partner_ends", "no", "o"},
    {"terminate", "no", "o"},
    {"end", "no", "o"},
    {"reject", "no", "o"},
    {"blacklist", "no", "o"},
    {"audit +40d", "no", "o"},
    {"near_first=false", "Mo", "o"},
    {"near_first=false revoke", "o", "o"},
    {"metric=great_circle", "Mno", "o"},
    {"metric=great_circle revoke", "no", "o"},
    {"metric=order", "Mno", "o"},
    {"coverage=domestic", "Mno", "EMo"},
    {"coverage=domestic revoke", "no", "o"},
    {"coverage=overseas", "no", "o"},
    {"policy=suspend revoke", "Mno", "o"},
    {"policy=suspend coverage=domestic revoke", "Mno", "EMo"},
    {"policy=deny_at_edge terminate", "Mno", "o"},
    {"policy=region_overseas reject", "Rno", "o"},
    {"policy=region_overseas near_first=false reject", "Ro", "o"},
    {"policy=unmap_shared edge revoke other", "no", "o"},
    {"policy=delete_name revoke", "-", "-"},
    {"policy=to_origin revoke", "-", "-"},
    {"closed", "-", "-"},
};

static bool is_in(uint16_t pop, char letter)
{
    switch (letter) {
    case 'M':
        return pop <= POP_BJS;
    case 'E':
        return pop == POP_SHA;
    case 'R':
        return pop == POP_HKG || pop == POP_NRT || pop == POP_SIN;
    case 'n':
        return pop >= POP_HKG && pop <= POP_TPE;
    default:
        return pop >= POP_HKG;
    }
}

/* Distance as the setting says, and a carrier that is not served before any distance. */
static uint64_t badness(const struct world *w, uint16_t line, uint16_t pop)
{
    static const bool carriers[4][3] = {/* line x mainland PoP: does it serve the carrier? */
                                        {true, true, false},
                                        {false, true, true},
                                        {true, false, true},
                                        {false, false, false}};
    const struct topology *t = w->topology;
    uint64_t metric = topology_rtt_us(t, line, pop, true);
    if (w->choices->nearest_metric == METRIC_GREAT_CIRCLE) {
        metric = topology_metres(t->lines[line].at, t->pops[pop].at);
    } else if (w->choices->nearest_metric == METRIC_ORDER) {
        metric = pop;
    }
    bool served = line > LINE_BJ_CERNET || pop > POP_BJS || carriers[line][pop];
    return served ? metric : metric + (UINT64_C(1) << 40);
}

static uint16_t brute_force(const struct world *w, const char *order, uint16_t line, unsigned up)
{
    for (const char *letter = order; *letter != '\0'; letter++) {
        uint16_t best = CN_NONE16;
        for (uint16_t pop = 0; pop < POPS; pop++) {
            if ((up >> pop & 1U) == 0 || !is_in(pop, *letter)) continue;
            if (best == CN_NONE16 || badness(w, line, pop) < badness(w, line, best)) best = pop;
        }
        if (best != CN_NONE16) return best;
    }
    return CN_NONE16;
}

static void check_brute(const struct brute *b, unsigned down)
{
    struct world *w = s.f.w;
    const struct cell *cells = world_cells(w, w->hosts[s.ask].class_, FAMILY_V4);
    for (uint16_t line = 0; line < LINES; line++) {
        const char *order = line <= LINE_BJ_CERNET ? b->mainland : b->outside;
        if (order[0] == '-') {
            assert_int_not_equal(cells[line].kind, DECISION_POP);
            continue;
        }
        uint16_t as = line == LINE_UNKNOWN ? LINE_US : line;
        unsigned all = (1U << POPS) - 1;
        uint16_t want = brute_force(w, order, as, all & ~down);
        bool none = want == CN_NONE16; /* then what would be, if all were up */
        if (none) want = brute_force(w, order, as, all);
        assert_int_equal(cells[line].kind, DECISION_POP);
        if (cells[line].pop != want) {
            fail_msg("\"%s\", down %03x, %s: got %s, want %s", b->words, down,
                     w->topology->lines[line].name, w->topology->pops[cells[line].pop].id,
                     w->topology->pops[want].id);
        }
        uint16_t checked =
            invariant_nearest(w, &w->classes[w->hosts[s.ask].class_].key, line, FAMILY_V4);
        assert_int_equal(checked, none ? CN_NONE16 : want);
    }
}

/* Every subset of the PoPs down, in Gray code order: one PoP changes at each step. */
static void every_subset_of_pops_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < CN_ARRAY_LEN(brutes); i++) {
        story_begin(&s, brutes[i].words);
        check_brute(&brutes[i], 0);
        for (unsigned n = 1, down = 0; n < 1U << POPS; n++) {
            unsigned flipped = down ^ n ^ n >> 1; /* one bit */
            bool falls = (down & flipped) == 0;
            down ^= flipped;
            uint16_t pop = (uint16_t)__builtin_ctz(flipped);
            must(&s, on_pop(falls ? EV_POP_DOWN : EV_POP_UP, s.at_s, pop));
            check_brute(&brutes[i], down);
        }
        fixture_free(&s.f);
    }
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(nothing_is_found_whatever_happens),
        cmocka_unit_test(changes_find_what_the_sweep_finds),
        cmocka_unit_test(every_invariant_has_a_fault),
        cmocka_unit_test(a_short_list_keeps_counting),
        cmocka_unit_test(every_subset_of_pops_down),
    };
    enum { FAULTS = CN_ARRAY_LEN(faults) };
    struct CMUnitTest tests[FAULTS + CN_ARRAY_LEN(others)];
    TABLE_TESTS(tests, faults, check_fault)
    memcpy(tests + FAULTS, others, sizeof(others));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
