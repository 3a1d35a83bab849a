/* SPDX-License-Identifier: MIT */
#include "cnedge/model/answer.h"

#include <string.h>

#include "answer_internal.h"

static const struct {
    uint16_t type;
    const char *name;
} types[] = {{RR_A, "A"},       {RR_NS, "NS"},       {RR_CNAME, "CNAME"}, {RR_SOA, "SOA"},
             {RR_PTR, "PTR"},   {RR_HINFO, "HINFO"}, {RR_MX, "MX"},       {RR_TXT, "TXT"},
             {RR_AAAA, "AAAA"}, {RR_SRV, "SRV"},     {RR_SVCB, "SVCB"},   {RR_HTTPS, "HTTPS"},
             {RR_ANY, "ANY"},   {RR_CAA, "CAA"},     {RR_DNAME, "DNAME"}, {RR_DS, "DS"}};

const char *rr_type_name(uint16_t type)
{
    for (size_t i = 0; i < CN_ARRAY_LEN(types); i++) {
        if (types[i].type == type) return types[i].name;
    }
    return NULL;
}

uint16_t rr_type_find(const char *name)
{
    for (size_t i = 0; i < CN_ARRAY_LEN(types); i++) {
        if (strcmp(types[i].name, name) == 0) return types[i].type;
    }
    return 0;
}

/* The longest apex that the name lies in; NULL when none. */
static const struct name_slot *apex_of(const struct world *w, const uint8_t *name)
{
    for (;;) {
        const struct name_slot *slot = world_names_find(w, name);
        if (slot != NULL && slot->apex) return slot;
        if (*name == 0) return NULL;
        name = dname_parent(name);
    }
}

/* The zone that answers for a name and type: the longest one, but for DS at its apex the one above,
 * when that is a site too (RFC 4035 section 3.1.4.1). */
static const struct name_slot *asked_apex(const struct world *w, const uint8_t *name, uint16_t type)
{
    const struct name_slot *apex = apex_of(w, name);
    if (type != RR_DS || apex == NULL || *name == 0 || !dname_equal(apex->name, name)) return apex;
    const struct name_slot *above = apex_of(w, dname_parent(name));
    return above != NULL && !above->cdn ? above : apex;
}

uint32_t answer_zone(const struct world *w, const uint8_t *name)
{
    struct answer_named as;
    name = answer_named(w, name, &as);
    const struct name_slot *apex = apex_of(w, name);
    return apex != NULL ? apex->site : CN_NONE32;
}

bool answer_ours(const struct world *w, const uint8_t *name)
{
    struct answer_named as;
    name = answer_named(w, name, &as);
    return apex_of(w, name) != NULL;
}

bool answer_follows(uint16_t type)
{
    return type != RR_CNAME && type != RR_ANY;
}

uint32_t answer_life_s(const struct answer *a)
{
    return a->ttl_s < a->chain_s ? a->ttl_s : a->chain_s;
}

void answer_set(struct answer *out, enum answer_kind kind, uint32_t ttl_s)
{
    out->kind = kind;
    out->ttl_s = ttl_s;
}

/* Rows 25 and 26 of FACTS C2, unless the policy has decided and named its own. */
void answer_set_negative(const struct world *w, struct answer *out, enum answer_kind kind)
{
    answer_set(out, kind, w->choices->ttl_negative_s);
    if (out->cell.row == 0) out->cell.row = kind == ANSWER_NXDOMAIN ? 25 : 26;
}

static bool wants_address(uint16_t type)
{
    return type == RR_A || type == RR_AAAA;
}

static bool origin_has(const struct origin_spec *o, uint16_t type)
{
    return o != NULL && (type == RR_A ? o->v4_count : o->v6_count) > 0;
}

enum family answer_family(uint16_t type)
{
    return type == RR_AAAA ? FAMILY_V6 : FAMILY_V4;
}

/* The class of a routed host that answers this client. */
static uint16_t class_of(const struct world *w, struct answer *a)
{
    a->class_ = world_class_for(w, a->host, a->client);
    a->by_client =
        w->hosts[a->host].outside != CN_NONE16 || w->choices->address_rotation == ROTATION_HASHED;
    return a->class_;
}

/* A or AAAA of a routed host: the decision of its class for the line. */
void answer_routed(struct world *w, uint16_t type, uint16_t line, struct answer *out)
{
    out->cell = world_cell(w, class_of(w, out), line, answer_family(type));
    out->by_line = true;
    switch ((enum decision_kind)out->cell.kind) {
    case DECISION_POP:
        answer_set(out, ANSWER_POP, out->cell.ttl_s);
        return;
    case DECISION_ORIGIN:
        if (origin_has(w->spec->sites[out->site].origin, type)) {
            answer_set(out, ANSWER_ORIGIN, out->cell.ttl_s);
            return;
        }
        break;
    case DECISION_NXDOMAIN:
    case DECISION_NODATA:
    case DECISION_REFUSED:
        break;
    }
    answer_set(out, ANSWER_NODATA, w->choices->ttl_negative_s); /* the row is the decision's */
}

/* revocation_policy "delete_name" removes the name for every type and line; the line is looked at
 * all the same, since it is the policy that says so. */
bool answer_deleted(struct world *w, uint16_t line, struct answer *out)
{
    struct cell cell = world_cell(w, class_of(w, out), line, FAMILY_V4);
    if (cell.kind != DECISION_NXDOMAIN) return false;
    out->cell = cell;
    return true;
}

static void at_host(struct world *w, uint16_t type, uint16_t line, struct answer *out)
{
    const struct host_spec *h = &w->spec->hosts[out->host];
    const uint8_t *target = world_target(w, out->host);
    bool open = !w->sites[h->site].closed;
    if (target != NULL && open) {
        answer_set(out, ANSWER_ALIAS, w->choices->ttl_cname_s);
        out->target = target;
    } else if (target == NULL && wants_address(type)) {
        answer_routed(w, type, line, out);
    } else if (type == RR_TXT && h->txt_count > 0 && open) {
        answer_set(out, ANSWER_TXT, ANSWER_STATIC_TTL_S);
    } else {
        answer_set_negative(w, out, ANSWER_NODATA);
    }
}

/* Nobody asks us any more once the parent zone has taken the delegation back. */
void answer_lapsed(struct world *w, uint16_t line, struct answer *out)
{
    bool refused = w->choices->lapsed_domain == LAPSED_REFUSED;
    if (out->host != CN_NONE32 && w->spec->hosts[out->host].cname == NULL) {
        out->cell = world_cell(w, w->hosts[out->host].class_, line, FAMILY_V4);
    }
    answer_set(out, refused ? ANSWER_REFUSED : ANSWER_NXDOMAIN,
               w->choices->ttl_negative_s); /* no row */
}

/* An existing name: apex, host or empty non-terminal. */
static void at_name(struct world *w, const struct name_slot *slot, uint16_t type, uint16_t line,
                    struct answer *out)
{
    bool host = slot->host != CN_NONE32 && w->hosts[slot->host].active;
    bool alias = host && world_target(w, slot->host) != NULL;
    if (host) out->host = slot->host;
    if (w->sites[slot->site].expired) {
        answer_lapsed(w, line, out);
    } else if (slot->apex && type == RR_SOA) {
        answer_set(out, ANSWER_SOA, w->choices->ttl_negative_s);
    } else if (slot->apex && type == RR_NS) {
        answer_set(out, ANSWER_NS, ANSWER_STATIC_TTL_S);
    } else if (host && !alias && answer_deleted(w, line, out)) { /* what has names below stays */
        bool stays = slot->apex || slot->below > 0;
        answer_set_negative(w, out, stays ? ANSWER_NODATA : ANSWER_NXDOMAIN);
    } else if (type == RR_ANY && !alias && (host || slot->apex)) {
        answer_set(out, ANSWER_ANY, ANSWER_STATIC_TTL_S);
    } else if (host) {
        at_host(w, type, line, out);
    } else {
        answer_set_negative(w, out, ANSWER_NODATA);
    }
}

static bool asks_why(const uint8_t *name)
{
    static const uint8_t label[] = {4, '_', 'w', 'h', 'y'};
    return dname_len(name) > sizeof(label) && memcmp(name, label, sizeof(label)) == 0;
}

uint32_t answer_host(const struct world *w, const uint8_t *name)
{
    struct answer_named as;
    name = answer_named(w, name, &as);
    const struct name_slot *slot = world_names_find(w, asks_why(name) ? dname_parent(name) : name);
    return slot != NULL ? slot->host : CN_NONE32;
}

/* A host that has not come into being yet is no name, unless hosts that have lie below it: NXDOMAIN
 * says that nothing does (RFC 8020). */
bool answer_exists(const struct world *w, const struct name_slot *slot)
{
    if (slot == NULL) return false;
    return slot->apex || slot->below > 0 ||
           (slot->host != CN_NONE32 && w->hosts[slot->host].active);
}

const uint8_t *answer_encloser(const struct world *w, const uint8_t *name)
{
    while (!answer_exists(w, world_names_find(w, name))) {
        name = dname_parent(name);
    }
    return name;
}

/* The closest name that exists in the zone of `out`, by its hosts or its records; NULL when that is
 * the name itself, or what another zone or a DNAME has taken over. */
static const uint8_t *closest(const struct world *w, const uint8_t *name, const struct answer *out)
{
    const uint8_t *encloser = answer_encloser(w, name);
    unsigned known = dname_labels(encloser);
    unsigned labels = dname_labels(name);
    if (out->content != NULL) {
        struct zone_found f = zone_find(out->content, name, RR_A);
        if (zone_hidden_by(out->content, name) != NULL) return NULL;
        if (f.encloser > known) known = f.encloser;
    }
    if (known == labels) return NULL;
    for (; labels > known; labels--) {
        name = dname_parent(name);
    }
    return name;
}

const struct name_slot *answer_wildcard(const struct world *w, const uint8_t *name,
                                        const struct answer *out)
{
    uint8_t wildcard[DNAME_MAX] = {1, '*'};
    enum { LABEL = 2 };
    if (!w->wildcards) return NULL;
    const uint8_t *encloser = closest(w, name, out);
    if (encloser == NULL) return NULL;
    memcpy(wildcard + LABEL, encloser, dname_len(encloser)); /* no longer than what was below it */
    const struct name_slot *slot = world_names_find(w, wildcard);
    bool host = slot != NULL && slot->host != CN_NONE32 && slot->site == out->site;
    return host && w->hosts[slot->host].active ? slot : NULL;
}

/* "_why" in front of a routed host's name. False when it is not that. */
bool answer_why(const struct world *w, const uint8_t *name, uint16_t type, struct answer *out)
{
    if (!asks_why(name)) return false;
    const uint8_t *of = dname_parent(name);
    const struct name_slot *slot = world_names_find(w, of);
    if (!answer_exists(w, slot)) slot = answer_wildcard(w, of, out);
    if (slot == NULL || slot->host == CN_NONE32 || !w->hosts[slot->host].active) return false;
    if (w->spec->hosts[slot->host].cname != NULL) return false;
    out->host = slot->host;
    (void)class_of(w, out);
    if (type == RR_TXT) {
        answer_set(out, ANSWER_WHY, 0); /* for people, at this instant: not to be cached */
        out->by_line = true;
    } else {
        answer_set_negative(w, out, ANSWER_NODATA);
    }
    return true;
}

/* A name that does not exist; `wildcard` stands for it, or NULL. */
static void at_missing(struct world *w, const struct name_slot *wildcard, uint16_t type,
                       uint16_t line, struct answer *out)
{
    if (wildcard != NULL) {
        at_name(w, wildcard, type, line, out);
    } else if (w->sites[out->site].expired) {
        answer_lapsed(w, line, out);
    } else {
        answer_set_negative(w, out, ANSWER_NXDOMAIN);
    }
}

bool answer_dns_out(const struct world *w, uint8_t partner, struct answer *out)
{
    if (!world_dns_out(w, partner)) return false;
    bool silent = w->choices->partner_dns_failure == DNS_FAILURE_SILENT;
    answer_set(out, silent ? ANSWER_SILENT : ANSWER_SERVFAIL, 0);
    out->cell.row = 27;
    return true;
}

/* A name in the zone of the site out->site. */
static void in_zone(struct world *w, const uint8_t *name, uint16_t type,
                    struct answer_client client, struct answer *out)
{
    uint16_t line = client.line;
    bool partial = w->spec->sites[out->site].setup == SETUP_PARTIAL;
    if (!partial && answer_dns_out(w, w->sites[out->site].partner, out)) return;
    out->may_time_out = w->border_congested && world_chain_crosses(w, out->site, line);
    if (w->spec->sites[out->site].zone != NULL) {
        answer_records_find(w, name, type, client, out);
        return;
    }
    const struct name_slot *slot = world_names_find(w, name);
    if (slot != NULL && slot->apex && slot->site != out->site) {
        answer_set_negative(w, out, ANSWER_NODATA); /* DS of a zone below, which is not signed */
    } else if (answer_exists(w, slot)) {
        at_name(w, slot, type, line, out);
    } else if (!answer_why(w, name, type, out)) {
        at_missing(w, answer_wildcard(w, name, out), type, line, out);
    }
}

void answer_find_for(struct world *w, const uint8_t *name, uint16_t type,
                     struct answer_client client, struct answer *out)
{
    struct answer_named as;
    CN_ASSERT(client.line < w->topology->line_count);
    *out = (struct answer){.site = CN_NONE32, .client = client.key, .host = CN_NONE32};
    out->chain_s = UINT32_MAX;
    name = answer_named(w, name, &as);
    const struct name_slot *apex = asked_apex(w, name, type);
    if (apex == NULL) {
        answer_set(out, ANSWER_REFUSED, 0);
        out->cell.row = 24;
        return;
    }
    out->zone = as.member != NULL ? as.member : apex->name;
    if (apex->cdn) {
        answer_chain_find(w, name, type, client.line, out);
        return;
    }
    out->site = apex->site;
    in_zone(w, name, type, client, out);
}

struct answer_client answer_client_of(const struct world *w, uint16_t line)
{
    return (struct answer_client){line, world_line_client(w, line)};
}

void answer_find(struct world *w, const uint8_t *name, uint16_t type, uint16_t line,
                 struct answer *out)
{
    answer_find_for(w, name, type, answer_client_of(w, line), out);
}

static const uint8_t *pop_address(const struct pop *p, uint16_t type, unsigned i)
{
    return type == RR_A ? p->v4[i] : p->v6[i];
}

/* The site's dedicated addresses of a family, in the order of the scenario. */
static unsigned own_addresses(const struct world *w, const struct answer *a, uint16_t type,
                              const uint8_t *out[SPEC_DEDICATED_MAX])
{
    const struct site_spec *s = &w->spec->sites[a->site];
    unsigned n = 0;
    for (uint8_t i = 0; i < s->dedicated_count; i++) {
        if (s->dedicated[i].v6 == (type == RR_AAAA)) out[n++] = s->dedicated[i].address;
    }
    return n;
}

/* Which of them, and in which order (FACTS C4.3). */
static void pick(const struct world *w, const struct answer *a, struct answer_addresses *out)
{
    struct answer_addresses all = *out;
    const struct choices *c = w->choices;
    size_t first = 0;
    if (all.count == 0) return;
    if (c->address_rotation == ROTATION_HASHED) {
        first = (size_t)(world_client_draw(w, a->host, a->client) / c->return_steps) % all.count;
    }
    if (out->count > c->answer_addresses) out->count = (uint8_t)c->answer_addresses;
    for (size_t i = 0; i < out->count; i++) {
        out->at[i] = all.at[(first + i) % all.count];
    }
}

void answer_addresses(const struct world *w, const struct answer *a, uint16_t type,
                      struct answer_addresses *out)
{
    out->count = 0;
    if (!wants_address(type)) return;
    if (a->kind == ANSWER_POP) {
        const struct pop *p = &w->topology->pops[a->cell.pop];
        unsigned mask = a->cell.addresses[answer_family(type)];
        const uint8_t *own[SPEC_DEDICATED_MAX] = {NULL};
        unsigned owned = p->class_ == POP_MAINLAND ? own_addresses(w, a, type, own) : 0;
        for (unsigned i = 0; i < (owned > 0 ? owned : POP_POOL_MAX); i++) {
            if ((mask & 1U << i) == 0) continue;
            out->at[out->count++] = owned > 0 ? own[i] : pop_address(p, type, i);
        }
        pick(w, a, out);
    } else if (a->kind == ANSWER_ORIGIN) {
        const struct origin_spec *o = w->spec->sites[a->site].origin;
        CN_ASSERT(o != NULL);
        for (unsigned i = 0; i < (type == RR_A ? o->v4_count : o->v6_count); i++) {
            out->at[out->count++] = type == RR_A ? o->v4[i] : o->v6[i];
        }
    } else if (a->kind == ANSWER_RECORDS && a->set->type == type) {
        for (unsigned i = 0; i < a->set->count && i < ANSWER_ADDRESSES_MAX; i++) {
            out->at[out->count++] = a->set->data[i].rdata;
        }
    }
}

bool answer_next(const struct answer *a, const uint8_t *name, uint8_t out[DNAME_MAX])
{
    if (a->kind == ANSWER_ALIAS) {
        dname_lower(a->target, out);
        return true;
    }
    if (a->kind != ANSWER_DNAME || !zone_substitute(name, a->node->name, a->target, out)) {
        return false;
    }
    dname_lower(out, out);
    return true;
}

void answer_follow(struct world *w, const uint8_t *name, uint16_t type, uint16_t line,
                   struct answer *out)
{
    bool late = false;
    uint8_t next[DNAME_MAX];
    answer_find(w, name, type, line, out);
    for (int i = 0; i < ANSWER_ALIAS_MAX && answer_next(out, name, next); i++) {
        uint32_t chain_s = answer_life_s(out);
        if (!answer_follows(type) || !answer_ours(w, next)) break;
        late = late || out->may_time_out;
        answer_find(w, next, type, line, out);
        out->chain_s = chain_s;
        name = next;
    }
    out->may_time_out = out->may_time_out || late;
}

void answer_spread(const struct world *w, uint16_t line, const struct spill_client *c,
                   struct answer *a)
{
    if (a->kind != ANSWER_POP || !world_spreads(w, a->host, a->cell.pop)) return;
    uint16_t to = world_spread_to(w, a->host, line, c, a->cell.pop);
    a->cell.row = world_spread_row(w, line, &a->cell, to);
    for (int f = 0; f < FAMILY_COUNT && to != a->cell.pop; f++) {
        uint8_t shared = world_spread_addresses(w, to, line, (enum family)f);
        a->cell.addresses[f] = policy_addresses(&w->classes[a->class_].key, &w->topology->pops[to],
                                                (enum family)f, shared);
    }
    a->cell.pop = to;
    a->cell.ttl_s = w->choices->ttl_spill_s;
    a->ttl_s = a->cell.ttl_s;
    a->by_client = true;
}
