#include "ui/app.h"

#include "failure.h"
#include "trace/place.h"
#include "ui/list.h"
#include "ui/log.h"
#include "ui/open.h"
#include "ui/page.h"
#include "ui/tell.h"
#include "ui/terminal_curses.h"
#include "ui/view.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define PAINT_MS 33       /* between two paints, at least */
#define TICK_MS 100       /* of the elapsed time, while it shows tenths */
#define TICK_SLOW_MS 1000 /* and while it shows seconds */
#define TENTHS_UNTIL_NS 10000000000
#define WHEEL_LINES 3
#define INTERRUPTED 2 /* pytest's exit code */

enum app_state { APP_NEW, APP_OPEN, APP_QUITTING };

struct app {
    uv_loop_t *loop;
    const struct settings *settings;
    struct session *session;
    struct terminal *terminal;
    char *cwd;
    struct opener opener;
    struct tell tell;
    uv_timer_t timer; /* the next paint; stopped when nothing changes by itself */
    uint64_t painted_ms;
    enum app_state state;
    int exit_code;
    struct view_state view;
    struct blocks blocks;
    struct snapshot snapshot;
    struct page page; /* what covers the session's screen */
    struct story log;
    struct list list; /* of all tests */
    struct clicks clicks;
    bool failed_once;      /* in this run */
    unsigned message_runs; /* runs begun while the message shows */
};

static void paint(struct app *app);

static void on_timer(uv_timer_t *timer)
{
    paint(timer->data);
}

/* Has the screen painted when this turn of the loop is over, but not more often than people can see. What
 * they wait for does not wait. */
static void touch(struct app *app, bool urgent)
{
    if (app->state != APP_OPEN)
        return;
    uint64_t since = uv_now(app->loop) - app->painted_ms;
    uint64_t delay = urgent || since >= PAINT_MS ? 0 : PAINT_MS - since;
    bool sooner = uv_is_active((uv_handle_t *)&app->timer) && uv_timer_get_due_in(&app->timer) <= delay;
    if (!sooner)
        uv_timer_start(&app->timer, on_timer, delay, 0);
}

static void look(struct app *app)
{
    snapshot_take(&app->snapshot, app->session, editor_command(&app->opener.editor));
    blocks_update(&app->blocks, &app->snapshot, &app->view);
    if (app->list.open)
        list_update(&app->list, app->snapshot.model);
}

static int area_rows(const struct app *app)
{
    int rows, cols;
    terminal_size(app->terminal, &rows, &cols);
    return view_area_rows(rows);
}

static void tick(struct app *app)
{
    const struct session_status *status = &app->snapshot.status;
    if (status->state == LOOP_IDLE)
        return;
    uint64_t delay = status->run_ns < TENTHS_UNTIL_NS ? TICK_MS : TICK_SLOW_MS;
    uv_timer_start(&app->timer, on_timer, delay, 0);
}

static void paint(struct app *app)
{
    struct screen screen;
    int rows, cols;
    if (app->state != APP_OPEN || app->session == NULL)
        return;
    app->painted_ms = uv_now(app->loop);
    look(app);
    tell_moment(&app->tell, &app->snapshot);
    if (app->opener.busy)
        return;
    terminal_size(app->terminal, &rows, &cols);
    screen_init(&screen, rows, cols, terminal_ascii(app->terminal));
    view_follow(&app->view, &app->blocks, view_area_rows(rows));
    if (app->page.kind != PAGE_NONE)
        page_draw(&screen, &app->page, &app->log);
    else if (app->list.open)
        list_draw(&screen, &app->list, app->snapshot.model);
    else if (app->view.help)
        view_help(&screen, &app->view);
    else
        view_run(&screen, &app->snapshot, &app->view, &app->blocks);
    if (!app->page.asking && !app->list.asking)
        view_message(&screen, &app->view);
    terminal_paint(app->terminal, &screen);
    screen_release(&screen);
    tick(app);
}

static void note(struct app *app, enum style style, const char *text)
{
    log_add(&app->log, time(NULL), style, text);
}

static void say(struct app *app, const char *text)
{
    note(app, STYLE_YELLOW, text);
    view_say(&app->view, text);
    app->message_runs = 0;
    touch(app, false);
}

/* The failure of the test under the cursor; NULL none. */
static const struct failure *selected(const struct app *app)
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

static void open_path(struct app *app, const char *path, unsigned line, unsigned column)
{
    char *file = place_from(path, app->snapshot.here);
    opener_open(&app->opener, file, line, column);
    free(file);
}

/* The test under the cursor; MAP_NONE none. */
static size_t selected_test(const struct app *app)
{
    const struct failure *failure = selected(app);
    return app->list.open ? list_selected(&app->list) : failure != NULL ? failure->test : MAP_NONE;
}

static void edit_file(struct app *app, size_t test)
{
    const char *group = app->snapshot.model->tests.items[test].group;
    if (group != NULL && *group != '\0')
        open_path(app, group, 0, 0);
    else
        say(app, "no source line is known for this test");
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
    const struct failure *failure = selected(app);
    if (failure != NULL)
        edit_failure(app, failure);
    else if (selected_test(app) != MAP_NONE)
        edit_file(app, selected_test(app));
}

static void show_story(struct app *app)
{
    const struct failure *failure = selected(app);
    if (failure == NULL) {
        say(app, "there is nothing to tell of a test that did not fail");
        return;
    }
    const struct test *test = &app->snapshot.model->tests.items[failure->test];
    const struct failure_look look = {
        .editor = app->snapshot.editor, .here = app->snapshot.here, .ascii = app->blocks.ascii};
    struct story story;
    failure_tell_all(&story, test, &failure->trace, &look);
    page_show_test(&app->page, test->id, &story);
}

static void run_selected(struct app *app)
{
    if (selected_test(app) != MAP_NONE)
        session_run_one(app->session, selected_test(app));
}

static void debug_selected(struct app *app)
{
    struct strings argv = {0};
    if (selected_test(app) == MAP_NONE)
        return;
    session_debug_command(app->session, selected_test(app), &argv);
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
    int rows, cols;
    terminal_size(app->terminal, &rows, &cols);
    if (app->view.help)
        view_move_help(&app->view, rows, command);
    else if (command == COMMAND_HELP)
        app->view.help = true;
    else if (command == COMMAND_LOG)
        page_show_log(&app->page);
    else if (command == COMMAND_STORY)
        show_story(app);
    else if (command == COMMAND_TESTS)
        list_open(&app->list);
    else if (command == COMMAND_UNFOLD && app->view.test != MAP_NONE)
        view_unfold(&app->view, app->view.test);
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

static void on_key(void *owner, int input)
{
    struct app *app = owner;
    if (app->state != APP_OPEN || app->session == NULL)
        return;
    if (input == INPUT_PASTE) {
        say(app, "pasted text is not keys");
        return;
    }
    enum command command = keys_command(input);
    view_say(&app->view, NULL);
    look(app);
    view_follow(&app->view, &app->blocks, area_rows(app));
    int rows, cols;
    terminal_size(app->terminal, &rows, &cols);
    bool taken = app->page.kind != PAGE_NONE ? page_input(&app->page, &app->log, rows, input, command)
                                             : app->list.open && list_input(&app->list, rows, input, command);
    if (taken) {
        touch(app, true);
        return;
    }
    if (app->view.help && command != COMMAND_REDRAW)
        command_view(app, command);
    else
        command_session(app, command);
    touch(app, true);
}

/* The wheel is the cursor's keys wherever there is no more to it. */
static void wheel(struct app *app, int step)
{
    bool covered = app->page.kind != PAGE_NONE || app->list.open || app->view.help;
    for (int i = 0; covered && i < WHEEL_LINES; i++)
        on_key(app, step > 0 ? INPUT_DOWN : INPUT_UP);
    if (!covered)
        view_scroll(&app->view, &app->blocks, area_rows(app), step * WHEEL_LINES);
}

static void click(struct app *app, const struct mouse *mouse, uint64_t time_ms)
{
    struct screen screen = {.ascii = terminal_ascii(app->terminal)};
    bool twice = clicks_twice(&app->clicks, mouse->row, time_ms);
    if (app->page.kind != PAGE_NONE || app->list.open || app->view.help)
        return;
    terminal_size(app->terminal, &screen.rows, &screen.cols);
    struct hit hit = view_hit(&screen, &app->snapshot, &app->view, &app->blocks, mouse->row, mouse->col);
    if (hit.kind == HIT_KEY)
        on_key(app, hit.input);
    if (hit.kind != HIT_FAILURE)
        return;
    view_say(&app->view, NULL);
    view_put(&app->view, &app->blocks, &hit);
    if (twice)
        edit(app);
}

static void on_mouse(void *owner, const struct mouse *mouse, uint64_t time_ms)
{
    struct app *app = owner;
    if (app->state != APP_OPEN || app->session == NULL)
        return;
    look(app);
    view_follow(&app->view, &app->blocks, area_rows(app));
    if (mouse->action == MOUSE_CLICK)
        click(app, mouse, time_ms);
    else
        wheel(app, mouse->action == MOUSE_WHEEL_DOWN ? 1 : -1);
    touch(app, true);
}

static void on_lost(void *owner)
{
    touch(owner, true);
}

static void on_end(void *owner, int number)
{
    (void)number;
    app_quit(owner, INTERRUPTED);
}

/* The parts that close need nobody: the loop ends when the last of them is through. */
static void on_part_closed(void *owner)
{
    (void)owner;
}

static const struct terminal_events terminal_events = {
    .key = on_key,
    .mouse = on_mouse,
    .lost = on_lost,
    .end = on_end,
    .closed = on_part_closed,
};

static void on_give(void *owner)
{
    struct app *app = owner;
    terminal_give(app->terminal);
}

static void on_take(void *owner)
{
    struct app *app = owner;
    terminal_take(app->terminal);
}

static void on_say(void *owner, const char *text)
{
    say(owner, text);
}

static const struct opener_events opener_events = {
    .give = on_give,
    .take = on_take,
    .say = on_say,
    .closed = on_part_closed,
};

static void on_changed(void *owner)
{
    touch(owner, false);
}

static void on_failed(void *owner, size_t failure)
{
    struct app *app = owner;
    size_t count;
    const struct failure *failures = app->session != NULL ? session_failures(app->session, &count) : NULL;
    if (failures == NULL || failure >= count)
        return;
    blocks_touch(&app->blocks, failures[failure].test);
    touch(app, !app->failed_once);
    app->failed_once = true;
}

static void on_result(void *owner, size_t test)
{
    (void)owner;
    (void)test;
}

static void note_run(struct app *app)
{
    static const char *const kinds[] = {
        [RUN_NONE] = "run", [RUN_RED] = "the red set", [RUN_ALL] = "all tests", [RUN_ONE] = "one test"};
    struct session_status status;
    session_status(app->session, &status);
    bool asked = status.because != NULL && strcmp(status.because, "key") == 0;
    char *text = mem_printf("%s: %s", kinds[status.run],
                            asked                    ? "asked for by a key"
                            : status.because != NULL ? status.because
                                                     : "");
    note(app, STYLE_BOLD, text);
    free(text);
}

static void note_end(struct app *app, const char *broken)
{
    struct session_status status;
    char took[32];
    session_status(app->session, &status);
    view_seconds(took, sizeof took, status.run_ns, 2);
    size_t red = session_model(app->session)->red;
    char *text = broken != NULL   ? mem_printf("could not run:\n%s", broken)
                 : status.stopped ? mem_printf("stopped after %s, %zu red", took, red)
                                  : mem_printf("%zu ran in %s, %zu red", status.reran, took, red);
    note(app, broken != NULL || red > 0 ? STYLE_RED : STYLE_GREEN, text);
    free(text);
}

/* A message outlasts the run that it may have announced, and no more. */
static void on_run_begins(void *owner)
{
    struct app *app = owner;
    app->failed_once = false;
    app->snapshot.exit_code = 0;
    note_run(app);
    if (app->view.message != NULL && app->message_runs++ > 0)
        view_say(&app->view, NULL);
    touch(app, false);
}

static void on_run_ended(void *owner, int exit_code, const char *broken)
{
    struct app *app = owner;
    if (broken != NULL)
        view_home(&app->view);
    app->snapshot.exit_code = exit_code;
    note_end(app, broken);
    app->list.stale = true;
    touch(app, true);
}

static void on_session_closed(void *owner)
{
    struct app *app = owner;
    app->session = NULL;
}

const struct session_events app_events = {
    .changed = on_changed,
    .failed = on_failed,
    .result = on_result,
    .notice = on_say,
    .run_begins = on_run_begins,
    .run_ended = on_run_ended,
    .closed = on_session_closed,
};

struct app *app_new(uv_loop_t *loop, const struct settings *settings)
{
    struct app *app = mem_zero(sizeof *app);
    app->loop = loop;
    app->settings = settings;
    view_init(&app->view);
    return app;
}

int app_start(struct app *app, struct session *session, struct error *error)
{
    bool tmux = app->settings->editor_window != 0 && getenv("TMUX") != NULL;
    app->cwd = getcwd(NULL, 0);
    struct editor editor = {.config = app->settings->editor_command,
                            .visual = getenv("VISUAL"),
                            .editor = getenv("EDITOR"),
                            .nvim = app->cwd != NULL ? getenv("NVIM") : NULL,
                            .tmux = tmux && app->cwd != NULL,
                            .cwd = app->cwd};
    const struct terminal_options options = {(enum terminal_color)app->settings->color, app->settings->mouse};
    int bad = terminal_open(&app->terminal, app->loop, &options, &terminal_events, app, error);
    if (bad != 0)
        return bad;
    app->session = session;
    app->blocks.ascii = terminal_ascii(app->terminal);
    opener_init(&app->opener, app->loop, &editor, &opener_events, app);
    tell_init(&app->tell, app->settings, app->terminal, &app->opener);
    uv_timer_init(app->loop, &app->timer);
    app->timer.data = app;
    app->state = APP_OPEN;
    touch(app, true);
    return 0;
}

void app_quit(struct app *app, int exit_code)
{
    if (app->state != APP_OPEN)
        return;
    app->state = APP_QUITTING;
    app->exit_code = exit_code;
    terminal_close(app->terminal);
    opener_close(&app->opener);
    uv_close((uv_handle_t *)&app->timer, NULL);
    if (app->session != NULL)
        session_close(app->session);
}

int app_exit_code(const struct app *app)
{
    return app->exit_code;
}

void app_free(struct app *app)
{
    if (app == NULL)
        return;
    terminal_free(app->terminal);
    view_release(&app->view);
    page_close(&app->page);
    list_release(&app->list);
    free(app->cwd);
    story_release(&app->log);
    blocks_release(&app->blocks);
    snapshot_release(&app->snapshot);
    free(app);
}
