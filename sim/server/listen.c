/* SPDX-License-Identifier: MIT */
#include "cnedge/server/listen.h"

#include <stdio.h>
#include <string.h>

#include "cnedge/base/addrtext.h"

enum { PORT_MAX = 65535, DIGITS_MAX = 5, ECHO_MAX = 120 /* of what was given, in messages */ };

#define LISTEN_PROFILES                                                                            \
    "one resolver: honest, floor, extend, stale_first or stale_forever; behind floor maybe a "     \
    "colon and seconds (1 to 86400), behind extend a factor (1 to 1000)"

static bool fail(char *error, const char *expected, const char *got)
{
    snprintf(error, LISTEN_ERROR_MAX, "expected %s, got \"%.*s\"", expected, ECHO_MAX, got);
    return false;
}

static bool read_number(const char *text, size_t len, uint32_t max, uint32_t *out)
{
    uint32_t v = 0;
    if (len == 0 || len > DIGITS_MAX) return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        v = v * 10 + (uint32_t)(text[i] - '0');
    }
    *out = v;
    return v <= max;
}

/* The address in `text`, brackets and all; an IPv6 address needs them, an IPv4 address has none. */
static bool read_address(const char *text, size_t len, struct listen_at *out)
{
    char plain[ADDRTEXT_MAX];
    bool brackets = len >= 2 && text[0] == '[' && text[len - 1] == ']';
    if (brackets) {
        text++;
        len -= 2;
    }
    if (len == 0 || len >= sizeof(plain)) return false;
    memcpy(plain, text, len);
    plain[len] = '\0';
    return addrtext_read(plain, out->address, &out->v6) && out->v6 == brackets;
}

/* --- what stands behind the address ------------------------------------------------------------
 */

/* The habit of that profile as the populations have it of which a scenario says nothing. */
static struct population default_habit(uint8_t profile)
{
    struct population_mix mix = population_default(true);
    uint32_t i = 0;
    while (mix.list[i].profile != profile) {
        i++;
    }
    CN_ASSERT(i < mix.count);
    return mix.list[i];
}

static uint8_t find_profile(const char *text, size_t len)
{
    int p = 0;
    for (; p < POPULATION_COUNT; p++) {
        const char *name = population_profile_name((enum population_profile)p);
        if (strlen(name) == len && memcmp(name, text, len) == 0) break;
    }
    return (uint8_t)p;
}

/* The seconds of "floor", the factor of "extend". */
static bool read_amount(const char *text, size_t len, struct population *habit)
{
    bool floor = habit->profile == POPULATION_FLOOR;
    uint32_t max = floor ? POPULATION_FLOOR_MAX_S : POPULATION_EXTEND_MAX;
    uint32_t *amount = floor ? &habit->floor_s : &habit->extend;
    if (!floor && habit->profile != POPULATION_EXTEND) return false;
    return read_number(text, len, max, amount) && *amount >= 1;
}

static bool read_resolver(const char *text, size_t len, struct listen_at *out)
{
    const char *colon = memchr(text, ':', len);
    size_t name = colon != NULL ? (size_t)(colon - text) : len;
    uint8_t profile = find_profile(text, name);
    if (out->resolver || profile == POPULATION_COUNT) return false;
    out->resolver = true;
    out->habit = default_habit(profile);
    return colon == NULL || read_amount(colon + 1, len - name - 1, &out->habit);
}

/* ",path" and ",resolver=PROFILE", each at most once. */
static bool read_mode(const char *text, struct listen_at *out, char error[LISTEN_ERROR_MAX])
{
    static const char resolver[] = ",resolver=";
    while (*text != '\0') {
        size_t len = 1 + strcspn(text + 1, ",");
        if (len == strlen(",path") && memcmp(text, ",path", len) == 0 && !out->path) {
            out->path = true;
        } else if (strncmp(text, resolver, sizeof(resolver) - 1) != 0) {
            return fail(error, "\",path\", \",resolver=PROFILE\" or nothing behind the line", text);
        } else if (!read_resolver(text + sizeof(resolver) - 1, len - sizeof(resolver) + 1, out)) {
            return fail(error, LISTEN_PROFILES, text);
        }
        text += len;
    }
    return true;
}

bool listen_read(const char *text, struct listen_at *out, char error[LISTEN_ERROR_MAX])
{
    static const char scheme[] = "tls://";
    bool tls = strncmp(text, scheme, sizeof(scheme) - 1) == 0;
    if (tls) text += sizeof(scheme) - 1;
    size_t end = strcspn(text, "="); /* of address and port */
    size_t colon = end;
    uint32_t port;
    *out = (struct listen_at){.tls = tls};
    while (colon > 0 && text[colon] != ':') {
        colon--;
    }
    if (text[colon] != ':') return fail(error, LISTEN_FORM, text);
    if (!read_address(text, colon, out)) {
        return fail(error, "an IPv4 address, or an IPv6 address in brackets, before the port",
                    text);
    }
    if (!read_number(text + colon + 1, end - colon - 1, PORT_MAX, &port)) {
        return fail(error, "a port from 0 to 65535 behind the address", text);
    }
    out->port = (uint16_t)port;
    if (text[end] == '\0') return true;
    const char *line = text + end + 1;
    size_t len = strcspn(line, ",");
    if (!read_mode(line + len, out, error)) return false;
    if (len == 0 || len >= LISTEN_LINE_MAX) {
        return fail(error, "the name of a line behind \"=\"", text);
    }
    snprintf(out->line, sizeof(out->line), "%.*s", (int)len, line);
    return true;
}

bool listen_is_loopback(const struct listen_at *at)
{
    static const uint8_t v6[16] = {[15] = 1};
    return at->v6 ? memcmp(at->address, v6, sizeof(v6)) == 0 : at->address[0] == 127;
}

void listen_put(const struct listen_at *at, char out[LISTEN_TEXT_MAX])
{
    char address[ADDRTEXT_MAX];
    addrtext_put(at->address, at->v6, address);
    snprintf(out, LISTEN_TEXT_MAX, at->v6 ? "[%s]:%u" : "%s:%u", address, (unsigned)at->port);
}

void listen_put_mode(const struct listen_at *at, char out[LISTEN_MODE_MAX])
{
    const struct population *h = &at->habit;
    const char *path = at->path ? ",path" : "";
    if (!at->resolver) {
        snprintf(out, LISTEN_MODE_MAX, "%s", path);
        return;
    }
    const char *name = population_profile_name((enum population_profile)h->profile);
    int n = snprintf(out, LISTEN_MODE_MAX, "%s,resolver=%s", path, name);
    uint32_t amount = h->profile == POPULATION_FLOOR    ? h->floor_s
                      : h->profile == POPULATION_EXTEND ? h->extend
                                                        : 0;
    if (amount != 0) snprintf(out + n, LISTEN_MODE_MAX - (size_t)n, ":%u", (unsigned)amount);
}
