/* SPDX-License-Identifier: MIT
 * The inside of an answer table, for the files that make it and that answer from it. */
#ifndef CNEDGE_SIM_ANSWER_TABLE_H
#define CNEDGE_SIM_ANSWER_TABLE_H

#include <stdatomic.h>

#include "cnedge/dns/answer_table.h"

enum {
    TABLE_LABEL_BYTES = 12,     /* of a host's labels below its apex; longer: a pointer */
    TABLE_CLASS_NONE = 0xFFFF,  /* the responder answers for this host */
    TABLE_NOT_KEPT = 1,         /* cell: the responder answers; templates begin behind it */
    TABLE_FIRST = 2,            /* cell: plus the index of a template */
    TABLE_GENERATION_SHIFT = 32 /* cell: its upper half is the generation it is of; 0: never */
};

struct table_site {
    uint32_t first; /* in hosts */
    uint32_t count;
};

struct table_host { /* of a site, by length and bytes of its labels */
    _Atomic uint16_t class_;
    uint8_t len; /* of the labels below the apex; 0: the apex itself */
    uint8_t unused;
    uint8_t labels[TABLE_LABEL_BYTES];
};

struct table_template { /* never changed once a cell says its index */
    uint32_t at;        /* in bytes: the records, then the options */
    uint16_t records_len, options_len;
    uint16_t records; /* their number */
    uint16_t pop;
    uint8_t row;
};

struct answer_table {
    const struct apex_table *apexes;
    const struct prefix_index *prefixes;
    const struct table_site *sites;
    struct table_host *hosts;
    uint32_t *places; /* [host of the world] in hosts */
    _Atomic uint64_t *cells;
    _Atomic uint32_t generation; /* from 1 */
    struct table_template *templates;
    uint8_t *bytes;
    /* As the choices say; they do not change. */
    uint16_t line_count, unknown_line;
    uint8_t least_bits[FAMILY_COUNT]; /* of a subnet that is believed */
    bool scope_as_sent, unknown_by_source;
    /* The owner's. */
    uint32_t count, bytes_used;
    uint32_t *slots;         /* index of templates by content; 0: free, else plus one */
    struct host_class *keys; /* [class] that hosts have come to */
    bool *entered;           /* [class] some have */
    uint32_t network;        /* the world's generation that is seen */
};

/* The cell of a class, line and family. */
static inline _Atomic uint64_t *table_cell(const struct answer_table *t, uint16_t class_,
                                           uint16_t line, bool v6)
{
    return &t->cells[((size_t)class_ * t->line_count + line) * FAMILY_COUNT + v6];
}

static inline const uint8_t *table_labels(const struct table_host *h)
{
    const uint8_t *labels = h->labels;
    if (h->len > TABLE_LABEL_BYTES) __builtin_memcpy(&labels, h->labels, sizeof(labels));
    return labels;
}

/* The order of a site's hosts. Labels are a few bytes: a call would take longer. */
static inline int table_compare(const struct table_host *h, const uint8_t *labels, size_t len)
{
    const uint8_t *own = table_labels(h);
    if (h->len != len) return h->len < len ? -1 : 1;
    for (size_t i = 0; i < len; i++) {
        if (own[i] != labels[i]) return own[i] < labels[i] ? -1 : 1;
    }
    return 0;
}

#endif
