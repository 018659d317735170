/* Writes what any protocol reported as subunit version 1. */
#ifndef ALOOF_STREAM_SUBUNIT1_TARGET_H
#define ALOOF_STREAM_SUBUNIT1_TARGET_H

#include "stream/stream.h"

/* Tests one behind the other, as that protocol has them, with all attachments; failed ones come last. A line
 * of noise that reads like one of the protocol is indented. */
extern const struct stream_target subunit1_target;

#endif
