#include "ui/typing.h"

#include "ui/keys.h"

#include <utf8proc.h>

#define LINE_MAX_OCTETS 200

static void drop_last_character(struct buf *line)
{
    while (line->len > 0 && ((unsigned char)line->data[--line->len] & 0xC0) == 0x80)
        continue;
    if (line->data != NULL)
        line->data[line->len] = '\0';
}

enum typing typing_input(struct buf *line, int input)
{
    utf8proc_uint8_t octets[4];
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
        if (input >= ' ' && input < INPUT_UP && line->len < LINE_MAX_OCTETS)
            buf_add(line, octets, (size_t)utf8proc_encode_char(input, octets));
        return TYPING_ON;
    }
}
