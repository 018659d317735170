/* What the readers of protocols that are made of lines share. */
#ifndef ALOOF_STREAM_LINE_READER_H
#define ALOOF_STREAM_LINE_READER_H

#include "stream/emit.h"
#include "stream/lines.h"

/* The first member of such a reader. */
struct line_reader {
    struct emitter emitter;
    struct lines lines;
    line_taker *take; /* gets the whole reader */
};

struct line_reader line_reader(const struct event_sink *sink, void *owner, line_taker *take);

/* The feed of a struct stream_format. A line of which a part was lost is damage, before it is taken. */
void line_reader_feed(void *reader, const void *data, size_t len);

/* Takes a last line that has no end. Returns where the stream ends, as an empty line. */
struct line line_reader_end(void *reader);

void line_reader_release(struct line_reader *reader);

/* Keeps a text, or a line of it with its newline, as far as there is room: 1 MiB of each. */
void keep_text(struct buf *to, struct bytes text);
void keep_line(struct buf *to, struct bytes text);

/* The same without what colours it. */
void keep_plain(struct buf *to, struct bytes text);

#endif
