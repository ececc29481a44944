/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folder.h - the state folder and the keys.
 *
 * The folder belongs to the user who starts the server, as do the key and everything else in it
 * but `run`, which belongs to the User of the children: a script that runs as User can neither
 * read nor replace a key. In a test run nothing is created; it is checked that it could be.
 */
#ifndef WECOM_HTTPD_FOLDER_H
#define WECOM_HTTPD_FOLDER_H

#include "fault.h"

#include "../base/limits.h"

/* Make the folder and `run` in it where they are missing, and check what is there. path is
 * absolute. 1, or 0 after a fault. */
int wecom_folder_prepare(wecom_judge_t *judge, const char *path, const wecom_where_t *where);

/* The key of the folder, made once. In a test run a key that is still missing counts as good,
 * and key is then zeros. 1, or 0 after a fault. */
int wecom_folder_key(wecom_judge_t *judge, unsigned char key[WECOM_KEY_BYTES], const char *path,
                     const wecom_where_t *where);

/* A key of WeComCryptoKey: the file at path. 1, or 0 after a fault. */
int wecom_folder_key_file(wecom_judge_t *judge, unsigned char key[WECOM_KEY_BYTES],
                          const char *path, const wecom_where_t *where);

#endif
