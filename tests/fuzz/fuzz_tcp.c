/* SPDX-License-Identifier: MIT
 * A TCP stream in any pieces: the answers are those that its messages get one by one, in order, up
 * to the first that is none; then, or when the client has said all, the connection is closed. The
 * input's first byte: bit 0, the client closes its side at the end; bit 1, the stream comes at
 * once. Then pieces: a byte that says how many more than one, and the bytes. */
#include "../server/tcp_rig.h"

enum { STREAM_MAX = 1 << 16, ANSWERS_MAX = 1 << 22, QUIET_TURNS = 4, QUERY_MIN = 12 };

struct expected {
    uint8_t bytes[ANSWERS_MAX];
    size_t len;
    bool broken; /* the stream is no DNS from some point on */
};

struct got {
    uint8_t bytes[ANSWERS_MAX];
    size_t len;
    bool closed;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct tcp_rig rig;

/* What the messages of the stream get, asked one by one. */
static void expect(struct expected *x, const uint8_t *stream, size_t size)
{
    static uint8_t answer[RESPONDER_TCP_MAX];
    struct responder_client client = {.address = {198, 51, 100, 1},
                                      .line = CN_NONE16,
                                      .tcp = true,
                                      .server = &rig.server.identity};
    x->len = 0;
    x->broken = false;
    for (size_t at = 0; size - at >= 2 && !x->broken;) {
        size_t len = (size_t)stream[at] << 8 | stream[at + 1];
        if (len >= QUERY_MIN && size - at - 2 < len) return;
        size_t n = 0;
        if (len >= QUERY_MIN) {
            struct responder_query q = {stream + at + 2, len};
            n = responder_answer(rig.engine.world, &client, q, answer, sizeof(answer));
        }
        x->broken = n == 0;
        if (n == 0 || x->len + n + 2 > ANSWERS_MAX) return;
        x->bytes[x->len++] = (uint8_t)(n >> 8);
        x->bytes[x->len++] = (uint8_t)n;
        memcpy(x->bytes + x->len, answer, n);
        x->len += n;
        at += 2 + len;
    }
}

/* Lets the server work until nothing moves any more, and takes what it sends. */
static void settle(int fd, struct got *g)
{
    for (int quiet = 0; quiet < QUIET_TURNS && !g->closed;) {
        tcp_rig_turn(&rig);
        ssize_t n = tcp_rig_read(fd, g->bytes + g->len, sizeof(g->bytes) - g->len);
        quiet = n > 0 ? 0 : quiet + 1;
        g->closed = n < 0;
        if (n > 0) g->len += (size_t)n;
    }
}

static void say(int fd, const uint8_t *piece, size_t len, struct got *g)
{
    while (len > 0 && !g->closed) {
        ssize_t n = send(fd, piece, len, MSG_NOSIGNAL);
        if (n > 0) {
            piece += n;
            len -= (size_t)n;
        }
        settle(fd, g);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct server_tcp_limits limits = {
        .clients = 4, .per_address = 4, .idle_s = 60, .life_s = 600};
    static const uint8_t address[4] = {198, 51, 100, 1};
    static uint8_t stream[STREAM_MAX];
    static struct expected want;
    static struct got got;
    if (rig.server.base == NULL) { /* kept to the end of the process */
        tcp_rig_init(&rig);
        tcp_rig_start(&rig, &limits);
    }
    if (size == 0 || size > STREAM_MAX) return 0;
    got.len = 0;
    got.closed = false;
    int fd = tcp_rig_connect(&rig, address, false);
    size_t total = 0;
    bool at_once = (data[0] & 2) != 0;
    for (size_t at = 1; at < size;) {
        size_t len = data[at++] + 1U;
        if (len > size - at) len = size - at;
        memcpy(stream + total, data + at, len);
        if (!at_once) say(fd, stream + total, len, &got);
        total += len;
        at += len;
    }
    if (at_once) say(fd, stream, total, &got);
    expect(&want, stream, total);
    bool half = (data[0] & 1) != 0;
    if (half && !got.closed) shutdown(fd, SHUT_WR);
    settle(fd, &got);
    CN_ASSERT(got.len == want.len && memcmp(got.bytes, want.bytes, want.len) == 0);
    CN_ASSERT(got.closed == (want.broken || half));
    close(fd);
    tcp_rig_turn(&rig);
    return 0;
}
