/* What came with a failure: kept small, and for as long as it is the newest. */
#include "scratch.h"
#include "store/history.h"
#include "store/pack.h"
#include "store/texts.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#define NOW INT64_C(1700000000000000000)

/* Octets that cannot be compressed. */
static void add_noise(struct buf *to, size_t len)
{
    uint32_t state = 1;
    for (size_t i = 0; i < len; i++) {
        state = state * 1664525 + 1013904223;
        buf_putc(to, (char)(state >> 24));
    }
}

static void what_is_packed_is_unpacked(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 1000, 60000, 300000, 5000000};
    for (size_t i = 0; i < 2 * sizeof lengths / sizeof *lengths; i++) {
        struct buf text = {0}, packed = {0}, got = {0};
        size_t len = lengths[i / 2];
        if (i % 2 == 0)
            add_noise(&text, len);
        else
            for (size_t at = 0; at < len; at++)
                buf_putc(&text, "a line of text\n"[at % 15]);
        size_t octets = pack_text(buf_bytes(&text), &packed);
        assert_in_range(packed.len, 1, PACK_MAX);
        assert_int_equal(unpack_text(buf_bytes(&packed), octets, &got), 0);
        assert_int_equal(got.len, octets);
        if (got.len == len)
            assert_memory_equal(buf_str(&got), buf_str(&text), len);
        else
            assert_true(got.len < len);
        assert_true(len > 60000 || got.len == len);
        assert_int_equal(unpack_text(buf_bytes(&packed), octets + 1, &got), -EBADMSG);
        packed.data[0] ^= 0x55;
        assert_int_equal(unpack_text(buf_bytes(&packed), octets, &got), -EBADMSG);
        buf_release(&text);
        buf_release(&packed);
        buf_release(&got);
    }
}

static struct history *open_history(const struct scratch *scratch)
{
    struct history *history = NULL;
    char *notice = NULL;
    history_open(&history, scratch->dir, &(struct keep){.runs = 100}, &notice);
    assert_null(notice);
    return history;
}

/* A run of one test, with its texts; NULL: without one of these. */
static void run(struct history *history, const char *id, const char *outcome, const char *traceback,
                const char *stderr_text)
{
    static int64_t time_ns = NOW;
    struct history_text texts[2];
    size_t count = 0;
    if (traceback != NULL)
        texts[count++] = (struct history_text){"traceback", bytes_of(traceback)};
    if (stderr_text != NULL)
        texts[count++] = (struct history_text){"stderr", bytes_of(stderr_text)};
    const struct history_test test = {.name = {"pytest", id},
                                      .group = "",
                                      .outcome = outcome,
                                      .red = strcmp(outcome, "passed") != 0,
                                      .texts = texts,
                                      .text_count = count};
    history_begin_run(history, &(struct history_run){.kind = "all", .because = "", .changed = ""}, ++time_ns);
    history_result(history, &test, ++time_ns);
    history_end_run(history, "failed", true, ++time_ns);
}

static bool add_text(void *owner, const struct history_text *text)
{
    buf_printf(owner, "%s: %.*s\n", text->name, (int)text->text.len, text->text.data);
    return true;
}

static void expect(struct history *history, const char *id, const char *wanted)
{
    struct buf got = {0};
    assert_int_equal(history_texts(history, (struct history_name){"pytest", id}, add_text, &got), 0);
    assert_string_equal(buf_str(&got), wanted);
    buf_release(&got);
}

static void only_the_newest_failure_is_kept(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);
    struct history *history = open_history(&scratch);
    run(history, "t", "failed", "first", "said");
    expect(history, "t", "traceback: first\nstderr: said\n");
    run(history, "u", "failed", "other", NULL);
    run(history, "t", "failed", "second", NULL);
    expect(history, "t", "traceback: second\n");
    run(history, "t", "skipped", NULL, NULL);
    expect(history, "t", "traceback: second\n");
    run(history, "t", "passed", "of no failure", NULL);
    expect(history, "t", "");
    expect(history, "u", "traceback: other\n");
    expect(history, "never seen", "");
    history_close(history);
    history = open_history(&scratch);
    expect(history, "u", "traceback: other\n");
    history_retire(history, (struct history_name){"pytest", "u"});
    expect(history, "u", "");
    run(history, "u", "failed", "once more", NULL);
    expect(history, "u", "traceback: once more\n");
    history_set_red(history, (struct history_name){"pytest", "u"}, false);
    expect(history, "u", "");
    history_close(history);
    scratch_release(&scratch);
}

static void all_together_are_bounded(void **state)
{
    (void)state;
    struct scratch scratch;
    struct buf noise = {0};
    struct stat file;
    scratch_init(&scratch);
    struct history *history = open_history(&scratch);
    add_noise(&noise, 50000);
    for (size_t i = 0; i < noise.len; i++) /* text ends at its first NUL here */
        noise.data[i] |= noise.data[i] == '\0';
    for (int i = 0; i < 2 * TEXTS_MAX / 50000; i++) {
        char id[16];
        snprintf(id, sizeof id, "t%d", i);
        run(history, id, "failed", buf_str(&noise), NULL);
    }
    struct buf got = {0};
    history_texts(history, (struct history_name){"pytest", "t0"}, add_text, &got);
    assert_int_equal(got.len, 0);
    history_texts(history, (struct history_name){"pytest", "t600"}, add_text, &got);
    assert_in_range(got.len, 50000, 50100);
    buf_release(&got);
    history_close(history);
    char *path = scratch_path(&scratch, "history.db");
    assert_int_equal(stat(path, &file), 0);
    assert_in_range(file.st_size, TEXTS_MAX / 2, TEXTS_MAX + (4 << 20));
    free(path);
    buf_release(&noise);
    scratch_release(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_is_unpacked),
        cmocka_unit_test(only_the_newest_failure_is_kept),
        cmocka_unit_test(all_together_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
