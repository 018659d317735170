/* What a key press is called, inside and by people: 'r', INPUT_PAGE_DOWN; "r", "PgDn". */
#ifndef ALOOF_UI_INPUT_H
#define ALOOF_UI_INPUT_H

#include "core/bytes.h"

#define CONTROL(letter) ((letter)&0x1F)

/* A Unicode character, or one of these; those above it lie beyond Unicode. */
enum input {
    INPUT_NONE = 0,
    INPUT_TAB = '\t',
    INPUT_ESCAPE = 0x1B,
    INPUT_UP = 0x110000,
    INPUT_DOWN,
    INPUT_LEFT,
    INPUT_RIGHT,
    INPUT_HOME,
    INPUT_END,
    INPUT_PAGE_UP,
    INPUT_PAGE_DOWN,
    INPUT_ENTER,
    INPUT_BACKSPACE,
    INPUT_DELETE,
    INPUT_F1, /* up to F12, one after the other */
    INPUT_F12 = INPUT_F1 + 11,
    INPUT_MOUSE,  /* no key; what it was is told beside it */
    INPUT_PASTE,  /* the start of a pasted text, which is no key either */
    INPUT_PASTED, /* a character of it; which is told beside it */
    INPUT_OTHER,  /* a key that aloof has no name for */
};

/* The input that a character from the terminal is: Enter and Backspace send control characters. */
int input_of_character(int character);

/* The input of that name: a printable character, "ctrl-a", "f1", "space", "pgdn", … The case of names counts
 * only for a single character. INPUT_NONE: no key has that name. */
int input_parse(const char *name);

/* Whether the key never reaches us, as the terminal itself acts on it: ^C, ^Z, and ^S and ^Q (flow control).
 */
bool input_is_terminals(int input);

/* Adds the name as help and the manual write it: "r", "Ctrl-L", "PgDn". */
void input_name(int input, struct buf *to);

/* The name that looks most like this one; NULL when none is near. */
const char *input_nearest(const char *name);

#endif
