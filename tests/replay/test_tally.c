/* SPDX-License-Identifier: MIT
 * What a world has counted of its sites and hosts is what is so, after each event of each shipped
 * scenario. Random worlds: model/test_world_random.c; cohorts: test_cohort.c. */
#include "tally.h"

#include <dirent.h>
#include <stdio.h>

#include "cnedge/replay/engine.h"
#include "scenario/loaded.h"

enum { FILE_MAX = 512, SCENARIOS_MIN = 80, STEPS_MAX = 20000 };

/* Returns how many hosts changed sides. */
static uint64_t check_file(const char *file)
{
    static struct loaded l;
    struct engine e;
    struct engine_step step;
    uint64_t moved = 0;
    loaded_file(&l, file);
    if (l.s == NULL) loaded_complain(&l);
    CN_ASSERT(l.s != NULL);
    assert_true(engine_init(&e, &l.arena, l.s));
    tally_check(e.world);
    for (unsigned i = 0; i < STEPS_MAX; i++) {
        uint64_t before = world_tally(e.world).entitled;
        if (!engine_step(&e, &step)) break;
        tally_check(e.world);
        moved += world_tally(e.world).entitled != before ? 1 : 0;
    }
    loaded_free(&l);
    return moved;
}

static void shipped_scenarios(void **state)
{
    (void)state;
    unsigned files = 0;
    unsigned moving = 0;
    DIR *d = opendir("scenarios");
    assert_non_null(d);
    for (const struct dirent *f = readdir(d); f != NULL; f = readdir(d)) {
        char file[FILE_MAX];
        const char *end = strrchr(f->d_name, '.');
        if (end == NULL || strcmp(end, ".json") != 0) continue;
        snprintf(file, sizeof(file), "scenarios/%s", f->d_name);
        moving += check_file(file) > 0 ? 1 : 0;
        files++;
    }
    closedir(d);
    assert_true(files >= SCENARIOS_MIN);
    assert_true(moving > files / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_scenarios),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
