/* SPDX-License-Identifier: MIT
 * "calendar": days off and working days that the built-in calendar does not have. */
#include "cnedge/base/timetext.h"
#include "load.h"
#include "tables.h"
#include "values.h"

static const struct type days = LIST_OF("days", values_date, 0, CALENDAR_DAYS_MAX);

static const struct key calendar_keys[] = {
    MAY("holidays", days, NULL, "days off"),
    MAY("workdays", days, NULL, "business days, also on weekends and on public holidays"),
};
const struct type workdays_calendar = OBJECT("calendar", "an object of days", calendar_keys, NULL);

static bool in_list(const int32_t *list, uint32_t count, int32_t day)
{
    for (uint32_t i = 0; i < count; i++) {
        if (list[i] == day) return true;
    }
    return false;
}

/* Reads one list. `c` has what was read before, which the days may not repeat. */
static const int32_t *read_days(struct load *l, const struct node *n, const char *key,
                                const struct calendar *c, uint32_t *count)
{
    size_t want = node_count(n, key);
    int32_t *list = arena_get(l->a, want, sizeof(*list));
    if (list == NULL) return NULL;
    for (size_t i = 0; i < want; i++) {
        struct at at;
        struct at in;
        int32_t day = 0;
        const char *text = json_string_value(node_value(n, key, i, &in, &at));
        bool ok = timetext_day(text, &day);
        CN_ASSERT(ok);
        if (in_list(list, *count, day) || in_list(c->holidays, c->holiday_count, day)) {
            jsondoc_error(n->doc, &at, "expected each day once, got \"%s\" again", text);
        }
        list[(*count)++] = day;
    }
    return list;
}

void workdays_read(struct load *l)
{
    struct calendar c = {0};
    uint32_t holidays = 0;
    uint32_t workdays = 0;
    json_t *object = node_get(&l->root, "calendar");
    if (object == NULL) return;
    struct node n = node_item(&l->root, &workdays_calendar, object, node_at(&l->root, "calendar"));
    c.holidays = read_days(l, &n, "holidays", &c, &holidays);
    c.holiday_count = holidays;
    c.workdays = read_days(l, &n, "workdays", &c, &workdays);
    c.workday_count = workdays;
    l->world->calendar = c;
}
