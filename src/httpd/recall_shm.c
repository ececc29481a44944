/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recall_shm.c - see recall_shm.h.
 *
 * The file belongs to the User of the children and lies in a folder of theirs; the parent, who may
 * be root, reads it and follows no link. Children open it by its name for each write: so a new one
 * is made where somebody took it away, and no descriptor has to go through the generations.
 */
#include "recall_shm.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apr_hash.h"
#include "apr_shm.h"
#include "apr_strings.h"
#include "util_mutex.h"

#include "mutex.h"

#define MUTEX_TYPE "wecom-recall"
#define FILE_NAME  "/run/recall"
#define HEAD_BYTES 32   /* magic, size, all_ended and their checksum; the rest is of the moment */

/* One generation's view; table and queue are the node's. */
struct wecom_recall_room_t {
    const char *folder;
    const char *file;
    wecom_recall_t *table;
    wecom_queue_t *queue;
    apr_int64_t longest;   /* life of a session of any server here, in seconds */
    server_rec *server;
};

/* Written in the parent, and in child_init before the first request. */
static apr_global_mutex_t *mutex;
static apr_time_t told_file;   /* when this process has last complained */

apr_status_t wecom_recall_shm_pre_config(apr_pool_t *pconf)
{
    return ap_mutex_register(pconf, MUTEX_TYPE, NULL, APR_LOCK_DEFAULT, 0);
}

wecom_queue_t *wecom_recall_shm_queue(const wecom_recall_room_t *room)
{
    return room->queue;
}

/* --- the file -------------------------------------------------------------------------------- */

static int write_at(int fd, const void *data, apr_size_t len, apr_size_t offset)
{
    const char *bytes = data;

    while (len > 0) {
        ssize_t n = pwrite(fd, bytes, len, (off_t)offset);

        if (n < 0 && errno != EINTR) {
            return 0;
        }
        n = n > 0 ? n : 0;
        bytes += n;
        len -= (apr_size_t)n;
        offset += (apr_size_t)n;
    }
    return 1;
}

/* What was here when we were here last: else all of it is written. */
static int is_whole(int fd, const unsigned char *head)
{
    unsigned char seen[HEAD_BYTES];
    struct stat st;

    return fstat(fd, &st) == 0 && st.st_size == WECOM_RECALL_BYTES
           && pread(fd, seen, HEAD_BYTES, 0) == HEAD_BYTES && memcmp(seen, head, HEAD_BYTES) == 0;
}

/* Under the lock. head: of the file before this change. A mark that ends sessions must be on the
 * disk; when WeCom was asked is no loss. */
static int write_file(const wecom_recall_room_t *room, const unsigned char *head, int at,
                      int is_grave)
{
    const unsigned char *block = (const unsigned char *)room->table;
    apr_size_t offset = (apr_size_t)(at + 1) * WECOM_RECALL_SLOT_BYTES;
    int fd = open(room->file, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    int good;

    if (fd < 0) {
        return 0;
    }
    if (is_whole(fd, head)) {
        good = write_at(fd, block, HEAD_BYTES, 0)
               && write_at(fd, block + offset, WECOM_RECALL_SLOT_BYTES, offset);
    }
    else {
        good = write_at(fd, block, WECOM_RECALL_BYTES, 0)
               && ftruncate(fd, WECOM_RECALL_BYTES) == 0;
    }
    if (good && is_grave) {
        good = fdatasync(fd) == 0;
    }
    if (close(fd) != 0) {
        good = 0;
    }
    return good;
}

static void keep(const wecom_recall_room_t *room, const unsigned char *head, int at, int is_grave)
{
    apr_time_t now = apr_time_now();

    errno = 0;
    if (write_file(room, head, at, is_grave)) {
        return;
    }
    if (told_file == 0 || now - told_file >= apr_time_from_sec(60) || now < told_file) {
        told_file = now;
        ap_log_error(APLOG_MARK, APLOG_ERR, errno, room->server, WC(0355)
                     "%s cannot be written; who is recalled is known until the server stops, and "
                     "not afterwards", room->file);
    }
}

/* 1: the block is the file's. 0 with *there: it is there, and none of ours. */
static int read_file(void *block, int *there, const char *file)
{
    int fd = open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    apr_size_t len = 0;
    struct stat st;

    *there = fd >= 0 || errno != ENOENT;
    if (fd < 0) {
        return 0;
    }
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == WECOM_RECALL_BYTES) {
        ssize_t n;

        while (len < WECOM_RECALL_BYTES
               && ((n = read(fd, (char *)block + len, WECOM_RECALL_BYTES - len)) > 0
                   || (n < 0 && errno == EINTR))) {
            len += n > 0 ? (apr_size_t)n : 0;
        }
    }
    close(fd);
    return len == WECOM_RECALL_BYTES;
}

/* --- rooms ----------------------------------------------------------------------------------- */

static void load_table(void *block, const char *file, server_rec *s)
{
    apr_int64_t now = apr_time_sec(apr_time_now());
    wecom_recall_t *table = NULL;
    int spoilt = 0;
    int there;

    if (read_file(block, &there, file)) {
        table = wecom_recall_open(block, &spoilt, now);
    }
    if (table == NULL) {
        table = wecom_recall_make(block);
        if (there) {
            wecom_recall_end_all(table, now);
            ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s, WC(0356)
                         "%s is not a recall table of this version; who was recalled is not known "
                         "any more, so everybody logs in once", file);
        }
    }
    else if (spoilt > 0) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s, WC(0357)
                     "%s has %d spoilt slots of %d; the few members who could be meant log in "
                     "once", file, spoilt, WECOM_RECALL_SLOTS);
    }
}

/* The memory of a folder, made once in the life of the node. NULL on failure. */
static void *lasting_block(const char *folder, const char *file, server_rec *s,
                           apr_pool_t *pconf)
{
    apr_pool_t *process = s->process->pool;
    /* The numbers tell the layout: another version of the module may have left a block. */
    const char *key = apr_psprintf(pconf, "mod_auth_wecom-recall-1-%d-%d-%s", WECOM_RECALL_BYTES,
                                   WECOM_QUEUE_BYTES, folder);
    void *block = NULL;
    apr_shm_t *shm;
    apr_status_t rv;

    apr_pool_userdata_get(&block, key, process);
    if (block != NULL) {
        return block;
    }
    rv = apr_shm_create(&shm, WECOM_RECALL_BYTES + WECOM_QUEUE_BYTES, NULL, process);
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_EMERG, rv, s, WC(0358)
                     "%d bytes of shared memory for the recall table cannot be had",
                     WECOM_RECALL_BYTES + WECOM_QUEUE_BYTES);
        return NULL;
    }
    block = apr_shm_baseaddr_get(shm);
    load_table(block, file, s);
    memset((char *)block + WECOM_RECALL_BYTES, 0, WECOM_QUEUE_BYTES);
    apr_pool_userdata_set(block, key, NULL, process); /* copies the key */
    return block;
}

static wecom_recall_room_t *room_for(apr_hash_t *rooms, const wecom_server_t *server,
                                     server_rec *main, apr_pool_t *pconf)
{
    const char *folder = server->state_dir;
    wecom_recall_room_t *room = apr_hash_get(rooms, folder, APR_HASH_KEY_STRING);
    char *block;

    if (room == NULL) {
        room = apr_pcalloc(pconf, sizeof(*room));
        room->folder = folder;
        room->file = apr_pstrcat(pconf, folder, FILE_NAME, NULL);
        room->server = main;
        block = lasting_block(folder, room->file, main, pconf);
        if (block == NULL) {
            return NULL;
        }
        room->table = (wecom_recall_t *)(void *)block;
        room->queue = (wecom_queue_t *)(void *)(block + WECOM_RECALL_BYTES);
        apr_hash_set(rooms, folder, APR_HASH_KEY_STRING, room);
    }
    if (server->life.max_age > room->longest) {
        room->longest = server->life.max_age;
    }
    return room;
}

/* One for all rooms. */
static int make_mutex(server_rec *main)
{
    apr_status_t rv = wecom_mutex_lasting(&mutex, MUTEX_TYPE, main);

    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_EMERG, rv, main, WC(0359)
                     "the mutex \"" MUTEX_TYPE "\" cannot be made; see the Mutex directive");
        return 0;
    }
    return 1;
}

int wecom_recall_shm_open(server_rec *main, apr_pool_t *pconf)
{
    apr_hash_t *rooms = apr_hash_make(pconf);
    server_rec *s;

    if (!make_mutex(main)) {
        return 0;
    }
    for (s = main; s != NULL; s = s->next) {
        wecom_server_t *server = ap_get_module_config(s->module_config, &auth_wecom_module);

        if (server->site == NULL) {
            continue;
        }
        server->recall = room_for(rooms, server, main, pconf);
        if (server->recall == NULL) {
            return 0;
        }
    }
    return 1;
}

void wecom_recall_shm_child_init(apr_pool_t *pchild, server_rec *main)
{
    apr_status_t rv = apr_global_mutex_child_init(&mutex, apr_global_mutex_lockfile(mutex),
                                                  pchild);

    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, rv, main, WC(0360)
                     "a child cannot join the mutex \"" MUTEX_TYPE "\"");
    }
}

/* --- marks ----------------------------------------------------------------------------------- */

static int lock(const wecom_recall_room_t *room)
{
    apr_status_t rv = apr_global_mutex_lock(mutex);

    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, room->server, WC(0361)
                     "the mutex \"" MUTEX_TYPE "\" cannot be locked; a mark is not written");
        return 0;
    }
    if (wecom_recall_mend(room->table, apr_time_sec(apr_time_now()))) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, room->server, WC(0362)
                     "a process died while it wrote into the recall table; the few members who "
                     "could be meant log in once");
    }
    return 1;
}

void wecom_recall_shm_look(wecom_recall_marks_t *marks, wecom_recall_room_t *room,
                           const wecom_recall_key_t *key)
{
    if (wecom_recall_look(marks, room->table, key) == WECOM_OK) {
        return;
    }
    if (lock(room)) {
        wecom_status_t status = wecom_recall_look(marks, room->table, key);

        apr_global_mutex_unlock(mutex);
        if (status == WECOM_OK) {
            return;
        }
    }
    /* Nothing can be known: the session ends, and a login asks WeCom. */
    memset(marks, 0, sizeof(*marks));
    marks->ended = apr_time_sec(apr_time_now());
}

int wecom_recall_shm_begin(wecom_recall_marks_t *marks, wecom_recall_room_t *room,
                           const wecom_recall_key_t *key)
{
    if (!lock(room)) {
        return 0;
    }
    (void)wecom_recall_look(marks, room->table, key); /* nobody writes now */
    return 1;
}

void wecom_recall_shm_end(wecom_recall_room_t *room, const wecom_recall_key_t *key,
                          const wecom_recall_marks_t *marks)
{
    apr_int64_t now = apr_time_sec(apr_time_now());
    unsigned char head[HEAD_BYTES];
    wecom_recall_marks_t old;
    apr_int64_t all;
    int at;

    if (marks == NULL) {
        apr_global_mutex_unlock(mutex);
        return;
    }
    memcpy(head, room->table, HEAD_BYTES);
    all = wecom_recall_all_ended(room->table);
    (void)wecom_recall_look(&old, room->table, key);
    at = wecom_recall_put(room->table, key, marks, now, now - room->longest);
    if (wecom_recall_all_ended(room->table) != all) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, room->server, WC(0363)
                     "the recall table is full of members who were recalled lately; whoever logged "
                     "in before the oldest of them logs in once more");
    }
    keep(room, head, at, marks->ended != old.ended);
    apr_global_mutex_unlock(mutex);
}
