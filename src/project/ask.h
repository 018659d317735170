/* What a short command has to say: run to its end, while everything else waits. */
#ifndef ALOOF_PROJECT_ASK_H
#define ALOOF_PROJECT_ASK_H

#include "core/bytes.h"
#include "core/error.h"
#include "core/vec.h"

#define ASK_DEADLINE_MS 10000

/* Runs the words in the directory, with empty standard input, and appends what it prints (errors: on standard
 * error too; at most 64 KiB). Returns its exit status, or -errno with a line: it cannot be started, a signal
 * ended it, or it took more than ASK_DEADLINE_MS and was killed with what it had started. */
int ask(const struct strings *words, const char *directory, bool errors, struct buf *answer,
        struct error *error);

/* Where the program of that name is: itself when it has a slash (seen from the directory), else found in
 * $PATH. NULL: there is none that could be run. The caller frees. */
char *ask_program(const char *name, const char *directory);

#endif
