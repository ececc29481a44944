/* SPDX-License-Identifier: Apache-2.0 */
/*
 * patience.h - a directory that does not answer is not asked by everybody.
 *
 * Who asks leaves a mark in the cache until there is an answer, good or bad. A mark that has stood
 * for some seconds means that the directory hangs (a database behind a dead firewall, an LDAP
 * server that accepts and is silent): from then on one request in half a minute asks, and all
 * others are told at once. So it does not take all threads of the server.
 */
#ifndef WECOM_AUTH_PATIENCE_H
#define WECOM_AUTH_PATIENCE_H

#include "../base/cache.h"
#include "account.h"

#define WECOM_PATIENCE_SECONDS 5    /* without an answer */
#define WECOM_PATIENCE_PROBE   30   /* then it is asked this often */

/* 1: ask, and say how it went with wecom_patience_end. 0: it hangs. */
int wecom_patience_begin(const wecom_cache_t *cache, const wecom_directory_t *directory,
                         apr_time_t now, apr_pool_t *pool);

/* There was an answer, or a failure: either way it does not hang. */
void wecom_patience_end(const wecom_cache_t *cache, const wecom_directory_t *directory,
                        apr_pool_t *pool);

#endif
