/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings.h - which database: as the command line says, or as the server has noted it.
 *
 * At its start the server writes wecomctl.json into its state folder: for each of its servers the
 * public URL, what kind of accounts it has, driver and params of the database, and its sources.
 * No secret is in it, so params that hold a password are null there and must be given.
 */
#ifndef WECOM_CTL_SETTINGS_H
#define WECOM_CTL_SETTINGS_H

#include "ctl.h"

typedef struct wecom_settings_source_t {
    const char *id;
    int with_case;              /* the case of a userid counts */
} wecom_settings_source_t;

typedef struct wecom_settings_t {
    const char *driver;
    const char *params;
    const char *elsewhere;      /* NULL: the accounts are in our own table. Else where they are,
                                 * for a sentence; an account's id is then its username */
    apr_array_header_t *sources; /* wecom_settings_source_t; NULL: not known */
} wecom_settings_t;

/* WECOM_CTL_GOOD with *settings filled, or the code after the sentence. */
int wecom_settings_find(wecom_settings_t *settings, const wecom_ctl_t *ctl);

/* The source of that id; NULL when there is none, or sources are not known. */
const wecom_settings_source_t *wecom_settings_source(const wecom_settings_t *settings,
                                                     const char *id);

#endif
