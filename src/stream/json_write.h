/* Events as lines of JSON, for scripts: one object a line, always the same keys in the
 * same order, null where the event does not say. */
#ifndef ALOOF_STREAM_JSON_WRITE_H
#define ALOOF_STREAM_JSON_WRITE_H

#include "core/event.h"

/* Append a line: "kind" is "packet", "noise" (the octets are its "file_bytes") or "damage" (which has also
 * "reason", "offset" and "length"). File contents are in base64, times as RFC 3339 writes them, in ns. What
 * is no UTF-8 in a string becomes U+FFFD. */
void json_write_event(struct buf *to, const struct event *event);
void json_write_noise(struct buf *to, struct bytes octets);
void json_write_damage(struct buf *to, const char *reason, uint64_t offset, uint64_t length);

#endif
