/* SPDX-License-Identifier: MIT
 * world.c: the reducer: one table from event kinds to the machines that handle them. */
#include "world_internal.h"

#include <string.h>

static const char *const admin_names[ADMIN_COUNT] = {"OBEY", "FORCE_UP", "DRAIN"};

static const struct {
    world_handler handle;
    int arg;
} handlers[EVENT_KIND_COUNT] = {
    [EV_FILING_DRAFT] = {world_filing_site, FILING_EV_DRAFT},
    [EV_FILING_SUBMIT] = {world_filing_site, FILING_EV_SUBMIT},
    [EV_PROVIDER_PASS] = {world_filing_site, FILING_EV_PROVIDER_PASS},
    [EV_PROVIDER_FIX] = {world_filing_site, FILING_EV_PROVIDER_FIX},
    [EV_PROVIDER_REJECT] = {world_filing_site, FILING_EV_PROVIDER_REJECT},
    [EV_SMS_OK] = {world_filing_site, FILING_EV_SMS_OK},
    [EV_SMS_WRONG] = {world_filing_site, FILING_EV_SMS_WRONG},
    [EV_FILING_WITHDRAW] = {world_filing_site, FILING_EV_WITHDRAW},
    [EV_BUREAU_PASS] = {world_filing_site, FILING_EV_BUREAU_PASS},
    [EV_BUREAU_REJECT] = {world_filing_site, FILING_EV_BUREAU_REJECT},
    [EV_FILING_CHANGE] = {world_filing_site, FILING_EV_CHANGE},
    [EV_FILING_CHANGE_DONE] = {world_filing_site, FILING_EV_CHANGE_DONE},
    [EV_AUDIT_HIT] = {world_filing_site, FILING_EV_AUDIT_HIT},
    [EV_AUDIT_FIX] = {world_filing_site, FILING_EV_AUDIT_FIX},
    [EV_DEREGISTER_SITE] = {world_filing_site, FILING_EV_DEREGISTER},
    [EV_DEREGISTER_SUBJECT] = {world_filing_subject, FILING_EV_DEREGISTER_SUBJECT},
    [EV_REVOKE_SITE] = {world_filing_site, FILING_EV_REVOKE},
    [EV_REVOKE_SUBJECT] = {world_filing_subject, FILING_EV_REVOKE},
    [EV_FILING_RESTORE] = {world_filing_site, FILING_EV_RESTORE},
    [EV_FILING_REFILE] = {world_filing_site, FILING_EV_REFILE},
    [EV_BAR_ENTITY] = {world_filing_bar, 0},
    [EV_COMMERCIAL_APPLY] = {world_commercial, COMMERCIAL_EV_APPLY},
    [EV_COMMERCIAL_ISSUE] = {world_commercial, COMMERCIAL_EV_ISSUE},
    [EV_COMMERCIAL_REVOKE] = {world_commercial, COMMERCIAL_EV_REVOKE},
    [EV_VETTING_SUBMIT] = {world_onboard_vetting, VETTING_EV_SUBMIT},
    [EV_VETTING_START] = {world_onboard_vetting, VETTING_EV_START},
    [EV_VETTING_APPROVE] = {world_onboard_vetting, VETTING_EV_APPROVE},
    [EV_VETTING_REJECT] = {world_onboard_vetting, VETTING_EV_REJECT},
    [EV_VETTING_REREVIEW] = {world_onboard_vetting, VETTING_EV_REREVIEW},
    [EV_SUBSCRIPTION_CONTRACT] = {world_onboard_subscription, SUBSCRIPTION_EV_CONTRACT},
    [EV_SUBSCRIPTION_ACTIVATE] = {world_onboard_subscription, SUBSCRIPTION_EV_ACTIVATE},
    [EV_SUBSCRIPTION_END] = {world_onboard_subscription, SUBSCRIPTION_EV_END},
    [EV_PARTNER_SUSPEND] = {world_partner_suspend, 1},
    [EV_PARTNER_RESUME] = {world_partner_suspend, 0},
    [EV_PARTNER_TERMINATE] = {world_onboard_subscription, SUBSCRIPTION_EV_TERMINATE},
    [EV_ADD_HOST] = {world_onboard_add_host, 0},
    [EV_ALLOWLIST] = {world_onboard_provision, PROVISIONING_EV_ALLOWLIST},
    [EV_PROVISION] = {world_onboard_provision, PROVISIONING_EV_PROVISION},
    [EV_DEACTIVATE] = {world_onboard_provision, PROVISIONING_EV_DEACTIVATE},
    [EV_DEPROVISION] = {world_onboard_provision, PROVISIONING_EV_DEPROVISION},
    [EV_BLACKLIST_DOMAIN] = {world_site_blacklist, 1},
    [EV_UNLIST_DOMAIN] = {world_site_blacklist, 0},
    [EV_CLOSE_RESOLUTION] = {world_site_resolution, 1},
    [EV_OPEN_RESOLUTION] = {world_site_resolution, 0},
    [EV_STATUS_UNKNOWN] = {world_filing_status, 0},
    [EV_STATUS_KNOWN] = {world_filing_status, 0},
    [EV_DISABLE_IPV6] = {world_site_disable_ipv6, 0},
    [EV_FORCE_MAINLAND] = {world_site_force, 1},
    [EV_SET_COVERAGE] = {world_site_coverage, 0},
    [EV_POP_DOWN] = {world_network_health, HEALTH_DOWN},
    [EV_POP_DEGRADE] = {world_network_health, HEALTH_DEGRADED},
    [EV_POP_UP] = {world_network_health, HEALTH_UP},
    [EV_POP_FORCE_UP] = {world_network_admin, ADMIN_FORCE_UP},
    [EV_POP_DRAIN] = {world_network_admin, ADMIN_DRAIN},
    [EV_POP_OBEY] = {world_network_admin, ADMIN_OBEY},
    [EV_PROVINCE_DOWN] = {world_network_region, 1},
    [EV_PROVINCE_UP] = {world_network_region, 0},
    [EV_CARRIER_DOWN] = {world_network_carrier, 1},
    [EV_CARRIER_UP] = {world_network_carrier, 0},
    [EV_PARTNER_DOWN] = {world_partner_outage, 1},
    [EV_PARTNER_UP] = {world_partner_outage, 0},
    /* PoP health. */
    [EV_PROBE_OK] = {world_health_probe, HEALTH_PROBE_OK},
    [EV_PROBE_POOR] = {world_health_probe, HEALTH_PROBE_POOR},
    [EV_PROBE_FAIL] = {world_health_probe, HEALTH_PROBE_FAIL},
    /* Licences and reviews. */
    [EV_DOMAIN_EXPIRE] = {world_site_registration, 1},
    [EV_DOMAIN_RENEW] = {world_site_registration, 0},
    [EV_CERT_EXPIRE] = {world_certificate_event, CERTIFICATE_EV_EXPIRE},
    [EV_CERT_RENEW] = {world_certificate_event, CERTIFICATE_EV_RENEW},
    [EV_PSB_SUBMIT] = {world_psb, PSB_EV_SUBMIT},
    [EV_PSB_ACCEPT] = {world_psb, PSB_EV_ACCEPT},
    [EV_PSB_RETURN] = {world_psb, PSB_EV_RETURN},
    [EV_PSB_WARN] = {world_psb, PSB_EV_WARN},
    [EV_PSB_PENALISE] = {world_psb, PSB_EV_PENALISE},
    [EV_CONTENT_CHANGE] = {world_onboard_content, 0},
    [EV_COMMERCIAL_REJECT] = {world_commercial, COMMERCIAL_EV_REJECT},
    [EV_REPORT_FILED] = {world_commercial, COMMERCIAL_EV_REPORT_FILED},
    [EV_REPORT_MISSED] = {world_commercial, COMMERCIAL_EV_REPORT_MISSED},
    /* Who may apply. */
    /* Partners and scopes. */
    [EV_PARTNER_CONTRACT_END] = {world_partner_end, 0},
    [EV_SET_PARTNER] = {world_partner_set, 0},
    [EV_VIOLATE] = {world_violation_holder, 0},
    [EV_DOMAIN_TRANSFER] = {world_violation_transfer, 0},
    [EV_OUTAGE_DECLARE] = {world_partner_declare, 1},
    [EV_OUTAGE_CLEAR] = {world_partner_declare, 0},
    [EV_ACCESS_ADD] = {world_access_add, 0},
    [EV_ACCESS_CANCEL] = {world_access_cancel, 0},
    [EV_FORCE_MAINLAND_END] = {world_site_force, 0},
    /* Lists and the border. */
    [EV_POISON] = {world_list_name, LIST_EV_POISON_PART},
    [EV_POISON_END] = {world_list_name, LIST_EV_POISON_END},
    [EV_SNI_RESET] = {world_list_name, LIST_EV_SNI_RESET},
    [EV_SNI_CLEAR] = {world_list_name, LIST_EV_SNI_CLEAR},
    [EV_HTTP_RESET] = {world_list_measure, LISTED_HTTP},
    [EV_HTTP_CLEAR] = {world_list_measure, ~LISTED_HTTP},
    [EV_PROVINCE_BLOCK] = {world_list_measure, LISTED_PROVINCE},
    [EV_PROVINCE_UNBLOCK] = {world_list_measure, ~LISTED_PROVINCE},
    [EV_PORT_SCAN] = {world_list_measure, LISTED_PORTS},
    [EV_BORDER_443_RESET] = {world_list_443, 1},
    [EV_BORDER_443_END] = {world_list_443, 0},
    [EV_DNS_BOGUS] = {world_list_measure, LISTED_BOGUS},
    [EV_DNS_BOGUS_END] = {world_list_measure, ~LISTED_BOGUS},
    [EV_RESOLVER_DOWN] = {world_list_resolver, 1},
    [EV_RESOLVER_UP] = {world_list_resolver, 0},
    [EV_NS_HIJACK] = {world_list_measure, LISTED_HIJACK},
    [EV_NS_RESTORE] = {world_list_measure, ~LISTED_HIJACK},
    [EV_BAR_SITE_NAME] = {world_list_bar_name, 0},
    /* Addresses, families, DNS mode. */
    [EV_FAMILY_DOWN] = {world_family_outage, 1},
    [EV_FAMILY_UP] = {world_family_outage, 0},
    [EV_ADDRESS_BLOCK] = {world_address_event, ADDRESS_EV_BLOCK},
    [EV_ADDRESS_BLACKHOLE] = {world_address_event, ADDRESS_EV_BLACKHOLE},
    [EV_ADDRESS_ROTATE] = {world_address_event, ADDRESS_EV_ROTATE},
    [EV_ADDRESS_CLEAR] = {world_address_event, ADDRESS_EV_CLEAR},
    [EV_BLACKLIST_ADDRESS] = {world_violation_address, 0},
    [EV_PARTNER_DNS_DOWN] = {world_dns_outage, 1},
    [EV_PARTNER_DNS_UP] = {world_dns_outage, 0},
    [EV_BORDER_CONGESTED] = {world_dns_border, 1},
    [EV_BORDER_CLEAR] = {world_dns_border, 0},
    /* Products and packages. */
    [EV_PACKAGE_CREATE] = {world_package_event, PACKAGE_EV_CREATE},
    [EV_PACKAGE_BIND] = {world_package_event, PACKAGE_EV_BIND},
    [EV_PACKAGE_UNBIND] = {world_package_event, PACKAGE_EV_UNBIND},
    [EV_PACKAGE_UPGRADE] = {world_package_event, PACKAGE_EV_UPGRADE},
    [EV_PACKAGE_DOWNGRADE] = {world_package_event, PACKAGE_EV_DOWNGRADE},
    [EV_PACKAGE_TEMP_UPGRADE] = {world_package_event, PACKAGE_EV_TEMP_UPGRADE},
    [EV_PACKAGE_RENEW] = {world_package_event, PACKAGE_EV_RENEW},
    [EV_PACKAGE_EXPIRE] = {world_package_event, PACKAGE_EV_EXPIRE},
    [EV_PACKAGE_RELEASE] = {world_package_event, PACKAGE_EV_RELEASE},
    [EV_PRODUCT_BUY] = {world_product_event, PRODUCT_EV_BUY},
    [EV_PRODUCT_CANCEL] = {world_product_event, PRODUCT_EV_CANCEL},
    [EV_PRODUCT_LOSE] = {world_product_event, PRODUCT_EV_LOSE},
    [EV_PRODUCT_CHANGE] = {world_product_event, PRODUCT_EV_CHANGE},
    [EV_PRODUCT_RESIZE] = {world_product_event, PRODUCT_EV_RESIZE},
    [EV_ATTACK_START] = {world_product_event, PRODUCT_EV_ATTACK_START},
    [EV_ATTACK_END] = {world_product_event, PRODUCT_EV_ATTACK_END},
    [EV_SET_DEMAND] = {world_product_demand, 0},
    /* Capacity and resolvers. */
    [EV_SET_TTL] = {world_site_ttl, 0},
    /* Derived. */
    [EV_FILING_SYNCED] = {world_filing_site, FILING_EV_SYNCED},
    [EV_AUDIT_TIMEOUT] = {world_filing_site, FILING_EV_AUDIT_TIMEOUT},
    [EV_FILING_SHELL] = {world_filing_site, FILING_EV_SHELL},
    [EV_FILING_CLEANUP] = {world_filing_site, FILING_EV_CLEANUP},
    [EV_STATUS_OBSERVED] = {world_filing_status, 0},
    [EV_GRACE_OVER] = {world_filing_status, 0},
    [EV_RETURN_STEP] = {world_return_step, 0},
    [EV_SETTLED] = {world_filing_status, 0},
    [EV_PROVISIONED] = {world_onboard_provision, PROVISIONING_EV_DONE},
    [EV_NAME_CLEARED] = {world_list_cleared, 0},
    [EV_CACHES_FORGET] = {world_list_forget, 0},
    [EV_STATUS_PUBLISHED] = {world_filing_status, 0},
    [EV_PARTNER_BATCH] = {world_batch_due, 0},
    [EV_OUTAGE_FOUND] = {world_partner_found, 0},
    [EV_OVERSEAS_AUDIT] = {world_overseas_hit, 0},
    [EV_PACKAGE_CREATED] = {world_package_event, PACKAGE_EV_CREATED},
    [EV_PACKAGE_RESIZED] = {world_package_event, PACKAGE_EV_RESIZED},
    [EV_PACKAGE_FALLBACK] = {world_package_event, PACKAGE_EV_FALLBACK},
    [EV_PACKAGE_TERM_OVER] = {world_package_event, PACKAGE_EV_EXPIRE},
    [EV_PACKAGE_RELEASED] = {world_package_event, PACKAGE_EV_RELEASE},
    [EV_ATTACK_OVER] = {world_product_switch_back, 0},
    [EV_PEAK_BEGINS] = {world_product_peak, 1},
    [EV_PEAK_ENDS] = {world_product_peak, 0},
    [EV_CASCADE_LISTED] = {world_violation_due, 0},
    [EV_PSB_OVERDUE] = {world_psb, PSB_EV_OVERDUE},
    [EV_REPORT_DUE] = {world_commercial, COMMERCIAL_EV_REPORT_DUE},
    [EV_POP_NOTICED] = {world_health_noticed, 0},
    [EV_COMMERCIAL_EXPIRED] = {world_commercial, COMMERCIAL_EV_EXPIRE},
};

static void forget_changes(struct world *w)
{
    for (uint32_t i = 0; i < w->changed.host_count; i++) {
        w->host_marked[w->changed.hosts[i]] = 0;
    }
    w->changed.host_count = 0;
    w->changed.network = false;
    w->changed.border = false;
    w->changed.paths = false;
}

/* Does some of what is left; at the end the event counts. */
static enum refusal go_on(struct world *w, uint32_t sites)
{
    world_work_some(w, sites);
    enum refusal refusal = w->work.refusal;
    w->work.going = world_work_left(w);
    if (w->work.going) return refusal;
    memset(&w->work, 0, sizeof(w->work)); /* what is over leaves no trace */
    if (refusal == REFUSAL_NONE) {
        w->changed_at = w->now;
        w->changes++;
    }
    return refusal;
}

void world_begin(struct world *w, const struct event *e, uint32_t sites, enum refusal *refusal)
{
    CN_ASSERT(e->kind < EVENT_KIND_COUNT);
    CN_ASSERT(!simtime_before(e->at, w->now));
    CN_ASSERT(!w->work.going);
    forget_changes(w);
    w->now = e->at;
    w->work.refusal = handlers[e->kind].handle(w, e, handlers[e->kind].arg);
    *refusal = go_on(w, sites);
    w->pieces += w->work.going ? 1 : 0;
}

void world_more(struct world *w, uint32_t sites, enum refusal *refusal)
{
    CN_ASSERT(w->work.going);
    forget_changes(w);
    w->pieces++;
    *refusal = go_on(w, sites);
}

enum refusal world_apply(struct world *w, const struct event *e)
{
    enum refusal refusal;
    world_begin(w, e, UINT32_MAX, &refusal);
    return refusal;
}

/* --- small questions -------------------------------------------------------------------------- */

uint32_t world_serial(const struct world *w)
{
    uint32_t start = (uint32_t)(w->spec->start.ns / SIMDUR_SECOND);
    switch ((enum soa_serial)w->choices->soa_serial) {
    case SERIAL_CHANGES:
        return start + w->changes;
    case SERIAL_CONSTANT:
        return start;
    case SERIAL_LAST_CHANGE:
    case SOA_SERIAL_COUNT:
        break;
    }
    return (uint32_t)(simtime_wall(w->spec->start, w->changed_at).ns / SIMDUR_SECOND);
}

const char *pop_admin_name(enum pop_admin a)
{
    CN_ASSERT(a < ADMIN_COUNT);
    return admin_names[a];
}
