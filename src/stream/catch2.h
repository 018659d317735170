/* Catch2's own XML (-r xml), of versions 2 and 3. */
#ifndef ALOOF_STREAM_CATCH2_H
#define ALOOF_STREAM_CATCH2_H

#include "stream/stream.h"

/* A test is a TEST_CASE, by its name; what failed in its sections, each with its place, is its "traceback". A
 * test that a signal hit, or that the document does not tell the end of, has crashed. */
extern const struct stream_format catch2_format;

#endif
