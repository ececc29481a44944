/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_http_curl.c - the promises of http.h, against a server that breaks every one it can.
 */
#include "http_scene.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "../../src/base/limits.h"
#include "../../src/base/text.h"

#define POST_BODY (1536 * 1024) /* above the size from which libcurl would like to "Expect:" */

static void answers_arrive(void **state)
{
    static const struct {
        const char *path;
        int status;
        const char *body;
    } rows[] = {
        { "/ok?access_token=T", 200, "{\"errcode\":0}" },
        { "/chunked", 200, "{\"errcode\":0}" },
        { "/empty", 200, "" },
        { "/503", 503, "busy" },
        { "/redirect", 302, "" }
    };
    wecom_http_response_t response;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        scene_must_get(rows[i].path, &response, *state);
        CHECK(response.status == rows[i].status, "%s: %d", rows[i].path, response.status);
        CHECK(response.len == strlen(rows[i].body) && strcmp(response.body, rows[i].body) == 0,
              "%s: \"%s\"", rows[i].path, response.body);
    }
    assert_int_equal(scene.requests, COUNT(rows));
}

static void get_says_what_it_must(void **state)
{
    wecom_http_response_t response;

    scene_must_get("/ok?access_token=T&x=%20y", &response, *state);
    assert_true(scene_head_is("GET /ok?access_token=T&x=%20y HTTP/1.1\r\n"));
    assert_non_null(strstr(scene.head, "\r\nAccept: application/json\r\n"));
    assert_non_null(strstr(scene.head, "\r\nUser-Agent: agent/1\r\n"));
    assert_null(strstr(scene.head, "Content-Type"));
    assert_null(strstr(scene.head, "Accept-Encoding"));
    scene_must_get("/ok", &response, *state);
    assert_null(strstr(scene.head, "Cookie"));
}

static void post_says_what_it_must(void **state)
{
    wecom_http_request_t request = scene_request("/ok", *state);
    wecom_http_response_t response;
    wecom_error_t err;
    char *body = apr_palloc(*state, POST_BODY + 1);
    size_t i;

    for (i = 0; i < POST_BODY; i++) {
        body[i] = (char)('0' + i % 75);
    }
    body[POST_BODY] = '\0';
    request.body = body;
    assert_int_equal(scene_perform(&request, &response, &err, *state), WECOM_OK);
    assert_true(scene_head_is("POST /ok HTTP/1.1\r\n"));
    assert_non_null(strstr(scene.head, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(scene.head, "\r\nAccept: application/json\r\n"));
    assert_null(strstr(scene.head, "Expect"));
    assert_int_equal(scene.body_len, POST_BODY);
    assert_int_equal(scene.body_sum, scene_sum(0, body, POST_BODY));
    /* An empty body is still a POST, and the next GET is a GET again. */
    request.body = "";
    assert_int_equal(scene_perform(&request, &response, &err, *state), WECOM_OK);
    assert_true(scene_head_is("POST /ok "));
    assert_int_equal(scene.body_len, 0);
    scene_must_get("/ok", &response, *state);
    assert_null(strstr(scene.head, "Content-Type"));
}

static void failures_table(void **state)
{
    static const char too_large[] = "127.0.0.1: the answer is larger than 1048576 bytes";
    static const struct {
        const char *path;
        wecom_status_t status;
        int total_ms;
        const char *detail; /* NULL: in libcurl's words */
    } rows[] = {
        { "/large-length", WECOM_E_TOO_LARGE, 20000, too_large },
        { "/large-chunked", WECOM_E_TOO_LARGE, 20000, too_large },
        { "/over", WECOM_E_TOO_LARGE, 20000, too_large },
        { "/cut", WECOM_E_CONNECT, 20000, NULL },
        { "/half-chunk", WECOM_E_CONNECT, 20000, NULL },
        { "/garbage", WECOM_E_CONNECT, 20000, "127.0.0.1: the answer is not HTTP" },
        { "/nothing", WECOM_E_CONNECT, 20000, NULL },
        { "/silent", WECOM_E_TIMEOUT, 150, NULL },
        { "/drip", WECOM_E_TIMEOUT, 150, NULL },
        { "/silent", WECOM_E_TIMEOUT, 0, NULL },
        { "/silent", WECOM_E_TIMEOUT, -5, NULL }
    };
    wecom_http_response_t response;
    wecom_error_t err;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *path = apr_pstrcat(*state, rows[i].path, "?access_token=SECRET", NULL);
        wecom_http_request_t request = scene_request(path, *state);
        wecom_status_t status;

        request.total_ms = rows[i].total_ms;
        memset(&response, 0xA5, sizeof response);
        status = scene_perform(&request, &response, &err, *state);
        CHECK(status == rows[i].status && err.status == status, "row %zu, %s: %s, %s", i,
              rows[i].path, wecom_error_name(status), support_show(err.detail));
        CHECK(response.body == NULL && response.len == 0 && response.status == 0,
              "row %zu, %s: a response beside the failure", i, rows[i].path);
        CHECK(support_same(err.stage, "gettoken"), "row %zu: stage", i);
        CHECK(strncmp(support_show(err.detail), "127.0.0.1: ", 11) == 0
              && strstr(err.detail, "SECRET") == NULL && strchr(err.detail, '?') == NULL
              && strstr(err.detail, rows[i].path) == NULL, "row %zu: %s", i,
              support_show(err.detail));
        CHECK(rows[i].detail == NULL || strcmp(rows[i].detail, err.detail) == 0, "row %zu: %s", i,
              err.detail);
        CHECK(strlen(err.detail) > 15, "row %zu: no cause in \"%s\"", i, err.detail);
    }
    /* And the port still works. */
    scene_must_get("/ok", &response, *state);
}

static void the_ceiling_itself_is_allowed(void **state)
{
    wecom_http_response_t response;
    size_t i;

    scene_must_get("/exact", &response, *state);
    assert_int_equal(response.len, WECOM_MAX_ANSWER);
    assert_int_equal(response.body[WECOM_MAX_ANSWER], '\0');
    for (i = 0; i < response.len; i++) {
        CHECK(response.body[i] == (char)('a' + i % (26 * 1024) % 26), "byte %zu", i);
    }
}

static void a_request_brings_its_own_ceiling(void **state)
{
    static const struct {
        const char *path;
        apr_size_t max;
        const char *detail; /* NULL: it is answered */
    } rows[] = {
        { "/over", WECOM_MAX_ANSWER + 1, NULL },
        { "/over", WECOM_MAX_CONTACTS, NULL },
        { "/over", APR_SIZE_MAX, NULL },
        { "/over", 0, "127.0.0.1: the answer is larger than 1048576 bytes" },
        { "/exact", WECOM_MAX_ANSWER - 1, "127.0.0.1: the answer is larger than 1048575 bytes" },
        { "/exact", 1, "127.0.0.1: the answer is larger than 1 bytes" },
    };
    wecom_http_response_t response;
    wecom_error_t err;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        wecom_http_request_t request = scene_request(rows[i].path, *state);
        wecom_status_t status;

        request.max_answer = rows[i].max;
        status = scene_perform(&request, &response, &err, *state);
        CHECK(status == (rows[i].detail == NULL ? WECOM_OK : WECOM_E_TOO_LARGE), "row %zu: %s", i,
              wecom_error_name(status));
        CHECK(rows[i].detail == NULL || support_same(err.detail, rows[i].detail), "row %zu: %s",
              i, support_show(err.detail));
        CHECK(rows[i].detail != NULL || response.len == WECOM_MAX_ANSWER + 1, "row %zu", i);
    }
}

static void nobody_listens(void **state)
{
    wecom_http_response_t response;
    wecom_error_t err;
    wecom_http_request_t request = scene_request("/", *state);
    int fd;
    int port = loopback_dead_port(&fd);

    request.url = apr_psprintf(*state, "http://127.0.0.1:%d/x?access_token=SECRET", port);
    assert_int_equal(scene_perform(&request, &response, &err, *state), WECOM_E_CONNECT);
    assert_int_not_equal(err.upstream, 0);
    assert_null(strstr(err.detail, "SECRET"));
    close(fd);
}

static void connections_stay_alive(void **state)
{
    wecom_http_response_t response;
    int i;

    for (i = 0; i < 5; i++) {
        scene_must_get("/ok", &response, *state);
    }
    assert_int_equal(scene.requests, 5);
    assert_int_equal(loopback_accepts(scene.server), 1);
    /* A server that hangs up after its answer costs the next request nothing but a connection. */
    scene_must_get("/once", &response, *state);
    scene_must_get("/ok", &response, *state);
    assert_int_equal(loopback_accepts(scene.server), 2);
}

static void *ten_requests(void *data)
{
    int *good = data;
    apr_pool_t *pool;
    int i;

    apr_pool_create(&pool, NULL);
    for (i = 0; i < 10; i++) {
        wecom_http_response_t response;
        wecom_error_t err;

        if (scene_get("/ok", &response, &err, pool) == WECOM_OK
            && wecom_text_equal(response.body, "{\"errcode\":0}")) {
            *good += 1;
        }
    }
    apr_pool_destroy(pool);
    return NULL;
}

static void threads_share_the_port(void **state)
{
    pthread_t threads[4];
    int good[4] = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, ten_requests, &good[i]), 0);
    }
    for (i = 0; i < COUNT(threads); i++) {
        pthread_join(threads[i], NULL);
        CHECK(good[i] == 10, "thread %zu: %d of 10", i, good[i]);
    }
    CHECK(loopback_accepts(scene.server) <= 4, "%d connections for 4 threads",
          loopback_accepts(scene.server));
}

static void the_environment_is_not_asked(void **state)
{
    static const char *const names[] = { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                         "ALL_PROXY" };
    wecom_http_request_t request = scene_request("/ok", *state);
    wecom_http_response_t response;
    wecom_error_t err;
    int fd;
    const char *dead = apr_psprintf(*state, "http://127.0.0.1:%d", loopback_dead_port(&fd));
    size_t i;

    for (i = 0; i < COUNT(names); i++) {
        setenv(names[i], dead, 1);
    }
    setenv("no_proxy", "*", 1);
    scene_must_get("/ok", &response, *state);
    /* Plain http stays on this machine, whatever proxy there is. */
    request.proxy = dead;
    assert_int_equal(scene_perform(&request, &response, &err, *state), WECOM_OK);
    /* https goes through the proxy of the request, and no_proxy does not take it out again. */
    request.url = "https://qyapi.wecom.invalid/cgi-bin/gettoken?corpsecret=SECRET";
    request.proxy = apr_psprintf(*state, "http://127.0.0.1:%d", loopback_port(scene.server));
    assert_int_equal(scene_perform(&request, &response, &err, *state), WECOM_E_CONNECT);
    assert_true(scene_head_is("CONNECT qyapi.wecom.invalid:443 "));
    assert_string_equal(err.detail, "qyapi.wecom.invalid: the proxy answered 407");
    for (i = 0; i < COUNT(names); i++) {
        unsetenv(names[i]);
    }
    unsetenv("no_proxy");
    close(fd);
}

static void a_forbidden_url_is_not_asked(void **state)
{
    static const char *const urls[] = { "http://example.com/?access_token=SECRET",
                                        "ftp://127.0.0.1/?access_token=SECRET",
                                        "file:///etc/passwd?SECRET",
                                        "https://u:SECRET@a.example/" };
    wecom_http_request_t request = scene_request("/", *state);
    wecom_http_response_t response;
    wecom_error_t err;
    size_t i;

    for (i = 0; i < COUNT(urls); i++) {
        request.url = urls[i];
        CHECK(scene_perform(&request, &response, &err, *state) == WECOM_E_BAD_INPUT, "%s",
              urls[i]);
        CHECK(err.status == WECOM_E_BAD_INPUT && strstr(err.detail, "SECRET") == NULL, "%s: %s",
              urls[i], support_show(err.detail));
    }
    request.url = NULL;
    assert_int_equal(scene_perform(&request, &response, &err, *state), WECOM_E_BAD_INPUT);
    assert_int_equal(loopback_accepts(scene.server), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(answers_arrive),
        SCENE(get_says_what_it_must),
        SCENE(post_says_what_it_must),
        SCENE(failures_table),
        SCENE(the_ceiling_itself_is_allowed),
        SCENE(a_request_brings_its_own_ceiling),
        SCENE(nobody_listens),
        SCENE(connections_stay_alive),
        SCENE(threads_share_the_port),
        SCENE(the_environment_is_not_asked),
        SCENE(a_forbidden_url_is_not_asked)
    };

    return cmocka_run_group_tests(tests, support_start, support_end);
}
