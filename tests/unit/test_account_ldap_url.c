/* SPDX-License-Identifier: Apache-2.0 */
/* test_account_ldap_url.c - URL and filter as text. */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/account_ldap.h"

typedef struct case_t {
    const char *url;
    const char *said;   /* hosts|ldaps|base|scope|filter|username,email,phone,name; or, where it
                         * begins with '!', words of the sentence */
} case_t;

#define REST "|0|o=x|2|(objectClass=*)|uid,mail,mobile,cn"

static const case_t cases[] = {
    { "ldap://h/o=x", "h" REST },
    { "ldap://h/o=x?", "h" REST },
    { "ldap://h/o=x????", "h" REST },
    { "LDAP://h/o=x", "h" REST },
    { "ldaps://h.example.com/o=x", "h.example.com|1|o=x|2|(objectClass=*)|uid,mail,mobile,cn" },
    { "ldap://h:1389/o=x", "h:1389" REST },
    { "ldap://a b:1389  c/o=x", "a b:1389 c" REST },
    { "ldap://10.0.0.1/o=x", "10.0.0.1" REST },
    { "ldap://[2001:db8::1]:389/o=x", "[2001:db8::1]:389" REST },
    { "ldap://[::1]/o=x", "[::1]" REST },
    { "ldap://h/ou=people,dc=example,dc=com?sAMAccountName,mail,telephoneNumber,displayName?one?"
      "(&(objectClass=user)(!(objectClass=computer)))",
      "h|0|ou=people,dc=example,dc=com|1|(&(objectClass=user)(!(objectClass=computer)))|"
      "sAMAccountName,mail,telephoneNumber,displayName" },
    { "ldap://h/o=x?login", "h|0|o=x|2|(objectClass=*)|login,mail,mobile,cn" },
    { "ldap://h/o=x?uid,mailAddress?BASE", "h|0|o=x|0|(objectClass=*)|uid,mailAddress,mobile,cn" },
    { "ldap://h/o=x?cn;lang-zh", "h|0|o=x|2|(objectClass=*)|cn;lang-zh,mail,mobile,cn" },
    { "ldap://h/o=x?1.2.840.113556.1.4.221",
      "h|0|o=x|2|(objectClass=*)|1.2.840.113556.1.4.221,mail,mobile,cn" },
    { "ldap://h/o=a%3Fb%25,dc=x", "h|0|o=a?b%,dc=x|2|(objectClass=*)|uid,mail,mobile,cn" },
    { "ldap://h/o=\xe4\xb8\xad\xe5\x9b\xbd",
      "h|0|o=\xe4\xb8\xad\xe5\x9b\xbd|2|(objectClass=*)|uid,mail,mobile,cn" },
    { "ldap://h/ou=my people, o=x", "h|0|ou=my people, o=x|2|(objectClass=*)|uid,mail,mobile,cn" },
    { "ldap://h/o=x??" "?(cn=a%5c28b)", "h|0|o=x|2|(cn=a\\28b)|uid,mail,mobile,cn" },

    { "", "!no URL of LDAP" },
    { "ldap:", "!no URL of LDAP" },
    { "ldap:/h/o=x", "!no URL of LDAP" },
    { "http://h/o=x", "!no URL of LDAP" },
    { "h/o=x", "!no URL of LDAP" },
    { "ldapi://%2frun%2fldapi/o=x", "!ldapi" },
    { "ldap:///o=x", "!no host" },
    { "ldap://", "!no host" },
    { "ldap://  /o=x", "!no host" },
    { "ldap://h", "!no base" },
    { "ldap://h/", "!no base" },
    { "ldap://h?uid", "!no base" },
    { "ldap://h/?uid", "!no base" },
    { "ldap://h:0/o=x", "!list of at most 8 hosts" },
    { "ldap://h:65536/o=x", "!list of at most 8 hosts" },
    { "ldap://h:/o=x", "!list of at most 8 hosts" },
    { "ldap://user:secret@h/o=x", "!list of at most 8 hosts" },
    { "ldap://-h/o=x", "!list of at most 8 hosts" },
    { "ldap://a,b/o=x", "!list of at most 8 hosts" },
    { "ldap://[::1/o=x", "!list of at most 8 hosts" },
    { "ldap://[]/o=x", "!list of at most 8 hosts" },
    { "ldap://[::1]x/o=x", "!list of at most 8 hosts" },
    { "ldap://a b c d e f g h i/o=x", "!list of at most 8 hosts" },
    { "ldap://h/o=x?a,b,c,d,e", "!more than four" },
    { "ldap://h/o=x?a,,c", "!no name of one" },
    { "ldap://h/o=x?a,", "!no name of one" },
    { "ldap://h/o=x?,", "!no name of one" },
    { "ldap://h/o=x?a b", "!no name of one" },
    { "ldap://h/o=x?a)(b", "!no name of one" },
    { "ldap://h/o=x?a=b", "!no name of one" },
    { "ldap://h/o=x??subtree", "!scope" },
    { "ldap://h/o=x???objectClass=person", "!no parentheses around it" },
    { "ldap://h/o=x??" "?(a=b))(|(x=*)", "!do not close" },
    { "ldap://h/o=x??" "?(a=b)(c=d)", "!do not close" },
    { "ldap://h/o=x??" "?(a=b", "!do not close" },
    { "ldap://h/o=x??" "?()", "!do not close" },
    { "ldap://h/o=x????bindname=cn=admin", "!extension" },
    { "ldap://h/o=x???" "?!1.3.6.1.4.1.1466.20037", "!LDAPTrustedMode" },
    { "ldap://h/o=x??????", "!extension" },
    { "ldap://h/o=%zz", "!two hex digits" },
    { "ldap://h/o=%00", "!two hex digits" },
    { "ldap://h/o=%ff", "!two hex digits" },
    { "ldap://h/o=x?%0a", "!two hex digits" },
};

static void urls(void **state)
{
    wecom_ldap_url_t url;
    const char *sentence;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        const char *text = support_guard_text(cases[i].url, *state);
        wecom_status_t status = wecom_account_ldap_url(&url, &sentence, text, *state);
        const char *said;

        if (*cases[i].said == '!') {
            CHECK(status == WECOM_E_BAD_INPUT && strstr(sentence, cases[i].said + 1) != NULL,
                  "%s: %s", text, support_show(sentence));
            continue;
        }
        CHECK(status == WECOM_OK && sentence == NULL, "%s: %s", text, support_show(sentence));
        said = apr_psprintf(*state, "%s|%d|%s|%d|%s|%s,%s,%s,%s", url.hosts, url.is_ldaps,
                            url.base, (int)url.scope, url.filter, url.username, url.email,
                            url.phone, url.name);
        assert_string_equal(said, cases[i].said);
    }
}

static void long_urls(void **state)
{
    wecom_ldap_url_t url;
    const char *sentence;
    char *text = apr_palloc(*state, 8193);

    memset(text, 'x', 8192);
    text[8192] = '\0';
    memcpy(text, "ldap://h/o=", 11);
    assert_int_equal(wecom_account_ldap_url(&url, &sentence, text, *state), WECOM_E_BAD_INPUT);
    text[4096] = '\0';
    assert_int_equal(wecom_account_ldap_url(&url, &sentence, text, *state), WECOM_OK);
    memset(text + 11, '(', 100);
    memcpy(text + 11, "???", 3);
    assert_int_equal(wecom_account_ldap_url(&url, &sentence, text, *state), WECOM_E_BAD_INPUT);
}

static void escaping(void **state)
{
    static const struct { const char *value; size_t len; const char *escaped; } rows[] = {
        { "", 0, "" },
        { "zhang.san_1-2+3@Example.com", 27, "zhang.san_1-2+3@Example.com" },
        { "*", 1, "\\2a" }, { "(", 1, "\\28" }, { ")", 1, "\\29" }, { "\\", 1, "\\5c" },
        { "\0", 1, "\\00" }, { "/", 1, "\\2f" }, { " a ", 3, "\\20a\\20" },
        { "a*)(uid=*", 9, "a\\2a\\29\\28uid\\3d\\2a" },
        { "\xe5\xbc\xa0", 3, "\\e5\\bc\\a0" },
        { "\xff\x7f\n", 3, "\\ff\\7f\\0a" },
        { "|&!=<>~:;,#'\"", 13, "\\7c\\26\\21\\3d\\3c\\3e\\7e\\3a\\3b\\2c\\23\\27\\22" },
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *value = support_guard(rows[i].value, rows[i].len, *state);

        assert_string_equal(wecom_account_ldap_escape(value, rows[i].len, *state),
                            rows[i].escaped);
    }
}

static void filters(void **state)
{
    static const wecom_claim_value_t values[] = {
        { "userid", WECOM_COLUMN_USERNAME, "li*" },
        { "email", WECOM_COLUMN_EMAIL, "li@example.com" },
        { "mobile", WECOM_COLUMN_PHONE, "+85291234567" },
        { "mobile", WECOM_COLUMN_PHONE, "+8601062551234" },
        { "mobile", WECOM_COLUMN_PHONE, "+8613800000000" },
    };
    wecom_ldap_url_t url;
    const char *sentence;

    assert_int_equal(wecom_account_ldap_url(&url, &sentence, "ldap://h/o=x?uid,mail,m?" "?(a=b)",
                                            *state), WECOM_OK);
    assert_string_equal(wecom_account_ldap_filter(&url, values, 3, *state),
                        "(&(a=b)(|(uid=li\\2a)(mail=li@example.com)(m=+85291234567)"
                        "(m=85291234567)))");
    assert_string_equal(wecom_account_ldap_filter(&url, values + 3, 1, *state),
                        "(&(a=b)(|(m=+8601062551234)(m=8601062551234)(m=01062551234)"
                        "(m=+86\\2001062551234)))");
    assert_string_equal(wecom_account_ldap_filter(&url, values + 4, 1, *state),
                        "(&(a=b)(|(m=+8613800000000)(m=8613800000000)(m=13800000000)"
                        "(m=+86\\2013800000000)(m=138\\200000\\200000)(m=138-0000-0000)"
                        "(m=+86\\20138\\200000\\200000)(m=+86-138-0000-0000)))");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(urls),
        TEST(long_urls),
        TEST(escaping),
        TEST(filters),
    };

    return cmocka_run_group_tests_name("account_ldap_url", tests, support_start, support_end);
}
