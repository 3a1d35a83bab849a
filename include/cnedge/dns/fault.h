/* SPDX-License-Identifier: MIT
 * fault.h: what is wrong with a query, in words. Room dns.
 *
 * Whoever sent the query gets them as an Extended DNS Error (RFC 8914) if the query had an OPT
 * record: without one the answer has no place for words. The settings `ede` and `ede_text` are
 * about what the world does to names; what a query itself did wrong is told always. */
#ifndef CNEDGE_DNS_FAULT_H
#define CNEDGE_DNS_FAULT_H

#include "cnedge/base/base.h"

enum { FAULT_TEXT_MAX = 120 }; /* bytes: beside a cookie and NSID there is room for it */

/* Name, info code (enum ede_code), words. RFC 8914 has no code for a query that is not well formed:
 * that is 0, Other. */
#define FAULTS(X)                                                                                  \
    /* the message as a whole: FORMERR */                                                          \
    X(QUESTIONS, EDE_OTHER, "the header counts more than one question (RFC 9619)")                 \
    X(NO_QUESTION, EDE_OTHER, "there is no question, and no cookie that could go without one")     \
    X(ANSWERS, EDE_OTHER, "the header counts answer records: a query has none")                    \
    X(AUTHORITIES, EDE_OTHER, "the header counts authority records: only IXFR brings one")         \
    X(RECORD, EDE_OTHER, "a record is cut off, or the header counts more than there are")          \
    X(RDATA, EDE_OTHER, "the data of a record are not what its type has")                          \
    X(BEHIND, EDE_OTHER, "there are bytes behind the last record that the header counts")          \
    /* OPT and its options: FORMERR */                                                             \
    X(OPT_TWICE, EDE_OTHER, "there is more than one OPT record (RFC 6891 section 6.1.1)")          \
    X(OPT_PLACE, EDE_OTHER, "OPT stands outside of the additional section")                        \
    X(OPT_OWNER, EDE_OTHER, "OPT stands at a name other than the root")                            \
    X(OPTION, EDE_OTHER, "an option ends behind the end of OPT")                                   \
    X(COOKIE, EDE_OTHER, "a cookie has 8 bytes, or 16 to 40 with the server's (RFC 7873)")         \
    X(KEEPALIVE, EDE_OTHER, "edns-tcp-keepalive of a query has no data (RFC 7828)")                \
    X(ECS_TWICE, EDE_OTHER, "there is more than one Client Subnet")                                \
    X(ECS_CUT, EDE_OTHER, "Client Subnet ends before its prefix lengths")                          \
    X(ECS_FAMILY, EDE_OTHER, "Client Subnet is of a family other than 1, IPv4, and 2, IPv6")       \
    X(ECS_SCOPE, EDE_OTHER, "the scope of a query's Client Subnet is 0 (RFC 7871 section 6)")      \
    X(ECS_PREFIX, EDE_OTHER, "the prefix of Client Subnet is longer than an address")              \
    X(ECS_LENGTH, EDE_OTHER, "the address of Client Subnet is not as long as its prefix")          \
    X(ECS_BITS, EDE_OTHER, "the address of Client Subnet has bits set behind its prefix")          \
    /* signatures: FORMERR, NOTAUTH */                                                             \
    X(TSIG_LAST, EDE_OTHER, "TSIG is not the last record")                                         \
    X(TSIG_DATA, EDE_OTHER, "TSIG is not well formed: class ANY, TTL 0, names in full")            \
    X(TSIG_SIZE, EDE_OTHER, "the signature has not 16 to 32 bytes, as HMAC-SHA256 has")            \
    X(TSIG_KEY, EDE_PROHIBITED, "no key here has this name and algorithm (BADKEY)")                \
    X(TSIG_SIGNATURE, EDE_PROHIBITED, "the signature is not that of the key (BADSIG)")             \
    X(TSIG_TIME, EDE_PROHIBITED, "the clocks of both sides are too far apart (BADTIME)")           \
    X(TSIG_CUT, EDE_PROHIBITED, "the signature is not whole (BADTRUNC)")                           \
    /* what is not spoken: BADVERS, NOTIMP, FORMERR, REFUSED */                                    \
    X(VERSION, EDE_NOT_SUPPORTED, "version 0 of EDNS is spoken here")                              \
    X(OPCODE, EDE_NOT_SUPPORTED, "opcode QUERY is answered here, and no other")                    \
    X(TYPE_META, EDE_INVALID_TYPE, "this type stands for no data, and cannot be asked for")        \
    X(TYPE_OLD, EDE_NOT_SUPPORTED, "TKEY, MAILA and MAILB are not answered here")                  \
    X(CLASS, EDE_NOT_SUPPORTED, "class IN is answered here, and no other")                         \
    X(CHAOS, EDE_NOT_SUPPORTED, "nothing is told of this name in class CHAOS")                     \
    /* transfers: FORMERR, REFUSED, NOTAUTH, SERVFAIL */                                           \
    X(AXFR_UDP, EDE_NOT_SUPPORTED, "AXFR goes over TCP (RFC 5936 section 4.2)")                    \
    X(TRANSFER_UNSIGNED, EDE_PROHIBITED, "a transfer has to be signed with a key (TSIG)")          \
    X(TRANSFER_LINE, EDE_PROHIBITED, "the line of this key is not in the scenario")                \
    X(TRANSFER_ZONE, EDE_NOT_AUTHORITATIVE, "no zone of ours begins at this name")                 \
    X(TRANSFER_LAPSED, EDE_NOT_AUTHORITATIVE, "the domain has lapsed")                             \
    X(TRANSFER_OUT, EDE_NOT_READY, "the nameservers of the zone do not work now")                  \
    /* the answer: YXDOMAIN */                                                                     \
    X(NAME_LENGTH, EDE_OTHER, "the name that DNAME leads to is longer than 255 octets")

enum fault {
    FAULT_NONE,
#define FAULT_ENUM(name, code, text) FAULT_##name,
    FAULTS(FAULT_ENUM)
#undef FAULT_ENUM
        FAULT_COUNT
};

/* Info code and words, which have at most FAULT_TEXT_MAX bytes; not for FAULT_NONE. */
CN_CONST uint16_t fault_code(enum fault f);
CN_CONST const char *fault_text(enum fault f);

#endif
