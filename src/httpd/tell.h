/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tell.h - what the application and the log hear of a member who was let in.
 *
 * The environment and request headers, each as the place says, and the notes wecom-userid,
 * wecom-source and wecom-account for LogFormat. Headers belong to a place: a request that goes on
 * elsewhere (an internal redirect, a subrequest, an index) gets those of the other place or none.
 */
#ifndef WECOM_HTTPD_TELL_H
#define WECOM_HTTPD_TELL_H

#include "request.h"

/* Hook fixups. Where httpd did not need to ask who it is, the session is looked at here. */
int wecom_tell_fixups(request_rec *r);

/* In insert_filter: a folder may have become its index, in another place. */
void wecom_tell_deliver(request_rec *r);

/* The notes of a request that this member makes. */
void wecom_tell_notes(request_rec *r, const wecom_ticket_t *ticket);

/* Hook log_transaction: the notes, on whichever request of a chain is looked at. */
int wecom_tell_log(request_rec *r);

#endif
