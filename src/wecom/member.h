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
    const apr_table_t *extattr;
    int status;             /* of the enum above */
    apr_int64_t main_department;  /* 0: none */
    const apr_int64_t *departments;  /* department_count of them */
    const unsigned char *leads;   /* parallel: 1 where the member leads that department */
    apr_size_t department_count;
} wecom_member_t;

/* 1 to WECOM_MAX_USERID of [0-9A-Za-z_.@-], the first alphanumeric (document 90195). A '/'
 * (a linked corp's member), blanks and everything else make it 0. */
int wecom_member_is_userid(const char *userid);

/* Is it the same member? Without case, or with it for proxy-developed apps. */
int wecom_member_same(const char *a, const char *b, int with_case);

const char *wecom_member_field(const wecom_member_t *member, const char *name);
int wecom_member_is_field(const char *name);

/* Take what the answer of user/get or auth/getuserdetail holds into *member, overwriting only
 * what is there. userid is not touched. Text beyond its ceiling and wrong types are left out.
 * Values are copied into the pool. */
void wecom_member_read(wecom_member_t *member, const wecom_json_t *answer, apr_pool_t *pool);

#endif
