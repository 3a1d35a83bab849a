/* SPDX-License-Identifier: MIT
 * chaos.h: what a server says of itself in class CHAOS (RFC 4892): version.bind, version.server,
 * id.server and hostname.bind. Room dns. */
#ifndef CNEDGE_DNS_CHAOS_H
#define CNEDGE_DNS_CHAOS_H

#include "cnedge/dns/encode.h"
#include "cnedge/dns/responder.h"

/* Writes the TXT record that is asked for; REFUSED for any other name, for a server without a
 * version (or NULL), and for the name of one that has no name. */
CN_MUSTUSE enum encode_rcode chaos_answer(struct encode *e, const struct responder_server *s);

#endif
