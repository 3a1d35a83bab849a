/* SPDX-License-Identifier: MIT
 * lexer.h: a master file as entries of tokens. Room zonefile.
 *
 * An entry is a line, or several within parentheses. Tokens keep their escapes; of a quoted one it
 * is said that it was. Comments and white space are gone. */
#ifndef CNEDGE_SIM_ZONEFILE_LEXER_H
#define CNEDGE_SIM_ZONEFILE_LEXER_H

#include "cnedge/zonefile/zonefile.h"

struct lexer_token {
    const char *text; /* NUL-terminated, escapes as written, without quotes */
    bool quoted;
};

struct lexer {
    const char *text; /* borrowed */
    size_t len, pos;
    int line;  /* of `pos` */
    int entry; /* where the last entry began */
    bool blank_owner;
    size_t token_count;
    struct lexer_token tokens[ZONEFILE_TOKENS_MAX];
    size_t used;
    char pool[ZONEFILE_RECORD_MAX + ZONEFILE_TOKENS_MAX]; /* where tokens lie */
};

enum lexer_result { LEXER_ENTRY, LEXER_END, LEXER_ERROR };

/* Begins to read a text. */
CN_NONNULL void lexer_begin(struct lexer *x, const char *text, size_t len);

/* Reads the next entry that is not empty. LEXER_ERROR: `*why` says what is wrong in `line`; reading
 * goes on behind that line. */
CN_NONNULL CN_MUSTUSE enum lexer_result lexer_next(struct lexer *x, const char **why);

#endif
