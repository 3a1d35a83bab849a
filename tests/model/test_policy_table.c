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

// clang-format off
static struct row rows[] = {
    /* 1: CN, eligible, PoP healthy: same carrier and province, else same carrier, else any; 60 */
    {"C2.row1",                  "cn/shanghai/telecom", "",                      "mainland sha 60 1"},
    {"C2.row1.same_carrier",     "cn/shanghai/unicom",  "",                      "mainland bjs 60 1"},
    {"C2.row1.nearest_of_two",   "cn/guangdong/mobile", "",                      "mainland sha 60 1"},
    {"C2.row1.any",              "cn/beijing/cernet",   "",                      "mainland bjs 60 1"},
    {"C2.row1.commercial",       "cn/shanghai/telecom", "commercial=ISSUED",     "mainland sha 60 1"},
    {"C2.row1.rereview",         "cn/shanghai/telecom", "vetting=RE_REVIEW",     "mainland sha 60 1"},
    {"C2.row1.change_pending",   "cn/shanghai/telecom", "filing=CHANGE_PENDING", "mainland sha 60 1"},
    {"C2.row1.forced_up",        "cn/shanghai/telecom", "sha- sha^",             "mainland sha 60 1"},
    {"C2.row1.forced_up.partner","cn/shanghai/telecom", "sha^ partner",          "mainland sha 60 1"},

    /* 2: ROW, eligible: nearest PoP that is not in the mainland; 300 */
    {"C2.row2.de",               "de", "",                                       "global fra 300 2"},
    {"C2.row2.us",               "us", "",                                       "global lax 300 2"},
    {"C2.row2.any_network",      "de", "partner",                                "global fra 300 2"},
    {"C2.row2.second",           "de", "fra-",                                   "near hkg 300 2"},
    {"C2.row2.never_mainland",   "de", "hkg- nrt- sin- tpe- fra- lax-",          "global fra 60 2"},

    /* 3: CN, nearest PoP down: the next CN PoP, never overseas while CN has capacity; 60 */
    {"C2.row3",                  "cn/shanghai/telecom", "sha-",                  "mainland can 60 3"},
    {"C2.row3.drained",          "cn/shanghai/telecom", "sha!",                  "mainland can 60 3"},
    {"C2.row3.second",           "cn/shanghai/telecom", "sha- can-",             "mainland bjs 60 3"},
    {"C2.row3.unicom",           "cn/shanghai/unicom",  "bjs-",                  "mainland can 60 3"},
    {"C2.row3.unicom.second",    "cn/shanghai/unicom",  "bjs- can-",             "mainland sha 60 3"},
    {"C2.row3.last",             "cn/guangdong/mobile", "sha- bjs-",             "mainland can 60 3"},

    /* 4: CN, a carrier or a province out: CN PoP of another carrier or province; 60 */
    {"C2.row4.carrier",          "cn/shanghai/telecom", "carrier:telecom",            "mainland sha 60 4"},
    {"C2.row4.carrier.pop_too",  "cn/shanghai/telecom", "carrier:telecom sha-",       "mainland bjs 60 4"},
    {"C2.row4.carrier.here",     "cn/shanghai/telecom", "carrier:telecom/shanghai",   "mainland can 60 4"},
    {"C2.row4.province",         "cn/shanghai/telecom", "province:shanghai",          "mainland can 60 4"},
    {"C2.row4.two_provinces",    "cn/shanghai/telecom", "province:shanghai province:guangdong",
                                                                                      "mainland bjs 60 4"},
    {"C2.row4.others_stay",      "cn/beijing/cernet",   "province:shanghai",          "mainland bjs 60 1"},

    /* 5: CN, all CN PoPs down or the partner out: NEAR, then GLOB; 60 */
    {"C2.row5.partner",          "cn/shanghai/telecom", "partner",               "near hkg 60 5"},
    {"C2.row5.all_down",         "cn/shanghai/telecom", "sha- can- bjs-",        "near hkg 60 5"},
    {"C2.row5.all_provinces",    "cn/shanghai/telecom", "province:shanghai province:guangdong province:beijing",
                                                                                 "near hkg 60 5"},
    {"C2.row5.all_carriers",     "cn/shanghai/telecom", "carrier:telecom carrier:unicom carrier:mobile",
                                                                                 "near hkg 60 5"},
    {"C2.row5.second",           "cn/shanghai/telecom", "partner hkg-",          "near nrt 60 5"},
    {"C2.row5.global",           "cn/shanghai/telecom", "partner hkg- nrt- sin- tpe-", "global fra 60 5"},
    {"C2.row5.nothing",          "cn/shanghai/telecom", "partner hkg- nrt- sin- tpe- fra- lax-",
                                                                                 "mainland sha 60 5"},

    /* 8: CN, never licensed: NEAR, as any zone without China; 300 */
    {"C2.row8.NONE",             "cn/shanghai/telecom", "filing=NONE vetting=NOT_SUBMITTED provisioning=NOT_READY",
                                                                                 "near hkg 300 8"},
    {"C2.row8.DRAFT",            "cn/shanghai/telecom", "filing=DRAFT vetting=NOT_SUBMITTED provisioning=NOT_READY",
                                                                                 "near hkg 300 8"},
    {"C2.row8.PROVIDER_REVIEW",  "cn/shanghai/telecom", "filing=PROVIDER_REVIEW provisioning=NOT_READY",
                                                                                 "near hkg 300 8"},
    {"C2.row8.PROVIDER_FIX",     "cn/shanghai/telecom", "filing=PROVIDER_FIX provisioning=NOT_READY",
                                                                                 "near hkg 300 8"},
    {"C2.row8.PROVIDER_REJECTED","cn/shanghai/telecom", "filing=PROVIDER_REJECTED provisioning=NOT_READY",
                                                                                 "near hkg 300 8"},
    {"C2.row8.SMS_PENDING",      "cn/shanghai/telecom", "filing=SMS_PENDING provisioning=NOT_READY",
                                                                                 "near hkg 300 8"},
    {"C2.row8.BUREAU_REVIEW",    "cn/shanghai/telecom", "filing=BUREAU_REVIEW provisioning=NOT_READY",
                                                                                 "near hkg 300 8"},
    {"C2.row8.BUREAU_REJECTED",  "cn/shanghai/telecom", "filing=BUREAU_REJECTED provisioning=NOT_READY",
                                                                                 "near hkg 300 8"},
    {"C2.row8.near_down",        "cn/shanghai/telecom", "filing=NONE provisioning=NOT_READY hkg- nrt- sin- tpe-",
                                                                                 "global fra 300 8"},
    {"C2.row8.never_mainland",   "cn/shanghai/telecom", "filing=NONE provisioning=NOT_READY hkg- nrt- sin- tpe- fra- lax-",
                                                                                 "near hkg 60 8"},

    /* 9: CN, APPROVED_UNSYNCED or provisioning under way: NEAR; 60 */
    {"C2.row9.unsynced",         "cn/shanghai/telecom", "filing=APPROVED_UNSYNCED provisioning=NOT_READY",
                                                                                 "near hkg 60 9"},
    {"C2.row9.provisioning",     "cn/shanghai/telecom", "provisioning=PENDING",  "near hkg 60 9"},
    {"C2.row9.done_after_a_day", "cn/shanghai/telecom", "provisioning=PENDING +24h",
                                                                                 "mainland sha 60 1"},
    {"C2.row9.allowlisted",      "cn/shanghai/telecom", "provisioning=ALLOWLISTED",
                                                                                 "near hkg 60 9"},

    /* 10: CN, the site's filing REVOKED: NEAR, nearest; 60, then 300 after settling */
    {"C2.row10",                 "cn/shanghai/telecom", "revoke",                "near hkg 60 10"},
    {"C2.row10.settling",        "cn/shanghai/telecom", "revoke +23h",           "near hkg 60 10"},
    {"C2.row10.settled",         "cn/shanghai/telecom", "revoke +24h",           "near hkg 300 10"},
    {"C2.row10.next_near",       "cn/shanghai/telecom", "revoke hkg-",           "near nrt 60 10"},
    {"C2.row10.other_line",      "cn/beijing/cernet",   "revoke",                "near hkg 60 10"},
    {"C2.row10.only_that_site",  "cn/shanghai/telecom", "revoke other",          "mainland sha 60 1"},
    {"C2.row10.row_unchanged",   "de",                  "revoke",                "global fra 300 2"},
    {"C2.row10.deregistered",    "cn/shanghai/telecom", "deregister",            "near hkg 60 10"},

    /* 11: CN, the subject REVOKED: NEAR for every site of it; 60 */
    {"C2.row11",                 "cn/shanghai/telecom", "revoke_subject",        "near hkg 60 11"},
    {"C2.row11.other",           "cn/shanghai/telecom", "revoke_subject other",  "near hkg 60 11"},
    {"C2.row11.settled",         "cn/shanghai/telecom", "revoke_subject +25h",   "near hkg 60 11"},

    /* 12: CN, filing OK, the partner suspends: NEAR for all zones of the customer; 60 */
    {"C2.row12.account",         "cn/shanghai/telecom", "suspend:account",       "near hkg 60 12"},
    {"C2.row12.account.other",   "cn/shanghai/telecom", "suspend:account other", "near hkg 60 12"},
    {"C2.row12.site",            "cn/shanghai/telecom", "suspend:site",          "near hkg 60 12"},
    {"C2.row12.site.other",      "cn/shanghai/telecom", "suspend:site other",    "mainland sha 60 1"},
    {"C2.row12.holder",          "cn/shanghai/telecom", "suspend:holder other",  "near hkg 60 12"},
    {"C2.row12.everyone",        "cn/shanghai/telecom", "suspend:everyone other","near hkg 60 12"},
    {"C2.row12.terminated",      "cn/shanghai/telecom", "terminate",             "near hkg 60 12"},
    {"C2.row12.row_unchanged",   "us",                  "suspend:everyone",      "global lax 300 2"},

    /* 13: CN, status unknown: the last decision for unknown_grace, then NEAR; 60 */
    {"C2.row13",                 "cn/shanghai/telecom", "unknown",               "mainland sha 60 13"},
    {"C2.row13.in_grace",        "cn/shanghai/telecom", "unknown +59m",          "mainland sha 60 13"},
    {"C2.row13.over",            "cn/shanghai/telecom", "unknown +60m",          "near hkg 60 13"},
    {"C2.row13.known_again",     "cn/shanghai/telecom", "unknown +2h known",     "mainland sha 60 1"},
    {"C2.row13.lost_before",     "cn/shanghai/telecom", "revoke unknown",        "near hkg 60 10"},
    {"C2.row13.lost_before.over","cn/shanghai/telecom", "revoke unknown +2h",    "near hkg 60 10"},
    {"C2.row13.lost_meanwhile",  "cn/shanghai/telecom", "unknown revoke",        "mainland sha 60 13"},
    {"C2.row13.never_filed",     "cn/shanghai/telecom", "filing=NONE provisioning=NOT_READY unknown +2h",
                                                                                 "near hkg 300 8"},
    {"C2.row13.blacklisted",     "cn/shanghai/telecom", "blacklisted unknown",   "near hkg 60 19"},

    /* 14: CN, vetting pending or rejected: NEAR; 300 */
    {"C2.row14.not_submitted",   "cn/shanghai/telecom", "vetting=NOT_SUBMITTED provisioning=NOT_READY",
                                                                                 "near hkg 300 14"},
    {"C2.row14.pending",         "cn/shanghai/telecom", "vetting=UNDER_REVIEW provisioning=NOT_READY",
                                                                                 "near hkg 300 14"},
    {"C2.row14.rejected",        "cn/shanghai/telecom", "vetting=REJECTED provisioning=NOT_READY",
                                                                                 "near hkg 300 14"},

    /* 15: CN, rejected on re-review of a live domain: NEAR; 60 */
    {"C2.row15",                 "cn/shanghai/telecom", "reject",                "near hkg 60 15"},
    {"C2.row15.resubmitted",     "cn/shanghai/telecom", "reject resubmit",       "near hkg 60 15"},

    /* 16: CN, subscription ENDED: NEAR; 300 */
    {"C2.row16",                 "cn/shanghai/telecom", "end",                   "near hkg 300 16"},
    {"C2.row16.signed_again",    "cn/shanghai/telecom", "end contract",          "near hkg 300 16"},

    /* 17: CN, AUDIT_NOTICE: CN, unchanged; 60 */
    {"C2.row17",                 "cn/shanghai/telecom", "audit",                 "mainland sha 60 17"},
    {"C2.row17.to_the_deadline", "cn/shanghai/telecom", "audit +29d",            "mainland sha 60 17"},
    {"C2.row17.nearest_down",    "cn/shanghai/telecom", "audit sha-",            "mainland can 60 3"},
    {"C2.row17.outside",         "de",                  "audit",                 "global fra 300 2"},

    /* 18: CN, ACCESS_CANCELLED or SHELL: NEAR; 60 */
    {"C2.row18.cancelled",       "cn/shanghai/telecom", "audit +30d",            "near hkg 60 18"},
    {"C2.row18.shell",           "cn/shanghai/telecom", "audit +31d",            "near hkg 60 18"},
    {"C2.row18.SHELL_SITE",      "cn/shanghai/telecom", "filing=SHELL_SITE",     "near hkg 60 18"},
    {"C2.row18.SHELL_SUBJECT",   "cn/shanghai/telecom", "filing=SHELL_SUBJECT",  "near hkg 60 18"},
    {"C2.row18.ACCESS_CANCELLED","cn/shanghai/telecom", "filing=ACCESS_CANCELLED", "near hkg 60 18"},
    {"C2.row18.cleaned_up",      "cn/shanghai/telecom", "audit +92d",            "near hkg 300 10"},

    /* 19: CN, domain blacklisted: NEAR from the authority; 60 */
    {"C2.row19",                 "cn/shanghai/telecom", "blacklist",             "near hkg 60 19"},
    {"C2.row19.from_the_start",  "cn/shanghai/telecom", "blacklisted",           "near hkg 60 19"},

    /* 29: unknown client, eligible: as ROW, or a default line */
    {"C2.row29",                 "unknown", "",                                  "global lax 300 29"},
    {"C2.row29.revoked",         "unknown", "revoke",                            "global lax 300 29"},
    {"C2.row29.default_line",    "unknown", "unknown_line=hk",                   "near hkg 300 29"},
    {"C2.row29.mainland_line",   "unknown", "unknown_line=cn/shanghai/telecom",  "mainland sha 60 1"},

    /* 30: NEAR, eligible: NEAR, not CN; 300 */
    {"C2.row30.hk",              "hk", "",                                       "near hkg 300 30"},
    {"C2.row30.tw",              "tw", "",                                       "near tpe 300 30"},
    {"C2.row30.second",          "tw", "tpe-",                                   "near hkg 300 30"},

    /* The second table: revocation_policy, rows 10 to 12, 15, 16, 18 */
    {"C2.policy.reroute_overseas",        "cn/shanghai/telecom", "policy=reroute_overseas revoke", "near hkg 60 10"},
    {"C2.policy.suspend",                 "cn/shanghai/telecom", "policy=suspend revoke",          "mainland sha 60 10"},
    {"C2.policy.suspend.row11",           "cn/shanghai/telecom", "policy=suspend revoke_subject",  "mainland sha 60 11"},
    {"C2.policy.suspend.row12",           "cn/shanghai/telecom", "policy=suspend suspend:account", "mainland sha 60 12"},
    {"C2.policy.suspend.row12.everyone",  "cn/shanghai/telecom", "policy=suspend suspend:everyone","mainland sha 60 12"},
    {"C2.policy.suspend.row15",           "cn/shanghai/telecom", "policy=suspend reject",          "mainland sha 60 15"},
    {"C2.policy.suspend.row16",           "cn/shanghai/telecom", "policy=suspend end",             "mainland sha 60 16"},
    {"C2.policy.suspend.row18",           "cn/shanghai/telecom", "policy=suspend audit +30d",      "mainland sha 60 18"},
    {"C2.policy.suspend.row8",            "cn/shanghai/telecom", "policy=suspend filing=NONE provisioning=NOT_READY", "near hkg 300 8"},
    {"C2.policy.suspend.row13",           "cn/shanghai/telecom", "policy=suspend unknown +2h",     "near hkg 60 13"},
    {"C2.policy.suspend.row19",           "cn/shanghai/telecom", "policy=suspend blacklist",       "near hkg 60 19"},
    {"C2.policy.suspend.commercial",      "cn/shanghai/telecom", "policy=suspend commercial=NONE", "near hkg 60 0"},
    {"C2.policy.suspend.lost_and_listed", "cn/shanghai/telecom", "policy=suspend blacklist revoke","near hkg 60 10"},
    {"C2.policy.suspend.lost_and_unknown","cn/shanghai/telecom", "policy=suspend suspend:site unknown +2h", "near hkg 60 12"},
    {"C2.policy.suspend.not_provisioned", "cn/shanghai/telecom", "policy=suspend provisioning=READY revoke", "near hkg 60 10"},
    {"C2.policy.suspend.pop_down",        "cn/shanghai/telecom", "policy=suspend revoke sha-",     "mainland can 60 10"},
    {"C2.policy.suspend.outside",         "de",                  "policy=suspend revoke",          "global fra 300 2"},
    {"C2.policy.suspend.resubmitted",     "cn/shanghai/telecom", "policy=suspend reject resubmit", "mainland sha 60 15"},
    {"C2.policy.suspend.signed_again",    "cn/shanghai/telecom", "policy=suspend end contract",    "mainland sha 60 16"},
    {"C2.policy.deny_at_edge",            "cn/shanghai/telecom", "policy=deny_at_edge revoke",     "mainland sha 60 10"},
    {"C2.policy.deny_at_edge.outside",    "hk",                  "policy=deny_at_edge revoke",     "near hkg 300 30"},
    {"C2.policy.unmap_shared",            "cn/shanghai/telecom", "policy=unmap_shared edge revoke",       "near hkg 60 10"},
    {"C2.policy.unmap_shared.neighbour",  "cn/shanghai/telecom", "policy=unmap_shared edge revoke other", "near hkg 60 0"},
    {"C2.policy.unmap_shared.alone",      "cn/shanghai/telecom", "policy=unmap_shared revoke other",      "mainland sha 60 1"},
    {"C2.policy.unmap_shared.row12",      "cn/shanghai/telecom", "policy=unmap_shared edge suspend:site other", "near hkg 60 0"},
    {"C2.policy.unmap_shared.not_a_loss", "cn/shanghai/telecom", "policy=unmap_shared edge blacklist other",    "mainland sha 60 1"},
    {"C2.policy.unmap_shared.outside",    "de",                  "policy=unmap_shared edge revoke other", "global fra 300 2"},
    {"C2.policy.reroute.neighbour",       "cn/shanghai/telecom", "edge revoke other",              "mainland sha 60 1"},
    {"C2.policy.delete_name",             "cn/shanghai/telecom", "policy=delete_name revoke",      "nxdomain - 60 10"},
    {"C2.policy.delete_name.everyone",    "de",                  "policy=delete_name revoke",      "nxdomain - 60 10"},
    {"C2.policy.delete_name.unknown_too", "cn/shanghai/telecom", "policy=delete_name terminate unknown +2h", "nxdomain - 60 12"},
    {"C2.policy.to_origin",               "cn/shanghai/telecom", "policy=to_origin revoke",        "origin - 60 10"},
    {"C2.policy.to_origin.everyone",      "us",                  "policy=to_origin revoke",        "origin - 60 10"},
    {"C2.policy.region_overseas",         "cn/shanghai/telecom", "policy=region_overseas revoke",  "near hkg 60 10"},
    {"C2.policy.region_overseas.not_tw",  "cn/shanghai/telecom", "metric=great_circle policy=region_overseas revoke", "near hkg 60 10"},
    {"C2.policy.region_overseas.jp",      "cn/shanghai/telecom", "policy=region_overseas revoke hkg-",      "near nrt 60 10"},
    {"C2.policy.region_overseas.sg",      "cn/shanghai/telecom", "policy=region_overseas revoke hkg- nrt-", "near sin 60 10"},
    {"C2.policy.region_overseas.none",    "cn/shanghai/telecom", "policy=region_overseas revoke hkg- nrt- sin-", "near tpe 60 10"},
    {"C2.policy.region_overseas.outside", "tw",                  "policy=region_overseas revoke",  "near tpe 300 30"},

    /* Coverage */
    {"C2.coverage.global",                "cn/shanghai/telecom", "coverage=global",                "mainland sha 60 1"},
    {"C2.coverage.domestic",              "cn/shanghai/telecom", "coverage=domestic",              "mainland sha 60 1"},
    {"C2.coverage.domestic.foreign",      "de",                  "coverage=domestic",              "mainland sha 60 0"},
    {"C2.coverage.domestic.hk",           "hk",                  "coverage=domestic",              "mainland sha 60 0"},
    {"C2.coverage.domestic.unknown",      "unknown",             "coverage=domestic",              "mainland sha 60 0"},
    {"C2.coverage.domestic.east_down",    "de",                  "coverage=domestic sha-",         "mainland bjs 60 0"},
    {"C2.coverage.domestic.no_telecom",   "hk",                  "coverage=domestic carrier:telecom/shanghai", "mainland can 60 0"},
    {"C2.coverage.domestic.partner_down", "de",                  "coverage=domestic partner",      "global fra 300 0"},
    {"C2.coverage.domestic.revoked",      "de",                  "coverage=domestic revoke",       "global fra 300 2"},
    {"C2.coverage.overseas",              "cn/shanghai/telecom", "coverage=overseas",              "near hkg 300 8"},
    {"C2.coverage.overseas.no_filing",    "cn/shanghai/telecom", "coverage=overseas filing=NONE provisioning=NOT_READY", "near hkg 300 8"},
    {"C2.coverage.overseas.revoked",      "cn/shanghai/telecom", "coverage=overseas policy=delete_name revoke", "near hkg 300 8"},
    {"C2.coverage.overseas.outside",      "de",                  "coverage=overseas",              "global fra 300 2"},

    /* Other words of the entitlement: a licence that is missing, resolution that is closed */
    {"C2.commercial.missing",    "cn/shanghai/telecom", "commercial=NONE",       "near hkg 60 0"},
    {"C2.commercial.revoked",    "cn/shanghai/telecom", "commercial=REVOKED",    "near hkg 60 0"},
    {"C2.closed",                "cn/shanghai/telecom", "closed",                "nodata - 60 0"},
    {"C2.closed.outside",        "de",                  "closed",                "nodata - 60 0"},

    /* Settings */
    {"C2.near_first.true",          "cn/beijing/cernet", "near_first=true revoke hkg- nrt- sin-",  "near tpe 60 10"},
    {"C2.near_first.false",         "cn/beijing/cernet", "near_first=false revoke hkg- nrt- sin-", "global fra 60 10"},
    {"C2.near_first.outside",       "de",  "near_first=true",                                       "global fra 300 2"},
    {"C2.nearest_metric.rtt",       "cn/shanghai/telecom", "metric=rtt revoke",                    "near hkg 60 10"},
    {"C2.nearest_metric.great_circle","cn/shanghai/telecom", "metric=great_circle revoke",         "near tpe 60 10"},
    {"C2.nearest_metric.order",     "us",  "metric=order",                                          "near hkg 300 2"},
    {"C2.nearest_metric.order.cn",  "cn/shanghai/unicom", "metric=order",                          "mainland can 60 1"},
    {"C2.line_failover.true",       "cn/shanghai/telecom", "line_failover=true carrier:telecom sha-",  "mainland bjs 60 4"},
    {"C2.line_failover.false",      "cn/shanghai/telecom", "line_failover=false carrier:telecom",  "mainland sha 60 1"},
    {"C2.line_failover.false.down", "cn/shanghai/telecom", "line_failover=false carrier:telecom sha-", "mainland can 60 3"},
    {"C2.degraded_usable.true",     "cn/shanghai/telecom", "degraded_usable=true sha~",            "mainland sha 60 1"},
    {"C2.degraded_usable.false",    "cn/shanghai/telecom", "degraded_usable=false sha~",           "mainland can 60 3"},
};
// clang-format on

/* --- comparing ----------------------------------------------------------------------------------
 */

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

/* --- rows 23 to 26 ------------------------------------------------------------------------------
 */

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
