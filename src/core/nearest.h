/* The known word that a mistyped one was probably meant to be. */
#ifndef ALOOF_CORE_NEAREST_H
#define ALOOF_CORE_NEAREST_H

#include <stddef.h>

/* The number of single-letter edits between both words, letters' case not counting. SIZE_MAX: b is too long
 * for any word of ours. */
size_t nearest_distance(const char *a, const char *b);

/* How many edits may lie between what was typed and what was meant. */
size_t nearest_limit(const char *word);

/* That one of the words which looks most like this one; NULL when none is near. Borrowed. */
const char *nearest_of(const char *word, const char *const *words, size_t count);

#endif
