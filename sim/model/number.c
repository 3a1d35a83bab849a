/* SPDX-License-Identifier: MIT */
#include "cnedge/model/number.h"

#include <string.h>

enum { SUFFIX_DIGITS = 6 }; /* more than any subject has sites */

struct cursor {
    const char *text;
    size_t at;
    struct number_error *error;
};

static bool fail(struct cursor *c, const char *expected)
{
    *c->error = (struct number_error){c->at, expected};
    return false;
}

static bool take(struct cursor *c, const char *word)
{
    size_t len = strlen(word);
    if (strncmp(c->text + c->at, word, len) != 0) return false;
    c->at += len;
    return true;
}

/* least..most digits; false, reported, when there are fewer or more. */
static bool digits(struct cursor *c, size_t least, size_t most, const char *expected)
{
    size_t n = strspn(c->text + c->at, "0123456789");
    if (n > most) c->at += most;
    if (n > most) return fail(c, expected);
    c->at += n;
    return n >= least || fail(c, expected);
}

/* "-N" with N >= 1 and no leading zero. */
static bool suffix(struct cursor *c)
{
    size_t n = strspn(c->text + c->at, "0123456789");
    if (n == 0 || n > SUFFIX_DIGITS || c->text[c->at] == '0') {
        return fail(c, "a number from 1 to 999999 without leading zeros");
    }
    c->at += n;
    return true;
}

static bool end(struct cursor *c, const char *expected)
{
    return c->text[c->at] == '\0' || fail(c, expected);
}

/* Behind "<P>ICP备". */
static bool read_filing(struct cursor *c, struct number *out)
{
    if (!digits(c, 8, 10, "8 to 10 digits")) return false;
    if (!take(c, "号")) return fail(c, "号");
    out->kind = NUMBER_SUBJECT;
    out->subject_len = c->at;
    if (!take(c, "-")) return end(c, "the end, or - and the site's number");
    if (!suffix(c)) return false;
    out->kind = take(c, "A") ? NUMBER_APP : NUMBER_SITE;
    return end(c, "the end");
}

/* Behind the digits of a commercial licence: nothing, or -N. */
static bool read_rest(struct cursor *c, struct number *out)
{
    out->subject_len = c->at;
    if (take(c, "-") && !suffix(c)) return false;
    return end(c, "the end, or - and a number");
}

static bool read_body(struct cursor *c, struct number *out)
{
    if (take(c, "ICP备")) return read_filing(c, out);
    if (take(c, "ICP证")) {
        out->kind = NUMBER_COMMERCIAL;
        if (!digits(c, 6, 6, "6 digits")) return false;
        if (!take(c, "号")) return fail(c, "号");
        return read_rest(c, out);
    }
    if (take(c, "B2-")) {
        out->kind = NUMBER_COMMERCIAL_VAT;
        return digits(c, 8, 8, "8 digits") && read_rest(c, out);
    }
    if (take(c, "公网安备")) {
        out->kind = NUMBER_PSB;
        (void)take(c, " ");
        if (!digits(c, 14, 14, "14 digits")) return false;
        if (!take(c, "号")) return fail(c, "号");
        out->subject_len = c->at;
        return end(c, "the end");
    }
    return fail(c, "ICP备, ICP证, B2- or 公网安备");
}

bool number_read(const char *text, struct number *out, struct number_error *error)
{
    struct cursor c = {text, 0, error};
    *out = (struct number){.kind = NUMBER_KIND_COUNT};
    out->province = province_of_glyph(text, &c.at);
    if (out->province == NULL) c.at = 0;
    if (out->province == NULL) return fail(&c, "a province's glyph such as 京, 沪 or 粤");
    return read_body(&c, out);
}

const char *number_kind_text(enum number_kind k)
{
    static const char *const texts[NUMBER_KIND_COUNT] = {
        [NUMBER_SUBJECT] = "a subject's number such as 京ICP备16020626号",
        [NUMBER_SITE] = "a site's number such as 京ICP备16020626号-8",
        [NUMBER_APP] = "an app's number such as 京ICP备16020626号-8A",
        [NUMBER_COMMERCIAL] = "a commercial licence's number such as 京ICP证030173号-1",
        [NUMBER_COMMERCIAL_VAT] = "a commercial licence's number such as 粤B2-20090059-5",
        [NUMBER_PSB] = "a public security number such as 渝公网安备50019002503055号"};
    CN_ASSERT(k < NUMBER_KIND_COUNT);
    return texts[k];
}
