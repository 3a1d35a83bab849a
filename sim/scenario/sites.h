/* SPDX-License-Identifier: MIT
 * sites.h: a site and its hosts, wherever they are written. Room scenario. */
#ifndef CNEDGE_SIM_SCENARIO_SITES_H
#define CNEDGE_SIM_SCENARIO_SITES_H

#include "load.h"

struct sites_reader {
    struct load *l;
    struct site_spec *sites;
    struct host_spec *hosts;
    uint32_t site; /* that is being read; its domain is known */
    uint32_t host_count;
    struct names *declared; /* full names of hosts */
    bool row;               /* of a portfolio: read for itself alone, beside no other site */
};

/* Reads where the site is onboarded, and who carries its filing if nothing else is said. */
CN_NONNULL void sites_partner(struct sites_reader *r, const struct node *n);

/* Reads all else that a site's object says but for its domain, its filing and its hosts; partner
 * and filing are known. */
CN_NONNULL void sites_parts(struct sites_reader *r, const struct node *n);

/* sim/scenario/hosts.c: reads the hosts of a site. */
CN_NONNULL void hosts_read(struct sites_reader *r, const struct node *site);

/* The domain of the site inside `domain` that the name belongs to; NULL when there is none. */
CN_NONNULL const char *hosts_inner(const struct load *l, const char *name, const char *domain);

#define SITES_TLD_TEXT "the top-level domain of \"%s\"%s may not be filed: it is not in %s"
#define SITES_CDN_TEXT                                                                             \
    "expected a domain outside of the CDN's zone \"%s\" (choices.cdn_zone), got \"%s\""
#define SITES_CDN_HOST_TEXT "expected a host outside of the CDN's zone \"%s\" (choices.cdn_zone)"

/* What says which top-level domains may be filed, in words. */
CN_NONNULL CN_PURE const char *sites_tld_source(const struct load *l);

/* Whether some of the sites that have been read lead to the CDN's zone: then it is in `zone`. */
CN_NONNULL CN_MUSTUSE bool sites_cdn_zone(const struct sites_reader *r, uint8_t zone[DNAME_MAX]);

#endif
