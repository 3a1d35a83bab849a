/* SPDX-License-Identifier: MIT */
#include "portfolio_set.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cnedge/base/rng.h"
#include "kinds.h"
#include "tables.h"

enum { BUCKETS = 1 << 16 };

struct portfolio_set *portfolio_set_new(struct load *l, uint32_t portfolios)
{
    struct portfolio_set *set = arena_get(l->scratch, 1, sizeof(*set));
    if (set == NULL) return NULL;
    set->l = l;
    set->portfolio_count = portfolios;
    set->shape = shape_new(l->scratch);
    set->rows = arena_get(l->scratch, portfolios, sizeof(*set->rows));
    set->individual = arena_get(l->scratch, portfolios, sizeof(*set->individual));
    set->empty = arena_get(l->scratch, portfolios, sizeof(*set->empty));
    set->by_value = arena_get(l->scratch, BUCKETS, sizeof(*set->by_value));
    set->by_key = arena_get(l->scratch, BUCKETS, sizeof(*set->by_key));
    bool ok = steps_init(&set->row_list, l->scratch, sizeof(struct portfolio_row)) &&
              steps_init(&set->kinds, l->scratch, sizeof(struct portfolio_kind)) &&
              steps_init(&set->spellings, l->scratch, sizeof(struct portfolio_spelling)) &&
              steps_init(&set->groups, l->scratch, sizeof(struct portfolio_group));
    return ok && load_has_memory(l) ? set : NULL;
}

struct portfolio_row *portfolio_set_row(const struct portfolio_set *set, uint32_t i)
{
    return steps_at(&set->row_list, i);
}

struct portfolio_kind *portfolio_set_kind(const struct portfolio_set *set, uint32_t i)
{
    return steps_at(&set->kinds, i);
}

uint32_t portfolio_set_take_kind(struct portfolio_set *set, struct portfolio_kind *k)
{
    k->hash = kinds_hash(k);
    uint32_t *bucket = &set->by_value[k->hash & (BUCKETS - 1)];
    for (uint32_t i = *bucket; i != 0;) {
        const struct portfolio_kind *known = portfolio_set_kind(set, i - 1);
        if (known->hash == k->hash && kinds_equal(known, k)) return i - 1;
        i = known->next;
    }
    struct portfolio_kind *out = steps_add(&set->kinds);
    if (out == NULL) return CN_NONE32;
    *out = *k;
    out->next = *bucket;
    *bucket = set->kinds.count;
    return set->kinds.count - 1;
}

/* --- spellings -------------------------------------------------------------------------------- */

static uint32_t *key_bucket(const struct portfolio_set *set, const struct rows *rows)
{
    return &set->by_key[rng_hash(0, rows->key_bytes, rows->key_len) & (BUCKETS - 1)];
}

static bool same_key(const struct portfolio_spelling *s, uint32_t portfolio,
                     const struct rows *rows)
{
    return s->portfolio == portfolio && s->key_len == rows->key_len &&
           memcmp(s->key, rows->key_bytes, rows->key_len) == 0;
}

uint32_t portfolio_set_find_spelling(struct portfolio_set *set, uint32_t portfolio,
                                     const struct rows *rows)
{
    if (set->spellings.count > 0) {
        const struct portfolio_spelling *last = steps_at(&set->spellings, set->last_spelling);
        if (same_key(last, portfolio, rows)) return last->kind;
    }
    for (uint32_t i = *key_bucket(set, rows); i != 0;) {
        const struct portfolio_spelling *s = steps_at(&set->spellings, i - 1);
        if (same_key(s, portfolio, rows)) {
            set->last_spelling = i - 1;
            return s->kind;
        }
        i = s->next;
    }
    return CN_NONE32;
}

void portfolio_set_add_spelling(struct portfolio_set *set, uint32_t portfolio,
                                const struct rows *rows, uint32_t kind)
{
    const char *key = arena_text(set->l->scratch, rows->key_bytes, rows->key_len);
    struct portfolio_spelling *s = steps_add(&set->spellings);
    if (key == NULL || s == NULL) return;
    uint32_t *bucket = key_bucket(set, rows);
    *s = (struct portfolio_spelling){key, rows->key_len, portfolio, kind, *bucket};
    set->last_spelling = set->spellings.count - 1;
    *bucket = set->spellings.count;
}

/* --- rows ------------------------------------------------------------------------------------- */

/* Bytes that stay as long as the scenario, without what an arena adds to each piece. */
static uint8_t *keep(struct portfolio_set *set, size_t len)
{
    if (set->bytes_left < len) {
        set->bytes = arena_get(set->l->a, PORTFOLIO_SET_BYTES, 1);
        if (set->bytes == NULL) return NULL;
        set->bytes_left = PORTFOLIO_SET_BYTES;
    }
    uint8_t *p = set->bytes;
    set->bytes += len;
    set->bytes_left -= len;
    return p;
}

void portfolio_set_add_row(struct portfolio_set *set, const struct rows *rows, uint32_t kind)
{
    uint8_t wire[DNAME_MAX];
    size_t len = dname_from_text(rows->domain, wire);
    CN_ASSERT(len > 0);
    const char *number = rows->number != NULL ? rows->number : "";
    size_t number_size = strlen(number) + 1;
    uint8_t *name = keep(set, len + number_size);
    struct portfolio_row *row = steps_add(&set->row_list);
    if (name == NULL || row == NULL) return;
    memcpy(name, wire, len);
    memcpy(name + len, number, number_size);
    *row = (struct portfolio_row){
        .name = name, .offset = rows->offset, .line = rows->line, .kind = kind};
}

/* --- places ----------------------------------------------------------------------------------- */

static uint32_t portfolio_of(const struct portfolio_set *set, const struct portfolio_row *row)
{
    return portfolio_set_kind(set, row->kind)->portfolio;
}

void portfolio_set_place(const struct portfolio_set *set, const struct portfolio_row *row,
                         struct portfolio_place *out)
{
    uint32_t portfolio = portfolio_of(set, row);
    const struct rows *rows = &set->rows[portfolio];
    if (rows->form == ROWS_MADE) {
        snprintf(out->text, sizeof(out->text), "number %" PRId64 " of /portfolios/%u/generate",
                 row->offset + rows->first, portfolio);
    } else {
        snprintf(out->text, sizeof(out->text), "%s:%d", rows->file, row->line);
    }
}

/* Says something of a row that was read before: goes back to it, to find its place. */
static void say(struct portfolio_set *set, const struct portfolio_row *row, const char *key,
                const char *text, bool warning)
{
    struct node n;
    const struct load *l = set->l;
    uint32_t portfolio = portfolio_of(set, row);
    struct rows *rows = &set->rows[portfolio];
    struct at at = node_at(&l->root, "portfolios");
    bool found = l->root.doc->diags->count < DIAG_MAX && /* else it is only counted */
                 rows_open(rows, set->l, set->shape, portfolio) &&
                 rows_goto(rows, row->offset, row->line) && rows_object(rows, &n);
    if (found) at = node_at(&n, key);
    const struct jsondoc *d = found ? n.doc : l->root.doc;
    if (warning) {
        jsondoc_warning(d, &at, "%s", text);
    } else {
        jsondoc_error(d, &at, "%s", text);
    }
    rows_close(rows);
}

void portfolio_set_complain(struct portfolio_set *set, const struct portfolio_row *row,
                            const char *key, const char *fmt, ...)
{
    char text[DIAG_TEXT_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    say(set, row, key, text, false);
}

void portfolio_set_warn(struct portfolio_set *set, const struct portfolio_row *row, const char *key,
                        const char *fmt, ...)
{
    char text[DIAG_TEXT_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    say(set, row, key, text, true);
}
