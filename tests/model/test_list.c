/* SPDX-License-Identifier: MIT
 * Every (state, event) pair of the two machines of list.h against a table written from FACTS B6
 * and H by hand, and the same machines within the world: sticky lists, steps of tails, the lists of
 * entities and site names. Rows are named B6.LIST.EVENT.STATE. */
#include "story.h"

/* --- the name machine ------------------------------------------------------------------------- */

struct pair {
    const char *name; /* B6.domain.EVENT.FROM */
    const char *want; /* a state, or a refusal's code */
    bool forged, sticky;
};

// clang-format off
static struct pair pairs[] = {
    {"B6.domain.poison_part.CLEAN", "POISONED_PART", false, false},
    {"B6.domain.poison_part.POISONED_PART", "POISONED_PART", true, false},
    {"B6.domain.poison_part.POISONED_ALL", "BLACKLIST_BAD_STATE", true, false},
    {"B6.domain.poison_part.SNI_RESET", "SNI_RESET", false, false},
    {"B6.domain.poison_part.CLEARING", "POISONED_PART", false, false},
    {"B6.domain.poison_all.CLEAN", "POISONED_ALL", false, false},
    {"B6.domain.poison_all.POISONED_PART", "POISONED_ALL", true, false},
    {"B6.domain.poison_all.POISONED_ALL", "BLACKLIST_BAD_STATE", true, false},
    {"B6.domain.poison_all.SNI_RESET", "SNI_RESET", false, false},
    {"B6.domain.poison_all.CLEARING", "POISONED_ALL", false, false},
    {"B6.domain.poison_end.CLEAN", "BLACKLIST_BAD_STATE", false, false},
    {"B6.domain.poison_end.POISONED_PART", "CLEARING", true, false},
    {"B6.domain.poison_end.POISONED_PART sticky", "BLACKLIST_STICKY", true, true},
    {"B6.domain.poison_end.POISONED_ALL", "CLEARING", true, false},
    {"B6.domain.poison_end.POISONED_ALL sticky", "BLACKLIST_STICKY", true, true},
    {"B6.domain.poison_end.SNI_RESET", "SNI_RESET", true, false},
    {"B6.domain.poison_end.SNI_RESET not forged", "BLACKLIST_BAD_STATE", false, false},
    {"B6.domain.poison_end.SNI_RESET sticky", "BLACKLIST_STICKY", true, true},
    {"B6.domain.poison_end.CLEARING", "BLACKLIST_BAD_STATE", true, false},
    {"B6.domain.sni_reset.CLEAN", "SNI_RESET", false, false},
    {"B6.domain.sni_reset.POISONED_PART", "SNI_RESET", true, false},
    {"B6.domain.sni_reset.POISONED_ALL", "SNI_RESET", true, false},
    {"B6.domain.sni_reset.SNI_RESET", "BLACKLIST_BAD_STATE", false, false},
    {"B6.domain.sni_reset.CLEARING", "SNI_RESET", false, false},
    {"B6.domain.sni_clear.CLEAN", "BLACKLIST_BAD_STATE", false, false},
    {"B6.domain.sni_clear.POISONED_PART", "BLACKLIST_BAD_STATE", true, false},
    {"B6.domain.sni_clear.POISONED_ALL", "BLACKLIST_BAD_STATE", true, false},
    {"B6.domain.sni_clear.SNI_RESET", "CLEARING", false, false},
    {"B6.domain.sni_clear.SNI_RESET sticky", "BLACKLIST_STICKY", false, true},
    {"B6.domain.sni_clear.CLEARING", "BLACKLIST_BAD_STATE", false, false},
    {"B6.domain.cleared.CLEAN", "BLACKLIST_BAD_STATE", false, false},
    {"B6.domain.cleared.POISONED_PART", "BLACKLIST_BAD_STATE", true, false},
    {"B6.domain.cleared.POISONED_ALL", "BLACKLIST_BAD_STATE", true, false},
    {"B6.domain.cleared.SNI_RESET", "BLACKLIST_BAD_STATE", false, false},
    {"B6.domain.cleared.CLEARING", "CLEAN", false, false},
};
static struct pair measures[] = {
    {"B6.measure.start.OFF", "ON", false, false},
    {"B6.measure.start.ON", "OUTAGE_BAD_STATE", false, false},
    {"B6.measure.start.TAIL", "ON", false, false},
    {"B6.measure.stop.OFF", "OUTAGE_BAD_STATE", false, false},
    {"B6.measure.stop.ON", "TAIL", false, false},
    {"B6.measure.stop.ON sticky", "BLACKLIST_STICKY", false, true},
    {"B6.measure.stop.TAIL", "OUTAGE_BAD_STATE", false, false},
    {"B6.measure.over.OFF", "OUTAGE_BAD_STATE", false, false},
    {"B6.measure.over.ON", "OUTAGE_BAD_STATE", false, false},
    {"B6.measure.over.TAIL", "OFF", false, false},
};
// clang-format on

enum { LABEL_MAX = 32 };

/* The n-th part of "B6.list.event.STATE sticky", up to a dot or space. */
static void part(const char *name, int n, char out[LABEL_MAX])
{
    while (n-- > 0) {
        name = strchr(name, '.') + 1;
    }
    snprintf(out, LABEL_MAX, "%.*s", (int)strcspn(name, ". "), name);
}

static unsigned find(const char *name, const char *(*names)(int), unsigned count)
{
    unsigned i = 0;
    while (i < count && strcmp(names((int)i), name) != 0) {
        i++;
    }
    assert_true(i < count);
    return i;
}

static const char *list_states(int i)
{
    return list_state_name((enum list_state)i);
}

static const char *list_events(int i)
{
    return list_event_name((enum list_event)i);
}

static const char *measure_states(int i)
{
    return list_measure_name((enum measure_state)i);
}

static const char *measure_events(int i)
{
    return list_measure_event_name((enum measure_event)i);
}

static bool seen[LIST_STATE_COUNT][LIST_EVENT_COUNT];
static bool seen_measures[MEASURE_STATE_COUNT][MEASURE_EVENT_COUNT];

static void check_pair(void **state)
{
    const struct pair *p = *state;
    char event[LABEL_MAX];
    char from[LABEL_MAX];
    part(p->name, 2, event);
    part(p->name, 3, from);
    unsigned s = find(from, list_states, LIST_STATE_COUNT);
    unsigned e = find(event, list_events, LIST_EVENT_COUNT);
    struct list_view v = {.forged = p->forged, .sticky = p->sticky};
    struct list_step step = list_step((enum list_state)s, (enum list_event)e, &v);
    const char *got =
        step.refusal != REFUSAL_NONE ? refusal_name(step.refusal) : list_state_name(step.to);
    assert_string_equal(got, p->want);
    if (step.refusal != REFUSAL_NONE) assert_int_equal(step.to, s);
    seen[s][e] = true;
}

static void check_measure(void **state)
{
    const struct pair *p = *state;
    char event[LABEL_MAX];
    char from[LABEL_MAX];
    part(p->name, 2, event);
    part(p->name, 3, from);
    unsigned s = find(from, measure_states, MEASURE_STATE_COUNT);
    unsigned e = find(event, measure_events, MEASURE_EVENT_COUNT);
    struct measure_step step =
        list_measure((enum measure_state)s, (enum measure_event)e, p->sticky);
    const char *got =
        step.refusal != REFUSAL_NONE ? refusal_name(step.refusal) : list_measure_name(step.to);
    assert_string_equal(got, p->want);
    seen_measures[s][e] = true;
}

static void every_pair_has_a_row(void **state)
{
    (void)state;
    for (unsigned s = 0; s < LIST_STATE_COUNT; s++) {
        for (unsigned e = 0; e < LIST_EVENT_COUNT; e++) {
            assert_true(seen[s][e]);
        }
        assert_true(strlen(list_state_text((enum list_state)s)) > 0);
    }
    for (unsigned s = 0; s < MEASURE_STATE_COUNT; s++) {
        for (unsigned e = 0; e < MEASURE_EVENT_COUNT; e++) {
            assert_true(seen_measures[s][e]);
        }
    }
}

/* --- within the world ------------------------------------------------------------------------- */

enum { DAY = 86400 };

static struct story s;

static enum refusal apply(enum event_kind kind, int64_t at_s, uint16_t share)
{
    struct event e = on_site(kind, at_s, s.shop);
    e.scope = SCOPE_NONE;
    e.share_permille = share;
    fixture_run_until(&s.f, at_s);
    enum refusal r = fixture_apply(&s.f, e);
    assert_int_equal(s.f.w->changed.border, r == REFUSAL_NONE);
    assert_int_equal(s.f.w->changed.host_count, 0);
    assert_false(s.f.w->changed.network);
    return r;
}

/* B6: CLEAN -> POISONED(40 %) -> POISONED(all) -> SNI_RESET -> CLEARING -> CLEAN. */
static void the_whole_way(void **state)
{
    (void)state;
    story_begin(&s, "");
    const struct listed *l = s.f.w->listed;
    assert_int_equal(apply(EV_POISON, 10, 400), REFUSAL_NONE);
    assert_int_equal(l->state, LIST_POISONED_PART);
    assert_int_equal(apply(EV_POISON, 20, 400), REFUSAL_BLACKLIST_BAD_STATE); /* no news */
    assert_int_equal(apply(EV_POISON, 20, 700), REFUSAL_NONE);
    assert_int_equal(l->share, 700);
    assert_int_equal(apply(EV_POISON, 30, 1000), REFUSAL_NONE);
    assert_int_equal(l->state, LIST_POISONED_ALL);
    assert_int_equal(apply(EV_SNI_RESET, 40, 0), REFUSAL_NONE);
    assert_true(l->sni);
    assert_int_equal(l->share, 1000); /* poisoned still */
    assert_int_equal(apply(EV_SNI_CLEAR, 50, 0), REFUSAL_BLACKLIST_STICKY);
    assert_int_equal(apply(EV_SNI_CLEAR, 7 * DAY + 10, 0), REFUSAL_NONE);
    assert_int_equal(l->state, LIST_CLEARING);
    assert_true(l->sni);
    fixture_run_until(&s.f, 8 * DAY + 9);
    assert_int_equal(l->state, LIST_CLEARING);
    fixture_run_until(&s.f, 8 * DAY + 10);
    assert_int_equal(l->state, LIST_CLEAN);
    assert_false(l->sni);
    assert_int_equal(l->share, 0);
    assert_int_equal(l->ended.ns, (8 * DAY + 10) * SIMDUR_SECOND);
    fixture_free(&s.f);
}

/* Forging that ends while resets last: only the resets stay. */
static void resets_outlast_forging(void **state)
{
    (void)state;
    story_begin(&s, "");
    const struct listed *l = s.f.w->listed;
    assert_int_equal(apply(EV_SNI_RESET, 10, 0), REFUSAL_NONE);
    assert_int_equal(apply(EV_POISON_END, 20, 0), REFUSAL_BLACKLIST_BAD_STATE);
    assert_int_equal(apply(EV_POISON, 30, 400), REFUSAL_NONE);
    assert_int_equal(l->state, LIST_SNI_RESET);
    assert_int_equal(apply(EV_POISON_END, 8 * DAY, 0), REFUSAL_NONE);
    assert_int_equal(l->share, 0);
    assert_true(l->sni);
    fixture_free(&s.f);
}

/* HTTP keyword resets are sticky, too, and no tail follows. */
static void http_is_sticky(void **state)
{
    (void)state;
    story_begin(&s, "");
    assert_int_equal(apply(EV_HTTP_RESET, 10, 0), REFUSAL_NONE);
    assert_int_equal(apply(EV_HTTP_CLEAR, 20, 0), REFUSAL_BLACKLIST_STICKY);
    assert_int_equal(apply(EV_HTTP_CLEAR, 7 * DAY + 10, 0), REFUSAL_NONE);
    assert_int_equal(s.f.w->listed->state, MEASURE_OFF);
    assert_int_equal(s.f.w->listed->ended.ns, (7 * DAY + 10) * SIMDUR_SECOND);
    fixture_free(&s.f);
}

static int64_t as_of_s(void)
{
    return s.f.w->listed->as_of.ns / SIMDUR_SECOND;
}

/* A replaced delegation reaches clients in steps of the NS TTL, and leaves them so. */
static void a_hijack_has_two_tails(void **state)
{
    (void)state;
    story_begin(&s, "");
    const struct listed *l = s.f.w->listed;
    assert_int_equal(apply(EV_NS_HIJACK, 0, 0), REFUSAL_NONE);
    fixture_run_until(&s.f, 3 * DAY / 8);
    assert_int_equal(as_of_s(), 3 * DAY / 8);
    fixture_run_until(&s.f, 3 * DAY / 8 + DAY / LISTED_STEPS - 1);
    assert_int_equal(as_of_s(), 3 * DAY / 8);
    assert_int_equal(apply(EV_NS_RESTORE, DAY / 2 + 1, 0), REFUSAL_NONE);
    assert_int_equal(l->state, MEASURE_TAIL);
    assert_int_equal(l->started.ns, 0);
    assert_int_equal(l->ended.ns, (DAY / 2 + 1) * SIMDUR_SECOND);
    assert_int_equal(as_of_s(), DAY / 2 + 1);
    fixture_run_until(&s.f, DAY / 2 + 1 + DAY - 1);
    assert_int_equal(as_of_s(), DAY / 2 + 1 + DAY - DAY / LISTED_STEPS);
    fixture_run_until(&s.f, DAY / 2 + 1 + DAY);
    assert_int_equal(l->state, MEASURE_OFF);
    fixture_free(&s.f);
}

/* Where caches stretch TTLs or wait for somebody who asks, the tail is as much longer; its steps
 * grow with it. */
static void stretched_caches_have_longer_tails(void **state)
{
    (void)state;
    story_begin(&s, "");
    const struct listed *l = s.f.w->listed;
    s.f.spec.caches_stretch = 10;
    s.f.spec.caches_linger_s = 100;
    assert_int_equal(apply(EV_NS_HIJACK, 0, 0), REFUSAL_NONE);
    assert_int_equal(apply(EV_NS_RESTORE, 1, 0), REFUSAL_NONE);
    fixture_run_until(&s.f, 10 * DAY + 100);
    assert_int_equal(l->state, MEASURE_TAIL);
    assert_true(as_of_s() > 9 * DAY);
    fixture_run_until(&s.f, 10 * DAY + 101);
    assert_int_equal(l->state, MEASURE_OFF);
    fixture_free(&s.f);
}

static void bogus_answers_have_one(void **state)
{
    (void)state;
    static const char *const tlds[] = {"com"};
    story_begin(&s, "");
    struct event e = fixture_event(EV_DNS_BOGUS, 0);
    e.tlds = tlds;
    e.tld_count = 1;
    assert_int_equal(fixture_apply(&s.f, e), REFUSAL_NONE);
    assert_int_equal(s.f.w->listed->state, MEASURE_ON);
    assert_int_equal(as_of_s(), 0);
    assert_int_equal(fixture_apply(&s.f, fixture_event(EV_DNS_BOGUS_END, 1440)), REFUSAL_NONE);
    assert_int_equal(s.f.w->listed->state, MEASURE_TAIL);
    assert_int_equal(as_of_s(), 1440);
    fixture_run_until(&s.f, 1440 + DAY / 2);
    assert_int_equal(s.f.w->listed->state, MEASURE_OFF);
    fixture_free(&s.f);
}

/* FACTS A10: for good, and for every site of that name. */
static void a_barred_site_name_is_barred(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f);
    uint32_t a = fixture_site(&f, "a.example");
    fixture_host(&f, "www.a.example");
    uint32_t b = fixture_site(&f, "b.example");
    fixture_host(&f, "www.b.example");
    f.sites[a].name_group = 0;
    f.sites[b].name_group = 0;
    f.sites[b].filing = FILING_DRAFT;
    f.sites[b].resolution_closed = true;

    fixture_build(&f);
    assert_int_equal(fixture_apply(&f, on_site(EV_BAR_SITE_NAME, 0, a)), REFUSAL_NONE);
    assert_int_equal(fixture_apply(&f, on_site(EV_BAR_SITE_NAME, 1, b)), REFUSAL_SITE_NAME_BARRED);
    assert_int_equal(fixture_apply(&f, on_site(EV_FILING_SUBMIT, 2, b)), REFUSAL_SITE_NAME_BARRED);
    assert_int_equal(f.w->sites[b].filing, FILING_DRAFT);
    fixture_free(&f);
}

/* Entries are used again once they are clean and nobody is punished for them any more. */
static void the_lists_have_an_end(void **state)
{
    (void)state;
    static struct fixture f;
    fixture_init(&f);
    f.spec.choices.path_min_listed = (struct duration_range){.business = false};
    f.spec.choices.path_clearing = (struct duration_range){.business = false};
    fixture_site(&f, "a.example");
    for (int i = 0; i < 100; i++) {
        char name[32];
        snprintf(name, sizeof(name), "h%d.a.example", i);
        fixture_host(&f, name);
    }
    fixture_build(&f);
    int64_t at = 0;
    for (uint32_t i = 0; i < LISTED_MAX; i++) { /* of hosts, three kinds */
        static const enum event_kind kinds[] = {EV_SNI_RESET, EV_HTTP_RESET};
        struct event e = on_host(i < 200 ? kinds[i / 100] : EV_PROVINCE_BLOCK, at++, i % 100);
        if (e.kind == EV_PROVINCE_BLOCK) e.region = REGION_SHANGHAI;
        assert_int_equal(fixture_apply(&f, e), REFUSAL_NONE);
    }
    struct event more = on_site(EV_SNI_RESET, at++, 0);
    assert_int_equal(fixture_apply(&f, more), REFUSAL_LIST_FULL);
    assert_int_equal(fixture_apply(&f, on_host(EV_HTTP_CLEAR, at, 7)), REFUSAL_NONE);
    more.at.ns = (at + 179) * SIMDUR_SECOND;
    assert_int_equal(fixture_apply(&f, more), REFUSAL_LIST_FULL);
    more.at.ns = (at + 180) * SIMDUR_SECOND;
    assert_int_equal(fixture_apply(&f, more), REFUSAL_NONE);
    fixture_free(&f);
}

int main(void)
{
    enum { PAIRS = CN_ARRAY_LEN(pairs), MEASURES = CN_ARRAY_LEN(measures), REST = 9 };
    struct CMUnitTest tests[PAIRS + MEASURES + REST];
    TABLE_TESTS(tests, pairs, check_pair)
    TABLE_TESTS(tests + PAIRS, measures, check_measure)
    const struct CMUnitTest rest[REST] = {
        cmocka_unit_test(every_pair_has_a_row),
        {"B6.domain.way", the_whole_way, NULL, NULL, NULL},
        {"B6.domain.poison_end.resets_stay", resets_outlast_forging, NULL, NULL, NULL},
        {"B6.http.http_clear.BLACKLIST_STICKY", http_is_sticky, NULL, NULL, NULL},
        {"B6.hijack.tails", a_hijack_has_two_tails, NULL, NULL, NULL},
        {"B6.hijack.tails stretched", stretched_caches_have_longer_tails, NULL, NULL, NULL},
        {"B6.bogus.tail", bogus_answers_have_one, NULL, NULL, NULL},
        {"B6.site_name.filing_submit.SITE_NAME_BARRED", a_barred_site_name_is_barred, NULL, NULL,
         NULL},
        {"B6.lists.LIST_FULL", the_lists_have_an_end, NULL, NULL, NULL},
    };
    memcpy(tests + PAIRS + MEASURES, rest, sizeof(rest));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
