/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_headers.c - the headers by which a browser says who it is, what it speaks and whom it
 * asks.
 *
 * Whatever they hold, a decision comes out and nothing else: a language of ours, a client of ours,
 * and of the typed name only what may stand on a page.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>

#include "../../src/auth/gate.h"
#include "../../src/auth/site.h"
#include "../../src/auth/words.h"
#include "../../src/base/crypto.h"
#include "../../src/wecom/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int truth)
{
    if (!truth) {
        abort();
    }
}

static void try_language(const char *text)
{
    wecom_lang_t lang = wecom_words_language(text);

    demand(lang == WECOM_LANG_EN || lang == WECOM_LANG_ZH);
    /* Chinese is chosen for a reason. */
    demand(lang == WECOM_LANG_EN || wecom_text_contains_fold(text, strlen(text), "zh"));
}

static void try_client(const char *text)
{
    wecom_client_t client = wecom_link_client(text);

    demand(client != WECOM_CLIENT_WECOM
           || wecom_text_contains_fold(text, strlen(text), "wxwork"));
    demand(client != WECOM_CLIENT_WECHAT
           || wecom_text_contains_fold(text, strlen(text), "micromessenger"));
    demand(wecom_link_device(text) < WECOM_DEVICE_COUNT);
    demand(wecom_link_device(text) != WECOM_DEVICE_ANDROID
           || wecom_text_contains_fold(text, strlen(text), "mobile"));
}

/* The same text in every header: an asker without Sec-Fetch-Mode that says "text/html" somewhere
 * in Accept, or one that says "navigate", is the only one who can be sent to a login. */
static void try_asker(const char *text)
{
    wecom_headers_t headers = { "GET", NULL, NULL, NULL, NULL, text, text };

    demand(wecom_gate_ask(&headers) == WECOM_ASK_SCRIPT
           || wecom_text_contains_fold(text, strlen(text), "text/html"));
    headers.sec_fetch_mode = text;
    demand(wecom_gate_ask(&headers) == WECOM_ASK_SCRIPT
           || wecom_text_equal_fold(text, "navigate"));
    headers.method = text;
    demand(wecom_gate_ask(&headers) == WECOM_ASK_SCRIPT);
}

static void try_name(const wecom_site_t *site, const char *text, apr_pool_t *pool)
{
    wecom_address_t address;
    const char *typed;

    memset(&address, 0, sizeof(address));
    address.host_header = text;
    typed = wecom_site_typed(&address, pool);
    demand(strlen(typed) >= 1 && strlen(typed) <= 100);
    demand(strpbrk(typed, "<>&\"' \r\n%") == NULL);
    demand(!wecom_site_fits(site, &address)
           || wecom_text_equal_fold(text, "intranet.example.com")
           || wecom_text_equal_fold(text, "intranet.example.com:443"));
    address.host_header = "intranet.example.com";
    address.forwarded_proto = text;
    (void)wecom_site_fits(site, &address);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    wecom_site_t *site;
    apr_pool_t *pool;

    demand(text != NULL && apr_initialize() == APR_SUCCESS);
    demand(apr_pool_create(&pool, NULL) == APR_SUCCESS);
    demand(wecom_crypto_start() == WECOM_OK);
    demand(wecom_site_make(&site, "https://intranet.example.com", "/wecom", NULL, NULL, pool)
           == WECOM_OK);
    if (size > 0) {
        memcpy(text, data, size);
    }
    text[size] = '\0';
    try_language(text);
    try_client(text);
    try_asker(text);
    try_name(site, text, pool);
    apr_pool_destroy(pool);
    free(text);
    return 0;
}
