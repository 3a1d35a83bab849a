/* SPDX-License-Identifier: MIT
 * Master files: how they are written, what they may include, and the limits, each at its edge. The
 * zone is shop.example; its files lie in a folder of their own. */
#define _GNU_SOURCE
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cnedge/zonefile/source.h"
#include "zones.h"

#define HEAD "$TTL 60\n@ SOA ns.test. h.test. 1 2 3 4 5\n@ NS ns.test.\n"

enum { PATH_MAX_HERE = 256 };

static struct {
    char dir[PATH_MAX_HERE];    /* holds "in", the scenario's folder, and "out" beside it */
    char folder[PATH_MAX_HERE]; /* "in" */
} group;

static void path_of(const char *name, char out[PATH_MAX_HERE])
{
    int n = snprintf(out, PATH_MAX_HERE, "%s/%s", group.folder, name);
    assert_in_range(n, 1, PATH_MAX_HERE - 1);
}

static void write_file(const char *name, const char *text)
{
    char path[PATH_MAX_HERE];
    path_of(name, path);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void read_zone(struct zones_made *m, const char *file)
{
    uint8_t wire[DNAME_MAX];
    struct zonefile z = {
        .folder = group.folder, .file = file, .report = zones_report, .owner = m, .apex = wire};
    zones_begin(m);
    assert_true(dname_from_text("shop.example", wire) > 0);
    m->zone = zonefile_read(&m->a, &m->scratch, &z);
    assert_int_equal(m->zone == NULL, m->problems > 0);
}

/* `want` is the beginning of the first problem, behind the folder's name; NULL: none. */
static void expect(const char *file, const char *want)
{
    struct zones_made m;
    read_zone(&m, file);
    const char *got = m.first;
    size_t len = strlen(group.folder);
    if (strncmp(got, group.folder, len) == 0) got += len + 1;
    if (want == NULL) {
        assert_string_equal(got, "");
    } else if (strncmp(got, want, strlen(want)) != 0) {
        assert_string_equal(got, want);
    }
    zones_end(&m);
}

static struct row {
    const char *name;
    const char *text;
    const char *want;
} rows[] = {
    {"RFC1035.5.1 plain", HEAD "www A 192.0.2.1\n", NULL},
    {"RFC1035.5.1 CRLF",
     "$TTL 60\r\n\r\n@ SOA ns.test. h.test. (\r\n 1 2 3 ; a comment\r\n 4 5 )\r\n"
     "\tNS ns.test.\r\nwww A 192.0.2.1\r\n\tTXT \"x\"\r\n",
     NULL},
    {"RFC1035.5.1 CRLF, line of a fault",
     "$TTL 60\r\n\r\n@ SOA ns.test. h.test. (\r\n1 2 3\r\n4 x)", "zone:3: expected"},
    {"RFC1035.5.1 tabs",
     "$TTL\t60\n@\tIN\tSOA\tns.test.\th.test.\t1\t2\t3\t4\t5\n\t\tNS\tns.test.\n", NULL},
    {"RFC1035.5.1 no newline at the end", HEAD "www A 192.0.2.1", NULL},
    {"RFC1035.5.1 @ in data", HEAD "www CNAME @\n", NULL},
    {"RFC1035.5.1 $ORIGIN", HEAD "$ORIGIN sub\nwww A 192.0.2.1\n$ORIGIN shop.example.\n", NULL},
    {"RFC2308.4 TTL of its own", "@ 60 SOA ns.test. h.test. 1 2 3 4 5\n@ 60 NS ns.test.\n", NULL},
    {"RFC2308.4 no TTL", "@ SOA ns.test. h.test. 1 2 3 4 5\n", "zone:1: expected a TTL, since"},
    {"RFC2308.4 TTL of the record before",
     "@ 60 SOA ns.test. h.test. 1 2 3 4 5\n@ NS ns.test.\nwww A 192.0.2.1\n", NULL},
    {"RFC1035.5.1 zero byte is told", HEAD "www TXT a\\000b\n", NULL},
    {"RFC1035.5.1 class CH", HEAD "www CH A 192.0.2.1\n",
     "zone:4: expected the class IN, got \"CH\""},
    {"RFC1035.5.1 $GENERATE", HEAD "$GENERATE 1-9 h$ A 192.0.2.$\n",
     "zone:4: expected $ORIGIN, $TTL or $INCLUDE, got \"$GENERATE\"; write the records out"},
    {"RFC1035.5.1 unknown directive", HEAD "$FOO x\n", "zone:4: expected $ORIGIN, $TTL or"},
    {"RFC1034.4.2 outside", HEAD "www.other.example. A 192.0.2.1\n",
     "zone:4: expected a name within the zone (\"www.other.example\", A)"},
    {"RFC1034.4.2 above", HEAD "example. A 192.0.2.1\n", "zone:4: expected a name within the zone"},
    {"RFC1034.3.6.2 CNAME and other", HEAD "www CNAME a\nwww A 192.0.2.1\n",
     "zone:5: expected no other record at a name that has a CNAME"},
    {"RFC2181.6.1 two SOA", HEAD "@ SOA ns.test. h.test. 2 2 3 4 5\n",
     "zone:4: expected one SOA record, got a second one (\"shop.example\", SOA); see"},
    {"RFC1035.5.2 no SOA", "$TTL 60\n@ NS ns.test.\n", "zone:0: expected a SOA record"},
    {"RFC1035.5.2 no NS", "$TTL 60\n@ SOA ns.test. h.test. 1 2 3 4 5\n",
     "zone:0: expected NS records"},
    {"RFC1035.5.2 empty", "", "zone:0: expected a SOA record"},
    {"two faults, both told", "$TTL 60\n@ SOA x\n@ FOO\n", "zone:2: expected"},
    /* $INCLUDE: confined to the folder */
    {"RFC1035.5.1 include", HEAD "$INCLUDE more\n", NULL},
    {"RFC1035.5.1 include with an origin", HEAD "$INCLUDE more sub\nwww A 192.0.2.2\n", NULL},
    {"RFC1035.5.1 include leaves the origin", HEAD "$INCLUDE origin\nwww CNAME @\n", NULL},
    {"RFC1035.5.1 include below", HEAD "$INCLUDE sub/beside\n", NULL},
    {"include: a fault there", HEAD "$INCLUDE bad\n", "bad:2: expected the type of a record"},
    {"include: ..", HEAD "$INCLUDE ../out/secret\n",
     "zone:4: expected a file within the scenario's folder, got a path that leaves it"},
    {"include: .. that stays within", HEAD "$INCLUDE sub/../more\n",
     "zone:4: expected a file within the scenario's folder, got a path that leaves it"},
    {"include: .. from below", HEAD "$INCLUDE sub/up\n",
     "sub/up:1: expected a file within the scenario's folder, got a path that leaves it"},
    {"include: dots that are a name", HEAD "$INCLUDE ..more\n", NULL},
    {"include: absolute", HEAD "$INCLUDE /etc/passwd\n",
     "zone:4: expected a file within the scenario's folder, got a path that leaves it"},
    {"include: a link within", HEAD "$INCLUDE link-in\n", NULL},
    {"include: a link out", HEAD "$INCLUDE link-out\n",
     "zone:4: expected a file within the scenario's folder, got a link that leaves it"},
    {"include: a folder that is a link out", HEAD "$INCLUDE folder-out/secret\n",
     "zone:4: expected a file within the scenario's folder, got a link that leaves it"},
    {"include: a folder beside whose name begins alike", HEAD "$INCLUDE link-beside\n",
     "zone:4: expected a file within the scenario's folder, got a link that leaves it"},
    {"include: a link to nothing", HEAD "$INCLUDE link-lost\n",
     "zone:4: expected a readable file, got No such file or directory"},
    {"include: links in a circle", HEAD "$INCLUDE link-circle\n",
     "zone:4: expected a readable file, got Too many levels of symbolic links"},
    {"include: a folder", HEAD "$INCLUDE sub\n", "zone:4: expected an ordinary file, got a folder"},
    {"include: a pipe", HEAD "$INCLUDE pipe\n",
     "zone:4: expected an ordinary file, got a device or a pipe"},
    {"include: itself", HEAD "$INCLUDE zone\n", "zone:4: expected no file behind $INCLUDE that is"},
    {"include: nothing", HEAD "$INCLUDE\n", "zone:4: expected a file and perhaps an origin"},
    {"include: too much", HEAD "$INCLUDE more a b\n", "zone:4: expected a file and perhaps an"},
    {"include: more than 64 MiB", HEAD "$INCLUDE large\n",
     "zone:4: expected a file of at most 64 MiB"},
};

static void reads(void **state)
{
    const struct row *row = *state;
    write_file("zone", row->text);
    expect("zone", row->want);
}

/* --- limits ----------------------------------------------------------------------------------- */

/* A zone of `count` files, each of which includes the next. */
static void deep(int count)
{
    char name[32];
    char text[128];
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "deep%d", i);
        snprintf(text, sizeof(text), "%s", i == 0 ? HEAD : "");
        size_t n = strlen(text);
        if (i + 1 < count) snprintf(text + n, sizeof(text) - n, "$INCLUDE deep%d\n", i + 1);
        write_file(name, text);
    }
}

static void depth(void **state)
{
    (void)state;
    deep(ZONEFILE_DEPTH_MAX);
    expect("deep0", NULL);
    deep(ZONEFILE_DEPTH_MAX + 1);
    expect("deep0", "deep7:1: expected at most 8 files that include each other");
}

static void many(int count)
{
    char path[PATH_MAX_HERE];
    path_of("many", path);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(HEAD, f);
    for (int i = 0; i < count; i++) {
        fprintf(f, "$INCLUDE more h%d\n", i);
    }
    assert_int_equal(fclose(f), 0);
}

static void includes(void **state)
{
    (void)state;
    many(ZONEFILE_INCLUDES_MAX);
    expect("many", NULL);
    many(ZONEFILE_INCLUDES_MAX + 2); /* told once */
    expect("many", "many:68: expected at most 64 $INCLUDE in a zone");
}

static void set_size(size_t last)
{
    enum { TEXT = 255, FULL = 223 }; /* 223 records of 12 + 1 + 255 bytes are 59764 */
    char path[PATH_MAX_HERE];
    path_of("set", path);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(HEAD, f);
    for (int i = 0; i < FULL; i++) {
        fprintf(f, "a TXT %0*d\n", TEXT, i);
    }
    fprintf(f, "a TXT %0*d\n", (int)last, 0);
    assert_int_equal(fclose(f), 0);
}

static void sets(void **state)
{
    (void)state;
    set_size(223);
    expect("set", NULL);
    set_size(224);
    expect("set", "set:"); /* at the record that is too much, in the order of data */
    struct zones_made m;
    read_zone(&m, "set");
    assert_non_null(
        strstr(m.first, "expected records of one name and type that fit in one message"));
    zones_end(&m);
}

static void place(void **state)
{
    (void)state;
    struct zones_made m;
    uint8_t wire[DNAME_MAX];
    char got[ZONEFILE_PLACE_MAX];
    char want[ZONEFILE_PLACE_MAX];
    write_file("zone", HEAD "$INCLUDE sub/beside\n$INCLUDE more sub\nwww (\nA\n192.0.2.1 )\n");
    read_zone(&m, "zone");
    assert_string_equal(m.first, "");
    static const struct {
        const char *name, *place;
    } cases[] = {{"leaf.shop.example", "sub/leaf:1"},
                 {"more.sub.shop.example", "more:1"},
                 {"www.shop.example", "zone:6"}};
    for (size_t i = 0; i < CN_ARRAY_LEN(cases); i++) {
        assert_true(dname_from_text(cases[i].name, wire) > 0);
        struct zone_found f = zone_find(m.zone, wire, RR_A);
        assert_int_equal(f.kind, ZONE_RECORDS);
        zonefile_place(m.zone, f.set->data, got);
        snprintf(want, sizeof(want), "%s/%s", group.folder, cases[i].place);
        assert_string_equal(got, want);
    }
    zones_end(&m);
}

static void words(void **state)
{
    (void)state;
    enum { HEAD_WORDS = 2 }; /* owner and type */
    for (int more = 0; more < 2; more++) {
        char path[PATH_MAX_HERE];
        path_of("words", path);
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fputs(HEAD "a TXT", f);
        for (int i = HEAD_WORDS; i < ZONEFILE_TOKENS_MAX + more; i++) {
            fputs(" x", f);
        }
        putc('\n', f);
        assert_int_equal(fclose(f), 0);
        expect("words", more ? "words:4: expected a record of at most 4096 words, got more" : NULL);
    }
}

/* --- the folder ------------------------------------------------------------------------------- */

static void link_to(const char *to, const char *name)
{
    char path[PATH_MAX_HERE];
    path_of(name, path);
    assert_int_equal(symlink(to, path), 0);
}

/* A snapshot is what the file was, whatever happens to the file; its zeros are kept. */
static void snapshot(void **state)
{
    enum { LEN = 200000, MAX = 300000 };
    static uint8_t bytes[LEN];
    static uint8_t got[LEN + 1];
    char path[PATH_MAX_HERE];
    char why[SOURCE_WHY_MAX];
    struct source_snapshot copy;
    (void)state;
    memset(bytes, 'a', 10);
    memset(bytes + 150000, 'b', 10);
    path_of("changing", path);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, LEN, f), LEN);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(source_snapshot(group.folder, "changing", LEN - 1, &copy, why), CN_E_LIMIT);
    assert_int_equal(source_snapshot(group.folder, "changing", LEN, &copy, why), CN_OK);
    assert_int_equal(truncate(path, 5), 0);
    f = fopen(copy.path, "rb");
    assert_non_null(f);
    assert_int_equal(fread(got, 1, LEN + 1, f), LEN);
    assert_memory_equal(got, bytes, LEN);
    assert_int_equal(fclose(f), 0);
    source_snapshot_close(&copy);
    assert_int_equal(source_snapshot(group.folder, "link-out", MAX, &copy, why), CN_E_INVALID);
    assert_int_equal(source_snapshot(group.folder, "pipe", MAX, &copy, why), CN_E_IO);
    assert_int_equal(source_snapshot(group.folder, "none", MAX, &copy, why), CN_E_IO);
    assert_int_equal(remove(path), 0);
}

static int set_up(void **state)
{
    char path[PATH_MAX_HERE];
    const char *tmp = getenv("TMPDIR");
    (void)state;
    snprintf(group.dir, sizeof(group.dir), "%.100s/cnedge-files-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(group.dir));
    static const char *const folders[] = {"in", "in/sub", "out", "in-beside"};
    for (size_t i = 0; i < CN_ARRAY_LEN(folders); i++) {
        snprintf(path, sizeof(path), "%.128s/%s", group.dir, folders[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    snprintf(group.folder, sizeof(group.folder), "%.128s/in", group.dir);
    write_file("../out/secret", "www A 192.0.2.1\n");
    write_file("../in-beside/secret", "www A 192.0.2.1\n");
    write_file("more", "more A 192.0.2.1\n");
    write_file("..more", "more A 192.0.2.1\n");
    write_file("origin", "$ORIGIN elsewhere\nmore A 192.0.2.1\n");
    write_file("bad", "a A 192.0.2.1\nb BOGUS\n");
    write_file("sub/beside", "$INCLUDE leaf\n");
    write_file("sub/leaf", "leaf A 192.0.2.1\n");
    write_file("sub/up", "$INCLUDE ../more\n");
    link_to("sub/leaf", "link-in");
    link_to("../out/secret", "link-out");
    link_to("../in-beside/secret", "link-beside");
    link_to("../out", "folder-out");
    link_to("nothing", "link-lost");
    link_to("link-circle", "link-circle");
    path_of("pipe", path);
    assert_int_equal(mkfifo(path, 0600), 0);
    write_file("large", "");
    path_of("large", path);
    assert_int_equal(truncate(path, ZONEFILE_BYTES_MAX + 1), 0);
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static int tear_down(void **state)
{
    (void)state;
    return nftw(group.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
    static const struct CMUnitTest limits[] = {cmocka_unit_test(depth), cmocka_unit_test(includes),
                                               cmocka_unit_test(sets),  cmocka_unit_test(words),
                                               cmocka_unit_test(place), cmocka_unit_test(snapshot)};
    struct CMUnitTest tests[CN_ARRAY_LEN(rows) + CN_ARRAY_LEN(limits)];
    TABLE_TESTS(tests, rows, reads);
    memcpy(tests + CN_ARRAY_LEN(rows), limits, sizeof(limits));
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
