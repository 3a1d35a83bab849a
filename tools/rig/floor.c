/* SPDX-License-Identifier: MIT
 * floor.c: how fast a responder can be at all here. Receives and sends in batches and looks nothing
 * up: each query comes back with one fixed A record. Listens on 127.0.0.1 only, and stops by
 * itself.
 *
 * With --sites it does look up, in a flat table with a line of 64 bytes a site: what the names
 * alone cost when they outgrow the caches. */
#define _GNU_SOURCE /* recvmmsg, sendmmsg */
#include <getopt.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BATCH = 32,
    BATCH_MAX = 64,
    PACKET_MAX = 2048,
    HEADER = 12,
    SOCKET_BYTES = 1 << 20,
    SITE_BYTES = 17, /* 7 dNNNNNN 7 example 0 */
    LINE_NAME = 52,
    LINE_BYTES = 64,
    LIFE_S = 120,
};

static struct mmsghdr in[BATCH_MAX], out[BATCH_MAX];
static struct iovec part[BATCH_MAX];
static struct sockaddr_in from[BATCH_MAX];
static uint8_t packet[BATCH_MAX][PACKET_MAX];

struct line { /* one cache line */
    uint64_t hash;
    uint8_t address[4];
    uint8_t name[LINE_NAME];
};

static struct line *table; /* NULL: nothing is looked up */
static uint64_t mask;

static uint64_t hash_of(const uint8_t *name)
{
    uint64_t h = UINT64_C(0x9E3779B97F4A7C15);
    for (unsigned i = 0; i < SITE_BYTES - 1; i += 8) {
        uint64_t x;
        memcpy(&x, name + i, sizeof(x));
        h = (h ^ (x | UINT64_C(0x2020202020202020))) * UINT64_C(0xFF51AFD7ED558CCD);
        h ^= h >> 32;
    }
    return h | 1;
}

static bool make_table(uint32_t sites)
{
    uint64_t lines = 1024;
    while (lines < sites * UINT64_C(3) / 2) {
        lines *= 2;
    }
    mask = lines - 1;
    table = aligned_alloc(LINE_BYTES, lines * sizeof(*table));
    if (table == NULL) return false;
    memset(table, 0, lines * sizeof(*table));
    for (uint32_t i = 0; i < sites; i++) {
        uint8_t name[SITE_BYTES] = "\7d000000\7example";
        uint32_t rest = i;
        for (unsigned digit = 7; digit > 1; digit--) {
            name[digit] = (uint8_t)('0' + rest % 10);
            rest /= 10;
        }
        uint64_t h = hash_of(name);
        uint64_t at = h >> 20 & mask;
        while (table[at].hash != 0) {
            at = (at + 1) & mask;
        }
        table[at] = (struct line){.hash = h, .address = {198, 51, 100, (uint8_t)i}};
        memcpy(table[at].name, name, SITE_BYTES);
    }
    return true;
}

/* The address of the site that the last SITE_BYTES of a name are; NULL: of none. */
static const uint8_t *find(const uint8_t *name)
{
    uint64_t h = hash_of(name);
    for (uint64_t at = h >> 20 & mask; table[at].hash != 0; at = (at + 1) & mask) {
        if (table[at].hash == h && memcmp(table[at].name, name, SITE_BYTES) == 0) {
            return table[at].address;
        }
    }
    return NULL;
}

/* Makes the query's answer of it, in place; returns its length, 0: none. */
static size_t answer(uint8_t *p, size_t len)
{
    static const uint8_t record[] = {0xC0, 0x0C, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1};
    size_t at = HEADER;
    while (at < len && p[at] != 0) {
        at += (size_t)p[at] + 1;
    }
    at += 5; /* root, type, class */
    if (at > len) return 0;
    const uint8_t *address = record + sizeof(record) - 4;
    if (table != NULL && at >= HEADER + SITE_BYTES + 4) address = find(p + at - 4 - SITE_BYTES);
    if (address == NULL) return 0;
    p[2] = 0x84; /* QR, AA */
    p[3] = 0;
    p[7] = 1;
    p[11] = 0;
    memcpy(p + at, record, sizeof(record) - 4);
    memcpy(p + at + sizeof(record) - 4, address, 4);
    return at + sizeof(record);
}

static void serve(int fd, unsigned batch)
{
    for (;;) {
        unsigned count = 0;
        for (unsigned i = 0; i < batch; i++) {
            part[i] = (struct iovec){packet[i], PACKET_MAX - 64};
            in[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
                                            .msg_namelen = sizeof(from[i]),
                                            .msg_iov = &part[i],
                                            .msg_iovlen = 1};
        }
        int n = recvmmsg(fd, in, batch, MSG_WAITFORONE, NULL);
        for (unsigned i = 0; n > 0 && i < (unsigned)n; i++) {
            part[i].iov_len = answer(packet[i], in[i].msg_len);
            if (part[i].iov_len > 0) out[count++].msg_hdr = in[i].msg_hdr;
        }
        for (unsigned sent = 0; sent < count;) {
            int done = sendmmsg(fd, out + sent, count - sent, 0);
            if (done <= 0) break;
            sent += (unsigned)done;
        }
    }
}

static int open_socket(void)
{
    const int bytes = SOCKET_BYTES;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0) return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
    if (getsockname(fd, (struct sockaddr *)&at, &len) != 0) return -1;
    printf("listening on 127.0.0.1:%u\n", (unsigned)ntohs(at.sin_port));
    fflush(stdout);
    return fd;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"batch", required_argument, NULL, 'b'},
                                            {"sites", required_argument, NULL, 'n'},
                                            {"seconds", required_argument, NULL, 'l'},
                                            {0}};
    unsigned long batch = BATCH;
    unsigned long sites = 0;
    unsigned long life_s = LIFE_S;
    bool bad = false;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        bad = bad || c == '?';
        if (c == 'b') batch = strtoul(optarg, NULL, 10);
        if (c == 'n') sites = strtoul(optarg, NULL, 10);
        if (c == 'l') life_s = strtoul(optarg, NULL, 10);
    }
    if (bad || optind != argc || batch < 1 || batch > BATCH_MAX || sites > 1000000) {
        fputs("usage: rig_floor [--batch N] [--sites N] [--seconds N]\n", stderr);
        return 2;
    }
    alarm((unsigned)life_s);
    if (sites > 0 && !make_table((uint32_t)sites)) return 1;
    int fd = open_socket();
    if (fd < 0) {
        perror("rig_floor");
        return 1;
    }
    serve(fd, (unsigned)batch);
    return 0;
}
