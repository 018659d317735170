/* What Rust's test harness prints with --format json, and cargo-nextest with --message-format libtest-json
 * and libtest-json-plus: suites of tests, one object a line. */
#ifndef ALOOF_STREAM_LIBTEST_JSON_H
#define ALOOF_STREAM_LIBTEST_JSON_H

#include "stream/stream.h"

/* A test's id is the name that the harness takes ("tests::deep::adds"; of nextest the binary's id before it,
 * "crate$tests::adds", "crate::whole$adds" or "crate::bin/name$adds", without the number of a retry; in
 * libtest-json, where that is not told, "crate::binary$adds"). What a failing test printed from its panic on
 * is "traceback", what came before it "stdout". Tests that were running when the next suite began without
 * this one's result have crashed; of nextest, which runs each test by itself and tells of its death, those
 * that a suite has begun and not ended are the ones it ignored. */
extern const struct stream_format libtest_json_format;

#endif
