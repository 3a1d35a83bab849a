/* SPDX-License-Identifier: MIT */
#include "portfolio_set.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tables.h"

enum { BUCKETS = 1 << 16 };

struct portfolio_set *portfolio_set_new(struct load *l, uint32_t portfolios)
{
    struct portfolio_set *set = arena_get(l->scratch, 1, sizeof(*set));
    if (set == NULL) return NULL;
    set->l = l;
    set->portfolio_count = portfolios;
    set->bucket_count = BUCKETS;
    set->shape = shape_new(l->scratch);
    set->rows = arena_get(l->scratch, portfolios, sizeof(*set->rows));
    set->first = arena_get(l->scratch, portfolios, sizeof(*set->first));
    set->row_steps = arena_get(l->scratch, PORTFOLIO_SET_STEPS, sizeof(void *));
    set->kind_steps = arena_get(l->scratch, PORTFOLIO_SET_STEPS, sizeof(void *));
    set->buckets = arena_get(l->scratch, BUCKETS, sizeof(*set->buckets));
    return l->scratch->failed ? NULL : set;
}

struct portfolio_row *portfolio_set_row(const struct portfolio_set *set, uint32_t i)
{
    CN_ASSERT(i < set->row_count);
    return &set->row_steps[i / PORTFOLIO_SET_STEP][i % PORTFOLIO_SET_STEP];
}

struct portfolio_kind *portfolio_set_kind(const struct portfolio_set *set, uint32_t i)
{
    CN_ASSERT(i < set->kind_count);
    return &set->kind_steps[i / PORTFOLIO_SET_STEP][i % PORTFOLIO_SET_STEP];
}

uint32_t portfolio_set_add_kind(struct portfolio_set *set, const struct portfolio_kind *k,
                                uint32_t bucket)
{
    uint32_t i = set->kind_count;
    if (i % PORTFOLIO_SET_STEP == 0) {
        void *step = arena_get(set->l->scratch, PORTFOLIO_SET_STEP, sizeof(*k));
        if (step == NULL) return CN_NONE32;
        set->kind_steps[i / PORTFOLIO_SET_STEP] = step;
    }
    set->kind_count++;
    struct portfolio_kind *out = portfolio_set_kind(set, i);
    *out = *k;
    if (k->key_len == SIZE_MAX) return i;
    out->next = set->buckets[bucket];
    set->buckets[bucket] = i + 1;
    return i;
}

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
    uint32_t i = set->row_count;
    size_t len = dname_from_text(rows->domain, wire);
    CN_ASSERT(len > 0);
    const char *number = rows->number != NULL ? rows->number : "";
    size_t number_size = strlen(number) + 1;
    uint8_t *name = keep(set, len + number_size);
    if (i % PORTFOLIO_SET_STEP == 0) {
        set->row_steps[i / PORTFOLIO_SET_STEP] =
            arena_get(set->l->scratch, PORTFOLIO_SET_STEP, sizeof(struct portfolio_row));
    }
    if (name == NULL || set->row_steps[i / PORTFOLIO_SET_STEP] == NULL) return;
    memcpy(name, wire, len);
    memcpy(name + len, number, number_size);
    set->row_count++;
    *portfolio_set_row(set, i) = (struct portfolio_row){
        .name = name, .offset = rows->offset, .line = rows->line, .kind = kind};
}

/* --- places ----------------------------------------------------------------------------------- */

static uint32_t portfolio_of(const struct portfolio_set *set, const struct portfolio_row *row)
{
    return portfolio_set_kind(set, row->kind)->portfolio;
}

void portfolio_set_site_place(const struct sites_reader *r, uint32_t site,
                              struct portfolio_place *out)
{
    const struct load *l = r->l;
    const struct portfolio_set *set = l->portfolios;
    uint32_t count = (uint32_t)node_count(&l->root, "sites");
    if (site < count) {
        struct at list;
        struct at at;
        char path[DIAG_PATH_MAX];
        (void)node_value(&l->root, "sites", site, &list, &at);
        const struct at domain = {&at, "domain", 0};
        struct diag_at where = jsondoc_place(l->root.doc, &domain, false, path);
        snprintf(out->text, sizeof(out->text), "%s:%d", where.file, where.line);
        return;
    }
    const struct portfolio_row *row = portfolio_set_row(set, site - count);
    const struct rows *rows = &set->rows[portfolio_of(set, row)];
    if (rows->form == ROWS_MADE) {
        snprintf(out->text, sizeof(out->text), "number %lld of /portfolios/%u/generate",
                 (long long)row->offset, portfolio_of(set, row));
    } else {
        snprintf(out->text, sizeof(out->text), "%s:%d", rows->file, row->line);
    }
}

void portfolio_set_complain(struct portfolio_set *set, const struct portfolio_row *row,
                            const char *key, const char *fmt, ...)
{
    char text[DIAG_TEXT_MAX];
    struct node n;
    struct load *l = set->l;
    uint32_t portfolio = portfolio_of(set, row);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    struct rows *rows = &set->rows[portfolio];
    if (l->root.doc->diags->count == DIAG_MAX) { /* only counted */
        (void)diag_add(l->root.doc->diags, CN_E_INVALID, (struct diag_at){.line = 0}, "%s", text);
    } else if (rows_open(rows, l, set->shape, portfolio) &&
               rows_goto(rows, row->offset, row->line) && rows_object(rows, &n)) {
        const struct at at = node_at(&n, key);
        jsondoc_error(n.doc, &at, "%s", text);
    } else {
        const struct at at = node_at(&l->root, "portfolios");
        jsondoc_error(l->root.doc, &at, "%s", text);
    }
    rows_close(rows);
}
