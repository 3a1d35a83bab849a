/* SPDX-License-Identifier: MIT
 * An event in pieces of any size comes to the same world as in one go, and so do all after it. */
#include "world_random.h"

#include "tally.h"
#include "test.h"
#include "world_image.h"

enum { WORLDS = 1000, WORLDS_MAX = 20 * WORLDS, EVENTS = 160, PIECE_MAX = 4, HOSTS_AT_ONCE = 8 };

static unsigned split[EVENT_KIND_COUNT]; /* events that took several pieces */
static unsigned plans;                   /* that were made in several pieces */

/* Those that go over sites; whatever else comes to do so is tried too. */
static const enum event_kind many[] = {
    EV_PARTNER_SUSPEND,
    EV_PARTNER_RESUME,
    EV_REVOKE_SUBJECT,
    EV_DEREGISTER_SUBJECT,
    EV_VIOLATE,
    EV_SET_PARTNER,
    EV_COMMERCIAL_ISSUE,
    EV_COMMERCIAL_REVOKE,
    EV_CERT_EXPIRE,
    EV_SUBSCRIPTION_END,
    EV_SUBSCRIPTION_ACTIVATE,
    EV_PARTNER_TERMINATE,
    EV_REVOKE_SITE,
    EV_PARTNER_DOWN,
    EV_PARTNER_UP,
    EV_OUTAGE_DECLARE,
    EV_FILING_REFILE,
    EV_DOMAIN_EXPIRE,
    EV_VETTING_APPROVE,
    EV_SET_TTL,
    EV_ACCESS_CANCEL,
    EV_OUTAGE_CLEAR,
    EV_PARTNER_CONTRACT_END,
};

static bool all_were_split(void)
{
    for (size_t i = 0; i < CN_ARRAY_LEN(many); i++) {
        if (split[many[i]] == 0) return false;
    }
    return true;
}

/* What all pieces of an event have changed. */
struct seen {
    bool hosts[FIXTURE_HOSTS];
    bool network, border, paths;
};

static void see(struct seen *s, const struct world *w)
{
    for (uint32_t i = 0; i < w->changed.host_count; i++) {
        s->hosts[w->changed.hosts[i]] = true;
    }
    s->network = s->network || w->changed.network;
    s->border = s->border || w->changed.border;
    s->paths = s->paths || w->changed.paths;
}

/* What may be asked between two pieces: what is counted is right, and answers are decisions. */
static void check_between(struct world *w)
{
    tally_check(w);
    (void)world_load(w); /* whoever asks changes nothing */
    for (uint32_t h = 0; h < w->spec->host_count; h++) {
        const struct cell *cells = world_cells(w, w->hosts[h].class_, FAMILY_V4);
        struct decision d;
        world_decide_class(w, w->hosts[h].class_, 0, FAMILY_V4, &d);
        assert_int_equal(cells[0].kind, d.kind);
        assert_int_equal(cells[0].pop, d.pop);
    }
}

static void is_small(const struct world *w, enum event_kind kind, uint32_t sites)
{
    if (w->changed.host_count <= sites * HOSTS_AT_ONCE) return;
    fail_msg("%s: %u hosts at once", event_info(kind)->name, w->changed.host_count);
}

/* The rest of an event of `kind` that has begun. */
static enum refusal go_on(struct world *w, enum event_kind kind, uint32_t sites,
                          enum refusal refusal, struct seen *s)
{
    uint32_t changes = w->changes;
    bool sites_left = world_is_going(w) && w->spill.pop_count == 0;
    see(s, w);
    if (sites_left) split[kind]++;
    while (world_is_going(w)) {
        if (w->work.load > 0) plans++;
        assert_int_equal(w->changes, changes); /* it counts at its end */
        check_between(w);
        world_more(w, sites, &refusal);
        is_small(w, kind, sites);
        see(s, w);
    }
    return refusal;
}

/* By an event that nobody accepts: what the last piece told of is another list. */
static void forget_changes(struct world *w)
{
    struct event none = event_make(EV_DISABLE_IPV6, w->now);
    none.site = 0;
    assert_int_equal(world_apply(w, &none), REFUSAL_IPV6_MANDATORY);
}

static void one_event(struct dice *d, struct fixture *whole, struct fixture *pieces)
{
    static struct image a;
    static struct image b;
    struct seen one = {.network = false};
    struct seen many_times = {.network = false};
    enum refusal refusal = REFUSAL_NONE;
    uint32_t sites = 1 + roll(d, PIECE_MAX);
    uint32_t first = chance(d, 2) ? sites : 0;
    struct event e = random_event(d, whole);
    if (chance(d, 3)) e.kind = many[roll(d, CN_ARRAY_LEN(many))];
    random_params(d, whole, &e);
    if (e.scope == SCOPE_NONE) random_scope(d, whole, &e);
    struct event fired;
    if (chance(d, 4) && world_fire(whole->w, &e)) {
        assert_true(world_begin_timer(pieces->w, first, &fired));
        assert_int_equal(fired.kind, e.kind);
        is_small(pieces->w, e.kind, first + 1);
    } else {
        enum refusal want = world_apply(whole->w, &e);
        world_begin(pieces->w, &e, first, &refusal);
        is_small(pieces->w, e.kind, first + 1); /* the event's own site is done at once */
        refusal = go_on(pieces->w, e.kind, sites, refusal, &many_times);
        assert_int_equal(refusal, want);
    }
    (void)go_on(pieces->w, e.kind, sites, refusal, &many_times);
    see(&one, whole->w);
    assert_memory_equal(&one, &many_times, sizeof(one));
    forget_changes(whole->w);
    forget_changes(pieces->w);
    take_image(whole->w, &a);
    take_image(pieces->w, &b);
    assert_int_equal(a.size, b.size);
    if (memcmp(a.bytes, b.bytes, a.size) != 0) {
        fail_msg("%s in pieces of %u came to another world", event_info(e.kind)->name, sites);
    }
}

static void run_world(uint64_t seed)
{
    static struct fixture whole;
    static struct fixture pieces;
    struct dice d = {.endless = true, .loaded = true, .crowded = seed % 2 == 1, .seed = seed};
    struct dice same = d;
    random_world(&d, &whole);
    random_world(&same, &pieces);
    for (int i = 0; i < EVENTS; i++) {
        one_event(&d, &whole, &pieces);
    }
    fixture_free(&whole);
    fixture_free(&pieces);
}

static void pieces_come_to_the_same(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < WORLDS || (seed < WORLDS_MAX && !all_were_split()); seed++) {
        run_world(seed);
    }
    for (size_t i = 0; i < CN_ARRAY_LEN(many); i++) {
        if (split[many[i]] == 0) fail_msg("%s was never split", event_info(many[i])->name);
    }
    assert_true(plans > 0);
}

/* --- one of them, step by step ---------------------------------------------------------------- */

enum { SITES = 4 };

static void declare(struct fixture *f)
{
    static const char *const domains[SITES] = {"a.example", "b.example", "c.example", "d.example"};
    fixture_init(f);
    for (unsigned i = 0; i < SITES; i++) {
        fixture_site(f, domains[i]);
        fixture_host(f, domains[i]);
    }
    fixture_build(f);
}

/* A piece changes the sites that it is about, and tells of them alone. */
static void sites_change_one_by_one(void **state)
{
    (void)state;
    struct fixture f;
    enum refusal refusal = REFUSAL_NONE;
    declare(&f);
    struct event e = event_make(EV_PARTNER_SUSPEND, f.w->now);
    e.scope = SCOPE_HOLDER;
    e.holder = 0;
    world_begin(f.w, &e, 0, &refusal);
    assert_int_equal(f.w->changed.host_count, 0);
    for (uint32_t i = 0; i < SITES; i++) {
        assert_true(world_is_going(f.w));
        for (uint32_t s = 0; s < SITES; s++) {
            assert_int_equal(f.w->classes[f.w->hosts[s].class_].key.suspended, s < i ? 2 : 0);
        }
        world_more(f.w, 1, &refusal);
        assert_int_equal(f.w->changed.host_count, 1);
        assert_int_equal(f.w->changed.hosts[0], i);
    }
    assert_false(world_is_going(f.w));
    assert_int_equal(refusal, REFUSAL_NONE);
    assert_int_equal(f.w->pieces, SITES + 1);
    world_begin(f.w, &e, 1, &refusal);
    assert_false(world_is_going(f.w));
    assert_int_equal(refusal, REFUSAL_SUSPENSION_BAD_STATE);
    fixture_free(&f);
}

/* What is twice about a site tells of it twice: readers have taken the first change for the last.
 */
static void a_site_can_change_twice(void **state)
{
    (void)state;
    struct fixture f;
    enum refusal refusal = REFUSAL_NONE;
    unsigned told[SITES] = {0};
    declare(&f);
    struct event e = event_make(EV_VIOLATE, f.w->now);
    e.holder = 0;
    world_begin(f.w, &e, 1, &refusal);
    for (;;) {
        for (uint32_t i = 0; i < f.w->changed.host_count; i++) {
            told[f.w->changed.hosts[i]]++;
        }
        if (!world_is_going(f.w)) break;
        world_more(f.w, 1, &refusal);
    }
    for (uint32_t i = 0; i < SITES; i++) {
        assert_int_equal(told[i], 2); /* revoked, then blacklisted */
    }
    fixture_free(&f);
}

/* Where one lost site takes its edge name along, all sites on it follow piece by piece. */
static void a_group_follows_one_by_one(void **state)
{
    (void)state;
    struct fixture f;
    enum refusal refusal = REFUSAL_NONE;
    fixture_init(&f);
    static const char *const domains[SITES] = {"a.example", "b.example", "c.example", "d.example"};
    for (unsigned i = 0; i < SITES; i++) {
        uint32_t site = fixture_site(&f, domains[i]);
        f.sites[site].edge_name = 0;
        f.sites[site].policy = POLICY_UNMAP_SHARED;
        fixture_host(&f, domains[i]);
    }
    fixture_build(&f);
    struct event e = event_make(EV_REVOKE_SITE, f.w->now);
    e.site = 2;
    world_begin(f.w, &e, 1, &refusal);
    for (uint32_t i = 0; i < SITES; i++) {
        assert_true(world_is_going(f.w));
        for (uint32_t s = 0; s < SITES; s++) {
            assert_int_equal(f.w->classes[f.w->hosts[s].class_].key.edge_unmapped, s <= i);
        }
        world_more(f.w, 1, &refusal);
    }
    assert_false(world_is_going(f.w));
    assert_int_equal(refusal, REFUSAL_NONE);
    fixture_free(&f);
}

/* A site of many hosts is done in parts itself. */
static void many_hosts_change_some_at_a_time(void **state)
{
    (void)state;
    enum { HOSTS = 20 };
    struct fixture f;
    enum refusal refusal = REFUSAL_NONE;
    char name[32];
    fixture_init(&f);
    uint32_t site = fixture_site(&f, "a.example");
    for (unsigned i = 0; i < HOSTS; i++) {
        snprintf(name, sizeof(name), "h%u.a.example", i);
        fixture_host(&f, name);
    }
    fixture_build(&f);
    struct event e = event_make(EV_PARTNER_SUSPEND, f.w->now);
    e.scope = SCOPE_SITE;
    e.site = site;
    world_begin(f.w, &e, 0, &refusal);
    for (uint32_t done = 0; done < HOSTS; done += HOSTS_AT_ONCE) {
        assert_true(world_is_going(f.w));
        for (uint32_t h = 0; h < HOSTS; h++) {
            assert_int_equal(f.w->classes[f.w->hosts[h].class_].key.suspended, h < done);
        }
        world_more(f.w, 1, &refusal);
        assert_in_range(f.w->changed.host_count, 1, HOSTS_AT_ONCE);
    }
    assert_false(world_is_going(f.w));
    assert_int_equal(f.w->classes[f.w->hosts[HOSTS - 1].class_].key.suspended, 1);
    assert_int_equal(refusal, REFUSAL_NONE);
    fixture_free(&f);
}

/* With overseas_audit, all sites of a partner whose service ends are looked at. */
static void a_partners_sites_are_looked_at_one_by_one(void **state)
{
    (void)state;
    struct fixture f;
    enum refusal refusal = REFUSAL_NONE;
    fixture_init(&f);
    f.spec.choices.overseas_audit = true;
    static const char *const domains[SITES] = {"a.example", "b.example", "c.example", "d.example"};
    for (unsigned i = 0; i < SITES; i++) {
        fixture_site(&f, domains[i]);
        fixture_host(&f, domains[i]);
    }
    fixture_build(&f);
    struct event e = event_make(EV_PARTNER_SUSPEND, f.w->now);
    e.scope = SCOPE_EVERYONE;
    world_begin(f.w, &e, 1, &refusal);
    assert_true(f.w->changed.network);
    for (uint32_t i = 0; i < SITES; i++) {
        assert_int_equal(world_is_going(f.w), i + 1 < SITES);
        for (uint32_t s = 0; s < SITES; s++) {
            bool waits = world_site_timer_at(f.w, TIMER_OVERSEAS, s).ns != SIMTIME_NEVER.ns;
            assert_int_equal(waits, s <= i);
        }
        if (world_is_going(f.w)) world_more(f.w, 1, &refusal);
    }
    assert_int_equal(refusal, REFUSAL_NONE);
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sites_change_one_by_one),
        cmocka_unit_test(a_site_can_change_twice),
        cmocka_unit_test(a_group_follows_one_by_one),
        cmocka_unit_test(many_hosts_change_some_at_a_time),
        cmocka_unit_test(a_partners_sites_are_looked_at_one_by_one),
        cmocka_unit_test(pieces_come_to_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
