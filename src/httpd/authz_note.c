/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authz_note.c - a denial explains itself, and does not fill the log.
 *
 * A rule that refuses is no refusal yet: another one beside it may grant. So each leaves a note
 * with the request, and only when the visitor is refused the notes become a part of the one line
 * about it. What the member has is found out then, not before.
 */
#include "authz_int.h"

#include <string.h>

#include "apr_atomic.h"
#include "apr_hash.h"
#include "apr_strings.h"

#include "../base/text.h"

#define MAX_NOTES 8         /* rules that one line names */
#define MAX_EXPLAINED 2000  /* bytes of it that are about rules */

typedef struct refusing_t {
    const wecom_rule_stand_t *stand;
    const wecom_rule_t *rule;   /* or NULL, and why is there */
    int granted;
    const char *why;
} refusing_t;

/* "Require not wecom-tag vpn (/etc/apache2/x.conf:12)" */
static const char *title_of(const wecom_rule_stand_t *stand, apr_pool_t *pool)
{
    const char *title = apr_pstrcat(pool, "Require ",
                                    stand->under == WECOM_RULE_NOT ? "not " : "", stand->text,
                                    stand->under == WECOM_RULE_NONE ? " in <RequireNone>" : "",
                                    NULL);

    return stand->file != NULL ? apr_psprintf(pool, "%s (%s:%d)", title, stand->file, stand->line)
                               : title;
}

static const char *why_of(request_rec *r, const refusing_t *refusing)
{
    return refusing->rule == NULL
           ? refusing->why
           : wecom_authz_member_has(r, refusing->rule, refusing->granted,
                                    wecom_request_own(r)->admitted);
}

void wecom_authz_note(request_rec *r, const wecom_rule_stand_t *stand, const wecom_rule_t *rule,
                      int granted, const char *why)
{
    wecom_request_t *own = wecom_request_own(r);
    refusing_t *refusing;

    if (own->refusing == NULL) {
        own->refusing = apr_array_make(r->pool, 4, sizeof(refusing_t));
    }
    if (own->refusing->nelts < MAX_NOTES) {
        refusing = apr_array_push(own->refusing);
        refusing->stand = stand;
        refusing->rule = rule;
        refusing->granted = granted;
        refusing->why = why;
        if (APLOG_R_IS_LEVEL(r, APLOG_DEBUG)) {
            ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, r, WC(0321) "%s: %s",
                          title_of(stand, r->pool), why_of(r, refusing));
        }
    }
}

const char *wecom_authz_explain(request_rec *r)
{
    const wecom_request_t *own = wecom_request_peek(r);
    const char *text = NULL;
    int i;

    if (own == NULL || own->refusing == NULL) {
        return NULL;
    }
    for (i = 0; i < own->refusing->nelts; i++) {
        const refusing_t *refusing = &APR_ARRAY_IDX(own->refusing, i, refusing_t);

        text = apr_pstrcat(r->pool, text != NULL ? text : "", text != NULL ? "; " : "",
                           title_of(refusing->stand, r->pool), ": ", why_of(r, refusing), NULL);
    }
    return wecom_text_clean(text, strlen(text), MAX_EXPLAINED, r->pool);
}

/* A status that was sent without asking for another login. */
int wecom_authz_log(request_rec *r)
{
    const wecom_request_t *own = wecom_request_peek(r);
    const char *text;

    if (own == NULL || own->admitted == NULL || own->explained || r->status != HTTP_FORBIDDEN) {
        return DECLINED;
    }
    text = wecom_authz_explain(r);
    if (text != NULL) {
        ap_log_rerror(APLOG_MARK, APLOG_WARNING, 0, r, WC(0329)
                      "the visitor is known, but Require does not admit them (source %s, member "
                      "%s): %s", own->admitted->source, own->admitted->userid, text);
    }
    return DECLINED;
}

/* --- what cannot be judged -------------------------------------------------------------------- */

/* Lines said lately in this process: 20 bits of a hash, and the minute. Who looks and finds his
 * line with this minute or the one before holds his tongue. Where all places of a line are taken by
 * others of this minute it is not said at all. */
#define SAID_PLACES 64
#define SAID_TRIES 4
#define SAID_HASH 0xfffff000u
#define SAID_MINUTE 0x00000fffu

static volatile apr_uint32_t said[SAID_PLACES];

static int said_lately(const char *line)
{
    apr_ssize_t len = APR_HASH_KEY_STRING;
    apr_uint32_t hash = apr_hashfunc_default(line, &len);
    apr_uint32_t minute = (apr_uint32_t)(apr_time_sec(apr_time_now()) / 60) & SAID_MINUTE;
    apr_uint32_t mine = (hash & SAID_HASH) | minute;
    int free = -1;
    apr_uint32_t found = 0;
    int i;

    for (i = 0; i < SAID_TRIES; i++) {
        int place = (int)((hash + (apr_uint32_t)i) % SAID_PLACES);
        apr_uint32_t word = apr_atomic_read32(&said[place]);

        if ((word & SAID_HASH) == (mine & SAID_HASH)) {
            return (word & SAID_MINUTE) == minute
                   || apr_atomic_cas32(&said[place], mine, word) != word;
        }
        if (free < 0 && (word & SAID_MINUTE) != minute) {
            free = place;
            found = word;
        }
    }
    return free < 0 || apr_atomic_cas32(&said[free], mine, found) != found;
}

void wecom_authz_cannot_tell(request_rec *r, const char *id, const wecom_rule_stand_t *stand,
                             const char *who, const char *why)
{
    const char *line = apr_pstrcat(r->pool, title_of(stand, r->pool), " cannot be judged: ", why,
                                   NULL);

    if (!said_lately(line)) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "%s%s%s%s%s", id, line,
                      who != NULL ? " (user " : "", who != NULL ? who : "",
                      who != NULL ? ")" : "");
    }
}
