/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_site.c - the public name: how it may be written, and which requests stand under it.
 */
#include "house.h"

#include <string.h>

#include <apr_strings.h>

#define MANY_A_63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LONG_253  MANY_A_63 "." MANY_A_63 "." MANY_A_63 "." \
                  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void good_urls_are_normalised(void **state)
{
    static const struct {
        const char *url;
        const char *public_url;
        const char *host;
        int port;
        int secure;
    } cases[] = {
        { "https://intranet.example.com", "https://intranet.example.com", "intranet.example.com",
          443, 1 },
        { "https://intranet.example.com/", "https://intranet.example.com", "intranet.example.com",
          443, 1 },
        { "HTTPS://Intranet.EXAMPLE.com:443/", "https://intranet.example.com",
          "intranet.example.com", 443, 1 },
        { "https://a.example:8443", "https://a.example:8443", "a.example", 8443, 1 },
        { "https://a.example:80", "https://a.example:80", "a.example", 80, 1 },
        { "https://a.example:00443", "https://a.example", "a.example", 443, 1 },
        { "http://localhost:8080", "http://localhost:8080", "localhost", 8080, 0 },
        { "http://localhost:80/", "http://localhost", "localhost", 80, 0 },
        { "http://a.example:443", "http://a.example:443", "a.example", 443, 0 },
        { "hTTp://127.0.0.1", "http://127.0.0.1", "127.0.0.1", 80, 0 },
        { "https://[::1]", "https://[::1]", "[::1]", 443, 1 },
        { "https://[2001:DB8:0:0::1]:443", "https://[2001:db8::1]", "[2001:db8::1]", 443, 1 },
        { "https://[::1]:8443/", "https://[::1]:8443", "[::1]", 8443, 1 },
        { "https://xn--fiq228c.example", "https://xn--fiq228c.example", "xn--fiq228c.example",
          443, 1 },
        { "https://a-b.c--d.example:1", "https://a-b.c--d.example:1", "a-b.c--d.example", 1, 1 },
        { "https://1and1.example:65535", "https://1and1.example:65535", "1and1.example", 65535,
          1 },
        { "https://4.4.example", "https://4.4.example", "4.4.example", 443, 1 },
        { "https://" LONG_253, "https://" LONG_253, LONG_253, 443, 1 }
    };
    house_t *house = *state;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        wecom_site_t site;

        if (wecom_site_parse_url(&site, cases[i].url, house->pool) != WECOM_OK) {
            fail_msg("refused: %s", cases[i].url);
        }
        assert_string_equal(site.public_url, cases[i].public_url);
        assert_string_equal(site.host, cases[i].host);
        assert_string_equal(site.scheme, cases[i].secure ? "https" : "http");
        assert_int_equal(site.port, cases[i].port);
        assert_int_equal(site.secure, cases[i].secure);
    }
}

static void bad_urls_are_refused(void **state)
{
    static const char *const cases[] = {
        "", "intranet.example.com", "//intranet.example.com", "/", "https", "https:", "https:/",
        "https://", "https:///", "https:a.example", "https:/a.example", "https:\\\\a.example",
        "ftp://a.example", "httpss://a.example", "ws://a.example", " https://a.example",
        "https://a.example ", "https://a.example/x", "https://a.example//", "https://a.example/?",
        "https://a.example?x", "https://a.example#x", "https://a.example/#", "https://a@b.example",
        "https://a:b@c.example", "https://@a.example", "https://a.example:", "https://a.example:0",
        "https://a.example:65536", "https://a.example:99999", "https://a.example:123456",
        "https://a.example:-1", "https://a.example:+1", "https://a.example:8a", "https://:443",
        "https://a.example:443:443", "https://a..example", "https://.a.example",
        "https://a.example.", "https://-a.example", "https://a-.example", "https://a.-b",
        "https://a_b.example", "https://a b", "https://a\tb", "https://a\nb", "https://a%2eb",
        "https://a\\b", "https://\xe4\xb8\xad.example", "https://a*.example", "https://1.2.3",
        "https://1.2.3.4.5", "https://2130706433", "https://256.1.1.1", "https://01.2.3.4",
        "https://a.1", "https://a.b-", "https://a-", "https://[", "https://[]", "https://[::1",
        "https://::1", "https://[::1]x",
        "https://[::1]443", "https://[::1]:", "https://[::g]", "https://[1.2.3.4]",
        "https://[fe80::1%25eth0]", "https://[::1%eth0]", "https://[[::1]]",
        "https://a" MANY_A_63 ".example", "https://a" LONG_253, "https://'.example",
        "https://" MANY_A_63 "." MANY_A_63 "." MANY_A_63 "." MANY_A_63
    };
    house_t *house = *state;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        wecom_site_t site;

        if (wecom_site_parse_url(&site, cases[i], house->pool) != WECOM_E_BAD_INPUT) {
            fail_msg("taken: %s", cases[i]);
        }
    }
    assert_int_equal(wecom_site_parse_url(NULL, NULL, house->pool), WECOM_E_BAD_INPUT);
}

static void endpoints_are_plain_paths(void **state)
{
    static const char *const good[] = {
        "/wecom", "/a", "/a/b", "/a.b/c-d_E9", "/.well-known/wecom", "/...", "/a..b",
        "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    };
    static const char *const bad[] = {
        "", "/", "wecom", "/wecom/", "//wecom", "/a//b", "/a/./b", "/a/../b", "/.", "/..",
        "/a/..", "/a b", "/a%20", "/a?b", "/a#b", "/a;b", "/\\a", "/a\n", "/\xe4\xb8\xad", "/~a",
        "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(good); i++) {
        if (!wecom_site_is_endpoint(good[i])) {
            fail_msg("refused: %s", good[i]);
        }
    }
    for (i = 0; i < COUNT(bad); i++) {
        if (wecom_site_is_endpoint(bad[i])) {
            fail_msg("taken: %s", bad[i]);
        }
    }
    assert_int_equal(wecom_site_is_endpoint(NULL), 0);
}

static wecom_site_t *make(house_t *house, const char *url, const char *name, const char *domain)
{
    wecom_site_t *site = NULL;

    assert_int_equal(wecom_site_make(&site, url, "/wecom", name, domain, house->pool), WECOM_OK);
    assert_non_null(site);
    return site;
}

static void site_has_all_its_names(void **state)
{
    house_t *house = *state;
    wecom_site_t *site = make(house, "https://Intranet.example.com:443/", NULL, NULL);

    assert_string_equal(site->return_url, "https://intranet.example.com/wecom/return");
    assert_string_equal(site->endpoint, "/wecom");
    assert_int_equal(strlen(site->tag), 6);
    assert_int_equal(strspn(site->tag, "0123456789abcdefghijklmnopqrstuvwxyz"), 6);
    assert_string_equal(site->session_cookie,
                        apr_pstrcat(house->pool, "__Host-wecom_", site->tag, NULL));
    assert_string_equal(site->pending_prefix,
                        apr_pstrcat(house->pool, "__Host-wecomp_", site->tag, "_", NULL));
    assert_null(site->cookie_domain);
    /* Two spellings of one name are one site; every other name is another one. */
    assert_string_equal(site->tag, house->site->tag);
    assert_string_not_equal(site->tag, house->other_site->tag);
    assert_string_not_equal(site->tag,
                            make(house, "http://intranet.example.com", NULL, NULL)->tag);
}

static void plain_http_has_no_host_prefix(void **state)
{
    house_t *house = *state;
    wecom_site_t *site = make(house, "http://localhost:8080", "portal", NULL);

    assert_string_equal(site->session_cookie, apr_pstrcat(house->pool, "portal_", site->tag,
                                                          NULL));
    assert_string_equal(site->pending_prefix, apr_pstrcat(house->pool, "wecomp_", site->tag, "_",
                                                          NULL));
}

static void cookie_domain_must_be_above_the_host(void **state)
{
    static const char *const bad[] = {
        "", ".", "ample.com", "evil.example", "www.intranet.example.com", "xintranet.example.com",
        "example.com.", "..example.com", "example.com; Path=/x", "exam ple.com", "com\n"
    };
    house_t *house = *state;
    wecom_site_t *other;
    wecom_site_t *site;
    size_t i;

    site = make(house, "https://intranet.example.com", NULL, ".Example.COM");
    assert_string_equal(site->cookie_domain, "example.com");
    assert_int_equal(strncmp(site->session_cookie, "wecom_", 6), 0);
    assert_null(strstr(site->session_cookie, site->tag));
    /* The pending login stays with the host, whatever the session does. */
    assert_string_equal(site->pending_prefix, apr_pstrcat(house->pool, "__Host-wecomp_",
                                                          site->tag, "_", NULL));
    site = make(house, "https://intranet.example.com", NULL, "intranet.example.com");
    assert_string_equal(site->cookie_domain, "intranet.example.com");

    /* two hosts under one domain share the session's name, and not the pending logins' */
    site = make(house, "https://a.example.com", NULL, "example.com");
    other = make(house, "https://b.example.com", NULL, "example.com");
    assert_string_equal(site->session_cookie, other->session_cookie);
    assert_string_not_equal(site->pending_prefix, other->pending_prefix);
    for (i = 0; i < COUNT(bad); i++) {
        if (wecom_site_make(&site, "https://intranet.example.com", "/wecom", NULL, bad[i],
                            house->pool) != WECOM_E_BAD_INPUT) {
            fail_msg("taken: %s", bad[i]);
        }
        assert_null(site);
    }
    assert_int_equal(wecom_site_make(&site, "https://127.0.0.1", "/wecom", NULL, "0.0.1",
                                     house->pool), WECOM_E_BAD_INPUT);
    assert_int_equal(wecom_site_make(&site, "https://127.0.0.1", "/wecom", NULL, "127.0.0.1",
                                     house->pool), WECOM_E_BAD_INPUT);
}

static void make_refuses_bad_parts(void **state)
{
    static const char *const names[] = { "", "a b", "a=b", "a;b", "a\n", "\xe4\xb8\xad", "a,b" };
    house_t *house = *state;
    wecom_site_t *site;
    size_t i;

    assert_int_equal(wecom_site_make(&site, "https://a.example/x", "/wecom", NULL, NULL,
                                     house->pool), WECOM_E_BAD_INPUT);
    assert_int_equal(wecom_site_make(&site, "https://a.example", "/wecom/", NULL, NULL,
                                     house->pool), WECOM_E_BAD_INPUT);
    assert_int_equal(wecom_site_make(&site, NULL, "/wecom", NULL, NULL, house->pool),
                     WECOM_E_BAD_INPUT);
    for (i = 0; i < COUNT(names); i++) {
        assert_int_equal(wecom_site_make(&site, "https://a.example", "/wecom", names[i], NULL,
                                         house->pool), WECOM_E_BAD_INPUT);
    }
}

typedef struct fit_t {
    const char *public_url;
    const char *host_header;
    int is_tls;
    int ends_tls;
    const char *forwarded_proto;
    int fits;
} fit_t;

#define HTTPS_SITE "https://intranet.example.com"
#define HTTP_SITE  "http://localhost:8080"

static const fit_t fits[] = {
    /* the name as it is, and as it may be written */
    { HTTPS_SITE, "intranet.example.com", 1, 1, NULL, 1 },
    { HTTPS_SITE, "INTRANET.Example.Com", 1, 1, NULL, 1 },
    { HTTPS_SITE, "intranet.example.com:443", 1, 1, NULL, 1 },
    { HTTPS_SITE, "Intranet.Example.com:443", 1, 1, NULL, 1 },
    { HTTPS_SITE, "intranet.example.com:0443", 1, 1, NULL, 1 },
    /* other names */
    { HTTPS_SITE, "www.example.com", 1, 1, NULL, 0 },
    { HTTPS_SITE, "intranet", 1, 1, NULL, 0 },
    { HTTPS_SITE, "10.1.2.3", 1, 1, NULL, 0 },
    { HTTPS_SITE, "[2001:db8::1]", 1, 1, NULL, 0 },
    { HTTPS_SITE, "xintranet.example.com", 1, 1, NULL, 0 },
    { HTTPS_SITE, "intranet.example.com.evil.example", 1, 1, NULL, 0 },
    { HTTPS_SITE, "intranet.example.com.", 1, 1, NULL, 0 },
    { HTTPS_SITE, "intranet.example.com@evil.example", 1, 1, NULL, 0 },
    { HTTPS_SITE, "intranet.example.com/", 1, 1, NULL, 0 },
    { HTTPS_SITE, "intranet.example.com ", 1, 1, NULL, 0 },
    { HTTPS_SITE, "intranet.example.com,intranet.example.com", 1, 1, NULL, 0 },
    { HTTPS_SITE, "https://intranet.example.com", 1, 1, NULL, 0 },
    { HTTPS_SITE, "", 1, 1, NULL, 0 },
    { HTTPS_SITE, NULL, 1, 1, NULL, 0 },
    /* other ports */
    { HTTPS_SITE, "intranet.example.com:80", 1, 1, NULL, 0 },
    { HTTPS_SITE, "intranet.example.com:8443", 1, 1, NULL, 0 },
    { HTTPS_SITE, "intranet.example.com:", 1, 1, NULL, 0 },
    { HTTPS_SITE, "intranet.example.com:443x", 1, 1, NULL, 0 },
    { HTTPS_SITE, "intranet.example.com:65979", 1, 1, NULL, 0 }, /* 443 modulo 65536 */
    { "https://a.example:8443", "a.example:8443", 1, 1, NULL, 1 },
    { "https://a.example:8443", "a.example", 1, 1, NULL, 0 },
    { "https://a.example:8443", "a.example:443", 1, 1, NULL, 0 },
    /* TLS ends in front of us: nothing is known, or X-Forwarded-Proto tells */
    { HTTPS_SITE, "intranet.example.com", 0, 0, NULL, 1 },
    { HTTPS_SITE, "intranet.example.com", 0, 0, "", 1 },
    { HTTPS_SITE, "intranet.example.com", 0, 0, "https", 1 },
    { HTTPS_SITE, "intranet.example.com", 0, 0, "HTTPS", 1 },
    { HTTPS_SITE, "intranet.example.com", 0, 0, "http", 0 },
    { HTTPS_SITE, "intranet.example.com", 0, 0, "HTTP", 0 },
    { HTTPS_SITE, "intranet.example.com", 0, 0, " http", 0 },
    { HTTPS_SITE, "intranet.example.com", 0, 0, "http, https", 0 },
    { HTTPS_SITE, "intranet.example.com", 0, 0, "https,http", 1 },
    { HTTPS_SITE, "intranet.example.com", 0, 0, "httpx", 1 },
    { HTTPS_SITE, "intranet.example.com:443", 0, 0, "http", 0 },
    /* TLS to us from a proxy that was reached without */
    { HTTPS_SITE, "intranet.example.com", 1, 1, "http", 0 },
    { HTTPS_SITE, "intranet.example.com", 1, 1, "https", 1 },
    /* this server ends TLS for the name: then a plain connection is wrong, whatever is claimed */
    { HTTPS_SITE, "intranet.example.com", 0, 1, NULL, 0 },
    { HTTPS_SITE, "intranet.example.com", 0, 1, "https", 0 },
    { HTTPS_SITE, "intranet.example.com:443", 0, 1, NULL, 0 },
    /* a public name on http */
    { HTTP_SITE, "localhost:8080", 0, 0, NULL, 1 },
    { HTTP_SITE, "LOCALHOST:8080", 0, 0, "http", 1 },
    { HTTP_SITE, "localhost", 0, 0, NULL, 0 },
    { HTTP_SITE, "127.0.0.1:8080", 0, 0, NULL, 0 },
    { HTTP_SITE, "localhost:8080", 1, 0, NULL, 0 },
    { HTTP_SITE, "localhost:8080", 1, 0, "http", 1 },
    { "http://a.example", "a.example", 0, 0, NULL, 1 },
    { "http://a.example", "a.example:80", 0, 0, NULL, 1 },
    { "http://a.example", "a.example:443", 0, 0, NULL, 0 },
    { "http://127.0.0.1", "127.0.0.1", 0, 0, NULL, 1 },
    { "http://127.0.0.1", "127.1", 0, 0, NULL, 0 },
    /* IPv6 has many spellings */
    { "https://[2001:db8::1]", "[2001:db8::1]", 1, 1, NULL, 1 },
    { "https://[2001:db8::1]", "[2001:DB8:0:0:0:0:0:1]:443", 1, 1, NULL, 1 },
    { "https://[2001:db8::1]", "[2001:DB8:0::1]", 1, 1, NULL, 1 },
    { "http://[2001:db8::1]", "[2001:DB8:0::1]", 0, 0, NULL, 1 },
    { "https://[2001:db8::1]:8443", "[2001:db8::1]:8443", 1, 1, NULL, 1 },
    { "https://[2001:db8::1]:8443", "[2001:db8::1]", 1, 1, NULL, 0 },
    { "https://[2001:db8::1]", "[2001:db8::2]", 1, 1, NULL, 0 },
    { "https://[2001:db8::1]", "2001:db8::1", 1, 1, NULL, 0 },
    { "https://[::1]", "[::1", 1, 1, NULL, 0 }
};

static void request_fits_the_public_name_or_not(void **state)
{
    house_t *house = *state;
    size_t i;

    for (i = 0; i < COUNT(fits); i++) {
        const fit_t *fit = &fits[i];
        wecom_site_t *site = make(house, fit->public_url, NULL, NULL);
        wecom_address_t address = { fit->host_header, fit->is_tls, fit->ends_tls,
                                    fit->forwarded_proto };

        if (wecom_site_fits(site, &address) != fit->fits) {
            fail_msg("%s, Host: %s, tls %d, ends tls %d, proto %s", fit->public_url,
                     fit->host_header != NULL ? fit->host_header : "(none)", fit->is_tls,
                     fit->ends_tls, fit->forwarded_proto != NULL ? fit->forwarded_proto : "-");
        }
    }
}

static void typed_name_is_harmless(void **state)
{
    static const struct {
        const char *host_header;
        const char *typed;
    } cases[] = {
        { "Intra.example:8080", "Intra.example:8080" },
        { "[::1]:80", "[::1]:80" },
        { "<script>alert(1)</script>", "scriptalert1script" },
        { "a\"onload='b'&c;", "aonloadbc" },
        { "\xe4\xb8\xad\xe6\x96\x87", "?" },
        { "", "?" },
        { "\r\n\t /\\", "?" },
        { NULL, "?" }
    };
    house_t *house = *state;
    wecom_address_t address;
    char text[301];
    size_t i;

    memset(&address, 0, sizeof(address));
    for (i = 0; i < COUNT(cases); i++) {
        address.host_header = cases[i].host_header;
        assert_string_equal(wecom_site_typed(&address, house->pool), cases[i].typed);
    }
    memset(text, 'a', 300);
    text[300] = '\0';
    address.host_header = text;
    assert_int_equal(strlen(wecom_site_typed(&address, house->pool)), 100);
}

static void cookies_carry_their_attributes(void **state)
{
    house_t *house = *state;
    wecom_site_t *plain = make(house, "http://localhost:8080", NULL, NULL);
    wecom_site_t *wide = make(house, "https://intranet.example.com", NULL, "example.com");

    assert_string_equal(wecom_site_cookie(house->site, "n", "v", -1, 1, house->pool),
                        "n=v; Path=/; HttpOnly; SameSite=Lax; Secure");
    assert_string_equal(wecom_site_cookie(house->site, "n", "v", 600, 0, house->pool),
                        "n=v; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=600");
    assert_string_equal(wecom_site_cookie(house->site, "n", "v", 0, 0, house->pool),
                        "n=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0");
    assert_string_equal(wecom_site_cookie(plain, "n", "v", -1, 1, house->pool),
                        "n=v; Path=/; HttpOnly; SameSite=Lax");
    assert_string_equal(wecom_site_cookie(wide, "n", "v", 5, 1, house->pool),
                        "n=v; Path=/; HttpOnly; SameSite=Lax; Secure; Domain=example.com; "
                        "Max-Age=5");
    assert_string_equal(wecom_site_cookie(wide, "n", "v", -1, 0, house->pool),
                        "n=v; Path=/; HttpOnly; SameSite=Lax; Secure");
    assert_string_equal(wecom_site_cookie(wide, "n", NULL, 0, 1, house->pool),
                        "n=; Path=/; HttpOnly; SameSite=Lax; Secure; Domain=example.com; "
                        "Max-Age=0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_urls_are_normalised),
        cmocka_unit_test(bad_urls_are_refused),
        cmocka_unit_test(endpoints_are_plain_paths),
        cmocka_unit_test(site_has_all_its_names),
        cmocka_unit_test(plain_http_has_no_host_prefix),
        cmocka_unit_test(cookie_domain_must_be_above_the_host),
        cmocka_unit_test(make_refuses_bad_parts),
        cmocka_unit_test(request_fits_the_public_name_or_not),
        cmocka_unit_test(typed_name_is_harmless),
        cmocka_unit_test(cookies_carry_their_attributes),
    };

    return cmocka_run_group_tests_name("site", tests, house_setup, house_teardown);
}
