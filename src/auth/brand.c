/* SPDX-License-Identifier: Apache-2.0 */
/* brand.c - see brand.h. */

#include "brand.h"

#include <math.h>
#include <string.h>

#include <apr_strings.h>

/* Of pages/page.css: the ground that the colour stands out from least. Light: the paper; dark: the
 * card. */
#define LIGHT_GROUND "#f4f6f9"
#define DARK_GROUND  "#20232a"

#define WHITE "#ffffff"
#define BLACK "#000000"
#define READABLE 4.5 /* WCAG 2.1, 1.4.3 */
#define STEPS 64     /* from a colour to white or black */

static int hex(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c != '\0' ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c)
                                  : NULL;

    return found != NULL ? (int)(found - digits) : -1;
}

int wecom_brand_is_color(const char *text)
{
    int i;

    if (strlen(text) != 7 || *text != '#') {
        return 0;
    }
    for (i = 1; i < 7; i++) {
        if (hex(text[i]) < 0) {
            return 0;
        }
    }
    return 1;
}

static int channel(const char *color, int i)
{
    return hex(color[1 + 2 * i]) * 16 + hex(color[2 + 2 * i]);
}

/* WCAG 2.1, relative luminance. */
static double luminance(const char *color)
{
    static const double share[3] = { 0.2126, 0.7152, 0.0722 };
    double sum = 0;
    int i;

    for (i = 0; i < 3; i++) {
        double c = channel(color, i) / 255.0;

        sum += share[i] * (c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
    }
    return sum;
}

double wecom_brand_contrast(const char *a, const char *b)
{
    double first = luminance(a) + 0.05;
    double second = luminance(b) + 0.05;

    return first > second ? first / second : second / first;
}

/* The colour, moved towards another so far that it can be read on the ground. */
static const char *readable(const char *color, const char *towards, const char *ground,
                            apr_pool_t *pool)
{
    const char *moved = color;
    int step;

    for (step = 1; step <= STEPS && wecom_brand_contrast(moved, ground) < READABLE; step++) {
        int c[3];
        int i;

        for (i = 0; i < 3; i++) {
            c[i] = channel(color, i) + (channel(towards, i) - channel(color, i)) * step / STEPS;
        }
        moved = apr_psprintf(pool, "#%02x%02x%02x", c[0], c[1], c[2]);
    }
    return moved;
}

const char *wecom_brand_style(const char *color, apr_pool_t *pool)
{
    /* One of the two always can be read: whatever is too bright for white is bright enough for
     * black. */
    const char *words = wecom_brand_contrast(color, WHITE) >= READABLE ? WHITE : BLACK;

    return apr_pstrcat(pool, ":root{--fill:", color, ";--on-fill:", words, ";--key:",
                       readable(color, BLACK, LIGHT_GROUND, pool),
                       "}@media(prefers-color-scheme:dark){:root{--fill:", color, ";--on-fill:",
                       words, ";--key:", readable(color, WHITE, DARK_GROUND, pool), "}}", NULL);
}
