/* The help: every key and what it does, as a story. */
#ifndef ALOOF_UI_HELP_H
#define ALOOF_UI_HELP_H

#include "trace/story.h"
#include "ui/keys.h"

/* Builds it for a screen of so many columns: where they are few, what the keys do is not aligned. `story` is
 * initialised by it, released by story_release. */
void help_tell(struct story *story, const struct keymap *keymap, int cols);

#endif
