/* What `go test -json` prints (go doc test2json), of all versions of Go. */
#ifndef ALOOF_STREAM_GO_H
#define ALOOF_STREAM_GO_H

#include "stream/stream.h"

/* A test's id is its package's import path, a slash and its name: "example.org/p/sums/TestAdd/zero". A test
 * that fails has what it logged ("sums_test.go:18: …"), a panic or a data race as "traceback" and what else
 * was printed as "stdout". Tests that were running when their package's process died failed with it: crashed,
 * timed out, or not run when they waited. A test that failed only because of its subtests is not runnable:
 * they are. A package that fails without a failing test is a failing test of its name; one that could not be
 * built is a collection's failure. */
extern const struct stream_format go_format;

#endif
