/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_url.c - the URLs that the http port would speak to, judged by two parsers.
 *
 * A check of a URL is worth nothing if the one who connects reads another host out of it. So
 * whatever wecom_http_url_allowed lets through is given to libcurl's own parser, and both must
 * agree on what matters: who is asked, and how.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "../../src/base/http_curl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int truth)
{
    if (!truth) {
        abort();
    }
}

static int is_loopback(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcasecmp(host, "localhost") == 0
           || strcmp(host, "[::1]") == 0;
}

/* What libcurl refuses altogether (an IPv6 address that is none) is asked by nobody. */
static void judge(const char *url)
{
    CURLU *parsed = curl_url();
    char *scheme = NULL;
    char *host = NULL;
    char *part = NULL;
    const char *p;

    demand(parsed != NULL);
    if (curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK) {
        demand(curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK);
        demand(curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK);
        demand(strcmp(scheme, "https") == 0
               || (strcmp(scheme, "http") == 0 && is_loopback(host)));
        demand(curl_url_get(parsed, CURLUPART_USER, &part, 0) == CURLUE_NO_USER);
        demand(curl_url_get(parsed, CURLUPART_PASSWORD, &part, 0) == CURLUE_NO_PASSWORD);
        demand(curl_url_get(parsed, CURLUPART_FRAGMENT, &part, 0) == CURLUE_NO_FRAGMENT);
        /* The host stands in the URL where we looked for it, or it is an address spelled out. */
        p = strstr(url, "://") + 3;
        demand(strncasecmp(p, host, strlen(host)) == 0 || *p == '['
               || strspn(host, "0123456789.") == strlen(host));
    }
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(parsed);
    for (p = url; *p != '\0'; p++) {
        demand((unsigned char)*p > ' ' && (unsigned char)*p < 0x7F);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *url = malloc(size + 1);

    demand(url != NULL);
    if (size > 0) {
        memcpy(url, data, size);
    }
    url[size] = '\0';
    if (wecom_http_url_allowed(url)) {
        judge(url);
    }
    free(url);
    return 0;
}
