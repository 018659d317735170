#include "ui/lines_private.h"

#include "report/block.h"
#include "report/ending.h"

#include <langinfo.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#define INTERRUPTED 2             /* pytest's exit code */
#define HELD_BYTES (1024 * 1024u) /* kept at most for when the terminal is ours again */

void lines_put(struct lines *lines, enum style style, const char *text)
{
    paper_put(&lines->paper, &lines->out, style, text);
    buf_putc(&lines->out, '\n');
}

void lines_printed(struct lines *lines, const char *text)
{
    size_t len = strlen(text);
    paper_span(&lines->paper, &lines->out, &(struct span){.text = (char *)(uintptr_t)text, .printed = true});
    if (len > 0 && text[len - 1] != '\n')
        buf_putc(&lines->out, '\n');
}

void lines_printf(struct lines *lines, enum style style, const char *format, ...)
{
    va_list args;
    char *text = NULL;
    va_start(args, format);
    int len = vasprintf(&text, format, args);
    va_end(args);
    if (len < 0)
        return;
    lines_put(lines, style, text);
    free(text);
}

void lines_story(struct lines *lines, const struct story *story)
{
    const struct story_line *line;
    const struct span *span;
    vec_each (line, &story->lines) {
        vec_each (span, &line->spans)
            paper_span(&lines->paper, &lines->out, span);
        buf_putc(&lines->out, '\n');
    }
}

void lines_look(struct lines *lines)
{
    snapshot_take(&lines->snapshot, lines->session, editor_command(&lines->opener.editor));
}

void lines_verdict(struct lines *lines)
{
    struct verdict_line verdict = view_verdict(&lines->snapshot);
    if (verdict.text[0] != '\0')
        lines_put(lines, verdict.style, verdict.text);
    if (lines->snapshot.status.paused)
        lines_put(lines, STYLE_YELLOW, "paused: changes wait");
}

void lines_flush(struct lines *lines)
{
    bool ours = lines->teletype != NULL && teletype_ours(lines->teletype) && !lines->asking;
    if (!ours && lines->out.len <= HELD_BYTES)
        return;
    if (ours)
        teletype_write(lines->teletype, buf_bytes(&lines->out));
    buf_clear(&lines->out);
    if (!ours)
        lines_put(lines, STYLE_YELLOW, "what came meanwhile was too much to keep");
}

/* What the terminal says. */

static void on_back(void *owner)
{
    struct lines *lines = owner;
    if (lines->state != LINES_OPEN || lines->session == NULL)
        return;
    lines_look(lines);
    lines_verdict(lines);
    lines_filter_again(lines);
    lines_flush(lines);
}

static void on_end(void *owner, int number)
{
    (void)number;
    lines_quit(owner, INTERRUPTED);
}

/* The parts that close need nobody: the loop ends when the last of them is through. */
static void on_part_closed(void *owner)
{
    (void)owner;
}

static const struct teletype_events teletype_events = {
    .key = lines_key, .pasted = lines_pasted, .back = on_back, .end = on_end, .closed = on_part_closed};

static void on_give(void *owner)
{
    struct lines *lines = owner;
    lines_flush(lines);
    teletype_give(lines->teletype);
}

static void on_take(void *owner)
{
    struct lines *lines = owner;
    teletype_take(lines->teletype);
}

/* What the session says, and who opens an editor. */

static void on_say(void *owner, const char *text)
{
    struct lines *lines = owner;
    log_add(&lines->log, time(NULL), STYLE_YELLOW, text);
    lines_put(lines, STYLE_YELLOW, text);
    lines_flush(lines);
}

/* There is no log to be read when all is over. */
static void on_remark(void *owner, enum session_remark what, const char *text)
{
    struct lines *lines = owner;
    log_remark(&lines->log, time(NULL), what, text);
    if (lines->state == LINES_QUITTING)
        lines_put(lines, STYLE_YELLOW, text);
}

/* What a process printed between tests. */
static void on_said(void *owner, const char *origin, const char *text)
{
    struct lines *lines = owner;
    char *line = mem_printf("%s%s%s", origin, *origin != '\0' ? ": " : "", text);
    log_add(&lines->log, time(NULL), STYLE_DIM, line);
    lines_put(lines, STYLE_DIM, line);
    lines_flush(lines);
    free(line);
}

static const struct opener_events opener_events = {
    .give = on_give, .take = on_take, .say = on_say, .closed = on_part_closed};

static void on_changed(void *owner)
{
    struct lines *lines = owner;
    if (lines->state != LINES_OPEN)
        return;
    lines_look(lines);
    tell_moment(&lines->tell, &lines->snapshot, teletype_ours(lines->teletype) ? &lines->say : NULL);
    lines_tell_step(lines);
    lines_flush(lines);
    if (!lines->verdict_due || lines->snapshot.status.state != LOOP_IDLE)
        return;
    lines->verdict_due = false;
    lines_verdict(lines);
    lines_flush(lines);
}

/* Whether it is news that the test is fixed, or not any more. */
static bool note_fixed(struct lines *lines, size_t test, bool fixed)
{
    while (lines->fixed.len <= test)
        vec_push(&lines->fixed, false);
    bool news = lines->fixed.items[test] != fixed;
    lines->fixed.items[test] = fixed;
    return news;
}

static void on_failed(void *owner, size_t index)
{
    struct lines *lines = owner;
    size_t count;
    const struct failure *failure = session_failures(lines->session, &count) + index;
    const struct test *test = &session_model(lines->session)->tests.items[failure->test];
    const struct block_place place = {
        .editor = editor_command(&lines->opener.editor),
        .here = session_here(lines->session),
        .root = session_root(lines->session),
        .host = "",
    };
    bool news = note_fixed(lines, failure->test, failure->fixed);
    if (!failure->fixed)
        block_write(&lines->out, &lines->paper, &place, test, &failure->trace);
    else if (news && test->outcome != OUTCOME_FLAKY) /* of a flaky one there is a notice */
        lines_printf(lines, STYLE_GREEN, "fixed: %s", test->id);
    lines_flush(lines);
}

static void on_result(void *owner, size_t test)
{
    (void)owner;
    (void)test;
}

/* "src/a.py changed: running the red set" */
static void on_run_begins(void *owner)
{
    static const char *const kinds[] = {[RUN_NONE] = "running",
                                        [RUN_RED] = "running the red set",
                                        [RUN_ALL] = "running all tests",
                                        [RUN_ONE] = "running one test",
                                        [RUN_LOADED] = "loading",
                                        [RUN_LIST] = "running a list of tests",
                                        [RUN_AFFECTED] = "running what that can affect"};
    struct lines *lines = owner;
    struct session_status status;
    session_status(lines->session, &status);
    const char *why = status.because != NULL && strcmp(status.because, "key") != 0 ? status.because : "";
    lines->snapshot.exit_code = 0;
    lines->verdict_due = false;
    log_run(&lines->log, time(NULL), lines->session);
    lines_look(lines);
    lines_tell_step(lines);
    lines_printf(lines, STYLE_BOLD, "%s%s%s", why, *why != '\0' ? ": " : "", kinds[status.run]);
    lines_flush(lines);
}

static void on_run_ended(void *owner, int exit_code, const char *broken)
{
    struct lines *lines = owner;
    lines->snapshot.exit_code = exit_code;
    lines->verdict_due = true;
    log_end(&lines->log, time(NULL), lines->session, broken);
    lines_look(lines);
    ending_write(&lines->out, &lines->paper, lines->session, exit_code, view_broken(&lines->snapshot),
                 &lines->settings->paths);
    lines_flush(lines);
}

static void on_session_closed(void *owner)
{
    struct lines *lines = owner;
    lines->session = NULL;
}

const struct session_events lines_events = {
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

/* Its life. */

struct lines *lines_new(uv_loop_t *loop, const struct settings *settings, const struct keymap *keys)
{
    struct lines *lines = mem_zero(sizeof *lines);
    lines->loop = loop;
    lines->settings = settings;
    lines->snapshot.keys = keys;
    lines->test = lines->step = MAP_NONE;
    lines->paper = (struct paper){
        .color = settings->color == COLOR_ALWAYS,
        .ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
    };
    return lines;
}

/* "aloof: jinja, 2 boxes; ? lists the keys, q quits" */
static void greet(struct lines *lines)
{
    const struct keymap *keys = lines->snapshot.keys;
    struct session_status status;
    struct buf text = {0};
    session_status(lines->session, &status);
    buf_printf(&text, "aloof: %s, %u box%s", status.project, status.boxes, status.boxes == 1 ? "" : "es");
    if (keymap_input(keys, COMMAND_HELP) != INPUT_NONE) {
        buf_puts(&text, "; ");
        keymap_first(keys, COMMAND_HELP, &text);
        buf_puts(&text, " lists the keys");
    }
    buf_puts(&text, ", ");
    keymap_first(keys, COMMAND_QUIT, &text);
    buf_puts(&text, " quits");
    lines_put(lines, STYLE_PLAIN, buf_str(&text));
    buf_release(&text);
    lines_flush(lines);
}

int lines_start(struct lines *lines, struct session *session, struct error *error)
{
    int bad = teletype_open(&lines->teletype, lines->loop, &teletype_events, lines, error);
    if (bad != 0)
        return bad;
    lines->session = session;
    lines->state = LINES_OPEN;
    lines->cwd = getcwd(NULL, 0);
    struct editor editor = opener_editor(lines->settings, lines->cwd);
    opener_init(&lines->opener, lines->loop, &editor, &opener_events, lines);
    terminal_say_init(&lines->say, STDOUT_FILENO, (struct sequence_kind){0});
    tell_init(&lines->tell, lines->settings, &lines->opener, lines->paper.ascii);
    greet(lines);
    return 0;
}

void lines_quit(struct lines *lines, int exit_code)
{
    if (lines->state != LINES_OPEN)
        return;
    lines_filter_leave(lines);
    lines->state = LINES_QUITTING;
    lines->exit_code = exit_code;
    if (lines->session != NULL)
        session_close(lines->session);
    lines_flush(lines);
    teletype_close(lines->teletype);
    opener_close(&lines->opener);
}

int lines_exit_code(const struct lines *lines)
{
    return lines->exit_code;
}

void lines_free(struct lines *lines)
{
    if (lines == NULL)
        return;
    teletype_free(lines->teletype);
    terminal_say_release(&lines->say);
    free(lines->cwd);
    buf_release(&lines->out);
    buf_release(&lines->typed);
    vec_release(&lines->fixed);
    story_release(&lines->log);
    list_release(&lines->list);
    snapshot_release(&lines->snapshot);
    free(lines);
}
