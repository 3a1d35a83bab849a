/* SPDX-License-Identifier: MIT */
#include "expect_path.h"

#include "cnedge/traffic/path.h"
#include "events.h"
#include "tables.h"
#include "words.h"

enum { EVERY_FORGED = 1U << PATH_DNS_FORGED_FIRST | 1U << PATH_DNS_FORGED_ONLY };
enum {
    EVERY_RESET = 1U << PATH_CONNECT_SNI_RESET | 1U << PATH_CONNECT_RESIDUAL |
                  1U << PATH_CONNECT_HTTP_RESET | 1U << PATH_CONNECT_PROVINCE_RESET |
                  1U << PATH_CONNECT_BORDER_RESET
};

/* The kinds that a key's words stand for; the word behind the last kind stands for `several`. */
static uint32_t read_kinds(const struct node *n, const char *key, const struct type *words,
                           uint32_t several)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < node_count(n, key); i++) {
        struct at list;
        struct at at;
        int word = format_word_index(words, json_string_value(node_value(n, key, i, &list, &at)));
        bits |= word == words->words - 1 ? several : 1U << word;
    }
    return bits;
}

static void read_rules(struct load *l, const struct node *n, struct expect_path *p)
{
    size_t count = node_count(n, "reason");
    uint8_t *rules = arena_get(l->a, count, sizeof(*rules));
    for (size_t i = 0; rules != NULL && i < count; i++) {
        struct at list;
        struct at at;
        const json_t *v = node_value(n, "reason", i, &list, &at);
        rules[i] = (uint8_t)format_word_index(&words_path_reason, json_string_value(v));
    }
    p->rules = rules;
    p->rule_count = (uint16_t)count;
}

static void read_share(const struct node *n, struct expect_path *p)
{
    json_t *v = node_get(n, "share_permille");
    p->share = v != NULL;
    if (!p->share) return;
    struct node share = node_item(n, &timeline_share, v, node_at(n, "share_permille"));
    p->min = (uint16_t)node_integer(&share, "min");
    p->max = (uint16_t)node_integer(&share, "max");
    if (p->min > p->max) {
        jsondoc_error(n->doc, &share.at, "expected \"min\" to be at most \"max\", got %u..%u",
                      p->min, p->max);
    } else if (p->min == 0 && p->max == LISTED_PERMILLE) {
        jsondoc_error(n->doc, &share.at,
                      "expected a range that some share lies outside of, got every share");
    }
}

static void read_first(struct load *l, const struct node *n, const struct expectation *e,
                       struct expect_path *p)
{
    p->tried = load_refer_name(&l->hosts, n, "tried", "the full name of a declared host");
    p->tries_again =
        node_get(n, "first") != NULL && events_time(l, n, "first", CN_NONE32, &p->first);
    if (!p->tries_again || simtime_before(p->first, e->from)) return;
    const struct at at = node_at(n, "first");
    jsondoc_error(n->doc, &at, "expected a time before the expectation's, got a later one");
}

/* The client when "from" is the name of one and nothing else. */
static uint32_t only_client(const struct load *l, const struct node *n)
{
    struct at list;
    struct at at;
    if (node_count(n, "from") != 1) return CN_NONE32;
    return names_find(&l->clients, json_string_value(node_value(n, "from", 0, &list, &at)));
}

void expect_path_read(struct load *l, const struct node *n, struct expectation *e)
{
    struct expect_path *p = &e->path;
    struct node path = node_item(n, &timeline_path, node_get(n, "path"), node_at(n, "path"));
    p->dns = read_kinds(&path, "dns", &words_path_dns, EVERY_FORGED);
    p->connect = read_kinds(&path, "connect", &words_path_connect, EVERY_RESET);
    p->port = (uint16_t)node_integer(&path, "port");
    p->client = only_client(l, n);
    read_rules(l, &path, p);
    read_share(&path, p);
    read_first(l, &path, e, p);
}
