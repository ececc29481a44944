/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.h - columns for a terminal: Chinese characters are two places wide.
 *
 * The widths are those of the first rows (WECOM_TABLE_ROWS), so that a long list begins at once;
 * a later field that is wider moves its own line only.
 */
#ifndef WECOM_CTL_TABLE_H
#define WECOM_CTL_TABLE_H

#include <apr_pools.h>

#define WECOM_TABLE_ROWS 500

typedef struct wecom_table_t wecom_table_t;

/* titles: count of them, living as long. */
wecom_table_t *wecom_table_make(const char *const *titles, int count, apr_pool_t *pool);

/* Fields without control bytes. They are printed now, or at wecom_table_end. */
void wecom_table_row(wecom_table_t *table, const char *const *fields);
void wecom_table_end(wecom_table_t *table);

#endif
