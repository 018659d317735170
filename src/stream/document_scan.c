#include "stream/document_scan.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* One octet outside of strings. */
static enum document_scanned step(struct document_scan *scan, char c)
{
    if (is_blank(c))
        return DOCUMENT_GOES_ON;
    if (scan->depth > 0 && !scan->begun && c != '"' && c != '}')
        return DOCUMENT_IS_NONE; /* "{ a: 1 }" */
    if (scan->after_value && strchr(",:}]", c) == NULL)
        return DOCUMENT_IS_NONE;
    scan->begun = scan->depth > 0;
    scan->after_value = c == '}' || c == ']';
    if (c == '"')
        scan->in_string = true;
    else if (c == '{' || c == '[')
        scan->depth++;
    else if (c == '}' || c == ']')
        scan->depth--;
    else if (c == '\0' || strchr(":,+-.0123456789truefalsnE", c) == NULL)
        return DOCUMENT_IS_NONE;
    return scan->depth == 0 ? DOCUMENT_ENDS : DOCUMENT_GOES_ON;
}

/* The rest of a string, as far as it is there. Returns false when there is a control character in it. */
static bool pass_string(struct document_scan *scan, const char **at, const char *end)
{
    for (; *at < end; ++*at) {
        char c = **at;
        if ((unsigned char)c < 0x20)
            return false;
        if (scan->escaped) {
            scan->escaped = false;
        } else if (c == '\\') {
            scan->escaped = true;
        } else if (c == '"') {
            scan->in_string = false;
            scan->after_value = true;
            ++*at;
            return true;
        }
    }
    return true;
}

enum document_scanned document_scan(struct document_scan *scan, struct bytes octets, size_t *taken)
{
    enum document_scanned scanned = DOCUMENT_GOES_ON;
    const char *at = octets.data, *end = octets.data + octets.len;
    while (at < end && scanned == DOCUMENT_GOES_ON) {
        if (scan->in_string)
            scanned = pass_string(scan, &at, end) ? DOCUMENT_GOES_ON : DOCUMENT_IS_NONE;
        else if ((scanned = step(scan, *at)) != DOCUMENT_IS_NONE)
            at++;
    }
    *taken = (size_t)(at - octets.data);
    return scanned;
}
