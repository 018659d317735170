/* A path as a runtime writes it into a stack -> the path of a file. Pure. */
#ifndef ALOOF_TRACE_WRITTEN_H
#define ALOOF_TRACE_WRITTEN_H

#include "core/bytes.h"

/* path: a part of the line. Behind "file://" its escapes (%20) are undone; a file name of the JVM's, which
 * has no directory, gets that of the function's package. The caller frees. */
char *written_path(struct bytes path, struct bytes line, struct bytes function);

#endif
