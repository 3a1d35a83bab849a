/* SPDX-License-Identifier: MIT */
#include "expect_quality.h"

#include <string.h>

#include "tables.h"

/* Reads {"min", "max"}; reports a range that is empty, and one that everything lies in. */
static void read_range(const struct node *n, const char *key, uint32_t most, uint32_t out[2])
{
    struct node range = node_item(n, &timeline_quantity, node_get(n, key), node_at(n, key));
    out[0] = (uint32_t)node_integer(&range, "min");
    out[1] = (uint32_t)node_integer(&range, "max");
    if (out[0] > out[1]) {
        jsondoc_error(n->doc, &range.at, "expected \"min\" to be at most \"max\", got %u..%u",
                      out[0], out[1]);
    } else if (out[0] == 0 && out[1] >= most) {
        jsondoc_error(n->doc, &range.at,
                      "expected a range that some value lies outside of, got every value");
    } else if (out[0] > most) {
        jsondoc_error(n->doc, &range.at, "expected \"min\" to be at most %u, got %u", most, out[0]);
    }
}

void expect_quality_path(struct load *l, const struct node *n, struct expectation *e)
{
    enum { PERMILLE = 1000 };
    uint32_t range[2];
    if (node_get(n, "rtt_ms") != NULL) {
        read_range(n, "rtt_ms", INT32_MAX, range);
        e->asserts |= ASSERT_RTT;
        e->rtt_min_ms = range[0];
        e->rtt_max_ms = range[1];
    }
    if (node_get(n, "loss_permille") != NULL) {
        read_range(n, "loss_permille", PERMILLE, range);
        e->asserts |= ASSERT_LOSS;
        e->loss_min = range[0];
        e->loss_max = range[1];
    }
    if (node_get(n, "carried_by") != NULL) {
        e->asserts |= ASSERT_CARRIED;
        e->carried_by = CN_NONE16;
        if (strcmp(node_text(n, "carried_by"), "public") != 0) {
            e->carried_by = (uint16_t)load_refer(&l->products, n, "carried_by",
                                                 "the id of a declared product, or \"public\"");
        }
    }
    uint32_t path = ASSERT_RTT | ASSERT_LOSS | ASSERT_CARRIED;
    if ((e->asserts & path) != 0) l->world->paths = true;
}

void expect_quality_state(const struct load *l, const struct node *n, struct expectation *e)
{
    e->package = load_refer(&l->packages, n, "package", "the id of a declared package");
    e->product = load_refer(&l->products, n, "product", "the id of a declared product");
    if (node_get(n, "package_state") != NULL) {
        e->asserts |= ASSERT_PACKAGE;
        e->package_state = (enum package_state)node_word(n, "package_state");
    }
    if (node_get(n, "product_state") != NULL) {
        e->asserts |= ASSERT_PRODUCT;
        e->product_state = (enum product_state)node_word(n, "product_state");
    }
}
