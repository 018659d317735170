/* What `rspec -f json` prints. */
#ifndef ALOOF_STREAM_RSPEC_H
#define ALOOF_STREAM_RSPEC_H

#include "stream/stream.h"

/* An example's id is its file, " > ", and the full description that -e asks for. A file that cannot be loaded
 * is a collection's failure of its name; what else fails outside of examples is one of its first line. */
extern const struct stream_format rspec_format;

#endif
