/* SPDX-License-Identifier: MIT
 * What crosses the decision table of FACTS C2 from the side, over every host, policy and coverage
 * of c2_table.h: where zones are answered (rows 27, 28), another metric of "nearest" (which tells
 * region_overseas from rerouting), a TTL of the site's own (C3), the partial set-up (C1), and two
 * conditions at once. */
#include "c2_run.h"

static struct c2 t;

/* The networks in which each kind of answer occurs. */
static const char *const few_inside[] = {"all up", "sha down", "partner out", "v6 dead, NODATA",
                                         "one address blocked"};
static const char *const few_outside[] = {"all up", "hkg down", "all down"};

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) return true;
    }
    return false;
}

/* Calls `check` for the few networks. */
static void each_of_few(const struct c2_outside *outside, size_t count, void (*check)(void))
{
    c2_start(&t);
    for (size_t o = 0; o < count; o++) {
        if (!is_among(outside[o].name, few_outside, CN_ARRAY_LEN(few_outside))) continue;
        c2_set_outside(&t, &outside[o]);
        for (size_t i = 0; i < C2_NETWORKS; i++) {
            bool few = is_among(c2_mainland[i].name, few_inside, CN_ARRAY_LEN(few_inside));
            if (!few || (c2_mainland[i].families & A) == 0) continue;
            c2_set_inside(&t, i);
            check();
            c2_network(&t.s, c2_mainland[i].words, true);
        }
        c2_network(&t.s, outside[o].words, true);
    }
}

static void check_all(void)
{
    c2_check_all(&t);
}

/* Every host, policy, coverage and cool-down. */
static void each_state(void (*check)(void))
{
    for (size_t i = 0; i < CN_ARRAY_LEN(c2_hosts); i++) {
        for (int n = 0; n < POLICY_COUNT * COVERAGE_COUNT * 2; n++) {
            t.host = &c2_hosts[i];
            t.policy = (enum revocation_policy)(n / 2 / COVERAGE_COUNT);
            t.coverage = (enum coverage)(n / 2 % COVERAGE_COUNT);
            t.cooling = n % 2 != 0;
            c2_begin(&t);
            if (t.metric == METRIC_RTT) {
                each_of_few(c2_outside, CN_ARRAY_LEN(c2_outside), check);
            } else {
                each_of_few(c2_outside_circle, CN_ARRAY_LEN(c2_outside_circle), check);
            }
            fixture_free(&t.s.f);
        }
    }
    print_message("%llu combinations\n", (unsigned long long)t.combinations);
}

/* C4.1, C2: by great circles Taipei is nearer than Hong Kong, but region_overseas passes it over.
 */
static void great_circle(void **state)
{
    (void)state;
    t = (struct c2){.metric = METRIC_GREAT_CIRCLE};
    each_state(check_all);
}

/* C3: the site's own TTL stands for the lasting ones, never for those of answers that may soon
 * change or of names that are gone. */
static void own_ttl(void **state)
{
    (void)state;
    t = (struct c2){.metric = METRIC_RTT, .own_ttl_s = 70000};
    each_state(check_all);
}

/* C1: the CNAME of the partial set-up changes no answer of the table. */
static void partial(void **state)
{
    (void)state;
    t = (struct c2){.metric = METRIC_RTT, .partial = true};
    each_state(check_all);
}

/* --- rows 27 and 28 --------------------------------------------------------------------------- */

enum { NOBODY = 1, LATE_CN = 2, LATE_ABROAD = 4 };

static const struct dns_row {
    int row;
    enum dns_mode mode;
    bool out, congested; /* the nameservers in China; the border */
    unsigned what;
} dns_rows[] = {
    /* 27: in_china, the partner's DNS down: SERVFAIL or a timeout for everyone, ROW included */
    {27, DNS_IN_CHINA, true, false, NOBODY},
    {27, DNS_IN_CHINA, true, true, NOBODY},
    {0, DNS_GLOBAL, true, false, 0}, /* nobody asks them */
    /* 28: global, the border congested: the correct answer, but a CN client's query may time out */
    {28, DNS_GLOBAL, false, true, LATE_CN},
    {28, DNS_GLOBAL, true, true, LATE_CN},
    {28, DNS_IN_CHINA, false, true, LATE_ABROAD}, /* FACTS 0.6: there, the others' queries cross */
    {0, DNS_IN_CHINA, false, false, 0},
    {0, DNS_GLOBAL, false, false, 0},
};

static void check_message(const struct dns_row *r, int line, uint16_t type)
{
    const struct c2_client *c = &c2_clients[line];
    bool servfail = t.s.f.spec.choices.partner_dns_failure == DNS_FAILURE_SERVFAIL;
    struct answer a;
    answer_find(t.s.f.w, t.s.f.hosts[t.s.ask].name, type, (uint16_t)line, &a);
    t.combinations++;
    bool nobody = (r->what & NOBODY) != 0;
    if (nobody) {
        assert_int_equal(a.kind, servfail ? ANSWER_SERVFAIL : ANSWER_SILENT);
        assert_int_equal(a.cell.row, 27);
    }
    bool late = (r->what & (c->who == CN ? LATE_CN : LATE_ABROAD)) != 0;
    if (a.may_time_out != (late && !nobody)) fail_msg("%s: %s", c->name, t.host->name);
}

static void check_messages(void)
{
    struct choices *c = &t.s.f.spec.choices;
    for (size_t i = 0; i < 2 * CN_ARRAY_LEN(dns_rows); i++) {
        const struct dns_row *r = &dns_rows[i / 2];
        c->dns_mode = (int32_t)r->mode;
        c->partner_dns_failure = i % 2 != 0 ? DNS_FAILURE_SERVFAIL : DNS_FAILURE_SILENT;
        if (r->out) must(&t.s, fixture_event(EV_PARTNER_DNS_DOWN, t.s.at_s));
        if (r->congested) must(&t.s, fixture_event(EV_BORDER_CONGESTED, t.s.at_s));
        for (int line = 0; line < C2_LINES; line++) {
            check_message(r, line, RR_A);
            check_message(r, line, RR_AAAA);
        }
        if ((r->what & NOBODY) == 0) c2_check_all(&t); /* the correct answer */
        if (r->out) must(&t.s, fixture_event(EV_PARTNER_DNS_UP, t.s.at_s));
        if (r->congested) must(&t.s, fixture_event(EV_BORDER_CLEAR, t.s.at_s));
    }
}

/* Under each answer that there is: every host and policy in two networks. */
static void messages(void **state)
{
    (void)state;
    t = (struct c2){.metric = METRIC_RTT};
    for (size_t i = 0; i < CN_ARRAY_LEN(c2_hosts); i++) {
        for (int n = 0; n < POLICY_COUNT * COVERAGE_COUNT; n++) {
            t.host = &c2_hosts[i];
            t.policy = (enum revocation_policy)(n / COVERAGE_COUNT);
            t.coverage = (enum coverage)(n % COVERAGE_COUNT);
            c2_begin(&t);
            c2_start(&t);
            c2_set_outside(&t, &c2_outside[0]);
            c2_set_inside(&t, 0);
            check_messages();
            fixture_free(&t.s.f);
        }
    }
    print_message("%llu combinations\n", (unsigned long long)t.combinations);
}

/* --- two things wrong at once ----------------------------------------------------------------- */

/* What can be wrong with a live site, and what it is then. Order: C2 is read so that a loss, which
 * the revocation policy is about, comes before the rest, and otherwise what is looked at first: the
 * blacklist, the filing, the partner, the subscription, vetting, commercial licence and police. */
static const struct wrong {
    const char *words;
    int is;
    bool loss;
    int order; /* 1: a blacklist; 2: the filing; ... */
} wrongs[] = {
    {"blacklist", LISTED, false, 1},
    {"revoke", REVOKED, true, 2},
    {"revoke_subject", SUBJECT, true, 2},
    {"cancel_access", CANCELLED, true, 2},
    {"suspend:everyone", SUSPENDED, true, 3},
    {"partner_ends", ENDED, true, 3},
    {"suspend:site", SUSPENDED, true, 3},
    {"suspend:holder", SUSPENDED, true, 3},
    {"suspend:account", SUSPENDED, true, 4},
    {"terminate", SUSPENDED, true, 4},
    {"end", ENDED, true, 4},
    {"reject", REJECTED, true, 5},
    {"commercial=NONE", NO_PAPER, false, 6},
    {"psb=PENALISED", NO_PAPER, false, 6},
};

static const struct wrong *first_of(const struct wrong *a, const struct wrong *b)
{
    if (a->loss != b->loss) return a->loss ? a : b;
    return a->order <= b->order ? a : b;
}

/* Events of the same machine exclude each other. */
static bool exclude(const struct wrong *a, const struct wrong *b)
{
    bool partner = a->order == 3 && b->order == 3 && a->words[0] != b->words[0];
    bool filing = a->order == 2 && b->order == 2;
    return a == b || filing || (a->order == 4 && b->order == 4) || partner;
}

static void two_at_once(void **state)
{
    (void)state;
    t = (struct c2){.metric = METRIC_RTT};
    for (size_t i = 0; i < CN_ARRAY_LEN(wrongs) * CN_ARRAY_LEN(wrongs); i++) {
        const struct wrong *a = &wrongs[i / CN_ARRAY_LEN(wrongs)];
        const struct wrong *b = &wrongs[i % CN_ARRAY_LEN(wrongs)];
        char words[64];
        if (exclude(a, b)) continue;
        snprintf(words, sizeof(words), "%s %s", a->words, b->words);
        const struct wrong *first = first_of(a, b);
        struct c2_host host = {.name = words,
                               .words = words,
                               .is = first->is,
                               .barred = first->loss && !(a->loss && b->loss)};
        for (int n = 0; n < POLICY_COUNT * COVERAGE_COUNT; n++) {
            t.host = &host;
            t.policy = (enum revocation_policy)(n / COVERAGE_COUNT);
            t.coverage = (enum coverage)(n % COVERAGE_COUNT);
            c2_begin(&t);
            each_of_few(c2_outside, CN_ARRAY_LEN(c2_outside), check_all);
            fixture_free(&t.s.f);
        }
    }
    print_message("%llu combinations\n", (unsigned long long)t.combinations);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {.name = "C2.nearest_metric.exhaustive", .test_func = great_circle},
        {.name = "C2.own_ttl.exhaustive", .test_func = own_ttl},
        {.name = "C1.setup.partial.exhaustive", .test_func = partial},
        {.name = "C2.row27.row28.exhaustive", .test_func = messages},
        {.name = "C2.two_at_once", .test_func = two_at_once},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
