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

/* Appends `dir` and `name` with a slash between, or the name alone when `dir` is "". */
static int append(struct cli_files *files, const char *dir, const char *name)
{
    size_t len = strlen(dir);
    bool slash = len > 0 && dir[len - 1] != '/';
    size_t size = len + strlen(name) + 2;
    struct cli_file *file = malloc(sizeof(*file) + size);
    if (file == NULL) return fail("file list");
    file->next = NULL;
    snprintf(file->name, size, "%s%s%s", dir, slash ? "/" : "", name);
    if (files->last != NULL) {
        files->last->next = file;
    } else {
        files->first = file;
    }
    files->last = file;
    files->count++;
    return CLI_OK;
}

static int is_json(const struct dirent *e)
{
    size_t len = strlen(e->d_name);
    return len > 5 && e->d_name[0] != '.' && strcmp(e->d_name + len - 5, ".json") == 0;
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
        if (code == CLI_OK) code = append(files, dir, entries[i]->d_name);
        free(entries[i]);
    }
    free((void *)entries);
    return code;
}

int cli_files_add(struct cli_files *files, const char *path)
{
    struct stat st;
    bool directory = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    return directory ? add_directory(files, path)
                     : append(files, "", path); /* loading tells more */
}

void cli_files_free(struct cli_files *files)
{
    while (files->first != NULL) {
        struct cli_file *next = files->first->next;
        free(files->first);
        files->first = next;
    }
    *files = (struct cli_files){0};
}
