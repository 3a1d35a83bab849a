/* SPDX-License-Identifier: MIT
 * Each limit of a TCP connection at its edge: number, address, idle time, life, what waits. */
#define _GNU_SOURCE
#include "test.h"

#include <signal.h>
#include <time.h>

#include "../dns/bytes.h"
#include "tcp_rig.h"

enum { CLIENTS = 4, MS = 1000000, ANSWER_MAX = 4096, BIG = 30000 };

#define QUERY     "1234 0100 0001 0000 0000 0000 .www.shop.example 0001 0001 "
#define BIG_QUERY "1234 0100 0001 0000 0000 0000 .big.shop.example 0010 0001 "
#define KEEPALIVE                                                                                  \
    "1234 0100 0001 0000 0000 0001 .www.shop.example 0001 0001 00 0029 04d0 00000000 0004 000b "   \
    "0000 "

static struct tcp_rig rig;
static int64_t now_ns = 1000000000; /* of every clock */

/* Instead of libc's clock_gettime, also for libevent: time passes when the test says so, however
 * busy the machine is. */
int test_clock(clockid_t which, struct timespec *out) __asm__("clock_gettime");
int test_clock(clockid_t which, struct timespec *out)
{
    (void)which;
    *out = (struct timespec){.tv_sec = now_ns / SIMDUR_SECOND, .tv_nsec = now_ns % SIMDUR_SECOND};
    return 0;
}

static const uint8_t home[4] = {198, 51, 100, 1};

static struct server_tcp_limits limits(uint32_t idle_s, uint32_t life_s)
{
    return (struct server_tcp_limits){
        .clients = CLIENTS, .per_address = CLIENTS, .idle_s = idle_s, .life_s = life_s};
}

static size_t frame(const char *picture, uint8_t *out)
{
    size_t len = bytes_from(picture, out + 2, ANSWER_MAX - 2);
    out[0] = (uint8_t)(len >> 8);
    out[1] = (uint8_t)len;
    return len + 2;
}

static void ask(int fd, const char *picture)
{
    uint8_t message[ANSWER_MAX];
    size_t len = frame(picture, message);
    assert_int_equal(write(fd, message, len), (ssize_t)len);
}

/* Runs the server for so long. */
static void run_ms(int64_t ms)
{
    for (int64_t i = 0; i < ms; i++) {
        tcp_rig_turn(&rig);
        now_ns += MS;
    }
    tcp_rig_turn(&rig);
}

/* Asks, and says whether one whole answer came. */
static bool answers(int fd)
{
    uint8_t got[ANSWER_MAX];
    uint8_t message[ANSWER_MAX];
    size_t len = frame(QUERY, message);
    if (send(fd, message, len, MSG_NOSIGNAL) != (ssize_t)len) return false;
    run_ms(3);
    ssize_t n = tcp_rig_read(fd, got, sizeof(got));
    return n > 2 && (got[0] << 8 | got[1]) == n - 2 && got[2] == 0x12;
}

static bool closed(int fd)
{
    uint8_t got[ANSWER_MAX];
    ssize_t n;
    while ((n = tcp_rig_read(fd, got, sizeof(got))) > 0) {
    }
    return n < 0;
}

static void begin(struct server_tcp_limits l)
{
    tcp_rig_start(&rig, &l);
}

/* The last place, and one more: who has been idle the longest makes room. */
static void check_clients(void **state)
{
    (void)state;
    int fd[CLIENTS + 1];
    begin(limits(10, 600));
    for (int i = 0; i < CLIENTS; i++) {
        const uint8_t address[4] = {198, 51, 100, (uint8_t)i};
        fd[i] = tcp_rig_connect(&rig, address, false);
        assert_true(answers(fd[i]));
    }
    assert_true(answers(fd[0]));
    fd[CLIENTS] = tcp_rig_connect(&rig, home, false);
    assert_true(answers(fd[CLIENTS]));
    for (int i = 0; i <= CLIENTS; i++) {
        assert_int_equal(answers(fd[i]), i != 1); /* 0 has asked again */
        close(fd[i]);
    }
    tcp_rig_stop(&rig);
}

/* One more than an address may have is closed and takes no place from others. */
static void check_per_address(void **state)
{
    (void)state;
    static const struct {
        uint8_t address[16];
        bool v6, let_in;
    } rows[] = {
        {{198, 51, 100, 1}, false, true},
        {{198, 51, 100, 1}, false, true},
        {{198, 51, 100, 1}, false, false},
        {{198, 51, 100, 2}, false, true},
        {{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1}, true, true},
        {{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 0xFF}, true, true},
        {{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 0xFF, 1}, true, false}, /* the same /64 */
        {{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 2, 0xFF, 1}, true, true},
    };
    int fd[CN_ARRAY_LEN(rows)];
    begin((struct server_tcp_limits){.clients = 64, .per_address = 2, .idle_s = 10, .life_s = 60});
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        fd[i] = tcp_rig_connect(&rig, rows[i].address, rows[i].v6);
        assert_int_equal(answers(fd[i]), rows[i].let_in);
    }
    close(fd[0]);
    run_ms(5);
    fd[0] = tcp_rig_connect(&rig, home, false);
    assert_true(answers(fd[0])); /* the place is free again */
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        close(fd[i]);
    }
    tcp_rig_stop(&rig);
}

/* RFC7766.6.2.3: who does not go on has idle_s, and not less; bytes of a query that never ends do
 * not count; who asks goes on. */
static void check_idle(void **state)
{
    (void)state;
    begin(limits(1, 600));
    int silent = tcp_rig_connect(&rig, home, false);
    int dribbling = tcp_rig_connect(&rig, home, false);
    int busy = tcp_rig_connect(&rig, home, false);
    for (int i = 0; i < 4; i++) { /* up to 800 ms */
        assert_int_equal(write(dribbling, "\1", 1), 1);
        run_ms(200);
        if (i == 1) assert_true(answers(busy));
    }
    assert_false(closed(silent) || closed(dribbling) || closed(busy));
    run_ms(400);
    assert_true(closed(silent) && closed(dribbling));
    assert_true(answers(busy));
    close(silent);
    close(dribbling);
    close(busy);
    tcp_rig_stop(&rig);
}

/* However busy, a connection ends; RFC7828.3.3.2: shortly before it says so. */
static void check_life(void **state)
{
    (void)state;
    uint8_t got[ANSWER_MAX];
    begin(limits(1, 2));
    int fd = tcp_rig_connect(&rig, home, false);
    ask(fd, KEEPALIVE);
    run_ms(5);
    ssize_t n = tcp_rig_read(fd, got, sizeof(got));
    assert_true(n > 6);
    assert_memory_equal(got + n - 6, "\0\x0b\0\2\0\x0a", 6);
    for (int i = 0; i < 3; i++) { /* up to 1.5 s */
        assert_true(answers(fd));
        run_ms(500);
    }
    ask(fd, KEEPALIVE);
    run_ms(5);
    n = tcp_rig_read(fd, got, sizeof(got));
    assert_true(n > 6);
    assert_memory_equal(got + n - 6, "\0\x0b\0\2\0\0", 6);
    assert_true(answers(fd));
    run_ms(700);
    assert_true(closed(fd));
    close(fd);
    tcp_rig_stop(&rig);
}

/* Who asks for much and takes nothing: the server stops reading when enough waits, answers others,
 * and cuts the client off. */
static void check_slow_reader(void **state)
{
    (void)state;
    uint8_t message[ANSWER_MAX];
    size_t len = frame(BIG_QUERY, message);
    size_t sent = 0;
    begin(limits(1, 600));
    int slow = tcp_rig_connect(&rig, home, false);
    int other = tcp_rig_connect(&rig, home, false);
    for (int i = 0; i < BIG; i++) {
        ssize_t n = send(slow, message, len, MSG_NOSIGNAL);
        if (n == (ssize_t)len) sent++;
        if (i % 64 == 0) tcp_rig_turn(&rig);
    }
    assert_in_range(sent, 64, BIG / 2); /* of 60 MB of answers it held some 100 kB */
    assert_true(answers(other));
    run_ms(600);
    assert_true(answers(other));
    run_ms(700);
    assert_true(closed(slow));
    assert_true(answers(other));
    close(slow);
    close(other);
    tcp_rig_stop(&rig);
}

/* When the life of one who has not taken everything ends, it may take what waits. */
static void check_life_ends_with_output(void **state)
{
    (void)state;
    uint8_t message[ANSWER_MAX];
    static uint8_t got[1 << 16];
    size_t len = frame(BIG_QUERY, message);
    size_t total = 0;
    size_t first = 1;
    size_t asked = 0;
    begin(limits(2, 1));
    int fd = tcp_rig_connect(&rig, home, false);
    for (int i = 0; i < 150; i++) { /* 300 kB: more than the pair of sockets holds */
        asked += send(fd, message, len, MSG_NOSIGNAL) == (ssize_t)len;
        tcp_rig_turn(&rig);
    }
    run_ms(1100);
    assert_int_equal(asked, 150);
    for (ssize_t n = 1; n >= 0; tcp_rig_turn(&rig)) {
        n = tcp_rig_read(fd, got, sizeof(got));
        if (n > 2 && total == 0) first = 2U + ((size_t)got[0] << 8 | got[1]);
        if (n > 0) total += (size_t)n;
    }
    assert_true(total > 131072); /* what waited, whole, and then the end */
    assert_int_equal(total % first, 0);
    close(fd);
    tcp_rig_stop(&rig);
}

/* RFC7766.8: lengths that no query has end the connection; all that came before is answered. */
static void check_lengths(void **state)
{
    (void)state;
    static const uint8_t rows[][3] = {{0, 0, 1}, {0, 11, 1}, {0, 12, 0}, {255, 255, 0}};
    uint8_t got[ANSWER_MAX];
    begin(limits(10, 600));
    for (size_t i = 0; i < CN_ARRAY_LEN(rows); i++) {
        int fd = tcp_rig_connect(&rig, home, false);
        ask(fd, QUERY);
        assert_int_equal(write(fd, rows[i], 2), 2);
        run_ms(5);
        assert_true(tcp_rig_read(fd, got, sizeof(got)) > 2);
        run_ms(2);
        assert_int_equal(closed(fd), rows[i][2]);
        close(fd);
        run_ms(2);
    }
    tcp_rig_stop(&rig);
}

static int init(void **state)
{
    (void)state;
    tcp_rig_init(&rig);
    return 0;
}

static int end(void **state)
{
    (void)state;
    tcp_rig_end(&rig);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"RFC7766.6.2.3 all places are taken", check_clients, NULL, NULL, NULL},
        {"RFC7766.10 connections of one address", check_per_address, NULL, NULL, NULL},
        {"RFC7766.6.2.3 idle", check_idle, NULL, NULL, NULL},
        {"RFC7828.3.3.2 the end of a life is told", check_life, NULL, NULL, NULL},
        {"RFC7766.10 a slow reader", check_slow_reader, NULL, NULL, NULL},
        {"a life ends while answers wait", check_life_ends_with_output, NULL, NULL, NULL},
        {"RFC7766.8 lengths that are none", check_lengths, NULL, NULL, NULL},
    };
    struct sigaction ignore = {.sa_handler = SIG_IGN}; /* as the server does */
    assert_int_equal(sigaction(SIGPIPE, &ignore, NULL), 0);
    return cmocka_run_group_tests(tests, init, end);
}
