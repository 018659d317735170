/* What CMake's ctest prints. */
#ifndef ALOOF_STREAM_CTEST_H
#define ALOOF_STREAM_CTEST_H

#include "stream/stream.h"

/* A test is called as it was added. What it printed (--output-on-failure) is its "stdout"; one that ctest
 * could not run, or not before another, has the tag of tests that were not run. */
extern const struct stream_format ctest_format;

#endif
