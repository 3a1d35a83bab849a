/* SPDX-License-Identifier: MIT
 * Goal: the numbers of FACTS A3 are read, both conventions of glyphs too, and nothing else. */
#include "cnedge/model/number.h"

#include <string.h>

#include "../test.h"

struct row {
    const char *name; /* "A3.<grammar>.<case>" */
    const char *text;
    int kind; /* BAD: no number */
    int at;   /* of the mistake */
    const char *province;
    const char *expected; /* there */
};

enum { BAD = -1 };

#define SUFFIX "a number from 1 to 999999 without leading zeros"

static struct row rows[] = {
    {"A3.subject.8 digits", "京ICP备16020626号", NUMBER_SUBJECT, 0, "beijing", NULL},
    {"A3.subject.9 digits", "沪ICP备160206261号", NUMBER_SUBJECT, 0, "shanghai", NULL},
    {"A3.subject.10 digits with the year", "京ICP备2021123456号", NUMBER_SUBJECT, 0, "beijing",
     NULL},
    {"A3.subject.7 digits", "京ICP备1602062号", BAD, 16, NULL, "8 to 10 digits"},
    {"A3.subject.11 digits", "京ICP备20211234567号", BAD, 19, NULL, "8 to 10 digits"},
    {"A3.subject.no end sign", "京ICP备16020626", BAD, 17, NULL, "号"},
    {"A3.subject.more behind", "京ICP备16020626号x", BAD, 20, NULL,
     "the end, or - and the site's number"},
    {"A3.site.8", "京ICP备16020626号-8", NUMBER_SITE, 0, "beijing", NULL},
    {"A3.site.40", "粤ICP备00000003号-40", NUMBER_SITE, 0, "guangdong", NULL},
    {"A3.site.0", "京ICP备16020626号-0", BAD, 21, NULL, SUFFIX},
    {"A3.site.none", "京ICP备16020626号-", BAD, 21, NULL, SUFFIX},
    {"A3.site.leading zero", "京ICP备16020626号-08", BAD, 21, NULL, SUFFIX},
    {"A3.site.999999", "京ICP备16020626号-999999", NUMBER_SITE, 0, "beijing", NULL},
    {"A3.site.1000000", "京ICP备16020626号-1000000", BAD, 21, NULL, SUFFIX},
    {"A3.app.1000000A", "京ICP备16020626号-1000000A", BAD, 21, NULL, SUFFIX},
    {"A3.commercial.VAT with suffix 1000000", "粤B2-20090059-1000000", BAD, 15, NULL, SUFFIX},
    {"A3.site.letter", "京ICP备16020626号-8B", BAD, 22, NULL, "the end"},
    {"A3.app.8A", "京ICP备16020626号-8A", NUMBER_APP, 0, "beijing", NULL},
    {"A3.app.8AA", "京ICP备16020626号-8AA", BAD, 23, NULL, "the end"},
    {"A3.commercial.old", "京ICP证030173号", NUMBER_COMMERCIAL, 0, "beijing", NULL},
    {"A3.commercial.old with suffix", "京ICP证030173号-1", NUMBER_COMMERCIAL, 0, "beijing", NULL},
    {"A3.commercial.5 digits", "京ICP证03017号", BAD, 14, NULL, "6 digits"},
    {"A3.commercial.VAT", "粤B2-20090059", NUMBER_COMMERCIAL_VAT, 0, "guangdong", NULL},
    {"A3.commercial.VAT with suffix", "粤B2-20090059-5", NUMBER_COMMERCIAL_VAT, 0, "guangdong",
     NULL},
    {"A3.commercial.VAT of 7 digits", "粤B2-2009005", BAD, 13, NULL, "8 digits"},
    {"A3.psb.14 digits", "渝公网安备50019002503055号", NUMBER_PSB, 0, "chongqing", NULL},
    {"A3.psb.with a space", "渝公网安备 50019002503055号", NUMBER_PSB, 0, "chongqing", NULL},
    {"A3.psb.13 digits", "渝公网安备5001900250305号", BAD, 28, NULL, "14 digits"},
    {"A3.psb.two spaces", "渝公网安备  50019002503055号", BAD, 16, NULL, "14 digits"},
    {"A3.glyph.Gansu", "陇ICP备16020626号-1", NUMBER_SITE, 0, "gansu", NULL},
    {"A3.glyph.Gansu, other", "甘ICP备16020626号-1", NUMBER_SITE, 0, "gansu", NULL},
    {"A3.glyph.Guizhou", "黔ICP备16020626号-1", NUMBER_SITE, 0, "guizhou", NULL},
    {"A3.glyph.Guizhou, other", "贵ICP备16020626号-1", NUMBER_SITE, 0, "guizhou", NULL},
    {"A3.glyph.Sichuan", "蜀ICP备16020626号-1", NUMBER_SITE, 0, "sichuan", NULL},
    {"A3.glyph.Sichuan, other", "川ICP备16020626号-1", NUMBER_SITE, 0, "sichuan", NULL},
    {"A3.glyph.Yunnan", "滇ICP备16020626号-1", NUMBER_SITE, 0, "yunnan", NULL},
    {"A3.glyph.Yunnan, other", "云ICP备16020626号-1", NUMBER_SITE, 0, "yunnan", NULL},
    {"A3.glyph.Hong Kong has none", "港ICP备16020626号-1", BAD, 0, NULL,
     "a province's glyph such as 京, 沪 or 粤"},
    {"A3.glyph.none", "ICP备16020626号-1", BAD, 0, NULL, "a province's glyph such as 京, 沪 or 粤"},
    {"A3.glyph.half of one", "\xe4\xba", BAD, 0, NULL, "a province's glyph such as 京, 沪 or 粤"},
    {"A3.translation.Cloudflare's rendering", "Beijing ICP preparation 12345678 number", BAD, 0,
     NULL, "a province's glyph such as 京, 沪 or 粤"},
    {"A3.empty.", "", BAD, 0, NULL, "a province's glyph such as 京, 沪 or 粤"},
    {"A3.glyph.alone", "京", BAD, 3, NULL, "ICP备, ICP证, B2- or 公网安备"},
};

static void is_read(void **state)
{
    const struct row *r = *state;
    struct number n;
    struct number_error error = {0, ""};
    bool ok = number_read(r->text, &n, &error);
    assert_int_equal(ok, r->kind != BAD);
    if (ok) {
        assert_int_equal(n.kind, r->kind);
        assert_string_equal(n.province->name, r->province);
        assert_true(n.subject_len > 0 && n.subject_len <= strlen(r->text));
        return;
    }
    assert_int_equal(error.at, r->at);
    assert_string_equal(error.expected, r->expected);
}

static void the_subject_is_what_precedes_the_suffix(void **state)
{
    (void)state;
    struct number n;
    struct number_error error;
    assert_true(number_read("京ICP备16020626号-8", &n, &error));
    assert_int_equal(n.subject_len, strlen("京ICP备16020626号"));
    assert_true(number_read("粤B2-20090059-5", &n, &error));
    assert_int_equal(n.subject_len, strlen("粤B2-20090059"));
    for (unsigned k = 0; k < NUMBER_KIND_COUNT; k++) { /* the examples in messages are right */
        const char *example = strrchr(number_kind_text((enum number_kind)k), ' ') + 1;
        assert_true(number_read(example, &n, &error));
        assert_int_equal(n.kind, k);
    }
}

int main(void)
{
    struct CMUnitTest tests[CN_ARRAY_LEN(rows)];
    const struct CMUnitTest others[] = {cmocka_unit_test(the_subject_is_what_precedes_the_suffix)};
    TABLE_TESTS(tests, rows, is_read);
    return cmocka_run_group_tests(tests, NULL, NULL) + cmocka_run_group_tests(others, NULL, NULL);
}
