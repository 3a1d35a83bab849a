/* SPDX-License-Identifier: MIT
 * event.h: everything that can happen. Room model (pure).
 *
 * An event is the only thing that changes state. Scenario events and derived events (timers of the
 * machines) have the same shape; event_info describes each kind: the loader, the schema, the man
 * page and `cnedge list events` read it. The order is part of traces: append only. */
#ifndef CNEDGE_MODEL_EVENT_H
#define CNEDGE_MODEL_EVENT_H

#include "cnedge/base/simtime.h"

/* What an event may or must name; EVENT_REQ bits are required. */
enum event_param {
    PARAM_SITE = 1 << 0,      /* "site": a declared domain */
    PARAM_HOST = 1 << 1,      /* "host": a declared host, full name */
    PARAM_HOLDER = 1 << 2,    /* "holder": a declared holder */
    PARAM_ACCOUNT = 1 << 3,   /* "account": a declared account */
    PARAM_POP = 1 << 4,       /* "pop": a PoP id */
    PARAM_REGION = 1 << 5,    /* "province": a mainland region */
    PARAM_CARRIER = 1 << 6,   /* "carrier": a carrier's name */
    PARAM_CAUSE = 1 << 7,     /* "cause": enum filing_cause */
    PARAM_INPUTS = 1 << 8,    /* "inputs": list of enum vetting_input; absent = all */
    PARAM_COVERAGE = 1 << 9,  /* "coverage": enum coverage */
    PARAM_SUBJECT = 1 << 10,  /* "subject_changes": bool */
    PARAM_SCOPE = 1 << 11,    /* exactly one of site, holder, account, partner, "everyone": true */
    PARAM_PARTNER = 1 << 12,  /* "partner": a declared partner */
    PARAM_TO = 1 << 13,       /* "to": the partner that takes over */
    PARAM_SHARE = 1 << 14,    /* "share_permille": of clients */
    PARAM_TLDS = 1 << 15,     /* "tlds": list of top-level domains */
    PARAM_PROVIDER = 1 << 16, /* "provider": a partner, or another that a filing names */
    PARAM_FAMILY = 1 << 17,   /* "family": "v4" or "v6" */
    PARAM_ADDRESS = 1 << 18,  /* "address": one of the PoP's, spare ones included */
    PARAM_PORT = 1 << 19,     /* "port": absent = every port */
    PARAM_PACKAGE = 1 << 20,  /* "package": a declared bandwidth package */
    PARAM_PRODUCT = 1 << 21,  /* "product": a declared product */
    PARAM_MBIT = 1 << 22,     /* "mbps": Mbit/s */
    PARAM_PORTAL = 1 << 23,   /* "portal": enum package_portal */
    PARAM_FOR = 1 << 24,      /* "for": a duration */
    PARAM_EDITION = 1 << 25,  /* "edition": enum product_edition */
    PARAM_SECONDS = 1 << 26,  /* "seconds": a TTL */
    PARAM_APP = 1 << 27, /* "app": the id of an app's filing; with PARAM_SITE: one of the two */
    PARAM_FILED = PARAM_SITE | PARAM_APP, /* exactly one of site and app */
    /* Without a key of their own; from the top. */
    PARAM_NAMED = 1 << 30,  /* exactly one of site and host */
    PARAM_LISTED = 1 << 29, /* derived events: an entry of world.listed */
};

/* X(kind, name in scenarios, required params, optional params, text) */
#define EVENT_KINDS(X)                                                                             \
    X(FILING_DRAFT, "filing_draft", PARAM_FILED, 0,                                                \
      "start an order for a site that has no filing")                                              \
    X(FILING_SUBMIT, "filing_submit", PARAM_FILED, 0, "hand the order to the access provider")     \
    X(PROVIDER_PASS, "provider_pass", PARAM_FILED, 0, "the provider's review passes")              \
    X(PROVIDER_FIX, "provider_fix", PARAM_FILED, 0, "the provider wants corrections")              \
    X(PROVIDER_REJECT, "provider_reject", PARAM_FILED, 0, "the provider rejects the order")        \
    X(SMS_OK, "sms_ok", PARAM_FILED, 0, "the SMS code is confirmed")                               \
    X(SMS_WRONG, "sms_wrong", PARAM_FILED, 0, "a wrong SMS code is entered")                       \
    X(FILING_WITHDRAW, "filing_withdraw", PARAM_FILED, 0, "take the order back")                   \
    X(BUREAU_PASS, "bureau_pass", PARAM_FILED, 0, "the bureau approves the filing")                \
    X(BUREAU_REJECT, "bureau_reject", PARAM_FILED, 0, "the bureau rejects the order")              \
    X(FILING_CHANGE, "filing_change", PARAM_FILED, PARAM_SUBJECT, "open a change order")           \
    X(FILING_CHANGE_DONE, "filing_change_done", PARAM_FILED, 0, "the change order is decided")     \
    X(AUDIT_HIT, "audit_hit", PARAM_FILED, PARAM_CAUSE | PARAM_PROVIDER,                           \
      "an audit, of the site's partner or another provider, finds a mismatch; a deadline starts")  \
    X(AUDIT_FIX, "audit_fix", PARAM_FILED, 0, "the mismatch is mended in time")                    \
    X(DEREGISTER_SITE, "deregister_site", PARAM_FILED, 0, "the holder gives this filing up")       \
    X(DEREGISTER_SUBJECT, "deregister_subject", PARAM_HOLDER, 0,                                   \
      "the holder gives all filings up")                                                           \
    X(REVOKE_SITE, "revoke_site", PARAM_FILED, PARAM_CAUSE, "the bureau revokes one filing")       \
    X(REVOKE_SUBJECT, "revoke_subject", PARAM_HOLDER, PARAM_CAUSE,                                 \
      "the bureau revokes a subject with all its filings")                                         \
    X(FILING_RESTORE, "filing_restore", PARAM_FILED, 0,                                            \
      "ask for a revoked filing back (never granted)")                                             \
    X(FILING_REFILE, "filing_refile", PARAM_FILED, 0,                                              \
      "start anew after a revocation or deregistration")                                           \
    X(BAR_ENTITY, "bar_entity", PARAM_HOLDER, 0, "the subject is barred from filing, for good")    \
    X(COMMERCIAL_APPLY, "commercial_apply", PARAM_HOLDER, 0, "apply for the commercial licence")   \
    X(COMMERCIAL_ISSUE, "commercial_issue", PARAM_HOLDER, 0, "the commercial licence is issued")   \
    X(COMMERCIAL_REVOKE, "commercial_revoke", PARAM_HOLDER, 0, "the commercial licence is lost")   \
    X(VETTING_SUBMIT, "vetting_submit", PARAM_SITE, PARAM_INPUTS,                                  \
      "hand the site to the partner for vetting")                                                  \
    X(VETTING_START, "vetting_start", PARAM_SITE, 0, "the partner starts to look")                 \
    X(VETTING_APPROVE, "vetting_approve", PARAM_SITE, 0, "vetting passes")                         \
    X(VETTING_REJECT, "vetting_reject", PARAM_SITE, 0, "vetting fails")                            \
    X(VETTING_REREVIEW, "vetting_rereview", PARAM_SITE, 0,                                         \
      "the partner looks again at a live site")                                                    \
    X(SUBSCRIPTION_CONTRACT, "subscription_contract", PARAM_ACCOUNT, 0, "the account signs")       \
    X(SUBSCRIPTION_ACTIVATE, "subscription_activate", PARAM_ACCOUNT, 0, "the subscription starts") \
    X(SUBSCRIPTION_END, "subscription_end", PARAM_ACCOUNT, 0, "the subscription ends")             \
    X(PARTNER_SUSPEND, "partner_suspend", PARAM_SCOPE, 0,                                          \
      "a partner suspends a site, a holder, an account or all it serves; everyone: all partners")  \
    X(PARTNER_RESUME, "partner_resume", PARAM_SCOPE, 0, "the partner lifts that suspension")       \
    X(PARTNER_TERMINATE, "partner_terminate", PARAM_ACCOUNT, 0,                                    \
      "the partner ends the account's subscription")                                               \
    X(ADD_HOST, "add_host", PARAM_HOST, 0, "a host that was declared inactive comes into being")   \
    X(ALLOWLIST, "allowlist", PARAM_HOST, 0,                                                       \
      "let the host be served, but not mapped, in the mainland")                                   \
    X(PROVISION, "provision", PARAM_HOST, 0, "enable the host on the mainland network")            \
    X(DEACTIVATE, "deactivate", PARAM_HOST, 0, "unmap the host, keep it allow-listed")             \
    X(DEPROVISION, "deprovision", PARAM_HOST, 0, "take the host off the mainland network")         \
    X(BLACKLIST_DOMAIN, "blacklist_domain", PARAM_SITE, 0, "the domain is blacklisted")            \
    X(UNLIST_DOMAIN, "unlist_domain", PARAM_SITE, 0, "the domain is taken off the blacklist")      \
    X(CLOSE_RESOLUTION, "close_resolution", PARAM_SITE, 0, "the site's names stop resolving")      \
    X(OPEN_RESOLUTION, "open_resolution", PARAM_SITE, 0, "the site's names resolve again")         \
    X(STATUS_UNKNOWN, "status_unknown", PARAM_SITE, 0,                                             \
      "the partner cannot determine the filing's status")                                          \
    X(STATUS_KNOWN, "status_known", PARAM_SITE, 0, "the partner can determine it again")           \
    X(DISABLE_IPV6, "disable_ipv6", PARAM_SITE, 0, "an operator tries to switch IPv6 off")         \
    X(FORCE_MAINLAND, "force_mainland", PARAM_SITE, 0,                                             \
      "an operator tries to force mainland answers")                                               \
    X(SET_COVERAGE, "set_coverage", PARAM_SITE | PARAM_COVERAGE, 0,                                \
      "the customer changes the site's coverage")                                                  \
    X(POP_DOWN, "pop_down", PARAM_POP, 0, "a PoP fails")                                           \
    X(POP_DEGRADE, "pop_degrade", PARAM_POP, 0, "a PoP loses capacity or packets")                 \
    X(POP_UP, "pop_up", PARAM_POP, 0, "a PoP is well again")                                       \
    X(POP_FORCE_UP, "pop_force_up", PARAM_POP, 0,                                                  \
      "an operator holds a PoP up whatever its health")                                            \
    X(POP_DRAIN, "pop_drain", PARAM_POP, 0, "an operator takes a PoP out of answers")              \
    X(POP_OBEY, "pop_obey", PARAM_POP, 0, "the PoP follows its health again")                      \
    X(PROVINCE_DOWN, "province_down", PARAM_REGION, 0, "every PoP of a province fails")            \
    X(PROVINCE_UP, "province_up", PARAM_REGION, 0, "the province's outage ends")                   \
    X(CARRIER_DOWN, "carrier_down", PARAM_CARRIER, PARAM_REGION,                                   \
      "a carrier fails, everywhere or in one province")                                            \
    X(CARRIER_UP, "carrier_up", PARAM_CARRIER, PARAM_REGION, "that carrier outage ends")           \
    X(PARTNER_DOWN, "partner_down", 0, PARAM_PARTNER,                                              \
      "a partner's whole mainland network fails; without one: every partner's")                    \
    X(PARTNER_UP, "partner_up", 0, PARAM_PARTNER, "that outage ends")                              \
    /* PoP health. */                                                                              \
    X(PROBE_OK, "probe_ok", PARAM_POP, 0, "somebody's probe of a PoP is answered")                 \
    X(PROBE_POOR, "probe_poor", PARAM_POP, 0, "somebody's probe of a PoP is answered badly")       \
    X(PROBE_FAIL, "probe_fail", PARAM_POP, 0, "somebody's probe of a PoP fails")                   \
    /* Licences and reviews. */                                                                    \
    X(DOMAIN_EXPIRE, "domain_expire", PARAM_SITE, 0, "the domain's registration lapses")           \
    X(DOMAIN_RENEW, "domain_renew", PARAM_SITE, 0, "the domain's registration is renewed")         \
    X(CERT_EXPIRE, "cert_expire", PARAM_HOLDER, 0, "the holder's certificate lapses")              \
    X(PSB_SUBMIT, "psb_submit", PARAM_SITE, 0, "hand the police filing in")                        \
    X(PSB_ACCEPT, "psb_accept", PARAM_SITE, 0, "the police filing is accepted")                    \
    X(PSB_RETURN, "psb_return", PARAM_SITE, 0, "the police filing is sent back")                   \
    X(PSB_WARN, "psb_warn", PARAM_SITE, 0, "the police warn: the filing is overdue")               \
    X(PSB_PENALISE, "psb_penalise", PARAM_SITE, 0, "the police penalise the missing filing")       \
    X(CONTENT_CHANGE, "content_change", PARAM_SITE, 0,                                             \
      "the site's content changes; the partner may look again")                                    \
    X(COMMERCIAL_REJECT, "commercial_reject", PARAM_HOLDER, 0,                                     \
      "the commercial licence is refused")                                                         \
    X(REPORT_FILED, "report_filed", PARAM_HOLDER, 0, "the yearly report is handed in")             \
    X(REPORT_MISSED, "report_missed", PARAM_HOLDER, 0,                                             \
      "the yearly report is missed: licence lost")                                                 \
    X(CERT_RENEW, "cert_renew", PARAM_HOLDER, 0,                                                   \
      "the holder gets a new certificate; filings that stand on a lapsed one need a change order") \
    /* Who may apply. */                                                                           \
    /* Partners and scopes. */                                                                     \
    X(PARTNER_CONTRACT_END, "partner_contract_end", PARAM_PARTNER, 0,                              \
      "the contract with a partner ends; its sites need another one")                              \
    X(SET_PARTNER, "set_partner", PARAM_SCOPE | PARAM_TO, 0,                                       \
      "sites move to another partner: vetting and provisioning start over")                        \
    X(ACCESS_ADD, "access_add", PARAM_FILED | PARAM_PROVIDER, 0,                                   \
      "open an order to add a provider's access; filing_change_done ends it")                      \
    X(VIOLATE, "violate", PARAM_HOLDER, 0,                                                         \
      "the holder breaks the law: all on its licence is revoked and blacklisted")                  \
    X(DOMAIN_TRANSFER, "domain_transfer", PARAM_SITE, 0,                                           \
      "the domain is transferred away from the holder")                                            \
    X(OUTAGE_DECLARE, "outage_declare", PARAM_PARTNER, 0,                                          \
      "an operator says that a partner's whole network is out")                                    \
    X(OUTAGE_CLEAR, "outage_clear", PARAM_PARTNER, 0, "an operator takes that back")               \
    X(ACCESS_CANCEL, "access_cancel", PARAM_FILED | PARAM_PROVIDER, 0,                             \
      "a provider's access to the filing is cancelled")                                            \
    X(FORCE_MAINLAND_END, "force_mainland_end", PARAM_SITE, 0,                                     \
      "an operator takes a force_mainland back that admin_force obeyed")                           \
    /* Lists and the border. */                                                                    \
    X(POISON, "poison", PARAM_NAMED | PARAM_SHARE, PARAM_CARRIER | PARAM_REGION,                   \
      "the border forges answers for a name")                                                      \
    X(POISON_END, "poison_end", PARAM_NAMED, 0, "the border stops forging answers for it")         \
    X(SNI_RESET, "sni_reset", PARAM_NAMED, 0, "connections that name it are reset at the border")  \
    X(SNI_CLEAR, "sni_clear", PARAM_NAMED, 0,                                                      \
      "it is taken off: neither resets nor forged answers")                                        \
    X(HTTP_RESET, "http_reset", PARAM_NAMED, 0,                                                    \
      "plain HTTP requests that name it are reset at the border")                                  \
    X(HTTP_CLEAR, "http_clear", PARAM_NAMED, 0, "plain HTTP requests pass again")                  \
    X(PROVINCE_BLOCK, "province_block", PARAM_REGION | PARAM_NAMED, 0,                             \
      "a province's own box resets connections that name it")                                      \
    X(PROVINCE_UNBLOCK, "province_unblock", PARAM_REGION | PARAM_NAMED, 0,                         \
      "that box lets it pass again")                                                               \
    X(PORT_SCAN, "port_scan", PARAM_SITE, 0,                                                       \
      "its provider finds the site on ports other than 80 and 443")                                \
    X(BORDER_443_RESET, "border_443_reset", 0, 0,                                                  \
      "every connection to port 443 across the border is reset")                                   \
    X(BORDER_443_END, "border_443_end", 0, 0, "that reset ends")                                   \
    X(DNS_BOGUS, "dns_bogus", PARAM_TLDS, 0,                                                       \
      "names of whole top-level domains resolve to one address")                                   \
    X(DNS_BOGUS_END, "dns_bogus_end", 0, 0, "they resolve again, as caches forget")                \
    X(RESOLVER_DOWN, "resolver_down", PARAM_CARRIER, PARAM_REGION,                                 \
      "a carrier's resolvers fail, everywhere or in one province")                                 \
    X(RESOLVER_UP, "resolver_up", PARAM_CARRIER, PARAM_REGION, "those resolvers answer again")     \
    X(NS_HIJACK, "ns_hijack", PARAM_SITE, 0, "the registry delegates the site to somebody else")   \
    X(NS_RESTORE, "ns_restore", PARAM_SITE, 0,                                                     \
      "the registry delegates it to us again, as caches forget")                                   \
    X(BAR_SITE_NAME, "bar_site_name", PARAM_SITE, 0,                                               \
      "the site's name may not be filed any more, for good")                                       \
    /* Addresses, families, DNS mode. */                                                           \
    X(FAMILY_DOWN, "family_down", PARAM_FAMILY, PARAM_POP | PARAM_REGION | PARAM_CARRIER,          \
      "one address family fails: at a PoP, in a province, on a carrier, or in the whole mainland") \
    X(FAMILY_UP, "family_up", PARAM_FAMILY, PARAM_POP | PARAM_REGION | PARAM_CARRIER,              \
      "that outage of a family ends")                                                              \
    X(ADDRESS_BLOCK, "address_block", PARAM_POP | PARAM_ADDRESS,                                   \
      PARAM_PORT | PARAM_CARRIER | PARAM_REGION,                                                   \
      "an address is blocked: one port or all, for one carrier or province or the mainland")       \
    X(ADDRESS_BLACKHOLE, "address_blackhole", PARAM_POP | PARAM_ADDRESS, 0,                        \
      "packets to an address are dropped everywhere in the mainland")                              \
    X(ADDRESS_ROTATE, "address_rotate", PARAM_POP | PARAM_ADDRESS, 0,                              \
      "the operator puts a spare address in its place, for good")                                  \
    X(ADDRESS_CLEAR, "address_clear", PARAM_POP | PARAM_ADDRESS, 0,                                \
      "the address is not blocked any more")                                                       \
    X(BLACKLIST_ADDRESS, "blacklist_address", PARAM_SITE | PARAM_ADDRESS, 0,                       \
      "a dedicated address of the site is blacklisted, for good")                                  \
    X(PARTNER_DNS_DOWN, "partner_dns_down", 0, PARAM_PARTNER,                                      \
      "a partner's nameservers in China fail; without one: every partner's")                       \
    X(PARTNER_DNS_UP, "partner_dns_up", 0, PARAM_PARTNER, "they answer again")                     \
    X(BORDER_CONGESTED, "border_congested", 0, 0,                                                  \
      "packets that cross the border are lost: queries may time out")                              \
    X(BORDER_CLEAR, "border_clear", 0, 0, "the border is clear again")                             \
    /* Products and packages. */                                                                   \
    X(PACKAGE_CREATE, "package_create", PARAM_PACKAGE, 0, "a bandwidth package is ordered")        \
    X(PACKAGE_BIND, "package_bind", PARAM_PACKAGE, 0, "the package is bound, and in use")          \
    X(PACKAGE_UNBIND, "package_unbind", PARAM_PACKAGE, 0, "the package is unbound, and idle")      \
    X(PACKAGE_UPGRADE, "package_upgrade", PARAM_PACKAGE | PARAM_MBIT, 0,                           \
      "the package is enlarged, in a few minutes")                                                 \
    X(PACKAGE_DOWNGRADE, "package_downgrade", PARAM_PACKAGE | PARAM_MBIT, PARAM_PORTAL,            \
      "the package is made smaller, at once")                                                      \
    X(PACKAGE_TEMP_UPGRADE, "package_temp_upgrade", PARAM_PACKAGE | PARAM_MBIT | PARAM_FOR, 0,     \
      "the package is larger for a while")                                                         \
    X(PACKAGE_RENEW, "package_renew", PARAM_PACKAGE, 0, "another term is paid")                    \
    X(PACKAGE_EXPIRE, "package_expire", PARAM_PACKAGE, 0, "the package's term ends")               \
    X(PACKAGE_RELEASE, "package_release", PARAM_PACKAGE, 0, "the package is given up")             \
    X(PRODUCT_BUY, "product_buy", PARAM_PRODUCT, 0, "a declared product is bought")                \
    X(PRODUCT_CANCEL, "product_cancel", PARAM_PRODUCT, 0, "the customer gives the product up")     \
    X(PRODUCT_LOSE, "product_lose", PARAM_PRODUCT, 0, "the provider stops the product")            \
    X(PRODUCT_CHANGE, "product_change", PARAM_PRODUCT | PARAM_EDITION, 0,                          \
      "a Hong Kong entry changes its edition")                                                     \
    X(PRODUCT_RESIZE, "product_resize", PARAM_PRODUCT | PARAM_MBIT, 0,                             \
      "a product's bandwidth, or a connection's limit, changes")                                   \
    X(ATTACK_START, "attack_start", PARAM_PRODUCT, 0,                                              \
      "an attack on what a Hong Kong entry protects begins")                                       \
    X(ATTACK_END, "attack_end", PARAM_PRODUCT, 0, "the attack ends; a waiting time starts")        \
    X(SET_DEMAND, "set_demand", PARAM_SITE | PARAM_MBIT, 0,                                        \
      "what the site's mainland clients ask for across the border changes")                        \
    /* Capacity and resolvers. */                                                                  \
    X(SET_TTL, "set_ttl", PARAM_SITE, PARAM_SECONDS,                                               \
      "the customer gives the site's lasting answers another TTL, or, without one, that of the "   \
      "settings again")                                                                            \
    /* Derived: fired by timers, not to be written in scenarios. */                                \
    X(FILING_SYNCED, "filing_synced", PARAM_SITE, 0, "the partner has seen the approval")          \
    X(AUDIT_TIMEOUT, "audit_timeout", PARAM_SITE, 0, "the audit's deadline has passed")            \
    X(FILING_SHELL, "filing_shell", PARAM_SITE, 0, "the filing is a shell: no access is left")     \
    X(FILING_CLEANUP, "filing_cleanup", PARAM_SITE, 0, "the bureau removes the shell")             \
    X(STATUS_OBSERVED, "status_observed", PARAM_SITE, 0, "the partner learns of a licence change") \
    X(GRACE_OVER, "grace_over", PARAM_SITE, 0, "the status has been unknown for too long")         \
    X(RETURN_STEP, "return_step", PARAM_SITE, 0, "clients, or a share of them, may return")        \
    X(SETTLED, "settled", PARAM_SITE, 0, "the change has lasted: answers may be cached longer")    \
    X(PROVISIONED, "provisioned", PARAM_HOST, 0, "the pending provisioning step is done")          \
    X(NAME_CLEARED, "name_cleared", PARAM_LISTED, 0,                                               \
      "no device has the name on its list any more")                                               \
    X(CACHES_FORGET, "caches_forget", PARAM_LISTED, 0, "some of the caches forget what they held") \
    X(STATUS_PUBLISHED, "status_published", PARAM_SITE, 0, "DNS says what the partner knows")      \
    X(PARTNER_BATCH, "partner_batch", PARAM_SITE, 0, "the site's batch is carried out")            \
    X(OUTAGE_FOUND, "outage_found", PARAM_PARTNER, 0, "the partner's network is taken for out")    \
    X(OVERSEAS_AUDIT, "overseas_audit", PARAM_SITE, 0,                                             \
      "an audit finds that the site has resolved outside for too long")                            \
    X(PACKAGE_CREATED, "package_created", PARAM_PACKAGE, 0, "the ordered package is there")        \
    X(PACKAGE_RESIZED, "package_resized", PARAM_PACKAGE, 0, "an upgrade takes effect")             \
    X(PACKAGE_FALLBACK, "package_fallback", PARAM_PACKAGE, 0, "a temporary upgrade ends")          \
    X(PACKAGE_TERM_OVER, "package_term_over", PARAM_PACKAGE, 0, "the package's term is over")      \
    X(PACKAGE_RELEASED, "package_released", PARAM_PACKAGE, 0, "the expired package is released")   \
    X(ATTACK_OVER, "attack_over", PARAM_PRODUCT, 0, "the waiting time after an attack is over")    \
    X(PEAK_BEGINS, "peak_begins", 0, 0, "the hours in which the border is crowded begin")          \
    X(PEAK_ENDS, "peak_ends", 0, 0, "those hours end")                                             \
    X(CASCADE_LISTED, "cascade_listed", PARAM_SITE, 0, "the holder's violation reaches the site")  \
    X(PSB_OVERDUE, "psb_overdue", PARAM_SITE, 0, "the police filing is overdue")                   \
    X(REPORT_DUE, "report_due", PARAM_HOLDER, 0,                                                   \
      "the yearly report is due until the end of March")                                           \
    X(POP_NOTICED, "pop_noticed", PARAM_POP, 0,                                                    \
      "a probe makes a PoP count as up, degraded or down")                                         \
    X(COMMERCIAL_EXPIRED, "commercial_expired", PARAM_HOLDER, 0, "the commercial licence expires")

enum event_kind {
#define X(kind, name, required, optional, text) EV_##kind,
    EVENT_KINDS(X)
#undef X
        EVENT_KIND_COUNT,
    EV_FIRST_DERIVED = EV_FILING_SYNCED
};

enum event_scope {
    SCOPE_NONE,
    SCOPE_SITE,
    SCOPE_HOLDER,
    SCOPE_ACCOUNT,
    SCOPE_PARTNER,
    SCOPE_EVERYONE
};

/* One event, resolved: names have become indices. Unused members are CN_NONE32, CN_NONE16 or 0. */
struct event {
    simtime at;
    enum event_kind kind;
    enum event_scope scope; /* PARAM_SCOPE kinds */
    uint32_t site;          /* or app: both are indices of world_spec.sites */
    uint32_t host, holder, account;
    uint16_t pop, region;
    uint16_t carrier; /* enum carrier */
    uint16_t partner, to, provider;
    uint16_t inputs;  /* bits of enum vetting_input */
    uint8_t cause;    /* enum filing_cause */
    uint8_t coverage; /* enum coverage */
    uint8_t family;   /* enum family; of `address` as well */
    uint8_t address;  /* index in the PoP's pool */
    uint16_t port;    /* 0: every port */
    bool subject_changes;
    uint16_t share_permille; /* PARAM_SHARE: 1..1000 */
    uint32_t seconds;        /* PARAM_SECONDS: 1..EVENT_TTL_MAX_S; 0: not said */
    uint16_t listed;         /* PARAM_LISTED */
    uint8_t tld_count;       /* PARAM_TLDS */
    const char *const *tlds; /* lower case, no dots; must outlive the world */
    uint16_t package, product;
    uint32_t mbit;
    simdur lasts;    /* PARAM_FOR */
    uint8_t portal;  /* enum package_portal */
    uint8_t edition; /* enum product_edition */
};

enum { EVENT_TTL_MAX_S = 86400 };

/* An event of this kind with every reference unset. */
CN_CONST struct event event_make(enum event_kind kind, simtime at);

struct event_info {
    const char *name;
    uint32_t required, optional; /* bits of enum event_param */
    bool derived;
    const char *text;
};

/* What is known of a kind. */
CN_CONST const struct event_info *event_info(enum event_kind kind);

/* EVENT_KIND_COUNT when there is no such kind. */
CN_NONNULL CN_PURE enum event_kind event_find(const char *name);

#endif
