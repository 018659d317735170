/* What no reader may mind, of any format: each begins with a real stream of its corpus and goes on badly.
 * Nothing crashes, hangs or takes memory without end, and what failed does not pass. */
#include "stream_corpus.h"

#include <sys/resource.h>

#ifdef __SANITIZE_ADDRESS__
#define LINE_PIECES 10
#define DEPTH 5000
#define CUTS 20
#else
#define LINE_PIECES 100 /* of 1 MiB */
#define DEPTH 30000
#define CUTS 100 /* of a stream, about */
#endif
#define PIECE (1u << 20)
#define MEMORY_MAX_KIB (700u << 10) /* a document may hold 256 MiB, and is copied once */

/* All octets in the given pieces, whatever there is of memory: `times` pieces of `filler` behind the head. */
static struct record read_flood(const struct stream_format *format, struct bytes head, struct bytes filler,
                                size_t times, struct bytes tail)
{
    struct record record = {0};
    void *reader = mem_zero(format->size);
    format->init(reader, &sink, &record);
    format->feed(reader, head.data, head.len);
    for (size_t i = 0; i < times; i++) {
        format->feed(reader, filler.data, filler.len);
        buf_clear(&record.noise);
    }
    format->feed(reader, tail.data, tail.len);
    format->end(reader);
    format->release(reader);
    free(reader);
    end_noise(&record);
    return record;
}

/* The first stream of each format that is whole; every test here reads it in some way. */
static void each_first(checker *check)
{
    static const char *const firsts[] = {
        "catch2/plain",         "check/plain",      "go/plain",     "gtest/plain",
        "gtest-json/some",      "jest/one",         "junit/pytest", "libtest/lib",
        "libtest-json/nextest", "meson/all",        "mocha/all",    "mocha-stream/all",
        "minitest/verbose",     "node-spec/node22", "rspec/all",    "nextest-list/line",
        "ctest/serial",         "subunit1/python",  "tap/plain",    "unittest/python311"};
    size_t count, seen = 0;
    const struct stream_format *const *formats = stream_formats(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < sizeof firsts / sizeof *firsts; k++) {
            size_t len = strlen(formats[i]->name);
            char *path = mem_printf(CORPUS "/%s.in", firsts[k]);
            struct buf stream = {0};
            if (strncmp(firsts[k], formats[i]->name, len) == 0 && firsts[k][len] == '/') {
                if (!read_file(path, &stream))
                    fail_msg("%s is missing", path);
                check(formats[i], path, buf_bytes(&stream));
                seen++;
            }
            buf_release(&stream);
            free(path);
        }
    assert_int_equal(seen + 1, count); /* subunit is test_subunit's */
}

static struct bytes first_half(struct bytes stream)
{
    const char *end = memrchr(stream.data, '\n', stream.len / 2);
    return (struct bytes){stream.data, end != NULL ? (size_t)(end - stream.data) + 1 : stream.len / 2};
}

static void check_long_line(const struct stream_format *format, const char *path, struct bytes stream)
{
    static const char *const begins[] = {"", "{\"", "<a b=\"", "    # "};
    (void)path;
    struct bytes half = first_half(stream);
    struct bytes rest = {stream.data + half.len, stream.len - half.len};
    struct buf filler = {0};
    for (size_t i = 0; i < PIECE; i++)
        buf_putc(&filler, 'x');
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        struct buf head = {0};
        buf_add(&head, half.data, half.len);
        buf_puts(&head, begins[i]);
        struct record record =
            read_flood(format, buf_bytes(&head), buf_bytes(&filler), i == 0 ? LINE_PIECES : 4, rest);
        record_release(&record);
        buf_release(&head);
    }
    buf_release(&filler);
}

static void a_line_without_end_takes_bounded_memory(void **state)
{
    struct rusage used;
    (void)state;
    each_first(check_long_line);
    getrusage(RUSAGE_SELF, &used);
#ifndef __SANITIZE_ADDRESS__
    assert_in_range(used.ru_maxrss, 1, MEMORY_MAX_KIB);
#endif
}

static void check_nesting(const struct stream_format *format, const char *path, struct bytes stream)
{
    static const char *const opens[] = {"[", "{\"a\":", "{\"tests\":[", "<testsuite>", "<a>",
                                        "{", "(",       "test: x ["};
    struct bytes half = first_half(stream);
    struct record plain = read_pieces(format, half, 0, 0);
    for (size_t i = 0; i < sizeof opens / sizeof *opens; i++) {
        struct record deep = read_flood(format, half, bytes_of(opens[i]), DEPTH, bytes_of("\n"));
        struct record alone =
            read_flood(format, (struct bytes){"", 0}, bytes_of(opens[i]), DEPTH, bytes_of("\n"));
        if (deep.finals > plain.finals + 1 || alone.finals > 1)
            fail_msg("%s, with %s nested, invents tests", path, opens[i]);
        record_release(&deep);
        record_release(&alone);
    }
    record_release(&plain);
}

static void deep_nesting_ends(void **state)
{
    (void)state;
    each_first(check_nesting);
}

/* Subtests, their names and their blocks, one in the other. */
static void deep_indentation_ends(void **state)
{
    struct buf stream = {0};
    (void)state;
    for (size_t depth = 0; depth < 2000; depth++)
        buf_printf(&stream, "%*s# Subtest: s\n%*sok 1 - a\n", (int)depth * 4, "", (int)depth * 4 + 4, "");
    struct record record = read_pieces(stream_format("tap"), buf_bytes(&stream), 0, 0);
    assert_true(record.damages > 0);
    assert_in_range(record.finals, 1, 2000);
    record_release(&record);
    buf_release(&stream);
}

/* The words of failure in the record: an outcome "fail", or damage. */
static bool is_red(const struct record *record)
{
    return record->damages > 0 || strstr(buf_str(&record->lines), "\"status\":\"fail\"") != NULL;
}

static void check_encodings(const struct stream_format *format, const char *path, struct bytes stream)
{
    struct record whole = read_pieces(format, stream, 0, 0);
    struct buf wide = {0}, spoilt = {0};
    buf_puts(&wide, "\xff\xfe");
    for (size_t i = 0; i < stream.len; i++) {
        buf_putc(&wide, stream.data[i]);
        buf_putc(&wide, '\0');
        buf_putc(&spoilt,
                 i % 61 == 60 && stream.data[i] != '\n' ? (char)(i % 2 == 0 ? 0xFF : 0xE9) : stream.data[i]);
    }
    struct record utf16 = read_pieces(format, buf_bytes(&wide), 4096, 3),
                  octets = read_pieces(format, buf_bytes(&spoilt), 4096, 5);
    if (utf16.finals > whole.finals || octets.finals > whole.finals + 3)
        fail_msg("%s, wrongly encoded, invents tests:\n%s", path, buf_str(&octets.lines));
    record_release(&utf16);
    record_release(&octets);
    record_release(&whole);
    buf_release(&wide);
    buf_release(&spoilt);
}

static void wrong_encodings_invent_nothing(void **state)
{
    (void)state;
    each_stream(check_encodings);
}

/* Lines of another program between all lines. In formats that are one document, which that breaks, the
 * document is damaged or there is nothing of it; elsewhere what failed still has. */
static void check_noise(const struct stream_format *format, const char *path, struct bytes stream)
{
    struct record whole = read_pieces(format, stream, 0, 0);
    struct buf mixed = {0};
    for (size_t i = 0; i < stream.len; i++) {
        buf_putc(&mixed, stream.data[i]);
        if (stream.data[i] == '\n')
            buf_puts(&mixed, "W 12:00:01 \x1b[33mwarning\x1b[0m: 3 of 4 < 5 & \"6\"\n");
    }
    struct record noisy = read_pieces(format, buf_bytes(&mixed), 700, 11);
    if (is_red(&whole) && noisy.finals > 0 && !is_red(&noisy))
        fail_msg("%s, with noise between its lines, is green:\n%s", path, buf_str(&noisy.lines));
    record_release(&noisy);
    record_release(&whole);
    buf_release(&mixed);
}

static void noise_between_the_lines_makes_nothing_green(void **state)
{
    (void)state;
    each_stream(check_noise);
}

/* All of it twice, the second half first, and lines swapped: contradictions of every kind. */
static void check_disorder(const struct stream_format *format, const char *path, struct bytes stream)
{
    struct record whole = read_pieces(format, stream, 0, 0);
    struct bytes half = first_half(stream);
    struct buf twice = {0}, turned = {0};
    buf_add(&twice, stream.data, stream.len);
    buf_add(&twice, stream.data, stream.len);
    buf_add(&turned, stream.data + half.len, stream.len - half.len);
    buf_add(&turned, half.data, half.len);
    struct record doubled = read_pieces(format, buf_bytes(&twice), 0, 0);
    struct record swapped = read_pieces(format, buf_bytes(&turned), 300, 7);
    if (is_red(&whole) && !is_red(&doubled))
        fail_msg("%s, twice, is green", path);
    if (doubled.finals > 2 * whole.finals + 2)
        fail_msg("%s, twice, invents tests", path);
    if (is_red(&whole) && swapped.finals > 0 && !is_red(&swapped))
        fail_msg("%s, turned round, is green:\n%s", path, buf_str(&swapped.lines));
    record_release(&doubled);
    record_release(&swapped);
    record_release(&whole);
    buf_release(&twice);
    buf_release(&turned);
}

static void contradictions_make_nothing_green(void **state)
{
    (void)state;
    each_stream(check_disorder);
}

static size_t count_begun(const struct record *record)
{
    size_t count = 0;
    for (const char *at = buf_str(&record->lines); (at = strstr(at, "\"status\":\"inprogress\"")) != NULL;
         at++)
        count++;
    return count;
}

/* Where a stream says nowhere that it is over: an entry of meson's log, a line of subunit 1, the summary of a
 * GoogleTest suite that could not be set up. Who ran them knows by the exit status. */
static bool tells_no_end(const struct stream_format *format, const char *path)
{
    return strcmp(format->name, "meson") == 0 || strcmp(format->name, "subunit1") == 0 ||
           strstr(path, "gtest/badsuite") != NULL;
}

/* Cut at many octets: as long as the stream is red as a whole and something came of it, a part of it without
 * its failures does not look complete. */
static void check_cuts(const struct stream_format *format, const char *path, struct bytes stream)
{
    struct record whole = read_pieces(format, stream, 0, 0);
    size_t step = 1 + stream.len / CUTS;
    for (size_t len = 1; whole.damages == 0 && !tells_no_end(format, path) && len + 1 < stream.len;
         len += step) {
        struct record part = read_pieces(format, (struct bytes){stream.data, len}, 0, 0);
        bool running = count_begun(&part) > part.finals;
        if (part.finals > 0 && part.finals < whole.finals && is_red(&whole) && !is_red(&part) && !running)
            fail_msg("%s, cut at %zu, is green:\n%s", path, len, buf_str(&part.lines));
        record_release(&part);
    }
    record_release(&whole);
}

static void a_stream_cut_anywhere_is_not_green(void **state)
{
    (void)state;
    each_stream(check_cuts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_without_end_takes_bounded_memory),
        cmocka_unit_test(deep_nesting_ends),
        cmocka_unit_test(deep_indentation_ends),
        cmocka_unit_test(wrong_encodings_invent_nothing),
        cmocka_unit_test(noise_between_the_lines_makes_nothing_green),
        cmocka_unit_test(contradictions_make_nothing_green),
        cmocka_unit_test(a_stream_cut_anywhere_is_not_green),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
