/* What a command prints, however long it takes. */
#ifndef ALOOF_COMMAND_CAPTURE_H
#define ALOOF_COMMAND_CAPTURE_H

#include "core/bytes.h"
#include "core/error.h"
#include "core/vec.h"

/* Runs the words in the directory and appends what they print on standard output, up to `most` octets;
 * standard input is empty, standard error ours. It stays in our process group: ^C ends it, too. Returns its
 * exit status, or -errno with a line: it cannot be started, or a signal ended it; without one -EINTR: that
 * was ^C. */
int capture(const struct strings *words, const char *directory, size_t most, struct buf *printed,
            struct error *error);

#endif
