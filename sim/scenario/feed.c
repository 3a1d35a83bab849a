/* SPDX-License-Identifier: MIT */
#include "feed.h"

#include <string.h>

bool feed_init(struct feed *f, struct arena *a, FILE *file)
{
    *f = (struct feed){.file = file, .bytes = arena_get(a, FEED_BYTES + 1, 1)};
    return f->bytes != NULL;
}

bool feed_more(struct feed *f)
{
    memmove(f->bytes, f->bytes + f->pos, f->end - f->pos);
    f->start += (int64_t)f->pos;
    f->end -= f->pos;
    f->pos = 0;
    size_t before = f->end;
    while (!f->eof && f->end < FEED_BYTES) {
        size_t n = fread(f->bytes + f->end, 1, FEED_BYTES - f->end, f->file);
        f->end += n;
        if (n > 0) break;
        f->eof = true;
        f->failed = ferror(f->file) != 0;
    }
    return f->end > before;
}

/* Whether a line of that many bytes may still go on. */
static bool fits(const struct feed *f)
{
    return f->end - f->pos <= FEED_LINE_MAX;
}

enum feed_line feed_line(struct feed *f, char **line, size_t *len)
{
    size_t seen = 0;
    for (;;) {
        char *from = f->bytes + f->pos;
        char *lf = memchr(from + seen, '\n', f->end - f->pos - seen);
        size_t n = lf != NULL ? (size_t)(lf - from) : f->end - f->pos;
        if (n > FEED_LINE_MAX) {
            feed_skip(f);
            return FEED_LONG;
        }
        *line = from;
        *len = n;
        if (lf != NULL || (f->eof && n > 0)) {
            f->pos += n + (lf != NULL ? 1 : 0);
            return FEED_LINE;
        }
        if (f->eof) return FEED_END;
        seen = n;
        if (fits(f)) (void)feed_more(f);
    }
}

void feed_skip(struct feed *f)
{
    for (;;) {
        char *from = f->bytes + f->pos;
        char *lf = memchr(from, '\n', f->end - f->pos);
        f->pos = lf != NULL ? (size_t)(lf - f->bytes) + 1 : f->end;
        if (lf != NULL || !feed_more(f)) return;
    }
}

int64_t feed_offset(const struct feed *f)
{
    return f->start + (int64_t)f->pos;
}

bool feed_seek(struct feed *f, int64_t offset)
{
    if (fseek(f->file, (long)offset, SEEK_SET) != 0) return false;
    f->pos = f->end = 0;
    f->start = offset;
    f->eof = f->failed = false;
    return true;
}
