/* SPDX-License-Identifier: MIT
 * export_mmdb.c: a MaxMind DB (format 2.0) that tells the group of an address as country.iso_code:
 * the one key that every server that reads such files can be told to look at. IPv4 stands at
 * ::/96, as in the files that MaxMind makes. */
#include <stdlib.h>
#include <string.h>

#include "export_internal.h"

enum {
    TREE_BITS = 128,
    TREE_V4 = 96,                                   /* bits before an IPv4 address */
    LEAF = 1,                                       /* lowest bit of a child that is a group */
    GAP_BYTES = 16,                                 /* between tree and data */
    GROUP_BYTES = 1 + 8 + 1 + 9 + EXPORT_GROUP_MAX, /* of what is told of one group */
    TYPE_STRING = 2 << 5,
    TYPE_MAP = 7 << 5,
    TYPE_U16 = 5 << 5,
    TYPE_U32 = 6 << 5,
    EXTENDED_U64 = 9 - 7,
    EXTENDED_ARRAY = 11 - 7,
};

struct node { /* children: index of a node times 2, or a group times 2 plus LEAF */
    uint32_t child[2];
};

struct tree {
    struct node *nodes;
    uint32_t count, max;
};

static bool add_node(struct tree *t, uint32_t both)
{
    if (t->count == t->max) {
        uint32_t max = t->max == 0 ? 4096 : 2 * t->max;
        struct node *more = realloc(t->nodes, max * sizeof(*more));
        if (more == NULL) return false;
        t->nodes = more;
        t->max = max;
    }
    t->nodes[t->count++] = (struct node){.child = {both, both}};
    return true;
}

static unsigned bit(const struct export_prefix *p, unsigned i)
{
    if (!p->v6) {
        if (i < TREE_V4) return 0;
        i -= TREE_V4;
    }
    return p->address[i / 8] >> (7 - i % 8) & 1U;
}

/* A leaf on the way is divided. */
static bool insert(void *to, const struct export_prefix *p)
{
    struct tree *t = to;
    uint32_t at = 0;
    unsigned bits = p->v6 ? p->bits : TREE_V4 + p->bits;
    for (unsigned i = 0; i + 1 < bits; i++) {
        unsigned side = bit(p, i);
        uint32_t next = t->nodes[at].child[side];
        if ((next & LEAF) != 0) {
            if (!add_node(t, next)) return false;
            next = (t->count - 1) * 2;
            t->nodes[at].child[side] = next;
        }
        at = next / 2;
    }
    uint32_t leaf = (uint32_t)p->group * 2 + LEAF;
    if (bits == 0) {
        t->nodes[0] = (struct node){.child = {leaf, leaf}};
    } else {
        t->nodes[at].child[bit(p, bits - 1)] = leaf;
    }
    return true;
}

/* IPv4 lies inside IPv6 and comes after it. */
struct pass {
    struct tree *t;
    bool v6;
};

static bool insert_family(void *to, const struct export_prefix *p)
{
    const struct pass *pass = to;
    return p->v6 != pass->v6 || insert(pass->t, p);
}

static void put_u32(FILE *f, uint32_t v)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        putc((int)(v >> shift & 0xFF), f);
    }
}

static void put_string(FILE *f, const char *text)
{
    size_t len = strlen(text);
    CN_ASSERT(len < 29); /* longer ones have another head */
    putc((int)(TYPE_STRING | len), f);
    fputs(text, f);
}

static void put_number(FILE *f, int type, const char *key, uint32_t v)
{
    put_string(f, key);
    putc(type | (type == TYPE_U16 ? 2 : 4), f);
    if (type == TYPE_U16) {
        putc((int)(v >> 8 & 0xFF), f);
        putc((int)(v & 0xFF), f);
    } else {
        put_u32(f, v);
    }
}

/* {"country": {"iso_code": "g0007"}}, always GROUP_BYTES: an offset is a product. */
static void put_group(FILE *f, uint16_t group)
{
    char name[EXPORT_GROUP_MAX];
    export_group(group, name);
    putc(TYPE_MAP | 1, f);
    put_string(f, "country");
    putc(TYPE_MAP | 1, f);
    put_string(f, "iso_code");
    put_string(f, name);
}

static void put_metadata(FILE *f, uint32_t nodes, uint64_t epoch)
{
    static const unsigned char marker[] = {0xAB, 0xCD, 0xEF};
    fwrite(marker, 1, sizeof(marker), f);
    fputs("MaxMind.com", f);
    putc(TYPE_MAP | 9, f);
    put_number(f, TYPE_U32, "node_count", nodes);
    put_number(f, TYPE_U16, "record_size", 32);
    put_number(f, TYPE_U16, "ip_version", 6);
    put_string(f, "database_type");
    put_string(f, "cnedge-lines");
    put_string(f, "languages");
    putc(1, f);
    putc(EXTENDED_ARRAY, f);
    put_string(f, "en");
    put_number(f, TYPE_U16, "binary_format_major_version", 2);
    put_number(f, TYPE_U16, "binary_format_minor_version", 0);
    put_string(f, "build_epoch");
    putc(8, f);
    putc(EXTENDED_U64, f);
    put_u32(f, (uint32_t)(epoch >> 32));
    put_u32(f, (uint32_t)epoch);
    put_string(f, "description");
    putc(TYPE_MAP | 1, f);
    put_string(f, "en");
    put_string(f, "lines with equal answers");
}

static void put_tree(FILE *f, const struct tree *t)
{
    for (uint32_t i = 0; i < t->count; i++) {
        for (int side = 0; side < 2; side++) {
            uint32_t c = t->nodes[i].child[side];
            bool leaf = (c & LEAF) != 0;
            put_u32(f, leaf ? t->count + GAP_BYTES + c / 2 * GROUP_BYTES : c / 2);
        }
    }
}

static bool build(struct tree *t, const struct export_state *s)
{
    if (!add_node(t, (uint32_t)s->unknown * 2 + LEAF)) return false;
    struct pass pass = {t, true};
    if (!export_state_prefixes(s, false, insert_family, &pass)) return false;
    pass.v6 = false;
    return export_state_prefixes(s, false, insert_family, &pass);
}

bool export_mmdb(const struct export_job *j, const char *name)
{
    struct tree t = {0};
    FILE *f = export_open(j, "", name);
    if (f == NULL) return false;
    if (!build(&t, j->s)) {
        free(t.nodes);
        fclose(f);
        fputs("cnedge export: out of memory\n", stderr);
        return false;
    }
    put_tree(f, &t);
    for (int i = 0; i < GAP_BYTES; i++) {
        putc(0, f);
    }
    for (uint16_t g = 0; g < j->s->group_count; g++) {
        put_group(f, g);
    }
    put_metadata(f, t.count, (uint64_t)(j->s->w->spec->start.ns / SIMDUR_SECOND));
    free(t.nodes);
    return export_close(j, f);
}
