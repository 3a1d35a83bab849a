/* SPDX-License-Identifier: MIT
 * scenario_asked.c: what somebody asks about on a command line: a client, a name. What is wrong
 * with it is said in the words that scenario files get. */
#include <stdio.h>
#include <string.h>

#include "clients.h"
#include "cnedge/base/addrtext.h"
#include "cnedge/scenario/heap.h"
#include "cnedge/scenario/scenario.h"
#include "hints.h"

enum { MAPPED_BITS = 96, PARTS_MAX = 4096, LINES_SHOWN = 4 };

/* --- prefixes on several lines ---------------------------------------------------------------- */

/* Goes on to the first address behind the /bits around it; false behind the last one. */
static bool step_over(uint8_t address[16], unsigned bits)
{
    if (bits == 0) return false;
    unsigned carry = 0x80U >> (bits - 1) % 8;
    for (unsigned i = (bits - 1) / 8 + 1; i-- > 0 && carry > 0;) {
        carry += address[i];
        address[i] = (uint8_t)carry;
        carry >>= 8;
    }
    return carry == 0;
}

static bool is_within(const struct scenario_client *c, const uint8_t address[16])
{
    for (unsigned i = 0; i < c->address_bits; i++) {
        unsigned mask = 0x80U >> i % 8;
        if (((c->address[i / 8] ^ address[i / 8]) & mask) != 0) return false;
    }
    return true;
}

/* The lines within a prefix, in order of their addresses; one more than fit in `out` when there are
 * more. */
static size_t lines_within(const struct scenario *s, const struct scenario_client *c,
                           uint16_t out[LINES_SHOWN])
{
    size_t count = 0;
    uint8_t at[16];
    memcpy(at, c->address, sizeof(at));
    for (unsigned i = 0; i < PARTS_MAX && is_within(c, at); i++) {
        struct prefix_match m =
            c->v6 ? prefix_find6(s->world.prefixes, at) : prefix_find4(s->world.prefixes, at);
        size_t known = 0;
        while (known < count && out[known] != m.line) {
            known++;
        }
        if (known == LINES_SHOWN) return count + 1;
        if (known == count) out[count++] = m.line;
        if (!step_over(at, m.length)) break;
    }
    return count;
}

void scenario_lines_text(const struct scenario *s, const struct scenario_client *c,
                         char out[SCENARIO_WHY_MAX])
{
    uint16_t lines[LINES_SHOWN];
    size_t count = lines_within(s, c, lines);
    size_t len = 0;
    for (size_t i = 0; i < count && i < LINES_SHOWN; i++) {
        len += (size_t)snprintf(out + len, SCENARIO_WHY_MAX - len, "%s%s", i > 0 ? ", " : "",
                                s->world.topology->lines[lines[i]].name);
    }
    if (count > LINES_SHOWN) snprintf(out + len, SCENARIO_WHY_MAX - len, " and others");
}

/* --- clients ---------------------------------------------------------------------------------- */

/* The line or client that was probably meant. */
static const char *nearest_client(const struct scenario *s, const char *text, struct arena *a)
{
    const struct topology *t = s->world.topology;
    uint32_t count = 0;
    const char **names = arena_get(a, (size_t)s->client_count + t->line_count, sizeof(*names));
    if (names == NULL) return NULL;
    for (uint32_t i = 0; i < s->client_count; i++) {
        names[count++] = s->clients[i].name;
    }
    for (uint16_t i = 0; i < t->line_count; i++) {
        names[count++] = t->lines[i].name;
    }
    return diag_nearest(text, names, count);
}

static void why_no_client(const struct scenario *s, const char *text, char why[SCENARIO_WHY_MAX])
{
    struct heap heap;
    struct arena scratch;
    char hint[HINTS_TEXT_MAX] = "";
    heap_init(&heap, &scratch);
    if (!hints_prefix(text, hint)) {
        const char *near = nearest_client(s, text, &scratch);
        if (near != NULL) snprintf(hint, sizeof(hint), "did you mean \"%.100s\"?", near);
    }
    snprintf(why, SCENARIO_WHY_MAX,
             "expected a line (see: cnedge list lines), a client's name, an address or a prefix, "
             "got \"%.100s\"%s%s",
             text, hint[0] != '\0' ? "; " : "", hint);
    heap_free(&heap);
}

/* An IPv4 address in the clothes of IPv6 (RFC 4291 section 2.5.5.2): no client comes with one, and
 * the server knows no line of it. */
static bool is_mapped(const struct scenario_client *c)
{
    static const uint8_t mapped[MAPPED_BITS / 8] = {[10] = 0xFF, [11] = 0xFF};
    return c->v6 && c->address_bits >= MAPPED_BITS &&
           memcmp(c->address, mapped, sizeof(mapped)) == 0;
}

static void why_mapped(const struct scenario_client *c, const char *text,
                       char why[SCENARIO_WHY_MAX])
{
    char address[ADDRTEXT_MAX];
    char bits[8] = "";
    addrtext_put(c->address + MAPPED_BITS / 8, false, address);
    if (strchr(text, '/') != NULL) {
        snprintf(bits, sizeof(bits), "/%d", c->address_bits - MAPPED_BITS);
    }
    snprintf(why, SCENARIO_WHY_MAX,
             "expected an IPv4 address in its own form, got \"%.100s\"; did you mean \"%s%s\"?",
             text, address, bits);
}

/* The server goes by the first address of a Client Subnet, if the subnet is long enough for it. */
static bool is_believed(const struct scenario *s, const struct scenario_client *c, const char *text,
                        char why[SCENARIO_WHY_MAX])
{
    const struct choices *choices = &s->world.choices;
    char lines[SCENARIO_WHY_MAX];
    uint32_t least = c->v6 ? choices->ecs_min_v6_bits : choices->ecs_min_v4_bits;
    if (c->part_bits == 0 || c->address_bits >= least) return true;
    scenario_lines_text(s, c, lines);
    snprintf(why, SCENARIO_WHY_MAX,
             "expected a prefix whose clients are all on one line, or of at least %u bits, which "
             "the server believes (setting %s), got \"%.100s\", whose clients are on several lines "
             "(%.180s); write a longer prefix or one of the lines",
             (unsigned)least, c->v6 ? "ecs_min_v6_bits" : "ecs_min_v4_bits", text, lines);
    return false;
}

bool scenario_client_find(const struct scenario *s, const char *text, struct scenario_client *out,
                          char why[SCENARIO_WHY_MAX])
{
    unsigned leaf;
    for (uint32_t i = 0; i < s->client_count; i++) {
        if (strcmp(s->clients[i].name, text) == 0) {
            *out = s->clients[i];
            out->name = text;
            return true;
        }
    }
    struct scenario_client c;
    if (!clients_stand(&s->world, text, &c, &leaf)) {
        why_no_client(s, text, why);
        return false;
    }
    if (is_mapped(&c)) {
        why_mapped(&c, text, why);
        return false;
    }
    if (c.address_bits < leaf) c.part_bits = (uint8_t)leaf;
    if (!is_believed(s, &c, text, why)) return false;
    *out = c;
    out->name = text;
    return true;
}

/* --- names ------------------------------------------------------------------------------------ */

static bool is_ascii(const char *text)
{
    while (*text != '\0' && (uint8_t)*text < 0x80) {
        text++;
    }
    return *text == '\0';
}

/* Anything can be asked for that is a name, be it that of a host or not. */
bool scenario_name(const char *text, uint8_t out[DNAME_MAX], char why[SCENARIO_WHY_MAX])
{
    char hint[HINTS_TEXT_MAX] = "";
    if (is_ascii(text) && dname_from_text(text, out) != 0) return true;
    bool hinted = hints_name(text, hint);
    snprintf(why, SCENARIO_WHY_MAX, "expected a domain name, got \"%.256s\"%s%s", text,
             hinted ? "; " : "", hint);
    return false;
}
