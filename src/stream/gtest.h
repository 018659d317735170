/* What GoogleTest prints. */
#ifndef ALOOF_STREAM_GTEST_H
#define ALOOF_STREAM_GTEST_H

#include "stream/stream.h"

/* Tests are called "Suite.Test", as --gtest_filter wants it. What stands between a test's start and its end
 * is its output: from the first "file:line: Failure" on "traceback", before it "stdout". A test in whose
 * middle the program ends has crashed. With --gtest_repeat a test has several outcomes: "Suite.Test #2". A
 * suite whose set-up failed is a failing test with the tag "error". */
extern const struct stream_format gtest_format;

#endif
