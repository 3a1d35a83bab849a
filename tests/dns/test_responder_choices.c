/* SPDX-License-Identifier: MIT
 * The declared choices about queries and messages (FACTS C4.20 to C4.22): each query under the
 * default and under an alternative. See zones.h for who is who. */
#include "../model/story.h"
#include "bytes.h"
#include "test.h"
#include "zones.h"

#define HEAD        "1234 0100 0001 0000 0000 0001 "
#define A           " 0001 0001 "
#define OPT         " 00 0029 04d0 00000000 "
#define PLAIN       OPT "0000"
#define NO_EDE      PLAIN
#define EDE(code)   OPT "0006 000f 0002 " code
#define ECS_TELECOM OPT "000b 0008 0007 0001 18 00 ca60d1"
#define ECS_LONG    OPT "000c 0008 0008 0001 20 00 c0000201"
#define ECS_NOBODY  OPT "000b 0008 0007 0001 18 00 0a0000"
#define ECS_V6      OPT "000f 0008 000b 0002 38 00 240e00aabbccdd"
#define SHA         "c612 0002 " /* the end of the second of two addresses */
#define LAX         "c612 0801 "
#define FRA         "c612 0701 "

enum source { FROM_US, FROM_TELECOM };

struct row {
    const char *name;
    const char *settings; /* of the alternative, parted by blanks */
    const char *event;    /* what happens before; NULL: nothing */
    const char *query;
    enum source source;
    const char *want;  /* how the answer ends, by default */
    const char *other; /* and with the settings */
};

#define ALL    "ede=all ede_text=false"
#define ERRORS "ede=errors ede_text=false"

static struct row rows[] = {
    {"C4.20: a subnet that nobody has", "unknown_subnet=source", NULL,
     HEAD ".www.shop.example" A ECS_NOBODY, FROM_TELECOM,
     LAX OPT "000b 0008 0007 0001 18 07 0a0000", SHA OPT "000b 0008 0007 0001 18 07 0a0000"},
    {"C4.21: a prefix too short to be believed", "ecs_min_v4_bits=25", NULL,
     HEAD ".www.shop.example" A ECS_TELECOM, FROM_US, SHA OPT "000b 0008 0007 0001 18 18 ca60d1",
     LAX OPT "000b 0008 0007 0001 18 00 ca60d1"},
    {"C4.21: a prefix that is long enough", "ecs_min_v4_bits=24", NULL,
     HEAD ".www.shop.example" A ECS_TELECOM, FROM_US, SHA OPT "000b 0008 0007 0001 18 18 ca60d1",
     SHA OPT "000b 0008 0007 0001 18 18 ca60d1"},
    {"C4.21: IPv6 too short", "ecs_min_v6_bits=57", NULL, HEAD ".www.shop.example" A ECS_V6,
     FROM_US, SHA OPT "000f 0008 000b 0002 38 14 240e00aabbccdd",
     LAX OPT "000f 0008 000b 0002 38 00 240e00aabbccdd"},
    {"C4.21: the scope is what was sent", "ecs_scope=as_sent", NULL,
     HEAD ".www.shop.example" A ECS_LONG, FROM_US, FRA OPT "000c 0008 0008 0001 20 19 c0000201",
     FRA OPT "000c 0008 0008 0001 20 20 c0000201"},
    {"C4.22: revoked and rerouted", ALL, NULL, HEAD ".www.revoked.example" A PLAIN, FROM_TELECOM,
     NO_EDE, EDE("0010")},
    {"C4.22: rerouted is no error", ERRORS, NULL, HEAD ".www.revoked.example" A PLAIN, FROM_TELECOM,
     NO_EDE, NO_EDE},
    {"C4.22: outside nothing was taken", ALL, NULL, HEAD ".www.revoked.example" A PLAIN, FROM_US,
     NO_EDE, NO_EDE},
    {"C4.22: the state deleted it", ERRORS, NULL, HEAD ".www.gone.example" A PLAIN, FROM_US, NO_EDE,
     EDE("0010")},
    {"C4.22: the customer closed it", ERRORS, NULL, HEAD ".www.closed.example" A PLAIN, FROM_US,
     NO_EDE, EDE("0011")},
    {"C4.22: nobody's zone", ERRORS, NULL, HEAD ".www.elsewhere.test" A PLAIN, FROM_US, NO_EDE,
     EDE("0014")},
    {"C4.22: a name that never was", ALL, NULL, HEAD ".nothing.shop.example" A PLAIN, FROM_US,
     NO_EDE, NO_EDE},
    {"C4.22: nothing is wrong", ALL, NULL, HEAD ".www.shop.example" A PLAIN, FROM_TELECOM, NO_EDE,
     NO_EDE},
    {"C4.22: behind an alias", ALL, NULL, HEAD ".next.shop.example" A PLAIN, FROM_TELECOM, NO_EDE,
     EDE("0010")},
    {"C4.22: the partner suspends", ALL, "suspend", HEAD ".www.shop.example" A PLAIN, FROM_TELECOM,
     NO_EDE, EDE("000f")},
    {"C4.22: not permitted any more", ALL, "deprovision", HEAD ".www.shop.example" A PLAIN,
     FROM_TELECOM, NO_EDE, EDE("0012")},
    {"C4.22: an old status is kept", ALL, "unknown", HEAD ".www.shop.example" A PLAIN, FROM_TELECOM,
     NO_EDE, EDE("0003")},
    {"C4.22: nameservers in China are out",
     ERRORS " dns_mode=in_china partner_dns_failure=servfail", "dns_down",
     HEAD ".www.shop.example" A PLAIN, FROM_US, NO_EDE, EDE("000e")},
    {"C4.22: in words", "ede=errors", NULL, HEAD ".www.closed.example" A PLAIN, FROM_US, NO_EDE,
     "000f 002b 0011 'the 20 'customer 20 'closed 20 'the 20 'site's 20 'resolution"},
};

static const struct responder_client sources[] = {
    [FROM_US] = {.address = {8, 8, 8, 8}, .line = CN_NONE16},
    [FROM_TELECOM] = {.address = {202, 96, 209, 5}, .line = CN_NONE16},
};

static void happens(struct fixture *f, const char *event)
{
    struct event e = on_site(EV_STATUS_UNKNOWN, 60, 0);
    if (event == NULL) return;
    if (strcmp(event, "suspend") == 0) e = on_site(EV_PARTNER_SUSPEND, 60, 0);
    if (strcmp(event, "dns_down") == 0) e = fixture_event(EV_PARTNER_DNS_DOWN, 60);
    if (strcmp(event, "deprovision") == 0) e = on_host(EV_DEPROVISION, 60, 1);
    assert_string_equal(refusal_name(fixture_apply(f, e)), "");
}

static void ask(const struct row *row, const char *settings, const char *want)
{
    static struct fixture f;
    char setting[64];
    uint8_t query[256];
    uint8_t end[256];
    uint8_t answer[RESPONDER_UDP_MAX];
    struct world *w = zones_build(&f);
    while (next_word(&settings, setting)) {
        set_choice(&f.spec.choices, setting);
    }
    happens(&f, row->event);
    struct responder_query q = {query, bytes_from(row->query, query, sizeof(query))};
    size_t len = responder_answer(w, &sources[row->source], q, answer, sizeof(answer));
    size_t end_len = bytes_from(want + strspn(want, " "), end, sizeof(end));
    assert_true(len == 0 || zones_walk(answer, len));
    if (len == 0) { /* DNS in China that is out says nothing at all */
        assert_string_equal(row->event, "dns_down");
    } else {
        assert_memory_equal(answer + len - end_len, end, end_len);
    }
    fixture_free(&f);
}

static void check_row(void **state)
{
    const struct row *row = *state;
    ask(row, "", row->want);
    ask(row, row->settings, row->other);
}

/* Goal: without EDNS there is no place for an error, and no room is no failure. */
static void no_edns(void **state)
{
    (void)state;
    static struct fixture f;
    uint8_t query[256];
    uint8_t answer[RESPONDER_UDP_MAX];
    struct world *w = zones_build(&f);
    set_choice(&f.spec.choices, "ede=all");
    const char *picture = "1234 0100 0001 0000 0000 0000 .www.closed.example" A;
    struct responder_query q = {query, bytes_from(picture, query, sizeof(query))};
    size_t len = responder_answer(w, &sources[FROM_US], q, answer, sizeof(answer));
    assert_true(zones_walk(answer, len));
    assert_int_equal(answer[11], 0);
    fixture_free(&f);
}

int main(void)
{
    enum { ROWS = CN_ARRAY_LEN(rows) };
    struct CMUnitTest tests[ROWS + 1];
    TABLE_TESTS(tests, rows, check_row)
    tests[ROWS] = (struct CMUnitTest){"C4.22: no EDNS, no error", no_edns, NULL, NULL, NULL};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
