/* The test that keys are about, and what they show of it. */
#include "ui/app_private.h"

#include "session/past_life.h"
#include "ui/whole.h"

#include <stdlib.h>
#include <time.h>

const struct failure *app_selected(const struct app *app)
{
    if (app->list.open) {
        size_t test = list_selected(&app->list);
        for (size_t i = 0; i < app->snapshot.failure_count; i++)
            if (app->snapshot.failures[i].test == test)
                return &app->snapshot.failures[i];
        return NULL;
    }
    if (app->view.test == MAP_NONE || app->view.at >= app->blocks.list.len)
        return NULL;
    size_t at = app->blocks.list.items[app->view.at].failure;
    return at < app->snapshot.failure_count ? &app->snapshot.failures[at] : NULL;
}

size_t app_selected_test(const struct app *app)
{
    const struct failure *failure = app_selected(app);
    return app->list.open ? list_selected(&app->list) : failure != NULL ? failure->test : MAP_NONE;
}

void app_show_story(struct app *app)
{
    const struct failure *failure = app_selected(app);
    size_t at = app_selected_test(app);
    if (at == MAP_NONE) {
        app_say(app, "no failure is here to be told; the list of all tests has the others");
        return;
    }
    const struct test *test = &app->snapshot.model->tests.items[at];
    if (failure == NULL && test->outcome == OUTCOME_UNKNOWN) {
        app_say(app, "there is nothing to tell of a test that never ran");
        return;
    }
    const struct failure_look look = {.editor = app->snapshot.editor,
                                      .here = app->snapshot.here,
                                      .unfold = true,
                                      .ascii = app->blocks.ascii};
    struct past past;
    session_history(app->session, at, PAST_RESULTS, &past);
    whole_show(&app->page, test, failure != NULL ? &failure->trace : NULL, &past,
               (int64_t)time(NULL) * 1000000000, &look);
    past_release(&past);
}

void app_show_history(struct app *app)
{
    size_t at = app_selected_test(app);
    if (at == MAP_NONE) {
        app_say(app, "no failure is here to tell the history of; the list of all tests has the others");
        return;
    }
    const struct test *test = &app->snapshot.model->tests.items[at];
    struct past past;
    struct buf text = {0};
    session_history(app->session, at, PAST_LIFE, &past);
    past_life(&past, test, app->blocks.cols - 2, app->blocks.ascii, &text);
    char *title = mem_printf("history of %s", test->id);
    if (text.len > 0)
        page_show_history(&app->page, title, buf_str(&text));
    else
        app_say(app, "no run of this test is remembered");
    free(title);
    buf_release(&text);
    past_release(&past);
}
