#include "stream/times.h"

#include <stdlib.h>
#include <time.h>

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

/* Takes so many digits and the mark behind them ('\0': none) off the text. */
static bool take_digits(struct bytes *text, size_t digits, char mark, int *number)
{
    if (text->len < digits + (mark != '\0'))
        return false;
    *number = 0;
    for (size_t i = 0; i < digits; i++) {
        if (!is_digit(text->data[i]))
            return false;
        *number = *number * 10 + text->data[i] - '0';
    }
    bool marked = mark == '\0' || text->data[digits] == mark || (mark == 'T' && text->data[digits] == ' ');
    *text = (struct bytes){text->data + digits, text->len - digits};
    if (mark != '\0')
        *text = (struct bytes){text->data + 1, text->len - 1};
    return marked;
}

/* Takes ".034" off the text. */
static int64_t take_fraction(struct bytes *text)
{
    int64_t unit = SECOND_NS, fraction = 0;
    if (text->len == 0 || (text->data[0] != '.' && text->data[0] != ','))
        return 0;
    size_t at = 1;
    for (; at < text->len && is_digit(text->data[at]); at++) {
        unit /= 10;
        fraction += (text->data[at] - '0') * unit;
    }
    *text = (struct bytes){text->data + at, text->len - at};
    return fraction;
}

/* "+01:00", "-0130", "Z" or nothing. Returns whether it is one of them. */
static bool read_zone(struct bytes text, int *minutes)
{
    int hours, rest;
    *minutes = 0;
    if (text.len == 0 || bytes_is(text, "Z"))
        return true;
    int sign = text.data[0] == '-' ? -1 : 1;
    if (text.data[0] != '+' && text.data[0] != '-')
        return false;
    text = (struct bytes){text.data + 1, text.len - 1};
    bool colon = text.len == 5;
    if (!take_digits(&text, 2, colon ? ':' : '\0', &hours) || !take_digits(&text, 2, '\0', &rest))
        return false;
    *minutes = sign * (hours * 60 + rest);
    return text.len == 0;
}

bool timestamp_read(struct bytes text, int64_t *time_ns)
{
    struct tm utc = {0};
    int zone;
    if (!take_digits(&text, 4, '-', &utc.tm_year) || !take_digits(&text, 2, '-', &utc.tm_mon) ||
        !take_digits(&text, 2, 'T', &utc.tm_mday) || !take_digits(&text, 2, ':', &utc.tm_hour) ||
        !take_digits(&text, 2, ':', &utc.tm_min) || !take_digits(&text, 2, '\0', &utc.tm_sec))
        return false;
    int64_t fraction = take_fraction(&text);
    bool possible = utc.tm_year >= 1900 && utc.tm_year < 2200 && utc.tm_mon >= 1 && utc.tm_mon <= 12 &&
                    utc.tm_mday >= 1 && utc.tm_mday <= 31 && utc.tm_hour <= 24 && utc.tm_min < 60 &&
                    utc.tm_sec <= 60;
    if (!possible || !read_zone(text, &zone))
        return false;
    utc.tm_year -= 1900;
    utc.tm_mon -= 1;
    *time_ns = ((int64_t)timegm(&utc) - (int64_t)zone * 60) * SECOND_NS + fraction;
    return true;
}

void timestamp_write(struct buf *to, int64_t time_ns, int digits, const char *between)
{
    int64_t ns = time_ns % SECOND_NS;
    time_t seconds = (time_t)(time_ns / SECOND_NS) - (ns < 0);
    struct tm utc;
    char date[16], clock[16], fraction[16];
    gmtime_r(&seconds, &utc);
    strftime(date, sizeof date, "%Y-%m-%d", &utc);
    strftime(clock, sizeof clock, "%H:%M:%S", &utc);
    snprintf(fraction, sizeof fraction, ".%09lld", (long long)(ns < 0 ? ns + SECOND_NS : ns));
    buf_printf(to, "%s%s%s%.*sZ", date, between, clock, digits > 0 ? digits + 1 : 0, fraction);
}
