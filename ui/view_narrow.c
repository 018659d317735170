#include "ui/view_narrow.h"

#define FILTER_COLS 24 /* of a filter in the header, at most */

bool view_steps(const struct snapshot *snapshot)
{
    return snapshot->status.steps > 0;
}

/* Whether it is a failure to collect that keeps the test that is stepped to from running. */
static bool hinders(const struct snapshot *snapshot, const struct failure *failure)
{
    const struct test *tests = snapshot->model->tests.items;
    const struct test *test = &tests[failure->test];
    return test->red && test->outcome == OUTCOME_COLLECTION &&
           loop_shadows(test, tests[snapshot->status.step].group);
}

static void order_steps(const struct snapshot *snapshot, struct view_order *order)
{
    for (size_t i = 0; i < snapshot->failure_count; i++)
        if (hinders(snapshot, &snapshot->failures[i]))
            vec_push(order, i);
    for (size_t i = 0; order->len == 0 && i < snapshot->failure_count; i++)
        if (snapshot->failures[i].test == snapshot->status.step)
            vec_push(order, i);
}

void view_order(const struct snapshot *snapshot, struct view_order *order)
{
    bool filter = snapshot->status.filter != NULL;
    order->len = 0;
    if (view_steps(snapshot)) {
        order_steps(snapshot, order);
        return;
    }
    for (size_t i = 0; i < snapshot->failure_count; i++)
        if (!filter || !snapshot->failures[i].outside)
            vec_push(order, i);
    for (size_t i = 0; filter && i < snapshot->failure_count; i++)
        if (snapshot->failures[i].outside)
            vec_push(order, i);
}

static const char *dot(const struct screen *screen)
{
    return screen->ascii ? " - " : " · ";
}

int view_narrowed(struct screen *screen, int row, int col, int limit, const struct snapshot *snapshot)
{
    const struct session_status *status = &snapshot->status;
    char text[64];
    if (view_steps(snapshot)) {
        snprintf(text, sizeof text, "STEP %zu of %zu", status->step_at, status->steps);
        col = screen_put(screen, row, col, limit, STYLE_YELLOW, text);
        col = screen_put(screen, row, col, limit, STYLE_DIM, dot(screen));
    }
    if (status->filter != NULL) {
        col = screen_put(screen, row, col, limit, STYLE_YELLOW, "FILTER ");
        int most = (limit - col) / 3 < FILTER_COLS ? (limit - col) / 3 : FILTER_COLS;
        col = screen_fit(screen, row, col, col + most, STYLE_YELLOW, status->filter);
        col = screen_put(screen, row, col, limit, STYLE_DIM, dot(screen));
    }
    return col;
}

static size_t count_red(const struct snapshot *snapshot, bool outside)
{
    size_t red = 0;
    for (size_t i = 0; i < snapshot->failure_count; i++)
        red += !snapshot->failures[i].fixed && snapshot->failures[i].outside == outside;
    return red;
}

bool view_filter_verdict(const struct snapshot *snapshot, char *text, size_t size, enum style *style)
{
    size_t red = count_red(snapshot, false), others = count_red(snapshot, true);
    size_t tests = snapshot->filter_tests, passed = snapshot->filter_passed;
    char more[48] = "";
    if (snapshot->status.filter == NULL)
        return false;
    if (others > 0)
        snprintf(more, sizeof more, ", %zu other%s red", others, others == 1 ? "" : "s");
    *style = red > 0 ? STYLE_RED : passed == tests && others == 0 ? STYLE_GREEN : STYLE_YELLOW;
    if (red > 0 && red <= tests)
        snprintf(text, size, "RED %zu of %zu%s", red, tests, more);
    else if (red > 0)
        snprintf(text, size, "RED %zu%s", red, more);
    else if (tests == 0)
        snprintf(text, size, "no test matches%s", more);
    else if (snapshot->status.state == LOOP_IDLE)
        snprintf(text, size, "%zu of %zu passed%s", passed, tests, more);
    else
        snprintf(text, size, "%s", others > 0 ? more + strlen(", ") : "");
    return true;
}

static void add_key(struct buf *text, const struct keymap *keys, enum command command, const char *does)
{
    struct buf key = {0};
    if (keymap_first(keys, command, &key))
        buf_printf(text, "%s%s", buf_str(&key), does);
    buf_release(&key);
}

bool view_widening(const struct snapshot *snapshot, bool ascii, struct buf *text)
{
    const char *between = ascii ? " - " : " · ";
    if (view_steps(snapshot)) {
        buf_puts(text, "only this one runs");
        buf_puts(text, between);
        add_key(text, snapshot->keys, COMMAND_STEP, " or ");
        buf_puts(text, "Esc leaves");
        if (snapshot->status.steps > 1) {
            buf_puts(text, between);
            add_key(text, snapshot->keys, COMMAND_NEXT_FAILURE, " skips");
        }
        return true;
    }
    if (snapshot->status.filter == NULL)
        return false;
    buf_puts(text, "only what matches runs");
    buf_puts(text, between);
    add_key(text, snapshot->keys, COMMAND_FILTER, " and Enter clears the filter");
    return true;
}
