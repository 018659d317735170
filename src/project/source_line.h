/* One line of a source file, for frames that come without. */
#ifndef ALOOF_PROJECT_SOURCE_LINE_H
#define ALOOF_PROJECT_SOURCE_LINE_H

/* The line (from 1) of the file at path (relative to root, or absolute), without blanks at its ends. NULL:
 * there is no such line, or the file is no readable regular one, or of more than 4 MiB. The caller frees. */
char *source_line(const char *root, const char *path, unsigned line);

#endif
