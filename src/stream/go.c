#include "stream/go.h"

#include "stream/go_reader.h"

#include <stdlib.h>
#include <string.h>

#define EXIT_BUILD 2 /* of go test, where something could not be built */

static void noise(struct go_reader *reader, const struct line *line)
{
    if (line->text.len > 0)
        reader->sink->noise(reader->owner, line->text);
    if (line->ended)
        reader->sink->noise(reader->owner, bytes_of("\n"));
}

static struct go_package *package_of(struct go_reader *reader, const struct go_line *said,
                                     const struct line *line)
{
    struct go_package *package = go_package(&reader->tests, said->package);
    if (package != NULL)
        return package;
    package = go_package_open(&reader->tests, said->package);
    if (package == NULL)
        go_damage(reader, line, "", "too many packages at once");
    else
        package->offset = line->offset;
    return package;
}

/* Appends a package's or a test's own name to an id. */
static void set_key(struct go_reader *reader, const struct go_line *said)
{
    buf_clear(&reader->key);
    buf_add(&reader->key, said->package.data, said->package.len);
    if (said->package.len > 0)
        buf_putc(&reader->key, '/');
    buf_add(&reader->key, said->test.data, said->test.len);
}

static struct go_test *begin(struct go_reader *reader, const struct go_line *said, const struct line *line)
{
    buf_clear(&reader->id);
    buf_add(&reader->id, buf_str(&reader->key), reader->key.len);
    bool first = names_add_distinct(&reader->names, &reader->id);
    struct go_test *test = go_test_begin(&reader->tests, buf_bytes(&reader->key),
                                         said->package.len + (said->package.len > 0), buf_bytes(&reader->id));
    if (test == NULL) {
        go_damage(reader, line, buf_str(&reader->id), "too many tests at once");
        return NULL;
    }
    test->runnable = first;
    const struct event event = {.test_id = bytes_of(test->id),
                                .status = EVENT_INPROGRESS,
                                .runnable = first,
                                .has_time = said->has_time,
                                .time_ns = said->time_ns};
    reader->sink->event(reader->owner, &event);
    return test;
}

/* The test that the line is about. One that nobody saw begin does so now: without -v nothing else tells. NULL
 * when it is over, or cannot begin. */
static struct go_test *test_of(struct go_reader *reader, const struct go_line *said, const struct line *line)
{
    set_key(reader, said);
    struct go_test *test = go_test(&reader->tests, buf_bytes(&reader->key));
    if (test == NULL && !names_has(&reader->names, buf_bytes(&reader->key)))
        test = begin(reader, said, line);
    return test;
}

static void take_result(struct go_reader *reader, const struct go_line *said, const struct line *line)
{
    struct go_package *package = package_of(reader, said, line);
    struct go_test *test = test_of(reader, said, line);
    if (test == NULL || package == NULL)
        go_damage(reader, line, buf_str(&reader->key), "a result of a test that is over");
    else
        go_result(reader, package, test, said);
}

static void take_package_result(struct go_reader *reader, const struct go_line *said, const struct line *line)
{
    struct go_package *package = package_of(reader, said, line);
    if (package == NULL)
        return;
    go_package_result(reader, package, said, line);
    go_package_close(&reader->tests, package);
}

static void take_output(struct go_reader *reader, const struct go_line *said, const struct line *line)
{
    struct go_package *package = package_of(reader, said, line);
    struct go_test *test = said->test.len > 0 ? test_of(reader, said, line) : NULL;
    if (test != NULL)
        go_output_add(&test->output, said->output, said->test);
    else if (package != NULL)
        go_output_add(&package->output, said->output, (struct bytes){"", 0});
}

static void take_run(struct go_reader *reader, const struct go_line *said, const struct line *line)
{
    if (package_of(reader, said, line) == NULL)
        return;
    set_key(reader, said);
    if (go_test(&reader->tests, buf_bytes(&reader->key)) != NULL)
        go_damage(reader, line, buf_str(&reader->key), "begins while it runs");
    else
        begin(reader, said, line);
}

static void take_turn(struct go_reader *reader, const struct go_line *said, const struct line *line)
{
    struct go_test *test =
        said->test.len > 0 && package_of(reader, said, line) != NULL ? test_of(reader, said, line) : NULL;
    if (test != NULL)
        test->paused = said->action == GO_PAUSE;
}

static void take_event(struct go_reader *reader, const struct go_line *said, const struct line *line)
{
    reader->any = true;
    go_builds_interrupt(&reader->builds);
    if (said->action == GO_OUTPUT)
        take_output(reader, said, line);
    else if (said->action == GO_RUN && said->test.len > 0)
        take_run(reader, said, line);
    else if (said->action == GO_PAUSE || said->action == GO_CONT)
        take_turn(reader, said, line);
    else if (said->action == GO_START)
        package_of(reader, said, line);
    else if (said->action == GO_BUILD_OUTPUT)
        go_builds_add(&reader->builds, said->import_path, said->output);
    else if (said->action == GO_BUILD_FAIL)
        go_builds_fail(&reader->builds, said->import_path);
    else if (said->action == GO_OTHER)
        return;
    else if (said->test.len > 0)
        take_result(reader, said, line);
    else
        take_package_result(reader, said, line);
}

/* Versions before 1.20 say on a plain line that a package cannot be built: "FAIL\tpackage [build failed]". */
static void take_plain(struct go_reader *reader, const struct line *line)
{
    struct go_line said = {.action = GO_FAIL, .failed_build = {"", 0}};
    if (go_builds_plain(&reader->builds, line->text, &said.package)) {
        reader->any = true;
        struct go_package *package = package_of(reader, &said, line);
        if (package != NULL) {
            package->output.build_failed = true;
            take_package_result(reader, &said, line);
        }
    }
    noise(reader, line);
}

static void take_line(void *owner, const struct line *line)
{
    struct go_reader *reader = owner;
    if (line->lost > 0)
        go_damage(reader, line, "", "a line of more than 1 MiB");
    struct go_line said = go_line(line->text, &reader->scratch);
    if (said.action == GO_BROKEN && line->lost == 0)
        go_damage(reader, line, "", "an event that is not well-formed");
    else if (said.action == GO_NONE)
        take_plain(reader, line);
    else if (said.action != GO_BROKEN)
        take_event(reader, &said, line);
}

static void go_init(void *state, const struct event_sink *sink, void *owner)
{
    *(struct go_reader *)state = (struct go_reader){.sink = sink, .owner = owner};
}

static void go_feed(void *state, const void *data, size_t len)
{
    struct go_reader *reader = state;
    lines_feed(&reader->lines, (struct bytes){data, len}, take_line, reader);
}

static void go_end(void *state)
{
    struct go_reader *reader = state;
    struct bytes name;
    lines_end(&reader->lines, take_line, reader);
    while (go_builds_left(&reader->builds, &name)) {
        struct go_package package = {.name = bytes_dup(name), .output.build_failed = true};
        go_package_failed(reader, &package, &(struct go_line){.failed_build = name});
        free(package.name);
    }
    for (size_t i = 0; i < reader->tests.packages.len; i++) {
        const struct go_package *package = reader->tests.packages.items[i];
        const struct line since = {.offset = package->offset,
                                   .text.len = (size_t)(reader->lines.offset - package->offset)};
        go_unfinished(reader, package);
        go_damage(reader, &since, package->name, "the stream ends before its result");
    }
    if (!reader->any)
        go_damage(reader, &(struct line){.text.len = (size_t)reader->lines.offset}, "",
                  "no events of go test");
}

/* Of a package without tests that cannot be built versions before 1.24 only say what the compiler did, and
 * the exit status; with another one that is a warning. */
static void go_exited(void *state, int exit_code)
{
    struct go_reader *reader = state;
    if (exit_code == EXIT_BUILD)
        go_builds_fail_rest(&reader->builds);
}

static void go_release(void *state)
{
    struct go_reader *reader = state;
    lines_release(&reader->lines);
    go_scratch_release(&reader->scratch);
    go_tests_release(&reader->tests);
    go_builds_release(&reader->builds);
    names_release(&reader->names);
    buf_release(&reader->key);
    buf_release(&reader->id);
    buf_release(&reader->text);
}

/* A line that is an event with an action that is known; or that says that a package was not built. */
static int go_guess(struct bytes head, bool whole)
{
    struct go_scratch scratch = {0};
    struct go_builds builds = {0};
    struct bytes package;
    int sure = 0;
    (void)whole;
    for (size_t at = 0, len; at < head.len && sure < 95; at += len + 1) {
        const char *newline = memchr(head.data + at, '\n', head.len - at);
        len = newline != NULL ? (size_t)(newline - head.data) - at : head.len - at;
        struct bytes text = {head.data + at, len};
        enum go_action action = go_line(text, &scratch).action;
        if (action != GO_NONE && action != GO_BROKEN && action != GO_OTHER)
            sure = 95;
        else if (go_builds_plain(&builds, text, &package))
            sure = 50;
    }
    go_scratch_release(&scratch);
    go_builds_release(&builds);
    return sure;
}

const struct stream_format go_format = {
    .name = "go",
    .title = "go test -json",
    .size = sizeof(struct go_reader),
    .init = go_init,
    .feed = go_feed,
    .end = go_end,
    .release = go_release,
    .exited = go_exited,
    .guess = go_guess,
};
