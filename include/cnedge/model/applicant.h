/* SPDX-License-Identifier: MIT
 * applicant.h: who may apply for a filing or a commercial licence (FACTS A2). Room model (pure).
 *
 * The table says what each kind of holder may have; the guards add age, papers and what the
 * province's bureau asks for. What the rules of the day and the state of the world give comes in
 * through struct applicant_view. */
#ifndef CNEDGE_MODEL_APPLICANT_H
#define CNEDGE_MODEL_APPLICANT_H

#include "cnedge/base/simtime.h"
#include "cnedge/model/province.h"
#include "cnedge/model/refusal.h"

/* X(suffix, name in scenarios, may file, may have a commercial licence, text) */
#define APPLICANT_TYPES(X)                                                                         \
    X(MAINLAND_COMPANY, mainland_company, YES, BY_SHARE, "a company of the mainland")              \
    X(FOREIGN_INVESTED, foreign_invested, YES, BY_SHARE,                                           \
      "a foreign-invested company with a mainland business licence (joint venture, WFOE)")         \
    X(REP_OFFICE, rep_office, YES, NO, "the representative office of a foreign company")           \
    X(INDIVIDUAL, individual, YES, NO, "a mainland individual with an identity card")              \
    X(HMT_RESIDENT, hmt_resident, WITH_PAPERS, NO,                                                 \
      "a resident of Hong Kong, Macao or Taiwan with travel or residence permit")                  \
    X(FOREIGN_INDIVIDUAL, foreign_individual, WITH_PAPERS, NO,                                     \
      "a foreign individual with passport who is in the mainland")                                 \
    X(FOREIGN_COMPANY, foreign_company, NO, NO, "a foreign company without a mainland presence")   \
    X(INSTITUTION, institution, YES, NO, "a public institution or social organisation")            \
    X(GOVERNMENT, government, YES, NO, "a government body")

enum applicant_type {
#define X(id, name, filing, commercial, text) APPLICANT_##id,
    APPLICANT_TYPES(X)
#undef X
        APPLICANT_TYPE_COUNT
};

enum applicant_right {
    APPLICANT_NO,
    APPLICANT_YES,
    APPLICANT_WITH_PAPERS, /* when resident with the papers that the source names */
    APPLICANT_BY_SHARE,    /* when the foreign share is below the rule's limit */
};

struct applicant_view {
    enum applicant_type type;
    const struct province *province; /* where it files; NULL: not said, no bureau's rules apply */
    const struct province *home;     /* of the identity card; NULL: as `province` */
    bool resident;                   /* lives where it files, with the papers to prove it */
    bool certificate_ok;             /* the certificate that it files with is valid */
    bool shell_subject;              /* holds an empty-shell subject */
    uint8_t age;                     /* a natural person's, years; 0: not said */
    uint8_t foreign_pct;             /* owned by foreigners, per cent */
    uint8_t foreign_max_pct;         /* the rule of the day: less than this; 100: no limit */
    uint32_t sites;                  /* that the subject has with a number, this one not counted */
    uint32_t order_sites;            /* in the order, this one counted */
};

/* What the table says. */
CN_CONST enum applicant_right applicant_filing(enum applicant_type t);
CN_CONST enum applicant_right applicant_commercial(enum applicant_type t);

/* REFUSAL_NONE, or why the holder may not hand in an order for a filing. */
CN_NONNULL CN_PURE enum refusal applicant_may_file(const struct applicant_view *v);

/* Whether the holder may have a commercial licence. */
CN_NONNULL CN_PURE bool applicant_may_sell(const struct applicant_view *v);

/* A natural person, with an age. */
CN_CONST bool applicant_is_person(enum applicant_type t);

CN_CONST const char *applicant_type_name(enum applicant_type t);
CN_CONST const char *applicant_type_text(enum applicant_type t);

#endif
