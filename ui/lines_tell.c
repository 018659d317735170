/* What keys have told of tests: one of them, or many. */
#include "ui/lines_private.h"

#include "session/failure.h"
#include "session/past_life.h"
#include "ui/list_order.h"

#include <stdlib.h>
#include <time.h>

#define CHART_COLS 78 /* of a history */
#define SLOWEST 10    /* so many are told */

static void tell(struct lines *lines, const struct failure *failure)
{
    const struct failure_look look = {.editor = lines->snapshot.editor,
                                      .here = lines->snapshot.here,
                                      .unfold = true,
                                      .ascii = lines->paper.ascii};
    struct story story;
    failure_tell(&story, lines_test(lines, failure), &failure->trace, &look);
    lines_story(lines, &story);
    story_release(&story);
}

/* What else is known of the test, each text below its heading. */
static void tell_texts(struct lines *lines, const struct test *test)
{
    struct buf text = {0};
    for (size_t i = 0; i < FAILURE_TEXTS; i++) {
        buf_clear(&text);
        const struct failure_text *what = failure_text(test, i, &text);
        if (what == NULL)
            continue;
        lines_put(lines, STYLE_PLAIN, "");
        lines_put(lines, STYLE_BOLD, what->heading);
        lines_printed(lines, buf_str(&text));
    }
    buf_release(&text);
}

static void tell_past(struct lines *lines, size_t test)
{
    struct past past;
    struct buf text = {0};
    session_history(lines->session, test, PAST_RESULTS, &past);
    past_tell(&past, &lines->snapshot.model->tests.items[test], (int64_t)time(NULL) * 1000000000,
              lines->paper.ascii, &text);
    if (text.len > 0) {
        lines_put(lines, STYLE_PLAIN, "");
        lines_put(lines, STYLE_BOLD, "History");
        lines_printed(lines, buf_str(&text));
    }
    buf_release(&text);
    past_release(&past);
}

void lines_unfold(struct lines *lines)
{
    const struct failure *failure = lines_selected(lines);
    if (failure != NULL)
        tell(lines, failure);
}

void lines_story_whole(struct lines *lines)
{
    const struct failure *failure = lines_selected(lines);
    if (failure == NULL)
        return;
    tell(lines, failure);
    tell_texts(lines, lines_test(lines, failure));
    tell_past(lines, failure->test);
}

void lines_history(struct lines *lines)
{
    const struct failure *failure = lines_selected(lines);
    if (failure == NULL)
        return;
    struct past past;
    struct buf text = {0};
    session_history(lines->session, failure->test, PAST_LIFE, &past);
    past_life(&past, lines_test(lines, failure), CHART_COLS, lines->paper.ascii, &text);
    lines_printf(lines, STYLE_BOLD, "%s", lines_test(lines, failure)->id);
    lines_printed(lines, text.len > 0 ? buf_str(&text) : "no run of this test is remembered");
    buf_release(&text);
    past_release(&past);
}

/* The red ones; at once again, all of them. */
void lines_tests(struct lines *lines)
{
    bool all = lines->command == COMMAND_TESTS;
    size_t count = 0;
    const struct test *test;
    vec_each (test, &lines->snapshot.model->tests) {
        if (test->gone || (!all && !test->red))
            continue;
        const char *outcome = outcome_name(test->outcome);
        count++;
        lines_printf(lines, test->red ? STYLE_RED : STYLE_PLAIN, "%s %s", outcome, test->id);
    }
    lines_printf(lines, STYLE_PLAIN, "%zu %s", count,
                 all          ? "in all"
                 : count == 1 ? "is red; once more for all tests"
                              : "are red; once more for all tests");
}

/* "    0.50 s usually    0.02 s processor  94% waiting  test_a.py::test_x" */
static void tell_slow(struct lines *lines, const struct test *test)
{
    char usually[32], processor[32] = "";
    struct buf text = {0};
    view_seconds(usually, sizeof usually, list_time(test, LIST_BY_TIME), 2);
    view_seconds(processor, sizeof processor, test->cpu_ns, 2);
    buf_printf(&text, "%9s usually", usually);
    if (test->cpu_ns > 0)
        buf_printf(&text, "  %9s processor", processor);
    if (list_waiting(test) > 0)
        buf_printf(&text, "  %d%% waiting", list_waiting(test));
    lines_printf(lines, test->red ? STYLE_RED : STYLE_PLAIN, "%s%s  %s", buf_str(&text),
                 test->flaky > 0 ? "  flaky" : "", test->id);
    buf_release(&text);
}

/* Each time at once again it is by the next of what can be long. */
void lines_slowest(struct lines *lines)
{
    struct list *list = &lines->list;
    const struct model *model = lines->snapshot.model;
    enum list_order next = (enum list_order)(list->order + 1);
    bool again = lines->command == COMMAND_SORT && list_timed(next);
    list_open_slowest(list);
    list->order = again ? next : LIST_BY_TIME;
    list_update(list, model);
    size_t told = 0;
    for (; told < list->rows.len && told < SLOWEST; told++) {
        const struct test *test = &model->tests.items[list->rows.items[told].test];
        if (list_time(test, list->order) == 0)
            break;
        tell_slow(lines, test);
    }
    static const char *const by[LIST_ORDERS] = {[LIST_BY_TIME] = "what they usually take",
                                                [LIST_BY_CPU] = "processor time",
                                                [LIST_BY_WAITING] = "time waited"};
    lines_printf(lines, STYLE_PLAIN, "%zu slowest by %s; once more for another order", told, by[list->order]);
}
