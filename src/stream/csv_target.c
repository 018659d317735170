#include "stream/csv_target.h"

#include "stream/gather.h"
#include "stream/timestamp.h"

struct writer {
    struct buf *to;
    struct gather gather;
};

/* In quotes where it needs them. */
static void put_value(struct buf *to, struct bytes value)
{
    struct buf clean = {0};
    buf_add_utf8(&clean, value);
    bool quoted = strpbrk(buf_str(&clean), "\",\r\n") != NULL;
    if (quoted)
        buf_putc(to, '"');
    for (size_t i = 0; i < clean.len; i++) {
        if (clean.data[i] == '"')
            buf_putc(to, '"');
        buf_putc(to, clean.data[i]);
    }
    if (quoted)
        buf_putc(to, '"');
    buf_release(&clean);
}

static void put_time(struct buf *to, bool known, int64_t time_ns)
{
    buf_putc(to, ',');
    if (known)
        timestamp_write(to, time_ns, 9, "T");
}

static void put_test(void *owner, const struct gathered *test)
{
    struct buf *to = ((struct writer *)owner)->to, tags = {0};
    put_value(to, buf_bytes(&test->id));
    buf_printf(to, ",%s,", event_status_name(test->status));
    if (test->duration_ns > 0)
        buf_printf(to, "%lld.%09lld", (long long)(test->duration_ns / 1000000000),
                   (long long)(test->duration_ns % 1000000000));
    put_time(to, test->has_start, test->start_ns);
    put_time(to, test->has_end, test->end_ns);
    for (size_t i = 0; i < test->tags.len; i++)
        buf_printf(&tags, "%s%s", i > 0 ? " " : "", test->tags.items[i]);
    buf_putc(to, ',');
    put_value(to, buf_bytes(&tags));
    buf_putc(to, ',');
    if (test->status != EVENT_SUCCESS)
        put_value(to, gathered_message(test));
    buf_puts(to, "\r\n");
    buf_release(&tags);
}

static void writer_init(void *state, struct buf *to)
{
    struct writer *writer = state;
    *writer = (struct writer){.to = to, .gather = {.take = put_test, .owner = writer}};
    buf_puts(to, "test_id,status,duration,start_time,stop_time,tags,message\r\n");
}

static void write_event(void *state, const struct event *event)
{
    gather_event(&((struct writer *)state)->gather, event);
}

static void write_nothing(void *state, struct bytes octets)
{
    (void)state, (void)octets;
}

static void writer_end(void *state)
{
    gather_end(&((struct writer *)state)->gather);
}

static void writer_release(void *state)
{
    gather_release(&((struct writer *)state)->gather);
}

const struct stream_target csv_target = {
    .name = "csv",
    .title = "comma-separated values, a row a test",
    .size = sizeof(struct writer),
    .init = writer_init,
    .sink = {write_event, write_nothing, NULL},
    .end = writer_end,
    .release = writer_release,
};
