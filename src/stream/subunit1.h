/* Subunit version 1: lines of text, and parts of octets between them. */
#ifndef ALOOF_STREAM_SUBUNIT1_H
#define ALOOF_STREAM_SUBUNIT1_H

#include "stream/stream.h"

/* What stands in plain brackets becomes the attachment "traceback", of a skip "reason", of a success
 * "message". A test in whose middle the stream ends has crashed. An outcome of a test that does not run is
 * noise, as for the other readers of this protocol. */
extern const struct stream_format subunit1_format;

#endif
