/* SPDX-License-Identifier: Apache-2.0 */
/* test_refresh.c - is a session fresh enough, and what does WeCom's answer mean for it? */
#include "support.h"

#include <string.h>

#include "../../src/auth/refresh.h"
#include "../../src/wecom/member.h"

#define LOGIN APR_INT64_C(1700000000)

static void verdicts(void **state)
{
    static const struct {
        const char *what;
        apr_int64_t checked, ended, changed, read, now;
        int spanned;
        wecom_refresh_verdict_t verdict;
        int due;
    } rows[] = {
        { "new", 0, 0, 0, 0, 1, 1, WECOM_REFRESH_GOOD, 0 },
        { "an hour", 0, 0, 0, 0, 3600, 1, WECOM_REFRESH_GOOD, 0 },
        { "more", 0, 0, 0, 0, 3601, 1, WECOM_REFRESH_GOOD, 1 },
        { "read since", 0, 0, 0, 3000, 3601, 1, WECOM_REFRESH_GOOD, 0 },
        { "read long ago", 0, 0, 0, 3000, 7000, 1, WECOM_REFRESH_GOOD, 1 },
        { "sealed anew", 3000, 0, 0, 0, 3601, 1, WECOM_REFRESH_GOOD, 0 },
        { "grace", 0, 0, 0, 0, 86400, 1, WECOM_REFRESH_GOOD, 1 },
        { "after it", 0, 0, 0, 0, 86401, 1, WECOM_REFRESH_LAPSED, 0 },
        { "read in it", 0, 0, 0, 3000, 86401, 1, WECOM_REFRESH_GOOD, 1 },
        { "nobody asks", 0, 0, 0, 0, 999999, 0, WECOM_REFRESH_GOOD, 0 },
        { "ended before", 0, -1, 0, 0, 1, 1, WECOM_REFRESH_GOOD, 0 },
        { "ended with it", 0, LOGIN, 0, 0, 1, 1, WECOM_REFRESH_OVER, 0 },
        { "ended", 0, LOGIN + 9, 0, 0, 10, 1, WECOM_REFRESH_OVER, 0 },
        { "half finished when it ended", -20, LOGIN - 5, 0, 0, 10, 1, WECOM_REFRESH_OVER, 0 },
        { "half finished after it ended", -20, LOGIN - 25, 0, 0, 10, 1, WECOM_REFRESH_GOOD, 0 },
        { "ended, checked", 100, LOGIN + 9, 0, 100, 110, 1, WECOM_REFRESH_OVER, 0 },
        { "ended, nobody asks", 0, LOGIN + 9, 0, 0, 10, 0, WECOM_REFRESH_OVER, 0 },
        { "changed", 0, 0, 50, 50, 60, 1, WECOM_REFRESH_TAKE, 0 },
        { "taken", 50, 0, 50, 50, 60, 1, WECOM_REFRESH_GOOD, 0 },
        { "changed and due", 0, 0, 50, 50, 3700, 1, WECOM_REFRESH_TAKE, 1 },
        { "changed, lapsed", 0, 0, 50, 50, 99999, 1, WECOM_REFRESH_LAPSED, 0 },
        { "clock set back", 0, 0, 0, 9000, -500, 1, WECOM_REFRESH_GOOD, 0 },
    };
    static const wecom_refresh_span_t span = { 3600, 86400 };
    wecom_ticket_t ticket;
    apr_size_t i;

    (void)state;
    memset(&ticket, 0, sizeof(ticket));
    for (i = 0; i < COUNT(rows); i++) {
        wecom_recall_marks_t marks;
        wecom_refresh_verdict_t verdict;
        int due = 7;

        memset(&marks, 0, sizeof(marks));
        ticket.issued = LOGIN;
        ticket.checked = LOGIN + rows[i].checked;
        marks.ended = rows[i].ended == -1 ? LOGIN - 1 : rows[i].ended;
        marks.changed = rows[i].changed != 0 ? LOGIN + rows[i].changed : 0;
        marks.read = rows[i].read != 0 ? LOGIN + rows[i].read : 0;
        verdict = wecom_refresh_judge(&due, &ticket, &marks, rows[i].spanned ? &span : NULL,
                                      LOGIN + rows[i].now);
        CHECK(verdict == rows[i].verdict && due == rows[i].due, "%s: %d, %d", rows[i].what,
              (int)verdict, due);
    }
}

static void hearing(void **state)
{
    wecom_recall_marks_t marks;

    (void)state;
    memset(&marks, 0, sizeof(marks));
    assert_int_equal(wecom_refresh_hear(&marks, 11, 100), 1);     /* nothing was known */
    assert_true(marks.read == 100 && marks.changed == 100 && marks.print == 11);
    assert_int_equal(wecom_refresh_hear(&marks, 11, 200), 0);     /* the same */
    assert_true(marks.read == 200 && marks.changed == 100);
    assert_int_equal(wecom_refresh_hear(&marks, 11, 150), 0);     /* the same, heard earlier */
    assert_true(marks.read == 200);
    assert_int_equal(wecom_refresh_hear(&marks, 12, 300), 1);     /* others */
    assert_true(marks.read == 300 && marks.changed == 300);
    assert_int_equal(wecom_refresh_hear(&marks, 13, 300), 0);     /* which of the two is later? */
    assert_true(marks.read == 300 && marks.changed == 300 && marks.print == 0);
    assert_int_equal(wecom_refresh_hear(&marks, 12, 400), 1);     /* this one is */
    assert_true(marks.changed == 400 && marks.print == 12);
    assert_int_equal(wecom_refresh_hear(&marks, 0, 500), 1);      /* no SHA-256 at the moment */
    assert_int_equal(wecom_refresh_hear(&marks, 0, 600), 1);
}

static void answers(void **state)
{
    static const struct {
        wecom_status_t status;
        int upstream, member;
        wecom_refresh_answer_t answer;
        wecom_reason_t reason;
    } rows[] = {
        { WECOM_OK, 0, WECOM_MEMBER_ACTIVE, WECOM_REFRESH_YES, WECOM_REASON_NONE },
        { WECOM_OK, 0, WECOM_MEMBER_DISABLED, WECOM_REFRESH_LEFT, WECOM_REASON_INACTIVE },
        { WECOM_OK, 0, WECOM_MEMBER_NOT_ACTIVATED, WECOM_REFRESH_LEFT, WECOM_REASON_INACTIVE },
        { WECOM_OK, 0, WECOM_MEMBER_QUIT, WECOM_REFRESH_LEFT, WECOM_REASON_INACTIVE },
        { WECOM_OK, 0, 77, WECOM_REFRESH_LEFT, WECOM_REASON_INACTIVE },
        { WECOM_E_REMOTE, 60111, 0, WECOM_REFRESH_LEFT, WECOM_REASON_NO_SUCH_MEMBER },
        { WECOM_E_REMOTE, 60011, 0, WECOM_REFRESH_HIDDEN, WECOM_REASON_OUT_OF_RANGE },
        { WECOM_E_REMOTE, 60020, 0, WECOM_REFRESH_UNTOLD, WECOM_REASON_IP },
        { WECOM_E_REMOTE, 40001, 0, WECOM_REFRESH_UNTOLD, WECOM_REASON_SECRET },
        { WECOM_E_REMOTE, 301007, 0, WECOM_REFRESH_UNTOLD, WECOM_REASON_CORP_GONE },
        { WECOM_E_REMOTE, 48002, 0, WECOM_REFRESH_UNTOLD, WECOM_REASON_AGENT },
        { WECOM_E_REMOTE, 45009, 0, WECOM_REFRESH_UNTOLD, WECOM_REASON_BUSY },
        { WECOM_E_REMOTE, -1, 0, WECOM_REFRESH_UNTOLD, WECOM_REASON_BUSY },
        { WECOM_E_CONNECT, 7, 0, WECOM_REFRESH_UNTOLD, WECOM_REASON_CONNECT },
        { WECOM_E_TIMEOUT, 28, 0, WECOM_REFRESH_UNTOLD, WECOM_REASON_TIMEOUT },
        { WECOM_E_HTTP, 502, 0, WECOM_REFRESH_UNTOLD, WECOM_REASON_HTTP },
        { WECOM_E_ANSWER, 0, 0, WECOM_REFRESH_UNTOLD, WECOM_REASON_ANSWER },
        { WECOM_E_MISMATCH, 0, 0, WECOM_REFRESH_UNTOLD, WECOM_REASON_MISMATCH },
        { WECOM_E_RESTING, 0, 0, WECOM_REFRESH_UNTOLD, WECOM_REASON_RESTING },
    };
    apr_size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        wecom_error_t err = { rows[i].status, rows[i].upstream, NULL, NULL };
        wecom_reason_t reason;

        CHECK(wecom_refresh_answer(&reason, &err, rows[i].member) == rows[i].answer
                  && reason == rows[i].reason, "row %d", (int)i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(verdicts),
        TEST(hearing),
        TEST(answers),
    };

    return cmocka_run_group_tests_name("refresh", tests, support_start, support_end);
}
