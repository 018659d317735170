#include "core/keep.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MOST 1000000000

/* Which limit the letter behind a number is of; NULL: there is none such. */
static unsigned *limit_of(struct keep *keep, char letter)
{
    switch (letter) {
    case '\0':
    case ',':
        return &keep->runs;
    case 'd':
    case 'D':
        return &keep->days;
    case 'm':
    case 'M':
        return &keep->megabytes;
    default:
        return NULL;
    }
}

int keep_parse(struct keep *keep, const char *text)
{
    struct keep read = {0};
    for (const char *at = text;; at++) {
        char *end;
        at += strspn(at, " ");
        unsigned long number = strtoul(at, &end, 10);
        unsigned *limit = limit_of(&read, *end);
        if (*at < '0' || *at > '9' || number == 0 || number > MOST || limit == NULL || *limit != 0)
            return -EINVAL;
        *limit = (unsigned)number;
        at = end + (limit != &read.runs);
        if (*at == '\0')
            break;
        if (*at != ',')
            return -EINVAL;
    }
    *keep = read;
    return 0;
}

void keep_write(const struct keep *keep, struct buf *to)
{
    const char *between = "";
    const struct {
        unsigned number;
        const char *letter;
    } limits[] = {{keep->runs, ""}, {keep->days, "d"}, {keep->megabytes, "m"}};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (limits[i].number > 0) {
            buf_printf(to, "%s%u%s", between, limits[i].number, limits[i].letter);
            between = ",";
        }
}
