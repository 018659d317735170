/* What `meson test` leaves in meson-logs/testlog.json: an object for each test. */
#ifndef ALOOF_STREAM_MESON_H
#define ALOOF_STREAM_MESON_H

#include "stream/stream.h"

/* A test's id is what `meson test` takes, "project:test". It has its output as "stdout" and "stderr". */
extern const struct stream_format meson_format;

#endif
