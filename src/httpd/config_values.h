/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_values.h - what single values may look like.
 *
 * One check for each sort of value. Every check returns NULL, or a sentence for the administrator
 * that says what to write instead. Values come in as plain, non-empty UTF-8.
 */
#ifndef WECOM_HTTPD_CONFIG_VALUES_H
#define WECOM_HTTPD_CONFIG_VALUES_H

#include <apr_tables.h>

/* [0-9A-Za-z_-]{1,64} */
const char *wecom_value_corp_id(const char *value, apr_pool_t *pool);

/* 1 to 20 digits. */
const char *wecom_value_agent_id(const char *value, apr_pool_t *pool);

/* At most WECOM_MAX_DISPLAY_NAME characters. */
const char *wecom_value_display_name(const char *value, apr_pool_t *pool);

/* Two or three letters. */
const char *wecom_value_language(const char *value, apr_pool_t *pool);

/* file:PATH, env:NAME, exec:/PATH ..., or a literal of [0-9A-Za-z_-]. */
const char *wecom_value_secret(const char *value, apr_pool_t *pool);

/* A URL that the HTTP client would call. */
const char *wecom_value_url(const char *value, apr_pool_t *pool);

/* http://host:port */
const char *wecom_value_proxy(const char *value, apr_pool_t *pool);

/* http(s)://host[:port] */
const char *wecom_value_public_url(const char *value, apr_pool_t *pool);

/* none, self, or an origin. */
const char *wecom_value_frame_ancestor(const char *value, apr_pool_t *pool);

/* none stands alone. */
const char *wecom_value_frame_ancestors(const apr_array_header_t *words, apr_pool_t *pool);

/* "https://app.example.com", byte by byte as a browser spells it. */
const char *wecom_value_origin(const char *value, apr_pool_t *pool);

/* "/wecom" */
const char *wecom_value_endpoint(const char *value, apr_pool_t *pool);

/* file:PATH */
const char *wecom_value_key(const char *value, apr_pool_t *pool);

/* provider[:arguments] */
const char *wecom_value_cache(const char *value, apr_pool_t *pool);

/* WW_verify_ and 16 letters or digits and .txt */
const char *wecom_value_verify_file(const char *value, apr_pool_t *pool);

/* [0-9A-Za-z_-]{1,32} */
const char *wecom_value_cookie_name(const char *value, apr_pool_t *pool);

/* "example.com": at least two labels, no leading dot. */
const char *wecom_value_cookie_domain(const char *value, apr_pool_t *pool);

/* none, ask, or field and 1 to 8 fields that a member can be matched by. */
const char *wecom_value_association(const apr_array_header_t *words, apr_pool_t *pool);

/* A DN, and where its password lies. */
const char *wecom_value_ldap_bind(const apr_array_header_t *words, apr_pool_t *pool);

/* none, dbd, or ldap URL [dbd]. */
const char *wecom_value_accounts(const apr_array_header_t *words, apr_pool_t *pool);

/* A table and column=field words, or a SELECT. */
const char *wecom_value_account_query(const apr_array_header_t *words, apr_pool_t *pool);

/* A path, or '|' and a program with an absolute path. */
const char *wecom_value_audit_log(const char *value, apr_pool_t *pool);

/* The id of a source. */
const char *wecom_value_source_id(const char *value, apr_pool_t *pool);

/* 64K, 8M, 1G: from 64 KiB to 1 GiB. */
const char *wecom_value_size(const char *value, apr_pool_t *pool);

/* The bytes of such a value. */
apr_size_t wecom_value_bytes(const char *value);

#endif
