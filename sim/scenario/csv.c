/* SPDX-License-Identifier: MIT */
#include "csv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

enum scan { SCAN_FIELD, SCAN_RECORD, SCAN_MORE, SCAN_BAD };

struct cursor {        /* where in the window the scan of a record is */
    size_t i;          /* next byte */
    size_t line_start; /* column 1 */
    int line;
};

struct span { /* a field before it is unquoted */
    size_t from, to;
    bool quoted;
    bool doubled; /* holds doubled quotation marks */
    bool high;    /* holds bytes above 0x7F */
};

struct scanner {
    struct csv *c;
    struct cursor at;
    struct cursor quote; /* where the last quoted field of the record begins */
    bool quoted;         /* there is one */
    struct span span[CSV_COLUMNS_MAX];
};

bool csv_init(struct csv *c, struct arena *a, FILE *file)
{
    c->line = 1;
    c->columns = c->count = 0;
    return feed_init(&c->feed, a, file);
}

/* --- what is wrong ---------------------------------------------------------------------------- */

CN_PRINTF(3, 4)
static enum scan bad(struct csv *c, struct cursor at, const char *fmt, ...)
{
    va_list ap;
    c->why.status = CN_E_SYNTAX;
    c->why.line = at.line;
    c->why.column = (int)(at.i - at.line_start) + 1;
    va_start(ap, fmt);
    vsnprintf(c->why.text, sizeof(c->why.text), fmt, ap);
    va_end(ap);
    return SCAN_BAD;
}

static enum scan limit(struct csv *c, struct cursor at, int max, const char *what)
{
    (void)bad(c, at, "expected at most %d %s, got more", max, what);
    c->why.status = CN_E_LIMIT;
    return SCAN_BAD;
}

/* --- one field -------------------------------------------------------------------------------- */

/* What stands behind a field: the end of the record, or a comma; more bytes may be needed to tell.
 */
static enum scan end_field(struct scanner *s)
{
    const struct feed *f = &s->c->feed;
    if (s->at.i == f->end) return f->eof ? SCAN_RECORD : SCAN_MORE;
    char c = f->bytes[s->at.i];
    if (c == ',' || c == '\n') {
        s->at.i++;
        return c == ',' ? SCAN_FIELD : SCAN_RECORD;
    }
    if (c == '\r') {
        bool last = s->at.i + 1 == f->end;
        if (last && !f->eof) return SCAN_MORE;
        if (!last && f->bytes[s->at.i + 1] == '\n') {
            s->at.i += 2;
            return SCAN_RECORD;
        }
        return bad(s->c, s->at, "expected a line feed behind the carriage return, got %s",
                   last ? "the end of the file" : "none");
    }
    if (c == '\0') return bad(s->c, s->at, "expected text in UTF-8, got the byte 0x00");
    if (c == '"') {
        return bad(s->c, s->at,
                   "expected a quotation mark only around a whole field (and doubled within it), "
                   "got one");
    }
    return bad(s->c, s->at,
               "expected a comma or the end of the line behind the quoted field that begins at "
               "%d:%d (quotation marks in it are doubled)",
               s->quote.line, (int)(s->quote.i - s->quote.line_start) + 1);
}

/* The bytes of a field that is not quoted. */
static enum scan scan_plain(struct scanner *s, struct span *out)
{
    const struct feed *f = &s->c->feed;
    size_t i = s->at.i;
    uint8_t all = 0;
    out->from = i;
    while (i < f->end) {
        uint8_t c = (uint8_t)f->bytes[i];
        if (c == ',' || c == '\n' || c == '\r' || c == '"' || c == '\0') break;
        all |= c;
        i++;
    }
    out->to = s->at.i = i;
    out->high = (all & 0x80) != 0;
    return end_field(s);
}

static enum scan scan_quoted(struct scanner *s, struct span *out)
{
    const struct feed *f = &s->c->feed;
    uint8_t all = 0;
    s->quote = s->at;
    s->quoted = true;
    out->from = ++s->at.i;
    out->quoted = true;
    for (; s->at.i < f->end; s->at.i++) {
        uint8_t c = (uint8_t)f->bytes[s->at.i];
        all |= c;
        if (c == '\0') return bad(s->c, s->at, "expected text in UTF-8, got the byte 0x00");
        if (c == '\n') {
            s->at.line++;
            s->at.line_start = s->at.i + 1;
        }
        if (c != '"') continue;
        if (s->at.i + 1 == f->end && !f->eof) return SCAN_MORE;
        if (s->at.i + 1 < f->end && f->bytes[s->at.i + 1] == '"') {
            out->doubled = true;
            s->at.i++;
            continue;
        }
        out->to = s->at.i++;
        out->high = (all & 0x80) != 0;
        return end_field(s);
    }
    if (!f->eof) return SCAN_MORE;
    return bad(s->c, s->quote,
               "expected the quotation mark that ends this field, got the end of the file");
}

/* Reports the byte at `i` of a field that has been scanned. */
static void bad_byte(struct csv *c, const struct span *span, const struct csv_field *f, size_t i)
{
    size_t before = (size_t)f->column - 1 + (span->quoted ? 1 : 0);
    struct cursor at = {.i = span->from, .line_start = span->from - before, .line = f->line};
    for (; at.i < span->from + i; at.i++) {
        if (c->feed.bytes[at.i] != '\n') continue;
        at.line++;
        at.line_start = at.i + 1;
    }
    (void)bad(c, at, "expected text in UTF-8, got the byte 0x%02x", (uint8_t)c->feed.bytes[at.i]);
}

/* Checks and unquotes a field in place: the record has been scanned. */
static bool finish(struct csv *c, const struct span *span, struct csv_field *out)
{
    char *text = c->feed.bytes + span->from;
    size_t len = span->to - span->from;
    size_t good = span->high ? utf8_good((const uint8_t *)text, len) : len;
    if (good < len) {
        bad_byte(c, span, out, good);
        return false;
    }
    if (span->doubled) {
        size_t n = 0;
        for (size_t i = 0; i < len; i++) {
            text[n++] = text[i];
            if (text[i] == '"') i++; /* the second of the pair */
        }
        len = n;
    }
    text[len] = '\0';
    out->text = text;
    out->len = len;
    return true;
}

/* --- one record ------------------------------------------------------------------------------- */

static enum scan scan_record(struct scanner *s)
{
    struct csv *c = s->c;
    const struct feed *f = &c->feed;
    enum scan got = SCAN_FIELD;
    c->count = 0;
    s->quoted = false;
    s->at = (struct cursor){.i = f->pos, .line_start = f->pos, .line = c->line};
    while (got == SCAN_FIELD) {
        struct span *span = &s->span[c->count];
        if (c->count == CSV_COLUMNS_MAX) return limit(c, s->at, CSV_COLUMNS_MAX, "columns");
        if (s->at.i == f->end && !f->eof) return SCAN_MORE;
        c->field[c->count].line = s->at.line;
        c->field[c->count].column = (int)(s->at.i - s->at.line_start) + 1;
        *span = (struct span){.from = s->at.i};
        bool quoted = s->at.i < f->end && f->bytes[s->at.i] == '"';
        got = quoted ? scan_quoted(s, span) : scan_plain(s, span);
        c->count++;
    }
    return got;
}

/* Goes on behind the record, or, if its end was not found, behind the line that the scan is in. */
static enum csv_result give_up(struct csv *c, const struct cursor *at, enum scan got)
{
    c->line = at->line + 1;
    c->feed.pos = at->i;
    if (got != SCAN_RECORD) feed_skip(&c->feed);
    return CSV_ERROR;
}

static bool count_fits(struct csv *c)
{
    const struct cursor at = {.line = c->row};
    if (c->columns == 0) c->columns = c->count;
    if (c->count == c->columns) return true;
    (void)bad(c, at, "expected %zu field%s, as many as the first line has, got %zu", c->columns,
              c->columns == 1 ? "" : "s", c->count);
    return false;
}

static bool finish_all(struct csv *c, const struct scanner *s)
{
    for (size_t i = 0; i < c->count; i++) {
        if (!finish(c, &s->span[i], &c->field[i])) return false;
    }
    return count_fits(c);
}

/* Reports a record that does not end in time. If a quoted field goes on beyond its line, its end is
 * probably missing, and reading goes on behind that line. */
static enum csv_result too_long(const struct scanner *s, enum scan got)
{
    struct csv *c = s->c;
    const struct cursor start = {.i = c->feed.pos, .line_start = c->feed.pos, .line = c->line};
    if (!s->quoted || s->at.line == s->quote.line) {
        (void)limit(c, start, FEED_LINE_MAX, "bytes in a record");
        return give_up(c, &s->at, got);
    }
    (void)bad(
        c, s->quote,
        "expected the quotation mark that ends this field (at most %d bytes in a record), got "
        "none",
        FEED_LINE_MAX);
    c->why.status = CN_E_LIMIT;
    return give_up(c, &s->quote, SCAN_BAD);
}

/* Passes over a byte order mark and empty lines. */
static void skip_nothing(struct csv *c)
{
    struct feed *f = &c->feed;
    if (f->end - f->pos < 3 && !f->eof) (void)feed_more(f);
    if (feed_offset(f) == 0 && f->end - f->pos >= 3 && memcmp(f->bytes, "\xEF\xBB\xBF", 3) == 0) {
        f->pos = 3;
    }
    for (;;) {
        if (f->end - f->pos < 2 && !f->eof) (void)feed_more(f);
        size_t left = f->end - f->pos;
        size_t n = left >= 1 && f->bytes[f->pos] == '\n'                    ? 1
                   : left >= 2 && memcmp(f->bytes + f->pos, "\r\n", 2) == 0 ? 2
                                                                            : 0;
        if (n == 0) return;
        f->pos += n;
        c->line++;
    }
}

enum csv_result csv_next(struct csv *c)
{
    struct scanner s = {.c = c};
    struct feed *f = &c->feed;
    enum scan got = SCAN_MORE;
    skip_nothing(c);
    if (f->pos == f->end) return CSV_END;
    c->row = c->line;
    c->offset = feed_offset(f);
    while (got == SCAN_MORE) {
        got = scan_record(&s);
        bool large = s.at.i - f->pos > FEED_LINE_MAX;
        if (large) return too_long(&s, got);
        if (got == SCAN_MORE) (void)feed_more(f);
    }
    if (got == SCAN_BAD) return give_up(c, &s.at, got);
    f->pos = s.at.i;
    c->line = s.at.line + 1;
    return finish_all(c, &s) ? CSV_RECORD : CSV_ERROR;
}
