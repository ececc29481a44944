/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine.h - what the application answers under AuthType WeCom stays with the one who asked.
 *
 * An output filter after mod_headers and before mod_cache: the answer becomes
 * "Cache-Control: private", loses public and s-maxage, and Surrogate-Control. Without it mod_cache
 * (or a proxy in front) hands one member's page to strangers. Also for what a stranger gets there
 * by another Require, since the next stranger may not.
 */
#ifndef WECOM_HTTPD_CONFINE_H
#define WECOM_HTTPD_CONFINE_H

#include "request.h"

void wecom_confine_register(void);

/* Hooks insert_filter and insert_error_filter. */
void wecom_confine_insert(request_rec *r);

#endif
