#include "command/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
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

/* Writes to the descriptor, which it closes. */
static int write_to(int fd, struct bytes octets)
{
    int bad = fd >= 0 ? output_write(fd, octets) : -errno;
    return fd >= 0 && close(fd) < 0 && bad == 0 ? -errno : bad;
}

/* A hidden file beside it, with a name that the watch takes for what an editor drops. The caller frees. */
static char *beside(const char *path)
{
    const char *slash = strrchr(path, '/');
    int dir = slash != NULL ? (int)(slash - path) + 1 : 0;
    return mem_printf("%.*s.%s.%ld.tmp", dir, path, path + dir, (long)getpid());
}

static int replace(const char *path, struct bytes octets)
{
    char *new = beside(path);
    int bad = write_to(open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), octets);
    if (bad == 0 && rename(new, path) < 0)
        bad = -errno;
    if (bad < 0)
        unlink(new);
    free(new);
    return bad;
}

int output_file(const char *path, struct bytes octets, struct error *error)
{
    struct stat file;
    int bad;
    if (strcmp(path, "-") == 0) {
        bad = output_write(STDOUT_FILENO, octets);
        bad = bad == -EPIPE ? 0 : bad;
    } else if (stat(path, &file) == 0 && !S_ISREG(file.st_mode)) {
        bad = write_to(open(path, O_WRONLY | O_CLOEXEC), octets);
    } else {
        char *real = realpath(path, NULL); /* what a link points to is replaced, not the link */
        bad = replace(real != NULL ? real : path, octets);
        free(real);
    }
    return bad < 0 ? error_set(error, bad, "%s: cannot be written: %s", path, strerror(-bad)) : 0;
}
