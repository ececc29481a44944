/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slapd.h - OpenLDAP's server, started by a test for itself, and the port to it.
 *
 * It listens on a socket of the file system in a folder of its own, so that no port can be taken
 * by somebody else, and stays a child of the test. The port keeps one connection open, as a pool
 * would, which a test can spoil.
 */
#ifndef WECOM_TESTS_SLAPD_H
#define WECOM_TESTS_SLAPD_H

#include <apr_pools.h>

#include "../../src/auth/account_ldap.h"

#define SLAPD_BASE "dc=example,dc=com"

typedef struct slapd_t slapd_t;

/* Is there one on this machine? */
int slapd_is_there(void);

/* With the entries of ldif, below SLAPD_BASE. Known besides inetOrgPerson are the attributes of
 * other servers that say how an account stands; an entry of class extensibleObject can have them.
 * NULL when it does not start. */
slapd_t *slapd_start(const char *ldif, apr_pool_t *pool);
void slapd_stop(slapd_t *slapd);

/* The port; anonymous. */
const wecom_ldap_port_t *slapd_port(const slapd_t *slapd);

/* How many connections were made, and how many are lent now. */
int slapd_connections(const slapd_t *slapd);
int slapd_lent(const slapd_t *slapd);

/* Cuts the connection that lies in the pool, without its knowing. */
void slapd_cut(slapd_t *slapd);

/* The server sleeps, and wakes up again. */
void slapd_pause(slapd_t *slapd);
void slapd_wake(slapd_t *slapd);

/* The server is gone. */
void slapd_kill(slapd_t *slapd);

#endif
