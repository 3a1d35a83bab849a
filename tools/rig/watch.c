/* SPDX-License-Identifier: MIT */
#include "watch.h"

#include <inttypes.h>
#include <string.h>

enum { HEADER = 12, RECORD_HEAD = 10, DATA_MAX = 16, POINTER = 0xC0 };

bool watch_init(struct watch *w, const struct watch_spec *spec)
{
    *w = (struct watch){.count = spec->count, .every = spec->every};
    for (unsigned i = 0; i < spec->count; i++) {
        struct watch_name *n = &w->names[i];
        n->name = spec->names[i];
        n->query_len = queries_put_name(n->name, spec->subnet, n->query);
        if (n->query_len == 0) return false;
    }
    return true;
}

uint8_t watch_next(struct watch *w)
{
    if (w->count == 0 || w->turn++ % w->every != 0) return 0;
    return (uint8_t)(w->turn / w->every % w->count + 1);
}

static size_t skip_name(const uint8_t *m, size_t len, size_t at)
{
    while (at < len && m[at] != 0) {
        if ((m[at] & POINTER) == POINTER) return at + 2;
        at += (size_t)m[at] + 1;
    }
    return at + 1;
}

/* What tells one answer from another: RCODE, and the data of its first record. */
static void key_of(const uint8_t *m, size_t len, uint8_t key[WATCH_KEY_MAX])
{
    memset(key, 0, WATCH_KEY_MAX);
    key[0] = m[3] & 15;
    key[1] = m[7];
    size_t at = skip_name(m, len, HEADER) + 4;
    at = skip_name(m, len, at) + RECORD_HEAD;
    if (m[7] == 0 || at > len) return;
    size_t data = m[at - 1] < DATA_MAX ? m[at - 1] : DATA_MAX;
    if (at + data <= len) memcpy(key + 2, m + at, data);
}

void watch_answered(struct watch *w, const struct track_slot *slot, uint64_t received_at,
                    const uint8_t *message, size_t len)
{
    struct watch_name *n = &w->names[slot->poll - 1];
    uint8_t key[WATCH_KEY_MAX];
    key_of(message, len, key);
    n->answers++;
    if (!n->known) memcpy(n->before, key, sizeof(key));
    n->known = true;
    if (memcmp(key, n->before, sizeof(key)) == 0) {
        n->back += n->changed && slot->sent_at > n->changed_at;
        n->old_at = received_at;
        if (slot->sent_at > n->old_sent_at) n->old_sent_at = slot->sent_at;
        return;
    }
    if (n->changed && received_at >= n->changed_at) return;
    memcpy(n->behind, key, sizeof(key));
    n->changed = true;
    n->changed_at = received_at;
    n->changed_sent_at = slot->sent_at;
}

static void put_key(const char *what, const uint8_t key[WATCH_KEY_MAX], FILE *out)
{
    fprintf(out, ", \"%s\": \"", what);
    for (unsigned i = 0; i < WATCH_KEY_MAX; i++) {
        fprintf(out, "%02x", key[i]);
    }
    fputc('"', out);
}

void watch_put(const struct watch *w, FILE *out)
{
    fputc('[', out);
    for (unsigned i = 0; i < w->count; i++) {
        const struct watch_name *n = &w->names[i];
        fprintf(out, "%s{\"name\": \"%s\", \"polls\": %" PRIu64 ", \"answers\": %" PRIu64,
                i > 0 ? ", " : "", n->name, n->polls, n->answers);
        fprintf(out, ", \"changed\": %s, \"changed_at_ns\": %" PRIu64,
                n->changed ? "true" : "false", n->changed_at);
        fprintf(out, ", \"changed_sent_ns\": %" PRIu64 ", \"old_at_ns\": %" PRIu64,
                n->changed_sent_at, n->old_at);
        fprintf(out, ", \"old_sent_ns\": %" PRIu64 ", \"back\": %" PRIu64, n->old_sent_at, n->back);
        put_key("before", n->before, out);
        put_key("behind", n->behind, out);
        fputc('}', out);
    }
    fputc(']', out);
}
