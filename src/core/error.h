/* What went wrong, in one line for a person: where (path:line), what was
 * expected, what to do. Functions return 0 or a negative errno beside it. */
#ifndef ALOOF_CORE_ERROR_H
#define ALOOF_CORE_ERROR_H

#include "core/memory.h"

struct error {
    char text[1024]; /* NUL-terminated, no newline; "" when nothing went wrong */
};

/* Fills in the line (cut at its size; control octets become '?') and returns code, so that
 * `return error_set(error, -EINVAL, …)` reads well. error may be NULL. */
int error_set(struct error *error, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
