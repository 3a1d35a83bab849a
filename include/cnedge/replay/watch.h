/* SPDX-License-Identifier: MIT
 * watch.h: the expectations of a run: which are open, what must be looked at again. Room replay.
 *
 * An expectation about declared hosts is looked at again only when one of its hosts changed or the
 * network did; the rest at every instant. So a run's cost grows with what happens, not with events
 * times expectations. */
#ifndef CNEDGE_REPLAY_WATCH_H
#define CNEDGE_REPLAY_WATCH_H

#include "cnedge/replay/judge.h"

enum watch_state { WATCH_WAITING, WATCH_OPEN, WATCH_HELD, WATCH_FAILED };

struct watch {
    uint8_t state;    /* enum watch_state */
    bool by_host;     /* about declared hosts: looked at when one of them changes */
    uint32_t open_at; /* place in the list of open ones */
    uint64_t items;
    uint64_t missing;  /* EVENTUALLY: items not seen yet */
    uint8_t *seen;     /* EVENTUALLY: bit per item */
    uint32_t *changes; /* ASSERT_CHANGES: per item */
    uint64_t *fingerprints;
};

struct watch_ref { /* a host's place in an expectation */
    uint32_t expectation;
    uint32_t position; /* index in expectation.hosts */
};

struct watch_set {
    struct judge judge;
    const struct scenario *scenario;
    struct watch *watches;   /* per expectation */
    const uint32_t *by_from; /* expectations by `from`, then file order */
    const uint32_t *by_until;
    uint32_t next_from, next_until;
    uint32_t *open_hosts; /* open ones about declared hosts */
    uint32_t open_hosts_count;
    uint32_t *open_rest; /* the other open ones */
    uint32_t open_rest_count;
    const uint32_t *ref_first; /* [host + 1]: CSR over `refs` */
    const struct watch_ref *refs;
    uint32_t generation; /* of the network when instants were last judged */
    uint64_t checks;
    /* Called once for an expectation that fails, at the failing instant. */
    void (*on_fail)(void *owner, uint32_t expectation, uint64_t item, const char *got);
    void *owner;
};

/* Memory from `a`. False when it does not suffice. */
CN_NONNULL CN_MUSTUSE bool watch_init(struct watch_set *ws, struct arena *a,
                                      const struct scenario *s, const struct judge *j);

/* The next instant at which a window opens or ends; SIMTIME_NEVER when there is none. */
CN_NONNULL CN_PURE simtime watch_next_at(const struct watch_set *ws);

/* Judges everything that instant `now` calls for. `hosts` changed since the last call; `network`:
 * so did the network. */
CN_NONNULL void watch_instant(struct watch_set *ws, simtime now, const uint32_t *hosts,
                              uint32_t host_count, bool network);

#endif
