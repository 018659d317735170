#include "trace/place.h"

#include "core/bytes.h"

char *place_from(const char *path, const char *here)
{
    if (path[0] == '/')
        return mem_strdup(path);
    size_t common = 0;
    for (size_t i = 0; path[i] != '\0' && path[i] == here[i]; i++)
        if (path[i] == '/')
            common = i + 1;
    struct buf seen = {0};
    for (const char *p = here + common; *p != '\0'; p++)
        if (*p == '/')
            buf_puts(&seen, "../");
    buf_puts(&seen, path + common);
    return buf_take(&seen);
}
