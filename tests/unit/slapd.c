/* SPDX-License-Identifier: Apache-2.0 */
/* slapd.c - see slapd.h. */

#include "slapd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ldap.h>

#include <apr_file_io.h>
#include <apr_strings.h>
#include <apr_time.h>

#include "../../src/base/text.h"

#define SLAPD   "/usr/sbin/slapd"
#define SLAPADD "/usr/sbin/slapadd"
#define WAIT_MS 20000   /* for an answer; an idle machine needs a hundredth of it */
#define STEP_MS 10

struct slapd_t {
    apr_pool_t *pool;
    const char *folder;
    const char *url;
    pid_t pid;
    LDAP *kept;
    int connections;
    int lent;
    wecom_ldap_port_t port;
};

static const char config[] =
    "include /etc/ldap/schema/core.schema\n"
    "include /etc/ldap/schema/cosine.schema\n"
    "include /etc/ldap/schema/inetorgperson.schema\n"
    "attributetype ( 1.3.6.1.4.1.4203.666.99.1 NAME 'nsAccountLock'\n"
    "  EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )\n"
    "attributetype ( 1.3.6.1.4.1.4203.666.99.2 NAME 'loginDisabled'\n"
    "  EQUALITY booleanMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.7 SINGLE-VALUE )\n"
    "attributetype ( 1.3.6.1.4.1.4203.666.99.3 NAME 'userAccountControl'\n"
    "  EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )\n"
    "attributetype ( 1.3.6.1.4.1.4203.666.99.4 NAME 'lockoutTime'\n"
    "  EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )\n"
    "attributetype ( 1.3.6.1.4.1.4203.666.99.5 NAME 'bytes'\n"
    "  EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )\n"
    "modulepath /usr/lib/ldap\n"
    "moduleload back_mdb\n"
    "moduleload ppolicy\n"
    "sizelimit 500\n"
    "database mdb\n"
    "maxsize 16777216\n"
    "suffix \"" SLAPD_BASE "\"\n"
    "overlay ppolicy\n";

static const char root_entry[] =
    "dn: " SLAPD_BASE "\n"
    "objectClass: organization\n"
    "objectClass: dcObject\n"
    "o: Example\n"
    "dc: example\n\n";

static int write_file(const slapd_t *slapd, const char *name, const char *text)
{
    const char *path = apr_pstrcat(slapd->pool, slapd->folder, "/", name, NULL);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    size_t len = strlen(text);
    int done = fd >= 0 && write(fd, text, len) == (ssize_t)len;

    return fd >= 0 && close(fd) == 0 && done;
}

static pid_t run(const char *const *words, const char *log)
{
    pid_t pid = fork();

    if (pid == 0) {
        int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);

        if (fd >= 0) {
            dup2(fd, STDOUT_FILENO);
            dup2(fd, STDERR_FILENO);
        }
        execv(words[0], (char *const *)words);
        _exit(127);
    }
    return pid;
}

static int run_to_end(const char *const *words, const char *log)
{
    int status = -1;
    pid_t pid = run(words, log);

    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status)
           && WEXITSTATUS(status) == 0;
}

static LDAP *connect_to(const slapd_t *slapd)
{
    const struct berval nobody = { 0, NULL };
    int version = LDAP_VERSION3;
    LDAP *ldap = NULL;

    if (ldap_initialize(&ldap, slapd->url) != LDAP_SUCCESS) {
        return NULL;
    }
    ldap_set_option(ldap, LDAP_OPT_PROTOCOL_VERSION, &version);
    if (ldap_sasl_bind_s(ldap, "", LDAP_SASL_SIMPLE, (struct berval *)&nobody, NULL, NULL, NULL)
        != LDAP_SUCCESS) {
        ldap_unbind_ext_s(ldap, NULL, NULL);
        return NULL;
    }
    return ldap;
}

static int wait_until_it_answers(slapd_t *slapd)
{
    int waited;

    for (waited = 0; waited < WAIT_MS; waited += STEP_MS) {
        if (waitpid(slapd->pid, NULL, WNOHANG) == slapd->pid) {
            slapd->pid = 0;
            return 0;
        }
        slapd->kept = connect_to(slapd);
        if (slapd->kept != NULL) {
            slapd->connections = 1;
            return 1;
        }
        apr_sleep(apr_time_from_msec(STEP_MS));
    }
    return 0;
}

/* --- the port --------------------------------------------------------------------------------- */

static wecom_status_t borrow(const wecom_ldap_port_t *self, wecom_ldap_t *ldap,
                             wecom_error_t *err, apr_pool_t *pool)
{
    slapd_t *slapd = self->baton;

    (void)pool;
    if (slapd->kept == NULL) {
        slapd->kept = connect_to(slapd);
        if (slapd->kept == NULL) {
            return wecom_error_set(err, WECOM_E_UNAVAILABLE, 0, "accounts", "no connection");
        }
        slapd->connections++;
    }
    slapd->lent++;
    ldap->handle = slapd->kept;
    return WECOM_OK;
}

static void drop(slapd_t *slapd)
{
    if (slapd->kept != NULL) {
        ldap_unbind_ext_s(slapd->kept, NULL, NULL);
        slapd->kept = NULL;
    }
}

static void give_back(const wecom_ldap_port_t *self, wecom_ldap_t *ldap, int is_broken)
{
    slapd_t *slapd = self->baton;

    slapd->lent--;
    ldap->handle = NULL;
    if (is_broken) {
        drop(slapd);
    }
}

/* --- starting and stopping -------------------------------------------------------------------- */

int slapd_is_there(void)
{
    return access(SLAPD, X_OK) == 0 && access(SLAPADD, X_OK) == 0;
}

slapd_t *slapd_start(const char *ldif, apr_pool_t *pool)
{
    slapd_t *slapd = apr_pcalloc(pool, sizeof(*slapd));
    const char *socket_file;
    const char *conf;
    const char *log;

    slapd->pool = pool;
    slapd->folder = mkdtemp(apr_pstrdup(pool, "/tmp/wecom-slapd-XXXXXX"));
    if (slapd->folder == NULL) {
        return NULL;
    }
    conf = apr_pstrcat(pool, slapd->folder, "/slapd.conf", NULL);
    log = apr_pstrcat(pool, slapd->folder, "/log", NULL);
    socket_file = apr_pstrcat(pool, slapd->folder, "/socket", NULL);
    slapd->url = apr_pstrcat(pool, "ldapi://",
                             wecom_text_url_encode(socket_file, strlen(socket_file), pool), NULL);
    slapd->port.borrow = borrow;
    slapd->port.give_back = give_back;
    slapd->port.baton = slapd;
    if (mkdir(apr_pstrcat(pool, slapd->folder, "/db", NULL), 0700) != 0
        || !write_file(slapd, "slapd.conf",
                       apr_pstrcat(pool, config, "directory ", slapd->folder, "/db\n", NULL))
        || !write_file(slapd, "ldif", apr_pstrcat(pool, root_entry, ldif, NULL))) {
        slapd_stop(slapd);
        return NULL;
    }
    {
        const char *add[] = { SLAPADD, "-q", "-f", conf, "-l",
                              apr_pstrcat(pool, slapd->folder, "/ldif", NULL), NULL };
        /* -d keeps it in the foreground. */
        const char *serve[] = { SLAPD, "-d", "0", "-f", conf, "-h", slapd->url, NULL };

        if (run_to_end(add, log)) {
            slapd->pid = run(serve, log);
        }
    }
    if (slapd->pid <= 0 || !wait_until_it_answers(slapd)) {
        const char *show[] = { "/bin/cat", log, NULL };

        run_to_end(show, "/dev/stderr");
        slapd_stop(slapd);
        return NULL;
    }
    return slapd;
}

void slapd_kill(slapd_t *slapd)
{
    if (slapd->pid > 0) {
        kill(slapd->pid, SIGKILL);
        waitpid(slapd->pid, NULL, 0);
        slapd->pid = 0;
    }
}

void slapd_stop(slapd_t *slapd)
{
    static const char *const left[] = {
        "db/data.mdb", "db/lock.mdb", "db", "slapd.conf", "ldif", "log", "socket"
    };
    apr_size_t i;

    drop(slapd);
    slapd_kill(slapd);
    for (i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
        remove(apr_pstrcat(slapd->pool, slapd->folder, "/", left[i], NULL));
    }
    rmdir(slapd->folder);
}

const wecom_ldap_port_t *slapd_port(const slapd_t *slapd)
{
    return &slapd->port;
}

int slapd_connections(const slapd_t *slapd)
{
    return slapd->connections;
}

int slapd_lent(const slapd_t *slapd)
{
    return slapd->lent;
}

void slapd_cut(slapd_t *slapd)
{
    int fd = -1;

    if (slapd->kept != NULL && ldap_get_option(slapd->kept, LDAP_OPT_DESC, &fd) == 0 && fd >= 0) {
        shutdown(fd, SHUT_RDWR);
    }
}

void slapd_pause(slapd_t *slapd)
{
    kill(slapd->pid, SIGSTOP);
    /* Until the last of its threads has stopped, it may still answer. */
    while (waitpid(slapd->pid, NULL, WUNTRACED) < 0 && errno == EINTR) {
    }
}

void slapd_wake(slapd_t *slapd)
{
    kill(slapd->pid, SIGCONT);
}
