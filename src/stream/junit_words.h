/* What the words in JUnit reports mean, whoever wrote them. */
#ifndef ALOOF_STREAM_JUNIT_WORDS_H
#define ALOOF_STREAM_JUNIT_WORDS_H

#include "core/event.h"

/* Where in a report the text at hand is. */
enum junit_part { PART_NONE, PART_FAILURE, PART_SKIPPED, PART_RERUN, PART_OUT, PART_ERR, PART_COUNT };

/* What an element's text is part of; PART_NONE: nothing by itself. */
enum junit_part junit_part(const char *element);

/* What the attributes of a test case say that has neither a failure nor was skipped; absent where there are
 * none. */
enum event_status junit_status(struct bytes status, struct bytes result);

/* What the attributes of a failure say beyond that: a tag; NULL: nothing. */
const char *junit_tag(struct bytes message, struct bytes type);

/* Whether a test that is told as skipped was not run for want of something, which ctest takes for a failure.
 */
bool junit_not_run(struct bytes message);

#endif
