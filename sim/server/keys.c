/* SPDX-License-Identifier: MIT
 * keys.c: the file of --transfer-keys. */
#define _POSIX_C_SOURCE 200809L
#include "cnedge/server/keys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { LINE_BYTES = 2048, FIELDS = 4 };

static int digit_of(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *p = c != '\0' ? strchr(digits, c) : NULL;
    return p != NULL ? (int)(p - digits) : -1;
}

/* RFC 4648 section 4, to the letter: padded, and no bit left over. 0: it is not that. */
static size_t read_base64(const char *text, uint8_t *out, size_t cap)
{
    size_t len = strlen(text);
    size_t pad = len >= 2 && text[len - 1] == '=' ? 1U + (text[len - 2] == '=') : 0;
    size_t n = 0;
    uint32_t bits = 0;
    if (len == 0 || len % 4 != 0) return 0;
    for (size_t i = 0; i < len; i++) {
        int d = i < len - pad ? digit_of(text[i]) : 0;
        if (d < 0) return 0;
        bits = bits << 6 | (uint32_t)d;
        if (i % 4 != 3) continue;
        for (int shift = 16; shift >= 0; shift -= 8) {
            bool padding = i == len - 1 && shift < (int)pad * 8;
            uint8_t byte = (uint8_t)(bits >> shift);
            if (padding ? byte != 0 : n == cap) return 0;
            if (!padding) out[n++] = byte;
        }
        bits = 0;
    }
    return n;
}

static const char *read_key(char *line, struct server_key *k)
{
    char *field[FIELDS];
    char *save = NULL;
    char *p = strtok_r(line, " \t\r\n", &save);
    for (int i = 0; i < FIELDS; i++) {
        if (p == NULL) return "expected NAME hmac-sha256 SECRET LINE";
        field[i] = p;
        p = strtok_r(NULL, " \t\r\n", &save);
    }
    if (p != NULL) return "expected NAME hmac-sha256 SECRET LINE";
    if (dname_from_text(field[0], k->name) == 0) return "expected a domain name as the key's name";
    if (strcmp(field[1], "hmac-sha256") != 0) return "expected the algorithm hmac-sha256";
    k->secret_len = read_base64(field[2], k->secret, sizeof(k->secret));
    if (k->secret_len < KEYS_SECRET_MIN) return "expected a secret of 16 to 64 bytes in base64";
    if (strlen(field[3]) >= sizeof(k->line)) return "expected a line's name";
    snprintf(k->line, sizeof(k->line), "%s", field[3]);
    return NULL;
}

static bool is_known(const struct server_keys *keys, const struct server_key *k)
{
    for (size_t i = 0; i < keys->count; i++) {
        if (dname_equal(keys->key[i].name, k->name)) return true;
    }
    return false;
}

static const char *read_lines(FILE *f, struct server_keys *out, unsigned *line_no)
{
    char line[LINE_BYTES];
    for (*line_no = 1; fgets(line, sizeof(line), f) != NULL; ++*line_no) {
        size_t blank = strspn(line, " \t\r\n");
        if (line[blank] == '\0' || line[blank] == '#') continue;
        if (strchr(line, '\n') == NULL && !feof(f)) return "expected a shorter line";
        if (out->count == KEYS_MAX) return "expected at most 16 keys";
        struct server_key *k = &out->key[out->count];
        const char *why = read_key(line, k);
        if (why == NULL && is_known(out, k)) why = "expected another name: a key has that already";
        if (why != NULL) return why;
        out->count++;
    }
    return ferror(f) != 0 ? strerror(errno) : NULL;
}

bool keys_read(const char *path, struct server_keys *out, char why[KEYS_WHY_MAX])
{
    struct stat st;
    unsigned line = 0;
    FILE *f = fopen(path, "r");
    if (f == NULL || fstat(fileno(f), &st) != 0) {
        snprintf(why, KEYS_WHY_MAX, "%s: %s", path, strerror(errno));
        if (f != NULL) fclose(f);
        return false;
    }
    bool open = (st.st_mode & (S_IRWXG | S_IRWXO)) != 0;
    const char *bad = open ? "expected a file that others cannot read or write (chmod 600)"
                           : read_lines(f, out, &line);
    if (bad == NULL && out->count == 0) bad = "expected at least one key";
    fclose(f);
    if (bad != NULL) snprintf(why, KEYS_WHY_MAX, "%s:%u: %s", path, line, bad);
    return bad == NULL;
}
