/* SPDX-License-Identifier: MIT
 * answer_records.c: names in a site that has a zone of its own.
 *
 *   name                            type         answer
 *   a routed host                   A, AAAA      the decision
 *   a host that is an alias         any          its CNAME
 *   a host                          another      the zone's RRset of this name
 *   not a host                      any          the zone: RRset, CNAME, DNAME, delegation,
 * wildcard neither, and nothing below it   any          NXDOMAIN with the zone's SOA
 *
 * A host makes its name and those above it exist, so that wildcards do not match them (RFC 4592
 * section 2.2.1); one that is yet to come does not. The host "*" answers for names that neither
 * hosts nor records make exist, with the records of the zone's node "*" beside its addresses. */
#include "answer_internal.h"

static void set_records(struct answer *out, enum answer_kind kind, const struct zone_found *f)
{
    answer_set(out, kind, f->set->ttl_s);
    out->set = f->set;
    out->node = f->node;
}

static bool has_hints(const struct zone_set *s)
{
    for (uint16_t i = 0; i < s->count; i++) {
        if (s->data[i].hints != 0) return true;
    }
    return false;
}

/* The first name, lower case, whose addresses a record's hints are. */
static void hint_target(const struct answer *a, const struct zone_datum *d, uint8_t out[DNAME_MAX])
{
    const uint8_t *target = d->rdata + 2; /* behind the priority */
    dname_lower(*target != 0 ? target : a->node->name, out);
}

void answer_hint(struct world *w, const struct answer *a, const struct answer_hint_ask *ask,
                 struct answer *out)
{
    uint8_t name[DNAME_MAX];
    hint_target(a, ask->datum, name);
    answer_find_for(w, name, ask->type, ask->client, out);
    for (int i = 0; i < ANSWER_ALIAS_MAX && answer_next(out, name, name); i++) {
        if (!answer_ours(w, name)) return;
        answer_find_for(w, name, ask->type, ask->client, out);
    }
}

/* Records whose hints follow a decision live no longer than it, and depend on what it does. */
static void follow_hints(struct world *w, struct answer_client client, struct answer *out)
{
    static const uint16_t types[] = {RR_A, RR_AAAA};
    for (uint16_t i = 0; i < out->set->count; i++) {
        const struct zone_datum *d = &out->set->data[i];
        for (size_t t = 0; t < CN_ARRAY_LEN(types); t++) {
            struct answer to;
            if ((d->hints & (t == 0 ? ZONE_HINT_V4 : ZONE_HINT_V6)) == 0) continue;
            const struct answer_hint_ask ask = {d, types[t], client};
            answer_hint(w, out, &ask, &to);
            out->by_line = out->by_line || to.by_line;
            out->by_client = out->by_client || to.by_client;
            if (to.ttl_s < out->ttl_s) out->ttl_s = to.ttl_s;
        }
    }
}

static void take_records(struct world *w, struct answer_client client, const struct zone_found *f,
                         struct answer *out)
{
    set_records(out, ANSWER_RECORDS, f);
    if (has_hints(f->set)) follow_hints(w, client, out);
}

/* RRsets that stand beside a routed host's addresses. */
static void at_host(struct world *w, uint16_t type, struct answer_client client,
                    const struct zone_node *n, struct answer *out)
{
    const struct host_spec *h = &w->spec->hosts[out->host];
    struct zone_found f = {.node = n, .set = n != NULL ? zone_set_of(n, type) : NULL};
    if (type == RR_A || type == RR_AAAA) {
        answer_routed(w, type, client.line, out);
    } else if (type == RR_ANY) {
        answer_set(out, ANSWER_ANY, ANSWER_STATIC_TTL_S);
    } else if (f.set != NULL) {
        take_records(w, client, &f, out);
    } else if (type == RR_TXT && h->txt_count > 0) {
        answer_set(out, ANSWER_TXT, ANSWER_STATIC_TTL_S);
    } else {
        answer_set_negative(w, out, ANSWER_NODATA);
    }
}

/* What the zone says, unless a host below makes a name exist that the zone does not know. */
static void at_zone(struct world *w, const uint8_t *name, uint16_t type,
                    struct answer_client client, struct answer *out)
{
    uint8_t made[DNAME_MAX];
    struct zone_found f = zone_find(out->content, name, type);
    if (f.wildcard || f.kind == ZONE_NXDOMAIN) {
        unsigned known = dname_labels(answer_encloser(w, name));
        if (known > f.encloser) {
            f.kind = known == dname_labels(name) ? ZONE_NODATA : ZONE_NXDOMAIN;
        }
    }
    switch (f.kind) {
    case ZONE_RECORDS:
        take_records(w, client, &f, out);
        break;
    case ZONE_ALIAS:
        set_records(out, ANSWER_ALIAS, &f);
        out->target = f.set->data->rdata;
        break;
    case ZONE_DNAME:
        out->target = f.set->data->rdata;
        set_records(out, ANSWER_DNAME, &f);
        if (!zone_substitute(name, f.node->name, out->target, made)) out->kind = ANSWER_TOO_LONG;
        break;
    case ZONE_DELEGATION:
        set_records(out, ANSWER_DELEGATION, &f);
        break;
    case ZONE_ANY:
        answer_set(out, ANSWER_ANY, ANSWER_STATIC_TTL_S);
        break;
    case ZONE_NODATA:
        answer_set_negative(w, out, ANSWER_NODATA);
        break;
    case ZONE_NXDOMAIN:
        answer_set_negative(w, out, ANSWER_NXDOMAIN);
        break;
    }
}

/* The apex's SOA and NS are there whatever happens; inline records may leave them to be made. */
static bool at_head(const struct world *w, const struct name_slot *slot, uint16_t type,
                    struct answer *out)
{
    const struct zone *z = out->content;
    if (!slot->apex || (type != RR_SOA && type != RR_NS)) return false;
    const struct zone_set *set = type == RR_SOA ? z->soa : z->ns;
    struct zone_found f = {.node = z->nodes, .set = set};
    if (set != NULL) {
        set_records(out, ANSWER_RECORDS, &f);
    } else if (type == RR_SOA) {
        answer_set(out, ANSWER_SOA, w->choices->ttl_negative_s);
    } else {
        answer_set(out, ANSWER_NS, ANSWER_STATIC_TTL_S);
    }
    return true;
}

/* While resolution is closed (FACTS A1), names exist and have nothing. */
static void close_names(const struct world *w, struct answer *out)
{
    bool negative = out->kind == ANSWER_NODATA || out->kind == ANSWER_NXDOMAIN;
    bool routed = out->kind == ANSWER_POP || out->kind == ANSWER_ORIGIN; /* policy has its say */
    if (!w->sites[out->site].closed || negative || routed) return;
    out->set = NULL;
    out->target = NULL;
    answer_set_negative(w, out, ANSWER_NODATA);
}

/* The slot of the host that answers for a name: its own, or that of the wildcard which stands for
 * it. NULL: the name is the zone's business. */
static const struct name_slot *host_of(const struct world *w, const uint8_t *name,
                                       const struct answer *out)
{
    const struct name_slot *slot = world_names_find(w, name);
    if (!answer_exists(w, slot)) return answer_wildcard(w, name, out);
    bool ours = slot->site == out->site; /* DS of a zone below is not */
    return ours && slot->host != CN_NONE32 && w->hosts[slot->host].active ? slot : NULL;
}

/* A host's name, or one that the host "*" stands for. */
static void at_slot(struct world *w, const struct name_slot *slot, uint16_t type,
                    struct answer_client client, struct answer *out)
{
    const struct zone_node *n = zone_node_at(out->content, slot->name);
    const uint8_t *target = world_target(w, slot->host);
    if (target != NULL) {
        answer_set(out, ANSWER_ALIAS, w->choices->ttl_cname_s);
        out->target = target;
    } else if (answer_deleted(w, client.line, out)) {
        bool stays = slot->apex || slot->below > 0 || (n != NULL && n->below);
        answer_set_negative(w, out, stays ? ANSWER_NODATA : ANSWER_NXDOMAIN);
    } else {
        at_host(w, type, client, n, out);
    }
}

static void find(struct world *w, const uint8_t *name, uint16_t type, struct answer_client client,
                 struct answer *out)
{
    const struct name_slot *slot = world_names_find(w, name);
    const struct name_slot *host = host_of(w, name, out);
    bool ours = slot != NULL && slot->site == out->site;
    if (host != NULL) out->host = host->host;
    if (w->sites[out->site].expired) {
        answer_lapsed(w, client.line, out);
        return;
    }
    if (ours && at_head(w, slot, type, out)) return;
    bool told = !answer_exists(w, slot) && answer_why(w, name, type, out);
    if (!told && host != NULL) at_slot(w, host, type, client, out);
    if (!told && host == NULL) at_zone(w, name, type, client, out);
    close_names(w, out);
}

void answer_records_find(struct world *w, const uint8_t *name, uint16_t type,
                         struct answer_client client, struct answer *out)
{
    out->content = w->spec->sites[out->site].zone;
    find(w, name, type, client, out);
    bool negative = out->kind == ANSWER_NODATA || out->kind == ANSWER_NXDOMAIN;
    if (negative && out->content->soa != NULL) out->ttl_s = out->content->negative_ttl_s;
}
