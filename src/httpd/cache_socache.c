/* SPDX-License-Identifier: Apache-2.0 */
/* cache_socache.c - see cache_socache.h. */

#include "cache_socache.h"

#include <string.h>

#include "ap_provider.h"
#include "ap_socache.h"
#include "apr_hash.h"
#include "apr_strings.h"
#include "util_mutex.h"

#include "../base/limits.h"

#define MUTEX_TYPE "wecom-cache"
#define EXPIRY_BYTES 8

typedef struct instance_t {
    const ap_socache_provider_t *provider;
    ap_socache_instance_t *handle;
} instance_t;

/* Who fills an instance: a flood of one sort evicts nothing of the others. */
enum { COMMON, VISITORS, PAIRS, HALVES, MEMBERS, ROLES };

static const char *const role_names[ROLES] = { "common", "visitors", "pairs", "halves",
                                               "members" };

struct wecom_socache_t {
    instance_t instances[ROLES];
    apr_global_mutex_t *mutex;
    server_rec *server;
};

typedef struct port_t {
    wecom_cache_t port;
    wecom_socache_t *socache;
    const wecom_keyring_t *ring;
    const char *site;
} port_t;

static struct ap_socache_hints hints = {
    WECOM_SHA256_BYTES, 512, APR_USEC_PER_SEC * 600
};

apr_status_t wecom_cache_socache_register(apr_pool_t *pconf)
{
    return ap_mutex_register(pconf, MUTEX_TYPE, NULL, APR_LOCK_DEFAULT, 0);
}

/* --- opening --------------------------------------------------------------------------------- */

/* What lasts from one generation of the server to the next: shmcb's instances, and with them the
 * lock. Children of two generations work on one segment for a while and must wait for each
 * other. */
typedef struct lasting_t {
    ap_socache_instance_t *handles[ROLES];
    apr_global_mutex_t *mutex;
} lasting_t;

static int is_lasting(const char *spec)
{
    return strncmp(spec, "shmcb", 5) == 0 && (spec[5] == '\0' || spec[5] == ':');
}

static int find_provider(instance_t *instance, const char *spec, server_rec *s,
                         apr_pool_t *pconf)
{
    const char *name = apr_pstrmemdup(pconf, spec, strcspn(spec, ":"));

    instance->provider = ap_lookup_provider(AP_SOCACHE_PROVIDER_GROUP, name,
                                            AP_SOCACHE_PROVIDER_VERSION);
    if (instance->provider == NULL) {
        ap_log_error(APLOG_MARK, APLOG_EMERG, 0, s, WC(0401)
                     "WeComCache %s: no such socache provider; load mod_socache_%s", spec, name);
    }
    return instance->provider != NULL;
}

static const char *arguments_of(const char *spec)
{
    const char *colon = strchr(spec, ':');

    return colon != NULL ? colon + 1 : NULL;
}

static int open_instance(instance_t *instance, const char *spec, const char *role, server_rec *s,
                         apr_pool_t *pconf)
{
    apr_pool_t *home = pconf;
    const char *fault;
    apr_status_t rv;

    if (is_lasting(spec)) {
        /* A pool that is never destroyed. mod_socache_shmcb registers a cleanup in the pool it
         * is given; in the process pool that would run at the very end, when the module's code
         * is unmapped already, and the parent would die of it at every stop. */
        if (apr_pool_create_unmanaged_ex(&home, NULL, NULL) != APR_SUCCESS) {
            return 0;
        }
    }
    fault = instance->provider->create(&instance->handle, arguments_of(spec), pconf, home);
    if (fault != NULL) {
        ap_log_error(APLOG_MARK, APLOG_EMERG, 0, s, WC(0402) "WeComCache %s: %s", spec, fault);
        return 0;
    }
    rv = instance->provider->init(instance->handle, apr_pstrcat(pconf, "wecom-", role, NULL),
                                  &hints, s, home);
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_EMERG, rv, s, WC(0403)
                     "WeComCache %s: the cache cannot be made", spec);
        return 0;
    }
    return 1;
}

/* "shmcb:/path(size)" must not name one file for two instances. shmcb's own size, 512 KiB, holds
 * some 350 pull-ups, which strangers on two addresses could fill; this one holds thousands. So does
 * that of members, whose facts all change on the day an enterprise moves its departments. */
static const char *spec_of(const char *spec, int role, apr_pool_t *pool)
{
    const char *open = strrchr(spec, '(');

    if (role == PAIRS && strcmp(spec, "shmcb") == 0) {
        return "shmcb:socache-wecom-pairs(8388608)";
    }
    if (role == MEMBERS && strcmp(spec, "shmcb") == 0) {
        return "shmcb:socache-wecom-members(8388608)";
    }
    if (role == COMMON
        || (strncmp(spec, "shmcb:", 6) != 0 && strncmp(spec, "dbm:", 4) != 0)) {
        return spec;
    }
    if (open == NULL) {
        return apr_pstrcat(pool, spec, ".", role_names[role], NULL);
    }
    return apr_pstrcat(pool, apr_pstrmemdup(pool, spec, (apr_size_t)(open - spec)), ".",
                       role_names[role], open, NULL);
}

const char *wecom_cache_socache_judge(const char *spec, apr_pool_t *temp)
{
    const char *fault = NULL;
    int role;

    for (role = 0; role < ROLES && fault == NULL; role++) {
        const char *each = spec_of(spec, role, temp);
        const ap_socache_provider_t *provider
            = ap_lookup_provider(AP_SOCACHE_PROVIDER_GROUP,
                                 apr_pstrmemdup(temp, each, strcspn(each, ":")),
                                 AP_SOCACHE_PROVIDER_VERSION);
        ap_socache_instance_t *handle;

        if (provider != NULL) {
            fault = provider->create(&handle, arguments_of(each), temp, temp);
        }
    }
    return fault;
}

/* Each spec has a lock of its own: with file locks two of one name would be one file. */
static int make_mutex(apr_global_mutex_t **mutex, const char *spec, server_rec *s,
                      apr_pool_t *home)
{
    apr_ssize_t len = APR_HASH_KEY_STRING;
    const char *id = apr_psprintf(home, "%08x", apr_hashfunc_default(spec, &len));
    apr_status_t rv = ap_global_mutex_create(mutex, NULL, MUTEX_TYPE, id, s, home, 0);

    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_EMERG, rv, s, WC(0404)
                     "the mutex \"" MUTEX_TYPE "\" cannot be made; see the Mutex directive");
    }
    return rv == APR_SUCCESS;
}

static int open_all(wecom_socache_t *socache, const char *spec, server_rec *s, apr_pool_t *pconf)
{
    int good = 1;
    int role;

    for (role = 0; role < ROLES && good; role++) {
        good = open_instance(&socache->instances[role], spec_of(spec, role, pconf),
                             role_names[role], s, pconf);
    }
    return good;
}

static int open_lasting(wecom_socache_t *socache, const char *spec, server_rec *s,
                        apr_pool_t *pconf)
{
    apr_pool_t *process = s->process->pool;
    /* The number is that of lasting_t: another version of the module may have left one. */
    const char *key = apr_psprintf(pconf, "mod_auth_wecom-cache-%d-%s", (int)ROLES, spec);
    lasting_t *lasting;
    void *kept = NULL;
    int role;

    apr_pool_userdata_get(&kept, key, process);
    lasting = kept;
    if (lasting == NULL) {
        if (!make_mutex(&socache->mutex, spec, s, process)
            || !open_all(socache, spec, s, pconf)) {
            return 0;
        }
        lasting = apr_pcalloc(process, sizeof(*lasting));
        lasting->mutex = socache->mutex;
        for (role = 0; role < ROLES; role++) {
            lasting->handles[role] = socache->instances[role].handle;
        }
        apr_pool_userdata_set(lasting, key, NULL, process); /* copies the key */
    }
    socache->mutex = lasting->mutex;
    for (role = 0; role < ROLES; role++) {
        socache->instances[role].handle = lasting->handles[role];
    }
    return 1;
}

wecom_socache_t *wecom_cache_socache_open(const char *spec, server_rec *s, apr_pool_t *pconf)
{
    wecom_socache_t *socache = apr_pcalloc(pconf, sizeof(*socache));
    int role;
    int done;

    socache->server = s;
    if (!find_provider(&socache->instances[COMMON], spec, s, pconf)) {
        return NULL;
    }
    for (role = 0; role < ROLES; role++) {
        socache->instances[role].provider = socache->instances[COMMON].provider;
    }
    if (is_lasting(spec)) {
        done = open_lasting(socache, spec, s, pconf);
    }
    else {
        done = make_mutex(&socache->mutex, spec, s, pconf) && open_all(socache, spec, s, pconf);
    }
    return done ? socache : NULL;
}

void wecom_cache_socache_child_init(wecom_socache_t *socache, apr_pool_t *pchild, server_rec *s)
{
    const char *file = apr_global_mutex_lockfile(socache->mutex);
    apr_status_t rv = apr_global_mutex_child_init(&socache->mutex, file, pchild);

    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, rv, s, WC(0405)
                     "a child cannot join the mutex \"" MUTEX_TYPE "\"");
    }
}

/* --- the port -------------------------------------------------------------------------------- */

/* What is not named here is the server's own (access tokens, when WeCom rests), or is bounded by
 * itself and must not be flushed: the throttle of passwords. */
static int role_of(const char *kind)
{
    static const struct {
        const char *kind;
        int role;
    } roles[] = {
        { "pending", VISITORS }, { "used", VISITORS },
        { "kept", VISITORS },
        { "half", HALVES }, /* by members, but as many as they like */
        { "pair", PAIRS }, { "pair-link", PAIRS }, { "pair-seen", PAIRS },
        { "pair-question", PAIRS }, { "pair-answered", PAIRS }, { "pair-taken", PAIRS },
        { "pair-place", PAIRS },
        { "standing", MEMBERS }, { "standing-asked", MEMBERS }, { "loop", MEMBERS },
        { "facts", MEMBERS },
    };
    apr_size_t i;

    for (i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        if (strcmp(kind, roles[i].kind) == 0) {
            return roles[i].role;
        }
    }
    return COMMON;
}

static instance_t *instance_of(const port_t *port, const char *kind)
{
    return &port->socache->instances[role_of(kind)];
}

/* The ring is a part of it: virtual hosts with other keys cannot read each other's entries, and
 * must not overwrite them either. What belongs to a login under way also belongs to one site:
 * virtual hosts share the ring, and a state of one meant something else on the other, where an id
 * can be another enterprise's source and registration may be open. */
static wecom_status_t id_of(unsigned char id[WECOM_SHA256_BYTES], const port_t *port,
                            const char *kind, const char *key)
{
    int role = role_of(kind);
    wecom_bytes_t parts[4];

    parts[0].data = (const unsigned char *)kind;
    parts[0].len = strlen(kind);
    parts[1].data = (const unsigned char *)key;
    parts[1].len = strlen(key);
    parts[2].data = wecom_crypto_keyring_id(port->ring);
    parts[2].len = WECOM_SHA256_BYTES;
    parts[3].data = (const unsigned char *)port->site;
    parts[3].len = role == VISITORS || role == PAIRS || role == HALVES ? strlen(port->site) : 0;
    return wecom_crypto_hash(id, parts, 4);
}

static int is_locked(const port_t *port)
{
    apr_status_t rv = apr_global_mutex_lock(port->socache->mutex);

    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, port->socache->server, WC(0406)
                     "the mutex \"" MUTEX_TYPE "\" cannot be locked; the cache is not used");
    }
    return rv == APR_SUCCESS;
}

static void unlock(const port_t *port)
{
    apr_global_mutex_unlock(port->socache->mutex);
}

/* shmcb is not safe between processes and needs the lock for each step; a provider that is safe
 * needs it for check-and-set alone. */
static int must_lock(const instance_t *instance)
{
    return (instance->provider->flags & AP_SOCACHE_FLAG_NOTMPSAFE) != 0;
}

/* The caller holds the lock where it is needed. */
static wecom_status_t read_entry(const port_t *port, instance_t *instance,
                                 const unsigned char *id, unsigned char *buffer,
                                 unsigned int *len, apr_pool_t *pool)
{
    apr_status_t rv = instance->provider->retrieve(instance->handle, port->socache->server, id,
                                                   WECOM_SHA256_BYTES, buffer, len, pool);

    return rv == APR_SUCCESS ? WECOM_OK : WECOM_E_NOT_FOUND;
}

static wecom_status_t open_entry(wecom_bytes_t *value, const port_t *port,
                                 const unsigned char *id, const unsigned char *sealed,
                                 apr_size_t sealed_len, apr_time_t now, apr_pool_t *pool)
{
    wecom_bytes_t aad = { id, WECOM_SHA256_BYTES };
    wecom_bytes_t box = { sealed, sealed_len };
    unsigned char *plain = apr_palloc(pool, sealed_len + 1);
    apr_size_t plain_len;
    apr_uint64_t expires = 0;
    int i;

    if (wecom_crypto_open(plain, &plain_len, NULL, port->ring, aad, box) != WECOM_OK
        || plain_len < EXPIRY_BYTES) {
        return WECOM_E_NOT_FOUND;
    }
    for (i = 0; i < EXPIRY_BYTES; i++) {
        expires = expires << 8 | plain[i];
    }
    if ((apr_time_t)expires <= now) {
        return WECOM_E_NOT_FOUND;
    }
    plain[plain_len] = '\0';
    value->data = plain + EXPIRY_BYTES;
    value->len = plain_len - EXPIRY_BYTES;
    return WECOM_OK;
}

static wecom_status_t cache_get(const wecom_cache_t *self, wecom_bytes_t *value, const char *kind,
                                const char *key, apr_time_t now, apr_pool_t *pool)
{
    const port_t *port = self->baton;
    instance_t *instance = instance_of(port, kind);
    unsigned char *buffer = apr_palloc(pool, WECOM_MAX_CACHE_VALUE);
    unsigned int len = WECOM_MAX_CACHE_VALUE;
    unsigned char id[WECOM_SHA256_BYTES];
    wecom_status_t status;

    if (id_of(id, port, kind, key) != WECOM_OK || (must_lock(instance) && !is_locked(port))) {
        return WECOM_E_UNAVAILABLE;
    }
    status = read_entry(port, instance, id, buffer, &len, pool);
    if (must_lock(instance)) {
        unlock(port);
    }
    return status == WECOM_OK ? open_entry(value, port, id, buffer, len, now, pool) : status;
}

static wecom_status_t seal_entry(unsigned char **sealed, apr_size_t *sealed_len,
                                 const port_t *port, const unsigned char *id,
                                 wecom_bytes_t value, apr_time_t expires, apr_pool_t *pool)
{
    wecom_bytes_t aad = { id, WECOM_SHA256_BYTES };
    wecom_bytes_t plain;
    unsigned char *text;
    int i;

    if (value.len > WECOM_MAX_CACHE_VALUE - WECOM_SEAL_OVERHEAD - EXPIRY_BYTES) {
        return WECOM_E_TOO_LARGE;
    }
    text = apr_palloc(pool, value.len + EXPIRY_BYTES);
    for (i = 0; i < EXPIRY_BYTES; i++) {
        text[i] = (unsigned char)((apr_uint64_t)expires >> (8 * (EXPIRY_BYTES - 1 - i)));
    }
    memcpy(text + EXPIRY_BYTES, value.data, value.len);
    plain.data = text;
    plain.len = value.len + EXPIRY_BYTES;
    *sealed = apr_palloc(pool, plain.len + WECOM_SEAL_OVERHEAD);
    return wecom_crypto_seal(*sealed, sealed_len, port->ring, aad, plain);
}

/* Store, and where the key must be free, look first; both under one lock. */
static wecom_status_t store(const port_t *port, const char *kind, const char *key,
                            wecom_bytes_t value, apr_time_t now, apr_time_t expires,
                            int must_be_free, apr_pool_t *pool)
{
    instance_t *instance = instance_of(port, kind);
    int locks = must_be_free || must_lock(instance);
    unsigned char id[WECOM_SHA256_BYTES];
    wecom_status_t status = WECOM_OK;
    unsigned char *sealed = NULL;
    apr_size_t sealed_len = 0;

    if (id_of(id, port, kind, key) != WECOM_OK) {
        return WECOM_E_UNAVAILABLE;
    }
    status = seal_entry(&sealed, &sealed_len, port, id, value, expires, pool);
    if (status != WECOM_OK) {
        return status;
    }
    if (locks && !is_locked(port)) {
        return WECOM_E_UNAVAILABLE;
    }
    if (must_be_free) {
        unsigned char *buffer = apr_palloc(pool, WECOM_MAX_CACHE_VALUE);
        unsigned int len = WECOM_MAX_CACHE_VALUE;
        wecom_bytes_t old;

        if (read_entry(port, instance, id, buffer, &len, pool) == WECOM_OK
            && open_entry(&old, port, id, buffer, len, now, pool) == WECOM_OK) {
            status = WECOM_E_EXISTS;
        }
    }
    if (status == WECOM_OK
        && instance->provider->store(instance->handle, port->socache->server, id,
                                     WECOM_SHA256_BYTES, expires, sealed,
                                     (unsigned int)sealed_len, pool) != APR_SUCCESS) {
        status = WECOM_E_UNAVAILABLE;
    }
    if (locks) {
        unlock(port);
    }
    return status;
}

static wecom_status_t cache_put(const wecom_cache_t *self, const char *kind, const char *key,
                                wecom_bytes_t value, apr_time_t now, apr_time_t expires,
                                apr_pool_t *pool)
{
    return store(self->baton, kind, key, value, now, expires, 0, pool);
}

static wecom_status_t cache_put_if_absent(const wecom_cache_t *self, const char *kind,
                                          const char *key, wecom_bytes_t value, apr_time_t now,
                                          apr_time_t expires, apr_pool_t *pool)
{
    return store(self->baton, kind, key, value, now, expires, 1, pool);
}

static wecom_status_t cache_drop(const wecom_cache_t *self, const char *kind, const char *key,
                                 apr_pool_t *pool)
{
    const port_t *port = self->baton;
    instance_t *instance = instance_of(port, kind);
    unsigned char id[WECOM_SHA256_BYTES];

    if (id_of(id, port, kind, key) != WECOM_OK || (must_lock(instance) && !is_locked(port))) {
        return WECOM_E_UNAVAILABLE;
    }
    instance->provider->remove(instance->handle, port->socache->server, id, WECOM_SHA256_BYTES,
                               pool);
    if (must_lock(instance)) {
        unlock(port);
    }
    return WECOM_OK;
}

wecom_cache_t *wecom_cache_socache_port(wecom_socache_t *socache, const wecom_keyring_t *ring,
                                        const char *site, apr_pool_t *pool)
{
    port_t *port = apr_pcalloc(pool, sizeof(*port));

    port->socache = socache;
    port->ring = ring;
    port->site = site;
    port->port.get = cache_get;
    port->port.put = cache_put;
    port->port.put_if_absent = cache_put_if_absent;
    port->port.drop = cache_drop;
    port->port.baton = port;
    return &port->port;
}
