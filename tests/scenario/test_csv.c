/* SPDX-License-Identifier: MIT
 * CSV files: what a text is read as. Fields are parted by '|', records by '/'; what is wrong stands
 * in their place as "(line:column message)". */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>

#include "../../sim/scenario/csv.h"
#include "cnedge/scenario/heap.h"
#include "test.h"

struct row {
    const char *name;
    const char *text;
    const char *want;
    size_t len; /* of text; 0: up to its NUL */
};

#define NUL_TEXT "a,b\n1,\0\n3,4\n"

#define MARK "expected a quotation mark only around a whole field (and doubled within it), got one"

#define BEHIND  "expected a comma or the end of the line behind the quoted field that begins at "
#define DOUBLED " (quotation marks in it are doubled)"

static struct row rows[] = {
    {"plain", "a,b\n1,2\n", "a|b/1|2/", 0},
    {"no line end at the end", "a,b\n1,2", "a|b/1|2/", 0},
    {"CR LF", "a,b\r\n1,2\r\n", "a|b/1|2/", 0},
    {"LF and CR LF in one file", "a,b\r\n1,2\n3,4\r\n", "a|b/1|2/3|4/", 0},
    {"nothing", "", "", 0},
    {"only a byte order mark", "\xEF\xBB\xBF", "", 0},
    {"only line ends", "\n\r\n\n", "", 0},
    {"byte order mark",
     "\xEF\xBB\xBF"
     "a,b\n1,2\n",
     "a|b/1|2/", 0},
    {"byte order mark and quotes",
     "\xEF\xBB\xBF"
     "\"a\",b\n",
     "a|b/", 0},
    {"a second byte order mark is text", "a\n\xEF\xBB\xBF\n", "a/\xEF\xBB\xBF/", 0},
    {"empty lines", "\na,b\n\n\r\n1,2\n\n", "a|b/1|2/", 0},
    {"empty fields", "a,b,c\n,,\n1,,3\n", "a|b|c/||/1||3/", 0},
    {"a trailing comma is a field", "a,b,\n1,2,\n", "a|b|/1|2|/", 0},
    {"a trailing comma at the end of the file", "a,b\n1,", "a|b/1|/", 0},
    {"spaces belong to fields", "a, b\n 1 ,2\n", "a| b/ 1 |2/", 0},
    {"quoted", "\"a\",\"b c\"\n\"1\",2\n", "a|b c/1|2/", 0},
    {"quoted and empty", "a,b\n\"\",\"\"\n", "a|b/|/", 0},
    {"quoted at the end of the file", "a\n\"1\"", "a/1/", 0},
    {"a comma in quotes", "a,b\n\"1,5\",2\n", "a|b/1,5|2/", 0},
    {"doubled quotation marks", "a\n\"say \"\"hi\"\"\"\n\"\"\"\"\n", "a/say \"hi\"/\"/", 0},
    {"a line end in quotes", "a,b\n\"1\n5\",2\nx,y\n", "a|b/1\n5|2/x|y/", 0},
    {"CR LF in quotes", "a,b\n\"1\r\n5\",2\n", "a|b/1\r\n5|2/", 0},
    {"UTF-8", "a,b\n沪ICP备1号,\"京\"\n", "a|b/沪ICP备1号|京/", 0},
    {"a quotation mark within a field", "a,b\n1\"2,3\nx,y\n", "a|b/(2:2 " MARK ")/x|y/", 0},
    {"text behind a quoted field", "a,b\n\"1\"2,3\nx,y\n",
     "a|b/(2:4 " BEHIND "2:1" DOUBLED ")/x|y/", 0},
    {"a mark behind a quoted field", "a,b\n\"1\" ,3\nx,y\n",
     "a|b/(2:4 " BEHIND "2:1" DOUBLED ")/x|y/", 0},
    {"a quotation mark whose end is missing, and one far below", "a,b\n1,\"2\nx,y\nx,\"z\"\n5,6\n",
     "a|b/(4:4 " BEHIND "2:3" DOUBLED ")/5|6/", 0},
    {"a quotation mark that nothing ends", "a,b\n1,\"2\nx,y\n",
     "a|b/(2:3 expected the quotation mark that ends this field, got the end of the file)/", 0},
    {"a carriage return within a line", "a,b\n1\r2,3\nx,y\n",
     "a|b/(2:2 expected a line feed behind the carriage return, got none)/x|y/", 0},
    {"a carriage return at the end of the file", "a,b\n1,2\r",
     "a|b/(2:4 expected a line feed behind the carriage return, got the end of the file)/", 0},
    {"old line ends", "a,b\r1,2\r",
     "(1:4 expected a line feed behind the carriage return, got none)/", 0},
    {"NUL", NUL_TEXT, "a|b/(2:3 expected text in UTF-8, got the byte 0x00)/3|4/",
     sizeof(NUL_TEXT) - 1},
    {"NUL in quotes", "a\n\"\0\"\n5\n", "a/(2:2 expected text in UTF-8, got the byte 0x00)/5/", 8},
    {"a byte that is no UTF-8", "a,b\n1,x\xFFz\nx,y\n",
     "a|b/(2:4 expected text in UTF-8, got the byte 0xff)/x|y/", 0},
    {"half a character", "a\n\"xy\xE6\xB2\"\nz\n",
     "a/(2:4 expected text in UTF-8, got the byte 0xe6)/z/", 0},
    {"no UTF-8 in the third line of a field", "a\n\"x\n\ny\xC0\xAF\"\nz\n",
     "a/(4:2 expected text in UTF-8, got the byte 0xc0)/z/", 0},
    {"too few fields", "a,b\n1\n3,4\n",
     "a|b/(2:1 expected 2 fields, as many as the first line has, got 1)/3|4/", 0},
    {"too many fields", "a\n1,2\n3\n",
     "a/(2:1 expected 1 field, as many as the first line has, got 2)/3/", 0},
    {"the line behind a field of several is told right", "a\n\"1\n2\"\nx,y\n",
     "a/1\n2/(4:1 expected 1 field, as many as the first line has, got 2)/", 0},
};

static void put(char *out, size_t cap, const char *text)
{
    size_t n = strlen(out);
    snprintf(out + n, cap - n, "%s", text);
}

static void put_record(char *out, size_t cap, const struct csv *c)
{
    for (size_t i = 0; i < c->count; i++) {
        assert_int_equal(strlen(c->field[i].text), c->field[i].len);
        if (i > 0) put(out, cap, "|");
        put(out, cap, c->field[i].text);
    }
}

/* Reads a file whole; `out` may be as long as the file. */
static void read_all(FILE *file, char *out, size_t cap)
{
    struct heap heap;
    struct arena a;
    struct csv *c = test_malloc(sizeof(*c));
    enum csv_result got;
    heap_init(&heap, &a);
    assert_true(csv_init(c, &a, file));
    out[0] = '\0';
    while ((got = csv_next(c)) != CSV_END) {
        char why[DIAG_TEXT_MAX + 64];
        if (got == CSV_RECORD) put_record(out, cap, c);
        if (got == CSV_ERROR) {
            snprintf(why, sizeof(why), "(%d:%d %s)", c->why.line, c->why.column, c->why.text);
            put(out, cap, why);
        }
        put(out, cap, "/");
    }
    assert_false(c->feed.failed);
    test_free(c);
    heap_free(&heap);
    fclose(file);
}

static void reads(void **state)
{
    const struct row *row = *state;
    char out[1024];
    char text[256];
    size_t len = row->len > 0 ? row->len : strlen(row->text);
    memcpy(text, row->text, len);
    read_all(len > 0 ? fmemopen(text, len, "rb") : tmpfile(), out, sizeof(out));
    assert_string_equal(out, row->want);
}

/* --- limits, and the window that moves over the file -------------------------------------------
 */

static FILE *file_of(const char *head, size_t count, char c, const char *tail)
{
    FILE *f = tmpfile();
    assert_non_null(f);
    fputs(head, f);
    for (size_t i = 0; i < count; i++) {
        fputc(c, f);
    }
    fputs(tail, f);
    rewind(f);
    return f;
}

/* A record of exactly FEED_LINE_MAX bytes, line end included, is read; one byte more is not. */
static void longest_record(void **state)
{
    static char out[2 * FEED_LINE_MAX];
    (void)state;
    read_all(file_of("a,b\n", FEED_LINE_MAX - 3, 'x', ",y\nc,d\n"), out, sizeof(out));
    assert_int_equal(strlen(out), 4 + (FEED_LINE_MAX - 3) + 3 + 4);
    assert_string_equal(out + strlen(out) - 7, &"x|y/c|d/"[1]);
    read_all(file_of("a,b\n", FEED_LINE_MAX - 2, 'x', ",y\nc,d\n"), out, sizeof(out));
    assert_string_equal(out, "a|b/(2:1 expected at most 65536 bytes in a record, got more)/c|d/");
    read_all(file_of("a,b\n\"", 10 * FEED_LINE_MAX, 'x', "\",y\nc,d\n"), out, sizeof(out));
    assert_string_equal(out, "a|b/(2:1 expected at most 65536 bytes in a record, got more)/c|d/");
}

static void most_columns(void **state)
{
    char out[1024];
    (void)state;
    read_all(file_of("", CSV_COLUMNS_MAX - 1, ',', "\n"), out, sizeof(out));
    assert_int_equal(strlen(out), CSV_COLUMNS_MAX - 1 + 1);
    read_all(file_of("", CSV_COLUMNS_MAX, ',', "\nx\n"), out, sizeof(out));
    assert_string_equal(out, "(1:129 expected at most 128 columns, got more)/x/");
}

/* Records of all lengths meet the end of the window everywhere; each is read as it was written. */
static void over_the_window(void **state)
{
    enum { RECORDS = 20000 };
    struct heap heap;
    struct arena a;
    struct csv *c = test_malloc(sizeof(*c));
    FILE *f = tmpfile();
    (void)state;
    heap_init(&heap, &a);
    for (int i = 0; i < RECORDS; i++) {
        fprintf(f, "%d,\"x\"\"%*s\r\n\",%d%s", i, i % 97, "", i * 3, i % 2 == 0 ? "\r\n" : "\n");
    }
    rewind(f);
    assert_true(csv_init(c, &a, f));
    for (int i = 0; i < RECORDS; i++) {
        char want[256];
        assert_int_equal(csv_next(c), CSV_RECORD);
        assert_int_equal(c->count, 3);
        assert_int_equal(c->row, 1 + 2 * i);
        snprintf(want, sizeof(want), "%d", i);
        assert_string_equal(c->field[0].text, want);
        snprintf(want, sizeof(want), "x\"%*s\r\n", i % 97, "");
        assert_string_equal(c->field[1].text, want);
        snprintf(want, sizeof(want), "%d", i * 3);
        assert_string_equal(c->field[2].text, want);
    }
    assert_int_equal(csv_next(c), CSV_END);
    test_free(c);
    heap_free(&heap);
    fclose(f);
}

/* A missing quotation mark was told as a record that is too long, at its start. */
static void open_quote_in_a_long_file(void **state)
{
    char out[1024];
    (void)state;
    read_all(file_of("a,b\n1,\"w,\n3,4\n", FEED_LINE_MAX, '\n', "c,d\n"), out, sizeof(out));
    assert_string_equal(out,
                        "a|b/(2:3 expected the quotation mark that ends this field (at most 65536 "
                        "bytes in a record), got none)/3|4/c|d/");
    read_all(file_of("a,b\n1,\"w,\n3,4\n", FEED_LINE_MAX, '\n', "c,\"d\"\n"), out, sizeof(out));
    assert_string_equal(out,
                        "a|b/(2:3 expected the quotation mark that ends this field (at most 65536 "
                        "bytes in a record), got none)/3|4/c|d/");
}

/* A record is found again by its offset. */
static void found_again(void **state)
{
    struct heap heap;
    struct arena a;
    struct csv *c = test_malloc(sizeof(*c));
    FILE *f = file_of("a,b\n1,2\n", 300000, '\n', "3,4\n5,6\n");
    (void)state;
    heap_init(&heap, &a);
    assert_true(csv_init(c, &a, f));
    assert_int_equal(csv_next(c), CSV_RECORD);
    assert_int_equal(csv_next(c), CSV_RECORD);
    int64_t first = c->offset;
    assert_int_equal(csv_next(c), CSV_RECORD);
    int64_t second = c->offset;
    assert_int_equal(c->row, 300003);
    assert_true(feed_seek(&c->feed, second));
    assert_int_equal(csv_next(c), CSV_RECORD);
    assert_string_equal(c->field[0].text, "3");
    assert_true(feed_seek(&c->feed, first));
    assert_int_equal(csv_next(c), CSV_RECORD);
    assert_string_equal(c->field[1].text, "2");
    test_free(c);
    heap_free(&heap);
    fclose(f);
}

int main(void)
{
    struct CMUnitTest tests[CN_ARRAY_LEN(rows)];
    const struct CMUnitTest more[] = {
        cmocka_unit_test(longest_record), cmocka_unit_test(most_columns),
        cmocka_unit_test(over_the_window), cmocka_unit_test(found_again),
        cmocka_unit_test(open_quote_in_a_long_file)};
    TABLE_TESTS(tests, rows, reads)
    return cmocka_run_group_tests(tests, NULL, NULL) + cmocka_run_group_tests(more, NULL, NULL);
}
