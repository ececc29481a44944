/* SPDX-License-Identifier: Apache-2.0 */
/* test_account_ldap.c - LDAP as a book of accounts, over a real slapd. */
#include "support.h"

#include <signal.h>
#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/account_ldap.h"
#include "slapd.h"

#define PATIENT 60  /* seconds; a loaded machine is no slow server */

#define PERSON(rdn, uid, name)                                                                  \
    "dn: " rdn "," SLAPD_BASE "\n"                                                              \
    "objectClass: inetOrgPerson\nobjectClass: extensibleObject\nsn: x\n"                        \
    "cn: " name "\nuid: " uid "\n"

static const char people[] =
    PERSON("cn=1", "Zhang.San", "zhang") "mail: Zhang.San@Example.com\n"
    "mail: san@example.com\nmobile: +86 138 0000 0001\ncn:: 5byg5LiJ\n\n"
    PERSON("cn=2", "lisi", "li") "mail: both@example.com\nmobile: 138-0000-0002\n\n"
    PERSON("cn=3", "wangwu", "wang") "mail: both@example.com\nroomNumber: 13800000003\n\n"
    PERSON("cn=4", "a*b(c)\\d", "odd") "mail: odd@example.com\n\n"
    PERSON("cn=5", "axb(c)\\d", "odder") "mail: even@example.com\n\n"
    "dn: cn=6," SLAPD_BASE "\nobjectClass: inetOrgPerson\nsn: x\ncn: 6\n"
    "mail: nameless@example.com\n\n"
    PERSON("cn=7", "twin", "t1") "mail: t1@example.com\n\n"
    PERSON("cn=8", "twin", "t2") "mail: t2@example.com\n\n"
    PERSON("cn=locked", "locked", "x") "pwdAccountLockedTime: 20260101000000Z\n\n"
    PERSON("cn=shut", "shut", "x") "pwdAccountLockedTime: 000001010000Z\n\n"
    PERSON("cn=ns", "ns", "x") "nsAccountLock: true\n\n"
    PERSON("cn=ns0", "ns0", "x") "nsAccountLock: false\n\n"
    PERSON("cn=off", "off", "x") "loginDisabled: TRUE\n\n"
    PERSON("cn=ad", "ad", "x") "userAccountControl: 514\n\n"
    PERSON("cn=ad0", "ad0", "x") "userAccountControl: 512\nlockoutTime: 0\n\n"
    PERSON("cn=ad1", "ad1", "x") "userAccountControl: 512\nlockoutTime: 133000000000000000\n\n"
    PERSON("cn=ad2", "ad2", "x") "userAccountControl: -2147483134\n\n"
    PERSON("cn=bytes", "bytes", "x") "bytes:: Ynl0ZXMAeA==\nbytes:: /w==\nbytes: good\n\n";

static slapd_t *slapd;

static const wecom_book_t *book_of(const char *tail, int seconds, apr_pool_t *pool)
{
    wecom_ldap_url_t *url = apr_palloc(pool, sizeof(*url));
    const char *sentence;

    CHECK(wecom_account_ldap_url(url, &sentence,
                                 apr_pstrcat(pool, "ldap://h/" SLAPD_BASE, tail, NULL), pool)
              == WECOM_OK, "%s", support_show(sentence));
    return wecom_account_ldap_book(url, slapd_port(slapd), seconds, pool);
}

/* "username email phone name status" of each facet, a line each; else the status's name. */
static const char *shown(wecom_status_t status, const apr_array_header_t *found,
                         const wecom_error_t *err, apr_pool_t *pool)
{
    const char *text = "";
    int i;

    if (status == WECOM_E_UNAVAILABLE) {
        return apr_pstrcat(pool, "unavailable: ", err->detail, NULL);
    }
    for (i = 0; found != NULL && i < found->nelts; i++) {
        const wecom_account_t *a = &APR_ARRAY_IDX(found, i, wecom_account_t);

        assert_string_equal(a->id, a->username);
        text = apr_psprintf(pool, "%s%s %s %s %s %d\n", text, a->username,
                            a->email != NULL ? a->email : "-", a->phone != NULL ? a->phone : "-",
                            a->name != NULL ? a->name : "-", (int)a->status);
    }
    return status == WECOM_OK ? text
           : apr_pstrcat(pool, wecom_error_name(status), "\n", text, NULL);
}

static const char *find(const wecom_book_t *book, wecom_column_t column, const char *value,
                        int max, apr_pool_t *pool)
{
    const wecom_claim_value_t values[] = { { "f", column, value } };
    wecom_error_t err = { WECOM_OK, 0, NULL, NULL };
    apr_array_header_t *found = NULL;
    wecom_status_t status = book->find(book, &found, &err, values, 1, max, pool);

    assert_int_equal(slapd_lent(slapd), 0);
    return shown(status, found, &err, pool);
}

static const char *get(const wecom_book_t *book, const char *username, apr_pool_t *pool)
{
    wecom_error_t err = { WECOM_OK, 0, NULL, NULL };
    apr_array_header_t *found = NULL;
    wecom_status_t status = book->get(book, &found, &err, username, pool);

    assert_int_equal(slapd_lent(slapd), 0);
    return shown(status, found, &err, pool);
}

static void has(const char *text, const char *part, int line)
{
    CHECK(strstr(text, part) != NULL, "line %d: '%s' in: %s", line, part, text);
}

#define HAS(text, part) has(text, part, __LINE__)

/* --- tests ----------------------------------------------------------------------------------- */

static void found_by_each_column(void **state)
{
    const wecom_book_t *book = book_of("", PATIENT, *state);
    const char *zhang = "Zhang.San Zhang.San@Example.com +86 138 0000 0001 zhang 1\n"
                        "Zhang.San san@example.com +86 138 0000 0001 zhang 1\n";

    assert_string_equal(find(book, WECOM_COLUMN_USERNAME, "zhang.san", 16, *state), zhang);
    assert_string_equal(find(book, WECOM_COLUMN_EMAIL, "san@example.com", 16, *state), zhang);
    assert_string_equal(find(book, WECOM_COLUMN_PHONE, "+8613800000001", 16, *state), zhang);
    assert_string_equal(find(book, WECOM_COLUMN_PHONE, "+8613800000002", 16, *state),
                        "lisi both@example.com 138-0000-0002 li 1\n");
    assert_string_equal(find(book, WECOM_COLUMN_EMAIL, "nobody@example.com", 16, *state), "");
    /* an attribute that is compared byte by byte */
    book = book_of("?uid,mail,roomNumber,sn", PATIENT, *state);
    assert_string_equal(find(book, WECOM_COLUMN_PHONE, "+8613800000003", 16, *state),
                        "wangwu both@example.com 13800000003 x 1\n");
}

static void values_are_no_filter(void **state)
{
    const wecom_book_t *book = book_of("", PATIENT, *state);

    assert_string_equal(find(book, WECOM_COLUMN_USERNAME, "*", 16, *state), "");
    assert_string_equal(find(book, WECOM_COLUMN_EMAIL, "*)(uid=*", 16, *state), "");
    assert_string_equal(get(book, "a*b(c)\\d", *state), "a*b(c)\\d odd@example.com - odd 1\n");
    assert_string_equal(get(book, "a*", *state), "not_found\n");
}

static void too_many(void **state)
{
    const wecom_book_t *book = book_of("", PATIENT, *state);
    const char *said = find(book, WECOM_COLUMN_EMAIL, "both@example.com", 1, *state);

    HAS(said, "too_large\n");
    HAS(find(book, WECOM_COLUMN_EMAIL, "both@example.com", 2, *state), "wangwu");
}

static void the_filter_of_the_url_holds(void **state)
{
    const wecom_book_t *book = book_of("?uid?sub?(cn=li)", PATIENT, *state);

    assert_string_equal(find(book, WECOM_COLUMN_EMAIL, "both@example.com", 16, *state),
                        "lisi both@example.com 138-0000-0002 li 1\n");
    assert_string_equal(get(book, "wangwu", *state), "not_found\n");
    book = book_of("??base", PATIENT, *state);
    assert_string_equal(get(book, "lisi", *state), "not_found\n");
}

static void no_username_no_account(void **state)
{
    const wecom_book_t *book = book_of("", PATIENT, *state);

    assert_string_equal(find(book, WECOM_COLUMN_EMAIL, "nameless@example.com", 16, *state), "");
    /* values that are no text are none */
    book = book_of("?uid,bytes", PATIENT, *state);
    assert_string_equal(get(book, "bytes", *state), "bytes good - x 1\n");
    book = book_of("?bytes", PATIENT, *state);
    assert_string_equal(get(book, "good", *state), "good - - x 1\n");
}

static void twins_are_a_fault(void **state)
{
    const wecom_book_t *book = book_of("", PATIENT, *state);

    HAS(get(book, "twin", *state), "two entries with the username 'twin'");
    HAS(find(book, WECOM_COLUMN_USERNAME, "twin", 16, *state), "two entries");
    /* also where only one of them is found: two people would be one account */
    HAS(find(book, WECOM_COLUMN_EMAIL, "t1@example.com", 16, *state), "two entries");
}

static void statuses(void **state)
{
    static const struct { const char *username; int status; } rows[] = {
        { "locked", 2 }, { "shut", 3 }, { "ns", 3 }, { "ns0", 1 }, { "off", 3 }, { "ad", 3 },
        { "ad0", 1 }, { "ad1", 2 }, { "ad2", 3 },
    };
    const wecom_book_t *book = book_of("", PATIENT, *state);
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        assert_string_equal(get(book, rows[i].username, *state),
                            apr_psprintf(*state, "%s - - x %d\n", rows[i].username,
                                         rows[i].status));
    }
}

static void a_broken_connection_is_replaced(void **state)
{
    const wecom_book_t *book = book_of("", PATIENT, *state);
    int before;

    HAS(get(book, "lisi", *state), "lisi");
    before = slapd_connections(slapd);
    HAS(get(book, "lisi", *state), "lisi");
    assert_int_equal(slapd_connections(slapd), before);
    slapd_cut(slapd);
    HAS(get(book, "lisi", *state), "lisi");
    assert_int_equal(slapd_connections(slapd), before + 1);
}

static void faults_are_told(void **state)
{
    wecom_ldap_url_t url;
    const char *sentence;
    const wecom_book_t *book;

    assert_int_equal(wecom_account_ldap_url(&url, &sentence, "ldap://h/dc=nobody", *state),
                     WECOM_OK);
    book = wecom_account_ldap_book(&url, slapd_port(slapd), PATIENT, *state);
    HAS(get(book, "lisi", *state), "cannot be searched: No such object");
    url.base = "no dn";
    HAS(get(book, "lisi", *state), "Invalid DN syntax");
}

static void slow_and_gone(void **state)
{
    const wecom_book_t *book = book_of("", PATIENT, *state);
    const wecom_book_t *hasty = book_of("", 1, *state);
    int before = slapd_connections(slapd);

    HAS(get(book, "lisi", *state), "lisi");
    slapd_pause(slapd);
    HAS(get(hasty, "lisi", *state), "unavailable: the LDAP server cannot be searched: Timed out");
    slapd_wake(slapd);
    /* the late answer goes to nobody */
    HAS(get(book, "lisi", *state), "lisi");
    assert_int_equal(slapd_connections(slapd), before + 1);
    slapd_kill(slapd);
    HAS(get(book, "lisi", *state), "unavailable: no connection");
}

static int start(void **state)
{
    static apr_pool_t *forever;

    if (support_start(state) != 0) {
        return 1;
    }
    signal(SIGPIPE, SIG_IGN); /* as httpd has it */
    apr_pool_create(&forever, NULL);
    slapd = slapd_start(people, forever);
    return slapd == NULL;
}

static int end(void **state)
{
    if (slapd != NULL) {
        slapd_stop(slapd);
    }
    return support_end(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(found_by_each_column),
        TEST(values_are_no_filter),
        TEST(too_many),
        TEST(the_filter_of_the_url_holds),
        TEST(no_username_no_account),
        TEST(twins_are_a_fault),
        TEST(statuses),
        TEST(a_broken_connection_is_replaced),
        TEST(faults_are_told),
        TEST(slow_and_gone),
    };

    if (!slapd_is_there()) {
        print_error("OpenLDAP's slapd is not installed (Debian: slapd)\n");
        return 1;
    }
    return cmocka_run_group_tests_name("account_ldap", tests, start, end);
}
