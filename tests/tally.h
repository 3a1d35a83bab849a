/* SPDX-License-Identifier: MIT
 * tally.h: sites and hosts counted one by one, for comparison with what a world has counted. */
#ifndef CNEDGE_TESTS_TALLY_H
#define CNEDGE_TESTS_TALLY_H

#include <string.h>

#include "cnedge/model/world.h"
#include "test.h"

static inline struct world_tally tally_afresh(const struct world *w)
{
    struct world_tally t;
    memset(&t, 0, sizeof(t));
    for (uint32_t i = 0; i < w->spec->site_count; i++) {
        t.filings[w->sites[i].filing] += spec_weight(&w->spec->sites[i]);
    }
    for (uint32_t i = 0; i < w->spec->host_count; i++) {
        const struct host *h = &w->hosts[i];
        const struct host_class *key = &w->classes[h->class_].key;
        uint32_t n = spec_weight(&w->spec->sites[h->site]);
        if (!h->active || w->spec->hosts[i].cname != NULL) continue;
        if (policy_entitled(key, (enum partner_state)w->partners[key->partner].state)) {
            t.entitled += n;
        } else {
            t.not_entitled += n;
        }
    }
    return t;
}

static inline void tally_check(const struct world *w)
{
    struct world_tally want = tally_afresh(w);
    struct world_tally got = world_tally(w);
    for (unsigned i = 0; i < FILING_STATE_COUNT; i++) {
        assert_int_equal(got.filings[i], want.filings[i]);
    }
    assert_int_equal(got.entitled, want.entitled);
    assert_int_equal(got.not_entitled, want.not_entitled);
}

#endif
