#include "trace/frame.h"

#include "trace/origin.h"
#include "trace/text.h"

/* What follows a path in `File "PATH", line N, in FUNCTION`, from the quote on; dumps have no second comma.
 */
static bool read_place(struct bytes text, struct frame *frame)
{
    static const char line[] = "\", line ";
    if (!bytes_starts(text, line))
        return false;
    text = (struct bytes){text.data + sizeof line - 1, text.len - (sizeof line - 1)};
    if (!text_number(&text, &frame->line))
        return false;
    if (text.len == 0)
        return true;
    size_t skip = bytes_starts(text, ", in ") ? 5 : bytes_starts(text, " in ") ? 4 : 0;
    if (skip > 0)
        frame->function = mem_dup(text.data + skip, text.len - skip);
    return skip > 0;
}

bool frame_read(struct bytes line, struct frame *frame)
{
    static const char file[] = "File \"";
    if (!bytes_starts(line, " "))
        return false;
    line = text_trim(line);
    if (!bytes_starts(line, file))
        return false;
    size_t start = sizeof file - 1;
    for (size_t end = line.len; end-- > start;) {
        if (line.data[end] != '"' || !read_place((struct bytes){line.data + end, line.len - end}, frame))
            continue;
        frame->path = mem_dup(line.data + start, end - start);
        return true;
    }
    return false;
}

static void set_path(struct frame *frame, const char *path)
{
    char *copy = mem_strdup(path);
    free(frame->path);
    frame->path = copy;
}

void frame_place(struct frame *frame, const struct trace_paths *paths)
{
    const char *relative;
    frame->kind = origin_of(frame->path, paths, &relative);
    if (relative != frame->path)
        set_path(frame, relative);
    bool own =
        frame->kind == FRAME_PROJECT || (frame->kind == FRAME_FOREIGN && !origin_installed(frame->path));
    const char *here = own && paths->here != NULL ? paths->here(paths->owner, frame->path) : NULL;
    if (here == NULL)
        return;
    set_path(frame, here);
    frame->kind = origin_of(frame->path, paths, &relative);
}

void frame_release(struct frame *frame)
{
    free(frame->path);
    free(frame->function);
    free(frame->source);
    free(frame->lead);
    *frame = (struct frame){0};
}
