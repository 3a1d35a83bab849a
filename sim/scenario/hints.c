/* SPDX-License-Identifier: MIT */
#include "hints.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cnedge/base/addrtext.h"
#include "cnedge/base/dname.h"
#include "cnedge/base/timetext.h"

static bool is_duration(const char *text)
{
    simdur d;
    return timetext_duration(text, strlen(text), &d);
}

/* "2026-03-02T09:00:00" or with a blank for the T, and perhaps no zone. */
bool hints_instant(const char *text, char out[HINTS_TEXT_MAX])
{
    char t[TIMETEXT_MAX];
    walltime w;
    size_t len = strlen(text);
    if (len < sizeof("2026-03-02T") || len > TIMETEXT_MAX - 2) return false;
    memcpy(t, text, len + 1);
    bool blank = t[10] == ' ' || t[10] == 't';
    if (blank) t[10] = 'T';
    if (timetext_instant(t, &w)) {
        snprintf(out, HINTS_TEXT_MAX, "did you mean \"%s\"?", t);
        return blank;
    }
    memcpy(t + len, "Z", sizeof("Z"));
    if (!timetext_instant(t, &w)) return false;
    snprintf(out, HINTS_TEXT_MAX, "the zone is missing: \"%s\" in UTC, \"%.*s+08:00\" in China", t,
             (int)len, t);
    return true;
}

/* All digits: a number of what? */
static bool is_number(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && digits < 10 && text[digits] == '\0';
}

bool hints_duration(const char *text, char out[HINTS_TEXT_MAX])
{
    if (*text == '+' && is_duration(text + 1)) {
        snprintf(out, HINTS_TEXT_MAX, "did you mean \"%s\"?", text + 1);
        return true;
    }
    if (!is_number(text)) return false;
    snprintf(out, HINTS_TEXT_MAX, "the unit is missing: \"%ss\", \"%sm\", \"%sh\" or \"%sd\"", text,
             text, text, text);
    return true;
}

bool hints_time(const char *text, char out[HINTS_TEXT_MAX])
{
    const char *plus = *text == '+' ? text + 1 : text;
    if (*text != '+' && strlen(text) < HINTS_TEXT_MAX / 2 && is_duration(text)) {
        snprintf(out, HINTS_TEXT_MAX, "did you mean \"+%s\"?", text);
        return true;
    }
    if (is_number(plus)) {
        snprintf(out, HINTS_TEXT_MAX,
                 "the unit is missing: \"+%ss\", \"+%sm\", \"+%sh\" or \"+%sd\"", plus, plus, plus,
                 plus);
        return true;
    }
    return hints_instant(text, out);
}

/* What is wrong with a sign of a name; NULL: nothing. */
static const char *sign_fault(char c)
{
    unsigned char u = (unsigned char)c;
    bool alnum = (u >= '0' && u <= '9') || ((u | 0x20U) >= 'a' && (u | 0x20U) <= 'z');
    if (alnum || u == '-' || u == '_') return NULL;
    if (u == ' ' || u == '\t') return "there is a blank in it";
    if (u == '/' || u == ':') return "only the name, without scheme, port and path";
    if (u >= 0x80) {
        return "letters beyond ASCII are written in their DNS form, \"xn--...\" (try: idn2)";
    }
    return "a label has letters, digits and hyphens only";
}

/* What is wrong with a label of `len` bytes; NULL: nothing. */
static const char *label_fault(const char *label, size_t len)
{
    if (len == 0) return "a label is empty: there is a dot too many";
    for (size_t i = 0; i < len; i++) {
        const char *fault = sign_fault(label[i]);
        if (fault != NULL) return fault;
    }
    if (len > DNAME_LABEL_MAX) return "a label has at most 63 bytes";
    if (label[0] == '-') return "a label cannot begin with a hyphen";
    if (label[len - 1] == '-') return "a label cannot end with a hyphen";
    if (memchr(label + 1, '_', len - 1) != NULL || (len == 1 && label[0] == '_')) {
        return "an underscore can only begin a label";
    }
    return NULL;
}

bool hints_name(const char *text, char out[HINTS_TEXT_MAX])
{
    const char *fault = NULL;
    if (strncmp(text, "*.", 2) == 0) text += 2;
    if (*text == '\0') return false;
    while (fault == NULL && *text != '\0') {
        size_t len = strcspn(text, ".");
        fault = label_fault(text, len);
        text += len + (text[len] == '.' ? 1 : 0);
    }
    if (fault != NULL) snprintf(out, HINTS_TEXT_MAX, "%s", fault);
    return fault != NULL;
}

bool hints_domain(const char *text, char out[HINTS_TEXT_MAX])
{
    if (strncmp(text, "*.", 2) != 0) return hints_name(text, out);
    snprintf(out, HINTS_TEXT_MAX, "a pattern is no domain: leave out \"*.\"");
    return true;
}

bool hints_row_key(const char *text, char out[HINTS_TEXT_MAX])
{
    static const struct {
        const char *key, *hint;
    } hints[] = {
        {"zone", "a site with a zone has to stand in \"sites\""},
        {"number", "did you mean \"filing_number\"?"},
        {"state", "did you mean \"filing_state\"?"},
        {"order", "did you mean \"filing_order\"?"},
        {"accesses", "did you mean \"filing_accesses\"?"},
    };
    for (size_t i = 0; i < CN_ARRAY_LEN(hints); i++) {
        if (strcmp(text, hints[i].key) != 0) continue;
        snprintf(out, HINTS_TEXT_MAX, "%s", hints[i].hint);
        return true;
    }
    return false;
}

/* Clears what lies behind the prefix. */
static void clear_behind(uint8_t address[16], unsigned bits)
{
    for (unsigned i = 0; i < 16; i++) {
        unsigned keep = bits >= 8 * i + 8 ? 8 : bits <= 8 * i ? 0 : bits - 8 * i;
        address[i] = (uint8_t)(address[i] & 0xFF00U >> keep);
    }
}

bool hints_prefix(const char *text, char out[HINTS_TEXT_MAX])
{
    char address[ADDRTEXT_MAX];
    uint8_t bytes[16] = {0};
    bool v6;
    const char *slash = strchr(text, '/');
    if (slash == NULL || slash - text >= ADDRTEXT_MAX || !is_number(slash + 1)) return false;
    memcpy(address, text, (size_t)(slash - text));
    address[slash - text] = '\0';
    unsigned long bits = strtoul(slash + 1, NULL, 10);
    if (!addrtext_read(address, bytes, &v6) || bits > (v6 ? 128U : 32U)) return false;
    clear_behind(bytes, (unsigned)bits);
    addrtext_put(bytes, v6, address);
    snprintf(out, HINTS_TEXT_MAX, "did you mean \"%s/%lu\"?", address, bits);
    return true;
}
