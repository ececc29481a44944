/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_contacts.c - departments and tags: what answers mean, which are no lists, and how they are
 * asked for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <apr_strings.h>

#include "../../src/wecom/contacts.h"
#include "world.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LIST   "department/list"
#define SIMPLE "department/simplelist"
#define OK_    "{\"errcode\":0,\"errmsg\":\"ok\","

static int same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* --- what answers mean ---------------------------------------------------------------------- */

static void departments_are_read(void **state)
{
    static const struct {
        const char *body;
        int without_names;
        apr_size_t count;
        wecom_department_t list[3];
    } cases[] = {
        { OK_ "\"department\":[{\"id\":1,\"name\":\"Acme\",\"name_en\":\"\",\"parentid\":0,"
          "\"department_leader\":[\"a\"],\"order\":100000000},{\"id\":4294967295,\"name\":"
          "\"\xe7\xa0\x94\xe5\x8f\x91\",\"parentid\":1}]}", 0,
          2, { { 1, 0, "Acme" }, { 4294967295, 1, "\xe7\xa0\x94\xe5\x8f\x91" } } },
        { "{\"department\":[]}", 0, 0, { { 0, 0, NULL } } },
        { "{\"department\":[{\"id\":\"7\",\"parentid\":\"3\"}]}", 0, 1, { { 7, 3, NULL } } },
        /* names that decide nothing */
        { "{\"department\":[{\"id\":1,\"parentid\":0,\"name\":\"\"},"
          "{\"id\":2,\"parentid\":1,\"name\":null},{\"id\":3,\"parentid\":1,\"name\":7}]}", 0,
          3, { { 1, 0, NULL }, { 2, 1, NULL }, { 3, 1, NULL } } },
        { "{\"department\":[{\"id\":1,\"parentid\":0,\"name\":\"a\\nb\"},"
          "{\"id\":2,\"parentid\":1,\"name\":\"a\\u0000b\"},"
          "{\"id\":3,\"parentid\":1,\"name\":\"a\\u007f\"}]}", 0,
          3, { { 1, 0, NULL }, { 2, 1, NULL }, { 3, 1, NULL } } },
        /* circles and doubles are for who builds the tree */
        { "{\"department\":[{\"id\":1,\"parentid\":1},{\"id\":1,\"parentid\":2}]}", 0,
          2, { { 1, 1, NULL }, { 1, 2, NULL } } },
        { OK_ "\"department_id\":[{\"id\":1,\"parentid\":0,\"order\":1,\"name\":\"x\"},"
          "{\"id\":2,\"parentid\":1,\"order\":2}]}", 1,
          2, { { 1, 0, NULL }, { 2, 1, NULL } } },
    };
    world_t *world = *state;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        wecom_departments_t got;
        apr_size_t k;
        wecom_status_t status = wecom_contacts_parse_departments(
            &got, &world->err, cases[i].without_names, cases[i].body, strlen(cases[i].body),
            world->pool);

        if (status != WECOM_OK || got.count != cases[i].count
            || got.without_names != cases[i].without_names) {
            fail_msg("case %d: %s, %d", (int)i, world->err.detail, (int)got.count);
        }
        for (k = 0; k < got.count; k++) {
            if (got.list[k].id != cases[i].list[k].id
                || got.list[k].parent != cases[i].list[k].parent
                || !same(got.list[k].name, cases[i].list[k].name)) {
                fail_msg("case %d, department %d: %s", (int)i, (int)k, got.list[k].name);
            }
        }
    }
}

static void tags_are_read(void **state)
{
    static const char body[] = OK_ "\"taglist\":[{\"tagid\":12,\"tagname\":\"vpn\"},"
        "{\"tagid\":4294967295},{\"tagid\":3,\"tagname\":\"a\\tb\"},{\"tagid\":12,"
        "\"tagname\":\"again\"}]}";
    world_t *world = *state;
    wecom_tag_list_t tags;

    assert_int_equal(wecom_contacts_parse_tags(&tags, &world->err, body, strlen(body),
                                               world->pool), WECOM_OK);
    assert_int_equal(tags.count, 4);
    assert_int_equal(tags.list[0].id, 12);
    assert_string_equal(tags.list[0].name, "vpn");
    assert_false(tags.list[0].is_read);
    assert_true(tags.list[1].id == APR_INT64_C(4294967295));
    assert_null(tags.list[1].name);
    assert_null(tags.list[2].name);
    assert_string_equal(tags.list[3].name, "again");
}

static void one_tag_is_read(void **state)
{
    static const struct {
        const char *body;
        const char *name;
        const char *userids;    /* with blanks between */
        apr_size_t department_count;
    } cases[] = {
        { OK_ "\"tagname\":\"vpn\",\"userlist\":[{\"userid\":\"alice\",\"name\":\"A\"},"
          "{\"userid\":\"Bob\"}],\"partylist\":[2,4294967295]}", "vpn", " alice Bob", 2 },
        { "{\"userlist\":[],\"partylist\":[]}", "before", "", 0 },
        { "{\"userlist\":[{\"userid\":\"a\"}]}", "before", " a", 0 },
        { "{\"partylist\":[\"2\"],\"tagname\":\"\"}", "before", "", 1 },
        /* who cannot log in here has nothing */
        { "{\"userlist\":[{\"userid\":\"wwx/alice\"},{\"userid\":\"a b\"},{\"userid\":\"c\"}]}",
          "before", " c", 0 },
    };
    world_t *world = *state;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        wecom_tag_t tag = { .id = 12, .name = "before" };
        const char *userids = "";
        apr_size_t k;

        if (wecom_contacts_parse_tag(&tag, &world->err, cases[i].body, strlen(cases[i].body),
                                     world->pool) != WECOM_OK) {
            fail_msg("case %d: %s", (int)i, world->err.detail);
        }
        for (k = 0; k < tag.user_count; k++) {
            userids = apr_pstrcat(world->pool, userids, " ", tag.userids[k], NULL);
        }
        assert_int_equal(tag.id, 12);
        assert_true(tag.is_read);
        assert_string_equal(tag.name, cases[i].name);
        assert_string_equal(userids, cases[i].userids);
        assert_int_equal(tag.department_count, cases[i].department_count);
        assert_true(tag.department_count == 0 || tag.departments[0] == 2);
    }
}

/* --- what is no list ------------------------------------------------------------------------ */

/* l and s: departments with and without names, t: all tags, g: one tag. */
static wecom_status_t parse(int what, const char *body, apr_size_t len, world_t *world)
{
    wecom_departments_t departments;
    wecom_tag_list_t tags;
    wecom_tag_t tag = { .id = 12, .name = "before" };
    wecom_status_t status;

    memset(&world->err, 0, sizeof(world->err));
    switch (what) {
    case 't':
        status = wecom_contacts_parse_tags(&tags, &world->err, body, len, world->pool);
        assert_true(status == WECOM_OK || (tags.count == 0 && tags.list == NULL));
        return status;
    case 'g':
        status = wecom_contacts_parse_tag(&tag, &world->err, body, len, world->pool);
        assert_true(status == WECOM_OK || (!tag.is_read && tag.userids == NULL
                                           && strcmp(tag.name, "before") == 0));
        return status;
    default:
        status = wecom_contacts_parse_departments(&departments, &world->err, what == 's', body,
                                                  len, world->pool);
        assert_true(status == WECOM_OK || (departments.count == 0 && departments.list == NULL));
        return status;
    }
}

static void what_is_no_list(void **state)
{
    static const struct {
        int what;
        const char *body;
        const char *detail;
    } cases[] = {
        { 'l', "", "the answer is empty" },
        { 'l', "[]", "the answer is not a JSON object" },
        { 'l', "{}", "department is missing or no list" },
        { 'l', "{\"department\":{}}", "department is missing or no list" },
        { 'l', "{\"department_id\":[]}", "department is missing or no list" },
        { 's', "{\"department\":[]}", "department_id is missing or no list" },
        { 'l', "{\"department\":[{\"id\":1,\"parentid\":0},5]}",
          "entry 2 of department has no id that is one" },
        { 'l', "{\"department\":[{\"parentid\":0}]}",
          "entry 1 of department has no id that is one" },
        { 'l', "{\"department\":[{\"id\":0,\"parentid\":0}]}",
          "entry 1 of department has no id that is one" },
        { 'l', "{\"department\":[{\"id\":4294967296,\"parentid\":0}]}",
          "entry 1 of department has no id that is one" },
        { 'l', "{\"department\":[{\"id\":1.5,\"parentid\":0}]}",
          "entry 1 of department has no id that is one" },
        { 'l', "{\"department\":[{\"id\":1}]}",
          "entry 1 of department has no parentid that is one" },
        { 'l', "{\"department\":[{\"id\":1,\"parentid\":null}]}",
          "entry 1 of department has no parentid that is one" },
        { 'l', "{\"department\":[{\"id\":1,\"parentid\":-1}]}",
          "entry 1 of department has no parentid that is one" },
        { 's', "{\"department_id\":[{\"id\":1,\"parentid\":4294967296}]}",
          "entry 1 of department_id has no parentid that is one" },
        { 't', "{}", "taglist is missing or no list" },
        { 't', "{\"taglist\":\"\"}", "taglist is missing or no list" },
        { 't', "{\"taglist\":[{\"tagid\":1},{\"tagname\":\"x\"}]}",
          "entry 2 of taglist has no tagid that is one" },
        { 't', "{\"taglist\":[[]]}", "entry 1 of taglist has no tagid that is one" },
        { 'g', "{\"tagname\":\"x\"}", "userlist or partylist is missing or no list" },
        { 'g', "{\"userlist\":{},\"partylist\":[]}",
          "userlist or partylist is missing or no list" },
        { 'g', "{\"userlist\":[],\"partylist\":5}",
          "userlist or partylist is missing or no list" },
        { 'g', "{\"userlist\":[{\"userid\":\"a\"},{\"name\":\"B\"}]}",
          "entry 2 of userlist has no userid" },
        { 'g', "{\"userlist\":[{\"userid\":\"\"}]}", "entry 1 of userlist has no userid" },
        { 'g', "{\"userlist\":[{\"userid\":7}]}", "entry 1 of userlist has no userid" },
        { 'g', "{\"userlist\":[\"a\"]}", "entry 1 of userlist has no userid" },
        { 'g', "{\"userlist\":[],\"partylist\":[1,0]}", "entry 2 of partylist is no department" },
        { 'g', "{\"userlist\":[],\"partylist\":[\"x\"]}", "entry 1 of partylist is no department" },
        { 'g', "{\"userlist\":[],\"partylist\":[{\"id\":1}]}",
          "entry 1 of partylist is no department" },
    };
    world_t *world = *state;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        wecom_status_t status = parse(cases[i].what, cases[i].body, strlen(cases[i].body), world);

        if (status != WECOM_E_ANSWER || world->err.status != status || world->err.stage == NULL
            || !same(world->err.detail, cases[i].detail)) {
            fail_msg("case %d: %s, %s", (int)i, wecom_error_name(status), world->err.detail);
        }
    }
}

static void errcodes_come_before_fields(void **state)
{
    static const char kinds[] = "lstg";
    static const char body[] = "{\"errcode\":60011,\"errmsg\":\"no privilege\",\"department\":[],"
                               "\"department_id\":[],\"taglist\":[],\"userlist\":[]}";
    world_t *world = *state;
    size_t i;

    for (i = 0; kinds[i] != '\0'; i++) {
        assert_int_equal(parse(kinds[i], body, strlen(body), world), WECOM_E_REMOTE);
        assert_int_equal(world->err.upstream, WECOM_CONTACTS_NOT_FOR_THIS_APP);
        assert_string_equal(world->err.detail, "no privilege");
    }
}

/* head, count times the piece, tail. */
static const char *crowd(const char *head, const char *piece, apr_size_t count, const char *tail,
                         apr_pool_t *pool)
{
    apr_size_t len = strlen(piece);
    char *text = apr_palloc(pool, strlen(head) + count * len + strlen(tail) + 1);
    char *at = text;

    memcpy(at, head, strlen(head));
    for (at += strlen(head); count > 0; count--, at += len) {
        memcpy(at, piece, len);
    }
    memcpy(at, tail, strlen(tail) + 1);
    return text;
}

static void lists_have_ceilings(void **state)
{
    static const char department[] = "{\"id\":1,\"parentid\":0},";
    static const char tag[] = "{\"tagid\":1},";
    static const char user[] = "{\"userid\":\"a\"},";
    const struct {
        int what;
        const char *head, *piece;
        apr_size_t most;
        const char *tail, *detail;
    } cases[] = {
        { 'l', "{\"department\":[", department, WECOM_MAX_TREE - 1,
          "{\"id\":1,\"parentid\":0}]}",
          "department has 65537 entries, more than the 65536 that there can be" },
        { 't', "{\"taglist\":[", tag, WECOM_MAX_TAGS - 1, "{\"tagid\":1}]}",
          "taglist has 10001 entries, more than the 10000 that there can be" },
        { 'g', "{\"userlist\":[", user, WECOM_MAX_TAG_MEMBERS - 1, "{\"userid\":\"a\"}]}",
          "userlist or partylist has more entries than there can be" },
        { 'g', "{\"partylist\":[", "1,", WECOM_MAX_TREE - 1, "1]}",
          "userlist or partylist has more entries than there can be" },
    };
    world_t *world = *state;
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        const char *body = crowd(cases[i].head, cases[i].piece, cases[i].most, cases[i].tail,
                                 world->pool);

        assert_int_equal(parse(cases[i].what, body, strlen(body), world), WECOM_OK);
        body = apr_pstrcat(world->pool, cases[i].head, cases[i].piece,
                           body + strlen(cases[i].head), NULL);
        assert_int_equal(parse(cases[i].what, body, strlen(body), world), WECOM_E_ANSWER);
        assert_string_equal(world->err.detail, cases[i].detail);
    }
}

/* --- asking --------------------------------------------------------------------------------- */

static wecom_status_t ask_departments(wecom_departments_t *departments, world_t *world)
{
    memset(&world->err, 0, sizeof(world->err));
    return wecom_contacts_read_departments(departments, &world->err, &world->app, &world->ports,
                                           world->pool);
}

static wecom_status_t ask_tag(wecom_tag_t *tag, world_t *world)
{
    return wecom_contacts_read_tag(tag, &world->err, &world->app, &world->ports, world->pool);
}

static void departments_are_asked_for_at_length(void **state)
{
    world_t *world = *state;
    wecom_departments_t departments;
    const fake_http_call_t *call = &world->http.calls[1];
    const char *name = crowd("", "Acme ", 50, "", world->pool);

    /* larger than any answer to a login */
    world_expect_token(world, "T1", 7200);
    fake_http_answer(&world->http, LIST, 200,
                     crowd("{\"department\":[", apr_psprintf(world->pool, "{\"id\":1,\"parentid\":"
                     "0,\"name\":\"%s\"},", name), 6000, "{\"id\":2,\"parentid\":1}]}",
                     world->pool));
    assert_int_equal(ask_departments(&departments, world), WECOM_OK);
    assert_int_equal(departments.count, 6001);
    assert_string_equal(departments.list[0].name, name);
    assert_false(departments.without_names);
    assert_string_equal(call->url, WECOM_APP_API_URL "/cgi-bin/department/list?access_token=T1");
    assert_null(call->body);
    assert_int_equal(call->max_answer, WECOM_MAX_CONTACTS);
    assert_int_equal(call->total_ms, WECOM_CONTACTS_MS);
    assert_true(world->http.calls[0].max_answer == 0);  /* gettoken is asked as ever */
    assert_int_equal(world->http.calls[0].total_ms, world->app.timeout_ms);
    world_assert_played(world);
}

static void longer_timeout_and_nearer_deadline_stand(void **state)
{
    world_t *world = *state;
    wecom_departments_t departments;

    world->app.timeout_ms = 45000;
    world_expect_token(world, "T1", 7200);
    fake_http_answer(&world->http, LIST, 200, "{\"department\":[]}");
    assert_int_equal(ask_departments(&departments, world), WECOM_OK);
    assert_int_equal(world->http.calls[1].total_ms, 45000);
    world->ports.deadline = WORLD_START + apr_time_from_sec(3);
    fake_http_answer(&world->http, LIST, 200, "{\"department\":[]}");
    assert_int_equal(ask_departments(&departments, world), WECOM_OK);
    assert_int_equal(world->http.calls[2].total_ms, 3000);
}

static void without_the_right_to_names(void **state)
{
    static const struct {
        int errcode;
        int falls_back;
    } cases[] = {
        { 48001, 1 }, { 48002, 1 }, { 48009, 1 }, { 60011, 1 },
        { 60020, 0 }, { 45009, 0 }, { 301002, 0 }, { 60003, 0 }, { 50003, 0 },
    };
    world_t *world = *state;
    size_t i;

    world_expect_token(world, "T1", 7200);
    for (i = 0; i < COUNT(cases); i++) {
        wecom_departments_t departments;

        world_expect_errcode(world, LIST, cases[i].errcode, "no");
        if (cases[i].falls_back) {
            fake_http_answer(&world->http, SIMPLE, 200,
                             "{\"department_id\":[{\"id\":1,\"parentid\":0,\"order\":1}]}");
            assert_int_equal(ask_departments(&departments, world), WECOM_OK);
            assert_int_equal(departments.count, 1);
            assert_true(departments.without_names);
        }
        else {
            assert_int_equal(ask_departments(&departments, world), WECOM_E_REMOTE);
            assert_int_equal(world->err.upstream, cases[i].errcode);
            assert_string_equal(world->err.stage, LIST);
            assert_string_equal(world->err.detail, "no");
        }
        world_assert_played(world);
    }
}

static void neither_list_is_for_this_app(void **state)
{
    world_t *world = *state;
    wecom_departments_t departments;

    world_expect_token(world, "T1", 7200);
    world_expect_errcode(world, LIST, 48002, "api forbidden");
    world_expect_errcode(world, SIMPLE, 60011, "no privilege");
    assert_int_equal(ask_departments(&departments, world), WECOM_E_REMOTE);
    assert_int_equal(world->err.upstream, 60011);
    assert_string_equal(world->err.stage, SIMPLE);
    assert_string_equal(world->err.detail, "no privilege");
    assert_int_equal(departments.count, 0);
    world_assert_played(world);
}

static void token_is_renewed_once(void **state)
{
    world_t *world = *state;
    wecom_departments_t departments;

    world_expect_token(world, "T1", 7200);
    world_expect_errcode(world, LIST, 40014, "invalid access_token");
    world_expect_token(world, "T2", 7200);
    fake_http_answer(&world->http, LIST, 200, "{\"department\":[{\"id\":1,\"parentid\":0}]}");
    assert_int_equal(ask_departments(&departments, world), WECOM_OK);
    assert_int_equal(departments.count, 1);
    world_assert_played(world);
}

static void tags_are_asked_for(void **state)
{
    world_t *world = *state;
    wecom_tag_list_t tags;
    wecom_tag_t tag = { .id = 12 };
    wecom_tag_t none = { .id = 0 };
    const fake_http_call_t *call = &world->http.calls[2];

    world_expect_token(world, "T1", 7200);
    fake_http_answer(&world->http, "tag/list", 200,
                     "{\"taglist\":[{\"tagid\":12,\"tagname\":\"vpn\"}]}");
    fake_http_answer(&world->http, "tag/get", 200,
                     "{\"tagname\":\"vpn\",\"userlist\":[{\"userid\":\"alice\"}],"
                     "\"partylist\":[3]}");
    assert_int_equal(wecom_contacts_read_tags(&tags, &world->err, &world->app, &world->ports,
                                              world->pool), WECOM_OK);
    assert_int_equal(tags.count, 1);
    assert_string_equal(tags.list[0].name, "vpn");
    assert_int_equal(ask_tag(&tag, world), WECOM_OK);
    assert_string_equal(tag.userids[0], "alice");
    assert_int_equal(tag.departments[0], 3);
    assert_string_equal(call->url,
                        WECOM_APP_API_URL "/cgi-bin/tag/get?access_token=T1&tagid=12");
    assert_int_equal(call->max_answer, WECOM_MAX_CONTACTS);
    assert_int_equal(ask_tag(&none, world), WECOM_E_BAD_INPUT);
    world_assert_played(world);
}

/* A tag that is not for this app, one that is gone, and a WeCom that does not answer. */
static void tag_that_cannot_be_had(void **state)
{
    world_t *world = *state;
    wecom_tag_t tag = { .id = 12, .name = "vpn" };

    world_expect_token(world, "T1", 7200);
    world_expect_errcode(world, "tag/get", 60011, "no privilege");
    assert_int_equal(ask_tag(&tag, world), WECOM_E_REMOTE);
    assert_int_equal(world->err.upstream, WECOM_CONTACTS_NOT_FOR_THIS_APP);
    world_expect_errcode(world, "tag/get", 40068, "invalid tagid");
    assert_int_equal(ask_tag(&tag, world), WECOM_E_REMOTE);
    assert_int_equal(world->err.upstream, WECOM_CONTACTS_NO_SUCH_TAG);
    fake_http_fail(&world->http, "tag/get", WECOM_E_TIMEOUT, 28, "slow");
    assert_int_equal(ask_tag(&tag, world), WECOM_E_TIMEOUT);
    assert_string_equal(world->err.detail, "slow");
    fake_http_answer(&world->http, "tag/get", 502, "<html>");
    assert_int_equal(wecom_contacts_read_tag(&tag, NULL, &world->app, &world->ports,
                                             world->pool), WECOM_E_HTTP);
    assert_false(tag.is_read);
    assert_string_equal(tag.name, "vpn");
    world_assert_played(world);
}

#define WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD(departments_are_read),
        WORLD(tags_are_read),
        WORLD(one_tag_is_read),
        WORLD(what_is_no_list),
        WORLD(errcodes_come_before_fields),
        WORLD(lists_have_ceilings),
        WORLD(departments_are_asked_for_at_length),
        WORLD(longer_timeout_and_nearer_deadline_stand),
        WORLD(without_the_right_to_names),
        WORLD(neither_list_is_for_this_app),
        WORLD(token_is_renewed_once),
        WORLD(tags_are_asked_for),
        WORLD(tag_that_cannot_be_had),
    };

    return cmocka_run_group_tests_name("contacts", tests, NULL, NULL);
}
