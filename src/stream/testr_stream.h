/* What the commands of testr print: subunit of either version. No format of its own, so it is never guessed
 * and in no list; a recipe names it. */
#ifndef ALOOF_STREAM_TESTR_STREAM_H
#define ALOOF_STREAM_TESTR_STREAM_H

#include "stream/stream.h"

extern const struct stream_format testr_format;

#endif
