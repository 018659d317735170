#include "ui/lines_private.h"

#include <stdlib.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* The clipboard is reached by a control sequence only; a line can be taken by other means. */
static void copy(struct lines *lines)
{
    const struct failure *failure = lines_selected(lines);
    if (failure != NULL)
        lines_put(lines, STYLE_PLAIN, lines_test(lines, failure)->id);
}

static void next(struct lines *lines)
{
    lines_go(lines, 1, false);
}

static void previous(struct lines *lines)
{
    lines_go(lines, -1, true);
}

static void first(struct lines *lines)
{
    lines_go(lines, 0, false);
}

static void last(struct lines *lines)
{
    lines_go(lines, 0, true);
}

static void edit(struct lines *lines)
{
    char *path;
    unsigned line, column;
    const struct failure *failure = lines_selected(lines);
    if (failure == NULL)
        return;
    if (!lines_place(lines, failure, &path, &line, &column)) {
        lines_put(lines, STYLE_PLAIN, "no source line is known for this test");
        return;
    }
    opener_open(&lines->opener, path, line, column);
    free(path);
}

static void debug(struct lines *lines)
{
    struct strings argv = {0};
    const struct failure *failure = lines_selected(lines);
    if (failure == NULL)
        return;
    session_debug_command(lines->session, failure->test, &argv);
    opener_lend(&lines->opener, &argv, session_root(lines->session), "it passed under the debugger");
    strings_release(&argv);
}

static void show_log(struct lines *lines)
{
    lines_story(lines, &lines->log);
}

static void rerun_red(struct lines *lines)
{
    session_rerun_red(lines->session);
}

static void run_all(struct lines *lines)
{
    session_run_all(lines->session);
}

static void run_one(struct lines *lines)
{
    const struct failure *failure = lines_selected(lines);
    if (failure != NULL)
        session_run_one(lines->session, failure->test);
}

static void stop(struct lines *lines)
{
    if (lines->snapshot.status.state == LOOP_IDLE)
        lines_put(lines, STYLE_PLAIN, "nothing runs");
    session_stop_run(lines->session);
}

static void toggle_pause(struct lines *lines)
{
    bool paused = !lines->snapshot.status.paused;
    lines_put(lines, STYLE_YELLOW, paused ? "paused: changes wait" : "not paused any more");
    session_pause(lines->session, paused);
}

static void watch_again(struct lines *lines)
{
    session_watch_again(lines->session);
}

/* How far the run is, and what runs, as the bar and the row above it would say. */
static void tell_run(struct lines *lines)
{
    const struct session_status *status = &lines->snapshot.status;
    const struct model *model = lines->snapshot.model;
    struct buf text = {0};
    const char *at = status->state == LOOP_CANCELLING ? "stopping"
                     : status->starting               ? "starting pytest"
                     : status->collecting             ? "collecting"
                                                      : NULL;
    if (at != NULL)
        buf_puts(&text, at);
    else
        buf_printf(&text, "running: %zu of %zu ended", model->done, model->asked);
    buf_puts(&text, status->run_ns >= 1000000000 ? ", " : "");
    progress_time(&text, status->run_ns);
    lines_put(lines, STYLE_PLAIN, buf_str(&text));
    const struct session_slot *slot;
    vec_each (slot, &lines->snapshot.slots) {
        if (slot->test_id == NULL)
            continue;
        buf_clear(&text);
        progress_words(&text, slot->stage, slot->running_ns, slot->usual_ns, true);
        lines_printf(lines, STYLE_PLAIN, "   %s%s%s", slot->test_id, text.len > 0 ? ": " : "",
                     buf_str(&text));
    }
    buf_release(&text);
}

static void status(struct lines *lines)
{
    lines_verdict(lines);
    if (lines->snapshot.status.state != LOOP_IDLE)
        tell_run(lines);
    else if (lines->snapshot.status.verdict_at_ns == 0)
        lines_put(lines, STYLE_PLAIN, "nothing runs");
}

static void quit(struct lines *lines)
{
    lines_quit(lines, 0);
}

static void help(struct lines *lines);

/* What keys do here; the others do nothing. help: where it is not what the table of the keys says. */
static const struct act {
    enum command command;
    void (*act)(struct lines *lines);
    const char *help;
} acts[] = {
    {COMMAND_NEXT, next, "next failure"},
    {COMMAND_PREVIOUS, previous, "previous failure"},
    {COMMAND_NEXT_FAILURE, next, "next failure"},
    {COMMAND_PREVIOUS_FAILURE, previous, "previous failure"},
    {COMMAND_FIRST, first, NULL},
    {COMMAND_LAST, last, NULL},
    {COMMAND_JUMP, lines_jump, NULL},
    {COMMAND_COPY, copy, "the test's id in a line of its own"},
    {COMMAND_EDIT, edit, "open it in your editor, where it is most likely to be mended"},
    {COMMAND_UNFOLD, lines_unfold, "print it with all of its frames"},
    {COMMAND_STORY, lines_story_whole, NULL},
    {COMMAND_HISTORY, lines_history, NULL},
    {COMMAND_DEBUG, debug, NULL},
    {COMMAND_LOG, show_log, NULL},
    {COMMAND_TESTS, lines_tests, "the red tests; at once again, all tests"},
    {COMMAND_SORT, lines_slowest, "the slowest tests; at once again, by processor time, by time waited"},
    {COMMAND_RERUN_RED, rerun_red, NULL},
    {COMMAND_RUN_ALL, run_all, NULL},
    {COMMAND_RUN_ONE, run_one, NULL},
    {COMMAND_FILTER, lines_filter, NULL},
    {COMMAND_STEP, lines_step, "step through the failures: one at a time, until it passes; Esc leaves"},
    {COMMAND_STOP, stop, NULL},
    {COMMAND_PAUSE, toggle_pause, NULL},
    {COMMAND_WATCH_AGAIN, watch_again, NULL},
    {COMMAND_REDRAW, status, "how it stands, and what runs"},
    {COMMAND_HELP, help, NULL},
    {COMMAND_QUIT, quit, NULL},
};

static const struct act *act_of(enum command command)
{
    for (size_t i = 0; i < LENGTH(acts); i++)
        if (acts[i].command == command)
            return &acts[i];
    return NULL;
}

static void help(struct lines *lines)
{
    size_t count;
    const struct key *keys = keys_table(&count);
    for (size_t i = 0; i < count; i++) {
        const struct act *act = act_of(keys[i].command);
        if (act == NULL && keys[i].command != COMMAND_SUSPEND)
            continue;
        struct buf names = {0};
        keymap_names(lines->snapshot.keys, keys[i].command, &names);
        lines_printf(lines, STYLE_PLAIN, "%s: %s", buf_str(&names),
                     act != NULL && act->help != NULL ? act->help : keys[i].help);
        buf_release(&names);
    }
}

static void no_key(struct lines *lines)
{
    struct buf key = {0};
    bool known = keymap_first(lines->snapshot.keys, COMMAND_HELP, &key);
    lines_printf(lines, STYLE_PLAIN, "that key does nothing here%s%s%s", known ? "; " : "", buf_str(&key),
                 known ? " lists those that do" : "");
    buf_release(&key);
}

void lines_key(void *owner, int input)
{
    struct lines *lines = owner;
    if (lines->state != LINES_OPEN || lines->session == NULL)
        return;
    enum command command = keymap_command(lines->snapshot.keys, input);
    const struct act *act = act_of(command);
    lines->input = input;
    lines_look(lines);
    if (lines_narrow_key(lines, input, command))
        ;
    else if (act != NULL)
        act->act(lines);
    else
        no_key(lines);
    lines->command = command;
    lines_flush(lines);
}
