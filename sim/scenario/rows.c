/* SPDX-License-Identifier: MIT */
#include "rows.h"

#include <errno.h>
#include <string.h>

#include "cnedge/model/number.h"
#include "cnedge/zonefile/source.h"
#include "rows_cells.h"
#include "tables.h"
#include "values.h"

enum { MADE_TEXT_MAX = 512 };

/* --- places ----------------------------------------------------------------------------------- */

/* The top key of a place, and of the object there; NULL: the row as a whole. */
static void keys_of(const struct at *at, const char **key, const char **member)
{
    *key = *member = NULL;
    for (; at->up != NULL; at = at->up) {
        *member = *key;
        *key = at->key;
    }
}

/* A place in the portfolio's object of the scenario file: of a default, or of what is made up. */
static void place_above(const struct rows *r, const struct at *at, bool key, struct diag_at *where,
                        char *path)
{
    struct at chain[8];
    size_t n = 0;
    const struct at made = node_at(&r->portfolio, "generate");
    const char *top;
    const char *member;
    keys_of(at, &top, &member);
    const struct at *up = &r->portfolio.at;
    if (r->form == ROWS_MADE && (top == NULL || json_object_get(r->own, top) != NULL)) up = &made;
    for (const struct at *a = at; a->up != NULL && n < CN_ARRAY_LEN(chain); a = a->up) {
        chain[n] = *a;
        if (n > 0) chain[n - 1].up = &chain[n];
        n++;
    }
    if (n > 0) chain[n - 1].up = up;
    *where = jsondoc_place(r->portfolio.doc, n > 0 ? &chain[0] : up, key, path);
}

static void place_cell(const struct rows *r, const char *key, const char *member,
                       struct diag_at *where, char *path)
{
    for (size_t i = 0; i < r->column_count; i++) {
        const struct rows_column *c = &r->column[i];
        if (strcmp(c->key, key) != 0) continue;
        if (c->member != NULL && member != NULL && strcmp(c->member, member) != 0) continue;
        where->line = r->csv.field[i].line;
        where->column = r->csv.field[i].column;
        snprintf(path, DIAG_PATH_MAX, "column \"%s\"", c->name);
        if (r->csv.field[i].len > 0) return;
    }
}

/* Where a value of a row stands: in its cell or line, or in the defaults. */
static void place(const struct jsondoc *d, const struct at *at, bool key, struct diag_at *where,
                  char *path)
{
    const struct rows *r = d->owner;
    const char *top;
    const char *member;
    keys_of(at, &top, &member);
    bool ours = top == NULL || json_object_get(r->own, top) != NULL;
    if (r->form == ROWS_MADE || !ours) {
        place_above(r, at, key, where, path);
        return;
    }
    *where = (struct diag_at){.file = r->file, .path = path, .line = r->line, .column = 1};
    if (r->form == ROWS_LINES) {
        struct jsondoc line = {.file = r->file, .text = {r->text, r->len}};
        *where = jsondoc_place(&line, at, key, path);
        where->line = r->line;
    } else if (top != NULL) {
        place_cell(r, top, member, where, path);
    }
}

CN_PRINTF(5, 6)
static void complain(const struct rows *r, enum cn_status status, int line, int column,
                     const char *fmt, ...)
{
    char text[DIAG_TEXT_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    const struct jsondoc *d = r->portfolio.doc;
    (void)diag_add(d->diags, status,
                   (struct diag_at){.file = r->file, .line = line, .column = column}, "%s", text);
    if (*d->status == CN_OK) *d->status = status;
}

/* --- opening ---------------------------------------------------------------------------------- */

/* In upper or lower case. */
static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text);
    size_t n = strlen(end);
    if (len <= n) return false;
    for (const char *p = text + len - n; *p != '\0'; p++, end++) {
        char small = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
        if (small != *end) return false;
    }
    return true;
}

static bool open_file(struct rows *r, const char *file)
{
    char why[SOURCE_WHY_MAX];
    char shown[ZONEFILE_PATH_MAX];
    struct load *l = r->l;
    const struct at at = node_at(&r->portfolio, "file");
    const char *folder = load_folder(l);
    if (folder == NULL) return false;
    if (!ends_with(file, ".csv") && !ends_with(file, ".jsonl")) {
        jsondoc_error(r->portfolio.doc, &at,
                      "expected a file whose name ends in .csv or .jsonl, got \"%s\"", file);
        return false;
    }
    r->form = ends_with(file, ".csv") ? ROWS_CSV : ROWS_LINES;
    r->file = source_join(folder, file, shown) ? load_copy(l, shown) : file;
    enum cn_status status = source_open(folder, file, l->limits->portfolio_bytes, &r->stream, why);
    if (status == CN_OK) return csv_init(&r->csv, l->scratch, r->stream);
    jsondoc_fail(r->portfolio.doc, status, &at, "%s (\"%s\")", why, r->file);
    return false;
}

static bool has_column(const struct rows *r, const char *key)
{
    for (size_t i = 0; i < r->column_count; i++) {
        if (r->column[i].key != NULL && strcmp(r->column[i].key, key) == 0) return true;
    }
    return false;
}

/* Reports columns without which no row is good. */
static bool has_needed(const struct rows *r)
{
    bool domain = has_column(r, "domain");
    bool hosts = has_column(r, "hosts") || node_get(&r->portfolio, "hosts") != NULL;
    if (!domain) {
        complain(r, CN_E_INVALID, r->csv.row, 1, "expected a column \"domain\", got none");
    }
    if (!hosts) {
        complain(r, CN_E_INVALID, r->csv.row, 1,
                 "expected a column \"hosts\", or \"hosts\" beside \"file\" in the scenario, got "
                 "none");
    }
    return domain && hosts;
}

/* Declares the names of a CSV file's columns. */
static bool read_header(struct rows *r)
{
    enum csv_result got = csv_next(&r->csv);
    bool ok = got == CSV_RECORD;
    if (got == CSV_ERROR) {
        complain(r, r->csv.why.status, r->csv.why.line, r->csv.why.column, "%s", r->csv.why.text);
    } else if (got == CSV_END) {
        complain(r, CN_E_INVALID, 1, 1, "expected a line with the columns' names, got none");
    }
    if (!ok) return false;
    for (size_t i = 0; i < r->csv.count; i++) {
        const struct csv_field *f = &r->csv.field[i];
        char why[DIAG_TEXT_MAX];
        struct rows_column *c = &r->column[i];
        ok = rows_cells_column(r, f->text, c, why) && ok;
        for (size_t k = 0; c->key != NULL && k < i; k++) {
            if (r->column[k].key == NULL || strcmp(r->column[k].name, c->name) != 0) continue;
            snprintf(why, sizeof(why), "expected each column once, got \"%s\" again", c->name);
            c->key = NULL;
            ok = false;
        }
        if (c->key == NULL) complain(r, CN_E_INVALID, f->line, f->column, "%s", why);
    }
    r->column_count = r->csv.count;
    return ok && has_needed(r);
}

/* The filings' numbers of sites that are made up count from `first` too; a site's suffix begins at
 * 1, which is worth a word of its own. */
static bool counts_from_one(const struct rows *r, const struct node *made)
{
    char zero[MADE_TEXT_MAX];
    char one[MADE_TEXT_MAX];
    struct number number;
    struct number_error error;
    const char *text = node_text(made, "filing_number");
    if (text == NULL || r->first > 0 || !values_counted(text, 0, zero, sizeof(zero)) ||
        !values_counted(text, 1, one, sizeof(one))) {
        return true;
    }
    if (number_read(zero, &number, &error) || !number_read(one, &number, &error)) return true;
    const struct at at = node_at(made, "filing_number");
    jsondoc_error(made->doc, &at,
                  "expected numbers of sites, which begin with -1, got \"%s\" as the first; write "
                  "\"first\": 1 to count from 1",
                  zero);
    return false;
}

static struct node made_node(const struct rows *r)
{
    return node_item(&r->portfolio, &objects_generate, node_get(&r->portfolio, "generate"),
                     node_at(&r->portfolio, "generate"));
}

static bool open_made(struct rows *r)
{
    const struct node n = made_node(r);
    r->first = (uint32_t)node_integer(&n, "first");
    return counts_from_one(r, &n);
}

bool rows_open(struct rows *r, struct load *l, struct shape_walk *shape, size_t index)
{
    struct at at;
    json_t *v = node_value(&l->root, "portfolios", index, &r->list, &at);
    r->l = l;
    r->shape = shape;
    r->portfolio = node_item(&l->root, &objects_portfolio, v, at);
    r->portfolio.at.up = &r->list;
    r->doc = (struct jsondoc){.file = l->root.doc->file,
                              .diags = l->root.doc->diags,
                              .status = l->root.doc->status,
                              .place = place,
                              .owner = r};
    r->form = ROWS_MADE;
    r->stream = NULL;
    r->own = NULL;
    r->made = 0;
    const char *file = node_text(&r->portfolio, "file");
    size_t key_max = (size_t)2 * FEED_LINE_MAX + CSV_COLUMNS_MAX;
    r->key_bytes = arena_get(l->scratch, key_max, 1);
    if (r->key_bytes == NULL) return false;
    if (file == NULL) return open_made(r);
    return open_file(r, file) && (r->form == ROWS_LINES || read_header(r));
}

static void drop_object(struct rows *r)
{
    json_decref(r->own);
    json_decref(r->doc.root);
    r->own = r->doc.root = NULL;
}

void rows_close(struct rows *r)
{
    drop_object(r);
    if (r->stream != NULL) fclose(r->stream);
    r->stream = NULL;
}

/* --- going on --------------------------------------------------------------------------------- */

/* The key of a CSV row: its other cells, each ended by NUL, which no cell contains. */
static void split_cells(struct rows *r)
{
    r->plain = true;
    r->domain = r->number = NULL;
    r->key_len = 0;
    for (size_t i = 0; i < r->column_count; i++) {
        const struct csv_field *f = &r->csv.field[i];
        const char *key = r->column[i].key;
        bool number = strcmp(key, "filing_number") == 0;
        if (strcmp(key, "domain") == 0) {
            r->domain = f->text;
            continue;
        }
        if (number && f->len > 0) r->number = f->text;
        if (number) r->key_bytes[r->key_len++] = f->len > 0 ? 'n' : ' ';
        if (number) continue;
        memcpy(r->key_bytes + r->key_len, f->text, f->len + 1);
        r->key_len += f->len + 1;
    }
}

static enum rows_result next_cells(struct rows *r)
{
    switch (csv_next(&r->csv)) {
    case CSV_END:
        return ROWS_END;
    case CSV_ERROR:
        complain(r, r->csv.why.status, r->csv.why.line, r->csv.why.column, "%s", r->csv.why.text);
        return ROWS_SKIPPED;
    case CSV_RECORD:
        break;
    }
    r->offset = r->csv.offset;
    r->line = r->csv.row;
    split_cells(r);
    return ROWS_ROW;
}

static bool blank(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (strchr(" \t\r", text[i]) == NULL || text[i] == '\0') return false;
    }
    return true;
}

static enum rows_result next_line(struct rows *r)
{
    struct feed *f = &r->csv.feed;
    for (;;) {
        r->offset = feed_offset(f);
        r->line = r->csv.line++;
        switch (feed_line(f, &r->text, &r->len)) {
        case FEED_END:
            return ROWS_END;
        case FEED_LONG:
            complain(r, CN_E_LIMIT, r->line, 1, "expected at most %d bytes in a line, got more",
                     FEED_LINE_MAX);
            return ROWS_SKIPPED;
        case FEED_LINE:
            break;
        }
        bool marked = r->offset == 0 && r->len >= 3 && memcmp(r->text, "\xEF\xBB\xBF", 3) == 0;
        if (marked) r->text += 3;
        if (marked) r->len -= 3;
        if (blank(r->text, r->len)) continue;
        rows_cells_line(r);
        return ROWS_ROW;
    }
}

/* The domain and number of a site that is made up, behind each other in `key_bytes`. */
static enum rows_result next_made(struct rows *r)
{
    const struct node n = made_node(r);
    const char *number = node_text(&n, "filing_number");
    uint32_t count = r->first + r->made;
    char *text = r->key_bytes;
    if (r->made == node_integer(&n, "sites")) return ROWS_END;
    r->offset = r->made;
    r->line = 0;
    r->key_len = 0;
    r->domain = text;
    bool fits = values_counted(node_text(&n, "domain"), count, text, MADE_TEXT_MAX);
    text += MADE_TEXT_MAX;
    r->plain = fits && (number == NULL || values_counted(number, count, text, MADE_TEXT_MAX));
    r->number = number != NULL ? text : NULL;
    if (fits && !r->plain) snprintf(text, MADE_TEXT_MAX, "%s", number);
    r->made++;
    return ROWS_ROW;
}

enum rows_result rows_next(struct rows *r)
{
    enum rows_result got;
    drop_object(r);
    if (r->form == ROWS_MADE) return next_made(r);
    errno = 0;
    got = r->form == ROWS_CSV ? next_cells(r) : next_line(r);
    if (got == ROWS_END && r->csv.feed.failed) {
        complain(r, CN_E_IO, 0, 0, "expected a readable file, got %s", strerror(errno));
    }
    return got;
}

bool rows_goto(struct rows *r, int64_t offset, int line)
{
    r->made = (uint32_t)offset;
    r->csv.line = line;
    if (r->form != ROWS_MADE && !feed_seek(&r->csv.feed, offset)) return false;
    return rows_next(r) == ROWS_ROW;
}

/* --- the row as an object --------------------------------------------------------------------- */

/* Adds the portfolio's defaults, those of objects key by key. */
static bool add_defaults(const struct rows *r, json_t *row)
{
    const char *key;
    json_t *v;
    bool ok = true;
    json_object_foreach(r->portfolio.value, key, v)
    {
        if (format_key_index(&objects_row, key) == FORMAT_KEYS_MAX) continue;
        json_t *have = json_object_get(row, key);
        if (have == NULL) {
            ok = json_object_set(row, key, v) == 0 && ok;
        } else if (json_is_object(have) && json_is_object(v)) {
            json_t *both = json_copy(v);
            ok = both != NULL && json_object_update(both, have) == 0 &&
                 json_object_set(row, key, both) == 0 && ok;
            json_decref(both);
        }
    }
    return ok;
}

bool rows_object(struct rows *r, struct node *out)
{
    drop_object(r);
    r->own = rows_cells_object(r);
    if (r->own == NULL) return false; /* reported */
    r->doc.root = json_copy(r->own);
    if (r->doc.root == NULL || !add_defaults(r, r->doc.root)) {
        jsondoc_no_memory(&r->doc);
        return false;
    }
    *out = (struct node){&r->doc, &objects_row, r->doc.root, AT_ROOT};
    return shape_tree(r->shape, &r->doc, &objects_row);
}
