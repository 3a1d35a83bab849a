/* SPDX-License-Identifier: MIT */
#include "cnedge/server/listen.h"

#include <stdio.h>
#include <string.h>

#include "cnedge/base/addrtext.h"

enum { PORT_MAX = 65535, PORT_DIGITS_MAX = 5, ECHO_MAX = 120 /* of what was given, in messages */ };

static bool fail(char *error, const char *expected, const char *got)
{
    snprintf(error, LISTEN_ERROR_MAX, "expected %s, got \"%.*s\"", expected, ECHO_MAX, got);
    return false;
}

static bool read_port(const char *text, size_t len, uint16_t *out)
{
    unsigned long v = 0;
    if (len == 0 || len > PORT_DIGITS_MAX) return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        v = v * 10 + (unsigned long)(text[i] - '0');
    }
    *out = (uint16_t)v;
    return v <= PORT_MAX;
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

bool listen_read(const char *text, struct listen_at *out, char error[LISTEN_ERROR_MAX])
{
    static const char scheme[] = "tls://";
    bool tls = strncmp(text, scheme, sizeof(scheme) - 1) == 0;
    if (tls) text += sizeof(scheme) - 1;
    size_t end = strcspn(text, "="); /* of address and port */
    size_t colon = end;
    *out = (struct listen_at){.tls = tls};
    while (colon > 0 && text[colon] != ':') {
        colon--;
    }
    if (text[colon] != ':') return fail(error, LISTEN_FORM, text);
    if (!read_address(text, colon, out)) {
        return fail(error, "an IPv4 address, or an IPv6 address in brackets, before the port",
                    text);
    }
    if (!read_port(text + colon + 1, end - colon - 1, &out->port)) {
        return fail(error, "a port from 0 to 65535 behind the address", text);
    }
    if (text[end] == '\0') return true;
    const char *line = text + end + 1;
    size_t len = strcspn(line, ",");
    out->path = strcmp(line + len, ",path") == 0;
    if (line[len] != '\0' && !out->path) {
        return fail(error, "\",path\" or nothing behind the line", text);
    }
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
