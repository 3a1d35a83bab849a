/* SPDX-License-Identifier: MIT
 * The words of the model: names that scenarios, traces and people see. Each list is whole, without
 * doubles, found again by its finder, and spelled as the documents spell it. */
#include "cnedge/model/invariant.h"

#include "world_fixture.h"

#include "test.h"

enum { WORDS_MAX = 256 };

/* Collects names and checks that each is there, is spelled with `alphabet`, and differs from
 * others. */
struct words {
    const char *alphabet;
    const char *word[WORDS_MAX];
    unsigned count;
};

static void add(struct words *w, const char *word)
{
    assert_non_null(word);
    assert_true(word[0] != '\0');
    assert_int_equal(strspn(word, w->alphabet), strlen(word));
    for (unsigned i = 0; i < w->count; i++) {
        assert_string_not_equal(word, w->word[i]);
    }
    w->word[w->count++] = word;
}

#define LOWER "abcdefghijklmnopqrstuvwxyz0123456789_"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

#define ALL(alphabet_, name_of, type, count)                                                       \
    do {                                                                                           \
        struct words w_ = {.alphabet = (alphabet_)};                                               \
        for (int i_ = 0; i_ < (int)(count); i_++) {                                                \
            add(&w_, name_of((type)i_));                                                           \
        }                                                                                          \
    } while (0)

static void names_of_enumerators(void **state)
{
    (void)state;
    ALL(UPPER, filing_state_name, enum filing_state, FILING_STATE_COUNT);
    ALL(LOWER, filing_event_name, enum filing_event, FILING_EVENT_COUNT);
    ALL(LOWER, filing_cause_name, enum filing_cause, CAUSE_COUNT);
    ALL(UPPER, filing_status_name, enum filing_status, STATUS_COUNT);
    ALL(UPPER, commercial_state_name, enum commercial_state, COMMERCIAL_STATE_COUNT);
    ALL(UPPER, vetting_state_name, enum vetting_state, VETTING_STATE_COUNT);
    ALL(LOWER, vetting_input_name, enum vetting_input, VETTING_INPUT_COUNT);
    ALL(UPPER, subscription_state_name, enum subscription_state, SUBSCRIPTION_STATE_COUNT);
    ALL(UPPER, provisioning_state_name, enum provisioning_state, PROVISIONING_STATE_COUNT);
    ALL(LOWER, revocation_policy_name, enum revocation_policy, POLICY_COUNT);
    ALL(LOWER, coverage_name, enum coverage, COVERAGE_COUNT);
    ALL(UPPER, health_name, enum pop_health, HEALTH_COUNT);
    ALL(UPPER, pop_admin_name, enum pop_admin, ADMIN_COUNT);
    ALL(LOWER, invariant_id, enum invariant, INVARIANT_COUNT);
    for (unsigned i = 0; i < FILING_STATE_COUNT; i++) {
        assert_true(strlen(filing_state_text((enum filing_state)i)) > 0);
    }
    assert_string_equal(filing_event_name(FILING_EV_DEREGISTER), "deregister");
    assert_string_equal(filing_event_name(FILING_EV_AUDIT_TIMEOUT), "audit_timeout");
    assert_string_equal(filing_event_name(FILING_EV_REFILE), "refile");
}

static void events_are_found_by_name(void **state)
{
    (void)state;
    struct words w = {.alphabet = LOWER};
    for (unsigned k = 0; k < EVENT_KIND_COUNT; k++) {
        const struct event_info *info = event_info((enum event_kind)k);
        add(&w, info->name);
        assert_int_equal(event_find(info->name), k);
        assert_true(strlen(info->text) > 0);
        assert_int_equal(info->required & info->optional, 0);
        assert_int_equal(info->derived, k >= EV_FIRST_DERIVED);
    }
    assert_int_equal(event_find("no_such_event"), EVENT_KIND_COUNT);
    assert_int_equal(event_find(""), EVENT_KIND_COUNT);
}

/* The codes that FACTS B suggests, letter by letter. */
static void refusals_are_found_by_code(void **state)
{
    (void)state;
    static const char *const facts[] = {
        "ICP_ORDER_OPEN",     "TLD_NOT_APPROVED",     "REGISTRAR_NOT_APPROVED",
        "REALNAME_MISMATCH",  "DOMAIN_TERM_SHORT",    "NO_MAINLAND_RESOURCE",
        "ICP_BAD_STATE",      "SMS_EXPIRED",          "DOMAIN_RESOLVES_DURING_FILING",
        "SMS_LOCKED",         "ICP_LOCKED_AT_BUREAU", "SUBJECT_CHANGED_REFILE",
        "ICP_REVOKED_FINAL",  "ENTITY_BARRED",        "FILING_REQUIRED",
        "VETTING_NEEDS_ICP",  "VETTING_INCOMPLETE",   "VETTING_REQUIRED",
        "SHARED_EDGE_POLICY", "BLACKLIST_STICKY",     "IPV6_MANDATORY",
        "LEGAL_OVERRIDE"};
    struct words w = {.alphabet = UPPER};
    for (unsigned r = REFUSAL_NONE + 1; r < REFUSAL_COUNT; r++) {
        const char *code = refusal_name((enum refusal)r);
        add(&w, code);
        assert_int_equal(refusal_find(code), r);
        assert_true(strlen(refusal_text((enum refusal)r)) > 0);
        assert_int_equal(strncmp(refusal_source((enum refusal)r), "FACTS ", 6), 0);
        assert_true(strlen(refusal_advice((enum refusal)r)) > 20);
    }
    for (size_t i = 0; i < CN_ARRAY_LEN(facts); i++) {
        assert_int_not_equal(refusal_find(facts[i]), REFUSAL_NONE);
    }
    assert_string_equal(refusal_name(REFUSAL_NONE), "");
    assert_string_equal(refusal_text(REFUSAL_NONE), "applied");
    assert_string_equal(refusal_source(REFUSAL_NONE), "");
    assert_string_equal(refusal_advice(REFUSAL_NONE), "");
    assert_int_equal(refusal_find("NO_SUCH_CODE"), REFUSAL_NONE);
    assert_int_equal(refusal_find(""), REFUSAL_NONE);
}

/* --- reasons -------------------------------------------------------------------------------- */

struct reason {
    const char *name; /* the sentence */
    enum policy_rule rule;
    uint16_t arg;
};

// clang-format off
static struct reason reasons[] = {
    {"the client's line cn/shanghai/telecom is in the mainland", RULE_CLIENT_MAINLAND,
     LINE_SH_TELECOM},
    {"the client's line is unknown; treated as us", RULE_CLIENT_UNKNOWN, LINE_US},
    {"the site's coverage is domestic",             RULE_COVERAGE,       COVERAGE_DOMESTIC},
    {"the domain is blacklisted",                   RULE_BLACKLISTED,    0},
    {"the filing is ACTIVE",                        RULE_FILING_SERVES,  FILING_ACTIVE},
    {"the filing was lost: REVOKED",                RULE_FILING_LOST,    FILING_REVOKED},
    {"the filing's status is unknown; the last known one, OK, is kept for the grace period",
     RULE_STATUS_UNKNOWN_GRACE, STATUS_OK},
    {"the partner suspended the site",       RULE_PARTNER_SUSPENDED,     0},
    {"the partner suspended the holder",     RULE_PARTNER_SUSPENDED,     1},
    {"the partner suspended the account",    RULE_PARTNER_SUSPENDED,     2},
    {"the subscription is ENDED",            RULE_SUBSCRIPTION_INACTIVE, SUBSCRIPTION_ENDED},
    {"vetting has not passed: UNDER_REVIEW", RULE_VETTING_MISSING,       VETTING_UNDER_REVIEW},
    {"the host is not provisioned: PENDING", RULE_PROVISIONING_MISSING,  PROVISIONING_PENDING},
    {"the revocation policy is to_origin",   RULE_REVOCATION_POLICY,     POLICY_TO_ORIGIN},
    {"PoP sha is nearer but not usable",     RULE_POP_SKIPPED,           POP_SHA},
};
// clang-format on

static void check_reason(void **state)
{
    const struct reason *r = *state;
    static struct fixture f;
    char text[200];
    char small[10];
    fixture_init(&f);
    const struct topology *t = topology_build(&f.arena, &f.topology);
    assert_non_null(t);
    struct policy_reason reason = {.rule = (uint8_t)r->rule, .arg = r->arg};
    policy_reason_text(t, reason, text, sizeof(text));
    assert_string_equal(text, r->name);
    policy_reason_text(t, reason, small, sizeof(small));
    assert_int_equal(strlen(small), 9);
    assert_memory_equal(small, text, 9);
    fixture_free(&f);
}

/* Every rule has an id and a sentence without a mark left in it. */
static void rules_are_found_by_id(void **state)
{
    (void)state;
    static struct fixture f;
    struct words w = {.alphabet = LOWER "."};
    fixture_init(&f);
    const struct topology *t = topology_build(&f.arena, &f.topology);
    assert_non_null(t);
    for (unsigned r = 0; r < RULE_COUNT; r++) {
        char text[200];
        const char *id = policy_rule_id((enum policy_rule)r);
        add(&w, id);
        assert_int_equal(policy_rule_find(id), r);
        policy_reason_text(t, (struct policy_reason){.rule = (uint8_t)r}, text, sizeof(text));
        assert_true(strlen(text) > 0 && strlen(text) < sizeof(text) - 1);
        assert_null(strchr(text, '%'));
    }
    assert_int_equal(policy_rule_find("no.such.rule"), RULE_COUNT);
    fixture_free(&f);
}

/* --- settings ------------------------------------------------------------------------------- */

static bool same_range(struct duration_range r, int64_t min_s, int64_t max_s)
{
    return r.min.ns == min_s * SIMDUR_SECOND && r.max.ns == max_s * SIMDUR_SECOND;
}

/* The defaults that FACTS gives or suggests. */
static void defaults(void **state)
{
    (void)state;
    enum { H = 3600, D = 86400 };
    struct choices c;
    choices_default(&c);
    assert_int_equal(c.revocation_policy, POLICY_REROUTE_OVERSEAS);
    assert_int_equal(c.coverage, COVERAGE_GLOBAL);
    assert_int_equal(c.nearest_metric, METRIC_RTT);
    assert_true(c.near_first && c.line_failover && c.degraded_usable);
    assert_int_equal(c.ttl_mainland_s, 60);
    assert_int_equal(c.ttl_outside_s, 300);
    assert_int_equal(c.ttl_failover_s, 60);
    assert_int_equal(c.ttl_negative_s, 60);
    assert_int_equal(c.sms_tries, 5);
    assert_true(same_range(c.ttl_settle, D, D));
    assert_true(same_range(c.observe_delay, 0, 0));
    assert_true(same_range(c.sync_delay, 8 * H, 8 * H));
    assert_true(same_range(c.provisioning_delay, 24 * H, 24 * H));
    assert_true(same_range(c.sms_window, 24 * H, 24 * H));
    assert_true(same_range(c.audit_deadline, 30 * D, 30 * D));
    assert_true(same_range(c.shell_delay, D, D));
    assert_true(same_range(c.shell_cleanup, 60 * D, 60 * D));
    assert_true(same_range(c.unknown_grace, H, H));
    assert_true(same_range(c.blacklist_min_listed, 365 * D, 365 * D));
    assert_true(c.realname_age.business && same_range(c.realname_age, 3 * D, 3 * D));
    assert_true(same_range(c.domain_term, 90 * D, 90 * D));
    assert_true(same_range(c.resource_term, 90 * D, 90 * D));
    assert_int_equal(c.approved_tlds.count, 0); /* the rule tld_set decides */
    assert_false(choices_given(&c, offsetof(struct choices, approved_tlds)));
}

static bool is_grade(const char *text)
{
    static const char *const grades[] = {"X", "D", "M", "R", "F", "V", "I", "K", "SIM"};
    for (size_t i = 0; i < CN_ARRAY_LEN(grades); i++) {
        if (strcmp(grades[i], text) == 0) return true;
    }
    return false;
}

static void settings_are_described(void **state)
{
    (void)state;
    size_t count;
    const struct choice_info *table = choices_table(&count);
    struct words w = {.alphabet = LOWER};
    for (size_t i = 0; i < count; i++) {
        add(&w, table[i].name);
        assert_true(strlen(table[i].text) > 0);
        assert_int_equal(strncmp(table[i].source, "FACTS", 5), 0);
        assert_true(table[i].offset < sizeof(struct choices));
        assert_true(is_grade(table[i].grade));
        assert_int_equal(table[i].c4 & ~(CHOICE_C4(CHOICES_DECLARED + 1) - 2), 0);
        for (size_t k = 0; k < i; k++) {
            assert_int_not_equal(table[i].offset, table[k].offset);
        }
    }
}

struct range {
    const char *name;     /* the text */
    int64_t min_s, max_s; /* -1: not a range */
    bool business;
};

static struct range ranges[] = {
    {"0s", 0, 0, false},
    {"8h", 28800, 28800, false},
    {"7h..24h", 25200, 86400, false},
    {"1h..1h", 3600, 3600, false},
    {"1h30m..2d", 5400, 172800, false},
    {"0bd", 0, 0, true},
    {"3bd", 3 * 86400, 3 * 86400, true},
    {"1bd..20bd", 86400, 20 * 86400, true},
    {"10000bd", INT64_C(864000000), INT64_C(864000000), true},
    {"10001bd", -1, -1, false},
    {"bd", -1, -1, false},
    {"1bd..", -1, -1, false},
    {"1bd..20d", -1, -1, false},
    {"1d..20bd", -1, -1, false},
    {"1bd12h", -1, -1, false},
    {"1d1bd", -1, -1, false},
    {"2bd..1bd", -1, -1, false},
    {"-1bd", -1, -1, false},
    {"", -1, -1, false},
    {"..", -1, -1, false},
    {"1h..", -1, -1, false},
    {"..1h", -1, -1, false},
    {"2h..1h", -1, -1, false},
    {"1h...2h", -1, -1, false},
    {"1h..2h..3h", -1, -1, false},
    {"1h - 2h", -1, -1, false},
    {"1h..2h ", -1, -1, false},
};

static void check_range(void **state)
{
    const struct range *r = *state;
    struct duration_range got = {{-5}, {-5}, false};
    assert_int_equal(choices_read_range(r->name, &got), r->min_s >= 0);
    if (r->min_s < 0) {
        assert_int_equal(got.min.ns, -5); /* untouched */
    } else {
        assert_true(same_range(got, r->min_s, r->max_s));
        assert_int_equal(got.business, r->business);
    }
}

/* Whole seconds where the bounds are whole seconds, else whole microseconds: a report can write it.
 */
static void draws_can_be_written(void **state)
{
    (void)state;
    struct duration_range seconds = {{0}, {10 * SIMDUR_SECOND}, false};
    struct duration_range finer = {{500000}, {2 * SIMDUR_SECOND}, false};
    bool seen[11] = {false};
    for (uint64_t n = 0; n < 500; n++) {
        int64_t ns = choices_draw(seconds, 1, "shop.example", "p", n).ns;
        assert_int_equal(ns % SIMDUR_SECOND, 0);
        assert_true(ns >= 0 && ns <= 10 * SIMDUR_SECOND);
        seen[ns / SIMDUR_SECOND] = true;
        ns = choices_draw(finer, 1, "shop.example", "p", n).ns;
        assert_int_equal(ns % 1000, 0);
        assert_true(ns >= 500000 && ns <= 2 * SIMDUR_SECOND);
    }
    for (int i = 0; i <= 10; i++) {
        assert_true(seen[i]); /* both ends too */
    }
    struct duration_range one = {{7}, {7}, false};
    assert_int_equal(choices_draw(one, 1, "x", "p", 0).ns, 7);
}

int main(void)
{
    enum { REASONS = CN_ARRAY_LEN(reasons), RANGES = CN_ARRAY_LEN(ranges) };
    const struct CMUnitTest others[] = {
        cmocka_unit_test(names_of_enumerators),
        cmocka_unit_test(events_are_found_by_name),
        cmocka_unit_test(refusals_are_found_by_code),
        cmocka_unit_test(rules_are_found_by_id),
        cmocka_unit_test(defaults),
        cmocka_unit_test(settings_are_described),
        cmocka_unit_test(draws_can_be_written),
    };
    struct CMUnitTest tests[REASONS + RANGES + CN_ARRAY_LEN(others)];
    TABLE_TESTS(tests, reasons, check_reason)
    TABLE_TESTS(tests + REASONS, ranges, check_range)
    memcpy(tests + REASONS + RANGES, others, sizeof(others));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
