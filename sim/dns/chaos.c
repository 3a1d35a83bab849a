/* SPDX-License-Identifier: MIT */
#include "cnedge/dns/chaos.h"

#include <string.h>

static bool asks_for(const struct message *m, const char *name, size_t size)
{
    return m->question_len == size + 4 && memcmp(m->name, name, size) == 0;
}

#define ASKS_FOR(m, wire_name) asks_for(m, wire_name, sizeof(wire_name))

enum encode_rcode chaos_answer(struct encode *e, const struct responder_server *s)
{
    char id[RESPONDER_NSID_MAX + 1] = "";
    const struct message *m = e->m;
    const char *text = NULL;
    if (s == NULL || s->version == NULL) return ENCODE_REFUSED;
    memcpy(id, s->nsid, s->nsid_len);
    if (ASKS_FOR(m, "\7version\4bind") || ASKS_FOR(m, "\7version\6server")) {
        text = s->version;
    } else if (ASKS_FOR(m, "\2id\6server") || ASKS_FOR(m, "\10hostname\4bind")) {
        text = id;
    }
    if (text == NULL || *text == '\0') return ENCODE_REFUSED;
    encode_open(e, &(struct encode_record){ENCODE_ANSWER, m->name, RR_TXT, 0});
    encode_text(e, text);
    encode_close(e);
    return ENCODE_NOERROR;
}
