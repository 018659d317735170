/* What the session says in words: notices, and the log's lines of what was ignored or killed, and why. */
#include "session/private.h"

#include <stdarg.h>
#include <stdlib.h>

void session_notice(struct session *session, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = NULL;
    int len = vasprintf(&text, format, args);
    va_end(args);
    /* Of --once the last lines come from what the session still waits for when it closes. */
    if (len >= 0 && (!session->closing || !session->watching))
        session->events->notice(session->owner, text);
    free(len >= 0 ? text : NULL);
    session_touch(session);
}

static void remark(struct session *session, enum session_remark what, struct buf *take_text)
{
    if (session->events->remark != NULL && !session->closing)
        session->events->remark(session->owner, what, buf_str(take_text));
    buf_release(take_text);
}

/* A leak is no failure, but it is said, with the test's name. */
void session_tell_leak(struct session *session, const struct event *event)
{
    char *id = bytes_dup(event->test_id);
    char *commands = bytes_dup(event->file);
    for (char *p = commands; p != NULL && *p != '\0'; p++)
        if (*p == '\n')
            *p = p[1] != '\0' ? ',' : '\0';
    session_notice(session, "LEAK  %s left behind, now killed: %s", id,
                   commands != NULL ? commands : "a process");
    free(commands);
    free(id);
}

void session_tell_ended(struct session *session, size_t index)
{
    const struct test *test = &session->model.tests.items[index];
    bool late = test->outcome == OUTCOME_TIMEOUT;
    struct buf text = {0};
    if (session->model.loaded || (!late && test->outcome != OUTCOME_CRASHED))
        return;
    buf_printf(&text, "%s %s", late ? "killed" : "crashed", test->id);
    buf_puts(&text, late ? " at its deadline" : "");
    char *reason = result_text(test->result, "reason");
    if (reason != NULL)
        buf_printf(&text, ": %s", reason);
    free(reason);
    remark(session, REMARK_KILLED, &text);
}

/* "a and 3 more" */
static void add_some(struct buf *text, const char *first, size_t others, size_t most)
{
    buf_puts(text, first);
    if (others > 0)
        buf_printf(text, " and %s%zu more", others >= most ? "at least " : "", others);
}

void session_killed(struct session *session, struct bytes test_id)
{
    if (test_id.data != NULL && !session->model.loaded)
        strings_take(&session->killed, bytes_dup(test_id));
}

void session_tell_killed(struct session *session, const char *why)
{
    struct buf text = {0};
    if (session->killed.len == 0)
        return;
    buf_puts(&text, "killed ");
    add_some(&text, session->killed.items[0], session->killed.len - 1, SIZE_MAX);
    buf_printf(&text, ": %s", why);
    strings_clear(&session->killed);
    remark(session, REMARK_KILLED, &text);
}

void session_tell_cancelled(struct session *session)
{
    const struct loop *loop = &session->loop_plan;
    const char *because = loop->because != NULL ? loop->because : "";
    if (session->stop_on_failure)
        session_tell_killed(session, session->maxfail == 1 ? "the run ends with its first failure"
                                                           : "the run has as many failures as it may have");
    else if (strcmp(because, "key") == 0)
        session_tell_killed(session, loop->next == RUN_NONE ? "the run was stopped by a key"
                                                            : "another run was asked for by a key");
    else
        session_tell_killed(session, because);
}

void session_tell_broken(struct session *session)
{
    struct buf text = {0};
    buf_puts(&text, "killed the worker, which did not stop in time, and all boxes with it");
    remark(session, REMARK_KILLED, &text);
}

void session_tell_beside(struct session *session, const char *recipes)
{
    struct buf text = {0};
    buf_printf(&text, "recipe %s is used; to use what else fits, too: recipe = %s in .aloof.conf",
               session->teams[0].recipe->name, recipes);
    remark(session, REMARK_RECIPES, &text);
}

void session_tell_ignored(struct session *session, const char *path, size_t others, const char *why)
{
    struct buf text = {0};
    buf_puts(&text, "ignored ");
    add_some(&text, path, others, WATCH_OTHERS_MAX);
    buf_printf(&text, ": %s", why);
    remark(session, REMARK_IGNORED, &text);
}
