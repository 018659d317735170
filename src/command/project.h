/* What a command needs that runs tests: where it stands, the settings, the recipes. */
#ifndef ALOOF_COMMAND_PROJECT_H
#define ALOOF_COMMAND_PROJECT_H

#include "command/where.h"
#include "core/options.h"

struct project {
    struct where where;
    struct settings settings;
    struct recipe *recipes; /* at least one */
    size_t recipe_count;
    char *workers; /* directory of the workers' source */
};

/* Finds all of it. argv: aloof's own options and paths, its first word is passed over; it must outlive the
 * project. Settings win in this order: command line, -c, the project's file, the person's. 0, or a negative
 * errno with a line; released by the caller whatever comes. Zeroed before. */
int project_find(struct project *project, int argc, const char *const argv[], struct error *error);

/* For a command's own options, which are taken off before project_find: the value of the option of that name
 * ("--commits") where it is the one at `at`, here or in the next argument, to which `at` then goes on. "":
 * there is no value. NULL: it is another one. Borrowed. */
const char *project_value(const char *name, int argc, char *argv[], int *at);

/* The one path among the arguments, `rest`, is a test, borrowed, and none that restricts what is listed. What
 * else stands there is appended to `options`. -EINVAL with a line: there is none, or more than one. */
int project_take_test(struct project *project, const char *command, const struct strings *rest,
                      const char **test, struct strings *options, struct error *error);

void project_release(struct project *project);

#endif
