/* A section of what unittest prints behind its tests: why one failed, with what -b kept of its output. */
#ifndef ALOOF_STREAM_UNITTEST_SECTION_H
#define ALOOF_STREAM_UNITTEST_SECTION_H

#include "stream/emit.h"

struct unittest_section {
    struct buf id, text;  /* whose, and what it says */
    struct buf explained; /* whose the one before was: of several the first tells the message */
};

/* Gives the text to its test. */
void unittest_section_tell(struct unittest_section *section, const struct emitter *emitter);

void unittest_section_release(struct unittest_section *section);

#endif
