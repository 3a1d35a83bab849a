/* SPDX-License-Identifier: MIT */
#include "cnedge/traffic/cache.h"

#include <string.h>

static bool is_for(const struct cache_entry *e, const struct cache_key *key)
{
    return e->turn != 0 && e->type == key->type && dname_equal(e->name, key->name);
}

static struct cache_entry *set_of(const struct cache *c, const struct cache_key *key)
{
    uint8_t input[sizeof(key->type) + DNAME_MAX];
    size_t len = dname_lower(key->name, input + sizeof(key->type));
    for (size_t i = 0; i < sizeof(key->type); i++) {
        input[i] = (uint8_t)(key->type >> 8 * i);
    }
    return &c->entries[siphash(c->key, input, sizeof(key->type) + len) % c->sets * CACHE_WAYS];
}

static struct cache_entry *lookup(const struct cache *c, const struct cache_key *key)
{
    struct cache_entry *set = set_of(c, key);
    for (size_t i = 0; i < CACHE_WAYS; i++) {
        if (is_for(&set[i], key)) return &set[i];
    }
    return NULL;
}

/* What comes from later than now is of another run of the clock. */
static bool is_over(const struct cache_entry *e, simtime now)
{
    return simtime_before(now, e->from) || simtime_since(now, e->from).ns >= simdur_s(e->life_s).ns;
}

static enum cache_state state_of(const struct cache *c, const struct cache_entry *e, simtime now)
{
    if (!is_over(e, now)) return CACHE_FRESH;
    if (e->plain) return CACHE_NONE;
    switch ((enum population_profile)c->habit.profile) {
    case POPULATION_STALE_FIRST:
        return CACHE_STALE;
    case POPULATION_STALE_FOREVER:
        return CACHE_KEPT;
    case POPULATION_HONEST:
    case POPULATION_FLOOR:
    case POPULATION_EXTEND:
    case POPULATION_COUNT:
        break;
    }
    return CACHE_NONE;
}

struct cache_hit cache_find(struct cache *c, const struct cache_key *key, simtime now)
{
    struct cache_entry *e = lookup(c, key);
    if (e == NULL) return (struct cache_hit){.state = CACHE_NONE};
    struct cache_hit hit = {.state = state_of(c, e, now), .left_s = CACHE_STALE_S, .entry = e};
    if (hit.state == CACHE_NONE) return (struct cache_hit){.state = CACHE_NONE};
    if (hit.state == CACHE_FRESH) {
        int64_t left_ns = simdur_s(e->life_s).ns - simtime_since(now, e->from).ns;
        hit.left_s = (uint32_t)(left_ns / SIMDUR_SECOND);
    }
    e->turn = ++c->turn;
    return hit;
}

/* How gladly an entry gives way: a free one before all, then one that nobody would get. */
static uint64_t worth(const struct cache *c, const struct cache_entry *e, simtime now)
{
    if (e->turn == 0 || state_of(c, e, now) == CACHE_NONE) return 0;
    return e->turn;
}

static struct cache_entry *place_for(const struct cache *c, const struct cache_key *key,
                                     simtime now)
{
    struct cache_entry *same = lookup(c, key);
    struct cache_entry *set = set_of(c, key);
    struct cache_entry *least = set;
    for (size_t i = 1; i < CACHE_WAYS; i++) {
        if (worth(c, &set[i], now) < worth(c, least, now)) least = &set[i];
    }
    return same != NULL ? same : least;
}

bool cache_put(struct cache *c, const struct cache_key *key, const struct cache_item *item,
               simtime now)
{
    uint32_t life_s = item->plain ? item->ttl_s : population_life_s(&c->habit, item->ttl_s);
    if (life_s == 0 || item->len > CACHE_DATA_MAX) return false;
    struct cache_entry *e = place_for(c, key, now);
    c->turn++;
    e->turn = c->turn;
    e->serial = c->turn;
    e->from = now;
    e->life_s = life_s;
    e->type = key->type;
    e->len = (uint16_t)item->len;
    e->kind = item->kind;
    e->plain = item->plain;
    dname_lower(key->name, e->name);
    if (item->len > 0) memcpy(e->data, item->data, item->len);
    return true;
}
