/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include "mmdb_tree.h"

#include <maxminddb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    V4_BITS = 32,
    V6_BITS = 128,
    V4_DEPTH = 96,  /* of the node at which IPv4 begins in an IPv6 tree */
    DATA_GAP = 16,  /* bytes between tree and data, which records count too */
    KEPT_BITS = 64, /* of IPv6: what cnedge looks at */
};

/* --- opening ---------------------------------------------------------------------------------- */

/* Whether the metadata of a file are harmless; false also when it cannot be read. */
static bool plain_metadata(const char *path, uint8_t tail[MMDB_TAIL_BYTES])
{
    bool ok = false;
    FILE *f = fopen(path, "rb");
    if (f != NULL && fseek(f, 0, SEEK_END) == 0) {
        long size = ftell(f);
        if (fseek(f, -(long)MMDB_TAIL_BYTES, SEEK_END) != 0) rewind(f);
        size_t len = fread(tail, 1, MMDB_TAIL_BYTES, f);
        ok = size > 0 && mmdb_values_metadata((struct mmdb_bytes){tail, len}, (uint64_t)size);
    }
    if (f != NULL) fclose(f);
    return ok;
}

/* The library leaves this to us: it multiplies in 32 bits. */
static bool fits(const MMDB_s *db)
{
    const MMDB_metadata_s *m = &db->metadata;
    uint64_t tree = (uint64_t)m->node_count * db->full_record_byte_size;
    return m->node_count > 0 && db->file_size > 0 && tree + DATA_GAP < (uint64_t)db->file_size &&
           (m->ip_version == 4 || m->ip_version == 6);
}

/* Opens the file in `*db`; a status of the library. */
static int open_checked(const char *path, MMDB_s *db)
{
    uint8_t *tail = malloc(MMDB_TAIL_BYTES);
    if (tail == NULL) return MMDB_OUT_OF_MEMORY_ERROR;
    bool plain = plain_metadata(path, tail);
    free(tail);
    int status = plain ? MMDB_open(path, MMDB_MODE_MMAP, db) : MMDB_INVALID_METADATA_ERROR;
    if (status != MMDB_SUCCESS || fits(db)) return status;
    MMDB_close(db);
    return MMDB_INVALID_METADATA_ERROR;
}

struct MMDB_s *mmdb_tree_open(const char *path, char why[MMDB_WHY_MAX])
{
    MMDB_s *db = calloc(1, sizeof(*db));
    int status = db != NULL ? open_checked(path, db) : MMDB_OUT_OF_MEMORY_ERROR;
    if (status == MMDB_SUCCESS) return db;
    free(db);
    const char *what =
        status == MMDB_OUT_OF_MEMORY_ERROR ? "more memory" : "a MaxMind DB (format 2)";
    snprintf(why, MMDB_WHY_MAX, "expected %s, got: %s", what, MMDB_strerror(status));
    return NULL;
}

void mmdb_tree_close(struct MMDB_s *db)
{
    MMDB_close(db);
    free(db);
}

struct mmdb_bytes mmdb_tree_data(const struct MMDB_s *db)
{
    return (struct mmdb_bytes){db->data_section, db->data_section_size};
}

/* --- networks --------------------------------------------------------------------------------- */

static void put_be(uint8_t *out, uint64_t v, unsigned bytes)
{
    for (unsigned i = bytes; i-- > 0; v >>= 8) {
        out[i] = (uint8_t)(v & 0xFF);
    }
}

void mmdb_network_text(const struct mmdb_network *n, char out[MMDB_NETWORK_MAX])
{
    uint8_t address[16] = {0};
    put_be(address, n->address, n->v6 ? 8 : 4);
    put_be(address + 8, n->below, 8);
    addrtext_put(address, n->v6, out);
    size_t len = strlen(out);
    snprintf(out + len, MMDB_NETWORK_MAX - len, "/%u", n->bits);
}

/* The upper half of a network; of the lower one when `side` is 1. */
static struct mmdb_network half(const struct mmdb_network *n, unsigned side)
{
    struct mmdb_network h = *n;
    unsigned bit = h.bits++;
    if (!h.v6) {
        h.address |= (uint64_t)side << (V4_BITS - 1 - bit);
    } else if (bit < KEPT_BITS) {
        h.address |= (uint64_t)side << (KEPT_BITS - 1 - bit);
    } else {
        h.below |= (uint64_t)side << (V6_BITS - 1 - bit);
    }
    return h;
}

/* --- the walk --------------------------------------------------------------------------------- */

struct pending { /* a record of a node that is still to be looked at */
    struct mmdb_network network;
    uint64_t record;
};

struct walk {
    const MMDB_s *db;
    mmdb_leaf_fn leaf;
    void *owner;
    uint32_t nodes_left;
    uint64_t alias; /* record that is IPv4's in another place; UINT64_MAX: none */
    unsigned depth;
    struct pending stack[V6_BITS + 1]; /* one for each bit, at most */
    struct mmdb_fault *fault;
    bool ended; /* by `leaf` */
};

static enum cn_status complain(struct walk *w, enum cn_status status, const struct mmdb_network *n,
                               const char *text)
{
    w->fault->where = *n;
    snprintf(w->fault->why, MMDB_WHY_MAX, "%s", text);
    return status;
}

static enum cn_status read_node(struct walk *w, const struct mmdb_network *n, uint64_t node,
                                uint64_t record[2])
{
    MMDB_search_node_s s;
    if (w->nodes_left == 0) {
        char text[MMDB_WHY_MAX];
        snprintf(text, sizeof(text), "expected a walk over at most %d nodes, got more",
                 MMDB_NODES_MAX);
        return complain(w, CN_E_LIMIT, n, text);
    }
    w->nodes_left--;
    if (MMDB_read_node(w->db, (uint32_t)node, &s) != MMDB_SUCCESS) {
        return complain(w, CN_E_INVALID, n, "expected a node of the tree, got one that is damaged");
    }
    record[0] = s.left_record;
    record[1] = s.right_record;
    return CN_OK;
}

/* A record that is no node: nothing, or where data begin. */
static enum cn_status take_leaf(struct walk *w, const struct pending *p)
{
    uint32_t nodes = w->db->metadata.node_count;
    uint32_t offset = CN_NONE32;
    if (p->record > nodes) {
        uint64_t at = p->record - nodes;
        if (at < DATA_GAP || at - DATA_GAP >= w->db->data_section_size) {
            return complain(w, CN_E_INVALID, &p->network,
                            "expected a record within the file, got one that leads out of it");
        }
        offset = (uint32_t)(at - DATA_GAP);
    }
    w->ended = !w->leaf(w->owner, &p->network, offset);
    return CN_OK;
}

/* IPv4's place in IPv6. */
static bool is_v4_part(const struct walk *w, const struct pending *p)
{
    if (!p->network.v6 || p->record >= w->db->metadata.node_count) return false;
    return p->record == w->alias || (p->network.bits == KEPT_BITS && p->network.address == 0);
}

/* Looks at what one record leads to; puts the halves of a node on the stack. */
static enum cn_status step(struct walk *w, struct pending p)
{
    uint64_t record[2];
    struct pending none = {p.network, w->db->metadata.node_count};
    if (is_v4_part(w, &p)) return take_leaf(w, &none);
    if (p.record >= w->db->metadata.node_count) return take_leaf(w, &p);
    if (p.network.bits == (p.network.v6 ? V6_BITS : V4_BITS)) {
        return complain(w, CN_E_INVALID, &p.network,
                        "expected a tree as deep as an address is long, got a deeper one");
    }
    enum cn_status status = read_node(w, &p.network, p.record, record);
    if (status != CN_OK) return status;
    w->stack[w->depth++] = (struct pending){half(&p.network, 1), record[1]};
    w->stack[w->depth++] = (struct pending){half(&p.network, 0), record[0]};
    return CN_OK;
}

static enum cn_status walk_below(struct walk *w, struct pending root)
{
    enum cn_status status = CN_OK;
    w->depth = 0;
    w->stack[w->depth++] = root;
    while (status == CN_OK && w->depth > 0 && !w->ended) {
        status = step(w, w->stack[--w->depth]);
    }
    return status;
}

/* The record at which IPv4 begins. */
static enum cn_status find_v4(struct walk *w, uint64_t *out)
{
    struct mmdb_network n = {.v6 = true};
    uint64_t record[2] = {0, 0};
    enum cn_status status = CN_OK;
    while (status == CN_OK && n.bits < V4_DEPTH && record[0] < w->db->metadata.node_count) {
        status = read_node(w, &n, record[0], record);
        n.bits++;
    }
    *out = record[0];
    return status;
}

enum cn_status mmdb_tree_walk(struct MMDB_s *db, mmdb_leaf_fn leaf, void *owner,
                              struct mmdb_fault *fault)
{
    struct walk w = {.db = db,
                     .leaf = leaf,
                     .owner = owner,
                     .nodes_left = MMDB_NODES_MAX,
                     .alias = UINT64_MAX,
                     .fault = fault};
    struct pending v4 = {.record = 0};
    struct pending v6 = {.network = {.v6 = true}, .record = db->metadata.node_count};
    enum cn_status status = CN_OK;
    if (db->metadata.ip_version == 6) {
        status = find_v4(&w, &v4.record);
        v6.record = 0;
        if (v4.record < db->metadata.node_count) w.alias = v4.record;
    }
    if (status == CN_OK) status = walk_below(&w, v4);
    if (status == CN_OK && !w.ended) {
        /* A tree whose root is IPv4's too leads in circles; the walk of IPv4 has found that. */
        CN_ASSERT(w.alias != 0);
        status = walk_below(&w, v6);
    }
    return status;
}
