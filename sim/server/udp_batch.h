/* SPDX-License-Identifier: MIT
 * udp_batch.h: datagrams in and out, many for one system call, with the buffers that takes. */
#ifndef CNEDGE_SERVER_UDP_BATCH_H
#define CNEDGE_SERVER_UDP_BATCH_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "cnedge/dns/responder.h"

enum {
    UDP_BATCH = 32,             /* datagrams for one system call */
    UDP_BATCH_ANSWERS = 4 * 32, /* forged ones and ours for each: PATH_INJECTORS + 1 */
    UDP_QUERY_MAX = 4096,       /* longer datagrams are dropped: no query is that long */
    UDP_QUERY_STRIDE = UDP_QUERY_MAX + 192, /* no power of two: or all began in one cache set */
};

struct udp_batch;

union udp_control { /* aligned for a control message */
    size_t align;
    uint8_t bytes[CMSG_SPACE(sizeof(struct {
        uint8_t address[16];
        uint32_t interface;
    }))];
};

struct udp_datagram { /* one that was received, with all that its answer needs */
    struct sockaddr_storage from;
    socklen_t from_len;
    union udp_control control;
    size_t control_len;
    size_t len;
    uint8_t bytes[UDP_QUERY_MAX];
};

/* NULL when memory is out. */
CN_MUSTUSE struct udp_batch *udp_batch_new(void);
void udp_batch_free(struct udp_batch *b);

/* Receives what is there, at most UDP_BATCH; forgets the batch before. Returns how many; 0: none,
 * or an error that belongs to an answer which was lost. `asked`: the kernel also says which of our
 * addresses was asked (udp_batch_set_up), and that goes back with the answer. */
CN_NONNULL size_t udp_batch_receive(struct udp_batch *b, int fd, bool asked);

/* Copies datagram `i` of those received; puts one as if it had been received behind the others.
 * False: there is no room for it. */
CN_NONNULL void udp_batch_copy(const struct udp_batch *b, size_t i, struct udp_datagram *out);
CN_NONNULL CN_MUSTUSE bool udp_batch_put(struct udp_batch *b, const struct udp_datagram *d);
/* Forgets the batch before, for udp_batch_put. Such a batch never receives. */
CN_NONNULL void udp_batch_begin(struct udp_batch *b);

/* Datagram `i` of those received; from where it came; cut short by the kernel, as it is too long.
 */
CN_NONNULL struct responder_query udp_batch_query(const struct udp_batch *b, size_t i);
CN_NONNULL const struct sockaddr_storage *udp_batch_from(const struct udp_batch *b, size_t i);
CN_NONNULL bool udp_batch_too_long(const struct udp_batch *b, size_t i);
/* The control message of datagram `i`. */
CN_NONNULL struct msghdr *udp_batch_header(struct udp_batch *b, size_t i);

/* RESPONDER_UDP_MAX bytes for the next answer; then it is queued, to go where `i` came from. A
 * length of 0 queues nothing. */
CN_NONNULL uint8_t *udp_batch_next(struct udp_batch *b);
CN_NONNULL void udp_batch_queue(struct udp_batch *b, size_t i, size_t len);

/* Answers that are queued; the bytes of one of them. */
CN_NONNULL size_t udp_batch_count(const struct udp_batch *b);
CN_NONNULL struct responder_query udp_batch_answer(const struct udp_batch *b, size_t n);

struct udp_sent {
    size_t bytes;
    size_t lost; /* answers that the kernel did not take */
};

/* Sends them all, those to one client in bursts if the kernel knows of such (udp_burst_known). An
 * answer that the kernel does not take is lost, as datagrams are. */
CN_NONNULL struct udp_sent udp_batch_send(struct udp_batch *b, int fd, bool bursts);

/* Buffer sizes of a socket, and if it is bound to a wildcard, that it says which address was asked.
 * False with errno set. */
CN_MUSTUSE bool udp_batch_set_up(int fd, bool v6, bool wildcard);

#endif
