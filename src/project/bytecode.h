/* Python's byte code is kept beside the source, in __pycache__, with the source's size and its time in whole
 * seconds; so of two quick saves of equal length the first may run. */
#ifndef ALOOF_PROJECT_BYTECODE_H
#define ALOOF_PROJECT_BYTECODE_H

#include "core/vec.h"

/* Removes what Python has compiled in the directories of those files (relative to root; what is no Python is
 * passed over), unless it was written well after its source last changed in any way: Python compiles it anew.
 * Nobody may be about to write there: processes that a change made out of date are gone. */
void bytecode_distrust(const char *root, const struct strings *changed);

#endif
