/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shape.h - the shape of an enterprise: its departments and tags, as far as they are known here
 * and now, and when they are to be read again.
 *
 * Both are read from WeCom as a whole, in the background: a tree of the last hour is better than
 * none, so what cannot be read anew is kept, however old it is.
 */
#ifndef WECOM_AUTH_SHAPE_H
#define WECOM_AUTH_SHAPE_H

#include <apr_tables.h>

#include "../wecom/app.h"
#include "../wecom/ports.h"
#include "tags.h"
#include "tree.h"

enum {
    WECOM_SHAPE_TREE = 0,
    WECOM_SHAPE_TAGS,
    WECOM_SHAPE_PARTS
};

typedef struct wecom_shape_t {
    const wecom_tree_t *tree;   /* NULL: not there (yet) */
    const wecom_tags_t *tags;   /* likewise */
} wecom_shape_t;

/* --- when ------------------------------------------------------------------------------------- */

/* May lie in shared memory and be all zeros: due at once. Seconds since 1970. */
typedef struct wecom_shape_due_t {
    volatile apr_int64_t next[WECOM_SHAPE_PARTS];    /* when it is to be read again */
    volatile apr_int64_t tried[WECOM_SHAPE_PARTS];   /* when it was last tried */
    volatile apr_int64_t told[WECOM_SHAPE_PARTS];    /* when a failure was last told */
} wecom_shape_due_t;

/* Is it to be read now? Not twice within WECOM_SHAPE_PAUSE seconds, whoever asks for it. A clock
 * that was set back does not keep anything waiting. */
#define WECOM_SHAPE_PAUSE 5
int wecom_shape_is_due(const wecom_shape_due_t *due, int part, apr_int64_t now);

/* As soon as may be. */
void wecom_shape_due_now(wecom_shape_due_t *due, int part);

/* It is tried now. Returns what the next two want to have; when neither comes, because whoever
 * began has died, it is due again after WECOM_SHAPE_PAUSE seconds. */
apr_int64_t wecom_shape_begin(wecom_shape_due_t *due, int part, apr_int64_t now);

/* It was read: again after `span` seconds; sooner when somebody has asked for it meanwhile. */
void wecom_shape_done(wecom_shape_due_t *due, int part, apr_int64_t begun, apr_int64_t span,
                      apr_int64_t now);

/* It could not be read: again after WECOM_SHAPE_RETRY seconds, or `span` where that is less; sooner
 * likewise. */
#define WECOM_SHAPE_RETRY 60
void wecom_shape_failed(wecom_shape_due_t *due, int part, apr_int64_t begun, apr_int64_t span,
                        apr_int64_t now);

/* 1 when a failure may be told: once a minute. */
int wecom_shape_may_tell(wecom_shape_due_t *due, int part, apr_int64_t now);

/* --- reading ---------------------------------------------------------------------------------- */

/* Read the departments that the app sees, and build them into the block. WECOM_OK; what WeCom or
 * the transport said; WECOM_E_TOO_LARGE with report->needed. */
wecom_status_t wecom_shape_fetch_tree(void *block, apr_size_t size, wecom_tree_report_t *report,
                                     wecom_error_t *err, const wecom_app_t *app,
                                     const wecom_ports_t *ports, apr_pool_t *pool);

typedef struct wecom_tags_report_t {
    apr_size_t needed;           /* bytes of the block */
    apr_size_t count;            /* all tags */
    apr_size_t read;             /* those whose members are known */
    const char *refused;         /* a wanted tag that the app may not see, or NULL */
} wecom_tags_report_t;

/* Read all tags, and the members of those that are wanted (const char *: id or name), and build
 * them into the block. A wanted tag that does not exist is no failure; one that the app may not
 * see (60011, 40068) neither: its members stay unknown. ends is asked before each tag, which may
 * take as long as WeCom is slow; its 1 breaks off with WECOM_E_UNAVAILABLE. NULL: never. */
wecom_status_t wecom_shape_fetch_tags(void *block, apr_size_t size, wecom_tags_report_t *report,
                                     wecom_error_t *err, const apr_array_header_t *wanted,
                                     int (*ends)(void), const wecom_app_t *app,
                                     const wecom_ports_t *ports, apr_pool_t *pool);

#endif
