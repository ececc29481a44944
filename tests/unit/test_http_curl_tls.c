/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_http_curl_tls.c - whom the http port believes to be WeCom.
 *
 * Certificates are made anew in each run: nothing here can expire, and no private key lies in
 * the repository.
 */
#include "support.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "../../src/base/http_curl.h"
#include "loopback.h"

typedef struct identity_t {
    EVP_PKEY *key;
    X509 *cert;
} identity_t;

static identity_t authority;
static identity_t stranger;
static char ca_path[] = "/tmp/wecom-ca-XXXXXX";

/* --- certificates --------------------------------------------------------------------------- */

static void add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *extension;

    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    CHECK(extension != NULL && X509_add_ext(cert, extension, -1) == 1, "extension %s", value);
    X509_EXTENSION_free(extension);
}

/* A certificate that is valid until `until` seconds from now; issuer NULL: its own. */
static identity_t identity_make(const char *name, const char *alt_name, const identity_t *issuer,
                                long until)
{
    identity_t made = { EVP_EC_gen("P-256"), X509_new() };
    X509_NAME *subject = X509_get_subject_name(made.cert);
    X509 *issuer_cert = issuer != NULL ? issuer->cert : made.cert;

    X509_set_version(made.cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.cert), issuer != NULL ? 2 : 1);
    X509_gmtime_adj(X509_getm_notBefore(made.cert), -7200);
    X509_gmtime_adj(X509_getm_notAfter(made.cert), until);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1,
                               0);
    X509_set_issuer_name(made.cert, X509_get_subject_name(issuer_cert));
    X509_set_pubkey(made.cert, made.key);
    if (alt_name != NULL) {
        add_extension(made.cert, issuer_cert, NID_subject_alt_name, alt_name);
    }
    else {
        add_extension(made.cert, issuer_cert, NID_basic_constraints, "critical,CA:TRUE");
    }
    CHECK(X509_sign(made.cert, issuer != NULL ? issuer->key : made.key, EVP_sha256()) > 0,
          "%s cannot be signed", name);
    return made;
}

static void identity_free(identity_t *identity)
{
    EVP_PKEY_free(identity->key);
    X509_free(identity->cert);
}

static int authority_make(void **state)
{
    FILE *file;
    int fd;

    /* As httpd does: OpenSSL writes without MSG_NOSIGNAL to a peer that may have hung up. */
    signal(SIGPIPE, SIG_IGN);
    if (support_start(state) != 0) {
        return -1;
    }
    authority = identity_make("Our authority", NULL, NULL, 3600);
    stranger = identity_make("A stranger", NULL, NULL, 3600);
    fd = mkstemp(ca_path);
    file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (file == NULL || PEM_write_X509(file, authority.cert) != 1) {
        return -1;
    }
    return fclose(file);
}

static int authority_end(void **state)
{
    unlink(ca_path);
    identity_free(&authority);
    identity_free(&stranger);
    return support_end(state);
}

/* --- the server ----------------------------------------------------------------------------- */

static void serve(int fd, void *baton)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    SSL *ssl = SSL_new(baton);
    char request[4096];

    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1) {
        while (SSL_read(ssl, request, sizeof request) > 0) {
            SSL_write(ssl, answer, sizeof answer - 1);
        }
    }
    SSL_free(ssl);
}

typedef struct row_t {
    const char *name;
    const char *alt_name;
    const identity_t *issuer; /* NULL: signed by itself */
    long until;
    int max_version;
    int with_ca_file;
    wecom_status_t status;
} row_t;

/* A server with the row's certificate, and an http port in a pool of its own. */
typedef struct peer_t {
    identity_t identity;
    SSL_CTX *ctx;
    loopback_t *server;
    wecom_http_t *http;
    apr_pool_t *pool;
} peer_t;

static void peer_make(peer_t *peer, const row_t *row, apr_pool_t *parent)
{
    apr_pool_create(&peer->pool, parent);
    peer->identity = identity_make("server", row->alt_name, row->issuer, row->until);
    peer->ctx = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_security_level(peer->ctx, 0);
    SSL_CTX_set_min_proto_version(peer->ctx, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(peer->ctx, row->max_version);
    SSL_CTX_use_certificate(peer->ctx, peer->identity.cert);
    SSL_CTX_use_PrivateKey(peer->ctx, peer->identity.key);
    peer->server = loopback_start(serve, peer->ctx);
    assert_non_null(peer->server);
    assert_int_equal(wecom_http_curl_start(&peer->http, "agent/1", peer->pool), WECOM_OK);
}

static void peer_end(peer_t *peer)
{
    apr_pool_destroy(peer->pool);
    loopback_stop(peer->server);
    SSL_CTX_free(peer->ctx);
    identity_free(&peer->identity);
}

static wecom_status_t peer_ask(const peer_t *peer, const char *ca_file, const char **detail)
{
    wecom_http_response_t response;
    wecom_error_t err = { WECOM_OK, 0, NULL, NULL };
    wecom_http_request_t request;
    wecom_status_t status;

    memset(&request, 0, sizeof request);
    request.stage = "gettoken";
    request.url = apr_psprintf(peer->pool, "https://127.0.0.1:%d/x?access_token=SECRET",
                               loopback_port(peer->server));
    request.ca_file = ca_file;
    request.connect_ms = 10000;
    request.total_ms = 20000;
    status = peer->http->perform(peer->http, &response, &err, &request, peer->pool);
    *detail = support_show(err.detail);
    CHECK(strstr(*detail, "SECRET") == NULL, "%s", *detail);
    return status;
}

static void check_row(const row_t *row, apr_pool_t *pool)
{
    const char *detail;
    peer_t peer;
    wecom_status_t status;

    peer_make(&peer, row, pool);
    status = peer_ask(&peer, row->with_ca_file ? ca_path : NULL, &detail);
    CHECK(status == row->status, "%s: %s, %s", row->name, wecom_error_name(status), detail);
    peer_end(&peer);
}

static void whom_to_believe(void **state)
{
    const row_t rows[] = {
        { "our authority", "IP:127.0.0.1", &authority, 3600, TLS1_3_VERSION, 1, WECOM_OK },
        { "TLS 1.2", "IP:127.0.0.1", &authority, 3600, TLS1_2_VERSION, 1, WECOM_OK },
        { "TLS 1.1", "IP:127.0.0.1", &authority, 3600, TLS1_1_VERSION, 1, WECOM_E_CONNECT },
        { "not in the system's list", "IP:127.0.0.1", &authority, 3600, TLS1_3_VERSION, 0,
          WECOM_E_CONNECT },
        { "a stranger's authority", "IP:127.0.0.1", &stranger, 3600, TLS1_3_VERSION, 1,
          WECOM_E_CONNECT },
        { "signed by itself", "IP:127.0.0.1", NULL, 3600, TLS1_3_VERSION, 1, WECOM_E_CONNECT },
        { "another address", "IP:127.0.0.2", &authority, 3600, TLS1_3_VERSION, 1,
          WECOM_E_CONNECT },
        { "a name, not the address", "DNS:qyapi.weixin.qq.com", &authority, 3600, TLS1_3_VERSION,
          1, WECOM_E_CONNECT },
        { "expired", "IP:127.0.0.1", &authority, -3600, TLS1_3_VERSION, 1, WECOM_E_CONNECT }
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        check_row(&rows[i], *state);
    }
}

/* A file that cannot be read must not end in trusting whomever. */
static void a_missing_ca_file_trusts_nobody(void **state)
{
    char kept = ca_path[5];

    ca_path[5] = '!';
    check_row(&(const row_t){ "no CA file", "IP:127.0.0.1", &authority, 3600, TLS1_3_VERSION, 1,
                              WECOM_E_CONNECT }, *state);
    ca_path[5] = kept;
}

/* Sources differ in their CA file. Neither what one of them set nor a connection that it has
 * proved may serve another. */
static void trust_is_not_carried_over(void **state)
{
    const row_t row = { "two sources", "IP:127.0.0.1", &authority, 3600, TLS1_3_VERSION, 1,
                        WECOM_OK };
    const char *detail;
    peer_t peer;

    peer_make(&peer, &row, *state);
    CHECK(peer_ask(&peer, ca_path, &detail) == WECOM_OK, "first: %s", detail);
    CHECK(peer_ask(&peer, ca_path, &detail) == WECOM_OK, "again: %s", detail);
    CHECK(loopback_accepts(peer.server) == 1, "%d connections", loopback_accepts(peer.server));
    CHECK(peer_ask(&peer, NULL, &detail) == WECOM_E_CONNECT, "trusted without its CA file");
    CHECK(peer_ask(&peer, ca_path, &detail) == WECOM_OK, "last: %s", detail);
    peer_end(&peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(whom_to_believe),
        TEST(a_missing_ca_file_trusts_nobody),
        TEST(trust_is_not_carried_over)
    };

    return cmocka_run_group_tests(tests, authority_make, authority_end);
}
