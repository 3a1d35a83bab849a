/* SPDX-License-Identifier: MIT */
#include "kinds.h"

#include <string.h>

#include "cnedge/base/rng.h"

/* What a row can say in single values. Not among them, for a row has none or another's: domain and
 * apex, name, place in the list of hosts, `number`, `entry`, `entry_shared`, `app`, `app_of` (see
 * portfolio_kind.app), `online_since`, `zone`, `hosted`, `members`. */
#define VALUES(X)                                                                                  \
    X(holder)                                                                                      \
    X(account)                                                                                     \
    X(partner)                                                                                     \
    X(name_group)                                                                                  \
    X(edge_name)                                                                                   \
    X(host_count)                                                                                  \
    X(filing)                                                                                      \
    X(accesses)                                                                                    \
    X(needs_commercial)                                                                            \
    X(vetting)                                                                                     \
    X(psb)                                                                                         \
    X(coverage)                                                                                    \
    X(setup)                                                                                       \
    X(policy)                                                                                      \
    X(suspended)                                                                                   \
    X(blacklisted)                                                                                 \
    X(resolution_closed)                                                                           \
    X(order)                                                                                       \
    X(registrar_ok)                                                                                \
    X(realname_matches)                                                                            \
    X(realname_since.ns)                                                                           \
    X(domain_expires.ns)                                                                           \
    X(resource_until.ns)                                                                           \
    X(demand_mbit)                                                                                 \
    X(dedicated_count)

_Static_assert(sizeof(void *) != 8 || sizeof(struct site_spec) == 216,
               "a new value is compared, or left out above");
_Static_assert(sizeof(void *) != 8 || sizeof(struct host_spec) == 48,
               "a new value of a host is compared");

#define HASH(member)  h = rng_hash(h, &s->member, sizeof(s->member));
#define EQUAL(member) &&x->member == y->member

/* The name before the domain; "" for the domain itself. */
static size_t label_len(const struct portfolio_kind *k, uint32_t host)
{
    return dname_len(k->hosts[host].name) - k->apex_len;
}

uint64_t kinds_hash(const struct portfolio_kind *k)
{
    uint64_t h = k->portfolio;
    const struct site_spec *s = &k->site;
    VALUES(HASH)
    if (s->registrar != NULL) h = rng_hash(h, s->registrar, strlen(s->registrar));
    if (s->psb_number != NULL) h = rng_hash(h, s->psb_number, strlen(s->psb_number));
    for (uint32_t i = 0; i < s->host_count; i++) {
        h = rng_hash(h, k->hosts[i].name, label_len(k, i));
    }
    return h;
}

static bool same_text(const char *x, const char *y)
{
    return x == NULL || y == NULL ? x == y : strcmp(x, y) == 0;
}

static bool same_origin(const struct origin_spec *x, const struct origin_spec *y)
{
    if (x == NULL || y == NULL) return x == y;
    return x->v4_count == y->v4_count && x->v6_count == y->v6_count &&
           memcmp(x->v4, y->v4, x->v4_count * sizeof(x->v4[0])) == 0 &&
           memcmp(x->v6, y->v6, x->v6_count * sizeof(x->v6[0])) == 0;
}

static bool same_dedicated(const struct site_spec *x, const struct site_spec *y)
{
    for (uint8_t i = 0; i < x->dedicated_count; i++) {
        const struct site_address *a = &x->dedicated[i];
        const struct site_address *b = &y->dedicated[i];
        if (a->v6 != b->v6 || memcmp(a->address, b->address, a->v6 ? 16 : 4) != 0) return false;
    }
    return true;
}

static bool same_site(const struct site_spec *x, const struct site_spec *y)
{
    bool same = (x->number == NULL) == (y->number == NULL) VALUES(EQUAL);
    return same && same_text(x->registrar, y->registrar) &&
           same_text(x->psb_number, y->psb_number) && same_origin(x->origin, y->origin) &&
           same_dedicated(x, y);
}

static bool same_alias(const uint8_t *x, const uint8_t *y)
{
    return x == NULL || y == NULL ? x == y : dname_equal(x, y);
}

static bool same_host(const struct portfolio_kind *a, const struct portfolio_kind *b, uint32_t i)
{
    const struct host_spec *x = &a->hosts[i];
    const struct host_spec *y = &b->hosts[i];
    size_t len = label_len(a, i);
    if (len != label_len(b, i) || memcmp(x->name, y->name, len) != 0) return false;
    if (x->active != y->active || x->provisioning != y->provisioning) return false;
    if (!same_alias(x->cname, y->cname) || x->txt_count != y->txt_count) return false;
    for (uint8_t t = 0; t < x->txt_count; t++) {
        if (strcmp(x->txt[t], y->txt[t]) != 0) return false;
    }
    return true;
}

bool kinds_equal(const struct portfolio_kind *a, const struct portfolio_kind *b)
{
    if (a->portfolio != b->portfolio || a->app != b->app) return false;
    if (!same_site(&a->site, &b->site)) return false;
    for (uint32_t i = 0; i < a->site.host_count; i++) {
        if (!same_host(a, b, i)) return false;
    }
    return true;
}
