/* SPDX-License-Identifier: MIT */
#include "words.h"
#include "cnedge/model/province.h"

#include "cnedge/scenario/scenario.h"
#include "cnedge/traffic/path.h"

/* A function from int, for one from an enumeration. */
#define NAME_OF(enumeration, fn)                                                                   \
    static const char *word_of_##enumeration(int i)                                                \
    {                                                                                              \
        return (fn)((enum enumeration)i); /* NOLINT(bugprone-macro-parentheses): a tag */          \
    }

/* Such a function and the type made of it. */
#define WORDS(enumeration, fn, count)                                                              \
    NAME_OF(enumeration, fn)                                                                       \
    const struct type words_##enumeration = {.name = #enumeration,                                 \
                                             .shape = SHAPE_WORD,                                  \
                                             .word = word_of_##enumeration,                        \
                                             .words = (count)};

/* Too many to list in a message. */
NAME_OF(filing_state, filing_state_name)
const struct type words_filing_state = {
    .name = "filing_state",
    .shape = SHAPE_WORD,
    .expected = "a filing's state such as \"ACTIVE\", \"BUREAU_REVIEW\" or \"REVOKED\"",
    .word = word_of_filing_state,
    .words = FILING_STATE_COUNT};

static const char *bureau(int i)
{
    return province_table()[i].name;
}
const struct type words_bureau = {.name = "bureau",
                                  .shape = SHAPE_WORD,
                                  .expected = "one of the 31 provinces of the mainland",
                                  .word = bureau,
                                  .words = PROVINCE_COUNT};

WORDS(applicant_type, applicant_type_name, APPLICANT_TYPE_COUNT)
WORDS(commercial_state, commercial_state_name, COMMERCIAL_STATE_COUNT)
WORDS(psb_state, psb_state_name, PSB_STATE_COUNT)
WORDS(vetting_state, vetting_state_name, VETTING_STATE_COUNT)
WORDS(access_state, access_state_name, ACCESS_STATE_COUNT)
WORDS(subject_state, subject_state_name, SUBJECT_STATE_COUNT)
WORDS(partner_state, partner_state_name, PARTNER_STATE_COUNT)
WORDS(subscription_state, subscription_state_name, SUBSCRIPTION_STATE_COUNT)
WORDS(provisioning_state, provisioning_state_name, PROVISIONING_STATE_COUNT)
WORDS(coverage, coverage_name, COVERAGE_COUNT)
WORDS(setup, setup_name, SETUP_COUNT)
WORDS(revocation_policy, revocation_policy_name, POLICY_COUNT)
WORDS(carrier, carrier_name, CARRIER_COUNT)
WORDS(filing_cause, filing_cause_name, CAUSE_COUNT)
WORDS(vetting_input, vetting_input_name, VETTING_INPUT_COUNT)
WORDS(package_state, package_state_name, PACKAGE_STATE_COUNT)
WORDS(package_portal, package_portal_name, PORTAL_COUNT)
WORDS(product_kind, product_kind_name, PRODUCT_KIND_COUNT)
WORDS(product_provider, product_provider_name, PROVIDER_COUNT)
WORDS(product_state, product_state_name, PRODUCT_STATE_COUNT)
WORDS(product_edition, product_edition_name, EDITION_COUNT)
WORDS(pop_class, pop_class_name, POP_CLASS_COUNT)
WORDS(family, family_name, FAMILY_COUNT)
WORDS(population_profile, population_profile_name, POPULATION_COUNT)

static const char *rcode(int i)
{
    return expect_rcode_name((enum expect_rcode)i);
}
const struct type words_rcode = {
    .name = "rcode", .shape = SHAPE_WORD, .word = rcode, .words = RCODE_COUNT};

static const char *reason(int i)
{
    return policy_rule_id((enum policy_rule)i);
}
const struct type words_reason = {.name = "policy_rule",
                                  .shape = SHAPE_WORD,
                                  .expected = "a policy rule's id (see cnedge list reasons)",
                                  .word = reason,
                                  .words = RULE_COUNT};

/* Behind the kinds: a word for several of them. */
static const char *path_dns(int i)
{
    return i == PATH_DNS_COUNT ? "forged" : path_dns_name((enum path_dns)i);
}
const struct type words_path_dns = {
    .name = "path_dns", .shape = SHAPE_WORD, .word = path_dns, .words = PATH_DNS_COUNT + 1};

static const char *path_connect(int i)
{
    return i == PATH_CONNECT_COUNT ? "reset" : path_connect_name((enum path_connect)i);
}
const struct type words_path_connect = {.name = "path_connect",
                                        .shape = SHAPE_WORD,
                                        .word = path_connect,
                                        .words = PATH_CONNECT_COUNT + 1};

static const char *path_reason(int i)
{
    return path_rule_id((enum path_rule)i);
}
const struct type words_path_reason = {.name = "path_rule",
                                       .shape = SHAPE_WORD,
                                       .expected = "a rule of the path (see cnedge list path)",
                                       .word = path_reason,
                                       .words = PATH_RULE_COUNT};

static const char *kind(int i)
{
    return event_info((enum event_kind)i)->name;
}

static const char *why_no_kind(const char *got)
{
    enum event_kind k = event_find(got);
    return k != EVENT_KIND_COUNT && event_info(k)->derived
               ? "that is a timer's event and cannot be written"
               : NULL;
}
const struct type words_event_kind = {.name = "event_kind",
                                      .shape = SHAPE_WORD,
                                      .expected = "a kind of event (see cnedge list events)",
                                      .word = kind,
                                      .explain = why_no_kind,
                                      .words = EV_FIRST_DERIVED};

static const char *refusal(int i)
{
    return refusal_name((enum refusal)(i + 1));
}
const struct type words_refusal = {.name = "refusal",
                                   .shape = SHAPE_WORD,
                                   .expected = "a refusal's code (see cnedge list refusals)",
                                   .word = refusal,
                                   .words = REFUSAL_COUNT - 1};

#define LIST(id_, list)                                                                            \
    const struct type words_##id_ = {                                                              \
        .name = #id_, .shape = SHAPE_WORD, .word_list = (list), .words = CN_ARRAY_LEN(list)};

static const char *const rr_types[] = {"A",     "AAAA", "CNAME", "NS",  "SOA", "TXT",
                                       "HINFO", "ANY",  "MX",    "SRV", "PTR", "CAA",
                                       "DNAME", "DS",   "HTTPS", "SVCB"};
LIST(rr_type, rr_types)

static const char *const builtin[] = {"builtin"};
LIST(builtin, builtin)

static const char *const extends[] = {"nothing", "builtin"};
LIST(extends, extends)

static const char *const resolutions[] = {"open", "closed"};
LIST(resolution, resolutions)

static const char *const registrars[] = {"approved", "not_approved"};
LIST(registrar, registrars)

static const char *const filing_kinds[] = {"site", "app"};
LIST(filing_kind, filing_kinds)

static const char *const charges[] = {"subscription", "pay_as_you_go"};
LIST(charge, charges)

static const char *const selects[] = {"name", "address"};
LIST(product_select, selects)

static const char *const real_names[] = {"match", "mismatch"};
LIST(real_name, real_names)
