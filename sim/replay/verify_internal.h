/* SPDX-License-Identifier: MIT
 * verify_internal.h: what the files of the verifier share; nobody else includes it. */
#ifndef CNEDGE_REPLAY_VERIFY_INTERNAL_H
#define CNEDGE_REPLAY_VERIFY_INTERNAL_H

#include "cnedge/replay/verify.h"

/* --- verify_state.c: a world in one piece of memory, to be saved, restored and compared ------ */

enum { VERIFY_RANGES_MAX = 96 };

enum verify_range_kind {
    RANGE_NETWORK, /* what no line below names: part of what decisions read */
    RANGE_POPS,    /* the same, of one PoP or region each */
    RANGE_REST,    /* sites and their owners: behind class keys */
    RANGE_SKIPPED, /* told in another way, or no state */
};

struct verify_range {
    const uint8_t *from;
    const uint8_t *start; /* what was there at the start; NULL when skipped */
    size_t len;
    enum verify_range_kind kind;
};

/* State with an element for each PoP, or for each region. */
struct verify_column {
    const uint8_t *from;
    size_t size; /* of an element */
    bool by_region;
    const uint8_t *start;
};
enum { VERIFY_COLUMNS_MAX = 16 };

struct verify_space {
    struct world *w;
    struct world_spec spec; /* the scenario's, with its durations settled */
    uint8_t *block;
    size_t block_bytes;
    const uint8_t *cells, *cells_end; /* not saved: restored cells are computed again */
    struct verify_range ranges[VERIFY_RANGES_MAX]; /* by address, without gaps */
    uint32_t range_count;
    struct verify_column columns[VERIFY_COLUMNS_MAX];
    uint32_t column_count;
    uint64_t *pops_start;     /* [pop] verify_state_pops at the start */
    bool *pops_differ;        /* scratch: [pop] */
    struct world start;       /* at the start */
    struct evq_entry *timers; /* scratch: as many as there are slots */
};

/* Builds the world. False when memory or WORLD_CLASSES_MAX does not suffice. */
CN_NONNULL CN_MUSTUSE bool verify_state_init(struct verify_space *s, struct arena *a,
                                             const struct world_spec *spec, bool drawn);

/* Bytes that verify_state_save writes. */
CN_NONNULL CN_PURE size_t verify_state_bytes(const struct verify_space *s);
CN_NONNULL void verify_state_save(const struct verify_space *s, uint8_t *out);
/* The cells of all classes are computed again when they are asked for. */
CN_NONNULL void verify_state_restore(struct verify_space *s, const uint8_t *saved);

/* Of all that decisions read beside the class key: of what belongs to no PoP, and of all. */
struct verify_network {
    struct verify_digest rest, all;
};
CN_NONNULL struct verify_network verify_state_network(const struct verify_space *s);
/* What decisions read of each PoP, as one number: [pop]. */
CN_NONNULL void verify_state_pops(const struct verify_space *s, uint64_t *out);
/* Of the world and what else decides its future; `network`: as verify_state_network says just now.
 */
struct verify_position {
    simtime at;    /* when a fault is injected */
    uint32_t next; /* scenario event */
};
CN_NONNULL struct verify_digest verify_state_digest(const struct verify_space *s,
                                                    struct verify_digest network,
                                                    struct verify_position p);

CN_NONNULL void verify_state_mix(struct verify_digest *d, const void *bytes, size_t len);

/* --- verify_memo.c: digests that were met, with numbers -------------------------------------- */

struct verify_entry {
    struct verify_digest digest; /* {0, 0}: free */
    union {
        uint64_t
            ways[VERIFY_DEPTH_MAX + 1]; /* [faults left]: states from here, unmerged; 0: unknown */
        struct reference *of;           /* verify_lines.c */
    };
};

struct verify_memo {
    struct arena *a;
    struct verify_entry *slots;
    uint64_t count, size; /* size: a power of two */
};

CN_NONNULL CN_MUSTUSE bool verify_memo_init(struct verify_memo *m, struct arena *a);
/* The entry's place, which stays good until the next call; `*fresh`: it was not there. NULL when
 * memory is exhausted. */
CN_NONNULL struct verify_entry *verify_memo_put(struct verify_memo *m, struct verify_digest d,
                                                bool *fresh);
/* NULL when it is not there. */
CN_NONNULL CN_PURE struct verify_entry *verify_memo_find(const struct verify_memo *m,
                                                         struct verify_digest d);

/* --- verify_lines.c: lines that were found good with the same PoPs ---------------------------- */

struct verify_lines {
    struct verify_space *s;
    struct arena *a;
    struct verify_memo sets; /* -> the last reference of a class and a rest of the network */
    uint32_t words;          /* of a set of lines */
    uint64_t *pops;          /* [pop] as the network stands; see `current` */
    uint16_t *moved;         /* the PoPs that are not as they were at the start */
    uint32_t moved_count;
    bool current;
    uint64_t *affected, *best_affected; /* scratch: sets of lines */
    struct pop_set *reads;              /* scratch: [line] */
};

CN_NONNULL CN_MUSTUSE bool verify_lines_init(struct verify_lines *l, struct verify_space *s,
                                             struct arena *a);
/* Whether all lines of a class are good; looks only at those that no earlier answer covers. `rest`:
 * see struct verify_network. False also when memory is exhausted: nothing is known then. */
CN_NONNULL CN_MUSTUSE bool verify_lines_good(struct verify_lines *l, uint16_t class_,
                                             struct verify_digest rest, uint64_t *checks);

/* --- verify_defer.c: last faults that need not be followed ------------------------------------ */

struct verify_defer {
    struct verify_space *s;
    struct verify_memo seen;  /* classes with a network in which every fault of it was injected */
    struct verify_memo taken; /* networks -> how many of those faults they take */
    bool off;
};

CN_NONNULL CN_MUSTUSE bool verify_defer_init(struct verify_defer *d, struct verify_space *s,
                                             struct arena *a);
/* Whether it is a fault of the network alone. */
CN_NONNULL CN_PURE bool verify_defer_fault(const struct verify_defer *d, const struct event *e);
/* Whether an event may change places with such faults, unless it changes the network. */
CN_NONNULL CN_PURE bool verify_defer_passes(const struct event *e);
/* Whether each class in use was seen in this network with every such fault. */
CN_NONNULL CN_PURE bool verify_defer_seen(const struct verify_defer *d,
                                          struct verify_digest network);
/* The same; and how many such faults are not refused in it. */
CN_NONNULL bool verify_defer_known(const struct verify_defer *d, struct verify_digest network,
                                   uint32_t *taken);
/* All of them were injected in this network with the classes in use, and nothing was found. */
CN_NONNULL void verify_defer_note(struct verify_defer *d, struct verify_digest network,
                                  uint32_t taken);

/* --- verify_faults.c ------------------------------------------------------------------------- */

struct verify_fault {
    struct event event; /* its instant unset */
    uint32_t row;       /* of VERIFY_FAULTS */
    uint32_t site;      /* that it is about, itself or by a host; CN_NONE32: none */
};

/* Every line of VERIFY_FAULTS for every object. NULL when memory is exhausted. */
CN_NONNULL CN_MUSTUSE const struct verify_fault *
verify_faults_list(struct arena *a, const struct world_spec *spec, uint32_t *count);

/* --- verify_orbit.c -------------------------------------------------------------------------- */

struct verify_orbits {
    const struct scenario *scenario;
    bool off;        /* every site stands for itself */
    uint32_t *last;  /* [site] the last scenario event that names it, plus 1; 0: none */
    uint64_t *kin;   /* [site] hash of what never changes */
    uint32_t *slots; /* hash index */
    uint64_t *marks; /* [site] hash of its state */
    uint32_t slot_mask;
};

CN_NONNULL CN_MUSTUSE bool verify_orbit_init(struct verify_orbits *o, struct arena *a,
                                             const struct scenario *s,
                                             const struct world_spec *spec);
/* How many sites each site stands for just now: 0 when another stands for it. */
CN_NONNULL void verify_orbit_weigh(struct verify_orbits *o, const struct world *w, uint32_t next,
                                   uint32_t *weights);

/* --- verify_shrink.c ------------------------------------------------------------------------- */

/* Drops events from a way as long as it still ends in the same invariant's violation. `initial` is
 * a saved world; the space is left at the end of the way. */
CN_NONNULL void verify_shrink(struct verify_space *s, const struct verify_options *o,
                              const uint8_t *initial, struct verify_way *way);

#endif
