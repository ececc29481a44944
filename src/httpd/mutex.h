/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mutex.h - a mutex of the node that outlives graceful restarts.
 *
 * At a graceful restart children of two generations are there for a while, and both must meet at
 * one lock. So it is made once in the life of the node and never destroyed.
 */
#ifndef WECOM_HTTPD_MUTEX_H
#define WECOM_HTTPD_MUTEX_H

#include "glue.h"

#include "apr_global_mutex.h"

/* In post_config: the mutex of this type (registered in pre_config, see the Mutex directive), made
 * or found. */
apr_status_t wecom_mutex_lasting(apr_global_mutex_t **mutex, const char *type, server_rec *main);

#endif
