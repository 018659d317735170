/* JUnit's XML, in the dialects of pytest, surefire, gradle, jest-junit, vitest, node, ctest, meson,
 * GoogleTest and Catch2. */
#ifndef ALOOF_STREAM_JUNIT_H
#define ALOOF_STREAM_JUNIT_H

#include "stream/stream.h"

/* A stream may hold several reports, one behind the other, and other text between them. A test's events come
 * at the end of its element: "message", "traceback", "reason", "stdout" and "stderr", then how it went. A
 * second element of the same name right behind it, both failed, adds to what it said (pytest's errors in
 * teardown); elsewhere it is "name #2". A suite whose counts tell of more than there is is damage, and one
 * that counts no failure and has some. Properties are not read. */
extern const struct stream_format junit_format;

#endif
