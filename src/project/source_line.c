#include "project/source_line.h"

#include "trace/text.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX (4 << 20)

/* The file's octets; absent: it cannot be read, or is nothing to read. The caller frees them. */
static struct bytes read_whole(const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return (struct bytes){0};
    struct buf content = {0};
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= FILE_MAX) {
        ssize_t got;
        size_t want = (size_t)status.st_size;
        while (content.len < want &&
               (got = read(fd, buf_reserve(&content, want - content.len), want - content.len)) > 0)
            content.len += (size_t)got;
    }
    close(fd);
    return (struct bytes){content.data, content.len};
}

char *source_line(const char *root, const char *path, unsigned line)
{
    char *whole = path[0] == '/' ? mem_strdup(path) : mem_printf("%s/%s", root, path);
    struct bytes content = read_whole(whole), found = {0};
    bool there = false;
    size_t at = 0;
    for (unsigned number = 1; number <= line && (there = text_line(content, &at, &found)); number++)
        continue;
    char *text = there && line > 0 ? bytes_dup(text_trim(found)) : NULL;
    free((char *)(uintptr_t)content.data);
    free(whole);
    return text;
}
