/* SPDX-License-Identifier: MIT
 * quality.h: how good the path from a line to a PoP is, and which product carries it. Room traffic
 * (pure).
 *
 * Three sorts of paths. Inside the mainland, and outside of it: the modelled round-trip time and no
 * loss. Across the border over the public Internet: the loss of the hour (FACTS H2), and in the
 * crowded hours some more time. Across the border on a product: no crowded hours, the border costs
 * private_border_us in place of border_us; what goes beyond the product's bandwidth is lost. A
 * product that a site uses may not carry a path; the notes say why. */
#ifndef CNEDGE_TRAFFIC_QUALITY_H
#define CNEDGE_TRAFFIC_QUALITY_H

#include "cnedge/model/world.h"

enum { QUALITY_NOTES_MAX = 8, QUALITY_PERMILLE = 1000 };

/* X(enumerator, id, text; %s is the product) */
#define QUALITY_RULES(X)                                                                           \
    X(INSIDE, "path.inside", "the path stays inside the mainland")                                 \
    X(OUTSIDE, "path.outside", "the path stays outside the mainland")                              \
    X(PUBLIC, "path.public", "the path crosses the border over the public Internet")               \
    X(PEAK, "path.peak", "the border is crowded at this hour")                                     \
    X(CONGESTED, "path.congested", "the border is congested")                                      \
    X(CARRIED, "product.carries", "product %s carries the path")                                   \
    X(FULL, "product.full", "product %s is asked for more than it carries; the rest is lost")      \
    X(NOT_BOUGHT, "product.not_bought", "product %s is not bought, or is gone")                    \
    X(PACKAGE, "product.no_package", "product %s has no bandwidth package that is in use")         \
    X(CARRIER, "product.other_carrier", "product %s does not serve the client's carrier")          \
    X(ELSEWHERE, "product.elsewhere", "product %s does not lead to this PoP")                      \
    X(SCRUBBED, "product.scrubbed", "product %s is bypassed while an attack is scrubbed")

enum quality_rule {
#define X(name, id, text) QUALITY_##name,
    QUALITY_RULES(X)
#undef X
        QUALITY_RULE_COUNT
};

CN_CONST const char *quality_rule_id(enum quality_rule r);
/* The sentence, with %s where the product's id goes. */
CN_CONST const char *quality_rule_text(enum quality_rule r);

struct quality_note {
    uint8_t rule;     /* enum quality_rule */
    uint16_t product; /* CN_NONE16: about none */
};

struct quality {
    uint32_t rtt_us;
    uint32_t loss_permille; /* 0..1000 */
    uint16_t product;       /* that carries the path; CN_NONE16: none */
    uint32_t capacity_mbit; /* of that product; 0: no limit is known */
    uint32_t demand_mbit;   /* what is asked of it */
    uint8_t note_count;
    struct quality_note notes[QUALITY_NOTES_MAX]; /* what does not fit is left out */
};

struct quality_path {
    uint16_t line;
    uint32_t host;
    uint16_t pop; /* need not be the answer */
    simtime at;   /* for the hour; the rest is as the world stands */
};

/* How good a path is: the only model of loss and delay that there is. */
CN_NONNULL void quality_at(const struct world *w, const struct quality_path *path,
                           struct quality *out);

/* The same now: the path from a line to a PoP for a host. The PoP need not be the answer.
 * Of several products that carry it, the one with the least loss, then time, then index. */
CN_NONNULL void quality_of(const struct world *w, uint16_t line, uint32_t host, uint16_t pop,
                           struct quality *out);

/* Whether a host uses a product: it, its site or its account names the product. */
CN_NONNULL CN_PURE bool quality_uses(const struct world *w, uint16_t product, uint32_t host);

/* What a product carries now, Mbit/s: a connection's limit, less when its package is too small for
 * all of them; 0 when no limit is known. */
CN_NONNULL CN_PURE uint32_t quality_capacity(const struct world *w, uint16_t product);

/* What is asked of a product by clients of a line: the demand of the sites that use it and are not
 * served from the mainland now, Mbit/s. */
CN_NONNULL uint32_t quality_demand(const struct world *w, uint16_t product, uint16_t line);

#endif
