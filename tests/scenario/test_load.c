/* SPDX-License-Identifier: MIT
 * What a loaded scenario holds: every key arrives where it belongs, and absent ones are defaults.
 */
#include "test.h"

#include "loaded.h"

#include "cnedge/base/timetext.h"

static struct loaded everything; /* tests/scenario/valid/everything.json */

static int load_everything(void **state)
{
    (void)state;
    loaded_file(&everything, "tests/scenario/valid/everything.json");
    loaded_complain(&everything);
    return everything.s != NULL ? 0 : -1;
}

static int free_everything(void **state)
{
    (void)state;
    loaded_free(&everything);
    return 0;
}

static int64_t instant(const char *text)
{
    walltime t;
    assert_true(timetext_instant(text, &t));
    return t.ns;
}

static void assert_name(const uint8_t *wire, const char *text)
{
    char got[DNAME_TEXT_MAX];
    assert_non_null(wire);
    dname_to_text(wire, got);
    assert_string_equal(got, text);
}

static const struct scenario_event *event(const char *id)
{
    const struct scenario *s = everything.s;
    for (uint32_t i = 0; i < s->event_count; i++) {
        if (strcmp(s->events[i].id, id) == 0) return &s->events[i];
    }
    fail_msg("no event %s", id);
    return NULL;
}

static void test_head(void **state)
{
    const struct scenario *s = everything.s;
    (void)state;
    assert_int_equal(everything.status, CN_OK);
    assert_string_equal(s->file, "tests/scenario/valid/everything.json");
    assert_string_equal(s->name, "everything");
    assert_string_equal(s->description, "Every key of the format at least once.");
    assert_string_equal(s->source, "made up");
    assert_true(s->seed == UINT64_C(9007199254740991) && s->world.seed == s->seed);
    assert_true(s->start.ns == instant("2026-03-02T01:00:00Z") && s->world.start.ns == s->start.ns);
    assert_true(s->end.ns == 31 * INT64_C(86400) * SIMDUR_SECOND);
    assert_int_equal(s->world.nameserver_count, 2);
    assert_name(s->world.nameservers[0], "ns1.cnedge.example.");
    assert_name(s->world.nameservers[1], "ns2.cnedge.example.");
}

static void test_choices(void **state)
{
    const struct choices *c = &everything.s->world.choices;
    (void)state;
    assert_int_equal(c->nearest_metric, METRIC_GREAT_CIRCLE);
    assert_int_equal(everything.s->world.topology->metric, METRIC_GREAT_CIRCLE);
    assert_false(c->line_failover);
    assert_true(c->near_first);
    assert_int_equal(c->ttl_failover_s, 30);
    assert_int_equal(c->ttl_negative_s, 0);
    assert_true(c->observe_delay.min.ns == 0 && c->observe_delay.max.ns == 300 * SIMDUR_SECOND);
    assert_true(c->unknown_grace.min.ns == 5400 * SIMDUR_SECOND);
    assert_int_equal(c->sms_tries, 3);
    assert_int_equal(c->approved_tlds.count, 2);
    assert_string_equal(c->approved_tlds.item[0], "example");
    assert_string_equal(c->approved_tlds.item[1], "cn");
    assert_string_equal(c->approved_tlds.item[2], "");
}

static void test_calendar(void **state)
{
    const struct calendar *c = &everything.s->world.calendar;
    (void)state;
    assert_int_equal(c->holiday_count, 1);
    assert_int_equal(c->holidays[0], 20522); /* 2026-03-10 */
    assert_int_equal(c->workday_count, 2);
    assert_int_equal(c->workdays[0], 20519);
    assert_int_equal(c->workdays[1], 20727);
}

static void test_entities(void **state)
{
    const struct world_spec *w = &everything.s->world;
    (void)state;
    assert_int_equal(w->holder_count, 2);
    assert_string_equal(w->holders[1].id, "person");
    assert_int_equal(w->holders[0].commercial, COMMERCIAL_ISSUED);
    assert_true(w->holders[0].commercial_until.ns == instant("2028-06-30T16:00:00Z"));
    assert_false(w->holders[0].barred || w->holders[0].suspended);
    assert_int_equal(w->account_count, 2);
    assert_string_equal(w->accounts[1].id, "other");
    assert_int_equal(w->accounts[1].subscription, SUBSCRIPTION_CONTRACTED);
}

static void test_full_site(void **state)
{
    const struct world_spec *w = &everything.s->world;
    const struct site_spec *s = &w->sites[0];
    (void)state;
    assert_string_equal(s->domain, "shop.example");
    assert_name(s->apex, "shop.example.");
    assert_int_equal(s->holder, 0);
    assert_int_equal(s->account, 0);
    assert_string_equal(s->number, "\xe6\xb2\xaaICP\xe5\xa4\x87"
                                   "12345678\xe5\x8f\xb7-1");
    assert_int_equal(s->filing, FILING_ACTIVE);
    assert_int_equal(s->accesses, 3);
    assert_true(s->needs_commercial);
    assert_int_equal(s->policy, POLICY_TO_ORIGIN);
    assert_true(s->registrar_ok && s->realname_matches);
    assert_true(s->realname_since.ns == instant("2020-01-01T00:00:00Z"));
    assert_true(s->domain_expires.ns == instant("2030-01-01T00:00:00Z"));
    assert_true(s->resource_until.ns == instant("2028-01-01T00:00:00Z"));
    assert_non_null(s->origin);
    assert_int_equal(s->origin->v4_count, 2);
    assert_memory_equal(s->origin->v4[1], ((uint8_t[]){192, 0, 2, 2}), 4);
    assert_int_equal(s->origin->v6_count, 1);
    assert_int_equal(s->origin->v6[0][15], 1);
}

static void test_other_sites(void **state)
{
    const struct world_spec *w = &everything.s->world;
    const struct site_spec *s = &w->sites[1];
    (void)state;
    assert_int_equal(w->site_count, 4); /* and an app */
    assert_int_equal(w->app_count, 1);
    assert_true(w->sites[3].app);
    assert_string_equal(w->sites[3].domain, "phone");
    assert_int_equal(w->sites[3].holder, w->sites[0].holder);
    assert_int_equal(rules_day(w->sites[3].online_since), 20250601);
    assert_int_equal(s->filing, FILING_REVOKED);
    assert_null(s->number);
    assert_int_equal(s->vetting, VETTING_SUBMITTED);
    assert_int_equal(s->coverage, COVERAGE_GLOBAL);
    assert_int_equal(s->policy, POLICY_REROUTE_OVERSEAS);
    assert_true(s->resource_until.ns == 0);
    assert_true(s->domain_expires.ns == INT64_MAX);
    assert_true(s->realname_since.ns == 0);
    assert_int_equal(w->edge_name_count, 1);
    assert_int_equal(s->edge_name, w->sites[0].edge_name); /* however it is written */
    assert_int_equal(w->sites[2].edge_name, CN_NONE32);
    assert_true(w->sites[2].resolution_closed);
    assert_false(w->sites[2].registrar_ok || w->sites[2].realname_matches);
    assert_true(w->sites[2].resource_until.ns == INT64_MAX);
}

static void test_hosts(void **state)
{
    const struct world_spec *w = &everything.s->world;
    static const char *const names[] = {
        "shop.example.",       "www.shop.example.",  "a.b.shop.example.",      "cdn.shop.example.",
        "alias.shop.example.", "blog.shop.example.", "www.blog.shop.example.", "www.new.example."};
    static const uint32_t sites[] = {0, 0, 0, 0, 0, 1, 1, 2};
    (void)state;
    assert_int_equal(w->host_count, CN_ARRAY_LEN(names));
    for (uint32_t i = 0; i < w->host_count; i++) {
        assert_name(w->hosts[i].name, names[i]);
        assert_int_equal(w->hosts[i].site, sites[i]);
    }
    assert_int_equal(w->sites[1].host_first, 5);
    assert_int_equal(w->sites[1].host_count, 2);
    assert_int_equal(w->hosts[1].provisioning, PROVISIONING_PROVISIONED);
    assert_int_equal(w->hosts[3].provisioning, PROVISIONING_ALLOWLISTED);
    assert_false(w->hosts[3].active);
    assert_int_equal(w->hosts[3].txt_count, 2);
    assert_string_equal(w->hosts[3].txt[0], "v=spf1 -all");
    assert_name(w->hosts[4].cname, "www.shop.example.");
    assert_int_equal(w->hosts[4].provisioning, PROVISIONING_NOT_READY);
    assert_int_equal(w->hosts[5].provisioning, PROVISIONING_NOT_READY); /* never vetted */
}

static void test_clients(void **state)
{
    const struct scenario *s = everything.s;
    struct scenario_client c;
    char why[SCENARIO_WHY_MAX];
    (void)state;
    assert_int_equal(s->client_count, 4);
    assert_string_equal(s->clients[0].name, "office");
    assert_int_equal(s->clients[0].address_bits, 0);
    assert_int_equal(s->clients[1].address_bits, 32);
    assert_int_equal(s->clients[2].address_bits, 24);
    assert_memory_equal(s->clients[1].address, ((uint8_t[]){202, 96, 209, 5}), 4);
    assert_true(s->clients[3].v6 && s->clients[3].address_bits == 128);
    assert_true(scenario_client_find(s, "lab", &c, why));
    assert_string_equal(c.name, "lab");
    assert_int_equal(c.address_bits, 24);
    assert_int_equal(c.line, topology_find_line(s->world.topology, "cn/shanghai/telecom"));
    assert_true(scenario_client_find(s, "de", &c, why));
    assert_int_equal(c.address_bits, 0);
    assert_true(scenario_client_find(s, "8.8.8.0/24", &c, why));
    assert_int_equal(c.line, topology_find_line(s->world.topology, "us"));
    assert_int_equal(c.part_bits, 0);
    assert_true(scenario_client_find(s, "202.96.0.0/16", &c, why)); /* as a Client Subnet */
    assert_int_equal(c.address_bits, 16);
    assert_true(c.part_bits > 16);
    assert_int_equal(scenario_asker(&c).bits, 16);
    assert_false(scenario_client_find(s, "202.96.0.0/0", &c, why));
    assert_false(scenario_client_find(s, "::ffff:8.8.8.8", &c, why));
    assert_non_null(strstr(why, "did you mean \"8.8.8.8\"?"));
    assert_false(scenario_client_find(s, "nowhere", &c, why));
    assert_false(scenario_client_find(s, "8.8.8.1/24", &c, why));
    assert_false(scenario_client_find(s, "", &c, why));
}

static void test_event_order(void **state)
{
    const struct scenario *s = everything.s;
    static const uint32_t order[] = {2, 0, 3, 1, 5, 6, 7, 8, 9, 10, 11, 12, 13, 4};
    (void)state;
    assert_int_equal(s->event_count, CN_ARRAY_LEN(order));
    for (uint32_t i = 0; i < s->event_count; i++) {
        assert_int_equal(s->events[i].number, order[i]);
    }
}

static void test_events(void **state)
{
    const struct scenario *s = everything.s;
    const struct event *e = &event("revoked")->event;
    (void)state;
    assert_true(e->at.ns == 1200 * SIMDUR_SECOND);
    assert_int_equal(e->kind, EV_REVOKE_SITE);
    assert_int_equal(e->site, 0);
    assert_int_equal(e->host, CN_NONE32);
    assert_int_equal(e->holder, CN_NONE32);
    assert_int_equal(e->pop, CN_NONE16);
    assert_int_equal(e->carrier, CN_NONE16);
    assert_int_equal(e->cause, CAUSE_FALSE_DATA);
    assert_int_equal(event("revoked")->refused, REFUSAL_NONE);
    assert_int_equal(event("ipv6")->refused, REFUSAL_IPV6_MANDATORY);
    assert_true(event("ipv6")->event.at.ns == 1230 * SIMDUR_SECOND);
    assert_int_equal(s->events[0].event.host, 3);
    assert_int_equal(s->events[2].event.scope, SCOPE_HOLDER);
    assert_int_equal(s->events[2].event.holder, 0);
    assert_int_equal(s->events[13].event.scope, SCOPE_EVERYONE);
    assert_int_equal(s->events[4].event.carrier, CARRIER_TELECOM);
    assert_int_equal(s->events[4].event.region,
                     topology_find_region(s->world.topology, "shanghai"));
    assert_int_equal(s->events[6].event.pop, topology_find_pop(s->world.topology, "hkg"));
    assert_true(s->events[7].event.subject_changes);
    assert_int_equal(s->events[8].event.inputs, 1 << VETTING_IN_CUSTOMER | 1 << VETTING_IN_DOMAIN);
    assert_int_equal(s->events[9].event.coverage, COVERAGE_OVERSEAS);
    assert_int_equal(s->events[10].event.account, 1);
    assert_int_equal(s->events[12].event.site, 3); /* the app */
}

static void test_places(void **state)
{
    const struct scenario *s = everything.s;
    (void)state;
    assert_string_equal(event("ipv6")->place.pointer, "/events/1");
    assert_int_equal(event("ipv6")->place.column, 5);
    assert_int_equal(event("ipv6")->place.line, event("revoked")->place.line + 2);
    assert_string_equal(s->expectations[10].place.pointer, "/expect/10");
    assert_int_equal(s->expectations[10].place.line, s->expectations[9].place.line + 1);
}

static void test_answer_expectation(void **state)
{
    const struct expectation *e = &everything.s->expectations[0];
    (void)state;
    assert_string_equal(e->id, "e1");
    assert_int_equal(e->when, EXPECT_AT);
    assert_true(e->from.ns == 1200 * SIMDUR_SECOND && e->until.ns == e->from.ns);
    assert_int_equal(e->subject, EXPECT_ANSWER);
    assert_int_equal(e->asserts,
                     ASSERT_ADDRESS | ASSERT_RCODE | ASSERT_TTL | ASSERT_REASON | ASSERT_ROW);
    assert_int_equal(e->host_count, 1);
    assert_int_equal(e->hosts[0], 1);
    assert_int_equal(e->line_count, 1);
    assert_int_equal(e->lines[0], everything.s->clients[0].line);
    assert_int_equal(e->type, RR_AAAA);
    assert_int_equal(e->address_count, 2);
    assert_true(e->addresses[0].v6 && e->addresses[0].bits == 32);
    assert_int_equal(e->ttl_min_s, 1);
    assert_int_equal(e->ttl_max_s, 300);
    assert_int_equal(e->rule_count, 1);
    assert_int_equal(e->rules[0], RULE_FILING_LOST);
    assert_int_equal(e->row, 10);
    assert_int_equal(e->site, CN_NONE32);
}

static bool selects(const struct expectation *e, const char *line)
{
    uint16_t index = topology_find_line(everything.s->world.topology, line);
    for (uint16_t i = 0; i < e->line_count; i++) {
        if (i > 0) assert_true(e->lines[i] > e->lines[i - 1]);
        if (e->lines[i] == index) return true;
    }
    return false;
}

/* In a list, what is named with "!" is left out of the rest; a client that is named stays. */
static void test_selections(void **state)
{
    const struct expectation *e = everything.s->expectations;
    (void)state;
    assert_true(selects(&e[1], "cn/beijing/unicom"));
    assert_false(selects(&e[1], "cn/shanghai/unicom"));
    assert_false(selects(&e[1], "cn/shanghai/telecom"));
    assert_false(selects(&e[1], "de"));
    assert_int_equal(e[1].host_count, 7); /* below shop.example, without it; and www.new.example */
    for (uint32_t i = 0; i < 7; i++) {
        assert_int_equal(e[1].hosts[i], i + 1);
    }
    assert_string_equal(e[1].expect_fail, "only to show the keys");
    assert_null(e[1].skip);
    assert_true(selects(&e[2], "hk"));
    assert_true(selects(&e[2], "unknown"));
    assert_false(selects(&e[2], "cn/beijing/unicom"));
    assert_int_equal(e[2].host_count, 8);
    assert_int_equal(e[2].classes, 1 << POP_NEAR | 1 << POP_GLOBAL);
    assert_int_equal(e[2].changes_max, 5);
    assert_true(e[2].from.ns == 0 && e[2].until.ns == everything.s->end.ns);
    assert_true(selects(&e[3], "cn/beijing/telecom"));
    assert_false(selects(&e[3], "cn/beijing/unicom"));
    assert_int_equal(e[3].when, EXPECT_NEVER);
    assert_int_equal(e[3].pop_count, 2);
    assert_name(e[4].name, "nothing.shop.example.");
    assert_int_equal(e[4].host_count, 0);
    assert_int_equal(e[4].rcode, RCODE_NXDOMAIN);
    assert_int_equal(e[4].ttl_min_s, 60);
    assert_int_equal(e[4].ttl_max_s, 60);
}

static void test_state_and_event_expectations(void **state)
{
    const struct expectation *e = everything.s->expectations;
    (void)state;
    assert_int_equal(e[6].subject, EXPECT_STATE);
    assert_int_equal(e[6].asserts, ASSERT_FILING | ASSERT_VETTING | ASSERT_COMMERCIAL);
    assert_int_equal(e[6].site, 0);
    assert_int_equal(e[6].filing, FILING_REVOKED);
    assert_int_equal(e[7].account, 0);
    assert_int_equal(e[7].subscription, SUBSCRIPTION_ACTIVE);
    assert_int_equal(e[8].host, 3);
    assert_int_equal(e[8].provisioning, PROVISIONING_ALLOWLISTED);
    assert_int_equal(e[9].subject, EXPECT_EVENT);
    assert_ptr_equal(&everything.s->events[e[9].event], event("ipv6"));
    assert_int_equal(e[9].refused, REFUSAL_IPV6_MANDATORY);
    assert_int_equal(e[10].asserts, ASSERT_APPLIED);
}

static void test_times(void **state)
{
    const struct scenario *s = everything.s;
    simtime t;
    char why[SCENARIO_WHY_MAX];
    (void)state;
    assert_true(scenario_time(s, "ipv6+10s", &t, why));
    assert_true(t.ns == 1240 * SIMDUR_SECOND);
    assert_true(scenario_time(s, "end", &t, why));
    assert_true(t.ns == s->end.ns);
    assert_true(scenario_time(s, "2026-03-02T01:00:01Z", &t, why));
    assert_true(t.ns == SIMDUR_SECOND);
}

static void test_wrong_times(void **state)
{
    static const struct {
        const char *text, *why; /* how the message goes on behind "got" */
    } rows[] = {
        {"nobody", "\"start\" or \"end\", got \"nobody\""},
        {"ipv7+10s", "got \"ipv7\"; did you mean \"ipv6\"?"},
        {"strat", "got \"strat\"; did you mean \"start\"?"},
        {"20m", "got \"20m\"; did you mean \"+20m\"?"},
        {"20", "got \"20\"; the unit is missing: \"+20s\", \"+20m\", \"+20h\" or \"+20d\""},
        {"+20", "got \"+20\"; the unit is missing: \"+20s\", \"+20m\", \"+20h\" or \"+20d\""},
        {"2026-03-02T09:00:01", "got \"2026-03-02T09:00:01\"; the zone is missing: "
                                "\"2026-03-02T09:00:01Z\" in UTC, "
                                "\"2026-03-02T09:00:01+08:00\" in China"},
        {"2026-03-02 09:00:01+08:00",
         "got \"2026-03-02 09:00:01+08:00\"; did you mean \"2026-03-02T09:00:01+08:00\"?"},
        {"2026-03-02 09:00", "in China"},
        {"2026-02-30T09:00:00Z", "got \"2026-02-30T09:00:00Z\""},
        {"tomorrow morning", "got \"tomorrow morning\""},
        {"", "got \"\""},
        {"2026-03-02T00:59:59Z", "got \"2026-03-02T00:59:59Z\""},
        {"+400d", "got \"+400d\""},
    };
    (void)state;
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        simtime t;
        char why[SCENARIO_WHY_MAX];
        assert_false(scenario_time(everything.s, rows[i].text, &t, why));
        size_t len = strlen(why);
        size_t end = strlen(rows[i].why);
        if (strncmp(why, "expected ", 9) != 0 || len < end ||
            strcmp(why + len - end, rows[i].why) != 0) {
            fail_msg("%s: %s", rows[i].text, why);
        }
    }
}

static void test_defaults(void **state)
{
    struct loaded l;
    struct choices defaults;
    (void)state;
    loaded_file(&l, "tests/scenario/valid/minimal.json");
    assert_non_null(l.s);
    choices_default(&defaults);
    assert_memory_equal(&l.s->world.choices, &defaults, sizeof(defaults));
    assert_true(l.s->seed == 1);
    assert_string_equal(l.s->description, "");
    assert_int_equal(l.s->world.account_count, 1);
    assert_string_equal(l.s->world.accounts[0].id, "default");
    assert_int_equal(l.s->world.accounts[0].subscription, SUBSCRIPTION_ACTIVE);
    assert_int_equal(l.s->world.nameserver_count, 2);
    assert_int_equal(l.s->world.site_count, 0);
    assert_int_equal(l.s->world.unknown_line, l.s->world.topology->unknown_line);
    assert_int_equal(l.diags.errors, 0);
    assert_int_equal(l.diags.count, 1);
    assert_true(l.diags.item[0].warning);
    loaded_free(&l);
}

static void test_world_file(void **state)
{
    struct loaded l;
    (void)state;
    loaded_file(&l, "tests/scenario/valid/world-file.json");
    loaded_complain(&l);
    assert_non_null(l.s);
    const struct topology *t = l.s->world.topology;
    struct rtt_model model = rtt_model_default();
    assert_int_equal(t->pop_count, 2);
    assert_int_equal(t->line_count, 3);
    assert_int_equal(t->region_count, 2); /* guangdong and shanghai, in the order of their use */
    assert_string_equal(t->regions[0].name, "guangdong");
    assert_false(t->regions[0].east_china);
    assert_true(t->regions[1].east_china);
    assert_memory_equal(&t->rtt, &model, sizeof(model)); /* the table's defaults are the model's */
    const struct pop *can = &t->pops[topology_find_pop(t, "can")];
    assert_int_equal(can->class_, POP_MAINLAND);
    assert_string_equal(can->city, "Guangzhou");
    assert_int_equal(can->carriers,
                     1 << CARRIER_TELECOM | 1 << CARRIER_UNICOM | 1 << CARRIER_MOBILE);
    assert_int_equal(can->v4_count, 2);
    assert_int_equal(can->v6_count, 2);
    uint16_t west = topology_find_line(t, "us/west");
    assert_int_equal(l.s->world.unknown_line, west);
    assert_int_equal(prefix_find4(l.s->world.prefixes, (uint8_t[]){192, 0, 2, 127}).line,
                     topology_find_line(t, "cn/shanghai/telecom"));
    assert_int_equal(prefix_find4(l.s->world.prefixes, (uint8_t[]){192, 0, 2, 128}).line, west);
    assert_int_equal(prefix_find4(l.s->world.prefixes, (uint8_t[]){192, 0, 3, 1}).line,
                     t->unknown_line);
    loaded_free(&l);
}

static void test_extended_world(void **state)
{
    struct loaded l;
    struct loaded plain;
    (void)state;
    loaded_file(&l, "tests/scenario/valid/extended-world.json");
    loaded_file(&plain, "tests/scenario/valid/minimal.json");
    loaded_complain(&l);
    assert_non_null(l.s);
    const struct topology *t = l.s->world.topology;
    assert_int_equal(t->pop_count, plain.s->world.topology->pop_count + 1);
    assert_int_equal(t->line_count, plain.s->world.topology->line_count);
    const struct pop *hkg = &t->pops[topology_find_pop(t, "hkg")];
    assert_int_equal(hkg->v4_count, 1); /* replaced */
    assert_memory_equal(hkg->v4[0], ((uint8_t[]){127, 0, 0, 2}), 4);
    const struct pop *lab = &t->pops[topology_find_pop(t, "lab")];
    assert_int_equal(lab->region, topology_find_region(t, "shanghai"));
    assert_int_equal(l.s->world.unknown_line, topology_find_line(t, "us"));
    assert_int_equal(prefix_find4(l.s->world.prefixes, (uint8_t[]){10, 1, 2, 3}).line,
                     topology_find_line(t, "cn/shanghai/telecom"));
    assert_int_equal(prefix_find4(l.s->world.prefixes, (uint8_t[]){8, 8, 8, 8}).line,
                     topology_find_line(t, "us"));
    loaded_free(&plain);
    loaded_free(&l);
}

static void test_files_that_cannot_be_read(void **state)
{
    struct loaded l;
    (void)state;
    loaded_file(&l, "tests/scenario/no-such-file.json");
    assert_null(l.s);
    assert_int_equal(l.status, CN_E_IO);
    assert_int_equal(l.diags.errors, 1);
    loaded_free(&l);
    loaded_file(&l, "tests/scenario"); /* a directory */
    assert_null(l.s);
    assert_int_equal(l.status, CN_E_IO);
    loaded_free(&l);
}

/* The schema and the list of keys are printed, and an output that fails is noticed. */
static void test_descriptions(void **state)
{
    (void)state;
    FILE *null = fopen("/dev/null", "w");
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(null);
    assert_true(scenario_schema(null));
    assert_true(scenario_keys(null));
    fclose(null);
    if (full == NULL) return;
    setvbuf(full, NULL, _IONBF, 0);
    assert_false(scenario_schema(full));
    assert_false(scenario_keys(full));
    fclose(full);
}

/* What is no host's name may be asked for all the same; hints are for what is no name. */
static void any_name_can_be_asked_for(void **state)
{
    static const char *const good[] = {
        ".",        "a_b.example", "-x.example", "0/25.2.0.192.in-addr.arpa", "a\\032b.example",
        "*.example"};
    uint8_t name[DNAME_MAX];
    char why[SCENARIO_WHY_MAX];
    (void)state;
    for (size_t i = 0; i < CN_ARRAY_LEN(good); i++) {
        assert_true(scenario_name(good[i], name, why));
    }
    assert_false(scenario_name("a..example", name, why));
    assert_string_equal(why,
                        "expected a domain name, got \"a..example\"; a label is empty: there is a "
                        "dot too many");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_name_can_be_asked_for),
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_choices),
        cmocka_unit_test(test_calendar),
        cmocka_unit_test(test_entities),
        cmocka_unit_test(test_full_site),
        cmocka_unit_test(test_other_sites),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_clients),
        cmocka_unit_test(test_event_order),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_answer_expectation),
        cmocka_unit_test(test_selections),
        cmocka_unit_test(test_state_and_event_expectations),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_wrong_times),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_world_file),
        cmocka_unit_test(test_extended_world),
        cmocka_unit_test(test_files_that_cannot_be_read),
        cmocka_unit_test(test_descriptions),
    };
    return cmocka_run_group_tests(tests, load_everything, free_everything);
}
