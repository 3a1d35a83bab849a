/* SPDX-License-Identifier: MIT
 * export_octodns_subnets.c: lists of prefixes for octoDNS's rules. Names whose lines fall apart
 * into pools in the same way share them: in a file each list stands once, and is referred to. */
#include <string.h>

#include "cnedge/model/topology.h"
#include "export_octodns.h"

enum { PER_LINE = 6 /* subnets on a line of the file */ };

/* Countries as octoDNS sorts them into continents (ISO 3166-1). East Timor is not among them: its
 * continent has no code there. */
static const struct {
    const char *continent, *countries;
} continents[] = {
    {"AF", "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA "
           "MG ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM "
           "ZW"},
    {"AN", "AQ BV HM TF"},
    {"AS", "AE AF AM AZ BD BH BN BT CC CN CX CY GE HK ID IL IN IO IQ IR JO JP KG KH KP KR KW KZ LA "
           "LB LK MM MN MO MV MY NP OM PH PK PS QA SA SG SY TH TJ TM TR TW UZ VN YE"},
    {"EU", "AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI "
           "LT LU LV MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA"},
    {"NA", "AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX "
           "NI PA PM PR SV SX TC TT US VC VG VI"},
    {"OC", "AS AU CK FJ FM GU KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS"},
    {"SA", "AR BO BR CL CO EC FK GF GS GY PE PY SR UY VE"},
};

struct octodns_lists {
    struct octodns_lists *next;
    uint32_t id;
    bool written;            /* in the file of the zone */
    const uint16_t *of_line; /* [line] its list; CN_NONE16 */
    uint32_t *begin;         /* [list], and behind the last */
    struct export_prefix *prefixes;
};

struct octodns {
    const struct export_state *s;
    struct octodns_lists *lists, *filling;
    uint32_t *prefixes; /* [line] how many it has */
    uint32_t count;     /* of partitions */
};

bool octodns_geo(const struct line *line, char out[OCTODNS_GEO_MAX])
{
    if (line->country[0] == '\0' || strcmp(line->name, line->country) != 0) return false;
    const char cc[] = {(char)(line->country[0] - 'a' + 'A'), (char)(line->country[1] - 'a' + 'A'),
                       '\0'};
    for (size_t i = 0; i < CN_ARRAY_LEN(continents); i++) {
        if (strstr(continents[i].countries, cc) == NULL) continue;
        snprintf(out, OCTODNS_GEO_MAX, "%s-%s", continents[i].continent, cc);
        return true;
    }
    return false;
}

static bool count_prefix(void *to, const struct export_prefix *p)
{
    struct octodns *o = to;
    o->prefixes[p->line]++;
    return true;
}

bool octodns_begin(struct export_job *j)
{
    struct octodns *o = arena_get(j->memory, 1, sizeof(*o));
    if (o == NULL) return false;
    o->s = j->s;
    o->prefixes = arena_get(j->memory, j->s->w->topology->line_count, sizeof(*o->prefixes));
    j->octodns = o;
    return o->prefixes != NULL && export_state_split(j->s, NULL, count_prefix, o);
}

void octodns_forget(struct export_job *j)
{
    for (struct octodns_lists *l = j->octodns->lists; l != NULL; l = l->next) {
        l->written = false;
    }
}

uint32_t octodns_prefixes(const struct export_job *j, uint16_t line)
{
    return j->octodns->prefixes[line];
}

/* --- lists ------------------------------------------------------------------------------------ */

static bool measure(void *to, const struct export_prefix *p)
{
    const struct octodns *o = to;
    uint16_t list = o->filling->of_line[p->line];
    if (list != CN_NONE16) o->filling->begin[list + 1U]++;
    return true;
}

static bool fill(void *to, const struct export_prefix *p)
{
    const struct octodns *o = to;
    uint16_t list = o->filling->of_line[p->line];
    if (list != CN_NONE16) o->filling->prefixes[o->filling->begin[list + 1U]++] = *p;
    return true;
}

/* begin[list + 1] holds how many are in the list, and then where it begins; filling moves that to
 * its end, where the next one begins. */
static bool fill_lists(struct export_job *j, struct octodns_lists *l, uint16_t lists)
{
    struct octodns *o = j->octodns;
    uint32_t sum = 0;
    o->filling = l;
    if (!export_state_split(o->s, l->of_line, measure, o)) return false;
    for (uint16_t i = 0; i < lists; i++) {
        uint32_t count = l->begin[i + 1U];
        l->begin[i + 1U] = sum;
        sum += count;
    }
    l->prefixes = arena_get(j->memory, sum, sizeof(*l->prefixes));
    return l->prefixes != NULL && export_state_split(o->s, l->of_line, fill, o);
}

struct octodns_lists *octodns_lists(struct export_job *j, const uint16_t *of_line, uint16_t lists)
{
    struct octodns *o = j->octodns;
    size_t size = o->s->w->topology->line_count * sizeof(*of_line);
    for (struct octodns_lists *l = o->lists; l != NULL; l = l->next) {
        if (memcmp(l->of_line, of_line, size) == 0) return l;
    }
    struct octodns_lists *new = arena_get(j->memory, 1, sizeof(*new));
    uint16_t *copy = arena_get(j->memory, 1, size);
    uint32_t *begin = arena_get(j->memory, lists + 1U, sizeof(*begin));
    if (new == NULL || copy == NULL || begin == NULL) return NULL;
    memcpy(copy, of_line, size);
    *new =
        (struct octodns_lists){.next = o->lists, .id = o->count++, .of_line = copy, .begin = begin};
    if (!fill_lists(j, new, lists)) return NULL;
    o->lists = new;
    return new;
}

bool octodns_has(const struct octodns_lists *l, uint16_t list)
{
    return l->begin[list] < l->begin[list + 1U];
}

void octodns_put_list(const struct export_job *j, const struct octodns_lists *l, uint16_t list)
{
    FILE *f = j->main;
    fprintf(f, "%cs%u-%u", l->written ? '*' : '&', (unsigned)l->id, (unsigned)list);
    for (uint32_t i = l->begin[list]; !l->written && i < l->begin[list + 1U]; i++) {
        char text[ADDRTEXT_MAX];
        uint32_t n = i - l->begin[list];
        addrtext_put(l->prefixes[i].address, l->prefixes[i].v6, text);
        fputs(n == 0 ? " [\n            " : n % PER_LINE == 0 ? ",\n            " : ", ", f);
        fprintf(f, "\"%s/%u\"", text, l->prefixes[i].bits);
    }
    fputs(l->written ? "\n" : "]\n", f);
}

void octodns_written(struct octodns_lists *l)
{
    l->written = true;
}
