/* SPDX-License-Identifier: MIT
 * export_knot.c: for Knot DNS 3 with mod-geoip: zone files with what is the same for all, and for
 * each zone what every group sees instead. An instance of the module has one TTL: there is one for
 * each TTL among the routed RRsets of a zone. */
#include <string.h>

#include "cnedge/model/answer.h"
#include "cnedge/zonefile/zonefile.h"
#include "export_internal.h"

static bool begin(struct export_job *j)
{
    if (!export_folder(j, "zones") || !export_folder(j, "geo") || !export_folder(j, "run") ||
        !export_mmdb(j, "lines.mmdb")) {
        return false;
    }
    j->main = export_open(j, "", "knot.conf");
    if (j->main == NULL || !export_later(j)) return false;
    fprintf(j->main,
            "server:\n    rundir: \"%s/run\"\n    listen: %s@%u\n    edns-client-subnet: on\n"
            "log:\n  - target: stderr\n    any: warning\n"
            "database:\n    storage: \"%s/run\"\n"
            "template:\n  - id: default\n    storage: \"%s/zones\"\n    file: \"%%s.zone\"\n"
            "    zonefile-sync: -1\n    zonefile-load: whole\n    journal-content: none\n",
            j->dir, j->address, j->port, j->dir, j->dir);
    fputs("mod-geoip:\n", j->main);
    return true;
}

static void put_variant(struct export_job *j, FILE *f, const struct export_set *set, uint16_t g)
{
    char type[16];
    zonefile_type(set->type, type);
    const struct export_record *r = set->v[g].first;
    fprintf(f, "    %s: [", type);
    for (uint16_t i = 0; i < set->v[g].count; i++, r = r->next) {
        if (i > 0) fputs(", ", f);
        export_quoted(f, export_data(j, r, false));
    }
    fputs("]\n", f);
}

/* --- aliases ---------------------------------------------------------------------------------- */

/* The routed sets of the name that an alias leads to without leaving the zone; NULL: none. */
static const struct export_set *routed_target(const struct export_zone *z,
                                              const struct export_set *alias)
{
    for (int steps = 0; alias != NULL && steps < ANSWER_ALIAS_MAX; steps++) {
        const uint8_t *to = alias->v[0].first->rdata;
        for (const struct export_set *s = z->routed; s != NULL; s = s->next) {
            if (dname_equal(s->owner, to)) return s;
        }
        for (alias = z->fixed; alias != NULL; alias = alias->next) {
            if (alias->type == RR_CNAME && dname_equal(alias->owner, to)) break;
        }
    }
    return NULL;
}

/* The same sets for another owner; none lives longer than the alias did. */
static bool copy_sets(struct export_job *j, const struct export_set *from, uint16_t groups,
                      const struct export_set *alias, struct export_set ***at)
{
    const uint8_t *owner = from->owner;
    for (; from != NULL; from = from->next) {
        if (!dname_equal(from->owner, owner)) continue;
        size_t size = sizeof(*from) + groups * sizeof(from->v[0]);
        struct export_set *copy = arena_get(j->zone_memory, size, 1);
        if (copy == NULL) return false;
        memcpy(copy, from, size);
        copy->owner = alias->owner;
        copy->next = **at;
        for (uint16_t g = 0; g < groups; g++) {
            if (copy->v[g].ttl_s > alias->v[0].ttl_s) copy->v[g].ttl_s = alias->v[0].ttl_s;
        }
        **at = copy;
        *at = &copy->next;
    }
    return true;
}

/* Knot follows an alias to what its zone file has, past the module: aliases of routed names become
 * what they lead to. */
static bool replace_aliases(struct export_job *j, struct export_zone *z)
{
    struct export_set **routed = &z->routed;
    while (*routed != NULL) {
        routed = &(*routed)->next;
    }
    for (struct export_set **p = &z->fixed; *p != NULL;) {
        struct export_set *alias = *p;
        const struct export_set *to = NULL;
        if (alias->type == RR_CNAME) to = routed_target(z, alias);
        if (to == NULL) {
            p = &alias->next;
            continue;
        }
        export_leave_out(j, alias,
                         "replaced by what it leads to: knot would follow it for all alike");
        *p = alias->next;
        const struct export_set *fixed = z->fixed;
        while (fixed != NULL && !dname_equal(fixed->owner, to->owner)) {
            fixed = fixed->next;
        }
        if (fixed != NULL && !copy_sets(j, fixed, 1, alias, &p)) return false;
        if (!copy_sets(j, to, j->s->group_count, alias, &routed)) return false;
    }
    return true;
}

/* --- what groups see -------------------------------------------------------------------------- */

/* The sets of one owner that a group sees with this TTL. */
static void put_group(struct export_job *j, FILE *f, const struct export_set *first, uint16_t g,
                      uint32_t ttl_s)
{
    char group[EXPORT_GROUP_MAX];
    bool any = false;
    export_group(g, group);
    for (const struct export_set *s = first; s != NULL && dname_equal(s->owner, first->owner);
         s = s->next) {
        if (s->v[g].count == 0 || s->v[g].ttl_s != ttl_s) continue;
        if (!any) fprintf(f, "  - geo: \"%s\"\n", group);
        any = true;
        put_variant(j, f, s, g);
    }
}

static bool has_ttl(const struct export_job *j, const struct export_set *s, uint32_t ttl_s)
{
    for (uint16_t g = 0; g < j->s->group_count; g++) {
        if (s->v[g].count > 0 && s->v[g].ttl_s == ttl_s) return true;
    }
    return false;
}

static bool has_wildcard(const struct export_job *j, const struct export_zone *z, uint32_t ttl_s)
{
    for (const struct export_set *s = z->routed; s != NULL; s = s->next) {
        if (dname_is_wildcard(s->owner) && has_ttl(j, s, ttl_s)) return true;
    }
    return false;
}

/* Whether a routed wildcard is in the file of a TTL and, by what else is there, could stand for a
 * name: the module knows the names of its file only, and not those of the zone. */
static bool endangered(const struct export_job *j, const struct export_zone *z,
                       const uint8_t *owner, uint32_t ttl_s)
{
    bool below = false;
    for (const struct export_set *s = z->routed; s != NULL; s = s->next) {
        if (!has_ttl(j, s, ttl_s)) continue;
        if (dname_equal(s->owner, owner)) return false; /* it is there itself */
        if (!dname_is_wildcard(s->owner)) continue;
        below = below || dname_within(owner, dname_parent(s->owner));
    }
    return below;
}

/* Whether something at or below a name stands before `set` in the list. */
static bool seen(const struct export_set *list, const struct export_set *set, const uint8_t *name)
{
    for (; list != set; list = list->next) {
        if (dname_within(list->owner, name)) return true;
    }
    return false;
}

/* Names that exist and that the file has nothing for: an entry for nobody keeps wildcards off. */
static void put_guards(const struct export_job *j, FILE *f, const struct export_zone *z,
                       uint32_t ttl_s)
{
    const struct export_set *const lists[] = {z->fixed, z->routed};
    char text[DNAME_TEXT_MAX];
    for (size_t i = 0; i < CN_ARRAY_LEN(lists); i++) {
        for (const struct export_set *s = lists[i]; s != NULL; s = s->next) {
            const uint8_t *name = s->owner;
            for (; !dname_equal(name, z->apex); name = dname_parent(name)) {
                if (seen(lists[i], s, name) || (i > 0 && seen(z->fixed, NULL, name))) break;
                if (!endangered(j, z, name, ttl_s)) continue;
                dname_to_text(name, text);
                fprintf(f, "%s:\n  - geo: \"nobody\"\n    TXT: [\"\\\"\\\"\"]\n", text);
            }
        }
    }
}

static bool put_ttl(struct export_job *j, const struct export_zone *z, const char *file,
                    uint32_t ttl_s)
{
    char owner[DNAME_TEXT_MAX];
    FILE *f = export_open(j, "geo", file);
    if (f == NULL) return false;
    for (const struct export_set *s = z->routed; s != NULL;) {
        const struct export_set *next = s;
        bool any = false;
        do {
            any = any || has_ttl(j, next, ttl_s);
            next = next->next;
        } while (next != NULL && dname_equal(s->owner, next->owner));
        dname_to_text(s->owner, owner);
        if (any) fprintf(f, "%s:\n", owner);
        for (uint16_t g = 0; any && g < j->s->group_count; g++) {
            put_group(j, f, s, g, ttl_s);
        }
        s = next;
    }
    if (has_wildcard(j, z, ttl_s)) put_guards(j, f, z, ttl_s);
    return export_close(j, f);
}

static bool put_zone(struct export_job *j, struct export_zone *z)
{
    char apex[DNAME_TEXT_MAX];
    char file[DNAME_TEXT_MAX + 32];
    uint32_t ttls[EXPORT_TTLS_MAX];
    if (!replace_aliases(j, z)) {
        fputs("cnedge export: out of memory\n", stderr);
        return false;
    }
    size_t count = export_ttls(j, z, ttls);
    dname_show(z->apex, apex);
    snprintf(file, sizeof(file), "%s.zone", apex);
    FILE *f = export_open(j, "zones", file);
    if (f == NULL) return false;
    export_master(j, f, z, CN_NONE16);
    if (!export_close(j, f)) return false;
    fprintf(j->later, "  - domain: \"%s\"\n", apex);
    for (size_t i = 0; i < count; i++) {
        snprintf(file, sizeof(file), "%s.%u.conf", apex, (unsigned)ttls[i]);
        if (!put_ttl(j, z, file, ttls[i])) return false;
        fprintf(j->main,
                "  - id: \"%s.%u\"\n    config-file: \"%s/geo/%s\"\n    ttl: %u\n"
                "    mode: geodb\n    geodb-file: \"%s/lines.mmdb\"\n"
                "    geodb-key: country/iso_code\n",
                apex, (unsigned)ttls[i], j->dir, file, (unsigned)ttls[i], j->dir);
        fprintf(j->later, "%s\"mod-geoip/%s.%u\"", i == 0 ? "    module: [" : ", ", apex,
                (unsigned)ttls[i]);
    }
    if (count > 0) fputs("]\n", j->later);
    return true;
}

static bool end(struct export_job *j)
{
    fputs("zone:\n", j->main);
    return export_now(j) && export_close(j, j->main);
}

const struct export_format export_knot = {.name = "knot",
                                          .what = "start it with",
                                          .start = "knotd -c ",
                                          .config = "/knot.conf",
                                          .begin = begin,
                                          .zone = put_zone,
                                          .end = end};
