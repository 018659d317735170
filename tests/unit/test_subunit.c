#include "stream/subunit.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

#include <setjmp.h>

#include <cmocka.h>

#define CORPUS "tests/corpus/subunit"
#define EXACT 64 /* octets shown in full in the corpus, longer ones by their checksum */

/* What came out of a reader, in the corpus' own notation, and written again. */
struct record {
    struct buf lines, noise, again;
    struct strings ids;
    size_t events, damages;
};

static void show_octets(struct buf *to, struct bytes octets)
{
    if (octets.len > EXACT) {
        buf_printf(to, "%zu:crc32=%08lx", octets.len,
                   crc32(0, (const unsigned char *)octets.data, (uInt)octets.len));
        return;
    }
    buf_printf(to, "%zu:", octets.len);
    for (size_t i = 0; i < octets.len; i++)
        buf_printf(to, "%02x", (unsigned char)octets.data[i]);
}

static void show_text(struct buf *to, struct bytes text)
{
    buf_puts(to, text.data != NULL ? "\t=" : "\t-");
    for (size_t i = 0; i < text.len; i++)
        buf_printf(to, "%02x", (unsigned char)text.data[i]);
}

static int compare_tags(const void *a, const void *b)
{
    const struct bytes *x = a, *y = b;
    int order = memcmp(x->data, y->data, x->len < y->len ? x->len : y->len);
    return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

/* Tags are a set: shown in order, once. */
static void show_tags(struct buf *to, const struct event *event)
{
    buf_puts(to, event->has_tags ? "\t=" : "\t-");
    if (event->tag_count == 0)
        return;
    struct bytes *tags = mem_zero(event->tag_count * sizeof *tags);
    memcpy(tags, event->tags, event->tag_count * sizeof *tags);
    qsort(tags, event->tag_count, sizeof *tags, compare_tags);
    for (size_t i = 0; i < event->tag_count; i++) {
        if (i > 0 && bytes_equal(tags[i], tags[i - 1]))
            continue;
        buf_puts(to, i > 0 ? "," : "");
        for (size_t j = 0; j < tags[i].len; j++)
            buf_printf(to, "%02x", (unsigned char)tags[i].data[j]);
    }
    free(tags);
}

/* The corpus has microseconds, rounded half to even as its author did. */
static int64_t microseconds(int64_t time_ns)
{
    int64_t us = time_ns / 1000, rest = time_ns % 1000;
    return us + (rest > 500 || (rest == 500 && us % 2 == 1));
}

static void end_noise(struct record *record)
{
    if (record->noise.len == 0)
        return;
    buf_puts(&record->lines, "noise\t");
    show_octets(&record->lines, buf_bytes(&record->noise));
    buf_puts(&record->lines, "\n");
    buf_clear(&record->noise);
}

static void on_event(void *owner, const struct event *event)
{
    struct record *record = owner;
    struct buf *lines = &record->lines;
    end_noise(record);
    record->events++;
    if (event->test_id.data != NULL)
        strings_take(&record->ids, bytes_dup(event->test_id));
    buf_puts(lines, "packet");
    show_text(lines, event->test_id);
    buf_printf(lines, "\t%s", event->status != EVENT_NONE ? event_status_name(event->status) : "-");
    show_tags(lines, event);
    buf_printf(lines, "\t%d", event->runnable);
    show_text(lines, event->file_name);
    buf_puts(lines, "\t");
    if (event->file.data != NULL)
        show_octets(lines, event->file);
    else
        buf_puts(lines, "-");
    buf_printf(lines, "\t%d", event->eof);
    show_text(lines, event->mime);
    show_text(lines, event->route);
    if (event->has_time)
        buf_printf(lines, "\t%lld\n", (long long)microseconds(event->time_ns));
    else
        buf_puts(lines, "\t-\n");
    assert_int_equal(subunit_write(&record->again, event, 0), 0);
}

static void on_noise(void *owner, struct bytes octets)
{
    struct record *record = owner;
    assert_true(octets.len > 0);
    buf_add(&record->noise, octets.data, octets.len);
    buf_add(&record->again, octets.data, octets.len);
}

static void on_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    struct record *record = owner;
    end_noise(record);
    record->damages++;
    buf_printf(&record->lines, "damage\t%s\t%llu\t%llu\n", reason, (unsigned long long)offset,
               (unsigned long long)length);
}

static const struct event_sink sink = {on_event, on_noise, on_damage};

static void record_release(struct record *record)
{
    buf_release(&record->lines);
    buf_release(&record->noise);
    buf_release(&record->again);
    strings_release(&record->ids);
    *record = (struct record){0};
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Reads the octets in pieces of at most `piece` (0: whole), of random sizes when there is a seed. */
static void read_pieces(struct record *record, struct bytes octets, size_t piece, uint32_t seed)
{
    struct subunit_reader reader;
    subunit_reader_init(&reader, &sink, record);
    for (size_t at = 0; at < octets.len;) {
        size_t len = piece == 0 ? octets.len : seed != 0 ? 1 + next_random(&seed) % piece : piece;
        len = len < octets.len - at ? len : octets.len - at;
        char *copy =
            mem_dup(octets.data + at, len); /* so that reading past its end is seen by the sanitizer */
        subunit_reader_feed(&reader, copy, len);
        free(copy);
        at += len;
    }
    subunit_reader_end(&reader);
    assert_int_equal(subunit_reader_pending(&reader), 0);
    assert_int_equal(reader.offset, octets.len);
    subunit_reader_release(&reader);
    end_noise(record);
}

static struct buf read_file(const char *path)
{
    struct buf content = {0};
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char part[65536];
    size_t got;
    while ((got = fread(part, 1, sizeof part, file)) > 0)
        buf_add(&content, part, got);
    fclose(file);
    return content;
}

/* Calls `check` for each vector of the corpus with its stream and what must come out of it. */
static void each_vector(void (*check)(const char *name, struct bytes stream, const char *made_by,
                                      const char *expected))
{
    DIR *dir = opendir(CORPUS);
    assert_non_null(dir);
    size_t count = 0;
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        size_t len = strlen(entry->d_name);
        if (len < 4 || strcmp(entry->d_name + len - 4, ".bin") != 0)
            continue;
        char *path = mem_printf(CORPUS "/%.*s.tsv", (int)(len - 4), entry->d_name);
        struct buf expected = read_file(path);
        memcpy(path + strlen(path) - 4, ".bin", 4);
        struct buf stream = read_file(path);
        char *rest = strchr(expected.data, '\n');
        assert_non_null(rest);
        *rest = '\0';
        check(entry->d_name, buf_bytes(&stream), expected.data + strlen("made_by\t"), rest + 1);
        buf_release(&stream);
        buf_release(&expected);
        free(path);
        count++;
    }
    closedir(dir);
    assert_true(count >= 160);
}

static void check_pieces(const char *name, struct bytes stream, const char *expected, size_t piece,
                         uint32_t seed)
{
    struct record record = {0};
    read_pieces(&record, stream, piece, seed);
    if (strcmp(buf_str(&record.lines), expected) != 0)
        fail_msg("%s in pieces of %zu, seed %u:\n%s\nexpected:\n%s", name, piece, seed,
                 buf_str(&record.lines), expected);
    record_release(&record);
}

static void check_vector(const char *name, struct bytes stream, const char *made_by, const char *expected)
{
    (void)made_by;
    check_pieces(name, stream, expected, 0, 0);
    check_pieces(name, stream, expected, 1, 0);
    for (uint32_t seed = 1; seed <= 20; seed++)
        check_pieces(name, stream, expected, stream.len < 4096 ? 40 : 9000, seed);
}

static void vectors_read_the_same_in_any_pieces(void **state)
{
    (void)state;
    each_vector(check_vector);
}

static void check_prefixes(const char *name, struct bytes stream, const char *made_by, const char *expected)
{
    (void)made_by;
    (void)expected;
    bool nests = strncmp(name, "nested_", 7) == 0; /* cut, the stream inside the file is seen */
    struct record whole = {0};
    read_pieces(&whole, stream, 0, 0);
    size_t step = stream.len < 4096 ? 1 : 997;
    for (size_t len = 0; len < stream.len; len += step) {
        struct record part = {0};
        read_pieces(&part, (struct bytes){stream.data, len}, 7 + len % 50, 0);
        for (size_t i = 0; i < part.ids.len && !nests; i++)
            if (strings_find(&whole.ids, part.ids.items[i], NULL) < 0)
                fail_msg("%s cut at %zu invents %s", name, len, part.ids.items[i]);
        record_release(&part);
    }
    record_release(&whole);
}

static void prefixes_survive_and_invent_no_tests(void **state)
{
    (void)state;
    each_vector(check_prefixes);
}

static void check_written(const char *name, struct bytes stream, const char *made_by, const char *expected)
{
    struct record record = {0}, again = {0};
    read_pieces(&record, stream, 0, 0);
    if (strcmp(made_by, "reference") == 0 && !bytes_equal(buf_bytes(&record.again), stream))
        fail_msg("%s is not written as the reference writes it", name);
    read_pieces(&again, buf_bytes(&record.again), 0, 0);
    if (record.damages == 0 && strcmp(buf_str(&again.lines), expected) != 0)
        fail_msg("%s, written and read again:\n%s\nexpected:\n%s", name, buf_str(&again.lines), expected);
    record_release(&record);
    record_release(&again);
}

static void writing_what_was_read_gives_the_same_octets(void **state)
{
    (void)state;
    each_vector(check_written);
}

/* The first packet's length, as it says itself. */
static size_t packet_length(struct bytes stream, size_t at)
{
    const unsigned char *p = (const unsigned char *)stream.data + at;
    assert_true(p[0] == SUBUNIT_SIGNATURE);
    size_t width = (size_t)(p[3] >> 6) + 1, len = p[3] & 0x3F;
    for (size_t i = 1; i < width; i++)
        len = len << 8 | p[3 + i];
    return len;
}

static void lengths_are_minimal_at_every_boundary(void **state)
{
    (void)state;
    static const size_t around[] = {40, 16350, 70000};
    for (size_t i = 0; i < sizeof around / sizeof *around; i++)
        for (size_t len = around[i]; len < around[i] + 50; len++) {
            struct buf stream = {0};
            struct record record = {0};
            char *content = mem_zero(len);
            struct event event = {.file_name = bytes_of("f"), .file = {content, len}};
            assert_int_equal(subunit_write(&stream, &event, 0), 0);
            assert_int_equal(packet_length(buf_bytes(&stream), 0), stream.len);
            assert_true(stream.len != 64 && stream.len != 16384);
            read_pieces(&record, buf_bytes(&stream), 0, 0);
            assert_int_equal(record.events, 1);
            free(content);
            record_release(&record);
            buf_release(&stream);
        }
}

/* What a receiver of pieces sees. */
struct gathered {
    struct buf file;
    size_t packets, finals, eofs, tags;
};

static void gather(void *owner, const struct event *event)
{
    struct gathered *gathered = owner;
    gathered->packets++;
    gathered->finals += event_is_final(event);
    gathered->eofs += event->eof;
    gathered->tags += event->tag_count;
    assert_true(bytes_is(event->test_id, "t"));
    assert_true(bytes_is(event->file_name, "log"));
    assert_true(bytes_is(event->route, "0/1"));
    assert_true(gathered->finals == 0 || event_is_final(event));
    buf_add(&gathered->file, event->file.data, event->file.len);
}

static const struct event_sink gather_sink = {gather, on_noise, on_damage};

static void check_split(size_t size, size_t max)
{
    char *content = mem_zero(size);
    for (size_t i = 0; i < size; i++)
        content[i] = (char)(i * 31 + (i >> 8));
    struct bytes tag = bytes_of("slow");
    struct event event = {.status = EVENT_FAIL,
                          .test_id = bytes_of("t"),
                          .file_name = bytes_of("log"),
                          .file = {content, size},
                          .eof = true,
                          .route = bytes_of("0/1"),
                          .has_tags = true,
                          .tags = &tag,
                          .tag_count = 1,
                          .mime = bytes_of("text/plain"),
                          .runnable = true,
                          .has_time = true,
                          .time_ns = 1700000000123456789};
    struct buf stream = {0};
    assert_int_equal(subunit_write(&stream, &event, max), 0);
    size_t packets = 0;
    for (size_t at = 0; at < stream.len; at += packet_length(buf_bytes(&stream), at), packets++)
        assert_true(packet_length(buf_bytes(&stream), at) <= (max > 0 ? max : SUBUNIT_PACKET_MAX));
    struct gathered gathered = {0};
    struct subunit_reader reader;
    subunit_reader_init(&reader, &gather_sink, &gathered);
    subunit_reader_feed(&reader, stream.data, stream.len);
    subunit_reader_end(&reader);
    subunit_reader_release(&reader);
    assert_int_equal(gathered.packets, packets);
    assert_int_equal(gathered.finals, 1);
    assert_int_equal(gathered.eofs, 1);
    assert_int_equal(gathered.tags, 1);
    assert_true(bytes_equal(buf_bytes(&gathered.file), (struct bytes){content, size}));
    free(content);
    buf_release(&gathered.file);
    buf_release(&stream);
}

static void long_files_are_sent_in_pieces(void **state)
{
    (void)state;
    for (size_t max = 60; max < 75; max++)
        check_split(1000, max);
    for (size_t size = 4000; size < 4100; size++)
        check_split(size, 4096);
    check_split(100000, 4096);
    check_split(0, 4096);
    check_split(SUBUNIT_PACKET_MAX - 60, 0);
    check_split(SUBUNIT_PACKET_MAX * 2, 0);
}

static void the_largest_packet_goes_both_ways(void **state)
{
    (void)state;
    size_t len = 4194288;
    char *content = mem_zero(len + 1);
    struct event event = {.file_name = bytes_of("f"), .file = {content, len}};
    struct buf stream = {0};
    struct record record = {0};
    assert_int_equal(subunit_write(&stream, &event, 0), 0);
    assert_int_equal(stream.len, SUBUNIT_PACKET_MAX);
    event.file.len++;
    assert_int_equal(subunit_write(&stream, &event, 0), 0);
    read_pieces(&record, buf_bytes(&stream), 100000, 7);
    assert_int_equal(record.events, 3);
    assert_int_equal(record.damages, 0);
    free(content);
    record_release(&record);
    buf_release(&stream);
}

static void strings_that_do_not_fit_are_refused_whole(void **state)
{
    (void)state;
    char *id = mem_zero(SUBUNIT_PACKET_MAX);
    memset(id, 'x', SUBUNIT_PACKET_MAX);
    struct event event = {.test_id = {id, SUBUNIT_PACKET_MAX}};
    struct buf stream = {0};
    assert_int_equal(subunit_write(&stream, &event, 0), -E2BIG);
    event.test_id.len = 100;
    assert_int_equal(subunit_write(&stream, &event, 100), -E2BIG);
    event.file_name = bytes_of("log");
    event.file = bytes_of("content");
    for (size_t max = 8; max < 116; max++)
        assert_int_equal(subunit_write(&stream, &event, max), -E2BIG);
    assert_int_equal(stream.len, 0);
    free(id);
    buf_release(&stream);
}

static void check_sent_as(struct bytes id, const char *expected)
{
    struct buf stream = {0};
    struct record record = {0};
    struct event event = {.test_id = id, .status = EVENT_EXISTS};
    assert_int_equal(subunit_write(&stream, &event, 0), 0);
    read_pieces(&record, buf_bytes(&stream), 0, 0);
    assert_int_equal(record.ids.len, 1);
    assert_string_equal(record.ids.items[0], expected);
    record_release(&record);
    buf_release(&stream);
}

static void strings_are_cleaned_when_written(void **state)
{
    (void)state;
    check_sent_as(bytes_of("plain"), "plain");
    check_sent_as(bytes_of(""), "");
    check_sent_as((struct bytes){"a\0b", 3}, "a\xEF\xBF\xBD"
                                             "b");
    check_sent_as(bytes_of("\xE2\x82\xAC\xFF\xC3\xA9\xE2\x82"),
                  "\xE2\x82\xAC\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBD");
    check_sent_as(bytes_of("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void times_that_cannot_be_expressed_are_left_out(void **state)
{
    (void)state;
    static const struct {
        int64_t time_ns;
        const char *end;
    } table[] = {
        {0, "\t0\n"},
        {1500, "\t2\n"},
        {-1, "\t-\n"},
        {INT64_C(4294967295999999000), "\t4294967295999999\n"},
        {INT64_C(4294967296000000000), "\t-\n"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct buf stream = {0};
        struct record record = {0};
        struct event event = {.has_time = true, .time_ns = table[i].time_ns};
        assert_int_equal(subunit_write(&stream, &event, 0), 0);
        read_pieces(&record, buf_bytes(&stream), 0, 0);
        const char *lines = buf_str(&record.lines);
        assert_string_equal(lines + strlen(lines) - strlen(table[i].end), table[i].end);
        record_release(&record);
        buf_release(&stream);
    }
}

static void a_present_empty_set_of_tags_goes_both_ways(void **state)
{
    (void)state;
    struct buf stream = {0};
    struct record record = {0};
    struct event event = {.test_id = bytes_of("t"), .has_tags = true};
    assert_int_equal(subunit_write(&stream, &event, 0), 0);
    read_pieces(&record, buf_bytes(&stream), 0, 0);
    assert_string_equal(buf_str(&record.lines), "packet\t=74\t-\t=\t0\t-\t-\t0\t-\t-\t-\n");
    record_release(&record);
    buf_release(&stream);
}

static void pending_counts_a_packet_that_is_not_complete(void **state)
{
    (void)state;
    struct buf stream = {0};
    struct record record = {0};
    struct event event = {.test_id = bytes_of("some/test"), .status = EVENT_SUCCESS};
    subunit_write(&stream, &event, 0);
    struct subunit_reader reader;
    subunit_reader_init(&reader, &sink, &record);
    subunit_reader_feed(&reader, "text", 4);
    assert_int_equal(subunit_reader_pending(&reader), 0);
    subunit_reader_feed(&reader, stream.data, stream.len - 1);
    assert_int_equal(subunit_reader_pending(&reader), stream.len - 1);
    assert_int_equal(record.events, 0);
    subunit_reader_feed(&reader, stream.data + stream.len - 1, 1);
    assert_int_equal(subunit_reader_pending(&reader), 0);
    assert_int_equal(record.events, 1);
    subunit_reader_end(&reader);
    subunit_reader_release(&reader);
    record_release(&record);
    buf_release(&stream);
}

/* Octets that claim to be long packets, over and over: what they cost is bounded by their number, and the
 * good packet behind them is found. */
static void false_packets_cost_a_bounded_amount(void **state)
{
    (void)state;
    static const char *const claims[] = {"\xB3\x20\x01\xBF\xFF\xF0", "\n\xB3\x20\x01\x9F\xFF\xF0"};
    size_t total = 6u << 20;
    for (size_t i = 0; i < 2; i++) {
        struct buf stream = {0};
        struct record record = {0};
        struct event good = {.test_id = bytes_of("good"), .status = EVENT_SUCCESS};
        while (stream.len < total)
            buf_puts(&stream, claims[i]);
        buf_puts(&stream, "\n");
        subunit_write(&stream, &good, 0);
        struct subunit_reader reader;
        subunit_reader_init(&reader, &sink, &record);
        for (size_t at = 0; at < stream.len; at += 8192) {
            subunit_reader_feed(&reader, stream.data + at, stream.len - at < 8192 ? stream.len - at : 8192);
            assert_true(reader.pending.len <= 2 * (SUBUNIT_PACKET_MAX + 65536));
            assert_true(reader.wasted <= 65 * ((1u << 20) + reader.offset) + SUBUNIT_PACKET_MAX);
        }
        subunit_reader_end(&reader);
        assert_true(record.damages > 0);
        assert_int_equal(record.events, 1);
        subunit_reader_release(&reader);
        record_release(&record);
        buf_release(&stream);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_read_the_same_in_any_pieces),
        cmocka_unit_test(prefixes_survive_and_invent_no_tests),
        cmocka_unit_test(writing_what_was_read_gives_the_same_octets),
        cmocka_unit_test(lengths_are_minimal_at_every_boundary),
        cmocka_unit_test(long_files_are_sent_in_pieces),
        cmocka_unit_test(the_largest_packet_goes_both_ways),
        cmocka_unit_test(strings_that_do_not_fit_are_refused_whole),
        cmocka_unit_test(strings_are_cleaned_when_written),
        cmocka_unit_test(times_that_cannot_be_expressed_are_left_out),
        cmocka_unit_test(a_present_empty_set_of_tags_goes_both_ways),
        cmocka_unit_test(pending_counts_a_packet_that_is_not_complete),
        cmocka_unit_test(false_packets_cost_a_bounded_amount),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
