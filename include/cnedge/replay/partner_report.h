/* SPDX-License-Identifier: MIT
 * partner_report.h: what the mainland partner is told (`cnedge export partner`). Room replay.
 *
 * The partner needs licensing and routing data; whose they are it need not know, and no account
 * identity ever leaves for the mainland (FACTS X1: identification data never in China). So nothing
 * is exported but what a line of PARTNER_FIELDS names: an allow-list, field by field. A field that
 * is added to scenarios stays inside until somebody adds a line here and says why.
 *
 * Not in the list, and why: ids and names of accounts, holders and filings, notes, titles,
 * descriptions, client names and TXT records (they may say who somebody is); origins and aliases
 * (they show what stands behind the edge); events and expectations (plans); the registration's
 * data and the holder's state (between the holder, the provider and the bureau); PoPs outside the
 * mainland (not the partner's). The name of a shared edge is replaced by a number. */
#ifndef CNEDGE_REPLAY_PARTNER_REPORT_H
#define CNEDGE_REPLAY_PARTNER_REPORT_H

#include <stdio.h>

#include "cnedge/replay/engine.h"

/* X(object, key, why the partner needs it) */
#define PARTNER_FIELDS(X)                                                                          \
    X(EXPORT, "format", "the version of this format")                                              \
    X(EXPORT, "at", "the instant that all of it is true at")                                       \
    X(EXPORT, "sites", "by domain, so that their order shows no owner")                            \
    X(EXPORT, "apps", "by number: filings of apps that a partner carries")                         \
    X(EXPORT, "pops", "the partner's own PoPs")                                                    \
    X(SITE, "domain", "what is filed, vetted and served")                                          \
    X(SITE, "partner", "which partner it is onboarded at, by id; when there are several")          \
    X(SITE, "filing_number", "to be checked with the ministry and shown in the footer")            \
    X(SITE, "filing_state", "the state of the filing")                                             \
    X(SITE, "filing_status", "what the partner itself has observed of it")                         \
    X(SITE, "needs_commercial", "whether it may only be served with the commercial licence")       \
    X(SITE, "commercial_state", "the state of that licence")                                       \
    X(SITE, "commercial_number", "to be checked and shown; of a licence in force")                 \
    X(SITE, "psb_number", "to be shown; of a police filing that is done")                          \
    X(SITE, "vetting", "the state of the partner's own review")                                    \
    X(SITE, "subscription", "whether the service is paid for; not by whom")                        \
    X(SITE, "suspended", "whether the partner suspended it, itself or with its holder")            \
    X(SITE, "blacklisted", "whether the domain is blacklisted")                                    \
    X(SITE, "resolution", "open or closed: whether its names resolve")                             \
    X(SITE, "coverage", "where it may be served from")                                             \
    X(SITE, "setup", "full or partial: whether the edge is asked by a name in the CDN's zone")     \
    X(SITE, "revocation_policy", "what the edge does when the licence is lost")                    \
    X(SITE, "edge_group", "a number that sites of one shared edge name have in common, or null")   \
    X(SITE, "hosts", "the names that the edge answers for; no aliases")                            \
    X(APP, "filing_number", "to be checked with the ministry; shown in the app")                   \
    X(APP, "filing_state", "the state of the filing")                                              \
    X(APP, "domains", "which sites stand under this filing")                                       \
    X(HOST, "name", "the full name")                                                               \
    X(HOST, "provisioning", "how far it is set up on the mainland network")                        \
    X(HOST, "entitled", "whether mainland PoPs may serve it now")                                  \
    X(POP, "id", "which of the partner's PoPs")                                                    \
    X(POP, "partner", "whose it is, by id; when there are several")                                \
    X(POP, "province", "where it is")                                                              \
    X(POP, "carriers", "the carriers that it is attached to")                                      \
    X(POP, "v4", "its IPv4 addresses, which answers name")                                         \
    X(POP, "v6", "its IPv6 addresses, which answers name")                                         \
    X(POP, "usable", "whether answers may name it now")

enum { PARTNER_REPORT_FORMAT = 1 };

/* Writes the export of the world as the engine has left it, as one JSON object. False when memory
 * is exhausted or writing failed. */
CN_NONNULL CN_MUSTUSE bool partner_report_write(FILE *out, const struct engine *e);

/* Prints PARTNER_FIELDS, a line each: "site.domain", a tab, why. */
CN_NONNULL void partner_report_fields(FILE *out);

#endif
