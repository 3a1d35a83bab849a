/* SPDX-License-Identifier: MIT
 * Counters of several workers in one text. */
#include "tcp_rig.h"
#include "test.h"

#include <event2/buffer.h>

enum { WORKERS = 3 };

static uint64_t counted(const struct metrics *m, const struct metrics_now *now, const char *what)
{
    struct evbuffer *out = evbuffer_new();
    assert_non_null(out);
    assert_true(metrics_put(m, now, out));
    assert_int_equal(evbuffer_add(out, "", 1), 0);
    const char *at = strstr((const char *)evbuffer_pullup(out, -1), what);
    uint64_t n = at != NULL ? strtoull(at + strlen(what), NULL, 10) : 0;
    evbuffer_free(out);
    return n;
}

/* A worker that nobody has asked since a reload has still counted other lines. */
static void idle_worker_counts_no_other_lines(void **state)
{
    (void)state;
    static struct tcp_rig rig;
    tcp_rig_init(&rig);
    struct scenario scenario = {.name = "n", .file = "f"};
    rig.engine.scenario = &scenario;
    struct metrics m = {.reloads = 0};
    const struct metrics_now now = {.engine = &rig.engine, .version = "v"};
    char series[128];
    snprintf(series, sizeof(series), "cnedge_line_queries_total{line=\"%s\"} ",
             rig.engine.world->topology->lines[1].name);
    assert_true(metrics_begin(&m, WORKERS));
    for (size_t w = 0; w < WORKERS; w++) {
        metrics_add(&m.workers[w].lines[1], 10);
        metrics_add(&m.workers[w].drops[METRICS_DROP_SEND], 1);
    }
    assert_int_equal(counted(&m, &now, series), 30);
    metrics_new_lines(&m.workers[0], 1);
    assert_int_equal(counted(&m, &now, series), 0);
    metrics_add(&m.workers[0].lines[1], 1);
    assert_int_equal(counted(&m, &now, series), 1);
    metrics_new_lines(&m.workers[2], 1);
    metrics_add(&m.workers[2].lines[1], 2);
    assert_int_equal(counted(&m, &now, series), 3);
    assert_int_equal(counted(&m, &now, "cnedge_drops_total{cause=\"send\"} "), WORKERS);
    metrics_end(&m);
    tcp_rig_end(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idle_worker_counts_no_other_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
