/* SPDX-License-Identifier: MIT */
#include "mmdb.h"

#include <stdio.h>
#include <string.h>

#include "cnedge/zonefile/source.h"
#include "mmdb_record.h"
#include "steps.h"
#include "tables.h"

enum { FIELDS_MAX = 160 };

struct said { /* of all addresses from `start` on, until the next one */
    uint64_t start;
    mmdb_says says;
};

struct memo {     /* of one record, by its offset */
    uint32_t key; /* offset + 1; 0: free */
    mmdb_says says;
};

struct wide { /* a /64 whose parts have records of their own */
    bool open;
    bool differ; /* they do not say the same */
    uint8_t bits;
    mmdb_says says; /* of the widest, the first of several */
    struct mmdb_network network;
};

struct file { /* while it is read */
    struct load *l;
    struct node node;
    const char *shown; /* as the user knows it */
    struct mmdb_reader reader;
    struct steps v4, v6; /* of struct said */
    mmdb_says last4, last6;
    struct memo *memo;
    uint32_t memo_mask, memo_count;
    struct wide wide;
    uint32_t first;          /* the first record's offset; CN_NONE32 before it */
    char fields[FIELDS_MAX]; /* of that record, for a message */
    uint32_t narrow;         /* /64 whose parts differ */
    struct mmdb_network narrow_first;
};

/* --- messages --------------------------------------------------------------------------------- */

static void complain(const struct file *f, enum cn_status status, const struct mmdb_network *n,
                     const char *text)
{
    char network[MMDB_NETWORK_MAX] = "";
    const struct jsondoc *d = f->node.doc;
    if (n != NULL) mmdb_network_text(n, network);
    struct diag_at where = {.file = f->shown, .path = network, .warning = status == CN_OK};
    (void)diag_add(d->diags, status, where, "%s", text);
    if (*d->status == CN_OK) *d->status = status;
}

/* --- records ---------------------------------------------------------------------------------- */

static struct memo *memo_slot(const struct file *f, uint32_t key)
{
    uint32_t i = key * UINT32_C(2654435769) & f->memo_mask;
    while (f->memo[i].key != 0 && f->memo[i].key != key) {
        i = (i + 1) & f->memo_mask;
    }
    return &f->memo[i];
}

static bool memo_grow(struct file *f)
{
    struct memo *old = f->memo;
    uint32_t size = old == NULL ? 0 : f->memo_mask + 1;
    uint32_t bigger = old == NULL ? 1U << 12 : 2 * size;
    struct memo *memo = arena_get(f->l->scratch, bigger, sizeof(*memo));
    if (memo == NULL) return false;
    f->memo = memo;
    f->memo_mask = bigger - 1;
    for (uint32_t i = 0; i < size; i++) {
        if (old[i].key != 0) *memo_slot(f, old[i].key) = old[i];
    }
    return true;
}

/* What a record says; one that is not good is reported at the first network that has it, and says
 * nothing. False when there is no point in going on. */
static bool says_of(struct file *f, const struct mmdb_network *n, uint32_t offset, mmdb_says *out)
{
    char why[DIAG_TEXT_MAX];
    *out = MMDB_SAYS_NOTHING;
    if (offset == CN_NONE32) return true;
    if (f->first == CN_NONE32) f->first = offset;
    struct memo *m = memo_slot(f, offset + 1);
    if (m->key == 0) {
        if (++f->memo_count > f->memo_mask / 2) {
            if (!memo_grow(f)) return false;
            m = memo_slot(f, offset + 1);
        }
        *m = (struct memo){offset + 1, MMDB_SAYS_NOTHING};
        enum cn_status status = mmdb_record_read(&f->reader, offset, &m->says, why);
        if (status != CN_OK) {
            m->says = MMDB_SAYS_NOTHING;
            complain(f, status, n, why);
            f->node.doc->diags->stopped = f->node.doc->diags->dropped > 0;
            return status != CN_E_LIMIT && !f->node.doc->diags->stopped;
        }
    }
    *out = m->says;
    return true;
}

/* --- networks --------------------------------------------------------------------------------- */

static bool add(struct steps *s, uint64_t start, mmdb_says says, mmdb_says *last)
{
    if (s->count > 0 && *last == says) return true;
    struct said *said = steps_add(s);
    if (said == NULL) return false;
    *said = (struct said){start, says};
    *last = says;
    return true;
}

/* Closes the /64 that is open. */
static bool close_wide(struct file *f)
{
    struct wide *w = &f->wide;
    if (!w->open) return true;
    w->open = false;
    if (w->differ && f->narrow++ == 0) f->narrow_first = w->network;
    return add(&f->v6, w->network.address, w->says, &f->last6);
}

static void widen(struct file *f, const struct mmdb_network *n, mmdb_says says)
{
    struct wide *w = &f->wide;
    if (!w->open) {
        *w = (struct wide){true, false, n->bits, says, *n};
        w->network.bits = 64;
        w->network.below = 0;
        return;
    }
    w->differ = w->differ || w->says != says;
    if (n->bits < w->bits) {
        w->bits = n->bits;
        w->says = says;
    }
}

static bool take_network(void *owner, const struct mmdb_network *n, uint32_t offset)
{
    struct file *f = owner;
    mmdb_says says;
    if (!says_of(f, n, offset, &says)) return false;
    if (!n->v6) return add(&f->v4, n->address, says, &f->last4);
    bool same = f->wide.open && f->wide.network.address == n->address;
    if (!same && !close_wide(f)) return false;
    if (n->bits <= 64) return add(&f->v6, n->address, says, &f->last6);
    widen(f, n, says);
    return true;
}

/* --- the key ---------------------------------------------------------------------------------- */

static const char *const field_keys[MMDB_FIELD_COUNT] = {"line", "country", "province", "carrier"};

/* The carriers by value. */
static bool read_carriers(struct file *f)
{
    const char *value;
    json_t *word;
    json_t *map = node_get(&f->node, "carriers");
    if (map == NULL) return true;
    size_t count = json_object_size(map);
    struct names *t = arena_get(f->l->scratch, 1, sizeof(*t));
    struct mmdb_mapped *mapped = arena_get(f->l->scratch, count, sizeof(*mapped));
    if (t == NULL || mapped == NULL || !names_init(t, f->l->scratch, count)) return false;
    json_object_foreach(map, value, word)
    {
        mapped[t->count].carrier = carrier_find(json_string_value(word));
        names_add(t, value, (uint32_t)t->count);
    }
    f->reader.carriers = t;
    f->reader.mapped = mapped;
    return true;
}

static bool read_paths(struct file *f)
{
    bool ok = true;
    for (int i = 0; i < MMDB_FIELD_COUNT; i++) {
        const char *text = node_text(&f->node, field_keys[i]);
        if (text == NULL || mmdb_path_read(&f->reader.path[i], text)) continue;
        const struct at at = node_at(&f->node, field_keys[i]);
        jsondoc_limit(f->node.doc, &at, "expected at most %d parts, got more", MMDB_STEPS_MAX);
        ok = false;
    }
    return ok;
}

/* A field that no record has was probably meant to be another one. */
static bool all_seen(const struct file *f)
{
    bool ok = true;
    for (int i = 0; i < MMDB_FIELD_COUNT; i++) {
        const struct mmdb_path *p = &f->reader.path[i];
        if (p->text == NULL || p->seen) continue;
        const struct at at = node_at(&f->node, field_keys[i]);
        jsondoc_error(f->node.doc, &at, "expected a field that some record%s has, got \"%s\"%s%s",
                      i == MMDB_PROVINCE ? " of the mainland" : "", p->text,
                      f->fields[0] != '\0' ? "; the first record has " : "", f->fields);
        ok = false;
    }
    return ok;
}

/* Values that no record has are no error, but probably those of another file. */
static void warn_unmapped(const struct file *f)
{
    const struct names *t = f->reader.carriers;
    size_t unseen = 0;
    const char *first = NULL;
    for (size_t i = 0; t != NULL && i < t->count; i++) {
        if (f->reader.mapped[i].seen) continue;
        if (unseen++ == 0) first = t->list[i];
    }
    if (unseen == 0) return;
    const struct at at = node_at(&f->node, "carriers");
    jsondoc_warning(f->node.doc, &at,
                    "expected values that records of the mainland have at %s; %zu of %zu are in "
                    "none, \"%.40s\" first",
                    f->reader.path[MMDB_CARRIER].text, unseen, t->count, first);
}

/* --- one file --------------------------------------------------------------------------------- */

static bool init_file(struct file *f, struct load *l, const struct node *n)
{
    *f = (struct file){.l = l, .node = *n, .first = CN_NONE32};
    f->reader.topology = l->world->topology;
    f->reader.lines = &l->lines;
    f->reader.budget = MMDB_VALUES_MAX;
    return steps_init(&f->v4, l->scratch, sizeof(struct said)) &&
           steps_init(&f->v6, l->scratch, sizeof(struct said)) && memo_grow(f) &&
           read_carriers(f) && read_paths(f);
}

static struct MMDB_s *open_file(struct file *f)
{
    char why[SOURCE_WHY_MAX];
    char shown[ZONEFILE_PATH_MAX];
    struct source_snapshot copy;
    _Static_assert((int)MMDB_WHY_MAX == (int)SOURCE_WHY_MAX, "one text");
    const char *file = node_text(&f->node, "file");
    const char *folder = load_folder(f->l);
    if (folder == NULL) return NULL;
    f->shown = source_join(folder, file, shown) ? load_copy(f->l, shown) : file;
    enum cn_status status = source_snapshot(folder, file, MMDB_BYTES_MAX, &copy, why);
    if (status != CN_OK) {
        const struct at at = node_at(&f->node, "file");
        jsondoc_fail(f->node.doc, status, &at, "%s (\"%s\")", why, f->shown);
        return NULL;
    }
    struct MMDB_s *db = mmdb_tree_open(copy.path, why);
    source_snapshot_close(&copy);
    if (db == NULL) complain(f, CN_E_INVALID, NULL, why);
    return db;
}

static void warn_narrow(const struct file *f)
{
    char text[DIAG_TEXT_MAX];
    if (f->narrow == 0) return;
    snprintf(text, sizeof(text),
             "expected networks of at most 64 bits in IPv6; in %u /64, this one first, longer ones "
             "differ: the widest of each decides",
             f->narrow);
    complain(f, CN_OK, &f->narrow_first, text);
}

/* What the file says, in `v4` and `v6`. */
static bool walk_file(struct file *f)
{
    struct mmdb_fault fault;
    int errors = f->node.doc->diags->errors;
    f->reader.db = open_file(f);
    if (f->reader.db == NULL) return false;
    f->reader.data = mmdb_tree_data(f->reader.db);
    enum cn_status status = mmdb_tree_walk(f->reader.db, take_network, f, &fault);
    if (f->first != CN_NONE32) {
        mmdb_values_paths(f->reader.data, f->first, f->fields, sizeof(f->fields));
    }
    mmdb_tree_close(f->reader.db);
    if (status != CN_OK) complain(f, status, &fault.where, fault.why);
    if (!close_wide(f) || f->node.doc->diags->errors != errors || !all_seen(f)) return false;
    warn_narrow(f);
    warn_unmapped(f);
    return true;
}

/* --- laying them over a table ----------------------------------------------------------------- */

struct lay { /* one family */
    const struct topology *t;
    const struct prefix_table *base;
    const struct file *files; /* an earlier one lies beneath a later one */
    size_t file_count;
    enum prefix_source base_source;
    struct prefix_writer *lines, *sources;
    bool v6;
    uint32_t base_next;            /* first step behind where we are, of the base ... */
    uint32_t next[MMDB_FILES_MAX]; /* ... and of each file */
};

static uint32_t base_count(const struct lay *y)
{
    return y->v6 ? y->base->n6 : y->base->n4;
}

static uint64_t base_start(const struct lay *y)
{
    return y->v6 ? y->base->start6[y->base_next] : y->base->start4[y->base_next];
}

static const struct steps *steps_of(const struct lay *y, size_t i)
{
    return y->v6 ? &y->files[i].v6 : &y->files[i].v4;
}

/* Where the next step of any of them begins; false behind the last one. */
static bool next_start(const struct lay *y, uint64_t *out)
{
    bool found = y->base_next < base_count(y);
    if (found) *out = base_start(y);
    for (size_t i = 0; i < y->file_count; i++) {
        const struct steps *s = steps_of(y, i);
        if (y->next[i] == s->count) continue;
        const struct said *said = steps_at(s, y->next[i]);
        if (!found || said->start < *out) *out = said->start;
        found = true;
    }
    return found;
}

/* Goes on to `at`. Returns what all files together say there, and in `by` which one says each field
 * of it. */
static mmdb_says go_on(struct lay *y, uint64_t at, uint8_t by[MMDB_FIELD_COUNT])
{
    mmdb_says says = MMDB_SAYS_NOTHING;
    if (y->base_next < base_count(y) && base_start(y) == at) y->base_next++;
    for (size_t i = 0; i < y->file_count; i++) {
        const struct steps *s = steps_of(y, i);
        const struct said *said = y->next[i] < s->count ? steps_at(s, y->next[i]) : NULL;
        if (said != NULL && said->start == at) y->next[i]++;
        CN_ASSERT(y->next[i] > 0); /* each begins at address 0 */
        said = steps_at(s, y->next[i] - 1);
        for (int f = 0; f < MMDB_FIELD_COUNT; f++) {
            if (mmdb_says_has(said->says, (enum mmdb_field)f)) by[f] = (uint8_t)i;
        }
        says = mmdb_says_over(says, said->says);
    }
    return says;
}

static void add_step(const struct lay *y, struct prefix_writer *w, uint64_t at, uint16_t value)
{
    if (y->v6) {
        prefix_writer_add6(w, at, value);
    } else {
        prefix_writer_add4(w, (uint32_t)at, value);
    }
}

/* Whom the line comes from, when files say that of clients who were on `before`. */
static uint16_t source_of(const struct lay *y, mmdb_says says, uint16_t before,
                          const uint8_t by[MMDB_FIELD_COUNT])
{
    unsigned basis = mmdb_says_basis(y->t, says, before);
    struct prefix_files from = {.builtin = y->base_source == PREFIX_BUILTIN &&
                                           (basis & MMDB_BASIS_BEFORE) != 0};
    unsigned files = 0;
    for (unsigned f = 0; f < MMDB_FIELD_COUNT; f++) {
        if ((basis & 1U << f) == 0) continue;
        files |= 1U << by[f];
        if (by[f] > from.file) from.file = by[f];
    }
    from.earlier = (files & ~(1U << from.file)) != 0;
    return files != 0 ? prefix_source_of_files(from) : (uint16_t)y->base_source;
}

static void lay_family(struct lay *y)
{
    uint64_t at = 0;
    const uint16_t *line = y->v6 ? y->base->line6 : y->base->line4;
    while (next_start(y, &at)) {
        uint8_t by[MMDB_FIELD_COUNT] = {0};
        mmdb_says says = go_on(y, at, by);
        uint16_t before = line[y->base_next - 1];
        add_step(y, y->lines, at, mmdb_says_line(y->t, says, before));
        add_step(y, y->sources, at, source_of(y, says, before, by));
    }
}

static bool lay(struct load *l, const struct lay *both, struct mmdb_tables *out)
{
    struct prefix_writer lines;
    struct prefix_writer sources;
    uint32_t max4 = both->base->n4;
    uint32_t max6 = both->base->n6;
    for (size_t i = 0; i < both->file_count; i++) {
        max4 += both->files[i].v4.count;
        max6 += both->files[i].v6.count;
    }
    if (!prefix_writer_init(&lines, l->scratch, max4, max6) ||
        !prefix_writer_init(&sources, l->scratch, max4, max6)) {
        return false;
    }
    for (int v6 = 0; v6 < 2; v6++) {
        struct lay y = *both;
        y.v6 = v6 != 0;
        y.lines = &lines;
        y.sources = &sources;
        lay_family(&y);
    }
    out->lines = prefix_writer_finish(&lines);
    out->sources = prefix_writer_finish(&sources);
    return true;
}

static const struct prefix_table *empty_table(struct load *l)
{
    struct prefix_step all = {0, l->world->topology->unknown_line};
    return prefix_build(l->scratch, &all, 1, &all, 1);
}

bool mmdb_read(struct load *l, const struct node *world, const struct prefix_table *base,
               struct mmdb_tables *out)
{
    size_t count = node_count(world, "mmdb");
    struct file *files = arena_get(l->scratch, count, sizeof(*files));
    struct lay y = {.t = l->world->topology,
                    .base = base != NULL ? base : empty_table(l),
                    .base_source = base != NULL ? PREFIX_BUILTIN : PREFIX_UNSAID,
                    .files = files,
                    .file_count = count};
    const char **shown = arena_get(l->a, count, sizeof(*shown));
    bool ok = files != NULL && y.base != NULL && shown != NULL;
    for (size_t i = 0; i < count && files != NULL; i++) {
        struct at list;
        struct at at;
        json_t *v = node_value(world, "mmdb", i, &list, &at);
        struct node n = node_item(world, &geography_mmdb, v, at);
        ok = init_file(&files[i], l, &n) && walk_file(&files[i]) && ok;
        if (shown != NULL) shown[i] = load_copy(l, node_text(&n, "file"));
    }
    out->files = shown;
    return ok && lay(l, &y, out);
}
