/* SPDX-License-Identifier: Apache-2.0 */
/* trailers.c - see trailers.h. */

#include "trailers.h"

#include "util_filter.h"

#include "scrub.h"

#define FILTER_NAME "WECOM_TRAILERS"
#define HTTP_2      2000

static ap_filter_rec_t *filter;

static apr_status_t trailers_filter(ap_filter_t *f, apr_bucket_brigade *brigade,
                                    ap_input_mode_t mode, apr_read_type_e block,
                                    apr_off_t most)
{
    request_rec *r = f->r;
    apr_table_t *before = r->headers_in;
    apr_status_t rv = ap_get_brigade(f->next, brigade, mode, block, most);

    /* Of HTTP/2 they come twice: with the last of the body, and again behind it as the text that
     * HTTP_IN reads. So the filter stays. */
    if (r->trailers_in != NULL && !apr_is_empty_table(r->trailers_in)) {
        wecom_scrub_table(r->trailers_in, r->pool);
        if (r->headers_in != before) {
            /* MergeTrailers On, once more: by now the headers may hold some that we have set. */
            r->headers_in = apr_table_overlay(r->pool, before, r->trailers_in);
        }
    }
    return rv;
}

void wecom_trailers_register(void)
{
    /* Just above HTTP_IN and the like. */
    filter = ap_register_input_filter(FILTER_NAME, trailers_filter, NULL, AP_FTYPE_PROTOCOL - 1);
}

void wecom_trailers_insert(request_rec *r)
{
    if (r->proto_num >= HTTP_2 || apr_table_get(r->headers_in, "Transfer-Encoding") != NULL) {
        ap_add_input_filter_handle(filter, NULL, r, r->connection);
    }
}
