/* SPDX-License-Identifier: MIT
 * Any bytes as the file of a portfolio: it is refused with at least one problem, or all its rows
 * are sites; with a state for each or with cohorts, that is the same number of sites and hosts. The
 * first byte says whether it is a CSV file. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cnedge/scenario/heap.h"
#include "cnedge/scenario/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NAME_MAX = 64 };

static const char head[] =
    "{\"cnedge\":1,\"name\":\"f\",\"start\":\"2026-03-02T00:00:00Z\",\"end\":\"+1h\","
    "\"holders\":[{\"id\":\"h\"}],\"sites\":[{\"domain\":\"s.example\",\"hosts\":[\"www\"]}],"
    "\"portfolios\":[{\"file\":\"rows.%s\",\"individual\":%s}],"
    "\"expect\":[{\"at\":\"+1m\",\"name\":\"*.example\",\"from\":\"de\",\"row\":1}]}";

struct seen {
    bool good;
    struct spec_count count;
};

/* Loads the scenario whose rows lie in `folder`. */
static struct seen load(const char *folder, bool csv, bool individual)
{
    struct heap heap;
    struct arena a;
    enum cn_status status;
    struct diag_list diags = {.count = 0};
    struct seen seen = {.good = false};
    char file[NAME_MAX];
    char text[sizeof(head) + 32];
    snprintf(file, sizeof(file), "%s/f.json", folder);
    snprintf(text, sizeof(text), head, csv ? "csv" : "jsonl", individual ? "true" : "false");
    struct scenario_text t = {file, text, strlen(text)};
    heap_init(&heap, &a);
    const struct scenario *s = scenario_parse(&a, &t, &diags, &status);
    CN_ASSERT((s == NULL) == (diags.errors > 0) && (s == NULL) == (status != CN_OK));
    for (int i = 0; i < diags.count; i++) {
        CN_ASSERT(diags.item[i].line >= 0 && diags.item[i].column >= 0);
        CN_ASSERT(diags.item[i].text[0] != '\0');
    }
    if (s != NULL) seen = (struct seen){true, spec_count(&s->world)};
    heap_free(&heap);
    return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char folder[] = "/tmp/cnedge-fuzz-XXXXXX";
    char rows[NAME_MAX];
    if (size == 0) return 0;
    bool csv = (data[0] & 1) != 0;
    CN_ASSERT(mkdtemp(folder) != NULL);
    snprintf(rows, sizeof(rows), "%s/rows.%s", folder, csv ? "csv" : "jsonl");
    FILE *f = fopen(rows, "wb");
    CN_ASSERT(f != NULL && fwrite(data + 1, 1, size - 1, f) == size - 1);
    fclose(f);
    struct seen each = load(folder, csv, true);
    struct seen some = load(folder, csv, false);
    remove(rows);
    rmdir(folder);
    CN_ASSERT(each.good == some.good && each.count.sites == some.count.sites);
    CN_ASSERT(each.count.hosts == some.count.hosts && each.count.cohorts == 0);
    return 0;
}
