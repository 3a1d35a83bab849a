/* SPDX-License-Identifier: MIT
 * watch.h: names whose answer is to change. They are asked in between, as every so-maniest query of
 * the load; when the first other answer came is known to the kernel's receive stamp. */
#ifndef RIG_WATCH_H
#define RIG_WATCH_H

#include <stdio.h>

#include "queries.h"
#include "track.h"

enum {
    WATCH_NAMES_MAX = 8,
    WATCH_KEY_MAX = 20, /* RCODE, number of answers, the data of the first */
};

struct watch_spec {
    const char *names[WATCH_NAMES_MAX];
    unsigned count;
    const char *subnet; /* Client Subnet of the polls; NULL: none */
    unsigned every;     /* one query in so many is a poll */
};

struct watch_name {
    const char *name;
    uint8_t query[QUERIES_BYTES_MAX];
    size_t query_len;
    uint8_t before[WATCH_KEY_MAX], behind[WATCH_KEY_MAX]; /* the answer at first, the other one */
    bool known, changed;
    uint64_t polls, answers;
    uint64_t changed_at, changed_sent_at; /* the first other answer, and its poll */
    uint64_t old_at, old_sent_at;         /* the last poll with the first answer */
    uint64_t back;                        /* first answers to polls after the first other answer */
};

struct watch {
    struct watch_name names[WATCH_NAMES_MAX];
    unsigned count, every;
    uint64_t turn;
};

/* Prepares the polls. False: a name or the subnet is none. */
bool watch_init(struct watch *w, const struct watch_spec *spec);

/* Whose turn it is with the next query: a number from 1, or 0: no poll. */
uint8_t watch_next(struct watch *w);

/* The answer to a poll of name `slot->poll` has come. */
void watch_answered(struct watch *w, const struct track_slot *slot, uint64_t received_at,
                    const uint8_t *message, size_t len);

/* Writes a JSON array, an object per name. */
void watch_put(const struct watch *w, FILE *out);

#endif
