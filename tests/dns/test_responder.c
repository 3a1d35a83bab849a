/* SPDX-License-Identifier: MIT
 * Whole answers from query bytes. ldns is the oracle: it must read each answer, and what it reads
 * is what is compared. The bytes themselves are pinned in tests/dns/golden/answers.txt; run the
 * test with CNEDGE_UPDATE=1 to write that file anew, and read the difference. */
/* First: its parameters are named like the pictures of answers.h. */
#include <ldns/ldns.h>

#include "answers.h"
#include "bytes.h"
#include "cnedge/dns/message.h"
#include "test.h"
#include "zones.h"

enum { PICTURE_MAX = 4096, QUERY_MAX = 1024 };

#define GOLDEN_FILE "tests/dns/golden/answers.txt"

static struct {
    struct fixture f;
    struct world *w;
} group;

struct exchange {
    uint8_t query[QUERY_MAX];
    uint8_t answer[RESPONDER_TCP_MAX];
    size_t query_len, answer_len;
};

static void ask(struct exchange *x, const char *picture, const struct responder_client *client)
{
    x->query_len = bytes_from(picture, x->query, sizeof(x->query));
    struct responder_query q = {x->query, x->query_len};
    size_t cap = client->tcp ? sizeof(x->answer) : RESPONDER_UDP_MAX;
    x->answer_len = responder_answer(group.w, client, q, x->answer, cap);
}

/* --- what ldns reads, as one line: parts between bars ---------------------------------------- */

struct shown {
    char text[PICTURE_MAX];
    size_t len;
};

static void add(struct shown *l, const char *what)
{
    size_t n = strlen(what);
    assert_true(l->len + n < sizeof(l->text));
    memcpy(l->text + l->len, what, n + 1);
    l->len += n;
}

static void add_record(struct shown *l, const ldns_rr *rr)
{
    char *text = ldns_rr2str(rr);
    assert_non_null(text);
    size_t len = strcspn(text, "\n");
    while (len > 0 && text[len - 1] == ' ') {
        len--;
    }
    text[len] = '\0';
    for (char *p = text; *p != '\0'; p++) {
        if (*p == '\t') *p = ' ';
    }
    add(l, text);
    free(text);
}

static void add_records(struct shown *l, const ldns_rr_list *list, const char *mark)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
        add(l, mark);
        add_record(l, ldns_rr_list_rr(list, i));
    }
}

/* " ecs FAMILY+SOURCE SCOPE ADDRESS". */
static void add_ecs(struct shown *l, const uint8_t *p, size_t len)
{
    char text[128];
    assert_true(len >= 4);
    snprintf(text, sizeof(text), " ecs %02x%02x%02x %u ", p[0], p[1], p[2], p[3]);
    add(l, text);
    if (len == 4) add(l, "-");
    for (size_t i = 4; i < len; i++) {
        snprintf(text, sizeof(text), "%02x", p[i]);
        add(l, text);
    }
}

/* " ede CODE WORDS". */
static void add_ede(struct shown *l, const uint8_t *p, size_t len)
{
    char text[256];
    assert_true(len > 2);
    snprintf(text, sizeof(text), " ede %u %.*s", p[0] << 8 | p[1], (int)len - 2,
             (const char *)p + 2);
    add(l, text);
}

static void add_options(struct shown *l, const ldns_rdf *options)
{
    struct wire_rd r = {.p = ldns_rdf_data(options), .len = ldns_rdf_size(options)};
    while (r.pos < r.len) {
        uint16_t code = wire_get_u16(&r);
        struct wire_rd o = wire_get_part(&r, wire_get_u16(&r));
        assert_false(r.failed);
        assert_true(code == MESSAGE_OPTION_ECS || code == MESSAGE_OPTION_EDE);
        (code == MESSAGE_OPTION_ECS ? add_ecs : add_ede)(l, o.p, o.len);
    }
}

static void add_header(struct shown *l, const ldns_pkt *pkt)
{
    bool badvers = ldns_pkt_edns_extended_rcode(pkt) == 1;
    char *text = ldns_pkt_rcode2str(ldns_pkt_get_rcode(pkt));
    add(l, badvers ? "BADVERS" : text);
    free(text);
    if (ldns_pkt_qr(pkt)) add(l, " qr");
    if (ldns_pkt_aa(pkt)) add(l, " aa");
    if (ldns_pkt_tc(pkt)) add(l, " tc");
    if (ldns_pkt_rd(pkt)) add(l, " rd");
    if (ldns_pkt_ra(pkt)) add(l, " ra");
    if (ldns_pkt_ad(pkt)) add(l, " ad");
    if (ldns_pkt_cd(pkt)) add(l, " cd");
}

static void add_edns(struct shown *l, const ldns_pkt *pkt)
{
    char text[32];
    snprintf(text, sizeof(text), " | edns %u", ldns_pkt_edns_udp_size(pkt));
    add(l, text);
    if (ldns_pkt_edns_do(pkt)) add(l, " do");
    if (ldns_pkt_edns_data(pkt) != NULL) add_options(l, ldns_pkt_edns_data(pkt));
}

/* What ldns makes of its own copy must be the same again. */
static void check_again(const ldns_pkt *pkt)
{
    uint8_t *wire = NULL;
    size_t len = 0;
    ldns_pkt *again = NULL;
    assert_int_equal(ldns_pkt2wire(&wire, pkt, &len), LDNS_STATUS_OK);
    assert_int_equal(ldns_wire2pkt(&again, wire, len), LDNS_STATUS_OK);
    assert_int_equal(ldns_rr_list_compare(ldns_pkt_answer(pkt), ldns_pkt_answer(again)), 0);
    assert_int_equal(ldns_rr_list_compare(ldns_pkt_authority(pkt), ldns_pkt_authority(again)), 0);
    ldns_pkt_free(again);
    free(wire);
}

static ldns_pkt *read_answer(const struct exchange *x)
{
    ldns_pkt *pkt = NULL;
    assert_true(zones_walk(x->answer, x->answer_len));
    assert_int_equal(ldns_wire2pkt(&pkt, x->answer, x->answer_len), LDNS_STATUS_OK);
    assert_int_equal(ldns_pkt_id(pkt), 0x1234);
    assert_int_equal(ldns_rr_list_rr_count(ldns_pkt_additional(pkt)), 0);
    check_again(pkt);
    return pkt;
}

static void show(struct shown *l, const struct exchange *x)
{
    ldns_pkt *pkt = read_answer(x);
    l->len = 0;
    add_header(l, pkt);
    add_records(l, ldns_pkt_answer(pkt), " | ");
    add_records(l, ldns_pkt_authority(pkt), " | ; ");
    if (ldns_pkt_edns(pkt)) add_edns(l, pkt);
    ldns_pkt_free(pkt);
}

/* --- the table -------------------------------------------------------------------------------- */

static void check_row(void **state)
{
    static struct exchange x;
    static struct shown got;
    const struct row *r = *state;
    struct responder_client client = sources[r->source];
    client.tcp = r->tcp;
    ask(&x, r->query, &client);
    show(&got, &x);
    assert_string_equal(got.text, r->want);
}

/* The next line of the golden file is this one; when updating, it becomes it. */
static void golden_line(FILE *f, bool update, const char *text)
{
    static char want[PICTURE_MAX];
    if (update) {
        fprintf(f, "%s\n", text);
        return;
    }
    assert_non_null(fgets(want, sizeof(want), f));
    want[strcspn(want, "\n")] = '\0';
    assert_string_equal(text, want);
}

static void golden_bytes(FILE *f, bool update, const uint8_t *bytes, size_t len)
{
    static char text[PICTURE_MAX];
    assert_true(2 * len + 1 <= sizeof(text));
    text[0] = '\0';
    for (size_t i = 0; i < len; i++) {
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
    golden_line(f, update, text);
}

static void check_golden(void **state)
{
    (void)state;
    static struct exchange x;
    bool update = getenv("CNEDGE_UPDATE") != NULL;
    FILE *f = fopen(GOLDEN_FILE, update ? "w" : "r");
    assert_non_null(f);
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        struct responder_client client = sources[rows[i].source];
        client.tcp = rows[i].tcp;
        ask(&x, rows[i].query, &client);
        golden_line(f, update, rows[i].name);
        golden_bytes(f, update, x.query, x.query_len);
        golden_bytes(f, update, x.answer, x.answer_len);
    }
    assert_int_equal(fgetc(f) != EOF && !update, 0); /* and nothing behind */
    fclose(f);
}

/* --- by themselves ---------------------------------------------------------------------------- */

static void check_question_is_repeated(void **state)
{
    (void)state;
    static struct exchange x;
    ask(&x, EDNS ".wWw.ShOP.eXAMPLE" A ECS_TELECOM, &sources[FROM_US]);
    assert_memory_equal(x.answer + 12, x.query + 12, 18 + 4);
    assert_memory_equal(x.answer + 12 + 22, "\xc0\x0c", 2); /* the first owner points to it */
}

static void check_drops(void **state)
{
    (void)state;
    static struct exchange x;
    ask(&x, "1234 8100 0001 0000 0000 0000 .www.shop.example" A, &sources[FROM_US]);
    assert_int_equal(x.answer_len, 0);
    ask(&x, "1234 0100 0001 0000 0000 00", &sources[FROM_US]);
    assert_int_equal(x.answer_len, 0);
    ask(&x, "", &sources[FROM_US]);
    assert_int_equal(x.answer_len, 0);
}

static size_t answer_count(const char *picture, bool tcp)
{
    static struct exchange x;
    struct responder_client client = sources[FROM_TELECOM];
    client.tcp = tcp;
    ask(&x, picture, &client);
    ldns_pkt *pkt = read_answer(&x);
    size_t n = ldns_rr_list_rr_count(ldns_pkt_answer(pkt));
    ldns_pkt_free(pkt);
    return n;
}

static size_t three_texts_of(size_t udp_size)
{
    char picture[256];
    snprintf(picture, sizeof(picture), EDNS ".three.shop.example" TXT " 00 0029 %04x 00000000 0000",
             (unsigned)udp_size);
    return answer_count(picture, false);
}

/* Truncation is exact: the same answer over TCP is whole, and so it is where it just fits. */
static void check_sizes(void **state)
{
    (void)state;
    assert_int_equal(answer_count(PLAIN ".three.shop.example" TXT, false), 0);
    assert_int_equal(answer_count(PLAIN ".three.shop.example" TXT, true), 3);
    assert_int_equal(answer_count(EDNS ".three.shop.example" TXT OPT("04d0"), false), 3);
    assert_int_equal(answer_count(EDNS ".big.shop.example" TXT OPT("ffff"), false), 0);
    assert_int_equal(answer_count(PLAIN ".big.shop.example" TXT, true), 8);
    static struct exchange x;
    ask(&x, EDNS ".three.shop.example" TXT OPT("04d0"), &sources[FROM_US]);
    size_t whole = x.answer_len;
    assert_int_equal(three_texts_of(whole), 3);
    assert_int_equal(three_texts_of(whole - 1), 0);
}

/* The reasons are those of the decision, one record each, behind a summary. */
static void check_why(void **state)
{
    (void)state;
    static struct exchange x;
    struct decision d;
    char text[256];
    struct responder_client client = sources[FROM_TELECOM];
    client.tcp = true;
    ask(&x, PLAIN "._why.www.revoked.example" TXT, &client);
    ldns_pkt *pkt = read_answer(&x);
    ldns_rr_list *answer = ldns_pkt_answer(pkt);
    uint32_t host = 0;
    while (!dname_equal(group.f.hosts[host].name, (const uint8_t *)"\3www\7revoked\7example")) {
        host++;
    }
    world_decide(group.w, host, LINE_SH_TELECOM, FAMILY_V4, &d);
    assert_true(d.reason_count > 0);
    assert_int_equal(ldns_rr_list_rr_count(answer), d.reason_count + 1U);
    char *first = ldns_rr2str(ldns_rr_list_rr(answer, 0));
    assert_non_null(strstr(first, "\"answer: PoP hkg, row 10, TTL 300 s\""));
    assert_non_null(strstr(first, "_why.www.revoked.example.\t0\tIN\tTXT"));
    free(first);
    for (unsigned i = 0; i < d.reason_count; i++) {
        char *got = ldns_rr2str(ldns_rr_list_rr(answer, i + 1));
        policy_reason_text(group.w->topology, d.reasons[i], text, sizeof(text));
        assert_non_null(strstr(got, text));
        free(got);
    }
    ldns_pkt_free(pkt);
}

/* The summary says what the decision is. */
static void check_why_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *query, *want;
    } kinds[] = {
        {PLAIN "._why.www.home.example" TXT, "\"answer: origin, row "},
        {PLAIN "._why.www.gone.example" TXT, "\"answer: no such name, row "},
        {PLAIN "._why.www.closed.example" TXT, "\"answer: no addresses, row "},
    };
    static struct exchange x;
    static struct shown got;
    struct responder_client client = sources[FROM_TELECOM];
    client.tcp = true;
    for (size_t i = 0; i < CN_ARRAY_LEN(kinds); i++) {
        ask(&x, kinds[i].query, &client);
        show(&got, &x);
        assert_non_null(strstr(got.text, kinds[i].want));
    }
}

/* A world without nameservers has no NS records, and its SOA names the zone itself. */
static void check_no_nameservers(void **state)
{
    (void)state;
    static struct exchange x;
    static struct shown got;
    struct fixture f;
    struct world *before = group.w;
    fixture_init(&f);
    f.spec.prefixes = zones_prefixes(&f.arena);
    f.spec.nameserver_count = 0;
    fixture_site(&f, "shop.example");
    group.w = fixture_build(&f);
    ask(&x, PLAIN ".shop.example" NS, &sources[FROM_US]);
    show(&got, &x);
    assert_string_equal(got.text, "NOERROR qr aa rd");
    ask(&x, PLAIN ".shop.example" SOA, &sources[FROM_US]);
    show(&got, &x);
    assert_non_null(strstr(got.text, "IN SOA shop.example. hostmaster.shop.example. "));
    fixture_free(&f);
    group.w = before;
}

/* A state change shows in the very next answer, and in the serial. */
static void check_change(void **state)
{
    (void)state;
    static struct exchange x;
    static struct shown got;
    struct fixture f;
    struct world *before = group.w;
    group.w = zones_build(&f);
    struct event down = on_pop(EV_POP_DOWN, 5, POP_LAX);
    assert_int_equal(world_apply(group.w, &down), REFUSAL_NONE);
    ask(&x, PLAIN ".www.shop.example" A, &sources[FROM_US]);
    show(&got, &x);
    assert_string_equal(got.text, "NOERROR qr aa rd | www.shop.example. 300 IN A 198.18.7.1");
    ask(&x, PLAIN ".shop.example" SOA, &sources[FROM_US]);
    show(&got, &x);
    assert_non_null(strstr(got.text, " 1772413205 "));
    fixture_free(&f);
    group.w = before;
}

/* The longest apex leaves no room for "hostmaster" in front of it. */
static void check_long_apex(void **state)
{
    (void)state;
    static struct exchange x;
    static struct shown got;
    char domain[256];
    char picture[512];
    struct fixture f;
    struct world *before = group.w;
    for (size_t i = 0; i < 253; i++) {
        domain[i] = i % 50 == 49 ? '.' : 'a';
    }
    domain[253] = '\0';
    fixture_init(&f);
    f.spec.prefixes = zones_prefixes(&f.arena);
    fixture_site(&f, domain);
    group.w = fixture_build(&f);
    snprintf(picture, sizeof(picture), PLAIN ".%s" MX, domain);
    ask(&x, picture, &sources[FROM_US]);
    show(&got, &x);
    assert_non_null(strstr(got.text, "NOERROR qr aa rd | ; aaaaaaaa"));
    fixture_free(&f);
    group.w = before;
}

static int begin(void **state)
{
    (void)state;
    group.w = zones_build(&group.f);
    return 0;
}

static int end(void **state)
{
    (void)state;
    fixture_free(&group.f);
    return 0;
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(check_question_is_repeated),
        cmocka_unit_test(check_drops),
        cmocka_unit_test(check_sizes),
        cmocka_unit_test(check_why),
        cmocka_unit_test(check_why_kinds),
        cmocka_unit_test(check_no_nameservers),
        cmocka_unit_test(check_change),
        cmocka_unit_test(check_long_apex),
        cmocka_unit_test(check_golden),
    };
    struct CMUnitTest tests[CN_ARRAY_LEN(rows)];
    TABLE_TESTS(tests, rows, check_row)
    return cmocka_run_group_tests(tests, begin, end) + cmocka_run_group_tests(others, begin, end);
}
