/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_gate.c - what kind of asker it is, and what becomes of it: two tables.
 */
#include "support.h"

#include "../../src/auth/gate.h"

#define HTML "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

/* --- ask ------------------------------------------------------------------------------------ */

static const struct {
    const char *what;
    wecom_headers_t headers;
    wecom_ask_t ask;
} asks[] = {
    /* browsers with Sec-Fetch-*: believed */
    { "a click", { .method = "GET", .sec_fetch_mode = "navigate", .sec_fetch_dest = "document",
                   .accept = HTML }, WECOM_ASK_NAVIGATION },
    { "a frame", { .method = "GET", .sec_fetch_mode = "navigate", .sec_fetch_dest = "iframe",
                   .accept = HTML }, WECOM_ASK_NAVIGATION },
    { "an old frame", { .method = "GET", .sec_fetch_mode = "navigate",
                        .sec_fetch_dest = "frame" }, WECOM_ASK_NAVIGATION },
    { "no destination", { .method = "GET", .sec_fetch_mode = "navigate" },
      WECOM_ASK_NAVIGATION },
    { "any case", { .method = "GET", .sec_fetch_mode = "Navigate",
                    .sec_fetch_dest = "Document" }, WECOM_ASK_NAVIGATION },
    { "the mode needs no Accept", { .method = "GET", .sec_fetch_mode = "navigate",
                                    .sec_fetch_dest = "document", .accept = "*/*" },
      WECOM_ASK_NAVIGATION },
    { "an object", { .method = "GET", .sec_fetch_mode = "navigate", .sec_fetch_dest = "object",
                     .accept = HTML }, WECOM_ASK_SCRIPT },
    { "an embed", { .method = "GET", .sec_fetch_mode = "navigate", .sec_fetch_dest = "embed",
                    .accept = HTML }, WECOM_ASK_SCRIPT },
    { "an empty destination", { .method = "GET", .sec_fetch_mode = "navigate",
                                .sec_fetch_dest = "empty" }, WECOM_ASK_SCRIPT },
    { "fetch", { .method = "GET", .sec_fetch_mode = "cors", .sec_fetch_dest = "empty",
                 .accept = "*/*" }, WECOM_ASK_SCRIPT },
    { "fetch that claims HTML", { .method = "GET", .sec_fetch_mode = "cors",
                                  .sec_fetch_dest = "empty", .accept = HTML },
      WECOM_ASK_SCRIPT },
    { "fetch on the same site", { .method = "GET", .sec_fetch_mode = "same-origin",
                                  .sec_fetch_dest = "empty", .accept = HTML },
      WECOM_ASK_SCRIPT },
    { "an image", { .method = "GET", .sec_fetch_mode = "no-cors", .sec_fetch_dest = "image",
                    .accept = "image/webp,*/*" }, WECOM_ASK_SCRIPT },
    { "a web socket", { .method = "GET", .sec_fetch_mode = "websocket",
                        .sec_fetch_dest = "empty" }, WECOM_ASK_SCRIPT },
    { "an empty mode", { .method = "GET", .sec_fetch_mode = "", .accept = HTML },
      WECOM_ASK_SCRIPT },

    /* without them: Accept and X-Requested-With */
    { "an old browser", { .method = "GET", .accept = HTML }, WECOM_ASK_NAVIGATION },
    { "HTML in capitals", { .method = "GET", .accept = "TEXT/HTML" }, WECOM_ASK_NAVIGATION },
    { "WeCom's Android client writes its package", {
          .method = "GET", .x_requested_with = "com.tencent.wework", .accept = HTML },
      WECOM_ASK_NAVIGATION },
    { "the same with Sec-Fetch-*", {
          .method = "GET", .sec_fetch_mode = "navigate", .sec_fetch_dest = "document",
          .x_requested_with = "com.tencent.wework", .accept = HTML }, WECOM_ASK_NAVIGATION },
    { "its own script", { .method = "GET", .x_requested_with = "com.tencent.wework",
                          .accept = "application/json, text/plain, */*" }, WECOM_ASK_SCRIPT },
    { "XMLHttpRequest", { .method = "GET", .x_requested_with = "XMLHttpRequest",
                          .accept = HTML }, WECOM_ASK_SCRIPT },
    { "in any case", { .method = "GET", .x_requested_with = "xmlhttprequest",
                       .accept = HTML }, WECOM_ASK_SCRIPT },
    { "XMLHttpRequest that claims to navigate", {
          .method = "GET", .sec_fetch_mode = "navigate", .sec_fetch_dest = "document",
          .x_requested_with = "XMLHttpRequest", .accept = HTML }, WECOM_ASK_SCRIPT },
    { "curl", { .method = "GET", .accept = "*/*" }, WECOM_ASK_SCRIPT },
    { "no Accept", { .method = "GET" }, WECOM_ASK_SCRIPT },
    { "an empty Accept", { .method = "GET", .accept = "" }, WECOM_ASK_SCRIPT },
    { "an old script", { .method = "GET", .accept = "application/json" }, WECOM_ASK_SCRIPT },

    /* a login that nobody asked for */
    { "a prefetch", { .method = "GET", .sec_fetch_mode = "navigate",
                      .sec_fetch_dest = "document", .sec_purpose = "prefetch", .accept = HTML },
      WECOM_ASK_SCRIPT },
    { "a prerender", { .method = "GET", .sec_fetch_mode = "navigate",
                       .sec_fetch_dest = "document", .sec_purpose = "prefetch;prerender",
                       .accept = HTML }, WECOM_ASK_SCRIPT },
    { "an old prefetch", { .method = "GET", .sec_purpose = "Prefetch", .accept = HTML },
      WECOM_ASK_SCRIPT },
    { "another purpose", { .method = "GET", .sec_purpose = "view", .accept = HTML },
      WECOM_ASK_NAVIGATION },

    /* methods */
    { "HEAD", { .method = "HEAD", .accept = HTML }, WECOM_ASK_SCRIPT },
    { "HEAD that navigates", { .method = "HEAD", .sec_fetch_mode = "navigate",
                               .sec_fetch_dest = "document" }, WECOM_ASK_SCRIPT },
    { "PUT", { .method = "PUT", .accept = HTML,
               .content_type = "application/x-www-form-urlencoded" }, WECOM_ASK_SCRIPT },
    { "OPTIONS", { .method = "OPTIONS", .accept = HTML }, WECOM_ASK_SCRIPT },
    { "methods have a case", { .method = "get", .accept = HTML }, WECOM_ASK_SCRIPT },
    { "no method", { .accept = HTML }, WECOM_ASK_SCRIPT },

    /* posts */
    { "a form", { .method = "POST", .sec_fetch_mode = "navigate", .sec_fetch_dest = "document",
                  .content_type = "application/x-www-form-urlencoded" }, WECOM_ASK_FORM },
    { "a form of an old browser", {
          .method = "POST", .accept = HTML,
          .content_type = "application/x-www-form-urlencoded; charset=UTF-8" },
      WECOM_ASK_FORM },
    { "a form with a file", { .method = "POST", .accept = HTML,
                              .content_type = "multipart/form-data; boundary=x" },
      WECOM_ASK_FORM },
    { "a form of plain text", { .method = "POST", .accept = HTML,
                                .content_type = "Text/Plain" }, WECOM_ASK_FORM },
    { "a form of a script", { .method = "POST", .accept = "*/*",
                              .content_type = "application/x-www-form-urlencoded" },
      WECOM_ASK_SCRIPT },
    { "a form by fetch", { .method = "POST", .sec_fetch_mode = "cors",
                           .sec_fetch_dest = "empty", .accept = HTML,
                           .content_type = "multipart/form-data; boundary=x" },
      WECOM_ASK_SCRIPT },
    { "JSON", { .method = "POST", .accept = HTML, .content_type = "application/json" },
      WECOM_ASK_SCRIPT },
    { "a longer type", { .method = "POST", .accept = HTML, .content_type = "text/plainer" },
      WECOM_ASK_SCRIPT },
    { "a shorter type", { .method = "POST", .accept = HTML, .content_type = "text/plai" },
      WECOM_ASK_SCRIPT },
    { "an empty type", { .method = "POST", .accept = HTML, .content_type = "" },
      WECOM_ASK_SCRIPT },
    { "no type", { .method = "POST", .accept = HTML }, WECOM_ASK_SCRIPT },
};

static void who_asks(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(asks); i++) {
        wecom_ask_t ask = wecom_gate_ask(&asks[i].headers);

        CHECK(ask == asks[i].ask, "%s: %d instead of %d", asks[i].what, ask, asks[i].ask);
    }
}

/* --- judge ---------------------------------------------------------------------------------- */

#define NAV    WECOM_ASK_NAVIGATION
#define FORM   WECOM_ASK_FORM
#define SCRIPT WECOM_ASK_SCRIPT

static const struct {
    wecom_facts_t facts; /* ask, known, name_fits, hopped, unauthenticated */
    wecom_verdict_t verdict;
} judgements[] = {
    { { NAV, 0, 0, 0, 0 }, WECOM_VERDICT_RENAME },
    { { NAV, 0, 0, 1, 0 }, WECOM_VERDICT_WRONG_NAME },
    { { NAV, 0, 1, 0, 0 }, WECOM_VERDICT_LOGIN },
    { { NAV, 0, 1, 1, 0 }, WECOM_VERDICT_LOGIN },
    { { NAV, 1, 0, 0, 0 }, WECOM_VERDICT_PASS },
    { { NAV, 1, 0, 1, 0 }, WECOM_VERDICT_PASS },
    { { NAV, 1, 1, 0, 0 }, WECOM_VERDICT_PASS },
    { { NAV, 1, 1, 1, 0 }, WECOM_VERDICT_PASS },
    { { FORM, 0, 0, 0, 0 }, WECOM_VERDICT_RENAME },
    { { FORM, 0, 0, 1, 0 }, WECOM_VERDICT_WRONG_NAME },
    { { FORM, 0, 1, 0, 0 }, WECOM_VERDICT_LOGIN_FORM },
    { { FORM, 0, 1, 1, 0 }, WECOM_VERDICT_LOGIN_FORM },
    { { FORM, 1, 0, 0, 0 }, WECOM_VERDICT_PASS },
    { { FORM, 1, 0, 1, 0 }, WECOM_VERDICT_PASS },
    { { FORM, 1, 1, 0, 0 }, WECOM_VERDICT_PASS },
    { { FORM, 1, 1, 1, 0 }, WECOM_VERDICT_PASS },
    { { SCRIPT, 0, 0, 0, 0 }, WECOM_VERDICT_UNAUTHORIZED },
    { { SCRIPT, 0, 0, 1, 0 }, WECOM_VERDICT_UNAUTHORIZED },
    { { SCRIPT, 0, 1, 0, 0 }, WECOM_VERDICT_UNAUTHORIZED },
    { { SCRIPT, 0, 1, 1, 0 }, WECOM_VERDICT_UNAUTHORIZED },
    { { SCRIPT, 1, 0, 0, 0 }, WECOM_VERDICT_PASS },
    { { SCRIPT, 1, 0, 1, 0 }, WECOM_VERDICT_PASS },
    { { SCRIPT, 1, 1, 0, 0 }, WECOM_VERDICT_PASS },
    { { SCRIPT, 1, 1, 1, 0 }, WECOM_VERDICT_PASS },
};

static void what_becomes_of_it(void **state)
{
    size_t i;

    (void)state;
    assert_int_equal(COUNT(judgements), 3 * 2 * 2 * 2);
    for (i = 0; i < COUNT(judgements); i++) {
        const wecom_facts_t *facts = &judgements[i].facts;
        wecom_verdict_t verdict = wecom_gate_judge(facts);

        CHECK(verdict == judgements[i].verdict, "ask %d, known %d, fits %d, hopped %d: %d",
              facts->ask, facts->known, facts->name_fits, facts->hopped, verdict);
    }
}

/* Where nobody is sent to the login, name and hop count for nothing. */
static void nobody_is_sent_anywhere(void **state)
{
    static const wecom_unauthenticated_t modes[] = {
        WECOM_UNAUTHENTICATED_401, WECOM_UNAUTHENTICATED_PASS
    };
    size_t i, k;

    (void)state;
    for (i = 0; i < COUNT(judgements); i++) {
        for (k = 0; k < COUNT(modes); k++) {
            wecom_facts_t facts = judgements[i].facts;

            facts.unauthenticated = modes[k];
            assert_int_equal(wecom_gate_judge(&facts),
                             facts.known ? WECOM_VERDICT_PASS
                             : facts.ask == SCRIPT ? WECOM_VERDICT_UNAUTHORIZED
                                                   : WECOM_VERDICT_UNAUTHORIZED_PAGE);
        }
    }
}

/* Each row of the table above is there once. */
static void truth_table_is_whole(void **state)
{
    unsigned int seen = 0;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(judgements); i++) {
        const wecom_facts_t *facts = &judgements[i].facts;

        seen |= 1u << (facts->ask * 8 + facts->known * 4 + facts->name_fits * 2
                       + facts->hopped);
    }
    assert_int_equal(seen, 0xffffff);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_asks),
        cmocka_unit_test(what_becomes_of_it),
        cmocka_unit_test(nobody_is_sent_anywhere),
        cmocka_unit_test(truth_table_is_whole),
    };

    return cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}
