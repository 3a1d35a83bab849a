/* SPDX-License-Identifier: MIT
 * explain_path.c: `cnedge explain --path`: what the client gets, stage by stage. */
#include <inttypes.h>
#include <stdio.h>

#include "cnedge/base/addrtext.h"
#include "cnedge/cli/explain_path.h"
#include "cnedge/replay/judge_path.h"

static void print_forged(const struct path_view *v, bool v6)
{
    for (uint8_t i = 0; i < v->forged_count; i++) {
        char text[ADDRTEXT_MAX];
        addrtext_put(v->forged[i], v6, text);
        printf("%s%s%s", i > 0 ? ", " : "           ", text, v->forged_aa[i] ? " (AA)" : "");
    }
    if (v->forged_count > 0) printf(", TTL %" PRIu32 "\n", v->forged_ttl_s);
}

static void print_distance(const struct path_view *v)
{
    enum { US_PER_MS = 1000 };
    if (v->rtt_us == 0) return;
    printf("           modelled RTT %" PRIu32 ".%" PRIu32 " ms, loss about %" PRIu32 ".%" PRIu32
           " %%\n",
           v->rtt_us / US_PER_MS, v->rtt_us % US_PER_MS / 100, v->loss_permille / 10,
           v->loss_permille % 10);
}

static const char *dig_sees(enum path_dns d)
{
    static const char *const texts[PATH_DNS_COUNT] = {
        [PATH_DNS_GENUINE] = "the authority's answer",
        [PATH_DNS_FORGED_FIRST] = "a forged answer; the authority's arrives too late",
        [PATH_DNS_FORGED_ONLY] = "somebody else's answer",
        [PATH_DNS_TIMEOUT] = "no answer: a time-out",
        [PATH_DNS_SERVFAIL] = "SERVFAIL",
    };
    return texts[d];
}

static const char *browser_sees(enum path_connect c)
{
    static const char *const texts[PATH_CONNECT_COUNT] = {
        [PATH_CONNECT_OK] = "the site",
        [PATH_CONNECT_SNI_RESET] = "connection reset",
        [PATH_CONNECT_RESIDUAL] = "connection reset",
        [PATH_CONNECT_HTTP_RESET] = "connection reset",
        [PATH_CONNECT_PROVINCE_RESET] = "connection reset",
        [PATH_CONNECT_BORDER_RESET] = "connection reset",
        [PATH_CONNECT_DROPPED] = "a time-out",
        [PATH_CONNECT_DEAD_POP] = "a time-out",
        [PATH_CONNECT_BLOCK_PAGE] = "the provider's block page",
        [PATH_CONNECT_DENIED] = "an error page or a wrong certificate",
        [PATH_CONNECT_WRONG_SERVER] = "a time-out or a wrong certificate",
        [PATH_CONNECT_NOWHERE] = "the name cannot be resolved",
    };
    return texts[c];
}

void explain_path_print(const struct path_question *q, const struct path_view *v)
{
    printf("the path to the client:\n");
    printf("  dns      %s: %s\n", path_dns_name(v->dns), path_dns_text(v->dns));
    print_forged(v, q->type == RR_AAAA);
    if (q->type == RR_A || q->type == RR_AAAA) {
        printf("  connect  %s: %s (port %u)\n", path_connect_name(v->connect),
               path_connect_text(v->connect), (unsigned)q->port);
        print_distance(v);
    }
    printf("  dig sees: %s\n", dig_sees(v->dns));
    if (q->type == RR_A || q->type == RR_AAAA) {
        printf("  browser sees: %s\n", browser_sees(v->connect));
    }
    if (v->reason_count > 0) printf("because, on the path:\n");
    for (uint8_t i = 0; i < v->reason_count; i++) {
        char text[PATH_TEXT_MAX];
        path_reason_text(v->reasons[i], text, sizeof(text));
        printf("  %-24s %s\n", path_rule_id((enum path_rule)v->reasons[i].rule), text);
    }
}
