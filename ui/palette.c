#include "ui/palette.h"

#define GREYISH 40 /* the parts of a grey are less apart */

/* Of palettes with 256 colours: the first of the cube, 6 levels a side, and of the greys behind it. */
#define CUBE 16
#define GREYS 232
#define GREY_COUNT 24

static uint32_t nearest_level(uint32_t value)
{
    return value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40;
}

static uint32_t nearest_256(uint32_t rgb)
{
    uint32_t red = rgb >> 16 & 255, green = rgb >> 8 & 255, blue = rgb & 255;
    uint32_t cube = CUBE + 36 * nearest_level(red) + 6 * nearest_level(green) + nearest_level(blue);
    uint32_t mean = (red + green + blue) / 3;
    uint32_t step = mean < 8 ? 0 : (mean - 3) / 10;
    uint32_t grey = GREYS + (step < GREY_COUNT ? step : GREY_COUNT - 1);
    bool nearer =
        ink_distance(ink_rgb(INK_PALETTE | grey), rgb) < ink_distance(ink_rgb(INK_PALETTE | cube), rgb);
    return nearer ? grey : cube;
}

static void find_ends(uint32_t rgb, uint32_t *least, uint32_t *most)
{
    *least = 255;
    *most = 0;
    for (int shift = 0; shift < 24; shift += 8) {
        uint32_t part = rgb >> shift & 255;
        *least = part < *least ? part : *least;
        *most = part > *most ? part : *most;
    }
}

/* Of the eight colours the one of the same hue: its parts are on where they are nearer to the colour's
 * strongest than to its weakest. Greys between black and white are not among the eight. */
static int nearest_8(uint32_t rgb)
{
    uint32_t least, most;
    int color = 0;
    find_ends(rgb, &least, &most);
    if (most - least < GREYISH)
        return most == 0 ? 0 : least > 220 ? 7 : PALETTE_OWN;
    for (int bit = 0; bit < 3; bit++)
        if ((rgb >> (16 - 8 * bit) & 255) * 2 >= most + least)
            color |= 1 << bit;
    return color;
}

int palette_color(const struct palette *palette, uint32_t color)
{
    uint32_t value = color & INK_VALUE;
    bool named = (color & INK_PALETTE) != 0 && value < 16;
    if (color == INK_DEFAULT)
        return PALETTE_OWN;
    if (palette->colors > 256 && !(named && value < 8)) {
        uint32_t rgb = ink_rgb(color);
        return rgb < 8 ? 8 : (int)rgb;
    }
    if ((named && (int)value < palette->colors) || ((color & INK_PALETTE) != 0 && palette->colors == 256))
        return (int)value;
    if (palette->colors == 256)
        return (int)nearest_256(value);
    if (named) /* a bright one: of grey nothing comes near, the others have the same hue */
        return value == 8 ? PALETTE_OWN : (int)value - 8;
    return nearest_8(ink_rgb(color));
}

void palette_init(struct palette *palette, int colors, int pairs, bool own)
{
    *palette = (struct palette){.colors = colors, .own = own};
    palette->capacity = pairs - 1 < PALETTE_PAIRS ? pairs - 1 : PALETTE_PAIRS;
}

static struct palette_pair *find(struct palette *palette, int front, int back)
{
    uint32_t hash = ((uint32_t)front * 0x9E3779B1U) ^ ((uint32_t)back * 0x85EBCA77U);
    size_t at = (hash ^ hash >> 15) % PALETTE_SLOTS;
    while (palette->slots[at].number != 0 &&
           (palette->slots[at].front != front || palette->slots[at].back != back))
        at = (at + 1) % PALETTE_SLOTS;
    return &palette->slots[at];
}

/* The nearest pair that there is to a colour of text, on the terminal's own background. */
static int nearest_pair(const struct palette *palette, uint32_t color, int back)
{
    uint32_t least = UINT32_MAX, wanted = color != INK_DEFAULT ? ink_rgb(color) : 0;
    int number = 0, names = palette->colors > 256 ? 8 : palette->colors;
    for (size_t i = 0; color != INK_DEFAULT && i < PALETTE_SLOTS; i++) {
        const struct palette_pair *pair = &palette->slots[i];
        if (pair->number == 0 || pair->back != back || pair->front == PALETTE_OWN)
            continue;
        uint32_t rgb =
            pair->front < names ? ink_rgb(INK_PALETTE | (uint32_t)pair->front) : (uint32_t)pair->front;
        uint32_t apart = ink_distance(rgb, wanted);
        if (apart < least) {
            least = apart;
            number = pair->number;
        }
    }
    return number;
}

int palette_pair(struct palette *palette, const struct ink *ink, const struct palette_pair **made)
{
    struct ink seen = ink_visible(ink);
    int front = palette_color(palette, seen.front), back = palette_color(palette, seen.back);
    int white = palette->own ? PALETTE_OWN : 7, black = palette->own ? PALETTE_OWN : 0;
    *made = NULL;
    if (front == back)
        front = back = PALETTE_OWN;
    front = front == PALETTE_OWN ? white : front;
    back = back == PALETTE_OWN ? black : back;
    if (front == back)
        front = front == white ? black : white;
    if (front == white && back == black)
        return 0;
    struct palette_pair *pair = find(palette, front, back);
    if (pair->number != 0)
        return pair->number;
    if (palette->count >= palette->capacity)
        return nearest_pair(palette, seen.front, black);
    *pair = (struct palette_pair){front, back, ++palette->count};
    *made = pair;
    return pair->number;
}
