/* SPDX-License-Identifier: MIT */
#include "tsig.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

enum {
    TYPE_TSIG = 250,
    CLASS_ANY = 255,
    AT_ARCOUNT = 10,
    TIME_BYTES = 6,
    MAC_MIN = 16, /* RFC 8945 section 5.2.2.1: half of the hash */
};

static const uint8_t algorithm[] = "\013hmac-sha256"; /* wire: the root's zero is the text's end */

struct timers { /* what is signed besides the message */
    uint64_t time;
    uint16_t fudge, error, other_len;
    uint8_t other[TIME_BYTES];
};

static void put_time(struct wire_wr *w, uint64_t time)
{
    wire_put_u16(w, (uint16_t)(time >> 32));
    wire_put_u32(w, (uint32_t)time);
}

/* The TSIG variables, RFC 8945 section 4.3.3; for later messages of an answer only the times.
 * NOLINTNEXTLINE(readability-non-const-parameter): `out` is kept and written to. */
static size_t put_variables(const struct tsig *t, const struct timers *v, uint8_t out[TSIG_ROOM])
{
    struct wire_wr w = {.p = out, .cap = TSIG_ROOM};
    if (!t->again) {
        wire_put_bytes(&w, t->key->name, dname_len(t->key->name));
        wire_put_u16(&w, CLASS_ANY);
        wire_put_u32(&w, 0);
        wire_put_bytes(&w, algorithm, sizeof(algorithm));
    }
    put_time(&w, v->time);
    wire_put_u16(&w, v->fudge);
    if (!t->again) {
        wire_put_u16(&w, v->error);
        wire_put_u16(&w, v->other_len);
        wire_put_bytes(&w, v->other, v->other_len);
    }
    CN_ASSERT(!w.failed);
    return w.pos;
}

/* HMAC over the last signature, if there is one, the message and the variables. */
static bool digest(const struct tsig *t, const uint8_t *message, size_t len, const struct timers *v,
                   uint8_t out[TSIG_MAC_BYTES])
{
    uint8_t variables[TSIG_ROOM];
    const uint8_t head[] = {0, t->mac_len};
    size_t variables_len = put_variables(t, v, variables);
    size_t out_len = 0;
    EVP_PKEY *key =
        EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, NULL, t->key->secret, t->key->secret_len);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok =
        key != NULL && ctx != NULL && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1;
    if (ok && t->mac_len > 0) {
        ok = EVP_DigestSignUpdate(ctx, head, sizeof(head)) == 1 &&
             EVP_DigestSignUpdate(ctx, t->mac, t->mac_len) == 1;
    }
    ok = ok && EVP_DigestSignUpdate(ctx, message, len) == 1 &&
         EVP_DigestSignUpdate(ctx, variables, variables_len) == 1 &&
         EVP_DigestSignFinal(ctx, NULL, &out_len) == 1 && out_len == TSIG_MAC_BYTES &&
         EVP_DigestSignFinal(ctx, out, &out_len) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return ok;
}

static const struct server_key *find_key(const struct server_keys *keys, const uint8_t *name,
                                         const uint8_t *algorithm_name)
{
    if (!dname_equal(algorithm_name, algorithm)) return NULL;
    for (size_t i = 0; i < keys->count; i++) {
        if (dname_equal(keys->key[i].name, name)) return &keys->key[i];
    }
    return NULL;
}

static void add_to_arcount(uint8_t *message, int n)
{
    int count = (message[AT_ARCOUNT] << 8 | message[AT_ARCOUNT + 1]) + n;
    message[AT_ARCOUNT] = (uint8_t)(count >> 8);
    message[AT_ARCOUNT + 1] = (uint8_t)count;
}

static void put_id(uint8_t *message, uint16_t id)
{
    message[0] = (uint8_t)(id >> 8);
    message[1] = (uint8_t)id;
}

/* In the order of RFC 8945 section 5.2: signature, time, truncation. */
static enum tsig_error check(struct tsig *t, const struct timers *v, const uint8_t *bare,
                             size_t len)
{
    uint8_t sent[TSIG_MAC_BYTES];
    uint8_t want[TSIG_MAC_BYTES];
    uint8_t sent_len = t->mac_len;
    memcpy(sent, t->mac, sent_len);
    t->mac_len = 0;
    bool same = digest(t, bare, len, v, want) && CRYPTO_memcmp(sent, want, sent_len) == 0;
    memcpy(t->mac, sent, sent_len);
    t->mac_len = sent_len;
    uint64_t apart = t->now > t->time ? t->now - t->time : t->time - t->now;
    if (!same) return TSIG_BADSIG;
    if (apart > v->fudge) return TSIG_BADTIME;
    return sent_len < TSIG_MAC_BYTES ? TSIG_BADTRUNC : TSIG_NOERROR;
}

bool tsig_open(struct tsig *t, const struct server_keys *keys, const struct message *m,
               struct responder_query query, uint8_t *bare)
{
    struct wire_rd r = {.p = query.bytes, .pos = m->tsig.data_at, .len = query.len};
    uint8_t name[DNAME_MAX];
    uint8_t hash[DNAME_MAX];
    struct wire_rd owner = {.p = query.bytes, .pos = m->tsig.name_at, .len = query.len};
    if (wire_get_name(&owner, name) == 0 || wire_get_name(&r, hash) == 0) return false;
    t->key = find_key(keys, name, hash);
    if (t->key == NULL) return false;
    t->time = (uint64_t)wire_get_u16(&r) << 32;
    t->time |= wire_get_u32(&r);
    struct timers v = {.time = t->time, .fudge = wire_get_u16(&r)};
    uint16_t mac_len = wire_get_u16(&r);
    const uint8_t *mac = wire_get_bytes(&r, mac_len);
    t->id = wire_get_u16(&r);
    v.error = wire_get_u16(&r);
    v.other_len = wire_get_u16(&r);
    const uint8_t *other = wire_get_bytes(&r, v.other_len);
    memcpy(bare, query.bytes, m->tsig.name_at);
    add_to_arcount(bare, -1);
    bool sized = mac_len >= MAC_MIN && mac_len <= TSIG_MAC_BYTES && v.other_len <= TIME_BYTES;
    t->malformed = r.failed || mac == NULL || !sized;
    if (t->malformed) return true;
    memcpy(t->mac, mac, mac_len);
    t->mac_len = (uint8_t)mac_len;
    if (v.other_len > 0) memcpy(v.other, other, v.other_len);
    put_id(bare, t->id);
    t->error = check(t, &v, bare, m->tsig.name_at);
    put_id(bare, m->id);
    return true;
}

/* The signature of a query that is not believed is not answered with one (section 5.3.2). */
size_t tsig_sign(struct tsig *t, uint8_t *answer, size_t len)
{
    struct timers v = {.time = t->now, .fudge = TSIG_FUDGE_S, .error = (uint16_t)t->error};
    uint8_t mac[TSIG_MAC_BYTES];
    uint16_t id = (uint16_t)(answer[0] << 8 | answer[1]);
    if (t->error == TSIG_BADTIME) { /* the query's time, and ours beside it */
        struct wire_wr other = {.p = v.other, .cap = sizeof(v.other)};
        put_time(&other, t->now);
        v.time = t->time;
        v.other_len = TIME_BYTES;
    }
    put_id(answer, t->id);
    bool is_signed = t->error != TSIG_BADSIG && digest(t, answer, len, &v, mac);
    put_id(answer, id);
    struct wire_wr w = {.p = answer, .pos = len, .cap = len + TSIG_ROOM};
    uint16_t mac_len = is_signed ? TSIG_MAC_BYTES : 0;
    wire_put_bytes(&w, t->key->name, dname_len(t->key->name));
    wire_put_u16(&w, TYPE_TSIG);
    wire_put_u16(&w, CLASS_ANY);
    wire_put_u32(&w, 0);
    wire_put_u16(&w, (uint16_t)(sizeof(algorithm) + TIME_BYTES + 10 + mac_len + v.other_len));
    wire_put_bytes(&w, algorithm, sizeof(algorithm));
    put_time(&w, v.time);
    wire_put_u16(&w, v.fudge);
    wire_put_u16(&w, mac_len);
    wire_put_bytes(&w, mac, mac_len);
    wire_put_u16(&w, t->id);
    wire_put_u16(&w, v.error);
    wire_put_u16(&w, v.other_len);
    wire_put_bytes(&w, v.other, v.other_len);
    CN_ASSERT(!w.failed);
    add_to_arcount(answer, 1);
    memcpy(t->mac, mac, mac_len);
    t->mac_len = (uint8_t)mac_len;
    t->again = true;
    return w.pos;
}
