#include "stream/libtest.h"

#include "stream/cargo.h"
#include "stream/libtest_program.h"
#include "stream/libtest_text.h"
#include "stream/line_reader.h"
#include "stream/names.h"
#include "stream/scan.h"

#include <stdlib.h>

struct libtest_reader {
    struct line_reader base;
    struct names names;
    struct cargo cargo;
    struct libtest_program program;
    struct buf running; /* the id of a test whose verdict has not come, … */
    struct buf output;  /* … and what came instead */
    bool dies;          /* cargo is about to say how the program ended */
    struct buf told;    /* of whom a section of output tells; empty: not in one */
    struct buf text;    /* that section */
    bool sections;      /* behind "failures:" or "successes:" */
    struct buf errors;  /* of the compiler */
    struct buf id;      /* scratch */
};

/* Makes the id of a test of that name, which says its program, too, where that is known. */
static void make_id(const struct libtest_reader *reader, struct buf *id, struct bytes name)
{
    buf_clear(id);
    keep_text(id, buf_bytes(&reader->cargo.program));
    if (id->len > 0)
        keep_text(id, bytes_of("$"));
    keep_text(id, name);
}

/* Emits how the test of that id went; `id` is made unique. */
static void emit_test(struct libtest_reader *reader, struct buf *id, const struct libtest_verdict *verdict,
                      const char *tag)
{
    size_t len = id->len;
    emit_unique(&reader->names, id);
    if (verdict->reason.len > 0)
        emit_text(&reader->base.emitter, buf_bytes(id), "reason", verdict->reason, true);
    const struct outcome_said said = {verdict->status, tag, verdict->duration_ns, id->len == len};
    emit_outcome(&reader->base.emitter, buf_bytes(id), &said);
    libtest_program_count(&reader->program, verdict->status);
}

/* The test at hand ends without a verdict: with it the program. */
static void crash(struct libtest_reader *reader, struct bytes message)
{
    if (reader->running.len == 0)
        return;
    const struct libtest_verdict verdict = {.status = EVENT_FAIL};
    size_t len = reader->running.len;
    emit_unique(&reader->names, &reader->running);
    struct bytes id = buf_bytes(&reader->running);
    if (message.len > 0)
        emit_text(&reader->base.emitter, id, "message", message, true);
    if (reader->output.len > 0)
        emit_text(&reader->base.emitter, id, "stdout", buf_bytes(&reader->output), true);
    const struct outcome_said said = {verdict.status, TAG_CRASH, 0, id.len == len};
    emit_outcome(&reader->base.emitter, id, &said);
    buf_clear(&reader->running);
    buf_clear(&reader->output);
    reader->program.open = reader->dies = false;
}

static void end_section(struct libtest_reader *reader)
{
    if (reader->told.len > 0)
        libtest_tell(&reader->base.emitter, buf_bytes(&reader->told), buf_bytes(&reader->text));
    buf_clear(&reader->told);
    buf_clear(&reader->text);
}

/* The program at hand tells nothing more, and has not told its result. */
static void close_program(struct libtest_reader *reader, const struct line *line)
{
    end_section(reader);
    crash(reader, (struct bytes){0});
    libtest_program_close(&reader->program, line, &reader->base.emitter);
    reader->sections = false;
}

static bool take_start(struct libtest_reader *reader, const struct line *line)
{
    struct libtest_program program;
    if (!libtest_program_begin(&program, line))
        return false;
    close_program(reader, line);
    reader->program = program;
    return true;
}

/* "test a::b ... ok" */
static bool take_test(struct libtest_reader *reader, const struct line *line)
{
    struct bytes text = line->text, name;
    if (!scan_word(&text, "test "))
        return false;
    size_t slow = scan_find(text, " has been running for over ");
    if (slow != SIZE_MAX && reader->running.len == 0) {
        const struct outcome_said said = {.status = EVENT_INPROGRESS, .runnable = true};
        make_id(reader, &reader->id, libtest_name((struct bytes){text.data, slow}));
        emit_outcome(&reader->base.emitter, buf_bytes(&reader->id), &said);
        return true;
    }
    if (!scan_until(&text, " ... ", &name))
        return false;
    struct libtest_verdict verdict = libtest_verdict(text);
    if (verdict.status == EVENT_NONE && reader->running.len > 0)
        return false;
    struct buf *id = verdict.status == EVENT_NONE ? &reader->running : &reader->id;
    make_id(reader, id, libtest_name(name));
    if (verdict.status != EVENT_NONE)
        emit_test(reader, id, &verdict, NULL);
    else if (cargo_is_end(text))
        reader->dies = true;
    else if (text.len > 0)
        keep_line(&reader->output, text);
    return true;
}

/* How the program ended, in "process didn't exit successfully: `a/path` (signal: 6, SIGABRT: …)". */
static struct bytes end_of(struct bytes line)
{
    size_t at = scan_find_last(line, "` (");
    struct bytes how = scan_skip(line, at != SIZE_MAX ? at + 3 : line.len);
    if (how.len == 0 || !scan_ends(how, ")"))
        return scan_trim(line);
    how.len--;
    return how;
}

/* Of a test that is running: its verdict on a line of its own, or what it prints. */
static void take_output(struct libtest_reader *reader, const struct line *line)
{
    struct libtest_verdict verdict = libtest_verdict(line->text);
    if (scan_find(line->text, "process didn't exit successfully: ") != SIZE_MAX) {
        crash(reader, end_of(line->text));
    } else if (reader->dies || cargo_is_end(line->text)) {
        reader->dies = true;
    } else if (verdict.status == EVENT_NONE) {
        keep_line(&reader->output, line->text);
    } else {
        size_t len = reader->running.len;
        emit_unique(&reader->names, &reader->running);
        struct bytes id = buf_bytes(&reader->running);
        if (verdict.status == EVENT_FAIL)
            libtest_tell(&reader->base.emitter, id, buf_bytes(&reader->output));
        else if (reader->output.len > 0)
            emit_text(&reader->base.emitter, id, "stdout", buf_bytes(&reader->output), true);
        const struct outcome_said said = {verdict.status, NULL, verdict.duration_ns, id.len == len};
        emit_outcome(&reader->base.emitter, id, &said);
        libtest_program_count(&reader->program, verdict.status);
        buf_clear(&reader->running);
        buf_clear(&reader->output);
    }
}

static bool take_result(struct libtest_reader *reader, const struct line *line)
{
    struct libtest_result result;
    if (!libtest_result(line->text, &result))
        return false;
    end_section(reader);
    reader->sections = false;
    libtest_program_end(&reader->program, &result, line, &reader->base.emitter);
    return true;
}

/* "---- a::b stdout ----" and what is around such sections. */
static bool take_section(struct libtest_reader *reader, const struct line *line)
{
    struct bytes text = line->text;
    if (bytes_is(text, "failures:") || bytes_is(text, "successes:")) {
        end_section(reader);
        reader->sections = reader->program.open;
        return reader->sections;
    }
    if (!reader->sections)
        return false;
    if (scan_word(&text, "---- ") && scan_ends(text, " stdout ----")) {
        end_section(reader);
        text.len -= strlen(" stdout ----");
        make_id(reader, &reader->told, text);
        return true;
    }
    if (reader->told.len > 0)
        keep_line(&reader->text, line->text);
    return reader->told.len > 0 || line->text.len == 0 || bytes_starts(line->text, "    ");
}

/* "a::b --- FAILED" between dots. */
static bool take_quiet(struct libtest_reader *reader, const struct line *line)
{
    static const char mark[] = " --- FAILED";
    if (!reader->program.open)
        return false;
    if (scan_ends(line->text, mark)) {
        const struct libtest_verdict verdict = {.status = EVENT_FAIL};
        buf_clear(&reader->id);
        keep_text(&reader->id, libtest_name((struct bytes){line->text.data, line->text.len - strlen(mark)}));
        emit_test(reader, &reader->id, &verdict, NULL);
        reader->program.quiet = true;
        return true;
    }
    size_t dots = 0;
    while (dots < line->text.len && strchr(".iF", line->text.data[dots]) != NULL)
        dots++;
    struct bytes rest = scan_skip(line->text, dots);
    uint64_t done;
    bool is_dots =
        dots > 0 &&
        (rest.len == 0 || (scan_word(&rest, " ") && scan_number(&rest, &done) && scan_word(&rest, "/")));
    reader->program.quiet = reader->program.quiet || is_dots;
    return is_dots;
}

/* What the compiler says against a crate; it stays noise, too. */
static void take_error(struct libtest_reader *reader, const struct line *line)
{
    struct bytes text = line->text, name, rest;
    if (scan_word(&text, "error: could not compile `") && scan_until(&text, "` ", &name)) {
        buf_clear(&reader->id);
        keep_text(&reader->id, name);
        rest = text;
        if (bytes_starts(text, "(") && scan_find(text, ")") != SIZE_MAX) {
            rest.len = scan_find(text, ")") + 1;
            keep_text(&reader->id, bytes_of(" "));
            keep_text(&reader->id, rest);
        }
        keep_line(&reader->errors, line->text);
        emit_unique(&reader->names, &reader->id);
        const struct outcome_said said = {.status = EVENT_FAIL, .tag = TAG_COLLECTION};
        emit_text(&reader->base.emitter, buf_bytes(&reader->id), "traceback", buf_bytes(&reader->errors),
                  true);
        emit_outcome(&reader->base.emitter, buf_bytes(&reader->id), &said);
        buf_clear(&reader->errors);
    } else if (reader->errors.len > 0 || bytes_starts(line->text, "error[") ||
               bytes_starts(line->text, "error: ")) {
        keep_line(&reader->errors, line->text);
    }
}

/* What cargo says between programs. A program that runs may print such lines, too, but not the path of one
 * that was built. */
static bool take_cargo(struct libtest_reader *reader, const struct line *line)
{
    bool between = !reader->program.open && reader->told.len == 0;
    if (between && line->text.len == 0 && reader->errors.len == 0)
        return true;
    if (!between && !bytes_starts(line->text, "   "))
        return false;
    enum cargo_line kind = cargo_take(&reader->cargo, line->text);
    return between ? kind != CARGO_NOT : kind == CARGO_TURN && reader->cargo.program.len > 0;
}

/* "a::b: test": a program lists its tests. */
static bool take_listed(struct libtest_reader *reader, const struct line *line)
{
    static const char end[] = ": test";
    struct bytes name = line->text;
    const struct bytes program = buf_bytes(&reader->cargo.program);
    if (program.len == 0 || reader->program.open || !scan_ends(name, end))
        return false;
    name.len -= sizeof end - 1;
    struct buf group = {0};
    buf_printf(&group, TAG_GROUP "%s", buf_str(&reader->cargo.program));
    make_id(reader, &reader->id, name);
    const struct outcome_said said = {.status = EVENT_EXISTS, .tag = buf_str(&group), .runnable = true};
    emit_outcome(&reader->base.emitter, buf_bytes(&reader->id), &said);
    buf_release(&group);
    return true;
}

static void take_line(void *owner, const struct line *line)
{
    struct libtest_reader *reader = owner;
    if (take_cargo(reader, line) || take_listed(reader, line))
        return;
    if (take_start(reader, line) || take_result(reader, line) || take_section(reader, line))
        return;
    if (reader->program.open && reader->told.len == 0 && take_test(reader, line))
        return;
    if (reader->running.len > 0)
        take_output(reader, line);
    else if (!take_quiet(reader, line) && !(reader->program.open && line->text.len == 0)) {
        if (!reader->program.open)
            take_error(reader, line);
        emit_noise_line(&reader->base.emitter, line);
    }
}

static void libtest_init(void *state, const struct event_sink *sink, void *owner)
{
    *(struct libtest_reader *)state = (struct libtest_reader){.base = line_reader(sink, owner, take_line)};
}

static void libtest_end(void *state)
{
    struct libtest_reader *reader = state;
    const struct line end = line_reader_end(reader);
    close_program(reader, &end);
}

static void libtest_release(void *state)
{
    struct libtest_reader *reader = state;
    line_reader_release(&reader->base);
    names_release(&reader->names);
    cargo_release(&reader->cargo);
    buf_release(&reader->running);
    buf_release(&reader->output);
    buf_release(&reader->told);
    buf_release(&reader->text);
    buf_release(&reader->errors);
    buf_release(&reader->id);
}

/* Whether a line says "running 3 tests". */
static bool has_start(struct bytes head)
{
    struct bytes line;
    uint64_t number;
    while (scan_line(&head, &line))
        if (scan_word(&line, "running ") && scan_number(&line, &number) && bytes_starts(line, " test"))
            return true;
    return false;
}

static int libtest_guess(struct bytes head, bool whole)
{
    (void)whole;
    if (has_start(head))
        return 92;
    if (scan_find(head, "{\"reason\":\"compiler-artifact\",") != SIZE_MAX)
        return 85;
    return scan_find(head, "error: could not compile `") != SIZE_MAX ? 70 : 0;
}

const struct stream_format libtest_format = {
    .name = "libtest",
    .title = "Rust's test harness, as cargo test prints it",
    .size = sizeof(struct libtest_reader),
    .init = libtest_init,
    .feed = line_reader_feed,
    .end = libtest_end,
    .release = libtest_release,
    .guess = libtest_guess,
    .late = true,
};
