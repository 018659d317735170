/* What a worker is made of: the text that its interpreter is given, and the
 * modules that this text then reads from standard input. */
#ifndef ALOOF_RUN_SOURCE_H
#define ALOOF_RUN_SOURCE_H

#include "core/bytes.h"

struct source {
    char *boot;         /* boot.py: the program of `python -c` */
    struct buf modules; /* a decimal length, a newline, {"name": "text"} of so many octets */
};

/* Reads boot.py and aloof_worker/ (all *.py there) below `directory`. 0, or a negative errno, and then
 * *source is empty; -EILSEQ: a module is not UTF-8. */
int source_read(struct source *source, const char *directory);

void source_release(struct source *source);

#endif
