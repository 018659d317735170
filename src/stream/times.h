/* Durations as test tools print them. The locale plays no part. */
#ifndef ALOOF_STREAM_TIMES_H
#define ALOOF_STREAM_TIMES_H

#include "core/bytes.h"

#include <stdint.h>

/* A number at the start of the text, as ns: "0.012", "1,234.5", "0,012" and "2e-05" in the unit of so many
 * ns; "12 ms", "3s", "1.5us" in the one they tell. 0: there is none, or more than 30 years. */
int64_t duration_read(struct bytes text, int64_t unit_ns);

#endif
