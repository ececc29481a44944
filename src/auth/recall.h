/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recall.h - the recall table: whose sessions are over, whose facts have changed, and when WeCom
 * last said yes. One block of memory that all processes of a node read on every request.
 *
 * A member is kept under 128 bits of a keyed hash of app and userid (an app, since apps of one
 * enterprise see different departments and members; who has left is marked for every app of the
 * corp). A slot has 64 bytes; 16,000 of them take less than 1 MiB. A slot nobody has written since
 * `oldest`, the longest life of a session ago, says nothing about any session that still lives,
 * and is free.
 *
 * Writers hold the caller's lock. Readers hold none: a counter in the head is odd while somebody
 * writes, and a reader that saw it odd or changed looks again. It never acts on half a mark. If it
 * stays odd, a writer has died: wecom_recall_mend, under the lock, judges the slot it was at by its
 * checksum. A slot that is spoilt is *wild*: nobody knows whose it was, so it ends the sessions of
 * all members who could have been in it (those whose search leads past it; a few of ten thousand)
 * that were issued until now, and no others. A block that is nothing but noise ends everybody's.
 *
 * A table that is full of living marks drops those that only say when WeCom was asked; where marks
 * that end sessions would be dropped, all sessions as old as the oldest of these are over
 * (all_ended), so that nobody who was recalled comes back.
 *
 * All times are seconds since 1970.
 */
#ifndef WECOM_AUTH_RECALL_H
#define WECOM_AUTH_RECALL_H

#include "../base/error.h"

#define WECOM_RECALL_SLOTS      16000
#define WECOM_RECALL_SLOT_BYTES 64
#define WECOM_RECALL_BYTES      ((WECOM_RECALL_SLOTS + 1) * WECOM_RECALL_SLOT_BYTES)

typedef struct wecom_recall_t wecom_recall_t;  /* a block of WECOM_RECALL_BYTES, aligned for 8 */

typedef struct wecom_recall_key_t {
    apr_uint64_t a;
    apr_uint64_t b;
} wecom_recall_key_t;

typedef struct wecom_recall_marks_t {
    apr_int64_t ended;     /* sessions issued until this second are over; 0: none */
    apr_int64_t changed;   /* tickets that were checked before it take the new facts */
    apr_int64_t read;      /* WeCom last said yes, as far as this node knows */
    apr_uint64_t print;    /* of the facts it told then (carry.h); 0: not known */
} wecom_recall_marks_t;

/* app: wecom_source_print. Upper and lower case of the userid are the same, without with_case. */
void wecom_recall_key(wecom_recall_key_t *key, const char *app, const char *userid,
                      int with_case);

/* Make an empty table of the block. */
wecom_recall_t *wecom_recall_make(void *block);

/* Take over a block that was kept somewhere. Spoilt slots become wild; *spoilt says how many. NULL
 * when it is none of this version and size, or when more than one slot in sixteen is spoilt. */
wecom_recall_t *wecom_recall_open(void *block, int *spoilt, apr_int64_t now);

/* What is said of this member. marks->ended counts wild slots and all_ended in. WECOM_OK, also for
 * somebody nothing is said of; WECOM_E_UNAVAILABLE when a writer is at it for too long: take the
 * lock, mend, and look again. */
wecom_status_t wecom_recall_look(wecom_recall_marks_t *marks, const wecom_recall_t *table,
                                 const wecom_recall_key_t *key);

/* --- under the lock -------------------------------------------------------------------------- */

/* 1 when a writer had died and its work was judged. Before every wecom_recall_put. */
int wecom_recall_mend(wecom_recall_t *table, apr_int64_t now);

/* Write what is said of this member from now on. marks->ended as wecom_recall_look gave it, or
 * later. Returns the number of the slot. */
int wecom_recall_put(wecom_recall_t *table, const wecom_recall_key_t *key,
                     const wecom_recall_marks_t *marks, apr_int64_t now, apr_int64_t oldest);

/* Sessions of everybody that were issued until then are over. */
void wecom_recall_end_all(wecom_recall_t *table, apr_int64_t when);

/* Of everybody; 0: none. */
apr_int64_t wecom_recall_all_ended(const wecom_recall_t *table);

#endif
