/* SPDX-License-Identifier: MIT
 * export_write.c: what the writers for other servers share. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cnedge/model/answer.h"
#include "cnedge/zonefile/zonefile.h"
#include "export_internal.h"

static bool fail(const char *path)
{
    fprintf(stderr, "cnedge export: %s: %s\n", path, strerror(errno));
    return false;
}

bool export_folder(const struct export_job *j, const char *name)
{
    char path[EXPORT_PATH_MAX];
    snprintf(path, sizeof(path), "%s/%s", j->dir, name);
    return mkdir(path, 0777) == 0 || errno == EEXIST || fail(path);
}

FILE *export_open(const struct export_job *j, const char *folder, const char *name)
{
    char path[EXPORT_PATH_MAX];
    int n =
        snprintf(path, sizeof(path), "%s/%s%s%s", j->dir, folder, *folder != '\0' ? "/" : "", name);
    bool fits = n > 0 && (size_t)n < sizeof(path) && strchr(name, '/') == NULL;
    FILE *f = fits ? fopen(path, "w") : NULL;
    if (!fits) errno = EINVAL;
    if (f == NULL) fail(path);
    return f;
}

bool export_close(const struct export_job *j, FILE *f)
{
    errno = 0;
    bool bad = ferror(f) != 0;
    if (fclose(f) != 0 || bad) return fail(j->dir);
    return true;
}

bool export_later(struct export_job *j)
{
    j->later = open_memstream(&j->later_text, &j->later_len);
    return j->later != NULL || fail(j->dir);
}

bool export_now(struct export_job *j)
{
    if (!export_close(j, j->later)) return false;
    fwrite(j->later_text, 1, j->later_len, j->main);
    free(j->later_text);
    j->later_text = NULL;
    return true;
}

/* Addresses are nearly all there is to write. */
static bool put_address(struct export_job *j, const struct export_record *r)
{
    bool v6 = r->type == RR_AAAA;
    if ((r->type != RR_A && !v6) || r->len != (v6 ? 16 : 4)) return false;
    addrtext_put(r->rdata, v6, j->text);
    return true;
}

const char *export_data(struct export_job *j, const struct export_record *r, bool unknown)
{
    if (!unknown && put_address(j, r)) return j->text;
    const struct zone_datum d = {.rdata = r->rdata, .len = r->len};
    if (zonefile_data(r->type, &d, unknown, j->text, EXPORT_TEXT_MAX)) return j->text;
    bool fits = zonefile_data(r->type, &d, true, j->text, EXPORT_TEXT_MAX);
    CN_ASSERT(fits);
    return j->text;
}

void export_rrset(struct export_job *j, FILE *f, const struct export_set *set,
                  const struct export_variant *v)
{
    char owner[DNAME_TEXT_MAX];
    char type[16];
    const struct export_record *r = v->first;
    dname_to_text(set->owner, owner);
    zonefile_type(set->type, type);
    for (uint16_t i = 0; i < v->count; i++, r = r->next) {
        fprintf(f, "%s %u IN %s %s\n", owner, (unsigned)v->ttl_s, type, export_data(j, r, false));
    }
}

bool export_exists(const struct export_zone *z, const uint8_t *owner)
{
    for (const struct export_set *s = z->fixed; s != NULL; s = s->next) {
        if (dname_equal(s->owner, owner)) return true;
    }
    for (const struct export_set *s = z->routed; s != NULL; s = s->next) {
        if (s->everywhere && dname_equal(s->owner, owner)) return true;
    }
    return false;
}

/* Below a name that some groups see without records, so that it exists for them. */
static void put_below(FILE *f, const uint8_t *owner)
{
    char text[DNAME_TEXT_MAX];
    dname_to_text(owner, text);
    fprintf(f, "_exists.%s 0 IN TXT \"the name above has addresses for some clients\"\n", text);
}

void export_master(struct export_job *j, FILE *f, const struct export_zone *z, uint16_t group)
{
    const uint8_t *last = NULL;
    for (const struct export_set *s = z->fixed; s != NULL; s = s->next) {
        export_rrset(j, f, s, &s->v[0]);
    }
    for (const struct export_set *s = z->routed; s != NULL; s = s->next) {
        bool whole = group != CN_NONE16 || s->everywhere;
        if (whole) export_rrset(j, f, s, &s->v[group != CN_NONE16 ? group : j->s->unknown]);
        bool again = last != NULL && dname_equal(last, s->owner);
        if (!whole && !again && !export_exists(z, s->owner)) put_below(f, s->owner);
        if (!whole) last = s->owner;
    }
}

void export_group(uint16_t group, char out[EXPORT_GROUP_MAX])
{
    snprintf(out, EXPORT_GROUP_MAX, "g%05u", group);
}

void export_quoted(FILE *f, const char *text)
{
    putc('"', f);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') putc('\\', f);
        putc(*text, f);
    }
    putc('"', f);
}

static void add_ttl(uint32_t ttl_s, uint32_t *ttls, size_t *count)
{
    size_t i = *count;
    for (size_t k = 0; k < *count; k++) {
        if (ttls[k] == ttl_s) return;
    }
    if (*count == EXPORT_TTLS_MAX) return;
    for (; i > 0 && ttls[i - 1] > ttl_s; i--) {
        ttls[i] = ttls[i - 1];
    }
    ttls[i] = ttl_s;
    ++*count;
}

size_t export_ttls(const struct export_job *j, const struct export_zone *z,
                   uint32_t ttls[EXPORT_TTLS_MAX])
{
    size_t count = 0;
    for (const struct export_set *s = z->routed; s != NULL; s = s->next) {
        for (uint16_t g = 0; g < j->s->group_count; g++) {
            if (s->v[g].count > 0) add_ttl(s->v[g].ttl_s, ttls, &count);
        }
    }
    return count;
}

void export_leave_out(struct export_job *j, const struct export_set *set, const char *why)
{
    char owner[DNAME_TEXT_MAX];
    char type[16];
    dname_show(set->owner, owner);
    zonefile_type(set->type, type);
    fprintf(stderr, "cnedge export: warning: %s %s: %s\n", owner, type, why);
    j->left_out++;
}
