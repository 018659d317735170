#include "stream/json_members.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void skip_blanks(struct json_members *members)
{
    while (members->at < members->end &&
           (*members->at == ' ' || *members->at == '\t' || *members->at == '\r'))
        members->at++;
}

static bool take(struct json_members *members, char c)
{
    skip_blanks(members);
    if (members->at == members->end || *members->at != c)
        return false;
    members->at++;
    return true;
}

bool json_members_open(struct json_members *members, struct bytes line)
{
    *members = (struct json_members){.at = line.data, .end = line.data + line.len};
    return take(members, '{');
}

/* A string whose first quote was taken. */
static bool take_string(struct json_members *members, struct bytes *text)
{
    const char *start = members->at;
    for (const char *at = start; (at = memchr(at, '"', (size_t)(members->end - at))) != NULL; at++) {
        size_t slashes = 0;
        while (at - slashes > start && at[-1 - (ptrdiff_t)slashes] == '\\')
            slashes++;
        if (slashes % 2 == 1)
            continue;
        *text = (struct bytes){start, (size_t)(at - start)};
        members->at = at + 1;
        return true;
    }
    return false;
}

/* An object or an array. */
static bool take_nested(struct json_members *members)
{
    struct bytes text;
    size_t depth = 0;
    while (members->at < members->end) {
        char c = *members->at++;
        if (c == '"' && !take_string(members, &text))
            return false;
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        if (depth == 0)
            return true;
    }
    return false;
}

/* A number or a literal. */
static bool take_word(struct json_members *members)
{
    const char *start = members->at;
    while (members->at < members->end && strchr(",}] \t\r", *members->at) == NULL)
        members->at++;
    struct bytes word = {start, (size_t)(members->at - start)};
    return word.len > 0 && (strchr("-0123456789", *start) != NULL || bytes_is(word, "true") ||
                            bytes_is(word, "false") || bytes_is(word, "null"));
}

static bool take_value(struct json_members *members, struct json_member *member)
{
    member->is_string = take(members, '"');
    if (member->is_string)
        return take_string(members, &member->value);
    const char *start = members->at;
    if (start == members->end)
        return false;
    if (!(*start == '{' || *start == '[' ? take_nested(members) : take_word(members)))
        return false;
    member->value = (struct bytes){start, (size_t)(members->at - start)};
    return true;
}

int json_members_next(struct json_members *members, struct json_member *member)
{
    if (take(members, '}')) {
        skip_blanks(members);
        return members->at == members->end ? 0 : -1;
    }
    if (members->any && !take(members, ','))
        return -1;
    members->any = true;
    if (!take(members, '"') || !take_string(members, &member->key) || !take(members, ':'))
        return -1;
    return take_value(members, member) ? 1 : -1;
}

/* Four hexadecimal digits; -1 none. */
static long read_unit(struct bytes text, size_t at)
{
    char digits[5] = {0};
    char *end;
    if (at + 4 > text.len)
        return -1;
    memcpy(digits, text.data + at, 4);
    long unit = strtol(digits, &end, 16);
    return end == digits + 4 && digits[0] != '-' && digits[0] != '+' && digits[0] != ' ' ? unit : -1;
}

static void put_character(struct buf *to, unsigned long c)
{
    static const struct {
        unsigned long below;
        unsigned char lead;
    } forms[] = {{0x80, 0}, {0x800, 0xc0}, {0x10000, 0xe0}, {0x110000, 0xf0}};
    size_t more = 0;
    while (c >= forms[more].below)
        more++;
    buf_putc(to, (char)(forms[more].lead | (unsigned char)(c >> 6 * more)));
    while (more-- > 0)
        buf_putc(to, (char)(0x80 | (c >> 6 * more & 0x3f)));
}

/* The digits of an escape "\uXXXX" begin at `at`. Returns where it, with its other half, ends. */
static size_t put_unicode(struct buf *to, struct bytes text, size_t at)
{
    long unit = read_unit(text, at), low = -1;
    if (unit < 0) {
        buf_puts(to, "\xef\xbf\xbd");
        return at;
    }
    at += 4;
    if (unit >= 0xd800 && unit < 0xdc00 && at + 2 <= text.len && memcmp(text.data + at, "\\u", 2) == 0)
        low = read_unit(text, at + 2);
    if (low >= 0xdc00 && low < 0xe000) {
        put_character(to, 0x10000ul + ((unsigned long)(unit - 0xd800) << 10) + (unsigned long)(low - 0xdc00));
        return at + 6;
    }
    put_character(to, unit >= 0xd800 && unit < 0xe000 ? 0xfffd : (unsigned long)unit);
    return at;
}

void json_unescape(struct buf *to, struct bytes text)
{
    static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
    for (size_t at = 0; at < text.len;) {
        const char *slash = memchr(text.data + at, '\\', text.len - at);
        size_t plain = slash != NULL ? (size_t)(slash - text.data) - at : text.len - at;
        buf_add(to, text.data + at, plain);
        at += plain + 1;
        if (slash == NULL || at >= text.len)
            return;
        char c = text.data[at++];
        const char *letter = c != '\0' ? strchr(letters, c) : NULL;
        if (c == 'u')
            at = put_unicode(to, text, at);
        else
            buf_putc(to, letter != NULL ? meant[letter - letters] : c);
    }
}

double json_number(struct bytes text)
{
    char copy[40];
    size_t len = text.len < sizeof copy - 1 ? text.len : sizeof copy - 1;
    memcpy(copy, text.data, len);
    copy[len] = '\0';
    return len > 0 && strchr("-0123456789", copy[0]) != NULL ? strtod(copy, NULL) : 0;
}
