/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shape_shm.h - departments and tags of each source, in shared memory, read without a lock.
 *
 * Each source has two halves: the writer fills the idle one and turns over, and readers go on with
 * the other. A reader opens a view, asks, and asks the view whether it was good all the while; it
 * was, unless it slept through two refreshes. The memory belongs to the node and outlives graceful
 * restarts; where one of them brings another size, what is known goes along. It is filled in the
 * background (background.h) for sources that some rule asks for.
 */
#ifndef WECOM_HTTPD_SHAPE_SHM_H
#define WECOM_HTTPD_SHAPE_SHM_H

#include "config.h"

#include "../auth/shape.h"

#define WECOM_MAX_WANTED_TAGS 64   /* named by .htaccess files alone */

typedef struct wecom_shape_room_t wecom_shape_room_t;   /* of one source */

typedef struct wecom_shape_view_t {
    wecom_shape_t shape;
    wecom_tree_t tree;                  /* what the shape points to */
    wecom_tags_t tags;
    const wecom_shape_room_t *room;
    apr_uint32_t turn[WECOM_SHAPE_PARTS];
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

/* --- in the parent ---------------------------------------------------------------------------- */

/* In post_config: forget the rooms of the last generation; their memory is found again. */
void wecom_shape_shm_reset(apr_pool_t *pconf);

/* Make or find the rooms of a server's sources. OK or HTTP_INTERNAL_SERVER_ERROR, logged. */
int wecom_shape_shm_add(const wecom_server_t *server, server_rec *main, apr_pool_t *pconf);

/* --- for the one who fills them: one at a time in the whole node ------------------------------ */

const apr_array_header_t *wecom_shape_shm_rooms(void);   /* wecom_shape_room_t * */
const wecom_source_t *wecom_shape_room_source(const wecom_shape_room_t *room);
const wecom_server_t *wecom_shape_room_server(const wecom_shape_room_t *room);
wecom_shape_due_t *wecom_shape_room_due(const wecom_shape_room_t *room);
int wecom_shape_room_wants_tree(const wecom_shape_room_t *room);
/* What want_tag was given: const char *. */
const apr_array_header_t *wecom_shape_room_tags(const wecom_shape_room_t *room, apr_pool_t *pool);

/* The idle half of a part, to be filled; and turn over to it. Begun and not published it is filled
 * anew by the next one. */
void *wecom_shape_room_begin(apr_size_t *size, const wecom_shape_room_t *room, int part);
void wecom_shape_room_publish(const wecom_shape_room_t *room, int part);

#endif
