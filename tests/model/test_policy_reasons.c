/* SPDX-License-Identifier: MIT
 * Why: the reasons of a decision, in order, for stories in the words of story.h. */
#include "story.h"

struct row {
    const char *name, *words, *line;
    const char *want; /* ids of rules; with (argument) where it tells something */
};

/* What every mainland client hears of a site in order. */
#define IN_ORDER                                                                                   \
    "client.mainland filing.serves subscription.active vetting.passed provisioning.done entitled "

// clang-format off
static struct row rows[] = {
    {"served", "", "cn/shanghai/telecom",
     IN_ORDER "coverage nearest(sha)"},
    {"served outside", "", "de", "client.outside client.never_mainland coverage nearest(fra)"},
    {"unknown client", "", "unknown",
     "client.unknown client.outside client.never_mainland coverage nearest(lax)"},
    {"unknown client, default line", "unknown_line=cn/shanghai/telecom", "unknown",
     "client.unknown " IN_ORDER "coverage nearest(sha)"},
    {"revoked, seen from outside", "revoke", "de",
     "client.outside client.never_mainland coverage nearest(fra)"},
    {"domestic, seen from outside", "coverage=domestic", "de",
     "client.outside filing.serves subscription.active vetting.passed provisioning.done entitled "
     "coverage nearest(sha)"},
    {"next PoP", "sha-", "cn/shanghai/telecom",
     IN_ORDER "coverage pop.skipped(sha) nearest(can)"},
    {"another carrier", "", "cn/beijing/cernet",
     IN_ORDER "coverage carrier.not_served(bjs) nearest(bjs)"},
    {"carrier out, same PoP", "carrier:telecom", "cn/shanghai/telecom",
     IN_ORDER "coverage carrier.not_served(sha) nearest(sha)"},
    {"partner out", "partner hkg-", "cn/shanghai/telecom",
     IN_ORDER "coverage mainland.none_usable pop.skipped(hkg) nearest(nrt)"},
    {"nothing left", "partner hkg- nrt- sin- tpe- fra- lax-", "cn/shanghai/telecom",
     IN_ORDER "coverage mainland.none_usable last_resort(sha)"},
    {"never filed", "filing=DRAFT vetting=NOT_SUBMITTED provisioning=NOT_READY",
     "cn/shanghai/telecom",
     "client.mainland filing.missing subscription.active vetting.missing provisioning.missing "
     "not_entitled coverage nearest(hkg)"},
    {"not yet seen", "filing=APPROVED_UNSYNCED provisioning=READY", "cn/shanghai/telecom",
     "client.mainland filing.unsynced subscription.active vetting.passed provisioning.missing "
     "not_entitled coverage nearest(hkg)"},
    {"revoked", "revoke", "cn/shanghai/telecom",
     "client.mainland filing.lost subscription.active vetting.passed provisioning.done "
     "not_entitled coverage revocation_policy nearest(hkg)"},
    {"subject revoked", "revoke_subject", "cn/shanghai/telecom",
     "client.mainland subject.revoked subscription.active vetting.passed provisioning.done "
     "not_entitled coverage revocation_policy nearest(hkg)"},
    {"in the grace", "unknown", "cn/shanghai/telecom",
     "client.mainland status.unknown.grace filing.serves subscription.active vetting.passed "
     "provisioning.done entitled coverage nearest(sha)"},
    {"grace over", "unknown +60m", "cn/shanghai/telecom",
     "client.mainland status.unknown.over subscription.active vetting.passed provisioning.done "
     "not_entitled coverage nearest(hkg)"},
    {"rejected on re-review", "reject", "cn/shanghai/telecom",
     "client.mainland filing.serves subscription.active vetting.lost provisioning.done "
     "not_entitled coverage revocation_policy nearest(hkg)"},
    {"resubmitted after that", "reject resubmit", "cn/shanghai/telecom",
     "client.mainland filing.serves subscription.active vetting.missing provisioning.done "
     "not_entitled coverage revocation_policy nearest(hkg)"},
    {"every suspension", "suspend:everyone suspend:site suspend:holder suspend:account",
     "cn/shanghai/telecom",
     "client.mainland filing.serves partner.suspended.everyone partner.suspended partner.suspended "
     "partner.suspended vetting.passed provisioning.done not_entitled coverage revocation_policy "
     "nearest(hkg)"},
    {"no licence", "commercial=REVOKED", "cn/shanghai/telecom",
     "client.mainland filing.serves subscription.active vetting.passed commercial.missing "
     "provisioning.done not_entitled coverage nearest(hkg)"},
    {"blacklisted", "blacklist", "cn/shanghai/telecom",
     "client.mainland domain.blacklisted filing.serves subscription.active vetting.passed "
     "provisioning.done not_entitled coverage nearest(hkg)"},
    {"neighbour lost", "policy=unmap_shared edge revoke other", "cn/shanghai/telecom",
     IN_ORDER "coverage edge.unmapped nearest(hkg)"},
    {"deleted", "policy=delete_name revoke", "cn/shanghai/telecom",
     "client.mainland filing.lost subscription.active vetting.passed provisioning.done "
     "not_entitled coverage revocation_policy name.deleted"},
    {"to the origin", "policy=to_origin end", "de",
     "client.outside filing.serves subscription.inactive vetting.passed provisioning.done "
     "not_entitled coverage revocation_policy origin"},
    {"closed", "closed", "cn/shanghai/telecom",
     IN_ORDER "resolution.closed"},
    {"closed, seen from outside", "closed", "de",
     "client.outside filing.serves subscription.active vetting.passed provisioning.done entitled "
     "resolution.closed"},
    {"everything at once",
     "unknown_line=cn/shanghai/telecom commercial=NONE policy=suspend blacklist suspend:everyone "
     "suspend:site suspend:holder end reject revoke unknown +2h partner hkg-", "unknown",
     "client.unknown client.mainland domain.blacklisted status.unknown.grace filing.lost "
     "partner.suspended.everyone partner.suspended partner.suspended subscription.inactive "
     "vetting.lost commercial.missing provisioning.done not_entitled coverage revocation_policy "
     "pop.skipped(hkg) nearest(nrt)"},
};
// clang-format on

static bool about_a_pop(enum policy_rule rule)
{
    return rule == RULE_NEAREST || rule == RULE_POP_SKIPPED || rule == RULE_LAST_RESORT ||
           rule == RULE_CARRIER_NOT_SERVED;
}

static void check_row(void **state)
{
    const struct row *r = *state;
    static struct story s;
    struct decision d;
    char got[600] = "";
    size_t n = 0;
    story_begin(&s, r->words);
    world_decide(s.f.w, s.ask, find_line(&s.f, r->line), FAMILY_V4, &d);
    for (unsigned i = 0; i < d.reason_count; i++) {
        enum policy_rule rule = (enum policy_rule)d.reasons[i].rule;
        n += (size_t)snprintf(got + n, sizeof(got) - n, "%s%s", i > 0 ? " " : "",
                              policy_rule_id(rule));
        if (!about_a_pop(rule)) continue;
        const char *pop = s.f.w->topology->pops[d.reasons[i].arg].id;
        n += (size_t)snprintf(got + n, sizeof(got) - n, "(%s)", pop);
    }
    assert_string_equal(got, r->want);
    fixture_free(&s.f);
}

int main(void)
{
    struct CMUnitTest tests[CN_ARRAY_LEN(rows)];
    TABLE_TESTS(tests, rows, check_row)
    return cmocka_run_group_tests(tests, NULL, NULL);
}
