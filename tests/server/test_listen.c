/* SPDX-License-Identifier: MIT
 * What --listen takes, and what it says about the rest. */
#include "cnedge/server/listen.h"

#include "test.h"

#include <stdio.h>
#include <string.h>

struct row {
    const char *name;
    const char *text;
    const char *want; /* as listen_put writes it; NULL = must fail */
    const char *rest; /* the line's name, or part of the error */
};

static struct row rows[] = {
    {"IPv4", "127.0.0.1:5300", "127.0.0.1:5300", ""},
    {"IPv6", "[::1]:5300", "[::1]:5300", ""},
    {"IPv6, long form", "[0:0:0:0:0:0:0:1]:53", "[::1]:53", ""},
    {"wildcard", "0.0.0.0:53", "0.0.0.0:53", ""},
    {"port 0", "127.0.0.1:0", "127.0.0.1:0", ""},
    {"last port", "127.0.0.1:65535", "127.0.0.1:65535", ""},
    {"line", "127.0.0.2:5300=cn/shanghai/telecom", "127.0.0.2:5300", "cn/shanghai/telecom"},
    {"IPv6 and line", "[::1]:5300=de", "[::1]:5300", "de"},
    {"colon in the line", "127.0.0.1:53=a:b", "127.0.0.1:53", "a:b"},
    {"path", "127.0.0.1:53=de,path", "127.0.0.1:53", "de"},
    {"TLS", "tls://127.0.0.1:853", "127.0.0.1:853", ""},
    {"TLS, IPv6 and a line", "tls://[::1]:853=de", "[::1]:853", "de"},
    {"TLS alone", "tls://", NULL, "expected ADDR:PORT"},
    {"another scheme", "tcp://127.0.0.1:53", NULL, "IPv6 address in brackets"},
    {"path alone", "127.0.0.1:53=,path", NULL, "the name of a line"},
    {"not path", "127.0.0.1:53=de,paths", NULL, "\",path\", \",resolver=PROFILE\" or nothing"},
    {"nothing", "", NULL, "expected ADDR:PORT"},
    {"address alone", "127.0.0.1", NULL, "expected ADDR:PORT"},
    {"port alone", ":53", NULL, "IPv6 address in brackets"},
    {"number alone", "5300", NULL, "expected ADDR:PORT"},
    {"name", "localhost:53", NULL, "IPv6 address in brackets"},
    {"IPv6 without brackets", "::1:53", NULL, "IPv6 address in brackets"},
    {"IPv4 in brackets", "[127.0.0.1]:53", NULL, "IPv6 address in brackets"},
    {"half a bracket", "[::1:53", NULL, "IPv6 address in brackets"},
    {"empty brackets", "[]:53", NULL, "IPv6 address in brackets"},
    {"too many numbers", "127.0.0.0.1:53", NULL, "IPv6 address in brackets"},
    {"empty port", "127.0.0.1:", NULL, "a port from 0 to 65535"},
    {"port too high", "127.0.0.1:65536", NULL, "a port from 0 to 65535"},
    {"port too long", "127.0.0.1:000053", NULL, "a port from 0 to 65535"},
    {"port by name", "127.0.0.1:domain", NULL, "a port from 0 to 65535"},
    {"negative port", "127.0.0.1:-1", NULL, "a port from 0 to 65535"},
    {"empty line", "127.0.0.1:53=", NULL, "the name of a line"},
    {"line too long",
     "127.0.0.1:53=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL,
     "the name of a line"},
};

static void check_row(void **state)
{
    const struct row *r = *state;
    struct listen_at at;
    char error[LISTEN_ERROR_MAX] = "";
    char text[LISTEN_TEXT_MAX];
    assert_int_equal(listen_read(r->text, &at, error), r->want != NULL);
    if (r->want == NULL) {
        assert_non_null(strstr(error, r->rest));
        return;
    }
    listen_put(&at, text);
    assert_string_equal(text, r->want);
    assert_string_equal(at.line, r->rest);
    assert_int_equal(at.path, strstr(r->text, ",path") != NULL);
}

struct mode_row {
    const char *name;
    const char *text; /* behind an address and "=" */
    const char *mode; /* as listen_put_mode writes it; NULL = must fail */
    const char *error;
};

static struct mode_row mode_rows[] = {
    {"path", "de,path", ",path", ""},
    {"resolver", "de,resolver=honest", ",resolver=honest", ""},
    {"resolver floor", "de,resolver=floor", ",resolver=floor:60", ""},
    {"resolver floor, seconds", "de,resolver=floor:300", ",resolver=floor:300", ""},
    {"resolver extend", "de,resolver=extend", ",resolver=extend:10", ""},
    {"resolver extend, factor", "de,resolver=extend:1000", ",resolver=extend:1000", ""},
    {"resolver stale_first", "de,resolver=stale_first", ",resolver=stale_first", ""},
    {"resolver stale_forever", "de,resolver=stale_forever", ",resolver=stale_forever", ""},
    {"path and resolver", "de,path,resolver=honest", ",path,resolver=honest", ""},
    {"resolver and path", "de,resolver=honest,path", ",path,resolver=honest", ""},
    {"resolver without a line", ",resolver=honest", NULL, "the name of a line"},
    {"no such resolver", "de,resolver=honesty", NULL, "expected one resolver: honest"},
    {"resolver without profile", "de,resolver=", NULL, "one resolver: honest"},
    {"resolver alone", "de,resolver", NULL, "\",resolver=PROFILE\" or nothing"},
    {"two resolvers", "de,resolver=honest,resolver=floor", NULL, "one resolver"},
    {"path twice", "de,path,path", NULL, "\",path\","},
    {"honest with a number", "de,resolver=honest:60", NULL, "behind floor maybe"},
    {"floor 0", "de,resolver=floor:0", NULL, "seconds (1 to 86400)"},
    {"floor, last", "de,resolver=floor:86400", ",resolver=floor:86400", ""},
    {"floor too high", "de,resolver=floor:86401", NULL, "seconds (1 to 86400)"},
    {"floor without number", "de,resolver=floor:", NULL, "seconds (1 to 86400)"},
    {"extend too high", "de,resolver=extend:1001", NULL, "factor (1 to 1000)"},
    {"extend, no number", "de,resolver=extend:ten", NULL, "factor (1 to 1000)"},
};

static void check_mode(void **state)
{
    const struct mode_row *r = *state;
    struct listen_at at;
    char error[LISTEN_ERROR_MAX] = "";
    char mode[LISTEN_MODE_MAX];
    char text[128];
    snprintf(text, sizeof(text), "tls://127.0.0.1:853=%s", r->text);
    assert_int_equal(listen_read(text, &at, error), r->mode != NULL);
    if (r->mode == NULL) {
        assert_non_null(strstr(error, r->error));
        return;
    }
    listen_put_mode(&at, mode);
    assert_string_equal(mode, r->mode);
    assert_string_equal(at.line, "de");
    assert_int_equal(at.resolver, strstr(r->text, ",resolver=") != NULL);
    assert_int_equal(at.path, strstr(r->text, ",path") != NULL);
}

int main(void)
{
    struct CMUnitTest tests[CN_ARRAY_LEN(rows) + CN_ARRAY_LEN(mode_rows)];
    TABLE_TESTS(tests, rows, check_row)
    TABLE_TESTS(tests + CN_ARRAY_LEN(rows), mode_rows, check_mode)
    return cmocka_run_group_tests(tests, NULL, NULL);
}
