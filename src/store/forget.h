/* Taking tests and runs out of a history, beside whoever uses it. A run that goes on elsewhere is not harmed:
 * what it comes to is remembered as if it were new. Functions return 0, or a negative errno with a line. */
#ifndef ALOOF_STORE_FORGET_H
#define ALOOF_STORE_FORGET_H

#include "core/error.h"
#include "store/history.h"

#include <stddef.h>

struct forget; /* heap; all of it happens, or nothing */

/* What was done. */
struct forgotten {
    size_t results; /* that are no longer remembered */
    size_t green;   /* tests that left the red set, … */
    size_t red;     /* … or came back into it, as an earlier run counts again */
    size_t unknown; /* tests of which nothing is known any more */
};

/* Begins in DIR/history.db, and waits its turn. -EBUSY: others write all the time. */
int forget_begin(struct forget **forget, const char *dir, struct error *error);

/* Takes out the test with all that it came to, in the counts of its runs, too. */
int forget_test(struct forget *forget, struct history_name name, struct forgotten *done, struct error *error);

/* Takes out the run. Tests of which it had the newest outcome get back the one before. -EBUSY: it may be
 * going on. */
int forget_run(struct forget *forget, int64_t run, struct forgotten *done, struct error *error);

/* Ends: keeps what was done, or undoes it. Frees. NULL does nothing. */
int forget_end(struct forget *forget, bool keep, struct error *error);

#endif
