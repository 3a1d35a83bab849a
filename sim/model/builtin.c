/* SPDX-License-Identifier: MIT
 * The files are ours and come with the program: what is wrong with them is a programmer's error. */
#include "cnedge/model/builtin.h"

#include <stdio.h> /* snprintf only */
#include <string.h>

extern const char builtin_pops[], builtin_provinces[], builtin_countries[]; /* builtin.S */
extern const uint8_t builtin_geo[];
extern const uint32_t builtin_pops_bytes, builtin_provinces_bytes, builtin_countries_bytes;
extern const uint32_t builtin_geo_bytes;

enum {
    PROVINCES = 31,
    REGIONS = PROVINCES + 1,
    REGION_UNKNOWN = PROVINCES, /* mainland, province not known */
    COLUMNS_MAX = 12,
};

/* Tab-separated text; lines that begin with '#' are comments. */

struct tsv {
    const char *at, *end;
};

struct field { /* not NUL-terminated */
    const char *at;
    size_t len;
};

struct row {
    struct field field[COLUMNS_MAX];
    unsigned count;
};

static void split(struct row *row, const char *at, const char *end)
{
    *row = (struct row){.count = 0};
    for (;;) {
        const char *tab = memchr(at, '\t', (size_t)(end - at));
        CN_ASSERT(row->count < COLUMNS_MAX);
        row->field[row->count++] = (struct field){at, (size_t)((tab != NULL ? tab : end) - at)};
        if (tab == NULL) return;
        at = tab + 1;
    }
}

static bool next_row(struct tsv *t, struct row *row)
{
    while (t->at < t->end) {
        const char *line = t->at;
        const char *newline = memchr(line, '\n', (size_t)(t->end - line));
        CN_ASSERT(newline != NULL);
        t->at = newline + 1;
        if (*line == '#') continue;
        split(row, line, newline);
        return true;
    }
    return false;
}

static uint16_t count_rows(struct tsv t)
{
    uint16_t rows = 0;
    struct row row;
    while (next_row(&t, &row)) {
        rows++;
    }
    return rows;
}

static bool is(struct field f, const char *word)
{
    return f.len == strlen(word) && memcmp(f.at, word, f.len) == 0;
}

static void copy_field(struct field f, char *out, size_t cap)
{
    CN_ASSERT(f.len > 0);
    CN_ASSERT(f.len < cap);
    memcpy(out, f.at, f.len);
    out[f.len] = '\0';
}

/* "Inner Mongolia" as "inner-mongolia". */
static char name_char(char c)
{
    if (c == ' ') return '-';
    if (c >= 'A' && c <= 'Z') return (char)(c + 32);
    return c;
}

static void copy_name(struct field f, char *out, size_t cap)
{
    copy_field(f, out, cap);
    for (char *p = out; *p != '\0'; p++) {
        *p = name_char(*p);
    }
}

static void copy_country(struct field f, char out[3])
{
    CN_ASSERT(f.len == 2);
    copy_name(f, out, 3);
}

/* "-12.3456": one division, so that the result is the nearest double on every machine. */
static double decimal(struct field f)
{
    bool negative = f.len > 0 && f.at[0] == '-';
    int64_t digits = 0;
    int64_t scale = 0; /* 0 before the point */
    CN_ASSERT(f.len > 0 && f.len <= 12);
    for (size_t i = negative ? 1 : 0; i < f.len; i++) {
        if (f.at[i] == '.') {
            CN_ASSERT(scale == 0);
            scale = 1;
            continue;
        }
        CN_ASSERT(f.at[i] >= '0' && f.at[i] <= '9');
        digits = digits * 10 + (f.at[i] - '0');
        scale *= 10;
    }
    double value = (double)digits / (double)(scale > 0 ? scale : 1);
    return negative ? -value : value;
}

static struct point point_at(const struct row *row, unsigned lat)
{
    return (struct point){decimal(row->field[lat]), decimal(row->field[lat + 1])};
}

/* Provinces and countries. */

struct province {
    char iso[3]; /* ISO 3166-2:CN without "CN-" */
    struct region region;
    struct point at;
};

static bool in_east_china(const char *name)
{
    static const char *const east[] = {"shanghai", "jiangsu", "zhejiang", "anhui",
                                       "fujian",   "jiangxi", "shandong"};
    for (size_t i = 0; i < CN_ARRAY_LEN(east); i++) {
        if (strcmp(east[i], name) == 0) return true;
    }
    return false;
}

/* Columns: iso gb2260 abbr zh en capital capital_zh lat lon. */
static void read_provinces(struct province out[REGIONS])
{
    struct tsv t = {builtin_provinces, builtin_provinces + builtin_provinces_bytes};
    CN_ASSERT(count_rows(t) == PROVINCES);
    struct row row;
    for (unsigned i = 0; next_row(&t, &row); i++) {
        CN_ASSERT(row.count == 9);
        out[i] = (struct province){.at = point_at(&row, 7)};
        copy_field(row.field[0], out[i].iso, sizeof(out[i].iso));
        copy_name(row.field[4], out[i].region.name, sizeof(out[i].region.name));
        out[i].region.east_china = in_east_china(out[i].region.name);
    }
    /* Between the provinces; where geo.cne puts them too. */
    out[REGION_UNKNOWN] = (struct province){.region.name = "unknown", .at = {34.00, 113.00}};
}

static uint16_t find_province(const struct province p[REGIONS], struct field iso)
{
    uint16_t i = 0;
    while (!is(iso, p[i].iso)) {
        i++;
        CN_ASSERT(i < PROVINCES);
    }
    return i;
}

/* Hong Kong, Macao, Taiwan, Japan, South Korea, Singapore (DESIGN section 1). */
static bool is_near(const char country[3])
{
    static const char near[][3] = {"hk", "mo", "tw", "jp", "kr", "sg"};
    for (size_t i = 0; i < CN_ARRAY_LEN(near); i++) {
        if (strcmp(near[i], country) == 0) return true;
    }
    return false;
}

/* PoPs. */

/* Words of geo.cne and pops.tsv; what is not here is "other". */
static enum carrier carrier_of(struct field isp)
{
    static const struct {
        const char *isp;
        enum carrier carrier;
    } table[] = {
        {"ct", CARRIER_TELECOM},    {"cu", CARRIER_UNICOM},     {"cm", CARRIER_MOBILE},
        {"cernet", CARRIER_CERNET}, {"cstnet", CARRIER_CSTNET}, {"drpeng", CARRIER_DRPENG},
        {"cbn", CARRIER_CABLE},     {"ali", CARRIER_CLOUD},     {"tencent", CARRIER_CLOUD},
        {"baidu", CARRIER_CLOUD},   {"huawei", CARRIER_CLOUD},  {"bytedance", CARRIER_CLOUD},
        {"cloud", CARRIER_CLOUD},
    };
    for (size_t i = 0; i < CN_ARRAY_LEN(table); i++) {
        if (is(isp, table[i].isp)) return table[i].carrier;
    }
    return CARRIER_OTHER;
}

/* "ct,cu,cm" as bits; "-" is none. */
static uint16_t carriers_of(struct field list)
{
    unsigned bits = 0;
    if (is(list, "-")) return 0;
    while (list.len > 0) {
        const char *comma = memchr(list.at, ',', list.len);
        size_t len = comma != NULL ? (size_t)(comma - list.at) : list.len;
        enum carrier c = carrier_of((struct field){list.at, len});
        CN_ASSERT(c != CARRIER_OTHER);
        bits |= 1U << c;
        size_t used = comma != NULL ? len + 1 : len;
        list = (struct field){list.at + used, list.len - used};
    }
    return (uint16_t)bits;
}

/* Takes digits of a base off the field; at least one, at most `max` in value. */
static unsigned take_number(struct field *f, unsigned base, unsigned max)
{
    static const char digits[] = "0123456789abcdef";
    unsigned value = 0;
    size_t n = 0;
    for (; n < f->len; n++) {
        const char *digit = memchr(digits, f->at[n], base);
        if (digit == NULL) break;
        value = value * base + (unsigned)(digit - digits);
        CN_ASSERT(value <= max);
    }
    CN_ASSERT(n > 0);
    *f = (struct field){f->at + n, f->len - n};
    return value;
}

static void take_char(struct field *f, char c)
{
    CN_ASSERT(f->len > 0 && f->at[0] == c);
    *f = (struct field){f->at + 1, f->len - 1};
}

static void read_v4(struct field f, uint8_t out[4])
{
    for (unsigned i = 0; i < 4; i++) {
        if (i > 0) take_char(&f, '.');
        out[i] = (uint8_t)take_number(&f, 10, UINT8_MAX);
    }
    CN_ASSERT(f.len == 0);
}

/* The one shape that pops.tsv has: groups, "::", and a last group. */
static void read_v6(struct field f, uint8_t out[16])
{
    memset(out, 0, 16);
    unsigned i = 0;
    for (; i < 14; i += 2) {
        unsigned group = take_number(&f, 16, UINT16_MAX);
        out[i] = (uint8_t)(group >> 8);
        out[i + 1] = (uint8_t)(group & 0xFF);
        take_char(&f, ':');
        if (f.len > 0 && f.at[0] == ':') break;
    }
    take_char(&f, ':');
    unsigned last = take_number(&f, 16, UINT16_MAX);
    out[14] = (uint8_t)(last >> 8);
    out[15] = (uint8_t)(last & 0xFF);
    CN_ASSERT(f.len == 0);
}

/* Columns: id mainland country province city city_zh lat lon tier isps v4 v6. */
static void read_pop(struct pop *pop, const struct row *row, const struct province p[REGIONS])
{
    CN_ASSERT(row->count == 12);
    *pop = (struct pop){.region = CN_NONE16, .at = point_at(row, 6), .v4_count = 1, .v6_count = 1};
    copy_field(row->field[0], pop->id, sizeof(pop->id));
    copy_field(row->field[4], pop->city, sizeof(pop->city));
    copy_country(row->field[2], pop->country);
    pop->carriers = carriers_of(row->field[9]);
    read_v4(row->field[10], pop->v4[0]);
    read_v6(row->field[11], pop->v6[0]);
    bool mainland = strcmp(pop->country, "cn") == 0;
    CN_ASSERT(is(row->field[1], mainland ? "in" : "out"));
    CN_ASSERT(mainland == (pop->carriers != 0));
    if (mainland) {
        pop->class_ = POP_MAINLAND;
        pop->region = find_province(p, row->field[3]);
    } else {
        pop->class_ = is_near(pop->country) ? POP_NEAR : POP_GLOBAL;
    }
}

static bool make_pops(struct arena *a, struct topology_spec *spec, const struct province p[REGIONS])
{
    struct tsv t = {builtin_pops, builtin_pops + builtin_pops_bytes};
    uint16_t count = count_rows(t);
    struct pop *pops = arena_get(a, count, sizeof(pops[0]));
    if (pops == NULL) return false;
    struct row row;
    for (uint16_t i = 0; next_row(&t, &row); i++) {
        read_pop(&pops[i], &row, p);
    }
    spec->pops = pops;
    spec->pop_count = count;
    return true;
}

/* Lines. */

static void region_line_name(char out[LINE_NAME_MAX], const char *region, enum carrier c)
{
    int len = snprintf(out, LINE_NAME_MAX, "cn/%s/%s", region, carrier_name(c));
    CN_ASSERT(len > 0 && len < LINE_NAME_MAX);
}

static void mainland_lines(struct line *out, const struct province p[REGIONS])
{
    for (unsigned i = 0; i < REGIONS * CARRIER_COUNT; i++) {
        uint16_t region = (uint16_t)(i / CARRIER_COUNT);
        enum carrier carrier = (enum carrier)(i % CARRIER_COUNT);
        out[i] = (struct line){.zone = ZONE_MAINLAND,
                               .carrier = carrier,
                               .region = region,
                               .country = "cn",
                               .at = p[region].at};
        region_line_name(out[i].name, p[region].region.name, carrier);
    }
}

/* Columns: cc name lat lon. Returns the number of lines made: one for each row but China's. */
static uint16_t country_lines(struct line *out)
{
    struct tsv t = {builtin_countries, builtin_countries + builtin_countries_bytes};
    uint16_t n = 0;
    struct row row;
    while (next_row(&t, &row)) {
        CN_ASSERT(row.count == 4);
        if (is(row.field[0], "CN")) continue;
        struct line *line = &out[n++];
        *line =
            (struct line){.carrier = CARRIER_COUNT, .region = CN_NONE16, .at = point_at(&row, 2)};
        copy_country(row.field[0], line->country);
        copy_country(row.field[0], line->name);
        line->zone = is_near(line->country) ? ZONE_NEAR : ZONE_GLOBAL;
    }
    return n;
}

/* An address that no table knows has no place. It is ranked as if it stood in the middle of the
 * United States, the country with the most address space: the likeliest single guess, and outside
 * the mainland, since a guess must not send anybody there. Settings may map it elsewhere. */
static struct line unknown_line(void)
{
    return (struct line){.name = "unknown",
                         .zone = ZONE_UNKNOWN,
                         .carrier = CARRIER_COUNT,
                         .region = CN_NONE16,
                         .at = {38.90, -92.72}};
}

static bool make_lines(struct arena *a, struct topology_spec *spec,
                       const struct province p[REGIONS])
{
    struct tsv countries = {builtin_countries, builtin_countries + builtin_countries_bytes};
    size_t inside = (size_t)REGIONS * CARRIER_COUNT;
    struct line *lines = arena_get(a, inside + count_rows(countries) + 1, sizeof(lines[0]));
    if (lines == NULL) return false;
    mainland_lines(lines, p);
    size_t n = inside + country_lines(lines + inside);
    CN_ASSERT(n < TOPOLOGY_LINES_MAX);
    lines[n] = unknown_line();
    spec->lines = lines;
    spec->unknown_line = (uint16_t)n;
    spec->line_count = (uint16_t)(n + 1);
    return true;
}

bool builtin_spec(struct arena *a, struct topology_spec *spec)
{
    struct province p[REGIONS];
    read_provinces(p);
    struct region *regions = arena_get(a, REGIONS, sizeof(regions[0]));
    if (regions == NULL) return false;
    for (unsigned i = 0; i < REGIONS; i++) {
        regions[i] = p[i].region;
    }
    *spec = (struct topology_spec){.regions = regions,
                                   .region_count = REGIONS,
                                   .metric = METRIC_RTT,
                                   .rtt = rtt_model_default()};
    return make_pops(a, spec, p) && make_lines(a, spec, p);
}

/* The address table: sim/data/FORMAT.txt. */

enum { GEO_HEADER = 32, GEO_RECORD = 12, GEO_RECORDS_MAX = 4096 };

struct geo_file {
    uint32_t n4, n6, records, text_bytes;
    const uint8_t *start4, *start6, *record, *value4, *value6;
    const char *text;
};

static uint16_t load16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t load32(const uint8_t *p)
{
    return (uint32_t)load16(p) | (uint32_t)load16(p + 2) << 16;
}

static uint64_t load64(const uint8_t *p)
{
    return (uint64_t)load32(p) | (uint64_t)load32(p + 4) << 32;
}

static struct geo_file open_geo(void)
{
    struct geo_file g;
    CN_ASSERT(memcmp(builtin_geo, "CNEDGEO1", 8) == 0);
    g.n4 = load32(builtin_geo + 8);
    g.n6 = load32(builtin_geo + 12);
    g.records = load32(builtin_geo + 16);
    g.text_bytes = load32(builtin_geo + 20);
    g.start4 = builtin_geo + GEO_HEADER;
    g.start6 = g.start4 + 4 * (size_t)g.n4;
    g.record = g.start6 + 8 * (size_t)g.n6;
    g.value4 = g.record + GEO_RECORD * (size_t)g.records;
    g.value6 = g.value4 + 2 * (size_t)g.n4;
    const uint8_t *text = g.value6 + 2 * (size_t)g.n6;
    CN_ASSERT((size_t)(text - builtin_geo) + g.text_bytes == builtin_geo_bytes);
    CN_ASSERT(g.text_bytes > 0 && text[g.text_bytes - 1] == '\0');
    g.text = (const char *)text;
    return g;
}

/* A record's line in `t`. What has no country, special-purpose space ("ZZ") among it, is unknown.
 */
static uint16_t record_line(const struct geo_file *g, uint32_t record, const struct topology *t,
                            const struct province p[REGIONS])
{
    const uint8_t *r = g->record + GEO_RECORD * (size_t)record;
    struct field country = {(const char *)r, 2};
    struct field province = {(const char *)r + 2, r[2] == 0 ? 0 : 2};
    uint16_t isp = load16(r + 6);
    char name[LINE_NAME_MAX];
    if (country.at[0] == '\0' || is(country, "ZZ")) return t->unknown_line;
    if (is(country, "CN")) {
        CN_ASSERT(isp < g->text_bytes);
        struct field word = {g->text + isp, strlen(g->text + isp)};
        uint16_t region = province.len > 0 ? find_province(p, province) : REGION_UNKNOWN;
        region_line_name(name, p[region].region.name, carrier_of(word));
    } else {
        copy_country(country, name);
    }
    uint16_t line = topology_find_line(t, name);
    return line != CN_NONE16 ? line : t->unknown_line;
}

const struct prefix_table *builtin_prefixes(struct arena *a, const struct topology *t)
{
    struct geo_file g = open_geo();
    struct province p[REGIONS];
    uint16_t line[GEO_RECORDS_MAX];
    CN_ASSERT(g.records <= GEO_RECORDS_MAX);
    read_provinces(p);
    for (uint32_t i = 0; i < g.records; i++) {
        line[i] = record_line(&g, i, t, p);
    }
    struct prefix_writer w;
    if (!prefix_writer_init(&w, a, g.n4, g.n6)) return NULL;
    for (uint32_t i = 0; i < g.n4; i++) {
        uint16_t record = load16(g.value4 + 2 * (size_t)i);
        CN_ASSERT(record < g.records);
        prefix_writer_add4(&w, load32(g.start4 + 4 * (size_t)i), line[record]);
    }
    for (uint32_t i = 0; i < g.n6; i++) {
        uint16_t record = load16(g.value6 + 2 * (size_t)i);
        CN_ASSERT(record < g.records);
        prefix_writer_add6(&w, load64(g.start6 + 8 * (size_t)i), line[record]);
    }
    return prefix_writer_finish(&w);
}
