#include "trace/text.h"

#include <stdint.h>

bool text_line(struct bytes text, size_t *at, struct bytes *line)
{
    if (*at >= text.len)
        return false;
    const char *start = text.data + *at;
    const char *end = memchr(start, '\n', text.len - *at);
    size_t len = end != NULL ? (size_t)(end - start) : text.len - *at;
    *at += len + 1;
    if (len > 0 && start[len - 1] == '\r')
        len--;
    *line = (struct bytes){start, len};
    return true;
}

size_t text_find(struct bytes text, bool (*fits)(struct bytes line))
{
    struct bytes line;
    for (size_t at = 0, start = 0; text_line(text, &at, &line); start = at)
        if (fits(line))
            return start;
    return text.len;
}

struct bytes text_trim(struct bytes text)
{
    while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t'))
        text = (struct bytes){text.data + 1, text.len - 1};
    while (text.len > 0 && strchr(" \t\r", text.data[text.len - 1]) != NULL &&
           text.data[text.len - 1] != '\0')
        text.len--;
    return text;
}

/* An escape sequence ends with a letter. */
struct bytes text_plain(struct bytes line, struct buf *scratch)
{
    if (memchr(line.data, '\033', line.len) == NULL)
        return line;
    buf_clear(scratch);
    for (size_t i = 0; i < line.len; i++) {
        bool escape = line.data[i] == '\033' && i + 1 < line.len && line.data[i + 1] == '[';
        if (!escape) {
            buf_putc(scratch, line.data[i]);
            continue;
        }
        for (i += 2; i < line.len && strchr("0123456789;:?", line.data[i]) != NULL && line.data[i] != '\0';)
            i++;
    }
    return buf_bytes(scratch);
}

bool text_has(struct bytes text, const char *what)
{
    return text.len > 0 && memmem(text.data, text.len, what, strlen(what)) != NULL;
}

bool text_ends(struct bytes text, const char *what)
{
    size_t len = strlen(what);
    return text.len >= len && memcmp(text.data + text.len - len, what, len) == 0;
}

bool text_number(struct bytes *text, unsigned *number)
{
    uint64_t value = 0;
    size_t at = 0;
    while (at < text->len && text->data[at] >= '0' && text->data[at] <= '9' && value < UINT32_MAX)
        value = value * 10 + (unsigned)(text->data[at++] - '0');
    *text = (struct bytes){text->data + at, text->len - at};
    *number = value < UINT32_MAX ? (unsigned)value : 0;
    return at > 0;
}

void text_chop(struct buf *buf, size_t from)
{
    while (buf->len > from && strchr(" \t\n", buf->data[buf->len - 1]) != NULL)
        buf->data[--buf->len] = '\0';
}
