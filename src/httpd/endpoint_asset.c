/* SPDX-License-Identifier: Apache-2.0 */
/*
 * endpoint_asset.c - wecom.js and the pictures of WeComBrand: the own URLs that say the same to
 * everybody, and may therefore be kept.
 */
#include "endpoint_int.h"

#include <string.h>

#include "apr_strings.h"
#include "http_protocol.h"

#include "config_look.h"

static const wecom_asset_t *find_asset(const wecom_server_t *server, const char *path)
{
    int i;

    for (i = 0; i < server->assets->nelts; i++) {
        const wecom_asset_t *asset = &APR_ARRAY_IDX(server->assets, i, wecom_asset_t);

        if (strcmp(asset->path, path) == 0) {
            return asset;
        }
    }
    return NULL;
}

static int answer_nothing(request_rec *r)
{
    wecom_reply_t reply;

    wecom_reply_init(&reply, r->pool);
    reply.status = HTTP_NOT_FOUND;
    reply.content_type = "text/plain; charset=utf-8";
    reply.body = "There is nothing at this address.\n";
    return wecom_endpoint_finish(r, &reply);
}

int wecom_endpoint_asset(request_rec *r, wecom_visit_t *visit)
{
    const wecom_server_t *server = visit->server;
    const wecom_asset_t *asset = find_asset(server, r->uri + strlen(server->site->endpoint) + 1);

    if (asset == NULL) {
        return answer_nothing(r);
    }
    ap_discard_request_body(r);
    wecom_request_own(r)->answered = 1;
    wecom_request_own(r)->cache_control = asset->cache_control;
    wecom_request_set_header(r, "Cache-Control", asset->cache_control);
    wecom_request_set_header(r, "X-Content-Type-Options", "nosniff");
    wecom_request_set_header(r, "Cross-Origin-Resource-Policy",
                             asset->anywhere ? "cross-origin" : "same-origin");
    if (asset->policy != NULL) {
        wecom_request_set_header(r, "Content-Security-Policy", asset->policy);
    }
    apr_table_setn(r->headers_out, "ETag", asset->etag);
    r->status = HTTP_OK;
    r->status_line = NULL;
    /* Not by ap_meets_conditions' other answers: an own URL never fails (endpoint.h). */
    if (apr_table_get(r->headers_in, "If-None-Match") != NULL
        && ap_meets_conditions(r) == HTTP_NOT_MODIFIED) {
        r->status = HTTP_NOT_MODIFIED;
        return OK;
    }
    ap_set_content_type(r, asset->type);
    ap_set_content_length(r, (apr_off_t)asset->len);
    if (!r->header_only && asset->len > 0) {
        ap_rwrite(asset->data, (int)asset->len, r);
    }
    return OK;
}
