/* SPDX-License-Identifier: Apache-2.0 */
/* store.c - see store.h. */

#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "../auth/account_admin.h"

#define FILE_MODE 0660 /* httpd's User may come by its group; WAL's files get the same mode */

static const char *folder_of(const char *file, apr_pool_t *pool)
{
    const char *slash = strrchr(file, '/');

    return slash == NULL ? "." : slash == file ? "/"
           : apr_pstrmemdup(pool, file, (apr_size_t)(slash - file));
}

/* Made here and not by SQLite, so that no umask keeps httpd out. Where root makes it, it belongs
 * to whom the folder belongs. */
static int make_file(const char *file, apr_pool_t *pool)
{
    const char *folder = folder_of(file, pool);
    int fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    struct stat st;
    int error = 0;

    if (fd < 0) {
        return wecom_ctl_fail(WECOM_CTL_UNUSABLE, "%s cannot be made (%s); make its folder first, "
                              "for httpd's User: install -d -o www-data -g www-data -m 770 %s",
                              file, wecom_ctl_because(errno, pool), folder);
    }
    if (fchmod(fd, FILE_MODE) != 0
        || (geteuid() == 0 && stat(folder, &st) == 0 && fchown(fd, st.st_uid, st.st_gid) != 0)) {
        error = errno;
    }
    close(fd);
    if (error != 0) {
        return wecom_ctl_fail(WECOM_CTL_UNUSABLE, "%s cannot be given to the owner of its folder "
                              "(%s); take it away and call this as root, or as that owner", file,
                              wecom_ctl_because(error, pool));
    }
    return WECOM_CTL_GOOD;
}

/* SQLite would make a database out of a slip of the pen. */
static int judge_file(const char *file, int what, apr_pool_t *pool)
{
    struct stat st;

    if (stat(file, &st) == 0) {
        if (!S_ISREG(st.st_mode)) {
            return wecom_ctl_fail(WECOM_CTL_UNUSABLE, "%s is not a file; name the file of the "
                                  "database", file);
        }
        return WECOM_CTL_GOOD;
    }
    if (errno != ENOENT) {
        return wecom_ctl_fail(WECOM_CTL_UNUSABLE, "%s cannot be looked at (%s); call this as root "
                              "or as httpd's User", file, wecom_ctl_because(errno, pool));
    }
    if (what == WECOM_STORE_MAKE) {
        return make_file(file, pool);
    }
    return wecom_ctl_fail(WECOM_CTL_UNUSABLE, "there is no database %s; make it with: wecomctl "
                          "accounts init", file);
}

static int judge_version(wecom_store_t *store, apr_pool_t *pool)
{
    int version;

    store->err.detail = "";
    if (wecom_account_admin_version(&version, &store->err, &store->sql, pool) != WECOM_OK) {
        return wecom_store_failed(store);
    }
    if (version == 0) {
        return wecom_ctl_fail(WECOM_CTL_UNUSABLE, "the database has no tables of ours, or they "
                              "cannot be read (%s); make them with: wecomctl accounts init",
                              store->err.detail);
    }
    if (version > WECOM_ADMIN_VERSION) {
        return wecom_ctl_fail(WECOM_CTL_UNUSABLE, "the tables are of version %d, and this program "
                              "knows version " APR_STRINGIFY(WECOM_ADMIN_VERSION) "; use the "
                              "wecomctl that came with the module", version);
    }
    return WECOM_CTL_GOOD;
}

static int prepare(wecom_store_t *store, int what, apr_pool_t *pool)
{
    int code;

    if (wecom_account_admin_greet(&store->err, &store->sql, store->settings.driver, pool)
        != WECOM_OK) {
        return wecom_store_failed(store);
    }
    if (what == WECOM_STORE_MAKE) {
        return WECOM_CTL_GOOD;
    }
    code = judge_version(store, pool);
    if (code == WECOM_CTL_GOOD
        && wecom_account_admin_prepare(&store->err, &store->sql,
                                       store->settings.elsewhere != NULL, pool) != WECOM_OK) {
        code = wecom_store_failed(store);
    }
    return code;
}

int wecom_store_open(wecom_store_t *store, const wecom_ctl_t *ctl, int what)
{
    int code;

    memset(store, 0, sizeof(*store));
    code = wecom_settings_find(&store->settings, ctl);
    if (code != WECOM_CTL_GOOD) {
        return code;
    }
    if (what == WECOM_STORE_ACCOUNTS && store->settings.elsewhere != NULL) {
        return wecom_ctl_fail(WECOM_CTL_REFUSED, "the accounts are %s and are not kept here; "
                              "change them there (link and unlink work here)",
                              store->settings.elsewhere);
    }
    if (strcmp(store->settings.driver, "sqlite3") == 0) {
        code = judge_file(store->settings.params, what, ctl->pool);
    }
    if (code != WECOM_CTL_GOOD) {
        return code;
    }
    if (wecom_sql_start(ctl->pool) != WECOM_OK
        || wecom_sql_open(&store->sql, &store->err, store->settings.driver,
                          store->settings.params, ctl->pool) != WECOM_OK) {
        return wecom_ctl_fail(WECOM_CTL_UNUSABLE, "the database cannot be opened (%s); look at "
                              "--driver and --params, and whether it is running",
                              store->err.detail != NULL ? store->err.detail : "APR has no DBD");
    }
    code = prepare(store, what, ctl->pool);
    if (code != WECOM_CTL_GOOD) {
        wecom_sql_close(&store->sql);
    }
    return code;
}

void wecom_store_close(wecom_store_t *store)
{
    wecom_sql_close(&store->sql);
}

int wecom_store_failed(const wecom_store_t *store)
{
    return wecom_ctl_fail(WECOM_CTL_UNUSABLE, "the database refuses to read or to write (%s); "
                          "see that this user may, that no other program keeps it locked, and "
                          "that there is space left",
                          store->err.detail != NULL ? store->err.detail : "it says nothing");
}
