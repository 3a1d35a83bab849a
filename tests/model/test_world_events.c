/* SPDX-License-Identifier: MIT
 * Every kind of event once, legal and again: what it is refused with, whose answers it may have
 * changed, and whether the network changed. The words are those of story.h; the event befalls
 * shop.example, its host, its holder or its account, PoP sha, Shanghai or Telecom. */
#include "story.h"

struct row {
    const char *name, *words;
    enum event_kind kind;
    const char *first; /* refusal code; "" applied */
    unsigned hosts;    /* changed by the first */
    bool network;
    const char *again; /* the same event once more */
};

// clang-format off
static struct row rows[] = {
    {"filing_draft", "filing=NONE", EV_FILING_DRAFT, "", 1, false, "ICP_BAD_STATE"},
    {"filing_submit", "filing=DRAFT closed", EV_FILING_SUBMIT, "", 1, false, "ICP_BAD_STATE"},
    {"provider_pass", "filing=PROVIDER_REVIEW", EV_PROVIDER_PASS, "", 1, false, "ICP_BAD_STATE"},
    {"provider_fix", "filing=PROVIDER_REVIEW", EV_PROVIDER_FIX, "", 1, false, "ICP_BAD_STATE"},
    {"provider_reject", "filing=PROVIDER_REVIEW", EV_PROVIDER_REJECT, "", 1, false,
     "ICP_BAD_STATE"},
    {"sms_ok", "filing=SMS_PENDING", EV_SMS_OK, "", 1, false, "ICP_BAD_STATE"},
    {"sms_wrong", "filing=SMS_PENDING", EV_SMS_WRONG, "", 0, false, ""},
    {"filing_withdraw", "filing=PROVIDER_FIX", EV_FILING_WITHDRAW, "", 1, false, "ICP_BAD_STATE"},
    {"bureau_pass", "filing=BUREAU_REVIEW", EV_BUREAU_PASS, "", 1, false, "ICP_BAD_STATE"},
    {"bureau_reject", "filing=BUREAU_REVIEW", EV_BUREAU_REJECT, "", 1, false, "ICP_BAD_STATE"},
    {"filing_change", "", EV_FILING_CHANGE, "", 1, false, "ICP_BAD_STATE"},
    {"filing_change_done", "filing=CHANGE_PENDING", EV_FILING_CHANGE_DONE, "", 1, false,
     "ICP_BAD_STATE"},
    {"audit_hit", "", EV_AUDIT_HIT, "", 1, false, "ICP_BAD_STATE"},
    {"audit_fix", "audit", EV_AUDIT_FIX, "", 1, false, "ICP_BAD_STATE"},
    {"deregister_site", "", EV_DEREGISTER_SITE, "", 1, false, "ICP_BAD_STATE"},
    {"deregister_subject", "", EV_DEREGISTER_SUBJECT, "", 2, false, "ICP_BAD_STATE"},
    {"revoke_site", "", EV_REVOKE_SITE, "", 1, false, "ICP_BAD_STATE"},
    {"revoke_subject", "", EV_REVOKE_SUBJECT, "", 2, false, "ICP_BAD_STATE"},
    {"revoke_subject.one", "filing=DRAFT", EV_REVOKE_SUBJECT, "", 1, false, "ICP_BAD_STATE"},
    {"filing_restore", "revoke", EV_FILING_RESTORE, "ICP_REVOKED_FINAL", 0, false,
     "ICP_REVOKED_FINAL"},
    {"filing_refile", "revoke", EV_FILING_REFILE, "", 1, false, "ICP_BAD_STATE"},
    {"bar_entity", "", EV_BAR_ENTITY, "", 0, false, "ENTITY_BARRED"},
    {"commercial_apply", "commercial=NONE", EV_COMMERCIAL_APPLY, "", 0, false,
     "COMMERCIAL_BAD_STATE"},
    {"commercial_issue", "commercial=APPLYING", EV_COMMERCIAL_ISSUE, "", 1, false,
     "COMMERCIAL_BAD_STATE"},
    {"commercial_revoke", "commercial=ISSUED", EV_COMMERCIAL_REVOKE, "", 1, false,
     "COMMERCIAL_BAD_STATE"},
    {"vetting_submit", "vetting=REJECTED", EV_VETTING_SUBMIT, "", 1, false, "VETTING_BAD_STATE"},
    {"vetting_start", "vetting=SUBMITTED", EV_VETTING_START, "", 1, false, "VETTING_BAD_STATE"},
    {"vetting_approve", "vetting=UNDER_REVIEW provisioning=NOT_READY", EV_VETTING_APPROVE, "", 1,
     false, "VETTING_BAD_STATE"},
    {"vetting_reject", "vetting=UNDER_REVIEW", EV_VETTING_REJECT, "", 1, false,
     "VETTING_BAD_STATE"},
    {"vetting_rereview", "", EV_VETTING_REREVIEW, "", 1, false, "VETTING_BAD_STATE"},
    {"commercial_reject", "commercial=APPLYING", EV_COMMERCIAL_REJECT, "", 0, false,
     "COMMERCIAL_BAD_STATE"},
    {"report_filed", "commercial=REPORT_DUE", EV_REPORT_FILED, "", 0, false,
     "COMMERCIAL_BAD_STATE"},
    {"report_missed", "commercial=REPORT_DUE", EV_REPORT_MISSED, "", 1, false,
     "COMMERCIAL_BAD_STATE"},
    {"report_due", "commercial=ISSUED", EV_REPORT_DUE, "", 0, false, "COMMERCIAL_BAD_STATE"},
    {"commercial_expired", "commercial=ISSUED", EV_COMMERCIAL_EXPIRED, "", 1, false,
     "COMMERCIAL_BAD_STATE"},
    {"domain_expire", "", EV_DOMAIN_EXPIRE, "", 1, false, "DOMAIN_BAD_STATE"},
    {"domain_renew", "", EV_DOMAIN_RENEW, "", 0, false, "DOMAIN_BAD_STATE"},
    {"cert_expire", "", EV_CERT_EXPIRE, "", 2, false, "CERT_BAD_STATE"},
    {"cert_renew", "certificate", EV_CERT_RENEW, "", 0, false, "CERT_BAD_STATE"},
    {"psb_submit", "psb=DUE", EV_PSB_SUBMIT, "", 0, false, "PSB_BAD_STATE"},
    {"psb_accept", "psb=SUBMITTED", EV_PSB_ACCEPT, "", 0, false, "PSB_BAD_STATE"},
    {"psb_return", "psb=SUBMITTED", EV_PSB_RETURN, "", 0, false, "PSB_BAD_STATE"},
    {"psb_warn", "psb=OVERDUE", EV_PSB_WARN, "", 0, false, "PSB_BAD_STATE"},
    {"psb_penalise", "psb=WARNED", EV_PSB_PENALISE, "", 0, false, "PSB_BAD_STATE"},
    {"psb_overdue", "psb=DUE", EV_PSB_OVERDUE, "", 0, false, "PSB_BAD_STATE"},
    {"content_change", "", EV_CONTENT_CHANGE, "", 1, false, ""},
    {"subscription_contract", "subscription=NONE", EV_SUBSCRIPTION_CONTRACT, "", 2, false,
     "SUBSCRIPTION_BAD_STATE"},
    {"subscription_activate", "subscription=CONTRACTED", EV_SUBSCRIPTION_ACTIVATE, "", 2, false,
     "SUBSCRIPTION_BAD_STATE"},
    {"subscription_end", "", EV_SUBSCRIPTION_END, "", 2, false, "SUBSCRIPTION_BAD_STATE"},
    {"partner_suspend", "", EV_PARTNER_SUSPEND, "", 1, false, "SUSPENSION_BAD_STATE"},
    {"partner_resume", "suspend:site", EV_PARTNER_RESUME, "", 1, false, "SUSPENSION_BAD_STATE"},
    {"partner_terminate", "", EV_PARTNER_TERMINATE, "", 2, false, "SUBSCRIPTION_BAD_STATE"},
    {"add_host", "inactive", EV_ADD_HOST, "", 1, false, "HOST_BAD_STATE"},
    {"allowlist", "provisioning=READY", EV_ALLOWLIST, "", 1, false, "PROVISION_BAD_STATE"},
    {"provision", "provisioning=ALLOWLISTED", EV_PROVISION, "", 1, false, "PROVISION_BAD_STATE"},
    {"deactivate", "", EV_DEACTIVATE, "", 1, false, "PROVISION_BAD_STATE"},
    {"deprovision", "", EV_DEPROVISION, "", 1, false, "PROVISION_BAD_STATE"},
    {"blacklist_domain", "", EV_BLACKLIST_DOMAIN, "", 1, false, "BLACKLIST_BAD_STATE"},
    {"unlist_domain.early", "blacklist +364d", EV_UNLIST_DOMAIN, "BLACKLIST_STICKY", 0, false,
     "BLACKLIST_STICKY"},
    {"unlist_domain", "blacklist +365d", EV_UNLIST_DOMAIN, "", 1, false, "BLACKLIST_BAD_STATE"},
    {"unlist_domain.from_the_start", "blacklisted +365d", EV_UNLIST_DOMAIN, "", 1, false,
     "BLACKLIST_BAD_STATE"},
    {"close_resolution", "", EV_CLOSE_RESOLUTION, "", 1, false, "RESOLUTION_BAD_STATE"},
    {"open_resolution", "closed", EV_OPEN_RESOLUTION, "", 1, false, "RESOLUTION_BAD_STATE"},
    {"status_unknown", "", EV_STATUS_UNKNOWN, "", 1, false, "STATUS_BAD_STATE"},
    {"status_known", "unknown", EV_STATUS_KNOWN, "", 1, false, "STATUS_BAD_STATE"},
    {"disable_ipv6", "", EV_DISABLE_IPV6, "IPV6_MANDATORY", 0, false, "IPV6_MANDATORY"},
    {"force_mainland", "", EV_FORCE_MAINLAND, "", 0, false, ""},
    {"force_mainland.revoked", "revoke", EV_FORCE_MAINLAND, "LEGAL_OVERRIDE", 0, false,
     "LEGAL_OVERRIDE"},
    {"force_mainland.everyone_suspended", "suspend:everyone", EV_FORCE_MAINLAND, "LEGAL_OVERRIDE",
     0, false, "LEGAL_OVERRIDE"},
    {"force_mainland.no_host_yet", "inactive", EV_FORCE_MAINLAND, "LEGAL_OVERRIDE", 0, false,
     "LEGAL_OVERRIDE"},
    {"force_mainland_end", "set:admin_force=obeyed force", EV_FORCE_MAINLAND_END, "", 1, false,
     "FORCE_BAD_STATE"},
    {"force_mainland_end.not_forced", "", EV_FORCE_MAINLAND_END, "FORCE_BAD_STATE", 0, false,
     "FORCE_BAD_STATE"},
    {"force_mainland.obeyed", "set:admin_force=obeyed revoke", EV_FORCE_MAINLAND, "", 1, false,
     "FORCE_BAD_STATE"},
    {"force_mainland.overseas", "coverage=overseas", EV_FORCE_MAINLAND, "COVERAGE_EXCLUDES", 0,
     false, "COVERAGE_EXCLUDES"},
    {"set_coverage", "", EV_SET_COVERAGE, "", 1, false, ""},
    {"pop_down", "", EV_POP_DOWN, "", 0, true, "POP_BAD_STATE"},
    {"pop_down.drained", "sha!", EV_POP_DOWN, "", 0, false, "POP_BAD_STATE"},
    {"pop_degrade", "", EV_POP_DEGRADE, "", 0, false, "POP_BAD_STATE"},
    {"pop_degrade.unusable", "degraded_usable=false", EV_POP_DEGRADE, "", 0, true, "POP_BAD_STATE"},
    {"pop_up", "sha-", EV_POP_UP, "", 0, true, "POP_BAD_STATE"},
    {"pop_up.partner_down", "sha- partner", EV_POP_UP, "", 0, false, "POP_BAD_STATE"},
    {"pop_force_up", "sha-", EV_POP_FORCE_UP, "", 0, true, "POP_BAD_STATE"},
    {"pop_force_up.well", "", EV_POP_FORCE_UP, "", 0, false, "POP_BAD_STATE"},
    {"pop_drain", "", EV_POP_DRAIN, "", 0, true, "POP_BAD_STATE"},
    {"pop_obey", "sha!", EV_POP_OBEY, "", 0, true, "POP_BAD_STATE"},
    {"province_down", "", EV_PROVINCE_DOWN, "", 0, true, "OUTAGE_BAD_STATE"},
    {"province_up", "province:shanghai", EV_PROVINCE_UP, "", 0, true, "OUTAGE_BAD_STATE"},
    {"carrier_down", "", EV_CARRIER_DOWN, "", 0, true, "OUTAGE_BAD_STATE"},
    {"carrier_down.no_failover", "line_failover=false", EV_CARRIER_DOWN, "", 0, false,
     "OUTAGE_BAD_STATE"},
    {"carrier_up", "carrier:telecom", EV_CARRIER_UP, "", 0, true, "OUTAGE_BAD_STATE"},
    {"family_down", "", EV_FAMILY_DOWN, "", 0, true, "OUTAGE_BAD_STATE"},
    {"family_up", "v6", EV_FAMILY_UP, "", 0, true, "OUTAGE_BAD_STATE"},
    {"family_up.not_down", "", EV_FAMILY_UP, "OUTAGE_BAD_STATE", 0, false, "OUTAGE_BAD_STATE"},
    {"partner_dns_down", "", EV_PARTNER_DNS_DOWN, "", 0, true, "OUTAGE_BAD_STATE"},
    {"partner_dns_up", "dns_down", EV_PARTNER_DNS_UP, "", 0, true, "OUTAGE_BAD_STATE"},
    {"border_congested", "", EV_BORDER_CONGESTED, "", 0, true, "OUTAGE_BAD_STATE"},
    {"border_clear", "congested", EV_BORDER_CLEAR, "", 0, true, "OUTAGE_BAD_STATE"},
    {"address_block", "", EV_ADDRESS_BLOCK, "", 0, true, "ADDRESS_BAD_STATE"},
    {"address_blackhole", "", EV_ADDRESS_BLACKHOLE, "", 0, true, "ADDRESS_BAD_STATE"},
    {"address_rotate", "", EV_ADDRESS_ROTATE, "", 0, true, "ADDRESS_BAD_STATE"},
    {"address_clear", "block +2h", EV_ADDRESS_CLEAR, "", 0, true, "ADDRESS_BAD_STATE"},
    {"blacklist_address.none", "", EV_BLACKLIST_ADDRESS, "ADDRESS_BAD_STATE", 0, false,
     "ADDRESS_BAD_STATE"},
    {"address_clear.sticky", "block", EV_ADDRESS_CLEAR, "ADDRESS_STICKY", 0, false,
     "ADDRESS_STICKY"},
    {"partner_down", "", EV_PARTNER_DOWN, "", 0, true, "OUTAGE_BAD_STATE"},
    {"partner_up", "partner", EV_PARTNER_UP, "", 0, true, "OUTAGE_BAD_STATE"},
    {"partner_contract_end", "", EV_PARTNER_CONTRACT_END, "", 0, true, "PARTNER_CONTRACT_ENDED"},
    {"set_partner", "second", EV_SET_PARTNER, "ACCESS_NOT_FILED", 0, false, "ACCESS_NOT_FILED"},
    {"set_partner.filed", "second both", EV_SET_PARTNER, "", 1, false, "PARTNER_BAD_STATE"},
    {"set_partner.unfiled", "second filing=DRAFT", EV_SET_PARTNER, "", 1, false,
     "PARTNER_BAD_STATE"},
    {"violate", "", EV_VIOLATE, "", 2, false, "VIOLATION_BAD_STATE"},
    {"domain_transfer", "", EV_DOMAIN_TRANSFER, "", 0, false, "TRANSFER_REFUSED"},
    {"domain_transfer.blacklisted", "blacklist", EV_DOMAIN_TRANSFER, "TRANSFER_REFUSED", 0, false,
     "TRANSFER_REFUSED"},
    {"cascade_listed", "", EV_CASCADE_LISTED, "", 1, false, ""},
    {"outage_declare", "", EV_OUTAGE_DECLARE, "", 0, true, "OUTAGE_BAD_STATE"},
    {"outage_declare.down", "partner", EV_OUTAGE_DECLARE, "", 0, false, "OUTAGE_BAD_STATE"},
    {"outage_clear", "declared", EV_OUTAGE_CLEAR, "", 0, true, "OUTAGE_BAD_STATE"},
    {"outage_clear.down", "partner declared", EV_OUTAGE_CLEAR, "", 0, false, "OUTAGE_BAD_STATE"},
    {"access_add", "elsewhere", EV_ACCESS_ADD, "", 1, false, "ACCESS_BAD_STATE"},
    {"access_add.twice", "", EV_ACCESS_ADD, "ACCESS_BAD_STATE", 0, false, "ACCESS_BAD_STATE"},
    {"access_cancel", "", EV_ACCESS_CANCEL, "", 1, false, "ACCESS_NOT_FILED"},
    {"access_cancel.not_the_last", "both_carry", EV_ACCESS_CANCEL, "", 1, false,
     "ACCESS_NOT_FILED"},
    {"poison", "", EV_POISON, "", 0, false, "BLACKLIST_BAD_STATE"},
    {"poison_end", "", EV_POISON_END, "BLACKLIST_BAD_STATE", 0, false, "BLACKLIST_BAD_STATE"},
    {"sni_reset", "", EV_SNI_RESET, "", 0, false, "BLACKLIST_BAD_STATE"},
    {"sni_clear", "", EV_SNI_CLEAR, "BLACKLIST_BAD_STATE", 0, false, "BLACKLIST_BAD_STATE"},
    {"http_reset", "", EV_HTTP_RESET, "", 0, false, "OUTAGE_BAD_STATE"},
    {"http_clear", "", EV_HTTP_CLEAR, "OUTAGE_BAD_STATE", 0, false, "OUTAGE_BAD_STATE"},
    {"province_block", "", EV_PROVINCE_BLOCK, "", 0, false, "OUTAGE_BAD_STATE"},
    {"province_unblock", "", EV_PROVINCE_UNBLOCK, "OUTAGE_BAD_STATE", 0, false, "OUTAGE_BAD_STATE"},
    {"port_scan", "", EV_PORT_SCAN, "", 0, false, "OUTAGE_BAD_STATE"},
    {"border_443_reset", "", EV_BORDER_443_RESET, "", 0, false, "OUTAGE_BAD_STATE"},
    {"border_443_end", "", EV_BORDER_443_END, "OUTAGE_BAD_STATE", 0, false, "OUTAGE_BAD_STATE"},
    {"dns_bogus", "", EV_DNS_BOGUS, "", 0, false, "OUTAGE_BAD_STATE"},
    {"dns_bogus_end", "", EV_DNS_BOGUS_END, "OUTAGE_BAD_STATE", 0, false, "OUTAGE_BAD_STATE"},
    {"resolver_down", "", EV_RESOLVER_DOWN, "", 0, false, "OUTAGE_BAD_STATE"},
    {"resolver_up", "", EV_RESOLVER_UP, "OUTAGE_BAD_STATE", 0, false, "OUTAGE_BAD_STATE"},
    {"ns_hijack", "", EV_NS_HIJACK, "", 0, false, "OUTAGE_BAD_STATE"},
    {"ns_restore", "", EV_NS_RESTORE, "OUTAGE_BAD_STATE", 0, false, "OUTAGE_BAD_STATE"},
    {"set_ttl", "", EV_SET_TTL, "", 1, false, "TTL_BAD_STATE"},
    {"bar_site_name", "", EV_BAR_SITE_NAME, "SITE_NAME_MISSING", 0, false, "SITE_NAME_MISSING"},
    {"name_cleared", "", EV_NAME_CLEARED, "BLACKLIST_BAD_STATE", 0, false, "BLACKLIST_BAD_STATE"},
    {"caches_forget", "", EV_CACHES_FORGET, "OUTAGE_BAD_STATE", 0, false, "OUTAGE_BAD_STATE"},
    {"package_create", "package=NONE", EV_PACKAGE_CREATE, "", 0, false, "ORDER_PROCESSING"},
    {"package_bind", "package=IDLE", EV_PACKAGE_BIND, "", 0, false, "INVALID_STATUS"},
    {"package_unbind", "package=IN_USE", EV_PACKAGE_UNBIND, "", 0, false, "INVALID_STATUS"},
    {"package_upgrade", "package=IN_USE", EV_PACKAGE_UPGRADE, "", 0, false,
     "OPERATION_PROCESSING"},
    {"package_downgrade", "package=IN_USE", EV_PACKAGE_DOWNGRADE, "", 0, false, "BWP_SIZE"},
    {"package_temp_upgrade", "package=IN_USE", EV_PACKAGE_TEMP_UPGRADE, "", 0, false,
     "INVALID_STATUS"},
    {"package_renew", "package=IN_USE", EV_PACKAGE_RENEW, "", 0, false, ""},
    {"package_expire", "package=IN_USE", EV_PACKAGE_EXPIRE, "", 0, false, "INVALID_STATUS"},
    {"package_release", "package=IDLE", EV_PACKAGE_RELEASE, "", 0, false, "INVALID_STATUS"},
    {"product_buy", "product=NONE", EV_PRODUCT_BUY, "", 0, true, "PRODUCT_BAD_STATE"},
    {"product_cancel", "product=ACTIVE", EV_PRODUCT_CANCEL, "", 0, true, "PRODUCT_BAD_STATE"},
    {"product_lose", "product=ACTIVE", EV_PRODUCT_LOSE, "", 0, true, "PRODUCT_BAD_STATE"},
    {"product_change", "product=ACTIVE", EV_PRODUCT_CHANGE, "", 0, true, "PRODUCT_BAD_STATE"},
    {"product_resize", "product=ACTIVE", EV_PRODUCT_RESIZE, "", 0, false, ""},
    {"attack_start", "product=ACTIVE", EV_ATTACK_START, "", 0, true, "ATTACK_BAD_STATE"},
    {"attack_end", "product=ACTIVE attack", EV_ATTACK_END, "", 0, false, "ATTACK_BAD_STATE"},
    {"set_demand", "", EV_SET_DEMAND, "", 0, false, ""},
    {"filing_synced", "filing=APPROVED_UNSYNCED", EV_FILING_SYNCED, "", 1, false, "ICP_BAD_STATE"},
    {"audit_timeout", "audit", EV_AUDIT_TIMEOUT, "", 1, false, "ICP_BAD_STATE"},
    {"filing_shell", "filing=ACCESS_CANCELLED", EV_FILING_SHELL, "", 1, false, "ICP_BAD_STATE"},
    {"filing_cleanup", "filing=SHELL_SITE", EV_FILING_CLEANUP, "", 1, false, "ICP_BAD_STATE"},
    {"status_observed", "", EV_STATUS_OBSERVED, "", 0, false, ""},
    {"grace_over", "unknown", EV_GRACE_OVER, "", 1, false, ""},
    {"status_published", "", EV_STATUS_PUBLISHED, "", 0, false, ""},
    {"partner_batch", "", EV_PARTNER_BATCH, "", 0, false, ""},
    {"outage_found", "", EV_OUTAGE_FOUND, "", 0, true, ""},
    {"probe_ok", "", EV_PROBE_OK, "HEALTH_NO_DAMPER", 0, false, "HEALTH_NO_DAMPER"},
    {"probe_poor", "", EV_PROBE_POOR, "HEALTH_NO_DAMPER", 0, false, "HEALTH_NO_DAMPER"},
    {"probe_fail", "", EV_PROBE_FAIL, "HEALTH_NO_DAMPER", 0, false, "HEALTH_NO_DAMPER"},
    {"pop_noticed", "", EV_POP_NOTICED, "HEALTH_NO_DAMPER", 0, false, "HEALTH_NO_DAMPER"},
    {"overseas_audit", "", EV_OVERSEAS_AUDIT, "", 1, false, "ICP_BAD_STATE"},
    {"return_step", "", EV_RETURN_STEP, "", 0, false, ""},
    {"settled", "revoke", EV_SETTLED, "", 1, false, ""},
    {"provisioned", "provisioning=PENDING", EV_PROVISIONED, "", 1, false, "PROVISION_BAD_STATE"},
    {"package_created", "package=CREATING", EV_PACKAGE_CREATED, "", 0, false, "INVALID_STATUS"},
    {"package_resized", "package=UPGRADED", EV_PACKAGE_RESIZED, "", 0, false, ""},
    {"package_fallback", "package=TEMP_UPGRADED", EV_PACKAGE_FALLBACK, "", 0, false,
     "INVALID_STATUS"},
    {"package_term_over", "package=IN_USE", EV_PACKAGE_TERM_OVER, "", 0, false,
     "INVALID_STATUS"},
    {"package_released", "package=EXPIRED", EV_PACKAGE_RELEASED, "", 0, false,
     "INVALID_STATUS"},
    {"attack_over", "product=ACTIVE attack", EV_ATTACK_OVER, "", 0, true, ""},
    {"peak_begins", "", EV_PEAK_BEGINS, "", 0, false, ""},
    {"peak_ends", "", EV_PEAK_ENDS, "", 0, false, ""},
};
// clang-format on

static struct event event_of(const struct story *s, enum event_kind kind)
{
    uint32_t required = event_info(kind)->required;
    struct event e = fixture_event(kind, s->at_s);
    if ((required & (PARAM_SITE | PARAM_SCOPE | PARAM_NAMED)) != 0)
        e = on_site(kind, s->at_s, s->shop);
    if ((required & PARAM_HOST) != 0) e = on_host(kind, s->at_s, s->www);
    if ((required & PARAM_HOLDER) != 0) e = on_holder(kind, s->at_s, 0);
    if ((required & PARAM_ACCOUNT) != 0) e = on_account(kind, s->at_s, 0);
    if ((required & PARAM_POP) != 0) e = on_pop(kind, s->at_s, POP_SHA);
    if ((required & PARAM_REGION) != 0) e = on_region(kind, s->at_s, REGION_SHANGHAI);
    if ((required & PARAM_FAMILY) != 0) e.family = FAMILY_V6;
    if ((required & PARAM_CARRIER) != 0) e = on_carrier(kind, s->at_s, CARRIER_TELECOM, CN_NONE16);
    if (required == PARAM_PARTNER) e = on_partner(kind, s->at_s, 0);
    if ((required & PARAM_TO) != 0) e.to = 1;
    if ((required & PARAM_PROVIDER) != 0) e.provider = 0;
    e.coverage = COVERAGE_OVERSEAS;
    e.share_permille = 1000;
    if ((required & PARAM_PACKAGE) != 0) e.package = 0;
    if ((required & PARAM_PRODUCT) != 0) e.product = 0;
    e.mbit = kind == EV_PACKAGE_DOWNGRADE ? 50 : 200;
    e.lasts = simdur_s(INT64_C(3600) * 3);
    e.edition = EDITION_SEC_CMA_2;
    if (kind == EV_SET_TTL) e.seconds = 30;
    return e;
}

static void check_row(void **state)
{
    const struct row *r = *state;
    static struct story s;
    story_begin(&s, r->words);
    struct world *w = s.f.w;
    simtime changed_at = w->changed_at;
    struct event e = event_of(&s, r->kind);
    e.at.ns += 7;
    assert_string_equal(refusal_name(fixture_apply(&s.f, e)), r->first);
    assert_int_equal(w->now.ns, e.at.ns);
    assert_int_equal(w->changed_at.ns, r->first[0] == '\0' ? e.at.ns : changed_at.ns);
    assert_int_equal(w->changed.host_count, r->hosts);
    assert_int_equal(w->changed.network, r->network);
    if (r->hosts == 1)
        assert_int_equal(w->changed.hosts[0], s.www + (r->kind == EV_REVOKE_SUBJECT));
    assert_string_equal(refusal_name(fixture_apply(&s.f, e)), r->again);
    if (r->again[0] != '\0') {
        assert_int_equal(w->changed.host_count, 0);
        assert_false(w->changed.network);
    }
    fixture_free(&s.f);
}

/* Names of rows begin with the kind's name, and no kind is left out. */
static void every_kind_has_a_row(void **state)
{
    (void)state;
    bool seen[EVENT_KIND_COUNT] = {false};
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        const char *name = event_info(rows[i].kind)->name;
        assert_int_equal(strncmp(rows[i].name, name, strlen(name)), 0);
        seen[rows[i].kind] = true;
    }
    for (unsigned kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        if (!seen[kind]) fail_msg("no row for %s", event_info((enum event_kind)kind)->name);
    }
}

int main(void)
{
    enum { ROWS = CN_ARRAY_LEN(rows) };
    struct CMUnitTest tests[ROWS + 1];
    TABLE_TESTS(tests, rows, check_row)
    tests[ROWS] = (struct CMUnitTest)cmocka_unit_test(every_kind_has_a_row);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
