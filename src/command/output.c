#include "command/output.h"

#include <errno.h>
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
