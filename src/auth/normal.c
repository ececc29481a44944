/* SPDX-License-Identifier: Apache-2.0 */
/* normal.c - see normal.h. */

#include "normal.h"

#include <string.h>

#include <apr_strings.h>

#include "../base/limits.h"
#include "../base/text.h"
#include "../wecom/member.h"

#define MIN_PHONE_DIGITS 6
#define MAX_PHONE_DIGITS 15
#define MOBILE_DIGITS    11 /* of country code 86 */

static const char *trim(apr_size_t *len, const char *value)
{
    const char *end;

    value += strspn(value, " \t\r\n");
    end = value + strlen(value);
    while (end > value && strchr(" \t\r\n", end[-1]) != NULL) {
        end--;
    }
    *len = (apr_size_t)(end - value);
    return value;
}

const char *wecom_normal_email(const char *value, apr_pool_t *pool)
{
    const char *at;
    apr_size_t len;
    apr_size_t i;

    if (value == NULL || strlen(value) > 2 * WECOM_MAX_EMAIL) {
        return NULL;
    }
    value = trim(&len, value);
    if (len < 3 || len > WECOM_MAX_EMAIL || !wecom_text_is_plain_utf8(value, len)) {
        return NULL;
    }
    at = memchr(value, '@', len);
    if (at == NULL || at == value || at == value + len - 1
        || memchr(at + 1, '@', len - (apr_size_t)(at + 1 - value)) != NULL) {
        return NULL;
    }
    for (i = 0; i < len; i++) {
        if ((unsigned char)value[i] <= ' ' || value[i] == 0x7f) {
            return NULL;
        }
    }
    return wecom_text_fold(apr_pstrmemdup(pool, value, len), pool);
}

/* One character of a phone number, ASCII or its full-width form (U+FF01 to U+FF5E, three bytes):
 * its ASCII character, ' ' for the ideographic space, or 0 for anything else. Moves *at on. */
static char next_of(const char *value, apr_size_t len, apr_size_t *at)
{
    const unsigned char *s = (const unsigned char *)value + *at;
    apr_size_t left = len - *at;

    if (s[0] < 0x80) {
        (*at)++;
        return (char)s[0];
    }
    if (left >= 3 && s[0] == 0xef && (s[1] == 0xbc || s[1] == 0xbd)) {
        int code = (s[1] == 0xbc ? 0x00 : 0x40) + (s[2] - 0x80);

        *at += 3;
        return code >= 0x01 && code <= 0x5e ? (char)(code + 0x20) : 0;
    }
    if (left >= 3 && s[0] == 0xe3 && s[1] == 0x80 && s[2] == 0x80) {
        *at += 3;
        return ' ';
    }
    return 0;
}

/* The digits alone, a leading '+' seen apart. The number of digits, or -1. */
static int read_digits(char *digits, int *has_plus, const char *value, apr_size_t len)
{
    apr_size_t at = 0;
    int count = 0;

    *has_plus = 0;
    while (at < len) {
        char c = next_of(value, len, &at);

        if (c >= '0' && c <= '9') {
            if (count == MAX_PHONE_DIGITS + 2) { /* "00" may stand before them */
                return -1;
            }
            digits[count++] = c;
        }
        else if (c == '+' && count == 0 && !*has_plus) {
            *has_plus = 1;
        }
        else if (c == 0 || strchr(" \t-.()", c) == NULL) {
            return -1;
        }
    }
    digits[count] = '\0';
    return count;
}

static int is_mobile(const char *digits)
{
    return strlen(digits) == MOBILE_DIGITS && digits[0] == '1';
}

const char *wecom_normal_phone(const char *value, apr_pool_t *pool)
{
    char digits[MAX_PHONE_DIGITS + 3];
    const char *number = digits;
    const char *code = "";
    apr_size_t len;
    int has_plus;

    if (value == NULL || strlen(value) > WECOM_MAX_PHONE) {
        return NULL;
    }
    value = trim(&len, value);
    if (read_digits(digits, &has_plus, value, len) < 0) {
        return NULL;
    }
    if (!has_plus && strncmp(number, "00", 2) == 0) {
        number += 2;
        has_plus = 1;
    }
    if (!has_plus && !(strncmp(number, "86", 2) == 0 && is_mobile(number + 2))) {
        code = "86";
    }
    len = strlen(code) + strlen(number);
    if (strlen(number) < MIN_PHONE_DIGITS || len > MAX_PHONE_DIGITS
        || (*code == '\0' && *number == '0')) {
        return NULL;
    }
    return apr_pstrcat(pool, "+", code, number, NULL);
}

const char *wecom_normal_username(const char *value, apr_pool_t *pool)
{
    apr_size_t len;

    if (value == NULL || strlen(value) > 2 * WECOM_MAX_USERNAME) {
        return NULL;
    }
    value = trim(&len, value);
    if (len == 0 || len > WECOM_MAX_USERNAME || !wecom_text_is_plain_utf8(value, len)) {
        return NULL;
    }
    return wecom_text_fold(apr_pstrmemdup(pool, value, len), pool);
}

const char *wecom_normal_userid(const char *value, int with_case, apr_pool_t *pool)
{
    if (value == NULL || !wecom_member_is_userid(value)) {
        return NULL;
    }
    return with_case ? apr_pstrdup(pool, value) : wecom_text_fold(value, pool);
}
