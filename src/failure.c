#include "failure.h"

#include "trace/diff.h"
#include "trace/text.h"
#include "trace/traceback.h"

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

static void add_line(struct story *story, struct span take_span)
{
    struct story_line line = {.frame = -1};
    vec_push(&line.spans, take_span);
    vec_push(&story->lines, line);
}

static void add_section(struct story *story, const char *heading, const char *text, bool report)
{
    struct ink ink = {0};
    add_line(story, (struct span){.text = mem_strdup("")});
    add_line(story, (struct span){.style = STYLE_BOLD, .text = mem_strdup(heading)});
    while (*text != '\0') {
        struct bytes line = {text, strcspn(text, "\n")};
        add_line(story, story_printed(report ? diff_report_style(line) : STYLE_PLAIN, line, &ink));
        text += line.len + (text[line.len] == '\n');
    }
}

void failure_tell_all(struct story *story, const struct test *test, const struct trace *trace,
                      const struct failure_look *look)
{
    static const struct {
        const char *name, *heading;
        bool report;
    } sections[] = {
        {"reason", "Reason", false},
        {"stdout", "Standard output", false},
        {"stderr", "Standard error", false},
        {"log", "Log", false},
        {"report", "The runner's report", true},
    };
    struct failure_look whole = *look;
    whole.unfold = true;
    failure_tell(story, test, trace, &whole);
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        char *text = result_text(test->result, sections[i].name);
        if (text != NULL && *text != '\0')
            add_section(story, sections[i].heading, text, sections[i].report);
        free(text);
    }
}

/* The line that says most: of the last exception the first; of a report that has no traceback the one that
 * the runner marks as the error, else the first. */
static struct bytes best_line(const struct trace *trace)
{
    struct bytes text = bytes_of(trace->message != NULL ? trace->message : "");
    struct bytes line, first = {0};
    for (size_t at = 0; text_line(text, &at, &line);) {
        if (trace->frames.len == 0 && bytes_starts(line, "E  "))
            return text_trim((struct bytes){line.data + 1, line.len - 1});
        line = text_trim(line);
        if (traceback_joins(line))
            first = (struct bytes){0};
        else if (first.len == 0)
            first = line;
    }
    return first;
}

char *failure_line(const struct test *test, const struct trace *trace)
{
    struct buf line = {0};
    char *reason = has_died(test) || test->outcome == OUTCOME_NOT_RUN ? detail_of(test) : NULL;
    struct bytes best = reason != NULL ? bytes_of(reason) : best_line(trace);
    buf_printf(&line, "%s %s", outcome_label(test->outcome), test->id);
    if (best.len > 0) {
        buf_puts(&line, ": ");
        buf_add(&line, best.data, best.len);
    }
    free(reason);
    return buf_take(&line);
}
