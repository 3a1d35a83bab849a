/* SPDX-License-Identifier: MIT
 * Domain names against ldns: texts made of difficult characters, wire names of random bytes, and
 * the limits of 63 and 255 from both sides. */
#include "cnedge/base/dname.h"
#include "cnedge/base/rng.h"

#include "test.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <string.h>

static uint64_t rolls;

static unsigned roll(unsigned sides)
{
    return (unsigned)(rng_draw(1, "dname", "", rolls++) % sides);
}

/* --- table ---------------------------------------------------------------------------------- */

struct row {
    const char *name; /* the text */
    const char *wire; /* as a C string of bytes; NULL: not a name */
    size_t len;
    const char *text; /* written again */
};

#define WIRE(bytes) (bytes), sizeof(bytes) /* the literal's NUL is the root */
#define NONE        NULL, 0, NULL

// clang-format off
static struct row rows[] = {
    {".", WIRE(""), "."},
    {"example", WIRE("\7example"), "example."},
    {"Shop.EXAMPLE.", WIRE("\4shop\7example"), "shop.example."},
    {"_why.www.shop.example", WIRE("\4_why\3www\4shop\7example"), "_why.www.shop.example."},
    {"*.a", WIRE("\1*\1a"), "*.a."},
    {"a\\.b.c", WIRE("\3a.b\1c"), "a\\.b.c."},
    {"a\\\\b", WIRE("\3a\\b"), "a\\\\b."},
    {"\\097\\066", WIRE("\2ab"), "ab."},
    {"\\000", WIRE("\1\0"), "\\000."},
    {"\\255", WIRE("\1\377"), "\\255."},
    {"a\\ b", WIRE("\3a b"), "a\\032b."},
    {"a b", WIRE("\3a b"), "a\\032b."},
    {"\\@\\$\\;\\\"\\(\\)", WIRE("\6@$;\"()"), "\\@\\$\\;\\\"\\(\\)."},
    {"", NONE},
    {"..", NONE},
    {".a", NONE},
    {"a..b", NONE},
    {"a..", NONE},
    {"\\", NONE},
    {"a\\", NONE},
    {"\\256", NONE},
    {"\\999", NONE},
    {"\\12", NONE},
    {"\\1a", NONE},
    {"\\1", NONE},
};
// clang-format on

static void check_row(void **state)
{
    const struct row *r = *state;
    uint8_t wire[DNAME_MAX];
    char text[DNAME_TEXT_MAX];
    size_t len = dname_from_text(r->name, wire);
    assert_int_equal(len, r->len);
    if (len == 0) return;
    assert_memory_equal(wire, r->wire, len);
    assert_int_equal(dname_len(wire), len);
    dname_to_text(wire, text);
    assert_string_equal(text, r->text);
}

/* --- ldns as oracle ------------------------------------------------------------------------- */

/* The wire form by ldns, lower case; 0 when it takes the text for no name. */
static size_t by_ldns(const char *text, uint8_t out[DNAME_MAX])
{
    ldns_rdf *rdf = NULL;
    size_t len = 0;
    if (ldns_str2rdf_dname(&rdf, text) == LDNS_STATUS_OK) {
        len = ldns_rdf_size(rdf);
        ldns_dname2canonical(rdf);
        memcpy(out, ldns_rdf_data(rdf), len);
    }
    ldns_rdf_deep_free(rdf);
    return len;
}

static void random_texts(void **state)
{
    (void)state;
    static const char alphabet[] = "abcXYZ019-_*..\\\\ \"@;";
    unsigned names = 0;
    for (int i = 0; i < 50000; i++) {
        char text[40];
        unsigned len = 1 + roll(12);
        for (unsigned k = 0; k < len; k++) {
            text[k] = alphabet[roll(sizeof(alphabet) - 1)];
        }
        text[len] = '\0';
        uint8_t ours[DNAME_MAX];
        uint8_t theirs[DNAME_MAX];
        size_t our_len = dname_from_text(text, ours);
        size_t their_len = by_ldns(text, theirs);
        if (our_len != their_len) {
            fail_msg("\"%s\": %zu bytes, ldns: %zu", text, our_len, their_len);
        }
        assert_memory_equal(ours, theirs, our_len);
        names += our_len > 0 ? 1 : 0;
    }
    assert_true(names > 5000 && names < 45000);
}

/* A wire name of random bytes, at most `max` bytes. */
static size_t random_wire(uint8_t *out, size_t max)
{
    size_t n = 0;
    while (n + 2 < max && roll(6) != 0) {
        size_t room = max - n - 2;
        size_t len = 1 + roll(room < DNAME_LABEL_MAX ? (unsigned)room : DNAME_LABEL_MAX);
        out[n++] = (uint8_t)len;
        while (len-- > 0) {
            out[n++] = (uint8_t)roll(256);
        }
    }
    out[n] = 0;
    return n + 1;
}

static void random_wires(void **state)
{
    (void)state;
    for (int i = 0; i < 20000; i++) {
        uint8_t wire[DNAME_MAX];
        uint8_t low[DNAME_MAX];
        uint8_t again[DNAME_MAX];
        char text[DNAME_TEXT_MAX];
        size_t len = random_wire(wire, DNAME_MAX);
        assert_int_equal(dname_len(wire), len);
        assert_int_equal(dname_lower(wire, low), len);
        assert_true(dname_equal(wire, low));
        dname_to_text(wire, text);
        assert_int_equal(dname_from_text(text, again), len);
        assert_memory_equal(again, low, len);
        assert_int_equal(by_ldns(text, again), len); /* ldns reads what we write */
        assert_memory_equal(again, low, len);
        ldns_rdf *rdf = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, len, wire);
        assert_int_equal(dname_labels(wire), ldns_dname_label_count(rdf));
        char *theirs = ldns_rdf2str(rdf);
        assert_int_equal(dname_from_text(theirs, again), len); /* and we what it writes */
        assert_memory_equal(again, low, len);
        free(theirs);
        ldns_rdf_deep_free(rdf);
    }
}

static void below_and_equal(void **state)
{
    (void)state;
    for (int i = 0; i < 20000; i++) {
        uint8_t a[DNAME_MAX];
        uint8_t b[DNAME_MAX];
        size_t a_len = random_wire(a, 40);
        size_t b_len = random_wire(b, 40);
        if (roll(2) == 0) { /* often an ancestor, in other case */
            const uint8_t *p = a;
            for (unsigned up = roll(dname_labels(a) + 1); up > 0; up--) {
                p = dname_parent(p);
            }
            b_len = dname_lower(p, b);
        }
        ldns_rdf *ra = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, a_len, a);
        ldns_rdf *rb = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, b_len, b);
        bool equal = ldns_dname_compare(ra, rb) == 0;
        assert_int_equal(dname_equal(a, b), equal);
        bool within = equal || ldns_dname_is_subdomain(ra, rb);
        assert_int_equal(dname_within(a, b), within || b_len == 1);
        ldns_rdf_deep_free(ra);
        ldns_rdf_deep_free(rb);
    }
}

/* --- limits --------------------------------------------------------------------------------- */

/* "aaa.bbb..." with labels of these lengths; a label ends at 0. */
static size_t of_labels(const unsigned *lengths, uint8_t out[DNAME_MAX])
{
    char text[400];
    size_t n = 0;
    for (; *lengths != 0; lengths++) {
        memset(text + n, 'a', *lengths);
        n += *lengths;
        text[n++] = '.';
    }
    text[n] = '\0';
    uint8_t theirs[DNAME_MAX];
    size_t len = dname_from_text(text, out);
    assert_int_equal(by_ldns(text, theirs), len);
    text[n - 1] = '\0'; /* the same without the final dot */
    assert_int_equal(dname_from_text(text, out), len);
    return len;
}

static void limits(void **state)
{
    (void)state;
    uint8_t wire[DNAME_MAX];
    assert_int_equal(of_labels((unsigned[]){63, 0}, wire), 65);
    assert_int_equal(of_labels((unsigned[]){64, 0}, wire), 0);
    assert_int_equal(of_labels((unsigned[]){63, 63, 63, 61, 0}, wire), 255);
    assert_int_equal(of_labels((unsigned[]){63, 63, 63, 62, 0}, wire), 0);
    assert_int_equal(of_labels((unsigned[]){63, 63, 63, 59, 1, 0}, wire), 255);
    assert_int_equal(of_labels((unsigned[]){63, 63, 63, 60, 1, 0}, wire), 0);
    assert_int_equal(of_labels((unsigned[]){63, 63, 63, 61, 1, 0}, wire), 0);
    unsigned ones[129] = {0};
    for (int i = 0; i < 127; i++) {
        ones[i] = 1;
    }
    assert_int_equal(of_labels(ones, wire), 255);
    assert_int_equal(dname_labels(wire), 127);
    ones[127] = 1;
    assert_int_equal(of_labels(ones, wire), 0);
}

/* The longest text: 250 bytes that all need three digits. */
static void the_longest_text_fits(void **state)
{
    (void)state;
    uint8_t wire[DNAME_MAX];
    char text[DNAME_TEXT_MAX];
    static const uint8_t lengths[] = {63, 63, 63, 61};
    size_t n = 0;
    for (size_t i = 0; i < CN_ARRAY_LEN(lengths); i++) {
        wire[n++] = lengths[i];
        memset(wire + n, 0xFF, lengths[i]);
        n += lengths[i];
    }
    wire[n] = 0;
    dname_to_text(wire, text);
    assert_int_equal(strlen(text), 250 * 4 + 4);
}

static void parents(void **state)
{
    (void)state;
    static const uint8_t name[] = "\3www\4shop\7example";
    const uint8_t *p = dname_parent(name);
    assert_memory_equal(p, "\4shop\7example", 14);
    p = dname_parent(dname_parent(p));
    assert_int_equal(*p, 0);
    assert_ptr_equal(dname_parent(p), p);
    assert_int_equal(dname_labels(p), 0);
}

struct host {
    const char *name;
    bool want;
};

static struct host hosts[] = {
    {"www.shop.example", true},
    {"a-b.c", true},
    {"_why.www", true},
    {"x_y.a", false},
    {"-a.b", false},
    {"a-.b", false},
    {"*.b", false},
    {"_.b", false},
    {"a b.c", false},
    {"\\200.b", false},
    {"0.1", true},
    {"-", false},
    {"_-a.b", true},
    {".", true},
    {"A.B", true},
    {"a@b", false},
};

static void check_host(void **state)
{
    const struct host *h = *state;
    uint8_t wire[DNAME_MAX];
    assert_true(dname_from_text(h->name, wire) > 0);
    assert_int_equal(dname_is_host(wire), h->want);
}

int main(void)
{
    enum { A = CN_ARRAY_LEN(rows), B = A + CN_ARRAY_LEN(hosts) };
    const struct CMUnitTest others[] = {
        cmocka_unit_test(random_texts),          cmocka_unit_test(random_wires),
        cmocka_unit_test(below_and_equal),       cmocka_unit_test(limits),
        cmocka_unit_test(the_longest_text_fits), cmocka_unit_test(parents)};
    struct CMUnitTest tests[B + CN_ARRAY_LEN(others)];
    TABLE_TESTS(tests, rows, check_row)
    TABLE_TESTS(tests + A, hosts, check_host)
    memcpy(tests + B, others, sizeof(others));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
