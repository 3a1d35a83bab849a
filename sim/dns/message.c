/* SPDX-License-Identifier: MIT */
#include "cnedge/dns/message.h"

#include <string.h>

#include "cnedge/model/answer.h"

/* Types that may be asked for or sent but are no data (IANA), as far as they are told apart. */
enum {
    TYPE_NXNAME = 128, /* RFC 9824: never to be asked for */
    TYPE_TKEY = 249,
    TYPE_TSIG = 250,
    TYPE_MAILB = 253,
    TYPE_MAILA = 254,
    CLASS_ANY = 255,
};

struct counts {
    uint16_t questions, answers, authorities, additionals;
};

struct record {
    size_t owner_at, owner_len;
    bool at_root; /* its owner */
    bool headed;  /* all but its data could be read */
    uint16_t type, class_;
    uint32_t ttl;
    struct wire_rd data;
};

/* Data of types that have names or a fixed size: bytes, names, bytes. What else is sent along with
 * a query is not looked at; what could not be read is not passed over. */
static bool is_sound(const struct wire_rd *r, const struct record *rec)
{
    enum { TYPE_SIG = 24, TYPE_RRSIG = 46 };
    static const struct {
        uint16_t type;
        uint8_t before, names, behind;
        bool more; /* behind them stands something of any length */
    } layouts[] = {
        {RR_A, 4, 0, 0, false},     {RR_AAAA, 16, 0, 0, false},  {RR_NS, 0, 1, 0, false},
        {RR_CNAME, 0, 1, 0, false}, {RR_PTR, 0, 1, 0, false},    {RR_DNAME, 0, 1, 0, false},
        {RR_MX, 2, 1, 0, false},    {RR_SRV, 6, 1, 0, false},    {RR_SOA, 0, 2, 20, false},
        {TYPE_SIG, 18, 1, 0, true}, {TYPE_RRSIG, 18, 1, 0, true}};
    size_t at = (size_t)(rec->data.p - r->p);
    struct wire_rd d = {.p = r->p, .pos = at, .len = at + rec->data.len};
    for (size_t i = 0; i < CN_ARRAY_LEN(layouts); i++) {
        if (layouts[i].type != rec->type) continue;
        wire_get_bytes(&d, layouts[i].before);
        for (int n = 0; n < layouts[i].names; n++) {
            (void)wire_skip_name(&d);
        }
        wire_get_bytes(&d, layouts[i].behind);
        return !d.failed && (layouts[i].more || d.pos == d.len);
    }
    return true;
}

static struct record read_record(struct wire_rd *r)
{
    struct record rec = {.owner_at = r->pos};
    rec.owner_len = wire_skip_name(r);
    rec.at_root = rec.owner_len == 1;
    rec.type = wire_get_u16(r);
    rec.class_ = wire_get_u16(r);
    rec.ttl = wire_get_u32(r);
    uint16_t data_len = wire_get_u16(r);
    rec.headed = !r->failed;
    rec.data = wire_get_part(r, data_len);
    return rec;
}

/* Whether all bits of the address behind the prefix are zero (RFC 7871 section 6). */
static bool tail_is_zero(const struct message_ecs *ecs)
{
    if (ecs->source % 8 == 0) return true;
    uint8_t mask = (uint8_t)(0xFFU >> ecs->source % 8);
    return (ecs->address[ecs->bytes - 1] & mask) == 0;
}

/* EDNS Client Subnet of a query: the scope is 0, and the address has no byte too many or too few.
 */
static enum fault read_ecs(struct wire_rd *r, struct message_ecs *ecs)
{
    static const uint8_t bits_max[] = {0, 32, 128}; /* by family */
    if (ecs->present) return FAULT_ECS_TWICE;
    ecs->family = wire_get_u16(r);
    ecs->source = wire_get_u8(r);
    uint8_t scope = wire_get_u8(r);
    if (r->failed) return FAULT_ECS_CUT;
    if (ecs->family >= CN_ARRAY_LEN(bits_max)) return FAULT_ECS_FAMILY;
    if (scope != 0) return FAULT_ECS_SCOPE;
    if (ecs->source > bits_max[ecs->family]) return FAULT_ECS_PREFIX;
    ecs->bytes = (uint8_t)((ecs->source + 7) / 8);
    const uint8_t *address = wire_get_bytes(r, ecs->bytes);
    if (address == NULL || r->pos != r->len) return FAULT_ECS_LENGTH;
    memcpy(ecs->address, address, ecs->bytes);
    ecs->present = tail_is_zero(ecs);
    return ecs->present ? FAULT_NONE : FAULT_ECS_BITS;
}

/* The first cookie counts, the others are ignored (RFC 7873 section 5.2). */
static enum fault read_cookie(const struct wire_rd *r, struct cookie *c)
{
    return c->present || cookie_read(c, r->p, r->len) ? FAULT_NONE : FAULT_COOKIE;
}

static enum fault read_option(uint16_t code, struct wire_rd *r, struct message *m)
{
    switch (code) {
    case MESSAGE_OPTION_ECS:
        return read_ecs(r, &m->ecs);
    case MESSAGE_OPTION_COOKIE:
        return read_cookie(r, &m->cookie);
    case MESSAGE_OPTION_NSID: /* its data are not looked at, RFC 5001 section 2.1 */
        m->nsid = true;
        return FAULT_NONE;
    case MESSAGE_OPTION_PADDING: /* of any length and content, RFC 7830 section 3 */
        m->padding = true;
        return FAULT_NONE;
    case MESSAGE_OPTION_KEEPALIVE: /* means nothing over UDP: the responder knows */
        m->keepalive = true;
        m->keepalive_bad = m->keepalive_bad || r->len != 0;
        return FAULT_NONE;
    default:
        return FAULT_NONE;
    }
}

/* What is wrong first is what is told. */
static void note(struct message *m, enum fault f)
{
    if (m->fault == FAULT_NONE) m->fault = f;
}

/* The options of OPT fill it to its last byte; those that are not known are passed over. */
static void read_options(struct wire_rd *r, struct message *m)
{
    while (r->pos != r->len) {
        uint16_t code = wire_get_u16(r);
        struct wire_rd option = wire_get_part(r, wire_get_u16(r));
        enum fault f = r->failed ? FAULT_OPTION : read_option(code, &option, m);
        note(m, f);
        if (f != FAULT_NONE) return;
    }
}

/* RFC 6891 section 6.1: at most one, and that at the root. One that is not where it belongs says
 * all the same that EDNS is understood, and is answered with one. The options of a version that is
 * not ours are not looked at. */
static void read_opt(struct record *rec, struct message *m)
{
    if (m->edns) note(m, FAULT_OPT_TWICE);
    if (!rec->at_root) note(m, FAULT_OPT_OWNER);
    if (m->edns) return;
    m->edns = true;
    m->udp_size = rec->class_;
    m->version = (uint8_t)(rec->ttl >> 16);
    m->dnssec_ok = (rec->ttl & MESSAGE_DO) != 0;
    if (rec->data.failed) note(m, FAULT_OPTION);
    if (m->version == 0 && !rec->data.failed) read_options(&rec->data, m);
}

/* A signature is the last record, in class ANY with TTL 0 (RFC 8945 section 5.1). The signature
 * itself is not looked at: there is no key that it could be checked with. Names in it are not
 * compressed. */
static bool read_tsig(const struct wire_rd *r, const struct record *rec, struct message *m)
{
    enum { TIME_AND_FUDGE = 8 };
    uint8_t name[DNAME_MAX];
    struct wire_rd owner = {.p = r->p, .pos = rec->owner_at, .len = r->len};
    struct wire_rd d = rec->data;
    struct message_tsig *t = &m->tsig;
    if (rec->class_ != CLASS_ANY || rec->ttl != 0) return false;
    t->name_at = (uint16_t)rec->owner_at;
    t->name_len = (uint16_t)wire_get_name(&owner, name);
    t->data_at = (uint16_t)(d.p - r->p);
    t->algorithm_len = (uint16_t)wire_get_name(&d, name);
    if (t->name_len == 0 || t->algorithm_len == 0) return false;
    wire_get_bytes(&d, TIME_AND_FUDGE);
    wire_get_bytes(&d, wire_get_u16(&d)); /* the signature */
    t->id = wire_get_u16(&d);
    wire_get_u16(&d);                     /* error */
    wire_get_bytes(&d, wire_get_u16(&d)); /* other data */
    t->present = !d.failed && d.pos == d.len;
    return t->present;
}

/* SIG(0), RFC 2931, is a record like others: whoever has no keys ignores it. */
static void read_additional(struct wire_rd *r, struct message *m)
{
    struct record rec = read_record(r);
    if (r->failed && rec.headed && rec.type == RR_OPT) read_opt(&rec, m);
    if (r->failed) return;
    if (!is_sound(r, &rec)) note(m, FAULT_RDATA);
    if (m->tsig.present) note(m, FAULT_TSIG_LAST);
    if (rec.type == RR_OPT) {
        read_opt(&rec, m);
    } else if (rec.type == TYPE_TSIG && !m->tsig.present && !read_tsig(r, &rec, m)) {
        note(m, FAULT_TSIG_DATA);
    }
}

/* The serial in the data of a SOA record, whose names may be compressed. */
static void read_serial(const struct wire_rd *r, const struct record *rec, struct message *m)
{
    size_t at = (size_t)(rec->data.p - r->p);
    struct wire_rd d = {.p = r->p, .pos = at, .len = at + rec->data.len};
    (void)wire_skip_name(&d);
    (void)wire_skip_name(&d);
    m->serial = wire_get_u32(&d);
    m->has_serial = !d.failed;
}

/* Records before the additional section: a query has none, but for the SOA that a client of IXFR
 * has (RFC 1995). OPT has no place here. */
static void read_early(struct wire_rd *r, struct message *m, uint16_t count)
{
    for (uint16_t i = 0; i < count; i++) {
        struct record rec = read_record(r);
        if (r->failed) return;
        if (!is_sound(r, &rec)) note(m, FAULT_RDATA);
        if (rec.type == RR_OPT) note(m, FAULT_OPT_PLACE);
        if (rec.type == RR_OPT) read_opt(&rec, m);
        if (rec.type == RR_SOA && m->type == RR_IXFR) read_serial(r, &rec, m);
    }
}

/* The one question. Several are passed over, for the OPT behind them. */
static void read_questions(struct wire_rd *r, struct message *m, uint16_t count)
{
    enum { TYPE_AND_CLASS = 4 };
    size_t start = r->pos;
    for (uint16_t i = 0; count > 1 && i < count && !r->failed; i++) {
        (void)wire_skip_name(r);
        wire_get_bytes(r, TYPE_AND_CLASS);
    }
    if (count != 1) return;
    (void)wire_get_name(r, m->name);
    m->type = wire_get_u16(r);
    m->class_ = wire_get_u16(r);
    if (!r->failed) m->question_len = (uint16_t)(r->pos - start);
}

/* Everything behind the header, as far as it can be told apart: what counts or stands where it must
 * not is noted, and reading goes on to the OPT that may still come. */
static void read_sections(struct wire_rd *r, struct message *m, struct counts n)
{
    read_questions(r, m, n.questions);
    if (n.questions > 1) note(m, FAULT_QUESTIONS);
    read_early(r, m, n.answers);
    if (n.answers != 0) note(m, FAULT_ANSWERS);
    read_early(r, m, n.authorities);
    if (n.authorities != 0 && m->type != RR_IXFR) note(m, FAULT_AUTHORITIES);
    for (uint16_t i = 0; i < n.additionals && !r->failed; i++) {
        read_additional(r, m);
    }
    if (r->failed) note(m, FAULT_RECORD);
    if (r->pos != r->len) note(m, FAULT_BEHIND);
    if (n.questions == 0 && !m->cookie.present) note(m, FAULT_NO_QUESTION);
}

static enum message_verdict found(struct message *m, enum fault f, enum message_verdict v)
{
    m->fault = f;
    return v;
}

/* A question that is well formed, by its type and class. */
static enum message_verdict judge_question(struct message *m)
{
    switch (m->type) {
    case RR_OPT:
    case TYPE_NXNAME:
    case TYPE_TSIG:
        return found(m, FAULT_TYPE_META, MESSAGE_FORMERR);
    case TYPE_TKEY:
    case TYPE_MAILB:
    case TYPE_MAILA:
        return found(m, FAULT_TYPE_OLD, MESSAGE_NOTIMP);
    case RR_AXFR:
    case RR_IXFR:
        return found(m, FAULT_TRANSFER_UNSIGNED, MESSAGE_REFUSED);
    default:
        break;
    }
    switch (m->class_) {
    case MESSAGE_CLASS_IN:
        return MESSAGE_OK;
    case MESSAGE_CLASS_CHAOS:
        if (m->type == RR_TXT || m->type == RR_ANY) return MESSAGE_CHAOS;
        return found(m, FAULT_CHAOS, MESSAGE_REFUSED);
    default:
        return found(m, FAULT_CLASS, MESSAGE_REFUSED);
    }
}

/* An opcode that is not ours says so whatever follows it: its sections may mean something else. */
enum message_verdict message_read(struct message *m, const uint8_t *query, size_t len)
{
    struct wire_rd r = {.p = query, .len = len};
    *m = (struct message){.id = wire_get_u16(&r)};
    uint16_t flags = wire_get_u16(&r);
    struct counts n = {.questions = wire_get_u16(&r)};
    n.answers = wire_get_u16(&r);
    n.authorities = wire_get_u16(&r);
    n.additionals = wire_get_u16(&r);
    if (r.failed || (flags & MESSAGE_QR) != 0) return MESSAGE_DROP;
    m->rd = (flags & MESSAGE_RD) != 0;
    m->opcode = flags >> MESSAGE_OPCODE_SHIFT & 0xF;
    read_sections(&r, m, n);
    if (m->opcode != 0) return found(m, FAULT_OPCODE, MESSAGE_NOTIMP);
    if (m->fault != FAULT_NONE) return MESSAGE_FORMERR;
    if (m->version != 0) return found(m, FAULT_VERSION, MESSAGE_BADVERS);
    if (m->tsig.present) return found(m, FAULT_TSIG_KEY, MESSAGE_NOTAUTH);
    return n.questions == 0 ? MESSAGE_COOKIE : judge_question(m);
}
