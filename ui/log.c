#include "ui/log.h"

#include "core/memory.h"

#include <stdlib.h>

#define CLOCK_COLUMNS 10 /* and the blanks behind it */

#define TIMES ", " /* before how often a line came */

enum { SPAN_CLOCK, SPAN_TEXT, SPAN_TIMES };

static void add_span(struct story_line *line, enum style style, char *take_text)
{
    struct span span = {.style = style, .text = take_text};
    vec_push(&line->spans, span);
}

static void drop_oldest(struct story *log, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct span *span;
        vec_each (span, &log->lines.items[i].spans)
            free(span->text);
        vec_release(&log->lines.items[i].spans);
    }
    log->lines.len -= count;
    memmove(log->lines.items, log->lines.items + count, log->lines.len * sizeof *log->lines.items);
}

/* The time of day, with the blanks behind it; only these for a line that goes on. The caller frees. */
static char *clock_text(time_t now, bool first)
{
    struct tm local;
    char clock[16] = "";
    if (first && localtime_r(&now, &local) != NULL)
        strftime(clock, sizeof clock, "%H:%M:%S", &local);
    return mem_printf("%-*s", CLOCK_COLUMNS, clock);
}

void log_add(struct story *log, time_t now, enum style style, const char *text)
{
    for (bool first = true; first || *text != '\0'; first = false) {
        size_t len = strcspn(text, "\n");
        struct story_line line = {.frame = -1, .hang = CLOCK_COLUMNS};
        add_span(&line, STYLE_DIM, clock_text(now, first));
        add_span(&line, style, mem_printf("%.*s", (int)len, text));
        vec_push(&log->lines, line);
        text += len + (text[len] == '\n');
    }
    if (log->lines.len >= 2 * LOG_LINES)
        drop_oldest(log, log->lines.len - LOG_LINES);
}

static void replace(struct span *span, char *take_text)
{
    free(span->text);
    span->text = take_text;
}

/* Has the line tell that it came once more. */
static void repeat(struct story_line *line, time_t now)
{
    unsigned long times = 1;
    replace(&line->spans.items[SPAN_CLOCK], clock_text(now, true));
    if (line->spans.len > SPAN_TIMES)
        times = strtoul(line->spans.items[SPAN_TIMES].text + strlen(TIMES), NULL, 10);
    else
        add_span(line, line->spans.items[SPAN_TEXT].style, NULL);
    replace(&line->spans.items[SPAN_TIMES], mem_printf(TIMES "%lu times", times + 1));
}

void log_remark(struct story *log, time_t now, enum session_remark what, const char *text)
{
    struct story_line *last = log->lines.len > 0 ? &log->lines.items[log->lines.len - 1] : NULL;
    if (last != NULL && strcmp(last->spans.items[SPAN_TEXT].text, text) == 0)
        repeat(last, now);
    else
        log_add(log, now, what == REMARK_KILLED ? STYLE_YELLOW : STYLE_DIM, text);
}
