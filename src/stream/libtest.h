/* What Rust's test harness prints, and cargo around it. */
#ifndef ALOOF_STREAM_LIBTEST_H
#define ALOOF_STREAM_LIBTEST_H

#include "stream/stream.h"

/* Several test programs in one stream are expected; a name that comes in two of them is "name #2" the second
 * time. What a failed test wrote comes when the program ends: up to the panic as "stdout", from there as
 * "traceback". A crate that does not compile is a failing test with the tag "collection". A test in whose
 * middle the program ends has crashed; where it is not known which, that is damage. */
extern const struct stream_format libtest_format;

#endif
