/* What `mocha --reporter json` and `mocha --reporter json-stream` print. */
#ifndef ALOOF_STREAM_MOCHA_H
#define ALOOF_STREAM_MOCHA_H

#include "stream/stream.h"

/* A test's id is its file as the report names it, " > ", and the full title that --fgrep asks for. A hook
 * that fails before a test is that test's failure; one that fails after it is a test of the hook's own title,
 * which cannot be asked for. */
extern const struct stream_format mocha_format;

/* The lines of json-stream: as above, while they come. It does not tell pending tests. */
extern const struct stream_format mocha_stream_format;

#endif
