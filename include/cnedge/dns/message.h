/* SPDX-License-Identifier: MIT
 * message.h: a query, decoded strictly. Room dns.
 *
 * What a DNS library lets pass is checked here: one question without compression, at most one OPT
 * record and that well formed to its last option, EDNS Client Subnet to the letter of RFC 7871,
 * cookies of a legal length, nothing behind the last record. The result says which answer the query
 * has earned; what could be read before the fault is filled in, so that the refusal can repeat the
 * question and the OPT. */
#ifndef CNEDGE_DNS_MESSAGE_H
#define CNEDGE_DNS_MESSAGE_H

#include "cnedge/dns/cookie.h"
#include "cnedge/dns/fault.h"
#include "cnedge/dns/wire.h"

enum {
    MESSAGE_HEADER_BYTES = 12,
    MESSAGE_CLASS_IN = 1,
    MESSAGE_CLASS_CHAOS = 3,
};

/* EDNS options that are understood (IANA). */
enum {
    MESSAGE_OPTION_NSID = 3,       /* RFC 5001 */
    MESSAGE_OPTION_ECS = 8,        /* RFC 7871 */
    MESSAGE_OPTION_COOKIE = 10,    /* RFC 7873 */
    MESSAGE_OPTION_KEEPALIVE = 11, /* RFC 7828 */
    MESSAGE_OPTION_PADDING = 12,   /* RFC 7830 */
    MESSAGE_OPTION_EDE = 15,       /* RFC 8914; in answers only */
};

/* Bits of the header's second pair of bytes (RFC 1035 section 4.1.1). */
enum {
    MESSAGE_QR = 0x8000,
    MESSAGE_AA = 0x0400,
    MESSAGE_TC = 0x0200,
    MESSAGE_RD = 0x0100,
    MESSAGE_OPCODE_SHIFT = 11,
    MESSAGE_DO = 0x8000, /* in the lower half of OPT's TTL (RFC 3225) */
};

enum message_verdict {
    MESSAGE_OK,     /* to be answered from the world */
    MESSAGE_CHAOS,  /* to be answered by what the server says of itself */
    MESSAGE_COOKIE, /* no question, but a cookie: to be answered with one (RFC 7873 section 5.4) */
    MESSAGE_DROP,   /* no answer at all: not a query */
    MESSAGE_FORMERR,
    MESSAGE_NOTIMP,
    MESSAGE_BADVERS,
    MESSAGE_NOTAUTH, /* signed with a key that we do not have: we have none (RFC 8945) */
    MESSAGE_REFUSED, /* understood, and not for us: another class, a transfer */
};

struct message_tsig { /* where its parts stand in the query, for the answer to repeat */
    bool present;
    uint16_t name_at, name_len; /* of the key */
    uint16_t data_at;           /* algorithm, then the 48-bit time */
    uint16_t algorithm_len;
    uint16_t id; /* of the message that was signed */
};

struct message_ecs {
    bool present;
    uint16_t family;     /* 1, 2; 0 with nothing else: "dig +subnet=0" */
    uint8_t source;      /* prefix length, bits */
    uint8_t bytes;       /* of the address that were sent */
    uint8_t address[16]; /* zero behind `source` */
};

struct message {
    uint16_t id;
    uint8_t opcode;
    bool rd;
    enum fault fault;      /* why the verdict is none of the first four */
    uint16_t question_len; /* bytes behind the header; 0 = there is none that can be repeated */
    uint16_t type, class_;
    uint16_t udp_size; /* as in OPT; 0 without */
    bool edns, dnssec_ok;
    uint8_t version; /* of EDNS */
    bool has_serial; /* IXFR: of the zone that the client has */
    uint32_t serial;
    struct message_tsig tsig; /* signed, RFC 8945 */
    struct message_ecs ecs;
    struct cookie cookie;
    bool padding;            /* hides its length, and wants the answer's hidden */
    bool nsid;               /* who answers? */
    bool keepalive;          /* how long may a connection idle? */
    bool keepalive_bad;      /* with data, which a query's must not have: FORMERR over TCP */
    uint8_t name[DNAME_MAX]; /* lower case; set when question_len is */
};

/* Decodes a query. Reads nothing behind `len`, keeps no pointer. */
CN_NONNULL CN_MUSTUSE enum message_verdict message_read(struct message *m, const uint8_t *query,
                                                        size_t len);

#endif
