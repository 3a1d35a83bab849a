/* SPDX-License-Identifier: MIT
 * export_mirror.c: `cnedge export` for other servers: the state of one instant in their files. */
#define _GNU_SOURCE
#include "export_mirror.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cnedge/server/listen.h"
#include "export_internal.h"

static const struct export_format *const formats[] = {&export_bind, &export_gdnsd, &export_knot,
                                                      &export_octodns, &export_pdns};

static const struct export_format *find_format(const char *name)
{
    for (size_t i = 0; i < CN_ARRAY_LEN(formats); i++) {
        if (strcmp(formats[i]->name, name) == 0) return formats[i];
    }
    return NULL;
}

bool export_mirror_knows(const char *format)
{
    return find_format(format) != NULL;
}

/* --- lines.tsv -------------------------------------------------------------------------------- */

struct widest {                    /* prefixes of a line: any address in them stands for it */
    struct export_prefix *v4, *v6; /* [line] */
};

static bool keep_widest(void *to, const struct export_prefix *p)
{
    const struct widest *w = to;
    struct export_prefix *have = p->v6 ? &w->v6[p->line] : &w->v4[p->line];
    bool first = have->group == CN_NONE16;
    if (first || p->bits < have->bits) *have = *p;
    return true;
}

static void put_prefix(FILE *f, const struct export_prefix *p)
{
    char text[ADDRTEXT_MAX];
    if (p->group == CN_NONE16) {
        fputs("\t-", f);
        return;
    }
    addrtext_put(p->address, p->v6, text);
    fprintf(f, "\t%s/%u", text, p->bits);
}

/* Which line is in which group, and a prefix of each: for whoever wants to ask as a line. */
static bool put_lines(const struct export_job *j, struct arena *a)
{
    const struct topology *t = j->s->w->topology;
    struct widest w = {.v4 = arena_get(a, t->line_count, sizeof(*w.v4)),
                       .v6 = arena_get(a, t->line_count, sizeof(*w.v6))};
    FILE *f = export_open(j, "", "lines.tsv");
    if (f == NULL) return false;
    for (uint16_t i = 0; w.v4 != NULL && w.v6 != NULL && i < t->line_count; i++) {
        w.v4[i].group = w.v6[i].group = CN_NONE16;
    }
    if (w.v4 == NULL || w.v6 == NULL || !export_state_prefixes(j->s, true, keep_widest, &w)) {
        fclose(f);
        return false;
    }
    fputs("line\tgroup\tipv4\tipv6\n", f);
    for (uint16_t i = 0; i < t->line_count; i++) {
        char name[EXPORT_GROUP_MAX];
        if (j->s->group[i] == CN_NONE16) continue;
        export_group(j->s->group[i], name);
        fprintf(f, "%s\t%s", t->lines[i].name, name);
        put_prefix(f, &w.v4[i]);
        put_prefix(f, &w.v6[i]);
        putc('\n', f);
    }
    return export_close(j, f);
}

/* --- the whole -------------------------------------------------------------------------------- */

static bool put_zones(struct export_job *j, const struct export_format *format)
{
    for (uint32_t i = 0; i < j->s->zone_count; i++) {
        struct heap heap;
        struct arena arena;
        struct export_zone zone;
        heap_init(&heap, &arena);
        j->zone_memory = &arena;
        bool ok = export_state_zone(j->s, j->s->zones[i], &arena, &zone);
        if (!ok) fputs("cnedge export: out of memory\n", stderr);
        ok = ok && format->zone(j, &zone);
        heap_free(&heap);
        j->zone_memory = NULL;
        if (!ok) return false;
    }
    return true;
}

static bool put_all(struct export_job *j, const struct export_format *format, struct arena *a)
{
    return put_lines(j, a) && format->begin(j) && put_zones(j, format) && format->end(j);
}

static void report(const struct export_job *j, const struct export_format *format)
{
    printf("%u zone%s, %u group%s of lines; %s: %s%s%s\n", (unsigned)j->s->zone_count,
           cli_plural(j->s->zone_count), (unsigned)j->s->group_count, cli_plural(j->s->group_count),
           format->what, format->start, j->dir, format->config);
    uint32_t missing = j->s->w->spec->site_count - j->s->w->spec->app_count +
                       (j->s->w->cdn_zone != NULL) - j->s->zone_count;
    if (missing > 0) {
        fprintf(stderr, "cnedge export: warning: %u zone%s not answered for at this time\n",
                (unsigned)missing, missing == 1 ? " is" : "s are");
    }
}

static int take_listener(const struct export_mirror *m, struct export_job *j)
{
    struct listen_at at;
    char why[LISTEN_ERROR_MAX];
    if (!listen_read(m->listen, &at, why)) return cli_usage("export", "--listen: %s", why);
    if (at.tls || at.path || at.line[0] != '\0' || at.port == 0) {
        return cli_usage("export", "--listen: expected ADDRESS:PORT alone, got \"%s\"", m->listen);
    }
    addrtext_put(at.address, at.v6, j->address);
    j->v6 = at.v6;
    j->port = at.port;
    return CLI_OK;
}

int export_mirror(struct engine *e, struct arena *a, const struct export_mirror *m)
{
    const struct export_format *format = find_format(m->format);
    char dir[PATH_MAX];
    struct export_state state;
    struct export_job job = {.s = &state, .dir = dir, .memory = a};
    int code = take_listener(m, &job);
    if (code != CLI_OK) return code;
    if ((mkdir(m->out, 0777) != 0 && errno != EEXIST) || realpath(m->out, dir) == NULL) {
        fprintf(stderr, "cnedge export: %s: %s\n", m->out, strerror(errno));
        return CLI_SYSTEM;
    }
    job.text = arena_get(a, EXPORT_TEXT_MAX, 1);
    if (job.text == NULL || !export_state_init(&state, a, e->world)) {
        fputs("cnedge export: out of memory\n", stderr);
        return CLI_SYSTEM;
    }
    if (!put_all(&job, format, a)) return CLI_SYSTEM;
    report(&job, format);
    return CLI_OK;
}
