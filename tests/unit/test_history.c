#include "store/history.h"

#include "core/vec.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)
#define NOW (INT64_C(1700000000) * SECOND)
#define RECIPE "pytest"

static struct history_name named(const char *id)
{
    return (struct history_name){RECIPE, id};
}

/* A scratch directory for each test. */
struct scratch {
    char root[64];
    char *dir, *file; /* the history's, not made yet */
};

static int set_up(void **state)
{
    struct scratch *scratch = mem_zero(sizeof *scratch);
    snprintf(scratch->root, sizeof scratch->root, "/tmp/test_history.XXXXXX");
    if (mkdtemp(scratch->root) == NULL)
        return -1;
    scratch->dir = mem_printf("%s/state", scratch->root);
    scratch->file = mem_printf("%s/state/history.db", scratch->root);
    *state = scratch;
    return 0;
}

static void remove_all(const char *path)
{
    DIR *dir = opendir(path);
    if (dir != NULL) {
        for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
            if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                continue;
            char *inner = mem_printf("%s/%s", path, entry->d_name);
            remove_all(inner);
            free(inner);
        }
        closedir(dir);
    }
    remove(path);
}

static int tear_down(void **state)
{
    struct scratch *scratch = *state;
    remove_all(scratch->root);
    free(scratch->dir);
    free(scratch->file);
    free(scratch);
    return 0;
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Opens, and expects a notice that contains the words (NULL: none). */
static struct history *open_expecting(const char *dir, const char *words)
{
    struct history *history = NULL;
    char *notice = NULL;
    assert_int_equal(history_open(&history, dir, &(struct keep){.runs = 100}, &notice), 0);
    assert_non_null(history);
    if (words == NULL && notice != NULL)
        fail_msg("notice: %s", notice);
    if (words != NULL && (notice == NULL || strstr(notice, words) == NULL))
        fail_msg("notice: %s, expected: %s", notice != NULL ? notice : "none", words);
    free(notice);
    return history;
}

/* What history_each gives, as lines. */
struct listed {
    struct buf lines;
    size_t count;
};

static bool list(void *owner, const struct history_test *test)
{
    struct listed *listed = owner;
    listed->count++;
    buf_printf(&listed->lines, "%s|%s|%s|%d%d%d|%u|%lld|%lld\n", test->name.id, test->group, test->outcome,
               test->red, test->fragile, test->runnable, test->red_runs, (long long)test->duration_ns,
               (long long)test->usual_ns);
    return true;
}

static void expect_tests(struct history *history, const char *lines)
{
    struct listed listed = {0};
    assert_int_equal(history_each(history, list, &listed), 0);
    assert_string_equal(buf_str(&listed.lines), lines);
    buf_release(&listed.lines);
}

static size_t count_tests(struct history *history)
{
    struct listed listed = {0};
    assert_int_equal(history_each(history, list, &listed), 0);
    buf_release(&listed.lines);
    return listed.count;
}

static void put(struct history *history, const char *id, const char *outcome, int64_t duration_ns,
                int64_t time_ns)
{
    bool red = strcmp(outcome, "passed") != 0;
    struct history_test test = {.name = {RECIPE, id},
                                .group = "test_a.py",
                                .outcome = outcome,
                                .red = red,
                                .runnable = true,
                                .red_runs = red ? 1 : 0,
                                .duration_ns = duration_ns};
    history_result(history, &test, time_ns);
}

static void begin(struct history *history, const char *kind, int64_t time_ns)
{
    history_begin_run(history, &(struct history_run){.kind = kind}, time_ns);
}

/* One number from the file, seen by another connection. */
static int64_t ask_file(const char *file, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return number;
}

static void change_file(const char *file, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void what_was_put_in_is_there_after_reopening(void **state)
{
    struct scratch *scratch = *state;
    struct history *history = open_expecting(scratch->dir, NULL);
    begin(history, "all", NOW);
    put(history, "test_a.py::test_one", "passed", 1000000, NOW + 1);
    put(history, "test_a.py::test_two[ä\n]", "failed", 2000000, NOW + 2);
    struct history_test fragile = {.name = {RECIPE, "test_b.py::x"},
                                   .group = "",
                                   .outcome = "crashed",
                                   .red = true,
                                   .fragile = true,
                                   .red_runs = 7};
    history_result(history, &fragile, NOW + 3);
    history_end_run(history, "red", true, NOW + SECOND);
    history_close(history);

    history = open_expecting(scratch->dir, NULL);
    expect_tests(history, "test_a.py::test_one|test_a.py|passed|001|0|1000000|1000000\n"
                          "test_a.py::test_two[ä\n]|test_a.py|failed|101|1|2000000|2000000\n"
                          "test_b.py::x||crashed|110|7|0|0\n");
    history_close(history);
    assert_int_equal(ask_file(scratch->file, "SELECT count(*) FROM results"), 3);
    assert_int_equal(ask_file(scratch->file, "SELECT ended_ns - started_ns FROM runs WHERE verdict = 'red'"),
                     SECOND);
}

static void the_newest_outcome_counts_and_times_decay(void **state)
{
    struct scratch *scratch = *state;
    struct history *history = open_expecting(scratch->dir, NULL);
    begin(history, "all", NOW);
    put(history, "t", "failed", 1000, NOW);
    begin(history, "red", NOW);
    put(history, "t", "passed", 2000, NOW);
    expect_tests(history, "t|test_a.py|passed|001|0|2000|1300\n");
    struct history_test skipped = {
        .name = {RECIPE, "t"}, .group = "", .outcome = "skipped", .runnable = true};
    history_result(history, &skipped, NOW);
    expect_tests(history, "t|test_a.py|skipped|001|0|0|1300\n");
    history_close(history);
}

static void tests_leave_and_come_back(void **state)
{
    struct scratch *scratch = *state;
    struct history *history = open_expecting(scratch->dir, NULL);
    begin(history, "all", NOW);
    put(history, "a", "failed", 0, NOW);
    put(history, "b", "failed", 0, NOW);
    history_retire(history, named("a"));
    history_set_red(history, named("b"), false);
    history_set_red(history, named("never seen"), true);
    expect_tests(history, "b|test_a.py|failed|001|0|0|0\n");
    history_set_red(history, named("b"), true);
    put(history, "a", "passed", 5, NOW);
    expect_tests(history, "a|test_a.py|passed|001|0|5|5\nb|test_a.py|failed|101|1|0|0\n");
    history_close(history);
}

static void recipes_keep_their_tests_apart(void **state)
{
    struct scratch *scratch = *state;
    struct history *history = open_expecting(scratch->dir, NULL);
    const struct history_name other = {"prove", "t"};
    struct history_test theirs = {
        .name = other, .group = "", .outcome = "failed", .red = true, .red_runs = 1};
    begin(history, "all", NOW);
    put(history, "t", "passed", 1000, NOW);
    history_result(history, &theirs, NOW);
    history_end_run(history, "red", true, NOW);
    history_close(history);
    history = open_expecting(scratch->dir, NULL);
    expect_tests(history, "t|test_a.py|passed|001|0|1000|1000\nt||failed|100|1|0|0\n");
    history_set_red(history, named("t"), true);
    history_retire(history, other);
    expect_tests(history, "t|test_a.py|passed|101|1|1000|1000\n");
    history_close(history);
}

static void a_frozen_one_is_read_and_not_written(void **state)
{
    struct scratch *scratch = *state;
    struct history *history = open_expecting(scratch->dir, NULL);
    begin(history, "all", NOW);
    put(history, "t", "failed", 1000, NOW);
    history_end_run(history, "red", true, NOW);
    history_close(history);
    history = open_expecting(scratch->dir, NULL);
    history_freeze(history);
    expect_tests(history, "t|test_a.py|failed|101|1|1000|1000\n");
    begin(history, "list", NOW);
    put(history, "t", "passed", 2000, NOW);
    put(history, "new", "failed", 2000, NOW);
    history_retire(history, named("t"));
    history_set_red(history, named("t"), false);
    history_end_run(history, "red", true, NOW);
    history_close(history);
    history = open_expecting(scratch->dir, NULL);
    expect_tests(history, "t|test_a.py|failed|101|1|1000|1000\n");
    history_close(history);
}

static bool list_past(void *owner, const struct history_past *past)
{
    buf_printf(owner, "%s %s %lld %lld%s%s\n", past->outcome, past->run, (long long)(past->time_ns - NOW),
               (long long)past->duration_ns, past->commit, past->changed);
    return true;
}

static void expect_past(struct history *history, const char *id, unsigned most, const char *lines)
{
    struct buf past = {0};
    assert_int_equal(history_results(history, named(id), most, list_past, &past), 0);
    assert_string_equal(buf_str(&past), lines);
    buf_release(&past);
}

static void the_newest_results_of_a_test_are_told_the_oldest_first(void **state)
{
    struct scratch *scratch = *state;
    struct history *history = open_expecting(scratch->dir, NULL);
    expect_past(history, "t", 20, "");
    static const char *const outcomes[] = {"passed", "failed", "passed"};
    static const char *const kinds[] = {"all", "red", "one"};
    for (int i = 0; i < 3; i++) {
        begin(history, kinds[i], NOW + i * SECOND);
        put(history, "other", "passed", 1000, NOW + i * SECOND);
        put(history, "t", outcomes[i], 1000 * (i + 1), NOW + i * SECOND + SECOND / 2);
        if (i < 2)
            history_end_run(history, "red", true, NOW + i * SECOND);
    }
    expect_past(history, "t", 20,
                "passed all 500000000 1000\nfailed red 1500000000 2000\npassed one 2500000000 3000\n");
    expect_past(history, "t", 2, "failed red 1500000000 2000\npassed one 2500000000 3000\n");
    expect_past(history, "never seen", 20, "");
    history_close(history);

    history = open_expecting(scratch->dir, NULL);
    expect_past(history, "t", 1, "passed one 2500000000 3000\n");
    history_close(history);
}

static bool keep_flaky(void *owner, const struct history_test *test)
{
    *(unsigned *)owner = test->flaky;
    return true;
}

static void flaky_tests_stay_flaky(void **state)
{
    struct scratch *scratch = *state;
    unsigned flaky = 0;
    struct history *history = open_expecting(scratch->dir, NULL);
    put(history, "t", "passed", 5, NOW);
    history_set_flaky(history, named("t"), 20);
    history_set_flaky(history, named("never seen"), 20);
    history_close(history);
    history = open_expecting(scratch->dir, NULL);
    assert_int_equal(history_each(history, keep_flaky, &flaky), 0);
    assert_int_equal(flaky, 20);
    struct history_test test = {.name = {RECIPE, "t"}, .group = "", .outcome = "passed", .flaky = 19};
    history_result(history, &test, NOW);
    assert_int_equal(history_each(history, keep_flaky, &flaky), 0);
    assert_int_equal(flaky, 19);
    history_close(history);
}

/* Makes the file that a program of that schema wrote. */
static void make_old_file(const struct scratch *scratch, int version)
{
    char *path = mem_printf("tests/corpus/history/schema-%d.sql", version);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    struct buf sql = {0};
    char piece[4096];
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;)
        buf_add(&sql, piece, got);
    fclose(file);
    free(path);
    mkdir(scratch->dir, 0777);
    change_file(scratch->file, buf_str(&sql));
    buf_release(&sql);
}

static void a_file_of_any_older_schema_is_brought_to_the_newest(void **state)
{
    struct scratch *scratch = *state;
    for (int version = 1; version <= 6; version++) {
        make_old_file(scratch, version);
        assert_int_equal(ask_file(scratch->file, "PRAGMA user_version"), version);
        struct history *history = open_expecting(scratch->dir, NULL);
        expect_tests(history, "t.py::a|t.py|passed|001|0|1000000|1000000\n"
                              "t.py::b|t.py|failed|101|1|1000000|1000000\n");
        history_close(history);
        assert_int_equal(ask_file(scratch->file, "SELECT sum(tests * run) FROM tallies"), 2 * 1 + 2);
        assert_int_equal(ask_file(scratch->file, "SELECT count(*) FROM results WHERE cpu_us = 0"), 3);
        assert_int_equal(ask_file(scratch->file, "SELECT count(*) FROM tests WHERE recipe = 'pytest'"),
                         version < 4 ? 2 : 0);
        unlink(scratch->file);
    }
}

static void runs_are_of_trees(void **state)
{
    struct scratch *scratch = *state;
    struct history *history = open_expecting(scratch->dir, NULL);
    for (int i = 0; i < 4; i++) {
        const struct history_run run = {.kind = "all", .changed = "a.py\n", .new_tree = i == 2};
        history_begin_run(history, &run, NOW + i);
        put(history, "t", i == 1 ? "failed" : "passed", 5, NOW + i);
        history_end_run(history, "passed", i != 3, NOW + i);
        if (i == 1)
            history_set_tree(history, &(struct history_tree){"c0ffee", "f00", "a.py\n"});
    }
    history_begin_run(history, &(struct history_run){.kind = "load", .no_tree = true}, NOW + 4);
    history_close(history);
    const char *file = scratch->file;
    assert_int_equal(ask_file(file, "SELECT count(DISTINCT tree) FROM runs WHERE id <= 2"), 1);
    assert_int_equal(
        ask_file(file, "SELECT count(*) FROM runs, trees WHERE tree = trees.id AND fingerprint = 'f00'"), 2);
    assert_int_equal(
        ask_file(file, "SELECT count(*) FROM runs, trees WHERE tree = trees.id AND fingerprint = ''"), 1);
    assert_int_equal(ask_file(file, "SELECT sum(id) FROM runs WHERE tree = 0"), 4 + 5);
    assert_int_equal(ask_file(file, "SELECT sum(tests) FROM tallies"), 4);
}

static bool stop_at_once(void *owner, const struct history_test *test)
{
    (void)test;
    ++*(int *)owner;
    return false;
}

static void each_stops_when_told(void **state)
{
    struct scratch *scratch = *state;
    struct history *history = open_expecting(scratch->dir, NULL);
    put(history, "a", "failed", 0, NOW);
    put(history, "b", "failed", 0, NOW);
    int calls = 0;
    assert_int_equal(history_each(history, stop_at_once, &calls), 0);
    assert_int_equal(calls, 1);
    history_close(history);
}

static void results_are_written_by_number_and_by_time(void **state)
{
    struct scratch *scratch = *state;
    struct history *history = open_expecting(scratch->dir, NULL);
    begin(history, "all", NOW);
    for (int i = 0; i < 499; i++) {
        char id[16];
        snprintf(id, sizeof id, "t%d", i);
        put(history, id, "passed", 1, NOW);
    }
    assert_int_equal(ask_file(scratch->file, "SELECT count(*) FROM results"), 0);
    put(history, "t499", "passed", 1, NOW);
    assert_int_equal(ask_file(scratch->file, "SELECT count(*) FROM results"), 500);
    put(history, "u", "passed", 1, NOW);
    put(history, "v", "passed", 1, NOW + SECOND / 5);
    assert_int_equal(ask_file(scratch->file, "SELECT count(*) FROM results"), 502);
    put(history, "w", "passed", 1, NOW + SECOND);
    history_flush(history);
    assert_int_equal(ask_file(scratch->file, "SELECT count(*) FROM results"), 503);
    history_close(history);
}

static void old_runs_are_pruned(void **state)
{
    struct scratch *scratch = *state;
    struct history *history = NULL;
    char *notice = NULL;
    history_open(&history, scratch->dir, &(struct keep){.runs = 3}, &notice);
    for (int i = 0; i < 10; i++) {
        begin(history, "all", NOW + i);
        put(history, "kept", "passed", 1, NOW + i);
        put(history, i == 0 ? "early" : "late", "passed", 1, NOW + i);
        history_retire(history, named(i == 0 ? "early" : "late"));
        history_end_run(history, "green", true, NOW + i);
    }
    history_close(history);
    assert_int_equal(ask_file(scratch->file, "SELECT count(*) FROM runs"), 3);
    assert_int_equal(ask_file(scratch->file, "SELECT min(id) FROM runs"), 8);
    assert_int_equal(ask_file(scratch->file, "SELECT count(*) FROM results"), 6);
    assert_int_equal(ask_file(scratch->file, "SELECT count(*) FROM tests"), 2);
}

static void a_directory_outside_of_git_ignores_itself(void **state)
{
    struct scratch *scratch = *state;
    history_close(open_expecting(scratch->dir, NULL));
    char *ignore = mem_printf("%s/.gitignore", scratch->dir);
    assert_int_equal(access(ignore, R_OK), 0);
    free(ignore);
    char *git = mem_printf("%s/.git", scratch->root), *inside = mem_printf("%s/aloof", git);
    assert_int_equal(mkdir(git, 0777), 0);
    history_close(open_expecting(inside, NULL));
    ignore = mem_printf("%s/.gitignore", inside);
    assert_int_equal(access(ignore, R_OK), -1);
    free(ignore);
    free(inside);
    free(git);
}

static void overwrite(const char *file, long at, size_t len)
{
    FILE *stream = fopen(file, "r+b");
    assert_non_null(stream);
    assert_int_equal(fseek(stream, at, SEEK_SET), 0);
    for (size_t i = 0; i < len; i++)
        fputc('X', stream);
    assert_int_equal(fclose(stream), 0);
}

static size_t count_aside(const char *dir)
{
    size_t count = 0;
    DIR *stream = opendir(dir);
    assert_non_null(stream);
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL;)
        count += strncmp(entry->d_name, "history.db.corrupt-", 19) == 0;
    closedir(stream);
    return count;
}

static void fill(struct history *history, const char *prefix, int count)
{
    begin(history, "all", NOW);
    for (int i = 0; i < count; i++) {
        char id[128];
        snprintf(id, sizeof id, "tests/test_%03d.py::TestSomething::test_%s[%d]", i / 20, prefix, i);
        put(history, id, i % 50 == 0 ? "failed" : "passed", 1000 * i, NOW + i);
    }
}

static void a_corrupt_file_is_set_aside_at_opening(void **state)
{
    struct scratch *scratch = *state;
    struct history *history = open_expecting(scratch->dir, NULL);
    fill(history, "x", 1000);
    history_close(history);
    overwrite(scratch->file, 0, 100);
    history = open_expecting(scratch->dir, "corrupt");
    assert_int_equal(count_aside(scratch->dir), 1);
    assert_int_equal(count_tests(history), 0);
    fill(history, "y", 10);
    history_close(history);
    history = open_expecting(scratch->dir, NULL);
    assert_int_equal(count_tests(history), 10);
    history_close(history);
}

static void a_corrupt_page_is_found_when_it_is_read(void **state)
{
    struct scratch *scratch = *state;
    struct history *history = open_expecting(scratch->dir, NULL);
    fill(history, "x", 1000);
    history_close(history);
    struct stat file;
    assert_int_equal(stat(scratch->file, &file), 0);
    overwrite(scratch->file, 4096, (size_t)file.st_size - 4096);
    history = open_expecting(scratch->dir, NULL);
    struct listed listed = {0};
    assert_int_equal(history_each(history, list, &listed), 0);
    buf_release(&listed.lines);
    char *notice = history_notice(history);
    assert_non_null(notice);
    assert_non_null(strstr(notice, "set aside"));
    free(notice);
    assert_null(history_notice(history));
    fill(history, "y", 10);
    assert_int_equal(count_tests(history), 10);
    history_close(history);
    assert_int_equal(count_aside(scratch->dir), 1);
}

static void a_newer_schema_is_left_alone(void **state)
{
    struct scratch *scratch = *state;
    struct history *history = open_expecting(scratch->dir, NULL);
    fill(history, "x", 10);
    history_close(history);
    change_file(scratch->file, "PRAGMA user_version = 99");
    history = open_expecting(scratch->dir, "newer");
    fill(history, "y", 5);
    assert_int_equal(count_tests(history), 5);
    history_close(history);
    assert_int_equal(ask_file(scratch->file, "SELECT count(*) FROM tests"), 10);
}

static void a_place_that_cannot_be_made_means_memory(void **state)
{
    struct scratch *scratch = *state;
    char *inside = mem_printf("%s/missing/state", scratch->root);
    struct history *history = open_expecting(inside, "not kept");
    fill(history, "x", 1200);
    history_end_run(history, "red", true, NOW);
    assert_int_equal(count_tests(history), 1200);
    assert_null(history_notice(history));
    history_close(history);
    free(inside);
}

/* Runs the body in a child and expects it to end well. */
static void in_child(void (*body)(struct scratch *scratch), struct scratch *scratch)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        body(scratch);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void check(bool holds, int line)
{
    if (holds)
        return;
    fprintf(stderr, "in a child: line %d\n", line);
    _exit(1);
}

static void use_read_only(struct scratch *scratch)
{
    if (geteuid() == 0)
        check(setegid(65534) == 0 && seteuid(65534) == 0, __LINE__);
    struct history *history = NULL;
    char *notice = NULL;
    history_open(&history, scratch->dir, &(struct keep){.runs = 100}, &notice);
    check(notice != NULL && strstr(notice, "not kept") != NULL, __LINE__);
    struct listed listed = {0};
    history_each(history, list, &listed);
    check(listed.count == 100, __LINE__);
    put(history, "new", "failed", 0, NOW);
    listed.count = 0;
    history_each(history, list, &listed);
    check(listed.count == 101, __LINE__);
    check(history_notice(history) == NULL, __LINE__);
    history_close(history);
}

static void a_read_only_directory_is_read_and_not_written(void **state)
{
    struct scratch *scratch = *state;
    struct history *history = open_expecting(scratch->dir, NULL);
    fill(history, "x", 100);
    history_close(history);
    assert_int_equal(chmod(scratch->root, 0755), 0);
    assert_int_equal(chmod(scratch->file, 0444), 0);
    assert_int_equal(chmod(scratch->dir, 0555), 0);
    in_child(use_read_only, scratch);
    assert_int_equal(chmod(scratch->dir, 0755), 0);
    assert_int_equal(ask_file(scratch->file, "SELECT count(*) FROM tests"), 100);
}

/* A limit on the size of files stands for a full disk. */
static void use_full_disk(struct scratch *scratch)
{
    struct history *history = NULL;
    char *notice = NULL;
    history_open(&history, scratch->dir, &(struct keep){.runs = 100}, &notice);
    check(notice == NULL, __LINE__);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {200000, 200000};
    check(setrlimit(RLIMIT_FSIZE, &limit) == 0, __LINE__);
    begin(history, "all", NOW);
    for (int i = 0; i < 20000; i++) {
        char id[64];
        snprintf(id, sizeof id, "test_something_rather_long[%d]", i);
        put(history, id, "passed", 1, NOW + i);
    }
    history_end_run(history, "green", true, NOW);
    notice = history_notice(history);
    check(notice != NULL && strstr(notice, "not kept") != NULL, __LINE__);
    put(history, "last", "failed", 0, NOW);
    struct listed listed = {0};
    history_each(history, list, &listed);
    check(listed.count >= 10000, __LINE__);
    check(history_notice(history) == NULL, __LINE__);
    history_close(history);
}

static void a_full_disk_turns_into_memory_once(void **state)
{
    struct scratch *scratch = *state;
    history_close(open_expecting(scratch->dir, NULL));
    in_child(use_full_disk, scratch);
    assert_int_equal(ask_file(scratch->file, "PRAGMA quick_check"), 0); /* a row of text: "ok", which is 0 */
    history_close(open_expecting(scratch->dir, NULL));
}

static void write_many(struct scratch *scratch, int writer)
{
    struct history *history = NULL;
    char *notice = NULL;
    history_open(&history, scratch->dir, &(struct keep){.runs = 100}, &notice);
    check(notice == NULL, __LINE__);
    begin(history, "all", NOW);
    for (int i = 0; i < 500; i++) {
        char id[32];
        snprintf(id, sizeof id, "%d of %d", i, writer);
        put(history, id, "failed", 1, NOW);
        if (i % 20 == 0)
            history_flush(history);
    }
    history_end_run(history, "red", true, NOW);
    history_settle(history);
    check(history_notice(history) == NULL, __LINE__);
    history_close(history);
}

#define WRITERS 12

static void twelve_at_once_lose_nothing(void **state)
{
    struct scratch *scratch = *state;
    pid_t children[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            write_many(scratch, i);
            _exit(0);
        }
    }
    for (int i = 0; i < WRITERS; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    struct history *history = open_expecting(scratch->dir, NULL);
    assert_int_equal(count_tests(history), WRITERS * 500);
    history_close(history);
    assert_int_equal(ask_file(scratch->file, "SELECT count(*) FROM results"), WRITERS * 500);
    assert_int_equal(ask_file(scratch->file, "SELECT count(*) FROM runs WHERE verdict = 'red'"), WRITERS);
}

/* Holds the file, from when it says so until it is told to let go. */
static void hold_the_file(struct scratch *scratch, int to, int from)
{
    sqlite3 *other = NULL;
    char word = 0;
    check(sqlite3_open(scratch->file, &other) == SQLITE_OK, __LINE__);
    check(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK, __LINE__);
    check(write(to, &word, 1) == 1 && read(from, &word, 1) == 1, __LINE__);
    check(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL) == SQLITE_OK, __LINE__);
    sqlite3_close(other);
}

static void the_last_chance_is_waited_for(void **state)
{
    struct scratch *scratch = *state;
    struct history *history = open_expecting(scratch->dir, NULL);
    int ready[2], go[2];
    char word = 0;
    assert_int_equal(pipe(ready) + pipe(go), 0);
    pid_t child = fork();
    if (child == 0) {
        hold_the_file(scratch, ready[1], go[0]);
        _exit(0);
    }
    assert_int_equal(read(ready[0], &word, 1), 1);
    begin(history, "all", NOW);
    for (int i = 0; i < 3000; i++)
        put(history, "t", "failed", 0, NOW);
    history_end_run(history, "red", true, NOW);
    assert_int_equal(ask_file(scratch->file, "SELECT count(*) FROM runs"), 0);
    assert_int_equal(write(go[1], &word, 1), 1);
    history_settle(history);
    assert_null(history_notice(history));
    assert_int_equal(ask_file(scratch->file, "SELECT count(*) FROM runs, results"), 1);
    history_close(history);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void a_lock_held_by_somebody_else_is_waited_out(void **state)
{
    struct scratch *scratch = *state;
    struct history *history = open_expecting(scratch->dir, NULL);
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(scratch->file, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    begin(history, "all", NOW);
    put(history, "t", "failed", 0, NOW);
    history_flush(history);
    assert_null(history_notice(history));
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    history_flush(history);
    assert_int_equal(ask_file(scratch->file, "SELECT count(*) FROM results"), 1);
    history_close(history);
}

/* Writes for ever, and says through the pipe how many results are safe. */
static void write_until_killed(struct scratch *scratch, int to, int round)
{
    struct history *history = NULL;
    char *notice = NULL;
    history_open(&history, scratch->dir, &(struct keep){.runs = 5}, &notice);
    check(notice == NULL, __LINE__);
    for (int i = 0;; i++) {
        if (i % 40 == 0)
            begin(history, "all", NOW);
        char id[32];
        snprintf(id, sizeof id, "r%d_%d", round, i);
        put(history, id, "failed", 1, NOW);
        if (i % 8 == 7) {
            history_flush(history);
            int safe = i + 1;
            check(write(to, &safe, sizeof safe) == sizeof safe, __LINE__);
        }
        if (i % 40 == 39)
            history_end_run(history, "red", true, NOW);
    }
}

/* Kills the writer once it has told of `enough` results; returns how many were safe by then. */
static int kill_writer(struct scratch *scratch, int round, int enough)
{
    int ends[2], safe = 0, told;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        write_until_killed(scratch, ends[1], round);
    }
    close(ends[1]);
    while (safe < enough && read(ends[0], &told, sizeof told) == sizeof told)
        safe = told;
    kill(child, SIGKILL);
    while (read(ends[0], &told, sizeof told) == sizeof told)
        safe = told;
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    return safe;
}

static void what_was_flushed_survives_a_kill(void **state)
{
    struct scratch *scratch = *state;
    int64_t expected = 0;
    for (int round = 0; round < 50; round++) {
        expected += kill_writer(scratch, round, 8 + round * 37 % 300);
        struct history *history = open_expecting(scratch->dir, NULL);
        assert_true((int64_t)count_tests(history) >= expected);
        expected = (int64_t)count_tests(history);
        history_close(history);
    }
    assert_int_equal(count_aside(scratch->dir), 0);
}

static void it_is_quick(void **state)
{
    struct scratch *scratch = *state;
    struct history *history = open_expecting(scratch->dir, NULL);
    fill(history, "x", 1000);
    history_close(history);
    double start = now_s();
    history = open_expecting(scratch->dir, NULL);
    double opened = now_s();
    assert_int_equal(count_tests(history), 1000);
    double listed = now_s();
    fill(history, "y", 20000);
    history_end_run(history, "red", true, NOW);
    double filled = now_s();
    print_message("open %.2f ms, list 1000 in %.2f ms, 20,000 results in %.0f ms\n", (opened - start) * 1e3,
                  (listed - opened) * 1e3, (filled - listed) * 1e3);
    /* Far from the figures themselves, so that a busy machine does not matter. */
    assert_true(opened - start < 0.25);
    assert_true(filled - listed < 20);
    history_close(history);
}

#define IN_SCRATCH(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(what_was_put_in_is_there_after_reopening),
        IN_SCRATCH(the_newest_outcome_counts_and_times_decay),
        IN_SCRATCH(tests_leave_and_come_back),
        IN_SCRATCH(recipes_keep_their_tests_apart),
        IN_SCRATCH(a_frozen_one_is_read_and_not_written),
        IN_SCRATCH(the_newest_results_of_a_test_are_told_the_oldest_first),
        IN_SCRATCH(a_file_of_any_older_schema_is_brought_to_the_newest),
        IN_SCRATCH(runs_are_of_trees),
        IN_SCRATCH(flaky_tests_stay_flaky),
        IN_SCRATCH(each_stops_when_told),
        IN_SCRATCH(results_are_written_by_number_and_by_time),
        IN_SCRATCH(old_runs_are_pruned),
        IN_SCRATCH(a_directory_outside_of_git_ignores_itself),
        IN_SCRATCH(a_corrupt_file_is_set_aside_at_opening),
        IN_SCRATCH(a_corrupt_page_is_found_when_it_is_read),
        IN_SCRATCH(a_newer_schema_is_left_alone),
        IN_SCRATCH(a_place_that_cannot_be_made_means_memory),
        IN_SCRATCH(a_read_only_directory_is_read_and_not_written),
        IN_SCRATCH(a_full_disk_turns_into_memory_once),
        IN_SCRATCH(twelve_at_once_lose_nothing),
        IN_SCRATCH(the_last_chance_is_waited_for),
        IN_SCRATCH(a_lock_held_by_somebody_else_is_waited_out),
        IN_SCRATCH(what_was_flushed_survives_a_kill),
        IN_SCRATCH(it_is_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
