/* What stands between a stream's reader and its consumer: selection, new names and tags, counting. */
#include "core/regex.h"
#include "stream/edit.h"
#include "stream/select.h"
#include "stream/tally.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <setjmp.h>

#include <cmocka.h>

static struct bytes quoted(struct bytes text)
{
    return text.data != NULL ? text : bytes_of("-");
}

/* "id status file=content +tag;" an event, into the buf that is its owner. */
static void write_down(void *owner, const struct event *event)
{
    struct buf *told = owner;
    struct bytes id = quoted(event->test_id);
    buf_printf(told, "%.*s", (int)id.len, id.data);
    if (event->status != EVENT_NONE)
        buf_printf(told, " %s", event_status_name(event->status));
    if (event->file_name.data != NULL)
        buf_printf(told, " %.*s=%.*s", (int)event->file_name.len, event->file_name.data, (int)event->file.len,
                   event->file.data);
    for (size_t i = 0; i < event->tag_count; i++)
        buf_printf(told, " +%.*s", (int)event->tags[i].len, event->tags[i].data);
    buf_puts(told, ";");
}

static void write_noise(void *owner, struct bytes octets)
{
    buf_printf(owner, "noise %.*s;", (int)octets.len, octets.data);
}

static void write_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    buf_printf(owner, "%s at %d+%d;", reason, (int)offset, (int)length);
}

static const struct event_sink written = {write_down, write_noise, write_damage};

struct step {
    const char *id;
    enum event_status status;
    const char *file, *tag, *route;
};

static void tell(const struct event_sink *sink, void *owner, const struct step *step)
{
    const struct bytes tag = bytes_of(step->tag);
    const struct event event = {
        .test_id = bytes_of(step->id),
        .status = step->status,
        .route = bytes_of(step->route),
        .file_name = bytes_of(step->file != NULL ? "log" : NULL),
        .file = bytes_of(step->file),
        .tags = &tag,
        .tag_count = step->tag != NULL,
        .has_tags = step->tag != NULL,
    };
    struct event *copy = event_dup(&event); /* what is not copied by the stage is read after it is freed */
    sink->event(owner, copy);
    free(copy);
}

/* Two tests at once, one of them with its attachment before, the other behind its outcome; then what is of no
 * test, one that only is there, and one that never ends. */
static const struct step story[] = {
    {"a", EVENT_INPROGRESS, NULL, NULL, NULL}, {"b", EVENT_INPROGRESS, NULL, NULL, NULL},
    {"a", EVENT_NONE, "one", NULL, NULL},      {"b", EVENT_SUCCESS, NULL, "slow", NULL},
    {NULL, EVENT_NONE, "loose", NULL, NULL},   {"b", EVENT_NONE, "late", NULL, NULL},
    {"c", EVENT_EXISTS, NULL, NULL, NULL},     {"a", EVENT_FAIL, "two", "slow", NULL},
    {"a", EVENT_NONE, "after", NULL, NULL},    {"d", EVENT_INPROGRESS, NULL, "red", NULL},
};

#define A_TOLD "a inprogress;a log=one;a fail log=two +slow;a log=after;"
#define B_TOLD "b inprogress;b success +slow;"
#define LOOSE "- log=loose;"

static char *selected(const char *const only[], const char *const except[], bool tests_only)
{
    struct buf told = {0};
    struct select select = {.tests_only = tests_only, .sink = &written, .owner = &told};
    for (; *only != NULL; only++)
        assert_int_equal(select_only(&select, *only, NULL), 0);
    for (; *except != NULL; except++)
        assert_int_equal(select_except(&select, *except, NULL), 0);
    for (size_t i = 0; i < sizeof story / sizeof *story; i++)
        tell(&select_sink, &select, &story[i]);
    select_sink.noise(&select, bytes_of("x"));
    select_sink.damage(&select, "bad", 1, 2);
    select_end(&select);
    select_release(&select);
    return buf_take(&told);
}

static void tests_go_on_whole_or_not_at_all(void **state)
{
    static const struct {
        const char *only[4], *except[4];
        bool tests_only;
        const char *told;
    } cases[] = {
        {{"fail"}, {NULL}, false, LOOSE A_TOLD "noise x;bad at 1+2;"},
        {{"fail"}, {NULL}, true, A_TOLD "bad at 1+2;"},
        {{"status:success"}, {NULL}, true, B_TOLD "b log=late;bad at 1+2;"},
        {{"fail", "success"}, {NULL}, true, B_TOLD "b log=late;" A_TOLD "bad at 1+2;"},
        {{"fail", "tag:slow"}, {NULL}, true, A_TOLD "bad at 1+2;"},
        {{"/^[ab]$/"}, {"tag:slow"}, true, "bad at 1+2;"},
        {{"/[cd]/"}, {NULL}, true, "c exists;d inprogress +red;bad at 1+2;"},
        {{"exists"}, {NULL}, true, "bad at 1+2;c exists;"},
        {{"inprogress"}, {NULL}, true, "bad at 1+2;d inprogress +red;"},
        {{NULL}, {"/a/", "success", "tag:red"}, true, "bad at 1+2;c exists;"},
        {{"tag:red"}, {NULL}, true, "d inprogress +red;bad at 1+2;"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *told = selected(cases[i].only, cases[i].except, cases[i].tests_only);
        if (strcmp(told, cases[i].told) != 0)
            fail_msg("case %zu tells\n%s\nexpected:\n%s", i, told, cases[i].told);
        free(told);
    }
}

static void another_run_of_a_test_is_judged_anew(void **state)
{
    static const struct step runs[] = {
        {"a", EVENT_INPROGRESS, NULL, NULL, NULL}, {"a", EVENT_FAIL, "one", NULL, NULL},
        {"a", EVENT_NONE, "more", NULL, NULL},     {"a", EVENT_INPROGRESS, NULL, NULL, NULL},
        {"a", EVENT_SUCCESS, "two", NULL, NULL},   {"a", EVENT_FAIL, "three", NULL, NULL},
        {"a", EVENT_SUCCESS, "four", NULL, "1"},
    };
    struct buf told = {0};
    struct select select = {.sink = &written, .owner = &told};
    (void)state;
    assert_int_equal(select_only(&select, "fail", NULL), 0);
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        tell(&select_sink, &select, &runs[i]);
    select_end(&select);
    assert_string_equal(buf_str(&told), "a inprogress;a fail log=one;a log=more;a fail log=three;");
    select_release(&select);
    buf_release(&told);
}

static void what_waits_is_bounded_and_the_rest_is_told(void **state)
{
    const size_t piece = 1 << 20;
    struct buf told = {0};
    struct select select = {.sink = &written, .owner = &told};
    char *octets = mem_zero(piece + 1);
    (void)state;
    memset(octets, 'x', piece);
    assert_int_equal(select_only(&select, "fail", NULL), 0);
    for (size_t i = 0; i < 40; i++)
        tell(&select_sink, &select, &(struct step){"a", EVENT_NONE, octets, NULL, NULL});
    tell(&select_sink, &select, &(struct step){"a", EVENT_FAIL, NULL, NULL, NULL});
    size_t lost = 0;
    assert_int_equal(sscanf(buf_str(&told), "a left out=%zu octets", &lost), 1);
    assert_in_range(lost, 24 * piece, 26 * piece);
    assert_in_range(told.len, SELECT_HELD_MAX - 2 * piece, SELECT_HELD_MAX + piece);
    assert_string_equal(buf_str(&told) + told.len - 7, "a fail;");
    select_release(&select);
    buf_release(&told);
    free(octets);
}

static void words_that_say_nothing_are_refused(void **state)
{
    static const char *const words[] = {"", "failed", "tag:", "status:", "/", "/(/", "a/b/", "status:tag:x"};
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct select select = {0};
        struct error error = {0};
        assert_int_equal(select_only(&select, words[i], &error), -EINVAL);
        assert_int_equal(select_except(&select, words[i], &error), -EINVAL);
        assert_true(error.text[0] != '\0' && select_is_open(&select));
        select_release(&select);
    }
}

static void ids_are_renamed(void **state)
{
    static const struct {
        const char *rules[3], *id, *becomes; /* becomes NULL: the first rule is refused */
    } cases[] = {
        {{"^tests[.]=a."}, "tests.x.tests.", "a.x.tests."},
        {{"(\\w+)[.](\\w+)=$2.$1"}, "a.b c.d", "b.a d.c"},
        {{"(?<n>b)=<${n}>", "a=c"}, "ab", "c<b>"},
        {{"b|(x)=[$1]"}, "abx", "a[][x]"},
        {{"a(?=b)=-"}, "abac", "-bac"},
        {{"(?<=a)b=-"}, "abb", "a-b"},
        {{"a\\=b=c=d"}, "a=b", "c=d"},
        {{".*="}, "abc", "abc"},
        {{"b=$$1"}, "abc", "a$1c"},
        {{"\xc3\xa9=e"},
         "\xc3\xa9\xff\xc3\xa9",
         "e\xff"
         "e"},
        {{"=x"}, "", NULL},
        {{"x"}, "", NULL},
        {{"(=x"}, "", NULL},
        {{"x=$1"}, "", NULL},
        {{"x=${y}"}, "", NULL},
        {{"(x)=${1"}, "", NULL},
        {{"x=$"}, "", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf told = {0};
        struct error error = {0};
        struct edit edit = {.sink = &written, .owner = &told};
        int bad = 0;
        for (size_t k = 0; k < 3 && cases[i].rules[k] != NULL; k++)
            bad |= edit_rename(&edit, cases[i].rules[k], &error);
        assert_int_equal(bad != 0, cases[i].becomes == NULL);
        assert_int_equal(error.text[0] != '\0', bad != 0);
        if (bad == 0) {
            tell(&edit_sink, &edit, &(struct step){cases[i].id, EVENT_FAIL, NULL, NULL, NULL});
            told.data[told.len - strlen(" fail;")] = '\0';
            assert_string_equal(buf_str(&told), cases[i].becomes);
        }
        edit_release(&edit);
        buf_release(&told);
    }
}

static void tags_are_added_and_removed(void **state)
{
    struct buf told = {0};
    struct edit edit = {.sink = &written, .owner = &told};
    (void)state;
    assert_true(edit_is_open(&edit));
    assert_int_equal(edit_tags(&edit, "+new,-old", NULL), 0);
    assert_int_equal(edit_tags(&edit, "+x=1", NULL), 0);
    tell(&edit_sink, &edit, &(struct step){"a", EVENT_FAIL, NULL, "old", NULL});
    tell(&edit_sink, &edit, &(struct step){"a", EVENT_NONE, "text", NULL, NULL});
    tell(&edit_sink, &edit, &(struct step){"a", EVENT_NONE, NULL, "kept", NULL});
    tell(&edit_sink, &edit, &(struct step){"a", EVENT_SUCCESS, NULL, "new", NULL});
    tell(&edit_sink, &edit, &(struct step){NULL, EVENT_NONE, "text", NULL, NULL});
    edit_sink.noise(&edit, bytes_of("n"));
    assert_string_equal(buf_str(&told),
                        "a fail +new +x=1;a log=text;a +kept +new +x=1;a success +new +x=1;- log=text;"
                        "noise n;");
    edit_release(&edit);
    buf_release(&told);
}

static void changes_of_tags_that_say_nothing_are_refused(void **state)
{
    static const char *const changes[] = {"", "+", "new", "+a,", "+a,,+b", ",", "+a,b"};
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct edit edit = {0};
        struct error error = {0};
        assert_int_equal(edit_tags(&edit, changes[i], &error), -EINVAL);
        assert_true(error.text[0] != '\0');
        edit_release(&edit);
    }
}

static void list_test(void *owner, struct bytes id, enum event_status status, int64_t duration_ns)
{
    buf_printf(owner, "%.*s %s %lld;", (int)id.len, id.data, event_status_name(status),
               (long long)duration_ns);
}

static void count_event(void *owner, const struct event *event)
{
    tally_event(owner, event);
}

static const struct event_sink counted = {.event = count_event};

static void outcomes_are_counted(void **state)
{
    static const struct step more[] = {
        {"e", EVENT_EXISTS, NULL, NULL, NULL},    {"e", EVENT_SUCCESS, NULL, NULL, NULL},
        {"e", EVENT_SUCCESS, NULL, "again", "1"}, {"f", EVENT_SKIP, NULL, NULL, NULL},
        {"g", EVENT_XFAIL, NULL, NULL, NULL},     {"h", EVENT_UXSUCCESS, NULL, NULL, NULL},
    };
    struct buf told = {0};
    struct tally tally = {.take = list_test, .owner = &told};
    (void)state;
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        tell(&counted, &tally, &more[i]);
    tally_event(&tally,
                &(struct event){
                    .test_id = bytes_of("t"), .status = EVENT_INPROGRESS, .has_time = true, .time_ns = 5});
    tally_event(&tally, &(struct event){
                            .test_id = bytes_of("t"), .status = EVENT_FAIL, .has_time = true, .time_ns = 12});
    tally_event(&tally, &(struct event){.test_id = bytes_of("u"), .status = EVENT_INPROGRESS});
    tally_event(&tally, &(struct event){.test_id = bytes_of("v"), .status = EVENT_EXISTS});
    tally_end(&tally);
    assert_string_equal(buf_str(&told), "e success 0;e success 0;f skip 0;g xfail 0;h uxsuccess 0;t fail 7;"
                                        "u inprogress 0;v exists 0;");
    assert_int_equal(tally_total(&tally), 7);
    assert_int_equal(tally_failed(&tally), 2);
    assert_int_equal(tally.tags.len, 1);
    tally_release(&tally);
    buf_release(&told);
}

static void endless_searches_end(void **state)
{
    struct regex *regex;
    struct error error = {0};
    char text[64];
    struct buf to = {0};
    (void)state;
    memset(text, 'a', sizeof text);
    assert_int_equal(regex_new(&regex, "(?:a+)+(?:a+)+b\\1?()", &error), 0);
    assert_true(regex_found(regex, (struct bytes){text, sizeof text}) <= 0);
    assert_true(regex_replace(regex, (struct bytes){text, sizeof text}, "x", &to) <= 0);
    regex_free(regex);
    buf_release(&to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tests_go_on_whole_or_not_at_all),
        cmocka_unit_test(another_run_of_a_test_is_judged_anew),
        cmocka_unit_test(what_waits_is_bounded_and_the_rest_is_told),
        cmocka_unit_test(words_that_say_nothing_are_refused),
        cmocka_unit_test(ids_are_renamed),
        cmocka_unit_test(tags_are_added_and_removed),
        cmocka_unit_test(changes_of_tags_that_say_nothing_are_refused),
        cmocka_unit_test(outcomes_are_counted),
        cmocka_unit_test(endless_searches_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
