/* SPDX-License-Identifier: MIT
 * export_pdns.c: for PowerDNS with the geoip backend: one YAML file with all zones. What a group
 * sees of a routed name stands at a name of its own, GROUP._lines.NAME, that a service looks up. */
#include <ctype.h>
#include <string.h>

#include "cnedge/zonefile/zonefile.h"
#include "export_internal.h"

static bool begin(struct export_job *j)
{
    if (!export_folder(j, "run") || !export_mmdb(j, "lines.mmdb")) return false;
    j->main = export_open(j, "", "pdns.conf");
    if (j->main == NULL) return false;
    fprintf(j->main,
            "launch=geoip\ngeoip-zones-file=%s/zones.yaml\n"
            "geoip-database-files=mmdb:%s/lines.mmdb\nedns-subnet-processing=yes\n"
            "local-address=%s\nlocal-port=%u\nsocket-dir=%s/run\ndaemon=no\nguardian=no\n"
            "disable-syslog=yes\nwrite-pid=no\nloglevel=3\nsecurity-poll-suffix=\n",
            j->dir, j->dir, j->address, j->port, j->dir);
    if (!export_close(j, j->main)) return false;
    j->main = export_open(j, "", "zones.yaml");
    if (j->main != NULL) fputs("domains:\n", j->main);
    return j->main != NULL;
}

/* The backend replaces what follows a percent sign. */
static void put_content(struct export_job *j, const struct export_record *r)
{
    const char *text = export_data(j, r, false);
    putc('"', j->main);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') putc('\\', j->main);
        if (*text == '%') putc('%', j->main);
        putc(*text, j->main);
    }
    putc('"', j->main);
}

static void put_set(struct export_job *j, const struct export_set *s,
                    const struct export_variant *v)
{
    char type[16];
    const struct export_record *r = v->first;
    zonefile_type(s->type, type);
    for (char *p = type; *p != '\0'; p++) {
        *p = (char)tolower((unsigned char)*p);
    }
    for (uint16_t i = 0; i < v->count; i++, r = r->next) {
        fprintf(j->main, "    - %s: {content: ", type);
        put_content(j, r);
        fprintf(j->main, ", ttl: %u}\n", (unsigned)v->ttl_s);
    }
}

/* The sets of one owner; returns those behind them. */
static const struct export_set *next_owner(const struct export_set *s)
{
    const uint8_t *owner = s->owner;
    while (s != NULL && dname_equal(s->owner, owner)) {
        s = s->next;
    }
    return s;
}

static void put_key(struct export_job *j, const char *before, const uint8_t *owner)
{
    char text[DNAME_TEXT_MAX];
    dname_show(owner, text);
    fputs("    \"", j->main);
    fputs(before, j->main);
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '\\') putc('\\', j->main);
        putc(*p, j->main);
    }
    fputs("\":\n", j->main);
}

static void put_group(struct export_job *j, const struct export_set *first, uint16_t g)
{
    char group[EXPORT_GROUP_MAX];
    char before[EXPORT_GROUP_MAX + 16];
    bool any = false;
    const struct export_set *end = next_owner(first);
    export_group(g, group);
    snprintf(before, sizeof(before), "%s._lines.", group);
    put_key(j, before, first->owner);
    for (const struct export_set *s = first; s != end; s = s->next) {
        any = any || s->v[g].count > 0;
        put_set(j, s, &s->v[g]);
    }
    if (!any) fputs("    - ent\n", j->main);
}

static bool seen_before(const struct export_set *list, const struct export_set *s)
{
    for (; list != s; list = list->next) {
        if (dname_equal(list->owner, s->owner)) return true;
    }
    return false;
}

/* All fixed sets of an owner stand under one key. */
static void put_fixed(struct export_job *j, const struct export_zone *z)
{
    for (const struct export_set *s = z->fixed; s != NULL; s = s->next) {
        if (seen_before(z->fixed, s)) continue;
        put_key(j, "", s->owner);
        for (const struct export_set *o = s; o != NULL; o = o->next) {
            if (dname_equal(o->owner, s->owner)) put_set(j, o, &o->v[0]);
        }
    }
}

static bool put_zone(struct export_job *j, struct export_zone *z)
{
    char apex[DNAME_TEXT_MAX];
    dname_show(z->apex, apex);
    fprintf(j->main, "- domain: \"%s\"\n  ttl: %u\n  records:\n", apex,
            (unsigned)z->fixed->v[0].ttl_s);
    put_fixed(j, z);
    for (const struct export_set *s = z->routed; s != NULL; s = next_owner(s)) {
        for (uint16_t g = 0; g < j->s->group_count; g++) {
            put_group(j, s, g);
        }
    }
    fputs(z->routed != NULL ? "  services:\n" : "  services: {}\n", j->main);
    for (const struct export_set *s = z->routed; s != NULL; s = next_owner(s)) {
        char text[DNAME_TEXT_MAX];
        dname_show(s->owner, text);
        fprintf(j->main, "    \"%s\": [\"%%co._lines.%s\"]\n", text, text);
    }
    return true;
}

static bool end(struct export_job *j)
{
    return export_close(j, j->main);
}

const struct export_format export_pdns = {.name = "pdns",
                                          .what = "start it with",
                                          .start = "pdns_server --config-dir=",
                                          .config = "",
                                          .begin = begin,
                                          .zone = put_zone,
                                          .end = end};
