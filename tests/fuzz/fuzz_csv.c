/* SPDX-License-Identifier: MIT
 * Any bytes as a CSV file: every record has as many fields as the first, all text in UTF-8; what is
 * wrong has a place; and what was read, written again with quotation marks, reads the same. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../sim/scenario/csv.h"
#include "../../sim/scenario/utf8.h"
#include "cnedge/scenario/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct text {
    char *bytes;
    size_t len, cap;
};

static void put(struct text *t, const char *bytes, size_t len)
{
    if (t->len + len > t->cap) {
        t->cap = 2 * (t->len + len) + 64;
        t->bytes = realloc(t->bytes, t->cap);
        CN_ASSERT(t->bytes != NULL);
    }
    if (len > 0) memcpy(t->bytes + t->len, bytes, len);
    t->len += len;
}

static void put_field(struct text *t, const struct csv_field *f)
{
    put(t, "\"", 1);
    for (size_t i = 0; i < f->len; i++) {
        put(t, "\"\"", f->text[i] == '"' ? 2 : 0);
        put(t, f->text + i, f->text[i] == '"' ? 0 : 1);
    }
    put(t, "\"", 1);
}

static void put_record(struct text *t, const struct csv *c)
{
    CN_ASSERT(c->count == c->columns && c->count >= 1 && c->row >= 1);
    for (size_t i = 0; i < c->count; i++) {
        const struct csv_field *f = &c->field[i];
        CN_ASSERT(f->text[f->len] == '\0' && f->line >= c->row && f->column >= 1);
        CN_ASSERT(utf8_good((const uint8_t *)f->text, f->len) == f->len);
        if (i > 0) put(t, ",", 1);
        put_field(t, f);
    }
    put(t, "\r\n", 2);
}

/* Reads all of it; returns how many records were wrong. */
static unsigned read_all(const void *bytes, size_t len, struct text *out)
{
    struct heap heap;
    struct arena a;
    static struct csv c;
    unsigned wrong = 0;
    enum csv_result got;
    char *copy = malloc(len + 1); /* with a line end, since fmemopen takes no empty text */
    CN_ASSERT(copy != NULL);
    if (len > 0) memcpy(copy, bytes, len);
    copy[len] = '\n';
    FILE *f = fmemopen(copy, len > 0 ? len : 1, "rb");
    CN_ASSERT(f != NULL);
    heap_init(&heap, &a);
    CN_ASSERT(csv_init(&c, &a, f));
    while ((got = csv_next(&c)) != CSV_END) {
        if (got == CSV_RECORD) put_record(out, &c);
        if (got == CSV_RECORD) continue;
        CN_ASSERT(c.why.line >= 1 && c.why.column >= 1 && c.why.text[0] != '\0');
        CN_ASSERT(c.why.status == CN_E_SYNTAX || c.why.status == CN_E_LIMIT);
        wrong++;
    }
    fclose(f);
    free(copy);
    heap_free(&heap);
    return wrong;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text first = {.bytes = NULL};
    struct text second = {.bytes = NULL};
    (void)read_all(data, size, &first);
    unsigned wrong = read_all(first.bytes, first.len, &second);
    CN_ASSERT(wrong == 0 && first.len == second.len);
    CN_ASSERT(first.len == 0 || memcmp(first.bytes, second.bytes, first.len) == 0);
    free(first.bytes);
    free(second.bytes);
    return 0;
}
