#include "runner/wire.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#define WRITE_MAX 4096 /* PIPE_BUF: what several processes write is not mixed up to there */
#define FIXED_MAX 64   /* octets of a packet beside its strings, and more than enough */
#define PIECE 65536

static void on_event(void *owner, const struct event *event)
{
    struct wire *wire = owner;
    struct control message;
    if (control_is(event) && control_read(&message, event, NULL) == 0) {
        wire->take(wire->owner, &message);
        control_release(&message);
    }
}

static void on_noise(void *owner, struct bytes octets)
{
    (void)owner, (void)octets; /* aloof writes none */
}

static void on_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    (void)owner, (void)reason, (void)offset, (void)length;
}

static const struct event_sink sink = {on_event, on_noise, on_damage};

void wire_init(struct wire *wire, int in_fd, int out_fd, wire_taker *take, void *owner)
{
    *wire = (struct wire){.in_fd = in_fd, .out_fd = out_fd, .take = take, .owner = owner};
    subunit_reader_init(&wire->reader, &sink, wire);
}

void wire_release(struct wire *wire)
{
    subunit_reader_release(&wire->reader);
    buf_release(&wire->out);
}

bool wire_receive(struct wire *wire)
{
    char octets[PIECE];
    ssize_t got;
    do
        got = read(wire->in_fd, octets, sizeof octets);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        subunit_reader_feed(&wire->reader, octets, (size_t)got);
    return got > 0;
}

void wire_write(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t put = write(fd, data, len);
        if (put < 0 && errno != EINTR)
            return;
        data += put > 0 ? put : 0;
        len -= put > 0 ? (size_t)put : 0;
    }
}

void wire_flush(struct wire *wire)
{
    wire_write(wire->out_fd, wire->out.data, wire->out.len);
    buf_clear(&wire->out);
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Of one packet; where both would be more than a write, what was there goes first. */
static void add_packet(struct wire *wire, const struct event *event)
{
    size_t before = wire->out.len;
    if (subunit_write(&wire->out, event, WRITE_MAX) < 0 || wire->out.len <= WRITE_MAX)
        return;
    wire_write(wire->out_fd, wire->out.data, before);
    buf_drop(&wire->out, before);
}

/* How much content fits into one packet beside the event's other fields. */
static size_t content_room(const struct event *event)
{
    size_t fields =
        FIXED_MAX + event->test_id.len + event->route.len + event->file_name.len + event->mime.len;
    for (size_t i = 0; i < event->tag_count; i++)
        fields += event->tags[i].len + FIXED_MAX / 8;
    return fields < WRITE_MAX ? WRITE_MAX - fields : 0;
}

void wire_event(struct wire *wire, const struct event *event)
{
    struct event last = *event;
    if (!last.has_time) {
        last.has_time = true;
        last.time_ns = now_ns();
    }
    size_t room = content_room(event);
    struct event piece = last;
    piece.status = EVENT_NONE;
    piece.has_tags = piece.eof = false;
    piece.tag_count = 0;
    for (; room > 0 && last.file.len > room; last.file.len -= room, last.file.data += room) {
        piece.file = (struct bytes){last.file.data, room};
        add_packet(wire, &piece);
    }
    add_packet(wire, &last);
}

void wire_message(struct wire *wire, const char *verb, int slot, json_t *body)
{
    wire_flush(wire);
    control_write(&wire->out, verb, slot, body);
    wire_flush(wire);
}
