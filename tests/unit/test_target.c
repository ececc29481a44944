/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_target.c - the spellings that have led visitors astray elsewhere, and those that must work.
 *
 * Three lists: what is never a target, what looks alarming but is a path of this site, and what
 * an intranet really uses. Whatever is_safe lets through is also pasted behind the public URL
 * and taken apart again: host and port must still be ours.
 */
#include "house.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_uri.h>

#include "../../src/auth/target.h"
#include "../../src/base/limits.h"

#define E "evil.example"

/* No path at all, another scheme, or two slashes in front. */
static const char *const elsewhere[] = {
    "", "//", "///", "////", "//" E, "///" E, "////" E, "/////" E, "//////////////" E,
    "//" E "/", "//" E "/%2e%2e", "//" E "/..", "//" E "?x=/", "//" E ":443/", "//" E "#/",
    "//user@" E "/", "//intranet.example.com@" E "/", "//intranet.example.com", "//[::1]/",
    "//0x7f000001/", "//2130706433/", "//evil%E3%80%82example", "//" E "%00.example.com",
    "//%65vil.example/", "//\t" E, "//%09/" E, "//%0d%0aLocation:%20//" E, "//.", "//..",
    "//./" E, "//;/" E, "//\\" E, "//\\/" E, "//?" E, "//@" E, "//:80", "//wecom/logout",
    "http://" E, "https://" E, "HTTP://EVIL.EXAMPLE/", "hTTps://" E "/", "http:" E, "https:" E,
    "https:/" E, "https:///" E, "https:////" E, "https:\\\\" E, "https:\\" E, "https:/\\" E,
    "https:\\/" E, "http:\t//" E, "ht\ntp://" E, "https://intranet.example.com@" E "/",
    "https://intranet.example.com." E "/", "https://" E "#intranet.example.com/",
    "https://" E "?intranet.example.com", "https://" E "\\@intranet.example.com",
    "https://intranet.example.com/", "https://intranet.example.com:pw@" E, "https:?" E,
    "ftp://" E "/", "ws://" E "/", "wss://" E "/", "file:///etc/passwd", "javascript:alert(1)",
    "JaVaScRiPt:alert(1)", "javascript://%0aalert(1)", "javascript:%0aalert(1)",
    "java\nscript:alert(1)", "java\tscript:alert(1)", "\001javascript:alert(1)",
    "javascript&colon;alert(1)", "javascript%3aalert(1)", "data:text/html,<script>1</script>",
    "data:text/html;base64,PHN2Zz4=", "vbscript:msgbox(1)", "about:blank", "mailto:a@" E,
    "blob:https://" E "/1", "view-source:https://" E, "tel:110", "wxwork://jump?url=" E,
    "weixin://dl/business", "intent://" E "#Intent;end", "x:", ":", "://" E, ":/" E, ":80/",
    E, E "/", "." E, "@" E, "@" E "/", "www." E, "?next=//" E, "?", "#", "#//" E, ";//" E, "&",
    "..//" E, "../", ".", "..", "./", ".//" E, "x", "x//" E, "*", "0", "%", "%2", "~/", "=/",
    "%2f", "%2f%2f" E, "%2F%2F" E, "%2f" E, "%2f/" E, "%5c%5c" E, "%5c" E, "%252f%252f" E,
    "%09//" E, "%0a//" E, "%0d%0a//" E, "%20//" E, "%00//" E, "%c0%af%c0%af" E, "%ef%bc%8f" E,
    " ", " /x", " //" E, "\t/x", "\t//" E, "\n//" E, "\r\n//" E, "\v//" E, "\f//" E, "\b//" E,
    "\177//" E, "\302\240//" E, "\357\273\277//" E, "\342\200\213//" E, "\343\200\200//" E,
    "\342\200\256//" E, "\357\274\217\357\274\217" E, "\300\257\300\257" E, "\302\205//" E
};

/* Backslashes, plain: browsers read them as slashes. */
static const char *const backslashes[] = {
    "\\", "\\\\", "\\\\" E, "\\/" E, "\\" E, "/\\", "/\\" E, "/\\/" E, "/\\\\" E, "/\\\\\\" E,
    "/\\@" E, "/\\;@" E, "/\\.", "/\\..", "/\\%09" E, "/\\\t" E, "/\\%2f" E, "/\\%5c" E, "/\\?x",
    "/\\#x", "/a\\b", "/a\\", "/a\\..\\..\\" E, "/x/..\\\\" E, "/.\\" E, "/..\\" E, "/;\\" E,
    "/?\\", "/?\\\\" E, "/x?\\" E, "/%2e\\" E, "/%2f\\" E, "/:\\" E, "/ \\" E, "/\\\n/" E
};

/* A second slash or backslash that appears after one decoding. */
static const char *const coded_slashes[] = {
    "/%2f", "/%2F", "/%2f" E, "/%2F" E, "/%2f%2f" E, "/%2F%2f" E, "/%2f/" E, "/%2f//" E,
    "/%2f%5c" E, "/%2f@" E, "/%2f?x", "/%2f.", "/%2f%2e%2e", "/%2f%252f", "/%2f;" E, "/%2f:80",
    "/%5c", "/%5C", "/%5c" E, "/%5C" E, "/%5c%5c" E, "/%5c/" E, "/%5C%2f" E, "/%5c@" E, "/%5c?x",
    "/%5c.", "/a%5cb", "/a%5C", "/a/%5c/" E, "/%2e%5c" E, "/%2e%2e%5c%5c" E, "/;%5c" E,
    "/a%5c%5c" E "?x", "/..%5c" E, "/x/..%5c..%5c" E, "/%20%5c" E, "/@%5c" E,
    /* overlong UTF-8, full-width and small forms */
    "/%c0%af" E, "/%C0%AF%C0%AF" E, "/%c0%af/" E, "/%c0%af", "/%c1%9c" E, "/%C1%9C%C1%9C" E,
    "/%e0%80%af" E, "/%E0%81%9C" E, "/%f0%80%80%af" E, "/%F0%80%81%9C" E, "/%f0%80%81%9c",
    "/%ef%bc%8f" E, "/%EF%BC%8F/" E, "/%ef%bc%8f%ef%bc%8f" E, "/%ef%bc%bc" E, "/%ef%b9%a8" E
};

/* Control bytes, blanks and what is not ASCII, plain. */
static const char *const plain_bytes[] = {
    "/\t" E, "/\t/" E, "/\n/" E, "/\r/" E, "/\r\n/" E, "/\t\\" E, "/\n\n" E, "/a\nb", "/a\t",
    "/a\r\nSet-Cookie: x=1", "/a\r\n\r\n<script>", "/a\177", "/\001/" E, "/\037/" E, "/\v/" E,
    "/\f/" E, "/\b/" E, "/\033[2J", "/ /" E, "/ " E, "/a b", "/ ", "/?a b", "/?a\nb", "/?a\tb",
    "/?\177", "/a?b\rc", "/?\001", "/\200/" E, "/\377/" E, "/\302\205/" E, "/\342\200\250/" E,
    "/\302\240/" E, "/\343\200\200/" E, "/\357\273\277/" E, "/\342\200\213/" E, "/\300\257" E,
    "/\300\257\300\257" E, "/\301\234" E, "/\340\200\257" E, "/\357\274\217" E, "/\357\274\274" E,
    "/\342\201\204" E, "/\342\210\225" E, "/\342\247\270" E, "/\342\225\261" E, "/\344\270\255",
    "/?q=\344\270\255", "/\242\357" E, "/\343\202\235" E
};

/* Control bytes behind percent signs, in the path. */
static const char *const coded_bytes[] = {
    "/%09/" E, "/%09" E, "/%0a/" E, "/%0A" E, "/%0d/" E, "/%0d%0aSet-Cookie:%20a=b", "/%00/" E,
    "/%00", "/%01/x", "/%1f/x", "/%7f/x", "/%7F", "/%0b/" E, "/%0c/" E, "/%08/" E, "/%1B[2J",
    "/%0D%0A%0D%0A<script>alert(1)</script>", "/a%00.html", "/a%0a", "/a%0Ab?c=d", "/a/%09/b",
    "/a%7F", "/%09%2f" E, "/%0a%5c" E, "/%0d%0a//" E, "/%0a%0a//" E, "/x%0d%0a%20y", "/.%09./" E,
    "/%2e%0a%2e/" E, "/%0", "/%1?x"
};

static const char *const fragments[] = {
    "/#", "/#//" E, "/x#y", "/?x#y", "/#@" E, "/%2f#", "/x#/../..", "/x/#\\" E, "/?#"
};

static const char *const bad_coding[] = {
    "/%", "/%2", "/%2x", "/%g0", "/%G0", "/%zz", "/%u002f/" E, "/%u2215" E, "/%U0000002f" E,
    "/%%32%66" E, "/%%2f" E, "/a%", "/a%2", "/a%2?x", "/a%?20", "/%-1", "/%+f", "/% 2f", "/%x2f",
    "/a%f", "/%2%66" E, "/%0x2f", "/100%", "/%:/", "/%@a", "/%`0", "/%/f", "/a%a",
    "/%4x", "/a%7g", "/%x4"
};

static const struct {
    const char *const *row;
    size_t count;
} refused[] = {
    { elsewhere, COUNT(elsewhere) }, { backslashes, COUNT(backslashes) },
    { coded_slashes, COUNT(coded_slashes) }, { plain_bytes, COUNT(plain_bytes) },
    { coded_bytes, COUNT(coded_bytes) }, { fragments, COUNT(fragments) },
    { bad_coding, COUNT(bad_coding) }
};

/* Alarming to look at, but paths and queries of this site to every reader. */
static const char *const odd_but_ours[] = {
    "/;/" E, "/;//" E, "/.//" E, "/..//" E, "/./", "/.", "/..", "/../../x", "/%2e%2e/", "/%2e//" E,
    "/x//" E, "/x/%2f/" E, "/@" E, "/" E, "/:80/", "/:@" E, "/javascript:alert(1)", "/http://" E,
    "/https:" E, "/?//" E, "/?next=https://" E, "/?%0d%0a", "/?%5c%5c" E, "/?%00", "/?\"<'>",
    "/%252f%252f" E, "/%255c" E, "/%25", "/%2509", "/&sol;&sol;" E, "/%e2%81%84" E, "/*", "/~x/",
    "/?", "/??", "/?/../..", "/|{}^`", "/<script>", "/%3Cscript%3E", "/?100%", "/?%", "/?%zz",
    "/?%u4e2d", "/x?%c0%af", "/x/%c0%af", "/%c0%b0", "/%ef%bc%8e", "/%fe%ff", "/%ff", "/%20/" E
};

static const char *const everyday[] = {
    "/", "/index.html", "/portal/", "/a/b/c.php?id=7", "/?q=1", "/search?q=a+b&page=2",
    "/search?q=%E4%BC%81%E4%B8%9A%E5%BE%AE%E4%BF%A1", "/%E4%BC%81%E4%B8%9A/%e5%be%ae%e4%bf%a1",
    "/%B2%E9%D1%AF/%C0%AF.htm" /* GBK */, "/wiki/A%2FB", "/a%2fb%2Fc", "/note?text=a%0Ab%0D%0Ac",
    "/go?to=https%3A%2F%2Fintranet.example.com%2Fx", "/a%20b/c%20d", "/~zhang/", "/a;v=1/b",
    "/app/?state=1", "/matrix;a=b;c=d", "/mail/a@b.example",
    "/12:30", "/a,b", "/(x)", "/it's", "/$metadata", "/!x", "/a=b", "/a&b", "/-/issues/1", "/_x",
    "/a..b", "/...", "/.well-known/x", "/a//b", "/discount?now=50%", "/%7Eroot", "/%41"
};

static int host_is_ours(const char *target, apr_pool_t *pool)
{
    apr_uri_t uri;

    return apr_uri_parse(pool, apr_pstrcat(pool, "https://intranet.example.com", target, NULL),
                         &uri) == APR_SUCCESS
        && uri.hostname != NULL && strcmp(uri.hostname, "intranet.example.com") == 0
        && uri.port_str == NULL && uri.user == NULL && uri.path != NULL && uri.path[0] == '/'
        && uri.path[1] != '/';
}

static void every_refused_spelling_is_refused(void **state)
{
    house_t *house = *state;
    size_t total = 0;
    size_t k;
    size_t i;

    for (k = 0; k < COUNT(refused); k++) {
        for (i = 0; i < refused[k].count; i++, total++) {
            const char *raw = refused[k].row[i];
            const char *guarded = support_guard(raw, strlen(raw), house->pool);
            const char *target;

            CHECK(!wecom_target_is_safe(guarded, strlen(raw)), "taken: list %zu, %s", k, raw);
            /* Percent-coded first, some of them become harmless paths; never anything else. */
            target = wecom_target_or_root(raw, "/wecom", house->pool);
            CHECK(wecom_target_is_safe(target, strlen(target))
                  && host_is_ours(target, house->pool), "astray: %s to %s", raw, target);
        }
    }
    assert_true(total >= 150);
}

/* A list with doubles would be shorter than it looks. */
static void no_spelling_stands_there_twice(void **state)
{
    size_t k;
    size_t i;
    size_t l;
    size_t j;

    (void)state;
    for (k = 0; k < COUNT(refused); k++) {
        for (i = 0; i < refused[k].count; i++) {
            for (l = k; l < COUNT(refused); l++) {
                for (j = l == k ? i + 1 : 0; j < refused[l].count; j++) {
                    CHECK(strcmp(refused[k].row[i], refused[l].row[j]) != 0, "twice: %s",
                          refused[k].row[i]);
                }
            }
        }
    }
}

static void check_taken(house_t *house, const char *const *row, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        const char *guarded = support_guard(row[i], strlen(row[i]), house->pool);

        CHECK(wecom_target_is_safe(guarded, strlen(row[i])), "refused: %s", row[i]);
        assert_string_equal(wecom_target_or_root(row[i], "/wecom", house->pool), row[i]);
    }
}

static void everyday_targets_are_taken(void **state)
{
    check_taken(*state, everyday, COUNT(everyday));
}

static void odd_paths_of_ours_are_taken(void **state)
{
    house_t *house = *state;
    size_t i;

    check_taken(house, odd_but_ours, COUNT(odd_but_ours));
    for (i = 0; i < COUNT(odd_but_ours); i++) {
        CHECK(host_is_ours(odd_but_ours[i], house->pool), "astray: %s", odd_but_ours[i]);
    }
}

/* Not one byte value is forgotten, at any of the places where it would matter. */
static void every_byte_at_every_place(void **state)
{
    static const char harmless[] = "!\"$&'()*+,-.:;<=>@[]^_`{|}~"; /* not / ? # % and '\' */
    house_t *house = *state;
    int c;

    for (c = 0; c < 256; c++) {
        int plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || (c != 0 && strchr(harmless, c) != NULL);
        int control = c < 0x20 || c == 0x7f;
        char second[3] = { '/', (char)c, 'x' };
        char inside[4] = { '/', 'x', (char)c, 'y' };
        char query[4] = { '/', '?', (char)c, 'y' };
        const char *coded = apr_psprintf(house->pool, "/%%%02x", (unsigned int)c);
        const char *coded_inside = apr_psprintf(house->pool, "/x%%%02Xy", (unsigned int)c);

        CHECK(wecom_target_is_safe(second, 3) == (plain || c == '?'), "second %d", c);
        CHECK(wecom_target_is_safe(inside, 4) == (plain || c == '?' || c == '/'), "inside %d", c);
        CHECK(wecom_target_is_safe(query, 4) == (plain || c == '?' || c == '/' || c == '%'),
              "query %d", c);
        CHECK(wecom_target_is_safe(coded, strlen(coded))
              == (!control && c != '\\' && c != '/'), "coded %d", c);
        CHECK(wecom_target_is_safe(coded_inside, strlen(coded_inside))
              == (!control && c != '\\'), "coded inside %d", c);
    }
}

static void ceiling_is_exact(void **state)
{
    house_t *house = *state;
    char *raw = apr_palloc(house->pool, WECOM_MAX_TARGET + 2);

    memset(raw, 'a', WECOM_MAX_TARGET + 1);
    raw[0] = '/';
    raw[WECOM_MAX_TARGET + 1] = '\0';
    assert_true(wecom_target_is_safe(raw, WECOM_MAX_TARGET));
    assert_false(wecom_target_is_safe(raw, WECOM_MAX_TARGET + 1));
    assert_string_equal(wecom_target_or_root(raw, "/wecom", house->pool), "/");
    raw[WECOM_MAX_TARGET] = '\0';
    assert_string_equal(wecom_target_or_root(raw, "/wecom", house->pool), raw);
    /* One blank, and its coding goes over. */
    raw[100] = ' ';
    assert_string_equal(wecom_target_or_root(raw, "/wecom", house->pool), "/");
    assert_false(wecom_target_is_safe(NULL, 0));
    assert_false(wecom_target_is_safe("/x", 0));
    assert_false(wecom_target_is_safe("/a\0b", 4));
}

static void or_root_table(void **state)
{
    static const struct {
        const char *raw;
        const char *target;
    } rows[] = {
        { NULL, "/" }, { "", "/" }, { "/", "/" }, { "/x?y=z", "/x?y=z" }, { "//" E, "/" },
        { "https://" E, "/" }, { "x", "/" },
        /* percent-coded for those who send it plain */
        { "/\344\270\255\346\226\207", "/%E4%B8%AD%E6%96%87" },
        { "/a b?c d", "/a%20b?c%20d" }, { "/s?q=\344\270\255", "/s?q=%E4%B8%AD" },
        { "/%41 b", "/%41%20b" }, { "/\377", "/%FF" },
        { " /x", "/" }, { "/\357\274\217" E, "/" }, { "/a\177", "/" }, { "/a\tb", "/" },
        /* never under our own endpoint, however it is written */
        { "/wecom", "/" }, { "/wecom/", "/" }, { "/wecom/logout", "/" }, { "/wecom?x", "/" },
        { "/wecom/login?return=/x", "/" }, { "/%77ecom/logout", "/" }, { "/wecom%2flogout", "/" },
        { "/wecom%2Flogout?x", "/" }, { "/./wecom/logout", "/" }, { "/x/../wecom/logout", "/" },
        { "/x/%2e%2e/wecom/logout", "/" }, { "/x/%2E./wecom", "/" }, { "/../wecom/x", "/" },
        { "/../../wecom", "/" }, { "/x/y/../../wecom/x", "/" }, { "/x/..//wecom/x", "/" },
        { "/.//wecom/x", "/" }, { "/wecom//logout", "/" }, { "/wecom/./logout", "/" },
        { "/wecom/x/../logout", "/" }, { "/wecom/.", "/" }, { "/x/..%2fwecom/logout", "/" },
        { "/wecom;/../wecom/x", "/" },
        /* but beside it */
        { "/wecoms", "/wecoms" }, { "/wecom.html", "/wecom.html" }, { "/WECOM", "/WECOM" },
        { "/x/wecom", "/x/wecom" }, { "/wecom/..", "/wecom/.." }, { "/?/wecom", "/?/wecom" },
        { "/wecom/../x", "/wecom/../x" }, { "/weco", "/weco" }, { "/x?/../wecom", "/x?/../wecom" }
    };
    house_t *house = *state;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *raw = rows[i].raw == NULL ? NULL
                                              : support_guard_text(rows[i].raw, house->pool);
        const char *target = wecom_target_or_root(raw, "/wecom", house->pool);

        CHECK(strcmp(target, rows[i].target) == 0, "%s gave %s", support_show(raw), target);
    }
    assert_string_equal(wecom_target_or_root("/a/b", "/a/b", house->pool), "/");
    assert_string_equal(wecom_target_or_root("/a//b/c", "/a/b", house->pool), "/");
    assert_string_equal(wecom_target_or_root("/a", "/a/b", house->pool), "/a");
    /* no endpoint, nothing to keep away from */
    assert_string_equal(wecom_target_or_root("/wecom/login", NULL, house->pool), "/wecom/login");
    assert_string_equal(wecom_target_or_root("//" E, NULL, house->pool), "/");
}

static void referer_table(void **state)
{
    static const struct {
        const char *referer;
        const char *target;
    } rows[] = {
        { "https://intranet.example.com/x/y?z=1", "/x/y?z=1" },
        { "https://intranet.example.com/", "/" }, { "https://intranet.example.com", "/" },
        { "https://intranet.example.com?x", "/?x" },
        { "https://intranet.example.com/x#frag", "/x" }, { "https://intranet.example.com#f", "/" },
        { "HTTPS://Intranet.Example.COM:443/x", "/x" },
        { "https://intranet.example.com/?r=http://" E, "/?r=http://" E },
        { "https://intranet.example.com//" E, "//" E }, /* for is_safe to refuse */
        { NULL, NULL }, { "", NULL }, { "/", NULL }, { "/x", NULL }, { "about:blank", NULL },
        { "://", NULL }, { "https://", NULL }, { "https:///", NULL },
        { "http://intranet.example.com/x", NULL }, { "https://intranet.example.com:8443/x", NULL },
        { "https://intranet.example.com:80/x", NULL }, { "https://intranet.example.com./x", NULL },
        { "https://intranet.example.com:/x", NULL }, { "https://" E "/x", NULL },
        { "https://intranet.example.com." E "/", NULL },
        { "https://intranet.example.com@" E "/", NULL },
        { "https://x@intranet.example.com/", NULL }, { "https://www.example.com/", NULL },
        { "https://intranet.example.com\\@" E "/", NULL },
        { "https://xintranet.example.com", NULL },
        { "https://" E "/https://intranet.example.com/", NULL },
        { "https://" E "?https://intranet.example.com/", NULL },
        { "https://" E "#https://intranet.example.com/", NULL },
        { " https://intranet.example.com/", NULL }, { "//intranet.example.com/", NULL },
        { "x?https://intranet.example.com/", NULL },
        { "android-app://intranet.example.com/", NULL },
        { "https:\\\\intranet.example.com/", NULL }
    };
    house_t *house = *state;
    char *longest = apr_palloc(house->pool, 5001);
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *target = wecom_target_of_referer(rows[i].referer, house->site->public_url,
                                                     house->pool);

        CHECK(support_same(target, rows[i].target), "%s gave %s", support_show(rows[i].referer),
              support_show(target));
    }
    assert_string_equal(wecom_target_of_referer("https://intranet.example.com:8443/x",
                                                house->other_site->public_url, house->pool), "/x");
    assert_null(wecom_target_of_referer("https://intranet.example.com/x",
                                        house->other_site->public_url, house->pool));
    assert_null(wecom_target_of_referer("https://a/x", NULL, house->pool));
    memset(longest, 'a', 5000);
    longest[5000] = '\0';
    memcpy(longest, "https://intranet.example.com/", 29);
    assert_null(wecom_target_of_referer(longest, house->site->public_url, house->pool));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_refused_spelling_is_refused),
        cmocka_unit_test(no_spelling_stands_there_twice),
        cmocka_unit_test(everyday_targets_are_taken),
        cmocka_unit_test(odd_paths_of_ours_are_taken),
        cmocka_unit_test(every_byte_at_every_place),
        cmocka_unit_test(ceiling_is_exact),
        cmocka_unit_test(or_root_table),
        cmocka_unit_test(referer_table),
    };

    return cmocka_run_group_tests_name("target", tests, house_setup, house_teardown);
}
