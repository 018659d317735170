#include "ui/looks.h"

#define NONE INK_DEFAULT
#define PALETTE(n) (INK_PALETTE | (n))

/* Eight colours are the theme's, which whoever made it can read on the background they chose. Of 256, those
 * that stand out from black and from white alike, at 3 to 1 or better: it is not known which is behind them.
 */
static const struct look {
    uint32_t attributes, mono;
    uint32_t of8, of256;
} looks[STYLE_COUNT] = {
    [STYLE_PLAIN] = {0, 0, NONE, NONE},
    [STYLE_DIM] = {INK_DIM, INK_DIM, NONE, NONE},
    [STYLE_BOLD] = {INK_BOLD, INK_BOLD, NONE, NONE},
    [STYLE_RED] = {INK_BOLD, INK_BOLD, PALETTE(1), PALETTE(160)},
    [STYLE_GREEN] = {INK_BOLD, INK_BOLD, PALETTE(2), PALETTE(28)},
    [STYLE_YELLOW] = {0, 0, PALETTE(3), PALETTE(136)},
    [STYLE_CYAN] = {0, 0, PALETTE(6), PALETTE(31)},
    [STYLE_REMOVED] = {0, 0, PALETTE(1), PALETTE(167)},
    [STYLE_ADDED] = {0, 0, PALETTE(2), PALETTE(28)},
    [STYLE_REVERSE] = {INK_REVERSE, INK_REVERSE, NONE, NONE},
    [STYLE_KEYWORD] = {0, 0, PALETTE(5), PALETTE(133)},
    [STYLE_STRING] = {0, 0, PALETTE(2), PALETTE(65)},
    [STYLE_COMMENT] = {INK_DIM, INK_DIM, NONE, NONE},
};

struct ink look_of(enum style style, int colors)
{
    const struct look *look = &looks[style];
    if (colors < 8)
        return (struct ink){.attributes = look->mono};
    return (struct ink){.attributes = look->attributes, .front = colors < 256 ? look->of8 : look->of256};
}
