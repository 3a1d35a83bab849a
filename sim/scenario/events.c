/* SPDX-License-Identifier: MIT */
#include "events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cnedge/base/addrtext.h"
#include "cnedge/base/timetext.h"
#include "tables.h"
#include "times.h"
#include "words.h"

/* --- times ------------------------------------------------------------------------------------ */

/* Whether the id is of an event before number `before` whose time is known; reports when not. */
static bool event_time(const struct load *l, const struct node *n, const struct at *at,
                       const char *id, uint32_t before)
{
    uint32_t number = names_find(&l->events, id);
    if (number == CN_NONE32) {
        load_dangling(&l->events, n, at, "the id of an event, \"start\" or \"end\"", id);
        return false;
    }
    if (number < before) return l->event_at[number].ns != SIMTIME_NEVER.ns;
    jsondoc_error(n->doc, at,
                  "expected the id of an event that stands before this one in the file, got \"%s\"",
                  id);
    return false;
}

/* What a time's name stands for: "start", "end", or an event that event_time has found. */
static simtime base_time(const struct load *l, const char *name)
{
    if (strcmp(name, "start") == 0) return SIMTIME_START;
    if (strcmp(name, "end") == 0) return l->s->end;
    return l->event_at[names_find(&l->events, name)];
}

static bool is_event(const struct times *t)
{
    return t->kind == TIMES_NAMED && strcmp(t->name, "start") != 0 && strcmp(t->name, "end") != 0;
}

static void outside(const struct load *l, const struct node *n, const char *key)
{
    char first[TIMETEXT_MAX];
    char last[TIMETEXT_MAX];
    char got[SHOWN_MAX];
    const struct at at = node_at(n, key);
    timetext_put_instant(l->s->start, first);
    timetext_put_instant(simtime_wall(l->s->start, l->s->end), last);
    jsondoc_show_text(node_text(n, key), got);
    jsondoc_error(n->doc, &at, "expected a time within the run (%s .. %s), got %s", first, last,
                  got);
}

bool events_time(const struct load *l, const struct node *n, const char *key, uint32_t before,
                 simtime *out)
{
    struct times t;
    simtime base = SIMTIME_START;
    bool ok = times_split(node_text(n, key), &t);
    CN_ASSERT(ok);
    const struct at at = node_at(n, key);
    if (is_event(&t) && !event_time(l, n, &at, t.name, before)) return false;
    if (t.kind == TIMES_NAMED) base = base_time(l, t.name);
    if (times_resolve(&t, l->s->start, base, out) && !simtime_before(l->s->end, *out)) return true;
    outside(l, n, key);
    return false;
}

/* --- places ----------------------------------------------------------------------------------- */

const struct jsonloc *events_places(struct load *l, const char *key, size_t count)
{
    char pointer[FORMAT_ID_MAX + 2];
    struct jsonloc *places = arena_get(l->scratch, count, sizeof(*places));
    snprintf(pointer, sizeof(pointer), "/%s", key);
    if (places == NULL) return NULL;
    size_t found = jsonloc_items(l->root.doc->text, pointer, places, count);
    CN_ASSERT(found == count);
    return places;
}

struct place events_place(struct load *l, const char *key, const struct jsonloc *places, size_t i)
{
    char pointer[FORMAT_ID_MAX + 32];
    snprintf(pointer, sizeof(pointer), "/%s/%zu", key, i);
    return (struct place){places[i].line, places[i].column, load_copy(l, pointer)};
}

/* --- one event -------------------------------------------------------------------------------- */

static void read_scope(const struct node *n, struct event *e)
{
    e->scope = node_get(n, "site") != NULL      ? SCOPE_SITE
               : node_get(n, "holder") != NULL  ? SCOPE_HOLDER
               : node_get(n, "account") != NULL ? SCOPE_ACCOUNT
               : node_get(n, "partner") != NULL ? SCOPE_PARTNER
                                                : SCOPE_EVERYONE;
}

static void read_references(const struct load *l, const struct node *n, struct event *e)
{
    e->site = load_refer_name(&l->sites, n, "site", "the domain of a declared site");
    if (node_get(n, "app") != NULL) {
        e->site = load_refer(&l->apps, n, "app", "the id of a filing of kind \"app\"");
    }
    e->host = load_refer_name(&l->hosts, n, "host", "the full name of a declared host");
    e->holder = load_refer(&l->holders, n, "holder", "the id of a declared holder");
    e->account = load_refer(&l->accounts, n, "account", "the id of a declared account");
    e->partner = (uint16_t)load_refer(&l->partners, n, "partner", "the id of a declared partner");
    e->to = (uint16_t)load_refer(&l->partners, n, "to", "the id of a declared partner");
    e->provider = (uint16_t)load_refer(&l->providers, n, "provider",
                                       "the id of a partner, or of a provider that a filing names");
    e->pop = (uint16_t)load_refer(&l->pops, n, "pop", "the id of a PoP of the world");
    e->region = (uint16_t)load_refer(&l->regions, n, "province", "a province of the world");
}

/* Absent means all that is asked for. */
static uint16_t read_inputs(const struct node *n)
{
    unsigned set = 0;
    if (node_get(n, "inputs") == NULL) return VETTING_INPUTS_ALL;
    for (size_t i = 0; i < node_count(n, "inputs"); i++) {
        struct at list;
        struct at at;
        const json_t *v = node_value(n, "inputs", i, &list, &at);
        set |= 1U << format_word_index(&words_vetting_input, json_string_value(v));
    }
    return (uint16_t)set;
}

static void read_tlds(struct load *l, const struct node *n, struct event *e)
{
    size_t count = node_count(n, "tlds");
    const char **tlds = arena_get(l->a, count, sizeof(*tlds));
    for (size_t i = 0; tlds != NULL && i < count; i++) {
        struct at list;
        struct at at;
        tlds[i] = load_copy(l, json_string_value(node_value(n, "tlds", i, &list, &at)));
    }
    e->tlds = tlds;
    e->tld_count = (uint8_t)count;
}

/* Reports a host that this kind of event cannot be about. */
static void check_host(const struct load *l, const struct node *n, const struct event *e)
{
    const struct at at = node_at(n, "host");
    if (e->host == CN_NONE32) return;
    bool named = (event_info(e->kind)->required & PARAM_NAMED) != 0; /* an alias is a name too */
    const struct host_spec *h = &l->world->hosts[e->host];
    if (e->kind == EV_ADD_HOST && h->active) {
        jsondoc_error(n->doc, &at, "expected a host that is declared \"active\": false, got \"%s\"",
                      node_text(n, "host"));
    } else if (e->kind != EV_ADD_HOST && h->cname != NULL && !named) {
        jsondoc_error(n->doc, &at,
                      "expected a host that is no alias (aliases are not provisioned), got \"%s\"",
                      node_text(n, "host"));
    }
}

/* Finds "address" among the site's dedicated ones; reports one that is not. */
static void read_dedicated(const struct load *l, const struct node *n, struct event *e)
{
    uint8_t bytes[16];
    bool v6;
    const struct site_spec *s = &l->world->sites[e->site];
    bool ok = addrtext_read(node_text(n, "address"), bytes, &v6);
    CN_ASSERT(ok);
    e->family = v6 ? FAMILY_V6 : FAMILY_V4;
    e->address = 0;
    for (uint8_t i = 0; i < s->dedicated_count; i++) {
        if (s->dedicated[i].v6 != v6) continue;
        if (memcmp(s->dedicated[i].address, bytes, v6 ? 16 : 4) == 0) return;
        e->address++;
    }
    const struct at at = node_at(n, "address");
    jsondoc_error(n->doc, &at, "expected a dedicated address of \"%s\", got \"%s\"", s->domain,
                  node_text(n, "address"));
}

/* Finds "address" in the PoP's pool; reports one that is not its. */
static void read_address(const struct load *l, const struct node *n, struct event *e)
{
    uint8_t bytes[16];
    bool v6;
    if (e->pop == CN_NONE16 && e->site != CN_NONE32) read_dedicated(l, n, e);
    if (e->pop == CN_NONE16) return;
    const struct pop *p = &l->world->topology->pops[e->pop];
    bool ok = addrtext_read(node_text(n, "address"), bytes, &v6);
    CN_ASSERT(ok);
    e->family = v6 ? FAMILY_V6 : FAMILY_V4;
    for (unsigned i = 0; i < topology_pool(p, (enum family)e->family); i++) {
        e->address = (uint8_t)i;
        if (memcmp(v6 ? p->v6[i] : p->v4[i], bytes, v6 ? 16 : 4) == 0) return;
    }
    const struct at at = node_at(n, "address");
    jsondoc_error(n->doc, &at, "expected an address of PoP %s, got \"%s\"", p->id,
                  node_text(n, "address"));
}

/* An outage of a family is a PoP's, or of a province or a carrier or both. */
static void read_family(const struct node *n, struct event *e)
{
    e->family = (uint8_t)node_word(n, "family");
    if (e->pop == CN_NONE16 || (e->region == CN_NONE16 && e->carrier == CN_NONE16)) return;
    const struct at at = node_at(n, "pop");
    jsondoc_error(n->doc, &at,
                  "expected \"pop\" without \"province\" and \"carrier\", got \"%s\" beside them",
                  node_text(n, "pop"));
}

/* What is ordered: packages, products, demand. */
static void read_order(const struct load *l, const struct node *n, uint32_t params, struct event *e)
{
    e->package = (uint16_t)load_refer(&l->packages, n, "package", "the id of a declared package");
    e->product = (uint16_t)load_refer(&l->products, n, "product", "the id of a declared product");
    if ((params & PARAM_MBIT) != 0) e->mbit = (uint32_t)node_integer(n, "mbps");
    if ((params & PARAM_PORTAL) != 0) e->portal = (uint8_t)node_word(n, "portal");
    if ((params & PARAM_EDITION) != 0) e->edition = (uint8_t)node_word(n, "edition");
    if ((params & PARAM_FOR) == 0) return;
    const char *text = node_text(n, "for");
    bool ok = timetext_duration(text, strlen(text), &e->lasts);
    CN_ASSERT(ok);
}

static void read_event(struct load *l, const struct node *n, uint32_t number,
                       struct scenario_event *out)
{
    enum event_kind kind = (enum event_kind)node_word(n, "do");
    uint32_t params = event_info(kind)->required | event_info(kind)->optional;
    struct event e = event_make(kind, SIMTIME_NEVER);
    if (!events_time(l, n, "at", number, &e.at)) e.at = SIMTIME_NEVER;
    read_references(l, n, &e);
    int carrier = node_word(n, "carrier");
    if (carrier >= 0) e.carrier = (uint16_t)carrier;
    if ((params & PARAM_CAUSE) != 0) e.cause = (uint8_t)node_word(n, "cause");
    if ((params & PARAM_INPUTS) != 0) e.inputs = read_inputs(n);
    if ((params & PARAM_COVERAGE) != 0) e.coverage = (uint8_t)node_word(n, "coverage");
    if ((params & PARAM_SCOPE) != 0) read_scope(n, &e);
    if ((params & PARAM_FAMILY) != 0) read_family(n, &e);
    if ((params & PARAM_ADDRESS) != 0) read_address(l, n, &e);
    if (node_get(n, "port") != NULL) e.port = (uint16_t)node_integer(n, "port");
    read_order(l, n, params, &e);
    e.subject_changes = node_bool(n, "subject_changes");
    if ((params & PARAM_SHARE) != 0) {
        e.share_permille = (uint16_t)node_integer(n, "share_permille");
    }
    if ((params & PARAM_TLDS) != 0) read_tlds(l, n, &e);
    if (node_get(n, "seconds") != NULL) e.seconds = (uint32_t)node_integer(n, "seconds");
    check_host(l, n, &e);
    out->event = e;
    out->number = number;
    out->refused = (enum refusal)(node_word(n, "refused") + 1);
    out->id = node_text(n, "id") == NULL ? "" : load_copy(l, node_text(n, "id"));
}

/* --- all events ------------------------------------------------------------------------------- */

/* By time, then as in the file. */
static int compare(const void *x, const void *y)
{
    const struct scenario_event *a = x;
    const struct scenario_event *b = y;
    if (a->event.at.ns != b->event.at.ns) return a->event.at.ns < b->event.at.ns ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

static struct node event_node(const struct load *l, uint32_t i, struct at *list)
{
    struct at at;
    json_t *v = node_value(&l->root, "events", i, list, &at);
    return node_item(&l->root, &timeline_event, v, at);
}

/* Declares all ids first, so that a reference to a later event is told from one to none. */
static void declare_ids(struct load *l, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct at list;
        struct node n = event_node(l, i, &list);
        if (node_get(&n, "id") != NULL) load_declare(&l->events, &n, "id", "event", i);
    }
}

void events_read(struct load *l)
{
    uint32_t count = (uint32_t)node_count(&l->root, "events");
    struct scenario_event *events = arena_get(l->a, count, sizeof(*events));
    simtime *at = arena_get(l->scratch, count, sizeof(*at));
    uint32_t *index = arena_get(l->scratch, count, sizeof(*index));
    const struct jsonloc *places = events_places(l, "events", count);
    if (!names_init(&l->events, l->scratch, count) || events == NULL || at == NULL ||
        index == NULL || places == NULL) {
        return;
    }
    l->event_at = at;
    declare_ids(l, count);
    for (uint32_t i = 0; i < count && load_has_memory(l); i++) {
        struct at list;
        struct node n = event_node(l, i, &list);
        events[i].place = events_place(l, "events", places, i);
        read_event(l, &n, i, &events[i]);
        at[i] = events[i].event.at;
    }
    qsort(events, count, sizeof(*events), compare);
    for (uint32_t i = 0; i < count; i++) {
        index[events[i].number] = i;
    }
    l->event_index = index;
    l->s->events = events;
    l->s->event_count = count;
}
