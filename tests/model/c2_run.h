/* SPDX-License-Identifier: MIT
 * c2_run.h: puts a world into a state of c2_table.h, and compares its answers with the rules. */
#ifndef CNEDGE_TESTS_C2_RUN_H
#define CNEDGE_TESTS_C2_RUN_H

#include "cnedge/model/answer.h"

#include "story.h"

#include "c2_table.h"

enum {
    C2_LINES = CN_ARRAY_LEN(c2_clients),
    C2_RULES = CN_ARRAY_LEN(c2_rules),
    C2_NETWORKS = CN_ARRAY_LEN(c2_mainland),
    C2_DEFAULT_LINE = C2_LINES - 2,
    C2_PARTNER_OUT = 11, /* in c2_mainland */
};

struct c2_cell {
    unsigned net; /* N1, ... */
    char pop[4];
    unsigned only; /* bits: those of its addresses that are left; 0: all */
};

struct c2 {
    struct story s;
    struct line lines[C2_LINES];
    const struct c2_host *host;
    enum revocation_policy policy;
    enum coverage coverage;
    bool cooling;
    bool partial; /* the site is connected by a CNAME */
    enum nearest_metric metric;
    void (*prepare)(struct c2 *t); /* may be NULL: before the world is built */
    uint32_t own_ttl_s;            /* 0: none */
    const struct c2_mainland *inside[FAMILY_COUNT];
    const struct c2_cell *cells[FAMILY_COUNT];  /* of `inside` */
    struct c2_cell read[C2_NETWORKS][C2_CELLS]; /* of all of c2_mainland */
    const struct c2_outside *outside;
    char out[C2_WAYS][C2_OUTS][64];        /* of `outside`, read */
    const struct c2_rule *rules[C2_RULES]; /* those for this host and coverage, in order */
    size_t rule_count;
    uint64_t combinations;
    uint64_t hits[C2_RULES];
};

/* --- the world ------------------------------------------------------------------------------- */

static inline void c2_lines(struct c2 *t)
{
    for (int i = 0; i < C2_LINES; i++) {
        const struct c2_client *c = &c2_clients[i];
        struct line *l = &t->lines[i];
        *l = (struct line){.zone = c->who == CN     ? ZONE_MAINLAND
                                   : c->who == NEAR ? ZONE_NEAR
                                   : c->who == ROW  ? ZONE_GLOBAL
                                                    : ZONE_UNKNOWN,
                           .carrier = c->carrier < 0 ? CARRIER_COUNT : (enum carrier)c->carrier,
                           .region = c->province < 0 ? CN_NONE16 : (uint16_t)c->province,
                           .at = fixture_at(c->lat, c->lon)};
        snprintf(l->name, sizeof(l->name), "%s", c->name);
        if (c->who != UNKNOWN) snprintf(l->country, sizeof(l->country), "%.2s", c->name);
    }
    t->s.f.topology.lines = t->lines;
    t->s.f.topology.line_count = C2_LINES;
    t->s.f.topology.unknown_line = C2_LINES - 1;
    t->s.f.spec.unknown_line = C2_DEFAULT_LINE;
}

static inline void c2_settings(struct choices *c, bool cooling)
{
    c->ttl_mainland_s = T_CN;
    c->ttl_outside_s = T_LASTS;
    c->ttl_failover_s = T_SOON;
    c->ttl_negative_s = T_NEG;
    c->psb_affects_routing = true;
    c->address_block_min.min = c->address_block_min.max = simdur_s(0);
    if (cooling) c->return_cooldown.min = c->return_cooldown.max = simdur_s(200 * FIXTURE_DAY_S);
}

/* Row 32: everything that a site goes through after a revocation, up to a provisioned host. */
static inline void c2_files_anew(struct story *s)
{
    static const enum event_kind steps[] = {
        EV_CLOSE_RESOLUTION, EV_FILING_REFILE,   EV_FILING_SUBMIT, EV_PROVIDER_PASS,
        EV_SMS_OK,           EV_OPEN_RESOLUTION, EV_BUREAU_PASS,   EV_VETTING_SUBMIT};
    for (size_t i = 0; i < CN_ARRAY_LEN(steps); i++) {
        if (steps[i] == EV_VETTING_SUBMIT) happen(s, "+8h"); /* synchronised */
        must(s, on_site(steps[i], s->at_s, s->shop));
    }
    must(s, on_site(EV_VETTING_START, s->at_s, s->shop));
    must(s, on_site(EV_VETTING_APPROVE, s->at_s, s->shop));
    must(s, on_host(EV_PROVISION, s->at_s, s->www));
    happen(s, "+24h");
}

/* Words beside those of story.h. */
static inline bool c2_declares(struct story *s, const char *word)
{
    bool other = strcmp(word, "other_edge") == 0;
    if (strcmp(word, "neighbour") == 0) {
        s->f.sites[s->other].policy = POLICY_UNMAP_SHARED;
        s->f.sites[s->other].edge_name = 0;
    } else if (other) {
        s->f.sites[s->shop].edge_name = 1;
    }
    return other;
}

static inline bool c2_happens(struct story *s, const char *word)
{
    if (strcmp(word, "neighbour") == 0) {
        must(s, on_site(EV_REVOKE_SITE, s->at_s, s->other));
    } else if (strcmp(word, "lapse") == 0) {
        must(s, on_site(EV_DOMAIN_EXPIRE, s->at_s, s->shop));
    } else if (strcmp(word, "^") == 0) {
        c2_files_anew(s);
    } else {
        return false;
    }
    return true;
}

/* Builds a world whose site a.cn, asked about as w.a.cn, is in the state that `t` names. */
static inline void c2_begin(struct c2 *t)
{
    struct story *s = &t->s;
    char word[64];
    fixture_init(&s->f);
    c2_lines(t);
    s->shop = fixture_site(&s->f, "a.cn");
    s->www = fixture_host(&s->f, "w.a.cn");
    s->other = fixture_site(&s->f, "o.cn");
    s->other_www = fixture_host(&s->f, "w.o.cn");
    s->f.sites[s->shop].origin = &s->f.origin;
    s->f.sites[s->shop].policy = t->policy;
    s->f.sites[s->shop].coverage = t->coverage;
    if (t->partial) s->f.sites[s->shop].setup = SETUP_PARTIAL;
    s->f.spec.choices.nearest_metric = (int32_t)t->metric;
    c2_settings(&s->f.spec.choices, t->cooling);
    s->ask = s->www;
    s->at_s = 0;
    for (const char *p = t->host->words; next_word(&p, word);) {
        if (!c2_declares(s, word)) is_state(s, word);
    }
    if (t->prepare != NULL) t->prepare(t);
    fixture_build(&s->f);
    if (t->cooling) { /* lost and back in order, before anything else happens */
        happen(s, "unknown");
        happen(s, "+2h");
        happen(s, "known");
    }
    for (const char *p = t->host->words; next_word(&p, word);) {
        if (strcmp(word, "other_edge") == 0 || c2_happens(s, word)) continue;
        if (!is_state(s, word)) happen(s, word);
    }
    if (t->own_ttl_s == 0) return;
    struct event e = on_site(EV_SET_TTL, s->at_s, s->shop);
    e.seconds = t->own_ttl_s;
    must(s, e);
}

static inline void c2_undo_word(struct story *s, const char *word)
{
    const char *v;
    if (is_setting(&s->f.spec.choices, &s->f, word)) return;
    if (strcmp(word, "partner") == 0) {
        must(s, fixture_event(EV_PARTNER_UP, s->at_s));
    } else if ((v = after(word, "province:")) != NULL) {
        must(s, on_region(EV_PROVINCE_UP, s->at_s, find_region(&s->f, v)));
    } else if ((v = after(word, "carrier:")) != NULL) {
        char carrier[16] = {0};
        size_t len = strcspn(v, "/");
        memcpy(carrier, v, len);
        uint16_t region = v[len] == '/' ? find_region(&s->f, v + len + 1) : CN_NONE16;
        must(s, on_carrier(EV_CARRIER_UP, s->at_s, carrier_find(carrier), region));
    } else if (word[0] == 'v') {
        struct event e = fixture_event(EV_FAMILY_UP, s->at_s);
        e.family = word[1] == '4' ? FAMILY_V4 : FAMILY_V6;
        if ((v = after(word + 2, "/pop:")) != NULL) e.pop = find_pop(&s->f, v);
        must(s, e);
    } else if ((v = after(word, "block")) != NULL) {
        struct event e = on_pop(EV_ADDRESS_CLEAR, s->at_s, POP_SHA);
        if (*v == '6') e.family = FAMILY_V6;
        if (*v == '2') e.address = 1;
        must(s, e);
    } else {
        char id[4] = {word[0], word[1], word[2], '\0'};
        bool admin = word[3] == '!' || word[3] == '^';
        must(s, on_pop(admin ? EV_POP_OBEY : EV_POP_UP, s->at_s, find_pop(&s->f, id)));
    }
}

static inline void c2_network(struct story *s, const char *words, bool undo)
{
    char word[64];
    for (const char *p = words; next_word(&p, word);) {
        if (undo) {
            c2_undo_word(s, word);
        } else if (!is_setting(&s->f.spec.choices, &s->f, word)) {
            happen(s, word);
        }
    }
    if (!undo) return;
    s->f.spec.choices.line_failover = true;
    s->f.spec.choices.v6_failover = V6_KEEP;
    s->f.spec.choices.address_block_scope = BLOCK_CLIENTS;
}

/* --- what the table says ---------------------------------------------------------------------- */

struct c2_expected {
    enum answer_kind kind;
    char pop[4];
    int row;
    unsigned ttl_s;
    unsigned mask; /* of the PoP's addresses */
};

static inline struct c2_cell c2_read_cell(const char *text, bool abroad)
{
    static const struct {
        int row;
        unsigned with, without;
    } rows[] = {{1, N1, 0},    {3, N3, 0},    {4, N4, 0},      {5, 0, OUT5},
                {6, N6, OUT6}, {7, N7, OUT7}, {22, N22, OUT22}};
    struct c2_cell c = {0};
    int row = 0;
    for (; *text >= '1' && *text <= '9'; text++) {
        row = row * 10 + (*text - '0');
    }
    bool pop = *text != '-' && *text != '0';
    if (pop) {
        memcpy(c.pop, text, 3);
        c.only = text[3] == '?' ? 1 : text[3] == '!' ? 2 : 0;
    }
    if (abroad) {
        c.net = pop ? FAR_UP : FAR_OUT;
        return c;
    }
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        if (rows[i].row == row) c.net = pop ? rows[i].with : rows[i].without;
    }
    if (*text == '0') c.net = NODATA6;
    assert_true(c.net != 0);
    return c;
}

/* The nth word of a line of the tables; '|' is no word. */
static inline void c2_word(const char *line, int n, char out[64])
{
    for (int i = 0; i <= n;) {
        bool any = next_word(&line, out);
        assert_true(any);
        if (strcmp(out, "|") != 0) i++;
    }
}

/* The cell of a client when everything in the mainland is up. */
static inline struct c2_cell c2_all_up(const struct c2_client *c)
{
    char word[64];
    c2_word(c2_mainland[0].cells, c->cell, word);
    return c2_read_cell(word, c->who != CN);
}

static inline unsigned c2_mask(const char *pop, unsigned only)
{
    if (only != 0) return only;
    return strcmp(pop, "sha") == 0 ? 3 : 1;
}

static inline void c2_pop(struct c2_expected *x, const char *pop, unsigned only, unsigned ttl_s)
{
    x->kind = ANSWER_POP;
    memcpy(x->pop, pop, 3);
    x->mask = c2_mask(pop, only);
    x->ttl_s = ttl_s;
}

static inline unsigned c2_lasting(const struct c2 *t, unsigned ttl_s)
{
    bool lasting = ttl_s == T_CN || ttl_s == T_LASTS;
    return lasting && t->own_ttl_s != 0 ? t->own_ttl_s : ttl_s;
}

/* Outside, or as if everything were up when nothing is. */
static inline void c2_go_outside(const struct c2 *t, const struct c2_client *c, enum c2_answer how,
                                 unsigned ttl_s, struct c2_expected *x)
{
    int way = how == REGION && c->who == CN ? C2_REGION : C2_REROUTE;
    if (*t->out[way][c->out] != '-') {
        c2_pop(x, t->out[way][c->out], 0, c2_lasting(t, ttl_s));
    } else if (how == FAIL_OVER) {
        c2_pop(x, c2_all_up(c).pop, 0, T_SOON);
    } else {
        bool circle = t->metric == METRIC_GREAT_CIRCLE;
        char word[64];
        c2_word((circle ? c2_outside_circle : c2_outside)[0].pops[way], c->out, word);
        c2_pop(x, word, 0, T_SOON);
    }
}

static inline enum answer_kind c2_without_pop(enum c2_answer a)
{
    return a == NXDOMAIN ? ANSWER_NXDOMAIN : a == ORIGIN ? ANSWER_ORIGIN : ANSWER_NODATA;
}

static inline void c2_carry_out(const struct c2 *t, const struct c2_client *c,
                                const struct c2_rule *r, enum c2_answer a, struct c2_expected *x)
{
    const struct c2_cell *cell = &t->cells[x->mask][c->cell]; /* mask: the family so far */
    x->row = r->row;
    switch (a) {
    case MAINLAND:
        c2_pop(x, cell->pop, cell->only, c2_lasting(t, T_CN));
        return;
    case OUTSIDE:
    case FAIL_OVER:
    case REGION:
        c2_go_outside(t, c, a, r->ttl, x);
        return;
    case ORIGIN:
        x->kind = ANSWER_ORIGIN;
        x->ttl_s = T_SOON;
        return;
    case NXDOMAIN:
    case NODATA:
    case BY_POLICY:
    case GO_ON:
        break;
    }
    x->kind = c2_without_pop(a);
    x->ttl_s = T_NEG;
}

/* What the second table makes of a loss for this client; GO_ON when nothing. */
static inline enum c2_answer c2_by_policy(const struct c2 *t, const struct c2_client *c,
                                          unsigned net)
{
    const struct c2_policy *p = &c2_policies[t->policy];
    int a = c->who != CN && !t->host->barred ? p->abroad
            : t->host->barred                ? p->barred
                                             : p->mainland;
    bool answers = a == NXDOMAIN || a == ORIGIN;
    if (c->who != CN && t->host->barred && !answers) return GO_ON;
    if (a != (int)KEPT) return (enum c2_answer)a;
    if (t->cooling && t->host->cools) return c->who == CN ? BY_POLICY : GO_ON;
    if (c->who != CN && t->coverage != COVERAGE_DOMESTIC) return GO_ON;
    return (net & HAS_POP) != 0 ? MAINLAND : net == NODATA6 ? NODATA : FAIL_OVER;
}

static inline int c2_condition(const struct c2 *t)
{
    bool cooling = t->cooling && t->host->cools && (t->host->is & ELIGIBLE) != 0;
    return cooling ? COOLING : t->host->is;
}

static const struct c2_rule c2_back_too_early = {32,      CN,      COOLING, WITH_CN,
                                                 ANY_NET, OUTSIDE, T_SOON,  "C4.11"};
static const struct c2_rule c2_kept_abroad = {0,       ABROAD,    ANY_HOST, DOMESTIC,
                                              ANY_NET, FAIL_OVER, T_LASTS,  "AL11"};

static inline void c2_pick_rules(struct c2 *t)
{
    int is = c2_condition(t);
    t->rule_count = 0;
    for (size_t i = 0; i < C2_RULES; i++) {
        const struct c2_rule *r = &c2_rules[i];
        bool fits = (r->host & is) != 0 && (r->coverage & 1U << t->coverage) != 0;
        if (fits) t->rules[t->rule_count++] = r;
    }
}

/* The answer of the first rule that matches; fails when there is none. */
static inline struct c2_expected c2_expect(struct c2 *t, const struct c2_client *c, enum family f)
{
    struct c2_expected x = {.mask = (unsigned)f};
    unsigned net = t->cells[f][c->cell].net;
    for (size_t i = 0; i < t->rule_count; i++) {
        const struct c2_rule *r = t->rules[i];
        if ((r->client & c->who) == 0 || (r->net & net) == 0) continue;
        enum c2_answer a = r->answer;
        if (a == BY_POLICY) a = c2_by_policy(t, c, net);
        if (a == GO_ON) continue;
        t->hits[r - c2_rules]++;
        bool kept = r->answer == BY_POLICY && (a == MAINLAND || a == FAIL_OVER);
        if (a == BY_POLICY) {
            r = &c2_back_too_early;
            a = OUTSIDE;
        } else if (kept && c->who != CN) {
            r = &c2_kept_abroad;
        }
        c2_carry_out(t, c, r, a, &x);
        return x;
    }
    fail_msg("no rule for: %s, %s, %s, %s, %s", c->name, t->host->name,
             revocation_policy_name(t->policy), coverage_name(t->coverage), t->inside[f]->name);
    return x;
}

/* --- comparing ------------------------------------------------------------------------------- */

static inline void c2_text(char *out, size_t cap, const struct c2_expected *x)
{
    snprintf(out, cap, "kind %d pop %s row %d ttl %u mask %u", (int)x->kind, x->pop, x->row,
             x->ttl_s, x->mask);
}

static inline struct c2_expected c2_got(const struct c2 *t, const struct answer *a, enum family f)
{
    struct c2_expected x = {.kind = a->kind, .row = a->cell.row, .ttl_s = a->ttl_s};
    if (a->kind == ANSWER_POP) {
        memcpy(x.pop, t->s.f.w->topology->pops[a->cell.pop].id, 3);
        x.mask = a->cell.addresses[f];
    }
    return x;
}

/* In partial set-up the name is a CNAME whatever becomes of the site, while the customer's zone
 * is there and answers for it; what C2 says is said of the name behind it. */
static inline void c2_ask(struct c2 *t, int line, uint16_t type, struct answer *out)
{
    const uint8_t *name = t->s.f.hosts[t->s.ask].name;
    answer_find(t->s.f.w, name, type, (uint16_t)line, out);
    if (!t->partial) return;
    if ((out->kind == ANSWER_ALIAS) == ((c2_condition(t) & (LAPSED | CLOSED)) != 0)) {
        fail_msg("%s: kind %d in partial set-up", t->host->name, (int)out->kind);
    }
    answer_follow(t->s.f.w, name, type, (uint16_t)line, out);
}

static inline void c2_check(struct c2 *t, int line, enum family f)
{
    const struct c2_client *c = &c2_clients[line];
    struct c2_expected want = c2_expect(t, c, f);
    struct answer a;
    if (want.kind != ANSWER_POP) want.mask = 0;
    c2_ask(t, line, f == FAMILY_V6 ? RR_AAAA : RR_A, &a);
    struct c2_expected got = c2_got(t, &a, f);
    t->combinations++;
    bool same = memcmp(&got, &want, sizeof(got)) == 0;
    if (same && a.cell.ttl_s == a.ttl_s) return; /* the policy's decision and the answer */
    char texts[2][80];
    c2_text(texts[0], sizeof(texts[0]), &got);
    c2_text(texts[1], sizeof(texts[1]), &want);
    fail_msg("%s, %s, %s, %s, cooling %d, %s, outside %s: got %s, want %s", c->name, t->host->name,
             revocation_policy_name(t->policy), coverage_name(t->coverage), t->cooling,
             t->inside[f]->name, t->outside->name, texts[0], texts[1]);
}

static inline void c2_check_all(struct c2 *t)
{
    for (int line = 0; line < C2_LINES; line++) {
        c2_check(t, line, FAMILY_V4);
        c2_check(t, line, FAMILY_V6);
    }
}

static inline void c2_read_cells(struct c2 *t)
{
    char word[64];
    for (size_t n = 0; n < C2_NETWORKS; n++) {
        for (int i = 0; i < C2_CELLS; i++) {
            c2_word(c2_mainland[n].cells, i, word);
            t->read[n][i] = c2_read_cell(word, i >= C2_DOMESTIC);
        }
    }
}

/* To be called once the host's state is there, before its network. */
static inline void c2_start(struct c2 *t)
{
    c2_pick_rules(t);
    if (t->read[0][0].net == 0) c2_read_cells(t);
}

static inline void c2_set_outside(struct c2 *t, const struct c2_outside *outside)
{
    t->outside = outside;
    for (int n = 0; n < C2_WAYS * C2_OUTS; n++) {
        c2_word(outside->pops[n / C2_OUTS], n % C2_OUTS, t->out[n / C2_OUTS][n % C2_OUTS]);
    }
    c2_network(&t->s, outside->words, false);
}

/* `i` is the line for A; that for AAAA may be the next one. */
static inline void c2_set_inside(struct c2 *t, size_t i)
{
    size_t v6 = c2_mainland[i].families == BOTH ? i : i + 1;
    t->inside[FAMILY_V4] = &c2_mainland[i];
    t->inside[FAMILY_V6] = &c2_mainland[v6];
    t->cells[FAMILY_V4] = t->read[i];
    t->cells[FAMILY_V6] = t->read[v6];
    c2_network(&t->s, c2_mainland[i].words, false);
}

static inline void c2_each_network(struct c2 *t)
{
    c2_start(t);
    for (size_t o = 0; o < CN_ARRAY_LEN(c2_outside); o++) {
        c2_set_outside(t, &c2_outside[o]);
        for (size_t i = 0; i < C2_NETWORKS; i++) {
            if ((c2_mainland[i].families & A) == 0) continue;
            c2_set_inside(t, i);
            c2_check_all(t);
            c2_network(&t->s, c2_mainland[i].words, true);
        }
        c2_network(&t->s, c2_outside[o].words, true);
    }
}

static inline void c2_each_state(struct c2 *t, const struct c2_host *host, enum coverage coverage)
{
    t->host = host;
    t->coverage = coverage;
    for (int policy = 0; policy < POLICY_COUNT; policy++) {
        for (int cooling = 0; cooling < 2; cooling++) {
            t->policy = (enum revocation_policy)policy;
            t->cooling = cooling != 0;
            c2_begin(t);
            c2_each_network(t);
            fixture_free(&t->s.f);
        }
    }
}

/* Every host, policy, cool-down, client, family and network; every rule of the coverage is met. */
static inline void c2_each_combination(struct c2 *t, enum coverage coverage)
{
    for (size_t i = 0; i < CN_ARRAY_LEN(c2_hosts); i++) {
        c2_each_state(t, &c2_hosts[i], coverage);
    }
    for (size_t i = 0; i < C2_RULES; i++) {
        bool due = (c2_rules[i].coverage & 1U << coverage) != 0;
        if (due && t->hits[i] == 0) fail_msg("line %zu, row %d: not met", i, c2_rules[i].row);
    }
    print_message("%llu combinations\n", (unsigned long long)t->combinations);
}

#endif
