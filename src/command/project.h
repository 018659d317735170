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

void project_release(struct project *project);

#endif
