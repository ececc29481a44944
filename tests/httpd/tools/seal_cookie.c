/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seal_cookie.c - a test tool: cookies that no browser could get by itself.
 *
 * Tests against a real server need cookies that are old, of the future, of another key or of
 * another site, and cannot wait hours for them. The tool seals with the library that the module
 * is made of:
 *
 *     seal_cookie ticket|pending key=FILE[,FILE...] url=URL [name=value...]
 *
 * and prints the cookie's name, a blank and its value; for a pending login a blank and its state.
 * `form` in place of the kind seals body= as a form that was kept at issued=, and prints its state
 * and its box. `open` in place of the kind reads value= as a ticket of this key and URL, and prints issued,
 * seen, the number of the key that opened it, and source/userid.
 * Times are seconds since 1970. Without a value: endpoint=/wecom userid=zhangwei source=acme
 * target=/ allowed= flags=0 mark=0, and the present moment for issued, seen and checked.
 * Of a ticket: name=TEXT account=TEXT departments=2*,3 (a star: leads it) main=ID, and any number of
 * field=NAME=VALUE.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_file_io.h>
#include <apr_general.h>
#include <apr_strings.h>

#include "auth/keep.h"
#include "auth/source.h"
#include "auth/state.h"
#include "auth/ticket.h"

/* As the module derives its rings from the crypto keys. */
#define LABEL_TICKET "mod_auth_wecom ticket"
#define LABEL_STATE  "mod_auth_wecom state"
#define LABEL_FORM   "mod_auth_wecom form"

typedef struct job_t {
    const apr_array_header_t *arguments;   /* const char *: "name=value" */
    wecom_site_t *site;
    apr_int64_t now;
    apr_pool_t *pool;
} job_t;

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "seal_cookie: %s: %s\n", what, why);
    exit(2);
}

/* The value of an argument, or fallback. */
static const char *text_of(const job_t *job, const char *name, const char *fallback)
{
    apr_size_t len = strlen(name);
    int i;

    for (i = 0; i < job->arguments->nelts; i++) {
        const char *argument = APR_ARRAY_IDX(job->arguments, i, const char *);

        if (strncmp(argument, name, len) == 0 && argument[len] == '=') {
            return argument + len + 1;
        }
    }
    if (fallback == NULL) {
        give_up(name, "is missing");
    }
    return fallback;
}

static apr_int64_t number_of(const job_t *job, const char *name, apr_int64_t fallback)
{
    const char *text = text_of(job, name, "");
    apr_int64_t number = fallback;

    if (*text != '\0'
        && wecom_text_number(&number, text, 0, APR_INT64_C(9000000000)) != WECOM_OK) {
        give_up(name, "is no number of seconds");
    }
    return number;
}

static const unsigned char *read_key(const char *path, apr_pool_t *pool)
{
    unsigned char *key = apr_palloc(pool, WECOM_KEY_BYTES);
    apr_file_t *file;

    if (apr_file_open(&file, path, APR_FOPEN_READ, APR_OS_DEFAULT, pool) != APR_SUCCESS
        || apr_file_read_full(file, key, WECOM_KEY_BYTES, NULL) != APR_SUCCESS) {
        give_up(path, "is no key file");
    }
    apr_file_close(file);
    return key;
}

static wecom_keyring_t *ring_of(const job_t *job, const char *label)
{
    const unsigned char *keys[WECOM_MAX_KEYS];
    char *paths = apr_pstrdup(job->pool, text_of(job, "key", NULL));
    wecom_keyring_t *ring;
    apr_size_t n = 0;
    char *rest = paths;

    while (rest != NULL && n < WECOM_MAX_KEYS) {
        char *path = rest;

        rest = strchr(path, ',');
        if (rest != NULL) {
            *rest++ = '\0';
        }
        keys[n++] = read_key(path, job->pool);
    }
    if (wecom_crypto_keyring(&ring, keys, n, label, job->pool) != WECOM_OK) {
        give_up("key", "no ring can be derived");
    }
    return ring;
}

/* Which app the session was made with; a tool that is not told makes one for no app. And the
 * fields that were asked for. */
static const apr_table_t *fields_of(const job_t *job)
{
    apr_table_t *fields = apr_table_make(job->pool, 1);
    wecom_app_t app;
    const char *print;
    int i;

    memset(&app, 0, sizeof(app));
    app.api_url = text_of(job, "api", "");
    app.corp_id = text_of(job, "corp", "");
    app.agent_id = text_of(job, "agent", "");
    app.check_member = 1;
    app.proxy_developed = (int)number_of(job, "proxy", 0);
    print = wecom_source_print(&app, job->pool);
    if (print == NULL) {
        give_up("app", "has no print");
    }
    apr_table_set(fields, WECOM_TICKET_APP, print);
    for (i = 0; i < job->arguments->nelts; i++) {
        const char *argument = APR_ARRAY_IDX(job->arguments, i, const char *);
        const char *equals = strncmp(argument, "field=", 6) == 0 ? strchr(argument + 6, '=')
                                                                 : NULL;

        if (equals != NULL) {
            apr_table_add(fields, apr_pstrmemdup(job->pool, argument + 6,
                                                 (apr_size_t)(equals - argument - 6)),
                          equals + 1);
        }
    }
    return fields;
}

/* "2*,3" */
static void read_departments(wecom_ticket_t *ticket, const job_t *job)
{
    char *rest = apr_pstrdup(job->pool, text_of(job, "departments", ""));
    apr_int64_t *ids = apr_pcalloc(job->pool, WECOM_MAX_DEPARTMENTS * sizeof(*ids));
    unsigned char *leads = apr_pcalloc(job->pool, WECOM_MAX_DEPARTMENTS);
    char *last = NULL;
    char *word;

    for (word = apr_strtok(rest, ",", &last);
         word != NULL && ticket->department_count < WECOM_MAX_DEPARTMENTS;
         word = apr_strtok(NULL, ",", &last)) {
        char *star = strchr(word, '*');

        if (star != NULL) {
            *star = '\0';
            leads[ticket->department_count] = 1;
        }
        if (wecom_text_number(&ids[ticket->department_count++], word, 1,
                              APR_INT64_C(0xffffffff)) != WECOM_OK) {
            give_up("departments", "are numbers with commas between");
        }
    }
    ticket->departments = ids;
    ticket->leads = leads;
    ticket->main_department = number_of(job, "main", 0);
}

static void seal_ticket(const job_t *job)
{
    wecom_ticket_t ticket;
    const char *value;

    memset(&ticket, 0, sizeof(ticket));
    ticket.flags = (unsigned int)number_of(job, "flags", 0);
    ticket.issued = number_of(job, "issued", job->now);
    ticket.seen = number_of(job, "seen", job->now);
    ticket.checked = number_of(job, "checked", job->now);
    if (wecom_crypto_random(ticket.id, sizeof(ticket.id)) != WECOM_OK) {
        give_up("id", "there are no random bytes");
    }
    ticket.source = text_of(job, "source", "acme");
    ticket.userid = text_of(job, "userid", "zhangwei");
    ticket.account = text_of(job, "account", "");
    ticket.name = text_of(job, "name", "");
    ticket.entries = apr_table_make(job->pool, 1);
    ticket.fields = fields_of(job);
    read_departments(&ticket, job);
    if (wecom_ticket_seal(&value, &ticket, ring_of(job, LABEL_TICKET),
                          wecom_ticket_aad(job->site, job->pool), job->pool) != WECOM_OK) {
        give_up("ticket", "cannot be sealed");
    }
    printf("%s %s\n", job->site->session_cookie, value);
}

static void open_ticket(const job_t *job)
{
    const char *value = text_of(job, "value", NULL);
    wecom_ticket_t ticket;
    int key = 0;

    if (wecom_ticket_open(&ticket, &key, value, strlen(value), ring_of(job, LABEL_TICKET),
                          wecom_ticket_aad(job->site, job->pool), job->pool) != WECOM_OK) {
        give_up("value", "does not open");
    }
    printf("%" APR_INT64_T_FMT " %" APR_INT64_T_FMT " %d %s/%s\n", ticket.issued, ticket.seen,
           key, ticket.source, ticket.userid);
}

static void seal_pending(const job_t *job)
{
    wecom_pending_t pending;
    const char *value;

    memset(&pending, 0, sizeof(pending));
    pending.issued = apr_time_from_sec(number_of(job, "issued", job->now));
    pending.state = text_of(job, "state", "");
    if (*pending.state == '\0') {
        pending.state = wecom_state_mint(pending.issued, number_of(job, "mark", 0) != 0,
                                         job->pool);
    }
    pending.source = text_of(job, "source", "acme");
    pending.allowed = text_of(job, "allowed", "");
    pending.target = text_of(job, "target", "/");
    pending.flags = (unsigned int)number_of(job, "flags", 0);
    if (!wecom_state_is_wellformed(pending.state)
        || wecom_state_seal(&value, &pending, job->site, ring_of(job, LABEL_STATE), job->pool)
               != WECOM_OK) {
        give_up("pending", "cannot be sealed");
    }
    printf("%s %s %s\n", wecom_state_cookie_name(job->site, pending.state, job->pool), value,
           pending.state);
}

static void seal_form(const job_t *job)
{
    const char *body = text_of(job, "body", "a=1");
    const char *state;
    const char *box;
    wecom_kept_t kept;

    memset(&kept, 0, sizeof(kept));
    kept.made = apr_time_from_sec(number_of(job, "issued", job->now));
    kept.source = text_of(job, "source", "acme");
    kept.userid = text_of(job, "userid", "zhangwei");
    kept.target = text_of(job, "target", "/");
    kept.body.data = (const unsigned char *)body;
    kept.body.len = strlen(body);
    state = wecom_state_mint(kept.made, 0, job->pool);
    if (wecom_keep_seal(&box, &kept, state, job->site, ring_of(job, LABEL_FORM), job->pool)
        != WECOM_OK) {
        give_up("form", "cannot be sealed");
    }
    printf("%s %s\n", state, box);
}

int main(int argc, const char *const *argv)
{
    apr_array_header_t *arguments;
    const char *domain;
    job_t job;
    int i;

    apr_app_initialize(&argc, &argv, NULL);
    atexit(apr_terminate);
    apr_pool_create(&job.pool, NULL);
    arguments = apr_array_make(job.pool, argc, sizeof(const char *));
    for (i = 2; i < argc; i++) {
        APR_ARRAY_PUSH(arguments, const char *) = argv[i];
    }
    job.arguments = arguments;
    job.now = apr_time_sec(apr_time_now());
    domain = text_of(&job, "domain", "");
    if (argc < 2 || wecom_crypto_start() != WECOM_OK
        || wecom_site_make(&job.site, text_of(&job, "url", NULL),
                           text_of(&job, "endpoint", "/wecom"), NULL,
                           *domain != '\0' ? domain : NULL, job.pool) != WECOM_OK) {
        give_up("url", "is no site");
    }
    if (strcmp(argv[1], "ticket") == 0) {
        seal_ticket(&job);
    }
    else if (strcmp(argv[1], "pending") == 0) {
        seal_pending(&job);
    }
    else if (strcmp(argv[1], "form") == 0) {
        seal_form(&job);
    }
    else if (strcmp(argv[1], "open") == 0) {
        open_ticket(&job);
    }
    else {
        give_up(argv[1], "is neither ticket, pending, form nor open");
    }
    return 0;
}
