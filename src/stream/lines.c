#include "stream/lines.h"

#include <string.h>

static void give(struct lines *lines, struct bytes text, bool ended, line_taker *take, void *owner)
{
    uint64_t length = text.len + lines->lost;
    struct line line = {.text = text, .offset = lines->offset, .lost = lines->lost, .ended = ended};
    if (ended && line.lost == 0 && text.len > 0 && text.data[text.len - 1] == '\r')
        line.text.len--;
    take(owner, &line);
    lines->offset += length + ended;
    lines->lost = 0;
}

/* Keeps a piece of a line whose end has not come. */
static void keep(struct lines *lines, struct bytes piece)
{
    size_t room = LINE_KEPT - lines->part.len;
    size_t kept = piece.len < room ? piece.len : room;
    buf_add(&lines->part, piece.data, kept);
    lines->lost += piece.len - kept;
}

void lines_feed(struct lines *lines, struct bytes octets, line_taker *take, void *owner)
{
    const char *at = octets.data, *end = octets.data + octets.len;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        struct bytes piece = {at, (size_t)((newline != NULL ? newline : end) - at)};
        if (newline != NULL && lines->part.len == 0 && piece.len <= LINE_KEPT) {
            give(lines, piece, true, take, owner);
        } else {
            keep(lines, piece);
            if (newline == NULL)
                return;
            give(lines, buf_bytes(&lines->part), true, take, owner);
            buf_clear(&lines->part);
        }
        at = newline + 1;
    }
}

void lines_end(struct lines *lines, line_taker *take, void *owner)
{
    if (lines->part.len > 0)
        give(lines, buf_bytes(&lines->part), false, take, owner);
    buf_clear(&lines->part);
}

void lines_release(struct lines *lines)
{
    buf_release(&lines->part);
    *lines = (struct lines){0};
}
