/* Streams that a command reads: the files that it is given, of whatever format, and what of them goes on. */
#ifndef ALOOF_COMMAND_INPUT_H
#define ALOOF_COMMAND_INPUT_H

#include "core/error.h"
#include "stream/edit.h"
#include "stream/select.h"
#include "stream/stream.h"

#include <getopt.h>

/* What the options say, and where the events go. Zeroed, with sink and owner set, reads all of anything. */
struct input {
    const struct stream_format *from; /* NULL: to be found out, file by file */
    const struct event_sink *sink;
    void *owner;
    bool (*pause)(void *owner); /* after each piece; whether to go on. NULL: always */
    struct select select;
    struct edit edit;
    const struct event_sink *first; /* of the stages … */
    void *first_owner;              /* … and its owner */
    const char *path;               /* of the file at hand */
    uint64_t damages;               /* so far; each is a line on standard error, too */
};

/* Rows for a command's getopt_long, whose values input_option knows, and their help. */
/* clang-format off */
#define INPUT_OPTIONS \
    {"from", required_argument, NULL, 0x100}, \
    {"only", required_argument, NULL, 0x101}, \
    {"except", required_argument, NULL, 0x102}, \
    {"rename", required_argument, NULL, 0x103}, \
    {"tag", required_argument, NULL, 0x104}, \
    {"no-passthrough", no_argument, NULL, 0x105}
/* clang-format on */
#define INPUT_HELP                                                                                           \
    "  --from FORMAT       what is read (else it is found out, file by file)\n"                              \
    "  --only WORD         tests of that status (fail, skip, success, ...), tag:NAME, or /REGEX/ in the "    \
    "id\n"                                                                                                   \
    "  --except WORD       not those\n"                                                                      \
    "  --rename RE=TEXT    in ids, TEXT for what RE finds; $1 is its first group\n"                          \
    "  --tag +TAG,-TAG     the tests get a tag, lose another\n"                                              \
    "  --no-passthrough    without what is of no test\n"

/* Takes in an option. 0, or -EINVAL with a line. */
int input_option(struct input *input, int option, const char *value, struct error *error);

/* How a command's line is read. */
struct input_syntax {
    const char *letters;          /* for getopt_long, "h" among them */
    const struct option *options; /* likewise, INPUT_OPTIONS among them */
    /* Takes in an option that is not of these. 0, or -EINVAL with a line. NULL where there are none. */
    int (*take)(void *owner, int option, const char *value, struct error *error);
    void (*help)(void);
};

/* Reads the options; the paths begin at optind. -1, or the exit code to leave with when there is nothing more
 * to do. */
int input_options(struct input *input, int argc, char *argv[], const struct input_syntax *syntax,
                  struct error *error);

/* Reads the files, "-" and none being standard input, and tells the sink. 0, or a negative errno with a line.
 */
int input_read(struct input *input, int count, char *paths[], struct error *error);

void input_release(struct input *input);

#endif
