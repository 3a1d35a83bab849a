/* SPDX-License-Identifier: MIT
 * What a name and a type get: one row per case over one small set of zones, then aliases, origins
 * with one family, hosts that come into being, and the bytes that never match. */
#include "cnedge/model/answer.h"

#include "world_fixture.h"

#include "test.h"

/* The zones:
 *   shop.example       apex is a host; www, api (with TXT), a.b.c (c and b.c are empty), later (to
 * be added), x.later2 (both to be added), cdn -> www, deep -> cdn, out -> elsewhere, loop1 <->
 * loop2, self -> self, long0 -> ... -> long9 -> www, half -> nothing in.shop.example    a zone
 * within the zone: www gone.example       revoked under delete_name: apex, www, and sub.www, which
 * is not provisioned origin.example     revoked under to_origin: www (the origin has IPv4 only)
 *   shut.example       resolution closed: www (with TXT), cdn -> www.shop.example */
static struct fixture f;
static uint32_t later;
static uint32_t later2;

static const char *const txt[] = {"v=spf1 -all", "second"};

static uint32_t with_txt(uint32_t host)
{
    f.hosts[host].txt = txt;
    f.hosts[host].txt_count = 2;
    return host;
}

static uint32_t to_come(uint32_t host)
{
    f.hosts[host].active = false;
    return host;
}

static void declare_shop(void)
{
    fixture_site(&f, "shop.example");
    fixture_host(&f, "shop.example");
    fixture_host(&f, "www.shop.example");
    with_txt(fixture_host(&f, "api.shop.example"));
    fixture_host(&f, "a.b.c.shop.example");
    later = to_come(fixture_host(&f, "later.shop.example"));
    fixture_host(&f, "below.later.shop.example");
    later2 = to_come(fixture_host(&f, "x.later2.shop.example"));
    fixture_alias(&f, "cdn.shop.example", "www.shop.example");
    fixture_alias(&f, "deep.shop.example", "cdn.shop.example");
    fixture_alias(&f, "out.shop.example", "elsewhere.invalid");
    fixture_alias(&f, "loop1.shop.example", "loop2.shop.example");
    fixture_alias(&f, "loop2.shop.example", "loop1.shop.example");
    fixture_alias(&f, "self.shop.example", "self.shop.example");
    fixture_alias(&f, "half.shop.example", "nothing.shop.example");
    for (int i = 0; i < 10; i++) {
        char name[40];
        char target[40];
        snprintf(name, sizeof(name), "long%d.shop.example", i);
        snprintf(target, sizeof(target), "long%d.shop.example", i + 1);
        fixture_alias(&f, name, i == 9 ? "www.shop.example" : target);
    }
}

static void declare_others(void)
{
    fixture_site(&f, "in.shop.example");
    fixture_host(&f, "www.in.shop.example");
    uint32_t gone = fixture_site(&f, "gone.example");
    f.sites[gone].filing = FILING_REVOKED;
    f.sites[gone].policy = POLICY_DELETE_NAME;
    fixture_host(&f, "gone.example");
    with_txt(fixture_host(&f, "www.gone.example"));
    fixture_host(&f, "leaf.gone.example");
    uint32_t below = fixture_host(&f, "sub.www.gone.example");
    f.hosts[below].provisioning = PROVISIONING_READY;
    uint32_t origin = fixture_site(&f, "origin.example");
    f.sites[origin].filing = FILING_REVOKED;
    f.sites[origin].policy = POLICY_TO_ORIGIN;
    f.sites[origin].origin = &f.origin;
    f.origin.v6_count = 0;
    fixture_host(&f, "www.origin.example");
    uint32_t shut = fixture_site(&f, "shut.example");
    f.sites[shut].resolution_closed = true;
    with_txt(fixture_host(&f, "www.shut.example"));
    fixture_alias(&f, "cdn.shut.example", "www.shop.example");
}

static int set_up(void **state)
{
    (void)state;
    fixture_init(&f);
    declare_shop();
    declare_others();
    fixture_build(&f);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_free(&f);
    return 0;
}

static const char *kind_name(enum answer_kind kind)
{
    static const char *const names[] = {
        [ANSWER_REFUSED] = "REFUSED", [ANSWER_NXDOMAIN] = "NXDOMAIN",
        [ANSWER_NODATA] = "NODATA",   [ANSWER_POP] = "POP",
        [ANSWER_ORIGIN] = "ORIGIN",   [ANSWER_ALIAS] = "ALIAS",
        [ANSWER_SOA] = "SOA",         [ANSWER_NS] = "NS",
        [ANSWER_TXT] = "TXT",         [ANSWER_WHY] = "WHY",
        [ANSWER_ANY] = "ANY"};
    return names[kind];
}

struct row {
    const char *name; /* the name asked for, and the type behind a blank */
    const char *want; /* kind, TTL, site, host ("-": none) */
    bool by_line;
};

// clang-format off
static struct row rows[] = {
    /* no zone of ours */
    {"www.elsewhere.invalid A", "REFUSED 0 - -", false},
    {". NS",                    "REFUSED 0 - -", false},
    {"example SOA",             "REFUSED 0 - -", false},
    {"notshop.example A",       "REFUSED 0 - -", false},
    /* the apex */
    {"shop.example SOA",      "SOA 60 shop.example shop.example",    false},
    {"shop.example NS",       "NS 300 shop.example shop.example",    false},
    {"shop.example ANY",      "ANY 300 shop.example shop.example",   false},
    {"shop.example A",        "POP 60 shop.example shop.example",    true},
    {"shop.example TXT",      "NODATA 60 shop.example shop.example", false},
    {"in.shop.example A",     "NODATA 60 in.shop.example -",         false},
    {"in.shop.example SOA",   "SOA 60 in.shop.example -",            false},
    {"in.shop.example CNAME", "NODATA 60 in.shop.example -",         false},
    /* hosts */
    {"www.shop.example A",     "POP 60 shop.example www.shop.example",    true},
    {"www.shop.example AAAA",  "POP 60 shop.example www.shop.example",    true},
    {"www.shop.example NS",    "NODATA 60 shop.example www.shop.example", false},
    {"www.shop.example SOA",   "NODATA 60 shop.example www.shop.example", false},
    {"www.shop.example ANY",   "ANY 300 shop.example www.shop.example",   false},
    {"www.shop.example TXT",   "NODATA 60 shop.example www.shop.example", false},
    {"www.shop.example CNAME", "NODATA 60 shop.example www.shop.example", false},
    {"api.shop.example TXT",   "TXT 300 shop.example api.shop.example",   false},
    {"a.b.c.shop.example A",   "POP 60 shop.example a.b.c.shop.example",  true},
    /* empty non-terminals, names that are not there */
    {"c.shop.example A",         "NODATA 60 shop.example -",   false},
    {"b.c.shop.example TXT",     "NODATA 60 shop.example -",   false},
    {"b.c.shop.example ANY",     "NODATA 60 shop.example -",   false}, /* nothing is there */
    {"x.b.c.shop.example A",     "NXDOMAIN 60 shop.example -", false},
    {"nothing.shop.example A",   "NXDOMAIN 60 shop.example -", false},
    {"nothing.shop.example ANY", "NXDOMAIN 60 shop.example -", false},
    {"below.www.shop.example A", "NXDOMAIN 60 shop.example -", false},
    /* nested zones: the longest apex decides */
    {"www.in.shop.example A",     "POP 60 in.shop.example www.in.shop.example", true},
    {"nothing.in.shop.example A", "NXDOMAIN 60 in.shop.example -",              false},
    /* hosts that are yet to come: no names, but for what lies below them */
    {"later.shop.example A",        "NODATA 60 shop.example -",                     false},
    {"below.later.shop.example A",  "POP 60 shop.example below.later.shop.example", true},
    {"x.later2.shop.example A",     "NXDOMAIN 60 shop.example -",                   false},
    {"later2.shop.example A",       "NXDOMAIN 60 shop.example -",                   false},
    {"_why.later.shop.example TXT", "NXDOMAIN 60 shop.example -",                   false},
    /* aliases */
    {"cdn.shop.example A",        "ALIAS 300 shop.example cdn.shop.example", false},
    {"cdn.shop.example CNAME",    "ALIAS 300 shop.example cdn.shop.example", false},
    {"cdn.shop.example TXT",      "ALIAS 300 shop.example cdn.shop.example", false},
    {"cdn.shop.example ANY",      "ALIAS 300 shop.example cdn.shop.example", false}, /* RFC 8482 */
    {"_why.cdn.shop.example TXT", "NXDOMAIN 60 shop.example -",              false},
    /* _why */
    {"_why.www.shop.example TXT",      "WHY 0 shop.example www.shop.example",     true},
    {"_why.www.shop.example A",        "NODATA 60 shop.example www.shop.example", false},
    {"_why.shop.example TXT",          "WHY 0 shop.example shop.example",         true},
    {"_why.in.shop.example TXT",       "NXDOMAIN 60 in.shop.example -",           false},
    {"_why.c.shop.example TXT",        "NXDOMAIN 60 shop.example -",              false},
    {"_why._why.www.shop.example TXT", "NXDOMAIN 60 shop.example -",              false},
    {"why.www.shop.example TXT",       "NXDOMAIN 60 shop.example -",              false},
    /* delete_name: the name is gone for every type; the apex and what has names below it stay */
    {"leaf.gone.example A",        "NXDOMAIN 60 gone.example leaf.gone.example", false},
    {"leaf.gone.example ANY",      "NXDOMAIN 60 gone.example leaf.gone.example", false},
    {"www.gone.example A",         "NODATA 60 gone.example www.gone.example",    false},
    {"www.gone.example TXT",       "NODATA 60 gone.example www.gone.example",    false},
    {"sub.www.gone.example A",     "POP 300 gone.example sub.www.gone.example",  true},
    {"gone.example A",             "NODATA 60 gone.example gone.example",        false},
    {"gone.example SOA",           "SOA 60 gone.example gone.example",           false},
    {"gone.example NS",            "NS 300 gone.example gone.example",           false},
    {"_why.leaf.gone.example TXT", "WHY 0 gone.example leaf.gone.example",       true},
    /* to_origin with one family */
    {"www.origin.example A",    "ORIGIN 60 origin.example www.origin.example", true},
    {"www.origin.example AAAA", "NODATA 60 origin.example www.origin.example", true},
    {"www.origin.example TXT",  "NODATA 60 origin.example www.origin.example", false},
    /* closed resolution: nothing resolves, but the zone is there */
    {"www.shut.example A",   "NODATA 60 shut.example www.shut.example", true},
    {"www.shut.example TXT", "NODATA 60 shut.example www.shut.example", false},
    {"cdn.shut.example A",   "NODATA 60 shut.example cdn.shut.example", false},
    {"shut.example SOA",     "SOA 60 shut.example -",                   false},
};
// clang-format on

/* Splits "name TYPE" and gives the wire name and the type. */
static uint16_t question(const char *text, uint8_t wire[DNAME_MAX])
{
    char name[80];
    size_t len = strcspn(text, " ");
    memcpy(name, text, len);
    name[len] = '\0';
    assert_true(dname_from_text(name, wire) > 0);
    uint16_t type = rr_type_find(text + len + 1);
    assert_int_not_equal(type, 0);
    return type;
}

static void describe(const struct answer *a, char *out, size_t cap)
{
    char host[DNAME_TEXT_MAX] = "-.";
    if (a->host != CN_NONE32) dname_to_text(f.hosts[a->host].name, host);
    snprintf(out, cap, "%s %u %s %.*s", kind_name(a->kind), a->ttl_s,
             a->site == CN_NONE32 ? "-" : f.sites[a->site].domain, (int)strlen(host) - 1, host);
}

static void check_row(void **state)
{
    const struct row *r = *state;
    uint8_t wire[DNAME_MAX];
    uint16_t type = question(r->name, wire);
    struct answer a;
    char got[200];
    answer_find(f.w, wire, type, LINE_SH_TELECOM, &a);
    describe(&a, got, sizeof(got));
    assert_string_equal(got, r->want);
    assert_int_equal(a.by_line, r->by_line);
    assert_int_equal(answer_zone(f.w, wire), a.site);
}

/* --- following ------------------------------------------------------------------------------ */

static struct row followed[] = {
    {"www.shop.example A", "POP 60 shop.example www.shop.example", true},
    {"cdn.shop.example A", "POP 60 shop.example www.shop.example", true},
    {"deep.shop.example AAAA", "POP 60 shop.example www.shop.example", true},
    {"deep.shop.example CNAME", "ALIAS 300 shop.example deep.shop.example", false},
    {"out.shop.example A", "ALIAS 300 shop.example out.shop.example", false},
    {"half.shop.example A", "NXDOMAIN 60 shop.example -", false},
    {"self.shop.example A", "ALIAS 300 shop.example self.shop.example", false},
    {"loop1.shop.example A", "ALIAS 300 shop.example loop1.shop.example", false},
    {"long2.shop.example A", "POP 60 shop.example www.shop.example", true}, /* eight aliases */
    {"long1.shop.example A", "ALIAS 300 shop.example long9.shop.example", false}, /* nine */
    {"elsewhere.invalid A", "REFUSED 0 - -", false},
};

static void check_followed(void **state)
{
    const struct row *r = *state;
    uint8_t wire[DNAME_MAX];
    uint16_t type = question(r->name, wire);
    struct answer a;
    char got[200];
    answer_follow(f.w, wire, type, LINE_SH_TELECOM, &a);
    describe(&a, got, sizeof(got));
    assert_string_equal(got, r->want);
    assert_int_equal(a.by_line, r->by_line);
}

/* --- stories -------------------------------------------------------------------------------- */

static enum answer_kind kind_at(const char *text)
{
    uint8_t wire[DNAME_MAX];
    uint16_t type = question(text, wire);
    struct answer a;
    answer_find(f.w, wire, type, LINE_SH_TELECOM, &a);
    return a.kind;
}

static void names_come_with_add_host(void **state)
{
    (void)state;
    assert_int_equal(fixture_apply(&f, on_host(EV_ADD_HOST, 1, later)), REFUSAL_NONE);
    assert_int_equal(kind_at("later.shop.example A"), ANSWER_POP);
    assert_int_equal(kind_at("_why.later.shop.example TXT"), ANSWER_WHY);
    assert_int_equal(fixture_apply(&f, on_host(EV_ADD_HOST, 2, later2)), REFUSAL_NONE);
    assert_int_equal(kind_at("x.later2.shop.example AAAA"), ANSWER_POP);
    assert_int_equal(kind_at("later2.shop.example A"), ANSWER_NODATA);
}

static void closing_and_opening(void **state)
{
    (void)state;
    assert_int_equal(fixture_apply(&f, on_site(EV_CLOSE_RESOLUTION, 3, 0)), REFUSAL_NONE);
    assert_int_equal(kind_at("www.shop.example A"), ANSWER_NODATA);
    assert_int_equal(kind_at("cdn.shop.example A"), ANSWER_NODATA);
    assert_int_equal(kind_at("api.shop.example TXT"), ANSWER_NODATA);
    assert_int_equal(kind_at("shop.example NS"), ANSWER_NS);
    assert_int_equal(fixture_apply(&f, on_site(EV_OPEN_RESOLUTION, 4, 0)), REFUSAL_NONE);
    assert_int_equal(kind_at("cdn.shop.example A"), ANSWER_ALIAS);
    assert_int_equal(kind_at("api.shop.example TXT"), ANSWER_TXT);
}

static void an_origin_without_addresses_is_no_data(void **state)
{
    (void)state;
    f.sites[3].origin = NULL;
    assert_string_equal(f.sites[3].domain, "origin.example");
    assert_int_equal(kind_at("www.origin.example A"), ANSWER_NODATA);
    f.sites[3].origin = &f.origin;
    assert_int_equal(kind_at("www.origin.example A"), ANSWER_ORIGIN);
}

static void types_have_names(void **state)
{
    (void)state;
    static const struct {
        uint16_t type;
        const char *name;
    } types[] = {{1, "A"},      {2, "NS"},   {5, "CNAME"}, {6, "SOA"},
                 {13, "HINFO"}, {16, "TXT"}, {28, "AAAA"}, {255, "ANY"}};
    for (size_t i = 0; i < CN_ARRAY_LEN(types); i++) {
        assert_string_equal(rr_type_name(types[i].type), types[i].name);
        assert_int_equal(rr_type_find(types[i].name), types[i].type);
    }
    assert_null(rr_type_name(99));
    assert_null(rr_type_name(0));
    assert_int_equal(rr_type_find("MX2"), 0);
    assert_int_equal(rr_type_find(""), 0);
}

int main(void)
{
    enum { ROWS = CN_ARRAY_LEN(rows), FOLLOWED = CN_ARRAY_LEN(followed) };
    const struct CMUnitTest others[] = {
        cmocka_unit_test(names_come_with_add_host),
        cmocka_unit_test(closing_and_opening),
        cmocka_unit_test(an_origin_without_addresses_is_no_data),
        cmocka_unit_test(types_have_names),
    };
    struct CMUnitTest tests[ROWS + FOLLOWED + CN_ARRAY_LEN(others)];
    TABLE_TESTS(tests, rows, check_row)
    TABLE_TESTS(tests + ROWS, followed, check_followed)
    memcpy(tests + ROWS + FOLLOWED, others, sizeof(others));
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
