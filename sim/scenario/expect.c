/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cnedge/base/addrtext.h"
#include "cnedge/base/timetext.h"
#include "events.h"
#include "expect_path.h"
#include "expect_quality.h"
#include "select.h"
#include "tables.h"
#include "words.h"

enum { SELECTION_MAX = 128 }; /* bytes of a selection as titles show it */

const char *expect_when_name(enum expect_when w)
{
    static const char *const name[] = {[EXPECT_AT] = "at",
                                       [EXPECT_EVENTUALLY] = "eventually",
                                       [EXPECT_ALWAYS] = "always",
                                       [EXPECT_NEVER] = "never"};
    CN_ASSERT(w < CN_ARRAY_LEN(name));
    return name[w];
}

const char *expect_rcode_name(enum expect_rcode r)
{
    static const char *const name[RCODE_COUNT] = {
        [RCODE_NOERROR] = "NOERROR",  [RCODE_NODATA] = "NODATA",     [RCODE_NXDOMAIN] = "NXDOMAIN",
        [RCODE_REFUSED] = "REFUSED",  [RCODE_SERVFAIL] = "SERVFAIL", [RCODE_TIMEOUT] = "TIMEOUT",
        [RCODE_YXDOMAIN] = "YXDOMAIN"};
    CN_ASSERT(r < RCODE_COUNT);
    return name[r];
}

struct reader {
    struct load *l;
    struct select select;
    struct names ids;
};

/* Assertions that only an answer with addresses, of a declared host, can meet or break. */
enum {
    ABOUT_PATH = ASSERT_RTT | ASSERT_LOSS | ASSERT_CARRIED,
    ABOUT_POP = ASSERT_POP | ASSERT_CLASS | ASSERT_NEAREST | ASSERT_ADDRESS | ABOUT_PATH,
    ABOUT_DECISION = ABOUT_POP | ASSERT_REASON | ASSERT_CHANGES | ASSERT_SHARE | ASSERT_PATH |
                     ASSERT_STALE | ASSERT_MOVED,
};

/* The key of the first of these assertions that is set; for messages. */
static const char *assert_key(uint32_t asserts)
{
    static const struct {
        uint32_t bit;
        const char *key;
    } keys[] = {{ASSERT_POP, "pop"},
                {ASSERT_CLASS, "class"},
                {ASSERT_NEAREST, "nearest"},
                {ASSERT_ADDRESS, "address"},
                {ASSERT_RTT, "rtt_ms"},
                {ASSERT_LOSS, "loss_permille"},
                {ASSERT_CARRIED, "carried_by"},
                {ASSERT_REASON, "reason"},
                {ASSERT_CHANGES, "changes"},
                {ASSERT_PATH, "path"},
                {ASSERT_SHARE, "share"},
                {ASSERT_STALE, "stale_share"},
                {ASSERT_MOVED, "moved"}};
    size_t i = 0;
    while ((asserts & keys[i].bit) == 0) {
        i++;
        CN_ASSERT(i < CN_ARRAY_LEN(keys));
    }
    return keys[i].key;
}

/* --- when ------------------------------------------------------------------------------------- */

/* "always" and "never" end before `until`, unless that is the run's end: see scenario.h. */
static void check_window(const struct load *l, const struct node *n, const struct expectation *e)
{
    bool ordered = !simtime_before(e->until, e->from);
    bool open =
        e->when != EXPECT_EVENTUALLY && e->until.ns == e->from.ns && e->until.ns != l->s->end.ns;
    if (ordered && !open) return;
    jsondoc_error(n->doc, &n->at, "expected \"from\" to lie %s \"until\", got %s",
                  open ? "before" : "at or before", open ? "the same instant" : "a later instant");
}

static bool read_when(const struct load *l, const struct node *n, struct expectation *e)
{
    static const enum expect_when windows[] = {EXPECT_EVENTUALLY, EXPECT_ALWAYS, EXPECT_NEVER};
    if (node_get(n, "at") != NULL) {
        e->when = EXPECT_AT;
        bool ok = events_time(l, n, "at", CN_NONE32, &e->from);
        e->until = e->from;
        return ok;
    }
    for (size_t i = 0; i < CN_ARRAY_LEN(windows); i++) {
        const char *key = expect_when_name(windows[i]);
        json_t *v = node_get(n, key);
        if (v == NULL) continue;
        struct node w = node_item(n, &timeline_window, v, node_at(n, key));
        e->when = windows[i];
        bool from = events_time(l, &w, "from", CN_NONE32, &e->from);
        bool until = events_time(l, &w, "until", CN_NONE32, &e->until);
        if (from && until) check_window(l, &w, e);
        return from && until;
    }
    return false;
}

/* --- what answers must be --------------------------------------------------------------------- */

static void read_pops(struct load *l, const struct node *n, struct expectation *e)
{
    size_t count = node_count(n, "pop");
    uint16_t *pops = arena_get(l->a, count, sizeof(*pops));
    for (size_t i = 0; pops != NULL && i < count; i++) {
        struct at list;
        struct at at;
        const char *id = json_string_value(node_value(n, "pop", i, &list, &at));
        pops[i] = (uint16_t)names_find(&l->pops, id);
        if (pops[i] == CN_NONE16) {
            load_dangling(&l->pops, n, &at, "the id of a PoP of the world", id);
        }
    }
    e->pops = pops;
    e->pop_count = (uint16_t)count;
}

static void read_classes(const struct node *n, struct expectation *e)
{
    for (size_t i = 0; i < node_count(n, "class"); i++) {
        struct at list;
        struct at at;
        const char *word = json_string_value(node_value(n, "class", i, &list, &at));
        e->classes |= (uint8_t)(1U << format_word_index(&words_pop_class, word));
    }
}

/* An address of the other family than is asked for can never be the answer. */
static void read_addresses(struct load *l, const struct node *n, struct expectation *e)
{
    size_t count = node_count(n, "address");
    struct expect_prefix *list = arena_get(l->a, count, sizeof(*list));
    bool family = false;
    for (size_t i = 0; list != NULL && i < count; i++) {
        struct at up;
        struct at at;
        struct addr_prefix p;
        const char *text = json_string_value(node_value(n, "address", i, &up, &at));
        bool ok = addrtext_read_prefix(text, &p);
        CN_ASSERT(ok);
        list[i] = (struct expect_prefix){.bits = p.bits, .v6 = p.v6};
        memcpy(list[i].address, p.address, sizeof(p.address));
        family = family || p.v6 == (e->type == RR_AAAA);
    }
    e->addresses = list;
    e->address_count = (uint16_t)count;
    if (family || (e->type != RR_A && e->type != RR_AAAA)) return;
    const struct at at = node_at(n, "address");
    jsondoc_error(n->doc, &at, "expected an IPv%c address with \"type\": \"%s\", got none",
                  e->type == RR_A ? '4' : '6', rr_type_name(e->type));
}

static void read_rules(struct load *l, const struct node *n, struct expectation *e)
{
    size_t count = node_count(n, "reason");
    uint8_t *rules = arena_get(l->a, count, sizeof(*rules));
    for (size_t i = 0; rules != NULL && i < count; i++) {
        struct at list;
        struct at at;
        const json_t *v = node_value(n, "reason", i, &list, &at);
        rules[i] = (uint8_t)format_word_index(&words_reason, json_string_value(v));
    }
    e->rules = rules;
    e->rule_count = (uint16_t)count;
}

/* Reads {"min", "max"}; reports a range that is empty. */
static void read_range(const struct node *n, const char *key, const struct type *t, uint32_t *min,
                       uint32_t *max)
{
    struct node range = node_item(n, t, node_get(n, key), node_at(n, key));
    *min = (uint32_t)node_integer(&range, "min");
    *max = (uint32_t)node_integer(&range, "max");
    if (*min <= *max) return;
    jsondoc_error(n->doc, &range.at, "expected \"min\" to be at most \"max\", got %u..%u", *min,
                  *max);
}

static simdur duration_of(const struct node *n, const char *key)
{
    simdur d = {0};
    const char *text = node_text(n, key);
    bool ok = text == NULL || timetext_duration(text, strlen(text), &d);
    CN_ASSERT(ok);
    return d;
}

static void read_moved(const struct node *n, struct expectation *e)
{
    struct node moved = node_item(n, &timeline_moved, node_get(n, "moved"), node_at(n, "moved"));
    e->moved_percent = (uint32_t)node_integer(&moved, "percent");
    e->moved_within = duration_of(&moved, "within");
    e->moved_not_within = duration_of(&moved, "not_within");
}

static void read_share(struct load *l, const struct node *n, struct expectation *e)
{
    struct node share = node_item(n, &timeline_spread, node_get(n, "share"), node_at(n, "share"));
    e->share_pop = (uint16_t)load_refer(&l->pops, &share, "pop", "the id of a PoP of the world");
    read_range(n, "share", &timeline_spread, &e->share_min, &e->share_max);
}

static void read_ttl(const struct node *n, struct expectation *e)
{
    const json_t *v = node_get(n, "ttl");
    if (json_is_object(v)) {
        read_range(n, "ttl", &timeline_seconds, &e->ttl_min_s, &e->ttl_max_s);
    } else {
        e->ttl_min_s = (uint32_t)node_whole(v);
        e->ttl_max_s = e->ttl_min_s;
    }
}

static bool has(const struct node *n, struct expectation *e, const char *key, uint32_t bit)
{
    if (node_get(n, key) == NULL) return false;
    e->asserts |= bit;
    return true;
}

static void read_asserts(struct load *l, const struct node *n, struct expectation *e)
{
    if (has(n, e, "pop", ASSERT_POP)) read_pops(l, n, e);
    if (has(n, e, "class", ASSERT_CLASS)) read_classes(n, e);
    if (has(n, e, "nearest", ASSERT_NEAREST)) e->nearest = true;
    if (has(n, e, "address", ASSERT_ADDRESS)) read_addresses(l, n, e);
    if (has(n, e, "rcode", ASSERT_RCODE)) e->rcode = (enum expect_rcode)node_word(n, "rcode");
    if (has(n, e, "ttl", ASSERT_TTL)) read_ttl(n, e);
    if (has(n, e, "reason", ASSERT_REASON)) read_rules(l, n, e);
    if (has(n, e, "row", ASSERT_ROW)) e->row = (uint8_t)node_integer(n, "row");
    if (has(n, e, "path", ASSERT_PATH)) expect_path_read(l, n, e);
    if (has(n, e, "may_time_out", ASSERT_MAY_TIME_OUT)) {
        e->may_time_out = node_bool(n, "may_time_out");
    }
    if (has(n, e, "changes", ASSERT_CHANGES)) {
        read_range(n, "changes", &timeline_changes, &e->changes_min, &e->changes_max);
    }
    if (has(n, e, "share", ASSERT_SHARE)) read_share(l, n, e);
    if (has(n, e, "stale_share", ASSERT_STALE)) {
        read_range(n, "stale_share", &timeline_stale, &e->stale_min, &e->stale_max);
    }
    if (has(n, e, "moved", ASSERT_MOVED)) read_moved(n, e);
}

/* Whether a name has a host "*" below it. */
static bool has_wildcard(const struct load *l, const char *text)
{
    char wildcard[DNAME_TEXT_MAX + 2];
    snprintf(wildcard, sizeof(wildcard), "*.%s", text);
    return names_find(&l->hosts, wildcard) != CN_NONE32;
}

/* What can be expected of a name that is no host: a site's zone may have addresses there, or lead
 * to a host; or a host "*" stands for it. */
static uint32_t by_zone(const struct load *l, const struct expectation *e)
{
    char text[DNAME_TEXT_MAX];
    bool wildcard = false;
    bool address = e->type == RR_A || e->type == RR_AAAA;
    if (e->name == NULL || !address) return 0;
    for (const uint8_t *n = e->name; *n != 0; n = dname_parent(n)) {
        dname_show(n, text);
        wildcard = wildcard || (n != e->name && has_wildcard(l, text));
        uint32_t site = names_find(&l->sites, text);
        if (site == CN_NONE32) continue;
        bool zone = wildcard || l->world->sites[site].zone != NULL;
        return zone ? ASSERT_POP | ASSERT_CLASS | ASSERT_ADDRESS : 0;
    }
    return 0;
}

/* Reports what can never hold: it would make "never" hold whatever happens. */
static void check_possible(struct load *l, const struct node *n, const struct expectation *e)
{
    uint32_t decided = e->asserts & ABOUT_DECISION & ~by_zone(l, e);
    struct at list;
    struct at at;
    if (decided != 0 && e->type != RR_A && e->type != RR_AAAA) {
        at = node_at(n, "type");
        jsondoc_error(n->doc, &at, "expected \"A\" or \"AAAA\" with \"%s\", got \"%s\"",
                      assert_key(decided), rr_type_name(e->type));
    } else if (decided != 0 && e->name != NULL) {
        const char *text = json_string_value(node_value(n, "name", 0, &list, &at));
        load_dangling(&l->hosts, n, &at,
                      "a declared host (of another name only rcode, ttl and row can be expected)",
                      text);
    } else if ((e->asserts & ABOUT_POP) != 0 && (e->asserts & ASSERT_RCODE) != 0 &&
               e->rcode != RCODE_NOERROR) {
        at = node_at(n, "rcode");
        jsondoc_error(n->doc, &at, "expected \"NOERROR\" with \"%s\", got \"%s\"",
                      assert_key(e->asserts & ABOUT_POP), expect_rcode_name(e->rcode));
    }
}

/* Reports what holds whatever happens. */
static void check_can_fail(const struct node *n, const struct expectation *e)
{
    struct at at;
    if (e->asserts == ASSERT_TTL && e->ttl_min_s == 0 && e->ttl_max_s == INT32_MAX) {
        at = node_at(n, "ttl");
        jsondoc_error(n->doc, &at,
                      "expected a range that some TTL lies outside of, got every TTL there is");
    }
    if (e->asserts == ASSERT_CHANGES && e->changes_min == 0 && e->changes_max == INT32_MAX) {
        at = node_at(n, "changes");
        jsondoc_error(n->doc, &at,
                      "expected a range that some number lies outside of, got every number");
    }
}

/* What the author wrote at a key that takes one text or a list, joined; cut when it is long. */
static const char *shown(struct load *l, const struct node *n, const char *key)
{
    char text[SELECTION_MAX] = "";
    size_t used = 0;
    for (size_t i = 0; i < node_count(n, key) && used < sizeof(text); i++) {
        struct at list;
        struct at at;
        const char *one = json_string_value(node_value(n, key, i, &list, &at));
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", i > 0 ? ", " : "", one);
    }
    if (used >= sizeof(text)) memcpy(text + sizeof(text) - 4, "...", 4);
    const char *copy = arena_text(l->a, text, strlen(text));
    return copy != NULL ? copy : "";
}

/* The client that "from" names and nothing else. */
static const struct scenario_client *only_client(const struct load *l, const struct node *n)
{
    struct at list;
    struct at at;
    if (node_count(n, "from") != 1) return NULL;
    const char *name = json_string_value(node_value(n, "from", 0, &list, &at));
    uint32_t client = names_find(&l->clients, name);
    return client == CN_NONE32 ? NULL : &l->s->clients[client];
}

static void read_answer(struct reader *r, const struct node *n, struct expectation *e)
{
    struct select_set hosts;
    struct select_set lines;
    e->subject = EXPECT_ANSWER;
    e->type = rr_type_find(node_text(n, "type"));
    e->name_text = shown(r->l, n, "name");
    e->from_text = shown(r->l, n, "from");
    if (select_hosts(&r->select, n, &hosts, &e->name)) {
        e->hosts = hosts.hosts;
        e->host_count = hosts.count;
    }
    if (select_lines(&r->select, n, &lines)) {
        e->lines = lines.lines;
        e->line_count = (uint16_t)lines.count;
    }
    e->client = only_client(r->l, n);
    read_asserts(r->l, n, e);
    expect_quality_path(r->l, n, e);
    check_possible(r->l, n, e);
    check_can_fail(n, e);
}

/* --- what PoPs must carry -------------------------------------------------------------------- */

/* The PoP of this id, or those of a class. */
static void read_load_of(struct load *l, const struct node *n, struct expectation *e)
{
    const struct topology *t = l->world->topology;
    const char *text = node_text(n, "load_of");
    int wanted = format_word_index(&words_pop_class, text);
    uint16_t *pops = arena_get(l->a, t->pop_count, sizeof(*pops));
    e->load_text = load_copy(l, text);
    e->pops = pops;
    for (uint16_t i = 0; pops != NULL && i < t->pop_count; i++) {
        bool named = strcmp(t->pops[i].id, text) == 0;
        if (named || (int)t->pops[i].class_ == wanted) pops[e->pop_count++] = i;
    }
    if (pops == NULL || e->pop_count > 0) return;
    const struct at at = node_at(n, "load_of");
    load_dangling(&l->pops, n, &at, "the id of a PoP of the world or a class of PoPs", text);
}

static void read_load(struct load *l, const struct node *n, struct expectation *e)
{
    e->subject = EXPECT_LOAD;
    read_load_of(l, n, e);
    if (has(n, e, "load", ASSERT_LOAD)) {
        read_range(n, "load", &timeline_load, &e->load_min_mbps, &e->load_max_mbps);
    }
    if (has(n, e, "saturated", ASSERT_SATURATED)) e->saturated = node_bool(n, "saturated");
}

/* --- what states and events must be ----------------------------------------------------------- */

/* What is asserted of partners, providers and subjects. */
static void read_relations(const struct node *n, struct expectation *e)
{
    if (has(n, e, "standing", ASSERT_STANDING)) {
        e->standing = (enum partner_state)node_word(n, "standing");
    }
    if (has(n, e, "accesses", ASSERT_ACCESSES)) {
        e->accesses = (uint8_t)node_integer(n, "accesses");
    }
    if (has(n, e, "access", ASSERT_ACCESS)) {
        e->access = (enum access_state)node_word(n, "access");
    }
    if (has(n, e, "violation_sites", ASSERT_VIOLATION_SITES)) {
        e->violation_sites = (uint32_t)node_integer(n, "violation_sites");
    }
    if (has(n, e, "violation_addresses", ASSERT_VIOLATION_ADDRESSES)) {
        e->violation_addresses = (uint32_t)node_integer(n, "violation_addresses");
    }
    if (has(n, e, "subject", ASSERT_SUBJECT)) {
        e->subject_state = (enum subject_state)node_word(n, "subject");
    }
}

static void read_state(const struct load *l, const struct node *n, struct expectation *e)
{
    e->subject = EXPECT_STATE;
    expect_quality_state(l, n, e);
    e->site = load_refer_name(&l->sites, n, "site", "the domain of a declared site");
    if (node_get(n, "app") != NULL) {
        e->site = load_refer(&l->apps, n, "app", "the id of a filing of kind \"app\"");
    }
    e->host = load_refer_name(&l->hosts, n, "host", "the full name of a declared host");
    e->holder = load_refer(&l->holders, n, "holder", "the id of a declared holder");
    e->provider = load_refer(&l->providers, n, "provider",
                             "the id of a partner, or of a provider that a filing names");
    e->partner = load_refer(&l->partners, n, "partner", "the id of a declared partner");
    e->account = load_refer(&l->accounts, n, "account", "the id of a declared account");
    if (has(n, e, "filing", ASSERT_FILING)) {
        e->filing = (enum filing_state)node_word(n, "filing");
    }
    if (has(n, e, "vetting", ASSERT_VETTING)) {
        e->vetting = (enum vetting_state)node_word(n, "vetting");
    }
    if (has(n, e, "commercial", ASSERT_COMMERCIAL)) {
        e->commercial = (enum commercial_state)node_word(n, "commercial");
    }
    if (has(n, e, "psb", ASSERT_PSB)) e->psb = (enum psb_state)node_word(n, "psb");
    if (has(n, e, "subscription", ASSERT_SUBSCRIPTION)) {
        e->subscription = (enum subscription_state)node_word(n, "subscription");
    }
    if (has(n, e, "provisioning", ASSERT_PROVISIONING)) {
        e->provisioning = (enum provisioning_state)node_word(n, "provisioning");
    }
    read_relations(n, e);
}

/* The event says itself whether it must be refused; an expectation may not say otherwise, and may
 * not look before the event. */
static void check_event(const struct load *l, const struct node *n, const struct expectation *e,
                        bool timed)
{
    const struct scenario_event *event = &l->s->events[e->event];
    const char *key = e->refused == REFUSAL_NONE ? "applied" : "refused";
    const struct at at = node_at(n, key);
    if (event->refused != e->refused) {
        jsondoc_error(
            n->doc, &at, "expected what the event itself says (%s%s), got \"%s\"%s%s",
            event->refused == REFUSAL_NONE ? "applied" : "refused: ", refusal_name(event->refused),
            key, e->refused == REFUSAL_NONE ? "" : ": ", refusal_name(e->refused));
    }
    if (timed && simtime_before(e->until, event->event.at)) {
        jsondoc_error(n->doc, &n->at,
                      "expected a time at or after the event \"%s\", got an earlier one",
                      event->id);
    }
}

static void read_event(const struct load *l, const struct node *n, struct expectation *e,
                       bool timed)
{
    e->subject = EXPECT_EVENT;
    if (has(n, e, "refused", ASSERT_REFUSED)) {
        e->refused = (enum refusal)(node_word(n, "refused") + 1);
    }
    has(n, e, "applied", ASSERT_APPLIED);
    uint32_t number = load_refer(&l->events, n, "event", "the id of an event");
    if (number == CN_NONE32) return;
    e->event = l->event_index[number];
    check_event(l, n, e, timed);
}

/* --- all expectations ------------------------------------------------------------------------- */

static const char *reason(struct load *l, const struct node *n, const char *key)
{
    const char *text = node_text(n, key);
    return text == NULL ? NULL : load_copy(l, text);
}

static void read_expectation(struct reader *r, const struct node *n, uint32_t number,
                             struct expectation *e)
{
    struct load *l = r->l;
    e->number = number;
    e->site = CN_NONE32;
    e->account = CN_NONE32;
    e->partner = CN_NONE32;
    e->provider = CN_NONE32;
    e->holder = CN_NONE32;
    e->package = CN_NONE32;
    e->product = CN_NONE32;
    e->host = CN_NONE32;
    e->event = CN_NONE32;
    e->id = "";
    if (node_get(n, "id") != NULL && load_declare(&r->ids, n, "id", "expectation", number)) {
        e->id = load_copy(l, node_text(n, "id"));
    }
    e->skip = reason(l, n, "skip");
    e->expect_fail = reason(l, n, "expect_fail");
    bool timed = read_when(l, n, e);
    if (node_get(n, "name") != NULL) {
        read_answer(r, n, e);
    } else if (node_get(n, "load_of") != NULL) {
        read_load(l, n, e);
    } else if (node_get(n, "event") != NULL) {
        read_event(l, n, e, timed);
    } else {
        read_state(l, n, e);
    }
}

/* A scenario that checks nothing cannot fail. */
static void warn_of_nothing(const struct load *l, const struct expectation *e, uint32_t count)
{
    uint32_t skipped = 0;
    for (uint32_t i = 0; i < count; i++) {
        skipped += e[i].skip != NULL ? 1 : 0;
    }
    if (count == 0) {
        jsondoc_warning(l->root.doc, &l->root.at,
                        "nothing is expected: the scenario proves nothing");
    } else if (skipped == count) {
        const struct at at = node_at(&l->root, "expect");
        jsondoc_warning(l->root.doc, &at,
                        "every expectation is skipped: the scenario proves nothing");
    }
}

void expect_read(struct load *l)
{
    struct reader r = {.l = l};
    uint32_t count = (uint32_t)node_count(&l->root, "expect");
    struct expectation *list = arena_get(l->a, count, sizeof(*list));
    const struct jsonloc *places = events_places(l, "expect", count);
    if (list == NULL || places == NULL || !select_init(&r.select, l, count) ||
        !names_init(&r.ids, l->scratch, count)) {
        return;
    }
    for (uint32_t i = 0; i < count && load_has_memory(l); i++) {
        struct at up;
        struct at at;
        json_t *v = node_value(&l->root, "expect", i, &up, &at);
        struct node n = node_item(&l->root, &timeline_expect, v, at);
        list[i].place = events_place(l, "expect", places, i);
        read_expectation(&r, &n, i, &list[i]);
    }
    warn_of_nothing(l, list, count);
    l->s->expectations = list;
    l->s->expectation_count = count;
}
