/* SPDX-License-Identifier: MIT
 * list_sites.c: `cnedge list sites FILE`: the sites with their hosts and zones, as they are at the
 * start. */
#include <inttypes.h>
#include <stdio.h>

#include "cnedge/cli/cli.h"
#include "cnedge/model/answer.h"

/* ", zone shop.zone, 57 records, serial 7, 2 delegations". */
static void print_zone(const struct site_spec *s)
{
    const struct zone *z = s->zone;
    uint32_t cuts = 0;
    uint32_t dnames = 0;
    if (z == NULL) return;
    for (uint32_t i = 0; i < z->node_count; i++) {
        cuts += z->nodes[i].cut;
        dnames += zone_set_of(&z->nodes[i], RR_DNAME) != NULL;
    }
    printf(", zone %s, %" PRIu32 " record%s", z->files != NULL ? z->files[0] : "in the scenario",
           z->record_count, cli_plural(z->record_count));
    if (z->soa != NULL) printf(", serial %" PRIu32, z->serial);
    if (cuts > 0) printf(", %" PRIu32 " delegation%s", cuts, cli_plural(cuts));
    if (dnames > 0) printf(", %" PRIu32 " DNAME%s", dnames, cli_plural(dnames));
}

/* " (2 to come", ", 1 wildcard": how many of a site's hosts are special. */
static void print_some(uint32_t n, const char *what, const char **before)
{
    if (n == 0) return;
    printf("%s%" PRIu32 " %s", *before, n, what);
    *before = ", ";
}

static void print_hosts(const struct world_spec *w, const struct site_spec *s)
{
    uint32_t aliases = 0;
    uint32_t later = 0;
    uint32_t wildcards = 0;
    for (uint32_t i = s->host_first; i < s->host_first + s->host_count; i++) {
        aliases += w->hosts[i].cname != NULL;
        later += !w->hosts[i].active;
        wildcards += dname_is_wildcard(w->hosts[i].name);
    }
    const char *before = " (";
    printf(", %" PRIu32 " host%s", s->host_count, cli_plural(s->host_count));
    print_some(aliases, "aliased", &before);
    print_some(wildcards, "wildcard", &before);
    print_some(later, "to come", &before);
    if (*before == ',') putchar(')');
}

int cli_list_sites(const char *file)
{
    struct cli_scenario s;
    int code = cli_load(&s, file, false);
    if (code != CLI_OK) return code;
    const struct world_spec *w = &s.scenario->world;
    for (uint32_t i = 0; i < w->site_count - w->app_count; i++) {
        const struct site_spec *site = &w->sites[i];
        printf("%s", site->domain);
        if (site->members > 0) printf(" and %" PRIu32 " more", site->members - 1);
        printf(": filing %s, set-up %s", filing_state_name(site->filing),
               site->setup == SETUP_PARTIAL ? "partial" : "full");
        print_hosts(w, site);
        print_zone(site);
        putchar('\n');
    }
    cli_unload(&s);
    return CLI_OK;
}

int cli_list_members(const char *file)
{
    struct cli_scenario s;
    char text[DNAME_TEXT_MAX];
    int code = cli_load(&s, file, false);
    if (code != CLI_OK) return code;
    const struct world_spec *w = &s.scenario->world;
    for (uint32_t i = 0; i < w->member_count; i++) {
        const uint8_t *name = w->members[i];
        const char *number = (const char *)name + dname_len(name);
        dname_show(name, text);
        printf("%s: as %s%s%s\n", text, w->sites[spec_member_site(w, name)].domain,
               *number != '\0' ? ", filing number " : "", number);
    }
    cli_unload(&s);
    return CLI_OK;
}
