/* SPDX-License-Identifier: Apache-2.0 */
/*
 * standalone.c - replays corpora through a fuzz target that any compiler has built.
 *
 * Each argument is a folder; all its files are replayed in the order of their names. A folder
 * that is missing or empty is a failure: a replay that replayed nothing has checked nothing, and
 * once passed for months because a path had changed.
 */
#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE (4 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *current = "(none)";

/* A demand that does not hold, or a wild pointer: say which input it was, then die of it. */
static void name_the_input(int number)
{
    static const char words[] = "died of ";
    ssize_t said = write(STDERR_FILENO, words, sizeof words - 1);

    said += write(STDERR_FILENO, current, strlen(current));
    said += write(STDERR_FILENO, "\n", 1);
    signal(number, SIG_DFL);
    raise(said >= 0 ? number : SIGKILL);
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* 1 when it was replayed. The input gets memory of exactly its own size, so that a sanitizer sees
 * a byte too far. */
static int replay(const char *path)
{
    struct stat info;
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    int done = 0;

    if (file == NULL || fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode)
        || info.st_size > MAX_FILE) {
        fprintf(stderr, "%s: not a file that can be replayed\n", path);
    }
    else {
        size_t size = (size_t)info.st_size;

        data = malloc(size > 0 ? size : 1);
        if (data != NULL && fread(data, 1, size, file) == size) {
            current = path;
            LLVMFuzzerTestOneInput(data, size);
            done = 1;
        }
    }
    free(data);
    if (file != NULL) {
        fclose(file);
    }
    return done;
}

/* How many files were replayed; -1 when one could not be. */
static int replay_folder(const char *folder)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, visible, alphasort);
    int done = 0;
    int i;

    if (n < 0) {
        fprintf(stderr, "%s: no such folder\n", folder);
        return -1;
    }
    for (i = 0; i < n; i++) {
        size_t size = strlen(folder) + strlen(entries[i]->d_name) + 2;
        char *path = malloc(size);

        if (path != NULL && done >= 0) {
            snprintf(path, size, "%s/%s", folder, entries[i]->d_name);
            done = replay(path) ? done + 1 : -1;
        }
        free(path);
        free(entries[i]);
    }
    free(entries);
    return done;
}

int main(int argc, char **argv)
{
    int total = 0;
    int failed = argc < 2;
    int i;

    signal(SIGABRT, name_the_input);
    signal(SIGSEGV, name_the_input);
    for (i = 1; i < argc; i++) {
        int n = replay_folder(argv[i]);

        if (n <= 0) {
            fprintf(stderr, "%s: nothing was replayed\n", argv[i]);
            failed = 1;
        }
        else {
            total += n;
        }
    }
    printf("%d inputs replayed\n", total);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
