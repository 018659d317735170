#include "stream/go_output.h"

#include <string.h>

#define NOTE_MAX 4096

enum part { PART_PLAIN, PART_TRACE, PART_RUNNER };

static struct bytes skip(struct bytes text, size_t count)
{
    return (struct bytes){text.data + count, text.len - count};
}

static struct bytes trim(struct bytes text)
{
    while (text.len > 0 && strchr(" \t\n", text.data[0]) != NULL && text.data[0] != '\0')
        text = skip(text, 1);
    while (text.len > 0 && strchr(" \t\n", text.data[text.len - 1]) != NULL &&
           text.data[text.len - 1] != '\0')
        text.len--;
    return text;
}

static size_t indent_of(struct bytes line)
{
    size_t indent = 0;
    while (indent < line.len && line.data[indent] == ' ')
        indent++;
    return indent;
}

static bool starts_with_any(struct bytes line, const char *const *prefixes)
{
    for (; *prefixes != NULL; prefixes++)
        if (bytes_starts(line, *prefixes))
            return true;
    return false;
}

/* "sums_test.go:18: text": where the text begins, 0 when it is no such line. */
static size_t place_end(struct bytes line)
{
    const char *suffix = memmem(line.data, line.len, ".go:", 4);
    if (suffix == NULL || suffix == line.data || memchr(line.data, ' ', (size_t)(suffix - line.data)) != NULL)
        return 0;
    size_t at = (size_t)(suffix - line.data) + 4, digits = at;
    while (at < line.len && line.data[at] >= '0' && line.data[at] <= '9')
        at++;
    return at > digits && at + 1 < line.len && memcmp(line.data + at, ": ", 2) == 0 ? at + 2 : 0;
}

/* The report line of the test itself, also behind what the test printed without a newline:
 * "printed--- PASS: TestX (0.00s)". Else nothing. */
static enum go_said read_report(struct bytes line, struct bytes test, size_t *printed)
{
    static const struct {
        const char *word;
        enum go_said said;
    } reports[] = {{"--- PASS: ", GO_SAID_PASS}, {"--- FAIL: ", GO_SAID_FAIL}, {"--- SKIP: ", GO_SAID_SKIP}};
    struct bytes text = trim(line);
    if (test.len == 0 || text.len < 2 || memcmp(text.data + text.len - 2, "s)", 2) != 0)
        return GO_SAID_NOTHING;
    size_t at = text.len;
    while (at > 0 && text.data[at - 1] != '(')
        at--;
    size_t before = test.len + strlen(reports->word) + 2; /* and " (" */
    if (at < before || memcmp(text.data + at - 2 - test.len, test.data, test.len) != 0)
        return GO_SAID_NOTHING;
    struct bytes report = skip(text, at - before);
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++)
        if (bytes_starts(report, reports[i].word)) {
            *printed = at - before;
            return reports[i].said;
        }
    return GO_SAID_NOTHING;
}

static bool is_runners(struct bytes line, struct bytes test)
{
    static const char *const updates[] = {"=== RUN ",  "=== PAUSE ", "=== CONT ",
                                          "=== NAME ", "=== ATTR ",  NULL};
    static const char *const reports[] = {"--- PASS: ", "--- FAIL: ", "--- SKIP: ", "--- BENCH: ", NULL};
    static const char *const results[] = {"FAIL\t", "ok  \t", "?   \t", "PASS\n", "FAIL\n", NULL};
    if (line.data[0] == '=')
        return starts_with_any(line, updates);
    if (test.len == 0 && strchr("Fo?P", line.data[0]) != NULL && line.data[0] != '\0')
        return starts_with_any(line, results);
    return starts_with_any(skip(line, indent_of(line)), reports);
}

static bool begins_panic(struct go_output *output, struct bytes line)
{
    static const char *const words[] = {"panic: ",   "fatal error: ",       "SIGQUIT: ",
                                        "SIGABRT: ", "runtime: goroutine ", "unexpected fault address ",
                                        NULL};
    if (strchr("pfSru", line.data[0]) == NULL || !starts_with_any(line, words))
        return false;
    struct bytes first = trim(line);
    buf_add(&output->panic, first.data, first.len < NOTE_MAX ? first.len : NOTE_MAX);
    output->timed_out = bytes_starts(line, "panic: test timed out after ");
    return true;
}

/* Two lines of 18 '=' stand around a report of the race detector. */
static bool in_race(struct go_output *output, struct bytes line)
{
    bool was = output->racing;
    if (line.len == 19 && bytes_starts(line, "==================\n"))
        output->racing = !was;
    return was || output->racing;
}

/* A line that says where it was logged, or goes on with what such a line says. */
static bool in_note(struct go_output *output, struct bytes line)
{
    size_t indent = indent_of(line);
    size_t text = indent > 0 && indent % 4 == 0 ? place_end(skip(line, indent)) : 0;
    if (text > 0) {
        struct bytes note = trim(skip(line, indent + text));
        buf_clear(&output->note);
        buf_add(&output->note, note.data, note.len < NOTE_MAX ? note.len : NOTE_MAX);
        output->indent = indent;
        return true;
    }
    if (output->indent > 0 && indent >= output->indent + 4)
        return true;
    output->indent = 0;
    return false;
}

static enum part sort(struct go_output *output, struct bytes line, struct bytes test)
{
    if (output->panicked)
        return is_runners(line, test) ? PART_RUNNER : PART_TRACE;
    if (is_runners(line, test)) {
        output->verdict |= bytes_is(line, "FAIL\n") || bytes_is(line, "PASS\n");
        output->build_failed |= memmem(line.data, line.len, " [build failed]", 15) != NULL ||
                                memmem(line.data, line.len, " [setup failed]", 15) != NULL;
        return PART_RUNNER;
    }
    output->panicked = begins_panic(output, line);
    return output->panicked || in_race(output, line) || in_note(output, line) ? PART_TRACE : PART_PLAIN;
}

void go_output_add(struct go_output *output, struct bytes piece, struct bytes test)
{
    size_t printed;
    if (piece.len == 0)
        return;
    if (!output->in_line)
        output->part = (unsigned char)sort(output, piece, test);
    output->in_line = piece.data[piece.len - 1] != '\n';
    enum go_said said = read_report(piece, test, &printed);
    if (said != GO_SAID_NOTHING) {
        output->said = said;
        piece.len = output->part == PART_RUNNER ? 0 : printed;
    }
    if (output->part == PART_RUNNER)
        return;
    struct clip *clip = output->part == PART_TRACE ? &output->trace : &output->plain;
    clip->limit = output->limit;
    if (piece.len > 0)
        clip_add(clip, piece);
}

void go_output_trace(const struct go_output *output, struct buf *to)
{
    clip_text(&output->trace, to);
}

void go_output_plain(const struct go_output *output, struct buf *to)
{
    clip_text(&output->plain, to);
}

void go_output_release(struct go_output *output)
{
    clip_release(&output->trace);
    clip_release(&output->plain);
    buf_release(&output->note);
    buf_release(&output->panic);
    *output = (struct go_output){0};
}
