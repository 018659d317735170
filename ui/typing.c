#include "ui/typing.h"

#include "ui/keys.h"

#include <utf8proc.h>

#define LINE_MAX_OCTETS 200

/* With the marks that belong to it. */
static void drop_last_character(struct buf *line)
{
    utf8proc_int32_t before = 0, code, state = 0;
    size_t last = 0;
    for (size_t at = 0; at < line->len;) {
        const utf8proc_uint8_t *text = (const utf8proc_uint8_t *)line->data + at;
        utf8proc_ssize_t len = utf8proc_iterate(text, (utf8proc_ssize_t)(line->len - at), &code);
        if (before == 0 || utf8proc_grapheme_break_stateful(before, code, &state))
            last = at;
        before = code;
        at += len > 0 ? (size_t)len : 1;
    }
    line->len = last;
    if (line->data != NULL)
        line->data[last] = '\0';
}

static void add(struct buf *line, int character)
{
    utf8proc_uint8_t octets[4];
    if (character >= ' ' && character != 0x7F && character < INPUT_UP && line->len < LINE_MAX_OCTETS)
        buf_add(line, octets, (size_t)utf8proc_encode_char(character, octets));
}

enum typing typing_input(struct buf *line, int input)
{
    switch (input) {
    case INPUT_ESCAPE:
        return TYPING_CANCELLED;
    case '\r':
    case '\n':
    case INPUT_ENTER:
        return TYPING_DONE;
    case '\b':
    case 0x7F:
    case INPUT_BACKSPACE:
        drop_last_character(line);
        return TYPING_ON;
    default:
        add(line, input);
        return TYPING_ON;
    }
}

void typing_paste(struct buf *line, int character)
{
    add(line, character == '\t' ? ' ' : character);
}

void typing_draw(struct screen *screen, const char *prompt, const struct buf *line)
{
    int row = screen->rows - 1, limit = screen->cols - 1;
    screen_fill(screen, row, 0, screen->cols, STYLE_PLAIN, " ");
    int col = screen_put(screen, row, screen->cols >= 20 ? 1 : 0, limit, STYLE_BOLD, prompt);
    col = screen_fit_end(screen, row, col, limit, STYLE_PLAIN, buf_str(line));
    screen_put(screen, row, col, screen->cols, STYLE_REVERSE, " ");
    screen->cursor_row = row;
}
