/* SPDX-License-Identifier: MIT
 * invariant_internal.h: what the files of the invariants share; nobody else includes it. */
#ifndef CNEDGE_SIM_INVARIANT_INTERNAL_H
#define CNEDGE_SIM_INVARIANT_INTERNAL_H

#include "cnedge/model/invariant.h"

/* invariant_health.c */
/* Whether what is known of the PoP's health lets it answer. */
CN_NONNULL CN_PURE bool invariant_health(const struct world *w, uint16_t pop);

/* invariant_move.c */
struct moved {       /* a mainland PoP that would answer a mainland client */
    uint8_t partner; /* whose PoPs may */
    uint16_t pop;
    bool reached; /* by the client's carrier, as things are */
};
/* Whether the setting mainland_failover lets the line's answer go there. */
CN_NONNULL CN_PURE bool invariant_may_move(const struct world *w, uint16_t line,
                                           const struct moved *m);

/* What the tuple of a PoP has in common for all lines of one class. */
struct invariant_ranks {
    const struct host_class *key;      /* borrowed */
    uint8_t entry;                     /* of the class: a product's index plus one; 0: none */
    uint8_t partner;                   /* of the class */
    uint8_t inside[TOPOLOGY_POPS_MAX]; /* for mainland clients */
    uint8_t outside[TOPOLOGY_POPS_MAX];
    bool alive[TOPOLOGY_POPS_MAX];
    enum family family;
    struct pop_set *read; /* may be NULL: gets the PoPs that lines look at */
    uint8_t least[2][2];  /* of those alive: [for mainland clients][of mainland PoPs] */
    uint16_t reached;     /* bits of enum carrier: by an alive mainland PoP of that least rank */
};

struct invariant_checker { /* a class that is looked at */
    struct world *w;
    struct violation_list *out;
    const struct host_class *key;
    uint32_t host;
    uint16_t class_;
    bool part;           /* A and AAAA may differ */
    bool nodata_allowed; /* where there is an A, there need be no AAAA */
    struct invariant_ranks ranks;
};

/* invariant.c */
CN_NONNULL void invariant_rank(const struct world *w, const struct host_class *key,
                               enum family family, struct invariant_ranks *out);
/* invariant_lines.c */
/* Whether A and AAAA may name different PoPs: a family is out somewhere, or an address blocked. */
CN_NONNULL CN_PURE bool invariant_lines_part(const struct world *w);

/* All of it but the ranks. */
CN_NONNULL void invariant_checker_init(struct invariant_checker *c, struct world *w,
                                       uint16_t class_, struct violation_list *out);
/* One line's cell of the family that the checker has ranked. */
CN_NONNULL void invariant_check_line(struct invariant_checker *c, uint16_t line,
                                     const struct cell *cell);
CN_NONNULL void invariant_check_families(struct invariant_checker *c, uint16_t line,
                                         const struct cell *const cells[FAMILY_COUNT]);

/* invariant_site.c */
/* Whether the site lacks a commercial licence that it needs. */
CN_NONNULL CN_PURE bool invariant_site_lacks_licence(const struct world *w, uint32_t site);
/* Whether the police penalised it, where that matters. */
CN_NONNULL CN_PURE bool invariant_site_punished(const struct world *w, const struct site *s);
/* What the CDN's own domain is for a site whose names lead through it. */
CN_NONNULL CN_PURE enum chain_state invariant_site_chain(const struct world *w, uint32_t site);
/* Whether the host is entitled. */
CN_NONNULL CN_PURE bool invariant_site_entitled(const struct world *w, uint32_t host);

/* invariant_address.c */
/* Mask of the addresses at a PoP that clients of the line may be given for hosts of a class. */
CN_NONNULL CN_PURE unsigned invariant_address_given(const struct world *w,
                                                    const struct host_class *k, uint16_t pop,
                                                    enum family family, uint16_t line);
/* Whether the class says of the site's dedicated addresses what is so. */
CN_NONNULL CN_PURE bool invariant_address_current(const struct world *w, const struct host_class *k,
                                                  uint32_t site);
/* invariant_dns.c */
/* Whether one line's question for a host is answered, or may be late, as it must. */
CN_NONNULL void invariant_dns_host(struct world *w, uint32_t host, uint16_t line,
                                   struct violation_list *out);
/* The same for some lines and a host of each partner. */
CN_NONNULL void invariant_dns_partners(struct world *w, struct violation_list *out);

#endif
