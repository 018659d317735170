#include "runner/report.h"

#include "runner/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE 65536

int report_open(struct report *report, const char *scratch, unsigned slot)
{
    *report = (struct report){0};
    if (scratch == NULL)
        return -ENOENT;
    report->directory = mem_printf("%s/%u", scratch, slot);
    report->path = mem_printf("%s/report", report->directory);
    scratch_remove(report->directory);
    int code = scratch_make(scratch);
    return code == 0 ? scratch_make(report->directory) : code;
}

/* Nobody writes to it any more, but a link to it may lie elsewhere. */
static const char *read_pieces(int fd, void (*take)(void *owner, struct bytes octets), void *owner)
{
    char octets[PIECE];
    for (size_t total = 0;;) {
        ssize_t got = read(fd, octets, sizeof octets);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0 ? NULL : "its report cannot be read";
        size_t room = REPORT_MAX - total;
        size_t len = (size_t)got < room ? (size_t)got : room;
        take(owner, (struct bytes){octets, len});
        total += len;
        if (len < (size_t)got)
            return "its report is larger than 64 MiB, and was read no further";
    }
}

const char *report_read(const struct report *report, void (*take)(void *owner, struct bytes octets),
                        void *owner)
{
    struct stat info;
    int fd = open(report->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT ? "it wrote no report" : "its report cannot be read";
    bool file = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    const char *wrong = file ? read_pieces(fd, take, owner) : "its report is no file";
    close(fd);
    return wrong;
}

void report_close(struct report *report)
{
    if (report->directory != NULL)
        scratch_remove(report->directory);
    free(report->directory);
    free(report->path);
    *report = (struct report){0};
}
