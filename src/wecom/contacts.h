/* SPDX-License-Identifier: Apache-2.0 */
/*
 * contacts.h - the departments and tags of an enterprise, as WeCom lists them.
 *
 * Asked beside requests alone: an answer may have WECOM_MAX_CONTACTS bytes and take
 * WECOM_CONTACTS_MS, and the retries are those of api.h. Rules of denial ("not in this
 * department") hang on these lists being whole. So a list in which one id, one parent or one
 * member cannot be read is no list (WECOM_E_ANSWER, and the detail counts which entry it was): a
 * department that was left out would cut off all that is below it, and who is below it would pass
 * for being elsewhere. A name decides nothing by itself: one that is missing, empty, above
 * WECOM_MAX_NAME, not text or with control characters in it is NULL, and rules that use it cannot
 * be judged.
 * WeCom shows to an app the departments and members that it may see, and no more; nothing here
 * can tell that something is missing.
 * All results live in the pool; what was needed on the way is given back.
 */
#ifndef WECOM_WECOM_CONTACTS_H
#define WECOM_WECOM_CONTACTS_H

#include "../base/limits.h"
#include "app.h"
#include "ports.h"

#define WECOM_CONTACTS_MS 30000 /* for one call, all its tries together */

/* What WeCom answers (upstream of WECOM_E_REMOTE) when a tag is not for this app, and when there
 * is none of this id. Neither passes by itself; all other failures of a call may. */
#define WECOM_CONTACTS_NOT_FOR_THIS_APP 60011
#define WECOM_CONTACTS_NO_SUCH_TAG      40068

typedef struct wecom_department_t {
    apr_int64_t id;      /* 1 to 2^32 - 1 */
    apr_int64_t parent;  /* 0: none; may be one that is not listed */
    const char *name;    /* NULL: not told */
} wecom_department_t;

typedef struct wecom_departments_t {
    const wecom_department_t *list;  /* as listed: ids may stand twice, parents in a circle */
    apr_size_t count;
    int without_names;   /* department/list was refused to this app, simplelist was not */
} wecom_departments_t;

typedef struct wecom_tag_t {
    apr_int64_t id;               /* 1 to 2^32 - 1 */
    const char *name;             /* NULL: not told */
    int is_read;                  /* the next four are known */
    const char *const *userids;   /* all of them are wecom_member_is_userid */
    apr_size_t user_count;
    const apr_int64_t *departments;
    apr_size_t department_count;
} wecom_tag_t;

typedef struct wecom_tag_list_t {
    const wecom_tag_t *list;      /* none of them is read */
    apr_size_t count;
} wecom_tag_list_t;

/* All departments that the app may see: department/list (document 90208), or, where that is
 * refused for want of a right (48001, 48002, 48009, 60011), department/simplelist (95350), which
 * has no names. Failures: those of api.h; WECOM_E_ANSWER also for more than WECOM_MAX_TREE. */
wecom_status_t wecom_contacts_read_departments(wecom_departments_t *departments,
                                               wecom_error_t *err, const wecom_app_t *app,
                                               const wecom_ports_t *ports, apr_pool_t *pool);

/* tag/list (document 90216): ids and names. WECOM_E_ANSWER also for more than WECOM_MAX_TAGS. */
wecom_status_t wecom_contacts_read_tags(wecom_tag_list_t *tags, wecom_error_t *err,
                                        const wecom_app_t *app, const wecom_ports_t *ports,
                                        apr_pool_t *pool);

/* tag/get (document 90213): reads the members and departments of the tag whose id the caller has
 * set; its name too, if WeCom tells one. A userid that none of this enterprise's members can have
 * is left out. WECOM_E_ANSWER also for more than WECOM_MAX_TAG_MEMBERS members or WECOM_MAX_TREE
 * departments. A failure leaves *tag as it was. */
wecom_status_t wecom_contacts_read_tag(wecom_tag_t *tag, wecom_error_t *err,
                                       const wecom_app_t *app, const wecom_ports_t *ports,
                                       apr_pool_t *pool);

/* --- for the fuzz target and the unit tests: what each call makes of an answer -------------- */
wecom_status_t wecom_contacts_parse_departments(wecom_departments_t *departments,
                                                wecom_error_t *err, int without_names,
                                                const char *body, apr_size_t len,
                                                apr_pool_t *pool);
wecom_status_t wecom_contacts_parse_tags(wecom_tag_list_t *tags, wecom_error_t *err,
                                         const char *body, apr_size_t len, apr_pool_t *pool);
wecom_status_t wecom_contacts_parse_tag(wecom_tag_t *tag, wecom_error_t *err, const char *body,
                                        apr_size_t len, apr_pool_t *pool);
#endif
