/* SPDX-License-Identifier: MIT
 * A resolver listener: before our own world it gives what the authority gives, from the cache too;
 * before an authority that is scripted it keeps to the RFCs on caching. ldns reads every answer. */
#include <ldns/ldns.h>

#include "bytes.h"
#include "cnedge/dns/message.h"
#include "cnedge/dns/resolver.h"
#include "test.h"
#include "zones.h"

enum { PICTURE_MAX = 8192, QUERY_MAX = 1024 };

#define PLAIN   "1234 0100 0001 0000 0000 0000 "
#define EDNS    "1234 0100 0001 0000 0000 0001 "
#define A       " 0001 0001 "
#define AAAA    " 001c 0001 "
#define CNAME   " 0005 0001 "
#define MX      " 000f 0001 "
#define OPT     "00 0029 04d0 00000000 0000 "
#define OPT_ECS "00 0029 04d0 00000000 000b 0008 0007 0001 18 00 ca60d1 "

static struct {
    struct fixture f;
    struct world *w;
    struct resolver r;
    struct cache_entry entries[CACHE_WAYS * 64];
    unsigned asked;
    const char *const *script; /* pictures of what the authority answers, behind ID and question */
} t;

static const struct responder_client self = {
    .address = {127, 0, 0, 2}, .tcp = true, .line = LINE_SH_TELECOM};

static size_t ask_world(void *of, struct responder_query query, uint8_t *out, size_t cap)
{
    (void)of;
    t.asked++;
    return responder_answer(t.w, &self, query, out, cap);
}

/* The next line of the script: flags, counts and what follows the question; "" is silence. */
static size_t ask_script(void *of, struct responder_query query, uint8_t *out, size_t cap)
{
    (void)of;
    uint8_t bytes[PICTURE_MAX];
    struct message m;
    assert_int_equal(message_read(&m, query.bytes, query.len), MESSAGE_OK);
    assert_false(m.rd);
    assert_false(m.ecs.present);
    assert_non_null(*t.script);
    t.asked++;
    size_t len = bytes_from(*t.script++, bytes, sizeof(bytes));
    if (len == 0) return 0;
    assert_true(len >= 8 && len + 4 + m.question_len <= cap);
    memcpy(out, query.bytes, 2);
    memcpy(out + 2, bytes, 2);
    memcpy(out + 4, "\0\1", 2);
    memcpy(out + 6, bytes + 2, 6);
    memcpy(out + 12, query.bytes + 12, m.question_len);
    memcpy(out + 12 + m.question_len, bytes + 8, len - 8);
    return len + 4 + m.question_len;
}

static void start(enum population_profile p, bool scripted)
{
    memset(t.entries, 0, sizeof(t.entries));
    t.r.cache = (struct cache){.habit = {.profile = (uint8_t)p, .floor_s = 60, .extend = 10},
                               .entries = t.entries,
                               .sets = CN_ARRAY_LEN(t.entries) / CACHE_WAYS};
    t.r.upstream.ask = scripted ? ask_script : ask_world;
    t.asked = 0;
}

/* --- what ldns reads, as one line ------------------------------------------------------------- */

struct shown {
    char text[PICTURE_MAX];
    size_t len;
};

static void add(struct shown *s, const char *what)
{
    size_t n = strlen(what);
    assert_true(s->len + n < sizeof(s->text));
    memcpy(s->text + s->len, what, n + 1);
    s->len += n;
}

static void add_records(struct shown *s, const ldns_rr_list *list, const char *mark)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
        char *text = ldns_rr2str(ldns_rr_list_rr(list, i));
        text[strcspn(text, "\n")] = '\0';
        for (char *p = text; *p != '\0'; p++) {
            if (*p == '\t') *p = ' ';
        }
        add(s, mark);
        add(s, text);
        free(text);
    }
}

/* " ede 22", " ecs 0": the code, and the scope. */
static void add_options(struct shown *s, const ldns_pkt *pkt)
{
    const ldns_rdf *all = ldns_pkt_edns_data(pkt);
    size_t size = all != NULL ? ldns_rdf_size(all) : 0;
    const uint8_t *p = all != NULL ? ldns_rdf_data(all) : NULL;
    char text[32];
    for (size_t at = 0; at + 4 <= size; at += 4U + p[at + 3] + 256U * p[at + 2]) {
        if (p[at + 1] == MESSAGE_OPTION_EDE) {
            snprintf(text, sizeof(text), " ede %u", p[at + 5]);
            add(s, text);
        } else if (p[at + 1] == MESSAGE_OPTION_ECS) {
            snprintf(text, sizeof(text), " ecs %u", p[at + 7]);
            add(s, text);
        }
    }
}

/* "NOERROR qr rd ra | records | ; of the authority section". */
static void show(struct shown *s, const uint8_t *answer, size_t len, bool head)
{
    ldns_pkt *pkt = NULL;
    *s = (struct shown){.len = 0};
    assert_int_equal(ldns_wire2pkt(&pkt, answer, len), LDNS_STATUS_OK);
    char *rcode = ldns_pkt_rcode2str(ldns_pkt_get_rcode(pkt));
    add(s, rcode);
    free(rcode);
    if (head && ldns_pkt_aa(pkt)) add(s, " aa");
    if (head && ldns_pkt_tc(pkt)) add(s, " tc");
    if (head && ldns_pkt_rd(pkt)) add(s, " rd");
    if (head && ldns_pkt_ra(pkt)) add(s, " ra");
    if (head && ldns_pkt_ad(pkt)) add(s, " ad");
    if (head && ldns_pkt_cd(pkt)) add(s, " cd");
    if (head) add_options(s, pkt);
    add_records(s, ldns_pkt_answer(pkt), " | ");
    add_records(s, ldns_pkt_authority(pkt), " | ; ");
    ldns_pkt_free(pkt);
}

static size_t ask_at(const char *picture, double at_s, uint8_t *out)
{
    uint8_t query[QUERY_MAX];
    const struct responder_client client = {.address = {127, 0, 0, 1}, .line = LINE_SH_TELECOM};
    const struct resolver_query q = {.w = t.w,
                                     .client = &client,
                                     .query = {query, bytes_from(picture, query, sizeof(query))},
                                     .now = {(int64_t)(at_s * 1e9)}};
    return resolver_answer(&t.r, &q, out, RESPONDER_UDP_MAX);
}

/* --- our own world ---------------------------------------------------------------------------- */

/* All queries of the golden file: whatever the authority answers with authority, in its own zones
 * to the end, the resolver answers with the same records, first by asking and then without. */
static void like_the_authority(void **state)
{
    static char line[PICTURE_MAX];
    static uint8_t query[QUERY_MAX];
    static uint8_t answers[3][RESPONDER_TCP_MAX];
    static struct shown shown[3];
    unsigned same = 0;
    (void)state;
    FILE *golden = fopen("tests/dns/golden/answers.txt", "r");
    assert_non_null(golden);
    for (unsigned n = 0; fgets(line, sizeof(line), golden) != NULL; n++) {
        if (n % 3 != 1) continue; /* name, query, answer */
        struct message m;
        struct responder_query q = {query, bytes_from(line, query, sizeof(query))};
        if (message_read(&m, q.bytes, q.len) != MESSAGE_OK) continue;
        size_t len[3] = {responder_answer(t.w, &self, q, answers[0], RESPONDER_TCP_MAX)};
        query[2] |= 1; /* RD */
        start(POPULATION_HONEST, false);
        const struct resolver_query rq = {.w = t.w, .client = &self, .query = q};
        len[1] = resolver_answer(&t.r, &rq, answers[1], RESPONDER_TCP_MAX);
        unsigned asked = t.asked;
        len[2] = resolver_answer(&t.r, &rq, answers[2], RESPONDER_TCP_MAX);
        for (int i = 0; i < 3; i++) {
            show(&shown[i], answers[i], len[i], false);
        }
        assert_true((answers[1][3] & 0x80) != 0 && (answers[1][2] & 0x04) == 0);
        assert_string_equal(shown[1].text, shown[2].text);
        if (strncmp(shown[1].text, "SERVFAIL", 8) == 0) {
            assert_string_equal(shown[1].text, "SERVFAIL");
            continue;
        }
        if (strstr(shown[0].text, " 0 IN ") == NULL) assert_int_equal(t.asked, asked);
        same += strcmp(shown[0].text, shown[1].text) == 0;
        if (strcmp(shown[0].text, shown[1].text) != 0) { /* the authority stops earlier */
            assert_non_null(strstr(shown[1].text, "c9.chain.example"));
        }
    }
    fclose(golden);
    assert_true(same > 40);
}

struct world_row {
    const char *name;
    const char *query;
    const char *want;
};

#define SOA                                                                                        \
    "shop.example. 60 IN SOA ns1.dns.test. hostmaster.shop.example. 1772413200 3600 600 604800 60"

static struct world_row world_rows[] = {
    {"RFC1035.4.1.1 RA is set by a resolver, AA is not", PLAIN ".www.shop.example" A,
     "NOERROR rd ra | www.shop.example. 60 IN A 198.18.0.1 | www.shop.example. 60 IN A 198.18.0.2"},
    {"RFC4035.3.2.2 CD is copied", "1234 0110 0001 0000 0000 0000 .lost.shop.example" CNAME,
     "NOERROR rd ra cd | lost.shop.example. 300 IN CNAME nothing.shop.example."},
    {"RFC4035.3.2.3 AD is not set", "1234 0120 0001 0000 0000 0000 .lost.shop.example" CNAME,
     "NOERROR rd ra | lost.shop.example. 300 IN CNAME nothing.shop.example."},
    {"RFC7871.7.2.1 scope 0 to who sends a subnet", EDNS ".lost.shop.example" CNAME OPT_ECS,
     "NOERROR rd ra ecs 0 | lost.shop.example. 300 IN CNAME nothing.shop.example."},
    {"RFC6604.2 the code is that of the last name", PLAIN ".lost.shop.example" A,
     "NXDOMAIN rd ra | lost.shop.example. 300 IN CNAME nothing.shop.example. | ; " SOA},
    {"RFC4343.3 spelling, by a resolver", PLAIN ".NO.Shop.Example" A,
     "NXDOMAIN rd ra | ; Shop.Example. 60 IN SOA ns1.dns.test. hostmaster.Shop.Example. 1772413200 "
     "3600 600 604800 60"},
    {"RFC8914.4.23 nobody to ask", EDNS ".www.elsewhere.test" A OPT, "SERVFAIL rd ra ede 22"},
    {"RFC8914.4.23 an alias that leads nowhere", EDNS ".out.shop.example" A OPT,
     "SERVFAIL rd ra ede 22"},
    {"a delegation", EDNS ".www.child.zone.example" A OPT, "SERVFAIL rd ra ede 22"},
    {"RFC1034.3.6.2 a loop of aliases", EDNS ".one.shop.example" A OPT, "SERVFAIL rd ra ede 0"},
    {"RFC8914.4.21 no recursion desired", "1234 0000 0001 0000 0000 0001 .www.shop.example" A OPT,
     "REFUSED ra ede 20"},
    {"without EDNS no option", PLAIN ".www.elsewhere.test" A, "SERVFAIL rd ra"},
    {"an alias of many is followed to its end", PLAIN ".c9.chain.example" A,
     "NOERROR rd ra | c9.chain.example. 300 IN CNAME c10.chain.example. | c10.chain.example. 60 IN "
     "A 198.18.0.1 | c10.chain.example. 60 IN A 198.18.0.2"},
    {"DNAME", PLAIN ".lost.moved.zone.example" CNAME,
     "NOERROR rd ra | moved.zone.example. 3600 IN DNAME shop.example. | lost.moved.zone.example. "
     "3600 IN CNAME lost.shop.example."},
    {"another opcode", "1234 2900 0001 0000 0000 0000 .shop.example 0006 0001", "NOTIMPL rd ra"},
    {"RFC2181.9 TC from a resolver", PLAIN ".big.shop.example 0010 0001", "NOERROR tc rd ra"},
};

static void in_our_world(void **state)
{
    const struct world_row *r = *state;
    static uint8_t answer[RESPONDER_UDP_MAX];
    static struct shown got;
    start(POPULATION_HONEST, false);
    show(&got, answer, ask_at(r->query, 0, answer), true);
    assert_string_equal(got.text, r->want);
    if (strstr(r->query, " 0000 0001 0000") == NULL) { /* from the cache alone */
        show(&got, answer, ask_at(r->query, 0, answer), true);
        assert_string_equal(got.text, r->want);
    }
}

/* --- an authority that is scripted ------------------------------------------------------------ */

enum { STEPS_MAX = 6 };

struct step {
    double at_s;
    const char *query;
    unsigned asked; /* of the authority so far */
    const char *want;
};

struct script_row {
    const char *name;
    enum population_profile profile;
    const char *script[STEPS_MAX + 1];
    struct step steps[STEPS_MAX];
};

#define Q_A     EDNS ".a.test" A OPT
#define Q_AAAA  EDNS ".a.test" AAAA OPT
#define GOOD    "8400 0001 0000 0000 c00c 0001 0001 "
#define A1      GOOD "0000003c 0004 c0000201 "
#define A2      GOOD "0000003c 0004 c0000202 "
#define REC1    " | a.test. 60 IN A 192.0.2.1"
#define REC2    " | a.test. 60 IN A 192.0.2.2"
#define LEFT(n) " | a.test. " #n " IN A 192.0.2.1"
#define NX(ttl)                                                                                    \
    "8403 0000 0001 0000 .test 0006 0001 " ttl " 0018 016e 00 00 00000001 00000002 00000003 "      \
    "00000004 0000001e "
#define NODATA(ttl)                                                                                \
    "8400 0000 0001 0000 .test 0006 0001 " ttl " 0018 016e 00 00 00000001 00000002 00000003 "      \
    "00000004 0000001e "
#define SOA_LEFT(n) " | ; test. " #n " IN SOA n. . 1 2 3 4 30"
#define FIRST       POPULATION_STALE_FIRST
#define HONEST      POPULATION_HONEST

static struct script_row script_rows[] = {
    {"RFC1035.4.1.3 a TTL counts down, then it is asked anew",
     HONEST,
     {A1, A2},
     {{0, Q_A, 1, "NOERROR rd ra" REC1},
      {0.5, Q_A, 1, "NOERROR rd ra" LEFT(59)},
      {59.9, Q_A, 1, "NOERROR rd ra" LEFT(0)},
      {60, Q_A, 2, "NOERROR rd ra" REC2}}},
    {"RFC2181.8 a TTL with the highest bit is 0",
     HONEST,
     {GOOD "80000001 0004 c0000201 ", A2},
     {{0, Q_A, 1, "NOERROR rd ra | a.test. 0 IN A 192.0.2.1"}, {0, Q_A, 2, "NOERROR rd ra" REC2}}},
    {"RFC2181.5.2 records of a set have one TTL",
     HONEST,
     {"8400 0002 0000 0000 c00c 0001 0001 0000003c 0004 c0000201 c00c 0001 0001 00000005 0004 "
      "c0000202 ",
      A1},
     {{0, Q_A, 1, "NOERROR rd ra | a.test. 5 IN A 192.0.2.1 | a.test. 5 IN A 192.0.2.2"},
      {5, Q_A, 2, "NOERROR rd ra" REC1}}},
    {"RFC2308.5 no such name: the minimum, for every type",
     HONEST,
     {NX("0000012c"), A1},
     {{0, Q_A, 1, "NXDOMAIN rd ra" SOA_LEFT(30)},
      {10, Q_AAAA, 1, "NXDOMAIN rd ra" SOA_LEFT(20)},
      {30, Q_A, 2, "NOERROR rd ra" REC1}}},
    {"RFC2308.5 the SOA's TTL when that is less",
     HONEST,
     {NX("00000005"), A1},
     {{0, Q_A, 1, "NXDOMAIN rd ra" SOA_LEFT(5)}, {5, Q_A, 2, "NOERROR rd ra" REC1}}},
    {"RFC2308.5 no such type: for that type",
     HONEST,
     {NODATA("0000012c"), A1},
     {{0, Q_AAAA, 1, "NOERROR rd ra" SOA_LEFT(30)},
      {1, Q_A, 2, "NOERROR rd ra" REC1},
      {2, Q_AAAA, 2, "NOERROR rd ra" SOA_LEFT(28)}}},
    {"RFC2308.5 without SOA it is not kept",
     HONEST,
     {"8403 0000 0000 0000", "8400 0000 0000 0000", A1},
     {{0, Q_A, 1, "NXDOMAIN rd ra"},
      {0, Q_A, 2, "NOERROR rd ra"},
      {0, Q_A, 3, "NOERROR rd ra" REC1}}},
    {"RFC2308.5 the last that was learnt counts",
     HONEST,
     {A1, NX("0000012c")},
     {{0, Q_A, 1, "NOERROR rd ra" REC1},
      {1, Q_AAAA, 2, "NXDOMAIN rd ra" SOA_LEFT(30)},
      {2, Q_A, 2, "NXDOMAIN rd ra" SOA_LEFT(29)},
      {31, Q_A, 2, "NOERROR rd ra" LEFT(29)}}},
    {"RFC8767.4 a stale answer has TTL 30, then it is asked anew",
     FIRST,
     {A1, A2},
     {{0, Q_A, 1, "NOERROR rd ra" REC1},
      {1000, Q_A, 2, "NOERROR rd ra ede 3" LEFT(30)},
      {1000, Q_A, 2, "NOERROR rd ra" REC2},
      {1010, Q_A, 2, "NOERROR rd ra | a.test. 50 IN A 192.0.2.2"}}},
    {"RFC8767.5 asking anew fails: the old answer stays",
     FIRST,
     {A1, "", "8402 0000 0000 0000", A2},
     {{0, Q_A, 1, "NOERROR rd ra" REC1},
      {60, Q_A, 2, "NOERROR rd ra ede 3" LEFT(30)},
      {64, Q_A, 2, "NOERROR rd ra ede 3" LEFT(30)},
      {65, Q_A, 3, "NOERROR rd ra ede 3" LEFT(30)},
      {70, Q_A, 4, "NOERROR rd ra ede 3" LEFT(30)},
      {70, Q_A, 4, "NOERROR rd ra" REC2}}},
    {"RFC8914.4.20 a stale NXDOMAIN",
     FIRST,
     {NX("0000012c"), A1},
     {{0, Q_A, 1, "NXDOMAIN rd ra" SOA_LEFT(30)},
      {30, Q_A, 2, "NXDOMAIN rd ra ede 19" SOA_LEFT(30)},
      {30, Q_A, 2, "NOERROR rd ra" REC1}}},
    {"RFC8914.4.4 a stale answer, for ever",
     POPULATION_STALE_FOREVER,
     {A1},
     {{0, Q_A, 1, "NOERROR rd ra" REC1},
      {59, Q_A, 1, "NOERROR rd ra" LEFT(1)},
      {1e6, Q_A, 1, "NOERROR rd ra ede 3" LEFT(30)}}},
    {"RFC9520.3.2 a failure is remembered, whatever the habit",
     POPULATION_STALE_FOREVER,
     {"8405 0000 0000 0000", A1},
     {{0, Q_A, 1, "SERVFAIL rd ra ede 22"},
      {4.9, Q_A, 1, "SERVFAIL rd ra ede 22"},
      {5, Q_A, 2, "NOERROR rd ra" REC1}}},
    {"floor",
     POPULATION_FLOOR,
     {GOOD "00000005 0004 c0000201 ", A2},
     {{0, Q_A, 1, "NOERROR rd ra" REC1},
      {59, Q_A, 1, "NOERROR rd ra" LEFT(1)},
      {60, Q_A, 2, "NOERROR rd ra" REC2}}},
    {"extend",
     POPULATION_EXTEND,
     {A1, A2},
     {{0, Q_A, 1, "NOERROR rd ra" LEFT(600)},
      {599, Q_A, 1, "NOERROR rd ra" LEFT(1)},
      {600, Q_A, 2, "NOERROR rd ra | a.test. 600 IN A 192.0.2.2"}}},
    {"links of a chain live each for itself",
     HONEST,
     {"8400 0002 0000 0000 c00c 0005 0001 0000012c 0004 0162 c00e .b.test 0001 0001 0000003c 0004 "
      "c0000201 ",
      A2},
     {{0, Q_A, 1, "NOERROR rd ra | a.test. 300 IN CNAME b.test. | b.test. 60 IN A 192.0.2.1"},
      {60, Q_A, 2, "NOERROR rd ra | a.test. 240 IN CNAME b.test. | b.test. 60 IN A 192.0.2.2"},
      {61, EDNS ".b.test" A OPT, 2, "NOERROR rd ra | b.test. 59 IN A 192.0.2.2"},
      {62, EDNS ".a.test" CNAME OPT, 2, "NOERROR rd ra | a.test. 238 IN CNAME b.test."}}},
    {"an answer that is cut off is a failure",
     HONEST,
     {"8600 0000 0000 0000"},
     {{0, Q_A, 1, "SERVFAIL rd ra ede 22"}}},
    {"an MX with its name",
     HONEST,
     {"8400 0001 0000 0000 c00c 000f 0001 0000003c 0005 000a 016d 00 "},
     {{0, EDNS ".a.test" MX OPT, 1, "NOERROR rd ra | a.test. 60 IN MX 10 m."},
      {1, EDNS ".a.test" MX OPT, 1, "NOERROR rd ra | a.test. 59 IN MX 10 m."}}},
};

static void as_scripted(void **state)
{
    const struct script_row *r = *state;
    static uint8_t answer[RESPONDER_UDP_MAX];
    static struct shown got;
    start(r->profile, true);
    t.script = r->script;
    for (size_t i = 0; i < STEPS_MAX && r->steps[i].query != NULL; i++) {
        const struct step *s = &r->steps[i];
        show(&got, answer, ask_at(s->query, s->at_s, answer), true);
        assert_string_equal(got.text, s->want);
        assert_int_equal(t.asked, s->asked);
    }
    assert_null(*t.script);
}

/* --- answers that are too long to be kept ----------------------------------------------------- */

enum { /* of a record as it is kept: section, owner "a.test", type, length */
       KEPT_WITH_EACH = 1 + 8 + 2 + 2,
};

static size_t long_data; /* bytes of the one record that the authority has */

static size_t ask_long(void *of, struct responder_query query, uint8_t *out, size_t cap)
{
    static const uint8_t head[] = {0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0};
    static const uint8_t record[] = {0xc0, 12, 0, 16, 0, 1, 0, 0, 1, 44};
    struct message m;
    (void)of;
    t.asked++;
    assert_int_equal(message_read(&m, query.bytes, query.len), MESSAGE_OK);
    size_t at = 12 + m.question_len;
    assert_true(at + sizeof(record) + 2 + long_data <= cap);
    memcpy(out, query.bytes, at);
    memcpy(out + 2, head, sizeof(head));
    memcpy(out + at, record, sizeof(record));
    at += sizeof(record);
    out[at] = (uint8_t)(long_data >> 8);
    out[at + 1] = (uint8_t)long_data;
    memset(out + at + 2, 0, long_data);
    return at + 2 + long_data;
}

/* What is longer than CACHE_DATA_MAX is told, and asked for again by the next one. */
static void too_long_to_be_kept(void **state)
{
    static const char query[] = "1234 0100 0001 0000 0000 0000 .a.test 0010 0001";
    static uint8_t answer[RESPONDER_UDP_MAX];
    (void)state;
    for (size_t more = 0; more < 2; more++) {
        start(POPULATION_HONEST, false);
        t.r.upstream.ask = ask_long;
        long_data = CACHE_DATA_MAX - KEPT_WITH_EACH + more;
        for (int i = 0; i < 3; i++) {
            assert_true(ask_at(query, 0, answer) > 0);
            assert_int_equal(answer[3] & 0xf, LDNS_RCODE_NOERROR);
            assert_true((answer[2] & 2) != 0); /* TC: not by UDP */
        }
        assert_int_equal(t.asked, more == 0 ? 1 : 3);
    }
}

/* --- answers that are none -------------------------------------------------------------------- */

/* Every beginning of an answer, and every answer with one byte changed, is taken apart or refused,
 * and what is taken apart can be told. */
static void damaged_answers(void **state)
{
    static uint8_t answer[PICTURE_MAX];
    static struct resolver_chain c;
    uint8_t name[DNAME_MAX];
    (void)state;
    size_t len =
        bytes_from("1234 8400 0001 0002 0001 0000 .a.test" A
                   "c00c 0005 0001 0000012c 0004 0162 c00e .b.test 0001 0001 0000003c 0004 "
                   "c0000201 .test 0006 0001 0000012c 0018 016e 00 00 00000001 00000002 "
                   "00000003 00000004 0000001e",
                   answer, sizeof(answer));
    assert_true(dname_from_text("a.test", name) > 0);
    resolver_read(&c, name, RR_A, answer, len);
    assert_int_equal(c.count, 2);
    for (size_t n = 0; n < len; n++) {
        resolver_read(&c, name, RR_A, answer, n);
        if (n < 12 + 12 + 16 + 22) assert_int_equal(c.links[c.count - 1].kind, RESOLVER_FAILURE);
        for (unsigned v = 0; v < 256; v++) {
            uint8_t was = answer[n];
            answer[n] = (uint8_t)v;
            resolver_read(&c, name, RR_A, answer, len);
            answer[n] = was;
            assert_in_range(c.count, 1, RESOLVER_LINKS_MAX);
            assert_true(c.used <= sizeof(c.data));
        }
    }
}

static int set_up(void **state)
{
    (void)state;
    t.w = zones_build(&t.f);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_free(&t.f);
    return 0;
}

int main(void)
{
    enum { WORLD = CN_ARRAY_LEN(world_rows), SCRIPT = WORLD + CN_ARRAY_LEN(script_rows) };
    const struct CMUnitTest others[] = {
        cmocka_unit_test(like_the_authority),
        cmocka_unit_test(too_long_to_be_kept),
        cmocka_unit_test(damaged_answers),
    };
    struct CMUnitTest tests[SCRIPT + CN_ARRAY_LEN(others)];
    TABLE_TESTS(tests, world_rows, in_our_world)
    TABLE_TESTS(tests + WORLD, script_rows, as_scripted)
    memcpy(tests + SCRIPT, others, sizeof(others));
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
