/* SPDX-License-Identifier: MIT
 * shown.h: an answer as one line of text, as ldns reads it: "RCODE flags | answer ; authority +
 * additional # ECS scope". */
#ifndef CNEDGE_TESTS_DNS_SHOWN_H
#define CNEDGE_TESTS_DNS_SHOWN_H

#include <ldns/ldns.h>
#include <stdlib.h>

#include "test.h"
#include "zones.h"

enum { SHOWN_MAX = 8192 };

struct shown {
    char text[SHOWN_MAX];
    size_t len;
};

static inline void shown_add(struct shown *l, const char *what)
{
    size_t n = strlen(what);
    assert_true(l->len + n < sizeof(l->text));
    memcpy(l->text + l->len, what, n + 1);
    l->len += n;
}

static inline void shown_records(struct shown *l, const ldns_rr_list *list, const char *mark)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
        char *text = ldns_rr2str(ldns_rr_list_rr(list, i));
        size_t len = strcspn(text, "\n");
        while (len > 0 && text[len - 1] == ' ') {
            len--;
        }
        text[len] = '\0';
        for (char *p = text; *p != '\0'; p++) {
            if (*p == '\t') *p = ' ';
        }
        shown_add(l, mark);
        shown_add(l, text);
        free(text);
    }
}

static inline void shown_read(struct shown *l, const uint8_t *answer, size_t len)
{
    ldns_pkt *pkt = NULL;
    assert_true(zones_walk(answer, len));
    assert_int_equal(ldns_wire2pkt(&pkt, answer, len), LDNS_STATUS_OK);
    char *rcode = ldns_pkt_rcode2str(ldns_pkt_get_rcode(pkt));
    shown_add(l, rcode);
    free(rcode);
    if (ldns_pkt_aa(pkt)) shown_add(l, " aa");
    if (ldns_pkt_tc(pkt)) shown_add(l, " tc");
    if (ldns_rr_list_rr_count(ldns_pkt_answer(pkt)) == 0) shown_add(l, " |");
    shown_records(l, ldns_pkt_answer(pkt), " | ");
    if (ldns_rr_list_rr_count(ldns_pkt_answer(pkt)) > 0 &&
        ldns_rr_list_rr_count(ldns_pkt_authority(pkt)) > 0) {
        shown_add(l, " |");
    }
    shown_records(l, ldns_pkt_authority(pkt), " ; ");
    shown_records(l, ldns_pkt_additional(pkt), " + ");
    if (ldns_pkt_edns_data(pkt) != NULL) {
        char scope[16];
        snprintf(scope, sizeof(scope), " # %u", ldns_rdf_data(ldns_pkt_edns_data(pkt))[7]);
        shown_add(l, scope);
    }
    ldns_pkt_free(pkt);
}

#endif
