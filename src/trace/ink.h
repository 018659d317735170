/* The colours and attributes that SGR sequences switch on (ECMA-48, 8.3.117, and
 * what xterm added): what a test that prints in colours asks for. Pure. */
#ifndef ALOOF_TRACE_INK_H
#define ALOOF_TRACE_INK_H

#include "core/bytes.h"

#include <stdint.h>

/* A colour: one of these kinds, and its value in the lower 24 bits. */
#define INK_DEFAULT 0U          /* the terminal's own */
#define INK_PALETTE 0x01000000U /* | 0-255 */
#define INK_RGB 0x02000000U     /* | 0xrrggbb */
#define INK_VALUE 0x00FFFFFFU

enum ink_attribute {
    INK_BOLD = 1,
    INK_DIM = 2,
    INK_ITALIC = 4,
    INK_UNDERLINE = 8,
    INK_REVERSE = 16,
};

/* Zeroed: plain text. All of it is significant, so that inks can be compared as memory. */
struct ink {
    uint32_t front, back;
    uint32_t attributes; /* enum ink_attribute */
};

/* Applies one sequence: `parameters` are the octets between "ESC [" and "m". What is not understood changes
 * nothing; blinking, concealed and crossed-out text is plain text. */
void ink_apply(struct ink *ink, struct bytes parameters);

/* The one laid over the other: what `top` leaves at its default is as in `base`. */
struct ink ink_over(const struct ink *base, const struct ink *top);

/* Text that would have the colour of its background gets the terminal's own colours. */
struct ink ink_visible(const struct ink *ink);

bool ink_same(const struct ink *a, const struct ink *b);

/* Appends the sequence that switches from the one ink to the other; nothing when they are the same. */
void ink_write(struct buf *to, const struct ink *from, const struct ink *ink);

/* The colour as 0xrrggbb; of the first 16, which every terminal has its own idea of, as xterm shows them. Not
 * for INK_DEFAULT. */
uint32_t ink_rgb(uint32_t color);

/* How far apart two colours are (0xrrggbb): the squares of the differences, added up. */
uint32_t ink_distance(uint32_t a, uint32_t b);

#endif
