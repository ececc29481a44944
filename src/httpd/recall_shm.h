/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recall_shm.h - the recall table and the queue of members, one of each for every state folder.
 *
 * Both lie in shared memory that belongs to the node and outlives graceful restarts. The table is
 * also kept as a file, run/recall in the state folder, for a stop and a loss of power: what is
 * written to a slot is written to the file at once, and where the file is gone, cut or noise, all
 * of the table is written anew. It is not mapped: a file that somebody cuts would kill every
 * process that looks at it.
 *
 * At start a file that is not there means that nobody is recalled; one that is not a table of this
 * version ends every session once.
 */
#ifndef WECOM_HTTPD_RECALL_SHM_H
#define WECOM_HTTPD_RECALL_SHM_H

#include "config.h"

#include "../auth/queue.h"
#include "../auth/recall.h"

typedef struct wecom_recall_room_t wecom_recall_room_t;

/* In pre_config: register the mutex's name (Mutex directive: "wecom-recall"). */
apr_status_t wecom_recall_shm_pre_config(apr_pool_t *pconf);

/* In post_config: the room of every server that has a site (server->recall). 0 on failure, which
 * is logged. */
int wecom_recall_shm_open(server_rec *main, apr_pool_t *pconf);

void wecom_recall_shm_child_init(apr_pool_t *pchild, server_rec *main);

/* What is said of this member. Waits for nobody but a writer that died. */
void wecom_recall_shm_look(wecom_recall_marks_t *marks, wecom_recall_room_t *room,
                           const wecom_recall_key_t *key);

/* Change what is said of a member: begin gives the marks as they are, with the lock held; end
 * writes them, where `marks` is not NULL, and lets go. 0: no lock, which is logged; no end then. */
int wecom_recall_shm_begin(wecom_recall_marks_t *marks, wecom_recall_room_t *room,
                           const wecom_recall_key_t *key);
void wecom_recall_shm_end(wecom_recall_room_t *room, const wecom_recall_key_t *key,
                          const wecom_recall_marks_t *marks);

wecom_queue_t *wecom_recall_shm_queue(const wecom_recall_room_t *room);

#endif
