/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.h - the options of all subcommands, in one table, and the words between them.
 *
 * An option may stand before, between and behind the words; "--" ends the options. A value is the
 * next word, or follows a '='. Each subcommand says which options it knows (bits).
 */
#ifndef WECOM_CTL_OPTIONS_H
#define WECOM_CTL_OPTIONS_H

#include <apr_tables.h>

enum {
    WECOM_OPTION_HELP = 1 << 0,
    WECOM_OPTION_VERSION = 1 << 1,
    WECOM_OPTION_JSON = 1 << 2,
    WECOM_OPTION_DRIVER = 1 << 3,
    WECOM_OPTION_PARAMS = 1 << 4,
    WECOM_OPTION_PARAMS_FILE = 1 << 5,
    WECOM_OPTION_STATE_DIR = 1 << 6,
    WECOM_OPTION_SERVER = 1 << 7,
    WECOM_OPTION_DRY_RUN = 1 << 8,
    WECOM_OPTION_UPDATE = 1 << 9,
    WECOM_OPTION_SOURCE = 1 << 10,
    WECOM_OPTION_STATUS = 1 << 11,
    WECOM_OPTION_UNLINKED = 1 << 12,
    WECOM_OPTION_LIMIT = 1 << 13,
    WECOM_OPTION_MEMBER = 1 << 14,
    WECOM_OPTION_WITH_CASE = 1 << 15,
    WECOM_OPTION_ALL = 1 << 16,
    WECOM_OPTION_YES = 1 << 17
};

/* Those that every subcommand with a database knows. */
#define WECOM_OPTIONS_DATABASE                                                                   \
    (WECOM_OPTION_HELP | WECOM_OPTION_JSON | WECOM_OPTION_DRIVER | WECOM_OPTION_PARAMS           \
     | WECOM_OPTION_PARAMS_FILE | WECOM_OPTION_STATE_DIR | WECOM_OPTION_SERVER)

typedef struct wecom_options_t {
    unsigned int given;         /* bits */
    const char *driver;         /* values; NULL when not given */
    const char *params;
    const char *params_file;
    const char *state_dir;
    const char *server;
    const char *source;
    const char *status;
    const char *limit;
} wecom_options_t;

/* Sorts the arguments (without the program's own name) into options and words (const char *).
 * NULL, or a sentence that says what is wrong. */
const char *wecom_options_parse(wecom_options_t *options, apr_array_header_t *words, int argc,
                                const char *const *argv, apr_pool_t *pool);

/* Was this option given? */
int wecom_options_has(const wecom_options_t *options, unsigned int option);

/* The name of an option that was given and is not among the known ones; NULL: all are known. */
const char *wecom_options_unknown(const wecom_options_t *options, unsigned int known);

/* Lines for --help, of these options. */
void wecom_options_explain(unsigned int known, apr_pool_t *pool);

#endif
