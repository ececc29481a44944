/* SPDX-License-Identifier: Apache-2.0 */
/*
 * background.h - what is done beside requests, by one process of the node at a time.
 *
 * Every child has a thread of mod_watchdog that wakes each second; whoever gets the node's mutex
 * runs the tasks that are due, and the others go back to sleep. A child that dies in the middle
 * loses nothing: the next second another one goes on. Tasks may ask WeCom and wait for it; they
 * never run on a request's thread. A task must be able to stop in between (wecom_background_ends).
 */
#ifndef WECOM_HTTPD_BACKGROUND_H
#define WECOM_HTTPD_BACKGROUND_H

#include "glue.h"

/* Runs about once a second on one process of the node. The pool is cleared after each run. */
typedef void wecom_background_task_fn(server_rec *main, apr_pool_t *pool);

/* In post_config of each generation: no tasks; then the tasks in their order. */
void wecom_background_reset(void);
void wecom_background_add(wecom_background_task_fn *task);

/* In post_config, after the tasks: the mutex and the watchdog. OK or HTTP_INTERNAL_SERVER_ERROR. */
int wecom_background_start(server_rec *main, apr_pool_t *pconf);

/* In child_init. */
void wecom_background_child_init(apr_pool_t *pchild, server_rec *main);

/* In pre_config: register the mutex's type. */
int wecom_background_pre_config(apr_pool_t *pconf);

/* 1: this child is going away; a task leaves the rest to the next one. */
int wecom_background_ends(void);

#endif
