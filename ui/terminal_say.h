/* Says things to the terminal beside its screen: title, bell, notification.
 * Written to where curses writes, between two of its updates. */
#ifndef ALOOF_UI_TERMINAL_SAY_H
#define ALOOF_UI_TERMINAL_SAY_H

#include "ui/sequence.h"

/* Embedded. */
struct terminal_say {
    int fd; /* the terminal; borrowed */
    struct sequence_kind kind;
    bool kept;   /* the title of before is on the terminal's stack */
    char *title; /* what it shows of ours; NULL: not known */
};

void terminal_say_init(struct terminal_say *say, int fd, struct sequence_kind kind);

/* Shows the title (without control characters) where the terminal has one; sent only if it is another one.
 * The first puts the title of before aside. */
void terminal_say_title(struct terminal_say *say, const char *text);

/* Puts the title of before back, if ours is shown. */
void terminal_say_restore(struct terminal_say *say);

/* Has the next title sent even if it is the same: somebody else may have set another one. */
void terminal_say_forget(struct terminal_say *say);

void terminal_say_bell(struct terminal_say *say);

/* Notifies in the way that the terminal has, if only by its bell. The texts hold no control characters. */
void terminal_say_notify(struct terminal_say *say, const char *title, const char *body);

/* Copies the text to the clipboard, as far as the terminal lets a program do so. False: it was not sent, see
 * sequence_copy. */
bool terminal_say_copy(struct terminal_say *say, const char *text);

void terminal_say_release(struct terminal_say *say);

#endif
