/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* recvmmsg, sendmmsg, struct in6_pktinfo */
#include "udp_batch.h"

#include <stdlib.h>
#include <string.h>

#include "udp_burst.h"

enum {
    UDP_SOCKET_BYTES = 1 << 20, /* of kernel buffer, per direction, as far as the kernel allows */
};

_Static_assert(sizeof(union udp_control) >= CMSG_SPACE(sizeof(struct in6_pktinfo)),
               "of either family");

struct udp_batch {
    size_t received, count;
    bool asked; /* as the places for datagrams are prepared */
    struct udp_burst *burst;
    struct mmsghdr in[UDP_BATCH], out[UDP_BATCH_ANSWERS];
    struct iovec in_part[UDP_BATCH], out_part[UDP_BATCH_ANSWERS];
    struct sockaddr_storage from[UDP_BATCH];
    union udp_control control[UDP_BATCH];
    uint8_t query[UDP_BATCH][UDP_QUERY_STRIDE];
    uint8_t answer[UDP_BATCH_ANSWERS][RESPONDER_UDP_MAX];
};

struct udp_batch *udp_batch_new(void)
{
    struct udp_batch *b = calloc(1, sizeof(*b));
    if (b == NULL) return NULL;
    b->burst = udp_burst_new();
    if (b->burst == NULL) {
        udp_batch_free(b);
        return NULL;
    }
    for (size_t i = 0; i < UDP_BATCH; i++) {
        b->in_part[i] = (struct iovec){b->query[i], UDP_QUERY_MAX};
        b->in[i].msg_hdr =
            (struct msghdr){.msg_name = &b->from[i], .msg_iov = &b->in_part[i], .msg_iovlen = 1};
    }
    for (size_t i = 0; i < UDP_BATCH_ANSWERS; i++) {
        b->out_part[i].iov_base = b->answer[i];
        b->out[i].msg_hdr = (struct msghdr){.msg_iov = &b->out_part[i], .msg_iovlen = 1};
    }
    b->received = UDP_BATCH;
    return b;
}

void udp_batch_free(struct udp_batch *b)
{
    if (b == NULL) return;
    udp_burst_free(b->burst);
    free(b);
}

size_t udp_batch_receive(struct udp_batch *b, int fd, bool asked)
{
    size_t used = b->asked == asked ? b->received : UDP_BATCH;
    b->asked = asked;
    for (size_t i = 0; i < used; i++) { /* what was written for the batch before */
        struct msghdr *m = &b->in[i].msg_hdr;
        m->msg_namelen = sizeof(b->from[i]);
        m->msg_control = asked ? &b->control[i] : NULL;
        m->msg_controllen = asked ? sizeof(b->control[i]) : 0;
    }
    int n = recvmmsg(fd, b->in, UDP_BATCH, MSG_DONTWAIT, NULL);
    b->received = n > 0 ? (size_t)n : 0;
    b->count = 0;
    return b->received;
}

void udp_batch_copy(const struct udp_batch *b, size_t i, struct udp_datagram *out)
{
    const struct msghdr *m = &b->in[i].msg_hdr;
    out->len = b->in[i].msg_len;
    out->from_len = m->msg_namelen;
    out->control_len = m->msg_controllen;
    memcpy(&out->from, &b->from[i], sizeof(out->from));
    memcpy(&out->control, &b->control[i], out->control_len);
    memcpy(out->bytes, b->query[i], out->len);
}

void udp_batch_begin(struct udp_batch *b)
{
    b->received = 0;
    b->count = 0;
}

bool udp_batch_put(struct udp_batch *b, const struct udp_datagram *d)
{
    size_t i = b->received;
    if (i == UDP_BATCH) return false;
    struct msghdr *m = &b->in[i].msg_hdr;
    b->received++;
    b->in[i].msg_len = (unsigned)d->len;
    m->msg_flags = 0;
    m->msg_namelen = d->from_len;
    m->msg_control = d->control_len != 0 ? &b->control[i] : NULL;
    m->msg_controllen = d->control_len;
    memcpy(&b->from[i], &d->from, sizeof(d->from));
    memcpy(&b->control[i], &d->control, d->control_len);
    memcpy(b->query[i], d->bytes, d->len);
    return true;
}

struct responder_query udp_batch_query(const struct udp_batch *b, size_t i)
{
    return (struct responder_query){b->query[i], b->in[i].msg_len};
}

const struct sockaddr_storage *udp_batch_from(const struct udp_batch *b, size_t i)
{
    return &b->from[i];
}

bool udp_batch_too_long(const struct udp_batch *b, size_t i)
{
    return (b->in[i].msg_hdr.msg_flags & MSG_TRUNC) != 0;
}

struct msghdr *udp_batch_header(struct udp_batch *b, size_t i)
{
    return &b->in[i].msg_hdr;
}

uint8_t *udp_batch_next(struct udp_batch *b)
{
    CN_ASSERT(b->count < UDP_BATCH_ANSWERS);
    return b->answer[b->count];
}

/* An IPv4 answer leaves by the route of its own, not by the interface that the query came in on. */
static void release_interface(struct msghdr *m)
{
    struct cmsghdr *c = CMSG_FIRSTHDR(m);
    if (c == NULL || c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_PKTINFO) return;
    struct in_pktinfo info;
    memcpy(&info, CMSG_DATA(c), sizeof(info));
    info.ipi_ifindex = 0;
    memcpy(CMSG_DATA(c), &info, sizeof(info));
}

void udp_batch_queue(struct udp_batch *b, size_t i, size_t len)
{
    if (len == 0) return;
    struct msghdr *from = &b->in[i].msg_hdr;
    struct msghdr *to = &b->out[b->count].msg_hdr;
    if (from->msg_controllen != 0) release_interface(from);
    b->out_part[b->count].iov_len = len;
    to->msg_name = from->msg_name;
    to->msg_namelen = from->msg_namelen;
    to->msg_control = from->msg_control;
    to->msg_controllen = from->msg_controllen;
    b->count++;
}

size_t udp_batch_count(const struct udp_batch *b)
{
    return b->count;
}

struct responder_query udp_batch_answer(const struct udp_batch *b, size_t n)
{
    return (struct responder_query){b->answer[n], b->out_part[n].iov_len};
}

/* A burst that the kernel does not take (a route of a small MTU, a device that makes no checksums)
 * leaves one by one. */
static void send_apart(const struct msghdr *burst, int fd, struct udp_sent *sum)
{
    struct msghdr one = *burst;
    one.msg_iovlen = 1;
    one.msg_controllen = udp_burst_kept(burst);
    for (size_t i = 0; i < burst->msg_iovlen; i++) {
        one.msg_iov = &burst->msg_iov[i];
        ssize_t n = sendmsg(fd, &one, 0);
        sum->bytes += n > 0 ? (size_t)n : 0;
        sum->lost += n < 0;
    }
}

/* Behind one that is not taken, the next one may be. */
struct udp_sent udp_batch_send(struct udp_batch *b, int fd, bool bursts)
{
    struct udp_sent sum = {0};
    struct mmsghdr *out = b->out;
    size_t count = b->count;
    if (bursts && count > 1) count = udp_burst_gather(b->burst, b->out, count, &out);
    for (size_t sent = 0; sent < count;) {
        int n = sendmmsg(fd, out + sent, (unsigned)(count - sent), 0);
        for (int i = 0; i < n; i++) {
            sum.bytes += out[sent + (size_t)i].msg_len;
        }
        if (n <= 0) send_apart(&out[sent].msg_hdr, fd, &sum);
        sent += n > 0 ? (size_t)n : 1;
    }
    return sum;
}

bool udp_batch_set_up(int fd, bool v6, bool wildcard)
{
    const int on = 1;
    const int bytes = UDP_SOCKET_BYTES;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
    if (!wildcard) return true;
    int level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;
    return setsockopt(fd, level, v6 ? IPV6_RECVPKTINFO : IP_PKTINFO, &on, sizeof(on)) == 0;
}
