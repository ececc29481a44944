/* SPDX-License-Identifier: Apache-2.0 */
/* ctl.c - see ctl.h. */

#include "ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "../base/text.h"

#define MAX_SENTENCE 2000
#define MAX_SHOWN    4000

/* A sentence may carry what somebody typed, or a database said. */
static void tell(const char *format, va_list words)
{
    char text[MAX_SENTENCE];
    char *s;

    vsnprintf(text, sizeof(text), format, words);
    for (s = text; *s != '\0'; s++) {
        if ((unsigned char)*s < 0x20 || *s == 0x7f) {
            *s = '?';
        }
    }
    fflush(stdout);
    fprintf(stderr, "wecomctl: %s\n", text);
}

int wecom_ctl_fail(int code, const char *format, ...)
{
    va_list words;

    va_start(words, format);
    tell(format, words);
    va_end(words);
    return code;
}

void wecom_ctl_note(const char *format, ...)
{
    va_list words;

    va_start(words, format);
    tell(format, words);
    va_end(words);
}

static int read_all(char *room, apr_size_t *len, int fd, apr_size_t max)
{
    *len = 0;
    for (;;) {
        ssize_t n = read(fd, room + *len, max + 1 - *len);

        if (n == 0) {
            return 0;
        }
        if (n < 0 && errno != EINTR) {
            return errno;
        }
        *len += n > 0 ? (apr_size_t)n : 0;
        if (*len > max) {
            return EFBIG;
        }
    }
}

int wecom_ctl_read_file(const char **text, apr_size_t *len, const char *path, apr_size_t max,
                        apr_pool_t *pool)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    char *room;
    int error;

    if (fd < 0) {
        return errno;
    }
    if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
        close(fd);
        return EISDIR;
    }
    room = apr_palloc(pool, max + 2);
    error = read_all(room, len, fd, max);
    close(fd);
    if (error == 0) {
        room[*len] = '\0';
        *text = room;
    }
    return error;
}

const char *wecom_ctl_because(int error, apr_pool_t *pool)
{
    char text[128];

    return apr_pstrdup(pool, apr_strerror(error, text, sizeof(text)));
}

const char *wecom_ctl_time(apr_int64_t seconds, apr_pool_t *pool)
{
    apr_time_exp_t t;

    if (seconds <= 0 || seconds > APR_INT64_MAX / APR_USEC_PER_SEC
        || apr_time_exp_gmt(&t, seconds * APR_USEC_PER_SEC) != APR_SUCCESS) {
        return "never";
    }
    return apr_psprintf(pool, "%04d-%02d-%02dT%02d:%02d:%02dZ", t.tm_year + 1900, t.tm_mon + 1,
                        t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
}

const char *wecom_ctl_plain(const char *text, apr_pool_t *pool)
{
    return text != NULL ? wecom_text_clean(text, strlen(text), MAX_SHOWN, pool) : "";
}
