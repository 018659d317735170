#include "report/ending.h"

#include "report/summary.h"

#include <stdlib.h>

#define BROKEN_LINES 40 /* last ones shown of what a runner says that could not work, */
#define EMPTY_LINES 1   /* and of one that found no tests */
#define EXIT_NO_TESTS 5

/* The last lines of what the runner printed that could not do its work. */
static void write_broken(struct buf *to, const struct paper *paper, const char *text, size_t wanted)
{
    size_t lines = 0;
    const char *from = text + strlen(text);
    while (from > text && from[-1] == '\n')
        from--;
    size_t len = (size_t)(from - text);
    while (from > text && (from[-1] != '\n' || ++lines < wanted))
        from--;
    if (len == 0)
        return;
    char *said = mem_dup(from, len - (size_t)(from - text));
    paper_span(paper, to, &(struct span){.text = said, .printed = true});
    buf_putc(to, '\n');
    free(said);
}

static void write_nothing(struct buf *to, const struct paper *paper, const char *why)
{
    char *line = mem_printf("%s: no test was run", why);
    paper_put(paper, to, STYLE_YELLOW, line);
    buf_putc(to, '\n');
    free(line);
}

static void write_no_tests(struct buf *to, const struct paper *paper, const struct session *session,
                           const struct strings *paths)
{
    struct buf line = {0};
    buf_puts(&line, "no tests found in ");
    for (size_t i = 0; paths != NULL && i < paths->len; i++)
        buf_printf(&line, "%s%s", i > 0 ? ", " : "", paths->items[i]);
    if (paths == NULL || paths->len == 0)
        buf_puts(&line, session_root(session));
    paper_put(paper, to, STYLE_YELLOW, buf_str(&line));
    buf_putc(to, '\n');
    buf_release(&line);
}

void ending_write(struct buf *to, const struct paper *paper, const struct session *session, int exit_code,
                  const char *broken, const struct strings *paths)
{
    const struct model *model = session_model(session);
    bool none = exit_code == EXIT_NO_TESTS;
    struct session_status status;
    session_status(session, &status);
    if (broken != NULL)
        write_broken(to, paper, broken, none ? EMPTY_LINES : BROKEN_LINES);
    if (status.nothing != NULL)
        write_nothing(to, paper, status.nothing);
    else if (none)
        write_no_tests(to, paper, session, paths);
    else if (broken == NULL || model->done > 0)
        summary_write(to, paper, model, exit_code, status.run_ns);
}
