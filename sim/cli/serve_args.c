/* SPDX-License-Identifier: MIT */
#include "serve_args.h"

#include <getopt.h>
#include <string.h>

#include "cnedge/cli/cli.h"
#include "cnedge/dns/ratelimit.h"

#define DEFAULT_LISTEN "127.0.0.1:5300"

enum kind { TEXT, FLAG, NUMBER, LISTEN };

struct serve_option {
    const char *name;
    enum kind kind;
    size_t at;         /* of its member in struct serve_args */
    uint32_t min, max; /* NUMBER */
};

#define AT(member) offsetof(struct serve_args, member)

static const struct serve_option options[] = {
    {"listen", LISTEN, 0, 0, 0},
    {"at", TEXT, AT(at), 0, 0},
    {"speed", TEXT, AT(speed), 0, 0},
    {"from", TEXT, AT(from), 0, 0},
    {"cookie-secrets", TEXT, AT(secrets), 0, 0},
    {"transfer-keys", TEXT, AT(keys), 0, 0},
    {"no-cookies", FLAG, AT(no_cookies), 0, 0},
    {"nsid", TEXT, AT(nsid), 0, 0},
    {"chaos", FLAG, AT(chaos), 0, 0},
    {"tcp-clients", NUMBER, AT(tcp.clients), 1, SERVER_TCP_CLIENTS_MAX},
    {"tcp-per-address", NUMBER, AT(tcp.per_address), 1, SERVER_TCP_CLIENTS_MAX},
    {"tcp-idle", NUMBER, AT(tcp.idle_s), 1, SERVER_TCP_IDLE_S_MAX},
    {"public", FLAG, AT(public), 0, 0},
    {"user", TEXT, AT(user), 0, 0},
    {"log-format", TEXT, AT(log_format), 0, 0},
    {"metrics", TEXT, AT(metrics), 0, 0},
    {"dnstap", TEXT, AT(dnstap), 0, 0},
    {"tls-cert", TEXT, AT(tls_cert), 0, 0},
    {"tls-key", TEXT, AT(tls_key), 0, 0},
    {"workers", NUMBER, AT(workers), 1, SERVER_WORKERS_MAX},
    {"rrl", NUMBER, AT(rrl), 0, RATELIMIT_RATE_MAX},
    {"rrl-slip", NUMBER, AT(rrl_slip), 0, RATELIMIT_SLIP_MAX},
    {"tcp-life", NUMBER, AT(tcp.life_s), 1, SERVER_TCP_LIFE_S_MAX},
};

static int take_listen(struct serve_args *a)
{
    if (a->listen_count == SERVER_LISTENERS_MAX) {
        return cli_usage("serve", "expected at most %d --listen, got more", SERVER_LISTENERS_MAX);
    }
    a->listen[a->listen_count++] = optarg;
    return CLI_OK;
}

/* Digits alone, no sign, no blank. */
static int take_number(const struct serve_option *o, uint32_t *out)
{
    enum { DIGITS_MAX = 9 };
    size_t len = strlen(optarg);
    uint32_t v = 0;
    bool good = len >= 1 && len <= DIGITS_MAX && strspn(optarg, "0123456789") == len;
    for (size_t i = 0; good && i < len; i++) {
        v = v * 10 + (uint32_t)(optarg[i] - '0');
    }
    if (!good || v < o->min || v > o->max) {
        return cli_usage("serve", "--%s expects a number from %u to %u, got \"%s\"", o->name,
                         (unsigned)o->min, (unsigned)o->max, optarg);
    }
    *out = v;
    return CLI_OK;
}

static int take(const struct serve_option *o, struct serve_args *a)
{
    char *member = (char *)a + o->at;
    const bool yes = true;
    switch (o->kind) {
    case TEXT:
        memcpy(member, &optarg, sizeof(optarg));
        return CLI_OK;
    case FLAG:
        memcpy(member, &yes, sizeof(yes));
        return CLI_OK;
    case NUMBER:
        return take_number(o, (uint32_t *)(void *)member);
    case LISTEN:
        break;
    }
    return take_listen(a);
}

static int check(const struct serve_args *a)
{
    if (a->at != NULL && (a->speed != NULL || a->from != NULL)) {
        return cli_usage("serve", "expected --at, or --speed and --from, got both");
    }
    if ((a->tls_cert != NULL) != (a->tls_key != NULL)) {
        return cli_usage("serve", "expected both --tls-cert and --tls-key, got one");
    }
    return CLI_OK;
}

int serve_args_read(int argc, char **argv, struct serve_args *out)
{
    struct option longs[CN_ARRAY_LEN(options) + 1] = {{0}};
    for (size_t i = 0; i < CN_ARRAY_LEN(options); i++) {
        longs[i] = (struct option){options[i].name,
                                   options[i].kind == FLAG ? no_argument : required_argument, NULL,
                                   CLI_OPTION_FIRST + (int)i};
    }
    *out = (struct serve_args){.workers = 1,
                               .rrl = SERVE_ARGS_UNSAID,
                               .rrl_slip = SERVER_RRL_SLIP,
                               .tcp = {.clients = SERVER_TCP_CLIENTS,
                                       .per_address = SERVER_TCP_PER_ADDRESS,
                                       .idle_s = SERVER_TCP_IDLE_S,
                                       .life_s = SERVER_TCP_LIFE_S}};
    for (int c; (c = cli_option(argc, argv, longs)) != -1;) {
        if (c < CLI_OPTION_FIRST) return CLI_USAGE;
        int code = take(&options[c - CLI_OPTION_FIRST], out);
        if (code != CLI_OK) return code;
    }
    if (optind != argc - 1) return cli_usage("serve", "expected one FILE");
    out->file = argv[optind];
    if (out->listen_count == 0) out->listen[out->listen_count++] = DEFAULT_LISTEN;
    return check(out);
}
