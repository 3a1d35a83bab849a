/* SPDX-License-Identifier: MIT */
#include "svcb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Service parameter keys (RFC 9460 section 14.3.2). */
enum { MANDATORY = 0, ALPN = 1, NO_DEFAULT_ALPN = 2, PORT = 3, IPV4HINT = 4, IPV6HINT = 6 };

struct params {
    const uint8_t *p, *end;
};

struct param {
    uint16_t key, len;
    const uint8_t *value;
};

static uint16_t get_u16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

/* The next parameter; false at the end, or when it is cut off. */
static bool next(struct params *s, struct param *out)
{
    if (s->end - s->p < 4) return false;
    *out = (struct param){get_u16(s->p), get_u16(s->p + 2), s->p + 4};
    if (out->len > s->end - out->value) return false;
    s->p = out->value + out->len;
    return true;
}

static bool has(struct params s, uint16_t key)
{
    struct param q;
    while (next(&s, &q)) {
        if (q.key == key) return true;
    }
    return false;
}

/* Keys in order, each there, none of them "mandatory" itself (section 8). */
static const char *judge_mandatory(const struct param *q, struct params all)
{
    if (q->len == 0 || q->len % 2 != 0) return "expected names of parameters in \"mandatory\"";
    for (uint16_t i = 0; i < q->len; i += 2) {
        uint16_t key = get_u16(q->value + i);
        if (key == MANDATORY) return "expected other parameters than itself in \"mandatory\"";
        if (i > 0 && key <= get_u16(q->value + i - 2)) {
            return "expected each parameter once in \"mandatory\"";
        }
        if (!has(all, key)) {
            return "expected the parameters that \"mandatory\" names, with values of their own";
        }
    }
    return NULL;
}

static const char *judge_alpn(const struct param *q)
{
    size_t i = 0;
    while (i < q->len && q->value[i] > 0) {
        i += q->value[i] + 1U;
    }
    return q->len > 0 && i == q->len ? NULL : "expected names of protocols in \"alpn\"";
}

static const char *judge(const struct param *q, struct params all)
{
    switch (q->key) {
    case MANDATORY:
        return judge_mandatory(q, all);
    case ALPN:
        return judge_alpn(q);
    case NO_DEFAULT_ALPN:
        if (q->len > 0) return "expected no value of \"no-default-alpn\"";
        return has(all, ALPN) ? NULL : "expected \"alpn\" beside \"no-default-alpn\"";
    case PORT:
        return q->len == 2 ? NULL : "expected a port 0..65535";
    case IPV4HINT:
        return q->len > 0 && q->len % 4 == 0 ? NULL : "expected IPv4 addresses in \"ipv4hint\"";
    case IPV6HINT:
        return q->len > 0 && q->len % 16 == 0 ? NULL : "expected IPv6 addresses in \"ipv6hint\"";
    default:
        return NULL;
    }
}

/* A port of more than 16 bits, which ldns cuts. */
static bool ports_fit(const struct rdata_in *in)
{
    for (size_t i = 0; i < in->count; i++) {
        const char *text = in->tokens[i].text;
        if (strncmp(text, "port=", 5) != 0) continue;
        text += text[5] == '"' ? 6 : 5;
        size_t digits = strspn(text, "0123456789");
        bool ends = text[digits] == '\0' || strcmp(text + digits, "\"") == 0;
        if (digits == 0 || digits > 5 || !ends || strtol(text, NULL, 10) > UINT16_MAX) return false;
    }
    return true;
}

static const char *judge_all(const struct rdata_in *in, const struct rdata_out *out)
{
    size_t head = 2 + dname_len(out->wire + 2);
    struct params all = {out->wire + head, out->wire + out->len};
    bool alias = get_u16(out->wire) == 0;
    if (alias && (all.p != all.end || out->hints != 0)) {
        return "expected no parameters with priority 0 (an alias)";
    }
    if (!ports_fit(in)) return "expected a port 0..65535";
    struct param q;
    struct params rest = all;
    int last = -1;
    while (next(&rest, &q)) {
        bool both = (q.key == IPV4HINT && (out->hints & ZONE_HINT_V4) != 0) ||
                    (q.key == IPV6HINT && (out->hints & ZONE_HINT_V6) != 0);
        if (q.key <= last || both) return "expected each parameter once";
        last = q.key;
        const char *why = judge(&q, all);
        if (why != NULL) return why;
    }
    return rest.p == rest.end ? NULL : "expected whole parameters";
}

bool svcb_check(const struct rdata_in *in, const struct rdata_out *out, char why[RDATA_WHY_MAX])
{
    const char *text = judge_all(in, out);
    if (text != NULL) snprintf(why, RDATA_WHY_MAX, "%s (RFC 9460)", text);
    return text == NULL;
}
