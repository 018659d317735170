/* What a GoogleTest program writes with --gtest_output=json. */
#ifndef ALOOF_STREAM_GTEST_JSON_H
#define ALOOF_STREAM_GTEST_JSON_H

#include "stream/stream.h"

/* A test's id is the name that --gtest_filter takes: "Sums.Adds", "Few/P.Even/0". */
extern const struct stream_format gtest_json_format;

#endif
