/* SPDX-License-Identifier: MIT
 * topology.h: PoPs, lines, and how far each line is from each PoP. Room model (pure).
 *
 * Built once by topology_build and never written again. Distances are great circles; the modelled
 * round-trip time (RTT) is in microseconds:
 *
 *   same side of the border   access + stretch(side) * km
 *   across the border         access + inside * km(mainland end, gateway)
 *                             + outside * km(gateway, outside end) + border + extra(country),
 *                             through the gateway that makes it least
 *
 * plus cross_carrier_us when a mainland client's carrier is not served at a mainland PoP (that part
 * depends on outages and is added by the policy). Source: DATA section 3 (fits to IBM and RIPE
 * tables), DESIGN 9.1; good for ranking PoPs, not for predicting a real network.
 *
 * A line lists each side's PoPs by (metric, tie_break, PoP id), so that "nearest" is the first
 * usable one. */
#ifndef CNEDGE_MODEL_TOPOLOGY_H
#define CNEDGE_MODEL_TOPOLOGY_H

#include "cnedge/base/addrtext.h"
#include "cnedge/base/arena.h"
#include "cnedge/base/diag.h"

enum {
    TOPOLOGY_POPS_MAX = 512,
    TOPOLOGY_LINES_MAX = 1024,
    TOPOLOGY_REGIONS_MAX = 64,
    TOPOLOGY_GATEWAYS_MAX = 8,
    TOPOLOGY_EXTRAS_MAX = 32,
    TOPOLOGY_PARTNERS_MAX = 16,
    POP_ADDRESSES_MAX = 4, /* in use at a time, per family */
    POP_POOL_MAX = 8,      /* with the spare ones: bits of an address mask */
    POP_ID_MAX = 16,       /* bytes, NUL included */
    LINE_NAME_MAX = 64,    /* bytes, NUL included */
    CITY_MAX = 40,
};

/* Network operators a mainland client can sit behind (FACTS A8). The order is part of line names
 * and traces: append only. */
enum carrier {
    CARRIER_TELECOM,
    CARRIER_UNICOM,
    CARRIER_MOBILE,
    CARRIER_CERNET,
    CARRIER_CSTNET,
    CARRIER_DRPENG,
    CARRIER_CABLE,
    CARRIER_CLOUD,
    CARRIER_OTHER,
    CARRIER_COUNT
};

/* "telecom", "unicom", ...; CARRIER_COUNT for a word that is none. */
CN_CONST const char *carrier_name(enum carrier c);
CN_NONNULL CN_PURE enum carrier carrier_find(const char *name);

/* Address families. The order is part of world state: v4 first. */
enum family { FAMILY_V4, FAMILY_V6, FAMILY_COUNT };

/* "v4", "v6". */
CN_CONST const char *family_name(enum family f);

enum pop_class { POP_MAINLAND, POP_NEAR, POP_GLOBAL, POP_CLASS_COUNT };

/* "mainland", "near", "global". */
CN_CONST const char *pop_class_name(enum pop_class c);

/* Where a client is (FACTS C1). */
enum client_zone { ZONE_MAINLAND, ZONE_NEAR, ZONE_GLOBAL, ZONE_UNKNOWN };

CN_CONST const char *client_zone_name(enum client_zone z);

/* How "nearest" is measured: setting `nearest_metric` (FACTS C4.1). */
enum nearest_metric { METRIC_RTT, METRIC_GREAT_CIRCLE, METRIC_ORDER, METRIC_COUNT };

CN_CONST const char *nearest_metric_name(enum nearest_metric m);

/* Between equally near PoPs: setting `tie_break` (FACTS C4.2). */
enum tie_break {
    TIE_ID,    /* the least id */
    TIE_ORDER, /* the first in the world's list */
    TIE_LINE,  /* by a hash of line and PoP: lines spread over them */
    TIE_BREAK_COUNT
};

struct point {
    double lat, lon; /* degrees */
};

struct pop {
    char id[POP_ID_MAX]; /* unique; breaks ties of "nearest" */
    char city[CITY_MAX];
    char country[3];   /* ISO 3166-1 alpha-2, lower case */
    uint16_t region;   /* mainland PoPs: index of the region; else CN_NONE16 */
    uint16_t carriers; /* bit per enum carrier that the PoP is attached to; outside: 0 */
    enum pop_class class_;
    uint8_t partner; /* mainland PoPs: who operates it, an index in world_spec.partners; else 0 */
    struct point at;
    uint8_t v4_count, v6_count;   /* each 1..POP_ADDRESSES_MAX: IPv6 is forced on (FACTS A9) */
    uint8_t v4_spares, v6_spares; /* behind those, to be rotated in */
    uint8_t v4[POP_POOL_MAX][4];
    uint8_t v6[POP_POOL_MAX][16];
};

struct region { /* a province of the mainland */
    char name[32];
    bool east_china; /* takes foreign clients under coverage "domestic" (FACTS C2, AL11) */
};

struct line {
    char name[LINE_NAME_MAX]; /* "cn/shanghai/telecom", "de", "unknown" */
    enum client_zone zone;
    enum carrier carrier; /* mainland lines; CARRIER_COUNT outside */
    uint16_t region;      /* mainland lines: index of the region; else CN_NONE16 */
    char country[3];      /* "cn", "de"; "" for the unknown line */
    struct point at;
    const uint16_t *mainland; /* PoP indices, nearest first; topology.mainland_count of them */
    const uint16_t *outside;  /* the same for near and global PoPs together */
};

struct rtt_model {                  /* all >= 0 */
    uint32_t access_us;             /* 5000 */
    uint32_t outside_us_per_1000km; /* 16500 */
    uint32_t inside_us_per_1000km;  /* 20000 */
    uint32_t border_us;             /* 85000 */
    uint32_t cross_carrier_us;      /* 15000 */
    uint8_t gateway_count;          /* 1..TOPOLOGY_GATEWAYS_MAX */
    struct point gateway[TOPOLOGY_GATEWAYS_MAX];
    uint8_t extra_count;
    struct {
        char country[3];
        uint32_t us;
    } extra[TOPOLOGY_EXTRAS_MAX]; /* measured detours from the mainland: tw, vn 110000 */
};

struct topology_spec { /* what a world description says; arrays are borrowed for the build only */
    const struct region *regions;
    const struct pop *pops;
    const struct line *lines; /* `mainland` and `outside` unset */
    uint16_t region_count, pop_count, line_count;
    uint16_t unknown_line; /* index of the line that stands for "we cannot tell" */
    enum nearest_metric metric;
    enum tie_break tie_break;
    struct rtt_model rtt;
};

struct topology {
    const struct region *regions;
    const struct pop *pops;
    const struct line *lines;
    uint16_t region_count, pop_count, line_count;
    uint16_t mainland_count, outside_count; /* PoPs */
    uint16_t unknown_line;
    enum nearest_metric metric;
    enum tie_break tie_break;
    struct rtt_model rtt;
    const uint32_t *rtt_us;       /* [line * pop_count + pop], without cross_carrier_us */
    const uint32_t *metric_value; /* the same shape: what the orders are sorted by */
    const uint16_t *line_by_name; /* line indices, sorted by name */
    const uint16_t *pop_by_id;    /* PoP indices, sorted by id */
    /* The same as in lines and pops, close together for who asks with every query. */
    const uint8_t *line_zones;  /* [line] enum client_zone */
    const uint8_t *pop_classes; /* [pop] enum pop_class */
};

/* The numbers above with Beijing, Shanghai and Guangzhou as gateways. */
CN_CONST struct rtt_model rtt_model_default(void);

/* Great-circle distance in metres, on a sphere of 6371 km; the same on every machine. */
CN_CONST uint32_t topology_metres(struct point a, struct point b);

/* Makes a frozen topology in `a`. The spec has been validated by whoever read it: ids and names
 * unique, counts within limits, latitudes in -90..90, longitudes in -180..180. NULL when the arena
 * is exhausted. */
CN_NONNULL CN_MUSTUSE const struct topology *topology_build(struct arena *a,
                                                            const struct topology_spec *spec);

/* Index by name or id; CN_NONE16 when there is none. */
CN_NONNULL CN_PURE uint16_t topology_find_line(const struct topology *t, const char *name);
CN_NONNULL CN_PURE uint16_t topology_find_pop(const struct topology *t, const char *id);
CN_NONNULL CN_PURE uint16_t topology_find_region(const struct topology *t, const char *name);

/* How many addresses of a family a PoP has, the spare ones included. */
CN_NONNULL CN_PURE unsigned topology_pool(const struct pop *p, enum family f);

/* One of them as text. */
CN_NONNULL void topology_address_text(const struct pop *p, enum family f, unsigned index,
                                      char out[ADDRTEXT_MAX]);

/* Modelled RTT in microseconds, cross-carrier penalty included when `carrier_served` is false;
 * at most UINT32_MAX. */
CN_NONNULL CN_PURE uint32_t topology_rtt_us(const struct topology *t, uint16_t line, uint16_t pop,
                                            bool carrier_served);

/* What comes before the id where two PoPs are equally near to a line: the less, the nearer. */
CN_NONNULL CN_PURE uint32_t topology_tie(const struct topology *t, uint16_t line, uint16_t pop);

/* Whether a line is selected by a pattern: parts separated by '/', '*' for any part, a shorter
 * pattern selects every line below it ("cn", "cn/STAR/telecom" with STAR = '*', "hk", "*"), a
 * leading '!' negates. */
CN_NONNULL CN_PURE bool line_matches(const struct line *line, const char *pattern);

#endif
