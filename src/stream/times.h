/* Durations and times as test tools print them. The locale plays no part. */
#ifndef ALOOF_STREAM_TIMES_H
#define ALOOF_STREAM_TIMES_H

#include "core/bytes.h"

#include <stdint.h>

/* A number at the start of the text, as ns: "0.012", "1,234.5", "0,012" and "2e-05" in the unit of so many
 * ns; "12 ms", "3s", "1.5us" in the one they tell. 0: there is none, or more than 30 years. */
int64_t duration_read(struct bytes text, int64_t unit_ns);

/* "2026-11-21T13:52:14.034", with a blank for the T, "Z" or "+01:00" behind it: ns since 1970, UTC where
 * no zone is told. Returns whether the text is one. */
bool timestamp_read(struct bytes text, int64_t *time_ns);

/* Appends the time as RFC 3339 writes it, in UTC: "2026-11-21T13:52:14.034000000Z", with so many digits (0 to
 * 9) behind the point and `between` ("T") between date and time. */
void timestamp_write(struct buf *to, int64_t time_ns, int digits, const char *between);

#endif
