/* SPDX-License-Identifier: MIT
 * cost_report.c: what the accounts' packages and products cost in a period, as a table or as JSON.
 *
 * A cost is that up to the end of the period less that up to its beginning, so that the costs of
 * periods that adjoin add up to the minor unit. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cnedge/base/timetext.h"
#include "cnedge/replay/report.h"
#include "cnedge/traffic/quality.h"
#include "report_text.h"

struct row { /* one package or product */
    const char *what, *id, *kind, *state;
    const char *label; /* under which it is sold now */
    uint32_t account;
    uint32_t mbit, used; /* bandwidth, and how much of it is taken or asked for */
    const struct price *price;
    struct meter meter;  /* counted up to the end of the period */
    struct meter before; /* and up to its beginning */
};

static bool priced(const struct row *r)
{
    return r->price->currency[0] != '\0';
}

static int64_t cost_of(const struct row *r)
{
    return money_cost(r->price, r->meter.ms, r->meter.mbit_ms) -
           money_cost(r->price, r->before.ms, r->before.mbit_ms);
}

static int64_t idle_of(const struct row *r)
{
    return money_cost(r->price, r->meter.idle_ms, r->meter.idle_mbit_ms) -
           money_cost(r->price, r->before.idle_ms, r->before.idle_mbit_ms);
}

static int64_t month_of(const struct row *r)
{
    simdur month = {INT64_C(86400) * MONEY_MONTH_DAYS * SIMDUR_SECOND};
    return r->meter.running ? money_for(r->price, r->meter.mbit, month) : 0;
}

static struct row package_row(const struct world *w, uint16_t i, simtime now)
{
    const struct package_spec *spec = &w->spec->packages[i];
    const struct package *p = &w->packages[i];
    struct row r = {.what = "package",
                    .id = spec->id,
                    .kind = spec->pay_as_you_go ? "pay_as_you_go" : "subscription",
                    .state = package_state_name((enum package_state)p->state),
                    .account = spec->account,
                    .mbit = p->mbit,
                    .used = world_package_connected(w, i, CN_NONE16),
                    .price = &spec->price,
                    .meter = p->meter};
    money_count(&r.meter, now);
    return r;
}

/* The most that clients of any line ask of it. */
static uint32_t demand(const struct world *w, uint16_t product)
{
    uint32_t most = 0;
    for (uint16_t line = 0; line < w->topology->line_count; line++) {
        const struct line *l = &w->topology->lines[line];
        if (l->zone != ZONE_MAINLAND) continue;
        if ((world_product_carriers(w, product) & 1U << l->carrier) == 0) continue;
        uint32_t here = quality_demand(w, product, line);
        if (here > most) most = here;
    }
    return most;
}

static struct row product_row(const struct world *w, uint16_t i, simtime now)
{
    const struct product_spec *spec = &w->spec->products[i];
    const struct product *p = &w->products[i];
    struct row r = {.what = "product",
                    .id = spec->id,
                    .kind = product_kind_name(spec->kind),
                    .label =
                        product_label(&w->spec->rules, spec->kind, (enum product_edition)p->edition,
                                      simtime_wall(w->spec->start, now)),
                    .state = product_state_name((enum product_state)p->state),
                    .account = spec->account,
                    .mbit = quality_capacity(w, i),
                    .used = demand(w, i),
                    .price = &spec->price,
                    .meter = p->meter};
    money_count(&r.meter, now);
    return r;
}

uint32_t report_cost_rows(const struct world *w)
{
    return (uint32_t)w->spec->package_count + w->spec->product_count;
}

void report_cost_mark(const struct world *w, simtime from, struct meter *before)
{
    uint32_t packages = w->spec->package_count;
    for (uint32_t i = 0; i < report_cost_rows(w); i++) {
        before[i] = i < packages ? w->packages[i].meter : w->products[i - packages].meter;
        money_count(&before[i], from);
    }
}

/* Package or product `i`, packages first. */
static struct row row_of(const struct report_cost *c, uint32_t i)
{
    uint16_t packages = c->world->spec->package_count;
    struct row r = i < packages ? package_row(c->world, (uint16_t)i, c->to)
                                : product_row(c->world, (uint16_t)(i - packages), c->to);
    r.before = c->before[i];
    return r;
}

static uint64_t billed_ms(const struct row *r)
{
    return r->meter.ms - r->before.ms;
}

/* What the price is made of. */
static const char *price_model(const struct row *r)
{
    if (!priced(r)) return "none";
    if (r->price->month_minor == 0) return r->price->mbit_month_minor == 0 ? "free" : "per_mbps";
    return r->price->mbit_month_minor == 0 ? "flat" : "flat_and_per_mbps";
}

/* --- totals ----------------------------------------------------------------------------------- */

static const uint32_t everybody = UINT32_MAX;

struct total { /* of one account or of everybody, in one currency: no source has rates (FACTS) */
    uint32_t account;
    const char *currency;
    int64_t cost, month, idle;
};

static bool counts(const struct row *r, uint32_t account)
{
    return priced(r) && (account == everybody || r->account == account);
}

/* The total that row `i` is the first one of; false when an earlier row has its currency. */
static bool total_from(const struct row *rows, uint32_t count, uint32_t i, struct total *out)
{
    const char *currency = rows[i].price->currency;
    if (!counts(&rows[i], out->account)) return false;
    for (uint32_t k = 0; k < i; k++) {
        if (!counts(&rows[k], out->account)) continue;
        if (strcmp(rows[k].price->currency, currency) == 0) return false;
    }
    *out = (struct total){.account = out->account, .currency = currency};
    for (uint32_t k = i; k < count; k++) {
        if (!counts(&rows[k], out->account)) continue;
        if (strcmp(rows[k].price->currency, currency) != 0) continue;
        out->cost += cost_of(&rows[k]);
        out->month += month_of(&rows[k]);
        out->idle += idle_of(&rows[k]);
    }
    return true;
}

/* Every row in a list of its own; NULL without memory. */
static const struct row *read_rows(const struct report_cost *c, struct arena *scratch)
{
    struct row *rows = arena_get(scratch, report_cost_rows(c->world), sizeof(*rows));
    for (uint32_t i = 0; rows != NULL && i < report_cost_rows(c->world); i++) {
        rows[i] = row_of(c, i);
    }
    return rows;
}

/* Whether the account buys anything. */
static bool buys(const struct row *rows, uint32_t count, uint32_t account)
{
    for (uint32_t i = 0; i < count; i++) {
        if (rows[i].account == account) return true;
    }
    return false;
}

/* --- text ------------------------------------------------------------------------------------- */

enum column {
    COLUMN_ACCOUNT,
    COLUMN_WHAT,
    COLUMN_ID,
    COLUMN_KIND,
    COLUMN_STATE,
    COLUMN_PRICE,
    COLUMN_COST,
    COLUMN_MONTH,
    COLUMN_IDLE,
    COLUMN_BILLED,
    COLUMN_USED,
    COLUMN_COUNT
};
enum { CELL_MAX = 160, MONEY_MAX = 40 };

struct record {
    char cell[COLUMN_COUNT][CELL_MAX];
};

struct sheet { /* gone through twice: once for the widths, once to write */
    FILE *out; /* NULL: measure only */
    int width[COLUMN_COUNT];
};

static void put_line(struct sheet *s, const struct record *l)
{
    int last = COLUMN_COUNT - 1;
    while (last > 0 && l->cell[last][0] == '\0') {
        last--;
    }
    for (int i = 0; i <= last; i++) {
        int len = (int)strlen(l->cell[i]);
        if (len > s->width[i]) s->width[i] = len;
        if (s->out == NULL) continue;
        fprintf(s->out, "%s%-*s", i > 0 ? "  " : "", i < last ? s->width[i] : 0, l->cell[i]);
    }
    if (s->out != NULL) fputc('\n', s->out);
}

static void set(struct record *l, enum column c, const char *text)
{
    snprintf(l->cell[c], CELL_MAX, "%s", text);
}

/* "EUR 12.34": minor units are hundredths. */
static const char *money(char out[MONEY_MAX], const char *currency, int64_t minor)
{
    snprintf(out, MONEY_MAX, "%s %" PRId64 ".%02" PRId64, currency, minor / 100, minor % 100);
    return out;
}

static void set_money(struct record *l, enum column c, const char *currency, int64_t minor)
{
    char text[MONEY_MAX];
    set(l, c, money(text, currency, minor));
}

/* "EUR 50.00 a month + EUR 15.00 a Mbit/s". */
static void set_price(struct record *l, const struct row *r)
{
    const struct price *p = r->price;
    char flat[MONEY_MAX];
    char each[MONEY_MAX];
    bool both = p->month_minor > 0 && p->mbit_month_minor > 0;
    money(flat, p->currency, p->month_minor);
    money(each, p->currency, p->mbit_month_minor);
    if (!priced(r) || (p->month_minor == 0 && p->mbit_month_minor == 0)) {
        set(l, COLUMN_PRICE, price_model(r));
        return;
    }
    snprintf(l->cell[COLUMN_PRICE], CELL_MAX, "%s%s%s%s%s", p->month_minor > 0 ? flat : "",
             p->month_minor > 0 ? " a month" : "", both ? " + " : "",
             p->mbit_month_minor > 0 ? each : "", p->mbit_month_minor > 0 ? " a Mbit/s" : "");
}

static void put_row(struct sheet *s, const struct world *w, const struct row *r)
{
    struct record l = {.cell = {""}};
    set(&l, COLUMN_ACCOUNT, w->spec->accounts[r->account].id);
    set(&l, COLUMN_WHAT, r->what);
    set(&l, COLUMN_ID, r->id);
    snprintf(l.cell[COLUMN_KIND], CELL_MAX, "%s%s%s%s", r->kind, r->label != NULL ? " (" : "",
             r->label != NULL ? r->label : "", r->label != NULL ? ")" : "");
    set(&l, COLUMN_STATE, r->state);
    set_price(&l, r);
    if (priced(r)) {
        set_money(&l, COLUMN_COST, r->price->currency, cost_of(r));
        set_money(&l, COLUMN_MONTH, r->price->currency, month_of(r));
        set_money(&l, COLUMN_IDLE, r->price->currency, idle_of(r));
    } else {
        set(&l, COLUMN_COST, "-");
        set(&l, COLUMN_MONTH, "-");
        set(&l, COLUMN_IDLE, "-");
    }
    snprintf(l.cell[COLUMN_BILLED], CELL_MAX, "%" PRIu64 " s", billed_ms(r) / 1000);
    if (r->mbit > 0) {
        snprintf(l.cell[COLUMN_USED], CELL_MAX, "%" PRIu32 " of %" PRIu32 " Mbit/s", r->used,
                 r->mbit);
    }
    put_line(s, &l);
}

static void put_totals(struct sheet *s, const struct world *w, const struct row *rows,
                       uint32_t count, uint32_t account)
{
    for (uint32_t i = 0; i < count; i++) {
        struct total t = {.account = account};
        struct record l = {.cell = {""}};
        if (!total_from(rows, count, i, &t)) continue;
        set(&l, COLUMN_ACCOUNT, account == everybody ? "all" : w->spec->accounts[account].id);
        set(&l, COLUMN_WHAT, "total");
        set_money(&l, COLUMN_COST, t.currency, t.cost);
        set_money(&l, COLUMN_MONTH, t.currency, t.month);
        set_money(&l, COLUMN_IDLE, t.currency, t.idle);
        put_line(s, &l);
    }
}

static void put_account(struct sheet *s, const struct world *w, const struct row *rows,
                        uint32_t count, uint32_t account)
{
    const struct account_spec *spec = &w->spec->accounts[account];
    if (!buys(rows, count, account)) return;
    for (uint32_t i = 0; i < count; i++) {
        if (rows[i].account == account) put_row(s, w, &rows[i]);
    }
    put_totals(s, w, rows, count, account);
    if (!spec->limited) return;
    struct record l = {.cell = {""}};
    set(&l, COLUMN_ACCOUNT, spec->id);
    set(&l, COLUMN_WHAT, "balance");
    set_money(&l, COLUMN_COST, spec->currency, w->accounts[account].balance_minor);
    put_line(s, &l);
}

static void put_sheet(struct sheet *s, const struct world *w, const struct row *rows,
                      uint32_t count)
{
    static const struct record heads = {.cell = {"account", "what", "id", "kind", "state", "price",
                                                 "cost", "month", "idle", "billed", "used"}};
    put_line(s, &heads);
    for (uint32_t i = 0; i < w->spec->account_count; i++) {
        put_account(s, w, rows, count, i);
    }
    put_totals(s, w, rows, count, everybody);
}

bool report_cost_text(FILE *out, const struct report_cost *c, struct arena *scratch)
{
    char from[TIMETEXT_MAX];
    char to[TIMETEXT_MAX];
    uint32_t count = report_cost_rows(c->world);
    const struct row *rows = read_rows(c, scratch);
    struct sheet s = {.out = NULL};
    if (rows == NULL) return false;
    if (count == 0) {
        fputs("no packages and no products\n", out);
        return true;
    }
    timetext_put_simtime(c->from, from);
    timetext_put_simtime(c->to, to);
    fprintf(out, "from %s to %s\n", from, to);
    put_sheet(&s, c->world, rows, count);
    s.out = out;
    put_sheet(&s, c->world, rows, count);
    return true;
}

/* --- JSON ------------------------------------------------------------------------------------- */

static void set_minor(json_t *object, const char *key, int64_t minor)
{
    json_object_set_new(object, key, json_integer(minor));
}

static json_t *object_of(const struct report_cost *c, uint32_t account, const char *what)
{
    json_t *object = json_object();
    if (account != everybody) {
        report_set_text(object, "account", c->world->spec->accounts[account].id);
    }
    report_set_text(object, "what", what);
    set_minor(object, "from_ms", c->from.ns / 1000000);
    set_minor(object, "to_ms", c->to.ns / 1000000);
    return object;
}

static void put_row_json(FILE *out, const struct report_cost *c, const struct row *r)
{
    json_t *object = object_of(c, r->account, r->what);
    report_set_text(object, "id", r->id);
    report_set_text(object, "kind", r->kind);
    if (r->label != NULL) report_set_text(object, "sold_as", r->label);
    report_set_text(object, "state", r->state);
    report_set_text(object, "price_model", price_model(r));
    if (priced(r)) {
        report_set_text(object, "currency", r->price->currency);
        set_minor(object, "price_month_minor", r->price->month_minor);
        set_minor(object, "price_mbps_month_minor", r->price->mbit_month_minor);
        set_minor(object, "cost_minor", cost_of(r));
        set_minor(object, "month_minor", month_of(r));
        set_minor(object, "idle_minor", idle_of(r));
    }
    set_minor(object, "billed_ms", (json_int_t)billed_ms(r));
    set_minor(object, "mbps", r->mbit);
    set_minor(object, "used_mbps", r->used);
    report_put_line(out, object);
}

static void put_totals_json(FILE *out, const struct report_cost *c, const struct row *rows,
                            uint32_t account)
{
    uint32_t count = report_cost_rows(c->world);
    for (uint32_t i = 0; i < count; i++) {
        struct total t = {.account = account};
        if (!total_from(rows, count, i, &t)) continue;
        json_t *object = object_of(c, account, "total");
        report_set_text(object, "currency", t.currency);
        set_minor(object, "cost_minor", t.cost);
        set_minor(object, "month_minor", t.month);
        set_minor(object, "idle_minor", t.idle);
        report_put_line(out, object);
    }
}

static void put_account_json(FILE *out, const struct report_cost *c, const struct row *rows,
                             uint32_t account)
{
    const struct account_spec *spec = &c->world->spec->accounts[account];
    uint32_t count = report_cost_rows(c->world);
    for (uint32_t i = 0; i < count; i++) {
        if (rows[i].account == account) put_row_json(out, c, &rows[i]);
    }
    put_totals_json(out, c, rows, account);
    if (!spec->limited || !buys(rows, count, account)) return;
    json_t *object = object_of(c, account, "balance");
    report_set_text(object, "currency", spec->currency);
    set_minor(object, "balance_minor", c->world->accounts[account].balance_minor);
    report_put_line(out, object);
}

bool report_cost_json(FILE *out, const struct report_cost *c, struct arena *scratch)
{
    const struct row *rows = read_rows(c, scratch);
    if (rows == NULL) return false;
    for (uint32_t i = 0; i < c->world->spec->account_count; i++) {
        put_account_json(out, c, rows, i);
    }
    put_totals_json(out, c, rows, everybody);
    return true;
}
