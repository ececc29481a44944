/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trailers.h - what a browser says about itself behind the body of its request.
 *
 * Trailers come when the body has been read, long after post_read_request, and under MergeTrailers
 * On they become headers. An input filter sits between the one that reads them and everybody else:
 * whoever reads the body to its end finds trailers (and headers) that have been scrubbed.
 */
#ifndef WECOM_HTTPD_TRAILERS_H
#define WECOM_HTTPD_TRAILERS_H

#include "glue.h"

void wecom_trailers_register(void);

/* In post_read_request, of internal redirects too: adds the filter where trailers can come. */
void wecom_trailers_insert(request_rec *r);

#endif
