/* SPDX-License-Identifier: MIT
 * Answers of the table and of the responder are the same bytes: in the small world of zones.h for
 * each query of its golden file, and in random worlds after each of many events, for queries of
 * every form that resolvers send. */
#include "bytes.h"
#include "cnedge/dns/answer_table.h"
#include "cnedge/dns/encode.h"
#include "cnedge/dns/message.h"
#include "test.h"
#include "world_random.h"
#include "zones.h"

static const uint8_t key[SIPHASH_KEY_BYTES] = {9};
static const struct responder_server identity = {.cookies = {.count = 1}, .now_s = 1000};

struct tally { /* of queries: so that a test which never met the table fails */
    unsigned asked, answered, learnt, no_name, no_data;
};

static void check_note(const struct responder_note *a, const struct responder_note *b)
{
    assert_int_equal(a->counted, b->counted);
    assert_int_equal(a->silent, b->silent);
    assert_int_equal(a->truncated, b->truncated);
    assert_int_equal(a->origin, b->origin);
    assert_int_equal(a->by_client, b->by_client);
    assert_int_equal(a->row, b->row);
    assert_int_equal(a->pop, b->pop);
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->rcode, b->rcode);
    assert_int_equal(a->line, b->line);
}

/* What the table answers is what the responder does, over UDP, TCP and TLS. */
static void check_answer(struct world *w, struct responder_client client, struct responder_query q,
                         const uint8_t *is, size_t len)
{
    static uint8_t want[RESPONDER_TCP_MAX];
    struct responder_note note;
    const struct responder_note *is_note = client.note;
    client.note = &note;
    for (int stream = 0; stream < 3; stream++) {
        client.tcp = client.closing = stream > 0;
        client.tls = stream == 2;
        size_t cap = stream > 0 ? RESPONDER_TCP_MAX : RESPONDER_UDP_MAX;
        assert_int_equal(responder_answer(w, &client, q, want, cap), len);
        assert_memory_equal(is, want, len);
        check_note(is_note, &note);
    }
}

/* Asks the table, lets it learn and asks again. */
static void check_query(struct answer_table *t, struct world *w, struct responder_client client,
                        struct responder_query q, struct tally *tally)
{
    uint8_t is[RESPONDER_UDP_MAX];
    struct responder_note note;
    struct answer_table_miss miss;
    client.note = &note;
    tally->asked++;
    for (int again = 0; again < 2; again++) {
        size_t len = answer_table_answer(t, &client, q, is, &miss);
        if (len > 0) {
            check_answer(w, client, q, is, len);
            tally->answered++;
            tally->no_name += note.rcode == ENCODE_NXDOMAIN;
            tally->no_data += note.rcode == ENCODE_NOERROR && is[7] == 0; /* ANCOUNT */
            return;
        }
        if (!miss.learn) return;
        answer_table_learn(t, w, &miss, q);
        tally->learnt++;
    }
    assert_false(miss.learn); /* it has learnt that this is the responder's */
}

/* --- the queries of the golden file ------------------------------------------------------------
 */

static void check_golden(void **state)
{
    (void)state;
    static char text[8192];
    struct fixture f;
    struct tally tally = {0};
    struct world *w = zones_build(&f);
    struct answer_table *t = answer_table_build(&f.arena, w, key);
    assert_non_null(t);
    FILE *golden = fopen("tests/dns/golden/answers.txt", "r");
    assert_non_null(golden);
    for (unsigned n = 0; fgets(text, sizeof(text), golden) != NULL; n++) {
        if (n % 3 != 1) continue; /* name, query, answer */
        uint8_t query[1024];
        size_t len = bytes_from(text, query, sizeof(query));
        struct responder_client client = {.address = {202, 96, 209, 5}, .line = CN_NONE16};
        for (size_t cut = 0; cut <= len; cut++) {
            client.server = cut % 3 == 0 ? &identity : NULL;
            client.line = cut % 4 == 1 ? LINE_DE : CN_NONE16;
            check_query(t, w, client, (struct responder_query){query, cut}, &tally);
        }
        for (size_t i = 0; i < len; i++) { /* and with each bit of it turned */
            query[i] ^= (uint8_t)(1 << i % 8);
            check_query(t, w, client, (struct responder_query){query, len}, &tally);
            query[i] ^= (uint8_t)(1 << i % 8);
        }
    }
    fclose(golden);
    fixture_free(&f);
    assert_in_range(tally.answered, 200, tally.asked / 2);
}

/* --- steps -------------------------------------------------------------------------------------
 */

enum { SIDE_BY_SIDE = 120 }; /* more than there are golden queries */

struct side {
    uint8_t query[1024], alone[RESPONDER_UDP_MAX], out[RESPONDER_UDP_MAX];
    struct responder_query q;
    size_t len; /* of the answer that it got alone */
    struct answer_table_query way;
    struct responder_client client;
};

static size_t read_sides(struct side *s, struct answer_table *t, struct world *w)
{
    static char text[8192];
    struct answer_table_miss miss;
    size_t count = 0;
    FILE *golden = fopen("tests/dns/golden/answers.txt", "r");
    assert_non_null(golden);
    for (unsigned n = 0; fgets(text, sizeof(text), golden) != NULL; n++) {
        if (n % 3 != 1) continue; /* name, query, answer */
        assert_true(count < SIDE_BY_SIDE);
        struct side *x = &s[count++];
        x->q = (struct responder_query){x->query, bytes_from(text, x->query, sizeof(x->query))};
        x->client = (struct responder_client){.address = {202, 96, 209, 5},
                                              .line = n % 2 == 0 ? LINE_DE : CN_NONE16};
        (void)answer_table_answer(t, &x->client, x->q, x->alone, &miss);
        answer_table_learn(t, w, &miss, x->q);
        x->len = answer_table_answer(t, &x->client, x->q, x->alone, &miss);
    }
    fclose(golden);
    return count;
}

/* Queries that go side by side, step by step, get what each got that went alone. */
static void check_steps(void **state)
{
    (void)state;
    static struct side sides[SIDE_BY_SIDE];
    struct fixture f;
    struct answer_table_miss miss;
    struct world *w = zones_build(&f);
    struct answer_table *t = answer_table_build(&f.arena, w, key);
    unsigned answered = 0;
    assert_non_null(t);
    size_t count = read_sides(sides, t, w);
    for (size_t i = 0; i < count; i++) {
        answer_table_read(t, &sides[i].client, sides[i].q, &sides[i].way);
    }
    for (size_t i = 0; i < count; i++) {
        answer_table_locate(t, &sides[i].way);
    }
    for (size_t i = count; i-- > 0;) {
        answer_table_reach(t, &sides[i].way);
    }
    for (size_t i = 0; i < count; i++) {
        size_t len = answer_table_finish(t, &sides[i].way, sides[i].out, &miss);
        assert_int_equal(len, sides[i].len);
        assert_memory_equal(sides[i].out, sides[i].alone, len);
        assert_false(miss.learn);
        answered += len > 0;
    }
    fixture_free(&f);
    assert_in_range(answered, 10, count);
}

/* --- random worlds -----------------------------------------------------------------------------
 */

struct packet {
    uint8_t bytes[512];
    size_t len;
};

static void put(struct packet *p, const void *bytes, size_t len)
{
    memcpy(p->bytes + p->len, bytes, len);
    p->len += len;
}

static void put16(struct packet *p, unsigned v)
{
    const uint8_t b[] = {(uint8_t)(v >> 8), (uint8_t)v};
    put(p, b, sizeof(b));
}

static void put_ecs(struct dice *d, struct packet *p)
{
    static const uint8_t known[][16] = {
        {202, 96, 209}, {8, 8, 8}, {192, 0, 2, 129}, {10}, {0x24, 0x0e, 1}, {0x2a, 1, 2}, {0x20}};
    unsigned which = roll(d, CN_ARRAY_LEN(known));
    unsigned family = which < 4 ? 1 : 2;
    unsigned source = roll(d, family == 1 ? 34 : 130); /* one more than is legal */
    unsigned bytes = (source + 7) / 8;
    uint8_t address[17] = {0};
    memcpy(address, known[which], 16);
    if (bytes > 0 && source % 8 != 0 && !chance(d, 8)) {
        address[bytes - 1] &= (uint8_t)(0xFF00 >> source % 8);
    }
    put16(p, MESSAGE_OPTION_ECS);
    put16(p, 4 + bytes);
    put16(p, family);
    put(p, &(uint8_t){(uint8_t)source}, 1);
    put(p, &(uint8_t){chance(d, 16) ? 1 : 0}, 1);
    put(p, address, bytes);
}

static void put_cookie(struct dice *d, struct packet *p)
{
    static const uint8_t bytes[COOKIE_CLIENT_BYTES + COOKIE_SERVER_BYTES] = {1, 2, 3};
    size_t len = chance(d, 2) ? COOKIE_CLIENT_BYTES : sizeof(bytes);
    const uint8_t first = (uint8_t)roll(d, 256);
    if (chance(d, 16)) len--;
    put16(p, MESSAGE_OPTION_COOKIE);
    put16(p, (unsigned)len);
    put(p, &first, 1);
    put(p, bytes + 1, len - 1);
}

static void put_opt(struct dice *d, struct packet *p)
{
    static const unsigned sizes[] = {0, 100, 512, 600, 1232, 4096, 65535};
    const uint8_t head[] = {0, 0, RR_OPT};
    put(p, head, sizeof(head));
    put16(p, sizes[roll(d, CN_ARRAY_LEN(sizes))]);
    put16(p, chance(d, 32) ? 1 : 0); /* extended code, version */
    put16(p, chance(d, 4) ? MESSAGE_DO : 0);
    size_t length_at = p->len;
    put16(p, 0);
    if (chance(d, 2)) put_ecs(d, p);
    if (chance(d, 3)) put_cookie(d, p);
    if (chance(d, 16)) put_ecs(d, p);
    if (chance(d, 8)) put_cookie(d, p);
    if (chance(d, 16)) {
        put16(p, MESSAGE_OPTION_NSID);
        put16(p, 0);
    }
    size_t len = p->len - length_at - 2;
    p->bytes[length_at] = (uint8_t)(len >> 8);
    p->bytes[length_at + 1] = (uint8_t)len;
}

#define LABEL_60  "llllllllllllllllllllllllllllllllllllllllllllllllllllllllllll"
#define LONG_HEAD LABEL_60 "." LABEL_60 "." LABEL_60 "." LABEL_60 "."

static void put_question(struct dice *d, const struct fixture *f, struct packet *p)
{
    static const unsigned types[] = {RR_A,  RR_A,  RR_A,     RR_AAAA, RR_AAAA, RR_TXT,  RR_HTTPS,
                                     RR_MX, RR_DS, RR_CNAME, RR_SOA,  RR_NS,   RR_ANY,  RR_CAA,
                                     0,     41,    127,      128,     250,     RR_AXFR, 65535};
    uint8_t name[DNAME_MAX];
    char text[256];
    const char *const heads[] = {
        "",      "h0.",  "h1.",      "h2.",         "www.",          "h0.h1.",   "_why.h0.", "h0.",
        "x.",    "x.y.", "x.y.z.",   "hostmaster.", "x.hostmaster.", "x.h0.",    "_why.x.",  "ns.",
        "y.ns.", "*.",   "h0.deep.", "x.deep.",     "_why.",         "x.h0.h1.", LONG_HEAD};
    unsigned head = roll(d, CN_ARRAY_LEN(heads));
    snprintf(text, sizeof(text), "%s%s", heads[head], f->sites[roll(d, f->spec.site_count)].domain);
    size_t len = dname_from_text(text, name);
    for (size_t i = 0; i < len; i++) {
        if (name[i] >= 'a' && chance(d, 6)) name[i] = (uint8_t)(name[i] - 32);
    }
    put(p, name, len);
    put16(p, types[roll(d, CN_ARRAY_LEN(types))]);
    put16(p, chance(d, 32) ? 3 : 1);
}

static void make_query(struct dice *d, const struct fixture *f, struct packet *p)
{
    bool edns = chance(d, 2);
    unsigned flags = chance(d, 2) ? MESSAGE_RD : 0;
    if (chance(d, 8)) flags = roll(d, 256) << 8;
    p->len = 0;
    put16(p, roll(d, 256));
    put16(p, flags);
    put16(p, 1);
    put16(p, 0);
    put16(p, 0);
    put16(p, edns);
    put_question(d, f, p);
    if (edns) put_opt(d, p);
    if (chance(d, 32)) put(p, "x", 1);
}

static void check_some(struct dice *d, const struct fixture *f, struct answer_table *t,
                       struct tally *tally)
{
    enum { QUERIES = 24 };
    static const uint8_t sources[][16] = {{202, 96, 209, 1}, {8, 8, 8, 8}, {192, 0, 2, 1}, {1}};
    static const uint8_t sources6[][16] = {{0x24, 0x0e}, {0x2a, 1}, {0xfe}};
    for (int i = 0; i < QUERIES; i++) {
        struct packet p;
        struct responder_client client = {.line = CN_NONE16};
        make_query(d, f, &p);
        client.v6 = chance(d, 3);
        memcpy(client.address,
               client.v6 ? sources6[roll(d, CN_ARRAY_LEN(sources6))]
                         : sources[roll(d, CN_ARRAY_LEN(sources))],
               16);
        if (chance(d, 2)) client.line = (uint16_t)roll(d, LINES);
        if (chance(d, 2)) client.server = &identity;
        check_query(t, f->w, client, (struct responder_query){p.bytes, p.len}, tally);
    }
}

/* What the sites of a random world have alike is made to be each one's own: records beside the
 * hosts, and addresses. */
static void part_sites(struct dice *d, struct fixture *f)
{
    static const char *const lines[] = {
        "$TTL 3600",          "@ SOA ns1 mail 1 7200 600 1209600 120",
        "@ NS ns1",           "ns1 A 192.0.2.53",
        "h0 TXT hello",       "* A 192.0.2.99",
        "h0.h1 A 192.0.2.98", NULL};
    for (uint32_t i = 0; i < f->spec.site_count; i++) {
        struct site_spec *s = &f->sites[i];
        struct site_address *own = arena_get(&f->arena, SPEC_DEDICATED_MAX, sizeof(*own));
        assert_non_null(own);
        for (uint8_t n = 0; n < s->dedicated_count; n++) {
            own[n] = s->dedicated[n];
            own[n].address[3] = (uint8_t)(16 * i + n);
        }
        s->dedicated = own;
        if (s->setup == SETUP_FULL && chance(d, 3)) s->zone = zone_site_read(f, s->domain, lines);
    }
}

/* The SOA's MNAME may share labels with the names that are asked, or stand in the same zone. */
static void name_servers(struct dice *d, struct fixture *f)
{
    static const char *const names[] = {"ns1.dns.test",         "ns.a.example",    "a.example",
                                        "hostmaster.a.example", "ns.h0.a.example", "example",
                                        "y.ns.hostmaster.test", "x.deep.a.example"};
    unsigned which = roll(d, CN_ARRAY_LEN(names) + 1);
    f->spec.nameserver_count = which < CN_ARRAY_LEN(names);
    if (f->spec.nameserver_count > 0) f->spec.nameservers[0] = fixture_name(f, names[which]);
}

static void check_random(void **state)
{
    (void)state;
    enum { WORLDS = 300, EVENTS = 40 };
    struct tally tally = {0};
    for (uint64_t seed = 0; seed < WORLDS; seed++) {
        struct fixture f;
        struct dice d = {.endless = true, .loaded = true, .seed = seed};
        random_world(&d, &f);
        part_sites(&d, &f);
        f.spec.prefixes = zones_prefixes(&f.arena);
        f.spec.choices.ecs_min_v4_bits = 1 + roll(&d, 30);
        f.spec.choices.ecs_min_v6_bits = 1 + roll(&d, 60);
        f.spec.choices.ede = (int32_t)roll(&d, 3);
        f.spec.choices.ecs_scope = chance(&d, 3) ? ECS_SCOPE_AS_SENT : ECS_SCOPE_DECIDING;
        f.spec.choices.unknown_subnet = chance(&d, 3) ? SUBNET_SOURCE : SUBNET_UNKNOWN;
        f.spec.choices.address_rotation = chance(&d, 4) ? ROTATION_HASHED : ROTATION_FIXED;
        f.spec.choices.soa_serial = (int32_t)roll(&d, SOA_SERIAL_COUNT);
        if (chance(&d, 2)) name_servers(&d, &f);
        struct answer_table *t = answer_table_build(&f.arena, f.w, key);
        assert_non_null(t);
        for (int n = 0; n < EVENTS; n++) {
            struct event e = random_event(&d, &f);
            bool fired = chance(&d, 3) && world_fire(f.w, &e);
            if (fired || world_apply(f.w, &e) == REFUSAL_NONE) answer_table_changed(t, f.w);
            check_some(&d, &f, t, &tally);
        }
        fixture_free(&f);
    }
    assert_in_range(tally.answered, 4000, tally.asked / 2);
    assert_in_range(tally.no_name, 2000, tally.answered);
    assert_in_range(tally.no_data, 2000, tally.answered);
    assert_in_range(tally.learnt, WORLDS * 4, tally.asked / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_golden),
        cmocka_unit_test(check_steps),
        cmocka_unit_test(check_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
