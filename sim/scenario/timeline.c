/* SPDX-License-Identifier: MIT */
#include "cnedge/model/list.h"
#include "cnedge/scenario/scenario.h"
#include "tables.h"
#include "values.h"
#include "words.h"

/* --- events ----------------------------------------------------------------------------------- */

static const struct type inputs = LIST_OF("inputs", words_vetting_input, 0, VETTING_INPUT_COUNT);

static const struct type tlds = LIST_OF("event_tlds", values_tld, 1, LISTED_TLDS_MAX);

/* The keys from "site" on stand in the order of enum event_param; "everyone" is part of
 * PARAM_SCOPE. */
static const struct key event_keys[] = {
    NEED("at", values_time, "when; it may refer to events that stand before it in the file"),
    NEED("do", words_event_kind, "what happens"),
    MAY("id", values_event_id, NULL, "a name that times and expectations refer to"),
    MAY("note", values_text, "", "for people"),
    MAY("refused", words_refusal, NULL,
        "the event must be refused with this code; absent: it must be applied"),
    MAY("site", values_fqdn, NULL, "the domain of a site"),
    MAY("host", values_routed, NULL, "the full name of a host"),
    MAY("holder", values_id, NULL, "a holder"),
    MAY("account", values_id, NULL, "an account"),
    MAY("pop", values_pop_id, NULL, "a PoP"),
    MAY("province", values_province, NULL, "a mainland province"),
    MAY("carrier", words_carrier, NULL, "a carrier"),
    MAY("cause", words_filing_cause, "unstated", "why the filing was lost, or what an audit found"),
    MAY("inputs", inputs, NULL, "what is handed in for vetting; absent: all that is asked for"),
    MAY("coverage", words_coverage, NULL, "the new coverage"),
    MAY("subject_changes", values_bool, "false", "whether the change would alter the subject"),
    MAY("everyone", values_true, NULL, "instead of a site, a holder, an account or a partner: all"),
    MAY("partner", values_id, NULL, "a partner"),
    MAY("to", values_id, NULL, "the partner that takes over"),
    MAY("share_permille", values_permille, NULL, "of 1,000 clients, how many"),
    MAY("tlds", tlds, NULL, "top-level domains"),
    MAY("provider", values_id, NULL, "a partner, or another provider that a filing names"),
    MAY("family", words_family, NULL, "an address family"),
    MAY("address", values_address, NULL,
        "an address of the PoP, spare ones included, or a dedicated one of the site"),
    MAY("port", values_port, NULL, "the port that is blocked; absent: every port"),
    MAY("package", values_id, NULL, "a bandwidth package"),
    MAY("product", values_id, NULL, "a product"),
    MAY("mbps", values_mbps, NULL, "the new size of a package, or a site's demand, Mbit/s"),
    MAY("portal", words_package_portal, "international", "where the order is placed"),
    MAY("for", values_duration, NULL, "how long a temporary upgrade lasts"),
    MAY("edition", words_product_edition, NULL, "the new edition of a Hong Kong entry"),
    MAY("seconds", values_lasting_ttl, NULL, "a TTL"),
    MAY("app", values_id, NULL, "an app, by the id of its filing, in place of a site"),
};
enum {
    PARAM_FIRST = 5,
    PARAM_COUNT = CN_ARRAY_LEN(event_keys) - PARAM_FIRST,
    PARAM_BITS = ((1 << PARAM_COUNT) - 1) & ~PARAM_SCOPE
};
_Static_assert(1 << (PARAM_COUNT - 1) == PARAM_APP, "a key for each parameter");

static keyset params(uint32_t bits)
{
    return (keyset)(bits & ((1U << PARAM_COUNT) - 1) & ~(uint32_t)PARAM_SCOPE) << PARAM_FIRST;
}

static bool same_params(int a, int b)
{
    const struct event_info *x = event_info((enum event_kind)a);
    const struct event_info *y = event_info((enum event_kind)b);
    return x->required == y->required && x->optional == y->optional;
}

/* The i-th kind that is the first with its parameters; EV_FIRST_DERIVED when there is none. */
static int first_with_params(size_t i)
{
    for (int k = 0; k < (int)EV_FIRST_DERIVED; k++) {
        int first = 0;
        while (!same_params(first, k)) {
            first++;
        }
        if (first == k && i-- == 0) return k;
    }
    return EV_FIRST_DERIVED;
}

/* One rule for all kinds of the same parameters. */
static bool event_rule(size_t i, struct rule *out)
{
    *out = (struct rule){.when = "do"};
    int k = first_with_params(i);
    if (k == (int)EV_FIRST_DERIVED) return false;
    const struct event_info *info = event_info((enum event_kind)k);
    for (int other = k; other < (int)EV_FIRST_DERIVED; other++) {
        if (same_params(k, other)) format_wordset_add(&out->words, other);
    }
    keyset scope = format_keyset(&timeline_event, "site holder account partner everyone");
    keyset any = format_all_keys(&timeline_event) >> PARAM_FIRST << PARAM_FIRST;
    out->all = params(info->required);
    if ((info->required & PARAM_SCOPE) != 0) out->one = scope;
    if ((info->required & PARAM_APP) != 0) {
        out->one = format_keyset(&timeline_event, "site app");
        out->all &= ~out->one;
    }
    if ((info->required & PARAM_NAMED) != 0) {
        out->one = format_keyset(&timeline_event, "site host");
    }
    out->none = any & ~params(info->required | info->optional) & ~out->one;
    return true;
}

const struct type timeline_event = OBJECT("event", "an event", event_keys, event_rule);
const struct type timeline_events = LIST_OF("events", timeline_event, 0, SCENARIO_EVENTS_MAX);

/* --- expectations ----------------------------------------------------------------------------- */

static const struct key window_keys[] = {
    MAY("from", values_time, "start", "the window's first instant"),
    MAY("until", values_time, "end", "the window's last instant"),
};
const struct type timeline_window =
    OBJECT("window", "an object with \"from\" and \"until\"", window_keys, NULL);

/* One value or a list of them. */
#define EITHER(id_, of, what)                                                                      \
    static const struct type id_##_list = LIST_OF(#id_ "_list", of, 1, SCENARIO_ASSERT_LIST_MAX);  \
    static const struct type *const id_##_either[] = {&(of), &id_##_list, NULL};                   \
    static const struct type id_ = {                                                               \
        .name = #id_, .shape = SHAPE_EITHER, .expected = (what), .either = id_##_either};

EITHER(froms, values_from, "a client's name, a pattern of lines, or a list of them")
EITHER(names, values_asked, "a host's full name, \"*.\" and a domain, \"*\", or a list of them")
EITHER(pop_ids, values_pop_id, "a PoP's id or a list of them")
EITHER(classes, words_pop_class, "\"mainland\", \"near\", \"global\", or a list of them")
EITHER(addresses, values_prefix, "an address, a prefix, or a list of them")
EITHER(reasons, words_reason, "a policy rule's id (see cnedge list reasons) or a list of them")

static bool some_rule(size_t i, struct rule *out, const struct type *t)
{
    *out = (struct rule){.some = format_all_keys(t)};
    return i == 0;
}

static const struct key seconds_keys[] = {
    MAY("min", values_ttl, "0", "least TTL, seconds"),
    MAY("max", values_ttl, "2147483647", "greatest TTL, seconds"),
};
static bool seconds_rule(size_t i, struct rule *out)
{
    return some_rule(i, out, &timeline_seconds);
}
const struct type timeline_seconds =
    OBJECT("seconds", "an object with \"min\" or \"max\"", seconds_keys, seconds_rule);
static const struct type *const ttl_either[] = {&values_ttl, &timeline_seconds, NULL};
static const struct type ttl = {.name = "ttls",
                                .shape = SHAPE_EITHER,
                                .expected = "0..2147483647 or an object with \"min\" or \"max\"",
                                .either = ttl_either};

static const struct key changes_keys[] = {
    MAY("min", values_changes, "0", "least number of changes"),
    MAY("max", values_changes, "2147483647", "greatest number of changes"),
};
static bool changes_rule(size_t i, struct rule *out)
{
    return some_rule(i, out, &timeline_changes);
}
const struct type timeline_changes =
    OBJECT("changes_range", "an object with \"min\" or \"max\"", changes_keys, changes_rule);

static const struct key quantity_keys[] = {
    MAY("min", values_changes, "0", "least value"),
    MAY("max", values_changes, "2147483647", "greatest value"),
};
static bool quantity_rule(size_t i, struct rule *out)
{
    return some_rule(i, out, &timeline_quantity);
}
const struct type timeline_quantity =
    OBJECT("quantity", "an object with \"min\" or \"max\"", quantity_keys, quantity_rule);

static const struct key share_keys[] = {
    MAY("min", values_share, "0", "least number of 1,000 clients"),
    MAY("max", values_share, "1000", "greatest number of 1,000 clients"),
};
static bool share_rule(size_t i, struct rule *out)
{
    return some_rule(i, out, &timeline_share);
}
const struct type timeline_share =
    OBJECT("share_range", "an object with \"min\" or \"max\"", share_keys, share_rule);

EITHER(dns_words, words_path_dns, "what the resolver hands out, or a list of such words")
EITHER(connect_words, words_path_connect, "what becomes of a connection, or a list of such words")
EITHER(path_reasons, words_path_reason, "a rule of the path (see cnedge list path) or a list")

static const struct key path_keys[] = {
    MAY("dns", dns_words, NULL, "what the client's resolver hands it; forged is both kinds of it"),
    MAY("connect", connect_words, NULL, "what becomes of its connection; reset is every kind"),
    MAY("port", values_port, "443", "the port it connects to; 80 is plain HTTP"),
    MAY("reason", path_reasons, NULL, "each of these rules is among the path's reasons"),
    MAY("share_permille", timeline_share, NULL, "for how many of 1,000 clients that holds"),
    MAY("first", values_time, NULL, "when the client first tried; absent: just now"),
    MAY("tried", values_routed, NULL, "the host it tried then; absent: the same one"),
};
static bool path_rule(size_t i, struct rule *out)
{
    if (i == 1) {
        *out = (struct rule){
            .when = "tried", .present = true, .all = format_keyset(&timeline_path, "first")};
    } else {
        *out = (struct rule){.some = format_keyset(&timeline_path, "dns connect reason")};
    }
    return i < 2;
}
const struct type timeline_path =
    OBJECT("path_view", "an object about what reaches the client", path_keys, path_rule);

static const struct key spread_keys[] = {
    NEED("pop", values_pop_id, "the PoP that these clients get"),
    MAY("min", values_share, "0", "least share of the line's clients, per mille"),
    MAY("max", values_share, "1000", "greatest share, per mille"),
};
static bool spread_rule(size_t i, struct rule *out)
{
    *out = (struct rule){.some = format_keyset(&timeline_spread, "min max")};
    return i == 0;
}
const struct type timeline_spread = OBJECT(
    "client_share", "an object with \"pop\" and \"min\" or \"max\"", spread_keys, spread_rule);

static const struct key stale_keys[] = {
    MAY("min", values_share, "0", "least share, per mille"),
    MAY("max", values_share, "1000", "greatest share, per mille"),
};
static bool stale_rule(size_t i, struct rule *out)
{
    return some_rule(i, out, &timeline_stale);
}
const struct type timeline_stale =
    OBJECT("stale_share", "an object with \"min\" or \"max\"", stale_keys, stale_rule);

static const struct key moved_keys[] = {
    NEED("percent", values_percent, "how many get the answer of now"),
    MAY("within", values_duration, NULL, "at most this long after the answer changed"),
    MAY("not_within", values_duration, NULL, "only later than this"),
};
static bool moved_rule(size_t i, struct rule *out)
{
    *out = (struct rule){.some = format_keyset(&timeline_moved, "within not_within")};
    return i == 0;
}
const struct type timeline_moved = OBJECT(
    "moved", "an object with \"percent\" and \"within\" or \"not_within\"", moved_keys, moved_rule);

static const struct key load_keys[] = {
    MAY("min", values_capacity_load, "0", "least load, Mbit/s"),
    MAY("max", values_capacity_load, "2147483647", "greatest load, Mbit/s"),
};
static bool load_rule(size_t i, struct rule *out)
{
    return some_rule(i, out, &timeline_load);
}
const struct type timeline_load =
    OBJECT("load", "an object with \"min\" or \"max\"", load_keys, load_rule);

static const struct key expect_keys[] = {
    MAY("at", values_time, NULL, "holds at this instant, after all events of that instant"),
    MAY("eventually", timeline_window, NULL, "holds at some instant of the window"),
    MAY("always", timeline_window, NULL, "holds at every instant of the window"),
    MAY("never", timeline_window, NULL, "holds at no instant of the window"),
    MAY("id", values_id, NULL, "a name, for reports"),
    MAY("note", values_text, "", "for people"),
    MAY("skip", values_reason, NULL, "why it is not checked"),
    MAY("expect_fail", values_reason, NULL, "why it must fail"),
    /* An answer. */
    MAY("name", names, NULL,
        "the hosts that are asked for: full names, \"*.\" and a domain for those below it, \"*\"; "
        "a name that is no declared host stands alone and asserts rcode, ttl or row"),
    MAY("from", froms, NULL,
        "the lines that ask: clients and patterns; in a list, lines named with ! are left out"),
    MAY("type", words_rr_type, "A", "the type that is asked for"),
    MAY("pop", pop_ids, NULL, "one of these PoPs answers"),
    MAY("class", classes, NULL, "a PoP of one of these classes answers"),
    MAY("nearest", values_true, NULL, "the nearest usable PoP that is allowed answers"),
    MAY("address", addresses, NULL, "each address lies in one of these"),
    MAY("rcode", words_rcode, NULL, "the result code; NODATA is NOERROR without a record"),
    MAY("ttl", ttl, NULL, "the TTL, seconds"),
    MAY("reason", reasons, NULL, "each of these rules is among the reasons"),
    MAY("row", values_row, NULL, "the row of the decision table"),
    MAY("path", timeline_path, NULL, "what reaches the client of the answer"),
    MAY("may_time_out", values_bool, NULL,
        "whether the query crosses a congested border and may time out"),
    MAY("changes", timeline_changes, NULL,
        "how often the answer changes in the window of \"always\""),
    MAY("rtt_ms", timeline_quantity, NULL,
        "the modelled round-trip time to the PoP that is answered, whole milliseconds"),
    MAY("loss_permille", timeline_quantity, NULL, "the loss on the path to it, per mille"),
    MAY("carried_by", values_id, NULL,
        "the product that carries the path; \"public\": none of them"),
    MAY("share", timeline_spread, NULL,
        "what share of each line's clients gets a PoP; differs from all or none only with setting "
        "spill"),
    MAY("stale_share", timeline_stale, NULL,
        "what share of the answers that each line's clients get, behind their resolvers, is not "
        "the one of now"),
    MAY("moved", timeline_moved, NULL,
        "how long after the last change of the answer so many get the new one, if nothing changes "
        "any more"),
    /* A load. */
    MAY("load_of", values_pop_id, NULL,
        "the PoP whose load is looked at; \"mainland\", \"near\" or \"global\": all of these "
        "together"),
    MAY("load", timeline_load, NULL, "what it carries, Mbit/s"),
    MAY("saturated", values_bool, NULL,
        "whether its clients ask for more than it can carry; of several: whether those of one do"),
    /* A state. */
    MAY("site", values_fqdn, NULL, "the domain of the site whose state is looked at"),
    MAY("app", values_id, NULL, "the app whose filing is looked at, by that filing's id"),
    MAY("filing", words_filing_state, NULL, "the state of the site's filing"),
    MAY("vetting", words_vetting_state, NULL, "the state of the site's vetting"),
    MAY("commercial", words_commercial_state, NULL, "the state of the site's commercial licence"),
    MAY("psb", words_psb_state, NULL, "the state of the site's police filing"),
    MAY("accesses", values_access_count, NULL, "how many providers carry the site's filing"),
    MAY("provider", values_id, NULL, "the provider whose access to the site's filing is looked at"),
    MAY("access", words_access_state, NULL, "the state of that access"),
    MAY("holder", values_id, NULL, "the holder whose state as a subject is looked at"),
    MAY("subject", words_subject_state, NULL, "the state of the subject"),
    MAY("violation_sites", values_changes, NULL,
        "how many of its domains its violation has blacklisted"),
    MAY("violation_addresses", values_changes, NULL,
        "how many dedicated addresses of its sites its violation has blacklisted"),
    MAY("partner", values_id, NULL, "the partner whose standing is looked at"),
    MAY("standing", words_partner_state, NULL, "how it stands to its customers"),
    MAY("account", values_id, NULL, "the account whose state is looked at"),
    MAY("subscription", words_subscription_state, NULL, "the state of its subscription"),
    MAY("host", values_routed, NULL, "the full name of the host whose state is looked at"),
    MAY("provisioning", words_provisioning_state, NULL, "the state of its provisioning"),
    MAY("package", values_id, NULL, "the bandwidth package whose state is looked at"),
    MAY("package_state", words_package_state, NULL, "its state"),
    MAY("product", values_id, NULL, "the product whose state is looked at"),
    MAY("product_state", words_product_state, NULL, "its state"),
    /* An event. */
    MAY("event", values_event_id, NULL, "the id of the event that is looked at"),
    MAY("applied", values_true, NULL, "the event was applied"),
    MAY("refused", words_refusal, NULL, "the event was refused with this code"),
};

/* What each subject may assert; see expect_rule. */
static const struct {
    const char *subject, *with, *all, *some, *one;
} subjects[] = {
    {"name", "type", "from",
     "pop class nearest address rcode ttl reason row path may_time_out changes rtt_ms "
     "loss_permille carried_by share stale_share moved",
     ""},
    {"load_of", "", "", "load saturated", ""},
    {"site", "provider", "", "filing vetting commercial psb accesses access", ""},
    {"app", "provider", "", "filing accesses access", ""},
    {"holder", "", "", "subject violation_sites violation_addresses", ""},
    {"partner", "", "standing", "", ""},
    {"account", "", "subscription", "", ""},
    {"host", "", "provisioning", "", ""},
    {"package", "", "package_state", "", ""},
    {"product", "", "product_state", "", ""},
    {"event", "", "", "", "applied refused"},
};

#define COMMON "at eventually always never id note skip expect_fail"

static keyset expect_set(const char *names_of_keys)
{
    return format_keyset(&timeline_expect, names_of_keys);
}

static bool expect_rule(size_t i, struct rule *out)
{
    size_t fixed = 8;
    switch (i) {
    case 0:
        *out = (struct rule){.one = expect_set("at eventually always never")};
        return true;
    case 1:
        *out = (struct rule){
            .one = expect_set(
                "name load_of site app holder partner account host package product event")};
        return true;
    case 2:
        *out = (struct rule){.when = "changes", .present = true, .all = expect_set("always")};
        return true;
    case 3:
        *out = (struct rule){.when = "skip", .present = true, .none = expect_set("expect_fail")};
        return true;
    case 4:
        *out = (struct rule){.when = "access", .present = true, .all = expect_set("provider")};
        return true;
    case 5:
        *out = (struct rule){.when = "provider", .present = true, .all = expect_set("access")};
        return true;
    case 6:
    case 7: /* they change between the instants at which anything happens */
        *out = (struct rule){
            .when = i == 6 ? "stale_share" : "moved", .present = true, .all = expect_set("at")};
        return true;
    default:
        break;
    }
    if (i - fixed >= CN_ARRAY_LEN(subjects)) return false;
    const char *subject = subjects[i - fixed].subject;
    *out = (struct rule){.when = subject, .present = true};
    out->all = expect_set(subjects[i - fixed].all);
    out->some = expect_set(subjects[i - fixed].some);
    out->one = expect_set(subjects[i - fixed].one);
    keyset mine = out->all | out->some | out->one | expect_set(subject) |
                  expect_set(subjects[i - fixed].with) | expect_set(COMMON);
    /* Other subjects are rule 1's business. */
    out->none =
        format_all_keys(&timeline_expect) & ~mine &
        ~expect_set("name load_of site app holder partner account host package product event");
    return true;
}

const struct type timeline_expect =
    OBJECT("expectation", "an expectation", expect_keys, expect_rule);
const struct type timeline_expects =
    LIST_OF("expectations", timeline_expect, 0, SCENARIO_EXPECTATIONS_MAX);
