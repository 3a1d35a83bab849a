/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include "mmdb_record.h"

#include <inttypes.h>
#include <maxminddb.h>
#include <stdio.h>
#include <string.h>

#include "cnedge/model/province.h"
#include "jsondoc.h"
#include "utf8.h"

/* --- what is said ----------------------------------------------------------------------------- */

/* Bits of mmdb_says; each part is one more than what it stands for, 0 when nothing is said. */
enum {
    LINE_SHIFT = 0, /* index of the line */
    LINE_MASK = 0x7FF,
    COUNTRY_SHIFT = 11, /* two letters as a number */
    COUNTRY_MASK = 0x3FF,
    PROVINCE_SHIFT = 21, /* index in province_table */
    PROVINCE_MASK = 0x3F,
    CARRIER_SHIFT = 27,
    CARRIER_MASK = 0xF,
};

_Static_assert((int)LINE_MASK > (int)TOPOLOGY_LINES_MAX && (int)CARRIER_MASK > (int)CARRIER_COUNT,
               "all fit");

static unsigned part(mmdb_says says, unsigned shift, unsigned mask)
{
    return says >> shift & mask;
}

static unsigned country_number(const char *two)
{
    return (unsigned)(two[0] - 'a') * 26 + (unsigned)(two[1] - 'a') + 1;
}

static void country_of(unsigned number, char out[3])
{
    out[0] = (char)('a' + (int)((number - 1) / 26));
    out[1] = (char)('a' + (int)((number - 1) % 26));
    out[2] = '\0';
}

/* --- paths ------------------------------------------------------------------------------------ */

bool mmdb_path_read(struct mmdb_path *p, const char *text)
{
    *p = (struct mmdb_path){.text = text};
    CN_ASSERT(strlen(text) <= MMDB_PATH_BYTES);
    memcpy(p->buffer, text, strlen(text) + 1);
    for (char *at = p->buffer;; at++) {
        if (p->count == MMDB_STEPS_MAX) return false;
        p->step[p->count++] = at;
        at = strchr(at, '.');
        if (at == NULL) return true;
        *at = '\0';
    }
}

/* --- values ----------------------------------------------------------------------------------- */

static enum cn_status damaged(char why[DIAG_TEXT_MAX], const char *what)
{
    snprintf(why, DIAG_TEXT_MAX, "expected a record that can be read, got one that %s", what);
    return CN_E_INVALID;
}

/* Takes all values of the one at `offset` off the budget, unless they stand in what has been. */
static enum cn_status pay(struct mmdb_reader *r, uint32_t offset, char why[DIAG_TEXT_MAX])
{
    const uint8_t *at = r->data.at + offset;
    if (at >= r->record.at && at < r->record.at + r->record.len) return CN_OK;
    size_t end = mmdb_values_end(r->data, offset, &r->budget);
    if (end == 0 && r->budget == 0) {
        snprintf(why, DIAG_TEXT_MAX, "expected records of at most %" PRIu64 " values, got more",
                 MMDB_VALUES_MAX);
        return CN_E_LIMIT;
    }
    if (end == 0) return damaged(why, "is damaged");
    r->record = (struct mmdb_bytes){at, end - offset};
    return CN_OK;
}

static bool is_index(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && digits < 6 && text[digits] == '\0';
}

/* One step down from a value; `at->has_data` is false when there is nothing. */
static enum cn_status go(struct mmdb_reader *r, MMDB_entry_data_s *at, const char *step,
                         char why[DIAG_TEXT_MAX])
{
    const char *path[] = {step, NULL};
    bool map = at->type == MMDB_DATA_TYPE_MAP;
    bool list = at->type == MMDB_DATA_TYPE_ARRAY;
    MMDB_entry_s here = {r->db, at->offset};
    at->has_data = false;
    if (!map && (!list || !is_index(step))) return CN_OK;
    enum cn_status status = pay(r, here.offset, why);
    if (status != CN_OK) return status;
    int got = MMDB_aget_value(&here, at, path);
    if (got == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR) at->has_data = false;
    if (got == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR || got == MMDB_SUCCESS) return CN_OK;
    return damaged(why, "is damaged");
}

/* Finds a field. `out->has_data` is false when the record does not have it. */
static enum cn_status find(struct mmdb_reader *r, uint32_t offset, const struct mmdb_path *p,
                           MMDB_entry_data_s *out, char why[DIAG_TEXT_MAX])
{
    const char *const here[] = {NULL};
    MMDB_entry_s entry = {r->db, offset};
    if (MMDB_aget_value(&entry, out, here) != MMDB_SUCCESS) return damaged(why, "is damaged");
    if (out->type != MMDB_DATA_TYPE_MAP) return damaged(why, "is no map");
    enum cn_status status = CN_OK;
    for (unsigned i = 0; i < p->count && status == CN_OK && out->has_data; i++) {
        status = go(r, out, p->step[i], why);
    }
    return status;
}

static enum cn_status wrong(char why[DIAG_TEXT_MAX], const char *expected,
                            const struct mmdb_path *p, const char *got)
{
    snprintf(why, DIAG_TEXT_MAX, "expected %s at %s, got %s", expected, p->text, got);
    return CN_E_INVALID;
}

static enum cn_status wrong_text(char why[DIAG_TEXT_MAX], const char *expected,
                                 const struct mmdb_path *p, const char *got)
{
    char shown[SHOWN_MAX];
    jsondoc_show_text(got, shown);
    return wrong(why, expected, p, shown);
}

static bool put_number(const MMDB_entry_data_s *d, char out[MMDB_VALUE_MAX])
{
    switch (d->type) {
    case MMDB_DATA_TYPE_UINT16:
        snprintf(out, MMDB_VALUE_MAX, "%u", d->uint16);
        return true;
    case MMDB_DATA_TYPE_UINT32:
        snprintf(out, MMDB_VALUE_MAX, "%" PRIu32, d->uint32);
        return true;
    case MMDB_DATA_TYPE_UINT64:
        snprintf(out, MMDB_VALUE_MAX, "%" PRIu64, d->uint64);
        return true;
    case MMDB_DATA_TYPE_INT32:
        snprintf(out, MMDB_VALUE_MAX, "%" PRId32, d->int32);
        return true;
    default:
        return false;
    }
}

/* The field's value as text, numbers in decimal; "" when the record does not have it. */
static enum cn_status value(struct mmdb_reader *r, uint32_t offset, enum mmdb_field f,
                            char out[MMDB_VALUE_MAX], char why[DIAG_TEXT_MAX])
{
    MMDB_entry_data_s d;
    struct mmdb_path *p = &r->path[f];
    out[0] = '\0';
    if (p->text == NULL) return CN_OK;
    enum cn_status status = find(r, offset, p, &d, why);
    if (status != CN_OK || !d.has_data) return status;
    p->seen = true;
    if (f == MMDB_CARRIER && put_number(&d, out)) return CN_OK;
    if (d.type != MMDB_DATA_TYPE_UTF8_STRING) {
        return wrong(why, f == MMDB_CARRIER ? "a text or an integer" : "a text", p,
                     d.type == MMDB_DATA_TYPE_MAP ? "a map" : "a value of another type");
    }
    if (d.data_size >= MMDB_VALUE_MAX) return wrong(why, "a short text", p, "over 255 bytes");
    size_t len = d.data_size;
    if (len > 0 && (memchr(d.utf8_string, '\0', len) != NULL ||
                    utf8_good((const uint8_t *)d.utf8_string, len) < len)) {
        return wrong(why, "a text in UTF-8", p, "other bytes");
    }
    if (len > 0) memcpy(out, d.utf8_string, len);
    out[len] = '\0';
    return CN_OK;
}

/* --- fields ----------------------------------------------------------------------------------- */

/* As names are written here: "Inner Mongolia" is "inner-mongolia". */
static void fold(const char *text, char out[MMDB_VALUE_MAX])
{
    size_t i = 0;
    for (; text[i] != '\0'; i++) {
        char c = text[i];
        out[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c == ' ' ? '-' : c);
    }
    out[i] = '\0';
}

/* Says behind a message what was probably meant, or else where the names are. */
static void suggest(char why[DIAG_TEXT_MAX], const char *near, const char *names)
{
    size_t len = strlen(why);
    if (near != NULL) {
        snprintf(why + len, DIAG_TEXT_MAX - len, "; did you mean \"%s\"?", near);
    } else {
        snprintf(why + len, DIAG_TEXT_MAX - len, "; %s", names);
    }
}

static enum cn_status read_line(struct mmdb_reader *r, const char *text, mmdb_says *out,
                                char why[DIAG_TEXT_MAX])
{
    char folded[MMDB_VALUE_MAX];
    fold(text, folded);
    uint32_t line = names_find(r->lines, text);
    if (line == CN_NONE32) line = names_find(r->lines, folded);
    if (line != CN_NONE32) {
        *out |= (mmdb_says)(line + 1) << LINE_SHIFT;
        return CN_OK;
    }
    enum cn_status status = wrong_text(why, "a line of this world", &r->path[MMDB_LINE], text);
    bool code = strlen(text) == 2; /* too short for a misspelling */
    suggest(why, code ? NULL : names_nearest(r->lines, folded),
            code ? "for codes of countries, the key is \"country\""
                 : "see: cnedge list lines FILE");
    return status;
}

static enum cn_status read_country(struct mmdb_reader *r, char *text, mmdb_says *out,
                                   char why[DIAG_TEXT_MAX])
{
    char two[3] = "";
    bool ok = strlen(text) == 2;
    for (size_t i = 0; ok && i < 2; i++) {
        char c = text[i];
        two[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        ok = two[i] >= 'a' && two[i] <= 'z';
    }
    if (!ok) return wrong_text(why, "a country's two letters", &r->path[MMDB_COUNTRY], text);
    *out |= country_number(two) << COUNTRY_SHIFT;
    return CN_OK;
}

static enum cn_status read_province(struct mmdb_reader *r, const char *text, mmdb_says *out,
                                    char why[DIAG_TEXT_MAX])
{
    const struct province *p = province_of_code(text);
    if (p == NULL) {
        char folded[MMDB_VALUE_MAX];
        const char *names[PROVINCE_COUNT];
        fold(text, folded);
        for (size_t i = 0; i < PROVINCE_COUNT; i++) {
            names[i] = province_table()[i].name;
        }
        enum cn_status status = wrong_text(why, "a province's code (ISO 3166-2:CN) or name",
                                           &r->path[MMDB_PROVINCE], text);
        suggest(why, diag_nearest(folded, names, PROVINCE_COUNT),
                "names are as in lines (see: cnedge list lines)");
        return status;
    }
    *out |= (mmdb_says)(p - province_table() + 1) << PROVINCE_SHIFT;
    return CN_OK;
}

static enum cn_status read_carrier(struct mmdb_reader *r, const char *text, mmdb_says *out,
                                   char why[DIAG_TEXT_MAX])
{
    enum carrier c = CARRIER_COUNT;
    if (r->carriers != NULL) {
        uint32_t found = names_find(r->carriers, text);
        if (found == CN_NONE32) return CN_OK; /* says nothing of a carrier */
        r->mapped[found].seen = true;
        c = r->mapped[found].carrier;
    } else {
        char folded[MMDB_VALUE_MAX];
        fold(text, folded);
        c = carrier_find(folded);
    }
    if (c == CARRIER_COUNT) {
        return wrong_text(why, "a carrier such as \"telecom\" (or the key \"carriers\")",
                          &r->path[MMDB_CARRIER], text);
    }
    *out |= (mmdb_says)((unsigned)c + 1) << CARRIER_SHIFT;
    return CN_OK;
}

/* Whether the field says something of this record: outside the mainland there are no provinces and
 * no carriers. */
static bool matters(enum mmdb_field f, mmdb_says says)
{
    unsigned country = part(says, COUNTRY_SHIFT, COUNTRY_MASK);
    if (f == MMDB_CARRIER) return country == 0 || country == country_number("cn");
    return f != MMDB_PROVINCE || country == country_number("cn");
}

enum cn_status mmdb_record_read(struct mmdb_reader *r, uint32_t offset, mmdb_says *out,
                                char why[DIAG_TEXT_MAX])
{
    char text[MMDB_VALUE_MAX];
    enum cn_status status = CN_OK;
    *out = MMDB_SAYS_NOTHING;
    r->record = (struct mmdb_bytes){r->data.at, 0};
    for (int i = 0; i < MMDB_FIELD_COUNT && status == CN_OK; i++) {
        enum mmdb_field f = (enum mmdb_field)i;
        if (!matters(f, *out)) continue;
        status = value(r, offset, f, text, why);
        if (status != CN_OK || text[0] == '\0') continue;
        switch (f) {
        case MMDB_LINE:
            status = read_line(r, text, out, why);
            break;
        case MMDB_COUNTRY:
            status = read_country(r, text, out, why);
            break;
        case MMDB_PROVINCE:
            status = read_province(r, text, out, why);
            break;
        case MMDB_CARRIER:
            status = read_carrier(r, text, out, why);
            break;
        case MMDB_FIELD_COUNT:
            break;
        }
    }
    return status;
}

/* --- lines ------------------------------------------------------------------------------------ */

/* `above` where it says something, else `below`. */
static mmdb_says either(mmdb_says below, mmdb_says above, unsigned shift, unsigned mask)
{
    mmdb_says bits = (mmdb_says)mask << shift;
    return (above & bits) != 0 ? above & bits : below & bits;
}

mmdb_says mmdb_says_over(mmdb_says below, mmdb_says above)
{
    if (part(above, LINE_SHIFT, LINE_MASK) > 0) return above;
    return either(below, above, LINE_SHIFT, LINE_MASK) |
           either(below, above, COUNTRY_SHIFT, COUNTRY_MASK) |
           either(below, above, PROVINCE_SHIFT, PROVINCE_MASK) |
           either(below, above, CARRIER_SHIFT, CARRIER_MASK);
}

bool mmdb_says_has(mmdb_says says, enum mmdb_field f)
{
    static const mmdb_says bits[MMDB_FIELD_COUNT] = {
        [MMDB_LINE] = (mmdb_says)LINE_MASK << LINE_SHIFT,
        [MMDB_COUNTRY] = (mmdb_says)COUNTRY_MASK << COUNTRY_SHIFT,
        [MMDB_PROVINCE] = (mmdb_says)PROVINCE_MASK << PROVINCE_SHIFT,
        [MMDB_CARRIER] = (mmdb_says)CARRIER_MASK << CARRIER_SHIFT,
    };
    return (says & bits[f]) != 0;
}

static uint16_t mainland_line(const struct topology *t, mmdb_says says, const struct line *before)
{
    unsigned province = part(says, PROVINCE_SHIFT, PROVINCE_MASK);
    unsigned carrier = part(says, CARRIER_SHIFT, CARRIER_MASK);
    bool was = before->zone == ZONE_MAINLAND;
    char name[LINE_NAME_MAX];
    const char *region = was ? t->regions[before->region].name : "unknown";
    enum carrier c = was ? before->carrier : CARRIER_OTHER;
    if (province > 0) region = province_table()[province - 1].name;
    if (carrier > 0) c = (enum carrier)(carrier - 1);
    snprintf(name, sizeof(name), "cn/%s/%s", region, carrier_name(c));
    return topology_find_line(t, name);
}

uint16_t mmdb_says_line(const struct topology *t, mmdb_says says, uint16_t before)
{
    char two[3];
    unsigned named = part(says, LINE_SHIFT, LINE_MASK);
    unsigned country = part(says, COUNTRY_SHIFT, COUNTRY_MASK);
    uint16_t found = named > 0 ? (uint16_t)(named - 1) : before;
    mmdb_says parts = says & ~((mmdb_says)LINE_MASK << LINE_SHIFT);
    const struct line *line = &t->lines[found];
    if (parts == 0) return found;
    if (country == country_number("cn") || (country == 0 && line->zone == ZONE_MAINLAND)) {
        found = mainland_line(t, says, line);
    } else if (country > 0) {
        country_of(country, two);
        if (strcmp(two, line->country) != 0) found = topology_find_line(t, two);
    }
    return found != CN_NONE16 ? found : t->unknown_line;
}

/* The fields of a line in the mainland; `under`: the line whose parts stay. */
static unsigned mainland_basis(mmdb_says says, bool was, unsigned under)
{
    unsigned out = 0;
    for (unsigned f = MMDB_COUNTRY; f < MMDB_FIELD_COUNT; f++) {
        if (mmdb_says_has(says, (enum mmdb_field)f)) out |= 1U << f;
    }
    bool all = mmdb_says_has(says, MMDB_PROVINCE) && mmdb_says_has(says, MMDB_CARRIER);
    bool rests = was && (!all || !mmdb_says_has(says, MMDB_COUNTRY));
    return rests ? out | under : out;
}

unsigned mmdb_says_basis(const struct topology *t, mmdb_says says, uint16_t before)
{
    char two[3];
    unsigned named = part(says, LINE_SHIFT, LINE_MASK);
    unsigned country = part(says, COUNTRY_SHIFT, COUNTRY_MASK);
    unsigned under = named > 0 ? 1U << MMDB_LINE : (unsigned)MMDB_BASIS_BEFORE;
    const struct line *line = &t->lines[named > 0 ? named - 1 : before];
    bool was = line->zone == ZONE_MAINLAND;
    if (country == country_number("cn") || (country == 0 && was)) {
        return (says & ~((mmdb_says)LINE_MASK << LINE_SHIFT)) == 0
                   ? under
                   : mainland_basis(says, was, under);
    }
    if (country == 0) return under;
    country_of(country, two);
    bool stays = strcmp(two, line->country) == 0 && strcmp(two, line->name) != 0;
    return 1U << MMDB_COUNTRY | (stays ? under : 0);
}
