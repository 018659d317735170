#include "ui/log.h"

#include "core/memory.h"

#include <stdlib.h>

#define CLOCK_COLUMNS 10 /* and the blanks behind it */

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

void log_add(struct story *log, time_t now, enum style style, const char *text)
{
    struct tm local;
    char clock[16] = "";
    if (localtime_r(&now, &local) != NULL)
        strftime(clock, sizeof clock, "%H:%M:%S", &local);
    for (bool first = true; first || *text != '\0'; first = false) {
        size_t len = strcspn(text, "\n");
        struct story_line line = {.frame = -1, .hang = CLOCK_COLUMNS};
        add_span(&line, STYLE_DIM, mem_printf("%-*s", CLOCK_COLUMNS, first ? clock : ""));
        add_span(&line, style, mem_printf("%.*s", (int)len, text));
        vec_push(&log->lines, line);
        text += len + (text[len] == '\n');
    }
    if (log->lines.len >= 2 * LOG_LINES)
        drop_oldest(log, log->lines.len - LOG_LINES);
}
