/* What node's test runner prints for people (`node --test`, its reporter "spec"): each test as it ends, below
 * its suites; counts; then why tests failed. */
#ifndef ALOOF_STREAM_NODE_SPEC_H
#define ALOOF_STREAM_NODE_SPEC_H

#include "stream/stream.h"

extern const struct stream_format node_spec_format;

#endif
