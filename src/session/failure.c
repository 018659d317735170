#include "session/failure.h"

#include "trace/text.h"
#include "trace/traceback.h"

#include <stdlib.h>
#include <time.h>

#define OUTPUT_LINES 3        /* shown of what a test wrote that died */
#define OUTPUT_LINES_ALONE 20 /* and where there is nothing else to show */

static bool has_died(const struct test *test)
{
    return test->outcome == OUTCOME_CRASHED || test->outcome == OUTCOME_TIMEOUT;
}

/* How it died or why it was not run; the first line of what came as its reason. The caller frees. */
static char *fate_of(const struct test *test)
{
    if (test->outcome == OUTCOME_ERROR)
        return mem_strdup("in setup or teardown");
    if (test->red && test->outcome == OUTCOME_PASSED)
        return mem_strdup("as far as it ran");
    if (!has_died(test) && test->outcome != OUTCOME_NOT_RUN)
        return NULL;
    char *reason = result_text(test->result, "reason");
    if (reason != NULL)
        reason[strcspn(reason, "\n")] = '\0';
    return reason;
}

/* That it is not of this session, and when it was, in local time. */
static void add_age(struct buf *to, int64_t ns)
{
    time_t seconds = (time_t)(ns / 1000000000);
    struct tm local = {0};
    char when[32];
    localtime_r(&seconds, &local);
    strftime(when, sizeof when, "%Y-%m-%d %H:%M", &local);
    buf_printf(to, "%sas of %s", to->len > 0 ? ", " : "", when);
}

/* What is to be known of the test before anything else. The caller frees. */
static char *detail_of(const struct test *test)
{
    char *fate = fate_of(test);
    struct buf detail = {0};
    if (fate != NULL)
        buf_puts(&detail, fate);
    if (test->unknown)
        buf_printf(&detail, "%sunknown here", detail.len > 0 ? ", " : "");
    if (test->recalled_ns > 0 && test->result != NULL)
        add_age(&detail, test->recalled_ns);
    free(fate);
    return detail.len > 0 ? buf_take(&detail) : NULL;
}

/* Whether the frames are of a traceback: those of a program that has none are in what it wrote. */
static bool has_traceback(const struct test *test, const struct trace *trace)
{
    struct buf text = {0};
    bool has = trace->frames.len > 0 && !trace->printed &&
               (trace->message[0] != '\0' || result_add_text(test->result, "traceback", &text));
    buf_release(&text);
    return has;
}

/* What the test wrote, where that helps: it died, or left no traceback. The caller frees. */
static char *output_of(const struct test *test, const struct trace *trace)
{
    if (!has_died(test) && has_traceback(test, trace))
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
        .harmless = !outcome_is_red(test->outcome),
        .detail = detail,
        .duration_ns = test->duration_ns,
        .red_runs = test->red_runs,
        .flaky = test->flaky > 0,
        .trace = trace,
        .editor = look->editor,
        .here = look->here,
        .output = output != NULL && *output != '\0' ? output : NULL,
        .output_lines = has_died(test) && trace->frames.len > 0 ? OUTPUT_LINES : OUTPUT_LINES_ALONE,
        .unfold = look->unfold,
        .ascii = look->ascii,
    };
    story_build(story, &input);
    free(detail);
    free(output);
}

const char *const failure_kept[FAILURE_KEPT] = {"traceback", "message", "reason", "stdout",
                                                "stderr",    "log",     "report"};

const struct failure_text *failure_text(const struct test *test, size_t number, struct buf *to)
{
    static const struct failure_text texts[FAILURE_TEXTS] = {
        {"reason", "Reason", false},
        {"stdout", "Standard output", false},
        {"stderr", "Standard error", false},
        {"log", "Log", false},
        {"report", "The runner's report", true},
    };
    size_t before = to->len;
    result_add_text(test->result, texts[number].name, to);
    return to->len > before ? &texts[number] : NULL;
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
    char *reason = has_died(test) || test->outcome == OUTCOME_NOT_RUN ? fate_of(test) : NULL;
    struct bytes best = reason != NULL ? bytes_of(reason) : best_line(trace);
    buf_printf(&line, "%s %s", outcome_label(test->outcome), test->id);
    if (best.len > 0) {
        buf_puts(&line, ": ");
        buf_add(&line, best.data, best.len);
    }
    free(reason);
    return buf_take(&line);
}
