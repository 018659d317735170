#include "core/memory.h"

#include "core/crash.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *memory)
{
    if (memory == NULL) {
        fputs("aloof: out of memory\n", stderr); /* gone with the screen, where there is one */
        crash_note(CRASH_REASON, bytes_of("out of memory"));
        abort();
    }
    return memory;
}

void *mem_zero(size_t size_bytes)
{
    return checked(calloc(1, size_bytes > 0 ? size_bytes : 1));
}

void *mem_resize(void *old, size_t count, size_t size_bytes)
{
    if (size_bytes > 0 && count > SIZE_MAX / size_bytes)
        checked(NULL);
    size_t total = count * size_bytes;
    return checked(realloc(old, total > 0 ? total : 1));
}

char *mem_strdup(const char *text)
{
    return text != NULL ? mem_dup(text, strlen(text)) : NULL;
}

char *mem_dup(const void *data, size_t len)
{
    char *copy = mem_resize(NULL, len + 1, 1);
    if (len > 0)
        memcpy(copy, data, len);
    copy[len] = '\0';
    return copy;
}

char *mem_printf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = NULL;
    int len = vasprintf(&text, format, args);
    va_end(args);
    return checked(len >= 0 ? text : NULL);
}
