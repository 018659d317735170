/* What a terminal sends, octet by octet, made into inputs: characters, keys,
 * mouse events, pastes. Pure: any split of the octets gives the same inputs. */
#ifndef ALOOF_UI_DECODE_H
#define ALOOF_UI_DECODE_H

#include "ui/input.h"

#include <stdint.h>

#define SEQUENCE_MAX 64 /* octets of an escape sequence that are looked at; longer ones are swallowed */

/* A key that this terminal sends otherwise than most do; the text begins with ESC. */
struct key_sequence {
    char text[16];
    int input;
};

enum mouse_action { MOUSE_CLICK, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

struct mouse {
    enum mouse_action action;
    int row, col; /* from 0 */
};

/* The last click; zeroed: none. */
struct clicks {
    int row;
    uint64_t time_ms; /* 0: none */
};

/* A click on that row, at that time from any start but 0: whether it is the second of a double click. A third
 * begins anew. */
bool clicks_twice(struct clicks *clicks, int row, uint64_t time_ms);

/* Zeroed: at the start of an input, with the keys that most terminals have. */
struct decoder {
    const struct key_sequence *keys; /* looked at first; borrowed */
    size_t key_count;
    char pending[SEQUENCE_MAX]; /* what has come of an input */
    size_t len;
    bool pasting;
    size_t marker;      /* octets of the paste's end marker that have come */
    int pasted;         /* what INPUT_PASTED tells: a Unicode character, those of control included */
    struct mouse mouse; /* what INPUT_MOUSE tells */
};

/* Takes the next octet. Returns the input that it ends, INPUT_NONE while there is none. INPUT_PASTE comes at
 * the start of a paste, whose characters then are INPUT_PASTED. */
int decode_octet(struct decoder *decoder, unsigned char octet);

/* Whether what came is the start of something: of a sequence, or of a paste. */
bool decode_waits(const struct decoder *decoder);

/* No more octets came for a while: an ESC alone was the key, a sequence that is cut off is INPUT_OTHER, and a
 * paste is over, its end marker lost. INPUT_NONE: nothing was waited for. */
int decode_end(struct decoder *decoder);

#endif
