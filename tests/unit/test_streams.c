/* Every format that aloof reads, by its corpus: tests/corpus/stream/FORMAT/NAME.in gives NAME.out, a line of
 * JSON an event. ALOOF_REFRESH_STREAMS=1 writes what comes out now; read the difference. */
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

static void check_stream(const struct stream_format *format, const char *path, struct bytes stream)
{
    char *out = mem_printf("%.*s.out", (int)strlen(path) - 3, path);
    struct record whole = read_pieces(format, stream, 0, 0);
    if (getenv("ALOOF_REFRESH_STREAMS") != NULL) {
        FILE *file = fopen(out, "wb");
        assert_non_null(file);
        fwrite(buf_str(&whole.lines), 1, whole.lines.len, file);
        fclose(file);
    }
    struct buf expected = {0};
    if (!read_file(out, &expected))
        fail_msg("%s is missing", out);
    if (strcmp(buf_str(&expected), buf_str(&whole.lines)) != 0)
        fail_msg("%s gives\n%s\nexpected:\n%s", path, buf_str(&whole.lines), buf_str(&expected));
    for (uint32_t seed = 0; seed < 12; seed++) {
        struct record cut = read_pieces(format, stream, seed == 0 ? 1 : stream.len < 4096 ? 40 : 9000, seed);
        if (strcmp(buf_str(&cut.lines), buf_str(&whole.lines)) != 0)
            fail_msg("%s, cut by seed %u, gives\n%s", path, seed, buf_str(&cut.lines));
        record_release(&cut);
    }
    buf_release(&expected);
    record_release(&whole);
    free(out);
}

static void streams_read_the_same_in_any_pieces(void **state)
{
    (void)state;
    each_stream(check_stream);
}

/* A stream that is cut short tells so, or has told fewer outcomes: it never looks complete. */
static void check_prefixes(const struct stream_format *format, const char *path, struct bytes stream)
{
    struct record whole = read_pieces(format, stream, 0, 0);
    size_t step = stream.len < 4096 ? 1 : 97;
    for (size_t len = 0; len < stream.len; len += step) {
        struct record part = read_pieces(format, (struct bytes){stream.data, len}, 7 + len % 50, 0);
        if (part.finals > whole.finals + 1 && part.damages == 0)
            fail_msg("%s, cut at %zu, invents tests:\n%s", path, len, buf_str(&part.lines));
        record_release(&part);
    }
    record_release(&whole);
}

static void prefixes_survive(void **state)
{
    (void)state;
    each_stream(check_prefixes);
}

static void check_guess(const struct stream_format *format, const char *path, struct bytes stream)
{
    struct bytes head = {stream.data, stream.len < STREAM_HEAD ? stream.len : STREAM_HEAD};
    bool plain = strstr(path, "/not_") == NULL; /* "not_guessed.in": damaged beyond that */
    if (plain && stream_guess(head, true) != format)
        fail_msg("%s is taken for %s", path,
                 stream_guess(head, true) != NULL ? stream_guess(head, true)->name : "nothing");
}

static void formats_are_found_by_their_start(void **state)
{
    (void)state;
    each_stream(check_guess);
    assert_null(stream_guess(bytes_of("hello, world\n"), true));
    assert_null(stream_guess(bytes_of(""), true));
    assert_ptr_equal(stream_format("tap"), stream_guess(bytes_of("TAP version 14\n"), false));
    assert_ptr_equal(stream_format("subunit"), stream_guess(bytes_of("\xb3\x29\x01\x0c"), false));
    assert_null(stream_format("nonsense"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_read_the_same_in_any_pieces),
        cmocka_unit_test(prefixes_survive),
        cmocka_unit_test(formats_are_found_by_their_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
