/* SPDX-License-Identifier: MIT
 * c2_table.h: the decision table of FACTS C2 as data, transcribed by hand from that document and
 * never from the code. c2_run.h asks a world about every combination and compares.
 *
 * Reading order: the states a site can be in, what the mainland's PoPs offer in each state of the
 * network, what lies outside, the rules (one line each, the first that matches counts), and what
 * each revocation policy makes of a loss.
 *
 * The network is that of world_fixture.h: sha (Shanghai: Telecom, Mobile), can (Guangdong: Telecom,
 * Unicom) and bjs (Beijing: Unicom, Mobile) in the mainland; hkg nrt sin tpe near; fra lax. */
#ifndef CNEDGE_TESTS_C2_TABLE_H
#define CNEDGE_TESTS_C2_TABLE_H

/* The TTLs of FACTS are 60, 60, 300 and 60; here each is its own, so that none passes for another.
 */
enum c2_ttl { T_CN = 61, T_SOON = 62, T_LASTS = 300, T_NEG = 59 };

/* --- clients (C1) ----------------------------------------------------------------------------- */

enum { CN = 1, NEAR = 2, ROW = 4, UNKNOWN = 8, ABROAD = NEAR | ROW | UNKNOWN, ALL = CN | ABROAD };

/* Columns of the tables of networks below: where a client looks. */
enum { OUT_SH, OUT_GD, OUT_BJ, OUT_HK, OUT_TW, OUT_JP, OUT_DE, OUT_US, C2_OUTS };
enum { C2_MAINLAND_LINES = 12, C2_DOMESTIC = 12, C2_CELLS = 16 };

// clang-format off
static const struct c2_client {
    const char *name;
    unsigned who;
    int province, carrier; /* as in world_fixture.h; -1: none */
    double lat, lon;
    int cell; /* its column in c2_mainland: of its own; of coverage "domestic" abroad */
    int out;  /* its column in c2_outside */
} c2_clients[] = {
    {"cn/shanghai/telecom",  CN,      0, 0, 31.2, 121.5,  0, OUT_SH},
    {"cn/shanghai/unicom",   CN,      0, 1, 31.2, 121.5,  1, OUT_SH},
    {"cn/shanghai/mobile",   CN,      0, 2, 31.2, 121.5,  2, OUT_SH},
    {"cn/shanghai/cernet",   CN,      0, 3, 31.2, 121.5,  3, OUT_SH},
    {"cn/guangdong/telecom", CN,      1, 0, 23.1, 113.3,  4, OUT_GD},
    {"cn/guangdong/unicom",  CN,      1, 1, 23.1, 113.3,  5, OUT_GD},
    {"cn/guangdong/mobile",  CN,      1, 2, 23.1, 113.3,  6, OUT_GD},
    {"cn/guangdong/cernet",  CN,      1, 3, 23.1, 113.3,  7, OUT_GD},
    {"cn/beijing/telecom",   CN,      2, 0, 39.9, 116.4,  8, OUT_BJ},
    {"cn/beijing/unicom",    CN,      2, 1, 39.9, 116.4,  9, OUT_BJ},
    {"cn/beijing/mobile",    CN,      2, 2, 39.9, 116.4, 10, OUT_BJ},
    {"cn/beijing/cernet",    CN,      2, 3, 39.9, 116.4, 11, OUT_BJ},
    {"hk",                   NEAR,   -1, -1, 22.3, 114.2, 12, OUT_HK},
    {"tw",                   NEAR,   -1, -1, 25.0, 121.5, 13, OUT_TW},
    {"jp",                   NEAR,   -1, -1, 35.7, 139.7, 14, OUT_JP},
    {"de",                   ROW,    -1, -1, 50.1,   8.7, 15, OUT_DE},
    {"us",                   ROW,    -1, -1, 39.8, -98.6, 15, OUT_US},
    {"unknown",              UNKNOWN, -1, -1, 0.0,   0.0, 15, OUT_US}, /* stands for us (row 29) */
};

/* --- the legal state of the host -------------------------------------------------------------- */

enum {
    IN_ORDER  = 1 << 0,  /* eligible, as C1 defines it */
    AUDIT     = 1 << 1,  /* eligible, AUDIT_NOTICE */
    GRACE     = 1 << 2,  /* status UNKNOWN, within unknown_grace */
    RETURNED  = 1 << 3,  /* eligible, approved anew after a revocation */
    NEVER     = 1 << 4,  /* NONE, DRAFT, under review: never licensed */
    NOT_YET   = 1 << 5,  /* APPROVED_UNSYNCED, or not provisioned yet */
    REVOKED   = 1 << 6,  /* the site */
    SETTLED   = 1 << 7,  /* the same, and ttl_settle is over */
    SUBJECT   = 1 << 8,  /* the subject with all its sites */
    SUSPENDED = 1 << 9,  /* by the partner */
    NO_STATUS = 1 << 10, /* UNKNOWN, and the grace is over */
    UNVETTED  = 1 << 11, /* pending or rejected, never live */
    REJECTED  = 1 << 12, /* on re-review of a live domain */
    ENDED     = 1 << 13, /* the subscription */
    CANCELLED = 1 << 14, /* ACCESS_CANCELLED, SHELL */
    LISTED    = 1 << 15, /* the domain is blacklisted */
    NO_PAPER  = 1 << 16, /* commercial licence missing (C4.16), PSB penalty that counts (C4.17) */
    UNMAPPED  = 1 << 17, /* in order, but a site on the same edge name was lost to unmap_shared */
    CLOSED    = 1 << 18, /* the customer closed the resolution */
    LAPSED    = 1 << 19, /* the domain's registration */
    COOLING   = 1 << 20, /* in order again, return_cooldown is not over (C4.11) */
    EARLY     = 1 << 21, /* revoked before it was ever served from the mainland */
    EARLY_SUSPENDED = 1 << 22,
    ELIGIBLE  = IN_ORDER | AUDIT | GRACE | RETURNED,
    ANY_HOST  = (1 << 23) - 1,
};

static const struct c2_host {
    const char *name;
    const char *words; /* how it got there: see story.h, and c2_run.h for some more */
    int is;
    bool cools;  /* a cool-down that runs goes on: nothing of its own is wrong */
    bool barred; /* lost, and not entitled for another reason that is no loss */
} c2_hosts[] = {
    {"in order",             "",                                  IN_ORDER,  true,  false},
    {"change order open",    "filing=CHANGE_PENDING",             IN_ORDER,  true,  false},
    {"vetted again",         "vetting=RE_REVIEW",                 IN_ORDER,  true,  false},
    {"commercial licence",   "commercial=ISSUED",                 IN_ORDER,  true,  false},
    {"yearly report due",    "commercial=REPORT_DUE",             IN_ORDER,  true,  false},
    {"carried by two",       "both_carry",                        IN_ORDER,  true,  false},
    {"neighbour lost, own edge name", "neighbour other_edge",     IN_ORDER,  true,  false},
    {"police warn",          "psb=WARNED",                        IN_ORDER,  true,  false},
    {"audit notice",         "audit",                             AUDIT,     true,  false},
    {"status unknown",       "unknown +59m",                      GRACE,     true,  false},
    {"filed anew",           "revoke ^",                          RETURNED,  true,  false},

    {"nothing filed",        "filing=NONE vetting=NOT_SUBMITTED provisioning=NOT_READY",
     NEVER, 0, 0},
    {"draft",                "filing=DRAFT provisioning=NOT_READY",             NEVER,   0, 0},
    {"provider reviews",     "filing=PROVIDER_REVIEW provisioning=NOT_READY",   NEVER,   0, 0},
    {"provider wants a fix", "filing=PROVIDER_FIX provisioning=NOT_READY",      NEVER,   0, 0},
    {"provider rejected",    "filing=PROVIDER_REJECTED provisioning=NOT_READY", NEVER,   0, 0},
    {"SMS pending",          "filing=SMS_PENDING provisioning=NOT_READY",       NEVER,   0, 0},
    {"bureau reviews",       "filing=BUREAU_REVIEW provisioning=NOT_READY",     NEVER,   0, 0},
    {"bureau rejected",      "filing=BUREAU_REJECTED provisioning=NOT_READY",   NEVER,   0, 0},
    {"filed elsewhere only", "elsewhere",                                       NEVER,   0, 0},
    {"never subscribed",     "subscription=NONE provisioning=NOT_READY",        NEVER,   0, 0},
    {"taken off",            "provisioning=DEPROVISIONED",                      NEVER,   0, 0},

    {"approved, not synced", "filing=APPROVED_UNSYNCED provisioning=NOT_READY", NOT_YET, 0, 0},
    {"ready",                "provisioning=READY",                              NOT_YET, 0, 0},
    {"provisioning",         "provisioning=PENDING",                            NOT_YET, 0, 0},
    {"allow-listed",         "provisioning=ALLOWLISTED",                        NOT_YET, 0, 0},

    {"revoked",              "revoke",                            REVOKED,   0, 0},
    {"revoked for 23 h",     "revoke +23h",                       REVOKED,   0, 0},
    {"revoked for 24 h",     "revoke +24h",                       SETTLED,   0, 0},
    {"given up",             "deregister",                        REVOKED,   0, 0},
    {"revoked, unknown",     "revoke unknown +2h",                REVOKED,   0, 0},
    {"subject revoked",      "revoke_subject",                    SUBJECT,   0, 0},
    {"subject revoked, 25 h", "revoke_subject +25h",              SUBJECT,   0, 0},
    {"site suspended",       "suspend:site",                      SUSPENDED, 0, 0},
    {"holder suspended",     "suspend:holder",                    SUSPENDED, 0, 0},
    {"account suspended",    "suspend:account",                   SUSPENDED, 0, 0},
    {"everyone suspended",   "suspend:everyone",                  SUSPENDED, true, 0},
    {"terminated",           "terminate",                         SUSPENDED, 0, 0},
    {"rejected live",        "reject",                            REJECTED,  0, 0},
    {"handed in again",      "reject resubmit",                   REJECTED,  0, 0},
    {"subscription ended",   "end",                               ENDED,     0, 0},
    {"signed again",         "end contract",                      ENDED,     0, 0},
    {"partner's contract ended", "partner_ends",                  ENDED,     true, 0},
    {"access cancelled",     "cancel_access",                     CANCELLED, 0, 0},
    {"access lost, carried elsewhere", "both_carry cancel_access", CANCELLED, 0, 0},
    {"audited away",         "audit +30d",                        CANCELLED, 0, 0},
    {"shell",                "audit +31d",                        CANCELLED, 0, 0},
    {"shell of a subject",   "filing=SHELL_SUBJECT",              CANCELLED, 0, 0},
    {"shell cleaned up",     "audit +92d",                        SETTLED,   0, 0},

    {"status unknown, over", "unknown +60m",                      NO_STATUS, 0, 0},
    {"vetting not begun",    "vetting=NOT_SUBMITTED provisioning=NOT_READY", UNVETTED, 0, 0},
    {"vetting submitted",    "vetting=SUBMITTED provisioning=NOT_READY",     UNVETTED, 0, 0},
    {"vetting under review", "vetting=UNDER_REVIEW provisioning=NOT_READY",  UNVETTED, 0, 0},
    {"vetting rejected",     "vetting=REJECTED provisioning=NOT_READY",      UNVETTED, 0, 0},
    {"blacklisted",          "blacklist",                         LISTED,    0, 0},
    {"no commercial licence", "commercial=NONE",                  NO_PAPER,  0, 0},
    {"applying for one",     "commercial=APPLYING",               NO_PAPER,  0, 0},
    {"commercial expired",   "commercial=EXPIRED",                NO_PAPER,  0, 0},
    {"commercial revoked",   "commercial=REVOKED",                NO_PAPER,  0, 0},
    {"police penalised",     "psb=PENALISED",                     NO_PAPER,  0, 0},

    {"revoked before it was live", "provisioning=READY revoke",   EARLY,     0, 0},
    {"suspended before it was live", "provisioning=ALLOWLISTED suspend:account",
     EARLY_SUSPENDED, 0, 0},

    {"revoked and listed",     "revoke blacklist",                REVOKED,   0, true},
    {"suspended and listed",   "suspend:site blacklist",          SUSPENDED, 0, true},
    {"ended, unlicensed",      "commercial=REVOKED end",          ENDED,     0, true},
    {"suspended, no status",   "suspend:site unknown +2h",        SUSPENDED, 0, true},
    {"rejected, penalised",    "psb=PENALISED reject",            REJECTED,  0, true},

    {"neighbour lost",       "neighbour edge",                    UNMAPPED,  true, 0},
    {"resolution closed",    "closed",                            CLOSED,    true, 0},
    {"closed and revoked",   "closed revoke",                     CLOSED,    0, 0},
    {"domain lapsed",        "lapse",                             LAPSED,    true, 0},
    {"lapsed and revoked",   "revoke lapse",                      LAPSED,    0, 0},
};

/* --- the mainland's PoPs, as clients see them ------------------------------------------------- */

/* A cell: the row of C2 that the network is in for that client, and which PoP of the mainland then
 * answers an eligible site; '-' none, '0' none and NODATA. The order of row 1 is: nearest of the
 * client's carrier, else nearest. Abroad (coverage "domestic") it is Telecom in East China, which
 * is sha, else the nearest.
 *
 * Between sha, can and bjs it is nearer from Shanghai to bjs than to can, from Guangdong and from
 * Beijing to sha than to the other end. */
enum { A = 1 << FAMILY_V4, AAAA = 1 << FAMILY_V6, BOTH = A | AAAA };

static const struct c2_mainland {
    const char *name;
    const char *words; /* of story.h, see c2_run.h for how they are undone */
    unsigned families; /* for which this line is; that of the others follows */
    const char *cells; /* for each line of the mainland; '|' is for the eye */
} c2_mainland[] = {
    /* Shanghai               Guangdong              Beijing                abroad, "domestic"
     * tel. uni. mob. cernet  tel. uni. mob. cernet  tel. uni. mob. cernet  hk   tw   jp   de us */
    {"all up", "", BOTH,
     "1sha 1bjs 1sha 1sha | 1can 1can 1sha 1can | 1sha 1bjs 1bjs 1bjs | sha  sha  sha  sha"},
    {"sha degraded", "sha~", BOTH,
     "1sha 1bjs 1sha 1sha | 1can 1can 1sha 1can | 1sha 1bjs 1bjs 1bjs | sha  sha  sha  sha"},
    {"sha down", "sha-", BOTH,
     "3can 1bjs 3bjs 3bjs | 1can 1can 3bjs 1can | 3can 1bjs 1bjs 1bjs | can  can  bjs  bjs"},
    {"bjs drained", "bjs!", BOTH,
     "1sha 3can 1sha 1sha | 1can 1can 1sha 1can | 1sha 3can 3sha 3sha | sha  sha  sha  sha"},
    {"sha, can down", "sha- can-", BOTH,
     "3bjs 1bjs 3bjs 3bjs | 3bjs 3bjs 3bjs 3bjs | 3bjs 1bjs 1bjs 1bjs | bjs  bjs  bjs  bjs"},
    {"telecom out", "carrier:telecom", BOTH,
     "4sha 1bjs 1sha 1sha | 4can 1can 1sha 1can | 4bjs 1bjs 1bjs 1bjs | can  sha  sha  bjs"},
    {"telecom out, no line failover", "line_failover=false carrier:telecom", BOTH,
     "1sha 1bjs 1sha 1sha | 1can 1can 1sha 1can | 1sha 1bjs 1bjs 1bjs | sha  sha  sha  sha"},
    {"telecom out in Shanghai", "carrier:telecom/shanghai", BOTH,
     "4can 1bjs 1sha 1sha | 1can 1can 1sha 1can | 4can 1bjs 1bjs 1bjs | can  sha  sha  bjs"},
    {"Shanghai out", "province:shanghai", BOTH,
     "4can 1bjs 4bjs 4bjs | 1can 1can 4bjs 1can | 4can 1bjs 1bjs 1bjs | can  can  bjs  bjs"},
    {"all PoPs down", "sha- can- bjs-", BOTH,
     "5-   5-   5-   5-   | 5-   5-   5-   5-   | 5-   5-   5-   5-   | -    -    -    -"},
    {"all carriers out", "carrier:telecom carrier:unicom carrier:mobile", BOTH,
     "5-   5-   5-   5-   | 5-   5-   5-   5-   | 5-   5-   5-   5-   | -    -    -    -"},
    {"partner out", "partner", BOTH,
     "5-   5-   5-   5-   | 5-   5-   5-   5-   | 5-   5-   5-   5-   | -    -    -    -"},

    /* Rows 6 and 7: one family is out in the whole mainland. */
    {"v4 dead", "v4", A,
     "7-   7-   7-   7-   | 7-   7-   7-   7-   | 7-   7-   7-   7-   | -    -    -    -"},
    {"v4 dead", "v4", AAAA,
     "7sha 7bjs 7sha 7sha | 7can 7can 7sha 7can | 7sha 7bjs 7bjs 7bjs | sha  sha  sha  sha"},
    {"v4 dead, AAAA may go near", "v6_failover=near v4", A,
     "7-   7-   7-   7-   | 7-   7-   7-   7-   | 7-   7-   7-   7-   | -    -    -    -"},
    {"v4 dead, AAAA may go near", "v6_failover=near v4", AAAA,
     "7sha 7bjs 7sha 7sha | 7can 7can 7sha 7can | 7sha 7bjs 7bjs 7bjs | sha  sha  sha  sha"},
    {"v4 dead, AAAA may be NODATA", "v6_failover=nodata v4", A,
     "7-   7-   7-   7-   | 7-   7-   7-   7-   | 7-   7-   7-   7-   | -    -    -    -"},
    {"v4 dead, AAAA may be NODATA", "v6_failover=nodata v4", AAAA,
     "7sha 7bjs 7sha 7sha | 7can 7can 7sha 7can | 7sha 7bjs 7bjs 7bjs | sha  sha  sha  sha"},
    {"v6 dead, kept", "v6_failover=keep v6", BOTH,
     "6sha 6bjs 6sha 6sha | 6can 6can 6sha 6can | 6sha 6bjs 6bjs 6bjs | sha  sha  sha  sha"},
    {"v6 dead, near", "v6_failover=near v6", A,
     "6sha 6bjs 6sha 6sha | 6can 6can 6sha 6can | 6sha 6bjs 6bjs 6bjs | sha  sha  sha  sha"},
    {"v6 dead, near", "v6_failover=near v6", AAAA,
     "6-   6-   6-   6-   | 6-   6-   6-   6-   | 6-   6-   6-   6-   | -    -    -    -"},
    {"v6 dead, NODATA", "v6_failover=nodata v6", A,
     "6sha 6bjs 6sha 6sha | 6can 6can 6sha 6can | 6sha 6bjs 6bjs 6bjs | sha  sha  sha  sha"},
    {"v6 dead, NODATA", "v6_failover=nodata v6", AAAA,
     "60   60   60   60   | 60   60   60   60   | 60   60   60   60   | -    -    -    -"},
    {"both dead", "v4 v6", BOTH,
     "5-   5-   5-   5-   | 5-   5-   5-   5-   | 5-   5-   5-   5-   | -    -    -    -"},
    {"v4 dead at sha", "v4/pop:sha", A,
     "3can 1bjs 3bjs 3bjs | 1can 1can 3bjs 1can | 3can 1bjs 1bjs 1bjs | can  can  bjs  bjs"},
    {"v4 dead at sha", "v4/pop:sha", AAAA,
     "1sha 1bjs 1sha 1sha | 1can 1can 1sha 1can | 1sha 1bjs 1bjs 1bjs | sha  sha  sha  sha"},
    {"v6 dead at sha, kept", "v6_failover=keep v6/pop:sha", BOTH,
     "1sha 1bjs 1sha 1sha | 1can 1can 1sha 1can | 1sha 1bjs 1bjs 1bjs | sha  sha  sha  sha"},

    /* Row 22: sha has two addresses of each family, the others one. '!': the second
     * one only; '?': the first one only. */
    {"one address blocked", "block", A,
     "22sha! 1bjs 22sha! 22sha! | 1can 1can 22sha! 1can | 22sha! 1bjs 1bjs 1bjs | sha sha sha sha"},
    {"one address blocked", "block", AAAA,
     "1sha 1bjs 1sha 1sha | 1can 1can 1sha 1can | 1sha 1bjs 1bjs 1bjs | sha  sha  sha  sha"},
    {"the first of v6, the second of v4 blocked", "block2 block6", A,
     "22sha? 1bjs 22sha? 22sha? | 1can 1can 22sha? 1can | 22sha? 1bjs 1bjs 1bjs | sha sha sha sha"},
    {"the first of v6, the second of v4 blocked", "block2 block6", AAAA,
     "22sha! 1bjs 22sha! 22sha! | 1can 1can 22sha! 1can | 22sha! 1bjs 1bjs 1bjs | sha sha sha sha"},
    {"blocked for telecom", "block:telecom", A,
     "22sha! 1bjs 1sha 1sha | 1can 1can 1sha 1can | 22sha! 1bjs 1bjs 1bjs | sha  sha  sha  sha"},
    {"blocked for telecom", "block:telecom", AAAA,
     "1sha 1bjs 1sha 1sha | 1can 1can 1sha 1can | 1sha 1bjs 1bjs 1bjs | sha  sha  sha  sha"},
    {"v6 address blocked", "block6", A,
     "1sha 1bjs 1sha 1sha | 1can 1can 1sha 1can | 1sha 1bjs 1bjs 1bjs | sha  sha  sha  sha"},
    {"v6 address blocked", "block6", AAAA,
     "22sha! 1bjs 22sha! 22sha! | 1can 1can 22sha! 1can | 22sha! 1bjs 1bjs 1bjs | sha sha sha sha"},
    {"both addresses blocked", "block block2", A,
     "22can 1bjs 22bjs 22bjs | 1can 1can 22bjs 1can | 22can 1bjs 1bjs 1bjs | sha  sha  sha  sha"},
    {"both addresses blocked", "block block2", AAAA,
     "1sha 1bjs 1sha 1sha | 1can 1can 1sha 1can | 1sha 1bjs 1bjs 1bjs | sha  sha  sha  sha"},
    {"no address left", "block block2 can- bjs-", A,
     "22-  22-  22-  22-  | 22-  22-  22-  22-  | 22-  22-  22-  22-  | sha  sha  sha  sha"},
    {"no address left", "block block2 can- bjs-", AAAA,
     "1sha 3sha 1sha 1sha | 3sha 3sha 1sha 3sha | 1sha 3sha 3sha 3sha | sha  sha  sha  sha"},
    {"blocked for everyone", "block_scope=everyone block:telecom", A,
     "22sha! 1bjs 22sha! 22sha! | 1can 1can 22sha! 1can | 22sha! 1bjs 1bjs 1bjs"
     "| sha! sha! sha! sha!"},
    {"blocked for everyone", "block_scope=everyone block:telecom", AAAA,
     "1sha 1bjs 1sha 1sha | 1can 1can 1sha 1can | 1sha 1bjs 1bjs 1bjs | sha  sha  sha  sha"},
};

/* --- outside ---------------------------------------------------------------------------------- */

/* The PoP outside that answers: for clients in Shanghai, Guangdong, Beijing near before global; '-'
 * none is up. The second line of each is region_overseas: Japan, Singapore and Hong Kong first. */
enum { C2_REROUTE, C2_REGION, C2_WAYS };
static const struct c2_outside {
    const char *name, *words;
    const char *pops[C2_WAYS]; /* for each of OUT_SH ... OUT_US */
} c2_outside[] = {
    /* SH  GD  BJ    hk  tw  jp  de  us */
    {"all up", "",
     {"hkg hkg hkg | hkg tpe nrt fra lax",
      "hkg hkg hkg | hkg tpe nrt fra lax"}},
    {"hkg down", "hkg-",
     {"nrt sin nrt | tpe tpe nrt fra lax",
      "nrt sin nrt | tpe tpe nrt fra lax"}},
    {"only tpe is near", "hkg- nrt- sin-",
     {"tpe tpe tpe | tpe tpe tpe fra lax",
      "tpe tpe tpe | tpe tpe tpe fra lax"}},
    {"all near down", "hkg- nrt- sin- tpe-",
     {"fra fra fra | fra fra lax fra lax",
      "fra fra fra | fra fra lax fra lax"}},
    {"all down", "hkg- nrt- sin- tpe- fra- lax-",
     {"- - - | - - - - -",
      "- - - | - - - - -"}},
};
/* The same with nearest_metric "great_circle": the way to Taipei has no detour. */
static const struct c2_outside c2_outside_circle[] = {
    {"all up", "",
     {"tpe hkg tpe | hkg tpe nrt fra lax",
      "hkg hkg hkg | hkg tpe nrt fra lax"}},
    {"hkg down", "hkg-",
     {"tpe tpe tpe | tpe tpe nrt fra lax",
      "nrt sin nrt | tpe tpe nrt fra lax"}},
    {"only tpe is near", "hkg- nrt- sin-",
     {"tpe tpe tpe | tpe tpe tpe fra lax",
      "tpe tpe tpe | tpe tpe tpe fra lax"}},
    {"all down", "hkg- nrt- sin- tpe- fra- lax-",
     {"- - - | - - - - -",
      "- - - | - - - - -"}},
};

/* --- the rules -------------------------------------------------------------------------------- */

enum { GLOBAL = 1 << COVERAGE_GLOBAL, DOMESTIC = 1 << COVERAGE_DOMESTIC,
       OVERSEAS = 1 << COVERAGE_OVERSEAS,
       WITH_CN = GLOBAL | DOMESTIC, ANY_COV = WITH_CN | OVERSEAS };

/* What a cell of c2_mainland says: the row, with a PoP or without one. */
enum { N1 = 1 << 0, N3 = 1 << 1, N4 = 1 << 2, N6 = 1 << 3, N7 = 1 << 4, N22 = 1 << 5,
       OUT5 = 1 << 6, OUT6 = 1 << 7, OUT7 = 1 << 8, OUT22 = 1 << 9, NODATA6 = 1 << 10,
       FAR_UP = 1 << 11, FAR_OUT = 1 << 12, /* abroad, under coverage "domestic" */
       HAS_POP = N1 | N3 | N4 | N6 | N7 | N22 | FAR_UP,
       NO_POP = OUT5 | OUT6 | OUT7 | OUT22 | FAR_OUT, ANY_NET = (1 << 13) - 1 };

enum c2_answer {
    MAINLAND,  /* the PoP of the cell */
    OUTSIDE,   /* the PoP of c2_outside */
    FAIL_OVER, /* the same; and when there is none, the mainland's as if all were up */
    REGION,    /* the same as OUTSIDE by the line of region_overseas */
    BY_POLICY, /* see c2_policies */
    GO_ON,     /* the policy changes nothing for this client: the rules below decide */
    ORIGIN, NXDOMAIN, NODATA
};

static const struct c2_rule {
    int row; /* of FACTS C2; 0: it has none */
    unsigned client;
    int host;
    unsigned coverage, net;
    enum c2_answer answer;
    enum c2_ttl ttl;
    const char *why;
} c2_rules[] = {
    /* Nobody's licence matters: the name is gone or silent. */
    { 0, ALL, LAPSED,    ANY_COV,  ANY_NET,      NXDOMAIN,  T_NEG, "D1.21"},
    { 0, ALL, CLOSED,    ANY_COV,  ANY_NET,      NODATA,    T_NEG, "A1, first filing"},

    /* "overseas: no mainland PoP at all. Only overseas needs no filing." */
    { 8, CN,  ANY_HOST,  OVERSEAS, ANY_NET,      OUTSIDE,   T_LASTS,  "AL11: no CN at all"},

    /* Losses: the second table decides; what stays outside has the TTL of this line. */
    {10, ALL, REVOKED,   WITH_CN,  ANY_NET,      BY_POLICY, T_SOON, "X1 CF7"},
    {10, ALL, SETTLED,   WITH_CN,  ANY_NET,      BY_POLICY, T_LASTS,  "then 300"},
    {11, ALL, SUBJECT,   WITH_CN,  ANY_NET,      BY_POLICY, T_SOON, "HW1 AL7 X2"},
    {12, ALL, SUSPENDED, WITH_CN,  ANY_NET,      BY_POLICY, T_SOON, "X1"},
    {15, ALL, REJECTED,  WITH_CN,  ANY_NET,      BY_POLICY, T_SOON, "SIM"},
    {16, ALL, ENDED,     WITH_CN,  ANY_NET,      BY_POLICY, T_LASTS,  "I"},
    {18, ALL, CANCELLED, WITH_CN,  ANY_NET,      BY_POLICY, T_SOON, "I"},

    /* Never, not yet, or not any more, and no revocation policy is about it. */
    { 8, CN,  NEVER,     WITH_CN,  ANY_NET,      OUTSIDE,   T_LASTS,  "CF3 AL11"},
    { 9, CN,  NOT_YET,   WITH_CN,  ANY_NET,      OUTSIDE,   T_SOON, "CF8 AL13"},
    {13, CN,  NO_STATUS, WITH_CN,  ANY_NET,      OUTSIDE,   T_SOON, "AW1: then NEAR"},
    {14, CN,  UNVETTED,  WITH_CN,  ANY_NET,      OUTSIDE,   T_LASTS,  "X1"},
    {19, CN,  LISTED,    WITH_CN,  ANY_NET,      OUTSIDE,   T_SOON, "I H"},
    {10, CN,  EARLY,     WITH_CN,  ANY_NET,      OUTSIDE,   T_SOON, "nothing to take back"},
    {12, CN,  EARLY_SUSPENDED, WITH_CN, ANY_NET, OUTSIDE,   T_SOON, "nothing to take back"},
    { 0, CN,  NO_PAPER,  WITH_CN,  ANY_NET,      OUTSIDE,   T_SOON, "see C4.16, C4.17"},
    { 0, CN,  UNMAPPED,  WITH_CN,  ANY_NET,      OUTSIDE,   T_SOON, "AK1: all on the name"},
    {32, CN,  COOLING,   WITH_CN,  ANY_NET,      OUTSIDE,   T_SOON, "not back yet"},

    /* Eligible: the network decides. */
    {13, CN,  GRACE,     WITH_CN,  HAS_POP,      MAINLAND,  T_CN, "AW1: keep the last"},
    {17, CN,  AUDIT,     WITH_CN,  N1 | N6 | N7, MAINLAND,  T_CN, "HW1: unchanged"},
    {32, CN,  RETURNED,  WITH_CN,  N1,           MAINLAND,  T_CN, "CF8 AL13 AL1"},
    { 1, CN,  ELIGIBLE,  WITH_CN,  N1,           MAINLAND,  T_CN, "CF3"},
    { 3, CN,  ELIGIBLE,  WITH_CN,  N3,           MAINLAND,  T_CN, "never overseas"},
    { 4, CN,  ELIGIBLE,  WITH_CN,  N4,           MAINLAND,  T_CN, "another line"},
    { 5, CN,  ELIGIBLE,  WITH_CN,  OUT5,         FAIL_OVER, T_SOON, "NEAR, then GLOB"},
    { 6, CN,  ELIGIBLE,  WITH_CN,  N6,           MAINLAND,  T_CN, "A from CN; AAAA kept"},
    { 6, CN,  ELIGIBLE,  WITH_CN,  OUT6,         FAIL_OVER, T_SOON, "AAAA: NEAR v6"},
    { 6, CN,  ELIGIBLE,  WITH_CN,  NODATA6,      NODATA,    T_NEG, "AAAA: NODATA"},
    { 7, CN,  ELIGIBLE,  WITH_CN,  N7,           MAINLAND,  T_CN, "AAAA from CN"},
    { 7, CN,  ELIGIBLE,  WITH_CN,  OUT7,         FAIL_OVER, T_SOON, "A -> NEAR"},
    {22, CN,  ELIGIBLE,  WITH_CN,  N22,          MAINLAND,  T_CN, "drop it, answer the rest"},
    {22, CN,  ELIGIBLE,  WITH_CN,  OUT22,        FAIL_OVER, T_SOON, "no address left"},

    /* Abroad: "everyone goes to mainland PoPs" under coverage domestic, and nobody otherwise. */
    { 0, ABROAD, ELIGIBLE, DOMESTIC, FAR_UP,     MAINLAND,  T_CN, "AL11: East China"},
    { 0, ABROAD, ELIGIBLE, DOMESTIC, FAR_OUT,    FAIL_OVER, T_LASTS,  "AL11, row 5"},
    { 2, ROW,     ANY_HOST, ANY_COV, ANY_NET,    OUTSIDE,   T_LASTS,  "CF3; D1.1: ROW unchanged"},
    {29, UNKNOWN, ANY_HOST, ANY_COV, ANY_NET,    OUTSIDE,   T_LASTS,  "AW5: as ROW"},
    {30, NEAR,    ANY_HOST, ANY_COV, ANY_NET,    OUTSIDE,   T_LASTS,  "CF3: NEAR, not CN"},
};

/* The second table of C2: revocation_policy in rows 10 to 12, 15, 16, 18. "Barred": the site is
 * also not entitled for a reason that no policy is about, and a loss brings no address back.
 * KEPT: what an eligible site would get; where that is no PoP, the line of the loss. */
enum { KEPT = MAINLAND };
static const struct c2_policy {
    enum revocation_policy policy;
    int mainland, barred, abroad; /* enum c2_answer */
} c2_policies[POLICY_COUNT] = {
    {POLICY_REROUTE_OVERSEAS, OUTSIDE,  OUTSIDE,  GO_ON},    /* X1 */
    {POLICY_SUSPEND,          KEPT,     OUTSIDE,  KEPT},     /* AL10: still CN addresses */
    {POLICY_DENY_AT_EDGE,     KEPT,     OUTSIDE,  KEPT},     /* AK1 */
    {POLICY_UNMAP_SHARED,     OUTSIDE,  OUTSIDE,  GO_ON},    /* AK1 */
    {POLICY_DELETE_NAME,      NXDOMAIN, NXDOMAIN, NXDOMAIN}, /* AL12 */
    {POLICY_TO_ORIGIN,        ORIGIN,   ORIGIN,   ORIGIN},   /* AL10 */
    {POLICY_REGION_OVERSEAS,  REGION,   REGION,   GO_ON},    /* AL10 AL11 */
};
// clang-format on

#endif
