/* SPDX-License-Identifier: MIT
 * answer_table.h: answers encoded beforehand, for the queries that a server gets most. Room dns.
 *
 * A and AAAA of routed hosts, with or without EDNS, Client Subnet and cookie, are answered from
 * here, and so is that a name does not exist, or that a host has no data of a type; everything else
 * is the responder's. The table makes no decision: the first client of a line is answered by the
 * responder, and what it answered is kept as a template for the others. So an answer of the table
 * is the responder's to the byte, and a test holds both against each other.
 *
 *     name -> site       apex_table, one cache line
 *     site -> host       16 bytes a host
 *     host -> class      one store to change: hosts of a class are answered alike
 *     address -> line    prefix_index
 *     class, line, what is asked -> template: the records, and what EDNS adds
 *
 * Negative answers end with the SOA of the site's zone, which is the same for all of them but for
 * the places that its names point to, and its serial: it is kept once, and these are put in. A name
 * that does not exist is answered by the class of any host of its site: by what it shows of the
 * site itself.
 *
 * One thread owns the table: it alone has the world, learns templates and tells of changes.
 * Others may answer from it at the same time. Why that is right is in ARCHITECTURE.md. */
#ifndef CNEDGE_DNS_ANSWER_TABLE_H
#define CNEDGE_DNS_ANSWER_TABLE_H

#include "cnedge/dns/cookie.h"
#include "cnedge/dns/responder.h"
#include "cnedge/model/apex_table.h"
#include "cnedge/model/prefix_index.h"

enum {
    ANSWER_TABLE_TEMPLATES_MAX = 1 << 14, /* that differ; later ones are not kept */
    ANSWER_TABLE_BYTES_MAX = 1 << 21,     /* of all of them */
};

struct answer_table;
struct table_site;
struct table_host;

/* A table for a world that is built, with memory from the arena, which outlives it: 14 MB for cells
 * that is touched when lines are asked for, 128 bytes an apex where spec->apexes is not made
 * yet, 8 a site, 20 a host, 8 MB for addresses. NULL when the arena is exhausted. */
CN_NONNULL CN_MUSTUSE struct answer_table *answer_table_build(struct arena *a, struct world *w,
                                                              const uint8_t key[SIPHASH_KEY_BYTES]);

/* Owner: what the last event changed, world.changed, is seen from now on. Cost: one store and one
 * for each host that changed. */
CN_NONNULL void answer_table_changed(struct answer_table *t, const struct world *w);

/* Where a query led that the table had no template for; or nowhere. */
struct answer_table_miss {
    bool learn;     /* there could be one: ask answer_table_learn */
    uint8_t column; /* what is asked, as the table tells it apart */
    uint16_t class_, line;
};

/* A query on its way through the table; nobody but the table looks inside. What most queries touch
 * stands together: three lines of the cache. */
struct answer_table_query {
    const struct responder_client *client;
    const uint8_t *bytes;          /* of the query */
    const uint8_t *ecs, *cookie;   /* the options' data; NULL: none */
    const struct table_site *site; /* once it is located */
    struct prefix_walk walk;       /* to the line */
    bool none;                     /* it is the responder's */
    bool edns;
    uint16_t type;
    uint8_t flags;  /* of OPT: DO */
    bool by_subnet; /* the line is that of Client Subnet */
    uint8_t ecs_len, cookie_len;
    uint16_t udp_size;
    struct apex_aim aim;
    uint8_t lower[sizeof(uint64_t) + DNAME_MAX]; /* the name's bytes, behind a word of room */
    struct apex_name name;
};

/* Any thread: answers a query, whatever it came by, in four steps. Who has many makes each step for
 * all of them before the next: a step asks for the memory that the next one looks at, which comes
 * meanwhile. read:   what is asked; client and bytes are borrowed up to the end locate: the site,
 * and a part of the way to the line reach:  the hosts of the site finish: returns the answer's
 * length; 0: it is the responder's, and `*miss` is set. `out` has RESPONDER_UDP_MAX bytes. */
CN_NONNULL void answer_table_read(const struct answer_table *t,
                                  const struct responder_client *client,
                                  struct responder_query query, struct answer_table_query *q);
CN_NONNULL void answer_table_locate(const struct answer_table *t, struct answer_table_query *q);
CN_NONNULL void answer_table_reach(const struct answer_table *t, struct answer_table_query *q);
CN_NONNULL size_t answer_table_finish(const struct answer_table *t, struct answer_table_query *q,
                                      uint8_t *out, struct answer_table_miss *miss);

/* All four, for one that comes alone. */
CN_NONNULL size_t answer_table_answer(const struct answer_table *t,
                                      const struct responder_client *client,
                                      struct responder_query query, uint8_t *out,
                                      struct answer_table_miss *miss);

/* Owner: asks the responder the same, and keeps the answer for others if it may. */
CN_NONNULL void answer_table_learn(struct answer_table *t, struct world *w,
                                   const struct answer_table_miss *miss,
                                   struct responder_query query);

/* Templates that are kept. */
CN_NONNULL CN_PURE uint32_t answer_table_count(const struct answer_table *t);

#endif
