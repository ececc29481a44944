/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache_socache.h - the cache port over httpd's socache providers.
 *
 * Three instances with one mutex: "common" for access tokens, "visitors" for what strangers can
 * cause to be written, "members" for what members can, so that neither a flood of started logins
 * nor a whole enterprise at work evicts a token.
 * Keys are hashed, values sealed with their own expiry inside. shmcb instances outlive
 * pconf and are taken over by the next generation: made from pconf, every graceful restart, and
 * so every nightly log rotation, would empty them.
 */
#ifndef WECOM_HTTPD_CACHE_SOCACHE_H
#define WECOM_HTTPD_CACHE_SOCACHE_H

#include "config.h"

#include "../base/cache.h"

typedef struct wecom_socache_t wecom_socache_t;

/* Register the mutex's name (Mutex directive: "wecom-cache"). */
apr_status_t wecom_cache_socache_register(apr_pool_t *pconf);

/* NULL, or what the provider says against the arguments of spec, for check_config. A provider that
 * is not there is not judged. */
const char *wecom_cache_socache_judge(const char *spec, apr_pool_t *temp);

/* In the parent, after privileges are still there. spec: "provider[:args]". NULL on failure,
 * which is logged. */
wecom_socache_t *wecom_cache_socache_open(const char *spec, server_rec *s, apr_pool_t *pconf);

void wecom_cache_socache_child_init(wecom_socache_t *socache, apr_pool_t *pchild,
                                    server_rec *s);

/* A port that seals with this ring. site: the public URL; what belongs to a login under way is this
 * site's alone, and the rest (tokens, rests, tries) is everybody's who has the ring. */
wecom_cache_t *wecom_cache_socache_port(wecom_socache_t *socache, const wecom_keyring_t *ring,
                                        const char *site, apr_pool_t *pool);

#endif
