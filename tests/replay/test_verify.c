/* SPDX-License-Identifier: MIT
 * The verifier finds what is planted, by the shortest way. */
#include "cnedge/replay/verify.h"

#include "cnedge/scenario/heap.h"

#include "fault_row.h"
#include "play.h"
#include "test.h"

/* --- a small world in which every kind of fault can happen ------------------------------------ */

enum { SITE_PLAIN, SITE_UNFILED, SITE_SHOP, SITE_LISTED };

static void declare(struct play *p)
{
    play_init(p);
    struct fixture *f = &p->f;
    fixture_site(f, "plain.example");
    fixture_host(f, "www.plain.example");
    uint32_t unfiled = fixture_site(f, "unfiled.example");
    fixture_host(f, "www.unfiled.example");
    f->sites[unfiled].filing = FILING_NONE;
    f->sites[unfiled].holder = CN_NONE32;
    uint32_t shop = fixture_site(f, "shop.example");
    fixture_host(f, "www.shop.example");
    f->sites[shop].needs_commercial = true;
    f->holders[0].commercial = COMMERCIAL_ISSUED;
    uint32_t listed = fixture_site(f, "listed.example");
    fixture_host(f, "www.listed.example");
    f->sites[listed].blacklisted = true;
    f->sites[listed].psb = PSB_OVERDUE;
    f->sites[shop].psb = PSB_WARNED;
    static const struct site_address own[] = {{.address = {198, 18, 9, 1}}};
    f->sites[shop].dedicated = own;
    f->sites[shop].dedicated_count = CN_ARRAY_LEN(own);
    f->spec.choices.blacklist_min_listed = (struct duration_range){0};
    f->pops[POP_BJS].partner = fixture_partner(f, "second");
    f->pops[POP_CAN].v4_count = 2;
}

static void build(struct play *p, int64_t end_s)
{
    fixture_build(&p->f);
    p->s.world = p->f.spec;
    p->s.end = play_at(end_s);
}

/* --- what is planted -------------------------------------------------------------------------- */

struct plant {
    enum invariant invariant;
    uint32_t row;    /* of VERIFY_FAULTS: the kind and object after which it is corrupted */
    bool everywhere; /* after any event */
};

static struct cell *cell_of(struct world *w, uint32_t site, uint16_t line)
{
    uint16_t class_ = w->hosts[w->spec->sites[site].host_first].class_;
    const struct cell *cells = world_cells(w, class_, FAMILY_V4);
    (void)cells;
    return &w->classes[class_].cells[FAMILY_V4][line];
}

/* The world takes the nameservers to be in China; the scenario, which the invariants read, does not
 * say so. */
static void misplace_dns(struct world *w)
{
    static struct choices misread;
    misread = w->spec->choices;
    misread.dns_mode = DNS_IN_CHINA;
    w->choices = &misread;
}

static void corrupt_world(struct world *w, enum invariant i)
{
    struct cell *unfiled = cell_of(w, SITE_UNFILED, LINE_SH_TELECOM);
    struct cell *plain = cell_of(w, SITE_PLAIN, LINE_DE);
    switch ((int)i) {
    case INVARIANT_MAINLAND_ENTITLED:
        unfiled->kind = DECISION_POP;
        unfiled->pop = POP_SHA;
        break;
    case INVARIANT_MAINLAND_INSIDE:
        plain->kind = DECISION_POP;
        plain->pop = POP_SHA;
        break;
    case INVARIANT_POP_USABLE:
        w->pop_admin[plain->pop] = ADMIN_DRAIN;
        break;
    case INVARIANT_NEAREST:
        plain->pop = plain->pop == POP_LAX ? POP_FRA : POP_LAX;
        break;
    case INVARIANT_TTL_DECLARED:
        plain->ttl_s = 12345;
        break;
    case INVARIANT_HAS_REASON:
        plain->ttl_s = plain->ttl_s == w->choices->ttl_mainland_s ? w->choices->ttl_outside_s
                                                                  : w->choices->ttl_mainland_s;
        break;
    case INVARIANT_CLASS_CURRENT:
        w->sites[SITE_PLAIN].settled = !w->sites[SITE_PLAIN].settled;
        break;
    case INVARIANT_AAAA_FORCED:
        plain->pop = POP_SIN;
        break;
    case INVARIANT_FAMILIES_AGREE: {
        uint16_t class_ = w->hosts[w->spec->sites[SITE_PLAIN].host_first].class_;
        struct class_ *c = &w->classes[class_];
        c->parted = true;
        memcpy(c->cells[FAMILY_V6], c->cells[FAMILY_V4], LINES * sizeof(struct cell));
        c->cells[FAMILY_V6][LINE_DE].pop = plain->pop == POP_LAX ? POP_FRA : POP_LAX;
        break;
    }
    case INVARIANT_ADDRESSES:
        plain->addresses[FAMILY_V4] ^= 2;
        break;
    case INVARIANT_OWN_PARTNER:
        plain = cell_of(w, SITE_PLAIN, LINE_SH_TELECOM);
        plain->kind = DECISION_POP;
        plain->pop = POP_BJS;
        break;
    case INVARIANT_DNS_OUTAGE: /* and they fail */
        misplace_dns(w);
        w->partners[0].dns_down = true;
        break;
    case INVARIANT_DNS_CROSSING: /* and other queries cross a border that is congested */
        misplace_dns(w);
        w->border_congested = true;
        break;
    default:
        break;
    }
}

static bool plant(void *owner, struct world *w, const struct event *e)
{
    struct plant *p = owner;
    if (!p->everywhere && !fault_row_is(e, p->row)) return false;
    corrupt_world(w, p->invariant);
    return true;
}

static void verify_planted(struct play *p, struct plant *planted, uint32_t depth,
                           struct verify_result *r)
{
    struct verify_options o = {.depth = depth, .corrupt = plant, .owner = planted};
    assert_int_equal(verify_run(&p->f.arena, &p->s, &o, r), CN_OK);
}

/* --- each kind of fault ----------------------------------------------------------------------- */

/* Recoveries and what a fault has to come before, by hand: the rest needs one event. */
static uint32_t events_needed(uint32_t row)
{
    switch ((int)verify_faults_info(row)->kind) {
    case EV_POP_UP:
    case EV_PROVINCE_UP:
    case EV_CARRIER_UP:
    case EV_PARTNER_UP:
    case EV_PARTNER_RESUME:
    case EV_OUTAGE_CLEAR:
    case EV_FAMILY_UP:
    case EV_PARTNER_DNS_UP:
    case EV_BORDER_CLEAR:
    case EV_AUDIT_FIX:
    case EV_CERT_RENEW:
    case EV_FILING_CHANGE_DONE:
    case EV_FILING_REFILE:
    case EV_VETTING_APPROVE:
    case EV_VETTING_REJECT:
    case EV_STATUS_KNOWN:
    case EV_OPEN_RESOLUTION:
    case EV_PROVISION:
    case EV_SUBSCRIPTION_ACTIVATE:
        return 2;
    default:
        return 1;
    }
}

/* No state that one fault leads to lets these happen: they are the end of longer stories. */
static bool out_of_reach(uint32_t row)
{
    int kind = (int)verify_faults_info(row)->kind;
    return kind == EV_POP_OBEY || kind == EV_SUBSCRIPTION_ACTIVATE || kind == EV_COMMERCIAL_ISSUE ||
           kind == EV_PACKAGE_EXPIRE || kind == EV_PRODUCT_LOSE;
}

static void finds_each_fault(void **state)
{
    (void)state;
    for (uint32_t row = 0; row < VERIFY_FAULT_COUNT; row++) {
        struct play p;
        struct plant planted = {.invariant = INVARIANT_TTL_DECLARED, .row = row};
        struct verify_result r;
        declare(&p);
        build(&p, 10);
        verify_planted(&p, &planted, events_needed(row), &r);
        const char *name = event_info(verify_faults_info(row)->kind)->name;
        if (r.violated == out_of_reach(row)) fail_msg("%s: violated: %d", name, r.violated);
        if (r.violated) {
            if (r.way.count != events_needed(row)) fail_msg("%s: %u events", name, r.way.count);
            assert_int_equal(r.way.injected, r.way.count);
            assert_true(fault_row_is(&r.way.events[r.way.count - 1].event, row));
            assert_int_equal(r.way.violation.invariant, INVARIANT_TTL_DECLARED);
        }
        fixture_free(&p.f);
    }
}

/* A package and a product are there to be lost. */
static void finds_lost_purchases(void **state)
{
    (void)state;
    for (uint32_t row = 0; row < VERIFY_FAULT_COUNT; row++) {
        int kind = (int)verify_faults_info(row)->kind;
        struct play p;
        struct plant planted = {.invariant = INVARIANT_TTL_DECLARED, .row = row};
        struct verify_result r;
        if (kind != EV_PACKAGE_EXPIRE && kind != EV_PRODUCT_LOSE) continue;
        declare(&p);
        fixture_package(&p.f);
        fixture_product(&p.f, PRODUCT_CEN, SITE_PLAIN); /* the host of the same number */
        build(&p, 10);
        verify_planted(&p, &planted, 1, &r);
        assert_true(r.violated);
        assert_int_equal(r.way.count, 1);
        assert_int_equal((int)r.way.events[0].event.kind, kind);
        fixture_free(&p.f);
    }
}

/* --- each invariant --------------------------------------------------------------------------- */

static struct invariant_row {
    const char *name;
    enum invariant invariant;
} invariant_rows[] = {
    {"verify.finds.mainland_entitled", INVARIANT_MAINLAND_ENTITLED},
    {"verify.finds.mainland_inside", INVARIANT_MAINLAND_INSIDE},
    {"verify.finds.aaaa_forced", INVARIANT_AAAA_FORCED},
    {"verify.finds.pop_usable", INVARIANT_POP_USABLE},
    {"verify.finds.nearest", INVARIANT_NEAREST},
    {"verify.finds.ttl_declared", INVARIANT_TTL_DECLARED},
    {"verify.finds.has_reason", INVARIANT_HAS_REASON},
    {"verify.finds.class_current", INVARIANT_CLASS_CURRENT},
    {"verify.finds.own_partner", INVARIANT_OWN_PARTNER},
    {"verify.finds.dns_outage", INVARIANT_DNS_OUTAGE},
    {"verify.finds.dns_crossing", INVARIANT_DNS_CROSSING},
};

static void finds_each_invariant(void **state)
{
    const struct invariant_row *row = *state;
    struct play p;
    struct plant planted = {.invariant = row->invariant};
    struct verify_result r;
    declare(&p);
    while (!fault_row_is(&(struct event){.kind = EV_STATUS_UNKNOWN, .site = 0}, planted.row)) {
        planted.row++;
    }
    build(&p, 10);
    struct pop *pops = (struct pop *)(uintptr_t)p.f.w->topology->pops;
    if (row->invariant == INVARIANT_AAAA_FORCED) pops[POP_SIN].v6_count = 0; /* near nobody */
    verify_planted(&p, &planted, 1, &r);
    assert_true(r.violated);
    assert_int_equal(r.way.violation.invariant, row->invariant);
    assert_int_equal(r.way.count, 1);
    fixture_free(&p.f);
}

/* A violation that needs one of the scenario's events and one fault: both are kept, the rest not.
 */
static bool plant_both(void *owner, struct world *w, const struct event *e)
{
    (void)owner;
    if (e->kind != EV_CLOSE_RESOLUTION || w->pop_admin[POP_SIN] != ADMIN_DRAIN) return false;
    corrupt_world(w, INVARIANT_TTL_DECLARED);
    return true;
}

static void keeps_what_is_needed(void **state)
{
    (void)state;
    struct play p;
    struct verify_result r;
    struct verify_options o = {.depth = 2, .corrupt = plant_both};
    declare(&p);
    play_event(&p, on_pop(EV_POP_DOWN, 1, POP_LAX));
    play_event(&p, on_pop(EV_POP_DRAIN, 2, POP_SIN));
    play_event(&p, on_pop(EV_POP_DOWN, 3, POP_TPE));
    build(&p, 10);
    assert_int_equal(verify_run(&p.f.arena, &p.s, &o, &r), CN_OK);
    assert_true(r.violated);
    assert_int_equal(r.way.count, 2);
    assert_int_equal(r.way.injected, 1);
    assert_int_equal(r.way.events[0].event.kind, EV_POP_DRAIN);
    assert_int_equal(r.way.events[1].event.kind, EV_CLOSE_RESOLUTION);
    fixture_free(&p.f);
}

static void holds_without_faults_planted(void **state)
{
    (void)state;
    struct play p;
    struct verify_result r;
    struct verify_options o = {.depth = 2};
    declare(&p);
    play_event(&p, on_site(EV_REVOKE_SITE, 1, SITE_PLAIN));
    build(&p, 10);
    assert_int_equal(verify_run(&p.f.arena, &p.s, &o, &r), CN_OK);
    assert_false(r.violated);
    assert_true(r.states > 1000);
    assert_true(r.states < r.states_unmerged);
    for (uint32_t row = 0; row < VERIFY_FAULT_COUNT; row++) {
        if (out_of_reach(row)) continue;
        if (r.accepted[row] == 0) {
            fail_msg("%s was never accepted", event_info(verify_faults_info(row)->kind)->name);
        }
    }
    fixture_free(&p.f);
}

/* --- the counterexample ----------------------------------------------------------------------- */

static bool plant_on_suspension(void *owner, struct world *w, const struct event *e)
{
    (void)owner;
    if (e->kind != EV_PARTNER_SUSPEND || e->scope != SCOPE_HOLDER) return false;
    if (w->sites[0].filing != FILING_REVOKED) return false;
    uint16_t class_ = w->hosts[0].class_;
    world_cells(w, class_, FAMILY_V4);
    for (uint16_t i = 0; i < w->topology->line_count; i++) {
        w->classes[class_].cells[FAMILY_V4][i].ttl_s = 12345;
    }
    return true;
}

static char *text_of(FILE *f, size_t *len)
{
    char *text = calloc(1, 1 << 20);
    assert_non_null(text);
    rewind(f);
    *len = fread(text, 1, (1 << 20) - 1, f);
    fclose(f);
    return text;
}

/* Whether the scenario ends in the invariant's violation when its events happen. */
static bool replays(struct arena *a, const struct scenario *s, enum invariant wanted)
{
    struct engine e;
    struct engine_step step;
    struct violation item;
    struct violation_list list = {.cap = 1, .items = &item};
    assert_true(engine_init(&e, a, s));
    while (engine_step(&e, &step)) {
        bool applied = step.refusal == REFUSAL_NONE;
        if (step.from != NULL) assert_int_equal(step.from->refused, step.refusal);
        if (applied && plant_on_suspension(NULL, e.world, &step.event)) {
            for (uint32_t i = 0; i < e.world->class_count; i++) {
                e.world->classes[i].checked = 0;
            }
            invariant_check_all(e.world, &list);
        }
    }
    return list.count > 0 && item.invariant == wanted;
}

static void counterexample_is_a_scenario(void **state)
{
    (void)state;
    struct heap heap;
    struct arena a;
    struct diag_list diags = {0};
    enum cn_status status;
    struct verify_result r;
    struct verify_options o = {.depth = 1, .corrupt = plant_on_suspension};
    heap_init(&heap, &a);
    const struct scenario *s =
        scenario_load(&a, "scenarios/drill-02-revoke-subject.json", &diags, &status);
    assert_non_null(s);
    assert_int_equal(verify_run(&a, s, &o, &r), CN_OK);
    assert_true(r.violated);
    assert_int_equal(r.way.injected, 1);
    FILE *f = tmpfile();
    assert_non_null(f);
    assert_true(verify_report_scenario(f, s, &o, &r));
    size_t len;
    char *text = text_of(f, &len);
    assert_non_null(strstr(text, "\"note\": \"injected by cnedge verify\""));
    struct scenario_text again = {"scenarios/again.json", text, len};
    const struct scenario *t = scenario_parse(&a, &again, &diags, &status);
    assert_non_null(t);
    assert_int_equal(diags.errors, 0);
    assert_int_equal(t->event_count, r.way.count);
    assert_int_equal(t->expectation_count, 0);
    assert_int_equal(t->world.choices.partner_batches, 1);
    assert_true(replays(&a, t, r.way.violation.invariant));
    free(text);
    heap_free(&heap);
}

int main(void)
{
    struct CMUnitTest invariants[CN_ARRAY_LEN(invariant_rows)];
    TABLE_TESTS(invariants, invariant_rows, finds_each_invariant)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_each_fault),
        cmocka_unit_test(finds_lost_purchases),
        cmocka_unit_test(keeps_what_is_needed),
        cmocka_unit_test(holds_without_faults_planted),
        cmocka_unit_test(counterexample_is_a_scenario),
    };
    int failed = cmocka_run_group_tests_name("invariants", invariants, NULL, NULL);
    return failed + cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
