#include "stream/node_spec.h"

#include "stream/line_reader.h"
#include "stream/names.h"
#include "stream/node_spec_line.h"
#include "stream/node_spec_why.h"
#include "stream/scan.h"

#include <strings.h>

#define SUITES_MAX 256 /* one in the other */
#define BETWEEN " > "

struct suite {
    char *name;
    bool failed; /* a test in it */
};

/* What came of a run, and what it says of itself. */
struct run {
    uint64_t lines; /* tests and suites that ended */
    uint64_t failed, suites_failed;
    bool counted;                            /* its counts have come */
    bool mute;                               /* its suites do not say whether they failed */
    uint64_t tests, suites, fail, cancelled; /* as it says */
    uint64_t offset;                         /* of its first line */
};

enum where { IN_TESTS, IN_END, IN_FAILURES };

struct node_reader {
    struct line_reader base;
    struct names names;
    VEC(struct suite) suites; /* that are open */
    struct run run;
    enum where where;
    bool any; /* there was a run */
    struct node_spec_why why;
    struct buf plain, id; /* scratch */
};

static void close_to(struct node_reader *reader, size_t depth)
{
    while (reader->suites.len > depth)
        free(reader->suites.items[--reader->suites.len].name);
}

static void damage_run(const struct node_reader *reader, const struct line *line, const char *reason)
{
    const struct emitter *to = &reader->base.emitter;
    to->sink->damage(to->owner, reason, reader->run.offset, line->offset - reader->run.offset);
}

/* The run is over at this line. */
static void close_run(struct node_reader *reader, const struct line *line)
{
    if (!reader->run.counted)
        damage_run(reader, line, reader->any ? "a run that ends without its counts" : "no tests of node");
    node_spec_settle(&reader->why);
    close_to(reader, 0);
    reader->run = (struct run){0};
    reader->where = IN_TESTS;
}

/* What it says of itself has come. */
static void check(const struct node_reader *reader, const struct line *line)
{
    const struct run *run = &reader->run;
    uint64_t fail = run->fail + run->cancelled, failed = run->failed + run->suites_failed;
    char reason[120];
    if (run->lines != run->tests + run->suites)
        snprintf(reason, sizeof reason, "%llu tests and %llu suites announced, %llu came",
                 (unsigned long long)run->tests, (unsigned long long)run->suites,
                 (unsigned long long)run->lines);
    else if (fail == 0 && run->failed > 0)
        snprintf(reason, sizeof reason, "no failures announced, %llu came", (unsigned long long)run->failed);
    else if (fail > 0 && failed == 0 && !run->mute)
        snprintf(reason, sizeof reason, "%llu failures announced, none came", (unsigned long long)fail);
    else
        return;
    damage_run(reader, line, reason);
}

/* "ℹ tests 24", "ℹ duration_ms 5416.58" as the last of them. Returns false: it is something else that a test
 * said. */
static bool take_info(struct node_reader *reader, struct bytes text, const struct line *line)
{
    struct run *run = &reader->run;
    uint64_t ignored;
    const struct {
        const char *word;
        uint64_t *count;
    } counts[] = {{"tests ", &run->tests}, {"suites ", &run->suites},       {"pass ", &ignored},
                  {"fail ", &run->fail},   {"cancelled ", &run->cancelled}, {"skipped ", &ignored},
                  {"todo ", &ignored}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct bytes rest = text;
        uint64_t number;
        if (scan_word(&rest, counts[i].word) && scan_number(&rest, &number) && rest.len == 0) {
            *counts[i].count = number;
            return true;
        }
    }
    if (!scan_word(&text, "duration_ms ") || !scan_number(&text, &ignored))
        return false;
    check(reader, line);
    run->counted = true;
    reader->where = IN_END;
    return true;
}

static void put_path(struct node_reader *reader, size_t depth, struct bytes name)
{
    buf_clear(&reader->id);
    for (size_t i = 0; i < depth; i++)
        buf_printf(&reader->id, "%s" BETWEEN, reader->suites.items[i].name);
    keep_text(&reader->id, name);
}

/* A test that fails as it is to is none that passes by surprise. */
static enum event_status status_of(const struct node_spec_line *said)
{
    bool expected = bytes_is(said->directive, "EXPECTED FAILURE"), may = said->directive.len > 0;
    if (said->mark == NODE_PASS)
        return expected ? EVENT_XFAIL : may ? EVENT_UXSUCCESS : EVENT_SUCCESS;
    if (said->mark == NODE_FAIL)
        return may && !expected ? EVENT_XFAIL : EVENT_FAIL;
    return said->mark == NODE_SKIP ? EVENT_SKIP : EVENT_XFAIL;
}

/* Whether the directive is a reason that somebody wrote, and not the reporter's own word. */
static bool is_reason(struct bytes directive)
{
    static const char *const words[] = {"skip", "todo", "expected failure"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (directive.len == strlen(words[i]) && strncasecmp(directive.data, words[i], directive.len) == 0)
            return false;
    return directive.len > 0;
}

static void emit(struct node_reader *reader, const struct node_spec_line *said)
{
    const struct outcome_said outcome = {.status = status_of(said), .duration_ns = said->duration_ns};
    emit_unique(&reader->names, &reader->id);
    if (is_reason(said->directive))
        emit_text(&reader->base.emitter, buf_bytes(&reader->id), "reason", said->directive, true);
    emit_outcome(&reader->base.emitter, buf_bytes(&reader->id), &outcome);
}

/* A suite ends. It is told of only where it failed, and not for its tests. */
static void end_suite(struct node_reader *reader, const struct node_spec_line *said)
{
    bool tests_failed = reader->suites.items[said->depth].failed;
    bool failed = said->mark == NODE_FAIL && status_of(said) == EVENT_FAIL, own = failed && !tests_failed;
    close_to(reader, said->depth);
    put_path(reader, said->depth, said->name);
    if (own)
        emit(reader, said);
    else if (failed || said->mark == NODE_SUITE)
        emit_unique(&reader->names, &reader->id);
    reader->run.suites_failed += own;
    reader->run.mute = reader->run.mute || said->mark == NODE_SUITE;
    if (failed || said->mark == NODE_SUITE) {
        node_spec_failed(&reader->why, said->text, buf_bytes(&reader->id), own);
        node_spec_expect(&reader->why, said->depth);
    }
    if (said->depth > 0)
        reader->suites.items[said->depth - 1].failed |= failed || tests_failed;
}

static void end_test(struct node_reader *reader, const struct node_spec_line *said)
{
    bool failed = status_of(said) == EVENT_FAIL;
    close_to(reader, said->depth);
    put_path(reader, said->depth, said->name);
    emit(reader, said);
    reader->run.failed += failed;
    if (said->mark == NODE_FAIL || said->mark == NODE_TODO) {
        node_spec_failed(&reader->why, said->text, buf_bytes(&reader->id), true);
        node_spec_expect(&reader->why, said->depth);
    }
    if (said->depth > 0 && failed)
        reader->suites.items[said->depth - 1].failed = true;
}

/* A line with a mark before it. Returns false: it is somebody's output. */
static bool take_marked(struct node_reader *reader, const struct node_spec_line *said,
                        const struct line *line)
{
    if (said->mark == NODE_INFO)
        return said->depth == 0 && take_info(reader, said->text, line);
    bool begins = said->mark == NODE_SUITE && !said->timed;
    bool ends = said->timed || said->mark == NODE_FAIL;
    if (said->depth > reader->suites.len || (!begins && !ends) || said->depth >= SUITES_MAX)
        return false;
    if (reader->where != IN_TESTS)
        close_run(reader, line);
    if (reader->run.lines == 0 && reader->suites.len == 0)
        reader->run.offset = line->offset;
    reader->any = true;
    if (begins) {
        close_to(reader, said->depth);
        vec_push(&reader->suites, (struct suite){.name = bytes_dup(said->name)});
        return true;
    }
    bool suite =
        said->depth < reader->suites.len && bytes_is(said->name, reader->suites.items[said->depth].name);
    reader->run.lines++;
    if (suite)
        end_suite(reader, said);
    else if (said->mark != NODE_SUITE)
        end_test(reader, said);
    return true;
}

/* A line behind "✖ failing tests:". Returns false: it is none of that. */
static bool take_failure(struct node_reader *reader, struct bytes text, const struct node_spec_line *said,
                         const struct line *line)
{
    static const char place[] = "test at ";
    if (bytes_starts(text, place)) {
        node_spec_place(&reader->why, scan_skip(text, sizeof place - 1));
        return true;
    }
    if ((said->mark != NODE_FAIL && said->mark != NODE_TODO) || said->depth > 0)
        return false;
    if (node_spec_at(&reader->why, said->text))
        return true;
    if (reader->why.place.len == 0)
        return false;
    emit_damage(&reader->base.emitter, line, "a failure of a test that did not come before");
    buf_clear(&reader->why.place);
    return true;
}

static void take_line(void *owner, const struct line *line)
{
    struct node_reader *reader = owner;
    buf_clear(&reader->plain);
    keep_plain(&reader->plain, line->text);
    struct bytes text = buf_bytes(&reader->plain);
    struct node_spec_line said = node_spec_line(text);
    if (node_spec_explain(&reader->why, text, said.mark != NODE_NONE))
        return;
    if (reader->any && bytes_is(text, "✖ failing tests:"))
        reader->where = IN_FAILURES;
    else if (reader->where == IN_FAILURES && take_failure(reader, text, &said, line))
        return;
    else if ((said.mark == NODE_NONE || !take_marked(reader, &said, line)) && (text.len > 0 || !reader->any))
        emit_noise_line(&reader->base.emitter, line);
}

static void node_init(void *state, const struct event_sink *sink, void *owner)
{
    *(struct node_reader *)state =
        (struct node_reader){.base = line_reader(sink, owner, take_line), .why.emitter = {sink, owner}};
}

static void node_end(void *state)
{
    struct node_reader *reader = state;
    const struct line end = line_reader_end(reader);
    close_run(reader, &end);
}

static void node_release(void *state)
{
    struct node_reader *reader = state;
    close_to(reader, 0);
    vec_release(&reader->suites);
    line_reader_release(&reader->base);
    names_release(&reader->names);
    node_spec_why_release(&reader->why);
    buf_release(&reader->plain);
    buf_release(&reader->id);
}

/* Mocha prints such lines, too, with whole milliseconds. */
static int node_guess(struct bytes head, bool whole)
{
    struct buf plain = {0};
    struct bytes line;
    int sure = 0;
    (void)whole;
    while (sure < 90 && scan_line(&head, &line)) {
        buf_clear(&plain);
        keep_plain(&plain, line);
        struct node_spec_line said = node_spec_line(buf_bytes(&plain));
        if (said.mark == NODE_INFO && bytes_starts(said.text, "tests "))
            sure = 90;
        else if (said.mark != NODE_NONE && said.timed && said.duration_ns % 1000000 != 0)
            sure = 65;
    }
    buf_release(&plain);
    return sure;
}

const struct stream_format node_spec_format = {
    .name = "node-spec",
    .title = "node --test, its reporter spec",
    .size = sizeof(struct node_reader),
    .init = node_init,
    .feed = line_reader_feed,
    .end = node_end,
    .release = node_release,
    .guess = node_guess,
    .late = true,
};
