#include "report/block.h"

#define OUTPUT_LINES 3        /* shown of what a test wrote that died */
#define OUTPUT_LINES_ALONE 20 /* and where there is nothing else to show */

static bool has_died(const struct test *test)
{
    return test->outcome == OUTCOME_CRASHED || test->outcome == OUTCOME_TIMEOUT;
}

/* How it died or why it was not run; the first line of what came as its reason. The caller frees. */
static char *detail_of(const struct test *test)
{
    if (test->outcome == OUTCOME_ERROR)
        return mem_strdup("in setup or teardown");
    if (!has_died(test) && test->outcome != OUTCOME_NOT_RUN)
        return NULL;
    char *reason = result_text(test->result, "reason");
    if (reason != NULL)
        reason[strcspn(reason, "\n")] = '\0';
    return reason;
}

/* What the test wrote, where that helps: it died, or left no traceback. The caller frees. */
static char *output_of(const struct test *test, const struct trace *trace)
{
    if (!has_died(test) && trace->frames.len > 0)
        return NULL;
    static const char *const names[] = {"stdout", "stderr"};
    struct buf output = {0};
    for (size_t i = 0; i < 2; i++) {
        char *text = result_text(test->result, names[i]);
        if (text != NULL && output.len > 0 && output.data[output.len - 1] != '\n')
            buf_putc(&output, '\n');
        buf_puts(&output, text != NULL ? text : "");
        free(text);
    }
    return buf_take(&output);
}

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
        paper_put(paper, to, line->spans.items[i].style, line->spans.items[i].text);
        if (first < line->spans.len && i == last)
            paper_link_end(paper, to);
    }
    buf_putc(to, '\n');
    free(target);
}

void block_write(struct buf *to, const struct paper *paper, const struct block_place *place,
                 const struct test *test, const struct trace *trace)
{
    char *detail = detail_of(test);
    char *output = output_of(test, trace);
    const struct story_input input = {
        .label = outcome_label(test->outcome),
        .id = test->id,
        .detail = detail,
        .duration_ns = test->duration_ns,
        .red_runs = test->red_runs,
        .trace = trace,
        .editor = place->editor,
        .prefix = place->prefix,
        .output = output,
        .output_lines = trace->frames.len > 0 ? OUTPUT_LINES : OUTPUT_LINES_ALONE,
        .ascii = paper->ascii,
    };
    struct story story;
    const struct story_line *line;
    story_build(&story, &input);
    vec_each (line, &story.lines)
        write_line(to, paper, place, trace, line);
    buf_putc(to, '\n');
    story_release(&story);
    free(detail);
    free(output);
}
