#include "stream/unittest.h"

#include "core/vec.h"
#include "stream/line_reader.h"
#include "stream/names.h"
#include "stream/scan.h"
#include "stream/unittest_counts.h"
#include "stream/unittest_line.h"
#include "stream/unittest_section.h"

#include <stdlib.h>

#define RULE_LEN 70 /* of the lines between the sections */

enum where { IN_TESTS, IN_HEAD, IN_BODY };

struct unittest_reader {
    struct line_reader base;
    struct names names, failed; /* of all tests, of those that are told as failed */
    struct unittest_counts counts;
    /* The test at hand, whose verdict has not come. */
    struct buf id, output;
    const char *tag;
    bool runnable, described; /* described: the line at hand is its docstring */
    bool skipped, told;       /* by subtests */
    bool announced;           /* as in progress */
    enum event_status maybe;  /* its verdict, if the next line is none, … */
    size_t maybe_length;      /* … and its output then */
    struct strings unknown;   /* tests that ended without a verdict: a subtest of theirs has failed */
    /* The sections. */
    enum where where;
    char rule; /* '=' or '-': a line of them came just now, which may be output */
    uint64_t rule_offset;
    bool error; /* the section's head says so */
    struct unittest_section section;
    struct buf scratch;
};

static void finish(struct unittest_reader *reader, enum event_status status, struct bytes reason)
{
    struct bytes id = buf_bytes(&reader->id);
    if (id.len == 0)
        return;
    if (reason.len > 0)
        emit_text(&reader->base.emitter, id, "reason", reason, true);
    if (reader->output.len > 0)
        emit_text(&reader->base.emitter, id, "stdout", buf_bytes(&reader->output), true);
    bool again = status == EVENT_FAIL && !names_add(&reader->failed, id);
    const struct outcome_said said = {status, status == EVENT_FAIL ? reader->tag : NULL, 0, reader->runnable};
    if (!again)
        emit_outcome(&reader->base.emitter, id, &said);
    bool fixture = reader->tag != NULL && strcmp(reader->tag, TAG_ERROR) == 0;
    reader->counts.tests += !fixture;
    reader->counts.skipped += status == EVENT_SKIP;
    buf_clear(&reader->id);
    buf_clear(&reader->output);
}

/* The test at hand is over, without a verdict of its own. */
static void leave(struct unittest_reader *reader)
{
    if (reader->id.len == 0)
        return;
    if (reader->told || reader->skipped) {
        finish(reader, reader->told ? EVENT_FAIL : EVENT_SKIP, (struct bytes){0});
        return;
    }
    strings_take(&reader->unknown, bytes_dup(buf_bytes(&reader->id)));
    reader->counts.tests++;
    emit_noise(&reader->base.emitter, buf_bytes(&reader->output));
    buf_clear(&reader->id);
    buf_clear(&reader->output);
}

static void start(struct unittest_reader *reader, const struct unittest_name *name)
{
    leave(reader);
    unittest_id(name, &reader->id);
    size_t len = reader->id.len;
    emit_unique(&reader->names, &reader->id);
    reader->tag = name->tag;
    reader->runnable = reader->tag == NULL && reader->id.len == len;
    reader->described = reader->skipped = reader->told = reader->announced = false;
    reader->maybe = EVENT_NONE;
    reader->counts.any = reader->counts.named = true;
}

static void say_running(struct unittest_reader *reader)
{
    const struct outcome_said said = {.status = EVENT_INPROGRESS, .runnable = reader->runnable};
    if (!reader->announced)
        emit_outcome(&reader->base.emitter, buf_bytes(&reader->id), &said);
    reader->announced = true;
}

/* Output of the test at hand, at whose end its verdict may stand: "partial ok". */
static void put_output(struct unittest_reader *reader, struct bytes text)
{
    static const char *const words[] = {" ok", " FAIL", " ERROR", " expected failure", " unexpected success"};
    struct bytes reason;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i]) - 1;
        if (!scan_ends(text, words[i]))
            continue;
        reader->maybe = unittest_verdict(scan_skip(text, text.len - len), &reason);
        reader->maybe_length = reader->output.len + text.len - len;
    }
    keep_line(&reader->output, text);
}

/* What may be a verdict is one: what follows is none. */
static void settle(struct unittest_reader *reader)
{
    if (reader->id.len == 0 || reader->maybe == EVENT_NONE)
        return;
    if (reader->maybe_length < reader->output.len)
        reader->output.len = reader->maybe_length;
    finish(reader, reader->maybe, (struct bytes){0});
}

static void take_verdict(struct unittest_reader *reader, struct bytes text);

/* What stands behind " ... ": a verdict, output, or the next test where this one's subtests have failed. */
static void take_rest(struct unittest_reader *reader, struct bytes rest)
{
    struct bytes reason;
    size_t next = unittest_find(rest);
    struct unittest_name name;
    if (next != SIZE_MAX && unittest_name(scan_skip(rest, next), &name)) {
        keep_text(&reader->output, (struct bytes){rest.data, next});
        start(reader, &name);
        take_rest(reader, scan_skip(name.rest, strlen(" ... ")));
    } else if (unittest_verdict(rest, &reason) != EVENT_NONE) {
        take_verdict(reader, rest);
    } else {
        say_running(reader);
        if (rest.len > 0)
            put_output(reader, rest);
    }
}

static void take_verdict(struct unittest_reader *reader, struct bytes text)
{
    struct bytes reason;
    enum event_status status = unittest_verdict(text, &reason);
    finish(reader, status, reason);
}

/* "  test_x (mod.Class.test_x) [part] (i=1) ... FAIL", of the test at hand. */
static bool take_subtest(struct unittest_reader *reader, struct bytes text)
{
    struct unittest_name name;
    struct bytes reason, rest;
    if (!scan_word(&text, "  ") || !unittest_name(text, &name))
        return false;
    size_t at = scan_find_last(name.rest, " ... ");
    rest = at != SIZE_MAX ? scan_skip(name.rest, at + strlen(" ... ")) : (struct bytes){"", 0};
    enum event_status status = unittest_verdict(rest, &reason);
    buf_clear(&reader->scratch);
    unittest_id(&name, &reader->scratch);
    struct bytes id = buf_bytes(&reader->id), own = buf_bytes(&reader->scratch);
    if (status == EVENT_NONE || own.len > id.len || memcmp(own.data, id.data, own.len) != 0)
        return false;
    reader->skipped = reader->skipped || status == EVENT_SKIP;
    if (status == EVENT_FAIL && names_add(&reader->failed, id)) {
        const struct outcome_said said = {.status = EVENT_FAIL, .runnable = reader->runnable};
        reader->told = true;
        emit_outcome(&reader->base.emitter, id, &said);
    }
    return true;
}

/* A line while a test is at hand. */
static void take_running(struct unittest_reader *reader, struct bytes text)
{
    struct bytes reason;
    if (reader->described) { /* "Subtracts two numbers. ... FAIL" */
        reader->described = false;
        size_t at = scan_find_last(text, " ... ");
        if (at == SIZE_MAX)
            keep_line(&reader->output, text);
        else
            take_rest(reader, scan_skip(text, at + strlen(" ... ")));
    } else if (unittest_verdict(text, &reason) != EVENT_NONE) {
        take_verdict(reader, text);
    } else if (!take_subtest(reader, text)) {
        put_output(reader, text);
    }
}

static void take_test_line(struct unittest_reader *reader, const struct line *line)
{
    struct unittest_name name;
    bool named = !reader->described && unittest_name(line->text, &name);
    if (named && bytes_starts(name.rest, " ... ")) {
        start(reader, &name);
        take_rest(reader, scan_skip(name.rest, strlen(" ... ")));
    } else if (named && name.rest.len == 0) {
        start(reader, &name);
        reader->described = true;
        say_running(reader);
    } else if (reader->id.len > 0) {
        take_running(reader, line->text);
    } else {
        emit_noise_line(&reader->base.emitter, line);
    }
}

static void end_section(struct unittest_reader *reader)
{
    if (reader->where != IN_BODY)
        return;
    reader->counts.failures += !reader->error;
    reader->counts.errors += reader->error;
    unittest_section_tell(&reader->section, &reader->base.emitter);
    reader->where = IN_TESTS;
}

/* "FAIL: test_x (mod.Class.test_x) [part] (i=1)" behind a rule of '='. */
static bool take_head(struct unittest_reader *reader, struct bytes text)
{
    struct unittest_name name;
    bool surprise = scan_word(&text, "UNEXPECTED SUCCESS: ");
    bool error = !surprise && scan_word(&text, "ERROR: ");
    if ((!surprise && !error && !scan_word(&text, "FAIL: ")) || !unittest_name(text, &name))
        return false;
    leave(reader);
    end_section(reader);
    reader->counts.any = true;
    reader->error = error;
    reader->where = surprise ? IN_TESTS : IN_HEAD;
    buf_clear(&reader->section.id);
    buf_clear(&reader->section.text);
    unittest_id(&name, &reader->section.id);
    if (surprise)
        return true;
    struct bytes part = scan_trim(name.rest);
    if (part.len > 0)
        keep_line(&reader->section.text, part);
    if (names_add(&reader->failed, buf_bytes(&reader->section.id))) {
        const struct outcome_said said = {EVENT_FAIL, name.tag, 0, name.tag == NULL};
        emit_outcome(&reader->base.emitter, buf_bytes(&reader->section.id), &said);
    }
    return true;
}

/* Tests of whom neither a verdict nor a section came. */
static void check_unknown(struct unittest_reader *reader, const struct line *line)
{
    for (size_t i = 0; i < reader->unknown.len; i++) {
        struct bytes id = bytes_of(reader->unknown.items[i]);
        char reason[160];
        snprintf(reason, sizeof reason, "no outcome of %.120s", reader->unknown.items[i]);
        if (names_add(&reader->failed, id))
            emit_damage(&reader->base.emitter, line, reason);
    }
    strings_clear(&reader->unknown);
}

/* Behind a rule of '-'. */
static bool take_ran(struct unittest_reader *reader, const struct line *line)
{
    uint64_t tests;
    if (!unittest_ran(line->text, &tests))
        return false;
    leave(reader);
    end_section(reader);
    unittest_counts_ran(&reader->counts, tests, line, &reader->base.emitter);
    check_unknown(reader, line);
    return true;
}

static bool is_rule(struct bytes text)
{
    if (text.len != RULE_LEN || (text.data[0] != '=' && text.data[0] != '-'))
        return false;
    for (size_t i = 1; i < RULE_LEN; i++)
        if (text.data[i] != text.data[0])
            return false;
    return true;
}

static void take_plain(struct unittest_reader *reader, const struct line *line)
{
    if (reader->where == IN_BODY)
        keep_line(&reader->section.text, line->text);
    else if (reader->where == IN_TESTS)
        take_test_line(reader, line);
}

/* The rule that came before was none. */
static void give_rule(struct unittest_reader *reader)
{
    char rule[RULE_LEN];
    memset(rule, reader->rule, sizeof rule);
    const struct line line = {.text = {rule, sizeof rule}, .offset = reader->rule_offset, .ended = true};
    if (reader->rule != '\0')
        take_plain(reader, &line);
    reader->rule = '\0';
}

static void take_line(void *owner, const struct line *line)
{
    struct unittest_reader *reader = owner;
    struct bytes reason;
    if (reader->maybe != EVENT_NONE && unittest_verdict(line->text, &reason) == EVENT_NONE)
        settle(reader);
    reader->maybe = EVENT_NONE;
    if (reader->counts.ran) {
        if (line->text.len > 0 && !unittest_counts_result(&reader->counts, line, &reader->base.emitter))
            emit_noise_line(&reader->base.emitter, line);
        return;
    }
    bool expected = (reader->rule == '=' && take_head(reader, line->text)) ||
                    (reader->rule == '-' && take_ran(reader, line));
    if (expected) {
        reader->rule = '\0';
        return;
    }
    give_rule(reader);
    if (!is_rule(line->text)) {
        if (line->text.len > 0 || reader->where == IN_BODY || reader->id.len > 0 || !reader->counts.any)
            take_plain(reader, line);
    } else if (reader->where == IN_HEAD && line->text.data[0] == '-') {
        reader->where = IN_BODY;
    } else {
        reader->rule = line->text.data[0];
        reader->rule_offset = line->offset;
    }
}

static void unittest_init(void *state, const struct event_sink *sink, void *owner)
{
    *(struct unittest_reader *)state = (struct unittest_reader){.base = line_reader(sink, owner, take_line)};
}

/* A stream that ends before its summary: the test at hand took the interpreter with it. */
static void unittest_end(void *state)
{
    struct unittest_reader *reader = state;
    const struct line end = line_reader_end(reader);
    settle(reader);
    give_rule(reader);
    end_section(reader);
    bool died = reader->id.len > 0;
    if (died && !reader->told)
        reader->tag = TAG_CRASH;
    finish(reader, EVENT_FAIL, (struct bytes){0});
    if (reader->counts.ran)
        emit_damage(&reader->base.emitter, &end, "a summary without its last line");
    else if (reader->counts.any && !died)
        emit_damage(&reader->base.emitter, &end, "the stream ends without a summary");
    check_unknown(reader, &end);
}

static void unittest_release(void *state)
{
    struct unittest_reader *reader = state;
    line_reader_release(&reader->base);
    names_release(&reader->names);
    names_release(&reader->failed);
    strings_release(&reader->unknown);
    buf_release(&reader->id);
    buf_release(&reader->output);
    unittest_section_release(&reader->section);
    buf_release(&reader->scratch);
}

static int unittest_guess(struct bytes head, bool whole)
{
    (void)whole;
    int sure = 0;
    struct bytes line, reason;
    while (scan_line(&head, &line)) {
        struct unittest_name name;
        bool named = unittest_name(line, &name);
        if (named && name.rest.len == 0)
            sure = sure < 50 ? 50 : sure;
        if (named && bytes_starts(name.rest, " ... ")) {
            size_t at = scan_find_last(line, " ... ");
            return unittest_verdict(scan_skip(line, at + strlen(" ... ")), &reason) != EVENT_NONE ? 88 : 75;
        }
        if (bytes_starts(line, "Ran ") && scan_find(line, " in ") != SIZE_MAX)
            sure = sure < 55 ? 55 : sure;
        if ((scan_word(&line, "FAIL: ") || scan_word(&line, "ERROR: ")) && unittest_name(line, &name))
            sure = 70;
    }
    return sure;
}

const struct stream_format unittest_format = {
    .name = "unittest",
    .title = "Python's unittest -v",
    .size = sizeof(struct unittest_reader),
    .init = unittest_init,
    .feed = line_reader_feed,
    .end = unittest_end,
    .release = unittest_release,
    .guess = unittest_guess,
    .late = true,
};
