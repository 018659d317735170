/* The page of a fixed history; ALOOF_REFRESH_SCREENS=1 writes it anew, to be looked at in a browser. */
#include "command/page.h"

#include "scratch.h"

#include <time.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define GOLDEN "tests/corpus/report/page.html"
#define MS INT64_C(1000000)
#define SECOND (1000 * MS)
#define NOW (INT64_C(1700000000) * SECOND) /* 2023-11-14T22:13:20Z */
#define HOUR (3600 * SECOND)

static const struct {
    const char *id;
    int64_t duration_ns, cpu_ns;
} tests[] = {
    {"tests/test_lamp.py::TestLamp::test_is_lit", 20 * MS, 19 * MS},
    {"tests/test_lamp.py::test_quoted[<b> & \"it's\"\033]", 5 * MS, 5 * MS},
    {"tests/test_tide.py::test_asks_the_harbour", 1500 * MS, 75 * MS},
    {"not \xff utf-8", 12 * MS, 0},
    {"tests/test_log.py::test_rotates", 40 * MS, 60 * MS},
};

/* What each run was of, and what the tests came to in it, '-' for those that it did not cover. */
static const struct {
    const char *kind, *commit, *fingerprint, *dirty, *outcomes;
} runs[] = {
    {"all", "1111111111111111111111111111111111111111", "a", "", "....."},
    {"all", "1111111111111111111111111111111111111111", "a", "", ".F..."},
    {"all", "2222222222222222222222222222222222222222", "b", "", "F.s.."},
    {"red", "2222222222222222222222222222222222222222", "c", "src/lamp.py", "F----"},
    {"all", "2222222222222222222222222222222222222222", "d", "src/lamp.py\nsrc/<tide>.py", "Fss.C"},
};

static const char *word_of(char letter)
{
    return letter == 'F' ? "failed" : letter == 's' ? "skipped" : letter == 'C' ? "crashed" : "passed";
}

static void remember_run(struct history *history, size_t run)
{
    int64_t time_ns = NOW + (int64_t)run * 5 * HOUR;
    const char *outcomes = runs[run].outcomes;
    bool failed = strpbrk(outcomes, "FC") != NULL;
    history_begin_run(history,
                      &(struct history_run){.kind = runs[run].kind,
                                            .because = run == 3 ? "src/lamp.py changed" : "--once",
                                            .changed = run == 3 ? "src/lamp.py" : "",
                                            .new_tree = true},
                      time_ns);
    history_set_tree(history,
                     &(struct history_tree){runs[run].commit, runs[run].fingerprint, runs[run].dirty});
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        if (outcomes[i] != '-')
            history_result(history,
                           &(struct history_test){.name = {"pytest", tests[i].id},
                                                  .group = "",
                                                  .outcome = word_of(outcomes[i]),
                                                  .red = strchr("FC", outcomes[i]) != NULL,
                                                  .runnable = true,
                                                  .duration_ns = tests[i].duration_ns * (int64_t)(run + 1),
                                                  .cpu_ns = tests[i].cpu_ns * (int64_t)(run + 1)},
                           time_ns + (int64_t)i * SECOND);
    history_end_run(history, failed ? "failed" : "passed", true, time_ns + (int64_t)(run + 3) * SECOND);
}

/* The page of so many of the runs. */
static void write_page(struct buf *to, size_t count)
{
    struct scratch scratch;
    struct history *history = NULL;
    struct archive *archive = NULL;
    struct error error = {0};
    char *notice = NULL;
    scratch_init(&scratch);
    assert_int_equal(history_open(&history, scratch.dir, &(struct keep){.runs = 100}, &notice), 0);
    assert_null(notice);
    for (size_t run = 0; run < count; run++)
        remember_run(history, run);
    history_close(history);
    assert_int_equal(archive_open(&archive, scratch.dir, &error), 0);
    struct digest digest = {
        .project = mem_strdup("light<house>"), .branch = mem_strdup("main"), .now_ns = NOW + 48 * HOUR};
    assert_int_equal(digest_gather(&digest, archive, NULL, &error), 0);
    page_write(to, &digest);
    digest_release(&digest);
    archive_close(archive);
    scratch_release(&scratch);
}

static char *read_golden(void)
{
    struct buf text = {0};
    FILE *file = fopen(GOLDEN, "r");
    if (file == NULL)
        fail_msg("%s cannot be read", GOLDEN);
    for (int c; (c = fgetc(file)) != EOF;)
        buf_putc(&text, (char)c);
    fclose(file);
    return buf_take(&text);
}

static void test_the_page_of_a_fixed_history(void **state)
{
    (void)state;
    struct buf page = {0};
    write_page(&page, sizeof runs / sizeof *runs);
    if (getenv("ALOOF_REFRESH_SCREENS") != NULL) {
        FILE *file = fopen(GOLDEN, "w");
        assert_non_null(file);
        fputs(buf_str(&page), file);
        fclose(file);
    }
    char *golden = read_golden();
    assert_string_equal(buf_str(&page), golden);
    free(golden);
    buf_release(&page);
}

static void expect_in(const struct buf *page, const char *text)
{
    if (strstr(buf_str(page), text) == NULL)
        fail_msg("not in the page: %s", text);
}

static void test_a_page_without_anything_red(void **state)
{
    (void)state;
    struct buf page = {0};
    write_page(&page, 1);
    expect_in(&page, "<p class=\"verdict good\">Nothing is red</p>");
    expect_in(&page, "<p class=\"none\">Nothing is red.</p>");
    expect_in(&page, "<p class=\"none\">No test turned.</p>");
    expect_in(&page, "<p class=\"none\">No test is known to be flaky.</p>");
    buf_release(&page);
}

static void test_a_page_of_an_empty_history(void **state)
{
    (void)state;
    struct buf page = {0};
    write_page(&page, 0);
    expect_in(&page, "<p class=\"none\">No times are known.</p>");
    expect_in(&page, "0 runs as a table");
    expect_in(&page, "</html>\n");
    buf_release(&page);
}

static int use_utc(void **state)
{
    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
    return 0;
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_the_page_of_a_fixed_history),
        cmocka_unit_test(test_a_page_without_anything_red),
        cmocka_unit_test(test_a_page_of_an_empty_history),
    };
    return cmocka_run_group_tests(all, use_utc, NULL);
}
