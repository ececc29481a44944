/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - see options.h. */

#include "options.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

typedef struct option_t {
    const char *name;
    unsigned int bit;
    int at;                 /* where the value goes in wecom_options_t; 0: it takes none */
    const char *value;      /* what the value is called */
    const char *help;
} option_t;

#define AT(field) (int)offsetof(wecom_options_t, field)

static const option_t table[] = {
    { "dry-run", WECOM_OPTION_DRY_RUN, 0, NULL, "judge everything, write nothing" },
    { "update", WECOM_OPTION_UPDATE, 0, NULL, "change accounts that are there already" },
    { "source", WECOM_OPTION_SOURCE, AT(source), "ID", "with a link in this source" },
    { "status", WECOM_OPTION_STATUS, AT(status), "STATUS", "active, locked or disabled" },
    { "unlinked", WECOM_OPTION_UNLINKED, 0, NULL, "without a link (with --source: in it)" },
    { "limit", WECOM_OPTION_LIMIT, AT(limit), "N", "no more than N accounts" },
    { "member", WECOM_OPTION_MEMBER, 0, NULL, "the words are SOURCE and USERID" },
    { "with-case", WECOM_OPTION_WITH_CASE, 0, NULL,
      "the case of USERID counts (WeComProxyDeveloped)" },
    { "all", WECOM_OPTION_ALL, 0, NULL, "the links in all sources" },
    { "yes", WECOM_OPTION_YES, 0, NULL, "do not ask" },
    { "json", WECOM_OPTION_JSON, 0, NULL, "answer in JSON" },
    { "driver", WECOM_OPTION_DRIVER, AT(driver), "NAME", "sqlite3, pgsql or mysql" },
    { "params", WECOM_OPTION_PARAMS, AT(params), "TEXT", "the database, as in DBDParams" },
    { "params-file", WECOM_OPTION_PARAMS_FILE, AT(params_file), "FILE",
      "a file with these params" },
    { "state-dir", WECOM_OPTION_STATE_DIR, AT(state_dir), "FOLDER",
      "where the server keeps its state (WeComStateDir)" },
    { "server", WECOM_OPTION_SERVER, AT(server), "URL", "which server, by its WeComPublicURL" },
    { "help", WECOM_OPTION_HELP, 0, NULL, "this help" },
    { "version", WECOM_OPTION_VERSION, 0, NULL, "the version of the program" },
};

#define COUNT (sizeof(table) / sizeof(table[0]))

static const option_t *find(const char *name, apr_size_t len)
{
    apr_size_t i;

    for (i = 0; i < COUNT; i++) {
        if (strlen(table[i].name) == len && memcmp(table[i].name, name, len) == 0) {
            return &table[i];
        }
    }
    return NULL;
}

/* One option at argv[*i], which moves on to its value. */
static const char *take(wecom_options_t *options, int *i, int argc, const char *const *argv,
                        apr_pool_t *pool)
{
    const char *name = argv[*i] + 2;
    const char *equals = strchr(name, '=');
    const option_t *option;

    if (strcmp(argv[*i], "-h") == 0) {
        options->given |= WECOM_OPTION_HELP;
        return NULL;
    }
    option = argv[*i][1] == '-'
             ? find(name, equals != NULL ? (apr_size_t)(equals - name) : strlen(name)) : NULL;
    if (option == NULL) {
        return apr_psprintf(pool, "%s is no option; --help shows them", argv[*i]);
    }
    if (option->at == 0 && equals != NULL) {
        return apr_psprintf(pool, "--%s takes no value; leave out what follows the '='",
                            option->name);
    }
    if ((options->given & option->bit) != 0 && option->at != 0) {
        return apr_psprintf(pool, "--%s stands there twice; give it once", option->name);
    }
    options->given |= option->bit;
    if (option->at != 0) {
        if (equals == NULL && *i + 1 >= argc) {
            return apr_psprintf(pool, "--%s needs a value: --%s %s", option->name, option->name,
                                option->value);
        }
        *(const char **)((char *)options + option->at) = equals != NULL ? equals + 1
                                                                        : argv[++*i];
    }
    return NULL;
}

const char *wecom_options_parse(wecom_options_t *options, apr_array_header_t *words, int argc,
                                const char *const *argv, apr_pool_t *pool)
{
    const char *wrong = NULL;
    int only_words = 0;
    int i;

    memset(options, 0, sizeof(*options));
    for (i = 0; i < argc && wrong == NULL; i++) {
        if (only_words || argv[i][0] != '-' || argv[i][1] == '\0') {
            APR_ARRAY_PUSH(words, const char *) = argv[i];
        }
        else if (strcmp(argv[i], "--") == 0) {
            only_words = 1;
        }
        else {
            wrong = take(options, &i, argc, argv, pool);
        }
    }
    return wrong;
}

int wecom_options_has(const wecom_options_t *options, unsigned int option)
{
    return (options->given & option) != 0;
}

const char *wecom_options_unknown(const wecom_options_t *options, unsigned int known)
{
    apr_size_t i;

    for (i = 0; i < COUNT; i++) {
        if ((options->given & table[i].bit & ~known) != 0) {
            return table[i].name;
        }
    }
    return NULL;
}

void wecom_options_explain(unsigned int known, apr_pool_t *pool)
{
    apr_size_t i;

    for (i = 0; i < COUNT; i++) {
        if ((known & table[i].bit) != 0) {
            const char *name = apr_pstrcat(pool, table[i].name,
                                           table[i].value != NULL ? " " : NULL, table[i].value,
                                           NULL);

            printf("  --%-20s %s\n", name, table[i].help);
        }
    }
}
