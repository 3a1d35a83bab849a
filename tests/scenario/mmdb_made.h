/* SPDX-License-Identifier: MIT
 * mmdb_made.h: MaxMind DB files made node by node, right ones and wrong ones, for tests. */
#ifndef CNEDGE_TESTS_MMDB_MADE_H
#define CNEDGE_TESTS_MMDB_MADE_H

#include <stdio.h>
#include <string.h>

#include "cnedge/base/base.h"

enum { MADE_NODES_MAX = 1 << 12, MADE_DATA_MAX = 1 << 12, MADE_BYTES_MAX = 1 << 16, MADE_GAP = 16 };

#define MADE_NOTHING UINT32_MAX /* a record: no data */
#define MADE_DATA    0x40000000 /* plus an offset: a record */

struct made {
    unsigned record_size; /* 24, 28, 32 */
    unsigned ip_version;
    uint32_t node_count;
    uint32_t told_nodes; /* in the metadata; 0: node_count */
    uint32_t node[MADE_NODES_MAX][2];
    uint8_t data[MADE_DATA_MAX];
    uint32_t data_len;
    const uint8_t *languages; /* the value of that key; NULL: an empty list */
    size_t languages_len;
    uint8_t bytes[MADE_BYTES_MAX]; /* the file */
    size_t len;
};

static inline void made_init(struct made *m, unsigned ip_version, unsigned record_size)
{
    memset(m, 0, sizeof(*m));
    m->ip_version = ip_version;
    m->record_size = record_size;
}

static inline uint32_t made_node(struct made *m, uint32_t left, uint32_t right)
{
    CN_ASSERT(m->node_count < MADE_NODES_MAX);
    m->node[m->node_count][0] = left;
    m->node[m->node_count][1] = right;
    return m->node_count++;
}

/* Adds bytes to the data; returns the record for them. */
static inline uint32_t made_data(struct made *m, const void *bytes, size_t len)
{
    CN_ASSERT(m->data_len + len <= MADE_DATA_MAX);
    uint32_t at = m->data_len;
    memcpy(m->data + at, bytes, len);
    m->data_len += (uint32_t)len;
    return MADE_DATA + at;
}

/* {"line": LINE} */
static inline uint32_t made_line(struct made *m, const char *line)
{
    uint8_t bytes[64] = "\xE1\x44line";
    size_t len = strlen(line);
    CN_ASSERT(len < 29);
    bytes[6] = (uint8_t)(2U << 5 | len);
    memcpy(bytes + 7, line, len);
    return made_data(m, bytes, len + 7);
}

static inline unsigned made_bit(const uint8_t *address, unsigned i)
{
    return address[i / 8] >> (7 - i % 8) & 1U;
}

/* Lays a record at a network of the tree (an IPv4 one of an IPv6 tree begins with 96 zeros); what
 * was there is divided. The first node must exist. */
static inline void made_put(struct made *m, const uint8_t *address, unsigned bits, uint32_t record)
{
    uint32_t at = 0;
    for (unsigned i = 0; i + 1 < bits; i++) {
        uint32_t *next = &m->node[at][made_bit(address, i)];
        if (*next >= MADE_DATA) {
            uint32_t node = made_node(m, *next, *next);
            m->node[at][made_bit(address, i)] = node;
        }
        at = m->node[at][made_bit(address, i)];
    }
    m->node[at][made_bit(address, bits - 1)] = record;
}

static inline void made_bytes(struct made *m, const void *bytes, size_t len)
{
    CN_ASSERT(m->len + len <= MADE_BYTES_MAX);
    memcpy(m->bytes + m->len, bytes, len);
    m->len += len;
}

static inline void made_number(struct made *m, const char *key, unsigned type, uint32_t v)
{
    uint8_t be[5] = {(uint8_t)(type << 5 | (type == 5 ? 2U : 4U)), (uint8_t)(v >> 24),
                     (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
    uint8_t head = (uint8_t)(2U << 5 | strlen(key));
    made_bytes(m, &head, 1);
    made_bytes(m, key, strlen(key));
    if (type == 5) memmove(be + 1, be + 3, 2);
    made_bytes(m, be, type == 5 ? 3 : 5);
}

static inline void made_metadata(struct made *m)
{
    made_bytes(m, "\xAB\xCD\xEFMaxMind.com\xE9", 15);
    made_number(m, "node_count", 6, m->told_nodes != 0 ? m->told_nodes : m->node_count);
    made_number(m, "record_size", 5, m->record_size);
    made_number(m, "ip_version", 5, m->ip_version);
    made_number(m, "binary_format_major_version", 5, 2);
    made_number(m, "binary_format_minor_version", 5, 0);
    made_bytes(m,
               "\x4D"
               "database_type\x44Test",
               19);
    made_bytes(m,
               "\x4B"
               "build_epoch\x01\x02\x01",
               15);
    made_bytes(m,
               "\x4B"
               "description\xE1\x42"
               "en\x44test",
               21);
    made_bytes(m, "\x49languages", 10);
    if (m->languages != NULL) {
        made_bytes(m, m->languages, m->languages_len);
    } else {
        made_bytes(m, "\x00\x04", 2);
    }
}

static inline uint32_t made_record(const struct made *m, uint32_t record)
{
    uint32_t nodes = m->told_nodes != 0 ? m->told_nodes : m->node_count;
    if (record == MADE_NOTHING) return nodes;
    return record >= MADE_DATA ? nodes + MADE_GAP + (record - MADE_DATA) : record;
}

static inline void made_tree(struct made *m)
{
    for (uint32_t i = 0; i < m->node_count; i++) {
        uint32_t l = made_record(m, m->node[i][0]);
        uint32_t r = made_record(m, m->node[i][1]);
        uint8_t be[8] = {(uint8_t)(l >> 24), (uint8_t)(l >> 16), (uint8_t)(l >> 8), (uint8_t)l,
                         (uint8_t)(r >> 24), (uint8_t)(r >> 16), (uint8_t)(r >> 8), (uint8_t)r};
        uint8_t middle = (uint8_t)(be[0] << 4 | (be[4] & 0xF));
        if (m->record_size == 32) made_bytes(m, be, 8);
        if (m->record_size != 32) made_bytes(m, be + 1, 3);
        if (m->record_size == 28) made_bytes(m, &middle, 1);
        if (m->record_size != 32) made_bytes(m, be + 5, 3);
    }
}

/* The file, in `bytes`. */
static inline void made_file(struct made *m)
{
    static const uint8_t gap[MADE_GAP];
    m->len = 0;
    made_tree(m);
    made_bytes(m, gap, MADE_GAP);
    made_bytes(m, m->data, m->data_len);
    made_metadata(m);
}

static inline void made_write(const struct made *m, const char *path)
{
    FILE *f = fopen(path, "wb");
    CN_ASSERT(f != NULL);
    CN_ASSERT(fwrite(m->bytes, 1, m->len, f) == m->len);
    CN_ASSERT(fclose(f) == 0);
}

#endif
