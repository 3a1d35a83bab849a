/* SPDX-License-Identifier: MIT
 * export_bind.c: for BIND 9: a view for each group, chosen by the source address of the query, with
 * zone files of its own. */
#include <stdlib.h>
#include <string.h>

#include "export_internal.h"

struct acl {
    FILE *f;
    uint16_t group;
};

static bool put_prefix(void *to, const struct export_prefix *p)
{
    const struct acl *acl = to;
    char text[ADDRTEXT_MAX];
    if (p->group != acl->group) return true;
    addrtext_put(p->address, p->v6, text);
    fprintf(acl->f, "    %s/%u;\n", text, p->bits);
    return true;
}

static bool begin(struct export_job *j)
{
    char name[EXPORT_GROUP_MAX];
    if (!export_folder(j, "zones") || !export_folder(j, "run")) return false;
    for (uint16_t g = 0; g < j->s->group_count; g++) {
        char folder[sizeof("zones/") + EXPORT_GROUP_MAX];
        export_group(g, name);
        snprintf(folder, sizeof(folder), "zones/%s", name);
        if (!export_folder(j, folder)) return false;
    }
    j->main = export_open(j, "", "named.conf");
    if (j->main == NULL) return false;
    fprintf(j->main,
            "options {\n    directory \"%s/run\";\n    pid-file \"%s/run/named.pid\";\n"
            "    session-keyfile \"%s/run/session.key\";\n    managed-keys-directory \"%s/run\";\n"
            "    listen-on%s port %u { %s; };\n    listen-on%s { none; };\n"
            "    recursion no;\n    notify no;\n    dnssec-validation no;\n"
            "    minimal-any yes;\n    empty-zones-enable no;\n};\ncontrols { };\n"
            "logging {\n    channel errors { stderr; severity warning; };\n"
            "    category default { errors; };\n};\n",
            j->dir, j->dir, j->dir, j->dir, j->v6 ? "-v6" : "", j->port, j->address,
            j->v6 ? "" : "-v6");
    return true;
}

static bool put_zone(struct export_job *j, struct export_zone *z)
{
    char apex[DNAME_TEXT_MAX];
    char file[DNAME_TEXT_MAX + 8];
    dname_show(z->apex, apex);
    snprintf(file, sizeof(file), "%s.zone", apex);
    for (uint16_t g = 0; g < j->s->group_count; g++) {
        char name[EXPORT_GROUP_MAX];
        char folder[sizeof("zones/") + EXPORT_GROUP_MAX];
        export_group(g, name);
        snprintf(folder, sizeof(folder), "zones/%s", name);
        FILE *f = export_open(j, folder, file);
        if (f == NULL) return false;
        export_master(j, f, z, g);
        if (!export_close(j, f)) return false;
    }
    return true;
}

static bool put_view(struct export_job *j, uint16_t g)
{
    char name[EXPORT_GROUP_MAX];
    export_group(g, name);
    struct acl acl = {j->main, g};
    fprintf(j->main, "view %s {\n  match-clients {\n", name);
    if (!export_state_prefixes(j->s, false, put_prefix, &acl)) return false;
    fputs("  };\n", j->main);
    for (uint32_t i = 0; i < j->s->zone_count; i++) {
        char apex[DNAME_TEXT_MAX];
        dname_show(j->s->zones[i], apex);
        fprintf(j->main, "  zone \"%s\" { type primary; file \"%s/zones/%s/%s.zone\"; };\n", apex,
                j->dir, name, apex);
    }
    fputs("};\n", j->main);
    return true;
}

static bool end(struct export_job *j)
{
    bool ok = true;
    for (uint16_t g = 0; ok && g < j->s->group_count; g++) {
        ok = put_view(j, g);
    }
    return export_close(j, j->main) && ok;
}

const struct export_format export_bind = {.name = "bind",
                                          .what = "start it with",
                                          .start = "named -g -c ",
                                          .config = "/named.conf",
                                          .begin = begin,
                                          .zone = put_zone,
                                          .end = end};
