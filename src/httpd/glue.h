/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glue.h - what every file above the Apache line shares: the module's symbol and its log ids.
 *
 * A log id is written WC(0101) and appears in the log as "WC0101: ". It stands at one place in
 * the code, is never reused, not even when its message dies, and is documented with cause and
 * cure in docs/messages.md. A guard checks all of it.
 */
#ifndef WECOM_HTTPD_GLUE_H
#define WECOM_HTTPD_GLUE_H

#include "httpd.h"
#include "http_config.h"
#include "http_log.h"

extern module AP_MODULE_DECLARE_DATA auth_wecom_module;

APLOG_USE_MODULE(auth_wecom);

#define WC(n) "WC" #n ": "

#endif
