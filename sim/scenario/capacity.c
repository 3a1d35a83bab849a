/* SPDX-License-Identifier: MIT
 * How much the PoPs can carry, and how many users the lines have. */
#include "load.h"
#include "tables.h"

#include "cnedge/model/users.h"

static void read_capacities(struct load *l)
{
    json_t *object = node_get(&l->root, "capacity_mbps");
    const char *id;
    json_t *value;
    if (object == NULL) return;
    uint32_t *mbps = arena_get(l->a, l->world->topology->pop_count, sizeof(*mbps));
    if (mbps == NULL) return;
    const struct at map = node_at(&l->root, "capacity_mbps");
    json_object_foreach(object, id, value)
    {
        uint32_t pop = names_find(&l->pops, id);
        const struct at at = {&map, id, 0};
        if (pop == CN_NONE32) {
            load_dangling(&l->pops, &l->root, &at, "the id of a PoP of the world", id);
            continue;
        }
        mbps[pop] = (uint32_t)node_whole(value);
    }
    l->world->capacity_mbps = mbps;
}

/* Gives every line that the pattern selects this weight. */
static void weigh(struct load *l, const struct node *n, uint32_t *users)
{
    const struct topology *t = l->world->topology;
    const char *pattern = node_text(n, "line");
    bool any = false;
    for (uint16_t i = 0; i < t->line_count; i++) {
        if (!line_matches(&t->lines[i], pattern)) continue;
        users[i] = (uint32_t)node_integer(n, "users");
        any = true;
    }
    if (any) return;
    const struct at at = node_at(n, "line");
    load_dangling(&l->lines, n, &at, "a pattern that selects a line", pattern);
}

void capacity_read(struct load *l)
{
    const struct topology *t = l->world->topology;
    if (t == NULL) return;
    uint32_t *users = arena_get(l->a, t->line_count, sizeof(*users));
    if (users == NULL) return;
    for (uint16_t i = 0; i < t->line_count; i++) {
        users[i] = users_of(t, &t->lines[i]);
    }
    l->world->users = users;
    read_capacities(l);
    for (size_t i = 0; i < node_count(&l->root, "users"); i++) {
        struct at list;
        struct at at;
        json_t *v = node_value(&l->root, "users", i, &list, &at);
        struct node n = node_item(&l->root, &objects_users, v, at);
        weigh(l, &n, users);
    }
}
