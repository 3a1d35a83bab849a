/* SPDX-License-Identifier: MIT
 * The inside of an answer table, for the files that make it and that answer from it. */
#ifndef CNEDGE_SIM_ANSWER_TABLE_H
#define CNEDGE_SIM_ANSWER_TABLE_H

#include <stdatomic.h>

#include "cnedge/dns/answer_table.h"

enum {
    TABLE_LABEL_BYTES = 12,      /* of a host's labels below its apex; longer: a pointer */
    TABLE_CLASS_NONE = 0xFFFF,   /* the responder answers for this host */
    TABLE_NOT_KEPT = 1,          /* cell: the responder answers; templates begin behind it */
    TABLE_FIRST = 2,             /* cell: plus the index of a template */
    TABLE_GENERATION_SHIFT = 32, /* cell: its upper half is the generation it is of; 0: never */
    TABLE_DEPTH_MAX = 255,       /* site: it is not known of any name that it does not exist */
    TABLE_RECORD_ROOM =
        32, /* bytes that are copied of fewer: `bytes` and answers have as many more */
    TABLE_SOA_BYTES = 2 + 10 + DNAME_MAX + 13 + 20, /* owner, head, names, numbers */
};

/* What is asked: a cell each. */
enum table_column {
    TABLE_A, /* of a host, as seen from a line */
    TABLE_AAAA,
    TABLE_OTHER, /* a type that hosts have no data of */
    TABLE_HOST_COLUMNS,
    TABLE_MISSING = TABLE_HOST_COLUMNS, /* of a site: a name that does not exist */
    TABLE_APEX,                         /* its apex, which is no host */
    TABLE_COLUMNS,
};

struct table_site {
    uint32_t first; /* in hosts */
    uint32_t count : 24;
    /* Names with so many labels before the apex, or more, exist only as hosts of the site: none of
     * them is above one, and no wildcard stands for them. 0: negative answers are the responder's.
     */
    uint32_t depth : 8;
};
_Static_assert(SPEC_HOSTS_MAX < 1 << 24, "the hosts of a site can be counted");

struct table_host { /* of a site, by length and bytes of its labels */
    _Atomic uint16_t class_;
    uint8_t len; /* of the labels below the apex; 0: the apex itself */
    bool texts;  /* it has TXT records */
    uint8_t labels[TABLE_LABEL_BYTES];
};

struct table_template { /* never changed once a cell says its index */
    uint32_t at;        /* in bytes: the records, then the options */
    uint16_t records_len, options_len;
    uint16_t records; /* their number; 0: it is negative, and the SOA stands elsewhere */
    uint16_t pop;
    uint8_t row, rcode;
};

/* The SOA of negative answers to names that have so many labels at their end in common with MNAME.
 * Never changed once it is known. */
struct table_soa {
    _Atomic bool known;
    uint8_t mname_back;  /* to what MNAME ends with, from the end of the question's name */
    uint16_t mname_at;   /* of the pointer to that; 0: MNAME stands there whole */
    uint16_t mailbox_at; /* of RNAME's pointer to the apex, behind which the serial stands */
    uint16_t len;
    uint8_t bytes[TABLE_SOA_BYTES]; /* pointers and serial are 0 */
};

struct answer_table {
    const struct apex_table *apexes;
    const struct prefix_index *prefixes;
    const struct table_site *sites;
    struct table_host *hosts;
    uint32_t *places; /* [host of the world] in hosts */
    _Atomic uint64_t *cells;
    uint32_t class_cells; /* of each class */
    _Atomic uint64_t age; /* upper half: the generation, from 1; lower half: the SOAs' serial */
    struct table_template *templates;
    uint8_t *bytes;
    struct table_soa *soas;  /* [labels in common] */
    struct apex_name *mname; /* of every SOA; the root: the apex is */
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

/* The cell of a class, line and column. Behind the rows of the lines stand the columns of sites. */
static inline _Atomic uint64_t *table_cell(const struct answer_table *t, uint16_t class_,
                                           uint16_t line, unsigned column)
{
    size_t row = column < TABLE_HOST_COLUMNS ? line : t->line_count - 1U;
    return &t->cells[class_ * (size_t)t->class_cells + row * TABLE_HOST_COLUMNS + column];
}

/* How many labels two names have in common at their end, the root not counted. */
static inline unsigned table_common(const struct apex_name *a, const struct apex_name *b)
{
    unsigned n = 0;
    for (; n < a->labels && n < b->labels; n++) {
        const uint8_t *x = a->wire + a->at[a->labels - n - 1];
        const uint8_t *y = b->wire + b->at[b->labels - n - 1];
        if (*x != *y || __builtin_memcmp(x, y, 1U + *x) != 0) break;
    }
    return n;
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
