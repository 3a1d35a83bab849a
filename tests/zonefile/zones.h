/* SPDX-License-Identifier: MIT
 * zones.h: zones from records written in a test, and what their lookup says as a word. */
#ifndef CNEDGE_ZONES_TEXT_H
#define CNEDGE_ZONES_TEXT_H

#include <stdio.h>
#include <string.h>

#include "../test.h"
#include "cnedge/model/answer.h"
#include "cnedge/scenario/heap.h"
#include "cnedge/zonefile/zonefile.h"

enum { ZONES_LINES_MAX = 64, ZONES_TEXT_MAX = 512 };

struct zones_made {
    struct heap heaps[2];
    struct arena a, scratch;
    const struct zone *zone;    /* NULL: refused */
    char first[ZONES_TEXT_MAX]; /* the first problem: "line: text" */
    int problems;
};

static inline void zones_report(void *owner, enum cn_status status, const char *file, int line,
                                const char *text)
{
    struct zones_made *m = owner;
    assert_int_not_equal(status, CN_OK);
    if (m->problems++ > 0) return;
    snprintf(m->first, sizeof(m->first), "%s%s%d: %s", file != NULL ? file : "",
             file != NULL ? ":" : "", line, text);
}

static inline void zones_begin(struct zones_made *m)
{
    memset(m, 0, sizeof(*m));
    heap_init(&m->heaps[0], &m->a);
    heap_init(&m->heaps[1], &m->scratch);
}

static inline void zones_end(struct zones_made *m)
{
    heap_free(&m->heaps[0]);
    heap_free(&m->heaps[1]);
}

/* Makes a zone of inline records; `lines` ends with NULL. */
static inline void zones_make(struct zones_made *m, const char *apex, const char *const *lines)
{
    uint8_t wire[DNAME_MAX];
    struct zonefile z = {.folder = ".", .lines = lines, .report = zones_report, .owner = m};
    zones_begin(m);
    assert_int_not_equal(dname_from_text(apex, wire), 0);
    z.apex = wire;
    while (lines[z.line_count] != NULL) {
        z.line_count++;
    }
    m->zone = zonefile_read(&m->a, &m->scratch, &z);
    assert_int_equal(m->zone == NULL, m->problems > 0);
}

/* "A *.example.", "DNAME d.example.", "nodata", ...: what the lookup finds, and where. */
static inline void zones_ask(const struct zone *z, const char *name, uint16_t type,
                             char out[ZONES_TEXT_MAX])
{
    static const char *const words[] = {
        [ZONE_RECORDS] = "records",  [ZONE_ALIAS] = "alias", [ZONE_DNAME] = "dname",
        [ZONE_DELEGATION] = "refer", [ZONE_ANY] = "any",     [ZONE_NODATA] = "nodata",
        [ZONE_NXDOMAIN] = "nxdomain"};
    uint8_t wire[DNAME_MAX];
    char node[DNAME_TEXT_MAX] = "";
    assert_int_not_equal(dname_from_text(name, wire), 0);
    struct zone_found f = zone_find(z, wire, type);
    if (f.node != NULL) dname_show(f.node->name, node);
    bool shown = f.kind != ZONE_NXDOMAIN && f.kind != ZONE_NODATA;
    snprintf(out, ZONES_TEXT_MAX, "%s%s%.200s", words[f.kind], shown ? " " : "", shown ? node : "");
    if (f.kind == ZONE_NODATA && f.wildcard) snprintf(out, ZONES_TEXT_MAX, "nodata*");
    assert_int_equal(f.wildcard, f.node != NULL && f.wildcard);
}

#endif
