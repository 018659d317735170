/* Commands that run at once, as one stream: what each says goes on a route of its own. */
#include "stream/mux.h"
#include "stream/subunit.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <setjmp.h>

#include <cmocka.h>

/* "route id status file=content +tag eof;" an event, into the buf that is its owner. */
static void write_down(void *owner, const struct event *event)
{
    struct buf *told = owner;
    buf_printf(told, "%.*s", (int)event->route.len, event->route.data);
    if (event->test_id.data != NULL)
        buf_printf(told, " %.*s", (int)event->test_id.len, event->test_id.data);
    if (event->status != EVENT_NONE)
        buf_printf(told, " %s", event_status_name(event->status));
    if (event->file_name.data != NULL)
        buf_printf(told, " %.*s=%.*s", (int)event->file_name.len, event->file_name.data, (int)event->file.len,
                   event->file.data);
    for (size_t i = 0; i < event->tag_count; i++)
        buf_printf(told, " +%.*s", (int)event->tags[i].len, event->tags[i].data);
    buf_puts(told, ";");
}

static void no_noise(void *owner, struct bytes octets)
{
    (void)owner, (void)octets;
    fail_msg("something stands between the packets");
}

static void no_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    (void)owner, (void)offset, (void)length;
    fail_msg("a packet is damaged: %s", reason);
}

/* What is in the stream; its memory is reused. */
static char *told_by(struct buf *stream)
{
    static const struct event_sink sink = {write_down, no_noise, no_damage};
    struct buf told = {0};
    struct subunit_reader reader;
    subunit_reader_init(&reader, &sink, &told);
    subunit_reader_feed(&reader, stream->data, stream->len);
    subunit_reader_end(&reader);
    subunit_reader_release(&reader);
    buf_clear(stream);
    return buf_take(&told);
}

#define EXPECT(stream, text)                                                                                 \
    do {                                                                                                     \
        char *told_ = told_by(stream);                                                                       \
        assert_string_equal(told_, text);                                                                    \
        free(told_);                                                                                         \
    } while (0)

static const struct mux_end passed = {.code = 0, .how = "exited with status 0"};
static const struct mux_end failed = {.code = 1, .how = "exited with status 1"};
static const struct mux_end broken = {.code = 3, .how = "exited with status 3"};
static const struct mux_end killed = {.code = 137, .how = "killed by SIGKILL"};
static const struct mux_end stopped = {.code = 143, .how = "killed by SIGTERM", .interrupted = true};

/* Prints the texts one after the other (with a pause behind each), ends so, and tells. */
static void check_command(const char *const texts[], const struct mux_end *end, bool fails,
                          const char *expected)
{
    struct buf stream = {0};
    struct mux mux;
    mux_init(&mux, "cmd", "4", NULL, &stream);
    for (; *texts != NULL; texts++) {
        mux_out(&mux, bytes_of(*texts));
        mux_quiet(&mux);
    }
    mux_end(&mux, end);
    assert_int_equal(mux_failed(&mux), fails);
    EXPECT(&stream, expected);
    mux_release(&mux);
    buf_release(&stream);
}

static void the_end_of_a_command_is_told(void **state)
{
    static const struct {
        const char *texts[5];
        const struct mux_end *end;
        bool fails;
        const char *told;
    } cases[] = {
        {{NULL}, &passed, false, "4 cmd success;"},
        {{"hello\n"}, &passed, false, "4 stdout=hello\n;4 cmd success;4 stdout=;"},
        {{NULL}, &broken, true, "4 cmd reason=exited with status 3\n;4 cmd fail;"},
        {{NULL}, &killed, true, "4 cmd reason=killed by SIGKILL\n;4 cmd fail +crash;"},
        {{NULL}, &stopped, true, "4 cmd reason=interrupted\n;4 cmd fail +interrupted;"},
        {{"1..1\n", "ok 1 - a\n"}, &passed, false, "4 a success;"},
        {{"1..1\nok 1 - a\n"}, &broken, true, "4 a success;4 cmd reason=exited with status 3\n;4 cmd fail;"},
        {{"1..1\nok 1 - a\n"}, &failed, true, "4 a success;4 cmd reason=exited with status 1\n;4 cmd fail;"},
        {{"1..1\nnot ok 1 - a\n"}, &failed, true, "4 a fail;"},
        {{"1..1\nnot ok 1 - a\n"}, &passed, true, "4 a fail;"},
        {{"1..1\nnot ok 1 - a\n"},
         &killed,
         true,
         "4 a fail;4 cmd reason=killed by SIGKILL\n;4 cmd fail +crash;"},
        {{"1..2\nok 1 - a\n"},
         &passed,
         true,
         "4 a success;4 cmd reason=octet 0 of its standard output: the stream: 2 points planned, 1 came\n;4 "
         "cmd "
         "fail;"},
        {{"building\n", "TAP version 13\n1..1\n", "ok 1\n"},
         &passed,
         false,
         "4 stdout=building\n;4 #1 success;4 stdout=;"},
        {{"no newline"}, &passed, false, "4 stdout=no newline;4 cmd success;4 stdout=;"},
        {{"{\"numTotalTests\":1,\n", "\"x\":2}\n"},
         &passed,
         false,
         "4 stdout={\"numTotalTests\":1,\n\"x\":2}\n;4 cmd success;4 stdout=;"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_command(cases[i].texts, cases[i].end, cases[i].fails, cases[i].told);
}

static void put(struct buf *to, const char *id, enum event_status status, const char *route)
{
    const struct event event = {.test_id = bytes_of(id), .status = status, .route = bytes_of(route)};
    subunit_write(to, &event, 0);
}

static void a_command_that_dies_in_a_packet_harms_nobody(void **state)
{
    struct buf stream = {0}, packets = {0};
    struct mux dying, other;
    (void)state;
    mux_init(&dying, "dying", "0", NULL, &stream);
    mux_init(&other, "other", "1", stream_format("subunit"), &stream);
    put(&packets, "a", EVENT_INPROGRESS, NULL);
    put(&packets, "b", EVENT_INPROGRESS, "box");
    mux_out(&dying, (struct bytes){packets.data, packets.len - 3});
    EXPECT(&stream, "0 a inprogress;");
    put(&packets, "c", EVENT_SUCCESS, NULL);
    for (size_t i = 0; i < packets.len; i++) /* octet by octet, between those of the other */
        mux_out(&other, (struct bytes){packets.data + i, 1});
    mux_err(&dying, bytes_of("oops\n"));
    EXPECT(&stream, "1 a inprogress;1/box b inprogress;1 c success;0 stderr=oops\n;");
    mux_end(&dying, &killed);
    char *told = told_by(&stream);
    assert_non_null(strstr(told, "0 a reason=not finished: dying: killed by SIGKILL\n;0 a fail +crash;"));
    assert_non_null(strstr(told, "0 dying reason=killed by SIGKILL\noctet "));
    assert_non_null(strstr(told, ";0 dying fail +crash;"));
    assert_non_null(strstr(told, ";0 stderr=;"));
    assert_null(strstr(told, "b "));
    free(told);
    mux_end(&other, &passed);
    EXPECT(&stream, "1 a reason=not finished: other: exited with status 0\n;1 a fail +interrupted;"
                    "1/box b reason=not finished: other: exited with status 0\n;1/box b fail +interrupted;");
    mux_release(&dying);
    mux_release(&other);
    buf_release(&stream);
    buf_release(&packets);
}

static void a_failure_is_told_as_it_comes(void **state)
{
    struct buf stream = {0};
    struct mux mux;
    (void)state;
    mux_init(&mux, "cmd", "0", stream_format("tap"), &stream);
    mux_out(&mux, bytes_of("TAP version 13\nnot ok 1 - a\n# why\nok 2 - b\nok 3 - c\n"));
    EXPECT(&stream, "0 a traceback=why\n;0 a fail;0 b success;");
    mux_quiet(&mux);
    EXPECT(&stream, "0 c success;");
    mux_release(&mux);
    buf_release(&stream);
}

static void output_goes_on_before_its_format_is_known(void **state)
{
    struct buf stream = {0}, long_text = {0};
    struct mux mux;
    (void)state;
    mux_init(&mux, "cmd", "0", NULL, &stream);
    mux_out(&mux, bytes_of("compiling\nlinking"));
    assert_int_equal(stream.len, 0);
    mux_quiet(&mux);
    EXPECT(&stream, "0 stdout=compiling\n;");
    for (size_t i = 0; i < 3 * STREAM_HEAD; i++)
        buf_putc(&long_text, 'x');
    mux_out(&mux, buf_bytes(&long_text));
    char *told = told_by(&stream);
    assert_int_equal(strlen(told), strlen("0 stdout=linking;") + long_text.len);
    free(told);
    mux_out(&mux, bytes_of("\nTAP version 13\n1..1\nok 1 - a\n"));
    mux_end(&mux, &passed);
    EXPECT(&stream, "0 stdout=\n;0 a success;0 stdout=;");
    mux_release(&mux);
    buf_release(&stream);
    buf_release(&long_text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_of_a_command_is_told),
        cmocka_unit_test(a_command_that_dies_in_a_packet_harms_nobody),
        cmocka_unit_test(a_failure_is_told_as_it_comes),
        cmocka_unit_test(output_goes_on_before_its_format_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
