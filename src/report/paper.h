/* What the plain front end writes on: a terminal or a file, and what that may
 * be told apart from text. Pure. */
#ifndef ALOOF_REPORT_PAPER_H
#define ALOOF_REPORT_PAPER_H

#include "core/bytes.h"
#include "trace/story.h"

struct paper {
    bool color; /* styles are shown, and the colours that tests printed are kept */
    bool links; /* locations are hyperlinks (OSC 8) */
    bool ascii; /* no characters outside ASCII of our own */
};

/* Appends the text in the style, cleaned of whatever else would reach the terminal. */
void paper_put(const struct paper *paper, struct buf *to, enum style style, const char *text);

/* Appends a span of a story, with the colours that a printed one holds. */
void paper_span(const struct paper *paper, struct buf *to, const struct span *span);

/* Opens a hyperlink to the absolute path on the host ("": this one), up to paper_link_end. Nothing without
 * links. */
void paper_link(const struct paper *paper, struct buf *to, const char *host, const char *path);
void paper_link_end(const struct paper *paper, struct buf *to);

#endif
