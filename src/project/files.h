/* The project's files, listed once. */
#ifndef ALOOF_PROJECT_FILES_H
#define ALOOF_PROJECT_FILES_H

#include "project/repo.h"

#define FILES_MAX 500000 /* what a larger tree has beyond them is not listed */

/* Appends the paths, relative to the root, of the files that lie in directories which are not ignored; links
 * to directories are not followed. */
void files_list(struct repo *repo, struct strings *paths);

#endif
