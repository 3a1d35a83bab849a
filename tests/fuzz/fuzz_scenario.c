/* SPDX-License-Identifier: MIT
 * Any bytes as a scenario: never a crash; either a scenario and no error, or errors that lie inside
 * of the text and no scenario. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cnedge/scenario/heap.h"
#include "cnedge/scenario/scenario.h"

static const char file[] = "fuzz.json";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int count_lines(const uint8_t *data, size_t size)
{
    int lines = 1;
    for (size_t i = 0; i < size; i++) {
        lines += data[i] == '\n';
    }
    return lines;
}

/* A message has one line of text and names a place in the file. */
static void check_diag(const struct diag *d, int lines)
{
    CN_ASSERT(d->text[0] != '\0' && strchr(d->text, '\n') == NULL && strchr(d->path, '\n') == NULL);
    if (strcmp(d->file, file) != 0 || d->line == 0) return; /* a world file, or a limit */
    CN_ASSERT(d->line >= 1 && d->line <= lines);
    CN_ASSERT(d->column >= 1);
}

static void check_scenario(const struct scenario *s)
{
    for (uint32_t i = 0; i < s->event_count; i++) {
        CN_ASSERT(!simtime_before(s->end, s->events[i].event.at));
        CN_ASSERT(i == 0 || !simtime_before(s->events[i].event.at, s->events[i - 1].event.at));
        CN_ASSERT(s->events[i].place.line >= 1);
    }
    for (uint32_t i = 0; i < s->expectation_count; i++) {
        const struct expectation *e = &s->expectations[i];
        CN_ASSERT(e->asserts != 0 && !simtime_before(e->until, e->from));
        CN_ASSERT(!simtime_before(s->end, e->until));
        CN_ASSERT(e->subject != EXPECT_ANSWER || e->line_count > 0);
        CN_ASSERT(e->subject != EXPECT_ANSWER || (e->host_count > 0) != (e->name != NULL));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct heap heap;
    struct arena arena;
    static struct diag_list diags;
    enum cn_status status;
    memset(&diags, 0, sizeof(diags));
    heap_init(&heap, &arena);
    struct scenario_text text = {file, (const char *)data, size};
    const struct scenario *s = scenario_parse(&arena, &text, &diags, &status);
    CN_ASSERT((s != NULL) == (diags.errors == 0));
    CN_ASSERT((s != NULL) == (status == CN_OK));
    for (int i = 0; i < diags.count; i++) {
        check_diag(&diags.item[i], count_lines(data, size));
    }
    if (s != NULL) check_scenario(s);
    heap_free(&heap);
    return 0;
}
