/* How much of the past is kept: history.keep, "500", "30d", "200m", or several with commas between. Pure. */
#ifndef ALOOF_CORE_KEEP_H
#define ALOOF_CORE_KEEP_H

#include "core/bytes.h"

/* All of the limits hold; 0: there is none of that kind. */
struct keep {
    unsigned runs;      /* so many, … */
    unsigned days;      /* … none that began before so many, … */
    unsigned megabytes; /* … and as many as fit, of 2^20 octets */
};

#define KEEP_EXPECTED "runs, days or megabytes, as 500, 30d, 200m or 500,30d"

/* Reads the text. 0; -EINVAL: it is something else, and *keep as it was. */
int keep_parse(struct keep *keep, const char *text);

/* Appends it as it would be set. */
void keep_write(const struct keep *keep, struct buf *to);

#endif
