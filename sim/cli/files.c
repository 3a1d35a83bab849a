/* SPDX-License-Identifier: MIT
 * files.c: FILE|DIR arguments. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cnedge/cli/cli.h"

static int fail(const char *path)
{
    fprintf(stderr, "cnedge: %s: %s\n", path, strerror(errno));
    return CLI_SYSTEM;
}

/* Takes ownership of `name`, also when it fails. */
static int append(struct cli_files *files, char *take_name)
{
    char **names = realloc(files->names, (files->count + 1) * sizeof(*names));
    if (names == NULL || take_name == NULL) {
        if (names != NULL) files->names = names;
        free(take_name);
        errno = ENOMEM;
        return fail("file list");
    }
    files->names = names;
    files->names[files->count++] = take_name;
    return CLI_OK;
}

static int is_json(const struct dirent *e)
{
    size_t len = strlen(e->d_name);
    return len > 5 && e->d_name[0] != '.' && strcmp(e->d_name + len - 5, ".json") == 0;
}

static char *joined(const char *dir, const char *name)
{
    size_t dir_len = strlen(dir);
    while (dir_len > 1 && dir[dir_len - 1] == '/') {
        dir_len--;
    }
    size_t size = dir_len + strlen(name) + 2;
    char *path = malloc(size);
    if (path != NULL) snprintf(path, size, "%.*s/%s", (int)dir_len, dir, name);
    return path;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name); /* not alphasort: it follows the locale */
}

static int add_directory(struct cli_files *files, const char *dir)
{
    struct dirent **entries;
    int n = scandir(dir, &entries, is_json, by_bytes);
    int code = CLI_OK;
    if (n < 0) return fail(dir);
    if (n == 0) {
        fprintf(stderr, "cnedge: %s: expected at least one .json file, found none\n", dir);
        code = CLI_SYSTEM;
    }
    for (int i = 0; i < n; i++) {
        if (code == CLI_OK) code = append(files, joined(dir, entries[i]->d_name));
        free(entries[i]);
    }
    free((void *)entries);
    return code;
}

int cli_files_add(struct cli_files *files, const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0) return fail(path);
    return S_ISDIR(st.st_mode) ? add_directory(files, path) : append(files, strdup(path));
}

void cli_files_free(struct cli_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        free(files->names[i]);
    }
    free((void *)files->names);
    *files = (struct cli_files){0};
}
