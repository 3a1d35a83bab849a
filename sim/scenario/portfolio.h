/* SPDX-License-Identifier: MIT
 * portfolio.h: sites that are rows of files. Room scenario.
 *
 * All rows are read before the sites of the scenario file, and kept as a few bytes each: a name, a
 * number, where they stand, and their kind. What rows of a kind have in common is read once. */
#ifndef CNEDGE_SIM_SCENARIO_PORTFOLIO_H
#define CNEDGE_SIM_SCENARIO_PORTFOLIO_H

#include "sites.h"

enum { PORTFOLIO_ERRORS_MAX = 1000 }; /* in one file: the rest of it is not read */

struct portfolio_kind {      /* rows that differ in domain and number only */
    struct site_spec site;   /* without domain and apex; host_count is that of `hosts` */
    struct host_spec *hosts; /* with the names in the first row */
    size_t apex_len;         /* of the first row's domain in wire form */
    size_t labels_max;       /* bytes of the longest host name before the domain, dot included */
    const struct load_filing *app; /* whose filing covers the domain; or NULL */
    uint64_t hash;                 /* of all that, see kinds.h */
    uint32_t portfolio, next;      /* next of the same bucket, plus one; 0: none */
};

struct portfolio_row {
    const uint8_t *name; /* wire; behind it the filing's number as text, "" when it has none */
    int64_t offset;
    int line;
    uint32_t kind;
    uint32_t group; /* the site that it is, or that stands for it too: see cohorts.h */
    bool alone;     /* a site of its own */
};

struct portfolio_group { /* rows that are one site of the world */
    uint64_t patterns;   /* bits of the patterns of names that choose its hosts */
    uint32_t first;      /* row; rows of a group have one kind */
    uint32_t named;      /* row by whose name the site goes: the first of the shortest */
    uint32_t count;      /* more than one: a cohort */
};

/* Reads the rows of all portfolios: what each of them says for itself. */
CN_NONNULL void portfolio_scan(struct load *l);

/* Finds out which rows share a site. Once the sites of the scenario file are declared. */
CN_NONNULL void portfolio_group(struct load *l, const struct site_spec *sites, uint32_t count);

/* How many sites and hosts they add to the world; 0 without portfolios. */
CN_NONNULL CN_PURE uint32_t portfolio_sites(const struct load *l);
CN_NONNULL CN_PURE uint64_t portfolio_hosts(const struct load *l);

/* Declares their domains, from r->site on, beside those that are declared already. */
CN_NONNULL void portfolio_declare(struct sites_reader *r);

/* Reads them into r->sites and r->hosts, from r->site on. */
CN_NONNULL void portfolio_read(struct sites_reader *r);

/* Reports those that lie in the CDN's zone, and warns of top-level domains that may not be filed;
 * `first` is their first site. After all sites have been read without an error. */
CN_NONNULL void portfolio_check(struct sites_reader *r, uint32_t first);

/* Makes the table of all apexes, and the list of members, if any site has members. */
CN_NONNULL void portfolio_apexes(struct sites_reader *r, uint32_t first);

#endif
