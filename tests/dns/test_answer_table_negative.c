/* SPDX-License-Identifier: MIT
 * What an answer table says of names that do not exist, and of types that a name has no data of:
 * what the responder says, to the byte. Here it is known of each name whether the table answers. */
#include "negative_rig.h"

/* --- names and types -----------------------------------------------------------------------------
 */

static const struct row {
    const char *name;
    unsigned type;
    enum said said;
    uint8_t rcode;
} rows[] = {
    /* names that do not exist, for types of any kind */
    {"no.flat.example", RR_A, ANSWERED, ENCODE_NXDOMAIN},
    {"No.fLAT.exAmple", RR_AAAA, ANSWERED, ENCODE_NXDOMAIN},
    {"no.flat.example", RR_TXT, ANSWERED, ENCODE_NXDOMAIN},
    {"no.flat.example", RR_SOA, ANSWERED, ENCODE_NXDOMAIN},
    {"no.flat.example", RR_DS, ANSWERED, ENCODE_NXDOMAIN},
    {"no.flat.example", 0, ANSWERED, ENCODE_NXDOMAIN},
    {"no.flat.example", 127, ANSWERED, ENCODE_NXDOMAIN},
    {"no.flat.example", 256, ANSWERED, ENCODE_NXDOMAIN},
    {"no.flat.example", 65535, ANSWERED, ENCODE_NXDOMAIN},
    {"a.b.c.d.flat.example", RR_A, ANSWERED, ENCODE_NXDOMAIN},
    {"x.www.flat.example", RR_A, ANSWERED, ENCODE_NXDOMAIN},
    {"*.flat.example", RR_A, ANSWERED, ENCODE_NXDOMAIN},
    {"xhostmaster.flat.example", RR_A, ANSWERED, ENCODE_NXDOMAIN},
    {"hostmaster.x.flat.example", RR_A, ANSWERED, ENCODE_NXDOMAIN},
    {"_whyx.flat.example", RR_A, ANSWERED, ENCODE_NXDOMAIN},
    {LABEL_60 "." LABEL_60 "." LABEL_60 ".flat.example", RR_A, ANSWERED, ENCODE_NXDOMAIN},
    /* questions that the responder has to look at */
    {"no.flat.example", RR_OPT, NOTHING, 0},
    {"no.flat.example", 128, NOTHING, 0},
    {"no.flat.example", RR_AXFR, NOTHING, 0},
    {"no.flat.example", RR_ANY, NOTHING, 0},
    {"_why.no.flat.example", RR_A, NOTHING, 0},
    {"_why.www.flat.example", RR_TXT, NOTHING, 0},
    {"hostmaster.flat.example", RR_A, NOTHING, 0},
    {"x.hostmaster.flat.example", RR_A, NOTHING, 0},
    {"alias.flat.example", RR_A, NOTHING, 0},
    {"alias.flat.example", RR_MX, NOTHING, 0},
    {"no.elsewhere.test", RR_A, NOTHING, 0},
    /* hosts without data of a type */
    {"www.flat.example", RR_HTTPS, ANSWERED, ENCODE_NOERROR},
    {"www.flat.example", RR_MX, ANSWERED, ENCODE_NOERROR},
    {"www.flat.example", RR_TXT, ANSWERED, ENCODE_NOERROR},
    {"www.flat.example", RR_SOA, ANSWERED, ENCODE_NOERROR},
    {"www.flat.example", RR_DS, ANSWERED, ENCODE_NOERROR},
    {"txt.flat.example", RR_HTTPS, ANSWERED, ENCODE_NOERROR},
    {"txt.flat.example", RR_TXT, NOTHING, 0},
    {"www.flat.example", RR_ANY, NOTHING, 0},
    /* an apex that is no host, and one that is */
    {"flat.example", RR_A, ANSWERED, ENCODE_NOERROR},
    {"flat.example", RR_HTTPS, ANSWERED, ENCODE_NOERROR},
    {"flat.example", RR_TXT, ANSWERED, ENCODE_NOERROR},
    {"flat.example", RR_SOA, NOTHING, 0},
    {"flat.example", RR_NS, NOTHING, 0},
    {"flat.example", RR_DS, NOTHING, 0},
    {"flat.example", RR_ANY, NOTHING, 0},
    {"top.example", RR_HTTPS, ANSWERED, ENCODE_NOERROR},
    {"top.example", RR_SOA, NOTHING, 0},
    {"top.example", RR_DS, NOTHING, 0},
    {"no.top.example", RR_A, ANSWERED, ENCODE_NXDOMAIN},
    /* empty non-terminals: names of as many labels as the deepest host, and more, are none */
    {"b.deep.example", RR_A, NOTHING, 0},
    {"a.b.deep.example", RR_A, NOTHING, 0},
    {"a.deep.example", RR_A, ANSWERED, ENCODE_NXDOMAIN},
    {"c.deep.example", RR_A, ANSWERED, ENCODE_NXDOMAIN},
    {"x.b.deep.example", RR_A, ANSWERED, ENCODE_NXDOMAIN},
    {"b.a.deep.example", RR_A, ANSWERED, ENCODE_NXDOMAIN},
    {"deep.deep.example", RR_A, ANSWERED, ENCODE_NXDOMAIN},
    {"with.a.long.label.deeper.example", RR_A, NOTHING, 0},
    {"label.deeper.example", RR_A, NOTHING, 0},
    {"abel.deeper.example", RR_A, ANSWERED, ENCODE_NXDOMAIN},
    {"of.eight.example", RR_A, NOTHING, 0},
    {"x.eight.example", RR_A, ANSWERED, ENCODE_NXDOMAIN},
    {"of.nine.example", RR_A, NOTHING, 0},
    {"x.nine.example", RR_A, NOTHING, 0},
    {"x.of.nine.example", RR_A, ANSWERED, ENCODE_NXDOMAIN},
    {"x.a.b.deep.example", RR_A, ANSWERED, ENCODE_NXDOMAIN},
    {"y.x.a.b.deep.example", RR_A, ANSWERED, ENCODE_NXDOMAIN},
    {"c.a.b.deep.example", RR_MX, ANSWERED, ENCODE_NOERROR},
    /* wildcards */
    {"no.wild.example", RR_A, NOTHING, 0},
    {"no.no.wild.example", RR_A, NOTHING, 0},
    {"www.wild.example", RR_MX, ANSWERED, ENCODE_NOERROR},
    {"wild.example", RR_MX, ANSWERED, ENCODE_NOERROR},
    /* zones below zones */
    {"no.upper.example", RR_A, NOTHING, 0},
    {"between.upper.example", RR_A, NOTHING, 0},
    {"www.upper.example", RR_MX, ANSWERED, ENCODE_NOERROR},
    {"no.low.between.upper.example", RR_A, NOTHING, 0},
    {"foreign.low.between.upper.example", RR_A, NOTHING, 0},
    {"www.low.between.upper.example", RR_MX, NOTHING, 0},
    {"low.between.upper.example", RR_A, NOTHING, 0},
    /* zones with records, and partial set-up */
    {"no.zone.example", RR_A, NOTHING, 0},
    {"www.zone.example", RR_MX, NOTHING, 0},
    {"www.zone.example", 29, NOTHING, 0},
    {"no.part.example", RR_A, NOTHING, 0},
    {"www.part.example", RR_MX, NOTHING, 0},
    {"no.cdn.cloudflarecn.net", RR_A, NOTHING, 0},
    {"no.cloudflarecn.net", RR_A, NOTHING, 0},
    {"www.cloudflarecn.net", RR_MX, NOTHING, 0},
    /* deleted hosts exist if they are an apex */
    {"www.gone.example", RR_A, NOTHING, 0},
    {"www.gone.example", RR_MX, NOTHING, 0},
    {"gone.example", RR_MX, NOTHING, 0},
    {"no.gone.example", RR_MX, NOTHING, 0}, /* there is a wildcard */
    {"gone.example", RR_A, NOTHING, 0},
    /* an origin without addresses of a family is that of one site */
    {"www.home.example", RR_AAAA, NOTHING, 0},
    {"www.home.example", RR_MX, ANSWERED, ENCODE_NOERROR},
    {"www.closed.example", RR_A, ANSWERED, ENCODE_NOERROR},
    {"www.closed.example", RR_MX, ANSWERED, ENCODE_NOERROR},
    {"no.closed.example", RR_MX, ANSWERED, ENCODE_NXDOMAIN},
    /* no host shows the state of the site */
    {"no.none.example", RR_A, NOTHING, 0},
    {"none.example", RR_A, NOTHING, 0},
    {"no.later.example", RR_A, NOTHING, 0},
    {"later.later.example", RR_A, NOTHING, 0},
    {"no.mixed.example", RR_A, ANSWERED, ENCODE_NXDOMAIN},
};

static void site_of_many(struct fixture *f, const char *domain, unsigned hosts)
{
    char name[64];
    fixture_site(f, domain);
    for (unsigned i = 0; i < hosts; i++) {
        snprintf(name, sizeof(name), "h%u.%s%s", i, i % 2 == 0 ? "of." : "", domain);
        fixture_host(f, name);
    }
}

static void more_sites(struct fixture *f)
{
    site_of_many(f, "eight.example", 8);
    site_of_many(f, "nine.example", 9);
    fixture_site(f, "deeper.example");
    fixture_host(f, "one.with.a.long.label.deeper.example");
    fixture_site(f, "top.example");
    fixture_host(f, "top.example");
    fixture_site(f, "deep.example");
    fixture_host(f, "c.a.b.deep.example");
    fixture_site(f, "upper.example");
    fixture_host(f, "www.upper.example");
    fixture_host(f, "foreign.low.between.upper.example");
    fixture_site(f, "low.between.upper.example");
    fixture_host(f, "www.low.between.upper.example");
    fixture_site(f, "cloudflarecn.net");
    fixture_host(f, "www.cloudflarecn.net");
    fixture_site(f, "none.example");
    fixture_site(f, "later.example");
    f->hosts[fixture_host(f, "later.later.example")].active = false;
    fixture_site(f, "mixed.example");
    fixture_host(f, "a.mixed.example");
    f->hosts[fixture_host(f, "b.mixed.example")].active = false;
    zone_site_add(f);
    zone_wild_add(f);
    zones_lost(f);
    zones_partial(f);
}

static void names_and_types(void **state)
{
    static struct rig r;
    (void)state;
    for (int ede = 0; ede < EDE_MODE_COUNT; ede++) {
        begin(&r);
        r.f.spec.choices.ede = ede;
        more_sites(&r.f);
        start(&r);
        for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
            expect(&r, rows[i].name, rows[i].type, rows[i].said, rows[i].rcode);
        }
        for (size_t i = CN_ARRAY_LEN(rows); i-- > 0;) { /* whatever was learnt first */
            expect(&r, rows[i].name, rows[i].type, rows[i].said, rows[i].rcode);
        }
        assert_true(answer_table_count(r.t) < CN_ARRAY_LEN(rows) / 2);
        fixture_free(&r.f);
    }
}

/* Deleted hosts of one class: an apex exists all the same, a host does not. */
static void deleted_names(void **state)
{
    static const char *const names[] = {"gone.example", "www.gone.example", "no.gone.example"};
    static const enum said said[] = {NOTHING, NOTHING, ANSWERED};
    static struct rig r;
    (void)state;
    for (int first = 0; first < 2; first++) {
        begin(&r);
        struct site_spec *s = &r.f.sites[fixture_site(&r.f, "gone.example")];
        s->filing = FILING_REVOKED;
        s->policy = POLICY_DELETE_NAME;
        fixture_host(&r.f, "gone.example");
        fixture_host(&r.f, "www.gone.example");
        start(&r);
        for (int i = 0; i < 3; i++) {
            int which = (first + i) % 3;
            expect(&r, names[which], RR_MX, said[which], ENCODE_NXDOMAIN);
        }
        fixture_free(&r.f);
    }
}

/* Names that are so long, or have so many labels, that the SOA takes another form. */
static void odd_names(void **state)
{
    static struct rig r;
    static const char *const long_apex = LABEL_60
        "." LABEL_60 "." LABEL_60 ".llllllllllllllllllllllllllllllllllllllllllllllllllllll.example";
    char name[512];
    (void)state;
    for (unsigned cut = 0; cut < 8; cut++) { /* hostmaster.APEX fits, or does not */
        begin(&r);
        const char *apex = long_apex + cut;
        fixture_site(&r.f, apex);
        snprintf(name, sizeof(name), "w.%s", apex);
        fixture_host(&r.f, name);
        start(&r);
        expect(&r, "www.flat.example", RR_MX, ANSWERED, ENCODE_NOERROR); /* is learnt from others */
        expect(&r, "x.flat.example", RR_A, ANSWERED, ENCODE_NXDOMAIN);
        bool fits = strlen(apex) + 2 + 11 <= DNAME_MAX;
        expect(&r, name, RR_MX, fits ? ANSWERED : NOTHING, ENCODE_NOERROR);
        snprintf(name, sizeof(name), "x.%s", apex);
        expect(&r, name, RR_A, fits ? ANSWERED : NOTHING, ENCODE_NXDOMAIN);
        fixture_free(&r.f);
    }
    begin(&r);
    start(&r);
    for (unsigned labels = 1; labels < 100; labels++) {
        size_t at = 0;
        for (unsigned i = 0; i < labels; i++, at += 2) {
            snprintf(name + at, sizeof(name) - at, "x.");
        }
        snprintf(name + at, sizeof(name) - at, "flat.example");
        enum said want = labels + 2 <= ENCODE_NAMES_MAX ? ANSWERED : NOTHING;
        expect(&r, name, RR_A, want, ENCODE_NXDOMAIN);
    }
    fixture_free(&r.f);
}

/* An answer that is too long for the client is cut by the responder. */
static void too_long(void **state)
{
    static struct rig r;
    (void)state;
    begin(&r);
    r.f.spec.nameservers[0] =
        fixture_name(&r.f, LABEL_60 "." LABEL_60 "." LABEL_60 "." LABEL_60 ".test");
    start(&r);
    expect(&r, "x.flat.example", RR_A, ANSWERED, ENCODE_NXDOMAIN);
    expect(&r, LABEL_60 "." LABEL_60 ".x.flat.example", RR_A, ANSWERED, ENCODE_NXDOMAIN);
    const char *name = LABEL_60 "." LABEL_60 "." LABEL_60 "."
                                "xxxxx.flat.example";
    assert_int_equal(ask_once(&r, name, RR_A, false), NOTHING);
    assert_int_equal(ask_once(&r, name, RR_A, true), ANSWERED);
    fixture_free(&r.f);
}

/* --- the SOA -------------------------------------------------------------------------------------
 */

/* MNAME ends with as much of the question's name as it has in common with it. */
static void name_servers(void **state)
{
    static const char *const servers[] = {"",
                                          "ns1.dns.test",
                                          "ns1.example",
                                          "example",
                                          "flat.example",
                                          "ns.flat.example",
                                          "a.b.ns.flat.example",
                                          "lat.example",
                                          "ns.www.flat.example",
                                          "x.top.example"};
    static const char *const mailboxes[] = {"hostmaster.flat.example", "x.hostmaster.test",
                                            "hostmaster"};
    static const char *const names[] = {"x.flat.example",
                                        "ns.flat.example",
                                        "y.ns.flat.example",
                                        "a.b.ns.flat.example",
                                        "a.a.b.ns.flat.example",
                                        "www.flat.example",
                                        "x.www.flat.example",
                                        "ns.www.flat.example",
                                        "x.ns.www.flat.example",
                                        "flat.example",
                                        "x.flat.flat.example",
                                        "x.top.example",
                                        "ns1.dns.test.top.example",
                                        "top.example",
                                        "x.other.test",
                                        "ns1.dns.other.test"};
    static struct rig r;
    (void)state;
    for (size_t s = 0; s < CN_ARRAY_LEN(servers) + CN_ARRAY_LEN(mailboxes); s++) {
        bool plain = s < CN_ARRAY_LEN(servers);
        const char *server = plain ? servers[s] : mailboxes[s - CN_ARRAY_LEN(servers)];
        begin(&r);
        fixture_site(&r.f, "top.example");
        fixture_host(&r.f, "top.example");
        fixture_site(&r.f, "other.test");
        fixture_host(&r.f, "w.other.test");
        r.f.spec.nameserver_count = *server != '\0';
        if (*server != '\0') r.f.spec.nameservers[0] = fixture_name(&r.f, server);
        start(&r);
        for (int round = 0; round < 2; round++) {
            for (size_t i = 0; i < CN_ARRAY_LEN(names); i++) {
                enum said is = ask(&r, names[i], RR_MX);
                if (is != (plain ? ANSWERED : NOTHING)) fail_msg("%s, %s", server, names[i]);
            }
        }
        fixture_free(&r.f);
    }
}

static void alter(struct table_soa *s, int what)
{
    switch (what) {
    case 0:
        s->len--;
        break;
    case 1:
        s->bytes[s->len - 1] ^= 1;
        break;
    default:
        s->bytes[2] ^= 1;
    }
}

/* One that is not as it was before is none that others have. */
static void another_soa(void **state)
{
    static struct rig r;
    (void)state;
    for (int what = -1; what < 3; what++) {
        begin(&r);
        start(&r);
        expect(&r, "x.flat.example", RR_A, ANSWERED, ENCODE_NXDOMAIN);
        if (what >= 0) alter(&r.t->soas[0], what);
        expect(&r, "www.flat.example", RR_MX, what < 0 ? ANSWERED : NOTHING, ENCODE_NOERROR);
        fixture_free(&r.f);
    }
    begin(&r);
    start(&r);
    r.t->age++; /* a serial that is not the world's */
    expect(&r, "x.flat.example", RR_A, NOTHING, ENCODE_NXDOMAIN);
    fixture_free(&r.f);
}

/* --- events --------------------------------------------------------------------------------------
 */

static void apply(struct rig *r, struct event e)
{
    assert_int_equal(fixture_apply(&r->f, e), REFUSAL_NONE);
    answer_table_changed(r->t, r->f.w);
}

/* C4.23: the serial of each instant, though nothing is learnt anew. */
static void serial(void **state)
{
    static struct rig r;
    (void)state;
    for (int how = 0; how < SOA_SERIAL_COUNT; how++) {
        begin(&r);
        uint32_t other = fixture_site(&r.f, "other.example");
        fixture_host(&r.f, "www.other.example");
        r.f.spec.choices.soa_serial = how;
        start(&r);
        expect(&r, "x.flat.example", RR_A, ANSWERED, ENCODE_NXDOMAIN);
        expect(&r, "www.flat.example", RR_MX, ANSWERED, ENCODE_NOERROR);
        for (unsigned i = 0; i < 4; i++) {
            struct event e = on_site(EV_SET_TTL, 100000 * (int64_t)(i + 1), other);
            uint32_t before = world_serial(r.f.w);
            e.seconds = 100 + i;
            apply(&r, e);
            assert_int_equal(world_serial(r.f.w) != before, how != SERIAL_CONSTANT);
            assert_int_equal(ask_once(&r, "x.flat.example", RR_A, false), ANSWERED);
            assert_int_equal(ask_once(&r, "www.flat.example", RR_MX, true), ANSWERED);
        }
        fixture_free(&r.f);
    }
}

/* A domain that lapses takes its names with it, and other sites stay. */
static void lapse(void **state)
{
    static struct rig r;
    (void)state;
    for (int how = 0; how < LAPSED_DOMAIN_COUNT; how++) {
        enum said gone = how == LAPSED_NXDOMAIN ? ANSWERED : NOTHING;
        begin(&r);
        r.f.spec.choices.lapsed_domain = how;
        fixture_site(&r.f, "other.example");
        fixture_host(&r.f, "www.other.example");
        start(&r);
        for (int64_t i = 0; i < 3; i++) {
            expect(&r, "x.flat.example", RR_A, i == 1 ? gone : ANSWERED, ENCODE_NXDOMAIN);
            if (i != 1 || gone == ANSWERED) assert_int_equal(r.row, i == 1 ? 0 : 25);
            expect(&r, "flat.example", RR_A, i == 1 ? gone : ANSWERED,
                   i == 1 ? ENCODE_NXDOMAIN : ENCODE_NOERROR);
            expect(&r, "www.flat.example", RR_MX, i == 1 ? NOTHING : ANSWERED, ENCODE_NOERROR);
            expect(&r, "x.other.example", RR_A, ANSWERED, ENCODE_NXDOMAIN);
            if (i == 2) break;
            apply(&r, on_site(i == 0 ? EV_DOMAIN_EXPIRE : EV_DOMAIN_RENEW, 10 * i, r.flat));
        }
        fixture_free(&r.f);
    }
}

/* C2.row27: while the partner's nameservers are out, no name of its sites is answered. */
static void nameservers_out(void **state)
{
    static struct rig r;
    (void)state;
    begin(&r);
    r.f.spec.choices.dns_mode = DNS_IN_CHINA;
    start(&r);
    for (int64_t i = 0; i < 4; i++) {
        enum said want = i % 2 == 0 ? ANSWERED : NOTHING;
        expect(&r, "x.flat.example", RR_A, want, ENCODE_NXDOMAIN);
        expect(&r, "www.flat.example", RR_MX, want, ENCODE_NOERROR);
        apply(&r, on_partner(i % 2 == 0 ? EV_PARTNER_DNS_DOWN : EV_PARTNER_DNS_UP, i, 0));
    }
    fixture_free(&r.f);
}

/* A host that comes into being is a name from then on. */
static void host_comes(void **state)
{
    static struct rig r;
    (void)state;
    begin(&r);
    uint32_t later = fixture_host(&r.f, "later.flat.example");
    r.f.hosts[later].active = false;
    start(&r);
    expect(&r, "later.flat.example", RR_MX, NOTHING, 0);
    expect(&r, "x.flat.example", RR_MX, ANSWERED, ENCODE_NXDOMAIN);
    apply(&r, on_host(EV_ADD_HOST, 1, later));
    expect(&r, "later.flat.example", RR_MX, ANSWERED, ENCODE_NOERROR);
    fixture_free(&r.f);
}

/* C4.1: what one client gets is not told to others when they are told apart. */
static void hashed(void **state)
{
    static struct rig r;
    (void)state;
    begin(&r);
    r.f.spec.choices.address_rotation = ROTATION_HASHED;
    start(&r);
    expect(&r, "www.flat.example", RR_MX, NOTHING, 0);
    expect(&r, "x.flat.example", RR_MX, ANSWERED, ENCODE_NXDOMAIN);
    fixture_free(&r.f);
}

/* --- members of cohorts --------------------------------------------------------------------------
 */

/* A member's answers have its own apex, wherever that is in the tree of names. */
static void members(void **state)
{
    static const char *const apexes[] = {
        "flat.example", "member.example", "member.of.a.dns.test",
        "a.member.whose.name.is.longer.than.a.line.of.cache.example"};
    static struct rig r;
    struct apex_table table;
    char name[128];
    bool added;
    (void)state;
    begin(&r);
    assert_true(apex_table_init(&table, &r.f.arena, CN_ARRAY_LEN(apexes), key));
    for (size_t i = 0; i < CN_ARRAY_LEN(apexes); i++) {
        struct apex_line *line =
            apex_table_add(&table, fixture_name(&r.f, apexes[i]), r.flat, &added);
        assert_non_null(line);
        line->member = i != 0;
    }
    r.f.spec.apexes = &table;
    start(&r);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < CN_ARRAY_LEN(apexes); i++) {
            snprintf(name, sizeof(name), "x.y.%s", apexes[i]);
            expect(&r, name, RR_A, ANSWERED, ENCODE_NXDOMAIN);
            snprintf(name, sizeof(name), "www.%s", apexes[i]);
            expect(&r, name, RR_HTTPS, ANSWERED, ENCODE_NOERROR);
            expect(&r, apexes[i], RR_MX, ANSWERED, ENCODE_NOERROR);
            expect(&r, apexes[i], RR_SOA, NOTHING, 0);
        }
    }
    fixture_free(&r.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"C2.row25 C2.row26 names and types", names_and_types, NULL, NULL, NULL},
        cmocka_unit_test(deleted_names),
        cmocka_unit_test(odd_names),
        cmocka_unit_test(too_long),
        cmocka_unit_test(name_servers),
        cmocka_unit_test(another_soa),
        {"C4.23 serial", serial, NULL, NULL, NULL},
        cmocka_unit_test(lapse),
        {"C2.row27 nameservers out", nameservers_out, NULL, NULL, NULL},
        cmocka_unit_test(host_comes),
        cmocka_unit_test(hashed),
        cmocka_unit_test(members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
