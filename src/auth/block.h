/* SPDX-License-Identifier: Apache-2.0 */
/*
 * block.h - reading numbers out of a block that somebody may be writing (tree.h, tags.h).
 *
 * A number must be read once, checked, and used as it was read; without volatile a compiler may
 * read it a second time after the check, and a writer may come in between.
 */
#ifndef WECOM_AUTH_BLOCK_H
#define WECOM_AUTH_BLOCK_H

#include <stdint.h>

#include <apr.h>

/* Ids are 32 bits wide at WeCom; 0 is none. */
#define WECOM_BLOCK_MAX_ID APR_INT64_C(0xffffffff)

static inline apr_uint32_t wecom_block_word(const apr_uint32_t *at)
{
    return *(const volatile apr_uint32_t *)at;
}

static inline apr_uint64_t wecom_block_long(const apr_uint64_t *at)
{
    return *(const volatile apr_uint64_t *)at;
}

static inline int wecom_block_is_aligned(const void *block)
{
    return ((uintptr_t)block & 7) == 0;
}

#endif
