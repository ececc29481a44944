/* SPDX-License-Identifier: Apache-2.0 */
/* test_bind.c - from WeCom's word to the account: the directory's verdicts, and the visitor's
 * answers. The directory and the passwords are fakes; who becomes whom is test_match.c's. */
#include "support.h"

#include <string.h>

#include <apr_strings.h>

#include "../../src/auth/half.h"
#include "walk.h"

#define HERE "https://intranet.example.com/report?id=7"

typedef struct scene_t {
    walk_t *walk;
    wecom_directory_t directory;
    wecom_prover_t prover;
    wecom_admission_t admission;    /* the next answer */
    wecom_status_t status;
    wecom_claim_t claim;            /* the last question */
    int asked;
    wecom_proof_t proof;
    int proofs;
    const char *state;              /* of the half-finished login */
} scene_t;

static wecom_status_t admit(const wecom_directory_t *self, wecom_admission_t *admission,
                            wecom_error_t *err, const wecom_claim_t *claim, apr_pool_t *pool)
{
    scene_t *scene = self->baton;

    (void)pool;
    scene->asked++;
    scene->claim = *claim;
    *admission = scene->admission;
    return scene->status == WECOM_OK ? WECOM_OK
                                     : wecom_error_set(err, scene->status, 0, "accounts", "down");
}

static wecom_proof_t check(const wecom_prover_t *self, const char *username,
                           const char *password)
{
    scene_t *scene = self->baton;

    (void)username;
    (void)password;
    scene->proofs++;
    return scene->proof;
}

static int setup(void **state)
{
    static scene_t scene;
    void *walk = NULL;
    int failed = walk_setup(&walk);

    memset(&scene, 0, sizeof(scene));
    scene.walk = walk;
    scene.directory.print = "here";
    scene.directory.admit = admit;
    scene.directory.baton = &scene;
    scene.prover.check = check;
    scene.prover.baton = &scene;
    if (failed == 0) {
        scene.walk->room.directory = &scene.directory;
        scene.walk->acme.association = WECOM_ASSOCIATION_ASK;
        walk_only(scene.walk, &scene.walk->acme);
    }
    *state = &scene;
    return failed;
}

static int teardown(void **state)
{
    void *walk = ((scene_t *)*state)->walk;

    return walk_teardown(&walk);
}

#define SCENE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static void say(scene_t *scene, wecom_match_verdict_t verdict, wecom_match_refusal_t refusal)
{
    memset(&scene->admission, 0, sizeof(scene->admission));
    scene->admission.verdict = verdict;
    scene->admission.refusal = refusal;
    if (verdict == WECOM_MATCH_LOG_IN) {
        scene->admission.standing.account.id = "a1";
        scene->admission.standing.account.username = "li.si";
        scene->admission.standing.linked_by = "create";
        scene->admission.standing.marks = WECOM_STANDING_PREEXISTING;
    }
}

/* A login up to the directory's verdict. */
static void log_in(scene_t *scene)
{
    walk_wait(scene->walk, 120);
    walk_login(scene->walk, "LiSi");
}

/* A login that ends in a question; its state is in the scene. */
static void be_asked(scene_t *scene, wecom_match_verdict_t verdict)
{
    const char *p;

    say(scene, verdict, WECOM_MATCH_NO_REFUSAL);
    log_in(scene);
    p = strstr(scene->walk->reply.location, "/bind?p=");
    CHECK(p != NULL, "%s", support_show(scene->walk->reply.location));
    scene->state = apr_pstrmemdup(scene->walk->pool, p + 8, WECOM_STATE_CHARS);
    assert_null(scene->walk->reply.ticket);
}

/* A good form of the page that is shown. */
static wecom_bind_form_t form_of(scene_t *scene, const char *action)
{
    wecom_bind_form_t form = { scene->state, NULL, action, "li.si", "right", NULL };
    const char *token;

    walk_bind(scene->walk, scene->state, NULL);
    assert_int_equal(scene->walk->reply.status, 200);
    token = strstr(scene->walk->reply.body, "name=\"token\" value=\"");
    assert_non_null(token);
    token += strlen("name=\"token\" value=\"");
    form.token = apr_pstrmemdup(scene->walk->pool, token, strcspn(token, "\""));
    return form;
}

static void post(scene_t *scene, const wecom_bind_form_t *form)
{
    walk_bind_post(scene->walk, form, &scene->prover);
}

/* --- tests ------------------------------------------------------------------------------------ */

static void account_is_in_the_session(void **state)
{
    scene_t *scene = *state;

    say(scene, WECOM_MATCH_LOG_IN, WECOM_MATCH_NO_REFUSAL);
    log_in(scene);
    walk_assert_redirect(scene->walk, 302, HERE);
    assert_string_equal(scene->walk->reply.ticket->account, "li.si");
    assert_string_equal(scene->walk->reply.ticket->userid, "LiSi");
    assert_int_equal(scene->walk->reply.ticket->flags, WECOM_TICKET_PREEXISTING);
    assert_string_equal(scene->walk->reply.account, "li.si");
    assert_int_equal(scene->claim.step, WECOM_STEP_FIRST);
}

static void refusals_have_reasons(void **state)
{
    static const struct {
        wecom_match_refusal_t refusal;
        wecom_reason_t reason;
    } rows[] = {
        { WECOM_MATCH_LOGIN_ONLY, WECOM_REASON_LOGIN_ONLY },
        { WECOM_MATCH_NO_REGISTRATION, WECOM_REASON_NO_REGISTRATION },
        { WECOM_MATCH_INACTIVE, WECOM_REASON_ACCOUNT_INACTIVE },
        { WECOM_MATCH_LOCKED, WECOM_REASON_ACCOUNT_LOCKED },
        { WECOM_MATCH_TAKEN, WECOM_REASON_TAKEN },
        { WECOM_MATCH_AMBIGUOUS, WECOM_REASON_AMBIGUOUS },
        { WECOM_MATCH_STALE, WECOM_REASON_STALE_LINK },
    };
    scene_t *scene = *state;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        say(scene, WECOM_MATCH_REFUSE, rows[i].refusal);
        log_in(scene);
        walk_assert_refused(scene->walk, rows[i].reason, "/report?id=7");
        assert_null(scene->walk->reply.ticket);
    }
    scene->status = WECOM_E_UNAVAILABLE;
    log_in(scene);
    walk_assert_refused(scene->walk, WECOM_REASON_DIRECTORY, "/report?id=7");
}

/* The same login with the member's consent, once. */
static void consent_is_asked_for(void **state)
{
    scene_t *scene = *state;

    scene->walk->acme.association = WECOM_ASSOCIATION_FIELD;
    scene->walk->room.client = WECOM_CLIENT_WECOM;
    say(scene, WECOM_MATCH_CONSENT, WECOM_MATCH_NO_REFUSAL);
    log_in(scene);
    assert_int_equal(scene->walk->reply.status, 302);
    assert_non_null(strstr(scene->walk->reply.location, "scope=snsapi_privateinfo"));
    assert_null(scene->walk->reply.ticket);
    assert_int_equal(scene->walk->reply.reason, WECOM_REASON_NONE);
}

static void page_fits_the_question(void **state)
{
    scene_t *scene = *state;

    be_asked(scene, WECOM_MATCH_ASK);
    walk_bind(scene->walk, scene->state, NULL);
    walk_assert_shows(scene->walk, "Do you have an account here?");
    walk_assert_shows(scene->walk, "Create a new account");
    walk_bind(scene->walk, scene->state, "bind");
    walk_assert_shows(scene->walk, "type=\"password\"");
    walk_assert_shows(scene->walk, ">Back<");
    walk_assert_hides(scene->walk, "Create a new account");
    be_asked(scene, WECOM_MATCH_ASK_TO_BIND);
    walk_bind(scene->walk, scene->state, NULL);
    walk_assert_shows(scene->walk, "type=\"password\"");
    walk_assert_hides(scene->walk, ">Back<");
}

static void binding(void **state)
{
    scene_t *scene = *state;
    wecom_bind_form_t form;

    be_asked(scene, WECOM_MATCH_ASK);
    form = form_of(scene, "bind");
    say(scene, WECOM_MATCH_LOG_IN, WECOM_MATCH_NO_REFUSAL);
    post(scene, &form);
    walk_assert_goes_on(scene->walk, HERE);
    assert_int_equal(scene->claim.step, WECOM_STEP_BIND);
    assert_string_equal(scene->claim.username, "li.si");
    assert_string_equal(scene->walk->reply.ticket->account, "li.si");
    assert_int_equal(scene->proofs, 1);
    /* spent */
    post(scene, &form);
    assert_int_equal(scene->proofs, 1);
    walk_assert_goes_on(scene->walk, HERE);
    assert_int_equal(scene->walk->reply.signed_in, 0);
}

static void wrong_password_takes_its_time(void **state)
{
    scene_t *scene = *state;
    wecom_bind_form_t form;
    int asked;

    be_asked(scene, WECOM_MATCH_ASK);
    form = form_of(scene, "bind");
    asked = scene->asked;
    scene->proof = WECOM_PROOF_DENIED;
    post(scene, &form);
    assert_int_equal(scene->walk->reply.reason, WECOM_REASON_BAD_CREDENTIALS);
    assert_int_equal(scene->walk->reply.status, 403);
    walk_assert_shows(scene->walk, "Account or password is wrong.");
    walk_assert_shows(scene->walk, "value=\"li.si\"");
    walk_assert_hides(scene->walk, "right");
    assert_int_equal(scene->asked, asked);
    assert_true(scene->walk->world->clock.pauses > 0);
    /* the right one, of no account here: the same words, the same time */
    scene->proof = WECOM_PROOF_GRANTED;
    say(scene, WECOM_MATCH_REFUSE, WECOM_MATCH_UNKNOWN);
    post(scene, &form);
    assert_int_equal(scene->walk->reply.reason, WECOM_REASON_BAD_CREDENTIALS);
    walk_assert_shows(scene->walk, "Account or password is wrong.");
}

static void values_that_are_no_password(void **state)
{
    scene_t *scene = *state;
    wecom_bind_form_t good;
    wecom_bind_form_t form;
    char *much = apr_pcalloc(scene->walk->pool, 5000);

    memset(much, 'a', 4999);
    be_asked(scene, WECOM_MATCH_ASK);
    good = form_of(scene, "bind");
    form = good;
    form.username = NULL;
    post(scene, &form);
    assert_int_equal(scene->walk->reply.reason, WECOM_REASON_BAD_CREDENTIALS);
    form.username = much;
    post(scene, &form);
    assert_int_equal(scene->walk->reply.reason, WECOM_REASON_BAD_CREDENTIALS);
    form = good;
    form.password = much;
    post(scene, &form);
    assert_int_equal(scene->walk->reply.reason, WECOM_REASON_BAD_CREDENTIALS);
    form.password = "";
    post(scene, &form);
    assert_int_equal(scene->walk->reply.reason, WECOM_REASON_BAD_CREDENTIALS);
    assert_int_equal(scene->proofs, 0);
}

static void provider_down(void **state)
{
    scene_t *scene = *state;
    wecom_bind_form_t form;
    int i;

    be_asked(scene, WECOM_MATCH_ASK);
    form = form_of(scene, "bind");
    scene->proof = WECOM_PROOF_UNAVAILABLE;
    for (i = 0; i < 7; i++) { /* no failure of the member's */
        post(scene, &form);
        assert_int_equal(scene->walk->reply.reason, WECOM_REASON_PROVIDER);
        walk_assert_shows(scene->walk, "This cannot be checked at the moment.");
    }
    walk_bind_post(scene->walk, &form, NULL);
    assert_int_equal(scene->walk->reply.reason, WECOM_REASON_NOT_OFFERED);
}

static void throttled(void **state)
{
    scene_t *scene = *state;
    wecom_bind_form_t form;
    int i;

    be_asked(scene, WECOM_MATCH_ASK);
    form = form_of(scene, "bind");
    scene->proof = WECOM_PROOF_DENIED;
    for (i = 0; i < 5; i++) {
        post(scene, &form);
    }
    scene->proof = WECOM_PROOF_GRANTED;
    post(scene, &form);
    assert_int_equal(scene->walk->reply.reason, WECOM_REASON_THROTTLED);
    assert_int_equal(scene->walk->reply.status, 429);
    assert_int_equal(scene->proofs, 5);
}

/* No password is tried where nobody is asked for one. */
static void no_proof_without_a_question(void **state)
{
    scene_t *scene = *state;
    wecom_bind_form_t form;

    be_asked(scene, WECOM_MATCH_ASK);
    form = form_of(scene, "bind");
    scene->walk->acme.association = WECOM_ASSOCIATION_FIELD;
    post(scene, &form);
    assert_int_equal(scene->walk->reply.reason, WECOM_REASON_NOT_OFFERED);
    assert_int_equal(scene->proofs, 0);
}

static void token_of_another_form(void **state)
{
    scene_t *scene = *state;
    wecom_bind_form_t first;
    wecom_bind_form_t second;

    be_asked(scene, WECOM_MATCH_ASK);
    first = form_of(scene, "create");
    be_asked(scene, WECOM_MATCH_ASK);
    second = form_of(scene, "create");
    second.token = first.token;
    post(scene, &second);
    assert_int_equal(scene->walk->reply.reason, WECOM_REASON_NOT_OFFERED);
    second.token = NULL;
    post(scene, &second);
    assert_int_equal(scene->walk->reply.reason, WECOM_REASON_NOT_OFFERED);
}

static void expired(void **state)
{
    scene_t *scene = *state;
    wecom_bind_form_t form;

    be_asked(scene, WECOM_MATCH_ASK);
    form = form_of(scene, "create");
    walk_wait(scene->walk, 601);
    post(scene, &form);
    assert_int_equal(scene->walk->reply.reason, WECOM_REASON_ASK_EXPIRED);
    /* the cache has lost it, the browser has not */
    be_asked(scene, WECOM_MATCH_ASK);
    wecom_half_drop(&scene->walk->world->cache.port, scene->state, scene->walk->pool);
    walk_bind(scene->walk, scene->state, NULL);
    assert_int_equal(scene->walk->reply.reason, WECOM_REASON_ASK_EXPIRED);
}

static void another_browser(void **state)
{
    scene_t *scene = *state;
    wecom_bind_form_t form;

    be_asked(scene, WECOM_MATCH_ASK);
    form = form_of(scene, "create");
    walk_forget(scene->walk, NULL);
    say(scene, WECOM_MATCH_LOG_IN, WECOM_MATCH_NO_REFUSAL);
    post(scene, &form);
    assert_int_equal(scene->walk->reply.reason, WECOM_REASON_WRONG_BROWSER);
    assert_null(scene->walk->reply.ticket);
}

static void back_after_success(void **state)
{
    scene_t *scene = *state;
    wecom_bind_form_t form;

    be_asked(scene, WECOM_MATCH_ASK);
    form = form_of(scene, "create");
    say(scene, WECOM_MATCH_LOG_IN, WECOM_MATCH_NO_REFUSAL);
    post(scene, &form);
    walk_bind(scene->walk, scene->state, "bind");
    walk_assert_redirect(scene->walk, 302, HERE);
    walk_forget(scene->walk, NULL); /* signed out: nothing opens */
    walk_bind(scene->walk, scene->state, NULL);
    walk_assert_refused(scene->walk, WECOM_REASON_ASK_EXPIRED, "/report?id=7");
}

static void states_that_are_none(void **state)
{
    static const char *const states[] = {
        NULL, "", "x", "01vGZ6GaaaaaaaaaAAAAAAAAAAAAAAA/", "01vGZ6GaaaaaaaaaAAAAAAAAAAAAAAAA",
    };
    scene_t *scene = *state;
    size_t i;

    for (i = 0; i < COUNT(states); i++) {
        walk_bind(scene->walk, states[i], NULL);
        CHECK(scene->walk->reply.status == 400, "%s", support_show(states[i]));
    }
    /* a login that is under way with WeCom is no question of ours */
    walk_begin(scene->walk);
    walk_bind(scene->walk, scene->walk->state, NULL);
    assert_int_equal(scene->walk->reply.reason, WECOM_REASON_ASK_EXPIRED);
}

/* Nobody exchanges a code under the state of a question. */
static void question_is_no_login(void **state)
{
    scene_t *scene = *state;
    int asked;

    be_asked(scene, WECOM_MATCH_ASK);
    asked = scene->asked;
    walk_return(scene->walk, apr_pstrcat(scene->walk->pool, "code=C&state=", scene->state, NULL));
    assert_int_equal(scene->walk->reply.reason, WECOM_REASON_BAD_RETURN);
    assert_int_equal(scene->asked, asked);
}

static void choice_among_the_offered(void **state)
{
    scene_t *scene = *state;
    apr_array_header_t *found = apr_array_make(scene->walk->pool, 2, sizeof(wecom_account_t));
    wecom_bind_form_t form;
    wecom_account_t account;
    const char *p;

    memset(&account, 0, sizeof(account));
    account.id = "a1";
    account.username = "li<si>";
    account.email = "li@example.com";
    APR_ARRAY_PUSH(found, wecom_account_t) = account;
    account.id = "a2";
    account.username = "lisi2";
    APR_ARRAY_PUSH(found, wecom_account_t) = account;
    scene->walk->acme.association = WECOM_ASSOCIATION_FIELD;
    say(scene, WECOM_MATCH_CHOOSE, WECOM_MATCH_NO_REFUSAL);
    scene->admission.candidates = found;
    log_in(scene);
    p = strstr(scene->walk->reply.location, "/bind?p=");
    assert_non_null(p);
    scene->state = apr_pstrmemdup(scene->walk->pool, p + 8, WECOM_STATE_CHARS);
    form = form_of(scene, "choose");
    walk_assert_shows(scene->walk, "li&lt;si&gt;");
    walk_assert_shows(scene->walk, "l***@e***.com");
    walk_assert_hides(scene->walk, "li@example.com");
    say(scene, WECOM_MATCH_LOG_IN, WECOM_MATCH_NO_REFUSAL);
    form.account = "a3";
    post(scene, &form);
    assert_int_equal(scene->walk->reply.reason, WECOM_REASON_NOT_OFFERED);
    form.account = NULL;
    post(scene, &form);
    assert_int_equal(scene->walk->reply.reason, WECOM_REASON_NOT_OFFERED);
    form.account = "a2";
    post(scene, &form);
    walk_assert_goes_on(scene->walk, HERE);
    assert_int_equal(scene->claim.step, WECOM_STEP_CHOOSE);
    assert_string_equal(scene->claim.chosen, "a2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(account_is_in_the_session),
        SCENE_TEST(refusals_have_reasons),
        SCENE_TEST(consent_is_asked_for),
        SCENE_TEST(page_fits_the_question),
        SCENE_TEST(binding),
        SCENE_TEST(wrong_password_takes_its_time),
        SCENE_TEST(values_that_are_no_password),
        SCENE_TEST(provider_down),
        SCENE_TEST(throttled),
        SCENE_TEST(no_proof_without_a_question),
        SCENE_TEST(token_of_another_form),
        SCENE_TEST(expired),
        SCENE_TEST(another_browser),
        SCENE_TEST(back_after_success),
        SCENE_TEST(states_that_are_none),
        SCENE_TEST(question_is_no_login),
        SCENE_TEST(choice_among_the_offered),
    };

    return cmocka_run_group_tests_name("bind", tests, support_start, support_end);
}
