/* Check's own XML (CK_XML_LOG_FILE_NAME), which unlike its TAP says where a test failed. */
#ifndef ALOOF_STREAM_CHECK_H
#define ALOOF_STREAM_CHECK_H

#include "stream/stream.h"

/* A test is "FILE:CASE:FUNCTION", as in Check's TAP; of a loop each further turn is numbered. Its "traceback"
 * is one line, "FILE:LINE: what failed". One that a signal hit, or that left, has crashed. */
extern const struct stream_format check_format;

#endif
