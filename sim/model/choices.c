/* SPDX-License-Identifier: MIT */
#include "cnedge/model/choices.h"

#include <string.h>

#include "cnedge/base/dname.h"
#include "cnedge/base/rng.h"
#include "cnedge/model/topology.h"

static const char *const policy_names[POLICY_COUNT] = {
    "reroute_overseas", "suspend",   "deny_at_edge",   "unmap_shared",
    "delete_name",      "to_origin", "region_overseas"};
static const char *const coverage_names[COVERAGE_COUNT] = {"global", "domestic", "overseas"};
static const char *const reviews_names[REVIEWS_COUNT] = {"events", "drawn"};
static const char *const forged_names[FORGED_POOL_COUNT] = {"synthetic", "realistic"};
static const char *const profile_names[PROFILE_COUNT] = {"none", "seed", "cloudflare", "aliyun",
                                                         "huawei"};
static const char *const authority_names[OUTAGE_AUTHORITY_COUNT] = {"detected", "operator"};
static const char *const rotation_names[ROTATION_COUNT] = {"fixed", "hashed"};
static const char *const dns_mode_names[DNS_MODE_COUNT] = {"global", "in_china"};
static const char *const dns_failure_names[DNS_FAILURE_COUNT] = {"no_answer", "servfail"};
static const char *const v6_failover_names[V6_FAILOVER_COUNT] = {"keep", "near", "nodata"};
static const char *const block_scope_names[BLOCK_SCOPE_COUNT] = {"clients", "everyone"};
static const char *const annual_report_names[ANNUAL_REPORT_COUNT] = {"filed", "missed"};
static const char *const commercial_loss_names[COMMERCIAL_LOSS_COUNT] = {"not_entitled", "ignored"};
static const char *const lapsed_names[LAPSED_DOMAIN_COUNT] = {"nxdomain", "refused"};
static const char *const psb_clock_names[PSB_CLOCK_COUNT] = {"site_opening", "icp_approval"};
static const char *const setup_names[SETUP_COUNT] = {"full", "partial"};
static const char *const spill_names[SPILL_MODE_COUNT] = {"off", "by_capacity"};
static const char *const tie_names[TIE_BREAK_COUNT] = {"id", "order", "line"};
static const char *const inside_names[MAINLAND_FAILOVER_COUNT] = {"any", "carrier", "nearest"};
static const char *const for_outside_names[FOR_OUTSIDE_COUNT] = {"never", "last_resort"};
static const char *const unknown_names[UNKNOWN_CLIENTS_COUNT] = {"default_line", "mainland"};
static const char *const anycast_names[ANYCAST_RESOLVERS_COUNT] = {"mapped", "unknown"};
static const char *const subnet_names[UNKNOWN_SUBNET_COUNT] = {"unknown", "source"};
static const char *const scope_names[ECS_SCOPE_COUNT] = {"deciding", "as_sent"};
static const char *const ede_names[EDE_MODE_COUNT] = {"off", "errors", "all"};
static const char *const serial_names[SOA_SERIAL_COUNT] = {"last_change", "changes", "constant"};
static const char *const force_names[ADMIN_FORCE_COUNT] = {"refused", "obeyed"};
static const char *const health_names[HEALTH_PROFILE_COUNT] = {"none", "gdnsd", "gtm", "powerdns"};
static const char *const cold_start_names[HEALTH_COLD_COUNT] = {"checked", "up", "failing"};
static const char *const probes_from_names[HEALTH_FROM_COUNT] = {"nameservers", "mainland",
                                                                 "outside", "both", "events"};
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
#define LIST(field, most, fallback, text, c4, grade, source)                                       \
    {#field, CHOICE_LIST, c4, offsetof(struct choices, field), NULL, 0, most, fallback, text,      \
     grade, source}
#define NAME(field, fallback, text, c4, grade, source)                                             \
    {#field, CHOICE_NAME, c4, offsetof(struct choices, field), NULL, 0, 0, fallback, text, grade,  \
     source}
#define C4(n) CHOICE_C4(n)
// clang-format on

enum { TTL_MAX_S = 86400 };

static const struct choice_info table[] = {
    ENUM(profile, profile_names, "none",
         "whose documentation the other defaults follow where sources differ", 0, "SIM",
         "FACTS B1, C2, G (see cnedge rules --profile)"),
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
         "let a carrier's outage move its clients to PoPs that other carriers reach", C4(4), "SIM",
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
    /* PoP health. */
    ENUM(
        health, health_names, "none",
        "whose damper notices that a PoP fails or is well again: none, so that events act at once, "
        "or one that a probe's results must convince; it gives the other settings of health_ "
        "their defaults",
        0, "SIM", "FACTS B8 (D OS1 OS2 AL19)"),
    NUMBER(health_interval_s, 1, TTL_MAX_S, "10",
           "between two probes of a PoP, seconds (gtm: 60, powerdns: 5)", 0, "D",
           "FACTS B8 (OS1 AL19)"),
    NUMBER(health_down_after, 1, 65535, "10",
           "failed probes, without health_forgive_after good ones in a row between them, that make "
           "a PoP count as down (gtm: 3, powerdns: 1)",
           0, "D", "FACTS B8 (OS1 OS2)"),
    NUMBER(health_forgive_after, 1, 65535, "10",
           "good probes in a row that make earlier failures forgotten (gtm, powerdns: 1)", 0, "D",
           "FACTS B8 (OS1)"),
    NUMBER(health_up_after, 1, 65535, "20",
           "good probes in a row that make a PoP count as up again (gtm, powerdns: 1)", 0, "D",
           "FACTS B8 (OS1)"),
    ENUM(health_cold_start, cold_start_names, "checked",
         "what a PoP counts as before its first probe: it was probed before the start, or up, or "
         "failing (powerdns: failing)",
         0, "K", "FACTS B8 (OS1; powerdns: D OS2)"),
    ENUM(health_probes_from, probes_from_names, "nameservers",
         "where probes come from: one that crosses the border fails with the border; events: only "
         "events bring results (gtm: both)",
         0, "I", "FACTS B8 (OS1 OS2: the nameservers probe; D AL19)"),
    NUMBER(health_fail_pct, 1, 100, "50",
           "with health_probes_from both: the share of nodes whose probes must fail for a failure, "
           "per cent",
           0, "SIM", "FACTS B8 (AL19: a share, how it combines is I)"),
    NUMBER(health_pool_pct, 0, 100, "50",
           "the share of a PoP's addresses that must work for a good probe, per cent; 0: one of "
           "them (gtm, powerdns: 0)",
           0, "K", "FACTS B8 (OS1: up_thresh, a half; D AL17: 1 address, 30, 50, 70, 100 %)"),
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
    RANGE(commercial_review, "28d..56d", "how long the decision on a commercial licence takes", 0,
          "X", "FACTS A2, B2 (X2: 4 to 8 weeks; D CF2: 2 to 3 months)"),
    RANGE(commercial_validity, "1826d", "how long a commercial licence is valid", 0, "K",
          "FACTS A2, B2 (5 years)"),
    RANGE(commercial_bar, "1096d",
          "how long a revoked commercial licence bars its holder from another", 0, "V",
          "FACTS A2, B2 (3 years; 52daiban, plnmw)"),
    ENUM(annual_report, annual_report_names, "filed",
         "what became of a commercial licence's yearly report by the end of March that no event "
         "speaks of",
         0, "SIM", "FACTS B2"),
    ENUM(commercial_loss, commercial_loss_names, "not_entitled",
         "what the loss of the commercial licence means for sites that need one while their filing "
         "lives",
         C4(16), "SIM", "FACTS B2, C4"),
    ENUM(lapsed_domain, lapsed_names, "nxdomain",
         "what is answered for a domain whose registration has lapsed", 0, "SIM", "FACTS D1.21"),
    ENUM(psb_clock, psb_clock_names, "site_opening",
         "when the time for the police filing begins: the site is open with its ICP filing in "
         "force, "
         "or the ICP filing is approved",
         0, "D", "FACTS A5 (HW1 AL34; AL2: icp_approval)"),
    RANGE(psb_deadline, "30d", "how long the police filing may take to be handed in", 0, "D",
          "FACTS A5, B4 (HW1)"),
    RANGE(psb_review, "10bd..20bd", "how long the police review a filing", 0, "V", "FACTS A5"),
    BOOL(psb_affects_routing, "false", "take a site off the mainland that the police penalised",
         C4(17), "SIM", "FACTS A5, C4"),
    BOOL(rereview_on_content, "true", "let the partner look again when a site's content changes",
         C4(13), "SIM", "FACTS B3 (suggested), C4"),
    BOOL(rereview_on_change, "true", "let the partner look again after a change order", C4(13),
         "SIM", "FACTS B3 (suggested: on renewal), C4"),
    /* Who may apply. */
    LIST(approved_registrars, CHOICES_LIST_MAX, "alibaba tencent huawei",
         "registrars on the ministry's list", 0, "K",
         "FACTS A1, G (the list could not be reached; user-supplied)"),
    LIST(registry_registrars, CHOICES_LIST_MAX, "alibaba tencent huawei gandi",
         "registrars that the registry (CNNIC) has accredited, which does not make them approved",
         0, "F",
         "FACTS A1 (circleid 2018: accredited by the registry, not approved by the ministry)"),
    LIST(sensitive_words, CHOICES_LIST_MAX, "casino lottery",
         "words that a domain which is filed may not contain", 0, "SIM",
         "FACTS A1 (X2: words that conflict with local law; it names none)"),
    /* Partners and scopes. */
    NUMBER(partner_batches, 1, 1000, "1",
           "in how many batches a partner carries out what befalls a holder or an account; 1: all "
           "its sites at once",
           C4(10), "SIM", "FACTS C4.10, D1.2"),
    RANGE(batch_interval, "10m", "between two such batches; drawn once for the run", C4(10), "SIM",
          "FACTS C4.10"),
    RANGE(publish_delay, "0s", "from the partner's knowing of a licence's loss to DNS saying so",
          C4(10), "SIM", "FACTS C4.10"),
    RANGE(outage_detection, "0s",
          "from the failure of a partner's whole network to its being taken for out", C4(8), "SIM",
          "FACTS C4.8"),
    ENUM(outage_authority, authority_names, "detected",
         "who may say that a partner's whole network is out: our own detection, or an operator "
         "alone",
         C4(8), "SIM", "FACTS C4.8"),
    BOOL(overseas_audit, "false",
         "let a filed site whose mainland clients are answered outside for long be audited for it",
         C4(14), "SIM", "FACTS 0.3, D1.20 (D HW1 AL3)"),
    RANGE(overseas_tolerance, "30d",
          "how long a filed site may be answered outside before that audit", C4(14), "SIM",
          "FACTS 0.3, C4.14"),
    RANGE(cascade_delay, "0s",
          "from a holder's violation to the blacklisting of each site on its licence", C4(24),
          "SIM", "FACTS C4.24"),
    BOOL(violation_bars, "false", "let a violation bar the holder from filing, for good", 0, "D",
         "FACTS A10 (D AL1: in serious cases)"),
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
    ENUM(v6_failover, v6_failover_names, "keep",
         "where AAAA goes when IPv6 is out in the mainland and IPv4 is not: keep the mainland's "
         "addresses, a near PoP, or nodata; A always moves when IPv4 is out (row 7)",
         C4(5), "SIM", "FACTS C2 row 6 (X1: IPv6 cannot be switched off)"),
    ENUM(address_block_scope, block_scope_names, "clients",
         "leave a blocked address out for the lines that cannot reach it, or for everyone", 0,
         "SIM", "FACTS C2 row 22 (F cdnjs#3179), D1.24"),
    RANGE(address_block_min, "1h", "how long a block of an address lasts at least", C4(18), "SIM",
          "FACTS B6"),
    RANGE(address_blackhole_min, "30d", "how long a blackholed address stays so at least", C4(18),
          "SIM", "FACTS B6 (possible but slow)"),
    ENUM(dns_mode, dns_mode_names, "global",
         "where zones are answered: outside the mainland, so that mainland queries cross the "
         "border, or by the partner's nameservers in China for everyone",
         0, "D", "FACTS C1, 0.6 (CF3)"),
    ENUM(partner_dns_failure, dns_failure_names, "no_answer",
         "what queries get while the partner's nameservers in China are out (row 27)", 0, "I",
         "FACTS C2 row 27 (D CF3)"),
    RANGE(return_cooldown, "0s",
          "from a site's loss to its earliest return to the mainland, so that answers do not flap",
          C4(11), "SIM", "FACTS C4, D1.32, D1.39"),
    NUMBER(return_steps, 1, 100, "1",
           "in how many equal shares of clients a site returns to the mainland; 1: all at once",
           C4(12), "SIM", "FACTS C4"),
    RANGE(return_interval, "10m", "how far apart those shares return", C4(12), "SIM", "FACTS C4"),
    NUMBER(answer_addresses, 1, 8, "8", "how many addresses of a PoP with several one answer has",
           C4(3), "SIM", "FACTS C4"),
    ENUM(address_rotation, rotation_names, "fixed",
         "the order of a PoP's addresses: as in the world, or by a hash of seed, client and host",
         C4(3), "SIM", "FACTS C4, DESIGN 9.4"),
    ENUM(setup, setup_names, "full",
         "how sites are connected: their zones are answered with addresses, or their hosts are "
         "aliases of names in the CDN's own zone",
         0, "D", "FACTS A1, C1 (CF3)"),
    NAME(cdn_zone, "cdn.cloudflarecn.net",
         "the CDN's zone: hosts of partial set-up have a second name, with this behind theirs", 0,
         "D", "FACTS A1, C3 (CF3)"),
    NUMBER(ttl_cname_s, 0, TTL_MAX_S, "300",
           "TTL of CNAME records, seconds: aliases, and hosts of partial set-up", C4(6), "SIM",
           "FACTS C3 (F jsdelivr#18176: 33; F geoip#264: 222, 522)"),
    /* Products and packages. */
    RANGE(package_create_delay, "5m", "from ordering a bandwidth package to its being idle", 0,
          "SIM", "FACTS B7 (AL23: asynchronous, no time)"),
    RANGE(package_upgrade_delay, "5m", "from upgrading a package to the new size", 0, "D",
          "FACTS B7 (AL21: in minutes)"),
    RANGE(package_term, "30d", "how long a package that is ordered or renewed lasts", 0, "SIM",
          "FACTS B7"),
    RANGE(package_release_delay, "15d", "from a package's end to its release", 0, "K", "FACTS B7"),
    RANGE(temp_upgrade_min, "3h", "the shortest temporary upgrade", 0, "D", "FACTS B7 (AL24)"),
    RANGE(attack_switch_back, "1h",
          "from an attack's end to the return from scrubbing to the Hong Kong entry", 0, "SIM",
          "FACTS E1 (AL32: a configured waiting time)"),
    RANGE(peak_from, "19h", "when the border becomes crowded, since midnight in China", 0, "I",
          "FACTS H2 (V enuoidc)"),
    RANGE(peak_until, "24h", "when that ends; equal to peak_from: never crowded", 0, "I",
          "FACTS H2 (V enuoidc)"),
    NUMBER(border_loss_permille, 0, 1000, "10",
           "loss across the border over the public Internet outside the crowded hours, per mille",
           C4(25), "SIM", "FACTS H2"),
    NUMBER(border_peak_loss_permille, 0, 1000, "150",
           "the same in the crowded hours, to global PoPs", C4(25), "M", "FACTS H2 (M2: 15 %)"),
    NUMBER(near_peak_loss_permille, 0, 1000, "32",
           "the same in the crowded hours, to near PoPs but Hong Kong", C4(25), "V",
           "FACTS H2 (enuoidc: to Japan)"),
    NUMBER(hk_peak_loss_permille, 0, 1000, "12", "the same in the crowded hours, to Hong Kong",
           C4(25), "V", "FACTS H2 (enuoidc: two points less than to Japan)"),
    NUMBER(border_peak_us, 0, 10000000, "30000",
           "what the crowded hours add to the round-trip time across the border, microseconds",
           C4(25), "SIM", "FACTS H2 (F henrytodd: best 48, mean 116 ms)"),
    NUMBER(private_loss_permille, 0, 1000, "1", "loss on what a cross-border product carries",
           C4(25), "SIM", "FACTS H2"),
    NUMBER(private_border_us, 0, 10000000, "3000",
           "what the border costs a cross-border product, microseconds, in place of border_us",
           C4(25), "SIM", "FACTS H2 (V areapac: Guangdong to Hong Kong in 2.4 ms)"),
    /* Capacity and resolvers. */
    ENUM(spill, spill_names, "off",
         "what a PoP above its capacity does: keep its clients, or pass on those that it cannot "
         "carry",
         C4(9), "SIM", "FACTS C4, C2 row 31 (AL18 D warns of it)"),
    NUMBER(ttl_spill_s, 1, TTL_MAX_S, "30", "TTL while a PoP passes clients on, seconds",
           C4(6) | C4(9), "SIM", "FACTS C2 row 31 (30..60)"),
    /* Clients, answers and operators. */
    ENUM(tie_break, tie_names, "id",
         "which of equally near PoPs answers: the least id, the first in the world's list, or by a "
         "hash of line and PoP, so that lines spread over them",
         C4(2), "SIM", "FACTS C4, DESIGN 9.1"),
    ENUM(mainland_failover, inside_names, "any",
         "how far a mainland client's answer moves inside before it leaves the mainland: to any "
         "PoP there, to those that its carrier reaches, or not at all",
         C4(4), "SIM", "FACTS C2 rows 3, 4 (never jump overseas while the mainland has capacity)"),
    ENUM(mainland_for_outside, for_outside_names, "never",
         "whether clients outside may ever get mainland PoPs of an entitled site, coverage aside: "
         "never, or when no PoP outside is usable",
         C4(15), "SIM", "FACTS C2 rows 2, 30 (D CF3: never)"),
    ENUM(unknown_clients, unknown_names, "default_line",
         "what clients of the unknown line are treated as: the world's default_line, which is "
         "outside unless it says so, or the mainland line with the most users",
         C4(20), "SIM", "FACTS C2 row 29 (D AW5 OS1)"),
    ENUM(anycast_resolvers, anycast_names, "mapped",
         "where queries from prefixes that the world marks as anycast come from: the prefix's "
         "line, or the unknown line",
         C4(20), "SIM", "FACTS C4, D1.31"),
    ENUM(unknown_subnet, subnet_names, "unknown",
         "where a client is whose Client Subnet no prefix covers: on the unknown line, or where "
         "the query came from",
         C4(20) | C4(21), "SIM", "FACTS C1 (D OS1 OS2), C4"),
    NUMBER(ecs_min_v4_bits, 1, 32, "1",
           "the shortest IPv4 Client Subnet prefix that is believed; with a shorter one the "
           "query's source decides",
           C4(21), "SIM", "FACTS C4"),
    NUMBER(ecs_min_v6_bits, 1, 128, "1", "the same for IPv6", C4(21), "SIM", "FACTS C4"),
    ENUM(ecs_scope, scope_names, "deciding",
         "the scope of answers that depend on the client's subnet: the length of the prefix that "
         "decided, or of the one that was sent",
         C4(21), "SIM", "FACTS C4, DESIGN 9.7"),
    ENUM(ede, ede_names, "off",
         "which answers to queries with EDNS carry an Extended DNS Error: none, those that give no "
         "address, or also those that a loss or a grace period moved or kept",
         C4(22), "SIM", "FACTS C4 (K: RFC 8914, codes 3, 15 to 18)"),
    BOOL(ede_text, "true", "let an Extended DNS Error say why in words", C4(22), "SIM",
         "FACTS C4 (K: RFC 8914, EXTRA-TEXT)"),
    ENUM(soa_serial, serial_names, "last_change",
         "what the SOA's serial is: the second of the last change, the run's first second plus the "
         "number of changes, or the run's first second",
         C4(23), "SIM", "FACTS C4"),
    ENUM(admin_force, force_names, "refused",
         "what an operator's force_mainland does for a site that is not entitled: it is refused "
         "(LEGAL_OVERRIDE), or obeyed",
         C4(26), "SIM", "FACTS C4 (suggested: refused), D1.41"),
    LIST(approved_tlds, CHOICES_LIST_MAX, "",
         "top-level domains that may be filed, in place of those that the rule tld_set names", 0,
         "X", "FACTS A1, G (the ministry's list is at domain.miit.gov.cn; user-supplied)"),
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

static bool set_enum(struct choices *c, const struct choice_info *info, const char *text)
{
    int32_t v = 0;
    while ((uint32_t)v < info->max && strcmp(info->names[v], text) != 0) {
        v++;
    }
    if ((uint32_t)v == info->max) return false;
    memcpy(field(c, info), &v, sizeof(v));
    return true;
}

static bool set_bool(struct choices *c, const struct choice_info *info, const char *text)
{
    bool v = strcmp(text, "true") == 0;
    if (!v && strcmp(text, "false") != 0) return false;
    memcpy(field(c, info), &v, sizeof(v));
    return true;
}

static bool set_number(struct choices *c, const struct choice_info *info, const char *text)
{
    uint64_t v = 0;
    if (*text == '\0' || strlen(text) > 10) return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') return false;
        v = v * 10 + (uint64_t)(*text - '0');
    }
    if (v < info->min || v > info->max) return false;
    uint32_t number = (uint32_t)v;
    memcpy(field(c, info), &number, sizeof(number));
    return true;
}

static bool set_range(struct choices *c, const struct choice_info *info, const char *text)
{
    struct duration_range r;
    if (!choices_read_range(text, &r)) return false;
    memcpy(field(c, info), &r, sizeof(r));
    return true;
}

static bool set_list(struct choices *c, const struct choice_info *info, const char *text)
{
    struct choice_list list = {0};
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        if (len == 0 || len >= CHOICES_ITEM_MAX || list.count == info->max) return false;
        memcpy(list.item[list.count++], text, len);
        text += len;
        text += *text == ' ' ? 1 : 0;
    }
    memcpy(field(c, info), &list, sizeof(list));
    return true;
}

static bool set_name(struct choices *c, const struct choice_info *info, const char *text)
{
    uint8_t wire[DNAME_MAX];
    size_t len = strlen(text);
    if (len >= sizeof(struct choice_name) || dname_from_text(text, wire) == 0) return false;
    memcpy(field(c, info), text, len + 1);
    return true;
}

static bool set_text(struct choices *c, const struct choice_info *info, const char *text)
{
    switch (info->type) {
    case CHOICE_ENUM:
        return set_enum(c, info, text);
    case CHOICE_BOOL:
        return set_bool(c, info, text);
    case CHOICE_NUMBER:
        return set_number(c, info, text);
    case CHOICE_RANGE:
        return set_range(c, info, text);
    case CHOICE_LIST:
        return set_list(c, info, text);
    case CHOICE_NAME:
        return set_name(c, info, text);
    }
    return false;
}

void choices_default(struct choices *c)
{
    *c = (struct choices){0};
    _Static_assert(CN_ARRAY_LEN(table) <= CHOICES_MAX, "struct choices has a mark for each");
    for (size_t i = 0; i < CN_ARRAY_LEN(table); i++) {
        bool ok = set_text(c, &table[i], table[i].fallback);
        CN_ASSERT(ok);
    }
}

size_t choices_find(const char *name)
{
    size_t i = 0;
    while (i < CN_ARRAY_LEN(table) && strcmp(table[i].name, name) != 0) {
        i++;
    }
    return i;
}

bool choices_set(struct choices *c, size_t i, const char *text)
{
    CN_ASSERT(i < CN_ARRAY_LEN(table));
    if (!set_text(c, &table[i], text)) return false;
    c->given[i] = true;
    return true;
}

bool choices_given(const struct choices *c, size_t offset)
{
    for (size_t i = 0; i < CN_ARRAY_LEN(table); i++) {
        if (table[i].offset == offset) return c->given[i];
    }
    return false;
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

const char *revocation_policy_name(enum revocation_policy p)
{
    CN_ASSERT(p < POLICY_COUNT);
    return policy_names[p];
}

const char *setup_name(enum setup s)
{
    CN_ASSERT(s < SETUP_COUNT);
    return setup_names[s];
}

const char *coverage_name(enum coverage c)
{
    CN_ASSERT(c < COVERAGE_COUNT);
    return coverage_names[c];
}
