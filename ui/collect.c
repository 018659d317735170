#include "ui/collect.h"

#include "core/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static int memory_file(void)
{
#ifdef __linux__
    return memfd_create("aloof's screen", MFD_CLOEXEC);
#else
    return -1;
#endif
}

void collect_init(struct collect *collect, int fd)
{
    *collect = (struct collect){.fd = fd, .real = fcntl(fd, F_DUPFD_CLOEXEC, 0), .held = memory_file()};
    if (collect->real < 0 || collect->held < 0)
        collect_release(collect);
}

void collect_begin(struct collect *collect)
{
    if (collect->held >= 0)
        dup2(collect->held, collect->fd);
}

/* A terminal that takes nothing is seen elsewhere: here is nothing to be said about it. */
static void send_all(int fd, const char *octets, size_t len)
{
    while (len > 0) {
        ssize_t written = write(fd, octets, len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        octets += written;
        len -= (size_t)written;
    }
}

void collect_end(struct collect *collect)
{
    if (collect->held < 0)
        return;
    dup2(collect->real, collect->fd);
    off_t len = lseek(collect->held, 0, SEEK_CUR);
    if (len <= 0)
        return;
    char *octets = mem_resize(NULL, (size_t)len, 1);
    ssize_t got = pread(collect->held, octets, (size_t)len, 0);
    send_all(collect->fd, octets, got > 0 ? (size_t)got : 0);
    free(octets);
    lseek(collect->held, 0, SEEK_SET);
}

void collect_release(struct collect *collect)
{
    if (collect->real >= 0)
        close(collect->real);
    if (collect->held >= 0)
        close(collect->held);
    *collect = (struct collect){.fd = collect->fd, .real = -1, .held = -1};
}
