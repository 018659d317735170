/* How the styles look, on terminals with and without colours. Pure. */
#ifndef ALOOF_UI_LOOKS_H
#define ALOOF_UI_LOOKS_H

#include "trace/story.h"

/* The ink of a style where there are so many colours; 0: none. */
struct ink look_of(enum style style, int colors);

#endif
