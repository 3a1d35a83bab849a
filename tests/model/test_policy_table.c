/* SPDX-License-Identifier: MIT
 * The decision table of FACTS C2, transcribed by hand from that document and never from the code:
 * each row is a site in a state, a network in a state and a client, and what it must be answered.
 *
 * The words of a row are those of story.h.
 *
 * Expected: class of the answer, PoP, TTL, row of the table (0: the table has none). */
#include "cnedge/model/answer.h"

#include "story.h"

struct row {
    const char *name, *line, *words, *want;
};

/* Clients of the mainland: province and carrier; cernet is one that no PoP serves. */
#define SH_CT  "cn/shanghai/telecom"
#define SH_CU  "cn/shanghai/unicom"
#define GD_CM  "cn/guangdong/mobile"
#define BJ_EDU "cn/beijing/cernet"

// clang-format off
static struct row rows[] = {
    /* 1: CN, eligible, PoP healthy: same carrier and province, else same carrier, else any; 60 */
    {"C2.row1",                   SH_CT,  "",                      "mainland sha 60 1"},
    {"C2.row1.same_carrier",      SH_CU,  "",                      "mainland bjs 60 1"},
    {"C2.row1.nearest_of_two",    GD_CM,  "",                      "mainland sha 60 1"},
    {"C2.row1.any",               BJ_EDU, "",                      "mainland bjs 60 1"},
    {"C2.row1.commercial",        SH_CT,  "commercial=ISSUED",     "mainland sha 60 1"},
    {"C2.row1.rereview",          SH_CT,  "vetting=RE_REVIEW",     "mainland sha 60 1"},
    {"C2.row1.change_pending",    SH_CT,  "filing=CHANGE_PENDING", "mainland sha 60 1"},
    {"C2.row1.forced_up",         SH_CT,  "sha- sha^",             "mainland sha 60 1"},
    {"C2.row1.forced_up.partner", SH_CT,  "sha^ partner",          "mainland sha 60 1"},

    /* 2: ROW, eligible: nearest PoP that is not in the mainland; 300 */
    {"C2.row2.de",             "de", "",                              "global fra 300 2"},
    {"C2.row2.us",             "us", "",                              "global lax 300 2"},
    {"C2.row2.any_network",    "de", "partner",                       "global fra 300 2"},
    {"C2.row2.second",         "de", "fra-",                          "near hkg 300 2"},
    {"C2.row2.never_mainland", "de", "hkg- nrt- sin- tpe- fra- lax-", "global fra 60 2"},

    /* 3: CN, nearest PoP down: the next CN PoP, never overseas while CN has capacity; 60 */
    {"C2.row3",               SH_CT,  "sha-",      "mainland can 60 3"},
    {"C2.row3.drained",       SH_CT,  "sha!",      "mainland can 60 3"},
    {"C2.row3.second",        SH_CT,  "sha- can-", "mainland bjs 60 3"},
    {"C2.row3.unicom",        SH_CU,  "bjs-",      "mainland can 60 3"},
    {"C2.row3.unicom.second", SH_CU,  "bjs- can-", "mainland sha 60 3"},
    {"C2.row3.last",          GD_CM,  "sha- bjs-", "mainland can 60 3"},
    {"C2.row3.any",           BJ_EDU, "bjs-",      "mainland sha 60 3"},

    /* 4: CN, a carrier or a province out: CN PoP of another carrier or province; 60 */
    {"C2.row4.carrier",         SH_CT,  "carrier:telecom", "mainland sha 60 4"},
    {"C2.row4.carrier.pop_too", SH_CT,  "carrier:telecom sha-", "mainland bjs 60 4"},
    {"C2.row4.carrier.here",    SH_CT,  "carrier:telecom/shanghai", "mainland can 60 4"},
    {"C2.row4.province",        SH_CT,  "province:shanghai", "mainland can 60 4"},
    {"C2.row4.two_provinces", SH_CT, "province:shanghai province:guangdong",
     "mainland bjs 60 4"},
    {"C2.row4.any",             BJ_EDU, "province:beijing", "mainland sha 60 4"},
    {"C2.row4.others_stay",     BJ_EDU, "province:shanghai", "mainland bjs 60 1"},

    /* 5: CN, all CN PoPs down or the partner out: NEAR, then GLOB; 60 */
    {"C2.row5.partner", SH_CT, "partner", "near hkg 60 5"},
    {"C2.row5.all_down", SH_CT, "sha- can- bjs-", "near hkg 60 5"},
    {"C2.row5.all_provinces", SH_CT, "province:shanghai province:guangdong province:beijing",
     "near hkg 60 5"},
    {"C2.row5.all_carriers", SH_CT, "carrier:telecom carrier:unicom carrier:mobile",
     "near hkg 60 5"},
    {"C2.row5.second", SH_CT, "partner hkg-", "near nrt 60 5"},
    {"C2.row5.global", SH_CT, "partner hkg- nrt- sin- tpe-", "global fra 60 5"},
    {"C2.row5.nothing", SH_CT, "partner hkg- nrt- sin- tpe- fra- lax-", "mainland sha 60 5"},
    {"C2.row5.nothing.own_carrier", SH_CU, "partner hkg- nrt- sin- tpe- fra- lax-",
     "mainland bjs 60 5"},

    /* 8: CN, never licensed: NEAR, as any zone without China; 300 */
    {"C2.row8.NONE", SH_CT, "filing=NONE vetting=NOT_SUBMITTED provisioning=NOT_READY",
     "near hkg 300 8"},
    {"C2.row8.DRAFT", SH_CT, "filing=DRAFT vetting=NOT_SUBMITTED provisioning=NOT_READY",
     "near hkg 300 8"},
    {"C2.row8.PROVIDER_REVIEW", SH_CT, "filing=PROVIDER_REVIEW provisioning=NOT_READY",
     "near hkg 300 8"},
    {"C2.row8.PROVIDER_FIX", SH_CT, "filing=PROVIDER_FIX provisioning=NOT_READY", "near hkg 300 8"},
    {"C2.row8.PROVIDER_REJECTED", SH_CT, "filing=PROVIDER_REJECTED provisioning=NOT_READY",
     "near hkg 300 8"},
    {"C2.row8.SMS_PENDING", SH_CT, "filing=SMS_PENDING provisioning=NOT_READY", "near hkg 300 8"},
    {"C2.row8.BUREAU_REVIEW", SH_CT, "filing=BUREAU_REVIEW provisioning=NOT_READY",
     "near hkg 300 8"},
    {"C2.row8.BUREAU_REJECTED", SH_CT, "filing=BUREAU_REJECTED provisioning=NOT_READY",
     "near hkg 300 8"},
    {"C2.row8.near_down", SH_CT, "filing=NONE provisioning=NOT_READY hkg- nrt- sin- tpe-",
     "global fra 300 8"},
    {"C2.row8.never_mainland", SH_CT,
     "filing=NONE provisioning=NOT_READY hkg- nrt- sin- tpe- fra- lax-", "near hkg 60 8"},

    /* 9: CN, APPROVED_UNSYNCED or provisioning under way: NEAR; 60 */
    {"C2.row9.unsynced", SH_CT, "filing=APPROVED_UNSYNCED provisioning=NOT_READY",
     "near hkg 60 9"},
    {"C2.row9.provisioning",     SH_CT, "provisioning=PENDING", "near hkg 60 9"},
    {"C2.row9.done_after_a_day", SH_CT, "provisioning=PENDING +24h", "mainland sha 60 1"},
    {"C2.row9.allowlisted",      SH_CT, "provisioning=ALLOWLISTED", "near hkg 60 9"},

    /* 10: CN, the site's filing REVOKED: NEAR, nearest; 60, then 300 after settling */
    {"C2.row10",                SH_CT,  "revoke",       "near hkg 60 10"},
    {"C2.row10.settling",       SH_CT,  "revoke +23h",  "near hkg 60 10"},
    {"C2.row10.settled",        SH_CT,  "revoke +24h",  "near hkg 300 10"},
    {"C2.row10.next_near",      SH_CT,  "revoke hkg-",  "near nrt 60 10"},
    {"C2.row10.other_line",     BJ_EDU, "revoke",       "near hkg 60 10"},
    {"C2.row10.only_that_site", SH_CT,  "revoke other", "mainland sha 60 1"},
    {"C2.row10.row_unchanged",  "de",   "revoke",       "global fra 300 2"},
    {"C2.row10.deregistered",   SH_CT,  "deregister",   "near hkg 60 10"},

    /* 11: CN, the subject REVOKED: NEAR for every site of it; 60 */
    {"C2.row11",         SH_CT, "revoke_subject",       "near hkg 60 11"},
    {"C2.row11.other",   SH_CT, "revoke_subject other", "near hkg 60 11"},
    {"C2.row11.settled", SH_CT, "revoke_subject +25h",  "near hkg 60 11"},

    /* 12: CN, filing OK, the partner suspends: NEAR for all zones of the customer; 60 */
    {"C2.row12.account",       SH_CT, "suspend:account",        "near hkg 60 12"},
    {"C2.row12.account.other", SH_CT, "suspend:account other",  "near hkg 60 12"},
    {"C2.row12.site",          SH_CT, "suspend:site",           "near hkg 60 12"},
    {"C2.row12.site.other",    SH_CT, "suspend:site other",     "mainland sha 60 1"},
    {"C2.row12.holder",        SH_CT, "suspend:holder other",   "near hkg 60 12"},
    {"C2.row12.everyone",      SH_CT, "suspend:everyone other", "near hkg 60 12"},
    {"C2.row12.terminated",    SH_CT, "terminate",              "near hkg 60 12"},
    {"C2.row12.row_unchanged", "us",  "suspend:everyone",       "global lax 300 2"},

    {"C2.row12.partner",       SH_CT, "suspend:first",          "near hkg 60 12"},
    {"C2.row12.partner.other", SH_CT, "second at_second suspend:first", "mainland bjs 60 1"},

    /* Two partners: only the PoPs of the site's own one answer for it. */
    {"C2.row1.own_partner",        SH_CU, "second",           "mainland can 60 1"},
    {"C2.row1.own_partner.second", SH_CT, "second at_second", "mainland bjs 60 1"},
    {"C2.row3.own_partner",        SH_CT, "second sha-",      "mainland can 60 3"},
    {"C2.row5.own_partner.pops",   SH_CT, "second sha- can-", "near hkg 60 5"},
    {"C2.row5.own_partner",        SH_CT, "second partner:first", "near hkg 60 5"},
    {"C2.row1.other_partner_out",  SH_CT, "second partner:second", "mainland sha 60 1"},
    {"C2.row16.partner_contract",  SH_CT, "partner_ends",     "near hkg 300 16"},
    {"C2.row16.partner_contract.other", SH_CT, "second at_second partner_ends",
     "mainland bjs 60 1"},

    /* 13: CN, status unknown: the last decision for unknown_grace, then NEAR; 60 */
    {"C2.row13",                  SH_CT, "unknown", "mainland sha 60 13"},
    {"C2.row13.in_grace",         SH_CT, "unknown +59m", "mainland sha 60 13"},
    {"C2.row13.over",             SH_CT, "unknown +60m", "near hkg 60 13"},
    {"C2.row13.known_again",      SH_CT, "unknown +2h known", "mainland sha 60 1"},
    {"C2.row13.lost_before",      SH_CT, "revoke unknown", "near hkg 60 10"},
    {"C2.row13.lost_before.over", SH_CT, "revoke unknown +2h", "near hkg 60 10"},
    {"C2.row13.lost_meanwhile",   SH_CT, "unknown revoke", "mainland sha 60 13"},
    {"C2.row13.never_filed", SH_CT, "filing=NONE provisioning=NOT_READY unknown +2h",
     "near hkg 300 8"},
    {"C2.row13.blacklisted",      SH_CT, "blacklisted unknown", "near hkg 60 19"},

    /* 14: CN, vetting pending or rejected: NEAR; 300 */
    {"C2.row14.not_submitted", SH_CT, "vetting=NOT_SUBMITTED provisioning=NOT_READY",
     "near hkg 300 14"},
    {"C2.row14.pending", SH_CT, "vetting=UNDER_REVIEW provisioning=NOT_READY", "near hkg 300 14"},
    {"C2.row14.rejected", SH_CT, "vetting=REJECTED provisioning=NOT_READY", "near hkg 300 14"},

    /* 15: CN, rejected on re-review of a live domain: NEAR; 60 */
    {"C2.row15",             SH_CT, "reject",          "near hkg 60 15"},
    {"C2.row15.resubmitted", SH_CT, "reject resubmit", "near hkg 60 15"},

    /* 16: CN, subscription ENDED: NEAR; 300 */
    {"C2.row16",              SH_CT, "end",          "near hkg 300 16"},
    {"C2.row16.signed_again", SH_CT, "end contract", "near hkg 300 16"},

    /* 17: CN, AUDIT_NOTICE: CN, unchanged; 60 */
    {"C2.row17",                 SH_CT, "audit",      "mainland sha 60 17"},
    {"C2.row17.to_the_deadline", SH_CT, "audit +29d", "mainland sha 60 17"},
    {"C2.row17.nearest_down",    SH_CT, "audit sha-", "mainland can 60 3"},
    {"C2.row17.outside",         "de",  "audit",      "global fra 300 2"},

    /* 18: CN, ACCESS_CANCELLED or SHELL: NEAR; 60 */
    {"C2.row18.elsewhere_only", SH_CT, "both_carry cancel_access", "near hkg 60 18"},
    {"C2.row18.audited_away",   SH_CT, "both_carry audit +30d",    "near hkg 60 18"},
    {"C2.row18.last_access",    SH_CT, "cancel_access",            "near hkg 60 18"},
    {"C2.row18.taken_over",     SH_CT, "cancel_access add_access change_done",
     "mainland sha 60 1"},
    {"C2.row8.never_at_the_partner", SH_CT, "elsewhere", "near hkg 300 8"},
    {"C2.row8.ordered",         SH_CT, "elsewhere add_access", "near hkg 300 8"},
    {"C2.row1.added",           SH_CT, "elsewhere add_access change_done", "mainland sha 60 1"},
    {"C2.row18.cancelled",        SH_CT, "audit +30d",              "near hkg 60 18"},
    {"C2.row18.shell",            SH_CT, "audit +31d",              "near hkg 60 18"},
    {"C2.row18.SHELL_SITE",       SH_CT, "filing=SHELL_SITE",       "near hkg 60 18"},
    {"C2.row18.SHELL_SUBJECT",    SH_CT, "filing=SHELL_SUBJECT",    "near hkg 60 18"},
    {"C2.row18.ACCESS_CANCELLED", SH_CT, "filing=ACCESS_CANCELLED", "near hkg 60 18"},
    {"C2.row18.cleaned_up",       SH_CT, "audit +92d",              "near hkg 300 10"},

    /* 19: CN, domain blacklisted: NEAR from the authority; 60 */
    {"C2.row19",                SH_CT, "blacklist",   "near hkg 60 19"},
    {"C2.row19.from_the_start", SH_CT, "blacklisted", "near hkg 60 19"},

    /* 29: unknown client, eligible: as ROW, or a default line */
    {"C2.row29",               "unknown", "",                                 "global lax 300 29"},
    {"C2.row29.revoked",       "unknown", "revoke",                           "global lax 300 29"},
    {"C2.row29.default_line",  "unknown", "unknown_line=hk",                  "near hkg 300 29"},
    {"C2.row29.mainland_line", "unknown", "unknown_line=cn/shanghai/telecom", "mainland sha 60 1"},

    /* 30: NEAR, eligible: NEAR, not CN; 300 */
    {"C2.row30.hk",     "hk", "",     "near hkg 300 30"},
    {"C2.row30.tw",     "tw", "",     "near tpe 300 30"},
    {"C2.row30.second", "tw", "tpe-", "near hkg 300 30"},

    /* The second table: revocation_policy, rows 10 to 12, 15, 16, 18 */
    {"C2.policy.reroute_overseas", SH_CT, "policy=reroute_overseas revoke", "near hkg 60 10"},
    {"C2.policy.suspend", SH_CT, "policy=suspend revoke", "mainland sha 60 10"},
    {"C2.policy.suspend.row11", SH_CT, "policy=suspend revoke_subject", "mainland sha 60 11"},
    {"C2.policy.suspend.row12", SH_CT, "policy=suspend suspend:account", "mainland sha 60 12"},
    {"C2.policy.suspend.row12.everyone", SH_CT, "policy=suspend suspend:everyone",
     "mainland sha 60 12"},
    {"C2.policy.suspend.row15", SH_CT, "policy=suspend reject", "mainland sha 60 15"},
    {"C2.policy.suspend.row16", SH_CT, "policy=suspend end", "mainland sha 60 16"},
    {"C2.policy.suspend.row18", SH_CT, "policy=suspend audit +30d", "mainland sha 60 18"},
    {"C2.policy.suspend.row8", SH_CT, "policy=suspend filing=NONE provisioning=NOT_READY",
     "near hkg 300 8"},
    {"C2.policy.suspend.row13", SH_CT, "policy=suspend unknown +2h", "near hkg 60 13"},
    {"C2.policy.suspend.row19", SH_CT, "policy=suspend blacklist", "near hkg 60 19"},
    {"C2.policy.suspend.commercial", SH_CT, "policy=suspend commercial=NONE", "near hkg 60 0"},
    {"C2.policy.suspend.lost_and_listed", SH_CT, "policy=suspend blacklist revoke",
     "near hkg 60 10"},
    {"C2.policy.suspend.lost_and_unknown", SH_CT, "policy=suspend suspend:site unknown +2h",
     "near hkg 60 12"},
    {"C2.policy.suspend.not_provisioned", SH_CT, "policy=suspend provisioning=READY revoke",
     "near hkg 60 10"},
    {"C2.policy.suspend.pop_down", SH_CT, "policy=suspend revoke sha-", "mainland can 60 10"},
    {"C2.policy.suspend.outside", "de", "policy=suspend revoke", "global fra 300 2"},
    {"C2.policy.suspend.resubmitted", SH_CT, "policy=suspend reject resubmit",
     "mainland sha 60 15"},
    {"C2.policy.suspend.signed_again", SH_CT, "policy=suspend end contract", "mainland sha 60 16"},
    {"C2.policy.deny_at_edge", SH_CT, "policy=deny_at_edge revoke", "mainland sha 60 10"},
    {"C2.policy.deny_at_edge.outside", "hk", "policy=deny_at_edge revoke", "near hkg 300 30"},
    {"C2.policy.unmap_shared", SH_CT, "policy=unmap_shared edge revoke", "near hkg 60 10"},
    {"C2.policy.unmap_shared.neighbour", SH_CT, "policy=unmap_shared edge revoke other",
     "near hkg 60 0"},
    {"C2.policy.unmap_shared.alone", SH_CT, "policy=unmap_shared revoke other",
     "mainland sha 60 1"},
    {"C2.policy.unmap_shared.row12", SH_CT, "policy=unmap_shared edge suspend:site other",
     "near hkg 60 0"},
    {"C2.policy.unmap_shared.not_a_loss", SH_CT, "policy=unmap_shared edge blacklist other",
     "mainland sha 60 1"},
    {"C2.policy.unmap_shared.outside", "de", "policy=unmap_shared edge revoke other",
     "global fra 300 2"},
    {"C2.policy.reroute.neighbour", SH_CT, "edge revoke other", "mainland sha 60 1"},
    {"C2.policy.delete_name", SH_CT, "policy=delete_name revoke", "nxdomain - 60 10"},
    {"C2.policy.delete_name.everyone", "de", "policy=delete_name revoke", "nxdomain - 60 10"},
    {"C2.policy.delete_name.unknown_too", SH_CT, "policy=delete_name terminate unknown +2h",
     "nxdomain - 60 12"},
    {"C2.policy.to_origin", SH_CT, "policy=to_origin revoke", "origin - 60 10"},
    {"C2.policy.to_origin.everyone", "us", "policy=to_origin revoke", "origin - 60 10"},
    {"C2.policy.region_overseas", SH_CT, "policy=region_overseas revoke", "near hkg 60 10"},
    {"C2.policy.region_overseas.not_tw", SH_CT, "metric=great_circle policy=region_overseas revoke",
     "near hkg 60 10"},
    {"C2.policy.region_overseas.jp", SH_CT, "policy=region_overseas revoke hkg-", "near nrt 60 10"},
    {"C2.policy.region_overseas.sg", SH_CT, "policy=region_overseas revoke hkg- nrt-",
     "near sin 60 10"},
    {"C2.policy.region_overseas.none", SH_CT, "policy=region_overseas revoke hkg- nrt- sin-",
     "near tpe 60 10"},
    {"C2.policy.region_overseas.nothing", SH_CT,
     "metric=great_circle policy=region_overseas revoke hkg- nrt- sin- tpe- fra- lax-",
     "near hkg 60 10"},
    {"C2.policy.region_overseas.outside", "tw", "policy=region_overseas revoke", "near tpe 300 30"},

    /* Coverage */
    {"C2.coverage.global", SH_CT, "coverage=global", "mainland sha 60 1"},
    {"C2.coverage.domestic", SH_CT, "coverage=domestic", "mainland sha 60 1"},
    {"C2.coverage.domestic.foreign", "de", "coverage=domestic", "mainland sha 60 0"},
    {"C2.coverage.domestic.hk", "hk", "coverage=domestic", "mainland sha 60 0"},
    {"C2.coverage.domestic.unknown", "unknown", "coverage=domestic", "mainland sha 60 0"},
    {"C2.coverage.domestic.east_down", "de", "coverage=domestic sha-", "mainland bjs 60 0"},
    {"C2.coverage.domestic.no_telecom", "hk", "coverage=domestic carrier:telecom/shanghai",
     "mainland can 60 0"},
    {"C2.coverage.domestic.partner_down", "de", "coverage=domestic partner", "global fra 300 0"},
    {"C2.coverage.domestic.nothing", "de",
     "coverage=domestic partner hkg- nrt- sin- tpe- fra- lax-", "mainland sha 60 0"},
    {"C2.coverage.domestic.revoked", "de", "coverage=domestic revoke", "global fra 300 2"},
    {"C2.coverage.overseas", SH_CT, "coverage=overseas", "near hkg 300 8"},
    {"C2.coverage.overseas.no_filing", SH_CT,
     "coverage=overseas filing=NONE provisioning=NOT_READY", "near hkg 300 8"},
    {"C2.coverage.overseas.revoked", SH_CT, "coverage=overseas policy=delete_name revoke",
     "near hkg 300 8"},
    {"C2.coverage.overseas.outside", "de", "coverage=overseas", "global fra 300 2"},

    /* Other words of the entitlement: a licence that is missing, resolution that is closed */
    {"C2.commercial.missing", SH_CT, "commercial=NONE",    "near hkg 60 0"},
    {"C2.commercial.revoked", SH_CT, "commercial=REVOKED", "near hkg 60 0"},
    {"C2.closed",             SH_CT, "closed",             "nodata - 60 0"},
    {"C2.closed.outside",     "de",  "closed",             "nodata - 60 0"},

    /* Settings */
    {"C2.near_first.true", BJ_EDU, "near_first=true revoke hkg- nrt- sin-", "near tpe 60 10"},
    {"C2.near_first.false", BJ_EDU, "near_first=false revoke hkg- nrt- sin-", "global fra 60 10"},
    {"C2.near_first.nothing", BJ_EDU,
     "metric=order near_first=true revoke partner hkg- nrt- sin- tpe- fra- lax-", "near hkg 60 10"},
    {"C2.near_first.outside", "de", "near_first=true", "global fra 300 2"},
    {"C2.nearest_metric.rtt", SH_CT, "metric=rtt revoke", "near hkg 60 10"},
    {"C2.nearest_metric.great_circle", SH_CT, "metric=great_circle revoke", "near tpe 60 10"},
    {"C2.nearest_metric.order", "us", "metric=order", "near hkg 300 2"},
    {"C2.nearest_metric.order.cn", SH_CU, "metric=order", "mainland can 60 1"},
    {"C2.line_failover.true", SH_CT, "line_failover=true carrier:telecom sha-",
     "mainland bjs 60 4"},
    {"C2.line_failover.false", SH_CT, "line_failover=false carrier:telecom", "mainland sha 60 1"},
    {"C2.line_failover.false.down", SH_CT, "line_failover=false carrier:telecom sha-",
     "mainland can 60 3"},
    {"C2.degraded_usable.true", SH_CT, "degraded_usable=true sha~", "mainland sha 60 1"},
    {"C2.degraded_usable.false", SH_CT, "degraded_usable=false sha~", "mainland can 60 3"},
};
// clang-format on

/* --- comparing ------------------------------------------------------------------------------ */

static void describe(const struct world *w, const struct answer *a, char *out, size_t cap)
{
    static const char *const kinds[] = {[ANSWER_REFUSED] = "refused",
                                        [ANSWER_NXDOMAIN] = "nxdomain",
                                        [ANSWER_NODATA] = "nodata",
                                        [ANSWER_POP] = "pop",
                                        [ANSWER_ORIGIN] = "origin"};
    const char *kind = a->kind <= ANSWER_ORIGIN ? kinds[a->kind] : "other";
    const char *pop = "-";
    if (a->kind == ANSWER_POP) {
        kind = pop_class_name(w->topology->pops[a->cell.pop].class_);
        pop = w->topology->pops[a->cell.pop].id;
    }
    snprintf(out, cap, "%s %s %u %u", kind, pop, a->ttl_s, a->cell.row);
}

static void check_row(void **state)
{
    const struct row *r = *state;
    static const uint16_t families[] = {RR_A, RR_AAAA};
    static struct story s;
    story_begin(&s, r->words);
    uint16_t line = find_line(&s.f, r->line);
    for (size_t i = 0; i < CN_ARRAY_LEN(families); i++) {
        char got[80];
        struct answer a;
        answer_find(s.f.w, s.f.hosts[s.ask].name, families[i], line, &a);
        describe(s.f.w, &a, got, sizeof(got));
        assert_string_equal(got, r->want);
        if (a.kind == ANSWER_POP) {
            const struct pop *p = &s.f.w->topology->pops[a.cell.pop];
            assert_true(p->v4_count > 0 && p->v6_count > 0);
        }
    }
    fixture_free(&s.f);
}

/* --- rows 23 to 26 -------------------------------------------------------------------------- */

static enum answer_kind kind_of(struct story *s, const char *name, uint16_t type, uint32_t ttl_s)
{
    static const uint16_t lines[] = {LINE_SH_TELECOM, LINE_DE, LINE_UNKNOWN};
    uint8_t wire[DNAME_MAX];
    struct answer a;
    assert_true(dname_from_text(name, wire) > 0);
    for (size_t i = 0; i < CN_ARRAY_LEN(lines); i++) { /* client: any */
        struct answer again;
        answer_find(s->f.w, wire, type, lines[i], &again);
        if (i == 0) a = again;
        assert_int_equal(again.kind, a.kind);
        assert_int_equal(again.ttl_s, ttl_s);
    }
    return a.kind;
}

/* An attempt to switch IPv6 off: rejected, the answer unchanged, in whatever state the site is. */
static void row23(void **state)
{
    (void)state;
    static const char *const stories[] = {"", "revoke", "filing=NONE", "partner", "closed"};
    for (size_t i = 0; i < CN_ARRAY_LEN(stories); i++) {
        static struct story s;
        story_begin(&s, stories[i]);
        struct answer before;
        struct answer after_it;
        answer_find(s.f.w, s.f.hosts[s.www].name, RR_AAAA, LINE_SH_TELECOM, &before);
        enum refusal got = fixture_apply(&s.f, on_site(EV_DISABLE_IPV6, s.at_s, s.shop));
        assert_string_equal(refusal_name(got), "IPV6_MANDATORY");
        answer_find(s.f.w, s.f.hosts[s.www].name, RR_AAAA, LINE_SH_TELECOM, &after_it);
        assert_memory_equal(&before.cell, &after_it.cell, sizeof(before.cell));
        assert_int_equal(before.kind, after_it.kind);
        fixture_free(&s.f);
    }
}

static void row24(void **state)
{
    (void)state;
    static struct story s;
    story_begin(&s, "");
    assert_int_equal(kind_of(&s, "www.nobody.example", RR_A, 0), ANSWER_REFUSED);
    assert_int_equal(kind_of(&s, "example", RR_SOA, 0), ANSWER_REFUSED);
    fixture_free(&s.f);
}

static void row25(void **state)
{
    (void)state;
    static struct story s;
    story_begin(&s, "");
    assert_int_equal(kind_of(&s, "nothing.shop.example", RR_A, 60), ANSWER_NXDOMAIN);
    assert_int_equal(kind_of(&s, "nothing.shop.example", RR_SOA, 60), ANSWER_NXDOMAIN);
    fixture_free(&s.f);
}

static void row26(void **state)
{
    (void)state;
    static struct story s;
    story_begin(&s, "");
    assert_int_equal(kind_of(&s, "www.shop.example", RR_TXT, 60), ANSWER_NODATA);
    assert_int_equal(kind_of(&s, "www.shop.example", 15, 60), ANSWER_NODATA);
    assert_int_equal(kind_of(&s, "shop.example", RR_A, 60), ANSWER_NODATA);
    fixture_free(&s.f);
}

int main(void)
{
    enum { ROWS = CN_ARRAY_LEN(rows) };
    struct CMUnitTest tests[ROWS + 4];
    TABLE_TESTS(tests, rows, check_row)
    tests[ROWS] = (struct CMUnitTest){"C2.row23", row23, NULL, NULL, NULL};
    tests[ROWS + 1] = (struct CMUnitTest){"C2.row24", row24, NULL, NULL, NULL};
    tests[ROWS + 2] = (struct CMUnitTest){"C2.row25", row25, NULL, NULL, NULL};
    tests[ROWS + 3] = (struct CMUnitTest){"C2.row26", row26, NULL, NULL, NULL};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
