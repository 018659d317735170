#include "plan/commits.h"

#include "core/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A history: a commit each, in order, with its parents as numbers; "-": none in the range. The last one is
 * bad. */
static void read_graph(struct commits *commits, const char *graph)
{
    *commits = (struct commits){0};
    while (*graph != '\0') {
        size_t len = strcspn(graph, " ");
        commits_add(commits);
        for (const char *p = graph; p < graph + len && *p != '-';) {
            char *end;
            commits_add_parent(commits, strtoul(p, &end, 10));
            p = end + (*end == ',');
        }
        graph += len + strspn(graph + len, " ");
    }
}

static void read_line(struct commits *commits, size_t count)
{
    *commits = (struct commits){0};
    for (size_t i = 0; i < count; i++) {
        commits_add(commits);
        if (i > 0)
            commits_add_parent(commits, i - 1);
    }
}

/* Whether `commit` has `other` behind it. */
static bool has_behind(const struct commits *commits, size_t commit, size_t other)
{
    if (commit == other)
        return true;
    for (size_t p = 0; p < commits->nodes.items[commit].parents.len; p++)
        if (has_behind(commits, commits->nodes.items[commit].parents.items[p], other))
            return true;
    return false;
}

/* Carries it through when `culprit` broke the test and the commits in `skipped`, a bit each, cannot be
 * built. Returns how many were looked at. */
static unsigned search(struct commits *commits, size_t culprit, uint64_t skipped)
{
    unsigned looks = 0;
    for (size_t at; (at = commits_next(commits)) != MAP_NONE; looks++) {
        assert_true(looks < commits->nodes.len);
        assert_true(commits_suspected(commits, at) && at != commits->bad);
        enum commit_mark mark = has_behind(commits, at, culprit) ? COMMIT_BAD : COMMIT_CLEARED;
        commits_answer(commits, at, at < 64 && skipped >> at & 1 ? COMMIT_SKIPPED : mark);
    }
    return looks;
}

static void in_a_line_it_takes_log2_n(void **state)
{
    (void)state;
    for (size_t count = 1; count < 70; count++)
        for (size_t culprit = 0; culprit < count; culprit++) {
            struct commits commits;
            read_line(&commits, count);
            unsigned most = commits_left(&commits);
            assert_true(1u << most < 2 * count || count == 1);
            assert_in_range(search(&commits, culprit, 0), 0, most);
            assert_int_equal(commits_suspects(&commits), 1);
            assert_int_equal(commits.bad, culprit);
            commits_release(&commits);
        }
}

static const char *const graphs[] = {
    "-",
    "- -",                                /* two lines, of which one was not merged */
    "- - 0,1",                            /* a merge of two roots */
    "- 0 1 0 3 4 2,5 6 7",                /* a branch and a merge */
    "- 0 1 2 3 4 5 6 - 8 9 7,10 11",      /* a long and a short line */
    "- 0 0 0 1,2,3 4 5,2 6",              /* an octopus, and a line that is merged twice */
    "- 0 1 2 1 4 5 3,6 7 6 9 8,10 11 12", /* criss-cross */
};

static void merges_are_searched_line_by_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof graphs / sizeof *graphs; i++) {
        struct commits commits;
        read_graph(&commits, graphs[i]);
        size_t count = commits.nodes.len;
        commits_release(&commits);
        for (size_t culprit = 0; culprit < count; culprit++) {
            read_graph(&commits, graphs[i]);
            if (has_behind(&commits, count - 1, culprit)) {
                search(&commits, culprit, 0);
                assert_int_equal(commits.bad, culprit);
            }
            commits_release(&commits);
        }
    }
}

/* In the branch-and-merge history the one to begin with leaves 4 of 9 behind it or before it. */
static void the_next_one_halves_the_suspects(void **state)
{
    (void)state;
    static const struct {
        const char *graph;
        size_t next;
    } table[] = {
        {"- 0", 0}, {"- 0 1 2", 1}, {"- 0 1 0 3 4 2,5 6 7", 5}, {"- - 0,1", 0}, {"- 0 1 2 3 4 5 6", 3},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct commits commits;
        read_graph(&commits, table[i].graph);
        assert_int_equal(commits_next(&commits), table[i].next);
        commits_release(&commits);
    }
}

static void what_cannot_be_built_is_gone_around(void **state)
{
    (void)state;
    for (uint64_t skipped = 0; skipped < 1u << 9; skipped++)
        for (size_t culprit = 0; culprit < 10; culprit++) {
            struct commits commits;
            read_line(&commits, 10);
            search(&commits, culprit, skipped);
            assert_true(commits_suspected(&commits, culprit));
            for (size_t i = 0; i < 10; i++)
                if (i != commits.bad && commits_suspected(&commits, i))
                    assert_true(skipped >> i & 1); /* others are in doubt only where nothing is known */
            if ((skipped >> culprit & 1) == 0)
                assert_int_equal(commits.bad, culprit);
            commits_release(&commits);
        }
}

static void when_all_are_skipped_all_are_suspects(void **state)
{
    (void)state;
    struct commits commits;
    read_line(&commits, 5);
    search(&commits, 2, 0xF);
    assert_int_equal(commits_suspects(&commits), 5);
    assert_int_equal(commits.bad, 4);
    commits_release(&commits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_a_line_it_takes_log2_n),
        cmocka_unit_test(merges_are_searched_line_by_line),
        cmocka_unit_test(the_next_one_halves_the_suspects),
        cmocka_unit_test(what_cannot_be_built_is_gone_around),
        cmocka_unit_test(when_all_are_skipped_all_are_suspects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
