/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* struct mmsghdr, struct in6_pktinfo */
#include "udp_burst.h"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "udp_batch.h"

enum {
    SLOTS = 64,
    FREE = 0,       /* of slots; else a group's number and 1 */
    PORT_OFFSET = 2 /* of sockaddr_in and sockaddr_in6 */
};

_Static_assert(UDP_BURST_MESSAGES >= (int)UDP_BATCH_ANSWERS, "a batch is gathered at once");
_Static_assert(UDP_BURST_MESSAGES < 255, "a group's number and 1 is a byte");
_Static_assert(offsetof(struct sockaddr_in, sin_port) == PORT_OFFSET, "");
_Static_assert(offsetof(struct sockaddr_in6, sin6_port) == PORT_OFFSET, "");

union burst_control { /* aligned: what came with the query, and the length to cut at */
    size_t align;
    uint8_t bytes[sizeof(union udp_control) + CMSG_SPACE(sizeof(uint16_t))];
};

struct udp_burst {
    struct mmsghdr out[UDP_BURST_MESSAGES];
    struct iovec part[UDP_BURST_MESSAGES];
    union burst_control control[UDP_BURST_MESSAGES];
    uint8_t group[UDP_BURST_MESSAGES]; /* of each message */
    uint8_t first[UDP_BURST_MESSAGES]; /* of each group, a message */
    uint8_t count[UDP_BURST_MESSAGES]; /* of its messages */
    uint8_t slots[SLOTS];
    size_t groups;
};

struct udp_burst *udp_burst_new(void)
{
    return calloc(1, sizeof(struct udp_burst));
}

void udp_burst_free(struct udp_burst *b)
{
    free(b);
}

bool udp_burst_known(int fd)
{
    const int none = 0;
    return setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &none, sizeof(none)) == 0;
}

static bool go_together(const struct msghdr *a, const struct msghdr *b)
{
    return a->msg_iov->iov_len == b->msg_iov->iov_len && a->msg_namelen == b->msg_namelen &&
           a->msg_controllen == b->msg_controllen &&
           memcmp(a->msg_name, b->msg_name, a->msg_namelen) == 0 &&
           (a->msg_controllen == 0 ||
            memcmp(a->msg_control, b->msg_control, a->msg_controllen) == 0);
}

static uint32_t slot_of(const struct msghdr *m)
{
    uint16_t port;
    memcpy(&port, (const uint8_t *)m->msg_name + PORT_OFFSET, sizeof(port));
    return (port ^ (uint32_t)port >> 8 ^ (uint32_t)m->msg_iov->iov_len) % SLOTS;
}

/* The group that message `i` may join, or a new one. A group that is full leaves its slot to the
 * next of its kind. */
static size_t group_of(struct udp_burst *b, const struct mmsghdr *in, size_t i)
{
    const struct msghdr *m = &in[i].msg_hdr;
    uint32_t slot = slot_of(m);
    for (uint32_t tried = 0; tried < SLOTS && b->slots[slot] != FREE; tried++) {
        size_t g = b->slots[slot] - 1U;
        if (go_together(m, &in[b->first[g]].msg_hdr)) {
            if (b->count[g] < UDP_BURST_MAX) return g;
            break;
        }
        slot = (slot + 1) % SLOTS;
    }
    size_t g = b->groups++;
    b->slots[slot] = (uint8_t)(g + 1);
    b->first[g] = (uint8_t)i;
    b->count[g] = 0;
    return g;
}

/* Says in `to` where the kernel is to cut, behind what the query's control message was. */
static void cut_at(struct msghdr *to, union burst_control *control, uint16_t len)
{
    size_t kept = to->msg_controllen;
    CN_ASSERT(kept <= sizeof(union udp_control));
    memset(control, 0, sizeof(*control));
    if (kept > 0) memcpy(control->bytes, to->msg_control, kept);
    struct cmsghdr *c = (struct cmsghdr *)(void *)(control->bytes + CMSG_ALIGN(kept));
    c->cmsg_level = IPPROTO_UDP;
    c->cmsg_type = UDP_SEGMENT;
    c->cmsg_len = CMSG_LEN(sizeof(len));
    memcpy(CMSG_DATA(c), &len, sizeof(len));
    to->msg_control = control;
    to->msg_controllen = CMSG_ALIGN(kept) + CMSG_SPACE(sizeof(len));
}

size_t udp_burst_gather(struct udp_burst *b, const struct mmsghdr *in, size_t n,
                        struct mmsghdr **out)
{
    CN_ASSERT(n <= UDP_BURST_MESSAGES);
    memset(b->slots, FREE, sizeof(b->slots));
    b->groups = 0;
    for (size_t i = 0; i < n; i++) {
        b->group[i] = (uint8_t)group_of(b, in, i);
        b->count[b->group[i]]++;
    }
    struct iovec *part = b->part;
    for (size_t g = 0; g < b->groups; g++) {
        struct msghdr *to = &b->out[g].msg_hdr;
        *to = in[b->first[g]].msg_hdr;
        if (b->count[g] > 1) cut_at(to, &b->control[g], (uint16_t)to->msg_iov->iov_len);
        to->msg_iov = part;
        to->msg_iovlen = 0;
        part += b->count[g];
    }
    for (size_t i = 0; i < n; i++) {
        struct msghdr *to = &b->out[b->group[i]].msg_hdr;
        to->msg_iov[to->msg_iovlen++] = *in[i].msg_hdr.msg_iov;
    }
    *out = b->out;
    return b->groups;
}

size_t udp_burst_kept(const struct msghdr *m)
{
    return m->msg_controllen - (m->msg_iovlen > 1 ? CMSG_SPACE(sizeof(uint16_t)) : 0);
}
