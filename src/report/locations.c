#include "report/locations.h"

#include "session/failure.h"
#include "trace/clean.h"
#include "trace/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The text on one line, without control octets. */
static void put_clean(struct buf *to, const char *text)
{
    size_t from = to->len;
    clean_text(to, bytes_of(text), false);
    for (size_t i = from; i < to->len; i++)
        if (to->data[i] == '\n')
            to->data[i] = ' ';
}

static void put_line(struct buf *to, const char *path, unsigned line, unsigned column, const char *message,
                     const char *here)
{
    char *place = place_from(path, here);
    put_clean(to, place);
    buf_printf(to, ":%u:%u: ", line > 0 ? line : 1, column > 0 ? column : 1);
    put_clean(to, message);
    buf_putc(to, '\n');
    free(place);
}

/* Not "<string>" and its like. */
static bool has_file(const struct frame *frame)
{
    return frame->path[0] != '<' && frame->path[0] != '\0';
}

static bool same_line(const struct frame *a, const struct frame *b)
{
    return a->line == b->line && strcmp(a->path, b->path) == 0;
}

/* Whether the frame's line comes again deeper in the trace, or is the likely one: an editor needs it once. */
static bool is_told(const struct trace *trace, size_t at, const struct frame *likely)
{
    const struct frame *frame = &trace->frames.items[at];
    for (size_t i = at + 1; i < trace->frames.len; i++)
        if (same_line(frame, &trace->frames.items[i]))
            return true;
    return same_line(frame, likely);
}

static void put_failure(struct buf *to, const struct test *test, const struct trace *trace, const char *here)
{
    char *message = failure_line(test, trace);
    const struct frame *likely = trace_likely(trace);
    if (likely != NULL && has_file(likely))
        put_line(to, likely->path, likely->line, likely->column, message, here);
    else if (test->group != NULL && *test->group != '\0')
        put_line(to, test->group, 0, 0, message, here);
    char *caller = mem_printf("%s (called from here)", message);
    for (size_t i = trace->frames.len; i-- > 0;) {
        const struct frame *frame = &trace->frames.items[i];
        if (frame->kind == FRAME_PROJECT && has_file(frame) && !is_told(trace, i, likely))
            put_line(to, frame->path, frame->line, frame->column, caller, here);
    }
    free(caller);
    free(message);
}

void locations_text(struct buf *to, const struct model *model, const struct failure *failures, size_t count,
                    const struct locations_scope *scope)
{
    for (size_t i = 0; i < count; i++) {
        const struct test *test = &model->tests.items[failures[i].test];
        if (test->red && (!scope->this_run || test->state == TEST_DONE))
            put_failure(to, test, &failures[i].trace, scope->here);
    }
}

static int refuse(const char *path, int err, struct error *error)
{
    return error_set(error, err, "%s: cannot write the locations: %s", path, strerror(-err));
}

int locations_check(const char *path, struct error *error)
{
    struct stat file;
    const char *slash = strrchr(path, '/');
    char *dir = slash != NULL ? mem_dup(path, (size_t)(slash - path) + 1) : mem_strdup(".");
    int err = stat(dir, &file) < 0 ? -errno : !S_ISDIR(file.st_mode) ? -ENOTDIR : 0;
    free(dir);
    if (err < 0)
        return refuse(path, err, error);
    if (strcmp(path, "-") == 0 || (stat(path, &file) == 0 && !S_ISREG(file.st_mode)))
        return error_set(error, -EINVAL, "%s: cannot write the locations: not a file", path);
    return 0;
}

static bool has_content(const char *path, struct bytes text)
{
    char part[4096];
    size_t at = 0, got;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    bool same = true;
    while (same && (got = fread(part, 1, sizeof part, file)) > 0) {
        same = got <= text.len - at && memcmp(part, text.data + at, got) == 0;
        at += same ? got : 0;
    }
    same = same && at == text.len && ferror(file) == 0;
    fclose(file);
    return same;
}

static int write_new(const char *path, struct bytes text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return -errno;
    int err = 0;
    while (text.len > 0 && err == 0) {
        ssize_t written = write(fd, text.data, text.len);
        if (written >= 0)
            text = (struct bytes){text.data + written, text.len - (size_t)written};
        else if (errno != EINTR)
            err = -errno;
    }
    if (close(fd) < 0 && err == 0)
        err = -errno;
    return err;
}

/* A hidden file beside it, with a name that the watch takes for what an editor drops. The caller frees. */
static char *beside(const char *path)
{
    const char *slash = strrchr(path, '/');
    int dir = slash != NULL ? (int)(slash - path) + 1 : 0;
    return mem_printf("%.*s.%s.%ld.tmp", dir, path, path + dir, (long)getpid());
}

static int replace(const char *path, struct bytes text)
{
    char *new = beside(path);
    int err = write_new(new, text);
    if (err == 0 && rename(new, path) < 0)
        err = -errno;
    if (err < 0)
        unlink(new);
    free(new);
    return err;
}

int locations_write(const char *path, struct bytes text, struct error *error)
{
    if (has_content(path, text))
        return 0;
    char *real = realpath(path, NULL); /* what a link points to is replaced, not the link */
    int err = replace(real != NULL ? real : path, text);
    free(real);
    return err < 0 ? refuse(path, err, error) : 0;
}
