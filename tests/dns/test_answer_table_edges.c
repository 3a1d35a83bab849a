/* SPDX-License-Identifier: MIT
 * An answer table at its edges: names of every length, templates that nearly agree, no more room,
 * numbers of classes that come to mean another one, generations that begin again, and queries that
 * are just not in the form that it answers. What it answers is always what the responder does. */
#include "../../sim/dns/answer_table.h"

#include "bytes.h"
#include "test.h"
#include "zones.h"

#define PLAIN    "1234 0100 0001 0000 0000 0000 "
#define EDNS     "1234 0100 0001 0000 0000 0001 "
#define A        " 0001 0001 "
#define AAAA     " 001c 0001 "
#define LABEL_63 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const uint8_t key[SIPHASH_KEY_BYTES] = {5};
static const struct responder_server identity = {.cookies = {.count = 1}, .now_s = 1000};
static const struct responder_server no_cookies = {.now_s = 1000};

struct table_rig {
    struct fixture f;
    struct world *w;
    struct answer_table *t;
    struct responder_client client;
};

static void make_table(struct table_rig *r)
{
    r->t = answer_table_build(&r->f.arena, r->w, key);
    assert_non_null(r->t);
    r->client = (struct responder_client){
        .address = {202, 96, 209, 5}, .line = CN_NONE16, .server = &identity};
}

static void begin(struct table_rig *r)
{
    r->w = zones_build(&r->f);
    make_table(r);
}

enum said { NOTHING, MISSED, ANSWERED };

/* Asks the table once; an answer is held against the responder's. */
static enum said ask_once(struct table_rig *r, struct responder_query q,
                          struct answer_table_miss *miss)
{
    uint8_t is[RESPONDER_UDP_MAX];
    uint8_t want[RESPONDER_UDP_MAX];
    size_t len = answer_table_answer(r->t, &r->client, q, is, miss);
    if (len == 0) return miss->learn ? MISSED : NOTHING;
    assert_int_equal(responder_answer(r->w, &r->client, q, want, sizeof(want)), len);
    assert_memory_equal(is, want, len);
    return ANSWERED;
}

/* The same for a picture of a query; the table learns what it missed. */
static enum said ask(struct table_rig *r, const char *picture)
{
    uint8_t bytes[1024];
    struct responder_query q = {bytes, bytes_from(picture, bytes, sizeof(bytes))};
    struct answer_table_miss miss;
    enum said said = ask_once(r, q, &miss);
    answer_table_learn(r->t, r->w, &miss, q);
    return said;
}

/* --- names --------------------------------------------------------------------------------------
 */

static const char *const names[] = {
    "",
    "w",
    "aaaaaaaaaaa",           /* twelve bytes with its length: they lie in the table */
    "aaaaaaaaaaaa",          /* one more: they lie elsewhere */
    "aaaaaaaaaaab",          /* the last byte differs */
    "baaaaaaaaaaa",          /* the first */
    "a.a.a.a.a.a",           /* the same number of bytes as the first of twelve */
    "a.a.a.a.a.b.c.d.e.f.g", /* many labels */
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.y",
};

static const char *const no_names[] = {
    "v",
    "x",
    "aaaaaaaaaa",
    "aaaaaaaaaac",
    "aaaaaaaaaaac",
    "aaaaaaaaaaaaa",
    "a.a.a.a.a.c",
    "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
};

static void named(char *out, size_t cap, const char *name)
{
    snprintf(out, cap, "%s%smany.example", name, name[0] == '\0' ? "" : ".");
}

static void many_hosts(void **state)
{
    struct table_rig r;
    char text[128];
    char picture[192];
    (void)state;
    fixture_init(&r.f);
    r.f.spec.prefixes = zones_prefixes(&r.f.arena);
    fixture_site(&r.f, "before.example");
    fixture_site(&r.f, "many.example");
    for (size_t i = CN_ARRAY_LEN(names); i-- > 0;) {
        named(text, sizeof(text), names[i]);
        fixture_host(&r.f, text);
    }
    fixture_site(&r.f, "behind.example");
    fixture_host(&r.f, "w.behind.example");
    r.w = fixture_build(&r.f);
    assert_null(r.w->cdn_zone); /* no site is in partial set-up */
    make_table(&r);
    for (size_t i = 0; i < CN_ARRAY_LEN(names); i++) {
        named(text, sizeof(text), names[i]);
        snprintf(picture, sizeof(picture), PLAIN ".%s" A, text);
        assert_int_equal(ask(&r, picture), i == 0 ? MISSED : ANSWERED);
        assert_int_equal(ask(&r, picture), ANSWERED);
    }
    for (size_t i = 0; i < CN_ARRAY_LEN(no_names); i++) {
        named(text, sizeof(text), no_names[i]);
        snprintf(picture, sizeof(picture), PLAIN ".%s" A, text);
        assert_int_equal(ask(&r, picture), NOTHING);
    }
    assert_int_equal(ask(&r, PLAIN ".before.example" A), NOTHING); /* a site without hosts */
    assert_int_equal(answer_table_count(r.t), 1);
    fixture_free(&r.f);
}

/* Names in the zone of partial set-up are its holder's, also where a site has that apex. */
static void in_the_cdn_zone(void **state)
{
    struct table_rig r;
    (void)state;
    fixture_init(&r.f);
    r.f.spec.prefixes = zones_prefixes(&r.f.arena);
    fixture_site(&r.f, "cloudflarecn.net");
    fixture_host(&r.f, "www.cloudflarecn.net");
    uint32_t inside = fixture_host(&r.f, "www.cdn.cloudflarecn.net");
    r.f.sites[fixture_site(&r.f, "part.example")].setup = SETUP_PARTIAL;
    fixture_host(&r.f, "www.part.example");
    r.w = fixture_build(&r.f);
    make_table(&r);
    assert_int_equal(ask(&r, PLAIN ".www.cloudflarecn.net" A), MISSED);
    assert_int_equal(ask(&r, PLAIN ".www.cloudflarecn.net" A), ANSWERED);
    assert_int_equal(r.t->hosts[r.t->places[inside]].class_, TABLE_CLASS_NONE);
    assert_int_equal(ask(&r, PLAIN ".www.cdn.cloudflarecn.net" A), NOTHING);
    assert_int_equal(ask(&r, PLAIN ".www.part.example" A), NOTHING);
    fixture_free(&r.f);
}

/* --- templates ----------------------------------------------------------------------------------
 */

static void alter(struct answer_table *t, int what)
{
    struct table_template *x = &t->templates[0];
    uint8_t *bytes = t->bytes + x->at;
    switch (what) {
    case 0:
        x->records_len--;
        break;
    case 1:
        x->options_len++;
        break;
    case 2:
        x->pop++;
        break;
    case 3:
        x->row++;
        break;
    case 4:
        bytes[x->records_len - 1] ^= 1;
        break;
    default:
        bytes[x->records_len + x->options_len - 1] ^= 1;
    }
}

/* A template is shared by what is equal in every respect, and by nothing else. */
static void nearly_equal(void **state)
{
    (void)state;
    for (int what = -1; what < 6; what++) {
        struct table_rig r;
        uint8_t bytes[256];
        begin(&r);
        r.f.spec.choices.ede = EDE_ALL;
        struct responder_query q = {
            bytes, bytes_from(PLAIN ".www.revoked.example" A, bytes, sizeof(bytes))};
        struct answer_table_miss miss = {.learn = true, .line = LINE_SH_TELECOM};
        answer_table_learn(r.t, r.w, &miss, q);
        assert_int_equal(answer_table_count(r.t), 1);
        assert_true(r.t->templates[0].options_len > 0); /* its Extended DNS Error */
        if (what >= 0) alter(r.t, what);
        answer_table_learn(r.t, r.w, &miss, q);
        if (answer_table_count(r.t) != (what < 0 ? 1 : 2)) fail_msg("alteration %d", what);
        fixture_free(&r.f);
    }
}

/* All places but one are taken by something else: it is found, wherever it is. */
static void collisions(void **state)
{
    enum { SLOTS = 2 * ANSWER_TABLE_TEMPLATES_MAX };
    static const uint32_t free_at[] = {0, SLOTS / 2, SLOTS - 1};
    (void)state;
    for (size_t n = 0; n < CN_ARRAY_LEN(free_at); n++) {
        struct table_rig r;
        begin(&r);
        assert_int_equal(ask(&r, PLAIN ".www.shop.example" AAAA), MISSED);
        for (uint32_t i = 0; i < SLOTS; i++) {
            r.t->slots[i] = i != free_at[n];
        }
        assert_int_equal(ask(&r, PLAIN ".www.shop.example" A), MISSED);
        assert_int_equal(r.t->slots[free_at[n]], 2);
        assert_int_equal(ask(&r, PLAIN ".www.shop.example" A), ANSWERED);
        assert_int_equal(ask(&r, PLAIN ".www.shop.example" AAAA), ANSWERED);
        fixture_free(&r.f);
    }
}

/* What there is no room for is the responder's, and is not tried again and again. */
static void no_room(void **state)
{
    static const struct {
        bool count;        /* the number of templates, else their bytes */
        uint32_t short_of; /* of enough */
        enum said then;
    } rows[] = {{true, 0, ANSWERED}, {true, 1, NOTHING}, {false, 0, ANSWERED}, {false, 1, NOTHING}};
    (void)state;
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        struct table_rig r;
        begin(&r);
        assert_int_equal(ask(&r, PLAIN ".www.shop.example" A), MISSED);
        uint32_t first = r.t->bytes_used; /* AAAA: twelve bytes more for each of two addresses */
        assert_int_equal(r.t->templates[0].records, 2);
        if (rows[i].count) {
            r.t->count = ANSWER_TABLE_TEMPLATES_MAX - 1 + rows[i].short_of;
        } else {
            r.t->bytes_used = ANSWER_TABLE_BYTES_MAX - (first + 24) + rows[i].short_of;
        }
        assert_int_equal(ask(&r, PLAIN ".www.shop.example" AAAA), MISSED);
        assert_int_equal(ask(&r, PLAIN ".www.shop.example" AAAA), rows[i].then);
        assert_int_equal(ask(&r, PLAIN ".www.shop.example" A), ANSWERED);
        fixture_free(&r.f);
    }
}

/* --- changes ------------------------------------------------------------------------------------
 */

static void apply(struct table_rig *r, struct event e)
{
    assert_int_equal(fixture_apply(&r->f, e), REFUSAL_NONE);
    answer_table_changed(r->t, r->w);
}

/* When all numbers of classes have been used, that of an empty one comes to mean another: what was
 * learnt of the first is void. Here it is each time the one that the host has just left. */
static void class_number_reused(void **state)
{
    struct table_rig r;
    (void)state;
    fixture_init(&r.f);
    r.f.spec.prefixes = zones_prefixes(&r.f.arena);
    uint32_t site = fixture_site(&r.f, "one.example");
    uint32_t www = fixture_host(&r.f, "www.one.example");
    r.w = fixture_build(&r.f);
    make_table(&r);
    r.w->class_count = WORLD_CLASSES_MAX; /* as if so many had been */
    uint16_t number = r.w->hosts[www].class_;
    for (int i = 0; i < 6; i++) {
        struct event e = on_site(EV_SET_COVERAGE, i + 1, site);
        e.coverage = i % 2 == 0 ? COVERAGE_OVERSEAS : COVERAGE_GLOBAL;
        assert_int_equal(ask(&r, PLAIN ".www.one.example" A), MISSED);
        assert_int_equal(ask(&r, PLAIN ".www.one.example" A), ANSWERED);
        apply(&r, e);
        assert_int_equal(r.w->hosts[www].class_, number);
    }
    assert_false(r.w->class_limit);
    fixture_free(&r.f);
}

/* Behind the last generation comes the first: cells that were never written are of none. */
static void generations_begin_again(void **state)
{
    struct table_rig r;
    (void)state;
    begin(&r);
    r.t->age = (uint64_t)UINT32_MAX << TABLE_GENERATION_SHIFT;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ask(&r, PLAIN ".www.shop.example" A), MISSED);
        assert_int_equal(ask(&r, PLAIN ".www.shop.example" A), ANSWERED);
        apply(&r, on_pop(i % 2 == 0 ? EV_POP_DOWN : EV_POP_UP, i + 1, POP_SHA));
        assert_int_equal(r.t->age >> TABLE_GENERATION_SHIFT, 1 + i);
        assert_int_equal(ask(&r, PLAIN ".www.shop.example" AAAA), MISSED);
    }
    fixture_free(&r.f);
}

/* --- queries ------------------------------------------------------------------------------------
 */

#define OPT(len) "00 0029 04d0 00000000 " len " "
#define ECS_V4   "0008 0007 0001 18 00 ca60d1 "
#define COOKIE   "000a 0008 0102030405060708 "

struct form {
    const char *name, *query;
    enum said then; /* once it was learnt */
};

static const struct form form_rows[] = {
    {"plain", PLAIN ".www.shop.example" A, ANSWERED},
    {"EDNS", EDNS ".www.shop.example" A OPT("0000"), ANSWERED},
    {"a subnet", EDNS ".www.shop.example" A OPT("000b") ECS_V4, ANSWERED},
    {"a cookie", EDNS ".www.shop.example" A OPT("000c") COOKIE, ANSWERED},
    {"both", EDNS ".www.shop.example" A OPT("0017") COOKIE ECS_V4, ANSWERED},
    {"two subnets", EDNS ".www.shop.example" A OPT("0016") ECS_V4 ECS_V4, NOTHING},
    {"two cookies", EDNS ".www.shop.example" A OPT("0018") COOKIE COOKIE, NOTHING},
    {"half a cookie", EDNS ".www.shop.example" A OPT("0008") "000a 0004 01020304", NOTHING},
    {"family 257", EDNS ".www.shop.example" A OPT("000b") "0008 0007 0101 18 00 ca60d1", NOTHING},
    {"family 0", EDNS ".www.shop.example" A OPT("0008") "0008 0004 0000 00 00", NOTHING},
    {"half a subnet", EDNS ".www.shop.example" A OPT("0007") "0008 0003 0001 18", NOTHING},
    {"an option longer than OPT", EDNS ".www.shop.example" A OPT("0004") "0008 0007", NOTHING},
    {"half an option", EDNS ".www.shop.example" A OPT("0003") "0008 00", NOTHING},
    {"another option", EDNS ".www.shop.example" A OPT("0004") "0003 0000", NOTHING},
    {"another class", PLAIN ".www.shop.example 0001 0003", NOTHING},
    {"another type", PLAIN ".www.shop.example 0010 0001", ANSWERED},
    {"a type of questions", PLAIN ".www.shop.example 00ff 0001", NOTHING},
    {"no name", PLAIN "00" A, NOTHING},
};

static void check_form(struct table_rig *r, const struct form *row)
{
    if (ask(r, row->query) == MISSED && ask(r, row->query) != row->then) {
        fail_msg("%s", row->name);
    }
    if (ask(r, row->query) != row->then) fail_msg("%s", row->name);
}

static void forms(void **state)
{
    static const struct responder_server *const servers[] = {&identity, &no_cookies, NULL};
    struct table_rig r;
    (void)state;
    begin(&r);
    for (size_t s = 0; s < CN_ARRAY_LEN(servers); s++) {
        r.client.server = servers[s];
        for (size_t i = 0; i < CN_ARRAY_LEN(form_rows); i++) {
            check_form(&r, &form_rows[i]);
        }
    }
    fixture_free(&r.f);
}

/* A query for a name of `len` bytes in labels of up to 63, below www.shop.example. */
static struct responder_query long_name(uint8_t *bytes, size_t len)
{
    static const uint8_t head[] = {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    static const uint8_t tail[] = "\3www\4shop\7example\0\0\1\0\1";
    size_t at = sizeof(head);
    memcpy(bytes, head, at);
    for (size_t left = len - 18; left > 0;) {
        size_t label = left > 64 ? 63 : left - 1;
        bytes[at] = (uint8_t)label;
        memset(bytes + at + 1, 'x', label);
        at += 1 + label;
        left -= 1 + label;
    }
    memcpy(bytes + at, tail, sizeof(tail) - 1);
    return (struct responder_query){bytes, at + sizeof(tail) - 1};
}

/* Longer than a name may be: it is not even looked for. */
static void long_names(void **state)
{
    static const size_t lengths[] = {18, 20, 100, 254, 255, 256, 257, 300, 600};
    struct table_rig r;
    (void)state;
    begin(&r);
    (void)ask(&r, PLAIN ".www.shop.example" A);
    for (size_t i = 0; i < CN_ARRAY_LEN(lengths); i++) {
        uint8_t bytes[1024];
        struct answer_table_miss miss;
        struct responder_query q = long_name(bytes, lengths[i]);
        assert_int_equal(ask_once(&r, q, &miss), i == 0 ? ANSWERED : NOTHING);
    }
    fixture_free(&r.f);
}

/* RFC7871.7.2.1: a subnet that no prefix covers was not looked at, however its scope is told. */
static void unknown_subnet(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct table_rig r;
        begin(&r);
        r.f.spec.choices.ecs_scope = i % 2 == 0 ? ECS_SCOPE_AS_SENT : ECS_SCOPE_DECIDING;
        r.f.spec.choices.unknown_subnet = i / 2 == 0 ? SUBNET_UNKNOWN : SUBNET_SOURCE;
        make_table(&r); /* as the choices are now */
        const char *unknown = EDNS ".www.shop.example" A OPT("000b") "0008 0007 0001 18 00 0a0000";
        enum said first = ask(&r, unknown);
        assert_int_equal(first, i / 2 == 0 ? MISSED : NOTHING);
        assert_int_equal(ask(&r, unknown), i / 2 == 0 ? ANSWERED : NOTHING);
        fixture_free(&r.f);
    }
}

/* RFC6891.6.2.5: an answer that is too long for the client is cut by the responder. */
static void too_long(void **state)
{
    struct table_rig r;
    char name[256];
    char query[512];
    unsigned said[3] = {0};
    (void)state;
    fixture_init(&r.f);
    r.f.spec.choices.ede = EDE_ALL;
    r.f.spec.prefixes = zones_prefixes(&r.f.arena);
    for (int i = 0; i < POPS; i++) {
        r.f.pops[i].v6_spares = 0;
        r.f.pops[i].v6_count = POP_ADDRESSES_MAX;
        memset(r.f.pops[i].v6[3], i + 1, 16);
    }
    snprintf(name, sizeof(name), "%s.%s.%s.%.44s.penalty.example", LABEL_63, LABEL_63, LABEL_63,
             LABEL_63);
    r.f.spec.choices.psb_affects_routing = true;
    r.f.sites[fixture_site(&r.f, "penalty.example")].psb = PSB_PENALISED;
    fixture_host(&r.f, name);
    r.w = fixture_build(&r.f);
    make_table(&r);
    for (unsigned size = 512; size < 700; size += 3) {
        snprintf(query, sizeof(query), EDNS ".%s" AAAA "00 0029 %04x 00000000 0017" COOKIE ECS_V4,
                 name, size);
        said[ask(&r, query)]++;
    }
    assert_int_equal(said[MISSED], 1);
    assert_true(said[NOTHING] > 0 && said[ANSWERED] > 0);
    fixture_free(&r.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_hosts),
        cmocka_unit_test(in_the_cdn_zone),
        cmocka_unit_test(nearly_equal),
        cmocka_unit_test(collisions),
        cmocka_unit_test(no_room),
        cmocka_unit_test(class_number_reused),
        cmocka_unit_test(generations_begin_again),
        cmocka_unit_test(forms),
        cmocka_unit_test(long_names),
        {"RFC7871.7.2.1 unknown subnets", unknown_subnet, NULL, NULL, NULL},
        {"RFC6891.6.2.5 too long for the client", too_long, NULL, NULL, NULL},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
