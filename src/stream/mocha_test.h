/* A test as both of mocha's reporters describe it. */
#ifndef ALOOF_STREAM_MOCHA_TEST_H
#define ALOOF_STREAM_MOCHA_TEST_H

#include "stream/testcase.h"

#include <jansson.h>

/* Sets the test's fields from its description, but not the texts that tell why it failed. The id is put into
 * `id`. */
void mocha_test(struct testcase *test, const json_t *said, enum event_status status, struct buf *id);

#endif
