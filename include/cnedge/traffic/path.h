/* SPDX-License-Identifier: MIT
 * path.h: what reaches a client of what the authority answered. Room traffic (pure).
 *
 * The authority view (model/answer.h) is what we say; the path view is what a client gets across a
 * border that forges answers, resets connections and loses packets, from resolvers that fail, and
 * from edges that refuse (FACTS C1, C2 rows 19 to 21, H). It has two stages: what the client's
 * resolver hands it, and what becomes of a connection to each address. It is a function of the
 * world, the client and the time; there is no state of its own: who is hit by a list of 40 % is a
 * keyed hash of (seed, client, name), and whether a client is shut out after a reset follows from
 * when it first tried. Forged addresses come from documentation space only. */
#ifndef CNEDGE_TRAFFIC_PATH_H
#define CNEDGE_TRAFFIC_PATH_H

#include "cnedge/model/answer.h"

enum {
    PATH_INJECTORS = 3,
    PATH_REASONS_MAX = 14,
    PATH_HTTP = 80,
    PATH_HTTPS = 443,
    PATH_SNI_RESIDUAL_S = 180, /* FACTS H (M6 M7) */
    PATH_HTTP_RESIDUAL_S = 90, /* FACTS H (M6) */
    PATH_HTTP_TRIGGER = 750,   /* permille of requests that are reset (M6) */
    PATH_SAMPLES = 1000,       /* clients of a line that shares are counted over */
    PATH_TEXT_MAX = 192,
};

/* X(enumerator, word, text): what the client's resolver hands it. */
#define PATH_DNS_KINDS(X)                                                                          \
    X(GENUINE, "genuine", "our answer")                                                            \
    X(FORGED_FIRST, "forged_first", "forged answers first; ours arrives second")                   \
    X(FORGED_ONLY, "forged_only", "somebody else's answer; ours never arrives")                    \
    X(TIMEOUT, "timeout", "no answer")                                                             \
    X(SERVFAIL, "servfail", "SERVFAIL: the resolver reaches no server of ours")

enum path_dns {
#define X(name, word, text) PATH_DNS_##name,
    PATH_DNS_KINDS(X)
#undef X
        PATH_DNS_COUNT
};

/* X(enumerator, word, text): what becomes of a connection. */
#define PATH_CONNECT_KINDS(X)                                                                      \
    X(OK, "ok", "it is served")                                                                    \
    X(SNI_RESET, "sni_reset", "TCP reset: the name in the TLS greeting is on a list")              \
    X(RESIDUAL, "residual", "TCP reset: shut out after an earlier reset")                          \
    X(HTTP_RESET, "http_reset", "TCP reset: the name in the request is on a list")                 \
    X(PROVINCE_RESET, "province_reset", "TCP reset by the box of the client's province")           \
    X(BORDER_RESET, "border_reset", "TCP reset: every connection to port 443 across the border")   \
    X(DROPPED, "dropped", "time-out: packets to the address are dropped")                          \
    X(BLOCK_PAGE, "block_page", "the provider's page for domains without a filing")                \
    X(DENIED, "denied", "the mainland edge refuses service")                                       \
    X(WRONG_SERVER, "wrong_server", "an address that is not ours: time-out or wrong certificate")  \
    X(DEAD_POP, "dead_pop", "time-out: the PoP is down")                                           \
    X(NOWHERE, "nowhere", "there is no address to connect to")

enum path_connect {
#define X(name, word, text) PATH_CONNECT_##name,
    PATH_CONNECT_KINDS(X)
#undef X
        PATH_CONNECT_COUNT
};

/* X(enumerator, id, text); texts take the argument, a number, as %u. */
#define PATH_RULES(X)                                                                              \
    X(RESOLVER_DOWN, "dns.resolver_down", "the resolvers of the client's carrier do not answer")   \
    X(BOGUS, "dns.bogus", "names of this top-level domain resolve to one wrong address")           \
    X(BOGUS_CACHED, "dns.bogus_cached", "the resolver still has the bogus answer in its cache")    \
    X(HIJACKED, "dns.hijacked", "the registry delegates the site to somebody else")                \
    X(HIJACK_CACHED, "dns.hijack_cached", "the resolver still has the wrong delegation cached")    \
    X(HIJACK_UNSEEN, "dns.hijack_unseen",                                                          \
      "the registry delegates the site to somebody else; the resolver still has ours cached")      \
    X(AUTHORITY_OUT, "dns.authority_out", "the nameservers in China do not work")                  \
    X(CONGESTED, "dns.congested",                                                                  \
      "the query crosses a congested border and is lost, as are %u of 1,000")                      \
    X(CONGESTED_PASSED, "dns.congested_passed",                                                    \
      "the query crosses a congested border and gets through, unlike %u of 1,000")                 \
    X(CROSSES, "dns.crosses", "the query crosses the border")                                      \
    X(STAYS, "dns.stays", "the name is on a list, but the query does not cross the border")        \
    X(BLACKLISTED, "dns.blacklisted", "the domain is blacklisted: its answers are forged")         \
    X(POISONED, "dns.poisoned",                                                                    \
      "answers for the name are forged for %u of 1,000 clients, and this is one of them")          \
    X(SPARED, "dns.spared",                                                                        \
      "answers for the name are forged for %u of 1,000 clients, and this is none of them")         \
    X(INJECTED, "dns.injected", "%u devices at the border answer faster than we do")               \
    X(CHAIN, "dns.chain", "this befalls the name that CNAMEs lead to, number %u of the chain")     \
    X(FORGED_ADDRESS, "connect.forged", "the client connects to an address that is not ours")      \
    X(BORDER_443, "connect.border_443", "every connection to port 443 across the border is reset") \
    X(PROVINCE, "connect.province", "the box of the client's province resets what names it")       \
    X(SNI, "connect.sni", "the border resets TLS connections that name it, on any port")           \
    X(SNI_RESIDUAL, "connect.sni_residual",                                                        \
      "after a reset the client is shut out from this server and port for 180 s, %u s more")       \
    X(HTTP, "connect.http", "the border resets three of four requests that name it")               \
    X(HTTP_PASSED, "connect.http_passed", "this request is the one of four that passes")           \
    X(HTTP_RESIDUAL, "connect.http_residual",                                                      \
      "after a reset most connections to this server and port fail for 90 s, %u s more")           \
    X(DENIED, "connect.denied", "the host may not be served by this mainland PoP any more")        \
    X(BLOCK_PAGE, "connect.block_page", "a mainland server may not serve a domain without filing") \
    X(DROPPED, "connect.dropped",                                                                  \
      "%u of the addresses are blocked for this line and port: packets are dropped")               \
    X(DEAD_POP, "connect.dead_pop", "the answer names a PoP that is down")                         \
    X(PORT_UNSEEN, "connect.port_unseen",                                                          \
      "no filing, but the provider has not found the site on this port yet")

enum path_rule {
#define X(name, id, text) PATH_RULE_##name,
    PATH_RULES(X)
#undef X
        PATH_RULE_COUNT
};

struct path_reason {
    uint8_t rule; /* enum path_rule */
    uint16_t arg;
};

struct path_client {
    uint16_t line;             /* where it is and connects from */
    uint16_t resolver;         /* the line that asks us: its resolver's */
    uint64_t hash;             /* of its prefix: see path_client_hash */
    struct spill_client asker; /* who the authority takes it for, where PoPs pass clients on */
};

struct path_question {
    struct path_client client;
    const uint8_t *name;         /* wire, lower case */
    const struct answer *answer; /* what the authority answers the resolver for name and type */
    uint16_t seen; /* path_ask: the line by which the authority answers: ECS, or the resolver's */
    uint16_t type;
    uint16_t port;
    simtime now;
    simtime first; /* when the client first tried; SIMTIME_NEVER: it tries now for the first time */
    uint32_t tried; /* the host it tried then; CN_NONE32: this one */
};

struct path_view {
    enum path_dns dns;
    enum path_connect connect;          /* of the address that serves, else of the first one */
    uint8_t forged_count;               /* forged answers, fastest first; A and AAAA only */
    uint8_t forged[PATH_INJECTORS][16]; /* network order; IPv4 in the first four bytes */
    bool forged_aa[PATH_INJECTORS];     /* the forger sets the AA bit */
    uint32_t forged_ttl_s;
    uint8_t address_count;          /* of the genuine answer */
    uint8_t connects[POP_POOL_MAX]; /* enum path_connect of each */
    uint32_t rtt_us;                /* modelled; 0: not known */
    uint32_t loss_permille;         /* as in quality.h */
    uint8_t reason_count;
    struct path_reason reasons[PATH_REASONS_MAX];
};

/* Fills `*out`. */
CN_NONNULL void path_look(struct world *w, const struct path_question *q, struct path_view *out);

/* Asks the authority as the client's resolver does, then looks. `q->answer` is set to `*answer`. */
CN_NONNULL void path_ask(struct world *w, struct path_question *q, struct answer *answer,
                         struct path_view *out);

/* The client's identity: of the /24 or /48 around an address, or the n-th client of a line. */
CN_NONNULL CN_PURE uint64_t path_client_hash(const uint8_t *address, bool v6);
CN_NONNULL CN_PURE struct path_client path_client_of_line(const struct topology *t, uint16_t line,
                                                          uint32_t n);

/* Whether it is our answer and a connection that is served: nothing stands in between. */
CN_NONNULL CN_PURE bool path_is_clear(const struct path_view *v);

/* Whether an address is one that this file may have made up: every forged one is. */
CN_NONNULL CN_PURE bool path_is_forged(const uint8_t *address, bool v6);

CN_CONST const char *path_dns_name(enum path_dns d);
CN_CONST const char *path_dns_text(enum path_dns d);
CN_CONST const char *path_connect_name(enum path_connect c);
CN_CONST const char *path_connect_text(enum path_connect c);
CN_CONST const char *path_rule_id(enum path_rule r);
/* The rule's sentence, with %u where its argument goes. */
CN_CONST const char *path_rule_text(enum path_rule r);
/* PATH_RULE_COUNT when there is no such rule. */
CN_NONNULL CN_PURE enum path_rule path_rule_find(const char *id);
/* Writes the reason as a sentence, truncated to `cap`. */
CN_NONNULL void path_reason_text(struct path_reason r, char *out, size_t cap);

/* The devices that inject, as data: FACTS H says there are three with overlapping sets of names;
 * how the sets overlap is SIM, the AA bit a stand-in for their fingerprints (K). */
struct path_injector {
    const char *id;
    uint16_t names_permille; /* of the listed names, how many it knows; the first knows all */
    bool aa;
};

/* Injector 0..2. */
CN_CONST const struct path_injector *path_injector(unsigned i);

#endif
