/* Since when a test is red, and what had changed. */
#include "command/life.h"
#include "scratch.h"
#include "store/history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define NOW INT64_C(1700000000000000000)

static void put(struct history *history, const char *id, char letter)
{
    enum outcome outcome = letter == 'F' ? OUTCOME_FAILED : letter == 's' ? OUTCOME_SKIPPED : OUTCOME_PASSED;
    const struct history_test test = {.name = {"pytest", id},
                                      .group = "",
                                      .outcome = outcome_name(outcome),
                                      .red = outcome_is_red(outcome),
                                      .runnable = true,
                                      .duration_ns = 1000000,
                                      .cpu_ns = 500000};
    history_result(history, &test, NOW);
}

/* Runs of the test, a letter each; ' ': of another one only. Run i was begun by a change of the file "i", and
 * "dirty-i" was not committed then. */
static void remember(const char *dir, const char *outcomes)
{
    struct history *history;
    char *notice = NULL;
    assert_int_equal(history_open(&history, dir, &(struct keep){.runs = 100}, &notice), 0);
    assert_null(notice);
    for (size_t i = 0; outcomes[i] != '\0'; i++) {
        char changed[24], dirty[32];
        snprintf(changed, sizeof changed, "%zu", i + 1);
        snprintf(dirty, sizeof dirty, "dirty-%zu", i + 1);
        history_begin_run(history, &(struct history_run){.kind = "all", .changed = changed, .new_tree = true},
                          NOW);
        history_set_tree(history, &(struct history_tree){"", changed, dirty});
        put(history, "other", '.');
        if (outcomes[i] != ' ')
            put(history, "it", outcomes[i]);
        history_end_run(history, "failed", true, NOW);
    }
    history_close(history);
}

static bool find_row(void *owner, const struct archive_test *test)
{
    if (strcmp(test->known.name.id, "it") == 0)
        *(int64_t *)owner = test->row;
    return true;
}

static int64_t run_at(const struct life *life, size_t at)
{
    return at == MAP_NONE ? 0 : life->past.results.items[at].run_id;
}

static void join(const struct strings *texts, struct buf *to)
{
    for (size_t i = 0; i < texts->len; i++)
        buf_printf(to, "%s%s", i > 0 ? " " : "", texts->items[i]);
}

static void test_since_when_and_what_had_changed(void **state)
{
    (void)state;
    static const struct {
        const char *outcomes;
        int64_t first_bad, last_good; /* runs; 0 none */
        size_t red;
        const char *changed, *dirty;
    } rows[] = {
        {"..", 0, 0, 0, "", ""},
        {".F", 2, 1, 1, "2", "dirty-2"},
        {".  FF", 4, 1, 2, "2 3 4", "dirty-4"},
        {"FF", 1, 0, 2, "1", "dirty-1"},
        {".sF", 3, 1, 1, "2 3", "dirty-3"},
        {".FsF", 2, 1, 2, "2", "dirty-2"},
        {".F.F.", 4, 3, 2, "4", "dirty-4"},
        {"sF", 2, 0, 1, "2", "dirty-2"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scratch scratch;
        scratch_init(&scratch);
        char *dir = scratch_path(&scratch, "state");
        remember(dir, rows[i].outcomes);
        struct archive *archive;
        struct repo *repo;
        char *notice = NULL;
        int64_t row = 0;
        assert_int_equal(repo_open(&repo, scratch.dir, &notice, NULL), 0);
        assert_int_equal(archive_open(&archive, dir, NULL), 0);
        assert_int_equal(archive_tests(archive, find_row, &row, NULL), 0);
        struct life_runs runs = {0};
        struct life life = {0};
        assert_int_equal(life_runs_read(&runs, archive, NULL), 0);
        assert_int_equal(life_read(&life, archive, &runs, repo, row, NULL), 0);
        assert_int_equal(run_at(&life, life.first_bad), rows[i].first_bad);
        assert_int_equal(run_at(&life, life.last_good), rows[i].last_good);
        assert_int_equal(life.red, rows[i].red);
        assert_int_equal(life.cpu_ns.len, life.past.results.len);
        assert_int_equal(life.cpu_ns.items[0], 500000);
        assert_int_equal(life.commit_count, 0);
        struct buf told = {0};
        join(&life.changed, &told);
        assert_string_equal(buf_str(&told), rows[i].changed);
        buf_clear(&told);
        join(&life.dirty, &told);
        assert_string_equal(buf_str(&told), rows[i].dirty);
        buf_release(&told);
        life_release(&life);
        life_runs_release(&runs);
        archive_close(archive);
        repo_free(repo);
        free(notice);
        free(dir);
        scratch_release(&scratch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_since_when_and_what_had_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
