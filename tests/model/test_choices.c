/* SPDX-License-Identifier: MIT
 * The declared choices that change answers (FACTS C4): the same small world under the default and
 * under each alternative. The invariants hold under all of them. */
#include "story.h"

#include "cnedge/model/answer.h"
#include "cnedge/model/invariant.h"

struct row {
    const char *name;    /* the number of the choice, what it is about */
    const char *setting; /* "NAME=VALUE": the alternative */
    const char *line;
    const char *words; /* what happens, see story.h */
    const char *want;  /* by default: "mainland sha 60 1" class, PoP, TTL, row */
    const char *other; /* with the setting */
};

#define SH_CT            "cn/shanghai/telecom"
#define SH_CU            "cn/shanghai/unicom"
#define GD_CM            "cn/guangdong/mobile"
#define BJ_EDU           "cn/beijing/cernet"
#define ALL_OUTSIDE_DOWN "hkg- nrt- sin- tpe- fra- lax-"

static struct row rows[] = {
    {"C4.1: nearest by great circle", "nearest_metric=great_circle", SH_CT, "revoke",
     "near hkg 60 10", "near tpe 60 10"},
    {"C4.1: nearest by the order of the list", "nearest_metric=order", "us", "", "global lax 300 2",
     "near hkg 300 2"},
    {"C4.4: only to PoPs of the client's carrier", "mainland_failover=carrier", GD_CM, "sha- bjs-",
     "mainland can 60 3", "near hkg 60 3"},
    {"C4.4: its carrier has another", "mainland_failover=carrier", SH_CT, "sha-",
     "mainland can 60 3", "mainland can 60 3"},
    {"C4.4: a carrier without PoPs is reached through others", "mainland_failover=carrier", BJ_EDU,
     "", "mainland bjs 60 1", "mainland bjs 60 1"},
    {"C4.4: its carrier is out", "mainland_failover=carrier", SH_CT, "carrier:telecom",
     "mainland sha 60 4", "near hkg 60 4"},
    {"C4.4: only the nearest", "mainland_failover=nearest", SH_CT, "sha-", "mainland can 60 3",
     "near hkg 60 3"},
    {"C4.4: the nearest is well", "mainland_failover=nearest", SH_CT, "can-", "mainland sha 60 1",
     "mainland sha 60 1"},
    {"C4.4: only the nearest, a carrier without PoPs", "mainland_failover=nearest", BJ_EDU, "bjs-",
     "mainland sha 60 3", "near hkg 60 3"},
    {"C4.4: outside by distance, not near first", "near_first=false", BJ_EDU,
     "revoke hkg- nrt- sin-", "near tpe 60 10", "global fra 60 10"},
    {"C4.4: a carrier's outage moves nobody", "line_failover=false", SH_CT,
     "carrier:telecom/shanghai", "mainland can 60 4", "mainland sha 60 1"},
    {"C4.5: AAAA moves near", "v6_failover=near", SH_CT, "v6", "mainland sha 60 6",
     "near hkg 60 6"},
    {"C4.5: AAAA goes", "v6_failover=nodata", SH_CT, "v6", "mainland sha 60 6", "nodata - 60 6"},
    {"C4.6: TTL in the mainland", "ttl_mainland_s=20", SH_CT, "", "mainland sha 60 1",
     "mainland sha 20 1"},
    {"C4.6: TTL outside", "ttl_outside_s=900", "de", "", "global fra 300 2", "global fra 900 2"},
    {"C4.6: TTL of what may change", "ttl_failover_s=15", SH_CT, "revoke", "near hkg 60 10",
     "near hkg 15 10"},
    {"C4.6: TTL of what is not there", "ttl_negative_s=5", SH_CT, "closed", "nodata - 60 0",
     "nodata - 5 0"},
    {"C4.6: when a loss has settled", "ttl_settle=1h", SH_CT, "revoke +2h", "near hkg 60 10",
     "near hkg 300 10"},
    {"C4.7: no grace", "unknown_grace=0s", SH_CT, "unknown +1m", "mainland sha 60 13",
     "near hkg 60 13"},
    {"C4.7: a long grace", "unknown_grace=3d", SH_CT, "unknown +2h", "near hkg 60 13",
     "mainland sha 60 13"},
    {"C4.15: the mainland as a last resort for clients outside", "mainland_for_outside=last_resort",
     "de", ALL_OUTSIDE_DOWN, "global fra 60 2", "mainland sha 60 2"},
    {"C4.15: a PoP outside is left", "mainland_for_outside=last_resort", "de",
     "hkg- nrt- tpe- fra- lax-", "near sin 300 2", "near sin 300 2"},
    {"C4.15: not for a site that is not entitled", "mainland_for_outside=last_resort", "hk",
     "revoke " ALL_OUTSIDE_DOWN, "near hkg 60 30", "near hkg 60 30"},
    {"C4.15: coverage domestic", "mainland_for_outside=last_resort", "de", "coverage=domestic",
     "mainland sha 60 0", "mainland sha 60 0"},
    {"C4.26: force beats a revocation", "admin_force=obeyed", SH_CT, "FORCE revoke",
     "near hkg 60 10", "mainland sha 60 10"},
    {"C4.26: forced, its mainland PoPs out", "admin_force=obeyed", SH_CT, "FORCE revoke partner",
     "near hkg 60 10", "near hkg 60 10"},
    {"C4.26: forced, clients outside", "admin_force=obeyed", "de", "FORCE revoke",
     "global fra 300 2", "global fra 300 2"},
    {"C4.26: forced under delete_name", "admin_force=obeyed", SH_CT,
     "policy=delete_name FORCE revoke", "nxdomain - 60 10", "mainland sha 60 10"},
    {"C4.26: forced on a shared edge name", "admin_force=obeyed", SH_CT,
     "edge policy=unmap_shared FORCE revoke", "near hkg 60 10", "mainland sha 60 10"},
    {"C4.26: taken back", "admin_force=obeyed", SH_CT, "FORCE revoke UNFORCE", "near hkg 60 10",
     "near hkg 60 10"},
};

static const char *const kinds[] = {[DECISION_ORIGIN] = "origin",
                                    [DECISION_NXDOMAIN] = "nxdomain",
                                    [DECISION_NODATA] = "nodata",
                                    [DECISION_REFUSED] = "refused"};

static void describe(const struct story *s, const struct decision *d, char out[64])
{
    const struct pop *p = &s->f.w->topology->pops[d->pop];
    bool pop = d->kind == DECISION_POP;
    snprintf(out, 64, "%s %s %u %u", pop ? pop_class_name(p->class_) : kinds[d->kind],
             pop ? p->id : "-", (unsigned)d->ttl_s, (unsigned)d->row);
}

/* An operator's force is given, and taken back, only where it is obeyed. */
static void with_setting(char out[256], const char *setting, const char *words)
{
    bool obeyed = setting != NULL && strcmp(setting, "admin_force=obeyed") == 0;
    char word[64];
    size_t len = setting == NULL ? 0 : (size_t)snprintf(out, 256, "set:%s", setting);
    out[len] = '\0';
    while (next_word(&words, word)) {
        bool force = strcmp(word, "FORCE") == 0;
        bool end = strcmp(word, "UNFORCE") == 0;
        if ((force || end) && !obeyed) continue;
        const char *text = force ? "force" : end ? "force_end" : word;
        len += (size_t)snprintf(out + len, 256 - len, " %s", text);
    }
}

static void check(const struct row *row, const char *setting, const char *want)
{
    static struct story s;
    char words[256];
    char got[64];
    struct decision d;
    struct violation items[4];
    struct violation_list v = {.items = items, .cap = CN_ARRAY_LEN(items)};
    with_setting(words, setting, row->words);
    story_begin(&s, words);
    bool v6 = setting != NULL && strncmp(setting, "v6_", 3) == 0;
    world_decide(s.f.w, s.www, find_line(&s.f, row->line), v6 ? FAMILY_V6 : FAMILY_V4, &d);
    describe(&s, &d, got);
    assert_string_equal(got, want);
    invariant_check_all(s.f.w, &v);
    if (v.count > 0) fail_msg("%s: %s", words, invariant_id(items[0].invariant));
    fixture_free(&s.f);
}

static void check_row(void **state)
{
    const struct row *row = *state;
    check(row, NULL, row->want);
    check(row, row->setting, row->other);
}

/* --- what a row cannot show ------------------------------------------------------------------- */

/* Three PoPs in one place. */
static void begin_tied(struct story *s, const char *setting)
{
    fixture_init(&s->f);
    s->shop = fixture_site(&s->f, "shop.example");
    s->www = fixture_host(&s->f, "www.shop.example");
    s->f.pops[POP_NRT].at = s->f.pops[POP_HKG].at;
    s->f.pops[POP_SIN].at = s->f.pops[POP_HKG].at;
    snprintf(s->f.pops[POP_HKG].id, sizeof(s->f.pops[POP_HKG].id), "zzz");
    if (setting != NULL) set_choice(&s->f.spec.choices, setting);
    fixture_build(&s->f);
}

static const char *outside_pop(struct story *s, uint16_t line)
{
    struct decision d;
    world_decide(s->f.w, s->www, line, FAMILY_V4, &d);
    assert_int_equal(d.pop,
                     invariant_nearest(s->f.w, &s->f.w->classes[s->f.w->hosts[s->www].class_].key,
                                       line, FAMILY_V4));
    return s->f.w->topology->pops[d.pop].id;
}

static void ties(void **state)
{
    (void)state;
    static struct story s;
    begin_tied(&s, NULL);
    assert_string_equal(outside_pop(&s, LINE_HK), "nrt");
    fixture_free(&s.f);
    begin_tied(&s, "tie_break=order");
    assert_string_equal(outside_pop(&s, LINE_HK), "zzz"); /* the first in the list */
    fixture_free(&s.f);
}

/* By line: the same line the same PoP, and not every line the same one. */
static void ties_by_line(void **state)
{
    (void)state;
    static struct story s;
    begin_tied(&s, "tie_break=line");
    must(&s, on_site(EV_REVOKE_SITE, 0, s.shop));
    unsigned seen = 0;
    for (uint16_t line = 0; line < LINE_DE; line++) {
        const char *id = outside_pop(&s, line);
        if (s.f.lines[line].zone != ZONE_MAINLAND && line != LINE_HK) continue;
        seen |= id[0] == 'n' ? 1U : id[0] == 's' ? 2U : id[0] == 'z' ? 4U : 0U;
        assert_string_equal(id, outside_pop(&s, line));
    }
    assert_int_not_equal(seen & (seen - 1), 0); /* two of them at least */
    fixture_free(&s.f);
}

static void refusals_of_force(void **state)
{
    (void)state;
    static struct story s;
    story_begin(&s, "revoke");
    enum refusal got = fixture_apply(&s.f, on_site(EV_FORCE_MAINLAND, s.at_s, s.shop));
    assert_string_equal(refusal_name(got), "LEGAL_OVERRIDE");
    got = fixture_apply(&s.f, on_site(EV_FORCE_MAINLAND_END, s.at_s, s.shop));
    assert_string_equal(refusal_name(got), "FORCE_BAD_STATE");
    fixture_free(&s.f);
    story_begin(&s, "set:admin_force=obeyed revoke force");
    got = fixture_apply(&s.f, on_site(EV_FORCE_MAINLAND, s.at_s, s.shop));
    assert_string_equal(refusal_name(got), "FORCE_BAD_STATE");
    fixture_free(&s.f);
    story_begin(&s, "set:admin_force=obeyed coverage=overseas");
    got = fixture_apply(&s.f, on_site(EV_FORCE_MAINLAND, s.at_s, s.shop));
    assert_string_equal(refusal_name(got), "COVERAGE_EXCLUDES");
    fixture_free(&s.f);
}

/* FACTS C4.18: taking a domain off the list too early is refused. */
static void listing(void **state)
{
    (void)state;
    static const char *const words[] = {"blacklist +3h",
                                        "set:blacklist_min_listed=2h blacklist +3h"};
    static const char *const want[] = {"BLACKLIST_STICKY", ""};
    for (size_t i = 0; i < CN_ARRAY_LEN(words); i++) {
        static struct story s;
        story_begin(&s, words[i]);
        enum refusal got = fixture_apply(&s.f, on_site(EV_UNLIST_DOMAIN, s.at_s, s.shop));
        assert_string_equal(refusal_name(got), want[i]);
        fixture_free(&s.f);
    }
}

static uint32_t serial_after(const char *setting)
{
    static struct story s;
    char words[128];
    snprintf(words, sizeof(words), "%s%s +1h revoke +1h", setting != NULL ? "set:" : "",
             setting != NULL ? setting : "");
    story_begin(&s, words);
    must(&s, on_pop(EV_POP_DOWN, s.at_s, POP_LAX));
    enum refusal got = fixture_apply(&s.f, on_pop(EV_POP_DOWN, s.at_s + 60, POP_LAX));
    assert_int_equal(got, REFUSAL_POP_BAD_STATE); /* changes nothing */
    uint32_t serial = world_serial(s.f.w);
    fixture_free(&s.f);
    return serial;
}

static void serials(void **state)
{
    (void)state;
    uint32_t start = (uint32_t)FIXTURE_START_S;
    assert_int_equal(serial_after(NULL), start + 2 * 3600);
    assert_int_equal(serial_after("soa_serial=last_change"), start + 2 * 3600);
    assert_int_equal(serial_after("soa_serial=constant"), start);
    assert_int_equal(serial_after("soa_serial=changes"), start + 2); /* the revocation, the PoP */
}

int main(void)
{
    enum { ROWS = CN_ARRAY_LEN(rows) };
    static const struct CMUnitTest others[] = {
        {"C4.2: the least id or the first in the list", ties, NULL, NULL, NULL},
        {"C4.2: by line", ties_by_line, NULL, NULL, NULL},
        {"C4.18: how long a domain stays listed", listing, NULL, NULL, NULL},
        {"C4.23: the serial", serials, NULL, NULL, NULL},
        {"C4.26: what is refused", refusals_of_force, NULL, NULL, NULL},
    };
    struct CMUnitTest tests[ROWS + CN_ARRAY_LEN(others)];
    TABLE_TESTS(tests, rows, check_row)
    memcpy(tests + ROWS, others, sizeof(others));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
