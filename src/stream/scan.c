#include "stream/scan.h"

#define DIGITS_MAX 18

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct bytes scan_skip(struct bytes text, size_t count)
{
    count = count < text.len ? count : text.len;
    return (struct bytes){text.data + count, text.len - count};
}

struct bytes scan_trim_end(struct bytes text)
{
    while (text.len > 0 && is_blank(text.data[text.len - 1]))
        text.len--;
    return text;
}

struct bytes scan_trim(struct bytes text)
{
    while (text.len > 0 && is_blank(text.data[0]))
        text = scan_skip(text, 1);
    return scan_trim_end(text);
}

size_t scan_find(struct bytes text, const char *word)
{
    const char *found = text.len > 0 ? memmem(text.data, text.len, word, strlen(word)) : NULL;
    return found != NULL ? (size_t)(found - text.data) : SIZE_MAX;
}

size_t scan_find_last(struct bytes text, const char *word)
{
    size_t last = SIZE_MAX, len = strlen(word);
    for (size_t at = text.len; at-- > 0 && last == SIZE_MAX;)
        if (text.len - at >= len && memcmp(text.data + at, word, len) == 0)
            last = at;
    return last;
}

bool scan_ends(struct bytes text, const char *word)
{
    size_t len = strlen(word);
    return text.len >= len && memcmp(text.data + text.len - len, word, len) == 0;
}

bool scan_word(struct bytes *text, const char *word)
{
    if (text->data == NULL || !bytes_starts(*text, word))
        return false;
    *text = scan_skip(*text, strlen(word));
    return true;
}

bool scan_number(struct bytes *text, uint64_t *number)
{
    size_t digits = 0;
    *number = 0;
    while (digits < text->len && digits < DIGITS_MAX && text->data[digits] >= '0' &&
           text->data[digits] <= '9')
        *number = *number * 10 + (uint64_t)(text->data[digits++] - '0');
    *text = scan_skip(*text, digits);
    return digits > 0;
}

bool scan_until(struct bytes *text, const char *word, struct bytes *before)
{
    size_t at = scan_find(*text, word);
    if (at == SIZE_MAX)
        return false;
    *before = (struct bytes){text->data, at};
    *text = scan_skip(*text, at + strlen(word));
    return true;
}

bool scan_line(struct bytes *text, struct bytes *line)
{
    if (text->len == 0)
        return false;
    if (!scan_until(text, "\n", line)) {
        *line = *text;
        *text = scan_skip(*text, text->len);
    }
    return true;
}
