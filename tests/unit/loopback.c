/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loopback.c - accepting, one thread for each connection, and an orderly end.
 */
#include "loopback.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_CONNECTIONS 64

typedef struct connection_t {
    loopback_t *server;
    pthread_t thread;
    int fd;
    int open;
} connection_t;

struct loopback_t {
    loopback_serve_t serve;
    void *baton;
    int fd;
    int port;
    pthread_t thread;
    pthread_mutex_t lock; /* guards all below */
    int stopping;
    int n;
    connection_t connections[MAX_CONNECTIONS];
};

/* Close under the lock, so that stopping never shuts down a number that was given out again. */
static void connection_close(connection_t *connection)
{
    pthread_mutex_lock(&connection->server->lock);
    connection->open = 0;
    close(connection->fd);
    pthread_mutex_unlock(&connection->server->lock);
}

static void *connection_run(void *data)
{
    connection_t *connection = data;

    connection->server->serve(connection->fd, connection->server->baton);
    connection_close(connection);
    return NULL;
}

static void *accept_run(void *data)
{
    loopback_t *server = data;

    for (;;) {
        int fd = accept(server->fd, NULL, NULL);
        connection_t *connection;

        if (fd < 0) {
            return NULL;
        }
        pthread_mutex_lock(&server->lock);
        if (server->stopping || server->n == MAX_CONNECTIONS) {
            close(fd);
        }
        else {
            connection = &server->connections[server->n];
            connection->server = server;
            connection->fd = fd;
            connection->open = 1;
            if (pthread_create(&connection->thread, NULL, connection_run, connection) == 0) {
                server->n++;
            }
            else {
                close(fd);
            }
        }
        pthread_mutex_unlock(&server->lock);
    }
}

/* A socket bound to a free port of 127.0.0.1, or -1. */
static int bound_socket(int *port)
{
    struct sockaddr_in address;
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) != 0
        || getsockname(fd, (struct sockaddr *)&address, &len) != 0) {
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    *port = ntohs(address.sin_port);
    return fd;
}

int loopback_dead_port(int *fd)
{
    int port = 0;

    *fd = bound_socket(&port);
    return port;
}

loopback_t *loopback_start(loopback_serve_t serve, void *baton)
{
    loopback_t *server = calloc(1, sizeof *server);

    if (server == NULL) {
        return NULL;
    }
    server->serve = serve;
    server->baton = baton;
    pthread_mutex_init(&server->lock, NULL);
    server->fd = bound_socket(&server->port);
    if (server->fd < 0 || listen(server->fd, 16) != 0
        || pthread_create(&server->thread, NULL, accept_run, server) != 0) {
        if (server->fd >= 0) {
            close(server->fd);
        }
        free(server);
        return NULL;
    }
    return server;
}

void loopback_stop(loopback_t *server)
{
    int i;

    pthread_mutex_lock(&server->lock);
    server->stopping = 1;
    for (i = 0; i < server->n; i++) {
        if (server->connections[i].open) {
            shutdown(server->connections[i].fd, SHUT_RDWR);
        }
    }
    pthread_mutex_unlock(&server->lock);
    shutdown(server->fd, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    for (i = 0; i < server->n; i++) {
        pthread_join(server->connections[i].thread, NULL);
    }
    close(server->fd);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

int loopback_port(const loopback_t *server)
{
    return server->port;
}

int loopback_accepts(loopback_t *server)
{
    int n;

    pthread_mutex_lock(&server->lock);
    n = server->n;
    pthread_mutex_unlock(&server->lock);
    return n;
}

int loopback_send(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

        if (n <= 0) {
            return 0;
        }
        data += n;
        len -= (size_t)n;
    }
    return 1;
}

int loopback_read_head(int fd, char *head, size_t size)
{
    size_t len = 0;

    /* Byte by byte, so that what follows the head stays in the socket. */
    memset(head, 0, size);
    do {
        if (len + 1 >= size || read(fd, head + len, 1) != 1) {
            return 0;
        }
        len++;
    } while (len < 4 || memcmp(head + len - 4, "\r\n\r\n", 4) != 0);
    return 1;
}
