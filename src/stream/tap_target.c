#include "stream/tap_target.h"

#include "stream/gather.h"
#include "stream/scan.h"

#include <strings.h>

struct writer {
    struct buf *to;
    struct gather gather;
    size_t points;
    struct buf damage; /* the first, if there was any */
};

/* Whether the text behind a '#' would be taken for a directive. */
static bool is_directive(struct bytes text)
{
    static const char *const words[] = {"skip", "todo", "time="};
    text = scan_trim(text);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text.len >= strlen(words[i]) && strncasecmp(text.data, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

/* Appends the text on one line. */
static void put_words(struct buf *to, struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '#' && is_directive(scan_skip(text, i + 1)))
            buf_putc(to, '\\');
        bool blank = c == '\n' || c == '\r' || c == '\t';
        buf_putc(to, blank ? ' ' : c < 0x20 || c == 0x7F ? '?' : (char)c);
    }
}

static void put_line(struct buf *to, const char *before, struct bytes text)
{
    buf_puts(to, before);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        buf_putc(to, (c < 0x20 && c != '\t') || c == 0x7F ? '?' : (char)c);
    }
    buf_putc(to, '\n');
}

/* Appends the text line by line, each behind `before`. */
static void put_lines(struct buf *to, const char *before, struct bytes text)
{
    struct buf clean = {0};
    buf_add_utf8(&clean, text);
    struct bytes left = buf_bytes(&clean), line;
    while (scan_until(&left, "\n", &line))
        put_line(to, before, line);
    if (left.len > 0)
        put_line(to, before, left);
    buf_release(&clean);
}

/* Appends the attachments as literal blocks, under names that are keys of YAML as they stand. */
static void put_yaml(struct buf *to, const struct gathered *test)
{
    const struct gathered_text *text;
    bool explains = test->status == EVENT_FAIL || test->status == EVENT_XFAIL;
    if (test->duration_ns == 0 && !(explains && test->texts.len > 0))
        return;
    buf_puts(to, "  ---\n");
    if (test->duration_ns > 0)
        buf_printf(to, "  duration_ms: %lld.%06lld\n", (long long)(test->duration_ns / 1000000),
                   (long long)(test->duration_ns % 1000000));
    vec_each (text, &test->texts) {
        if (!explains || text->data.len == 0)
            continue;
        buf_puts(to, "  ");
        for (const char *c = text->name; *c != '\0'; c++)
            buf_putc(to, (*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z')
                             ? *c
                             : '_');
        /* How much the block is indented is told only where its first line does not show it. */
        buf_puts(to, text->data.data[0] == ' ' || text->data.data[0] == '\n' ? ": |2\n" : ": |\n");
        put_lines(to, "    ", buf_bytes(&text->data));
    }
    buf_puts(to, "  ...\n");
}

static const char *directive_of(enum event_status status)
{
    if (status == EVENT_SKIP)
        return " # SKIP";
    return status == EVENT_XFAIL || status == EVENT_UXSUCCESS ? " # TO"
                                                                "DO"
                                                              : "";
}

static void put_test(void *owner, const struct gathered *test)
{
    struct writer *writer = owner;
    struct buf *to = writer->to;
    bool ok = test->status == EVENT_SUCCESS || test->status == EVENT_SKIP || test->status == EVENT_UXSUCCESS;
    const char *directive = directive_of(test->status);
    buf_printf(to, "%s %zu - ", ok ? "ok" : "not ok", ++writer->points);
    put_words(to, buf_bytes(&test->id));
    buf_puts(to, directive);
    if (*directive != '\0' && gathered_text(test, "reason") != NULL) {
        buf_putc(to, ' ');
        put_words(to, gathered_message(test));
    }
    buf_putc(to, '\n');
    put_yaml(to, test);
}

static void writer_init(void *state, struct buf *to)
{
    struct writer *writer = state;
    *writer = (struct writer){.to = to, .gather = {.take = put_test, .owner = writer}};
    buf_puts(to, "TAP version 13\n");
}

static void write_event(void *state, const struct event *event)
{
    struct writer *writer = state;
    if (event->test_id.data == NULL && event->file.len > 0)
        put_lines(writer->to, "# ", event->file);
    gather_event(&writer->gather, event);
}

static void write_noise(void *state, struct bytes octets)
{
    struct writer *writer = state;
    put_lines(writer->to, "# ", octets);
}

static void write_damage(void *state, const char *reason, uint64_t offset, uint64_t length)
{
    struct writer *writer = state;
    (void)length;
    if (writer->damage.len == 0)
        buf_printf(&writer->damage, "octet %llu: %s", (unsigned long long)offset, reason);
}

static void writer_end(void *state)
{
    struct writer *writer = state;
    gather_end(&writer->gather);
    buf_printf(writer->to, "1..%zu\n", writer->points);
    if (writer->damage.len > 0) {
        buf_puts(writer->to, "Bail out! ");
        put_words(writer->to, buf_bytes(&writer->damage));
        buf_putc(writer->to, '\n');
    }
}

static void writer_release(void *state)
{
    struct writer *writer = state;
    gather_release(&writer->gather);
    buf_release(&writer->damage);
}

const struct stream_target tap_target = {
    .name = "tap",
    .title = "Test Anything Protocol 13 and 14",
    .size = sizeof(struct writer),
    .init = writer_init,
    .sink = {write_event, write_noise, write_damage},
    .end = writer_end,
    .release = writer_release,
};
