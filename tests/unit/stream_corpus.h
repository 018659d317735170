/* The corpus of every format, and what comes out of a reader, for the tests of all of them. */
#ifndef ALOOF_TESTS_STREAM_CORPUS_H
#define ALOOF_TESTS_STREAM_CORPUS_H

#include "stream/json_write.h"
#include "stream/stream.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <setjmp.h>

#include <cmocka.h>

#define CORPUS "tests/corpus/stream"

/* What came out of a reader. */
struct record {
    struct buf lines, noise;
    size_t finals, damages;
};

static void end_noise(struct record *record)
{
    if (record->noise.len > 0)
        json_write_noise(&record->lines, buf_bytes(&record->noise));
    buf_clear(&record->noise);
}

static void on_event(void *owner, const struct event *event)
{
    struct record *record = owner;
    end_noise(record);
    record->finals += event_is_final(event);
    json_write_event(&record->lines, event);
}

static void on_noise(void *owner, struct bytes octets)
{
    struct record *record = owner;
    assert_true(octets.len > 0);
    buf_add(&record->noise, octets.data, octets.len);
}

static void on_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    struct record *record = owner;
    end_noise(record);
    record->damages++;
    assert_true(strchr(reason, '\n') == NULL);
    json_write_damage(&record->lines, reason, offset, length);
}

static const struct event_sink sink = {on_event, on_noise, on_damage};

static void record_release(struct record *record)
{
    buf_release(&record->lines);
    buf_release(&record->noise);
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Reads the octets in pieces of at most `piece` (0: whole), of random sizes when there is a seed. */
static struct record read_pieces(const struct stream_format *format, struct bytes octets, size_t piece,
                                 uint32_t seed)
{
    struct record record = {0};
    void *reader = mem_zero(format->size);
    format->init(reader, &sink, &record);
    for (size_t at = 0; at < octets.len;) {
        size_t len = piece == 0 ? octets.len : seed != 0 ? 1 + next_random(&seed) % piece : piece;
        len = len < octets.len - at ? len : octets.len - at;
        char *copy = mem_dup(octets.data + at, len); /* reading past its end is seen by the sanitizer */
        format->feed(reader, copy, len);
        free(copy);
        at += len;
    }
    format->end(reader);
    format->release(reader);
    free(reader);
    end_noise(&record);
    return record;
}

static bool read_file(const char *path, struct buf *content)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    char part[65536];
    size_t got;
    while ((got = fread(part, 1, sizeof part, file)) > 0)
        buf_add(content, part, got);
    fclose(file);
    return true;
}

typedef void checker(const struct stream_format *format, const char *path, struct bytes stream);

/* Calls `check` for each stream of the format's corpus. */
static void each_of(const struct stream_format *format, checker *check)
{
    char *folder = mem_printf(CORPUS "/%s", format->name);
    DIR *dir = opendir(folder);
    if (dir == NULL)
        fail_msg("%s has no corpus in %s", format->name, folder);
    size_t count = 0;
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        size_t len = strlen(entry->d_name);
        if (len < 4 || strcmp(entry->d_name + len - 3, ".in") != 0)
            continue;
        char *path = mem_printf("%s/%s", folder, entry->d_name);
        struct buf stream = {0};
        assert_true(read_file(path, &stream));
        check(format, path, buf_bytes(&stream));
        buf_release(&stream);
        free(path);
        count++;
    }
    closedir(dir);
    free(folder);
    assert_true(count >= 3);
}

/* For each format but subunit, whose vectors and notation are test_subunit's. */
static void each_stream(checker *check)
{
    size_t count;
    const struct stream_format *const *formats = stream_formats(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(formats[i]->name, "subunit") != 0)
            each_of(formats[i], check);
}

#endif
