/* SPDX-License-Identifier: MIT
 * load.c: a load generator for DNS servers on this machine. Prints one JSON object. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

enum {
    SLACK_NS = 1000,
    LOOPBACK = 127,
    SECONDS_MAX = 600,
    FILE_TEXT = 512,
    PATH_TEXT = 64,
    THREADS_MAX = 256,
    MS_NS = 1000000
};

static volatile sig_atomic_t told_to_stop;

static void on_signal(int signal)
{
    (void)signal;
    told_to_stop = 1;
}

uint64_t load_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * LOAD_SECOND + (uint64_t)t.tv_nsec;
}

/* --- counting ----------------------------------------------------------------------------------
 */

static bool counts(const struct load *l, uint64_t sent_at)
{
    return sent_at >= l->measure && sent_at < l->stop;
}

static bool counts_after(const struct load *l, uint64_t sent_at)
{
    const struct load_options *o = l->options;
    return o->at_ns > 0 && counts(l, sent_at) && sent_at >= o->at_ns &&
           sent_at < o->at_ns + o->after_ns;
}

void load_sent(struct load *l, uint64_t sent_at)
{
    l->all.sent += counts(l, sent_at);
    l->after.sent += counts_after(l, sent_at);
}

static void lose(struct load *l, uint64_t sent_at)
{
    l->all.lost += counts(l, sent_at);
    l->after.lost += counts_after(l, sent_at);
}

uint32_t load_give_up(struct load *l, struct track *t, uint64_t limit)
{
    struct track_slot lost;
    while (track_expire(t, limit, &lost)) {
        lose(l, lost.sent_at);
    }
    return t->waiting;
}

void load_answered(struct load *l, const struct track_slot *slot, uint64_t received_at,
                   const uint8_t *m, size_t len)
{
    uint64_t latency = received_at > slot->sent_at ? received_at - slot->sent_at : 0;
    l->answers++;
    if (slot->poll > 0) watch_answered(&l->watch, slot, received_at, m, len);
    if (!counts(l, slot->sent_at)) return;
    l->all.answered++;
    histogram_add(&l->all.latency, latency);
    l->rcode[m[3] & (LOAD_RCODES - 1)]++;
    l->empty += m[6] == 0 && m[7] == 0;
    l->truncated += (m[2] & 2) != 0;
    l->bytes += len;
    if (!counts_after(l, slot->sent_at)) return;
    l->after.answered++;
    histogram_add(&l->after.latency, latency);
}

size_t load_put_query(struct load *l, struct track *t, uint64_t now, uint8_t *out)
{
    struct track_slot lost;
    struct track_slot *slot = track_open(t, now, &lost);
    if (lost.busy) lose(l, lost.sent_at);
    load_sent(l, now);
    slot->poll = watch_next(&l->watch);
    if (slot->poll == 0) return queries_put(&l->queries, slot->id, out);
    struct watch_name *n = &l->watch.names[slot->poll - 1];
    n->polls++;
    memcpy(out, n->query, n->query_len);
    out[0] = (uint8_t)(slot->id >> 8);
    out[1] = (uint8_t)slot->id;
    return n->query_len;
}

void load_take(struct load *l, struct track *t, uint64_t received_at, const uint8_t *m, size_t len)
{
    struct track_slot slot;
    if (len < 12) return; /* no message */
    if (track_close(t, (uint16_t)(m[0] << 8 | m[1]), &slot)) {
        load_answered(l, &slot, received_at, m, len);
    } else {
        l->late++;
    }
}

/* --- the server's CPU time ---------------------------------------------------------------------
 */

struct schedule {
    long id;
    uint64_t busy_ns, delay_ns; /* on a core; ready, but not on one */
};

struct usage {
    uint64_t at;
    struct schedule own;                  /* of the generator */
    struct schedule threads[THREADS_MAX]; /* of the server */
    unsigned thread_count;
    double user_s, system_s; /* of the server */
};

/* Reads a short file; what is not there is empty. */
static void read_text(const char *path, char text[FILE_TEXT])
{
    FILE *f = fopen(path, "r");
    size_t len = f != NULL ? fread(text, 1, FILE_TEXT - 1, f) : 0;
    text[len] = '\0';
    if (f != NULL) fclose(f);
}

static struct schedule read_schedule(const char *path, long id)
{
    char text[FILE_TEXT];
    struct schedule s = {.id = id};
    read_text(path, text);
    (void)sscanf(text, "%" SCNu64 " %" SCNu64, &s.busy_ns, &s.delay_ns);
    return s;
}

/* Adds what /proc says of one process: fields 14 and 15, behind a name that may have anything; and
 * of each of its threads. */
static void add_process(long pid, struct usage *u)
{
    char path[PATH_TEXT];
    char text[FILE_TEXT];
    unsigned long user = 0;
    unsigned long system = 0;
    snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
    read_text(path, text);
    const char *rest = strrchr(text, ')');
    if (rest == NULL) return;
    (void)sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    u->user_s += (double)user / (double)sysconf(_SC_CLK_TCK);
    u->system_s += (double)system / (double)sysconf(_SC_CLK_TCK);
    snprintf(path, sizeof(path), "/proc/%ld/task", pid);
    DIR *tasks = opendir(path);
    if (tasks == NULL) return;
    for (const struct dirent *e = readdir(tasks); e != NULL; e = readdir(tasks)) {
        if (e->d_name[0] == '.' || u->thread_count == THREADS_MAX) continue;
        long id = strtol(e->d_name, NULL, 10);
        snprintf(path, sizeof(path), "/proc/%ld/task/%ld/schedstat", pid, id);
        u->threads[u->thread_count++] = read_schedule(path, id);
    }
    closedir(tasks);
}

static struct usage read_usage(const struct load_options *o)
{
    struct usage u = {.at = load_now()};
    for (unsigned i = 0; i < o->pid_count; i++) {
        add_process(o->pids[i], &u);
    }
    u.own = read_schedule("/proc/self/schedstat", 0);
    return u;
}

/* The usage at the beginning and at the end of the measurement. */
static struct usage first, last;
static uint64_t first_answers, last_answers;

bool load_over(struct load *l, uint64_t now)
{
    if (first.at == 0 && now >= l->measure) {
        first = read_usage(l->options);
        first_answers = l->answers;
    }
    if (told_to_stop && now < l->stop) l->stop = now > l->measure ? now : l->measure + 1;
    if (now < l->stop) return false;
    last = read_usage(l->options);
    last_answers = l->answers;
    return true;
}

/* --- the report --------------------------------------------------------------------------------
 */

static void put_tally(const struct load_tally *t, double seconds, FILE *out)
{
    static const struct {
        const char *name;
        double at;
    } shares[] = {{"p50_us", 0.5}, {"p95_us", 0.95}, {"p99_us", 0.99}, {"p999_us", 0.999}};
    fprintf(out, "\"sent\": %" PRIu64 ", \"answered\": %" PRIu64 ", \"lost\": %" PRIu64, t->sent,
            t->answered, t->lost);
    fprintf(out, ", \"qps\": %.0f", (double)t->answered / seconds);
    for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
        fprintf(out, ", \"%s\": %.2f", shares[i].name, histogram_at_us(&t->latency, shares[i].at));
    }
    fprintf(out, ", \"max_us\": %.2f, \"slowest_us\": [", (double)t->latency.max / 1000);
    for (unsigned i = 0; i < HISTOGRAM_SLOWEST; i++) {
        fprintf(out, "%s%.1f", i > 0 ? ", " : "", (double)t->latency.slowest[i] / 1000);
    }
    fputc(']', out);
}

/* What the server's busiest thread has used. */
static struct schedule busiest(void)
{
    struct schedule most = {0};
    for (unsigned i = 0; i < last.thread_count; i++) {
        struct schedule s = last.threads[i];
        for (unsigned k = 0; k < first.thread_count; k++) {
            if (first.threads[k].id != s.id) continue;
            s.busy_ns -= first.threads[k].busy_ns;
            s.delay_ns -= first.threads[k].delay_ns;
        }
        if (s.busy_ns >= most.busy_ns) most = s;
    }
    return most;
}

/* Time that the server, or the generator, was ready but kept from its core by others is no time in
 * which anything could be measured: `fair_qps` and `server_busy` leave it out. */
static void put_usage(const struct load *l, FILE *out)
{
    struct schedule server = busiest();
    uint64_t wall_ns = last.at - first.at;
    uint64_t own_delay_ns = last.own.delay_ns - first.own.delay_ns;
    uint64_t delay_ns = server.delay_ns;
    uint64_t kept_ns = own_delay_ns + delay_ns < wall_ns ? own_delay_ns + delay_ns : wall_ns - 1;
    double fair_s = (double)(wall_ns - kept_ns) / (double)LOAD_SECOND;
    uint64_t answers = last_answers - first_answers;
    double ns = 1e9 / (double)(answers > 0 ? answers : 1);
    fprintf(out, ", \"idle_percent\": %.1f, \"own_busy\": %.3f",
            l->turns > 0 ? 100.0 * (double)l->idle_turns / (double)l->turns : 0,
            (double)(last.own.busy_ns - first.own.busy_ns) / (double)wall_ns);
    fprintf(out, ", \"own_kept\": %.4f, \"server_kept\": %.4f",
            (double)own_delay_ns / (double)wall_ns, (double)delay_ns / (double)wall_ns);
    fprintf(out, ", \"server_busy\": %.4f, \"fair_qps\": %.0f",
            (double)server.busy_ns / (double)LOAD_SECOND / fair_s, (double)answers / fair_s);
    fprintf(out, ", \"user_ns\": %.1f, \"system_ns\": %.1f", (last.user_s - first.user_s) * ns,
            (last.system_s - first.system_s) * ns);
}

static void report(const struct load *l, FILE *out)
{
    double seconds = (double)(l->stop - l->measure) / (double)LOAD_SECOND;
    fputc('{', out);
    put_tally(&l->all, seconds, out);
    fprintf(out, ", \"seconds\": %.3f, \"late\": %" PRIu64 ", \"send_failed\": %" PRIu64, seconds,
            l->late, l->send_failed);
    fprintf(out, ", \"reconnects\": %" PRIu64 ", \"noerror\": %" PRIu64 ", \"nxdomain\": %" PRIu64,
            l->reconnects, l->rcode[0], l->rcode[3]);
    fprintf(out, ", \"failed\": %" PRIu64 ", \"empty\": %" PRIu64 ", \"truncated\": %" PRIu64,
            l->all.answered - l->rcode[0] - l->rcode[3], l->empty, l->truncated);
    fprintf(out, ", \"bytes\": %.1f, \"lag_max_us\": %.1f",
            l->all.answered > 0 ? (double)l->bytes / (double)l->all.answered : 0,
            l->lag_max / 1000);
    put_usage(l, out);
    if (l->options->at_ns > 0) {
        fputs(", \"after\": {", out);
        put_tally(&l->after, (double)l->options->after_ns / (double)LOAD_SECOND, out);
        fputc('}', out);
    }
    fputs(", \"watch\": ", out);
    watch_put(&l->watch, out);
    fputs("}\n", out);
}

/* --- the command line --------------------------------------------------------------------------
 */

static const char usage_text[] =
    "usage: rig_load --port N [--server 127.x.y.z] [--mode udp|tcp|tls]\n"
    "    what:  --sites N, --zipf EXPONENT, --absent PERCENT, --edns, --subnets FILE, --seed N\n"
    "    how:   --window N | --rate QPS [--sleep], --sockets N, --batch N, --sources A,B,...\n"
    "    when:  --seconds S, --warm S, --timeout-ms N, --at NS --after-ms N\n"
    "    polls: --watch NAME ..., --watch-subnet PREFIX, --watch-every N\n"
    "    --core N pins the generator, --pids P,Q,... are the server's, whose CPU time is read.\n";

static const struct option option_table[] = {{"port", required_argument, NULL, 'p'},
                                             {"server", required_argument, NULL, 's'},
                                             {"mode", required_argument, NULL, 'm'},
                                             {"sites", required_argument, NULL, 'n'},
                                             {"zipf", required_argument, NULL, 'z'},
                                             {"absent", required_argument, NULL, 'x'},
                                             {"edns", no_argument, NULL, 'e'},
                                             {"subnets", required_argument, NULL, 'E'},
                                             {"seed", required_argument, NULL, 'r'},
                                             {"window", required_argument, NULL, 'q'},
                                             {"rate", required_argument, NULL, 'Q'},
                                             {"sleep", no_argument, NULL, 'Z'},
                                             {"sockets", required_argument, NULL, 'c'},
                                             {"batch", required_argument, NULL, 'b'},
                                             {"sources", required_argument, NULL, 'S'},
                                             {"seconds", required_argument, NULL, 'l'},
                                             {"warm", required_argument, NULL, 'w'},
                                             {"timeout-ms", required_argument, NULL, 't'},
                                             {"at", required_argument, NULL, 'a'},
                                             {"after-ms", required_argument, NULL, 'A'},
                                             {"watch", required_argument, NULL, 'W'},
                                             {"watch-subnet", required_argument, NULL, 'N'},
                                             {"watch-every", required_argument, NULL, 'k'},
                                             {"core", required_argument, NULL, 'C'},
                                             {"pids", required_argument, NULL, 'P'},
                                             {0}};

static bool read_mode(const char *text, enum load_mode *mode)
{
    static const char *const names[] = {"udp", "tcp", "tls"};
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(text, names[i]) != 0) continue;
        *mode = (enum load_mode)i;
        return true;
    }
    return false;
}

static bool read_sources(struct load_options *o, const char *text)
{
    char one[INET_ADDRSTRLEN];
    while (o->source_count < LOAD_SOURCES_MAX) {
        size_t len = strcspn(text, ",");
        if (len >= sizeof(one)) return false;
        memcpy(one, text, len);
        one[len] = '\0';
        if (inet_pton(AF_INET, one, &o->sources[o->source_count++]) != 1) return false;
        if (text[len] == '\0') return true;
        text += len + 1;
    }
    return false;
}

static bool read_pids(struct load_options *o, const char *text)
{
    while (o->pid_count < LOAD_PIDS_MAX) {
        char *end;
        o->pids[o->pid_count++] = strtol(text, &end, 10);
        if (*end == '\0') return end != text;
        text = end + 1;
    }
    return false;
}

/* What is asked. False: not one of these options. */
static bool set_queries(struct load_options *o, int c, const char *value)
{
    struct queries_spec *q = &o->queries;
    switch (c) {
    case 'n':
        q->sites = (uint32_t)strtoul(value, NULL, 10);
        return true;
    case 'z':
        q->zipf = strtod(value, NULL);
        return true;
    case 'x':
        q->absent = (uint32_t)strtoul(value, NULL, 10);
        return true;
    case 'e':
        q->edns = true;
        return true;
    case 'E':
        q->subnets = value;
        return true;
    case 'r':
        q->seed = strtoull(value, NULL, 10);
        return true;
    case 'N':
        o->watch.subnet = value;
        return true;
    case 'k':
        o->watch.every = (unsigned)strtoul(value, NULL, 10);
        return true;
    case 'W':
        if (o->watch.count == WATCH_NAMES_MAX) return false;
        o->watch.names[o->watch.count++] = value;
        return true;
    default:
        return false;
    }
}

static bool set(struct load_options *o, int c, const char *value)
{
    switch (c) {
    case 'p':
        o->server.sin_port = htons((uint16_t)strtoul(value, NULL, 10));
        return true;
    case 's':
        return inet_pton(AF_INET, value, &o->server.sin_addr) == 1;
    case 'm':
        return read_mode(value, &o->mode);
    case 'q':
        o->window = (unsigned)strtoul(value, NULL, 10);
        return true;
    case 'Q':
        o->rate = strtod(value, NULL);
        return true;
    case 'Z':
        o->sleep = true;
        return true;
    case 'c':
        o->sockets = (unsigned)strtoul(value, NULL, 10);
        return true;
    case 'b':
        o->batch = (unsigned)strtoul(value, NULL, 10);
        return true;
    case 'S':
        return read_sources(o, value);
    case 'l':
        o->seconds = strtod(value, NULL);
        return true;
    case 'w':
        o->warm = strtod(value, NULL);
        return true;
    case 't':
        o->timeout_ns = strtoull(value, NULL, 10) * MS_NS;
        return true;
    case 'a':
        o->at_ns = strtoull(value, NULL, 10);
        return true;
    case 'A':
        o->after_ns = strtoull(value, NULL, 10) * MS_NS;
        return true;
    case 'C':
        o->core = (int)strtol(value, NULL, 10);
        return true;
    case 'P':
        return read_pids(o, value);
    default:
        return set_queries(o, c, value);
    }
}

static bool is_sound(const struct load_options *o)
{
    if (ntohl(o->server.sin_addr.s_addr) >> 24 != LOOPBACK) {
        fputs("rig_load: only 127.0.0.0/8 is a target\n", stderr);
        return false;
    }
    return o->server.sin_port != 0 && o->sockets >= 1 && o->sockets <= LOAD_SOCKETS_MAX &&
           o->batch >= 1 && o->batch <= LOAD_BATCH_MAX && o->window >= 1 && o->rate >= 0 &&
           o->seconds > 0 && o->seconds <= SECONDS_MAX && o->warm >= 0 && o->timeout_ns > 0 &&
           o->queries.sites >= 1 && o->queries.sites <= QUERIES_SITES_MAX &&
           o->queries.absent <= 100 && o->watch.every >= 1 && (o->mode == LOAD_UDP || o->rate <= 0);
}

static bool pin(int core)
{
    cpu_set_t cores;
    if (core < 0) return true;
    CPU_ZERO(&cores);
    CPU_SET((unsigned)core, &cores);
    if (sched_setaffinity(0, sizeof(cores), &cores) == 0) return true;
    fprintf(stderr, "rig_load: --core: %s\n", strerror(errno));
    return false;
}

static bool run(const struct load_options *o)
{
    static struct load l;
    l.options = o;
    if (!queries_init(&l.queries, &o->queries)) return false;
    if (!watch_init(&l.watch, &o->watch)) {
        fputs("rig_load: --watch, --watch-subnet: no name or no prefix\n", stderr);
        return false;
    }
    (void)signal(SIGTERM, on_signal);
    (void)signal(SIGINT, on_signal);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)prctl(PR_SET_TIMERSLACK, (unsigned long)SLACK_NS);
    l.begin = load_now();
    l.measure = l.begin + (uint64_t)(o->warm * (double)LOAD_SECOND);
    l.stop = l.measure + (uint64_t)(o->seconds * (double)LOAD_SECOND);
    if (!(o->mode == LOAD_UDP ? udp_run(&l) : stream_run(&l))) return false;
    report(&l, stdout);
    return true;
}

int main(int argc, char **argv)
{
    static struct load_options o = {.sockets = 8,
                                    .window = 160,
                                    .batch = 32,
                                    .seconds = 4,
                                    .warm = 0.5,
                                    .timeout_ns = 200 * UINT64_C(1000000),
                                    .after_ns = LOAD_SECOND,
                                    .core = -1,
                                    .queries = {.sites = 1000, .seed = 1},
                                    .watch = {.every = 2}};
    o.server.sin_family = AF_INET;
    o.server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool good = true;
    for (int c; (c = getopt_long(argc, argv, "", option_table, NULL)) != -1;) {
        good = good && set(&o, c, optarg);
    }
    if (!good || optind != argc || !is_sound(&o)) {
        fputs(usage_text, stderr);
        return 2;
    }
    return pin(o.core) && run(&o) ? 0 : 1;
}
