/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_look.c - the pages in the look of a site: its title, its pictures, its templates.
 */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/page.h"

#define ENGLISH wecom_words_builtin(WECOM_LANG_EN)

static apr_array_header_t *links_of(int n, apr_pool_t *pool)
{
    apr_array_header_t *links = apr_array_make(pool, n, sizeof(wecom_page_link_t));

    while (n-- > 0) {
        wecom_page_link_t row = { .label = "x", .href = "/" };

        APR_ARRAY_PUSH(links, wecom_page_link_t) = row;
    }
    return links;
}

static void brand_stands_at_the_top_and_in_the_title(void **state)
{
    apr_pool_t *pool = *state;
    wecom_look_t look = { .titles = { "Acme & Co", "示例" }, .logo = "/wecom/asset/l.svg",
                          .icon = "/wecom/asset/i.ico", .style = ":root{--fill:#123456}" };
    wecom_page_t page = { .words = ENGLISH, .title = "Title",
                          .look = &look };
    const char *html = wecom_page_render(&page, pool);

    assert_non_null(strstr(html, "<title>Title · Acme &amp; Co</title>\n"
                           "<link rel=\"icon\" href=\"/wecom/asset/i.ico\">\n"));
    assert_non_null(strstr(html, ":root{--fill:#123456}</style>"));
    assert_non_null(strstr(html, "<body>\n<header>\n<img src=\"/wecom/asset/l.svg\" alt=\"\">\n"
                           "<p><bdi>Acme &amp; Co</bdi></p>\n</header>\n<main>"));
    look.logo = NULL;
    page.words = wecom_words_builtin(WECOM_LANG_ZH);
    html = wecom_page_render(&page, pool);
    assert_non_null(strstr(html, "<header>\n<p><bdi>示例</bdi></p>\n</header>"));
}

static const wecom_template_t *compiled(const char *text, apr_pool_t *pool)
{
    const wecom_template_t *made;
    wecom_slip_t slip;
    wecom_status_t status = wecom_page_compile(&made, &slip, text, strlen(text), pool);

    CHECK(status == WECOM_OK, "line %d: %s", slip.line, slip.sentence);
    return made;
}

#define OWN(text) "<!-- wecom-template 1 -->\n<main{{data}}>" text "{{script}}</main>"

static void a_page_takes_its_own_template_before_the_layout(void **state)
{
    apr_pool_t *pool = *state;
    apr_array_header_t *pages = apr_array_make(pool, 1, sizeof(wecom_look_page_t));
    wecom_look_page_t login = { "login", compiled(OWN("mine: {{title}}"), pool) };
    wecom_look_t look = { .layout = compiled(OWN("all: {{title}}"), pool), .pages = pages };
    wecom_page_t page = { .words = ENGLISH, .title = "T",
                          .look = &look, .name = "login" };

    APR_ARRAY_PUSH(pages, wecom_look_page_t) = login;
    assert_string_equal(wecom_page_render(&page, pool), "<main>mine: T</main>");
    page.name = "bind";
    assert_string_equal(wecom_page_render(&page, pool), "<main>all: T</main>");
    page.name = NULL;
    assert_string_equal(wecom_page_render(&page, pool), "<main>all: T</main>");
    look.layout = NULL;
    assert_non_null(strstr(wecom_page_render(&page, pool), "<h1>T</h1>"));
}

/* A template that multiplies what it is given is not shown, the page is. */
static void too_much_of_a_page_falls_back(void **state)
{
    apr_pool_t *pool = *state;
    char *filler = apr_palloc(pool, 60001);
    wecom_look_t look = { 0 };
    wecom_page_t page = { .words = ENGLISH, .title = "T",
                          .look = &look };

    memset(filler, 'f', 60000);
    filler[60000] = '\0';
    page.links = links_of(40, pool);
    look.layout = compiled(apr_pstrcat(pool, "<!-- wecom-template 1 -->\n<main{{data}}>{{script}}"
                                       "{{#links}}", filler, "{{/links}}</main>", NULL), pool);
    assert_non_null(strstr(wecom_page_render(&page, pool), "<h1>T</h1>"));
}

/* A name that is listed and never used would be a file that is read for nothing, and one that is
 * used and not listed could not be replaced: docs/pages.md and the code meet here. */
static void names_are_what_a_file_may_be_called(void **state)
{
    const char *const *name;

    (void)state;
    for (name = wecom_page_names(); *name != NULL; name++) {
        CHECK(strspn(*name, "abcdefghijklmnopqrstuvwxyz-") == strlen(*name), "%s", *name);
        CHECK(strcmp(*name, "page") != 0, "page.html is the layout");
    }
}

static void policy_lets_the_named_frames_in(void **state)
{
    apr_pool_t *pool = *state;
    wecom_look_t look = { .frame_ancestors = "'self' https://a.example" };
    wecom_page_t page = { .words = ENGLISH, .title = "",
                          .nonce = "n0nce", .look = &look };

    assert_non_null(strstr(wecom_page_policy(&page, pool),
                           "frame-ancestors 'self' https://a.example; base-uri 'none'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(brand_stands_at_the_top_and_in_the_title),
        TEST(a_page_takes_its_own_template_before_the_layout),
        TEST(too_much_of_a_page_falls_back),
        cmocka_unit_test(names_are_what_a_file_may_be_called),
        TEST(policy_lets_the_named_frames_in),
    };

    return cmocka_run_group_tests_name("look", tests, support_start, support_end);
}
