/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folder.c - made once, believed never: owner, mode and type of everything are looked at anew.
 *
 * All steps go through the folder's descriptor and follow no link, so that nobody can exchange
 * one name between the look and the use. The parent of the folder is the administrator's affair.
 */
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "unixd.h"

#include "../base/crypto.h"

#define FOLDER_MODE 0711 /* `run` must be reachable */
#define RUN_MODE    0700
#define KEY_MODE    0600

#define KEY_NAME "key"
#define RUN_NAME "run"

/* Without root httpd stays who it is, whatever User says. */
static uid_t children_user(void)
{
    return geteuid() == 0 ? ap_unixd_config.user_id : geteuid();
}

static const char *because(wecom_judge_t *judge, int error)
{
    char text[128];

    return apr_pstrdup(judge->temp, apr_strerror(error, text, sizeof(text)));
}

/* --- the folder ------------------------------------------------------------------------------- */

/* NULL, or what is wrong with a folder that is there. */
static const char *judge_folder(const struct stat *st, uid_t owner, mode_t forbidden)
{
    if (S_ISLNK(st->st_mode)) {
        return "is a symbolic link; write the path it points to, or make a folder in its place";
    }
    if (!S_ISDIR(st->st_mode)) {
        return "is not a folder; take it away, or name another path";
    }
    if (st->st_uid != owner) {
        return "belongs to somebody else; chown it to the user who starts the server";
    }
    if ((st->st_mode & forbidden) != 0) {
        return "can be changed by others than its owner; chmod it to 711";
    }
    return NULL;
}

/* A folder that is missing while nothing may be created: could it be? */
static int could_make(wecom_judge_t *judge, const char *path, const wecom_where_t *where)
{
    const char *parent = ap_make_dirstr_parent(judge->temp, path);
    struct stat st;

    if (stat(parent, &st) == 0 && S_ISDIR(st.st_mode) && access(parent, W_OK | X_OK) == 0) {
        return 1;
    }
    wecom_fault(judge, where, WC(0130) "WeComStateDir: %s is not there and cannot be made, "
                "because its parent folder is missing or not writable; make it with: "
                "install -d -m 711 %s", path, path);
    return 0;
}

static int open_folder(wecom_judge_t *judge, int *fd, const char *path,
                       const wecom_where_t *where)
{
    const char *wrong;
    struct stat st;

    *fd = -1;
    if (lstat(path, &st) != 0 && errno == ENOENT) {
        if (judge->run != WECOM_RUN_REAL) {
            return could_make(judge, path, where);
        }
        if (mkdir(path, FOLDER_MODE) != 0 && errno != EEXIST) {
            wecom_fault(judge, where, WC(0131) "WeComStateDir: %s cannot be made (%s); make it "
                        "with: install -d -m 711 %s", path, because(judge, errno), path);
            return 0;
        }
    }
    if (lstat(path, &st) != 0) {
        wecom_fault(judge, where, WC(0132) "WeComStateDir: %s cannot be looked at (%s); start the "
                    "server as the user it belongs to", path, because(judge, errno));
        return 0;
    }
    wrong = judge_folder(&st, geteuid(), S_IWGRP | S_IWOTH);
    if (wrong != NULL) {
        wecom_fault(judge, where, WC(0133) "WeComStateDir: %s %s", path, wrong);
        return 0;
    }
    *fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (*fd < 0) {
        wecom_fault(judge, where, WC(0134) "WeComStateDir: %s cannot be opened (%s); chmod it to "
                    "711", path, because(judge, errno));
        return 0;
    }
    return 1;
}

/* `run` is the one thing that the children may change. It is made by root and given away, so a
 * folder of root is one that was not given away yet. */
static int prepare_run(wecom_judge_t *judge, int folder, const char *path,
                       const wecom_where_t *where)
{
    const uid_t user = children_user();
    const char *wrong;
    struct stat st;
    int fd;

    if (fstatat(folder, RUN_NAME, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        if (judge->run != WECOM_RUN_REAL) {
            return 1;
        }
        if (mkdirat(folder, RUN_NAME, RUN_MODE) != 0
            || fstatat(folder, RUN_NAME, &st, AT_SYMLINK_NOFOLLOW) != 0) {
            wecom_fault(judge, where, WC(0135) "WeComStateDir: %s/" RUN_NAME " cannot be made "
                        "(%s); start the server as the user who owns the folder, with space left "
                        "on the disk", path, because(judge, errno));
            return 0;
        }
    }
    wrong = judge_folder(&st, st.st_uid == geteuid() ? geteuid() : user, 0);
    if (wrong != NULL) {
        wecom_fault(judge, where, WC(0136) "WeComStateDir: %s/" RUN_NAME " is not a folder of "
                    "User; take it away, the server makes it anew", path);
        return 0;
    }
    if (judge->run != WECOM_RUN_REAL) {
        return 1;
    }
    fd = openat(folder, RUN_NAME, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || (st.st_uid != user && fchown(fd, user, (gid_t)-1) != 0)
        || ((st.st_mode & 07777) != RUN_MODE && fchmod(fd, RUN_MODE) != 0)) {
        wecom_fault(judge, where, WC(0137) "WeComStateDir: %s/" RUN_NAME " cannot be given to "
                    "User (%s); take it away, the server makes it anew", path,
                    because(judge, errno));
        if (fd >= 0) {
            close(fd);
        }
        return 0;
    }
    close(fd);
    return 1;
}

int wecom_folder_prepare(wecom_judge_t *judge, const char *path, const wecom_where_t *where)
{
    struct stat st;
    int fd;
    int good = open_folder(judge, &fd, path, where);

    if (fd < 0) {
        return good;
    }
    /* Made by hand with 700 it would keep the children out of `run`. A umask may do it too. */
    if (judge->run == WECOM_RUN_REAL && fstat(fd, &st) == 0 && (st.st_mode & 0111) != 0111) {
        (void)!fchmod(fd, (st.st_mode & 07777) | 0111);
    }
    good = prepare_run(judge, fd, path, where);
    close(fd);
    return good;
}

/* --- keys ------------------------------------------------------------------------------------- */

/* Read a key from a descriptor. NULL, or what is wrong. */
static const char *read_key(unsigned char key[WECOM_KEY_BYTES], int fd)
{
    unsigned char bytes[WECOM_KEY_BYTES + 1];
    const char *wrong = NULL;
    struct stat st;
    ssize_t n;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        return "is not a file; put a file with the key in its place";
    }
    if (st.st_uid != geteuid() && st.st_uid != 0) {
        return "belongs to somebody else; chown it to the user who starts the server";
    }
    if ((st.st_mode & 077) != 0) {
        return "can be read or changed by others; chmod 600 it, and make a new key if somebody "
               "may have read it";
    }
    n = read(fd, bytes, sizeof(bytes));
    if (n != WECOM_KEY_BYTES) {
        wrong = "does not hold " APR_STRINGIFY(WECOM_KEY_BYTES) " bytes";
    }
    else {
        memcpy(key, bytes, WECOM_KEY_BYTES);
    }
    wecom_crypto_wipe(bytes, sizeof(bytes));
    return wrong;
}

static int write_all(int fd, const unsigned char *bytes, apr_size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);

        if (n < 0 && errno != EINTR) {
            return 0;
        }
        bytes += n > 0 ? n : 0;
        len -= n > 0 ? (apr_size_t)n : 0;
    }
    return 1;
}

/* The key appears under its name whole or not at all: it is written beside it, brought to the
 * disk and then linked, which fails where another httpd was faster; then that one's key counts.
 * 0 or errno. */
static int make_key(wecom_judge_t *judge, int folder)
{
    const char *beside = apr_psprintf(judge->temp, KEY_NAME ".new.%ld", (long)getpid());
    unsigned char key[WECOM_KEY_BYTES];
    int error = 0;
    int fd;

    (void)unlinkat(folder, beside, 0); /* of a process with our number, long dead */
    fd = openat(folder, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, KEY_MODE);
    if (fd < 0) {
        return errno;
    }
    if (wecom_crypto_random(key, sizeof(key)) != WECOM_OK) {
        error = EIO;
    }
    else if (!write_all(fd, key, sizeof(key)) || fsync(fd) != 0
             || (linkat(folder, beside, folder, KEY_NAME, 0) != 0 && errno != EEXIST)) {
        error = errno;
    }
    wecom_crypto_wipe(key, sizeof(key));
    close(fd);
    (void)unlinkat(folder, beside, 0);
    (void)fsync(folder);
    return error;
}

int wecom_folder_key(wecom_judge_t *judge, unsigned char key[WECOM_KEY_BYTES], const char *path,
                     const wecom_where_t *where)
{
    const char *wrong;
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int fd = openat(folder, KEY_NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    int error = errno;

    memset(key, 0, WECOM_KEY_BYTES);
    if (fd < 0 && judge->run != WECOM_RUN_REAL && (folder < 0 || error == ENOENT)) {
        if (folder >= 0) {
            close(folder);
        }
        return 1;
    }
    if (fd < 0 && error == ENOENT) {
        error = make_key(judge, folder);
        if (error == 0) {
            fd = openat(folder, KEY_NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
            error = errno;
        }
    }
    if (folder >= 0) {
        close(folder);
    }
    if (fd < 0) {
        wecom_fault(judge, where, WC(0138) "the key %s/" KEY_NAME " can neither be read nor made "
                    "(%s); a link is not followed; start the server as the user who owns the "
                    "folder, or name keys with WeComCryptoKey", path, because(judge, error));
        return 0;
    }
    wrong = read_key(key, fd);
    close(fd);
    if (wrong != NULL) {
        wecom_fault(judge, where, WC(0139) "the key %s/" KEY_NAME " %s; where nothing else helps, "
                    "take it away: the server makes a new one, and everybody logs in again", path,
                    wrong);
    }
    return wrong == NULL;
}

int wecom_folder_key_file(wecom_judge_t *judge, unsigned char key[WECOM_KEY_BYTES],
                          const char *path, const wecom_where_t *where)
{
    const char *full = ap_server_root_relative(judge->temp, path);
    const char *wrong;
    int fd;

    full = full != NULL ? full : path;
    fd = open(full, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        wecom_fault(judge, where, WC(0140) "WeComCryptoKey: the file %s cannot be read (%s); make "
                    "a key with: (umask 077; openssl rand -out %s %d)", full,
                    because(judge, errno), full, WECOM_KEY_BYTES);
        return 0;
    }
    wrong = read_key(key, fd);
    close(fd);
    if (wrong != NULL) {
        wecom_fault(judge, where, WC(0141) "WeComCryptoKey: the file %s %s; a good key is made "
                    "with: (umask 077; openssl rand -out %s %d)", full, wrong, full,
                    WECOM_KEY_BYTES);
    }
    return wrong == NULL;
}
