#include "trace/written.h"

static int digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

static char *undo_escapes(struct bytes path)
{
    struct buf plain = {0};
    for (size_t i = 0; i < path.len; i++) {
        bool escape = path.data[i] == '%' && path.len - i > 2;
        int high = escape ? digit(path.data[i + 1]) : -1, low = escape ? digit(path.data[i + 2]) : -1;
        bool whole = high >= 0 && low >= 0 && high + low > 0;
        buf_putc(&plain, whole ? (char)(high << 4 | low) : path.data[i]);
        i += whole ? 2 : 0;
    }
    return buf_take(&plain);
}

static bool is_url(struct bytes path, struct bytes line)
{
    static const char scheme[] = "file://";
    size_t before = (size_t)(path.data - line.data), len = sizeof scheme - 1;
    return before >= len && memcmp(path.data - len, scheme, len) == 0;
}

static bool is_of_jvm(struct bytes path)
{
    static const char *const extensions[] = {".java", ".kt", ".scala", ".groovy"};
    const char *dot = memrchr(path.data, '.', path.len);
    if (dot == NULL || memchr(path.data, '/', path.len) != NULL)
        return false;
    struct bytes extension = {dot, path.len - (size_t)(dot - path.data)};
    size_t i = 0;
    while (i < 4 && !bytes_is(extension, extensions[i]))
        i++;
    return i < 4;
}

char *written_path(struct bytes path, struct bytes line, struct bytes function)
{
    struct buf whole = {0};
    if (is_url(path, line))
        return undo_escapes(path);
    bool jvm = function.data != NULL && is_of_jvm(path);
    const char *end = jvm ? memrchr(function.data, '.', function.len) : NULL; /* of the class */
    const char *package = end != NULL ? memrchr(function.data, '.', (size_t)(end - function.data)) : NULL;
    for (const char *at = function.data; package != NULL && at <= package; at++)
        buf_putc(&whole, *at == '.' ? '/' : *at);
    buf_add(&whole, path.data, path.len);
    return buf_take(&whole);
}
