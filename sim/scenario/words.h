/* SPDX-License-Identifier: MIT
 * words.h: values that are one of a list of words, which the model has or which are fixed here.
 * Room scenario. */
#ifndef CNEDGE_SIM_SCENARIO_WORDS_H
#define CNEDGE_SIM_SCENARIO_WORDS_H

#include "format.h"

/* Word i is the enumerator i; of words_refusal: REFUSAL_NONE left out. */
extern const struct type words_filing_kind, words_filing_state, words_commercial_state,
    words_psb_state, words_vetting_state;
extern const struct type words_access_state, words_subject_state, words_partner_state,
    words_subscription_state, words_provisioning_state, words_coverage, words_setup;
extern const struct type words_revocation_policy, words_carrier, words_filing_cause;
extern const struct type words_bureau; /* the provinces, each with a bureau of its own */
extern const struct type words_vetting_input, words_pop_class, words_family, words_rcode,
    words_reason;
extern const struct type words_package_state, words_package_portal, words_product_kind;
extern const struct type words_product_provider, words_product_state, words_product_edition;
extern const struct type words_path_dns, words_path_connect, words_path_reason;
extern const struct type words_event_kind, words_refusal, words_rr_type;

/* Only here. */
extern const struct type words_builtin, words_extends, words_applicant_type, words_resolution;
extern const struct type words_registrar, words_real_name, words_charge, words_product_select;
extern const struct type words_population_profile;

enum words_extends_word { WORDS_EXTENDS_NOTHING, WORDS_EXTENDS_BUILTIN };
enum words_resolution_word { WORDS_OPEN, WORDS_CLOSED };
enum words_registrar_word { WORDS_APPROVED, WORDS_NOT_APPROVED };
enum words_filing_kind_word { WORDS_SITE, WORDS_APP };
enum words_charge_word { WORDS_SUBSCRIPTION, WORDS_PAY_AS_YOU_GO };
enum words_select_word { WORDS_BY_NAME, WORDS_BY_ADDRESS };
enum words_real_name_word { WORDS_MATCH, WORDS_MISMATCH };

#endif
