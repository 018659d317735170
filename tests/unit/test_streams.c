/* Every format that aloof reads, by its corpus: tests/corpus/stream/FORMAT/NAME.in gives NAME.out, a line of
 * JSON an event. ALOOF_REFRESH_STREAMS=1 writes what comes out now; read the difference. */
#include "stream_corpus.h"

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

/* Prefixes of a stream, at most: reading every one of them takes time by the square of its length. */
enum { PREFIXES = 400 };

/* A stream that is cut short tells so, or has told fewer outcomes: it never looks complete. */
static void check_prefixes(const struct stream_format *format, const char *path, struct bytes stream)
{
    struct record whole = read_pieces(format, stream, 0, 0);
    size_t step = 1 + stream.len / PREFIXES;
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
