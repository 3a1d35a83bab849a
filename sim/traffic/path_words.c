/* SPDX-License-Identifier: MIT
 * path_words.c: what the path view says, in words. */
#include <stdio.h>
#include <string.h>

#include "cnedge/traffic/path.h"

static const struct {
    const char *word, *text;
} dns_kinds[PATH_DNS_COUNT] =
    {
#define X(name, word, text) {word, text},
        PATH_DNS_KINDS(X)
#undef X
},
  connect_kinds[PATH_CONNECT_COUNT] =
      {
#define X(name, word, text) {word, text},
          PATH_CONNECT_KINDS(X)
#undef X
},
  rules[PATH_RULE_COUNT] = {
#define X(name, id, text) {id, text},
      PATH_RULES(X)
#undef X
};

const char *path_dns_name(enum path_dns d)
{
    CN_ASSERT(d < PATH_DNS_COUNT);
    return dns_kinds[d].word;
}

const char *path_dns_text(enum path_dns d)
{
    CN_ASSERT(d < PATH_DNS_COUNT);
    return dns_kinds[d].text;
}

const char *path_connect_name(enum path_connect c)
{
    CN_ASSERT(c < PATH_CONNECT_COUNT);
    return connect_kinds[c].word;
}

const char *path_connect_text(enum path_connect c)
{
    CN_ASSERT(c < PATH_CONNECT_COUNT);
    return connect_kinds[c].text;
}

const char *path_rule_id(enum path_rule r)
{
    CN_ASSERT(r < PATH_RULE_COUNT);
    return rules[r].word;
}

const char *path_rule_text(enum path_rule r)
{
    CN_ASSERT(r < PATH_RULE_COUNT);
    return rules[r].text;
}

enum path_rule path_rule_find(const char *id)
{
    unsigned r = 0;
    while (r < PATH_RULE_COUNT && strcmp(rules[r].word, id) != 0) {
        r++;
    }
    return (enum path_rule)r;
}

void path_reason_text(struct path_reason r, char *out, size_t cap)
{
    CN_ASSERT(r.rule < PATH_RULE_COUNT);
    const char *text = rules[r.rule].text;
    const char *mark = strstr(text, "%u");
    if (mark == NULL) {
        snprintf(out, cap, "%s", text);
    } else {
        snprintf(out, cap, "%.*s%u%s", (int)(mark - text), text, (unsigned)r.arg, mark + 2);
    }
}
