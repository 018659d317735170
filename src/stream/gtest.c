#include "stream/gtest.h"

#include "stream/line_reader.h"
#include "stream/names.h"
#include "stream/scan.h"
#include "stream/times.h"

#define MILLISECOND_NS 1000000
#define MARK_LEN 12 /* "[ RUN      ]" */

enum mark {
    MARK_NONE,
    MARK_RUN,
    MARK_OK,
    MARK_FAILED,
    MARK_SKIPPED,
    MARK_DISABLED,
    MARK_SUMMARY,
    MARK_OTHER
};

struct gtest_reader {
    struct line_reader base;
    struct names names;
    bool open;                /* a program has begun and not ended */
    uint64_t announced, came; /* tests of the program */
    uint64_t passed, failed;  /* of those */
    uint64_t offset;          /* of its first line */
    bool summary;             /* it tells its results */
    struct buf running;       /* the name of the test at hand */
    struct buf output;        /* of it, or of what is between tests */
    struct buf id;            /* its id … */
    bool runnable;            /* … and whether it can be asked for by that */
    struct buf between;       /* failures outside of tests: of a suite's set-up */
    struct buf plain, scratch;
};

static enum mark mark_at(struct bytes text)
{
    static const struct {
        const char *text;
        enum mark mark;
    } marks[] = {
        {"[ RUN      ]", MARK_RUN},     {"[       OK ]", MARK_OK},       {"[  FAILED  ]", MARK_FAILED},
        {"[  SKIPPED ]", MARK_SKIPPED}, {"[ DISABLED ]", MARK_DISABLED}, {"[==========]", MARK_SUMMARY},
        {"[  PASSED  ]", MARK_OTHER},   {"[----------]", MARK_OTHER},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (bytes_starts(text, marks[i].text))
            return marks[i].mark;
    return MARK_NONE;
}

/* The mark in a line, which may stand behind output that has no newline. Splits the line there. */
static enum mark find_mark(struct bytes line, struct bytes *before, struct bytes *after)
{
    enum mark mark = MARK_NONE;
    for (size_t at = 0; mark == MARK_NONE && at < line.len; at++) {
        const char *next = memchr(line.data + at, '[', line.len - at);
        if (next == NULL)
            break;
        at = (size_t)(next - line.data);
        mark = mark_at(scan_skip(line, at));
        *before = (struct bytes){line.data, at};
        *after = scan_trim(scan_skip(line, at + MARK_LEN));
    }
    return mark;
}

/* The test's name of "Suite.Test, where GetParam() = 2 (0 ms)"; sets what it took. */
static struct bytes read_name(struct bytes text, int64_t *duration_ns)
{
    size_t time = scan_ends(text, " ms)") ? scan_find_last(text, " (") : SIZE_MAX;
    *duration_ns = 0;
    if (time != SIZE_MAX) {
        *duration_ns = duration_read(scan_skip(text, time + 2), MILLISECOND_NS);
        text.len = time;
    }
    size_t where = scan_find(text, ", where ");
    text.len = where != SIZE_MAX ? where : text.len;
    return text;
}

/* Where what the test says against itself begins: "file:line: Failure", "file(line): error:". */
static size_t find_failure(struct bytes text)
{
    static const char *const ends[] = {": Failure", ": Fatal failure", ": Skipped"};
    for (size_t at = 0; at < text.len;) {
        struct bytes rest = scan_skip(text, at);
        size_t len = scan_find(rest, "\n");
        struct bytes line = {rest.data, len != SIZE_MAX ? len : rest.len};
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
            if (scan_ends(line, ends[i]))
                return at;
        if (scan_find(line, "): error: ") != SIZE_MAX)
            return at;
        at += line.len + 1;
    }
    return text.len;
}

/* Gives the test what it wrote: its output, and why it failed or was skipped. */
static void tell(struct gtest_reader *reader, struct bytes id, enum event_status status)
{
    struct bytes text = buf_bytes(&reader->output);
    bool explains = status == EVENT_FAIL || status == EVENT_SKIP;
    size_t failure = explains ? find_failure(text) : text.len;
    struct bytes before = {text.data, failure}, why = scan_trim_end(scan_skip(text, failure)), place,
                 rest = why;
    if (before.len > 0)
        emit_text(&reader->base.emitter, id, "stdout", before, true);
    if (why.len > 0 && status == EVENT_SKIP) {
        bool more = scan_until(&rest, "\n", &place) && scan_trim(rest).len > 0;
        emit_text(&reader->base.emitter, id, "reason", more ? scan_trim(rest) : why, true);
    } else if (why.len > 0) {
        keep_text(&reader->scratch, why);
        buf_putc(&reader->scratch, '\n');
        emit_text(&reader->base.emitter, id, "traceback", buf_bytes(&reader->scratch), true);
        buf_clear(&reader->scratch);
    }
}

/* Makes `id` that of the test, unlike all before. */
static void name_test(struct gtest_reader *reader, struct bytes name)
{
    buf_clear(&reader->id);
    keep_text(&reader->id, name);
    emit_unique(&reader->names, &reader->id);
    reader->runnable = reader->id.len == name.len;
}

/* The test whose id is at hand has ended. */
static void finish(struct gtest_reader *reader, enum event_status status, const char *tag,
                   int64_t duration_ns)
{
    struct bytes id = buf_bytes(&reader->id);
    tell(reader, id, status);
    const struct outcome_said said = {status, tag, duration_ns, reader->runnable};
    emit_outcome(&reader->base.emitter, id, &said);
    reader->came++;
    reader->passed += status == EVENT_SUCCESS;
    reader->failed += status == EVENT_FAIL;
    buf_clear(&reader->running);
    buf_clear(&reader->output);
}

/* What was written outside of any test is nobody's. */
static void flush_output(struct gtest_reader *reader)
{
    struct bytes text = buf_bytes(&reader->output);
    if (!reader->summary)
        keep_text(&reader->between, reader->between.len > 0 ? text : scan_skip(text, find_failure(text)));
    emit_noise(&reader->base.emitter, buf_bytes(&reader->output));
    buf_clear(&reader->output);
}

static void damage_program(struct gtest_reader *reader, const struct line *line, const char *what,
                           uint64_t said, uint64_t came)
{
    char reason[100];
    snprintf(reason, sizeof reason, "%s: %llu announced, %llu came", what, (unsigned long long)said,
             (unsigned long long)came);
    reader->base.emitter.sink->damage(reader->base.emitter.owner, reason, reader->offset,
                                      line->offset - reader->offset);
}

/* The program is over, or another has begun. */
static void close_program(struct gtest_reader *reader, const struct line *line)
{
    if (reader->running.len > 0) {
        finish(reader, EVENT_FAIL, TAG_CRASH, 0);
    } else if (reader->open) {
        damage_program(reader, line, "a program that ends without a result", reader->announced, reader->came);
    }
    flush_output(reader);
    buf_clear(&reader->between);
    reader->open = reader->summary = false;
    reader->announced = reader->came = reader->passed = reader->failed = 0;
}

/* "Running 13 tests from 6 test suites." and "13 tests from 6 test suites ran. (0 ms total)" */
static bool take_frame(struct gtest_reader *reader, struct bytes text, const struct line *line)
{
    uint64_t number;
    if (scan_word(&text, "Running ") && scan_number(&text, &number)) {
        close_program(reader, line);
        reader->open = true;
        reader->announced = number;
        reader->offset = line->offset;
        return true;
    }
    if (!scan_number(&text, &number) || scan_find(text, " ran.") == SIZE_MAX)
        return false;
    if (reader->running.len > 0)
        emit_damage(&reader->base.emitter, line, "a summary in the middle of a test");
    else if (reader->open && reader->announced != reader->came)
        damage_program(reader, line, "tests", reader->announced, reader->came);
    else if (reader->open && number != reader->came)
        damage_program(reader, line, "tests", number, reader->came);
    reader->open = false;
    reader->summary = true;
    return true;
}

/* "[  PASSED  ] 8 tests." and "[  FAILED  ] 4 tests, listed below:" */
static void check_summary(struct gtest_reader *reader, bool failed, struct bytes text,
                          const struct line *line)
{
    uint64_t number, came = failed ? reader->failed : reader->passed;
    if (!scan_number(&text, &number) || !bytes_starts(text, " test") || number == came)
        return;
    char reason[80];
    snprintf(reason, sizeof reason, "%llu tests %s in the summary, %llu came", (unsigned long long)number,
             failed ? "failed" : "passed", (unsigned long long)came);
    emit_damage(&reader->base.emitter, line, reason);
}

/* A line behind the end of the tests. */
static void take_summary(struct gtest_reader *reader, enum mark mark, struct bytes text,
                         const struct line *line)
{
    static const char suite[] = ": SetUpTestSuite or TearDownTestSuite";
    if (mark == MARK_OTHER || mark == MARK_FAILED)
        check_summary(reader, mark == MARK_FAILED, text, line);
    if (mark == MARK_FAILED && scan_ends(text, suite)) {
        name_test(reader, (struct bytes){text.data, text.len - strlen(suite)});
        reader->runnable = false;
        keep_text(&reader->output, buf_bytes(&reader->between));
        finish(reader, EVENT_FAIL, TAG_ERROR, 0);
    }
}

static void start_test(struct gtest_reader *reader, struct bytes name, const struct line *line)
{
    if (reader->running.len > 0)
        emit_damage(&reader->base.emitter, line, "a test that begins in the middle of another");
    flush_output(reader);
    buf_clear(&reader->running);
    keep_text(&reader->running, name);
    name_test(reader, name);
    const struct outcome_said said = {.status = EVENT_INPROGRESS, .runnable = reader->runnable};
    emit_outcome(&reader->base.emitter, buf_bytes(&reader->id), &said);
}

static void end_test(struct gtest_reader *reader, enum mark mark, struct bytes text, const struct line *line)
{
    int64_t duration_ns;
    struct bytes name = read_name(text, &duration_ns);
    enum event_status status = mark == MARK_OK       ? EVENT_SUCCESS
                               : mark == MARK_FAILED ? EVENT_FAIL
                                                     : EVENT_SKIP;
    if (!bytes_equal(name, buf_bytes(&reader->running))) {
        emit_damage(&reader->base.emitter, line, "the end of a test that does not run");
        name_test(reader, name);
    }
    finish(reader, status, NULL, duration_ns);
}

/* A test that is switched off. It is not among those announced. */
static void skip_disabled(struct gtest_reader *reader, struct bytes name)
{
    name_test(reader, name);
    emit_text(&reader->base.emitter, buf_bytes(&reader->id), "reason", bytes_of("disabled"), true);
    const struct outcome_said said = {.status = EVENT_SKIP, .runnable = reader->runnable};
    emit_outcome(&reader->base.emitter, buf_bytes(&reader->id), &said);
}

static void take_other(struct gtest_reader *reader, const struct line *line)
{
    keep_text(&reader->output, line->text);
    if (line->ended)
        keep_text(&reader->output, bytes_of("\n"));
    if (reader->running.len == 0)
        flush_output(reader);
}

static void take_line(void *owner, const struct line *line)
{
    struct gtest_reader *reader = owner;
    struct bytes before = {0}, after = {0};
    buf_clear(&reader->plain);
    keep_plain(&reader->plain, line->text);
    enum mark mark = find_mark(buf_bytes(&reader->plain), &before, &after);
    bool ends = mark == MARK_OK || mark == MARK_FAILED || mark == MARK_SKIPPED;
    bool known = mark != MARK_NONE && (reader->running.len == 0 || ends || before.len == 0);
    if (!known) {
        take_other(reader, line);
        return;
    }
    keep_text(&reader->output, before);
    if (reader->running.len == 0)
        flush_output(reader);
    if (mark == MARK_SUMMARY)
        take_frame(reader, after, line);
    else if (reader->summary)
        take_summary(reader, mark, after, line);
    else if (mark == MARK_RUN)
        start_test(reader, after, line);
    else if (mark == MARK_DISABLED)
        skip_disabled(reader, after);
    else if (ends)
        end_test(reader, mark, after, line);
}

static void gtest_init(void *state, const struct event_sink *sink, void *owner)
{
    *(struct gtest_reader *)state = (struct gtest_reader){.base = line_reader(sink, owner, take_line)};
}

static void gtest_end(void *state)
{
    struct gtest_reader *reader = state;
    const struct line end = line_reader_end(reader);
    close_program(reader, &end);
}

static void gtest_release(void *state)
{
    struct gtest_reader *reader = state;
    line_reader_release(&reader->base);
    names_release(&reader->names);
    buf_release(&reader->running);
    buf_release(&reader->output);
    buf_release(&reader->plain);
    buf_release(&reader->id);
    buf_release(&reader->between);
    buf_release(&reader->scratch);
}

static int gtest_guess(struct bytes head, bool whole)
{
    (void)whole;
    if (scan_find(head, "[==========] ") != SIZE_MAX || scan_find(head, "[==========]\x1b") != SIZE_MAX)
        return 85;
    return scan_find(head, "[ RUN      ] ") != SIZE_MAX ? 80 : 0;
}

const struct stream_format gtest_format = {
    .name = "gtest",
    .title = "GoogleTest's text",
    .size = sizeof(struct gtest_reader),
    .init = gtest_init,
    .feed = line_reader_feed,
    .end = gtest_end,
    .release = gtest_release,
    .guess = gtest_guess,
};
