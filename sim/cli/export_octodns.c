/* SPDX-License-Identifier: MIT
 * export_octodns.c: for octoDNS, which hands zones to the DNS providers of its user: config.yaml,
 * and a file for each zone in the format of its YamlProvider. It holds the records of a type at a
 * name as one, with one TTL; SOA it leaves to the providers. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

#include "cnedge/model/answer.h"
#include "cnedge/zonefile/zonefile.h"
#include "export_octodns.h"

enum {
    FIELDS_MAX = 6,
    TYPE_NAPTR = 35,
    TYPE_SSHFP = 44,
    TYPE_TLSA = 52,
};

/* How octoDNS has the data of a type: fields of a master file by name, numbers with a # before
 * it. */
struct shape {
    uint16_t type;
    bool single; /* at most one record: "value" rather than "values" */
    const char *fields[FIELDS_MAX];
};

static const struct shape shapes[] = {
    {RR_A, false, {""}},
    {RR_AAAA, false, {""}},
    {RR_NS, false, {""}},
    {RR_PTR, false, {""}},
    {RR_CNAME, true, {""}},
    {RR_DNAME, true, {""}},
    {RR_MX, false, {"#preference", "exchange"}},
    {RR_SRV, false, {"#priority", "#weight", "#port", "target"}},
    {RR_CAA, false, {"#flags", "tag", "value"}},
    {RR_DS, false, {"#key_tag", "#algorithm", "#digest_type", "digest"}},
    {TYPE_SSHFP, false, {"#algorithm", "#fingerprint_type", "fingerprint"}},
    {TYPE_TLSA,
     false,
     {"#certificate_usage", "#selector", "#matching_type", "certificate_association_data"}},
    {TYPE_NAPTR, false, {"#order", "#preference", "flags", "service", "regexp", "replacement"}},
    {RR_HTTPS, false, {"#svcpriority", "targetname"}},
    {RR_SVCB, false, {"#svcpriority", "targetname"}},
};

/* --- values ----------------------------------------------------------------------------------- */

static const struct shape *shape_of(uint16_t type)
{
    for (size_t i = 0; i < CN_ARRAY_LEN(shapes); i++) {
        if (shapes[i].type == type) return &shapes[i];
    }
    return NULL;
}

/* The next field of a record's text, without quotes around it; cuts it off. */
static char *next_field(char **text)
{
    char *field = *text;
    bool quoted = *field == '"';
    if (quoted) field++;
    char *end = field + strcspn(field, quoted ? "\"" : " ");
    *text = end + (*end == '"');
    if (**text == ' ') ++*text;
    *end = '\0';
    return field;
}

/* alpn, hints and mandatory are lists, other parameters one text, or none. */
static void put_parameter(FILE *f, char *parameter)
{
    static const char *const lists[] = {"mandatory", "alpn", "ipv4hint", "ipv6hint"};
    bool list = false;
    char *value = strchr(parameter, '=');
    if (value != NULL) *value++ = '\0';
    fprintf(f, "          %s:", parameter);
    for (size_t i = 0; i < CN_ARRAY_LEN(lists); i++) {
        list = list || strcmp(parameter, lists[i]) == 0;
    }
    fputs(value == NULL ? " null" : list ? " [" : " ", f);
    if (value != NULL && *value == '"') {
        value++;
        value[strcspn(value, "\"")] = '\0';
    }
    for (bool first = true; value != NULL; first = false) {
        char *comma = list ? strchr(value, ',') : NULL;
        if (comma != NULL) *comma = '\0';
        if (!first) fputs(", ", f);
        export_quoted(f, value);
        value = comma != NULL ? comma + 1 : NULL;
    }
    fputs(list ? "]\n" : "\n", f);
}

static void put_fields(FILE *f, const struct shape *shape, char *text)
{
    bool plain = *shape->fields[0] == '\0';
    if (!plain) fputs("      - ", f);
    for (size_t i = 0; !plain && i < FIELDS_MAX && shape->fields[i] != NULL; i++) {
        const char *name = shape->fields[i];
        const char *field = next_field(&text);
        if (i > 0) fputs("        ", f);
        fprintf(f, "%s: ", name + (*name == '#'));
        if (*name == '#') fputs(field, f);
        if (*name != '#') export_quoted(f, field);
        putc('\n', f);
    }
    bool parameters = (shape->type == RR_HTTPS || shape->type == RR_SVCB) && *text != '\0';
    if (parameters) fputs("        svcparams:\n", f);
    while (parameters && *text != '\0') {
        put_parameter(f, next_field(&text));
    }
    if (!plain) return;
    fputs(shape->single ? " " : "      - ", f);
    export_quoted(f, text);
    putc('\n', f);
}

/* The strings of a TXT record as one text. False: there is something in it that has no sure form.
 */
static bool put_txt(FILE *f, const struct export_record *r)
{
    fputs("      - \"", f);
    for (uint16_t at = 0; at < r->len;) {
        uint16_t end = (uint16_t)(at + 1 + r->rdata[at]);
        for (at++; at < end; at++) {
            char c = (char)r->rdata[at];
            if (c < ' ' || c > '~' || c == '\\' || c == '"') return false;
            if (c == ';') fputs("\\\\", f);
            putc(c, f);
        }
    }
    fputs("\"\n", f);
    return true;
}

/* NULL when all was written; else why not. */
static const char *put_values(struct export_job *j, FILE *f, const struct export_set *set,
                              const struct export_variant *v)
{
    const struct shape *shape = shape_of(set->type);
    const struct export_record *r = v->first;
    if (shape == NULL && set->type != RR_TXT) return "left out: octoDNS has no such records";
    fputs(shape != NULL && shape->single ? "    value:" : "    values:\n", f);
    for (uint16_t i = 0; i < v->count; i++, r = r->next) {
        if (shape == NULL && !put_txt(f, r)) {
            return "left out: octoDNS has no sure form for quotes, backslashes and what is not "
                   "ASCII";
        }
        if (shape == NULL) continue;
        if (strchr(export_data(j, r, false), '\\') != NULL) {
            return "left out: octoDNS has no form for escapes in these data";
        }
        put_fields(f, shape, j->text);
    }
    return NULL;
}

/* --- records ---------------------------------------------------------------------------------- */

struct entry {
    const struct export_set *set;
    const char *name; /* below the apex; "" for itself */
    bool routed;
};

static int compare(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : (x->set->type > y->set->type) - (x->set->type < y->set->type);
}

static const char *relative(struct export_job *j, const uint8_t *owner, const uint8_t *apex)
{
    char text[DNAME_TEXT_MAX];
    char zone[DNAME_TEXT_MAX];
    dname_show(owner, text);
    dname_show(apex, zone);
    size_t len = strlen(text) - strlen(zone);
    char *name = arena_get(j->zone_memory, len + 1, 1);
    if (name != NULL && len > 0) memcpy(name, text, len - 1); /* without the dot */
    return name;
}

static bool add_entry(struct export_job *j, struct entry *e, const struct export_zone *z)
{
    e->name = relative(j, e->set->owner, z->apex);
    return e->name != NULL;
}

/* Every set of the zone but SOA, those of one name together. NULL without memory. */
static struct entry *list_entries(struct export_job *j, const struct export_zone *z, size_t *count)
{
    size_t n = 0;
    for (const struct export_set *s = z->fixed; s != NULL; s = s->next) {
        n++;
    }
    for (const struct export_set *s = z->routed; s != NULL; s = s->next) {
        n++;
    }
    struct entry *list = arena_get(j->zone_memory, n, sizeof(*list));
    *count = 0;
    for (const struct export_set *s = z->fixed; list != NULL && s != NULL; s = s->next) {
        if (s->type == RR_SOA) continue;
        list[*count].set = s;
        if (!add_entry(j, &list[(*count)++], z)) return NULL;
    }
    for (const struct export_set *s = z->routed; list != NULL && s != NULL; s = s->next) {
        list[*count].set = s;
        list[*count].routed = true;
        if (!add_entry(j, &list[(*count)++], z)) return NULL;
    }
    if (list != NULL) qsort(list, *count, sizeof(*list), compare);
    return list;
}

/* What clients see that nothing is known of; of a routed set without records for them, what the
 * first group sees that has some. */
static struct export_variant for_the_rest(const struct export_job *j, const struct entry *e)
{
    uint16_t g = 0;
    if (!e->routed) return e->set->v[0];
    if (e->set->v[j->s->unknown].count > 0) return e->set->v[j->s->unknown];
    while (e->set->v[g].count == 0) {
        g++;
    }
    return e->set->v[g];
}

/* One record of octoDNS, whose values are this text. */
static bool put_record(struct export_job *j, const struct entry *e, uint32_t ttl_s,
                       const char *values)
{
    char type[16];
    uint16_t t = e->set->type;
    zonefile_type(t, type);
    fprintf(j->main, "  - type: %s\n", type);
    if (e->routed && (t == RR_A || t == RR_AAAA || t == RR_CNAME)) {
        if (!octodns_dynamic(j, e->set, &ttl_s)) return false;
    } else if (e->routed) {
        export_leave_out(j, e->set, "the same for all: octoDNS decides addresses and aliases only");
    }
    fprintf(j->main, "    ttl: %u\n%s", (unsigned)ttl_s, values);
    return true;
}

/* Writes a set, and before it its name unless that stands there. */
static bool put_entry(struct export_job *j, const struct entry *e, bool *named)
{
    char *text = NULL;
    size_t len = 0;
    struct export_variant v = for_the_rest(j, e);
    FILE *f = open_memstream(&text, &len);
    const char *why = strchr(e->name, '\\') != NULL ? "left out: octoDNS has no such names" : NULL;
    if (f == NULL) return false;
    if (why == NULL) why = put_values(j, f, e->set, &v);
    fclose(f);
    if (why != NULL) export_leave_out(j, e->set, why);
    if (why == NULL && !*named) {
        export_quoted(j->main, e->name);
        fputs(":\n", j->main);
        *named = true;
    }
    bool ok = why != NULL || put_record(j, e, v.ttl_s, text);
    free(text);
    return ok;
}

static bool put_entries(struct export_job *j, const struct export_zone *z)
{
    size_t count;
    bool named = false;
    const struct entry *list = list_entries(j, z, &count);
    for (size_t i = 0; list != NULL && i < count; i++) {
        if (i > 0 && strcmp(list[i].name, list[i - 1].name) != 0) named = false;
        if (!put_entry(j, &list[i], &named)) return false;
    }
    return list != NULL;
}

/* --- files ------------------------------------------------------------------------------------ */

static bool begin(struct export_job *j)
{
    if (!export_folder(j, "zones")) return false;
    if (!octodns_begin(j)) {
        fputs("cnedge export: out of memory\n", stderr);
        return false;
    }
    j->config = export_open(j, "", "config.yaml");
    if (j->config == NULL) return false;
    fputs(
        "---\n"
        "# For octoDNS. The zones are in zones/; put your DNS providers in the place of `target`,\n"
        "# which only writes copies of them.\n"
        "providers:\n  config:\n    class: octodns.provider.yaml.YamlProvider\n    directory: ",
        j->config);
    fprintf(j->config, "\"%s/zones\"\n    enforce_order: false\n", j->dir);
    fputs("  target:\n    class: octodns.provider.yaml.YamlProvider\n    directory: ", j->config);
    fprintf(j->config, "\"%s/target\"\nzones:\n", j->dir);
    return true;
}

static bool put_zone(struct export_job *j, struct export_zone *z)
{
    char apex[DNAME_TEXT_MAX];
    char file[DNAME_TEXT_MAX + 16];
    dname_show(z->apex, apex);
    snprintf(file, sizeof(file), "%s.yaml", apex);
    fprintf(j->config, "  \"%s.\":\n    sources: [config]\n    targets: [target]\n", apex);
    j->main = export_open(j, "zones", file);
    if (j->main == NULL) return false;
    fputs("---\n", j->main);
    octodns_forget(j);
    bool ok = put_entries(j, z);
    if (!ok) fputs("cnedge export: out of memory\n", stderr);
    return export_close(j, j->main) && ok;
}

static bool end(struct export_job *j)
{
    return export_close(j, j->config);
}

const struct export_format export_octodns = {.name = "octodns",
                                             .what = "check it with",
                                             .start = "octodns-validate --config-file=",
                                             .config = "/config.yaml",
                                             .begin = begin,
                                             .zone = put_zone,
                                             .end = end};
