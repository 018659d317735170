/* Writes what any protocol reported as subunit v2. */
#ifndef ALOOF_STREAM_SUBUNIT_TARGET_H
#define ALOOF_STREAM_SUBUNIT_TARGET_H

#include "stream/stream.h"

/* A test's final status follows its attachments, as readers of subunit want it: it is held until another
 * test reports, or of a failure until the end: some protocols tell only there why. Noise stays between the
 * packets. A duration without times becomes a tag, "duration=0.012" in seconds. */
extern const struct stream_target subunit_target;

/* For one who reads along. That writer writes failures, too, when another test reports, unless `late`: the
 * protocol tells at its end why. */
void subunit_target_live(void *writer, bool late);

/* Nothing more comes of the newest test for now: its status is written, of a failure that may be told why
 * later is not. */
void subunit_target_settle(void *writer);

#endif
