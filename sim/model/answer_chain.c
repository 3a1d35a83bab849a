/* SPDX-License-Identifier: MIT
 * answer_chain.c: the CDN's own zone, where the CNAMEs of partial set-up lead (FACTS A1, C3).
 *
 *   name                       type        answer
 *   the zone's apex            SOA, NS     its records; NODATA for the rest
 *   HOST.zone                  A, AAAA     the routed addresses, as at HOST in full set-up
 *   HOST.zone                  another     NODATA with this zone's SOA
 *   HOST.zone, deleted         any         NXDOMAIN; the CNAME at HOST, which is the customer's,
 *                                          stays (revocation_policy delete_name)
 *   between them and the apex  any         NODATA: an empty non-terminal
 *   other names                any         NXDOMAIN with this zone's SOA               */
#include "answer_internal.h"

/* The CDN's domain itself has lapsed: nobody asks for names in it. */
static bool zone_lapsed(const struct world *w, struct answer *out)
{
    if (w->cdn_site == CN_NONE32 || !w->sites[w->cdn_site].expired) return false;
    bool refused = w->choices->lapsed_domain == LAPSED_REFUSED;
    answer_set_negative(w, out, refused ? ANSWER_REFUSED : ANSWER_NXDOMAIN);
    return true;
}

static void at_host(struct world *w, const struct name_slot *slot, uint16_t type, uint16_t line,
                    struct answer *out)
{
    bool gone = w->sites[slot->site].expired || answer_deleted(w, line, out);
    if (gone) {
        answer_set_negative(w, out, slot->below > 0 ? ANSWER_NODATA : ANSWER_NXDOMAIN);
    } else if (type == RR_ANY) {
        answer_set(out, ANSWER_ANY, ANSWER_STATIC_TTL_S);
    } else if (type == RR_A || type == RR_AAAA) {
        answer_routed(w, type, line, out);
    } else {
        answer_set_negative(w, out, ANSWER_NODATA);
    }
}

void answer_chain_find(struct world *w, const uint8_t *name, uint16_t type, uint16_t line,
                       struct answer *out)
{
    const struct name_slot *slot = world_names_find(w, name);
    bool host = slot != NULL && slot->host != CN_NONE32 && w->hosts[slot->host].active;
    if (host) {
        out->host = slot->host;
        out->site = slot->site;
    }
    if (zone_lapsed(w, out)) return;
    if (answer_dns_out(w, host ? w->sites[slot->site].partner : 0, out)) return;
    out->may_time_out = w->border_congested && world_dns_crosses(w, line);
    if (slot == NULL || !answer_exists(w, slot)) {
        answer_set_negative(w, out, ANSWER_NXDOMAIN);
    } else if (slot->apex && type == RR_SOA) {
        answer_set(out, ANSWER_SOA, w->choices->ttl_negative_s);
    } else if (slot->apex && type == RR_NS) {
        answer_set(out, ANSWER_NS, ANSWER_STATIC_TTL_S);
    } else if (host) {
        at_host(w, slot, type, line, out);
    } else if (type == RR_ANY && slot->apex) {
        answer_set(out, ANSWER_ANY, ANSWER_STATIC_TTL_S);
    } else {
        answer_set_negative(w, out, ANSWER_NODATA);
    }
}
