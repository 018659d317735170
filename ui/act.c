#include "ui/app_private.h"

#include "trace/place.h"
#include "ui/narrow.h"
#include "ui/typing.h"

#include <stdlib.h>

#define WHEEL_LINES 3

static int area_rows(const struct app *app)
{
    int rows, cols;
    terminal_size(app->terminal, &rows, &cols);
    return view_area_rows(rows);
}

static void open_path(struct app *app, const char *path, unsigned line, unsigned column)
{
    char *file = place_from(path, app->snapshot.here);
    opener_open(&app->opener, file, line, column);
    free(file);
}

static void edit_file(struct app *app, size_t test)
{
    const char *group = app->snapshot.model->tests.items[test].group;
    if (group != NULL && *group != '\0')
        open_path(app, group, 0, 0);
    else
        app_say(app, "no source line is known for this test");
}

static void edit_failure(struct app *app, const struct failure *failure)
{
    const struct trace *trace = &failure->trace;
    const struct frame *frame = trace_likely(trace);
    if (!app->list.open && app->view.frame >= 0 && (size_t)app->view.frame < trace->frames.len)
        frame = &trace->frames.items[app->view.frame];
    if (frame != NULL)
        open_path(app, frame->path, frame->line, frame->column);
    else
        edit_file(app, failure->test);
}

static void edit(struct app *app)
{
    const struct failure *failure = app_selected(app);
    if (failure != NULL)
        edit_failure(app, failure);
    else if (app_selected_test(app) != MAP_NONE)
        edit_file(app, app_selected_test(app));
}

static void run_selected(struct app *app)
{
    if (app_selected_test(app) != MAP_NONE)
        session_run_one(app->session, app_selected_test(app));
}

static void debug_selected(struct app *app)
{
    struct strings argv = {0};
    if (app_selected_test(app) == MAP_NONE)
        return;
    session_debug_command(app->session, app_selected_test(app), &argv);
    opener_lend(&app->opener, &argv, session_root(app->session), "it passed under the debugger");
    strings_release(&argv);
}

static void toggle_pause(struct app *app)
{
    struct session_status status;
    session_status(app->session, &status);
    session_pause(app->session, !status.paused);
}

static void command_view(struct app *app, enum command command)
{
    if (command == COMMAND_HELP)
        page_show_help(&app->page, app->snapshot.keys, app->blocks.cols);
    else if (command == COMMAND_LOG)
        page_show_log(&app->page);
    else if (command == COMMAND_STORY)
        app_show_story(app);
    else if (command == COMMAND_HISTORY)
        app_show_history(app);
    else if (command == COMMAND_TESTS)
        list_open(&app->list);
    else if (command == COMMAND_SORT)
        list_open_slowest(&app->list);
    else if (command == COMMAND_UNFOLD && app->view.test != MAP_NONE)
        view_unfold(&app->view, app->view.test);
    else if (command == COMMAND_UNFOLD_ALL)
        view_unfold_all(&app->view);
    else
        view_move(&app->view, &app->blocks, area_rows(app), command);
}

static void command_session(struct app *app, enum command command)
{
    switch (command) {
    case COMMAND_EDIT:
        edit(app);
        break;
    case COMMAND_RERUN_RED:
        session_rerun_red(app->session);
        break;
    case COMMAND_RUN_ALL:
        session_run_all(app->session);
        break;
    case COMMAND_RUN_ONE:
        run_selected(app);
        break;
    case COMMAND_DEBUG:
        debug_selected(app);
        break;
    case COMMAND_STOP:
        session_stop_run(app->session);
        break;
    case COMMAND_PAUSE:
        toggle_pause(app);
        break;
    case COMMAND_WATCH_AGAIN:
        session_watch_again(app->session);
        break;
    case COMMAND_REDRAW:
        terminal_forget(app->terminal);
        break;
    case COMMAND_QUIT:
        app_quit(app, 0);
        break;
    default:
        command_view(app, command);
        break;
    }
}

/* Does what a command asks for, given by that input, wherever the person is. */
static void act(struct app *app, int input, enum command command)
{
    int rows, cols;
    view_say(&app->view, NULL);
    app_look(app);
    view_follow(&app->view, &app->blocks, area_rows(app));
    if (app->prompt.open) {
        narrow_type(app, input);
        app_touch(app, true);
        return;
    }
    terminal_size(app->terminal, &rows, &cols);
    bool taken = app->page.kind != PAGE_NONE ? page_input(&app->page, &app->log, rows, cols, input, command)
                 : app->list.open
                     ? list_input(&app->list, rows, input, command)
                     : view_read(&app->view, &app->blocks, &app->snapshot, area_rows(app), input, command);
    if (!taken && !narrow_act(app, input, command))
        command_session(app, command);
    app_touch(app, true);
}

/* The line that is being typed somewhere; NULL none. */
static struct buf *typed_line(struct app *app)
{
    if (app->prompt.open)
        return &app->prompt.typed;
    struct reading *reading = app->page.kind != PAGE_NONE ? &app->page.pager.reading : &app->view.reading;
    if (app->page.kind == PAGE_NONE && app->list.open)
        return app->list.asking ? &app->list.filter : NULL;
    return reading->asking ? &reading->typed : NULL;
}

void app_pasted(void *owner, int character)
{
    struct app *app = owner;
    struct buf *line = app->state == APP_OPEN ? typed_line(app) : NULL;
    if (line == NULL)
        return;
    typing_paste(line, character);
    app->list.stale = app->prompt.stale = true;
    app_touch(app, false);
}

void app_key(void *owner, int input)
{
    struct app *app = owner;
    if (app->state != APP_OPEN || app->session == NULL)
        return;
    if (input == INPUT_PASTE && typed_line(app) != NULL)
        return;
    if (input == INPUT_PASTE)
        app_say(app, "pasted text is not keys");
    else
        act(app, input, keymap_command(app->snapshot.keys, input));
}

/* The wheel moves the cursor wherever there is no more to it. */
static void wheel(struct app *app, int step)
{
    bool covered = app->page.kind != PAGE_NONE || app->list.open;
    for (int i = 0; covered && i < WHEEL_LINES; i++)
        act(app, INPUT_NONE, step > 0 ? COMMAND_NEXT : COMMAND_PREVIOUS);
    if (!covered)
        view_scroll(&app->view, &app->blocks, area_rows(app), step * WHEEL_LINES);
}

/* A click leaves the help, as any key does that is not for it. */
static void click_page(struct app *app, const struct screen *screen, const struct mouse *mouse)
{
    int input = page_hint_at(screen, &app->page, app->snapshot.keys, mouse->row, mouse->col);
    if (input != INPUT_NONE)
        app_key(app, input);
    else if (app->page.kind == PAGE_HELP)
        page_close(&app->page);
}

static void click_list(struct app *app, const struct screen *screen, const struct mouse *mouse, bool twice)
{
    int input = list_hint_at(screen, &app->list, app->snapshot.keys, mouse->row, mouse->col);
    if (input != INPUT_NONE)
        app_key(app, input);
    else if (list_put(&app->list, screen->rows, mouse->row) && twice)
        app_show_story(app);
}

static void click_failure(struct app *app, const struct screen *screen, const struct mouse *mouse, bool twice)
{
    struct hit hit = view_hit(screen, &app->snapshot, &app->view, &app->blocks, mouse->row, mouse->col);
    if (hit.kind == HIT_KEY)
        app_key(app, hit.input);
    if (hit.kind != HIT_FAILURE)
        return;
    view_say(&app->view, NULL);
    view_put(&app->view, &app->blocks, &hit);
    if (twice)
        edit(app);
}

static void click(struct app *app, const struct mouse *mouse, uint64_t time_ms)
{
    struct screen screen = {.ascii = terminal_ascii(app->terminal)};
    bool twice = clicks_twice(&app->clicks, mouse->row, time_ms);
    terminal_size(app->terminal, &screen.rows, &screen.cols);
    bool covered = app->view.message != NULL && mouse->row == screen.rows - 1; /* the hints are */
    if (covered || app->prompt.open)
        return;
    if (app->page.kind != PAGE_NONE)
        click_page(app, &screen, mouse);
    else if (app->list.open)
        click_list(app, &screen, mouse, twice);
    else
        click_failure(app, &screen, mouse, twice);
}

void app_mouse(void *owner, const struct mouse *mouse, uint64_t time_ms)
{
    struct app *app = owner;
    if (app->state != APP_OPEN || app->session == NULL)
        return;
    app_look(app);
    view_follow(&app->view, &app->blocks, area_rows(app));
    if (mouse->action == MOUSE_CLICK)
        click(app, mouse, time_ms);
    else
        wheel(app, mouse->action == MOUSE_WHEEL_DOWN ? 1 : -1);
    app_touch(app, true);
}
