/* Taking lines of text apart. All results are borrowed from what is given. */
#ifndef ALOOF_STREAM_SCAN_H
#define ALOOF_STREAM_SCAN_H

#include "core/bytes.h"

#include <stdint.h>

/* Without its first octets, at most all. */
struct bytes scan_skip(struct bytes text, size_t count);

/* Without blanks (and newlines) at both ends, or behind it only. */
struct bytes scan_trim(struct bytes text);
struct bytes scan_trim_end(struct bytes text);

/* Where the word begins in the text, first or last; SIZE_MAX: nowhere. */
size_t scan_find(struct bytes text, const char *word);
size_t scan_find_last(struct bytes text, const char *word);

bool scan_ends(struct bytes text, const char *word);

/* Takes the word off the start. Returns whether it is there. */
bool scan_word(struct bytes *text, const char *word);

/* Takes a whole number of at most 18 digits off the start. Returns whether there is one. */
bool scan_number(struct bytes *text, uint64_t *number);

/* Takes what stands before the word, and the word, off the start. Returns whether the word is there. */
bool scan_until(struct bytes *text, const char *word, struct bytes *before);

/* Takes the next line, and its newline, off the start. Returns whether there is one. */
bool scan_line(struct bytes *text, struct bytes *line);

#endif
