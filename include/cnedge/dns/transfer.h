/* SPDX-License-Identifier: MIT
 * transfer.h: a whole zone as one line sees it now, in DNS messages. Room dns; no socket, no
 * allocation.
 *
 * What is written is what the responder answers: name by name, type by type, with the answers of a
 * client that is known by its line only. Addresses of hosts are the decision's; aliases, RRsets of
 * the zone, delegations and their glue come as they are. `_why` names and what exists without
 * records have no place in a transfer. RFC 5936 gives the order: SOA, the rest, SOA. */
#ifndef CNEDGE_DNS_TRANSFER_H
#define CNEDGE_DNS_TRANSFER_H

#include "cnedge/dns/encode.h"
#include "cnedge/model/answer.h"

/* Takes one message; false ends the transfer. */
typedef bool (*transfer_sink)(void *to, const uint8_t *message, size_t len);

enum transfer_part {
    TRANSFER_ALL,    /* a transfer: SOA first and last */
    TRANSFER_FIXED,  /* RRsets that are the same for every line, SOA first */
    TRANSFER_ROUTED, /* RRsets that depend on the line; no SOA */
    TRANSFER_SOA,    /* the SOA alone, in one message */
};

struct transfer {
    struct world *w;
    const uint8_t *apex; /* wire, lower case: of a zone of ours */
    uint16_t line;
    enum transfer_part part;
    bool plain;              /* names are not compressed */
    uint32_t names_max;      /* to look at for one message; 0: as many as it takes */
    const struct message *m; /* the query that is answered, and its bytes */
    const uint8_t *query;
    uint8_t *buffer; /* of one message */
    size_t cap;      /* its bytes, at least 512 */
    transfer_sink sink;
    void *to;
};

/* The rcode with which a transfer of this zone to this line has to be refused; ENCODE_NOERROR when
 * there is a zone: NOTAUTH for a name that is no apex of ours, REFUSED when its domain has lapsed,
 * SERVFAIL while its nameservers are out. */
CN_NONNULL enum encode_rcode transfer_refusal(struct world *w, const uint8_t *apex, uint16_t line);

struct transfer_cursor { /* where the next message begins; all zero: at the beginning */
    uint8_t phase;
    uint32_t at, step;
};

enum transfer_result {
    TRANSFER_MESSAGE, /* `buffer` has one */
    TRANSFER_PAUSE,   /* names_max of them had nothing to tell; there are more */
    TRANSFER_END,     /* there is no more */
    TRANSFER_FAILED,  /* an RRset does not fit in `cap`; with a larger one it may */
};

/* Writes the next message of the zone, for which transfer_refusal is ENCODE_NOERROR, into `buffer`.
 * The world has to be the same from the first to the last. `sink` is not used. */
CN_NONNULL CN_MUSTUSE enum transfer_result transfer_next(const struct transfer *t,
                                                         struct transfer_cursor *c, size_t *len);

/* Writes the zone, for which transfer_refusal is ENCODE_NOERROR. False when the sink has had
 * enough, or an RRset does not fit in a message. */
CN_NONNULL CN_MUSTUSE bool transfer_write(const struct transfer *t);

#endif
