/* SPDX-License-Identifier: MIT
 * Random small zones: the lookup says of every name and type what a walk down the tree over the
 * plain list of records says, which follows RFC 1034 section 4.3.2 with RFC 4592 and RFC 6672. */
#include "zones.h"

enum { ZONES = 400, RECORDS_MAX = 8, DEPTH = 4, LABELS = 4 };

static const char *const labels[LABELS] = {"a", "b", "*", "C"};
static const struct {
    uint16_t type;
    const char *data;
} kinds[] = {{RR_A, "A 192.0.2.1"},        {RR_TXT, "TXT x"},
             {RR_CNAME, "CNAME t.other."}, {RR_NS, "NS n.other."},
             {RR_DNAME, "DNAME d.other."}, {RR_MX, "MX 1 m.other."}};

struct record {
    uint8_t owner[DNAME_MAX];
    uint16_t type;
};

struct model {
    struct record records[RECORDS_MAX];
    size_t count;
    char text[RECORDS_MAX][64];
    const char *lines[RECORDS_MAX + 1];
};

static uint32_t draw(uint64_t *state, uint32_t below)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(*state >> 33) % below;
}

static void make(struct model *m, uint64_t *state)
{
    m->count = 1 + draw(state, RECORDS_MAX);
    for (size_t i = 0; i < m->count; i++) {
        char name[32] = "";
        size_t n = 0;
        uint32_t depth = draw(state, DEPTH);
        for (uint32_t d = 0; d < depth; d++) {
            n += (size_t)snprintf(name + n, sizeof(name) - n, "%s.", labels[draw(state, LABELS)]);
        }
        snprintf(name + n, sizeof(name) - n, "z.");
        uint32_t kind = draw(state, CN_ARRAY_LEN(kinds));
        snprintf(m->text[i], sizeof(m->text[i]), "%s %s", name, kinds[kind].data);
        m->lines[i] = m->text[i];
        assert_true(dname_from_text(name, m->records[i].owner) > 0);
        m->records[i].type = kinds[kind].type;
    }
    m->lines[m->count] = NULL;
}

static bool has(const struct model *m, const uint8_t *name, uint16_t type)
{
    for (size_t i = 0; i < m->count; i++) {
        bool type_fits = type == RR_ANY || m->records[i].type == type;
        if (type_fits && dname_equal(m->records[i].owner, name)) return true;
    }
    return false;
}

static bool exists(const struct model *m, const uint8_t *name)
{
    if (dname_labels(name) == 1) return true; /* the apex */
    for (size_t i = 0; i < m->count; i++) {
        if (dname_within(m->records[i].owner, name)) return true;
    }
    return false;
}

static void say(char out[ZONES_TEXT_MAX], const char *word, const uint8_t *name)
{
    char text[DNAME_TEXT_MAX];
    dname_show(name, text);
    snprintf(out, ZONES_TEXT_MAX, "%s %.200s", word, text);
}

static void at(const struct model *m, const uint8_t *name, uint16_t type, bool wildcard,
               char out[ZONES_TEXT_MAX])
{
    if (type != RR_ANY && has(m, name, type)) {
        say(out, "records", name);
    } else if (has(m, name, RR_CNAME)) {
        say(out, "alias", name);
    } else if (type == RR_ANY && has(m, name, RR_ANY)) {
        say(out, "any", name);
    } else {
        snprintf(out, ZONES_TEXT_MAX, wildcard ? "nodata*" : "nodata");
    }
}

static void expect(const struct model *m, const uint8_t *name, uint16_t type,
                   char out[ZONES_TEXT_MAX])
{
    uint8_t star[DNAME_MAX] = {1, '*'};
    unsigned depth = dname_labels(name);
    for (unsigned d = 1; d <= depth; d++) {
        const uint8_t *n = name;
        for (unsigned i = d; i < depth; i++) {
            n = dname_parent(n);
        }
        if (!exists(m, n)) {
            memcpy(star + 2, dname_parent(n), dname_len(dname_parent(n)));
            if (exists(m, star)) {
                at(m, star, type, true, out);
            } else {
                snprintf(out, ZONES_TEXT_MAX, "nxdomain");
            }
            return;
        }
        if (d > 1 && has(m, n, RR_NS) && !(d == depth && type == RR_DS)) {
            say(out, "refer", n);
            return;
        }
        if (d < depth && has(m, n, RR_DNAME)) {
            say(out, "dname", n);
            return;
        }
    }
    at(m, name, type, false, out);
}

static void compare(const struct model *m, const struct zone *z, const char *name)
{
    static const uint16_t types[] = {RR_A,     RR_TXT, RR_CNAME, RR_NS,
                                     RR_DNAME, RR_DS,  RR_ANY,   RR_SRV};
    uint8_t wire[DNAME_MAX];
    char want[ZONES_TEXT_MAX];
    char got[ZONES_TEXT_MAX];
    assert_true(dname_from_text(name, wire) > 0);
    for (size_t t = 0; t < CN_ARRAY_LEN(types); t++) {
        expect(m, wire, types[t], want);
        zones_ask(z, name, types[t], got);
        for (char *p = got; *p != '\0'; p++) { /* names keep their case there */
            if (*p == 'C') *p = 'c';
        }
        if (strcmp(got, want) == 0) continue;
        for (size_t i = 0; i < m->count; i++) {
            print_message("  %s\n", m->lines[i]);
        }
        print_message("%s %u\n", name, types[t]);
        assert_string_equal(got, want);
    }
}

static void agrees(void **state)
{
    (void)state;
    uint64_t random = 20261122;
    unsigned made = 0;
    for (unsigned i = 0; i < ZONES; i++) {
        struct model m;
        struct zones_made z;
        make(&m, &random);
        zones_make(&z, "z", m.lines);
        made += z.zone != NULL;
        for (unsigned n = 0; z.zone != NULL && n < 5 * 5 * 5 * 5; n++) {
            char name[32] = "";
            size_t len = 0;
            for (unsigned k = n; k > 0; k /= 5) {
                if (k % 5 == 0) continue;
                len += (size_t)snprintf(name + len, sizeof(name) - len, "%s.", labels[k % 5 - 1]);
            }
            snprintf(name + len, sizeof(name) - len, "z");
            compare(&m, z.zone, name);
        }
        zones_end(&z);
    }
    assert_in_range(made, ZONES / 4, ZONES - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
