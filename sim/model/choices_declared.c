/* SPDX-License-Identifier: MIT */
#include "cnedge/model/choices.h"

const char *choices_declared(unsigned n)
{
    static const char *const texts[CHOICES_DECLARED + 1] = {
        [1] = "how the nearest PoP is measured",
        [2] = "how ties between equally near PoPs are broken",
        [3] = "how many addresses an answer has, and how they rotate",
        [4] = "mainland PoPs before near ones while the mainland has capacity",
        [5] = "whether each address family fails over by itself",
        [6] = "the TTLs",
        [7] = "how long an unknown status keeps the last known one",
        [8] = "how a partner's outage is detected, and who may declare it",
        [9] = "when a PoP is saturated, and where the rest goes",
        [10] = "how fast a revocation reaches the DNS",
        [11] = "how long the mainland must be well before clients return to it",
        [12] = "whether clients return at once or by and by",
        [13] = "how long vetting lasts, and when it is repeated",
        [14] = "the audit's deadline, and when shells are cleaned up",
        [15] = "whether clients outside may ever get mainland PoPs",
        [16] = "what the loss of the commercial licence does while the filing lives",
        [17] = "what the public security filing does to routing",
        [18] = "how long blacklisting and its end take",
        [19] = "the pool and TTL of forged answers",
        [20] = "where unknown clients and anycast resolvers are taken to be",
        [21] = "from which prefix length on Client Subnet is believed, and the answer's scope",
        [22] = "which Extended DNS Errors answers carry",
        [23] = "when the SOA's serial changes",
        [24] = "how long an ICP proxy's cascade takes",
        [25] = "what a cross-border package does to capacity and latency",
        [26] = "whether an operator's force beats the licence state",
    };
    CN_ASSERT(n >= 1 && n <= CHOICES_DECLARED);
    return texts[n];
}
