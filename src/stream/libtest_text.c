#include "stream/libtest_text.h"

#include "stream/scan.h"
#include "stream/times.h"

#define SECOND_NS 1000000000

struct libtest_verdict libtest_verdict(struct bytes text)
{
    struct libtest_verdict verdict = {.status = EVENT_NONE};
    size_t time = scan_ends(text, "s>") ? scan_find_last(text, " <") : SIZE_MAX;
    if (time != SIZE_MAX) {
        verdict.duration_ns = duration_read(scan_skip(text, time + 2), SECOND_NS);
        text.len = time;
    }
    if (bytes_is(text, "ok") || bytes_starts(text, "bench: "))
        verdict.status = EVENT_SUCCESS;
    else if (bytes_is(text, "FAILED") || bytes_starts(text, "FAILED ("))
        verdict.status = EVENT_FAIL;
    else if (bytes_is(text, "ignored") || bytes_starts(text, "ignored, "))
        verdict.status = EVENT_SKIP;
    if (verdict.status == EVENT_SKIP && text.len > strlen("ignored, "))
        verdict.reason = scan_skip(text, strlen("ignored, "));
    return verdict;
}

struct bytes libtest_name(struct bytes printed)
{
    static const char *const notes[] = {" - should panic", " - compile fail", " - compile"};
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        if (scan_ends(printed, notes[i]))
            return (struct bytes){printed.data, printed.len - strlen(notes[i])};
    return printed;
}

size_t libtest_find_panic(struct bytes text)
{
    struct bytes rest = text, line;
    while (scan_line(&rest, &line))
        if (bytes_starts(line, "thread '") && scan_find(line, " panicked at ") != SIZE_MAX)
            return (size_t)(line.data - text.data);
    return text.len;
}

/* What a panic says, in a line: the one behind "panicked at a.rs:1:2:", or in quotes in older ones. */
static struct bytes panic_message(struct bytes text)
{
    struct bytes line, quoted;
    if (!scan_until(&text, "panicked at ", &line) || !scan_until(&text, "\n", &line))
        return (struct bytes){0};
    if (scan_word(&line, "'") && (quoted = line, scan_find_last(line, "', ") != SIZE_MAX)) {
        quoted.len = scan_find_last(line, "', ");
        return quoted;
    }
    return scan_until(&text, "\n", &line) ? line : text;
}

void libtest_tell(const struct emitter *emitter, struct bytes id, struct bytes text)
{
    text = scan_trim_end(text);
    while (text.len > 0 && text.data[0] == '\n')
        text = scan_skip(text, 1);
    if (text.len == 0)
        return;
    size_t panic = libtest_find_panic(text);
    bool panics = panic < text.len;
    struct bytes message = panics ? panic_message(scan_skip(text, panic)) : (struct bytes){0};
    struct bytes before = scan_trim_end((struct bytes){text.data, panics ? panic : 0});
    if (message.len > 0)
        emit_text(emitter, id, "message", message, true);
    if (before.len > 0)
        emit_text(emitter, id, "stdout", before, true);
    emit_text(emitter, id, "traceback", scan_skip(text, panics ? panic : 0), true);
}
