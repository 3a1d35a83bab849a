/* SPDX-License-Identifier: MIT
 * responder_internal.h: what the responder's files share. */
#ifndef CNEDGE_DNS_RESPONDER_INTERNAL_H
#define CNEDGE_DNS_RESPONDER_INTERNAL_H

#include "cnedge/dns/encode.h"
#include "cnedge/dns/responder.h"

/* Adds what the query asked for and the server has to say; the cookie first, it matters most. */
CN_NONNULL void responder_put_options(struct encode *e, const struct responder_client *c,
                                      const struct message *m);

#endif
