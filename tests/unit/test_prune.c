/* What leaves the history, and what stays. */
#include "scratch.h"
#include "store/history.h"
#include "store/prune.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#define DAY INT64_C(86400000000000)
#define NOW (20000 * DAY)
#define RUNS 10

static void limits_are_read_and_written(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct keep keep;
        const char *written; /* NULL: it is none */
    } cases[] = {
        {"500", {500, 0, 0}, "500"},
        {"30d", {0, 30, 0}, "30d"},
        {"200M", {0, 0, 200}, "200m"},
        {"200m, 30D,500", {500, 30, 200}, "500,30d,200m"},
        {"", {0}, NULL},
        {"0", {0}, NULL},
        {"d", {0}, NULL},
        {"5,", {0}, NULL},
        {",5", {0}, NULL},
        {"5,6", {0}, NULL},
        {"5d6d", {0}, NULL},
        {"5w", {0}, NULL},
        {"-5", {0}, NULL},
        {"5dd", {0}, NULL},
        {"99999999999999999999", {0}, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct keep keep = {0};
        struct buf written = {0};
        assert_int_equal(keep_parse(&keep, cases[i].text), cases[i].written != NULL ? 0 : -EINVAL);
        assert_memory_equal(&keep, &cases[i].keep, sizeof keep);
        keep_write(&keep, &written);
        assert_string_equal(buf_str(&written), cases[i].written != NULL ? cases[i].written : "");
        buf_release(&written);
    }
}

static int64_t ask_file(const struct scratch *scratch, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    char *path = scratch_path(scratch, "history.db");
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    free(path);
    return number;
}

static void put(struct history *history, const char *id, const char *outcome, int64_t time_ns)
{
    const struct history_test test = {.name = {"pytest", id},
                                      .group = "",
                                      .outcome = outcome,
                                      .red = strcmp(outcome, "failed") == 0,
                                      .red_runs = 1};
    history_result(history, &test, time_ns);
}

/* A run a day, the last one now. The first one alone has "early", which fails, and "old", which passes. */
static void fill(const struct scratch *scratch, const struct keep *keep, int tests)
{
    struct history *history = NULL;
    char *notice = NULL;
    history_open(&history, scratch->dir, keep, &notice);
    assert_null(notice);
    for (int run = 1; run <= RUNS; run++) {
        int64_t time_ns = NOW - (RUNS - run) * DAY;
        history_begin_run(history, &(struct history_run){.kind = "all", .because = "", .changed = ""},
                          time_ns);
        for (int i = 0; i < tests; i++) {
            char id[32];
            snprintf(id, sizeof id, "test %d", i);
            put(history, id, "passed", time_ns);
        }
        if (run == 1) {
            put(history, "early", "failed", time_ns);
            put(history, "old", "passed", time_ns);
        }
        history_end_run(history, "passed", true, time_ns);
    }
    history_close(history);
}

static void expect_newest_outcomes(const struct scratch *scratch, int tests)
{
    assert_int_equal(ask_file(scratch, "SELECT count(*) FROM tests WHERE NOT gone"), tests + 2);
    assert_int_equal(ask_file(scratch, "SELECT red FROM tests WHERE name = 'early' AND outcome = 'failed'"),
                     1);
    assert_int_equal(
        ask_file(scratch, "SELECT count(*) FROM tests WHERE name = 'old' AND outcome = 'passed'"), 1);
}

static void the_oldest_runs_go(void **state)
{
    (void)state;
    static const struct {
        struct keep keep;
        int first; /* run that stays */
    } cases[] = {
        {{0}, 1},
        {{.runs = 3}, 8},
        {{.runs = 99}, 1},
        {{.days = 4}, 6},
        {{.days = 400}, 1},
        {{.runs = 3, .days = 4}, 8},
        {{.runs = 6, .days = 2}, 8},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scratch scratch;
        scratch_init(&scratch);
        fill(&scratch, &cases[i].keep, 5);
        assert_int_equal(ask_file(&scratch, "SELECT min(id) FROM runs"), cases[i].first);
        assert_int_equal(ask_file(&scratch, "SELECT max(id) FROM runs"), RUNS);
        assert_int_equal(ask_file(&scratch, "SELECT min(run) FROM results"), cases[i].first);
        assert_int_equal(ask_file(&scratch, "SELECT min(run) FROM tallies"), cases[i].first);
        expect_newest_outcomes(&scratch, 5);
        scratch_release(&scratch);
    }
}

#define MANY                                                                                                 \
    12000 /* of which a run's results take some 200 KiB, and the tests themselves more than one MiB */

static void what_does_not_fit_goes(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);
    fill(&scratch, &(struct keep){.megabytes = 2}, MANY);
    int64_t left = ask_file(&scratch, "SELECT count(*) FROM runs");
    assert_in_range(left, 2, RUNS - 1);
    assert_in_range(ask_file(&scratch,
                             "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count,"
                             " pragma_freelist_count, pragma_page_size"),
                    1 << 20, 2 << 20);
    expect_newest_outcomes(&scratch, MANY);
    scratch_release(&scratch);
}

static void pruning_gives_room_back(void **state)
{
    (void)state;
    struct scratch scratch;
    struct pruned pruned;
    struct error error = {0};
    scratch_init(&scratch);
    assert_int_equal(prune_file(scratch.dir, &(struct keep){.runs = 1}, NOW, &pruned, &error), -ENOENT);
    assert_string_equal(error.text, "");
    fill(&scratch, &(struct keep){0}, MANY);
    assert_int_equal(prune_file(scratch.dir, &(struct keep){.megabytes = 1}, NOW, &pruned, &error), 0);
    assert_int_equal(pruned.runs, RUNS - 1);
    assert_true(pruned.after_bytes < pruned.before_bytes - (1 << 20));
    assert_int_equal(ask_file(&scratch, "SELECT id FROM runs"), RUNS);
    expect_newest_outcomes(&scratch, MANY);
    assert_int_equal(prune_file(scratch.dir, &(struct keep){.days = 3}, NOW + 99 * DAY, &pruned, &error), 0);
    assert_int_equal(pruned.runs, 0);
    assert_int_equal(ask_file(&scratch, "SELECT id FROM runs"), RUNS);
    scratch_release(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_are_read_and_written),
        cmocka_unit_test(the_oldest_runs_go),
        cmocka_unit_test(what_does_not_fit_goes),
        cmocka_unit_test(pruning_gives_room_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
