/* A bounded record of output: the head and the tail are kept, the middle is
 * counted. Memory stays under the limit however much is put in. */
#ifndef ALOOF_CORE_CLIP_H
#define ALOOF_CORE_CLIP_H

#include "core/bytes.h"

#include <stdint.h>

struct clip {
    size_t limit; /* octets kept at most, head and tail each half of it; set before first use */
    struct buf head;
    char *tail; /* a ring of limit / 2 octets, allocated when the head is full */
    size_t tail_at, tail_len;
    uint64_t total; /* octets ever put in */
};

void clip_add(struct clip *clip, struct bytes data);

/* How many octets of the middle are lost. */
uint64_t clip_dropped(const struct clip *clip);

/* Appends what is kept to `to`: head, a line "… N bytes dropped …" where some are, tail. */
void clip_text(const struct clip *clip, struct buf *to);

void clip_release(struct clip *clip);

#endif
