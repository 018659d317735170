/* Streams of testr's commands: subunit of either version, found out alike however they are cut into reads. */
#include "stream/stream.h"
#include "stream/testr_stream.h"

#include "core/bytes.h"
#include "stream/subunit.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <setjmp.h>

#include <cmocka.h>

/* What came, as text: "id status;" of events, noise as it is. */
static void on_event(void *owner, const struct event *event)
{
    if (event->status != EVENT_NONE)
        buf_printf(owner, "%.*s %s;", (int)event->test_id.len, event->test_id.data,
                   event_status_name(event->status));
}

static void on_noise(void *owner, struct bytes octets)
{
    buf_add(owner, octets.data, octets.len);
}

static void on_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    (void)offset, (void)length;
    buf_printf(owner, "damage: %s;", reason);
}

static const struct event_sink sink = {on_event, on_noise, on_damage};

static char *read_in_steps(struct bytes input, size_t step)
{
    struct buf told = {0};
    void *reader = mem_zero(testr_format.size);
    testr_format.init(reader, &sink, &told);
    for (size_t at = 0; at < input.len; at += step)
        testr_format.feed(reader, input.data + at, input.len - at < step ? input.len - at : step);
    testr_format.end(reader);
    testr_format.release(reader);
    free(reader);
    buf_str(&told); /* "" where nothing came */
    return buf_take(&told);
}

static void expect(struct bytes input, const char *wanted)
{
    for (size_t step = 1; step <= input.len; step++) {
        char *told = read_in_steps(input, step);
        assert_string_equal(told, wanted);
        free(told);
    }
}

static void version_1(void **state)
{
    (void)state;
    expect(bytes_of("test: a\nsuccess: a\ntest: b\nfailure: b\n"),
           "a inprogress;a success;b inprogress;b fail;");
    expect(bytes_of("words\ntest: a\nmore\nsuccess: a\n"), "words\na inprogress;more\na success;");
    expect(bytes_of("test: a\n"), "a inprogress;a fail;");
}

static void version_2(void **state)
{
    (void)state;
    struct buf input = {0};
    const struct event event = {.status = EVENT_SUCCESS, .test_id = bytes_of("a"), .runnable = true};
    buf_puts(&input, "test discovery took long\n");
    subunit_write(&input, &event, 0);
    buf_puts(&input, "test: b\nsuccess: b\n");
    expect(buf_bytes(&input), "test discovery took long\na success;test: b\nsuccess: b\n");
    buf_release(&input);
}

static void neither(void **state)
{
    (void)state;
    expect(bytes_of(""), "");
    expect(bytes_of("pkg.Case.one\npkg.Case.two"), "pkg.Case.one\npkg.Case.two");
}

static void a_head_without_either_is_bounded(void **state)
{
    (void)state;
    struct buf input = {0};
    for (size_t i = 0; i < 3000; i++)
        buf_puts(&input, "words\n");
    char *told = read_in_steps(buf_bytes(&input), 100);
    assert_string_equal(told, buf_str(&input));
    free(told);
    buf_release(&input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_1),
        cmocka_unit_test(version_2),
        cmocka_unit_test(neither),
        cmocka_unit_test(a_head_without_either_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
