/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shape_task.h - the work in the background that keeps departments and tags.
 *
 * A source is asked when a rule needs it: those of the configuration at once and again every
 * WeComRefresh, those of .htaccess when one was met. What WeCom does not answer stays as it was.
 */
#ifndef WECOM_HTTPD_SHAPE_TASK_H
#define WECOM_HTTPD_SHAPE_TASK_H

#include "glue.h"

/* For wecom_background_add. */
void wecom_shape_task(server_rec *main, apr_pool_t *pool);

#endif
