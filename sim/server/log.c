/* SPDX-License-Identifier: MIT */
#include "cnedge/server/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cnedge/base/timetext.h"
#include "cnedge/server/clock.h"

enum {
    MILLISECOND_NS = 1000000,
    VALUE_BYTES_MAX = 1024,
    ESCAPED_BYTES_MAX = 6 * VALUE_BYTES_MAX + 3, /* each byte as six, in quotes */
    LINE_BYTES_MAX = 8192,
    SEQUENCE_MAX = 4, /* bytes of a character in UTF-8 */
};

struct log_line { /* written as a whole, so that lines of several programs do not mix */
    enum log_format format;
    char text[LINE_BYTES_MAX];
    size_t len;
};

const char *log_format_name(enum log_format f)
{
    return f == LOG_JSON ? "json" : "text";
}

/* --- values ----------------------------------------------------------------------------------- */

/* How many bytes of `s` are one character of UTF-8 outside of ASCII; 0: none are. */
static size_t sequence(const char *s)
{
    static const struct {
        uint8_t first, first_end, second, second_end, len;
    } forms[] = {{0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
                 {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3},
                 {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
                 {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4}};
    uint8_t b[SEQUENCE_MAX] = {0};
    for (size_t i = 0; i < SEQUENCE_MAX && s[i] != '\0'; i++) {
        b[i] = (uint8_t)s[i];
    }
    for (size_t f = 0; f < CN_ARRAY_LEN(forms); f++) {
        if (b[0] < forms[f].first || b[0] > forms[f].first_end) continue;
        if (b[1] < forms[f].second || b[1] > forms[f].second_end) return 0;
        for (size_t i = 2; i < forms[f].len; i++) {
            if ((b[i] & 0xC0) != 0x80) return 0;
        }
        return forms[f].len;
    }
    return 0;
}

/* Writes one character of `s` so that it can stand in quotes; returns how many bytes it was. */
static size_t put_character(enum log_format f, const char *s, char **out)
{
    size_t len = sequence(s);
    uint8_t c = (uint8_t)*s;
    if (len > 0) {
        memcpy(*out, s, len);
        *out += len;
        return len;
    }
    if (c == '"' || c == '\\') {
        *(*out)++ = '\\';
        *(*out)++ = (char)c;
    } else if (c >= ' ' && c < 0x7F) {
        *(*out)++ = (char)c;
    } else if (f == LOG_JSON) {
        *out += snprintf(*out, 7, "\\u%04x", c < 0x80 ? (unsigned)c : 0xFFFDU);
    } else {
        *out += snprintf(*out, 7, "\\x%02x", (unsigned)c);
    }
    return 1;
}

/* The value as it stands in a line: of text, bare where it can be. */
static void escape(enum log_format f, const char *value, char out[ESCAPED_BYTES_MAX])
{
    bool bare = f == LOG_TEXT && *value != '\0';
    char *at = out;
    *at++ = '"';
    for (size_t i = 0; i < VALUE_BYTES_MAX - SEQUENCE_MAX && value[i] != '\0';) {
        bare = bare && value[i] > ' ' && value[i] < 0x7F && strchr("=\"\\", value[i]) == NULL;
        i += put_character(f, value + i, &at);
    }
    *at++ = '"';
    *at = '\0';
    if (!bare) return;
    at[-1] = '\0';
    memmove(out, out + 1, (size_t)(at - out) - 1);
}

/* A field stands there whole or not at all: a cut line would be no JSON any more. */
static void put(struct log_line *l, const char *key, const char *value)
{
    char escaped[ESCAPED_BYTES_MAX];
    escape(l->format, value, escaped);
    size_t room = sizeof(l->text) - l->len;
    if (strlen(key) + strlen(escaped) + sizeof(",\"\":}") > room) return;
    int n = l->format == LOG_JSON ? snprintf(l->text + l->len, room, ",\"%s\":%s", key, escaped)
                                  : snprintf(l->text + l->len, room, " %s=%s", key, escaped);
    l->len += (size_t)n;
}

static struct log_line begin(enum log_format f)
{
    struct log_line l = {.format = f};
    char text[TIMETEXT_MAX];
    walltime now = clock_wall();
    timetext_put_instant((walltime){now.ns - now.ns % MILLISECOND_NS}, text);
    put(&l, "time", text);
    return l;
}

/* The first field has brought a separator that no line begins with. */
static void finish(struct log_line *l)
{
    if (l->format == LOG_JSON) {
        fprintf(stderr, "{%s}\n", l->text + 1);
    } else {
        fprintf(stderr, "%s\n", l->text + 1);
    }
}

/* --- lines ------------------------------------------------------------------------------------ */

static void put_host(struct log_line *l, const struct host_spec *h)
{
    char text[DNAME_TEXT_MAX];
    dname_to_text(h->name, text);
    put(l, "host", text);
}

/* What the event is about. */
static void put_subject(struct log_line *l, const struct world_spec *w, const struct event *e)
{
    const struct topology *t = w->topology;
    if (e->site != CN_NONE32) {
        put(l, spec_site_key(w, e->site), w->sites[e->site].domain);
    }
    if (e->host != CN_NONE32) put_host(l, &w->hosts[e->host]);
    if (e->holder != CN_NONE32) put(l, "holder", w->holders[e->holder].id);
    if (e->account != CN_NONE32) put(l, "account", w->accounts[e->account].id);
    if (e->pop != CN_NONE16) put(l, "pop", t->pops[e->pop].id);
    if ((event_info(e->kind)->required & PARAM_FAMILY) != 0) {
        put(l, "family", family_name((enum family)e->family));
    }
    if ((event_info(e->kind)->required & PARAM_ADDRESS) != 0) {
        char text[ADDRTEXT_MAX];
        world_address_text(w, e, text);
        put(l, "address", text);
    }
    if (e->carrier != CN_NONE16) put(l, "carrier", carrier_name((enum carrier)e->carrier));
    if (e->region != CN_NONE16) put(l, "province", t->regions[e->region].name);
}

void log_event(enum log_format f, const struct scenario *s, const struct engine_step *step)
{
    char at[TIMETEXT_MAX];
    struct log_line l = begin(f);
    timetext_put_simtime(step->event.at, at);
    put(&l, "at", at);
    put(&l, "event", event_info(step->event.kind)->name);
    if (step->from != NULL && step->from->id[0] != '\0') put(&l, "id", step->from->id);
    put_subject(&l, &s->world, &step->event);
    put(&l, "result", step->refusal == REFUSAL_NONE ? "applied" : "refused");
    if (step->refusal != REFUSAL_NONE) put(&l, "code", refusal_name(step->refusal));
    finish(&l);
}

void log_run_end(struct log_run *r)
{
    char text[TIMETEXT_MAX];
    if (r->more == 0) return;
    struct log_line l = begin(r->format);
    timetext_put_simtime(r->last, text);
    put(&l, "at", text);
    put(&l, "event", event_info(r->kind)->name);
    snprintf(text, sizeof(text), "%" PRIu64, r->more);
    put(&l, "more", text);
    finish(&l);
    r->more = 0;
}

void log_run_event(struct log_run *r, const struct engine_step *step)
{
    bool timer = step->from == NULL && step->refusal == REFUSAL_NONE;
    if (r->lines > 0 && (!timer || step->event.kind != r->kind)) {
        log_run_end(r);
        r->lines = 0;
    }
    if (timer && r->lines == LOG_ALIKE_MAX) {
        r->more++;
        r->last = step->event.at;
        return;
    }
    r->kind = step->event.kind;
    r->lines += timer ? 1 : 0;
    log_event(r->format, r->scenario, step);
}

void log_text(enum log_format f, const char *fmt, ...)
{
    char text[VALUE_BYTES_MAX];
    va_list ap;
    struct log_line l = begin(f);
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    put(&l, "msg", text);
    finish(&l);
}

static void put_count(struct log_line *l, const char *key, uint64_t n)
{
    char text[TIMETEXT_MAX];
    snprintf(text, sizeof(text), "%" PRIu64, n);
    put(l, key, text);
}

void log_reloaded(enum log_format f, const struct scenario *s)
{
    char text[VALUE_BYTES_MAX];
    struct log_line l = begin(f);
    struct spec_count n = spec_count(&s->world);
    snprintf(text, sizeof(text), "reloaded %s", s->file);
    put(&l, "msg", text);
    put_count(&l, "sites", n.sites);
    put_count(&l, "hosts", n.hosts);
    finish(&l);
}
