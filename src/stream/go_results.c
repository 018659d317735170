#include "stream/go_reader.h"

#include <stdlib.h>
#include <string.h>

void go_damage(struct go_reader *reader, const struct line *line, const char *who, const char *what)
{
    char reason[160];
    snprintf(reason, sizeof reason, "%.90s%s%s", who, *who != '\0' ? ": " : "", what);
    for (char *c = reason; *c != '\0'; c++)
        *c = *c == '\n' || *c == '\r' ? ' ' : *c;
    reader->sink->damage(reader->owner, reason, line->offset, line->text.len);
}

/* Hands over how a test ended; then it is gone. */
static void end_test(struct go_reader *reader, struct go_package *package, struct go_test *test,
                     struct testcase told)
{
    struct go_test *parent = go_test_parent(&reader->tests, test);
    struct buf trace = {0}, plain = {0};
    char within[64];
    told.id = bytes_of(test->id);
    told.runnable = test->runnable;
    if (parent != NULL)
        parent->subtests++;
    if (told.status == EVENT_FAIL) {
        package->failing++;
        if (parent != NULL)
            parent->failing++;
        go_output_trace(&test->output, &trace);
        go_output_plain(&test->output, &plain);
        told.traceback = buf_bytes(&trace);
        told.output = buf_bytes(&plain);
    } else if (told.status == EVENT_SKIP) {
        told.reason = buf_bytes(&test->output.note);
    }
    if (told.status == EVENT_FAIL && test->failing > 0 && trace.len == 0) {
        told.runnable = false;
        snprintf(within, sizeof within, "%llu of its %llu subtests failed", (unsigned long long)test->failing,
                 (unsigned long long)test->subtests);
        told.message = bytes_of(within);
    }
    testcase_tell(&told, reader->sink, reader->owner);
    buf_release(&trace);
    buf_release(&plain);
    go_test_end(&reader->tests, test);
}

/* The line that says why a process died. */
static struct bytes reason_of(const struct go_output *output)
{
    struct bytes panic = buf_bytes(&output->panic);
    if (output->timed_out)
        panic = (struct bytes){panic.data + strlen("panic: "), panic.len - strlen("panic: ")};
    return panic;
}

void go_result(struct go_reader *reader, struct go_package *package, struct go_test *test,
               const struct go_line *said)
{
    struct testcase told = {.status = said->action == GO_PASS   ? EVENT_SUCCESS
                                      : said->action == GO_SKIP ? EVENT_SKIP
                                                                : EVENT_FAIL,
                            .has_time = said->has_time,
                            .time_ns = said->time_ns,
                            .duration_ns = said->duration_ns};
    struct buf reason = {0};
    if (told.status == EVENT_FAIL && test->output.panicked) {
        told.tag = test->output.timed_out ? TAG_TIMEOUT : TAG_CRASH;
        buf_add(&reason, reason_of(&test->output).data, reason_of(&test->output).len);
        told.reason = buf_bytes(&reason);
    }
    end_test(reader, package, test, told);
    buf_release(&reason);
}

/* How a test ended whose process died with it, or which never said so. */
static void end_with_package(struct go_reader *reader, struct go_package *package, struct go_test *test,
                             const struct testcase *died, const struct go_line *said, const struct line *line)
{
    static const enum event_status statuses[] = {EVENT_NONE, EVENT_SUCCESS, EVENT_FAIL, EVENT_SKIP};
    struct testcase told = *died;
    struct bytes name = bytes_of(test->key + test->name);
    bool orderly = said->action != GO_FAIL || package->output.verdict;
    if (test->output.said != GO_SAID_NOTHING) {
        told = (struct testcase){.status = statuses[test->output.said]};
    } else if (said->action == GO_FAIL && test->paused) {
        told = (struct testcase){
            .status = EVENT_FAIL, .tag = TAG_NOT_RUN, .reason = bytes_of("its process died before its turn")};
    } else if (orderly && bytes_starts(name, "Benchmark")) { /* it has no report line */
        told = (struct testcase){.status = EVENT_SUCCESS};
    } else if (said->action != GO_FAIL) {
        go_damage(reader, line, test->id, "no result, though its package passed");
        go_test_end(&reader->tests, test);
        return;
    }
    told.has_time = said->has_time && test->output.said == GO_SAID_NOTHING;
    told.time_ns = said->time_ns;
    end_test(reader, package, test, told);
}

/* The tests that still run when their package is over. */
static void end_tests_of(struct go_reader *reader, struct go_package *package, const struct go_line *said,
                         const struct line *line)
{
    struct testcase died = {.status = EVENT_FAIL, .tag = TAG_CRASH};
    size_t count;
    struct go_test **tests = go_tests_of(&reader->tests, package, &count);
    const struct go_output *last = &package->output;
    for (size_t i = 0; i < count && !last->panicked; i++)
        last = tests[i]->output.panicked ? &tests[i]->output : last;
    if (last->timed_out)
        died.tag = TAG_TIMEOUT;
    buf_clear(&reader->text);
    buf_puts(&reader->text, "its process ended while it ran");
    if (last->panicked) {
        buf_clear(&reader->text);
        buf_add(&reader->text, reason_of(last).data, reason_of(last).len);
    }
    died.reason = buf_bytes(&reader->text);
    for (size_t i = 0; i < count; i++)
        end_with_package(reader, package, tests[i], &died, said, line);
    free(tests);
}

void go_package_failed(struct go_reader *reader, struct go_package *package, const struct go_line *said)
{
    struct buf trace = {0}, plain = {0};
    bool build = package->output.build_failed || said->failed_build.len > 0;
    go_output_trace(&package->output, &trace);
    go_output_plain(&package->output, &plain);
    if (build)
        go_builds_take(&reader->builds, said->failed_build, bytes_of(package->name), &trace);
    buf_clear(&reader->id);
    buf_puts(&reader->id, *package->name != '\0' ? package->name : "go test");
    bool first = names_add_distinct(&reader->names, &reader->id);
    const struct testcase told = {.id = buf_bytes(&reader->id),
                                  .status = EVENT_FAIL,
                                  .tag = build                       ? TAG_COLLECTION
                                         : package->output.timed_out ? TAG_TIMEOUT
                                         : package->output.panicked  ? TAG_CRASH
                                                                     : TAG_ERROR,
                                  .reason = reason_of(&package->output),
                                  .message = bytes_of(build ? "the package could not be built" : ""),
                                  .runnable = first,
                                  .has_time = said->has_time,
                                  .time_ns = said->time_ns,
                                  .duration_ns = said->duration_ns,
                                  .traceback = buf_bytes(&trace),
                                  .output = buf_bytes(&plain)};
    testcase_tell(&told, reader->sink, reader->owner);
    buf_release(&trace);
    buf_release(&plain);
}

void go_package_result(struct go_reader *reader, struct go_package *package, const struct go_line *said,
                       const struct line *line)
{
    end_tests_of(reader, package, said, line);
    if (said->action == GO_FAIL && package->failing == 0)
        go_package_failed(reader, package, said);
    if (said->action != GO_FAIL && package->failing > 0)
        go_damage(reader, line, package->name, "passes with a failed test in it");
}

void go_unfinished(struct go_reader *reader, const struct go_package *package)
{
    size_t count;
    struct go_test **tests = go_tests_of(&reader->tests, package, &count);
    for (size_t i = 0; i < count; i++) {
        struct buf trace = {0}, plain = {0};
        go_output_trace(&tests[i]->output, &trace);
        go_output_plain(&tests[i]->output, &plain);
        const struct testcase told = {
            .id = bytes_of(tests[i]->id), .traceback = buf_bytes(&trace), .output = buf_bytes(&plain)};
        testcase_tell(&told, reader->sink, reader->owner);
        buf_release(&trace);
        buf_release(&plain);
    }
    free(tests);
}
