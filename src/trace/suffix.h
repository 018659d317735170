/* The files of a tree, found by the ends of paths that were written elsewhere: on
 * another machine, or below a directory that is not told. Pure. */
#ifndef ALOOF_TRACE_SUFFIX_H
#define ALOOF_TRACE_SUFFIX_H

#include "core/map.h"
#include "core/vec.h"

/* Zeroed: no files. */
struct suffixes {
    struct strings paths;
    VEC(size_t) next;   /* by path: the one before of the same name, MAP_NONE none */
    struct map by_name; /* the newest path of each name */
};

/* Adds a file by its path from the root ("src/a.py"); one that is there already is not added again. */
void suffixes_add(struct suffixes *files, const char *path);

/* The file whose path ends most like this one, in whole names: /ci/build/src/a.py is src/a.py, a.py is the
 * only file of that name. A part of both paths counts when it has two names at least. NULL: none does, or two
 * do equally well. Either slash is one. Borrowed. */
const char *suffixes_find(const struct suffixes *files, const char *path);

void suffixes_release(struct suffixes *files);

#endif
