/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mod_auth_wecom.c - the roof: every directive in one table, and what is hooked into httpd.
 *
 * One row for each directive says where it may stand, which field it fills, of which kind the
 * value is, its default and its meaning. Whoever creates, sets, merges, checks, dumps or explains
 * configuration walks this table; there is no second list to keep in step. A row whose field has
 * another type than its kind needs does not compile.
 */
#include "http_protocol.h"
#include "http_request.h"

#include "src/httpd/authn.h"
#include "src/httpd/authz.h"
#include "src/httpd/config.h"
#include "src/httpd/config_pass.h"
#include "src/httpd/config_values.h"
#include "src/httpd/confine.h"
#include "src/httpd/dbd_pool.h"
#include "src/httpd/dump.h"
#include "src/httpd/endpoint.h"
#include "src/httpd/runtime.h"
#include "src/httpd/scrub.h"
#include "src/httpd/session.h"
#include "src/httpd/tell.h"
#include "src/httpd/trailers.h"

#include "src/auth/user.h"

#ifndef WECOM_STATE_DIR
#define WECOM_STATE_DIR "/var/lib/mod_auth_wecom"
#endif

/* --- rows ------------------------------------------------------------------------------------- */

/* The offset of a field; a negative array size, so no program, where kind and type disagree. */
#define FIELD(kind_, type, field)                                                                \
    (offsetof(type, field)                                                                       \
     + 0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((type *)0)->field),              \
                                                    wecom_field_##kind_##_t) ? 1 : -1]))

/* What AP_INIT_RAW_ARGS makes, which cannot be given an initialiser with commas. */
#define ROW(name, where_, help, ...)                                                             \
    { name, { .raw_args = wecom_config_set_raw },                                                \
      (void *)&(const wecom_option_t){ __VA_ARGS__ }, where_, RAW_ARGS, help }

/* ACCESS_CONF lets httpd hand over what stands in <Location> and the like, to be refused with a
 * sentence that says where it belongs; in .htaccess httpd itself refuses these rows. */
#define SOURCE(name, kind_, field, help, ...)                                                    \
    ROW(name, RSRC_CONF | ACCESS_CONF, help, .kind = WECOM_KIND_##kind_,                         \
        .where = WECOM_IN_SOURCE, .offset = FIELD(kind_, wecom_source_conf_t, field),            \
        __VA_ARGS__)

#define SOURCE_OR_SERVER(name, kind_, field, help, ...)                                          \
    ROW(name, RSRC_CONF | ACCESS_CONF, help, .kind = WECOM_KIND_##kind_,                         \
        .where = WECOM_IN_SOURCE | WECOM_AT_SERVER,                                              \
        .offset = FIELD(kind_, wecom_source_conf_t, field),                                      \
        .server_offset = FIELD(kind_, wecom_server_t, field), __VA_ARGS__)

#define SERVER(name, kind_, field, help, ...)                                                    \
    ROW(name, RSRC_CONF | ACCESS_CONF, help, .kind = WECOM_KIND_##kind_,                         \
        .where = WECOM_AT_SERVER, .offset = FIELD(kind_, wecom_server_t, field), __VA_ARGS__)

#define PLACE(name, kind_, field, help, ...)                                                     \
    ROW(name, RSRC_CONF | OR_AUTHCFG, help, .kind = WECOM_KIND_##kind_,                          \
        .where = WECOM_AT_PLACE, .offset = FIELD(kind_, wecom_place_t, field), __VA_ARGS__)

static const command_rec directives[] = {
    AP_INIT_RAW_ARGS(
        "<WeComSource", wecom_config_set_source_section, NULL, RSRC_CONF | ACCESS_CONF,
        "Defines an identity source: one application of one enterprise at WeCom, under an id of "
        "1 to 31 characters of a-z, 0-9 and '-'. The id is in addresses, sessions and account "
        "links, so never change it. Virtual hosts inherit the sources of the server, and may "
        "define one again as a whole."),

    SOURCE("WeComDisplayName", NAMED, display_name,
           "The name that people see on the login button, at most 200 characters. With a language "
           "before it (en, zh) it is for visitors of that language; the directive may then stand "
           "once for each language. Without it the id of the source is shown.",
           .syntax = "[lang] text", .check = wecom_value_display_name),
    SOURCE("WeComCorpID", TEXT, corp_id,
           "The corp id (CorpID) of the enterprise, from My Company in the WeCom console. Every "
           "source needs one.",
           .syntax = "corp-id", .check = wecom_value_corp_id),
    SOURCE("WeComAgentID", TEXT, agent_id,
           "The AgentId of the application, a number, from its page in the WeCom console. Every "
           "source needs one.",
           .syntax = "number", .check = wecom_value_agent_id),
    SOURCE("WeComSecret", SECRET, secret,
           "The secret of the application. file: reads it from a file that only the user who "
           "starts the server should be able to read; env: takes it from an environment variable "
           "of the server; exec: runs a command once each time the configuration is read, without "
           "a shell and for at most 10 seconds, and takes the first line of its output. The secret "
           "itself may stand here too, with a warning in the log. Every source needs one.",
           .syntax = "file:path|env:name|\"exec:/path arguments\"|secret",
           .check = wecom_value_secret),
    SOURCE("WeComScope", CHOICE, scope,
           "What is asked for inside the WeCom client. base is silent and brings the userid; "
           "privateinfo asks the member for consent and brings further fields.",
           .syntax = "base|privateinfo", .values = "base|privateinfo", .fallback = "base"),
    SOURCE("WeComCheckMember", FLAG, check_member,
           "Asks WeCom at every login whether the member is active and in the visible range of "
           "the application. Off saves one call, and then lets in every member of the "
           "enterprise.",
           .syntax = "On|Off", .fallback = "On"),
    SOURCE("WeComProxyDeveloped", FLAG, proxy_developed,
           "Says that a service provider develops the application on behalf of the enterprise "
           "(proxy development). Its ids are then compared with upper and lower case.",
           .syntax = "On|Off", .fallback = "Off"),
    SOURCE("WeComInWeChat", FLAG, in_wechat,
           "Lets visitors who come with WeChat take the silent login too, instead of the login "
           "page.",
           .syntax = "On|Off", .fallback = "Off"),
    SOURCE("WeComLoginURL", CHOICE, login_url,
           "Which page of WeCom shows the code to scan: wwlogin is the present one, qrconnect "
           "the old one, for applications that WeCom does not serve on the new page.",
           .syntax = "wwlogin|qrconnect", .values = "wwlogin|qrconnect", .fallback = "wwlogin"),
    SOURCE("WeComLoginOnly", FLAG, login_only,
           "Login-only mode: whoever comes by this source needs an account that is there already. "
           "None is created, while an existing one may still be found by WeComAssociation. Needs "
           "WeComAccounts.",
           .syntax = "On|Off", .fallback = "Off"),
    SOURCE("WeComAssociation", WORDS, association,
           "How the existing account of a member is found at the first login. none: it is not "
           "looked for. field: by the fields named, in their order: userid (the account's "
           "username), email (e-mail, then business mail), mobile, or MEMBER=COLUMN such as "
           "alias=username. ask: the member is asked for the account and its password, which "
           "WeComBindProvider checks. What WeCom gives with consent alone (email, mobile) is asked "
           "for once inside the client, unless WeComScope base is written. Needs WeComAccounts.",
           .syntax = "none|field userid|email|mobile|MEMBER=COLUMN ...|ask", .fallback = "none",
           .max = 9, .judge = wecom_value_association),
    SOURCE("WeComSync", CHOICE, sync,
           "When the profile of an account (name, alias, position, telephone, departments and the "
           "like) follows WeCom: at every login, at the first one, or never. What WeCom withholds "
           "is kept, and username, e-mail and phone are never changed. Needs WeComAccounts.",
           .syntax = "every|first|never", .values = "every|first|never", .fallback = "every"),

    SOURCE_OR_SERVER("WeComBaseURL", URLS, base_url,
                     "Replaces an address of WeCom, for private deployments and the simulator: "
                     "api for the server's calls, authorize for the login inside the client, "
                     "login for the page with the code to scan. May stand once for each. At the "
                     "server it holds for every source without its own. By default the public "
                     "cloud of WeCom.",
                     .syntax = "api|authorize|login https://host[:port]",
                     .values = "api|authorize|login", .check = wecom_value_url),
    SOURCE_OR_SERVER("WeComCAFile", TEXT, ca_file,
                     "A PEM file with the certificates that WeCom's server is checked against. "
                     "At the server it holds for every source without its own. By default the "
                     "certificates of the system.",
                     .syntax = "path"),
    SOURCE_OR_SERVER("WeComProxy", TEXT, proxy,
                     "An HTTP proxy for the calls to WeCom. At the server it holds for every "
                     "source without its own. By default none; the environment is not asked.",
                     .syntax = "http://host:port", .check = wecom_value_proxy),
    SOURCE_OR_SERVER("WeComTimeout", SECONDS, timeout,
                     "How long all the calls to WeCom of one login may take together, from 1 to "
                     "30 seconds. At the server it holds for every source without its own.",
                     .syntax = "time", .fallback = "5s", .min = 1, .max = 30),

    SERVER("WeComEndpoint", TEXT, endpoint,
           "The path under which the module's own pages stand, such as the login page and the "
           "address that WeCom sends the browser back to.",
           .syntax = "path", .fallback = "/wecom", .check = wecom_value_endpoint),
    SERVER("WeComPublicURL", TEXT, public_url,
           "Scheme, host and port under which people reach this virtual host. By default made "
           "from a written ServerName; https where its scheme says so or mod_ssl is on.",
           .syntax = "https://host[:port]", .check = wecom_value_public_url),
    SERVER("WeComStateDir", TEXT, state_dir,
           "A folder for the key and for what must survive a restart. It is made at start and "
           "belongs to the user who starts the server. Virtual hosts share it; one that names a "
           "folder of its own has a key of its own.",
           .syntax = "path", .fallback = "\"" WECOM_STATE_DIR "\""),
    SERVER("WeComCryptoKey", WORDS, crypto_key,
           "One to eight files of 32 random bytes each (openssl rand -out FILE 32). The first "
           "key seals sessions, all of them open sessions, so that a key can be replaced. By "
           "default one key, made once in the state folder.",
           .syntax = "file:path [file:path ...]", .max = WECOM_MAX_KEYS,
           .check = wecom_value_key),
    SERVER("WeComCache", TEXT, cache,
           "Where access tokens and used logins are kept for all processes: any socache provider "
           "with its arguments, such as shmcb or redis:host:6379. The module of the provider "
           "must be loaded.",
           .syntax = "provider[:arguments]", .fallback = "shmcb", .check = wecom_value_cache),
    SERVER("WeComVerifyFile", WORDS, verify_files,
           "Names of ownership files that WeCom looks for at the root of the site. They are "
           "answered by the module, without a file and without a login.",
           .syntax = "WW_verify_XXXXXXXXXXXXXXXX.txt [...]", .max = 64,
           .check = wecom_value_verify_file),
    SERVER("WeComSessionCookie", COOKIE, session_cookie,
           "Name of the session cookie, and optionally the domain that it is valid for. A few "
           "characters made from the public URL, or from the domain, are added to the name; "
           "without a domain and on https it also gets the prefix __Host-.",
           .syntax = "name [domain]", .fallback = "wecom", .check = wecom_value_cookie_name),
    SERVER("WeComSessionMaxAge", SECONDS, session_max_age,
           "After this time a session ends and the visitor must log in again.",
           .syntax = "time", .fallback = "12h", .min = 60, .max = 31536000),
    SERVER("WeComSessionIdleTimeout", SECONDS, session_idle,
           "After this time without a request a session ends. It must not be longer than "
           "WeComSessionMaxAge.",
           .syntax = "time", .fallback = "4h", .min = 60, .max = 31536000),
    SERVER("WeComSessionFields", WORDS, session_fields,
           "Further fields of the member that the session carries, beside userid, source, "
           "account, name, departments, main_department and leads: fields of WeCom such as "
           "position or mobile, and extended attributes as extattr:NAME. A name of one's own "
           "may stand before either, as in employee_no=extattr:Number, and must where the "
           "attribute's name is not made of letters, digits and '_'. By this name, in lower "
           "case, the application hears the field (WeComPassEnv, WeComPassHeaders, session), "
           "and Require wecom-attribute asks for it. What WeCom withholds is not carried: "
           "applications made since June 2022 get e-mail, mobile, gender, avatar and address "
           "with the member's consent alone (WeComScope privateinfo). A session must fit a "
           "cookie of 4096 bytes, and nothing is cut: a member whose values do not fit is "
           "refused (WC0242). A session that is there lacks a new field until the member is "
           "read again or signs in again.",
           .syntax = "FIELD|extattr:NAME|name=FIELD|name=extattr:NAME [...]",
           .max = WECOM_MAX_FIELDS, .judge = wecom_pass_judge_fields),
    SERVER("WeComRefresh", SECONDS, refresh,
           "After this time a member whose session is in use is read again at WeCom, in the "
           "background. Whoever is disabled, gone or out of the visible range of the application "
           "is then signed out everywhere, and changed departments and fields come into all "
           "sessions of the member. From 1 second to 30 days. Members of a source with "
           "WeComCheckMember Off are not read again: their sessions live their life.",
           .syntax = "time", .fallback = "1h", .min = 1, .max = 2592000),
    SERVER("WeComRefreshGrace", SECONDS, refresh_grace,
           "How long sessions live on while WeCom cannot be asked. A session whose member WeCom "
           "has not confirmed for so long ends, also one that nobody has used in that time. It "
           "must not be shorter than WeComRefresh.",
           .syntax = "time", .fallback = "24h", .min = 1, .max = 31536000),
    SERVER("WeComAccounts", WORDS, accounts,
           "The account directory. none: every member is a user of the site, named by the userid. "
           "dbd: accounts in the database of mod_dbd (DBDriver sqlite3, pgsql or mysql), whose "
           "tables are made by wecomctl accounts init; REMOTE_USER is then the username of the "
           "account. ldap: accounts in an LDAP directory, which is only read, through the "
           "connections of mod_ldap; the URL (RFC 4516) names up to four attributes: username, "
           "e-mail, phone and name (uid, mail, mobile, cn). With dbd after it the links between "
           "members and accounts are kept in the database, else members are matched at each login.",
           .syntax = "none|dbd|ldap URL [dbd]", .fallback = "none", .max = 3,
           .judge = wecom_value_accounts),
    SERVER("WeComAccountQuery", WORDS, account_query,
           "A table of the enterprise's own in place of ours: its name, and which of its columns "
           "hold username, email, phone, name and status (1 or active: active; 2 or locked: "
           "locked; all else: disabled); the first is needed. Or a SELECT that gives columns of "
           "these names, with %{username}, %{email} and %{phone} for the values looked for; then "
           "accounts are only read. The links between members and accounts stay in our own table.",
           .syntax = "TABLE COLUMN=FIELD ...|\"SELECT ...\"", .max = 6,
           .judge = wecom_value_account_query),
    SERVER("WeComLDAPBind", WORDS, ldap_bind,
           "As whom the LDAP directory is searched: a DN, and where its password lies. By default "
           "nobody (anonymous).",
           .syntax = "DN file:path|env:name", .max = 2, .judge = wecom_value_ldap_bind),
    SERVER("WeComBindProvider", WORDS, bind_provider,
           "The authn providers of httpd, or aliases of <AuthnProviderAlias>, that check the "
           "password of an account under WeComAssociation ask, in this order.",
           .syntax = "PROVIDER [PROVIDER ...]", .max = 8),
    SERVER("WeComAuditLog", TEXT, audit_log,
           "Where each login, refusal, link, creation and binding is written, one line of JSON for "
           "each: a file, or a program that reads lines (rotatelogs). By default the error log, "
           "at level notice.",
           .syntax = "file|\"|program\"", .check = wecom_value_audit_log),
    SERVER("WeComDirectorySize", WORDS, directory_size,
           "Shared memory for the departments of one source, and for its tags. Half of it is read "
           "while the other half is filled. What does not fit is not taken over, and the log says "
           "which size is needed.",
           .syntax = "size [size]", .fallback = "8M 16M", .max = 2, .check = wecom_value_size),
    SERVER("WeComPullUp", CHOICE, pull_up,
           "Whether a phone's own browser, which cannot scan what it shows, is offered to pull the "
           "WeCom client of the same phone up: the member picks the number there that the browser "
           "shows. On: both must come from one address (the same IPv4 address, or the same IPv6 "
           "/64), which behind a proxy needs mod_remoteip. any-address: the address is not "
           "compared. Off: WeCom's own page alone.",
           .syntax = "On|any-address|Off", .values = "On|any-address|Off", .fallback = "On"),
    SERVER("WeComLoginPanel", FLAG, login_panel,
           "Shows WeCom's own login panel in the login page, so that a visitor at a computer scans "
           "or clicks without leaving it. The browser then loads a script and a frame from WeCom. "
           "Needs WeCom's public cloud: no WeComBaseURL login, and WeComLoginURL wwlogin.",
           .syntax = "On|Off", .fallback = "Off"),
    SERVER("WeComPopupOrigins", WORDS, popup_origins,
           "The sites whose pages may open the login in a window of its own (wecom.js) and ask "
           "session and jssdk from a script, by their exact origins: scheme, host and port. The "
           "site's own pages always may. By default nobody else.",
           .syntax = "https://host[:port] [...]", .max = 64, .check = wecom_value_origin),

    SERVER("WeComBrand", BRAND, brand,
           "The look of the module's pages. title: the name of the site, in the head of every page "
           "and behind its title; with a language before it (en, zh) for visitors of that "
           "language. logo and icon: a PNG, SVG, JPEG, WebP or ICO file of at most 256 KiB, "
           "above the page and in the tab of the browser. color: of the first button, and made "
           "readable of edges and texts, in the dark too. May stand once for each. Files are read "
           "when the configuration is read.",
           .syntax = "title [lang] text|logo file|icon file|color #rrggbb"),
    SERVER("WeComPages", TEXT, pages,
           "A folder with files in the place of those that come with the module: page.html for all "
           "pages, or a file for one page alone (login.html), and words.en and words.zh-CN with "
           "all sentences of a language. They are checked and read when the configuration is read. "
           "By default none.",
           .syntax = "folder"),
    SERVER("WeComFrameAncestors", WORDS, frame_ancestors,
           "The sites whose pages may show the module's pages in a frame: self for the site "
           "itself, and others by their exact origins. Who may frame a page can also lead its "
           "visitors to click on it unawares.",
           .syntax = "none|self|https://host[:port] [...]", .fallback = "none", .max = 32,
           .check = wecom_value_frame_ancestor, .judge = wecom_value_frame_ancestors),

    AP_INIT_TAKE1("AuthType", wecom_config_set_auth_type,
                  (void *)&((const wecom_option_t){
                      .kind = WECOM_KIND_FLAG, .where = WECOM_AT_PLACE,
                      .offset = FIELD(FLAG, wecom_place_t, wecom), .syntax = "WeCom" }),
                  OR_AUTHCFG,
                  "AuthType WeCom: whoever comes here must have logged in with WeCom. The "
                  "directive is httpd's own; every other value keeps its meaning."),
    PLACE("WeComSources", WORDS, sources,
          "The sources that may be used to log in here, by their ids. By default all that the "
          "virtual host has.",
          .syntax = "id [id ...]", .max = WECOM_MAX_SOURCES, .check = wecom_value_source_id),
    PLACE("WeComUser", TEXT, user,
          "The name that the application hears as REMOTE_USER: a pattern with %{userid}, "
          "%{account}, %{source} and %{corpid}. By default the account, else the userid. Where "
          "sources of several enterprises may be used it is needed, for example "
          "%{userid}@%{source}, since two people could have one userid.",
          .syntax = "pattern", .check = wecom_user_check),
    PLACE("WeComLogin", CHOICE, login,
          "How a login that begins here goes on outside the WeCom client; inside it is always "
          "silent. auto: straight to WeCom where one source fits, else to the login page. page: "
          "always to the login page. direct: always straight to WeCom's own page, with the source "
          "used last or else the first one.",
          .syntax = "auto|page|direct", .values = "auto|page|direct", .fallback = "auto"),
    PLACE("WeComRegistration", FLAG, registration,
          "Off: a login that begins here never creates an account, whatever the source says. Needs "
          "WeComAccounts.",
          .syntax = "On|Off", .fallback = "On"),
    PLACE("WeComUnauthenticated", CHOICE, unauthenticated,
          "What becomes of a visitor without a session. login: the browser is sent to the login, "
          "and a script gets a 401. 401: nobody is sent anywhere; a script gets the 401 as JSON "
          "and a person a page that leads to the login. pass: the visitor goes on without a name "
          "where Require lets nobody's name in too (Require all granted), with no environment and "
          "no headers, and gets the 401 where it does not; a session that is there is used.",
          .syntax = "login|401|pass", .values = "login|401|pass", .fallback = "login"),
    PLACE("WeComPassEnv", FLAG, pass_env,
          "Sets an environment variable for every carried field that the member has: WECOM_USERID, "
          "WECOM_SOURCE, WECOM_ACCOUNT, WECOM_NAME, WECOM_DEPARTMENTS, WECOM_MAIN_DEPARTMENT, "
          "WECOM_LEADS (the departments that the member leads), and those of WeComSessionFields "
          "(WECOM_POSITION). Ids of departments are joined with commas.",
          .syntax = "On|Off", .fallback = "On"),
    PLACE("WeComPassHeaders", PASS, pass_headers,
          "Sets request headers for a proxied application, FastCGI or CGI: the prefix and the name "
          "of the field, each word of it with a capital (X-WeCom-Userid, X-WeCom-Main-Department). "
          "The fields are userid, source, account, name, departments, main_department, leads, and "
          "those of WeComSessionFields. Values are UTF-8 in percent-encoding (RFC 3986; the commas "
          "between ids stay), or the whole value in base64url without padding; a field that the "
          "member lacks gives no header. Whatever a browser sends under the prefix is taken away, "
          "on every path of the server; in .htaccess only X-WeCom- and prefixes that stand in the "
          "server's configuration may be used.",
          .syntax = "Off|[prefix=X-WeCom-] percent|base64url FIELD [...]", .fallback = "Off"),
    { NULL, { NULL }, NULL, 0, RAW_ARGS, NULL }
};

_Static_assert(sizeof(directives) / sizeof(directives[0]) - 1 <= WECOM_MAX_ROWS,
               "a record counts its set rows in 64 bits");

/* --- hooks ------------------------------------------------------------------------------------ */

static int pre_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp)
{
    int status = wecom_config_pre_config(pconf, plog, ptemp);

    if (status != OK) {
        return status;
    }
    wecom_session_register();
    wecom_authz_pre_config(pconf);
    wecom_dbd_pool_pre_config();
    return wecom_runtime_pre_config(pconf);
}

static void register_hooks(apr_pool_t *p)
{
    static const char *const before_cache[] = { "mod_cache.c", NULL };
    static const char *const before_watchdog[] = { "mod_watchdog.c", NULL };

    /* the configuration */
    ap_hook_pre_config(pre_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_check_config(wecom_config_check, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_test_config(wecom_dump_test_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(wecom_runtime_post_config, NULL, before_watchdog, APR_HOOK_MIDDLE);
    /* mod_watchdog's begins the thread that works in what ours makes */
    ap_hook_child_init(wecom_runtime_child_init, NULL, before_watchdog, APR_HOOK_MIDDLE);

    /* every request of a host with a source */
    ap_hook_post_read_request(wecom_scrub_request, NULL, NULL, APR_HOOK_REALLY_FIRST);

    /* our own URLs: before everybody who might answer for them */
    ap_hook_translate_name(wecom_endpoint_translate, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_map_to_storage(wecom_endpoint_map_to_storage, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_check_access_ex(wecom_endpoint_access, NULL, NULL, APR_HOOK_REALLY_FIRST,
                            AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_type_checker(wecom_endpoint_type, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_fixups(wecom_endpoint_fixups, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_handler(wecom_endpoint_handler, NULL, before_cache, APR_HOOK_REALLY_FIRST);
    ap_hook_log_transaction(wecom_endpoint_log, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_log_transaction(wecom_authz_log, NULL, NULL, APR_HOOK_MIDDLE);

    /* protected places */
    ap_hook_check_authn(wecom_authn_check, NULL, NULL, APR_HOOK_FIRST,
                        AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_note_auth_failure(wecom_authn_note_failure, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_fixups(wecom_tell_fixups, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_insert_filter(wecom_authn_deliver, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_insert_filter(wecom_confine_insert, NULL, NULL, APR_HOOK_REALLY_LAST);
    ap_hook_insert_error_filter(wecom_confine_insert, NULL, NULL, APR_HOOK_REALLY_LAST);
    ap_hook_log_transaction(wecom_tell_log, NULL, NULL, APR_HOOK_REALLY_FIRST);
    wecom_confine_register();
    wecom_trailers_register();
    wecom_authz_register(p);
}

module AP_MODULE_DECLARE_DATA auth_wecom_module = {
    STANDARD20_MODULE_STUFF,
    wecom_config_create_place,
    wecom_config_merge_place,
    wecom_config_create_server,
    wecom_config_merge_server,
    directives,
    register_hooks,
    AP_MODULE_FLAG_ALWAYS_MERGE
};
