/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wecomctl.c - the administrator's command: which subcommand is meant, and help.
 *
 * It is built without Apache and needs no server; what a server has to tell it lies in the state
 * folder (settings.h).
 */
#include <stdio.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../base/crypto.h"
#include "accounts.h"

/* A group of subcommands. */
typedef struct group_t {
    const char *name;
    const char *summary;
    const wecom_ctl_command_t *commands;
} group_t;

static const group_t groups[] = {
    { "accounts", "accounts and their links with members of WeCom", wecom_accounts_commands },
};

#define GROUPS (sizeof(groups) / sizeof(groups[0]))

/* --- help ------------------------------------------------------------------------------------- */

static int help(void)
{
    apr_size_t i;

    puts("usage: wecomctl COMMAND ...\n");
    for (i = 0; i < GROUPS; i++) {
        printf("  %-12s %s\n", groups[i].name, groups[i].summary);
    }
    puts("\nwecomctl COMMAND --help shows more; --version shows the version.");
    return WECOM_CTL_GOOD;
}

static int help_group(const group_t *group)
{
    const wecom_ctl_command_t *command;

    printf("usage: wecomctl %s SUBCOMMAND ...\n\n", group->name);
    for (command = group->commands; command->name != NULL; command++) {
        printf("  %-9s %s\n", command->name, command->summary);
    }
    printf("\nwecomctl %s SUBCOMMAND --help shows its words and options.\n", group->name);
    return WECOM_CTL_GOOD;
}

static const char *usage_of(const group_t *group, const wecom_ctl_command_t *command,
                            apr_pool_t *pool)
{
    return apr_pstrcat(pool, "wecomctl ", group->name, " ", command->name,
                       *command->words != '\0' ? " " : "", command->words, NULL);
}

static int help_command(const group_t *group, const wecom_ctl_command_t *command,
                        apr_pool_t *pool)
{
    printf("usage: %s [OPTION...]\n\n%s\n\n", usage_of(group, command, pool), command->summary);
    if (command->more != NULL) {
        printf("%s\n", command->more);
    }
    wecom_options_explain(command->options, pool);
    return WECOM_CTL_GOOD;
}

/* --- which one -------------------------------------------------------------------------------- */

static const group_t *find_group(const char *name)
{
    apr_size_t i;

    for (i = 0; i < GROUPS; i++) {
        if (strcmp(groups[i].name, name) == 0) {
            return &groups[i];
        }
    }
    return NULL;
}

static const wecom_ctl_command_t *find_command(const group_t *group, const char *name)
{
    const wecom_ctl_command_t *command;

    for (command = group->commands; command->name != NULL; command++) {
        if (strcmp(command->name, name) == 0) {
            return command;
        }
    }
    return NULL;
}

static int run_command(wecom_ctl_t *ctl, const group_t *group,
                       const wecom_ctl_command_t *command)
{
    const char *unknown = wecom_options_unknown(&ctl->options, command->options);

    if (unknown != NULL) {
        return wecom_ctl_fail(WECOM_CTL_USAGE, "%s %s knows no --%s; --help shows its options",
                              group->name, command->name, unknown);
    }
    if (ctl->count < command->min || ctl->count > command->max) {
        return wecom_ctl_fail(WECOM_CTL_USAGE, "%s words: write %s",
                              ctl->count < command->min ? "too few" : "too many",
                              usage_of(group, command, ctl->pool));
    }
    return command->run(ctl);
}

static int run(wecom_ctl_t *ctl)
{
    const int wants_help = wecom_options_has(&ctl->options, WECOM_OPTION_HELP);
    const wecom_ctl_command_t *command;
    const group_t *group;

    if (wecom_options_has(&ctl->options, WECOM_OPTION_VERSION)) {
        puts("wecomctl (mod_auth_wecom) " WECOM_VERSION);
        return WECOM_CTL_GOOD;
    }
    if (ctl->count == 0) {
        return wants_help ? help()
                          : wecom_ctl_fail(WECOM_CTL_USAGE, "no command; --help shows them");
    }
    group = find_group(ctl->words[0]);
    if (group == NULL) {
        return wecom_ctl_fail(WECOM_CTL_USAGE, "%s is no command; --help shows them",
                              ctl->words[0]);
    }
    if (ctl->count == 1) {
        return wants_help ? help_group(group)
                          : wecom_ctl_fail(WECOM_CTL_USAGE, "no subcommand; wecomctl %s --help "
                                           "shows them", group->name);
    }
    command = find_command(group, ctl->words[1]);
    if (command == NULL) {
        return wecom_ctl_fail(WECOM_CTL_USAGE, "%s is no subcommand of %s; wecomctl %s --help "
                              "shows them", ctl->words[1], group->name, group->name);
    }
    if (wants_help) {
        return help_command(group, command, ctl->pool);
    }
    ctl->words += 2;
    ctl->count -= 2;
    return run_command(ctl, group, command);
}

static int start(int argc, const char *const *argv, apr_pool_t *pool)
{
    apr_array_header_t *words = apr_array_make(pool, 8, sizeof(const char *));
    const char *wrong;
    wecom_ctl_t ctl;
    int code;

    memset(&ctl, 0, sizeof(ctl));
    ctl.pool = pool;
    ctl.now = apr_time_sec(apr_time_now());
    wrong = wecom_options_parse(&ctl.options, words, argc - 1, argv + 1, pool);
    if (wrong != NULL) {
        return wecom_ctl_fail(WECOM_CTL_USAGE, "%s", wrong);
    }
    ctl.words = (const char *const *)(void *)words->elts;
    ctl.count = words->nelts;
    code = run(&ctl);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return wecom_ctl_fail(WECOM_CTL_UNUSABLE, "what is to be shown cannot be written; see "
                              "that there is space left");
    }
    return code;
}

int main(int argc, const char *const *argv)
{
    apr_pool_t *pool;
    int code;

    if (apr_app_initialize(&argc, &argv, NULL) != APR_SUCCESS
        || apr_pool_create(&pool, NULL) != APR_SUCCESS || wecom_crypto_start() != WECOM_OK) {
        return wecom_ctl_fail(WECOM_CTL_UNUSABLE, "the program cannot start here; see that there "
                              "is memory left");
    }
    code = start(argc, argv, pool);
    apr_pool_destroy(pool);
    apr_terminate();
    return code;
}
