/* SPDX-License-Identifier: Apache-2.0 */
/* shape_shm.c - see shape_shm.h. */

#include "shape_shm.h"

#include <string.h>

#include "apr_atomic.h"
#include "apr_hash.h"
#include "apr_shm.h"
#include "apr_strings.h"

/* What the processes of all generations share of one source; the two halves of the tree follow
 * it, and then those of the tags. */
typedef struct head_t {
    wecom_shape_due_t due;
    volatile apr_uint32_t filling[WECOM_SHAPE_PARTS];   /* the last turn that was begun */
    volatile apr_uint32_t turn[WECOM_SHAPE_PARTS];      /* the one to be read; 0: none yet */
    volatile apr_uint32_t wants_tree;
    volatile apr_uint32_t wanted[WECOM_MAX_WANTED_TAGS];
    char tags[WECOM_MAX_WANTED_TAGS][WECOM_MAX_NAME + 1];
} head_t;

enum { /* of head_t.wanted */
    FREE = 0,
    TAKEN,
    WANTED
};

struct wecom_shape_room_t {
    const wecom_server_t *server;
    const wecom_source_t *source;
    head_t *head;
    char *parts[WECOM_SHAPE_PARTS];
    apr_size_t half[WECOM_SHAPE_PARTS];   /* bytes */
};

/* Written in the parent; read-only afterwards. */
static apr_array_header_t *rooms;    /* wecom_shape_room_t * */
static apr_hash_t *room_by_source;   /* const wecom_source_t * -> wecom_shape_room_t * */

/* --- the memory ------------------------------------------------------------------------------ */

#define ALIGN8(n) (((n) + 7) & ~(apr_size_t)7)

static const void *half_of(const wecom_shape_room_t *room, int part, apr_uint32_t turn)
{
    return room->parts[part] + (turn & 1) * room->half[part];
}

static void lay_out(wecom_shape_room_t *room, head_t *head)
{
    room->head = head;
    room->parts[WECOM_SHAPE_TREE] = (char *)head + ALIGN8(sizeof(head_t));
    room->parts[WECOM_SHAPE_TAGS] = room->parts[WECOM_SHAPE_TREE]
                                    + 2 * room->half[WECOM_SHAPE_TREE];
}

/* Another WeComDirectorySize, another segment: what was known goes on there until it is read again,
 * which is due at once. The children of the last generation may be filling the old one. */
static void take_over(wecom_shape_room_t *room, const wecom_shape_room_t *old)
{
    head_t *head = room->head;
    int part;
    int i;

    for (part = 0; part < WECOM_SHAPE_PARTS; part++) {
        apr_uint32_t turn = __atomic_load_n(&old->head->turn[part], __ATOMIC_ACQUIRE);
        apr_size_t size = old->half[part] < room->half[part] ? old->half[part] : room->half[part];

        if (turn == 0) {
            continue;
        }
        memcpy(room->parts[part] + (turn & 1) * room->half[part], half_of(old, part, turn), size);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (__atomic_load_n(&old->head->filling[part], __ATOMIC_RELAXED) - turn <= 1) {
            head->filling[part] = head->turn[part] = turn;
        }
    }
    head->wants_tree = __atomic_load_n(&old->head->wants_tree, __ATOMIC_ACQUIRE);
    for (i = 0; i < WECOM_MAX_WANTED_TAGS; i++) {
        if (__atomic_load_n(&old->head->wanted[i], __ATOMIC_ACQUIRE) == WANTED) {
            memcpy(head->tags[i], old->head->tags[i], sizeof(head->tags[i]));
            head->wanted[i] = WANTED;
        }
    }
}

/* One for all generations, found again by the app and the sizes. The system gives pages when they
 * are written: what is asked for and not used costs nothing. 0 after a fault. */
static int make_room(wecom_shape_room_t *room, server_rec *main, apr_pool_t *pconf)
{
    apr_pool_t *process = main->process->pool;
    apr_size_t tree = room->half[WECOM_SHAPE_TREE];
    apr_size_t tags = room->half[WECOM_SHAPE_TAGS];
    const char *last = apr_pstrcat(pconf, "mod_auth_wecom-shape-1-", room->source->print, NULL);
    const char *key = apr_psprintf(pconf, "%s-%" APR_SIZE_T_FMT "-%" APR_SIZE_T_FMT, last, tree,
                                   tags);
    void *kept = NULL;
    void *old = NULL;
    apr_shm_t *shm;
    apr_status_t rv;

    apr_pool_userdata_get(&kept, key, process);
    apr_pool_userdata_get(&old, last, process);
    if (kept != NULL) {
        lay_out(room, kept);
        *(wecom_shape_room_t *)old = *room;
        return 1;
    }
    rv = apr_shm_create(&shm, ALIGN8(sizeof(head_t)) + 2 * tree + 2 * tags, NULL, process);
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_EMERG, rv, main, WC(0427)
                     "shared memory for the departments and tags of source %s cannot be had; "
                     "write a smaller WeComDirectorySize", room->source->id);
        return 0;
    }
    kept = apr_shm_baseaddr_get(shm);
    memset(kept, 0, sizeof(head_t));
    lay_out(room, kept);
    if (old == NULL) {
        old = apr_pcalloc(process, sizeof(*room));
        apr_pool_userdata_set(old, last, NULL, process);
    }
    else {
        take_over(room, old);
    }
    *(wecom_shape_room_t *)old = *room;
    apr_pool_userdata_set(kept, key, NULL, process);
    return 1;
}

void wecom_shape_shm_reset(apr_pool_t *pconf)
{
    rooms = apr_array_make(pconf, 4, sizeof(wecom_shape_room_t *));
    room_by_source = apr_hash_make(pconf);
}

int wecom_shape_shm_add(const wecom_server_t *server, server_rec *main, apr_pool_t *pconf)
{
    int i;

    for (i = 0; i < server->sources->nelts; i++) {
        const wecom_source_t *source = APR_ARRAY_IDX(server->sources, i, const wecom_source_t *);
        wecom_shape_room_t *room = apr_pcalloc(pconf, sizeof(*room));

        room->half[WECOM_SHAPE_TREE] = (server->directory_bytes[WECOM_SHAPE_TREE] / 2)
                                       & ~(apr_size_t)7;
        room->half[WECOM_SHAPE_TAGS] = (server->directory_bytes[WECOM_SHAPE_TAGS] / 2)
                                       & ~(apr_size_t)7;
        room->server = server;
        room->source = source;
        if (!make_room(room, main, pconf)) {
            return HTTP_INTERNAL_SERVER_ERROR;
        }
        APR_ARRAY_PUSH(rooms, wecom_shape_room_t *) = room;
        apr_hash_set(room_by_source, apr_pmemdup(pconf, &source, sizeof(source)), sizeof(source),
                     room);
    }
    return OK;
}

static wecom_shape_room_t *room_of(const wecom_source_t *source)
{
    return room_by_source != NULL ? apr_hash_get(room_by_source, &source, sizeof(source)) : NULL;
}

/* --- readers --------------------------------------------------------------------------------- */

void wecom_shape_shm_open(wecom_shape_view_t *view, const wecom_source_t *source)
{
    const wecom_shape_room_t *room = room_of(source);
    int part;

    view->shape.tree = NULL;
    view->shape.tags = NULL;
    view->room = room;
    if (room == NULL) {
        return;
    }
    for (part = 0; part < WECOM_SHAPE_PARTS; part++) {
        view->turn[part] = __atomic_load_n(&room->head->turn[part], __ATOMIC_ACQUIRE);
    }
    if (view->turn[WECOM_SHAPE_TREE] != 0) {
        view->shape.tree = wecom_tree_open(&view->tree, half_of(room, WECOM_SHAPE_TREE,
                                                                view->turn[WECOM_SHAPE_TREE]),
                                           room->half[WECOM_SHAPE_TREE]);
    }
    if (view->turn[WECOM_SHAPE_TAGS] != 0) {
        view->shape.tags = wecom_tags_open(&view->tags, half_of(room, WECOM_SHAPE_TAGS,
                                                                view->turn[WECOM_SHAPE_TAGS]),
                                           room->half[WECOM_SHAPE_TAGS]);
    }
}

/* The half that a view reads is written by the turn after the next one. */
int wecom_shape_shm_is_good(const wecom_shape_view_t *view)
{
    const wecom_shape_room_t *room = view->room;
    int part;

    if (room == NULL) {
        return 1;
    }
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    for (part = 0; part < WECOM_SHAPE_PARTS; part++) {
        if (view->turn[part] != 0
            && __atomic_load_n(&room->head->filling[part], __ATOMIC_RELAXED) - view->turn[part]
               > 1) {
            return 0;
        }
    }
    return 1;
}

/* --- what is wanted -------------------------------------------------------------------------- */

void wecom_shape_shm_want_tree(const wecom_source_t *source)
{
    wecom_shape_room_t *room = room_of(source);

    if (room != NULL) {
        __atomic_store_n(&room->head->wants_tree, 1, __ATOMIC_RELEASE);
    }
}

/* A place is taken once and never given back; when all are taken, further tags are not read, and
 * their rules stay unjudged (WC0429). */
void wecom_shape_shm_want_tag(const wecom_source_t *source, const char *tag)
{
    wecom_shape_room_t *room = room_of(source);
    apr_size_t len = strlen(tag);
    int i;

    if (room == NULL || len > WECOM_MAX_NAME) {
        return;
    }
    for (i = 0; i < WECOM_MAX_WANTED_TAGS; i++) {
        volatile apr_uint32_t *state = &room->head->wanted[i];
        apr_uint32_t seen = __atomic_load_n(state, __ATOMIC_ACQUIRE);

        if (seen == WANTED && strcmp(room->head->tags[i], tag) == 0) {
            return;
        }
        if (seen == FREE && apr_atomic_cas32(state, TAKEN, FREE) == FREE) {
            memcpy(room->head->tags[i], tag, len + 1);
            __atomic_store_n(state, WANTED, __ATOMIC_RELEASE);
            wecom_shape_due_now(&room->head->due, WECOM_SHAPE_TAGS);
            return;
        }
    }
}

/* --- for the one who fills them -------------------------------------------------------------- */

const apr_array_header_t *wecom_shape_shm_rooms(void)
{
    return rooms;
}

const wecom_source_t *wecom_shape_room_source(const wecom_shape_room_t *room)
{
    return room->source;
}

const wecom_server_t *wecom_shape_room_server(const wecom_shape_room_t *room)
{
    return room->server;
}

wecom_shape_due_t *wecom_shape_room_due(const wecom_shape_room_t *room)
{
    return &room->head->due;
}

int wecom_shape_room_wants_tree(const wecom_shape_room_t *room)
{
    return __atomic_load_n(&room->head->wants_tree, __ATOMIC_ACQUIRE) != 0;
}

const apr_array_header_t *wecom_shape_room_tags(const wecom_shape_room_t *room, apr_pool_t *pool)
{
    apr_array_header_t *out = apr_array_make(pool, 4, sizeof(const char *));
    int i;

    for (i = 0; i < WECOM_MAX_WANTED_TAGS; i++) {
        if (__atomic_load_n(&room->head->wanted[i], __ATOMIC_ACQUIRE) == WANTED) {
            APR_ARRAY_PUSH(out, const char *) = apr_pstrdup(pool, room->head->tags[i]);
        }
    }
    return out;
}

void *wecom_shape_room_begin(apr_size_t *size, const wecom_shape_room_t *room, int part)
{
    apr_uint32_t next = room->head->turn[part] + 1;

    if (next == 0) {
        next = 2;   /* 0 means none; the parity goes on */
    }
    __atomic_store_n(&room->head->filling[part], next, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    *size = room->half[part];
    return room->parts[part] + (next & 1) * room->half[part];
}

void wecom_shape_room_publish(const wecom_shape_room_t *room, int part)
{
    __atomic_store_n(&room->head->turn[part], room->head->filling[part], __ATOMIC_RELEASE);
}
