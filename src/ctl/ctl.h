/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctl.h - what all subcommands of wecomctl have in common: exit codes, sentences, the call.
 *
 * A subcommand is a function of one wecom_ctl_t that returns an exit code. What it has to say goes
 * to stdout, and with --json as one JSON document; what went wrong is one sentence on stderr that
 * says what to do instead.
 */
#ifndef WECOM_CTL_CTL_H
#define WECOM_CTL_CTL_H

#include <apr_tables.h>
#include <apr_time.h>

#include "options.h"

/* Exit codes; scripts rely on them. */
enum {
    WECOM_CTL_GOOD = 0,
    WECOM_CTL_REFUSED = 1,      /* not found, or not done for a reason that lies in what is there */
    WECOM_CTL_USAGE = 2,        /* the command line */
    WECOM_CTL_UNUSABLE = 3      /* the database or a file cannot be used */
};

typedef struct wecom_ctl_t {
    apr_pool_t *pool;
    wecom_options_t options;
    const char *const *words;   /* behind the names of the subcommands */
    int count;
    apr_int64_t now;            /* seconds, when the program was started */
} wecom_ctl_t;

/* A subcommand, with its words and options. A table of them ends with a row without name. */
typedef struct wecom_ctl_command_t {
    const char *name;
    const char *words;          /* as usage shows them */
    int min;                    /* how many words */
    int max;
    unsigned int options;       /* those it knows; bits */
    const char *summary;        /* one line */
    const char *more;           /* for --help; NULL: nothing */
    int (*run)(const wecom_ctl_t *ctl);
} wecom_ctl_command_t;

/* "wecomctl: <sentence>" on stderr; control bytes in it are made harmless. Returns code. */
int wecom_ctl_fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same for what is no failure. */
void wecom_ctl_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What is in a file, with a NUL behind it. 0, or why not (errno; EFBIG beyond max). */
int wecom_ctl_read_file(const char **text, apr_size_t *len, const char *path, apr_size_t max,
                        apr_pool_t *pool);

/* The words of an errno. */
const char *wecom_ctl_because(int error, apr_pool_t *pool);

/* A time in seconds as ISO 8601 in UTC; "never" for 0. */
const char *wecom_ctl_time(apr_int64_t seconds, apr_pool_t *pool);

/* For a terminal: no control bytes. NULL is "". */
const char *wecom_ctl_plain(const char *text, apr_pool_t *pool);

#endif
