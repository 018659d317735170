#include "report/subunit_out.h"

#include "stream/subunit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define PENDING_MAX 65536
#define PACKET_MAX (1 << 20) /* readers hold a packet whole, so files go in pieces */

int subunit_out_open(struct subunit_out *out, const char *path, struct error *error)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? dup(STDOUT_FILENO) : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    int err = fd < 0 ? -errno : 0;
    *out = (struct subunit_out){.fd = fd};
    if (err < 0)
        return error_set(error, err, "%s: cannot write the subunit stream: %s", path, strerror(-err));
    out->path = mem_strdup(standard ? "standard output" : path);
    return 0;
}

void subunit_out_event(struct subunit_out *out, const struct event *event)
{
    if (out->err < 0)
        return;
    int err = subunit_write(&out->pending, event, PACKET_MAX);
    if (err < 0) {
        subunit_out_flush(out);
        out->err = err;
    }
    if (out->pending.len >= PENDING_MAX)
        subunit_out_flush(out);
}

/* Some octets, at least one. Where the descriptor does not block, waits until it takes some. 0 or -errno. */
static int write_some(int fd, struct bytes *left)
{
    ssize_t written = write(fd, left->data, left->len);
    if (written >= 0) {
        *left = (struct bytes){left->data + written, left->len - (size_t)written};
        return 0;
    }
    if (errno == EINTR)
        return 0;
    if (errno != EAGAIN)
        return -errno;
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    return poll(&ready, 1, -1) >= 0 || errno == EINTR ? 0 : -errno;
}

void subunit_out_flush(struct subunit_out *out)
{
    struct bytes left = buf_bytes(&out->pending);
    while (left.len > 0 && out->err == 0)
        out->err = write_some(out->fd, &left);
    buf_clear(&out->pending);
}

int subunit_out_close(struct subunit_out *out, struct error *error)
{
    if (out->fd < 0)
        return 0;
    subunit_out_flush(out);
    if (close(out->fd) < 0 && out->err == 0)
        out->err = -errno;
    int err = out->err;
    if (err < 0)
        error_set(error, err, "%s: the subunit stream is not complete: %s", out->path, strerror(-err));
    free(out->path);
    buf_release(&out->pending);
    *out = (struct subunit_out){.fd = -1};
    return err;
}
