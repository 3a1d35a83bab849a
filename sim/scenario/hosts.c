/* SPDX-License-Identifier: MIT
 * The hosts of a site. */
#include <stdio.h>
#include <string.h>

#include "cnedge/model/world.h"
#include "sites.h"
#include "tables.h"

/* The full name of a host; reports a name that is too long. */
static bool full_name(const struct sites_reader *r, const struct node *site, const struct at *at,
                      const char *label, char out[DNAME_TEXT_MAX])
{
    uint8_t wire[DNAME_MAX];
    const char *domain = r->sites[r->site].domain;
    out[0] = '\0';
    if (strcmp(label, "@") != 0) {
        load_canonical(label, out);
        memcpy(out + strlen(out), ".", 2);
    }
    size_t len = strlen(out);
    memcpy(out + len, domain, strlen(domain) + 1);
    if (dname_from_text(out, wire) > 0) return true;
    jsondoc_limit(site->doc, at, "expected a name of at most 253 bytes with its domain, got %zu",
                  strlen(out));
    return false;
}

const char *hosts_inner(const struct load *l, const char *name, const char *domain)
{
    for (; strcmp(name, domain) != 0; name = strchr(name, '.') + 1) {
        if (names_find(&l->sites, name) != CN_NONE32) return name;
    }
    return NULL;
}

/* Whether a host of this full name may be declared here; reports when not. */
static bool may_declare(const struct sites_reader *r, const struct node *site, const struct at *at,
                        const char *name)
{
    const char *inner = r->row ? NULL : hosts_inner(r->l, name, r->sites[r->site].domain);
    if (inner != NULL) {
        jsondoc_error(site->doc, at, "expected a host outside of the site \"%s\", got \"%s\"",
                      inner, name);
        return false;
    }
    if (strncmp(name, "_why.", 5) == 0 || strstr(name, "._why.") != NULL) {
        jsondoc_error(site->doc, at,
                      "expected no label \"_why\", which cnedge answers itself, got \"%s\"", name);
        return false;
    }
    if (names_find(r->declared, name) != CN_NONE32) {
        jsondoc_error(site->doc, at, "expected each host once, got \"%s\" again", name);
        return false;
    }
    return true;
}

/* In the CDN's zone "*" is called "all": the one host whose second name `name` would be given too.
 */
static const char *rival(const struct sites_reader *r, const char *name, char out[DNAME_TEXT_MAX])
{
    bool wildcard = strncmp(name, "*.", 2) == 0;
    if (!wildcard && strncmp(name, "all.", 4) != 0) return NULL;
    snprintf(out, DNAME_TEXT_MAX, "%s.%s", wildcard ? "all" : "*", strchr(name, '.') + 1);
    return names_find(r->declared, out) != CN_NONE32 ? out : NULL;
}

/* Whether a host can be an alias of a name in the CDN's zone, as the partial set-up makes it;
 * reports when not. */
static bool may_be_partial(const struct sites_reader *r, const struct node *site,
                           const struct at *at, const char *name)
{
    uint8_t wire[DNAME_MAX];
    uint8_t zone[DNAME_MAX];
    uint8_t second[DNAME_MAX];
    char other[DNAME_TEXT_MAX];
    const struct site_spec *s = &r->sites[r->site];
    const char *suffix = r->l->world->choices.cdn_zone.text;
    if (s->setup != SETUP_PARTIAL) return true;
    if (strcmp(name, s->domain) == 0) {
        jsondoc_error(
            site->doc, at,
            "expected no host \"@\" in the partial set-up, got one: a domain itself cannot "
            "be a CNAME (RFC 1034 section 3.6.2); serve \"www\" and let the domain's own "
            "server redirect to it, or use \"setup\": \"full\"");
        return false;
    }
    if (rival(r, name, other) != NULL) {
        jsondoc_error(site->doc, at,
                      "expected not both \"*\" and \"all\" in the partial set-up, which lead to "
                      "one name in the CDN's zone, got \"%s\" beside \"%s\"",
                      name, other);
        return false;
    }
    size_t lengths[] = {dname_from_text(name, wire), dname_from_text(suffix, zone)};
    CN_ASSERT(lengths[0] > 0 && lengths[1] > 0);
    if (world_chain_name(wire, zone, second)) return true;
    jsondoc_limit(site->doc, at,
                  "expected a name of at most 253 bytes with \".%s\" behind it, got %zu", suffix,
                  strlen(name) + 1 + strlen(suffix));
    return false;
}

static bool was_vetted(enum vetting_state v)
{
    return vetting_passed(v) || v == VETTING_REJECTED;
}

/* What a host is when nothing is said; one that is yet to come into being has not been ordered. */
static enum provisioning_state usual_provisioning(enum vetting_state vetting, bool active)
{
    if (!was_vetted(vetting)) return PROVISIONING_NOT_READY;
    return active ? PROVISIONING_PROVISIONED : PROVISIONING_READY;
}

/* The provisioning state of a host that is an object; checks it against the site's vetting. */
static enum provisioning_state provisioning(const struct node *host, enum vetting_state vetting)
{
    int word = node_word(host, "provisioning");
    if (word < 0) return usual_provisioning(vetting, node_bool(host, "active"));
    bool needs = word != PROVISIONING_NOT_READY && word != PROVISIONING_DEPROVISIONED;
    if (needs && !was_vetted(vetting)) {
        const struct at at = node_at(host, "provisioning");
        jsondoc_error(
            host->doc, &at,
            "expected \"NOT_READY\" or \"DEPROVISIONED\" before vetting has passed (it is "
            "\"%s\"), got \"%s\"",
            vetting_state_name(vetting), node_text(host, "provisioning"));
    }
    return (enum provisioning_state)word;
}

static void read_txt(struct load *l, const struct node *host, struct host_spec *out)
{
    size_t count = node_count(host, "txt");
    const char **txt = arena_get(l->a, count, sizeof(*txt));
    if (txt == NULL) return;
    for (size_t i = 0; i < count; i++) {
        struct at list;
        struct at at;
        txt[i] = load_copy(l, json_string_value(node_value(host, "txt", i, &list, &at)));
    }
    out->txt = txt;
    out->txt_count = (uint8_t)count;
}

static void read_host_object(struct load *l, const struct node *n, const struct site_spec *s,
                             struct host_spec *out)
{
    const char *cname = node_text(n, "cname");
    out->active = node_bool(n, "active");
    out->provisioning = provisioning(n, s->vetting);
    if (s->setup == SETUP_PARTIAL && cname == NULL && node_count(n, "txt") > 0) {
        const struct at at = node_at(n, "txt");
        jsondoc_error(
            n->doc, &at,
            "expected no TXT records at a host in the partial set-up, which is a CNAME and "
            "can have no other records (RFC 1034 section 3.6.2)");
    }
    if (cname != NULL) {
        out->cname = load_wire(l, cname);
        out->provisioning = PROVISIONING_NOT_READY; /* an alias is not routed */
    }
    read_txt(l, n, out);
}

static void read_host(struct sites_reader *r, const struct node *site, json_t *v,
                      const struct at *at)
{
    char name[DNAME_TEXT_MAX];
    const struct site_spec *s = &r->sites[r->site];
    struct node n = node_item(site, &objects_host, v, *at);
    const struct at name_at = {at, "name", 0};
    bool plain = json_is_string(v);
    const struct at *where = plain ? at : &name_at;
    const char *label = plain ? json_string_value(v) : node_text(&n, "name");
    if (!full_name(r, site, where, label, name) || !may_declare(r, site, where, name)) return;
    bool alias = !plain && node_get(&n, "cname") != NULL;
    if (!alias && !may_be_partial(r, site, where, name)) return;
    struct host_spec *out = &r->hosts[r->host_count];
    *out = (struct host_spec){.name = load_wire(r->l, name),
                              .site = r->site,
                              .active = true,
                              .provisioning = usual_provisioning(s->vetting, true)};
    const char *key = arena_text(r->l->scratch, name, strlen(name));
    if (key == NULL) return;
    names_add(r->declared, key, r->host_count++);
    if (!plain) read_host_object(r->l, &n, s, out);
}

void hosts_read(struct sites_reader *r, const struct node *site)
{
    struct site_spec *s = &r->sites[r->site];
    size_t count = node_count(site, "hosts");
    s->host_first = r->host_count;
    bool again = !r->row && names_find(&r->l->sites, s->domain) != r->site;
    if (again) return; /* declared twice, and reported */
    for (size_t i = 0; i < count && load_has_memory(r->l); i++) {
        struct at list;
        struct at at;
        json_t *v = node_value(site, "hosts", i, &list, &at);
        read_host(r, site, v, &at);
    }
    s->host_count = r->host_count - s->host_first;
}
