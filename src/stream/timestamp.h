/* Times and durations as protocols write them. */
#ifndef ALOOF_STREAM_TIMESTAMP_H
#define ALOOF_STREAM_TIMESTAMP_H

#include "core/bytes.h"

#include <stdint.h>

/* The instant that "2026-11-21T13:53:11.372220424Z" (RFC 3339, any offset; without one UTC is meant) tells,
 * in ns since 1970. Returns false when it is none. */
bool timestamp_read(struct bytes text, int64_t *time_ns);

/* Appends the time as RFC 3339 writes it, in UTC: "2026-11-21T13:52:14.034000000Z", with so many digits (0 to
 * 9) behind the point and `between` ("T") between date and time. */
void timestamp_write(struct buf *to, int64_t time_ns, int digits, const char *between);

/* An instant told as a number of units of `unit_ns` since 1970, in ns; 0 when it is none of these centuries.
 */
int64_t instant_of(double count, double unit_ns);

/* A duration in units of `unit_ns` as ns; 0 when it is none that a test can have. */
int64_t duration_of(double count, double unit_ns);

#endif
