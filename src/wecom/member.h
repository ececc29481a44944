/* SPDX-License-Identifier: Apache-2.0 */
/*
 * member.h - a member as WeCom tells it.
 *
 * Filled from auth/getuserinfo (the userid), user/get and auth/getuserdetail. What WeCom
 * withholds stays NULL: since June 2022 new apps get neither mobile nor e-mail from user/get
 * (document 90196), and names are withheld from proxy-developed apps without a grant.
 */
#ifndef WECOM_WECOM_MEMBER_H
#define WECOM_WECOM_MEMBER_H

#include <apr_tables.h>

#include "../base/json.h"
#include "../base/limits.h"

enum { /* document 90196 */
    WECOM_MEMBER_UNKNOWN = 0, /* not asked */
    WECOM_MEMBER_ACTIVE = 1,
    WECOM_MEMBER_DISABLED = 2,
    WECOM_MEMBER_NOT_ACTIVATED = 4,
    WECOM_MEMBER_QUIT = 5
};

enum { /* does the member lead a department? In tickets and records, so the numbers stay. */
    WECOM_LEADS_NOT = 0,
    WECOM_LEADS = 1,
    WECOM_LEADS_UNTOLD = 2  /* WeCom has not said it, or not so that it could be read */
};

typedef struct wecom_member_t {
    const char *userid;     /* as WeCom spells it */
    const char *name;
    const char *alias;
    const char *position;
    const char *telephone;
    const char *mobile;
    const char *email;
    const char *biz_mail;
    const char *gender;     /* "1", "2"; "0" is what WeCom says when it withholds it: NULL here */
    const char *avatar;
    const char *address;
    const char *english_name;     /* of old enterprises */
    const char *external_position;
    const char *thumb_avatar;
    const char *qr_code;
    unsigned int empty;     /* a bit for each text that is NULL above and was delivered as "" */
    unsigned int consented; /* a bit for each text that came with the member's consent alone: the
                             * next user/get withholds it again */
    const apr_table_t *extattr;   /* extended attributes, name to value; NULL: none are known */
    int status;             /* of the enum above */
    apr_int64_t main_department;  /* 0: none */
    const apr_int64_t *departments;  /* department_count of them */
    const unsigned char *leads;   /* parallel, of the enum above */
    apr_size_t department_count;
} wecom_member_t;

/* 1 to WECOM_MAX_USERID of [0-9A-Za-z_.@-], the first alphanumeric (document 90195). A '/'
 * (a linked corp's member), blanks and everything else make it 0. */
int wecom_member_is_userid(const char *userid);

/* Is it the same member? Without case, or with it for proxy-developed apps. */
int wecom_member_same(const char *a, const char *b, int with_case);

/* Take what the answer of user/get or auth/getuserdetail holds into *member, overwriting only
 * what is there. userid is not touched. Text beyond its ceiling and wrong types are left out; so
 * are extended attributes beyond theirs, and the second of two whose names differ in ASCII case
 * alone or not at all. An attribute that is a link has its address for a value. Values are copied
 * into the pool, with a blank for each control byte. */
void wecom_member_read(wecom_member_t *member, const wecom_json_t *answer, apr_pool_t *pool);

/* The same of auth/getuserdetail, after user/get: what only this answer has told is consented. */
void wecom_member_read_detail(wecom_member_t *member, const wecom_json_t *answer,
                              apr_pool_t *pool);

/* --- the texts of a member by name, as the answer spells it: "position" --------------------- */

/* The i-th name, from 0; NULL behind the last. userid is none of them. */
const char *wecom_member_field_name(int i);

int wecom_member_is_field(const char *name);

/* NULL: withheld, or no such field. "": WeCom says that it is empty. Whoever does not care reads
 * the member of the struct, which is NULL for both. */
const char *wecom_member_field(const wecom_member_t *member, const char *name);

int wecom_member_is_consented(const wecom_member_t *member, const char *name);

/* Mark one that has a text. */
void wecom_member_set_consented(wecom_member_t *member, const char *name);

/* Set one, to a text that lives as long as the member; "" and NULL as above. It is not
 * consented then. */
void wecom_member_set_field(wecom_member_t *member, const char *name, const char *value);

#endif
