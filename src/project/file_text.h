/* A small file as one text. */
#ifndef ALOOF_PROJECT_FILE_TEXT_H
#define ALOOF_PROJECT_FILE_TEXT_H

#include "core/bytes.h"
#include "core/error.h"

/* Appends what the file holds. 0, -ENOENT without a line when there is none, or -EINVAL with a line: it is no
 * file, cannot be read, or is larger than 1 MiB. */
int file_text(const char *path, struct buf *text, struct error *error);

#endif
