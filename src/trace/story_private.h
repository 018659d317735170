/* The insides of a story, for the two files that tell it: story.c (heading, message, output) and
 * story_frames.c (its frames). */
#ifndef ALOOF_TRACE_STORY_PRIVATE_H
#define ALOOF_TRACE_STORY_PRIVATE_H

#include "trace/story.h"

#define STORY_INDENT "   "
#define STORY_OCTETS 2000 /* of a line; what is longer is cut */

/* A story on its way to be told. */
struct teller {
    struct story *story;
    const struct story_input *input;
};

/* Adds a line without spans. frame: its index; -1 none. */
struct story_line *story_add(struct teller *self, int frame);

/* Add a span to the line: a copy of the text (nothing when it is empty); words of the test's own, in the
 * colours that are on where they begin; blanks. */
void story_span(struct story_line *line, enum style style, struct bytes text);
void story_text(struct story_line *line, enum style style, const char *text);
void story_words(struct story_line *line, enum style style, struct bytes text, struct ink *ink);
void story_padding(struct story_line *line, size_t columns);

/* The one of two that the person's terminal can show. */
const char *story_pick(const struct teller *self, const char *fine, const char *ascii);

/* Tells the frames, those that are not shown as folds. */
void story_frames(struct teller *teller);

#endif
