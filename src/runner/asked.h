/* The tests that one process is asked for, and which of them is meant by a name
 * in what it reports. */
#ifndef ALOOF_RUNNER_ASKED_H
#define ALOOF_RUNNER_ASKED_H

#include "core/map.h"
#include "core/recipe_argv.h"

#include <stdbool.h>

struct asked {
    const struct recipe_test *tests; /* borrowed, as is all that they hold */
    size_t count;
    bool files;          /* each test is a file */
    struct map by_id;    /* index of each */
    struct strings told; /* parts, where some are asked for by name: those that have ended */
    struct map by_told;
};

/* count >= 1. */
void asked_init(struct asked *asked, const struct recipe *recipe, const struct recipe_test *tests,
                size_t count);

/* The index of the test of that id; of a file, that may stand behind directories. count: none of them. */
size_t asked_find(const struct asked *asked, struct bytes id);

/* The index of the file that a part called "FILE > NAME" is of, and its name there; count where it says none
 * of them, and then the id is the name. */
size_t asked_find_part(const struct asked *asked, struct bytes id, struct bytes *name);

/* The file that something with this id belongs to; "" none. running: the index of the test that runs, which
 * is the likeliest; count none. */
const char *asked_file(const struct asked *asked, struct bytes id, size_t running);

/* A part has ended, or so it is told; id: FILE > NAME. */
void asked_note(struct asked *asked, struct bytes id);

/* Whether that was not told of a part that is asked for of the file at that index. */
bool asked_lacks(const struct asked *asked, size_t at);

/* Whether the id is the file's, or of something in it. */
bool asked_is_in(struct bytes id, const char *file);

void asked_release(struct asked *asked);

#endif
