#include "stream/times.h"

#include <stdlib.h>

#define SECOND_NS 1000000000
#define EXPONENT_MAX 30
#define DURATION_MAX_NS (30LL * 366 * 86400 * SECOND_NS)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Where the fraction begins in so many digits, dots and commas: at the last of them, unless it came before
 * (then all of them only group the digits). */
static size_t find_point(struct bytes number)
{
    size_t last = number.len, commas = 0, dots = 0;
    for (size_t i = 0; i < number.len; i++) {
        commas += number.data[i] == ',';
        dots += number.data[i] == '.';
        last = is_digit(number.data[i]) ? last : i;
    }
    if (last == number.len)
        return last;
    return (number.data[last] == ',' ? commas : dots) == 1 ? last : number.len;
}

static int read_exponent(struct bytes text)
{
    char copy[8];
    if (text.len < 2 || (text.data[0] != 'e' && text.data[0] != 'E'))
        return 0;
    size_t len = text.len - 1 < sizeof copy - 1 ? text.len - 1 : sizeof copy - 1;
    memcpy(copy, text.data + 1, len);
    copy[len] = '\0';
    return atoi(copy);
}

static double unit_of(struct bytes text, int64_t unit_ns)
{
    while (text.len > 0 && text.data[0] == ' ')
        text = (struct bytes){text.data + 1, text.len - 1};
    if (bytes_starts(text, "ms"))
        return 1e6;
    if (bytes_starts(text, "us"))
        return 1e3;
    if (bytes_starts(text, "ns"))
        return 1;
    return bytes_starts(text, "s") ? SECOND_NS : (double)unit_ns;
}

int64_t duration_read(struct bytes text, int64_t unit_ns)
{
    size_t len = 0;
    while (len < text.len && (is_digit(text.data[len]) || text.data[len] == '.' || text.data[len] == ','))
        len++;
    size_t point = find_point((struct bytes){text.data, len});
    double value = 0, scale = 1;
    for (size_t i = 0; i < len; i++) {
        if (!is_digit(text.data[i]))
            continue;
        value = value * 10 + (text.data[i] - '0');
        scale *= i > point ? 10 : 1;
    }
    struct bytes rest = {text.data + len, text.len - len};
    int exponent = read_exponent(rest);
    if (exponent < -EXPONENT_MAX || exponent > EXPONENT_MAX)
        return 0;
    for (; exponent < 0; exponent++)
        scale *= 10;
    for (; exponent > 0; exponent--)
        value *= 10;
    value = value / scale * unit_of(rest, unit_ns);
    return value > 0 && value < (double)DURATION_MAX_NS ? (int64_t)(value + 0.5) : 0;
}
