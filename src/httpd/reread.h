/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reread.h - members who wait in the queue are read again at WeCom, beside every request.
 *
 * Who is not active any more, or no member, is recalled for every app of the corp that this server
 * knows; who is out of an app's visible range, for that app. Changed facts go into the cache and
 * get a mark, by which older sessions take them. Where WeCom says nothing about the member nothing
 * changes: the source rests for a while, unless only this answer was odd, and the members come back
 * with their next requests.
 */
#ifndef WECOM_HTTPD_REREAD_H
#define WECOM_HTTPD_REREAD_H

#include "glue.h"

/* A task of background.h. At most WECOM_REREAD_PACE members in one run, and none is begun after a
 * second of it: WeCom allows 10,000 calls a minute (document 90454), and logins need them too. */
#define WECOM_REREAD_PACE 20

void wecom_reread_task(server_rec *main, apr_pool_t *pool);

#endif
