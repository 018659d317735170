#include "report/round_lines.h"

#include <stdlib.h>

void round_lines_begin(struct buf *to, const struct paper *paper, const struct rounds *rounds)
{
    struct buf line = {0};
    if (rounds->wanted == 1)
        return;
    buf_printf(&line, "round %u", rounds->done + 1);
    if (rounds->wanted > 0)
        buf_printf(&line, " of %u", rounds->wanted);
    paper_put(paper, to, STYLE_BOLD, buf_str(&line));
    buf_putc(to, '\n');
    buf_release(&line);
}

void round_lines_end(struct buf *to, const struct paper *paper, const struct rounds *rounds,
                     const struct model *model)
{
    if (rounds->wanted == 1)
        return;
    char *line = rounds->failed > 0 ? mem_printf("%u failed", rounds->failed) : mem_strdup("none failed");
    buf_printf(to, "%u round%s, ", rounds->done, rounds->done == 1 ? "" : "s");
    paper_put(paper, to, rounds->failed > 0 ? STYLE_RED : STYLE_GREEN, line);
    buf_putc(to, '\n');
    free(line);
    const struct round_test *test;
    vec_each (test, &rounds->tests) {
        line = mem_printf("  in %u of %u  %s", test->failed, rounds->done, model->tests.items[test->test].id);
        paper_put(paper, to, STYLE_PLAIN, line);
        buf_putc(to, '\n');
        free(line);
    }
}
