/* SPDX-License-Identifier: MIT
 * explain.c: `cnedge explain`. */
#define _POSIX_C_SOURCE 200809L
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cnedge/base/addrtext.h"
#include "cnedge/base/timetext.h"
#include "cnedge/cli/cli.h"
#include "cnedge/cli/explain_chain.h"
#include "cnedge/cli/explain_health.h"
#include "cnedge/cli/explain_path.h"
#include "cnedge/dns/ede.h"
#include "cnedge/replay/judge_path.h"
#include "cnedge/replay/run.h"
#include "cnedge/traffic/quality.h"
#include "cnedge/zonefile/zonefile.h"

struct question {
    const struct scenario *scenario;
    struct world *world;
    simtime at;
    struct scenario_client client;
    const char *name_text;
    uint8_t name[DNAME_MAX];
    uint16_t type;
    bool operator_view; /* only what the operator can know */
    bool path;          /* also what reaches the client */
    uint16_t port;
    simtime first; /* when the client first tried; SIMTIME_NEVER: just now */
};

/* Who says which line the client's address is on. */
static void print_source(const struct question *q)
{
    static const char *const names[] = {[PREFIX_UNSAID] = "no table",
                                        [PREFIX_BUILTIN] = "the built-in table",
                                        [PREFIX_LISTED] = "the key world.prefixes"};
    const struct prefix_table *t = q->world->spec->prefix_sources;
    const uint8_t *address = q->client.address;
    struct prefix_match m = {.line = PREFIX_BUILTIN};
    if (t != NULL) m = q->client.v6 ? prefix_find6(t, address) : prefix_find4(t, address);
    if (m.line < PREFIX_MMDB) {
        printf("%s", names[m.line]);
        return;
    }
    struct prefix_files by = prefix_files_of_source(m.line);
    printf("the file %s (key world.mmdb)", q->world->spec->prefix_files[by.file]);
    if (by.earlier) printf(", together with an earlier file");
    if (by.builtin) printf("%s the built-in table", by.earlier ? " and" : ", together with");
}

static void print_question(const struct question *q)
{
    const struct line *line = &q->world->topology->lines[q->client.stands];
    char at[TIMETEXT_MAX];
    char wall[TIMETEXT_MAX];
    char name[DNAME_TEXT_MAX];
    timetext_put_simtime(q->at, at);
    timetext_put_local(simtime_wall(q->scenario->start, q->at), q->scenario->zone_s, wall);
    dname_show(q->name, name);
    printf("%s %s from %s at %s (%s)\n", name, rr_type_name(q->type), q->client.name, at, wall);
    if (q->client.resolver != q->client.stands) {
        printf("its resolver is on line %s and %s\n",
               q->world->topology->lines[q->client.resolver].name,
               q->client.line == q->client.stands ? "says where the client is"
                                                  : "does not say where the client is");
    }
    if (q->client.address_bits == 0) return;
    char address[ADDRTEXT_MAX];
    addrtext_put(q->client.address, q->client.v6, address);
    if (q->client.part_bits > 0) {
        char lines[SCENARIO_WHY_MAX];
        scenario_lines_text(q->scenario, &q->client, lines);
        printf("client: %s/%u is on several lines (%s); as of a Client Subnet, its first part "
               "decides: ask with longer prefixes for the others\n",
               address, q->client.address_bits, lines);
    }
    unsigned bits = q->client.part_bits > 0 ? q->client.part_bits : q->client.address_bits;
    printf("client: %s/%u is on line %s, by ", address, bits, line->name);
    print_source(q);
    putchar('\n');
}

static void print_addresses(const struct question *q, const struct answer *a)
{
    struct answer_addresses have;
    answer_addresses(q->world, a, q->type, &have);
    for (uint8_t i = 0; i < have.count; i++) {
        char text[ADDRTEXT_MAX];
        addrtext_put(have.at[i], q->type == RR_AAAA, text);
        printf(" %s", text);
    }
}

static void print_pop(const struct question *q, const struct answer *a)
{
    const struct topology *t = q->world->topology;
    const struct pop *p = &t->pops[a->cell.pop];
    uint16_t stands = q->client.line;
    if (stands == t->unknown_line) stands = q->world->spec->unknown_line;
    const struct line *line = &t->lines[stands];
    bool native = p->class_ != POP_MAINLAND || line->zone != ZONE_MAINLAND ||
                  (q->world->families[answer_family(q->type)].pops[a->cell.pop].carriers &
                   1U << line->carrier) != 0;
    uint32_t rtt = topology_rtt_us(t, stands, a->cell.pop, native);
    printf("answer: PoP %s (%s, %s)", p->id, pop_class_name(p->class_), p->city);
    print_addresses(q, a);
    printf(", TTL %" PRIu32 ", modelled RTT %" PRIu32 ".%" PRIu32 " ms\n", a->ttl_s, rtt / 1000,
           rtt % 1000 / 100);
}

static void print_origin(const struct question *q, const struct answer *a)
{
    printf("answer: the origin");
    print_addresses(q, a);
    printf(", TTL %" PRIu32 "\n", a->ttl_s);
}

static void print_alias(const struct question *q, const struct answer *a)
{
    char target[DNAME_TEXT_MAX];
    dname_show(a->target, target);
    printf("answer: CNAME %s, TTL %" PRIu32, target, a->ttl_s);
    bool leaves = answer_follows(q->type) && !answer_ours(q->world, a->target);
    if (leaves) printf(", which leads out of the scenario's sites");
    explain_chain_place(a);
    putchar('\n');
}

/* What the zone has, and a word about where it stands. */
static void print_records(const struct answer *a)
{
    char text[ZONEFILE_TEXT_MAX];
    char place[ZONEFILE_PLACE_MAX];
    const char *words = "from the site's zone";
    if (a->kind == ANSWER_DELEGATION) words = "a referral by the site's zone";
    if (a->kind == ANSWER_DNAME) words = "a DNAME of the site's zone";
    if (a->kind == ANSWER_TOO_LONG) words = "YXDOMAIN: a DNAME leads to a name that is too long";
    bool wildcard = dname_is_wildcard(a->node->name);
    printf("answer: %s%s\n", words, wildcard ? ", by a wildcard" : "");
    for (uint16_t i = 0; i < a->set->count; i++) {
        uint32_t ttl_s = a->kind == ANSWER_RECORDS ? a->ttl_s : a->set->ttl_s;
        const struct zonefile_record r = {a->node->name, a->set, i, ttl_s};
        zonefile_show(&r, text);
        zonefile_place(a->content, &a->set->data[i], place);
        printf("  %s  (%s)\n", text, place);
    }
}

/* The SOA by which a zone says that there is nothing. */
static void print_nothing(const struct answer *a)
{
    char place[ZONEFILE_PLACE_MAX];
    bool nothing = a->kind == ANSWER_NXDOMAIN || a->kind == ANSWER_NODATA;
    if (!nothing || a->content == NULL || a->content->soa == NULL) return;
    zonefile_place(a->content, a->content->soa->data, place);
    printf("  by the zone's SOA  (%s)\n", place);
}

static void print_answer(const struct question *q, const struct answer *a)
{
    static const char *const kinds[] = {
        [ANSWER_REFUSED] = "REFUSED: no site of the scenario has this name",
        [ANSWER_NXDOMAIN] = "NXDOMAIN",
        [ANSWER_NODATA] = "NOERROR without an answer (NODATA)",
        [ANSWER_SOA] = "the zone's SOA record",
        [ANSWER_NS] = "the zone's NS records",
        [ANSWER_TXT] = "the host's TXT records",
        [ANSWER_WHY] = "the reasons as TXT records",
        [ANSWER_ANY] = "a HINFO record (RFC 8482)",
        [ANSWER_SERVFAIL] = "SERVFAIL: the nameservers in China are out",
        [ANSWER_SILENT] = "none: the nameservers in China are out, queries time out",
    };
    if (a->kind == ANSWER_POP) {
        print_pop(q, a);
    } else if (a->kind == ANSWER_ORIGIN) {
        print_origin(q, a);
    } else if (a->kind == ANSWER_ALIAS) {
        print_alias(q, a);
    } else if (a->set != NULL) {
        print_records(a);
    } else {
        printf("answer: %s", kinds[a->kind]);
        bool dead = a->kind == ANSWER_SERVFAIL || a->kind == ANSWER_SILENT;
        if (a->kind != ANSWER_REFUSED && !dead) printf(", TTL %" PRIu32, a->ttl_s);
        putchar('\n');
        print_nothing(a);
    }
}

static void print_reasons(const struct question *q, const struct answer *a)
{
    struct decision d;
    if (a->host == CN_NONE32 || q->world->spec->hosts[a->host].cname != NULL) return;
    struct spill_client asker = scenario_asker(&q->client);
    struct world_ask ask = {a->host, q->client.line, answer_family(q->type), &asker};
    world_decide_for(q->world, &ask, &d);
    bool address = q->type == RR_A || q->type == RR_AAAA;
    if (!address && a->kind != ANSWER_WHY && a->cell.row != d.row) return; /* not the policy's */
    printf("because:\n");
    for (uint8_t i = 0; i < d.reason_count; i++) {
        char text[512];
        policy_reason_text(q->world->topology, d.reasons[i], text, sizeof(text));
        printf("  %-24s %s\n", policy_rule_id((enum policy_rule)d.reasons[i].rule), text);
    }
}

/* The Extended DNS Error that a query with EDNS gets, where the setting ede wants one. */
static void print_ede(const struct question *q, const struct answer *a)
{
    struct ede ede;
    struct decision d;
    bool routed = a->host != CN_NONE32 && q->world->spec->hosts[a->host].cname == NULL;
    struct spill_client asker = scenario_asker(&q->client);
    struct world_ask ask = {a->host, q->client.line, answer_family(q->type), &asker};
    if (routed) world_decide_for(q->world, &ask, &d);
    if (!ede_of(q->world, a, q->type, routed ? &d : NULL, &ede)) return;
    printf("extended DNS error: %u (%s)", (unsigned)ede.code, ede_name(ede.code));
    if (q->world->choices->ede_text) printf(": %s", ede.text);
    putchar('\n');
}

/* How good the path is and what carries it, where the scenario is about that. */
static void print_path(const struct question *q, const struct answer *a)
{
    const struct world *w = q->world;
    struct quality path;
    if (!w->spec->paths || a->kind != ANSWER_POP) return;
    quality_of(w, q->client.line, a->host, a->cell.pop, &path);
    const char *id = path.product != CN_NONE16 ? w->spec->products[path.product].id : "no product";
    printf("path: %" PRIu32 ".%" PRIu32 " ms, %" PRIu32 " per mille loss, carried by %s",
           path.rtt_us / 1000, path.rtt_us % 1000 / 100, path.loss_permille, id);
    if (path.capacity_mbit != 0) {
        printf(" (%" PRIu32 " of %" PRIu32 " Mbit/s asked for)", path.demand_mbit,
               path.capacity_mbit);
    }
    putchar('\n');
    for (uint8_t i = 0; i < path.note_count; i++) {
        const struct quality_note *n = &path.notes[i];
        const char *text = quality_rule_text((enum quality_rule)n->rule);
        const char *mark = strstr(text, "%s");
        int len = mark != NULL ? (int)(mark - text) : (int)strlen(text);
        printf("  %-24s %.*s%s%s\n", quality_rule_id((enum quality_rule)n->rule), len, text,
               mark != NULL ? w->spec->products[n->product].id : "", mark != NULL ? mark + 2 : "");
    }
}

static void print_row(const struct answer *a)
{
    unsigned row = a->cell.row;
    if (a->may_time_out) {
        printf("the query crosses a congested border and may time out (C2.28)\n");
    }
    if (row != 0) printf("decision table row: %u (C2.%u in docs/decisions.md)\n", row, row);
}

/* Who else carries the filing, or that the partner does not. */
static void print_accesses(const struct world *w, uint32_t site)
{
    uint16_t partner = w->sites[site].partner;
    enum access_state own = world_access_at(w, site, partner);
    if (!filing_has_number((enum filing_state)w->sites[site].filing)) return;
    if (own == ACCESS_ACTIVE && world_access_count(w, site) == 1) return;
    printf(", access at");
    for (uint16_t p = 0; p < w->spec->provider_count; p++) {
        enum access_state state = world_access_at(w, site, p);
        if (state == ACCESS_NONE && p != partner) continue;
        printf(" %s %s", w->spec->providers[p], access_state_name(state));
    }
}

/* That the site stands on somebody else's licence, and what came of it. */
static void print_holder(const struct world *w, uint32_t site)
{
    const struct site_spec *spec = &w->spec->sites[site];
    if (spec->holder == CN_NONE32) return;
    const struct holder *h = &w->holders[spec->holder];
    const char *id = w->spec->holders[spec->holder].id;
    if (w->spec->holders[spec->holder].proxy) printf(", filed under the ICP proxy %s", id);
    if (!h->violated) return;
    printf(", holder %s in violation: %" PRIu32 " domains and %" PRIu32
           " dedicated addresses blacklisted",
           id, h->listed_sites, h->listed_addresses);
    for (uint8_t i = 0; w->sites[site].addresses_listed && i < spec->dedicated_count; i++) {
        char text[ADDRTEXT_MAX];
        addrtext_put(spec->dedicated[i].address, spec->dedicated[i].v6, text);
        printf("%s %s", i == 0 ? ", of this site" : "", text);
    }
}

/* ", WHAT at +3d" when something ends by itself. */
static void print_due(const char *what, simtime at)
{
    char text[TIMETEXT_MAX];
    if (at.ns == SIMTIME_NEVER.ns) return;
    timetext_put_simtime(at, text);
    printf(", %s at %s", what, text);
}

static void print_commercial(const struct world *w, uint32_t site)
{
    const struct site_spec *spec = &w->spec->sites[site];
    if (!spec->needs_commercial) return;
    printf("commercial licence %s", commercial_state_name(world_commercial_state(w, site)));
    if (spec->holder != CN_NONE32) {
        const struct holder_spec *h = &w->spec->holders[spec->holder];
        printf(" of %s", h->id);
        if (h->commercial_number != NULL) printf(", number %s", h->commercial_number);
        print_due("its next step", world_commercial_deadline(w, spec->holder));
    }
    putchar('\n');
}

/* The apps of the site's holder: what becomes of their filings moves no answer of this site, but
 * an order of theirs holds up others of the subject, and a lost subject takes them along. */
static void print_apps(const struct world *w, uint32_t site)
{
    const struct world_spec *spec = w->spec;
    if (spec->sites[site].holder == CN_NONE32) return;
    for (uint32_t i = spec->site_count - spec->app_count; i < spec->site_count; i++) {
        bool own = spec->sites[site].app_of == i + 1; /* told already */
        if (own || spec->sites[i].holder != spec->sites[site].holder) continue;
        printf(", app %s of the same holder %s", spec->sites[i].domain,
               filing_state_name((enum filing_state)w->sites[i].filing));
    }
}

static void print_domain(const struct site_spec *s, const struct answer *a)
{
    char text[DNAME_TEXT_MAX];
    dname_show(s->members > 0 ? a->zone : s->apex, text);
    printf("site %s", text);
    if (s->members > 0) {
        printf(", one of %" PRIu32 " sites alike (%s stands for them)", s->members, s->domain);
    }
}

static void print_site(const struct question *q, const struct answer *a)
{
    if (a->site == CN_NONE32) return;
    const struct world *w = q->world;
    const struct site *s = &w->sites[a->site];
    const struct site_spec *spec = &w->spec->sites[a->site];
    uint8_t subscription = w->accounts[spec->account].subscription;
    print_domain(spec, a);
    if (w->spec->partner_count > 1) printf(" at partner %s", w->spec->partners[s->partner].id);
    if (spec->app_of != 0) printf(" under app %s", w->spec->sites[spec->app_of - 1].domain);
    printf(": filing %s (%s), vetting %s, subscription %s",
           filing_state_name((enum filing_state)s->filing),
           filing_state_text((enum filing_state)s->filing),
           vetting_state_name((enum vetting_state)s->vetting),
           subscription_state_name((enum subscription_state)subscription));
    print_accesses(w, a->site);
    uint32_t filed = spec->app_of != 0 ? spec->app_of - 1 : a->site;
    print_due("next step of the filing", world_filing_deadline(w, filed));
    print_due("next step of vetting", world_vetting_deadline(w, a->site));
    if (s->psb == PSB_FILED && spec->psb_number != NULL) {
        printf(", police filing %s", spec->psb_number);
    }
    if (s->psb != PSB_FILED && s->psb != PSB_NOT_DUE) {
        printf(", police filing %s", psb_state_name((enum psb_state)s->psb));
        print_due("its next step", world_psb_deadline(w, a->site));
    }
    if (s->learnt) {
        printf(", the partner knows and DNS is yet to follow");
    } else if (s->status != STATUS_UNKNOWN && s->status_filing != s->filing) {
        printf(", the partner still sees %s",
               filing_state_name((enum filing_state)s->status_filing));
    }
    print_holder(w, a->site);
    print_apps(w, a->site);
    print_due("the domain's registration ends", world_registration_end(w, a->site));
    print_due("the holder's certificate ends", world_certificate_end(w, a->site));
    if (world_batch_pending(w, a->site)) printf(", its batch at the partner is yet to come");
    putchar('\n');
    print_commercial(w, a->site);
}

static void print_view(const struct question *q)
{
    struct answer a;
    struct path_view v;
    q->world->now = q->at;
    struct path_question asked = judge_path_ask(q->world, &q->client, q->name, q->type);
    asked.port = q->port;
    asked.first = q->first;
    path_ask(q->world, &asked, &a, &v);
    explain_path_print(&asked, &v);
}

/* What the nearest PoP carries, and where its clients are when it passes some on. */
static void print_load(const struct question *q, uint32_t host, uint16_t nearest)
{
    enum { KBPS_PER_MBPS = 1000, PPM_PER_MILLE = 1000 };
    struct world *w = q->world;
    const struct pop *pops = w->topology->pops;
    uint64_t capacity = world_capacity(w, nearest);
    if (!world_has_load(w)) return;
    printf("load of %s: %" PRIu64, pops[nearest].id, world_load(w)[nearest] / KBPS_PER_MBPS);
    if (capacity != UINT64_MAX) printf(" of %" PRIu64, capacity / KBPS_PER_MBPS);
    printf(" Mbit/s%s\n", world_saturated(w, nearest) ? ", SATURATED" : "");
    if (!world_spreads(w, host, nearest)) return;
    printf("its clients:");
    for (uint16_t to = 0; to < w->topology->pop_count; to++) {
        uint32_t share = world_spread_share(w, host, nearest, to) / PPM_PER_MILLE;
        if (share == 0) continue;
        printf(" %s %" PRIu32 ".%" PRIu32 " %%", pops[to].id, share / 10, share % 10);
    }
    putchar('\n');
}

/* That the name is the business of a host "*". */
static void print_wildcard(const struct question *q, const struct answer *a)
{
    char text[DNAME_TEXT_MAX];
    if (a->host == CN_NONE32) return;
    const uint8_t *host = q->world->spec->hosts[a->host].name;
    if (!dname_is_wildcard(host) || dname_equal(host, q->name)) return;
    dname_show(host, text);
    printf("host: %s, which stands for names that do not exist\n", text);
}

static int explain(struct cli_scenario *s, struct question *q)
{
    struct engine e;
    struct answer a;
    if (!engine_init(&e, &s->arena, s->scenario)) {
        fprintf(stderr, "cnedge explain: %s: " RUN_LIMIT_TEXT "\n", s->scenario->file);
        return CLI_SYSTEM;
    }
    engine_advance(&e, q->at);
    q->world = e.world;
    struct spill_client asker = scenario_asker(&q->client);
    answer_follow(e.world, q->name, q->type, q->client.line, &a);
    uint16_t nearest = a.kind == ANSWER_POP ? a.cell.pop : CN_NONE16;
    answer_spread(e.world, q->client.line, &asker, &a);
    print_question(q);
    explain_chain_print(e.world, q->name, q->type, q->client.line);
    print_answer(q, &a);
    print_wildcard(q, &a);
    if (q->operator_view) {
        explain_operator_print(e.world, &a, q->client.line, answer_family(q->type));
        return CLI_OK;
    }
    print_site(q, &a);
    print_reasons(q, &a);
    print_ede(q, &a);
    print_row(&a);
    explain_health_print(e.world, q->at);
    print_path(q, &a);
    if (nearest != CN_NONE16) print_load(q, a.host, nearest);
    if (q->path) print_view(q);
    return CLI_OK;
}

static int read_question(const struct scenario *s, const char *at, const char *from,
                         struct question *q)
{
    q->scenario = s;
    int code = cli_time("explain", "--at", s, at, &q->at);
    if (code != CLI_OK) return code;
    char why[SCENARIO_WHY_MAX];
    if (!scenario_client_find(s, from, &q->client, why)) {
        return cli_usage("explain", "--from: %s", why);
    }
    return cli_name("explain", q->name_text, q->name);
}

struct args {
    const char *at, *from, *port, *first;
};

static bool read_port(const char *text, uint16_t *out)
{
    enum { DIGITS_MAX = 5 };
    unsigned long v = 0;
    size_t len = strlen(text);
    for (size_t i = 0; i < len && i <= DIGITS_MAX; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        v = v * 10 + (unsigned long)(text[i] - '0');
    }
    *out = (uint16_t)v;
    return len > 0 && v >= 1 && v <= UINT16_MAX;
}

static int explain_file(const char *file, const struct args *a, struct question *q)
{
    struct cli_scenario s;
    int code = cli_load(&s, file, false);
    if (code != CLI_OK) return code;
    code = read_question(s.scenario, a->at, a->from, q);
    q->first = SIMTIME_NEVER;
    if (code == CLI_OK && a->first != NULL) {
        code = cli_time("explain", "--first", s.scenario, a->first, &q->first);
    }
    if (code == CLI_OK) code = explain(&s, q);
    cli_unload(&s);
    return code;
}

static int read_args(int argc, char **argv, struct args *a, struct question *q)
{
    enum {
        OPTION_AT = CLI_OPTION_FIRST,
        OPTION_FROM,
        OPTION_PORT,
        OPTION_FIRST,
        OPTION_PATH,
        OPTION_OPERATOR
    };
    static const struct option longs[] = {{"at", required_argument, NULL, OPTION_AT},
                                          {"from", required_argument, NULL, OPTION_FROM},
                                          {"port", required_argument, NULL, OPTION_PORT},
                                          {"first", required_argument, NULL, OPTION_FIRST},
                                          {"operator", no_argument, NULL, OPTION_OPERATOR},
                                          {"path", no_argument, NULL, OPTION_PATH},
                                          {0}};
    const char **texts[] = {&a->at, &a->from, &a->port, &a->first};
    for (int c; (c = cli_option(argc, argv, longs)) != -1;) {
        if (c == '?') return CLI_USAGE;
        if (c == OPTION_PATH) {
            q->path = true;
        } else if (c == OPTION_OPERATOR) {
            q->operator_view = true;
        } else {
            *texts[c - OPTION_AT] = optarg;
        }
    }
    if (!q->path && (a->port != NULL || a->first != NULL)) {
        return cli_usage("explain", "expected --path with --port and --first, got none");
    }
    if (a->port != NULL && !read_port(a->port, &q->port)) {
        return cli_usage("explain", "--port expects 1..65535, got \"%s\"", a->port);
    }
    return CLI_OK;
}

int cli_explain(int argc, char **argv)
{
    struct args a = {.at = "start"};
    struct question q = {.port = PATH_HTTPS};
    int code = read_args(argc, argv, &a, &q);
    if (code != CLI_OK) return code;
    int rest = argc - optind;
    if (rest < 2 || rest > 3) {
        return cli_usage("explain", "expected FILE, NAME and perhaps TYPE, got %d argument%s", rest,
                         rest == 1 ? "" : "s");
    }
    if (a.from == NULL) return cli_usage("explain", "expected --from LINE or ADDRESS, got none");
    const char *type = rest == 3 ? argv[optind + 2] : "A";
    q.name_text = argv[optind + 1];
    q.type = cli_type(type);
    if (q.type == 0) {
        return cli_usage("explain", "expected a type such as A or AAAA, got \"%s\"", type);
    }
    return cli_finish(explain_file(argv[optind], &a, &q));
}
