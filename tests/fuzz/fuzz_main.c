/* SPDX-License-Identifier: MIT
 * Runs a fuzz entry point over every file of the corpus directories it is given, so that each
 * ordinary build replays what the fuzzer once found. Each input lies in a heap block of exactly
 * its size: a read past the end is seen by ASan and valgrind. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_MAX = 1 << 20, PATH_SIZE = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads `path` and runs it. Returns 0, or -1 after a message. */
static int run_file(const char *path)
{
    static uint8_t buf[INPUT_MAX + 1]; /* one more byte shows that a file is too long */
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return -1;
    }
    size_t size = fread(buf, 1, sizeof(buf), f);
    int failed = ferror(f);
    fclose(f);
    if (failed || size > INPUT_MAX) {
        fprintf(stderr, "%s: %s\n", path, failed ? "read error" : "over 1 MiB");
        return -1;
    }
    uint8_t *data = malloc(size != 0 ? size : 1);
    if (data == NULL) return -1;
    memcpy(data, buf, size);
    fprintf(stderr, "%s (%zu bytes)\n", path, size); /* the last line before a crash names it */
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 0;
}

/* Runs every file in `dir_path`. Returns how many, or -1 after a message. */
static int run_dir(const char *dir_path)
{
    DIR *dir = opendir(dir_path);
    if (dir == NULL) {
        fprintf(stderr, "%s: %s\n", dir_path, strerror(errno));
        return -1;
    }
    int files = 0;
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] == '.') continue;
        char path[PATH_SIZE];
        int n = snprintf(path, sizeof(path), "%s/%s", dir_path, e->d_name);
        if (n < 0 || n >= PATH_SIZE || run_file(path) != 0) {
            files = -1;
            break;
        }
        files++;
    }
    closedir(dir);
    return files;
}

int main(int argc, char **argv)
{
    int total = 0;
    for (int i = 1; i < argc; i++) {
        int files = run_dir(argv[i]);
        if (files < 0) return 2;
        total += files;
    }
    printf("%d corpus files\n", total);
    return total > 0 ? 0 : 1; /* an empty corpus proves nothing */
}
