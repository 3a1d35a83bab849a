/* SPDX-License-Identifier: MIT
 * The declared choices that the loader carries out: where unknown clients and the queries of
 * anycast resolvers are taken to be (FACTS C4.20), and ties (C4.2). */
#include "cnedge/model/prefix.h"
#include "loaded.h"
#include "test.h"

/* %s: settings. */
#define WORLD                                                                                      \
    "{\"cnedge\": 1, \"name\": \"x\", \"start\": \"2026-03-02T09:00:00+08:00\", \"end\": \"+1h\"," \
    " \"choices\": {%s}, \"world\": {\"pops\": ["                                                  \
    "{\"id\": \"b\", \"country\": \"cn\", \"province\": \"shanghai\", \"lat\": 31.2,"              \
    " \"lon\": 121.5, \"carriers\": [\"telecom\", \"mobile\"], \"v4\": \"198.18.0.1\","            \
    " \"v6\": \"2001:db8::1\"},"                                                                   \
    "{\"id\": \"z\", \"country\": \"hk\", \"lat\": 22.3, \"lon\": 114.2, \"v4\": \"198.18.0.2\","  \
    " \"v6\": \"2001:db8::2\"},"                                                                   \
    "{\"id\": \"y\", \"country\": \"hk\", \"lat\": 22.3, \"lon\": 114.2, \"v4\": \"198.18.0.3\","  \
    " \"v6\": \"2001:db8::3\"}],"                                                                  \
    "\"lines\": [{\"name\": \"cn/beijing/mobile\", \"lat\": 39.9, \"lon\": 116.4},"                \
    "{\"name\": \"cn/shandong/mobile\", \"lat\": 36.7, \"lon\": 117.0},"                           \
    "{\"name\": \"us\", \"lat\": 39.8, \"lon\": -98.6}],"                                          \
    "\"prefixes\": [{\"prefix\": \"198.51.100.0/24\", \"line\": \"us\", \"anycast\": true},"       \
    "{\"prefix\": \"203.0.113.0/24\", \"line\": \"us\"}]%s}}"

struct row {
    const char *name, *settings, *world; /* more of the world */
    const char *unknown;                 /* what the unknown line stands for */
    const char *anycast, *plain;         /* lines of 198.51.100.1 and 203.0.113.1 */
    const char *nearest;                 /* PoP outside, of two in one place */
};

#define DEFAULT_US ", \"default_line\": \"us\""

static struct row rows[] = {
    {"C4.20: defaults", "", "", "unknown", "us", "us", "y"},
    {"C4.20: the world's default line", "", DEFAULT_US, "us", "us", "us", "y"},
    {"C4.20: the busiest line in the mainland", "\"unknown_clients\": \"mainland\"", "",
     "cn/shandong/mobile", "us", "us", "y"},
    {"C4.20: the setting beats the world", "\"unknown_clients\": \"mainland\"", DEFAULT_US,
     "cn/shandong/mobile", "us", "us", "y"},
    {"C4.20: anycast says nothing", "\"anycast_resolvers\": \"unknown\"", "", "unknown", "unknown",
     "us", "y"},
    {"C4.2: ties go by the list", "\"tie_break\": \"order\"", "", "unknown", "us", "us", "z"},
};

static const char *line_of(const struct world_spec *w, const uint8_t address[4])
{
    return w->topology->lines[prefix_find4(w->prefixes, address).line].name;
}

static void check_row(void **state)
{
    const struct row *row = *state;
    static struct loaded l;
    char text[4096];
    snprintf(text, sizeof(text), WORLD, row->settings, row->world);
    loaded_text(&l, text);
    loaded_complain(&l);
    assert_int_equal(l.status, CN_OK);
    const struct world_spec *w = &l.s->world;
    assert_string_equal(w->topology->lines[w->unknown_line].name, row->unknown);
    assert_string_equal(line_of(w, (uint8_t[4]){198, 51, 100, 1}), row->anycast);
    assert_string_equal(line_of(w, (uint8_t[4]){203, 0, 113, 1}), row->plain);
    uint16_t us = topology_find_line(w->topology, "us");
    uint16_t pop = w->topology->lines[us].outside[0];
    assert_string_equal(w->topology->pops[pop].id, row->nearest);
    loaded_free(&l);
}

int main(void)
{
    struct CMUnitTest tests[CN_ARRAY_LEN(rows)];
    TABLE_TESTS(tests, rows, check_row)
    return cmocka_run_group_tests(tests, NULL, NULL);
}
