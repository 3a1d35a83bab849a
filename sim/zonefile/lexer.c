/* SPDX-License-Identifier: MIT */
#include "lexer.h"

void lexer_begin(struct lexer *x, const char *text, size_t len)
{
    x->text = text;
    x->len = len;
    x->pos = 0;
    x->line = 1;
}

static int peek(const struct lexer *x)
{
    return x->pos < x->len ? (unsigned char)x->text[x->pos] : -1;
}

static bool is_space(int c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool ends_token(int c)
{
    return c < 0 || is_space(c) || c == '\n' || c == ';' || c == '(' || c == ')' || c == '"';
}

static void skip_line(struct lexer *x)
{
    while (peek(x) >= 0 && peek(x) != '\n') {
        x->pos++;
    }
}

static const char *put(struct lexer *x, int c)
{
    if (x->used + 1 >= sizeof(x->pool)) return "expected a record of at most 65535 bytes, got more";
    x->pool[x->used++] = (char)c;
    return NULL;
}

/* Takes one character, or a backslash with what it escapes. */
static const char *take(struct lexer *x)
{
    int c = peek(x);
    x->pos++;
    if (c == 0) return "expected text, got a zero byte";
    const char *why = put(x, c);
    if (c != '\\' || why != NULL) return why;
    c = peek(x);
    if (c < 0 || c == '\n') return "expected a character behind \\, got the end of the line";
    x->pos++;
    return put(x, c);
}

static const char *read_quoted(struct lexer *x)
{
    x->pos++;
    while (peek(x) != '"') {
        if (peek(x) < 0 || peek(x) == '\n') {
            return "expected a closing quote, got the end of the line";
        }
        const char *why = take(x);
        if (why != NULL) return why;
    }
    x->pos++;
    return ends_token(peek(x)) && peek(x) != '"' ? NULL : "expected a space behind a closing quote";
}

/* "key="value with spaces"" (RFC 9460 section 2.1) is one token: quotes within it are kept. */
static const char *read_plain(struct lexer *x)
{
    for (;;) {
        int c = peek(x);
        bool value = c == '"' && x->used > 0 && x->pool[x->used - 1] == '=';
        if (value) {
            const char *why = put(x, '"');
            if (why == NULL) why = read_quoted(x);
            if (why == NULL) why = put(x, '"');
            if (why != NULL) return why;
            continue;
        }
        if (ends_token(c)) return c == '"' ? "expected a space before a quote" : NULL;
        const char *why = take(x);
        if (why != NULL) return why;
    }
}

static const char *read_token(struct lexer *x)
{
    if (x->token_count == ZONEFILE_TOKENS_MAX) {
        return "expected a record of at most 4096 words, got more";
    }
    struct lexer_token *t = &x->tokens[x->token_count];
    size_t start = x->used;
    t->quoted = peek(x) == '"';
    const char *why = t->quoted ? read_quoted(x) : read_plain(x);
    if (why != NULL) return why;
    if (x->used == sizeof(x->pool)) return "expected a record of at most 65535 bytes, got more";
    x->pool[x->used++] = '\0';
    t->text = &x->pool[start];
    x->token_count++;
    return NULL;
}

/* Reads up to the end of the entry. */
static const char *read_entry(struct lexer *x)
{
    int depth = 0;
    for (;;) {
        int c = peek(x);
        const char *why = NULL;
        if (c < 0) return depth > 0 ? "expected a closing parenthesis, got the end" : NULL;
        if (c == '\n' && depth == 0) return NULL;
        if (c == '\n') {
            x->line++;
            x->pos++;
        } else if (is_space(c)) {
            x->pos++;
        } else if (c == ';') {
            skip_line(x);
        } else if (c == '(' || c == ')') {
            depth += c == '(' ? 1 : -1;
            if (depth < 0) return "expected no closing parenthesis, got one";
            if (depth > 1) return "expected a closing parenthesis, got a second opening one";
            x->pos++;
        } else {
            why = read_token(x);
        }
        if (why != NULL) return why;
    }
}

enum lexer_result lexer_next(struct lexer *x, const char **why)
{
    do {
        if (x->pos == x->len) return LEXER_END;
        x->entry = x->line;
        x->token_count = 0;
        x->used = 0;
        x->blank_owner = is_space(peek(x));
        *why = read_entry(x);
        if (*why != NULL) {
            x->entry = x->line;
            skip_line(x);
        }
        if (peek(x) == '\n') {
            x->pos++;
            x->line++;
        }
        if (*why != NULL) return LEXER_ERROR;
    } while (x->token_count == 0);
    return LEXER_ENTRY;
}
