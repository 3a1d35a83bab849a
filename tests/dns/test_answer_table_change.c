/* SPDX-License-Identifier: MIT
 * What an answer table has to forget, and what it must not take for all hosts of a class. Answers
 * are compared with the responder's. */
#include "../../sim/dns/answer_table.h"
#include "bytes.h"
#include "cnedge/dns/message.h"
#include "test.h"
#include "zones.h"

static const uint8_t key[SIPHASH_KEY_BYTES] = {3};
static const struct responder_server identity = {.cookies = {.count = 1}, .now_s = 1000};

struct asker {
    struct fixture f;
    struct answer_table *t;
};

static void start(struct asker *a)
{
    if (a->f.spec.prefixes == NULL) a->f.spec.prefixes = zones_prefixes(&a->f.arena);
    a->t = answer_table_build(&a->f.arena, fixture_build(&a->f), key);
    assert_non_null(a->t);
}

static size_t query(const char *name, uint16_t type, const uint8_t *opt, size_t opt_len,
                    uint8_t *out)
{
    const uint8_t head[] = {1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, opt_len > 0};
    memcpy(out, head, sizeof(head));
    size_t len = sizeof(head) + dname_from_text(name, out + sizeof(head));
    const uint8_t tail[] = {(uint8_t)(type >> 8), (uint8_t)type, 0, 1};
    memcpy(out + len, tail, sizeof(tail));
    if (opt_len > 0) memcpy(out + len + sizeof(tail), opt, opt_len);
    return len + sizeof(tail) + opt_len;
}

enum outcome { SLOW, FROM_TABLE };

/* Asks the table until it has learnt; what it answers is the responder's. */
static enum outcome ask(struct asker *a, struct responder_query q, uint16_t line)
{
    uint8_t is[RESPONDER_UDP_MAX];
    uint8_t want[RESPONDER_UDP_MAX];
    struct answer_table_miss miss;
    const struct responder_client client = {
        .address = {202, 96, 209, 1}, .line = line, .server = &identity};
    for (int tries = 0; tries < 2; tries++) {
        size_t len = answer_table_answer(a->t, &client, q, is, &miss);
        if (len > 0) {
            assert_int_equal(responder_answer(a->f.w, &client, q, want, sizeof(want)), len);
            assert_memory_equal(is, want, len);
            return FROM_TABLE;
        }
        if (!miss.learn) return SLOW;
        answer_table_learn(a->t, a->f.w, &miss, q);
    }
    assert_false(miss.learn);
    return SLOW;
}

static enum outcome ask_plainly(struct asker *a, const char *name, uint16_t type)
{
    uint8_t bytes[512];
    size_t len = query(name, type, NULL, 0, bytes);
    return ask(a, (struct responder_query){bytes, len}, CN_NONE16);
}

/* Each TTL is a class of its own. When all numbers are taken, those of empty classes come to mean
 * others, and what was learnt for them may not be answered any more; when all places for templates
 * are taken, the responder answers. */
static void class_numbers_and_templates_run_out(void **state)
{
    (void)state;
    enum { TTLS = 2 * WORLD_CLASSES_MAX + 100 };
    static struct asker a;
    unsigned slow = 0;
    fixture_init(&a.f);
    fixture_site(&a.f, "other.example");
    fixture_host(&a.f, "www.other.example");
    uint32_t shop = fixture_site(&a.f, "shop.example");
    fixture_host(&a.f, "www.shop.example");
    start(&a);
    for (uint32_t i = 0; i < TTLS; i++) {
        uint8_t bytes[512];
        struct event e = on_site(EV_SET_TTL, i, shop);
        e.seconds = 70 + i;
        assert_int_equal(fixture_apply(&a.f, e), REFUSAL_NONE);
        assert_int_equal(a.f.w->changed.host_count, 1); /* though its class may have its number */
        answer_table_changed(a.t, a.f.w);
        for (unsigned line = 0; line < LINES; line++) {
            for (unsigned v6 = 0; v6 < 2; v6++) {
                size_t len = query("www.shop.example", v6 ? RR_AAAA : RR_A, NULL, 0, bytes);
                slow += ask(&a, (struct responder_query){bytes, len}, (uint16_t)line) == SLOW;
            }
        }
        if (i < WORLD_CLASSES_MAX / 2) assert_int_equal(slow, 0);
        assert_int_equal(ask_plainly(&a, "www.other.example", RR_A), FROM_TABLE);
    }
    assert_int_equal(a.f.w->class_count, WORLD_CLASSES_MAX);
    assert_int_equal(answer_table_count(a.t), ANSWER_TABLE_TEMPLATES_MAX);
    assert_true(a.t->bytes_used <= ANSWER_TABLE_BYTES_MAX);
    assert_true(slow > 0);
    fixture_free(&a.f);
}

static void class_that_means_the_same_keeps_its_answers(void **state)
{
    (void)state;
    static struct asker a;
    struct answer_table_miss miss;
    uint8_t bytes[512];
    uint8_t out[RESPONDER_UDP_MAX];
    const struct responder_client client = {.line = LINE_DE};
    fixture_init(&a.f);
    uint32_t shop = fixture_site(&a.f, "shop.example");
    fixture_host(&a.f, "www.shop.example");
    start(&a);
    size_t len = query("www.shop.example", RR_A, NULL, 0, bytes);
    for (unsigned i = 0; i < 6; i++) { /* there and back */
        struct event e = on_site(EV_SET_TTL, i, shop);
        e.seconds = i % 2 == 0 ? 100 : 200;
        assert_int_equal(fixture_apply(&a.f, e), REFUSAL_NONE);
        answer_table_changed(a.t, a.f.w);
        size_t got =
            answer_table_answer(a.t, &client, (struct responder_query){bytes, len}, out, &miss);
        assert_int_equal(got > 0, i >= 2);
        assert_int_equal(ask(&a, (struct responder_query){bytes, len}, LINE_DE), FROM_TABLE);
    }
    fixture_free(&a.f);
}

/* Hosts stand in the table in an order of its own. */
static void hosts_in_any_order(void **state)
{
    (void)state;
    static struct asker a;
    static const char *const names[] = {"zz.shop.example", "longest-label.x.shop.example",
                                        "b.shop.example", "shop.example", "a.shop.example"};
    fixture_init(&a.f);
    fixture_site(&a.f, "shop.example");
    for (size_t i = 0; i < CN_ARRAY_LEN(names); i++) {
        uint32_t host = fixture_host(&a.f, names[i]);
        a.f.hosts[host].active = i != 2;
        if (i == 3) a.f.hosts[host].provisioning = PROVISIONING_PENDING;
    }
    start(&a);
    for (int come = 0; come < 2; come++) {
        for (size_t i = 0; i < CN_ARRAY_LEN(names); i++) {
            enum outcome want = i == 2 && come == 0 ? SLOW : FROM_TABLE;
            assert_int_equal(ask_plainly(&a, names[i], RR_A), want);
        }
        if (come == 1) break;
        struct event e = on_host(EV_ADD_HOST, 1, 2);
        assert_int_equal(fixture_apply(&a.f, e), REFUSAL_NONE);
        answer_table_changed(a.t, a.f.w);
    }
    fixture_free(&a.f);
}

/* Clients of a host that comes back step by step are told apart. */
static void returning_host_is_not_of_its_class_alone(void **state)
{
    (void)state;
    static struct asker a;
    fixture_init(&a.f);
    fixture_site(&a.f, "shop.example");
    uint32_t one = fixture_host(&a.f, "one.shop.example");
    fixture_host(&a.f, "two.shop.example");
    start(&a);
    assert_int_equal(ask_plainly(&a, "one.shop.example", RR_A), FROM_TABLE);
    assert_int_equal(ask_plainly(&a, "two.shop.example", RR_A), FROM_TABLE);
    a.f.w->hosts[one].outside = a.f.w->hosts[one].class_;
    a.f.w->changed.hosts[0] = one;
    a.f.w->changed.host_count = 1;
    answer_table_changed(a.t, a.f.w);
    assert_int_equal(ask_plainly(&a, "one.shop.example", RR_A), SLOW);
    assert_int_equal(ask_plainly(&a, "two.shop.example", RR_A), FROM_TABLE);
    fixture_free(&a.f);
}

/* A site's own addresses are nobody else's. */
static void own_addresses(void **state)
{
    (void)state;
    static const struct site_address own[2] = {{{203, 0, 113, 7}, false},
                                               {{203, 0, 113, 8}, false}};
    static struct asker a;
    fixture_init(&a.f);
    for (unsigned i = 0; i < CN_ARRAY_LEN(own); i++) {
        uint32_t site = fixture_site(&a.f, i == 0 ? "one.example" : "two.example");
        a.f.sites[site].dedicated = &own[i];
        a.f.sites[site].dedicated_count = 1;
        fixture_host(&a.f, i == 0 ? "www.one.example" : "www.two.example");
    }
    start(&a);
    assert_int_equal(a.f.w->hosts[0].class_, a.f.w->hosts[1].class_);
    assert_int_equal(ask_plainly(&a, "www.one.example", RR_A), SLOW);
    assert_int_equal(ask_plainly(&a, "www.two.example", RR_A), SLOW);
    fixture_free(&a.f);
}

/* One that is decided by no prefix at all has scope 0, whatever was sent. */
static void whole_world_is_one_line(void **state)
{
    (void)state;
    static const uint8_t opt[] = {0, 0, 41, 4, 208, 0, 0,  0, 0, 0, 11,
                                  0, 8, 0,  7, 0,   1, 24, 0, 8, 8, 8};
    static struct asker a;
    uint8_t bytes[512];
    for (int scope = 0; scope < ECS_SCOPE_COUNT; scope++) {
        memset(&a, 0, sizeof(a));
        fixture_init(&a.f);
        a.f.spec.choices.ecs_scope = scope;
        a.f.spec.prefixes = prefix_overlay(&a.f.arena, NULL, LINE_DE, NULL, 0);
        assert_non_null(a.f.spec.prefixes);
        fixture_site(&a.f, "shop.example");
        fixture_host(&a.f, "www.shop.example");
        start(&a);
        size_t len = query("www.shop.example", RR_A, opt, sizeof(opt), bytes);
        assert_int_equal(ask(&a, (struct responder_query){bytes, len}, CN_NONE16), FROM_TABLE);
        fixture_free(&a.f);
    }
}

enum { ADDRESSES = POP_ADDRESSES_MAX, NAME_LEN_MIN = 215, NAMES = 9, NAME_STEP = 5 };

/* A host of the site "shop.example" whose name has so many bytes on the wire. */
static void long_name(size_t len, char *out)
{
    size_t left = len - strlen("shop.example") - 2;
    while (left > 1) {
        size_t label = left > 40 ? 39 : left - 1;
        memset(out, 'x', label);
        out[label] = '.';
        out += label + 1;
        left -= label + 1;
        if (left == 1) { /* no label has no bytes: lengthen the last one */
            out[-1] = 'x';
            *out++ = '.';
            left = 0;
        }
    }
    memcpy(out, "shop.example", sizeof("shop.example"));
}

/* Long names, all addresses, and whatever a client may ask to be added. */
static void long_answers(void **state)
{
    (void)state;
    static const uint8_t ecs[24] = {0, 8, 0, 20, 0, 2, 128, 0, 0x2a, 1};
    static const uint8_t cookie[] = {0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8};
    static struct asker a;
    char names[NAMES][DNAME_MAX];
    uint8_t bytes[512];
    unsigned from_table = 0;
    unsigned slow = 0;
    fixture_init(&a.f);
    a.f.spec.choices.ede = EDE_ALL;
    a.f.spec.choices.answer_addresses = ADDRESSES;
    for (unsigned p = 0; p < POPS; p++) {
        a.f.pops[p].v6_count = ADDRESSES;
        a.f.pops[p].v6_spares = 0;
        for (unsigned i = 0; i < ADDRESSES; i++) {
            a.f.pops[p].v6[i][0] = 0x20;
            a.f.pops[p].v6[i][15] = (uint8_t)(i + 1);
        }
    }
    uint32_t site = fixture_site(&a.f, "shop.example");
    a.f.sites[site].filing = FILING_REVOKED; /* which the answer explains */
    for (size_t i = 0; i < NAMES; i++) {
        long_name(NAME_LEN_MIN + NAME_STEP * i, names[i]);
        fixture_host(&a.f, names[i]);
    }
    start(&a);
    for (unsigned n = 0; n < NAMES * 4; n++) {
        for (unsigned size = RESPONDER_UDP_MIN; size <= 640; size += 16) {
            uint8_t opt[128] = {0, 0, 41, (uint8_t)(size >> 8), (uint8_t)size};
            size_t len = 11;
            if ((n & 1) != 0) memcpy(opt + len, ecs, sizeof(ecs));
            len += (n & 1) != 0 ? sizeof(ecs) : 0;
            if ((n & 2) != 0) memcpy(opt + len, cookie, sizeof(cookie));
            len += (n & 2) != 0 ? sizeof(cookie) : 0;
            opt[10] = (uint8_t)(len - 11);
            len = query(names[n / 4], RR_AAAA, opt, len, bytes);
            bool fast = ask(&a, (struct responder_query){bytes, len}, LINE_US) == FROM_TABLE;
            from_table += fast;
            slow += !fast;
        }
    }
    assert_int_equal(slow, 0); /* the longest answers fit into the least that is taken */
    assert_true(from_table > 0);
    fixture_free(&a.f);
}

/* A routed host beside the records of a zone is one like others. */
static void host_beside_a_zone(void **state)
{
    (void)state;
    static struct asker a;
    fixture_init(&a.f);
    zone_site_add(&a.f);
    start(&a);
    assert_int_equal(ask_plainly(&a, "www.zone.example", RR_A), FROM_TABLE);
    assert_int_equal(ask_plainly(&a, "www.zone.example", RR_AAAA), FROM_TABLE);
    assert_int_equal(ask_plainly(&a, "mail.zone.example", RR_A), SLOW);
    fixture_free(&a.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(class_numbers_and_templates_run_out),
        cmocka_unit_test(class_that_means_the_same_keeps_its_answers),
        cmocka_unit_test(hosts_in_any_order),
        cmocka_unit_test(returning_host_is_not_of_its_class_alone),
        cmocka_unit_test(own_addresses),
        cmocka_unit_test(whole_world_is_one_line),
        cmocka_unit_test(long_answers),
        cmocka_unit_test(host_beside_a_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
