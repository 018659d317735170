/* What `jest --json` and `vitest run --reporter=json` print. */
#ifndef ALOOF_STREAM_JEST_H
#define ALOOF_STREAM_JEST_H

#include "stream/stream.h"

/* A test's id is its file as the report names it, " > ", and the full name that -t asks for ("/p/sums.test.js
 * > sums adds"). A file that could not be loaded is a collection's failure of its name. */
extern const struct stream_format jest_format;

#endif
