/* SPDX-License-Identifier: MIT
 * refusal.h: why an event was refused. Room model (pure).
 *
 * An illegal event changes nothing and is answered with one of these codes. Names as suggested in
 * FACTS B; those marked "ours" fill gaps there. The codes are part of the scenario format: append
 * only. */
#ifndef CNEDGE_MODEL_REFUSAL_H
#define CNEDGE_MODEL_REFUSAL_H

#include "cnedge/base/base.h"

/* X(enumerator suffix = the code in scenarios, what it tells the user, the rule's source: FACTS
 * section and grade, what to do: one plain sentence for people who know nothing of Chinese
 * licensing) */
#define REFUSAL_CODES(X)                                                                           \
    X(ICP_BAD_STATE, "the filing is not in a state in which this can happen", "FACTS B1 I",        \
      "look up the filing's state at that instant and do the step before this one first")          \
    X(ICP_ORDER_OPEN, "the subject already has an open order; one at a time", "FACTS B1 D HW1",    \
      "wait for the open order of the same holder to be decided, or withdraw it, then try again")  \
    X(TLD_NOT_APPROVED, "the top-level domain is not on the approved list",                        \
      "FACTS A1 D AL5 HW1; X X2",                                                                  \
      "use a domain under a top-level domain on the ministry's list, or add yours to "             \
      "approved_tlds if the list has it")                                                          \
    X(REGISTRAR_NOT_APPROVED, "the domain's registrar is not approved by the ministry",            \
      "FACTS A1 D AL5 HW1; F circleid",                                                            \
      "transfer the domain to a registrar that the ministry approves, wait for its real-name "     \
      "check, then submit")                                                                        \
    X(REALNAME_MISMATCH, "the domain's real-name data does not match the subject, or is too new",  \
      "FACTS A1 D HW1",                                                                            \
      "make the domain's owner data equal the holder's, and wait until the change has reached "    \
      "the bureau")                                                                                \
    X(DOMAIN_TERM_SHORT, "the domain registration ends too soon", "FACTS A1 D HW1",                \
      "renew the domain's registration, then submit")                                              \
    X(NO_MAINLAND_RESOURCE, "no mainland hosting resource that lasts long enough",                 \
      "FACTS B1 D HW1 AL33",                                                                       \
      "buy or renew a mainland server or CDN contract with the access provider, then submit")      \
    X(DOMAIN_RESOLVES_DURING_FILING, "a first filing needs the domain's resolution closed",        \
      "FACTS A1 D HW1 HW2",                                                                        \
      "close the domain's resolution (event close_resolution) until the bureau has decided")       \
    X(SMS_EXPIRED, "the SMS window has passed", "FACTS B1 D HW1",                                  \
      "withdraw the order, submit it again, and confirm the new code in time")                     \
    X(SMS_LOCKED, "too many wrong SMS codes; withdraw the order", "FACTS B1 D HW1",                \
      "withdraw the order and submit it again for a new code")                                     \
    X(ICP_LOCKED_AT_BUREAU, "the order lies at the bureau and cannot be withdrawn",                \
      "FACTS B1 D HW1", "wait for the bureau to decide; nothing can be changed until then")        \
    X(SUBJECT_CHANGED_REFILE, "another subject cannot take over by a change; file anew",           \
      "FACTS B1",                                                                                  \
      "deregister the filing and file anew under the other company, or move the site to that "     \
      "company's own subject")                                                                     \
    X(ICP_REVOKED_FINAL, "a revoked filing cannot be restored; file anew for a new number",        \
      "FACTS B1 D AL1", "file anew (event filing_refile); the site gets a new number")             \
    X(ENTITY_BARRED, "the subject is barred from filing", "FACTS A10 D AL1",                       \
      "nothing helps this holder; another legal subject has to file")                              \
    X(FILING_REQUIRED, "a filing in force is needed first", "FACTS B2 X X2",                       \
      "get the site's filing approved first; the commercial licence comes after it")               \
    X(COMMERCIAL_BAD_STATE, "the commercial licence is not in a state in which this can happen",   \
      "FACTS B2 I",                                                                                \
      "look up the licence's state at that instant and do the step before this one first")         \
    X(VETTING_NEEDS_ICP, "vetting needs the filing's number", "FACTS B3 D CF8",                    \
      "get the site's filing approved first; vetting asks for its number")                         \
    X(VETTING_INCOMPLETE, "vetting needs all five inputs", "FACTS A4 D CF8",                       \
      "hand in all five: customer, domain, filing number, description of content, signed letter")  \
    X(VETTING_REQUIRED, "vetting must have passed first", "FACTS B3 X X1; D CF7",                  \
      "submit the site to the partner's vetting and wait until it passes")                         \
    X(VETTING_BAD_STATE, "vetting is not in a state in which this can happen", "FACTS B3 I",       \
      "look up the vetting's state at that instant and do the step before this one first")         \
    X(SUBSCRIPTION_REQUIRED, "the account has no active subscription", "FACTS B5 D CF8",           \
      "sign and activate the account's subscription first")                                        \
    X(SUBSCRIPTION_BAD_STATE, "the subscription is not in a state in which this can happen",       \
      "FACTS B5 I",                                                                                \
      "look up the subscription's state at that instant and do the step before this one first")    \
    X(SUSPENSION_BAD_STATE, "already suspended, or not suspended", "FACTS B5 I",                   \
      "check whether the suspension is in force already, or was lifted before")                    \
    X(PROVISION_BAD_STATE, "the host is not in a state in which this can happen",                  \
      "FACTS B5 D AK2 AK3",                                                                        \
      "wait for the pending step to be done, or do the step before this one first")                \
    X(SHARED_EDGE_POLICY, "the host shares an edge name that may not be unmapped",                 \
      "FACTS B5 D AK1",                                                                            \
      "give the host an edge name of its own, or allow the shared one to be unmapped")             \
    X(HOST_BAD_STATE, "the host already exists, or does not exist yet", "FACTS B5 I",              \
      "declare the host with \"active\": false if it is to be added later, and add it once")       \
    X(IPV6_MANDATORY, "IPv6 is forced on for the mainland network", "FACTS A9 X X1; D CF1 CF7",    \
      "leave IPv6 on; a host without IPv6 has to be served from outside the mainland")             \
    X(LEGAL_OVERRIDE, "an operator cannot force what the licence state forbids",                   \
      "FACTS C4.26 SIM",                                                                           \
      "restore the entitlement (filing, vetting, subscription); only in a rehearsal may the "      \
      "setting admin_force overrule it")                                                           \
    X(DOMAIN_BEIAN_INVALID, "coverage that includes the mainland needs a valid filing",            \
      "FACTS B5 D AL14", "get the filing into force first, or choose coverage \"overseas\"")       \
    X(BLACKLIST_STICKY, "the domain has not been listed long enough to be taken off",              \
      "FACTS B6 SIM",                                                                              \
      "wait until the domain has been listed long enough, or move to another domain")              \
    X(BLACKLIST_BAD_STATE, "already listed, or not listed", "FACTS B6 I",                          \
      "check whether the domain is on the list at that instant")                                   \
    X(RESOLUTION_BAD_STATE, "resolution is already closed, or already open", "FACTS A1 I",         \
      "check whether resolution is closed already, or was opened before")                          \
    X(STATUS_BAD_STATE, "the status is already unknown, or already known", "FACTS B1 I",           \
      "check whether the status is unknown at that instant")                                       \
    X(POP_BAD_STATE, "the PoP is already in that state", "FACTS B8 I",                             \
      "check the PoP's state at that instant; an event that changes nothing is refused")           \
    X(HEALTH_NO_DAMPER, "no damper takes the results of probes", "FACTS B8 SIM",                   \
      "name a damper in setting health, or say what the PoP does: pop_down, pop_degrade, pop_up")  \
    X(OUTAGE_BAD_STATE, "that outage already lasts, or there is none to end", "FACTS B8 I",        \
      "check whether the outage has begun, or ended before")                                       \
    X(COVERAGE_EXCLUDES, "the site's coverage leaves the mainland out; change the coverage",       \
      "FACTS C2 D AL11 AL14",                                                                      \
      "change the site's coverage to \"global\" or \"domestic\" first (event set_coverage)")       \
    /* Licences and reviews. */                                                                    \
    X(DOMAIN_BAD_STATE, "the registration has lapsed already, or needs no renewal",                \
      "FACTS D1.21 SIM", "look up when the registration ends; a renewal is needed once")           \
    X(CERT_BAD_STATE, "the holder's certificate has lapsed already, or been renewed already",      \
      "FACTS D1.22 SIM",                                                                           \
      "leave the event out; a change order that is decided makes a lapsed one valid again")        \
    X(AUDIT_NOT_MENDED, "what the audit found is still so", "FACTS B1 D HW1",                      \
      "renew the domain, or have a change order decided, and then answer the audit")               \
    X(PSB_NEEDS_ICP, "the police filing needs an ICP filing in force", "FACTS B4",                 \
      "get the site's ICP filing approved and synchronised first")                                 \
    X(PSB_BAD_STATE, "the police filing is not in a state in which this can happen", "FACTS B4 I", \
      "look up its state at that instant and do the step before this one first")                   \
    X(HOLDER_NOT_ELIGIBLE, "the holder may not have a commercial licence",                         \
      "FACTS A2 B2 X X2; D CF2",                                                                   \
      "let a mainland company apply whose foreign share is small enough, or do without paid "      \
      "services")                                                                                  \
    X(COMMERCIAL_BARRED, "a revoked commercial licence bars its holder for years", "FACTS B2 V",   \
      "wait until the bar has ended, or let another holder apply")                                 \
    /* Who may apply. */                                                                           \
    X(FILING_NOT_ELIGIBLE, "this kind of holder may not file, or not in this province",            \
      "FACTS A2 X X2; D CF2 HW1",                                                                  \
      "let somebody with a mainland presence file: a mainland company, or a registered "           \
      "representative office")                                                                     \
    X(APPLICANT_NOT_RESIDENT, "the applicant does not live where it files, or cannot prove it",    \
      "FACTS A2 D HW1 HW2; X X2",                                                                  \
      "get the residence permit of the province, or file in the province of the identity card")    \
    X(CERTIFICATE_EXPIRED, "the certificate that the holder files with is no longer valid",        \
      "FACTS A2, D1.22 D HW1",                                                                     \
      "renew the identity card, business licence or registration certificate, then submit")        \
    X(APPLICANT_TOO_YOUNG, "the applicant is younger than the bureau allows", "FACTS A2 D HW1",    \
      "wait until the applicant is old enough, or let a company file")                             \
    X(CROSS_PROVINCE, "the bureau accepts only identity cards of its own province",                \
      "FACTS A2 D HW1",                                                                            \
      "file in the province of the identity card, or let a company of this province file")         \
    X(SHELL_CANCEL_FIRST, "the subject is an empty shell, which this province cancels first",      \
      "FACTS A2, B1 D HW1 HW2",                                                                    \
      "give the old filings up (event deregister_subject), then file the subject anew")            \
    X(SITES_CAP, "the subject has as many sites as its province allows", "FACTS A2 D HW1",         \
      "give up a filing that is no longer needed, or file under another company")                  \
    X(ORDER_SITES_CAP, "the order has more sites than the province allows in one order",           \
      "FACTS A2 D HW1", "hand the sites in one order after the other")                             \
    X(SENSITIVE_WORD, "the domain contains a word that may not be filed", "FACTS A1 X X2",         \
      "file another domain; the setting sensitive_words has the list")                             \
    X(FILING_ONE_DOMAIN, "a filing is for one domain only", "FACTS A1 D AL3",                      \
      "give each domain a filing of its own")                                                      \
    X(APP_FILING_NOT_YET, "apps are not filed before the ministry asks for it",                    \
      "FACTS G R ecns 2023-08-10 (rule app_filing)",                                               \
      "file the website; an app's own filing can be handed in from September 2023 on")             \
                                                                                                   \
    /* Partners and scopes. */                                                                     \
    X(PARTNER_CONTRACT_ENDED, "the partner's contract has ended", "FACTS B5 I",                    \
      "move its sites to another partner with set_partner; there they are vetted anew")            \
    X(ACCESS_NOT_FILED, "the provider has no access filing for the site", "FACTS A1, D1.34 D HW1", \
      "order the access at that provider (access_add) and wait until the order is done")           \
    X(ACCESS_BAD_STATE, "that access exists already, or no order for it is open", "FACTS B1 I",    \
      "look up which providers carry the filing; add only one that does not")                      \
    X(AUDIT_STILL_OVERSEAS, "the domain still resolves outside the mainland", "FACTS B1 D HW1",    \
      "bring its mainland clients back to mainland PoPs first, then answer the notice")            \
    X(VIOLATION_BAD_STATE, "the holder was found in violation before", "FACTS B6 I",               \
      "one violation takes everything on the licence; leave the second out")                       \
    X(TRANSFER_REFUSED, "the domain cannot be transferred out", "FACTS A11, D1.33 X X2; V",        \
      "under an ICP proxy deregister the filing first; a blacklisted domain stays")                \
    X(PARTNER_BAD_STATE, "the site is at that partner already", "FACTS A6 I",                      \
      "name another partner, or leave the site where it is")                                       \
    /* Lists and the border. */                                                                    \
    X(SITE_NAME_BARRED, "the name of the site is barred from filing", "FACTS A10 D AL1",           \
      "file under another site name; a barred name does not come free again")                      \
    X(SITE_NAME_MISSING, "the site has no declared name", "FACTS A10 I",                           \
      "give the site a site_name in the scenario")                                                 \
    X(LIST_FULL, "the lists of the border have no room for another name", "FACTS B6 SIM",          \
      "take names off the lists first, or list the site instead of its hosts")                     \
    /* Addresses, families, DNS mode. */                                                           \
    X(ADDRESS_BAD_STATE, "the address is not in a state in which this can happen", "FACTS B6 I",   \
      "look up whether the address is blocked, blackholed or retired at that instant")             \
    X(ADDRESS_STICKY, "the address has not been blocked long enough to be cleared",                \
      "FACTS B6 SIM, C4.18",                                                                       \
      "wait until the least time of a block is over, or rotate a spare address in")                \
    X(ADDRESS_NOT_IN_USE, "the PoP does not give this address in answers", "FACTS B6 SIM",         \
      "rotate an address that the PoP answers with; this one is spare or not yet in use")          \
    X(NO_SPARE_ADDRESS, "the PoP has no clean spare address to rotate in", "FACTS B6 SIM",         \
      "give the PoP spare addresses (v4_spares, v6_spares), or send its clients elsewhere")        \
    X(ADDRESS_BLOCKS_FULL, "too many address blocks at once", "FACTS B6 SIM",                      \
      "clear blocks that no expectation needs, or block the address everywhere at once")           \
    /* Products and packages. */                                                                   \
    X(INVALID_STATUS, "the bandwidth package is not in a state in which this can happen",          \
      "FACTS B7 D AL25 (InvalidStatus.Resource)",                                                  \
      "look up the package's state at that instant and do the step before this one first")         \
    X(OPERATION_PROCESSING, "another operation on the package is under way",                       \
      "FACTS B7 D AL25 (OperationFailed.OperationIsProcessing)",                                   \
      "wait until the upgrade has taken effect, then try again")                                   \
    X(ORDER_PROCESSING, "the package's order is not done yet",                                     \
      "FACTS B7 D AL25 (OperationFailed.OrderIsProcessing)",                                       \
      "wait until the package is IDLE, then try again")                                            \
    X(INSUFFICIENT_BALANCE, "the account's balance does not cover the order",                      \
      "FACTS B7 D AL25 (OperationFailed.InsufficientBalance)",                                     \
      "give the account a higher balance, or order less")                                          \
    X(BWP_SIZE, "the size is outside 2..10000 Mbit/s, or no change in the direction asked for",    \
      "FACTS B7 D AL25",                                                                           \
      "ask for a size within the limits, larger to upgrade and smaller to downgrade")              \
    X(BWP_SUM_EXCEEDS, "the connections' limits together exceed the package's size",               \
      "FACTS B7 D AL21",                                                                           \
      "lower or cancel connections on the package first, or ask for a larger package")             \
    X(BWP_DOWNGRADE_PORTAL, "a cross-border package may not be made smaller there",                \
      "FACTS B7, G D AL22; X X2",                                                                  \
      "use the international portal where the rule of the day allows it, or let the package end "  \
      "and buy a smaller one")                                                                     \
    X(BWP_CONNECTED, "connections still use the package", "FACTS B7 D AL26",                       \
      "cancel the products that use the package, then unbind it")                                  \
    X(BWP_TEMP_DISABLED, "temporary upgrades are not switched on for the package",                 \
      "FACTS B7 D AL24",                                                                           \
      "declare the package with \"temporary_upgrades\": true, or upgrade it for good")             \
    X(BWP_TEMP_SHORT, "a temporary upgrade is too short", "FACTS B7 D AL24",                       \
      "ask for three hours or more (setting temp_upgrade_min)")                                    \
    X(BWP_REQUIRED, "the connection needs a bandwidth package that is in use", "FACTS B7 D AL26",  \
      "create and bind the package first, or renew the one that has expired")                      \
    X(PRODUCT_BAD_STATE, "the product is not in a state in which this can happen", "FACTS A6 I",   \
      "check whether the product is bought at that instant, and has what the event changes")       \
    X(PROVIDER_NOT_LICENSED, "the provider may not sell this product",                             \
      "FACTS A6 X X1; D CF4 CF5 CF12",                                                             \
      "buy it from a provider that holds the licence, such as a partner's Global Acceleration")    \
    X(CNAME_REQUIRED, "a service that is reached by address cannot be steered", "FACTS E1 D AL27", \
      "let the names lead to the product by CNAME (\"select\": \"name\")")                         \
    X(FORCE_BAD_STATE, "mainland answers are forced already, or are not forced",                   \
      "FACTS C4.26 SIM",                                                                           \
      "force once, with the setting admin_force \"obeyed\", before taking it back")                \
    X(ATTACK_BAD_STATE, "already under attack, or not under attack", "FACTS E1 I",                 \
      "check whether the attack has begun, or ended before")                                       \
    /* Capacity and resolvers. */                                                                  \
    X(TTL_BAD_STATE, "the site has that TTL already", "FACTS C3 I",                                \
      "ask for another TTL, or leave the event out")

enum refusal {
    REFUSAL_NONE = 0, /* applied */
#define X(code, text, source, advice) REFUSAL_##code,
    REFUSAL_CODES(X)
#undef X
        REFUSAL_COUNT
};

/* "ICP_BAD_STATE"; "" for REFUSAL_NONE. */
CN_CONST const char *refusal_name(enum refusal r);

/* One sentence for people, lower case, no full stop. */
CN_CONST const char *refusal_text(enum refusal r);

/* Where the rule stands: "FACTS A1 D HW1"; "" for REFUSAL_NONE. */
CN_CONST const char *refusal_source(enum refusal r);

/* What the user should do, one plain sentence, lower case, no full stop; "" for REFUSAL_NONE. */
CN_CONST const char *refusal_advice(enum refusal r);

/* REFUSAL_NONE when there is no such code. */
CN_NONNULL CN_PURE enum refusal refusal_find(const char *code);

#endif
