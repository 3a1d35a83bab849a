/* SPDX-License-Identifier: MIT */
#include "cnedge/model/applicant.h"

static const struct {
    const char *name, *text;
    enum applicant_right filing, commercial;
} types[APPLICANT_TYPE_COUNT] = {
#define X(id, name, filing, commercial, text)                                                      \
    {#name, text, APPLICANT_##filing, APPLICANT_##commercial},
    APPLICANT_TYPES(X)
#undef X
};

enum applicant_right applicant_filing(enum applicant_type t)
{
    CN_ASSERT(t < APPLICANT_TYPE_COUNT);
    return types[t].filing;
}

enum applicant_right applicant_commercial(enum applicant_type t)
{
    CN_ASSERT(t < APPLICANT_TYPE_COUNT);
    return types[t].commercial;
}

bool applicant_is_person(enum applicant_type t)
{
    return t == APPLICANT_INDIVIDUAL || t == APPLICANT_HMT_RESIDENT ||
           t == APPLICANT_FOREIGN_INDIVIDUAL;
}

/* Who somebody is, wherever it files. */
static enum refusal guard_type(const struct applicant_view *v)
{
    enum applicant_right right = applicant_filing(v->type);
    if (right == APPLICANT_NO) return REFUSAL_FILING_NOT_ELIGIBLE;
    if (right == APPLICANT_WITH_PAPERS && !v->resident) return REFUSAL_APPLICANT_NOT_RESIDENT;
    if (!v->certificate_ok) return REFUSAL_CERTIFICATE_EXPIRED;
    return REFUSAL_NONE;
}

/* A mainland person who files away from home; the others have shown their papers. */
static enum refusal guard_cross(const struct applicant_view *v)
{
    bool away = v->home != NULL && v->home != v->province;
    if (v->type != APPLICANT_INDIVIDUAL || !away) return REFUSAL_NONE;
    if (v->province->cross == PROVINCE_CROSS_FORBIDDEN) return REFUSAL_CROSS_PROVINCE;
    bool permit = v->province->cross == PROVINCE_CROSS_PERMIT;
    return permit && !v->resident ? REFUSAL_APPLICANT_NOT_RESIDENT : REFUSAL_NONE;
}

/* What the bureau of the province asks for. */
static enum refusal guard_province(const struct applicant_view *v)
{
    const struct province *p = v->province;
    if (v->type == APPLICANT_FOREIGN_INDIVIDUAL && !p->foreigners) {
        return REFUSAL_FILING_NOT_ELIGIBLE;
    }
    if (applicant_is_person(v->type) && v->age != 0 && v->age < p->age_min) {
        return REFUSAL_APPLICANT_TOO_YOUNG;
    }
    enum refusal refusal = guard_cross(v);
    if (refusal != REFUSAL_NONE) return refusal;
    if (v->shell_subject && !p->shell_adds) return REFUSAL_SHELL_CANCEL_FIRST;
    if (p->sites_max != 0 && v->sites >= p->sites_max) return REFUSAL_SITES_CAP;
    if (p->order_max != 0 && v->order_sites > p->order_max) return REFUSAL_ORDER_SITES_CAP;
    return REFUSAL_NONE;
}

enum refusal applicant_may_file(const struct applicant_view *v)
{
    enum refusal refusal = guard_type(v);
    if (refusal != REFUSAL_NONE || v->province == NULL) return refusal;
    return guard_province(v);
}

bool applicant_may_sell(const struct applicant_view *v)
{
    if (applicant_commercial(v->type) != APPLICANT_BY_SHARE) return false;
    return v->foreign_max_pct == 100 || v->foreign_pct < v->foreign_max_pct;
}

const char *applicant_type_name(enum applicant_type t)
{
    CN_ASSERT(t < APPLICANT_TYPE_COUNT);
    return types[t].name;
}

const char *applicant_type_text(enum applicant_type t)
{
    CN_ASSERT(t < APPLICANT_TYPE_COUNT);
    return types[t].text;
}
