/* A text of any length to read: the lines of a story, then sections, each a text
 * as it came. Of a section only now and then a line's start is written down, so
 * that it takes little more memory than its octets; its lines are made when they
 * are looked at. */
#ifndef ALOOF_UI_LONG_TEXT_H
#define ALOOF_UI_LONG_TEXT_H

#include "core/vec.h"
#include "trace/story.h"

#define SECTION_STRIDE 64 /* lines from one written down to the next */

/* Its heading, with a blank line before it, then its text. */
struct section {
    char *heading;
    bool report;          /* of a runner: its diffs are coloured */
    char *text;           /* with a NUL for each line's end */
    size_t len;           /* octets of the text, the NUL behind its last line included */
    size_t lines;         /* of the text */
    VEC(size_t) starts;   /* of every SECTION_STRIDE-th line, as offsets */
    VEC(struct ink) inks; /* the colours that are on there; none in a text that has no colours */
};

/* Makes a section. heading: copied. take_text: len octets with a NUL behind them, owned from now on and
 * changed: what ends its lines. */
void section_init(struct section *section, const char *heading, bool report, char *take_text, size_t len);
void section_release(struct section *section);

/* Borrows all. */
struct long_text {
    const struct story *head;
    const struct section *sections;
    size_t section_count;
};

/* Room for a line that is looked at, and where the last one was: going on from one line to its neighbour is
 * quick. Zeroed at first. */
struct long_line {
    struct story_line line;
    struct span span;
    const struct section *section;
    size_t at, start; /* of the section's text: the line and its offset, */
    struct ink ink;   /* and the colours that are on there */
};

size_t long_text_lines(const struct long_text *text);

/* The line of that number (from 0), which must be one. Valid until `room` is used again. */
const struct story_line *long_text_line(const struct long_text *text, size_t at, struct long_line *room);

#endif
