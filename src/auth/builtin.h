/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builtin.h - the files of pages/, as they were when the module was built.
 *
 * tools/embed makes builtin.c of them.
 */
#ifndef WECOM_AUTH_BUILTIN_H
#define WECOM_AUTH_BUILTIN_H

/* The text of a file by its name ("pair.js"); NULL when there is none. */
const char *wecom_builtin_text(const char *name);

#endif
