/* SPDX-License-Identifier: MIT
 * Whatever happens to a small world, in whatever order: a refused event changes nothing, time does
 * not run backwards, no timer's event is refused, what is counted is right, cells are decisions. */
#include "world_random.h"

#include "tally.h"
#include "test.h"
#include "world_image.h"

enum { WORLDS = 400, WORLDS_MAX = 10 * WORLDS, EVENTS = 160 };

/* --- what is counted, counted again --------------------------------------------------------- */

/* A provider's access is one thing only, and none outlives the filing. */
static void check_access(const struct world *w, uint32_t site)
{
    const struct site *s = &w->sites[site];
    enum filing_state filing = (enum filing_state)s->filing;
    bool in_force = filing == FILING_ACTIVE || filing == FILING_AUDIT_NOTICE;
    assert_int_equal(s->access & s->access_cancelled, 0);
    assert_true(!in_force || s->access != 0);
    assert_true(filing_serves(filing) || filing == FILING_APPROVED_UNSYNCED || s->access == 0);
    assert_true(filing == FILING_CHANGE_PENDING || s->access_order == CN_NONE16);
}

/* The subject is what its filings make of it. */
static void check_subject(const struct holder *h)
{
    assert_int_equal(h->subject == SUBJECT_ACTIVE, h->accessible > 0);
    bool gone = h->subject == SUBJECT_REVOKED || h->subject == SUBJECT_DEREGISTERED;
    assert_true(!gone || h->accessible == 0);
    assert_true(h->subject != SUBJECT_NONE || h->numbers == 0);
}

static void check_holders(const struct world *w)
{
    for (uint32_t h = 0; h < w->spec->holder_count; h++) {
        uint32_t orders = 0;
        uint32_t numbers = 0;
        uint32_t accessible = 0;
        for (uint32_t s = 0; s < w->spec->site_count; s++) {
            if (w->spec->sites[s].holder != h) continue;
            enum filing_state filing = (enum filing_state)w->sites[s].filing;
            orders += filing_order_open(filing) ? 1 : 0;
            numbers += filing_has_number(filing) ? 1 : 0;
            accessible += filing_serves(filing) || filing == FILING_APPROVED_UNSYNCED ? 1 : 0;
            check_access(w, s);
        }
        assert_int_equal(w->holders[h].orders, orders);
        assert_int_equal(w->holders[h].numbers, numbers);
        assert_int_equal(w->holders[h].accessible, accessible);
        check_subject(&w->holders[h]);
    }
}

static void check_classes(const struct world *w)
{
    static uint32_t members[WORLD_CLASSES_MAX];
    memset(members, 0, sizeof(members));
    for (uint32_t h = 0; h < w->spec->host_count; h++) {
        assert_true(w->hosts[h].class_ < w->class_count);
        members[w->hosts[h].class_]++;
        if (w->hosts[h].outside != CN_NONE16) members[w->hosts[h].outside]++;
    }
    for (uint32_t c = 0; c < w->class_count; c++) {
        assert_int_equal(w->classes[c].hosts, members[c]);
        for (uint32_t d = 0; members[c] > 0 && d < c; d++) {
            if (members[d] == 0) continue;
            assert_memory_not_equal(&w->classes[c].key, &w->classes[d].key,
                                    sizeof(struct host_class));
        }
    }
    assert_false(w->class_limit);
}

static void check_edges(const struct world *w)
{
    for (uint32_t e = 0; e < w->spec->edge_name_count; e++) {
        uint32_t lost = 0;
        for (uint32_t s = 0; s < w->spec->site_count; s++) {
            if (w->spec->sites[s].edge_name == e && w->sites[s].lost) lost++;
        }
        assert_int_equal(w->edge_lost[e], lost);
    }
}

static void check_cells(struct world *w)
{
    for (uint32_t h = 0; h < w->spec->host_count; h++) {
        enum family family = h % 2 == 0 ? FAMILY_V4 : FAMILY_V6;
        const struct cell *cells = world_cells(w, w->hosts[h].class_, family);
        for (uint16_t line = 0; line < w->topology->line_count; line++) {
            struct decision d;
            world_decide_class(w, w->hosts[h].class_, line, family, &d);
            assert_int_equal(cells[line].kind, d.kind);
            assert_int_equal(cells[line].pop, d.pop);
            assert_int_equal(cells[line].row, d.row);
            assert_int_equal(cells[line].ttl_s, d.ttl_s);
            assert_true(d.reason_count > 0);
        }
    }
}

/* Cells of every host and line, to see which ones an event changed. */
static void take_cells(struct world *w, struct cell out[FIXTURE_HOSTS][LINES])
{
    for (uint32_t h = 0; h < w->spec->host_count; h++) {
        memcpy(out[h], world_cells(w, w->hosts[h].class_, FAMILY_V4), sizeof(out[h]));
    }
}

static bool in_changes(const struct world *w, uint32_t host)
{
    for (uint32_t i = 0; i < w->changed.host_count; i++) {
        if (w->changed.hosts[i] == host) return true;
    }
    return false;
}

/* A host that answers otherwise than before is among the changes. */
static void check_changes(struct world *w, struct cell before[FIXTURE_HOSTS][LINES])
{
    static struct cell after[FIXTURE_HOSTS][LINES];
    take_cells(w, after);
    for (uint32_t h = 0; h < w->spec->host_count; h++) {
        if (!w->hosts[h].active || memcmp(before[h], after[h], sizeof(after[h])) == 0) continue;
        assert_true(w->changed.network || in_changes(w, h));
    }
    for (uint32_t i = 0; i < w->changed.host_count; i++) {
        for (uint32_t j = 0; j < i; j++) {
            assert_int_not_equal(w->changed.hosts[i], w->changed.hosts[j]);
        }
    }
}

/* --- the runs ------------------------------------------------------------------------------- */

static unsigned refused;
static unsigned applied;
static unsigned fired;
static bool kinds_applied[EVENT_KIND_COUNT];

static void apply_one(struct dice *d, struct fixture *f)
{
    static struct image before;
    static struct image after;
    static struct cell cells[FIXTURE_HOSTS][LINES];
    struct event none = event_make(EV_DISABLE_IPV6, f->w->now);
    none.site = 0;
    assert_int_equal(world_apply(f->w, &none), REFUSAL_IPV6_MANDATORY); /* forgets the changes */
    struct event e = random_event(d, f);
    take_image(f->w, &before);
    take_cells(f->w, cells);
    enum refusal refusal = world_apply(f->w, &e);
    check_changes(f->w, cells);
    if (refusal == REFUSAL_NONE) {
        kinds_applied[e.kind] = true;
        applied++;
        return;
    }
    refused++;
    take_image(f->w, &after);
    assert_int_equal(before.size, after.size);
    if (memcmp(before.bytes, after.bytes, before.size) != 0) {
        fail_msg("%s was refused (%s) and changed something", event_info(e.kind)->name,
                 refusal_name(refusal));
    }
    assert_int_equal(f->w->changed.host_count, 0);
    assert_false(f->w->changed.network);
}

static void fire_one(struct fixture *f)
{
    static struct cell cells[FIXTURE_HOSTS][LINES];
    struct event e;
    simtime due = world_next_at(f->w);
    take_cells(f->w, cells);
    if (!world_fire(f->w, &e)) { /* asserts that the event was not refused */
        assert_int_equal(due.ns, SIMTIME_NEVER.ns);
        return;
    }
    assert_int_equal(e.at.ns, due.ns);
    /* A yearly report that no event speaks of is filed; a registration ends by itself, too. */
    assert_true(event_info(e.kind)->derived || e.kind == EV_REPORT_FILED ||
                e.kind == EV_DOMAIN_EXPIRE);
    check_changes(f->w, cells);
    kinds_applied[e.kind] = true;
    fired++;
}

static void run_world(uint64_t seed)
{
    static struct fixture f;
    struct dice d = {.endless = true, .seed = seed};
    random_world(&d, &f);
    simtime now = SIMTIME_START;
    for (int i = 0; i < EVENTS; i++) {
        if (chance(&d, 5)) {
            fire_one(&f);
        } else {
            apply_one(&d, &f);
        }
        assert_false(simtime_before(f.w->now, now));
        assert_false(simtime_before(world_next_at(f.w), f.w->now));
        now = f.w->now;
        check_holders(f.w);
        check_classes(f.w);
        tally_check(f.w);
        check_edges(f.w);
        check_cells(f.w);
    }
    fixture_free(&f);
}

static bool never_applied(unsigned kind)
{
    return kind == EV_FILING_RESTORE || kind == EV_DISABLE_IPV6;
}

/* Rare kinds may need more worlds than it takes to try the common ones. */
static bool every_kind_applied(void)
{
    for (unsigned kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        if (!kinds_applied[kind] && !never_applied(kind)) return false;
    }
    return true;
}

static void whatever_happens(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < WORLDS || (seed < WORLDS_MAX && !every_kind_applied()); seed++) {
        run_world(seed);
    }
    /* The dice reach everything that can happen, or these runs prove little. */
    assert_true(applied > WORLDS * EVENTS / 10);
    assert_true(refused > WORLDS * EVENTS / 10);
    assert_true(fired > WORLDS);
    for (unsigned kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        bool never = never_applied(kind);
        if (kinds_applied[kind] == never) {
            fail_msg("%s: applied %d", event_info((enum event_kind)kind)->name, !never);
        }
    }
}

/* The same seed is the same run, in one process and byte for byte. */
static void a_run_repeats(void **state)
{
    (void)state;
    static struct image images[2];
    for (int i = 0; i < 2; i++) {
        static struct fixture f;
        struct dice d = {.endless = true, .seed = 42};
        random_world(&d, &f);
        for (int n = 0; n < EVENTS; n++) {
            struct event e = random_event(&d, &f);
            enum refusal ignored = world_apply(f.w, &e);
            (void)ignored;
        }
        take_image(f.w, &images[i]);
        fixture_free(&f);
    }
    assert_int_equal(images[0].size, images[1].size);
    assert_memory_equal(images[0].bytes, images[1].bytes, images[0].size);
}

/* When all classes were in use at one time or another, empty ones are used again. The events are
 * those that can be undone, so that a site goes through ever new states. */
static void empty_classes_are_used_again(void **state)
{
    (void)state;
    static const enum event_kind kinds[] = {
        EV_SET_COVERAGE,      EV_BLACKLIST_DOMAIN, EV_UNLIST_DOMAIN,   EV_PARTNER_SUSPEND,
        EV_PARTNER_RESUME,    EV_CLOSE_RESOLUTION, EV_OPEN_RESOLUTION, EV_STATUS_UNKNOWN,
        EV_STATUS_KNOWN,      EV_VETTING_REREVIEW, EV_VETTING_APPROVE, EV_DEPROVISION,
        EV_PROVISION,         EV_PROVISION,        EV_DEACTIVATE,      EV_FILING_CHANGE,
        EV_FILING_CHANGE_DONE};
    static struct fixture f;
    struct dice d = {.endless = true, .seed = 3};
    fixture_init(&f);
    f.spec.choices.blacklist_min_listed = (struct duration_range){{0}, {0}, false};
    fixture_site(&f, "a.example");
    fixture_host(&f, "a.example");
    fixture_site(&f, "b.example");
    fixture_host(&f, "b.example");
    fixture_build(&f);
    for (unsigned n = 0, after = 0; after < 3000; n++) {
        assert_true(n < 200000);
        struct event e = random_event(&d, &f);
        e.kind = kinds[roll(&d, CN_ARRAY_LEN(kinds))];
        e.inputs = VETTING_INPUTS_ALL;
        random_params(&d, &f, &e);
        random_scope(&d, &f, &e);
        if (e.site == CN_NONE32) e.site = 0;
        bool fires = chance(&d, 4) && world_fire(f.w, &e);
        if (!fires && world_apply(f.w, &e) == REFUSAL_NONE) applied++;
        if (f.w->class_count < WORLD_CLASSES_MAX || ++after % 100 != 0) continue;
        check_classes(f.w);
        check_cells(f.w);
    }
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_happens),
        cmocka_unit_test(a_run_repeats),
        cmocka_unit_test(empty_classes_are_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
