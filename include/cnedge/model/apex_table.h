/* SPDX-License-Identifier: MIT
 * apex_table.h: which site a name belongs to, for millions of sites. Room model (pure).
 *
 * Open addressing with linear probing; a line of a cache holds one apex, so that a cold one costs
 * one miss. The hash is keyed: who may choose domains cannot choose them so that they collide. The
 * table is filled while a scenario is loaded and never changes afterwards.
 *
 * A site of a portfolio that is like others in everything but its name has no state of its own: it
 * is a member of a cohort, and its line leads to the site that stands for all of them. */
#ifndef CNEDGE_MODEL_APEX_TABLE_H
#define CNEDGE_MODEL_APEX_TABLE_H

#include "cnedge/base/arena.h"
#include "cnedge/base/dname.h"
#include "cnedge/base/siphash.h"

enum {
    APEX_LINE_BYTES = ARENA_LINE_BYTES,
    APEX_INLINE_MAX = 54, /* bytes of a wire name in the line itself; longer ones stand elsewhere */
    APEX_TABLE_MAX = 1 << 28,
};

struct apex_line {
    uint32_t tag;   /* of the hash; 0: the line is free */
    uint32_t site;  /* in world_spec.sites; of a member, the one that stands for it */
    uint8_t len;    /* of the name */
    uint8_t member; /* bool */
    uint8_t name[APEX_INLINE_MAX]; /* wire, lower case; a longer one: a pointer to it */
};

struct apex_table {
    struct apex_line *lines; /* aligned to APEX_LINE_BYTES */
    uint32_t size;           /* lines */
    uint32_t count, max;     /* apexes that are there; that there is room for */
    uint64_t labels[2];      /* bit n: some apex has n labels */
    struct arena *arena;     /* of long names */
    uint8_t key[SIPHASH_KEY_BYTES];
};

/* A name, and where its labels begin: at[0] is 0, at[labels] that of the root's zero. */
struct apex_name {
    const uint8_t *wire; /* lower case */
    uint8_t len;
    uint8_t labels;
    uint8_t at[DNAME_MAX / 2 + 1];
};

/* An empty table with room for `max` apexes, at most APEX_TABLE_MAX. False when the arena is
 * exhausted. */
CN_NONNULL CN_MUSTUSE bool apex_table_init(struct apex_table *t, struct arena *a, uint32_t max,
                                           const uint8_t key[SIPHASH_KEY_BYTES]);

/* Adds an apex (wire, lower case); its name is copied. Returns its line, or the one that an equal
 * name has already: then `*added` is false. NULL when the arena is exhausted. */
CN_NONNULL CN_MUSTUSE struct apex_line *apex_table_add(struct apex_table *t, const uint8_t *apex,
                                                       uint32_t site, bool *added);

/* The name of a line, wire; valid as long as the table. */
CN_NONNULL const uint8_t *apex_line_name(const struct apex_line *line);

/* Finds the labels of a name. */
CN_NONNULL void apex_name_split(struct apex_name *n, const uint8_t *wire);

/* The line of the longest apex that the name lies in; NULL when there is none. `*label` is set to
 * the number of labels of the name that stand before the apex. */
CN_NONNULL const struct apex_line *apex_table_find(const struct apex_table *t,
                                                   const struct apex_name *n, unsigned *label);

struct apex_aim {  /* where a name is looked for */
    uint64_t hash; /* of the name behind the labels before the apex */
    uint8_t label; /* how many those are */
    bool none;     /* the name lies in no apex */
};

/* The same in two steps, for who looks for many: this one asks for the memory that the next looks
 * at. */
CN_NONNULL struct apex_aim apex_table_aim(const struct apex_table *t, const struct apex_name *n);

/* The line, or NULL; aim->label is the number of labels before the apex. */
CN_NONNULL const struct apex_line *apex_table_take(const struct apex_table *t,
                                                   const struct apex_name *n, struct apex_aim *aim);

#endif
