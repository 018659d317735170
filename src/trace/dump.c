#include "trace/dump.h"

#include "trace/frame.h"
#include "trace/text.h"

#include <stdint.h>

#define DUMP_HEADER "(most recent call first):"

static bool is_cause(struct bytes line)
{
    return bytes_starts(line, "Fatal Python error: ") || bytes_starts(line, "Timeout (");
}

static bool is_dump_header(struct bytes line)
{
    return text_ends(line, DUMP_HEADER) && !text_has(line, "C stack trace");
}

/* One hexadecimal escape of faulthandler at the start: \xNN, \uNNNN, \UNNNNNNNN. Returns its length, 0 none.
 */
static size_t read_escape(const char *text, uint32_t *point)
{
    size_t digits = text[0] != '\\' ? 0 : text[1] == 'x' ? 2 : text[1] == 'u' ? 4 : text[1] == 'U' ? 8 : 0;
    *point = 0;
    for (size_t i = 0; i < digits; i++) {
        const char *hex = "0123456789abcdef", *at = text[2 + i] != '\0' ? strchr(hex, text[2 + i]) : NULL;
        if (at == NULL)
            return 0;
        *point = *point * 16 + (uint32_t)(at - hex);
    }
    bool valid = *point > 0 && *point <= 0x10FFFF && (*point < 0xD800 || *point > 0xDFFF);
    return digits > 0 && valid ? digits + 2 : 0;
}

static void add_utf8(struct buf *to, uint32_t point)
{
    if (point < 0x80) {
        buf_putc(to, (char)point);
        return;
    }
    int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    static const unsigned char first[] = {0, 0xC0, 0xE0, 0xF0};
    buf_putc(to, (char)(first[more] | (point >> (6 * more))));
    while (more-- > 0)
        buf_putc(to, (char)(0x80 | ((point >> (6 * more)) & 0x3F)));
}

/* faulthandler writes what is not ASCII as escapes. */
static void unescape(char **name)
{
    if (*name == NULL || strchr(*name, '\\') == NULL)
        return;
    struct buf plain = {0};
    for (const char *at = *name; *at != '\0';) {
        uint32_t point;
        size_t len = read_escape(at, &point);
        if (len > 0)
            add_utf8(&plain, point);
        else
            buf_putc(&plain, *at);
        at += len > 0 ? len : 1;
    }
    free(*name);
    *name = buf_take(&plain);
}

static void drop_frames(struct trace *trace)
{
    struct frame *frame;
    vec_each (frame, &trace->frames)
        frame_release(frame);
    trace->frames.len = 0;
}

/* Reads the frames of one thread from *at on, up to the first line that is none. */
static void take_frames(struct trace *trace, struct bytes text, size_t *at, const struct trace_paths *paths)
{
    struct frame frame = {0};
    struct bytes line;
    size_t next = *at;
    while (text_line(text, &next, &line) && frame_read(line, &frame)) {
        unescape(&frame.path);
        unescape(&frame.function);
        frame_place(&frame, paths);
        vec_push(&trace->frames, frame);
        frame = (struct frame){0};
        *at = next;
    }
}

static void reverse_frames(struct trace *trace)
{
    for (size_t i = 0, j = trace->frames.len; i + 1 < j; i++) {
        struct frame frame = trace->frames.items[i];
        trace->frames.items[i] = trace->frames.items[--j];
        trace->frames.items[j] = frame;
    }
}

size_t dump_start(struct bytes text)
{
    size_t header = text_find(text, is_dump_header);
    if (header == text.len)
        return header;
    size_t cause = text_find((struct bytes){text.data, header}, is_cause);
    return cause < header ? cause : header;
}

void dump_read(struct trace *trace, struct bytes text, const struct trace_paths *paths, struct buf *message)
{
    bool current = false;
    struct bytes line;
    for (size_t at = dump_start(text); text_line(text, &at, &line);) {
        if (is_cause(line)) {
            buf_clear(message);
            buf_add(message, line.data, line.len);
        }
        if (!is_dump_header(line) || (current && !bytes_starts(line, "Current thread")))
            continue;
        current = bytes_starts(line, "Current thread");
        drop_frames(trace);
        take_frames(trace, text, &at, paths);
    }
    reverse_frames(trace);
}
