/* The Test Anything Protocol, versions 12 to 14 (testanything.org), with the subtests
 * that Perl's Test::More and node:test print. */
#ifndef ALOOF_STREAM_TAP_H
#define ALOOF_STREAM_TAP_H

#include "stream/stream.h"

/* A point's id is its description, below those of the subtests around it ("parser > numbers > 0x10"); its
 * number where it has none ("#3"), and both where the description came before. Points cannot be asked for:
 * their script can. A failing point's YAML block and comments are its attachment "traceback", a reason to
 * skip or to expect a failure is "reason". A subtest's own point is an event only if it tells something that
 * the points in it do not. */
extern const struct stream_format tap_format;

#endif
