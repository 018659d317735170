#include "trace/ink.h"

#define PARAMETERS_MAX 32 /* of one sequence; what comes behind them is not looked at */
#define VALUE_MAX 9999    /* nothing so large means anything */
#define TOO_CLOSE 400     /* colours less apart are the same to the eye */

/* One parameter of a sequence. Those joined by colons belong to the first of them. */
struct parameter {
    unsigned value;
    bool empty;
    bool joined; /* a colon stands before it */
};

static size_t read_parameters(struct bytes text, struct parameter list[PARAMETERS_MAX])
{
    size_t count = 1;
    list[0] = (struct parameter){.empty = true};
    for (size_t at = 0; at < text.len; at++) {
        char c = text.data[at];
        struct parameter *last = &list[count - 1];
        if (c >= '0' && c <= '9') {
            last->empty = false;
            last->value = last->value < VALUE_MAX ? last->value * 10 + (unsigned)(c - '0') : VALUE_MAX;
        } else if (c != ';' && c != ':') {
            return 0;
        } else if (count == PARAMETERS_MAX) {
            return count;
        } else {
            list[count++] = (struct parameter){.empty = true, .joined = c == ':'};
        }
    }
    return count;
}

/* How many parameters from `at` on are joined by colons. */
static size_t joined_count(const struct parameter *list, size_t count, size_t at)
{
    size_t end = at + 1;
    while (end < count && list[end].joined)
        end++;
    return end - at;
}

static bool rgb_of(const struct parameter *list, uint32_t *color)
{
    for (int i = 0; i < 3; i++)
        if (list[i].value > 255)
            return false;
    *color = INK_RGB | (uint32_t)(list[0].value << 16 | list[1].value << 8 | list[2].value);
    return true;
}

static bool palette_of(const struct parameter *parameter, uint32_t *color)
{
    if (parameter->value > 255)
        return false;
    *color = INK_PALETTE | parameter->value;
    return true;
}

/* The colour behind 38, 48 or 58: "5;n" or "2;r;g;b", or with colons, where the name of a colour space may
 * stand before the red. Returns how many parameters that took, 38 included. */
static size_t take_color(const struct parameter *list, size_t count, uint32_t *color)
{
    size_t joined = joined_count(list, count, 0);
    if (joined > 1) {
        if (joined >= 3 && list[1].value == 5)
            palette_of(&list[2], color);
        else if (joined >= 5 && list[1].value == 2)
            rgb_of(&list[joined >= 6 ? 3 : 2], color);
        return joined;
    }
    if (count >= 3 && list[1].value == 5) {
        palette_of(&list[2], color);
        return 3;
    }
    if (count >= 5 && list[1].value == 2) {
        rgb_of(&list[2], color);
        return 5;
    }
    return count; /* what follows cannot be told apart from the colour's own numbers */
}

static void apply_attribute(struct ink *ink, unsigned value)
{
    switch (value) {
    case 0:
        *ink = (struct ink){0};
        break;
    case 1:
        ink->attributes |= INK_BOLD;
        break;
    case 2:
        ink->attributes |= INK_DIM;
        break;
    case 3:
        ink->attributes |= INK_ITALIC;
        break;
    case 4:
    case 21:
        ink->attributes |= INK_UNDERLINE;
        break;
    case 7:
        ink->attributes |= INK_REVERSE;
        break;
    case 22:
        ink->attributes &= ~(uint32_t)(INK_BOLD | INK_DIM);
        break;
    case 23:
        ink->attributes &= ~(uint32_t)INK_ITALIC;
        break;
    case 24:
        ink->attributes &= ~(uint32_t)INK_UNDERLINE;
        break;
    case 27:
        ink->attributes &= ~(uint32_t)INK_REVERSE;
        break;
    }
}

static void apply_value(struct ink *ink, unsigned value)
{
    if (value < 30)
        apply_attribute(ink, value);
    else if (value <= 37)
        ink->front = INK_PALETTE | (value - 30);
    else if (value == 39)
        ink->front = INK_DEFAULT;
    else if (value >= 40 && value <= 47)
        ink->back = INK_PALETTE | (value - 40);
    else if (value == 49)
        ink->back = INK_DEFAULT;
    else if (value >= 90 && value <= 97)
        ink->front = INK_PALETTE | (value - 90 + 8);
    else if (value >= 100 && value <= 107)
        ink->back = INK_PALETTE | (value - 100 + 8);
}

void ink_apply(struct ink *ink, struct bytes parameters)
{
    struct parameter list[PARAMETERS_MAX];
    size_t count = read_parameters(parameters, list);
    for (size_t at = 0; at < count;) {
        uint32_t line = 0; /* the colour of an underline, which is not shown */
        const struct parameter *here = &list[at];
        size_t joined = joined_count(list, count, at);
        if (here->value == 38 || here->value == 48 || here->value == 58) {
            uint32_t *color = here->value == 38 ? &ink->front : here->value == 48 ? &ink->back : &line;
            at += take_color(here, count - at, color);
            continue;
        }
        bool not_underlined = here->value == 4 && joined > 1 && list[at + 1].value == 0;
        if (joined == 1 || here->value == 4)
            apply_value(ink, not_underlined ? 24 : here->value);
        at += joined;
    }
}

struct ink ink_over(const struct ink *base, const struct ink *top)
{
    return (struct ink){
        .front = top->front != INK_DEFAULT ? top->front : base->front,
        .back = top->back != INK_DEFAULT ? top->back : base->back,
        .attributes = base->attributes | top->attributes,
    };
}

struct ink ink_visible(const struct ink *ink)
{
    struct ink seen = *ink;
    if (ink->front != INK_DEFAULT && ink->back != INK_DEFAULT &&
        ink_distance(ink_rgb(ink->front), ink_rgb(ink->back)) < TOO_CLOSE)
        seen.front = seen.back = INK_DEFAULT;
    return seen;
}

bool ink_same(const struct ink *a, const struct ink *b)
{
    return a->front == b->front && a->back == b->back && a->attributes == b->attributes;
}

static void add_number(struct buf *to, unsigned number)
{
    char before = to->data[to->len - 1];
    buf_printf(to, before == '[' ? "%u" : ";%u", number);
}

/* first: the number of the first of the eight colours, 30 or 40. */
static void add_color(struct buf *to, uint32_t color, unsigned first)
{
    uint32_t value = color & INK_VALUE;
    if (color == INK_DEFAULT)
        return;
    if ((color & INK_RGB) != 0) {
        add_number(to, first + 8);
        buf_printf(to, ";2;%u;%u;%u", value >> 16, value >> 8 & 255, value & 255);
    } else if (value >= 16) {
        add_number(to, first + 8);
        buf_printf(to, ";5;%u", value);
    } else {
        add_number(to, value < 8 ? first + value : first + 60 + value - 8);
    }
}

void ink_write(struct buf *to, const struct ink *from, const struct ink *ink)
{
    static const unsigned attributes[] = {1, 2, 3, 4, 7};
    const struct ink plain = {0};
    if (ink_same(from, ink))
        return;
    buf_puts(to, "\033[");
    if (!ink_same(from, &plain))
        add_number(to, 0);
    for (unsigned i = 0; i < sizeof attributes / sizeof *attributes; i++)
        if ((ink->attributes & 1U << i) != 0)
            add_number(to, attributes[i]);
    add_color(to, ink->front, 30);
    add_color(to, ink->back, 40);
    buf_putc(to, 'm');
}

static uint32_t grey(uint32_t level)
{
    return level << 16 | level << 8 | level;
}

uint32_t ink_rgb(uint32_t color)
{
    static const uint32_t named[] = {0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD,
                                     0x00CDCD, 0xE5E5E5, 0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00,
                                     0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF};
    static const uint32_t levels[] = {0, 95, 135, 175, 215, 255};
    uint32_t value = color & INK_VALUE;
    if ((color & INK_RGB) != 0)
        return value;
    if (value < 16)
        return named[value];
    if (value >= 232)
        return grey(8 + 10 * (value - 232));
    value -= 16;
    return levels[value / 36] << 16 | levels[value / 6 % 6] << 8 | levels[value % 6];
}

uint32_t ink_distance(uint32_t a, uint32_t b)
{
    uint32_t sum = 0;
    for (int shift = 0; shift < 24; shift += 8) {
        int32_t apart = (int32_t)(a >> shift & 255) - (int32_t)(b >> shift & 255);
        sum += (uint32_t)(apart * apart);
    }
    return sum;
}
