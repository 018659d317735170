#include "failure.h"

#include <stdlib.h>

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

void failure_tell(struct story *story, const struct test *test, const struct trace *trace,
                  const struct failure_look *look)
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
        .editor = look->editor,
        .here = look->here,
        .output = output != NULL && *output != '\0' ? output : NULL,
        .output_lines = trace->frames.len > 0 ? OUTPUT_LINES : OUTPUT_LINES_ALONE,
        .unfold = look->unfold,
        .ascii = look->ascii,
    };
    story_build(story, &input);
    free(detail);
    free(output);
}
