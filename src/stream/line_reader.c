#include "stream/line_reader.h"

#include "stream/scan.h"

#define TEXT_MAX (1 << 20)

struct line_reader line_reader(const struct event_sink *sink, void *owner, line_taker *take)
{
    return (struct line_reader){.emitter = {sink, owner}, .take = take};
}

static void take_line(void *owner, const struct line *line)
{
    const struct line_reader *reader = owner;
    if (line->lost > 0)
        emit_damage(&reader->emitter, line, "a line of more than 1 MiB");
    reader->take(owner, line);
}

void line_reader_feed(void *reader, const void *data, size_t len)
{
    lines_feed(&((struct line_reader *)reader)->lines, (struct bytes){data, len}, take_line, reader);
}

struct line line_reader_end(void *reader)
{
    struct lines *lines = &((struct line_reader *)reader)->lines;
    lines_end(lines, take_line, reader);
    return (struct line){.text = {"", 0}, .offset = lines->offset};
}

void line_reader_release(struct line_reader *reader)
{
    lines_release(&reader->lines);
}

void keep_text(struct buf *to, struct bytes text)
{
    size_t room = TEXT_MAX > to->len ? TEXT_MAX - to->len : 0;
    buf_add(to, text.data, text.len < room ? text.len : room);
}

void keep_line(struct buf *to, struct bytes text)
{
    keep_text(to, text);
    keep_text(to, bytes_of("\n"));
}

void keep_plain(struct buf *to, struct bytes text)
{
    while (text.len > 0) {
        size_t len = scan_find(text, "\x1b[");
        keep_text(to, (struct bytes){text.data, len != SIZE_MAX ? len : text.len});
        if (len == SIZE_MAX)
            return;
        text = scan_skip(text, len + 2);
        while (text.len > 0 && (text.data[0] == ';' || (text.data[0] >= '0' && text.data[0] <= '9')))
            text = scan_skip(text, 1);
        text = scan_skip(text, 1);
    }
}
