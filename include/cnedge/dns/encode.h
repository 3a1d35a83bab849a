/* SPDX-License-Identifier: MIT
 * encode.h: writes one answer: header, question as it was asked, records, OPT. Room dns.
 *
 * Records are written straight into the caller's buffer; names are compressed against what stands
 * there already, the question first, so that its spelling is kept. When a record does not fit, the
 * answer is cut back to the question and says TC. Room for OPT is kept from the start. */
#ifndef CNEDGE_DNS_ENCODE_H
#define CNEDGE_DNS_ENCODE_H

#include "cnedge/dns/message.h"

enum {
    ENCODE_NAMES_MAX = 64,    /* places that a later name can point to; more are not used */
    ENCODE_PAD_BLOCK = 468,   /* bytes, RFC 8467 section 4.1 */
    ENCODE_OPTIONS_MAX = 256, /* bytes of EDNS options, Client Subnet aside */
};

enum encode_section {
    ENCODE_ANSWER,
    ENCODE_AUTHORITY,
    ENCODE_ADDITIONAL,
    ENCODE_SECTION_COUNT,
};

/* Response codes; those above 15 need OPT (IANA). */
enum encode_rcode {
    ENCODE_NOERROR = 0,
    ENCODE_FORMERR = 1,
    ENCODE_SERVFAIL = 2,
    ENCODE_NXDOMAIN = 3,
    ENCODE_NOTIMP = 4,
    ENCODE_REFUSED = 5,
    ENCODE_YXDOMAIN = 6,
    ENCODE_NOTAUTH = 9,
    ENCODE_BADVERS = 16,
};

struct encode {
    struct wire_wr w;
    const struct message *m; /* borrowed: what is answered */
    const uint8_t *query;    /* borrowed: its bytes */
    size_t limit;            /* bytes in all, OPT included */
    uint16_t counts[ENCODE_SECTION_COUNT];
    uint16_t names[ENCODE_NAMES_MAX];
    size_t name_count;
    size_t record; /* where the open record's length stands */
    uint8_t options[ENCODE_OPTIONS_MAX];
    size_t option_len;
    bool plain; /* no name is compressed */
    bool pad;   /* up to a multiple of ENCODE_PAD_BLOCK, as far as there is room */
};

struct encode_record {
    enum encode_section section;
    const uint8_t *owner; /* wire */
    uint16_t type;
    uint32_t ttl_s;
};

struct encode_end {
    enum encode_rcode rcode;
    bool authoritative;
    uint8_t scope;     /* of the answer, for EDNS Client Subnet */
    uint16_t udp_size; /* what we take ourselves, for OPT */
};

/* Starts an answer to `m`, which was read from `query`, of at most `limit` bytes (at least 512). */
CN_NONNULL void encode_begin(struct encode *e, const struct message *m, const uint8_t *query,
                             uint8_t *out, size_t limit);

/* Opens a record of class IN, or CHAOS for a query in that class; its data follow by encode_name
 * and by writing to `e->w`. */
CN_NONNULL void encode_open(struct encode *e, const struct encode_record *r);

/* The same with an owner that keeps its spelling. */
CN_NONNULL void encode_open_exact(struct encode *e, const struct encode_record *r);

/* Closes the open record: its length is known now. */
CN_NONNULL void encode_close(struct encode *e);

/* Writes a name, compressed. Only for owners and for types of RFC 1035 (RFC 3597 section 4). */
CN_NONNULL void encode_name(struct encode *e, const uint8_t *name);

/* The same, compressed only against what is spelled alike. */
CN_NONNULL void encode_name_exact(struct encode *e, const uint8_t *name);

struct encode_mark { /* a place to go back to */
    size_t pos, name_count;
    uint16_t counts[ENCODE_SECTION_COUNT];
};

/* Marks the end of what is written, and takes back what was written since: for records that may be
 * left out. */
CN_NONNULL struct encode_mark encode_mark(const struct encode *e);
CN_NONNULL void encode_undo(struct encode *e, const struct encode_mark *m);

/* Writes a character string: at most 255 bytes of the text. */
CN_NONNULL void encode_text(struct encode *e, const char *text);

/* Adds an EDNS option, for which room is kept from now on. Only for a query with OPT. False, and
 * nothing added, when there is no room left for it. */
CN_NONNULL bool encode_option(struct encode *e, uint16_t code, const void *data, size_t len);

/* Adds the Extended DNS Error of the query's fault, if it has one and had OPT: in words where there
 * is room for them and for `reserve` bytes more. Behind all records and other options. */
CN_NONNULL void encode_fault(struct encode *e, size_t reserve);

/* Drops all records and says TC when the answer ends. */
CN_NONNULL void encode_truncate(struct encode *e);

/* Ends the answer: truncates if need be, adds OPT if the query had one, and for NOTAUTH a TSIG that
 * says BADKEY, completes the header.
 * Returns the answer's length. */
CN_NONNULL size_t encode_finish(struct encode *e, const struct encode_end *end);

#endif
