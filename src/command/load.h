/* aloof load: the loop, or --once, begins with results that are read instead of with a run. */
#ifndef ALOOF_COMMAND_LOAD_H
#define ALOOF_COMMAND_LOAD_H

#include "core/error.h"
#include "core/vec.h"
#include "stream/stream.h"

/* Zeroed: nothing is to be loaded. */
struct load_request {
    bool wanted;
    const struct stream_format *format; /* NULL: to be found out */
    int fd;
    const char *name; /* borrowed from the command line */
};

/* Takes the command and its own option, --from, off the command line ("aloof load --from tap FILE --once");
 * what is left is as if it were not there. 0, or -EINVAL with a line. */
int load_arguments(struct load_request *request, int *argc, char **argv[], struct error *error);

/* Opens the one path, "-" for standard input. The loop (once: false) then has its keys from the terminal.
 * 0, or a negative errno with a line. */
int load_open(struct load_request *request, const struct strings *paths, bool once, struct error *error);

/* Appends the help. */
void load_help(struct buf *to);

#endif
