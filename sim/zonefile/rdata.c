/* SPDX-License-Identifier: MIT
 * rdata.c: what ldns lets pass is checked here: numbers that wrap around, hexadecimal digits that
 * are none, data of RFC 3597 with too much behind them, service parameters that break RFC 9460. */
#include "rdata.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cnedge/model/answer.h"
#include "svcb.h"

enum { SHOWN_BYTES = 60 };

/* --- names and times -------------------------------------------------------------------------- */

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* One character or escape at `*p`; -1 when it is a broken escape. */
static int take_char(const char **p)
{
    const char *s = *p;
    *p = s + 1;
    if (*s != '\\') return (uint8_t)*s;
    if (!digit(s[1])) {
        *p = s[1] == '\0' ? s + 1 : s + 2;
        return s[1] == '\0' ? -1 : (uint8_t)s[1];
    }
    if (!digit(s[2]) || !digit(s[3])) return -1;
    int v = (s[1] - '0') * 100 + (s[2] - '0') * 10 + (s[3] - '0');
    *p = s + 4;
    return v <= UINT8_MAX ? v : -1;
}

size_t rdata_name(const char *text, const uint8_t *origin, uint8_t out[DNAME_MAX])
{
    size_t n = 0;
    bool absolute = false;
    const char *p = text;
    if (strcmp(p, ".") == 0) {
        out[0] = 0;
        return 1;
    }
    if (strcmp(p, "@") == 0) p++;
    while (*p != '\0') {
        size_t label = n++;
        while (*p != '\0' && *p != '.') {
            int c = take_char(&p);
            if (c < 0 || n + 1 >= DNAME_MAX || n - label > DNAME_LABEL_MAX) return 0;
            out[n++] = (uint8_t)c;
        }
        if (n - label == 1) return 0;
        out[label] = (uint8_t)(n - label - 1);
        absolute = *p == '.' && p[1] == '\0';
        if (*p == '.') p++;
    }
    static const uint8_t root[] = {0};
    const uint8_t *rest = absolute ? root : origin;
    size_t len = dname_len(rest);
    if (n + len > DNAME_MAX) return 0;
    memcpy(out + n, rest, len);
    return n + len;
}

static uint64_t unit_s(char c)
{
    switch (c | 0x20) {
    case 's':
        return 1;
    case 'm':
        return 60;
    case 'h':
        return 3600;
    case 'd':
        return 86400;
    case 'w':
        return 604800;
    default:
        return 0;
    }
}

/* A sum of numbers with units; a number alone is of seconds. */
static bool read_period(const char *p, uint64_t max, uint64_t *out)
{
    uint64_t sum = 0;
    if (*p == '\0') return false;
    for (bool first = true; *p != '\0'; first = false) {
        uint64_t v = 0;
        if (!digit(*p)) return false;
        while (digit(*p)) {
            v = v * 10 + (uint64_t)(*p++ - '0');
            if (v > UINT32_MAX) return false;
        }
        if (*p == '\0' && !first) return false;
        sum += *p == '\0' ? v : v * unit_s(*p);
        if (*p != '\0' && unit_s(*p++) == 0) return false;
        if (sum > max) return false;
    }
    *out = sum;
    return true;
}

bool rdata_ttl(const char *text, uint32_t *out)
{
    uint64_t v = 0;
    if (!read_period(text, ZONE_TTL_MAX_S, &v)) return false;
    *out = (uint32_t)v;
    return true;
}

/* --- types ------------------------------------------------------------------------------------ */

uint16_t rdata_type(const char *name)
{
    uint64_t v = 0;
    if (strncmp(name, "TYPE", 4) != 0 && strncmp(name, "type", 4) != 0) {
        return (uint16_t)ldns_get_rr_type_by_name(name);
    }
    if (!digit(name[4])) return 0;
    for (const char *p = name + 4; *p != '\0'; p++) {
        v = v * 10 + (uint64_t)(*p - '0');
        if (!digit(*p) || v > UINT16_MAX) return 0;
    }
    return (uint16_t)v;
}

void rdata_type_name(uint16_t type, char out[16])
{
    const ldns_rr_descriptor *d = ldns_rr_descript(type);
    if (d->_type == (ldns_rr_type)type && d->_name != NULL) {
        snprintf(out, 16, "%s", d->_name);
    } else {
        snprintf(out, 16, "TYPE%u", type);
    }
}

/* --- what ldns does not check ----------------------------------------------------------------- */

static bool all_digits(const char *text)
{
    size_t n = strspn(text, "0123456789");
    return n > 0 && text[n] == '\0';
}

static bool is_hex(const char *text)
{
    return text[strspn(text, "0123456789abcdefABCDEF")] == '\0';
}

/* The largest number that a field takes; 0 when it takes something else. */
static uint64_t field_max(ldns_rdf_type t, const char *text)
{
    if (t == LDNS_RDF_TYPE_INT8) return UINT8_MAX;
    if (t == LDNS_RDF_TYPE_INT16) return UINT16_MAX;
    if (t == LDNS_RDF_TYPE_INT32) return UINT32_MAX;
    if (t == LDNS_RDF_TYPE_ALG && all_digits(text)) return UINT8_MAX;
    if (t == LDNS_RDF_TYPE_CERT_ALG && all_digits(text)) return UINT16_MAX;
    return 0;
}

static bool in_range(const char *text, uint64_t max)
{
    uint64_t v = 0;
    return all_digits(text) && read_period(text, max, &v);
}

static bool check_field(const struct rdata_in *in, size_t i, ldns_rdf_type t,
                        char why[RDATA_WHY_MAX])
{
    uint64_t v = 0;
    const char *text = in->tokens[i].text;
    uint64_t max = field_max(t, text);
    if (max > 0 && !in_range(text, max)) {
        snprintf(why, RDATA_WHY_MAX, "expected a number 0..%llu, got \"%.*s\"",
                 (unsigned long long)max, SHOWN_BYTES, text);
        return false;
    }
    if (t == LDNS_RDF_TYPE_PERIOD && !read_period(text, UINT32_MAX, &v)) {
        snprintf(why, RDATA_WHY_MAX,
                 "expected seconds 0..4294967295, or such as 1h30m, got "
                 "\"%.*s\"",
                 SHOWN_BYTES, text);
        return false;
    }
    return true;
}

/* Digits from token `i` to the end. */
static bool check_hex(const struct rdata_in *in, size_t i, char why[RDATA_WHY_MAX])
{
    size_t digits = 0;
    for (; i < in->count; i++) {
        digits += strlen(in->tokens[i].text);
        if (is_hex(in->tokens[i].text)) continue;
        snprintf(why, RDATA_WHY_MAX, "expected hexadecimal digits, got \"%.*s\"", SHOWN_BYTES,
                 in->tokens[i].text);
        return false;
    }
    if (digits % 2 == 0) return true;
    snprintf(why, RDATA_WHY_MAX, "expected an even number of hexadecimal digits, got %zu", digits);
    return false;
}

static bool check_fields(const struct rdata_in *in, char why[RDATA_WHY_MAX])
{
    const ldns_rr_descriptor *d = ldns_rr_descript(in->type);
    if (d->_type != (ldns_rr_type)in->type) {
        snprintf(why, RDATA_WHY_MAX,
                 "expected the data of a type without a format of its own as in RFC 3597 (\\# 2 "
                 "abcd), got \"%.*s\"",
                 SHOWN_BYTES, in->count > 0 ? in->tokens[0].text : "");
        return false;
    }
    for (size_t i = 0; i < in->count && i < ldns_rr_descriptor_maximum(d); i++) {
        ldns_rdf_type t = ldns_rr_descriptor_field_type(d, i);
        if (t == LDNS_RDF_TYPE_HEX) return check_hex(in, i, why);
        if (!check_field(in, i, t, why)) return false;
        bool one_word = t != LDNS_RDF_TYPE_LOC && t != LDNS_RDF_TYPE_WKS && t != LDNS_RDF_TYPE_APL;
        if (!one_word) return true;
    }
    return true;
}

/* "\# 4 c0000201" (RFC 3597 section 5). */
static bool check_unknown(const struct rdata_in *in, char why[RDATA_WHY_MAX])
{
    if (in->count < 2 || !in_range(in->tokens[1].text, UINT16_MAX)) {
        snprintf(why, RDATA_WHY_MAX, "expected a length 0..65535 behind \\#, got \"%.*s\"",
                 SHOWN_BYTES, in->count < 2 ? "" : in->tokens[1].text);
        return false;
    }
    if (!check_hex(in, 2, why)) return false;
    uint64_t len = 0;
    size_t digits = 0;
    bool ok = read_period(in->tokens[1].text, UINT16_MAX, &len);
    for (size_t i = 2; i < in->count; i++) {
        digits += strlen(in->tokens[i].text);
    }
    if (ok && digits == 2 * len) return true;
    snprintf(why, RDATA_WHY_MAX, "expected %llu bytes as said behind \\#, got %zu",
             (unsigned long long)len, digits / 2);
    return false;
}

/* --- through ldns ----------------------------------------------------------------------------- */

struct joined {
    char text[ZONEFILE_RECORD_MAX + 4 * ZONEFILE_TOKENS_MAX];
    size_t len;
};

static void add(struct joined *l, const char *text)
{
    size_t n = strlen(text);
    CN_ASSERT(l->len + n < sizeof(l->text));
    memcpy(l->text + l->len, text, n + 1);
    l->len += n;
}

static bool is_service(uint16_t type)
{
    return type == RR_SVCB || type == RR_HTTPS;
}

/* The hint that a token asks to follow the decision; 0: it is an ordinary one. */
static uint8_t hint_of(const struct rdata_in *in, const struct lexer_token *t)
{
    if (!is_service(in->type) || t->quoted) return 0;
    if (strcmp(t->text, "ipv4hint=auto") == 0) return ZONE_HINT_V4;
    return strcmp(t->text, "ipv6hint=auto") == 0 ? ZONE_HINT_V6 : 0;
}

/* The record as one line, without the hints that follow the decision. */
static bool join(const struct rdata_in *in, struct joined *l, uint8_t *hints,
                 char why[RDATA_WHY_MAX])
{
    char type[16];
    rdata_type_name(in->type, type);
    l->len = 0;
    *hints = 0;
    add(l, ". 0 IN ");
    add(l, type);
    for (size_t i = 0; i < in->count; i++) {
        const struct lexer_token *t = &in->tokens[i];
        uint8_t hint = hint_of(in, t);
        if ((*hints & hint) != 0) {
            snprintf(why, RDATA_WHY_MAX, "expected each parameter once, got \"%s\" again", t->text);
            return false;
        }
        *hints |= hint;
        if (hint != 0) continue;
        add(l, t->quoted ? " \"" : " ");
        add(l, t->text);
        if (t->quoted) add(l, "\"");
    }
    return true;
}

/* Data that ldns took are read once more as a message would bring them. */
static bool reads_back(const ldns_rr *rr)
{
    ldns_buffer *b = ldns_buffer_new(LDNS_MIN_BUFLEN);
    ldns_rr *again = NULL;
    size_t pos = 0;
    bool ok = b != NULL && ldns_rr2buffer_wire(b, rr, LDNS_SECTION_ANSWER) == LDNS_STATUS_OK &&
              ldns_wire2rr(&again, ldns_buffer_begin(b), ldns_buffer_position(b), &pos,
                           LDNS_SECTION_ANSWER) == LDNS_STATUS_OK &&
              pos == ldns_buffer_position(b);
    ldns_rr_free(again);
    ldns_buffer_free(b);
    return ok;
}

static bool take_wire(const ldns_rr *rr, struct rdata_out *out)
{
    size_t len = 0;
    for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
        const ldns_rdf *f = ldns_rr_rdf(rr, i);
        size_t n = ldns_rdf_size(f);
        if (n > sizeof(out->wire) - len) return false;
        if (n > 0) memcpy(out->wire + len, ldns_rdf_data(f), n);
        len += n;
    }
    out->len = (uint16_t)len;
    return true;
}

/* `bytes`: how long the data are by RFC 3597; -1: not said. */
static bool through_ldns(const struct rdata_in *in, const struct joined *l, int bytes,
                         struct rdata_out *out, char why[RDATA_WHY_MAX])
{
    ldns_rr *rr = NULL;
    ldns_rdf *origin =
        ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, dname_len(in->origin), in->origin);
    ldns_status s = LDNS_STATUS_MEM_ERR;
    if (origin != NULL) s = ldns_rr_new_frm_str(&rr, l->text, 0, origin, NULL);
    bool ok = s == LDNS_STATUS_OK && take_wire(rr, out) && reads_back(rr) &&
              (bytes < 0 || out->len == bytes);
    if (!ok) {
        char type[16];
        rdata_type_name(in->type, type);
        const char *data = strstr(l->text, type) + strlen(type);
        snprintf(why, RDATA_WHY_MAX, "expected the data of a %s record, got \"%.*s\"%s%s", type,
                 SHOWN_BYTES, *data == ' ' ? data + 1 : data, s != LDNS_STATUS_OK ? ": " : "",
                 s != LDNS_STATUS_OK ? ldns_get_errorstr_by_id(s) : "");
    }
    ldns_rr_free(rr);
    ldns_rdf_deep_free(origin);
    return ok;
}

bool rdata_read(const struct rdata_in *in, struct rdata_out *out, char why[RDATA_WHY_MAX])
{
    struct joined l;
    bool unknown = in->count > 0 && !in->tokens[0].quoted && strcmp(in->tokens[0].text, "\\#") == 0;
    if (!(unknown ? check_unknown(in, why) : check_fields(in, why))) return false;
    int bytes = unknown ? (int)strtol(in->tokens[1].text, NULL, 10) : -1;
    if (!join(in, &l, &out->hints, why) || !through_ldns(in, &l, bytes, out, why)) return false;
    return !is_service(in->type) || svcb_check(in, out, why);
}

bool rdata_show(uint16_t type, const struct zone_datum *d, char *out, size_t cap)
{
    enum { HEAD = 11 }; /* root, type, class, TTL, length */
    uint8_t wire[HEAD + UINT16_MAX] = {0, (uint8_t)(type >> 8), (uint8_t)type, 0, 1};
    ldns_rr *rr = NULL;
    size_t pos = 0;
    wire[HEAD - 2] = (uint8_t)(d->len >> 8);
    wire[HEAD - 1] = (uint8_t)d->len;
    memcpy(wire + HEAD, d->rdata, d->len);
    char *text = NULL;
    if (ldns_wire2rr(&rr, wire, HEAD + (size_t)d->len, &pos, LDNS_SECTION_ANSWER) ==
        LDNS_STATUS_OK) {
        text = ldns_rr2str(rr);
    }
    const char *data = text; /* owner, TTL, class and type are parted by tabs */
    for (int i = 0; i < 4 && data != NULL; i++) {
        data = strchr(data, '\t');
        if (data != NULL) data++;
    }
    if (data != NULL) snprintf(out, cap, "%.*s", (int)strcspn(data, "\n"), data);
    free(text);
    ldns_rr_free(rr);
    return data != NULL;
}
