/* A file of test ids, one a line. */
#ifndef ALOOF_PROJECT_ID_LIST_H
#define ALOOF_PROJECT_ID_LIST_H

#include "core/error.h"
#include "core/vec.h"

/* Appends the ids of the file ("-": standard input) in their order. Empty lines, and those that begin with #,
 * are none. 0, or a negative errno with a line naming the option and the file. */
int id_list_read(const char *option, const char *path, struct strings *ids, struct error *error);

#endif
