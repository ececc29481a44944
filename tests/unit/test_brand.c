/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_brand.c - the house colour: whatever it is, everything can be read.
 */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/brand.h"
#include "../../src/auth/builtin.h"

static void colors(void **state)
{
    static const char *const good[] = { "#000000", "#ffffff", "#1F5fbF" };
    static const char *const bad[] = { "", "#", "#fff", "1f5fbf", "#1f5fb", "#1f5fbff", "#1f5fbg",
                                       "red", "#1f5f b", "#12345\xff" };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(good); i++) {
        CHECK(wecom_brand_is_color(good[i]), "%s", good[i]);
    }
    for (i = 0; i < COUNT(bad); i++) {
        CHECK(!wecom_brand_is_color(bad[i]), "%s", bad[i]);
    }
}

/* Values of WCAG's own examples and of its calculators. */
static void contrast(void **state)
{
    (void)state;
    assert_true(wecom_brand_contrast("#ffffff", "#000000") > 20.99);
    assert_true(wecom_brand_contrast("#777777", "#ffffff") > 4.47
                && wecom_brand_contrast("#777777", "#ffffff") < 4.49);
    assert_true(wecom_brand_contrast("#767676", "#FFFFFF") > 4.54
                && wecom_brand_contrast("#FFFFFF", "#767676") < 4.55);
    assert_true(wecom_brand_contrast("#123456", "#123456") < 1.0001);
}

/* The n-th value of a property in a style. */
static const char *property(const char *style, const char *name, int n, apr_pool_t *pool)
{
    const char *key = apr_pstrcat(pool, name, ":#", NULL);
    const char *found = strstr(style, key);

    while (n-- > 0 && found != NULL) {
        found = strstr(found + 1, key);
    }
    CHECK(found != NULL, "%s is not in %s", name, style);
    return apr_pstrmemdup(pool, found + strlen(key) - 1, 7);
}

static void can_be_read(const char *what, const char *a, const char *b, double least)
{
    CHECK(wecom_brand_contrast(a, b) >= least, "%s: %s on %s is only %.2f", what, a, b,
          wecom_brand_contrast(a, b));
}

static void check_style(const char *color, const char *style, apr_pool_t *pool)
{
    static const char *const grounds[2][2] = { { "#ffffff", "#f4f6f9" },
                                               { "#16181d", "#20232a" } };
    int scheme, i;

    for (scheme = 0; scheme < 2; scheme++) {
        assert_string_equal(property(style, "{--fill", scheme, pool), color);
        can_be_read("the first button", property(style, "--on-fill", scheme, pool),
                    color, 4.5);
        for (i = 0; i < 2; i++) {
            can_be_read("text and edges", property(style, "--key", scheme, pool),
                        grounds[scheme][i], 4.5);
        }
    }
}

static void every_color_can_be_read(void **state)
{
    static const int steps[] = { 0x00, 0x18, 0x33, 0x55, 0x77, 0x99, 0xbb, 0xdd, 0xff };
    apr_pool_t *pool = *state;
    size_t r, g, b;

    for (r = 0; r < COUNT(steps); r++) {
        for (g = 0; g < COUNT(steps); g++) {
            for (b = 0; b < COUNT(steps); b++) {
                const char *color = apr_psprintf(pool, "#%02x%02x%02x", steps[r], steps[g],
                                                 steps[b]);

                check_style(color, wecom_brand_style(color, pool), pool);
            }
        }
    }
}

/* A colour that is fit as it is stays as it is. */
static void a_good_color_stays(void **state)
{
    apr_pool_t *pool = *state;
    const char *style = wecom_brand_style("#1f5fbf", pool);

    assert_string_equal(property(style, "--key", 0, pool), "#1f5fbf");
    assert_string_not_equal(property(style, "--key", 1, pool), "#1f5fbf");
}

/* The colours of pages/page.css hold to the same, and brand.c knows its grounds. */
static void the_default_can_be_read(void **state)
{
    static const char *const texts[] = { "--ink", "--quiet", "--key", "--bad" };
    apr_pool_t *pool = *state;
    const char *css = wecom_builtin_text("page.css");
    int scheme;
    size_t i;

    for (scheme = 0; scheme < 2; scheme++) {
        const char *card = property(css, "--card", scheme, pool);
        const char *paper = property(css, "--paper", scheme, pool);
        const char *on = property(css, "--on-fill", scheme, pool);

        for (i = 0; i < COUNT(texts); i++) {
            can_be_read(texts[i], property(css, texts[i], scheme, pool), card, 4.5);
            can_be_read(texts[i], property(css, texts[i], scheme, pool), paper, 4.5);
        }
        can_be_read("--edge", property(css, "--edge", scheme, pool), card, 3);
        can_be_read("--on-fill", on, property(css, "--fill", scheme, pool), 4.5);
    }
    assert_string_equal(property(css, "--paper", 0, pool), "#f4f6f9");
    assert_string_equal(property(css, "--card", 1, pool), "#20232a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colors),
        cmocka_unit_test(contrast),
        TEST(every_color_can_be_read),
        TEST(a_good_color_stays),
        TEST(the_default_can_be_read),
    };

    return cmocka_run_group_tests_name("brand", tests, support_start, support_end);
}
