/* SPDX-License-Identifier: MIT
 * rules.h: rules that have changed over the years (FACTS G). Room model (pure).
 *
 * A rule is a row of versions, each with a value, the days on which it holds, a source and a grade.
 * The versions of a rule leave no day out. The scenario's clock picks: a run that crosses a change
 * sees it change. A scenario may fix a rule to one value for the whole run. Days are those of China
 * (UTC+8), where the rules are made. */
#ifndef CNEDGE_MODEL_RULES_H
#define CNEDGE_MODEL_RULES_H

#include "cnedge/model/choices.h"

/* X(suffix, name in scenarios, type, what it decides) */
#define RULES_TABLE(X)                                                                             \
    X(TLD_SET, tld_set, WORD, "which top-level domains may be filed, unless approved_tlds says")   \
    X(REGISTRAR_APPROVAL_REQUIRED, registrar_approval_required, BOOL,                              \
      "whether the domain must be at a registrar that is approved")                                \
    X(REGISTRAR_AUTHORITY, registrar_authority, WORD,                                              \
      "whose list of registrars counts: the ministry's or the registry's")                         \
    X(ONE_DOMAIN_PER_SITE, one_domain_per_site, BOOL,                                              \
      "whether a filing's website entry is for one domain only")                                   \
    X(SMS_WINDOW, sms_window, DURATION,                                                            \
      "how long the SMS code may be confirmed, unless the setting says")                           \
    X(SMS_PROVINCES, sms_provinces, PROVINCES, "where an order needs the SMS code")                \
    X(COMMERCIAL_MAX_FOREIGN_PCT, commercial_max_foreign_pct, NUMBER,                              \
      "a commercial licence's holder must be foreign-owned by less than this; 100: no limit")      \
    X(COMMERCIAL_MAX_FOREIGN_PCT_PILOT, commercial_max_foreign_pct_pilot, NUMBER,                  \
      "the same in a pilot area")                                                                  \
    X(PILOT_PROVINCES, pilot_provinces, PROVINCES, "where the pilot areas are")                    \
    X(FOOTER_HOST, footer_host, TEXT, "the host that the number in the footer links to")           \
    X(PSB_HOST, psb_host, TEXT, "the host of the public security bureau's portal")                 \
    X(APP_FILING, app_filing, WORD, "which apps have to be filed: none, new ones, or all")         \
    X(CROSSBORDER_DOWNGRADE, crossborder_downgrade, WORD,                                          \
      "whether a cross-border bandwidth package may be made smaller")                              \
    X(ACCELERATION_PLAN, acceleration_plan, TEXT,                                                  \
      "what Alibaba calls Anti-DDoS Premium's mainland acceleration")                              \
    X(SECURE_ACCELERATION_PLAN, secure_acceleration_plan, TEXT,                                    \
      "what Alibaba calls its secure mainland acceleration")                                       \
    X(PRIVATE_LINE_PRODUCT, private_line_product, TEXT,                                            \
      "under which name Cloudflare's partners sell a private line")

enum rules_id {
#define X(id, name, type, text) RULES_##id,
    RULES_TABLE(X)
#undef X
        RULES_COUNT
};

enum rules_type {
    RULES_TYPE_TEXT,      /* any text that is not empty */
    RULES_TYPE_WORD,      /* one of rules_words */
    RULES_TYPE_NUMBER,    /* 0..100 */
    RULES_TYPE_BOOL,      /* "true" or "false" */
    RULES_TYPE_DURATION,  /* "24h" or "24h..48h" */
    RULES_TYPE_PROVINCES, /* "all", "none", or names of provinces parted by spaces */
};

enum { RULES_EVER_FROM = 19700101, RULES_EVER_TO = 99991231 };

struct rules_version {
    enum rules_id rule;
    int32_t from, to; /* YYYYMMDD in China, both included; RULES_EVER_*: no bound */
    const char *value;
    const char *grade; /* as in struct choice_info */
    const char *source;
};

struct rules_info {
    const char *name, *text;
    enum rules_type type;
};

/* What a scenario fixes; NULL: the date decides. */
struct rules {
    const char *fixed[RULES_COUNT];
};

/* What is known of a rule. */
CN_CONST const struct rules_info *rules_info(enum rules_id id);

/* The words that a RULES_TYPE_WORD may have; NULL for the others. */
CN_NONNULL const char *const *rules_words(enum rules_id id, int *count);

/* Every version of every rule, in the order of enum rules_id, then of the days. */
CN_NONNULL const struct rules_version *rules_table(size_t *count);

/* RULES_COUNT when there is no such rule. */
CN_NONNULL CN_PURE enum rules_id rules_find(const char *name);

/* The version that is in force at `t`. */
CN_PURE const struct rules_version *rules_version_at(enum rules_id id, walltime t);

/* The value at `t`, fixed or by date. */
CN_NONNULL CN_PURE const char *rules_at(const struct rules *r, enum rules_id id, walltime t);

/* The value of a rule of that type at `t`. */
CN_NONNULL CN_PURE bool rules_bool(const struct rules *r, enum rules_id id, walltime t);
CN_NONNULL CN_PURE uint32_t rules_number(const struct rules *r, enum rules_id id, walltime t);
CN_NONNULL CN_PURE struct duration_range rules_duration(const struct rules *r, enum rules_id id,
                                                        walltime t);
/* The index of the word among rules_words. */
CN_NONNULL CN_PURE int rules_word(const struct rules *r, enum rules_id id, walltime t);
/* Whether a province ("" or NULL: none known) is among those of the rule. */
CN_PURE bool rules_province(const struct rules *r, enum rules_id id, walltime t,
                            const char *province);

/* Whether a list of words parted by spaces has this one of `len` bytes. */
CN_NONNULL CN_PURE bool rules_list_has(const char *list, const char *word, size_t len);

/* The order of the words of the rules, for rules_word. */
enum rules_tld_set { TLD_SET_SEED_2019, TLD_SET_REPORTED };
enum rules_authority { AUTHORITY_MIIT, AUTHORITY_CNNIC };
enum rules_app_filing { APP_FILING_NONE, APP_FILING_NEW, APP_FILING_ALL };
enum rules_downgrade { DOWNGRADE_NEVER, DOWNGRADE_INTL_PORTAL_ONLY, DOWNGRADE_ALLOWED };

/* The top-level domains of a set, parted by spaces, lower case, Chinese ones as A-labels. A list of
 * what the sources name, not the ministry's. */
CN_CONST const char *rules_tlds(enum rules_tld_set set);

/* The day in China that `t` lies in, as YYYYMMDD. */
CN_CONST int32_t rules_day(walltime t);

/* The instant at which that day begins in China, and the one at which it is over. Days after 2261,
 * also RULES_EVER_TO, begin at the last instant that there is. */
CN_CONST walltime rules_day_start(int32_t day);
CN_CONST walltime rules_day_end(int32_t day);

#endif
