#include "project/watch_look.h"

#include "core/map.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The clock of file times moves in steps of up to 10 ms. */
static const int64_t FRESH_NS = 20 * 1000 * 1000;

enum { READ_TRIES = 3 };

static int64_t in_ns(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static struct look from_stat(const struct stat *st)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct look look = {
        .kind = S_ISREG(st->st_mode)   ? LOOK_FILE
                : S_ISDIR(st->st_mode) ? LOOK_DIR
                                       : LOOK_OTHER,
        .size = (uint64_t)st->st_size,
        .device = (uint64_t)st->st_dev,
        .inode = (uint64_t)st->st_ino,
        .mtime_ns = in_ns(st->st_mtim),
        .ctime_ns = in_ns(st->st_ctim),
    };
    look.fresh = look.ctime_ns > in_ns(now) - FRESH_NS;
    return look;
}

struct look look_at(const char *path)
{
    struct stat st;
    if (lstat(path, &st) != 0)
        return (struct look){.kind = LOOK_GONE};
    if (!S_ISLNK(st.st_mode))
        return from_stat(&st);
    if (stat(path, &st) != 0)
        return (struct look){.kind = LOOK_GONE};
    struct look look = from_stat(&st);
    if (look.kind == LOOK_DIR)
        look.kind = LOOK_OTHER;
    return look;
}

/* The whole content into buf; false when it cannot be read or grows past the limit. */
static bool read_all(int fd, struct buf *buf)
{
    for (;;) {
        ssize_t got = read(fd, buf_reserve(buf, 65536), 65536);
        if (got <= 0)
            return got == 0;
        buf->len += (size_t)got;
        if (buf->len > LOOK_LIMIT)
            return false;
    }
}

static bool same_stamp(const struct look *a, const struct look *b)
{
    return a->kind == b->kind && a->size == b->size && a->device == b->device && a->inode == b->inode &&
           a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

/* Stamp and content of one moment: read again when somebody wrote meanwhile; unread when that goes on. */
static struct look read_file(int fd, struct look look)
{
    struct stat st;
    struct buf content = {0};
    for (int tries = 0; tries < READ_TRIES && !look.hashed && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
         tries++) {
        look = from_stat(&st);
        buf_clear(&content);
        if (lseek(fd, 0, SEEK_SET) != 0 || !read_all(fd, &content) || fstat(fd, &st) != 0)
            break;
        struct look after = from_stat(&st);
        look.hashed = same_stamp(&look, &after) && after.size == content.len;
    }
    if (look.hashed)
        look.hash = hash_bytes(buf_bytes(&content));
    buf_release(&content);
    return look;
}

struct look look_into(const char *path)
{
    struct look look = look_at(path);
    if (look.kind != LOOK_FILE || look.size > LOOK_LIMIT)
        return look;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return look;
    look = read_file(fd, look);
    close(fd);
    return look;
}

bool look_untouched(const struct look *before, const struct look *now)
{
    return !before->fresh && same_stamp(before, now);
}

bool look_differs(const struct look *before, const struct look *now)
{
    if (before->kind != now->kind || before->size != now->size)
        return true;
    if (before->hashed && now->hashed)
        return before->hash != now->hash;
    return !look_untouched(before, now);
}
