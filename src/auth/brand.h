/* SPDX-License-Identifier: Apache-2.0 */
/*
 * brand.h - the colour of the enterprise, made fit to be read.
 *
 * A house colour is chosen for paper, not for contrast (WCAG 2.1, 1.4.3 and 1.4.11). On a button it
 * stays as it is, and the words on it become white or black. Where it is itself a text or an edge,
 * it is darkened for the light scheme, and lightened for the dark one, until it stands out.
 */
#ifndef WECOM_AUTH_BRAND_H
#define WECOM_AUTH_BRAND_H

#include <apr_pools.h>

/* 1 for "#rrggbb". */
int wecom_brand_is_color(const char *text);

/* The rules that lay the colour over pages/page.css. color: as above. */
const char *wecom_brand_style(const char *color, apr_pool_t *pool);

/* How much two colours "#rrggbb" differ, from 1 to 21. */
double wecom_brand_contrast(const char *a, const char *b);

#endif
