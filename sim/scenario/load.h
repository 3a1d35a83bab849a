/* SPDX-License-Identifier: MIT
 * load.h: what the parts of the loader share while a scenario is read. Room scenario.
 *
 * Each part reads one list of a file whose shape has been checked, reports what its values mean
 * wrongly, and goes on. After the last part the scenario is complete or thrown away. */
#ifndef CNEDGE_SIM_SCENARIO_LOAD_H
#define CNEDGE_SIM_SCENARIO_LOAD_H

#include "cnedge/scenario/scenario.h"
#include "names.h"
#include "node.h"

struct load_filing { /* a filing before a site takes it */
    const char *id;
    uint32_t holder;
    const char *number;
    enum filing_state state;
    uint32_t accesses; /* bits of providers; 0: those of the site's partner */
    uint32_t order;    /* group of filings that are one order; CN_NONE32: alone */
    uint32_t site;     /* CN_NONE32: no site yet */
    uint32_t app;      /* of kind "app": its index in world_spec.sites; else CN_NONE32 */
    bool is_app;
    walltime online_since;
};

struct portfolio_set;

struct load {
    struct arena *a;       /* the scenario's memory */
    struct arena *scratch; /* freed after loading */
    struct node root;
    struct scenario *s;
    struct world_spec *world;          /* of `s` */
    struct names lines, pops, regions; /* of the world */
    struct names packages, products;
    struct names partners, providers, holders, accounts, filings, sites, hosts, clients, events;
    struct names orders; /* of filings that are handed in together */
    struct names edge_names,
        site_names;    /* names that sites share: edges; that they are filed under */
    struct names apps; /* ids of filings that are apps' -> index in world_spec.sites */
    struct load_filing *filing;
    struct portfolio_set *portfolios;
    const struct scenario_limits *limits;
    const char **provider_ids;   /* of world_spec.providers */
    const simtime *event_at;     /* by the event's number; SIMTIME_NEVER: its time is wrong */
    const uint32_t *event_index; /* number -> index in scenario.events */
};

/* Whether there is still memory; the parts give up early without it. */
CN_NONNULL CN_PURE bool load_has_memory(const struct load *l);

/* The lower-case text of a domain name without a final dot: how names are looked up. */
CN_NONNULL void load_canonical(const char *text, char out[DNAME_TEXT_MAX]);

/* The number at `key`, NULL when absent: one of the kinds in `kinds` (bits of enum number_kind),
 * and of the province if that is not NULL; reports what it is not. Nothing but such a number is
 * taken: it is told to the partner. */
const char *load_number(struct load *l, const struct node *n, const char *key, uint32_t kinds,
                        const struct province *province);

/* A copy in the scenario's memory; "" when memory is exhausted. */
CN_NONNULL const char *load_copy(struct load *l, const char *text);

/* The folder of the scenario file; NULL when memory is exhausted. */
CN_NONNULL const char *load_folder(struct load *l);

/* The wire form of a host name, in the scenario's memory; NULL when memory is exhausted. */
CN_NONNULL const uint8_t *load_wire(struct load *l, const char *text);

/* Declares the text at `key` under the number `value`; reports when it is declared already. */
CN_NONNULL bool load_declare(struct names *t, const struct node *n, const char *key,
                             const char *what, uint32_t value);

/* The number of the thing that the text at `key` names; reports a text that names none. CN_NONE32
 * then, and when the key is absent. `what`: "the id of a declared holder". */
CN_NONNULL uint32_t load_refer(const struct names *t, const struct node *n, const char *key,
                               const char *what);
/* The same for domains and hosts, in any case, with or without a final dot. */
CN_NONNULL uint32_t load_refer_name(const struct names *t, const struct node *n, const char *key,
                                    const char *what);

/* Reports that `text` at `at` names nothing known. */
CN_NONNULL void load_dangling(const struct names *t, const struct node *n, const struct at *at,
                              const char *what, const char *text);

/* The parts, in the order in which they run. */
CN_NONNULL void settings_read(struct load *l);
CN_NONNULL void entities_partners(struct load *l);
CN_NONNULL void workdays_read(struct load *l);
CN_NONNULL void world_file_read(struct load *l);
CN_NONNULL void capacity_read(struct load *l);
CN_NONNULL void populations_read(struct load *l);
CN_NONNULL void entities_read(struct load *l);
CN_NONNULL void sites_read(struct load *l);
CN_NONNULL void products_read(struct load *l);
CN_NONNULL void clients_read(struct load *l);
CN_NONNULL void events_read(struct load *l);
CN_NONNULL void expect_read(struct load *l);

#endif
