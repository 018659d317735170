/* What `cargo nextest list --message-format json` prints: an object of binaries with their tests. */
#ifndef ALOOF_STREAM_NEXTEST_LIST_H
#define ALOOF_STREAM_NEXTEST_LIST_H

#include "stream/stream.h"

/* A test that exists is called BINARY-ID$NAME, as in a stream of libtest-json-plus, and its group is the
 * binary's id. Those that are not run, as nextest's filters leave them out or they are ignored, are not told.
 */
extern const struct stream_format nextest_list_format;

#endif
