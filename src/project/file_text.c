#include "project/file_text.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_LIMIT = 1 << 20 };

int file_text(const char *path, struct buf *text, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return -ENOENT;
    if (fd < 0)
        return error_set(error, -EINVAL, "%s: cannot be read: %s", path, strerror(errno));
    ssize_t got;
    struct stat st;
    int code = 0;
    if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode))
        code = error_set(error, -EINVAL, "%s: is not a file", path);
    while (code == 0 && (got = read(fd, buf_reserve(text, 4096), 4096)) != 0) {
        if (got < 0)
            code = error_set(error, -EINVAL, "%s: cannot be read: %s", path, strerror(errno));
        else if ((text->len += (size_t)got) > FILE_LIMIT)
            code = error_set(error, -EINVAL, "%s: is larger than 1 MiB", path);
    }
    close(fd);
    buf_add(text, "", 0);
    return code;
}
