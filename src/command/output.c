#include "command/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

int output_write(int fd, struct bytes octets)
{
    while (octets.len > 0) {
        ssize_t written = write(fd, octets.data, octets.len);
        struct pollfd writable = {.fd = fd, .events = POLLOUT};
        if (written >= 0)
            octets = (struct bytes){octets.data + written, octets.len - (size_t)written};
        else if (errno == EAGAIN)
            poll(&writable, 1, -1);
        else if (errno != EINTR)
            return -errno;
    }
    return 0;
}

/* Locks are of a process, so that those who inherited one descriptor lock each other out, too. Where the
 * system has none for what this is, one write has to do. */
int output_write_whole(int fd, struct bytes octets)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    bool locked;
    do
        locked = fcntl(fd, F_SETLKW, &lock) == 0;
    while (!locked && errno == EINTR);
    int bad = output_write(fd, octets);
    lock.l_type = F_UNLCK;
    if (locked)
        fcntl(fd, F_SETLK, &lock);
    return bad;
}
