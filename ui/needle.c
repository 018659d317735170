#include "ui/needle.h"

#include <stdlib.h>
#include <utf8proc.h>

/* The character at the start, small unless case counts, and its length; what is not UTF-8 is -1 and one octet
 * long. */
static size_t next(const char *at, const char *end, bool exact, utf8proc_int32_t *character)
{
    unsigned char octet = (unsigned char)*at;
    if (octet < 0x80) {
        *character = !exact && octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet;
        return 1;
    }
    utf8proc_ssize_t len = utf8proc_iterate((const utf8proc_uint8_t *)at, end - at, character);
    if (len <= 0) {
        *character = -1;
        return 1;
    }
    if (!exact)
        *character = utf8proc_tolower(*character);
    return (size_t)len;
}

void needle_set(struct needle *needle, const char *text)
{
    needle_release(needle);
    if (text == NULL || *text == '\0')
        return;
    needle->text = mem_strdup(text);
    const char *at = needle->text, *end = at + strlen(at);
    while (at < end) {
        utf8proc_int32_t as_it_is, small;
        next(at, end, true, &as_it_is);
        at += next(at, end, false, &small);
        needle->exact |= as_it_is != small;
    }
}

/* How many octets at the start of the text are the needle; 0: it is not there. */
static size_t match(const struct needle *needle, const char *text, const char *end)
{
    const char *at = text, *want = needle->text, *want_end = want + strlen(want);
    while (want < want_end) {
        utf8proc_int32_t a, b;
        if (at >= end)
            return 0;
        want += next(want, want_end, needle->exact, &b);
        at += next(at, end, needle->exact, &a);
        if (a != b || a < 0)
            return 0;
    }
    return (size_t)(at - text);
}

/* Most octets of a long text are told to be no start by one look at them. */
static bool may_start(unsigned char octet, unsigned char first, bool exact)
{
    if (first >= 0x80)
        return octet >= 0xC2;
    if (octet == first)
        return true;
    return !exact && first >= 'a' && first <= 'z' && octet == first - ('a' - 'A');
}

bool needle_find(const struct needle *needle, struct bytes text, struct bytes *found)
{
    if (needle->text == NULL || text.len == 0)
        return false;
    const char *end = text.data + text.len;
    unsigned char first = (unsigned char)needle->text[0];
    for (const char *at = text.data; at < end; at++) {
        size_t len = may_start((unsigned char)*at, first, needle->exact) ? match(needle, at, end) : 0;
        if (len > 0) {
            *found = (struct bytes){at, len};
            return true;
        }
    }
    return false;
}

void needle_release(struct needle *needle)
{
    free(needle->text);
    *needle = (struct needle){0};
}
