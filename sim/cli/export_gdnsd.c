/* SPDX-License-Identifier: MIT
 * export_gdnsd.c: for gdnsd 3 with plugin geoip: a map from networks to groups, a resource for each
 * routed name, a datacentre for each group. The TTL of an answer that a plugin gives is that of
 * its monitors: so there is one for each TTL, which watches nothing and is always up. */
#include <string.h>

#include "cnedge/model/answer.h"
#include "cnedge/zonefile/zonefile.h"
#include "export_internal.h"

struct nets {
    FILE *f;
};

/* Networks of IPv6 in which gdnsd looks at an IPv4 address instead, and that it lets nobody give:
 * 6to4 and Teredo. */
static bool is_v4_inside(const struct export_prefix *p)
{
    static const uint8_t sixtofour[] = {0x20, 0x02};
    static const uint8_t teredo[] = {0x20, 0x01, 0, 0};
    if (!p->v6) return false;
    return (p->bits >= 16 && memcmp(p->address, sixtofour, sizeof(sixtofour)) == 0) ||
           (p->bits >= 32 && memcmp(p->address, teredo, sizeof(teredo)) == 0);
}

static bool put_net(void *to, const struct export_prefix *p)
{
    const struct nets *nets = to;
    char text[ADDRTEXT_MAX];
    char group[EXPORT_GROUP_MAX];
    if (is_v4_inside(p)) return true;
    addrtext_put(p->address, p->v6, text);
    export_group(p->group, group);
    fprintf(nets->f, "%s/%u => [ %s ]\n", text, p->bits, group);
    return true;
}

static bool begin(struct export_job *j)
{
    static const char *const folders[] = {"zones", "geoip", "run"};
    for (size_t i = 0; i < CN_ARRAY_LEN(folders); i++) {
        if (!export_folder(j, folders[i])) return false;
    }
    struct nets nets = {export_open(j, "geoip", "lines.nets")};
    if (nets.f == NULL) return false;
    if (!export_state_prefixes(j->s, false, put_net, &nets) || !export_close(j, nets.f)) {
        return false;
    }
    j->main = export_open(j, "", "config");
    if (j->main == NULL) return false;
    fprintf(j->main,
            "options => {\n  listen => [ \"%s%s%s:%u\" ]\n  run_dir => \"%s/run\"\n"
            "  state_dir => \"%s/run\"\n}\n",
            j->v6 ? "[" : "", j->address, j->v6 ? "]" : "", j->port, j->dir, j->dir);
    fputs("plugins => {\n  geoip => {\n    maps => {\n      lines => {\n        datacenters => [",
          j->main);
    for (uint16_t g = 0; g < j->s->group_count; g++) {
        char group[EXPORT_GROUP_MAX];
        export_group(g, group);
        fprintf(j->main, " %s", group);
        if (g + 1 < j->s->group_count) putc(',', j->main);
    }
    fputs(" ]\n        nets => lines.nets\n      }\n    }\n    resources => {\n", j->main);
    return true;
}

static bool is_address(uint16_t type)
{
    return type == RR_A || type == RR_AAAA;
}

static const struct export_set *find_set(const struct export_set *list, const uint8_t *owner,
                                         uint16_t type)
{
    while (list != NULL && !(list->type == type && dname_equal(list->owner, owner))) {
        list = list->next;
    }
    return list;
}

static bool is_routed(const struct export_zone *z, const uint8_t *owner)
{
    return find_set(z->routed, owner, RR_A) != NULL || find_set(z->routed, owner, RR_AAAA) != NULL;
}

static void use_ttl(struct export_job *j, uint32_t ttl_s)
{
    size_t i = 0;
    while (i < j->ttl_count && j->ttls[i] != ttl_s) {
        i++;
    }
    if (i == j->ttl_count && i < EXPORT_TTLS_MAX) j->ttls[j->ttl_count++] = ttl_s;
}

/* One family of one group. */
static void put_addresses(struct export_job *j, const struct export_variant *v, bool v6)
{
    const struct export_record *r = v->first;
    fprintf(j->main, " %s => { service_types => [ ttl%u ]", v6 ? "addrs_v6" : "addrs_v4",
            (unsigned)v->ttl_s);
    use_ttl(j, v->ttl_s);
    for (uint16_t i = 0; i < v->count; i++, r = r->next) {
        fprintf(j->main, ", a%u => \"%s\"", i, export_data(j, r, false));
    }
    fputs(" }", j->main);
}

/* A resource for a routed name, and its line in the zone. */
static void put_resource(struct export_job *j, FILE *f, const struct export_zone *z,
                         const uint8_t *owner)
{
    static const uint16_t types[] = {RR_A, RR_AAAA};
    char text[DNAME_TEXT_MAX];
    uint32_t ttl_s = 0;
    dname_to_text(owner, text);
    fprintf(j->main, "      r%u => {\n        map => lines\n        dcmap => {\n",
            (unsigned)j->resources);
    for (uint16_t g = 0; g < j->s->group_count; g++) {
        char group[EXPORT_GROUP_MAX];
        bool any = false;
        for (size_t t = 0; t < CN_ARRAY_LEN(types); t++) {
            const struct export_set *s = find_set(z->routed, owner, types[t]);
            const struct export_set *fixed = find_set(z->fixed, owner, types[t]);
            const struct export_variant *v = s != NULL ? &s->v[g] : NULL;
            if (fixed != NULL) v = &fixed->v[0];
            if (v == NULL || v->count == 0) continue;
            export_group(g, group);
            if (!any) fprintf(j->main, "          %s => {", group);
            any = true;
            put_addresses(j, v, types[t] == RR_AAAA);
            if (v->ttl_s > ttl_s) ttl_s = v->ttl_s;
        }
        if (any) fputs(" }\n", j->main);
    }
    fputs("        }\n      }\n", j->main);
    fprintf(f, "%s %u/1 DYNA geoip!r%u\n", text, (unsigned)ttl_s, (unsigned)j->resources++);
}

/* Types that gdnsd reads by name; others it takes as unknown ones. */
static bool knows(uint16_t type)
{
    static const uint16_t types[] = {RR_A,   RR_NS,   RR_CNAME, RR_SOA,         RR_PTR, RR_MX,
                                     RR_TXT, RR_AAAA, RR_SRV,   35 /* NAPTR */, RR_CAA};
    for (size_t i = 0; i < CN_ARRAY_LEN(types); i++) {
        if (types[i] == type) return true;
    }
    return false;
}

static void put_records(struct export_job *j, FILE *f, const struct export_set *s,
                        const struct export_variant *v)
{
    char owner[DNAME_TEXT_MAX];
    char type[16];
    const struct export_record *r = v->first;
    dname_to_text(s->owner, owner);
    zonefile_type(s->type, type);
    if (!knows(s->type)) snprintf(type, sizeof(type), "TYPE%u", s->type);
    for (uint16_t i = 0; i < v->count; i++, r = r->next) {
        const char *data = export_data(j, r, !knows(s->type));
        fprintf(f, "%s %u %s %s\n", owner, (unsigned)v->ttl_s, type, data);
    }
}

static bool put_zone(struct export_job *j, struct export_zone *z)
{
    char apex[DNAME_TEXT_MAX];
    dname_show(z->apex, apex);
    FILE *f = export_open(j, "zones", apex);
    if (f == NULL) return false;
    for (const struct export_set *s = z->fixed; s != NULL; s = s->next) {
        if (s->type == RR_DNAME || s->type == RR_DS) {
            export_leave_out(j, s, "left out: gdnsd has no such records");
        } else if (!is_address(s->type) || !is_routed(z, s->owner)) {
            put_records(j, f, s, &s->v[0]);
        }
    }
    const uint8_t *last = NULL;
    for (const struct export_set *s = z->routed; s != NULL; s = s->next) {
        if (!is_address(s->type)) {
            export_leave_out(j, s, "the same for all: gdnsd decides nothing but addresses");
            put_records(j, f, s, &s->v[j->s->unknown]);
        } else if (last == NULL || !dname_equal(last, s->owner)) {
            put_resource(j, f, z, s->owner);
            last = s->owner;
        }
    }
    return export_close(j, f);
}

static bool end(struct export_job *j)
{
    fputs("    }\n  }\n}\nservice_types => {\n", j->main);
    for (size_t i = 0; i < j->ttl_count; i++) {
        char name[32];
        unsigned ttl_s = (unsigned)j->ttls[i];
        snprintf(name, sizeof(name), "ttl%u", ttl_s);
        FILE *f = export_open(j, "run", name);
        if (f == NULL || !export_close(j, f)) return false;
        fprintf(
            j->main,
            "  %s => { plugin => extfile, file => \"%s/run/%s\", direct => true, def_ttl => %u }\n",
            name, j->dir, name, ttl_s);
    }
    fputs("}\n", j->main);
    return export_close(j, j->main);
}

const struct export_format export_gdnsd = {.name = "gdnsd",
                                           .what = "start it with",
                                           .start = "gdnsd start -c ",
                                           .config = "",
                                           .begin = begin,
                                           .zone = put_zone,
                                           .end = end};
