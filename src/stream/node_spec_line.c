#include "stream/node_spec_line.h"

#include "stream/scan.h"
#include "stream/times.h"

#define MILLISECOND_NS 1000000
#define DIRECTIVE " # "

static enum node_mark take_mark(struct bytes *text)
{
    static const struct {
        const char *sign;
        enum node_mark mark;
    } marks[] = {{"✔ ", NODE_PASS}, {"✖ ", NODE_FAIL},  {"﹣ ", NODE_SKIP},
                 {"⚠ ", NODE_TODO}, {"▶ ", NODE_SUITE}, {"ℹ ", NODE_INFO}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (scan_word(text, marks[i].sign))
            return marks[i].mark;
    return NODE_NONE;
}

/* Takes "(0.31ms)" off the start. */
static bool take_duration(struct bytes *text, int64_t *duration_ns)
{
    struct bytes number;
    if (!scan_word(text, "(") || !scan_until(text, "ms)", &number) || number.len == 0)
        return false;
    for (size_t i = 0; i < number.len; i++)
        if (strchr("0123456789.e-", number.data[i]) == NULL || number.data[i] == '\0')
            return false;
    *duration_ns = duration_read(number, MILLISECOND_NS);
    return true;
}

/* A name may hold what looks like a duration, too: the last one counts. */
static void split(struct node_spec_line *line)
{
    size_t at = line->text.len;
    while (!line->timed && (at = scan_find_last((struct bytes){line->text.data, at}, " (")) != SIZE_MAX) {
        struct bytes rest = scan_skip(line->text, at + 1);
        int64_t duration_ns;
        if (!take_duration(&rest, &duration_ns) || (rest.len > 0 && !scan_word(&rest, DIRECTIVE)))
            continue;
        line->timed = true;
        line->duration_ns = duration_ns;
        line->name.len = at;
        line->directive = rest;
    }
}

struct node_spec_line node_spec_line(struct bytes text)
{
    struct node_spec_line line = {.mark = NODE_NONE};
    size_t indent = 0;
    while (indent < text.len && text.data[indent] == ' ')
        indent++;
    text = scan_skip(text, indent);
    if (indent % 2 != 0)
        return line;
    line.mark = take_mark(&text);
    line.depth = indent / 2;
    line.text = line.name = text;
    line.directive = (struct bytes){"", 0};
    if (line.mark != NODE_NONE && line.mark != NODE_INFO)
        split(&line);
    return line;
}
