/* SPDX-License-Identifier: MIT
 * number.h: the numbers that bureaus give (FACTS A3). Room model (pure).
 *
 * Texts are UTF-8. Both conventions of province glyphs are read. A number in Latin letters, such as
 * the literal translation "Beijing ICP preparation 12345678 number", is none. */
#ifndef CNEDGE_MODEL_NUMBER_H
#define CNEDGE_MODEL_NUMBER_H

#include "cnedge/model/province.h"

enum number_kind {
    NUMBER_SUBJECT,        /* <P>ICP备<8..10 digits>号 */
    NUMBER_SITE,           /* subject and -<N>, N >= 1 */
    NUMBER_APP,            /* subject and -<N>A */
    NUMBER_COMMERCIAL,     /* <P>ICP证<6 digits>号, with or without -<N> */
    NUMBER_COMMERCIAL_VAT, /* <P>B2-<8 digits>, with or without -<N> */
    NUMBER_PSB, /* <P>公网安备<14 digits>号, with or without a space before the digits */
    NUMBER_KIND_COUNT
};

struct number {
    enum number_kind kind;
    const struct province *province;
    size_t subject_len; /* bytes of the part without suffix: the subject's number */
};

struct number_error {
    size_t at;            /* byte of the text at which it stops being a number */
    const char *expected; /* what should stand there */
};

/* Reads a whole text. False when it is no such number; then `*error` says where and why. */
CN_NONNULL CN_MUSTUSE bool number_read(const char *text, struct number *out,
                                       struct number_error *error);

/* "a site's number such as 京ICP备16020626号-8" */
CN_CONST const char *number_kind_text(enum number_kind k);

#endif
