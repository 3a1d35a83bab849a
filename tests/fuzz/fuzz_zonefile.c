/* SPDX-License-Identifier: MIT
 * Any text as a master file, line by line as inline records: it is refused with at least one
 * problem, or it is a zone. A zone answers for every name in it without contradiction, and shows
 * its records as text that makes the same zone again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cnedge/model/answer.h"
#include "cnedge/scenario/heap.h"
#include "cnedge/zonefile/zonefile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LINES_MAX = 256, TEXT_MAX = 8192 };

static void count(void *owner, enum cn_status status, const char *file, int line, const char *text)
{
    unsigned *problems = owner;
    CN_ASSERT(status != CN_OK && file == NULL && line >= 0 && text[0] != '\0');
    CN_ASSERT(strlen(text) < DIAG_TEXT_MAX);
    (*problems)++;
}

struct made {
    struct heap heaps[2];
    struct arena a, scratch;
    const struct zone *zone;
};

static void make(struct made *m, const char *const *lines, uint32_t line_count)
{
    static const uint8_t apex[] = {1, 'z', 0};
    unsigned problems = 0;
    heap_init(&m->heaps[0], &m->a);
    heap_init(&m->heaps[1], &m->scratch);
    const struct zonefile z = {.folder = ".",
                               .lines = lines,
                               .line_count = line_count,
                               .apex = apex,
                               .report = count,
                               .owner = &problems};
    m->zone = zonefile_read(&m->a, &m->scratch, &z);
    CN_ASSERT((m->zone == NULL) == (problems > 0));
}

static void drop(struct made *m)
{
    heap_free(&m->heaps[0]);
    heap_free(&m->heaps[1]);
}

/* Each node is found by its name; what hides it is an ancestor or itself. */
static void check_zone(const struct zone *z)
{
    static const uint16_t types[] = {RR_A, RR_NS, RR_CNAME, RR_DS, RR_ANY, RR_HTTPS};
    for (uint32_t i = 0; i < z->node_count; i++) {
        uint8_t name[DNAME_MAX];
        const struct zone_node *n = &z->nodes[i];
        dname_lower(n->name, name);
        CN_ASSERT(zone_node_at(z, name) == n && n->parent <= i && n->labels == dname_labels(name));
        for (size_t t = 0; t < CN_ARRAY_LEN(types); t++) {
            struct zone_found f = zone_find(z, name, types[t]);
            CN_ASSERT(f.kind != ZONE_NXDOMAIN && !f.wildcard);
            CN_ASSERT(f.node != NULL && dname_within(name, f.node->name));
        }
    }
}

/* Whether the records' text makes a zone of as many nodes and records; long ones are cut. */
static void check_text(const struct zone *z)
{
    static char text[LINES_MAX][ZONEFILE_TEXT_MAX];
    const char *lines[LINES_MAX];
    uint32_t n = 0;
    for (uint32_t i = 0; i < z->node_count; i++) {
        for (uint16_t s = 0; s < z->nodes[i].set_count; s++) {
            const struct zone_set *set = &z->nodes[i].sets[s];
            for (uint16_t k = 0; k < set->count; k++) {
                const struct zonefile_record r = {z->nodes[i].name, set, k, set->ttl_s};
                if (n == LINES_MAX || dname_len(r.owner) > 60) return;
                zonefile_show(&r, text[n]);
                if (strstr(text[n], "...") != NULL) return;
                lines[n] = text[n];
                n++;
            }
        }
    }
    struct made again;
    make(&again, lines, n);
    CN_ASSERT(again.zone != NULL && again.zone->node_count == z->node_count);
    CN_ASSERT(again.zone->record_count == z->record_count);
    drop(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[TEXT_MAX + 1];
    const char *lines[LINES_MAX];
    uint32_t n = 0;
    if (size > TEXT_MAX) return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    for (char *p = text; p != NULL && n < LINES_MAX;) {
        lines[n++] = p;
        p = strchr(p, '\n');
        if (p != NULL) *p++ = '\0';
    }
    struct made m;
    make(&m, lines, n);
    if (m.zone != NULL) {
        check_zone(m.zone);
        check_text(m.zone);
    }
    drop(&m);
    return 0;
}
