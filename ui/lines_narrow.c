#include "ui/lines_private.h"

#include "plan/filter.h"
#include "trace/clean.h"
#include "ui/typing.h"
#include "ui/view_narrow.h"

#define ASKS "filter: "

/* Past what waits: the line that is being typed. */
static void write_now(struct lines *lines, const char *text)
{
    struct buf safe = {0};
    paper_put(&lines->paper, &safe, STYLE_PLAIN, text);
    teletype_write(lines->teletype, buf_bytes(&safe));
    buf_release(&safe);
}

/* Echoes what was done to the line that was so long: what is new at its end, or that columns were taken from
 * it, as a terminal does by itself where it edits lines. */
static void echo(struct lines *lines, size_t len, size_t width)
{
    size_t left = clean_width(buf_bytes(&lines->typed));
    if (lines->typed.len > len)
        write_now(lines, buf_str(&lines->typed) + len);
    for (; left < width; width--)
        teletype_write(lines->teletype, bytes_of("\b \b"));
}

void lines_filter(struct lines *lines)
{
    const char *filter = lines->snapshot.status.filter;
    lines_printf(lines, STYLE_PLAIN,
                 "words of the ids of those tests that are to run, and Enter; Esc gives up%s%s%s",
                 filter != NULL ? "; Enter alone clears \"" : "", filter != NULL ? filter : "",
                 filter != NULL ? "\"" : "");
    lines_flush(lines);
    buf_clear(&lines->typed);
    lines->asking = true;
    write_now(lines, ASKS);
}

void lines_filter_again(struct lines *lines)
{
    if (!lines->asking)
        return;
    write_now(lines, ASKS);
    write_now(lines, buf_str(&lines->typed));
}

void lines_filter_leave(struct lines *lines)
{
    if (lines->asking)
        teletype_write(lines->teletype, bytes_of("\n"));
    lines->asking = false;
    lines_flush(lines);
}

/* What Enter does. That nothing matches, the session says. */
static void set_filter(struct lines *lines)
{
    const struct model *model = lines->snapshot.model;
    const char *pattern = buf_str(&lines->typed);
    size_t matches = filter_count(pattern, model);
    if (!filter_blank(pattern) && matches > 0)
        lines_printf(lines, STYLE_YELLOW, "filter \"%s\": %zu of %zu tests match", pattern, matches,
                     filter_count("", model));
    else if (filter_blank(pattern) && lines->snapshot.status.filter == NULL)
        lines_put(lines, STYLE_PLAIN, "no filter is set");
    session_filter(lines->session, pattern);
}

static void type(struct lines *lines, int input)
{
    size_t len = lines->typed.len, width = clean_width(buf_bytes(&lines->typed));
    enum typing typing = typing_input(&lines->typed, input);
    if (typing == TYPING_ON) {
        echo(lines, len, width);
        return;
    }
    lines_filter_leave(lines);
    if (typing == TYPING_DONE)
        set_filter(lines);
    else
        lines_put(lines, STYLE_PLAIN,
                  lines->snapshot.status.filter != NULL ? "the filter stays as it was" : "no filter is set");
}

void lines_pasted(void *owner, int character)
{
    struct lines *lines = owner;
    size_t len = lines->typed.len;
    if (lines->state != LINES_OPEN || !lines->asking)
        return;
    typing_paste(&lines->typed, character);
    echo(lines, len, 0);
}

static void leave_steps(struct lines *lines)
{
    lines_put(lines, STYLE_YELLOW, "no more steps: all that a change asks for runs again");
    lines->step = MAP_NONE;
    session_steps_end(lines->session);
}

void lines_step(struct lines *lines)
{
    if (view_steps(&lines->snapshot))
        leave_steps(lines);
    else
        session_steps_begin(lines->session, lines->test);
}

bool lines_narrow_key(struct lines *lines, int input, enum command command)
{
    if (lines->asking)
        type(lines, input);
    else if (!view_steps(&lines->snapshot))
        return false;
    else if (input == INPUT_ESCAPE)
        leave_steps(lines);
    else if (command == COMMAND_NEXT_FAILURE || command == COMMAND_PREVIOUS_FAILURE)
        session_steps_move(lines->session, command == COMMAND_NEXT_FAILURE ? 1 : -1);
    else
        return false;
    return true;
}

void lines_tell_step(struct lines *lines)
{
    const struct session_status *status = &lines->snapshot.status;
    size_t step = view_steps(&lines->snapshot) ? status->step : MAP_NONE;
    if (step == lines->step)
        return;
    lines->step = step;
    for (size_t i = 0; i < lines->snapshot.failure_count; i++) {
        const struct failure *failure = &lines->snapshot.failures[i];
        if (failure->test != step)
            continue;
        lines->test = failure->test;
        lines_tell_failure(lines, failure, "step ", status->step_at, status->steps);
    }
}
