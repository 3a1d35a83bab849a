/* SPDX-License-Identifier: MIT
 * udp_burst.h: answers of one length to one client, handed to the kernel as one.
 *
 * The kernel walks its whole way once for each message that is sent. With UDP_SEGMENT (udp(7),
 * Linux 4.18) it walks it once for many datagrams and cuts them at the end. Who asks much has
 * several answers in a batch. */
#ifndef CNEDGE_SERVER_UDP_BURST_H
#define CNEDGE_SERVER_UDP_BURST_H

#include "cnedge/base/base.h"

struct msghdr; /* sys/socket.h */
struct mmsghdr;

enum {
    UDP_BURST_MESSAGES = 128, /* that udp_burst_gather takes */
    UDP_BURST_MAX = 32,       /* datagrams in one; the kernel takes 64 */
};

struct udp_burst;

/* NULL when memory is out. */
CN_MUSTUSE struct udp_burst *udp_burst_new(void);
void udp_burst_free(struct udp_burst *b);

/* Whether the kernel knows of bursts. */
CN_MUSTUSE bool udp_burst_known(int fd);

/* Puts those messages together that go to one client from one address with one length. Each of the
 * `n` has one part, of RESPONDER_UDP_MAX bytes at most: none may be fragmented. Returns how many
 * send them all: `*out`, which is `b`'s and borrows names and bytes. */
CN_NONNULL size_t udp_burst_gather(struct udp_burst *b, const struct mmsghdr *in, size_t n,
                                   struct mmsghdr **out);

/* The length of a message's control messages, but for what makes it a burst. */
CN_NONNULL CN_PURE size_t udp_burst_kept(const struct msghdr *m);

#endif
