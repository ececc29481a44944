/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shape.h - the shape of an enterprise, as far as it is known here and now.
 */
#ifndef WECOM_AUTH_SHAPE_H
#define WECOM_AUTH_SHAPE_H

#include "tags.h"
#include "tree.h"

typedef struct wecom_shape_t {
    const wecom_tree_t *tree;   /* NULL: not there (yet) */
    const wecom_tags_t *tags;   /* likewise */
} wecom_shape_t;

#endif
