/* SPDX-License-Identifier: MIT */
#include "cnedge/dns/responder.h"

#include <stdio.h>
#include <string.h>

#include "cnedge/base/rng.h"
#include "cnedge/dns/chaos.h"
#include "cnedge/dns/ede.h"
#include "cnedge/dns/encode.h"
#include "records.h"
#include "responder_internal.h"

/* The parts of SOA that no state decides, seconds (RFC 1912 section 2.2). */
enum { SOA_REFRESH_S = 3600, SOA_RETRY_S = 600, SOA_EXPIRE_S = 604800 };

enum { REASON_TEXT_SIZE = 256 }; /* a character string and its NUL */

struct client_line {
    uint16_t line;
    uint64_t key; /* tells the client from others of the line */
    uint8_t leaf; /* bits of the prefix that decided it, when that was the query's; else 0 */
    struct spill_client client;
};

/* Clients of one network share their answers: IPv4 /24, IPv6 /56, as resolvers send them. */
static uint64_t client_key(const uint8_t *address, bool v6)
{
    return rng_hash(1, address, v6 ? 7 : 3);
}

/* Whether the subnet that a query names is believed (FACTS C4.21). Length 0 says that the client
 * does not want to be located (RFC 7871 section 7.1.2). */
static bool believed(const struct choices *c, const struct message_ecs *ecs)
{
    uint32_t least = ecs->family == 2 ? c->ecs_min_v6_bits : c->ecs_min_v4_bits;
    return ecs->present && ecs->source >= least;
}

static struct prefix_match match(const struct prefix_table *t, const uint8_t *address, bool v6)
{
    return v6 ? prefix_find6(t, address) : prefix_find4(t, address);
}

/* Fixed by the listener, else by the subnet that the query names, else by its source. */
static struct client_line find_line(const struct world *w, const struct responder_client *c,
                                    const struct message_ecs *ecs)
{
    const struct prefix_table *t = w->spec->prefixes;
    struct client_line out = {.line = c->line};
    bool named = c->line == CN_NONE16 && believed(w->choices, ecs);
    bool v6 = named ? ecs->family == 2 : c->v6;
    const uint8_t *address = named ? ecs->address : c->address;
    out.client = (struct spill_client){.bits = named ? ecs->source : v6 ? 128 : 32, .v6 = v6};
    memcpy(out.client.address, address, v6 ? 16 : 4);
    if (c->line != CN_NONE16) {
        out.key = world_line_client(w, c->line);
        return out;
    }
    out.key = client_key(address, v6);
    struct prefix_match m = match(t, address, v6);
    out.line = m.line;
    out.leaf = named ? m.length : 0;
    bool unknown = named && m.line == w->topology->unknown_line;
    if (unknown && w->choices->unknown_subnet == SUBNET_SOURCE) {
        out.line = match(t, c->address, c->v6).line;
    }
    return out;
}

/* How much of the query's subnet the answer depends on: nothing, what decided the line, or the
 * prefix by which clients of one line are told apart, when that is longer. */
static uint8_t scope_of(const struct responder_reply *r, const struct client_line *where)
{
    uint8_t hashed = spill_bits(&where->client);
    if (!r->by_line || where->leaf == 0) return 0;
    if (r->w->choices->ecs_scope == ECS_SCOPE_AS_SENT) return where->client.bits;
    return r->by_client && hashed > where->leaf ? hashed : where->leaf;
}

static const uint8_t *first_nameserver(const struct world_spec *spec, const uint8_t *apex)
{
    return spec->nameserver_count > 0 ? spec->nameservers[0] : apex;
}

/* hostmaster.APEX; the apex alone when that would be too long for a name. */
static void put_mailbox(struct encode *e, const uint8_t *apex)
{
    static const uint8_t label[] = {10, 'h', 'o', 's', 't', 'm', 'a', 's', 't', 'e', 'r'};
    uint8_t name[DNAME_MAX];
    size_t len = dname_len(apex);
    size_t before = len + sizeof(label) <= DNAME_MAX ? sizeof(label) : 0;
    memcpy(name, label, before);
    memcpy(name + before, apex, len);
    encode_name(e, name);
}

/* The reply as the writer of a zone's records sees it. */
static struct records records_of(struct responder_reply *r)
{
    return (struct records){.w = r->w, .e = &r->e, .client = {r->line, r->key}, .spill = r->client};
}

static void put_soa(struct responder_reply *r, enum encode_section section, const struct answer *a)
{
    if (a->content != NULL && a->content->soa != NULL) {
        struct records records = records_of(r);
        records_put_soa(&records, section, a);
        return;
    }
    const uint8_t *apex = a->zone;
    struct encode *e = &r->e;
    encode_open(e, &(struct encode_record){section, apex, RR_SOA, a->ttl_s});
    encode_name(e, first_nameserver(r->w->spec, apex));
    put_mailbox(e, apex);
    wire_put_u32(&e->w, world_serial(r->w));
    wire_put_u32(&e->w, SOA_REFRESH_S);
    wire_put_u32(&e->w, SOA_RETRY_S);
    wire_put_u32(&e->w, SOA_EXPIRE_S);
    wire_put_u32(&e->w, r->w->choices->ttl_negative_s);
    encode_close(e);
}

static void put_ns(struct responder_reply *r, const uint8_t *owner, const struct answer *a)
{
    const struct world_spec *spec = r->w->spec;
    for (uint8_t i = 0; i < spec->nameserver_count; i++) {
        encode_open(&r->e, &(struct encode_record){ENCODE_ANSWER, owner, RR_NS, a->ttl_s});
        encode_name(&r->e, spec->nameservers[i]);
        encode_close(&r->e);
    }
}

static void put_address(struct responder_reply *r, const uint8_t *owner, uint32_t ttl_s,
                        const uint8_t *address)
{
    encode_open(&r->e, &(struct encode_record){ENCODE_ANSWER, owner, r->m->type, ttl_s});
    wire_put_bytes(&r->e.w, address, r->m->type == RR_A ? 4 : 16);
    encode_close(&r->e);
}

static void put_addresses(struct responder_reply *r, const uint8_t *owner, const struct answer *a)
{
    struct answer_addresses have;
    answer_addresses(r->w, a, r->m->type, &have);
    for (uint8_t i = 0; i < have.count; i++) {
        put_address(r, owner, a->ttl_s, have.at[i]);
    }
}

static void put_text(struct responder_reply *r, const uint8_t *owner, uint32_t ttl_s,
                     const char *text)
{
    encode_open(&r->e, &(struct encode_record){ENCODE_ANSWER, owner, RR_TXT, ttl_s});
    encode_text(&r->e, text);
    encode_close(&r->e);
}

static void put_txt(struct responder_reply *r, const uint8_t *owner, const struct answer *a)
{
    const struct host_spec *h = &r->w->spec->hosts[a->host];
    for (uint8_t i = 0; i < h->txt_count; i++) {
        put_text(r, owner, a->ttl_s, h->txt[i]);
    }
}

/* "answer: PoP sha, row 1, TTL 60 s". */
static void summary(const struct world *w, const char *type, const struct decision *d, char *out,
                    size_t cap)
{
    const char *what = "";
    const char *id = "";
    switch (d->kind) { /* LCOV_EXCL_BR_LINE: there is no other value */
    case DECISION_POP:
        what = "PoP ";
        id = w->topology->pops[d->pop].id;
        break;
    case DECISION_ORIGIN:
        what = "origin";
        break;
    case DECISION_NXDOMAIN:
        what = "no such name";
        break;
    case DECISION_NODATA:
        what = "no addresses";
        break;
    case DECISION_REFUSED:
        what = "refused";
        break;
    }
    snprintf(out, cap, "%s: %s%s, row %u, TTL %u s", type, what, id, (unsigned)d->row,
             (unsigned)d->ttl_s);
}

static void put_reasons(struct responder_reply *r, const uint8_t *owner, const char *label,
                        const struct decision *d)
{
    char text[REASON_TEXT_SIZE];
    for (unsigned i = 0; i < d->reason_count; i++) {
        int n = snprintf(text, sizeof(text), "%s%u: ", label, i + 1);
        policy_reason_text(r->w->topology, d->reasons[i], text + n, sizeof(text) - (size_t)n);
        put_text(r, owner, 0, text);
    }
}

/* Records of a set have no order: each reason says its number. AAAA is told apart from A only where
 * it differs. */
static void put_why(struct responder_reply *r, const uint8_t *owner, const struct answer *a)
{
    char text[REASON_TEXT_SIZE];
    struct decision d;
    struct world_ask ask = {a->host, r->line, FAMILY_V4, r->client};
    world_decide_for(r->w, &ask, &d);
    for (unsigned i = 0; i < d.reason_count; i++) {
        r->by_client = r->by_client || d.reasons[i].rule == RULE_SPILL;
    }
    summary(r->w, "answer", &d, text, sizeof(text));
    put_text(r, owner, a->ttl_s, text);
    put_reasons(r, owner, "", &d);
    if (!r->w->families_part) return;
    ask.family = FAMILY_V6;
    world_decide_for(r->w, &ask, &d);
    summary(r->w, "AAAA", &d, text, sizeof(text));
    put_text(r, owner, a->ttl_s, text);
    put_reasons(r, owner, "AAAA ", &d);
}

/* RFC 8482 section 4.2. */
static void put_any(struct responder_reply *r, const uint8_t *owner, const struct answer *a)
{
    encode_open(&r->e, &(struct encode_record){ENCODE_ANSWER, owner, RR_HINFO, a->ttl_s});
    encode_text(&r->e, "RFC8482");
    encode_text(&r->e, "");
    encode_close(&r->e);
}

static void put_alias(struct responder_reply *r, const uint8_t *owner, const struct answer *a)
{
    encode_open(&r->e, &(struct encode_record){ENCODE_ANSWER, owner, RR_CNAME, a->ttl_s});
    if (a->content != NULL) {
        encode_name_exact(&r->e, a->target);
    } else {
        encode_name(&r->e, a->target);
    }
    encode_close(&r->e);
}

/* What a zone holds besides hosts. Who is referred elsewhere gets no authority from us, unless a
 * name of ours led there. */
static void put_content(struct responder_reply *r, const uint8_t *owner, const struct answer *a)
{
    struct records records = records_of(r);
    if (a->kind == ANSWER_RECORDS) {
        records_put(&records, owner, a);
    } else if (a->kind == ANSWER_DELEGATION) {
        r->authoritative = owner != r->m->name;
        records_put_referral(&records, a);
    } else {
        if (a->kind == ANSWER_TOO_LONG) r->rcode = ENCODE_YXDOMAIN;
        records_put_dname(&records, owner, a);
    }
    r->by_client = r->by_client || records.by_client;
}

void responder_put_answer(struct responder_reply *r, const uint8_t *owner, const struct answer *a)
{
    switch (a->kind) { /* LCOV_EXCL_BR_LINE: there is no other value */
    case ANSWER_REFUSED:
        r->rcode = ENCODE_REFUSED;
        r->authoritative = false;
        break;
    case ANSWER_NXDOMAIN:
        r->rcode = ENCODE_NXDOMAIN;
        put_soa(r, ENCODE_AUTHORITY, a);
        break;
    case ANSWER_NODATA:
        put_soa(r, ENCODE_AUTHORITY, a);
        break;
    case ANSWER_POP:
    case ANSWER_ORIGIN:
        put_addresses(r, owner, a);
        break;
    case ANSWER_ALIAS:
        put_alias(r, owner, a);
        break;
    case ANSWER_SOA:
        put_soa(r, ENCODE_ANSWER, a);
        break;
    case ANSWER_NS:
        put_ns(r, owner, a);
        break;
    case ANSWER_TXT:
        put_txt(r, owner, a);
        break;
    case ANSWER_WHY:
        put_why(r, owner, a);
        break;
    case ANSWER_ANY:
        put_any(r, owner, a);
        break;
    case ANSWER_SERVFAIL:
        r->rcode = ENCODE_SERVFAIL;
        r->authoritative = false;
        break;
    case ANSWER_SILENT:
        r->silent = true;
        break;
    case ANSWER_RECORDS:
    case ANSWER_DNAME:
    case ANSWER_TOO_LONG:
    case ANSWER_DELEGATION:
        put_content(r, owner, a);
        break;
    case ANSWER_KIND_COUNT:
        break;
    }
}

/* The Extended DNS Error of the last answer of a chain; without its words, or not at all, where
 * there is no room left (RFC 8914 section 3: it is extra). */
static void put_ede(struct responder_reply *r, const struct answer *a)
{
    struct ede ede;
    struct decision d;
    uint8_t data[2 + EDE_TEXT_MAX];
    bool routed = a->host != CN_NONE32 && r->w->spec->hosts[a->host].cname == NULL;
    if (!r->m->edns || r->w->choices->ede == EDE_OFF) return;
    struct world_ask ask = {a->host, r->line, answer_family(r->m->type), r->client};
    if (routed) world_decide_for(r->w, &ask, &d);
    if (!ede_of(r->w, a, r->m->type, routed ? &d : NULL, &ede)) return;
    size_t len = r->w->choices->ede_text ? strlen(ede.text) : 0;
    data[0] = (uint8_t)(ede.code >> 8);
    data[1] = (uint8_t)ede.code;
    memcpy(data + 2, ede.text, len);
    if (encode_option(&r->e, MESSAGE_OPTION_EDE, data, 2 + len)) return;
    (void)encode_option(&r->e, MESSAGE_OPTION_EDE, data, 2);
}

/* The row of the decision table that gave an answer, and whose addresses they are. */
static void note_answer(struct responder_note *n, const struct answer *a)
{
    n->row = a->cell.row;
    n->origin = a->kind == ANSWER_ORIGIN;
    n->pop = a->kind == ANSWER_POP ? a->cell.pop : CN_NONE16;
}

/* Tells whoever counts. */
static void tell(struct responder_note *to, const struct responder_reply *r, const uint8_t *out,
                 size_t len)
{
    enum { FLAGS_AT = 2, TC_IN_BYTE = MESSAGE_TC >> 8 };
    if (to == NULL) return;
    *to = r->note;
    to->counted = true;
    to->silent = r->silent;
    to->by_client = r->by_client;
    to->truncated = len > FLAGS_AT && (out[FLAGS_AT] & TC_IN_BYTE) != 0;
    to->type = r->m->question_len > 0 ? r->m->type : 0;
    to->rcode = (uint16_t)r->rcode;
    to->line = r->line;
}

/* Follows a chain of aliases as long as it stays in our zones and meets no alias twice. The
 * result code is that of the last name (RFC 6604). */
static void answer_question(struct responder_reply *r)
{
    const uint8_t *name = r->m->name;
    uint8_t names[ANSWER_ALIAS_MAX][DNAME_MAX]; /* that were led to */
    r->authoritative = true;
    for (size_t steps = 0;; steps++) {
        struct answer a;
        answer_find_for(r->w, name, r->m->type, (struct answer_client){r->line, r->key}, &a);
        answer_spread(r->w, r->line, r->client, &a);
        r->by_line = r->by_line || a.by_line;
        r->by_client = r->by_client || a.by_client;
        responder_put_answer(r, name, &a);
        note_answer(&r->note, &a);
        bool leads = a.kind == ANSWER_ALIAS || a.kind == ANSWER_DNAME;
        if (!leads) put_ede(r, &a);
        if (!leads || steps == ANSWER_ALIAS_MAX || !answer_follows(r->m->type)) return;
        if (!answer_next(&a, name, names[steps]) || !answer_ours(r->w, names[steps])) return;
        for (size_t i = 0; i < steps; i++) {
            if (dname_equal(names[i], names[steps])) return;
        }
        if (dname_equal(r->m->name, names[steps])) return;
        name = names[steps];
    }
}

static size_t limit(const struct responder_client *c, const struct message *m)
{
    if (c->tcp) return RESPONDER_TCP_MAX;
    if (m->udp_size < RESPONDER_UDP_MIN) return RESPONDER_UDP_MIN;
    return m->udp_size < RESPONDER_UDP_MAX ? m->udp_size : RESPONDER_UDP_MAX;
}

enum encode_rcode responder_rcode_of(enum message_verdict v)
{
    switch (v) { /* LCOV_EXCL_BR_LINE: there is no other value */
    case MESSAGE_OK:
    case MESSAGE_CHAOS:
    case MESSAGE_COOKIE:
    case MESSAGE_DROP:
        break;
    case MESSAGE_FORMERR:
        return ENCODE_FORMERR;
    case MESSAGE_NOTIMP:
        return ENCODE_NOTIMP;
    case MESSAGE_BADVERS:
        return ENCODE_BADVERS;
    case MESSAGE_NOTAUTH:
        return ENCODE_NOTAUTH;
    case MESSAGE_REFUSED:
        return ENCODE_REFUSED;
    }
    return ENCODE_NOERROR;
}

/* What message_read could not know: the transport, and whether cookies are spoken. A transfer over
 * UDP is not defined (RFC 5936 section 4.2). */
static enum message_verdict judge(const struct responder_client *c, struct message *m,
                                  enum message_verdict v)
{
    bool cookies = c->server != NULL && c->server->cookies.count > 0;
    bool served = v == MESSAGE_OK || v == MESSAGE_CHAOS;
    if (v == MESSAGE_COOKIE && !cookies) {
        m->fault = FAULT_NO_QUESTION;
    } else if (served && c->tcp && m->keepalive_bad) {
        m->fault = FAULT_KEEPALIVE;
    } else if (v == MESSAGE_REFUSED && !c->tcp && m->type == RR_AXFR) {
        m->fault = FAULT_AXFR_UDP;
    } else {
        return v;
    }
    return MESSAGE_FORMERR;
}

size_t responder_answer(struct world *w, const struct responder_client *client,
                        struct responder_query query, uint8_t *out, size_t cap)
{
    CN_ASSERT(cap >= (client->tcp ? RESPONDER_TCP_MAX : RESPONDER_UDP_MAX));
    struct message m;
    enum message_verdict v = message_read(&m, query.bytes, query.len);
    if (client->note != NULL) *client->note = (struct responder_note){.counted = false};
    if (v == MESSAGE_DROP) return 0;
    v = judge(client, &m, v);
    struct client_line where = find_line(w, client, &m.ecs);
    struct responder_reply r = {.w = w,
                                .m = &m,
                                .line = where.line,
                                .client = &where.client,
                                .key = where.key,
                                .rcode = responder_rcode_of(v),
                                .note = {.pop = CN_NONE16}};
    encode_begin(&r.e, &m, query.bytes, out, limit(client, &m));
    responder_put_options(&r.e, client, &m);
    if (v == MESSAGE_OK) answer_question(&r);
    if (v == MESSAGE_CHAOS) r.rcode = chaos_answer(&r.e, client->server);
    if (v == MESSAGE_CHAOS && r.rcode != ENCODE_NOERROR) m.fault = FAULT_CHAOS;
    if (r.rcode == ENCODE_YXDOMAIN) m.fault = FAULT_NAME_LENGTH;
    encode_fault(&r.e, 0);
    if (r.silent) {
        tell(client->note, &r, out, 0);
        return 0;
    }
    struct encode_end end = {.rcode = r.rcode,
                             .authoritative = r.authoritative,
                             .scope = scope_of(&r, &where),
                             .udp_size = RESPONDER_UDP_MAX};
    size_t len = encode_finish(&r.e, &end);
    tell(client->note, &r, out, len);
    return len;
}
