/* SPDX-License-Identifier: MIT
 * story.h: a small world and what happens to it, as a line of words.
 *
 * The site `www.shop.example` is in order unless a word says
 * otherwise; `www.other.example` has the same holder and account.
 *
 *   state    filing=F vetting=V subscription=S provisioning=P commercial=C  from the start
 *            certificate (the holder's ends in a year)
 *            coverage=C policy=P blacklisted closed inactive (the host is yet to be added)
 *            edge (shares an edge name with other.example)
 *            second (a second partner, with PoP bjs) at_second (shop.example is onboarded there)
 *            package=S product=S: a bandwidth package, and a Hong Kong entry of edition cma from
 *            hkg with its premium instance at sin, which www.shop.example uses; attack on it
 *            both_carry, elsewhere (another provider, or only that one, carries its filing)
 *   events   revoke revoke_subject deregister audit add_access cancel_access (at the partner)
 *            audit_timeout shell suspend:SCOPE terminate end reject unknown known blacklist
 *            +25h (wait) other (ask about www.other.example)
 *   network  sha- (down) sha~ (degraded) sha! (drained) sha^ (forced up), province:X, carrier:X,
 *            carrier:X/REGION, declared (an operator says that the first partner is out),
 *            partner (every one's network), partner:first, partner:second
 *            v4 v6 (out in the mainland), v4/pop:X v6/province:X v6/carrier:X
 *   address  block blackhole rotate clear block6 ... (the first of sha), block:X (for a carrier),
 *            block2 (the second of sha)
 *   dns      dns_down congested, setting dns_mode=in_china dns_failure=servfail
 *   setting  v6_failover=W block_scope=W
 *            near_first=B line_failover=B degraded_usable=B metric=M unknown_line=LINE
 *            set:NAME=VALUE any setting
 *   operator force force_end */
#ifndef CNEDGE_TESTS_STORY_H
#define CNEDGE_TESTS_STORY_H

#include "cnedge/base/timetext.h"

#include "world_fixture.h"

#include "test.h"

struct story {
    struct fixture f;
    uint32_t shop, www, other, other_www;
    uint32_t ask; /* the host asked about */
    int64_t at_s; /* the time so far */
};

/* Generates a finder: the value of an enum with this name. */
#define FINDER(function, type, name_of, count)                                                     \
    static inline type function(const char *name)                                                  \
    {                                                                                              \
        for (int i = 0; i < (int)(count); i++) {                                                   \
            if (strcmp(name_of((type)i), name) == 0) return (type)i;                               \
        }                                                                                          \
        fail_msg("no such word: %s", name);                                                        \
        return (type)0;                                                                            \
    }
FINDER(find_filing, enum filing_state, filing_state_name, FILING_STATE_COUNT)
FINDER(find_vetting, enum vetting_state, vetting_state_name, VETTING_STATE_COUNT)
FINDER(find_subscription, enum subscription_state, subscription_state_name,
       SUBSCRIPTION_STATE_COUNT)
FINDER(find_provisioning, enum provisioning_state, provisioning_state_name,
       PROVISIONING_STATE_COUNT)
FINDER(find_psb, enum psb_state, psb_state_name, PSB_STATE_COUNT)
FINDER(find_commercial, enum commercial_state, commercial_state_name, COMMERCIAL_STATE_COUNT)
FINDER(find_coverage, enum coverage, coverage_name, COVERAGE_COUNT)
FINDER(find_policy, enum revocation_policy, revocation_policy_name, POLICY_COUNT)
FINDER(find_carrier, enum carrier, carrier_name, CARRIER_COUNT)
FINDER(find_package, enum package_state, package_state_name, PACKAGE_STATE_COUNT)
FINDER(find_product, enum product_state, product_state_name, PRODUCT_STATE_COUNT)
FINDER(find_metric, enum nearest_metric, nearest_metric_name, METRIC_COUNT)

static inline const char *after(const char *word, const char *prefix)
{
    size_t len = strlen(prefix);
    return strncmp(word, prefix, len) == 0 ? word + len : NULL;
}

static inline uint16_t find_line(const struct fixture *f, const char *name)
{
    for (uint16_t i = 0; i < LINES; i++) {
        if (strcmp(f->lines[i].name, name) == 0) return i;
    }
    fail_msg("no such line: %s", name);
    return 0;
}

static inline uint16_t find_region(const struct fixture *f, const char *name)
{
    for (uint16_t i = 0; i < REGIONS; i++) {
        if (strcmp(f->regions[i].name, name) == 0) return i;
    }
    fail_msg("no such region: %s", name);
    return 0;
}

/* "NAME=VALUE" */
static inline void set_choice(struct choices *c, const char *text)
{
    size_t count;
    char name[64];
    const char *value = strchr(text, '=');
    assert_non_null(value);
    snprintf(name, sizeof(name), "%.*s", (int)(value - text), text);
    size_t i = choices_find(name);
    (void)choices_table(&count);
    if (i == count || !choices_set(c, i, value + 1)) fail_msg("no such setting: %s", text);
}

static inline bool is_setting(struct choices *c, struct fixture *f, const char *word)
{
    const char *v;
    if ((v = after(word, "near_first=")) != NULL) {
        c->near_first = strcmp(v, "true") == 0;
    } else if ((v = after(word, "line_failover=")) != NULL) {
        c->line_failover = strcmp(v, "true") == 0;
    } else if ((v = after(word, "degraded_usable=")) != NULL) {
        c->degraded_usable = strcmp(v, "true") == 0;
    } else if ((v = after(word, "metric=")) != NULL) {
        c->nearest_metric = (int32_t)find_metric(v);
    } else if ((v = after(word, "set:")) != NULL) {
        set_choice(c, v);
    } else if (strcmp(word, "dns_mode=in_china") == 0) {
        c->dns_mode = DNS_IN_CHINA;
    } else if (strcmp(word, "dns_failure=servfail") == 0) {
        c->partner_dns_failure = DNS_FAILURE_SERVFAIL;
    } else if ((v = after(word, "v6_failover=")) != NULL) {
        c->v6_failover = *v == 'k' ? V6_KEEP : v[1] == 'e' ? V6_NEAR : V6_NODATA;
    } else if ((v = after(word, "block_scope=")) != NULL) {
        c->address_block_scope = *v == 'c' ? BLOCK_CLIENTS : BLOCK_EVERYONE;
    } else if ((v = after(word, "unknown_line=")) != NULL) {
        f->spec.unknown_line = find_line(f, v);
    } else {
        return false;
    }
    return true;
}

/* What was bought; a word is looked at twice, and declares once. */
static inline bool is_purchase(struct story *s, const char *word)
{
    struct fixture *f = &s->f;
    const char *v;
    if ((v = after(word, "package=")) != NULL) {
        if (f->spec.package_count == 0) fixture_package(f);
        f->packages[0].state = find_package(v);
    } else if ((v = after(word, "product=")) != NULL) {
        if (f->spec.product_count == 0) fixture_product(f, PRODUCT_HK_ENTRY, s->www);
        f->products[0].state = find_product(v);
    } else {
        return false;
    }
    return true;
}

/* Words about the initial state; false when the word is an event. */
static inline bool is_state(struct story *s, const char *word)
{
    struct site_spec *site = &s->f.sites[s->shop];
    const char *v;
    if (strcmp(word, "certificate") == 0) { /* the holder's has an end, in a year */
        s->f.holders[0].certificate_until = fixture_day(365);
        return true;
    }
    if ((v = after(word, "filing=")) != NULL) {
        site->filing = find_filing(v);
    } else if ((v = after(word, "vetting=")) != NULL) {
        site->vetting = find_vetting(v);
    } else if ((v = after(word, "subscription=")) != NULL) {
        s->f.accounts[0].subscription = find_subscription(v);
    } else if ((v = after(word, "provisioning=")) != NULL) {
        s->f.hosts[s->www].provisioning = find_provisioning(v);
    } else if ((v = after(word, "psb=")) != NULL) {
        site->psb = find_psb(v);
    } else if ((v = after(word, "commercial=")) != NULL) {
        site->needs_commercial = true;
        s->f.holders[0].commercial = find_commercial(v);
    } else if ((v = after(word, "coverage=")) != NULL) {
        site->coverage = find_coverage(v);
    } else if ((v = after(word, "policy=")) != NULL) {
        site->policy = find_policy(v);
    } else if (strcmp(word, "blacklisted") == 0) {
        site->blacklisted = true;
    } else if (strcmp(word, "closed") == 0) {
        site->resolution_closed = true;
    } else if (strcmp(word, "inactive") == 0) {
        s->f.hosts[s->www].active = false;
    } else if (strcmp(word, "second") == 0) {
        if (s->f.w == NULL) s->f.pops[POP_BJS].partner = fixture_partner(&s->f, "second");
    } else if (strcmp(word, "at_second") == 0) {
        site->partner = 1;
        site->accesses = 2;
    } else if (strcmp(word, "both") == 0) {
        site->accesses = 3; /* at both partners */
        s->f.sites[s->other].accesses = 3;
    } else if (strcmp(word, "elsewhere") == 0) {
        site->accesses = 1U << s->f.spec.partner_count;
    } else if (strcmp(word, "both_carry") == 0) {
        site->accesses = 1 | 1U << s->f.spec.partner_count;
    } else if (strcmp(word, "edge") == 0) {
        site->edge_name = 0;
        s->f.sites[s->other].edge_name = 0;
    } else {
        return is_purchase(s, word) || is_setting(&s->f.spec.choices, &s->f, word);
    }
    return true;
}

static inline void must(struct story *s, struct event e)
{
    enum refusal refusal = fixture_apply(&s->f, e);
    if (refusal != REFUSAL_NONE) {
        fail_msg("%s: refused: %s", event_info(e.kind)->name, refusal_name(refusal));
    }
}

static inline uint16_t find_pop(const struct fixture *f, const char *id)
{
    for (uint16_t i = 0; i < POPS; i++) {
        if (strcmp(f->pops[i].id, id) == 0) return i;
    }
    fail_msg("no such PoP: %s", id);
    return 0;
}

static inline bool is_family_event(struct story *s, const char *word)
{
    const char *v;
    struct event e = fixture_event(EV_FAMILY_DOWN, s->at_s);
    if (after(word, "v4") == NULL && after(word, "v6") == NULL) return false;
    e.family = word[1] == '4' ? FAMILY_V4 : FAMILY_V6;
    word += 2;
    if ((v = after(word, "/pop:")) != NULL) e.pop = find_pop(&s->f, v);
    if ((v = after(word, "/province:")) != NULL) e.region = find_region(&s->f, v);
    if ((v = after(word, "/carrier:")) != NULL) e.carrier = (uint16_t)find_carrier(v);
    must(s, e);
    return true;
}

static inline bool is_address_event(struct story *s, const char *word)
{
    static const struct {
        const char *word;
        enum event_kind kind;
    } kinds[] = {{"block", EV_ADDRESS_BLOCK},
                 {"rotate", EV_ADDRESS_ROTATE},
                 {"clear", EV_ADDRESS_CLEAR},
                 {"blackhole", EV_ADDRESS_BLACKHOLE}};
    for (size_t i = 0; i < CN_ARRAY_LEN(kinds); i++) {
        const char *v = after(word, kinds[i].word);
        if (v == NULL || (*v != '\0' && strchr("26:", *v) == NULL)) continue;
        struct event e = on_pop(kinds[i].kind, s->at_s, POP_SHA);
        if (*v == '6') e.family = FAMILY_V6;
        if (*v == '2') e.address = 1;
        if (*v == '2' || *v == '6') v++;
        if (*v == ':') e.carrier = (uint16_t)find_carrier(v + 1);
        if (kinds[i].kind == EV_ADDRESS_BLOCK) e.port = 443;
        must(s, e);
        return true;
    }
    return false;
}

static inline bool is_network_event(struct story *s, const char *word)
{
    const char *v;
    if (strcmp(word, "declared") == 0) {
        must(s, on_partner(EV_OUTAGE_DECLARE, s->at_s, 0));
        return true;
    }
    if (strcmp(word, "partner") == 0) {
        must(s, fixture_event(EV_PARTNER_DOWN, s->at_s));
        return true;
    }
    if ((v = after(word, "partner:")) != NULL) {
        must(s, on_partner(EV_PARTNER_DOWN, s->at_s, strcmp(v, "second") == 0));
        return true;
    }
    if (strcmp(word, "dns_down") == 0) {
        must(s, fixture_event(EV_PARTNER_DNS_DOWN, s->at_s));
        return true;
    }
    if (strcmp(word, "congested") == 0) {
        must(s, fixture_event(EV_BORDER_CONGESTED, s->at_s));
        return true;
    }
    if (is_family_event(s, word) || is_address_event(s, word)) return true;
    if ((v = after(word, "province:")) != NULL) {
        must(s, on_region(EV_PROVINCE_DOWN, s->at_s, find_region(&s->f, v)));
        return true;
    }
    if ((v = after(word, "carrier:")) != NULL) {
        char carrier[16] = {0};
        const char *slash = strchr(v, '/');
        memcpy(carrier, v, slash != NULL ? (size_t)(slash - v) : strlen(v));
        uint16_t region = slash != NULL ? find_region(&s->f, slash + 1) : CN_NONE16;
        must(s, on_carrier(EV_CARRIER_DOWN, s->at_s, carrier_find(carrier), region));
        return true;
    }
    for (uint16_t pop = 0; pop < POPS; pop++) {
        v = after(word, s->f.pops[pop].id);
        if (v == NULL) continue;
        must(s, on_pop(*v == '-'   ? EV_POP_DOWN
                       : *v == '~' ? EV_POP_DEGRADE
                       : *v == '!' ? EV_POP_DRAIN
                                   : EV_POP_FORCE_UP,
                       s->at_s, pop));
        return true;
    }
    return false;
}

static inline bool is_suspension(struct story *s, const char *word)
{
    const char *scope = after(word, "suspend:");
    if (scope == NULL) return false;
    if (strcmp(scope, "site") == 0) {
        must(s, on_site(EV_PARTNER_SUSPEND, s->at_s, s->shop));
    } else if (strcmp(scope, "holder") == 0) {
        must(s, on_holder(EV_PARTNER_SUSPEND, s->at_s, 0));
    } else if (strcmp(scope, "account") == 0) {
        must(s, on_account(EV_PARTNER_SUSPEND, s->at_s, 0));
    } else if (strcmp(scope, "first") == 0 || strcmp(scope, "second") == 0) {
        must(s, on_partner(EV_PARTNER_SUSPEND, s->at_s, strcmp(scope, "second") == 0));
    } else {
        assert_string_equal(scope, "everyone");
        must(s, on_everyone(EV_PARTNER_SUSPEND, s->at_s));
    }
    return true;
}

static inline bool is_event(struct story *s, const char *word)
{
    static const struct {
        const char *word;
        enum event_kind kind;
    } site_events[] = {{"revoke", EV_REVOKE_SITE},      {"deregister", EV_DEREGISTER_SITE},
                       {"audit", EV_AUDIT_HIT},         {"unknown", EV_STATUS_UNKNOWN},
                       {"known", EV_STATUS_KNOWN},      {"blacklist", EV_BLACKLIST_DOMAIN},
                       {"resubmit", EV_VETTING_SUBMIT}, {"change_done", EV_FILING_CHANGE_DONE},
                       {"force", EV_FORCE_MAINLAND},    {"force_end", EV_FORCE_MAINLAND_END}};
    for (size_t i = 0; i < CN_ARRAY_LEN(site_events); i++) {
        if (strcmp(word, site_events[i].word) != 0) continue;
        must(s, on_site(site_events[i].kind, s->at_s, s->shop));
        return true;
    }
    if (strcmp(word, "add_access") == 0) {
        must(s, on_access(EV_ACCESS_ADD, s->at_s, s->shop, 0));
        return true;
    }
    if (strcmp(word, "cancel_access") == 0) {
        must(s, on_access(EV_ACCESS_CANCEL, s->at_s, s->shop, 0));
        return true;
    }
    if (strcmp(word, "revoke_subject") == 0) {
        must(s, on_holder(EV_REVOKE_SUBJECT, s->at_s, 0));
    } else if (strcmp(word, "terminate") == 0) {
        must(s, on_account(EV_PARTNER_TERMINATE, s->at_s, 0));
    } else if (strcmp(word, "end") == 0) {
        must(s, on_account(EV_SUBSCRIPTION_END, s->at_s, 0));
    } else if (strcmp(word, "partner_ends") == 0) {
        must(s, on_partner(EV_PARTNER_CONTRACT_END, s->at_s, 0));
    } else if (strcmp(word, "contract") == 0) {
        must(s, on_account(EV_SUBSCRIPTION_CONTRACT, s->at_s, 0));
    } else if (strcmp(word, "attack") == 0) {
        struct event e = fixture_event(EV_ATTACK_START, s->at_s);
        e.product = 0;
        must(s, e);
    } else if (strcmp(word, "reject") == 0) {
        must(s, on_site(EV_VETTING_REREVIEW, s->at_s, s->shop));
        must(s, on_site(EV_VETTING_REJECT, s->at_s, s->shop));
    } else {
        return is_suspension(s, word) || is_network_event(s, word);
    }
    return true;
}

static inline void happen(struct story *s, const char *word)
{
    if (strcmp(word, "other") == 0) {
        s->ask = s->other_www;
    } else if (word[0] == '+') {
        simdur d;
        assert_true(timetext_duration(word + 1, strlen(word + 1), &d));
        s->at_s += d.ns / SIMDUR_SECOND;
        fixture_run_until(&s->f, s->at_s);
    } else if (!is_event(s, word)) {
        fail_msg("no such word: %s", word);
    }
}

/* The next word of `*words`, or false. */
static inline bool next_word(const char **words, char out[64])
{
    *words += strspn(*words, " ");
    size_t len = strcspn(*words, " ");
    CN_ASSERT(len < 64);
    memcpy(out, *words, len);
    out[len] = '\0';
    *words += len;
    return len > 0;
}

/* Begins the story; fixture_free(&s->f) ends it. */
static inline void story_begin(struct story *s, const char *words)
{
    char word[64];
    fixture_init(&s->f);
    s->shop = fixture_site(&s->f, "shop.example");
    s->www = fixture_host(&s->f, "www.shop.example");
    s->other = fixture_site(&s->f, "other.example");
    s->other_www = fixture_host(&s->f, "www.other.example");
    s->f.sites[s->shop].origin = &s->f.origin;
    s->ask = s->www;
    s->at_s = 0;
    for (const char *p = words; next_word(&p, word);) {
        is_state(s, word);
    }
    fixture_build(&s->f);
    for (const char *p = words; next_word(&p, word);) {
        if (!is_state(s, word)) happen(s, word); /* taking a state again changes nothing */
    }
}

#endif
