/* Writes what any protocol reported as lines of values, as RFC 4180 has them. */
#ifndef ALOOF_STREAM_CSV_TARGET_H
#define ALOOF_STREAM_CSV_TARGET_H

#include "stream/stream.h"

/* A row a test, behind one of names: test_id, status, duration (seconds), start_time, stop_time (RFC 3339),
 * tags (blanks between), message. What is not known is empty. Noise has no place. */
extern const struct stream_target csv_target;

#endif
