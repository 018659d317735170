#include "core/bytes.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes bytes_of(const char *text)
{
    return (struct bytes){text, text != NULL ? strlen(text) : 0};
}

bool bytes_equal(struct bytes a, struct bytes b)
{
    if (a.data == NULL || b.data == NULL)
        return a.data == b.data;
    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

bool bytes_is(struct bytes a, const char *text)
{
    return bytes_equal(a, bytes_of(text));
}

bool bytes_starts(struct bytes a, const char *prefix)
{
    size_t len = strlen(prefix);
    return a.data != NULL && a.len >= len && memcmp(a.data, prefix, len) == 0;
}

/* The length of the valid UTF-8 sequence at the start, 0 when there is none. */
static size_t sequence(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80)
        return 1;
    size_t need = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    if (p[0] < 0xC2 || p[0] > 0xF4 || left < need)
        return 0;
    unsigned char low = 0x80, high = 0xBF;
    if (p[0] == 0xE0)
        low = 0xA0;
    else if (p[0] == 0xED)
        high = 0x9F;
    else if (p[0] == 0xF0)
        low = 0x90;
    else if (p[0] == 0xF4)
        high = 0x8F;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < need; i++)
        if (p[i] < 0x80 || p[i] > 0xBF)
            return 0;
    return need;
}

bool bytes_utf8(struct bytes a)
{
    const unsigned char *p = (const unsigned char *)a.data;
    for (size_t at = 0; at < a.len;) {
        size_t step = sequence(p + at, a.len - at);
        if (step == 0)
            return false;
        at += step;
    }
    return true;
}

char *bytes_dup(struct bytes a)
{
    return a.data != NULL ? mem_dup(a.data, a.len) : NULL;
}

char *buf_reserve(struct buf *buf, size_t more)
{
    if (more > SIZE_MAX / 4 - buf->len)
        abort();
    size_t need = buf->len + more + 1;
    if (need > buf->cap) {
        size_t cap = buf->cap > 0 ? buf->cap : 32;
        while (cap < need)
            cap *= 2;
        buf->data = mem_resize(buf->data, cap, 1);
        buf->cap = cap;
    }
    return buf->data + buf->len;
}

void buf_add(struct buf *buf, const void *data, size_t len)
{
    char *to = buf_reserve(buf, len);
    if (len > 0)
        memcpy(to, data, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void buf_add_utf8(struct buf *buf, struct bytes text)
{
    for (size_t at = 0; at < text.len;) {
        size_t from = at, step = 1;
        while (at < text.len && (step = sequence((const unsigned char *)text.data + at, text.len - at)) > 0)
            at += step;
        buf_add(buf, text.data + from, at - from);
        if (step > 0)
            break;
        buf_puts(buf, "\xEF\xBF\xBD");
        at++;
    }
}

void buf_puts(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_putc(struct buf *buf, char c)
{
    buf_add(buf, &c, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len > 0) {
        char *to = buf_reserve(buf, (size_t)len);
        vsnprintf(to, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

void buf_drop(struct buf *buf, size_t len)
{
    if (len > buf->len)
        len = buf->len;
    if (len == 0)
        return;
    buf->len -= len;
    memmove(buf->data, buf->data + len, buf->len);
    buf->data[buf->len] = '\0';
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    if (buf->data != NULL)
        buf->data[0] = '\0';
}

struct bytes buf_bytes(const struct buf *buf)
{
    return (struct bytes){buf_str(buf), buf->len};
}

const char *buf_str(const struct buf *buf)
{
    return buf->data != NULL ? buf->data : "";
}

char *buf_take(struct buf *buf)
{
    buf_reserve(buf, 0);
    buf->data[buf->len] = '\0';
    char *data = buf->data;
    *buf = (struct buf){0};
    return data;
}

void buf_release(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){0};
}
