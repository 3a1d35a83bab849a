/* SPDX-License-Identifier: MIT
 * Any bytes as a MaxMind DB: it is refused with at least one problem, or read, and then any address
 * of IPv4 that it is asked for is on the line that libmaxminddb finds for it. */
#define _POSIX_C_SOURCE 200809L
#include <maxminddb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cnedge/scenario/heap.h"
#include "cnedge/scenario/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NAME_MAX = 64, ADDRESSES = 64 };

static const char text[] =
    "{\"cnedge\":1,\"name\":\"f\",\"start\":\"2026-03-02T00:00:00Z\",\"end\":\"+1h\","
    "\"world\":{\"pops\":[{\"id\":\"a\",\"country\":\"de\",\"lat\":1,\"lon\":2,"
    "\"v4\":\"192.0.2.1\",\"v6\":\"2001:db8::1\"}],"
    "\"lines\":[{\"name\":\"de\",\"lat\":1,\"lon\":2},{\"name\":\"us\",\"lat\":1,\"lon\":2},"
    "{\"name\":\"cn/hebei/other\",\"lat\":1,\"lon\":2}],"
    "\"mmdb\":[{\"file\":\"x.mmdb\",%s}]}}";

/* The line by the library, of files whose field "line" says it. */
static void compare(const struct world_spec *w, MMDB_s *db, uint32_t n)
{
    const char *const path[] = {"line", NULL};
    char address[16];
    int gai;
    int status;
    uint8_t a[4] = {(uint8_t)(n * 41), (uint8_t)(n * 13), (uint8_t)(n * 7), (uint8_t)n};
    snprintf(address, sizeof(address), "%u.%u.%u.%u", a[0], a[1], a[2], a[3]);
    MMDB_lookup_result_s r = MMDB_lookup_string(db, address, &gai, &status);
    MMDB_entry_data_s v = {.has_data = false};
    CN_ASSERT(gai == 0 && status == MMDB_SUCCESS);
    if (r.found_entry) (void)MMDB_aget_value(&r.entry, &v, path);
    const char *line = w->topology->lines[prefix_find4(w->prefixes, a).line].name;
    bool named = v.has_data && v.type == MMDB_DATA_TYPE_UTF8_STRING && v.data_size > 0;
    if (!named) CN_ASSERT(strcmp(line, "unknown") == 0);
    if (named) CN_ASSERT(strncmp(line, v.utf8_string, v.data_size) == 0);
}

static void load(const char *folder, const char *file, const char *fields, bool same)
{
    struct heap heap;
    struct arena a;
    MMDB_s db;
    enum cn_status status;
    struct diag_list diags = {.count = 0};
    char name[NAME_MAX];
    char doc[sizeof(text) + 128];
    snprintf(name, sizeof(name), "%s/f.json", folder);
    snprintf(doc, sizeof(doc), text, fields);
    struct scenario_text t = {name, doc, strlen(doc)};
    heap_init(&heap, &a);
    const struct scenario *s = scenario_parse(&a, &t, &diags, &status);
    CN_ASSERT((s == NULL) == (diags.errors > 0) && (s == NULL) == (status != CN_OK));
    if (s != NULL && same) {
        CN_ASSERT(MMDB_open(file, MMDB_MODE_MMAP, &db) == MMDB_SUCCESS);
        for (uint32_t i = 0; i < ADDRESSES; i++) {
            compare(&s->world, &db, i);
        }
        MMDB_close(&db);
    }
    heap_free(&heap);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char folder[] = "/tmp/cnedge-fuzz-XXXXXX";
    char file[NAME_MAX];
    CN_ASSERT(mkdtemp(folder) != NULL);
    snprintf(file, sizeof(file), "%s/x.mmdb", folder);
    FILE *f = fopen(file, "wb");
    CN_ASSERT(f != NULL && fwrite(data, 1, size, f) == size);
    fclose(f);
    load(folder, file, "\"line\":\"line\"", true);
    load(folder, file,
         "\"country\":\"country.iso_code\",\"province\":\"subdivisions.0.iso_code\","
         "\"carrier\":\"asn\",\"carriers\":{\"1\":\"other\"}",
         false);
    remove(file);
    rmdir(folder);
    return 0;
}
