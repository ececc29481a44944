/* SPDX-License-Identifier: Apache-2.0 */
/*
 * room.h - the room in which a login happens: all that its steps may touch.
 *
 * Made above the line for one request, read by everything below it that answers one.
 */
#ifndef WECOM_AUTH_ROOM_H
#define WECOM_AUTH_ROOM_H

#include "../wecom/link.h"
#include "../wecom/token.h"
#include "account.h"
#include "page.h"
#include "reply.h"
#include "source.h"
#include "state.h"

/* A cookie that the browser sent. */
typedef struct wecom_login_cookie_t {
    const char *name;
    const char *value;
    apr_size_t value_len;
} wecom_login_cookie_t;

/* WeComPullUp, in the order of its values. */
typedef enum wecom_pull_up_t {
    WECOM_PULL_UP_ON = 0,
    WECOM_PULL_UP_ANY_ADDRESS,              /* browser and WeCom may have different addresses */
    WECOM_PULL_UP_OFF
} wecom_pull_up_t;

typedef struct wecom_login_t {
    const wecom_site_t *site;
    const apr_array_header_t *sources;      /* const wecom_source_t *: all of this host */
    const wecom_keyring_t *state_ring;
    const wecom_keyring_t *ticket_ring;
    const wecom_keyring_t *form_ring;
    wecom_bytes_t ticket_aad;
    const wecom_ports_t *ports;
    const wecom_directory_t *directory;     /* NULL: there is none */
    const apr_array_header_t *fields;       /* wecom_field_t: what tickets carry besides; NULL */
    const apr_array_header_t *origins;      /* wecom_field_t: what any server's carry; NULL */
    const wecom_look_t *look;               /* of the pages; NULL: as it comes with the module */
    apr_time_t now;
    int zone;                               /* seconds east of UTC where the server stands */
    apr_pool_t *pool;

    /* What holds for a login that begins at no place: sources ("" for all) and flags as in
     * wecom_login_wish_t. */
    const char *allowed;
    unsigned int flags;

    wecom_pull_up_t pull_up;
    int panel;                              /* WeComLoginPanel */

    /* of this request */
    wecom_client_t client;
    wecom_device_t device;
    const wecom_words_t *words;             /* of the visitor's language */
    const char *address;                    /* the visitor's, as httpd (mod_remoteip) knows it */
    const apr_array_header_t *pending;      /* wecom_login_cookie_t: pending cookies sent */
    const wecom_ticket_t *ticket;           /* of a living session, else NULL */
    const char *last_source;                /* as the browser says, or NULL */

    /* of the login that goes on here (wecom_login_enter) */
    const wecom_pending_t *entered;         /* as long as the room lives; NULL: none */
    const char *opener;                     /* the origin of the page that waits for this window; */
    const char *nonce;                      /* NULL: it has no window of its own */
} wecom_login_t;

#endif
