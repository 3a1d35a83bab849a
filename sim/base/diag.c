/* SPDX-License-Identifier: MIT */
#include "cnedge/base/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MAX = 64 }; /* longer words are compared by their first WORD_MAX bytes */

void cn_assert_failed(const char *cond, const char *file, int line)
{
    fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, cond);
    abort();
}

enum cn_status diag_add(struct diag_list *dl, enum cn_status status, struct diag_at at,
                        const char *fmt, ...)
{
    CN_ASSERT(status != CN_OK || at.warning);
    CN_ASSERT(at.line >= 0 && at.column >= 0);
    if (!at.warning) dl->errors++;
    if (dl->count == DIAG_MAX) {
        dl->dropped++;
        return status;
    }
    struct diag *d = &dl->item[dl->count++];
    d->line = at.line;
    d->column = at.column;
    d->warning = at.warning;
    snprintf(d->file, sizeof(d->file), "%s", at.file != NULL ? at.file : "");
    snprintf(d->path, sizeof(d->path), "%s", at.path != NULL ? at.path : "");
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(d->text, sizeof(d->text), fmt, ap);
    va_end(ap);
    return status;
}

/* The first item from `from` on that speaks of the same file. */
static int first_of_file(const struct diag_list *dl, int from, const char *file)
{
    while (strcmp(dl->item[from].file, file) != 0) {
        from++;
    }
    return from;
}

struct rank {
    int file, line, column;
};

static bool before(const struct rank *a, const struct rank *b)
{
    if (a->file != b->file) return a->file < b->file;
    return a->line != b->line ? a->line < b->line : a->column < b->column;
}

void diag_sort(struct diag_list *dl, int from)
{
    struct rank rank[DIAG_MAX];
    for (int i = from; i < dl->count; i++) {
        const struct diag *d = &dl->item[i];
        rank[i] = (struct rank){first_of_file(dl, from, d->file), d->line, d->column};
    }
    for (int i = from + 1; i < dl->count; i++) {
        const struct rank r = rank[i];
        const struct diag d = dl->item[i];
        int k = i;
        for (; k > from && before(&r, &rank[k - 1]); k--) {
            rank[k] = rank[k - 1];
            dl->item[k] = dl->item[k - 1];
        }
        rank[k] = r;
        dl->item[k] = d;
    }
}

void diag_format(const struct diag_list *dl, int i, char *out, size_t cap)
{
    CN_ASSERT(i >= 0 && i < dl->count);
    const struct diag *d = &dl->item[i];
    char place[32] = "";
    if (d->line > 0) snprintf(place, sizeof(place), ":%d", d->line);
    size_t n = strlen(place);
    if (d->line > 0 && d->column > 0) snprintf(place + n, sizeof(place) - n, ":%d", d->column);
    snprintf(out, cap, "%s%s: %s%s%s%s", d->file, place, d->warning ? "warning: " : "", d->path,
             d->path[0] != '\0' ? ": " : "", d->text);
}

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

/* Levenshtein distance by one row of the matrix. */
static size_t distance(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1];
    size_t b_len = strlen(b);
    if (b_len > WORD_MAX) b_len = WORD_MAX;
    for (size_t j = 0; j <= b_len; j++) {
        row[j] = j;
    }
    for (size_t i = 0; i < WORD_MAX && a[i] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < b_len; j++) {
            size_t above = row[j + 1];
            size_t swap = diagonal + (a[i] == b[j] ? 0 : 1);
            row[j + 1] = min3(above + 1, row[j] + 1, swap);
            diagonal = above;
        }
    }
    return row[b_len];
}

const char *diag_nearest(const char *word, const char *const *candidates, size_t count)
{
    size_t best = 2 + strlen(word) / 3;
    const char *found = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t d = distance(word, candidates[i]);
        if (d < best) {
            best = d;
            found = candidates[i];
        }
    }
    return found;
}
