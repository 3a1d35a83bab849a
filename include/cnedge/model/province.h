/* SPDX-License-Identifier: MIT
 * province.h: what differs between the provinces' bureaus (FACTS A2, A3). Room model (pure).
 *
 * One row per province; a rule that a source does not give has the value of PROVINCE_USUAL. Hong
 * Kong, Macao and Taiwan are not provinces here: nothing is filed there. */
#ifndef CNEDGE_MODEL_PROVINCE_H
#define CNEDGE_MODEL_PROVINCE_H

#include "cnedge/base/base.h"

enum { PROVINCE_COUNT = 31 };

/* Whether a natural person may file outside of the province of the identity card. */
enum province_cross {
    PROVINCE_CROSS_PERMIT,    /* with a residence permit of the province */
    PROVINCE_CROSS_ALLOWED,   /* yes */
    PROVINCE_CROSS_FORBIDDEN, /* never */
};

struct province {
    const char *name;   /* as in lines: "inner-mongolia" */
    char iso[3];        /* ISO 3166-2:CN without "CN-": "NM" */
    const char *glyph;  /* in the ministry's numbers, UTF-8 */
    const char *other;  /* the other glyph in use, or NULL */
    uint16_t sites_max; /* of one subject; 0: no limit known */
    uint16_t order_max; /* sites in one order; 0: no limit known */
    uint8_t age_min;    /* of a natural person, years */
    uint8_t cross;      /* enum province_cross */
    bool shell_adds;    /* an empty-shell subject may add sites without being cancelled first */
    bool foreigners;    /* a foreign individual may file */
    bool shows_subject; /* the footer shows the subject's number, not the site's */
};

/* All provinces. */
CN_CONST const struct province *province_table(void);

/* The province of this name; NULL when there is none. */
CN_PURE const struct province *province_find(const char *name);

/* The province that a code of ISO 3166-2:CN means, with or without "CN-", or that a name means;
 * both in any case, and "Inner Mongolia" is "inner-mongolia". NULL when there is none. */
CN_NONNULL CN_PURE const struct province *province_of_code(const char *text);

/* The province whose glyph, of either convention, a text begins with; NULL when it begins with
 * none. `*len` is the glyph's length in bytes. */
CN_NONNULL const struct province *province_of_glyph(const char *text, size_t *len);

#endif
