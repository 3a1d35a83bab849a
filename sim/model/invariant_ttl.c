/* SPDX-License-Identifier: MIT
 * invariant_ttl.c: which TTLs an answer may have. */
#include "cnedge/model/invariant.h"

bool invariant_ttl_declared(const struct choices *c, const struct host_class *k,
                            const struct cell *cell)
{
    uint32_t own = k->ttl_s[0] * 65536U + k->ttl_s[1] * 256U + k->ttl_s[2];
    if (cell->kind == DECISION_NODATA || cell->kind == DECISION_NXDOMAIN ||
        cell->kind == DECISION_REFUSED) {
        return cell->ttl_s == c->ttl_negative_s;
    }
    if (cell->ttl_s == c->ttl_failover_s) return true;
    if (own != 0) return cell->ttl_s == own;
    return cell->ttl_s == c->ttl_mainland_s || cell->ttl_s == c->ttl_outside_s;
}
