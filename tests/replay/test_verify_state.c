/* SPDX-License-Identifier: MIT
 * The digest of a state covers every byte of the world, but for those that are named here. So
 * whatever is added to the world tells states apart until somebody says why it need not. */
#include <string.h>

#include "../../sim/replay/verify_internal.h"

#include "play.h"
#include "test.h"

static struct fixture f;
static struct verify_space space;

/* Bytes of which the digest tells nothing, or not as bytes. */
struct left_out {
    const void *from;
    size_t len;
};

enum { LEFT_OUT_MAX = 40 };
static struct left_out left_out[LEFT_OUT_MAX];
static unsigned left_out_count;

static void leave_out(const void *from, size_t len)
{
    assert_true(left_out_count < LEFT_OUT_MAX);
    left_out[left_out_count++] = (struct left_out){from, len};
}

#define LEAVE_OUT(member) leave_out(&w->member, sizeof(w->member))

static void name_left_out(void)
{
    const struct world *w = space.w;
    size_t pops = w->topology->pop_count;
    size_t hosts = space.spec.host_count;
    left_out_count = 0;
    /* When, how often and for whom it changed: no decision reads that. `now` is in the position. */
    LEAVE_OUT(now);
    LEAVE_OUT(changed_at);
    LEAVE_OUT(changes);
    LEAVE_OUT(changed);
    LEAVE_OUT(generation);
    LEAVE_OUT(load_generation);
    LEAVE_OUT(message_generation);
    leave_out(w->changed.hosts, hosts * sizeof(*w->changed.hosts));
    leave_out(w->host_marked, hosts * sizeof(*w->host_marked));
    leave_out(w->notices, pops * sizeof(*w->notices));
    /* What the digest follows; it never changes. */
    LEAVE_OUT(topology);
    LEAVE_OUT(classes);
    LEAVE_OUT(hosts);
    LEAVE_OUT(listed);
    LEAVE_OUT(listed_count); /* see below */
    /* What follows from the rest: load, cells, and the table of classes with its index. */
    LEAVE_OUT(load_due);
    LEAVE_OUT(spill);
    LEAVE_OUT(class_count);
    leave_out(w->nearest_kbps, pops * sizeof(*w->nearest_kbps));
    leave_out(w->pop_kbps, pops * sizeof(*w->pop_kbps));
    leave_out(w->adding_kbps, pops * sizeof(*w->adding_kbps));
    leave_out(w->classes, WORLD_CLASSES_MAX * sizeof(*w->classes));
    leave_out(w->class_slots, 4 * (size_t)WORLD_CLASSES_MAX * sizeof(*w->class_slots));
    leave_out(space.cells, (size_t)(space.cells_end - space.cells));
    /* In the order in which they are due, not as the heap holds them; see below. */
    LEAVE_OUT(timers);
    leave_out(w->timers.heap, w->timers.slots * sizeof(*w->timers.heap));
    leave_out(w->timers.place, w->timers.slots * sizeof(*w->timers.place));
    leave_out(w->listed, LISTED_MAX * sizeof(*w->listed)); /* those that are used; see below */
    leave_out(w->hosts, hosts * sizeof(*w->hosts));        /* by their class's key; see below */
}

static bool is_left_out(const uint8_t *byte)
{
    for (unsigned i = 0; i < left_out_count; i++) {
        const uint8_t *from = left_out[i].from;
        if (byte >= from && byte < from + left_out[i].len) return true;
    }
    return false;
}

static struct verify_digest digest(void)
{
    return verify_state_digest(&space, verify_state_network(&space).all,
                               (struct verify_position){SIMTIME_START, 0});
}

static bool same(struct verify_digest a, struct verify_digest b)
{
    return a.a == b.a && a.b == b.b;
}

static void prepare(void)
{
    fixture_init(&f);
    fixture_site(&f, "a.example");
    fixture_host(&f, "www.a.example");
    f.sites[fixture_site(&f, "b.example")].blacklisted = true;
    fixture_host(&f, "www.b.example");
    fixture_build(&f);
    assert_true(verify_state_init(&space, &f.arena, &f.spec, false));
}

/* Whether a flip of the byte is seen; it is flipped back. */
static bool flip_seen(uint8_t *byte, struct verify_digest before)
{
    *byte ^= 0x40;
    bool seen = !same(before, digest());
    *byte ^= 0x40;
    return seen;
}

/* Every byte of the world itself, and of the rest every fifth: no member is that small and alone.
 */
static void every_byte_counts(void **state)
{
    (void)state;
    prepare();
    name_left_out();
    struct verify_digest before = digest();
    const uint8_t *own = (const uint8_t *)space.w;
    unsigned flipped = 0;
    for (size_t i = 0; i < space.block_bytes; i++) {
        uint8_t *byte = &space.block[i];
        bool in_world = byte >= own && byte < own + sizeof(*space.w);
        if (is_left_out(byte) || (!in_world && i % 5 != 0)) continue;
        flipped++;
        if (!flip_seen(byte, before)) fail_msg("byte %zu of the world makes no difference", i);
    }
    assert_true(flipped > 1000);
    assert_true(same(before, digest()));
    fixture_free(&f);
}

/* Of a host all counts but the number of its class, in place of which its key does. */
static void hosts_count(void **state)
{
    (void)state;
    prepare();
    struct verify_digest before = digest();
    struct host *h = &space.w->hosts[1];
    for (size_t i = 0; i < sizeof(*h); i++) {
        uint8_t *byte = (uint8_t *)h + i;
        if (i >= offsetof(struct host, class_) &&
            i < offsetof(struct host, class_) + sizeof(h->class_))
            continue;
        if (!flip_seen(byte, before)) fail_msg("byte %zu of a host makes no difference", i);
    }
    struct host_class *key = &space.w->classes[h->class_].key;
    for (size_t i = 0; i < sizeof(*key); i++) {
        if (!flip_seen((uint8_t *)key + i, before)) fail_msg("byte %zu of a key", i);
    }
    fixture_free(&f);
}

/* Which timer is due, and when; entries of the list that are in use. */
static void timers_and_entries_count(void **state)
{
    (void)state;
    prepare();
    struct world *w = space.w;
    struct verify_digest before = digest();
    evq_set(&w->timers, 3, play_at(100));
    struct verify_digest third = digest();
    evq_set(&w->timers, 3, play_at(101));
    struct verify_digest later = digest();
    evq_clear(&w->timers, 3);
    evq_set(&w->timers, 4, play_at(101));
    struct verify_digest fourth = digest();
    evq_clear(&w->timers, 4);
    assert_true(same(before, digest()));
    assert_false(same(before, third));
    assert_false(same(third, later));
    assert_false(same(later, fourth));
    w->listed_count++;
    before = digest();
    uint8_t *entry = (uint8_t *)&w->listed[w->listed_count - 1];
    for (size_t i = 0; i < sizeof(*w->listed); i++) {
        if (!flip_seen(entry + i, before)) fail_msg("byte %zu of an entry", i);
    }
    fixture_free(&f);
}

/* What the network has of a PoP or its region is seen in the number of that PoP. */
static void every_column_counts(void **state)
{
    (void)state;
    prepare();
    uint16_t pops = space.w->topology->pop_count;
    uint64_t *before = arena_get(&f.arena, pops, sizeof(*before));
    uint64_t *after = arena_get(&f.arena, pops, sizeof(*after));
    assert_non_null(before);
    assert_non_null(after);
    verify_state_pops(&space, before);
    for (uint32_t c = 0; c < space.column_count; c++) {
        const struct verify_column *column = &space.columns[c];
        uint16_t region = space.w->topology->pops[POP_SHA].region;
        size_t at = column->by_region ? region : POP_SHA;
        for (size_t i = 0; i < column->size; i++) {
            uint8_t *byte = space.block + (column->from - space.block) + at * column->size + i;
            *byte ^= 0x40;
            verify_state_pops(&space, after);
            *byte ^= 0x40;
            if (before[POP_SHA] == after[POP_SHA]) fail_msg("byte %zu of column %u", i, c);
            if (before[POP_LAX] != after[POP_LAX]) fail_msg("column %u: another PoP", c);
        }
    }
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_counts),
        cmocka_unit_test(hosts_count),
        cmocka_unit_test(timers_and_entries_count),
        cmocka_unit_test(every_column_counts),
    };
    return cmocka_run_group_tests_name("verify_state", tests, NULL, NULL);
}
