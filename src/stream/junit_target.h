/* Writes what any protocol reported as JUnit's XML. */
#ifndef ALOOF_STREAM_JUNIT_TARGET_H
#define ALOOF_STREAM_JUNIT_TARGET_H

#include "stream/stream.h"

/* One suite, written at the end, for its counts come first; what could not be true counts as an error of it
 * and stands in its system-err. A test's id is split into class and name so that it reads as the same id
 * again. */
extern const struct stream_target junit_target;

#endif
