#include "ui/app_private.h"

#include "ui/log.h"

#include <stdlib.h>
#include <unistd.h>

#define PAINT_MS 34   /* between two paints, at least: not 30 of them a second */
#define INTERRUPTED 2 /* pytest's exit code */

static void paint(struct app *app);

static void on_timer(uv_timer_t *timer)
{
    paint(timer->data);
}

void app_touch(struct app *app, bool urgent)
{
    if (app->state != APP_OPEN)
        return;
    uint64_t since = uv_now(app->loop) - app->painted_ms;
    uint64_t delay = urgent || since >= PAINT_MS ? 0 : PAINT_MS - since;
    bool sooner = uv_is_active((uv_handle_t *)&app->timer) && uv_timer_get_due_in(&app->timer) <= delay;
    if (!sooner)
        uv_timer_start(&app->timer, on_timer, delay, 0);
}

void app_look(struct app *app)
{
    int rows;
    terminal_size(app->terminal, &rows, &app->blocks.cols);
    snapshot_take(&app->snapshot, app->session, editor_command(&app->opener.editor));
    blocks_update(&app->blocks, &app->snapshot, &app->view);
    if (app->list.open)
        list_update(&app->list, app->snapshot.model);
}

/* While something runs, the times that show change by themselves: once a second. */
static void tick(struct app *app)
{
    const struct session_status *status = &app->snapshot.status;
    if (status->state != LOOP_IDLE && app->settings->motion)
        uv_timer_start(&app->timer, on_timer, progress_due_ms(status->run_ns), 0);
}

static void paint(struct app *app)
{
    struct screen screen;
    int rows, cols;
    if (app->state != APP_OPEN || app->session == NULL)
        return;
    app->painted_ms = uv_now(app->loop);
    app_look(app);
    tell_moment(&app->tell, &app->snapshot, terminal_say(app->terminal));
    if (app->opener.busy)
        return;
    terminal_size(app->terminal, &rows, &cols);
    screen_init(&screen, rows, cols, terminal_ascii(app->terminal));
    view_follow(&app->view, &app->blocks, view_area_rows(rows));
    if (app->page.kind != PAGE_NONE)
        page_draw(&screen, &app->page, &app->log, app->snapshot.keys);
    else if (app->list.open)
        list_draw(&screen, &app->list, app->snapshot.model, app->snapshot.keys);
    else
        view_run(&screen, &app->snapshot, &app->view, &app->blocks);
    if (app->prompt.open)
        prompt_draw(&screen, &app->prompt, app->snapshot.model, app->snapshot.status.filter);
    else if (!app->page.pager.reading.asking && !app->list.asking)
        view_message(&screen, &app->view);
    terminal_paint(app->terminal, &screen);
    screen_release(&screen);
    tick(app);
}

static void note(struct app *app, enum style style, const char *text)
{
    log_add(&app->log, time(NULL), style, text);
}

void app_say(struct app *app, const char *text)
{
    note(app, STYLE_YELLOW, text);
    view_say(&app->view, text);
    app->chatting = false;
    app->message_runs = 0;
    app_touch(app, false);
}

static void on_lost(void *owner)
{
    app_touch(owner, true);
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
    .key = app_key,
    .mouse = app_mouse,
    .pasted = app_pasted,
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
    struct app *app = owner;
    app->list.stale = true; /* what is said may be of tests: gone, flaky */
    app_say(app, text);
}

static void on_remark(void *owner, enum session_remark what, const char *text)
{
    struct app *app = owner;
    log_remark(&app->log, time(NULL), what, text);
    if (app->page.kind == PAGE_LOG)
        app_touch(app, false);
}

/* What a process printed between tests is in the log, and on the screen where nothing else is said. */
static void on_said(void *owner, const char *origin, const char *text)
{
    struct app *app = owner;
    char *line = mem_printf("%s%s%s", origin, *origin != '\0' ? ": " : "", text);
    note(app, STYLE_DIM, line);
    app->chatting = app->chatting || app->view.message == NULL;
    if (app->chatting) {
        view_say(&app->view, line);
        app->message_runs = 0;
    }
    free(line);
    app_touch(app, false);
}

static const struct opener_events opener_events = {
    .give = on_give,
    .take = on_take,
    .say = on_say,
    .closed = on_part_closed,
};

static void on_changed(void *owner)
{
    app_touch(owner, false);
}

static void on_failed(void *owner, size_t failure)
{
    struct app *app = owner;
    (void)failure;
    app_touch(app, !app->failed_once);
    app->failed_once = true;
}

static void on_result(void *owner, size_t test)
{
    (void)owner;
    (void)test;
}

/* A message outlasts the run that it may have announced, and no more. */
static void on_run_begins(void *owner)
{
    struct app *app = owner;
    app->failed_once = false;
    app->snapshot.exit_code = 0;
    log_run(&app->log, time(NULL), app->session);
    if (app->view.message != NULL && app->message_runs++ > 0)
        view_say(&app->view, NULL);
    app_touch(app, false);
}

static void on_run_ended(void *owner, int exit_code, const char *broken)
{
    struct app *app = owner;
    if (broken != NULL)
        view_home(&app->view);
    app->snapshot.exit_code = exit_code;
    log_end(&app->log, time(NULL), app->session, broken);
    app->list.stale = true;
    app_touch(app, true);
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
    .said = on_said,
    .notice = on_say,
    .remark = on_remark,
    .run_begins = on_run_begins,
    .run_ended = on_run_ended,
    .closed = on_session_closed,
};

struct app *app_new(uv_loop_t *loop, const struct settings *settings, const struct keymap *keys)
{
    struct app *app = mem_zero(sizeof *app);
    app->loop = loop;
    app->settings = settings;
    app->snapshot.keys = keys;
    app->snapshot.still = !settings->motion;
    view_init(&app->view);
    app->view.reading.look.wrap = app->page.wrap = settings->wrap;
    return app;
}

int app_start(struct app *app, struct session *session, struct error *error)
{
    app->cwd = getcwd(NULL, 0);
    struct editor editor = opener_editor(app->settings, app->cwd);
    const struct terminal_options options = {(enum terminal_color)app->settings->color, app->settings->mouse};
    int bad = terminal_open(&app->terminal, app->loop, &options, &terminal_events, app, error);
    if (bad != 0)
        return bad;
    app->session = session;
    app->blocks.ascii = terminal_ascii(app->terminal);
    opener_init(&app->opener, app->loop, &editor, &opener_events, app);
    tell_init(&app->tell, app->settings, &app->opener, app->blocks.ascii);
    uv_timer_init(app->loop, &app->timer);
    app->timer.data = app;
    app->state = APP_OPEN;
    app_touch(app, true);
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
    page_release(&app->page);
    list_release(&app->list);
    prompt_release(&app->prompt);
    free(app->cwd);
    story_release(&app->log);
    blocks_release(&app->blocks);
    snapshot_release(&app->snapshot);
    free(app);
}
