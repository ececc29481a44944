/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_link.c - the links as the documentation writes them, and the User-Agents as they were seen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <apr_strings.h>

#include "../../src/base/limits.h"
#include "../../src/wecom/link.h"
#include "world.h"

#define REDIRECT "https://intra.example.com:8443/wecom/return?a=b&c=%20d"
#define REDIRECT_ENCODED \
    "https%3A%2F%2Fintra.example.com%3A8443%2Fwecom%2Freturn%3Fa%3Db%26c%3D%2520d"

static void client_is_told_by_two_words(void **state)
{
    static const struct {
        const char *agent;
        wecom_client_t client;
    } cases[] = {
        { NULL, WECOM_CLIENT_BROWSER },
        { "", WECOM_CLIENT_BROWSER },
        { "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
          WECOM_CLIENT_BROWSER },
        { "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
          "like Gecko)  Mobile/15E148 wxwork/4.1.30 MicroMessenger/7.0.1 Language/zh",
          WECOM_CLIENT_WECOM },
        /* macOS: no blank before the word */
        { "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
          "Gecko)wxwork/3.1.8 (MicroMessenger/6.2) WeChat/2.0.4", WECOM_CLIENT_WECOM },
        /* WeCom's word last, and still first in rank */
        { "MicroMessenger/7.0.1 appname/wxworklocal-customized", WECOM_CLIENT_WECOM },
        { "something WXWork/1", WECOM_CLIENT_WECOM },
        { "Mozilla/5.0 Mobile/14C92 MicroMessenger/6.5.23 NetType/WIFI Language/zh_CN",
          WECOM_CLIENT_WECHAT },
        { "micromessenger", WECOM_CLIENT_WECHAT },
        { "wx work MicroMessage", WECOM_CLIENT_BROWSER },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (wecom_link_client(cases[i].agent) != cases[i].client) {
            fail_msg("case %d", (int)i);
        }
    }
}

static void client_looks_no_further_than_the_ceiling(void **state)
{
    char agent[WECOM_MAX_USER_AGENT + 8];

    (void)state;
    memset(agent, ' ', sizeof(agent));
    memcpy(agent + WECOM_MAX_USER_AGENT - 6, "wxwork", 7);
    assert_int_equal(wecom_link_client(agent), WECOM_CLIENT_WECOM);
    memset(agent, ' ', sizeof(agent));
    memcpy(agent + WECOM_MAX_USER_AGENT - 5, "wxwork", 7);
    assert_int_equal(wecom_link_client(agent), WECOM_CLIENT_BROWSER);
}

static void authorize_is_as_documented(void **state)
{
    world_t *world = *state;

    assert_string_equal(
        wecom_link_authorize(&world->app, REDIRECT, "abc123", 0, world->pool),
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=ww0123456789abcdef"
        "&redirect_uri=" REDIRECT_ENCODED "&response_type=code&scope=snsapi_base&state=abc123"
        "&agentid=1000002#wechat_redirect");
    assert_string_equal(
        wecom_link_authorize(&world->app, "http://h/", "s", 1, world->pool),
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=ww0123456789abcdef"
        "&redirect_uri=http%3A%2F%2Fh%2F&response_type=code&scope=snsapi_privateinfo&state=s"
        "&agentid=1000002#wechat_redirect");
}

static void authorize_takes_its_own_base(void **state)
{
    world_t *world = *state;
    const char *link;

    world->app.authorize_url = "http://127.0.0.1:8081";
    link = wecom_link_authorize(&world->app, "http://h/", "s", 0, world->pool);
    assert_ptr_equal(strstr(link, "http://127.0.0.1:8081/connect/oauth2/authorize?appid="), link);
}

static void login_is_as_documented(void **state)
{
    world_t *world = *state;

    assert_string_equal(
        wecom_link_login(&world->app, REDIRECT, "abc123", "zh", world->pool),
        "https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=CorpApp"
        "&appid=ww0123456789abcdef&agentid=1000002&redirect_uri=" REDIRECT_ENCODED
        "&state=abc123&lang=zh");
    assert_string_equal(
        wecom_link_login(&world->app, "http://h/", "s", NULL, world->pool),
        "https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=CorpApp"
        "&appid=ww0123456789abcdef&agentid=1000002&redirect_uri=http%3A%2F%2Fh%2F&state=s");
}

static void login_of_old_is_as_documented(void **state)
{
    world_t *world = *state;

    world->app.qrconnect = 1;
    world->app.login_url = WECOM_APP_QRCONNECT_URL;
    assert_string_equal(
        wecom_link_login(&world->app, REDIRECT, "abc123", "en", world->pool),
        "https://open.work.weixin.qq.com/wwopen/sso/qrConnect?appid=ww0123456789abcdef"
        "&agentid=1000002&redirect_uri=" REDIRECT_ENCODED "&state=abc123&lang=en");
    assert_string_equal(
        wecom_link_login(&world->app, "http://h/", "s", NULL, world->pool),
        "https://open.work.weixin.qq.com/wwopen/sso/qrConnect?appid=ww0123456789abcdef"
        "&agentid=1000002&redirect_uri=http%3A%2F%2Fh%2F&state=s");
}

static void no_value_can_leave_its_place(void **state)
{
    world_t *world = *state;
    const char *link;

    world->app.corp_id = "a&b=c";
    world->app.agent_id = "1#2";
    link = wecom_link_authorize(&world->app, "x", "s&t", 0, world->pool);
    assert_non_null(strstr(link, "?appid=a%26b%3Dc&"));
    assert_non_null(strstr(link, "&state=s%26t&agentid=1%232#wechat_redirect"));
    link = wecom_link_login(&world->app, "x", "s", "z&h", world->pool);
    assert_non_null(strstr(link, "&lang=z%26h"));
}

static void state_is_alphanumeric_and_short(void **state)
{
    char text[WECOM_MAX_STATE + 2];

    (void)state;
    assert_true(wecom_link_is_state("azAZ09"));
    assert_false(wecom_link_is_state(NULL));
    assert_false(wecom_link_is_state(""));
    assert_false(wecom_link_is_state("a-b"));
    assert_false(wecom_link_is_state("a b"));
    assert_false(wecom_link_is_state("\xe4"));
    memset(text, 'a', sizeof(text));
    text[WECOM_MAX_STATE] = '\0';
    assert_true(wecom_link_is_state(text));
    text[WECOM_MAX_STATE] = 'a';
    text[WECOM_MAX_STATE + 1] = '\0';
    assert_false(wecom_link_is_state(text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client_is_told_by_two_words),
        cmocka_unit_test(client_looks_no_further_than_the_ceiling),
        cmocka_unit_test_setup_teardown(authorize_is_as_documented, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(authorize_takes_its_own_base, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(login_is_as_documented, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(login_of_old_is_as_documented, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(no_value_can_leave_its_place, world_setup,
                                        world_teardown),
        cmocka_unit_test(state_is_alphanumeric_and_short),
    };

    return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
