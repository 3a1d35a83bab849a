/* SPDX-License-Identifier: MIT */
#include "cnedge/zonefile/zonefile.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cnedge/model/answer.h"
#include "cnedge/zonefile/source.h"
#include "rdata.h"

enum {
    CLASS_IN = 1,
    SHOWN_BYTES = 60,
    META_FIRST = 128, /* RFC 6895 section 3.1: for queries and transactions only */
    META_LAST = 255,
    FIRST_RECORDS = 256,
};

struct place {
    const char *file; /* as in messages; NULL: inline */
    int line;
};

struct frame {         /* a file that is being read */
    const char *path;  /* in the folder */
    const char *shown; /* as in messages */
    uint8_t number;    /* in the reader's list of files */
    uint8_t origin[DNAME_MAX];
    uint8_t owner[DNAME_MAX];
    bool has_owner, has_ttl, has_last_ttl;
    uint32_t ttl_s, last_ttl_s;
    struct lexer *lexer;
};

struct reader {
    const struct zonefile *z;
    struct arena *a, *scratch;
    struct frame frames[ZONEFILE_DEPTH_MAX];
    size_t depth;
    unsigned includes;
    const char **files; /* that were read; ZONEFILE_INCLUDES_MAX + 1 have room */
    uint8_t file_count;
    struct zone_record *records;
    struct place *places;
    uint32_t count, room;
    bool failed, no_memory;
    struct rdata_out data;
};

/* --- problems --------------------------------------------------------------------------------- */

static void report(struct reader *r, enum cn_status status, struct place at, const char *text)
{
    r->failed = true;
    r->z->report(r->z->owner, status, at.file, at.line, text);
}

static struct frame *top(struct reader *r)
{
    return &r->frames[r->depth - 1];
}

static struct place here(struct reader *r)
{
    const struct frame *f = top(r);
    return (struct place){f->shown, f->lexer->entry};
}

CN_PRINTF(2, 3) static void complain(struct reader *r, const char *fmt, ...)
{
    char text[DIAG_TEXT_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    report(r, CN_E_INVALID, here(r), text);
}

static void no_memory(struct reader *r)
{
    if (!r->no_memory) report(r, CN_E_LIMIT, (struct place){NULL, 0}, "expected more memory");
    r->no_memory = true;
}

/* --- records ---------------------------------------------------------------------------------- */

static bool grow(struct reader *r)
{
    if (r->count < r->room) return true;
    uint32_t room = r->room == 0 ? FIRST_RECORDS : r->room * 2;
    struct zone_record *records = arena_get(r->scratch, room, sizeof(*records));
    struct place *places = arena_get(r->scratch, room, sizeof(*places));
    if (records == NULL || places == NULL) {
        no_memory(r);
        return false;
    }
    if (r->count > 0) {
        memcpy(records, r->records, r->count * sizeof(*records));
        memcpy(places, r->places, r->count * sizeof(*places));
    }
    r->records = records;
    r->places = places;
    r->room = room;
    return true;
}

static const uint8_t *copy(struct reader *r, const uint8_t *bytes, size_t len)
{
    uint8_t *p = arena_get(r->scratch, len, 1);
    if (p == NULL) {
        no_memory(r);
        return NULL;
    }
    memcpy(p, bytes, len);
    return p;
}

static void add_record(struct reader *r, uint16_t type, uint32_t ttl_s)
{
    const struct frame *f = top(r);
    if (r->count == ZONE_RECORDS_MAX) {
        if (!r->failed) complain(r, "expected at most %d records in a zone", ZONE_RECORDS_MAX);
        return;
    }
    if (!grow(r)) return;
    const uint8_t *owner = copy(r, f->owner, dname_len(f->owner));
    const uint8_t *rdata = copy(r, r->data.wire, r->data.len);
    if (owner == NULL || rdata == NULL) return;
    r->places[r->count] = here(r);
    r->records[r->count++] = (struct zone_record){.owner = owner,
                                                  .type = type,
                                                  .hints = r->data.hints,
                                                  .file = f->number,
                                                  .line = (uint32_t)f->lexer->entry,
                                                  .len = r->data.len,
                                                  .ttl_s = ttl_s,
                                                  .rdata = rdata};
}

struct head { /* what stands before a record's data */
    bool has_ttl;
    uint32_t ttl_s;
    bool has_class;
    size_t next; /* the token of the type */
};

/* TTL and class may come in either order (RFC 1035 section 5.1). */
static bool read_head(struct reader *r, size_t i, struct head *h)
{
    const struct lexer *x = top(r)->lexer;
    *h = (struct head){.next = i};
    for (; h->next < x->token_count && !x->tokens[h->next].quoted; h->next++) {
        const char *text = x->tokens[h->next].text;
        bool number = text[0] >= '0' && text[0] <= '9';
        bool in = strcmp(text, "IN") == 0 || strcmp(text, "in") == 0 || strcmp(text, "CLASS1") == 0;
        bool other = strcmp(text, "CH") == 0 || strcmp(text, "HS") == 0 ||
                     strcmp(text, "CS") == 0 || strncmp(text, "CLASS", 5) == 0;
        if (number && !h->has_ttl) {
            h->has_ttl = true;
            if (rdata_ttl(text, &h->ttl_s)) continue;
            complain(r, "expected a TTL of 0..2147483647 seconds, or such as 1h30m, got \"%.*s\"",
                     SHOWN_BYTES, text);
            return false;
        }
        if (in && !h->has_class) {
            h->has_class = true;
            continue;
        }
        if (!other || in) return true;
        complain(r, "expected the class IN, got \"%.*s\"", SHOWN_BYTES, text);
        return false;
    }
    return true;
}

/* Types that a zone of ours cannot hold; NULL when it can. */
static const char *why_not(uint16_t type)
{
    if (type == RR_OPT || (type >= META_FIRST && type <= META_LAST)) {
        return "expected a type that a zone can hold";
    }
    static const uint16_t signatures[] = {24, 30, 46, 47, 50, 51}; /* SIG NXT RRSIG NSEC NSEC3... */
    for (size_t i = 0; i < CN_ARRAY_LEN(signatures); i++) {
        if (type != signatures[i]) continue;
        return "expected a zone without signatures (answers that follow the decision are not "
               "signed)";
    }
    return NULL;
}

/* What providers call an alias that is answered with the addresses of its target. */
static bool is_alias(const char *type)
{
    static const char *const names[] = {"ALIAS", "alias", "ANAME", "aname"};
    for (size_t i = 0; i < CN_ARRAY_LEN(names); i++) {
        if (strcmp(type, names[i]) == 0) return true;
    }
    return false;
}

static uint16_t read_type(struct reader *r, const struct head *h)
{
    const struct lexer *x = top(r)->lexer;
    if (h->next == x->token_count) {
        complain(r, "expected the type of a record, got the end of the line");
        return 0;
    }
    const char *text = x->tokens[h->next].text;
    uint16_t type = x->tokens[h->next].quoted ? 0 : rdata_type(text);
    const char *why = type == 0 ? "expected the type of a record" : why_not(type);
    if (why == NULL) return type;
    bool alias = is_alias(text);
    complain(r, "%s, got \"%.*s\"%s", why, SHOWN_BYTES, text,
             alias ? "; write the addresses that it stands for, as A and AAAA, or make the name a "
                     "host of the site"
                   : "");
    return 0;
}

/* The TTL of the record, else of $TTL (RFC 2308 section 4), else of the record before it. */
static bool take_ttl(struct reader *r, const struct head *h, uint32_t *out)
{
    struct frame *f = top(r);
    if (h->has_ttl) {
        *out = h->ttl_s;
    } else if (f->has_ttl) {
        *out = f->ttl_s;
    } else if (f->has_last_ttl) {
        *out = f->last_ttl_s;
    } else if (r->z->file == NULL) {
        *out = ZONEFILE_DEFAULT_TTL_S;
    } else {
        complain(r, "expected a TTL, since there is no $TTL before, got none");
        return false;
    }
    if (!h->has_ttl) return true;
    f->last_ttl_s = h->ttl_s;
    f->has_last_ttl = true;
    return true;
}

static bool read_name_at(struct reader *r, size_t i, const char *what, uint8_t out[DNAME_MAX])
{
    const struct frame *f = top(r);
    const struct lexer_token *t = &f->lexer->tokens[i];
    if (!t->quoted && rdata_name(t->text, f->origin, out) > 0) return true;
    complain(r, "expected %s, got \"%.*s\"", what, SHOWN_BYTES, t->text);
    return false;
}

static bool take_owner(struct reader *r)
{
    struct frame *f = top(r);
    uint8_t name[DNAME_MAX];
    if (f->lexer->blank_owner) {
        if (f->has_owner) return true;
        complain(r, "expected a name at the beginning of the first record, got a space");
        return false;
    }
    if (!read_name_at(r, 0, "a domain name (labels of 1 to 63 bytes, 255 bytes in all)", name)) {
        return false;
    }
    memcpy(f->owner, name, dname_len(name));
    f->has_owner = true;
    return true;
}

static void read_record(struct reader *r)
{
    struct head h;
    uint32_t ttl_s = 0;
    char why[RDATA_WHY_MAX];
    const struct frame *f = top(r);
    const struct lexer *x = f->lexer;
    if (!take_owner(r) || !read_head(r, x->blank_owner ? 0 : 1, &h)) return;
    uint16_t type = read_type(r, &h);
    if (type == 0 || !take_ttl(r, &h, &ttl_s)) return;
    const struct rdata_in in = {.tokens = &x->tokens[h.next + 1],
                                .count = x->token_count - h.next - 1,
                                .origin = f->origin,
                                .type = type};
    if (!rdata_read(&in, &r->data, why)) {
        complain(r, "%s", why);
        return;
    }
    add_record(r, type, ttl_s);
}

/* --- directives ------------------------------------------------------------------------------- */

static void read_origin(struct reader *r)
{
    uint8_t name[DNAME_MAX];
    struct frame *f = top(r);
    if (f->lexer->token_count != 2) {
        complain(r, "expected one name behind $ORIGIN, got %zu", f->lexer->token_count - 1);
    } else if (read_name_at(r, 1, "a domain name behind $ORIGIN", name)) {
        memcpy(f->origin, name, dname_len(name));
    }
}

static void read_ttl(struct reader *r)
{
    struct frame *f = top(r);
    bool one = f->lexer->token_count == 2 && !f->lexer->tokens[1].quoted;
    const char *text = one ? f->lexer->tokens[1].text : "";
    f->has_ttl = true; /* or every record behind would be reported too */
    if (one && rdata_ttl(text, &f->ttl_s)) return;
    complain(r, "expected 0..2147483647 seconds, or such as 1h30m, behind $TTL, got \"%.*s\"",
             SHOWN_BYTES, text);
}

static const char *keep_text(struct reader *r, const char *text, size_t len)
{
    const char *kept = arena_text(r->scratch, text, len);
    if (kept == NULL) no_memory(r);
    return kept;
}

/* Puts a file on top; the origin is set by the caller. */
static bool enter(struct reader *r, const char *path, struct place at)
{
    struct source_text text;
    char why[SOURCE_WHY_MAX];
    char shown[ZONEFILE_PATH_MAX];
    enum cn_status status = source_read(r->scratch, r->z->folder, path, &text, why);
    if (status == CN_OK && !source_join(r->z->folder, path, shown)) status = CN_E_LIMIT;
    if (status != CN_OK) {
        char full[DIAG_TEXT_MAX];
        snprintf(full, sizeof(full), "%s (\"%.*s\")", why, SHOWN_BYTES, path);
        report(r, status, at, full);
        return false;
    }
    struct frame *f = &r->frames[r->depth];
    struct lexer *x = f->lexer != NULL ? f->lexer : arena_get(r->scratch, 1, sizeof(*x));
    f->path = keep_text(r, path, strlen(path));
    f->shown = arena_text(r->a, shown, strlen(shown)); /* the zone keeps it */
    f->lexer = x;
    if (x == NULL || f->path == NULL || f->shown == NULL) {
        no_memory(r);
        return false;
    }
    CN_ASSERT(r->file_count <= ZONEFILE_INCLUDES_MAX);
    f->number = r->file_count;
    r->files[r->file_count++] = f->shown;
    f->has_owner = false;
    f->has_ttl = false;
    f->has_last_ttl = false;
    lexer_begin(x, text.text, text.len);
    r->depth++;
    return true;
}

/* The path of an included file: beside the one that includes it. */
static bool included_path(struct reader *r, const char *text, char out[ZONEFILE_PATH_MAX])
{
    const char *path = top(r)->path;
    const char *slash = strrchr(path, '/');
    int dir = slash == NULL || text[0] == '/' ? 0 : (int)(slash - path) + 1;
    int n = snprintf(out, ZONEFILE_PATH_MAX, "%.*s%s", dir, path, text);
    if (n < 0 || n >= ZONEFILE_PATH_MAX) {
        complain(r, "expected a shorter path behind $INCLUDE");
        return false;
    }
    for (size_t i = 0; i < r->depth; i++) {
        if (strcmp(r->frames[i].path, out) != 0) continue;
        complain(r, "expected no file behind $INCLUDE that is being read, got \"%.*s\"",
                 SHOWN_BYTES, text);
        return false;
    }
    return true;
}

static void read_include(struct reader *r)
{
    uint8_t origin[DNAME_MAX];
    char path[ZONEFILE_PATH_MAX];
    const struct frame *f = top(r);
    const struct lexer *x = f->lexer;
    if (r->z->file == NULL) {
        complain(r, "expected a record, got $INCLUDE, which only zone files have");
        return;
    }
    if (x->token_count != 2 && x->token_count != 3) {
        complain(r, "expected a file and perhaps an origin behind $INCLUDE");
        return;
    }
    memcpy(origin, f->origin, sizeof(origin));
    bool named = x->token_count == 3;
    if (named && !read_name_at(r, 2, "a domain name behind the file", origin)) return;
    if (!included_path(r, x->tokens[1].text, path)) return;
    if (r->depth == ZONEFILE_DEPTH_MAX) {
        complain(r, "expected at most %d files that include each other", ZONEFILE_DEPTH_MAX);
        return;
    }
    if (++r->includes > ZONEFILE_INCLUDES_MAX) {
        if (r->includes == ZONEFILE_INCLUDES_MAX + 1) {
            complain(r, "expected at most %d $INCLUDE in a zone", ZONEFILE_INCLUDES_MAX);
        }
        return;
    }
    if (!enter(r, path, here(r))) return;
    struct frame *in = top(r);
    const struct frame *out = in - 1;
    memcpy(in->origin, origin, sizeof(origin));
    in->has_ttl = out->has_ttl;
    in->ttl_s = out->ttl_s;
    in->has_last_ttl = out->has_last_ttl;
    in->last_ttl_s = out->last_ttl_s;
}

static void read_directive(struct reader *r, const char *word)
{
    if (strcmp(word, "$ORIGIN") == 0) {
        read_origin(r);
    } else if (strcmp(word, "$TTL") == 0) {
        read_ttl(r);
    } else if (strcmp(word, "$INCLUDE") == 0) {
        read_include(r);
    } else {
        complain(r, "expected $ORIGIN, $TTL or $INCLUDE, got \"%.*s\"%s", SHOWN_BYTES, word,
                 strcmp(word, "$GENERATE") == 0 ? "; write the records out" : "");
    }
}

static void read_entry(struct reader *r)
{
    const struct lexer *x = top(r)->lexer;
    const struct lexer_token *first = &x->tokens[0];
    if (!x->blank_owner && !first->quoted && first->text[0] == '$') {
        read_directive(r, first->text);
    } else {
        read_record(r);
    }
}

/* --- files, and inline records ---------------------------------------------------------------- */

static void read_files(struct reader *r)
{
    r->files = arena_get(r->a, ZONEFILE_INCLUDES_MAX + 1, sizeof(*r->files));
    if (r->files == NULL) {
        no_memory(r);
        return;
    }
    if (!enter(r, r->z->file, (struct place){NULL, 0})) return;
    memcpy(top(r)->origin, r->z->apex, dname_len(r->z->apex));
    while (r->depth > 0 && !r->no_memory) {
        const char *why = NULL;
        switch (lexer_next(top(r)->lexer, &why)) {
        case LEXER_ENTRY:
            read_entry(r);
            break;
        case LEXER_ERROR:
            complain(r, "%s", why);
            break;
        case LEXER_END:
            r->depth--;
            break;
        }
    }
}

/* Each line is one record, whose owner may be missing as in a file. */
static void read_lines(struct reader *r)
{
    struct frame *f = &r->frames[0];
    f->lexer = arena_get(r->scratch, 1, sizeof(*f->lexer));
    if (f->lexer == NULL) {
        no_memory(r);
        return;
    }
    memcpy(f->origin, r->z->apex, dname_len(r->z->apex));
    r->depth = 1;
    for (uint32_t i = 0; i < r->z->line_count && !r->no_memory; i++) {
        const char *why = NULL;
        const char *text = r->z->lines[i];
        lexer_begin(f->lexer, text, strlen(text));
        enum lexer_result got = lexer_next(f->lexer, &why);
        bool more = got == LEXER_ENTRY && f->lexer->pos < f->lexer->len;
        f->lexer->entry = (int)i + 1;
        if (got == LEXER_END) why = "expected a record, got an empty line";
        if (more) why = "expected one record, got more lines";
        if (got != LEXER_ENTRY || more) {
            complain(r, "%s", why);
        } else {
            read_entry(r);
        }
    }
}

/* Says which rule the records break together, at the one that is to blame. */
static void explain(struct reader *r, const struct zone_report *why)
{
    char text[DIAG_TEXT_MAX];
    char name[DNAME_TEXT_MAX];
    bool blamed = why->record < r->count;
    struct place at = {r->depth > 0 ? NULL : r->frames[0].shown, 0};
    if (blamed) at = r->places[why->record];
    int n = snprintf(text, sizeof(text), "%s", zone_problem_text(why->problem));
    if (blamed) {
        char type[16];
        const struct zone_record *rec = &r->records[why->record];
        rdata_type_name(rec->type, type);
        dname_show(why->problem == ZONE_GLUE_MISSING || why->problem == ZONE_NS_IS_CNAME
                       ? rec->rdata
                       : rec->owner,
                   name);
        n += snprintf(text + n, sizeof(text) - (size_t)n, " (\"%.*s\", %s)", 2 * SHOWN_BYTES, name,
                      type);
    }
    if (why->other < r->count) {
        const struct place *p = &r->places[why->other];
        snprintf(text + n, sizeof(text) - (size_t)n, "; see %.*s%s%d", SHOWN_BYTES,
                 p->file != NULL ? p->file : "record", p->file != NULL ? ":" : " ", p->line);
    }
    bool limit = why->problem == ZONE_NO_MEMORY || why->problem == ZONE_SET_TOO_LARGE ||
                 why->problem == ZONE_TOO_MANY_RECORDS;
    report(r, limit ? CN_E_LIMIT : CN_E_INVALID, at, text);
}

const struct zone *zonefile_read(struct arena *a, struct arena *scratch, const struct zonefile *z)
{
    struct reader *r = arena_get(scratch, 1, sizeof(*r));
    if (r == NULL) {
        z->report(z->owner, CN_E_LIMIT, NULL, 0, "expected more memory");
        return NULL;
    }
    r->z = z;
    r->a = a;
    r->scratch = scratch;
    if (z->file != NULL) {
        read_files(r);
    } else {
        read_lines(r);
    }
    if (r->failed) return NULL;
    struct zone_report why;
    const struct zone_source from = {.apex = z->apex,
                                     .records = r->records,
                                     .count = r->count,
                                     .files = r->files,
                                     .own_head = z->file == NULL,
                                     .hosts = z->hosts,
                                     .host_count = z->host_count};
    const struct zone *zone = zone_build(a, scratch, &from, &why);
    if (zone == NULL) explain(r, &why);
    return zone;
}

void zonefile_show(const struct zonefile_record *r, char out[ZONEFILE_TEXT_MAX])
{
    char type[16];
    char name[DNAME_TEXT_MAX];
    const struct zone_datum *d = &r->set->data[r->index];
    rdata_type_name(r->set->type, type);
    dname_to_text(r->owner, name);
    int n = snprintf(out, ZONEFILE_TEXT_MAX, "%.300s %u IN %s ", name, (unsigned)r->ttl_s, type);
    char data[ZONEFILE_TEXT_MAX];
    if (!rdata_show(r->set->type, d, data, sizeof(data))) snprintf(data, sizeof(data), "?");
    size_t room = ZONEFILE_TEXT_MAX - (size_t)n - sizeof(" ipv4hint=auto ipv6hint=auto");
    bool cut = strlen(data) >= room - 3;
    snprintf(out + n, ZONEFILE_TEXT_MAX - (size_t)n, "%.*s%s%s%s", (int)(cut ? room - 3 : room),
             data, cut ? "..." : "", (d->hints & ZONE_HINT_V4) != 0 ? " ipv4hint=auto" : "",
             (d->hints & ZONE_HINT_V6) != 0 ? " ipv6hint=auto" : "");
}

void zonefile_place(const struct zone *z, const struct zone_datum *d, char out[ZONEFILE_PLACE_MAX])
{
    unsigned line = (unsigned)d->line;
    if (z->files != NULL) {
        snprintf(out, ZONEFILE_PLACE_MAX, "%s:%u", z->files[d->file], line);
    } else {
        snprintf(out, ZONEFILE_PLACE_MAX, "record %u of the scenario", line);
    }
}

void zonefile_type(uint16_t type, char out[16])
{
    rdata_type_name(type, out);
}

bool zonefile_data(uint16_t type, const struct zone_datum *d, bool unknown, char *out, size_t cap)
{
    if (!unknown) return rdata_show(type, d, out, cap) && strlen(out) + 1 < cap;
    int n = snprintf(out, cap, "\\# %u%s", d->len, d->len > 0 ? " " : "");
    if (n < 0 || (size_t)n + 2 * (size_t)d->len >= cap) return false;
    for (uint16_t i = 0; i < d->len; i++) {
        snprintf(out + n + 2 * (size_t)i, 3, "%02x", d->rdata[i]);
    }
    return true;
}
