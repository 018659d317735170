#include "report/block.h"

#include "session/failure.h"

/* The file of the line's frame, as an absolute path; NULL when it has none to open. The caller frees. */
static char *link_target(const struct block_place *place, const struct trace *trace,
                         const struct story_line *line)
{
    if (!line->location)
        return NULL;
    const char *path = trace->frames.items[line->frame].path;
    if (*path == '<' || *path == '\0')
        return NULL;
    return *path == '/' ? mem_strdup(path) : mem_printf("%s/%s", place->root, path);
}

/* The location is the part of a line that is coloured as one; a link covers it from its first span to its
 * last. */
static void write_line(struct buf *to, const struct paper *paper, const struct block_place *place,
                       const struct trace *trace, const struct story_line *line)
{
    char *target = link_target(place, trace, line);
    size_t first = line->spans.len, last = 0;
    for (size_t i = 0; target != NULL && i < line->spans.len; i++) {
        if (line->spans.items[i].style != STYLE_CYAN)
            continue;
        first = first < i ? first : i;
        last = i;
    }
    for (size_t i = 0; i < line->spans.len; i++) {
        if (i == first)
            paper_link(paper, to, place->host, target);
        paper_span(paper, to, &line->spans.items[i]);
        if (first < line->spans.len && i == last)
            paper_link_end(paper, to);
    }
    buf_putc(to, '\n');
    free(target);
}

void block_write(struct buf *to, const struct paper *paper, const struct block_place *place,
                 const struct test *test, const struct trace *trace)
{
    const struct failure_look look = {.editor = place->editor, .here = place->here, .ascii = paper->ascii};
    struct story story;
    const struct story_line *line;
    failure_tell(&story, test, trace, &look);
    vec_each (line, &story.lines)
        write_line(to, paper, place, trace, line);
    buf_putc(to, '\n');
    story_release(&story);
}
