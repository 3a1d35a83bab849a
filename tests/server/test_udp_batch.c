/* SPDX-License-Identifier: MIT
 * Batches of datagrams over the loopback network: each answer goes to who asked, from the address
 * that was asked, whatever the batch was used for before, alone or in a burst. */
#define _GNU_SOURCE
#include "../../sim/server/udp_batch.h"
#include "../../sim/server/udp_burst.h"

#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cnedge/base/base.h"

enum { CLIENTS = 3, PATIENCE_S = 10 };

static bool bursts; /* how answers are sent; all tests run both ways */

struct side {
    int fd;
    struct sockaddr_storage at;
    socklen_t len;
};

/* A socket that is bound to an address, "ADDRESS" of either family, and a free port. */
static struct side open_side(const char *address)
{
    const int on = 1;
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    struct side s = {.fd = -1};
    struct sockaddr_in *v4 = (struct sockaddr_in *)&s.at;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&s.at;
    bool is_v6 = inet_pton(AF_INET, address, &v4->sin_addr) != 1;
    s.at.ss_family = is_v6 ? AF_INET6 : AF_INET;
    s.len = is_v6 ? sizeof(*v6) : sizeof(*v4);
    if (is_v6) assert_int_equal(inet_pton(AF_INET6, address, &v6->sin6_addr), 1);
    s.fd = socket(s.at.ss_family, SOCK_DGRAM, 0);
    if (s.fd < 0) return s;
    if (is_v6) (void)setsockopt(s.fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    (void)setsockopt(s.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (bind(s.fd, (struct sockaddr *)&s.at, s.len) != 0) {
        close(s.fd);
        s.fd = -1;
        return s;
    }
    assert_int_equal(getsockname(s.fd, (struct sockaddr *)&s.at, &s.len), 0);
    return s;
}

static struct side serve(const char *address, bool wildcard)
{
    struct side s = open_side(address);
    if (s.fd >= 0) {
        assert_true(udp_batch_set_up(s.fd, s.at.ss_family == AF_INET6, wildcard));
    }
    return s;
}

/* A client that hears nobody but the port of `server` at `address`. */
static int client_of(const struct side *server, const char *address)
{
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    struct sockaddr_storage to = server->at;
    int fd = socket(to.ss_family, SOCK_DGRAM, 0);
    void *at = to.ss_family == AF_INET6 ? (void *)&((struct sockaddr_in6 *)&to)->sin6_addr
                                        : (void *)&((struct sockaddr_in *)&to)->sin_addr;
    assert_true(fd >= 0);
    assert_int_equal(inet_pton(to.ss_family, address, at), 1);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, server->len), 0);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    return fd;
}

static void say(int fd, uint8_t what)
{
    assert_int_equal(send(fd, &what, 1, 0), 1);
}

static void hear(int fd, uint8_t what)
{
    uint8_t got[2] = {0};
    assert_int_equal(recv(fd, got, sizeof(got), 0), 1);
    assert_int_equal(got[0], what);
}

static void hear_nothing(int fd)
{
    uint8_t got;
    assert_int_equal(recv(fd, &got, 1, MSG_DONTWAIT), -1);
}

/* Each datagram is answered by its one byte plus 100. */
static void answer_all(struct udp_batch *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct responder_query q = udp_batch_query(b, i);
        assert_int_equal(q.len, 1);
        udp_batch_next(b)[0] = (uint8_t)(q.bytes[0] + 100);
        udp_batch_queue(b, i, 1);
    }
    assert_int_equal(udp_batch_count(b), n);
}

/* Some clients ask, each at an address of its own if there are several, and get their answers. */
static void exchange(struct udp_batch *b, const struct side *s, const char *const *addresses,
                     bool wildcard)
{
    int fds[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++) {
        fds[i] = client_of(s, addresses[i]);
        say(fds[i], (uint8_t)i);
    }
    size_t n = udp_batch_receive(b, s->fd, wildcard);
    assert_int_equal(n, CLIENTS);
    answer_all(b, n);
    struct udp_sent sent = udp_batch_send(b, s->fd, bursts);
    assert_int_equal(sent.bytes, n);
    assert_int_equal(sent.lost, 0);
    for (size_t i = 0; i < CLIENTS; i++) {
        hear(fds[i], (uint8_t)(i + 100));
        close(fds[i]);
    }
}

static const char *const plain[CLIENTS] = {"127.0.0.1", "127.0.0.1", "127.0.0.1"};
static const char *const several[CLIENTS] = {"127.0.0.7", "127.0.0.8", "127.0.0.9"};
static const char *const plain6[CLIENTS] = {"::1", "::1", "::1"};

/* The batch goes from socket to socket, and nothing of the one before stays. */
static void used_for_sockets_of_all_kinds(void **state)
{
    (void)state;
    struct udp_batch *b = udp_batch_new();
    struct side one = serve("127.0.0.1", false);
    struct side all = serve("0.0.0.0", true);
    struct side one6 = serve("::1", false);
    struct side all6 = serve("::", true);
    assert_non_null(b);
    assert_true(one.fd >= 0 && all.fd >= 0);
    for (int round = 0; round < 2; round++) {
        exchange(b, &one, plain, false);
        exchange(b, &all, several, true);
        exchange(b, &one, plain, false);
        if (one6.fd >= 0) exchange(b, &one6, plain6, false);
        if (all6.fd >= 0) exchange(b, &all6, plain6, true);
        exchange(b, &all, several, true);
        exchange(b, &all, several, true);
    }
    assert_int_equal(udp_batch_receive(b, one.fd, false), 0);
    exchange(b, &all, several, true);
    const int fds[] = {one.fd, all.fd, one6.fd, all6.fd};
    for (size_t i = 0; i < CN_ARRAY_LEN(fds); i++) {
        if (fds[i] >= 0) close(fds[i]);
    }
    udp_batch_free(b);
}

static void no_more_than_a_batch(void **state)
{
    (void)state;
    enum { MORE = 8 };
    struct udp_batch *b = udp_batch_new();
    struct side s = serve("127.0.0.1", false);
    int fd = client_of(&s, "127.0.0.1");
    for (int i = 0; i < UDP_BATCH + MORE; i++) {
        say(fd, (uint8_t)i);
    }
    assert_int_equal(udp_batch_receive(b, s.fd, false), UDP_BATCH);
    answer_all(b, UDP_BATCH);
    assert_int_equal(udp_batch_receive(b, s.fd, false), MORE);
    assert_int_equal(udp_batch_count(b), 0); /* those of the batch before are forgotten */
    answer_all(b, MORE);
    assert_int_equal(udp_batch_answer(b, MORE - 1).len, 1);
    assert_int_equal(udp_batch_answer(b, MORE - 1).bytes[0], 100 + UDP_BATCH + MORE - 1);
    assert_int_equal(udp_batch_send(b, s.fd, bursts).bytes, MORE);
    for (int i = 0; i < MORE; i++) {
        hear(fd, (uint8_t)(100 + UDP_BATCH + i));
    }
    assert_int_equal(udp_batch_receive(b, s.fd, false), 0);
    assert_int_equal(udp_batch_send(b, s.fd, bursts).bytes, 0);
    hear_nothing(fd);
    close(fd);
    close(s.fd);
    udp_batch_free(b);
}

static void longest_and_longer_ones(void **state)
{
    (void)state;
    static uint8_t bytes[UDP_QUERY_MAX + 1];
    struct udp_batch *b = udp_batch_new();
    struct side s = serve("127.0.0.1", false);
    int fd = client_of(&s, "127.0.0.1");
    for (size_t more = 0; more < 2; more++) {
        assert_int_equal(send(fd, bytes, UDP_QUERY_MAX + more, 0), UDP_QUERY_MAX + more);
    }
    assert_int_equal(udp_batch_receive(b, s.fd, false), 2);
    assert_int_equal(udp_batch_query(b, 0).len, UDP_QUERY_MAX);
    assert_false(udp_batch_too_long(b, 0));
    assert_true(udp_batch_too_long(b, 1));
    udp_batch_queue(b, 0, 0); /* no answer */
    assert_int_equal(udp_batch_count(b), 0);
    say(fd, 1);
    say(fd, 2);
    assert_int_equal(udp_batch_receive(b, s.fd, false), 2);
    assert_false(udp_batch_too_long(b, 1));
    close(fd);
    close(s.fd);
    udp_batch_free(b);
}

/* An answer leaves by its own route, though the query says by which interface it came. */
static void forgets_the_interface(void **state)
{
    (void)state;
    struct in_pktinfo info;
    struct udp_batch *b = udp_batch_new();
    struct side s = serve("0.0.0.0", true);
    int fd = client_of(&s, "127.0.0.7");
    say(fd, 1);
    assert_int_equal(udp_batch_receive(b, s.fd, true), 1);
    struct cmsghdr *c = CMSG_FIRSTHDR(udp_batch_header(b, 0));
    CN_ASSERT(c != NULL);
    memcpy(&info, CMSG_DATA(c), sizeof(info));
    assert_true(info.ipi_ifindex != 0);
    assert_int_equal(ntohl(info.ipi_spec_dst.s_addr), 0x7F000007);
    answer_all(b, 1);
    memcpy(&info, CMSG_DATA(c), sizeof(info));
    assert_int_equal(info.ipi_ifindex, 0);
    close(fd);
    close(s.fd);
    udp_batch_free(b);
}

/* What one batch has received another one answers, as that would have done. */
static void handed_over(void **state)
{
    (void)state;
    static struct udp_datagram d;
    struct udp_batch *from = udp_batch_new();
    struct udp_batch *to = udp_batch_new();
    struct side s = serve("0.0.0.0", true);
    int fds[CLIENTS];
    for (int round = 0; round < 2; round++) {
        udp_batch_begin(to);
        for (size_t i = 0; i < CLIENTS; i++) {
            fds[i] = client_of(&s, several[i]);
            say(fds[i], (uint8_t)i);
        }
        assert_int_equal(udp_batch_receive(from, s.fd, true), CLIENTS);
        for (size_t i = 0; i < CLIENTS; i++) {
            udp_batch_copy(from, CLIENTS - 1 - i, &d);
            assert_true(udp_batch_put(to, &d));
        }
        assert_int_equal(udp_batch_count(to), 0);
        answer_all(to, CLIENTS);
        assert_int_equal(udp_batch_send(to, s.fd, bursts).bytes, CLIENTS);
        for (size_t i = 0; i < CLIENTS; i++) {
            hear(fds[i], (uint8_t)(i + 100));
            close(fds[i]);
        }
    }
    udp_batch_begin(to);
    for (size_t i = 0; i < UDP_BATCH; i++) {
        assert_true(udp_batch_put(to, &d));
    }
    assert_false(udp_batch_put(to, &d));
    close(s.fd);
    udp_batch_free(from);
    udp_batch_free(to);
}

/* Port 0 is nobody's: that answer is lost, those before and behind it are not. */
static void loses_one_alone(void **state)
{
    (void)state;
    static struct udp_datagram d;
    struct udp_batch *b = udp_batch_new();
    struct side s = serve("127.0.0.1", false);
    struct side c = open_side("127.0.0.1");
    d.len = 1;
    d.from = c.at;
    d.from_len = c.len;
    udp_batch_begin(b);
    for (size_t i = 0; i < CLIENTS; i++) {
        struct sockaddr_in *to = (struct sockaddr_in *)&d.from;
        to->sin_port = i == 1 ? 0 : ((struct sockaddr_in *)&c.at)->sin_port;
        d.bytes[0] = (uint8_t)i;
        assert_true(udp_batch_put(b, &d));
    }
    answer_all(b, CLIENTS);
    struct udp_sent sent = udp_batch_send(b, s.fd, bursts);
    assert_int_equal(sent.bytes, CLIENTS - 1);
    assert_int_equal(sent.lost, 1);
    hear(c.fd, 100);
    hear(c.fd, 102);
    hear_nothing(c.fd);
    close(c.fd);
    close(s.fd);
    udp_batch_free(b);
}

/* Where there is IPv6: an answer can leave from the address that was asked. */
static void says_which_v6_address(void **state)
{
    (void)state;
    struct in6_pktinfo info;
    struct udp_batch *b = udp_batch_new();
    struct side s = serve("::", true);
    assert_non_null(b);
    if (s.fd >= 0) {
        int fd = client_of(&s, "::1");
        say(fd, 1);
        assert_int_equal(udp_batch_receive(b, s.fd, true), 1);
        const struct cmsghdr *c = CMSG_FIRSTHDR(udp_batch_header(b, 0));
        CN_ASSERT(c != NULL);
        assert_int_equal(c->cmsg_type, IPV6_PKTINFO);
        memcpy(&info, CMSG_DATA(c), sizeof(info));
        assert_memory_equal(&info.ipi6_addr, &in6addr_loopback, sizeof(in6addr_loopback));
        close(fd);
        close(s.fd);
    }
    udp_batch_free(b);
}

/* A burst has to fit while somebody else has the core. */
static void has_room_for_bursts(void **state)
{
    (void)state;
    struct side fresh = open_side("127.0.0.1");
    struct side s = serve("127.0.0.1", false);
    static const int options[] = {SO_RCVBUF, SO_SNDBUF};
    for (size_t i = 0; i < CN_ARRAY_LEN(options); i++) {
        int usual = 0;
        int ours = 0;
        socklen_t len = sizeof(usual);
        assert_int_equal(getsockopt(fresh.fd, SOL_SOCKET, options[i], &usual, &len), 0);
        assert_int_equal(getsockopt(s.fd, SOL_SOCKET, options[i], &ours, &len), 0);
        assert_true(ours > usual);
    }
    close(fresh.fd);
    close(s.fd);
}

/* --- bursts ----------------------------------------------------------------------------------- */

/* What a client got: a bit for each first byte, and the length of them all. */
struct heard {
    uint64_t which;
    size_t bytes;
};

static struct heard hear_all(int fd, size_t n)
{
    static uint8_t got[RESPONDER_UDP_MAX];
    struct heard h = {0};
    for (size_t i = 0; i < n; i++) {
        ssize_t len = recv(fd, got, sizeof(got), 0);
        assert_true(len > 0 && got[0] < 64);
        assert_int_equal(got[len - 1], got[0]);
        h.which |= UINT64_C(1) << got[0];
        h.bytes += (size_t)len;
    }
    hear_nothing(fd);
    return h;
}

/* Queues an answer of a length whose first and last byte are `what`, to where `i` came from. */
static void queue(struct udp_batch *b, size_t i, uint8_t what, size_t len)
{
    uint8_t *out = udp_batch_next(b);
    memset(out, 0, len);
    out[0] = out[len - 1] = what;
    udp_batch_queue(b, i, len);
}

/* Two clients ask in turns, and the answers have several lengths, up to the longest, and so
 * many are alike that they take two bursts. */
static const struct {
    const char *name, *at, *from;
    bool wildcard;
    bool refused; /* the kernel takes no burst of the socket */
} burst_rows[] = {
    {"v4", "127.0.0.1", "127.0.0.1", false, false},
    {"v4, of a wildcard", "0.0.0.0", "127.0.0.9", true, false},
    {"v4, not taken", "127.0.0.1", "127.0.0.1", false, true},
    {"v4, of a wildcard, not taken", "0.0.0.0", "127.0.0.9", true, true},
    {"v6", "::1", "::1", false, false},
    {"v6, of a wildcard", "::", "::1", true, false},
};

static void answer_lengths(struct udp_batch *b)
{
    static const size_t lengths[] = {2, 90, 2, 1231, 1232, 90, 1231, 1232};
    for (uint8_t i = 0; i < 16; i++) {
        queue(b, i % 2, i, lengths[i / 2]);
    }
    for (uint8_t i = 0; i < 40; i++) {
        queue(b, 0, (uint8_t)(16 + i), 70);
    }
}

static void all_arrive(struct udp_batch *b, size_t row)
{
    enum { EACH = 2 * (2 + 90 + 1231 + 1232) };
    const int on = 1;
    struct side s = serve(burst_rows[row].at, burst_rows[row].wildcard);
    if (s.fd < 0) return; /* no IPv6 here */
    if (burst_rows[row].refused) {
        assert_int_equal(setsockopt(s.fd, SOL_SOCKET, SO_NO_CHECK, &on, sizeof(on)), 0);
    }
    int one = client_of(&s, burst_rows[row].from);
    int other = client_of(&s, burst_rows[row].from);
    say(one, 0);
    say(other, 0);
    assert_int_equal(udp_batch_receive(b, s.fd, burst_rows[row].wildcard), 2);
    answer_lengths(b);
    struct udp_sent sent = udp_batch_send(b, s.fd, bursts);
    assert_int_equal(sent.lost, 0);
    assert_int_equal(sent.bytes, 2 * EACH + 40 * 70);
    struct heard first = hear_all(one, 8 + 40);
    struct heard second = hear_all(other, 8);
    assert_true(first.which == 0xFFFFFFFFFF5555 && first.bytes == EACH + 40 * 70);
    assert_true(second.which == 0xAAAA && second.bytes == EACH);
    close(one);
    close(other);
    close(s.fd);
}

static void bursts_arrive(void **state)
{
    (void)state;
    struct udp_batch *b = udp_batch_new();
    for (size_t row = 0; row < CN_ARRAY_LEN(burst_rows); row++) {
        print_message("%s\n", burst_rows[row].name);
        all_arrive(b, row);
    }
    udp_batch_free(b);
}

/* One client asks two of our addresses at a time: each answers for itself. */
static void asked_at_two_addresses(void **state)
{
    (void)state;
    struct udp_batch *b = udp_batch_new();
    struct side s = serve("0.0.0.0", true);
    struct side client = open_side("127.0.0.1");
    struct sockaddr_in to = {.sin_family = AF_INET};
    to.sin_port = ((struct sockaddr_in *)&s.at)->sin_port;
    for (uint8_t i = 0; i < 4; i++) {
        to.sin_addr.s_addr = htonl(0x7F000007 + i % 2);
        assert_int_equal(sendto(client.fd, &i, 1, 0, (struct sockaddr *)&to, sizeof(to)), 1);
    }
    assert_int_equal(udp_batch_receive(b, s.fd, true), 4);
    answer_all(b, 4);
    assert_int_equal(udp_batch_send(b, s.fd, bursts).bytes, 4);
    for (int i = 0; i < 4; i++) {
        uint8_t what;
        struct sockaddr_in from;
        socklen_t len = sizeof(from);
        assert_int_equal(recvfrom(client.fd, &what, 1, 0, (struct sockaddr *)&from, &len), 1);
        assert_int_equal(ntohl(from.sin_addr.s_addr), 0x7F000007 + what % 2);
    }
    close(client.fd);
    close(s.fd);
    udp_batch_free(b);
}

/* --- how many messages there are -------------------------------------------------------------- */

/* `lens` and `ports` of messages; how many send them, and how many datagrams are in the first. */
static const struct {
    const char *name;
    size_t n;
    uint16_t len, step; /* each is longer by `step` */
    uint16_t clients;   /* that take turns */
    size_t messages, first;
} gather_rows[] = {
    {"one", 1, 60, 0, 1, 1, 1},
    {"two of a client", 2, 60, 0, 1, 1, 2},
    {"two of two", 2, 60, 0, 2, 2, 1},
    {"of two lengths", 2, 60, 1, 1, 2, 1},
    {"as many as go into one", 32, 60, 0, 1, 1, 32},
    {"and one more", 33, 60, 0, 1, 2, 32},
    {"the longest", 32, RESPONDER_UDP_MAX, 0, 1, 1, 32},
    {"as many as there can be, each alone", 128, 60, 1, 1, 128, 1},
    {"as many as there can be, of four", 128, 60, 0, 4, 4, 32},
    {"clients whose ports share a slot", 64, 60, 0, 32, 32, 2},
};

static void gather_row(struct udp_burst *b, size_t row)
{
    static uint8_t bytes[1];
    struct mmsghdr in[UDP_BURST_MESSAGES] = {0};
    struct iovec part[UDP_BURST_MESSAGES];
    struct sockaddr_in to[UDP_BURST_MESSAGES] = {0};
    struct mmsghdr *out;
    size_t sum = 0;
    for (size_t i = 0; i < gather_rows[row].n; i++) {
        to[i].sin_family = AF_INET;
        to[i].sin_port = (in_port_t)(i % gather_rows[row].clients * 0x0101);
        part[i] = (struct iovec){bytes, gather_rows[row].len + i * gather_rows[row].step};
        in[i].msg_hdr = (struct msghdr){
            .msg_name = &to[i], .msg_namelen = sizeof(to[i]), .msg_iov = &part[i], .msg_iovlen = 1};
    }
    size_t n = udp_burst_gather(b, in, gather_rows[row].n, &out);
    assert_int_equal(n, gather_rows[row].messages);
    assert_int_equal(out[0].msg_hdr.msg_iovlen, gather_rows[row].first);
    for (size_t g = 0; g < n; g++) {
        const struct msghdr *m = &out[g].msg_hdr;
        sum += m->msg_iovlen;
        assert_int_equal(m->msg_controllen != 0, m->msg_iovlen > 1);
        assert_int_equal(udp_burst_kept(m), 0);
    }
    assert_int_equal(sum, gather_rows[row].n);
}

static void gathers(void **state)
{
    (void)state;
    struct udp_burst *b = udp_burst_new();
    assert_non_null(b);
    for (size_t row = 0; row < CN_ARRAY_LEN(gather_rows); row++) {
        print_message("%s\n", gather_rows[row].name);
        gather_row(b, row);
    }
    udp_burst_free(b);
}

static int one_by_one(void **state)
{
    (void)state;
    bursts = false;
    return 0;
}

static int in_bursts(void **state)
{
    (void)state;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_true(fd >= 0);
    bursts = udp_burst_known(fd);
    close(fd);
    if (!bursts) print_message("this kernel knows of no bursts\n");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(used_for_sockets_of_all_kinds),
        cmocka_unit_test(no_more_than_a_batch),
        cmocka_unit_test(longest_and_longer_ones),
        cmocka_unit_test(forgets_the_interface),
        cmocka_unit_test(handed_over),
        cmocka_unit_test(loses_one_alone),
        cmocka_unit_test(has_room_for_bursts),
        cmocka_unit_test(says_which_v6_address),
        cmocka_unit_test(bursts_arrive),
        cmocka_unit_test(asked_at_two_addresses),
        cmocka_unit_test(gathers),
    };
    return cmocka_run_group_tests_name("one by one", tests, one_by_one, NULL) +
           cmocka_run_group_tests_name("in bursts", tests, in_bursts, NULL);
}
