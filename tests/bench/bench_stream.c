/* bench_stream FORMAT FILE: octets and events a second through the format's reader, over a file that its
 * reader takes without damage. Prints `mb MEGABYTES_PER_S` and `events EVENTS_PER_S`, both of the best round.
 */
#include "stream/stream.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 10
#define READ_SIZE 65536 /* as a pipe gives it */

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void count_event(void *owner, const struct event *event)
{
    *(uint64_t *)owner += event->test_id.len > 0;
}

static void skip_noise(void *owner, struct bytes octets)
{
    (void)owner;
    (void)octets;
}

static void stop_at_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    (void)owner;
    fprintf(stderr, "%s at %" PRIu64 ", %" PRIu64 " octets\n", reason, offset, length);
    exit(1);
}

static uint64_t read_stream(const struct stream_format *format, struct bytes stream)
{
    static const struct event_sink sink = {count_event, skip_noise, stop_at_damage};
    uint64_t events = 0;
    void *reader = mem_zero(format->size);
    format->init(reader, &sink, &events);
    for (size_t at = 0; at < stream.len; at += READ_SIZE)
        format->feed(reader, stream.data + at, stream.len - at < READ_SIZE ? stream.len - at : READ_SIZE);
    format->end(reader);
    format->release(reader);
    free(reader);
    return events;
}

static struct buf read_file(const char *path)
{
    struct buf content = {0};
    FILE *file = fopen(path, "rb");
    size_t got;
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    while ((got = fread(buf_reserve(&content, READ_SIZE), 1, READ_SIZE, file)) > 0)
        content.len += got;
    fclose(file);
    return content;
}

int main(int argc, char **argv)
{
    const struct stream_format *format = argc == 3 ? stream_format(argv[1]) : NULL;
    if (format == NULL) {
        fprintf(stderr, "usage: bench_stream FORMAT FILE\n");
        return 2;
    }
    struct buf stream = read_file(argv[2]);
    double best_s = 0;
    uint64_t events = 0;
    for (int i = 0; i < ROUNDS; i++) {
        double start = now_s();
        events = read_stream(format, buf_bytes(&stream));
        double took_s = now_s() - start;
        if (i == 0 || took_s < best_s)
            best_s = took_s;
    }
    printf("mb %.0f\nevents %.0f\n", (double)stream.len / 1e6 / best_s, (double)events / best_s);
    buf_release(&stream);
    return 0;
}
