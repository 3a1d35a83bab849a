/* SPDX-License-Identifier: MIT */
#include "values.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cnedge/base/addrtext.h"
#include "cnedge/base/dname.h"
#include "cnedge/base/timetext.h"
#include "cnedge/model/users.h"
#include "cnedge/scenario/scenario.h"
#include "cnedge/traffic/population.h"
#include "mmdb_record.h"
#include "times.h"

bool values_counted(const char *pattern, uint32_t number, char *out, size_t cap)
{
    const char *mark = strchr(pattern, '%');
    if (mark == NULL) return snprintf(out, cap, "%s", pattern) < (int)cap;
    const char *p = mark + 1;
    int width = 1;
    if (p[0] == '0' && p[1] >= '1' && p[1] <= '9') {
        width = p[1] - '0';
        p += 2;
    }
    if (*p != 'd' || strchr(p, '%') != NULL) return false;
    int n = snprintf(out, cap, "%.*s%0*" PRIu32 "%s", (int)(mark - pattern), pattern, width, number,
                     p + 1);
    return n > 0 && n < (int)cap;
}

/* --- what a text must be ---------------------------------------------------------------------- */

#define ALNUM    "[A-Za-z0-9]"
#define LABEL    "(" ALNUM "([A-Za-z0-9-]{0,61}" ALNUM ")?|_[A-Za-z0-9-]{0,61}" ALNUM ")"
#define LABELS   LABEL "([.]" LABEL ")*"
#define DURATION "([0-9]+(d|h|ms|m|us|s))+"
#define DATE     "[0-9]{4}-[0-9]{2}-[0-9]{2}"
#define CLOCK    "[0-9]{2}:[0-9]{2}"
#define INSTANT  DATE "T" CLOCK "(:[0-9]{2}([.][0-9]{1,9})?)?(Z|[+-]" CLOCK ")"
#define ID       "[a-z][a-z0-9_-]{0,62}"
#define WORD     "[a-z0-9][a-z0-9_-]*"
#define BYTE     "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
#define IPV4     BYTE "([.]" BYTE "){3}"
#define IPV6     "[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*"
#define LINE_REF "[a-z0-9_-]+(/[a-z0-9_-]+)*"
#define WHOLE(p) "^(" p ")$"

static bool chars(const char *text, const char *first, const char *rest)
{
    return *text != '\0' && strchr(first, *text) != NULL && text[strspn(text, rest)] == '\0';
}

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

static bool is_word(const char *text)
{
    return chars(text, LOWER DIGITS, LOWER DIGITS "_-");
}

static bool is_country(const char *text)
{
    return strlen(text) == 2 && chars(text, LOWER, LOWER);
}

static bool is_tld(const char *text)
{
    return chars(text, LOWER DIGITS, LOWER DIGITS "-");
}

/* Words parted by slashes; "*" is one. */
static bool is_line_pattern(const char *text)
{
    const char *word = LOWER DIGITS "_-*";
    do {
        size_t len = strspn(text, word);
        if (len == 0) return false;
        text += len;
    } while (*text++ == '/');
    return text[-1] == '\0';
}

static bool is_from(const char *text)
{
    return is_line_pattern(text + (*text == '!' ? 1 : 0));
}

static bool is_line_ref(const char *text)
{
    return is_line_pattern(text) && strchr(text, '*') == NULL;
}

/* "cn/PROVINCE/CARRIER", "CC", "CC/PART" or "unknown". */
static bool is_line_name(const char *text)
{
    char part[3][LINE_NAME_MAX] = {"", "", ""};
    int n = 0;
    if (strcmp(text, "unknown") == 0) return true;
    for (;; text++) {
        size_t len = strcspn(text, "/");
        if (n == 3 || len >= LINE_NAME_MAX) return false;
        memcpy(part[n++], text, len);
        if (!is_word(part[n - 1])) return false;
        text += len;
        if (*text == '\0') break;
    }
    if (!is_country(part[0])) return false;
    if (strcmp(part[0], "cn") != 0) return n <= 2;
    return n == 3 && carrier_find(part[2]) != CARRIER_COUNT;
}

static bool has_escape(const char *text)
{
    return strchr(text, '\\') != NULL;
}

/* A host name of at least `labels` labels. */
static bool is_hostname(const char *text, unsigned labels)
{
    uint8_t wire[DNAME_MAX];
    return !has_escape(text) && dname_from_text(text, wire) > 0 && dname_is_host(wire) &&
           dname_labels(wire) >= labels;
}

static bool is_domain(const char *text)
{
    return is_hostname(text, 2);
}

/* A domain with one "%d" or "%06d" in it. */
static bool is_counted_domain(const char *text)
{
    char one[DNAME_TEXT_MAX];
    return values_counted(text, 0, one, sizeof(one)) && strchr(text, '%') != NULL && is_domain(one);
}

static bool is_fqdn(const char *text)
{
    return is_hostname(text, 1);
}

static bool is_label(const char *text)
{
    size_t len = strlen(text);
    if (strcmp(text, "@") == 0 || strcmp(text, "*") == 0) return true;
    return is_fqdn(text + (strncmp(text, "*.", 2) == 0 ? 2 : 0)) && text[len - 1] != '.';
}

static bool is_routed(const char *text)
{
    return is_fqdn(text + (strncmp(text, "*.", 2) == 0 ? 2 : 0));
}

static bool is_asked(const char *text)
{
    if (strcmp(text, "*") == 0) return true;
    return is_fqdn(strncmp(text, "*.", 2) == 0 ? text + 2 : text);
}

static bool is_address(const char *text, bool v6)
{
    uint8_t bytes[16];
    bool is_six;
    return addrtext_read(text, bytes, &is_six) && is_six == v6;
}

static bool is_v4(const char *text)
{
    return is_address(text, false);
}

static bool is_v6(const char *text)
{
    return is_address(text, true);
}

static bool is_any_address(const char *text)
{
    return is_v4(text) || is_v6(text);
}

static bool is_prefix(const char *text)
{
    struct addr_prefix p;
    return addrtext_read_prefix(text, &p);
}

static bool is_stand(const char *text)
{
    return is_prefix(text) || is_line_ref(text);
}

/* Relative and inside the scenario's directory. */
static bool is_path(const char *text)
{
    if (*text == '\0' || *text == '/') return false;
    for (const char *part = text;; part++) {
        size_t len = strcspn(part, "/");
        if (len == 2 && memcmp(part, "..", 2) == 0) return false;
        part += len;
        if (*part == '\0') return true;
    }
}

/* Keys and indices, parted by dots. */
static bool is_field(const char *text)
{
    for (const char *part = text;; part++) {
        size_t len =
            strspn(part, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
        if (len == 0) return false;
        part += len;
        if (*part != '.') return *part == '\0';
    }
}

static bool is_field_value(const char *text)
{
    return *text != '\0' && strpbrk(text, "\r\n") == NULL;
}

static bool is_instant(const char *text)
{
    walltime t;
    return timetext_instant(text, &t);
}

static bool is_end(const char *text)
{
    simdur d;
    return is_instant(text) || (*text == '+' && timetext_duration(text + 1, strlen(text + 1), &d));
}

static bool is_time(const char *text)
{
    struct times t;
    return times_split(text, &t);
}

static bool is_date(const char *text)
{
    int32_t day;
    return timetext_day(text, &day);
}

/* Words parted by single spaces; "all" and "none" are words too. */
static bool is_provinces(const char *text)
{
    const char *word = LOWER DIGITS "_-";
    do {
        size_t len = strspn(text, word);
        if (len == 0 || strchr("_-", *text) != NULL) return false;
        text += len;
    } while (*text++ == ' ');
    return text[-1] == '\0';
}

static bool is_duration(const char *text)
{
    simdur d;
    return timetext_duration(text, strlen(text), &d);
}

static bool is_currency(const char *text)
{
    const char *capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return strlen(text) == 3 && chars(text, capitals, capitals);
}

static bool is_range(const char *text)
{
    struct duration_range r;
    return choices_read_range(text, &r);
}

/* X(type, reads, pattern, least, most bytes, what it is) */
#define TEXT(id_, fn, regex, least, most, what) HINTED(id_, fn, regex, least, most, NULL, what)
#define HINTED(id_, fn, regex, least, most, hints, what)                                           \
    const struct type values_##id_ = {.name = #id_,                                                \
                                      .shape = SHAPE_TEXT,                                         \
                                      .expected = (what),                                          \
                                      .reads = (fn),                                               \
                                      .pattern = (regex),                                          \
                                      .hint = (hints),                                             \
                                      .min = (least),                                              \
                                      .max = (most)};

TEXT(text, NULL, NULL, 0, FORMAT_TEXT_MAX, "a text")
TEXT(name, NULL, NULL, 1, FORMAT_NAME_MAX, "a text of 1..256 bytes")
TEXT(licence_number, NULL, NULL, 1, FORMAT_NAME_MAX, "a licence's number")
TEXT(city, NULL, NULL, 1, CITY_MAX - 1, "a text of 1..39 bytes")
TEXT(reason, NULL, NULL, 1, FORMAT_NAME_MAX, "a reason of 1..256 bytes")
TEXT(record, NULL, NULL, 1, 65535, "a record as in a master file, at most 65535 bytes")
TEXT(txt, NULL, NULL, 0, SPEC_TXT_BYTES_MAX, "a text of at most 255 bytes")
TEXT(id, times_is_id, WHOLE(ID), 1, FORMAT_ID_MAX,
     "an id of lower-case letters, digits, - and _, a letter first")
TEXT(event_id, times_is_event_id, "^(?!(start|end)$)" ID "$", 1, FORMAT_ID_MAX,
     "an id that is neither \"start\" nor \"end\" and does not end like an offset (\"-30s\")")
TEXT(pop_id, is_word, WHOLE(WORD), 1, POP_ID_MAX - 1,
     "a PoP's id of at most 15 lower-case letters, digits, - and _")
TEXT(country, is_country, "^[a-z]{2}$", 2, 2, "a country's two lower-case letters")
TEXT(province, is_word, WHOLE(WORD), 1, 31,
     "a province's name of at most 31 lower-case letters, digits, - and _")
TEXT(line_name, is_line_name, "^(unknown|cn/" WORD "/[a-z]+|(?!cn($|/))[a-z]{2}(/" WORD ")?)$", 2,
     LINE_NAME_MAX - 1, "a line's name such as \"cn/shanghai/telecom\", \"de\" or \"us/west\"")
TEXT(line_pattern, is_line_pattern, "^[a-z0-9_*-]+(/[a-z0-9_*-]+)*$", 1, LINE_NAME_MAX - 1,
     "a pattern of lines such as \"cn/*/telecom\"")
TEXT(line_ref, is_line_ref, WHOLE(LINE_REF), 1, LINE_NAME_MAX - 1, "a line's name")
HINTED(group, is_fqdn, "^" LABELS "[.]?$", 1, 254, hints_name, "the edge name, a host name")
TEXT(path, is_path, "^(?!/)(?!([^\\n]*/)?[.][.](/|$))", 1, 1024,
     "a relative path that stays below the scenario's directory")
TEXT(field, is_field, "^[A-Za-z0-9_-]+([.][A-Za-z0-9_-]+)*$", 1, MMDB_PATH_BYTES,
     "a field's path such as \"country.iso_code\" or \"subdivisions.0.iso_code\"")
TEXT(field_value, is_field_value, "^[^\\r\\n]+$", 1, MMDB_VALUE_MAX - 1,
     "a value of 1..255 bytes on one line")
TEXT(tld, is_tld, "^[a-z0-9][a-z0-9-]*$", 1, CHOICES_ITEM_MAX - 1,
     "a top-level domain in lower case, without dots")
TEXT(list_word, is_tld, "^[a-z0-9][a-z0-9-]*$", 1, CHOICES_ITEM_MAX - 1,
     "a word of lower-case letters, digits and -; a top-level domain as A-label, without dots")
HINTED(domain, is_domain, "^" LABEL "([.]" LABEL ")+[.]?$", 3, 254, hints_domain,
       "a domain name of two or more labels")
TEXT(counted_domain, is_counted_domain, "^[^%]*%(0[1-9])?d[^%]*$", 4, 254,
     "a domain name with one \"%d\" or \"%06d\" in it")
HINTED(label, is_label, "^(@|[*]|([*][.])?" LABELS ")$", 1, 253, hints_name,
       "a host's name within the site, such as \"www\", \"@\" for the domain itself, or \"*\"")
HINTED(routed, is_routed, "^([*][.])?" LABELS "[.]?$", 1, 256, hints_name,
       "a full host name, or \"*.\" and one")
HINTED(fqdn, is_fqdn, "^" LABELS "[.]?$", 1, 254, hints_name, "a full host name")
HINTED(asked, is_asked, "^([*]|([*][.])?" LABELS "[.]?)$", 1, 256, hints_name,
       "a full host name, \"*.\" and a domain, or \"*\"")
TEXT(v4, is_v4, WHOLE(IPV4), 7, 15, "an IPv4 address")
TEXT(v6, is_v6, WHOLE(IPV6), 2, 45, "an IPv6 address")
TEXT(address, is_any_address, "^(" IPV4 "|" IPV6 ")$", 2, 45, "an IPv4 or IPv6 address")
HINTED(prefix, is_prefix, "^(" IPV4 "|" IPV6 ")(/[0-9]{1,3})?$", 2, 49, hints_prefix,
       "an address, or a prefix such as \"192.0.2.0/24\" with nothing behind its length")
HINTED(stand, is_stand, "^(" LINE_REF "|(" IPV4 "|" IPV6 ")(/[0-9]{1,3})?)$", 1, LINE_NAME_MAX - 1,
       hints_prefix, "a line's name, an address or a prefix")
TEXT(from, is_from, "^!?[a-z0-9_*-]+(/[a-z0-9_*-]+)*$", 1, LINE_NAME_MAX,
     "a client's name or a pattern of lines such as \"cn/*/telecom\" or \"!cn\"")
HINTED(instant, is_instant, WHOLE(INSTANT), 1, 40, hints_instant, TIMETEXT_INSTANT_FORM)
HINTED(end, is_end, WHOLE(INSTANT "|[+]" DURATION), 1, 64, hints_time,
       "an instant or a duration since the start such as \"+2h\"")
HINTED(
    time, is_time, WHOLE(INSTANT "|[+]" DURATION "|" ID "([+-]" DURATION ")?"), 1, 128, hints_time,
    "a time: an instant, \"+20m\", \"start\", \"end\", or an event's id with or without an offset "
    "(\"revoked+30s\")")
TEXT(date, is_date, WHOLE(DATE), 10, 10, "a date such as \"2026-02-16\"")
TEXT(duration, is_duration, WHOLE(DURATION), 2, 64, "a duration such as \"90s\" or \"1h30m\"")
TEXT(currency, is_currency, "^[A-Z]{3}$", 3, 3, "a currency's three capital letters")
HINTED(range, is_range, WHOLE(DURATION "([.][.]" DURATION ")?|[0-9]+bd([.][.][0-9]+bd)?"), 1, 64,
       hints_duration,
       "a duration such as \"8h\" or \"3bd\", or a range of them such as \"7h..24h\"")

TEXT(rule_text, NULL, NULL, 1, FORMAT_NAME_MAX, "a text of 1..256 bytes")
TEXT(provinces, is_provinces, WHOLE("all|none|" WORD "( " WORD ")*"), 1, FORMAT_NAME_MAX,
     "\"all\", \"none\", or names of provinces parted by single spaces")

/* --- numbers, truth values, null -------------------------------------------------------------- */

#define INTEGER(id_, least, most)                                                                  \
    const struct type values_##id_ = {                                                             \
        .name = #id_, .shape = SHAPE_INTEGER, .min = (least), .max = (most)};

INTEGER(version, FORMAT_VERSION, FORMAT_VERSION)
INTEGER(seed, 0, INT64_C(9007199254740991)) /* 2^53 - 1: every JSON reader agrees on it */
INTEGER(access_count, 0, 32)
INTEGER(us, 0, 10000000)
INTEGER(ttl, 0, INT32_MAX) /* RFC 2181 section 8 */
INTEGER(row, 1, 32)
INTEGER(pct, 0, 100)
INTEGER(age, 1, 150)
INTEGER(changes, 0, INT32_MAX)
INTEGER(permille, 1, 1000)
INTEGER(share, 0, 1000)
INTEGER(port, 1, 65535)
INTEGER(package_mbps, PACKAGE_MBIT_MIN, PACKAGE_MBIT_MAX)
INTEGER(mbps, 0, 10000000)
INTEGER(minor, 0, MONEY_MINOR_MAX)
INTEGER(amount, 0, INT64_C(9007199254740991))
INTEGER(lasting_ttl, 1, EVENT_TTL_MAX_S)
INTEGER(rate, 1, POPULATION_RATE_MAX)
INTEGER(weight, 1, POPULATION_WEIGHT_MAX)
INTEGER(floor, 1, POPULATION_FLOOR_MAX_S)
INTEGER(extend, 1, POPULATION_EXTEND_MAX)
INTEGER(percent, 1, 100)
INTEGER(capacity, 1, SPEC_CAPACITY_MAX_MBPS)
INTEGER(generated, 1, SCENARIO_PORTFOLIO_SITES_MAX)
INTEGER(first, 0, SCENARIO_PORTFOLIO_SITES_MAX)
INTEGER(users, 0, USERS_MAX)
INTEGER(capacity_load, 0, INT32_MAX)

const struct type values_lat = {.name = "lat", .shape = SHAPE_DEGREES, .min = -90, .max = 90};
const struct type values_lon = {.name = "lon", .shape = SHAPE_DEGREES, .min = -180, .max = 180};
const struct type values_bool = {.name = "bool", .shape = SHAPE_BOOL};
const struct type values_true = {.name = "true", .shape = SHAPE_TRUE};
const struct type values_null = {.name = "null", .shape = SHAPE_NULL};
