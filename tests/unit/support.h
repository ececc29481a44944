/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support.h - what the unit tests share.
 *
 * A test gets a pool of its own as *state and reads its input from memory that ends where a page
 * ends: the next page may not be touched, so that a parser that reads one byte too far crashes
 * here and now, without any sanitizer.
 */
#ifndef WECOM_TESTS_SUPPORT_H
#define WECOM_TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <apr_pools.h>

#include "../../src/base/crypto.h"

/* Fails with a sentence that names the row of the table, or whatever else is odd. */
#define CHECK(condition, ...)         \
    do {                              \
        if (!(condition)) {           \
            fail_msg(__VA_ARGS__);    \
        }                             \
    } while (0)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* One test with a pool as *state. */
#define TEST(function) \
    cmocka_unit_test_setup_teardown(function, support_pool_make, support_pool_end)

/* For cmocka_run_group_tests: APR and the algorithms of crypto.h. */
int support_start(void **state);
int support_end(void **state);

int support_pool_make(void **state);
int support_pool_end(void **state);

/* The same bytes, with a page behind the last one that cannot be read; gone with the pool. */
const char *support_guard(const void *data, apr_size_t len, apr_pool_t *pool);

/* The same for text: the NUL is the last byte that can be read. */
const char *support_guard_text(const char *s, apr_pool_t *pool);

/* Room for len bytes with the page behind it, filled with 0xA5. */
unsigned char *support_guard_room(apr_size_t len, apr_pool_t *pool);

/* A slice over text, without its NUL. */
wecom_bytes_t support_bytes(const char *s);

/* 1 when both are NULL or both are the same text. */
int support_same(const char *a, const char *b);

/* s, or a word for NULL, so that it can be printed. */
const char *support_show(const char *s);

#endif
