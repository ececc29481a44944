/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_scene.c - the server, path by path, and the client's small steps.
 */
#include "http_scene.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "../../src/base/http_curl.h"
#include "../../src/base/limits.h"

#define LARGE (10 * 1024 * 1024)

scene_t scene;

/* --- the server ----------------------------------------------------------------------------- */

unsigned int scene_sum(unsigned int sum, const char *data, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        sum = sum * 31 + (unsigned char)data[i];
    }
    return sum;
}

/* Reads one request into the scene; 0 at the end of the stream. */
static int read_request(int fd)
{
    char head[4096];
    char block[65536];
    size_t left;
    unsigned int sum = 0;
    const char *field;

    if (!loopback_read_head(fd, head, sizeof head)) {
        return 0;
    }
    field = strstr(head, "Content-Length: ");
    left = field != NULL ? strtoul(field + 16, NULL, 10) : 0;
    pthread_mutex_lock(&scene.lock);
    scene.requests++;
    memcpy(scene.head, head, sizeof head);
    scene.body_len = left;
    pthread_mutex_unlock(&scene.lock);
    while (left > 0) {
        ssize_t n = read(fd, block, left < sizeof block ? left : sizeof block);

        if (n <= 0) {
            return 0;
        }
        sum = scene_sum(sum, block, (size_t)n);
        left -= (size_t)n;
    }
    pthread_mutex_lock(&scene.lock);
    scene.body_sum = sum;
    pthread_mutex_unlock(&scene.lock);
    return 1;
}

static int say(int fd, const char *text)
{
    return loopback_send(fd, text, strlen(text));
}

/* total bytes of the letters a to z, in chunks or after a Content-Length. */
static void say_letters(int fd, size_t total, int chunked)
{
    char block[26 * 1024];
    char line[128];
    size_t i;

    for (i = 0; i < sizeof block; i++) {
        block[i] = (char)('a' + i % 26);
    }
    if (chunked) {
        say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    }
    else {
        snprintf(line, sizeof line, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", total);
        say(fd, line);
    }
    while (total > 0) {
        size_t n = total < sizeof block ? total : sizeof block;

        snprintf(line, sizeof line, "%zx\r\n", n);
        if ((chunked && !say(fd, line)) || !loopback_send(fd, block, n)
            || (chunked && !say(fd, "\r\n"))) {
            return;
        }
        total -= n;
    }
    if (chunked) {
        say(fd, "0\r\n\r\n");
    }
}

static void until_the_client_goes(int fd)
{
    char byte;

    while (read(fd, &byte, 1) > 0) {
    }
}

/* One letter after the other, for ever: the connection never falls silent. */
static void drip(int fd)
{
    struct pollfd gone = { fd, POLLIN, 0 };

    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (poll(&gone, 1, 10) == 0 && say(fd, "x")) {
    }
}

int scene_head_is(const char *start)
{
    int same;

    pthread_mutex_lock(&scene.lock);
    same = strncmp(scene.head, start, strlen(start)) == 0;
    pthread_mutex_unlock(&scene.lock);
    return same;
}

#define OK_ANSWER "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 13\r\n\r\n{\"errcode\":0}"

/* What is said at once, and whether the connection lives on. */
static const struct {
    const char *request;
    const char *answer;
    int lives;
} answers[] = {
    { "GET /ok", OK_ANSWER, 1 },
    { "POST /ok", OK_ANSWER, 1 },
    { "GET /once", OK_ANSWER, 0 },
    { "GET /empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 1 },
    { "GET /503", "HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nbusy", 1 },
    { "GET /redirect", "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n", 1 },
    { "GET /chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                      "4\r\n{\"er\r\n8\r\nrcode\":0\r\n1\r\n}\r\n0\r\n\r\n", 1 },
    { "GET /cut", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"acce", 0 },
    { "GET /half-chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{\"a", 0 },
    { "GET /garbage", "\x16\x03\x01 not http\r\n\r\n", 0 },
    { "GET /nothing", "", 0 },
    { "CONNECT ", "HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n", 0 }
};

static void serve(int fd, void *baton)
{
    size_t i;

    (void)baton;
    while (read_request(fd)) {
        for (i = 0; i < COUNT(answers); i++) {
            if (scene_head_is(answers[i].request)) {
                if (!say(fd, answers[i].answer) || !answers[i].lives) {
                    return;
                }
                break;
            }
        }
        if (scene_head_is("GET /large-length")) {
            say_letters(fd, LARGE, 0);
        }
        else if (scene_head_is("GET /large-chunked")) {
            say_letters(fd, LARGE, 1);
        }
        else if (scene_head_is("GET /exact")) {
            say_letters(fd, WECOM_MAX_ANSWER, 1);
        }
        else if (scene_head_is("GET /over")) {
            say_letters(fd, WECOM_MAX_ANSWER + 1, 1);
        }
        else if (scene_head_is("GET /silent")) {
            until_the_client_goes(fd);
        }
        else if (scene_head_is("GET /drip")) {
            drip(fd);
        }
    }
}

/* --- the scene ------------------------------------------------------------------------------ */

int scene_make(void **state)
{
    if (support_pool_make(state) != 0) {
        return -1;
    }
    memset(&scene, 0, sizeof scene);
    pthread_mutex_init(&scene.lock, NULL);
    scene.server = loopback_start(serve, NULL);
    if (scene.server == NULL) {
        return -1;
    }
    return wecom_http_curl_start(&scene.http, "agent/1", *state) == WECOM_OK ? 0 : -1;
}

/* The port first, so that the server sees its connections end. */
int scene_end(void **state)
{
    support_pool_end(state);
    loopback_stop(scene.server);
    pthread_mutex_destroy(&scene.lock);
    return 0;
}

wecom_http_request_t scene_request(const char *path, apr_pool_t *pool)
{
    wecom_http_request_t request;

    memset(&request, 0, sizeof request);
    request.stage = "gettoken";
    request.url = apr_psprintf(pool, "http://127.0.0.1:%d%s", loopback_port(scene.server), path);
    request.connect_ms = 10000;
    request.total_ms = 20000;
    return request;
}

wecom_status_t scene_perform(const wecom_http_request_t *request,
                             wecom_http_response_t *response, wecom_error_t *err,
                             apr_pool_t *pool)
{
    memset(err, 0, sizeof *err);
    return scene.http->perform(scene.http, response, err, request, pool);
}

wecom_status_t scene_get(const char *path, wecom_http_response_t *response, wecom_error_t *err,
                         apr_pool_t *pool)
{
    const wecom_http_request_t request = scene_request(path, pool);

    return scene_perform(&request, response, err, pool);
}

/* Fails with the error's own words. */
void scene_must_get(const char *path, wecom_http_response_t *response, apr_pool_t *pool)
{
    wecom_error_t err;

    if (scene_get(path, response, &err, pool) != WECOM_OK) {
        fail_msg("%s: %s, %s", path, wecom_error_name(err.status), support_show(err.detail));
    }
}
