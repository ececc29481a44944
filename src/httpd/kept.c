/* SPDX-License-Identifier: Apache-2.0 */
/* kept.c - see kept.h. */

#include "kept.h"

#include <string.h>

#include "apr_strings.h"
#include "http_protocol.h"
#include "util_filter.h"

#include "../auth/keep_page.h"
#include "../auth/target.h"

void wecom_kept_facts(wecom_keep_facts_t *facts, const request_rec *r)
{
    facts->sec_fetch_site = apr_table_get(r->headers_in, "Sec-Fetch-Site");
    facts->origin = apr_table_get(r->headers_in, "Origin");
    facts->content_type = apr_table_get(r->headers_in, "Content-Type");
    facts->content_encoding = apr_table_get(r->headers_in, "Content-Encoding");
    facts->content_length = apr_table_get(r->headers_in, "Content-Length");
}

/* Adds the data of a brigade to the *len bytes in data. DECLINED where it does not fit or cannot be
 * read; *ended: the body is whole. */
static int gather(unsigned char *data, apr_size_t *len, apr_size_t max, int *ended,
                  const apr_bucket_brigade *brigade)
{
    apr_bucket *bucket;

    for (bucket = APR_BRIGADE_FIRST(brigade); bucket != APR_BRIGADE_SENTINEL(brigade);
         bucket = APR_BUCKET_NEXT(bucket)) {
        const char *piece;
        apr_size_t piece_len;

        if (APR_BUCKET_IS_EOS(bucket)) {
            *ended = 1;
            return OK;
        }
        if (APR_BUCKET_IS_METADATA(bucket)) {
            continue;
        }
        if (apr_bucket_read(bucket, &piece, &piece_len, APR_BLOCK_READ) != APR_SUCCESS
            || piece_len > max - *len) {
            return DECLINED;
        }
        memcpy(data + *len, piece, piece_len);
        *len += piece_len;
    }
    return OK;
}

int wecom_kept_read_body(wecom_bytes_t *body, request_rec *r, apr_size_t max)
{
    apr_bucket_brigade *brigade = apr_brigade_create(r->pool, r->connection->bucket_alloc);
    unsigned char *data = apr_palloc(r->pool, max);
    apr_size_t len = 0;
    int status = OK;
    int ended = 0;

    while (status == OK && !ended) {
        apr_status_t rv = ap_get_brigade(r->input_filters, brigade, AP_MODE_READBYTES,
                                         APR_BLOCK_READ, HUGE_STRING_LEN);

        if (rv != APR_SUCCESS || APR_BRIGADE_EMPTY(brigade)) {
            /* Too slow, cut off, badly chunked: what follows on the connection is no request. */
            r->connection->keepalive = AP_CONN_CLOSE;
            status = rv == AP_FILTER_ERROR ? AP_FILTER_ERROR : DECLINED;
        }
        else {
            status = gather(data, &len, max, &ended, brigade);
        }
        apr_brigade_cleanup(brigade);
    }
    apr_brigade_destroy(brigade);
    if (status != OK) {
        wecom_crypto_wipe(data, len);
        return status;
    }
    body->data = data;
    body->len = len;
    return OK;
}

/* Could a browser send it again as it is? */
static int comes_out_alike(wecom_bytes_t body, apr_pool_t *pool)
{
    apr_array_header_t *pairs;
    wecom_bytes_t block;
    int alike = wecom_keep_read_pairs(&pairs, &block, body, pool) == WECOM_OK;

    wecom_crypto_wipe((void *)block.data, block.len);
    return alike;
}

int wecom_kept_take(wecom_reply_t *reply, request_rec *r, const wecom_visit_t *visit,
                    const wecom_login_t *room, const wecom_login_wish_t *wish)
{
    wecom_keep_facts_t facts;
    wecom_kept_t kept;
    int status;

    wecom_kept_facts(&facts, r);
    memset(&kept, 0, sizeof(kept));
    kept.target = wecom_request_target(r);
    if (visit->former == NULL || !wecom_keep_allows(&facts, room->site->public_url)
        || !wecom_target_is_safe(kept.target, strlen(kept.target))) {
        return DECLINED;
    }
    status = wecom_kept_read_body(&kept.body, r, WECOM_MAX_KEPT_BODY);
    if (status != OK) {
        return status;
    }
    kept.made = room->now;
    kept.source = visit->former->source;
    kept.userid = visit->former->userid;
    status = comes_out_alike(kept.body, r->pool)
             && wecom_keep_page_ended(reply, room, wish, &kept) ? OK : DECLINED;
    wecom_crypto_wipe((void *)kept.body.data, kept.body.len);
    if (status == OK && reply->status == HTTP_UNAUTHORIZED) {
        apr_table_setn(r->err_headers_out, "WWW-Authenticate", "WeCom");
    }
    return status;
}
