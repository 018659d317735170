/* Writes what any protocol reported as TAP: version 13, which those that read 14 read too. */
#ifndef ALOOF_STREAM_TAP_TARGET_H
#define ALOOF_STREAM_TAP_TARGET_H

#include "stream/stream.h"

/* A point a test, its attachments and duration in a YAML block behind it; failed tests come last, for some
 * protocols tell why at their end. Noise becomes comments. When something could not be true, the stream bails
 * out at its end. */
extern const struct stream_target tap_target;

#endif
