/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.h - what the administrator said, as records.
 *
 * Three kinds of record: a source (<WeComSource>), a server (server or virtual host), a place
 * (Location, Directory, If, .htaccess). Every directive is one row of one table in the roof; the
 * row's option says the kind of value, the field, the default, where it may stand and how it is
 * explained. Creating, setting, merging and the reference page all walk that table, so a field
 * cannot be forgotten by one of them.
 *
 * A record is const after check_config. Server records live in pconf, a place from .htaccess in
 * its request's pool: never keep a pointer to a place beyond the request.
 */
#ifndef WECOM_HTTPD_CONFIG_H
#define WECOM_HTTPD_CONFIG_H

#include <stddef.h>

#include "dbd_pool.h"
#include "glue.h"
#include "ldap_pool.h"

#include "../auth/account_schema.h"
#include "../auth/look.h"
#include "../auth/shape.h"
#include "../auth/refresh.h"
#include "../auth/site.h"
#include "../auth/source.h"
#include "../auth/ticket.h"
#include "../base/crypto.h"

/* --- rows ------------------------------------------------------------------------------------- */

typedef enum wecom_kind_t {
    WECOM_KIND_TEXT,       /* UTF-8 without control bytes; an extra check may narrow it */
    WECOM_KIND_FLAG,       /* On | Off */
    WECOM_KIND_CHOICE,     /* one of `values`, "a|b"; stored as its index */
    WECOM_KIND_NUMBER,     /* min to max */
    WECOM_KIND_SECONDS,    /* 30s, 5m, 12h, 7d; min to max, in seconds */
    WECOM_KIND_WORDS,      /* one or more (at most max, if not 0); an array of const char * */
    WECOM_KIND_NAMED,      /* [lang] text: appended to an array of wecom_show_name_t */
    WECOM_KIND_URLS,       /* name URL: put into a table; `values` has the names, "a|b" */
    WECOM_KIND_COOKIE,     /* name [domain]: two pointers that stand side by side */
    WECOM_KIND_BRAND,      /* config_brand.h */
    WECOM_KIND_PASS,       /* config_pass.h */
    WECOM_KIND_SECRET,     /* file: env: exec: or a literal; read in check_config */
    WECOM_KIND_SPECIAL     /* has its own setter and no field: <WeComSource> */
} wecom_kind_t;

/* The C type of a field for each kind; the rows are held to it when they are compiled. */
typedef const char *wecom_field_TEXT_t;
typedef int wecom_field_FLAG_t;
typedef int wecom_field_CHOICE_t;
typedef apr_int64_t wecom_field_NUMBER_t;
typedef apr_int64_t wecom_field_SECONDS_t;
typedef apr_array_header_t *wecom_field_WORDS_t;
typedef apr_array_header_t *wecom_field_NAMED_t;
typedef apr_table_t *wecom_field_URLS_t;
typedef const char *wecom_field_COOKIE_t;
typedef apr_array_header_t *wecom_field_BRAND_t;
typedef struct wecom_pass_t *wecom_field_PASS_t;
typedef const char *wecom_field_SECRET_t;

enum { /* where a directive may stand; bits */
    WECOM_IN_SOURCE = 1,
    WECOM_AT_SERVER = 2,
    WECOM_AT_PLACE = 4
};

typedef struct wecom_option_t {
    wecom_kind_t kind;
    int where;
    apr_size_t offset;          /* of the field in the record of `where` (the first bit's) */
    apr_size_t server_offset;   /* of the field in the server record, where `where` is both */
    const char *fallback;       /* the default as the administrator would write it; NULL: none */
    const char *values;         /* the names of a CHOICE or URLS */
    const char *syntax;         /* for the reference page and for messages: what may be written */
    apr_int64_t min;
    apr_int64_t max;
    /* An extra check of every word: NULL or a sentence that says what to write instead. May be
     * NULL. */
    const char *(*check)(const char *value, apr_pool_t *pool);
    /* The same for all the words of a WORDS together. May be NULL. */
    const char *(*judge)(const apr_array_header_t *words, apr_pool_t *pool);
} wecom_option_t;

/* Which rows a record has set itself, by row number; so that unset survives merging. */
#define WECOM_MAX_ROWS 64
typedef struct wecom_set_t {
    apr_uint64_t bits;
} wecom_set_t;

/* Where something was written, for messages. */
typedef struct wecom_where_t {
    const char *file;
    int line;
} wecom_where_t;

typedef struct wecom_pass_t wecom_pass_t;

/* --- records ---------------------------------------------------------------------------------- */

typedef struct wecom_source_conf_t {
    wecom_set_t set;
    wecom_where_t where;
    wecom_where_t at[WECOM_MAX_ROWS];   /* where each row that is set was written */
    const char *id;
    apr_array_header_t *display_name;   /* wecom_show_name_t */
    const char *corp_id;
    const char *agent_id;
    const char *secret;                 /* as written */
    int judged;                         /* check_config has looked at this section */
    const char *secret_read;            /* what `secret` stands for; NULL after a fault */
    int scope;                          /* 0 base, 1 privateinfo */
    int check_member;
    int proxy_developed;
    int in_wechat;
    int login_url;                      /* 0 wwlogin, 1 qrconnect */
    apr_table_t *base_url;              /* "api" "authorize" "login" -> URL */
    const char *ca_file;
    const char *proxy;
    apr_int64_t timeout;                /* seconds */
    int login_only;
    apr_array_header_t *association;    /* "none", "field" and its fields, or "ask" */
    int sync;                           /* 0 every, 1 first, 2 never */
} wecom_source_conf_t;

typedef enum wecom_accounts_kind_t {
    WECOM_ACCOUNTS_SQL = 0,  /* accounts and links in the database */
    WECOM_ACCOUNTS_SELECT,   /* accounts by a SELECT, never written; links in the database */
    WECOM_ACCOUNTS_LDAP      /* accounts in LDAP, never written; links in the database, or none */
} wecom_accounts_kind_t;

/* Which directory a server has; made by check_config. */
typedef struct wecom_accounts_t {
    wecom_accounts_kind_t kind;
    const wecom_account_layout_t *layout;   /* of _SQL: the enterprise's own table, or NULL */
    const apr_array_header_t *order;        /* of _SELECT: wecom_account_select_parse */
    wecom_ldap_url_t ldap;                  /* of _LDAP */
    wecom_ldap_bind_t bind;
    const wecom_dbd_statements_t *statements; /* on connections of mod_dbd; NULL: none is used */
    const char *driver;                     /* DBDriver, for wecomctl; NULL: none */
    const char *params;                     /* DBDParams */
    const char *print;                      /* of all that says which accounts these are */
} wecom_accounts_t;

typedef struct wecom_server_t {
    wecom_set_t set;
    wecom_where_t at[WECOM_MAX_ROWS];   /* where each row that is set was written */
    server_rec *server;
    apr_array_header_t *own_sources;    /* wecom_source_conf_t *; after merging all it sees */
    apr_array_header_t *places;         /* wecom_place_t *, written in this server; not merged */
    wecom_source_conf_t *open_source;   /* the section being read, else NULL */
    const char *endpoint;
    const char *public_url;             /* as written, or NULL */
    const char *state_dir;
    apr_array_header_t *crypto_key;     /* "file:..." words, or NULL: the key of the state dir */
    const char *cache;                  /* provider[:args] */
    apr_array_header_t *verify_files;   /* "WW_verify_....txt" */
    const char *session_cookie;         /* name; one value with the next field, in this order */
    const char *session_domain;         /* or NULL */
    apr_int64_t session_max_age;        /* seconds */
    apr_int64_t session_idle;
    apr_int64_t refresh;                /* seconds; so is the next */
    apr_int64_t refresh_grace;
    apr_table_t *base_url;              /* defaults for every source without its own */
    const char *ca_file;
    const char *proxy;
    apr_int64_t timeout;
    apr_array_header_t *accounts;       /* "none", "dbd", or "ldap", its URL and perhaps "dbd" */
    apr_array_header_t *account_query;  /* table and column=field words, or one SELECT; NULL: our
                                         * own table */
    apr_array_header_t *ldap_bind;      /* DN, and "file:..." or "env:..."; NULL: anonymous */
    apr_array_header_t *bind_provider;  /* names of authn providers, or NULL */
    int pull_up;                        /* wecom_pull_up_t */
    int login_panel;
    apr_array_header_t *popup_origins;  /* origins as browsers send them; NULL: none */
    const char *pages;                  /* folder of WeComPages; NULL: none */
    apr_array_header_t *brand;          /* wecom_brand_conf_t; NULL: none */
    apr_array_header_t *frame_ancestors; /* "none", or "self" and origins */
    apr_array_header_t *directory_size; /* of departments and tags, "8M"; the second may lack */
    apr_array_header_t *session_fields; /* NULL: none but those that are carried anyway */
    const char *audit_log;              /* file or "|program"; NULL: the error log */

    /* Made by check_config, for servers that see at least one source; else NULL and 0. */
    const apr_array_header_t *sources;  /* const wecom_source_t *, all that this server sees */
    const wecom_site_t *site;
    int ends_tls;                       /* this httpd ends TLS for the public name and port */
    wecom_ticket_life_t life;
    apr_size_t directory_bytes[WECOM_SHAPE_PARTS];
    wecom_refresh_span_t span;
    const wecom_keyring_t *ticket_ring;
    const wecom_keyring_t *state_ring;
    const wecom_keyring_t *form_ring;
    const wecom_keyring_t *cache_ring;
    wecom_bytes_t ticket_aad;
    const wecom_accounts_t *directory;  /* NULL: WeComAccounts none */
    int shut_somewhere;                 /* a place has WeComRegistration Off */
    const wecom_look_t *look;           /* of the pages */
    const apr_array_header_t *assets;   /* wecom_asset_t */
    const apr_array_header_t *fields;   /* wecom_field_t of session_fields; NULL: none */
    const apr_array_header_t *origins;  /* wecom_field_t: each origin of any server's, once */

    struct wecom_recall_room_t *recall; /* recall_shm.h; made by post_config, where there is a
                                         * site */
} wecom_server_t;

typedef struct wecom_place_t {
    wecom_set_t set;
    wecom_where_t where;                /* of its AuthType, else of its first row */
    int noted;                          /* stands in its server's list of places */
    int wecom;                          /* AuthType WeCom was written in this place */
    apr_array_header_t *sources;        /* ids; NULL: all the server's */
    const char *user;                   /* WeComUser; NULL: the account, else the userid */
    int login;                          /* wecom_login_mode_t */
    int registration;
    int unauthenticated;                /* wecom_unauthenticated_t */
    int pass_env;
    wecom_pass_t *pass_headers;
    int login_only;                     /* Require wecom-login-only stands here or around it */
    int accounts;                       /* a rule here needs a directory */
} wecom_place_t;

/* --- for the module record -------------------------------------------------------------------- */

/* The module must carry AP_MODULE_FLAG_ALWAYS_MERGE: every virtual host needs a record of its
 * own, because check_config makes its site. The table is the `cmds` of the module record. */
void *wecom_config_create_server(apr_pool_t *pool, server_rec *s);
void *wecom_config_merge_server(apr_pool_t *pool, void *base, void *add);
void *wecom_config_create_place(apr_pool_t *pool, char *dir);
void *wecom_config_merge_place(apr_pool_t *pool, void *base, void *add);

/* The setters named by the rows of the table (cmd->info is the row's wecom_option_t). */
const char *wecom_config_set_raw(cmd_parms *cmd, void *place, const char *args);
const char *wecom_config_set_source_section(cmd_parms *cmd, void *place, const char *args);
/* httpd gives AuthType to every module that has a row for it: this one only takes note. */
const char *wecom_config_set_auth_type(cmd_parms *cmd, void *place, const char *arg);

/* 1 while an .htaccess is read. */
int wecom_config_is_htaccess(cmd_parms *cmd);

/* What a setter answers: NULL for NULL; in .htaccess, of which httpd tells the file alone, the
 * sentence gets an id and the line. */
const char *wecom_config_sentence(cmd_parms *cmd, const char *text);

/* For a rule of Require that needs an account directory: notes that it stands in this section.
 * NULL, or a sentence. */
const char *wecom_config_note_rule(cmd_parms *cmd, int login_only);

/* The option of a row of ours, or NULL for a row without one; the field of a row in a record of
 * the scope `where` (one of the three bits). For those who walk the table. */
const wecom_option_t *wecom_config_option(const command_rec *row);
void *wecom_config_field(void *record, const wecom_option_t *option, int where);

/* 1 when row number `row` is set. */
int wecom_config_is_set(const wecom_set_t *set, int row);

/* The number of the row that fills the field at `offset` in records of the scope `where`. */
int wecom_config_row(int where, apr_size_t offset);

/* Hooks. pre_config starts the libraries that the checks need. check_config judges everything
 * that a single directive cannot: combinations, names, files, keys, secrets; it logs every fault
 * with file, line, directive and cure, and returns OK or HTTP_INTERNAL_SERVER_ERROR. */
int wecom_config_pre_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp);
int wecom_config_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main);

/* --- for requests ----------------------------------------------------------------------------- */

/* The server's record; site is NULL when this virtual host has no source. */
const wecom_server_t *wecom_config_server(const server_rec *s);

/* 1 for the origin of the site itself and those of WeComPopupOrigins. */
int wecom_config_is_popup_origin(const wecom_server_t *server, const char *origin);

/* The merged place of a request. */
const wecom_place_t *wecom_config_place(const request_rec *r);

#endif
