#include "stream/libtest_json.h"

#include "core/map.h"
#include "core/vec.h"
#include "stream/libtest_suites.h"
#include "stream/libtest_text.h"
#include "stream/lines.h"
#include "stream/names.h"
#include "stream/testcase.h"

#include <stdlib.h>
#include <string.h>

#define RUNNING_MAX 65536

struct running {
    char *name, *id;
    bool runnable;
};

struct libtest_reader {
    const struct event_sink *sink;
    void *owner;
    struct lines lines;
    struct libtest_suites suites;
    VEC(struct running) running;
    struct map map; /* name to running */
    struct names names;
    bool any;
};

static void damage(struct libtest_reader *reader, const struct line *line, const char *who, const char *what)
{
    char reason[160];
    snprintf(reason, sizeof reason, "%.90s%s%s", who, *who != '\0' ? ": " : "", what);
    for (char *c = reason; *c != '\0'; c++)
        *c = *c == '\n' || *c == '\r' ? ' ' : *c;
    reader->sink->damage(reader->owner, reason, line->offset, line->text.len);
}

static void noise(struct libtest_reader *reader, struct bytes text, bool newline)
{
    if (text.len > 0)
        reader->sink->noise(reader->owner, text);
    if (newline)
        reader->sink->noise(reader->owner, bytes_of("\n"));
}

static void drop_running(struct libtest_reader *reader, size_t at)
{
    struct running gone = reader->running.items[at];
    map_remove(&reader->map, bytes_of(gone.name));
    struct running *last = &reader->running.items[--reader->running.len];
    if (at < reader->running.len) {
        reader->running.items[at] = *last;
        map_put(&reader->map, bytes_of(last->name), at);
    }
    free(gone.name);
    free(gone.id);
}

/* What still runs in the suite ends so. Returns how many these were. */
static size_t end_running(struct libtest_reader *reader, const struct libtest_suite *suite,
                          struct testcase how)
{
    size_t ended = 0;
    for (size_t i = reader->running.len; i-- > 0;) {
        const struct running *running = &reader->running.items[i];
        if (!libtest_suite_has(suite, running->name))
            continue;
        how.id = bytes_of(running->id);
        how.runnable = running->runnable;
        testcase_tell(&how, reader->sink, reader->owner);
        drop_running(reader, i);
        ended++;
    }
    return ended;
}

/* The suite is over, or is never going to be. What still runs in it died with its process. */
static void close_suite(struct libtest_reader *reader, struct libtest_suite *suite, const struct line *line)
{
    const struct line since = {.offset = suite->offset, .text.len = (size_t)(line->offset - suite->offset)};
    const struct testcase died = {
        .status = EVENT_FAIL, .tag = TAG_CRASH, .reason = bytes_of("its process ended while it ran")};
    char reason[80];
    suite->failed += end_running(reader, suite, died);
    uint64_t came = suite->passed + suite->failed + suite->ignored;
    snprintf(reason, sizeof reason, "%llu tests planned, %llu came", (unsigned long long)suite->planned,
             (unsigned long long)came);
    if (came < suite->planned)
        damage(reader, &since, suite->id, reason);
    libtest_suites_close(&reader->suites, suite);
}

static void open_suite(struct libtest_reader *reader, const struct libtest_line *said,
                       const struct line *line)
{
    struct libtest_suite *same;
    while ((same = libtest_suites_find(&reader->suites, said)) != NULL)
        close_suite(reader, same, line);
    if (!libtest_suites_open(&reader->suites, said, line->offset))
        damage(reader, line, "", "too many suites at once");
}

/* Of a suite of nextest some tests have begun that it has said nothing about. Those may be all that it
 * ignored: it says so only when a test ends behind them. Or the suite is told in pieces, an end for each, and
 * they still run. */
static void settle_ignored(struct libtest_reader *reader, struct libtest_suite *suite, uint64_t ignored)
{
    size_t begun = 0;
    for (size_t i = 0; i < reader->running.len; i++)
        begun += libtest_suite_has(suite, reader->running.items[i].name);
    if (begun == ignored - suite->ignored)
        suite->ignored += end_running(reader, suite, (struct testcase){.status = EVENT_SKIP});
}

static void end_suite(struct libtest_reader *reader, const struct libtest_line *said, const struct line *line)
{
    struct libtest_suite *suite = libtest_suites_find(&reader->suites, said);
    char reason[120];
    if (suite == NULL) {
        damage(reader, line, buf_str(&said->binary), "the end of a suite that never began");
        return;
    }
    snprintf(reason, sizeof reason, "%llu passed and %llu failed, it says; %llu and %llu came",
             (unsigned long long)said->passed, (unsigned long long)said->failed,
             (unsigned long long)suite->passed, (unsigned long long)suite->failed);
    if (said->passed != suite->passed || said->failed != suite->failed)
        damage(reader, line, suite->id, reason);
    suite->planned = 0; /* a run that was cancelled ends orderly, with less */
    if (suite->label[0] == '\0') {
        close_suite(reader, suite, line);
        return;
    }
    settle_ignored(reader, suite, said->ignored);
    libtest_suites_close(&reader->suites, suite);
}

static void start(struct libtest_reader *reader, const char *name, const struct line *line)
{
    struct buf id = {0};
    if (map_get(&reader->map, bytes_of(name)) != MAP_NONE) {
        damage(reader, line, name, "begins while it runs");
        return;
    }
    if (reader->running.len >= RUNNING_MAX) {
        damage(reader, line, name, "too many tests at once");
        return;
    }
    buf_puts(&id, name);
    struct running running = {.name = mem_strdup(name), .runnable = names_add_distinct(&reader->names, &id)};
    running.id = buf_take(&id);
    vec_push(&reader->running, running);
    map_put(&reader->map, bytes_of(running.name), reader->running.len - 1);
    const struct event event = {
        .test_id = bytes_of(running.id), .status = EVENT_INPROGRESS, .runnable = running.runnable};
    reader->sink->event(reader->owner, &event);
}

static void tell(struct libtest_reader *reader, const struct libtest_line *said,
                 const struct running *running)
{
    static const enum event_status statuses[] = {[LIBTEST_OK] = EVENT_SUCCESS,
                                                 [LIBTEST_FAILED] = EVENT_FAIL,
                                                 [LIBTEST_ALLOWED] = EVENT_XFAIL,
                                                 [LIBTEST_IGNORED] = EVENT_SKIP};
    struct bytes output = buf_bytes(&said->stdout), message = buf_bytes(&said->message);
    size_t panic = libtest_find_panic(output), printed = panic;
    if (panic < output.len && panic > 0 && (panic == 1 || output.data[panic - 2] == '\n'))
        printed--; /* the empty line before a panic is the panic's */
    bool failed = said->kind == LIBTEST_FAILED;
    struct testcase told = {.id = bytes_of(running->id),
                            .status = statuses[said->kind],
                            .runnable = running->runnable,
                            .duration_ns = said->duration_ns};
    if (failed && said->time_limit) {
        told.tag = TAG_TIMEOUT;
        told.reason = bytes_of("time limit exceeded");
    }
    if (failed) {
        told.message = message;
        told.traceback = (struct bytes){output.data + panic, output.len - panic};
        told.output = (struct bytes){output.data, printed};
    } else {
        told.reason = message;
    }
    testcase_tell(&told, reader->sink, reader->owner);
}

static void finish(struct libtest_reader *reader, const struct libtest_line *said, const char *name,
                   const struct line *line)
{
    size_t at = map_get(&reader->map, bytes_of(name));
    if (at == MAP_NONE && names_has(&reader->names, bytes_of(name))) {
        damage(reader, line, name, "a result of a test that is over");
        return;
    }
    if (at == MAP_NONE) {
        start(reader, name, line);
        at = map_get(&reader->map, bytes_of(name));
    }
    if (at == MAP_NONE)
        return;
    struct libtest_suite *suite = libtest_suites_of(&reader->suites, name);
    if (suite != NULL) {
        suite->passed += said->kind == LIBTEST_OK;
        suite->failed += said->kind == LIBTEST_FAILED || said->kind == LIBTEST_ALLOWED;
        suite->ignored += said->kind == LIBTEST_IGNORED;
    }
    tell(reader, said, &reader->running.items[at]);
    drop_running(reader, at);
}

/* Nextest puts "#2" behind the name of a test that it tried twice. Takes it off; returns the number, 0 none.
 */
static unsigned long strip_retry(struct buf *name)
{
    size_t len = name->len;
    while (len > 0 && name->data[len - 1] >= '0' && name->data[len - 1] <= '9')
        len--;
    bool retry = len > 0 && len < name->len && name->data[len - 1] == '#';
    if (!retry || memchr(name->data, '$', name->len) == NULL)
        return 0;
    unsigned long tries = strtoul(name->data + len, NULL, 10);
    name->len = len - 1;
    name->data[name->len] = '\0';
    return tries;
}

static void take_event(struct libtest_reader *reader, struct libtest_line *said, const struct line *line)
{
    unsigned long tries = strip_retry(&said->name);
    if (tries > 0 && said->kind == LIBTEST_OK)
        buf_printf(&said->message, "flaky: it passed at try %lu", tries);
    libtest_suites_identify(&reader->suites, &said->name);
    const char *name = buf_str(&said->name);
    reader->any = true;
    if (said->kind == LIBTEST_SUITE_STARTED)
        open_suite(reader, said, line);
    else if (said->kind == LIBTEST_SUITE_ENDED)
        end_suite(reader, said, line);
    else if (said->kind == LIBTEST_STARTED)
        start(reader, name, line);
    else if (said->kind >= LIBTEST_OK)
        finish(reader, said, name, line);
    if (said->kind != LIBTEST_FOUND)
        return;
    const struct event event = {.test_id = bytes_of(name), .status = EVENT_EXISTS, .runnable = true};
    reader->sink->event(reader->owner, &event);
}

static void take_line(void *owner, const struct line *line)
{
    struct libtest_reader *reader = owner;
    struct libtest_line said = libtest_line(line->text);
    noise(reader, said.before, said.kind == LIBTEST_NONE && line->ended && said.before.len == line->text.len);
    if (line->lost > 0)
        damage(reader, line, "", "a line of more than 1 MiB");
    else if (said.kind == LIBTEST_BROKEN)
        damage(reader, line, "", "an event that is not well-formed");
    else if (said.kind == LIBTEST_NONE && said.before.len < line->text.len)
        noise(reader, (struct bytes){line->text.data + said.before.len, line->text.len - said.before.len},
              line->ended);
    else if (said.kind != LIBTEST_NONE)
        take_event(reader, &said, line);
    libtest_line_release(&said);
}

static void libtest_init(void *state, const struct event_sink *sink, void *owner)
{
    *(struct libtest_reader *)state = (struct libtest_reader){.sink = sink, .owner = owner};
}

static void libtest_feed(void *state, const void *data, size_t len)
{
    struct libtest_reader *reader = state;
    lines_feed(&reader->lines, (struct bytes){data, len}, take_line, reader);
}

static void libtest_end(void *state)
{
    struct libtest_reader *reader = state;
    lines_end(&reader->lines, take_line, reader);
    for (size_t i = 0; i < reader->suites.open.len; i++) {
        const struct libtest_suite *suite = &reader->suites.open.items[i];
        const struct line since = {.offset = suite->offset,
                                   .text.len = (size_t)(reader->lines.offset - suite->offset)};
        damage(reader, &since, suite->id, "the stream ends before its suite does");
    }
    if (reader->suites.open.len == 0 && reader->running.len > 0)
        damage(reader, &(struct line){.offset = reader->lines.offset}, reader->running.items[0].name,
               "it began, and its end is not told");
    if (!reader->any)
        damage(reader, &(struct line){.text.len = (size_t)reader->lines.offset}, "", "no events of tests");
}

static void libtest_release(void *state)
{
    struct libtest_reader *reader = state;
    while (reader->running.len > 0)
        drop_running(reader, reader->running.len - 1);
    libtest_suites_release(&reader->suites);
    vec_release(&reader->running);
    map_release(&reader->map);
    names_release(&reader->names);
    lines_release(&reader->lines);
}

static int libtest_guess(struct bytes head, bool whole)
{
    int sure = 0;
    (void)whole;
    for (size_t at = 0, len; at < head.len && sure == 0; at += len + 1) {
        const char *newline = memchr(head.data + at, '\n', head.len - at);
        len = newline != NULL ? (size_t)(newline - head.data) - at : head.len - at;
        struct libtest_line said = libtest_line((struct bytes){head.data + at, len});
        if (said.kind != LIBTEST_NONE && said.kind != LIBTEST_BROKEN)
            sure = 95;
        libtest_line_release(&said);
    }
    return sure;
}

const struct stream_format libtest_json_format = {
    .name = "libtest-json",
    .title = "Rust's test harness with --format json, cargo-nextest",
    .size = sizeof(struct libtest_reader),
    .init = libtest_init,
    .feed = libtest_feed,
    .end = libtest_end,
    .release = libtest_release,
    .guess = libtest_guess,
};
