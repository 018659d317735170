/* The report of Ruby's minitest by the gem minitest-reporters-json_reporter: counts, and each test that
 * failed or was left out; those that passed with --verbose only. */
#ifndef ALOOF_STREAM_MINITEST_H
#define ALOOF_STREAM_MINITEST_H

#include "stream/stream.h"

extern const struct stream_format minitest_format;

#endif
