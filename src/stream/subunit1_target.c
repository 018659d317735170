#include "stream/subunit1_target.h"

#include "stream/gather.h"
#include "stream/scan.h"
#include "stream/timestamp.h"

struct writer {
    struct buf *to;
    struct gather gather;
};

/* A name on its line. */
static void put_name(struct buf *to, struct bytes name)
{
    for (size_t i = 0; i < name.len; i++)
        buf_putc(to, name.data[i] == '\n' || name.data[i] == '\r' ? ' ' : name.data[i]);
}

static void put_time(struct buf *to, bool known, int64_t time_ns)
{
    if (!known)
        return;
    buf_puts(to, "time: ");
    timestamp_write(to, time_ns, 6, " ");
    buf_putc(to, '\n');
}

static void put_tags(struct buf *to, const struct gathered *test)
{
    if (test->tags.len == 0)
        return;
    buf_puts(to, "tags:");
    for (size_t i = 0; i < test->tags.len; i++) {
        buf_putc(to, ' ');
        for (const char *c = test->tags.items[i]; *c != '\0'; c++)
            buf_putc(to, (unsigned char)*c <= ' ' ? '_' : *c);
    }
    buf_putc(to, '\n');
}

static const char *word_of(enum event_status status)
{
    switch (status) {
    case EVENT_SUCCESS:
        return "successful: ";
    case EVENT_SKIP:
        return "skip: ";
    case EVENT_XFAIL:
        return "xfail: ";
    case EVENT_UXSUCCESS:
        return "uxsuccess: ";
    default:
        return "failure: ";
    }
}

static void put_text(struct buf *to, const struct gathered_text *text)
{
    const char *mime = text->mime != NULL ? text->mime : "application/octet-stream";
    buf_printf(to, "Content-Type: %s\n", mime);
    put_name(to, bytes_of(text->name));
    buf_putc(to, '\n');
    if (text->data.len > 0) {
        buf_printf(to, "%zX\r\n", text->data.len);
        buf_add(to, text->data.data, text->data.len);
    }
    buf_puts(to, "0\r\n");
}

static void put_test(void *owner, const struct gathered *test)
{
    struct buf *to = ((struct writer *)owner)->to;
    const struct gathered_text *text;
    put_time(to, test->has_start, test->start_ns);
    buf_puts(to, "test: ");
    put_name(to, buf_bytes(&test->id));
    buf_putc(to, '\n');
    put_tags(to, test);
    put_time(to, test->has_end, test->end_ns);
    buf_puts(to, word_of(test->status));
    put_name(to, buf_bytes(&test->id));
    if (test->texts.len > 0) {
        buf_puts(to, " [ multipart\n");
        vec_each (text, &test->texts)
            put_text(to, text);
        buf_putc(to, ']');
    }
    buf_putc(to, '\n');
}

static void writer_init(void *state, struct buf *to)
{
    struct writer *writer = state;
    *writer = (struct writer){.to = to, .gather = {.take = put_test, .owner = writer}};
}

static void put_noise_line(struct buf *to, struct bytes line)
{
    static const char *const words[] = {"test",  "success",   "failure", "error",    "skip",
                                        "xfail", "uxsuccess", "tags",    "progress", "time"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (bytes_starts(line, words[i])) {
            buf_putc(to, ' ');
            break;
        }
    buf_add(to, line.data, line.len);
    buf_putc(to, '\n');
}

static void write_noise(void *state, struct bytes octets)
{
    struct writer *writer = state;
    struct bytes line;
    while (scan_until(&octets, "\n", &line))
        put_noise_line(writer->to, line);
    if (octets.len > 0)
        put_noise_line(writer->to, octets);
}

static void write_event(void *state, const struct event *event)
{
    struct writer *writer = state;
    if (event->test_id.data == NULL && event->file.len > 0)
        write_noise(writer, event->file);
    gather_event(&writer->gather, event);
}

static void writer_end(void *state)
{
    gather_end(&((struct writer *)state)->gather);
}

static void writer_release(void *state)
{
    gather_release(&((struct writer *)state)->gather);
}

const struct stream_target subunit1_target = {
    .name = "subunit1",
    .title = "subunit version 1",
    .size = sizeof(struct writer),
    .init = writer_init,
    .sink = {write_event, write_noise, NULL},
    .end = writer_end,
    .release = writer_release,
};
