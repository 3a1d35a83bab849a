/* SPDX-License-Identifier: MIT
 * judge.h: whether what is seen right now is what an expectation says. Room replay.
 *
 * An expectation about answers is judged item by item: one host (or name) and one line. */
#ifndef CNEDGE_REPLAY_JUDGE_H
#define CNEDGE_REPLAY_JUDGE_H

#include "cnedge/replay/engine.h"
#include "cnedge/replay/history.h"

enum { JUDGE_TEXT_MAX = 512 };

/* What the judge knows of the events so far; indexed like scenario.events. */
enum event_outcome { OUTCOME_NONE, OUTCOME_APPLIED, OUTCOME_REFUSED };

struct outcome {
    uint8_t kind;    /* enum event_outcome */
    uint8_t refusal; /* enum refusal */
};

struct judge {
    struct world *world;
    const struct scenario *scenario;
    const struct outcome *outcomes;
    const struct history *history;
};

/* How many items an expectation has: hosts x lines for answers, 1 for the rest. */
CN_NONNULL CN_PURE uint64_t judge_items(const struct expectation *e);

/* Whether item `item` meets every assertion just now ("changes" is not looked at here). */
CN_NONNULL bool judge_holds(const struct judge *j, const struct expectation *e, uint64_t item);

enum { JUDGE_PACKET_MAX = 65535 }; /* asked as over TCP: nothing is cut */

/* Asks the responder with real bytes for the same item; returns the length of its answer. 0 when
 * the item asks no name. */
CN_NONNULL CN_MUSTUSE size_t judge_wire_ask(const struct judge *j, const struct expectation *e,
                                            uint64_t item, uint8_t out[JUDGE_PACKET_MAX]);

/* Whether those bytes say what the item is judged by just now. */
CN_NONNULL bool judge_wire_reads(const struct judge *j, const struct expectation *e, uint64_t item,
                                 const uint8_t *packet, size_t len);

/* Both, so that every replay tests the server too; true when the item asks no name. */
CN_NONNULL bool judge_wire_agrees(const struct judge *j, const struct expectation *e,
                                  uint64_t item);

/* A fingerprint of the answer that item gets, equal while the answer is: for "changes". */
CN_NONNULL uint64_t judge_fingerprint(const struct judge *j, const struct expectation *e,
                                      uint64_t item);

/* What the expectation claims: "class near, ttl 60..300"; cut to `cap`. */
CN_NONNULL void judge_expected(const struct judge *j, const struct expectation *e, char *out,
                               size_t cap);

/* What is seen: "hkg (near, Hong Kong) 198.19.1.1 ttl 60 row 10". */
CN_NONNULL void judge_got(const struct judge *j, const struct expectation *e, uint64_t item,
                          char out[JUDGE_TEXT_MAX]);

/* Who asks for an expectation's items: the one client that it names, or a line as a whole. */
CN_NONNULL CN_PURE struct spill_client judge_asker(const struct expectation *e);

/* What the item's asker is answered, aliases followed. */
CN_NONNULL void judge_look(const struct judge *j, const struct expectation *e, uint64_t item,
                           struct answer *a);

struct judge_where {
    uint32_t host;
    uint16_t line;
};

/* The decision behind it, for the expectation's asker and type. */
CN_NONNULL void judge_decide(const struct judge *j, const struct expectation *e,
                             const struct judge_where *where, struct decision *d);

/* ASSERT_SHARE of an item, and its share, ppm. */
CN_NONNULL bool judge_share_holds(const struct judge *j, const struct expectation *e,
                                  uint64_t item);
CN_NONNULL uint32_t judge_share(const struct judge *j, const struct expectation *e, uint64_t item);

/* Notes the answers of `now` in the histories; before the checks of an instant. */
CN_NONNULL void judge_note(const struct judge *j, simtime now);

/* ASSERT_STALE and ASSERT_MOVED of an item, and what is seen. */
CN_NONNULL bool judge_stale_holds(const struct judge *j, const struct expectation *e,
                                  uint64_t item);
CN_NONNULL bool judge_moved_holds(const struct judge *j, const struct expectation *e,
                                  uint64_t item);
CN_NONNULL void judge_traffic_got(const struct judge *j, const struct expectation *e, uint64_t item,
                                  char out[JUDGE_TEXT_MAX]);

/* EXPECT_LOAD, and what is seen: "1200 of 1000 Mbit/s, saturated". */
CN_NONNULL bool judge_load_holds(const struct judge *j, const struct expectation *e);
CN_NONNULL void judge_load_got(const struct judge *j, const struct expectation *e,
                               char out[JUDGE_TEXT_MAX]);

/* The host and line of an item; CN_NONE32 and CN_NONE16 where there is none. */
CN_NONNULL CN_PURE uint32_t judge_host(const struct expectation *e, uint64_t item);
CN_NONNULL CN_PURE uint16_t judge_line(const struct expectation *e, uint64_t item);

/* The name asked for, wire form; NULL for expectations that ask no name. */
CN_NONNULL CN_PURE const uint8_t *judge_name(const struct judge *j, const struct expectation *e,
                                             uint64_t item);

#endif
