/* bench_subunit [FILE]: events a second through the reader, and through the writer, over a stream of 100,000
 * events (50,000 tests, each inprogress and success with timestamps). With FILE the stream is also put there,
 * for a peer to read. Prints `reader EVENTS_PER_S` (the best of the rounds) and `writer EVENTS_PER_S`. */
#include "stream/subunit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#define TESTS 50000
#define ROUNDS 20
#define READ_SIZE 65536 /* as a pipe gives it */

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void write_stream(struct buf *to)
{
    for (int i = 0; i < TESTS; i++) {
        char id[96];
        snprintf(id, sizeof id, "tests/test_module_%03d.py::TestCase::test_method[%d]", i / 100, i);
        struct event event = {.status = EVENT_INPROGRESS,
                              .test_id = bytes_of(id),
                              .route = bytes_of("0"),
                              .runnable = true,
                              .has_time = true,
                              .time_ns = INT64_C(1700000000000000000) + i * INT64_C(1234000)};
        subunit_write(to, &event, 0);
        event.status = EVENT_SUCCESS;
        event.time_ns += 1000000;
        subunit_write(to, &event, 0);
    }
}

static void count_event(void *owner, const struct event *event)
{
    *(uint64_t *)owner += event->test_id.len > 0;
}

static void stop_at_noise(void *owner, struct bytes octets)
{
    (void)owner;
    (void)octets;
    abort();
}

static void stop_at_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    (void)owner;
    fprintf(stderr, "%s at %" PRIu64 ", %" PRIu64 " octets\n", reason, offset, length);
    abort();
}

static uint64_t read_stream(const struct buf *stream)
{
    static const struct event_sink sink = {count_event, stop_at_noise, stop_at_damage};
    uint64_t events = 0;
    struct subunit_reader reader;
    subunit_reader_init(&reader, &sink, &events);
    for (size_t at = 0; at < stream->len; at += READ_SIZE)
        subunit_reader_feed(&reader, stream->data + at,
                            stream->len - at < READ_SIZE ? stream->len - at : READ_SIZE);
    subunit_reader_end(&reader);
    subunit_reader_release(&reader);
    return events;
}

static int save(const struct buf *stream, const char *path)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(stream->data, 1, stream->len, file) != stream->len || fclose(file) != 0) {
        perror(path);
        return 1;
    }
    return 0;
}

/* Events a second in the best of the rounds; 0 when events were lost. */
static double reader_speed(const struct buf *stream)
{
    double best_s = 0;
    for (int i = 0; i < ROUNDS; i++) {
        double start = now_s();
        if (read_stream(stream) != UINT64_C(2) * TESTS)
            return 0;
        double took_s = now_s() - start;
        if (i == 0 || took_s < best_s)
            best_s = took_s;
    }
    return 2.0 * TESTS / best_s;
}

int main(int argc, char **argv)
{
    struct buf stream = {0};
    double start = now_s();
    write_stream(&stream);
    double writer = 2.0 * TESTS / (now_s() - start), reader = reader_speed(&stream);
    int code = reader > 0 ? 0 : 1;
    printf("reader %.0f\nwriter %.0f\n", reader, writer);
    if (argc > 1)
        code |= save(&stream, argv[1]);
    buf_release(&stream);
    return code;
}
