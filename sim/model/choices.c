/* SPDX-License-Identifier: MIT */
#include "cnedge/model/choices.h"

#include <string.h>

#include "cnedge/base/rng.h"
#include "cnedge/base/timetext.h"
#include "cnedge/model/topology.h"

static const char *const policy_names[POLICY_COUNT] = {
    "reroute_overseas", "suspend",   "deny_at_edge",   "unmap_shared",
    "delete_name",      "to_origin", "region_overseas"};
static const char *const coverage_names[COVERAGE_COUNT] = {"global", "domestic", "overseas"};
static const char *const reviews_names[REVIEWS_COUNT] = {"events", "drawn"};
static const char *const forged_names[FORGED_POOL_COUNT] = {"synthetic", "realistic"};
static const char *const metric_names[METRIC_COUNT] = {"rtt", "great_circle", "order"};

// clang-format off
#define ENUM(field, list, fallback, text, c4, grade, source)                                       \
    {#field, CHOICE_ENUM, c4, offsetof(struct choices, field), list, 0, CN_ARRAY_LEN(list),        \
     fallback, text, grade, source}
#define BOOL(field, fallback, text, c4, grade, source)                                             \
    {#field, CHOICE_BOOL, c4, offsetof(struct choices, field), NULL, 0, 1, fallback, text, grade,  \
     source}
#define NUMBER(field, lo, hi, fallback, text, c4, grade, source)                                   \
    {#field, CHOICE_NUMBER, c4, offsetof(struct choices, field), NULL, lo, hi, fallback, text,     \
     grade, source}
#define RANGE(field, fallback, text, c4, grade, source)                                            \
    {#field, CHOICE_RANGE, c4, offsetof(struct choices, field), NULL, 0, 0, fallback, text, grade, \
     source}
#define C4(n) CHOICE_C4(n)
// clang-format on

enum { TTL_MAX_S = 86400 };

static const struct choice_info table[] = {
    ENUM(revocation_policy, policy_names, "reroute_overseas",
         "what the DNS does when a site that was served from the mainland loses its entitlement", 0,
         "X", "FACTS C2, 0.1 (X1; D CF7)"),
    ENUM(coverage, coverage_names, "global", "where sites may be served from", C4(15), "D",
         "FACTS C2 (AL11 AL14)"),
    ENUM(nearest_metric, metric_names, "rtt",
         "how the nearest PoP is found: modelled RTT, great circle, or the order of the PoP list",
         C4(1), "SIM", "FACTS C4, DESIGN 9.1"),
    BOOL(near_first, "true",
         "send mainland clients that must leave the mainland to near PoPs before global ones", 0,
         "I", "FACTS C2 row 5"),
    BOOL(line_failover, "true",
         "let a carrier's outage move its clients to PoPs that other carriers reach", 0, "SIM",
         "FACTS C2 row 4 (Huawei: false, D HW5)"),
    BOOL(degraded_usable, "true", "let a degraded PoP go on answering", 0, "SIM", "FACTS B8"),
    NUMBER(ttl_mainland_s, 1, TTL_MAX_S, "60", "TTL of mainland answers, seconds", C4(6), "SIM",
           "FACTS C2"),
    NUMBER(ttl_outside_s, 1, TTL_MAX_S, "300", "TTL of lasting answers outside, seconds", C4(6),
           "SIM", "FACTS C2"),
    NUMBER(ttl_failover_s, 1, TTL_MAX_S, "60",
           "TTL of answers that a change may soon replace, seconds", C4(6), "SIM",
           "FACTS C2, C3 (D AW6: at most 60)"),
    NUMBER(ttl_negative_s, 0, TTL_MAX_S, "60", "SOA minimum: TTL of negative answers, seconds",
           C4(6), "SIM", "FACTS C2 rows 25, 26; C3"),
    RANGE(ttl_settle, "24h",
          "how long after a site's revocation the failover TTL is kept (row 10: 60, then 300)",
          C4(6), "SIM", "FACTS C2 row 10"),
    RANGE(observe_delay, "0s", "from a licence's loss to the partner's knowing of it", C4(10),
          "SIM", "FACTS C4"),
    RANGE(sync_delay, "8h", "from a filing's approval to the partner's knowing of it", 0, "D",
          "FACTS B1 (AL13; 7h F, 7..24h V)"),
    RANGE(provisioning_delay, "24h", "from ordering a provisioning step to its being done", 0, "D",
          "FACTS A1, B5 (CF8: at least 24 h)"),
    RANGE(sms_window, "24h", "how long the SMS code may be confirmed", 0, "D", "FACTS B1 (HW1)"),
    NUMBER(sms_tries, 1, 100, "5", "wrong SMS codes that are forgiven; one more locks the order", 0,
           "D", "FACTS B1 (HW1)"),
    RANGE(audit_deadline, "30d", "from an audit's notice to the loss of access", C4(14), "SIM",
          "FACTS B1 (10..30 days suggested)"),
    RANGE(shell_delay, "1d", "from the loss of the last access to an empty shell", C4(14), "SIM",
          "FACTS C4"),
    RANGE(shell_cleanup, "60d", "from an empty shell to the bureau's clean-up", C4(14), "SIM",
          "FACTS C4"),
    RANGE(unknown_grace, "1h", "how long an unknown status keeps the last known one", C4(7), "SIM",
          "FACTS C2 row 13, C4"),
    RANGE(blacklist_min_listed, "365d", "how long a blacklisted domain stays listed at least",
          C4(18), "SIM", "FACTS B6, C4"),
    RANGE(realname_age, "3bd", "how old real-name data must be before a filing is submitted", 0,
          "D", "FACTS A1 (HW1: 3 to 5 working days)"),
    RANGE(domain_term, "90d",
          "the domain must stay registered for longer than this when submitting", 0, "D",
          "FACTS A1 (HW1: 3 months)"),
    RANGE(resource_term, "90d", "how long mainland hosting must last when submitting", 0, "D",
          "FACTS B1 (HW1: 3 months)"),
    /* Licences and reviews. */
    ENUM(reviews, reviews_names, "events",
         "when reviews end: by events only, or after their drawn duration, with success, unless an "
         "event comes first",
         0, "SIM", "FACTS B1, B2, B3, B4"),
    RANGE(provider_review, "1bd..2bd", "how long the access provider reviews an order", 0, "D",
          "FACTS B1 (AL2 HW1)"),
    RANGE(sms_confirmation, "1h..12h", "how long the holder takes to confirm the SMS code", 0,
          "SIM", "FACTS B1 (the window is 24h, D HW1)"),
    RANGE(bureau_review, "1bd..20bd", "how long the bureau reviews a filing or a change order", 0,
          "D", "FACTS B1 (HW1 AL2; 7 to 20, HW2)"),
    RANGE(vetting_review, "3bd..10bd", "how long the partner's vetting takes", C4(13), "SIM",
          "FACTS B3, C4"),
    BOOL(rereview_on_content, "true", "let the partner look again when a site's content changes",
         C4(13), "SIM", "FACTS B3 (suggested), C4"),
    BOOL(rereview_on_change, "true", "let the partner look again after a change order", C4(13),
         "SIM", "FACTS B3 (suggested: on renewal), C4"),
    /* Who may apply. */
    /* Partners and scopes. */
    /* Lists and the border. */
    RANGE(path_min_listed, "7d",
          "how long a name whose answers are forged or whose connections are reset stays so at "
          "least",
          C4(18), "SIM", "FACTS B6, C4"),
    RANGE(province_min_listed, "0s", "the same for a province's own box", C4(18), "SIM",
          "FACTS H (M7: its list changes often)"),
    RANGE(path_clearing, "1d",
          "from taking a name off to the last device's dropping it; meanwhile half have it", C4(18),
          "SIM", "FACTS B6, C4"),
    RANGE(
        bogus_tail, "12h",
        "from the end of bogus answers for whole top-level domains to the last cache's forgetting",
        0, "R", "FACTS D0 (M9: up to 12 h)"),
    NUMBER(ns_ttl_s, 0, TTL_MAX_S, "86400",
           "how long caches keep a delegation, seconds: the tail of its replacement", 0, "SIM",
           "FACTS D1.37"),
    ENUM(forged_pool, forged_names, "synthetic",
         "where forged addresses come from: documentation space, or for AAAA 2001::/32 as measured",
         C4(19), "SIM", "FACTS C4, H (M3 M5)"),
    NUMBER(forged_pool_size, 1, 254, "216", "how many addresses of each family are forged", C4(19),
           "M", "FACTS H (M4: 216 since 2019-11-23)"),
    NUMBER(forged_ttl_s, 0, TTL_MAX_S, "300", "TTL of forged answers, seconds", C4(19), "SIM",
           "FACTS C4, H"),
    /* Addresses, families, DNS mode. */
    /* Products and packages. */
    /* Capacity and resolvers. */
    {"approved_tlds", CHOICE_TLDS, 0, offsetof(struct choices, approved_tlds), NULL, 0,
     CHOICES_TLDS_MAX, "cn com net org asia example test",
     "top-level domains that may be filed; example and test so that scenarios can use reserved "
     "names",
     "X", "FACTS G (X2: the old five; the ministry's list is longer; not authoritative)"},
};

const struct choice_info *choices_table(size_t *count)
{
    *count = CN_ARRAY_LEN(table);
    return table;
}

static void *field(struct choices *c, const struct choice_info *info)
{
    return (char *)c + info->offset;
}

static void default_enum(struct choices *c, const struct choice_info *info)
{
    int32_t v = 0;
    while (strcmp(info->names[v], info->fallback) != 0) {
        v++;
        CN_ASSERT((uint32_t)v < info->max);
    }
    memcpy(field(c, info), &v, sizeof(v));
}

static void default_number(struct choices *c, const struct choice_info *info)
{
    uint32_t v = 0;
    for (const char *p = info->fallback; *p != '\0'; p++) {
        v = v * 10 + (uint32_t)(*p - '0');
    }
    CN_ASSERT(v >= info->min && v <= info->max);
    memcpy(field(c, info), &v, sizeof(v));
}

static void default_range(struct choices *c, const struct choice_info *info)
{
    struct duration_range r;
    bool ok = choices_read_range(info->fallback, &r);
    CN_ASSERT(ok);
    memcpy(field(c, info), &r, sizeof(r));
}

static void default_tlds(struct choices *c, const char *text)
{
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        CN_ASSERT(len < CHOICES_TLD_MAX && c->tld_count < CHOICES_TLDS_MAX);
        memcpy(c->approved_tlds[c->tld_count++], text, len);
        text += len;
        text += *text == ' ' ? 1 : 0;
    }
}

void choices_default(struct choices *c)
{
    *c = (struct choices){0};
    for (size_t i = 0; i < CN_ARRAY_LEN(table); i++) {
        switch (table[i].type) {
        case CHOICE_ENUM:
            default_enum(c, &table[i]);
            break;
        case CHOICE_BOOL:
            *(bool *)field(c, &table[i]) = strcmp(table[i].fallback, "true") == 0;
            break;
        case CHOICE_NUMBER:
            default_number(c, &table[i]);
            break;
        case CHOICE_RANGE:
            default_range(c, &table[i]);
            break;
        case CHOICE_TLDS:
            default_tlds(c, table[i].fallback);
            break;
        }
    }
}

#define DAY_NS (86400 * SIMDUR_SECOND)

simdur choices_draw(struct duration_range r, uint64_t seed, const char *entity, const char *purpose,
                    uint64_t n)
{
    enum { NS_PER_US = 1000 };
    if (r.min.ns == r.max.ns) return r.min;
    /* Whole seconds where the bounds are such, else whole microseconds: an instant that is drawn
     * can be written, in reports and in scenarios. */
    bool seconds = r.min.ns % SIMDUR_SECOND == 0 && r.max.ns % SIMDUR_SECOND == 0;
    int64_t unit = r.business ? DAY_NS : seconds ? SIMDUR_SECOND : NS_PER_US;
    uint64_t draw = rng_draw(seed, entity, purpose, n);
    return (simdur){unit * rng_between(draw, r.min.ns / unit, r.max.ns / unit)};
}

walltime choices_after(struct duration_range r, simdur drawn, walltime from,
                       const struct calendar *c)
{
    if (r.business) return calendar_add(c, from, drawn.ns / DAY_NS);
    return simtime_wall(from, (simtime){drawn.ns});
}

/* Reads "3bd" as three times 24 h. */
static bool read_business(const char *text, size_t len, simdur *out)
{
    enum { COUNT_MAX = 10000 };
    int64_t count = 0;
    if (len < 3 || memcmp(text + len - 2, "bd", 2) != 0) return false;
    for (size_t i = 0; i < len - 2; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        count = count * 10 + (text[i] - '0');
        if (count > COUNT_MAX) return false;
    }
    *out = (simdur){count * DAY_NS};
    return true;
}

static bool read_one(const char *text, size_t len, bool business, simdur *out)
{
    return business ? read_business(text, len, out) : timetext_duration(text, len, out);
}

bool choices_read_range(const char *text, struct duration_range *out)
{
    const char *dots = strstr(text, "..");
    struct duration_range r = {.business = strstr(text, "bd") != NULL};
    size_t len = dots != NULL ? (size_t)(dots - text) : strlen(text);
    if (!read_one(text, len, r.business, &r.min)) return false;
    r.max = r.min;
    if (dots != NULL && !read_one(dots + 2, strlen(dots + 2), r.business, &r.max)) return false;
    if (r.min.ns > r.max.ns) return false;
    *out = r;
    return true;
}

const char *revocation_policy_name(enum revocation_policy p)
{
    CN_ASSERT(p < POLICY_COUNT);
    return policy_names[p];
}

const char *coverage_name(enum coverage c)
{
    CN_ASSERT(c < COVERAGE_COUNT);
    return coverage_names[c];
}
