#include "trace/diff.h"

#include "trace/clean.h"

static struct bytes skip_blanks(struct bytes text)
{
    while (text.len > 0 && text.data[0] == ' ')
        text = (struct bytes){text.data + 1, text.len - 1};
    return text;
}

/* "+  where …" explains a value and is no part of a diff. */
static bool explains(struct bytes text)
{
    text = skip_blanks(text);
    return bytes_starts(text, "where ") || bytes_starts(text, "and   ");
}

static enum style mark_style(struct bytes line)
{
    if (bytes_starts(line, "E "))
        line = (struct bytes){line.data + 1, line.len - 1};
    line = skip_blanks(line);
    if (line.len == 0 || (line.len > 1 && line.data[1] != ' '))
        return STYLE_PLAIN;
    char mark = line.data[0];
    if (explains((struct bytes){line.data + 1, line.len - 1}))
        return STYLE_PLAIN;
    return mark == '+' ? STYLE_ADDED : mark == '-' ? STYLE_REMOVED : mark == '?' ? STYLE_DIM : STYLE_PLAIN;
}

static enum style style_in(struct bytes line, bool report)
{
    struct buf clean = {0};
    bool colored = line.len > 0 && memchr(line.data, '\033', line.len) != NULL;
    if (colored) {
        clean_text(&clean, line, false);
        line = buf_bytes(&clean);
    }
    enum style style = report && !bytes_starts(line, "E ") ? STYLE_PLAIN : mark_style(line);
    buf_release(&clean);
    return style;
}

enum style diff_style(struct bytes line)
{
    return style_in(line, false);
}

enum style diff_report_style(struct bytes line)
{
    return style_in(line, true);
}
