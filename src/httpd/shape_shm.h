/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shape_shm.h - departments and tags of each source, in shared memory, read without a lock.
 *
 * Each source has two halves: the writer fills the idle one and turns over, and readers go on with
 * the other. A reader opens a view, asks, and asks the view whether it was good all the while; it
 * was, unless it slept through two refreshes. The memory belongs to the node and outlives graceful
 * restarts. It is filled in the background (background.h) for sources that some rule asks for.
 */
#ifndef WECOM_HTTPD_SHAPE_SHM_H
#define WECOM_HTTPD_SHAPE_SHM_H

#include "config.h"

#include "../auth/shape.h"

typedef struct wecom_shape_view_t {
    wecom_shape_t shape;
    const void *room;
    apr_uint32_t turn[2];
} wecom_shape_view_t;

/* Open a view of a source's shape. Never fails: what is not there is NULL in the shape. */
void wecom_shape_shm_open(wecom_shape_view_t *view, const wecom_source_t *source);

/* 1: what was read through the view is true. 0: open it anew. */
int wecom_shape_shm_is_good(const wecom_shape_view_t *view);

/* A rule has asked for the tree, or for the members of a tag (its id or name as text), and they
 * were not there: they are fetched soon. For rules of .htaccess; those of the configuration are
 * known before. Cheap when repeated. */
void wecom_shape_shm_want_tree(const wecom_source_t *source);
void wecom_shape_shm_want_tag(const wecom_source_t *source, const char *tag);

#endif
