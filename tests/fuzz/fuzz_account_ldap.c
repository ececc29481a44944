/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_account_ldap.c - the URL of an LDAP server, and values that go into a filter.
 *
 * The first line is the URL, the rest a value. Whatever the value, it must not change the shape of
 * a filter: its parentheses are those of the URL's own filter and of ours.
 */
#include <ctype.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../src/auth/account_ldap.h"
#include "../../src/auth/normal.h"
#include "insist.h"

static int hex_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What is escaped is the value again when it is read, and holds no byte that means something. */
static void judge_escape(const char *value, apr_size_t len, apr_pool_t *pool)
{
    const char *at = wecom_account_ldap_escape(value, len, pool);
    apr_size_t i;

    for (i = 0; i < len; i++) {
        if (*at == '\\') {
            insist(hex_of(at[1]) >= 0 && hex_of(at[2]) >= 0);
            insist((unsigned char)value[i] == (unsigned)(hex_of(at[1]) * 16 + hex_of(at[2])));
            at += 3;
        }
        else {
            insist(*at == value[i] && (isalnum((unsigned char)*at) || strchr("-._@+", *at)));
            at++;
        }
    }
    insist(*at == '\0');
}

static int count_of(const char *s, char c)
{
    int count = 0;

    for (; *s != '\0'; s++) {
        count += *s == c;
    }
    return count;
}

static void judge_filter(const wecom_ldap_url_t *url, const char *value, apr_pool_t *pool)
{
    const char *phone = wecom_normal_phone(value, pool);
    const wecom_claim_value_t values[] = {
        { "userid", WECOM_COLUMN_USERNAME, value },
        { "email", WECOM_COLUMN_EMAIL, value },
        { "mobile", WECOM_COLUMN_PHONE, phone },
    };
    const char *plain = wecom_account_ldap_filter(url, values, 2, pool);
    const char *whole = wecom_account_ldap_filter(url, values, phone != NULL ? 3 : 2, pool);

    insist(count_of(plain, '(') == count_of(url->filter, '(') + 4);
    insist(count_of(plain, '(') == count_of(plain, ')'));
    insist(count_of(whole, '(') == count_of(whole, ')'));
    insist(count_of(whole, '*') == count_of(url->filter, '*'));
}

static void judge_url(const wecom_ldap_url_t *url)
{
    insist(*url->hosts != '\0' && strpbrk(url->hosts, "/?@%") == NULL);
    insist(*url->base != '\0' && url->filter[0] == '(');
    insist(url->filter[strlen(url->filter) - 1] == ')');
    insist(*url->username != '\0' && strpbrk(url->username, "()=*\\ ") == NULL);
    insist(*url->email != '\0' && *url->phone != '\0' && *url->name != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *sentence = NULL;
    const char *value;
    const char *end;
    wecom_ldap_url_t url;
    apr_pool_t *pool;
    char *text;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    text = apr_pstrmemdup(pool, (const char *)data, size);
    end = memchr(text, '\n', size);
    value = end != NULL ? end + 1 : text + size;
    judge_escape(value, size - (size_t)(value - text), pool);
    if (end != NULL) {
        text[end - text] = '\0';
    }
    if (wecom_account_ldap_url(&url, &sentence, text, pool) == WECOM_OK) {
        judge_url(&url);
        judge_filter(&url, value, pool);
    }
    else {
        insist(sentence != NULL);
    }
    apr_pool_destroy(pool);
    return 0;
}
