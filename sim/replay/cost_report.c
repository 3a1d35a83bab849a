/* SPDX-License-Identifier: MIT
 * cost_report.c: what the accounts' packages and products have cost, as a table or as JSON. */
#include <inttypes.h>
#include <jansson.h>
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
    struct meter meter; /* counted up to now */
};

static bool priced(const struct row *r)
{
    return r->price->currency[0] != '\0';
}

static int64_t cost_of(const struct row *r)
{
    return money_cost(r->price, r->meter.ms, r->meter.mbit_ms);
}

static int64_t idle_of(const struct row *r)
{
    return money_cost(r->price, r->meter.idle_ms, r->meter.idle_mbit_ms);
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

/* Package or product `i`, packages first. */
static struct row row_of(const struct world *w, uint32_t i, simtime now)
{
    uint16_t packages = w->spec->package_count;
    return i < packages ? package_row(w, (uint16_t)i, now)
                        : product_row(w, (uint16_t)(i - packages), now);
}

/* --- text ------------------------------------------------------------------------------------- */

/* "EUR 12.34": minor units are hundredths. */
static void put_money(FILE *out, const char *currency, int64_t minor)
{
    fprintf(out, "%s %" PRId64 ".%02" PRId64, currency, minor / 100, minor % 100);
}

static void put_row(FILE *out, const struct row *r)
{
    fprintf(out, "  %s %s (%s%s%s, %s): ", r->what, r->id, r->kind,
            r->label != NULL ? ", sold as " : "", r->label != NULL ? r->label : "", r->state);
    if (priced(r)) {
        put_money(out, r->price->currency, cost_of(r));
        fputs(" so far, ", out);
        put_money(out, r->price->currency, month_of(r));
        fputs(" a month, idle ", out);
        put_money(out, r->price->currency, idle_of(r));
    } else {
        fputs("no price of its own", out);
    }
    fprintf(out, "; billed for %" PRIu64 " s", r->meter.ms / 1000);
    if (r->mbit > 0) fprintf(out, "; %" PRIu32 " of %" PRIu32 " Mbit/s used", r->used, r->mbit);
    fputc('\n', out);
}

static void put_account(FILE *out, const struct world *w, uint32_t account, simtime now)
{
    const struct account_spec *spec = &w->spec->accounts[account];
    bool first = true;
    for (uint32_t i = 0; i < (uint32_t)w->spec->package_count + w->spec->product_count; i++) {
        struct row r = row_of(w, i, now);
        if (r.account != account) continue;
        if (first) fprintf(out, "account %s\n", spec->id);
        first = false;
        put_row(out, &r);
    }
    if (first || !spec->limited) return;
    fputs("  balance ", out);
    put_money(out, spec->currency, w->accounts[account].balance_minor);
    fputc('\n', out);
}

void report_cost_text(FILE *out, const struct world *w, simtime now)
{
    for (uint32_t i = 0; i < w->spec->account_count; i++) {
        put_account(out, w, i, now);
    }
}

/* --- JSON ------------------------------------------------------------------------------------- */

void report_cost_json(FILE *out, const struct world *w, simtime now)
{
    for (uint32_t i = 0; i < (uint32_t)w->spec->package_count + w->spec->product_count; i++) {
        struct row r = row_of(w, i, now);
        json_t *object = json_object();
        report_set_text(object, "account", w->spec->accounts[r.account].id);
        report_set_text(object, "what", r.what);
        report_set_text(object, "id", r.id);
        report_set_text(object, "kind", r.kind);
        if (r.label != NULL) report_set_text(object, "sold_as", r.label);
        report_set_text(object, "state", r.state);
        if (priced(&r)) {
            report_set_text(object, "currency", r.price->currency);
            json_object_set_new(object, "cost_minor", json_integer(cost_of(&r)));
            json_object_set_new(object, "month_minor", json_integer(month_of(&r)));
            json_object_set_new(object, "idle_minor", json_integer(idle_of(&r)));
        }
        json_object_set_new(object, "billed_ms", json_integer((json_int_t)r.meter.ms));
        json_object_set_new(object, "mbit", json_integer(r.mbit));
        json_object_set_new(object, "used_mbit", json_integer(r.used));
        report_put_line(out, object);
    }
}
