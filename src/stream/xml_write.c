#include "stream/xml_write.h"

#include <utf8proc.h>

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/* XML 1.0, 2.2: what may stand in a document at all. */
static bool is_xml(int32_t character)
{
    return character >= 0x20 ? character != 0xFFFE && character != 0xFFFF
                             : character == '\t' || character == '\n' || character == '\r';
}

/* The entity of a character that stands for itself neither in text nor between quotes; NULL: none needed. */
static const char *entity_of(int32_t character, bool quoted)
{
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '\r':
        return "&#13;"; /* a parser would make it a newline */
    case '"':
        return quoted ? "&quot;" : NULL;
    case '\n':
        return quoted ? "&#10;" : NULL;
    case '\t':
        return quoted ? "&#9;" : NULL;
    default:
        return NULL;
    }
}

static void put_escaped(struct buf *to, struct bytes text, bool quoted)
{
    for (size_t at = 0; at < text.len;) {
        int32_t character;
        utf8proc_ssize_t len = utf8proc_iterate((const utf8proc_uint8_t *)text.data + at,
                                                (utf8proc_ssize_t)(text.len - at), &character);
        const char *entity = len > 0 && is_xml(character) ? entity_of(character, quoted) : REPLACEMENT;
        if (entity != NULL)
            buf_puts(to, entity);
        else
            buf_add(to, text.data + at, (size_t)len);
        at += len > 0 ? (size_t)len : 1;
    }
}

void xml_put_text(struct buf *to, struct bytes text)
{
    put_escaped(to, text, false);
}

void xml_put_attribute(struct buf *to, const char *name, struct bytes value)
{
    buf_printf(to, " %s=\"", name);
    put_escaped(to, value, true);
    buf_putc(to, '"');
}
