/* What `python -m unittest -v` prints. */
#ifndef ALOOF_STREAM_UNITTEST_H
#define ALOOF_STREAM_UNITTEST_H

#include "stream/stream.h"

/* A test is called as unittest takes it: "mod.Class.test_x". A failed subtest fails its test; what it is
 * called stands before its traceback. The tracebacks come when all tests have run. Without -v only the failed
 * tests have names, and only they become tests. */
extern const struct stream_format unittest_format;

#endif
