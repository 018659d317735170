#include "report/html.h"

#include <utf8proc.h>

#define REPLACEMENT 0xFFFD
#define PICTURES 0x2400 /* U+2400: the picture of NUL */
#define PICTURE_OF_DELETE 0x2421

/* What may stand in a page for the character. */
static int32_t shown(int32_t character)
{
    if (character >= 0 && character < ' ')
        return PICTURES + character;
    if (character == 0x7F)
        return PICTURE_OF_DELETE;
    bool noncharacter = (character & 0xFFFE) == 0xFFFE || (character >= 0xFDD0 && character <= 0xFDEF);
    bool direction = (character >= 0x202A && character <= 0x202E) ||
                     (character >= 0x2066 && character <= 0x2069) || character == 0x200E ||
                     character == 0x200F || character == 0x061C;
    bool control = character < 0 || (character >= 0x80 && character < 0xA0) || character == 0x2028 ||
                   character == 0x2029;
    return noncharacter || direction || control ? REPLACEMENT : character;
}

static void put_character(struct buf *to, int32_t character)
{
    utf8proc_uint8_t octets[4];
    switch (character) {
    case '&':
        buf_puts(to, "&amp;");
        break;
    case '<':
        buf_puts(to, "&lt;");
        break;
    case '>':
        buf_puts(to, "&gt;");
        break;
    case '"':
        buf_puts(to, "&quot;");
        break;
    case '\'':
        buf_puts(to, "&#39;");
        break;
    default:
        buf_add(to, octets, (size_t)utf8proc_encode_char(character, octets));
    }
}

/* The next character of the text, which it moves past; -1: an octet that is no part of one. */
static int32_t next(struct bytes *text)
{
    int32_t character;
    utf8proc_ssize_t len =
        utf8proc_iterate((const utf8proc_uint8_t *)text->data, (utf8proc_ssize_t)text->len, &character);
    size_t step = len > 0 ? (size_t)len : 1;
    *text = (struct bytes){text->data + step, text->len - step};
    return len > 0 ? character : -1;
}

static size_t count_characters(struct bytes text)
{
    size_t count = 0;
    for (; text.len > 0; count++)
        next(&text);
    return count;
}

void html_clipped(struct buf *to, const char *text, size_t most)
{
    struct bytes rest = bytes_of(text);
    size_t count = count_characters(rest);
    size_t from = most / 2, behind = count > most ? count - (most - from - 1) : count;
    for (size_t at = 0; rest.len > 0; at++) {
        int32_t character = shown(next(&rest));
        if (count <= most || at < from || at >= behind)
            put_character(to, character);
        else if (at == from)
            buf_puts(to, "…");
    }
}

void html_text(struct buf *to, const char *text)
{
    html_clipped(to, text, SIZE_MAX);
}

void html_count(struct buf *to, size_t number)
{
    if (number >= 1000) {
        html_count(to, number / 1000);
        buf_printf(to, ",%03zu", number % 1000);
    } else {
        buf_printf(to, "%zu", number);
    }
}

void html_attribute(struct buf *to, const char *name, const char *value)
{
    buf_printf(to, " %s=\"", name);
    html_text(to, value);
    buf_putc(to, '"');
}
