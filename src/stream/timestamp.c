#include "stream/timestamp.h"

#include <string.h>
#include <time.h>

#define SECOND_NS 1000000000

/* Takes exactly so many digits off the start. */
static bool take_digits(struct bytes *text, int count, int64_t *number)
{
    *number = 0;
    for (int i = 0; i < count; i++) {
        if (text->len == 0 || text->data[0] < '0' || text->data[0] > '9')
            return false;
        *number = *number * 10 + (text->data[0] - '0');
        *text = (struct bytes){text->data + 1, text->len - 1};
    }
    return true;
}

static bool take_one_of(struct bytes *text, const char *set, char *taken)
{
    if (text->len == 0 || text->data[0] == '\0' || strchr(set, text->data[0]) == NULL)
        return false;
    *taken = text->data[0];
    *text = (struct bytes){text->data + 1, text->len - 1};
    return true;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar, counted from years that begin in March. */
static int64_t days_to(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719468;
}

/* ".372" of a second. */
static int64_t take_fraction(struct bytes *text)
{
    char sign;
    int64_t digit, unit = SECOND_NS, ns = 0;
    if (!take_one_of(text, ".,", &sign))
        return 0;
    while (take_digits(text, 1, &digit)) {
        unit /= 10;
        ns += digit * unit;
    }
    return ns;
}

static bool take_offset(struct bytes *text, int64_t *seconds)
{
    char sign, colon;
    int64_t hours, minutes;
    *seconds = 0;
    if (text->len == 0 || take_one_of(text, "Zz", &sign))
        return true;
    if (!take_one_of(text, "+-", &sign) || !take_digits(text, 2, &hours))
        return false;
    take_one_of(text, ":", &colon);
    if (!take_digits(text, 2, &minutes))
        return false;
    *seconds = (hours * 60 + minutes) * (sign == '-' ? -60 : 60);
    return true;
}

bool timestamp_read(struct bytes text, int64_t *time_ns)
{
    char sign;
    int64_t year, month, day, hour, minute, second, offset;
    if (!take_digits(&text, 4, &year) || !take_one_of(&text, "-", &sign) || !take_digits(&text, 2, &month) ||
        !take_one_of(&text, "-", &sign) || !take_digits(&text, 2, &day) ||
        !take_one_of(&text, "Tt ", &sign) || !take_digits(&text, 2, &hour) ||
        !take_one_of(&text, ":", &sign) || !take_digits(&text, 2, &minute) ||
        !take_one_of(&text, ":", &sign) || !take_digits(&text, 2, &second))
        return false;
    int64_t fraction = take_fraction(&text);
    bool plausible = year >= 1900 && year < 2200 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
    if (!plausible || hour > 24 || minute > 59 || second > 60 || !take_offset(&text, &offset) || text.len > 0)
        return false;
    *time_ns = (((days_to(year, month, day) * 24 + hour) * 60 + minute) * 60 + second - offset) * SECOND_NS +
               fraction;
    return true;
}

int64_t instant_of(double count, double unit_ns)
{
    double ns = count * unit_ns;
    return ns > 0 && ns < 7e18 ? (int64_t)(count * (unit_ns / 1000) + 0.5) * 1000 : 0; /* doubles end at us */
}

int64_t duration_of(double count, double unit_ns)
{
    double ns = count * unit_ns;
    return ns >= 0.5 && ns < 1e17 ? (int64_t)(ns + 0.5) : 0;
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
