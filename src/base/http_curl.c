/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_curl.c - the http port over libcurl.
 *
 * Each promise of http.h is kept twice where it can be: the URL is checked here and libcurl is
 * told which protocol may be spoken; the ceiling of the answer is told to libcurl, which knows
 * it from the Content-Length, and counted here, for answers that name no length. Nothing comes
 * from the environment: no proxy, no .netrc, no cookie.
 *
 * An easy handle keeps its connections while it lies idle. The one that came back last is taken
 * first, so that at low load one warm connection serves everybody. A handle is reset before it
 * lies down: it would otherwise point into the pool of a request that is over.
 */
#include "http_curl.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_thread_mutex.h>

#include <curl/curl.h>

#include "crypto.h"
#include "limits.h"
#include "text.h"

#define MAX_IDLE       64 /* handles kept; httpd has 25 threads in a child by default */
#define FIRST_BUFFER 4096

typedef struct port_t {
    const char *agent;
    struct curl_slist *get_headers;  /* read by every thread, changed by none */
    struct curl_slist *post_headers;
    apr_thread_mutex_t *lock;        /* guards the two below */
    CURL *idle[MAX_IDLE];
    int n_idle;
} port_t;

/* The answer as it grows. data has room for size bytes and a NUL. */
typedef struct answer_t {
    char *data;
    apr_size_t len;
    apr_size_t size;
    apr_size_t max;
    int too_large;
    apr_pool_t *pool;
} answer_t;

/* What may be said of a URL: never its path or query. */
typedef struct origin_t {
    const char *host;
    apr_size_t host_len;
    int is_https;
} origin_t;

/* --- which URLs ----------------------------------------------------------------------------- */

/* A number from 0 to max in decimal, without leading zeros, which libcurl would read as octal. */
static int is_decimal(const char *s, apr_size_t len, unsigned int max)
{
    unsigned int v = 0;
    apr_size_t i;

    if (len < 1 || len > 5 || (len > 1 && s[0] == '0')) {
        return 0;
    }
    for (i = 0; i < len; i++) {
        if (s[i] < '0' || s[i] > '9') {
            return 0;
        }
        v = v * 10 + (unsigned int)(s[i] - '0');
    }
    return v <= max;
}

/* 127.0.0.0/8 in four decimal numbers, [::1], localhost. */
static int is_loopback(const char *host, apr_size_t len)
{
    const char *end = host + len;
    int part;

    if ((len == 9 && wecom_text_contains_fold(host, len, "localhost"))
        || (len == 5 && memcmp(host, "[::1]", 5) == 0)) {
        return 1;
    }
    if (len < 4 || memcmp(host, "127.", 4) != 0) {
        return 0;
    }
    for (part = 0; part < 4; part++) {
        const char *dot = memchr(host, '.', (apr_size_t)(end - host));

        if ((dot == NULL) != (part == 3)) {
            return 0;
        }
        if (!is_decimal(host, (apr_size_t)((dot != NULL ? dot : end) - host), 255)) {
            return 0;
        }
        host = dot != NULL ? dot + 1 : end;
    }
    return 1;
}

/* Length of the host at s, brackets included; 0 when there is none that we would speak to. The
 * alphabet is narrow, so that libcurl and we cannot disagree about where the host ends. */
static apr_size_t host_length(const char *s)
{
    apr_size_t n;

    if (*s == '[') {
        n = 1 + strspn(s + 1, "0123456789abcdefABCDEF:.");
        return n > 1 && s[n] == ']' ? n + 1 : 0;
    }
    return strspn(s, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._");
}

static int origin_read(origin_t *origin, const char *url)
{
    apr_size_t scheme_len;
    const char *p;

    if (url == NULL) {
        return 0;
    }
    for (p = url; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;

        if (c <= ' ' || c >= 0x7F || c == '\\' || c == '#') {
            return 0;
        }
    }
    scheme_len = strcspn(url, ":");
    origin->is_https = scheme_len == 5 && wecom_text_contains_fold(url, 5, "https");
    if (!origin->is_https && !(scheme_len == 4 && wecom_text_contains_fold(url, 4, "http"))) {
        return 0;
    }
    if (strncmp(url + scheme_len, "://", 3) != 0) {
        return 0;
    }
    origin->host = url + scheme_len + 3;
    origin->host_len = host_length(origin->host);
    if (origin->host_len == 0) {
        return 0;
    }
    p = origin->host + origin->host_len;
    if (*p == ':') {
        apr_size_t n = strcspn(p + 1, "/?");

        if (!is_decimal(p + 1, n, 65535) || p[1] == '0') {
            return 0;
        }
        p += 1 + n;
    }
    /* Anything else here, such as '@', would make what stands before it no host at all. */
    if (*p != '\0' && *p != '/' && *p != '?') {
        return 0;
    }
    return origin->is_https || is_loopback(origin->host, origin->host_len);
}

int wecom_http_url_allowed(const char *url)
{
    origin_t origin;

    return origin_read(&origin, url);
}

/* --- the pool of handles -------------------------------------------------------------------- */

static CURL *handle_take(port_t *port)
{
    CURL *curl = NULL;

    apr_thread_mutex_lock(port->lock);
    if (port->n_idle > 0) {
        curl = port->idle[--port->n_idle];
    }
    apr_thread_mutex_unlock(port->lock);
    return curl != NULL ? curl : curl_easy_init();
}

static void handle_give(port_t *port, CURL *curl)
{
    curl_easy_reset(curl);
    apr_thread_mutex_lock(port->lock);
    if (port->n_idle < MAX_IDLE) {
        port->idle[port->n_idle++] = curl;
        curl = NULL;
    }
    apr_thread_mutex_unlock(port->lock);
    if (curl != NULL) {
        curl_easy_cleanup(curl);
    }
}

/* --- the answer ----------------------------------------------------------------------------- */

static apr_size_t answer_ceiling(const wecom_http_request_t *request)
{
    apr_size_t max = request->max_answer > 0 ? request->max_answer : WECOM_MAX_ANSWER;

    return max < WECOM_MAX_CONTACTS ? max : WECOM_MAX_CONTACTS;
}

/* Room for `need` bytes. The old buffer may hold half a token and is wiped. */
static void answer_grow(answer_t *answer, apr_size_t need)
{
    apr_size_t size = answer->size > 0 ? answer->size : FIRST_BUFFER;
    char *data;

    while (size < need) {
        size *= 2;
    }
    data = apr_palloc(answer->pool, size + 1);
    if (answer->len > 0) {
        memcpy(data, answer->data, answer->len);
    }
    wecom_crypto_wipe(answer->data, answer->len);
    answer->data = data;
    answer->size = size;
}

static size_t answer_write(char *data, size_t size, size_t n, void *baton)
{
    answer_t *answer = baton;

    /* libcurl always gives size 1; what it hands over fits into memory, so this cannot wrap. */
    n *= size;
    if (n > answer->max - answer->len) {
        answer->too_large = 1;
        return 0;
    }
    if (n > answer->size - answer->len) {
        answer_grow(answer, answer->len + n);
    }
    memcpy(answer->data + answer->len, data, n);
    answer->len += n;
    return n;
}

/* --- one request ---------------------------------------------------------------------------- */

static long at_least_1(int ms)
{
    return ms > 0 ? ms : 1; /* 0 would mean "for ever" to libcurl */
}

/* Sets options one after the other and remembers whether all were taken. A macro, because
 * curl_easy_setopt checks the type of its third argument only where it is called. */
#define SET(option, value) (ok = ok && curl_easy_setopt(curl, (option), (value)) == CURLE_OK)

/* Which peer, and how surely it is that one. */
static int set_peer(CURL *curl, const wecom_http_request_t *request, const origin_t *origin)
{
    /* Plain http only ever goes to this machine; a proxy would make it another one. */
    const char *proxy = origin->is_https && request->proxy != NULL ? request->proxy : "";
    int ok = 1;

    SET(CURLOPT_URL, request->url);
#if LIBCURL_VERSION_NUM >= 0x075500
    SET(CURLOPT_PROTOCOLS_STR, origin->is_https ? "https" : "http");
#else
    SET(CURLOPT_PROTOCOLS, (long)(origin->is_https ? CURLPROTO_HTTPS : CURLPROTO_HTTP));
#endif
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(CURLOPT_PROXY, proxy);
    SET(CURLOPT_NOPROXY, "");
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (request->ca_file != NULL) {
        /* The folder of the system would be trusted beside the file. */
        SET(CURLOPT_CAINFO, request->ca_file);
        SET(CURLOPT_CAPATH, NULL);
    }
    return ok;
}

static int set_exchange(CURL *curl, const port_t *port, const wecom_http_request_t *request,
                        answer_t *answer)
{
    int ok = 1;

    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_CONNECTTIMEOUT_MS, at_least_1(request->connect_ms));
    SET(CURLOPT_TIMEOUT_MS, at_least_1(request->total_ms));
    SET(CURLOPT_MAXFILESIZE, (long)answer->max);
    SET(CURLOPT_WRITEFUNCTION, answer_write);
    SET(CURLOPT_WRITEDATA, answer);
    SET(CURLOPT_USERAGENT, port->agent);
    if (request->body == NULL) {
        SET(CURLOPT_HTTPHEADER, port->get_headers);
        SET(CURLOPT_HTTPGET, 1L);
    }
    else {
        SET(CURLOPT_HTTPHEADER, port->post_headers);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(request->body));
        SET(CURLOPT_POSTFIELDS, request->body);
        SET(CURLOPT_POST, 1L);
    }
    return ok;
}

#undef SET

static wecom_status_t failure_status(CURLcode code, const answer_t *answer)
{
    if (answer->too_large) {
        return WECOM_E_TOO_LARGE;
    }
    switch (code) {
    case CURLE_FILESIZE_EXCEEDED:  return WECOM_E_TOO_LARGE;
    case CURLE_OPERATION_TIMEDOUT: return WECOM_E_TIMEOUT;
    case CURLE_URL_MALFORMAT:      return WECOM_E_BAD_INPUT;
    default:                       return WECOM_E_CONNECT;
    }
}

/* libcurl's own sentence for this request (CURLOPT_ERRORBUFFER) may quote the URL, so only the
 * general one for the code is used. */
static const char *failure_detail(CURL *curl, CURLcode code, const answer_t *answer,
                                  const origin_t *origin)
{
    const char *cause = curl_easy_strerror(code);
    long proxy_status = 0;

    if (answer->too_large || code == CURLE_FILESIZE_EXCEEDED) {
        cause = apr_psprintf(answer->pool, "the answer is larger than %" APR_SIZE_T_FMT " bytes",
                             answer->max);
    }
    else if (code == CURLE_UNSUPPORTED_PROTOCOL) {
        /* The URL was judged before, so this is how libcurl calls an answer of HTTP/0.9. */
        cause = "the answer is not HTTP";
    }
    else if (curl != NULL
             && curl_easy_getinfo(curl, CURLINFO_HTTP_CONNECTCODE, &proxy_status) == CURLE_OK
             && proxy_status >= 300) {
        cause = apr_psprintf(answer->pool, "the proxy answered %ld", proxy_status);
    }
    return apr_psprintf(answer->pool, "%.*s: %s", (int)origin->host_len, origin->host, cause);
}

static wecom_status_t perform_with(CURL *curl, const port_t *port,
                                   wecom_http_response_t *response, wecom_error_t *err,
                                   const wecom_http_request_t *request, answer_t *answer)
{
    origin_t origin;
    CURLcode code = CURLE_OUT_OF_MEMORY;
    long status = 0;

    if (!origin_read(&origin, request->url)) {
        return wecom_error_set(err, WECOM_E_BAD_INPUT, 0, request->stage,
                               "the URL is neither https nor http to this machine");
    }
    if (curl != NULL && set_peer(curl, request, &origin)
        && set_exchange(curl, port, request, answer)) {
        code = curl_easy_perform(curl);
    }
    if (code != CURLE_OK) {
        wecom_crypto_wipe(answer->data, answer->len);
        return wecom_error_set(err, failure_status(code, answer), (int)code, request->stage,
                               failure_detail(curl, code, answer, &origin));
    }
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (answer->data == NULL) {
        answer_grow(answer, 0);
    }
    answer->data[answer->len] = '\0';
    response->status = (int)status;
    response->body = answer->data;
    response->len = answer->len;
    return WECOM_OK;
}

static wecom_status_t perform(const wecom_http_t *self, wecom_http_response_t *response,
                              wecom_error_t *err, const wecom_http_request_t *request,
                              apr_pool_t *pool)
{
    port_t *port = self->baton;
    CURL *curl = handle_take(port);
    answer_t answer = { NULL, 0, 0, answer_ceiling(request), 0, pool };
    wecom_status_t status;

    memset(response, 0, sizeof *response);
    status = perform_with(curl, port, response, err, request, &answer);
    if (curl != NULL) {
        handle_give(port, curl);
    }
    return status;
}

/* --- start and end -------------------------------------------------------------------------- */

/* The handles first: libcurl must not be shut down under them. */
static apr_status_t port_stop(void *data)
{
    port_t *port = data;

    while (port->n_idle > 0) {
        curl_easy_cleanup(port->idle[--port->n_idle]);
    }
    curl_slist_free_all(port->get_headers);
    curl_slist_free_all(port->post_headers);
    curl_global_cleanup();
    return APR_SUCCESS;
}

static struct curl_slist *headers(const char *const *lines)
{
    struct curl_slist *list = NULL;
    struct curl_slist *longer;

    for (; *lines != NULL; lines++) {
        longer = curl_slist_append(list, *lines);
        if (longer == NULL) {
            curl_slist_free_all(list);
            return NULL;
        }
        list = longer;
    }
    return list;
}

wecom_status_t wecom_http_curl_start(wecom_http_t **http, const char *agent, apr_pool_t *pool)
{
    /* "Expect:" without a value: no waiting for "100 Continue" before a body. */
    static const char *const get_lines[] = { "Accept: application/json", NULL };
    static const char *const post_lines[] = {
        "Accept: application/json", "Content-Type: application/json", "Expect:", NULL
    };
    const curl_version_info_data *version;
    port_t *port = apr_pcalloc(pool, sizeof *port);
    wecom_http_t *made = apr_pcalloc(pool, sizeof *made);

    *http = NULL;
    port->agent = apr_pstrdup(pool, agent);
    /* Made before the cleanup is registered, so that it is there for as long as the handles. */
    if (apr_thread_mutex_create(&port->lock, APR_THREAD_MUTEX_DEFAULT, pool) != APR_SUCCESS
        || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return WECOM_E_UNAVAILABLE;
    }
    apr_pool_cleanup_register(pool, port, port_stop, apr_pool_cleanup_null);
    version = curl_version_info(CURLVERSION_NOW);
    port->get_headers = headers(get_lines);
    port->post_headers = headers(post_lines);
    if ((version->features & CURL_VERSION_SSL) == 0 || port->get_headers == NULL
        || port->post_headers == NULL) {
        return WECOM_E_UNAVAILABLE;
    }
    made->perform = perform;
    made->baton = port;
    *http = made;
    return WECOM_OK;
}
