/* SPDX-License-Identifier: MIT
 * answer_member.c: names of sites that have no state of their own, but are members of a cohort. */
#include "answer_internal.h"

#include <string.h>

const uint8_t *answer_named(const struct world *w, const uint8_t *name, struct answer_named *out)
{
    struct apex_name n;
    unsigned before = 0;
    const struct world_spec *s = w->spec;
    out->member = NULL;
    out->site = CN_NONE32;
    if (s->apexes == NULL) return name;
    apex_name_split(&n, name);
    const struct apex_line *line = apex_table_find(s->apexes, &n, &before);
    if (line == NULL || line->member == 0) return name;
    const uint8_t *apex = s->sites[line->site].apex;
    size_t head = n.at[before];
    size_t len = dname_len(apex);
    CN_ASSERT(len <= line->len); /* the shortest name stands for the others: no name grows */
    memcpy(out->name, name, head);
    memcpy(out->name + head, apex, len);
    out->member = apex_line_name(line);
    out->site = line->site;
    return out->name;
}
