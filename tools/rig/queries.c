/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* strchrnul */
#include "queries.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEADER = 12,
    SITE_BYTES = 17, /* 7 dNNNNNN 7 example 0 */
    TYPE_A = 1,
    TYPE_AAAA = 28,
    OPT_BYTES = 11,
    UDP_SIZE = 1232,
    ARCOUNT_AT = 11,
    LABEL_MAX = 63,
    NAME_MAX_BYTES = 64,
};

/* --- random numbers: xorshift64*, of which the upper half is used ------------------------------
 */

static uint64_t next(struct queries *q)
{
    uint64_t x = q->state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    q->state = x;
    return x * UINT64_C(0x2545F4914F6CDD1D);
}

uint32_t queries_below(struct queries *q, uint32_t n)
{
    return (uint32_t)((next(q) >> 32) * n >> 32);
}

double queries_gap(struct queries *q)
{
    return -log(((double)(next(q) >> 11) + 1) * 0x1p-53);
}

/* --- which site --------------------------------------------------------------------------------
 */

static bool fail(const char *what, const char *why)
{
    fprintf(stderr, "rig_load: %s: %s\n", what, why);
    return false;
}

/* Which rank a site has is drawn too, so that neighbours in a table are not neighbours in rank. */
static void shuffle(struct queries *q, uint32_t *site)
{
    for (uint32_t i = 0; i < q->sites; i++) {
        uint32_t other = queries_below(q, i + 1);
        site[i] = site[other];
        site[other] = i;
    }
}

static bool make_ring(struct queries *q, double exponent)
{
    double *upto = malloc(q->sites * sizeof(*upto));
    uint32_t *site = malloc(q->sites * sizeof(*site));
    q->ring = malloc(QUERIES_RING * sizeof(*q->ring));
    if (upto == NULL || site == NULL || q->ring == NULL) return fail("zipf", strerror(ENOMEM));
    double sum = 0;
    for (uint32_t i = 0; i < q->sites; i++) {
        sum += pow(i + 1, -exponent);
        upto[i] = sum;
    }
    shuffle(q, site);
    for (uint32_t i = 0; i < QUERIES_RING; i++) {
        double at = (double)(next(q) >> 11) * 0x1p-53 * sum;
        uint32_t low = 0;
        for (uint32_t high = q->sites - 1; low < high;) {
            uint32_t mid = low + (high - low) / 2;
            if (upto[mid] < at) {
                low = mid + 1;
            } else {
                high = mid;
            }
        }
        q->ring[i] = site[low];
    }
    free(upto);
    free(site);
    return true;
}

static uint32_t draw_site(struct queries *q)
{
    if (q->ring == NULL) return queries_below(q, q->sites);
    return q->ring[q->ring_at++ % QUERIES_RING];
}

/* --- OPT, Client Subnet ------------------------------------------------------------------------
 */

static const uint8_t opt_record[OPT_BYTES] = {0, 0, 41, UDP_SIZE >> 8, UDP_SIZE & 0xFF};

/* The OPT record with the subnet `text`, such as 198.51.100.0/24. */
static bool read_subnet(const char *text, struct queries_tail *out)
{
    char address[INET6_ADDRSTRLEN];
    uint8_t bytes[16];
    const char *slash = strchr(text, '/');
    if (slash == NULL || slash - text >= (long)sizeof(address)) return false;
    memcpy(address, text, (size_t)(slash - text));
    address[slash - text] = '\0';
    unsigned long bits = strtoul(slash + 1, NULL, 10);
    bool v6 = strchr(address, ':') != NULL;
    if (inet_pton(v6 ? AF_INET6 : AF_INET, address, bytes) != 1) return false;
    if (bits > (v6 ? 128 : 32)) return false;
    uint8_t len = (uint8_t)((bits + 7) / 8);
    const uint8_t option[] = {(uint8_t)(8 + len), 0, 8, 0, (uint8_t)(4 + len), 0, v6 ? 2 : 1,
                              (uint8_t)bits,      0};
    memcpy(out->bytes, opt_record, OPT_BYTES);
    memcpy(out->bytes + OPT_BYTES - 1, option, sizeof(option));
    memcpy(out->bytes + OPT_BYTES - 1 + sizeof(option), bytes, len);
    out->len = (uint8_t)(OPT_BYTES - 1 + sizeof(option) + len);
    return true;
}

static bool read_subnets(struct queries *q, const char *file)
{
    char line[128];
    FILE *f = fopen(file, "r");
    q->tails = malloc(QUERIES_SUBNETS_MAX * sizeof(*q->tails));
    if (f == NULL || q->tails == NULL) return fail(file, strerror(errno));
    while (q->tail_count < QUERIES_SUBNETS_MAX && fgets(line, sizeof(line), f) != NULL) {
        line[strcspn(line, " \t\r\n")] = '\0';
        q->tail_count += read_subnet(line, &q->tails[q->tail_count]);
    }
    fclose(f);
    return q->tail_count > 0 || fail(file, "no subnets");
}

static bool plain_tail(struct queries *q)
{
    q->tails = calloc(1, sizeof(*q->tails));
    if (q->tails == NULL) return fail("edns", strerror(ENOMEM));
    memcpy(q->tails->bytes, opt_record, OPT_BYTES);
    q->tails->len = OPT_BYTES;
    q->tail_count = 1;
    return true;
}

bool queries_init(struct queries *q, const struct queries_spec *spec)
{
    *q = (struct queries){.sites = spec->sites, .absent = spec->absent};
    q->state = spec->seed * 2 + 1;
    for (int i = 0; i < 16; i++) {
        (void)next(q); /* seeds that are close to each other begin alike */
    }
    if (spec->zipf > 0 && !make_ring(q, spec->zipf)) return false;
    if (spec->subnets != NULL) return read_subnets(q, spec->subnets);
    return !spec->edns || plain_tail(q);
}

/* --- messages ----------------------------------------------------------------------------------
 */

static size_t put_header(uint16_t id, bool opt, uint8_t *out)
{
    memset(out, 0, HEADER);
    out[0] = (uint8_t)(id >> 8);
    out[1] = (uint8_t)id;
    out[5] = 1; /* one question */
    out[ARCOUNT_AT] = opt;
    return HEADER;
}

static void put_digits(uint32_t v, unsigned digits, uint8_t *out)
{
    for (unsigned i = digits; i > 0; i--) {
        out[i - 1] = (uint8_t)('0' + v % 10);
        v /= 10;
    }
}

static size_t put_question(uint8_t *out, uint8_t type)
{
    const uint8_t rest[] = {0, type, 0, 1};
    memcpy(out, rest, sizeof(rest));
    return sizeof(rest);
}

size_t queries_put(struct queries *q, uint16_t id, uint8_t *out)
{
    static const uint8_t www[] = {3, 'w', 'w', 'w'};
    static const uint8_t site[SITE_BYTES] = "\7d000000\7example";
    uint64_t bits = next(q) >> 32;
    size_t len = put_header(id, q->tail_count > 0, out);
    if (q->absent > 0 && queries_below(q, 100) < q->absent) {
        out[len] = 9;
        out[len + 1] = 'x';
        put_digits((uint32_t)(bits >> 4) % 100000000, 8, out + len + 2);
        len += 10;
    } else if ((bits & 1) != 0) {
        memcpy(out + len, www, sizeof(www));
        len += sizeof(www);
    }
    memcpy(out + len, site, SITE_BYTES);
    put_digits(draw_site(q), 6, out + len + 2);
    len += SITE_BYTES;
    len += put_question(out + len, (bits & 2) != 0 ? TYPE_A : TYPE_AAAA);
    if (q->tail_count > 0) {
        const struct queries_tail *t = &q->tails[queries_below(q, q->tail_count)];
        memcpy(out + len, t->bytes, t->len);
        len += t->len;
    }
    return len;
}

size_t queries_put_name(const char *name, const char *subnet, uint8_t *out)
{
    struct queries_tail tail = {.len = 0};
    if (subnet != NULL && !read_subnet(subnet, &tail)) return 0;
    if (strlen(name) > NAME_MAX_BYTES) return 0;
    size_t len = put_header(0, subnet != NULL, out);
    while (*name != '\0') {
        size_t label = (size_t)(strchrnul(name, '.') - name);
        if (label == 0 || label > LABEL_MAX) return 0;
        out[len] = (uint8_t)label;
        memcpy(out + len + 1, name, label);
        len += label + 1;
        name += label;
        name += *name == '.';
    }
    out[len++] = 0;
    len += put_question(out + len, TYPE_A);
    memcpy(out + len, tail.bytes, tail.len);
    return len + tail.len;
}
