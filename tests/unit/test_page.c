/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_page.c - the pages: what is filled in stays text, and the policy knows what is in them.
 */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/page.h"

#define ENGLISH wecom_words_builtin(WECOM_LANG_EN)

#define EVIL   "<script>alert('1')</script> & \"x\" y='z'"
#define HARMLESS "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot; y=&#39;z&#39;"

static int count(const char *text, const char *part)
{
    int n = 0;

    for (text = strstr(text, part); text != NULL; text = strstr(text + 1, part)) {
        n++;
    }
    return n;
}

static apr_array_header_t *links_of(const char *const *pairs, apr_pool_t *pool)
{
    apr_array_header_t *links = apr_array_make(pool, 2, sizeof(wecom_page_link_t));

    for (; *pairs != NULL; pairs += 2) {
        wecom_page_link_t link_row = { .label = pairs[0], .href = pairs[1] };

        APR_ARRAY_PUSH(links, wecom_page_link_t) = link_row;
    }
    return links;
}

#define ID_LINE \
    "<p class=\"quiet\">If you need help, give this number to the administrator: " \
    "WC0231-K7Q2MX<br><time datetime=\"2023-11-14T22:13:20Z\">2023-11-14 22:13:20 UTC</time></p>"
#define BACKWARDS "\xe2\x80\xae" "fdp.exe\xe2\x80\xac"

/* --- the whole page ------------------------------------------------------------------------- */

static void page_has_its_parts_in_order(void **state)
{
    static const char *const links[] = { "Try again", "/report?id=7&x=1", "Other", "/o", NULL };
    static const char *const order[] = {
        "<!DOCTYPE html>\n<html lang=\"en\">\n", "<meta charset=\"utf-8\">", "noindex",
        "<title>Title</title>", "<style nonce=\"\">", "</style>",
         "<h1>Title</h1>", "<p>Sentence.</p>",
        "<a class=\"b first\" href=\"/report?id=7&amp;x=1\">Try again</a>",
        "<a class=\"b\" href=\"/o\">Other</a>", "<p class=\"quiet\">Note.</p>",
        ID_LINE,
        "</main>\n\n</body>\n</html>\n",
    };
    apr_pool_t *pool = *state;
    wecom_page_t page = { .words = ENGLISH, .title = "Title", .sentence = "Sentence.",
                          .note = "Note.", .incident = "WC0231-K7Q2MX",
                          .now = apr_time_from_sec(1700000000) };
    const char *html;
    const char *at;
    size_t i;

    page.links = links_of(links, pool);
    at = html = wecom_page_render(&page, pool);
    for (i = 0; i < COUNT(order); i++) {
        const char *found = strstr(at, order[i]);

        CHECK(found != NULL, "'%s' is missing or in the wrong place in: %s", order[i], html);
        at = found + strlen(order[i]);
    }
    assert_string_equal(at, "");
    assert_int_equal(count(html, "<h1>"), 1);
    assert_int_equal(count(html, "<form"), 0);
}

static void what_is_not_given_is_not_there(void **state)
{
    apr_pool_t *pool = *state;
    wecom_page_t page = { .words = wecom_words_builtin(WECOM_LANG_ZH), .title = "登录" };
    const char *html = wecom_page_render(&page, pool);
    const char *body = strstr(html, "<body>");

    assert_non_null(strstr(html, "<html lang=\"zh-CN\">"));
    assert_string_equal(body, "<body>\n<main>\n<h1>登录</h1>\n</main>\n\n</body>\n</html>\n");
    page.links = apr_array_make(pool, 1, sizeof(wecom_page_link_t));
    assert_string_equal(wecom_page_render(&page, pool), html);
}

static void form_stands_out_before_its_links(void **state)
{
    static const char *const links[] = { "Stay", "/", NULL };
    apr_pool_t *pool = *state;
    wecom_page_t page = { .words = ENGLISH, .title = "Sign out", .form_action = "/wecom/x",
                          .form_token = "tok", .form_label = "Do it" };
    const char *html;

    page.links = links_of(links, pool);
    html = wecom_page_render(&page, pool);
    assert_non_null(strstr(html, "<form method=\"post\" action=\"/wecom/x\">\n"
                           "<input type=\"hidden\" name=\"token\" value=\"tok\">\n"
                           "<button class=\"b first\" type=\"submit\">Do it</button>\n</form>\n"
                           "<a class=\"b\" href=\"/\">Stay</a>"));
    assert_int_equal(count(html, "first\""), 1);
}

static const wecom_page_input_t inputs[] = {
    { "hidden", "p", NULL, "state", NULL },
    { "text", "username", "Account", NULL, "username" },
    { "password", "password", "Password", NULL, "current-password" },
};

static apr_array_header_t *inputs_of(const char *username, apr_pool_t *pool)
{
    apr_array_header_t *made = apr_array_make(pool, COUNT(inputs), sizeof(wecom_page_input_t));
    size_t i;

    for (i = 0; i < COUNT(inputs); i++) {
        APR_ARRAY_PUSH(made, wecom_page_input_t) = inputs[i];
    }
    APR_ARRAY_IDX(made, 1, wecom_page_input_t).value = username;
    return made;
}

#define INPUT(name, type, more, complete, focus) \
    "<input class=\"i\" id=\"" name "\" type=\"" type "\" name=\"" name "\"" more \
    " autocomplete=\"" complete "\" autocapitalize=\"none\" spellcheck=\"false\" required" \
    focus ">\n"

static void inputs_have_labels_and_the_first_empty_one_the_focus(void **state)
{
    apr_pool_t *pool = *state;
    wecom_page_t page = { .words = ENGLISH, .title = "Title", .form_action = "/bind",
                          .form_token = "tok", .form_label = "Do it" };
    const char *html;

    page.form_inputs = inputs_of(NULL, pool);
    html = wecom_page_render(&page, pool);
    assert_non_null(strstr(html, "value=\"tok\">\n"
                           "<input type=\"hidden\" name=\"p\" value=\"state\">\n"
                           "<label for=\"username\">Account</label>\n"
                           INPUT("username", "text", "", "username", " autofocus")
                           "<label for=\"password\">Password</label>\n"
                           INPUT("password", "password", "", "current-password", "")
                           "<button class=\"b first\" type=\"submit\">Do it</button>\n</form>"));
    assert_int_equal(count(html, "role=\"alert\""), 0);
    assert_int_equal(count(html, "aria-describedby"), 0);

    page.form_inputs = inputs_of("li.na", pool);
    page.alert = "Wrong.";
    html = wecom_page_render(&page, pool);
    assert_non_null(strstr(html, "<p class=\"alert\" id=\"alert\" role=\"alert\">Wrong.</p>\n"
                           "<form"));
    assert_non_null(strstr(html, INPUT("username", "text", " value=\"li.na\"", "username", "")));
    assert_non_null(strstr(html, INPUT("password", "password", "", "current-password",
                                       " autofocus aria-describedby=\"alert\"")));
}

static apr_array_header_t *buttons_of(const char *name, const char *value, const char *label,
                                      const char *detail, apr_pool_t *pool)
{
    apr_array_header_t *made = apr_array_make(pool, 1, sizeof(wecom_page_button_t));
    wecom_page_button_t button = { name, value, label, detail };

    APR_ARRAY_PUSH(made, wecom_page_button_t) = button;
    return made;
}

static void buttons_say_which(void **state)
{
    apr_pool_t *pool = *state;
    wecom_page_t page = { .words = ENGLISH, .title = "Title", .form_action = "/bind",
                          .form_token = "tok" };

    page.form_buttons = buttons_of("account", "a1", "li.na", "l***@e***.com\n139****1111", pool);
    assert_non_null(strstr(wecom_page_render(&page, pool),
                           "<button class=\"b\" type=\"submit\" name=\"account\" value=\"a1\">"
                           "li.na<small>l***@e***.com\n139****1111</small></button>\n</form>"));
    page.form_buttons = buttons_of("account", "a1", "li.na", "", pool);
    assert_non_null(strstr(wecom_page_render(&page, pool), ">li.na</button>\n</form>"));
}

static void links_can_come_before_the_form(void **state)
{
    static const char *const links[] = { "Use it", "/bind?do=bind", NULL };
    apr_pool_t *pool = *state;
    wecom_page_t page = { .words = ENGLISH, .title = "Title", .form_action = "/bind",
                          .form_token = "tok", .form_label = "New", .form_last = 1 };
    const char *html;

    page.links = links_of(links, pool);
    html = wecom_page_render(&page, pool);
    assert_non_null(strstr(html, "<a class=\"b first\" href=\"/bind?do=bind\">Use it</a>\n<form"));
    assert_non_null(strstr(html, "<button class=\"b\" type=\"submit\">New</button>\n</form>\n"
                           "</main>"));
}

static void a_number_an_address_and_data(void **state)
{
    apr_pool_t *pool = *state;
    wecom_page_t page = { .words = ENGLISH, .title = "Title",
                          .number = "42", .copy = "https://x/?a=1&b=2", .nonce = "n" };
    apr_table_t *data = apr_table_make(pool, 2);
    const char *html;

    apr_table_set(data, "state", "a\"b");
    page.data = data;
    html = wecom_page_render(&page, pool);
    assert_non_null(strstr(html, "<main data-state=\"a&quot;b\">\n<h1>Title</h1>\n"
                           "<p class=\"number\">42</p>\n"
                           "<p class=\"i copy\">https://x/?a=1&amp;b=2</p>\n"
                           "<button class=\"b\" type=\"button\" "
                           "data-copy=\"https://x/?a=1&amp;b=2\" data-done=\"Copied\" hidden>"
                           "Copy the address</button>\n</main>"));
    page.script = "pair.js";
    html = wecom_page_render(&page, pool);
    assert_non_null(strstr(html, "data-done=\"Copied\">Copy the address</button>"));
    assert_non_null(strstr(html, "<script nonce=\"n\">"));
}

static void links_with_a_picture_and_a_note(void **state)
{
    static const char *const links[] = { "Sign in with Acme", "/a", "Other", "/o", NULL };
    apr_pool_t *pool = *state;
    wecom_page_t page = { .words = ENGLISH, .title = "Title",
                          .note = "Of the page." };
    apr_array_header_t *made = links_of(links, pool);

    APR_ARRAY_IDX(made, 0, wecom_page_link_t).icon = "/wecom/asset/i.png";
    APR_ARRAY_IDX(made, 0, wecom_page_link_t).note = "Last used";
    page.links = made;
    assert_non_null(strstr(wecom_page_render(&page, pool),
                           "<a class=\"b first\" href=\"/a\"><img src=\"/wecom/asset/i.png\" "
                           "alt=\"\" width=\"20\" height=\"20\">Sign in with Acme"
                           " <small>Last used</small></a>\n<a class=\"b\" href=\"/o\">Other</a>"));
}

static void the_other_language_is_offered(void **state)
{
    apr_pool_t *pool = *state;
    wecom_page_t page = { .words = ENGLISH, .title = "Title",
                          .self = "/wecom/login" };

    assert_non_null(strstr(wecom_page_render(&page, pool),
                           "</main>\n<footer><a href=\"/wecom/login?lang=zh-CN\" lang=\"zh-CN\" "
                           "hreflang=\"zh-CN\">中文</a></footer>"));
    page.words = wecom_words_builtin(WECOM_LANG_ZH);
    page.self = "/wecom/login?p=a";
    assert_non_null(strstr(wecom_page_render(&page, pool),
                           "<footer><a href=\"/wecom/login?p=a&amp;lang=en\" lang=\"en\" "
                           "hreflang=\"en\">English</a></footer>"));
}

/* --- what is filled in ---------------------------------------------------------------------- */

/* Every field of the page that holds text, filled with the same. */
static const char *render_with(const char *text, apr_pool_t *pool)
{
    const char *links[3] = { NULL, NULL, NULL };
    wecom_look_t look = { .titles = { text, text }, .logo = text, .icon = text };
    wecom_page_t page = { .words = ENGLISH, .look = &look };

    links[0] = links[1] = text;
    page.number = page.copy = page.self = page.beacon = text;
    page.title = page.sentence = page.note = page.form_action = page.form_token = text;
    page.form_label = page.alert = text;
    page.links = links_of(links, pool);
    if (page.links->nelts > 0) {
        APR_ARRAY_IDX(page.links, 0, wecom_page_link_t).note = text;
        APR_ARRAY_IDX(page.links, 0, wecom_page_link_t).icon = text;
    }
    return wecom_page_render(&page, pool);
}

#define PLACES 21 /* title, site and the address to copy twice */

/* The same for what else a form can have. */
static const char *render_form_with(const char *text, apr_pool_t *pool)
{
    wecom_page_input_t item = { "text", NULL, NULL, NULL, "username" };
    wecom_page_t page = { .words = ENGLISH, .title = "", .form_action = "",
                          .form_token = "" };
    apr_array_header_t *made = apr_array_make(pool, 2, sizeof(wecom_page_input_t));

    item.name = item.label = item.value = text;
    APR_ARRAY_PUSH(made, wecom_page_input_t) = item;
    item.type = "hidden";
    APR_ARRAY_PUSH(made, wecom_page_input_t) = item;
    page.form_inputs = made;
    page.form_buttons = buttons_of(text, text, text, *text != '\0' ? text : " ", pool);
    return wecom_page_render(&page, pool);
}

#define FORM_PLACES 11 /* the name of an input three times */

static void every_place_of_a_form_is_escaped(void **state)
{
    apr_pool_t *pool = *state;
    const char *plain = render_form_with("x", pool);
    const char *html = render_form_with(EVIL, pool);

    assert_int_equal(count(html, HARMLESS), FORM_PLACES);
    assert_null(strstr(html, "<script"));
    assert_int_equal(count(html, "<"), count(plain, "<"));
    assert_int_equal(count(html, ">"), count(plain, ">"));
    assert_int_equal(count(html, "\""), count(plain, "\""));
    assert_int_equal(count(html, "'"), count(plain, "'"));
}

static void every_place_is_escaped(void **state)
{
    apr_pool_t *pool = *state;
    const char *plain = render_with("x", pool);
    const char *html = render_with(EVIL, pool);

    assert_int_equal(count(html, HARMLESS), PLACES);
    assert_null(strstr(html, "<script"));
    /* The text brings no tag and no quote of its own. */
    assert_int_equal(count(html, "<"), count(plain, "<"));
    assert_int_equal(count(html, ">"), count(plain, ">"));
    assert_int_equal(count(html, "\""), count(plain, "\""));
    assert_int_equal(count(html, "'"), count(plain, "'"));
}

static void the_incident_is_escaped(void **state)
{
    apr_pool_t *pool = *state;
    wecom_page_t page = { .words = ENGLISH, .title = "",
                          .incident = EVIL };
    const char *html = wecom_page_render(&page, pool);

    assert_int_equal(count(html, HARMLESS), 1);
    assert_null(strstr(html, "<script"));
}

static void text_of_all_scripts_stays_as_it_is(void **state)
{
    /* Emoji of four bytes, with a joiner; Arabic and Hebrew with direction marks and overrides;
     * a combining accent. */
    static const char *const texts[] = {
        "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", BACKWARDS,
        "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\xe2\x80\x8f", "e\xcc\x81", "示例科技 & 合作",
    };
    apr_pool_t *pool = *state;
    size_t i;

    for (i = 0; i < COUNT(texts); i++) {
        const char *html = render_with(texts[i], pool);

        CHECK(count(html, wecom_text_html(texts[i], pool)) == PLACES, "'%s' was changed",
              texts[i]);
        CHECK(strstr(texts[i], "&") != NULL || count(html, texts[i]) == PLACES,
              "'%s' was changed", texts[i]);
    }
}

static void broken_bytes_do_not_break_the_page(void **state)
{
    /* A lead byte alone must not swallow the quote or the bracket behind it. */
    static const char *const texts[] = { "\xff\xfe", "a\xe4", "\xf0\x9f\x91", "\x01\x1b[2J" };
    apr_pool_t *pool = *state;
    size_t i;

    for (i = 0; i < COUNT(texts); i++) {
        const char *html = render_with(texts[i], pool);
        const char *p;

        for (p = html; *p != '\0'; p++) {
            CHECK((unsigned char)*p >= ' ' || *p == '\n', "a control byte is left of text %d",
                  (int)i);
        }
        CHECK(count(html, "</button>\n</form>") == 1 && count(html, "</a>") == 2
              && count(html, "</title>") == 1, "text %d broke: %s", (int)i, html);
    }
}

/* --- the policy ----------------------------------------------------------------------------- */

static void policy_names_the_style_by_a_nonce(void **state)
{
    apr_pool_t *pool = *state;
    wecom_page_t page = { .words = ENGLISH, .title = "",
                          .nonce = "n0nce" };

    assert_non_null(strstr(wecom_page_render(&page, pool), "<style nonce=\"n0nce\">"));
    assert_non_null(strstr(wecom_page_policy(&page, pool), "style-src 'nonce-n0nce';"));
    page.nonce = NULL;
    assert_non_null(strstr(wecom_page_policy(&page, pool), "style-src 'none';"));
}

static void policy_allows_nothing_else(void **state)
{
    static const char *const parts[] = { "default-src 'none'", "img-src 'self'",
                                         "form-action 'self'",
                                         "frame-ancestors 'none'", "base-uri 'none'" };
    apr_pool_t *pool = *state;
    wecom_page_t page = { .words = ENGLISH, .title = "",
                          .nonce = "n0nce" };
    const char *policy = wecom_page_policy(&page, pool);
    size_t i;

    for (i = 0; i < COUNT(parts); i++) {
        CHECK(strstr(policy, parts[i]) != NULL, "%s is not in the policy", parts[i]);
    }
    assert_null(strstr(policy, "unsafe"));
    assert_null(strstr(policy, "script-src"));
    assert_null(strpbrk(policy, "*\r\n,"));
}

static void page_needs_nothing_that_the_policy_forbids(void **state)
{
    apr_pool_t *pool = *state;
    const char *html = render_with("x", pool);

    assert_null(strstr(html, "<script"));
    assert_null(strstr(html, "<link rel=\"stylesheet\""));
    assert_null(strstr(html, "//"));
    assert_null(strstr(html, " style="));
    assert_null(strstr(html, " onclick="));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(page_has_its_parts_in_order),
        TEST(what_is_not_given_is_not_there),
        TEST(form_stands_out_before_its_links),
        TEST(inputs_have_labels_and_the_first_empty_one_the_focus),
        TEST(buttons_say_which),
        TEST(links_can_come_before_the_form),
        TEST(a_number_an_address_and_data),
        TEST(links_with_a_picture_and_a_note),
        TEST(the_other_language_is_offered),
        TEST(every_place_is_escaped),
        TEST(the_incident_is_escaped),
        TEST(every_place_of_a_form_is_escaped),
        TEST(text_of_all_scripts_stays_as_it_is),
        TEST(broken_bytes_do_not_break_the_page),
        TEST(policy_names_the_style_by_a_nonce),
        TEST(policy_allows_nothing_else),
        TEST(page_needs_nothing_that_the_policy_forbids),
    };

    return cmocka_run_group_tests_name("page", tests, support_start, support_end);
}
