/* SPDX-License-Identifier: Apache-2.0 */
/* config_accounts.c - see config_accounts.h. */

#include "config_accounts.h"

#include <stddef.h>
#include <string.h>

#include <apr_strings.h>

#include "ap_provider.h"
#include "mod_auth.h"

#include "config_build.h"
#include "config_name.h"
#include "secret.h"

#include "../auth/account_select.h"
#include "../auth/claim.h"
#include "../base/text.h"

static const wecom_where_t *at(const wecom_server_t *server, apr_size_t offset)
{
    return wecom_build_where(server, offset);
}

static const char *word(const apr_array_header_t *words, int i)
{
    return APR_ARRAY_IDX(words, i, const char *);
}

/* --- sources ---------------------------------------------------------------------------------- */

static const wecom_source_t *source_of(const wecom_server_t *server, const char *id)
{
    return wecom_source_find(server->sources, id);
}

static int is_set(const wecom_source_conf_t *conf, apr_size_t offset)
{
    return wecom_config_is_set(&conf->set, wecom_config_row(WECOM_IN_SOURCE, offset));
}

static const wecom_where_t *source_at(const wecom_source_conf_t *conf, apr_size_t offset)
{
    return &conf->at[wecom_config_row(WECOM_IN_SOURCE, offset)];
}

/* The directives of a source that mean nothing without a directory. */
static void refuse_words_of_source(wecom_judge_t *judge, const wecom_source_conf_t *conf)
{
    static const struct {
        const char *name;
        apr_size_t offset;
    } rows[] = {
        { "WeComLoginOnly", offsetof(wecom_source_conf_t, login_only) },
        { "WeComAssociation", offsetof(wecom_source_conf_t, association) },
        { "WeComSync", offsetof(wecom_source_conf_t, sync) },
    };
    apr_size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (is_set(conf, rows[i].offset)) {
            wecom_fault(judge, source_at(conf, rows[i].offset), WC(0144) "%s in <WeComSource %s> "
                        "needs an account directory, and the server that uses the source has "
                        "none; write WeComAccounts dbd there, or take the line out",
                        rows[i].name, conf->id);
        }
    }
}

/* Fields that can come to match: with none of them no member ever finds an account. */
static void judge_fields(wecom_judge_t *judge, const wecom_source_conf_t *conf,
                         const wecom_source_t *source)
{
    const wecom_where_t *where = source_at(conf, offsetof(wecom_source_conf_t, association));
    int possible = 0;
    int i;

    for (i = 0; i < source->fields->nelts; i++) {
        const char *field = word(source->fields, i);

        if (wecom_claim_is_free(field)
            || (wecom_claim_needs_consent(field) ? !source->base_alone
                                                 : source->app.check_member)) {
            possible = 1;
        }
    }
    if (!possible && source->base_alone) {
        wecom_fault(judge, where, WC(0145) "WeComAssociation in <WeComSource %s> matches by what "
                    "WeCom gives with the member's consent alone (to all apps made since June "
                    "2022), and WeComScope base forbids to ask for it; take WeComScope base out, "
                    "or match by userid too", conf->id);
    }
    else if (!possible) {
        wecom_fault(judge, where, WC(0146) "WeComAssociation in <WeComSource %s> matches by what "
                    "WeCom tells when it is asked for the member, and WeComCheckMember Off "
                    "forbids to ask, so nobody could ever match; take WeComCheckMember Off out, "
                    "or match by userid too", conf->id);
    }
}

static int judge_source(wecom_judge_t *judge, const wecom_server_t *server,
                        const wecom_source_conf_t *conf)
{
    const wecom_source_t *source = source_of(server, conf->id);

    if (source == NULL) {
        return 0;
    }
    if (source->association == WECOM_ASSOCIATION_FIELD) {
        judge_fields(judge, conf, source);
    }
    if (source->association == WECOM_ASSOCIATION_ASK && server->bind_provider == NULL) {
        wecom_fault(judge, source_at(conf, offsetof(wecom_source_conf_t, association)), WC(0147)
                    "WeComAssociation ask in <WeComSource %s>: nobody could prove an account, "
                    "because the server has no WeComBindProvider; write WeComBindProvider with "
                    "the name of an authn provider or of an <AuthnProviderAlias>", conf->id);
    }
    return source->association == WECOM_ASSOCIATION_ASK;
}

/* --- providers -------------------------------------------------------------------------------- */

/* Providers that are configured for each directory: AuthUserFile, AuthLDAPURL and the like never
 * reach an URL of our own, but an alias takes them along. */
static int is_bare(const char *name)
{
    static const char *const bare[] = { "file", "dbm", "dbd", "ldap", "socache", "anon" };
    apr_size_t i;

    for (i = 0; i < sizeof(bare) / sizeof(bare[0]); i++) {
        if (strcmp(name, bare[i]) == 0) {
            return 1;
        }
    }
    return 0;
}

static void judge_providers(wecom_judge_t *judge, const wecom_server_t *server, int asks)
{
    const wecom_where_t *where = at(server, offsetof(wecom_server_t, bind_provider));
    int i;

    if (server->bind_provider == NULL) {
        return;
    }
    if (!asks && wecom_config_is_set(&server->set,
                                     wecom_config_row(WECOM_AT_SERVER,
                                                      offsetof(wecom_server_t, bind_provider)))) {
        wecom_fault(judge, where, WC(0148) "WeComBindProvider is not used: no source here has "
                    "WeComAssociation ask; write that into a source, or take the line out");
    }
    for (i = 0; i < server->bind_provider->nelts; i++) {
        const char *name = word(server->bind_provider, i);
        const authn_provider *provider = ap_lookup_provider(AUTHN_PROVIDER_GROUP, name,
                                                            AUTHN_PROVIDER_VERSION);

        if (is_bare(name)) {
            wecom_fault(judge, where, WC(0162) "WeComBindProvider %s: the directives of that "
                        "provider cannot stand where the module asks it; write them into "
                        "<AuthnProviderAlias %s NAME>, and NAME here", name, name);
        }
        else if (provider == NULL || provider->check_password == NULL) {
            wecom_fault(judge, where, WC(0149) "WeComBindProvider: there is no authn provider '%s' "
                        "that checks passwords; load its module (file: mod_authn_file), or define "
                        "<AuthnProviderAlias ... %s>", name, name);
        }
    }
}

/* --- the database ----------------------------------------------------------------------------- */

static const wecom_account_layout_t *layout_of(const apr_array_header_t *query, apr_pool_t *pool)
{
    wecom_account_layout_t *layout;
    int i;

    if (query == NULL) {
        return NULL;
    }
    layout = apr_pcalloc(pool, sizeof(*layout));
    layout->table = word(query, 0);
    for (i = 1; i < query->nelts; i++) {
        const char *equals = strchr(word(query, i), '=');
        const char *column = apr_pstrmemdup(pool, word(query, i),
                                            (apr_size_t)(equals - word(query, i)));
        const char **field = strcmp(equals + 1, "username") == 0 ? &layout->username
                             : strcmp(equals + 1, "email") == 0 ? &layout->email
                             : strcmp(equals + 1, "phone") == 0 ? &layout->phone
                             : strcmp(equals + 1, "name") == 0 ? &layout->name
                             : &layout->status;

        *field = column;
    }
    return layout;
}

/* Virtual hosts without DBDriver and the like of their own share one record of mod_dbd, which takes
 * a label once. */
static void register_statements(const wecom_server_t *server, const wecom_accounts_t *accounts,
                                apr_array_header_t *done)
{
    int i;

    for (i = 0; i < done->nelts; i++) {
        const wecom_server_t *other = APR_ARRAY_IDX(done, i, const wecom_server_t *);

        if (strcmp(other->directory->print, accounts->print) == 0
            && wecom_dbd_pool_is_shared(other->server, server->server)) {
            return;
        }
    }
    wecom_dbd_pool_register(server->server, accounts->statements);
    APR_ARRAY_PUSH(done, const wecom_server_t *) = server;
}

/* 16 hex characters. NULL when there is no SHA-256, which pre_config has seen to be there. */
static const char *print_of(const wecom_server_t *server, const wecom_accounts_t *accounts,
                            apr_pool_t *pool)
{
    const apr_array_header_t *query = server->account_query;
    const char *text = apr_pstrcat(pool, apr_array_pstrcat(pool, server->accounts, '\n'), "\n",
                                   accounts->driver != NULL ? accounts->driver : "", "\n",
                                   accounts->params != NULL ? accounts->params : "", "\n",
                                   query != NULL ? apr_array_pstrcat(pool, query, '\n') : "",
                                   NULL);
    unsigned char hash[WECOM_SHA256_BYTES];
    wecom_bytes_t part = { (const unsigned char *)text, strlen(text) };

    return wecom_crypto_hash(hash, &part, 1) == WECOM_OK ? wecom_text_hex(hash, 8, pool) : NULL;
}

/* Driver and parameters of mod_dbd. */
static int build_database(wecom_judge_t *judge, const wecom_server_t *server,
                          wecom_accounts_t *accounts)
{
    const wecom_where_t *where = at(server, offsetof(wecom_server_t, accounts));

    if (!wecom_dbd_pool_is_there()) {
        wecom_fault(judge, where, WC(0151) "WeComAccounts with dbd needs mod_dbd; load it: "
                    "LoadModule dbd_module modules/mod_dbd.so (on Debian: a2enmod dbd)");
        return 0;
    }
    accounts->driver = wecom_name_written(server->server, "DBDriver", judge->pool);
    accounts->params = wecom_name_written(server->server, "DBDParams", judge->pool);
    if (accounts->driver == NULL) {
        wecom_fault(judge, where, WC(0152) "WeComAccounts with dbd, but no database is named; "
                    "write DBDriver sqlite3 and DBDParams /path/to/accounts.db, or DBDriver pgsql "
                    "or mysql with its DBDParams");
        return 0;
    }
    if (wecom_account_schema_tables(accounts->driver) == NULL) {
        wecom_fault(judge, where, WC(0153) "WeComAccounts with dbd works with DBDriver sqlite3, "
                    "pgsql and mysql, not with %s", accounts->driver);
        return 0;
    }
    return 1;
}

static int is_select(const wecom_server_t *server)
{
    return server->account_query != NULL && server->account_query->nelts == 1;
}

/* The statements of the links, and one more. */
static const wecom_sql_statement_t *take_select(wecom_accounts_t *accounts, int *count,
                                                const char *query, apr_pool_t *pool)
{
    const wecom_sql_statement_t *links = wecom_account_schema_links(count);
    wecom_sql_statement_t *all = apr_pcalloc(pool, (apr_size_t)(*count + 1) * sizeof(*all));
    apr_array_header_t *order = NULL;
    const char *sentence;

    memcpy(all, links, (apr_size_t)*count * sizeof(*all));
    all[*count].label = WECOM_SQL_SELECT_ACCOUNTS;
    (void)wecom_account_select_parse(&all[*count].text, &order, &sentence, query, pool);
    ++*count;
    accounts->kind = WECOM_ACCOUNTS_SELECT;
    accounts->order = order;
    return all;
}

/* --- LDAP ------------------------------------------------------------------------------------- */

static int build_ldap(wecom_judge_t *judge, const wecom_server_t *server,
                      wecom_accounts_t *accounts)
{
    const wecom_where_t *where = at(server, offsetof(wecom_server_t, accounts));
    const char *sentence;

    accounts->kind = WECOM_ACCOUNTS_LDAP;
    (void)wecom_account_ldap_url(&accounts->ldap, &sentence, word(server->accounts, 1),
                                 judge->pool);
    if (!wecom_ldap_pool_is_there()) {
        wecom_fault(judge, where, WC(0160) "WeComAccounts ldap needs mod_ldap; load it: LoadModule "
                    "ldap_module modules/mod_ldap.so (on Debian: a2enmod ldap)");
        return 0;
    }
    if (server->account_query != NULL) {
        wecom_fault(judge, at(server, offsetof(wecom_server_t, account_query)), WC(0161)
                    "WeComAccountQuery belongs to accounts in a database, and WeComAccounts ldap "
                    "has them in LDAP; take the line out");
        return 0;
    }
    if (server->ldap_bind != NULL) {
        accounts->bind.dn = word(server->ldap_bind, 0);
        accounts->bind.password = wecom_secret_read(judge, word(server->ldap_bind, 1),
                                                    "WeComLDAPBind",
                                                    at(server, offsetof(wecom_server_t,
                                                                        ldap_bind)));
        return accounts->bind.password != NULL;
    }
    return 1;
}

/* LDAP and a SELECT are only read: what would write is refused, and what never finds anybody. */
static void judge_read_only(wecom_judge_t *judge, const wecom_server_t *server, int has_links)
{
    int i;

    for (i = 0; i < server->own_sources->nelts; i++) {
        const wecom_source_conf_t *conf = APR_ARRAY_IDX(server->own_sources, i,
                                                        wecom_source_conf_t *);
        const wecom_source_t *source = source_of(server, conf->id);

        if (source != NULL && source->association != WECOM_ASSOCIATION_FIELD && !has_links) {
            wecom_fault(judge, &conf->where, WC(0157) "<WeComSource %s>: accounts in LDAP without "
                        "links are found by matching alone, at each login; write "
                        "WeComAssociation field and the fields, or dbd at the end of "
                        "WeComAccounts, so that links are kept", conf->id);
        }
        if (is_set(conf, offsetof(wecom_source_conf_t, sync))) {
            wecom_fault(judge, source_at(conf, offsetof(wecom_source_conf_t, sync)), WC(0158)
                        "WeComSync in <WeComSource %s>: accounts in LDAP, or of a SELECT, are "
                        "never written; take the line out", conf->id);
        }
    }
}

/* --- all together ----------------------------------------------------------------------------- */

static void refuse_words_of_server(wecom_judge_t *judge, const wecom_server_t *server)
{
    static const struct {
        const char *name;
        apr_size_t offset;
    } rows[] = {
        { "WeComAccountQuery", offsetof(wecom_server_t, account_query) },
        { "WeComBindProvider", offsetof(wecom_server_t, bind_provider) },
        { "WeComLDAPBind", offsetof(wecom_server_t, ldap_bind) },
    };
    apr_size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (wecom_config_is_set(&server->set, wecom_config_row(WECOM_AT_SERVER, rows[i].offset))) {
            wecom_fault(judge, at(server, rows[i].offset), WC(0154) "%s needs an account "
                        "directory; write WeComAccounts dbd too, or take the line out",
                        rows[i].name);
        }
    }
}

static int build_directory(wecom_judge_t *judge, wecom_server_t *server,
                           apr_array_header_t *done)
{
    wecom_accounts_t *accounts = apr_pcalloc(judge->pool, sizeof(*accounts));
    int is_ldap = strcmp(word(server->accounts, 0), "ldap") == 0;
    int has_database = !is_ldap || server->accounts->nelts > 2;
    const wecom_sql_statement_t *plain;
    int count;

    if (is_ldap && !build_ldap(judge, server, accounts)) {
        return 0;
    }
    if (!is_ldap && server->ldap_bind != NULL) {
        wecom_fault(judge, at(server, offsetof(wecom_server_t, ldap_bind)), WC(0159)
                    "WeComLDAPBind means nothing without WeComAccounts ldap; take one of the two "
                    "out");
        return 0;
    }
    if (is_ldap) {
        plain = wecom_account_schema_links(&count);
    }
    else if (is_select(server)) {
        plain = take_select(accounts, &count, word(server->account_query, 0), judge->pool);
    }
    else {
        accounts->layout = layout_of(server->account_query, judge->pool);
        plain = wecom_account_schema_statements(&count, accounts->layout, judge->pool);
    }
    if (accounts->kind != WECOM_ACCOUNTS_SQL) {
        judge_read_only(judge, server, has_database);
    }
    if (has_database && !build_database(judge, server, accounts)) {
        return 0;
    }
    accounts->print = print_of(server, accounts, judge->pool);
    if (accounts->print == NULL) {
        return 0;
    }
    server->directory = accounts;
    if (has_database) {
        accounts->statements = wecom_dbd_pool_statements(plain, count, accounts->print,
                                                         judge->pool);
        register_statements(server, accounts, done);
    }
    return 1;
}

int wecom_accounts_build(wecom_judge_t *judge, wecom_server_t *server, apr_array_header_t *done)
{
    const int before = judge->faults;
    int has_directory = strcmp(word(server->accounts, 0), "none") != 0;
    int asks = 0;
    int i;

    for (i = 0; i < server->own_sources->nelts; i++) {
        const wecom_source_conf_t *conf = APR_ARRAY_IDX(server->own_sources, i,
                                                        wecom_source_conf_t *);

        if (has_directory) {
            asks |= judge_source(judge, server, conf);
        }
        else {
            refuse_words_of_source(judge, conf);
        }
    }
    if (!has_directory) {
        refuse_words_of_server(judge, server);
        return judge->faults == before;
    }
    judge_providers(judge, server, asks);
    return build_directory(judge, server, done) && judge->faults == before;
}

const char *wecom_accounts_word_of_place(const wecom_place_t *place)
{
    int registration = wecom_config_row(WECOM_AT_PLACE, offsetof(wecom_place_t, registration));

    if (place->login_only || place->accounts) {
        return "Require wecom-login-only and wecom-field-match";
    }
    return wecom_config_is_set(&place->set, registration) ? "WeComRegistration" : NULL;
}

void wecom_accounts_judge_places(wecom_judge_t *judge, wecom_server_t *server,
                                 const wecom_server_t *written_in)
{
    int i;

    for (i = 0; i < written_in->places->nelts; i++) {
        const wecom_place_t *place = APR_ARRAY_IDX(written_in->places, i, const wecom_place_t *);
        const char *what = wecom_accounts_word_of_place(place);

        server->shut_somewhere |= !place->registration;
        if (what != NULL && server->directory == NULL) {
            wecom_fault(judge, &place->where, WC(0155) "%s: this server has no account directory, "
                        "in which there would be accounts; write WeComAccounts dbd at the server, "
                        "or take the line out", what);
        }
    }
}
