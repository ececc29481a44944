/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_reason.c - from WeCom's errcodes to reasons, and the rows that reasons stand for.
 */
#include "support.h"

#include <string.h>

#include "../../src/auth/reason.h"

/* --- rows ----------------------------------------------------------------------------------- */

static void every_row_is_whole(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < WECOM_REASON_COUNT; i++) {
        const wecom_reason_row_t *row = wecom_reason_row((wecom_reason_t)i);

        CHECK(row->id != NULL && strlen(row->id) == 6 && strncmp(row->id, "WC", 2) == 0
              && strspn(row->id + 2, "0123456789") == 4, "reason %d has the id '%s'", i,
              support_show(row->id));
        CHECK(row->level >= WECOM_LEVEL_ERROR && row->level <= WECOM_LEVEL_INFO,
              "%s has the level %d", row->id, row->level);
        CHECK(row->word >= 0 && row->word < WECOM_WORD_COUNT, "%s has the word %d", row->id,
              row->word);
        CHECK(row->text != NULL && *row->text != '\0', "%s says nothing", row->id);
        CHECK(row->cure == NULL || *row->cure != '\0', "%s has an empty cure", row->id);
        /* A server's fault is somebody's work, and that somebody must be told what to do; but
         * what only WeCom can mend has no cure here. */
        CHECK(row->level != WECOM_LEVEL_ERROR || row->cure != NULL || i == WECOM_REASON_MISMATCH
              || i == WECOM_REASON_CORP_GONE || i == WECOM_REASON_INTERNAL,
              "%s is an error without a cure", row->id);
    }
}

static void ids_are_unique(void **state)
{
    int i, k;

    (void)state;
    for (i = 0; i < WECOM_REASON_COUNT; i++) {
        for (k = i + 1; k < WECOM_REASON_COUNT; k++) {
            const char *id = wecom_reason_row((wecom_reason_t)i)->id;

            CHECK(strcmp(id, wecom_reason_row((wecom_reason_t)k)->id) != 0,
                  "reasons %d and %d are both %s", i, k, id);
        }
    }
}

/* 200 is for what the visitor decided; 4xx for what lies with the visitor or the member; 5xx for
 * the two servers, 503 where waiting may help. */
static void statuses_are_sane(void **state)
{
    static const int known[] = { 200, 400, 403, 404, 429, 500, 502, 503 };
    int i;

    (void)state;
    for (i = 0; i < WECOM_REASON_COUNT; i++) {
        const wecom_reason_row_t *row = wecom_reason_row((wecom_reason_t)i);
        size_t k = 0;

        while (k < COUNT(known) && known[k] != row->status) {
            k++;
        }
        CHECK(k < COUNT(known), "%s has the status %d", row->id, row->status);
        CHECK((row->status == 200) == (i == WECOM_REASON_NONE || i == WECOM_REASON_REFUSED
                                       || i == WECOM_REASON_PAIR_CONFIRMED),
              "%s has the status %d", row->id, row->status);
        CHECK(row->level != WECOM_LEVEL_ERROR || row->status >= 500,
              "%s is an error, and yet %d", row->id, row->status);
    }
}

static void sentences_of_some_reasons(void **state)
{
    static const struct {
        wecom_reason_t reason;
        wecom_word_t word;
        int status;
    } rows[] = {
        { WECOM_REASON_REFUSED, WECOM_WORD_REFUSED, 200 },
        { WECOM_REASON_EXPIRED, WECOM_WORD_EXPIRED, 400 },
        { WECOM_REASON_COOKIE_LOST, WECOM_WORD_COOKIE_LOOP, 400 },
        { WECOM_REASON_LOOP, WECOM_WORD_COOKIE_LOOP, 400 },
        { WECOM_REASON_NO_SUCH_SOURCE, WECOM_WORD_BAD_REQUEST, 404 },
        { WECOM_REASON_NOT_MEMBER, WECOM_WORD_NOT_MEMBER, 403 },
        { WECOM_REASON_OUT_OF_RANGE, WECOM_WORD_OUT_OF_RANGE, 403 },
        { WECOM_REASON_NO_SUCH_MEMBER, WECOM_WORD_OUT_OF_RANGE, 403 },
        { WECOM_REASON_INACTIVE, WECOM_WORD_MEMBER_INACTIVE, 403 },
        { WECOM_REASON_CODE_DEAD, WECOM_WORD_EXPIRED, 400 },
        { WECOM_REASON_BUSY, WECOM_WORD_UPSTREAM, 503 },
        { WECOM_REASON_CONNECT, WECOM_WORD_UPSTREAM, 503 },
        { WECOM_REASON_TIMEOUT, WECOM_WORD_UPSTREAM, 503 },
        { WECOM_REASON_RESTING, WECOM_WORD_UPSTREAM, 503 },
        { WECOM_REASON_WRONG_NAME, WECOM_WORD_WRONG_NAME, 400 },
        { WECOM_REASON_DENIED, WECOM_WORD_NO_PERMISSION, 403 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        const wecom_reason_row_t *row = wecom_reason_row(rows[i].reason);

        CHECK(row->word == rows[i].word && row->status == rows[i].status, "%s: %d, word %d",
              row->id, row->status, row->word);
    }
}

/* --- errcodes ------------------------------------------------------------------------------- */

/* Document 90313, those that a login can meet. */
static const struct {
    int errcode;
    wecom_reason_t reason;
} errcodes[] = {
    { -1, WECOM_REASON_BUSY },
    { 6000, WECOM_REASON_REMOTE },
    { 40001, WECOM_REASON_SECRET },
    { 40003, WECOM_REASON_NO_SUCH_MEMBER },
    { 40013, WECOM_REASON_SECRET },
    { 40014, WECOM_REASON_REMOTE },
    { 40029, WECOM_REASON_CODE_DEAD },
    { 40035, WECOM_REASON_REMOTE },
    { 40056, WECOM_REASON_AGENT },
    { 40057, WECOM_REASON_REMOTE },
    { 40058, WECOM_REASON_REMOTE },
    { 40063, WECOM_REASON_REMOTE },
    { 40066, WECOM_REASON_REMOTE },
    { 40068, WECOM_REASON_REMOTE },
    { 40078, WECOM_REASON_REMOTE },
    { 40082, WECOM_REASON_REMOTE },
    { 40084, WECOM_REASON_SECRET },
    { 40091, WECOM_REASON_SECRET },
    { 40093, WECOM_REASON_REMOTE },
    { 40163, WECOM_REASON_CODE_DEAD },
    { 41001, WECOM_REASON_REMOTE },
    { 41002, WECOM_REASON_SECRET },
    { 41004, WECOM_REASON_SECRET },
    { 41008, WECOM_REASON_REMOTE },
    { 42001, WECOM_REASON_REMOTE },
    { 42003, WECOM_REASON_CODE_DEAD },
    { 42007, WECOM_REASON_REMOTE },
    { 42009, WECOM_REASON_REMOTE },
    { 42022, WECOM_REASON_CODE_DEAD },
    { 43004, WECOM_REASON_NOT_MEMBER },
    { 45009, WECOM_REASON_BUSY },
    { 45033, WECOM_REASON_BUSY },
    { 48001, WECOM_REASON_AGENT },
    { 48002, WECOM_REASON_AGENT },
    { 48003, WECOM_REASON_AGENT },
    { 48004, WECOM_REASON_AGENT },
    { 48006, WECOM_REASON_AGENT },
    { 48009, WECOM_REASON_AGENT },
    { 50001, WECOM_REASON_DOMAIN },
    { 50002, WECOM_REASON_OUT_OF_RANGE },
    { 50003, WECOM_REASON_AGENT },
    { 60001, WECOM_REASON_REMOTE },
    { 60003, WECOM_REASON_REMOTE },
    { 60011, WECOM_REASON_OUT_OF_RANGE },
    { 60020, WECOM_REASON_IP },
    { 60102, WECOM_REASON_REMOTE },
    { 60111, WECOM_REASON_NO_SUCH_MEMBER },
    { 60123, WECOM_REASON_REMOTE },
    { 81013, WECOM_REASON_REMOTE },
    { 82001, WECOM_REASON_REMOTE },
    { 84014, WECOM_REASON_REMOTE },
    { 84015, WECOM_REASON_REMOTE },
    { 85004, WECOM_REASON_REMOTE },
    { 85005, WECOM_REASON_REMOTE },
    { 301002, WECOM_REASON_AGENT },
    { 301007, WECOM_REASON_CORP_GONE },
    { 123456789, WECOM_REASON_REMOTE },
};

static void reason_of_each_errcode(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(errcodes); i++) {
        wecom_error_t err = { WECOM_E_REMOTE, errcodes[i].errcode, "user/get", NULL };
        wecom_reason_t reason = wecom_reason_of(&err);
        int dead = errcodes[i].reason == WECOM_REASON_CODE_DEAD;

        CHECK(reason == errcodes[i].reason, "%d gives %s", errcodes[i].errcode,
              wecom_reason_row(reason)->id);
        CHECK(wecom_reason_is_dead_code(&err) == dead, "%d: dead code", errcodes[i].errcode);
        /* The same number from the transport is no errcode. */
        err.status = WECOM_E_HTTP;
        assert_int_equal(wecom_reason_of(&err), WECOM_REASON_HTTP);
        assert_int_equal(wecom_reason_is_dead_code(&err), 0);
    }
}

static void reason_of_each_failure(void **state)
{
    static const struct {
        wecom_status_t status;
        wecom_reason_t reason;
    } failures[] = {
        { WECOM_OK, WECOM_REASON_NONE },
        { WECOM_E_BAD_INPUT, WECOM_REASON_ANSWER },
        { WECOM_E_TOO_LARGE, WECOM_REASON_ANSWER },
        { WECOM_E_CRYPTO, WECOM_REASON_INTERNAL },
        { WECOM_E_NOT_FOUND, WECOM_REASON_INTERNAL },
        { WECOM_E_EXISTS, WECOM_REASON_INTERNAL },
        { WECOM_E_UNAVAILABLE, WECOM_REASON_INTERNAL },
        { WECOM_E_CONNECT, WECOM_REASON_CONNECT },
        { WECOM_E_TIMEOUT, WECOM_REASON_TIMEOUT },
        { WECOM_E_HTTP, WECOM_REASON_HTTP },
        { WECOM_E_ANSWER, WECOM_REASON_ANSWER },
        { WECOM_E_REMOTE, WECOM_REASON_REMOTE },
        { WECOM_E_RESTING, WECOM_REASON_RESTING },
        { WECOM_E_NOT_MEMBER, WECOM_REASON_NOT_MEMBER },
        { WECOM_E_MISMATCH, WECOM_REASON_MISMATCH },
    };
    size_t i;

    (void)state;
    assert_int_equal(COUNT(failures), WECOM_E_MISMATCH + 1);
    for (i = 0; i < COUNT(failures); i++) {
        wecom_error_t err = { failures[i].status, 0, NULL, NULL };

        CHECK(wecom_reason_of(&err) == failures[i].reason, "%s gives %s",
              wecom_error_name(failures[i].status),
              wecom_reason_row(wecom_reason_of(&err))->id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(ids_are_unique),
        cmocka_unit_test(statuses_are_sane),
        cmocka_unit_test(sentences_of_some_reasons),
        cmocka_unit_test(reason_of_each_errcode),
        cmocka_unit_test(reason_of_each_failure),
    };

    return cmocka_run_group_tests_name("reason", tests, NULL, NULL);
}
