#include "core/error.h"

#include "core/bytes.h"

#include <stdarg.h>
#include <stdio.h>

/* Drops what is left of a UTF-8 character that was cut at the end. */
static void trim_character(char *text)
{
    size_t len = strlen(text), at = len;
    while (at > 0 && len - at < 4 && ((unsigned char)text[at - 1] & 0xC0) == 0x80)
        at--;
    if (at > 0 && (unsigned char)text[at - 1] >= 0xC0 &&
        !bytes_utf8((struct bytes){text + at - 1, len - at + 1}))
        text[at - 1] = '\0';
}

int error_set(struct error *error, int code, const char *format, ...)
{
    if (error == NULL)
        return code;
    va_list args;
    va_start(args, format);
    int len = vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    if (len >= (int)sizeof error->text)
        trim_character(error->text);
    for (char *p = error->text; *p != '\0'; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7F)
            *p = '?';
    return code;
}
