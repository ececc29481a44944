/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits.h - every ceiling of the program, in one list.
 *
 * Nothing that comes from outside is stored, copied or looped over without one of these.
 * A ceiling is written here once, with its unit and the reason for its size, so that a reader
 * can add them up. Sizes are bytes unless said otherwise and never count a closing NUL.
 */
#ifndef WECOM_BASE_LIMITS_H
#define WECOM_BASE_LIMITS_H

/* --- what the browser sends ------------------------------------------------------------- */
#define WECOM_MAX_QUERY            16384 /* a query string that is looked at at all */
#define WECOM_MAX_COOKIE_HEADER    65536 /* of a Cookie header that the simulator scans; for the
                                          * module LimitRequestFieldSize is the ceiling */
#define WECOM_MAX_COOKIES           1000 /* cookies that are looked at in one request */
#define WECOM_MAX_OWN_COOKIES         16 /* cookies with our own name that are kept for a look */
#define WECOM_MAX_SEALED_COOKIE     4000 /* base64 text of a sealed cookie; browsers drop > 4096 */
#define WECOM_MAX_PENDING_COOKIE    1000 /* base64 text of a pending login with its target; four of
                                          * them and a session must fit LimitRequestFieldSize */
#define WECOM_MAX_TARGET            2048 /* a return target: path and query */
#define WECOM_MAX_SIGNED_URL        2400 /* a page's address for JS-SDK: origin, path and query */
#define WECOM_MAX_CODE               512 /* WeCom, document 91023: code is at most 512 bytes */
#define WECOM_MAX_STATE              128 /* WeCom, document 91022: state is at most 128 bytes */
#define WECOM_MAX_FORM              8192 /* body of a form that is posted to our own URLs */
#define WECOM_MAX_KEPT_BODY        65536 /* a form that is kept over a login */
#define WECOM_MAX_KEPT_PAIRS        1000 /* fields of one; as many as PHP and Django take */
#define WECOM_MAX_KEPT_BOX         92160 /* base64 text of the sealed form */
#define WECOM_MAX_KEPT_POST        98304 /* body that brings the box back */
#define WECOM_MAX_USER_AGENT        1024 /* bytes of the User-Agent that are searched */
#define WECOM_MAX_ACCEPT_LANGUAGE    256

/* --- the pending login -------------------------------------------------------------------- */
#define WECOM_MAX_ORIGIN             255 /* of the page that opens the login in a window */
#define WECOM_MAX_NONCE               32 /* what that page calls the login */
#define WECOM_PENDING_SECONDS        600 /* from the start of a login to its return */
#define WECOM_KEPT_SECONDS           600 /* from the post to the question after the login */
#define WECOM_MAX_PENDING              4 /* pending logins kept in one browser; oldest evicted */

/* --- what WeCom sends ----------------------------------------------------------------------- */
#define WECOM_MAX_ANSWER         1048576 /* one HTTP answer */
#define WECOM_MAX_JSON_DEPTH          16
#define WECOM_MAX_JSON_GROUPS     400000 /* objects and arrays in a text; each costs json-c a
                                          * kilobyte, and 200 000 members are as many objects */
#define WECOM_MAX_JSON_COMMAS    2000000 /* between members and elements */
#define WECOM_MAX_TOKEN             1024 /* access_token; WeCom asks to reserve 512 */
#define WECOM_MAX_TICKET             512 /* user_ticket, document 91023 */
#define WECOM_MAX_JSTICKET           512 /* of JS-SDK; those of document 90506 have 86 */
#define WECOM_MAX_USERID              64 /* document 90196 */
#define WECOM_MAX_EMAIL              254 /* RFC 5321 section 4.5.3.1.3 */
#define WECOM_MAX_USERNAME           190 /* of an account; what MariaDB can index in utf8mb4 */
#define WECOM_MAX_PHONE               64 /* as somebody may have typed it */
#define WECOM_MAX_SECRET            1024 /* a permanent code has up to 512 bytes */
#define WECOM_MAX_NAME               256 /* a member's or department's name */
#define WECOM_MAX_FIELD             1024 /* any other text field of a member */
#define WECOM_MAX_EXTATTRS            64 /* extended attributes of a member */
#define WECOM_MAX_EXTATTR_BYTES     4096 /* all their names and values together */
#define WECOM_MAX_DEPARTMENTS        200 /* departments of one member */
#define WECOM_MAX_TREE             65536 /* departments of an enterprise; WeCom allows 30 000 */
#define WECOM_MAX_TREE_DEPTH          32 /* of a path of names; WeCom allows 15 levels */
#define WECOM_MAX_TAGS             10000 /* tags of an enterprise; WeCom allows 3 000 */
#define WECOM_MAX_TAG_MEMBERS     200000 /* of one tag */
#define WECOM_MAX_CONTACTS      33554432 /* one answer with departments or members of a tag */
#define WECOM_MAX_ERRMSG             512 /* errmsg, before it is cleaned for the log */
#define WECOM_MIN_TOKEN_SECONDS       60 /* an expires_in outside these two is clamped */
#define WECOM_MAX_TOKEN_SECONDS     7200

/* --- the caches ----------------------------------------------------------------------------- */
#define WECOM_MAX_CACHE_VALUE      16384 /* sealed; the design's promise for every provider */

/* --- accounts that belong to somebody else --------------------------------------------------- */
#define WECOM_MAX_LDAP_URL          4096 /* WeComAccounts ldap */
#define WECOM_MAX_LDAP_HOSTS           8 /* named in it */
#define WECOM_MAX_LDAP_ATTRIBUTE      64 /* the name of one */
#define WECOM_MAX_LDAP_VALUES         16 /* of one attribute of an entry that are looked at */
#define WECOM_MAX_ACCOUNT_QUERY     8192 /* the SELECT of WeComAccountQuery */
#define WECOM_MAX_ACCOUNT_VALUES      64 /* places in it where a value stands */
#define WECOM_MAX_ACCOUNT_ROWS       256 /* of its answer that are looked at */

/* --- the configuration ---------------------------------------------------------------------- */
#define WECOM_MAX_SOURCE_ID           31 /* ^[a-z0-9-]{1,31}$ */
#define WECOM_MAX_SOURCES             64 /* in one virtual host */
#define WECOM_MAX_DISPLAY_NAME       200
#define WECOM_MAX_RULE_WORDS        4096 /* of one line Require; httpd's own ceiling is the length
                                          * of the line */
#define WECOM_MAX_CACHE_SPEC        1024 /* WeComCache; a path in it must be one that a file can
                                          * have, below every folder (PATH_MAX) */
#define WECOM_MAX_KEYS                 8 /* key files in WeComCryptoKey */
#define WECOM_KEY_BYTES               32
#define WECOM_MAX_TEMPLATE         65536 /* a file of WeComPages */
#define WECOM_MAX_TEMPLATE_DEPTH       8 /* sections in sections */
#define WECOM_MAX_PAGE           1048576 /* what a template makes of its values */
#define WECOM_MAX_WORD              1024 /* a sentence of a words file */
#define WECOM_MAX_ASSET           262144 /* a picture of WeComBrand */
#define WECOM_MAX_FIELDS              32 /* of WeComSessionFields and of WeComPassHeaders */
#define WECOM_MAX_ORIGINS             64 /* different ones of all virtual hosts; as many as a ticket
                                          * can hold */
#define WECOM_MAX_FIELD_NAME          32 /* the name of one */
#define WECOM_MAX_EXTATTR            128 /* the name of an extended attribute at WeCom */
#define WECOM_MAX_HEADER_PREFIX       32 /* of WeComPassHeaders */
#define WECOM_EXEC_SECONDS            10 /* for a secret from exec: */

/* --- wecomctl --------------------------------------------------------------------------------- */
#define WECOM_MAX_CSV_COLUMNS         64
#define WECOM_MAX_CSV_RECORD       65536 /* the text of all fields of one record; a quote that is
                                          * never closed ends here */
#define WECOM_MAX_DATABASE_PARAMS   4096 /* as DBDParams has them */
#define WECOM_MAX_STATE_FILE     1048576 /* wecomctl.json; not above WECOM_MAX_ANSWER */

#endif
