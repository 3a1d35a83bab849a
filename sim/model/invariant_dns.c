/* SPDX-License-Identifier: MIT
 * invariant_dns.c: who gets an answer at all (FACTS C2 rows 27 and 28), from the scenario's
 * settings and what happened to the nameservers and the border. */
#include "cnedge/model/answer.h"
#include "invariant_internal.h"

/* Row 27: all DNS of the partner's sites goes to its nameservers in China, and these are out. */
static bool nobody_answers(const struct world *w, uint8_t partner)
{
    return w->spec->choices.dns_mode == DNS_IN_CHINA && w->partners[partner].dns_down;
}

/* Row 28: the query of a client in a province goes abroad, or the one of a client abroad to China.
 * A customer's own nameservers are abroad, and the names there lead to the CDN's. */
static bool crosses(const struct world *w, uint16_t line, bool own_dns)
{
    if (line == w->topology->unknown_line) line = w->spec->unknown_line;
    bool in_a_province = w->topology->lines[line].region != CN_NONE16;
    if (in_a_province) return own_dns || w->spec->choices.dns_mode == DNS_GLOBAL;
    return w->spec->choices.dns_mode == DNS_IN_CHINA;
}

static void found(struct violation_list *out, enum invariant i, uint32_t host, uint16_t line)
{
    if (out->count < out->cap) {
        out->items[out->count] = (struct violation){.invariant = i,
                                                    .host = host,
                                                    .class_ = CN_NONE16,
                                                    .line = line,
                                                    .got_pop = CN_NONE16,
                                                    .want_pop = CN_NONE16};
    }
    out->count++;
}

void invariant_dns_host(struct world *w, uint32_t host, uint16_t line, struct violation_list *out)
{
    struct answer a;
    const struct class_ *c = &w->classes[w->hosts[host].class_];
    answer_find(w, w->spec->hosts[host].name, RR_AAAA, line, &a);
    bool own_dns = w->spec->sites[w->hosts[host].site].setup == SETUP_PARTIAL;
    bool out_of_reach = !own_dns && nobody_answers(w, c->key.partner);
    bool failed = a.kind == ANSWER_SERVFAIL || a.kind == ANSWER_SILENT;
    if (failed != out_of_reach) found(out, INVARIANT_DNS_OUTAGE, host, line);
    bool late = !out_of_reach && w->border_congested && crosses(w, line, own_dns);
    if (a.may_time_out != late) found(out, INVARIANT_DNS_CROSSING, host, line);
}

enum { HOSTS_LOOKED_AT = 64, LINES_LOOKED_AT = 16, LINES_TIMELESS = 4 };

/* A host of each partner's sites, as far as some of the first ones are: some lines, others each
 * time that the network has changed. The verifier comes here a million times: it looks at fewer. */
void invariant_dns_partners(struct world *w, struct violation_list *out)
{
    uint32_t seen = 0; /* bits of partners */
    uint32_t count = w->timeless ? LINES_TIMELESS : LINES_LOOKED_AT;
    for (uint32_t h = 0; h < w->spec->host_count && h < HOSTS_LOOKED_AT; h++) {
        uint32_t partner = 1U << w->sites[w->hosts[h].site].partner;
        if (!w->hosts[h].active || (seen & partner) != 0) continue;
        seen |= partner;
        uint32_t lines = w->topology->line_count;
        for (uint32_t i = 0; i < lines && i < count; i++) {
            uint32_t line = (w->generation * count + i) % lines;
            invariant_dns_host(w, h, (uint16_t)line, out);
        }
    }
}
