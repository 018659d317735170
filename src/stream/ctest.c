#include "stream/ctest.h"

#include "core/vec.h"
#include "stream/line_reader.h"
#include "stream/scan.h"
#include "stream/times.h"

#include <stdlib.h>

#define OUTPUT_MAX (1 << 20) /* octets kept of what a test wrote */
#define RUNNING_MAX 1024     /* tests at once */
#define SECOND_NS INT64_C(1000000000)

struct started {
    uint64_t number;
    char *name;
};

struct ctest_reader {
    struct line_reader base;
    VEC(struct started) running;
    struct buf failed;          /* the test that has failed, whose output follows; empty: none */
    struct outcome_said result; /* of it */
    struct buf reason;          /* likewise */
    struct buf output;          /* of it, or of the only test that runs */
    uint64_t failures;          /* tests that failed in this project */
    uint64_t offset;            /* of its first line */
    bool open;                  /* it has begun and has no summary yet */
    bool began;                 /* it has begun to run tests */
    bool over;                  /* it has told its summary: what follows repeats it */
};

static void keep(struct ctest_reader *reader, const struct line *line)
{
    size_t room = OUTPUT_MAX > reader->output.len ? OUTPUT_MAX - reader->output.len : 0;
    buf_add(&reader->output, line->text.data, line->text.len < room ? line->text.len : room);
    if (line->ended && room > 0)
        buf_putc(&reader->output, '\n');
}

static void tell(struct ctest_reader *reader, struct bytes id, const struct outcome_said *said)
{
    struct bytes output = scan_trim_end(buf_bytes(&reader->output));
    if (reader->reason.len > 0)
        emit_text(&reader->base.emitter, id, "reason", buf_bytes(&reader->reason), true);
    if (output.len > 0)
        emit_text(&reader->base.emitter, id, "stdout", output, true);
    emit_outcome(&reader->base.emitter, id, said);
    reader->failures += said->status == EVENT_FAIL;
    buf_clear(&reader->output);
    buf_clear(&reader->reason);
}

/* The output of the test that failed is complete: something else has begun. */
static void settle(struct ctest_reader *reader)
{
    if (reader->failed.len > 0)
        tell(reader, buf_bytes(&reader->failed), &reader->result);
    buf_clear(&reader->failed);
}

/* "      Start  2: NAME" */
static bool take_start(struct ctest_reader *reader, struct bytes text, const struct line *line)
{
    struct started started;
    text = scan_trim(text);
    if (!scan_word(&text, "Start "))
        return false;
    text = scan_trim(text);
    if (!scan_number(&text, &started.number) || !scan_word(&text, ": "))
        return false;
    settle(reader);
    reader->began = true;
    if (reader->running.len == RUNNING_MAX) {
        emit_damage(&reader->base.emitter, line, "more tests at once than anybody runs");
        return true;
    }
    started.name = bytes_dup(text);
    vec_push(&reader->running, started);
    const struct outcome_said said = {.status = EVENT_INPROGRESS, .runnable = true};
    emit_outcome(&reader->base.emitter, text, &said);
    return true;
}

/* The name of the test that has ended: ctest fills the line up with dots. */
static char *end_of(struct ctest_reader *reader, uint64_t number, struct bytes before)
{
    struct started *each;
    vec_each (each, &reader->running) {
        if (each->number != number)
            continue;
        char *name = each->name;
        *each = reader->running.items[--reader->running.len];
        return name;
    }
    before = scan_trim_end(before);
    while (before.len > 0 && before.data[before.len - 1] == '.')
        before.len--;
    return bytes_dup(scan_trim_end(before));
}

/* What stands behind the dots: "Passed", "***Failed", "***Exception: SegFault", "***Not Run (Disabled)". */
static struct outcome_said read_result(struct ctest_reader *reader, struct bytes text)
{
    struct outcome_said said = {.status = EVENT_FAIL, .runnable = true};
    size_t last = scan_find_last(text, "  ");
    if (last != SIZE_MAX && scan_ends(text, " sec")) {
        said.duration_ns = duration_read(scan_trim(scan_skip(text, last)), SECOND_NS);
        text.len = last;
    }
    text = scan_trim(text);
    if (bytes_is(text, "Passed")) {
        said.status = EVENT_SUCCESS;
    } else if (bytes_starts(text, "***Skipped") || bytes_is(text, "***Not Run (Disabled)")) {
        said.status = EVENT_SKIP;
        buf_puts(&reader->reason, bytes_starts(text, "***S") ? "it said so" : "disabled");
    } else if (bytes_starts(text, "***Timeout")) {
        said.tag = TAG_TIMEOUT;
    } else if (bytes_starts(text, "***Not Run") || bytes_starts(text, "***Could not run")) {
        said.tag = TAG_NOT_RUN;
    } else if (scan_word(&text, "***Exception:")) {
        text = scan_trim(text);
        said.tag = TAG_CRASH;
        buf_add(&reader->reason, text.data, text.len);
    } else if (scan_word(&text, "***Failed")) {
        text = scan_trim(text);
        buf_add(&reader->reason, text.data, text.len);
    }
    return said;
}

/* Why ctest did not run it is the last line that it said before. */
static void explain_not_run(struct ctest_reader *reader)
{
    struct bytes output = scan_trim_end(buf_bytes(&reader->output));
    size_t last = scan_find_last(output, "\n");
    struct bytes why = last != SIZE_MAX ? scan_skip(output, last + 1) : output;
    buf_add(&reader->reason, why.data, why.len);
}

/* " 2/12 Test  #2: NAME ......***Failed    0.02 sec" */
static bool take_result(struct ctest_reader *reader, struct bytes text)
{
    uint64_t at, of, number;
    text = scan_trim(text);
    if (!scan_number(&text, &at) || !scan_word(&text, "/") || !scan_number(&text, &of) ||
        !scan_word(&text, " Test "))
        return false;
    text = scan_trim(text);
    if (!scan_word(&text, "#") || !scan_number(&text, &number) || !scan_word(&text, ": "))
        return false;
    size_t result = scan_find_last(text, "***");
    if (result == SIZE_MAX)
        result = scan_find_last(text, "   Passed");
    if (result == SIZE_MAX)
        return false;
    settle(reader);
    char *name = end_of(reader, number, (struct bytes){text.data, result});
    struct outcome_said said = read_result(reader, scan_skip(text, result));
    if (said.tag != NULL && strcmp(said.tag, TAG_NOT_RUN) == 0)
        explain_not_run(reader);
    if (said.status == EVENT_FAIL) {
        buf_puts(&reader->failed, name);
        reader->result = said;
    } else {
        tell(reader, bytes_of(name), &said);
    }
    free(name);
    return true;
}

/* The project is over. */
static void close_project(struct ctest_reader *reader)
{
    settle(reader);
    if (reader->open && reader->began)
        reader->base.emitter.sink->damage(reader->base.emitter.owner, "a run of ctest without a summary",
                                          reader->offset, 0);
    struct started *each;
    vec_each (each, &reader->running)
        free(each->name);
    reader->running.len = 0;
    reader->open = reader->began = reader->over = false;
    reader->failures = 0;
    emit_noise(&reader->base.emitter, buf_bytes(&reader->output));
    buf_clear(&reader->output);
}

/* "36% tests passed, 7 tests failed out of 11" */
static bool take_summary(struct ctest_reader *reader, struct bytes text, const struct line *line)
{
    uint64_t percent, failed;
    if (!scan_number(&text, &percent) || !scan_word(&text, "% tests passed, ") ||
        !scan_number(&text, &failed) || scan_find(text, " out of ") == SIZE_MAX)
        return false;
    settle(reader);
    char reason[80];
    snprintf(reason, sizeof reason, "%llu tests failed in the summary, %llu came", (unsigned long long)failed,
             (unsigned long long)reader->failures);
    if (failed != reader->failures)
        emit_damage(&reader->base.emitter, line, reason);
    reader->open = false;
    reader->over = true;
    return true;
}

/* What is not ctest's own is output of the test that has failed or the only one that runs. */
static void take_other(struct ctest_reader *reader, const struct line *line)
{
    if (reader->open && (reader->failed.len > 0 || reader->running.len == 1))
        keep(reader, line);
    else if (!reader->over && !bytes_starts(line->text, "Internal ctest changing into directory: "))
        emit_noise_line(&reader->base.emitter, line);
}

static void take_line(void *owner, const struct line *line)
{
    struct ctest_reader *reader = owner;
    bool project = bytes_starts(line->text, "Test project ");
    if (project) {
        close_project(reader);
        reader->open = true;
        reader->offset = line->offset;
    } else if (!reader->open || (!take_start(reader, line->text, line) && !take_result(reader, line->text) &&
                                 !take_summary(reader, line->text, line))) {
        take_other(reader, line);
    }
}

static void ctest_init(void *state, const struct event_sink *sink, void *owner)
{
    struct ctest_reader *reader = state;
    *reader = (struct ctest_reader){.base = line_reader(sink, owner, take_line)};
}

static void ctest_end(void *state)
{
    struct ctest_reader *reader = state;
    line_reader_end(reader);
    close_project(reader);
}

static void ctest_release(void *state)
{
    struct ctest_reader *reader = state;
    struct started *each;
    vec_each (each, &reader->running)
        free(each->name);
    vec_release(&reader->running);
    line_reader_release(&reader->base);
    buf_release(&reader->failed);
    buf_release(&reader->reason);
    buf_release(&reader->output);
}

static int ctest_guess(struct bytes head, bool whole)
{
    (void)whole;
    size_t project = scan_find(head, "Test project ");
    bool at_start = project == 0 || (project != SIZE_MAX && head.data[project - 1] == '\n');
    return at_start && scan_find(scan_skip(head, project), " Start ") != SIZE_MAX ? 90 : 0;
}

const struct stream_format ctest_format = {
    .name = "ctest",
    .title = "what ctest prints",
    .size = sizeof(struct ctest_reader),
    .init = ctest_init,
    .feed = line_reader_feed,
    .end = ctest_end,
    .release = ctest_release,
    .guess = ctest_guess,
};
