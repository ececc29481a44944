/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loopback.h - a server of the test's own on 127.0.0.1, on a port that the kernel chooses.
 *
 * Each connection gets a thread that calls the test's serve function; the socket is closed when
 * it returns. Stopping shuts down every socket first, so a serve function that waits for bytes
 * is woken up by the end of the stream.
 */
#ifndef WECOM_TESTS_LOOPBACK_H
#define WECOM_TESTS_LOOPBACK_H

#include <stddef.h>

typedef struct loopback_t loopback_t;
typedef void (*loopback_serve_t)(int fd, void *baton);

/* NULL when it cannot be started. Freed by loopback_stop. */
loopback_t *loopback_start(loopback_serve_t serve, void *baton);
void loopback_stop(loopback_t *server);

int loopback_port(const loopback_t *server);

/* How many connections were accepted so far. */
int loopback_accepts(loopback_t *server);

/* All bytes or 0, without SIGPIPE when the client has gone. */
int loopback_send(int fd, const char *data, size_t len);

/* The head of one HTTP request, up to and with its empty line, NUL-terminated. 0 at the end of
 * the stream or when it does not fit into size bytes. */
int loopback_read_head(int fd, char *head, size_t size);

/* A port on which nobody listens: bound by the caller until the descriptor *fd is closed. */
int loopback_dead_port(int *fd);

#endif
