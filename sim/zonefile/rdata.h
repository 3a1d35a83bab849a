/* SPDX-License-Identifier: MIT
 * rdata.h: the data of one record, from text to wire, by ldns. Room zonefile. */
#ifndef CNEDGE_SIM_ZONEFILE_RDATA_H
#define CNEDGE_SIM_ZONEFILE_RDATA_H

#include "lexer.h"

enum { RDATA_WHY_MAX = DIAG_TEXT_MAX };

struct rdata_in {
    const struct lexer_token *tokens; /* of the data alone */
    size_t count;
    const uint8_t *origin; /* wire; what names without a final dot are relative to */
    uint16_t type;
};

struct rdata_out {
    uint16_t len;
    uint8_t hints; /* bits of enum zone_hint: "ipv4hint=auto" */
    uint8_t wire[UINT16_MAX];
};

/* The number of a type: "MX", "TYPE65280"; 0 when it is none. */
CN_NONNULL CN_MUSTUSE uint16_t rdata_type(const char *name);

/* The name of a type, "MX" or "TYPE65280". */
CN_NONNULL void rdata_type_name(uint16_t type, char out[16]);

/* The data of a record as text, without the hints that follow the decision; false without memory.
 */
CN_NONNULL CN_MUSTUSE bool rdata_show(uint16_t type, const struct zone_datum *d, char *out,
                                      size_t cap);

/* Reads the data of a record. False with `why` when they are none of this type. */
CN_NONNULL CN_MUSTUSE bool rdata_read(const struct rdata_in *in, struct rdata_out *out,
                                      char why[RDATA_WHY_MAX]);

/* Reads a name as master files have it: "@", relative or with a final dot, in the case in which it
 * is written. Its length, or 0 when it is none. */
CN_NONNULL CN_MUSTUSE size_t rdata_name(const char *text, const uint8_t *origin,
                                        uint8_t out[DNAME_MAX]);

/* Reads a TTL: seconds, or "1h30m". False when it is none. */
CN_NONNULL CN_MUSTUSE bool rdata_ttl(const char *text, uint32_t *out);

#endif
