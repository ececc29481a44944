/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.c - bytes as text: comparing, base64url, hex, HTML, the log, numbers. What is spoken in
 * URLs and cookies stands in text_query.c.
 *
 * Everything works on unsigned bytes and on ASCII alone: the locale of the process decides
 * nothing here. Writers measure first and then fill exactly what they measured, so no buffer is
 * ever grown.
 */
#include "text.h"

#include <string.h>

#include <apr_strings.h>

static const char HEX_LOWER[] = "0123456789abcdef";
static const char BASE64URL[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char REPLACEMENT[] = "\xEF\xBF\xBD"; /* U+FFFD */

/* --- comparing ------------------------------------------------------------------------------ */

static unsigned char fold(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') ? (unsigned char)(c | 0x20) : c;
}

int wecom_text_equal(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

int wecom_text_equal_fold(const char *a, const char *b)
{
    const unsigned char *x = (const unsigned char *)a;
    const unsigned char *y = (const unsigned char *)b;

    if (a == NULL || b == NULL) {
        return 0;
    }
    while (*x != '\0' && fold(*x) == fold(*y)) {
        x++;
        y++;
    }
    return *x == '\0' && *y == '\0';
}

const char *wecom_text_fold(const char *s, apr_pool_t *pool)
{
    char *out;
    char *p;

    if (s == NULL) {
        return NULL;
    }
    out = apr_pstrdup(pool, s);
    for (p = out; *p != '\0'; p++) {
        *p = (char)fold((unsigned char)*p);
    }
    return out;
}

int wecom_text_contains_fold(const char *hay, apr_size_t len, const char *needle)
{
    apr_size_t n;
    apr_size_t i;
    apr_size_t k;

    if (hay == NULL || needle == NULL) {
        return 0;
    }
    n = strlen(needle);
    for (i = 0; n <= len && i <= len - n; i++) {
        for (k = 0; k < n; k++) {
            if (fold((unsigned char)hay[i + k]) != fold((unsigned char)needle[k])) {
                break;
            }
        }
        if (k == n) {
            return 1;
        }
    }
    return 0;
}

/* --- base64url and hex ---------------------------------------------------------------------- */

const char *wecom_text_base64url_encode(const unsigned char *data, apr_size_t len,
                                        apr_pool_t *pool)
{
    apr_size_t rest = len % 3;
    apr_size_t full = len - rest;
    apr_size_t i;
    char *out = apr_palloc(pool, len / 3 * 4 + 5);
    char *p = out;

    for (i = 0; i < full; i += 3) {
        unsigned int v = (unsigned int)data[i] << 16 | (unsigned int)data[i + 1] << 8
                         | data[i + 2];

        *p++ = BASE64URL[v >> 18];
        *p++ = BASE64URL[v >> 12 & 63];
        *p++ = BASE64URL[v >> 6 & 63];
        *p++ = BASE64URL[v & 63];
    }
    if (rest > 0) {
        unsigned int v = (unsigned int)data[full] << 16;

        if (rest == 2) {
            v |= (unsigned int)data[full + 1] << 8;
        }
        *p++ = BASE64URL[v >> 18];
        *p++ = BASE64URL[v >> 12 & 63];
        if (rest == 2) {
            *p++ = BASE64URL[v >> 6 & 63];
        }
    }
    *p = '\0';
    return out;
}

/* The value of each byte of the alphabet, plus 1; 0 for every other byte. */
static const unsigned char BASE64URL_VALUE[256] = {
    ['A'] = 1, ['B'] = 2, ['C'] = 3, ['D'] = 4, ['E'] = 5, ['F'] = 6, ['G'] = 7, ['H'] = 8,
    ['I'] = 9, ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15,
    ['P'] = 16, ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22,
    ['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29,
    ['d'] = 30, ['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36,
    ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42, ['q'] = 43,
    ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49, ['x'] = 50,
    ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56, ['4'] = 57,
    ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['-'] = 63, ['_'] = 64
};

/* 0 to 63, or something above for a byte that is not of the alphabet. */
static unsigned int sextet(char c)
{
    return BASE64URL_VALUE[(unsigned char)c] - 1u;
}

/* Every request of a member brings a sealed cookie through here, so the loop has no branch but
 * its own: what is foreign is gathered in `seen` and judged once. */
wecom_status_t wecom_text_base64url_decode(unsigned char **out, apr_size_t *out_len,
                                           const char *s, apr_size_t len, apr_pool_t *pool)
{
    apr_size_t rest = len % 4;
    unsigned int seen = 0;
    unsigned int unused = 0;
    unsigned char *data;
    unsigned char *p;
    const char *end;

    *out = NULL;
    *out_len = 0;
    if (len == 0) {
        *out = apr_pcalloc(pool, 1);
        return WECOM_OK;
    }
    if (rest == 1) {
        return WECOM_E_BAD_INPUT;
    }
    p = data = apr_palloc(pool, len / 4 * 3 + 4);
    for (end = s + (len - rest); s < end; s += 4) {
        unsigned int a = sextet(s[0]);
        unsigned int b = sextet(s[1]);
        unsigned int c = sextet(s[2]);
        unsigned int d = sextet(s[3]);

        seen |= a | b | c | d;
        *p++ = (unsigned char)(a << 2 | b >> 4);
        *p++ = (unsigned char)(b << 4 | c >> 2);
        *p++ = (unsigned char)(c << 6 | d);
    }
    if (rest > 0) {
        unsigned int a = sextet(s[0]);
        unsigned int b = sextet(s[1]);
        unsigned int c = rest == 3 ? sextet(s[2]) : 0;

        seen |= a | b | c;
        *p++ = (unsigned char)(a << 2 | b >> 4);
        unused = b << 4;
        if (rest == 3) {
            *p++ = (unsigned char)(b << 4 | c >> 2);
            unused = c << 6;
        }
    }
    if (seen > 63 || (unused & 0xFF) != 0) {
        return WECOM_E_BAD_INPUT;
    }
    *p = '\0';
    *out = data;
    *out_len = (apr_size_t)(p - data);
    return WECOM_OK;
}

const char *wecom_text_hex(const unsigned char *data, apr_size_t len, apr_pool_t *pool)
{
    char *out = apr_palloc(pool, 2 * len + 1);
    apr_size_t i;

    for (i = 0; i < len; i++) {
        out[2 * i] = HEX_LOWER[data[i] >> 4];
        out[2 * i + 1] = HEX_LOWER[data[i] & 0x0F];
    }
    out[2 * len] = '\0';
    return out;
}

/* --- UTF-8, pages and logs ------------------------------------------------------------------ */

static int is_control(unsigned char c)
{
    return c < 0x20 || c == 0x7F;
}

/* Bytes of the character that starts at s (RFC 3629, section 4), 0 when malformed; len > 0. */
static apr_size_t utf8_length(const unsigned char *s, apr_size_t len)
{
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    apr_size_t n;
    apr_size_t i;

    if (s[0] < 0x80) {
        return 1;
    }
    if (s[0] < 0xC2 || s[0] > 0xF4) {
        return 0;
    }
    n = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    if (len < n) {
        return 0;
    }
    switch (s[0]) {
    case 0xE0: low = 0xA0; break;  /* else overlong */
    case 0xED: high = 0x9F; break; /* else a surrogate */
    case 0xF0: low = 0x90; break;  /* else overlong */
    case 0xF4: high = 0x8F; break; /* else above U+10FFFF */
    default: break;
    }
    if (s[1] < low || s[1] > high) {
        return 0;
    }
    for (i = 2; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return n;
}

/* What stands in HTML for the character of n bytes (0: malformed) at s; NULL: itself. */
static const char *html_form(const unsigned char *s, apr_size_t n)
{
    if (n == 0) {
        return REPLACEMENT;
    }
    switch (*s) {
    case '&':  return "&amp;";
    case '<':  return "&lt;";
    case '>':  return "&gt;";
    case '"':  return "&quot;";
    case '\'': return "&#39;";
    case '\t':
    case '\n': return NULL;
    default:   return is_control(*s) ? REPLACEMENT : NULL;
    }
}

const char *wecom_text_html(const char *s, apr_pool_t *pool)
{
    const unsigned char *in = (const unsigned char *)s;
    apr_size_t len = s != NULL ? strlen(s) : 0;
    apr_size_t size = 0;
    char *out = NULL;
    int pass;

    /* The first pass measures, the second writes. */
    for (pass = 0; pass < 2; pass++) {
        apr_size_t at = 0;
        apr_size_t i = 0;

        while (i < len) {
            apr_size_t n = utf8_length(in + i, len - i);
            const char *form = html_form(in + i, n);
            apr_size_t form_len = form != NULL ? strlen(form) : n;

            if (pass > 0) {
                memcpy(out + at, form != NULL ? form : s + i, form_len);
            }
            at += form_len;
            i += n > 0 ? n : 1;
        }
        if (pass == 0) {
            size = at;
            out = apr_palloc(pool, size + 1);
        }
    }
    out[size] = '\0';
    return out;
}

const char *wecom_text_clean(const char *s, apr_size_t len, apr_size_t max, apr_pool_t *pool)
{
    const unsigned char *in = (const unsigned char *)s;
    apr_size_t room = len < max ? len : max;
    apr_size_t at = 0;
    apr_size_t i = 0;
    char *out;

    if (s == NULL) {
        return "";
    }
    out = apr_palloc(pool, room + 1);
    while (i < len) {
        apr_size_t n = utf8_length(in + i, len - i);
        /* U+0080 to U+009F steer a terminal as their one-byte cousins do. */
        int bad = n == 0 || is_control(in[i]) || (n == 2 && in[i] == 0xC2 && in[i + 1] < 0xA0);
        apr_size_t need = bad ? 1 : n;

        if (room - at < need) {
            break;
        }
        if (bad) {
            out[at] = '?';
        }
        else {
            memcpy(out + at, in + i, n);
        }
        at += need;
        i += n > 0 ? n : 1;
    }
    out[at] = '\0';
    return out;
}

int wecom_text_is_plain_utf8(const char *s, apr_size_t len)
{
    const unsigned char *in = (const unsigned char *)s;
    apr_size_t i = 0;

    while (i < len) {
        apr_size_t n = utf8_length(in + i, len - i);

        if (n == 0 || is_control(in[i])) {
            return 0;
        }
        i += n;
    }
    return 1;
}

/* --- numbers -------------------------------------------------------------------------------- */

/* Digits at *s, which moves past them. 0 when there are none or they do not fit. */
static int digits(apr_int64_t *out, const char **s)
{
    const char *p = *s;
    apr_int64_t v = 0;

    for (; *p >= '0' && *p <= '9'; p++) {
        int d = *p - '0';

        if (v > (APR_INT64_MAX - d) / 10) {
            return 0;
        }
        v = v * 10 + d;
    }
    if (p == *s) {
        return 0;
    }
    *s = p;
    *out = v;
    return 1;
}

wecom_status_t wecom_text_number(apr_int64_t *out, const char *s, apr_int64_t min,
                                 apr_int64_t max)
{
    apr_int64_t v;

    if (s == NULL || !digits(&v, &s) || *s != '\0' || v < min || v > max) {
        return WECOM_E_BAD_INPUT;
    }
    *out = v;
    return WECOM_OK;
}

wecom_status_t wecom_text_seconds(apr_int64_t *out, const char *s, apr_int64_t min,
                                  apr_int64_t max)
{
    static const struct {
        const char *unit;
        apr_int64_t seconds;
    } units[] = {
        { "", 1 }, { "s", 1 }, { "m", 60 }, { "min", 60 }, { "h", 3600 }, { "d", 86400 }
    };
    apr_int64_t v;
    apr_size_t i;

    if (s == NULL || !digits(&v, &s)) {
        return WECOM_E_BAD_INPUT;
    }
    for (i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(s, units[i].unit) == 0) {
            if (v > APR_INT64_MAX / units[i].seconds) {
                return WECOM_E_BAD_INPUT;
            }
            v *= units[i].seconds;
            if (v < min || v > max) {
                return WECOM_E_BAD_INPUT;
            }
            *out = v;
            return WECOM_OK;
        }
    }
    return WECOM_E_BAD_INPUT;
}
